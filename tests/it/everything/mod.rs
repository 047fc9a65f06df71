//! Bonuses on everything, and what caps of spend and least amounts do to multipliers.
//!
//! Each `.loyalty` file here is a program with tests worked out by hand.

use crate::rule_files::{compiled, passes};
use loyalty_rules::explain;
use loyalty_rules::{Account, Evaluator, Event, event::Item};
use pretty_assertions::assert_eq;

#[test]
fn everything() {
    passes(include_str!("everything.loyalty"));
}

#[test]
fn purchases_that_are_counted_anew() {
    passes(include_str!("as_if.loyalty"));
}

#[test]
fn parts_of_multipliers() {
    passes(include_str!("multipliers.loyalty"));
}

#[test]
fn an_explanation_has_a_row_for_each_unit() {
    let program = compiled(include_str!("everything.loyalty")).program;
    let account = Account::open(&program, "Ann");
    let wine = Item::new("Port", "1", "20").category("Wine");
    let event = Event::purchase("K-1", "Ann", "2026-07-02T10:00:00+02:00").item(wine);
    let event = event.build().unwrap();
    let outcome = Evaluator::new().explain(&program, &account, &event).unwrap();
    let text = explain::text(&program, &outcome);
    let rows: Vec<&str> = text.lines().filter(|line| line.contains("Wine week")).collect();
    assert_eq!(
        rows,
        [
            "+20.0 points  Wine week  Port +20, at 2 times everything",
            "   +10 stars  Wine week  Port +10, at 2 times everything",
        ]
    );
    let told = outcome.explanation(&program).unwrap();
    let of_week: Vec<(&str, &str)> = told
        .rules
        .iter()
        .filter(|rule| rule.rule == "Wine week")
        .map(|rule| (rule.gives.as_str(), rule.booked.as_str()))
        .collect();
    assert_eq!(of_week, [("points", "20.0"), ("stars", "10")]);
}
