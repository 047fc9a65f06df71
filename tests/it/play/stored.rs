//! Games at rest: snapshots, other versions, and what a host may read.

use loyalty_rules::account::Snapshot;
use loyalty_rules::check::{Checks, Sources, compile, compile_versions};
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program};
use pretty_assertions::assert_eq;

const RULES: &str = "edition 2026\n\nprogram Play {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
     time zone \"Europe/Berlin\"\n  accept late events for 40 days\n}\n\nunit points is spendable {\n  round down in total\n  \
     expire never\n}\n\nearn Base {\n  on purchase\n  give 1 points per full 1 EUR\n}\n\n\
     challenge Spring {\n  task Buys: purchases reaches 3\n  task Money: spend reaches 50 EUR\n  \
     task Fifty: points reaches 60\n  task Pieces: items reaches 4\n  complete any 3 tasks\n  once per month\n  \
     give 100 points\n}\n";

fn program() -> Program {
    compile(&Sources::single("play.loyalty", RULES), &Limits::default()).unwrap().program
}

fn buys(id: &str, day: &str, pieces: &str, price: &str) -> Event {
    let event = Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00"));
    event.item(Item::new("Loaf", pieces, price)).build().unwrap()
}

fn returns(id: &str, of: &str, day: &str) -> Event {
    Event::returned(id, "Ann", &format!("{day}T12:00:00+01:00")).of(of).all_items(None).build().unwrap()
}

fn apply(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
}

pub(super) fn json(program: &Program, account: &Account) -> String {
    serde_json::to_string(&account.snapshot(program)).unwrap()
}

pub(super) fn restored(program: &Program, json: &str) -> Result<Account, String> {
    let snapshot: Snapshot = serde_json::from_str(json).map_err(|error| error.to_string())?;
    Account::restore(program, snapshot).map_err(|error| error.to_string())
}

fn day(text: &str) -> loyalty_rules::calendar::Date {
    text.parse().unwrap()
}

/// What a host sees of the round of a day.
fn seen(program: &Program, account: &Account, on: &str) -> String {
    let told = account.challenge(program, "Spring", day(on)).unwrap();
    let tasks = told.tasks.iter().map(|task| {
        let mark = if task.complete { "!" } else { "" };
        format!("{} {} of {}{mark}", task.task, task.count, task.goal)
    });
    let tasks: Vec<String> = tasks.collect();
    let round = format!("{} to {}", told.from.unwrap(), told.to.unwrap());
    let end = if told.finished { ", finished" } else { "" };
    format!("{round}: {}; {} of {}{end}", tasks.join(", "), told.complete, told.needs)
}

#[test]
fn a_host_sees_how_far_a_round_is() {
    let (program, mut ann) = (program(), Account::open(&program(), "Ann"));
    let empty =
        "2026-03-01 to 2026-03-31: Buys 0 of 3, Money 0.00 of 50.00, Fifty 0 of 60, Pieces 0 of 4; 0 of 3";
    assert_eq!(seen(&program, &ann, "2026-03-10"), empty);
    apply(&program, &mut ann, &buys("K-1", "2026-03-03", "2", "12.75"));
    let some =
        "2026-03-01 to 2026-03-31: Buys 1 of 3, Money 25.50 of 50.00, Fifty 25 of 60, Pieces 2 of 4; 0 of 3";
    assert_eq!(seen(&program, &ann, "2026-03-10"), some);
    apply(&program, &mut ann, &buys("K-2", "2026-03-04", "2.5", "10"));
    // 25.50 + 25, 25 + 25
    let more = "2026-03-01 to 2026-03-31: Buys 2 of 3, Money 50.50 of 50.00!, Fifty 50 of 60, Pieces 4.5 of 4!; 2 of 3";
    assert_eq!(seen(&program, &ann, "2026-03-10"), more);
    apply(&program, &mut ann, &buys("K-3", "2026-03-05", "1", "1"));
    let all = "2026-03-01 to 2026-03-31: Buys 3 of 3!, Money 51.50 of 50.00!, Fifty 51 of 60, Pieces 5.5 of 4!; 3 of 3, finished";
    assert_eq!(seen(&program, &ann, "2026-03-10"), all);
    apply(&program, &mut ann, &returns("R-1", "K-2", "2026-03-06"));
    let less = "2026-03-01 to 2026-03-31: Buys 2 of 3, Money 26.50 of 50.00, Fifty 26 of 60, Pieces 3 of 4; 3 of 3, finished";
    assert_eq!(seen(&program, &ann, "2026-03-10"), less);
    assert!(ann.challenge(&program, "Winter", day("2026-03-10")).is_err());
}

