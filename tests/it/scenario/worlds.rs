//! Worlds: delivery of messages, clocks, and what they sum up to.

use super::{KIOSK, compiled};
use loyalty_rules::event::{Event, Item};
use loyalty_rules::scenario::{Tally, World, balances};
use loyalty_rules::{Outcome, Status};
use pretty_assertions::assert_eq;

const FRIENDS: &str = r#"edition 2026

program Radhaus {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

unit punkte is spendable {
  singular punkt
  round down in total
  expire 24 months after earning
}

referral Freunde {
  friend qualifies with purchase of at least 30 EUR within 60 days of joining
  wait 14 days
  on joining give 10 punkte to friend
  on qualifying give 1_000 punkte to referrer
}
"#;

fn joining(member: &str, at: &str) -> Event {
    Event::joining(&format!("J-{member}"), member, at).build().unwrap()
}

fn members(outcomes: &[Outcome]) -> Vec<&str> {
    outcomes.iter().map(Outcome::member).collect()
}

#[test]
fn messages_go_back_and_forth_until_all_is_said() {
    let compiled = compiled(FRIENDS);
    let mut world = World::new(&compiled.program);
    world.deliver(joining("Rosa", "2026-01-10T09:00:00+01:00")).unwrap();
    let finn = Event::joining("J-Finn", "Finn", "2026-03-01T12:00:00+01:00").referred_by("Rosa").build();
    // Finn joins, Rosa is asked, Finn gets the answer and the gift
    let outcomes = world.deliver(finn.unwrap()).unwrap();
    assert_eq!(members(&outcomes), ["Finn", "Rosa", "Finn"]);
    assert_eq!(outcomes[2].deltas()[0].amount_scaled(), 10);
    let bike =
        Event::purchase("R-1", "Finn", "2026-03-10T16:00:00+01:00").item(Item::new("Helm", "1", "89.90"));
    world.deliver(bike.build().unwrap()).unwrap();
    // 14 days later Finn's clock tells Rosa, Rosa is paid and tells Finn; then all clocks run to the end
    let mut told = Vec::new();
    let mut paid = 0;
    let to = "2026-03-24T00:00:00+01:00".parse().unwrap();
    world
        .advance(to, |outcome| {
            told.push(outcome.member().to_owned());
            paid += outcome.deltas().iter().map(|delta| delta.amount_scaled()).sum::<i64>();
        })
        .unwrap();
    assert_eq!(told, ["Finn", "Rosa", "Finn", "Finn", "Rosa"]);
    assert_eq!(paid, 1_000);
    assert_eq!(world.undelivered(), 0);
}

#[test]
fn messages_to_nobody_are_dropped_and_counted() {
    let compiled = compiled(FRIENDS);
    let mut world = World::new(&compiled.program);
    let finn = Event::joining("J-Finn", "Finn", "2026-03-01T12:00:00+01:00").referred_by("Nobody").build();
    let outcomes = world.deliver(finn.unwrap()).unwrap();
    assert_eq!(members(&outcomes), ["Finn"]);
    assert_eq!(world.undelivered(), 1);
    assert!(world.account("Nobody").is_none());
}

#[test]
fn a_refused_event_leaves_no_account_and_a_repeated_one_no_trace() {
    let compiled = compiled(KIOSK);
    let mut world = World::new(&compiled.program);
    let early = Event::purchase("K-0", "Ann", "2025-12-31T12:00:00+01:00").total("9").build().unwrap();
    assert!(world.deliver(early).is_err());
    assert_eq!(world.accounts().count(), 0);
    let event = Event::purchase("K-1", "Ann", "2026-03-03T12:00:00+01:00").total("9").build().unwrap();
    assert_eq!(world.deliver(event.clone()).unwrap()[0].status(), Status::Applied);
    let version = world.account("Ann").unwrap().version();
    assert_eq!(world.deliver(event).unwrap()[0].status(), Status::Repeated);
    assert_eq!(world.account("Ann").unwrap().version(), version);
}

#[test]
fn clocks_run_by_instant_then_member() {
    let compiled = compiled(KIOSK);
    let mut world = World::new(&compiled.program);
    // Zoe's points are usable on 17 March, those of the others on 18 March
    for (member, day) in [("Zoe", "03"), ("Bo", "04"), ("Ann", "04")] {
        let at = format!("2026-03-{day}T12:00:00+01:00");
        world.deliver(Event::purchase("K", member, &at).total("20").build().unwrap()).unwrap();
    }
    let mut told = Vec::new();
    let to = "2026-03-20T00:00:00+01:00".parse().unwrap();
    world
        .advance(to, |outcome| {
            if !outcome.deltas().is_empty() {
                told.push(outcome.member().to_owned());
            }
        })
        .unwrap();
    assert_eq!(told, ["Zoe", "Ann", "Bo"]);
}

#[test]
fn sums_of_a_world() {
    let compiled = compiled(KIOSK);
    let mut world = World::new(&compiled.program);
    let mut tally = Tally::new();
    // a Tuesday: 10 + 5 at first, doubled by 10, the cap's all; a Wednesday: 10 + 5
    for (member, day) in [("Ann", "03"), ("Bo", "04")] {
        let at = format!("2026-03-{day}T12:00:00+01:00");
        let event = Event::purchase("K", member, &at).item(Item::new("Äpfel", "2", "10").category("Obst"));
        for outcome in world.deliver(event.build().unwrap()).unwrap() {
            tally.add(&outcome);
        }
    }
    let back =
        Event::returned("R", "Bo", "2026-03-05T12:00:00+01:00").of("K").all_items(None).build().unwrap();
    world.deliver(back).unwrap();
    let summary = tally.summary(&world);
    assert_eq!(summary.members, 2);
    let units: Vec<[&str; 4]> = summary
        .units
        .iter()
        .map(|unit| [&*unit.name, &*unit.issued, &*unit.pending, &*unit.taken_back])
        .collect();
    assert_eq!(units, [["punkte", "40", "25", "15"], ["sterne", "2", "0", "1"]]);
    let rules: Vec<(&str, &str, u64)> =
        summary.rules.iter().map(|rule| (&*rule.rule, &*rule.amount, rule.times)).collect();
    assert_eq!(
        rules,
        [("Grundpunkte", "20", 2), ("Dienstag", "10", 1), ("Erster", "10", 2), ("Sterne", "2", 2)]
    );
    assert_eq!(summary.tiers[0].levels, [("Basis".to_owned(), 2), ("Gold".to_owned(), 0)]);
    assert_eq!((summary.cards[0].stamps, summary.cards[0].open, summary.cards[0].full), (4, 2, 0));
    let rows: Vec<String> = balances(&world)
        .map(|row| format!("{} {} {} {}", row.member, row.unit, row.available, row.pending))
        .collect();
    assert_eq!(rows, ["Ann punkte 0 25", "Ann sterne 1 0", "Bo punkte 0 0", "Bo sterne 0 0"]);
}
