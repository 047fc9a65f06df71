//! The lines of milestones.

use super::doc::{Doc, words};
use super::literals::{number, period};
use super::partners::funded;
use super::rules::valid;
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{Mark, MilestonesLine};

impl<'a> Statement<'a> for MilestonesLine {
    fn rank(&self) -> u8 {
        order::milestones(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Valid(line) => valid(line).into(),
            Self::When(cond) => printer.when(cond),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::Count { metric, window } => words!["count", printer.metric(metric), "in", period(window)],
            Self::At { mark, give } => words!["at", printer.mark(mark), printer.give(give, span)],
            Self::Every { step, from, to, give } => {
                let from =
                    from.as_ref().map(|from| words!["from", printer.mark(from)]).unwrap_or_else(|| "".into());
                let to = to.as_ref().map(|to| words!["to", printer.mark(to)]).unwrap_or_else(|| "".into());
                words!["every", printer.mark(step), from, to, printer.give(give, span)]
            }
            Self::StaysPassed => "once passed stays passed".into(),
            Self::Funded(by) => funded(by).into(),
        })
    }
}

impl<'a> Printer<'a> {
    fn mark(&mut self, mark: &'a Mark) -> Doc {
        match mark {
            Mark::Amount(amount) => self.amount(amount).into(),
            Mark::Number(count) => number(count).into(),
        }
    }
}
