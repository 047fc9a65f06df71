//! Step 10: stamp cards.
//!
//! A card opens with its first stamp and gets its head start then, outside the caps. At the goal it pays its reward
//! and a new card begins; what is above the goal is carried over or dropped.

use super::draft::{Booked, Draft, Terms, Transfer};
use super::judge::{Facts, Truth};
use super::proportion;
use super::refuse::Rejection;
use super::returning::take_units;
use super::stamp_values;
use super::step04_match::room;
use super::step08_cap::count_cap;
use super::terms::{is_valid, last_day};
use super::{challenges, each, step10_milestones};
use crate::account::{
    CardState, Change, FullCard, LapsedStamps, LineRecord, Lines, MeterShare, OpenEnd, ReceiptAward,
    StampValues, may_come_back,
};
use crate::calendar::Date;
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{Award, AwardThing, Card, CardId, EventKindId, Expire, StampPer};
use std::sync::Arc;

const MICROS: i64 = 1_000_000;
/// The most stamps of one event: each may fill a card.
const MOST_STAMPS: i64 = 1_000_000;

/// Stamps all cards that an event stamps.
pub(crate) fn stamp_cards(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    kind: EventKindId,
    awards: &mut Vec<ReceiptAward>,
    shares: &mut Vec<MeterShare>,
) -> Result<(), Rejection> {
    for (place, card) in facts.program.cards.iter().enumerate() {
        if card.on != kind || !is_valid(card.valid, facts.event.day, facts.event.local) {
            continue;
        }
        if card.when.as_ref().is_some_and(|when| facts.judge(when, None) != Truth::Yes) {
            continue;
        }
        let id = CardId(place as u32);
        let passes = match &card.items {
            Some(test) => facts.judge_items(test),
            None => facts.event.all.clone(),
        };
        let mut stamps = earned_stamps(facts, card, &passes)?;
        for cap in card.caps.iter().copied() {
            stamps = stamps.min(room(facts, cap));
        }
        if stamps <= 0 {
            continue;
        }
        if stamps > MOST_STAMPS {
            return Err(Rejection::too_large());
        }
        for cap in card.caps.iter().copied() {
            count_cap(draft, facts, cap, stamps);
            shares.extend(each::mark(facts, draft, cap, 0));
        }
        let values = if card.average {
            stamp_values::of_event(facts, &passes, stamps)
        } else {
            StampValues::default()
        };
        let dropped = fill(draft, id, card, stamps, &values)?;
        awards.push(ReceiptAward { repaid: dropped, ..stamp_record(facts, card, (id, stamps), passes)? });
    }
    Ok(())
}

/// How many stamps an event gives before caps: whole pieces, and whole stamps of what they are in proportion to.
fn earned_stamps(facts: &Facts<'_>, card: &Card, passes: &Lines) -> Result<i64, Rejection> {
    if card.items.is_some() && passes.is_empty() {
        return Ok(0);
    }
    let times = match card.per {
        StampPer::Event => 1,
        StampPer::Piece => facts.event.quantity_of(passes).div_euclid(MICROS),
        StampPer::Of(proportion) => return proportion::whole(facts, passes, proportion, card.stamps),
    };
    Ok(times.saturating_mul(card.stamps))
}

/// Which line gave which stamps: by what they are in proportion to.
fn stamp_record(
    facts: &Facts<'_>,
    card: &Card,
    (id, stamps): (CardId, i64),
    lines: Lines,
) -> Result<ReceiptAward, Rejection> {
    let record = match card.per {
        _ if facts.event.items().is_empty() => LineRecord::Event,
        StampPer::Event | StampPer::Piece => LineRecord::Quantities(lines),
        StampPer::Of(proportion) => proportion::record(facts, lines, proportion.basis, stamps)?,
    };
    Ok(ReceiptAward {
        source: Source::Card(id),
        thing: Thing::Stamps(id),
        lot: 0,
        start: stamped_on(facts),
        amount: stamps,
        repaid: 0,
        record,
    })
}

/// The day on which stamps of an event came onto the open card: a late event stamps what is open now.
fn stamped_on(facts: &Facts<'_>) -> Date {
    let day = facts.event.day;
    if facts.account.clock.is_none_or(|clock| clock <= facts.event.at) {
        return day;
    }
    facts.account.clock_day(facts.program).map_or(day, |clock| clock.max(day))
}

