//! Counters of an account: everything a condition, a cap or a tier asks about the past.
//!
//! One shape serves them all: a meter adds up one measure in *slots*; a slot is a period, a day, a minute, or all
//! time. What a late event or a return changes is the slot of its own date.

use super::ids::{CapId, EventKindId, FilterId, UnitId};
use crate::calendar::{Duration, Period};

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
    /// One slot a day; the key is the day.
    Day,
    /// One slot a minute; the key is the minute since 1970-01-01 00:00 UTC.
    Minute,
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
    /// The slots of the last D: for days and longer that many days up to the event's own; for minutes and hours the
    /// minutes up to the event's own, the limit included.
    Last(Duration),
}
