//! What ends without activity keeps its terms under a version that says something else.

use super::{available, buys, compiled, deliver};
use loyalty_rules::diagnostics::render_all;
use loyalty_rules::{Account, Evaluator, Event, Versions};
use pretty_assertions::assert_eq;

const OLD: &str = r#"edition 2026

program "Points and stamps" {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

event visit {}

unit points is spendable {
  round down in total
  expire after 12 months without visit
}

earn Base {
  on purchase
  give 1 points per 1 EUR
}

card Coffee {
  on purchase
  stamp 1
  goal 10 stamps
  expire after 6 months without visit
  reward 100 points
}
"#;

fn visits(id: &str, day: &str) -> Event {
    Event::named("visit", id, "Ann", &format!("{day}T12:00:00+01:00")).build().unwrap()
}

fn until(versions: &Versions, ann: &mut Account, day: &str) {
    let at = format!("{day}T00:00:00Z").parse().unwrap();
    Evaluator::new().run_clock(versions, ann, at).unwrap();
}

fn stamps(versions: &Versions, ann: &Account) -> i64 {
    ann.card(versions.of(ann).unwrap(), "Coffee").unwrap().stamps
}

/// Ann has 40 points and a stamp of 2026-03-01, and visits on 2026-08-01 and 2027-01-20; the other version is in force
/// since 2026-07-01.
fn moved(new: &str) -> (Versions, Account) {
    let versions = compiled(&[OLD, new]).unwrap_or_else(|findings| panic!("{findings}")).versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    deliver(&versions, &mut ann, &buys("K-1", "2026-03-01", "40"));
    deliver(&versions, &mut ann, &visits("V-1", "2026-08-01"));
    assert_eq!(versions.of(&ann).unwrap().version(), 2);
    let snapshot = serde_json::to_string(&ann.snapshot(versions.of(&ann).unwrap())).unwrap();
    let snapshot = serde_json::from_str(&snapshot).unwrap();
    assert_eq!(Account::restore(versions.of(&ann).unwrap(), snapshot).unwrap(), ann);
    deliver(&versions, &mut ann, &visits("V-2", "2027-01-20"));
    (versions, ann)
}

fn second(text: &str) -> String {
    text.replace("version 1", "version 2").replace("from 2026-01-01", "from 2026-07-01")
}

#[test]
fn other_lines_change_nothing_that_was_there() {
    let new = second(OLD).replace("12 months without visit", "1 month without purchase");
    let new = new.replace("6 months without visit", "1 month without purchase");
    let (versions, mut ann) = moved(&new);
    // six months after the visit of 20 January
    until(&versions, &mut ann, "2027-07-20");
    assert_eq!(stamps(&versions, &ann), 1);
    until(&versions, &mut ann, "2027-07-21");
    assert_eq!(stamps(&versions, &ann), 0);
    // and twelve
    until(&versions, &mut ann, "2028-01-20");
    assert_eq!(available(&versions, &ann, "points"), "40");
    until(&versions, &mut ann, "2028-01-21");
    assert_eq!(available(&versions, &ann, "points"), "0");
}

#[test]
fn what_a_version_does_not_have_is_kept_alive_as_before() {
    let new = second(OLD);
    let card = new.find("card Coffee").unwrap();
    let (versions, mut ann) = moved(&new[..card]);
    until(&versions, &mut ann, "2027-07-20");
    assert_eq!(stamps(&versions, &ann), 1);
    until(&versions, &mut ann, "2027-07-21");
    assert_eq!(stamps(&versions, &ann), 0);
}

#[test]
fn a_card_that_ends_sooner_is_told() {
    let told = |new: &str| {
        let compiled = compiled(&[OLD, &second(new)]).unwrap();
        render_all(&compiled.sources, &compiled.findings, 10).contains("`Coffee` expires earlier than before")
    };
    assert!(told(&OLD.replace("after 6 months without visit", "after 5 months without visit")));
    let both = "after 6 months without visit\n  expire 24 months after first stamp";
    assert!(told(&OLD.replace("after 6 months without visit", both)));
    assert!(!told(&OLD.replace("after 6 months without visit", "after 7 months without visit")));
    assert!(!told(&OLD.replace("  expire after 6 months without visit\n", "")));
}
