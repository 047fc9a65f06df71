//! Streaks in a snapshot.

use super::restore::{Restore, in_order};
use super::take::{Names, text};
use super::{SnapshotError, StreakStateText};
use crate::account::StreakState;
use crate::program::StreakId;

impl Names<'_> {
    pub(super) fn streaks(&self, streaks: &[StreakState]) -> Vec<StreakStateText> {
        let runs = streaks.iter().enumerate().filter_map(|(place, state)| {
            let (from, to) = state.open?;
            let streak = text(self.0.streak_name(StreakId(place as u32)));
            let StreakState { length, missed, paid, .. } = *state;
            Some(StreakStateText { streak, length, missed, from, to, paid })
        });
        let mut all: Vec<StreakStateText> = runs.collect();
        all.sort_by(|one, two| one.streak.cmp(&two.streak));
        all
    }
}

impl Restore<'_> {
    pub(super) fn streaks(&mut self, streaks: &[StreakStateText]) -> Result<(), SnapshotError> {
        in_order("streaks", streaks, |state| state.streak.clone(), |state| state.streak.clone())?;
        for state in streaks {
            let id = self.program.streak_named(&state.streak)?;
            if state.to < state.from {
                return Err(SnapshotError::value(
                    "streak",
                    &state.streak,
                    "its period ends before it begins",
                ));
            }
            let StreakStateText { length, missed, from, to, paid, .. } = *state;
            if let Some(place) = self.account.streaks.get_mut(id.index()) {
                *place = StreakState { length, missed, open: Some((from, to)), paid };
            }
        }
        Ok(())
    }
}
