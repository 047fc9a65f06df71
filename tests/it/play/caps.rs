//! Caps of challenges and streaks, worked out by hand.

use super::stored::{json, restored};
use crate::returns::{ann, holds, program};
use loyalty_rules::check::{Checks, Sources, compile, compile_versions};
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, explain};
use pretty_assertions::assert_eq;

const IN_PROPORTION: &str = "  take back earned in proportion";
const MODES: [&str; 3] =
    [IN_PROPORTION, "  take back earned as if never bought", "  take back earned in full"];

/// A challenge that one purchase a day completes, with more lines.
fn daily(lines: &str) -> String {
    format!(
        "voucher Coffee {{ grants 1 item free }}\n\nchallenge Daily {{\n  task One: purchases reaches 1\n  \
         complete all tasks\n  once per day\n  give 5 points\n{lines}\n}}"
    )
}

/// A purchase on each of some days of 2026, each with what Ann earns with it.
fn buys(days: &[(&str, &str)]) -> String {
    let one = |(day, earns): &(&str, &str)| {
        format!(
            "when 2026-{day} 10:00 purchase \"K-{day}\" by Ann {{ total 9 EUR }}\nexpect Ann earns {earns}\n"
        )
    };
    days.iter().map(one).collect()
}

#[test]
fn so_many_rounds_of_a_month_are_paid() {
    let days = buys(&[
        ("03-02", "5 points from Daily"),
        ("03-03", "5 points from Daily"),
        ("03-04", "5 points from Daily"),
        ("03-31", "nothing"),
        ("04-01", "5 points from Daily"),
    ]);
    // the round of the 31st is finished all the same
    let steps = days.replace(
        "when 2026-04-01",
        "expect challenge Daily of Ann at 1\nexpect cap Daily of Ann has 0 left\nwhen 2026-04-01",
    );
    let steps = ann(&format!("{steps}expect cap Daily of Ann has 2 left\n"));
    holds(IN_PROPORTION, &daily("  cap 3 times per month"), &steps);
    let used = "test \"two are used\" {\n  given member Ann {\n    joined 2026-01-05\n    cap Daily used 2\n  }\n  \
         when 2026-01-06 10:00 purchase \"K-1\" by Ann { total 9 EUR }\n  expect Ann earns 5 points\n  \
         expect cap Daily of Ann has 0 left\n}";
    holds(IN_PROPORTION, &daily("  cap 3 times per lifetime"), used);
}

#[test]
fn amounts_are_cut_and_a_round_without_anything_is_no_time() {
    // 5 + 5 + 2 of 12; the fourth finds no room and counts no time, so that the first of April is the fourth time of the year
    let days = [
        ("03-02", "5 points"),
        ("03-03", "5 points"),
        ("03-04", "2 points"),
        ("03-05", "nothing"),
        ("04-01", "5 points"),
        ("04-02", "nothing"),
    ];
    let rules = daily("  cap 12 points per month\n  cap 4 times per calendar year");
    holds(IN_PROPORTION, &rules, &ann(&buys(&days)));
}

#[test]
fn a_cap_cuts_the_gifts_of_its_own_unit_alone() {
    // two coffees a round, and three a month: 2, 1, none; the points go on
    let steps = "when 2026-03-02 10:00 purchase \"K-1\" by Ann { total 9 EUR }\n\
         expect Ann earns 5 points\nexpect Ann has 2 Coffee\n\
         when 2026-03-03 10:00 purchase \"K-2\" by Ann { total 9 EUR }\n\
         expect Ann earns 5 points\nexpect Ann has 3 Coffee\n\
         when 2026-03-04 10:00 purchase \"K-3\" by Ann { total 9 EUR }\n\
         expect Ann earns 5 points\nexpect Ann has 3 Coffee\nexpect Ann has 15 points\n\
         when 2026-03-04 11:00 cancel \"C-1\" of \"K-2\" by Ann\n\
         expect Ann has 2 Coffee\nexpect Ann has 10 points\nexpect cap Daily of Ann has 1 left\n";
    holds(IN_PROPORTION, &daily("  give 2 Coffee\n  cap 3 Coffee per month"), &ann(steps));
    // two gifts of one unit share its room: 5 + 3, then 2 and nothing of 10
    let both = [("03-02", "8 points"), ("03-03", "2 points"), ("03-04", "nothing")];
    holds(IN_PROPORTION, &daily("  give 3 points\n  cap 10 points per month"), &ann(&buys(&both)));
}

