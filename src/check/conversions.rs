//! Conversions: amounts of a unit that become something else.

use super::lowering::Lowering;
use crate::calendar::{Cycle, DurationUnit, MonthDay, Period};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{AwardThing, Convert};
use crate::syntax::ast::{self, ConvertAt, ConvertBlock};

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// All conversions: those at once first, then by unit; nothing if one of them has an error.
    pub(super) fn converts(&mut self) -> Option<Vec<Convert>> {
        let all = self.all;
        let mut found: Vec<(Convert, Span)> = Vec::new();
        let mut good = true;
        for (block, whole) in &all.converts {
            match self.convert(block, whole.span) {
                Some(convert) => found.push((convert, whole.span)),
                None => good = false,
            }
        }
        found.sort_by(|(one, _), (two, _)| {
            (one.every.is_some(), one.unit, &one.name).cmp(&(two.every.is_some(), two.unit, &two.name))
        });
        good &= self.conversions_differ(&found) && self.no_circle(&found);
        good.then(|| found.into_iter().map(|(convert, _)| convert).collect())
    }

    fn convert(&mut self, block: &ConvertBlock, span: Span) -> Option<Convert> {
        let unit = self.unit(&block.amount.unit);
        let unit = unit.filter(|unit| self.is_spendable(*unit, block.amount.unit.span));
        let into = self.award(&block.into);
        let every = self.convert_every(&block.at);
        let unit = unit?;
        let amount = self.amount_in(unit, &block.amount);
        let from = match &block.from {
            None => Some(0),
            Some(from) => self.amount_in(unit, from),
        };
        let (amount, into, from, every) = (amount?, into?, from?, every?);
        if into.thing == AwardThing::Unit(unit) {
            let message = format!("{} cannot be converted into themselves", self.unit_name(unit));
            self.report.push(
                Diagnostic::new(Code::S307, span, message)
                    .help("name another unit or a voucher behind `into`"),
            );
            return None;
        }
        let given = block.into.number.value.normalize();
        let name = format!(
            "{} {} into {given} {} {}",
            block.amount.number.value.normalize(),
            self.unit_name(unit),
            self.thing_name(into.thing),
            self.moment_text(&block.at),
        );
        Some(Convert { name: name.into(), unit, amount, into, from: from.max(amount), every })
    }

    /// The moment as the formatter writes it.
    fn moment_text(&self, at: &ConvertAt) -> String {
        let first = |from: &Option<ast::MonthDay>| {
            from.map(|from| format!(" from {:02}-{:02}", from.month, from.day)).unwrap_or_default()
        };
        match at {
            ConvertAt::Once => "at once".to_owned(),
            ConvertAt::EveryDuration(length, from) => {
                format!("every {}{}", self.text(length.span), first(from))
            }
            ConvertAt::EveryPeriod(period, from) => {
                format!("every {}{}", self.text(period.span), first(from))
            }
        }
    }

    /// The outer nothing is a finding.
    fn convert_every(&mut self, at: &ConvertAt) -> Option<Option<Period>> {
        let (months, from, span) = match at {
            ConvertAt::Once => return Some(None),
            ConvertAt::EveryPeriod(period, None) => {
                let settings = self.settings();
                return super::times::repeating(period, settings, &mut self.report).map(Some);
            }
            ConvertAt::EveryPeriod(period, Some(from)) => {
                let months = match super::times::repeating(period, self.settings(), &mut self.report)? {
                    Period::Month => Some(1),
                    Period::Quarter => Some(3),
                    Period::HalfYear => Some(6),
                    Period::CalendarYear => Some(12),
                    _ => None,
                };
                (months, Some(*from), period.span)
            }
            ConvertAt::EveryDuration(length, from) => {
                let unit = super::times::duration(*length, &mut self.report)?.unit;
                let months = match unit {
                    DurationUnit::Month => Some(1_u32),
                    DurationUnit::Quarter => Some(3),
                    DurationUnit::Year => Some(12),
                    _ => None,
                };
                (months.and_then(|months| months.checked_mul(length.count)), *from, length.span)
            }
        };
        let first = match from {
            None => MonthDay::new(1, 1),
            Some(from) => Some(super::times::month_day(from, &mut self.report)?),
        };
        let months = months.and_then(|months| u16::try_from(months).ok());
        let cycle = months.zip(first).and_then(|(months, first)| Cycle::new(months, first));
        if cycle.is_none() {
            let help = "write for example `every month`, or `every 2 months from 02-01`";
            self.report.misplaced(span, "conversions come in whole months", help);
        }
        cycle.map(|cycle| Some(Period::Cycle(cycle)))
    }

    /// S307: one conversion for each unit and moment.
    fn conversions_differ(&mut self, all: &[(Convert, Span)]) -> bool {
        let mut differ = true;
        for (place, (convert, span)) in all.iter().enumerate() {
            let earlier = all.iter().take(place).find(|(other, _)| {
                other.unit == convert.unit && other.every.is_some() == convert.every.is_some()
            });
            if let Some((_, first)) = earlier {
                let name = self.unit_name(convert.unit);
                let message = format!("{name} are converted twice at the same moment");
                let finding = Diagnostic::new(Code::S307, *span, message)
                    .label("once more here")
                    .other(*first, "first here")
                    .help("keep one of the two lines");
                self.report.push(finding);
                differ = false;
            }
        }
        differ
    }

    /// S307: units that become each other at once.
    fn no_circle(&mut self, all: &[(Convert, Span)]) -> bool {
        let next = |unit| {
            let at_once = all.iter().filter(|(convert, _)| convert.every.is_none());
            at_once.clone().find(|(convert, _)| convert.unit == unit).and_then(|(convert, _)| {
                match convert.into.thing {
                    AwardThing::Unit(into) => Some(into),
                    AwardThing::Voucher(_) | AwardThing::Choice(_) => None,
                }
            })
        };
        for (convert, span) in all.iter().filter(|(convert, _)| convert.every.is_none()) {
            let mut unit = next(convert.unit);
            for _ in 0..all.len() {
                if unit == Some(convert.unit) {
                    let message = "these conversions go in a circle";
                    let finding = Diagnostic::new(Code::S307, *span, message)
                        .help("let one of them happen in a period, for example `every month`");
                    self.report.push(finding);
                    return false;
                }
                unit = unit.and_then(next);
            }
        }
        true
    }
}
