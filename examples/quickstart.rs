//! The whole way in thirty lines: rules, an account, a purchase, its ledger deltas, and why.

#![expect(clippy::print_stdout, reason = "an example that shows its results")]

use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Sources, compile, explain};

const RULES: &str = include_str!("supermarket/supermarket.loyalty");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = compile(&Sources::single("supermarket.loyalty", RULES), &Limits::default())?.program;
    let mut account = Account::open(&program, "Ute");
    let mut evaluator = Evaluator::new();

    let purchase = Event::purchase("K-2", "Ute", "2026-10-06T12:00:00+02:00")
        .item(Item::new("Birnen", "1", "10").category("Obst"))
        .item(Item::new("Sekt", "1", "30").category("Wein & Sekt"))
        .build()?;
    let outcome = evaluator.explain(&program, &account, &purchase)?;
    for delta in outcome.deltas() {
        let line = program.ledger_line(account.member(), delta);
        println!("{} {} {}: {} -> {}", line.key, line.amount, line.unit, line.from, line.to);
    }
    print!("{}", explain::text(&program, &outcome));
    account.post(&program, &outcome)?;

    // the same event again changes nothing
    let again = evaluator.evaluate(&program, &account, &purchase)?;
    assert!(again.deltas().is_empty());

    // the host owns the clock and asks when there is work
    let due = account.next_due(&program).ok_or("nothing is due")?;
    let outcome = evaluator.advance(&program, &account, due)?;
    account.post(&program, &outcome)?;
    assert_eq!(account.balance(&program, "punkte")?.available, "55");
    Ok(())
}
