//! Names, numbers and dates as they are written.

use super::Printer;
use crate::amount::minor_digits;
use crate::syntax::ast::{
    Amount, Date, Duration, Moment, MonthDay, Name, Number, Percent, Period, PeriodKind, Text, Time,
};
use crate::syntax::grammar::{XID_CONTINUE, XID_START};
use chrono::Datelike;
use rust_decimal::Decimal;

/// The words that are never bare names.
pub(in crate::syntax) const RESERVED: &[&str] = &[
    "and", "or", "not", "is", "in", "per", "of", "to", "by", "as", "at", "on", "for", "from", "after",
    "with", "where", "when", "between", "yes", "no",
];

/// Words that are periods themselves.
const PERIODS: &[&str] = &["day", "week", "month", "quarter", "half-year", "campaign", "lifetime"];

/// Words that make a duration of the number in front.
pub(super) const DURATIONS: &[&str] = &[
    "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "quarter",
    "quarters", "year", "years",
];

/// A name, in quotes where needed.
pub(super) fn name(name: &Name) -> String {
    name_except(name, &[])
}

/// A name at a place where some more words mean something else.
pub(super) fn name_except(name: &Name, words: &[&str]) -> String {
    bare_or_quoted(&name.text, words)
}

fn bare_or_quoted(text: &str, words: &[&str]) -> String {
    if is_plain(text) && !RESERVED.contains(&text) && !words.contains(&text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Whether a text has the form of a bare name: a letter, then letters, digits, `_` and single inner `-`.
fn is_plain(text: &str) -> bool {
    let mut characters = text.chars();
    let mut hyphen = false;
    let starts = characters.next().is_some_and(XID_START);
    let goes_on = characters.all(|c| {
        let fits = if c == '-' { !hyphen } else { XID_CONTINUE(c) };
        hyphen = c == '-';
        fits
    });
    starts && goes_on && !hyphen
}

/// A quoted text.
pub(super) fn text(text: &Text) -> String {
    quoted(&text.text)
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// A number with groups of three.
pub(super) fn number(number: &Number) -> String {
    decimal(number.value, 0)
}

/// A number with groups of three and, unless it is whole, at least `digits` digits behind the dot.
fn decimal(value: Decimal, digits: u32) -> String {
    let text = value.normalize().to_string();
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |text| ("-", text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
        let zeros = (digits as usize).saturating_sub(fraction.len());
        if !is_like_thousands(whole, fraction, zeros) {
            out.push_str(&"0".repeat(zeros));
        }
    }
    out
}

/// Whether zeros would make a fraction look like a dot between thousands: the parser refuses `1.500`, because
/// it may mean `1_500`. So three digits of `1.5 KWD` cannot be written.
fn is_like_thousands(whole: &str, fraction: &str, zeros: usize) -> bool {
    zeros > 0 && fraction.len() + zeros == 3 && whole.len() <= 3 && !whole.starts_with('0')
}

/// `2%`
pub(super) fn percent(percent: &Percent) -> String {
    format!("{}%", decimal(percent.value, 0))
}

/// `3 times`, `1 time`
pub(super) fn times(count: &Number) -> String {
    counted(count, "time")
}

/// A count and an English word, which gets an `s` unless the count is one.
pub(super) fn counted(count: &Number, word: &str) -> String {
    let plural = if count.value == Decimal::ONE { "" } else { "s" };
    format!("{} {word}{plural}", number(count))
}

/// `14 days`
pub(super) fn duration(duration: &Duration) -> String {
    counted(&Number { value: duration.count.into(), span: duration.span }, duration.unit.word())
}

/// `2026-03-31`
pub(super) fn date(date: &Date) -> String {
    format!("{:04}-{:02}-{:02}", date.date.year(), date.date.month(), date.date.day())
}

/// `08:30`
pub(super) fn time(time: &Time) -> String {
    format!("{:02}:{:02}", time.minute / 60, time.minute % 60)
}

/// `12-24`
pub(super) fn month_day(day: &MonthDay) -> String {
    format!("{:02}-{:02}", day.month, day.day)
}

/// `2026-03-01`, `2026-03-01 08:30`
pub(super) fn moment(moment: &Moment) -> String {
    match &moment.time {
        Some(at) => format!("{} {}", date(&moment.date), time(at)),
        None => date(&moment.date),
    }
}

/// `month`, `calendar year`, a declared period
pub(super) fn period(period: &Period) -> String {
    period_except(period, &[])
}

/// A period at a place where some more words mean something else.
pub(super) fn period_except(period: &Period, words: &[&str]) -> String {
    match &period.kind {
        PeriodKind::Day => "day".to_owned(),
        PeriodKind::Week => "week".to_owned(),
        PeriodKind::Month => "month".to_owned(),
        PeriodKind::Quarter => "quarter".to_owned(),
        PeriodKind::HalfYear => "half-year".to_owned(),
        PeriodKind::CalendarYear => "calendar year".to_owned(),
        PeriodKind::MembershipYear => "membership year".to_owned(),
        PeriodKind::Campaign => "campaign".to_owned(),
        PeriodKind::Lifetime => "lifetime".to_owned(),
        PeriodKind::Named(name) if words.contains(&name.as_str()) => quoted(name),
        PeriodKind::Named(name) => bare_or_quoted(name, PERIODS),
    }
}

impl Printer<'_> {
    /// `10 EUR`, `1 punkt`
    pub(super) fn amount(&self, amount: &Amount) -> String {
        self.amount_except(amount, &[])
    }

    /// An amount at a place where some words behind a number mean something else.
    pub(super) fn amount_except(&self, amount: &Amount, words: &[&str]) -> String {
        let value = amount.number.value;
        let unit = amount.unit.text.as_str();
        let unit =
            if value == Decimal::ONE { self.singular.get(unit).copied().unwrap_or(unit) } else { unit };
        let digits = minor_digits(unit).unwrap_or(0);
        format!("{} {}", decimal(value, digits), bare_or_quoted(unit, words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_groups_of_three_and_money_its_digits() {
        let cases = [
            ("0", 0, "0"),
            ("999", 0, "999"),
            ("1000", 0, "1_000"),
            ("1234567.125", 0, "1_234_567.125"),
            ("-1000", 0, "-1_000"),
            ("9.9", 2, "9.90"),
            ("10.00", 2, "10"),
            ("0.005", 2, "0.005"),
            ("0.5", 3, "0.500"),
            ("1000.5", 3, "1_000.500"),
            ("1.5", 3, "1.5"),
            ("1.125", 3, "1.125"),
            ("100.5", 0, "100.5"),
        ];
        for (value, digits, expected) in cases {
            assert_eq!(decimal(value.parse().unwrap(), digits), expected);
        }
    }

    #[test]
    fn quotes_stand_only_where_needed() {
        let bare = ["punkte", "Gemüse", "room-spend", "Make-up", "a1_b", "día", "地", "earn", "cap"];
        for name in bare {
            assert_eq!(bare_or_quoted(name, &[]), name);
        }
        let needed = ["", "Wein & Sekt", "1a", "-a", "a-", "a--b", "a.b", "and", "yes", "_a", "a b"];
        for name in needed {
            assert_eq!(bare_or_quoted(name, &[]), format!("\"{name}\""));
        }
        assert_eq!(bare_or_quoted("month", PERIODS), "\"month\"");
    }
}
