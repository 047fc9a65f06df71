//! Referrals: who is brought, who qualifies, what both get, and what takes it back. Worked out by hand.

use crate::rule_files::passes;

#[test]
fn friends_qualify_by_several_events_and_are_named_late() {
    passes(include_str!("qualifying.loyalty"));
}

#[test]
fn what_comes_back_takes_both_rewards_back() {
    passes(include_str!("reversed.loyalty"));
}
