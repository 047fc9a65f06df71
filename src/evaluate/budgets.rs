//! Budgets across all members: what is given within one is claimed, and booked when the answer comes.
//!
//! The evaluator sees one account. So a claim leaves it with the event, and the answer is an event of its own; it is
//! booked with the day and the terms of the event that earned it. What has come back of that event until then is not
//! booked at all. Where several budgets are asked, each is asked for what the one before has granted, and what a later
//! one does not grant is free again in the earlier ones.

use super::draft::Draft;
use super::each;
use super::granted;
use super::judge::Facts;
use super::note::Note;
use super::rebates;
use super::refuse::{Refusal, Rejection};
use super::step08_cap::gives_back;
use crate::account::{Change, LineRecord, OpenClaim, OpenGift, Receipt, ReceiptAward};
use crate::amount::{Sharer, Ties};
use crate::calendar::Date;
use crate::event::{BudgetLine, Claim, Message, Release, TEXT_MOST, answer_id};
use crate::ledger::{Exact, Source, Thing};
use crate::program::{
    ALL_OF_IT, Budget, BudgetCounts, CapId, CapWindow, Expense, PayOut, Program, RuleId, UnitId,
};
use std::sync::Arc;

/// What would be given.
pub(super) struct Wanted {
    pub(super) award: ReceiptAward,
    /// What comes with it.
    pub(super) more: Vec<ReceiptAward>,
    /// The day that the event brings for `activate on`.
    pub(super) on: Option<Date>,
    /// Of a referral, which pay-out it is.
    pub(super) pay_out: PayOut,
    pub(super) gift: Option<Box<OpenGift>>,
}

impl Wanted {
    /// One award and nothing else.
    pub(super) const fn award(award: ReceiptAward, on: Option<Date>) -> Self {
        Self { award, more: Vec::new(), on, pay_out: PayOut::Referrer, gift: None }
    }
}

/// The budgets that something asks, one after another: a rule, a donation, a pay-out of a referral, or what is paid for a period that ends on a day.
pub(super) fn budgets_of(
    program: &Program,
    source: Source,
    (pay_out, ends): (PayOut, Option<Date>),
) -> Vec<&Budget> {
    let found = match source {
        Source::Rule(rule) => program.rules.get(rule.index()).map(|rule| &rule.budgets),
        Source::Donation(donation) => program.donations.get(donation.index()).map(|it| &it.budgets),
        Source::Referral(referral) => {
            program.referral_budgets.get(referral.index()).map(|budgets| budgets.to(pay_out))
        }
        Source::Rebate(rebate) => {
            let terms = program.rebates.get(rebate.index()).zip(ends).map(|(it, last)| it.terms_on(last));
            return terms.map_or_else(Vec::new, |terms| terms.budgets.iter().collect());
        }
        _ => None,
    };
    let ids = found.map_or(&[][..], |budgets| budgets).iter();
    ids.filter_map(|id| program.budgets.get(id.index())).collect()
}

/// Claims what would be given, in place of giving it. What no budget has to be asked for is not claimed.
#[cold]
pub(super) fn claim(facts: &Facts<'_>, draft: &mut Draft<'_>, wanted: Wanted) -> Result<(), Rejection> {
    let Wanted { award, more, on, pay_out, gift } = wanted;
    let budgets = budgets_of(draft.program, award.source, (pay_out, None));
    let mut open = OpenClaim {
        budget: Box::default(),
        granted: Vec::new(),
        event: Arc::clone(&draft.event),
        at: draft.at,
        day: draft.day,
        ends: None,
        on,
        lines: facts.event.items().len(),
        award,
        more,
        pay_out,
        gift,
    };
    let rule = draft.program.source_words(open.award.source).1;
    if answer_id((rule, &draft.event), budgets.len()).len() > TEXT_MOST {
        let detail = "the id of the event is too long for a claim on a budget";
        return Err(Rejection::new(Refusal::WrongValue, detail));
    }
    if let Some(budget) = budgets.first() {
        ask(draft, budget, &mut open);
    }
    Ok(())
}

/// Claims what would be paid for a period that is over. Its last day stands in place of an event: nothing is paid twice
/// for one period.
#[cold]
pub(super) fn claim_paid(draft: &mut Draft<'_>, award: ReceiptAward, ends: Date) {
    let program = draft.program;
    let budgets = budgets_of(program, award.source, (PayOut::default(), Some(ends)));
    let Some(budget) = budgets.first() else { return };
    let mut open = OpenClaim {
        budget: Box::default(),
        granted: Vec::new(),
        event: format!("@{ends}/{}", program.source_words(award.source).0.word()).into(),
        at: draft.at,
        day: draft.day,
        ends: Some(ends),
        on: None,
        lines: 0,
        award,
        more: Vec::new(),
        pay_out: PayOut::default(),
        gift: None,
    };
    ask(draft, budget, &mut open);
}

