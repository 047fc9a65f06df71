//! Step 5: the shares of base rates.
//!
//! `b_i` is the paid amount of item i, B the sum over the items of the rule. Order inside a rule: a cap of spend
//! scales all b_i · the shares of its form · `at least`. That is the base which multipliers see.

use super::judge::Facts;
use super::line_caps;
use super::proportion;
use super::refuse::Rejection;
use super::rows::{Row, Rows, Shape};
use super::step04_match::room;
use super::trace::{Trace, Verdict};
use crate::account::Lines;
use crate::amount::{Rounding, compare_products, divide, gcd};
use crate::ledger::Thing;
use crate::program::{
    Award, AwardThing, Basis, CapId, Combine, Effect, GroupId, Needs, Rate, Rule, RuleId, RuleKind, Steps,
    UnitId,
};
use std::cmp::Ordering;

/// Computes all matching `earn` rules.
pub(crate) fn compute_bases(
    facts: &Facts<'_>,
    rows: &mut Rows,
    trace: &mut Option<Box<Trace>>,
) -> Result<(), Rejection> {
    if rows.asked.for_any(Needs::REPLACES) {
        replace(facts, rows, trace);
    }
    if rows.asked.for_any(Needs::SPEND_CAPS) {
        cap_spend(facts, rows);
    }
    for row in rows.all_mut() {
        let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
        if rule.kind == RuleKind::Earn {
            compute_shares(facts, rule, row)?;
        }
    }
    if !rows.asked.for_any(Needs::BEST_BASES.and(Needs::MULTIPLIES)) {
        // bases are brought to one divisor with the bonuses
        return Ok(());
    }
    for place in 0..rows.things.len() {
        if let Some(thing @ Thing::Unit(_)) = rows.things.get(place).copied() {
            rows.align(thing)?;
            if rows.asked.for_any(Needs::BEST_BASES) {
                best_bases(facts, rows, thing, trace);
            }
        }
    }
    Ok(())
}

/// Items that pass a rule leave the rules that it replaces; between two rules of the event the other goes whole. Who
/// passes is asked before anything leaves, so chains of `replaces` do not hang on names.
#[inline(never)]
fn replace(facts: &Facts<'_>, rows: &mut Rows, trace: &mut Option<Box<Trace>>) {
    let rule_of = |row: &Row| facts.program.rules.get(row.rule.index());
    let replacing: Vec<(&Rule, RuleId, Lines)> = rows
        .all()
        .iter()
        .filter_map(|row| Some((rule_of(row)?, row)))
        .filter(|(rule, _)| !rule.replaces.is_empty())
        .map(|(rule, row)| (rule, row.rule, row.passes.clone()))
        .collect();
    for (rule, id, passes) in replacing {
        for other in rows.all_mut().iter_mut().filter(|other| rule.replaces.contains(&other.rule)) {
            let both_of_event = other.flat && rule_is_of_event(rule);
            other.passes = other.passes.without(if both_of_event { &facts.event.all } else { &passes });
            if both_of_event || (!facts.event.items().is_empty() && other.passes.is_empty()) {
                other.thing = None;
                if let Some(trace) = trace {
                    trace.verdict(other.rule, Verdict::Replaced(id));
                }
            }
        }
    }
}

fn rule_is_of_event(rule: &Rule) -> bool {
    match &rule.effect {
        Effect::Linear { basis, .. } => matches!(basis, Basis::Event(_)),
        _ => rule.items.is_none(),
    }
}

