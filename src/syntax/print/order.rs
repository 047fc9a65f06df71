//! The order of lines in each kind of block, which is that of the grammar.
//!
//! Lines of one rank keep the order in which they were written. Vouchers follow the sample programs of the
//! language instead: what is granted, for what, on which condition, then worth and validity.

use crate::syntax::ast::{
    AwardLine, CardLine, ChallengeLine, DonateLine, DrawLine, MilestonesLine, PartnerLine, PlanLine,
    ProgramLine, RebateLine, RedeemLine, ReferralLine, ReturnsLine, RewardLine, RuleLine, StreakLine,
    TierLine, TiersLine, UnitLine, VoucherLine,
};

/// The place of a line in `program`.
pub(in crate::syntax) fn program(line: &ProgramLine) -> u8 {
    match line {
        ProgramLine::Version(_) => 0,
        ProgramLine::EffectiveFrom(_) => 1,
        ProgramLine::Currency(_) => 2,
        ProgramLine::TimeZone(_) => 3,
        ProgramLine::WeekStartsOn(_) => 4,
        ProgramLine::DayStartsAt(_) => 5,
        ProgramLine::MembershipYearStartsOnDay(_) => 6,
        ProgramLine::Prices { .. } => 7,
        ProgramLine::Spend { .. } => 8,
        ProgramLine::AcceptLate(_) => 9,
        ProgramLine::AcceptBeforeJoining(_) => 10,
        ProgramLine::JoinBy(_) => 11,
    }
}

/// The place of a line in `unit`.
pub(in crate::syntax) fn unit(line: &UnitLine) -> u8 {
    match line {
        UnitLine::Singular(_) => 0,
        UnitLine::Decimals(_) => 1,
        UnitLine::Worth(_) => 2,
        UnitLine::Round(_) => 3,
        UnitLine::Activate(_) => 4,
        UnitLine::Expire(_) => 5,
        UnitLine::NoExpiry(_) => 6,
        UnitLine::SpendOrder(_) => 7,
    }
}

/// The place of a line in `earn` and `bonus`.
pub(in crate::syntax) fn rule(line: &RuleLine) -> u8 {
    match line {
        RuleLine::Valid(_) => 0,
        RuleLine::On(_) => 1,
        RuleLine::AtPartner(_) => 2,
        RuleLine::ForItems(_) => 3,
        RuleLine::When(_) => 4,
        RuleLine::Give(_) | RuleLine::Multiply(_) | RuleLine::MultiplyEverything(_) => 5,
        RuleLine::AtLeast(_) => 6,
        RuleLine::Replaces(_) => 7,
        RuleLine::Combine(_) => 8,
        RuleLine::Cap(_) | RuleLine::Budget(_) => 9,
        RuleLine::Round(_) => 10,
        RuleLine::Activate(_) => 11,
        RuleLine::Expire(_) => 12,
        RuleLine::NoExpiry(_) => 13,
        RuleLine::Funded(_) => 14,
    }
}

/// The place of a line in `tiers`. The levels are an order of their own and stay in it.
pub(in crate::syntax) fn tiers(line: &TiersLine) -> u8 {
    match line {
        TiersLine::Count { .. } => 0,
        TiersLine::UpgradeAtOnce | TiersLine::UpgradeAtEnd(_) => 1,
        TiersLine::NewTierFromNext(_) | TiersLine::NewTierForThis(_) | TiersLine::NewTierAboveThreshold => 2,
        TiersLine::KeepUntil { .. } | TiersLine::KeepFor { .. } | TiersLine::KeepForever => 3,
        TiersLine::DropOneLevel | TiersLine::DropToEarned => 4,
        TiersLine::Grace(_) => 5,
        TiersLine::TakesThreshold => 6,
        TiersLine::CarryAtMost(_) | TiersLine::CarrySurplus { .. } => 7,
        TiersLine::Tier { .. } => 8,
    }
}

/// The place of a line in `tier`.
pub(in crate::syntax) fn tier(line: &TierLine) -> u8 {
    match line {
        TierLine::Reach(_) => 0,
        TierLine::PaidBy(_) => 1,
        TierLine::OnEntry(_) => 2,
        TierLine::Every(..) => 3,
        TierLine::Benefit(_) => 4,
    }
}

