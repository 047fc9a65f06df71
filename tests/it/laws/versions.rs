//! The laws of versions: a version with the same rules changes nothing, and no change of version loses anything.

use super::books::Books;
use super::cases_per_law;
use super::histories::{Case, Happening, cases};
use super::programs::{Rules, programs};
use loyalty_rules::calendar::Instant;
use loyalty_rules::check::{Checks, compile_versions};
use loyalty_rules::evaluate::Rejection;
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::scenario::World;
use loyalty_rules::{
    Account, EvaluateError, Evaluator, Event, Limits, Outcome, Program, Sources, Versions, compile,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

/// The text of rules as a second version from a day on.
fn second(rules: &Rules, from: &str) -> String {
    rules.text().replacen(
        "version 1\n  effective from 2026-01-01",
        &format!("version 2\n  effective from {from}"),
        1,
    )
}

fn versions(one: String, two: String) -> Option<Versions> {
    let texts = [Sources::single("1.loyalty", one), Sources::single("2.loyalty", two)];
    compile_versions(&texts, &Limits::default(), &Checks::default()).ok().map(|compiled| compiled.versions)
}

/// Months in which a second version may begin: within the time of most histories.
fn days() -> impl Strategy<Value = String> {
    (0_u32..20).prop_map(|month| format!("{}-{:02}-01", 2026 + (month + 1) / 12, (month + 1) % 12 + 1))
}

/// All bookings of a world, line by line as JSON, with the refusals in between, and the clock at the end.
fn told<'p>(world: &mut World<'p>, case: &Case, program: impl Fn(&Outcome) -> &'p Program) -> Vec<String> {
    let mut told = Vec::new();
    let mut newest = Instant::MIN;
    let lines = |outcome: &Outcome, told: &mut Vec<String>| {
        let program = program(outcome);
        for delta in outcome.deltas() {
            told.push(serde_json::to_string(&program.ledger_line(outcome.member(), delta)).expect("a line"));
        }
    };
    for event in case.history.iter().map(Happening::build) {
        let at = event.at();
        match world.deliver(event) {
            Ok(outcomes) => {
                newest = newest.max(at);
                outcomes.iter().for_each(|outcome| lines(outcome, &mut told));
            }
            Err(EvaluateError::Rejected(Rejection { reason, .. })) => told.push(reason.text().to_owned()),
            Err(fault) => panic!("{fault}"),
        }
    }
    world.advance(newest, |outcome| lines(&outcome, &mut told)).expect("the clock never fails");
    told
}

/// All that a snapshot keeps of an account but the version under which it stands and the number of its bookings.
fn kept(account: &Account, program: &Program) -> Value {
    let mut kept = serde_json::to_value(account.snapshot(program)).expect("a snapshot");
    // what was booked is counted, and to go over is booked
    for key in ["program", "version"] {
        let found = kept.as_object_mut().and_then(|kept| kept.remove(key));
        assert!(found.is_some(), "a snapshot tells its {key}");
    }
    kept
}

/// Versions of which the second is the first of some programs that can follow: units have the same decimals.
fn followed(one: &Rules, others: &[Rules], from: &str) -> Option<Versions> {
    // what another number of decimals refuses need not be compiled
    let same = |other: &&Rules| {
        other
            .decimals
            .iter()
            .all(|(unit, decimals)| one.decimals.get(unit).is_none_or(|known| known == decimals))
    };
    others.iter().filter(same).find_map(|other| versions(one.text(), second(other, from)))
}

fn others() -> impl Strategy<Value = Vec<Rules>> {
    prop::collection::vec(programs(), 6)
}