/// Works out which part of the spend counts where a cap of spend has less room than there is spend. A shared cap
/// counts each item once, however many of its rules fire.
fn cap_spend(facts: &Facts<'_>, rows: &mut Rows) {
    let mut caps: Vec<CapId> = Vec::new();
    for row in rows.all() {
        let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
        for cap in rule.spend_caps.iter().copied() {
            if !caps.contains(&cap) {
                caps.push(cap);
            }
        }
    }
    for cap in caps.iter().copied() {
        let left = room(facts, cap);
        if left == i64::MAX {
            continue;
        }
        let sum = capped_spend(facts, rows, cap);
        if sum <= left {
            continue;
        }
        for row in rows.all_mut() {
            let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
            if !rule.spend_caps.contains(&cap) {
                continue;
            }
            // the smaller fraction counts where several caps cut
            let smaller = row.spend_ratio.is_none_or(|(num, den)| {
                i128::from(left) * i128::from(den) < i128::from(num) * i128::from(sum)
            });
            if smaller {
                row.spend_ratio = Some((left, sum));
            }
        }
    }
    if rows.asked.for_any(Needs::LINE_CAPS) {
        line_caps::cap_spend(facts, rows, &caps);
    }
}

/// The spend of all items that pass any rule of a cap, each counted once.
fn capped_spend(facts: &Facts<'_>, rows: &Rows, cap: CapId) -> i64 {
    let covers = |row: &&Row| {
        let rule = facts.program.rules.get(row.rule.index());
        row.thing.is_some() && rule.is_some_and(|rule| rule.spend_caps.contains(&cap))
    };
    let items = facts.event.items().iter().enumerate();
    items
        .filter(|(place, _)| rows.all().iter().filter(covers).any(|row| row.passes.has(*place)))
        .map(|(_, item)| item.value)
        .sum::<i64>()
        .max(0)
}

/// Computes the shares of one rule that is no multiplier.
pub(crate) fn compute_shares(facts: &Facts<'_>, rule: &Rule, row: &mut Row) -> Result<(), Rejection> {
    match &rule.effect {
        Effect::Linear { rate: Rate::Table(table), basis, steps, step, .. } if table.key.is_of_items() => {
            linear(facts, row, 1, *basis, (*steps, *step))?;
            row.shape = Shape::Mixed;
            let items = facts.event.items().len();
            for (place, num) in row.nums.iter_mut().enumerate().take(items) {
                let rate = facts.row_of(table, Some(place)).copied().unwrap_or(0);
                *num = num.checked_mul(rate).ok_or_else(Rejection::too_large)?;
            }
        }
        Effect::Linear { unit: _, rate, basis, steps, step } => {
            let (rate, whole) = match rate {
                Rate::Fixed(rate) => (*rate, 1),
                Rate::Table(table) => facts.mean(table, |rate| (*rate, 1))?,
            };
            linear(facts, row, rate, *basis, (*steps, *step))?;
            row.scale(1, whole)?;
        }
        Effect::Flat(Award { thing: AwardThing::Unit(unit), amount }) => {
            flat(facts, row, *unit, *amount)?;
        }
        Effect::FlatTable { unit, table } => {
            let (amount, whole) = facts.mean(table, |amount| (i128::from(*amount), 1))?;
            flat(facts, row, *unit, i64::try_from(amount).map_err(|_| Rejection::too_large())?)?;
            row.scale(1, whole)?;
        }
        Effect::Bands { unit, bands } => {
            let spend = scaled_spend(row, facts);
            let band = bands.iter().rev().find(|band| spend >= i128::from(band.from));
            flat(facts, row, *unit, band.map_or(0, |band| band.value))?;
        }
        Effect::Flat(Award { thing: AwardThing::Voucher(_) | AwardThing::Choice(_), amount }) => {
            row.amount = *amount;
        }
        Effect::VouchersPer { count, basis, steps, step, .. } => {
            linear(facts, row, i128::from(*count), *basis, (*steps, *step))?;
            // counts stand in millionths; exact steps bring the millionths of the basis along
            let den = if *steps == Steps::Exact { i128::from(*step) } else { 1 };
            let total =
                divide(row.total()?, row.den.saturating_mul(den).saturating_mul(1_000_000), Rounding::Down);
            row.amount = i64::try_from(total.unwrap_or(0).max(0)).map_err(|_| Rejection::too_large())?;
            row.clear();
        }
        Effect::Multiply { .. } | Effect::Everything { .. } => {}
    }
    if row.total()? < 0 {
        row.clear();
    }
    raise(facts, rule, row)
}

