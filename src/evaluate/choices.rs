//! Choices: what an event `choose` takes from an open one, and what the clock does when its last day is over.
//!
//! A pick is one entry of the list with the whole amount of that entry. What is chosen belongs to the purchase that gave
//! the choice, as if the purchase had given it: a return takes it back, and what has come back before is not given.

use super::draft::{Booked, Draft, Portion, Terms, Transfer};
use super::refuse::{Refusal, Rejection};
use super::so_far::{keep, so_far, taken};
use super::step11_tiers;
use crate::account::{Change, Chosen, HeldVoucher, OpenChoice, Receipt, ReceiptAward};
use crate::amount::Money;
use crate::calendar::Date;
use crate::event::Choose;
use crate::ledger::{Book, Due, Reason, Source, Thing};
use crate::program::{Award, AwardThing, ChoiceId, Program, TakeBack, UnitId, VoucherId};
use std::sync::Arc;

/// Numbers in the keys of the entry gifts that follow from one lapsed choice.
const GIFT_KEYS: u32 = 1_000;

/// The member takes an entry of an open choice.
pub(super) fn choose(draft: &mut Draft<'_>, wanted: &Choose) -> Result<(), Rejection> {
    let award = award_of(draft.program, &wanted.unit, wanted.amount);
    let found = award.and_then(|award| Some((award, find(draft, award)?)));
    let Some((award, (open, place))) = found else { return Err(refusal(draft, wanted)) };
    let thing = Thing::Choice(open.choice);
    let booking = Transfer::new(thing, 1, Book::Available, Book::Redeemed, open.source, Reason::Chosen);
    draft.transfer(booking.event(&open.event).lot(open.number));
    draft.change(Change::Chosen(open.number, place));
    give(draft, open, award);
    step11_tiers::recount(draft);
    Ok(())
}

/// What the event names, in the scale of its unit. Nothing if the program has no such thing or not such fractions of it.
pub(super) fn award_of(program: &Program, unit: &str, amount: i64) -> Option<Award> {
    let thing = program.unit_named(unit).map(AwardThing::Unit);
    let thing = thing.or_else(|_| program.voucher_named(unit).map(AwardThing::Voucher)).ok()?;
    let decimals = program.thing_decimals(thing.into());
    let step = 10_i64.checked_pow(6_u32.checked_sub(u32::from(decimals))?)?;
    let amount = amount.checked_div(step).filter(|steps| steps * step == amount)?;
    Some(Award { thing, amount })
}

/// The open choice that is used: of those that offer it on this day the one with the soonest last day, then the first
/// rule by name.
fn find<'a>(draft: &Draft<'a>, award: Award) -> Option<(&'a OpenChoice, usize)> {
    let fits = open_on(draft).filter_map(|open| {
        let entries = &draft.program.choices.get(open.choice.index())?.entries;
        let free = |(place, entry): &(usize, &Award)| **entry == award && !open.is_taken(*place);
        entries.iter().enumerate().find(free).map(|(place, _)| (open, place))
    });
    fits.min_by_key(|(open, _)| {
        (open.last.unwrap_or(Date::MAX), name(draft.program, open.source), open.number)
    })
}

/// The choices that can be made on the day of the event.
fn open_on<'d, 'a>(draft: &'d Draft<'a>) -> impl Iterator<Item = &'a OpenChoice> + use<'d, 'a> {
    let day = draft.day;
    draft.account.choices.iter().filter(move |open| open.given <= day && !is_past(open.last, day))
}

fn name(program: &Program, source: Source) -> &str {
    program.source_words(source).1
}

fn is_past(last: Option<Date>, today: Date) -> bool {
    last.is_some_and(|last| last < today)
}

/// What was asked for, and what could be chosen instead.
fn refusal(draft: &Draft<'_>, wanted: &Choose) -> Rejection {
    let amount = Money::from_micros(wanted.amount).unwrap_or_default();
    let mut detail = format!("no open choice offers {amount} {} on {}", wanted.unit, draft.day);
    let mut offers = Vec::new();
    for open in open_on(draft) {
        let until = open.last.map_or(String::new(), |last| format!(" until {last}"));
        let free = open.free(draft.program);
        offers.extend(free.map(|(amount, unit)| format!("{amount} {unit}{until}")));
    }
    if offers.is_empty() {
        detail.push_str("; nothing can be chosen");
    } else {
        // enough to see what was meant
        offers.truncate(10);
        detail.push_str(&format!("; what can be chosen: {}", offers.join(", ")));
    }
    Rejection::new(Refusal::NoSuchChoice, detail)
}

/// Gives what was chosen, or what is given otherwise, and writes it into the record of the purchase.
fn give(draft: &mut Draft<'_>, open: &OpenChoice, award: Award) {
    let thing = Thing::from(award.thing);
    let record = receipt(draft, open);
    let mut given = ReceiptAward {
        source: open.source,
        thing,
        lot: 0,
        start: draft.day,
        amount: award.amount,
        repaid: 0,
        record: record.as_ref().map_or(crate::account::LineRecord::Event, |(_, award)| award.record.clone()),
    };
    let gone = match (&record, thing) {
        (Some((receipt, _)), Thing::Unit(_)) if draft.program.returns.take_back != TakeBack::Nothing => {
            taken(receipt, &given)
        }
        _ => 0,
    };
    let first = draft.postings.deltas.len();
    let Booked { lot, start, repaid } =
        draft.give(award.thing, award.amount - gone, open.source, Terms::default());
    (given.lot, given.start, given.repaid) = (lot, start, repaid);
    draft.earned_by(first, &open.event);
    if let Some((receipt, _)) = record {
        let mut receipt = Receipt::clone(&receipt);
        let mut taken = so_far(&receipt);
        receipt.chosen.push(Chosen { award: given, at: draft.at, day: draft.day });
        taken.chosen.push(gone);
        keep(&mut receipt, taken);
        draft.change(Change::Returned(Arc::new(receipt)));
    }
}

