//! Calendar days, days of every year, days of the week.

use super::TimeError;
use super::reader::Reader;
use chrono::{Datelike, NaiveDate};
use std::fmt;
use std::str::FromStr;

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_SHIFT: i32 = 719_468;
/// Days from 0000-12-31 to 1970-01-01, as chrono counts.
const CHRONO_SHIFT: i32 = 719_163;
const DAYS_OF_400_YEARS: i32 = 146_097;

/// A calendar day without a time or a zone, from 1900-01-01 to 2300-12-31.
///
/// Arithmetic never leaves this range: it stops at [`Date::MIN`] or [`Date::MAX`] where its documentation says
/// so. The order is that of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// 1900-01-01, the first day that exists here.
    pub const MIN: Self = Self(days_of(1900, 1, 1));
    /// 2300-12-31, the last day that exists here.
    pub const MAX: Self = Self(days_of(2300, 12, 31));

    /// The day with this year, month (1 to 12) and day (1 to 31), if the calendar has it and it is in range.
    #[must_use]
    pub const fn from_ymd(year: i32, month: u8, day: u8) -> Option<Self> {
        if year < 1900
            || year > 2300
            || month < 1
            || month > 12
            || day < 1
            || day > days_in_month(year, month)
        {
            return None;
        }
        Some(Self(days_of(year, month, day)))
    }

    /// The day so many days after 1970-01-01 (before it, if negative), if it is in range.
    #[must_use]
    pub const fn from_days(days: i32) -> Option<Self> {
        if days < Self::MIN.0 || days > Self::MAX.0 { None } else { Some(Self(days)) }
    }

    /// The nearest day in range to the day so many days after 1970-01-01.
    pub(super) fn from_days_cut(days: i64) -> Self {
        let cut = days.clamp(i64::from(Self::MIN.0), i64::from(Self::MAX.0));
        Self(i32::try_from(cut).unwrap_or(Self::MAX.0))
    }

    /// Days since 1970-01-01, negative before it.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// The same day from chrono, if it is in range.
    #[must_use]
    pub fn from_naive(date: NaiveDate) -> Option<Self> {
        Self::from_days(date.num_days_from_ce() - CHRONO_SHIFT)
    }

    /// The same day for chrono.
    #[must_use]
    pub fn to_naive(self) -> NaiveDate {
        // every day of the range exists in chrono, so the default is never taken
        NaiveDate::from_num_days_from_ce_opt(self.0 + CHRONO_SHIFT).unwrap_or_default()
    }

    /// Year (1900 to 2300), month (1 to 12) and day (1 to 31).
    #[must_use]
    pub const fn ymd(self) -> (i32, u8, u8) {
        let shifted = self.0 + EPOCH_SHIFT;
        let era = shifted / DAYS_OF_400_YEARS;
        let day_of_era = shifted % DAYS_OF_400_YEARS;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month as u8, day as u8)
    }

    /// The year, 1900 to 2300.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.ymd().0
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.ymd().1
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.ymd().2
    }

    /// The day of the week.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday
        Weekday::from_number((self.0 + 3).rem_euclid(7) as u8)
    }

    /// So many days later; stops at [`Date::MAX`].
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self::from_days_cut(i64::from(self.0) + i64::from(days))
    }

    /// So many days earlier; stops at [`Date::MIN`].
    #[must_use]
    pub fn minus_days(self, days: u32) -> Self {
        Self::from_days_cut(i64::from(self.0) - i64::from(days))
    }

    /// So many days later (earlier, if negative), or nothing outside the range.
    #[must_use]
    pub fn checked_add_days(self, days: i32) -> Option<Self> {
        Self::from_days(self.0.checked_add(days)?)
    }

    /// Days from `earlier` to this day; negative if `earlier` is later.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// The same day so many months later (earlier, if negative), cut to the length of that month: 31 January and
    /// one month is 28 or 29 February. Always count from the original date, because cuts do not add up. Stops at
    /// [`Date::MIN`] and [`Date::MAX`].
    #[must_use]
    pub fn plus_months(self, months: i64) -> Self {
        self.month_index().plus(months).day_cut(self.day())
    }

    /// The first day of the month of this day.
    #[must_use]
    pub fn month_start(self) -> Self {
        Self(self.0 - i32::from(self.day()) + 1)
    }

    /// The first day of the year of this day.
    #[must_use]
    pub const fn year_start(self) -> Self {
        Self(days_of(self.year(), 1, 1))
    }

    /// The last day of the month of this day.
    #[must_use]
    pub fn month_end(self) -> Self {
        let (year, month, _) = self.ymd();
        Self(days_of(year, month, days_in_month(year, month)))
    }

    /// The day of every year that this day is.
    #[must_use]
    pub const fn month_day(self) -> MonthDay {
        let (_, month, day) = self.ymd();
        MonthDay { month, day }
    }

    /// The anniversary of this day in a year; 29 February is kept on 28 February in common years. Nothing if the
    /// year is outside 1900 to 2300.
    #[must_use]
    pub const fn anniversary_in(self, year: i32) -> Option<Self> {
        self.month_day().in_year(year)
    }

    /// Years completed from this day to `today`, which is the age of someone born on this day: the year counts
    /// from the anniversary on. Zero before this day.
    #[must_use]
    pub fn completed_years(self, today: Self) -> u32 {
        let (year, ..) = today.ymd();
        let reached = self.anniversary_in(year).is_some_and(|anniversary| anniversary <= today);
        u32::try_from(year - self.year() - i32::from(!reached)).unwrap_or(0)
    }

    pub(super) fn month_index(self) -> MonthIndex {
        let (year, month, _) = self.ymd();
        MonthIndex::new(year, month)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = TimeError;

    /// Reads exactly `2026-03-31`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let mut reader = Reader::new(text);
        let date = read_date(&mut reader)?;
        reader.end()?;
        date
    }
}

