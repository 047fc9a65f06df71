//! Step 11: levels. Metrics are recounted with everything this event booked; a level that is reached begins at once,
//! with the entry gifts of every level passed. The tier that was frozen in step 2 counts for the whole event.

use super::draft::{Draft, Terms};
use super::terms::{next_term, term};
use super::{choices, plans, spells, tier_windows};
use crate::account::{Change, Hold, Kept, TierState, levels_between};
use crate::calendar::{Date, Instant};
use crate::ledger::Source;
use crate::program::{AwardThing, MeterId, Program, TierWindow, Tiers, TiersId, UnitId, UnitKind, VoucherId};
use std::cmp::Reverse;
use std::sync::Arc;

/// The highest level whose threshold is reached by metrics.
pub(super) fn earned_level(tiers: &Tiers, values: &Values) -> u32 {
    tiers.earned(|metric| values.get(metric))
}

/// The values of the metrics of a block; few of them need no memory of their own.
#[derive(PartialEq)]
pub(super) struct Values {
    few: [i64; 4],
    more: Vec<i64>,
}

impl Values {
    pub(super) fn of(tiers: &Tiers, value: impl Fn(MeterId) -> i64) -> Self {
        let mut values = Self { few: [0; 4], more: Vec::new() };
        for (place, metric) in tiers.metrics.iter().enumerate() {
            match values.few.get_mut(place) {
                Some(few) => *few = value(metric.meter),
                None => values.more.push(value(metric.meter)),
            }
        }
        values
    }

    pub(super) fn add(&mut self, place: usize, by: i64) {
        let more = place.checked_sub(self.few.len());
        let known = self.few.get_mut(place).or_else(|| self.more.get_mut(more?));
        if let Some(known) = known {
            *known += by;
        }
    }

    pub(super) fn get(&self, place: usize) -> i64 {
        let few = self.few.get(place);
        few.or_else(|| self.more.get(place.checked_sub(self.few.len())?)).copied().unwrap_or(0)
    }
}

/// The slot of a tiers block in the window of a day: all its metrics share the window.
fn slot_of(draft: &Draft<'_>, tiers: &Tiers, day: Date) -> i64 {
    tiers.metrics.first().map_or(0, |metric| draft.slot_on(metric.meter, day))
}

/// Recounts all tiers blocks after an event of a day.
pub(crate) fn recount(draft: &mut Draft<'_>) {
    for (place, tiers) in draft.program.tiers.iter().enumerate() {
        let id = TiersId(place as u32);
        if let TierWindow::Since(length) = tiers.window {
            spells::recount(draft, id, tiers, length);
            continue;
        }
        if !tiers.is_plain() {
            tier_windows::recount(draft, id, tiers);
            continue;
        }
        let slot = slot_of(draft, tiers, draft.day);
        let now = Values::of(tiers, |meter| draft.meter(meter, slot));
        let earned = earned_level(tiers, &now);
        let state = draft.account.tiers.get(place);
        if earned == 0 && state.is_none_or(|state| state.holds.is_empty()) {
            continue;
        }
        let before = Values::of(tiers, |meter| draft.account.counted(meter, slot));
        let level = state.map_or(0, |state| state.level);
        if now == before {
            continue;
        }
        let earned_before = earned_level(tiers, &before);
        if earned > 0 && (earned > level || earned > earned_before) {
            reach(draft, id, tiers, earned, (draft.day, draft.day));
        } else if earned < earned_before {
            keep_values(draft, id, tiers, draft.day, &before);
        }
    }
}

/// Something that is worth less than nothing lowers what was counted: what a level was reached with is kept, so that only a
/// return of that ends it.
#[cold]
pub(super) fn keep_values(draft: &mut Draft<'_>, id: TiersId, tiers: &Tiers, day: Date, before: &Values) {
    let Some(window) = window_of(draft, tiers, day) else { return };
    let mut next = current_state(draft, id);
    let reached = |kept: &Kept| tiers.earned(|metric| kept.values.get(metric).copied().unwrap_or(0));
    if next.kept.iter().any(|kept| kept.window == window && reached(kept) >= earned_level(tiers, before)) {
        return;
    }
    // what nothing hangs on any more is forgotten
    let holds = &next.holds;
    let is_held = |kept: &Kept| holds.iter().any(|hold| hold.window == Some(kept.window));
    next.kept.retain(|kept| kept.window != window && is_held(kept));
    if next.holds.iter().any(|hold| hold.window == Some(window)) {
        let values = (0..tiers.metrics.len()).map(|metric| before.get(metric)).collect();
        let at = draft.account.newest.map_or(draft.at, |(newest, _)| newest);
        next.kept.push(Kept { window, at, values });
        draft.change(Change::Tier(id, Box::new(next)));
    }
}

