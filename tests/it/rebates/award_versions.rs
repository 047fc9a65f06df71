//! Awards with a budget of all members whose words change from version to version, also while a claim waits.

use crate::host::snapshot::{json, restore};
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::{Budget, BudgetLine};
use loyalty_rules::{Account, Evaluator, Event, Limits, Versions};
use pretty_assertions::assert_eq;

const TEN: &str = "every month give 10% of spend as bonus";
const BUDGET: &str = "cap 60 bonus per month across all members";

/// Versions, each from a day on, with these lines in an award; without it where there are none.
fn versions(texts: &[(&str, &[&str])]) -> Versions {
    let source = |(place, (from, lines)): (usize, &(&str, &[&str]))| {
        let number = place + 1;
        let award = match lines.is_empty() {
            true => String::new(),
            false => format!("award Monthly {{\n  {}\n}}\n", lines.join("\n  ")),
        };
        let text = format!(
            "edition 2026\n\nprogram Demo {{\n  version {number}\n  effective from {from}\n  currency EUR\n  \
             time zone \"Europe/Berlin\"\n}}\n\nunit bonus is money in EUR {{\n  round half up in total\n  \
             expire never\n}}\n\nunit stars is spendable {{\n  round down in total\n  expire never\n}}\n\n\
             unit points is spendable {{\n  round down in total\n  expire never\n}}\n\n\
             earn Base {{\n  on purchase\n  give 1 points per full 1 EUR\n}}\n\n{award}"
        );
        Sources::single(format!("{number}.loyalty"), text)
    };
    let texts: Vec<Sources> = texts.iter().enumerate().map(source).collect();
    let compiled = compile_versions(&texts, &Limits::default(), &Checks::default());
    compiled.unwrap_or_else(|findings| panic!("{findings}")).versions
}

struct Played {
    versions: Versions,
    ann: Account,
    book: Budget,
}

impl Played {
    fn new(texts: &[(&str, &[&str])]) -> Self {
        let versions = versions(texts);
        let ann = Account::open(versions.all().next().unwrap(), "Ann");
        Self { versions, ann, book: Budget::new("award Monthly") }
    }

    /// A purchase at noon of a day. A snapshot is what goes on.
    fn buys(&mut self, day: &str, total: &str) {
        let event = Event::purchase(&format!("K-{day}"), "Ann", &format!("{day}T12:00:00+01:00"));
        self.comes(&event.total(total).build().unwrap());
    }

    fn comes(&mut self, event: &Event) {
        Evaluator::new().deliver(&self.versions, &mut self.ann, event).unwrap();
        let program = self.versions.of(&self.ann).unwrap();
        let back = restore(program, &json(program, &self.ann)).unwrap();
        assert_eq!(back, self.ann);
        self.ann = back;
    }

    /// What is claimed up to a day: first day of the window, limit, steps, and what each costs; and the answers.
    fn asks(&mut self, day: &str) -> (Vec<String>, Vec<Event>) {
        let to = format!("{day}T12:00:00Z").parse().unwrap();
        let judged = Evaluator::new().run_clock(&self.versions, &mut self.ann, to).unwrap();
        let (mut told, mut answers) = (Vec::new(), Vec::new());
        for line in judged.iter().flat_map(|judged| judged.outcome.budget_lines()) {
            let BudgetLine::Claim(claim) = line else { panic!("{line:?}") };
            let whole = if claim.whole { ", whole" } else { "" };
            let (starts, limit, steps, cost) = (claim.starts, &claim.limit, claim.steps, &claim.cost);
            told.push(format!("{starts} {limit}: {steps} x {cost}{whole}"));
            answers.extend(self.book.take(line).unwrap().map(Event::from));
        }
        (told, answers)
    }

    /// The same, and each claim is answered.
    fn pays(&mut self, day: &str) -> Vec<String> {
        let (told, answers) = self.asks(day);
        answers.iter().for_each(|answer| self.comes(answer));
        assert_eq!(self.ann.claims(self.versions.of(&self.ann).unwrap()), []);
        told
    }

    fn has(&self, unit: &str) -> String {
        self.ann.balance(self.versions.of(&self.ann).unwrap(), unit).unwrap().available
    }

    fn used(&self, starts: &str) -> String {
        self.book.used(starts.parse().unwrap()).to_string()
    }
}

