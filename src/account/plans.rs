//! What members pay for, and levels that are held beside what is earned: by a plan, or because somebody granted them.

use super::{Account, TierState};
use crate::amount::Money;
use crate::calendar::{Date, Instant};
use crate::ledger::Key;
use crate::program::{PlanId, Program, TiersId};
use serde::Serialize;
use std::sync::Arc;

/// What a member has to do with plans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plans {
    /// The one that runs.
    pub(crate) held: Option<HeldPlan>,
    /// Those whose trial is used up, in their order.
    pub(crate) tried: Vec<PlanId>,
    /// Since when which plan runs, newest last, as far back as a late event may be.
    pub(crate) history: Vec<(Instant, Option<PlanId>)>,
}

/// A plan that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldPlan {
    pub(crate) plan: PlanId,
    /// The day on which it was joined.
    pub(crate) since: Date,
    /// The first day of its first term with a fee: lengths of terms are counted from there.
    pub(crate) paid_from: Date,
    /// The first day of the term that runs.
    pub(crate) starts: Date,
    /// Its last day.
    pub(crate) last: Date,
    /// Whether it is the trial.
    pub(crate) trial: bool,
    /// The last day of the next term, if it was asked for.
    pub(crate) next: Option<Date>,
    /// Whether the member has left: it is not renewed.
    pub(crate) left: bool,
}

impl HeldPlan {
    /// The last day of all terms that are secured.
    pub(crate) fn secured(&self) -> Date {
        self.next.unwrap_or(self.last)
    }
}

/// A fee that falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fee {
    pub(crate) key: Key,
    pub(crate) plan: PlanId,
    /// Micro-units.
    pub(crate) amount: i64,
    pub(crate) due: Date,
    /// The first and the last day of the term.
    pub(crate) term: (Date, Date),
    pub(crate) cause: FeeCause,
}

/// Why a fee falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FeeCause {
    /// The member has joined the plan.
    Joining,
    /// The trial is over.
    TrialOver,
    /// The plan renews by itself.
    Renewal,
    /// The member has asked for the next term.
    NextTerm,
}

/// A fee that falls due. The books hold no money of the member: a host bills by this, once for each `key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DueFee {
    /// The same cause has the same key: no ledger line and no other fee of the member has it.
    pub key: String,
    /// The member.
    pub member: String,
    /// The plan.
    pub plan: String,
    /// How much, with the digits of the currency.
    pub amount: String,
    /// The ISO code of the currency.
    pub currency: String,
    /// The day on which it is due.
    pub due: Date,
    /// The first day of the term that it pays.
    pub from: Date,
    /// The last day of that term.
    pub to: Date,
    /// Why it falls due.
    pub cause: FeeCause,
}

/// A fee that is to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NextFee {
    /// How much, as the program says it now.
    pub amount: String,
    /// The ISO code of the currency.
    pub currency: String,
    /// The day on which it falls due.
    pub due: Date,
}

/// The plan in which a member is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlanStanding {
    /// The plan.
    pub plan: String,
    /// The day on which it was joined.
    pub since: Date,
    /// The first day of the term that runs.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// Whether it is the trial.
    pub trial: bool,
    /// The last day of all terms that are secured, the next one included if it was asked for.
    pub secured_until: Date,
    /// Whether it goes on by itself after that.
    pub renews: bool,
    /// The next fee; nothing if it does not renew by itself.
    pub next_fee: Option<NextFee>,
}

/// A level that somebody granted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Granted {
    pub(crate) level: u32,
    /// Its last day; nothing for ever.
    pub(crate) until: Option<Date>,
    /// The event that granted it, which may turn out to be a mistake; nothing if that is not known.
    pub(crate) event: Option<Arc<str>>,
    /// The levels whose entry gifts hang on it, and when they were given.
    pub(crate) gave: Vec<(u32, Instant)>,
}

impl Granted {
    /// Whether it holds no less and no shorter than another one.
    fn covers(&self, other: &Self) -> bool {
        let end = |granted: &Self| granted.until.unwrap_or(Date::MAX);
        self.level >= other.level && end(self) >= end(other)
    }
}

impl TierState {
    /// The highest level that was granted.
    pub(crate) fn granted_level(&self) -> u32 {
        self.granted.iter().map(|granted| granted.level).max().unwrap_or(0)
    }

    /// Grants a level. What holds no more and no longer is kept for the case that what covers it was a mistake; what can be
    /// no mistake any more does not need it.
    pub(crate) fn grant(&mut self, new: Granted, is_remembered: impl Fn(&Arc<str>) -> bool) {
        self.granted.push(new);
        self.granted.sort_unstable();
        let all = std::mem::take(&mut self.granted);
        let is_over = |one: &Granted| one.gave.is_empty() && !one.event.as_ref().is_some_and(&is_remembered);
        let stays = all.iter().enumerate().filter(|(place, one)| {
            let others = all.iter().enumerate().filter(|(other, _)| other != place);
            // of two that say the same the later one stays
            let mut above = others.filter(|(other, by)| by.covers(one) && (other > place || !one.covers(by)));
            !is_over(one) || above.next().is_none()
        });
        self.granted = stays.map(|(_, granted)| granted.clone()).collect();
    }