/// Reads `2026-03-31` and leaves the rest. The outer error is the form, the inner one the value.
pub(super) fn read_date(reader: &mut Reader<'_>) -> Result<Result<Date, TimeError>, TimeError> {
    let year = reader.four()?;
    reader.expect(b'-')?;
    let month = reader.two()?;
    reader.expect(b'-')?;
    let day = reader.two()?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return Ok(Err(TimeError::NotInCalendar));
    }
    Ok(Date::from_ymd(year, month, day).ok_or(TimeError::OutOfRange))
}

/// Both ends belong to the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateRange {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl DateRange {
    /// Every day that exists here.
    pub const EVER: Self = Self { first: Date::MIN, last: Date::MAX };

    /// Whether the day lies in the range.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }
}

/// A day of every year, such as 24 December. 29 February is 28 February in common years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthDay {
    month: u8,
    day: u8,
}

impl MonthDay {
    /// The day with this month (1 to 12) and day (1 to 31), if any year has it.
    #[must_use]
    pub const fn new(month: u8, day: u8) -> Option<Self> {
        // 2000 was a leap year
        if month < 1 || month > 12 || day < 1 || day > days_in_month(2000, month) {
            return None;
        }
        Some(Self { month, day })
    }

    /// 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// This day in a year, or nothing if the year is outside 1900 to 2300.
    #[must_use]
    pub const fn in_year(self, year: i32) -> Option<Date> {
        let length = days_in_month(year, self.month);
        Date::from_ymd(year, self.month, if self.day < length { self.day } else { length })
    }

    /// The first such day on or after a date; stops at [`Date::MAX`].
    #[must_use]
    pub fn on_or_after(self, date: Date) -> Date {
        let year = date.year();
        match self.in_year(year) {
            Some(found) if found >= date => found,
            _ => self.in_year(year + 1).unwrap_or(Date::MAX),
        }
    }
}

/// The days of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// `monday`
    Monday,
    /// `tuesday`
    Tuesday,
    /// `wednesday`
    Wednesday,
    /// `thursday`
    Thursday,
    /// `friday`
    Friday,
    /// `saturday`
    Saturday,
    /// `sunday`
    Sunday,
}

impl Weekday {
    /// All seven, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// 0 for Monday to 6 for Sunday.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Monday,
            1 => Self::Tuesday,
            2 => Self::Wednesday,
            3 => Self::Thursday,
            4 => Self::Friday,
            5 => Self::Saturday,
            _ => Self::Sunday,
        }
    }

    /// The word of the rule language: `monday`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    /// The day with this word of the rule language, in lower case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.word() == word)
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A month of a year, counted from January of the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MonthIndex(i64);

