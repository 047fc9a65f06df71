//! Marks that were passed, in a snapshot.

use super::SnapshotError;
use super::restore::{Restore, in_order};
use super::take::{Names, text};
use crate::account::{Account, PassedMark};
use crate::amount::format_scaled;
use crate::calendar::{Date, Instant};
use crate::ledger::{LineKind, Thing};
use crate::program::Award;
use crate::wire::parse_amount;
use serde::{Deserialize, Serialize};

/// A mark that was passed, and what it gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkState {
    pub(super) milestones: String,
    slot: i64,
    mark: i64,
    line: u32,
    kind: LineKind,
    name: String,
    amount: String,
    lot: u32,
    usable_from: Date,
    repaid: String,
    at: Instant,
    day: Date,
}

impl MarkState {
    pub(super) fn key(&self) -> (String, i64, i64, u32) {
        (self.milestones.clone(), self.slot, self.mark, self.line)
    }
}

impl Names<'_> {
    pub(super) fn marks(&self, account: &Account) -> Vec<MarkState> {
        let known = account.marks.iter().map(|known| {
            let thing = Thing::from(known.gave.thing);
            let (kind, name) = self.0.thing_words(thing);
            let amount = |steps| format_scaled(steps, self.0.thing_decimals(thing));
            MarkState {
                milestones: text(self.0.milestones_name(known.milestones)),
                slot: known.slot,
                mark: known.mark,
                line: known.line,
                kind,
                name: text(name),
                amount: amount(known.gave.amount),
                lot: known.lot,
                usable_from: known.start,
                repaid: amount(known.repaid),
                at: known.passed.0,
                day: known.passed.1,
            }
        });
        let mut all: Vec<MarkState> = known.collect();
        all.sort_by_key(MarkState::key);
        all
    }
}

impl Restore<'_> {
    pub(super) fn marks(&mut self, states: &[MarkState]) -> Result<(), SnapshotError> {
        in_order("marks", states, MarkState::key, |state| state.milestones.clone())?;
        for state in states {
            let wrong = |problem| SnapshotError::value("mark", &state.milestones, problem);
            let milestones = self.program.milestones_named(&state.milestones)?;
            let thing = self.program.thing_of(state.kind, &state.name)?;
            let decimals = self.program.thing_decimals(thing);
            let amount = parse_amount(&state.amount, decimals).filter(|amount| *amount > 0);
            let amount = amount.ok_or_else(|| wrong("what it gave is nothing or has another form"))?;
            let repaid = parse_amount(&state.repaid, decimals).filter(|part| (0..=amount).contains(part));
            let repaid = repaid.ok_or_else(|| wrong("what paid off a debt is not a part of what it gave"))?;
            let thing = thing.award().ok_or_else(|| wrong("such things are not given"))?;
            if state.mark <= 0 {
                return Err(wrong("it is not above zero"));
            }
            self.account.marks.push(PassedMark {
                milestones,
                slot: state.slot,
                mark: state.mark,
                line: state.line,
                gave: Award { thing, amount },
                lot: state.lot,
                start: state.usable_from,
                repaid,
                passed: (state.at, state.day),
            });
        }
        self.account.marks.sort_by_key(PassedMark::key);
        Ok(())
    }
}
