//! Plans: what members pay for.

use super::ids::{PlanId, Symbol, TiersId};
use super::{Program, Tiers, UnknownName};
use crate::calendar::{Anchors, Date, Duration, Period};

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) name: Box<str>,
    /// What conditions know it by.
    pub(crate) symbol: Symbol,
    /// Micro-units of the program's currency for each term.
    pub(crate) fee: i64,
    pub(crate) per: PlanTerm,
    /// `renews by itself`; otherwise on request.
    pub(crate) renews: bool,
    /// A term without a fee before the first one.
    pub(crate) trial: Option<Duration>,
}

/// How long a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlanTerm {
    /// The rest of the period in which it begins.
    Rest(Period),
    /// So long from its first day.
    Length(Duration),
}

impl PlanTerm {
    /// The last day of a term by its first one, and by the first one of all terms with a fee.
    pub(crate) fn last_day(self, from: Date, paid_from: Date, anchors: &Anchors) -> Date {
        match self {
            Self::Rest(period) => period.last_day(from, anchors),
            Self::Length(length) => length.step_after(from, paid_from).minus_days(1),
        }
    }

    /// The term with a day in it.
    pub(crate) fn around(self, day: Date, paid_from: Date, anchors: &Anchors) -> (Date, Date) {
        let length = match self {
            Self::Rest(period) => {
                return (period.start_of(day, anchors).max(paid_from), period.last_day(day, anchors));
            }
            Self::Length(length) => length,
        };
        let mut starts = paid_from;
        loop {
            let next = length.step_after(starts, paid_from);
            if next > day || next <= starts {
                return (starts, next.minus_days(1));
            }
            starts = next;
        }
    }
}

impl Tiers {
    /// The highest level that a plan pays; 0 if none.
    pub(crate) fn paid_by(&self, plan: PlanId) -> u32 {
        self.levels.iter().rposition(|level| level.paid_by.contains(&plan)).unwrap_or(0) as u32
    }

    /// The next lower level that can be earned, or the lowest.
    pub(crate) fn below(&self, level: u32) -> u32 {
        let mut lower = self.levels.iter().take(level as usize);
        lower.rposition(|level| level.reach.is_some()).unwrap_or(0) as u32
    }
}

impl Program {
    /// The plan with a name.
    pub(crate) fn plan_named(&self, name: &str) -> Result<PlanId, UnknownName> {
        let found = self.plans.binary_search_by(|plan| (*plan.name).cmp(name));
        found.map(|place| PlanId(place as u32)).map_err(|_| UnknownName::new("plan", name))
    }

    /// The name of a plan.
    pub(crate) fn plan_name(&self, id: PlanId) -> &str {
        self.plans.get(id.index()).map_or("", |plan| &plan.name)
    }

    /// The level with a name, which no other block has.
    pub(crate) fn any_level(&self, name: &str) -> Option<(TiersId, u32)> {
        let mut found = self.tiers.iter().zip(0_u32..).filter_map(|(tiers, id)| {
            let level = tiers.levels.iter().position(|level| *level.name == *name)?;
            Some((TiersId(id), level as u32))
        });
        found.next()
    }
}
