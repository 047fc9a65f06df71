//! The times in which is counted since a level was reached, as texts.

use super::state::{SpellEndState, SpellState};
use super::{SnapshotError, Spell, SpellEnd};
use crate::amount::format_scaled;
use crate::program::UnknownName;
use crate::wire::parse_amount;

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
