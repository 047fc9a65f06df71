//! Levels: what a tiers block counts, what reaches a level, and how long it lasts.

use super::ids::{EventKindId, MeterId, PlanId, TiersId};
use super::meter::{Measure, Meter};
use super::rule::Award;
use crate::calendar::{Date, Duration, Period, Tail};
use std::fmt;

/// A tiers block.
#[derive(Clone)]
pub(crate) struct Tiers {
    pub(crate) name: Box<str>,
    pub(crate) metrics: Box<[Metric]>,
    pub(crate) window: TierWindow,
    pub(crate) keep: Keep,
    /// `then drop one level`; otherwise to the earned tier.
    pub(crate) drop_one_level: bool,
    /// `grace`: how long a level is held after its term if the review does not confirm it.
    pub(crate) grace: Option<Duration>,
    /// `reaching takes the threshold`.
    pub(crate) takes: Option<Takes>,
    /// `upgrade at end of`; otherwise at once.
    pub(crate) upgrade: Option<Period>,
    /// `new tier counts for this …`: the events that see the tier which they reach.
    pub(crate) for_this: Option<EventKindId>,
    /// `new tier counts for the part above the threshold`: tables by tier mix the rates of the levels that an event passes.
    pub(crate) by_parts: bool,
    /// `carry surplus … over once`.
    pub(crate) surplus: Option<Surplus>,
    /// From lowest to highest; the first needs nothing.
    pub(crate) levels: Box<[Level]>,
}

/// How many windows back what comes late or comes back still changes what is carried.
pub(crate) const WINDOWS_MOST: usize = 4;

/// What lies above the threshold of the level that is held goes into the next window, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Surplus {
    /// The place of the metric.
    pub(crate) metric: usize,
    /// The lowest level that carries.
    pub(crate) from: u32,
}

impl Reach {
    /// Whether values reach it.
    pub(crate) fn holds(&self, value: &impl Fn(usize) -> i64) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(value)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(value)),
            Self::AtLeast(metric, least) => value(*metric) >= *least,
        }
    }

    /// All amounts that it asks for.
    pub(crate) fn amounts(&self) -> Vec<i64> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::amounts).collect(),
            Self::AtLeast(_, least) => vec![*least],
        }
    }

    /// The lowest amount that it asks of a metric.
    pub(crate) fn least_of(&self, metric: usize) -> Option<i64> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().filter_map(|part| part.least_of(metric)).min(),
            Self::AtLeast(asked, least) => (*asked == metric).then_some(*least),
        }
    }
}

impl Tiers {
    /// The highest level that values reach.
    pub(crate) fn earned(&self, value: impl Fn(usize) -> i64) -> u32 {
        let reached = |level: &Level| level.reach.as_ref().is_some_and(|reach| reach.holds(&value));
        self.levels.iter().rposition(reached).unwrap_or(0) as u32
    }

    /// What a level asks of the metric whose surplus is carried.
    pub(crate) fn least_of(&self, level: u32, metric: usize) -> Option<i64> {
        self.levels.get(level as usize)?.reach.as_ref()?.least_of(metric)
    }

    /// The key of the slot of a window.
    pub(crate) const fn slot(&self, window: Date) -> i64 {
        match self.window {
            TierWindow::Period(Period::Lifetime) => 0,
            _ => window.days() as i64,
        }
    }

    /// Whether windows stand for themselves, and what they reach is reached at once.
    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self.window, TierWindow::Period(_)) && self.upgrade.is_none() && self.surplus.is_none()
    }

    /// Whether a level gives something at the start of periods.
    pub(crate) fn gives_every(&self) -> bool {
        self.levels.iter().any(|level| !level.every.is_empty())
    }

    /// Whether the clock has work beside the ends of terms.
    pub(crate) fn is_on_clock(&self) -> bool {
        self.upgrade.is_some() || self.surplus.is_some() || self.gives_every()
    }

    /// The period in which is counted, if it is one.
    pub(crate) const fn period(&self) -> Option<Period> {
        match self.window {
            TierWindow::Period(period) => Some(period),
            TierWindow::Rolling(_) | TierWindow::Since(_) => None,
        }
    }

    /// The threshold of a level for the only metric of the block.
    pub(crate) fn price(&self, level: u32) -> Option<i64> {
        match self.levels.get(level as usize)?.reach {
            Some(Reach::AtLeast(_, least)) => Some(least),
            _ => None,
        }
    }
}

/// Over what is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TierWindow {
    /// `calendar year`.
    Period(Period),
    /// `rolling 12 months`: so much up to each day.
    Rolling(Duration),
    /// `12 months since reaching the tier`.
    Since(Duration),
}

