//! Taking from lots in their order, and giving back to them.

use super::draft::{Draft, Portion, Transfer};
use super::lot_terms::sort_for_spending;
use super::unsettled::longer;
use crate::account::{Change, Lot, SpentLot};
use crate::calendar::Date;
use crate::ledger::{Book, Delta, Reason, Source, Thing};
use crate::program::{UnitId, VoucherId};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

impl<'a> Draft<'a> {
    /// All lots of a unit that may have something, in spending order: as the unit says. Lots that this event has opened or
    /// filled again are among them.
    pub(crate) fn usable_lots(&self, unit: UnitId) -> Vec<Cow<'a, Lot>> {
        let thing = Thing::Unit(unit);
        let account = self.account;
        let mut lots: Vec<Cow<'a, Lot>> = account.lots.of(unit).map(Cow::Borrowed).collect();
        let filled = self.postings.deltas.iter().filter(|delta| {
            let fills = matches!(delta.from, Book::Issued | Book::Redeemed | Book::Transferred);
            delta.thing == thing
                && delta.lot != 0
                && fills
                && matches!(delta.to, Book::Available | Book::Pending)
        });
        for delta in filled {
            if !lots.iter().any(|lot| lot.number == delta.lot) {
                let earned = delta.usable_from.unwrap_or(delta.day);
                lots.push(Cow::Owned(Lot::open(delta.lot, (unit, delta.source, delta.last_day), earned)));
            }
        }
        sort_for_spending(self.program, unit, &mut lots, |lot| lot);
        lots
    }

    /// What the member may spend of a unit: what was usable before this event, less what it has taken.
    pub(crate) fn spendable(&self, unit: UnitId) -> i64 {
        let thing = Thing::Unit(unit);
        let deltas = self.postings.deltas.iter();
        let gone = deltas.filter(|delta| delta.thing == thing && delta.from == Book::Available);
        self.account.balance_of(thing, Book::Available) - gone.map(|delta| delta.amount).sum::<i64>()
    }

    /// Spends an amount that is there, in spending order; for a reward or for what the lot itself came from.
    pub(crate) fn spend(&mut self, unit: UnitId, amount: i64, reward: Option<Source>) -> Box<[SpentLot]> {
        let account = self.account;
        if !account.unsettled.is_empty() {
            self.settle_for_good(unit);
        }
        let mut lots: Vec<&Lot> = account.lots.of(unit).collect();
        sort_for_spending(self.program, unit, &mut lots, |lot| lot);
        let mut rest = amount;
        let mut spent = Vec::new();
        for lot in lots {
            let part = rest.min(self.left_of(lot, Portion::Usable));
            if part <= 0 {
                continue;
            }
            rest -= part;
            let source = reward.unwrap_or(lot.source);
            let thing = Thing::Unit(unit);
            let booking =
                Transfer::new(thing, part, Book::Available, Book::Redeemed, source, Reason::Redeemed);
            self.transfer(booking.lot(lot.number));
            spent.push(SpentLot {
                lot: lot.number,
                amount: part,
                source: lot.source,
                start: lot.earned,
                last: lot.last,
                end: lot.end.clone(),
            });
        }
        spent.into()
    }

    /// Gives back a voucher that paid: it can be used again with its old last day, or for at least as long as the
    /// program says. What is past its last day is gone at once.
    pub(crate) fn give_back_voucher(&mut self, thing: Thing, lot: &SpentLot, of: &Arc<str>) {
        // what never was makes nothing last longer
        let least = self.program.returns.give_back_least.filter(|_| !self.cancels);
        let last = longer(lot.last, least.and_then(|least| least.add_to_date(self.day)));
        let key = self.key();
        self.postings.deltas.push(Delta {
            key,
            thing,
            amount: lot.amount,
            from: Book::Redeemed,
            to: Book::Available,
            source: lot.source,
            of: Some(Arc::clone(of)),
            lot: lot.lot,
            day: self.day,
            usable_from: Some(lot.start),
            last_day: last,
            reason: Reason::GivenBack,
        });
        // a late return may be older than the day to which the clock was run
        let today = self.today();
        if last.is_some_and(|last| last < today) {
            let booking =
                Transfer::new(thing, lot.amount, Book::Available, Book::Expired, lot.source, Reason::Expired);
            self.transfer(booking.event(of).lot(lot.lot));
        }
    }

    /// The numbers of vouchers of a kind that were used, the newest first.
    pub(super) fn used_vouchers(&self, voucher: VoucherId, is_meant: impl Fn(&SpentLot) -> bool) -> Vec<u32> {
        let payments = self.account.records.receipts().filter_map(|receipt| receipt.payment.as_ref());
        let spent = payments.flat_map(|payment| &payment.spent);
        let same = spent.filter(|spent| spent.thing == Thing::Voucher(voucher));
        let used = same.flat_map(|spent| &spent.lots).filter(|lot| is_meant(lot));
        let mut numbers: Vec<u32> = used.map(|lot| lot.lot).collect();
        numbers.sort_unstable_by_key(|number| Reverse(*number));
        numbers.dedup();
        numbers
    }

    /// Whether a voucher is void that is given back; only once.
    pub(super) fn was_voided(&mut self, number: u32) -> bool {
        let is_void = self.account.void_vouchers.contains(&number);
        if is_void {
            self.change(Change::VoidVoucher(number, false));
        }
        is_void
    }
}

/// What became of a gift.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Booked {
    /// The lot or the first voucher; 0 for none.
    pub(crate) lot: u32,
    /// The first day on which it can be used.
    pub(crate) start: Date,
    /// How much of it paid off a debt.
    pub(crate) repaid: i64,
}
