//! What budgets across all members have granted: it is booked as the event that earned it would have.

use super::budgets::{Asked, free, give_own_room_back};
use super::draft::{Draft, Terms};
use super::judge::Facts;
use super::rebates;
use super::refuse::Rejection;
use super::reversal::owed_of;
use super::step13_payers;
use crate::account::{Change, OpenClaim, OpenGift, Receipt, ReceiptAward};
use crate::ledger::Source;
use crate::program::{Program, RebateTerms};
use std::sync::Arc;

/// Books what was granted, less what has come back since.
pub(super) fn book(facts: &Facts<'_>, draft: &mut Draft<'_>, mut open: OpenClaim) -> Result<(), Rejection> {
    if let Some(gift) = open.gift.take() {
        return book_gift(facts, draft, &open, *gift);
    }
    let program = facts.program;
    let receipt = facts.account.receipt(program, &open.event);
    let is_cancelled = receipt.is_some_and(|receipt| receipt.cancelled);
    if let (Source::Referral(_), true) = (open.award.source, is_cancelled) {
        // what reversed it has given its caps the time back
        free(draft, &open.granted, &Asked::of(&open), (0, true));
        return Ok(());
    }
    let mut awards = Vec::with_capacity(1 + open.more.len());
    for award in std::iter::once(&open.award).chain(&open.more) {
        let owed = receipt.map_or(0, |receipt| owed_of(program, receipt, award));
        awards.push((give(draft, &open, award.clone(), award.amount - owed)?, owed));
    }
    let owed = awards.first().map_or(0, |(_, owed)| *owed);
    give_own_room_back(facts, draft, &open, (owed, is_cancelled));
    if let Some(receipt) = receipt {
        let mut receipt = Receipt::clone(receipt);
        for (award, owed) in awards {
            receipt.awards.push(award);
            if let Some(taken) = &mut receipt.taken {
                taken.awards.push(owed);
            }
        }
        draft.change(Change::Returned(Arc::new(receipt)));
    }
    if owed > 0 {
        free(draft, &open.granted, &Asked::of(&open), (owed, false));
    }
    Ok(())
}

/// Gives a charity what was granted at once, or pledges it. What came back of the event is not pledged.
fn book_gift(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    open: &OpenClaim,
    gift: OpenGift,
) -> Result<(), Rejection> {
    let receipt = facts.account.receipt(facts.program, &open.event);
    let granted = step13_payers::Granted { open, gift: &gift, receipt };
    let undone = step13_payers::book_granted(facts, draft, &granted)?;
    if undone <= 0 {
        return Ok(());
    }
    let kept = OpenGift { exact: gift.exact - undone, parts: None, is_pledged: gift.is_pledged };
    let all = step13_payers::micros(gift.exact)? - step13_payers::micros(kept.exact)?;
    let is_cancelled = receipt.is_some_and(|receipt| receipt.cancelled);
    give_own_room_back(facts, draft, open, (all, is_cancelled));
    let steps = |gift: &OpenGift| gift.steps(facts.program).ok_or_else(Rejection::too_large);
    let (source, thing, day) = (open.award.source, open.award.thing, open.day);
    let asked = match gift.is_pledged {
        true => Asked::pledged(source, thing, day),
        false => Asked::given(source, thing, day),
    };
    free(draft, &open.granted, &asked, (steps(&gift)? - steps(&kept)?, false));
    Ok(())
}

/// The terms by which something is paid for a period.
fn paid_terms<'p>(program: &'p Program, open: &OpenClaim) -> Option<&'p RebateTerms> {
    let Source::Rebate(rebate) = open.award.source else { return None };
    program.rebates.get(rebate.index()).zip(open.ends).map(|(rebate, last)| rebate.terms_on(last))
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
    let terms = match paid_terms(program, open) {
        Some(terms) => rebates::lot_terms(terms),
        None => Terms {
            activate: rule.and_then(|(_, rule)| rule.activate),
            expire: rule.map_or(&[], |(_, rule)| &rule.expire),
            on: open.on,
            own_hold: rule.is_some_and(|(_, rule)| rule.hold.is_some()),
            ..Terms::default()
        },
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
