//! Dates, durations, periods and validity as the calendar knows them.

use super::facts::Settings;
use super::report::Report;
use crate::calendar::{self, Period};
use crate::diagnostics::Similar;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::Validity;
use crate::syntax::ast;

/// The words for periods, for "did you mean".
const PERIODS: [&str; 9] = [
    "day",
    "week",
    "month",
    "quarter",
    "half-year",
    "calendar year",
    "membership year",
    "campaign",
    "lifetime",
];

/// A day, or a finding if it lies outside of what the calendar accepts.
pub(super) fn date(date: ast::Date, report: &mut Report) -> Option<calendar::Date> {
    let found = calendar::Date::from_naive(date.date);
    if found.is_none() {
        report.outside(
            date.span,
            format!("{} is too far away", date.date),
            "dates lie between 1900 and 2300",
        );
    }
    found
}

/// A day of every year.
pub(super) fn month_day(day: ast::MonthDay, report: &mut Report) -> Option<calendar::MonthDay> {
    let found = calendar::MonthDay::new(day.month, day.day);
    if found.is_none() {
        report.outside(
            day.span,
            "there is no such day in any year",
            "write month and day, for example `12-24`",
        );
    }
    found
}

/// A length of time; zero is a finding.
pub(super) fn duration(written: ast::Duration, report: &mut Report) -> Option<calendar::Duration> {
    if written.count == 0 {
        report.zero(
            written.span,
            "a duration of zero means nothing",
            "write at least 1, or leave the line out",
        );
        return None;
    }
    Some(calendar::Duration::new(written.count, written.unit))
}

/// A length of time in days or longer.
pub(super) fn days(written: ast::Duration, report: &mut Report) -> Option<calendar::Duration> {
    let found = duration(written, report)?;
    if !found.is_calendar() {
        report.outside(
            written.span,
            "minutes and hours are too short here",
            "write whole days or longer, for example `1 day`",
        );
        return None;
    }
    Some(found)
}

/// How many days a length of time has at most.
pub(super) const fn days_at_most(duration: calendar::Duration) -> u32 {
    let count = duration.count;
    match duration.unit {
        calendar::DurationUnit::Minute => count.div_ceil(1_440).saturating_add(1),
        calendar::DurationUnit::Hour => count.div_ceil(24).saturating_add(1),
        calendar::DurationUnit::Day => count,
        calendar::DurationUnit::Week => count.saturating_mul(7),
        calendar::DurationUnit::Month => count.saturating_mul(31),
        calendar::DurationUnit::Quarter => count.saturating_mul(92),
        calendar::DurationUnit::Year => count.saturating_mul(366),
    }
}

/// How many days a period has at most; nothing if it has no end of its own.
pub(super) const fn period_days(period: Period) -> Option<u32> {
    match period {
        Period::Day => Some(1),
        Period::Week { .. } => Some(7),
        // whatever day it becomes, a period that runs began within a month
        Period::Month | Period::Own(_) => Some(31),
        Period::Quarter => Some(92),
        Period::HalfYear => Some(184),
        Period::CalendarYear | Period::MembershipYear => Some(366),
        Period::Cycle(cycle) => Some(cycle.months() as u32 * 31),
        Period::Campaign | Period::Lifetime => None,
    }
}

/// Whether a length of time is above 36 months, the longest that a counter looks back.
pub(super) const fn above_36_months(duration: calendar::Duration) -> bool {
    match duration.unit {
        calendar::DurationUnit::Minute => duration.count > 1_096 * 1_440,
        calendar::DurationUnit::Hour => duration.count > 1_096 * 24,
        calendar::DurationUnit::Day => duration.count > 1_096,
        calendar::DurationUnit::Week => duration.count > 156,
        calendar::DurationUnit::Month => duration.count > 36,
        calendar::DurationUnit::Quarter => duration.count > 12,
        calendar::DurationUnit::Year => duration.count > 3,
    }
}

/// A period of the calendar, or one that the program declares.
pub(super) fn period(period: &ast::Period, settings: &Settings, report: &mut Report) -> Option<Period> {
    Some(match &period.kind {
        ast::PeriodKind::Day => Period::Day,
        ast::PeriodKind::Week => Period::Week { starts: settings.week_starts },
        ast::PeriodKind::Month => Period::Month,
        ast::PeriodKind::Quarter => Period::Quarter,
        ast::PeriodKind::HalfYear => Period::HalfYear,
        ast::PeriodKind::CalendarYear => Period::CalendarYear,
        ast::PeriodKind::MembershipYear => Period::MembershipYear,
        ast::PeriodKind::Campaign => Period::Campaign,
        ast::PeriodKind::Lifetime => Period::Lifetime,
        ast::PeriodKind::Named(name) => match settings.periods.get(name) {
            Some(declared) => {
                declared.used.set(true);
                declared.period?
            }
            None => {
                unknown_period(name, period.span, settings, report);
                return None;
            }
        },
    })
}

