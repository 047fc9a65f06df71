//! criterion: how long compiling, one event, and a replay take, and how they grow.
//!
//! `cargo bench --bench speed`. For ratios from one run see `--bench ratios`.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark stops at the first surprise")]

mod shop;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use loyalty_rules::{Account, Evaluator, Limits, Sources, compile};
use std::hint::black_box;

fn compiling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10);
    for rules in [10, 1_000, 10_000] {
        let sources = Sources::single("bench.loyalty", shop::with_promotions(rules));
        group.throughput(Throughput::Elements(rules as u64));
        group.bench_with_input(BenchmarkId::from_parameter(rules), &sources, |bencher, sources| {
            bencher.iter(|| black_box(compile(sources, &Limits::default()).expect("it has no errors")));
        });
    }
    group.finish();
}

/// One event of 1 to 12 lines, evaluated but not posted, so that the account stays the same.
fn one_event(criterion: &mut Criterion) {
    let purchases = shop::purchases(64);
    let events = shop::events(&purchases);
    let mut group = criterion.benchmark_group("event");
    for (name, text) in [
        ("8 rules", shop::EIGHT_RULES.to_owned()),
        ("10 promotions", shop::with_promotions(10)),
        ("10,000 promotions", shop::with_promotions(10_000)),
    ] {
        let program = shop::program(&text);
        let mut evaluator = Evaluator::new();
        let accounts: Vec<Account> =
            events.iter().map(|event| Account::open(&program, event.member())).collect();
        let mut turn = events.iter().zip(&accounts).cycle();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (event, account) = turn.next().expect("it goes round");
                black_box(evaluator.evaluate(&program, account, event).expect("it is accepted"))
            });
        });
    }
    group.finish();
}

fn replaying(criterion: &mut Criterion) {
    let purchases = shop::purchases(2_000);
    let (events, by_hand) = (shop::events(&purchases), shop::hand::events(&purchases));
    let program = shop::program(shop::EIGHT_RULES);
    let mut evaluator = Evaluator::new();
    let mut group = criterion.benchmark_group("replay of 2,000 purchases");
    group.sample_size(20);
    group.throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("engine", |bencher| {
        bencher.iter_with_large_drop(|| shop::run(&program, &events, &mut evaluator));
    });
    group.bench_function("by hand", |bencher| {
        bencher.iter_with_large_drop(|| shop::hand::run(&by_hand));
    });
    group.finish();
}

criterion_group!(benches, compiling, one_event, replaying);
criterion_main!(benches);
