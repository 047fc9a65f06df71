//! Rules that ask about an event later, in a snapshot.

use super::SnapshotError;
use super::restore::{Restore, checked, in_order};
use super::take::{Names, text};
use crate::account::{Account, FollowUp};
use crate::calendar::Date;
use crate::program::Program;
use serde::{Deserialize, Serialize};

/// A rule that asks about an event on a later day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FollowUpState {
    pub(crate) day: Date,
    pub(crate) event: String,
    pub(crate) rule: String,
}

impl FollowUpState {
    /// Whether a program has the rule, and it still asks later.
    pub(super) fn fits(&self, program: &Program) -> bool {
        program.rule_named(&self.rule).is_ok_and(|rule| program.follows(rule))
    }
}

impl Names<'_> {
    pub(super) fn follow_ups(&self, account: &Account) -> Vec<FollowUpState> {
        let known = account.follow_ups.iter().map(|known| FollowUpState {
            day: known.day,
            event: text(&known.event),
            rule: text(self.0.rule_name(known.rule)),
        });
        let mut all: Vec<FollowUpState> = known.collect();
        all.sort();
        all
    }
}

impl Restore<'_> {
    pub(super) fn follow_ups(&mut self, states: &[FollowUpState]) -> Result<(), SnapshotError> {
        in_order("follow-ups", states, |state| (*state).clone(), |state| state.event.clone())?;
        let clock = self.account.clock_day(self.program);
        for state in states {
            let wrong = |problem| SnapshotError::value("follow-up", &state.event, problem);
            let rule = self.program.rule_named(&state.rule)?;
            if !self.program.follows(rule) {
                return Err(wrong("its rule waits for something else"));
            }
            if clock.is_none_or(|clock| state.day <= clock) {
                return Err(wrong("its day is over"));
            }
            let event = checked("event of a follow-up", &state.event)?;
            self.account.follow_ups.push(FollowUp { day: state.day, event: event.into(), rule });
        }
        self.account.follow_ups.sort();
        Ok(())
    }

    pub(super) fn birthday_paid(&mut self, paid: Option<Date>) -> Result<(), SnapshotError> {
        let clock = self.account.clock_day(self.program);
        if let Some(paid) = paid.filter(|paid| clock.is_none_or(|clock| *paid > clock)) {
            return Err(SnapshotError::value("birthday", paid, "the clock has not come so far"));
        }
        self.account.birthday_paid = paid;
        Ok(())
    }
}