/// The place of a line in `plan`.
pub(in crate::syntax) fn plan(line: &PlanLine) -> u8 {
    match line {
        PlanLine::Fee { .. } => 0,
        PlanLine::Renews(_) => 1,
        PlanLine::Trial(_) => 2,
    }
}

/// The place of a line in `card`.
pub(in crate::syntax) fn card(line: &CardLine) -> u8 {
    match line {
        CardLine::On(_) => 0,
        CardLine::Valid(_) => 1,
        CardLine::AtPartner(_) => 2,
        CardLine::When(_) => 3,
        CardLine::ForItems(_) => 4,
        CardLine::Stamp { .. } => 5,
        CardLine::Goal(_) => 6,
        CardLine::StartWith { .. } => 7,
        CardLine::Cap(_) => 8,
        CardLine::Carry(_) => 9,
        CardLine::Expire(_) => 10,
        CardLine::Reward(_) | CardLine::Average(_) => 11,
        CardLine::Funded(_) => 12,
    }
}

/// The place of a line in `challenge`. The tasks stay in their order.
pub(in crate::syntax) fn challenge(line: &ChallengeLine) -> u8 {
    match line {
        ChallengeLine::Valid(_) => 0,
        ChallengeLine::When(_) => 1,
        ChallengeLine::Task(_) => 2,
        ChallengeLine::CompleteAll | ChallengeLine::CompleteAny(_) => 3,
        ChallengeLine::Once(_) => 4,
        ChallengeLine::Give(_) => 5,
        ChallengeLine::Cap(_) => 6,
        ChallengeLine::Funded(_) => 7,
    }
}

/// The place of a line in `streak`. Gifts stay in their order.
pub(in crate::syntax) fn streak(line: &StreakLine) -> u8 {
    match line {
        StreakLine::On(_) => 0,
        StreakLine::Valid(_) => 1,
        StreakLine::When(_) => 2,
        StreakLine::Each { .. } => 3,
        StreakLine::Forgive(_) => 4,
        StreakLine::After { .. } => 5,
        StreakLine::Restart(_) => 6,
        StreakLine::Cap(_) => 7,
        StreakLine::Funded(_) => 8,
    }
}

/// The place of a line in `draw`.
pub(in crate::syntax) fn draw(line: &DrawLine) -> u8 {
    match line {
        DrawLine::From(_) => 0,
        DrawLine::Valid(_) => 1,
        DrawLine::HeldOn(_) | DrawLine::HeldEvery(_) => 2,
        DrawLine::Cap(_) => 3,
        DrawLine::FreeEntry { .. } => 4,
    }
}

/// The place of a line in `milestones`. The marks are an order of their own and stay in it.
pub(in crate::syntax) fn milestones(line: &MilestonesLine) -> u8 {
    match line {
        MilestonesLine::Valid(_) => 0,
        MilestonesLine::When(_) => 1,
        MilestonesLine::ForItems(_) => 2,
        MilestonesLine::Count { .. } => 3,
        MilestonesLine::At { .. } | MilestonesLine::Every { .. } => 4,
        MilestonesLine::StaysPassed => 5,
        MilestonesLine::Funded(_) => 6,
    }
}

/// The place of a line in `voucher`.
pub(in crate::syntax) fn voucher(line: &VoucherLine) -> u8 {
    match line {
        VoucherLine::Grants(_) => 0,
        VoucherLine::ForItems(_) => 1,
        VoucherLine::When(_) => 2,
        VoucherLine::Worth(_) => 3,
        VoucherLine::Valid(_) => 4,
        VoucherLine::Usable { .. } => 5,
        VoucherLine::Activate(_) => 6,
        VoucherLine::Cap(_) => 7,
        VoucherLine::Funded(_) => 8,
    }
}

/// The place of a line in `reward`.
pub(in crate::syntax) fn reward(line: &RewardLine) -> u8 {
    match line {
        RewardLine::Valid(_) => 0,
        RewardLine::ForItems(_) => 1,
        RewardLine::When(_) => 2,
        RewardLine::Grants(_) => 3,
        RewardLine::Give(_) => 4,
        RewardLine::Worth(_) => 5,
        RewardLine::Cap(_) => 6,
        RewardLine::Funded(_) => 7,
    }
}

