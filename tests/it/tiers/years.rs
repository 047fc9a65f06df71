//! `count years of Silver in lifetime`: years whose last day was spent in a level of another block.

use super::{buys, clock, holds, program, returns};
use crate::rule_files::compiled;
use loyalty_rules::calendar::Instant;
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::Event;
use loyalty_rules::syntax::Limits;
use loyalty_rules::{Account, Evaluator, Program};
use serde_json::{Value, json};

/// 100 EUR are Silver, 500 EUR are Gold, until the end of the next year. Two years of Silver or Gold make a friend.
const CLUB: &str = "count spend in calendar year\nkeep until end of next calendar year\ntier Basic\n\
    tier Silver {\n  reach 100 EUR spend\n  paid by plan Half\n}\ntier Gold { reach 500 EUR spend }\n}\n\n\
    plan Half {\n  fee 5 EUR per month\n  renews by itself\n}\n\n\
    tiers Loyal {\n  count years of Silver in lifetime\n  keep forever\n  tier Newcomer\n\
    tier Friend {\n  reach 2 years of Silver\n  on entry give 7 points\n}\n  tier Companion { reach 3 years of Silver }";

fn loyal(level: &str) -> String {
    format!("expect Ann tier of Loyal is {level}\n")
}

fn club(level: &str) -> String {
    format!("expect Ann tier of Club is {level}\n")
}

