//! Step 7: rounding, once per unit and event.
//!
//! `in total` adds all rules and items and rounds once; `per item` adds all rules of an item and rounds each item,
//! the event share being one more. The rounded total is shared out to the rules by largest remainder, ties by name.
//! A rule with its own `round` stands outside and is rounded alone.

use super::judge::Facts;
use super::refuse::Rejection;
use super::rows::{Row, Rows};
use crate::amount::{Ties, divide, gcd, lcm};
use crate::ledger::Thing;
use crate::program::{Needs, Round, Unit, UnitId};

/// No booking is larger than this many steps of its unit's scale.
pub(super) const MOST: i128 = 1_000_000_000_000_000;

/// Rounds the rows of every unit.
pub(crate) fn round_rows(facts: &Facts<'_>, rows: &mut Rows) -> Result<(), Rejection> {
    for place in 0..rows.things.len() {
        if let Some(Thing::Unit(unit)) = rows.things.get(place).copied() {
            round_unit(facts, rows, unit, 0)?;
        }
    }
    Ok(())
}

/// Rounds the rows of a unit from one on.
pub(super) fn round_unit(
    facts: &Facts<'_>,
    rows: &mut Rows,
    unit: UnitId,
    first: usize,
) -> Result<(), Rejection> {
    let own = |row: &Row| facts.program.rules.get(row.rule.index()).and_then(|rule| rule.round);
    let Some(rules) = facts.program.units.get(unit.index()) else { return Ok(()) };
    let thing = Thing::Unit(unit);
    let mut members = std::mem::take(&mut rows.members);
    members.clear();
    for single in first..rows.all().len() {
        let Some(row) = rows.all().get(single).filter(|row| row.thing == Some(thing)) else { continue };
        match rows.asked.for_any(Needs::OWN_ROUNDING).then(|| own(row)).flatten() {
            Some(round) => round_group(rules, rows, round, &[single])?,
            None => members.push(single),
        }
    }
    round_group(rules, rows, rules.round, &members)?;
    rows.members = members;
    Ok(())
}

/// Rounds some rows together.
fn round_group(rules: &Unit, rows: &mut Rows, round: Round, members: &[usize]) -> Result<(), Rejection> {
    let width = rows.width;
    let (all, sharer, weights, parts) = rows.with_sharer();
    let mut dens = members.iter().filter_map(|place| all.get(*place)).map(|row| row.den);
    let Some(first) = dens.next() else { return Ok(()) };
    let same = dens.all(|den| den == first);
    let mut den = rules.denominator.checked_mul(first).ok_or_else(Rejection::too_large)?;
    let columns = if round.per_item { width + 1 } else { 1 };
    for column in 0..columns {
        weights.clear();
        parts.clear();
        for row in members.iter().filter_map(|place| all.get(*place)) {
            weights.push(if round.per_item {
                row.nums.get(column).copied().unwrap_or(0)
            } else {
                row.total()?
            });
        }
        if !same {
            let dens = members.iter().filter_map(|place| all.get(*place)).map(|row| row.den);
            den = over_one_divisor(weights, dens)
                .and_then(|common| rules.denominator.checked_mul(common))
                .ok_or_else(Rejection::too_large)?;
        }
        let mut total: i128 = 0;
        for exact in weights.iter() {
            total = total.checked_add(*exact).ok_or_else(Rejection::too_large)?;
            parts.extend(whole_part(*exact, den));
        }
        let are_whole = parts.len() == weights.len();
        let rounded = divide(total, den, round.mode).ok_or_else(Rejection::too_large)?;
        if rounded.abs() > MOST {
            return Err(Rejection::too_large());
        }
        // what is whole needs no sharing out
        if !are_whole {
            sharer
                .round_parts(rounded, weights, den, Ties::Earlier, parts)
                .ok_or_else(Rejection::too_large)?;
        }
        for (place, part) in members.iter().zip(parts.iter()) {
            let Some(row) = all.get_mut(*place) else { continue };
            row.amount += i64::try_from(*part).map_err(|_| Rejection::too_large())?;
            if round.per_item {
                row.parts.push(*part);
            }
        }
    }
    Ok(())
}

/// Brings amounts with a divisor each to one divisor, and tells it. What all lines of a rule come to is mostly whole,
/// and few rules meet at one item, so it is short where those of the whole rows are not.
#[cold]
fn over_one_divisor(amounts: &mut [i128], dens: impl Iterator<Item = i128> + Clone) -> Option<i128> {
    let shortened = |amount: i128, den: i128| {
        let common = i128::try_from(gcd(amount.unsigned_abs(), den.unsigned_abs())).ok()?;
        Some((amount.checked_div(common)?, den.checked_div(common)?))
    };
    let mut all: i128 = 1;
    for (amount, den) in amounts.iter().zip(dens.clone()) {
        all = lcm(all, shortened(*amount, den)?.1)?;
    }
    for (amount, den) in amounts.iter_mut().zip(dens) {
        let (short, den) = shortened(*amount, den)?;
        *amount = short.checked_mul(all.checked_div(den)?)?;
    }
    Some(all)
}

/// The quotient of two numbers of up to 64 bits, if it is whole.
fn whole_part(num: i128, den: i128) -> Option<i128> {
    let (num, den) = (u64::try_from(num).ok()?, u64::try_from(den).ok()?);
    let part = num.checked_div(den)?;
    (part * den == num).then_some(i128::from(part))
}
