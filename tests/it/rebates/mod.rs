//! What is paid on the turnover of a period.
//!
//! `rebates.loyalty` is a program with tests worked out by hand.

mod award_versions;
mod budgets;
mod gives;
mod windows;

use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::account::RebateStanding;
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Outcome, Program, Versions, explain};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("rebates.loyalty");
const AWARDS: &str = include_str!("awards.loyalty");
const ANNOUNCED: &str = include_str!("announced.loyalty");
const EXAMPLE: &str = include_str!("../../../examples/rebates/rebates.loyalty");

#[test]
fn rules() {
    passes(RULES);
}

#[test]
fn awards() {
    passes(AWARDS);
}

#[test]
fn parts_of_fees() {
    passes(include_str!("fee.loyalty"));
}

#[test]
fn announcements() {
    passes(ANNOUNCED);
}

#[test]
fn the_example() {
    passes(EXAMPLE);
}

fn apply(program: &Program, account: &mut Account, event: &Event) -> Outcome {
    let outcome = Evaluator::new().explain(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

fn tick(program: &Program, account: &mut Account, day: &str) -> Outcome {
    let to = format!("{day}T12:00:00Z").parse().unwrap();
    let outcome = Evaluator::new().advance(program, account, to).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

fn buys(id: &str, day: &str, total: &str) -> Event {
    Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00")).total(total).build().unwrap()
}

fn gives_back(id: &str, day: &str, of: &str, total: &str) -> Event {
    let back = Event::returned(id, "Ann", &format!("{day}T12:00:00+01:00")).of(of);
    back.total(total).build().unwrap()
}

/// How a rebate stands, on one line.
fn told(standing: &RebateStanding) -> String {
    let RebateStanding { rebate, from, to, state, turnover, exact, pays, unit, .. } = standing;
    let stage = standing.stage.as_deref().unwrap_or("no stage");
    let next = standing.next.as_ref().zip(standing.missing.as_ref());
    let next = next.map_or(String::new(), |(next, missing)| format!(", {missing} to {next}"));
    let day = standing.pays_on.map_or(String::new(), |day| format!(" on {day}"));
    format!("{state:?} {rebate} {from}..{to}: {turnover}, {stage}{next}; {exact} → {pays} {unit}{day}")
}

fn standing(program: &Program, account: &Account, rebate: &str) -> Vec<String> {
    account.rebates(program).iter().filter(|it| it.rebate == rebate).map(told).collect()
}

#[test]
fn a_host_shows_how_a_rebate_stands() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    assert!(ann.rebates(&program).is_empty(), "nothing runs before the first event");
    let outcome = apply(&program, &mut ann, &buys("K-1", "2026-01-10", "1200"));
    // 2% of 1,200; 800 are missing
    let monthly = "Running Monthly 2026-01-01..2026-01-31: 1200.00, from 1000.00: 2%, 800.00 to from 2000.00: 2.5%; \
                   24.00 → 24.00 bonus on 2026-02-10";
    assert_eq!(standing(&program, &ann, "Monthly"), [monthly]);
    let counted: Vec<String> = outcome.rebates(&program).iter().map(told).collect();
    assert_eq!(
        counted,
        [
            monthly,
            // 1% of 1,200, which are whole stars
            "Running Stars 2026-01-01..2026-03-31: 1200.00, from 0.00: 1%; 12.00 → 12 stars on 2026-04-30",
        ]
    );
    // a campaign that has not begun stands with nothing
    assert_eq!(
        standing(&program, &ann, "Spring"),
        [
            "Running Spring 2026-03-10..2026-04-20: 0.00, no stage, 500.00 to from 500.00: 40 points; 0.00 → 0 points \
          on 2026-04-21"
        ]
    );
    let closed = tick(&program, &mut ann, "2026-02-01");
    let waits = "Waiting Monthly 2026-01-01..2026-01-31: 1200.00, from 1000.00: 2%, 800.00 to from 2000.00: 2.5%; \
                 24.00 → 24.00 bonus on 2026-02-10";
    assert_eq!(closed.rebates(&program).iter().map(told).collect::<Vec<_>>(), [waits]);
    assert_eq!(
        standing(&program, &ann, "Monthly"),
        [
            waits,
            "Running Monthly 2026-02-01..2026-02-28: 0.00, no stage, 1000.00 to from 1000.00: 2%; 0.00 → 0.00 bonus \
             on 2026-03-10",
        ]
    );
}

#[test]
fn a_payment_has_a_key_and_an_explanation() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &buys("K-1", "2026-01-10", "1199.75"));
    assert_eq!(ann.next_due(&program).unwrap().to_string(), "2026-01-31T23:00:00Z");
    tick(&program, &mut ann, "2026-02-01");
    assert_eq!(ann.next_due(&program).unwrap().to_string(), "2026-02-09T23:00:00Z");
    let outcome = apply(&program, &mut ann, &buys("K-2", "2026-02-12", "900"));
    let lines: Vec<String> = outcome
        .deltas()
        .iter()
        .map(|delta| serde_json::to_string(&program.ledger_line("Ann", delta)).unwrap())
        .collect();
    // 2% of 1,199.75 are 23.995
    assert_eq!(
        lines,
        [concat!(
            r#"{"key":"@2026-02-10/rebate#1","member":"Ann","kind":"unit","unit":"bonus","amount":"24.00","#,
            r#""from":"issued","to":"available","source":"rebate","rule":"Monthly","level":null,"event":"","#,
            r#""lot":1,"day":"2026-02-10","usable_from":"2026-02-10","last_day":null,"reason":"earned"}"#
        )]
    );
    assert_eq!(
        explain::text(&program, &outcome),
        "+24.00 bonus  Monthly  1199.75 EUR from 2026-01-01 to 2026-01-31; from 1000.00: 2% → 23.995 bonus, paid 24.00\n\
         \x20             Monthly  900.00 EUR from 2026-02-01 to 2026-02-28; below the first stage → 0.00 bonus; 100.00 \
         EUR to the stage from 1000.00: 2%; on 2026-03-10\n\
         \x20             Stars    2099.75 EUR from 2026-01-01 to 2026-03-31; from 0.00: 1% → 20.9975 stars, paid 20; \
         on 2026-04-30\n"
    );
}

