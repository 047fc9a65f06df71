//! All accounts of one program in memory.

use crate::account::Account;
use crate::calendar::Instant;
use crate::evaluate::{EvaluateError, Evaluator, Outcome};
use crate::event::Event;
use crate::program::Program;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// The accounts of a program, by member, and what a host does for them: post outcomes, deliver messages, run clocks.
///
/// ```
/// # use loyalty_rules::check::{Sources, compile};
/// # use loyalty_rules::event::{Event, Item};
/// # use loyalty_rules::syntax::Limits;
/// # use loyalty_rules::scenario::World;
/// # let rules = r#"edition 2026
/// # program Demo {
/// #   version 1
/// #   effective from 2026-01-01
/// #   currency EUR
/// #   time zone "Europe/Berlin"
/// # }
/// # unit points is spendable {
/// #   singular point
/// #   round down in total
/// #   expire never
/// # }
/// # earn Base {
/// #   on purchase
/// #   give 1 point per full 2 EUR
/// # }
/// # "#;
/// let compiled = compile(&Sources::single("demo.loyalty", rules), &Limits::default())?;
/// let mut world = World::new(&compiled.program);
/// let event = Event::purchase("K-1", "Ann", "2026-03-03T17:45:00+01:00").item(Item::new("Pears", "1", "4.98")).build()?;
/// let outcomes = world.deliver(event)?;
/// assert_eq!(outcomes[0].deltas()[0].amount_scaled(), 2);
/// assert_eq!(world.accounts().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct World<'p> {
    program: &'p Program,
    accounts: BTreeMap<Arc<str>, Account>,
    evaluator: Evaluator,
    explains: bool,
    /// Messages that are on their way, oldest first.
    messages: VecDeque<Event>,
    undelivered: u64,
}

impl<'p> World<'p> {
    /// A world without members.
    #[must_use]
    pub fn new(program: &'p Program) -> Self {
        Self {
            program,
            accounts: BTreeMap::new(),
            evaluator: Evaluator::new(),
            explains: false,
            messages: VecDeque::new(),
            undelivered: 0,
        }
    }

    /// Makes every outcome carry what an explanation needs. This costs time and memory.
    #[must_use]
    pub const fn explaining(mut self) -> Self {
        self.explains = true;
        self
    }

