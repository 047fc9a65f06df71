//! Periods of the calendar: where they start, where they end, what lies next to them.

use super::date::{Date, DateRange, MonthDay, MonthIndex, Weekday};

/// The year in which the stretches of a [`Cycle`] are counted from its month and day. For every cycle that
/// divides a year, any year gives the same stretches.
const CYCLE_YEAR: i32 = 2000;

/// How many days of the month [`Anchors`] hold.
pub const OWN_DAYS: usize = 4;

/// A stretch of the calendar; every day lies in exactly one stretch of each kind.
///
/// Starts are always computed from the anchor and never from a neighbour, so that a day that was cut to a short
/// month comes back in a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// One local day.
    Day,
    /// Seven days from a day of the week on.
    Week {
        /// Its first day.
        starts: Weekday,
    },
    /// A calendar month.
    Month,
    /// Three months from 1 January, April, July or October.
    Quarter,
    /// Six months from 1 January or July.
    HalfYear,
    /// 1 January to 31 December.
    CalendarYear,
    /// Twelve months from the joining date, or from a given day of the joining month; see [`Anchors`].
    MembershipYear,
    /// A declared stretch of months.
    Cycle(Cycle),
    /// A month from a day of the member's own: its place in [`Anchors::days`].
    Own(u8),
    /// The span in which a rule is valid. Days outside it count to it all the same; it has no neighbours.
    Campaign,
    /// Ever; it has no neighbours.
    Lifetime,
}

/// What the periods of a member or a rule are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Anchors {
    /// The joining date of the member.
    pub joined: Date,
    /// The day (1 to 31) on which membership years start in the joining month; without it they start on the
    /// joining date. It is cut to the length of that month. If it lies after the joining date, the first
    /// membership year is short: it began before the member joined.
    pub membership_day: Option<u8>,
    /// The days of the month (1 to 28) on which the member's own periods start; the 1st where nothing is known.
    pub days: [u8; OWN_DAYS],
    /// The days on which the rule is valid.
    pub campaign: DateRange,
}

impl Anchors {
    /// Anchors of a member without a campaign: it is ever.
    #[must_use]
    pub const fn new(joined: Date) -> Self {
        Self { joined, membership_day: None, days: [1; OWN_DAYS], campaign: DateRange::EVER }
    }

    /// The day of the month on which one of the member's own periods starts.
    #[must_use]
    pub fn own_day(&self, place: u8) -> u8 {
        self.days.get(usize::from(place)).map_or(1, |day| (*day).clamp(1, 28))
    }
}

/// A period that starts at a day of the year and then every n months: `02-01 every 3 months`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cycle {
    months: u16,
    from: MonthDay,
}

impl Cycle {
    /// Stretches of 1 to 1,200 months, one of which starts on the given day of the year 2000. For lengths that
    /// divide a year this is the given day of every year. The day is cut to the length of its month.
    #[must_use]
    pub const fn new(months: u16, from: MonthDay) -> Option<Self> {
        if months < 1 || months > 1_200 {
            return None;
        }
        Some(Self { months, from })
    }

    /// One month from this day (1 to 31) of every month on.
    #[must_use]
    pub const fn monthly(day: u8) -> Option<Self> {
        match MonthDay::new(1, day) {
            Some(from) => Self::new(1, from),
            None => None,
        }
    }

    /// The length in months, 1 to 1,200.
    #[must_use]
    pub const fn months(self) -> u16 {
        self.months
    }

    /// The day of the year on which a stretch starts.
    #[must_use]
    pub const fn from(self) -> MonthDay {
        self.from
    }
}

/// A period that repeats every n months from an anchor.
#[derive(Clone, Copy)]
struct Steps {
    anchor: MonthIndex,
    day: u8,
    months: i64,
}

impl Steps {
    fn calendar(months: i64) -> Self {
        Self { anchor: MonthIndex::new(CYCLE_YEAR, 1), day: 1, months }
    }

    /// The month in which the stretch of a date starts.
    fn start(self, date: Date) -> MonthIndex {
        let step = date.month_index().since(self.anchor).div_euclid(self.months);
        let start = self.anchor.plus(step * self.months);
        if start.checked_day_cut(self.day).is_some_and(|first| first > date) {
            start.plus(-self.months)
        } else {
            start
        }
    }
}

/// The three forms of period.
enum Form {
    /// So many days long, of which so many have passed before the date.
    Days {
        length: i32,
        passed: i32,
    },
    Months(Steps),
    Whole(DateRange),
}

