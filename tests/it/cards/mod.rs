//! Stamp cards with caps of rewards and with rewards that are worth what their stamps are, worked out by hand.

use crate::rule_files::passes;
use loyalty_rules::account::Snapshot;
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("cards.loyalty");

#[test]
fn cards_with_caps_and_averages() {
    passes(RULES);
}

#[test]
fn cards_in_proportion() {
    passes(include_str!("proportion.loyalty"));
}

fn program() -> Program {
    crate::rule_files::compiled(RULES).program
}

fn apply(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
}

fn night(id: &str, day: &str, nights: &str, price: &str) -> Event {
    let event = Event::purchase(id, "Ann", &format!("2026-03-{day}T12:00:00+01:00"));
    event.item(Item::new("Inn", nights, price).category("Night")).build().unwrap()
}

#[test]
fn what_stamps_hold_is_in_a_snapshot() {
    let (program, mut ann) = (program(), Account::open(&program(), "Ann"));
    apply(&program, &mut ann, &night("K-1", "03", "4", "70.50"));
    apply(&program, &mut ann, &night("K-2", "04", "1", "10"));
    let text = serde_json::to_string(&ann.snapshot(&program)).unwrap();
    // three of 70.50 filled the first card; on the open one are one of 70.50 and one of 10
    let open = r#""values":[{"stamps":1,"value":"70500000"},{"stamps":1,"value":"10000000"}]"#;
    assert!(text.contains(open), "{text}");
    assert!(text.contains(r#""stamps":3,"value":"211500000""#), "{text}");
    let restored = |text: &str| {
        let snapshot: Snapshot = serde_json::from_str(text).unwrap();
        Account::restore(&program, snapshot).map_err(|error| error.to_string())
    };
    assert_eq!(restored(&text).unwrap(), ann);
    for wrong in [
        text.replace(open, r#""values":[{"stamps":2,"value":"+1"}]"#),
        text.replace(open, r#""values":[{"stamps":1,"value":"1"},{"stamps":0,"value":"1"}]"#),
        text.replace(open, r#""values":[{"stamps":1,"value":"70500000"}]"#),
    ] {
        assert_eq!(restored(&wrong).unwrap_err(), "card `Nights`: its stamps do not hold what they must");
    }
}

#[test]
fn a_version_goes_on_with_what_stamps_hold_and_cannot_say_anew_what_that_is() {
    let later = |text: &str| {
        let second = text.replace("version 1", "version 2").replace("from 2026-01-01", "from 2026-03-05");
        let texts = [Sources::single("one.loyalty", RULES), Sources::single("two.loyalty", &second)];
        compile_versions(&texts, &Limits::default(), &Checks::default())
    };
    let versions = later(&RULES.replace("goal 3 stamps", "goal 2 stamps")).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    for event in [night("K-1", "03", "2", "70"), night("K-2", "06", "1", "10")] {
        Evaluator::new().deliver(&versions, &mut ann, &event).unwrap();
    }
    // two of 70 fill a card of two; one of 10 is left
    let newest = versions.of(&ann).unwrap();
    assert_eq!(ann.balance(newest, "credit").unwrap().available, "70.00");
    assert_eq!(ann.card(newest, "Nights").unwrap().stamps, 1);

    let fixed = RULES.replace("reward worth the average of its stamps as credit", "reward 5 credit");
    let refused = later(&fixed).unwrap_err().to_string();
    assert!(refused.contains("error Y002: the stamps of `Nights` hold something else"), "{refused}");
}
