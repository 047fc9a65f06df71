//! The times in which is counted since a level was reached: each ends when the next level is reached, or with the term.

use super::TierState;
use crate::calendar::{Date, Instant};

/// A time in which is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spell {
    /// Its number, counted from 1: the key of its slot in counters.
    pub(crate) number: u32,
    /// The last number whose slot belongs to it: what came back may have joined it with those that followed.
    pub(crate) through: u32,
    /// What happened after this instant counts in it.
    pub(crate) since: Instant,
    /// Its first day.
    pub(crate) start: Date,
    /// Its last day, if no level is reached before.
    pub(crate) last: Date,
    /// What the one before it has left over, in the scale of the metric.
    pub(crate) carried: i64,
    /// How it ended; nothing while it runs.
    pub(crate) end: Option<SpellEnd>,
}

/// How a time in which was counted ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SpellEnd {
    /// The level that was held in it.
    pub(crate) from: u32,
    /// The level that it has earned.
    pub(crate) earned: u32,
    /// Whether its term was over; otherwise a level was reached.
    pub(crate) over: bool,
}

impl TierState {
    /// The number of the time in which something at an instant is counted.
    pub(crate) fn spell_at(&self, at: Instant) -> i64 {
        let spell = self.spells.iter().rfind(|spell| spell.since < at).or_else(|| self.spells.first());
        spell.map_or(1, |spell| i64::from(spell.number))
    }

    /// The time that runs.
    pub(crate) fn running(&self) -> Option<&Spell> {
        self.spells.last()
    }

    /// The day after which the clock has work: the end of the term, of a granted level, or of the time in which the
    /// lowest level is held.
    pub(crate) fn ends(&self) -> Option<Date> {
        let granted = self.granted.iter().filter_map(|granted| granted.until);
        granted.chain(self.term_ends()).min()
    }

    /// The same without what was granted.
    pub(crate) fn term_ends(&self) -> Option<Date> {
        self.until.or_else(|| self.running().filter(|_| self.level == 0).map(|spell| spell.last))
    }
}
