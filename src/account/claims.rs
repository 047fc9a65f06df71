//! What rules with a budget would give, and nobody has answered yet.

use super::Account;
use super::receipt::ReceiptAward;
use crate::amount::format_scaled;
use crate::calendar::{Date, Instant};
use crate::ledger::Source;
use crate::program::Program;
use serde::Serialize;
use std::sync::Arc;

/// A claim on a budget that is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenClaim {
    pub(crate) budget: Box<str>,
    /// The event that earned it, its instant and its local day.
    pub(crate) event: Arc<str>,
    pub(crate) at: Instant,
    pub(crate) day: Date,
    /// The day that the event brings for `activate on`.
    pub(crate) on: Option<Date>,
    /// How many lines the event has.
    pub(crate) lines: usize,
    /// What is claimed, as the record of the event would keep it.
    pub(crate) award: ReceiptAward,
}

impl OpenClaim {
    /// What tells it from others.
    pub(crate) fn key(&self) -> (&str, Source) {
        (&self.event, self.award.source)
    }
}

/// Something that is claimed from a budget across members and not booked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Claimed {
    /// The budget.
    pub budget: String,
    /// The event that earned it.
    pub event: String,
    /// The rule.
    pub rule: String,
    /// The unit or voucher.
    pub unit: String,
    /// How much at most, with exactly the decimals of the unit.
    pub amount: String,
}

impl Account {
    /// What rules with a budget across members would give, and the budget has not answered yet. What came back in the
    /// meantime will not be booked, so it may become less.
    #[must_use]
    pub fn claims(&self, program: &Program) -> Vec<Claimed> {
        let claims = self.claims.iter().map(|open| Claimed {
            budget: open.budget.as_ref().into(),
            event: open.event.as_ref().into(),
            rule: program.source_words(open.award.source).1.into(),
            unit: program.thing_words(open.award.thing).1.into(),
            amount: format_scaled(open.award.amount, program.thing_decimals(open.award.thing)),
        });
        claims.collect()
    }

    #[cold]
    pub(super) fn book_claim(&mut self, claim: &OpenClaim, is_open: bool) {
        self.claims.retain(|known| known.key() != claim.key());
        if is_open {
            let place = self.claims.partition_point(|known| known.key() < claim.key());
            self.claims.insert(place, claim.clone());
        }
    }
}
