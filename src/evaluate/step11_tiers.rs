//! Step 11: levels. Metrics are recounted with everything this event booked; a level that is reached begins at once,
//! with the entry gifts of every level passed. The tier that was frozen in step 2 counts for the whole event.

use super::draft::{Draft, Terms, Transfer};
use super::terms::{next_term, term};
use crate::account::{Change, TierState};
use crate::calendar::Date;
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{Keep, Reach, Tiers, TiersId};

/// The highest level whose threshold is reached by metrics.
fn earned_level(tiers: &Tiers, value: &dyn Fn(usize) -> i64) -> u32 {
    let reached =
        |level: &crate::program::Level| level.reach.as_ref().is_some_and(|reach| holds(reach, value));
    tiers.levels.iter().rposition(reached).unwrap_or(0) as u32
}

fn holds(reach: &Reach, value: &dyn Fn(usize) -> i64) -> bool {
    match reach {
        Reach::And(parts) => parts.iter().all(|part| holds(part, value)),
        Reach::Or(parts) => parts.iter().any(|part| holds(part, value)),
        Reach::AtLeast(metric, least) => value(*metric) >= *least,
    }
}

/// The counters of a tiers block in the window of a day.
struct Counted<'d, 'a> {
    draft: &'d Draft<'a>,
    tiers: &'a Tiers,
    slot: i64,
}

impl<'d, 'a> Counted<'d, 'a> {
    fn new(draft: &'d Draft<'a>, tiers: &'a Tiers, day: Date) -> Self {
        // all metrics of a block share its window
        let slot = tiers.metrics.first().map_or(0, |metric| draft.slot_on(metric.meter, day));
        Self { draft, tiers, slot }
    }

    fn before(&self, metric: usize) -> i64 {
        let meter = self.tiers.metrics.get(metric).map(|metric| metric.meter);
        meter.map_or(0, |meter| self.draft.account.meters.get(meter, self.slot))
    }

    fn now(&self, metric: usize) -> i64 {
        let meter = self.tiers.metrics.get(metric).map(|metric| metric.meter);
        meter.map_or(0, |meter| self.draft.meter(meter, self.slot))
    }

    fn earned_before(&self) -> u32 {
        earned_level(self.tiers, &|metric| self.before(metric))
    }

    fn earned_now(&self) -> u32 {
        earned_level(self.tiers, &|metric| self.now(metric))
    }
}

/// Recounts all tiers blocks after an event of a day.
pub(crate) fn recount(draft: &mut Draft<'_>) {
    for (place, tiers) in draft.program.tiers.iter().enumerate() {
        let id = TiersId(place as u32);
        let (was, earned) = {
            let counted = Counted::new(draft, tiers, draft.day);
            if (0..tiers.metrics.len()).all(|metric| counted.before(metric) == counted.now(metric)) {
                continue;
            }
            (counted.earned_before(), counted.earned_now())
        };
        let level = draft.account.tiers.get(place).map_or(0, |state| state.level);
        if earned > level {
            let state = current_state(draft, id);
            upgrade(draft, id, tiers, &state, earned);
        } else if earned == level && was < earned {
            let state = current_state(draft, id);
            renew(draft, id, tiers, &state);
        }
    }
}

/// The state of a tiers block with what this event has done to it.
fn current_state(draft: &Draft<'_>, id: TiersId) -> TierState {
    let changed = draft.postings.changes.iter().rev().find_map(|change| match change {
        Change::Tier(other, state) if *other == id => Some((**state).clone()),
        _ => None,
    });
    changed.or_else(|| draft.account.tiers.get(id.index()).cloned()).unwrap_or_default()
}

fn window_start(draft: &Draft<'_>, tiers: &Tiers, day: Date) -> Date {
    tiers.window.start_of(day, &draft.anchors)
}

fn upgrade(draft: &mut Draft<'_>, id: TiersId, tiers: &Tiers, state: &TierState, level: u32) {
    let mut next = state.clone();
    let window = window_start(draft, tiers, draft.day);
    if next.window != Some(window) {
        (next.floor, next.floor_until, next.floor_base) = (state.level, state.until, state.base_until);
        next.window = Some(window);
    }
    next.level = level;
    (next.until, next.base_until) = term(tiers.keep, draft.day, &draft.anchors);
    remember(draft, state, &mut next);
    draft.change(Change::Tier(id, Box::new(next)));
    for passed in state.level + 1..=level {
        let Some(gifts) = tiers.levels.get(passed as usize).map(|level| &level.entry) else { continue };
        for gift in gifts {
            draft.give(gift.thing, gift.amount, Source::Tier(id, passed), Terms::default());
        }
    }
}

