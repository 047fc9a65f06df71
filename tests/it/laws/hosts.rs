//! Laws of hosts: tills that race, crashes, lost acknowledgements, messages that come late, twice or in any order.

use super::books::Books;
use super::cases_per_law;
use super::draw::{Draw, shuffle};
use super::shops::{Deed, Happening, MEMBERS, shop, stories};
use super::world::World;
use loyalty_rules::account::PostError;
use loyalty_rules::event::Message;
use loyalty_rules::ledger::LedgerLine;
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Outcome, Program, Status};
use proptest::prelude::*;
use std::collections::BTreeMap;

proptest! {
    #![proptest_config(cases_per_law())]

    /// L16: several tills judge events of one member on the same state, and post in any order. One posting wins, the
    /// others are told that they are stale, judge again, and end as if all had come one after another.
    #[test]
    fn of_several_tills_one_wins_and_the_others_judge_again(story in stories(12)) {
        let program = shop(story.shop);
        let mut world = World::new(program);
        let mut draw = Draw::new(&story.spare);
        let mut rest = &story.told[..];
        while let Some(first) = rest.first() {
            // what one member does next, as long as nobody else does anything
            let mine = rest.iter().take_while(|happening| happening.member == first.member).count();
            let count = mine.min(1 + draw.below(4));
            let (batch, later) = rest.split_at(count);
            rest = later;
            let mut batch: Vec<Event> = batch.iter().map(Happening::build).collect();
            shuffle(&mut batch, &[draw.byte(), draw.byte(), draw.byte()]);
            race(&mut world, program, &batch)?;
        }
    }

    /// Whatever step fails, an event that is tried until it is acknowledged counts once: with crashes between judging,
    /// posting and delivering, with acknowledgements that get lost, and with everything delivered twice, all accounts
    /// and the ledger end as without them.
    #[test]
    fn crashes_and_lost_answers_leave_the_same_accounts(story in stories(12)) {
        let program = shop(story.shop);
        let mut calm = Host::new(program, &[]);
        let mut wild = Host::new(program, &story.spare);
        for happening in &story.told {
            for host in [&mut calm, &mut wild] {
                host.until_acknowledged(&happening.build())?;
                host.empty_outbox(false)?;
            }
        }
        prop_assert_eq!(&calm.stored, &wild.stored);
        prop_assert_eq!(&calm.ledger, &wild.ledger);
    }

    /// Messages that come late and in any order, while events of each member keep theirs: everybody ends with the same
    /// balances, and nothing is on its way.
    #[test]
    fn messages_that_overtake_each_other_bring_the_same_balances(story in stories(12)) {
        // nobody is refused and nothing ends for want of what is on its way
        let program = shop(0);
        let mut story = story;
        for happening in &mut story.told {
            match &mut happening.deed {
                Deed::Gives(amount, _) => *amount = "1",
                Deed::Redeems(amount) => *amount = "1",
                _ => {}
            }
        }
        let (mut prompt, mut late) = (Host::new(program, &[]), Host::new(program, &story.spare));
        for member in MEMBERS {
            let start = Happening { id: format!("S {member}"), member, at: story.told[2].at, deed: Deed::IsCorrected("100000") };
            for host in [&mut prompt, &mut late] {
                host.until_acknowledged(&start.build())?;
            }
        }
        for happening in &story.told {
            if matches!(happening.deed, Deed::Joins { .. }) {
                continue;
            }
            prompt.until_acknowledged(&happening.build())?;
            prompt.empty_outbox(false)?;
            late.until_acknowledged(&happening.build())?;
            if late.draw.below(4) == 0 {
                late.empty_outbox(true)?;
            }
        }
        late.empty_outbox(true)?;
        prop_assert_eq!(late.books.sums(), (0, 0));
        for member in MEMBERS {
            let (one, other) = (prompt.account(member), late.account(member));
            prop_assert_eq!(one.balance(program, "points"), other.balance(program, "points"), "{}", member);
        }
    }
}

