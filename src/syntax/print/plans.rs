//! The lines of plans.

use super::doc::words;
use super::literals::{date, duration, period};
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{FeePer, GrantSpan, PlanLine};

impl<'a> Statement<'a> for PlanLine {
    fn rank(&self) -> u8 {
        order::plan(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Fee { amount, per } => {
                let per = match per {
                    FeePer::Period(of) => period(of),
                    FeePer::Length(length) => duration(length),
                };
                words!["fee", printer.amount(amount), "per", per]
            }
            Self::Renews(true) => "renews by itself".into(),
            Self::Renews(false) => "renews on request".into(),
            Self::Trial(length) => words!["trial", duration(length)],
        })
    }
}

/// ` for 120 days`, ` until 2027-12-31`, or nothing
pub(super) fn grant_span(span: &GrantSpan) -> String {
    match span {
        GrantSpan::Ever => String::new(),
        GrantSpan::For(length) => format!(" for {}", duration(length)),
        GrantSpan::Until(last) => format!(" until {}", date(last)),
    }
}
