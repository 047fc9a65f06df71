//! Tasks that choose purchases by their items.
//!
//! `tasks.loyalty` is a program with tests worked out by hand.

use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Account, Evaluator, Event};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("tasks.loyalty");

#[test]
fn rules() {
    passes(RULES);
}

#[test]
fn which_items_a_purchase_counted_for_is_in_a_snapshot() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    let bought = Event::purchase("K-1", "Ann", "2026-03-03T12:00:00+01:00")
        .item(Item::new("Riesling", "1", "9").category("Wine"))
        .item(Item::new("Loaf", "1", "4").category("Bread"))
        .build();
    let back = |id: &str, item: &str| {
        let event = Event::returned(id, "Ann", "2026-03-04T12:00:00+01:00").of("K-1");
        event.line(ReturnLine::new(item, "1")).build().unwrap()
    };
    let mut apply = |event: &Event| {
        let outcome = Evaluator::new().evaluate(&program, &ann, event).unwrap();
        ann.post(&program, &outcome).unwrap();
        let text = json(&program, &ann);
        assert_eq!(restore(&program, &text).unwrap(), ann);
        let told = ann.challenge(&program, "Cellar", "2026-03-04".parse().unwrap()).unwrap();
        (told.tasks[0].count.clone(), text)
    };
    let (count, text) = apply(&bought.unwrap());
    assert_eq!(count, "1");
    assert!(text.contains(r#""by_lines":true"#), "{text}");
    let wrong = text.replace(r#""by_lines":true"#, r#""by_lines":true,"award":true"#);
    let problem = restore(&program, &wrong).unwrap_err().to_string();
    assert!(problem.contains("a share of a counter cannot be"), "{problem}");
    assert_eq!(apply(&back("R-1", "Loaf")).0, "1");
    assert_eq!(apply(&back("R-2", "Riesling")).0, "0");
}
