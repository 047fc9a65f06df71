//! The kinds of place in which a line can stand.

/// Where a line stands: what it may say depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    File,
    Program,
    Schema,
    Dated,
    Unit,
    Rule,
    Tiers,
    Tier,
    Plan,
    Card,
    Challenge,
    Streak,
    Draw,
    Milestones,
    Voucher,
    Reward,
    Redeem,
    Donate,
    Partner,
    Award,
    Rebate,
    Referral,
    Returns,
    Test,
    Given,
    Step,
}

impl Place {
    /// How a message names the place: `in a voucher`.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::File => "outside of all blocks",
            Self::Program => "in `program`",
            Self::Schema => "among attributes",
            Self::Dated => "in a list by dates",
            Self::Unit => "in a `unit`",
            Self::Rule => "in an `earn` or `bonus`",
            Self::Tiers => "in `tiers`",
            Self::Tier => "in a `tier`",
            Self::Plan => "in a `plan`",
            Self::Card => "in a `card`",
            Self::Challenge => "in a `challenge`",
            Self::Streak => "in a `streak`",
            Self::Draw => "in a `draw`",
            Self::Milestones => "in `milestones`",
            Self::Voucher => "in a `voucher`",
            Self::Reward => "in a `reward`",
            Self::Redeem => "in a `redeem`",
            Self::Donate => "in a `donate`",
            Self::Partner => "in a `partner`",
            Self::Award => "in an `award`",
            Self::Rebate => "in a `rebate`",
            Self::Referral => "in a `referral`",
            Self::Returns => "in `returns`",
            Self::Test => "in a `test`",
            Self::Given => "in `given member`",
            Self::Step => "in a `when` of a test",
        }
    }
}
