//! What all members together give to charities: claims, answers and what comes back before them. Worked out by hand.

use super::{apply, tick};
use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::{Budget, BudgetLine, Item, ReturnLine};
use loyalty_rules::ledger::{Book, LineKind};
use loyalty_rules::scenario::{Tally, World};
use loyalty_rules::{Account, Evaluator, Event, Limits, Outcome, Program};
use pretty_assertions::assert_eq;

pub(crate) const RULES: &str = include_str!("budget.loyalty");
const SHOP: &str = include_str!("../../../examples/organic-shop/organic-shop.loyalty");

#[test]
fn all_members_give_no_more_than_the_budget() {
    passes(RULES);
}

#[test]
fn the_organic_shop() {
    passes(SHOP);
}

/// The shop gives 1%, and 20,000 EUR a year at most.
#[test]
fn a_replay_of_the_organic_shop() {
    let program = compiled(SHOP).program;
    let (mut world, mut tally) = (World::new(&program), Tally::new());
    for line in include_str!("../../../examples/organic-shop/events.jsonl").lines() {
        let event: Event = serde_json::from_str(line).unwrap();
        for outcome in world.deliver(event).unwrap() {
            tally.add(&outcome);
        }
    }
    let summary = tally.summary(&world);
    let sums: Vec<String> = summary
        .charities
        .iter()
        .map(|it| format!("{}: {} + {}", it.name, it.by_members, it.by_owner))
        .collect();
    // 12.35 up to 13, 91 is whole, 9.10 up to 10; 1% of 12.35 is 0.12, of 1,999,920 it is 19,999.20, then 0.68 of 0.91
    // is left of the year, and 0.09 is of the next; what comes back takes nothing away
    assert_eq!(sums, ["Kinderhilfe: 1.55 + 0.00", "Naturschutz: 0.00 + 20000.09"]);
    let book = world.budget("donate 1% für die Natur").unwrap();
    assert_eq!(book.used("2026-01-01".parse().unwrap()).to_string(), "20000");
    assert_eq!(book.used("2027-01-01".parse().unwrap()).to_string(), "0.09");
}

fn buys(id: &str, category: &str, price: &str) -> Event {
    let item = Item::new("Thing", "2", price).category(category);
    Event::purchase(id, "Ann", "2026-03-03T10:00:00Z").item(item).build().unwrap()
}

fn half_back(id: &str, of: &str) -> Event {
    let event = Event::returned(id, "Ann", "2026-03-04T10:00:00Z");
    event.line(ReturnLine::new("Thing", "1").of(of)).build().unwrap()
}

/// What the outcome says to a book, and the answers.
fn take(book: &mut Budget, outcome: &Outcome) -> Vec<Event> {
    let name = book.name().to_owned();
    let lines: Vec<&BudgetLine> = outcome.budget_lines().filter(|line| line.budget() == name).collect();
    lines.into_iter().filter_map(|line| book.take(line).unwrap()).map(Event::from).collect()
}

/// What a charity has got, in cents.
fn got(program: &Program, account: &Account, charity: &str) -> i64 {
    account.totals(program, LineKind::Donation, charity).unwrap().balance(Book::Charity)
}

fn used(book: &Budget, starts: &str) -> String {
    book.used(starts.parse().unwrap()).to_string()
}

