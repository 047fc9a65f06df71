//! Referrals: who is brought, who qualifies, what both get, and what takes it back. Worked out by hand.

pub(crate) mod budgets;

use crate::rule_files::passes;
use loyalty_rules::{Account, Evaluator, Event};
use pretty_assertions::assert_eq;

#[test]
fn friends_qualify_by_several_events_and_are_named_late() {
    passes(include_str!("qualifying.loyalty"));
}

#[test]
fn gifts_for_joining_are_limited_as_well() {
    passes(include_str!("joining_limits.loyalty"));
}

#[test]
fn who_joins_in_a_test_names_who_invited() {
    passes(include_str!("joining.loyalty"));
}

#[test]
fn what_comes_back_takes_both_rewards_back() {
    passes(include_str!("reversed.loyalty"));
}

/// Messages may come in any order.
#[test]
fn what_takes_a_pay_out_back_may_overtake_it() {
    let compiled = crate::rule_files::compiled(include_str!("reversed.loyalty"));
    let program = &compiled.program;
    let mut evaluator = Evaluator::new();
    let (mut lee, mut tan) = (Account::open(program, "Lee"), Account::open(program, "Tan"));
    let mut send = |account: &mut Account, event: &Event| {
        let outcome = evaluator.evaluate(program, account, event).unwrap();
        account.post(program, &outcome).unwrap();
        outcome.messages().iter().cloned().map(Event::from).collect::<Vec<Event>>()
    };
    send(&mut lee, &Event::joining("J-1", "Lee", "2026-01-01T00:00:00+01:00").build().unwrap());
    let joining = Event::joining("J-2", "Tan", "2026-03-01T00:00:00+01:00").referred_by("Lee");
    let named = send(&mut tan, &joining.build().unwrap());
    let accepted = send(&mut lee, &named[0]);
    send(&mut tan, &accepted[0]);
    let purchase = Event::purchase("P-1", "Tan", "2026-03-02T10:00:00+01:00").total("40");
    let qualified = send(&mut tan, &purchase.build().unwrap());
    let back = Event::returned("R-1", "Tan", "2026-03-03T10:00:00+01:00").of("P-1").all_items(None);
    let reversed = send(&mut tan, &back.build().unwrap());
    assert_eq!(reversed[0].id(), "referral-reversed/Invite/Tan");
    assert!(send(&mut lee, &reversed[0]).is_empty());
    assert!(send(&mut lee, &qualified[0]).is_empty());
    assert_eq!(lee.balance(program, "points").unwrap().available, "0");
    // the purchase after it qualifies for the second time
    let purchase = Event::purchase("P-2", "Tan", "2026-03-04T10:00:00+01:00").total("40");
    let again = send(&mut tan, &purchase.build().unwrap());
    assert_eq!(again[0].id(), "referral-qualified/Invite/Tan/2");
    let settled = send(&mut lee, &again[0]);
    assert_eq!(lee.balance(program, "points").unwrap().available, "500");
    send(&mut tan, &settled[0]);
    assert_eq!(tan.balance(program, "credit").unwrap().available, "4.00");
}
