//! Laws of budgets across all members: whatever the order in which claims, answers and releases are delivered, how often,
//! and with which losses, no budget is overrun, and in the end what it has used is what members were given and kept.

use super::cases_per_law;
use crate::partners::budgets::RULES;
use crate::rule_files::compiled;
use loyalty_rules::event::{Budget, BudgetLine, Item, ReturnLine};
use loyalty_rules::ledger::{Book, Exact, LineKind};
use loyalty_rules::scenario::World;
use loyalty_rules::{Account, Evaluator, Event, Outcome, Program};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::VecDeque;

/// What is paid for each month within budgets.
const PAID: &str = r#"edition 2026

program Paid {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

unit bonus is money in EUR {
  round half up in total
  expire never
}

unit points is spendable {
  singular point
  round down in total
  expire never
}

rebate Monthly {
  period month
  stages are incremental
  stage from 20 EUR: 5%
  stage from 60 EUR: 9.5%
  cap 12 bonus per month across all members
  pay bonus 15 days after period end
}

award Extra {
  every month give 10% of spend as points
  cap 12 points per calendar year across all members
}

returns {
  take back earned in proportion
}
"#;

/// The members.
const MEMBERS: [&str; 3] = ["Ann", "Bo", "Cy"];

/// What happens next: a purchase of a member of so many EUR for two pieces, a piece of a purchase that comes back, a
/// purchase that was a mistake, or a message that is delivered, by its place among those on the way, and whether it stays
/// on the way.
#[derive(Debug, Clone)]
enum Deed {
    Buys(usize, u32),
    GivesBack(usize),
    Cancels(usize),
    Answers(usize, bool),
    Tells(usize, bool),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        6 => (0..MEMBERS.len(), 1_u32..40).prop_map(|(member, price)| Deed::Buys(member, price)),
        4 => (0_usize..50).prop_map(Deed::GivesBack),
        1 => (0_usize..50).prop_map(Deed::Cancels),
        6 => (0_usize..50, any::<bool>()).prop_map(|(place, stays)| Deed::Answers(place, stays)),
        6 => (0_usize..50, any::<bool>()).prop_map(|(place, stays)| Deed::Tells(place, stays)),
    ];
    vec(deed, 1..40)
}

/// What members buy.
#[derive(Debug, Clone, Copy, Default)]
struct Wares {
    partner: Option<&'static str>,
    category: Option<&'static str>,
}

impl Wares {
    fn bought(self, id: &str, member: &str, at: &str, price: u32) -> Event {
        let mut event = Event::purchase(id, member, at);
        if let Some(partner) = self.partner {
            event = event.partner(partner);
        }
        let item = Item::new("Milk", "2", &price.to_string());
        let item = match self.category {
            Some(category) => item.category(category),
            None => item,
        };
        event.item(item).build().unwrap()
    }
}

/// A host whose messages take their time.
struct Host<'p> {
    program: &'p Program,
    wares: Wares,
    accounts: Vec<Account>,
    books: Vec<Budget>,
    /// Purchases: member, and how many pieces have come back; all of a cancelled one.
    bought: Vec<(usize, u32)>,
    lines: Vec<BudgetLine>,
    answers: Vec<Event>,
    hour: u32,
}

impl<'p> Host<'p> {
    fn new(program: &'p Program, wares: Wares, books: &[&str]) -> Self {
        Host {
            program,
            wares,
            accounts: MEMBERS.iter().map(|member| Account::open(program, member)).collect(),
            books: books.iter().map(|name| Budget::new(name)).collect(),
            bought: Vec::new(),
            lines: Vec::new(),
            answers: Vec::new(),
            hour: 0,
        }
    }

    fn post(&mut self, member: usize, event: &Event) {
        let outcome = Evaluator::new().evaluate(self.program, &self.accounts[member], event).unwrap();
        self.accounts[member].post(self.program, &outcome).unwrap();
        self.send(&outcome);
    }

    fn send(&mut self, outcome: &Outcome) {
        let known = |line: &&BudgetLine| self.books.iter().any(|book| book.name() == line.budget());
        let mine: Vec<BudgetLine> = outcome.budget_lines().filter(known).cloned().collect();
        self.lines.extend(mine);
    }

    fn at(&mut self) -> String {
        self.hour += 1;
        format!("2026-03-{:02}T{:02}:00:00Z", 1 + self.hour / 24, self.hour % 24)
    }

    fn tell(&mut self, place: usize, stays: bool) {
        if self.lines.is_empty() {
            return;
        }
        let place = place % self.lines.len();
        let line = if stays { self.lines[place].clone() } else { self.lines.remove(place) };
        let book = self.books.iter_mut().find(|book| book.name() == line.budget()).unwrap();
        self.answers.extend(book.take(&line).unwrap().map(Event::from));
    }

