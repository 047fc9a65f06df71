//! What charities are owed: the book that adds up all accounts.

use loyalty_rules::ledger::{CharityBook, GivingError, LedgerLine, Posted};
use pretty_assertions::assert_eq;

fn line(key: &str, day: &str, amount: &str, (from, to): (&str, &str)) -> LedgerLine {
    let text = format!(
        r#"{{"key":"{key}","member":"Ann","kind":"donation","unit":"Forests","amount":"{amount}","from":"{from}",
        "to":"{to}","source":"donation","rule":"Round up","level":null,"event":"K-1","lot":0,"day":"{day}",
        "usable_from":null,"last_day":null,"reason":"donated"}}"#
    );
    serde_json::from_str(&text).unwrap()
}

const GIVEN: (&str, &str) = ("member", "charity");

/// In any order and as often as one likes; what comes late counts in the next statement.
#[test]
fn a_statement_that_is_closed_never_changes() {
    let mut book = CharityBook::new("Forests", "EUR");
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(book.post(&line("B#1", "2026-02-03", "1.00", GIVEN)), Ok(Posted::New));
    assert_eq!(book.post(&line("A#2", "2026-01-31", "0.65", GIVEN)), Ok(Posted::New));
    assert_eq!(book.post(&line("A#1", "2026-01-10", "0.40", ("owner", "charity"))), Ok(Posted::New));
    assert_eq!(book.post(&line("A#1", "2026-01-10", "0.40", ("owner", "charity"))), Ok(Posted::Repeated));
    let january = book.close(day("2026-01-31"));
    assert_eq!(
        (january.of_members.as_str(), january.of_owner.as_str(), january.owed.as_str()),
        ("0.65", "0.40", "1.05")
    );
    // a mistake of January goes back in February: 1.00 - 0.65
    assert_eq!(book.post(&line("C#1", "2026-01-31", "0.65", ("charity", "member"))), Ok(Posted::Carried));
    assert_eq!(book.statement(day("2026-02-28")).owed, "0.35");
    let stored = serde_json::to_string(&book).unwrap();
    let mut book: CharityBook = serde_json::from_str(&stored).unwrap();
    // closed up to a day that was closed already, it tells what came late for it
    assert_eq!(book.close(day("2026-01-15")).owed, "-0.65");
    let february = book.close(day("2026-02-28"));
    assert_eq!(
        february.to_string(),
        "Forests, 2026-02-01 to 2026-02-28\n  1 EUR: donation Round up\n    of the member\n  is owed 1.00 EUR\n"
    );
    assert_eq!(
        book.statements().iter().map(|it| it.owed.as_str()).collect::<Vec<_>>(),
        ["1.05", "-0.65", "1.00"]
    );
    assert_eq!(book.open_days(), None);
}

/// Only gifts to the charity are taken.
#[test]
fn other_lines_are_refused() {
    let mut book = CharityBook::new("Kids", "EUR");
    assert_eq!(book.post(&line("A#1", "2026-01-10", "1.00", GIVEN)), Err(GivingError::Foreign));
    let mut book = CharityBook::new("Forests", "EUR");
    assert_eq!(book.post(&line("A#1", "2026-01-10", "1.00", ("member", "owner"))), Err(GivingError::Foreign));
    assert_eq!(book.post(&line("A#1", "2026-01-10", "-1.00", GIVEN)), Err(GivingError::Amount));
    assert_eq!(book.post(&line("A#1", "2026-01-10", "one", GIVEN)), Err(GivingError::Amount));
    assert_eq!(book, CharityBook::new("Forests", "EUR"));
}