/// The place of a line in `redeem`.
pub(in crate::syntax) fn redeem(line: &RedeemLine) -> u8 {
    match line {
        RedeemLine::Rate { .. } => 0,
        RedeemLine::AtLeast(_) => 1,
        RedeemLine::InStepsOf(_) => 2,
        RedeemLine::AtMost(_) | RedeemLine::AtMostOfBasket(_) => 3,
        RedeemLine::WholeBasketOnly => 4,
        RedeemLine::ForItems(_) => 5,
        RedeemLine::When(_) => 6,
        RedeemLine::ToCharity(_) => 7,
    }
}

/// The place of a line in `donate`.
pub(in crate::syntax) fn donate(line: &DonateLine) -> u8 {
    match line {
        DonateLine::Valid(_) => 0,
        DonateLine::On(_) => 1,
        DonateLine::AtPartner(_) => 2,
        DonateLine::ForItems(_) => 3,
        DonateLine::When(_) => 4,
        DonateLine::RoundUp(_) | DonateLine::Give(_) => 5,
        DonateLine::WholeAmounts(_) => 6,
        DonateLine::Multiply(_) => 7,
        DonateLine::Add(_) => 8,
        DonateLine::Cap(_) | DonateLine::Budget(_) => 9,
        DonateLine::PayEvery(_) => 10,
        DonateLine::ToCharity(_) => 11,
        DonateLine::Funded(_) => 12,
    }
}

/// The place of a line in `partner`.
pub(in crate::syntax) fn partner(line: &PartnerLine) -> u8 {
    match line {
        PartnerLine::Pays(_) => 0,
        PartnerLine::Gets(_) => 1,
        PartnerLine::Settles(_) => 2,
        PartnerLine::Budget { .. } => 3,
    }
}

/// The place of a line in `award`.
pub(in crate::syntax) fn award(line: &AwardLine) -> u8 {
    match line {
        AwardLine::Valid(_) => 0,
        AwardLine::ForItems(_) => 1,
        AwardLine::When(_) => 2,
        AwardLine::Every { .. } => 3,
        AwardLine::Cap(_) | AwardLine::Budget(_) => 4,
        AwardLine::PayNothingBelow(_) => 5,
        AwardLine::Round(_) => 6,
        AwardLine::Activate(_) => 7,
        AwardLine::Expire(_) => 8,
        AwardLine::Funded(_) => 9,
    }
}

/// The place of a line in `rebate`. Stages stay in their order.
pub(in crate::syntax) fn rebate(line: &RebateLine) -> u8 {
    match line {
        RebateLine::Valid(_) => 0,
        RebateLine::ForItems(_) => 1,
        RebateLine::When(_) => 2,
        RebateLine::Period(_) => 3,
        RebateLine::Stages(_) => 4,
        RebateLine::Stage { .. } => 5,
        RebateLine::Cap(_) | RebateLine::Budget(_) => 6,
        RebateLine::Pays { .. } => 7,
        RebateLine::PayNothingBelow(_) => 8,
        RebateLine::Round(_) => 9,
        RebateLine::Activate(_) => 10,
        RebateLine::Expire(_) => 11,
        RebateLine::Funded(_) => 12,
    }
}

/// The place of a line in `referral`.
pub(in crate::syntax) fn referral(line: &ReferralLine) -> u8 {
    match line {
        ReferralLine::Valid(_) => 0,
        ReferralLine::Qualifies { .. } => 1,
        ReferralLine::NamedUntil(_) => 2,
        ReferralLine::WhenFriend(_) => 3,
        ReferralLine::WhenReferrer(_) => 4,
        ReferralLine::Wait(_) => 5,
        ReferralLine::OnJoining(..) => 6,
        ReferralLine::OnQualifying(..) => 7,
        ReferralLine::Cap(_) | ReferralLine::Budget(_) => 8,
        ReferralLine::NotWithinSame(_) => 9,
        ReferralLine::Funded(_) => 10,
    }
}

/// The place of a line in `returns`.
pub(in crate::syntax) fn returns(line: &ReturnsLine) -> u8 {
    match line {
        ReturnsLine::TakeBack(_) => 0,
        ReturnsLine::GiveBack(_) => 1,
        ReturnsLine::Balance(_) => 2,
        ReturnsLine::AcceptWithin(_) => 3,
        ReturnsLine::Unmatched(_) => 4,
    }
}
