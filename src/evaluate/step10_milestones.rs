//! Step 10: milestones. They count what was bought and what steps 8 and 8a booked; every mark that the count passes gives.
//!
//! What an event added stands in its receipt by line, so a return lowers the count by exactly what belongs to what came
//! back. A mark that is lost then opens again, and what it gave is taken back like what rules gave; what stays passed is
//! told by the most that the count ever was in its window.

use super::choices;
use super::draft::{Booked, Draft, Terms};
use super::judge::{Facts, Truth};
use super::refuse::Rejection;
use super::returning::take_units;
use super::terms::is_valid;
use crate::account::{Change, MeterShare, PassedMark, Receipt, ReceiptAward, ShareBy};
use crate::calendar::Date;
use crate::event::Item;
use crate::ledger::{Source, Thing};
use crate::program::{AwardThing, EventKindId, MilestoneCount, Milestones, MilestonesId};
use std::sync::Arc;

/// The most marks that one event may pass.
const PASSED_MOST: usize = 1_000;

/// MilestoneCount an event, and gives what the marks give that are passed. `awards` is what rules gave where there is no receipt.
#[cold]
pub(crate) fn count(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    kind: EventKindId,
    awards: &[ReceiptAward],
) -> Result<(), Rejection> {
    let mut passed = 0;
    for (place, block) in facts.program.milestones.iter().enumerate() {
        if !is_valid(block.valid, facts.event.day, facts.event.local)
            || block.when.as_ref().is_some_and(|when| facts.judge(when, None) != Truth::Yes)
        {
            continue;
        }
        let Some((by, parts)) = counted(facts, draft, block, kind, awards) else { continue };
        let added: i64 = parts.iter().sum();
        let slot = draft.slot_on(block.meter, facts.event.day);
        draft.count(block.meter, slot, added);
        if let Some(receipt) = draft.receipt.as_mut().and_then(Arc::get_mut) {
            receipt.shares.push(MeterShare { meter: block.meter, slot, by, parts });
        }
        pass(draft, (MilestonesId(place as u32), block), slot, added, &mut passed)?;
    }
    Ok(())
}

/// What each line or the event as a whole counts; nothing if it counts nothing.
fn counted(
    facts: &Facts<'_>,
    draft: &Draft<'_>,
    block: &Milestones,
    kind: EventKindId,
    awards: &[ReceiptAward],
) -> Option<(ShareBy, Box<[i64]>)> {
    let passes = match &block.items {
        Some(test) => facts.judge_items(test),
        None => facts.event.all.clone(),
    };
    if block.items.is_some() && passes.is_empty() {
        return None;
    }
    let items = facts.event.items().iter().enumerate();
    let (by, parts): (ShareBy, Box<[i64]>) = match block.counts {
        MilestoneCount::Spend(filter) => {
            let counts = |line| passes.has(line) && filter.is_none_or(|filter| facts.passes(filter, line));
            let part = |(line, item): (usize, &Item)| if counts(line) { item.value } else { 0 };
            (ShareBy::Value, items.map(part).collect())
        }
        MilestoneCount::Pieces => {
            let part = |(line, item): (usize, &Item)| if passes.has(line) { item.quantity } else { 0 };
            (ShareBy::Quantity, items.map(part).collect())
        }
        MilestoneCount::Events(event) => (ShareBy::Whole, [i64::from(event == kind)].into()),
        MilestoneCount::Unit(unit) => {
            let mine = |award: &&ReceiptAward| {
                award.thing == Thing::Unit(unit) && matches!(award.source, Source::Rule(_))
            };
            let awards = draft.receipt.as_ref().map_or(awards, |receipt| &receipt.awards);
            let sum: i64 = awards.iter().filter(mine).map(|award| award.amount).sum();
            (ShareBy::Unit(unit), [sum].into())
        }
    };
    parts.iter().any(|part| *part != 0).then_some((by, parts))
}

/// Gives what the marks give that a count passes, the lowest first.
fn pass(
    draft: &mut Draft<'_>,
    (id, block): (MilestonesId, &Milestones),
    slot: i64,
    added: i64,
    passed: &mut usize,
) -> Result<(), Rejection> {
    let now = draft.meter(block.meter, slot);
    let before = match block.most {
        Some(most) => draft.meter(most, slot),
        None => now.saturating_sub(added),
    };
    if now <= before {
        return Ok(());
    }
    if let Some(most) = block.most {
        draft.count(most, slot, now - before);
    }
    let mut marks = Vec::new();
    for (line, known) in (0_u32..).zip(&block.marks) {
        for number in known.up_to(before)..known.up_to(now) {
            *passed += 1;
            if *passed > PASSED_MOST {
                return Err(Rejection::too_large());
            }
            marks.push((known.at(number), line, known.gives));
        }
    }
    marks.sort_by_key(|(mark, line, _)| (*mark, *line));
    for (mark, line, gave) in marks {
        let source = Source::Milestones(id);
        let Booked { lot, start, repaid } = draft.give(gave.thing, gave.amount, source, Terms::default());
        if block.most.is_none() {
            let when = (draft.at, draft.day);
            let mark =
                PassedMark { milestones: id, slot, mark, line, gave, lot, start, repaid, passed: when };
            draft.change(Change::Mark(Box::new(mark), true));
        }
    }
    Ok(())
}

/// After something of a purchase has come back: marks that the count does not reach any more are lost, and what they
/// gave is taken back. Notes on which days they were passed.
pub(super) fn recount_return(draft: &mut Draft<'_>, receipt: &Receipt, days: &mut Vec<Date>) {
    let account = draft.account;
    if account.marks.is_empty() {
        return;
    }
    for (place, block) in draft.program.milestones.iter().enumerate().filter(|(_, it)| it.most.is_none()) {
        let id = MilestonesId(place as u32);
        let share = receipt.shares.iter().find(|share| share.meter == block.meter);
        let Some(slot) = share.map(|share| share.slot) else { continue };
        let now = draft.meter(block.meter, slot);
        let lost = |known: &&PassedMark| (known.milestones, known.slot) == (id, slot) && known.mark > now;
        for known in account.marks.iter().rev().filter(lost) {
            let is_gone = draft
                .postings
                .changes
                .iter()
                .any(|change| matches!(change, Change::Mark(other, false) if other.key() == known.key()));
            if is_gone {
                continue;
            }
            take_gift(draft, known, &receipt.id);
            days.push(known.passed.1);
            draft.change(Change::Mark(Box::new(*known), false));
        }
    }
}

/// Takes back what a mark gave: units as those of a purchase, of vouchers and choices what is unused.
fn take_gift(draft: &mut Draft<'_>, known: &PassedMark, of: &Arc<str>) {
    let (source, amount) = (Source::Milestones(known.milestones), known.gave.amount);
    match known.gave.thing {
        AwardThing::Unit(unit) => {
            let lot = (known.lot, known.start, amount - known.repaid);
            take_units(draft, (unit, source), (amount, known.passed), lot, of);
        }
        AwardThing::Voucher(voucher) => {
            for number in (known.lot..).take(usize::try_from(amount).unwrap_or(0)) {
                draft.cancel_voucher((voucher, number), source, of);
            }
        }
        AwardThing::Choice(choice) => choices::cancel_gift(draft, choice, source, known.passed.1),
    }
}