impl Period {
    fn form(self, date: Date, anchors: &Anchors) -> Form {
        match self {
            Self::Day => Form::Days { length: 1, passed: 0 },
            Self::Week { starts } => {
                let passed = (7 + date.weekday().number() - starts.number()) % 7;
                Form::Days { length: 7, passed: i32::from(passed) }
            }
            Self::Month => Form::Months(Steps::calendar(1)),
            Self::Quarter => Form::Months(Steps::calendar(3)),
            Self::HalfYear => Form::Months(Steps::calendar(6)),
            Self::CalendarYear => Form::Months(Steps::calendar(12)),
            Self::MembershipYear => Form::Months(Steps {
                anchor: anchors.joined.month_index(),
                day: anchors.membership_day.unwrap_or_else(|| anchors.joined.day()),
                months: 12,
            }),
            Self::Cycle(cycle) => Form::Months(Steps {
                anchor: MonthIndex::new(CYCLE_YEAR, cycle.from.month()),
                day: cycle.from.day(),
                months: i64::from(cycle.months),
            }),
            Self::Own(place) => Form::Months(Steps { day: anchors.own_day(place), ..Steps::calendar(1) }),
            Self::Campaign => Form::Whole(anchors.campaign),
            Self::Lifetime => Form::Whole(DateRange::EVER),
        }
    }

    /// The same period for this member alone, whatever day comes to be the member's own.
    #[must_use]
    pub fn settled(self, anchors: &Anchors) -> Self {
        match self {
            Self::Own(place) => Cycle::monthly(anchors.own_day(place)).map_or(Self::Month, Self::Cycle),
            other => other,
        }
    }

    /// The first day of the period in which the date lies; [`Date::MIN`] if it lies before that.
    #[must_use]
    pub fn start_of(self, date: Date, anchors: &Anchors) -> Date {
        // the commonest windows need no counting from an anchor
        let quick = match self {
            Self::Day => Some(date),
            Self::Month => Some(date.month_start()),
            Self::CalendarYear => Some(date.year_start()),
            _ => None,
        };
        if let Some(start) = quick {
            return start;
        }
        match self.form(date, anchors) {
            Form::Days { passed, .. } => date.checked_add_days(-passed).unwrap_or(Date::MIN),
            Form::Months(steps) => steps.start(date).day_cut(steps.day),
            Form::Whole(range) => range.first,
        }
    }

    /// The last day of the period in which the date lies; [`Date::MAX`] if it lies after that.
    #[must_use]
    pub fn last_day(self, date: Date, anchors: &Anchors) -> Date {
        match self {
            Self::Campaign => anchors.campaign.last,
            _ => self.next_start(date, anchors).map_or(Date::MAX, |next| next.minus_days(1)),
        }
    }

    /// First and last day of the period in which the date lies.
    #[must_use]
    pub fn range_of(self, date: Date, anchors: &Anchors) -> DateRange {
        DateRange { first: self.start_of(date, anchors), last: self.last_day(date, anchors) }
    }

    /// The first start after the date; nothing for a campaign, a lifetime, or after [`Date::MAX`].
    #[must_use]
    pub fn next_start(self, date: Date, anchors: &Anchors) -> Option<Date> {
        match self.form(date, anchors) {
            Form::Days { length, passed } => date.checked_add_days(length - passed),
            Form::Months(steps) => steps.start(date).plus(steps.months).checked_day_cut(steps.day),
            Form::Whole(_) => None,
        }
    }