/// Asks a budget for what is claimed.
fn ask(draft: &mut Draft<'_>, budget: &Budget, open: &mut OpenClaim) {
    let program = draft.program;
    open.budget = budget.name.clone();
    let (most, one, whole) = match &budget.counts {
        BudgetCounts::Amount(_, most) => (*most, step(program, open.award.thing), false),
        BudgetCounts::Times(most) => (*most, Exact::ONE, true),
        // a pay-out of a referral is several things, and granted whole
        BudgetCounts::Money(most, _) => (*most, MICRO, matches!(open.award.source, Source::Referral(_))),
        BudgetCounts::Given(most) => (*most, MICRO, false),
    };
    let line = Claim {
        budget: budget.name.as_ref().into(),
        member: draft.account.member.as_ref().into(),
        event: open.event.as_ref().into(),
        rule: program.source_words(open.award.source).1.into(),
        at: open.at,
        starts: budget.period.start_of(open.counts_on(), &draft.anchors),
        limit: Exact::of_steps(i128::from(most).saturating_mul(one)),
        steps: open.award.amount,
        cost: Exact::of_steps(cost(program, budget, &Asked::of(open))),
        whole,
        after: open.granted.iter().map(ToString::to_string).collect(),
    };
    draft.change(Change::Claim(Box::new(open.clone()), true));
    draft.change(Change::Budget(Box::new(BudgetLine::Claim(line))));
}

/// A millionth, exactly.
const MICRO: i128 = Exact::ONE / 1_000_000;

/// The smallest amount of a thing, exactly.
fn step(program: &Program, thing: Thing) -> i128 {
    Exact::ONE / 10_i128.pow(u32::from(program.thing_decimals(thing)))
}

/// What is counted by budgets, on the day on which it was earned.
pub(super) struct Asked {
    source: Source,
    thing: Thing,
    day: Date,
    /// Of what is paid for a period, its last day.
    ends: Option<Date>,
    is_pledged: bool,
    /// All that a pay-out of a referral gives, which is granted whole or not at all.
    pay_out: Vec<(Thing, i64)>,
}

impl Asked {
    /// What a claim asks for.
    pub(super) fn of(open: &OpenClaim) -> Self {
        if matches!(open.award.source, Source::Referral(_)) {
            return Self::paid_out(
                open.award.source,
                std::iter::once(&open.award).chain(&open.more),
                open.day,
            );
        }
        let is_pledged = open.gift.as_ref().is_some_and(|gift| gift.is_pledged);
        let (source, thing) = (open.award.source, open.award.thing);
        Self { ends: open.ends, is_pledged, ..Self::given(source, thing, open.day) }
    }

    /// What something gave.
    pub(super) const fn given(source: Source, thing: Thing, day: Date) -> Self {
        Self { source, thing, day, ends: None, is_pledged: false, pay_out: Vec::new() }
    }

    /// What something pledged.
    pub(super) fn pledged(source: Source, thing: Thing, day: Date) -> Self {
        Self { is_pledged: true, ..Self::given(source, thing, day) }
    }

    /// What a pay-out gave.
    fn paid_out<'a>(source: Source, awards: impl Iterator<Item = &'a ReceiptAward>, day: Date) -> Self {
        let pay_out: Vec<(Thing, i64)> = awards.map(|award| (award.thing, award.amount)).collect();
        // a pay-out is one time, whatever it gives
        let thing = pay_out.first().map_or(Thing::Unit(UnitId(0)), |(thing, _)| *thing);
        Self { pay_out, ..Self::given(source, thing, day) }
    }
}

/// What one step takes of a budget.
fn cost(program: &Program, budget: &Budget, asked: &Asked) -> i128 {
    match &budget.counts {
        BudgetCounts::Amount(..) => step(program, asked.thing),
        BudgetCounts::Given(_) if asked.is_pledged => MICRO,
        BudgetCounts::Given(_) => step(program, asked.thing),
        BudgetCounts::Times(_) => Exact::ONE,
        BudgetCounts::Money(_, partner) => {
            let all = asked.pay_out.iter().map(|(thing, amount)| {
                paid_by(program, partner, (asked, *thing)).saturating_mul(i128::from(*amount))
            });
            match asked.pay_out.is_empty() {
                true => paid_by(program, partner, (asked, asked.thing)),
                false => all.fold(0, i128::saturating_add),
            }
        }
    }
}

