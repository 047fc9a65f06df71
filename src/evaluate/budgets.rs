//! Budgets across all members: what a rule with one would give is claimed, and booked when the answer comes.
//!
//! The evaluator sees one account. So a claim leaves it with the event, and the answer is an event of its own; it is
//! booked with the day and the terms of the event that earned it. What has come back of that event until then is not
//! booked at all.

use super::draft::{Draft, Terms};
use super::judge::Facts;
use super::note::Note;
use super::rebates;
use super::refuse::{Refusal, Rejection};
use super::reversal::owed_of;
use super::step08_cap::gives_back;
use crate::account::{Change, LineRecord, OpenClaim, Receipt, ReceiptAward};
use crate::amount::{Sharer, Ties};
use crate::calendar::Date;
use crate::event::{BudgetLine, Claim, Message, Release, TEXT_MOST, answer_id};
use crate::ledger::{Exact, Source, Thing};
use crate::program::{Budget, BudgetCounts, CapWindow, Program, RuleId};
use std::sync::Arc;

/// The budget of a rule.
fn of_rule(program: &Program, rule: RuleId) -> Option<&Budget> {
    let budget = program.rules.get(rule.index())?.budget?;
    program.budgets.get(budget.index())
}

/// Claims what a rule would give, in place of giving it.
#[cold]
pub(super) fn claim(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rule: RuleId,
    award: ReceiptAward,
    on: Option<Date>,
) -> Result<(), Rejection> {
    let program = facts.program;
    let (Some(budget), Some(rules)) = (of_rule(program, rule), program.rules.get(rule.index())) else {
        return Ok(());
    };
    if answer_id(&rules.name, &draft.event).len() > TEXT_MOST {
        let detail = "the id of the event is too long for a claim on a budget";
        return Err(Rejection::new(Refusal::WrongValue, detail));
    }
    let cost = cost(program, budget, rule, award.thing, draft.day);
    let (limit, whole) = match &budget.counts {
        BudgetCounts::Amount(_, most) => (i128::from(*most), false),
        BudgetCounts::Times(most) => (i128::from(*most), true),
        BudgetCounts::Money(most, _) => (i128::from(*most), false),
    };
    let limit = match &budget.counts {
        BudgetCounts::Amount(..) => limit * step(program, award.thing),
        BudgetCounts::Times(_) => limit * Exact::ONE,
        BudgetCounts::Money(..) => limit * (Exact::ONE / 1_000_000),
    };
    let line = Claim {
        budget: budget.name.as_ref().into(),
        member: draft.account.member.as_ref().into(),
        event: draft.event.as_ref().into(),
        rule: rules.name.as_ref().into(),
        at: draft.at,
        starts: budget.period.start_of(draft.day, &draft.anchors),
        limit: Exact::of_steps(limit),
        steps: award.amount,
        cost: Exact::of_steps(cost),
        whole,
    };
    let open = OpenClaim {
        budget: budget.name.clone(),
        event: Arc::clone(&draft.event),
        at: draft.at,
        day: draft.day,
        on,
        lines: facts.event.items().len(),
        award,
    };
    draft.change(Change::Claim(Box::new(open), true));
    draft.change(Change::Budget(Box::new(BudgetLine::Claim(line))));
    Ok(())
}

/// The smallest amount of a thing, exactly.
fn step(program: &Program, thing: Thing) -> i128 {
    Exact::ONE / 10_i128.pow(u32::from(program.thing_decimals(thing)))
}

/// What one step of a thing takes of a budget.
fn cost(program: &Program, budget: &Budget, rule: RuleId, thing: Thing, day: Date) -> i128 {
    match &budget.counts {
        BudgetCounts::Amount(..) => step(program, thing),
        BudgetCounts::Times(_) => Exact::ONE,
        BudgetCounts::Money(_, partner) => {
            let list = program.prices_on(day);
            let price = list.and_then(|list| list.partners.get(partner));
            let price = price.and_then(|terms| terms.pays.get(program.thing_words(thing).1));
            let shares = list.and_then(|list| list.funded.get(program.rule_name(rule)));
            let share = shares.and_then(|shares| shares.iter().find(|(name, _)| name == partner));
            let (price, share) = (price.copied().unwrap_or(0), share.map_or(0, |(_, share)| *share));
            let scale = 10_i128.pow(4_u32.saturating_sub(u32::from(program.thing_decimals(thing))));
            i128::from(price).saturating_mul(i128::from(share)).saturating_mul(scale)
        }
    }
}

