//! `judged on D`.

use super::{HEAD, holds_in};
use loyalty_rules::check::{Checks, compile_versions};
use loyalty_rules::{Account, Evaluator, Event, Limits, Sources};
use pretty_assertions::assert_eq;

const RULES: &str = "returns { accept within 60 days }\n\n\
     event stay {\n  arrival: date\n  nights: integer 1 to 60 singular night\n  judged on arrival\n}\n\n\
     earn Nights {\n  on stay\n  give 10 points per 1 night\n  cap 100 points per month\n  expire 1 month after earning\n}\n\n\
     bonus Sunday {\n  on stay\n  when weekday is sunday\n  give 3 points\n  combine add\n  cap 2 times per month\n}\n\n";

fn stay(id: &str, when: &str, arrival: &str, nights: u32) -> String {
    format!("when {when} stay \"{id}\" by Ann {{\n  arrival: {arrival}\n  nights: {nights}\n}}\n")
}

fn ann(steps: &[String]) {
    let joined = "test \"the test\" {\n  given member Ann { joined 2026-01-05 }\n";
    holds_in("accept events from 10 days before joining", &format!("{RULES}{joined}{}}}", steps.concat()));
}

#[test]
fn windows_weekdays_and_terms_are_those_of_the_day_that_the_event_brings() {
    ann(&[
        // a Sunday; the event comes on the Tuesday after it, in the next month
        stay("S-1", "2026-03-03 10:00", "2026-02-22", 8),
        "expect Ann earns 83 points\nexpect Ann has 80 points expiring 2026-03-22\n".into(),
        stay("S-2", "2026-03-03 11:00", "2026-03-02", 4),
        "expect Ann earns 40 points\nexpect Ann has 40 points expiring 2026-04-02\n".into(),
        // of February 20 are left, of March 60
        stay("S-3", "2026-03-04 10:00", "2026-02-26", 5),
        "expect Ann earns 20 points\n".into(),
        stay("S-4", "2026-03-05 10:00", "2026-03-05", 9),
        "expect Ann earns 60 points\n".into(),
    ]);
}

#[test]
fn a_day_to_come_and_days_before_the_joining_or_too_long_ago_are_refused() {
    ann(&[
        stay("S-1", "2026-03-03 10:00", "2026-03-04", 1),
        "expect refused \"wrong value: `arrival` is 2026-03-04, and the event is of 2026-03-03\"\n".into(),
        stay("S-2", "2026-01-20 10:00", "2025-12-26", 1),
        "expect refused \"too early\"\n".into(),
        stay("S-3", "2026-01-20 10:00", "2026-01-01", 1),
        "expect Ann earns 10 points\n".into(),
        stay("S-4", "2026-05-20 10:00", "2026-05-20", 1),
        stay("S-5", "2026-05-20 11:00", "2026-03-20", 1),
        // 60 days before 20 May is 21 March
        "expect refused \"too late\"\n".into(),
        "when 2026-05-21 10:00 stay \"S-6\" by Ann { nights: 1 }\n".into(),
        "expect refused \"wrong value: `arrival` is missing, and the event is judged by it\"\n".into(),
    ]);
}

#[test]
fn the_version_is_that_of_the_day_and_the_same_event_is_known_again() {
    let old = format!("{HEAD}{RULES}");
    let new = old.replace("version 1", "version 2").replace("from 2026-01-01", "from 2026-03-01");
    let new = new.replace("give 10 points per 1 night", "give 20 points per 1 night");
    let sources = [Sources::single("1.loyalty", old), Sources::single("2.loyalty", new)];
    let versions = compile_versions(&sources, &Limits::default(), &Checks::default());
    let versions = versions.unwrap_or_else(|findings| panic!("{findings}")).versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    let stay = |id: &str, at: &str, arrival: &str| {
        let event = Event::named("stay", id, "Ann", at).attribute("arrival", arrival);
        event.attribute("nights", 1_i64).build().unwrap()
    };
    let mut deliver = |event: &Event| Evaluator::new().deliver(&versions, &mut ann, event).unwrap();
    deliver(&stay("S-1", "2026-02-20T10:00:00Z", "2026-02-20"));
    deliver(&stay("S-2", "2026-03-02T10:00:00Z", "2026-03-02"));
    deliver(&stay("S-3", "2026-03-05T10:00:00Z", "2026-02-27"));
    let again = deliver(&stay("S-3", "2026-03-05T10:00:00Z", "2026-02-27"));
    assert!(again.last().unwrap().outcome.deltas().is_empty());
    // 10 and 20 and 10
    assert_eq!(ann.balance(versions.of(&ann).unwrap(), "points").unwrap().available, "40");
}
