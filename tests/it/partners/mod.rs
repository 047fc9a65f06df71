//! Partners of a coalition: what they owe and get, and how it is settled.

pub(crate) mod budgets;
mod expenses;
mod several;

use crate::rule_files::{compiled, passes};
use loyalty_rules::account::Snapshot;
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::Item;
use loyalty_rules::ledger::{Charge, Posted, Settlement, SettlementError};
use loyalty_rules::syntax::Limits;
use loyalty_rules::{Account, Evaluator, Event, Program, Versions};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("coalition.loyalty");

#[test]
fn budgets_of_partners_pay_donations_awards_rebates_and_referrals() {
    passes(include_str!("paid.loyalty"));
}

#[test]
fn a_budget_pays_gifts_for_joining() {
    passes(include_str!("joining.loyalty"));
}

#[test]
fn partners_pay_for_what_they_fund_and_get_what_is_redeemed() {
    passes(RULES);
}

/// The example of the coalition: who pays for what.
#[test]
fn the_city_card_tells_who_pays() {
    passes(include_str!("../../../examples/coalition/coalition.loyalty"));
}

fn buys(id: &str, at: &str, partner: &str, price: &str) -> Event {
    Event::purchase(id, "Ann", at).partner(partner).item(Item::new("Milk", "1", price)).build().unwrap()
}

fn returns(id: &str, at: &str, of: &str) -> Event {
    Event::returned(id, "Ann", at).all_items(Some(of)).build().unwrap()
}

/// What an event means for partners: key, partner, side, amount and period.
fn post(program: &Program, account: &mut Account, event: &Event) -> Vec<String> {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome.charges().map(line).collect()
}

fn line(charge: &Charge) -> String {
    let Charge { key, partner, side, amount, starts, closes, event, .. } = charge;
    format!("{key} {partner} {side} {amount} {starts} {closes} {event}")
}

/// A charge names its cause and its period; a return is charged in the period in which it happens.
#[test]
fn charges_name_their_cause_and_period() {
    let program = compiled(RULES).program;
    let mut account = Account::open(&program, "Ann");
    // 10 points at 0.012 EUR
    let made = post(&program, &mut account, &buys("P-1", "2026-07-31T10:00:00Z", "Market", "20"));
    assert_eq!(made, ["P-1#2 Market owes 0.12 2026-07-01 2026-08-01 P-1"]);
    let again = Evaluator::new()
        .evaluate(&program, &account, &buys("P-1", "2026-07-31T10:00:00Z", "Market", "20"))
        .unwrap();
    assert_eq!(again.charges().count(), 0);
    let made = post(&program, &mut account, &returns("R-1", "2026-09-01T10:00:00Z", "P-1"));
    // the award of July was paid on 1 August: 1% of 20 EUR = 0.20 credit at 0.9 EUR
    assert_eq!(
        made,
        [
            "@2026-08-01/rebate#2 Market owes 0.18 2026-08-01 2026-09-01 ",
            "R-1#1 Market owes -0.12 2026-09-01 2026-10-01 P-1",
        ]
    );
}

/// What paid at a partner is known to a snapshot, so that a return after it takes the money back.
#[test]
fn a_snapshot_knows_where_points_were_redeemed() {
    let program = compiled(RULES).program;
    let mut account = Account::open(&program, "Ann");
    for day in 1..=2 {
        post(
            &program,
            &mut account,
            &buys(&format!("P-{day}"), &format!("2026-07-0{day}T10:00:00Z"), "Market", "100"),
        );
    }
    let pays = Event::purchase("P-9", "Ann", "2026-07-09T10:00:00Z").partner("Market");
    let pays = pays.item(Item::new("Milk", "1", "2")).redeem("points", "100").build().unwrap();
    // 100 points at 0.0095 EUR; 1 EUR is left to pay, too little for a point
    assert_eq!(post(&program, &mut account, &pays), ["P-9#2 Market gets 0.95 2026-07-01 2026-08-01 P-9"]);
    let text = serde_json::to_string(&account.snapshot(&program)).unwrap();
    let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
    let mut account = Account::restore(&program, snapshot).unwrap();
    assert_eq!(serde_json::to_string(&account.snapshot(&program)).unwrap(), text);
    let made = post(&program, &mut account, &returns("R-9", "2026-07-10T10:00:00Z", "P-9"));
    assert_eq!(made, ["R-9#1 Market gets -0.95 2026-07-01 2026-08-01 P-9"]);
}