    /// Takes back what an event granted, as if it had never been: entry gifts of levels that another grant or something
    /// earned holds hang on that from now on. The levels whose gifts hang on nothing any more stay with what is taken back.
    pub(crate) fn take_grant(&mut self, event: &Arc<str>, held: u32) -> Option<Granted> {
        let place = self.granted.iter().position(|granted| granted.event.as_ref() == Some(event))?;
        let mut gone = self.granted.remove(place);
        let (kept, lost) = gone.gave.into_iter().partition(|(level, _)| *level <= held);
        gone.gave = lost;
        let kept: Vec<(u32, Instant)> = kept;
        for (level, at) in kept {
            if let Some(heir) = self.granted.iter_mut().rev().find(|granted| granted.level >= level) {
                heir.gave.push((level, at));
                heir.gave.sort_unstable();
            } else if let Some(heir) =
                self.holds.iter_mut().find(|hold| hold.reached.is_some() && hold.level >= level)
            {
                heir.without &= !1_u64.checked_shl(level).unwrap_or(0);
            }
        }
        Some(gone)
    }
}

impl Account {
    /// Books what a member has to do with plans: the clock looks at the end of the term.
    pub(super) fn book_plans(&mut self, plans: &Plans) -> bool {
        self.plans.clone_from(plans);
        true
    }

    /// The level that counts: the highest of what is earned, granted and paid.
    pub(crate) fn level_held(&self, program: &Program, id: TiersId) -> u32 {
        let Some(state) = self.tiers.get(id.index()) else { return 0 };
        state.level.max(state.granted_level()).max(self.level_paid(program, id))
    }

    /// The fee of the plan in which the member was at an instant, micro-units; nothing without one.
    pub(crate) fn fee_at(&self, program: &Program, at: Instant) -> i64 {
        let plans = &self.plans;
        let known = plans.history.iter().rev().find(|(since, _)| *since <= at).map(|(_, plan)| *plan);
        let held = || plans.held.map(|held| held.plan).filter(|_| plans.history.is_empty());
        let plan = known.unwrap_or_else(held).and_then(|plan| program.plans.get(plan.index()));
        plan.map_or(0, |plan| plan.fee)
    }

    /// The level that the plan of the member pays.
    pub(crate) fn level_paid(&self, program: &Program, id: TiersId) -> u32 {
        let Some(held) = &self.plans.held else { return 0 };
        program.tiers.get(id.index()).map_or(0, |tiers| tiers.paid_by(held.plan))
    }

    /// The level that counts, and its last day. Of several reasons that of the latest day is told.
    pub(crate) fn held_with(&self, program: &Program, id: TiersId) -> (u32, Option<Date>) {
        let Some(state) = self.tiers.get(id.index()) else { return (0, None) };
        let own = (state.level, state.until);
        let granted = state.granted.iter().map(|granted| (granted.level, granted.until));
        let paid = self.plans.held.as_ref().map(|held| {
            let until = Some(held.secured()).filter(|_| !self.renews(program));
            (self.level_paid(program, id), until)
        });
        let best = granted.chain(paid).fold(own, |best, other| {
            let rank = |held: &(u32, Option<Date>)| (held.0, held.1.unwrap_or(Date::MAX));
            if rank(&other) > rank(&best) { other } else { best }
        });
        if best.0 == 0 { own } else { best }
    }

    /// Whether the plan of the member goes on by itself.
    fn renews(&self, program: &Program) -> bool {
        self.plans.held.is_some_and(|held| {
            !held.left && program.plans.get(held.plan.index()).is_some_and(|plan| plan.renews)
        })
    }

    /// The plan in which the member is, as of the last posted outcome.
    #[must_use]
    pub fn plan(&self, program: &Program) -> Option<PlanStanding> {
        let held = self.plans.held?;
        let plan = program.plans.get(held.plan.index())?;
        let renews = self.renews(program);
        Some(PlanStanding {
            plan: plan.name.to_string(),
            since: held.since,
            from: held.starts,
            to: held.last,
            trial: held.trial,
            secured_until: held.secured(),
            renews,
            next_fee: renews.then(|| NextFee {
                amount: money(program, plan.fee),
                currency: program.currency.to_string(),
                due: held.secured().plus_days(1),
            }),
        })
    }
}

impl Program {
    /// A fee as a host reads it.
    pub(crate) fn due_fee(&self, member: &str, fee: &Fee) -> DueFee {
        DueFee {
            key: fee.key.to_string(),
            member: member.to_owned(),
            plan: self.plan_name(fee.plan).to_owned(),
            amount: money(self, fee.amount),
            currency: self.currency.to_string(),
            due: fee.due,
            from: fee.term.0,
            to: fee.term.1,
            cause: fee.cause,
        }
    }
}

fn money(program: &Program, amount: i64) -> String {
    let digits = u8::try_from(program.currency_digits).unwrap_or(2);
    Money::from_micros(amount).unwrap_or_default().display(digits).to_string()
}
