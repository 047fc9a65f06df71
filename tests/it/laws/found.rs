//! What the laws have found, as small cases with expectations worked out by hand.

use super::world::World;
use loyalty_rules::event::{EventBuilder, Item, ReturnLine};
use loyalty_rules::ledger::{Book, LineKind};
use loyalty_rules::{Account, Evaluator, Event, Limits, Outcome, Program, Sources, compile};
use pretty_assertions::assert_eq;

const HEAD: &str = r#"
program Found {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
  accept late events for 40 days
}
categories [Obst, Wein]
channels [Markt]
"#;
const POINTS: &str = "unit points is spendable {\n  round down in total\n  expire never\n}\n";

fn program(rules: &str) -> Program {
    let text = format!("edition 2026\n{HEAD}{rules}");
    compile(&Sources::single("found.loyalty", text), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .program
}

/// Ann buys at noon of a day.
fn buys(id: &str, day: &str, items: &[(&str, &str, &str, &str)]) -> EventBuilder {
    let mut event = Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00"));
    for (name, quantity, price, category) in items {
        event = event.item(Item::new(name, quantity, price).category(category));
    }
    event
}

fn gives_back(id: &str, day: &str, of: &str) -> EventBuilder {
    Event::returned(id, "Ann", &format!("{day}T12:00:00+01:00")).of(of)
}

fn apply(world: &mut World<'_>, event: EventBuilder) -> Outcome {
    let mut told = world.deliver(&event.build().expect("an event"));
    assert_eq!(told.len(), 1);
    told.remove(0).result.expect("applied")
}

/// Available, debt and taken back of a unit of Ann.
fn books(world: &World<'_>, unit: &str) -> (String, String, String) {
    let balance = world.accounts["Ann"].balance(world.program, unit).expect("a unit");
    (balance.available, balance.debt, balance.taken_back)
}

fn texts(one: &str, two: &str, three: &str) -> (String, String, String) {
    (one.into(), two.into(), three.into())
}

#[test]
fn goods_that_come_back_before_their_deposit_take_back_no_more_than_was_booked() {
    let program = program(&format!("{POINTS}earn Base {{\n  on purchase\n  give 1 points per 1 EUR\n}}\n"));
    let mut world = World::new(&program);
    // 12.5 x 12.34 = 154.25, and 100 x -0.25 = -25: 129.25 EUR, 129 points
    let bought = [("Wein", "12.5", "12.34", "Wein"), ("Pfand", "100", "-0.25", "Obst")];
    apply(&mut world, buys("K", "2026-02-02", &bought));
    assert_eq!(books(&world, "points"), texts("129", "0", "0"));
    let half = || ReturnLine::new("Wein", "6.25");
    apply(&mut world, gives_back("R1", "2026-02-03", "K").line(half()));
    apply(&mut world, gives_back("R2", "2026-02-03", "K").line(half()));
    assert_eq!(books(&world, "points"), texts("0", "0", "129"));
    apply(&mut world, gives_back("R3", "2026-02-03", "K").line(ReturnLine::new("Pfand", "100")));
    assert_eq!(books(&world, "points"), texts("0", "0", "129"));
}

#[test]
fn a_flat_award_on_lines_with_deposits_is_taken_back_once() {
    let program =
        program("unit stars is status {\n  singular star\n}\nearn Base {\n  on purchase\n  give 1 star\n}\n");
    let mut world = World::new(&program);
    // the values are -10, 5 and 2.50: the deposit has a part of 4 stars, the goods of -2 and -1
    let bought = [("Pfand", "2", "-5", "Obst"), ("Saft", "2", "2.50", "Obst"), ("Brot", "1", "2.50", "Obst")];
    apply(&mut world, buys("K", "2026-02-02", &bought));
    apply(&mut world, gives_back("R", "2026-02-03", "K").line(ReturnLine::new("Pfand", "2")));
    assert_eq!(books(&world, "stars"), texts("0", "0", "1"));
    apply(&mut world, gives_back("S", "2026-02-03", "K").all_items(None));
    assert_eq!(books(&world, "stars"), texts("0", "0", "1"));
}

#[test]
fn lines_that_cancel_each_other_out_are_not_returned_because_the_rest_is() {
    let program = program(
        "voucher Gutschein {\n  grants \"A coffee\"\n}\nearn Base {\n  on purchase\n  give 1 Gutschein\n}\n",
    );
    let mut world = World::new(&program);
    // 5 - 5 + 8 = 8 EUR; what is worth 8 EUR comes back, the other two lines are kept
    let bought = [("Saft", "1", "5", "Obst"), ("Pfand", "1", "-5", "Obst"), ("Brot", "1", "8", "Obst")];
    apply(&mut world, buys("K", "2026-02-02", &bought));
    apply(&mut world, gives_back("R", "2026-02-03", "K").line(ReturnLine::new("Brot", "1")));
    assert_eq!(world.accounts["Ann"].vouchers(&program).len(), 1);
    apply(&mut world, gives_back("S", "2026-02-03", "K").all_items(None));
    assert_eq!(world.accounts["Ann"].vouchers(&program).len(), 0);
}

#[test]
fn an_event_without_items_comes_back_as_one_line_and_only_once() {
    let program = program(&format!(
        "event stay {{\n  nights: integer\n}}\n{POINTS}earn Base {{\n  on stay\n  give nights as points\n}}\n"
    ));
    let mut world = World::new(&program);
    apply(
        &mut world,
        Event::named("stay", "N", "Ann", "2026-02-02T12:00:00+01:00").attribute("nights", 3_i64),
    );
    assert_eq!(books(&world, "points"), texts("3", "0", "0"));
    apply(&mut world, gives_back("R", "2026-02-03", "N").all_items(None));
    assert_eq!(books(&world, "points"), texts("0", "0", "3"));
    let stored = serde_json::to_string(&world.accounts["Ann"].snapshot(&program)).expect("JSON");
    let snapshot = serde_json::from_str(&stored).expect("a snapshot");
    assert_eq!(&Account::restore(&program, snapshot).expect("it holds together"), &world.accounts["Ann"]);
    let again = gives_back("S", "2026-02-03", "N").all_items(None).build().expect("an event");
    let refused = world.deliver(&again).remove(0).result.expect_err("nothing is left");
    assert_eq!(refused.to_string(), "more than is left: of `N` nothing is left");
}

const CARD: &str = r#"
voucher Gratis {
  grants "A coffee"
}
card Karte {
  on purchase
  for items where category is Wein
  stamp 1 per item
  goal 5 stamps
  start with 2 stamps
  expire 1 month after first stamp
  reward 1 Gratis
}
"#;

#[test]
fn a_card_that_ends_on_the_day_of_another_has_a_key_of_its_own() {
    let program = program(CARD);
    let mut world = World::new(&program);
    let wine = [("Riesling", "1", "5", "Wein")];
    let fruit = [("Birne", "1", "1", "Obst")];
    apply(&mut world, buys("A", "2026-01-10", &wine));
    // the first card with 2 + 1 stamps had its last day on 10 February
    let first = apply(&mut world, buys("B", "2026-02-15", &fruit));
    // 36 days late: the second card has 1 stamp and the same last day
    apply(&mut world, buys("C", "2026-01-10", &wine));
    let second = apply(&mut world, buys("D", "2026-02-16", &fruit));
    let ended = |outcome: &Outcome| {
        let delta = outcome.deltas().first().expect("a card has ended");
        (delta.key().to_string(), delta.amount_scaled())
    };
    assert_eq!(ended(&first), ("@2026-02-11/expire-card#1".to_owned(), 3));
    assert_eq!(ended(&second), ("@2026-02-11/expire-card#4".to_owned(), 1));
}

#[test]
fn a_return_after_the_end_of_a_card_brings_no_second_head_start() {
    let program = program(CARD);
    let mut world = World::new(&program);
    let wine = [("Riesling", "1", "5", "Wein")];
    apply(&mut world, buys("A", "2026-01-10", &wine));
    apply(&mut world, gives_back("R", "2026-02-20", "A").all_items(None));
    apply(&mut world, buys("B", "2026-03-01", &wine));
    let card = world.accounts["Ann"].card(&program, "Karte").expect("a card");
    // the second card: one stamp, and no head start, which only the first one has
    assert_eq!((card.number, card.stamps), (2, 1));
}

#[test]
fn a_return_finds_no_more_status_than_today_s_rate_has_left() {
    let program = program(
        "unit stars is status {\n  singular star\n}\nearn Base {\n  on purchase\n  give 1 star\n}\n\
         returns {\n  unmatched lines take back today's rate\n}\n",
    );
    let mut world = World::new(&program);
    apply(&mut world, buys("K", "2026-02-02", &[("Brot", "1", "8", "Obst")]));
    let unknown = Event::returned("R", "Ann", "2026-02-03T12:00:00+01:00");
    apply(&mut world, unknown.line(ReturnLine::new("Saft", "1").unit_price("5")));
    assert_eq!(books(&world, "stars"), texts("0", "0", "1"));
    apply(&mut world, gives_back("S", "2026-02-04", "K").all_items(None));
    assert_eq!(books(&world, "stars"), texts("0", "0", "1"));
}

#[test]
fn an_explained_event_leaves_the_same_record_of_worthless_lines() {
    let program = program(&format!("{POINTS}earn Base {{\n  on purchase\n  give 1 points per 1 EUR\n}}\n"));
    let opened = Account::open(&program, "Ann");
    let event = buys("K", "2026-02-02", &[("Brot", "1", "8", "Obst"), ("Tüte", "1", "0", "Obst")]);
    let event = event.build().expect("an event");
    let plain = Evaluator::new().evaluate(&program, &opened, &event).expect("applied");
    let explained = Evaluator::new().explain(&program, &opened, &event).expect("applied");
    let (mut one, mut two) = (opened.clone(), opened);
    one.post(&program, &plain).expect("posted");
    two.post(&program, &explained).expect("posted");
    assert_eq!(one, two);
    assert_eq!(one.totals(&program, LineKind::Unit, "points").expect("a unit").issued(), 8);
}

#[test]
fn a_multiple_of_a_flat_award_comes_back_with_the_event() {
    let program = program(&format!(
        "{POINTS}earn Base {{\n  on purchase\n  give 3 points\n}}\n\
         bonus Double {{\n  on purchase\n  multiply points by 2\n  combine add\n}}\n"
    ));
    let opened = Account::open(&program, "Ann");
    let bought = [("Brot", "1", "4", "Obst"), ("Saft", "1", "4", "Obst")];
    let event = buys("K", "2026-02-02", &bought).build().expect("an event");
    let back =
        gives_back("R", "2026-02-03", "K").line(ReturnLine::new("Saft", "1")).build().expect("an event");
    for explained in [false, true] {
        let mut account = opened.clone();
        let mut evaluator = Evaluator::new();
        let outcome = match explained {
            true => evaluator.explain(&program, &account, &event),
            false => evaluator.evaluate(&program, &account, &event),
        };
        account.post(&program, &outcome.expect("applied")).expect("posted");
        let outcome = evaluator.evaluate(&program, &account, &back).expect("applied");
        account.post(&program, &outcome).expect("posted");
        // the flat award sits on the lines, 1 and 2 (the odd point on the later line); its double sits on the event:
        // of 3 with half of the sum comes 1 back; so 6 - 2 - 1 are left
        assert_eq!(account.balance(&program, "points").expect("a unit").available, "3");
    }
}

#[test]
fn a_cap_of_spend_counts_the_lines_of_a_multiplier_that_have_no_base() {
    let program = program(&format!(
        "{POINTS}earn Base {{\n  on purchase\n  for items where category is not Wein\n  \
         give 1 points per 1 EUR\n}}\n\
         bonus Double {{\n  on purchase\n  multiply points by 2\n  combine add\n}}\n\
         cap Pot: 15 EUR of spend per day on [Base, Double]\n"
    ));
    let first = buys("K", "2026-02-02", &[("Pfeife", "1", "1", "Wein"), ("Saft", "1", "10", "Obst")]);
    let second = buys("L", "2026-02-02", &[("Saft", "1", "10", "Obst")]);
    let events = [first.build().expect("an event"), second.build().expect("an event")];
    for explained in [false, true] {
        let mut account = Account::open(&program, "Ann");
        let mut evaluator = Evaluator::new();
        for event in &events {
            let outcome = match explained {
                true => evaluator.explain(&program, &account, event),
                false => evaluator.evaluate(&program, &account, event),
            };
            account.post(&program, &outcome.expect("applied")).expect("posted");
        }
        // 10 and their double; the multiplier covers the pipe too, so 4 of 15 EUR are left: 4 and their double
        assert_eq!(account.balance(&program, "points").expect("a unit").available, "28");
    }
}

const HEAD_START: &str = r#"
voucher Gratis {
  grants "A coffee"
}
card Karte {
  on purchase
  stamp 1 per item
  goal 5 stamps
  start with 2 stamps on every card
  carry over
  reward 1 Gratis
}
"#;

#[test]
fn a_head_start_is_not_taken_for_stamps_that_were_earned() {
    let program = program(HEAD_START);
    let mut world = World::new(&program);
    let books = |world: &World<'_>| {
        let account = &world.accounts["Ann"];
        let card = account.card(&program, "Karte").expect("a card");
        let totals = account.totals(&program, LineKind::Stamps, "Karte").expect("a card");
        (card.number, card.stamps, account.vouchers(&program).len(), totals.balance(Book::TakenBack))
    };
    // 2 + 1 on the first card
    apply(&mut world, buys("A", "2026-01-10", &[("Saft", "1", "5", "Obst")]));
    assert_eq!(books(&world), (1, 3, 0, 0));
    // two fill it; the third is on the second card, with 2 to begin with
    apply(&mut world, buys("B", "2026-01-11", &[("Brot", "3", "5", "Obst")]));
    assert_eq!(books(&world), (2, 3, 1, 0));
    // three stamps and the head start of the second card are gone, the first is open again at 3
    apply(&mut world, gives_back("R", "2026-01-12", "B").all_items(None));
    assert_eq!(books(&world), (1, 3, 0, 5));
    // the last stamp goes, and with it the head start of the first card
    apply(&mut world, gives_back("S", "2026-01-12", "A").all_items(None));
    assert_eq!(books(&world), (0, 0, 0, 8));
    // and the next one opens the first card anew
    apply(&mut world, buys("C", "2026-01-13", &[("Saft", "1", "5", "Obst")]));
    assert_eq!(books(&world), (1, 3, 0, 8));
}

