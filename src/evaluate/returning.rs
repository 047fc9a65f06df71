//! Returns: taking back what the lines that came back had earned.
//!
//! Of an award A of a line, floor(A × f) has been taken back in sum, with f the refunded part of the line so far, and
//! exactly A when all has come back. So any split of a return ends where one return ends.

use super::bound::Bound;
use super::budgets;
use super::challenges::is_earned;
use super::draft::{Draft, Portion, Transfer};
use super::judge::{Facts, Room};
use super::lot_terms::sort_for_spending;
use super::matching::Matched;
use super::refuse::Rejection;
use super::reversal::{book_again, is_void, owed, owed_of};
use super::rows::Rows;
use super::so_far::{came_back, in_proportion, keep, so_far};
use super::unsettled::{Back, Origin};
use super::{
    backdating, challenges, charges, choices, each, rebates, stamp_values, step04_match, step08a_everything,
    step10_games, step10_milestones, step11_tiers, step12_friends, step13_payers, streaks, tax,
};
use crate::account::{
    Change, LineRecord, Lot, MeterShare, Receipt, ReceiptAward, ShareBy, SpentLot, Taken, is_asked,
};
use crate::calendar::{Date, Instant};
use crate::event::{Item, ReturnLine};
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{CardId, EventKindId, Measure, TakeBack, UnitId, UnitKind, VoucherId};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

/// Takes back what the returned lines earned, and writes the changed receipts.
#[cold]
pub(super) fn take_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    matched: Matched<'_>,
) -> Result<(), Rejection> {
    // first what was spent on all purchases is given back, then what they earned is taken back
    for (id, receipt) in &matched.receipts {
        if let Some(before) = facts.account.receipt(facts.program, id) {
            give_back(facts, draft, before, receipt);
        }
    }
    let takes = facts.program.returns.take_back != TakeBack::Nothing;
    for (id, mut receipt) in matched.receipts {
        let Some(before) = facts.account.receipt(facts.program, &id) else { continue };
        if takes {
            undo(facts, draft, rows, before, &mut receipt)?;
        } else {
            keep(&mut receipt, so_far(before));
        }
        if !receipt.pledged.is_empty() {
            step13_payers::take_off(facts, draft, before, &receipt)?;
        }
        if !receipt.turnover.is_empty() {
            rebates::take_off(draft, before, &receipt)?;
        }
        step12_friends::recheck(facts, draft, rows, &receipt)?;
        draft.change(Change::Returned(Arc::new(receipt)));
    }
    if takes && !matched.unmatched.is_empty() {
        take_todays_rate(facts, draft, rows, &matched.unmatched)?;
    }
    Ok(())
}

/// Takes back what a purchase gave and counted, as far as its record says so and did not before.
pub(super) fn undo(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    before: &Receipt,
    receipt: &mut Receipt,
) -> Result<(), Rejection> {
    let mut days = vec![receipt.day];
    let mut taken = so_far(before);
    take_awards(facts, draft, rows, (before, &mut *receipt), &mut taken.awards, &mut days)?;
    let chosen = receipt.chosen.iter().zip(&before.chosen).zip(&mut taken.chosen);
    for ((chosen, old), taken) in chosen {
        if chosen.award.record == LineRecord::Stays {
            continue;
        }
        let when = (chosen.at, chosen.day);
        let owed = |receipt, award| owed_of(facts.program, receipt, award);
        let old = if takes_all(facts, receipt) { *taken } else { owed(before, &old.award) };
        let new = *taken + (owed(receipt, &chosen.award) - old).min(chosen.award.amount - *taken).max(0);
        take_award(facts, draft, receipt, (&chosen.award, when), (*taken, new));
        *taken = new;
    }
    lower_counters(draft, before, receipt, &mut taken);
    keep(receipt, taken);
    if receipt.cancelled && !facts.program.challenges.is_empty() {
        challenges::cancel(facts, draft, receipt);
    }
    if !facts.program.streaks.is_empty() {
        streaks::recheck(facts, draft, receipt);
    }
    step10_milestones::recount_return(draft, receipt, &mut days);
    days.extend(receipt.chosen.iter().map(|chosen| chosen.day));
    days.iter().for_each(|day| step11_tiers::recount_return(draft, (*day, receipt.at)));
    Ok(())
}

