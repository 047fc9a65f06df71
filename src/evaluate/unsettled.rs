//! Taking back points of a lot and giving them back, so that any split of returns ends where one return ends.
//!
//! What a lot lacks, other lots stand in for: the first in spending order, and behind them a debt, or it is forgiven.
//! Of all that is there and all that stands in, the first in spending order always stand in. So it does not matter in
//! which order lots are filled and emptied.

use super::draft::{Draft, Portion, Transfer};
use super::judge::Facts;
use crate::account::{Change, Cover, Lot, OpenEnd, SpentLot, Unsettled, Void};
use crate::calendar::{Date, Instant};
use crate::ledger::{Book, Delta, Reason, Source, Thing};
use crate::program::{SpendOrder, TakeBack, UnitId};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

/// Where the points come from that go back to a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The member had spent them.
    Spent,
    /// An earlier return had taken them, and the purchase earns them after all.
    Again,
}

/// What goes back: to which lot, whether as not usable before a day, from where, and for which event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Back<'b> {
    pub(super) unit: UnitId,
    pub(super) lot: &'b SpentLot,
    pub(super) from: Option<Date>,
    pub(super) origin: Origin,
    pub(super) of: &'b Arc<str>,
}

impl Back<'_> {
    const fn books(&self) -> (Book, Reason, Reason) {
        match self.origin {
            Origin::Spent => (Book::Redeemed, Reason::GivenBack, Reason::GivenBack),
            Origin::Again => (Book::Issued, Reason::Earned, Reason::Repaid),
        }
    }
}

/// The place in which something stands in: usable before pending, then by day as the unit is spent, then by what gave it;
/// gifts of lost levels last.
type Place = (bool, Date, Date, Source, u32, bool);

/// What is usable of a lot, or what is not before a day.
type Part<'a> = (Cow<'a, Lot>, Option<Date>);

impl<'a> Draft<'a> {
    /// What returns left open in a unit, with what this event has done to it.
    fn unsettled(&self, unit: UnitId) -> Unsettled {
        let changed = self.postings.changes.iter().rev().find_map(|change| match change {
            Change::Unsettled(open) if open.unit == unit => Some(&**open),
            _ => None,
        });
        let known = || self.account.unsettled.iter().find(|open| open.unit == unit);
        changed.or_else(known).cloned().unwrap_or_else(|| Unsettled::of(unit))
    }

    fn leave_open(&mut self, open: Unsettled) {
        let known = self.account.unsettled.iter().any(|known| known.unit == open.unit);
        let changed = self.postings.changes.iter_mut().find_map(|change| match change {
            Change::Unsettled(known) if known.unit == open.unit => Some(known),
            _ => None,
        });
        match changed {
            Some(changed) => **changed = open,
            None if known || !open.is_empty() => self.change(Change::Unsettled(Box::new(open))),
            None => {}
        }
    }

    /// Points of a unit are spent: what stood in until now stays used.
    #[cold]
    pub(super) fn settle_for_good(&mut self, unit: UnitId) {
        let mut open = self.unsettled(unit);
        open.settle(self.program.returns.take_back == TakeBack::AsIfNeverBought);
        self.leave_open(open);
    }

    fn place_of(&self, unit: UnitId, lot: &SpentLot, from: Option<Date>, is_void: bool) -> Place {
        let order = self.program.units.get(unit.index()).map(|unit| unit.spend).unwrap_or_default();
        let last = lot.last.unwrap_or(Date::MAX);
        // where the oldest is not spent first, the newest booking of a lot says nothing of what went back to it
        let (first, second) = match order {
            SpendOrder::SoonestExpiry => (last, last),
            SpendOrder::Oldest => (lot.end.as_ref().and_then(|end| end.earned).unwrap_or(lot.start), last),
        };
        (self.waits(from), first, second, lot.source, lot.lot, is_void)
    }