/// A period that comes again: neither `campaign` nor `lifetime`.
pub(super) fn repeating(written: &ast::Period, settings: &Settings, report: &mut Report) -> Option<Period> {
    let found = period(written, settings, report)?;
    if matches!(found, Period::Campaign | Period::Lifetime) {
        report.misplaced(
            written.span,
            "this needs a period that comes again",
            "write a period of the calendar, for example `month` or `calendar year`",
        );
        return None;
    }
    Some(found)
}

/// N101 for a period.
pub(super) fn unknown_period(name: &str, span: Span, settings: &Settings, report: &mut Report) {
    let mut finding = Diagnostic::new(Code::N101, span, format!("the period `{name}` is not declared"))
        .label("no such period");
    let declared = settings.periods.values().map(|period| (&*period.name.text, Some(period.name.span)));
    finding = match Similar::find(name, PERIODS.iter().map(|period| (*period, None)).chain(declared)) {
        Some(similar) => finding.help(format!("did you mean `{}`?", similar.name)),
        None => finding.help(format!("periods are {}", words(&PERIODS))),
    };
    report.push(finding);
}

/// `a, b and c`, each in backticks.
pub(super) fn words(words: &[&str]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => format!("`{last}`"),
        Some((last, rest)) => {
            let rest: Vec<String> = rest.iter().map(|word| format!("`{word}`")).collect();
            format!("{} and `{last}`", rest.join(", "))
        }
    }
}

/// What moves a last day.
pub(super) fn tail(tail: &ast::Tail, settings: &Settings, report: &mut Report) -> Option<calendar::Tail> {
    Some(match &tail.kind {
        ast::TailKind::MonthEnd => calendar::Tail::MonthEnd,
        ast::TailKind::EndOf(period) => calendar::Tail::EndOf(repeating(period, settings, report)?),
        ast::TailKind::StartOf(period) => calendar::Tail::StartOf(repeating(period, settings, report)?),
        ast::TailKind::Next(day) => calendar::Tail::Next(month_day(*day, report)?),
    })
}

/// `D [tail]`. An inner nothing is a tail that was not written.
pub(super) fn plus(
    plus: Option<&(ast::Duration, Option<ast::Tail>)>,
    settings: &Settings,
    report: &mut Report,
) -> Option<Option<(calendar::Duration, Option<calendar::Tail>)>> {
    let Some((duration, after)) = plus else { return Some(None) };
    let length = days(*duration, report);
    let moved = optional_tail(after.as_ref(), settings, report);
    Some(Some((length?, moved?)))
}

/// A tail that may be missing. The outer nothing is a finding.
pub(super) fn optional_tail(
    written: Option<&ast::Tail>,
    settings: &Settings,
    report: &mut Report,
) -> Option<Option<calendar::Tail>> {
    match written {
        None => Some(None),
        Some(written) => tail(written, settings, report).map(Some),
    }
}

/// When a rule, card or referral is in force.
pub(super) fn validity(
    valid: &ast::Valid,
    span: Span,
    settings: &Settings,
    report: &mut Report,
) -> Option<Validity> {
    match valid {
        ast::Valid::Span { from, to } => {
            let first = from.map_or(Some(calendar::Date::MIN), |moment| date(moment.date, report));
            let last = to.map_or(Some(calendar::Date::MAX), |moment| date(moment.date, report));
            let (first, last) = (first?, last?);
            let (from_time, to_time) = (from.and_then(|m| m.time), to.and_then(|m| m.time));
            if from_time.is_none() && to_time.is_none() {
                return Some(Validity::Days(first, last));
            }
            // a day without a time is that whole day, from `day starts at` on
            let from = (first, from_time.map_or(settings.day_starts, |time| time.minute));
            let to = match to_time {
                Some(time) => (last, time.minute),
                None => (last.plus_days(1), settings.day_starts),
            };
            Some(Validity::Minutes { from, to })
        }
        ast::Valid::EveryYear { from, to } => {
            let (first, last) = (month_day(*from, report), month_day(*to, report));
            Some(Validity::EveryYear(day_number(first?), day_number(last?)))
        }
        ast::Valid::For { .. } | ast::Valid::UntilEndOf { .. } => {
            report.misplaced(
                span,
                "only a voucher is valid for a time that starts when it is given",
                "write `valid from … to …`",
            );
            None
        }
    }
}

/// Month × 100 + day.
pub(super) fn day_number(day: calendar::MonthDay) -> u16 {
    u16::from(day.month()) * 100 + u16::from(day.day())
}
