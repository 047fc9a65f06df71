//! Caps of awards and rebates over longer windows than their periods.
//!
//! `windows.loyalty` is a program with tests worked out by hand.

use super::{apply, available, buys, run, tick, version};
use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::account::RebateStanding;
use loyalty_rules::check::{Checks, compile_versions};
use loyalty_rules::{Account, Evaluator, Event, Limits, explain};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("windows.loyalty");

#[test]
fn rules() {
    passes(RULES);
}

/// State, exact, paid, and the cap that leaves less, of one block.
fn told(all: &[RebateStanding], name: &str) -> Vec<String> {
    let mine = all.iter().filter(|it| it.rebate == name);
    mine.map(|it| {
        let RebateStanding { state, exact, pays, window_cap, .. } = it;
        format!("{state:?} {exact} → {pays}, {}", window_cap.as_deref().unwrap_or("no cap"))
    })
    .collect()
}

#[test]
fn hosts_and_explanations_name_the_cap() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &buys("K-1", "2026-01-10", "250"));
    apply(&program, &mut ann, &buys("K-2", "2026-02-10", "200"));
    let outcome = apply(&program, &mut ann, &buys("K-3", "2026-03-10", "240"));
    // 9.60, and 25 less 10 less 8
    let runs = ["Running 9.60 → 7.00, 25 credit per calendar year"];
    assert_eq!(told(&ann.rebates(&program), "Monthly"), runs);
    assert_eq!(told(&outcome.rebates(&program), "Monthly").last().unwrap(), runs[0]);
    // 10% of 240: 25 and 20 were paid or wait, and 40 are allowed; February is paid on 20 March
    let both =
        ["Waiting 20.00 → 15.00, 40 bonus per half-year", "Running 24.00 → 0.00, 40 bonus per half-year"];
    assert_eq!(told(&ann.rebates(&program), "Slow"), both);
    let outcome = apply(&program, &mut ann, &buys("K-4", "2026-04-10", "1"));
    let text = explain::text(&program, &outcome);
    assert!(text.contains("+7.00 credit"), "{text}");
    assert!(text.contains("→ 9.60 credit, paid 7.00; cap 25 credit per calendar year\n"), "{text}");
    assert_eq!(ann.balance(&program, "credit").unwrap().available, "25.00");
}

#[test]
fn a_snapshot_keeps_the_room_that_is_used() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &buys("K-1", "2026-01-10", "250"));
    apply(&program, &mut ann, &buys("K-2", "2026-02-10", "200"));
    tick(&program, &mut ann, "2026-03-05");
    let text = json(&program, &ann);
    let counter = r#"cap of rebate \"Monthly\", \"credit\", per account in calendar year"#;
    assert!(text.contains(counter), "{text}");
    let mut copy = restore(&program, &text).unwrap();
    assert_eq!(copy, ann);
    for account in [&mut ann, &mut copy] {
        apply(&program, account, &buys("K-3", "2026-03-10", "240"));
        tick(&program, account, "2026-04-01");
        assert_eq!(account.balance(&program, "credit").unwrap().available, "25.00");
    }
    assert_eq!(copy, ann);
}

fn capped(cap: &str) -> String {
    format!(
        "rebate Monthly {{\n  period month\n  stages are retroactive\n  stage from 100 EUR: 10%\n{cap}  pay bonus 1 day \
         after period end\n}}\n"
    )
}

const SHARED: &str = include_str!("windows_shared.loyalty");

#[test]
fn members_of_an_account_days_of_their_own_and_declared_periods() {
    passes(SHARED);
}

/// Snapshots between any two events: of an account of two, with another day of its first member.
#[test]
fn a_snapshot_keeps_the_room_of_an_account_of_several_members() {
    let program = compiled(SHARED).program;
    let joins = |id: &str, member: &str, day: &str| {
        let event = Event::joining(id, member, &format!("2026-{day}T10:00:00+01:00")).account("Meier");
        event.attribute("statement-day", 9).build().unwrap()
    };
    let buys = |id: &str, member: &str, day: &str, total: &str| {
        let event = Event::purchase(id, member, &format!("2026-{day}T12:00:00+01:00"));
        event.total(total).build().unwrap()
    };
    let change = Event::change("C-1", "Uwe", "2026-02-15T10:00:00+01:00").attribute("statement-day", 20);
    let events = [
        joins("J-1", "Uwe", "01-05"),
        joins("J-2", "Ida", "01-06"),
        buys("K-1", "Ida", "01-10", "300"),
        buys("K-2", "Uwe", "02-10", "100"),
        change.build().unwrap(),
        buys("K-3", "Ida", "03-08", "50"),
        buys("K-4", "Uwe", "03-10", "300"),
        buys("K-5", "Ida", "03-20", "10"),
    ];
    let mut family = Account::open(&program, "Meier");
    let mut stars = Vec::new();
    for event in &events {
        apply(&program, &mut family, event);
        family = restore(&program, &json(&program, &family)).unwrap();
        stars.push(family.balance(&program, "stars").unwrap().available);
    }
    // 20 of 30 on 9 February, 10 and 5 on 9 March, 10 of 20 on 20 March
    assert_eq!(stars, ["0", "0", "0", "20", "20", "20", "35", "45"]);
}

/// 1% of three times 1,000 at once, 100 for January and 50 for February, which is paid on the first day of the second
/// version by the terms of the first.
#[test]
fn used_room_goes_with_the_member_into_a_new_version() {
    for (second, wanted) in [
        // 150 of 180 are used
        (capped("  cap 180 bonus per calendar year\n"), "210.00"),
        (capped(""), "280.00"),
        // another window counts from nothing
        (capped("  cap 20 bonus per lifetime\n"), "200.00"),
        (String::new(), "180.00"),
    ] {
        let first = capped("  cap 150 bonus per calendar year\n");
        let texts = [version(1, "2026-01-01", &first), version(2, "2026-03-01", &second)];
        let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
        let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
        for (id, day) in [("K-1", "2026-01-10"), ("K-2", "2026-02-10"), ("K-3", "2026-03-10")] {
            Evaluator::new().deliver(&versions, &mut ann, &buys(id, day, "1000")).unwrap();
        }
        run(&versions, &mut ann, "2026-04-05");
        assert_eq!(available(&versions, &ann), wanted, "{second}");
    }
}
