//! Ledger deltas: facts, double entry, with deterministic keys.
//!
//! A delta moves a positive amount of one unit from one book of a member to another. Per unit everything sums to
//! zero, and what was issued = pending + available + redeemed + expired + taken back + transferred − debt. What charities get has
//! books of its own: member and owner give, the charity gets.

mod balances;
mod charge;
mod exact;
mod giving;
mod key;
mod settlement;
mod totals;
mod wire;

pub use balances::Balances;
pub use charge::{Charge, Side};
pub use exact::{Exact, NotExact};
pub use giving::{CharityBook, CharityStatement, GiftRow, GivingError};
pub(crate) use key::Due;
pub use key::Key;
pub use settlement::{Posted, Row, Settlement, SettlementError, Statement};
pub use totals::Totals;
pub use wire::{LedgerLine, LineError, LineKind, SourceKind};

use crate::calendar::Date;
use crate::program::{
    AwardThing, CardId, ChallengeId, CharityId, ChoiceId, ConvertId, DonationId, DrawId, FormerId,
    MilestonesId, RebateId, ReferralId, RewardId, RuleId, StreakId, TiersId, UnitId, VoucherId,
};
use std::fmt;
use std::sync::Arc;

/// A book of a member and a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Book {
    /// Where units come from: the program. Its balance is minus what was ever issued.
    Issued,
    /// Earned, not usable yet.
    Pending,
    /// Usable.
    Available,
    /// Spent.
    Redeemed,
    /// Gone by time.
    Expired,
    /// Taken back by returns.
    TakenBack,
    /// What a member owes because more was taken back than was left. Its balance is zero or below.
    Debt,
    /// What the member has given to a charity. Its balance is zero or below.
    Member,
    /// What the owner of the program has given to a charity. Its balance is zero or below.
    Owner,
    /// What a charity has got.
    Charity,
    /// What went to other members, less what came from them: above or below zero. Over all members together it is what
    /// is on its way.
    Transferred,
}

impl Book {
    /// All books, in order.
    pub const ALL: [Self; 11] = [
        Self::Issued,
        Self::Pending,
        Self::Available,
        Self::Redeemed,
        Self::Expired,
        Self::TakenBack,
        Self::Debt,
        Self::Member,
        Self::Owner,
        Self::Charity,
        Self::Transferred,
    ];

    /// Whether its balance is zero or below: where amounts come from.
    pub(crate) const fn is_source(self) -> bool {
        matches!(self, Self::Issued | Self::Debt | Self::Member | Self::Owner)
    }

    /// The word in ledgers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Pending => "pending",
            Self::Available => "available",
            Self::Redeemed => "redeemed",
            Self::Expired => "expired",
            Self::TakenBack => "taken-back",
            Self::Debt => "debt",
            Self::Member => "member",
            Self::Owner => "owner",
            Self::Charity => "charity",
            Self::Transferred => "transferred",
        }
    }
}

impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a delta was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A rule, card, tier or referral gave it.
    Earned,
    /// It was there when a test began.
    Given,
    /// It became usable.
    Activated,
    /// Its last day has passed.
    Expired,
    /// A return took it back.
    Returned,
    /// It paid off a debt.
    Repaid,
    /// A member spent it.
    Redeemed,
    /// It was converted into something else.
    Converted,
    /// A return gave back what the purchase had been paid with.
    GivenBack,
    /// Stamps filled a card.
    CardFull,
    /// Stamps above the goal were dropped.
    NotCarriedOver,
    /// A voucher, choice or gift is void because what it was given for is gone.
    Cancelled,
    /// The member took it from an open choice.
    Chosen,
    /// Somebody corrected the balance.
    Adjusted,
    /// A charity got it.
    Donated,
    /// A member gave it to another.
    Transferred,
}

impl Reason {
    /// All reasons, in order.
    pub const ALL: [Self; 16] = [
        Self::Earned,
        Self::Given,
        Self::Activated,
        Self::Expired,
        Self::Returned,
        Self::Repaid,
        Self::Redeemed,
        Self::Converted,
        Self::GivenBack,
        Self::CardFull,
        Self::NotCarriedOver,
        Self::Cancelled,
        Self::Chosen,
        Self::Adjusted,
        Self::Donated,
        Self::Transferred,
    ];

