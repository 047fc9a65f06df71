//! Referrals: who may name whom, when a friend qualifies, and what both get.

use super::ids::{BudgetId, CapId, EventKindId, MeterId, UnitId};
use super::rule::{Award, AwardThing, Factor, Steps, Table, Validity};
use super::test::Test;
use crate::calendar::Duration;

/// How many events are remembered beyond those that are needed.
const SPARE: usize = 10;

/// A referral.
#[derive(Debug, Clone)]
pub(crate) struct Referral {
    pub(crate) name: Box<str>,
    pub(crate) valid: Validity,
    pub(crate) qualifies: Option<Qualifies>,
    /// `friend may be named until first E`: the counter of that event; without it only at joining.
    pub(crate) named_until: Option<MeterId>,
    /// `when friend …` and its text.
    pub(crate) when_friend: Option<(Test, Box<str>)>,
    /// `when referrer …` and its text.
    pub(crate) when_referrer: Option<(Test, Box<str>)>,
    pub(crate) wait: Option<Duration>,
    pub(crate) joining_friend: Box<[ReferralGift]>,
    pub(crate) joining_referrer: Box<[ReferralGift]>,
    pub(crate) qualifying_friend: Box<[ReferralGift]>,
    pub(crate) qualifying_referrer: Box<[ReferralGift]>,
    pub(crate) referrer_caps: Box<[CapId]>,
    pub(crate) friend_caps: Box<[CapId]>,
    /// Places of member attributes of which both must not have the same value.
    pub(crate) not_same: Box<[u16]>,
}

/// The budgets across all members that the pay-outs of a referral ask, one after another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReferralBudgets {
    pub(crate) referrer: Box<[BudgetId]>,
    pub(crate) friend: Box<[BudgetId]>,
}

impl Referral {
    /// Whether one of its gifts may be this.
    pub(crate) fn gives(&self, thing: AwardThing) -> bool {
        self.gifts().any(|gift| gift.thing() == thing)
    }

    fn gifts(&self) -> impl Iterator<Item = &ReferralGift> {
        let joining = self.joining_friend.iter().chain(&self.joining_referrer);
        joining.chain(&self.qualifying_friend).chain(&self.qualifying_referrer)
    }
}

/// What one side of a referral gets.
#[derive(Debug, Clone)]
pub(crate) enum ReferralGift {
    /// A fixed amount.
    Fixed(Award),
    /// By what holds for the one who gets it, in the unit's scale.
    Table {
        /// In which unit.
        unit: UnitId,
        /// The amounts.
        table: Table<i64>,
    },
    /// In proportion to what was paid in the event that qualified.
    OfSpend {
        /// In which unit.
        unit: UnitId,
        /// In the unit's scale for each millionth, or for each step.
        rate: Factor,
        /// How steps are counted.
        steps: Steps,
        /// The size of a step in micro-units.
        step: i64,
    },
}

impl ReferralGift {
    /// Whether it depends on what was paid.
    pub(crate) const fn is_of_spend(&self) -> bool {
        matches!(self, Self::OfSpend { .. })
    }

    /// What it gives.
    pub(crate) const fn thing(&self) -> AwardThing {
        match self {
            Self::Fixed(award) => award.thing,
            Self::Table { unit, .. } | Self::OfSpend { unit, .. } => AwardThing::Unit(*unit),
        }
    }
}

/// `friend qualifies with …`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Qualifies {
    pub(crate) event: EventKindId,
    /// How many of them, from 1.
    pub(crate) times: usize,
    /// Paid amount, micro-units; 0 if none is asked.
    pub(crate) at_least: i64,
    pub(crate) within: Option<Duration>,
}

impl Qualifies {
    /// How many events an account remembers: those that are needed, and some more in case that one comes back.
    pub(crate) const fn most_counted(self) -> usize {
        self.times + SPARE
    }
}