/// The state of a tiers block with what this event has done to it.
pub(super) fn current_state(draft: &Draft<'_>, id: TiersId) -> TierState {
    let changed = draft.postings.changes.iter().rev().find_map(|change| match change {
        Change::Tier(other, state) if *other == id => Some((**state).clone()),
        _ => None,
    });
    changed.or_else(|| draft.account.tiers.get(id.index()).cloned()).unwrap_or_default()
}

/// The day by which holds know the window of a day: its first day, or where it rolls, the day itself.
pub(super) fn window_of(draft: &Draft<'_>, tiers: &Tiers, day: Date) -> Option<Date> {
    match tiers.window {
        TierWindow::Period(period) => Some(period.start_of(day, &draft.anchors)),
        TierWindow::Rolling(_) => Some(day),
        TierWindow::Since(_) => None,
    }
}

/// The metrics of the window of a day reach a level: its term is counted from another day, and never becomes shorter.
/// Entry gifts are given for every level newly passed; a renewal gives none.
#[cold]
pub(super) fn reach(
    draft: &mut Draft<'_>,
    id: TiersId,
    tiers: &Tiers,
    level: u32,
    (counted, begins): (Date, Date),
) {
    let state = current_state(draft, id);
    let beside = plans::beside(draft, id, &state);
    // what is held beside it has given its entry gifts already
    let without = levels_between(state.level, beside.min(level));
    let mut next = state.clone();
    let window = window_of(draft, tiers, counted);
    let (until, base_until) = term(tiers.keep, begins, &draft.anchors);
    match next.holds.iter_mut().find(|hold| hold.window == window && !hold.grace) {
        Some(hold) => {
            if level > hold.level {
                (hold.reached, hold.level) = (Some(draft.at), level);
                hold.without |= without;
            }
            if later(until, hold.until) {
                (hold.until, hold.base_until) = (until, base_until);
            }
        }
        None => next.holds.push(Hold {
            window,
            reached: Some(draft.at),
            level,
            until,
            base_until,
            grace: false,
            spell: 0,
            without,
        }),
    }
    let today = draft.today();
    next.settle(today);
    let before = state.level.max(beside);
    let reached = next.level.max(plans::beside(draft, id, &next));
    if reached > before {
        remember(draft, (before, reached), &mut next);
    }
    draft.change(Change::Tier(id, Box::new(next)));
    give_entry(draft, tiers, id, before..reached);
}

/// The entry gifts of the levels above one, up to another.
pub(super) fn give_entry(draft: &mut Draft<'_>, tiers: &Tiers, id: TiersId, passed: std::ops::Range<u32>) {
    for passed in passed.start + 1..=passed.end {
        let Some(gifts) = tiers.levels.get(passed as usize).map(|level| &level.entry) else { continue };
        for gift in gifts {
            draft.give(gift.thing, gift.amount, Source::Tier(id, passed), Terms::default());
        }
    }
}

/// Whether one last day is later than another; no last day is the latest.
fn later(one: Option<Date>, other: Option<Date>) -> bool {
    one.unwrap_or(Date::MAX) > other.unwrap_or(Date::MAX)
}

/// Notes since when which level is held, as far back as a late event may ask.
pub(super) fn remember(draft: &Draft<'_>, (before, after): (u32, u32), next: &mut TierState) {
    keep_history(draft, &mut next.history, before, after);
}

/// Notes since when something is so, as far back as a late event may ask.
pub(super) fn keep_history<T>(draft: &Draft<'_>, history: &mut Vec<(Instant, T)>, before: T, after: T) {
    let now = draft.account.newest.map_or(draft.at, |(newest, _)| newest.max(draft.at));
    if history.is_empty() {
        history.push((Instant::MIN, before));
    }
    history.push((now, after));
    // a late event can reach back no further than the program accepts, and at least to the start of the day
    let days = draft.program.late_days().saturating_add(2);
    let horizon = now.plus_micros(-i64::from(days) * 86_400_000_000);
    let keep_from = history.iter().rposition(|(since, _)| *since <= horizon).unwrap_or(0);
    history.drain(..keep_from);
}