fn versions() -> Versions {
    let text = |version: u32, price: &str, from: &str| {
        let rules = RULES.split("test \"who pays").next().unwrap();
        let rules = rules.replace("version 1", &format!("version {version}"));
        rules
            .replace("2026-01-01", from)
            .replace("pays 0.012 EUR per point", &format!("pays {price} EUR per point"))
    };
    let entries = [
        Sources::single("one.loyalty", text(1, "0.012", "2026-01-01")),
        Sources::single("two.loyalty", text(2, "0.015", "2026-08-15")),
    ];
    compile_versions(&entries, &Limits::default(), &Checks::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .versions
}

/// What an earlier version charged is credited at its price, whichever version judges the return.
#[test]
fn a_return_credits_the_price_that_was_charged() {
    let versions = versions();
    let mut account = Account::open(versions.all().next().unwrap(), "Ann");
    let mut deliver = |event: Event| -> Vec<String> {
        let judged = Evaluator::new().deliver(&versions, &mut account, &event).unwrap();
        judged
            .iter()
            .flat_map(|judged| judged.outcome.charges())
            .filter(|it| it.unit == "points")
            .map(line)
            .collect()
    };
    // 10 points at 0.012 EUR, then at 0.015 EUR
    assert_eq!(
        deliver(buys("P-1", "2026-08-14T10:00:00Z", "Market", "20")),
        ["P-1#2 Market owes 0.12 2026-08-01 2026-09-01 P-1"]
    );
    assert_eq!(
        deliver(buys("P-2", "2026-08-16T10:00:00Z", "Market", "20")),
        ["P-2#2 Market owes 0.15 2026-08-01 2026-09-01 P-2"]
    );
    let both =
        Event::returned("R-1", "Ann", "2026-08-20T10:00:00Z").all_items(Some("P-1")).all_items(Some("P-2"));
    assert_eq!(
        deliver(both.build().unwrap()),
        [
            "R-1#1 Market owes -0.12 2026-08-01 2026-09-01 P-1",
            "R-1#3 Market owes -0.15 2026-08-01 2026-09-01 P-2",
        ]
    );
}

fn charge(key: &str, amount: &str, month: u32) -> Charge {
    let line = format!(
        r#"{{"key":"{key}","member":"Ann","partner":"Market","side":"owes","amount":"{amount}","currency":"EUR",
        "unit":"points","units":"1","price":"0.012","share":"100","source":"rule","rule":"Base","event":"P-1",
        "day":"2026-0{month}-04","starts":"2026-0{month}-01","closes":"2026-{:02}-01"}}"#,
        month + 1
    );
    serde_json::from_str(&line).unwrap()
}

/// In any order and as often as one likes; a closed statement never changes, and what comes later is carried.
#[test]
fn a_book_takes_charges_in_any_order_and_keeps_closed_statements() {
    let mut book = Settlement::new("Market", "EUR");
    let july = "2026-07-01".parse().unwrap();
    let august = "2026-08-01".parse().unwrap();
    assert_eq!(book.post(&charge("B#1", "0.1", 8)), Ok(Posted::New));
    assert_eq!(book.post(&charge("A#1", "0.012", 7)), Ok(Posted::New));
    assert_eq!(book.post(&charge("A#2", "0.013", 7)), Ok(Posted::New));
    assert_eq!(book.post(&charge("A#1", "0.012", 7)), Ok(Posted::Repeated));
    let closed = book.close(july).unwrap();
    // 0.012 + 0.013 = 0.025, half up 0.03
    assert_eq!((closed.owes_exactly.to_string(), closed.owes.as_str()), ("0.025".to_owned(), "0.03"));
    assert_eq!(book.post(&charge("A#3", "0.5", 7)), Ok(Posted::Carried));
    assert_eq!(book.statement(july), Some(closed));
    assert_eq!(book.statement(august).unwrap().owes_exactly.to_string(), "0.6");
    // while nothing later is open, it waits
    book.close(august);
    assert_eq!(book.post(&charge("A#4", "0.4", 7)), Ok(Posted::Carried));
    let stored = serde_json::to_string(&book).unwrap();
    let mut book: Settlement = serde_json::from_str(&stored).unwrap();
    assert_eq!(book.post(&charge("A#4", "0.4", 7)), Ok(Posted::Repeated));
    assert_eq!(book.post(&charge("C#1", "0.1", 9)), Ok(Posted::New));
    assert_eq!(book.statement("2026-09-01".parse().unwrap()).unwrap().owes, "0.50");
    let other = Charge { partner: "Brewery".into(), ..charge("D#1", "1", 7) };
    assert_eq!(book.post(&other), Err(SettlementError::Foreign));
    let across = Charge { closes: "2026-10-01".parse().unwrap(), ..charge("D#1", "1", 8) };
    assert_eq!(book.post(&across), Err(SettlementError::Period));
}

/// A statement as text.
#[test]
fn a_statement_is_read_aloud() {
    let program = compiled(RULES).program;
    let mut account = Account::open(&program, "Ann");
    let mut book = Settlement::new("Market", program.currency());
    let bought = Event::purchase("P-1", "Ann", "2026-07-04T10:00:00Z").partner("Market");
    let bought =
        bought.item(Item::new("Helles", "2", "10").brand("Brauhaus")).item(Item::new("Brezen", "1", "4"));
    let outcome = Evaluator::new().evaluate(&program, &account, &bought.build().unwrap()).unwrap();
    account.post(&program, &outcome).unwrap();
    outcome.charges().filter(|it| it.partner == "Market").for_each(|it| assert!(book.post(it).is_ok()));
    // 40 points of the beer at 0.012 EUR are 0.48 EUR, of which 30% are 0.144 EUR
    assert_eq!(
        book.close("2026-07-01".parse().unwrap()).unwrap().to_string(),
        "Market, 2026-07-01 to 2026-07-31 (closed)\n  \
         owes 0.144 EUR: 40 points x 0.012 EUR x 30%\n    rule Beer\n  \
         owes 0.144 EUR: 12 points x 0.012 EUR\n    rule Market base\n  \
         owes 0.29 EUR, gets 0.00 EUR\n"
    );
}