    fn waits(&self, from: Option<Date>) -> bool {
        from.is_some_and(|from| from > self.today())
    }

    fn place_of_cover(&self, unit: UnitId, cover: &Cover) -> Place {
        self.place_of(unit, &cover.lot, cover.from, cover.void.is_some())
    }

    /// The day up to which the clock was run, or that of the event if it is later.
    pub(super) fn today(&self) -> Date {
        self.account.clock_day(self.program).map_or(self.day, |clock| clock.max(self.day))
    }

    /// The lot with a number, also one that this event has filled again.
    fn lot_now(&self, unit: UnitId, number: u32) -> Option<Cow<'a, Lot>> {
        if number == 0 {
            return None;
        }
        let account = self.account;
        let known = account.lots.numbered(number).map(Cow::Borrowed);
        known.or_else(|| self.usable_lots(unit).into_iter().find(|lot| lot.number == number))
    }

    /// All parts of lots that have something: usable ones, and what is not usable yet.
    fn parts(&self, unit: UnitId) -> Vec<Part<'a>> {
        let lots = self.usable_lots(unit);
        let mut parts = Vec::new();
        for lot in &lots {
            let known = lot.pending.iter().map(|(start, _)| *start);
            let here = self.postings.deltas.iter().filter_map(|delta| {
                let same = delta.thing == Thing::Unit(unit) && delta.lot == lot.number;
                (same && delta.to == Book::Pending).then(|| delta.usable_from.unwrap_or(Date::MAX))
            });
            let mut starts: Vec<Date> = known.chain(here).collect();
            starts.sort_unstable();
            starts.dedup();
            parts.extend(starts.into_iter().map(|start| (lot.clone(), Some(start))));
        }
        parts.extend(lots.into_iter().map(|lot| (lot, None)));
        parts
    }

    /// A lot with its terms, as what it paid would remember it.
    fn terms_now(&self, lot: &Lot, amount: i64) -> SpentLot {
        let changed = self.postings.changes.iter().find_map(|change| match change {
            Change::LotTerms(number, end) if *number == lot.number => Some(end),
            _ => None,
        });
        SpentLot {
            lot: lot.number,
            amount,
            source: lot.source,
            start: lot.earned,
            last: lot.last,
            end: lot.end.as_ref().or(changed).cloned(),
        }
    }

    /// Takes back an amount that was given from a source, so much of it from its lot. What the lot lacks is taken from
    /// others; what then is missing is a debt or forgiven.
    pub(super) fn take_points(
        &mut self,
        (unit, source): (UnitId, Source),
        amount: i64,
        (lot, start, from_lot): (u32, Date, i64),
        of: &Arc<str>,
    ) {
        let taken = match self.lot_now(unit, lot) {
            Some(lot) => self.take_from_lot(&lot, start, from_lot, of),
            None => 0,
        };
        if taken == amount {
            return;
        }
        let mut open = self.unsettled(unit);
        let mut missing = from_lot - taken;
        // what stands in for other lots is not the lot's any more
        while let Some(place) =
            open.covers.iter().position(|cover| missing > 0 && lot != 0 && cover.lot.lot == lot)
        {
            missing -= open.uncover(place, missing).map_or(0, |cover| cover.lot.amount);
        }
        let lapsed = self.lot_now(unit, lot).map_or(0, |lot| self.count_lapsed(&lot, missing));
        open.count_lapsed(lot, lapsed);
        open.lack(lot, missing - lapsed);
        open.lack(0, amount - from_lot);
        self.stand_in(&mut open, source, amount - taken - lapsed, of);
        self.leave_open(open);
    }

    /// Takes from the lot of a purchase: what is not usable yet of it, and then what is usable.
    fn take_from_lot(&mut self, lot: &Lot, start: Date, amount: i64, of: &Arc<str>) -> i64 {
        let mut taken = 0;
        for portion in [Portion::From(start), Portion::Usable] {
            taken += self.take(lot, portion, amount - taken, self.back(), of);
        }
        taken
    }

    /// Takes an amount from all lots in spending order, usable ones first; the rest is a debt or forgiven.
    fn stand_in(&mut self, open: &mut Unsettled, source: Source, amount: i64, of: &Arc<str>) {
        let (unit, mut rest) = (open.unit, amount);
        let mut all: Vec<(Place, Option<Part<'a>>)> = Vec::new();
        for (lot, from) in self.parts(unit) {
            let place = self.place_of(unit, &self.terms_now(&lot, 0), from, false);
            all.push((place, Some((lot, from))));
        }
        let today = self.today();
        let is_over = |cover: &Cover| cover.lot.last.is_some_and(|last| last < today);
        for spare in open.covers.iter().filter(|cover| !cover.stands_in && !is_over(cover)) {
            all.push((self.place_of_cover(unit, spare), None));
        }
        all.sort_by_key(|(place, _)| *place);
        for (place, part) in all {
            let cover = match part {
                Some((lot, from)) => {
                    let portion = from.map_or(Portion::Usable, Portion::From);
                    let taken = self.take(&lot, portion, rest, self.back(), of);
                    Some(Cover { lot: self.terms_now(&lot, taken), from, void: None, stands_in: true })
                }
                None => self.take_spare(open, place, rest),
            };
            let Some(cover) = cover else { continue };
            rest -= cover.lot.amount;
            open.cover(cover);
            if rest == 0 {
                return;
            }
        }
        if self.program.returns.may_go_negative {
            let (to, reason) = self.back();
            let booking = Transfer::new(Thing::Unit(unit), rest, Book::Debt, to, source, reason);
            self.transfer(booking.event(of));
        } else {
            open.forgiven += rest;
        }
    }

    /// A gift of a lost level that was unused stands in: it was taken back already.
    fn take_spare(&mut self, open: &mut Unsettled, place: Place, amount: i64) -> Option<Cover> {
        let unit = open.unit;
        let is_meant = |cover: &Cover| !cover.stands_in && self.place_of_cover(unit, cover) == place;
        let found = open.covers.iter().position(is_meant)?;
        let spare = open.uncover(found, amount)?;
        self.count_gift(unit, spare.void, spare.lot.amount);
        Some(Cover { stands_in: true, ..spare })
    }

    fn count_gift(&mut self, unit: UnitId, reached: Option<Instant>, by: i64) {
        if let Some(reached) = reached {
            let day = self.program.zone.business_date(reached, self.program.day_starts);
            self.count_unit(unit, (reached, day), by);
        }
    }

    /// Cancels a gift of a level that is lost, in a unit that is only counted.
    pub(super) fn cancel_counted(&mut self, (unit, source): (UnitId, Source), amount: i64, reached: Instant) {
        let (thing, of) = (Thing::Unit(unit), Arc::clone(&self.event));
        let part = amount.min(self.balance(thing, Book::Available));
        let booking = Transfer::new(thing, part, Book::Available, Book::TakenBack, source, Reason::Cancelled);
        self.transfer(booking.event(&of));
        self.count_gift(unit, Some(reached), -part);
    }

    /// Cancels what is unused of a gift of a level that is lost, the newest lots first. What stands in for other lots
    /// counts as used while it does, and what was spent while it is not given back.
    pub(super) fn cancel_gift(&mut self, (unit, source): (UnitId, Source), amount: i64, reached: Instant) {
        let mut open = self.unsettled(unit);
        let mut parts: Vec<_> =
            self.parts(unit).into_iter().filter(|(lot, _)| lot.source == source).collect();
        parts.sort_by_key(|(lot, from)| Reverse((lot.earned, lot.number, *from)));
        let (mut rest, of) = (amount, Arc::clone(&self.event));
        for (lot, from) in parts {
            let portion = from.map_or(Portion::Usable, Portion::From);
            let gone = self.take(&lot, portion, rest, (Book::TakenBack, Reason::Cancelled), &of);
            rest -= gone;
            let lot = self.terms_now(&lot, gone);
            open.cover(Cover { lot, from, void: Some(reached), stands_in: false });
        }
        self.count_gift(unit, Some(reached), rest - amount);
        while rest > 0 {
            let own = open.covers.iter().enumerate();
            let own = own.filter(|(_, cover)| cover.lot.source == source && cover.void.is_none());
            let Some((place, _)) = own.max_by_key(|(_, cover)| (cover.lot.start, cover.lot.lot)) else {
                break;
            };
            let Some(cover) = open.uncover(place, rest) else { break };
            rest -= cover.lot.amount;
            open.cover(Cover { void: Some(reached), ..cover });
        }
        if rest > 0 {
            open.voids.push(Void { source, amount: rest, reached });
        }
        self.leave_open(open);
    }

    /// Gives an amount back to a lot: first what the lot lacks, which sets free what stood in for it. The rest stands in
    /// where something is missing, or where something later in spending order does. What then is left can be used again.
    pub(super) fn give_points(&mut self, facts: &Facts<'_>, back: Back<'_>, amount: i64) {
        let mut open = self.unsettled(back.unit);
        let least = self.program.returns.give_back_least.filter(|_| !self.cancels);
        let least = least.filter(|_| back.origin == Origin::Spent);
        let least = least.and_then(|least| least.add_to_date(self.day));
        let lot = self.lot_again(back.lot, least);
        let here = Back { lot: &lot, ..back };
        let mut rest = amount;
        if back.origin == Origin::Spent {
            while let Some(place) =
                open.voids.iter().position(|void| rest > 0 && void.source == back.lot.source)
            {
                let Some(void) = open.voids.get_mut(place) else { break };
                let (part, reached) = (void.amount.min(rest), void.reached);
                void.amount -= part;
                open.voids.retain(|void| void.amount > 0);
                rest -= part;
                self.use_again(facts, &mut open, here, part, Some(reached));
            }
        }
        // what lasts longer than its lot is a lot of its own
        let lacking = lot.lot != 0 || back.origin == Origin::Again;
        let filled = if lacking { open.fill(back.lot.lot, rest) } else { 0 };
        let unneeded = self.set_free(facts, &mut open, here, filled);
        rest -= filled - unneeded;
        // what is there again goes before what had lapsed
        let counts = lacking && unneeded == 0 && !self.is_past(facts, here);
        let lapsed = if counts { open.uncount_lapsed(back.lot.lot, rest) } else { 0 };
        self.lapse_again(here, lapsed);
        rest -= lapsed;
        if back.origin == Origin::Again {
            rest -= open.skip_forgiven(back.lot.lot, rest);
        }
        self.use_again(facts, &mut open, here, rest, None);
        self.leave_open(open);
    }

    /// What goes back to a lot is taken instead of what had lapsed from it, which can count as taken once more.
    fn lapse_again(&mut self, back: Back<'_>, amount: i64) {
        if amount == 0 {
            return;
        }
        if back.origin == Origin::Again {
            return self.change(Change::Lapsed(back.lot.lot, amount));
        }
        self.pass(back, amount, (Book::Expired, Reason::Expired));
    }

    /// What a lot lacked is there: a debt falls, less is forgiven, or what stood in goes back. Returns what is left.
    fn set_free(&mut self, facts: &Facts<'_>, open: &mut Unsettled, back: Back<'_>, amount: i64) -> i64 {
        let mut rest = amount - self.pay_debt(back, amount);
        let forgiven = rest.min(open.forgiven);
        open.forgiven -= forgiven;
        if back.origin == Origin::Spent {
            self.pass_on(back, forgiven);
        }
        rest -= forgiven;
        while rest > 0 {
            let unit = back.unit;
            let standing = open.covers.iter().enumerate().filter(|(_, cover)| cover.stands_in);
            let latest = standing.max_by_key(|(_, cover)| self.place_of_cover(unit, cover));
            let Some(cover) = latest.map(|(place, _)| place).and_then(|place| open.uncover(place, rest))
            else {
                break;
            };
            rest -= cover.lot.amount;
            self.release(facts, open, back, cover);
        }
        rest
    }

    fn pay_debt(&mut self, back: Back<'_>, amount: i64) -> i64 {
        let thing = Thing::Unit(back.unit);
        let (from, _, reason) = back.books();
        let repaid = amount.min(-self.balance(thing, Book::Debt)).max(0);
        let booking = Transfer::new(thing, repaid, from, Book::Debt, back.lot.source, reason);
        self.transfer(booking.event(back.of));
        repaid
    }

    /// What goes back to a lot and is taken from it at once.
    fn pass_on(&mut self, back: Back<'_>, amount: i64) {
        if amount > 0 {
            self.pass(back, amount, self.back());
        }
    }

    /// Books an amount into its lot and on into another book.
    fn pass(&mut self, back: Back<'_>, amount: i64, (to, reason): (Book, Reason)) {
        let number = self.put(Back { from: None, ..back }, amount);
        let (thing, source) = (Thing::Unit(back.unit), back.lot.source);
        let booking = Transfer::new(thing, amount, Book::Available, to, source, reason);
        self.transfer(booking.event(back.of).lot(number));
    }

    /// What stood in goes back to its lot.
    fn release(&mut self, facts: &Facts<'_>, open: &mut Unsettled, back: Back<'_>, cover: Cover) {
        let lot = self.lot_again(&cover.lot, None);
        let back = Back { lot: &lot, from: cover.from, ..back };
        self.put_down(facts, open, back, cover.lot.amount, cover.void);
    }

    /// What came to a lot without being lacked there.
    fn use_again(
        &mut self,
        facts: &Facts<'_>,
        open: &mut Unsettled,
        back: Back<'_>,
        amount: i64,
        void: Option<Instant>,
    ) {
        if self.is_past(facts, back) {
            return self.put_down(facts, open, back, amount, void);
        }
        let cover = |amount| {
            let lot = SpentLot { amount, ..back.lot.clone() };
            Cover { lot, from: back.from, void, stands_in: true }
        };
        let repaid = self.pay_debt(back, amount);
        let forgiven = (amount - repaid).min(open.forgiven);
        open.forgiven -= forgiven;
        self.pass_on(back, forgiven);
        open.cover(cover(repaid + forgiven));
        let mut rest = amount - repaid - forgiven;
        let place = self.place_of(back.unit, back.lot, back.from, void.is_some());
        while rest > 0 {
            let standing = open.covers.iter().enumerate().filter(|(_, cover)| cover.stands_in);
            let later = standing.map(|(found, cover)| (self.place_of_cover(back.unit, cover), found)).max();
            let Some((_, found)) = later.filter(|(other, _)| *other > place) else { break };
            let Some(freed) = open.uncover(found, rest) else { break };
            rest -= freed.lot.amount;
            open.cover(cover(freed.lot.amount));
            self.release(facts, open, back, freed);
        }
        self.put_down(facts, open, back, rest, void);
    }

    /// Whether what goes back is past its last day, and nothing keeps it.
    fn is_past(&self, facts: &Facts<'_>, back: Back<'_>) -> bool {
        let keeps = || {
            let end = back.lot.end.as_deref();
            end.is_some_and(|end| facts.keeps_on((back.unit, back.lot.source), end))
        };
        back.lot.last.is_some_and(|last| last < self.today()) && !keeps()
    }

    /// Puts an amount into its lot. A gift of a lost level is cancelled there, and what is past its last day is gone.
    fn put_down(
        &mut self,
        facts: &Facts<'_>,
        open: &mut Unsettled,
        back: Back<'_>,
        amount: i64,
        void: Option<Instant>,
    ) {
        if amount <= 0 {
            return;
        }
        let gone = self.is_past(facts, back);
        if gone && back.origin == Origin::Again {
            // what would be gone by now counts as taken if it comes back again
            if let Some(lot) = self.lot_now(back.unit, back.lot.lot) {
                self.lapse(&lot, amount);
            }
            return;
        }
        let void = void.filter(|_| !gone);
        if void.is_some() || gone {
            let passed = match void {
                Some(_) => (Book::TakenBack, Reason::Cancelled),
                None => (Book::Expired, Reason::Expired),
            };
            self.pass(back, amount, passed);
            if void.is_some() {
                self.count_gift(back.unit, void, -amount);
                let lot = SpentLot { amount, ..back.lot.clone() };
                open.cover(Cover { lot, from: back.from, void, stands_in: false });
            }
            return;
        }
        self.put(back, amount);
    }

    /// Books an amount into its lot. Returns the number of the lot.
    fn put(&mut self, back: Back<'_>, amount: i64) -> u32 {
        let (thing, lot) = (Thing::Unit(back.unit), back.lot);
        let number = match lot.lot {
            0 => {
                let end = lot.end.as_deref().cloned().map(Box::new);
                self.lot_with(back.unit, lot.source, lot.last, end)
            }
            number => number,
        };
        let is_there = self.account.lots.numbered(number).is_some();
        let told = |change: &Change| matches!(change, Change::LotTerms(other, _) if *other == number);
        if let Some(end) = lot.end.as_ref().filter(|_| !is_there)
            && !self.postings.changes.iter().any(told)
        {
            self.change(Change::LotTerms(number, Arc::clone(end)));
        }
        let (from, reason, _) = back.books();
        let key = self.key();
        self.postings.deltas.push(Delta {
            key,
            thing,
            amount,
            from,
            to: if self.waits(back.from) { Book::Pending } else { Book::Available },
            source: lot.source,
            of: Some(Arc::clone(back.of)),
            lot: number,
            day: self.day,
            usable_from: back.from.or(Some(lot.start)).filter(|start| *start < Date::MAX),
            last_day: lot.last,
            reason,
        });
        number
    }

    /// A lot to which something goes back, with its terms as they are now: the one that paid, if it may have them, else
    /// one that is known by its terms.
    fn lot_again(&self, lot: &SpentLot, least: Option<Date>) -> SpentLot {
        if lot.lot == 0 {
            return lot.clone();
        }
        let now = self.days_again(lot, None).0;
        let (last, end) = self.days_again(lot, least);
        let other = self.account.lots.numbered(lot.lot).is_some_and(|known| known.last != last);
        let number = if other || last != now { 0 } else { lot.lot };
        SpentLot { lot: number, last, end: end.map(Arc::new), ..lot.clone() }
    }

    /// The last day of what goes back to a lot, and its terms if that day may still move.
    fn days_again(&self, paid: &SpentLot, least: Option<Date>) -> (Option<Date>, Option<OpenEnd>) {
        let known = self.account.lots.numbered(paid.lot);
        let mut end = known.and_then(|lot| lot.end.as_deref()).or(paid.end.as_deref()).cloned();
        if let Some(end) = &mut end {
            self.account.keep_alive(end);
        }
        let now = end.as_ref().map_or(paid.last, OpenEnd::last);
        let last = longer(now, least);
        if let Some(end) = end.as_mut().filter(|_| last != now) {
            // what is given back for longer lasts so long, whatever happens
            *end = OpenEnd { fixed: last, earned: end.earned, hold: end.hold, ..OpenEnd::default() };
        }
        (last, end.filter(OpenEnd::is_open))
    }
}

/// A last day, or a later one that the program promises.
pub(super) fn longer(last: Option<Date>, least: Option<Date>) -> Option<Date> {
    last.map(|last| least.map_or(last, |least| last.max(least)))
}