/// What a partner pays for the smallest amount of a thing.
fn paid_by(program: &Program, partner: &str, (asked, thing): (&Asked, Thing)) -> i128 {
    let Some(list) = program.prices_on(asked.day) else { return 0 };
    let name = program.source_words(asked.source).1;
    let is_gift = matches!(thing, Thing::Donation(_));
    let shares = if is_gift { list.pays_for(Expense::Donation, name) } else { list.funded.get(name) };
    let share = shares.and_then(|shares| shares.iter().find(|(name, _)| **name == *partner));
    let share = i128::from(share.map_or(0, |(_, share)| *share));
    if is_gift {
        // money costs itself
        let one = if asked.is_pledged { MICRO } else { step(program, thing) };
        return one.saturating_mul(share).checked_div(i128::from(ALL_OF_IT)).unwrap_or(0);
    }
    let prices = list.partners.get(partner).map(|terms| &terms.pays);
    let price = prices.and_then(|prices| prices.get(program.thing_words(thing).1)).copied().unwrap_or(0);
    let scale = 10_i128.pow(4_u32.saturating_sub(u32::from(program.thing_decimals(thing))));
    i128::from(price).saturating_mul(share).saturating_mul(scale)
}

/// The answer to a claim: asks the next budget, or books what was granted, less what has come back since.
#[cold]
pub(super) fn receive(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    message: &Message,
    (event, granted): (&Arc<str>, i64),
) -> Result<(), Rejection> {
    let program = facts.program;
    let is_it = |open: &&OpenClaim| {
        open.event == *event
            && *open.budget == *message.from
            && program.source_words(open.award.source).1 == &*message.rule
    };
    let Some(open) = facts.account.claims.iter().find(is_it) else {
        draft.notes.push(Note::Unrelated);
        return Ok(());
    };
    draft.change(Change::Claim(Box::new(open.clone()), false));
    let mut open = open.clone();
    shrink(facts, draft, &mut open, granted)?;
    if open.award.amount == 0 {
        return Ok(());
    }
    let asked = std::mem::take(&mut open.budget);
    let next = next_budget(program, &open, &asked);
    open.granted.push(asked);
    match next {
        Some(budget) => {
            ask(draft, budget, &mut open);
            Ok(())
        }
        None => granted::book(facts, draft, open),
    }
}

/// The budget that is asked after another.
fn next_budget<'p>(program: &'p Program, open: &OpenClaim, asked: &str) -> Option<&'p Budget> {
    let mut budgets = budgets_of(program, open.award.source, (open.pay_out, open.ends)).into_iter();
    budgets.find(|budget| *budget.name == *asked)?;
    // a version may have put them into another order
    budgets.find(|budget| !open.granted.contains(&budget.name))
}

/// Leaves of a claim what was granted. What was not is room again in the caps of the member, and in the budgets that
/// had granted more.
fn shrink(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    open: &mut OpenClaim,
    granted: i64,
) -> Result<(), Rejection> {
    let granted = granted.clamp(0, open.award.amount);
    let before = open.award.amount;
    if granted == before {
        return Ok(());
    }
    let (old, asked) = (caps_count(open)?, Asked::of(open));
    open.award.record = shared(&open.award, granted)?;
    open.award.amount = granted;
    if let Some(gift) = &mut open.gift {
        gift.cut(facts.program, granted);
    }
    let by = old - caps_count(open)?;
    let is_void = granted == 0 && !is_reversed(facts, open);
    give_own_room_back(facts, draft, open, (by, is_void));
    let earlier = std::mem::take(&mut open.granted);
    free(draft, &earlier, &asked, (before - granted, granted == 0));
    open.granted = earlier;
    Ok(())
}

/// How much of it caps count, if they count amounts.
fn caps_count(open: &OpenClaim) -> Result<i64, Rejection> {
    match &open.gift {
        Some(gift) => super::step13_payers::micros(gift.exact),
        None => Ok(open.award.amount),
    }
}

/// Whether a pay-out of a referral was reversed: that has given its caps the time back.
fn is_reversed(facts: &Facts<'_>, open: &OpenClaim) -> bool {
    let is_pay_out = matches!(open.award.source, Source::Referral(_));
    is_pay_out && facts.account.receipt(facts.program, &open.event).is_some_and(|receipt| receipt.cancelled)
}

