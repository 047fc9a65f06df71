//! `every P give …`: to who holds the level when a period begins.

use super::{buys, clock, holds, program, returns, tier};
use crate::rule_files::compiled;
use loyalty_rules::event::Event;
use loyalty_rules::{Account, Evaluator};

const CLUB: &str = "count spend in calendar year\nkeep until end of next calendar year\nthen drop one level\n\
    tier Basic { every calendar year give 1 points }\n\
    tier Silver {\n  reach 100 EUR spend\n  on entry give 10 points\n  every month give 3 points\n}\n\
    tier Gold {\n  reach 400 EUR spend\n  every quarter give 20 points\n  every calendar year give 1 Upgrade\n}\n}\n\n\
    voucher Upgrade {\n  grants \"a better seat\"\n  valid for 12 months\n";

#[test]
fn who_holds_the_level_at_the_midnight_gets_it() {
    let lines = [
        buys("A", "2026-03-15 10:00", 100),
        "expect Ann has 10 points\n".into(),
        clock("2026-03-31 23:59"),
        "expect Ann has 10 points\n".into(),
        clock("2026-04-01 00:00"),
        "expect Ann has 13 points\n".into(),
        // April, May, June, each once
        clock("2026-06-30 12:00"),
        "expect Ann has 19 points\n".into(),
        // Gold from the last day of June: what Silver gives is no longer hers; the quarter begins in July
        buys("B", "2026-06-30 13:00", 300),
        clock("2026-07-01 00:00"),
        "expect Ann has 39 points\n".into(),
        clock("2027-01-01 00:00"),
        // October and January
        "expect Ann has 79 points\nexpect Ann has 1 Upgrade\n".into(),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn the_end_of_a_term_comes_first() {
    // Silver until the end of 2027: 10 on entry, and 3 in each month from April 2026 to December 2027, which are 21; then Basic
    let lines = [
        buys("A", "2026-03-15 10:00", 100),
        clock("2028-01-01 00:00"),
        tier("Basic"),
        "expect Ann has 74 points\n".into(),
        clock("2029-01-01 00:00"),
        "expect Ann has 75 points\n".into(),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_was_given_stays_where_the_level_ends_with_what_came_back() {
    // the entry gift goes, what the level gave while it was held does not
    let lines = [
        buys("A", "2026-03-15 10:00", 100),
        clock("2026-04-01 00:00"),
        returns("R", "A", "2026-04-02 10:00", 1),
        tier("Basic"),
        "expect Ann has 3 points\n".into(),
        clock("2026-05-01 00:00"),
        "expect Ann has 3 points\n".into(),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn accounts_know_the_day_and_lines_name_it() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let event = Event::purchase("A", "Ann", "2026-03-15T10:00:00+01:00").currency("EUR").total("100").build();
    let outcome = Evaluator::new().evaluate(program, &account, &event.unwrap()).unwrap();
    account.post(program, &outcome).unwrap();
    assert_eq!(account.next_due(program).unwrap().to_string(), "2026-03-31T22:00:00Z");
    let outcome = Evaluator::new().advance(program, &account, "2026-04-15T10:00:00+02:00".parse().unwrap());
    let outcome = outcome.unwrap();
    let lines: Vec<_> = outcome.deltas().iter().map(|delta| program.ledger_line("Ann", delta)).collect();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let json = serde_json::to_value(line).unwrap();
    assert_eq!(json["key"], "@2026-04-01/every#1");
    assert_eq!((json["source"].as_str(), json["level"].as_str()), (Some("tier"), Some("Silver")));
    account.post(program, &outcome).unwrap();
    assert_eq!(account.next_due(program).unwrap().to_string(), "2026-04-30T22:00:00Z");
}

/// Levels that are only paid or granted give as earned ones do.
const PAID: &str = "count spend in calendar year\nkeep until end of next calendar year\nthen drop one level\n\
    tier Basic\n\
    tier Silver {\n  paid by plan Plus\n  every month give 3 points\n}\n\
    tier Gold {\n  reach 400 EUR spend\n  every month give 5 points\n}\n}\n\n\
    plan Plus {\n  fee 60 EUR per calendar year\n";

#[test]
fn a_level_that_is_paid_or_granted_gives_too() {
    let lines = [
        "when 2026-03-10 10:00 join plan Plus \"M-1\" by Ann\n".into(),
        clock("2026-03-31 23:59"),
        "expect Ann has 0 points\n".into(),
        clock("2026-04-01 00:00"),
        "expect Ann has 3 points\n".into(),
        // May, June, July
        "when 2026-07-10 10:00 grant tier Gold until 2026-08-15 \"G-1\" to Ann\n".into(),
        "expect Ann has 12 points\n".into(),
        clock("2026-08-01 00:00"),
        "expect Ann has 17 points\n".into(),
        // September to December; the plan ends with the year
        clock("2027-03-01 00:00"),
        tier("Basic"),
        "expect Ann has 29 points\n".into(),
    ];
    holds(PAID, &lines.concat());
}

#[test]
fn the_clock_knows_what_a_paid_level_gives() {
    let compiled = compiled(&program(PAID));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let event = Event::join_plan("M-1", "Ann", "2026-03-10T10:00:00+01:00", "Plus").build().unwrap();
    let outcome = Evaluator::new().evaluate(program, &account, &event).unwrap();
    account.post(program, &outcome).unwrap();
    assert_eq!(account.next_due(program).unwrap().to_string(), "2026-03-31T22:00:00Z");
}
