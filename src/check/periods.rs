//! Periods that the program declares.

use super::declared::Declared;
use super::numbers;
use super::report::Report;
use super::times;
use crate::calendar::Cycle;
use crate::diagnostics::Code;
use crate::syntax::ast::{MonthDay, Name, PeriodStarts};
use std::cell::Cell;
use std::collections::BTreeMap;

/// A declared period.
#[derive(Debug, Clone)]
pub(super) struct DeclaredPeriod {
    pub(super) name: Name,
    /// Nothing if it is declared wrongly.
    pub(super) cycle: Option<Cycle>,
    /// Whether something names it.
    pub(super) used: Cell<bool>,
}

/// All declared periods, by name.
pub(super) type Periods = BTreeMap<String, DeclaredPeriod>;

/// Reads all `period` lines.
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
        let cycle = cycle(&entry.node.starts, report);
        let period = DeclaredPeriod { name: entry.name.clone(), cycle, used: Cell::new(false) };
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
    }
}

fn months(count: u16, from: MonthDay, report: &mut Report) -> Option<Cycle> {
    Cycle::new(count, times::month_day(from, report)?)
}