/// After a return of a purchase of a day and an instant: a level that was reached only with what came back ends at once, its
/// unused entry gifts are cancelled; a level from an earlier window stays until its term.
pub(crate) fn recount_return(draft: &mut Draft<'_>, (day, at): (Date, Instant)) {
    for (place, tiers) in draft.program.tiers.iter().enumerate() {
        let id = TiersId(place as u32);
        match tiers.window {
            TierWindow::Since(length) => spells::recount(draft, id, tiers, length),
            TierWindow::Rolling(length) => {
                for day in tier_windows::held_with(draft, id, day, length) {
                    recount_window(draft, id, tiers, day, at);
                }
            }
            TierWindow::Period(_) => {
                for day in tier_windows::from(draft, tiers, day) {
                    recount_window(draft, id, tiers, day, at);
                }
            }
        }
    }
}

/// After a return, what the window of a day still earns.
fn recount_window(draft: &mut Draft<'_>, id: TiersId, tiers: &Tiers, day: Date, at: Instant) {
    let state = current_state(draft, id);
    let Some(window) = window_of(draft, tiers, day) else { return };
    // a level in its grace and the lower one that follows may hang on the same window
    let Some(hold) = state.holds.iter().find(|hold| hold.window == Some(window)).copied() else { return };
    let now = tier_windows::values(draft, tiers, &state, day, true);
    let before = tier_windows::values(draft, tiers, &state, day, false);
    if now == before {
        // what came back did not count
        return;
    }
    let mut earned = earned_level(tiers, &now);
    let mut next = state.clone();
    for kept in next.kept.iter_mut().filter(|kept| kept.window == window) {
        if at <= kept.at {
            for (metric, value) in kept.values.iter_mut().enumerate() {
                *value -= before.get(metric) - now.get(metric);
            }
        }
        let values = &kept.values;
        earned = earned.max(tiers.earned(|metric| values.get(metric).copied().unwrap_or(0)));
    }
    if earned < hold.level
        && let TierWindow::Rolling(_) = tiers.window
    {
        // what was counted behind it may have reached the level later
        earned = earned.max(tier_windows::best_since(draft, tiers, day));
    }
    if let Some((_, seen)) = next.seen.as_mut().filter(|(seen, _)| *seen == window) {
        *seen = earned.min(*seen);
    }
    for hold in next.holds.iter_mut().filter(|hold| hold.window == Some(window)) {
        hold.level = hold.level.min(earned);
    }
    next.settle(draft.day);
    let level = next.level;
    if level < state.level {
        next.lower_carries(tiers, window, level);
    }
    if next == state {
        return;
    }
    let beside = plans::beside(draft, id, &next);
    let (before, after) = (state.level.max(beside), level.max(beside));
    if before != after {
        remember(draft, (before, after), &mut next);
    }
    draft.change(Change::Tier(id, Box::new(next)));
    if let Some(reached) = hold.reached {
        let lost = (after + 1..=state.level).filter(|level| hold.gave(*level));
        cancel_gifts(draft, tiers, id, lost, reached);
    }
}

/// Cancels what is unused of the entry gifts of levels that were reached at an instant.
pub(super) fn cancel_gifts(
    draft: &mut Draft<'_>,
    tiers: &Tiers,
    id: TiersId,
    levels: impl Iterator<Item = u32>,
    reached: Instant,
) {
    for level in levels {
        let gifts = tiers.levels.get(level as usize).map_or(&[][..], |level| &level.entry);
        for gift in gifts {
            match gift.thing {
                AwardThing::Unit(unit) if is_counted(draft.program, unit) => {
                    draft.cancel_counted((unit, Source::Tier(id, level)), gift.amount, reached);
                }
                AwardThing::Unit(unit) => {
                    draft.cancel_gift((unit, Source::Tier(id, level)), gift.amount, reached);
                }
                AwardThing::Voucher(voucher) => {
                    cancel_vouchers(draft, voucher, Source::Tier(id, level), gift.amount);
                }
                AwardThing::Choice(choice) => {
                    let day = draft.program.zone.business_date(reached, draft.program.day_starts);
                    choices::cancel_gift(draft, choice, Source::Tier(id, level), day);
                }
            }
        }
    }
}