/// 10% of 400 EUR for January, by the first version, and what the second gives for 400 EUR in February.
#[test]
fn each_month_asks_by_the_terms_of_its_last_day() {
    let january = "2026-01-01 60: 4000 x 0.01";
    for (second, february, bonus) in [
        (&["every month give 5% of spend as bonus", BUDGET][..], Some("2026-02-01 60: 2000 x 0.01"), "60.00"),
        (&[TEN, "cap 10 bonus per month across all members"], Some("2026-02-01 10: 4000 x 0.01"), "50.00"),
        // the own cap comes before the budget
        (&[TEN, "cap 5 bonus per month", BUDGET], Some("2026-02-01 60: 500 x 0.01"), "45.00"),
        (&[TEN, "cap 3 times per month across all members"], Some("2026-02-01 3: 4000 x 1, whole"), "80.00"),
        // the year begins as January did, so what that was granted counts in it: 60 less 40
        (
            &[TEN, "cap 60 bonus per calendar year across all members"],
            Some("2026-01-01 60: 4000 x 0.01"),
            "60.00",
        ),
        (&[TEN, "pay nothing below 50 EUR", BUDGET], None, "40.00"),
        (&[TEN], None, "80.00"),
        (&[], None, "40.00"),
        // 30 of 40 stars
        (
            &["every month give 1 stars per full 10 EUR", "cap 30 stars per month across all members"],
            Some("2026-02-01 30: 40 x 1"),
            "40.00",
        ),
    ] {
        let mut ann = Played::new(&[("2026-01-01", &[TEN, BUDGET]), ("2026-02-01", second)]);
        ann.buys("2026-01-10", "400");
        assert_eq!((ann.pays("2026-02-02"), ann.used("2026-01-01").as_str()), (vec![january.into()], "40"));
        assert_eq!(ann.has("bonus"), "40.00");
        ann.buys("2026-02-10", "400");
        let told = ann.pays("2026-03-02");
        assert_eq!(told, Vec::from_iter(february.map(String::from)), "{second:?}");
        assert_eq!(ann.has("bonus"), bonus, "{second:?}");
        assert_eq!(ann.has("stars"), if bonus == "40.00" && february.is_some() { "30" } else { "0" });
    }
    // a version that adds the budget: January was paid at once
    let mut ann = Played::new(&[("2026-01-01", &[TEN]), ("2026-02-01", &[TEN, BUDGET])]);
    ann.buys("2026-01-10", "400");
    ann.buys("2026-02-10", "700");
    assert_eq!((ann.pays("2026-02-02"), ann.has("bonus").as_str()), (Vec::new(), "40.00"));
    // 60 of 70
    assert_eq!(ann.pays("2026-03-02"), ["2026-02-01 60: 7000 x 0.01"]);
    assert_eq!(ann.has("bonus"), "100.00");
}

/// The version begins on 5 February, with a claim of 1 February open: it is answered as it was asked.
#[test]
fn a_claim_that_waits_is_answered_as_it_was_asked() {
    for second in [
        &[][..],
        &[TEN],
        &["every month give 50% of spend as bonus", "cap 1 bonus per month across all members"],
        &[TEN, "cap 1 times per calendar year across all members"],
        &[TEN, "cap 1 bonus per month", BUDGET],
        &["every month give 1 stars per full 10 EUR", "cap 30 stars per month across all members"],
    ] {
        for (before, bonus, used) in [("0", "40.00", "40"), ("35", "25.00", "60"), ("60", "0.00", "60")] {
            let mut ann = Played::new(&[("2026-01-01", &[TEN, BUDGET]), ("2026-02-05", second)]);
            ann.book.start_with("2026-01-01".parse().unwrap(), before.parse().unwrap()).unwrap();
            ann.buys("2026-01-10", "400");
            let (told, answers) = ann.asks("2026-02-02");
            assert_eq!(told, ["2026-01-01 60: 4000 x 0.01"]);
            ann.buys("2026-02-06", "1");
            let stands = ann.versions.of(&ann.ann).unwrap();
            assert_eq!((stands.version(), ann.ann.claims(stands).len()), (2, 1));
            assert_eq!(ann.has("bonus"), "0.00");
            answers.iter().for_each(|answer| ann.comes(answer));
            assert_eq!(
                (ann.has("bonus").as_str(), ann.used("2026-01-01").as_str()),
                (bonus, used),
                "{second:?}"
            );
            assert_eq!(ann.ann.claims(ann.versions.of(&ann.ann).unwrap()), []);
        }
    }
}