/// Until the answer comes nothing is given; the claim is visible, and a snapshot keeps it.
#[test]
fn a_gift_waits_for_its_answer() {
    let program = compiled(RULES).program;
    let (mut account, mut book) = (Account::open(&program, "Ann"), Budget::new("donate Seeding"));
    let bought = apply(&program, &mut account, &buys("A-1", "Seeds", "10"));
    assert_eq!(bought.deltas().len(), 0);
    let open = account.claims(&program);
    assert_eq!(
        (open[0].budget.as_str(), open[0].rule.as_str(), open[0].unit.as_str(), open[0].amount.as_str()),
        ("donate Seeding", "Seeding", "Forests", "2.00")
    );
    let mut account = restore(&program, &json(&program, &account)).unwrap();
    // two pieces of 10 EUR: 10% is 2 EUR; a coin is a step
    let told: Vec<String> = bought.budget_lines().map(|line| serde_json::to_string(line).unwrap()).collect();
    assert_eq!(
        told,
        [
            r#"{"type":"claim","budget":"donate Seeding","member":"Ann","event":"A-1","rule":"Seeding","at":"2026-03-03T10:00:00Z","starts":"2026-01-01","limit":"5","steps":200,"cost":"0.01","whole":false}"#
        ]
    );
    // what comes back changes nothing of what is paid at once
    apply(&program, &mut account, &half_back("A-R", "A-1"));
    let answers = take(&mut book, &bought);
    let booked = apply(&program, &mut account, &answers[0]);
    let line = program.ledger_line("Ann", &booked.deltas()[0]);
    assert_eq!((line.amount.as_str(), line.event.as_str(), line.rule.as_str()), ("2.00", "A-1", "Seeding"));
    assert_eq!(got(&program, &account, "Forests"), 200);
    assert_eq!(used(&book, "2026-01-01"), "2");
    assert_eq!(account.claims(&program), []);
}

/// What is cancelled before the answer was never given.
#[test]
fn a_cancelled_gift_is_free_again() {
    let program = compiled(RULES).program;
    let (mut account, mut book) = (Account::open(&program, "Ann"), Budget::new("donate Seeding"));
    let bought = apply(&program, &mut account, &buys("A-1", "Seeds", "10"));
    let answers = take(&mut book, &bought);
    assert_eq!(used(&book, "2026-01-01"), "2");
    let cancel = Event::cancel("A-X", "Ann", "2026-03-04T10:00:00Z", "A-1").build().unwrap();
    apply(&program, &mut account, &cancel);
    let booked = apply(&program, &mut account, &answers[0]);
    take(&mut book, &booked);
    assert_eq!((got(&program, &account, "Forests"), used(&book, "2026-01-01")), (0, "0".to_owned()));
}

/// Half of the purchase comes back before the answer, the other half after it; in between a snapshot.
#[test]
fn a_pledge_is_less_what_has_come_back() {
    let program = compiled(RULES).program;
    let (mut account, mut book) = (Account::open(&program, "Ann"), Budget::new("donate Baking"));
    // 1% of 2 x 30.25 EUR is 0.605 EUR
    let bought = apply(&program, &mut account, &buys("A-1", "Bread", "30.25"));
    assert_eq!(account.claims(&program)[0].amount, "0.605");
    let mut account = restore(&program, &json(&program, &account)).unwrap();
    apply(&program, &mut account, &half_back("A-R", "A-1"));
    let answers = take(&mut book, &bought);
    let booked = apply(&program, &mut account, &answers[0]);
    take(&mut book, &booked);
    assert_eq!(account.donated(&program)[0].pledged, "0.3025");
    assert_eq!(used(&book, "2026-03-01"), "0.3025");
    let mut account = restore(&program, &json(&program, &account)).unwrap();
    let back = apply(&program, &mut account, &half_back("A-S", "A-1"));
    take(&mut book, &back);
    assert_eq!((account.donated(&program).len(), used(&book, "2026-03-01")), (0, "0".to_owned()));
}

/// An answer that comes after the month counts in the month that runs, and in the budget of the purchase.
#[test]
fn an_answer_after_the_period_is_settled_with_the_next() {
    let program = compiled(RULES).program;
    let (mut account, mut book) = (Account::open(&program, "Ann"), Budget::new("donate Baking"));
    let bought = apply(&program, &mut account, &buys("A-1", "Bread", "30.25"));
    tick(&program, &mut account, "2026-04-10");
    let answers = take(&mut book, &bought);
    apply(&program, &mut account, &answers[0]);
    assert_eq!((used(&book, "2026-03-01"), got(&program, &account, "Kids")), ("0.605".to_owned(), 0));
    tick(&program, &mut account, "2026-05-01");
    assert_eq!(got(&program, &account, "Kids"), 61);
}

