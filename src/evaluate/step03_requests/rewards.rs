//! Redeeming rewards: a price is paid, and something is granted or given at once.

use super::super::draft::{Draft, Terms};
use super::super::judge::Facts;
use super::super::refuse::{Refusal, Rejection};
use super::super::step04_match::room;
use super::super::step08_cap::count_cap;
use super::super::terms::is_valid;
use super::bill::Bill;
use super::{Done, Taken, What, at_most, grants, is_met, not_enough, passing};
use crate::account::{LineRecord, ReceiptAward, Spent};
use crate::ledger::{Source, Thing};
use crate::program::{Reward, RewardId, Validity};

/// Redeems a reward so many times.
pub(super) fn redeem(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    bill: Option<&mut Bill>,
    id: RewardId,
    amount: i64,
) -> Result<Done, Rejection> {
    let (what, program) = (What::Reward(id), facts.program);
    let Some(rules) = program.rewards.get(id.index()) else { return Err(Rejection::too_large()) };
    if bill.is_none() && rules.needs_basket() {
        let detail = format!("`{}` can be redeemed in a purchase only", rules.name);
        return Err(Rejection::new(Refusal::WrongValue, detail));
    }
    let passes = passing(facts, rules.items.as_ref());
    let works = |most| match &rules.grants {
        Some((_, grant)) => {
            let grant = (*grant, rules.items.is_some());
            grants::times_at_most(facts, bill.as_deref(), grant, &passes, most)
        }
        None => Ok(most),
    };
    check(facts, draft, (rules, id), (&passes, amount), works)?;
    let lines = match &rules.grants {
        Some((text, grant)) => {
            let granted = (*grant, &**text, rules.items.is_some());
            grants::apply_times(facts, bill, granted, &passes, (what, amount))?
        }
        None => vec![0; if bill.is_some() { passes.len() } else { 0 }].into(),
    };
    let source = Source::Reward(id);
    let price = rules.price.checked_mul(amount).ok_or_else(Rejection::too_large)?;
    let lots = draft.spend(rules.unit, price, Some(source));
    for cap in &rules.caps {
        count_cap(draft, facts, *cap, amount);
    }
    let award = give(draft, rules, source, amount)?;
    let pays = lines.iter().sum();
    let spent = Spent { thing: Thing::Unit(rules.unit), lots, parts: None, away: false };
    Ok(Done {
        taken: Taken { what, amount, pays, lines, charity: None },
        spent: Some(spent),
        used: Some((source, amount)),
        award,
    })
}

/// Gives what the reward gives, and notes it for a return.
fn give(
    draft: &mut Draft<'_>,
    rules: &Reward,
    source: Source,
    times: i64,
) -> Result<Option<ReceiptAward>, Rejection> {
    let Some(award) = rules.gives else { return Ok(None) };
    let amount = award.amount.checked_mul(times).ok_or_else(Rejection::too_large)?;
    let thing = Thing::from(award.thing);
    let booked = draft.give(award.thing, amount, source, Terms::default());
    let (lot, start, repaid) = (booked.lot, booked.start, booked.repaid);
    Ok(Some(ReceiptAward { source, thing, lot, start, amount, repaid, record: LineRecord::Whole }))
}

/// Whether the reward may be redeemed so many times here. `works` tells how many of so many would find something to
/// work on.
fn check(
    facts: &Facts<'_>,
    draft: &Draft<'_>,
    (rules, id): (&Reward, RewardId),
    (passes, amount): (&[bool], i64),
    works: impl Fn(i64) -> Result<i64, Rejection>,
) -> Result<(), Rejection> {
    let (event, program) = (facts.event, facts.program);
    let valid = is_valid(rules.valid, event.day, event.local);
    let for_some = rules.items.is_none() || passes.contains(&true);
    let met = is_met(facts, rules.when.as_ref()) && for_some;
    let free = rules.caps.iter().map(|cap| room(facts, *cap)).min().unwrap_or(i64::MAX);
    let affordable = draft.spendable(rules.unit).checked_div(rules.price).unwrap_or(0);
    let what = What::Reward(id);
    let largest = || if met && valid { works(affordable.min(free).max(0)) } else { Ok(0) };
    let refuse = |reason, detail: &str| Err(at_most(program, reason, what, largest()?, detail));
    if !valid {
        let over = match rules.valid {
            Validity::Days(_, to) => to < event.day,
            Validity::Minutes { to, .. } => to <= (event.local.date, event.local.minute),
            Validity::Always | Validity::EveryYear(..) => false,
        };
        return refuse(if over { Refusal::NoLongerUsable } else { Refusal::NotUsableYet }, "");
    }
    if !met {
        let detail = if for_some { &*rules.when_text } else { "no item is what it is for" };
        return refuse(Refusal::ConditionNotMet, detail);
    }
    if amount > free {
        let full = rules.caps.iter().find(|cap| room(facts, **cap) == free);
        let text = full.and_then(|cap| program.caps.get(cap.index())).map_or("", |cap| &cap.text);
        return refuse(Refusal::CapUsedUp, text);
    }
    if amount > affordable {
        return Err(not_enough(program, what, largest()?, program.unit_name(rules.unit)));
    }
    Ok(())
}
