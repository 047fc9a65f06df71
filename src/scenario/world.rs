//! All accounts of one program in memory.

use crate::account::Account;
use crate::calendar::Instant;
use crate::evaluate::{EvaluateError, Evaluator, Outcome, Refusal, Rejection};
use crate::event::{Budget, Event};
use crate::program::{Program, Versions};
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
    /// The versions of the program, if there are several.
    versions: Option<&'p Versions>,
    accounts: BTreeMap<Arc<str>, Account>,
    /// The accounts of members that are not found by their own names.
    homes: BTreeMap<Arc<str>, Arc<str>>,
    evaluator: Evaluator,
    explains: bool,
    /// Messages that are on their way, oldest first.
    messages: VecDeque<Event>,
    undelivered: u64,
    /// By name.
    budgets: BTreeMap<String, Budget>,
}

impl<'p> World<'p> {
    /// A world without members.
    #[must_use]
    pub fn new(program: &'p Program) -> Self {
        Self {
            program,
            versions: None,
            accounts: BTreeMap::new(),
            homes: BTreeMap::new(),
            evaluator: Evaluator::new(),
            explains: false,
            messages: VecDeque::new(),
            undelivered: 0,
            budgets: BTreeMap::new(),
        }
    }

    /// A world without members, under the versions of a program.
    #[must_use]
    pub fn of_versions(versions: &'p Versions) -> Self {
        let first = versions.all().next().unwrap_or_else(|| versions.newest());
        Self { versions: Some(versions), ..Self::new(first) }
    }

    /// Makes every outcome carry what an explanation needs. This costs time and memory.
    #[must_use]
    pub const fn explaining(mut self) -> Self {
        self.explains = true;
        self
    }

