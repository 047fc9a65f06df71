//! Laws of sameness: what is repeated, reordered, explained or shuffled comes out the same.

use super::draw::shuffle;
use super::histories::{Case, Happening, What, Wish, cases, cases_with};
use super::programs::programs;
use super::world::World;
use super::{cases_per_law, compiled};
use loyalty_rules::evaluate::Refusal;
use loyalty_rules::ledger::Book;
use loyalty_rules::{EvaluateError, Evaluator, Event, Outcome, Status};
use proptest::prelude::*;
use std::collections::BTreeMap;

proptest! {
    #![proptest_config(cases_per_law())]

    /// L1: the same log gives the same outcomes, in a second run, on another thread, and under the same program with
    /// its blocks in another order.
    #[test]
    fn the_same_log_gives_the_same_outcomes(case in cases()) {
        let Some(first) = compiled(&case.rules) else { return Ok(()) };
        let events: Vec<Event> = case.history.iter().map(Happening::build).collect();
        let mut world = World::new(&first.program);
        let told = world.run(&events);
        let mut shuffled = case.rules.clone();
        shuffle(&mut shuffled.blocks, &case.spare);
        let second = compiled(&shuffled).expect("the order of blocks has no meaning");
        prop_assert_eq!(first.program.fingerprint(), second.program.fingerprint());
        let accounts = world.accounts.clone();
        let (again, their_accounts) = std::thread::spawn(move || {
            let mut world = World::new(&second.program);
            let told = world.run(&events);
            (told, world.accounts)
        }).join().expect("no panic");
        prop_assert_eq!(told, again);
        prop_assert_eq!(accounts, their_accounts);
    }

    /// L2: an event delivered twice, at once or later, changes nothing; the same id with other content is refused.
    #[test]
    fn a_repeated_event_changes_nothing(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let mut world = World::new(&compiled.program);
        let mut applied: Vec<Event> = Vec::new();
        for happening in &case.history {
            for delivery in world.deliver(&happening.build()) {
                if delivery.result.is_ok() {
                    applied.push(delivery.event);
                }
            }
            check_repeated(&mut world, applied.last(), &applied)?;
            let mut other = happening.clone();
            other.at += 1;
            let known = applied.iter().any(|event| {
                event.id() == other.id && event.member() == other.member && !is_old(&applied, event)
            });
            let is_same = applied.contains(&other.build());
            if known && !is_same {
                let account = &world.accounts[other.member];
                let refused = world.evaluator.evaluate(&compiled.program, account, &other.build());
                let Err(EvaluateError::Rejected(rejection)) = refused else {
                    return Err(TestCaseError::fail(format!("accepted twice: {other:?}")));
                };
                prop_assert_eq!(rejection.reason, Refusal::OtherContent);
            }
        }
        for event in &applied {
            check_repeated(&mut world, Some(event), &applied)?;
        }
    }

    /// Rules found through the index, and rules tried one after another for an explanation, book the same; and what
    /// the explanation says was booked is what was booked (L19).
    #[test]
    fn an_explanation_changes_nothing_and_adds_up(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        let mut world = World::new(program);
        for happening in &case.history {
            let event = happening.build();
            let opened = loyalty_rules::Account::open(program, event.member());
            let account = world.accounts.get(event.member()).unwrap_or(&opened);
            let explained = Evaluator::new().explain(program, account, &event);
            let plain = Evaluator::new().evaluate(program, account, &event);
            match (&plain, &explained) {
                (Ok(plain), Ok(explained)) => {
                    prop_assert_eq!(plain.deltas(), explained.deltas());
                    prop_assert_eq!(plain.messages(), explained.messages());
                    prop_assert_eq!(plain.notes(), explained.notes());
                    let mut after = account.clone();
                    let mut after_explained = account.clone();
                    after.post(program, plain).expect("posted");
                    after_explained.post(program, explained).expect("posted");
                    prop_assert_eq!(after, after_explained);
                    if plain.status() == Status::Applied && !matches!(happening.what, What::Return { .. }) {
                        check_explanation(&case, program, explained, &event)?;
                    }
                }
                (plain, explained) => prop_assert_eq!(plain, explained),
            }
            world.deliver(&event);
        }
    }

    /// L10: the order of the items of a purchase has no meaning for what is booked.
    #[test]
    fn the_order_of_items_has_no_meaning(case in cases_with(programs(), Wish { events: 12, returns: false, transfers: false })) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let (mut one, mut two) = (World::new(&compiled.program), World::new(&compiled.program));
        for happening in &case.history {
            let mut turned = happening.clone();
            if let What::Purchase { lines, .. } = &mut turned.what {
                shuffle(lines, &case.spare);
            }
            let here = one.deliver(&happening.build());
            let there = two.deliver(&turned.build());
            prop_assert_eq!(here.len(), there.len());
            for (here, there) in here.iter().zip(&there) {
                match (&here.result, &there.result) {
                    (Ok(here), Ok(there)) => {
                        prop_assert_eq!(here.deltas(), there.deltas());
                        prop_assert_eq!(here.messages(), there.messages());
                    }
                    (here, there) => prop_assert_eq!(here.is_ok(), there.is_ok()),
                }
            }
        }
    }

    /// L10: what happens to one member is no concern of another, unless they refer each other or give each other
    /// something.
    #[test]
    fn members_do_not_disturb_each_other(
        case in cases_with(programs(), Wish { events: 25, returns: true, transfers: false })
    ) {
        if case.rules.has_referral {
            return Ok(());
        }
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let mut mixed = World::new(&compiled.program);
        mixed.run(&case.history.iter().map(Happening::build).collect::<Vec<_>>());
        let mut sorted = case.history.clone();
        sorted.sort_by_key(|happening| happening.member);
        let mut apart = World::new(&compiled.program);
        apart.run(&sorted.iter().map(Happening::build).collect::<Vec<_>>());
        prop_assert_eq!(mixed.accounts, apart.accounts);
    }
}

