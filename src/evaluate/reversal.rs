//! How much of what a purchase earned must be taken back once so much of it has come back.
//!
//! Every answer hangs on the purchase and on what has come back of it, and on nothing that happened on the way. So any
//! split of a return ends where one return ends.

use super::draft::{Draft, Terms, Transfer};
use super::freeze::{freeze, judge_again};
use super::judge::Facts;
use super::lot_terms::Days;
use super::refuse::Rejection;
use super::returning::give_room_back;
use super::rows::Rows;
use super::so_far::taken;
use crate::account::{Receipt, ReceiptAward};
use crate::calendar::Date;
use crate::event::Event;
use crate::ledger::{Book, Delta, Reason, Source, Thing};
use crate::program::{EventKindId, Program, RuleId, TakeBack, Unit, UnitKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Keeps what a purchase was judged by, if a return will judge it again.
pub(super) fn freeze_receipt(facts: &Facts<'_>, draft: &mut Draft<'_>, kind: EventKindId, event: &Event) {
    if facts.program.returns.take_back != TakeBack::AsIfNeverBought {
        return;
    }
    let Some(receipt) = draft.receipt.as_mut().and_then(Arc::get_mut) else { return };
    let gave_units = receipt.awards.iter().any(|award| matches!(award.thing, Thing::Unit(_)));
    if gave_units && !receipt.items.is_empty() {
        receipt.frozen = Some(Arc::new(freeze(facts, kind, event)));
    }
}

/// Books again what earlier returns had taken of an award and what the purchase earns after all.
pub(super) fn book_again(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    receipt: &mut Receipt,
    place: usize,
    amount: i64,
) {
    let (of, at, day, kind) = (Arc::clone(&receipt.id), receipt.at, receipt.day, receipt.kind);
    let Some(award) = receipt.awards.get_mut(place) else { return };
    let Thing::Unit(unit) = award.thing else { return };
    draft.count_unit(unit, (at, day), amount);
    give_room_back(facts, draft, award.source, day, -amount);
    // what was never taken is not booked twice
    let forgiven = amount.min(award.forgiven);
    award.forgiven -= forgiven;
    if amount > forgiven {
        give_again(facts, draft, award, amount - forgiven, (kind, day, &of));
    }
}

/// It pays off a debt, or goes into the lot of the purchase as long as that may be used.
fn give_again(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    award: &mut ReceiptAward,
    amount: i64,
    (kind, day, of): (Option<EventKindId>, Date, &Arc<str>),
) {
    let (thing, source, program) = (award.thing, award.source, draft.program);
    let Thing::Unit(unit) = thing else { return };
    let Some(rules) = program.units.get(unit.index()) else { return };
    if rules.kind == UnitKind::Status {
        let again = Transfer::new(thing, amount, Book::Issued, Book::Available, source, Reason::Earned);
        draft.transfer(again.event(of));
        return;
    }
    let repaid = amount.min(-draft.balance(thing, Book::Debt));
    let paid = Transfer::new(thing, repaid, Book::Issued, Book::Debt, source, Reason::Repaid);
    draft.transfer(paid.event(of));
    let account = draft.account;
    let lot = account.lots.numbered(award.lot);
    let days = days_then(draft, rules, award, (kind, day, of));
    let last = lot.map_or(days.last, |lot| lot.last);
    let today = account.clock_day(program).map_or(draft.day, |clock| clock.max(draft.day));
    let end = lot.map_or(days.open.as_deref(), |lot| lot.end.as_deref());
    let keeps = || end.is_some_and(|end| facts.keeps_on((unit, source), end));
    if amount == repaid || (last.is_some_and(|last| last < today) && !keeps()) {
        // what would be gone by now counts as taken if it comes back again
        if let Some(lot) = lot {
            draft.lapse(lot, amount - repaid);
        }
        return;
    }
    // a lot that waited for an event may have had it since
    let waits = lot.is_none_or(|lot| lot.end.as_ref().is_some_and(|end| end.wait.is_some()));
    let pending = award.start > today && (award.start < Date::MAX || waits);
    award.lot = match lot {
        Some(lot) => lot.number,
        None => draft.lot_with(unit, source, last, days.open),
    };
    let key = draft.key();
    draft.postings.deltas.push(Delta {
        key,
        thing,
        amount: amount - repaid,
        from: Book::Issued,
        to: if pending { Book::Pending } else { Book::Available },
        source,
        of: Some(Arc::clone(of)),
        lot: award.lot,
        day: draft.day,
        usable_from: Some(award.start).filter(|start| *start < Date::MAX),
        last_day: last,
        reason: Reason::Earned,
    });
}

/// The days that a lot of the purchase had.
fn days_then(
    draft: &mut Draft<'_>,
    rules: &Unit,
    award: &ReceiptAward,
    (kind, day, of): (Option<EventKindId>, Date, &Arc<str>),
) -> Days {
    let rule = match award.source {
        Source::Rule(rule) => draft.program.rules.get(rule.index()),
        _ => None,
    };
    let terms = Terms {
        activate: rule.and_then(|rule| rule.activate),
        expire: rule.map_or(&[], |rule| &rule.expire),
        on: Some(award.start),
        own_hold: rule.is_some_and(|rule| rule.hold.is_some()),
        ..Terms::default()
    };
    let now = (draft.day, Arc::clone(&draft.event), draft.kind);
    (draft.day, draft.event, draft.kind) = (day, Arc::clone(of), kind);
    let days = draft.days_of(rules, &terms);
    (draft.day, draft.event, draft.kind) = now;
    days
}

/// What must be taken back in sum of each award of a purchase.
pub(super) fn owed(facts: &Facts<'_>, rows: &mut Rows, receipt: &Receipt) -> Result<Vec<i64>, Rejection> {
    let mut owed: Vec<i64> =
        receipt.awards.iter().map(|award| owed_of(facts.program, receipt, award)).collect();
    if facts.program.returns.take_back != TakeBack::AsIfNeverBought || receipt.cancelled {
        return Ok(owed);
    }
    let Some(frozen) = receipt.frozen.as_ref().filter(|_| receipt.has_come_back()) else { return Ok(owed) };
    let again = judge_again(facts, rows, receipt, frozen)?;
    let surplus = surpluses(receipt, &again);
    for (amount, award) in owed.iter_mut().zip(&receipt.awards) {
        if let (Thing::Unit(_), Source::Rule(rule)) = (award.thing, award.source) {
            *amount = (award.amount - again.get(&(rule, award.thing)).copied().unwrap_or(0)).max(0);
        }
    }
    for (unit, mut more) in surplus {
        // what another rule gives instead is left to the rules that would lose, the last by name first
        let awards = owed.iter_mut().zip(&receipt.awards).rev();
        for (amount, _) in awards.filter(|(_, award)| award.thing == unit) {
            let part = more.min(*amount);
            *amount -= part;
            more -= part;
        }
    }
    Ok(owed)
}

/// What must be taken back in sum of one award, by the part that has come back.
pub(super) fn owed_of(program: &Program, receipt: &Receipt, award: &ReceiptAward) -> i64 {
    match program.returns.take_back {
        _ if receipt.cancelled => award.amount,
        TakeBack::Nothing => 0,
        TakeBack::InProportion | TakeBack::AsIfNeverBought => taken(receipt, award),
        TakeBack::InFull if receipt.has_come_back() => award.amount,
        TakeBack::InFull => 0,
    }
}

/// Whether vouchers and open choices of a purchase are void.
pub(super) fn is_void(program: &Program, receipt: &Receipt) -> bool {
    match program.returns.take_back {
        _ if receipt.cancelled => true,
        TakeBack::Nothing => false,
        TakeBack::InProportion | TakeBack::AsIfNeverBought => receipt.is_returned_in_full(),
        TakeBack::InFull => receipt.has_come_back(),
    }
}

/// By unit, how much more some rules give to what is left than they gave to the whole.
fn surpluses(receipt: &Receipt, again: &BTreeMap<(RuleId, Thing), i64>) -> BTreeMap<Thing, i64> {
    let mut surplus = BTreeMap::new();
    for ((rule, thing), amount) in again.iter().filter(|((_, thing), _)| matches!(thing, Thing::Unit(_))) {
        let same = |award: &&ReceiptAward| award.source == Source::Rule(*rule) && award.thing == *thing;
        let booked: i64 = receipt.awards.iter().filter(same).map(|award| award.amount).sum();
        if *amount > booked {
            *surplus.entry(*thing).or_insert(0) += amount - booked;
        }
    }
    surplus
}