#[test]
fn a_snapshot_keeps_what_was_collected_and_what_waits() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &buys("K-1", "2026-01-10", "1200"));
    apply(&program, &mut ann, &buys("K-2", "2026-02-05", "1500"));
    let text = json(&program, &ann);
    let mut copy = restore(&program, &text).unwrap();
    assert_eq!(copy, ann);
    for account in [&mut ann, &mut copy] {
        apply(&program, account, &gives_back("R-1", "2026-02-06", "K-1", "400"));
        tick(&program, account, "2026-03-10");
        // 2% of 1,200 and of 1,500 - 400
        assert_eq!(account.balance(&program, "bonus").unwrap().available, "46.00");
    }
    assert_eq!(copy, ann);
    for part in [
        r#""turnovers":[{"closes":"2026-03-01","rebate":"Monthly","starts":"2026-02-01","amount":"1500"},"#,
        concat!(
            r#""closed_turnovers":[{"pays":"2026-02-10","of":{"closes":"2026-02-01","rebate":"Monthly","#,
            r#""starts":"2026-01-01","amount":"1200"}}]"#
        ),
        r#""turnover":[{"rebate":"Monthly","parts":["1200"]},{"rebate":"Stars","parts":["1200"]}]"#,
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

#[test]
fn a_damaged_snapshot_is_refused() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &buys("K-1", "2026-01-10", "1200"));
    apply(&program, &mut ann, &buys("K-2", "2026-02-05", "1500"));
    let good = json(&program, &ann);
    let open = r#"{"closes":"2026-03-01","rebate":"Monthly","starts":"2026-02-01","amount":"1500"}"#;
    let waits = r#"{"closes":"2026-02-01","rebate":"Monthly","starts":"2026-01-01","amount":"1200"}"#;
    let wrong = "turnovers `Monthly`: it is nothing, too large, or has another form";
    for (place, from, to, error) in [
        (open, "1500", "0", wrong),
        (open, "1500", "1500.0", wrong),
        (open, "1500", "1000000000001", wrong),
        (open, "2026-02-01", "2026-03-01", "turnovers `Monthly`: its period ends before it starts"),
        (open, "Monthly", "Weekly", "the program has no rebate `Weekly`"),
        (
            waits,
            "1200",
            "-1200",
            "closed turnovers `Monthly`: it is paid before its period ends, or there is nothing to pay",
        ),
        (
            waits,
            r#""closes":"2026-02-01""#,
            r#""closes":"2026-02-11""#,
            "closed turnovers `Monthly`: it is paid before its period ends, or there is nothing to pay",
        ),
        (
            r#"{"rebate":"Monthly","parts":["1200"]}"#,
            r#""1200""#,
            "",
            "receipt `K-1`: what counted for a rebate is not what its lines are",
        ),
    ] {
        let bad = good.replacen(place, &place.replacen(from, to, 1), 1);
        assert_ne!(bad, good, "{place}");
        assert_eq!(restore(&program, &bad).unwrap_err(), error, "{to}");
    }
    let twice = good.replacen(open, &format!("{open},{open}"), 1);
    assert!(restore(&program, &twice).unwrap_err().contains("not in order"), "twice");
}

