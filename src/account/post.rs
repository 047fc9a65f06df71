//! Posting: the one place that changes an account.
//!
//! Everything is verified against the books before anything is booked, so a posting is booked whole or not at all.

use super::change::{Change, HeldVoucher, LinkStage, OpenChoice, Postings};
use super::{Account, CardState, Lot, OpenEnd, StreakState, Unsettled};
use crate::calendar::{Date, Instant};
use crate::ledger::{Book, Delta, Source, Thing, Totals};
use crate::program::{Activity, AwardThing, Convert, EventKindId, Program, UnitKind};
use std::collections::{BTreeMap, BTreeSet};

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
        if postings.deltas.iter().any(takes_from_lot) {
            self.verify_lots(program, &postings.deltas)?;
        }
        self.book_totals(&postings.deltas)?;
        let mut stale_due = false;
        for deltas in postings.deltas.chunk_by(|one, other| ends_voucher(one) == ends_voucher(other)) {
            if deltas.first().is_some_and(ends_voucher) {
                self.end_vouchers(deltas);
                stale_due = true;
                continue;
            }
            for delta in deltas {
                stale_due |= self.book_lot(program, delta);
            }
        }
        for change in &postings.changes {
            stale_due |= self.book_change(program, change);
        }
        if stale_due || program.keeps || program.converts_on_clock() || program.level_needs.on_clock {
            self.due = self.first_due(self.clock_day(program));
            self.expect_moment(program);
        }
        self.expect_conversion(program);
        self.expect_levels(program);
        self.version += 1;
        Ok(())
    }

    /// Whether the lots and vouchers of all deltas are there and have enough left.
    #[inline(never)]
    fn verify_lots(&self, program: &Program, deltas: &[Delta]) -> Result<(), PostError> {
        let mut left: BTreeMap<(Thing, u32, Book), i64> = BTreeMap::new();
        for delta in deltas.iter().filter(|delta| delta.lot != 0 && has_lots(program, delta.thing)) {
            let mut book = |book, by: i64| {
                let known = left.entry((delta.thing, delta.lot, book));
                let left = known.or_insert_with(|| self.left_in(delta.thing, delta.lot, book));
                *left += by;
                *left
            };
            book(delta.to, delta.amount);
            if takes_from_lot(delta) && book(delta.from, -delta.amount) < 0 {
                return Err(PostError::Unbalanced(delta.key.to_string()));
            }
        }
        Ok(())
    }

    /// Books all deltas in their books, or none.
    fn book_totals(&mut self, deltas: &[Delta]) -> Result<(), PostError> {
        for (place, delta) in deltas.iter().enumerate() {
            if self.totals_mut(delta.thing).is_some_and(|totals| totals.book(delta)) {
                continue;
            }
            for booked in deltas.iter().take(place).rev() {
                if let Some(totals) = self.totals_mut(booked.thing) {
                    totals.unbook(booked);
                }
            }
            return Err(PostError::Unbalanced(delta.key.to_string()));
        }
        Ok(())
    }

    fn totals_mut(&mut self, thing: Thing) -> Option<&mut Totals> {
        match thing {
            Thing::Unit(unit) => self.totals.get_mut(unit.index()),
            Thing::Voucher(voucher) => self.voucher_totals.get_mut(voucher.index()),
            Thing::Stamps(card) => self.card_totals.get_mut(card.index()),
            Thing::Choice(choice) => self.choice_totals.get_mut(choice.index()),
            Thing::Donation(charity) => self.charity_totals.get_mut(charity.index()),
        }
    }

    fn left_in(&self, thing: Thing, number: u32, book: Book) -> i64 {
        match (thing, book) {
            (Thing::Unit(_), Book::Pending) => self.lots.numbered(number).map_or(0, Lot::all_pending),
            (Thing::Unit(_), _) => self.lots.numbered(number).map_or(0, |lot| lot.left),
            (Thing::Voucher(_), _) => i64::from(self.holds_voucher(number)),
            (Thing::Choice(_), _) => {
                self.choices.iter().find(|open| open.number == number).map_or(0, |open| open.left)
            }
            (Thing::Stamps(_) | Thing::Donation(_), _) => 0,
        }
    }

    /// The balance of one book of a thing.
    pub(crate) fn balance_of(&self, thing: Thing, book: Book) -> i64 {
        self.books_of(thing).map_or(0, |totals| totals.balance(book))
    }

    fn books_of(&self, thing: Thing) -> Option<&Totals> {
        match thing {
            Thing::Unit(unit) => self.totals.get(unit.index()),
            Thing::Voucher(voucher) => self.voucher_totals.get(voucher.index()),
            Thing::Stamps(card) => self.card_totals.get(card.index()),
            Thing::Choice(choice) => self.choice_totals.get(choice.index()),
            Thing::Donation(charity) => self.charity_totals.get(charity.index()),
        }
    }

    /// The books of a thing.
    pub(crate) fn totals_of(&self, thing: Thing) -> Totals {
        self.books_of(thing).copied().unwrap_or_default()
    }

    /// Opens or moves the lot of a delta; tells whether the first due day has to be looked for anew.
    fn book_lot(&mut self, program: &Program, delta: &Delta) -> bool {
        if delta.lot == 0 || !has_lots(program, delta.thing) {
            return false;
        }
        if delta.from == Book::Issued {
            self.open_lot(delta);
            return false;
        }
        if matches!(delta.from, Book::Redeemed | Book::Transferred)
            && matches!(delta.to, Book::Available | Book::Pending)
        {
            self.refill_lot(delta);
            return false;
        }
        match delta.thing {
            Thing::Unit(_) => self.move_lot(delta),
            // taken together with its neighbours
            Thing::Voucher(_) => {}
            Thing::Choice(_) => self.use_choice(delta),
            Thing::Stamps(_) | Thing::Donation(_) => {}
        }
        true
    }

    fn open_lot(&mut self, delta: &Delta) {
        let pending = delta.to == Book::Pending;
        // what waits for an event has no first day yet
        let start = delta.usable_from.unwrap_or(if pending { Date::MAX } else { delta.day });
        match delta.thing {
            Thing::Unit(unit) => {
                let pending_until = pending.then_some(start);
                let terms = (unit, delta.source, delta.last_day);
                self.lots.add(delta.lot, terms, delta.day, (pending_until, delta.amount));
                self.next_lot = self.next_lot.max(delta.lot + 1);
            }
            Thing::Voucher(voucher) => {
                self.vouchers.push(HeldVoucher {
                    number: delta.lot,
                    voucher,
                    source: delta.source,
                    event: delta.shared_event(),
                    start,
                    last: delta.last_day,
                });
                self.next_voucher = self.next_voucher.max(delta.lot + 1);
            }
            Thing::Choice(choice) => {
                self.choices.push(OpenChoice {
                    number: delta.lot,
                    choice,
                    source: delta.source,
                    event: delta.shared_event(),
                    given: start,
                    last: delta.last_day,
                    left: delta.amount,
                    taken: 0,
                });
                self.next_choice = self.next_choice.max(delta.lot + 1);
            }
            Thing::Stamps(_) | Thing::Donation(_) => {}
        }
        if pending && start < Date::MAX {
            self.expect_due(start);
        }
        if let Some(last) = delta.last_day {
            self.expect_due(last.plus_days(1));
        }
    }

    /// What was spent comes back, or what another member gave arrives, in its lot or in one with the same terms; a voucher
    /// is held again.
    fn refill_lot(&mut self, delta: &Delta) {
        let start = delta.usable_from.unwrap_or(delta.day);
        match delta.thing {
            Thing::Unit(unit) => {
                let terms = (unit, delta.source, delta.last_day);
                if delta.to == Book::Pending {
                    // what waits for an event has no first day yet
                    let start = delta.usable_from.unwrap_or(Date::MAX);
                    self.lots.add(delta.lot, terms, delta.day, (Some(start), delta.amount));
                    if start < Date::MAX {
                        self.expect_due(start);
                    }
                } else {
                    self.lots.add(delta.lot, terms, start, (None, delta.amount));
                }
                self.next_lot = self.next_lot.max(delta.lot + 1);
            }
            Thing::Voucher(voucher) => {
                let place = self.vouchers.partition_point(|held| held.number < delta.lot);
                let held = HeldVoucher {
                    number: delta.lot,
                    voucher,
                    source: delta.source,
                    event: delta.shared_event(),
                    start,
                    last: delta.last_day,
                };
                self.vouchers.insert(place, held);
            }
            Thing::Stamps(_) | Thing::Choice(_) | Thing::Donation(_) => {}
        }
        if let Some(last) = delta.last_day {
            self.expect_due(last.plus_days(1));
        }
    }

    fn move_lot(&mut self, delta: &Delta) {
        if delta.to == Book::Available {
            self.lots.activate(delta.lot, delta.usable_from, delta.amount);
            return;
        }
        if delta.to == Book::Expired {
            self.lots.lapse(delta.lot, delta.amount);
        }
        let pending = (delta.from == Book::Pending).then_some(delta.usable_from);
        self.lots.take(delta.lot, pending, delta.amount);
    }

    /// What happens to many vouchers at once walks over all of them once.
    fn end_vouchers(&mut self, deltas: &[Delta]) {
        let mut ended: Vec<u32> = deltas.iter().map(|delta| delta.lot).collect();
        ended.sort_unstable();
        self.vouchers.retain(|held| ended.binary_search(&held.number).is_err());
    }

    /// Whether the voucher with a number is held.
    pub(crate) fn holds_voucher(&self, number: u32) -> bool {
        self.vouchers.binary_search_by_key(&number, |held| held.number).is_ok()
    }

    fn leave_open(&mut self, open: &Unsettled) {
        self.unsettled.retain(|known| known.unit != open.unit);
        if !open.is_empty() {
            let place = self.unsettled.partition_point(|known| known.unit < open.unit);
            self.unsettled.insert(place, open.clone());
        }
    }

    /// Fewer entries may be taken; with the last one the choice is made.
    fn use_choice(&mut self, delta: &Delta) {
        for open in self.choices.iter_mut().filter(|open| open.number == delta.lot) {
            open.left -= delta.amount;
        }
        self.choices.retain(|open| open.left > 0);
    }

    pub(super) fn expect_due(&mut self, day: Date) {
        self.due = Some(self.due.map_or(day, |due| due.min(day)));
    }

    /// Books one change; tells whether the first due day has to be looked for anew.
    #[expect(clippy::too_many_lines, reason = "one arm for each change")]
    fn book_change(&mut self, program: &Program, change: &Change) -> bool {
        match change {
            Change::Joined(tenure) => {
                self.tenure = Some(*tenure);
                return !program.moments.is_empty();
            }
            Change::Attribute(place, text) => return self.set_attribute(program, *place, text.as_deref()),
            Change::Applied(id, record, at) => {
                self.run_clock(*at);
                self.records.put(id, record.clone());
                if let Some(day) = record.day
                    && self.newest.is_none_or(|newest| newest.0 < *at)
                {
                    self.move_newest(program, (*at, day));
                }
            }
            Change::LastOf(kind, at, day) => return self.note_last(program, *kind, (*at, *day)),
            Change::Active(activity, day) => {
                self.note_active(*activity, *day);
                let mut moved = self.lots.note(*activity, *day);
                for card in &mut self.cards {
                    moved |= card.note(*activity, *day);
                }
                return moved;
            }
            Change::LotTerms(lot, open) => {
                self.lots.set_terms(*lot, open);
                return true;
            }
            Change::Meter(meter, slot, by) => {
                let added = self.meters.add(*meter, *slot, *by);
                debug_assert!(added, "limits keep counters in range");
            }
            Change::Value(number, text) => self.values.take(*number, text),
            Change::Returned(receipt) => {
                let known = self.records.put_receipt(receipt);
                debug_assert!(known, "only what is known can be returned");
            }
            Change::Chosen(number, place) => {
                for open in self.choices.iter_mut().filter(|open| open.number == *number) {
                    open.take(*place);
                }
            }
            Change::Card(card, state) => return self.book_card(card.index(), state),
            Change::Streak(streak, state) => return self.book_streak(streak.index(), *state),
            Change::Tier(tiers, state) => {
                let Some(known) = self.tiers.get_mut(tiers.index()) else { return false };
                let changed = known.ends() != state.ends();
                known.clone_from(&**state);
                return changed;
            }
            Change::Plans(plans) => return self.book_plans(plans),
            // nothing of it is kept: the term that it pays is
            Change::Fee(_) => {}
            Change::Link(link) => {
                self.link = Some((**link).clone());
                return true;
            }
            Change::Pledge(change) => return self.book_pledge(change),
            Change::Turnover(change) => return self.book_turnover(change),
            Change::ClosedTurnover(change, waits) => return self.book_closed(change, *waits),
            Change::Announced(change, known) => self.note_announced(change, *known),
            Change::Lapsed(lot, by) => self.lots.lapse(*lot, *by),
            Change::Unsettled(open) => self.leave_open(open),
            Change::VoidVoucher(number, is_void) => self.note_void(*number, *is_void),
            Change::Clock(at) => {
                self.run_clock(*at);
                return !program.moments.is_empty();
            }
            Change::Mark(mark, is_passed) => self.book_mark(program, mark, *is_passed),
            Change::FollowUp(change, asks) => return self.book_follow_up(change, *asks),
            Change::Charge(_) | Change::Budget(_) => {}
            Change::Claim(claim, is_open) => self.book_claim(claim, *is_open),
            Change::BirthdayPaid(day) => {
                self.birthday_paid = Some(*day);
                return true;
            }
            Change::TakenIn(member) => self.take_in(member),
            Change::Turn(place) => self.turn_to(*place),
        }
        false
    }

    fn set_attribute(&mut self, program: &Program, place: u16, text: Option<&str>) -> bool {
        if let Some(attribute) = self.attributes.get_mut(usize::from(place)) {
            *attribute = text.map(Into::into);
        }
        // a birthday may have changed, or the day on which a period starts
        !program.moments.is_empty()
    }

    fn note_last(&mut self, program: &Program, kind: EventKindId, last: (Instant, Date)) -> bool {
        let Some(known) = self.last_of.get_mut(kind.index()) else { return false };
        if known.is_some_and(|known| known.0 >= last.0) {
            return false;
        }
        *known = Some(last);
        !program.moments.is_empty() && Self::puts_off(program, kind)
    }

    fn note_void(&mut self, number: u32, is_void: bool) {
        self.void_vouchers.retain(|known| *known != number);
        if is_void {
            let place = self.void_vouchers.partition_point(|known| *known < number);
            self.void_vouchers.insert(place, number);
        }
    }

    fn run_clock(&mut self, at: Instant) {
        self.clock = Some(self.clock.map_or(at, |known| known.max(at)));
    }

    /// Remembers when lots were last kept alive by what is no event: a late booking counts from there.
    fn note_active(&mut self, activity: Activity, day: Date) {
        if matches!(activity, Activity::Event(_)) {
            return;
        }
        match self.active.binary_search_by_key(&activity, |(known, _)| *known) {
            Ok(place) => {
                if let Some((_, last)) = self.active.get_mut(place) {
                    *last = day.max(*last);
                }
            }
            Err(place) => self.active.insert(place, (activity, day)),
        }
    }

    /// The last day of an activity, as far as it is known.
    pub(crate) fn last_active(&self, activity: Activity) -> Option<Date> {
        match activity {
            Activity::Event(kind) => self.last_day_of(kind.index()),
            _ => self.active.iter().find(|(known, _)| *known == activity).map(|(_, day)| *day),
        }
    }

    /// Terms that were at rest count what has happened since.
    pub(crate) fn keep_alive(&self, end: &mut OpenEnd) {
        for idle in &mut end.idle {
            let since = idle.without.iter().filter_map(|activity| self.last_active(*activity));
            idle.since = since.fold(idle.since, Date::max);
        }
    }

    /// Another event is the newest: what nothing can ask any more is forgotten.
    #[inline(never)]
    fn move_newest(&mut self, program: &Program, newest: (Instant, Date)) {
        let before = self.newest.replace(newest).map(|(_, day)| day);
        if before == Some(newest.1) {
            return;
        }
        self.meters.forget(program, newest.1);
        if self.company.is_some() {
            self.forget_parked(program, newest.1);
        }
        self.forget_values(program);
        // looking at every record is worth it now and then
        let quarter = |day: Date| day.days().div_euclid(91);
        if before.is_some_and(|before| quarter(before) != quarter(newest.1)) {
            self.records.forget(program, newest.1);
            if self.records.receipts().next().is_none() {
                self.unsettled.clear();
                self.void_vouchers.clear();
            }
            if self.lots.iter().any(|lot| lot.all_left() == 0) {
                let awards = self.records.receipts().flat_map(|receipt| {
                    receipt.awards.iter().chain(receipt.chosen.iter().map(|chosen| &chosen.award))
                });
                let cards = self.cards.iter().flat_map(|card| card.past.full.iter());
                let gifts = cards.filter(|full| matches!(full.gave.thing, AwardThing::Unit(_)));
                let marks = self.marks.iter().map(|mark| mark.lot);
                let asked = awards.map(|award| award.lot).chain(gifts.map(|full| full.first)).chain(marks);
                let asked: BTreeSet<u32> = asked.collect();
                self.lots.forget(|number| asked.contains(&number));
            }
        }
    }

    #[inline(never)]
    fn book_streak(&mut self, place: usize, state: StreakState) -> bool {
        let known = self.streaks.get_mut(place);
        known.is_some_and(|known| std::mem::replace(known, state).open != state.open)
    }

    fn book_card(&mut self, place: usize, state: &CardState) -> bool {
        let Some(known) = self.cards.get_mut(place) else { return false };
        let changed = known.last != state.last;
        known.clone_from(state);
        changed
    }

    /// Finds the first day on which the clock has work, if it has run up to the start of a day.
    pub(crate) fn find_due(&mut self, program: &Program, asked: Option<Date>) {
        self.due = self.first_due(asked);
        self.expect_moment(program);
        self.expect_conversion(program);
        self.expect_levels(program);
    }

    fn expect_levels(&mut self, program: &Program) {
        if program.level_needs.on_clock
            && let Some(day) = self.next_levels(program)
        {
            self.expect_due(day);
        }
    }

    fn expect_moment(&mut self, program: &Program) {
        if !program.moments.is_empty()
            && let Some(day) = self.next_moment(program)
        {
            self.expect_due(day);
        }
    }

    fn expect_conversion(&mut self, program: &Program) {
        if let Some(day) = self.next_conversion(program) {
            self.expect_due(day);
        }
    }

    /// The day on which the clock next converts something of what is usable now.
    pub(super) fn next_conversion(&self, program: &Program) -> Option<Date> {
        if !program.converts_on_clock() {
            return None;
        }
        let today = program.zone.business_date(self.clock?, program.day_starts);
        let anchors = self.anchors(program, today);
        let enough =
            |convert: &&Convert| self.balance_of(Thing::Unit(convert.unit), Book::Available) >= convert.from;
        let due = program.converts.iter().filter(enough).filter_map(|convert| {
            // what a test gives may be of a day to which the clock was not run yet
            let usable = self.lots.of(convert.unit).filter(|lot| lot.left > 0);
            let since = usable.map(|lot| lot.earned).fold(today, Date::max);
            convert.every.and_then(|period| period.next_start(since, &anchors))
        });
        due.min()
    }

    /// The first day on which the clock has work, if it has run up to the start of a day. What is kept after its last
    /// day is asked again at the next start of day.
    #[inline(never)]
    pub(crate) fn first_due(&self, asked: Option<Date>) -> Option<Date> {
        let lots = self.lots.iter().filter(|lot| lot.all_left() != 0).flat_map(|lot| {
            let next = lot.pending.first().map(|(start, _)| *start).filter(|start| *start < Date::MAX);
            let again = asked.filter(|_| lot.may_be_held()).map(|asked| asked.plus_days(1));
            let over = lot.last.map(|last| last.plus_days(1));
            [next, over.map(|over| again.map_or(over, |again| over.max(again)))]
        });
        let vouchers = self.vouchers.iter().map(|held| held.last.map(|last| last.plus_days(1)));
        let choices = self.choices.iter().map(|open| open.last.map(|last| last.plus_days(1)));
        let cards = self.cards.iter().map(|card| card.last.map(|last| last.plus_days(1)));
        let link = self.link.iter().map(|link| link.due.filter(|_| link.stage == LinkStage::Open));
        let tiers = self.tiers.iter().map(|tier| tier.ends().map(|last| last.plus_days(1)));
        let streaks = self.streaks.iter().map(|streak| streak.open.map(|(_, last)| last.plus_days(1)));
        let pledges = self.pledges.first().map(|pledge| Some(pledge.closes));
        let turnovers = self.turnovers.first().filter(|turnover| !turnover.is_carried());
        let turnovers = turnovers.map(|turnover| Some(turnover.closes));
        let paid = self.closed_turnovers.first().filter(|closed| !closed.waits_for_value());
        let paid = paid.map(|closed| Some(closed.pays));
        let held = lots.chain(vouchers).chain(choices).chain(cards).chain(streaks).chain(tiers);
        let link = link.chain(self.parked_links());
        let plan = self.plans.held.iter().map(|held| held.last);
        let plan = plan.filter(|last| *last < Date::MAX).map(|last| Some(last.plus_days(1)));
        held.chain(link).chain(plan).chain(pledges).chain(turnovers).chain(paid).flatten().min()
    }
}

fn takes_from_lot(delta: &Delta) -> bool {
    !matches!(delta.from, Book::Issued | Book::Redeemed | Book::Transferred) && delta.lot != 0
}

/// Whether a voucher is used, expires or is taken back.
fn ends_voucher(delta: &Delta) -> bool {
    matches!(delta.thing, Thing::Voucher(_)) && takes_from_lot(delta)
}

fn has_lots(program: &Program, thing: Thing) -> bool {
    match thing {
        Thing::Unit(unit) => {
            program.units.get(unit.index()).is_some_and(|unit| unit.kind == UnitKind::Spendable)
        }
        Thing::Voucher(_) | Thing::Choice(_) => true,
        Thing::Stamps(_) | Thing::Donation(_) => false,
    }
}

impl Source {
    /// Whether it is a fact that a test gave, which counts for no cap, history or return.
    pub(crate) const fn is_given(self) -> bool {
        matches!(self, Self::Given)
    }
}
