//! Cancelling: an event was a mistake, and is undone as if it had never been.
//!
//! A cancelled purchase has come back as a whole, whatever the program says of returns. On top of that the counts go
//! down that a return leaves alone: of events and purchases, and the times that caps have counted. What the time since
//! an event, lots that were kept alive and choices that were made remember of it stays. A tier that was granted by mistake is
//! held no more.

use super::budgets;
use super::draft::Draft;
use super::each;
use super::judge::Facts;
use super::refuse::{Refusal, Rejection};
use super::returning::{give_back, undo};
use super::rows::Rows;
use super::step04_match::counts_times;
use super::step08_cap::gives_back;
use super::{plans, rebates, step12_friends, step13_payers};
use crate::account::{Change, Receipt};
use crate::ledger::{Source, Thing};
use crate::program::{CapId, CapWindow, EventKindId, Measure, PayOut, Program, Referral, ReferralId, RuleId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Undoes all of an event that has not come back already.
#[cold]
pub(super) fn cancel(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    of: &Arc<str>,
) -> Result<(), Rejection> {
    let record = facts.account.record(facts.program, of);
    // what a message gave is taken back by another message
    let before = record.filter(|record| record.day.is_some()).and_then(|record| record.receipt.as_ref());
    let Some(before) = before else {
        if record.is_none_or(|record| record.receipt.is_none()) && plans::cancel_grant(draft, of) {
            // a grant may run for longer than its event is remembered
            if record.is_some() {
                let receipt = Receipt::of_mistake(of, draft.account.turned(), (draft.at, draft.day));
                draft.change(Change::Returned(Arc::new(receipt)));
            }
            return Ok(());
        }
        let detail = match record {
            Some(_) => cannot(facts.program, of),
            None => format!("`{of}` is not known"),
        };
        return Err(Rejection::new(Refusal::NoSuchEvent, detail));
    };
    // a cancelled grant, or a redemption, is said to be so to every member
    if before.kind.is_some() || !before.cancelled {
        facts.account.check_own(before)?;
    }
    if before.cancelled {
        return Err(Rejection::new(Refusal::AlreadyCancelled, format!("`{of}` was cancelled")));
    }
    draft.cancels = true;
    let mut receipt = Receipt { cancelled: true, frozen: None, ..Receipt::clone(before) };
    give_back(facts, draft, before, &receipt);
    uncount_event(draft, &receipt);
    uncount_times(facts, draft, &receipt);
    undo(facts, draft, rows, before, &mut receipt)?;
    if !receipt.pledged.is_empty() || !receipt.gifts.is_empty() {
        step13_payers::cancel(facts, draft, before, &receipt)?;
    }
    if !receipt.turnover.is_empty() {
        rebates::take_off(draft, before, &receipt)?;
    }
    step12_friends::recheck(facts, draft, rows, &receipt)?;
    draft.change(Change::Returned(Arc::new(receipt)));
    Ok(())
}

/// What cannot be cancelled, and what helps instead.
fn cannot(program: &Program, of: &str) -> String {
    let mut detail = format!("`{of}` is no purchase, declared event or redemption");
    if !program.tiers.is_empty() {
        detail.push_str(", and no grant of a tier that still runs");
    }
    if !program.plans.is_empty() {
        detail.push_str("; what `join plan` has begun is ended by `leave plan`");
    }
    detail
}

/// Undoes what a message of a referral gave, and gives its caps the time back.
#[cold]
pub(super) fn reverse(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    id: &Arc<str>,
    (referral, of, pay_out): (&Referral, ReferralId, PayOut),
) -> Result<(), Rejection> {
    let Some(before) = facts.account.receipt(facts.program, id).filter(|before| !before.cancelled) else {
        return Ok(());
    };
    let mut receipt = Receipt { cancelled: true, ..Receipt::clone(before) };
    undo(facts, draft, rows, before, &mut receipt)?;
    for cap in referral.caps.to(pay_out) {
        uncount(facts, draft, &receipt, *cap, 1);
    }
    if !receipt.awards.is_empty() {
        // what is claimed still is freed when the answer comes
        budgets::undo_pay_out(draft, (Source::Referral(of), pay_out), &receipt);
    }
    draft.change(Change::Returned(Arc::new(receipt)));
    Ok(())
}

/// It is no event and no purchase any more.
fn uncount_event(draft: &mut Draft<'_>, receipt: &Receipt) {
    let Some(kind) = receipt.kind else { return };
    let index = &draft.program.meter_index;
    let events = index.events.get(kind.index()).map_or(&[][..], |meters| meters);
    let purchases = if kind == EventKindId::PURCHASE { &*index.purchases } else { &[] };
    for meter in events.iter().chain(purchases).copied() {
        // those that count kept purchases only are lowered like those of spend
        if draft.measure(meter) != Some(Measure::PurchasesKept) {
            let slot = draft.slot_at(meter, receipt.day, receipt.at);
            draft.count(meter, slot, -1);
        }
    }
}

/// Gives back the times that caps have counted: of each rule that gave something, and of vouchers and rewards that were
/// used. Amounts are given back as they are taken.
fn uncount_times(facts: &Facts<'_>, draft: &mut Draft<'_>, receipt: &Receipt) {
    let program = facts.program;
    let fired: BTreeSet<RuleId> = receipt
        .awards
        .iter()
        // what was paid later counted its times then
        .chain(receipt.chosen.iter().map(|chosen| &chosen.award))
        .filter_map(|award| match award.source {
            Source::Rule(rule) => Some(rule),
            _ => None,
        })
        .collect();
    let rules = fired.into_iter().filter_map(|rule| program.rules.get(rule.index()));
    for cap in rules.flat_map(|rule| rule.caps.iter().copied()) {
        // of caps with a counter for each value, the record of the event says what they have counted
        if program.caps.get(cap.index()).is_some_and(|cap| counts_times(cap.limit) && cap.each.is_none()) {
            uncount(facts, draft, receipt, cap, 1);
        }
    }
    let Some(payment) = &receipt.payment else { return };
    for spent in &payment.spent {
        let Thing::Voucher(voucher) = spent.thing else { continue };
        let used = spent.lots.iter().map(|lot| lot.amount).sum();
        let caps = program.vouchers.get(voucher.index()).map(|voucher| &voucher.caps);
        for cap in caps.into_iter().flatten() {
            uncount(facts, draft, receipt, *cap, used);
        }
    }
    for (source, times) in &payment.uses {
        let Source::Reward(reward) = source else { continue };
        let caps = program.rewards.get(reward.index()).map(|reward| &reward.caps);
        for cap in caps.into_iter().flatten() {
            uncount(facts, draft, receipt, *cap, *times);
        }
    }
}

/// Gives room back in the window of the event.
pub(super) fn uncount(facts: &Facts<'_>, draft: &mut Draft<'_>, receipt: &Receipt, cap: CapId, by: i64) {
    let Some(rules) = facts.program.caps.get(cap.index()) else { return };
    if rules.each.is_some() {
        // the record knows the counter, and gives times back itself
        if gives_back(rules.limit) {
            each::give_back(draft, rules, &receipt.shares, by);
        }
        return;
    }
    if let (Some(meter), CapWindow::Period(period)) = (rules.meter, rules.window) {
        draft.count(meter, facts.period_slot(period, receipt.day), -by);
    }
}
