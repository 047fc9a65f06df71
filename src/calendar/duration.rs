//! Lengths of time, and tails that move a last day.

use super::date::{Date, MonthDay};
use super::period::{Anchors, Period};

/// The unit of a [`Duration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DurationUnit {
    /// Sixty elapsed seconds.
    Minute,
    /// Sixty elapsed minutes.
    Hour,
    /// One local day, whatever its length.
    Day,
    /// Seven local days.
    Week,
    /// A calendar month, cut to the length of the month.
    Month,
    /// Three calendar months.
    Quarter,
    /// Twelve calendar months.
    Year,
}

impl DurationUnit {
    /// The word of the rule language for one of it: `month`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// A length of time: minutes and hours are elapsed time, days to years are calendar time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Duration {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: DurationUnit,
}

impl Duration {
    /// So many of this unit.
    #[must_use]
    pub const fn new(count: u32, unit: DurationUnit) -> Self {
        Self { count, unit }
    }

    /// Whether this is calendar time, from days up.
    #[must_use]
    pub const fn is_calendar(self) -> bool {
        !matches!(self.unit, DurationUnit::Minute | DurationUnit::Hour)
    }

    /// The date this much later; nothing for minutes and hours. Stops at [`Date::MAX`].
    #[must_use]
    pub fn add_to_date(self, date: Date) -> Option<Date> {
        self.shift(date, 1)
    }

    /// The date this much after `from`, counted in steps from an earlier date on: from 31 January by months after
    /// 28 February that is 31 March. Where no step from there comes to `from`, it is counted from `from` itself.
    pub(crate) fn step_after(self, from: Date, first: Date) -> Date {
        let at = |steps: u32| {
            let count = self.count.saturating_mul(steps);
            Self { count, ..self }.add_to_date(first).unwrap_or(Date::MAX)
        };
        let longest: i64 = match self.unit {
            DurationUnit::Minute | DurationUnit::Hour | DurationUnit::Day => 1,
            DurationUnit::Week => 7,
            DurationUnit::Month => 31,
            DurationUnit::Quarter => 92,
            DurationUnit::Year => 366,
        };
        let days = i64::from(from.days()) - i64::from(first.days());
        let least = days.max(0) / (longest * i64::from(self.count.max(1)));
        let mut steps = u32::try_from(least).unwrap_or(u32::MAX);
        while at(steps) < from && steps < u32::MAX {
            steps += 1;
        }
        if at(steps) == from {
            at(steps.saturating_add(1))
        } else {
            self.add_to_date(from).unwrap_or(Date::MAX)
        }
    }

    /// The date this much earlier; nothing for minutes and hours. Stops at [`Date::MIN`].
    #[must_use]
    pub fn subtract_from_date(self, date: Date) -> Option<Date> {
        self.shift(date, -1)
    }

    /// The first day of the window `in last …` that ends with `date`: for N days today and the N − 1 days before
    /// it, for months the day after the date N months ago. Nothing for minutes and hours.
    #[must_use]
    pub fn window_start(self, date: Date) -> Option<Date> {
        Some(self.subtract_from_date(date)?.plus_days(1))
    }

    /// The elapsed microseconds of minutes and hours; nothing for calendar time.
    #[must_use]
    pub fn micros(self) -> Option<i64> {
        let one: i64 = match self.unit {
            DurationUnit::Minute => 60_000_000,
            DurationUnit::Hour => 3_600_000_000,
            _ => return None,
        };
        // more than a century of hours is longer than every accepted time span, so the cut loses nothing
        Some(one.saturating_mul(i64::from(self.count)))
    }

    fn shift(self, date: Date, sign: i64) -> Option<Date> {
        let count = sign * i64::from(self.count);
        Some(match self.unit {
            DurationUnit::Minute | DurationUnit::Hour => return None,
            DurationUnit::Day => Date::from_days_cut(i64::from(date.days()) + count),
            DurationUnit::Week => Date::from_days_cut(i64::from(date.days()) + 7 * count),
            DurationUnit::Month => date.plus_months(count),
            DurationUnit::Quarter => date.plus_months(3 * count),
            DurationUnit::Year => date.plus_months(12 * count),
        })
    }
}

/// A tail moves a last day forward, never back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tail {
    /// `at month end`: to the last day of its month.
    MonthEnd,
    /// `at end of P`: to the last day of the period in which it lies.
    EndOf(Period),
    /// `at start of P`: to the first such start on or after it.
    StartOf(Period),
    /// `at next 09-30`: to the first such day on or after it.
    Next(MonthDay),
}

impl Tail {
    /// The moved last day. A campaign or lifetime that has no later start leaves the day as it is.
    #[must_use]
    pub fn apply(self, last_day: Date, anchors: &Anchors) -> Date {
        match self {
            Self::MonthEnd => last_day.month_end(),
            Self::EndOf(period) => period.last_day(last_day, anchors).max(last_day),
            Self::StartOf(period) => {
                let start = period.start_of(last_day, anchors);
                if start >= last_day {
                    start
                } else {
                    period.next_start(last_day, anchors).unwrap_or(last_day)
                }
            }
            Self::Next(day) => day.on_or_after(last_day),
        }
    }

