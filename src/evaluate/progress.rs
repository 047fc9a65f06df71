//! How far an event brought challenges, streaks, milestones and draws. Only explanations ask it.

use super::draft::Draft;
use super::trace::Trace;
use crate::account::Change;
use crate::program::{ChallengeId, DrawId, MeterId, Milestones, MilestonesId, StreakId};
use std::collections::BTreeMap;

/// What has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Game {
    /// A task, by its place in a challenge.
    Task(ChallengeId, usize),
    /// The period of a streak in which the event lies.
    Streak(StreakId),
    /// A count, and the next mark above it.
    Milestones(MilestonesId, Option<i64>),
    /// The tickets that take part.
    Draw(DrawId),
}

/// A count before and after the event, in the steps of its counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) game: Game,
    pub(crate) before: i64,
    pub(crate) after: i64,
}

/// Notes what the event changed.
#[cold]
pub(super) fn note(draft: &Draft<'_>, trace: &mut Trace) {
    let mut moved: BTreeMap<(MeterId, i64), i64> = BTreeMap::new();
    for change in &draft.postings.changes {
        if let Change::Meter(meter, slot, by) = change {
            let sum = moved.entry((*meter, *slot)).or_default();
            *sum = sum.saturating_add(*by);
        }
    }
    moved.retain(|_, by| *by != 0);
    let (program, account) = (draft.program, draft.account);
    let mut add = |meter: MeterId, game: &dyn Fn(i64, i64) -> Game| {
        for ((_, slot), by) in moved.range((meter, i64::MIN)..=(meter, i64::MAX)) {
            let before = account.counted(meter, *slot);
            let after = before.saturating_add(*by);
            trace.progress.push(Progress { game: game(*slot, after), before, after });
        }
    };
    for (place, challenge) in program.challenges.iter().enumerate() {
        for (number, task) in challenge.tasks.iter().enumerate() {
            add(task.meter, &|_, _| Game::Task(ChallengeId(place as u32), number));
        }
    }
    for (place, streak) in program.streaks.iter().enumerate() {
        add(streak.meter, &|_, _| Game::Streak(StreakId(place as u32)));
    }
    for (place, block) in program.milestones.iter().enumerate() {
        let next = |slot, after| {
            let most = block.most.map_or(after, |most| draft.meter(most, slot));
            Game::Milestones(MilestonesId(place as u32), next_mark(block, most.max(after)))
        };
        add(block.meter, &next);
    }
    for (place, draw) in program.draws.iter().enumerate() {
        let days = (i64::from(draw.days.0.days()), i64::from(draw.days.1.days()));
        let by: i64 = moved.range((draw.meter, days.0)..=(draw.meter, days.1)).map(|(_, by)| *by).sum();
        if by != 0 {
            let part = |count: i64| draw.cap.map_or(count, |cap| count.min(cap)).max(0);
            let issued = account.counted_in(draw.meter, days.0, days.1);
            let (before, after) = (part(issued), part(issued.saturating_add(by)));
            trace.progress.push(Progress { game: Game::Draw(DrawId(place as u32)), before, after });
        }
    }
}

/// The lowest mark above a count.
fn next_mark(block: &Milestones, count: i64) -> Option<i64> {
    let next = |marks: &crate::program::Marks| {
        let number = marks.up_to(count);
        (number < marks.up_to(i64::MAX)).then(|| marks.at(number))
    };
    block.marks.iter().filter_map(next).min()
}
