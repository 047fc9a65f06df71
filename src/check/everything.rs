//! `multiply everything`: the lines that have no meaning beside it.

use super::lowering::Lowering;
use super::rates::Draft;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::Effect;

/// The lines of a bonus on everything that may not stand there.
pub(super) struct Beside {
    pub(super) combine: Option<Span>,
    pub(super) at_least: Option<Span>,
    /// The first lines on waiting, expiry and what holds it up.
    pub(super) terms: [Option<Span>; 3],
}

/// Whether it multiplies what was booked, and of how many units.
pub(super) fn units_of(draft: Option<&Draft>) -> Option<usize> {
    match draft {
        Some(Draft::Done(Effect::Everything { units, .. })) => Some(units.len()),
        _ => None,
    }
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// Judges the lines beside `multiply everything`, which stands at `gives`. Nothing if one has no meaning there.
    pub(super) fn beside_everything(&mut self, units: usize, gives: Span, lines: &Beside) -> Option<()> {
        let mut good = true;
        if let Some(span) = lines.combine {
            good = false;
            let message = "what multiplies everything does not mix with other bonuses";
            let finding = Diagnostic::new(Code::S308, span, message)
                .label("so there is nothing to combine")
                .other(gives, "it multiplies what all of them have given")
                .help("remove the line");
            self.report.push(finding);
        }
        if let Some(span) = lines.at_least {
            good = false;
            let message = "what multiplies everything has no least amount";
            self.report.misplaced(span, message, "write `at least` into the rules that are multiplied");
        }
        if units > 1 {
            good &= self.of_one_unit(gives, lines);
        }
        good.then_some(())
    }

    /// Terms belong to the lots of one unit.
    fn of_one_unit(&mut self, gives: Span, lines: &Beside) -> bool {
        let spans: Vec<Span> = lines.terms.into_iter().flatten().collect();
        for span in &spans {
            let finding = Diagnostic::new(
                Code::N106,
                *span,
                "this bonus gives several units, and this line speaks of one",
            )
            .other(gives, "this multiplies every unit that can be spent")
            .help("write one bonus for each unit, for example `multiply everything in points by 1.5`");
            self.report.push(finding);
        }
        spans.is_empty()
    }
}
