//! Step 10: challenges.
//!
//! A round counts in the slot of the event's own day. It is finished with the event that completes enough tasks, and pays
//! once. What comes back is taken off the counts of its round; a finished round stays finished, unless the event that
//! finished it is cancelled and it is not complete without it.

use super::draft::{Booked, Draft, Terms};
use super::game_caps;
use super::judge::{Facts, Truth};
use super::returning;
use super::terms::is_valid;
use crate::account::{LineRecord, MeterShare, Receipt, ReceiptAward, ShareBy};
use crate::event::Item;
use crate::ledger::{Source, Thing};
use crate::program::{Challenge, ChallengeId, Counts, EventKindId, MeterId, Task, Test, UnitId};

/// Counts an event for all challenges, and pays those that it completes. What it counted and gave is added to what its
/// record keeps.
pub(super) fn count(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    kind: EventKindId,
    awards: &mut Vec<ReceiptAward>,
    shares: &mut Vec<MeterShare>,
) {
    // what challenges give counts for none of them
    let earned = awards.len();
    for (place, challenge) in facts.program.challenges.iter().enumerate() {
        if !is_valid(challenge.valid, facts.event.day, facts.event.local) {
            continue;
        }
        let mut counted = false;
        for task in &challenge.tasks {
            let earned = awards.get(..earned).unwrap_or_default();
            let share = share_of_task(facts, draft, task, kind, earned);
            let Some((share, amount)) = share else { continue };
            draft.count(share.meter, share.slot, amount);
            shares.push(share);
            counted = true;
        }
        let day = facts.event.day;
        let slot = draft.slot_on(challenge.rounds, day);
        if counted && !is_finished(draft, challenge, slot) && is_complete(draft, challenge, slot) {
            finish(facts, draft, ChallengeId(place as u32), challenge, awards);
        }
    }
}

/// What an event counts for a task, and how much that is in all.
fn share_of_task(
    facts: &Facts<'_>,
    draft: &Draft<'_>,
    task: &Task,
    kind: EventKindId,
    awards: &[ReceiptAward],
) -> Option<(MeterShare, i64)> {
    if !task.counts.takes(kind) || task.when.iter().any(|when| facts.judge(when, None) != Truth::Yes) {
        return None;
    }
    share_of(facts, draft, (task.meter, task.counts), task.items.as_ref(), awards)
}

/// What an event counts for a game, and how much that is in all.
pub(super) fn share_of(
    facts: &Facts<'_>,
    draft: &Draft<'_>,
    (meter, counts): (MeterId, Counts),
    items: Option<&Test>,
    awards: &[ReceiptAward],
) -> Option<(MeterShare, i64)> {
    let (by, parts, amount) = match counts {
        Counts::Spend => by_line(facts, items, ShareBy::Value, |item| item.value),
        Counts::Items => by_line(facts, items, ShareBy::Quantity, |item| item.quantity),
        Counts::Events(_) if items.is_some() => {
            let (by, parts, _) = by_line(facts, items, ShareBy::Lines, |_| 1);
            let counts = i64::from(parts.contains(&1));
            (by, parts, counts)
        }
        Counts::Events(_) => (ShareBy::Whole, Box::from([1]), 1),
        Counts::Unit(unit) => {
            let amount = awards.iter().filter(|award| is_earned(award, unit)).map(|award| award.amount).sum();
            (ShareBy::Unit(unit), Box::from([amount]), amount)
        }
    };
    if amount == 0 && parts.iter().all(|part| *part == 0) {
        return None;
    }
    let slot = draft.slot_on(meter, facts.event.day);
    Some((MeterShare { meter, slot, by, parts }, amount))
}

