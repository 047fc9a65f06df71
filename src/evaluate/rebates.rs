//! Rebates and awards: what counts is added up while a period runs, and paid at its end or some time later.
//!
//! A period is closed at its end. What comes in or goes back later counts in the period that runs then, so nothing that
//! was closed is ever changed. What lies below zero at a close is carried into the next period.

use super::bound::Bound;
use super::budgets;
use super::draft::{Draft, Terms};
use super::judge::{Facts, Truth};
use super::proportion;
use super::refuse::Rejection;
use super::step11_tiers;
use super::terms::is_valid;
use crate::account::{
    Account, Change, ClosedTurnover, LineRecord, MOST_TURNOVER, Receipt, ReceiptAward, Turnover,
    TurnoverShare,
};
use crate::calendar::Date;
use crate::ledger::{Due, Source, Thing};
use crate::program::{
    EventKindId, Program, Rebate, RebateCounts, RebateId, RebateKind, RebateSpan, RebateTerms, RoomCut,
    RuleId, SymSubject, cut_to_room,
};
use std::sync::Arc;

/// Adds a purchase to the turnover of all rebates that it counts for.
#[cold]
pub(crate) fn count(facts: &Facts<'_>, draft: &mut Draft<'_>, kind: EventKindId) -> Result<(), Rejection> {
    if kind != EventKindId::PURCHASE || !facts.event.has_basket {
        return Ok(());
    }
    for (place, rebate) in facts.program.rebates.iter().enumerate() {
        let id = RebateId(place as u32);
        for (category, parts) in parts(facts, rebate) {
            let sum = parts.iter().try_fold(0_i64, |sum, part| sum.checked_add(*part));
            add(draft, id, &category, sum.ok_or_else(Rejection::too_large)?)?;
            if parts.iter().any(|part| *part != 0)
                && let Some(receipt) = draft.receipt.as_mut().and_then(Arc::get_mut)
            {
                receipt.turnover.push(TurnoverShare { rebate: id, category, parts });
            }
        }
    }
    Ok(())
}

/// What a test says was spent counts if its day lies in the period that runs.
#[cold]
pub(super) fn given(facts: &Facts<'_>, draft: &mut Draft<'_>) {
    let today = draft.today();
    for (place, rebate) in facts.program.rebates.iter().enumerate() {
        let running = |day| rebate.running(day, &facts.anchors);
        if running(facts.event.day).is_none_or(|then| running(today) != Some(then)) {
            continue;
        }
        for (category, parts) in parts(facts, rebate) {
            // an amount that no event could bring is left to the test to notice
            let _ = add(draft, RebateId(place as u32), &category, parts.iter().sum());
        }
    }
}

/// What counts of each line, by category where each has its own; nothing if the purchase does not count.
fn parts(facts: &Facts<'_>, rebate: &Rebate) -> Vec<(Arc<str>, Box<[i64]>)> {
    let counts =
        rebate.span != RebateSpan::Closed && is_valid(rebate.valid, facts.event.day, facts.event.local);
    let when = rebate.when.as_ref().filter(|_| rebate.kind == RebateKind::Rebate);
    if !counts || when.is_some_and(|when| facts.judge(when, None) != Truth::Yes) {
        return Vec::new();
    }
    let passes = match &rebate.items {
        Some(test) => facts.judge_items(test),
        None => facts.event.all.clone(),
    };
    let items = || facts.event.items().iter().enumerate();
    match rebate.counts {
        RebateCounts::Earned { .. } => Vec::new(),
        RebateCounts::Spend => {
            let parts = items().map(|(place, item)| if passes.has(place) { item.value } else { 0 });
            vec![(Arc::default(), parts.collect())]
        }
        RebateCounts::PaidWith(means) => {
            let Some((with, all)) = proportion::paid_with(facts, means) else { return Vec::new() };
            let (mut sum, mut counted) = (0_i128, 0_i128);
            // of the sum so far, so that the lines add up to the part of the whole
            let parts = items().map(|(place, item)| {
                sum += if passes.has(place) { i128::from(item.value) } else { 0 };
                let before = counted;
                counted = sum.saturating_mul(with).div_euclid(all);
                i64::try_from(counted - before).unwrap_or(0)
            });
            vec![(Arc::default(), parts.collect())]
        }
        RebateCounts::ByCategory => {
            let categories: Vec<_> =
                items().map(|(place, _)| facts.sym(SymSubject::Category, Some(place))).collect();
            let declared = facts.program.categories.iter().copied();
            let mine = declared.filter(|category| categories.contains(&Some(*category)));
            let of = |category| {
                let parts = items().zip(&categories).map(|((place, item), known)| {
                    if passes.has(place) && *known == Some(category) { item.value } else { 0 }
                });
                (Arc::from(facts.program.symbols.text(category)), parts.collect())
            };
            mine.map(of).collect()
        }
    }
}

