//! Giving: charities, and the rules by which they get money.

use super::ids::{BudgetId, CapId, CharityId, EventKindId, Symbol};
use super::rule::{Band, Basis, Proportion, Table, TableKey, Validity};
use super::test::Test;
use super::{Program, UnknownName};
use crate::amount::Rounding;
use crate::calendar::Period;

/// Millionths of a percent in a whole: an exact donation is a number of micro-units over this.
pub(crate) const SHARE_WHOLE: i128 = 100_000_000;

/// `donate D { … }`
#[derive(Debug, Clone)]
pub(crate) struct Donation {
    pub(crate) name: Box<str>,
    /// The `##` lines above it, for explanations.
    pub(crate) doc: Box<str>,
    pub(crate) on: EventKindId,
    pub(crate) valid: Validity,
    /// The items whose spend counts; nothing means all.
    pub(crate) items: Option<Test>,
    /// The text of `for items where …`, for explanations.
    pub(crate) items_text: Box<str>,
    pub(crate) when: Option<Test>,
    /// The text of `when …`, for explanations.
    pub(crate) when_text: Box<str>,
    pub(crate) gift: Gift,
    /// The text of `give …`, for explanations.
    pub(crate) gift_text: Box<str>,
    /// `pay every P`: amounts stay exact until the end of the period.
    pub(crate) pays: Option<Period>,
    pub(crate) to: Receiver,
    pub(crate) caps: Box<[CapId]>,
    /// The budgets across all members that it asks, one after another.
    pub(crate) budgets: Box<[BudgetId]>,
}

/// What a donation gives. Money in micro-units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gift {
    /// The member pays what is missing to the next multiple.
    RoundUp {
        /// The multiple.
        step: i64,
        /// What is given where nothing is missing; 0 for nothing.
        whole: i64,
        /// How many times that is given.
        times: i64,
        /// What comes on top where anything is given.
        more: i64,
    },
    /// The shop gives a share of the spend.
    Share {
        /// Millionths of a percent.
        rate: i64,
        /// How it is rounded to the smallest coin where it is paid at once.
        round: Rounding,
    },
    /// The shop gives a fixed amount.
    Fixed(i64),
    /// The shop gives by a rate or a table.
    Terms(Box<GiftTerms>),
}

/// What the shop gives, in micro-units, and how that is rounded to the smallest coin where it is paid at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GiftTerms {
    pub(crate) amount: GiftAmount,
    pub(crate) round: Rounding,
}

/// How much the shop gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GiftAmount {
    /// So much for each step.
    Per(GiftRate, Proportion),
    /// A fixed amount by a table.
    Table(Table<i64>),
    /// A fixed amount by the spend that counts.
    Bands(Box<[Band]>),
}

/// How much for each step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GiftRate {
    /// One for all.
    Fixed(i64),
    /// By tier or attribute; a missing row is 0.
    Table(Table<i64>),
}

impl GiftTerms {
    /// What picks the row, where there is a table.
    pub(crate) const fn key(&self) -> Option<TableKey> {
        match &self.amount {
            GiftAmount::Table(table) | GiftAmount::Per(GiftRate::Table(table), _) => Some(table.key),
            GiftAmount::Per(GiftRate::Fixed(_), _) | GiftAmount::Bands(_) => None,
        }
    }

    /// Whether it hangs on what is spent.
    pub(crate) const fn is_of_spend(&self) -> bool {
        match &self.amount {
            GiftAmount::Per(_, of) => matches!(of.basis, Basis::Spend | Basis::SpendPaidWith(_)),
            GiftAmount::Bands(_) => true,
            GiftAmount::Table(_) => false,
        }
    }
}

impl Donation {
    /// What picks the row of a table, where there is one.
    pub(crate) fn key(&self) -> Option<TableKey> {
        match &self.gift {
            Gift::Terms(terms) => terms.key(),
            Gift::RoundUp { .. } | Gift::Share { .. } | Gift::Fixed(_) => None,
        }
    }
}

impl Gift {
    /// Whether it hangs on something that is not spent.
    pub(crate) const fn hangs_on_else(&self) -> bool {
        matches!(self, Self::Terms(terms) if !terms.is_of_spend())
    }

    /// Whether the member pays it.
    pub(crate) const fn is_by_member(&self) -> bool {
        matches!(self, Self::RoundUp { .. })
    }
}

/// Who gets a donation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Receiver {
    /// One charity.
    Charity(CharityId),
    /// The charity that an attribute of the member names.
    Matching {
        /// The place of the attribute.
        place: u16,
        /// Its values, by symbol.
        charities: Box<[(Symbol, CharityId)]>,
    },
}

impl Program {
    /// The charity with a name.
    pub(crate) fn charity_named(&self, name: &str) -> Result<CharityId, UnknownName> {
        let found = self.charities.iter().position(|charity| **charity == *name);
        found.map(|place| CharityId(place as u32)).ok_or_else(|| UnknownName::new("charity", name))
    }

    /// The name of a charity; empty if the id is of another program.
    pub(crate) fn charity_name(&self, id: CharityId) -> &str {
        self.charities.get(id.index()).map_or("", |name| name)
    }

    /// The `donate` with a name.
    pub(crate) fn donation_named(&self, name: &str) -> Result<super::DonationId, UnknownName> {
        let found = self.donations.iter().position(|donation| *donation.name == *name);
        found.map(|place| super::DonationId(place as u32)).ok_or_else(|| UnknownName::new("donation", name))
    }

    /// The name of a `donate`.
    pub(crate) fn donation_name(&self, id: super::DonationId) -> &str {
        self.donations.get(id.index()).map_or("", |donation| &donation.name)
    }

    /// Micro-units in the smallest coin of the currency.
    pub(crate) const fn coin(&self) -> i64 {
        10_i64.pow(6_u32.saturating_sub(self.currency_digits))
    }
}

/// Decimals of an exact donation: those of money at the door, and those of a percentage with six decimals.
const EXACT_DECIMALS: usize = 14;

impl Program {
    /// An exact amount of money as a decimal text, with at least the digits of the currency.
    pub(crate) fn exact_money(&self, amount: i128) -> String {
        let sign = if amount < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", amount.unsigned_abs(), width = EXACT_DECIMALS + 1);
        let (whole, rest) = digits.split_at(digits.len() - EXACT_DECIMALS);
        let least = usize::try_from(self.currency_digits).unwrap_or(2).min(EXACT_DECIMALS);
        let length = rest.trim_end_matches('0').len().max(least);
        match rest.get(..length).filter(|rest| !rest.is_empty()) {
            Some(rest) => format!("{sign}{whole}.{rest}"),
            None => format!("{sign}{whole}"),
        }
    }

    /// What the text of an exact amount means; nothing for any other form of it.
    pub(crate) fn parse_exact_money(&self, text: &str) -> Option<i128> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let missing = EXACT_DECIMALS.checked_sub(rest.len())?;
        let amount: i128 = format!("{whole}{rest}{}", "0".repeat(missing)).parse().ok()?;
        (self.exact_money(amount) == text).then_some(amount)
    }
}
