//! What is counted since a level was reached.
//!
//! Each time ends when a higher level is reached, or with the term; what it leaves over begins the next one. What comes
//! late or comes back changes the time in which it was counted, and what that leaves over; a level that is no longer
//! earned ends, and its time goes on as if it had not.

use super::draft::Draft;
use super::plans;
use super::step11_tiers::{Values, cancel_gifts, current_state, earned_level, give_entry, remember};
use super::terms::{next_term, term};
use crate::account::{Account, Change, Hold, Spell, SpellEnd, TierState, levels_between};
use crate::calendar::{Date, Duration, Instant};
use crate::program::{MeterId, Program, Tiers, TiersId};

/// What was counted in a time, with what came over from the one before it.
fn values(draft: &Draft<'_>, tiers: &Tiers, spell: &Spell) -> Values {
    Values::of(tiers, |meter| spell.carried + sum(draft, meter, spell))
}

fn sum(draft: &Draft<'_>, meter: MeterId, spell: &Spell) -> i64 {
    let (from, to) = (i64::from(spell.number), i64::from(spell.through));
    let added = draft.postings.changes.iter().map(|change| match change {
        Change::Meter(other, slot, by) if *other == meter && (from..=to).contains(slot) => *by,
        _ => 0,
    });
    draft.account.counted_in(meter, from, to) + added.sum::<i64>()
}

/// What the running time holds of a metric, with what came over into it.
pub(crate) fn running(account: &Account, id: TiersId, meter: MeterId) -> i64 {
    let spell = account.tiers.get(id.index()).and_then(TierState::running);
    let (from, to, carried) = spell.map_or((1, 1, 0), |spell| (spell.number, spell.through, spell.carried));
    account.counted_in(meter, i64::from(from), i64::from(to)) + carried
}

/// Whether what an event booked counts for a block.
fn is_touched(draft: &Draft<'_>, tiers: &Tiers) -> bool {
    draft.postings.changes.iter().any(|change| match change {
        Change::Meter(meter, _, by) => *by != 0 && tiers.metrics.iter().any(|metric| metric.meter == *meter),
        _ => false,
    })
}

/// After an event or a return: what it changed in times that have ended, then what the running one reaches.
pub(super) fn recount(draft: &mut Draft<'_>, id: TiersId, tiers: &Tiers, length: Duration) {
    if !is_touched(draft, tiers) {
        return;
    }
    let state = current_state(draft, id);
    let mut next = state.clone();
    if next.spells.is_empty() {
        next.spells.push(first(draft, &state, length));
    }
    let ended = settle(draft, tiers, &mut next);
    next.settle(draft.today());
    let beside = plans::beside(draft, id, &state);
    let lowest = next.level;
    reach(draft, tiers, &mut next, beside);
    if next == state {
        return;
    }
    let beside = plans::beside(draft, id, &next);
    let (before, reached) = (state.level.max(beside), next.level.max(beside));
    if before != reached {
        remember(draft, (before, reached), &mut next);
    }
    draft.change(Change::Tier(id, Box::new(next)));
    for (level, at) in ended {
        if level > lowest.max(beside) {
            cancel_gifts(draft, tiers, id, std::iter::once(level), at);
        }
    }
    give_entry(draft, tiers, id, lowest.min(state.level).max(beside)..reached);
}

/// The time that runs before any level was reached: those of the lowest level follow each other from the joining.
fn first(draft: &Draft<'_>, state: &TierState, length: Duration) -> Spell {
    let joined = draft.account.founded().map_or(draft.day, |tenure| tenure.day.min(draft.day));
    let mut start = joined;
    let mut last = state.base_until.or(state.until).unwrap_or(Date::MAX);
    if state.level == 0 {
        last = length.add_to_date(start).unwrap_or(Date::MAX);
        while last < draft.today() {
            start = last.plus_days(1);
            last = length.add_to_date(last).unwrap_or(Date::MAX);
        }
    }
    Spell { number: 1, through: 1, since: Instant::MIN, start, last, carried: 0, end: None }
}

/// The level that a time reaches from the one that was held, at most another; and what is left of its values.
fn pay(tiers: &Tiers, values: &Values, from: u32, most: u32) -> (u32, i64) {
    if tiers.takes.is_none() {
        return (earned_level(tiers, values).min(most).max(from), 0);
    }
    let (mut level, mut rest) = (from, values.get(0));
    while level < most
        && let Some(price) = tiers.price(level + 1)
        && rest >= price
    {
        (level, rest) = (level + 1, rest - price);
    }
    (level, rest)
}

/// How much of what is left over begins the next time.
fn carry(tiers: &Tiers, rest: i64) -> i64 {
    tiers.takes.map_or(0, |takes| takes.carry.map_or(rest, |most| rest.min(most))).max(0)
}

