//! What members play: challenges.

use super::*;

/// `challenge C { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeBlock {
    /// The name of the challenge.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<ChallengeLine>>,
}

/// A line of `challenge`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChallengeLine {
    /// `valid …`
    Valid(Valid),
    /// `when …`
    When(Cond),
    /// `task "Fifty runs": run reaches 50`
    Task(Task),
    /// `complete all tasks`
    CompleteAll,
    /// `complete any 2 tasks`
    CompleteAny(Number),
    /// `once per calendar year`, `once per member`
    Once(OncePer),
    /// `give 500 points`
    Give(Give),
}

/// What a challenge asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The name of the task.
    pub name: Name,
    /// What is counted: `spend`, `purchases`, `items`, an event or a unit.
    pub measure: Name,
    /// How much of it.
    pub goal: Goal,
    /// What counts of it.
    pub of: Option<TaskItems>,
}

/// How much a task asks for: `40`, `100 EUR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// `40`
    Number(Number),
    /// `100 EUR`
    Amount(Amount),
}

/// What counts for a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskItems {
    /// `for items where …`
    ForItems(Cond),
    /// `when …`
    When(Cond),
}

/// In which time a challenge pays once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OncePer {
    /// `once per member`: ever.
    Member,
    /// `once per calendar year`
    Period(Period),
}