    /// The word in ledgers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::Given => "given",
            Self::Activated => "activated",
            Self::Expired => "expired",
            Self::Returned => "returned",
            Self::Repaid => "repaid",
            Self::Redeemed => "redeemed",
            Self::Converted => "converted",
            Self::GivenBack => "given-back",
            Self::CardFull => "card-full",
            Self::NotCarriedOver => "not-carried-over",
            Self::Cancelled => "cancelled",
            Self::Chosen => "chosen",
            Self::Adjusted => "adjusted",
            Self::Donated => "donated",
            Self::Transferred => "transferred",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a delta is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Thing {
    /// A unit, in its scale.
    Unit(UnitId),
    /// Whole vouchers.
    Voucher(VoucherId),
    /// Whole stamps of a card.
    Stamps(CardId),
    /// Entries that may be chosen.
    Choice(ChoiceId),
    /// Money for a charity, in the smallest coin of the currency.
    Donation(CharityId),
}

impl Thing {
    /// The same as something that can be given; stamps are not given by rules.
    pub(crate) const fn award(self) -> Option<AwardThing> {
        Some(match self {
            Self::Unit(unit) => AwardThing::Unit(unit),
            Self::Voucher(voucher) => AwardThing::Voucher(voucher),
            Self::Choice(choice) => AwardThing::Choice(choice),
            Self::Stamps(_) | Self::Donation(_) => return None,
        })
    }
}

impl From<AwardThing> for Thing {
    fn from(thing: AwardThing) -> Self {
        match thing {
            AwardThing::Unit(unit) => Self::Unit(unit),
            AwardThing::Voucher(voucher) => Self::Voucher(voucher),
            AwardThing::Choice(choice) => Self::Choice(choice),
        }
    }
}

/// Who gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Source {
    /// A rule.
    Rule(RuleId),
    /// A card.
    Card(CardId),
    /// The entry gift of a level.
    Tier(TiersId, u32),
    /// A referral.
    Referral(ReferralId),
    /// A reward: its price and what it gives.
    Reward(RewardId),
    /// A conversion: what it takes and what it gives.
    Convert(ConvertId),
    /// A challenge.
    Challenge(ChallengeId),
    /// A streak.
    Streak(StreakId),
    /// The free entry of a draw.
    Draw(DrawId),
    /// A donation.
    Donation(DonationId),
    /// A rebate.
    Rebate(RebateId),
    /// Milestones.
    Milestones(MilestonesId),
    /// A unit that was given away.
    Redeem(UnitId),
    /// What only another version of the program has.
    Former(FormerId),
    /// A fact that a test or an opening balance gave.
    Given,
}

/// One booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    pub(crate) key: Key,
    pub(crate) thing: Thing,
    /// Above zero, in the scale of the thing.
    pub(crate) amount: i64,
    pub(crate) from: Book,
    pub(crate) to: Book,
    pub(crate) source: Source,
    /// The event that earned it, where it is another than the key's: for a return the purchase, for the clock the
    /// lot's event.
    pub(crate) of: Option<Arc<str>>,
    /// The lot, voucher or open choice it belongs to; 0 for none.
    pub(crate) lot: u32,
    /// The local day of the booking.
    pub(crate) day: Date,
    /// First usable day, where a lot or voucher begins.
    pub(crate) usable_from: Option<Date>,
    /// Last usable day, where it has one.
    pub(crate) last_day: Option<Date>,
    pub(crate) reason: Reason,
}

impl Delta {
    /// The event that earned it, shared.
    pub(crate) fn shared_event(&self) -> Arc<str> {
        self.of.as_ref().or(self.key.event.as_ref()).map(Arc::clone).unwrap_or_default()
    }

    /// The key: the same cause always has the same key, so a delta that is booked twice can be noticed.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// The amount in the smallest step of its unit, above zero.
    #[must_use]
    pub const fn amount_scaled(&self) -> i64 {
        self.amount
    }

    /// The book it leaves.
    #[must_use]
    pub const fn from(&self) -> Book {
        self.from
    }

    /// The book it enters.
    #[must_use]
    pub const fn to(&self) -> Book {
        self.to
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The local day of the booking.
    #[must_use]
    pub const fn day(&self) -> Date {
        self.day
    }

    /// The first day on which it can be used, where a lot or voucher begins.
    #[must_use]
    pub const fn usable_from(&self) -> Option<Date> {
        self.usable_from
    }

    /// The last day on which it can be used, if it has one.
    #[must_use]
    pub const fn last_day(&self) -> Option<Date> {
        self.last_day
    }

    /// The id of the event that earned it.
    #[must_use]
    pub fn event(&self) -> &str {
        self.of.as_deref().or(self.key.event.as_deref()).unwrap_or_default()
    }
}

impl Delta {
    /// The name of the rule, card, tier or referral that gave it.
    #[must_use]
    pub fn source_name(&self, program: &crate::program::Program) -> String {
        let name = match self.source {
            Source::Rule(rule) => program.rule_name(rule),
            Source::Card(card) => program.card_name(card),
            Source::Tier(tiers, level) => program.level_name(tiers, level),
            Source::Referral(referral) => program.referral_name(referral),
            Source::Reward(reward) => program.reward_name(reward),
            Source::Challenge(challenge) => program.challenge_name(challenge),
            Source::Streak(streak) => program.streak_name(streak),
            Source::Draw(draw) => program.draw_name(draw),
            Source::Convert(convert) => program.convert_name(convert),
            Source::Donation(donation) => program.donation_name(donation),
            Source::Rebate(rebate) => program.rebate_name(rebate),
            Source::Milestones(id) => program.milestones_name(id),
            Source::Redeem(unit) => program.unit_name(unit),
            Source::Former(_) => {
                let (_, rule, level) = program.source_words(self.source);
                level.unwrap_or(rule)
            }
            Source::Given => "given",
        };
        name.into()
    }
}
