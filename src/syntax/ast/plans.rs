//! Plans: what members pay for.

use super::*;

/// `plan P { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanBlock {
    /// The name of the plan.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<PlanLine>>,
}

/// A line of `plan`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanLine {
    /// `fee 65 USD per membership year`, `fee 65 USD per 12 months`
    Fee {
        /// How much.
        amount: Amount,
        /// For how long.
        per: FeePer,
    },
    /// `renews by itself` (true), `renews on request`
    Renews(bool),
    /// `trial 30 days`
    Trial(Duration),
}

/// How long a granted level is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantSpan {
    /// Without an end.
    Ever,
    /// `for 120 days`
    For(Duration),
    /// `until 2027-12-31`
    Until(Date),
}

/// For how long a fee pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeePer {
    /// `membership year`: the rest of the period
    Period(Period),
    /// `12 months`: from the first day on
    Length(Duration),
}