/// The level was reached again in this window: its term is counted anew, and never becomes shorter.
fn renew(draft: &mut Draft<'_>, id: TiersId, tiers: &Tiers, state: &TierState) {
    let (until, base) = term(tiers.keep, draft.day, &draft.anchors);
    let longer = match (until, state.until) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(new), Some(old)) => new > old,
    };
    if !longer {
        return;
    }
    let mut next = state.clone();
    let window = window_start(draft, tiers, draft.day);
    if next.window != Some(window) {
        (next.floor, next.floor_until, next.floor_base) = (state.level, state.until, state.base_until);
        next.window = Some(window);
    }
    (next.until, next.base_until) = (until, base);
    draft.change(Change::Tier(id, Box::new(next)));
}

/// Notes since when which level is held, as far back as a late event may ask.
fn remember(draft: &Draft<'_>, before: &TierState, next: &mut TierState) {
    let now = draft.account.newest.map_or(draft.at, |(newest, _)| newest.max(draft.at));
    if next.history.is_empty() {
        next.history.push((crate::calendar::Instant::MIN, before.level));
    }
    next.history.push((now, next.level));
    // a late event can reach back no further than the program accepts, and at least to the start of the day
    let days = draft.program.late_days().saturating_add(2);
    let horizon = now.plus_micros(-i64::from(days) * 86_400_000_000);
    let keep_from = next.history.iter().rposition(|(since, _)| *since <= horizon).unwrap_or(0);
    next.history.drain(..keep_from);
}

/// After a return of a purchase of a day: a level that was reached only with what came back ends at once, its unused
/// entry gifts are cancelled; a level from an earlier window stays until its term.
pub(crate) fn recount_return(draft: &mut Draft<'_>, purchase_day: Date) {
    for (place, tiers) in draft.program.tiers.iter().enumerate() {
        let id = TiersId(place as u32);
        let state = current_state(draft, id);
        let window = window_start(draft, tiers, purchase_day);
        if state.window != Some(window) || state.level == 0 {
            continue;
        }
        let earned = Counted::new(draft, tiers, purchase_day).earned_now();
        let floor_holds = state.floor_until.is_none_or(|until| until >= draft.day);
        let floor = if floor_holds { state.floor } else { 0 };
        let level = earned.max(floor);
        if level > state.level || (level == state.level && earned >= level) {
            continue;
        }
        let mut next = state.clone();
        next.level = level;
        if level == floor && earned < level {
            (next.until, next.base_until) = (state.floor_until, state.floor_base);
        }
        if level == 0 {
            (next.until, next.base_until) = (None, None);
        }
        if next == state {
            continue;
        }
        remember(draft, &state, &mut next);
        draft.change(Change::Tier(id, Box::new(next)));
        cancel_gifts(draft, id, level + 1..=state.level);
    }
}

/// Cancels what is unused of the entry gifts of levels.
fn cancel_gifts(draft: &mut Draft<'_>, id: TiersId, levels: std::ops::RangeInclusive<u32>) {
    let is_gift =
        |source: Source| matches!(source, Source::Tier(of, level) if of == id && levels.contains(&level));
    for lot in &draft.account.lots {
        if is_gift(lot.source) {
            let thing = Thing::Unit(lot.unit);
            let left = draft.lot_left(thing, lot.number, lot.left);
            let from = if lot.pending { Book::Pending } else { Book::Available };
            let booking = Transfer::new(thing, left, from, Book::TakenBack, lot.source, Reason::Cancelled);
            draft.transfer(booking.event(&lot.event).lot(lot.number));
            let earned_at = draft.account.receipts.get(&lot.event).map_or(draft.at, |receipt| receipt.at);
            draft.count_unit(lot.unit, (earned_at, lot.earned), -left);
        }
    }
    for held in &draft.account.vouchers {
        let thing = Thing::Voucher(held.voucher);
        if is_gift(held.source) && draft.lot_left(thing, held.number, 1) == 1 {
            let booking =
                Transfer::new(thing, 1, Book::Available, Book::TakenBack, held.source, Reason::Cancelled);
            draft.transfer(booking.event(&held.event).lot(held.number));
        }
    }
}

/// The term of a level is over: the last complete window decides.
pub(crate) fn review(draft: &mut Draft<'_>, id: TiersId) {
    let Some(tiers) = draft.program.tiers.get(id.index()) else { return };
    let state = current_state(draft, id);
    let Some(base) = state.base_until.or(state.until) else { return };
    let window = tiers.window.previous_start(draft.day, &draft.anchors);
    let day = window.unwrap_or(draft.day);
    let earned = Counted::new(draft, tiers, day).earned_now();
    let mut next = state.clone();
    next.level = if earned >= state.level {
        state.level
    } else if tiers.drop_one_level {
        earned.max(state.level.saturating_sub(1))
    } else {
        earned
    };
    (next.until, next.base_until) = match tiers.keep {
        _ if next.level == 0 => (None, None),
        Keep::Forever => (None, None),
        keep => next_term(keep, base, &draft.anchors),
    };
    (next.floor, next.floor_until, next.floor_base) = (next.level, next.until, next.base_until);
    next.window = None;
    if next.level != state.level {
        remember(draft, &state, &mut next);
    }
    draft.change(Change::Tier(id, Box::new(next)));
}
