//! Levels that are reached at the end of a period only, and windows of which something goes into the next one.

use super::bound::Bound;
use super::draft::{Draft, Terms};
use super::judge::Facts;
use super::parts;
use super::step11_tiers::{self, Values, current_state, earned_level, keep_values, reach};
use super::step11a_convert;
use crate::account::{Account, Change, TierState};
use crate::calendar::{Date, Duration};
use crate::ledger::{Due, Source};
use crate::program::{EventKindId, Measure, MeterId, Program, TierWindow, Tiers, TiersId, WINDOWS_MOST};
use std::collections::BTreeSet;

/// What the metrics of a block hold in the window of a day, with what was carried into it: with what this event added, or
/// without.
pub(super) fn values(
    draft: &Draft<'_>,
    tiers: &Tiers,
    state: &TierState,
    day: Date,
    with_event: bool,
) -> Values {
    let counted = |meter: MeterId, slot: i64| {
        if with_event { draft.meter(meter, slot) } else { draft.account.counted(meter, slot) }
    };
    if let TierWindow::Rolling(length) = tiers.window {
        return Values::of(tiers, |meter| rolling(draft, meter, day, length, with_event));
    }
    let Some(window) = tiers.period().map(|period| period.start_of(day, &draft.anchors)) else {
        return Values::of(tiers, |_| 0);
    };
    let mut values = Values::of(tiers, |meter| counted(meter, draft.slot_on(meter, day)));
    if let Some(surplus) = tiers.surplus {
        values.add(surplus.metric, state.carried(tiers, window, &counted));
    }
    values
}

/// What a counter holds in the time that ends with a day.
fn rolling(draft: &Draft<'_>, meter: MeterId, day: Date, length: Duration, with_event: bool) -> i64 {
    let (from, to) = (i64::from(length.window_start(day).unwrap_or(day).days()), i64::from(day.days()));
    let added = draft.postings.changes.iter().map(|change| match change {
        Change::Meter(other, slot, by) if with_event && *other == meter && (from..=to).contains(slot) => *by,
        _ => 0,
    });
    draft.account.counted_in(meter, from, to) + added.sum::<i64>()
}

/// The days from one on, up to today, on which something was counted: only on them a time that rolls can reach more.
fn counted_days(draft: &Draft<'_>, tiers: &Tiers, day: Date) -> Vec<Date> {
    let (from, to) = (i64::from(day.days()), i64::from(draft.today().days()));
    let is_ours = |meter: MeterId| tiers.metrics.iter().any(|metric| metric.meter == meter);
    let known = draft.account.all_counted().map(|(meter, slot, _)| (*meter, *slot));
    let new = draft.postings.changes.iter().filter_map(|change| match change {
        Change::Meter(meter, slot, _) => Some((*meter, *slot)),
        _ => None,
    });
    let days = known.chain(new).filter(|(meter, slot)| is_ours(*meter) && (from..=to).contains(slot));
    let days = days.filter_map(|(_, slot)| Date::from_days(i32::try_from(slot).ok()?));
    days.collect::<BTreeSet<Date>>().into_iter().collect()
}

/// The days that ended a time in which something on a day was counted, and that reached what is held.
pub(super) fn held_with(draft: &Draft<'_>, id: TiersId, day: Date, length: Duration) -> Vec<Date> {
    let state = current_state(draft, id);
    let windows = state.holds.iter().filter_map(|hold| hold.window);
    let has = |window: &Date| *window >= day && length.window_start(*window).is_none_or(|start| start <= day);
    windows.filter(has).collect::<BTreeSet<Date>>().into_iter().collect()
}

/// The highest level that a time that rolls has reached behind a day.
pub(super) fn best_since(draft: &Draft<'_>, tiers: &Tiers, day: Date) -> u32 {
    let state = TierState::default();
    let days = counted_days(draft, tiers, day).into_iter().filter(|later| *later > day);
    days.map(|day| earned_level(tiers, &values(draft, tiers, &state, day, true))).max().unwrap_or(0)
}

