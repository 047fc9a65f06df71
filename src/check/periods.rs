//! Periods that the program declares.

use super::attributes::Kind;
use super::declared::Declared;
use super::facts::Facts;
use super::numbers;
use super::report::Report;
use super::times;
use crate::calendar::{Cycle, OWN_DAYS, Period};
use crate::diagnostics::{Code, Diagnostic};
use crate::program::OwnDay;
use crate::syntax::ast::{MonthDay, Name, PeriodStarts};
use std::cell::Cell;
use std::collections::BTreeMap;

/// A declared period.
#[derive(Debug, Clone)]
pub(super) struct DeclaredPeriod {
    pub(super) name: Name,
    /// Nothing if it is declared wrongly.
    pub(super) period: Option<Period>,
    /// Whether something names it.
    pub(super) used: Cell<bool>,
}

/// All declared periods, by name.
pub(super) type Periods = BTreeMap<String, DeclaredPeriod>;

/// Reads all `period` lines. What starts on an attribute is not known before the attributes are: see [`own`].
pub(super) fn periods(all: &Declared<'_>, report: &mut Report) -> Periods {
    let declared = all.periods.iter().map(|entry| {
        if matches!(entry.name.text.as_str(), "purchase" | "joining") {
            report.say(
                Code::N107,
                entry.name.span,
                format!("`{}` is part of the language itself", entry.name.text),
                "choose another name for this period",
            );
        }
        let period = cycle(&entry.node.starts, report).map(Period::Cycle);
        let period = DeclaredPeriod { name: entry.name.clone(), period, used: Cell::new(false) };
        (entry.name.text.clone(), period)
    });
    declared.collect()
}

fn cycle(starts: &PeriodStarts, report: &mut Report) -> Option<Cycle> {
    match starts {
        PeriodStarts::EveryYear(from) => months(12, *from, report),
        PeriodStarts::EveryMonths(from, count) => {
            let what = ("the length of a period", count.span);
            let found = numbers::whole(count.value, (1, 12), what, report)?;
            if 12 % found != 0 {
                report.outside(
                    count.span,
                    format!("stretches of {found} months begin on other days every year"),
                    "write 1, 2, 3, 4, 6 or 12 months",
                );
                return None;
            }
            months(u16::try_from(found).ok()?, *from, report)
        }
        PeriodStarts::OnDay(day) => {
            let found = numbers::whole(day.value, (1, 31), ("a day of the month", day.span), report)?;
            Cycle::monthly(u8::try_from(found).ok()?)
        }
        PeriodStarts::OnAttribute(_) => None,
    }
}

/// Finds the attributes on which periods of a member start: by name, each once.
pub(super) fn own(all: &Declared<'_>, facts: &mut Facts<'_>, report: &mut Report) {
    let attributes = all.periods.iter().filter_map(|entry| match &entry.node.starts {
        PeriodStarts::OnAttribute(attribute) => Some((entry.name, attribute)),
        _ => None,
    });
    let mut attributes: Vec<(&Name, &Name)> = attributes.collect();
    attributes.retain(|(_, attribute)| is_a_day(attribute, facts, report));
    attributes.sort_by_key(|(name, attribute)| (&attribute.text, name.span));
    let mut days: Vec<OwnDay> = Vec::new();
    for (name, attribute) in attributes {
        if days.last().is_none_or(|last| *last.name != *attribute.text) {
            if days.len() >= OWN_DAYS {
                let message = format!("periods start on at most {OWN_DAYS} attributes of the member");
                report.say(
                    Code::L006,
                    attribute.span,
                    message,
                    "let two of them start on the same attribute",
                );
                continue;
            }
            let place = facts.member.peek(&attribute.text).map(|known| known.place);
            days.push(OwnDay { name: attribute.text.as_str().into(), place });
        }
        let place = u8::try_from(days.len() - 1).unwrap_or(u8::MAX);
        if let Some(period) = facts.settings.periods.get_mut(&name.text) {
            period.period = Some(Period::Own(place));
        }
    }
    facts.settings.own_days = days;
}

/// Whether an attribute of the member is a day that every month has.
fn is_a_day(attribute: &Name, facts: &Facts<'_>, report: &mut Report) -> bool {
    let Some(known) = facts.member.peek(&attribute.text) else {
        let what = "attribute of the member";
        report.unknown(what, &attribute.text, attribute.span, facts.member.candidates(), "");
        return false;
    };
    known.used.set(true);
    if matches!(known.kind, Kind::Integer(from, to) if from >= 1 && to <= 28) {
        return true;
    }
    report.push(
        Diagnostic::new(Code::U211, attribute.span, "a period starts on a day that every month has")
            .label(format!("`{}` can be something else", attribute.text))
            .other(known.field.kind_span, "declared here")
            .help("declare it as `integer 1 to 28`"),
    );
    false
}

fn months(count: u16, from: MonthDay, report: &mut Report) -> Option<Cycle> {
    Cycle::new(count, times::month_day(from, report)?)
}
