//! Time: when lots begin and end, and what clocks and calendars do to it. Every date is worked out by hand.

mod moments;
mod own_days;
mod zones;

use crate::rule_files::passes;
use loyalty_rules::account::Snapshot;
use loyalty_rules::calendar::Date;
use loyalty_rules::check::{Sources, compile};
use loyalty_rules::ledger::LedgerLine;
use loyalty_rules::syntax::Limits;
use loyalty_rules::{Account, Evaluator, Event};
use pretty_assertions::assert_eq;

#[test]
fn which_lots_go_first() {
    passes(include_str!("order.loyalty"));
}

#[test]
fn a_campaign_counts_its_own_days() {
    passes(include_str!("campaigns.loyalty"));
}

#[test]
fn lots_begin_and_end() {
    passes(include_str!("lots.loyalty"));
}

#[test]
fn what_an_event_gives_does_not_wait_for_it() {
    passes(include_str!("on_event.loyalty"));
}

#[test]
fn what_a_late_event_gives_may_be_gone_already() {
    passes(include_str!("late.loyalty"));
}

/// What is due at an instant does not make the clock forget a conversion that is due later.
#[test]
fn conversions_keep_their_day() {
    passes(include_str!("conversions.loyalty"));
}

/// A lot whose last day may still move says why in a snapshot, and goes on as it was.
#[test]
fn terms_at_rest() {
    let text = include_str!("lots.loyalty");
    let compiled = compile(&Sources::single("lots.loyalty", text), &Limits::default()).unwrap();
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let event = Event::purchase("K-1", "Ann", "2026-02-10T12:00:00+01:00").total("10").build().unwrap();
    let outcome = Evaluator::new().evaluate(program, &account, &event).unwrap();
    account.post(program, &outcome).unwrap();
    // until the delivery comes, the last day is the last on which they wait
    let lots = account.held_lots(program).into_iter();
    let waits = lots.filter_map(|lot| Some((lot.unit, lot.waits_for?, lot.last_day?.to_string())));
    let parcels = ("parcels".to_owned(), "delivery".to_owned(), "2028-02-10".to_owned());
    assert_eq!(waits.collect::<Vec<_>>(), [parcels]);
    let json = serde_json::to_string(&account.snapshot(program)).unwrap();
    for part in [
        concat!(
            r#""last_day":"2028-02-10","earned":"2026-02-10","amount":"0","#,
            r#""pending":[{"usable_from":"2300-12-31","amount":"10"}],"lapsed":"0","#,
            r#""terms":{"fixed":"2029-09-30","idle":[],"earned":null,"held_by":null,"purchase":"K-1","#,
            r#""waits":{"event":"delivery","until":"2028-02-10","#,
            r#""then":[{"after":{"count":12,"unit":"months"},"tail":"month-end"}]}}"#,
        ),
        concat!(
            r#""terms":{"fixed":null,"idle":[{"after":{"count":18,"unit":"months"},"#,
            r#""without":[{"event":"stay"},"redemption"],"since":"2026-02-10"}],"earned":null,"held_by":null,"#,
            r#""purchase":null,"waits":null}"#,
        ),
        r#""terms":{"fixed":"2026-03-10","idle":[],"earned":"2026-02-10","held_by":"unit","purchase":null,"waits":null}"#,
        r#""active":[{"activity":{"earning":"stars"},"day":"2026-02-10"}]"#,
    ] {
        assert!(json.contains(part), "{part}\nis not in\n{json}");
    }
    let snapshot: Snapshot = serde_json::from_str(&json).unwrap();
    assert_eq!(Account::restore(program, snapshot).unwrap(), account);
    let moved = json.replace(r#""since":"2026-02-10""#, r#""since":"2026-02-11""#);
    let snapshot: Snapshot = serde_json::from_str(&moved).unwrap();
    let error = Account::restore(program, snapshot).unwrap_err().to_string();
    assert!(error.ends_with("its last day is not that of its terms"), "{error}");
}

/// What waits has no first day in the ledger; when its event comes, the line says from when and until when it can be used.
#[test]
fn the_ledger_of_a_delivery() {
    let text = include_str!("lots.loyalty");
    let compiled = compile(&Sources::single("lots.loyalty", text), &Limits::default()).unwrap();
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let events = [
        Event::purchase("K-1", "Ann", "2026-02-10T12:00:00+01:00").total("10").build().unwrap(),
        Event::named("delivery", "D-1", "Ann", "2026-02-12T12:00:00+01:00").of("K-1").build().unwrap(),
    ];
    let mut found = Vec::new();
    for event in events {
        let outcome = Evaluator::new().evaluate(program, &account, &event).unwrap();
        let lines = outcome.deltas().iter().map(|delta| program.ledger_line("Ann", delta));
        for line in lines.filter(|line| line.unit == "parcels") {
            let day = |day: Option<Date>| day.map_or("-".to_owned(), |day| day.to_string());
            let LedgerLine { key, from, to, event, reason, .. } = &line;
            let days = format!("{} {}", day(line.usable_from), day(line.last_day));
            found.push(format!("{key} {} {from} {to} {event} {days} {reason}", line.amount));
            assert_eq!(program.ledger_line("Ann", &program.delta(&line).unwrap()), line);
        }
        account.post(program, &outcome).unwrap();
    }
    assert_eq!(
        found,
        [
            "K-1#4 10 issued pending K-1 - 2028-02-10 earned",
            "D-1#1 10 pending available K-1 2026-02-12 2027-02-28 activated",
        ]
    );
}

/// A late event may earn what ended before the clock. It ends as it is booked, and a return of either
/// purchase knows which points were its.
#[test]
fn late_points_that_are_over() {
    let text = "edition 2026\nprogram P {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
                time zone \"UTC\"\n  accept late events for 40 days\n}\n\
                unit points is spendable {\n  singular point\n  round down in total\n  expire at end of month\n}\n\
                earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}\n";
    let program = compile(&Sources::single("late.loyalty", text), &Limits::default()).unwrap().program;
    let mut account = Account::open(&program, "Ann");
    let mut keys = Vec::new();
    for (id, day) in [
        ("K-1", "2026-01-10"),
        ("K-2", "2026-02-05"),
        ("K-3", "2026-01-20"),
        ("K-4", "2026-02-06"),
        ("K-5", "2026-01-20"),
        ("K-6", "2026-02-07"),
    ] {
        let event = Event::purchase(id, "Ann", &format!("{day}T12:00:00Z")).total("10").build().unwrap();
        let outcome = Evaluator::new().evaluate(&program, &account, &event).unwrap();
        keys.extend(outcome.deltas().iter().map(|delta| delta.key().to_string()));
        account.post(&program, &outcome).unwrap();
    }
    assert_eq!(
        keys,
        ["K-1#1", "@2026-02-01/expire#1", "K-2#1", "K-3#1", "K-3#2", "K-4#1", "K-5#1", "K-5#2", "K-6#1",]
    );
    let balance = account.balance(&program, "points").unwrap();
    assert_eq!((balance.available.as_str(), balance.expired.as_str()), ("30", "30"));
}

/// Periods that start on a day which an attribute of the member says.
#[test]
fn members_have_days_of_their_own() {
    passes(include_str!("own_days.loyalty"));
    passes(include_str!("own_days_again.loyalty"));
}
