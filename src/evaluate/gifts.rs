//! What the shop gives to a charity by a rate or a table.
//!
//! It is worked out as a fraction. What is given at once is rounded to coins from that; what is pledged is exact to
//! [`SHARE_WHOLE`], and finer parts are dropped.

use super::judge::Facts;
use super::proportion::{count_steps, lowest, weights};
use super::refuse::Rejection;
use crate::account::Lines;
use crate::amount::{Rounding, divide, gcd};
use crate::program::{GiftAmount, GiftRate, GiftTerms, SHARE_WHOLE};

/// What a gift comes to.
pub(super) struct Worked {
    /// The spend that counts, micro-units; 0 where it hangs on something else.
    pub(super) basis: i64,
    /// Before caps, exactly.
    pub(super) exact: i128,
    /// The same in whole coins, if it is given at once.
    pub(super) amount: i128,
    /// What each line and the event gave, if it is pledged.
    pub(super) parts: Option<Box<[i128]>>,
}

/// Works out a gift, at once or as a pledge.
#[cold]
pub(super) fn work_out(
    facts: &Facts<'_>,
    passes: &Lines,
    terms: &GiftTerms,
    at_once: bool,
) -> Result<Worked, Rejection> {
    let (num, den, weights) = match &terms.amount {
        GiftAmount::Table(table) => {
            let (num, den) = facts.mean(table, |micros| (i128::from(*micros), 1))?;
            (num, den, of_event(facts))
        }
        GiftAmount::Bands(bands) => {
            let spend = facts.event.value_of(passes);
            let band = bands.iter().rev().find(|band| spend >= band.from);
            (band.map_or(0, |band| i128::from(band.value)), 1, of_event(facts))
        }
        GiftAmount::Per(rate, of) => {
            let mut weights = weights(facts, passes, of.basis);
            let each = match rate {
                GiftRate::Fixed(rate) => (i128::from(*rate), 1),
                GiftRate::Table(table) if table.key.is_of_items() => {
                    for (line, weight) in weights.iter_mut().enumerate() {
                        let rate = facts.row_of(table, Some(line)).copied().unwrap_or(0);
                        *weight = weight.checked_mul(i128::from(rate)).ok_or_else(Rejection::too_large)?;
                    }
                    (1, 1)
                }
                GiftRate::Table(table) => facts.mean(table, |rate| (i128::from(*rate), 1))?,
            };
            let sum = weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight));
            let (count, of) = count_steps(facts, sum.ok_or_else(Rejection::too_large)?, *of)?;
            let (each, den) = lowest(each.0, each.1.checked_mul(of).ok_or_else(Rejection::too_large)?);
            (count.checked_mul(each).ok_or_else(Rejection::too_large)?, den, weights)
        }
    };
    let (whole, den) = lowest(SHARE_WHOLE, den);
    let num = num.checked_mul(whole).ok_or_else(Rejection::too_large)?;
    let exact = divide(num, den, Rounding::Down).ok_or_else(Rejection::too_large)?;
    let basis = if terms.is_of_spend() { facts.event.value_of(passes) } else { 0 };
    if !at_once {
        let parts = share_out(exact, &weights).ok_or_else(Rejection::too_large)?;
        return Ok(Worked { basis, exact, amount: exact, parts: Some(parts) });
    }
    let coin = i128::from(facts.program.coin()) * SHARE_WHOLE;
    let coins = den.checked_mul(coin).and_then(|coins| divide(num, coins, terms.round));
    let amount = coins.and_then(|coins| coins.checked_mul(coin)).ok_or_else(Rejection::too_large)?;
    Ok(Worked { basis, exact, amount, parts: None })
}

/// The event alone gave it.
fn of_event(facts: &Facts<'_>) -> Vec<i128> {
    let mut weights = vec![0; facts.event.items().len() + 1];
    if let Some(event) = weights.last_mut() {
        *event = 1;
    }
    weights
}

/// Shares an amount out in proportion. What does not divide goes to the last that has a part.
fn share_out(amount: i128, weights: &[i128]) -> Option<Box<[i128]>> {
    let common = weights.iter().fold(0, |common, weight| gcd(common, weight.unsigned_abs()));
    let common = i128::try_from(common).ok()?.max(1);
    let weights: Vec<i128> = weights.iter().map(|weight| weight / common).collect();
    let sum: i128 = weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight))?;
    if sum <= 0 {
        return Some(vec![0; weights.len()].into());
    }
    let (each, rest) = (amount.checked_div(sum)?, amount.checked_rem(sum)?);
    let mut parts = Vec::with_capacity(weights.len());
    for weight in &weights {
        let part = rest.checked_mul(*weight)?.checked_div(sum)?;
        parts.push(each.checked_mul(*weight)?.checked_add(part)?);
    }
    let shared = parts.iter().try_fold(0_i128, |sum, part| sum.checked_add(*part))?;
    let last = weights.iter().rposition(|weight| *weight > 0)?;
    let last = parts.get_mut(last)?;
    *last = last.checked_add(amount.checked_sub(shared)?)?;
    Some(parts.into())
}
