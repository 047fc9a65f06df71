//! Spending: requests, what they pay, why they are refused, and what comes back.
//!
//! Each `.loyalty` file here is a program with tests worked out by hand.

mod host;

use crate::rule_files::{compiled, passes};

#[test]
fn points() {
    passes(include_str!("points.loyalty"));
}

#[test]
fn order() {
    passes(include_str!("order.loyalty"));
}

#[test]
fn deposits() {
    passes(include_str!("deposits.loyalty"));
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
