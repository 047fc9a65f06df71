//! How much of what a purchase earned must be taken back once so much of it has come back.
//!
//! Every answer hangs on the purchase and on what has come back of it, and on nothing that happened on the way. So any
//! split of a return ends where one return ends.

use super::charges;
use super::draft::{Draft, Terms, Transfer};
use super::freeze::{freeze, judge_again};
use super::judge::Facts;
use super::lot_terms::Days;
use super::refuse::Rejection;
use super::returning::{give_room_back, of_lot};
use super::rows::Rows;
use super::so_far::taken;
use super::unsettled::{Back, Origin};
use crate::account::{LineRecord, Receipt, ReceiptAward, SpentLot};
use crate::calendar::Date;
use crate::event::Event;
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{EventKindId, Program, RuleId, TakeBack, Unit, UnitId, UnitKind};
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

/// Books again what earlier returns had taken of an award and what the purchase earns after all: between an old and a
/// new sum of what must be taken back.
pub(super) fn book_again(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    receipt: &Receipt,
    award: &ReceiptAward,
    (old, new): (i64, i64),
) {
    let (of, at, day, amount) = (&receipt.id, receipt.at, receipt.day, old - new);
    let Thing::Unit(unit) = award.thing else { return };
    let Some(rules) = draft.program.units.get(unit.index()) else { return };
    draft.count_unit(unit, (at, day), amount);
    give_room_back(facts, draft, (award.source, &receipt.shares), day, -amount);
    if charges::has_partners(draft.program) {
        draft.credit(award.source, unit, -amount, day, of);
    }
    if rules.kind == UnitKind::Status {
        let (from, to, reason) = (Book::Issued, Book::Available, Reason::Earned);
        let again = Transfer::new(award.thing, amount, from, to, award.source, reason);
        draft.transfer(again.event(of));
        return;
    }
    let (lot, from) = lot_then(draft, rules, award, unit, receipt);
    let in_lot = of_lot(award, new, old);
    // what had paid off a debt was in no lot
    for (number, amount) in [(0, amount - in_lot), (award.lot, in_lot)] {
        let lot = SpentLot { lot: number, ..lot.clone() };
        draft.give_points(facts, Back { unit, lot: &lot, from, origin: Origin::Again, of }, amount);
    }
}

/// The lot of an award with its terms, and its first usable day if that has not come.
fn lot_then(
    draft: &mut Draft<'_>,
    rules: &Unit,
    award: &ReceiptAward,
    unit: UnitId,
    receipt: &Receipt,
) -> (SpentLot, Option<Date>) {
    let known = draft.account.lots.numbered(award.lot).filter(|lot| lot.unit == unit);
    let (start, last, end) = match known {
        Some(lot) => (lot.earned, lot.last, lot.end.clone()),
        None => {
            let days = days_then(draft, rules, award, (receipt.kind, receipt.day, &receipt.id));
            (receipt.day, days.last, days.open.map(Arc::from))
        }
    };
    // a lot that waited for an event may have had it since
    let waits = known.is_none_or(|lot| lot.end.as_ref().is_some_and(|end| end.wait.is_some()));
    let from = Some(award.start).filter(|start| *start < Date::MAX || waits);
    (SpentLot { lot: award.lot, amount: 0, source: award.source, start, last, end }, from)
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
        _ if award.record == LineRecord::Stays => 0,
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
