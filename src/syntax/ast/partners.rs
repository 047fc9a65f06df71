//! Partners of a coalition: who pays for what is earned, and who gets money for what is redeemed.

use super::*;

/// `partner P { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerBlock {
    /// The name of the partner.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<PartnerLine>>,
}

/// A line of `partner`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartnerLine {
    /// `pays 0.012 EUR per taler earned`
    Pays(PriceOf),
    /// `gets 0.0095 EUR per taler redeemed`
    Gets(PriceOf),
    /// `settles every month`
    Settles(Period),
    /// `budget 50_000 EUR per calendar year`
    Budget {
        /// The most that the partner pays.
        amount: Amount,
        /// In which time.
        per: Period,
    },
}

/// The price of one of a unit: `0.012 EUR per taler`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceOf {
    /// Money for one.
    pub price: Amount,
    /// The unit.
    pub unit: Name,
}

/// `funded by …`: who pays for what a rule gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundedBy {
    /// One partner without a share, or several with one each.
    pub shares: Vec<FundedShare>,
}

/// `Brauerei 70%`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundedShare {
    /// The partner.
    pub partner: Name,
    /// The share; without it all.
    pub share: Option<Percent>,
}
