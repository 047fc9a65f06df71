//! Draws: which tickets take part, and how they are had for nothing. Somebody else draws.

use super::ids::{EventKindId, MeterId, UnitId};
use super::rule::Award;
use crate::calendar::{Date, MonthDay, Period};
use std::fmt::{self, Debug};

/// `draw D { … }`
#[derive(Clone)]
pub(crate) struct Draw {
    pub(crate) name: Box<str>,
    pub(crate) unit: UnitId,
    pub(crate) days: DrawDays,
    /// How many tickets of a member take part at most.
    pub(crate) cap: Option<i64>,
    /// How many of each period of the draw take part at most.
    pub(crate) caps: Box<[(Period, i64)]>,
    /// What events give.
    pub(crate) free: Box<[(EventKindId, Award)]>,
    /// Counts the unit by days.
    pub(crate) meter: MeterId,
}

/// Of which days tickets take part, and when the draw is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DrawDays {
    /// Once.
    Once(Round),
    /// Every year between two days; held on the first such day behind them.
    EveryYear {
        /// The first day.
        from: MonthDay,
        /// The last day; of the next year if it lies before the first.
        to: MonthDay,
        /// The day of the draw.
        held: MonthDay,
    },
}

/// One draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Round {
    /// The first day whose tickets take part.
    pub(crate) first: Date,
    /// The last one.
    pub(crate) last: Date,
    pub(crate) held: Date,
}

impl DrawDays {
    /// The draw that runs on a day, or the last one that began before it. One that is held once is always the same.
    pub(crate) fn round(self, day: Date) -> Round {
        let (from, to, held) = match self {
            Self::Once(round) => return round,
            Self::EveryYear { from, to, held } => (from, to, held),
        };
        let began = from_in(from, day.year()) <= day;
        let year = if began { day.year() } else { day.year() - 1 };
        let wraps = (to.month(), to.day()) < (from.month(), from.day());
        let last = to.in_year(if wraps { year + 1 } else { year }).unwrap_or(Date::MAX);
        Round { first: from_in(from, year), last, held: held.on_or_after(last.plus_days(1)) }
    }

    /// Whether tickets of a day take part.
    pub(crate) fn has(self, day: Date) -> bool {
        let round = self.round(day);
        (round.first..=round.last).contains(&day)
    }
}

/// The first day of a year that is not before a month and day: a 29 February is a 1 March in other years.
fn from_in(day: MonthDay, year: i32) -> Date {
    let found = day.in_year(year).unwrap_or(Date::MIN);
    if found.day() < day.day() { found.plus_days(1) } else { found }
}

/// What is not said is not written, because the fingerprint of a program is made of it.
impl Debug for Draw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Draw");
        all.field("name", &self.name).field("unit", &self.unit);
        match &self.days {
            DrawDays::Once(Round { first, last, held }) => {
                all.field("days", &(first, last)).field("held", held)
            }
            every_year @ DrawDays::EveryYear { .. } => all.field("days", every_year),
        };
        all.field("cap", &self.cap).field("free", &self.free).field("meter", &self.meter);
        if !self.caps.is_empty() {
            all.field("caps", &self.caps);
        }
        all.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap_or(Date::MIN)
    }

    fn every_year(from: (u8, u8), to: (u8, u8), held: (u8, u8)) -> Option<DrawDays> {
        let day = |(month, day)| MonthDay::new(month, day);
        Some(DrawDays::EveryYear { from: day(from)?, to: day(to)?, held: day(held)? })
    }

    #[test]
    fn a_draw_of_every_year_by_hand() {
        let spring = every_year((2, 1), (4, 1), (4, 10));
        let of = |days: Option<DrawDays>, on: &str| {
            days.map(|days| days.round(day(on)))
                .map(|it| [it.first, it.last, it.held].map(|day| day.to_string()))
        };
        let of_2026 = Some(["2026-02-01", "2026-04-01", "2026-04-10"].map(str::to_owned));
        assert_eq!(of(spring, "2026-02-01"), of_2026);
        assert_eq!(of(spring, "2027-01-31"), of_2026);
        let winter = every_year((12, 1), (2, 29), (1, 6));
        // the first 6 January behind the end
        let expected = Some(["2026-12-01", "2027-02-28", "2028-01-06"].map(str::to_owned));
        assert_eq!(of(winter, "2027-01-01"), expected);
        let leap = every_year((2, 29), (12, 31), (1, 1));
        assert_eq!(
            of(leap, "2027-05-01"),
            Some(["2027-03-01", "2027-12-31", "2028-01-01"].map(str::to_owned))
        );
        assert_eq!(
            of(leap, "2028-02-29"),
            Some(["2028-02-29", "2028-12-31", "2029-01-01"].map(str::to_owned))
        );
        assert_eq!(
            spring.map(|it| [it.has(day("2026-04-01")), it.has(day("2026-04-02"))]),
            Some([true, false])
        );
    }
}
