//! Step 7: rounding, once per unit and event.
//!
//! `in total` adds all rules and items and rounds once; `per item` adds all rules of an item and rounds each item,
//! the event share being one more. The rounded total is shared out to the rules by largest remainder, ties by name.
//! A rule with its own `round` stands outside and is rounded alone.

use super::judge::Facts;
use super::refuse::Rejection;
use super::rows::{Row, Rows};
use crate::amount::{Ties, divide};
use crate::ledger::Thing;
use crate::program::{Round, UnitId};

/// No booking is larger than this many steps of its unit's scale.
const MOST: i128 = 1_000_000_000_000_000;

/// Rounds the rows of every unit.
pub(crate) fn round_rows(facts: &Facts<'_>, rows: &mut Rows) -> Result<(), Rejection> {
    for place in 0..rows.things.len() {
        let Some(thing @ Thing::Unit(unit)) = rows.things.get(place).copied() else { continue };
        let Some(rules) = facts.program.units.get(unit.index()) else { continue };
        let own = |row: &Row| facts.program.rules.get(row.rule.index()).and_then(|rule| rule.round);
        for single in 0..rows.all().len() {
            let Some(row) = rows.all().get(single) else { continue };
            if row.thing == Some(thing)
                && let Some(round) = own(row)
            {
                round_group(facts, rows, unit, round, &|at, _| at == single)?;
            }
        }
        round_group(facts, rows, unit, rules.round, &|_, row| {
            row.thing == Some(thing) && own(row).is_none()
        })?;
    }
    Ok(())
}

/// Rounds some rows together.
fn round_group(
    facts: &Facts<'_>,
    rows: &mut Rows,
    unit: UnitId,
    round: Round,
    member: &dyn Fn(usize, &Row) -> bool,
) -> Result<(), Rejection> {
    let Some(rules) = facts.program.units.get(unit.index()) else { return Ok(()) };
    let width = rows.width;
    let (all, sharer, weights, parts) = rows.with_sharer();
    let Some(den) = all.iter().enumerate().find(|(at, row)| member(*at, row)).map(|(_, row)| row.den) else {
        return Ok(());
    };
    let den = rules.denominator.checked_mul(den).ok_or_else(Rejection::too_large)?;
    let columns: &[Option<usize>] = &[None];
    let per_item: Vec<Option<usize>> =
        if round.per_item { (0..=width).map(Some).collect() } else { Vec::new() };
    let columns = if round.per_item { per_item.as_slice() } else { columns };
    for column in columns {
        weights.clear();
        let mut total: i128 = 0;
        for (_, row) in all.iter().enumerate().filter(|(at, row)| member(*at, row)) {
            let exact = match column {
                None => row.total()?,
                Some(column) => row.nums.get(*column).copied().unwrap_or(0),
            };
            total = total.checked_add(exact).ok_or_else(Rejection::too_large)?;
            weights.push(exact);
        }
        let rounded = divide(total, den, round.mode).ok_or_else(Rejection::too_large)?;
        if rounded.abs() > MOST {
            return Err(Rejection::too_large());
        }
        sharer.round_parts(rounded, weights, den, Ties::Earlier, parts).ok_or_else(Rejection::too_large)?;
        let members = all.iter_mut().enumerate().filter(|(at, row)| member(*at, row));
        for ((_, row), part) in members.zip(parts.iter()) {
            row.amount += i64::try_from(*part).map_err(|_| Rejection::too_large())?;
            if column.is_some() {
                row.parts.push(*part);
            }
        }
    }
    Ok(())
}
