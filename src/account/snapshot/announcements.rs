//! What was announced, in a snapshot.

use super::SnapshotError;
use super::restore::{Restore, checked_or_empty, in_order};
use super::take::{micros, text};
use crate::account::{Account, Announced};
use crate::amount::parse_micros;
use crate::calendar::Date;
use serde::{Deserialize, Serialize};

/// The value of a parameter in the period of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnnouncedState {
    pub(super) parameter: String,
    pub(super) day: Date,
    value: String,
}

pub(super) fn taken(account: &Account) -> Vec<AnnouncedState> {
    let all = account.announced.iter();
    all.map(|known| AnnouncedState {
        parameter: text(&known.parameter),
        day: known.day,
        value: micros(known.value),
    })
    .collect()
}

impl Restore<'_> {
    pub(super) fn announced(&mut self, states: &[AnnouncedState]) -> Result<(), SnapshotError> {
        let key = |state: &AnnouncedState| (state.parameter.clone(), state.day);
        in_order("announced", states, key, |state| state.parameter.clone())?;
        for state in states {
            let wrong = || SnapshotError::value("announced", &state.parameter, "its value cannot be");
            let value = parse_micros(&state.value).filter(|value| *value >= 0);
            let value = value.filter(|value| micros(*value) == state.value).ok_or_else(wrong)?;
            self.program.parameter_named(&state.parameter)?;
            let parameter = checked_or_empty("announced", &state.parameter)?.into();
            self.account.note_announced(&Announced { parameter, day: state.day, value }, true);
        }
        Ok(())
    }
}
