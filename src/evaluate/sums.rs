//! Steps 5 to 7 where nothing hangs on single items: every rule is one sum of 64 bits.
//!
//! Nearly all events are of this kind. What does not fit, or asks for more, takes the way of columns through
//! [`step05_base`](super::step05_base), [`step06_bonus`](super::step06_bonus) and [`step07_round`](super::step07_round),
//! as every explanation does; both come to the same amounts.

use super::judge::Facts;
use super::rows::{Row, Rows, Shape};
use super::step07_round::MOST;
use crate::amount::{divide, lcm};
use crate::ledger::Thing;
use crate::program::{
    Award, AwardThing, Basis, Effect, Factor, Needs, Rate, Rule, RuleKind, Steps, Unit, UnitId,
};

/// What asks for more than one sum of 64 bits.
const MORE: Needs = Needs::BY_ITEM
    .and(Needs::FRACTIONS)
    .and(Needs::OWN_ROUNDING)
    .and(Needs::SPEND_CAPS)
    .and(Needs::PIECE_CAPS)
    .and(Needs::STACKING);

/// The exact amount of a row: a numerator over the unit's denominator and a divisor of its own.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    num: i64,
    den: i64,
    /// What it comes to, and what is left above it while a total is shared out.
    whole: i64,
    rest: i64,
}

/// Works out what all rows give, or says that they take the long way.
pub(crate) fn work_out(facts: &Facts<'_>, rows: &mut Rows) -> bool {
    if rows.by_item || rows.width == 0 || rows.asked.for_any(MORE) || !facts.event.parts.is_empty() {
        return false;
    }
    let mut sums = std::mem::take(&mut rows.sums);
    sums.clear();
    let done = amounts(facts, rows, &mut sums).is_some();
    rows.sums = sums;
    done
}

/// Nothing if a number does not fit.
fn amounts(facts: &Facts<'_>, rows: &mut Rows, sums: &mut Vec<Sum>) -> Option<()> {
    for place in 0..rows.all().len() {
        let (before, rest) = rows.all_mut().split_at_mut(place);
        let row = rest.first_mut()?;
        let rule = facts.program.rules.get(row.rule.index())?;
        let (num, den) = match &rule.effect {
            Effect::Multiply { factor, .. } => extra(facts, factor, row, (before, sums))?,
            _ => (share(facts, rule, row)?, 1),
        };
        sums.push(Sum { num: num.max(0), den, ..Sum::default() });
    }
    if rows.asked.no_room {
        // what has no room was a base until here
        for (row, sum) in rows.all_mut().iter_mut().zip(sums.iter_mut()).filter(|(row, _)| row.no_room) {
            (sum.num, row.amount) = (0, 0);
        }
    }
    for place in 0..rows.things.len() {
        if let Some(Thing::Unit(unit)) = rows.things.get(place).copied() {
            let rules = facts.program.units.get(unit.index())?;
            round(rules, rows.all_mut(), Thing::Unit(unit), sums)?;
        }
    }
    Some(())
}

/// The share of a rule that is no multiplier.
fn share(facts: &Facts<'_>, rule: &Rule, row: &mut Row) -> Option<i64> {
    match &rule.effect {
        Effect::Linear { rate, basis, steps, step, .. } => {
            let rate = match rate {
                Rate::Fixed(rate) => *rate,
                Rate::Table(table) => facts.row(table).copied().unwrap_or(0),
            };
            let weight;
            (weight, row.shape) = match basis {
                Basis::Spend => (facts.event.value_of(&row.passes), Shape::Values),
                Basis::Pieces => (facts.event.quantity_of(&row.passes), Shape::Quantities),
                Basis::SpendPaidWith(_) | Basis::Item(_) | Basis::Event(_) => return None,
            };
            counted(weight, *steps, *step)?.checked_mul(i64::try_from(rate).ok()?)
        }
        Effect::Flat(Award { thing: AwardThing::Unit(unit), amount }) => flat(facts, *unit, *amount),
        Effect::FlatTable { unit, table } => flat(facts, *unit, facts.row(table).copied().unwrap_or(0)),
        Effect::Flat(Award { thing: AwardThing::Voucher(_) | AwardThing::Choice(_), amount }) => {
            row.amount = *amount;
            Some(0)
        }
        _ => None,
    }
}

