//! What asks several budgets, one after another. Worked out by hand.

use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::event::{Budget, Item};
use loyalty_rules::{Account, Evaluator, Event, Outcome, Program};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("several.loyalty");

#[test]
fn what_one_does_not_grant_is_free_in_the_others() {
    passes(RULES);
}

fn send(program: &Program, account: &mut Account, event: &Event) -> Outcome {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

/// Each budget is asked by the answer of the one before; the claim says who has granted it, and a snapshot keeps that.
#[test]
fn each_answer_asks_the_next_budget() {
    let program = compiled(RULES).program;
    let mut account = Account::open(&program, "Ann");
    let mut books = ["rule Stars", "cap Both", "partner Market"].map(Budget::new);
    let bought = Event::purchase("A-1", "Ann", "2026-03-03T10:00:00Z").partner("Market");
    let mut outcome =
        send(&program, &mut account, &bought.item(Item::new("Milk", "2", "45")).build().unwrap());
    let mut ids = Vec::new();
    for book in &mut books {
        let lines: Vec<_> = outcome.budget_lines().collect();
        // 90 stars fit the first two; 1 EUR pays for 83
        assert_eq!((lines.len(), lines[0].budget()), (1, book.name()));
        let answer = Event::from(book.take(lines[0]).unwrap().unwrap());
        assert_eq!(account.claims(&program)[0].budget, book.name());
        account = restore(&program, &json(&program, &account)).unwrap();
        outcome = send(&program, &mut account, &answer);
        ids.push(answer.id().to_owned());
    }
    assert_eq!(
        ids,
        ["@budget-answered/Stars/A-1", "@budget-answered/Stars/A-1/2", "@budget-answered/Stars/A-1/3"]
    );
    assert_eq!(account.balance(&program, "stars").unwrap().available, "83");
    let freed: Vec<String> = outcome.budget_lines().map(|line| line.budget().to_owned()).collect();
    assert_eq!(freed, ["rule Stars", "cap Both"]);
    for line in outcome.budget_lines() {
        for book in books.iter_mut().filter(|book| book.name() == line.budget()) {
            book.take(line).unwrap();
        }
    }
    let used = books.map(|book| {
        let starts = if book.name() == "rule Stars" { "2026-01-01" } else { "2026-03-01" };
        book.used(starts.parse().unwrap()).to_string()
    });
    assert_eq!(used, ["83", "83", "0.996"]);
}