impl MonthIndex {
    pub(super) fn new(year: i32, month: u8) -> Self {
        Self(i64::from(year) * 12 + i64::from(month) - 1)
    }

    pub(super) const fn plus(self, months: i64) -> Self {
        Self(self.0.saturating_add(months))
    }

    pub(super) const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The day of this month, cut to its length; nothing outside the range.
    pub(super) fn checked_day_cut(self, day: u8) -> Option<Date> {
        let year = i32::try_from(self.0.div_euclid(12)).ok()?;
        let month = u8::try_from(self.0.rem_euclid(12) + 1).ok()?;
        Date::from_ymd(year, month, day.min(days_in_month(year, month)))
    }

    /// The day of this month, cut to its length; the nearest end outside the range.
    pub(super) fn day_cut(self, day: u8) -> Date {
        self.checked_day_cut(day).unwrap_or(if self.0 < 1900 * 12 { Date::MIN } else { Date::MAX })
    }
}

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, counted in years that start in March so that the leap day is
/// the last one. Only for years above 0.
const fn days_of(year: i32, month: u8, day: u8) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let from_march = if month > 2 { month - 3 } else { month + 9 } as i32;
    let year_of_era = year % 400;
    let day_of_year = (153 * from_march + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    year / 400 * DAYS_OF_400_YEARS + day_of_era - EPOCH_SHIFT
}