#[test]
fn a_late_event_counts_in_the_round_of_its_own_day() {
    let (program, mut ann) = (program(), Account::open(&program(), "Ann"));
    apply(&program, &mut ann, &buys("K-0", "2026-02-20", "1", "1"));
    apply(&program, &mut ann, &buys("K-1", "2026-03-30", "4", "10"));
    apply(&program, &mut ann, &buys("K-2", "2026-04-02", "1", "10"));
    apply(&program, &mut ann, &buys("K-3", "2026-03-28", "1", "10"));
    // March: 2 purchases, 50 EUR, 5 pieces
    let march = "2026-03-01 to 2026-03-31: Buys 2 of 3, Money 50.00 of 50.00!, Fifty 50 of 60, Pieces 5 of 4!; 2 of 3";
    assert_eq!(seen(&program, &ann, "2026-03-10"), march);
    let april =
        "2026-04-01 to 2026-04-30: Buys 1 of 3, Money 10.00 of 50.00, Fifty 10 of 60, Pieces 1 of 4; 0 of 3";
    assert_eq!(seen(&program, &ann, "2026-04-10"), april);
    // a third purchase of March finishes its round in April: 62 points bought, 100 given
    apply(&program, &mut ann, &buys("K-4", "2026-03-29", "1", "1"));
    assert_eq!(ann.balance(&program, "points").unwrap().available, "162");
    assert!(seen(&program, &ann, "2026-03-31").ends_with("finished"));
    assert!(!seen(&program, &ann, "2026-04-01").ends_with("finished"));
}

