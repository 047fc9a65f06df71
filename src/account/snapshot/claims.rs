//! Open claims on budgets, in a snapshot.

use super::restore::{Restore, checked};
use super::take::{Names, text};
use super::{AwardState, SnapshotError};
use crate::account::{Account, OpenClaim};
use crate::calendar::{Date, Instant};
use serde::{Deserialize, Serialize};

/// A claim that is not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimState {
    budget: String,
    event: String,
    at: Instant,
    day: Date,
    on: Option<Date>,
    lines: u32,
    award: AwardState,
}

impl Names<'_> {
    pub(super) fn claims(&self, account: &Account) -> Vec<ClaimState> {
        let claims = account.claims.iter().map(|open| ClaimState {
            budget: text(&open.budget),
            event: text(&open.event),
            at: open.at,
            day: open.day,
            on: open.on,
            lines: u32::try_from(open.lines).unwrap_or(u32::MAX),
            award: self.award(&open.award, open.lines),
        });
        let mut claims: Vec<ClaimState> = claims.collect();
        claims.sort_by(|one, two| {
            (&one.event, &one.award.source.rule).cmp(&(&two.event, &two.award.source.rule))
        });
        claims
    }
}

impl Restore<'_> {
    pub(super) fn claims(&mut self, states: &[ClaimState]) -> Result<(), SnapshotError> {
        for state in states {
            let event = checked("claim", &state.event)?;
            let lines = usize::try_from(state.lines).unwrap_or(usize::MAX).min(crate::event::ITEMS_MOST);
            let award = self.award(&state.event, lines, &state.award)?;
            if award.amount <= 0 || award.lot != 0 || award.repaid != 0 {
                return Err(SnapshotError::value(
                    "claim",
                    event,
                    "nothing is claimed, or it was given already",
                ));
            }
            let open = OpenClaim {
                budget: state.budget.as_str().into(),
                event: event.into(),
                at: state.at,
                day: state.day,
                on: state.on,
                lines,
                award,
            };
            if self.account.claims.iter().any(|known| known.key() == open.key()) {
                return Err(SnapshotError::value("claim", event, "it stands twice"));
            }
            let place = self.account.claims.partition_point(|known| known.key() < open.key());
            self.account.claims.insert(place, open);
        }
        Ok(())
    }
}
