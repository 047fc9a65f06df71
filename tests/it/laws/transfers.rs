//! Laws of what members give each other, in a world of several members.

use super::books::Books;
use super::cases_per_law;
use super::draw::Draw;
use super::histories::instant;
use super::programs::scaled;
use super::shops::{Story, decimals, shop, stories};
use super::world::{World, tick};
use loyalty_rules::event::Message;
use loyalty_rules::{Account, EvaluateError, Event, Program};
use proptest::prelude::*;
use std::collections::BTreeMap;

proptest! {
    #![proptest_config(cases_per_law())]

    /// L3 across accounts: whatever members buy, return, are paid for friends and give each other, and in whatever order
    /// messages arrive, what was issued to all is what all have, spent, lost or owe and what is on its way; at the end
    /// nothing is.
    #[test]
    fn what_is_given_away_is_with_the_other_or_on_its_way(story in stories(16)) {
        let mut world = Mail::new(&story);
        for happening in &story.told {
            world.take(&happening.build())?;
            world.deliver_some()?;
        }
        while let Some(message) = world.waiting.pop() {
            world.take(&message)?;
        }
        let sums = world.books.sums();
        prop_assert_eq!(sums.0, 0, "nothing is on its way");
        prop_assert_eq!(sums.1, 0, "issued is what became of it");
    }

    /// Giving everything away and getting it back leaves the member what was there, with all its days.
    #[test]
    fn what_comes_back_at_once_is_what_was_there(story in stories(12)) {
        let program = shop(story.shop);
        let mut world = World::new(program);
        world.run(&story.told.iter().map(super::shops::Happening::build).collect::<Vec<_>>());
        let at = story.told.last().map_or(0, |last| last.at) + 60;
        let now = instant(at);
        let at = now.to_string();
        world.deliver(&Event::change("new", "Friend", &at).build().expect("an event"));
        for member in super::shops::MEMBERS {
            world.deliver(&Event::change("clock", member, &at).build().expect("an event"));
            // what came late, by a message about a friend, may have ended by now
            tick(program, world.accounts.get_mut(member).expect("joined"), now);
            let before = holdings(program, &world.accounts[member]);
            let amount = world.accounts[member].balance(program, "points").expect("a unit").available;
            let give = |from: &str, to: &str| {
                Event::transfer(&format!("T {member}"), from, &at, &amount, "points", to).build()
            };
            // nothing to give is no transfer
            let Ok(event) = give(member, "Friend") else { continue };
            let told = world.deliver(&event);
            prop_assert!(told[0].result.is_ok(), "{:?}", told[0]);
            let left = world.accounts[member].balance(program, "points").expect("a unit").available;
            prop_assert_eq!(scaled(&left, 2), 0);
            let kept = world.accounts["Friend"].balance(program, "points").expect("a unit").available;
            if kept != amount {
                // what no level keeps there is gone, or it was converted
                continue;
            }
            let told = world.deliver(&give("Friend", member).expect("an event"));
            prop_assert!(told[0].result.is_ok(), "{:?}", told[0]);
            prop_assert_eq!(holdings(program, &world.accounts[member]), before);
        }
    }
}

/// A host whose messages wait and come in any order.
struct Mail<'p> {
    program: &'p Program,
    world: World<'p>,
    books: Books,
    waiting: Vec<Event>,
    decimals: u32,
    draw: Draw<'p>,
}

impl<'p> Mail<'p> {
    fn new(story: &'p Story) -> Self {
        let program = shop(story.shop);
        Self {
            program,
            world: World::new(program),
            books: Books::default(),
            waiting: Vec::new(),
            decimals: decimals(story.shop),
            draw: Draw::new(&story.spare),
        }
    }

    fn take(&mut self, event: &Event) -> Result<(), TestCaseError> {
        let known = self.world.accounts.get(event.member()).cloned();
        let mut account = known.unwrap_or_else(|| Account::open(self.program, event.member()));
        match self.world.evaluator.evaluate(self.program, &account, event) {
            Ok(outcome) => {
                account.post(self.program, &outcome).expect("posted");
                self.books.book(self.program, &outcome)?;
                self.books.agree(self.program, &account)?;
                self.waiting.extend(outcome.messages().iter().cloned().map(Message::into));
                self.world.accounts.insert(event.member().to_owned(), account);
            }
            Err(EvaluateError::Rejected(rejection)) => {
                prop_assert!(!event.is_message(), "{rejection}: {event:?}");
            }
            Err(fault) => return Err(TestCaseError::fail(format!("{fault}"))),
        }
        let (travels, unbalanced) = self.books.sums();
        prop_assert_eq!(travels, on_the_way(&self.waiting, self.decimals));
        prop_assert_eq!(unbalanced, 0);
        Ok(())
    }

    fn deliver_some(&mut self) -> Result<(), TestCaseError> {
        while !self.waiting.is_empty() && self.draw.below(3) > 0 {
            let message = self.waiting.remove(self.draw.below(self.waiting.len()));
            self.take(&message)?;
        }
        Ok(())
    }
}

/// What messages carry, in the smallest step of points.
fn on_the_way(waiting: &[Event], decimals: u32) -> i64 {
    let mut sum = 0;
    for event in waiting {
        let text = serde_json::to_value(event).expect("an event");
        for item in text["items"].as_array().into_iter().flatten() {
            sum += scaled(item["amount"].as_str().expect("a text"), decimals);
        }
    }
    sum
}

/// All that is held, by unit, rule and days.
fn holdings(program: &Program, account: &Account) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for lot in account.held_lots(program) {
        let key = format!("{} {:?} {:?} {:?}", lot.unit, lot.rule, lot.last_day, lot.usable_from);
        *sums.entry(key).or_insert(0) += scaled(&lot.amount, 2);
    }
    sums
}
