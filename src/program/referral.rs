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
    /// What each pay-out gives.
    pub(crate) gifts: PayOuts<Box<[ReferralGift]>>,
    /// How often each pay-out is made.
    pub(crate) caps: PayOuts<Box<[CapId]>>,
    /// Places of member attributes of which both must not have the same value.
    pub(crate) not_same: Box<[u16]>,
}

/// A pay-out of a referral: when, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum PayOut {
    /// The referrer is named.
    ReferrerOnJoining,
    /// The referrer has accepted that.
    FriendOnJoining,
    /// The friend has qualified.
    #[default]
    Referrer,
    /// The referrer is paid for that.
    Friend,
}

impl PayOut {
    /// All of them.
    pub(crate) const ALL: [Self; 4] =
        [Self::ReferrerOnJoining, Self::FriendOnJoining, Self::Referrer, Self::Friend];

    /// The words in the names of its counters and budgets.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::ReferrerOnJoining => "referrer on joining",
            Self::FriendOnJoining => "friend on joining",
            Self::Referrer => "referrer",
            Self::Friend => "friend",
        }
    }

    /// Whether it is the friend's.
    pub(crate) const fn is_friends(self) -> bool {
        matches!(self, Self::FriendOnJoining | Self::Friend)
    }

    /// Whether it is made on joining.
    pub(crate) const fn is_on_joining(self) -> bool {
        matches!(self, Self::ReferrerOnJoining | Self::FriendOnJoining)
    }
}

/// Something of each pay-out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PayOuts<T>([T; 4]);

impl<T> PayOuts<T> {
    /// What belongs to each; the outer nothing is a finding in one of them.
    pub(crate) fn of(read: impl FnMut(PayOut) -> Option<T>) -> Option<Self> {
        let all: Vec<T> = PayOut::ALL.into_iter().map(read).collect::<Option<_>>()?;
        all.try_into().ok().map(Self)
    }

    /// What belongs to one.
    pub(crate) const fn to(&self, pay_out: PayOut) -> &T {
        let [referrer_on_joining, friend_on_joining, referrer, friend] = &self.0;
        match pay_out {
            PayOut::ReferrerOnJoining => referrer_on_joining,
            PayOut::FriendOnJoining => friend_on_joining,
            PayOut::Referrer => referrer,
            PayOut::Friend => friend,
        }
    }

    /// What belongs to each.
    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    /// What belongs to each.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = (PayOut, &mut T)> {
        PayOut::ALL.into_iter().zip(&mut self.0)
    }
}

/// The budgets across all members that each pay-out asks, one after another.
pub(crate) type ReferralBudgets = PayOuts<Box<[BudgetId]>>;

impl Referral {
    /// Whether one of its gifts may be this.
    pub(crate) fn gives(&self, thing: AwardThing) -> bool {
        self.gifts.all().flat_map(|gifts| gifts.iter()).any(|gift| gift.thing() == thing)
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
