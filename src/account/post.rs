//! Posting: the one place that changes an account.
//!
//! Everything is verified against the books before anything is booked, so a posting is booked whole or not at all.

use super::change::{Change, HeldVoucher, LinkStage, Lot, Postings};
use super::{Account, CardState};
use crate::calendar::Date;
use crate::ledger::{Book, Delta, Source, Thing, Totals};
use crate::program::{Program, UnitKind};
use std::sync::Arc;

/// Why an outcome cannot be posted. Nothing has been booked then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostError {
    /// The outcome was computed from another state of the account: evaluate the event again.
    #[error("the outcome belongs to version {expected} of the account, which is at version {found}")]
    Stale {
        /// The version the outcome was computed from.
        expected: u64,
        /// The version the account has.
        found: u64,
    },
    /// The account or the outcome belongs to another program or member.
    #[error("the outcome and the account belong to different programs or members")]
    Foreign,
    /// A book would not balance. This is a fault of the engine or of a stored state: page someone.
    #[error("the books would not balance at {0}")]
    Unbalanced(String),
}

impl Account {
    /// Books postings that were computed from exactly this state.
    pub(crate) fn book(&mut self, program: &Program, postings: &Postings) -> Result<(), PostError> {
        self.verify(program, &postings.deltas)?;
        let mut stale_due = false;
        for delta in &postings.deltas {
            stale_due |= self.book_delta(program, delta);
        }
        for change in &postings.changes {
            stale_due |= self.book_change(program, change);
        }
        if stale_due {
            self.due = self.first_due();
        }
        self.version += 1;
        Ok(())
    }

    /// Whether every book can take the deltas, in order.
    fn verify(&self, program: &Program, deltas: &[Delta]) -> Result<(), PostError> {
        let mut books: Vec<(Thing, Totals)> = Vec::with_capacity(4);
        let mut lots: Vec<(Thing, u32, i64)> = Vec::new();
        for delta in deltas {
            let totals = match books.iter_mut().find(|(thing, _)| *thing == delta.thing) {
                Some((_, totals)) => totals,
                None => {
                    books.push((delta.thing, self.totals_of(delta.thing)));
                    match books.last_mut() {
                        Some((_, totals)) => totals,
                        None => continue,
                    }
                }
            };
            if !totals.book(delta) || !self.verify_lot(program, delta, &mut lots) {
                return Err(PostError::Unbalanced(delta.key.to_string()));
            }
        }
        Ok(())
    }

    /// Whether the lot or voucher of a delta is there and has enough left.
    fn verify_lot(&self, program: &Program, delta: &Delta, lots: &mut Vec<(Thing, u32, i64)>) -> bool {
        if delta.lot == 0 || !has_lots(program, delta.thing) {
            return true;
        }
        let known = lots.iter().position(|(thing, lot, _)| *thing == delta.thing && *lot == delta.lot);
        let place = known.unwrap_or_else(|| {
            lots.push((delta.thing, delta.lot, self.left_in(delta.thing, delta.lot)));
            lots.len() - 1
        });
        let Some((_, _, left)) = lots.get_mut(place) else { return false };
        if delta.from == Book::Issued {
            *left += delta.amount;
        } else if delta.to != Book::Available {
            *left -= delta.amount;
        }
        *left >= 0
    }

    fn left_in(&self, thing: Thing, number: u32) -> i64 {
        match thing {
            Thing::Unit(_) => self.lot(number).map_or(0, |lot| lot.left),
            Thing::Voucher(_) => i64::from(self.vouchers.iter().any(|held| held.number == number)),
            Thing::Stamps(_) => 0,
        }
    }

    /// The lot with a number.
    pub(crate) fn lot(&self, number: u32) -> Option<&Lot> {
        let place = self.lots.binary_search_by_key(&number, |lot| lot.number).ok()?;
        self.lots.get(place)
    }

    /// The books of a thing.
    pub(crate) fn totals_of(&self, thing: Thing) -> Totals {
        let found = match thing {
            Thing::Unit(unit) => self.totals.get(unit.index()),
            Thing::Voucher(voucher) => self.voucher_totals.get(voucher.index()),
            Thing::Stamps(card) => self.card_totals.get(card.index()),
        };
        found.copied().unwrap_or_default()
    }

    /// Books one delta; tells whether the first due day has to be looked for anew.
    fn book_delta(&mut self, program: &Program, delta: &Delta) -> bool {
        let totals = match delta.thing {
            Thing::Unit(unit) => self.totals.get_mut(unit.index()),
            Thing::Voucher(voucher) => self.voucher_totals.get_mut(voucher.index()),
            Thing::Stamps(card) => self.card_totals.get_mut(card.index()),
        };
        let booked = totals.is_some_and(|totals| totals.book(delta));
        debug_assert!(booked, "verified before");
        if delta.lot == 0 || !has_lots(program, delta.thing) {
            return false;
        }
        if delta.from == Book::Issued {
            self.open_lot(delta);
            return false;
        }
        match delta.thing {
            Thing::Unit(_) => self.move_lot(delta),
            Thing::Voucher(_) => self.vouchers.retain(|held| held.number != delta.lot),
            Thing::Stamps(_) => {}
        }
        true
    }

