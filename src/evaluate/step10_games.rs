//! Step 10: stamp cards.
//!
//! A card opens with its first stamp and gets its head start then, outside the caps. At the goal it pays its reward
//! and a new card begins; what is above the goal is carried over or dropped.

use super::draft::{Draft, Terms, Transfer};
use super::judge::{Facts, Truth};
use super::step04_match::room;
use super::step08_cap::count_cap;
use super::terms::{is_valid, last_day};
use crate::account::{CardState, Change, FullCard, LineRecord, Lines, ReceiptAward};
use crate::calendar::Date;
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{AwardThing, Card, CardId, EventKindId, StampPer};
use std::sync::Arc;

const MICROS: i64 = 1_000_000;

/// Stamps all cards that an event stamps.
pub(crate) fn stamp_cards(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    kind: EventKindId,
    awards: &mut Vec<ReceiptAward>,
) {
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
        let mut stamps = earned_stamps(facts, card, &passes);
        for cap in card.caps.iter().copied() {
            stamps = stamps.min(room(facts, cap));
        }
        if stamps <= 0 {
            continue;
        }
        for cap in card.caps.iter().copied() {
            count_cap(draft, facts, cap, stamps);
        }
        let dropped = fill(draft, id, card, stamps);
        awards.push(ReceiptAward { repaid: dropped, ..stamp_record(facts, card, id, stamps, passes) });
    }
}

/// How many stamps an event gives before caps: whole pieces and whole steps of the sum.
fn earned_stamps(facts: &Facts<'_>, card: &Card, passes: &Lines) -> i64 {
    if card.items.is_some() && passes.is_empty() {
        return 0;
    }
    let times = match card.per {
        StampPer::Event => 1,
        StampPer::Piece => facts.event.quantity_of(passes).div_euclid(MICROS),
        StampPer::Spend(step) => facts.event.value_of(passes).max(0).checked_div(step).unwrap_or(0),
    };
    times.saturating_mul(card.stamps)
}

/// Which line gave which stamps: by quantity, or by value where stamps are for spend.
fn stamp_record(facts: &Facts<'_>, card: &Card, id: CardId, stamps: i64, lines: Lines) -> ReceiptAward {
    let record = match card.per {
        _ if facts.event.items().is_empty() => LineRecord::Event,
        StampPer::Spend(_) => LineRecord::Values(lines),
        StampPer::Event | StampPer::Piece => LineRecord::Quantities(lines),
    };
    ReceiptAward {
        source: Source::Card(id),
        thing: Thing::Stamps(id),
        lot: 0,
        start: facts.event.day,
        amount: stamps,
        repaid: 0,
        forgiven: 0,
        record,
    }
}

/// Puts stamps on the open card, pays for full ones and opens new ones. Returns how many were above the goal and dropped.
fn fill(draft: &mut Draft<'_>, id: CardId, card: &Card, stamps: i64) -> i64 {
    let mut state = draft.account.cards.get(id.index()).cloned().unwrap_or_default();
    let source = Source::Card(id);
    let thing = Thing::Stamps(id);
    let earned = |amount, from, to, reason| Transfer::new(thing, amount, from, to, source, reason);
    let (mut rest, mut dropped) = (stamps, 0);
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
        // another version may have asked for more stamps: what is on the card fills it then
        let missing = (card.goal - state.stamps).max(0);
        let put = rest.min(missing);
        state.stamps += put;
        rest -= put;
        if state.stamps < card.goal {
            break;
        }
        rest += state.stamps - card.goal;
        draft.transfer(earned(card.goal, Book::Available, Book::Redeemed, Reason::CardFull));
        let first = draft.give(card.reward.thing, card.reward.amount, source, Terms::default()).lot;
        if matches!(card.reward.thing, AwardThing::Voucher(_)) {
            keep_held(draft, &mut state);
            Arc::make_mut(&mut state.full).push(FullCard {
                number: state.number,
                voucher: first,
                opened: state.opened,
                last: state.last,
            });
        }
        (state.stamps, state.opened, state.last) = (0, None, None);
        if !card.carry_over && rest > 0 {
            draft.transfer(earned(rest, Book::Available, Book::Expired, Reason::NotCarriedOver));
            (dropped, rest) = (rest, 0);
        }
    }
    draft.change(Change::Card(id, state));
    dropped
}

