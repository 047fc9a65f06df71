//! Blocks about spending.

use super::conditions::path;
use super::doc::words;
use super::literals::{duration, month_day, name, number, percent, period};
use super::partners::{at_partner, funded};
use super::rules::{on, valid};
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{
    ConvertAt, ConvertBlock, DonateLine, MonthDay, RedeemLine, Request, RewardBlock, RewardLine, ToCharity,
};

impl<'a> Statement<'a> for RewardLine {
    fn rank(&self) -> u8 {
        order::reward(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Valid(line) => valid(line).into(),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::When(cond) => printer.when(cond),
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::Grants(grants) => printer.grants(grants),
            Self::Worth(amount) => words!["worth", printer.amount(amount)],
            Self::Give(give) => printer.give(give, span),
            Self::Funded(by) => funded(by).into(),
        })
    }
}

impl<'a> Printer<'a> {
    pub(super) fn convert(&self, convert: &ConvertBlock) -> String {
        let first = |from: Option<&MonthDay>| {
            from.map(|from| format!(" from {}", month_day(from))).unwrap_or_default()
        };
        let at = match &convert.at {
            ConvertAt::Once => "at once".to_owned(),
            ConvertAt::EveryDuration(length, from) => {
                format!("every {}{}", duration(length), first(from.as_ref()))
            }
            ConvertAt::EveryPeriod(every, from) => format!("every {}{}", period(every), first(from.as_ref())),
        };
        let from = convert.from.as_ref().map(|from| format!(" from {} on", self.amount(from)));
        let (amount, into) = (self.amount(&convert.amount), self.amount(&convert.into));
        format!("convert {amount} into {into} {at}{}", from.unwrap_or_default())
    }

    pub(super) fn reward(&mut self, reward: &'a RewardBlock, span: Span) -> String {
        let head = format!("reward {} costs {}", name(&reward.name), self.amount(&reward.costs));
        if reward.lines.is_empty() && !self.trivia.is_in(span) {
            head
        } else {
            self.braced(&head, &reward.lines, span, 0)
        }
    }
}

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
            Self::ToCharity(to) => to_charity(to).into(),
        })
    }
}

/// `to charity matching charity-choice`
fn to_charity(to: &ToCharity) -> String {
    match to {
        ToCharity::Named(charity) => format!("to charity {}", name(charity)),
        ToCharity::Matching(attribute) => format!("to charity matching {}", path(attribute)),
    }
}

impl<'a> Statement<'a> for DonateLine {
    fn rank(&self) -> u8 {
        order::donate(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Valid(line) => valid(line).into(),
            Self::On(line) => on(line).into(),
            Self::AtPartner(partner) => at_partner(partner).into(),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::When(cond) => printer.when(cond),
            Self::RoundUp(amount) => words!["round basket up to next", printer.amount(amount)],
            Self::WholeAmounts(amount) => words!["whole amounts give", printer.amount(amount)],
            Self::Multiply(times) => words!["multiply by", number(times)],
            Self::Add(amount) => words!["add", printer.amount(amount)],
            Self::Give(give) => printer.give(give, span),
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::Budget(cap) => words!["cap", printer.cap(cap), "across all members"],
            Self::PayEvery(every) => words!["pay every", period(every)],
            Self::ToCharity(to) => to_charity(to).into(),
            Self::Funded(by) => funded(by).into(),
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