#[cfg(test)]
pub(super) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Months;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    #[test]
    fn ends_of_the_range() {
        assert_eq!(Date::MIN.to_string(), "1900-01-01");
        assert_eq!(Date::MAX.to_string(), "2300-12-31");
        assert_eq!(Date::from_ymd(1899, 12, 31), None);
        assert_eq!(Date::from_ymd(2301, 1, 1), None);
        assert_eq!(Date::from_days(0).unwrap().to_string(), "1970-01-01");
        assert_eq!(Date::MAX.plus_days(1), Date::MAX);
        assert_eq!(Date::MIN.minus_days(u32::MAX), Date::MIN);
        assert_eq!(Date::MAX.plus_months(1), Date::MAX);
        assert_eq!(Date::MIN.plus_months(-1), Date::MIN);
        assert_eq!(Date::MIN.plus_months(i64::MIN), Date::MIN);
        assert_eq!(Date::MIN.plus_months(i64::MAX), Date::MAX);
        assert_eq!(Date::MAX.checked_add_days(1), None);
        assert_eq!(Date::from_naive(NaiveDate::MAX), None);
        assert_eq!(Date::from_naive(NaiveDate::MIN), None);
    }

    #[test]
    fn reads_one_form_only() {
        assert_eq!(date("2024-02-29").ymd(), (2024, 2, 29));
        for (text, error) in [
            ("2023-02-29", TimeError::NotInCalendar),
            ("1900-02-29", TimeError::NotInCalendar),
            ("2026-04-31", TimeError::NotInCalendar),
            ("2026-13-01", TimeError::NotInCalendar),
            ("2026-00-01", TimeError::NotInCalendar),
            ("2026-01-00", TimeError::NotInCalendar),
            ("1899-12-31", TimeError::OutOfRange),
            ("2301-01-01", TimeError::OutOfRange),
            ("2026-3-31", TimeError::Form),
            ("2026-03-311", TimeError::Form),
            (" 2026-03-31", TimeError::Form),
            ("+026-03-31", TimeError::Form),
            ("2026/03/31", TimeError::Form),
            ("2026-03-3٣", TimeError::Form),
            ("", TimeError::Form),
        ] {
            assert_eq!(text.parse::<Date>(), Err(error), "{text}");
        }
    }

    #[test]
    fn months_are_cut_from_the_original_date() {
        let january = date("2026-01-31");
        assert_eq!(january.plus_months(1), date("2026-02-28"));
        assert_eq!(january.plus_months(2), date("2026-03-31"));
        assert_eq!(january.plus_months(3), date("2026-04-30"));
        assert_eq!(january.plus_months(25), date("2028-02-29"));
        assert_eq!(january.plus_months(-2), date("2025-11-30"));
        assert_eq!(date("2024-02-29").plus_months(12), date("2025-02-28"));
        assert_eq!(date("2024-02-29").plus_months(48), date("2028-02-29"));
        assert_eq!(date("2026-02-10").month_end(), date("2026-02-28"));
        assert_eq!(date("2100-02-10").month_end(), date("2100-02-28"));
        assert_eq!(date("2000-02-10").month_end(), date("2000-02-29"));
        assert_eq!(date("2026-02-10").month_start(), date("2026-02-01"));
    }

    #[test]
    fn birthdays_and_age() {
        let born = date("2000-02-29");
        assert_eq!(born.anniversary_in(2023), Some(date("2023-02-28")));
        assert_eq!(born.anniversary_in(2024), Some(date("2024-02-29")));
        assert_eq!(born.anniversary_in(2400), None);
        assert_eq!(born.completed_years(date("2018-02-27")), 17);
        assert_eq!(born.completed_years(date("2018-02-28")), 18);
        assert_eq!(born.completed_years(date("2020-02-28")), 19);
        assert_eq!(born.completed_years(date("2020-02-29")), 20);
        assert_eq!(born.completed_years(date("1999-12-31")), 0);
        assert_eq!(born.completed_years(date("2000-02-29")), 0);
    }

    #[test]
    fn days_of_every_year() {
        let leap = MonthDay::new(2, 29).unwrap();
        assert_eq!(leap.on_or_after(date("2025-03-01")), date("2026-02-28"));
        assert_eq!(leap.on_or_after(date("2024-02-28")), date("2024-02-29"));
        assert_eq!(leap.on_or_after(date("2025-02-28")), date("2025-02-28"));
        assert_eq!(MonthDay::new(2, 30), None);
        assert_eq!(MonthDay::new(4, 31), None);
        assert_eq!(MonthDay::new(13, 1), None);
        assert_eq!(MonthDay::new(1, 1).unwrap().on_or_after(date("2300-06-01")), Date::MAX);
    }

    #[test]
    fn weekdays() {
        assert_eq!(date("1970-01-01").weekday(), Weekday::Thursday);
        assert_eq!(date("1969-12-31").weekday(), Weekday::Wednesday);
        assert_eq!(date("2026-03-31").weekday(), Weekday::Tuesday);
        assert_eq!(Weekday::from_word("sunday"), Some(Weekday::Sunday));
        assert_eq!(Weekday::from_word("Sunday"), None);
    }

    proptest! {
        #[test]
        fn agrees_with_chrono(days in Date::MIN.days()..=Date::MAX.days(), months in 0u32..600) {
            let ours = Date::from_days(days).unwrap();
            let theirs = ours.to_naive();
            prop_assert_eq!(ours.ymd(), (theirs.year(), theirs.month() as u8, theirs.day() as u8));
            prop_assert_eq!(Date::from_ymd(ours.year(), ours.month(), ours.day()), Some(ours));
            prop_assert_eq!(Date::from_naive(theirs), Some(ours));
            prop_assert_eq!(u32::from(ours.weekday().number()), theirs.weekday().num_days_from_monday());
            prop_assert_eq!(ours.to_string(), theirs.to_string());
            prop_assert_eq!(ours.to_string().parse::<Date>(), Ok(ours));
            let later = theirs.checked_add_months(Months::new(months)).unwrap();
            prop_assert_eq!(ours.plus_months(i64::from(months)), Date::from_naive(later).unwrap_or(Date::MAX));
            let earlier = theirs.checked_sub_months(Months::new(months)).unwrap();
            prop_assert_eq!(ours.plus_months(-i64::from(months)), Date::from_naive(earlier).unwrap_or(Date::MIN));
        }

        #[test]
        fn age_is_the_number_of_anniversaries(birth in 0i32..40_000, today in 0i32..40_000) {
            let birth = Date::from_days(birth).unwrap();
            let today = Date::from_days(today).unwrap();
            let passed = (birth.year() + 1..=today.year())
                .filter(|year| birth.anniversary_in(*year).unwrap() <= today)
                .count();
            prop_assert_eq!(birth.completed_years(today) as usize, passed);
        }

        #[test]
        fn never_panics(text in "\\PC{0,12}") {
            let _ = text.parse::<Date>();
        }
    }
}
