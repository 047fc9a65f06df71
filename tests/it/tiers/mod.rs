//! Levels: examples worked out by hand, written as tests of a rule file.

mod grace;
mod since;

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

/// A test of a member that joined in January.
fn ann(lines: &str) -> String {
    format!("test \"the test\" {{\n  given member Ann {{ joined 2026-01-05 }}\n{lines}\n}}\n")
}