    /// The first day of the period before the one in which the date lies; nothing for a campaign, a lifetime, or
    /// before [`Date::MIN`].
    #[must_use]
    pub fn previous_start(self, date: Date, anchors: &Anchors) -> Option<Date> {
        match self.form(date, anchors) {
            Form::Days { length, passed } => date.checked_add_days(-passed - length),
            Form::Months(steps) => steps.start(date).plus(-steps.months).checked_day_cut(steps.day),
            Form::Whole(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::date::date;
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    /// Previous start, first day, last day, next start.
    fn around(period: Period, day: &str, anchors: &Anchors) -> [String; 4] {
        let day = date(day);
        let text = |date: Option<Date>| date.map_or_else(|| "-".to_owned(), |date| date.to_string());
        [
            text(period.previous_start(day, anchors)),
            period.start_of(day, anchors).to_string(),
            period.last_day(day, anchors).to_string(),
            text(period.next_start(day, anchors)),
        ]
    }

    fn joined(day: &str) -> Anchors {
        Anchors::new(date(day))
    }

    #[test]
    fn of_the_calendar() {
        let anchors = joined("2024-05-15");
        for (period, day, expected) in [
            (Period::Day, "2024-02-29", ["2024-02-28", "2024-02-29", "2024-02-29", "2024-03-01"]),
            (Period::Month, "2024-02-29", ["2024-01-01", "2024-02-01", "2024-02-29", "2024-03-01"]),
            (Period::Month, "2026-12-31", ["2026-11-01", "2026-12-01", "2026-12-31", "2027-01-01"]),
            (Period::Quarter, "2026-02-14", ["2025-10-01", "2026-01-01", "2026-03-31", "2026-04-01"]),
            (Period::Quarter, "2026-10-01", ["2026-07-01", "2026-10-01", "2026-12-31", "2027-01-01"]),
            (Period::HalfYear, "2026-06-30", ["2025-07-01", "2026-01-01", "2026-06-30", "2026-07-01"]),
            (Period::CalendarYear, "1999-07-01", ["1998-01-01", "1999-01-01", "1999-12-31", "2000-01-01"]),
            (Period::CalendarYear, "2300-07-01", ["2299-01-01", "2300-01-01", "2300-12-31", "-"]),
            (Period::CalendarYear, "1900-07-01", ["-", "1900-01-01", "1900-12-31", "1901-01-01"]),
            (Period::Lifetime, "2026-07-01", ["-", "1900-01-01", "2300-12-31", "-"]),
        ] {
            assert_eq!(around(period, day, &anchors), expected, "{period:?} of {day}");
        }
    }

    #[test]
    fn weeks_start_on_any_day() {
        let anchors = joined("2024-05-15");
        // 2026-03-31 is a Tuesday
        for (starts, expected) in [
            (Weekday::Monday, ["2026-03-23", "2026-03-30", "2026-04-05", "2026-04-06"]),
            (Weekday::Tuesday, ["2026-03-24", "2026-03-31", "2026-04-06", "2026-04-07"]),
            (Weekday::Wednesday, ["2026-03-18", "2026-03-25", "2026-03-31", "2026-04-01"]),
            (Weekday::Sunday, ["2026-03-22", "2026-03-29", "2026-04-04", "2026-04-05"]),
        ] {
            assert_eq!(around(Period::Week { starts }, "2026-03-31", &anchors), expected, "{starts}");
        }
        // 1900-01-01 was a Monday
        let sunday = Period::Week { starts: Weekday::Sunday };
        assert_eq!(around(sunday, "1900-01-02", &anchors), ["-", "1900-01-01", "1900-01-06", "1900-01-07"]);
    }

    #[test]
    fn membership_years() {
        let year = Period::MembershipYear;
        let leap = joined("2024-02-29");
        assert_eq!(
            around(year, "2025-02-27", &leap),
            ["2023-02-28", "2024-02-29", "2025-02-27", "2025-02-28"]
        );
        assert_eq!(
            around(year, "2025-02-28", &leap),
            ["2024-02-29", "2025-02-28", "2026-02-27", "2026-02-28"]
        );
        assert_eq!(
            around(year, "2028-02-28", &leap),
            ["2026-02-28", "2027-02-28", "2028-02-28", "2028-02-29"]
        );
        let ninth = Anchors { membership_day: Some(9), ..joined("2024-05-15") };
        assert_eq!(
            around(year, "2024-05-15", &ninth),
            ["2023-05-09", "2024-05-09", "2025-05-08", "2025-05-09"]
        );
        let late = Anchors { membership_day: Some(31), ..joined("2024-06-15") };
        assert_eq!(
            around(year, "2024-06-15", &late),
            ["2022-06-30", "2023-06-30", "2024-06-29", "2024-06-30"]
        );
    }

    #[test]
    fn declared_periods() {
        let anchors = joined("2024-05-15");
        let status_year = Period::Cycle(Cycle::new(12, MonthDay::new(3, 1).unwrap()).unwrap());
        assert_eq!(
            around(status_year, "2024-02-29", &anchors),
            ["2022-03-01", "2023-03-01", "2024-02-29", "2024-03-01"]
        );
        let quarter = Period::Cycle(Cycle::new(3, MonthDay::new(2, 1).unwrap()).unwrap());
        assert_eq!(
            around(quarter, "2026-01-31", &anchors),
            ["2025-08-01", "2025-11-01", "2026-01-31", "2026-02-01"]
        );
        let ninth = Period::Cycle(Cycle::monthly(9).unwrap());
        assert_eq!(
            around(ninth, "2026-03-08", &anchors),
            ["2026-01-09", "2026-02-09", "2026-03-08", "2026-03-09"]
        );
        let last = Period::Cycle(Cycle::monthly(31).unwrap());
        assert_eq!(
            around(last, "2026-02-28", &anchors),
            ["2026-01-31", "2026-02-28", "2026-03-30", "2026-03-31"]
        );
        // 2000-01-01, 2000-06-01, 2000-11-01, 2001-04-01
        let five = Period::Cycle(Cycle::new(5, MonthDay::new(1, 1).unwrap()).unwrap());
        assert_eq!(
            around(five, "2001-01-01", &anchors),
            ["2000-06-01", "2000-11-01", "2001-03-31", "2001-04-01"]
        );
        assert_eq!(Cycle::new(0, MonthDay::new(1, 1).unwrap()), None);
        assert_eq!(Cycle::monthly(32), None);
    }

    #[test]
    fn campaigns_have_no_neighbours() {
        let campaign = DateRange { first: date("2026-10-01"), last: date("2026-10-31") };
        let anchors = Anchors { campaign, ..joined("2024-05-15") };
        assert_eq!(around(Period::Campaign, "2026-10-05", &anchors), ["-", "2026-10-01", "2026-10-31", "-"]);
    }

    #[test]
    fn months_from_a_day_of_the_member() {
        let anchors = Anchors { days: [9, 28, 1, 1], ..joined("2024-05-15") };
        let around = |place, day: &str| around(Period::Own(place), day, &anchors);
        assert_eq!(around(0, "2026-03-08"), ["2026-01-09", "2026-02-09", "2026-03-08", "2026-03-09"]);
        assert_eq!(around(0, "2026-03-09"), ["2026-02-09", "2026-03-09", "2026-04-08", "2026-04-09"]);
        assert_eq!(around(1, "2026-02-28"), ["2026-01-28", "2026-02-28", "2026-03-27", "2026-03-28"]);
        assert_eq!(around(2, "2026-03-08"), ["2026-02-01", "2026-03-01", "2026-03-31", "2026-04-01"]);
        // a place that nobody filled
        assert_eq!(around(9, "2026-03-08"), ["2026-02-01", "2026-03-01", "2026-03-31", "2026-04-01"]);
        assert_eq!(Period::Own(0).settled(&anchors), Period::Cycle(Cycle::monthly(9).unwrap()));
        assert_eq!(
            Period::Week { starts: Weekday::Monday }.settled(&anchors).start_of(date("2026-03-08"), &anchors),
            date("2026-03-02")
        );
    }

    fn any_period() -> impl Strategy<Value = Period> {
        prop_oneof![
            Just(Period::Day),
            (0usize..7).prop_map(|day| Period::Week { starts: Weekday::ALL[day] }),
            Just(Period::Month),
            Just(Period::Quarter),
            Just(Period::HalfYear),
            Just(Period::CalendarYear),
            Just(Period::MembershipYear),
            (1u16..30, 1u8..=12, 1u8..=28)
                .prop_map(|(n, month, day)| Cycle::new(n, MonthDay::new(month, day).unwrap()).unwrap())
                .prop_map(Period::Cycle),
            (1u8..=31).prop_map(|day| Period::Cycle(Cycle::monthly(day).unwrap())),
            (0u8..4).prop_map(Period::Own),
        ]
    }

    proptest! {
        #[test]
        fn periods_tile_the_calendar(
            period in any_period(),
            // 1950 to 2250, so that the ends of the range stay out of reach
            day in -7_000i32..102_000,
            joined in -7_000i32..102_000,
            membership_day in proptest::option::of(1u8..=31),
            days in proptest::array::uniform4(1u8..=28),
        ) {
            let day = Date::from_days(day).unwrap();
            let anchors = Anchors { membership_day, days, ..Anchors::new(Date::from_days(joined).unwrap()) };
            let first = period.start_of(day, &anchors);
            let last = period.last_day(day, &anchors);
            prop_assert!(first <= day && day <= last);
            prop_assert_eq!(period.start_of(first, &anchors), first);
            prop_assert_eq!(period.start_of(last, &anchors), first);
            let next = period.next_start(day, &anchors).unwrap();
            prop_assert_eq!(next, last.plus_days(1));
            prop_assert_eq!(period.start_of(next, &anchors), next);
            prop_assert_eq!(period.previous_start(next, &anchors), Some(first));
            let previous = period.previous_start(day, &anchors).unwrap();
            prop_assert_eq!(period.start_of(first.minus_days(1), &anchors), previous);
        }
    }
}
