//! Counting since a tier was reached, with and without taking its threshold.

use super::{buys, holds, program, returns};
use crate::host::snapshot::restore;
use crate::rule_files::compiled;
use loyalty_rules::event::Event;
use loyalty_rules::{Account, Evaluator};

/// From one level to the next: 100, then 180, then 300 EUR.
const PAID: &str = "count spend in 12 months since reaching the tier\nkeep for 12 months\nthen drop one level\n\
    reaching takes the threshold\ncarry at most 300 EUR\ntier Basic\n\
    tier Silver {\n  reach 100 EUR spend\n  on entry give 10 points\n}\n\
    tier Gold {\n  reach 180 EUR spend\n  on entry give 20 points\n}\ntier Platinum { reach 300 EUR spend }";
/// Nothing is taken, but what was counted before does not count again.
const ANEW: &str = "count spend in 12 months since reaching the tier\nkeep for 12 months\nthen drop one level\n\
    tier Basic\ntier Silver { reach 100 EUR spend }\ntier Gold { reach 400 EUR spend }";

#[test]
fn what_reached_a_level_does_not_count_for_the_next_one() {
    let lines = [
        buys("A", "2026-03-03 10:00", 120),
        "expect Ann tier is Silver until 2027-03-03\n".into(),
        buys("B", "2026-05-03 10:00", 399),
        "expect Ann tier is Silver until 2027-03-03\n".into(),
        buys("C", "2026-05-04 10:00", 1),
        "expect Ann tier is Gold until 2027-05-04\n".into(),
    ];
    holds(ANEW, &lines.concat());
}

#[test]
fn the_end_of_the_term_decides_by_what_was_counted_since() {
    let silver = buys("A", "2026-03-03 10:00", 120);
    let end = |lines: &str| {
        format!(
            "when 2027-03-03 23:59 clock\nexpect Ann tier is Silver\nwhen 2027-03-04 00:00 clock\n{lines}"
        )
    };
    // 100 EUR since: Silver for another 12 months, and 120 EUR of the year before count for nothing
    holds(
        ANEW,
        &[
            silver.clone(),
            buys("B", "2026-05-03 10:00", 100),
            end("expect Ann tier is Silver until 2028-03-03"),
        ]
        .concat(),
    );
    holds(ANEW, &[silver, buys("B", "2026-05-03 10:00", 99), end("expect Ann tier is Basic")].concat());
}

#[test]
fn a_level_that_is_lost_drops_by_one_and_nothing_is_carried() {
    // 320: 100 and 180 are taken, 40 left; at the end of the year 40 do not confirm Gold, and Silver is no longer asked
    let year = "when 2027-03-04 00:00 clock\nexpect Ann tier is Silver until 2028-03-03\n\
        when 2028-03-03 10:00 purchase \"B\" by Ann { item Thing 90 x 1 EUR }\nwhen 2028-03-04 00:00 clock\n\
        expect Ann tier is Basic";
    holds(
        PAID,
        &[buys("A", "2026-03-03 10:00", 320), "expect Ann has 30 points\n".into(), year.into()].concat(),
    );
}

#[test]
fn years_of_the_lowest_level_follow_each_other_from_the_joining() {
    // Ann joined on 5 January 2026: her first year has its last day on 5 January 2027
    let first = buys("A", "2026-06-01 10:00", 60);
    let second =
        |day: &str| format!("when 2027-01-{day} 10:00 purchase \"B\" by Ann {{ item Thing 60 x 1 EUR }}\n");
    holds(PAID, &[first.clone(), second("05"), "expect Ann tier is Silver".into()].concat());
    let lines = [
        first,
        second("06"),
        "expect Ann tier is Basic\nwhen 2027-02-01 10:00 purchase \"C\" by Ann { item Thing 40 x 1 EUR }\n"
            .into(),
        "expect Ann tier is Silver until 2028-02-01".into(),
    ];
    holds(PAID, &lines.concat());
}