/// After an event: what the times reach that end on its day and, if it is late, behind it.
fn recount_rolling(draft: &mut Draft<'_>, id: TiersId, tiers: &Tiers) {
    let of_event = draft.day;
    let days = if draft.today() > of_event { counted_days(draft, tiers, of_event) } else { vec![of_event] };
    for day in days {
        let state = current_state(draft, id);
        let now = values(draft, tiers, &state, day, true);
        let before = values(draft, tiers, &state, day, false);
        if now == before {
            continue;
        }
        let (earned, earned_before) = (earned_level(tiers, &now), earned_level(tiers, &before));
        if earned > 0 && (earned > state.level || earned > earned_before) {
            reach(draft, id, tiers, earned, (day, day));
        } else if earned < earned_before {
            keep_values(draft, id, tiers, day, &before);
        }
    }
}

/// A day of each window that something on a day may change: that of the day itself, and those into which it is carried.
pub(super) fn from(draft: &Draft<'_>, tiers: &Tiers, day: Date) -> Vec<Date> {
    let mut days = vec![day];
    let Some(period) = tiers.period().filter(|_| tiers.surplus.is_some()) else { return days };
    let today = draft.today();
    while days.len() <= WINDOWS_MOST
        && let Some(next) = days.last().and_then(|day| period.next_start(*day, &draft.anchors))
        && next <= today
    {
        days.push(next);
    }
    days
}

/// After an event: what its window reaches, and what those reach into which it is carried. What is reached at the end of a
/// period waits for that, except in windows that have ended.
pub(super) fn recount(draft: &mut Draft<'_>, id: TiersId, tiers: &Tiers) {
    if let TierWindow::Rolling(_) = tiers.window {
        return recount_rolling(draft, id, tiers);
    }
    let (today, of_event) = (draft.today(), draft.day);
    for day in from(draft, tiers, of_event) {
        let state = current_state(draft, id);
        let Some(period) = tiers.period() else { return };
        let next_window = period.next_start(day, &draft.anchors).filter(|next| *next <= today);
        let now = values(draft, tiers, &state, day, true);
        let known = draft.account.tiers.get(id.index()).unwrap_or(&state);
        let before = values(draft, tiers, known, day, false);
        if now == before {
            continue;
        }
        let (earned, earned_before) = (earned_level(tiers, &now), earned_level(tiers, &before));
        if earned < earned_before {
            keep_values(draft, id, tiers, day, &before);
        }
        if tiers.upgrade.is_some() && next_window.is_none() {
            continue;
        }
        if earned > 0 && (earned > state.level || earned > earned_before) {
            let begins = if day == of_event && tiers.upgrade.is_none() { day } else { today };
            reach(draft, id, tiers, earned, (day, begins));
        }
        if let Some((into, surplus)) = next_window.zip(tiers.surplus)
            && earned > earned_before
            && earned >= surplus.from.max(1)
        {
            // it would have been held when the window ended
            let mut next = current_state(draft, id);
            note(draft, tiers, &mut next, (period.start_of(day, &draft.anchors), into), earned);
            draft.change(Change::Tier(id, Box::new(next)));
        }
    }
}

fn note(draft: &Draft<'_>, tiers: &Tiers, next: &mut TierState, windows: (Date, Date), level: u32) {
    next.note_level(tiers, windows, level, &|meter, slot| draft.meter(meter, slot));
}

/// Notes the levels that an event reaches, where a new tier counts for the event itself.
#[cold]
pub(super) fn reach_by_itself(program: &Program, account: &Account, bound: &mut Bound) {
    for (place, tiers) in program.tiers.iter().enumerate() {
        let is_asked = tiers.for_this.is_some() && tiers.for_this == bound.kind;
        if !(is_asked || tiers.by_parts && bound.has_basket) {
            continue;
        }
        let id = TiersId(place as u32);
        let facts = Facts::new(program, account, bound);
        let window = tiers.period().map_or(bound.day, |period| period.start_of(bound.day, &facts.anchors));
        if tiers.by_parts {
            let before = account.metric(place, tiers, window, 0);
            let parts = parts::of(tiers, facts.level(id), (before, adds(&facts, tiers, 0)));
            bound.parts.extend(parts.into_iter().map(|(level, part)| (id, level, part)));
            continue;
        }
        let counted =
            |metric: usize| account.metric(place, tiers, window, metric) + adds(&facts, tiers, metric);
        let level = tiers.earned(counted);
        if level > 0 {
            bound.reached.push((id, level));
        }
    }
}

