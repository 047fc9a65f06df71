//! What a host stores, sends and reads: ledger lines, views and snapshots of accounts.

mod ledger;
pub(crate) mod snapshot;
mod view;

use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::ledger::LedgerLine;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};

/// The program of these tests.
fn program() -> Program {
    let sources = Sources::single("rules.loyalty", include_str!("rules.loyalty"));
    compile(&sources, &Limits::default()).unwrap_or_else(|findings| panic!("{findings}")).program
}

/// The event in both directions through its wire form, so that hosts' way is tried as well.
fn event(json: &str) -> Event {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Applies an event and returns what was booked.
fn apply(program: &Program, account: &mut Account, event: &Event) -> Vec<LedgerLine> {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    let member = account.member().to_owned();
    outcome.deltas().iter().map(|delta| program.ledger_line(&member, delta)).collect()
}

/// Runs the clock to the start of a day and returns what was booked.
fn run_to(program: &Program, account: &mut Account, day: &str) -> Vec<LedgerLine> {
    let at = format!("{day}T00:30:00+01:00").parse().unwrap();
    let outcome = Evaluator::new().advance(program, account, at).unwrap();
    account.post(program, &outcome).unwrap();
    let member = account.member().to_owned();
    outcome.deltas().iter().map(|delta| program.ledger_line(&member, delta)).collect()
}

fn purchase(id: &str, day: &str, items: &[(&str, &str, &str, &str)]) -> Event {
    let at = format!("{day}T12:00:00+01:00");
    let start = Event::purchase(id, "Ann", &at);
    let items = items.iter().map(|(name, quantity, price, category)| {
        Item::new(name, quantity, price).category(category).attribute("organic", true)
    });
    items.fold(start, |event, item| event.item(item)).build().unwrap()
}

fn returned(id: &str, of: &str, day: &str, name: &str, quantity: &str) -> Event {
    let at = format!("{day}T12:00:00+01:00");
    Event::returned(id, "Ann", &at).of(of).line(ReturnLine::new(name, quantity)).build().unwrap()
}

/// A history in which every part of an account is used, one step after the other.
fn history(program: &Program, mut each: impl FnMut(&Account, &[LedgerLine])) -> Account {
    let mut ann = Account::open(program, "Ann");
    let joining = event(
        r#"{"id":"J","type":"joining","member":"Ann","at":"2026-03-01T09:00:00+01:00","referrer":"Bob",
            "household":"Weg 1","newsletter":true}"#,
    );
    each(&ann, &[]);
    let accepted = event(
        r#"{"id":"referral-accepted/Freunde/Ann","type":"referral-accepted","member":"Ann",
            "at":"2026-03-01T09:00:00+01:00","from":"Bob","rule":"Freunde"}"#,
    );
    let events = [
        joining,
        accepted,
        purchase("K-1", "2026-03-03", &[("Pears", "1.5", "20", "Obst"), ("Coffee", "3", "3.40", "Kaffee")]),
        purchase("K-2", "2026-03-04", &[("Coffee", "2", "3.40", "Kaffee"), ("Crate", "1", "-3.10", "Pfand")]),
        purchase("K-3", "2026-03-05", &[("Apples", "1", "12.345", "Obst")]),
        returned("R-1", "K-1", "2026-03-06", "Pears", "0.5"),
        purchase("K-4", "2026-03-20", &[("Apples", "2", "9", "Obst")]),
    ];
    for event in events {
        let lines = apply(program, &mut ann, &event);
        each(&ann, &lines);
    }
    for day in ["2026-03-21", "2026-05-01"] {
        let lines = run_to(program, &mut ann, day);
        each(&ann, &lines);
    }
    let lines = apply(program, &mut ann, &returned("R-2", "K-1", "2026-05-02", "Pears", "1"));
    each(&ann, &lines);
    ann
}