#[test]
fn a_cancelled_event_gives_room_back_and_a_return_does_not() {
    for mode in MODES {
        let rules = daily("  cap 12 points per month");
        // 5 + 5 + 2; what comes back leaves the finished round, and so its room
        let mut steps = buys(&[("03-02", "5 points"), ("03-03", "5 points"), ("03-04", "2 points")]);
        steps.push_str(
            "when 2026-03-04 11:00 return \"R-1\" of \"K-03-04\" by Ann { all items }\n\
             expect Ann has 12 points\nexpect cap Daily of Ann has 0 left\n\
             when 2026-03-04 11:30 cancel \"C-1\" of \"K-03-03\" by Ann\n\
             expect Ann has 7 points\nexpect cap Daily of Ann has 5 left\n",
        );
        // room goes back to the month of the purchase, not to that of the mistake: 7 + 5 + 5 - 5, of which April 5
        steps.push_str(&buys(&[("03-31", "5 points"), ("04-01", "5 points")]));
        steps.push_str(
            "when 2026-04-01 11:00 cancel \"C-2\" of \"K-03-31\" by Ann\n\
             expect Ann has 12 points\nexpect cap Daily of Ann has 7 left\n",
        );
        let with_items = steps.replace("{ total 9 EUR }", "{ item Loaf 1 x 9 EUR }");
        holds(mode, &rules, &ann(&with_items));
    }
}

#[test]
fn a_mistake_was_no_time_and_what_was_not_paid_is_not_paid_later() {
    let rules = daily("  cap 1 time per month");
    // the second round is finished without pay; the room that comes back is for the next one
    let mut steps = buys(&[("03-02", "5 points"), ("03-03", "nothing")]);
    steps.push_str(
        "when 2026-03-03 11:00 cancel \"C-1\" of \"K-03-02\" by Ann\n\
         expect Ann has 0 points\nexpect cap Daily of Ann has 1 left\n\
         when 2026-03-03 12:00 purchase \"K-2\" by Ann { total 9 EUR }\nexpect Ann earns nothing\n",
    );
    steps.push_str(&buys(&[("03-04", "5 points"), ("03-05", "nothing")]));
    holds(IN_PROPORTION, &rules, &ann(&steps));
    // a round that was finished without pay is open again when its event was a mistake
    let mut steps = buys(&[("03-02", "5 points"), ("03-03", "nothing")]);
    steps.push_str(
        "when 2026-03-03 11:00 cancel \"C-1\" of \"K-03-02\" by Ann\n\
         when 2026-03-03 11:30 cancel \"C-2\" of \"K-03-03\" by Ann\n\
         expect challenge Daily of Ann at 0\nexpect cap Daily of Ann has 1 left\n\
         when 2026-03-03 12:00 purchase \"K-2\" by Ann { total 9 EUR }\nexpect Ann earns 5 points\n\
         expect cap Daily of Ann has 0 left\n",
    );
    holds(IN_PROPORTION, &rules, &ann(&steps));
}

/// A run of two days that begins anew, with more lines.
fn runs(lines: &str) -> String {
    format!(
        "streak Days {{\n  on purchase\n  each day needs 1 purchase\n  after 2 days give 10 points\n  \
         restart after 2 days\n{lines}\n}}"
    )
}

#[test]
fn lengths_of_a_streak_are_capped_in_the_same_way() {
    // 10, then 5 of 15, then nothing; the first of April has room again
    let days = [
        ("03-02", "nothing"),
        ("03-03", "10 points from Days"),
        ("03-04", "nothing"),
        ("03-05", "5 points from Days"),
        ("03-30", "nothing"),
        ("03-31", "nothing"),
        ("04-01", "nothing"),
        ("04-02", "10 points from Days"),
    ];
    holds(IN_PROPORTION, &runs("  cap 15 points per month"), &ann(&buys(&days)));
    let days = [
        ("03-02", "nothing"),
        ("03-03", "10 points"),
        ("03-04", "nothing"),
        ("03-05", "nothing"),
        ("04-01", "nothing"),
        ("04-02", "10 points"),
    ];
    holds(IN_PROPORTION, &runs("  cap 1 time per month"), &ann(&buys(&days)));
}

#[test]
fn a_length_that_was_a_mistake_gives_its_room_back() {
    // 10 of the run of the 3rd, 5 of that of the 5th; without it 5 are left, and so are they with the purchase after it
    let mut steps =
        buys(&[("03-02", "nothing"), ("03-03", "10 points"), ("03-04", "nothing"), ("03-05", "5 points")]);
    steps.push_str(
        "when 2026-03-05 11:00 cancel \"C-1\" of \"K-03-05\" by Ann\n\
         expect Ann has 10 points\n\
         when 2026-03-05 12:00 purchase \"K-2\" by Ann { total 9 EUR }\nexpect Ann earns 5 points\n\
         when 2026-03-06 10:00 cancel \"C-2\" of \"K-03-03\" by Ann\nexpect Ann has 15 points\n",
    );
    // what is decided stays decided: the run of the 3rd has paid
    holds(IN_PROPORTION, &runs("  cap 15 points per month\n  cap 3 times per month"), &ann(&steps));
}