/// Room in the caps of the member for what is not booked.
pub(super) fn give_own_room_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    open: &OpenClaim,
    (amount, is_void): (i64, bool),
) {
    if let (Source::Rebate(rebate), Some(last)) = (open.award.source, open.ends) {
        rebates::give_room_back(draft, rebate, (last, amount));
    }
    for cap in own_caps(facts.program, open) {
        let Some(rules) = facts.program.caps.get(cap.index()) else { continue };
        if rules.each.is_some() {
            let receipt = facts.account.receipt(facts.program, &open.event);
            if let Some(receipt) = receipt.filter(|_| gives_back(rules.limit)) {
                each::give_back(draft, rules, &receipt.shares, amount);
            }
            continue;
        }
        let (Some(meter), CapWindow::Period(period)) = (rules.meter, rules.window) else { continue };
        let by = match gives_back(rules.limit) {
            true => amount,
            false => i64::from(is_void),
        };
        if by != 0 {
            draft.count(meter, facts.period_slot(period, open.day), -by);
        }
    }
}

fn own_caps<'p>(program: &'p Program, open: &OpenClaim) -> &'p [CapId] {
    let found = match open.award.source {
        Source::Rule(rule) => program.rules.get(rule.index()).map(|rule| &rule.caps),
        Source::Donation(id) => program.donations.get(id.index()).map(|donation| &donation.caps),
        Source::Referral(id) => program.referrals.get(id.index()).map(|it| it.caps.to(open.pay_out)),
        _ => None,
    };
    found.map_or(&[], |caps| caps)
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

/// Tells budgets that something is free again of what they had granted. A time is free only if nothing was given.
#[cold]
pub(super) fn free(
    draft: &mut Draft<'_>,
    budgets: &[Box<str>],
    asked: &Asked,
    (amount, nothing_is_left): (i64, bool),
) {
    let program = draft.program;
    for name in budgets {
        // what is paid for a period may ask what only an earlier version has
        let mut own = budgets_of(program, asked.source, (PayOut::default(), asked.ends)).into_iter();
        let own = own.find(|budget| budget.name == *name);
        let budget = own.or_else(|| program.budgets.iter().find(|budget| budget.name == *name));
        let Some(budget) = budget else { continue };
        let by = match budget.counts {
            BudgetCounts::Times(_) if nothing_is_left => Exact::ONE,
            BudgetCounts::Times(_) => 0,
            BudgetCounts::Money(..) if !asked.pay_out.is_empty() => {
                if nothing_is_left {
                    cost(program, budget, asked)
                } else {
                    0
                }
            }
            _ => cost(program, budget, asked).saturating_mul(i128::from(amount)),
        };
        if by <= 0 {
            continue;
        }
        let key = draft.key();
        let line = Release {
            budget: budget.name.as_ref().into(),
            member: draft.account.member.as_ref().into(),
            key: key.to_string(),
            starts: budget.period.start_of(asked.ends.unwrap_or(asked.day), &draft.anchors),
            amount: Exact::of_steps(by),
        };
        draft.change(Change::Budget(Box::new(BudgetLine::Release(line))));
    }
}

/// Tells the budgets of a rule that a part of what it gave has come back. Times stay used.
#[cold]
pub(super) fn release_rule(draft: &mut Draft<'_>, rule: RuleId, (day, amount): (Date, i64)) {
    let thing = draft.program.rules.get(rule.index()).and_then(|rule| rule.effect.thing());
    if let Some(thing) = thing {
        release(draft, &Asked::given(Source::Rule(rule), Thing::from(thing), day), amount);
    }
}

/// Tells the budgets of something that a part of what it gave has come back. Times stay used.
#[cold]
pub(super) fn release(draft: &mut Draft<'_>, asked: &Asked, amount: i64) {
    let budgets = budgets_of(draft.program, asked.source, (PayOut::default(), asked.ends)).into_iter();
    let names: Vec<Box<str>> = budgets.map(|budget| budget.name.clone()).collect();
    free(draft, &names, asked, (amount, false));
}

/// Tells the budgets of a pay-out that it is undone.
#[cold]
pub(super) fn undo_pay_out(draft: &mut Draft<'_>, (source, pay_out): (Source, PayOut), receipt: &Receipt) {
    let budgets = budgets_of(draft.program, source, (pay_out, None)).into_iter();
    let names: Vec<Box<str>> = budgets.map(|budget| budget.name.clone()).collect();
    let awards = receipt.awards.iter().filter(|award| award.source == source);
    let asked = Asked::paid_out(source, awards, receipt.day);
    free(draft, &names, &asked, (0, true));
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
