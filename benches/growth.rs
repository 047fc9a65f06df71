//! How an account grows: one member, 100,000 purchases over eleven years, points that expire day by day.
//!
//! `cargo bench --bench growth` prints the size of the account at rest, and the time of an event against the time of
//! an event in the third year. After the windows of the program are full, both must stay flat; the size is asserted.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark measures time and prints ratios"
)]

use loyalty_rules::calendar::Instant as At;
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use std::time::{Duration, Instant};

const RULES: &str = r#"edition 2026

program Growth {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

categories [coffee, bakery]

unit points is spendable {
  singular point
  round down in total
  activate after 14 days
  expire 24 months after earning
}

earn Base {
  on purchase
  give 1 point per full 1 EUR
}

bonus Coffee {
  on purchase
  for items where category is coffee
  give 5 points per item
  combine add
  cap 100 points per month
}

tiers Status {
  count spend in calendar year
  upgrade at once
  keep until end of next calendar year
  then drop to earned tier
  tier Bronze
  tier Gold { reach 10_000 EUR spend }
}

returns {
  accept within 30 days
  take back earned in proportion
  balance may go negative
  unmatched lines are refused
}
"#;

const HOUR: i64 = 3_600_000_000;
/// Purchases of a year of 52 weeks, one an hour. What is forgotten is set free every 13 weeks.
const YEAR: i64 = 8_736;

fn purchase(number: i64, start: At) -> Event {
    let at = start.plus_micros(number * HOUR).to_string();
    let item = |category: &str, price: i64| Item::new("", "1", &price.to_string()).category(category);
    let event = Event::purchase(&format!("E-{number}"), "Ann", &at).item(item("bakery", number % 7 + 1));
    let event = if number % 3 == 0 { event.item(item("coffee", 3)) } else { event };
    event.build().expect("the purchases are well formed")
}

fn size(program: &Program, account: &Account) -> usize {
    serde_json::to_vec(&account.snapshot(program)).expect("plain data").len()
}

fn main() {
    // `cargo test --benches` runs this too: then the first years are enough
    let events = if std::env::args().any(|argument| argument == "--bench") { 100_000 } else { 4 * YEAR };
    let program = compile(&Sources::single("growth.loyalty", RULES), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .program;
    let start: At = "2026-01-01T00:00:00+01:00".parse().expect("an instant");
    let mut account = Account::open(&program, "Ann");
    let mut evaluator = Evaluator::new();
    let mut third_year: Option<(usize, Duration)> = None;
    println!(" purchases   bytes at rest   size / third year   time / third year");
    let mut spent = Duration::ZERO;
    for number in 0..events {
        let event = purchase(number, start);
        let begin = Instant::now();
        let outcome = evaluator.evaluate(&program, &account, &event).expect("accepted");
        account.post(&program, &outcome).expect("fresh");
        spent += begin.elapsed();
        let done = number + 1;
        if done % YEAR != 0 && done != events {
            continue;
        }
        let of_year = if done % YEAR == 0 { YEAR } else { done % YEAR };
        let each = spent / u32::try_from(of_year).expect("a year");
        spent = Duration::ZERO;
        let bytes = size(&program, &account);
        if done == 3 * YEAR {
            third_year = Some((bytes, each));
        }
        let (size, time) = third_year.map_or(("-".to_owned(), "-".to_owned()), |(first, time)| {
            let size = bytes as f64 / first as f64;
            assert!(
                size < 1.05,
                "the account grows: {bytes} bytes after {done} purchases, {first} after three years"
            );
            (format!("{size:.2}"), format!("{:.2}", each.as_secs_f64() / time.as_secs_f64()))
        });
        println!("{done:>10} {bytes:>15} {size:>19} {time:>19}");
    }
}
