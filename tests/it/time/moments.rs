//! Moments that the clock brings: what they leave in ledgers, snapshots and other versions of the program.

use crate::rule_files::passes;
use loyalty_rules::account::Snapshot;
use loyalty_rules::calendar::Instant;
use loyalty_rules::check::{Checks, Sources, compile, compile_versions};
use loyalty_rules::ledger::Delta;
use loyalty_rules::syntax::Limits;
use loyalty_rules::{Account, Evaluator, Event, Program, Versions};
use pretty_assertions::assert_eq;

const UNITS: &str = "returns { take back earned in proportion }\n\nmember {\n  birthday: date optional\n}\n\n\
    unit points is spendable {\n  singular point\n  round down in total\n  expire never\n}\n\n";
const RULES: &str = "bonus Candles {\n  on birthday\n  give 5 points\n  combine add\n}\n\n\
    bonus Later {\n  on 5 days after purchase\n  give 20 points\n  combine add\n}\n";

fn text(version: u32, head: &str, rules: &str) -> String {
    format!(
        "edition 2026\n\nprogram Moments {{\n  version {version}\n  effective from 2026-0{version}-01\n  currency EUR\n  \
         time zone \"Europe/Berlin\"\n{head}}}\n\n{UNITS}{rules}"
    )
}

