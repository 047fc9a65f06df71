//! Clock changes, missing and doubled hours, midnights and days.

use super::passes;
use loyalty_rules::calendar::Instant;
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use pretty_assertions::assert_eq;

/// One point for each euro, on these terms.
fn program(zone: &str, day_starts: &str, terms: &str) -> Program {
    let text = format!(
        "edition 2026\nprogram P {{\n  version 1\n  effective from 2011-01-01\n  currency EUR\n  time zone \"{zone}\"\n\
         {day_starts}}}\nunit points is spendable {{\n  singular point\n  round down in total\n{terms}}}\n\
         earn Base {{\n  on purchase\n  give 1 point per 1 EUR\n}}\n"
    );
    compile(&Sources::single("p.loyalty", text), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .program
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// The account of a member who bought something for ten euros at an instant.
fn bought(program: &Program, at: &str) -> Account {
    let mut account = Account::open(program, "Ann");
    let event = Event::purchase("K-1", "Ann", at).item(Item::new("Roll", "1", "10")).build().unwrap();
    let outcome = Evaluator::new().evaluate(program, &account, &event).unwrap();
    account.post(program, &outcome).unwrap();
    account
}

/// Usable and pending points after the clock was run to an instant.
fn at(program: &Program, account: &Account, to: &str) -> (String, String) {
    let mut account = account.clone();
    let outcome = Evaluator::new().advance(program, &account, instant(to)).unwrap();
    account.post(program, &outcome).unwrap();
    let balance = account.balance(program, "points").unwrap();
    (balance.available, balance.pending)
}

fn points(available: &str, pending: &str) -> (String, String) {
    (available.to_owned(), pending.to_owned())
}

/// What begins or ends with a day does so at the first instant of that day, wherever the clocks are put.
#[test]
fn days_begin_at_their_first_instant() {
    for (zone, starts, bought_at, next_day) in [
        // 24 hours
        ("Europe/Berlin", "", "2026-03-27T12:00:00+01:00", "2026-03-27T23:00:00Z"),
        // 02:30 does not exist on 29 March: the day begins at 03:00, which is 01:00 UTC
        ("Europe/Berlin", "  day starts at 02:30\n", "2026-03-28T12:00:00+01:00", "2026-03-29T01:00:00Z"),
        // 23 hours later
        ("Europe/Berlin", "", "2026-03-29T12:00:00+02:00", "2026-03-29T22:00:00Z"),
        // 02:30 comes twice on 25 October: the earlier one, 00:30 UTC
        ("Europe/Berlin", "  day starts at 02:30\n", "2026-10-24T12:00:00+02:00", "2026-10-25T00:30:00Z"),
        // 25 hours
        ("Europe/Berlin", "", "2026-10-25T12:00:00+01:00", "2026-10-25T23:00:00Z"),
        // no midnight: the clocks go from 23:59:59 to 01:00
        ("Africa/Cairo", "", "2026-04-23T12:00:00+02:00", "2026-04-23T22:00:00Z"),
        ("America/Havana", "", "2026-03-07T12:00:00-05:00", "2026-03-08T05:00:00Z"),
        ("Asia/Beirut", "", "2026-03-28T12:00:00+02:00", "2026-03-28T22:00:00Z"),
        // two midnights: at 01:00 summer time it is 00:00 again, the first one counts
        ("America/Havana", "", "2026-10-31T12:00:00-04:00", "2026-11-01T04:00:00Z"),
        // half an hour: at 02:00 it is 01:30 again
        ("Australia/Lord_Howe", "", "2026-04-04T12:00:00+11:00", "2026-04-04T13:00:00Z"),
        // Samoa has no 30 December 2011: 29 December ends with 10:00 UTC
        ("Pacific/Apia", "", "2011-12-29T12:00:00-10:00", "2011-12-30T10:00:00Z"),
        // the day begins at six in the morning
        ("Asia/Tokyo", "  day starts at 06:00\n", "2026-05-10T05:59:59+09:00", "2026-05-09T21:00:00Z"),
        ("Asia/Tokyo", "  day starts at 06:00\n", "2026-05-10T06:00:00+09:00", "2026-05-10T21:00:00Z"),
    ] {
        let before = instant(next_day).plus_micros(-1).to_string();
        let waits = program(zone, starts, "  activate after 1 day\n  expire never\n");
        let account = bought(&waits, bought_at);
        assert_eq!(account.next_due(&waits), Some(instant(next_day)), "{zone} {bought_at}");
        assert_eq!(at(&waits, &account, &before), points("0", "10"), "{zone} {before}");
        assert_eq!(at(&waits, &account, next_day), points("10", "0"), "{zone} {next_day}");
        let ends = program(zone, starts, "  expire at end of day\n");
        let account = bought(&ends, bought_at);
        assert_eq!(account.next_due(&ends), Some(instant(next_day)), "{zone} {bought_at}");
        assert_eq!(at(&ends, &account, &before), points("10", "0"), "{zone} {before}");
        assert_eq!(at(&ends, &account, next_day), points("0", "0"), "{zone} {next_day}");
    }
}

/// A day that does not exist has no instant: what begins on it begins with the next day, what ends on it has ended with
/// the day before.
#[test]
fn a_day_that_is_left_out() {
    let bought_at = "2011-12-16T12:00:00-10:00";
    let waits = program("Pacific/Apia", "", "  activate after 14 days\n  expire never\n");
    let account = bought(&waits, bought_at);
    assert_eq!(account.held_lots(&waits)[0].usable_from, Some("2011-12-30".parse().unwrap()));
    assert_eq!(account.next_due(&waits), Some(instant("2011-12-30T10:00:00Z")));
    assert_eq!(at(&waits, &account, "2011-12-30T09:59:59Z"), points("0", "10"));
    assert_eq!(at(&waits, &account, "2011-12-30T10:00:00Z"), points("10", "0"));
    let ends = program("Pacific/Apia", "", "  expire 14 days after earning\n");
    let account = bought(&ends, bought_at);
    assert_eq!(account.next_due(&ends), Some(instant("2011-12-30T10:00:00Z")));
    assert_eq!(at(&ends, &account, "2011-12-30T09:59:59Z"), points("10", "0"));
    assert_eq!(at(&ends, &account, "2011-12-30T10:00:00Z"), points("0", "0"));
    // asked at each start of day: the missing one is asked with the one after it
    let held = program(
        "Pacific/Apia",
        "",
        "  expire 13 days after earning\n  no expiry when date is at most 2011-12-30\n",
    );
    let account = bought(&held, bought_at);
    assert_eq!(account.next_due(&held), Some(instant("2011-12-30T10:00:00Z")));
    assert_eq!(at(&held, &account, "2011-12-30T10:00:00Z"), points("0", "0"));
}

/// British Columbia stays seven hours behind UTC from autumn 2026 on.
#[test]
fn vancouver_keeps_its_summer_time() {
    let program = program("America/Vancouver", "", "  expire at end of month\n");
    // 00:30 on 1 December; with eight hours it would be 23:30 on 30 November
    let account = bought(&program, "2026-12-01T07:30:00Z");
    assert_eq!(account.held_lots(&program)[0].last_day, Some("2026-12-31".parse().unwrap()));
    assert_eq!(account.next_due(&program), Some(instant("2027-01-01T07:00:00Z")));
    let account = bought(&program, "2025-12-01T07:30:00Z");
    assert_eq!(account.held_lots(&program)[0].last_day, Some("2025-11-30".parse().unwrap()));
}

/// Months are cut to their length, birthdays of 29 February are kept on the 28th, hours are elapsed time.
#[test]
fn the_calendar() {
    passes(include_str!("calendar.loyalty"));
}