/// Judges all events on one state, posts them one after another, and compares with judging them in that order.
fn race(world: &mut World<'_>, program: &Program, batch: &[Event]) -> Result<(), TestCaseError> {
    let Some(first) = batch.first() else { return Ok(()) };
    let opened = Account::open(program, first.member());
    let read = world.accounts.get(first.member()).unwrap_or(&opened).clone();
    let judged: Vec<_> = batch.iter().map(|event| Evaluator::new().evaluate(program, &read, event)).collect();
    let (mut stored, mut serial) = (read.clone(), read.clone());
    let (mut posted, mut messages) = (0, Vec::new());
    for (event, judged) in batch.iter().zip(&judged) {
        let expected = Evaluator::new().evaluate(program, &serial, event);
        let outcome = match judged {
            Ok(outcome) => match stored.post(program, outcome) {
                Ok(()) => {
                    prop_assert_eq!(posted, 0, "only the first can have seen the newest state");
                    Ok(outcome.clone())
                }
                Err(PostError::Stale { expected, found }) => {
                    prop_assert_eq!((expected, found), (read.version(), stored.version()));
                    again(program, &mut stored, event)
                }
                Err(fault) => return Err(TestCaseError::fail(format!("{fault}"))),
            },
            // what was refused then may be accepted now, so a till asks again
            Err(_) => again(program, &mut stored, event),
        };
        prop_assert_eq!(&outcome, &expected);
        if let Ok(outcome) = outcome {
            posted += usize::from(outcome.status() == Status::Applied);
            serial.post(program, &outcome).expect("computed from this state");
            Books::default().agree(program, &stored)?;
            messages.extend(outcome.messages().iter().cloned().map(Event::from));
        }
        prop_assert_eq!(&stored, &serial);
    }
    if stored.version() > 0 {
        world.accounts.insert(first.member().to_owned(), stored);
    }
    for message in &messages {
        world.deliver(message);
    }
    Ok(())
}

fn again(program: &Program, stored: &mut Account, event: &Event) -> Result<Outcome, EvaluateError> {
    let outcome = Evaluator::new().evaluate(program, stored, event)?;
    stored.post(program, &outcome).expect("computed from this state");
    Ok(outcome)
}

/// A host as the documents tell: one transaction writes the account where its version is still the one that was read,
/// appends the ledger lines and puts messages into an outbox. Between any two steps it may crash.
struct Host<'p> {
    program: &'p Program,
    stored: BTreeMap<String, Account>,
    ledger: Vec<LedgerLine>,
    books: Books,
    outbox: Vec<String>,
    draw: Draw<'p>,
}

impl<'p> Host<'p> {
    /// A host whose misfortunes stand in the bytes; without bytes nothing goes wrong.
    fn new(program: &'p Program, misfortunes: &'p [u8]) -> Self {
        Self {
            program,
            stored: BTreeMap::new(),
            ledger: Vec::new(),
            books: Books::default(),
            outbox: Vec::new(),
            draw: Draw::new(misfortunes),
        }
    }

    fn account(&self, member: &str) -> Account {
        self.stored.get(member).cloned().unwrap_or_else(|| Account::open(self.program, member))
    }

    /// Sends an event again and again until an answer comes, and once more now and then.
    fn until_acknowledged(&mut self, event: &Event) -> Result<(), TestCaseError> {
        while !self.tried(event)? {}
        if self.draw.often(20) {
            self.tried(event)?;
        }
        Ok(())
    }

    /// One attempt; whether the sender got an answer.
    fn tried(&mut self, event: &Event) -> Result<bool, TestCaseError> {
        if self.draw.often(10) {
            // the event never came
            return Ok(false);
        }
        let mut account = self.account(event.member());
        let outcome = match Evaluator::new().evaluate(self.program, &account, event) {
            Ok(outcome) => outcome,
            Err(EvaluateError::Rejected(_)) => return Ok(!self.draw.often(10)),
            Err(fault) => return Err(TestCaseError::fail(format!("{fault}"))),
        };
        if self.draw.often(10) {
            // judged, and gone before anything was written
            return Ok(false);
        }
        account.post(self.program, &outcome).expect("computed from this state");
        if self.draw.often(10) {
            // posted in memory only
            return Ok(false);
        }
        self.commit(&account, &outcome)?;
        // written, and the answer may get lost
        Ok(!self.draw.often(15))
    }

    fn commit(&mut self, account: &Account, outcome: &Outcome) -> Result<(), TestCaseError> {
        self.stored.insert(account.member().to_owned(), account.clone());
        self.books.book(self.program, outcome)?;
        let lines = outcome.deltas().iter().map(|delta| self.program.ledger_line(outcome.member(), delta));
        self.ledger.extend(lines);
        let text = |message: &Message| serde_json::to_string(message).expect("a message");
        self.outbox.extend(outcome.messages().iter().map(text));
        Ok(())
    }

    /// Delivers all messages, oldest first or in any order. One leaves the outbox once its receiver has answered.
    fn empty_outbox(&mut self, in_any_order: bool) -> Result<(), TestCaseError> {
        while !self.outbox.is_empty() {
            let place = if in_any_order { self.draw.below(self.outbox.len()) } else { 0 };
            let event: Event = serde_json::from_str(&self.outbox[place]).expect("a message");
            if self.tried(&event)? && !self.draw.often(10) {
                self.outbox.remove(place);
            }
        }
        Ok(())
    }
}
