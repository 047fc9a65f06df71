//! What an event is about to book: deltas, changes, messages, in the making.

use super::game_caps::GiftCut;
use super::lot_terms::Days;
pub(crate) use super::lots::Booked;
use super::note::Note;
use super::step13_payers::Given;
use super::terms;
use crate::account::{Account, Change, Link, Lot, OpenEnd, Postings, Receipt, Turnover};
use crate::calendar::{Anchors, Date, Instant};
use crate::event::{Message, MessageBody};
use crate::ledger::{Book, Delta, Due, Key, Reason, Source, Thing};
use crate::program::{
    Activate, Activity, AwardThing, ChoiceId, EventKindId, Expire, Measure, MeterId, Program, Slots, UnitId,
    UnitKind, VoucherId,
};
use std::cell::Cell;
use std::sync::Arc;

/// An outcome in the making. Reads the account as it was, and what was added since.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) program: &'a Program,
    pub(crate) account: &'a Account,
    pub(crate) postings: Postings,
    pub(crate) messages: Vec<Message>,
    /// What the host should read.
    pub(crate) notes: Vec<Note>,
    /// What charities get, or no longer get.
    pub(crate) given: Vec<Given>,
    /// Gifts of challenges and streaks that caps have cut.
    pub(crate) cut: Vec<GiftCut>,
    /// The turnover of rebates for which the event counts.
    pub(crate) counted: Vec<Turnover>,
    /// What a return of this event will ask for.
    pub(crate) receipt: Option<Arc<Receipt>>,
    /// Of what the clock does: the day, and what was due.
    clock: Option<(Date, Due)>,
    /// Whether the clock comes to the day for the first time.
    pub(crate) is_new_day: bool,
    /// The event to which bookings belong.
    pub(crate) event: Arc<str>,
    pub(crate) at: Instant,
    pub(crate) day: Date,
    pub(crate) anchors: Anchors,
    number: u32,
    /// The kind of the event if it is a purchase or a declared event, which another event may name.
    pub(crate) kind: Option<EventKindId>,
    /// Whether something is undone as if it had never been.
    pub(crate) cancels: bool,
    next_lot: u32,
    next_voucher: u32,
    next_choice: u32,
    /// The slot that was asked for last: most counters of an event share one.
    slot: Cell<(Slots, Date, i64)>,
}

impl<'a> Draft<'a> {
    #[inline]
    pub(crate) fn new(
        program: &'a Program,
        account: &'a Account,
        event: Arc<str>,
        (at, day): (Instant, Date),
        anchors: Anchors,
    ) -> Self {
        Self {
            program,
            account,
            postings: Postings::with_room(8, 12),
            messages: Vec::new(),
            notes: Vec::new(),
            given: Vec::new(),
            cut: Vec::new(),
            counted: Vec::new(),
            receipt: None,
            clock: None,
            is_new_day: false,
            event,
            at,
            day,
            anchors,
            number: 0,
            kind: None,
            cancels: false,
            next_lot: account.next_lot,
            next_voucher: account.next_voucher,
            next_choice: account.next_choice,
            slot: Cell::new((Slots::Ever, Date::MIN, 0)),
        }
    }

    /// Bookings of the clock: their keys name the day. Says whether it comes to the day for the first time.
    pub(crate) fn by_clock(self, is_new_day: bool) -> Self {
        Self { clock: Some((self.day, Due::Expire)), is_new_day, ..self }
    }

    /// Where goes what is taken back, and why.
    pub(super) const fn back(&self) -> (Book, Reason) {
        (Book::TakenBack, if self.cancels { Reason::Cancelled } else { Reason::Returned })
    }

    /// What a counter's slot holds of all members, with what this event added.
    pub(crate) fn meter(&self, meter: MeterId, slot: i64) -> i64 {
        let added = self.postings.changes.iter().map(|change| match change {
            Change::Meter(other, at, by) if *other == meter && *at == slot => *by,
            _ => 0,
        });
        self.account.counted(meter, slot) + added.sum::<i64>()
    }

    /// Adds to a counter.
    pub(crate) fn count(&mut self, meter: MeterId, slot: i64, by: i64) {
        if by < 0 && !self.program.own_days.is_empty() {
            return self.uncount_own(meter, slot, -by);
        }
        if by != 0 {
            push_with(&mut self.postings.changes, || Change::Meter(meter, slot, by));
        }
    }

    /// Adds a change of state.
    pub(crate) fn change(&mut self, change: Change) {
        self.postings.changes.push(change);
    }

