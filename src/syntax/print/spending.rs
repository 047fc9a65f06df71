//! Blocks about spending.

use super::doc::words;
use super::literals::percent;
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{RedeemLine, Request};

impl<'a> Statement<'a> for RedeemLine {
    fn rank(&self) -> u8 {
        order::redeem(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Rate { amount, value } => words![printer.amount(amount), "for", printer.amount(value)],
            Self::AtLeast(amount) => words!["at least", printer.amount(amount)],
            Self::AtMost(amount) => words!["at most", printer.amount(amount)],
            Self::AtMostOfBasket(share) => words!["at most", percent(share), "of basket"],
            Self::InStepsOf(amount) => words!["in steps of", printer.amount(amount)],
            Self::WholeBasketOnly => "only for the whole basket".into(),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::When(cond) => printer.when(cond),
        })
    }
}

impl Printer<'_> {
    /// `redeem up to 200 punkte`
    pub(super) fn request(&self, request: &Request) -> String {
        let up_to = if request.up_to { "up to " } else { "" };
        format!("redeem {up_to}{}", self.amount(&request.amount))
    }
}
