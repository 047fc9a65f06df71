//! Laws of budgets across all members: whatever the order in which claims, answers and releases are delivered, how often,
//! and with which losses, no budget is overrun, and in the end what it has used is what members were given and kept.

use super::cases_per_law;
use crate::partners::budgets::RULES;
use crate::rule_files::compiled;
use loyalty_rules::event::{Budget, BudgetLine, Item, ReturnLine};
use loyalty_rules::ledger::{Book, Exact, LineKind};
use loyalty_rules::{Account, Evaluator, Event, Outcome, Program};
use proptest::collection::vec;
use proptest::prelude::*;

/// The members.
const MEMBERS: [&str; 3] = ["Ann", "Bo", "Cy"];

/// What happens next: a purchase of a member of so many EUR for two pieces, a piece of a purchase that comes back, or a
/// message that is delivered, by its place among those on the way, and whether it stays on the way.
#[derive(Debug, Clone)]
enum Deed {
    Buys(usize, u32),
    GivesBack(usize),
    Answers(usize, bool),
    Tells(usize, bool),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        3 => (0..MEMBERS.len(), 1_u32..40).prop_map(|(member, price)| Deed::Buys(member, price)),
        2 => (0_usize..50).prop_map(Deed::GivesBack),
        3 => (0_usize..50, any::<bool>()).prop_map(|(place, stays)| Deed::Answers(place, stays)),
        3 => (0_usize..50, any::<bool>()).prop_map(|(place, stays)| Deed::Tells(place, stays)),
    ];
    vec(deed, 1..40)
}

/// A host whose messages take their time.
struct Host<'p> {
    program: &'p Program,
    accounts: Vec<Account>,
    book: Budget,
    /// Purchases: member, and how many pieces have come back.
    bought: Vec<(usize, u32)>,
    lines: Vec<BudgetLine>,
    answers: Vec<Event>,
    hour: u32,
}

impl Host<'_> {
    fn post(&mut self, member: usize, event: &Event) {
        let outcome = Evaluator::new().evaluate(self.program, &self.accounts[member], event).unwrap();
        self.accounts[member].post(self.program, &outcome).unwrap();
        self.send(&outcome);
    }

    fn send(&mut self, outcome: &Outcome) {
        let mine = outcome.budget_lines().filter(|line| line.budget() == self.book.name());
        self.lines.extend(mine.cloned());
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
        self.answers.extend(self.book.take(&line).unwrap().map(Event::from));
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
                let event = Event::purchase(&id, MEMBERS[*member], &at);
                let event = event.item(Item::new("Milk", "2", &price.to_string())).build().unwrap();
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
            Deed::GivesBack(_) => {}
            Deed::Answers(place, stays) => self.answer(*place, *stays),
            Deed::Tells(place, stays) => self.tell(*place, *stays),
        }
    }

    fn used(&self) -> Exact {
        self.book.used("2026-01-01".parse().unwrap())
    }

    /// What members were given and kept.
    fn kept(&self) -> i64 {
        let totals = self
            .accounts
            .iter()
            .map(|account| account.totals(self.program, LineKind::Unit, "points").unwrap());
        totals.map(|totals| -totals.balance(Book::Issued) - totals.balance(Book::TakenBack)).sum()
    }
}

proptest! {
    #![proptest_config(cases_per_law())]

    #[test]
    fn no_order_of_messages_overruns_a_budget(deeds in deeds()) {
        let program = compiled(RULES).program;
        let limit: Exact = "100".parse().unwrap();
        let mut host = Host {
            program: &program,
            accounts: MEMBERS.iter().map(|member| Account::open(&program, member)).collect(),
            book: Budget::new("rule Base"),
            bought: Vec::new(),
            lines: Vec::new(),
            answers: Vec::new(),
            hour: 0,
        };
        for deed in &deeds {
            host.run(deed);
            prop_assert!(host.used() <= limit);
            prop_assert!(host.kept() <= 100);
        }
        // what is still on its way arrives in the end
        while !host.lines.is_empty() || !host.answers.is_empty() {
            host.tell(0, false);
            host.answer(0, false);
        }
        prop_assert_eq!(host.used().to_string(), host.kept().to_string());
        for account in &host.accounts {
            prop_assert!(account.claims(&program).iter().all(|claim| claim.budget != "rule Base"));
            let text = serde_json::to_string(&account.snapshot(&program)).unwrap();
            prop_assert_eq!(&Account::restore(&program, serde_json::from_str(&text).unwrap()).unwrap(), account);
        }
    }
}
