//! What a host sees: events, refusals, settlements, ledger lines.

use super::compiled;
use loyalty_rules::evaluate::{EvaluateError, Refusal};
use loyalty_rules::event::{Event, EventError, Item};
use loyalty_rules::ledger::{Book, Reason};
use loyalty_rules::{Account, Evaluator};
use pretty_assertions::assert_eq;

const SHOP: &str = r#"edition 2026

program Shop {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

unit points is spendable {
  singular point
  round down in total
  expire 12 months after earning
}

earn Base {
  on purchase
  give 10 points per 1 EUR
}

redeem points { 100 points for 1 EUR }
"#;

fn bought(evaluator: &mut Evaluator, account: &mut Account, program: &loyalty_rules::Program) {
    let event = Event::purchase("K-1", "Ann", "2026-03-03T10:00:00+01:00").total("50").build().unwrap();
    let outcome = evaluator.evaluate(program, account, &event).unwrap();
    assert_eq!(outcome.left_to_pay(program).as_deref(), Some("50.00"));
    assert_eq!(outcome.redemptions(program), []);
    account.post(program, &outcome).unwrap();
}

#[test]
fn a_till_learns_what_is_left_to_pay_and_why_not() {
    let compiled = compiled(SHOP);
    let program = &compiled.program;
    let (mut evaluator, mut account) = (Evaluator::new(), Account::open(program, "Ann"));
    bought(&mut evaluator, &mut account, program);
    let basket = |id: &str| {
        Event::purchase(id, "Ann", "2026-03-04T10:00:00+01:00")
            .item(Item::new("Pears", "1", "1"))
            .item(Item::new("Nuts", "1", "5"))
    };
    let event = basket("K-2").redeem("points", "501").build().unwrap();
    let Err(EvaluateError::Rejected(rejection)) = evaluator.evaluate(program, &account, &event) else {
        panic!("it is refused");
    };
    assert_eq!(rejection.reason, Refusal::NotEnough);
    assert_eq!(rejection.to_string(), "not enough points: at most 500 points would be accepted");
    let largest = rejection.largest.unwrap();
    assert_eq!((&*largest.name, &*largest.amount), ("points", "500"));
    let event = basket("K-2").redeem("points", "0.5").build().unwrap();
    let refused = evaluator.evaluate(program, &account, &event).unwrap_err().to_string();
    assert_eq!(refused, "wrong value: `points` have no decimals");
    let event = basket("K-2").redeem("coins", "1").build().unwrap();
    let refused = evaluator.evaluate(program, &account, &event).unwrap_err().to_string();
    assert_eq!(refused, "wrong value: there is no `coins` to redeem");
    let event = Event::named("visit", "V-1", "Ann", "2026-03-04T10:00:00+01:00").redeem("points", "1");
    assert!(evaluator.evaluate(program, &account, &event.build().unwrap()).is_err(), "no known event");
    // the singular is the same unit
    let event = basket("K-2").redeem("point", "1").redeem_up_to("points", "1").build().unwrap();
    assert!(evaluator.evaluate(program, &account, &event).is_err());
    // a refused event is not remembered, its id may be used again
    let event = basket("K-2").redeem_up_to("points", "450").build().unwrap();
    let outcome = evaluator.evaluate(program, &account, &event).unwrap();
    assert_eq!(outcome.left_to_pay(program).as_deref(), Some("1.50"));
    let redemptions = outcome.redemptions(program);
    assert_eq!(redemptions.len(), 1);
    assert_eq!((&*redemptions[0].name, &*redemptions[0].amount), ("points", "450"));
    assert_eq!(redemptions[0].pays, "4.50");
    assert_eq!(redemptions[0].lines, ["0.75", "3.75"]);
    let spent = &outcome.deltas()[0];
    assert_eq!(
        (spent.from(), spent.to(), spent.reason()),
        (Book::Available, Book::Redeemed, Reason::Redeemed)
    );
    assert_eq!((spent.amount_scaled(), spent.event()), (450, "K-2"));
    account.post(program, &outcome).unwrap();
    assert_eq!(account.balance(program, "points").unwrap().redeemed, "450");
    assert_eq!(account.balance(program, "points").unwrap().available, "65");
    // the same again takes nothing again
    let again = evaluator.evaluate(program, &account, &event).unwrap();
    assert_eq!(again.redemptions(program), []);
    assert_eq!(again.deltas(), []);
    // a snapshot keeps what paid
    let snapshot = account.snapshot(program);
    assert_eq!(Account::restore(program, snapshot).unwrap(), account);
}

#[test]
fn a_redemption_without_a_purchase() {
    let compiled = compiled(SHOP);
    let program = &compiled.program;
    let (mut evaluator, mut account) = (Evaluator::new(), Account::open(program, "Ann"));
    bought(&mut evaluator, &mut account, program);
    let event = Event::redemption("R-1", "Ann", "2026-03-04T10:00:00+01:00").redeem("points", "120");
    let outcome = evaluator.evaluate(program, &account, &event.build().unwrap()).unwrap();
    assert_eq!(outcome.left_to_pay(program), None);
    assert_eq!(outcome.redemptions(program)[0].pays, "1.20");
    assert_eq!(outcome.deltas().len(), 1);
    account.post(program, &outcome).unwrap();
    assert_eq!(account.balance(program, "points").unwrap().available, "380");
}

#[test]
fn events_are_checked_at_the_door() {
    let redemption = || Event::redemption("R-1", "Ann", "2026-03-04T10:00:00+01:00");
    assert_eq!(redemption().build(), Err(EventError::OneRequest));
    let two = redemption().redeem("points", "1").redeem("coins", "1");
    assert_eq!(two.build(), Err(EventError::OneRequest));
    let twice = redemption().redeem("points", "1").redeem("points", "2").build().unwrap();
    let once = redemption().redeem("points", "3").build().unwrap();
    assert_eq!(twice, once, "amounts of one name add up");
    for wrong in ["0", "-1", "1.0000001", "x", "1000000000001"] {
        assert!(
            matches!(redemption().redeem("points", wrong).build(), Err(EventError::Number { .. })),
            "{wrong}"
        );
    }
    let joining = Event::joining("J-1", "Ann", "2026-03-04T10:00:00+01:00").redeem("points", "1");
    assert_eq!(joining.build(), Err(EventError::NoRequest));
    let named = Event::named("redeem", "R-1", "Ann", "2026-03-04T10:00:00+01:00");
    assert!(matches!(named.build(), Err(EventError::ReservedName(_))));
}

#[test]
fn events_on_the_wire() {
    let text = r#"{"id":"K-1","type":"purchase","member":"Ann","at":"2026-03-03T09:00:00Z","total":"5.00","redeem":{"coins":"1.5","points":200},"redeem_up_to":{"miles":1000}}"#;
    let event: Event = serde_json::from_str(text).unwrap();
    let built = Event::purchase("K-1", "Ann", "2026-03-03T10:00:00+01:00")
        .total("5")
        .redeem_up_to("miles", "1000")
        .redeem("points", "200")
        .redeem("coins", "1.5")
        .build()
        .unwrap();
    assert_eq!(event, built);
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
    let text =
        r#"{"id":"R-1","type":"redeem","member":"Ann","at":"2026-03-03T09:00:00Z","redeem":{"points":200}}"#;
    let event: Event = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
    let wrong = |text: &str| serde_json::from_str::<Event>(text).unwrap_err().to_string();
    let text =
        r#"{"id":"R-1","type":"return","member":"Ann","at":"2026-03-03T09:00:00Z","redeem":{"points":200}}"#;
    assert!(wrong(text).contains("`redeem` belongs to a purchase or a redemption"));
    let text = r#"{"id":"R-1","type":"redeem","member":"Ann","at":"2026-03-03T09:00:00Z","redeem":{"points":200},"total":"1"}"#;
    assert!(wrong(text).contains("`total` belongs to a purchase"));
    let text = r#"{"id":"R-1","type":"redeem","member":"Ann","at":"2026-03-03T09:00:00Z"}"#;
    assert!(wrong(text).contains("asks for exactly one thing"));
}
