//! Partners of a coalition: what each pays for units that rules give, and what each gets for units that are redeemed.
//! And budgets, which all members share.

use super::{AwardThing, Program};
use crate::calendar::{Date, Period};
use std::collections::BTreeMap;
use std::fmt;

/// Millionths of a percent in a whole.
pub(crate) const ALL_OF_IT: i64 = 100_000_000;

/// Partners by name, each with millionths of a percent.
pub(crate) type Shares = Box<[(Box<str>, i64)]>;

/// What costs money that partners can pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Expense {
    /// What a voucher takes off a price.
    Voucher,
    /// What a reward takes off a price, and what it gives.
    Reward,
    /// What a charity gets from the owner.
    Donation,
}

/// What partners pay and get under one version of a program. All by names, so that what an earlier version charged
/// can be credited under a later one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PriceList {
    /// The first day on which it holds.
    pub(crate) from: Date,
    /// By name.
    pub(crate) partners: BTreeMap<Box<str>, PartnerTerms>,
    /// Who pays for what a rule gives, by the name of the rule: partner and millionths of a percent, together the whole.
    pub(crate) funded: BTreeMap<Box<str>, Shares>,
    /// Who pays for vouchers, rewards and donations, by their names.
    pub(crate) expenses: BTreeMap<(Expense, Box<str>), Shares>,
}

impl PriceList {
    /// Who pays for a voucher, reward or donation.
    pub(crate) fn pays_for(&self, expense: Expense, name: &str) -> Option<&Shares> {
        self.expenses
            .iter()
            .find(|((kind, of), _)| *kind == expense && **of == *name)
            .map(|(_, shares)| shares)
    }
}

/// Programs without such expenses are written out as if there were none: their fingerprint stays what it was.
impl fmt::Debug for PriceList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("PriceList");
        out.field("from", &self.from).field("partners", &self.partners).field("funded", &self.funded);
        if !self.expenses.is_empty() {
            out.field("expenses", &self.expenses);
        }
        out.finish()
    }
}

/// The terms of one partner. Prices are micro-units for one of a unit, by the name of the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartnerTerms {
    pub(crate) pays: BTreeMap<Box<str>, i64>,
    pub(crate) gets: BTreeMap<Box<str>, i64>,
    pub(crate) settles: Period,
}

impl Program {
    /// The prices of this version.
    pub(crate) fn own_prices(&self) -> Option<&PriceList> {
        self.price_lists.iter().find(|list| list.from == self.effective_from)
    }

    /// The prices in force on a day.
    pub(crate) fn prices_on(&self, day: Date) -> Option<&PriceList> {
        let begun = self.price_lists.iter().rev().find(|list| list.from <= day);
        begun.or_else(|| self.price_lists.first())
    }

    /// The periods in which a partner settles on a day: those of the version in force, or of the last that had it.
    pub(crate) fn settles(&self, partner: &str, day: Date) -> Option<Period> {
        let lists = self.prices_on(day).into_iter().chain(self.price_lists.iter().rev());
        lists.filter_map(|list| list.partners.get(partner)).map(|terms| terms.settles).next()
    }
}

/// A budget that all members share. An account does not know what is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Budget {
    /// `cap X` of a shared cap, `rule X`, `donate X`, `award X` or `rebate X` of an own one, `partner X`.
    pub(crate) name: Box<str>,
    /// In which time it counts.
    pub(crate) period: Period,
    pub(crate) counts: BudgetCounts,
}

/// What a budget counts, and how much it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BudgetCounts {
    /// So much of a unit (its scale) or so many vouchers.
    Amount(AwardThing, i64),
    /// So much money for charities, micro-units.
    Given(i64),
    /// So many bookings above zero.
    Times(i64),
    /// So much money of a partner, micro-units.
    Money(i64, Box<str>),
}

impl Program {
    /// The budgets of a shared cap, rule, donation, referral or partner with a name.
    pub(crate) fn budgets_named(&self, name: &str) -> impl Iterator<Item = &Budget> {
        let is_it = move |budget: &&Budget| budget.name.split_once(' ').is_some_and(|(_, of)| of == name);
        self.budgets.iter().filter(is_it)
    }
}