    /// What the member owes.
    pub(crate) fn debt(&self, thing: Thing) -> i64 {
        // giving only lowers a debt, so without one before there is none
        if self.account.balance_of(thing, Book::Debt) == 0 { 0 } else { -self.balance(thing, Book::Debt) }
    }

    /// Says what kind of due work the next bookings are.
    pub(crate) fn due_is(&mut self, what: Due) {
        if let Some((_, due)) = &mut self.clock {
            *due = what;
        }
    }

    /// Gives the next booking a number of its own: the clock numbers by lot, so that its keys do not hang on how
    /// often it was run.
    pub(crate) const fn number_next(&mut self, number: u32) {
        self.number = number.saturating_sub(1);
    }

    #[inline]
    pub(super) fn key(&mut self) -> Key {
        self.number += 1;
        let event = self.clock.is_none().then(|| Arc::clone(&self.event));
        Key { event, clock: self.clock, number: self.number }
    }

    /// Books a transfer that opens no lot.
    pub(crate) fn transfer(&mut self, booking: Transfer) {
        if booking.amount <= 0 {
            return;
        }
        // what the clock itself gave has no event
        let of = booking.event.filter(|event| **event != *self.event);
        let key = self.key();
        push_with(&mut self.postings.deltas, || Delta {
            key,
            thing: booking.thing,
            amount: booking.amount,
            from: booking.from,
            to: booking.to,
            source: booking.source,
            of,
            lot: booking.lot,
            day: self.day,
            usable_from: booking.usable_from,
            last_day: booking.last_day,
            reason: booking.reason,
        });
    }

    /// The number of the next voucher that is given.
    pub(crate) const fn next_voucher(&self) -> u32 {
        self.next_voucher
    }

    /// Says that an earlier event earned what was given since a place among the deltas.
    pub(crate) fn earned_by(&mut self, since: usize, event: &Arc<str>) {
        for delta in self.postings.deltas.iter_mut().skip(since) {
            delta.of = (!event.is_empty()).then(|| Arc::clone(event));
        }
    }

    /// Gives an amount of a unit, vouchers or a choice.
    pub(crate) fn give(
        &mut self,
        thing: AwardThing,
        amount: i64,
        source: Source,
        terms: Terms<'_>,
    ) -> Booked {
        let nothing = Booked { lot: 0, start: self.day, repaid: 0 };
        if amount <= 0 {
            return nothing;
        }
        match thing {
            AwardThing::Unit(unit) => self.give_charged(unit, amount, source, terms),
            AwardThing::Voucher(voucher) => {
                Booked { lot: self.give_vouchers(voucher, amount, source, terms.last_day), ..nothing }
            }
            AwardThing::Choice(choice) => Booked { lot: self.give_choice(choice, amount, source), ..nothing },
        }
    }

    pub(super) fn book_unit(&mut self, unit: UnitId, amount: i64, source: Source, of: Terms<'_>) -> Booked {
        let terms = of;
        let mut booked = Booked { lot: 0, start: self.day, repaid: 0 };
        let Some(rules) = self.program.units.get(unit.index()) else { return booked };
        if !source.is_given() {
            self.count_unit(unit, (self.at, self.day), amount);
        }
        let thing = Thing::Unit(unit);
        let reason = if source.is_given() { Reason::Given } else { Reason::Earned };
        if rules.kind == UnitKind::Status {
            let booking = Transfer::new(thing, amount, Book::Issued, Book::Available, source, reason);
            self.transfer(booking);
            return booked;
        }
        if !source.is_given() {
            self.note_activity(Activity::Earning(unit));
        }
        let repaid = amount.min(self.debt(thing));
        booked.repaid = repaid;
        if repaid > 0 {
            let booking = Transfer::new(thing, repaid, Book::Issued, Book::Debt, source, Reason::Repaid);
            self.transfer(booking);
        }
        if amount == repaid {
            return booked;
        }
        let Days { start, last, open } = self.days_of(rules, &terms);
        let waits = start.is_none_or(|start| start > self.day && self.is_ahead(start));
        let to = if waits { Book::Pending } else { Book::Available };
        let lot = self.lot_with(unit, source, last, open);
        let key = self.key();
        push_with(&mut self.postings.deltas, || Delta {
            key,
            thing,
            amount: amount - repaid,
            from: Book::Issued,
            to,
            source,
            of: None,
            lot,
            day: self.day,
            usable_from: start,
            last_day: last,
            reason,
        });
        (booked.lot, booked.start) = (lot, start.unwrap_or(Date::MAX));
        if self.is_late() {
            self.expire_if_over();
        }
        booked
    }

