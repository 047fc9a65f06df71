//! Milestones: what is given where a count passes marks.

use super::ids::{EventKindId, FilterId, MeterId, MilestonesId, UnitId};
use super::play::Counts;
use super::rule::{Award, Validity};
use super::test::Test;
use super::{Program, UnknownName};

/// `milestones M { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Milestones {
    pub(crate) name: Box<str>,
    pub(crate) valid: Validity,
    pub(crate) when: Option<Test>,
    pub(crate) items: Option<Test>,
    pub(crate) counts: MilestoneCount,
    /// What was counted in each window.
    pub(crate) meter: MeterId,
    /// The most that it ever was in each window, where what is passed stays passed.
    pub(crate) most: Option<MeterId>,
    pub(crate) marks: Box<[Marks]>,
}

/// What milestones count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MilestoneCount {
    /// Paid amounts, micro-units; with a filter of the items that pass it too.
    Spend(Option<FilterId>),
    /// Pieces, millionths.
    Pieces,
    /// Events of a kind.
    Events(EventKindId),
    /// What rules book of a unit, in its scale.
    Unit(UnitId),
}

impl MilestoneCount {
    /// In what it is counted.
    pub(crate) const fn plain(self) -> Counts {
        match self {
            Self::Spend(_) => Counts::Spend,
            Self::Pieces => Counts::Items,
            Self::Events(kind) => Counts::Events(kind),
            Self::Unit(unit) => Counts::Unit(unit),
        }
    }
}

/// Marks of one line, in the scale of the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) first: i64,
    /// From one to the next; 0 where there is one only.
    pub(crate) step: i64,
    pub(crate) last: i64,
    /// What each of them gives.
    pub(crate) gives: Award,
}

impl Marks {
    /// How many of them lie at or below a count.
    pub(crate) const fn up_to(&self, count: i64) -> i64 {
        let end = if count < self.last { count } else { self.last };
        if end < self.first {
            return 0;
        }
        match (end - self.first).checked_div(self.step) {
            Some(steps) => steps + 1,
            None => 1,
        }
    }

    /// The mark with a number, counted from 0.
    pub(crate) const fn at(&self, number: i64) -> i64 {
        self.first.saturating_add(self.step.saturating_mul(number))
    }
}

impl Program {
    /// The `milestones` with a name.
    pub(crate) fn milestones_named(&self, name: &str) -> Result<MilestonesId, UnknownName> {
        let found = self.milestones.iter().position(|block| *block.name == *name);
        found.map(|place| MilestonesId(place as u32)).ok_or_else(|| UnknownName::new("milestones", name))
    }

    /// The name of a `milestones` block; empty if the id is of another program.
    pub(crate) fn milestones_name(&self, id: MilestonesId) -> &str {
        self.milestones.get(id.index()).map_or("", |block| &block.name)
    }
}