/// Whether all that is left of what a purchase gave is taken.
fn takes_all(facts: &Facts<'_>, receipt: &Receipt) -> bool {
    receipt.cancelled || facts.program.returns.take_back == TakeBack::InFull
}

/// Takes back what the rules and cards of a purchase gave, and notes of each award what is taken so far. Notes the days
/// of what full cards had given.
fn take_awards(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    (before, receipt): (&Receipt, &Receipt),
    taken: &mut [i64],
    days: &mut Vec<Date>,
) -> Result<(), Rejection> {
    let when = (receipt.at, receipt.day);
    let new = owed(facts, rows, receipt)?;
    // a mistake is undone wholly, whatever returns have left with the member; and what comes back in full too
    let old = if takes_all(facts, receipt) { taken.to_vec() } else { owed(facts, rows, before)? };
    // what is booked again comes first: it may pay off a debt, or be taken for another award
    for ((award, (old, new)), taken) in receipt.awards.iter().zip(old.iter().zip(&new)).zip(taken.iter_mut())
    {
        let again = (old - new).min(*taken);
        if again > 0 {
            book_again(facts, draft, receipt, award, (*taken, *taken - again));
            *taken -= again;
        }
    }
    for ((award, (old, new)), taken) in receipt.awards.iter().zip(old.into_iter().zip(new)).zip(taken) {
        if award.record == LineRecord::Stays {
            continue;
        }
        let now = *taken + (new - old).min(award.amount - *taken).max(0);
        let sums = (*taken, now);
        *taken = now;
        if let Thing::Stamps(card) = award.thing {
            take_stamps(facts, draft, (before, receipt), (card, award), sums, days);
        } else {
            take_award(facts, draft, receipt, (award, when), sums);
        }
    }
    Ok(())
}

/// Gives back what requests paid of the returned lines: line by line, rounded down in sum, all at the end; latest last
/// day first. What has no parts comes back whole with the last line.
pub(super) fn give_back(facts: &Facts<'_>, draft: &mut Draft<'_>, before: &Receipt, after: &Receipt) {
    if charges::has_partners(draft.program) {
        draft.credit_uses(before, after);
    }
    for spent in after.payment.iter().flat_map(|payment| &payment.spent) {
        let total: i64 = spent.lots.iter().map(|lot| lot.amount).sum();
        let back = |receipt: &Receipt| match &spent.parts {
            _ if receipt.cancelled => total,
            _ if spent.away => 0,
            _ if receipt.returned.is_empty() => 0,
            Some(parts) => came_back(receipt, parts, total),
            None if receipt.is_returned_in_full() => total,
            None => 0,
        };
        let (mut given, now) = (back(before), back(after));
        if charges::has_partners(draft.program) {
            draft.redeemed_back(after, spent.thing, now - given);
        }
        let mut lots: Vec<_> = spent.lots.iter().collect();
        lots.sort_by_key(|lot| Reverse((lot.last.unwrap_or(Date::MAX), lot.lot)));
        let mut passed = 0;
        for lot in lots {
            let until = (passed + lot.amount).min(now);
            if until > given {
                give_lot_back(facts, draft, spent.thing, (lot, until - given), &after.id);
                given = until;
            }
            passed += lot.amount;
        }
    }
}

fn give_lot_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    thing: Thing,
    (lot, amount): (&SpentLot, i64),
    of: &Arc<str>,
) {
    match thing {
        Thing::Unit(unit) => {
            draft.give_points(facts, Back { unit, lot, from: None, origin: Origin::Spent, of }, amount);
        }
        Thing::Voucher(voucher) => {
            draft.give_back_voucher(thing, lot, of);
            if draft.was_voided(lot.lot) && draft.cancel_voucher((voucher, lot.lot), lot.source, of) {
                give_voucher_room_back(facts, draft, (voucher, lot));
            }
        }
        Thing::Stamps(_) | Thing::Choice(_) | Thing::Donation(_) => {}
    }
}