    /// What a late event gave last expires at once if its last day lies before the day to which the clock was run. What
    /// may be kept is left to the clock, which asks whether it is.
    #[cold]
    fn expire_if_over(&mut self) {
        let Some(given) = self.postings.deltas.last() else { return };
        let clock = self.account.clock_day(self.program);
        let is_over = given.last_day.zip(clock).is_some_and(|(last, clock)| last < clock);
        let end = || self.end_of(given.lot).is_some_and(OpenEnd::may_be_held);
        if !is_over || (matches!(given.thing, Thing::Unit(_)) && end()) {
            return;
        }
        let (thing, source, from) = (given.thing, given.source, given.to);
        let mut booking = Transfer::new(thing, given.amount, from, Book::Expired, source, Reason::Expired);
        booking.usable_from = given.usable_from.filter(|_| from == Book::Pending);
        let lot = given.lot;
        self.transfer(booking.lot(lot));
    }

    /// Whether the clock was run further than to the event.
    fn is_late(&self) -> bool {
        self.clock.is_none() && self.account.clock.is_some_and(|clock| clock > self.at)
    }

    /// Whether a day lies ahead of the day to which the clock was run: what a late event gives may become usable before.
    #[inline(never)]
    fn is_ahead(&self, day: Date) -> bool {
        self.account.clock_day(self.program).is_none_or(|clock| day > clock)
    }

    /// Why the last day of a lot may still move, with what this event added.
    fn end_of(&self, lot: u32) -> Option<&OpenEnd> {
        let changed = self.postings.changes.iter().rev().find_map(|change| match change {
            Change::LotTerms(number, open) if *number == lot => Some(&**open),
            _ => None,
        });
        changed.or_else(|| self.account.lots.numbered(lot).and_then(|lot| lot.end.as_deref()))
    }

    /// The number of a new lot.
    pub(super) const fn next_lot(&mut self) -> u32 {
        let lot = self.next_lot;
        self.next_lot += 1;
        lot
    }

    fn give_vouchers(
        &mut self,
        voucher: VoucherId,
        amount: i64,
        source: Source,
        last_day: Option<Date>,
    ) -> u32 {
        let Some(rules) = self.program.vouchers.get(voucher.index()) else { return 0 };
        let start = terms::start_day(rules.activate, self.day, None, &self.anchors).unwrap_or(self.day);
        let start = rules.usable_from.map_or(start, |from| from.max(start));
        let last = last_day.or_else(|| terms::voucher_end(rules.end, self.day, &self.anchors));
        let first = self.next_voucher;
        let is_late = self.is_late();
        for _ in 0..amount {
            let lot = self.next_voucher;
            self.next_voucher += 1;
            let key = self.key();
            push_with(&mut self.postings.deltas, || Delta {
                key,
                thing: Thing::Voucher(voucher),
                amount: 1,
                from: Book::Issued,
                to: Book::Available,
                source,
                of: None,
                lot,
                day: self.day,
                usable_from: Some(start),
                last_day: last,
                reason: if source.is_given() { Reason::Given } else { Reason::Earned },
            });
            if is_late {
                self.expire_if_over();
            }
        }
        first
    }

    /// Opens a choice of which so many entries may be taken.
    fn give_choice(&mut self, choice: ChoiceId, picks: i64, source: Source) -> u32 {
        let Some(rules) = self.program.choices.get(choice.index()) else { return 0 };
        // a day at the end of the calendar is no end
        let last = rules.within.add_to_date(self.day).filter(|last| *last < Date::MAX);
        let lot = self.next_choice;
        self.next_choice += 1;
        let key = self.key();
        push_with(&mut self.postings.deltas, || Delta {
            key,
            thing: Thing::Choice(choice),
            amount: picks,
            from: Book::Issued,
            to: Book::Available,
            source,
            of: None,
            lot,
            day: self.day,
            usable_from: Some(self.day),
            last_day: last,
            reason: Reason::Earned,
        });
        lot
    }

    /// The balance of a book, with what this event added.
    pub(crate) fn balance(&self, thing: Thing, book: Book) -> i64 {
        let deltas = self.postings.deltas.iter().filter(|delta| delta.thing == thing);
        let added =
            deltas.map(|delta| delta.amount * (i64::from(delta.to == book) - i64::from(delta.from == book)));
        self.account.totals_of(thing).balance(book) + added.sum::<i64>()
    }

