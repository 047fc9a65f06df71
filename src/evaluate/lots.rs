//! Taking from lots and giving back to them.

use super::draft::{Draft, Transfer};
use crate::account::SpentLot;
use crate::calendar::Date;
use crate::ledger::{Book, Delta, Reason, Source, Thing};
use crate::program::UnitId;
use std::sync::Arc;

/// A lot with what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenLot {
    pub(crate) number: u32,
    pub(crate) source: Source,
    /// The day it was earned.
    pub(crate) earned: Date,
    /// First usable day.
    pub(crate) start: Date,
    /// Last usable day.
    pub(crate) last: Option<Date>,
    pub(crate) left: i64,
    pub(crate) pending: bool,
}

impl Draft<'_> {
    /// All lots of a unit with something left, in spending order, those that cannot be used yet behind the others:
    /// soonest last day, then earliest day of earning, then number. With what this event added.
    pub(crate) fn lots_in_order(&self, unit: UnitId) -> Vec<OpenLot> {
        let thing = Thing::Unit(unit);
        let held = self.account.lots.iter().filter(|lot| lot.unit == unit);
        let mut lots: Vec<OpenLot> = held
            .map(|lot| OpenLot {
                number: lot.number,
                source: lot.source,
                earned: lot.earned,
                start: lot.start,
                last: lot.last,
                left: lot.left,
                pending: lot.pending,
            })
            .collect();
        // lots that this event opened
        for delta in self.postings.deltas.iter().filter(|delta| delta.thing == thing && delta.lot != 0) {
            let opens = matches!(delta.from, Book::Issued | Book::Redeemed);
            if opens && !lots.iter().any(|lot| lot.number == delta.lot) {
                lots.push(OpenLot {
                    number: delta.lot,
                    source: delta.source,
                    earned: delta.day,
                    start: delta.usable_from.unwrap_or(delta.day),
                    last: delta.last_day,
                    left: if delta.from == Book::Issued { delta.amount } else { 0 },
                    pending: delta.to == Book::Pending,
                });
            }
        }
        for lot in &mut lots {
            lot.left = self.lot_left(thing, lot.number, lot.left);
        }
        lots.retain(|lot| lot.left > 0);
        lots.sort_by_key(|lot| (lot.pending, lot.last.unwrap_or(Date::MAX), lot.earned, lot.number));
        lots
    }

    /// What the member may spend of a unit: what was usable before this event, less what it has taken.
    pub(crate) fn spendable(&self, unit: UnitId) -> i64 {
        let thing = Thing::Unit(unit);
        let deltas = self.postings.deltas.iter();
        let gone = deltas.filter(|delta| delta.thing == thing && delta.from == Book::Available);
        self.account.balance_of(thing, Book::Available) - gone.map(|delta| delta.amount).sum::<i64>()
    }

    /// Spends an amount that is there, from lots that were usable before this event, in spending order; for a reward
    /// or for what the lot itself came from.
    pub(crate) fn spend(&mut self, unit: UnitId, amount: i64, reward: Option<Source>) -> Box<[SpentLot]> {
        let mut rest = amount;
        let mut spent = Vec::new();
        let known = |lot: &OpenLot| !lot.pending && self.account.lot(lot.number).is_some();
        let lots: Vec<OpenLot> = self.lots_in_order(unit).into_iter().filter(known).collect();
        for lot in lots {
            let part = rest.min(lot.left);
            if part <= 0 {
                break;
            }
            rest -= part;
            let thing = Thing::Unit(unit);
            let source = reward.unwrap_or(lot.source);
            let booking =
                Transfer::new(thing, part, Book::Available, Book::Redeemed, source, Reason::Redeemed);
            self.transfer(booking.lot(lot.number));
            spent.push(SpentLot {
                lot: lot.number,
                amount: part,
                source: lot.source,
                earned: lot.earned,
                start: lot.start,
                last: lot.last,
            });
        }
        spent.into()
    }

    /// Gives back a part of what a lot paid: a debt is paid off first, then it can be used again with its old last
    /// day, or for at least as long as the program says. What is past its last day is gone at once.
    pub(crate) fn give_back(&mut self, thing: Thing, lot: &SpentLot, amount: i64, of: &Arc<str>) {
        let booking = |amount, to, reason| {
            Transfer::new(thing, amount, Book::Redeemed, to, lot.source, reason).event(of)
        };
        let repaid = amount.min(self.debt(thing));
        self.transfer(booking(repaid, Book::Debt, Reason::GivenBack));
        let amount = amount - repaid;
        if amount <= 0 {
            return;
        }
        let least = self.program.returns.give_back_least;
        let least = least.and_then(|least| least.add_to_date(self.day));
        let last = lot.last.map(|last| least.map_or(last, |least| last.max(least)));
        // a late return may be older than the day to which the clock was run
        let today = self.account.clock_day(self.program).map_or(self.day, |clock| clock.max(self.day));
        if last.is_some_and(|last| last < today) {
            self.transfer(booking(amount, Book::Expired, Reason::Expired));
            return;
        }
        let number = self.number_for(thing, lot, last);
        let key = self.key();
        self.postings.deltas.push(Delta {
            key,
            thing,
            amount,
            from: Book::Redeemed,
            to: Book::Available,
            source: lot.source,
            of: Some(Arc::clone(of)),
            lot: number,
            day: self.day,
            usable_from: Some(lot.start),
            last_day: last,
            reason: Reason::GivenBack,
        });
    }

    /// The number of the lot that gets something back: its own, unless its last day is another one now.
    fn number_for(&mut self, thing: Thing, lot: &SpentLot, last: Option<Date>) -> u32 {
        let Thing::Unit(_) = thing else { return lot.lot };
        let opened = self
            .postings
            .deltas
            .iter()
            .find(|delta| delta.thing == thing && delta.lot == lot.lot && delta.from == Book::Redeemed);
        let known = self.account.lot(lot.lot).map(|lot| lot.last).or(opened.map(|delta| delta.last_day));
        if known.unwrap_or(lot.last) == last { lot.lot } else { self.new_lot() }
    }
}