/// A voucher of a purchase that came back is cancelled later than the purchase.
fn give_voucher_room_back(facts: &Facts<'_>, draft: &mut Draft<'_>, (voucher, lot): (VoucherId, &SpentLot)) {
    let gave = |award: &ReceiptAward| {
        let numbers = award.lot..award.lot.saturating_add(u32::try_from(award.amount).unwrap_or(0));
        award.thing == Thing::Voucher(voucher) && numbers.contains(&lot.lot)
    };
    let day = facts.account.records.receipts().find_map(|receipt| {
        let chosen = receipt.chosen.iter().find(|chosen| gave(&chosen.award)).map(|chosen| chosen.day);
        let day = receipt.awards.iter().any(gave).then_some(receipt.day).or(chosen);
        day.map(|day| (day, Arc::clone(receipt)))
    });
    if let Some((day, receipt)) = day {
        give_room_back(facts, draft, (lot.source, &receipt.shares), day, 1);
    }
}

/// Takes stamps of a purchase back, between an old and a new sum, and what they hold.
fn take_stamps(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (before, receipt): (&Receipt, &Receipt),
    (card, award): (CardId, &ReceiptAward),
    (old, new): (i64, i64),
    days: &mut Vec<Date>,
) {
    let average = facts.program.cards.get(card.index()).is_some_and(|card| card.average);
    let gone = |receipt, stamps| if average { stamp_values::gone(receipt, award, stamps) } else { 0 };
    let value = gone(receipt, new) - gone(before, old);
    if new > old || value != 0 {
        // what was dropped goes first: it is on no card
        let on_card = |taken: i64| (taken - award.repaid).max(0);
        let taken = (on_card(new) - on_card(old), value, award.start);
        step10_games::unstamp(draft, card, taken, &receipt.id, days);
        give_room_back(facts, draft, (award.source, &receipt.shares), receipt.day, new - old);
    }
}

/// Takes back what an award must lose, which was given at an instant of a day.
pub(super) fn take_award(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    receipt: &Receipt,
    (award, when): (&ReceiptAward, (Instant, Date)),
    (old, new): (i64, i64),
) -> i64 {
    let amount = new - old;
    match award.thing {
        Thing::Voucher(voucher) => {
            if is_void(facts.program, receipt) {
                return cancel_vouchers(facts, draft, receipt, award, voucher);
            }
        }
        Thing::Choice(_) => {
            if is_void(facts.program, receipt) {
                choices::cancel(draft, award.lot, &receipt.id);
            }
        }
        // what a charity got stays there, and stamps go by what has come back
        Thing::Donation(_) | Thing::Stamps(_) => {}
        Thing::Unit(unit) => {
            if amount <= 0 {
                return 0;
            }
            // what was paid later had its room in the window of the purchase
            let day = if backdating::pays(draft.program, award.source) { receipt.day } else { when.1 };
            give_room_back(facts, draft, (award.source, &receipt.shares), day, amount);
            // the lot first; of what had paid off a debt or was used, other lots and then a debt
            let lot = (award.lot, award.start, of_lot(award, old, new));
            take_units(draft, (unit, award.source), (amount, when), lot, &receipt.id);
            return amount;
        }
    }
    0
}

/// How much of what is taken of an award between two sums of it was in a lot, and had not paid off a debt.
pub(super) fn of_lot(award: &ReceiptAward, old: i64, new: i64) -> i64 {
    let in_lot = award.amount - award.repaid;
    new.min(in_lot) - old.min(in_lot)
}

/// Takes back an amount of a unit that was given at an instant of a day: so much from its lot, the rest from other lots;
/// what then is missing is a debt or forgiven.
pub(super) fn take_units(
    draft: &mut Draft<'_>,
    (unit, source): (UnitId, Source),
    (amount, when): (i64, (Instant, Date)),
    lot: (u32, Date, i64),
    of: &Arc<str>,
) {
    draft.count_unit(unit, when, -amount);
    if charges::has_partners(draft.program) {
        draft.credit(source, unit, amount, when.1, of);
    }
    let rules = draft.program.units.get(unit.index());
    if rules.is_some_and(|unit| unit.kind == UnitKind::Status) {
        let thing = Thing::Unit(unit);
        // today's rate of other lines may have taken some of it
        let part = amount.min(draft.balance(thing, Book::Available));
        let (to, reason) = draft.back();
        let booking = Transfer::new(thing, part, Book::Available, to, source, reason);
        draft.transfer(booking.event(of));
    } else {
        draft.take_points((unit, source), amount, lot, of);
    }
}

