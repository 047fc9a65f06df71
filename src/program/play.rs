//! What members play: challenges, streaks and draws.

use super::ids::{CapId, EventKindId, MeterId, UnitId};
use super::rule::{Award, Validity};
use super::test::Test;
use crate::calendar::Period;
use std::fmt;

/// A challenge: tasks that are to be completed in one round.
#[derive(Clone)]
pub(crate) struct Challenge {
    pub(crate) name: Box<str>,
    pub(crate) valid: Validity,
    /// The rounds; [`Period::Lifetime`] for `once per member`.
    pub(crate) per: Period,
    /// In the order of the text.
    pub(crate) tasks: Box<[Task]>,
    /// How many tasks complete it.
    pub(crate) needs: usize,
    pub(crate) gifts: Box<[Award]>,
    /// Counts how often a round was finished: once, or never.
    pub(crate) rounds: MeterId,
    pub(crate) caps: Box<[CapId]>,
}

// as the fingerprint of a program without caps has always read it
impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Challenge");
        all.field("name", &self.name).field("valid", &self.valid).field("per", &self.per);
        all.field("tasks", &self.tasks).field("needs", &self.needs).field("gifts", &self.gifts);
        all.field("rounds", &self.rounds);
        if !self.caps.is_empty() {
            all.field("caps", &self.caps);
        }
        all.finish()
    }
}

/// A task.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) name: Box<str>,
    pub(crate) counts: Counts,
    /// In the steps of its counter.
    pub(crate) goal: i64,
    /// The conditions of the challenge and of the task on the event.
    pub(crate) when: Box<[Test]>,
    /// Which items count, of spend and items.
    pub(crate) items: Option<Test>,
    /// One slot a round.
    pub(crate) meter: MeterId,
}

/// What a task or a streak counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// What is spent in purchases, micro-units.
    Spend,
    /// Pieces that are bought, millionths.
    Items,
    /// Purchases and declared events.
    Events(EventKindId),
    /// What rules give of a unit, in its scale.
    Unit(UnitId),
}

impl Counts {
    /// Whether an event of a kind can count.
    pub(crate) fn takes(self, kind: EventKindId) -> bool {
        match self {
            Self::Spend | Self::Items => kind == EventKindId::PURCHASE,
            Self::Events(wanted) => kind == wanted,
            Self::Unit(_) => true,
        }
    }
}

/// A streak: periods won one after another.
#[derive(Debug, Clone)]
pub(crate) struct Streak {
    pub(crate) name: Box<str>,
    pub(crate) on: EventKindId,
    pub(crate) valid: Validity,
    pub(crate) when: Option<Test>,
    pub(crate) per: Period,
    /// What is counted in a period, and how much of it wins it, in the steps of the counter.
    pub(crate) counts: Counts,
    pub(crate) needs: i64,
    /// By the length of the run that gets it, in the order of the text.
    pub(crate) gifts: Box<[(u32, Award)]>,
    /// How many missed periods of a run are forgiven.
    pub(crate) forgive: u32,
    /// After how many periods a new run begins.
    pub(crate) restart: Option<u32>,
    /// One slot a period.
    pub(crate) meter: MeterId,
    pub(crate) caps: Box<[CapId]>,
}