/// What was collected until the award was gone asks by the terms of the last version that had it.
#[test]
fn an_award_that_is_gone_asks_for_what_it_has_collected() {
    let mut ann = Played::new(&[("2026-01-01", &[TEN, BUDGET]), ("2026-02-05", &[])]);
    ann.buys("2026-02-03", "200");
    ann.buys("2026-02-10", "400");
    // 10% of 200
    assert_eq!(ann.pays("2026-03-02"), ["2026-02-01 60: 2000 x 0.01"]);
    assert_eq!(ann.has("bonus"), "20.00");
    // and one that is new begins with its version
    let mut ann = Played::new(&[("2026-01-01", &[]), ("2026-02-05", &[TEN, BUDGET])]);
    ann.buys("2026-02-03", "200");
    ann.buys("2026-02-10", "400");
    assert_eq!(ann.pays("2026-03-02"), ["2026-02-01 60: 4000 x 0.01"]);
    assert_eq!(ann.has("bonus"), "40.00");
}

const FEW: &str = "cap 15 bonus per month across all members";

/// A year has 50, January asks for 40 of them and is granted 15: 25 are free again, whatever version that sees.
#[test]
fn what_is_not_granted_is_room_in_the_year_of_a_later_version() {
    for (second, february) in [
        // 10% of 600, and 60 less 15 are left
        (&[TEN, "cap 60 bonus per calendar year"][..], "60.00"),
        (&[TEN, "cap 50 bonus per calendar year"], "50.00"),
        (&[TEN, "cap 10 bonus per calendar year"], "15.00"),
        (&[TEN], "75.00"),
    ] {
        let first = [TEN, "cap 50 bonus per calendar year", FEW];
        let mut ann = Played::new(&[("2026-01-01", &first), ("2026-02-05", second)]);
        ann.buys("2026-01-10", "400");
        let (told, answers) = ann.asks("2026-02-02");
        assert_eq!(told, ["2026-01-01 15: 4000 x 0.01"]);
        ann.buys("2026-02-10", "600");
        answers.iter().for_each(|answer| ann.comes(answer));
        assert_eq!(ann.has("bonus"), "15.00");
        assert_eq!(ann.pays("2026-03-02"), [""; 0]);
        assert_eq!(ann.has("bonus"), february, "{second:?}");
    }
    // a version without the cap in between: February is paid whole, and takes no room
    let year = [TEN, "cap 50 bonus per calendar year", FEW];
    let third = [TEN, "cap 50 bonus per calendar year"];
    let mut ann = Played::new(&[("2026-01-01", &year), ("2026-02-05", &[TEN]), ("2026-03-05", &third)]);
    ann.buys("2026-01-10", "400");
    let (_, answers) = ann.asks("2026-02-02");
    ann.buys("2026-02-10", "600");
    answers.iter().for_each(|answer| ann.comes(answer));
    ann.buys("2026-03-10", "600");
    assert_eq!(ann.has("bonus"), "75.00");
    // March: 60, of which 50 less 15 are left
    assert_eq!(ann.pays("2026-04-02"), [""; 0]);
    assert_eq!(ann.has("bonus"), "110.00");
}

/// February ends with the second version; the third pays it on its first day, and has no budget of its own.
#[test]
fn the_version_in_between_asks_for_the_month_that_ended_with_it() {
    let second = ["every month give 20% of spend as bonus", "cap 70 bonus per month across all members"];
    let mut ann =
        Played::new(&[("2026-01-01", &[TEN, BUDGET]), ("2026-02-05", &second), ("2026-03-01", &[TEN])]);
    ann.buys("2026-02-03", "200");
    ann.buys("2026-02-10", "200");
    // 20% of 400: 80, of which 70 are granted
    let (told, answers) = ann.asks("2026-03-02");
    assert_eq!(told, ["2026-02-01 70: 8000 x 0.01"]);
    ann.buys("2026-03-03", "100");
    answers.iter().for_each(|answer| ann.comes(answer));
    assert_eq!(ann.has("bonus"), "70.00");
    assert_eq!(ann.pays("2026-04-02"), [""; 0]);
    assert_eq!(ann.has("bonus"), "80.00");
}