/// A program of a year with one rebate line, or without a rebate.
pub(super) fn version(number: u32, from: &str, rebate: &str) -> Sources {
    let text = format!(
        "edition 2026\n\nprogram Demo {{\n  version {number}\n  effective from {from}\n  currency EUR\n  time zone \
         \"Europe/Berlin\"\n}}\n\nunit bonus is money in EUR {{\n  round half up in total\n  expire never\n}}\n\n\
         earn Base {{\n  on purchase\n  give 1% of spend as bonus\n}}\n\n{rebate}"
    );
    Sources::single(format!("{number}.loyalty"), text)
}

fn yearly(rate: &str) -> String {
    format!(
        "rebate Yearly {{\n  period calendar year\n  stages are retroactive\n  stage from 1_000 EUR: {rate}\n  pay bonus \
         31 days after period end\n}}\n"
    )
}

fn available(versions: &Versions, ann: &Account) -> String {
    ann.balance(versions.of(ann).unwrap(), "bonus").unwrap().available
}

fn run(versions: &Versions, ann: &mut Account, day: &str) {
    let to = format!("{day}T12:00:00Z").parse().unwrap();
    Evaluator::new().run_clock(versions, ann, to).unwrap();
}

#[test]
fn a_year_is_paid_by_the_terms_of_its_last_day() {
    let texts = [version(1, "2026-01-01", &yearly("2%")), version(2, "2027-01-01", &yearly("5%"))];
    let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    Evaluator::new().deliver(&versions, &mut ann, &buys("K-1", "2026-06-01", "2000")).unwrap();
    run(&versions, &mut ann, "2027-02-01");
    // 1% at once, and 2% for the year, although the new version is in force since the close
    assert_eq!(available(&versions, &ann), "60.00");
    Evaluator::new().deliver(&versions, &mut ann, &buys("K-2", "2027-06-01", "2000")).unwrap();
    run(&versions, &mut ann, "2028-02-01");
    assert_eq!(available(&versions, &ann), "180.00");
}

#[test]
fn what_a_rebate_has_collected_is_paid_when_a_version_has_it_no_more() {
    let texts = [version(1, "2026-01-01", &yearly("2%")), version(2, "2026-07-01", "")];
    let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    Evaluator::new().deliver(&versions, &mut ann, &buys("K-1", "2026-06-01", "2000")).unwrap();
    Evaluator::new().deliver(&versions, &mut ann, &buys("K-2", "2026-07-01", "2000")).unwrap();
    // 20 each at once; a quarter of the first comes back, and 5 of its 20
    Evaluator::new().deliver(&versions, &mut ann, &gives_back("R-1", "2026-07-02", "K-1", "500")).unwrap();
    run(&versions, &mut ann, "2027-02-01");
    // 2% of 1,500 on top
    assert_eq!(available(&versions, &ann), "65.00");
}