#[test]
fn a_level_without_what_came_back_was_not_reached() {
    let lines = [
        buys("A", "2026-03-03 10:00", 100),
        buys("B", "2026-03-04 10:00", 60),
        "expect Ann tier is Silver until 2027-03-03\nexpect Ann has 10 points\n".into(),
        returns("R", "A", "2026-03-05 10:00", 100),
        "expect Ann tier is Basic\nexpect Ann has 0 points\n".into(),
        // 60 + 40: Silver is reached now, and begins now
        buys("C", "2026-03-06 10:00", 40),
        "expect Ann tier is Silver until 2027-03-06\nexpect Ann has 10 points\n".into(),
    ];
    holds(PAID, &lines.concat());
}

#[test]
fn less_is_left_over_where_something_came_back() {
    let lines = [
        buys("A", "2026-03-03 10:00", 150),
        // 50 left + 130: Gold, nothing left
        buys("B", "2026-04-03 10:00", 130),
        "expect Ann tier is Gold until 2027-04-03\nexpect Ann has 30 points\n".into(),
        // 20 left + 130 = 150: Silver, and its own term
        returns("R", "A", "2026-04-05 10:00", 30),
        "expect Ann tier is Silver until 2027-03-03\nexpect Ann has 10 points\n".into(),
        buys("C", "2026-04-06 10:00", 29),
        "expect Ann tier is Silver\n".into(),
        buys("D", "2026-04-07 10:00", 1),
        "expect Ann tier is Gold until 2027-04-07\nexpect Ann has 30 points\n".into(),
    ];
    holds(PAID, &lines.concat());
}

#[test]
fn what_comes_late_is_left_over_too() {
    let lines = [
        buys("A", "2026-03-03 10:00", 100),
        buys("B", "2026-03-10 10:00", 150),
        "expect Ann tier is Silver\n".into(),
        // of 2 March: with it 130 had been counted when Silver was reached, so 30 + 150 are Gold
        buys("L", "2026-03-02 10:00", 30),
        "expect Ann tier is Gold until 2027-03-10\n".into(),
    ];
    holds(PAID, &lines.concat());
}

#[test]
fn two_purchases_of_one_moment() {
    let lines = [
        buys("A", "2026-03-03 10:00", 100),
        buys("B", "2026-03-03 10:00", 50),
        returns("R", "B", "2026-03-04 10:00", 50),
        buys("C", "2026-03-05 10:00", 179),
        "expect Ann tier is Silver until 2027-03-03\n".into(),
        buys("D", "2026-03-06 10:00", 1),
        "expect Ann tier is Gold until 2027-03-06".into(),
    ];
    holds(PAID, &lines.concat());
}

#[test]
fn accounts_know_the_day_and_can_be_stored() {
    let compiled = compiled(&program(PAID));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let event = |id: &str, at: &str, euros: &str| {
        Event::purchase(id, "Ann", at).currency("EUR").total(euros).build().unwrap()
    };
    for event in
        [event("A", "2026-03-03T10:00:00+01:00", "150"), event("B", "2026-05-03T10:00:00+02:00", "10")]
    {
        let outcome = Evaluator::new().evaluate(program, &account, &event).unwrap();
        account.post(program, &outcome).unwrap();
    }
    // the day behind 3 March 2027, at midnight in Berlin
    assert_eq!(account.next_due(program).unwrap().to_string(), "2027-03-03T23:00:00Z");
    let text = serde_json::to_string(&account.snapshot(program)).unwrap();
    assert_eq!(restore(program, &text).unwrap(), account);
    for wrong in [
        ("\"carried\":\"50000000\"", "\"carried\":\"x\""),
        ("\"number\":2,\"through\":2", "\"number\":3,\"through\":3"),
    ] {
        assert!(text.contains(wrong.0), "{text}");
        assert!(restore(program, &text.replace(wrong.0, wrong.1)).is_err());
    }
}
