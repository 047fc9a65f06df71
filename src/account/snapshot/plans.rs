//! Plans and granted levels in a snapshot, and how they go from version to version.

use super::restore::{Restore, checked};
use super::take::{Names, text};
use super::{HoldState, SnapshotError};
use crate::account::{Granted, HeldPlan, Hold, Plans};
use crate::calendar::{Date, Instant};
use crate::program::{PlanId, Program, TiersId, UnknownName};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a member has to do with plans.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlansState {
    /// The one that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    held: Option<HeldPlanState>,
    /// Those whose trial is used up, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tried: Vec<String>,
    /// Since when which one runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    history: Vec<PlanSinceState>,
}

/// A plan that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeldPlanState {
    plan: String,
    since: Date,
    /// The first day with a fee, if a trial came before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paid_from: Option<Date>,
    starts: Date,
    last_day: Date,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    trial: bool,
    /// The last day of the next term, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Date>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    left: bool,
}

/// A level that somebody granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantedState {
    level: String,
    until: Option<Date>,
    /// The event that granted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    /// The levels whose entry gifts hang on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gave: Vec<GaveState>,
}

/// When the entry gifts of a level were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GaveState {
    level: String,
    at: Instant,
}

/// Since when a plan ran, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanSinceState {
    since: Instant,
    plan: Option<String>,
}

impl Names<'_> {
    pub(super) fn plans(&self, plans: &Plans) -> Option<PlansState> {
        if *plans == Plans::default() {
            return None;
        }
        let name = |plan: PlanId| text(self.0.plan_name(plan));
        let held = plans.held.map(|held| HeldPlanState {
            plan: name(held.plan),
            since: held.since,
            paid_from: Some(held.paid_from).filter(|first| *first != held.since),
            starts: held.starts,
            last_day: held.last,
            trial: held.trial,
            next: held.next,
            left: held.left,
        });
        let history = plans.history.iter();
        Some(PlansState {
            held,
            tried: plans.tried.iter().map(|plan| name(*plan)).collect(),
            history: history
                .map(|(since, plan)| PlanSinceState { since: *since, plan: plan.map(name) })
                .collect(),
        })
    }
}

impl Restore<'_> {
    pub(super) fn plans(&mut self, state: Option<PlansState>) -> Result<(), SnapshotError> {
        let Some(state) = state else { return Ok(()) };
        if state == PlansState::default() {
            return Err(SnapshotError::value("plans", "", "they have not begun and are left out then"));
        }
        let held = match &state.held {
            None => None,
            Some(held) => Some(self.held_plan(held)?),
        };
        let tried: Result<Vec<PlanId>, UnknownName> =
            state.tried.iter().map(|name| self.program.plan_named(name)).collect();
        let tried = tried?;
        if !tried.is_sorted_by(|one, two| one < two) {
            return Err(SnapshotError::value("plans", "", "their trials are not in order"));
        }
        let mut history = Vec::new();
        for known in &state.history {
            let plan = known.plan.as_ref().map(|name| self.program.plan_named(name)).transpose()?;
            history.push((known.since, plan));
        }
        self.account.plans = Plans { held, tried, history };
        Ok(())
    }

    fn held_plan(&self, state: &HeldPlanState) -> Result<HeldPlan, SnapshotError> {
        let wrong = |problem| SnapshotError::value("plan", &state.plan, problem);
        let plan = self.program.plan_named(&state.plan)?;
        let held = HeldPlan {
            plan,
            since: state.since,
            paid_from: state.paid_from.unwrap_or(state.since),
            starts: state.starts,
            last: state.last_day,
            trial: state.trial,
            next: state.next,
            left: state.left,
        };
        if held.starts > held.last || held.since > held.starts || held.secured() < held.last {
            return Err(wrong("its days are not in order"));
        }
        if self.account.clock_day(self.program).is_some_and(|clock| held.last < clock) {
            return Err(wrong("its term is over"));
        }
        Ok(held)
    }
}