/// Takes from all lots in spending order, usable ones first. Returns what was taken.
pub(super) fn take_in_order(
    draft: &mut Draft<'_>,
    unit: UnitId,
    amount: i64,
    of: &Arc<str>,
    (back, lapses): ((Book, Reason), bool),
) -> i64 {
    if amount <= 0 {
        return 0;
    }
    let account = draft.account;
    let usable = draft.usable_lots(unit).into_iter().map(|lot| (lot, Portion::Usable));
    let mut all: Vec<(Cow<'_, Lot>, Portion)> = usable.collect();
    let mut pending: Vec<(&Lot, Date)> = Vec::new();
    for lot in account.lots.of(unit) {
        pending.extend(lot.pending.iter().map(|(start, _)| (lot, *start)));
    }
    sort_for_spending(draft.program, unit, &mut pending, |(lot, _)| lot);
    all.extend(pending.into_iter().map(|(lot, start)| (Cow::Borrowed(lot), Portion::From(start))));
    let mut rest = amount;
    for (lot, portion) in all {
        let part = draft.take(&lot, portion, rest, back, of);
        rest -= part;
        if lapses {
            draft.lapse(&lot, part);
        }
        if rest == 0 {
            break;
        }
    }
    amount - rest
}

/// Gives room of amounts back to the caps of a source, or takes it again if it is below zero.
pub(super) fn give_room_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (source, shares): (Source, &[MeterShare]),
    day: Date,
    amount: i64,
) {
    if let (Source::Rule(rule), false) = (source, facts.program.rebates.is_empty()) {
        // what a purchase has added can be taken off
        let taken = rebates::earned(draft, rule, -amount);
        debug_assert!(taken.is_ok(), "limits keep turnover in range");
    }
    if let (Source::Rule(rule), false) = (source, facts.program.budgets.is_empty()) {
        budgets::release_rule(draft, rule, (day, amount));
    }
    let caps = match source {
        Source::Rule(rule) => facts.program.rules.get(rule.index()).map(|rule| &rule.caps),
        Source::Card(card) => facts.program.cards.get(card.index()).map(|card| &card.caps),
        _ => None,
    };
    for cap in caps.into_iter().flatten().copied() {
        let Some(rules) = facts.program.caps.get(cap.index()) else { continue };
        if rules.by_line {
            // the record of the purchase says what each line gives back
            continue;
        }
        if rules.each.is_some() {
            if super::step08_cap::gives_back(rules.limit) {
                each::give_back(draft, rules, shares, amount);
            }
            continue;
        }
        let crate::program::CapWindow::Period(period) = rules.window else { continue };
        let Some(meter) = rules.meter.filter(|_| super::step08_cap::gives_back(rules.limit)) else {
            continue;
        };
        draft.count(meter, facts.period_slot(period, day), -amount);
    }
}

/// Vouchers that a rule gave for the purchase are void when all of it has come back, as far as they are unused or are
/// given back later.
fn cancel_vouchers(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    receipt: &Receipt,
    award: &ReceiptAward,
    voucher: VoucherId,
) -> i64 {
    let count = usize::try_from(award.amount).unwrap_or(0);
    let mut cancelled = 0;
    // those that were used are void if they are given back
    let given = award.lot..award.lot.saturating_add(u32::try_from(award.amount).unwrap_or(0));
    for number in draft.used_vouchers(voucher, |lot| given.contains(&lot.lot)) {
        if !draft.holds(voucher, number) {
            draft.change(Change::VoidVoucher(number, true));
        }
    }
    for number in (award.lot..).take(count) {
        cancelled += i64::from(draft.cancel_voucher((voucher, number), award.source, &receipt.id));
    }
    if cancelled > 0 {
        give_room_back(facts, draft, (award.source, &receipt.shares), receipt.day, cancelled);
    }
    cancelled
}

