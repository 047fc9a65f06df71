//! Choices on the wire, in snapshots and in ledgers.

use super::{BIG, ann, apply, choose, compiled, lines, program, purchase, run_to};
use crate::host::snapshot::{json, restore};
use loyalty_rules::ledger::{Balances, Book, LineKind};
use loyalty_rules::{Account, Event};
use pretty_assertions::assert_eq;

#[test]
fn the_event_on_the_wire() {
    let event = choose("W-1", "2026-02-04T13:00:00+01:00", "2", "Drink");
    let json = r#"{"id":"W-1","type":"choose","member":"Ann","at":"2026-02-04T12:00:00Z","amount":"2","unit":"Drink"}"#;
    assert_eq!(serde_json::to_string(&event).unwrap(), json);
    assert_eq!(serde_json::from_str::<Event>(json).unwrap(), event);
    for (wrong, why) in [
        (json.replace(r#""amount":"2","#, ""), "`amount` is missing"),
        (json.replace(r#","unit":"Drink""#, ""), "`unit` is missing"),
        (
            json.replace(r#""amount":"2""#, r#""amount":"0""#),
            "what is chosen: `0` is not a number of at most 6 decimals within range",
        ),
        (
            json.replace(r#""unit""#, r#""items":[{"name":"a","quantity":1,"unit_price":"1"}],"unit""#),
            "`items` belong to a purchase or a return",
        ),
    ] {
        let error = serde_json::from_str::<Event>(&wrong).unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
    }
    // other events may have attributes of these names
    let other =
        r#"{"id":"F","type":"fueling","member":"Ann","at":"2026-02-04T12:00:00Z","amount":"2","unit":"l"}"#;
    let event: Event = serde_json::from_str(other).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), other);
}

#[test]
fn an_account_with_a_part_of_a_choice_goes_on_from_its_snapshot() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &purchase("K-1", "2026-01-15T12:00:00+01:00", "150")).unwrap();
    apply(&program, &mut ann, &choose("W-1", "2026-02-01T12:00:00+01:00", "2", "Drink")).unwrap();
    let text = json(&program, &ann);
    let part = concat!(
        r#""next_choice":3,"choices":[{"number":1,"#,
        r#""choice":"choice of 2 from [500 points, 2 Drink, 1 Upgrade] within 3 months","event":"K-1","#,
        r#""source":{"kind":"rule","rule":"Alpha","level":null},"given":"2026-01-15","last_day":"2026-04-15","#,
        r#""left":1,"taken":[2]},"#,
    );
    assert!(text.contains(part), "{text}");
    let mut copy = restore(&program, &text).unwrap();
    assert_eq!(copy, ann);
    for account in [&mut ann, &mut copy] {
        apply(&program, account, &choose("W-2", "2026-02-02T12:00:00+01:00", "500", "points")).unwrap();
        run_to(&program, account, "2026-05-01T00:00:00+02:00");
    }
    assert_eq!(copy, ann);
    assert_eq!(ann.balance(&program, "points").unwrap().available, "680");
}

#[test]
fn a_snapshot_that_cannot_be_is_refused() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &purchase("K-1", "2026-01-15T12:00:00+01:00", "150")).unwrap();
    apply(&program, &mut ann, &choose("W-1", "2026-02-01T12:00:00+01:00", "2", "Drink")).unwrap();
    let text = json(&program, &ann);
    for (from, to, why) in [
        (r#""taken":[2]"#, r#""taken":[4]"#, "choice `1`: an entry is taken that it does not have"),
        (
            r#""taken":[2]"#,
            r#""taken":[]"#,
            "choice `1`: what is taken and what is left are not all that may be taken",
        ),
        (r#""next_choice":3"#, r#""next_choice":2"#, "choice `2`: its number was never given"),
        (
            r#""next_choice":3"#,
            r#""next_choice":0"#,
            "next number `0`: lots, vouchers and choices are counted from 1",
        ),
        (
            r#""redeemed":"1","expired":"0""#,
            r#""redeemed":"0","expired":"0""#,
            "the books of `choice of 2 from [500 points, 2 Drink, 1 Upgrade] within 3 months` do not balance: \
             what was issued is not what became of it",
        ),
    ] {
        assert!(text.contains(from), "{from} in {text}");
        assert_eq!(restore(&program, &text.replacen(from, to, 1)).unwrap_err(), why);
    }
}

#[test]
fn the_ledger_alone_balances() {
    let program = program();
    let mut ann = ann(&program);
    let mut balances = Balances::new();
    let chosen = choose("W-1", "2026-02-01T12:00:00+01:00", "50", "points");
    let mut again = Account::open(&program, "Ann");
    for event in [purchase("K-1", "2026-01-15T12:00:00+01:00", "60"), chosen.clone()] {
        for line in lines(&program, &mut again, &event).unwrap() {
            // a line can be read back by the program that wrote it
            assert_eq!(program.ledger_line("Ann", &program.delta(&line).unwrap()), line);
            balances.book(&line).unwrap();
        }
    }
    apply(&program, &mut ann, &chosen).unwrap();
    assert!(balances.is_balanced());
    let totals = balances.totals("Ann", LineKind::Choice, BIG);
    assert_eq!(totals, ann.totals(&program, LineKind::Choice, BIG).unwrap());
    assert_eq!((totals.issued(), totals.balance(Book::Redeemed), totals.balance(Book::Available)), (1, 1, 0));
}

#[test]
fn the_order_of_blocks_changes_nothing() {
    let text = include_str!("rules.loyalty");
    let (head, rest) = text.split_once("bonus Big {").unwrap();
    let (big, rest) = rest.split_once("bonus Alpha {").unwrap();
    let turned = compiled(&format!("{head}bonus Alpha {{{rest}\nbonus Big {{{big}"));
    assert_eq!(turned.fingerprint(), program().fingerprint());
}