/// Whether a unit is only counted, and not held in lots.
fn is_counted(program: &Program, unit: UnitId) -> bool {
    program.units.get(unit.index()).is_some_and(|unit| unit.kind == UnitKind::Status)
}

/// Cancels the newest vouchers of a gift; those that were used are void if they are given back.
fn cancel_vouchers(draft: &mut Draft<'_>, voucher: VoucherId, source: Source, amount: i64) {
    let account = draft.account;
    let held = account.vouchers.iter().filter(|held| (held.voucher, held.source) == (voucher, source));
    let held: Vec<_> = held.map(|held| (held.number, Arc::clone(&held.event))).collect();
    let mut numbers = draft.used_vouchers(voucher, |lot| lot.source == source);
    numbers.extend(held.iter().map(|(number, _)| *number));
    numbers.sort_unstable_by_key(|number| Reverse(*number));
    numbers.dedup();
    for number in numbers.into_iter().take(usize::try_from(amount).unwrap_or(0)) {
        let event = held.iter().find(|(held, _)| *held == number);
        let event = event.map_or_else(|| Arc::clone(&draft.event), |(_, event)| Arc::clone(event));
        if !draft.cancel_voucher((voucher, number), source, &event) {
            draft.change(Change::VoidVoucher(number, true));
        }
    }
}

/// The term of a level is over: the last complete window decides. What it does not confirm stays for its grace. At the end
/// of that only what holds beside it is left: it was decided before.
pub(crate) fn review(draft: &mut Draft<'_>, id: TiersId) {
    let Some(tiers) = draft.program.tiers.get(id.index()) else { return };
    let state = current_state(draft, id);
    let mut next = state.clone();
    let is_over = state.term_ends().is_some_and(|last| last < draft.day);
    match tiers.window {
        // only what was granted has ended
        _ if !is_over => {}
        TierWindow::Since(length) => spells::review(draft, tiers, length, &mut next),
        _ if state.is_in_grace() => {}
        _ => decide(draft, tiers, &state, &mut next),
    }
    let before = state.level.max(plans::beside(draft, id, &state));
    next.settle(draft.day);
    let after = next.level.max(plans::beside(draft, id, &next));
    if before != after {
        remember(draft, (before, after), &mut next);
    }
    draft.change(Change::Tier(id, Box::new(next)));
}

fn decide(draft: &Draft<'_>, tiers: &Tiers, state: &TierState, next: &mut TierState) {
    let Some(base) = state.base_until.or(state.until) else { return };
    let window = match tiers.window {
        TierWindow::Rolling(_) => Some(draft.day.minus_days(1)),
        _ => tiers.period().and_then(|window| window.previous_start(draft.day, &draft.anchors)),
    };
    let earned =
        earned_level(tiers, &tier_windows::values(draft, tiers, state, window.unwrap_or(draft.day), true));
    let level = if earned >= state.level {
        state.level
    } else if tiers.drop_one_level {
        earned.max(tiers.below(state.level))
    } else {
        earned
    };
    if level < state.level
        && let Some((grace, until)) = tiers.grace.zip(state.until)
    {
        let over = |hold: &&mut Hold| hold.level > level && hold.until == Some(until);
        for hold in next.holds.iter_mut().filter(over) {
            (hold.grace, hold.until) = (true, Some(grace.add_to_date(until).unwrap_or(Date::MAX)));
        }
    }
    if level > 0 {
        let (until, base_until) = next_term(tiers.keep, base, &draft.anchors);
        // what the window earned falls with its purchases, a soft landing does not
        let window = window.filter(|_| earned >= level);
        let same = next.holds.iter().find(|hold| hold.window.is_some() && hold.window == window);
        let reached = same.and_then(|hold| hold.reached);
        let without = same.map_or(0, |hold| hold.without);
        next.holds.retain(|hold| hold.grace || hold.window.is_none() || hold.window != window);
        next.holds.push(Hold { window, reached, level, until, base_until, grace: false, spell: 0, without });
    }
}