/// The answer to a claim: books what was granted, less what has come back since.
#[cold]
pub(super) fn receive(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    message: &Message,
    (event, granted): (&Arc<str>, i64),
) -> Result<(), Rejection> {
    let (program, account) = (facts.program, facts.account);
    let is_it = |open: &&OpenClaim| {
        open.event == *event && program.source_words(open.award.source).1 == &*message.rule
    };
    let Some(open) = account.claims.iter().find(is_it) else {
        draft.notes.push(Note::Unrelated);
        return Ok(());
    };
    draft.change(Change::Claim(Box::new(open.clone()), false));
    let granted = granted.clamp(0, open.award.amount);
    let receipt = account.receipt(program, &open.event);
    let award = ReceiptAward { amount: granted, record: shared(&open.award, granted)?, ..open.award.clone() };
    let owed = receipt.map_or(0, |receipt| owed_of(program, receipt, &award));
    let is_void = granted == 0 || receipt.is_some_and(|receipt| receipt.cancelled);
    give_own_room_back(facts, draft, open, (granted - owed, is_void));
    if granted == 0 {
        return Ok(());
    }
    let award = give(draft, open, award, granted - owed)?;
    if let Some(receipt) = receipt {
        let mut receipt = Receipt::clone(receipt);
        receipt.awards.push(award);
        if let Some(taken) = &mut receipt.taken {
            taken.awards.push(owed);
        }
        draft.change(Change::Returned(Arc::new(receipt)));
    }
    if let Source::Rule(rule) = open.award.source {
        release(draft, rule, (open.day, owed));
    }
    Ok(())
}

/// Books an amount as the event that earned it would have.
fn give(
    draft: &mut Draft<'_>,
    open: &OpenClaim,
    award: ReceiptAward,
    amount: i64,
) -> Result<ReceiptAward, Rejection> {
    let program = draft.program;
    let Some(thing) = award.thing.award() else { return Ok(award) };
    let rule = match award.source {
        Source::Rule(rule) => program.rules.get(rule.index()).map(|found| (rule, found)),
        _ => None,
    };
    let terms = Terms {
        activate: rule.and_then(|(_, rule)| rule.activate),
        expire: rule.map_or(&[], |(_, rule)| &rule.expire),
        on: open.on,
        own_hold: rule.is_some_and(|(_, rule)| rule.hold.is_some()),
        ..Terms::default()
    };
    let (deltas, changes) = (draft.postings.deltas.len(), draft.postings.changes.len());
    let now = (draft.at, draft.day);
    (draft.at, draft.day) = (open.at, open.day);
    let booked = draft.give(thing, amount, award.source, terms);
    if let (Some((rule, _)), false) = (rule, program.rebates.is_empty()) {
        rebates::earned(draft, rule, amount)?;
    }
    (draft.at, draft.day) = now;
    draft.earned_by(deltas, &open.event);
    for change in draft.postings.changes.iter_mut().skip(changes) {
        if let Change::Charge(charge) = change {
            charge.event = open.event.as_ref().into();
        }
    }
    Ok(ReceiptAward { lot: booked.lot, start: booked.start, repaid: booked.repaid, ..award })
}

/// By what a part of what was claimed is shared out to the lines.
fn shared(award: &ReceiptAward, granted: i64) -> Result<LineRecord, Rejection> {
    let LineRecord::Parts(parts) = &award.record else { return Ok(award.record.clone()) };
    if granted == award.amount {
        return Ok(award.record.clone());
    }
    let weights: Vec<i128> = parts.iter().map(|part| i128::from(*part)).collect();
    let mut found = Vec::new();
    let done = Sharer::default().share_out(i128::from(granted), &weights, Ties::Later, &mut found);
    done.ok_or_else(Rejection::too_large)?;
    Ok(LineRecord::Parts(found.into_iter().map(|part| i64::try_from(part).unwrap_or(0)).collect()))
}

/// What is not booked is room again in the caps of the member.
fn give_own_room_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    open: &OpenClaim,
    (booked, is_void): (i64, bool),
) {
    let Source::Rule(rule) = open.award.source else { return };
    let caps = facts.program.rules.get(rule.index()).map(|rule| &rule.caps);
    for cap in caps.into_iter().flatten().copied() {
        let Some(rules) = facts.program.caps.get(cap.index()) else { continue };
        let (Some(meter), CapWindow::Period(period)) = (rules.meter, rules.window) else { continue };
        let by = match gives_back(rules.limit) {
            true => open.award.amount - booked,
            false => i64::from(is_void),
        };
        draft.count(meter, facts.period_slot(period, open.day), -by);
    }
}

/// Tells a budget that something is free again of what was granted for a day. Times stay used.
#[cold]
pub(super) fn release(draft: &mut Draft<'_>, rule: RuleId, (day, amount): (Date, i64)) {
    let program = draft.program;
    let thing = program.rules.get(rule.index()).and_then(|rule| rule.effect.thing());
    let Some(thing) = thing.map(Thing::from) else { return };
    let Some(budget) = of_rule(program, rule).filter(|_| amount > 0) else { return };
    if matches!(budget.counts, BudgetCounts::Times(_)) {
        return;
    }
    let by = cost(program, budget, rule, thing, day).saturating_mul(i128::from(amount));
    let key = draft.key();
    let line = Release {
        budget: budget.name.as_ref().into(),
        member: draft.account.member.as_ref().into(),
        key: key.to_string(),
        starts: budget.period.start_of(day, &draft.anchors),
        amount: Exact::of_steps(by),
    };
    draft.change(Change::Budget(Box::new(BudgetLine::Release(line))));
}

impl super::Outcome {
    /// What the outcome says to the books of budgets, in this order: hand each to [`Budget::take`] and deliver what that
    /// answers.
    ///
    /// [`Budget::take`]: crate::event::Budget::take
    pub fn budget_lines(&self) -> impl Iterator<Item = &BudgetLine> {
        self.postings.changes.iter().filter_map(|change| match change {
            Change::Budget(line) => Some(&**line),
            _ => None,
        })
    }
}
