//! What one member gives another: what can be used leaves one account with its dates, and arrives in the other by
//! messages.
//!
//! A transfer is in no cap, no counter, no level and no activity, on neither side.

use super::draft::{Draft, Portion, Transfer as Booking};
use super::judge::Facts;
use super::lot_terms::sort_for_spending;
use super::refuse::{Refusal, Rejection};
use super::step03_requests::{What, not_enough, scaled};
use crate::account::{HeldBy, Idle, Lot, OpenEnd};
use crate::calendar::Date;
use crate::event::{
    Holder, Keeper, MOVED_MOST, Message, MessageBody, Moved, MovedIdle, MovedTerms, Transfer, message_id,
};
use crate::ledger::{Book, Delta, Reason, Source, Thing};
use crate::program::{Activity, AwardThing, Program, UnitId, UnitKind, UnknownName};
use std::sync::Arc;

/// Takes what is given away from usable lots in spending order, and sends it.
#[cold]
pub(super) fn give(draft: &mut Draft<'_>, transfer: &Transfer) -> Result<(), Rejection> {
    let program = draft.program;
    let wrong = |problem: &str| Rejection::new(Refusal::WrongValue, problem);
    if *transfer.to == *draft.account.member {
        return Err(wrong("nobody transfers anything to themselves"));
    }
    if draft.account.has_member(&transfer.to) {
        return Err(wrong(&format!(
            "`{}` is a member of the same account, so there is nothing to move",
            transfer.to
        )));
    }
    let name = &*transfer.unit;
    let named =
        program.units.iter().position(|unit| *unit.name == *name || unit.singular.as_deref() == Some(name));
    let Some(unit) = named.map(|place| UnitId(place as u32)) else {
        return Err(wrong(&format!("`{name}` is no unit that could be transferred")));
    };
    if program.is_closed(AwardThing::Unit(unit)) {
        return Err(wrong(&format!("`{name}` is not in use in this version of the program")));
    }
    if !is_spendable(program, unit) {
        return Err(wrong(&format!("`{name}` is only counted and cannot be transferred")));
    }
    let amount = scaled(program, unit, transfer.amount)?;
    let usable = draft.spendable(unit);
    if amount > usable {
        return Err(not_enough(program, What::Points(unit), usable, program.unit_name(unit)));
    }
    let moved = take(draft, unit, amount)?;
    for (place, lots) in moved.chunks(MOVED_MOST).enumerate() {
        let id = message_id(&draft.account.member, &draft.event, place + 1);
        let id =
            id.ok_or_else(|| wrong("the ids of the member and of the transfer are too long for a message"))?;
        draft.messages.push(Message {
            id,
            from: Arc::clone(&draft.account.member),
            to: Arc::clone(&transfer.to),
            at: draft.at,
            rule: Arc::default(),
            body: MessageBody::Transferred {
                transfer: Arc::clone(&draft.event),
                unit: program.unit_name(unit).into(),
                lots: lots.into(),
            },
        });
    }
    Ok(())
}

fn is_spendable(program: &Program, unit: UnitId) -> bool {
    program.units.get(unit.index()).is_some_and(|unit| unit.kind == UnitKind::Spendable)
}

/// Takes an amount that is there. Returns what moves, lot by lot.
fn take(draft: &mut Draft<'_>, unit: UnitId, amount: i64) -> Result<Vec<Moved>, Rejection> {
    let (program, account) = (draft.program, draft.account);
    let steps = 10_i64.pow(6_u32.saturating_sub(u32::from(program.unit_decimals(unit))));
    let mut lots: Vec<&Lot> = account.lots.of(unit).collect();
    sort_for_spending(program, unit, &mut lots, |lot| lot);
    let mut rest = amount;
    let mut moved = Vec::new();
    for lot in lots {
        let part = rest.min(draft.left_of(lot, Portion::Usable));
        if part <= 0 {
            continue;
        }
        rest -= part;
        let thing = Thing::Unit(unit);
        let (from, to) = (Book::Available, Book::Transferred);
        draft.transfer(Booking::new(thing, part, from, to, lot.source, Reason::Transferred).lot(lot.number));
        let (kind, rule, level) = program.source_words(lot.source);
        moved.push(Moved {
            amount: part.checked_mul(steps).ok_or_else(Rejection::too_large)?,
            source: (kind, rule.into(), level.map(Into::into)),
            earned: lot.earned,
            last: lot.last,
            terms: lot.end.as_ref().and_then(|end| terms_of(program, end)),
        });
    }
    Ok(moved)
}

