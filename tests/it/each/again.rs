//! `cap … for each A` beside returns that take back as if never bought, and periods of the member's own.

use super::{buy, points_after_each};
use crate::returns::{all_pass, ann, holds, program};
use loyalty_rules::event::Value;
use loyalty_rules::{Event, Limits, Sources, compile};
use pretty_assertions::assert_eq;

const AGAIN: &str = "take back earned as if never bought\nbalance may go negative";

const RULES: &str = "event purchase {\n  ticket: text optional\n}\n\n\
     earn Miles {\n  on purchase\n  give 5 points per 1 EUR\n  cap 100 points per month for each ticket\n}";

#[test]
fn what_is_left_is_judged_with_the_room_of_its_time() {
    let steps = [
        buy("K-1", "2026-03-02 10:00", "A", "12"),
        "expect Ann earns 60 points\n".into(),
        buy("K-2", "2026-03-03 10:00", "B", "10"),
        // 40 of 150 are left for A
        buy("K-3", "2026-03-04 10:00", "A", "30"),
        "expect Ann earns 40 points\n".into(),
        // what is left of it, 20 EUR, would have earned 40 too
        "when 2026-03-05 10:00 return \"R-1\" of \"K-3\" by Ann { total 10 EUR }\n".into(),
        "expect Ann has 150 points\n".into(),
        // 4 EUR would have earned 20
        "when 2026-03-06 10:00 return \"R-2\" of \"K-3\" by Ann { total 16 EUR }\n".into(),
        "expect Ann loses 20 points\n".into(),
        buy("K-4", "2026-03-07 10:00", "A", "30"),
        "expect Ann earns 20 points\n".into(),
        buy("K-5", "2026-03-08 10:00", "B", "30"),
        "expect Ann earns 50 points\n".into(),
    ];
    holds(AGAIN, RULES, &ann(&steps.concat()));
}

#[test]
fn the_room_of_its_time_is_kept_longer_than_its_window() {
    let program = compile(&Sources::single("a.loyalty", program(AGAIN, RULES)), &Limits::default());
    let program = program.unwrap().program;
    let bought = |id: &str, day: &str, ticket: &str, total: &str| {
        let event = Event::purchase(id, "Ann", &format!("{day}T12:00:00Z"));
        event.attribute("ticket", Value::Text(ticket.into())).total(total).build().unwrap()
    };
    let events = [
        bought("K-1", "2026-03-02", "A", "12"),
        bought("K-2", "2026-03-03", "A", "30"),
        // nothing counts in March any more, and other values have the numbers
        bought("K-3", "2026-07-01", "B", "1"),
        bought("K-4", "2026-08-01", "C", "1"),
        Event::returned("R-1", "Ann", "2026-08-02T12:00:00Z").of("K-2").total("20").build().unwrap(),
        Event::returned("R-2", "Ann", "2026-08-03T12:00:00Z").of("K-2").total("4").build().unwrap(),
    ];
    let has = points_after_each(&program, &events);
    // 60, 40 of 150, 5, 5; what is left, 10 EUR, would earn 40 of 50, and 6 EUR would earn 30
    assert_eq!(has, ["60", "100", "105", "110", "110", "100"]);
}

#[test]
fn in_a_period_that_starts_on_a_day_of_the_member() {
    let text = program(
        "balance may go negative",
        "member {\n  billing-day: integer 1 to 28\n}\n\nperiod statement starts on day billing-day of every month\n\n\
         event purchase {\n  ticket: text optional\n}\n\n\
         earn Miles {\n  on purchase\n  give 5 points per 1 EUR\n  cap 100 points per statement for each ticket\n}",
    );
    let steps = [
        buy("K-1", "2026-03-09 10:00", "A", "12"),
        buy("K-2", "2026-03-10 10:00", "A", "12"),
        // a statement began on the 10th
        "expect Ann earns 60 points\n".into(),
        buy("K-3", "2026-03-11 10:00", "B", "30"),
        "when 2026-03-20 10:00 change \"C-1\" by Ann { billing-day: 15 }\n".into(),
        // the statement that runs takes over what was used
        buy("K-4", "2026-03-21 10:00", "A", "12"),
        "expect Ann earns 40 points\n".into(),
        buy("K-5", "2026-03-22 10:00", "B", "12"),
        "expect Ann earns nothing\n".into(),
        buy("K-6", "2026-04-15 10:00", "B", "12"),
        "expect Ann earns 60 points\n".into(),
    ];
    let test = format!(
        "test own {{\n  given member Ann {{\n    joined 2026-01-05\n    billing-day: 10\n  }}\n{}\n}}\n",
        steps.concat()
    );
    all_pass(&format!("{text}\n{test}"), "own periods");
}

#[test]
fn in_a_membership_year() {
    let rules = RULES.replace("per month", "per membership year");
    let steps = [
        buy("K-1", "2026-12-31 10:00", "A", "30"),
        "expect Ann earns 100 points\n".into(),
        buy("K-2", "2027-01-04 10:00", "A", "30"),
        "expect Ann earns nothing\n".into(),
        buy("K-3", "2027-01-05 10:00", "A", "30"),
        "expect Ann earns 100 points\n".into(),
    ];
    holds("balance may go negative", &rules, &ann(&steps.concat()));
}