/// Works out anew what the times that have ended reached. Returns the levels that are lost with them, and when each was
/// reached.
fn settle(draft: &Draft<'_>, tiers: &Tiers, next: &mut TierState) -> Vec<(u32, Instant)> {
    let mut lost = Vec::new();
    let mut place = 0;
    while let Some(spell) = next.spells.get(place).copied()
        && let Some(end) = spell.end
    {
        let values = values(draft, tiers, &spell);
        let is_newest = place + 2 == next.spells.len();
        let (earned, rest) = if end.over {
            confirmed(tiers, &values, end.earned)
        } else {
            // what comes late may reach more, as long as nothing was built on what was reached
            let most = if is_newest { tiers.levels.len() as u32 } else { end.earned };
            pay(tiers, &values, end.from, most)
        };
        if earned != end.earned {
            for hold in next.holds.iter_mut().filter(|hold| hold.spell == spell.number) {
                if let Some(at) = hold.reached {
                    let levels = (earned + 1..=hold.level).filter(|level| hold.gave(*level));
                    lost.extend(levels.map(|level| (level, at)));
                }
                hold.level = earned;
            }
        }
        if !end.over && earned == end.from {
            next.holds.retain(|hold| hold.spell != spell.number);
            join(next, place);
            continue;
        }
        if let Some(spell) = next.spells.get_mut(place) {
            spell.end = Some(SpellEnd { earned, ..end });
        }
        if let Some(after) = next.spells.get_mut(place + 1) {
            after.carried = if earned > 0 { carry(tiers, rest) } else { 0 };
            // the next level is reached from the one that was reached here
            if let Some(then) = after.end.as_mut().filter(|then| !end.over && !then.over) {
                then.from = earned;
            }
        }
        place += 1;
    }
    lost
}

/// What a time whose term was over confirms of a level, and what is left of it.
fn confirmed(tiers: &Tiers, values: &Values, most: u32) -> (u32, i64) {
    let earned = (1..=most).rev().find(|level| {
        let reach = tiers.levels.get(*level as usize).and_then(|level| level.reach.as_ref());
        reach.is_some_and(|reach| reach.holds(&|metric| values.get(metric)))
    });
    let earned = earned.unwrap_or(0);
    let price = if earned > 0 { tiers.price(earned) } else { None };
    (earned, price.map_or(0, |price| values.get(0) - price))
}

/// A level was not reached: the time that it had ended goes on.
fn join(next: &mut TierState, place: usize) {
    if place + 1 >= next.spells.len() {
        return;
    }
    let after = next.spells.remove(place + 1);
    let number = next.spells.get(place).map_or(0, |spell| spell.number);
    if let Some(spell) = next.spells.get_mut(place) {
        let from = spell.end.map_or(0, |end| end.from);
        (spell.through, spell.last) = (after.through, after.last.max(spell.last));
        spell.end = after.end.map(|end| if end.over { end } else { SpellEnd { from, ..end } });
    }
    for hold in next.holds.iter_mut().filter(|hold| hold.spell == after.number) {
        hold.spell = number;
    }
}

/// What the running time reaches above the level that is held: its term begins, and a time of its own.
fn reach(draft: &Draft<'_>, tiers: &Tiers, next: &mut TierState, beside: u32) {
    let Some(spell) = next.spells.last().copied() else { return };
    let top = tiers.levels.len() as u32;
    let (level, rest) = pay(tiers, &values(draft, tiers, &spell), next.level, top);
    if level <= next.level {
        return;
    }
    let at = draft.account.newest.map_or(draft.at, |(newest, _)| newest.max(draft.at));
    let today = draft.today();
    let (until, base_until) = term(tiers.keep, today, &draft.anchors);
    let end = SpellEnd { from: next.level, earned: level, over: false };
    if let Some(spell) = next.spells.last_mut() {
        spell.end = Some(end);
    }
    next.holds.push(Hold {
        window: Some(spell.start),
        spell: spell.number,
        reached: Some(at),
        level,
        until,
        base_until,
        grace: false,
        without: levels_between(next.level, beside.min(level)),
    });
    let number = spell.through + 1;
    let last = base_until.unwrap_or(Date::MAX);
    let carried = carry(tiers, rest);
    next.spells.push(Spell { number, through: number, since: at, start: today, last, carried, end: None });
    next.settle(today);
}

/// The time that runs is over: what it holds decides about the level.
pub(super) fn review(draft: &Draft<'_>, tiers: &Tiers, length: Duration, next: &mut TierState) {
    if next.spells.is_empty() {
        next.spells.push(first(draft, next, length));
    }
    let Some(spell) = next.spells.last().copied() else { return };
    let held = next.level;
    let (earned, rest) = confirmed(tiers, &values(draft, tiers, &spell), held);
    let level = if tiers.drop_one_level { earned.max(tiers.below(held)) } else { earned };
    let base = next.base_until.or(next.until).unwrap_or(spell.last);
    let mut last = length.add_to_date(base).unwrap_or(Date::MAX);
    // what is lower than what is kept was not needed for it
    let counts = level > 0 && earned >= level;
    if level > 0 {
        let (until, base_until) = next_term(tiers.keep, base, &draft.anchors);
        last = base_until.unwrap_or(Date::MAX);
        let (window, number) = if counts { (Some(spell.start), spell.number) } else { (None, 0) };
        // its entry gifts hang on the time that reached it first
        next.holds.push(Hold {
            window,
            spell: number,
            reached: None,
            level,
            until,
            base_until,
            grace: false,
            without: 0,
        });
    }
    let end = SpellEnd { from: held, earned: if counts { level } else { 0 }, over: true };
    if let Some(spell) = next.spells.last_mut() {
        spell.end = Some(end);
    }
    let number = spell.through + 1;
    next.spells.push(Spell {
        number,
        through: number,
        since: draft.at.plus_micros(-1),
        start: draft.day,
        last,
        carried: if counts { carry(tiers, rest) } else { 0 },
        end: None,
    });
}

/// What a block that counts since a level was reached says of a program's counter.
pub(crate) fn block_of(program: &Program, meter: MeterId) -> Option<TiersId> {
    match program.meters.get(meter.index())?.slots {
        crate::program::Slots::Since(id) => Some(id),
        _ => None,
    }
}
