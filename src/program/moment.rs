//! Moments that the clock brings and that a rule may wait for.

use super::Program;
use super::ids::{EventKindId, RuleId};
use super::rule::Validity;
use super::test::Test;
use crate::calendar::{Date, Duration, Period};

/// `on birthday`, `on start of quarter`, `on 60 days after purchase`, `on 90 days without purchase`
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    /// As it is written behind `on`; the items of `of items where` are left out.
    pub(crate) name: Box<str>,
    pub(crate) kind: MomentKind,
    /// The rules that wait for it, in their order.
    pub(crate) rules: Vec<Waiting>,
    /// First and last day on which any of them may be in force.
    pub(crate) days: (Date, Date),
}

/// A rule that waits for a moment.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) rule: RuleId,
    /// `of items where C`: what at least one item of the event must be.
    pub(crate) items: Option<Test>,
}

/// The kinds of moments, in the order in which those of one day come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MomentKind {
    /// The birthday, by the place of the member's attribute.
    Birthday(u16),
    /// The first day of a period.
    StartOf(Period),
    /// So long after each event of a kind.
    After(Duration, EventKindId),
    /// So long after the last event of these kinds, or the joining.
    Without(Duration, Box<[EventKindId]>),
}

/// First and last day on which a rule may be in force.
pub(crate) fn days_in_force(valid: Validity) -> (Date, Date) {
    match valid {
        Validity::Always | Validity::EveryYear(..) => (Date::MIN, Date::MAX),
        Validity::Days(from, to) => (from, to),
        // the day of a moment may be the one before, if days start later than midnight
        Validity::Minutes { from, to } => (from.0.minus_days(1), to.0),
    }
}

impl Program {
    /// The moment for which a rule waits, if it waits for one.
    pub(crate) fn moment(&self, on: EventKindId) -> Option<&Moment> {
        self.moments.get(on.moment()?)
    }

    /// Whether a rule waits for a time after an event.
    pub(crate) fn follows(&self, rule: RuleId) -> bool {
        let on = self.rules.get(rule.index()).map(|rule| rule.on);
        let moment = on.and_then(|on| self.moment(on));
        moment.is_some_and(|moment| matches!(moment.kind, MomentKind::After(..)))
    }
}