    fn answer(&mut self, place: usize, stays: bool) {
        if self.answers.is_empty() {
            return;
        }
        let place = place % self.answers.len();
        let answer = if stays { self.answers[place].clone() } else { self.answers.remove(place) };
        let member = MEMBERS.iter().position(|member| *member == answer.member()).unwrap();
        self.post(member, &answer);
    }

    fn run(&mut self, deed: &Deed) {
        let at = self.at();
        match deed {
            Deed::Buys(member, price) => {
                let id = format!("P-{}", self.bought.len());
                let event = self.wares.bought(&id, MEMBERS[*member], &at, *price);
                self.bought.push((*member, 0));
                self.post(*member, &event);
            }
            Deed::GivesBack(place) if !self.bought.is_empty() => {
                let place = place % self.bought.len();
                let (member, back) = self.bought[place];
                if back == 2 {
                    return;
                }
                self.bought[place].1 += 1;
                let id = format!("R-{place}-{back}");
                let event = Event::returned(&id, MEMBERS[member], &at);
                let line = ReturnLine::new("Milk", "1").of(&format!("P-{place}"));
                self.post(member, &event.line(line).build().unwrap());
            }
            Deed::Cancels(place) if !self.bought.is_empty() => {
                let place = place % self.bought.len();
                let (member, back) = self.bought[place];
                if back == 2 {
                    return;
                }
                self.bought[place].1 = 2;
                let event = Event::cancel(&format!("X-{place}"), MEMBERS[member], &at, &format!("P-{place}"));
                self.post(member, &event.build().unwrap());
            }
            Deed::GivesBack(_) | Deed::Cancels(_) => {}
            Deed::Answers(place, stays) => self.answer(*place, *stays),
            Deed::Tells(place, stays) => self.tell(*place, *stays),
        }
    }

    /// The clock of each member runs to a day, in an order.
    fn run_to(&mut self, day: &str, first: usize) {
        let to = format!("{day}T12:00:00Z").parse().unwrap();
        for member in 0..self.accounts.len() {
            let member = (member + first) % self.accounts.len();
            let outcome = Evaluator::new().advance(self.program, &self.accounts[member], to).unwrap();
            self.accounts[member].post(self.program, &outcome).unwrap();
            self.send(&outcome);
        }
    }

    /// What is still on its way arrives in the end.
    fn arrive(&mut self) {
        while !self.lines.is_empty() || !self.answers.is_empty() {
            self.tell(0, false);
            self.answer(0, false);
        }
    }

    /// What each book has used in March, or in the year.
    fn used(&self) -> Vec<Exact> {
        let used = |book: &Budget| {
            let windows = ["2026-01-01", "2026-03-01"].map(|starts| book.used(starts.parse().unwrap()));
            windows[0].plus(windows[1]).unwrap()
        };
        self.books.iter().map(used).collect()
    }

    /// What members were given of a unit, and kept.
    fn kept(&self, unit: &str) -> i64 {
        let totals = self.accounts.iter();
        let totals = totals.map(|account| account.totals(self.program, LineKind::Unit, unit).unwrap());
        totals.map(|totals| -totals.balance(Book::Issued) - totals.balance(Book::TakenBack)).sum()
    }

    /// No claim is left, and snapshots keep all of it.
    fn is_settled(&self) -> Result<(), TestCaseError> {
        for account in &self.accounts {
            let open = account.claims(self.program);
            let mine = |name: &str| self.books.iter().any(|book| book.name() == name);
            prop_assert!(open.iter().all(|claim| !mine(&claim.budget)), "{open:?}");
        }
        self.is_stored()
    }

    fn is_stored(&self) -> Result<(), TestCaseError> {
        for account in &self.accounts {
            let text = serde_json::to_string(&account.snapshot(self.program)).unwrap();
            let stored = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&Account::restore(self.program, stored).unwrap(), account);
        }
        Ok(())
    }
}

fn exact(text: &str) -> Exact {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    text.parse().unwrap()
}

