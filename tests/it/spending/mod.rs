//! Spending: requests, what they pay, why they are refused, and what comes back.
//!
//! Each `.loyalty` file here is a program with tests worked out by hand.

mod host;

use loyalty_rules::check::{Compiled, Sources, compile};
use loyalty_rules::diagnostics::render_all;
use loyalty_rules::scenario::run_tests;
use loyalty_rules::syntax::Limits;

fn compiled(text: &str) -> Compiled {
    compile(&Sources::single("spending.loyalty", text), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
}

/// Runs the tests of a program.
fn passes(text: &str) {
    let compiled = compiled(text);
    let failures: Vec<_> = run_tests(&compiled).into_iter().flat_map(|result| result.failures).collect();
    assert!(failures.is_empty(), "{}", render_all(&compiled.sources, &failures, 20));
}

#[test]
fn points() {
    passes(include_str!("points.loyalty"));
}

#[test]
fn order() {
    passes(include_str!("order.loyalty"));
}

#[test]
fn whole_baskets() {
    passes(include_str!("whole_baskets.loyalty"));
}

#[test]
fn returns() {
    passes(include_str!("returns.loyalty"));
}

#[test]
fn vouchers() {
    passes(include_str!("vouchers.loyalty"));
}

#[test]
fn rewards() {
    passes(include_str!("rewards.loyalty"));
}

#[test]
fn conversions() {
    passes(include_str!("conversions.loyalty"));
}
