//! The shop of the benchmarks: its rule files, its purchases, and the same eight rules written by hand in Rust.

#![allow(
    dead_code,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "each benchmark uses a part of it, and the yardstick may use what a shop would use"
)]

pub(crate) mod hand;

use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Eight rules: a base rate with exclusions, a tier bonus, double Tuesday, points for coffee, a capped app bonus, a
/// stamp card, and two levels by the year's spend.
pub(crate) const EIGHT_RULES: &str = r#"edition 2026

program Bench {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

categories [
  alcohol, gift-cards, coffee, bakery, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19,
]
channels [store, web, app]

unit points is spendable {
  singular point
  round down in total
  expire never
}

voucher "Free coffee" { grants 1 item free }

earn Base {
  on purchase
  for items where category is not in [alcohol, gift-cards]
  give 1 point per full 1 EUR
}

bonus "Tier bonus" {
  on purchase
  give more points by tier [Silver: 25%, Gold: 50%]
  combine add
}

bonus "Double Tuesday" {
  on purchase
  when weekday is tuesday and basket is at least 20 EUR
  multiply points by 2
  combine add
}

bonus Coffee {
  on purchase
  for items where category is coffee
  give 5 points per item
  combine add
}

bonus App {
  on purchase
  when channel is app
  give 10 points
  combine add
  cap 50 points per day
}

card "Coffee card" {
  on purchase
  for items where category is coffee
  stamp 1 per item
  goal 10 stamps
  carry over
  reward 1 "Free coffee"
}

tiers Status {
  count spend in calendar year
  upgrade at once
  keep until end of next calendar year
  then drop to earned tier
  tier Bronze
  tier Silver { reach 500 EUR spend }
  tier Gold { reach 2_000 EUR spend }
}
"#;

/// The eight rules and so many promotions "three times the points on this article between two dates from two pieces
/// on". Two of them are on categories that nearly every basket has; the others are on articles and dates that the
/// events do not have.
#[must_use]
pub(crate) fn with_promotions(count: usize) -> String {
    let mut text = EIGHT_RULES.to_owned();
    for number in 0..count {
        let (month, day) = (number % 12 + 1, number % 27 + 1);
        let (what, valid) = match number {
            0 => ("category is coffee".to_owned(), "2026-01-01 to 2026-12-31".to_owned()),
            1 => ("category is bakery".to_owned(), "2026-01-01 to 2026-12-31".to_owned()),
            _ => (
                format!("sku is \"P{number:05}\""),
                format!("2026-{month:02}-{day:02} to 2026-{month:02}-{:02}", day + 1),
            ),
        };
        let written = write!(
            text,
            "\nbonus \"Promotion {number:05}\" {{\n  valid from {valid}\n  on purchase\n  for items where {what}\n  \
             when quantity on ({what}) is at least 2\n  multiply points by 3\n  combine best of Promotions\n}}\n"
        );
        written.expect("a string takes any text");
    }
    text
}

/// The eight rules and a bonus on a list of so many articles, of which the purchases have ten.
#[must_use]
pub(crate) fn program_with_list(count: usize) -> Program {
    let bonus = "\nlist Listed from host\n\nbonus \"Of the list\" {\n  on purchase\n  for items where sku is in Listed\n  \
                 give 1 point per item\n  combine add\n}\n";
    let names = (0..count).map(|number| match number {
        0..10 => format!("A{number:05}"),
        _ => format!("L{number}"),
    });
    let sources =
        Sources::single("bench.loyalty", format!("{EIGHT_RULES}{bonus}")).with_list("Listed", names);
    match compile(&sources, &Limits::default()) {
        Ok(compiled) => compiled.program,
        Err(findings) => panic!("{findings}"),
    }
}

/// Compiles a program that has no errors.
#[must_use]
pub(crate) fn program(text: &str) -> Program {
    match compile(&Sources::single("bench.loyalty", text), &Limits::default()) {
        Ok(compiled) => compiled.program,
        Err(findings) => panic!("{findings}"),
    }
}

/// One purchase, as plain values: both sides are built from it beforehand.
#[derive(Debug, Clone)]
pub(crate) struct Purchase {
    pub(crate) id: String,
    pub(crate) member: String,
    /// Day of 2026, 0 is 1 January, a Thursday.
    pub(crate) day: u32,
    pub(crate) minute: u32,
    pub(crate) channel: &'static str,
    pub(crate) lines: Vec<Line>,
}

impl Purchase {
    /// The instant, as it stands in events.
    fn at(&self) -> String {
        let (month, day) = month_day(self.day);
        let offset = if (88..298).contains(&self.day) { 2 } else { 1 };
        format!("2026-{month:02}-{day:02}T{:02}:{:02}:00+{offset:02}:00", self.minute / 60, self.minute % 60)
    }
}

/// A line: article, category, pieces, price in cents.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) sku: String,
    pub(crate) category: String,
    pub(crate) quantity: u32,
    pub(crate) cents: u32,
}

