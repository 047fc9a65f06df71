//! Rebates and awards within budgets of all members: claims, answers and what happens before them. Worked out by hand.

use super::{apply, buys, gives_back, run, tick, version};
use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::account::RebateState;
use loyalty_rules::check::{Checks, compile_versions};
use loyalty_rules::evaluate::Judged;
use loyalty_rules::event::{Budget, BudgetLine};
use loyalty_rules::{Account, Evaluator, Event, Limits, Outcome, Status, explain};
use pretty_assertions::assert_eq;

pub(crate) const RULES: &str = include_str!("budget.loyalty");

#[test]
fn all_members_get_no_more_than_the_budget() {
    passes(RULES);
}

/// What the outcome says to a book, and the answers.
fn take(book: &mut Budget, outcome: &Outcome) -> Vec<Event> {
    let name = book.name().to_owned();
    let lines: Vec<&BudgetLine> = outcome.budget_lines().filter(|line| line.budget() == name).collect();
    lines.into_iter().filter_map(|line| book.take(line).unwrap()).map(Event::from).collect()
}

fn used(book: &Budget, starts: &str) -> String {
    book.used(starts.parse().unwrap()).to_string()
}

/// Nothing is paid until the answer comes; it has the day on which it was to be paid, and a snapshot keeps the claim.
#[test]
fn a_payment_waits_for_its_answer() {
    let program = compiled(RULES).program;
    let (mut ann, mut book) = (Account::open(&program, "Ann"), Budget::new("rebate Monthly"));
    book.start_with("2026-01-01".parse().unwrap(), "70".parse().unwrap()).unwrap();
    apply(&program, &mut ann, &buys("K-1", "2026-01-10", "2000"));
    let asked = tick(&program, &mut ann, "2026-02-10");
    assert_eq!(asked.deltas().len(), 0);
    let told: Vec<String> = asked.budget_lines().map(|line| serde_json::to_string(line).unwrap()).collect();
    // 2% of 2,000; the month begins on 1 January, and a cent is a step
    assert_eq!(
        told,
        [concat!(
            r#"{"type":"claim","budget":"rebate Monthly","member":"Ann","event":"@2026-01-31/rebate","#,
            r#""rule":"Monthly","at":"2026-02-09T23:00:00Z","starts":"2026-01-01","limit":"100","steps":4000,"#,
            r#""cost":"0.01","whole":false}"#
        )]
    );
    let open = ann.claims(&program);
    assert_eq!(
        (open[0].budget.as_str(), open[0].rule.as_str(), open[0].unit.as_str(), open[0].amount.as_str()),
        ("rebate Monthly", "Monthly", "bonus", "40.00")
    );
    let states: Vec<_> = asked.rebates(&program).iter().map(|it| (it.state, it.budget.clone())).collect();
    let name = Some("rebate Monthly".to_owned());
    assert_eq!(states, [(RebateState::Waiting, name.clone()), (RebateState::Asked, name)]);
    let mut ann = restore(&program, &json(&program, &ann)).unwrap();
    // it closes, and goes on, whenever the answer comes
    apply(&program, &mut ann, &buys("K-2", "2026-03-01", "10"));
    let answers = take(&mut book, &asked);
    assert_eq!(answers[0].id(), "@budget-answered/Monthly/@2026-01-31%2Frebate");
    let paid = apply(&program, &mut ann, &answers[0]);
    let line = serde_json::to_string(&program.ledger_line("Ann", &paid.deltas()[0])).unwrap();
    assert_eq!(
        line,
        concat!(
            r#"{"key":"@budget-answered/Monthly/@2026-01-31%2Frebate#1","member":"Ann","kind":"unit","unit":"bonus","#,
            r#""amount":"30.00","from":"issued","to":"available","source":"rebate","rule":"Monthly","level":null,"#,
            r#""event":"@2026-01-31/rebate","lot":3,"day":"2026-02-10","usable_from":"2026-02-10","last_day":null,"reason":"earned"}"#
        )
    );
    assert_eq!(explain::text(&program, &paid), "+30.00 bonus  Monthly  earned: issued → available\n");
    assert_eq!((used(&book, "2026-01-01"), used(&book, "2026-02-01")), ("100".to_owned(), "0".to_owned()));
    assert_eq!(apply(&program, &mut ann, &answers[0]).status(), Status::Repeated);
    assert_eq!(ann.balance(&program, "bonus").unwrap().available, "30.00");
    assert_eq!(ann.claims(&program), []);
}

