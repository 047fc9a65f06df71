//! Counters of an account: everything a condition, a cap or a tier asks about the past.
//!
//! One shape serves them all: a meter adds up one measure in *slots*; a slot is a period, a day, a minute, or all
//! time. What a late event or a return changes is the slot of its own date.

use super::ids::{CapId, EventKindId, FilterId, MeterId, MilestonesId, TiersId, UnitId};
use crate::calendar::{Date, Duration, Period};

/// One counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meter {
    /// A canonical text that names the counter in snapshots: `spend in month`, `cap Deckel in month`,
    /// `spend on (category is Wein) in day`. The same meaning has the same name in every version of a program.
    pub(crate) name: Box<str>,
    /// What is added up.
    pub(crate) measure: Measure,
    /// Over what.
    pub(crate) slots: Slots,
    /// How many days before the newest event slots are still asked, late events included; `None` is for ever.
    pub(crate) keep_days: Option<u32>,
}

/// What a meter adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Measure {
    /// Paid amounts in micro-units, of all items or of those that pass; net of returns.
    Spend(Option<FilterId>),
    /// Quantities in millionths, of all items or of those that pass; net of returns.
    Quantity(Option<FilterId>),
    /// Purchases, returned or not.
    Purchases,
    /// Purchases but those that were returned in full: what tiers count.
    PurchasesKept,
    /// Events of a kind.
    Events(EventKindId),
    /// What was booked of a unit, in its own scale; net of returns.
    Unit(UnitId),
    /// What a game counts: the game itself says when.
    Game,
    /// What milestones count, or the most that it was.
    Milestones(MilestonesId),
    /// Calendar years whose last day was spent in a level or a higher one of its block.
    Years(TiersId, u32),
    /// What is used of a cap: times, amounts in the unit's scale, or micro-units of spend.
    Cap(CapId),
}

/// The slots of a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slots {
    /// One slot for all time, key 0.
    Ever,
    /// One slot a period; the key is its first day.
    Period(Period),
    /// One slot for each part of a period that lies in one of another kind; the key is its first day in it.
    Within(Period, Period),
    /// One slot a day; the key is the day.
    Day,
    /// One slot a minute; the key is the minute since 1970-01-01 00:00 UTC.
    Minute,
    /// One slot for each time since a level of a tiers block was reached; the key is its number, counted from 1.
    Since(TiersId),
    /// One slot for each period and value of something; the key is its first day and the number of the value.
    Each(Period),
    /// One slot for each value, from its first use on; the key is that day and the number of the value.
    EachFirst,
}

/// Which slots a question reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    /// All time: the one slot.
    SoFar,
    /// The slot of the period in which the event lies.
    This(Period),
    /// The slot of the period before it.
    Previous(Period),
    /// The slots of the days from this one up to the event's own.
    From(Date),
    /// The slots of the last D: for days and longer that many days up to the event's own; for minutes and hours the
    /// minutes up to the event's own, the limit included.
    Last(Duration),
}

/// Which counters something has to be added to, so that an event never walks over all of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct MeterIndex {
    /// [`Measure::Spend`] and [`Measure::Quantity`].
    pub(crate) baskets: Box<[MeterId]>,
    /// [`Measure::Purchases`] and [`Measure::PurchasesKept`].
    pub(crate) purchases: Box<[MeterId]>,
    /// [`Measure::Events`], by event kind.
    pub(crate) events: Box<[Box<[MeterId]>]>,
    /// [`Measure::Unit`], by unit.
    pub(crate) units: Box<[Box<[MeterId]>]>,
}

impl MeterIndex {
    /// Builds the index.
    pub(crate) fn build(meters: &[Meter], events: usize, units: usize) -> Self {
        let pick = |wanted: &dyn Fn(Measure) -> bool| -> Box<[MeterId]> {
            let hits = meters.iter().enumerate().filter(|(_, meter)| wanted(meter.measure));
            hits.map(|(place, _)| MeterId(place as u32)).collect()
        };
        Self {
            baskets: pick(&|measure| matches!(measure, Measure::Spend(_) | Measure::Quantity(_))),
            purchases: pick(&|measure| matches!(measure, Measure::Purchases | Measure::PurchasesKept)),
            events: (0..events as u32)
                .map(|kind| pick(&|m| m == Measure::Events(EventKindId(kind))))
                .collect(),
            units: (0..units as u32).map(|unit| pick(&|m| m == Measure::Unit(UnitId(unit)))).collect(),
        }
    }
}