    /// Whether a voucher is held, with what this event added.
    pub(crate) fn holds(&self, voucher: VoucherId, number: u32) -> bool {
        let held = self.account.holds_voucher(number);
        let deltas = self.postings.deltas.iter();
        let mine = deltas.filter(|delta| delta.thing == Thing::Voucher(voucher) && delta.lot == number);
        let moved = mine
            .map(|delta| i64::from(delta.to == Book::Available) - i64::from(delta.from == Book::Available));
        i64::from(held) + moved.sum::<i64>() > 0
    }

    /// Cancels a voucher of an event, if it is still held. Tells whether it was.
    pub(super) fn cancel_voucher(
        &mut self,
        (voucher, number): (VoucherId, u32),
        source: Source,
        of: &Arc<str>,
    ) -> bool {
        let held = self.holds(voucher, number);
        if held {
            let thing = Thing::Voucher(voucher);
            let booking =
                Transfer::new(thing, 1, Book::Available, Book::TakenBack, source, Reason::Cancelled);
            self.transfer(booking.event(of).lot(number));
        }
        held
    }

    /// What a portion of a lot still has after what this event has taken of it.
    pub(super) fn left_of(&self, lot: &Lot, portion: Portion) -> i64 {
        let same = |delta: &&Delta| delta.thing == Thing::Unit(lot.unit) && delta.lot == lot.number;
        let gone = self.postings.deltas.iter().filter(same).map(|delta| match portion {
            // what was given or came back
            Portion::Usable if delta.to == Book::Available => -delta.amount,
            Portion::Usable if delta.from == Book::Available => delta.amount,
            Portion::From(start)
                if delta.from == Book::Pending && delta.usable_from.unwrap_or(Date::MAX) == start =>
            {
                delta.amount
            }
            Portion::From(start)
                if delta.to == Book::Pending && delta.usable_from.unwrap_or(Date::MAX) == start =>
            {
                -delta.amount
            }
            _ => 0,
        });
        let left = match portion {
            Portion::Usable => lot.left,
            Portion::From(start) => lot.pending_from(start),
        };
        left - gone.sum::<i64>()
    }

    /// Takes up to an amount from a portion of a lot into a book, for an event. Returns what was taken.
    pub(crate) fn take(
        &mut self,
        lot: &Lot,
        portion: Portion,
        amount: i64,
        (to, reason): (Book, Reason),
        of: &Arc<str>,
    ) -> i64 {
        let part = self.left_of(lot, portion).min(amount).max(0);
        let (from, start) = match portion {
            Portion::Usable => (Book::Available, None),
            // what waits for an event has no first day
            Portion::From(start) => (Book::Pending, Some(start).filter(|start| *start < Date::MAX)),
        };
        let mut booking = Transfer::new(Thing::Unit(lot.unit), part, from, to, lot.source, reason);
        booking.usable_from = start;
        self.transfer(booking.event(of).lot(lot.number));
        part
    }

    /// Takes up to an amount of what lapsed from a lot into account. Returns how much of it there was.
    pub(crate) fn count_lapsed(&mut self, lot: &Lot, amount: i64) -> i64 {
        let changes = self.postings.changes.iter().map(|change| match change {
            Change::Lapsed(number, by) if *number == lot.number => *by,
            _ => 0,
        });
        let same = |delta: &&Delta| delta.thing == Thing::Unit(lot.unit) && delta.lot == lot.number;
        let gone = self.postings.deltas.iter().filter(same).filter(|delta| delta.to == Book::Expired);
        let gone: i64 = gone.map(|delta| delta.amount).sum();
        let part = (lot.lapsed + gone + changes.sum::<i64>()).min(amount).max(0);
        self.lapse(lot, -part);
        part
    }

    /// Notes that a lot has lost so much without its being used.
    pub(crate) fn lapse(&mut self, lot: &Lot, by: i64) {
        if by != 0 {
            self.change(Change::Lapsed(lot.number, by));
        }
    }

    /// Adds to all counters of a unit, in the slot of an instant and its day.
    pub(crate) fn count_unit(&mut self, unit: UnitId, (at, day): (Instant, Date), by: i64) {
        let Some(meters) = self.program.meter_index.units.get(unit.index()) else { return };
        for meter in meters.iter().copied() {
            let slot = self.slot_at(meter, day, at);
            self.count(meter, slot, by);
        }
    }

    /// From now on periods are counted from other anchors.
    pub(super) fn turn_to(&mut self, anchors: Anchors) {
        self.anchors = anchors;
        self.slot.set((Slots::Ever, Date::MIN, 0));
    }

    /// The slot of a counter on a day.
    pub(crate) fn slot_on(&self, meter: MeterId, day: Date) -> i64 {
        self.slot_at(meter, day, self.at)
    }