/// The spend of the items of a row, cut by its caps of spend, rounded down to the micro-unit.
fn scaled_spend(row: &Row, facts: &Facts<'_>) -> i128 {
    if !row.spend_parts.is_empty() {
        return row.passes.iter().filter_map(|line| row.spend_parts.get(line)).copied().map(i128::from).sum();
    }
    let sum = i128::from(facts.event.value_of(&row.passes));
    match row.spend_ratio {
        Some((num, den)) => {
            divide(sum.saturating_mul(i128::from(num)), i128::from(den), Rounding::Down).unwrap_or(0)
        }
        None => sum,
    }
}

/// One share of the event.
fn flat(facts: &Facts<'_>, row: &mut Row, unit: UnitId, amount: i64) -> Result<(), Rejection> {
    if let Some(event) = row.nums.last_mut() {
        *event = over_denominator(facts, unit, amount)?;
    }
    Ok(())
}

/// An amount in the unit's scale as a numerator over the unit's denominator.
pub(crate) fn over_denominator(facts: &Facts<'_>, unit: UnitId, amount: i64) -> Result<i128, Rejection> {
    let denominator = facts.program.units.get(unit.index()).map_or(1, |unit| unit.denominator);
    let num = i128::from(amount).checked_mul(denominator);
    num.ok_or_else(Rejection::too_large)
}

/// Shares in proportion to something.
fn linear(
    facts: &Facts<'_>,
    row: &mut Row,
    rate: i128,
    basis: Basis,
    (steps, step): (Steps, i64),
) -> Result<(), Rejection> {
    let mut ratio = (1_i128, 1_i128);
    if let (Some((num, den)), Basis::Spend | Basis::SpendPaidWith(_)) = (row.spend_ratio, basis) {
        ratio = (i128::from(num), i128::from(den));
    }
    if let Basis::SpendPaidWith(means) = basis {
        let Some((with, all)) = proportion::paid_with(facts, means) else { return Ok(()) };
        ratio = (ratio.0 * with, ratio.1 * all);
    }
    weigh(facts, row, basis);
    row.shape = match basis {
        Basis::Spend | Basis::SpendPaidWith(_) if !row.spend_parts.is_empty() => Shape::Mixed,
        Basis::Spend | Basis::SpendPaidWith(_) => Shape::Values,
        Basis::Pieces => Shape::Quantities,
        Basis::Item(_) => Shape::Mixed,
        Basis::Event(_) => Shape::Event,
    };
    match steps {
        Steps::Exact => {
            for num in &mut row.nums {
                *num = num.checked_mul(rate).ok_or_else(Rejection::too_large)?;
            }
            row.scale(ratio.0, ratio.1)
        }
        Steps::Full | Steps::Started => stepwise(row, rate, ratio, (steps, step)),
    }
}

/// Puts the weights of a basis into the columns of a row.
fn weigh(facts: &Facts<'_>, row: &mut Row, basis: Basis) {
    if let ([sum], false) = (row.nums.as_mut_slice(), facts.event.items().is_empty()) {
        match basis {
            Basis::Spend | Basis::SpendPaidWith(_) => {
                *sum = i128::from(facts.event.value_of(&row.passes));
                return;
            }
            Basis::Pieces => {
                *sum = i128::from(facts.event.quantity_of(&row.passes));
                return;
            }
            // one share of the event either way
            Basis::Item(_) | Basis::Event(_) => {}
        }
    }
    let subject = |place| crate::program::NumSubject::Item(place);
    for place in row.passes.iter() {
        let Some(item) = facts.event.bound_items.get(place) else { continue };
        let Some(num) = row.nums.get_mut(place) else { continue };
        *num = match basis {
            Basis::Spend | Basis::SpendPaidWith(_) => {
                i128::from(row.spend_parts.get(place).copied().unwrap_or(item.value))
            }
            Basis::Pieces => i128::from(item.quantity),
            Basis::Item(attribute) => i128::from(facts.num(subject(attribute), Some(place)).unwrap_or(0)),
            Basis::Event(_) => 0,
        };
    }
    if let (Basis::Event(place), Some(event)) = (basis, row.nums.last_mut()) {
        *event = i128::from(facts.num(crate::program::NumSubject::Event(place), None).unwrap_or(0));
    }
}