#[test]
fn every_state_comes_back_as_it_was() {
    let (program, mut ann) = (program(), Account::open(&program(), "Ann"));
    let events = [
        buys("K-1", "2026-03-03", "2", "12.75"),
        buys("K-2", "2026-03-04", "2", "12.75"),
        returns("R-1", "K-1", "2026-03-05"),
        buys("K-3", "2026-03-06", "3", "12.75"),
        buys("K-4", "2026-03-07", "3", "12.75"),
        returns("R-2", "K-4", "2026-03-08"),
    ];
    for event in events {
        apply(&program, &mut ann, &event);
        let text = json(&program, &ann);
        assert_eq!(restored(&program, &text).unwrap(), ann);
    }
    let text = json(&program, &ann);
    for part in [
        r#"{"counter":"task \"Buys\" of challenge \"Spring\" in month","slot":20513,"by_quantity":false,"whole":true,"parts":["1"]}"#,
        r#"{"counter":"task \"Fifty\" of challenge \"Spring\" in month","slot":20513,"by_quantity":false,"unit":"points","parts":["38"]}"#,
        r#""source":{"kind":"challenge","rule":"Spring","level":null}"#,
        r#""by":"stays""#,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    for (from, to) in [
        (r#""whole":true,"parts":["1"]"#, r#""whole":true,"unit":"points","parts":["1"]"#),
        (r#""whole":true,"parts":["1"]"#, r#""whole":true,"parts":["1","1"]"#),
        (r#""unit":"points","parts""#, r#""unit":"miles","parts""#),
        (r#""kind":"challenge","rule":"Spring""#, r#""kind":"challenge","rule":"Winter""#),
    ] {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{from}");
        restored(&program, &damaged).unwrap_err();
    }
}

#[test]
fn counts_go_on_under_another_version_and_gifts_keep_their_name() {
    let next = RULES
        .replace("version 1", "version 2")
        .replace("2026-01-01", "2026-03-20")
        .replace("purchases reaches 3", "purchases reaches 2");
    let (start, end) = (next.find("challenge").unwrap(), next.len());
    let mut without = next.clone();
    without.replace_range(start..end, "");
    let without = without.replace("version 2", "version 3").replace("2026-03-20", "2026-05-01");
    let sources = [RULES, &next, &without].map(|text| Sources::single("play.loyalty", text));
    let versions = compile_versions(&sources, &Limits::default(), &Checks::default()).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    let deliver =
        |ann: &mut Account, event: &Event| Evaluator::new().deliver(&versions, ann, event).unwrap().len();
    deliver(&mut ann, &buys("K-1", "2026-03-03", "4", "10"));
    // two purchases, 60 EUR and 60 points complete three tasks of the new version, and four pieces a fourth
    deliver(&mut ann, &buys("K-2", "2026-03-21", "1", "20"));
    let second = versions.of(&ann).unwrap();
    let told = ann.challenge(second, "Spring", day("2026-03-21")).unwrap();
    assert_eq!((told.finished, told.complete), (true, 4));
    deliver(&mut ann, &buys("K-3", "2026-05-02", "1", "1"));
    let third = versions.of(&ann).unwrap();
    assert_eq!(ann.balance(third, "points").unwrap().available, "161");
    let text = json(third, &ann);
    assert!(text.contains(r#"{"kind":"challenge","rule":"Spring","level":null}"#), "{text}");
    // what the round gave stays when its purchase comes back, also here
    deliver(&mut ann, &returns("R-1", "K-2", "2026-05-03"));
    assert_eq!(ann.balance(versions.of(&ann).unwrap(), "points").unwrap().available, "141");
}

const WEEKS: &str = "edition 2026\n\nprogram Play {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
     time zone \"Europe/Berlin\"\n  accept late events for 40 days\n}\n\nunit points is spendable {\n  round down in total\n  \
     expire never\n}\n\nstreak Weekly {\n  on purchase\n  each week needs 2 purchase\n  forgive 1 missed week\n  \
     after 2 weeks give 10 points\n  after 5 weeks give 50 points\n}\n";

fn weeks() -> Program {
    compile(&Sources::single("play.loyalty", WEEKS), &Limits::default()).unwrap().program
}

/// What a host sees of the run on a day.
fn run(program: &Program, account: &Account, on: &str) -> String {
    let told = account.streak(program, "Weekly", day(on)).unwrap();
    let won = if told.won { " won" } else { "" };
    let kept = told.kept_until.map_or(String::new(), |last| format!(", kept until {last}"));
    let next = told.next_gift.map_or(String::new(), |next| format!(", next gift at {next}"));
    format!(
        "{} to {}: {} of {}{won}; run of {}, {} missed, {} forgiven more{kept}{next}",
        told.from, told.to, told.count, told.needs, told.length, told.missed, told.forgives
    )
}

fn run_to(program: &Program, account: &mut Account, at: &str) {
    let to = format!("{at}T12:00:00+01:00").parse().unwrap();
    let outcome = Evaluator::new().advance(program, account, to).unwrap();
    account.post(program, &outcome).unwrap();
}

#[test]
fn a_host_sees_a_run_and_when_it_ends() {
    let (program, mut ann) = (weeks(), Account::open(&weeks(), "Ann"));
    apply(&program, &mut ann, &buys("K-1", "2026-03-02", "1", "5"));
    assert_eq!(
        run(&program, &ann, "2026-03-04"),
        "2026-03-02 to 2026-03-08: 1 of 2; run of 0, 0 missed, 1 forgiven more, next gift at 2"
    );
    // a run that has not begun needs no clock
    assert_eq!(ann.next_due(&program), None);
    apply(&program, &mut ann, &buys("K-2", "2026-03-03", "1", "5"));
    assert_eq!(
        run(&program, &ann, "2026-03-04"),
        "2026-03-02 to 2026-03-08: 2 of 2 won; run of 1, 0 missed, 1 forgiven more, next gift at 2"
    );
    assert_eq!(ann.next_due(&program).unwrap().to_string(), "2026-03-08T23:00:00Z");
    run_to(&program, &mut ann, "2026-03-16");
    assert_eq!(
        run(&program, &ann, "2026-03-16"),
        "2026-03-16 to 2026-03-22: 0 of 2; run of 1, 1 missed, 0 forgiven more, kept until 2026-03-22, next gift at 2"
    );
    run_to(&program, &mut ann, "2026-03-23");
    assert_eq!(
        run(&program, &ann, "2026-03-23"),
        "2026-03-23 to 2026-03-29: 0 of 2; run of 0, 0 missed, 1 forgiven more, next gift at 2"
    );
    assert_eq!(ann.next_due(&program), None);
}

#[test]
fn a_late_event_counts_while_its_period_is_played() {
    let (program, mut ann) = (weeks(), Account::open(&weeks(), "Ann"));
    apply(&program, &mut ann, &buys("K-0", "2026-02-23", "1", "5"));
    apply(&program, &mut ann, &buys("K-1", "2026-03-04", "1", "5"));
    // of the week that is over: nothing, though it would have been won
    apply(&program, &mut ann, &buys("K-2", "2026-02-24", "1", "5"));
    assert_eq!(ann.streak(&program, "Weekly", day("2026-03-04")).unwrap().length, 0);
    apply(&program, &mut ann, &buys("K-3", "2026-03-02", "1", "5"));
    assert_eq!(ann.streak(&program, "Weekly", day("2026-03-04")).unwrap().length, 1);
}

#[test]
fn every_state_of_a_run_comes_back_as_it_was() {
    let (program, mut ann) = (weeks(), Account::open(&weeks(), "Ann"));
    let events = [
        buys("K-1", "2026-03-02", "1", "5"),
        buys("K-2", "2026-03-03", "1", "5"),
        buys("K-3", "2026-03-17", "1", "5"),
        buys("K-4", "2026-03-18", "1", "5"),
        returns("R-1", "K-4", "2026-03-18"),
    ];
    for event in events {
        apply(&program, &mut ann, &event);
        let text = json(&program, &ann);
        let back = restored(&program, &text).unwrap();
        assert_eq!(back, ann);
        assert_eq!(back.next_due(&program), ann.next_due(&program));
    }
    let text = json(&program, &ann);
    let part = r#""streaks":[{"streak":"Weekly","length":1,"missed":1,"from":"2026-03-16","to":"2026-03-22","paid":true}]"#;
    assert!(text.contains(part), "{text}");
    for (from, to) in
        [(r#""to":"2026-03-22""#, r#""to":"2026-03-02""#), (r#""streak":"Weekly""#, r#""streak":"Daily""#)]
    {
        restored(&program, &text.replacen(from, to, 1)).unwrap_err();
    }
}

#[test]
fn a_run_rests_under_a_version_without_its_streak() {
    let without = format!(
        "{}earn Base {{\n  on purchase\n  give 1 points\n}}\n",
        &WEEKS[..WEEKS.find("streak").unwrap()]
    );
    let without = without.replace("version 1", "version 2").replace("2026-01-01", "2026-03-10");
    let again = WEEKS.replace("version 1", "version 3").replace("2026-01-01", "2026-03-17");
    let sources = [WEEKS, &without, &again].map(|text| Sources::single("play.loyalty", text));
    let versions = compile_versions(&sources, &Limits::default(), &Checks::default()).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    for (place, day) in
        ["2026-03-02", "2026-03-03", "2026-03-11", "2026-03-18", "2026-03-19"].iter().enumerate()
    {
        let event = buys(&format!("K-{place}"), day, "1", "5");
        Evaluator::new().deliver(&versions, &mut ann, &event).unwrap();
        let program = versions.of(&ann).unwrap();
        assert_eq!(restored(program, &json(program, &ann)).unwrap(), ann);
    }
    // the week of the 9th is forgiven, that of the 16th is the second: 10 points, and 1 of the version in between
    let program = versions.of(&ann).unwrap();
    assert_eq!(ann.streak(program, "Weekly", day("2026-03-19")).unwrap().length, 2);
    assert_eq!(ann.balance(program, "points").unwrap().available, "11");
}
