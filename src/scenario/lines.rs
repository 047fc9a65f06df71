//! How an amount came about, for a test that expected another one.

use super::find;
use crate::evaluate::Outcome;
use crate::explain;
use crate::ledger::{Book, Delta};
use crate::program::Program;

/// What the outcomes booked for a member, and which rules gave nothing and why; nothing if there is nothing to tell.
pub(super) fn how(program: &Program, outcomes: &[Outcome], member: &str) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.member() == member) {
        if outcome.trace.is_some() {
            lines.extend(explain::text(program, outcome).lines().map(str::to_owned));
        } else {
            lines.extend(outcome.deltas().iter().filter_map(|delta| given(program, delta)));
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn given(program: &Program, delta: &Delta) -> Option<String> {
    let thing = delta.thing.award()?;
    let name = find::source_name(program, delta.source);
    let amount = find::amount_text(program, thing, delta.amount);
    (delta.from == Book::Issued).then(|| format!("+{amount}  {name}"))
}