    /// The program of all accounts. Of several versions, the one in force at the newest instant that came; all accounts
    /// stand under it once [`World::advance`] has run to that instant.
    #[must_use]
    pub const fn program(&self) -> &'p Program {
        self.program
    }

    /// The version with an identity.
    pub(super) fn program_with(&self, identity: u128) -> &'p Program {
        self.versions.and_then(|versions| versions.from(identity).next()).unwrap_or(self.program)
    }

    /// The account of a member, if anything was ever delivered to that member.
    #[must_use]
    pub fn account(&self, member: &str) -> Option<&Account> {
        self.accounts.get(self.home(member))
    }

    /// All accounts, by their ids in the order of code points.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// How many messages went to members who have no account, or were refused there, and were dropped.
    #[must_use]
    pub const fn undelivered(&self) -> u64 {
        self.undelivered
    }

    /// The books of all budgets of which something was claimed, by name.
    pub fn budgets(&self) -> impl Iterator<Item = &Budget> {
        self.budgets.values()
    }

    /// The book of a budget, if anything was ever claimed from it.
    #[must_use]
    pub fn budget(&self, name: &str) -> Option<&Budget> {
        self.budgets.get(name)
    }

    /// The book of a budget.
    pub(super) fn book_of(&mut self, name: &str) -> &mut Budget {
        self.budgets.entry(name.to_owned()).or_insert_with(|| Budget::new(name))
    }

    /// Puts an account into the world, in place of one that the member may have: for a start from a stored state.
    pub fn insert(&mut self, account: Account) {
        self.note_homes(&account);
        self.accounts.insert(Arc::clone(account.shared_id()), account);
    }

    /// The id of the account of a member.
    fn home<'m>(&'m self, member: &'m str) -> &'m str {
        self.homes.get(member).map_or(member, |home| home)
    }

    /// Notes where members are found who share an account.
    fn note_homes(&mut self, account: &Account) {
        if account.company.is_some() {
            let id = account.shared_id();
            let members = account.people().filter(|who| who.member != id);
            self.homes.extend(members.map(|who| (Arc::clone(who.member), Arc::clone(id))));
        }
    }

    /// Why a member cannot come to an account: it has one already.
    fn check_free(&self, member: &str, id: &str) -> Result<(), Rejection> {
        let home = self.home(member);
        let is_member = self.accounts.get(home).is_some_and(|account| account.has_member(member));
        if home == id || !is_member {
            return Ok(());
        }
        Err(Rejection::new(Refusal::AlreadyMember, format!("`{member}` has the account `{home}`")))
    }

    /// The account of a member, with its turn: the one that is named, or its own.
    pub(super) fn account_of(&mut self, member: &str, named: Option<&str>) -> Result<&mut Account, String> {
        let program = self.program;
        if let Some(id) = named {
            self.check_free(member, id).map_err(|error| error.to_string())?;
            self.homes.insert(member.into(), id.into());
        }
        let id: Arc<str> = self.home(member).into();
        let account = self.accounts.entry(Arc::clone(&id)).or_insert_with(|| Account::open(program, &id));
        match account.person(member).map(|who| who.place) {
            Some(place) => account.turn_to(place),
            None => account.take_in(&Arc::from(member)),
        }
        Ok(account)
    }

    /// Evaluates an event, posts its outcome, and delivers all messages that follow from it, in the order in which
    /// they are sent. The first outcome is that of the event, the others those of the messages. Where an account comes
    /// to a later version of the program, what the clock did under the earlier ones stands before.
    ///
    /// A member without an account gets one, unless the event is a message: that is dropped and gives no outcome. Because
    /// nothing may get lost, a transfer to a member without an account is refused.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::evaluate`]. A refused event changes nothing.
    pub fn deliver(&mut self, event: Event) -> Result<Vec<Outcome>, EvaluateError> {
        let mut outcomes = Vec::with_capacity(1);
        if let Some(receiver) = event.receiver().filter(|receiver| self.account(receiver).is_none()) {
            let detail = format!("`{receiver}` has no account to which anything could go");
            return Err(Rejection::new(Refusal::NoSuchMember, detail).into());
        }
        if event.is_message() {
            self.messages.push_back(event);
        } else {
            outcomes.append(&mut self.take(&event)?);
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
        if let Some((id, _)) = self.accounts.get_key_value(self.home(member)) {
            let member = Arc::clone(id);
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
        self.come_to(to);
        let mut due: BTreeSet<(Instant, Arc<str>)> = BTreeSet::new();
        for account in self.accounts.values() {
            due.extend(self.due_of(account, to));
        }
        while let Some((at, member)) = due.pop_first() {
            // a message may have run this clock in the meantime
            let Some(account) = self.accounts.get(&member) else { continue };
            if self.next_due(account) == Some(at) {
                self.tick(&member, at)?.into_iter().for_each(&mut each);
            }
            let mut touched = vec![Arc::clone(&member)];
            self.deliver_messages(&mut |outcome| {
                touched.push(Arc::clone(outcome.account.as_ref().unwrap_or(&outcome.member)));
                each(outcome);
            })?;
            let accounts = touched.iter().filter_map(|member| self.accounts.get(member));
            due.extend(accounts.filter_map(|account| self.due_of(account, to)));
        }
        let members: Vec<Arc<str>> = self.accounts.keys().map(Arc::clone).collect();
        for member in members {
            self.tick(&member, to)?.into_iter().for_each(&mut each);
        }
        self.deliver_messages(&mut each)
    }

    fn next_due(&self, account: &Account) -> Option<Instant> {
        match self.versions {
            Some(versions) => versions.next_due(account),
            None => account.next_due(self.program),
        }
    }

    /// Notes that an instant has come: the version in force may be another one.
    fn come_to(&mut self, at: Instant) {
        if let Some(program) = self.versions.map(|versions| versions.at(at))
            && program.effective_from > self.program.effective_from
        {
            self.program = program;
        }
    }

    fn due_of(&self, account: &Account, to: Instant) -> Option<(Instant, Arc<str>)> {
        let due = self.next_due(account).filter(|due| *due <= to)?;
        Some((due, Arc::clone(account.shared_id())))
    }

    /// Evaluates and posts an event for a member, who gets an account if there is none.
    fn take(&mut self, event: &Event) -> Result<Vec<Outcome>, EvaluateError> {
        let program = self.versions.map_or(self.program, |versions| versions.at(event.at));
        let id: Arc<str> = match event.account() {
            Some(id) => {
                self.check_free(&event.member, id)?;
                id.into()
            }
            None => self.homes.get(&event.member).map_or_else(|| Arc::clone(&event.member), Arc::clone),
        };
        let known = self.accounts.get_mut(&id);
        let mut opened = None;
        let account = match known {
            Some(account) => account,
            None => opened.insert(Account::open(program, &id)),
        };
        if let Some(versions) = self.versions {
            let judged = self.evaluator.deliver_with(versions, account, event, self.explains)?;
            if event.account().is_some() && *id != *event.member {
                self.homes.insert(Arc::clone(&event.member), Arc::clone(&id));
            }
            if let Some(account) = opened {
                self.accounts.insert(id, account);
            }
            self.come_to(event.at);
            let outcomes: Vec<Outcome> = judged.into_iter().map(|judged| judged.outcome).collect();
            outcomes.iter().for_each(|outcome| self.send(outcome));
            return Ok(outcomes);
        }
        let outcome = if self.explains {
            self.evaluator.explain(self.program, account, event)?
        } else {
            self.evaluator.evaluate(self.program, account, event)?
        };
        account.post(self.program, &outcome)?;
        if event.account().is_some() && *id != *event.member {
            self.homes.insert(Arc::clone(&event.member), Arc::clone(&id));
        }
        if let Some(account) = opened {
            self.accounts.insert(id, account);
        }
        self.send(&outcome);
        Ok(vec![outcome])
    }

    /// Runs the clock of an account.
    fn tick(&mut self, member: &str, to: Instant) -> Result<Vec<Outcome>, EvaluateError> {
        let Some(account) = self.accounts.get_mut(member) else { return Ok(Vec::new()) };
        if let Some(versions) = self.versions {
            let judged = self.evaluator.run_clock(versions, account, to)?;
            let outcomes: Vec<Outcome> = judged.into_iter().map(|judged| judged.outcome).collect();
            outcomes.iter().for_each(|outcome| self.send(outcome));
            return Ok(outcomes);
        }
        let outcome = self.evaluator.advance(self.program, account, to)?;
        account.post(self.program, &outcome)?;
        self.send(&outcome);
        Ok(vec![outcome])
    }

    fn send(&mut self, outcome: &Outcome) {
        self.messages.extend(outcome.messages().iter().cloned().map(Event::from));
        for line in outcome.budget_lines() {
            let answer = self.book_of(line.budget()).take(line);
            // what one program claims and releases fits together
            debug_assert!(answer.is_ok(), "{answer:?}");
            self.messages.extend(answer.ok().flatten().map(Event::from));
        }
    }

    fn deliver_messages(&mut self, each: &mut dyn FnMut(Outcome)) -> Result<(), EvaluateError> {
        while let Some(message) = self.messages.pop_front() {
            if self.account(&message.member).is_none() {
                self.undelivered += 1;
                continue;
            }
            match self.take(&message) {
                Ok(outcomes) => outcomes.into_iter().for_each(&mut *each),
                Err(EvaluateError::Rejected(_)) => self.undelivered += 1,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}