fn by_line(
    facts: &Facts<'_>,
    items: Option<&Test>,
    by: ShareBy,
    of: impl Fn(&Item) -> i64,
) -> (ShareBy, Box<[i64]>, i64) {
    let passes = items.map(|test| facts.judge_items(test));
    let items = facts.event.items().iter().enumerate();
    let part = |(line, item): (usize, &Item)| {
        if passes.as_ref().is_none_or(|passes| passes.has(line)) { of(item) } else { 0 }
    };
    let parts: Box<[i64]> = items.map(part).collect();
    let amount = parts.iter().fold(0_i64, |sum, part| sum.saturating_add(*part));
    (by, parts, amount)
}

/// Whether a rule gave a unit: not a reward, and no game.
pub(super) fn is_earned(award: &ReceiptAward, unit: UnitId) -> bool {
    let by_rule = match award.source {
        Source::Rule(_) => true,
        Source::Former(_) => !matches!(award.record, LineRecord::Whole | LineRecord::Stays),
        _ => false,
    };
    by_rule && award.thing == Thing::Unit(unit)
}

fn is_finished(draft: &Draft<'_>, challenge: &Challenge, round: i64) -> bool {
    draft.meter(challenge.rounds, round) > 0
}

fn is_complete(draft: &Draft<'_>, challenge: &Challenge, round: i64) -> bool {
    let done = |task: &&Task| draft.meter(task.meter, round) >= task.goal;
    challenge.tasks.iter().filter(done).count() >= challenge.needs
}

fn finish(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    id: ChallengeId,
    challenge: &Challenge,
    awards: &mut Vec<ReceiptAward>,
) {
    let slot = draft.slot_on(challenge.rounds, facts.event.day);
    draft.count(challenge.rounds, slot, 1);
    let source = Source::Challenge(id);
    game_caps::pay(facts, draft, (source, &challenge.caps), challenge.gifts.iter(), awards);
}

/// Gives what a game gives, and what the record of the event keeps of it.
pub(super) fn give(
    draft: &mut Draft<'_>,
    thing: crate::program::AwardThing,
    amount: i64,
    source: Source,
) -> ReceiptAward {
    let Booked { lot, start, repaid } = draft.give(thing, amount, source, Terms::default());
    ReceiptAward { source, thing: thing.into(), lot, start, amount, repaid, record: LineRecord::Stays }
}

/// An event was a mistake, and its counts are gone: rounds that it finished and that are not complete without it are open
/// again, and what they gave is taken back.
pub(super) fn cancel(facts: &Facts<'_>, draft: &mut Draft<'_>, receipt: &Receipt) {
    for (place, challenge) in facts.program.challenges.iter().enumerate() {
        let source = Source::Challenge(ChallengeId(place as u32));
        let gave = receipt.awards.iter().any(|award| award.source == source);
        let of_task = |share: &&MeterShare| challenge.tasks.iter().any(|task| task.meter == share.meter);
        let Some(round) = receipt.shares.iter().find(of_task).map(|share| share.slot) else { continue };
        if !gave || !is_finished(draft, challenge, round) || is_complete(draft, challenge, round) {
            continue;
        }
        draft.count(challenge.rounds, round, -1);
        take_gifts(facts, draft, receipt, source);
    }
}

/// Takes back all that a game gave with an event.
pub(super) fn take_gifts(facts: &Facts<'_>, draft: &mut Draft<'_>, receipt: &Receipt, source: Source) {
    let when = (receipt.at, receipt.day);
    let mut taken = Vec::new();
    for award in receipt.awards.iter().filter(|award| award.source == source) {
        let amount = returning::take_award(facts, draft, receipt, (award, when), (0, award.amount));
        taken.push((award.thing, amount));
    }
    game_caps::give_back(
        facts,
        draft,
        game_caps::of_source(facts.program, source),
        (receipt, source),
        &taken,
    );
    for chosen in receipt.chosen.iter().filter(|chosen| chosen.award.source == source) {
        let (award, when) = (&chosen.award, (chosen.at, chosen.day));
        returning::take_award(facts, draft, receipt, (award, when), (0, award.amount));
    }
}