    fn open_lot(&mut self, delta: &Delta) {
        let start = delta.usable_from.unwrap_or(delta.day);
        let pending = delta.to == Book::Pending;
        match delta.thing {
            Thing::Unit(unit) => {
                self.lots.push(Lot {
                    number: delta.lot,
                    unit,
                    source: delta.source,
                    event: Arc::clone(&delta.event),
                    earned: delta.day,
                    left: delta.amount,
                    start,
                    last: delta.last_day,
                    pending,
                });
                self.next_lot = self.next_lot.max(delta.lot + 1);
            }
            Thing::Voucher(voucher) => {
                self.vouchers.push(HeldVoucher {
                    number: delta.lot,
                    voucher,
                    source: delta.source,
                    event: Arc::clone(&delta.event),
                    start,
                    last: delta.last_day,
                });
                self.next_voucher = self.next_voucher.max(delta.lot + 1);
            }
            Thing::Stamps(_) => {}
        }
        if pending {
            self.expect_due(start);
        }
        if let Some(last) = delta.last_day {
            self.expect_due(last.plus_days(1));
        }
    }

    fn move_lot(&mut self, delta: &Delta) {
        let Ok(place) = self.lots.binary_search_by_key(&delta.lot, |lot| lot.number) else { return };
        let Some(lot) = self.lots.get_mut(place) else { return };
        if delta.to == Book::Available {
            lot.pending = false;
            return;
        }
        lot.left -= delta.amount;
        if lot.left == 0 {
            self.lots.remove(place);
        }
    }

    fn expect_due(&mut self, day: Date) {
        self.due = Some(self.due.map_or(day, |due| due.min(day)));
    }

    /// Books one change; tells whether the first due day has to be looked for anew.
    fn book_change(&mut self, program: &Program, change: &Change) -> bool {
        match change {
            Change::Joined(tenure) => self.tenure = Some(*tenure),
            Change::Attribute(place, text) => {
                if let Some(attribute) = self.attributes.get_mut(usize::from(*place)) {
                    attribute.clone_from(text);
                }
            }
            Change::Seen(id, digest, when) => {
                self.seen.insert(Arc::clone(id), *digest);
                if let Some(when) = when
                    && self.newest.is_none_or(|newest| newest.0 < when.0)
                {
                    let new_day = self.newest.is_none_or(|newest| newest.1 != when.1);
                    self.newest = Some(*when);
                    if new_day {
                        self.meters.forget(program, when.1);
                    }
                }
            }
            Change::LastOf(kind, at, day) => {
                if let Some(last) = self.last_of.get_mut(kind.index())
                    && last.is_none_or(|known| known.0 < *at)
                {
                    *last = Some((*at, *day));
                }
            }
            Change::Meter(meter, slot, by) => {
                let added = self.meters.add(*meter, *slot, *by);
                debug_assert!(added, "limits keep counters in range");
            }
            Change::Receipt(receipt) => {
                self.receipts.insert(Arc::clone(&receipt.id), Arc::clone(receipt));
            }
            Change::Card(card, state) => return self.book_card(card.index(), state),
            Change::Tier(tiers, state) => {
                if let Some(known) = self.tiers.get_mut(tiers.index()) {
                    known.clone_from(state);
                }
                return true;
            }
            Change::Link(link) => {
                self.link = Some(link.clone());
                return true;
            }
            Change::Clock(at) => {
                self.clock = Some(self.clock.map_or(*at, |known| known.max(*at)));
                return true;
            }
        }
        false
    }

    fn book_card(&mut self, place: usize, state: &CardState) -> bool {
        let Some(known) = self.cards.get_mut(place) else { return false };
        let changed = known.last != state.last;
        known.clone_from(state);
        changed
    }

    /// The first day on which the clock has work.
    pub(super) fn first_due(&self) -> Option<Date> {
        let lots = self
            .lots
            .iter()
            .flat_map(|lot| [lot.pending.then_some(lot.start), lot.last.map(|last| last.plus_days(1))]);
        let vouchers = self.vouchers.iter().map(|held| held.last.map(|last| last.plus_days(1)));
        let cards = self.cards.iter().map(|card| card.last.map(|last| last.plus_days(1)));
        let tiers = self.tiers.iter().map(|tier| tier.until.map(|until| until.plus_days(1)));
        let link = self.link.iter().map(|link| match link.stage {
            LinkStage::Waiting(_, day) => Some(day),
            _ => None,
        });
        lots.chain(vouchers).chain(cards).chain(tiers).chain(link).flatten().min()
    }
}

fn has_lots(program: &Program, thing: Thing) -> bool {
    match thing {
        Thing::Unit(unit) => {
            program.units.get(unit.index()).is_some_and(|unit| unit.kind == UnitKind::Spendable)
        }
        Thing::Voucher(_) => true,
        Thing::Stamps(_) => false,
    }
}

impl Source {
    /// Whether it is a fact that a test gave, which counts for no cap, history or return.
    pub(crate) const fn is_given(self) -> bool {
        matches!(self, Self::Given)
    }
}
