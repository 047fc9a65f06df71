//! `carry surplus … over once`: what lies above the threshold of the level that is held.

use super::{buys, clock, holds, program, returns, tier};
use crate::host::snapshot::restore;
use crate::rule_files::compiled;
use loyalty_rules::event::Event;
use loyalty_rules::{Account, Evaluator};

const CLUB: &str = "count spend in calendar year\nkeep until end of next calendar year\n\
    carry surplus spend over once from tier Gold\ntier Basic\ntier Silver { reach 100 EUR spend }\n\
    tier Gold {\n  reach 400 EUR spend\n  on entry give 20 points\n}";

/// 550 EUR in 2026: Gold, and 150 go into 2027.
fn gold() -> String {
    [buys("A", "2026-03-03 10:00", 400), buys("B", "2026-03-04 10:00", 150), tier("Gold until 2027-12-31")]
        .concat()
}

#[test]
fn surplus_counts_in_the_next_year() {
    // 150 + 250 = 400
    let lines = [
        gold(),
        buys("C", "2027-02-01 10:00", 249),
        tier("Gold until 2027-12-31"),
        buys("D", "2027-02-02 10:00", 1),
        tier("Gold until 2028-12-31"),
        "expect Ann has 20 points\n".into(),
    ];
    holds(CLUB, &lines.concat());
    // 150 alone are Silver of 2027
    holds(CLUB, &[gold(), clock("2028-01-01 00:00"), tier("Silver until 2028-12-31")].concat());
}

#[test]
fn it_is_used_first_and_not_carried_again() {
    // 2027: 150 and 300. Of the 300 Gold needs 250, so 50 go into 2028; 50 + 350 = 400
    let lines = [
        gold(),
        buys("C", "2027-02-01 10:00", 300),
        tier("Gold until 2028-12-31"),
        buys("D", "2028-02-01 10:00", 349),
        tier("Gold until 2028-12-31"),
        buys("E", "2028-02-02 10:00", 1),
        tier("Gold until 2029-12-31"),
    ];
    holds(CLUB, &lines.concat());
    // nothing bought in 2027: the 150 are gone, and 399 in 2028 are Silver
    let lines = [
        gold(),
        buys("C", "2028-02-01 10:00", 399),
        clock("2029-01-01 00:00"),
        tier("Silver until 2029-12-31"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn lower_levels_carry_nothing() {
    let lines = [
        buys("A", "2026-03-03 10:00", 390),
        buys("B", "2027-03-03 10:00", 390),
        tier("Silver until 2028-12-31"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_came_back_is_not_carried() {
    // 150 + 250; without 10 of them it is 390, and the Gold of 2026 stays until its own end
    let lines = [
        gold(),
        buys("C", "2027-02-01 10:00", 250),
        tier("Gold until 2028-12-31"),
        returns("R", "B", "2027-02-02 10:00", 10),
        tier("Gold until 2027-12-31"),
        buys("D", "2027-02-03 10:00", 10),
        tier("Gold until 2028-12-31"),
    ];
    holds(CLUB, &lines.concat());
    // 200 come back of 2026: it was Silver, which carries nothing
    let lines = [
        gold(),
        buys("C", "2027-02-01 10:00", 250),
        returns("R", "A", "2027-02-02 10:00", 200),
        tier("Silver until 2028-12-31"),
        "expect Ann has 0 points\n".into(),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_comes_late_is_carried_too() {
    let lines = [
        gold(),
        buys("C", "2027-01-10 10:00", 240),
        tier("Gold until 2027-12-31"),
        buys("L", "2026-12-30 10:00", 10),
        tier("Gold until 2028-12-31"),
    ];
    holds(CLUB, &lines.concat());
    // late to Gold: 390, then 60 of December; 50 are carried, and 350 more are Gold again
    let lines = [
        buys("A", "2026-03-03 10:00", 390),
        buys("C", "2027-01-10 10:00", 350),
        buys("L", "2026-12-30 10:00", 60),
        tier("Gold until 2028-12-31"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn accounts_know_the_day_and_can_be_stored() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let event = |id: &str, at: &str, euros: &str| {
        Event::purchase(id, "Ann", at).currency("EUR").total(euros).build().unwrap()
    };
    let event = event("A", "2026-03-03T10:00:00+01:00", "550");
    let outcome = Evaluator::new().evaluate(program, &account, &event).unwrap();
    account.post(program, &outcome).unwrap();
    assert_eq!(account.next_due(program).unwrap().to_string(), "2026-12-31T23:00:00Z");
    for (to, due) in
        [("2027-01-01T00:00:00+01:00", "2027-12-31T23:00:00Z"), ("2029-05-01T00:00:00+02:00", "")]
    {
        let outcome = Evaluator::new().advance(program, &account, to.parse().unwrap()).unwrap();
        account.post(program, &outcome).unwrap();
        let text = serde_json::to_string(&account.snapshot(program)).unwrap();
        assert!(text.contains("\"carries\":[{\"window\":\"2026-01-01\""), "{text}");
        assert_eq!(restore(program, &text).unwrap(), account);
        assert_eq!(account.next_due(program).map_or(String::new(), |due| due.to_string()), due);
    }
}
