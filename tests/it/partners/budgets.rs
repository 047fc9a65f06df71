//! Budgets across all members: claims and answers on their way between accounts and a book.

use crate::rule_files::{compiled, passes};
use loyalty_rules::account::Snapshot;
use loyalty_rules::event::{Budget, BudgetLine, Item, ReturnLine};
use loyalty_rules::{Account, Evaluator, Event, Outcome, Program, Status};
use pretty_assertions::assert_eq;

pub(crate) const RULES: &str = include_str!("budget.loyalty");

#[test]
fn budgets_are_never_overrun() {
    passes(RULES);
}

fn buys(id: &str, price: &str) -> Event {
    let event = Event::purchase(id, "Ann", "2026-03-03T10:00:00Z");
    event.item(Item::new("Milk", "2", price)).build().unwrap()
}

fn post(program: &Program, account: &mut Account, event: &Event) -> Outcome {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

fn points(program: &Program, account: &Account) -> String {
    account.balance(program, "points").unwrap().available
}

/// Hands all lines for one budget to its book.
fn take(book: &mut Budget, outcome: &Outcome) -> Vec<Event> {
    let name = book.name().to_owned();
    let lines = outcome.budget_lines().filter(|line| line.budget() == name);
    lines.filter_map(|line| book.take(line).unwrap()).map(Event::from).collect()
}

/// Until the answer comes nothing is booked, the claim is visible, and a snapshot keeps it.
#[test]
fn a_claim_is_open_until_its_answer() {
    let program = compiled(RULES).program;
    let (mut account, mut book) = (Account::open(&program, "Ann"), Budget::new("rule Base"));
    let bought = post(&program, &mut account, &buys("A-1", "10"));
    assert_eq!(points(&program, &account), "0");
    let open = account.claims(&program);
    assert_eq!(
        (open[0].budget.as_str(), open[0].event.as_str(), open[0].amount.as_str()),
        ("rule Base", "A-1", "20")
    );
    let text = serde_json::to_string(&account.snapshot(&program)).unwrap();
    let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
    let mut account = Account::restore(&program, snapshot).unwrap();
    let answers = take(&mut book, &bought);
    assert_eq!(answers[0].id(), "@budget-answered/Base/A-1");
    // as it comes over the wire, and twice
    let answer: Event = serde_json::from_str(&serde_json::to_string(&answers[0]).unwrap()).unwrap();
    assert_eq!(answer, answers[0]);
    assert_eq!(post(&program, &mut account, &answer).status(), Status::Applied);
    assert_eq!(points(&program, &account), "20");
    assert_eq!(post(&program, &mut account, &answer).status(), Status::Repeated);
    assert_eq!(points(&program, &account), "20");
    assert_eq!(account.claims(&program), []);
    // a claim that is sent again has the same answer
    let again = take(&mut book, &bought);
    assert_eq!(again, answers);
    assert_eq!(book.used("2026-01-01".parse().unwrap()).to_string(), "20");
}

/// What comes back before the answer is not booked, and the book hears of it with the answer.
#[test]
fn a_return_overtakes_the_answer() {
    let program = compiled(RULES).program;
    let (mut account, mut book) = (Account::open(&program, "Ann"), Budget::new("rule Base"));
    let bought = post(&program, &mut account, &buys("A-1", "10"));
    let half = Event::returned("R-1", "Ann", "2026-03-04T10:00:00Z");
    let half = half.line(ReturnLine::new("Milk", "1").of("A-1"));
    post(&program, &mut account, &half.build().unwrap());
    let answers = take(&mut book, &bought);
    assert_eq!(book.used("2026-01-01".parse().unwrap()).to_string(), "20");
    let booked = post(&program, &mut account, &answers[0]);
    assert_eq!(points(&program, &account), "10");
    // half of it is free again; told twice it is free once
    let told: Vec<BudgetLine> = booked.budget_lines().cloned().collect();
    for line in told.iter().chain(&told) {
        assert_eq!(book.take(line).unwrap(), None);
    }
    assert_eq!(book.used("2026-01-01".parse().unwrap()).to_string(), "10");
    // the rest comes back after the answer
    let rest = Event::returned("R-2", "Ann", "2026-03-05T10:00:00Z").all_items(Some("A-1")).build().unwrap();
    let back = post(&program, &mut account, &rest);
    take(&mut book, &back);
    assert_eq!(points(&program, &account), "0");
    assert_eq!(book.used("2026-01-01".parse().unwrap()).to_string(), "0");
    let stored: Budget = serde_json::from_str(&serde_json::to_string(&book).unwrap()).unwrap();
    assert_eq!(stored, book);
}

/// An answer to nothing changes nothing.
#[test]
fn an_answer_without_a_claim_is_noted() {
    let program = compiled(RULES).program;
    let (mut account, mut book) = (Account::open(&program, "Ann"), Budget::new("rule Base"));
    let bought = post(&program, &mut Account::open(&program, "Ann"), &buys("A-1", "10"));
    let answers = take(&mut book, &bought);
    assert_eq!(post(&program, &mut account, &answers[0]).notes().len(), 1);
    assert_eq!(points(&program, &account), "0");
}

/// An explanation names the budget that is asked, and who pays.
#[test]
fn an_explanation_tells_what_waits_and_who_pays() {
    let program = compiled(RULES).program;
    let account = Account::open(&program, "Ann");
    let event = Event::purchase("A-1", "Ann", "2026-03-03T10:00:00Z").partner("Market");
    let event = event.item(Item::new("Milk", "2", "10")).build().unwrap();
    let outcome = Evaluator::new().explain(&program, &account, &event).unwrap();
    let explanation = outcome.explanation(&program).unwrap();
    let told: Vec<String> = explanation
        .rules
        .iter()
        .filter_map(|rule| Some((rule, rule.waits.as_ref()?)))
        .map(|(rule, waits)| format!("{} {} {} {:?}", rule.rule, waits.budget, waits.amount, rule.funded_by))
        .collect();
    // 20 EUR are 20 points and 20 stars
    assert_eq!(told, ["Base rule Base 20 []", r#"Stars partner Market 20 ["Market"]"#]);
    let text = loyalty_rules::explain::text(&program, &outcome);
    assert!(text.contains("; asks rule Base for 20 points\n"), "{text}");
    assert!(text.contains("; asks partner Market for 20 stars; funded by Market\n"), "{text}");
}
