//! What pest's errors tell about a place in the text. Nothing of their wording goes on from here.

use super::grammar::{Grammar, Rule};
use super::places::Place;
use pest::Parser;
use pest::error::{Error, InputLocation};

/// The byte at which reading stopped.
pub(super) fn place(error: &Error<Rule>) -> usize {
    match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    }
}

/// Reads a line of some place alone and tells how far it is right: the byte where the first thing stands that
/// could not go on. `None` if the whole line is right.
pub(super) fn stops_at(where_it_stands: Place, line: &str) -> Option<usize> {
    let rule = match where_it_stands {
        Place::File => Rule::only_block,
        Place::Program => Rule::only_program,
        Place::Schema => Rule::only_schema,
        Place::Dated => Rule::only_dated,
        Place::Unit => Rule::only_unit,
        Place::Rule => Rule::only_rule,
        Place::Tiers => Rule::only_tiers,
        Place::Tier => Rule::only_tier,
        Place::Plan => Rule::only_plan,
        Place::Card => Rule::only_card,
        Place::Challenge => Rule::only_challenge,
        Place::Streak => Rule::only_streak,
        Place::Draw => Rule::only_draw,
        Place::Milestones => Rule::only_milestones,
        Place::Voucher => Rule::only_voucher,
        Place::Reward => Rule::only_reward,
        Place::Redeem => Rule::only_redeem,
        Place::Donate => Rule::only_donate,
        Place::Partner => Rule::only_partner,
        Place::Award => Rule::only_award,
        Place::Rebate => Rule::only_rebate,
        Place::Referral => Rule::only_referral,
        Place::Returns => Rule::only_returns,
        Place::Test => Rule::only_test,
        Place::Given => Rule::only_given,
        Place::Step => Rule::only_step,
    };
    Grammar::parse(rule, line).err().map(|error| place(&error))
}
