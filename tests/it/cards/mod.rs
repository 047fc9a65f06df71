//! Stamp cards with caps of rewards and with rewards that are worth what their stamps are, worked out by hand.

use crate::rule_files::passes;
use loyalty_rules::account::Snapshot;
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("cards.loyalty");
const IDLE: &str = include_str!("idle.loyalty");

#[test]
fn cards_with_caps_and_averages() {
    passes(RULES);
}

#[test]
fn cards_in_proportion() {
    passes(include_str!("proportion.loyalty"));
}

#[test]
fn cards_that_lapse_without_activity() {
    passes(IDLE);
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

#[test]
fn what_keeps_a_card_alive_is_in_a_snapshot() {
    let program = crate::rule_files::compiled(IDLE).program;
    let mut ann = Account::open(&program, "Ann");
    let stay = |id: &str, day: &str| {
        Event::named("stay", id, "Ann", &format!("2026-{day}T12:00:00+01:00")).build().unwrap()
    };
    apply(&program, &mut ann, &stay("S-1", "01-31"));
    apply(&program, &mut ann, &stay("S-2", "02-28"));
    let text = serde_json::to_string(&ann.snapshot(&program)).unwrap();
    let line = r#""idle":[{"after":{"count":12,"unit":"months"},"without":[{"event":"stay"},{"event":"visit"}],"since":"2026-02-28"}]"#;
    assert!(text.contains(line), "{text}");
    assert!(text.contains(r#""opened":"2026-01-31","last_day":"2027-02-28""#), "{text}");
    let restored = |text: &str| {
        let snapshot: Snapshot = serde_json::from_str(text).unwrap();
        Account::restore(&program, snapshot).map_err(|error| error.to_string())
    };
    assert_eq!(restored(&text).unwrap(), ann);
    for (wrong, problem) in [
        (text.replace("2027-02-28", "2027-03-01"), "its last day is not that of its terms"),
        (text.replace(line, r#""idle":[]"#), "its terms are settled and are left out then"),
        (text.replace(r#""held_by":null"#, r#""held_by":"unit""#), "its terms are not those of a card"),
        (text.replace(r#""opened":"2026-01-31""#, r#""opened":null"#), "its terms are not those of a card"),
    ] {
        assert_eq!(restored(&wrong).unwrap_err(), format!("card `Nights`: {problem}"));
    }
    // the third stay fills the card, and the visit long after it is known when it is opened again
    apply(&program, &mut ann, &stay("S-3", "03-31"));
    let full = serde_json::to_string(&ann.snapshot(&program)).unwrap();
    assert!(full.contains(r#""since":"2026-03-31""#), "{full}");
    assert_eq!(restored(&full).unwrap(), ann);
    let visit = Event::named("visit", "V-1", "Ann", "2026-12-31T12:00:00+01:00").build().unwrap();
    apply(&program, &mut ann, &visit);
    let cancel = Event::cancel("C-3", "Ann", "2027-01-02T12:00:00+01:00", "S-3").build().unwrap();
    apply(&program, &mut ann, &cancel);
    let card = ann.card(&program, "Nights").unwrap();
    assert_eq!((card.stamps, card.last_day), (2, Some("2027-12-31".parse().unwrap())));
}
