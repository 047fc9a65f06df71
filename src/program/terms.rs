//! The terms of lots: when something earned becomes usable, when it is gone, and what keeps it.

use super::ids::{ActivitiesId, DateId, EventKindId, UnitId};
use crate::calendar::{Duration, Period, Tail};

/// When something earned becomes usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activate {
    /// At once.
    AtOnce,
    /// At the start of the day that lies D after the event's (for minutes and hours: at that instant's day).
    After(Duration),
    /// At the start of the day after the period's last.
    AtEndOf(Period),
    /// On a day that the event, its items or the member bring, but not before the event.
    On(DateId),
    /// With the first event of this kind that names the purchase.
    OnEvent(EventKindId),
}

/// When something earned is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expire {
    /// Never.
    Never,
    /// D after earning, activation or first stamp, then the tail.
    After(Duration, ExpireFrom, Option<Tail>),
    /// At the last day of the period, or D after it, then the tail.
    AtEndOf(Period, Option<(Duration, Option<Tail>)>),
    /// At the next such day of a year, the event's own included: month, day.
    AtNext(u8, u8),
    /// D after the latest of these activities, of its own booking and of the joining.
    Without(Duration, ActivitiesId),
}

/// What `expire D after` counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExpireFrom {
    /// The day of the event.
    Earning,
    /// The first day it can be used.
    Activation,
    /// The day of a card's first stamp.
    FirstStamp,
}

/// What keeps lots alive that expire without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Activity {
    /// An event of this kind.
    Event(EventKindId),
    /// Any booking of the unit above zero.
    Earning(UnitId),
    /// Any request of points, rewards or vouchers.
    Redemption,
}

/// A date by its name: where the members, items and events of a program have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateAttribute {
    pub(crate) name: Box<str>,
    /// Its place in the `member` block.
    pub(crate) member: Option<u16>,
    /// Its place in the `item` block.
    pub(crate) item: Option<u16>,
    /// Its place in each kind of event.
    pub(crate) events: Box<[Option<u16>]>,
}

/// In which order lots are spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SpendOrder {
    /// Soonest last day, then oldest earning, then lot number; no last day comes last.
    #[default]
    SoonestExpiry,
    /// Oldest earning, then soonest last day, then lot number.
    Oldest,
}