fn open(draft: &Draft<'_>, card: &Card, state: &mut CardState) {
    let day = draft.day;
    state.number += 1;
    state.stamps = 0;
    state.opened = Some(day);
    state.last = card.expire.and_then(|expire| last_day(&[expire], day, Some(day), day, &draft.anchors));
}

/// Full cards whose voucher is no longer held can never be opened again.
fn keep_held(draft: &Draft<'_>, state: &mut CardState) {
    let new_from = draft.account.next_voucher;
    let is_held = |full: &FullCard| full.voucher >= new_from || draft.account.holds_voucher(full.voucher);
    if !state.full.iter().all(is_held) {
        Arc::make_mut(&mut state.full).retain(is_held);
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
    let closed = CardState { stamps: 0, opened: None, last: None, ..state.clone() };
    draft.change(Change::Card(id, closed));
}

/// Takes stamps back: from the open card; if it has too few, the newest full card whose voucher is unused is opened
/// again and its voucher cancelled; never below zero. A head start was not earned: it goes when nothing else is left
/// on the card, which then was never begun.
pub(crate) fn unstamp(draft: &mut Draft<'_>, id: CardId, stamps: i64, of: &Arc<str>) {
    let Some(card) = draft.program.cards.get(id.index()) else { return };
    let mut state = current_state(draft, id);
    keep_held(draft, &mut state);
    let source = Source::Card(id);
    let mut given = 0;
    while state.stamps - head_start(card, &state) < stamps {
        let Some(full) = Arc::make_mut(&mut state.full).pop() else { break };
        cancel_reward(draft, card, id, full.voucher, of);
        let booking = Transfer::new(
            Thing::Stamps(id),
            card.goal,
            Book::Redeemed,
            Book::Available,
            source,
            Reason::Cancelled,
        );
        draft.transfer(booking.event(of));
        let head = head_start(card, &state);
        given += head;
        state.stamps += card.goal - head;
        (state.number, state.opened, state.last) = (full.number, full.opened, full.last);
    }
    let head = head_start(card, &state);
    let mut taken = stamps.min(state.stamps - head);
    if taken > 0 && taken == state.stamps - head {
        taken += head;
        (state.opened, state.last) = (None, None);
        // the card was never begun
        state.number = state.number.saturating_sub(1);
    }
    state.stamps -= taken;
    let booking = Transfer::new(
        Thing::Stamps(id),
        given + taken,
        Book::Available,
        Book::TakenBack,
        source,
        Reason::Returned,
    );
    draft.transfer(booking.event(of));
    draft.change(Change::Card(id, state));
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
    changed.or_else(|| draft.account.cards.get(id.index()).cloned()).unwrap_or_default()
}

fn cancel_reward(draft: &mut Draft<'_>, card: &Card, id: CardId, first: u32, of: &Arc<str>) {
    let AwardThing::Voucher(voucher) = card.reward.thing else { return };
    for number in (first..).take(usize::try_from(card.reward.amount).unwrap_or(0)) {
        if draft.holds(voucher, number) {
            let booking = Transfer::new(
                Thing::Voucher(voucher),
                1,
                Book::Available,
                Book::TakenBack,
                Source::Card(id),
                Reason::Cancelled,
            );
            draft.transfer(booking.event(of).lot(number));
        }
    }
}

/// Whether a card's last day has passed before a day.
pub(crate) fn is_over(state: &CardState, day: Date) -> bool {
    state.last.is_some_and(|last| last < day)
}