/// Adds what a rule has booked to the awards that count it, or takes off what a return has taken of it.
#[cold]
pub(super) fn earned(draft: &mut Draft<'_>, rule: RuleId, by: i64) -> Result<(), Rejection> {
    for (place, rebate) in draft.program.rebates.iter().enumerate() {
        let RebateCounts::Earned { rules, .. } = &rebate.counts else { continue };
        let valid = by < 0 || is_valid(rebate.valid, draft.day, draft.program.zone.local(draft.at));
        if valid && rules.contains(&rule) {
            add(draft, RebateId(place as u32), &Arc::default(), by)?;
        }
    }
    Ok(())
}

/// Adds to the period that runs, or takes from it. Where none runs, nothing follows in which it could count.
fn add(draft: &mut Draft<'_>, id: RebateId, category: &Arc<str>, by: i64) -> Result<(), Rejection> {
    let (account, today) = (draft.account, draft.today());
    let Some(rebate) = draft.program.rebates.get(id.index()).filter(|_| by != 0) else { return Ok(()) };
    // all categories of a rebate close together
    let period = account.open_turnovers(id, today).next().map(|open| (open.starts, open.closes));
    let Some((starts, closes)) = period.or_else(|| rebate.running(today, &draft.anchors)) else {
        return Ok(());
    };
    let open = account.open_turnovers(id, today).find(|open| open.category == *category);
    // one event may take from it more than once; the first time brings what was carried
    let mut counted = draft.counted.iter_mut();
    let before = counted.find(|known| known.rebate == id && known.category == *category);
    let carried = account.carried_turnover(id, category).filter(|_| before.is_none());
    let more = by.saturating_add(carried.map_or(0, |carried| carried.amount));
    let known = before.as_ref().map_or_else(|| open.map_or(0, |open| open.amount), |known| known.amount);
    let sum = known.checked_add(more).filter(|sum| sum.unsigned_abs() <= MOST_TURNOVER.unsigned_abs());
    let amount = sum.ok_or_else(Rejection::too_large)?;
    let turnover = Turnover { closes, rebate: id, category: Arc::clone(category), starts, amount };
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

/// What an event has counted, each with what caps of longer windows leave of what it would pay now.
pub(super) fn with_room(
    program: &Program,
    account: &Account,
    counted: Vec<Turnover>,
) -> Vec<(Turnover, Option<RoomCut>)> {
    let with_cut = counted.into_iter().map(|of| {
        let cut = account.cut_of_running(program, &of);
        (of, cut)
    });
    with_cut.collect()
}

/// Takes what has come back of a purchase, or was cancelled, from the period that runs.
#[cold]
pub(crate) fn take_off(draft: &mut Draft<'_>, before: &Receipt, after: &Receipt) -> Result<(), Rejection> {
    for share in &after.turnover {
        add(draft, share.rebate, &share.category, share.undone(before) - share.undone(after))?;
    }
    Ok(())
}

/// Closes the periods that are over.
pub(crate) fn close(draft: &mut Draft<'_>) {
    let (account, day) = (draft.account, draft.day);
    let mut largest: Option<&Turnover> = None;
    let mut due = account.turnovers.iter().take_while(|turnover| turnover.closes <= day).peekable();
    while let Some(turnover) = due.next() {
        let Some(rebate) = draft.program.rebates.get(turnover.rebate.index()) else { continue };
        draft.change(Change::Turnover(Box::new(Turnover { amount: -turnover.amount, ..turnover.clone() })));
        if turnover.amount < 0 && matches!(rebate.span, RebateSpan::Every(_)) {
            let carried = Turnover { closes: Date::MAX, starts: turnover.closes, ..turnover.clone() };
            draft.change(Change::Turnover(Box::new(carried)));
        }
        // of several categories the first by name wins a tie
        if largest.is_none_or(|largest| turnover.amount > largest.amount) {
            largest = Some(turnover);
        }
        let same = |next: &&Turnover| (next.closes, next.rebate) == (turnover.closes, turnover.rebate);
        if due.peek().is_some_and(same) {
            continue;
        }
        if let Some(turnover) = largest.take() {
            wait(draft, rebate, turnover);
        }
    }
}

/// Notes what will be paid for a period that is over.
fn wait(draft: &mut Draft<'_>, rebate: &Rebate, turnover: &Turnover) {
    let terms = rebate.terms_on(turnover.last());
    let asks = terms.asks(turnover.amount).is_some();
    let value = if terms.asks_fee(turnover.amount) {
        let last = draft.program.zone.start_of_day(turnover.closes, draft.program.day_starts).plus_micros(-1);
        Some(draft.account.fee_at(draft.program, last))
    } else {
        asks.then(|| draft.account.announced_for(draft.program, terms, turnover)).flatten()
    };
    if asks && value.is_none() {
        // it waits until somebody announces by what it is paid
        if holds(draft, rebate, turnover) {
            let closed = ClosedTurnover { pays: Date::MAX, of: turnover.clone(), value, cut: None };
            draft.change(Change::ClosedTurnover(Box::new(closed), true));
        }
        return;
    }
    if terms.payable(turnover.amount, value).amount > 0
        && let Some(pays) = terms.pay_day(turnover.last())
        && holds(draft, rebate, turnover)
    {
        let closed = ClosedTurnover { pays, of: turnover.clone(), value, cut: None };
        draft.change(Change::ClosedTurnover(Box::new(closed), true));
    }
}

/// Whether an award is paid for a period: its condition is judged at the last moment of it.
fn holds(draft: &Draft<'_>, rebate: &Rebate, turnover: &Turnover) -> bool {
    let when = rebate.when.as_ref().filter(|_| rebate.kind == RebateKind::Award);
    let Some(when) = when else { return rebate.is_judged };
    let program = draft.program;
    let at = program.zone.start_of_day(turnover.closes, program.day_starts).plus_micros(-1);
    let mut bound = Bound { day: turnover.last(), at, local: program.zone.local(at), ..Bound::default() };
    bound.bind_member(program, &draft.account.attributes);
    Facts::new(program, draft.account, &bound).judge(when, None) == Truth::Yes
}

/// The terms of what is paid: the unit's, where nothing else is said.
pub(super) fn lot_terms(terms: &RebateTerms) -> Terms<'_> {
    match &terms.lots {
        Some(lots) => Terms { activate: lots.activate, expire: &lots.expire, ..Terms::default() },
        None => Terms::default(),
    }
}