/// A small generator of numbers: the same purchases on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(limit)) as u32
    }
}

/// So many purchases of 1 to 12 lines by fifty members, in order of time over the year 2026.
#[must_use]
pub(crate) fn purchases(count: u32) -> Vec<Purchase> {
    let mut numbers = Numbers(42);
    let mut all = Vec::new();
    for number in 0..count {
        let mut lines: Vec<Line> = (0..=numbers.below(12))
            .map(|_| {
                let kind = numbers.below(20);
                let category = match kind {
                    0 => "alcohol".to_owned(),
                    1 => "gift-cards".to_owned(),
                    2 => "coffee".to_owned(),
                    3 => "bakery".to_owned(),
                    _ => format!("c{kind:02}"),
                };
                Line {
                    sku: format!("A{:05}", numbers.below(2_000)),
                    category,
                    quantity: numbers.below(3) + 1,
                    cents: numbers.below(4_000) + 49,
                }
            })
            .collect();
        if numbers.below(4) > 0 {
            let bought = |category: &str| Line {
                sku: format!("{category}-1"),
                category: category.to_owned(),
                quantity: 2,
                cents: 289,
            };
            lines.truncate(10);
            lines.extend([bought("coffee"), bought("bakery")]);
        }
        all.push(Purchase {
            id: format!("E-{number}"),
            member: format!("M-{:02}", numbers.below(50)),
            day: number * 364 / count,
            minute: 480 + number % 600,
            channel: ["store", "web", "app"][numbers.below(3) as usize],
            lines,
        });
    }
    all
}

/// The purchases as events.
#[must_use]
pub(crate) fn events(purchases: &[Purchase]) -> Vec<Event> {
    let event = |purchase: &Purchase| {
        let mut event =
            Event::purchase(&purchase.id, &purchase.member, &purchase.at()).channel(purchase.channel);
        for line in &purchase.lines {
            let price = format!("{}.{:02}", line.cents / 100, line.cents % 100);
            let item = Item::new("", &line.quantity.to_string(), &price);
            event = event.item(item.sku(&line.sku).category(&line.category));
        }
        event.build().expect("the purchases are well formed")
    };
    purchases.iter().map(event).collect()
}

fn month_day(day: u32) -> (u32, u32) {
    let mut rest = day;
    for (month, length) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
        if rest < length {
            return (month as u32 + 1, rest + 1);
        }
        rest -= length;
    }
    (12, 31)
}

/// What a member has at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Total {
    pub(crate) points: i64,
    pub(crate) stamps: i64,
    pub(crate) vouchers: i64,
    pub(crate) level: u32,
}

/// Runs all events through the engine: evaluate, then post, each member with its own account.
#[must_use]
pub(crate) fn run<'e>(
    program: &Program,
    events: &'e [Event],
    evaluator: &mut Evaluator,
) -> HashMap<&'e str, Account> {
    let mut accounts: HashMap<&str, Account> = HashMap::new();
    for event in events {
        let account =
            accounts.entry(event.member()).or_insert_with(|| Account::open(program, event.member()));
        let outcome = evaluator.evaluate(program, account, event).expect("the events are accepted");
        account.post(program, &outcome).expect("the outcome is fresh");
    }
    accounts
}