/// The record of the purchase that gave a choice, with what this event has done to it, and what it says of the choice.
fn receipt(draft: &Draft<'_>, open: &OpenChoice) -> Option<(Arc<Receipt>, ReceiptAward)> {
    let changed = draft.postings.changes.iter().rev().find_map(|change| match change {
        Change::Returned(receipt) if receipt.id == open.event => Some(receipt),
        _ => None,
    });
    let receipt = changed.or_else(|| draft.account.receipt(draft.program, &open.event))?;
    let gave = |award: &&ReceiptAward| award.thing == Thing::Choice(open.choice) && award.lot == open.number;
    let award = receipt.awards.iter().find(gave)?.clone();
    Some((Arc::clone(receipt), award))
}

/// The last day of choices is over: what was not taken is gone, or something else is given for each pick that was not
/// made.
pub(super) fn lapse(draft: &mut Draft<'_>) {
    let mut over: Vec<&OpenChoice> =
        draft.account.choices.iter().filter(|open| is_past(open.last, draft.day)).collect();
    over.sort_by_key(|open| (draft.program.choice_name(open.choice), open.number));
    for open in &over {
        draft.due_is(Due::ExpireChoice);
        draft.number_next(open.number);
        let thing = Thing::Choice(open.choice);
        let booking =
            Transfer::new(thing, open.left, Book::Available, Book::Expired, open.source, Reason::Expired);
        draft.transfer(booking.event(&open.event).lot(open.number));
        let choice = draft.program.choices.get(open.choice.index());
        let Some(otherwise) = choice.and_then(|choice| choice.otherwise) else { continue };
        // keys hang on numbers that are given once: of vouchers their own; a unit takes two at most
        if matches!(otherwise.thing, AwardThing::Voucher(_)) {
            draft.due_is(Due::OtherwiseVoucher);
            draft.number_next(draft.next_voucher());
        } else {
            draft.due_is(Due::Otherwise);
            draft.number_next(open.number.saturating_mul(2).saturating_sub(1));
        }
        give(draft, open, Award { amount: otherwise.amount.saturating_mul(open.left), ..otherwise });
    }
    if let Some(first) = over.iter().map(|open| open.number).min() {
        draft.due_is(Due::Entry);
        draft.number_next(first.saturating_mul(GIFT_KEYS));
        step11_tiers::recount(draft);
    }
}

/// All of a purchase has come back: what could still be chosen by a choice that it gave is void.
pub(super) fn cancel(draft: &mut Draft<'_>, number: u32, of: &Arc<str>) {
    let Some(open) = draft.account.choices.iter().find(|open| open.number == number) else { return };
    let thing = Thing::Choice(open.choice);
    let booking =
        Transfer::new(thing, open.left, Book::Available, Book::TakenBack, open.source, Reason::Cancelled);
    draft.transfer(booking.event(of).lot(open.number));
}

/// A level is gone that was reached on a day, and with it a choice that was given for it: what could still be chosen, and
/// what is unused of what was chosen.
pub(super) fn cancel_gift(draft: &mut Draft<'_>, choice: ChoiceId, source: Source, since: Date) {
    let account = draft.account;
    let same = |open: &&OpenChoice| (open.choice, open.source) == (choice, source) && open.given >= since;
    for open in account.choices.iter().filter(same) {
        cancel(draft, open.number, &open.event);
    }
    let Some(rules) = draft.program.choices.get(choice.index()) else { return };
    let otherwise = rules.otherwise.map(|award| Award { amount: award.amount * rules.picks, ..award });
    for offered in rules.entries.iter().copied().chain(otherwise) {
        match offered.thing {
            AwardThing::Unit(unit) => cancel_units(draft, unit, source, (since, offered.amount)),
            AwardThing::Voucher(voucher) => cancel_vouchers(draft, voucher, source, (since, offered.amount)),
            AwardThing::Choice(_) => {}
        }
    }
}

fn cancel_units(draft: &mut Draft<'_>, unit: UnitId, source: Source, (since, amount): (Date, i64)) {
    let mut rest = amount;
    for lot in draft.account.lots.of(unit).filter(|lot| lot.source == source && lot.earned >= since) {
        let mut gone = 0;
        let pending = lot.pending.iter().rev().map(|(start, _)| Portion::From(*start));
        for portion in pending.chain([Portion::Usable]) {
            let of = Arc::clone(&draft.event);
            gone += draft.take(lot, portion, rest - gone, (Book::TakenBack, Reason::Cancelled), &of);
        }
        rest -= gone;
        let at = draft.program.zone.start_of_day(lot.earned, draft.program.day_starts);
        draft.count_unit(unit, (at, lot.earned), -gone);
    }
}

fn cancel_vouchers(draft: &mut Draft<'_>, voucher: VoucherId, source: Source, (since, amount): (Date, i64)) {
    let mut rest = amount;
    let same = |held: &&HeldVoucher| (held.voucher, held.source) == (voucher, source) && held.start >= since;
    for held in draft.account.vouchers.iter().rev().filter(same) {
        if rest > 0 && draft.cancel_voucher((voucher, held.number), source, &held.event) {
            rest -= 1;
        }
    }
}
