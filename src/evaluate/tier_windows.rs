//! Levels that are reached at the end of a period only, and windows of which something goes into the next one.

use super::draft::Draft;
use super::step11_tiers::{Values, current_state, earned_level, keep_values, reach};
use crate::account::{Change, TierState};
use crate::calendar::Date;
use crate::ledger::Due;
use crate::program::{MeterId, Tiers, TiersId, WINDOWS_MOST};

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
        if with_event { draft.meter(meter, slot) } else { draft.account.meters.get(meter, slot) }
    };
    let Some(window) = tiers.period().map(|period| period.start_of(day, &draft.anchors)) else {
        return Values::of(tiers, |_| 0);
    };
    let mut values = Values::of(tiers, |meter| counted(meter, draft.slot_on(meter, day)));
    if let Some(surplus) = tiers.surplus {
        values.add(surplus.metric, state.carried(tiers, window, &counted));
    }
    values
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

/// A window begins: what lies above the threshold of the level that was held comes over from the one before it.
pub(super) fn begin(draft: &mut Draft<'_>) {
    draft.due_is(Due::Review);
    for (place, tiers) in draft.program.tiers.iter().enumerate() {
        let Some((surplus, period)) = tiers.surplus.zip(tiers.period()) else { continue };
        let id = TiersId(place as u32);
        let state = current_state(draft, id);
        let starts = period.start_of(draft.day, &draft.anchors) == draft.day;
        if !starts || state.level < surplus.from.max(1) || !is_new_day(draft) {
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
        if upgrade.start_of(draft.day, &draft.anchors) != draft.day || !is_new_day(draft) {
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

/// Whether the clock comes to a day for the first time.
fn is_new_day(draft: &Draft<'_>) -> bool {
    draft.account.clock_day(draft.program).is_none_or(|clock| clock < draft.day)
}