#[test]
fn windows_of_campaigns_of_the_member_and_of_an_account() {
    let campaign = daily("  valid from 2026-03-01 to 2026-04-30\n  cap 8 points per campaign");
    let days = [("03-02", "5 points"), ("04-03", "3 points"), ("04-04", "nothing")];
    holds(IN_PROPORTION, &campaign, &ann(&buys(&days)));
    // Ann joined on 5 January
    let year = daily("  cap 8 points per membership year");
    let days = [("01-06", "5 points"), ("12-31", "3 points")];
    let mut steps = buys(&days);
    steps.push_str(
        "when 2027-01-04 10:00 purchase \"K-1\" by Ann { total 9 EUR }\nexpect Ann earns nothing\n\
         when 2027-01-05 10:00 purchase \"K-2\" by Ann { total 9 EUR }\nexpect Ann earns 5 points\n",
    );
    holds(IN_PROPORTION, &year, &ann(&steps));
    let both = |lines: &str, second: &str| {
        let test = format!(
            "test \"two of one account\" {{\n  given member Ann {{\n    joined 2026-01-05\n    account Meier\n  }}\n  \
             given member Bob {{\n    joined 2026-01-05\n    account Meier\n  }}\n  \
             when 2026-03-02 10:00 purchase \"K-1\" by Ann {{ total 9 EUR }}\n  expect Ann has 5 points\n  \
             when 2026-03-03 10:00 purchase \"K-2\" by Bob {{ total 9 EUR }}\n  expect Ann has {second} points\n}}"
        );
        holds(IN_PROPORTION, &daily(lines), &test);
    };
    both("  cap 8 points per month per account", "8");
    both("  cap 8 points per month per member", "10");
}

fn event(place: usize, day: &str) -> Event {
    let event = Event::purchase(&format!("K-{place}"), "Ann", &format!("{day}T12:00:00+01:00"));
    event.item(Item::new("Loaf", "1", "9")).build().unwrap()
}

#[test]
fn explanations_tell_the_cap_that_cuts_and_snapshots_keep_its_use() {
    let text = program(IN_PROPORTION, &daily("  cap 8 points per month"));
    let program = compile(&Sources::single("a.loyalty", &text), &Limits::default()).unwrap().program;
    let mut ann = Account::open(&program, "Ann");
    let mut told = Vec::new();
    for (place, day) in ["2026-03-02", "2026-03-03", "2026-03-04"].iter().enumerate() {
        let outcome = Evaluator::new().explain(&program, &ann, &event(place, day)).unwrap();
        ann.post(&program, &outcome).unwrap();
        ann = restored(&program, &json(&program, &ann)).unwrap();
        let rows = explain::text(&program, &outcome);
        told.push(rows.lines().find(|row| row.contains("leaves")).map(|row| row.trim().to_owned()));
    }
    assert_eq!(told[0], None);
    assert_eq!(told[1].as_deref(), Some("Daily  cap 8 points per month leaves 3 points of 5 points"));
    assert_eq!(told[2].as_deref(), Some("Daily  cap 8 points per month leaves 0 points of 5 points"));
}

#[test]
fn what_is_used_stays_used_under_another_version() {
    let first = program(IN_PROPORTION, &daily("  cap 8 points per month"));
    let later = |version: &str, from: &str, text: &str| {
        text.replace("version 1", version).replace("2026-01-01", from)
    };
    let raised = program(IN_PROPORTION, &daily("  cap 9 points per month"));
    let second = later("version 2", "2026-03-04", &raised);
    let third = later("version 3", "2026-03-06", &program(IN_PROPORTION, &daily("")));
    let sources = [&first, &second, &third].map(|text| Sources::single("a.loyalty", text));
    let versions = compile_versions(&sources, &Limits::default(), &Checks::default()).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    // 5 and 3 of 8; then 1 of 9, and nothing; without a cap 5 again
    let days = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"];
    let mut has = Vec::new();
    for (place, day) in days.iter().enumerate() {
        Evaluator::new().deliver(&versions, &mut ann, &event(place, day)).unwrap();
        has.push(ann.balance(versions.of(&ann).unwrap(), "points").unwrap().available);
    }
    assert_eq!(has, ["5", "8", "9", "9", "14"]);
}
