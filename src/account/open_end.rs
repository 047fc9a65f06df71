//! What a lot remembers of its terms where its last day is not settled when it is booked.
//!
//! It holds the lines themselves and not their place in a program, so that a later version of the program does not
//! change the terms of what was earned before. Only the condition of `no expiry when` is asked as the program in
//! force says it.

use crate::calendar::{Date, Duration, Tail};
use crate::program::{Activity, EventKindId};
use std::sync::Arc;

/// The terms of a lot whose last day may still move.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OpenEnd {
    /// The earliest last day by lines that nothing can move; `None` without such a line.
    pub(crate) fixed: Option<Date>,
    /// What ends without activity.
    pub(crate) idle: Vec<Idle>,
    /// The day of its booking, where the oldest is spent first.
    pub(crate) earned: Option<Date>,
    /// What may keep it after its last day.
    pub(crate) hold: Option<HeldBy>,
    /// The purchase whose event released it or will do so. Such a lot stays by itself.
    pub(crate) of: Option<Arc<str>>,
    /// The event for which it waits.
    pub(crate) wait: Option<Wait>,
}

/// `expire after D without E or F`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Idle {
    pub(crate) length: Duration,
    /// Sorted.
    pub(crate) without: Box<[Activity]>,
    /// The latest of these activities, of the booking and of the joining.
    pub(crate) since: Date,
}

/// Whose `no expiry when` holds for a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldBy {
    /// The unit's.
    Unit,
    /// The rule's that gave it.
    Rule,
}

/// What a lot waits for that is not usable yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wait {
    /// The first event of this kind that names the purchase makes it usable.
    pub(crate) event: EventKindId,
    /// The last day on which it waits.
    pub(crate) until: Date,
    /// How long it lasts from then on: the lines `expire D after activation`.
    pub(crate) then: Box<[(Duration, Option<Tail>)]>,
}

impl OpenEnd {
    /// The last day as it is now: the earliest of all.
    pub(crate) fn last(&self) -> Option<Date> {
        let idle = self.idle.iter().filter_map(|idle| idle.length.add_to_date(idle.since));
        let until = self.wait.as_ref().map(|wait| wait.until);
        // a day at the end of the calendar is no end
        idle.chain(self.fixed).chain(until).filter(|day| *day < Date::MAX).min()
    }

    /// Whether `no expiry when` may keep it.
    pub(crate) fn may_be_held(&self) -> bool {
        self.hold.is_some() && self.wait.is_none()
    }

    /// Whether it ends later if something happens on a day.
    pub(crate) fn counts(&self, activity: Activity, day: Date) -> bool {
        self.idle.iter().any(|idle| idle.since < day && idle.without.binary_search(&activity).is_ok())
    }

    /// Notes that something happened on a day.
    pub(crate) fn note(&mut self, activity: Activity, day: Date) {
        for idle in &mut self.idle {
            if idle.since < day && idle.without.binary_search(&activity).is_ok() {
                idle.since = day;
            }
        }
    }

    /// Whether anything in it can still matter: what is settled needs no lot of its own.
    pub(crate) fn is_open(&self) -> bool {
        self.earned.is_some()
            || !self.idle.is_empty()
            || self.hold.is_some()
            || self.wait.is_some()
            || self.of.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::DurationUnit;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn the_earliest_of_all_ends_counts() {
        let stay = Activity::Event(EventKindId(2));
        let idle = Idle {
            length: Duration::new(18, DurationUnit::Month),
            without: [stay].into(),
            since: day("2026-01-31"),
        };
        let mut open = OpenEnd { idle: vec![idle], ..OpenEnd::default() };
        assert_eq!(open.last(), Some(day("2027-07-31")));
        assert!(!open.counts(Activity::Redemption, day("2026-03-01")), "another activity");
        assert!(!open.counts(stay, day("2026-01-30")), "older than what is known");
        open.note(stay, day("2026-01-30"));
        assert_eq!(open.last(), Some(day("2027-07-31")));
        assert!(open.counts(stay, day("2026-08-31")));
        open.note(stay, day("2026-08-31"));
        // 28 February 2028 has a day after it
        assert_eq!(open.last(), Some(day("2028-02-29")));
        open.fixed = Some(day("2027-12-31"));
        assert_eq!(open.last(), Some(day("2027-12-31")));
        open.wait = Some(Wait { event: EventKindId(3), until: day("2026-12-01"), then: Box::default() });
        assert_eq!(open.last(), Some(day("2026-12-01")));
    }
}