impl fmt::Debug for TierWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Period(period) => period.fmt(f),
            Self::Rolling(length) => f.debug_tuple("Rolling").field(length).finish(),
            Self::Since(length) => f.debug_tuple("Since").field(length).finish(),
        }
    }
}

/// Reaching a level takes its threshold from what was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Takes {
    /// `carry at most`: how much of the rest stays, in the scale of the metric; nothing is all of it.
    pub(crate) carry: Option<i64>,
}

/// What a tiers block counts.
#[derive(Debug, Clone)]
pub(crate) struct Metric {
    /// For texts: `spend`, `purchases`, the unit.
    pub(crate) name: Box<str>,
    pub(crate) meter: MeterId,
}

impl Metric {
    /// The level whose years it counts, if it does.
    pub(crate) fn years(&self, meters: &[Meter]) -> Option<(TiersId, u32)> {
        match meters.get(self.meter.index())?.measure {
            Measure::Years(tiers, level) => Some((tiers, level)),
            _ => None,
        }
    }
}

/// How long a level lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// For ever.
    Forever,
    /// Until the last day of the running or the next period, plus D and a tail.
    UntilEndOf {
        /// The period.
        period: Period,
        /// The next one instead of the running one.
        next: bool,
        /// `plus D [tail]`.
        plus: Option<(Duration, Option<Tail>)>,
    },
    /// For D from the day of reaching, then the tail.
    For(Duration, Option<Tail>),
}

/// A level.
#[derive(Clone)]
pub(crate) struct Level {
    pub(crate) name: Box<str>,
    pub(crate) reach: Option<Reach>,
    /// The plans whose members hold it.
    pub(crate) paid_by: Box<[PlanId]>,
    pub(crate) entry: Box<[Award]>,
    /// `every P give …`: at the start of each P, to who holds it.
    pub(crate) every: Box<[(Period, Award)]>,
    pub(crate) benefits: Box<[Box<str>]>,
}

/// A threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// All of them.
    And(Box<[Reach]>),
    /// One of them.
    Or(Box<[Reach]>),
    /// The metric at this place is at least this, in the scale of its meter.
    AtLeast(usize, i64),
}

impl Level {
    /// Everything that it gives, on entry and at the start of periods.
    pub(crate) fn gifts(&self) -> impl Iterator<Item = &Award> {
        self.entry.iter().chain(self.every.iter().map(|(_, award)| award))
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Level");
        all.field("name", &self.name).field("reach", &self.reach).field("entry", &self.entry);
        all.field("benefits", &self.benefits);
        if !self.every.is_empty() {
            all.field("every", &self.every);
        }
        if !self.paid_by.is_empty() {
            all.field("paid_by", &self.paid_by);
        }
        all.finish()
    }
}

/// The fingerprint of a program is made from this text, so lines that are not written leave no trace in it.
impl fmt::Debug for Tiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Tiers");
        all.field("name", &self.name).field("metrics", &self.metrics).field("window", &self.window);
        all.field("keep", &self.keep).field("drop_one_level", &self.drop_one_level);
        all.field("levels", &self.levels);
        if let Some(grace) = &self.grace {
            all.field("grace", grace);
        }
        if let Some(takes) = &self.takes {
            all.field("takes", takes);
        }
        if let Some(upgrade) = &self.upgrade {
            all.field("upgrade", upgrade);
        }
        if let Some(event) = &self.for_this {
            all.field("for_this", event);
        }
        if self.by_parts {
            all.field("by_parts", &true);
        }
        if let Some(surplus) = &self.surplus {
            all.field("surplus", surplus);
        }
        all.finish()
    }
}

/// What the levels of a program ask beyond the ordinary: what none asks for is not looked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LevelNeeds {
    /// The clock has work for them beside the ends of terms.
    pub(crate) on_clock: bool,
    /// Some new level counts for the event that reaches it.
    pub(crate) at_once: bool,
    /// Some block counts years of a level of another one.
    pub(crate) years: bool,
}

impl LevelNeeds {
    /// What some blocks ask.
    pub(crate) fn of(all: &[Tiers], meters: &[Meter]) -> Self {
        let is_years = |metric: &Metric| metric.years(meters).is_some();
        let years = all.iter().any(|tiers| tiers.metrics.iter().any(is_years));
        Self {
            on_clock: years || all.iter().any(Tiers::is_on_clock),
            at_once: all.iter().any(|tiers| tiers.for_this.is_some() || tiers.by_parts),
            years,
        }
    }
}