fn program(head: &str, rules: &str) -> Program {
    compile(&Sources::single("moments.loyalty", text(1, head, rules)), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .program
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn post(program: &Program, account: &mut Account, event: &Event) -> Vec<String> {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    lines(program, outcome.deltas())
}

fn tick(program: &Program, account: &mut Account, to: &str) -> Vec<String> {
    let outcome = Evaluator::new().advance(program, account, at(to)).unwrap();
    account.post(program, &outcome).unwrap();
    lines(program, outcome.deltas())
}

/// Key, amount and rule of each delta.
fn lines(program: &Program, deltas: &[Delta]) -> Vec<String> {
    let line =
        |delta: &Delta| format!("{} {} {}", delta.key(), delta.amount_scaled(), delta.source_name(program));
    deltas.iter().map(line).collect()
}

fn joins(birthday: &str) -> Event {
    Event::joining("J-1", "Ann", "2026-01-05T12:00:00+01:00").attribute("birthday", birthday).build().unwrap()
}

fn buys(id: &str, at: &str) -> Event {
    Event::purchase(id, "Ann", at).total("10").build().unwrap()
}

fn due(program: &Program, account: &Account) -> Option<String> {
    account.next_due(program).map(|due| due.to_string())
}

fn again(program: &Program, account: &Account) -> Account {
    let json = serde_json::to_string(&account.snapshot(program)).unwrap();
    let snapshot: Snapshot = serde_json::from_str(&json).unwrap();
    Account::restore(program, snapshot).unwrap()
}

#[test]
fn moments_come_on_their_days() {
    passes(include_str!("moments.loyalty"));
}

/// Each moment is an event of its own: its id names the day and what came, and of what follows an event that event.
#[test]
fn what_a_moment_brings_has_an_id() {
    let program = program("", RULES);
    let mut ann = Account::open(&program, "Ann");
    post(&program, &mut ann, &joins("1990-02-01"));
    assert_eq!(due(&program, &ann).as_deref(), Some("2026-01-31T23:00:00Z"));
    post(&program, &mut ann, &buys("K-1", "2026-01-27T12:00:00+01:00"));
    // 27 January + 5 days is 1 February
    let expected = ["@2026-02-01/birthday#1 5 Candles", "@2026-02-01/after/K-1#1 20 Later"];
    assert_eq!(tick(&program, &mut ann, "2026-02-01T00:00:00+01:00"), expected);
    assert_eq!(due(&program, &ann).as_deref(), Some("2027-01-31T23:00:00Z"));
    assert_eq!(again(&program, &ann), ann);
    // an event that comes first finds the same
    let mut late = Account::open(&program, "Ann");
    post(&program, &mut late, &joins("1990-02-01"));
    post(&program, &mut late, &buys("K-1", "2026-01-27T12:00:00+01:00"));
    assert_eq!(post(&program, &mut late, &buys("K-2", "2026-03-01T12:00:00+01:00")), expected);
}

/// Days begin when the program says so, and moments with them.
#[test]
fn moments_come_when_the_day_begins() {
    let program = program("  day starts at 06:00\n", RULES);
    let mut ann = Account::open(&program, "Ann");
    post(&program, &mut ann, &joins("1990-07-01"));
    // 06:00 in summer time
    assert_eq!(due(&program, &ann).as_deref(), Some("2026-07-01T04:00:00Z"));
}

/// A birthday that is told too late comes in the next year, and nobody has one before being born.
#[test]
fn a_birthday_that_is_told_late() {
    let program = program("", RULES);
    let mut ann = Account::open(&program, "Ann");
    post(&program, &mut ann, &joins("1990-01-04"));
    assert_eq!(due(&program, &ann).as_deref(), Some("2027-01-03T23:00:00Z"));
    let change = |id: &str, birthday: &str| {
        let change = Event::change(id, "Ann", "2026-03-10T12:00:00+01:00");
        change.attribute("birthday", birthday).build().unwrap()
    };
    post(&program, &mut ann, &change("C-1", "1990-03-10"));
    assert_eq!(due(&program, &ann).as_deref(), Some("2027-03-09T23:00:00Z"));
    post(&program, &mut ann, &change("C-2", "1990-03-11"));
    assert_eq!(due(&program, &ann).as_deref(), Some("2026-03-10T23:00:00Z"));
    post(&program, &mut ann, &change("C-3", "2026-04-11"));
    assert_eq!(due(&program, &ann).as_deref(), Some("2027-04-10T22:00:00Z"));
}

/// What a late event leads to comes on the next day that the clock brings, if its own day is over.
#[test]
fn what_follows_a_late_event() {
    let program = program("  accept late events for 30 days\n", RULES);
    let mut ann = Account::open(&program, "Ann");
    post(&program, &mut ann, &joins("1990-12-01"));
    tick(&program, &mut ann, "2026-02-10T12:00:00+01:00");
    // 1 February + 5 days was 6 February
    post(&program, &mut ann, &buys("K-1", "2026-02-01T12:00:00+01:00"));
    assert_eq!(due(&program, &ann).as_deref(), Some("2026-02-10T23:00:00Z"));
    // 8 February + 5 days
    post(&program, &mut ann, &buys("K-2", "2026-02-08T12:00:00+01:00"));
    assert_eq!(again(&program, &ann), ann);
    let expected = ["@2026-02-11/after/K-1#1 20 Later", "@2026-02-13/after/K-2#1 20 Later"];
    assert_eq!(tick(&program, &mut ann, "2026-02-20T12:00:00+01:00"), expected);
}

/// A snapshot in which something is due that cannot be is refused.
#[test]
fn damaged_snapshots_are_refused() {
    let program = program("", RULES);
    let mut ann = Account::open(&program, "Ann");
    post(&program, &mut ann, &joins("1990-01-06"));
    post(&program, &mut ann, &buys("K-1", "2026-01-27T12:00:00+01:00"));
    let json = serde_json::to_string(&ann.snapshot(&program)).unwrap();
    let entry =
        r#""follow_ups":[{"day":"2026-02-01","event":"K-1","rule":"Later"}],"birthday_paid":"2026-01-06""#;
    assert!(json.contains(entry), "{json}");
    let refused = |from: &str, to: &str| {
        let snapshot: Snapshot = serde_json::from_str(&json.replace(from, to)).unwrap();
        Account::restore(&program, snapshot).unwrap_err().to_string()
    };
    assert_eq!(refused("2026-02-01", "2026-01-27"), "follow-up `K-1`: its day is over");
    let later = r#""event":"K-1","rule":"Later""#;
    assert_eq!(refused(later, r#""event":"K-1","rule":"Never""#), "the program has no rule `Never`");
    assert_eq!(
        refused(later, r#""event":"K-1","rule":"Candles""#),
        "follow-up `K-1`: its rule waits for something else"
    );
    assert_eq!(
        refused(r#"paid":"2026-01-06"#, r#"paid":"2026-01-28"#),
        "birthday `2026-01-28`: the clock has not come so far"
    );
    let one = r#"{"day":"2026-02-01","event":"K-1","rule":"Later"}"#;
    assert_eq!(
        refused(one, &format!("{one},{one}")),
        "the entries of `follow-ups` are not in order at `K-1`, or one is there twice"
    );
}

fn versions(rules: [&str; 2]) -> Versions {
    let [one, two] = rules;
    let sources = [text(1, "", one), text(2, "", two)].map(|text| Sources::single("v.loyalty", text));
    compile_versions(&sources, &Limits::default(), &Checks::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .versions
}

fn deliver(versions: &Versions, account: &mut Account, event: &Event) -> Vec<String> {
    let judged = Evaluator::new().deliver(versions, account, event).unwrap();
    judged.iter().flat_map(|judged| lines(judged.program, judged.outcome.deltas())).collect()
}

/// What is to follow waits by the name of its rule, and comes by the version in force on its day. A version brings moments
/// on its own days only.
#[test]
fn moments_of_versions() {
    let other = "bonus Later {\n  on 9 days after purchase\n  give 30 points\n  combine add\n}\n";
    let versions = versions([RULES, other]);
    let mut ann = Account::open(versions.at(at("2026-01-05T12:00:00+01:00")), "Ann");
    deliver(&versions, &mut ann, &joins("1990-02-10"));
    deliver(&versions, &mut ann, &buys("K-1", "2026-01-25T12:00:00+01:00"));
    deliver(&versions, &mut ann, &buys("K-2", "2026-01-28T12:00:00+01:00"));
    // 25 and 28 January + 5 days; the second version knows no birthday
    let expected = ["@2026-01-30/after/K-1#1 20 Later", "@2026-02-02/after/K-2#1 30 Later"];
    assert_eq!(deliver(&versions, &mut ann, &buys("K-3", "2026-02-20T12:00:00+01:00")), expected);
    // 20 February + 9 days
    assert_eq!(versions.next_due(&ann).unwrap().to_string(), "2026-02-28T23:00:00Z");
}

/// A version without the rule lets what is to follow rest, and gives nothing for it.
#[test]
fn what_is_to_follow_rests() {
    let versions = versions([RULES, "earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}\n"]);
    let mut ann = Account::open(versions.at(at("2026-01-05T12:00:00+01:00")), "Ann");
    deliver(&versions, &mut ann, &joins("1990-02-10"));
    deliver(&versions, &mut ann, &buys("K-1", "2026-01-30T12:00:00+01:00"));
    Evaluator::new().run_clock(&versions, &mut ann, at("2026-02-01T12:00:00+01:00")).unwrap();
    let json = serde_json::to_string(&ann.snapshot(versions.of(&ann).unwrap())).unwrap();
    assert!(json.contains(r#""follow_ups":[{"day":"2026-02-04","event":"K-1","rule":"Later"}]"#), "{json}");
    let snapshot: Snapshot = serde_json::from_str(&json).unwrap();
    assert_eq!(versions.restore(snapshot).unwrap(), ann);
    // what comes back of the first version is judged by it, and that brings nothing of its clock
    let back =
        Event::returned("R-1", "Ann", "2026-02-20T12:00:00+01:00").all_items(Some("K-1")).build().unwrap();
    assert_eq!(deliver(&versions, &mut ann, &back), [] as [String; 0]);
    Evaluator::new().run_clock(&versions, &mut ann, at("2026-12-31T12:00:00+01:00")).unwrap();
    assert_eq!(ann.balance(versions.of(&ann).unwrap(), "points").unwrap().issued, "0");
}