#[test]
fn an_explanation_tells_the_budget_that_is_asked() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &buys("K-1", "2026-01-10", "2000"));
    tick(&program, &mut ann, "2026-02-01");
    let outcome = apply(&program, &mut ann, &gives_back("R-1", "2026-02-12", "K-1", "2000"));
    let text = explain::text(&program, &outcome);
    assert!(text.contains("from 1000.00: 2% → 40.00 bonus; asks rebate Monthly for 40.00 bonus\n"), "{text}");
    // the month was closed when all came back
    assert_eq!(ann.claims(&program).len(), 1);
}

#[test]
fn a_claim_in_a_snapshot_is_checked() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &buys("K-1", "2026-01-10", "2000"));
    tick(&program, &mut ann, "2026-02-10");
    let text = json(&program, &ann);
    assert!(text.contains(r#""day":"2026-02-10","ends":"2026-01-31""#), "{text}");
    for (right, wrong) in
        [(r#","ends":"2026-01-31""#, ""), (r#""ends":"2026-01-31""#, r#""ends":"2026-03-31""#)]
    {
        assert!(text.contains(right), "{right} in {text}");
        assert!(restore(&program, &text.replacen(right, wrong, 1)).is_err(), "{wrong}");
    }
}

fn monthly(rate: &str, cap: &str) -> String {
    format!(
        "rebate Monthly {{\n  period month\n  stages are retroactive\n  stage from 1_000 EUR: {rate}\n{cap}  pay bonus 10 \
         days after period end\n}}\n"
    )
}

const CAP: &str = "  cap 15 bonus per month across all members\n";

/// What the clock does until a day under versions, and the answers of a book.
fn answers(judged: &[Judged<'_>], book: &mut Budget) -> Vec<Event> {
    judged.iter().flat_map(|judged| take(book, &judged.outcome)).collect()
}

/// The terms of the last day of a month say whether a budget is asked for it, and which answer belongs to it.
#[test]
fn a_version_may_add_the_budget_or_drop_it() {
    for (first, second, january, february, asked) in [
        // 2% of 1,000 of each month; January ends with the first version, and 1% is paid at once
        (monthly("2%", ""), monthly("2%", CAP), "40.00", "55.00", "15"),
        (monthly("2%", CAP), monthly("2%", ""), "35.00", "55.00", "0"),
        (monthly("2%", CAP), String::new(), "35.00", "35.00", "0"),
    ] {
        let texts = [version(1, "2026-01-01", &first), version(2, "2026-02-01", &second)];
        let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
        let (mut ann, mut book) =
            (Account::open(versions.all().next().unwrap(), "Ann"), Budget::new("rebate Monthly"));
        let mut evaluator = Evaluator::new();
        for event in [buys("K-1", "2026-01-10", "1000"), buys("K-2", "2026-02-05", "1000")] {
            evaluator.deliver(&versions, &mut ann, &event).unwrap();
        }
        let available = |ann: &Account| ann.balance(versions.of(ann).unwrap(), "bonus").unwrap().available;
        for (day, wanted) in [("2026-02-11", january), ("2026-03-11", february)] {
            let to = format!("{day}T12:00:00Z").parse().unwrap();
            let judged = evaluator.run_clock(&versions, &mut ann, to).unwrap();
            for answer in answers(&judged, &mut book) {
                evaluator.deliver(&versions, &mut ann, &answer).unwrap();
            }
            assert_eq!(available(&ann), wanted, "{day} {first}{second}");
        }
        assert_eq!(used(&book, "2026-02-01"), asked);
    }
}

/// A claim that is open when a version without the budget, or without the rebate, begins is answered as it was asked.
#[test]
fn a_claim_outlives_its_version() {
    for second in
        [monthly("2%", ""), monthly("5%", "  cap 1 bonus per month across all members\n"), String::new()]
    {
        let texts = [version(1, "2026-01-01", &monthly("2%", CAP)), version(2, "2026-03-01", &second)];
        let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
        let (mut ann, mut book) =
            (Account::open(versions.all().next().unwrap(), "Ann"), Budget::new("rebate Monthly"));
        let mut evaluator = Evaluator::new();
        evaluator.deliver(&versions, &mut ann, &buys("K-1", "2026-01-10", "1000")).unwrap();
        let to = "2026-02-11T12:00:00Z".parse().unwrap();
        let judged = evaluator.run_clock(&versions, &mut ann, to).unwrap();
        let waiting = answers(&judged, &mut book);
        run(&versions, &mut ann, "2026-03-05");
        for answer in waiting {
            evaluator.deliver(&versions, &mut ann, &answer).unwrap();
        }
        let stands = versions.of(&ann).unwrap();
        assert_eq!(stands.version(), 2);
        // 1% of 1,000 at once, and 15 of the 20
        assert_eq!(ann.balance(stands, "bonus").unwrap().available, "25.00");
        assert_eq!((ann.claims(stands), used(&book, "2026-01-01")), (Vec::new(), "15".to_owned()));
    }
}
