//! Step 1: what is due up to the event's instant.
//!
//! Due at the same start of day, in this order: expiry of lots, vouchers and cards · years of levels · terms of levels · plans · open choices ·
//! streaks · rebates · donations · levels at the end of a period · referral pay-outs · activation · conversions ·
//! what levels give at the start of periods · moments. Choices come behind the terms, because what they give otherwise may reach a level, and
//! that must see whether the old one ended. Inside one kind by name, then by number. Each booking's key names the day and the lot, so it
//! is the same however often the clock is run.

use super::bound::Bound;
use super::draft::{Draft, Transfer};
use super::judge::Facts;
use super::note::Note;
use super::{
    choices, plans, rebates, step10_games, step11_tiers, step11a_convert, step12_friends, step13_payers,
    streaks, tier_windows, years,
};
use crate::account::{Account, Change, LinkStage, Lot, PostError, Postings};
use crate::calendar::{Date, Instant};
use crate::event::Message;
use crate::ledger::{Book, Due, Reason, Thing};
use crate::program::{CardId, Program, TiersId};
use std::sync::Arc;

/// Runs everything that is due on or before a day, books it on the account, and adds it to the postings.
#[cold]
pub(crate) fn run(
    program: &Program,
    account: &mut Account,
    to: Date,
    postings: &mut Postings,
    messages: &mut Vec<Message>,
    notes: &mut Vec<Note>,
) -> Result<(), PostError> {
    while let Some(due) = account.due.filter(|due| *due <= to) {
        let moments = account.moments_on(program, due);
        let is_new_day = account.clock_day(program).is_none_or(|clock| clock < due);
        type Work = fn(&mut Draft<'_>, &Facts<'_>);
        let kinds: [Work; 13] = [
            expire,
            end_terms,
            |draft, _| plans::turn(draft),
            |draft, _| choices::lapse(draft),
            |draft, _| streaks::close(draft),
            |draft, _| rebates::close(draft),
            |draft, _| rebates::pay(draft),
            |draft, _| step13_payers::settle(draft),
            |draft, _| tier_windows::upgrade(draft),
            pay_referral,
            activate,
            |draft, _| convert(draft),
            |draft, _| tier_windows::give_every(draft),
        ];
        let mut work = |account: &mut Account, kind: Work, postings: &mut Postings| {
            let done = {
                let at = program.zone.start_of_day(due, program.day_starts);
                let bound = moment(program, account, at, due);
                let facts = Facts::new(program, account, &bound);
                let draft = Draft::new(program, account, Arc::from(""), (bound.at, due), facts.anchors);
                let mut draft = draft.by_clock(is_new_day);
                kind(&mut draft, &facts);
                (draft.postings, draft.messages, draft.notes)
            };
            let (mut made, mut sent, mut said) = done;
            if !made.deltas.is_empty() || !made.changes.is_empty() {
                account.book(program, &made)?;
            }
            postings.deltas.append(&mut made.deltas);
            postings.changes.append(&mut made.changes);
            messages.append(&mut sent);
            notes.append(&mut said);
            Ok::<(), PostError>(())
        };
        for (place, kind) in kinds.into_iter().enumerate() {
            if place == REFERRAL && account.company.is_some() {
                for who in friends_due(account, due) {
                    turn(account, who, postings);
                    work(account, kind, postings)?;
                }
                turn(account, 0, postings);
                continue;
            }
            work(account, kind, postings)?;
        }
        if !program.moments.is_empty() {
            super::moments::bring(program, account, due, moments, (&mut *postings, &mut *messages))?;
        }
        if program.level_needs.on_clock && account.clock_day(program).is_none_or(|clock| clock < due) {
            // so that the end of a period or window is not looked at again
            let at = program.zone.start_of_day(due, program.day_starts);
            let changes = vec![Change::Clock(at)];
            account.book(program, &Postings { changes: changes.clone(), ..Postings::default() })?;
            postings.changes.extend(changes);
        }
        if program.keeps {
            // what is kept is asked again at the next start of day
            account.find_due(program, Some(due));
        }
        if account.due == Some(due) {
            // every kind of due work moves what was due; anything else is a fault, and must not run for ever
            return Err(PostError::Unbalanced(format!("@{due}")));
        }
    }
    Ok(())
}

/// Which of the kinds of work each member has for itself.
const REFERRAL: usize = 9;

/// The places of members whose referral is to be paid, by name.
#[cold]
fn friends_due(account: &Account, day: Date) -> Vec<usize> {
    let is_due =
        |link: &crate::account::Link| link.stage == LinkStage::Open && link.due.is_some_and(|due| due <= day);
    let people = account.people_by_name().into_iter();
    people.filter(|who| who.link.is_some_and(is_due)).map(|who| who.place).collect()
}