    /// The slot of a counter at an instant of a day.
    pub(crate) fn slot_at(&self, meter: MeterId, day: Date, at: Instant) -> i64 {
        let Some(meter) = self.program.meters.get(meter.index()) else { return 0 };
        let (slots, known_day, known) = self.slot.get();
        if (slots, known_day) == (meter.slots, day) && slots != Slots::Minute {
            return known;
        }
        if let Slots::Since(tiers) = meter.slots {
            return self.account.tiers.get(tiers.index()).map_or(1, |state| state.spell_at(at));
        }
        let slot = terms::slot(meter.slots, day, at, &self.anchors);
        self.slot.set((meter.slots, day, slot));
        slot
    }

    /// Whether a counter measures something.
    pub(crate) fn measure(&self, meter: MeterId) -> Option<Measure> {
        self.program.meters.get(meter.index()).map(|meter| meter.measure)
    }

    /// How the member was referred, with what this event changed.
    pub(crate) fn link(&self) -> Option<&Link> {
        let changed = self.postings.changes.iter().rev().find_map(|change| match change {
            Change::Link(link) => Some(&**link),
            _ => None,
        });
        changed.or(self.account.link.as_ref())
    }

    /// Sends a message to another account. Its id names its cause: the friend, the rule and the stage.
    pub(crate) fn send(&mut self, to: &Arc<str>, rule: &str, friend: &str, body: MessageBody) {
        self.messages.push(Message {
            id: Message::id_of(body.kind(), rule, friend, body.turn()),
            from: Arc::clone(&self.account.member),
            to: Arc::clone(to),
            at: self.at,
            rule: rule.into(),
            body,
        });
    }
}

/// Pushes what is built in the place where it stays. A large value that is built first and then moved waits for its own
/// stores.
#[inline(always)]
pub(super) fn push_with<T>(list: &mut Vec<T>, build: impl FnOnce() -> T) {
    if list.len() == list.capacity() {
        make_room(list);
    }
    // always so: it lets the compiler see that nothing stands between building and storing
    if list.len() < list.capacity() {
        list.push(build());
    }
}

#[cold]
fn make_room<T>(list: &mut Vec<T>) {
    list.reserve(1);
}

/// The terms of a lot that differ from its unit's.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Terms<'a> {
    pub(crate) activate: Option<Activate>,
    pub(crate) expire: &'a [Expire],
    /// A last day that somebody else has worked out.
    pub(crate) last_day: Option<Date>,
    /// The day that the event brings for `activate on`.
    pub(crate) on: Option<Date>,
    /// Whether the rule has its own `no expiry when`.
    pub(crate) own_hold: bool,
}

impl Terms<'_> {
    /// Whether nothing differs from the unit's.
    pub(super) const fn are_of_unit(&self) -> bool {
        self.activate.is_none() && self.expire.is_empty() && self.last_day.is_none() && !self.own_hold
    }
}

/// A transfer between two books.
#[derive(Debug, Clone)]
pub(crate) struct Transfer {
    thing: Thing,
    amount: i64,
    from: Book,
    to: Book,
    source: Source,
    reason: Reason,
    event: Option<Arc<str>>,
    lot: u32,
    /// Of what is pending, the day on which it would become usable.
    usable_from: Option<Date>,
    last_day: Option<Date>,
}

/// A part of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Portion {
    /// What can be used.
    Usable,
    /// What can be used from a later day on.
    From(Date),
}

impl Transfer {
    pub(crate) fn new(
        thing: Thing,
        amount: i64,
        from: Book,
        to: Book,
        source: Source,
        reason: Reason,
    ) -> Self {
        Self {
            thing,
            amount,
            from,
            to,
            source,
            reason,
            event: None,
            lot: 0,
            usable_from: None,
            last_day: None,
        }
    }

    /// The event to which the amount belongs.
    pub(crate) fn event(mut self, event: &Arc<str>) -> Self {
        self.event = Some(Arc::clone(event));
        self
    }

    /// What was pending until a day.
    pub(crate) fn usable_from(mut self, start: Date) -> Self {
        self.usable_from = Some(start);
        self
    }

    /// The first and the last day on which it can be used from now on.
    pub(crate) fn lasting(mut self, start: Date, last: Option<Date>) -> Self {
        (self.usable_from, self.last_day) = (Some(start), last);
        self
    }

    /// The lot it comes from.
    pub(crate) fn lot(mut self, lot: u32) -> Self {
        self.lot = lot;
        self
    }
}