#[test]
fn stamps_above_the_goal_that_were_dropped_are_not_taken_once_more() {
    let program = program(
        "voucher Gratis {\n  grants \"A coffee\"\n}\ncard Karte {\n  on purchase\n  stamp 1 per item\n  \
         goal 5 stamps\n  no carry over\n  reward 1 Gratis\n}\n",
    );
    let mut world = World::new(&program);
    let card = |world: &World<'_>| {
        let account = &world.accounts["Ann"];
        let card = account.card(&program, "Karte").expect("a card");
        (card.number, card.stamps, account.vouchers(&program).len())
    };
    apply(&mut world, buys("A", "2026-01-10", &[("Saft", "4", "5", "Obst")]));
    // one of three fills the card, two are dropped
    apply(&mut world, buys("B", "2026-01-11", &[("Brot", "3", "5", "Obst")]));
    assert_eq!(card(&world), (1, 0, 1));
    // two of the three were dropped anyway: the card is still full
    apply(&mut world, gives_back("R", "2026-01-12", "B").line(ReturnLine::new("Brot", "2")));
    assert_eq!(card(&world), (1, 0, 1));
    apply(&mut world, gives_back("S", "2026-01-12", "B").line(ReturnLine::new("Brot", "1")));
    assert_eq!(card(&world), (1, 4, 0));
}

