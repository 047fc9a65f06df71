//! Blocks about giving.

use super::*;

/// `donate D { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DonateBlock {
    /// The name of the rule.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<DonateLine>>,
}

/// A line of `donate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DonateLine {
    /// `valid from … to …`
    Valid(Valid),
    /// `on purchase`
    On(On),
    /// `at partner Tankhof`
    AtPartner(Name),
    /// `for items where …`
    ForItems(Cond),
    /// `when …`
    When(Cond),
    /// `round basket up to next 1 EUR`
    RoundUp(Amount),
    /// `whole amounts give 1 EUR`
    WholeAmounts(Amount),
    /// `multiply by 2`
    Multiply(Number),
    /// `add 2 EUR`
    Add(Amount),
    /// `give 1% of spend as gift`, `give 0.50 gift`
    Give(Give),
    /// `cap 3 times per month`
    Cap(Cap),
    /// `cap 20_000 gift per calendar year across all members`
    Budget(Cap),
    /// `pay every quarter`
    PayEvery(Period),
    /// `to charity Forests`
    ToCharity(ToCharity),
    /// `funded by Bakery`
    Funded(FundedBy),
}

/// Which charity gets something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToCharity {
    /// `to charity Forests`
    Named(Name),
    /// `to charity matching charity-choice`: the one that an attribute of the member names
    Matching(Path),
}
