//! What members say of themselves: how often they may change it, and since when it counts.

mod backdating;
mod changing;
mod joining;
mod judged;
mod windows;

use crate::returns::all_pass;

/// The head of a program with late events, and one unit of whole points.
const HEAD: &str = "edition 2026\n\nprogram Members {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
     time zone \"Europe/Berlin\"\n  accept late events for 60 days\n}\n\nunit points is spendable {\n  \
     singular point\n  round down in total\n  expire never\n}\n\n";

/// Runs the tests of a text that follows the head. All must pass.
fn holds(text: &str) {
    holds_in("", text);
}

/// The same with one more line in the head.
fn holds_in(line: &str, text: &str) {
    let head = HEAD.replace("  accept late", &format!("  {line}\n  accept late"));
    all_pass(&format!("{head}{text}\n"), line);
}
