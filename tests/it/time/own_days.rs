//! Periods that start on a day of the member's own: what the clock, snapshots and joinings know of it.

use loyalty_rules::account::Snapshot;
use loyalty_rules::calendar::Instant;
use loyalty_rules::check::{Checks, Sources, compile, compile_versions};
use loyalty_rules::syntax::Limits;
use loyalty_rules::{Account, Evaluator, Event, Program};
use pretty_assertions::assert_eq;

const HEAD: &str = "edition 2026\n\nprogram Days {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"Europe/Berlin\"\n}\n\nreturns { take back earned in proportion }\n\n\
    member {\n  statement-day: integer 1 to 28 optional\n}\n\n";
const RULES: &str = "period statement starts on day statement-day of every month\n\n\
    unit crumbs is spendable {\n  singular crumb\n  round down in total\n  expire never\n}\n\n\
    voucher Coffee {\n  grants \"A coffee\"\n  worth 1 EUR\n}\n\n\
    earn Crumbs {\n  on purchase\n  give 1 crumb per full 1 EUR\n  cap 10 crumbs per statement\n}\n\n\
    convert 4 crumbs into 1 Coffee every statement\n";

fn program(rules: &str) -> Program {
    let text = format!("{HEAD}{rules}");
    compile(&Sources::single("days.loyalty", text), &Limits::default()).unwrap().program
}

fn post(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
}

fn due(program: &Program, account: &Account) -> Option<String> {
    account.next_due(program).map(|due| due.to_string())
}

fn day(id: &str, at: &str, day: i64) -> Event {
    Event::change(id, "Ann", at).attribute("statement-day", day).build().unwrap()
}

fn buys(id: &str, at: &str, total: &str) -> Event {
    Event::purchase(id, "Ann", at).total(total).build().unwrap()
}

fn crumbs(program: &Program, account: &Account) -> String {
    account.balance(program, "crumbs").unwrap().available
}

#[test]
fn the_clock_asks_the_new_day_at_once() {
    let program = program(RULES);
    let mut ann = Account::open(&program, "Ann");
    post(&program, &mut ann, &buys("K-1", "2026-03-10T12:00:00+01:00", "4"));
    // the 1st of April, in summer time
    assert_eq!(due(&program, &ann).as_deref(), Some("2026-03-31T22:00:00Z"));
    post(&program, &mut ann, &day("C-1", "2026-03-15T12:00:00+01:00", 20));
    assert_eq!(due(&program, &ann).as_deref(), Some("2026-03-19T23:00:00Z"));
    let json = serde_json::to_string(&ann.snapshot(&program)).unwrap();
    let snapshot: Snapshot = serde_json::from_str(&json).unwrap();
    assert_eq!(Account::restore(&program, snapshot).unwrap(), ann);
    // a day that has passed comes again in the next month
    post(&program, &mut ann, &day("C-2", "2026-03-15T13:00:00+01:00", 15));
    assert_eq!(due(&program, &ann).as_deref(), Some("2026-04-14T22:00:00Z"));
    post(&program, &mut ann, &day("C-3", "2026-03-15T14:00:00+01:00", 16));
    assert_eq!(due(&program, &ann).as_deref(), Some("2026-03-15T23:00:00Z"));

    let tick = |ann: &mut Account, to: &str| {
        let outcome = Evaluator::new().advance(&program, ann, to.parse::<Instant>().unwrap()).unwrap();
        ann.post(&program, &outcome).unwrap();
        outcome.deltas().len()
    };
    let mut often = ann.clone();
    assert_eq!(tick(&mut often, "2026-03-15T22:59:59Z"), 0);
    // four crumbs go, and a coffee comes
    assert_eq!(tick(&mut often, "2026-03-15T23:00:00Z"), 2);
    assert_eq!(due(&program, &often), None);
    assert_eq!(tick(&mut ann, "2026-05-01T00:00:00Z"), 2);
    assert_eq!(crumbs(&program, &ann), "0");
}

#[test]
fn a_joining_brings_the_day() {
    let program = program(RULES);
    let mut ann = Account::open(&program, "Ann");
    let joining = Event::joining("J-1", "Ann", "2026-03-01T12:00:00+01:00").attribute("statement-day", 9);
    post(&program, &mut ann, &joining.build().unwrap());
    post(&program, &mut ann, &buys("K-1", "2026-03-08T12:00:00+01:00", "12"));
    assert_eq!(crumbs(&program, &ann), "10");
    assert_eq!(due(&program, &ann).as_deref(), Some("2026-03-08T23:00:00Z"));
    // 10 crumbs are 2 coffees and 2 crumbs; then a new period has room for 3
    post(&program, &mut ann, &buys("K-2", "2026-03-09T12:00:00+01:00", "3"));
    assert_eq!(crumbs(&program, &ann), "5");
}

/// Under a version without such a period what was counted goes along with the member's day, and comes back.
#[test]
fn versions_with_and_without() {
    let without = RULES.replace("starts on day statement-day", "starts on day 5");
    let version = |number: u32, from: &str, rules: &str| {
        let head = HEAD.replace("version 1", &format!("version {number}")).replace("2026-01-01", from);
        Sources::single(format!("{number}.loyalty"), format!("{head}{rules}"))
    };
    let texts = [
        version(1, "2026-01-01", RULES),
        version(2, "2026-03-10", &without),
        version(3, "2026-03-20", RULES),
    ];
    let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    let mut deliver = |event: &Event| {
        Evaluator::new().deliver(&versions, &mut ann, event).unwrap();
        ann.balance(versions.of(&ann).unwrap(), "crumbs").unwrap().available
    };
    deliver(&day("C-1", "2026-03-01T12:00:00+01:00", 8));
    assert_eq!(deliver(&buys("K-1", "2026-03-09T12:00:00+01:00", "3")), "3");
    // another period has counted nothing yet
    assert_eq!(deliver(&buys("K-2", "2026-03-11T12:00:00+01:00", "12")), "13");
    assert_eq!(deliver(&day("C-2", "2026-03-12T12:00:00+01:00", 25)), "13");
    // since 02-25 this version has counted 3
    assert_eq!(deliver(&buys("K-3", "2026-03-21T12:00:00+01:00", "12")), "20");
}