/// The second law is worth nothing if no program can follow.
#[test]
fn programs_are_often_followed() {
    let mut runner = TestRunner::deterministic();
    let strategy = (programs(), others(), days());
    let mut good = 0;
    for _ in 0..100 {
        let (one, others, from) = strategy.new_tree(&mut runner).expect("programs").current();
        good += u32::from(followed(&one, &others, &from).is_some());
    }
    assert!(good >= 40, "{good} of 100");
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// L18: a history under two versions with the same rules has the ledger of one version, line by line, and leaves every
    /// account as one version does: to go over to the same rules changes nothing, early or late.
    #[test]
    fn a_version_with_the_same_rules_changes_nothing(case in cases(), from in days()) {
        let Some(versions) = versions(case.rules.text(), second(&case.rules, &from)) else { return Ok(()) };
        let source = Sources::single("1.loyalty", case.rules.text());
        let plain = compile(&source, &Limits::default()).expect("it compiled as a version").program;
        let mut alone = World::new(&plain);
        let lines = told(&mut alone, &case, |_| &plain);
        let made = |outcome: &Outcome| versions.made(outcome).expect("one of the versions");
        let mut world = World::of_versions(&versions);
        prop_assert_eq!(told(&mut world, &case, made), lines);
        // and what is kept of each member is the same, whenever the account went over
        let kept: Vec<Value> = world.accounts().map(|account| {
            kept(account, versions.of(account).expect("one of the versions"))
        }).collect();
        prop_assert_eq!(kept, alone.accounts().map(|account| self::kept(account, &plain)).collect::<Vec<_>>());
    }

    /// L18: whatever the second version is, every book of every member is what the ledger lines say, and an account
    /// goes into a snapshot and comes back as it was.
    #[test]
    fn a_change_of_version_conserves_every_balance(case in cases(), others in others(), from in days()) {
        let Some(versions) = followed(&case.rules, &others, &from) else { return Ok(()) };
        let mut world = World::of_versions(&versions);
        let mut books = Books::default();
        let mut newest = Instant::MIN;
        let events: Vec<Event> = case.history.iter().map(Happening::build).collect();
        for event in events {
            let at = event.at();
            if let Ok(outcomes) = world.deliver(event) {
                newest = newest.max(at);
                for outcome in &outcomes {
                    books.book(versions.made(outcome).expect("one of the versions"), outcome)?;
                }
            }
            for account in world.accounts() {
                books.agree(versions.of(account).expect("one of the versions"), account)?;
            }
        }
        let mut last = Vec::new();
        world.advance(newest, |outcome| last.push(outcome)).expect("the clock never fails");
        for outcome in &last {
            books.book(versions.made(outcome).expect("one of the versions"), outcome)?;
        }
        for account in world.accounts() {
            let program = versions.of(account).expect("one of the versions");
            books.agree(program, account)?;
            let stored = serde_json::to_string(&account.snapshot(program)).expect("a snapshot");
            let restored = versions.restore(serde_json::from_str(&stored).expect("the same"));
            prop_assert_eq!(restored.as_ref(), Ok(account));
        }
    }

    /// Purchases of two versions, of which parts come back under either, leave nothing when they are cancelled; and no
    /// return takes more than they gave.
    #[test]
    fn what_is_cancelled_leaves_nothing_whatever_versions_took_back(
        modes in [0..4_usize, 0..4_usize],
        pieces in [1..6_i64, 1..6_i64],
        // which purchases a piece comes back of
        backs in prop::collection::vec(1..4_u8, 0..8),
        cancels_first in any::<bool>(),
    ) {
        let text = |version: usize| format!(
            "edition 2026\n\nprogram Modes {{\n  version {version}\n  effective from {}-01-01\n  currency EUR\n  \
             time zone \"Europe/Berlin\"\n}}\n\nunit points is spendable {{\n  singular point\n  round down in total\n  \
             expire never\n}}\n\nearn Base {{\n  on purchase\n  give 1 point per full 3 EUR\n}}\n\n\
             bonus Known {{\n  on purchase\n  when spend so far is at least 1 EUR\n  \
             give 50 points\n  combine add\n}}\n\n\
             card Cups {{\n  on purchase\n  stamp 1 per item\n  goal 3 stamps\n  reward 7 points\n  carry over\n}}\n\n\
             returns {{\n  take back {}\n  balance may go negative\n}}\n",
            2025 + version,
            ["nothing", "earned in proportion", "earned in full", "earned as if never bought"][modes[version - 1]]
        );
        let Some(versions) = versions(text(1), text(2)) else { panic!("they follow each other") };
        let mut ann = Account::open(versions.all().next().expect("a version"), "Ann");
        let mut deliver = |event: Event| {
            Evaluator::new().deliver(&versions, &mut ann, &event).expect("it is accepted");
            let program = versions.of(&ann).expect("one of the versions");
            let points = ann.balance(program, "points").expect("a unit");
            let number = |text: String| text.parse::<i64>().expect("whole points");
            let cups = ann.card(program, "Cups").expect("a card");
            let state = serde_json::to_value(ann.snapshot(program)).expect("a snapshot");
            let counters = state["counters"].as_array().expect("counters").clone();
            (number(points.available) - number(points.debt), cups.stamps, counters)
        };
        for (id, pieces, day) in [("K-1", pieces[0], "2026-12-30"), ("K-2", pieces[1], "2027-01-02")] {
            let event = Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00"));
            deliver(event.item(Item::new("Lamp", &pieces.to_string(), "4")).build().expect("an event"));
        }
        let mut left = pieces;
        for (place, of) in backs.into_iter().enumerate() {
            let mut event = Event::returned(&format!("R-{place}"), "Ann", "2027-01-05T12:00:00+01:00");
            let mut lines = 0;
            for (bit, id) in [(1, "K-1"), (2, "K-2")] {
                let left = &mut left[bit as usize - 1];
                if of & bit != 0 && *left > 0 {
                    *left -= 1;
                    lines += 1;
                    event = event.line(ReturnLine::new("Lamp", "1").of(id));
                }
            }
            if lines > 0 {
                let (points, stamps, _) = deliver(event.build().expect("an event"));
                prop_assert!(points >= 0 && stamps >= 0, "{points} points and {stamps} stamps");
            }
        }
        let mut cancels = ["K-1", "K-2"];
        if !cancels_first {
            cancels.reverse();
        }
        let mut last = None;
        for of in cancels {
            let event = Event::cancel(&format!("C-{of}"), "Ann", "2027-01-06T12:00:00+01:00", of);
            last = Some(deliver(event.build().expect("an event")));
        }
        prop_assert_eq!(last, Some((0, 0, Vec::new())));
    }
}
