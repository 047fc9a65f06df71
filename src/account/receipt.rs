//! What is kept of a purchase so that any return undoes exactly what it did.

use crate::calendar::{Date, Instant};
use crate::event::Item;
use crate::ledger::{Source, Thing};
use crate::program::{EventKindId, MeterId};
use std::sync::Arc;

/// The record of one purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) id: Arc<str>,
    pub(crate) kind: EventKindId,
    pub(crate) at: Instant,
    pub(crate) day: Date,
    /// The lines, as bought.
    pub(crate) items: Arc<[Item]>,
    /// Quantity (millionths) and value (micro-units) that came back, by line; empty before the first return.
    pub(crate) returned: Vec<(i64, i64)>,
    pub(crate) awards: Vec<ReceiptAward>,
    /// Counters that a return has to lower and that cannot be told from the lines alone.
    pub(crate) shares: Vec<MeterShare>,
}

/// What one rule gave for a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceiptAward {
    pub(crate) source: Source,
    pub(crate) thing: Thing,
    /// The lot or the first voucher; 0 for units without lots and for stamps.
    pub(crate) lot: u32,
    /// How much of it paid off a debt and never became a lot.
    pub(crate) repaid: i64,
    /// Booked amount by line, and at the end that of the event.
    pub(crate) parts: Box<[i64]>,
}

/// What a purchase added to a counter, by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MeterShare {
    pub(crate) meter: MeterId,
    pub(crate) slot: i64,
    /// Whether it goes back by quantity instead of value.
    pub(crate) by_quantity: bool,
    pub(crate) parts: Box<[i64]>,
}

impl Receipt {
    /// Quantity and value of a line that are left.
    pub(crate) fn left(&self, line: usize) -> (i64, i64) {
        let (quantity, value) = self.items.get(line).map_or((0, 0), |item| (item.quantity, item.value));
        let (gone, paid) = self.returned.get(line).copied().unwrap_or((0, 0));
        (quantity - gone, value - paid)
    }

    /// How much of a line has come back, as a fraction: by value, or by quantity if the line is worth nothing.
    pub(crate) fn fraction(&self, line: usize) -> (i64, i64) {
        let Some(item) = self.items.get(line) else { return (0, 1) };
        let (gone, paid) = self.returned.get(line).copied().unwrap_or((0, 0));
        match (item.value, item.quantity) {
            (0, 0) => (i64::from(gone > 0), 1),
            (0, quantity) => (gone, quantity),
            (value, _) => (paid, value),
        }
    }

    /// How much of the whole purchase has come back, by value, or by quantity if it is worth nothing.
    pub(crate) fn whole_fraction(&self) -> (i64, i64) {
        let value: i64 = self.items.iter().map(|item| item.value).sum();
        let (gone, paid) =
            self.returned.iter().fold((0_i64, 0_i64), |sum, line| (sum.0 + line.0, sum.1 + line.1));
        if value != 0 {
            return (paid, value);
        }
        let quantity: i64 = self.items.iter().map(|item| item.quantity).sum();
        if quantity != 0 { (gone, quantity) } else { (i64::from(!self.returned.is_empty()), 1) }
    }

    /// Whether everything has come back.
    pub(crate) fn is_returned_in_full(&self) -> bool {
        let (part, whole) = self.whole_fraction();
        part == whole
    }
}