/// What an event itself adds to a metric.
fn adds(facts: &Facts<'_>, tiers: &Tiers, metric: usize) -> i64 {
    let meter = tiers.metrics.get(metric).and_then(|metric| facts.program.meters.get(metric.meter.index()));
    match meter.map(|meter| meter.measure) {
        Some(Measure::Spend(None)) => facts.event.spend,
        Some(Measure::Spend(Some(filter))) => {
            let items = facts.event.items().iter().enumerate();
            items.filter(|(place, _)| facts.passes(filter, *place)).map(|(_, item)| item.value).sum()
        }
        Some(Measure::PurchasesKept) => i64::from(facts.event.kind == Some(EventKindId::PURCHASE)),
        _ => 0,
    }
}

/// A window begins: what lies above the threshold of the level that was held comes over from the one before it.
pub(super) fn begin(draft: &mut Draft<'_>) {
    draft.due_is(Due::Review);
    for (place, tiers) in draft.program.tiers.iter().enumerate() {
        let Some((surplus, period)) = tiers.surplus.zip(tiers.period()) else { continue };
        let id = TiersId(place as u32);
        let state = current_state(draft, id);
        let starts = period.start_of(draft.day, &draft.anchors) == draft.day;
        if !starts || state.level < surplus.from.max(1) || !draft.is_new_day {
            continue;
        }
        let Some(window) = period.previous_start(draft.day, &draft.anchors) else { continue };
        let mut next = state.clone();
        note(draft, tiers, &mut next, (window, draft.day), state.level);
        let earned = earned_level(tiers, &values(draft, tiers, &next, draft.day, true));
        draft.change(Change::Tier(id, Box::new(next)));
        if earned > 0 && tiers.upgrade.is_none() {
            reach(draft, id, tiers, earned, (draft.day, draft.day));
        }
    }
}

/// A period has ended: what its last day reaches is held from now on.
pub(super) fn upgrade(draft: &mut Draft<'_>) {
    draft.due_is(Due::Upgrade);
    for (place, tiers) in draft.program.tiers.iter().enumerate() {
        let Some((upgrade, period)) = tiers.upgrade.zip(tiers.period()) else { continue };
        if upgrade.start_of(draft.day, &draft.anchors) != draft.day || !draft.is_new_day {
            continue;
        }
        let id = TiersId(place as u32);
        let state = current_state(draft, id);
        let day = draft.day.minus_days(1);
        let window = period.start_of(day, &draft.anchors);
        let earned = earned_level(tiers, &values(draft, tiers, &state, day, true));
        if earned > 0 && (earned > state.level || earned > state.seen_in(window)) {
            reach(draft, id, tiers, earned, (day, draft.day));
            let mut next = current_state(draft, id);
            next.seen = Some((window, earned));
            draft.change(Change::Tier(id, Box::new(next)));
        }
    }
}

/// A period begins: what the level gives that is held.
pub(super) fn give_every(draft: &mut Draft<'_>) {
    if !draft.program.tiers.iter().any(Tiers::gives_every) || !draft.is_new_day {
        return;
    }
    draft.due_is(Due::Every);
    for (place, tiers) in draft.program.tiers.iter().enumerate() {
        let held = draft.account.level_held(draft.program, TiersId(place as u32));
        let Some(level) = tiers.levels.get(held as usize) else { continue };
        for (every, gift) in &level.every {
            if every.start_of(draft.day, &draft.anchors) == draft.day {
                draft.give(
                    gift.thing,
                    gift.amount,
                    Source::Tier(TiersId(place as u32), held),
                    Terms::default(),
                );
            }
        }
    }
    if !draft.postings.deltas.is_empty() {
        step11_tiers::recount(draft);
        step11a_convert::at_once(draft);
    }
}
