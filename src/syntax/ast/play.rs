//! What members play: challenges, streaks and draws.

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
    /// `cap 5 times per month`
    Cap(Cap),
    /// `funded by Tankhof`
    Funded(FundedBy),
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

/// `streak S { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreakBlock {
    /// The name of the streak.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<StreakLine>>,
}

/// A line of `streak`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreakLine {
    /// `on run`
    On(On),
    /// `valid …`
    Valid(Valid),
    /// `when …`
    When(Cond),
    /// `each week needs 2 run`
    Each {
        /// The period.
        period: Period,
        /// How many.
        count: Number,
        /// Of what.
        of: Name,
    },
    /// `after 4 weeks give 5 points`
    After {
        /// How long the run is.
        run: Run,
        /// What is given.
        give: Give,
    },
    /// `forgive 1 missed week`
    Forgive(Run),
    /// `restart after 8 weeks`
    Restart(Run),
    /// `cap 100 points per calendar year`
    Cap(Cap),
    /// `funded by Tankhof`
    Funded(FundedBy),
}

/// A number of periods: `4 weeks`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// How many.
    pub count: Number,
    /// What they are called.
    pub periods: Name,
}

/// `draw D { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawBlock {
    /// The name of the draw.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<DrawLine>>,
}

/// A line of `draw`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrawLine {
    /// `draws from lose`
    From(Name),
    /// `valid from 2026-03-01 to 2026-07-31`
    Valid(Valid),
    /// `held on 2026-08-07`
    HeldOn(Date),
    /// `held on 08-07`, of a draw that comes every year
    HeldEvery(MonthDay),
    /// `cap 100 lose per campaign`
    Cap(Cap),
    /// `free entry on postcard give 5 lose`
    FreeEntry {
        /// The event.
        event: Name,
        /// What is given.
        give: Give,
    },
}