#[test]
fn a_claim_in_a_snapshot_is_checked() {
    let program = compiled(RULES).program;
    let mut account = Account::open(&program, "Ann");
    apply(&program, &mut account, &buys("A-1", "Bread", "30.25"));
    let text = json(&program, &account);
    for (right, wrong) in [
        (r#""amount":"0.605""#, r#""amount":"0.6050""#),
        (r#""amount":"0.605""#, r#""amount":"0.60""#),
        (r#""charity":"Kids""#, r#""charity":"Nobody""#),
    ] {
        assert!(text.contains(right), "{right} in {text}");
        assert!(restore(&program, &text.replacen(right, wrong, 1)).is_err(), "{wrong}");
    }
    assert!(text.contains(r#""parts":["0.605","0.00"]"#), "{text}");
}

/// The program of a year, with or without the budgets and the donations.
fn dated(number: u32, from: &str, text: &str) -> Sources {
    let text = text.split("\ntest ").next().unwrap();
    let text = text.replace("version 1", &format!("version {number}")).replace("2026-01-01", from);
    Sources::single(format!("{number}.loyalty"), text)
}

/// A gift that waits when a version begins that has no budget for it, or another one, or no such donation, is answered as it was
/// asked; and one of a version without a budget never asks.
#[test]
fn a_version_may_add_a_budget_for_gifts_or_drop_it() {
    let without = RULES.replace("  cap 5 gift per calendar year across all members\n", "");
    let other = RULES.replace("cap 5 gift per calendar year", "cap 1 gift per month");
    let none = RULES.replace("## Paid at once, in coins.\ndonate Seeding", "donate Planting");
    for (first, second, got_at_once, in_all) in [
        // 10% of 20 EUR wait, and 10% of 6 EUR are given at once
        (RULES, &*without, 0, 260),
        // 1 gift is left of the month
        (RULES, &*other, 0, 300),
        (RULES, &*none, 0, 260),
        (&*without, RULES, 200, 260),
    ] {
        let texts = [dated(1, "2026-01-01", first), dated(2, "2026-04-01", second)];
        let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
        let (mut ann, mut book) =
            (Account::open(versions.all().next().unwrap(), "Ann"), Budget::new("donate Seeding"));
        let mut evaluator = Evaluator::new();
        let total = |ann: &Account| got(versions.of(ann).unwrap(), ann, "Forests");
        let judged = evaluator.deliver(&versions, &mut ann, &buys("A-1", "Seeds", "10")).unwrap();
        let waiting: Vec<Event> = judged.iter().flat_map(|judged| take(&mut book, &judged.outcome)).collect();
        assert_eq!(total(&ann), got_at_once);
        let price = if std::ptr::eq(second, &*other) { "10" } else { "3" };
        let item = Item::new("Thing", "2", price).category("Seeds");
        let later = Event::purchase("A-2", "Ann", "2026-04-03T10:00:00Z").item(item).build().unwrap();
        let judged = evaluator.deliver(&versions, &mut ann, &later).unwrap();
        assert_eq!(versions.of(&ann).unwrap().version(), 2);
        let asked = judged.iter().flat_map(|judged| {
            let lines: Vec<BudgetLine> = judged.outcome.budget_lines().cloned().collect();
            lines
        });
        let asked: Vec<BudgetLine> = asked.collect();
        for answer in &waiting {
            evaluator.deliver(&versions, &mut ann, answer).unwrap();
        }
        for line in &asked {
            let answer = Event::from(Budget::new(line.budget()).take(line).unwrap().unwrap());
            evaluator.deliver(&versions, &mut ann, &answer).unwrap();
        }
        assert_eq!((total(&ann), ann.claims(versions.of(&ann).unwrap())), (in_all, Vec::new()));
        // what is cancelled under the new version is told to the book that had granted it
        let cancel = Event::cancel("A-X", "Ann", "2026-04-04T10:00:00Z", "A-1").build().unwrap();
        let judged = evaluator.deliver(&versions, &mut ann, &cancel).unwrap();
        judged.iter().for_each(|judged| drop(take(&mut book, &judged.outcome)));
        assert_eq!((total(&ann), used(&book, "2026-01-01")), (in_all - 200, "0".to_owned()));
    }
}