/// Counters of the past: amounts are net of returns, in the window of the purchase; counts of events are not.
fn lower_counters(draft: &mut Draft<'_>, before: &Receipt, after: &Receipt, taken: &mut Taken) {
    // a mistake has counted nothing, whatever returns have left
    let old = if after.cancelled { taken.clone() } else { in_proportion(before) };
    let new = in_proportion(after);
    let (pieces, spend) = (new.counts.0 - old.counts.0, new.counts.1 - old.counts.1);
    let index = &draft.program.meter_index;
    for meter in index.baskets.iter().copied() {
        let slot = draft.slot_at(meter, after.day, after.at);
        match draft.measure(meter) {
            Some(Measure::Spend(None)) => draft.count(meter, slot, -spend),
            Some(Measure::Quantity(None)) => draft.count(meter, slot, -pieces),
            _ => {}
        }
    }
    taken.counts = (taken.counts.0 + pieces, taken.counts.1 + spend);
    if after.kind == Some(EventKindId::PURCHASE) && new.lost && !taken.lost {
        taken.lost = true;
        for meter in index.purchases.iter().copied() {
            if draft.measure(meter) == Some(Measure::PurchasesKept) {
                let slot = draft.slot_at(meter, after.day, after.at);
                draft.count(meter, slot, -1);
            }
        }
    }
    let in_full = draft.program.returns.take_back == TakeBack::InFull && after.has_come_back();
    let taken_awards = &taken.awards;
    let shares = after.shares.iter().zip(old.shares.iter().zip(&new.shares));
    for ((share, (old, new)), taken) in shares.zip(&mut taken.shares) {
        let (old, new) = match share.by {
            // as much as the rules lose, whatever the mode
            ShareBy::Unit(unit) => {
                let awards = after.awards.iter().zip(taken_awards);
                let awards = awards.filter(|(award, _)| is_earned(award, unit));
                (*taken, awards.map(|(_, taken)| *taken).sum())
            }
            ShareBy::Award if in_full => (*taken, share.parts.iter().sum()),
            _ => (*old, *new),
        };
        uncount(draft, share, old - new);
        *taken += new - old;
    }
}

/// Changes a counter by what came back of a share. Rounds that nothing asks any more are not opened again for it.
fn uncount(draft: &mut Draft<'_>, share: &MeterShare, by: i64) {
    if draft.measure(share.meter) == Some(Measure::Game) {
        let newest = draft.account.newest.map_or(draft.day, |(_, newest)| newest.max(draft.day));
        if !is_asked(draft.program, share.meter, share.slot, newest) {
            return;
        }
    }
    draft.count(share.meter, share.slot, by);
}

/// Takes back what unmatched lines would earn now, without caps, from the member's lots.
fn take_todays_rate(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    lines: &[&ReturnLine],
) -> Result<(), Rejection> {
    let items: Vec<Item> = lines.iter().map(|line| line.as_item()).collect();
    let mut bound = Bound::default();
    bound.bind_basket(facts.program, facts.event, items.into())?;
    tax::convert(facts.program, &mut bound)?;
    let facts = Facts { event: &bound, room: Room::Endless, ..*facts };
    rows.start(bound.items().len());
    let mut off = None;
    step04_match::match_rules(&facts, EventKindId::PURCHASE, rows, &mut off);
    super::work_out(&facts, rows, &mut off)?;
    step08a_everything::multiply_everything(&facts, rows, &mut off)?;
    let of = Arc::clone(&draft.event);
    for row in rows.all() {
        let Some(thing @ Thing::Unit(unit)) = row.thing else { continue };
        let status = facts.program.units.get(unit.index()).is_some_and(|unit| unit.kind == UnitKind::Status);
        let amount = row.amount.max(0);
        let source = Source::Rule(row.rule);
        if charges::has_partners(draft.program) {
            draft.credit(source, unit, amount, draft.day, &of);
        }
        if status {
            let part = amount.min(draft.balance(thing, Book::Available));
            let booking =
                Transfer::new(thing, part, Book::Available, Book::TakenBack, source, Reason::Returned);
            draft.transfer(booking.event(&of));
            draft.count_unit(unit, (facts.event.at, facts.event.day), -part);
        } else {
            // what goes for lines of no purchase was earned by some purchase, whose return counts it as taken
            let taken = take_in_order(draft, unit, amount, &of, (draft.back(), true));
            if facts.program.returns.may_go_negative {
                let (to, reason) = draft.back();
                let booking = Transfer::new(thing, amount - taken, Book::Debt, to, source, reason);
                draft.transfer(booking.event(&of));
            }
        }
    }
    Ok(())
}