/// Puts stamps on the open card, pays for full ones and opens new ones. Returns how many were above the goal and dropped.
fn fill(
    draft: &mut Draft<'_>,
    id: CardId,
    card: &Card,
    stamps: i64,
    values: &StampValues,
) -> Result<i64, Rejection> {
    let mut state = current_state(draft, id);
    let source = Source::Card(id);
    let thing = Thing::Stamps(id);
    let earned = |amount, from, to, reason| Transfer::new(thing, amount, from, to, source, reason);
    let (mut rest, mut dropped, mut paid) = (stamps, 0, 0);
    values.runs().iter().for_each(|(stamps, value)| state.values.put(*stamps, *value));
    draft.transfer(earned(stamps, Book::Issued, Book::Available, Reason::Earned));
    // an event fills at most as many cards as it has stamps and head starts
    while rest > 0 {
        if state.opened.is_none() {
            open(draft, card, &mut state);
            if state.number == 1 || card.head_start_on_every {
                draft.transfer(earned(card.head_start, Book::Issued, Book::Available, Reason::Earned));
                state.stamps = card.head_start;
            }
        }
        if card.most_rewards.is_some_and(|most| paid >= most) {
            // what is above waits on the open card for the next event that brings stamps
            state.stamps += rest;
            break;
        }
        // the card may hold more than fills it: another version asked for more, or a cap of rewards left it there
        let missing = (card.goal - state.stamps).max(0);
        let put = rest.min(missing);
        state.stamps += put;
        rest -= put;
        if state.stamps < card.goal {
            break;
        }
        rest += state.stamps - card.goal;
        draft.transfer(earned(card.goal, Book::Available, Book::Redeemed, Reason::CardFull));
        paid += 1;
        let (gave, value) = worth(draft, card, &mut state)?;
        let Booked { lot, start, repaid } = draft.give(gave.thing, gave.amount, source, Terms::default());
        forget(draft, &mut state);
        Arc::make_mut(&mut state.past).full.push(FullCard {
            number: state.number,
            goal: card.goal,
            value,
            gave,
            first: lot,
            start,
            repaid,
            filled: (draft.at, draft.day),
            opened: state.opened,
            last: state.last,
            end: state.end.take(),
        });
        state.stamps = 0;
        state.close();
        if !card.carry_over && rest > 0 {
            draft.transfer(earned(rest, Book::Available, Book::Expired, Reason::NotCarriedOver));
            state.values.take_last(rest);
            (dropped, rest) = (rest, 0);
        }
    }
    draft.change(Change::Card(id, state));
    Ok(dropped)
}

/// What a card that is full gives, and what its stamps held.
fn worth(draft: &Draft<'_>, card: &Card, state: &mut CardState) -> Result<(Award, i128), Rejection> {
    if !card.average {
        return Ok((card.reward, 0));
    }
    let value = state.values.take_first(card.goal);
    if value < 0 {
        // more has come back than these stamps hold: the rest is taken from the next ones
        state.values.shift(value);
    }
    Ok((stamp_values::reward(draft.program, card, value.max(0))?, value.max(0)))
}

fn open(draft: &Draft<'_>, card: &Card, state: &mut CardState) {
    let day = draft.day;
    state.number += 1;
    state.stamps = 0;
    state.opened = Some(day);
    (state.last, state.end) = card_end(draft, card);
}

/// The last day of a card whose first stamp comes with what is booked, and why it may still move.
pub(super) fn card_end(draft: &Draft<'_>, card: &Card) -> (Option<Date>, Option<Arc<OpenEnd>>) {
    let day = draft.day;
    let fixed = last_day(&card.expire, day, Some(day), day, &draft.anchors);
    if !card.expire.iter().any(|line| matches!(line, Expire::Without(..))) {
        return (fixed, None);
    }
    let end = OpenEnd { fixed, idle: draft.idle(&card.expire), ..OpenEnd::default() };
    (end.last(), Some(Arc::new(end)))
}

/// Full cards whose voucher is no longer held can never be opened again; nothing asks for those that gave units once
/// their purchases are forgotten.
fn forget(draft: &Draft<'_>, state: &mut CardState) {
    let new_from = draft.account.next_voucher;
    let is_asked =
        |day| draft.account.newest.is_none_or(|(_, newest)| may_come_back(draft.program, day, newest));
    let may_open = |full: &FullCard| match full.gave.thing {
        _ if full.gave.amount == 0 => is_asked(full.filled.1),
        AwardThing::Voucher(_) => full.first >= new_from || draft.account.holds_voucher(full.first),
        AwardThing::Unit(_) | AwardThing::Choice(_) => is_asked(full.filled.1),
    };
    let asks = |lapsed: &LapsedStamps| is_asked(lapsed.days.1);
    if !state.past.full.iter().all(may_open) || !state.past.lapsed.iter().all(asks) {
        let past = Arc::make_mut(&mut state.past);
        past.full.retain(may_open);
        past.lapsed.retain(asks);
    }
}

