//! Laws of time: however often the clock is run, the next event finds the same account.

use super::draw::Draw;
use super::histories::{Case, Happening, cases};
use super::world::{World, same_but_version, tick};
use super::{cases_per_law, compiled};
use loyalty_rules::calendar::Instant;
use loyalty_rules::event::Message;
use loyalty_rules::ledger::Delta;
use loyalty_rules::{Account, Evaluator, Event, Program};
use proptest::prelude::*;
use std::collections::BTreeMap;

proptest! {
    #![proptest_config(cases_per_law())]

    /// L14: running the clock at any moments before an event, never ahead of it, changes nothing of what is booked in
    /// all nor of the account after the event.
    #[test]
    fn the_clock_may_be_run_at_any_time(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        for (member, events) in applied_by_member(program, &case) {
            let (mut seldom, mut often) = (Account::open(program, &member), Account::open(program, &member));
            let mut draw = Draw::new(&case.spare);
            let mut last = Instant::MIN;
            for (place, event) in events.iter().enumerate() {
                // a late event may lie before a message that came earlier: no tick runs ahead of it either
                let to = events[place..].iter().map(Event::at).min().expect("at least this one");
                let plain = Evaluator::new().evaluate(program, &seldom, event).expect("it was applied before");
                let mut deltas: Vec<Delta> = Vec::new();
                let mut messages: Vec<Message> = Vec::new();
                if often.version() > 0 {
                    for moment in moments(&mut draw, last, to) {
                        let ticked = tick(program, &mut often, moment);
                        deltas.extend_from_slice(ticked.deltas());
                        messages.extend_from_slice(ticked.messages());
                    }
                }
                let ticked = Evaluator::new().evaluate(program, &often, event).expect("as without ticks");
                deltas.extend_from_slice(ticked.deltas());
                messages.extend_from_slice(ticked.messages());
                prop_assert_eq!(plain.deltas(), &deltas[..]);
                prop_assert_eq!(plain.messages(), &messages[..]);
                seldom.post(program, &plain).expect("posted");
                often.post(program, &ticked).expect("posted");
                if !event.is_message() {
                    prop_assert!(
                        same_but_version(program, &seldom, &often),
                        "after {:?}:\n{:?}\n{:?}", event, seldom, often
                    );
                }
                prop_assert_eq!(seldom.next_due(program), often.next_due(program));
                last = last.max(event.at());
            }
        }
    }

    /// L11: at every cut, an account that was stored as JSON and read again goes on as if nothing had been.
    #[test]
    fn a_stored_account_goes_on_as_if_nothing_had_been(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        let mut world = World::new(program);
        let mut stored: BTreeMap<String, String> = BTreeMap::new();
        for happening in &case.history {
            for delivery in world.deliver(&happening.build()) {
                let event = delivery.event;
                let member = event.member();
                let mut account = match stored.get(member) {
                    Some(text) => read(program, text)?,
                    None => Account::open(program, member),
                };
                let result = Evaluator::new().evaluate(program, &account, &event);
                prop_assert_eq!(&result, &delivery.result, "after it was stored");
                if let Ok(outcome) = result {
                    account.post(program, &outcome).expect("posted");
                    let text = written(program, &account);
                    let again = read(program, &text)?;
                    prop_assert_eq!(&again, &account);
                    prop_assert_eq!(&written(program, &again), &text);
                    stored.insert(member.to_owned(), text);
                }
            }
        }
        for (member, account) in &world.accounts {
            prop_assert_eq!(&read(program, &stored[member])?, account);
        }
    }

    /// The next instant at which the clock has work is exact: nothing happens before it, something happens at it.
    #[test]
    fn the_next_due_instant_is_exact(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        let mut world = World::new(program);
        for happening in &case.history {
            world.deliver(&happening.build());
            for account in world.accounts.values() {
                check_due(program, account)?;
            }
        }
        // and it comes to an end: the clock runs through all that is due
        for account in world.accounts.values_mut() {
            let mut turns = 0;
            while let Some(due) = account.next_due(program) {
                tick(program, account, due);
                turns += 1;
                if turns > 400 || due > super::histories::instant(2_208_988_800) {
                    // a level that is reviewed every month is so for ever
                    break;
                }
                prop_assert!(account.next_due(program).is_none_or(|next| next > due), "due again at {due}");
            }
        }
    }
}

pub(super) fn written(program: &Program, account: &Account) -> String {
    serde_json::to_string(&account.snapshot(program)).expect("a snapshot can be written")
}

pub(super) fn read(program: &Program, text: &str) -> Result<Account, TestCaseError> {
    let snapshot =
        serde_json::from_str(text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
    Account::restore(program, snapshot).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))
}

/// The events that each account took, messages included, in order.
fn applied_by_member(program: &Program, case: &Case) -> BTreeMap<String, Vec<Event>> {
    let mut world = World::new(program);
    let told = world.run(&case.history.iter().map(Happening::build).collect::<Vec<_>>());
    let mut by_member: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for delivery in told {
        if delivery.result.is_ok() {
            by_member.entry(delivery.event.member().to_owned()).or_default().push(delivery.event);
        }
    }
    by_member
}

/// Up to three moments from the last event to the next one, in order; both ends are among the choices.
pub(super) fn moments(draw: &mut Draw<'_>, from: Instant, to: Instant) -> Vec<Instant> {
    let from = from.min(to);
    let between = to.micros_since(from);
    let mut found: Vec<Instant> = (0..draw.below(4))
        .map(|_| from.plus_micros((i128::from(between) * draw.below(17) as i128 / 16) as i64))
        .collect();
    found.sort_unstable();
    found
}

pub(super) fn check_due(program: &Program, account: &Account) -> Result<(), TestCaseError> {
    let Some(due) = account.next_due(program) else { return Ok(()) };
    let mut early = account.clone();
    let before = tick(program, &mut early, due.plus_micros(-1));
    prop_assert!(before.deltas().is_empty() && before.messages().is_empty(), "before {due}: {before:?}");
    prop_assert_eq!(early.next_due(program), Some(due));
    let mut late = early.clone();
    let at = tick(program, &mut late, due);
    prop_assert!(late.next_due(program).is_none_or(|next| next > due));
    // the first tick has set the clock; the second changes nothing else unless something is due
    let mut idle = early.clone();
    tick(program, &mut idle, due.plus_micros(-1));
    let moved = !at.deltas().is_empty() || !at.messages().is_empty();
    prop_assert!(moved || !same_but_version(program, &idle, &late), "nothing happens at {due}");
    Ok(())
}
