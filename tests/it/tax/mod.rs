//! Prices with tax and without, and spend the other way round.
//!
//! Each `.loyalty` file here is a program with tests worked out by hand.

use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::event::{EventError, Item, ReturnLine};
use loyalty_rules::{Account, Evaluator, Event, Outcome, Program};
use pretty_assertions::assert_eq;

#[test]
fn prices_with_and_spend_without() {
    passes(include_str!("net_spend.loyalty"));
}

#[test]
fn prices_without_and_spend_with() {
    passes(include_str!("gross_spend.loyalty"));
}

#[test]
fn both_without() {
    passes(include_str!("net.loyalty"));
}

fn apply(program: &Program, account: &mut Account, event: &Event) -> Outcome {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

fn lamp() -> Item {
    Item::new("Lamp", "2", "11.90")
}

#[test]
fn on_the_wire() {
    let event = |item: Item| Event::purchase("K-1", "Ann", "2026-03-03T10:00:00Z").item(item).build();
    for (item, written) in [
        (lamp().tax("3.80"), r#","tax":"3.80""#),
        (lamp().tax("19%"), r#","tax":"19%""#),
        (lamp().tax("5.5%"), r#","tax":"5.5%""#),
        (lamp().tax("0"), r#","tax":"0.00""#),
        (lamp(), ""),
    ] {
        let event = event(item).unwrap();
        let json = format!(
            "{}{}{written}{}",
            r#"{"id":"K-1","type":"purchase","member":"Ann","at":"2026-03-03T10:00:00Z","#,
            r#""items":[{"name":"Lamp","quantity":2,"unit_price":"11.90""#,
            "}]}"
        );
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    }
    for wrong in ["-1%", "1001%", "%", "a", "", "0.0000001", "1000000000001"] {
        let found = event(lamp().tax(wrong));
        assert!(matches!(found, Err(EventError::Number { what: "tax", .. })), "{wrong}: {found:?}");
    }
    let json = r#"{"id":"K","type":"purchase","member":"Ann","at":"2026-03-03T10:00:00Z","items":[{"name":"a","quantity":1,"unit_price":"1","tax":true}]}"#;
    let error = serde_json::from_str::<Event>(json).unwrap_err().to_string();
    assert!(error.starts_with(r#"item 1: `tax` is money like "0.52" or a percentage like "19%""#), "{error}");
}

#[test]
fn the_same_id_with_another_tax_is_other_content() {
    let program = compiled(include_str!("net.loyalty")).program;
    let mut ann = Account::open(&program, "Ann");
    let event =
        |item: Item| Event::purchase("K-1", "Ann", "2026-03-03T10:00:00Z").item(item).build().unwrap();
    apply(&program, &mut ann, &event(lamp().tax("3.80")));
    for other in [lamp(), lamp().tax("19%"), lamp().tax("3.81")] {
        let refused = Evaluator::new().evaluate(&program, &ann, &event(other)).unwrap_err().to_string();
        assert!(refused.starts_with("other content under this id"), "{refused}");
    }
}

#[test]
fn a_purchase_goes_on_from_a_snapshot() {
    let program = compiled(include_str!("net_spend.loyalty")).program;
    let mut ann = Account::open(&program, "Ann");
    let event = Event::purchase("K-1", "Ann", "2026-03-03T10:00:00Z").item(lamp().tax("19%"));
    let outcome = apply(&program, &mut ann, &event.build().unwrap());
    assert_eq!(outcome.left_to_pay(&program).as_deref(), Some("23.80"));
    let text = json(&program, &ann);
    assert!(text.contains(r#""tax":"19%""#), "{text}");
    let mut copy = restore(&program, &text).unwrap();
    assert_eq!(copy, ann);
    let back = Event::returned("R-1", "Ann", "2026-03-04T10:00:00Z").of("K-1");
    let back = back.line(ReturnLine::new("Lamp", "1")).build().unwrap();
    for account in [&mut ann, &mut copy] {
        apply(&program, account, &back);
        assert_eq!(account.balance(&program, "points").unwrap().available, "10.00");
    }
    assert_eq!(copy, ann);
}