impl PlansState {
    /// What another version has a place for, and what rests until one has. What was paid for in a version that is
    /// away ends with its term.
    pub(super) fn moved(
        here: Option<Self>,
        rested: Option<Self>,
        (to, clock): (&Program, Option<Date>),
    ) -> (Option<Self>, Option<Self>) {
        let (here, rested) = (here.unwrap_or_default(), rested.unwrap_or_default());
        let runs =
            |held: &HeldPlanState| clock.is_none_or(|clock| held.next.unwrap_or(held.last_day) >= clock);
        let held = here.held.or_else(|| rested.held.filter(runs));
        let held = held.map(|held| match (held.next, clock) {
            (Some(next), Some(clock)) if held.last_day < clock => HeldPlanState {
                starts: held.last_day.plus_days(1),
                last_day: next,
                next: None,
                trial: false,
                ..held
            },
            _ => held,
        });
        let mut tried = here.tried;
        tried.extend(rested.tried);
        tried.sort_unstable();
        tried.dedup();
        let history = if here.history.is_empty() { rested.history } else { here.history };
        let has = |name: &str| to.plan_named(name).is_ok();
        let (held, away) = match held {
            Some(held) if !has(&held.plan) => (None, Some(held)),
            held => (held, None),
        };
        let (tried, others): (Vec<String>, Vec<String>) = tried.into_iter().partition(|name| has(name));
        let is_known = history.iter().all(|known| known.plan.as_ref().is_none_or(|name| has(name)));
        let (history, old) = if is_known { (history, Vec::new()) } else { (Vec::new(), history) };
        let some = |state: Self| Some(state).filter(|state| *state != Self::default());
        (some(Self { held, tried, history }), some(Self { held: away, tried: others, history: old }))
    }
}

/// Granted levels as texts.
pub(super) fn granted_taken(granted: &[Granted], level: &impl Fn(u32) -> String) -> Vec<GrantedState> {
    let gave =
        |it: &Granted| it.gave.iter().map(|(gave, at)| GaveState { level: level(*gave), at: *at }).collect();
    let taken = granted.iter().map(|it| GrantedState {
        level: level(it.level),
        until: it.until,
        event: it.event.as_deref().map(text),
        gave: gave(it),
    });
    taken.collect()
}

/// Granted levels, sorted, none twice.
pub(super) fn granted_restored(
    block: &str,
    states: &[GrantedState],
    level: &impl Fn(&str) -> Result<u32, UnknownName>,
) -> Result<Vec<Granted>, SnapshotError> {
    let mut all = Vec::new();
    for state in states {
        let event = state.event.as_deref().map(|event| checked("tiers", event)).transpose()?;
        let gave: Result<Vec<(u32, Instant)>, UnknownName> =
            state.gave.iter().map(|gave| Ok((level(&gave.level)?, gave.at))).collect();
        let (level, gave) = (level(&state.level)?, gave?);
        all.push(Granted { level, until: state.until, event: event.map(Arc::from), gave });
    }
    let in_order = |granted: &Granted| {
        let gave = &granted.gave;
        granted.level > 0
            && gave.is_sorted_by(|one, two| one < two)
            && gave.iter().all(|(level, _)| (1..=granted.level).contains(level))
    };
    if !all.is_sorted_by(|one, two| one < two) || !all.iter().all(in_order) {
        return Err(SnapshotError::value("tiers", block, "what was granted is not in order"));
    }
    Ok(all)
}

/// Granted levels by the names of another version.
pub(super) fn fit_granted(
    granted: &mut Vec<GrantedState>,
    lowest: &str,
    fit: impl Fn(&mut String),
    place: &impl Fn(&str) -> u32,
) {
    granted.iter_mut().for_each(|granted| fit(&mut granted.level));
    granted.retain(|granted| granted.level != lowest);
    for granted in granted.iter_mut() {
        let top = place(&granted.level);
        granted.gave.retain(|gave| (1..=top).contains(&place(&gave.level)));
    }
    granted.sort_by_cached_key(|granted| (place(&granted.level), granted.until, granted.event.clone()));
    granted.dedup();
}

/// The levels whose entry gifts a hold did not give, by name.
pub(super) fn without_taken(hold: &Hold, level: &impl Fn(u32) -> String) -> Vec<String> {
    (0..u64::BITS).filter(|place| !hold.gave(*place)).map(level).collect()
}

/// The same, from their names. Those that a version does not have give nothing anyway.
pub(super) fn without_restored(
    hold: &HoldState,
    id: TiersId,
    program: &Program,
) -> Result<u64, SnapshotError> {
    let mut levels = 0;
    for name in &hold.without {
        let level = program.level_named(id, name)?;
        levels |= 1_u64.checked_shl(level).unwrap_or(0);
    }
    Ok(levels)
}
