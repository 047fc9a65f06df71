//! How many pay-outs of a referral all members get together. Worked out by hand.

use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::Budget;
use loyalty_rules::{Account, Evaluator, Event, Limits, Outcome, Program};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("budget.loyalty");

#[test]
fn referrers_and_friends_have_a_budget_each() {
    passes(RULES);
}

fn send(program: &Program, account: &mut Account, event: &Event) -> Outcome {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

fn messages(outcome: &Outcome) -> Vec<Event> {
    outcome.messages().iter().cloned().map(Event::from).collect()
}

/// Ann, who has brought Dan; and the message that Dan has qualified.
fn qualified(program: &Program) -> (Account, Account, Event) {
    let (mut ann, mut dan) = (Account::open(program, "Ann"), Account::open(program, "Dan"));
    send(program, &mut ann, &Event::joining("J-1", "Ann", "2026-01-05T10:00:00Z").build().unwrap());
    let joining = Event::joining("J-2", "Dan", "2026-03-01T10:00:00Z").referred_by("Ann");
    let named = send(program, &mut dan, &joining.build().unwrap());
    let accepted = send(program, &mut ann, &messages(&named)[0]);
    send(program, &mut dan, &messages(&accepted)[0]);
    let bought = Event::purchase("D-1", "Dan", "2026-03-02T10:00:00Z").total("20").build().unwrap();
    let told = send(program, &mut dan, &bought);
    (ann, dan, messages(&told)[0].clone())
}

fn claimed(outcome: &Outcome, book: &mut Budget) -> Vec<Event> {
    let lines: Vec<_> = outcome.budget_lines().filter(|line| line.budget() == book.name()).collect();
    lines.into_iter().filter_map(|line| book.take(line).unwrap()).map(Event::from).collect()
}

fn used(book: &Budget) -> String {
    book.used("2026-01-01".parse().unwrap()).to_string()
}

/// The friend does not wait for the answer to the referrer; one time pays all that the referrer gets.
#[test]
fn a_pay_out_waits_for_its_answer() {
    let program = compiled(RULES).program;
    let (mut ann, mut dan, told) = qualified(&program);
    let asked = send(&program, &mut ann, &told);
    let settled = messages(&asked);
    assert_eq!(settled[0].id(), "referral-settled/Invite/Dan");
    let friend = send(&program, &mut dan, &settled[0]);
    let mut friends = Budget::new("friend Invite");
    let answers = claimed(&friend, &mut friends);
    send(&program, &mut dan, &answers[0]);
    assert_eq!(dan.balance(&program, "points").unwrap().available, "200");
    let open: Vec<String> =
        ann.claims(&program).iter().map(|it| format!("{} {} {}", it.budget, it.amount, it.unit)).collect();
    assert_eq!(open, ["referrer Invite 500 points"]);
    let mut ann = restore(&program, &json(&program, &ann)).unwrap();
    let mut book = Budget::new("referrer Invite");
    let answers = claimed(&asked, &mut book);
    assert_eq!(answers[0].id(), "@budget-answered/Invite/referral-qualified%2FInvite%2FDan");
    let paid = send(&program, &mut ann, &answers[0]);
    // the points and the voucher
    assert_eq!(paid.deltas().len(), 2);
    assert_eq!((used(&book), used(&friends)), ("1".to_owned(), "1".to_owned()));
}

/// What the friend qualified with comes back before the answer: nobody gets anything, and the time is free again.
#[test]
fn what_reverses_a_pay_out_may_overtake_its_answer() {
    let program = compiled(RULES).program;
    let (mut ann, mut dan, told) = qualified(&program);
    let asked = send(&program, &mut ann, &told);
    let mut book = Budget::new("referrer Invite");
    let answers = claimed(&asked, &mut book);
    assert_eq!(used(&book), "1");
    let back = Event::returned("D-R", "Dan", "2026-03-03T10:00:00Z").of("D-1").all_items(None);
    let reversed = send(&program, &mut dan, &back.build().unwrap());
    send(&program, &mut ann, &messages(&reversed)[0]);
    let mut ann = restore(&program, &json(&program, &ann)).unwrap();
    let answered = send(&program, &mut ann, &answers[0]);
    assert_eq!(answered.deltas().len(), 0);
    claimed(&answered, &mut book);
    assert_eq!(used(&book), "0");
    assert_eq!(ann.claims(&program), []);
}

/// A pay-out that waits when a version without its budget, or without the referral, begins is answered as it was asked, and its
/// reversal is told to the book.
#[test]
fn a_pay_out_outlives_its_version() {
    let dated = |number: u32, from: &str, text: &str| {
        let text = text.split("\ntest ").next().unwrap();
        let text = text.replace("version 1", &format!("version {number}")).replace("2026-01-01", from);
        Sources::single(format!("{number}.loyalty"), text)
    };
    let budget = "  cap 2 times per calendar year across all members\n";
    let without = RULES.replace(budget, "");
    let renamed = RULES.replace("referral Invite", "referral Bring");
    assert!(without != RULES && renamed != RULES);
    for second in [without, renamed] {
        let texts = [dated(1, "2026-01-01", RULES), dated(2, "2026-04-01", &second)];
        let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
        let first = versions.all().next().unwrap();
        let (mut ann, mut dan, told) = qualified(first);
        let mut evaluator = Evaluator::new();
        let mut book = Budget::new("referrer Invite");
        let asked = evaluator.deliver(&versions, &mut ann, &told).unwrap();
        let answers = claimed(&asked[0].outcome, &mut book);
        evaluator.run_clock(&versions, &mut ann, "2026-04-02T10:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(versions.of(&ann).unwrap().version(), 2);
        evaluator.deliver(&versions, &mut ann, &answers[0]).unwrap();
        let points = |ann: &Account| ann.balance(versions.of(ann).unwrap(), "points").unwrap().available;
        assert_eq!((points(&ann), used(&book)), ("500".to_owned(), "1".to_owned()));
        let back = Event::returned("D-R", "Dan", "2026-03-03T10:00:00Z").of("D-1").all_items(None);
        let reversed = evaluator.deliver(&versions, &mut dan, &back.build().unwrap()).unwrap();
        let undone = evaluator.deliver(&versions, &mut ann, &messages(&reversed[0].outcome)[0]).unwrap();
        undone.iter().for_each(|judged| drop(claimed(&judged.outcome, &mut book)));
        assert_eq!((points(&ann), used(&book)), ("0".to_owned(), "0".to_owned()));
    }
}

/// A gift for joining is claimed by the message that names the referrer, and its claim is in a snapshot.
#[test]
fn a_gift_for_joining_waits_for_its_answer() {
    let rules =
        RULES.replace("  cap referrer 1 time per month\n", "  on joining give 70 points to referrer\n");
    let rules = rules.split("\ntest ").next().unwrap();
    let program = compiled(rules).program;
    let (mut ann, mut dan) = (Account::open(&program, "Ann"), Account::open(&program, "Dan"));
    send(&program, &mut ann, &Event::joining("J-1", "Ann", "2026-01-05T10:00:00Z").build().unwrap());
    let joining = Event::joining("J-2", "Dan", "2026-03-01T10:00:00Z").referred_by("Ann");
    let named = send(&program, &mut dan, &joining.build().unwrap());
    let asked = send(&program, &mut ann, &messages(&named)[0]);
    // the friend goes on meanwhile
    assert_eq!(messages(&asked)[0].id(), "referral-accepted/Invite/Dan");
    let text = json(&program, &ann);
    assert!(text.contains(r#""on_joining":true"#), "{text}");
    let mut ann = restore(&program, &text).unwrap();
    let mut book = Budget::new("referrer on joining Invite");
    let answers = claimed(&asked, &mut book);
    assert_eq!(answers.len(), 1);
    let paid = send(&program, &mut ann, &answers[0]);
    assert_eq!(paid.deltas().len(), 1);
    assert_eq!(ann.balance(&program, "points").unwrap().available, "70");
    assert_eq!((used(&book), ann.claims(&program).len()), ("1".to_owned(), 0));
}