/// Terms by names. The purchase whose event made a lot usable stays with the giver.
fn terms_of(program: &Program, end: &OpenEnd) -> Option<Box<MovedTerms>> {
    let end = OpenEnd { of: None, wait: None, ..end.clone() };
    if !end.is_open() {
        return None;
    }
    let keeper = |activity: &Activity| match *activity {
        Activity::Event(kind) => Keeper::Event(program.event_name(kind).into()),
        Activity::Earning(unit) => Keeper::Earning(program.unit_name(unit).into()),
        Activity::Redemption => Keeper::Redemption,
    };
    let idle = end.idle.iter().map(|idle| MovedIdle {
        length: idle.length,
        since: idle.since,
        without: idle.without.iter().map(keeper).collect(),
    });
    Some(Box::new(MovedTerms {
        fixed: end.fixed,
        idle: idle.collect(),
        by_age: end.earned.is_some(),
        held_by: end.hold.map(|hold| match hold {
            HeldBy::Unit => Holder::Unit,
            HeldBy::Rule => Holder::Rule,
        }),
    }))
}

/// What another member gave arrives: a debt is paid first, the rest can be used at once and keeps its age and its days.
#[cold]
pub(super) fn receive(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    unit: &str,
    lots: &[Moved],
) -> Result<(), Rejection> {
    let program = draft.program;
    let unknown = |name: UnknownName| Rejection::new(Refusal::WrongValue, name.to_string());
    let unit = program.unit_named(unit).map_err(unknown)?;
    if !is_spendable(program, unit) {
        let detail = format!("`{}` is only counted and cannot arrive", program.unit_name(unit));
        return Err(Rejection::new(Refusal::WrongValue, detail));
    }
    for moved in lots {
        let (kind, rule, level) = &moved.source;
        let source = program.source_of(*kind, rule, level.as_deref());
        let source = source.map_err(|error| Rejection::new(Refusal::WrongValue, error.to_string()))?;
        let end = moved.terms.as_ref().map(|terms| terms_here(draft, moved, terms)).transpose();
        let end = end.map_err(unknown)?;
        let amount = scaled(program, unit, moved.amount)?;
        arrive(facts, draft, (unit, source, amount), moved, end);
    }
    Ok(())
}

/// Terms as this account has them: what happened here keeps alive what is here.
fn terms_here(draft: &Draft<'_>, moved: &Moved, terms: &MovedTerms) -> Result<OpenEnd, UnknownName> {
    let mut idle = Vec::with_capacity(terms.idle.len());
    for known in &terms.idle {
        let mut without = Vec::with_capacity(known.without.len());
        for keeper in &known.without {
            without.push(match keeper {
                Keeper::Event(name) => Activity::Event(draft.program.any_event_named(name)?),
                Keeper::Earning(name) => Activity::Earning(draft.program.unit_named(name)?),
                Keeper::Redemption => Activity::Redemption,
            });
        }
        without.sort_unstable();
        without.dedup();
        let active = without.iter().filter_map(|activity| draft.account.last_active(*activity));
        let since = active.fold(known.since, Date::max);
        idle.push(Idle { length: known.length, without: without.into(), since });
    }
    let hold = terms.held_by.map(|holder| match holder {
        Holder::Unit => HeldBy::Unit,
        Holder::Rule => HeldBy::Rule,
    });
    let earned = terms.by_age.then_some(moved.earned);
    Ok(OpenEnd { fixed: terms.fixed, idle, earned, hold, of: None, wait: None })
}

fn arrive(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (unit, source, amount): (UnitId, Source, i64),
    moved: &Moved,
    end: Option<OpenEnd>,
) {
    let thing = Thing::Unit(unit);
    let repaid = amount.min(draft.debt(thing));
    draft.transfer(Booking::new(thing, repaid, Book::Transferred, Book::Debt, source, Reason::Repaid));
    let amount = amount - repaid;
    if amount <= 0 {
        return;
    }
    let end = end.filter(OpenEnd::is_open);
    let last = end.as_ref().map_or(moved.last, OpenEnd::last);
    let keeps = end.as_ref().is_some_and(|end| facts.keeps_on((unit, source), end));
    let lot = draft.lot_with(unit, source, last, end.map(Box::new));
    let (key, day) = (draft.key(), draft.day);
    draft.postings.deltas.push(Delta {
        key,
        thing,
        amount,
        from: Book::Transferred,
        to: Book::Available,
        source,
        of: None,
        lot,
        day,
        usable_from: Some(moved.earned),
        last_day: last,
        reason: Reason::Transferred,
    });
    // a message may arrive long after it was sent
    let today = draft.today();
    if last.is_some_and(|last| last < today) && !keeps {
        let booking = Booking::new(thing, amount, Book::Available, Book::Expired, source, Reason::Expired);
        draft.transfer(booking.lot(lot));
    }
}
