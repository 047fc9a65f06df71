//! Caps with one counter for each value of something that an event or its items carry.

/// What has the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EachBy {
    /// The channel of the event.
    Channel,
    /// The store of the event.
    Store,
    /// An attribute of the event, by name: several kinds of events may have it.
    Attribute(Box<str>),
    /// The category of each item.
    Category,
    /// The article number of each item.
    Sku,
    /// The brand of each item.
    Brand,
    /// An attribute of each item, by name.
    Item(Box<str>),
}

impl EachBy {
    /// Whether each item has a value of its own.
    pub(crate) const fn of_items(&self) -> bool {
        matches!(self, Self::Category | Self::Sku | Self::Brand | Self::Item(_))
    }
}

/// The place among the subjects of [`super::Program::each`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EachId(pub(crate) u16);

/// How far the numbers of values reach in the key of a slot.
const VALUES: i64 = 1 << 32;

/// For how many months the counter of a value is kept from its first use on, where a cap names no window.
pub(crate) const EACH_MONTHS: u32 = 24;

/// The key of the slot of a value: the first day of its window, and its number.
pub(crate) const fn each_slot(start: i64, value: u32) -> i64 {
    start * VALUES + value as i64
}

/// The first day of the window of such a slot.
pub(crate) const fn each_start(slot: i64) -> i64 {
    slot.div_euclid(VALUES)
}

/// The number of the value of such a slot.
pub(crate) fn each_value(slot: i64) -> u32 {
    u32::try_from(slot.rem_euclid(VALUES)).unwrap_or(0)
}