proptest! {
    #![proptest_config(cases_per_law())]

    #[test]
    fn no_order_of_messages_overruns_a_budget(deeds in deeds()) {
        let program = compiled(RULES).program;
        let mut host = Host::new(&program, Wares::default(), &["rule Base"]);
        for deed in &deeds {
            host.run(deed);
            prop_assert!(host.used()[0] <= exact("100"));
            prop_assert!(host.kept("points") <= 100);
        }
        host.arrive();
        prop_assert_eq!(host.used()[0].to_string(), host.kept("points").to_string());
        host.is_settled()?;
    }

    /// Several budgets of one rule, asked in turn: none is overrun, and all of them end with what was kept.
    #[test]
    fn no_order_of_messages_overruns_several_budgets(deeds in deeds()) {
        let program = compiled(include_str!("../partners/several.loyalty")).program;
        let wares = Wares { partner: Some("Market"), ..Wares::default() };
        let mut host = Host::new(&program, wares, &["rule Stars", "cap Both", "partner Market"]);
        let limits = [exact("100"), exact("120"), exact("1")];
        for deed in &deeds {
            host.run(deed);
            prop_assert!(host.used().iter().zip(&limits).all(|(used, limit)| used <= limit));
            host.is_stored()?;
        }
        host.arrive();
        let kept = host.kept("stars");
        // a star costs 0.012 EUR
        let cost = exact(&format!("{}.{:03}", kept * 12 / 1_000, kept * 12 % 1_000));
        let wanted = [exact(&kept.to_string()), exact(&kept.to_string()), cost];
        prop_assert_eq!(host.used(), wanted);
        host.is_settled()?;
    }

    /// Donations that are paid at once, and those that are pledged.
    #[test]
    fn no_order_of_messages_overruns_what_all_members_give(deeds in deeds(), is_pledged: bool) {
        let program = compiled(crate::giving::budgets::RULES).program;
        let (category, charity, book, limit) = match is_pledged {
            true => ("Bread", "Kids", "donate Baking", "1"),
            false => ("Seeds", "Forests", "donate Seeding", "5"),
        };
        let wares = Wares { category: Some(category), ..Wares::default() };
        let mut host = Host::new(&program, wares, &[book]);
        for deed in &deeds {
            host.run(deed);
            prop_assert!(host.used()[0] <= exact(limit));
            host.is_stored()?;
        }
        host.arrive();
        let mut given = Exact::default();
        for account in &host.accounts {
            for donated in account.donated(&program).iter().filter(|donated| donated.charity == charity) {
                given = given.plus(exact(&donated.pledged)).unwrap().plus(exact(&donated.by_owner)).unwrap();
            }
        }
        prop_assert_eq!(host.used()[0], given);
        host.is_settled()?;
    }

    /// What is paid for a month asks when it is paid, whatever came back before; and answers may take until the next payment.
    #[test]
    fn no_order_of_messages_overruns_what_all_members_are_paid(
        deeds in deeds(),
        first in 0_usize..3,
        messages in vec((any::<bool>(), 0_usize..50, any::<bool>()), 0..12),
    ) {
        let program = compiled(PAID).program;
        let mut host = Host::new(&program, Wares::default(), &["rebate Monthly", "award Extra"]);
        deeds.iter().for_each(|deed| host.run(deed));
        host.run_to("2026-04-02", first);
        for (place, (answers, which, stays)) in messages.iter().enumerate() {
            match answers {
                true => host.answer(*which, *stays),
                false => host.tell(*which, *stays),
            }
            if place == 5 {
                host.run_to("2026-04-20", first + 1);
            }
            prop_assert!(host.used().iter().all(|used| *used <= exact("12")));
            host.is_stored()?;
        }
        host.run_to("2026-05-20", first);
        host.arrive();
        let bonus = host.kept("bonus");
        prop_assert_eq!(host.used()[0], exact(&format!("{}.{:02}", bonus / 100, bonus % 100)));
        prop_assert_eq!(host.used()[1], exact(&host.kept("points").to_string()));
        host.is_settled()?;
    }

    /// A host that hands each line to its book and each answer to its member at once has the accounts and the books of a
    /// replay, byte for byte; and so has a second replay.
    #[test]
    fn a_replay_has_the_books_of_a_host(deeds in deeds()) {
        let program = compiled(include_str!("../partners/several.loyalty")).program;
        let wares = Wares { partner: Some("Market"), ..Wares::default() };
        let events: Vec<Event> = deeds.iter().enumerate().filter_map(|(place, deed)| match deed {
            Deed::Buys(member, price) => {
                let at = format!("2026-03-{:02}T{:02}:00:00Z", 1 + place / 24, place % 24);
                Some(wares.bought(&format!("P-{place}"), MEMBERS[*member], &at, *price))
            }
            _ => None,
        }).collect();
        let mut worlds = [World::new(&program), World::new(&program)];
        for world in &mut worlds {
            for event in &events {
                world.deliver(event.clone()).unwrap();
            }
        }
        let mut host = Host::new(&program, wares, &["rule Stars", "cap Both", "partner Market"]);
        for event in &events {
            let mut waiting = VecDeque::from([event.clone()]);
            while let Some(next) = waiting.pop_front() {
                let member = MEMBERS.iter().position(|member| *member == next.member()).unwrap();
                host.post(member, &next);
                while !host.lines.is_empty() {
                    host.tell(0, false);
                }
                waiting.extend(std::mem::take(&mut host.answers));
            }
        }
        let stored = |account: &Account| serde_json::to_string(&account.snapshot(&program)).unwrap();
        for world in &worlds {
            for account in world.accounts() {
                let member = MEMBERS.iter().position(|member| *member == account.member()).unwrap();
                prop_assert_eq!(stored(account), stored(&host.accounts[member]));
            }
            for book in world.budgets() {
                let mine = host.books.iter().find(|mine| mine.name() == book.name()).unwrap();
                prop_assert_eq!(serde_json::to_string(book).unwrap(), serde_json::to_string(mine).unwrap());
            }
        }
    }
}
