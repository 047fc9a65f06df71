//! What partners of a coalition owe and get: facts with deterministic keys, exact until they are settled.

use super::{Exact, SourceKind};
use crate::calendar::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which way the money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Side {
    /// The partner owes it to the program, for units that were earned.
    Owes,
    /// The partner gets it from the program, for units that were redeemed.
    Gets,
}

impl Side {
    /// The word in charges.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owes => "owes",
            Self::Gets => "gets",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What one booking of one account means for one partner. Below zero it is a credit: something was returned.
///
/// A charge stands for itself, as a [`LedgerLine`](super::LedgerLine) does: partner and side are the books between which
/// the money moves, and a [`Settlement`](super::Settlement) adds charges of all accounts up without the program that made
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// Unique for the member, the partner and the side: the same cause always has the same key.
    pub key: String,
    /// The member whose account it comes from.
    pub member: String,
    /// The partner.
    pub partner: String,
    /// Whether the partner owes it or gets it.
    pub side: Side,
    /// Units × price × share, exactly.
    pub amount: Exact,
    /// The currency of the program.
    pub currency: String,
    /// The unit.
    pub unit: String,
    /// How much of it.
    pub units: Exact,
    /// The price of one.
    pub price: Exact,
    /// The share of the partner, in percent.
    pub share: Exact,
    /// What gave the units, or took them.
    pub source: SourceKind,
    /// The name of the rule; of what was redeemed the name of the unit.
    pub rule: String,
    /// The event that earned or redeemed; empty where no event did.
    pub event: String,
    /// The local day of the booking.
    pub day: Date,
    /// The first day of the period in which it is settled.
    pub starts: Date,
    /// The first day behind that period.
    pub closes: Date,
}
