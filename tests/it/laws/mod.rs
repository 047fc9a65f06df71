//! The laws of the engine, on generated programs and histories.
//!
//! Each law is one property. 256 cases each, 2,000 where the environment says `CI`; `PROPTEST_CASES` wins over both.

mod accounts;
mod announcements;
mod backdating;
mod books;
mod broken;
mod budgets;
mod cards;
mod challenges;
mod conditions;
mod cost;
mod draw;
mod each;
mod expenses;
mod found;
mod games;
mod giving;
mod histories;
mod hosts;
mod levels;
mod members;
mod moments;
mod money;
mod names;
mod own_days;
mod parts;
mod plans;
mod play;
mod programs;
mod proportion;
mod rebates;
mod requests;
mod returns;
mod rules;
mod same;
mod settlements;
mod shops;
mod splits;
mod time;
mod transfers;
mod versions;
mod world;
mod years;

use loyalty_rules::calendar::{Date, Zone};
use loyalty_rules::diagnostics::Severity;
use loyalty_rules::ledger::{Book, Reason};
use loyalty_rules::{Compiled, EvaluateError, Event, Findings, Limits, Sources, compile};
use programs::{Rules, programs};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

/// How many cases a law tries.
fn cases_per_law() -> ProptestConfig {
    let default = ProptestConfig::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let cases = if std::env::var_os("CI").is_some() && !asked { 2_000 } else { default.cases };
    ProptestConfig { cases, ..default }
}

/// Compiles a generated program; nothing if the checker refuses it.
fn compiled(rules: &Rules) -> Option<Compiled> {
    compile(&Sources::single("laws.loyalty", rules.text()), &Limits::default()).ok()
}

/// Codes, messages and lines of the errors.
fn errors_of(findings: &Findings) -> String {
    let errors = findings.list.iter().filter(|finding| finding.severity == Severity::Error);
    let lines = errors.map(|finding| {
        let line = findings
            .sources
            .file_at(finding.primary.span.start)
            .map_or("", |file| file.line(file.position(finding.primary.span.start).0));
        format!("{:?} {}: {line}", finding.code, finding.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn generated_programs_mostly_compile() {
    let mut runner = TestRunner::deterministic();
    let strategy = programs();
    let (mut good, mut refused) = (0, Vec::new());
    for _ in 0..1_000 {
        let rules = strategy.new_tree(&mut runner).expect("a program").current();
        match compile(&Sources::single("laws.loyalty", rules.text()), &Limits::default()) {
            Ok(_) => good += 1,
            Err(findings) => refused.push(errors_of(&findings)),
        }
    }
    assert!(
        good >= 950,
        "{good} of 1000 compile; for example\n{}",
        refused[..refused.len().min(20)].join("\n")
    );
}

/// The laws are worth nothing if nothing happens: every reason to book, every refusal and most kinds of messages and
/// notes must come up.
#[test]
fn generated_histories_reach_every_kind_of_booking() {
    let mut runner = TestRunner::deterministic();
    let strategy = histories::cases();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..1_500 {
        let case = strategy.new_tree(&mut runner).expect("a case").current();
        let Some(compiled) = compiled(&case.rules) else { continue };
        let mut world = world::World::new(&compiled.program);
        let events: Vec<Event> = case.history.iter().map(histories::Happening::build).collect();
        let mut count = |what: String| *seen.entry(what).or_insert(0) += 1;
        for told in world.run(&events) {
            match told.result {
                Ok(outcome) => {
                    count(format!("{:?}", outcome.status()));
                    outcome.deltas().iter().for_each(|delta| count(format!("{:?}", delta.reason())));
                    outcome.deltas().iter().for_each(|delta| count(format!("to {}", delta.to().word())));
                    for delta in outcome.deltas().iter().filter(|delta| delta.from() == Book::Issued) {
                        count(format!("from {}", delta.source_name(&compiled.program)));
                    }
                    outcome.charges().for_each(|_| count("charge".into()));
                    outcome.messages().iter().for_each(|message| count(message.body().kind().to_owned()));
                    for delta in outcome.deltas() {
                        let by_clock = delta.key().to_string().starts_with('@');
                        match delta.reason() {
                            Reason::Activated if !by_clock => count("released by an event".into()),
                            Reason::Earned
                                if delta.to() == Book::Pending && delta.usable_from().is_none() =>
                            {
                                count("waits for an event".into());
                            }
                            _ => {}
                        }
                    }
                }
                Err(EvaluateError::Rejected(rejection)) => count(format!("{:?}", rejection.reason)),
                Err(error) => panic!("{error}"),
            }
        }
        let zone = Zone::from_name(case.rules.zone).expect("a zone");
        for account in world.accounts.values() {
            // what is over and not kept would be due at the start of the day behind its last
            let due = account.next_due(&compiled.program);
            let over = |last: Date| zone.start_of_day(last.plus_days(1), case.rules.day_starts as u16 * 60);
            let kept = |last: Date| due.is_some_and(|due| due > over(last));
            let lots = account.held_lots(&compiled.program);
            if lots.iter().any(|lot| lot.last_day.is_some_and(kept)) {
                count("kept after its last day".into());
            }
        }
    }
    let wanted = [
        "Applied",
        "Earned",
        "Activated",
        "Expired",
        "Returned",
        "Repaid",
        "Redeemed",
        "GivenBack",
        "Converted",
        "CardFull",
        "NotCarriedOver",
        "Cancelled",
        "Chosen",
        "Donated",
        "Transferred",
        "transferred",
        "to debt",
        "to pending",
        "to charity",
        "referral-named",
        "referral-accepted",
        "referral-qualified",
        "referral-settled",
        "OtherContent",
        "TooLate",
        "TooEarly",
        "AlreadyMember",
        "NoSuchPurchase",
        "MoreThanIsLeft",
        "AlreadyCancelled",
        "NoSuchChoice",
        "NoSuchVoucher",
        "NotEnough",
        "released by an event",
        "waits for an event",
        "kept after its last day",
        "from Aufgaben",
        "from Serie",
        "from Ziehung",
        "from Marken",
        "from Karte",
        "from Gold",
        "from Bonus",
        "from Rest",
        "from Dividende",
        "from Kerze",
        "charge",
        "MayNotChangeYet",
    ];
    for word in wanted {
        assert!(seen.get(word).is_some_and(|count| *count >= 5), "too few of {word} in {seen:?}");
    }
}
