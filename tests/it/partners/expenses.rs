//! Vouchers, rewards and donations that partners fund.

use crate::rule_files::{compiled, passes};
use loyalty_rules::account::Snapshot;
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::ledger::{Charge, Settlement};
use loyalty_rules::syntax::Limits;
use loyalty_rules::{Account, Evaluator, Event, Program, Versions};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("expenses.loyalty");

#[test]
fn partners_pay_for_vouchers_rewards_and_donations() {
    passes(RULES);
}

fn post(program: &Program, account: &mut Account, event: &Event) -> Vec<Charge> {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome.charges().cloned().collect()
}

fn joins(member: &str) -> Event {
    Event::joining("J-1", member, "2026-07-01T10:00:00Z").build().unwrap()
}

fn buys(id: &str, at: &str) -> Event {
    let event = Event::purchase(id, "Ann", at).item(Item::new("Wine", "2", "25")).use_vouchers("Tenth", 1);
    event.build().unwrap()
}

fn returns(id: &str, at: &str, of: &str) -> Event {
    Event::returned(id, "Ann", at).line(ReturnLine::new("Wine", "1").of(of)).build().unwrap()
}

/// A charge of money has the currency as its unit, at a price of one; its line counts in the statement.
#[test]
fn a_charge_of_money_names_the_voucher() {
    let program = compiled(RULES).program;
    let mut account = Account::open(&program, "Ann");
    post(&program, &mut account, &joins("Ann"));
    let made = post(&program, &mut account, &buys("P-1", "2026-07-04T10:00:00Z"));
    // 10% of 50 EUR
    assert_eq!(
        serde_json::to_string(&made[0]).unwrap(),
        r#"{"key":"P-1#2","member":"Ann","partner":"Market","side":"owes","amount":"5","currency":"EUR","unit":"EUR","units":"5","price":"1","share":"100","source":"voucher","rule":"Tenth","event":"P-1","day":"2026-07-04","starts":"2026-07-01","closes":"2026-08-01"}"#
    );
    let mut book = Settlement::new("Market", "EUR");
    book.post(&made[0]).unwrap();
    let back = post(&program, &mut account, &returns("R-1", "2026-07-05T10:00:00Z", "P-1"));
    book.post(&back[0]).unwrap();
    assert_eq!(
        book.statement("2026-07-01".parse().unwrap()).unwrap().to_string(),
        "Market, 2026-07-01 to 2026-07-31 (open)\n  \
         owes 2.5 EUR: 2.5 EUR x 1 EUR\n    voucher Tenth\n  \
         owes 2.50 EUR, gets 0.00 EUR\n"
    );
}

/// A snapshot keeps what a return has to credit.
#[test]
fn a_snapshot_knows_what_was_charged() {
    let program = compiled(RULES).program;
    let mut account = Account::open(&program, "Ann");
    post(&program, &mut account, &joins("Ann"));
    post(&program, &mut account, &buys("P-1", "2026-07-04T10:00:00Z"));
    let text = serde_json::to_string(&account.snapshot(&program)).unwrap();
    assert!(text.contains(r#""funded":[{"name":"Tenth","amount":"5","parts":["5","0"]}]"#), "{text}");
    let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
    let mut account = Account::restore(&program, snapshot).unwrap();
    assert_eq!(serde_json::to_string(&account.snapshot(&program)).unwrap(), text);
    let back = post(&program, &mut account, &returns("R-1", "2026-07-05T10:00:00Z", "P-1"));
    assert_eq!(back.iter().map(|it| it.amount.to_string()).collect::<Vec<_>>(), ["-2.5"]);
    let wrong = text.replace(r#""parts":["5","0"]"#, r#""parts":["4","0"]"#);
    let snapshot: Snapshot = serde_json::from_str(&wrong).unwrap();
    assert!(Account::restore(&program, snapshot).is_err());
}

fn versions() -> Versions {
    let rules = RULES.split("test \"what a voucher takes").next().unwrap();
    let later = rules.replace("version 1", "version 2").replace("2026-01-01", "2026-08-01").replace(
        "grants 10% off up to 20 EUR\n  funded by Market",
        "grants 10% off up to 20 EUR\n  funded by Brewery",
    );
    let later = later.replace("to charity Kids\n  funded by Brewery", "to charity Kids");
    let entries = [Sources::single("one.loyalty", rules.to_owned()), Sources::single("two.loyalty", later)];
    compile_versions(&entries, &Limits::default(), &Checks::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .versions
}

/// Who pays is what the version says on whose day a voucher is used, and a return credits that; a period is paid by who
/// funded it on its last day.
#[test]
fn who_pays_is_said_by_the_version_of_the_day() {
    let versions = versions();
    let mut account = Account::open(versions.all().next().unwrap(), "Ann");
    let mut deliver = |event: Event| -> Vec<String> {
        let judged = Evaluator::new().deliver(&versions, &mut account, &event).unwrap();
        let charges = judged.iter().flat_map(|judged| judged.outcome.charges());
        charges.map(|it| format!("{} {} {} {}", it.key, it.partner, it.amount, it.rule)).collect()
    };
    deliver(joins("Ann"));
    assert_eq!(deliver(buys("P-1", "2026-07-04T10:00:00Z")), ["P-1#2 Market 5 Tenth"]);
    let app = Event::purchase("P-2", "Ann", "2026-07-05T10:00:00Z").channel("App");
    deliver(app.item(Item::new("Lager", "1", "100")).build().unwrap());
    // 0.5% of 100 EUR for July, whose last day was the first version's
    assert_eq!(
        deliver(
            Event::returned("R-1", "Ann", "2026-08-05T10:00:00Z").all_items(Some("P-1")).build().unwrap()
        ),
        ["@2026-08-01/donation#2 Brewery 0.5 Kids", "R-1#1 Market -5 Tenth"]
    );
    assert_eq!(deliver(buys("P-3", "2026-08-06T10:00:00Z")), ["P-3#2 Brewery 5 Tenth"]);
}
