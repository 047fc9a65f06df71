//! Corrections by hand: amounts that are booked or taken with a reason, and what is new about a member.
//!
//! They are in no measure and no history: caps, counters and levels do not see them.

use super::backdating;
use super::bound::{Bind, Typed, typed};
use super::choices::award_of;
use super::draft::{Draft, Terms, Transfer};
use super::note::Note;
use super::own_days;
use super::refuse::{Refusal, Rejection};
use super::returning::take_in_order;
use super::step00_accept::member_texts;
use super::step03_requests::{What, not_enough};
use crate::account::Change;
use crate::calendar::Date;
use crate::event::{Adjust, Event, Value};
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{
    Attribute, AttributeKind, AwardThing, ChangeLimit, Program, UnitId, UnitKind, VoucherId,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Books an amount on the terms of its unit, or takes it.
#[cold]
pub(super) fn adjust(draft: &mut Draft<'_>, adjust: &Adjust) -> Result<(), Rejection> {
    let wrong = |problem: &str| Rejection::new(Refusal::WrongValue, format!("`{}` {problem}", adjust.unit));
    let award = award_of(draft.program, &adjust.unit, adjust.amount.saturating_abs());
    let award = award.ok_or_else(|| wrong("is no unit or voucher of the program that has such amounts"))?;
    if adjust.amount > 0 && draft.program.is_closed(award.thing) {
        return Err(wrong("is no longer given by this version of the program"));
    }
    match award.thing {
        AwardThing::Unit(unit) => {
            let kind = draft.program.units.get(unit.index()).map(|unit| unit.kind);
            if kind == Some(UnitKind::Status) {
                return Err(wrong("is only counted, and an adjustment is in no count"));
            }
            if adjust.amount < 0 {
                return take_units(draft, unit, award.amount);
            }
        }
        AwardThing::Voucher(voucher) if adjust.amount < 0 => {
            return take_vouchers(draft, voucher, award.amount);
        }
        AwardThing::Voucher(_) | AwardThing::Choice(_) => {}
    }
    let first = draft.postings.deltas.len();
    draft.give(award.thing, award.amount, Source::Given, Terms::default());
    for delta in draft.postings.deltas.iter_mut().skip(first) {
        if delta.reason == Reason::Given {
            delta.reason = Reason::Adjusted;
        }
    }
    Ok(())
}

/// Takes from all lots in spending order, and after them what is not usable yet; the rest is a debt, if the program
/// knows debts.
fn take_units(draft: &mut Draft<'_>, unit: UnitId, amount: i64) -> Result<(), Rejection> {
    let of = Arc::clone(&draft.event);
    let back = ((Book::TakenBack, Reason::Adjusted), false);
    let rest = amount - take_in_order(draft, unit, amount, &of, back);
    if rest > 0 && !draft.program.returns.may_go_negative {
        return Err(too_little(draft, What::Points(unit), amount - rest));
    }
    let (thing, reason) = (Thing::Unit(unit), Reason::Adjusted);
    draft.transfer(Transfer::new(thing, rest, Book::Debt, Book::TakenBack, Source::Given, reason));
    Ok(())
}

/// Cancels vouchers, those that end first.
fn take_vouchers(draft: &mut Draft<'_>, voucher: VoucherId, amount: i64) -> Result<(), Rejection> {
    let thing = Thing::Voucher(voucher);
    let mut held: Vec<_> = draft.account.vouchers.iter().filter(|held| held.voucher == voucher).collect();
    held.sort_by_key(|held| (held.last.unwrap_or(Date::MAX), held.number));
    let count = usize::try_from(amount).unwrap_or(usize::MAX);
    if held.len() < count {
        let count = i64::try_from(held.len()).unwrap_or(i64::MAX);
        return Err(too_little(draft, What::Voucher(voucher), count));
    }
    for held in held.into_iter().take(count) {
        let booking =
            Transfer::new(thing, 1, Book::Available, Book::TakenBack, held.source, Reason::Adjusted);
        draft.transfer(booking.event(&held.event).lot(held.number));
    }
    Ok(())
}

/// `not enough points: …`
fn too_little(draft: &Draft<'_>, what: What, most: i64) -> Rejection {
    let name = match what {
        What::Points(unit) => draft.program.unit_name(unit),
        What::Voucher(voucher) => draft.program.voucher_name(voucher),
        What::Reward(reward) => draft.program.reward_name(reward),
    };
    not_enough(draft.program, what, most, name)
}

/// Sets attributes of the member.
#[cold]
pub(super) fn change(draft: &mut Draft<'_>, event: &Event, notes: &mut Vec<Note>) -> Result<(), Rejection> {
    let texts = member_texts(draft.program, event, notes)?;
    let limits = limits_of_changes(draft, &texts)?;
    for (place, text) in texts.into_iter().enumerate() {
        if let (Ok(place), Some(_)) = (u16::try_from(place), &text) {
            draft.change(Change::Attribute(place, text));
        }
    }
    own_days::turn(draft);
    if !draft.program.backdated.is_empty() {
        backdating::catch_up(draft)?;
    }
    for limit in limits {
        // where the period that runs has turned to another day, the change is counted in it
        let slot = draft.slot_on(limit.meter, draft.day);
        draft.count(limit.meter, slot, 1);
    }
    Ok(())
}

/// The limits under which something changes, if all of them have room.
fn limits_of_changes(draft: &Draft<'_>, texts: &[Option<Box<str>>]) -> Result<Vec<ChangeLimit>, Rejection> {
    let program = draft.program;
    let mut touched = Vec::new();
    for limit in &program.change_limits {
        let place = usize::from(limit.place);
        let known = draft.account.attributes.get(place).and_then(Option::as_deref);
        let text = texts.get(place).and_then(Option::as_deref);
        let (Some(text), Some(attribute)) = (text, program.member_attributes.get(place)) else { continue };
        if known.is_some_and(|known| is_same(program, attribute, known, text)) {
            continue;
        }
        let slot = draft.slot_on(limit.meter, draft.day);
        if draft.account.meters.get(limit.meter, slot) < limit.times {
            touched.push(*limit);
            continue;
        }
        let may = match limit.per.next_start(draft.day, &draft.anchors) {
            Some(day) => format!("it may be changed from {day} on"),
            None => "it may not be changed again".to_owned(),
        };
        let times = if limit.times == 1 { "once".to_owned() } else { format!("{} times", limit.times) };
        let detail = format!("`{}` was changed {times}; {may}", attribute.name);
        return Err(Rejection::new(Refusal::MayNotChangeYet, detail));
    }
    Ok(touched)
}

/// Whether two texts are one value: `1` and `1.0`, or names in another order.
fn is_same(program: &Program, attribute: &Attribute, one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    if attribute.kind == AttributeKind::ListOfName {
        let names = |text| str::lines(text).collect::<BTreeSet<&str>>();
        return names(one) == names(other);
    }
    let number = |text: &str| match typed(program, attribute, &Value::Text(text.into())) {
        Ok(Typed::Value(Bind::Num(number))) => Some(number),
        _ => None,
    };
    number(one).zip(number(other)).is_some_and(|(one, other)| one == other)
}
