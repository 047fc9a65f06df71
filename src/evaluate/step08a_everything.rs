//! Step 8a: bonuses on everything.
//!
//! They multiply what base rates and bonuses gave after step 8, each unit on its own: the extra is (k − 1) × what was
//! booked. With `for items` only the part of these items counts, in proportion to the exact shares of each rule. The
//! extras of a unit are added, rounded once, shared out to the rules, and cut by the caps of their own. None multiplies
//! another.

use super::judge::Facts;
use super::refuse::Rejection;
use super::rows::{Rows, Shape};
use super::step07_round::round_unit;
use super::step08_cap::cap_row;
use super::trace::Trace;
use crate::account::Lines;
use crate::amount::{gcd, lcm};
use crate::ledger::Thing;
use crate::program::{Effect, Factor, Rule, RuleId, UnitId};

/// Adds a row for each unit and bonus on everything that gives something.
pub(crate) fn multiply_everything(
    facts: &Facts<'_>,
    rows: &mut Rows,
    trace: &mut Option<Box<Trace>>,
) -> Result<(), Rejection> {
    if rows.everything.is_empty() {
        return Ok(());
    }
    let bonuses = std::mem::take(&mut rows.everything);
    let given = rows.all().len();
    for place in 0..rows.things.len() {
        let Some(Thing::Unit(unit)) = rows.things.get(place).copied() else { continue };
        let first = rows.all().len();
        for (id, passes) in &bonuses {
            add_extra(facts, rows, (given, unit), *id, passes)?;
        }
        rows.align_from(Thing::Unit(unit), first)?;
        round_unit(facts, rows, unit, first)?;
    }
    if let Some(trace) = trace {
        for row in rows.all().iter().skip(given) {
            trace.take_extra(facts, row);
        }
    }
    // bonuses are admitted by name, whatever they give
    for (id, _) in &bonuses {
        let mut fired = false;
        for place in given..rows.all().len() {
            if rows.all().get(place).is_some_and(|row| row.rule == *id) {
                fired |= cap_row(facts, rows, place, fired, trace) > 0;
            }
        }
    }
    rows.everything = bonuses;
    Ok(())
}

/// Adds the extra of one bonus in one unit, if there is any. The first rows are those that are multiplied.
fn add_extra(
    facts: &Facts<'_>,
    rows: &mut Rows,
    (given, unit): (usize, UnitId),
    id: RuleId,
    passes: &Lines,
) -> Result<(), Rejection> {
    let Some(rule) = facts.program.rules.get(id.index()) else { return Ok(()) };
    let Some(factor) = factor_in(facts, rule, unit)? else { return Ok(()) };
    let (mut shares, mut den) = shares(rows, (given, unit), rule.items.as_ref().map(|_| passes), factor)?;
    if shares.iter().all(|share| *share == 0) {
        return Ok(());
    }
    // shares of a row stand over the unit's denominator
    let denominator = facts.program.units.get(unit.index()).map_or(1, |unit| unit.denominator);
    let common = common_of(denominator, den);
    let by = denominator.checked_div(common).unwrap_or(1);
    den = den.checked_div(common).unwrap_or(1);
    for share in &mut shares {
        *share = share.checked_mul(by).ok_or_else(Rejection::too_large)?;
    }
    if let Some(row) = rows.add((id, rule), Thing::Unit(unit), passes.clone(), false) {
        row.nums = shares;
        row.den = den;
        row.shape = Shape::Mixed;
    }
    Ok(())
}

/// By how much more a bonus multiplies a unit, above zero.
fn factor_in(facts: &Facts<'_>, rule: &Rule, unit: UnitId) -> Result<Option<(i128, i128)>, Rejection> {
    let Effect::Everything { units, factor } = &rule.effect else { return Ok(None) };
    if !units.contains(&unit) {
        return Ok(None);
    }
    let (num, den) = match factor {
        Factor::Fixed(num, den) => (*num, *den),
        Factor::Table(table) => facts.mean(table, |factor| *factor)?,
    };
    Ok((num > 0).then_some((num, den)))
}

/// What is multiplied of each item, and at the end of the event, times a factor: numerators in the unit's scale, and
/// their divisor. Without items of its own a bonus takes all.
fn shares(
    rows: &Rows,
    (given, unit): (usize, UnitId),
    items: Option<&Lines>,
    (more, whole): (i128, i128),
) -> Result<(Vec<i128>, i128), Rejection> {
    let mut sums = vec![0_i128; rows.width + 1];
    let mut common: i128 = 1;
    let booked = |row: &&super::rows::Row| row.thing == Some(Thing::Unit(unit)) && row.amount > 0;
    for row in rows.all().iter().take(given).filter(booked) {
        let total = row.total()?;
        let num = i128::from(row.amount).checked_mul(more).ok_or_else(Rejection::too_large)?;
        let den = total.checked_mul(whole).filter(|den| *den > 0).ok_or_else(Rejection::too_large)?;
        let factor = common_of(num, den);
        let (num, den) = (num.checked_div(factor).unwrap_or(num), den.checked_div(factor).unwrap_or(den));
        let factor = row.nums.iter().fold(den, |factor, share| common_of(*share, factor));
        let den = den.checked_div(factor).unwrap_or(den);
        let all = lcm(common, den).ok_or_else(Rejection::too_large)?;
        let (old, new) = (all.checked_div(common).unwrap_or(1), all.checked_div(den).unwrap_or(1));
        let times = num.checked_mul(new).ok_or_else(Rejection::too_large)?;
        for (column, (sum, share)) in sums.iter_mut().zip(&row.nums).enumerate() {
            *sum = sum.checked_mul(old).ok_or_else(Rejection::too_large)?;
            let counts = items.is_none_or(|items| column < rows.width && items.has(column));
            if counts {
                let share = share.checked_div(factor).unwrap_or(*share);
                let more = share.checked_mul(times).ok_or_else(Rejection::too_large)?;
                *sum = sum.checked_add(more).ok_or_else(Rejection::too_large)?;
            }
        }
        common = all;
    }
    Ok((sums, common))
}

/// The largest common factor of two numbers of which one is above zero.
fn common_of(one: i128, other: i128) -> i128 {
    i128::try_from(gcd(one.unsigned_abs(), other.unsigned_abs())).unwrap_or(1).max(1)
}
