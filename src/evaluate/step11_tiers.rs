//! Step 11: levels. Metrics are recounted with everything this event booked; a level that is reached begins at once,
//! with the entry gifts of every level passed. The tier that was frozen in step 2 counts for the whole event.

use super::choices;
use super::draft::{Draft, Portion, Terms, Transfer};
use super::terms::{next_term, term};
use crate::account::{Change, Hold, Lot, TierState};
use crate::calendar::{Date, Instant};
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{AwardThing, Reach, Tiers, TiersId, UnitId, VoucherId};
use std::sync::Arc;

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
        let counted = Counted::new(draft, tiers, draft.day);
        let earned = counted.earned_now();
        if earned == 0 {
            continue;
        }
        let level = draft.account.tiers.get(place).map_or(0, |state| state.level);
        let changed = (0..tiers.metrics.len()).any(|metric| counted.before(metric) != counted.now(metric));
        if changed && (earned > level || earned > counted.earned_before()) {
            reach(draft, id, tiers, earned);
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

/// The metrics of the running window reach a level: its term is counted from today, and never becomes shorter.
/// Entry gifts are given for every level newly passed; a renewal gives none.
#[cold]
fn reach(draft: &mut Draft<'_>, id: TiersId, tiers: &Tiers, level: u32) {
    let state = current_state(draft, id);
    let mut next = state.clone();
    let window = Some(window_start(draft, tiers, draft.day));
    let (until, base_until) = term(tiers.keep, draft.day, &draft.anchors);
    match next.holds.iter_mut().find(|hold| hold.window == window) {
        Some(hold) => {
            if level > hold.level {
                hold.reached = Some(draft.at);
            }
            hold.level = level;
            if later(until, hold.until) {
                (hold.until, hold.base_until) = (until, base_until);
            }
        }
        None => next.holds.push(Hold { window, reached: Some(draft.at), level, until, base_until }),
    }
    let today = draft.account.clock_day(draft.program).map_or(draft.day, |clock| clock.max(draft.day));
    next.settle(today);
    if next.level > state.level {
        remember(draft, &state, &mut next);
    }
    let reached = next.level;
    draft.change(Change::Tier(id, Box::new(next)));
    for passed in state.level + 1..=reached {
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
fn remember(draft: &Draft<'_>, before: &TierState, next: &mut TierState) {
    let now = draft.account.newest.map_or(draft.at, |(newest, _)| newest.max(draft.at));
    if next.history.is_empty() {
        next.history.push((Instant::MIN, before.level));
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
        let window = Some(window_start(draft, tiers, purchase_day));
        let Some(hold) = state.holds.iter().position(|hold| hold.window == window) else { continue };
        let reached = state.holds.get(hold).and_then(|hold| hold.reached);
        let earned = Counted::new(draft, tiers, purchase_day).earned_now();
        let mut next = state.clone();
        match next.holds.get_mut(hold) {
            Some(hold) if earned < hold.level => hold.level = earned,
            _ => continue,
        }
        next.settle(draft.day);
        let level = next.level;
        if level != state.level {
            remember(draft, &state, &mut next);
        }
        draft.change(Change::Tier(id, Box::new(next)));
        if let Some(reached) = reached {
            cancel_gifts(draft, tiers, id, level + 1..=state.level, reached);
        }
    }
}

/// Cancels what is unused of the entry gifts of levels that were reached at an instant.
fn cancel_gifts(
    draft: &mut Draft<'_>,
    tiers: &Tiers,
    id: TiersId,
    levels: std::ops::RangeInclusive<u32>,
    reached: Instant,
) {
    for level in levels {
        let gifts = tiers.levels.get(level as usize).map_or(&[][..], |level| &level.entry);
        for gift in gifts {
            match gift.thing {
                AwardThing::Unit(unit) => {
                    let gone = cancel_units(draft, unit, Source::Tier(id, level), gift.amount);
                    let day = draft.program.zone.business_date(reached, draft.program.day_starts);
                    draft.count_unit(unit, (reached, day), -gone);
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

/// Takes what is left of a gift from its newest lots. Returns how much that was.
fn cancel_units(draft: &mut Draft<'_>, unit: UnitId, source: Source, amount: i64) -> i64 {
    let account = draft.account;
    let mut lots: Vec<&Lot> = account.lots.of(unit).filter(|lot| lot.source == source).collect();
    lots.sort_by_key(|lot| std::cmp::Reverse((lot.earned, lot.number)));
    let mut rest = amount;
    for lot in lots {
        let pending = lot.pending.iter().rev().map(|(start, _)| Portion::From(*start));
        for portion in pending.chain([Portion::Usable]) {
            let of = Arc::clone(&draft.event);
            rest -= draft.take(lot, portion, rest, (Book::TakenBack, Reason::Cancelled), &of);
        }
    }
    amount - rest
}

fn cancel_vouchers(draft: &mut Draft<'_>, voucher: VoucherId, source: Source, amount: i64) {
    let account = draft.account;
    let gifts = account.vouchers.iter().rev().filter(|held| (held.voucher, held.source) == (voucher, source));
    for held in gifts.take(usize::try_from(amount).unwrap_or(0)) {
        if draft.holds(voucher, held.number) {
            let booking = Transfer::new(
                Thing::Voucher(voucher),
                1,
                Book::Available,
                Book::TakenBack,
                source,
                Reason::Cancelled,
            );
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
    let level = if earned >= state.level {
        state.level
    } else if tiers.drop_one_level {
        earned.max(state.level.saturating_sub(1))
    } else {
        earned
    };
    let mut next = state.clone();
    if level > 0 {
        let (until, base_until) = next_term(tiers.keep, base, &draft.anchors);
        // what the window earned falls with its purchases, a soft landing does not
        let window = window.filter(|_| earned >= level);
        let same = next.holds.iter().find(|hold| hold.window.is_some() && hold.window == window);
        let reached = same.and_then(|hold| hold.reached);
        next.holds.retain(|hold| hold.window.is_none() || hold.window != window);
        next.holds.push(Hold { window, reached, level, until, base_until });
    }
    next.settle(draft.day);
    if next.level != state.level {
        remember(draft, &state, &mut next);
    }
    draft.change(Change::Tier(id, Box::new(next)));
}
