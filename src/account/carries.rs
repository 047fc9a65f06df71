//! Surplus that goes from one window into the next, and when the clock has work for levels.
//!
//! What is carried is never stored: it is worked out from what was counted in the window before and the level that was
//! held at its end. So what comes late or comes back changes it by itself.

use super::{Account, TierState};
use crate::calendar::{Date, Period};
use crate::program::{MeterId, Program, TierWindow, Tiers, TiersId, WINDOWS_MOST};

/// A window whose surplus goes into the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Carry {
    /// Its first day.
    pub(crate) window: Date,
    /// The first day of the next one.
    pub(crate) into: Date,
    /// The level that was held at its end.
    pub(crate) level: u32,
    /// What had been carried into it, where the window before it is forgotten.
    pub(crate) before: Option<i64>,
}

impl TierState {
    /// What is carried into a window; `counted` tells what a slot of a counter holds.
    pub(crate) fn carried(&self, tiers: &Tiers, into: Date, counted: &dyn Fn(MeterId, i64) -> i64) -> i64 {
        let Some(surplus) = tiers.surplus else { return 0 };
        let Some(carry) = self.carries.iter().find(|carry| carry.into == into) else { return 0 };
        let (Some(metric), Some(least)) =
            (tiers.metrics.get(surplus.metric), tiers.least_of(carry.level, surplus.metric))
        else {
            return 0;
        };
        // what was carried is used first, and is not carried again; windows only go back, so this ends
        let before = || if carry.window < into { self.carried(tiers, carry.window, counted) } else { 0 };
        let before = carry.before.unwrap_or_else(before);
        let own = counted(metric.meter, i64::from(carry.window.days()));
        (own - (least - before).max(0)).max(0)
    }

    /// Notes which level was held at the end of a window.
    pub(crate) fn note_level(
        &mut self,
        tiers: &Tiers,
        (window, into): (Date, Date),
        level: u32,
        counted: &dyn Fn(MeterId, i64) -> i64,
    ) {
        match self.carries.iter_mut().find(|carry| carry.window == window) {
            Some(carry) => carry.level = carry.level.max(level),
            None => self.carries.push(Carry { window, into, level, before: None }),
        }
        self.carries.sort_by_key(|carry| carry.window);
        if self.carries.len() > WINDOWS_MOST {
            let before = self.carries.get(1).map(|next| self.carried(tiers, next.window, counted));
            self.carries.remove(0);
            if let Some(first) = self.carries.first_mut() {
                first.before = first.before.or(before);
            }
        }
    }

    /// From a window on, a level above another was not held.
    pub(crate) fn lower_carries(&mut self, tiers: &Tiers, window: Date, level: u32) {
        let least = tiers.surplus.map_or(1, |surplus| surplus.from.max(1));
        for carry in self.carries.iter_mut().filter(|carry| carry.window >= window) {
            carry.level = carry.level.min(level);
        }
        self.carries.retain(|carry| carry.level >= least);
    }
}

impl Account {
    /// What a metric holds in the window that begins, or where it rolls ends, with a day; with what was carried into it.
    pub(crate) fn metric(&self, place: usize, tiers: &Tiers, window: Date, metric: usize) -> i64 {
        let Some(meter) = tiers.metrics.get(metric).map(|metric| metric.meter) else { return 0 };
        if let TierWindow::Rolling(length) = tiers.window {
            let from = length.window_start(window).unwrap_or(window);
            return self.counted_in(meter, i64::from(from.days()), i64::from(window.days()));
        }
        let own = self.counted(meter, tiers.slot(window));
        match (tiers.surplus, self.tiers.get(place)) {
            (Some(surplus), Some(state)) if surplus.metric == metric => {
                own + state.carried(tiers, window, &|meter, slot| self.counted(meter, slot))
            }
            _ => own,
        }
    }

    /// The counters of years of levels that the year adds to which runs, if its last day is like today.
    pub(crate) fn years_held(&self, program: &Program) -> Vec<MeterId> {
        let metrics = program.tiers.iter().flat_map(|tiers| tiers.metrics.iter());
        let held = metrics.filter(|metric| {
            let years = metric.years(&program.meters);
            years.is_some_and(|(tiers, level)| self.level_held(program, tiers) >= level)
        });
        let mut meters: Vec<MeterId> = held.map(|metric| metric.meter).collect();
        // two blocks may count the same
        meters.sort_unstable();
        meters.dedup();
        meters
    }

    /// The day on which the clock next looks at levels, beside the ends of terms.
    pub(crate) fn next_levels(&self, program: &Program) -> Option<Date> {
        let today = program.zone.business_date(self.clock?, program.day_starts);
        let anchors = self.anchors(program, today);
        let mut first: Option<Date> = None;
        if program.level_needs.years && !self.years_held(program).is_empty() {
            first = Period::CalendarYear.next_start(today, &anchors);
        }
        let mut at = |day: Option<Date>| first = first.into_iter().chain(day).min();
        for (place, (tiers, state)) in program.tiers.iter().zip(&self.tiers).enumerate() {
            // a level that is paid or granted gives like one that is earned
            let held = self.level_held(program, TiersId(place as u32));
            if let Some(level) = tiers.levels.get(held as usize) {
                level.every.iter().for_each(|(every, _)| at(every.next_start(today, &anchors)));
            }
            let Some(window) = tiers.period() else { continue };
            if let Some(surplus) = tiers.surplus
                && state.level >= surplus.from.max(1)
            {
                at(window.next_start(today, &anchors));
            }
            if let Some(upgrade) = tiers.upgrade {
                let start = window.start_of(today, &anchors);
                let earned = tiers.earned(|metric| self.metric(place, tiers, start, metric));
                if earned > state.level || earned > state.seen_in(start) {
                    at(upgrade.next_start(today, &anchors));
                }
            }
        }
        first
    }
}

impl TierState {
    /// What a window had reached when it was looked at last.
    pub(crate) fn seen_in(&self, window: Date) -> u32 {
        self.seen.filter(|(seen, _)| *seen == window).map_or(0, |(_, level)| level)
    }
}