#[test]
fn a_year_counts_before_the_review_of_the_midnight_behind_it() {
    let lines = [
        // Silver until 31 December 2027
        buys("A", "2026-03-03 10:00", 100),
        clock("2027-12-31 23:59"),
        loyal("Newcomer"),
        clock("2028-01-01 00:00"),
        // 2026 and 2027; the year 2027 brought nothing, so Silver ends with it
        "expect Ann earns 7 points\n".into(),
        loyal("Friend"),
        club("Basic"),
        clock("2035-06-01 00:00"),
        // no third year, and what was counted stays
        loyal("Friend"),
        "expect Ann has 7 points\n".into(),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn a_higher_level_counts_as_well_and_the_first_day_of_a_year_does_not() {
    let lines = [
        // Gold on the last day of 2026, until the end of 2027
        buys("A", "2026-12-31 23:00", 500),
        clock("2027-01-01 00:00"),
        // Silver on the first day of 2028, for 2028 and 2029
        buys("B", "2028-01-01 00:00", 100),
        loyal("Friend"),
        clock("2029-01-01 00:00"),
        // 2026, 2027 and 2028
        loyal("Companion"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_is_paid_or_granted_counts_too() {
    let lines = [
        "when 2026-03-03 10:00 join plan Half \"P-1\" by Ann\n".into(),
        // left in January 2027: its month still runs on the last day of 2026, and not on that of 2027
        "when 2027-01-02 10:00 leave plan Half \"L-1\" by Ann\n".into(),
        "when 2027-12-01 10:00 grant tier Gold for 30 days \"G-1\" to Ann\n".into(),
        // the day of granting is not counted: up to 31 December
        clock("2027-12-31 12:00"),
        club("Gold"),
        loyal("Newcomer"),
        clock("2028-01-01 00:00"),
        club("Basic"),
        loyal("Friend"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn one_day_short_is_no_year() {
    let lines = [
        // 29 days: up to 30 December
        "when 2026-12-01 10:00 grant tier Gold for 29 days \"G-1\" to Ann\n".into(),
        buys("A", "2027-05-05 10:00", 100),
        // 2027 and 2028
        clock("2028-12-31 12:00"),
        loyal("Newcomer"),
        clock("2029-01-01 00:00"),
        loyal("Friend"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_comes_back_or_late_changes_no_year_that_is_over() {
    let lines = [
        buys("A", "2026-03-03 10:00", 100),
        // it ends Silver, but 2026 was spent in it
        returns("R", "A", "2027-01-05 10:00", 100),
        club("Basic"),
        buys("B", "2027-03-03 10:00", 100),
        clock("2028-01-01 00:00"),
        loyal("Friend"),
    ];
    holds(CLUB, &lines.concat());
    let lines = [
        buys("A", "2026-12-30 10:00", 50),
        clock("2027-01-03 10:00"),
        // late: Silver from now on, up to the end of 2027
        buys("B", "2026-12-30 11:00", 50),
        club("Silver"),
        clock("2028-01-01 00:00"),
        // 2027 alone
        loyal("Newcomer"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn a_level_in_given_counts() {
    let given = "given member Ann {\n  joined 2026-01-05\n  tier Silver until 2027-12-31\n}\n";
    let test = format!("test \"given\" {{\n{given}{}{}}}\n", clock("2028-01-01 00:00"), loyal("Friend"));
    crate::rule_files::passes(&format!("{}\n{test}", program(CLUB)));
}

#[test]
fn it_may_stand_beside_other_metrics() {
    let tiers = CLUB
        .replace("count years of Silver in", "count years of Silver, spend in")
        .replace("reach 3 years of Silver", "reach (3 years of Silver and 300 EUR spend) or 1_000 EUR spend");
    let lines = [
        buys("A", "2026-03-03 10:00", 200),
        buys("B", "2027-03-03 10:00", 100),
        clock("2028-12-31 23:00"),
        loyal("Friend"),
        // 2026, 2027 and 2028
        clock("2029-01-01 00:00"),
        loyal("Companion"),
    ];
    holds(&tiers, &lines.concat());
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn runs(program: &Program, account: &mut Account, to: &str) {
    let outcome = Evaluator::new().advance(program, account, at(to)).unwrap();
    account.post(program, &outcome).unwrap();
}

fn bought(program: &Program) -> Account {
    let mut account = Account::open(program, "Ann");
    let event = Event::purchase("A", "Ann", "2026-03-03T10:00:00+01:00").currency("EUR").total("600").build();
    let outcome = Evaluator::new().evaluate(program, &account, &event.unwrap()).unwrap();
    account.post(program, &outcome).unwrap();
    account
}

/// An account as it is kept, but for the number of outcomes.
fn kept(program: &Program, account: &Account) -> Value {
    let mut kept = serde_json::to_value(account.snapshot(program)).unwrap();
    kept.as_object_mut().unwrap().remove("version");
    kept
}

#[test]
fn the_clock_has_work_at_the_end_of_each_year_and_ticks_change_nothing() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut often = bought(program);
    assert_eq!(often.next_due(program), Some(at("2027-01-01T00:00:00+01:00")));
    let mut never = often.clone();
    for month in 4..=12 {
        runs(program, &mut often, &format!("2026-{month:02}-01T00:00:00Z"));
    }
    for day in ["2027-01-01", "2027-01-01", "2027-01-02", "2027-12-31", "2028-01-01"] {
        runs(program, &mut often, &format!("{day}T00:00:00+01:00"));
        let text = serde_json::to_string(&often.snapshot(program)).unwrap();
        often = Account::restore(program, serde_json::from_str(&text).unwrap()).unwrap();
    }
    runs(program, &mut never, "2028-01-01T00:00:00+01:00");
    assert_eq!(kept(program, &often), kept(program, &never));
    // Gold ended with 2027, so the year 2028 has nothing to count
    assert_eq!(often.next_due(program), None);
}

#[test]
fn what_a_member_is_told() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = bought(program);
    runs(program, &mut account, "2027-06-01T00:00:00+02:00");
    let told = account.standing(program, "Loyal", "2027-06-01".parse().unwrap()).unwrap();
    let told = serde_json::to_value(told).unwrap();
    assert_eq!(told["counted"], json!([{ "what": "years of Silver", "amount": "1" }]));
    let next = json!({ "level": "Friend", "missing": [[{ "what": "years of Silver", "amount": "1" }]] });
    assert_eq!(told["next"], next);
}

#[test]
fn another_version_goes_on_with_the_years() {
    let first = program(CLUB);
    // other blocks in another order, and Silver is not the second tier any more
    let second = first
        .replace("version 1", "version 2")
        .replace("effective from 2026-01-01", "effective from 2027-06-01")
        .replace("tiers Loyal", "tiers Ancient { count purchases in lifetime\ntier Few\ntier Many { reach 9 purchases } }\n\ntiers Loyal")
        .replace("tier Basic\n", "tier Basic\ntier Bronze { reach 50 EUR spend }\n");
    let sources = [first, second].map(|text| Sources::single("club.loyalty", text.as_str()));
    let compiled = compile_versions(&sources, &Limits::default(), &Checks::default())
        .unwrap_or_else(|findings| panic!("{findings}"));
    let versions = &compiled.versions;
    let mut account = bought(versions.at(at("2026-03-01T00:00:00+01:00")));
    let mut evaluator = Evaluator::new();
    for (day, level) in [("2027-01-01", "Newcomer"), ("2027-12-31", "Newcomer"), ("2028-01-01", "Friend")] {
        evaluator.run_clock(versions, &mut account, at(&format!("{day}T00:00:00+01:00"))).unwrap();
        let program = versions.of(&account).unwrap();
        assert_eq!(account.tier(program, "Loyal").unwrap().level, level, "{day}");
    }
}

/// What a test gives counts as if it had been counted: the next year is the second and makes a friend.
#[test]
fn years_can_be_given() {
    let test = "test \"given\" {\n  given member Ann {\n    joined 2026-01-05\n    years of Silver at 1\n  }\n  \
        when 2026-03-03 10:00 purchase \"A\" by Ann { item Thing 100 x 1 EUR }\n  \
        expect Ann tier of Loyal is Newcomer\n  when 2027-01-01 00:00 clock\n  \
        expect Ann tier of Loyal is Friend\n}\n";
    crate::rule_files::passes(&format!("{}\n{test}", program(CLUB)));
}