fn check_repeated(
    world: &mut World<'_>,
    event: Option<&Event>,
    applied: &[Event],
) -> Result<(), TestCaseError> {
    let Some(event) = event else { return Ok(()) };
    let before = world.accounts.clone();
    for delivery in world.deliver(event) {
        match delivery.result {
            Ok(outcome) => {
                prop_assert_eq!(outcome.status(), Status::Repeated);
                prop_assert!(outcome.deltas().is_empty() && outcome.messages().is_empty());
            }
            // ids are remembered for 90 days; older events are refused by their date
            Err(EvaluateError::Rejected(_)) if is_old(applied, event) => {}
            Err(error) => return Err(TestCaseError::fail(format!("refused now: {error}"))),
        }
    }
    prop_assert_eq!(&before, &world.accounts);
    Ok(())
}

/// Whether the newest event of the member is more than 89 days younger: days begin at their own hour.
fn is_old(applied: &[Event], event: &Event) -> bool {
    let mut same = applied.iter().filter(|other| other.member() == event.member());
    same.any(|other| other.at().micros() > event.at().micros() + 89 * 86_400_000_000)
}

/// What every rule says it booked is what the deltas of the event say it issued.
fn check_explanation(
    case: &Case,
    program: &loyalty_rules::Program,
    outcome: &Outcome,
    event: &Event,
) -> Result<(), TestCaseError> {
    let explanation = outcome.explanation(program).expect("it was asked for");
    let mut said: BTreeMap<String, i64> = BTreeMap::new();
    for rule in &explanation.rules {
        let decimals = case.rules.decimals.get(&rule.gives).copied().unwrap_or(0);
        let booked = super::programs::scaled(&rule.booked, decimals);
        prop_assert!(booked >= 0);
        if booked != 0 {
            prop_assert!(said.insert(rule.rule.clone(), booked).is_none(), "{} is there twice", rule.rule);
        }
    }
    let names = &case.rules.rule_names;
    let issued = super::books::sums(outcome.deltas(), |delta| {
        let name = delta.source_name(program);
        let counts = delta.from() == Book::Issued && delta.event() == event.id() && names.contains(&name);
        counts.then_some(name)
    });
    prop_assert_eq!(said, issued);
    Ok(())
}
