//! Blocks about what is paid on the turnover of a period.

use super::doc::words;
use super::literals::{duration, name, number, percent, period};
use super::partners::funded;
use super::rules::{activate, expire, round, valid};
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{AwardGive, AwardLine, RebateLine, StageMode, StagePays};

impl<'a> Statement<'a> for RebateLine {
    fn rank(&self) -> u8 {
        order::rebate(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Valid(line) => valid(line).into(),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::When(cond) => printer.when(cond),
            Self::Period(of) => words!["period", period(of)],
            Self::Stages(StageMode::Retroactive) => "stages are retroactive".to_owned().into(),
            Self::Stages(StageMode::Incremental) => "stages are incremental".to_owned().into(),
            Self::Stage { from, pays } => {
                let pays = match pays {
                    StagePays::Percent(rate) => percent(rate),
                    StagePays::PercentOf(rate, of) => format!("{} of {}", percent(rate), name(of)),
                    StagePays::Amount(amount) => printer.amount(amount),
                };
                words!["stage from", format!("{}:", printer.amount(from)), pays]
            }
            Self::Pays { unit, after } => words!["pay", name(unit), duration(after), "after period end"],
            Self::PayNothingBelow(amount) => words!["pay nothing below", printer.amount(amount)],
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::Budget(cap) => words!["cap", printer.cap(cap), "across all members"],
            Self::Round(line) => round(line).into(),
            Self::Activate(line) => activate(line).into(),
            Self::Expire(line) => expire(line).into(),
            Self::Funded(by) => funded(by).into(),
        })
    }
}

impl<'a> Statement<'a> for AwardLine {
    fn rank(&self) -> u8 {
        order::award(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Valid(line) => valid(line).into(),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::When(cond) => printer.when(cond),
            Self::Every { period: every, give } => {
                let every = format!("every {} give", period(every));
                match give {
                    AwardGive::Share { rate, most, paid_with, unit } => {
                        let of = match paid_with {
                            Some(means) => format!(" paid with {}", name(means)),
                            None if *most => " on the category with most spend".to_owned(),
                            None => String::new(),
                        };
                        words![every, percent(rate), format!("of spend{of} as"), name(unit)]
                    }
                    AwardGive::Per { amount, per } => words![every, printer.amount(amount), printer.per(per)],
                    AwardGive::Choice(choice) => words![every, printer.choice(choice, span)],
                    AwardGive::Announced { parameter, most, unit } => {
                        let most = if *most { " on the category with most spend" } else { "" };
                        words![every, name(parameter), format!("of spend{most} as"), name(unit)]
                    }
                    AwardGive::Bands { unit, bands } => {
                        let entries = bands.iter().map(|band| {
                            let text =
                                format!("from {}: {}", printer.amount(&band.from), number(&band.value));
                            (band.span, text.into())
                        });
                        let entries = entries.collect();
                        words![every, name(unit), "by spend bands", printer.list(entries, span)]
                    }
                    AwardGive::Earned { amount, per, rules } => {
                        let (amount, per) = (printer.amount(amount), printer.amount(per));
                        words![every, amount, "per", per, "earned from", printer.names(rules, span)]
                    }
                    AwardGive::Flat(amount) => words![every, printer.amount(amount)],
                }
            }
            Self::PayNothingBelow(amount) => words!["pay nothing below", printer.amount(amount)],
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::Budget(cap) => words!["cap", printer.cap(cap), "across all members"],
            Self::Round(line) => round(line).into(),
            Self::Activate(line) => activate(line).into(),
            Self::Expire(line) => expire(line).into(),
            Self::Funded(by) => funded(by).into(),
        })
    }
}
