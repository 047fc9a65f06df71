//! How far the event brought challenges, streaks, milestones and draws, and what is missing.

use crate::evaluate::progress::{Game, Progress};
use crate::program::{Counts, Program};
use serde::Serialize;

/// What an explanation tells of one task, streak, row of marks or draw that the event has moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgressExplanation {
    /// `challenge`, `streak`, `milestones` or `draw`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The task of a challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// What counted before, as a decimal text.
    pub before: String,
    /// What counts now.
    pub after: String,
    /// What completes it, or the next mark; nothing where there is no more.
    pub goal: Option<String>,
    /// How much is missing; nothing where it is complete.
    pub missing: Option<String>,
}

/// What there is to tell of one of them.
pub(super) fn explain(program: &Program, progress: &Progress) -> Option<ProgressExplanation> {
    let (kind, name, task, counts, goal) = match progress.game {
        Game::Task(id, number) => {
            let challenge = program.challenges.get(id.index())?;
            let task = challenge.tasks.get(number)?;
            ("challenge", &challenge.name, Some(task.name.to_string()), task.counts, Some(task.goal))
        }
        Game::Streak(id) => {
            let streak = program.streaks.get(id.index())?;
            ("streak", &streak.name, None, Counts::Events(streak.on), Some(streak.needs))
        }
        Game::Milestones(id, next) => {
            let block = program.milestones.get(id.index())?;
            ("milestones", &block.name, None, block.counts.plain(), next)
        }
        Game::Draw(id) => {
            let draw = program.draws.get(id.index())?;
            ("draw", &draw.name, None, Counts::Unit(draw.unit), None)
        }
    };
    let written = |number| counts.written(program, number);
    let missing = goal.map(|goal| goal.saturating_sub(progress.after)).filter(|missing| *missing > 0);
    Some(ProgressExplanation {
        kind,
        name: name.to_string(),
        task,
        before: written(progress.before),
        after: written(progress.after),
        goal: goal.map(written),
        missing: missing.map(written),
    })
}

/// The row of one of them.
pub(super) fn row(progress: &ProgressExplanation) -> [String; 3] {
    let task = progress.task.as_ref().map_or_else(String::new, |task| format!("{task}: "));
    let moved = format!("{task}{} → {}", progress.before, progress.after);
    let why = match (progress.kind, &progress.goal, &progress.missing) {
        ("draw", ..) => format!("{moved} take part"),
        ("milestones", Some(mark), Some(missing)) => format!("{moved}; {missing} to the mark at {mark}"),
        ("milestones", ..) => format!("{moved}; no mark is left"),
        (_, Some(goal), Some(missing)) => format!("{moved} of {goal}; {missing} missing"),
        (_, Some(goal), None) => format!("{moved} of {goal}; complete"),
        (_, None, _) => moved,
    };
    [String::new(), progress.name.clone(), why]
}
