//! Taking from lots in their order, and giving back to them.

use super::draft::{Draft, Portion, Transfer};
use super::judge::Facts;
use super::lot_terms::sort_for_spending;
use crate::account::{Lot, OpenEnd, SpentLot};
use crate::calendar::Date;
use crate::ledger::{Book, Delta, Reason, Source, Thing};
use crate::program::UnitId;
use std::borrow::Cow;
use std::sync::Arc;

impl<'a> Draft<'a> {
    /// All lots of a unit that may have something usable, in spending order: as the unit says. Lots that
    /// this event has opened or filled again are among them.
    pub(crate) fn usable_lots(&self, unit: UnitId) -> Vec<Cow<'a, Lot>> {
        let thing = Thing::Unit(unit);
        let account = self.account;
        let mut lots: Vec<Cow<'a, Lot>> = account.lots.of(unit).map(Cow::Borrowed).collect();
        let filled = self.postings.deltas.iter().filter(|delta| {
            let fills = matches!(delta.from, Book::Issued | Book::Redeemed | Book::Transferred);
            delta.thing == thing && delta.lot != 0 && fills && delta.to == Book::Available
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

    /// Gives back a part of what a lot paid: a debt is paid off first, then it can be used again with its old last
    /// day, or for at least as long as the program says. What is past its last day is gone at once, unless
    /// `no expiry when` keeps it.
    pub(crate) fn give_back(
        &mut self,
        facts: &Facts<'_>,
        thing: Thing,
        (lot, amount): (&SpentLot, i64),
        of: &Arc<str>,
    ) {
        let repaid = amount.min(self.debt(thing));
        let booking = Transfer::new(thing, repaid, Book::Redeemed, Book::Debt, lot.source, Reason::GivenBack);
        self.transfer(booking.event(of));
        let amount = amount - repaid;
        if amount <= 0 {
            return;
        }
        // what never was makes nothing last longer
        let least = self.program.returns.give_back_least.filter(|_| !self.cancels);
        let least = least.and_then(|least| least.add_to_date(self.day));
        let (number, last, keeps) = match thing {
            Thing::Unit(unit) => {
                let (last, end) = self.days_again(lot, least);
                let keeps = end.as_ref().is_some_and(|end| facts.keeps_on((unit, lot.source), end));
                (self.lot_again(unit, lot, last, end), last, keeps)
            }
            Thing::Voucher(_) | Thing::Stamps(_) | Thing::Choice(_) | Thing::Donation(_) => {
                (lot.lot, longer(lot.last, least), false)
            }
        };
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
        // a late return may be older than the day to which the clock was run
        let today = self.account.clock_day(self.program).map_or(self.day, |clock| clock.max(self.day));
        if last.is_some_and(|last| last < today) && !keeps {
            let booking =
                Transfer::new(thing, amount, Book::Available, Book::Expired, lot.source, Reason::Expired);
            self.transfer(booking.event(of).lot(number));
        }
    }

    /// The last day of what goes back to a lot, and its terms if that day may still move.
    fn days_again(&self, paid: &SpentLot, least: Option<Date>) -> (Option<Date>, Option<OpenEnd>) {
        let known = self.account.lots.numbered(paid.lot);
        let mut end = known.and_then(|lot| lot.end.as_deref()).or(paid.end.as_deref()).cloned();
        for idle in end.iter_mut().flat_map(|end| &mut end.idle) {
            let since = idle.without.iter().filter_map(|activity| self.account.last_active(*activity));
            idle.since = since.fold(idle.since, Date::max);
        }
        let now = end.as_ref().map_or(paid.last, OpenEnd::last);
        let last = longer(now, least);
        if let Some(end) = end.as_mut().filter(|_| last != now) {
            // what is given back for longer lasts so long, whatever happens
            *end = OpenEnd { fixed: last, earned: end.earned, hold: end.hold, ..OpenEnd::default() };
        }
        (last, end.filter(OpenEnd::is_open))
    }

    /// The lot to which something goes back: the one that paid, if it is still there with this last day, else one on the
    /// same terms.
    fn lot_again(&mut self, unit: UnitId, paid: &SpentLot, last: Option<Date>, end: Option<OpenEnd>) -> u32 {
        match self.account.lots.numbered(paid.lot).filter(|lot| lot.last == last) {
            Some(lot) => lot.number,
            None => self.lot_with(unit, paid.source, last, end.map(Box::new)),
        }
    }
}

/// A last day, or a later one that the program promises.
fn longer(last: Option<Date>, least: Option<Date>) -> Option<Date> {
    last.map(|last| least.map_or(last, |least| last.max(least)))
}
