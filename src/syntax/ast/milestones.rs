//! Milestones.

use super::*;

/// `milestones M { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestonesBlock {
    /// The name of the block.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<MilestonesLine>>,
}

/// A line of `milestones`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MilestonesLine {
    /// `valid …`
    Valid(Valid),
    /// `when …`
    When(Cond),
    /// `for items where …`
    ForItems(Cond),
    /// `count spend in calendar year`
    Count {
        /// What is counted.
        metric: Metric,
        /// In which window.
        window: Period,
    },
    /// `at 100 EUR give 50 punkte`
    At {
        /// The mark.
        mark: Mark,
        /// What is given there.
        give: Give,
    },
    /// `every 500 EUR from 1_000 EUR to 3_000 EUR give 200 punkte`
    Every {
        /// From one mark to the next.
        step: Mark,
        /// The first mark.
        from: Option<Mark>,
        /// The last mark.
        to: Option<Mark>,
        /// What is given at each.
        give: Give,
    },
    /// `once passed stays passed`
    StaysPassed,
    /// `funded by Tankhof`
    Funded(FundedBy),
}

/// Where something is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// `100 EUR`, `10 nights`
    Amount(Amount),
    /// `5`
    Number(Number),
}