    /// The program of all accounts.
    #[must_use]
    pub const fn program(&self) -> &'p Program {
        self.program
    }

    /// The account of a member, if anything was ever delivered to that member.
    #[must_use]
    pub fn account(&self, member: &str) -> Option<&Account> {
        self.accounts.get(member)
    }

    /// All accounts, by member in the order of code points.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// How many messages went to members who have no account, or were refused there, and were dropped.
    #[must_use]
    pub const fn undelivered(&self) -> u64 {
        self.undelivered
    }

    /// Puts an account into the world, in place of one that the member may have: for a start from a stored state.
    pub fn insert(&mut self, account: Account) {
        self.accounts.insert(Arc::clone(&account.member), account);
    }

    pub(super) fn account_mut(&mut self, member: &str) -> &mut Account {
        let program = self.program;
        self.accounts.entry(member.into()).or_insert_with(|| Account::open(program, member))
    }

    /// Evaluates an event, posts its outcome, and delivers all messages that follow from it, in the order in which
    /// they are sent. The first outcome is that of the event, the others those of the messages.
    ///
    /// A member without an account gets one, unless the event is a message: that is dropped and gives no outcome.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::evaluate`]. A refused event changes nothing.
    pub fn deliver(&mut self, event: Event) -> Result<Vec<Outcome>, EvaluateError> {
        let mut outcomes = Vec::with_capacity(1);
        if event.is_message() {
            self.messages.push_back(event);
        } else {
            outcomes.push(self.take(&event)?);
        }
        self.deliver_messages(&mut |outcome| outcomes.push(outcome))?;
        Ok(outcomes)
    }

    /// Runs the clock of one member up to an instant and delivers the messages that follow from it. Without an
    /// account nothing happens.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::advance`].
    pub fn advance_member(&mut self, member: &str, to: Instant) -> Result<Vec<Outcome>, EvaluateError> {
        let mut outcomes = Vec::new();
        if let Some((member, _)) = self.accounts.get_key_value(member) {
            let member = Arc::clone(member);
            outcomes.extend(self.tick(&member, to)?);
            self.deliver_messages(&mut |outcome| outcomes.push(outcome))?;
        }
        Ok(outcomes)
    }

    /// Runs the clocks of all members up to an instant: whatever is due first comes first, of what is due together
    /// the members in their order, each with the messages that follow from it. `each` gets every outcome in the
    /// order in which it was posted.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::advance`].
    pub fn advance(&mut self, to: Instant, mut each: impl FnMut(Outcome)) -> Result<(), EvaluateError> {
        let mut due: BTreeSet<(Instant, Arc<str>)> = BTreeSet::new();
        for account in self.accounts.values() {
            due.extend(self.due_of(account, to));
        }
        while let Some((at, member)) = due.pop_first() {
            // a message may have run this clock in the meantime
            let Some(account) = self.accounts.get(&member) else { continue };
            if account.next_due(self.program) == Some(at)
                && let Some(outcome) = self.tick(&member, at)?
            {
                each(outcome);
            }
            let mut touched = vec![Arc::clone(&member)];
            self.deliver_messages(&mut |outcome| {
                touched.push(Arc::clone(&outcome.member));
                each(outcome);
            })?;
            let accounts = touched.iter().filter_map(|member| self.accounts.get(member));
            due.extend(accounts.filter_map(|account| self.due_of(account, to)));
        }
        let members: Vec<Arc<str>> = self.accounts.keys().map(Arc::clone).collect();
        for member in members {
            if let Some(outcome) = self.tick(&member, to)? {
                each(outcome);
            }
        }
        self.deliver_messages(&mut each)
    }

    fn due_of(&self, account: &Account, to: Instant) -> Option<(Instant, Arc<str>)> {
        let due = account.next_due(self.program).filter(|due| *due <= to)?;
        Some((due, Arc::clone(&account.member)))
    }

    /// Evaluates and posts an event for a member, who gets an account if there is none.
    fn take(&mut self, event: &Event) -> Result<Outcome, EvaluateError> {
        let known = self.accounts.get_mut(&event.member);
        let mut opened = None;
        let account = match known {
            Some(account) => account,
            None => opened.insert(Account::open(self.program, &event.member)),
        };
        let outcome = if self.explains {
            self.evaluator.explain(self.program, account, event)?
        } else {
            self.evaluator.evaluate(self.program, account, event)?
        };
        account.post(self.program, &outcome)?;
        if let Some(account) = opened {
            self.accounts.insert(Arc::clone(&event.member), account);
        }
        self.send(&outcome);
        Ok(outcome)
    }

    /// Runs the clock of an account.
    fn tick(&mut self, member: &str, to: Instant) -> Result<Option<Outcome>, EvaluateError> {
        let Some(account) = self.accounts.get_mut(member) else { return Ok(None) };
        let outcome = self.evaluator.advance(self.program, account, to)?;
        account.post(self.program, &outcome)?;
        self.send(&outcome);
        Ok(Some(outcome))
    }

    fn send(&mut self, outcome: &Outcome) {
        self.messages.extend(outcome.messages().iter().cloned().map(Event::from));
    }

    fn deliver_messages(&mut self, each: &mut dyn FnMut(Outcome)) -> Result<(), EvaluateError> {
        while let Some(message) = self.messages.pop_front() {
            if !self.accounts.contains_key(&message.member) {
                self.undelivered += 1;
                continue;
            }
            match self.take(&message) {
                Ok(outcome) => each(outcome),
                Err(EvaluateError::Rejected(_)) => self.undelivered += 1,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}
