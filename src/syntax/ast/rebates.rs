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
    /// `cap 5_000 bonus per calendar year`
    Cap(Cap),
    /// `cap 50_000 bonus per calendar year across all members`
    Budget(Cap),
    /// `funded by Tankhof`
    Funded(FundedBy),
    /// `round down in total`
    Round(Round),
    /// `activate after 14 days`
    Activate(Activate),
    /// `expire 12 months after earning`
    Expire(Expire),
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

/// `award A { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardBlock {
    /// The name of the rule.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<AwardLine>>,
}

/// A line of `award`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwardLine {
    /// `valid from … to …`
    Valid(Valid),
    /// `for items where …`
    ForItems(Cond),
    /// `when …`
    When(Cond),
    /// `every month give …`
    Every {
        /// At whose end it is paid.
        period: Period,
        /// What is paid.
        give: AwardGive,
    },
    /// `pay nothing below 5 punkte`
    PayNothingBelow(Amount),
    /// `cap 5_000 punkte per calendar year`
    Cap(Cap),
    /// `cap 50_000 punkte per calendar year across all members`
    Budget(Cap),
    /// `funded by Tankhof`
    Funded(FundedBy),
    /// `round down in total`
    Round(Round),
    /// `activate after 14 days`
    Activate(Activate),
    /// `expire 12 months after earning`
    Expire(Expire),
}

/// What an award gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwardGive {
    /// `4% of spend as punkte`, `4% of spend on the category with most spend as punkte`
    Share {
        /// The percentage.
        rate: Percent,
        /// Whether only the category counts on which most was spent.
        most: bool,
        /// `paid with K`: only what was paid with a means counts.
        paid_with: Option<Name>,
        /// In what it is paid.
        unit: Name,
    },
    /// `dividend of spend as punkte`, a percentage that is announced
    Announced {
        /// The parameter.
        parameter: Name,
        /// Whether only the category counts on which most was spent.
        most: bool,
        /// In what it is paid.
        unit: Name,
    },
    /// `punkte by spend bands [from 100 EUR: 50]`
    Bands {
        /// In what it is paid.
        unit: Name,
        /// From lowest to highest.
        bands: Vec<Band>,
    },
    /// `1 punkt per 1 punkt earned from [Grundpunkte]`
    Earned {
        /// What is paid.
        amount: Amount,
        /// For how much.
        per: Amount,
        /// The rules that count.
        rules: Vec<Name>,
    },
    /// `1 punkt per full 10 EUR`
    Per {
        /// What is paid for each step.
        amount: Amount,
        /// The step.
        per: Per,
    },
    /// `50 punkte`, `1 Coffee`
    Flat(Amount),
    /// `choice of [5 punkte, 1 Coffee] within 3 days`
    Choice(Choice),
}
