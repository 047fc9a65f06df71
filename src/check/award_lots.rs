//! How what a rebate or an award pays is rounded, and when it can be used and ends, where that is not as its unit says.

use super::lowering::Lowering;
use super::report::Once;
use super::units::rounding;
use crate::amount::Rounding;
use crate::diagnostics::Span;
use crate::program::{Activate, AwardThing, Expire, RebateLots};
use crate::syntax::ast;

/// The lines of a block that say it.
pub(super) struct LotLines<'a> {
    pub(super) round: Once<ast::Round>,
    pub(super) activate: Once<&'a ast::Activate>,
    pub(super) expire: Vec<(&'a ast::Expire, Span)>,
}

impl LotLines<'_> {
    pub(super) fn new() -> Self {
        Self { round: Once::new("round"), activate: Once::new("activate"), expire: Vec::new() }
    }
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// How it is rounded, if that is said, and what differs from the unit's terms.
    pub(super) fn paid_lots(
        &mut self,
        lines: LotLines<'a>,
        gives: Option<AwardThing>,
    ) -> Option<(Option<Rounding>, Option<Box<RebateLots>>)> {
        if let Some(AwardThing::Voucher(_) | AwardThing::Choice(_)) = gives {
            return self.no_lots(lines);
        }
        let Some(AwardThing::Unit(unit)) = gives else { return None };
        let mode = match lines.round.take() {
            Some((written, span)) if written.per_item => {
                let message = "nothing of an item is there any more when a period is paid";
                self.report.misplaced(span, message, "write for example `round down in total`");
                return None;
            }
            written => written.map(|(written, _)| rounding(written).mode),
        };
        let places = lines.activate.span().into_iter().chain(lines.expire.first().map(|(_, span)| *span));
        let places: Vec<Span> = places.collect();
        if let Some(facts) = self.facts.unit(unit)
            && !facts.kind.is_spendable()
            && !places.is_empty()
        {
            let message = format!("{} are only counted, and end with their periods", self.unit_name(unit));
            for span in places {
                self.report.misplaced(
                    span,
                    &message,
                    "remove the line; only spendable units are held for a time",
                );
            }
            return None;
        }
        let activate = match lines.activate.value() {
            Some(written) => Some(self.paid_activation(written)?),
            None => None,
        };
        let ends = lines.expire.iter().map(|(written, span)| self.paid_expiry(written, *span));
        let expire: Box<[Expire]> = ends.collect::<Option<_>>()?;
        let differs = activate.is_some() || !expire.is_empty();
        Some((mode, differs.then(|| Box::new(RebateLots { activate, expire }))))
    }

    /// Vouchers and choices say themselves when they can be used.
    fn no_lots(&mut self, lines: LotLines<'a>) -> Option<(Option<Rounding>, Option<Box<RebateLots>>)> {
        let ends = lines.expire.iter().map(|(_, span)| *span);
        let places = lines.round.span().into_iter().chain(lines.activate.span()).chain(ends);
        let places: Vec<Span> = places.collect();
        for span in &places {
            let help = "remove the line; a voucher says itself when it can be used, and a choice how long";
            self.report.misplaced(*span, "only units are rounded and held for a time", help);
        }
        places.is_empty().then_some((None, None))
    }

    fn paid_activation(&mut self, written: &'a ast::Activate) -> Option<Activate> {
        if let ast::Activate::On(name) = written {
            let message = "nothing is bought when a period is paid, so nothing can follow it";
            self.report.misplaced(name.span, message, "write for example `activate after 14 days`");
            return None;
        }
        self.activate(written, None)
    }

    fn paid_expiry(&mut self, written: &'a ast::Expire, span: Span) -> Option<Expire> {
        if let ast::Expire::Without { .. } = written {
            let message = "only a unit ends when its member does nothing";
            let help = "write it in the unit, or for example `expire 12 months after earning`";
            self.report.misplaced(span, message, help);
            return None;
        }
        if let ast::Expire::After { from: ast::ExpireFrom::FirstStamp, .. } = written {
            let help = "write `after earning` or `after activation`";
            self.report.misplaced(span, "only a card has a first stamp", help);
            return None;
        }
        self.fixed_expiry(written)
    }
}