/// What caps of longer windows leave of what is to be paid, if it is less.
pub(super) fn cut(draft: &Draft<'_>, terms: &RebateTerms, of: &Turnover, amount: i64) -> Option<RoomCut> {
    cut_to_room(&terms.windows, (of.last(), amount), |meter, slot| draft.meter(meter, slot))
}

/// What a budget does not grant is room again in the caps of the member.
pub(super) fn give_room_back(draft: &mut Draft<'_>, rebate: RebateId, (last, by): (Date, i64)) {
    let rebate = draft.program.rebates.get(rebate.index());
    for cap in rebate.map_or(&[][..], |rebate| &rebate.terms_on(last).windows) {
        draft.count(cap.meter, cap.slot(last), -by);
    }
}

/// Pays an amount for a period that is over, or asks the budgets for it. It uses up the caps of longer windows.
pub(super) fn pay_for(draft: &mut Draft<'_>, terms: &RebateTerms, of: &Turnover, amount: i64) {
    let (thing, source) = (terms.gives, Source::Rebate(of.rebate));
    for cap in &terms.windows {
        draft.count(cap.meter, cap.slot(of.last()), amount);
    }
    if terms.budgets.is_empty() || amount <= 0 {
        draft.give(thing, amount, source, lot_terms(terms));
        return;
    }
    let (thing, start, record) = (Thing::from(thing), draft.day, LineRecord::Event);
    let award = ReceiptAward { source, thing, lot: 0, start, amount, repaid: 0, record };
    budgets::claim_paid(draft, award, of.last());
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
        let mut paid = closed.clone();
        if let Some(rebate) = draft.program.rebates.get(closed.of.rebate.index()) {
            let terms = rebate.terms_on(closed.of.last());
            let amount = terms.payable(closed.of.amount, closed.value).amount;
            paid.cut = cut(draft, terms, &closed.of, amount);
            pay_for(draft, terms, &closed.of, paid.cut.map_or(amount, |cut| cut.amount));
        }
        draft.change(Change::ClosedTurnover(Box::new(paid), false));
    }
    // conversions come later on the same midnight
    step11_tiers::recount(draft);
}
