//! Plans: joining, leaving, renewal; and levels that somebody grants. Both are held beside what is earned, and of all
//! of them the highest level counts.

use super::draft::Draft;
use super::refuse::{Refusal, Rejection};
use super::step11_tiers::{
    self, cancel_gifts, current_state, give_entry, keep_history, recount_return, remember,
};
use super::step11a_convert;
use crate::account::{Change, Fee, FeeCause, Granted, HeldPlan, Plans, TierState};
use crate::calendar::Date;
use crate::event::{Grant, GrantSpan, Membership};
use crate::ledger::Due;
use crate::program::{Plan, PlanId, TiersId};
use std::sync::Arc;

/// What the member has to do with plans, with what this event has done to it.
fn current<'d>(draft: &'d Draft<'_>) -> &'d Plans {
    let changed = draft.postings.changes.iter().rev().find_map(|change| match change {
        Change::Plans(plans) => Some(&**plans),
        _ => None,
    });
    changed.unwrap_or(&draft.account.plans)
}

/// The level that the plan of the member pays.
fn paid(draft: &Draft<'_>, id: TiersId) -> u32 {
    if draft.program.plans.is_empty() {
        return 0;
    }
    let held = current(draft).held;
    let tiers = draft.program.tiers.get(id.index());
    tiers.zip(held).map_or(0, |(tiers, held)| tiers.paid_by(held.plan))
}

/// The highest level that is held beside what a state has earned.
pub(super) fn beside(draft: &Draft<'_>, id: TiersId, state: &TierState) -> u32 {
    state.granted_level().max(paid(draft, id))
}

/// A member joins or leaves a plan. What comes late counts from the day to which the clock was run.
#[cold]
pub(super) fn change(draft: &mut Draft<'_>, event: &Membership) -> Result<(), Rejection> {
    let name = &event.plan;
    let found = draft.program.plan_named(name);
    let unknown = |_| Rejection::new(Refusal::WrongValue, format!("`{name}` is no plan of the program"));
    let plan = found.map_err(unknown)?;
    if event.joins {
        join(draft, plan)?
    } else {
        leave(draft, plan)?
    }
    step11_tiers::recount(draft);
    step11a_convert::at_once(draft);
    Ok(())
}

fn join(draft: &mut Draft<'_>, id: PlanId) -> Result<(), Rejection> {
    let today = draft.today();
    let Some(plan) = draft.program.plans.get(id.index()) else { return Ok(()) };
    let mut next = current(draft).clone();
    if let Some(held) = next.held.as_mut().filter(|held| held.plan == id) {
        if plan.renews && held.left {
            // the next fee falls due with the renewal, as if the member had stayed
            held.left = false;
        } else if plan.renews || held.next.is_some() {
            let why = if plan.renews { "renews by itself" } else { "has its next term already" };
            return Err(Rejection::new(Refusal::WrongValue, format!("`{}` runs and {why}", plan.name)));
        } else {
            let from = held.last.plus_days(1);
            let term = (from, plan.per.last_day(from, held.paid_from, &draft.anchors));
            (held.next, held.left) = (Some(term.1), false);
            fall_due(draft, (id, plan), term, FeeCause::NextTerm);
        }
        draft.change(Change::Plans(Box::new(next)));
        return Ok(());
    }
    // another plan ends today
    let trial = plan.trial.filter(|_| !next.tried.contains(&id));
    let last = match trial {
        Some(trial) => {
            next.tried.push(id);
            next.tried.sort_unstable();
            trial.add_to_date(today).unwrap_or(Date::MAX)
        }
        None => plan.per.last_day(today, today, &draft.anchors),
    };
    if trial.is_none() {
        fall_due(draft, (id, plan), (today, last), FeeCause::Joining);
    }
    let held = HeldPlan {
        plan: id,
        since: today,
        paid_from: if trial.is_some() { last.plus_days(1) } else { today },
        starts: today,
        last,
        trial: trial.is_some(),
        next: None,
        left: false,
    };
    next.held = Some(held);
    go(draft, next);
    Ok(())
}

fn leave(draft: &mut Draft<'_>, id: PlanId) -> Result<(), Rejection> {
    let mut next = current(draft).clone();
    let Some(held) = next.held.as_mut().filter(|held| held.plan == id) else {
        let name = draft.program.plan_name(id);
        return Err(Rejection::new(Refusal::WrongValue, format!("the member is not in the plan `{name}`")));
    };
    held.left = true;
    draft.change(Change::Plans(Box::new(next)));
    Ok(())
}

/// A term is over: the next one begins, or the plan ends.
pub(super) fn turn(draft: &mut Draft<'_>) {
    let Some(held) = draft.account.plans.held.filter(|held| held.last < draft.day) else { return };
    draft.due_is(Due::Plan);
    let mut next = draft.account.plans.clone();
    let plan = draft.program.plans.get(held.plan.index());
    let starts = held.last.plus_days(1);
    next.held = match (held.next, plan) {
        (Some(last), _) => Some(HeldPlan { starts, last, next: None, trial: false, ..held }),
        (None, Some(plan)) if plan.renews && !held.left => {
            let last = plan.per.last_day(starts, held.paid_from, &draft.anchors);
            let cause = if held.trial { FeeCause::TrialOver } else { FeeCause::Renewal };
            fall_due(draft, (held.plan, plan), (starts, last), cause);
            Some(HeldPlan { starts, last, trial: false, ..held })
        }
        _ => None,
    };
    go(draft, next);
}