/// Whole or begun steps, counted on the sum and spread back over the columns.
fn stepwise(
    row: &mut Row,
    rate: i128,
    ratio: (i128, i128),
    (steps, step): (Steps, i64),
) -> Result<(), Rejection> {
    let sum = row.total()?;
    if sum <= 0 {
        row.clear();
        return Ok(());
    }
    let counted = sum.checked_mul(ratio.0).ok_or_else(Rejection::too_large)?;
    let each = i128::from(step).checked_mul(ratio.1).ok_or_else(Rejection::too_large)?;
    let mode = if steps == Steps::Full { Rounding::Down } else { Rounding::Up };
    let count = divide(counted, each, mode).ok_or_else(Rejection::too_large)?;
    let amount = count.checked_mul(rate).ok_or_else(Rejection::too_large)?;
    if let [total] = row.nums.as_mut_slice() {
        // on sums there is nothing to spread
        *total = amount;
        return Ok(());
    }
    row.den = sum;
    if row.nums.iter().all(|num| num.unsigned_abs() >> 64 == 0) && amount.unsigned_abs() >> 60 == 0 {
        row.nums.iter_mut().for_each(|num| *num *= amount);
        row.reduce();
        return Ok(());
    }
    // large numbers are freed of common factors first
    row.reduce();
    let common = i128::try_from(gcd(amount.unsigned_abs(), row.den.unsigned_abs())).unwrap_or(1).max(1);
    row.den /= common;
    for num in &mut row.nums {
        *num = num.checked_mul(amount / common).ok_or_else(Rejection::too_large)?;
    }
    Ok(())
}

/// `at least`: an amount above zero and below the limit is raised to it, in proportion.
pub(super) fn raise(facts: &Facts<'_>, rule: &Rule, row: &mut Row) -> Result<(), Rejection> {
    let (Some(least), Some(unit)) = (rule.at_least, rule.effect.unit()) else { return Ok(()) };
    let total = row.total()?;
    let wanted =
        over_denominator(facts, unit, least)?.checked_mul(row.den).ok_or_else(Rejection::too_large)?;
    if total > 0 && total < wanted { row.scale(wanted, total) } else { Ok(()) }
}

/// Of two base rates that say `combine best of G`, the larger share stays, item by item; ties by name.
fn best_bases(facts: &Facts<'_>, rows: &mut Rows, thing: Thing, trace: &mut Option<Box<Trace>>) {
    let group_of = |row: &Row| -> Option<GroupId> {
        let rule = facts.program.rules.get(row.rule.index())?;
        match rule.combine {
            Combine::BestOf(group) if rule.kind == RuleKind::Earn && row.thing == Some(thing) => Some(group),
            _ => None,
        }
    };
    let grouped = rows.all().iter().filter(|row| group_of(row).is_some()).count();
    if grouped < 2 {
        return;
    }
    for column in 0..=rows.width {
        for place in 0..rows.all().len() {
            let Some(row) = rows.all().get(place) else { continue };
            let Some(group) = group_of(row) else { continue };
            let (mine, my_den) = (row.nums.get(column).copied().unwrap_or(0), row.den);
            let better = rows.all().iter().enumerate().find(|(other, row)| {
                let theirs = row.nums.get(column).copied().unwrap_or(0);
                let larger = || compare_products([theirs, my_den, 1, 1], [mine, row.den, 1, 1]);
                group_of(row) == Some(group)
                    && *other != place
                    && match larger() {
                        Ordering::Greater => true,
                        Ordering::Equal => *other < place,
                        Ordering::Less => false,
                    }
            });
            let winner = better.map(|(_, row)| row.rule);
            if let (Some(winner), true, Some(row)) = (winner, mine != 0, rows.all_mut().get_mut(place)) {
                if let Some(num) = row.nums.get_mut(column) {
                    *num = 0;
                }
                if let Some(trace) = trace {
                    trace.lost(row.rule, column, winner);
                }
            }
        }
    }
}
