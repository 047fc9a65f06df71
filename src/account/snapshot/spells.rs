//! The times in which is counted since a level was reached, and windows whose surplus is carried, as texts.

use super::state::{CarryState, SpellEndState, SpellState};
use super::{Carry, Kept, SnapshotError, Spell, SpellEnd};
use crate::amount::format_scaled;
use crate::calendar::{Date, Instant};
use crate::program::UnknownName;
use crate::wire::parse_amount;
use serde::{Deserialize, Serialize};

/// What a window had counted when it still reached its level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptState {
    window: Date,
    at: Instant,
    /// In the counters' own steps, in the order of the metrics.
    values: Vec<String>,
}

/// A time as texts; `level` names levels.
pub(super) fn taken(spell: &Spell, level: &impl Fn(u32) -> String) -> SpellState {
    SpellState {
        number: spell.number,
        through: spell.through,
        since: spell.since,
        start: spell.start,
        last: spell.last,
        carried: format_scaled(spell.carried, 0),
        end: spell.end.map(|end| SpellEndState {
            from: level(end.from),
            earned: level(end.earned),
            over: end.over,
        }),
    }
}

/// The times of a block: numbered without a gap, and only the last one runs.
pub(super) fn restored(
    block: &str,
    states: &[SpellState],
    level: &impl Fn(&str) -> Result<u32, UnknownName>,
) -> Result<Vec<Spell>, SnapshotError> {
    let mut spells: Vec<Spell> = Vec::new();
    for (place, state) in states.iter().enumerate() {
        let number = spells.last().map_or(1, |before| before.through.saturating_add(1));
        let runs = place + 1 == states.len();
        if state.number != number || state.through < number || state.end.is_none() != runs {
            return Err(SnapshotError::value("tiers", block, "its times do not follow each other"));
        }
        let end = match &state.end {
            None => None,
            Some(end) => {
                let (from, earned) = (level(&end.from)?, level(&end.earned)?);
                Some(SpellEnd { from, earned, over: end.over })
            }
        };
        let carried = parse_amount(&state.carried, 0)
            .ok_or_else(|| SnapshotError::value("tiers", block, "what came over is no number"))?;
        let (since, start, last) = (state.since, state.start, state.last);
        spells.push(Spell { number, through: state.through, since, start, last, carried, end });
    }
    Ok(spells)
}

/// Windows whose surplus goes into the next one.
pub(super) fn carries_taken(carries: &[Carry], level: &impl Fn(u32) -> String) -> Vec<CarryState> {
    let taken = carries.iter().map(|carry| CarryState {
        window: carry.window,
        into: carry.into,
        level: level(carry.level),
        before: carry.before.map(|before| format_scaled(before, 0)),
    });
    taken.collect()
}

/// The windows of a block, the oldest first.
pub(super) fn carries_restored(
    block: &str,
    states: &[CarryState],
    level: &impl Fn(&str) -> Result<u32, UnknownName>,
) -> Result<Vec<Carry>, SnapshotError> {
    let mut carries: Vec<Carry> = Vec::new();
    for state in states {
        let in_order = carries.last().is_none_or(|before| before.window < state.window);
        if !in_order || state.window >= state.into {
            return Err(SnapshotError::value("tiers", block, "its windows do not follow each other"));
        }
        let before = match &state.before {
            None => None,
            Some(text) => Some(
                parse_amount(text, 0)
                    .ok_or_else(|| SnapshotError::value("tiers", block, "what was carried is no number"))?,
            ),
        };
        carries.push(Carry { window: state.window, into: state.into, level: level(&state.level)?, before });
    }
    Ok(carries)
}

/// What windows had counted.
pub(super) fn kept_taken(kept: &[Kept]) -> Vec<KeptState> {
    let values = |kept: &Kept| kept.values.iter().map(|value| format_scaled(*value, 0)).collect();
    kept.iter().map(|kept| KeptState { window: kept.window, at: kept.at, values: values(kept) }).collect()
}

/// What windows had counted, by the metrics that the block has now.
pub(super) fn kept_restored(block: &str, states: &[KeptState]) -> Result<Vec<Kept>, SnapshotError> {
    let kept = states.iter().map(|state| {
        let values = state.values.iter().map(|text| parse_amount(text, 0)).collect::<Option<Vec<i64>>>();
        let values =
            values.ok_or_else(|| SnapshotError::value("tiers", block, "what was counted is no number"))?;
        Ok(Kept { window: state.window, at: state.at, values })
    });
    kept.collect()
}
