//! Runs of streaks: what follows behind a period, and how they go to another version of their program.

use super::{Account, StreakState};
use crate::calendar::{Anchors, Date, DateRange, MonthDay};
use crate::program::{Program, Streak, Validity};

impl StreakState {
    /// The run behind its open period, once that is decided.
    pub(crate) fn decided(self, streak: &Streak, won: bool, anchors: &Anchors) -> Self {
        let Some((_, last)) = self.open else { return Self::default() };
        let (length, missed) = match won {
            true => (self.length.saturating_add(1), self.missed),
            false => (self.length, self.missed.saturating_add(1)),
        };
        Self::going_on(streak, (length, missed), last.plus_days(1), anchors)
    }

    /// A run that plays the period of a day from then on, if it goes on.
    fn going_on(streak: &Streak, (length, missed): (u32, u32), day: Date, anchors: &Anchors) -> Self {
        let DateRange { first, last } = streak.per.range_of(day, anchors);
        let ends = length == 0
            || missed > streak.forgive
            || streak.restart.is_some_and(|most| length >= most)
            || last == Date::MAX
            || is_past(streak.valid, day, last);
        match ends {
            true => Self::default(),
            false => Self { length, missed, open: Some((first, last)), paid: false },
        }
    }
}

/// Whether no day of a period can be valid any more.
fn is_past(valid: Validity, start: Date, end: Date) -> bool {
    match valid {
        Validity::Always => false,
        Validity::Days(from, to) => to < start || end < from,
        Validity::Minutes { from, to } => to.0 < start || end < from.0,
        Validity::EveryYear(from, to) => {
            let next = |day: u16| {
                let (month, day) = (u8::try_from(day / 100).ok()?, u8::try_from(day % 100).ok()?);
                Some(MonthDay::new(month, day)?.on_or_after(start))
            };
            // it has begun before and ends later, or begins in the period
            let (Some(from), Some(to)) = (next(from), next(to)) else { return false };
            from > end && from <= to
        }
    }
}

impl Account {
    /// Takes runs along that stood under an earlier version, where their streak asks for something else now: what was
    /// played to its end is decided as it was played, and of periods of another length a new one begins.
    pub(crate) fn follow_streaks(&mut self, (before, from): (&Self, &Program), to: &Program) {
        let begins = to.effective_from;
        if begins <= from.effective_from {
            // a late event is judged by the version of its day; the run goes its way
            return;
        }
        let (old_anchors, anchors) = (before.anchors(from, begins), self.anchors(to, begins));
        for (place, streak) in to.streaks.iter().enumerate() {
            let Ok(id) = from.streak_named(&streak.name) else { continue };
            let Some(old) = from.streaks.get(id.index()) else { continue };
            let state = before.streaks.get(id.index()).copied().unwrap_or_default();
            let Some((first, last)) = state.open.filter(|_| asks_else((old, from), (streak, to))) else {
                continue;
            };
            let is_won = before.run_length(old, id.index()) > state.length;
            let plays =
                |streak: &Streak, anchors| streak.per.range_of(first, anchors) == DateRange { first, last };
            let next = if last < begins {
                state.decided(streak, is_won, &anchors)
            } else if plays(old, &old_anchors) && !plays(streak, &anchors) {
                let run = (state.length.saturating_add(u32::from(is_won)), state.missed);
                StreakState::going_on(streak, run, begins, &anchors)
            } else {
                continue;
            };
            if let Some(known) = self.streaks.get_mut(place) {
                *known = next;
            }
        }
    }
}

/// Whether a streak counts something else than in another version, in other periods, or asks for another number.
fn asks_else((old, from): (&Streak, &Program), (new, to): (&Streak, &Program)) -> bool {
    let counter = |streak: &Streak, program: &'_ Program| {
        program.meters.get(streak.meter.index()).map(|meter| meter.name.clone())
    };
    old.needs != new.needs || counter(old, from) != counter(new, to)
}
