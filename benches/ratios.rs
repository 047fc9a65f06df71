//! Ratios from one run: the engine against the hand-written function, 10,000 promotions against 10, and a list of a
//! million articles against one of ten.
//!
//! `cargo bench --bench ratios`. All contestants take turns for many rounds on the same purchases, and the best round
//! of each counts: on a busy machine every other round tells of the neighbours. Before anything is timed, both sides
//! must have come to the same totals.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::iter_over_hash_type,
    clippy::print_stdout,
    reason = "a benchmark measures time and prints ratios"
)]

mod shop;

use loyalty_rules::{Account, Evaluator, Program};
use shop::{Total, hand};
use std::hint::black_box;
use std::time::{Duration, Instant};

const PURCHASES: u32 = 2_000;
const ROUNDS: usize = 200;

fn main() {
    // `cargo test --benches` runs this too: then once is enough
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 1 };
    let purchases = shop::purchases(PURCHASES);
    let (events, hand_events) = (shop::events(&purchases), hand::events(&purchases));
    let eight = shop::program(shop::EIGHT_RULES);
    let (few, many) =
        (shop::program(&shop::with_promotions(10)), shop::program(&shop::with_promotions(10_000)));
    let (short, long) = (shop::program_with_list(10), shop::program_with_list(1_000_000));
    let mut evaluator = Evaluator::new();
    assert_same_totals(&eight, &shop::run(&eight, &events, &mut evaluator), &hand::run(&hand_events));
    let mut times: [Vec<Duration>; 6] = Default::default();
    for _ in 0..rounds {
        times[0].push(timed(|| black_box(hand::run(&hand_events))));
        times[1].push(timed(|| black_box(shop::run(&eight, &events, &mut evaluator))));
        times[2].push(timed(|| black_box(shop::run(&few, &events, &mut evaluator))));
        times[3].push(timed(|| black_box(shop::run(&many, &events, &mut evaluator))));
        times[4].push(timed(|| black_box(shop::run(&short, &events, &mut evaluator))));
        times[5].push(timed(|| black_box(shop::run(&long, &events, &mut evaluator))));
    }
    let [by_hand, eight, few, many, short, long] =
        times.map(|times| times.into_iter().min().unwrap_or_default());
    println!("{PURCHASES} purchases of 1 to 12 lines, evaluated and posted; best of {rounds} rounds in turn");
    println!("eight rules: engine / hand-written rust_decimal   {:.2}", ratio(eight, by_hand));
    println!("10,000 promotions / 10 promotions                 {:.2}", ratio(many, few));
    println!("a list of 1,000,000 articles / of 10              {:.2}", ratio(long, short));
}

fn assert_same_totals(
    program: &Program,
    accounts: &std::collections::HashMap<&str, Account>,
    states: &std::collections::HashMap<&str, hand::HandState>,
) {
    assert_eq!(accounts.len(), states.len());
    for (member, account) in accounts {
        assert_eq!(engine_total(program, account), states[member].total(), "{member}");
    }
}

fn engine_total(program: &Program, account: &Account) -> Total {
    let points = account.balance(program, "points").expect("declared");
    let card = account.card(program, "Coffee card").expect("declared");
    let tier = account.tier(program, "Status").expect("declared");
    Total {
        points: points.available.parse().expect("a whole number"),
        stamps: card.stamps,
        vouchers: account.vouchers(program).len() as i64,
        level: ["Bronze", "Silver", "Gold"].iter().position(|name| *name == tier.level).expect("known")
            as u32,
    }
}

fn timed<T>(run: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let kept = run();
    let elapsed = start.elapsed();
    // what was built is dropped outside the measured time, on both sides
    drop(kept);
    elapsed
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
