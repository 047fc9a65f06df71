//! How an amount came about, for a test that expected another one.

use super::find;
use crate::evaluate::Outcome;
use crate::evaluate::trace::{RuleTrace, Verdict};
use crate::ledger::{Book, Delta, Thing};
use crate::program::{AwardThing, Program};

/// What the outcomes booked for a member, and which rules gave nothing and why; nothing if there is nothing to tell.
pub(super) fn how(program: &Program, outcomes: &[Outcome], member: &str) -> Option<String> {
    let mine = || outcomes.iter().filter(|outcome| outcome.member() == member);
    let earned = mine().flat_map(Outcome::deltas).filter(|delta| delta.from == Book::Issued);
    let mut lines: Vec<(String, String)> = earned.filter_map(|delta| given(program, delta)).collect();
    let traces = mine().filter_map(|outcome| outcome.trace.as_ref()).flat_map(|trace| trace.rules.iter());
    lines.extend(traces.filter(|rule| rule.booked == 0).map(|rule| idle(program, rule)));
    let width = lines.iter().map(|(name, _)| name.chars().count()).max()?;
    let lines: Vec<String> = lines
        .into_iter()
        .map(|(name, text)| {
            let space = " ".repeat(width - name.chars().count());
            format!("{name}{space}  {text}")
        })
        .collect();
    Some(lines.join("\n"))
}

fn given(program: &Program, delta: &Delta) -> Option<(String, String)> {
    let thing = match delta.thing {
        Thing::Unit(unit) => AwardThing::Unit(unit),
        Thing::Voucher(voucher) => AwardThing::Voucher(voucher),
        Thing::Stamps(_) => return None,
    };
    let name = find::source_name(program, delta.source).to_owned();
    Some((name, format!("+{}", find::amount_text(program, thing, delta.amount))))
}

fn idle(program: &Program, rule: &RuleTrace) -> (String, String) {
    let known = program.rules.get(rule.rule.index());
    let name = known.map_or(String::new(), |rule| rule.name.to_string());
    let when = known.map_or("", |rule| &rule.when_text);
    let items = known.map_or("", |rule| &rule.items_text);
    let cap_text = |cap: crate::program::CapId| program.caps.get(cap.index()).map_or("", |cap| &cap.text);
    let text = match rule.verdict {
        Verdict::NotValid => "not in force at that time".to_owned(),
        Verdict::ConditionNotMet => format!("does not hold: when {when}"),
        Verdict::ConditionUnknown => format!("cannot be told, something is missing: when {when}"),
        Verdict::NoItem => format!("no item passes: {items}"),
        Verdict::NoRoom(cap) | Verdict::BaseWithoutRoom(cap) => {
            format!("nothing is left of its cap: {}", cap_text(cap))
        }
        Verdict::Replaced(by) => {
            let by = program.rules.get(by.index()).map_or("", |rule| &rule.name);
            format!("replaced by {by}")
        }
        Verdict::Matched => match (rule.lost.first(), rule.cuts.last()) {
            (Some((_, by, _)), _) => {
                let by = program.rules.get(by.index()).map_or("", |rule| &rule.name);
                format!("{by} is better")
            }
            (_, Some((cap, ..))) => format!("cut by its cap: {}", cap_text(*cap)),
            _ => "comes to nothing".to_owned(),
        },
    };
    (name, text)
}