/// The last day of a card has passed: its stamps are gone.
pub(crate) fn expire_card(draft: &mut Draft<'_>, id: CardId, state: &CardState) {
    let source = Source::Card(id);
    let booking = Transfer::new(
        Thing::Stamps(id),
        state.stamps,
        Book::Available,
        Book::Expired,
        source,
        Reason::Expired,
    );
    draft.transfer(booking);
    let values = StampValues::default();
    let mut closed = CardState { stamps: 0, values, ..state.clone() };
    closed.close();
    forget(draft, &mut closed);
    let head = draft.program.cards.get(id.index()).map_or(0, |card| head_start(card, state));
    if let (Some(opened), Some(last)) = (state.opened, state.last) {
        // a late event may have opened it when its last day had passed
        let last = draft.account.clock_day(draft.program).map_or(last, |clock| clock.max(last));
        let stamps = state.stamps - head;
        if stamps > 0 {
            let lapsed = &mut Arc::make_mut(&mut closed.past).lapsed;
            lapsed.push(LapsedStamps { days: (opened, last), stamps });
            lapsed.sort_by_key(|lapsed| lapsed.days.1);
        }
    }
    draft.change(Change::Card(id, closed));
}

/// Takes stamps back that came onto a card on a day: what was lost with that card or a later one counts as taken; the
/// rest goes from the open card. If it has too few, the newest full card that can be opened again is, and what it gave
/// is taken back; never below zero. A head start was not earned: it goes when nothing else is left on the card, which
/// then was never begun. Where stamps hold something, what those that came back held is taken, whichever go. Notes on
/// which days the full cards were filled.
pub(crate) fn unstamp(
    draft: &mut Draft<'_>,
    id: CardId,
    (wanted, value, stamped): (i64, i128, Date),
    of: &Arc<str>,
    days: &mut Vec<Date>,
) {
    let Some(card) = draft.program.cards.get(id.index()) else { return };
    let mut state = current_state(draft, id);
    forget(draft, &mut state);
    let is_lapsed = |lapsed: &LapsedStamps| stamped <= lapsed.days.1;
    if wanted == 0 && state.past.lapsed.iter().any(is_lapsed) {
        return;
    }
    let stamps = wanted - count_lapsed(&mut state, wanted, stamped);
    let (mut given, mut left) = (0, 0);
    while left == 0 && state.stamps - head_start(card, &state) < stamps {
        let Some(full) = Arc::make_mut(&mut state.past).full.pop() else { break };
        take_reward(draft, id, &full, of);
        if full.gave.amount > 0 {
            days.push(full.filled.1);
        }
        let head = head_start(card, &state);
        given += head;
        state.stamps += full.goal - head;
        if card.average {
            state.values.put_first(full.goal, full.value);
        }
        open_again(draft, &mut state, &full);
        left = keep_rest(draft, card, &mut state, &full, (stamps, value));
        state.stamps -= left;
        unfill(draft, id, full.goal - left, of);
    }
    let mut taken = state.stamps;
    if left == 0 {
        let head = head_start(card, &state);
        taken = stamps.min(state.stamps - head);
        if taken > 0 && taken == state.stamps - head {
            taken += head;
            state.close();
            // the card was never begun
            state.number = state.number.saturating_sub(1);
        }
    }
    state.stamps -= taken;
    if card.average && left == 0 {
        let held = state.values.take_last(taken);
        // what nothing is left of to take it from is forgiven with its stamps
        let owed = if wanted == 0 { value } else { value * i128::from(taken) / i128::from(wanted) };
        state.values.shift(held - owed);
    }
    let (to, reason) = draft.back();
    let source = Source::Card(id);
    let booking = Transfer::new(Thing::Stamps(id), given + taken, Book::Available, to, source, reason);
    draft.transfer(booking.event(of));
    draft.change(Change::Card(id, state));
}

/// A full card that is opened again when its last day has passed ends at once. What is left on it can fill nothing any
/// more, and stays known as a full card that gives nothing: the next stamps that come back are taken from it, as if they
/// had come back together. Returns how many are left.
fn keep_rest(
    draft: &Draft<'_>,
    card: &Card,
    state: &mut CardState,
    full: &FullCard,
    (stamps, value): (i64, i128),
) -> i64 {
    let today = draft.today();
    if !is_over(state, today) || state.stamps - head_start(card, state) <= stamps {
        return 0;
    }
    let left = state.stamps - stamps;
    let gave = Award { amount: 0, ..full.gave };
    let filled = (draft.at, draft.day);
    let held = std::mem::take(&mut state.values).value();
    let rest = FullCard { goal: left, value: (held - value).max(0), gave, repaid: 0, filled, ..full.clone() };
    Arc::make_mut(&mut state.past).full.push(rest);
    state.close();
    left
}

