//! The turnover that counts for rebates, and what will be paid on it.

use super::Account;
use super::receipt::Receipt;
use crate::calendar::Date;
use crate::program::{RebateId, RoomCut};
use std::sync::Arc;

/// The most turnover of a period in micro-units, far below what 64 bits hold.
pub(crate) const MOST_TURNOVER: i64 = 1_000_000_000_000_000_000;

/// The turnover of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turnover {
    /// The first day behind the period.
    pub(crate) closes: Date,
    pub(crate) rebate: RebateId,
    /// The category, where each has its own; otherwise empty.
    pub(crate) category: Arc<str>,
    /// The first day of the period.
    pub(crate) starts: Date,
    /// Micro-units of money, or an amount of a unit in its scale, net of returns; below zero where more came back than was bought.
    pub(crate) amount: i64,
}

impl Turnover {
    fn key(&self) -> (Date, RebateId, &str) {
        (self.closes, self.rebate, &self.category)
    }

    /// Whether its period closed below zero: it waits for the next one in which something counts, so that the clock
    /// need not carry it from period to period.
    pub(crate) fn is_carried(&self) -> bool {
        self.closes == Date::MAX
    }

    /// The last day of the period.
    pub(crate) fn last(&self) -> Date {
        self.closes.minus_days(1)
    }
}

/// A period that is over and waits for the day on which it is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosedTurnover {
    /// [`Date::MAX`] as long as nobody has announced by what it is paid.
    pub(crate) pays: Date,
    pub(crate) of: Turnover,
    /// The value of the parameter by which it is paid, where there is one.
    pub(crate) value: Option<i64>,
    /// Of what is paid, what the cap of a longer window left of it. It is known in the payment alone.
    pub(crate) cut: Option<RoomCut>,
}

impl ClosedTurnover {
    /// Whether nobody has announced by what it is paid.
    pub(crate) fn waits_for_value(&self) -> bool {
        self.pays == Date::MAX
    }

    fn key(&self) -> (Date, Date, RebateId) {
        (self.pays, self.of.closes, self.of.rebate)
    }
}

/// What a purchase added to the turnover of a rebate, by line in micro-units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TurnoverShare {
    pub(crate) rebate: RebateId,
    /// The category, where each has its own; otherwise empty.
    pub(crate) category: Arc<str>,
    pub(crate) parts: Box<[i64]>,
}

impl TurnoverShare {
    /// How much of it is undone by what has come back, or because the purchase was cancelled.
    pub(crate) fn undone(&self, receipt: &Receipt) -> i64 {
        if receipt.cancelled {
            return self.parts.iter().fold(0, |sum, part| sum.saturating_add(*part));
        }
        let parts = self.parts.iter().enumerate().map(|(line, part)| {
            let (num, den) = receipt.fraction(line);
            let undone = i128::from(*part) * i128::from(num);
            i64::try_from(undone.checked_div(i128::from(den)).unwrap_or(0)).unwrap_or(0)
        });
        parts.fold(0, i64::saturating_add)
    }
}

impl Account {
    /// The turnovers of the period that runs for a rebate on a day: several where each category has its own.
    pub(crate) fn open_turnovers(&self, rebate: RebateId, today: Date) -> impl Iterator<Item = &Turnover> {
        let of_rebate = self.turnovers.iter().filter(move |turnover| turnover.rebate == rebate);
        of_rebate.filter(move |turnover| turnover.closes > today && !turnover.is_carried())
    }

    /// What a rebate carries into the period in which something counts next.
    pub(crate) fn carried_turnover(&self, rebate: RebateId, category: &str) -> Option<&Turnover> {
        let mut carried = self.turnovers.iter().rev().take_while(|turnover| turnover.is_carried());
        carried.find(|turnover| turnover.rebate == rebate && *turnover.category == *category)
    }

    /// Adds to the turnover of a period; tells whether the first due day has to be looked for anew.
    #[cold]
    pub(in crate::account) fn book_turnover(&mut self, change: &Turnover) -> bool {
        match self.turnovers.binary_search_by(|known| known.key().cmp(&change.key())) {
            Ok(place) => {
                let Some(known) = self.turnovers.get_mut(place) else { return false };
                known.amount = known.amount.saturating_add(change.amount);
                if known.amount == 0 {
                    self.turnovers.remove(place);
                    return true;
                }
            }
            Err(place) if change.amount != 0 => self.turnovers.insert(place, change.clone()),
            Err(_) => {}
        }
        if !change.is_carried() {
            self.expect_due(change.closes);
        }
        false
    }

    /// A period begins to wait for its payment, or is paid.
    #[cold]
    pub(in crate::account) fn book_closed(&mut self, change: &ClosedTurnover, waits: bool) -> bool {
        match self.closed_turnovers.binary_search_by(|known| known.key().cmp(&change.key())) {
            Ok(place) if !waits => {
                self.closed_turnovers.remove(place);
            }
            Err(place) if waits => self.closed_turnovers.insert(place, change.clone()),
            _ => {}
        }
        if !change.waits_for_value() {
            self.expect_due(change.pays);
        }
        !waits
    }
}