#[test]
fn what_no_expiry_keeps_is_usable_again_when_it_comes_back() {
    let program = program(
        "unit points is spendable {\n  round down in total\n  expire at end of calendar year\n  \
         no expiry when time since joining is at most 2 years\n}\n\
         earn Base {\n  on purchase\n  for items where category is Wein\n  give 1 points per 1 EUR\n}\n\
         redeem points {\n  10 points for 1 EUR\n}\n",
    );
    let mut world = World::new(&program);
    // joined on 2 February 2026; the last day of the points is 31 December 2026, and they are kept
    apply(&mut world, buys("A", "2026-02-02", &[("Riesling", "1", "20", "Wein")]));
    let paid = buys("B", "2027-01-10", &[("Birne", "1", "1", "Obst")]).redeem("points", "10");
    apply(&mut world, paid);
    assert_eq!(books(&world, "points"), texts("10", "0", "0"));
    apply(&mut world, gives_back("R", "2027-01-11", "B").all_items(None));
    assert_eq!(books(&world, "points"), texts("20", "0", "0"));
    // two years are over: all points go
    apply(&mut world, buys("C", "2028-02-10", &[("Birne", "1", "1", "Obst")]));
    assert_eq!(books(&world, "points"), texts("0", "0", "0"));
}

#[test]
fn what_was_redeemed_in_a_purchase_without_lines_comes_back_with_it() {
    let program = program(&format!(
        "{POINTS}earn Base {{\n  on purchase\n  give 1 points per 1 EUR\n}}\nredeem points {{\n  \
         10 points for 1 EUR\n}}\n"
    ));
    let mut world = World::new(&program);
    apply(&mut world, buys("A", "2026-02-02", &[("Birne", "1", "8", "Obst")]));
    apply(&mut world, buys("B", "2026-02-03", &[]).redeem("points", "5"));
    assert_eq!(books(&world, "points"), texts("3", "0", "0"));
    apply(&mut world, gives_back("R", "2026-02-04", "B").all_items(None));
    assert_eq!(books(&world, "points"), texts("8", "0", "0"));
}