fn flat(facts: &Facts<'_>, unit: UnitId, amount: i64) -> Option<i64> {
    let denominator = facts.program.units.get(unit.index())?.denominator;
    amount.checked_mul(i64::try_from(denominator).ok()?)
}

/// A weight in steps.
pub(super) fn counted(weight: i64, steps: Steps, step: i64) -> Option<i64> {
    match steps {
        Steps::Exact => Some(weight),
        _ if weight <= 0 => Some(0),
        Steps::Full => weight.checked_div(step),
        Steps::Started => weight.checked_add(step - 1)?.checked_div(step),
    }
}

/// The extra of a multiplier: of the one base of its unit, if that fires.
fn extra(
    facts: &Facts<'_>,
    factor: &Factor,
    row: &mut Row,
    (before, sums): (&[Row], &[Sum]),
) -> Option<(i64, i64)> {
    let (num, den) = match factor {
        Factor::Fixed(num, den) => (*num, *den),
        Factor::Table(table) => facts.row(table).copied().unwrap_or((0, 1)),
    };
    let is_base =
        |row: &Row| facts.program.rules.get(row.rule.index()).is_some_and(|rule| rule.kind == RuleKind::Earn);
    let mut bases = before.iter().zip(sums).filter(|(base, _)| base.thing == row.thing && is_base(base));
    let Some((base, sum)) = bases.next().filter(|(_, sum)| num > 0 && sum.num != 0) else {
        return Some((0, 1));
    };
    // a flat base is a share of the event, and what is added to it is one too
    row.shape = if base.flat { Shape::Event } else { base.shape };
    row.base_passes = Some(base.passes.clone());
    let (num, den) = (sum.num.checked_mul(i64::try_from(num).ok()?)?, i64::try_from(den).ok()?);
    if num % den == 0 { Some((num / den, sum.den)) } else { Some((num, sum.den.checked_mul(den)?)) }
}

/// Rounds the rows of a unit once, in total, and shares the whole amount out to them: the larger remainders get what is
/// missing, the earlier names where they are equal.
fn round(rules: &Unit, rows: &mut [Row], thing: Thing, sums: &mut [Sum]) -> Option<()> {
    let mut common: i64 = 1;
    for (_, sum) in rows.iter().zip(sums.iter()).filter(|(row, _)| row.thing == Some(thing)) {
        if sum.den != common && sum.den != 1 {
            common = if common == 1 { sum.den } else { joined(common, sum.den)? };
        }
    }
    let den = i64::try_from(rules.denominator).ok()?.checked_mul(common)?;
    let (mut total, mut whole, mut parted) = (0_i64, 0_i64, false);
    for (row, sum) in rows.iter_mut().zip(sums.iter_mut()).filter(|(row, _)| row.thing == Some(thing)) {
        let num = if sum.den == common { sum.num } else { sum.num.checked_mul(common / sum.den)? };
        (sum.whole, sum.rest) = (num.checked_div(den)?, num.checked_rem(den)?);
        (total, whole) = (total.checked_add(num)?, whole + sum.whole);
        row.amount = sum.whole;
        parted |= sum.rest != 0;
    }
    // what comes near the most is refused, or not, on the long way
    if i128::from(whole) >= MOST / 2 {
        return None;
    }
    if !parted {
        return Some(());
    }
    let rounded = i64::try_from(divide(i128::from(total), i128::from(den), rules.round.mode)?).ok()?;
    for _ in whole..rounded {
        let mine = rows.iter_mut().zip(sums.iter_mut()).filter(|(row, _)| row.thing == Some(thing));
        let (row, sum) = mine.reduce(|best, next| if next.1.rest > best.1.rest { next } else { best })?;
        sum.rest = 0;
        row.amount += 1;
    }
    Some(())
}

/// The least number that both divide.
#[cold]
fn joined(one: i64, other: i64) -> Option<i64> {
    i64::try_from(lcm(i128::from(one), i128::from(other))?).ok()
}
