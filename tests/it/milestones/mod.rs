//! Milestones: marks, what they give, and what becomes of that.

use crate::rule_files::passes;
use loyalty_rules::account::Snapshot;
use loyalty_rules::check::{Checks, Sources, compile, compile_versions};
use loyalty_rules::ledger::Delta;
use loyalty_rules::syntax::Limits;
use loyalty_rules::{Account, Evaluator, Event, Program, Versions};
use pretty_assertions::assert_eq;

const RULES: &str = "milestones Year {\n  count spend in calendar year\n  at 100 EUR give 50 points\n}\n";

fn text(version: u32, rules: &str) -> String {
    format!(
        "edition 2026\n\nprogram Marks {{\n  version {version}\n  effective from 2026-0{version}-01\n  currency EUR\n  \
         time zone \"UTC\"\n}}\n\nreturns {{ take back earned in proportion }}\n\n\
         unit points is spendable {{\n  singular point\n  round down in total\n  expire never\n}}\n\n\
         earn Base {{\n  on purchase\n  give 1 point per full 10 EUR\n}}\n\n{rules}"
    )
}

fn program() -> Program {
    compile(&Sources::single("marks.loyalty", text(1, RULES)), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .program
}

fn post(program: &Program, account: &mut Account, event: &Event) -> Vec<String> {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    lines(program, outcome.deltas())
}

/// Key, amount, books and rule of each delta.
fn lines(program: &Program, deltas: &[Delta]) -> Vec<String> {
    let line = |delta: &Delta| {
        let (amount, rule) = (delta.amount_scaled(), delta.source_name(program));
        format!("{} {amount} {} to {} {rule}", delta.key(), delta.from(), delta.to())
    };
    deltas.iter().map(line).collect()
}

fn buys(id: &str, at: &str, total: &str) -> Event {
    Event::purchase(id, "Ann", at).total(total).build().unwrap()
}

fn returns(id: &str, at: &str, of: &str) -> Event {
    Event::returned(id, "Ann", at).all_items(Some(of)).build().unwrap()
}

fn json(program: &Program, account: &Account) -> String {
    serde_json::to_string(&account.snapshot(program)).unwrap()
}

#[test]
fn marks_give_when_they_are_passed() {
    passes(include_str!("marks.loyalty"));
}

/// Windows that start on a day of the member's own, and counts that a test gives.
#[test]
fn days_of_the_members_own() {
    passes(include_str!("own_days.loyalty"));
}

/// The same with late events and returns as if never bought, beside a challenge and a streak.
#[test]
fn days_of_the_members_own_and_late_events() {
    passes(include_str!("late_days.loyalty"));
}

/// What a mark gave is known to a snapshot, so that a return after it takes back the same.
#[test]
fn marks_at_rest() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    let expected = ["K-1#1 12 issued to available Base", "K-1#2 50 issued to available Year"];
    assert_eq!(post(&program, &mut ann, &buys("K-1", "2026-01-10T12:00:00Z", "120")), expected);
    let text = json(&program, &ann);
    let mark = concat!(
        r#""marks":[{"milestones":"Year","slot":20454,"mark":100000000,"line":0,"kind":"unit","name":"points","#,
        r#""amount":"50","lot":2,"usable_from":"2026-01-10","repaid":"0","at":"2026-01-10T12:00:00Z","#,
        r#""day":"2026-01-10"}]"#
    );
    // 2026-01-01 is day 20,454 since 1970-01-01
    assert!(text.contains(mark), "{text}");
    let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
    let mut again = Account::restore(&program, snapshot).unwrap();
    assert_eq!(again, ann);
    let back = returns("R-1", "2026-01-11T12:00:00Z", "K-1");
    let expected = ["R-1#1 12 available to taken-back Base", "R-1#2 50 available to taken-back Year"];
    assert_eq!(post(&program, &mut again, &back), expected);
    assert!(!json(&program, &again).contains("marks"));
}

#[test]
fn damaged_snapshots_are_refused() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    post(&program, &mut ann, &buys("K-1", "2026-01-10T12:00:00Z", "120"));
    let text = json(&program, &ann);
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        let snapshot: Snapshot = serde_json::from_str(&text.replace(from, to)).unwrap();
        Account::restore(&program, snapshot).unwrap_err().to_string()
    };
    assert_eq!(
        refused(r#""amount":"50","lot":2,"usable"#, r#""amount":"0","lot":2,"usable"#),
        "mark `Year`: what it gave is nothing or has another form"
    );
    assert_eq!(
        refused(r#""repaid":"0","at"#, r#""repaid":"51","at"#),
        "mark `Year`: what paid off a debt is not a part of what it gave"
    );
    assert_eq!(refused(r#""mark":100000000"#, r#""mark":0"#), "mark `Year`: it is not above zero");
    assert_eq!(
        refused(r#"{"milestones":"Year","#, r#"{"milestones":"Life","#),
        "the program has no milestones `Life`"
    );
}

fn versions(rules: [&str; 2]) -> Versions {
    let [one, two] = rules;
    let sources = [text(1, one), text(2, two)].map(|text| Sources::single("v.loyalty", text));
    compile_versions(&sources, &Limits::default(), &Checks::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .versions
}

fn deliver(versions: &Versions, account: &mut Account, event: &Event) -> Vec<String> {
    let judged = Evaluator::new().deliver(versions, account, event).unwrap();
    judged.iter().flat_map(|judged| lines(judged.program, judged.outcome.deltas())).collect()
}

/// A version with other marks goes on counting; what another version gave goes back all the same.
#[test]
fn marks_of_versions() {
    let other = "milestones Year {\n  count spend in calendar year\n  every 150 EUR give 30 points\n}\n";
    for rules in [[RULES, other], [RULES, ""]] {
        let versions = versions(rules);
        let mut ann = Account::open(versions.newest(), "Ann");
        ann = Account::open(versions.at("2026-01-05T12:00:00Z".parse().unwrap()), ann.member());
        deliver(&versions, &mut ann, &buys("K-1", "2026-01-10T12:00:00Z", "120"));
        let found = deliver(&versions, &mut ann, &buys("K-2", "2026-02-10T12:00:00Z", "40"));
        let more = if rules[1].is_empty() { 1 } else { 2 };
        assert_eq!(found.len(), more, "{found:?}");
        let found = deliver(&versions, &mut ann, &returns("R-1", "2026-02-11T12:00:00Z", "K-1"));
        let is_back = |line: &String| line.ends_with(" 50 available to taken-back Year");
        assert!(found.iter().any(is_back), "{found:?}");
    }
}