#[test]
fn each_category_has_a_turnover_of_its_own_until_the_close() {
    let program = compiled(AWARDS).program;
    let mut ann = Account::open(&program, "Ann");
    let item = |name: &str, price: &str| Item::new(name, "1", price).category(name);
    let event = Event::purchase("K-1", "Ann", "2026-01-10T12:00:00+01:00");
    let event =
        event.item(item("Books", "30")).item(item("Music", "20.50")).item(Item::new("Cup", "1", "99"));
    apply(&program, &mut ann, &event.build().unwrap());
    let of = |account: &Account| -> Vec<(Option<String>, String)> {
        let all = account.rebates(&program).into_iter().filter(|it| it.rebate == "Favourite");
        all.map(|it| (it.category, it.turnover)).collect()
    };
    let both =
        [(Some("Books".to_owned()), "30.00".to_owned()), (Some("Music".to_owned()), "20.50".to_owned())];
    assert_eq!(of(&ann), both);
    let text = json(&program, &ann);
    for part in [
        concat!(
            r#"{"closes":"2026-02-01","rebate":"Favourite","category":"Books","starts":"2026-01-01","amount":"30"},"#,
            r#"{"closes":"2026-02-01","rebate":"Favourite","category":"Music","starts":"2026-01-01","amount":"20.5"}"#
        ),
        r#"{"rebate":"Favourite","category":"Music","parts":["0","20.5","0"]}"#,
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
    let mut copy = restore(&program, &text).unwrap();
    assert_eq!(copy, ann);
    for account in [&mut ann, &mut copy] {
        let back = Event::returned("R-1", "Ann", "2026-02-03T12:00:00+01:00").of("K-1").all_items(None);
        let outcome = apply(&program, account, &back.build().unwrap());
        let line = program.ledger_line("Ann", &outcome.deltas()[0]);
        // 4% of 30 are 1.2
        let given = (line.key.as_str(), line.amount.as_str(), line.source.word(), line.rule.as_str());
        assert_eq!(given, ("@2026-02-01/rebate#1", "1", "award", "Favourite"));
        assert_eq!(of(account)[0], (Some("Books".to_owned()), "-30.00".to_owned()));
    }
    assert_eq!(copy, ann);
    // what lies below zero waits for a month in which something counts, so the clock has nothing to do with it
    tick(&program, &mut ann, "2026-03-01");
    assert_eq!(of(&ann)[0], (Some("Books".to_owned()), "-30.00".to_owned()));
    assert_eq!(ann.next_due(&program), None);
    assert_eq!(restore(&program, &json(&program, &ann)).unwrap(), ann);
}

fn says(id: &str, day: &str, value: &str, of: Option<&str>) -> Event {
    let event = Event::announce(id, "Ann", &format!("{day}T12:00:00+01:00"), "dividend", value);
    let event = of.map_or(event.clone(), |of| event.for_day(of.parse().unwrap()));
    event.build().unwrap()
}

#[test]
fn what_waits_for_an_announcement_is_in_a_snapshot_and_told() {
    let program = compiled(ANNOUNCED).program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &buys("K-1", "2024-03-03", "400"));
    tick(&program, &mut ann, "2025-01-02");
    apply(&program, &mut ann, &says("N-1", "2025-01-03", "5", Some("2025-06-30")));
    let text = json(&program, &ann);
    let waits = r#""pays":"2300-12-31","of":{"closes":"2025-01-01","rebate":"Dividend","starts":"2024-01-01","amount":"400"}"#;
    assert!(text.contains(waits), "{text}");
    assert!(
        text.contains(r#""announced":[{"parameter":"dividend","day":"2025-06-30","value":"5"}]"#),
        "{text}"
    );
    assert_eq!(restore(&program, &text).unwrap(), ann);
    let paid_already = text.replace(r#""pays":"2300-12-31""#, r#""pays":"2025-01-02""#);
    assert_eq!(
        restore(&program, &paid_already).unwrap_err().to_string(),
        "closed turnovers `Dividend`: it is not known by what it is paid"
    );

    let standing = ann.rebates(&program);
    let year =
        standing.iter().find(|of| of.rebate == "Dividend" && of.to.to_string() == "2024-12-31").unwrap();
    assert_eq!((year.waits_for.as_deref(), &*year.pays), (Some("dividend"), "0.00"));

    let outcome = apply(&program, &mut ann, &says("N-2", "2025-01-04", "10", None));
    assert_eq!(ann.balance(&program, "credit").unwrap().available, "40.00");
    let told: Vec<_> =
        outcome.rebates(&program).iter().map(|of| (of.exact.clone(), of.pays.clone())).collect();
    assert_eq!(told, [("40.00".to_owned(), "40.00".to_owned())]);
    let refused = Evaluator::new().evaluate(&program, &ann, &says("N-3", "2025-01-05", "101", None));
    assert_eq!(refused.unwrap_err().to_string(), "wrong value: `dividend` is a percentage, and at most 100");
}

#[test]
fn a_version_without_the_award_pays_what_is_announced_later() {
    let second = ANNOUNCED.replace("version 1", "version 2").replace("from 2024-01-01", "from 2025-01-01");
    let award = "award Dividend {\n  every calendar year give dividend of spend as credit\n  pay nothing below 1 EUR\n}\n";
    assert!(second.contains(award));
    let second = second.replace(award, "").replace("parameter dividend: percent\n", "");
    let second = second.split("test \"").next().unwrap().to_owned();
    let texts = [Sources::single("one.loyalty", ANNOUNCED), Sources::single("two.loyalty", second)];
    let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    let mut evaluator = Evaluator::new();
    for event in [
        buys("K-1", "2024-03-03", "400"),
        buys("K-2", "2025-03-03", "400"),
        says("N-1", "2025-04-01", "10", None),
    ] {
        evaluator.deliver(&versions, &mut ann, &event).unwrap();
    }
    assert_eq!(ann.balance(versions.of(&ann).unwrap(), "credit").unwrap().available, "40.00");
}

/// What was judged at its close waits for its value, also when a version has the award no more. What is open then is
/// judged by nobody, and is not paid.
#[test]
fn what_waits_for_a_value_is_paid_when_a_version_has_no_such_award() {
    let award = "parameter dividend: percent\n\naward Dividend {\n  when purchases in this month is at least 2\n  \
        every month give dividend of spend as bonus\n}\n";
    let texts = [version(1, "2026-01-01", award), version(2, "2026-02-15", "")];
    let compiled = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap();
    let messages: Vec<&str> = compiled.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert!(messages.contains(&"the award `Dividend` is gone with version 2"), "{messages:?}");
    assert!(messages.contains(&"the parameter `dividend` is gone with version 2"), "{messages:?}");
    let versions = compiled.versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    let mut evaluator = Evaluator::new();
    let says = |id: &str, day: &str, of: &str| {
        let event = Event::announce(id, "Ann", &format!("{day}T12:00:00Z"), "dividend", "10");
        event.for_day(of.parse().unwrap()).build().unwrap()
    };
    for event in [
        buys("K-1", "2026-01-10", "100"),
        buys("K-2", "2026-01-11", "100"),
        buys("K-3", "2026-02-10", "100"),
        buys("K-4", "2026-02-11", "100"),
        says("N-1", "2026-03-10", "2026-01-31"),
    ] {
        evaluator.deliver(&versions, &mut ann, &event).unwrap();
    }
    // 1% of 400 at once, and 10% of the 200 of January; February was open when the version began
    assert_eq!(available(&versions, &ann), "24.00");
    let february = evaluator.deliver(&versions, &mut ann, &says("N-2", "2026-03-11", "2026-02-28"));
    assert!(february.is_err() || available(&versions, &ann) == "24.00");
}