fn fall_due(draft: &mut Draft<'_>, (id, plan): (PlanId, &Plan), term: (Date, Date), cause: FeeCause) {
    let key = draft.key();
    let due = draft.today();
    draft.change(Change::Fee(Box::new(Fee { key, plan: id, amount: plan.fee, due, term, cause })));
}

/// The plan of the member is another one, or none: levels follow it.
fn go(draft: &mut Draft<'_>, mut next: Plans) {
    let known = current(draft);
    let (was, is) = (known.held.map(|held| held.plan), next.held.map(|held| held.plan));
    if was != is {
        keep_history(draft, &mut next.history, was, is);
    }
    let mut changed = Vec::new();
    for (tiers, id) in draft.program.tiers.iter().zip(0_u32..).filter(|_| was != is) {
        let state = current_state(draft, TiersId(id));
        let own = state.level.max(state.granted_level());
        let level = |plan: Option<PlanId>| own.max(plan.map_or(0, |plan| tiers.paid_by(plan)));
        let (before, after) = (level(was), level(is));
        if before != after {
            changed.push((tiers, TiersId(id), state, before, after));
        }
    }
    draft.change(Change::Plans(Box::new(next)));
    for (tiers, id, mut state, before, after) in changed {
        remember(draft, (before, after), &mut state);
        draft.change(Change::Tier(id, Box::new(state)));
        give_entry(draft, tiers, id, before..after);
    }
}

/// Somebody grants a level. It is held beside what is earned, from the day to which the clock was run.
#[cold]
pub(super) fn grant(draft: &mut Draft<'_>, event: &Grant) -> Result<(), Rejection> {
    let wrong = |problem: &str| Rejection::new(Refusal::WrongValue, format!("`{}` {problem}", event.tier));
    let found = draft.program.any_level(&event.tier);
    let (id, level) = found.ok_or_else(|| wrong("is no tier of the program"))?;
    if level == 0 {
        return Err(wrong("is the lowest tier, which every member has"));
    }
    let until = match event.span {
        GrantSpan::Ever => None,
        GrantSpan::For(length) => Some(length.add_to_date(draft.day).unwrap_or(Date::MAX)),
        GrantSpan::Until(last) if last < draft.day => return Err(wrong("would end before it begins")),
        GrantSpan::Until(last) => Some(last),
    };
    let Some(tiers) = draft.program.tiers.get(id.index()) else { return Ok(()) };
    let state = current_state(draft, id);
    let mut next = state.clone();
    let before = state.level.max(beside(draft, id, &state));
    let gives = |level: &u32| tiers.levels.get(*level as usize).is_some_and(|level| !level.entry.is_empty());
    let gave = (before + 1..=level).filter(gives).map(|level| (level, draft.at)).collect();
    let new = Granted { level, until, event: Some(Arc::clone(&draft.event)), gave };
    next.grant(new, |event| draft.account.record(draft.program, event).is_some() || *event == draft.event);
    next.settle(draft.today());
    let after = next.level.max(beside(draft, id, &next));
    if before != after {
        remember(draft, (before, after), &mut next);
    }
    draft.change(Change::Tier(id, Box::new(next)));
    give_entry(draft, tiers, id, before..after);
    step11_tiers::recount(draft);
    step11a_convert::at_once(draft);
    Ok(())
}

/// Something that was granted was a mistake: what is held without it is held from now on, and unused entry gifts of levels
/// that are lost go. Tells whether the event has granted something that still runs.
#[cold]
pub(super) fn cancel_grant(draft: &mut Draft<'_>, event: &Arc<str>) -> bool {
    let granted = |state: &TierState| state.granted.iter().any(|it| it.event.as_ref() == Some(event));
    let Some(place) = draft.account.tiers.iter().position(granted) else { return false };
    let Some(tiers) = draft.program.tiers.get(place) else { return false };
    let id = TiersId(place as u32);
    let state = current_state(draft, id);
    let mut rest = state.clone();
    rest.granted.retain(|granted| granted.event.as_ref() != Some(event));
    let before = state.level.max(beside(draft, id, &state));
    let after = rest.level.max(beside(draft, id, &rest));
    let mut next = state;
    let Some(gone) = next.take_grant(event, after) else { return false };
    next.settle(draft.today());
    if before != after {
        remember(draft, (before, after), &mut next);
    }
    draft.change(Change::Tier(id, Box::new(next)));
    for (level, at) in &gone.gave {
        cancel_gifts(draft, tiers, id, std::iter::once(*level), *at);
    }
    // gifts that are only counted may have reached something
    for (_, at) in &gone.gave {
        let day = draft.program.zone.business_date(*at, draft.program.day_starts);
        recount_return(draft, (day, *at));
    }
    step11a_convert::at_once(draft);
    true
}
