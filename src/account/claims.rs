//! What rules with a budget would give, and nobody has answered yet.

use super::Account;
use super::receipt::ReceiptAward;
use crate::amount::{Rounding, divide, format_scaled};
use crate::calendar::{Date, Instant};
use crate::ledger::Source;
use crate::program::{PayOut, Program, SHARE_WHOLE};
use serde::Serialize;
use std::sync::Arc;

/// A claim on a budget that is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenClaim {
    /// The budget that is asked now.
    pub(crate) budget: Box<str>,
    /// Those that were asked before, and have granted all that is claimed still.
    pub(crate) granted: Vec<Box<str>>,
    /// The event that earned it, its instant and its local day.
    pub(crate) event: Arc<str>,
    pub(crate) at: Instant,
    pub(crate) day: Date,
    /// Of what is paid for a period, its last day: budgets count it there.
    pub(crate) ends: Option<Date>,
    /// The day that the event brings for `activate on`.
    pub(crate) on: Option<Date>,
    /// How many lines the event has.
    pub(crate) lines: usize,
    /// What is claimed, as the record of the event would keep it.
    pub(crate) award: ReceiptAward,
    /// What comes with it: a pay-out of a referral may be several things.
    pub(crate) more: Vec<ReceiptAward>,
    /// Of a referral, which pay-out it is.
    pub(crate) pay_out: PayOut,
    /// What a donation would give; nothing for anything else.
    pub(crate) gift: Option<Box<OpenGift>>,
}

/// What a donation would give, if a budget grants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenGift {
    /// Micro-units over [`SHARE_WHOLE`].
    pub(crate) exact: i128,
    /// What each line gave, and at the end what the event as a whole gave.
    pub(crate) parts: Option<Box<[i128]>>,
    /// Whether it is pledged; otherwise it is given at once, in whole coins.
    pub(crate) is_pledged: bool,
}

impl OpenGift {
    /// What it takes of a budget: coins, or micro-units of what is pledged, as caps count them. Nothing if it is too
    /// large.
    pub(crate) fn steps(&self, program: &Program) -> Option<i64> {
        let step = if self.is_pledged { 1 } else { i128::from(program.coin()) };
        let steps = divide(self.exact, step.checked_mul(SHARE_WHOLE)?, Rounding::Up)?;
        i64::try_from(steps).ok()
    }

    /// So many steps of it. What a budget leaves belongs to the event as a whole.
    pub(crate) fn cut(&mut self, program: &Program, steps: i64) {
        let step = if self.is_pledged { 1 } else { i128::from(program.coin()) };
        self.exact = self.exact.min(i128::from(steps).saturating_mul(step).saturating_mul(SHARE_WHOLE));
        if let Some((event, lines)) = self.parts.as_mut().and_then(|parts| parts.split_last_mut()) {
            lines.fill(0);
            *event = self.exact;
        }
    }
}

impl OpenClaim {
    /// The day on which it counts for budgets.
    pub(crate) fn counts_on(&self) -> Date {
        self.ends.unwrap_or(self.day)
    }

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
    /// The event that earned it; of what is paid for a period, its last day.
    pub event: String,
    /// The rule.
    pub rule: String,
    /// The unit, voucher or charity.
    pub unit: String,
    /// How much at most, with exactly the decimals of the unit; for a charity exactly. Of the pay-out of a referral that is several things, the first.
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
            amount: match &open.gift {
                Some(gift) => program.exact_money(gift.exact),
                None => format_scaled(open.award.amount, program.thing_decimals(open.award.thing)),
            },
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
