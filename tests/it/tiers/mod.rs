//! Levels: examples worked out by hand, written as tests of a rule file.

mod counted_gifts;
mod end_of_period;
mod every;
mod grace;
mod negative;
mod new_tier;
mod plans;
mod rolling;
mod since;
mod standing;
mod surplus;
mod years;

use crate::rule_files::passes;

/// Runs a test of Ann, who joined on 5 January 2026, in a program with a tiers block of these lines.
fn holds(tiers: &str, lines: &str) {
    passes(&format!("{}\n{}", program(tiers), ann(lines)));
}

fn program(tiers: &str) -> String {
    format!(
        "edition 2026\n\nprogram Levels {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
         time zone \"Europe/Berlin\"\n  accept late events for 60 days\n}}\n\n\
         returns {{ accept within 3 years }}\n\nunit points is spendable {{\n  round down in total\n  expire never\n}}\n\n\
         tiers Club {{\n{tiers}\n}}\n"
    )
}

/// A line that buys so many things for 1 EUR each.
fn buys(id: &str, at: &str, euros: u32) -> String {
    format!("when {at} purchase \"{id}\" by Ann {{ item Thing {euros} x 1 EUR }}\n")
}

/// A line that returns so many of them.
fn returns(id: &str, of: &str, at: &str, euros: u32) -> String {
    format!("when {at} return \"{id}\" of \"{of}\" by Ann {{ item Thing {euros} }}\n")
}

/// A line that expects a tier.
fn tier(expected: &str) -> String {
    format!("expect Ann tier is {expected}\n")
}

/// A line that runs the clock.
fn clock(at: &str) -> String {
    format!("when {at} clock\n")
}

/// A test of a member that joined in January.
fn ann(lines: &str) -> String {
    format!("test \"the test\" {{\n  given member Ann {{ joined 2026-01-05 }}\n{lines}\n}}\n")
}
