//! Blocks about what is paid on the turnover of a period.

use super::*;

/// `rebate R { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebateBlock {
    /// The name of the rule.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<RebateLine>>,
}

/// A line of `rebate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebateLine {
    /// `valid from … to …`
    Valid(Valid),
    /// `for items where …`
    ForItems(Cond),
    /// `when …`
    When(Cond),
    /// `period calendar year`
    Period(Period),
    /// `stages are retroactive`
    Stages(StageMode),
    /// `stage from 50_000 EUR: 1%`
    Stage {
        /// The turnover from which on it is reached.
        from: Amount,
        /// What it pays.
        pays: StagePays,
    },
    /// `pay credit 31 days after period end`
    Pays {
        /// In what it is paid.
        unit: Name,
        /// How long after the last day of the period.
        after: Duration,
    },
    /// `pay nothing below 5 EUR`
    PayNothingBelow(Amount),
}

/// How stages are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageMode {
    /// The highest stage that is reached is paid on all turnover.
    Retroactive,
    /// Each rate is paid on the turnover inside its own stage.
    Incremental,
}

/// What a stage pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StagePays {
    /// `1%` of the turnover
    Percent(Percent),
    /// `10% of fee`
    PercentOf(Percent, Name),
    /// `30 credit`
    Amount(Amount),
}
