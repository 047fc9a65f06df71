//! `upgrade at end of …`: effective, and its term counted, from the following start of day.

use super::{buys, clock, holds, program, returns, tier};
use crate::rule_files::compiled;
use loyalty_rules::event::Event;
use loyalty_rules::{Account, Evaluator};

const CLUB: &str = "count spend in calendar year\nupgrade at end of month\nkeep until end of next calendar year\n\
    tier Basic\ntier Silver {\n  reach 100 EUR spend\n  on entry give 10 points\n}\n\
    tier Gold { reach 400 EUR spend }";

#[test]
fn a_level_begins_with_the_next_month() {
    let lines = [
        buys("A", "2026-03-03 10:00", 100),
        tier("Basic"),
        clock("2026-03-31 23:59"),
        tier("Basic"),
        "expect Ann has 0 points\n".into(),
        clock("2026-04-01 00:00"),
        tier("Silver until 2027-12-31"),
        "expect Ann has 10 points\n".into(),
    ];
    holds(CLUB, &lines.concat());
    // what is reached in December begins in January, and so does its term
    let lines =
        [buys("A", "2026-12-15 10:00", 100), clock("2027-01-01 00:00"), tier("Silver until 2028-12-31")];
    holds(CLUB, &lines.concat());
}

#[test]
fn an_event_at_the_midnight_finds_the_level() {
    let lines = [
        buys("A", "2026-03-31 23:59", 100),
        buys("B", "2026-04-01 00:00", 1),
        tier("Silver until 2027-12-31"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_came_back_before_reaches_nothing_and_afterwards_ends_it() {
    let bought = buys("A", "2026-03-03 10:00", 100);
    let lines =
        [bought.clone(), returns("R", "A", "2026-03-20 10:00", 1), clock("2026-04-01 00:00"), tier("Basic")];
    holds(CLUB, &lines.concat());
    let lines = [
        bought,
        returns("R", "A", "2026-04-05 10:00", 1),
        tier("Basic"),
        "expect Ann has 0 points\n".into(),
        // 99 + 1, from May
        buys("B", "2026-04-06 10:00", 1),
        clock("2026-05-01 00:00"),
        tier("Silver until 2027-12-31"),
        "expect Ann has 10 points\n".into(),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn reaching_it_again_in_the_next_year_renews_it() {
    let lines = [
        buys("A", "2026-03-03 10:00", 100),
        buys("B", "2027-02-02 10:00", 100),
        tier("Silver until 2027-12-31"),
        clock("2027-03-01 00:00"),
        tier("Silver until 2028-12-31"),
        "expect Ann has 10 points\n".into(),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_comes_late_waits_too_but_not_for_a_year_that_is_over() {
    let lines = [
        buys("A", "2026-03-03 10:00", 99),
        buys("B", "2026-04-02 10:00", 1),
        buys("L", "2026-03-31 10:00", 1),
        tier("Basic"),
        clock("2026-05-01 00:00"),
        tier("Silver"),
    ];
    holds(CLUB, &lines.concat());
    let lines = [
        buys("A", "2026-12-03 10:00", 99),
        buys("B", "2027-01-10 10:00", 1),
        buys("L", "2026-12-31 10:00", 1),
        tier("Silver until 2028-12-31"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn accounts_know_the_day() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let mut due = |id: &str, at: &str, euros: &str| {
        let event = Event::purchase(id, "Ann", at).currency("EUR").total(euros).build().unwrap();
        let outcome = Evaluator::new().evaluate(program, &account, &event).unwrap();
        account.post(program, &outcome).unwrap();
        account.next_due(program).map(|due| due.to_string())
    };
    assert_eq!(due("A", "2026-03-03T10:00:00+01:00", "99"), None);
    // the midnight of 1 April in Berlin
    assert_eq!(due("B", "2026-03-04T10:00:00+01:00", "1").as_deref(), Some("2026-03-31T22:00:00Z"));
    // Silver until the end of 2027
    assert_eq!(due("C", "2026-04-01T10:00:00+02:00", "1").as_deref(), Some("2027-12-31T23:00:00Z"));
    assert_eq!(due("D", "2026-04-02T10:00:00+02:00", "300").as_deref(), Some("2026-04-30T22:00:00Z"));
}