/// Stamps of a full card are on an open one again.
fn unfill(draft: &mut Draft<'_>, id: CardId, stamps: i64, of: &Arc<str>) {
    let (source, thing) = (Source::Card(id), Thing::Stamps(id));
    let booking = Transfer::new(thing, stamps, Book::Redeemed, Book::Available, source, Reason::Cancelled);
    draft.transfer(booking.event(of));
}

/// Takes up to so many stamps of a day out of what was lost on that day or later, of what ended first to begin with: that
/// is what would have been taken if they had come back before. Returns how many there were.
fn count_lapsed(state: &mut CardState, stamps: i64, stamped: Date) -> i64 {
    let mut rest = stamps;
    if !state.past.lapsed.iter().any(|lapsed| stamped <= lapsed.days.1) {
        return 0;
    }
    let all = &mut Arc::make_mut(&mut state.past).lapsed;
    for lapsed in &mut *all {
        if stamped <= lapsed.days.1 {
            let part = rest.min(lapsed.stamps);
            lapsed.stamps -= part;
            rest -= part;
        }
    }
    all.retain(|lapsed| lapsed.stamps > 0);
    stamps - rest
}

/// How many stamps of the open card are its head start.
fn head_start(card: &Card, state: &CardState) -> i64 {
    let has = state.opened.is_some() && (state.number == 1 || card.head_start_on_every);
    // a card that was there before the program may have been given fewer
    if has { card.head_start.min(state.stamps) } else { 0 }
}

/// The state of a card with what this event has done to it.
fn current_state(draft: &Draft<'_>, id: CardId) -> CardState {
    let changed = draft.postings.changes.iter().rev().find_map(|change| match change {
        Change::Card(other, state) if *other == id => Some(state.clone()),
        _ => None,
    });
    let mut state = changed.or_else(|| draft.account.cards.get(id.index()).cloned()).unwrap_or_default();
    keep_alive(draft, &mut state);
    state
}

/// What this event is keeps the open card alive, before it is booked.
fn keep_alive(draft: &Draft<'_>, state: &mut CardState) {
    if state.end.is_none() {
        return;
    }
    for change in &draft.postings.changes {
        if let Change::Active(activity, day) = change {
            state.note(*activity, *day);
        }
    }
}

/// A full card is the open one again. What has happened since it was full has kept it alive as it would have.
fn open_again(draft: &Draft<'_>, state: &mut CardState, full: &FullCard) {
    (state.number, state.opened) = (full.number, full.opened);
    (state.last, state.end) = (full.last, full.end.clone());
    if let Some(end) = &mut state.end {
        let end = Arc::make_mut(end);
        draft.account.keep_alive(end);
        state.last = end.last();
    }
    keep_alive(draft, state);
}

/// Takes back what a full card gave: vouchers that are unused, units as those of a purchase.
fn take_reward(draft: &mut Draft<'_>, id: CardId, full: &FullCard, of: &Arc<str>) {
    let source = Source::Card(id);
    match full.gave.thing {
        AwardThing::Voucher(voucher) => {
            for number in (full.first..).take(usize::try_from(full.gave.amount).unwrap_or(0)) {
                draft.cancel_voucher((voucher, number), source, of);
            }
        }
        AwardThing::Unit(unit) => {
            let amount = full.gave.amount;
            let lot = (full.first, full.start, amount - full.repaid);
            take_units(draft, (unit, source), (amount, full.filled), lot, of);
        }
        AwardThing::Choice(_) => {}
    }
}

/// Whether a card's last day has passed before a day.
pub(crate) fn is_over(state: &CardState, day: Date) -> bool {
    state.last.is_some_and(|last| last < day)
}

/// Step 10 for what rules give on joining, which never comes back.
pub(super) fn play_joining(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    mut awards: Vec<ReceiptAward>,
) -> Result<(), Rejection> {
    if !facts.program.milestones.is_empty() {
        step10_milestones::count(facts, draft, EventKindId::JOINING, &awards)?;
    }
    if !facts.program.challenges.is_empty() {
        challenges::count(facts, draft, EventKindId::JOINING, &mut awards, &mut Vec::new());
    }
    Ok(())
}
