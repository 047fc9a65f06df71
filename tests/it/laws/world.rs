//! A small host: keeps accounts, posts outcomes, and delivers messages in the order in which they were sent.

use loyalty_rules::calendar::Instant;
use loyalty_rules::event::Message;
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Outcome, Program};
use std::collections::{BTreeMap, VecDeque};

/// What came of delivering one event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Delivery {
    pub(super) event: Event,
    pub(super) result: Result<Outcome, EvaluateError>,
}

/// All accounts of a program.
#[derive(Debug)]
pub(super) struct World<'p> {
    pub(super) program: &'p Program,
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) evaluator: Evaluator,
}

impl<'p> World<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        Self { program, accounts: BTreeMap::new(), evaluator: Evaluator::new() }
    }

    /// Delivers an event and all messages that follow from it.
    pub(super) fn deliver(&mut self, event: &Event) -> Vec<Delivery> {
        let mut done = Vec::new();
        let mut waiting = VecDeque::from([event.clone()]);
        while let Some(event) = waiting.pop_front() {
            let known = self.accounts.get(event.member());
            let nobody = |member: &str| !self.accounts.contains_key(member);
            if event.is_message() && known.is_none() || event.receiver().is_some_and(nobody) {
                // nobody knows the receiver, or the one who should get something
                continue;
            }
            let mut account = known.cloned().unwrap_or_else(|| Account::open(self.program, event.member()));
            let result = self.evaluator.evaluate(self.program, &account, &event);
            assert!(
                !matches!(result, Err(EvaluateError::Broken(_) | EvaluateError::Foreign(_))),
                "the engine is broken: {result:?} at {event:?}"
            );
            if let Ok(outcome) = &result {
                account.post(self.program, outcome).expect("posted to the account it was computed from");
                waiting.extend(outcome.messages().iter().cloned().map(Message::into));
                self.accounts.insert(event.member().to_owned(), account);
            }
            done.push(Delivery { event, result });
        }
        done
    }

    /// Delivers a whole history.
    pub(super) fn run(&mut self, events: &[Event]) -> Vec<Delivery> {
        events.iter().flat_map(|event| self.deliver(event)).collect()
    }
}

/// Runs the clock of an account and posts what it did.
pub(super) fn tick(program: &Program, account: &mut Account, to: Instant) -> Outcome {
    let outcome = Evaluator::new().advance(program, account, to).expect("the clock never fails");
    account.post(program, &outcome).expect("posted to the account it was computed from");
    outcome
}

/// Whether two accounts are the same but for how many outcomes were posted. Both must have had an event: then running
/// the clock to 1970 changes nothing but the version.
pub(super) fn same_but_version(program: &Program, one: &Account, two: &Account) -> bool {
    let (mut one, mut two) = (one.clone(), two.clone());
    while one.version() < two.version() {
        tick(program, &mut one, Instant::MIN);
    }
    while two.version() < one.version() {
        tick(program, &mut two, Instant::MIN);
    }
    one == two
}