    /// The same tail for this member alone, whatever day comes to be the member's own.
    #[must_use]
    pub fn settled(self, anchors: &Anchors) -> Self {
        match self {
            Self::EndOf(period) => Self::EndOf(period.settled(anchors)),
            Self::StartOf(period) => Self::StartOf(period.settled(anchors)),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::date::{DateRange, Weekday, date};
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn steps_are_counted_from_the_first_date() {
        use DurationUnit::{Month, Week, Year};
        for (count, unit, first, from, next) in [
            (1, Month, "2026-01-31", "2026-01-31", "2026-02-28"),
            (1, Month, "2026-01-31", "2026-02-28", "2026-03-31"),
            (1, Month, "2026-01-31", "2031-01-31", "2031-02-28"),
            (12, Month, "2024-02-29", "2027-02-28", "2028-02-29"),
            (1, Year, "2024-02-29", "2025-02-28", "2026-02-28"),
            (4, Week, "2026-04-03", "2026-05-01", "2026-05-29"),
            // no step comes there: another length was in force
            (1, Month, "2026-01-31", "2026-02-15", "2026-03-15"),
        ] {
            let step = Duration::new(count, unit);
            assert_eq!(step.step_after(date(from), date(first)), date(next), "{step:?} {first} {from}");
        }
    }

    #[test]
    fn adds_to_the_date() {
        use DurationUnit::{Day, Month, Quarter, Week, Year};
        for (count, unit, from, later, earlier) in [
            (30, Day, "2026-05-01", "2026-05-31", "2026-04-01"),
            (14, Day, "2024-02-20", "2024-03-05", "2024-02-06"),
            (2, Week, "2026-12-25", "2027-01-08", "2026-12-11"),
            (1, Month, "2026-01-31", "2026-02-28", "2025-12-31"),
            (1, Month, "2024-01-31", "2024-02-29", "2023-12-31"),
            (2, Month, "2026-01-31", "2026-03-31", "2025-11-30"),
            (1, Quarter, "2026-11-30", "2027-02-28", "2026-08-30"),
            (1, Year, "2024-02-29", "2025-02-28", "2023-02-28"),
            (4, Year, "2024-02-29", "2028-02-29", "2020-02-29"),
            (0, Month, "2024-02-29", "2024-02-29", "2024-02-29"),
            (u32::MAX, Year, "2024-02-29", "2300-12-31", "1900-01-01"),
            (u32::MAX, Week, "2024-02-29", "2300-12-31", "1900-01-01"),
        ] {
            let duration = Duration::new(count, unit);
            assert_eq!(duration.add_to_date(date(from)), Some(date(later)), "{duration:?} after {from}");
            assert_eq!(
                duration.subtract_from_date(date(from)),
                Some(date(earlier)),
                "{duration:?} before {from}"
            );
            assert_eq!(duration.micros(), None);
        }
    }

    #[test]
    fn minutes_and_hours_are_elapsed_time() {
        let hours = Duration::new(48, DurationUnit::Hour);
        assert_eq!(hours.micros(), Some(172_800_000_000));
        assert_eq!(hours.add_to_date(date("2026-01-01")), None);
        assert!(!hours.is_calendar());
        assert_eq!(Duration::new(1, DurationUnit::Minute).micros(), Some(60_000_000));
        assert_eq!(Duration::new(u32::MAX, DurationUnit::Hour).micros(), Some(i64::MAX));
    }

    #[test]
    fn windows_end_today() {
        let seven = Duration::new(7, DurationUnit::Day);
        assert_eq!(seven.window_start(date("2026-03-31")), Some(date("2026-03-25")));
        let one = Duration::new(1, DurationUnit::Day);
        assert_eq!(one.window_start(date("2026-03-31")), Some(date("2026-03-31")));
        let months = Duration::new(12, DurationUnit::Month);
        assert_eq!(months.window_start(date("2026-03-31")), Some(date("2025-04-01")));
        assert_eq!(months.window_start(date("2024-02-29")), Some(date("2023-03-01")));
    }

    #[test]
    fn tails_move_forward() {
        let campaign = DateRange { first: date("2026-10-01"), last: date("2026-10-31") };
        let anchors = Anchors { campaign, ..Anchors::new(date("2024-02-29")) };
        let week = Period::Week { starts: Weekday::Monday };
        let september = Tail::Next(MonthDay::new(9, 30).unwrap());
        for (tail, last_day, moved) in [
            (Tail::MonthEnd, "2024-02-01", "2024-02-29"),
            (Tail::MonthEnd, "2026-03-31", "2026-03-31"),
            (Tail::EndOf(Period::CalendarYear), "2026-01-01", "2026-12-31"),
            (Tail::EndOf(Period::MembershipYear), "2026-02-28", "2027-02-27"),
            (Tail::EndOf(Period::Campaign), "2026-09-15", "2026-10-31"),
            (Tail::EndOf(Period::Campaign), "2026-11-15", "2026-11-15"),
            (Tail::EndOf(Period::Lifetime), "2026-11-15", "2300-12-31"),
            (Tail::StartOf(Period::Month), "2026-02-01", "2026-02-01"),
            (Tail::StartOf(Period::Month), "2026-02-02", "2026-03-01"),
            (Tail::StartOf(week), "2026-03-31", "2026-04-06"),
            (Tail::StartOf(Period::Campaign), "2026-09-15", "2026-10-01"),
            (Tail::StartOf(Period::Campaign), "2026-11-15", "2026-11-15"),
            (Tail::StartOf(Period::CalendarYear), "2300-05-01", "2300-05-01"),
            (september, "2026-09-30", "2026-09-30"),
            (september, "2026-10-01", "2027-09-30"),
        ] {
            assert_eq!(tail.apply(date(last_day), &anchors), date(moved), "{tail:?} of {last_day}");
        }
    }
}
