//! How units are spent, and what can be had for them.

use super::giving::Receiver;
use super::ids::{CapId, UnitId};
use super::rule::{Award, AwardThing, Validity};
use super::test::Test;
use super::things::Grant;
use crate::calendar::Period;

/// `redeem U { … }`: what paying with a unit is bound to. Amounts of the unit stand in its scale, money in
/// micro-units.
#[derive(Debug, Clone)]
pub(crate) struct Redeem {
    pub(crate) unit: UnitId,
    /// So much of the unit …
    pub(crate) amount: i64,
    /// … pays so much.
    pub(crate) value: i64,
    /// The smallest amount; 0 if none is asked.
    pub(crate) at_least: i64,
    /// Amounts are multiples of this; 1 if nothing is asked.
    pub(crate) step: i64,
    /// The largest amount.
    pub(crate) at_most: Option<i64>,
    /// The largest part of the basket that it may pay, in millionths of a percent.
    pub(crate) share: Option<i64>,
    /// It pays all that is left, or nothing.
    pub(crate) whole_only: bool,
    /// The items that it may pay; nothing means all.
    pub(crate) items: Option<Test>,
    pub(crate) when: Option<Test>,
    /// The text of `when …`, for refusals.
    pub(crate) when_text: Box<str>,
    /// Who gets the value, if it pays nothing.
    pub(crate) to: Option<Receiver>,
}

impl Redeem {
    /// Whether it can be asked for in a purchase only.
    pub(crate) const fn needs_basket(&self) -> bool {
        self.whole_only || self.share.is_some()
    }
}

/// `reward R costs A { … }`: something with a price in a unit.
#[derive(Debug, Clone)]
pub(crate) struct Reward {
    pub(crate) name: Box<str>,
    /// The unit of its price.
    pub(crate) unit: UnitId,
    /// Its price, in the scale of the unit.
    pub(crate) price: i64,
    pub(crate) valid: Validity,
    /// The items that it is for; nothing means all.
    pub(crate) items: Option<Test>,
    pub(crate) when: Option<Test>,
    /// The text of `when …`, for refusals.
    pub(crate) when_text: Box<str>,
    /// What it grants, as text and as such.
    pub(crate) grants: Option<(Box<str>, Grant)>,
    /// What it gives.
    pub(crate) gives: Option<Award>,
    /// Micro-units of the program's currency.
    pub(crate) worth: Option<i64>,
    /// Caps on how many may be redeemed.
    pub(crate) caps: Box<[CapId]>,
}

impl Reward {
    /// Whether it can be asked for in a purchase only.
    pub(crate) fn needs_basket(&self) -> bool {
        self.items.is_some() || self.grants.as_ref().is_some_and(|(_, grant)| *grant != Grant::Text)
    }

    /// Whether it gives an amount of a unit.
    pub(crate) fn gives_a_unit(&self) -> bool {
        self.gives.is_some_and(|award| matches!(award.thing, AwardThing::Unit(_)))
    }
}

/// `convert A into B …`
#[derive(Debug, Clone)]
pub(crate) struct Convert {
    /// `500 points into 5 vouchers at once`
    pub(crate) name: Box<str>,
    pub(crate) unit: UnitId,
    /// So much of the unit, in its scale, …
    pub(crate) amount: i64,
    /// … becomes this.
    pub(crate) into: Award,
    /// Nothing happens while the usable balance is below this.
    pub(crate) from: i64,
    /// On the first day of each period; nothing means at once.
    pub(crate) every: Option<Period>,
}

impl super::Program {
    /// Whether the clock converts something.
    pub(crate) fn converts_on_clock(&self) -> bool {
        self.converts.iter().any(|convert| convert.every.is_some())
    }
}
