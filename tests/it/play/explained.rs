//! What explanations tell of games and levels, and what a host reads of milestones.

use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile, explain};
use pretty_assertions::assert_eq;

const RULES: &str = r#"edition 2026

program Shop {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

unit lots is tickets {
  singular lot
}

unit points is spendable {
  singular point
  round down in total
  expire never
}

earn Tickets {
  on purchase
  give 1 lot per full 20 EUR
}

tiers Status {
  count spend in calendar year
  keep until end of next calendar year
  tier Basic
  tier Gold { reach 100 EUR }
}

challenge Spring {
  valid from 2026-03-01 to 2026-05-31
  task Three: purchases reaches 3
  task Money: spend reaches 50 EUR
  complete all tasks
  once per member
  give 5 points
}

streak Weekly {
  on purchase
  each week needs 2 purchase
  after 2 weeks give 7 points
}

milestones Year {
  count spend in calendar year
  at 60 EUR give 1 point
  at 120 EUR give 2 points
}

draw Summer {
  draws from lots
  valid from 2026-03-01 to 2026-07-31
  held on 2026-08-07
  cap 4 lots per campaign
}

returns {
  take back earned in proportion
  balance may go negative
}
"#;

fn program() -> Program {
    let compiled = compile(&Sources::single("a.loyalty", RULES), &Limits::default());
    compiled.unwrap_or_else(|report| panic!("{report}")).program
}

fn buys(id: &str, at: &str, price: &str) -> Event {
    Event::purchase(id, "Ann", &format!("{at}T12:00:00+01:00"))
        .item(Item::new("Ham", "1", price))
        .build()
        .unwrap()
}

/// The rows of games and levels of an event, blanks pressed together. The event is posted.
fn told(program: &Program, ann: &mut Account, event: &Event) -> Vec<String> {
    let outcome = Evaluator::new().explain(program, ann, event).unwrap();
    let without = Evaluator::new().evaluate(program, ann, event).unwrap();
    assert_eq!(outcome.deltas(), without.deltas());
    ann.post(program, &outcome).unwrap();
    let text = explain::text(program, &outcome);
    let rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    rows.filter(|row| row.contains(" → ") && !row.contains(" steps of ") && !row.contains("issued")).collect()
}

#[test]
fn an_explanation_tells_what_the_event_has_moved() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    // a Monday
    assert_eq!(
        told(&program, &mut ann, &buys("K-1", "2026-03-02", "45.50")),
        [
            "Spring Three: 0 → 1 of 3",
            "Spring Money: 0.00 → 45.50 of 50.00",
            "Weekly 0 → 1 of 2",
            "Year 0.00 → 45.50; the next mark is 60.00",
            "Summer 0 → 2 take part",
        ]
    );
    // 105.50 reaches Gold, and 5 tickets are one too many
    assert_eq!(
        told(&program, &mut ann, &buys("K-2", "2026-03-03", "60")),
        [
            "Status Basic → Gold, until 2027-12-31",
            "Spring Three: 1 → 2 of 3",
            "Spring Money: 45.50 → 105.50 of 50.00",
            "Weekly 1 → 2 of 2; 1 in a row",
            "Year 45.50 → 105.50; the next mark is 120.00",
            "Summer 2 → 4 take part",
        ]
    );
    // the next week; one is missing to the second win of the run
    assert_eq!(
        told(&program, &mut ann, &buys("K-3", "2026-03-09", "15")),
        [
            "Spring Three: 2 → 3 of 3",
            "Spring Money: 105.50 → 120.50 of 50.00",
            "Weekly 0 → 1 of 2; 1 in a row",
            "Year 105.50 → 120.50; no mark is left",
        ]
    );
    let back = Event::returned("R-1", "Ann", "2026-03-10T12:00:00+01:00").of("K-2");
    let back = back.line(ReturnLine::new("Ham", "1")).build().unwrap();
    // 5 tickets less 3; the round of the challenge is finished, its count still falls
    let rows = told(&program, &mut ann, &back);
    assert!(rows.contains(&"Status Gold → Basic".to_owned()), "{rows:?}");
    assert!(rows.contains(&"Summer 4 → 2 take part".to_owned()), "{rows:?}");
    assert!(rows.contains(&"Year 120.50 → 60.50; the next mark is 120.00".to_owned()), "{rows:?}");
}

#[test]
fn an_explanation_tells_the_level_that_the_clock_ended() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    told(&program, &mut ann, &buys("K-1", "2026-03-02", "100"));
    let rows = told(&program, &mut ann, &buys("K-2", "2028-01-05", "1"));
    assert_eq!(
        rows,
        ["Status Gold → Basic", "Weekly 0 → 1 of 2", "Year 0.00 → 1.00; the next mark is 60.00"]
    );
}

#[test]
fn a_host_reads_how_far_milestones_are() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    told(&program, &mut ann, &buys("K-1", "2026-03-02", "45.50"));
    let on = |day: &str| day.parse().unwrap();
    let year = ann.milestones(&program, "Year", on("2026-06-01")).unwrap();
    assert_eq!((year.from, year.to), (Some(on("2026-01-01")), Some(on("2026-12-31"))));
    assert_eq!(year.count, "45.50");
    assert_eq!((year.next.as_deref(), year.missing.as_deref()), (Some("60.00"), Some("14.50")));
    let next = ann.milestones(&program, "Year", on("2027-01-01")).unwrap();
    assert_eq!((next.count.as_str(), next.missing.as_deref()), ("0.00", Some("60.00")));
    assert!(ann.milestones(&program, "Years", on("2026-06-01")).is_err());
}
