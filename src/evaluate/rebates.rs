//! Rebates: turnover is added up while a period runs, and paid some time after its end.
//!
//! A period is closed at its end. What comes in or goes back later counts in the period that runs then, so nothing that
//! was closed is ever changed. What lies below zero at a close is carried into the next period.

use super::draft::{Draft, Terms};
use super::judge::{Facts, Truth};
use super::refuse::Rejection;
use super::step11_tiers;
use super::terms::is_valid;
use crate::account::{Change, ClosedTurnover, MOST_TURNOVER, Receipt, Turnover, TurnoverShare};
use crate::calendar::Date;
use crate::ledger::{Due, Source};
use crate::program::{AwardThing, EventKindId, Rebate, RebateId, RebateSpan};
use std::sync::Arc;

/// Adds a purchase to the turnover of all rebates that it counts for.
#[cold]
pub(crate) fn count(facts: &Facts<'_>, draft: &mut Draft<'_>, kind: EventKindId) -> Result<(), Rejection> {
    if kind != EventKindId::PURCHASE || !facts.event.has_basket {
        return Ok(());
    }
    for (place, rebate) in facts.program.rebates.iter().enumerate() {
        let id = RebateId(place as u32);
        let Some(parts) = parts(facts, rebate) else { continue };
        let sum = parts.iter().try_fold(0_i64, |sum, part| sum.checked_add(*part));
        add(draft, id, sum.ok_or_else(Rejection::too_large)?)?;
        if parts.iter().any(|part| *part != 0)
            && let Some(receipt) = draft.receipt.as_mut().and_then(Arc::get_mut)
        {
            receipt.turnover.push(TurnoverShare { rebate: id, parts });
        }
    }
    Ok(())
}

/// What counts of each line; nothing if the purchase does not count.
pub(super) fn parts(facts: &Facts<'_>, rebate: &Rebate) -> Option<Box<[i64]>> {
    let counts =
        rebate.span != RebateSpan::Closed && is_valid(rebate.valid, facts.event.day, facts.event.local);
    let when = rebate.when.as_ref();
    if !counts || when.is_some_and(|when| facts.judge(when, None) != Truth::Yes) {
        return None;
    }
    let passes = match &rebate.items {
        Some(test) => facts.judge_items(test),
        None => facts.event.all.clone(),
    };
    let items = facts.event.items().iter().enumerate();
    Some(items.map(|(place, item)| if passes.has(place) { item.value } else { 0 }).collect())
}

/// Adds to the period that runs, or takes from it. Where none runs, nothing follows in which it could count.
pub(super) fn add(draft: &mut Draft<'_>, id: RebateId, by: i64) -> Result<(), Rejection> {
    let (account, today) = (draft.account, draft.today());
    let Some(rebate) = draft.program.rebates.get(id.index()).filter(|_| by != 0) else { return Ok(()) };
    let open = account.open_turnover(id, today);
    let known = open.map(|open| (open.starts, open.closes));
    let Some((starts, closes)) = known.or_else(|| rebate.running(today, &draft.anchors)) else {
        return Ok(());
    };
    // one event may take from it more than once; the first time brings what was carried
    let before = draft.counted.iter_mut().find(|known| known.rebate == id);
    let carried = account.carried_turnover(id).filter(|_| before.is_none());
    let more = by.saturating_add(carried.map_or(0, |carried| carried.amount));
    let known = before.as_ref().map_or_else(|| open.map_or(0, |open| open.amount), |known| known.amount);
    let sum = known.checked_add(more).filter(|sum| sum.unsigned_abs() <= MOST_TURNOVER.unsigned_abs());
    let turnover = Turnover { closes, rebate: id, starts, amount: sum.ok_or_else(Rejection::too_large)? };
    match before {
        Some(known) => known.clone_from(&turnover),
        None => draft.counted.push(turnover.clone()),
    }
    if let Some(carried) = carried {
        draft.change(Change::Turnover(Box::new(Turnover { amount: -carried.amount, ..carried.clone() })));
    }
    draft.change(Change::Turnover(Box::new(Turnover { amount: more, ..turnover })));
    Ok(())
}

/// Takes what has come back of a purchase, or was cancelled, from the period that runs.
#[cold]
pub(crate) fn take_off(draft: &mut Draft<'_>, before: &Receipt, after: &Receipt) -> Result<(), Rejection> {
    for share in &after.turnover {
        add(draft, share.rebate, share.undone(before) - share.undone(after))?;
    }
    Ok(())
}

/// Closes the periods that are over.
pub(crate) fn close(draft: &mut Draft<'_>) {
    let (account, day) = (draft.account, draft.day);
    for turnover in account.turnovers.iter().take_while(|turnover| turnover.closes <= day) {
        let Some(rebate) = draft.program.rebates.get(turnover.rebate.index()) else { continue };
        let terms = rebate.terms_on(turnover.last());
        draft.change(Change::Turnover(Box::new(Turnover { amount: -turnover.amount, ..turnover.clone() })));
        if turnover.amount < 0 {
            if let RebateSpan::Every(_) = rebate.span {
                let carried = Turnover { closes: Date::MAX, starts: turnover.closes, ..turnover.clone() };
                draft.change(Change::Turnover(Box::new(carried)));
            }
            continue;
        }
        if terms.payable(turnover.amount).amount > 0
            && let Some(pays) = terms.pay_day(turnover.last())
        {
            let closed = ClosedTurnover { pays, of: turnover.clone() };
            draft.change(Change::ClosedTurnover(Box::new(closed), true));
        }
    }
}

/// Pays what is due.
pub(crate) fn pay(draft: &mut Draft<'_>) {
    let account = draft.account;
    let due = account.closed_turnovers.iter().take_while(|closed| closed.pays <= draft.day);
    let mut due: Vec<&ClosedTurnover> = due.collect();
    if due.is_empty() {
        return;
    }
    due.sort_by_key(|closed| (draft.program.rebate_name(closed.of.rebate), closed.of.closes));
    draft.due_is(Due::Rebate);
    for closed in due {
        if let Some(rebate) = draft.program.rebates.get(closed.of.rebate.index()) {
            let terms = rebate.terms_on(closed.of.last());
            let amount = terms.payable(closed.of.amount).amount;
            let source = Source::Rebate(closed.of.rebate);
            draft.give(AwardThing::Unit(terms.unit), amount, source, Terms::default());
        }
        draft.change(Change::ClosedTurnover(Box::new(closed.clone()), false));
    }
    // conversions come later on the same midnight
    step11_tiers::recount(draft);
}