/// Makes it the turn of a member, on the account and in what is posted.
#[cold]
pub(super) fn turn(account: &mut Account, place: usize, postings: &mut Postings) {
    let before = Arc::clone(&account.member);
    account.turn_to(place);
    if account.member != before {
        postings.turns.push((postings.deltas.len(), Arc::clone(&account.member)));
        postings.changes.push(Change::Turn(place));
    }
}

/// The start of a day, as conditions see it.
pub(super) fn moment(program: &Program, account: &Account, at: Instant, day: Date) -> Bound {
    let mut bound = Bound { day, at, ..Bound::default() };
    if program.keeps || account.link.is_some() || !program.moments.is_empty() {
        bound.local = program.zone.local(at);
        bound.bind_member(program, &account.attributes);
    }
    bound
}

fn expire(draft: &mut Draft<'_>, facts: &Facts<'_>) {
    let account = draft.account;
    let is_over = |lot: &&Lot| is_past(lot.last, draft.day) && !facts.keeps(lot);
    let mut lots: Vec<_> = account.lots.iter().filter(is_over).collect();
    lots.sort_by_key(|lot| (lot.unit, lot.number));
    for (due, from) in [(Due::Expire, Book::Available), (Due::ExpirePending, Book::Pending)] {
        draft.due_is(due);
        for lot in &lots {
            let amount = if from == Book::Available { lot.left } else { lot.all_pending() };
            let thing = Thing::Unit(lot.unit);
            let booking = Transfer::new(thing, amount, from, Book::Expired, lot.source, Reason::Expired);
            draft.number_next(lot.number);
            draft.transfer(booking.lot(lot.number));
        }
    }
    draft.due_is(Due::ExpireVoucher);
    let mut vouchers: Vec<_> = account.vouchers.iter().filter(|held| is_past(held.last, draft.day)).collect();
    vouchers.sort_by_key(|held| (held.voucher, held.number));
    for held in vouchers {
        let thing = Thing::Voucher(held.voucher);
        let booking = Transfer::new(thing, 1, Book::Available, Book::Expired, held.source, Reason::Expired);
        draft.number_next(held.number);
        draft.transfer(booking.event(&held.event).lot(held.number));
    }
    draft.due_is(Due::ExpireCard);
    for (place, state) in account.cards.iter().enumerate() {
        if step10_games::is_over(state, draft.day) {
            // a late event may open a card that ends on a day on which another one ended: what had expired before
            // tells them apart
            let expired = account.totals_of(Thing::Stamps(CardId(place as u32))).balance(Book::Expired);
            let expired = u32::try_from(expired).unwrap_or(u32::MAX);
            let cards = account.cards.len() as u32;
            draft.number_next(expired.saturating_mul(cards).saturating_add(place as u32 + 1));
            step10_games::expire_card(draft, CardId(place as u32), state);
        }
    }
}

fn is_past(last: Option<Date>, today: Date) -> bool {
    last.is_some_and(|last| last < today)
}

fn end_terms(draft: &mut Draft<'_>, _: &Facts<'_>) {
    if draft.program.level_needs.years {
        years::count(draft);
    }
    if draft.program.level_needs.on_clock {
        tier_windows::begin(draft);
    }
    draft.due_is(Due::Review);
    for (place, state) in draft.account.tiers.iter().enumerate() {
        if is_past(state.ends(), draft.day) {
            step11_tiers::review(draft, TiersId(place as u32));
        }
    }
}

fn pay_referral(draft: &mut Draft<'_>, facts: &Facts<'_>) {
    let Some(link) = &draft.account.link else { return };
    if link.stage == LinkStage::Open && link.due.is_some_and(|due| due <= draft.day) {
        step12_friends::tell(facts, draft, link.clone());
    }
}

fn activate(draft: &mut Draft<'_>, _: &Facts<'_>) {
    draft.due_is(Due::Activate);
    let account = draft.account;
    let day = draft.day;
    let due = |lot: &&Lot| lot.pending.first().is_some_and(|(start, _)| *start <= day);
    let mut lots: Vec<_> = account.lots.iter().filter(due).collect();
    lots.sort_by_key(|lot| (lot.unit, lot.number));
    for lot in lots {
        // the clock stops at every day on which something becomes usable
        let amount = lot.pending_from(day);
        let thing = Thing::Unit(lot.unit);
        let booking =
            Transfer::new(thing, amount, Book::Pending, Book::Available, lot.source, Reason::Activated);
        draft.number_next(lot.number);
        draft.transfer(booking.usable_from(day).lot(lot.number));
    }
}

/// What became usable may be converted at once; then come the conversions of a period that begins.
fn convert(draft: &mut Draft<'_>) {
    let (program, account) = (draft.program, draft.account);
    if program.converts.is_empty() || account.clock_day(program).is_some_and(|clock| clock >= draft.day) {
        return;
    }
    draft.due_is(Due::Convert);
    step11a_convert::at_once(draft);
    step11a_convert::at_start(draft);
    // so that this day is not looked at again
    draft.change(Change::Clock(draft.at));
}
