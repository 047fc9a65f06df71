//! Returns.

use super::lowering::Lowering;
use super::report::Once;
use super::times;
use crate::diagnostics::{Code, Diagnostic};
use crate::program::{Returns, TakeBack, Unmatched};
use crate::syntax::ast::{self, ReturnsLine};

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// What returns do; without a block the defaults, with a note.
    pub(super) fn returns(&mut self) -> Option<Returns> {
        let mut found = Returns {
            take_back: TakeBack::InProportion,
            give_back_least: None,
            may_go_negative: true,
            within: None,
            unmatched: Unmatched::Refused,
        };
        let Some((block, _)) = self.all.returns else {
            let head = self.all.program.map(|(_, block)| block.head)?;
            self.report.push(
                Diagnostic::new(Code::U209, head, "nothing is said about returns")
                    .note(
                        "effect: a return takes back in proportion what was earned, the balance may go negative, and a return without a purchase is refused",
                    )
                    .help("write a block `returns { … }` if something else is meant"),
            );
            return Some(found);
        };
        let mut take_back = Once::new("take back");
        let mut give_back = Once::new("give back redeemed");
        let mut balance = Once::new("balance");
        let mut within = Once::new("accept within");
        let mut unmatched = Once::new("unmatched lines");
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                ReturnsLine::TakeBack(what) => take_back.set(*what, span, report),
                ReturnsLine::GiveBack(least) => give_back.set(*least, span, report),
                ReturnsLine::Balance(negative) => balance.set(*negative, span, report),
                ReturnsLine::AcceptWithin(duration) => within.set(*duration, span, report),
                ReturnsLine::Unmatched(what) => unmatched.set(*what, span, report),
            }
        }
        found.take_back = match take_back.value() {
            None | Some(ast::TakeBack::InProportion) => TakeBack::InProportion,
            Some(ast::TakeBack::Nothing) => TakeBack::Nothing,
            Some(ast::TakeBack::AsIfNeverBought) => TakeBack::AsIfNeverBought,
            Some(ast::TakeBack::InFull) => TakeBack::InFull,
        };
        found.may_go_negative = balance.value().unwrap_or(true);
        found.unmatched = match unmatched.value() {
            None | Some(ast::Unmatched::Refused) => Unmatched::Refused,
            Some(ast::Unmatched::Skipped) => Unmatched::Skipped,
            Some(ast::Unmatched::TodaysRate) => Unmatched::TodaysRate,
        };
        if let Some(written) = give_back.value().flatten() {
            found.give_back_least = Some(times::days(written, &mut self.report)?);
        }
        if let Some(written) = within.value() {
            found.within = Some(times::days(written, &mut self.report)?);
        }
        Some(found)
    }
}
