//! What vouchers and rewards take off a bill.

use super::super::judge::Facts;
use super::super::refuse::{Refusal, Rejection};
use super::bill::Bill;
use super::{What, at_most};
use crate::amount::{Rounding, divide};
use crate::event::Item;
use crate::program::{Grant, Program};

/// Millionths of a percent in a whole.
const WHOLE: i128 = 100_000_000;

/// Lets a grant work so many times, one after the other; tells what all of them pay of each line. Refused if one of them
/// finds nothing that it could be used for. A grant comes with its text and with whether it is for some items only.
pub(super) fn apply_times(
    facts: &Facts<'_>,
    mut bill: Option<&mut Bill>,
    (grant, text, for_items): (Grant, &str, bool),
    passes: &[bool],
    (what, times): (What, i64),
) -> Result<Box<[i64]>, Rejection> {
    let mut lines: Box<[i64]> = vec![0; if bill.is_some() { passes.len() } else { 0 }].into();
    let items = facts.event.items();
    for used in 0..times {
        let bill = bill.as_deref_mut();
        let Some(paid) = apply(facts.program, bill, grant, (items, passes), for_items)? else {
            let detail = format!("nothing here for `{text}`");
            return Err(at_most(facts.program, Refusal::ConditionNotMet, what, used, &detail));
        };
        for (sum, paid) in lines.iter_mut().zip(&paid) {
            *sum += paid;
        }
        if grant == Grant::Text {
            break;
        }
    }
    Ok(lines)
}

/// How many times a grant could work on what is left to pay, at most so many times. Only asked where a request is
/// refused, and then for less than it asks.
#[cold]
pub(super) fn times_at_most(
    facts: &Facts<'_>,
    bill: Option<&Bill>,
    (grant, for_items): (Grant, bool),
    passes: &[bool],
    most: i64,
) -> Result<i64, Rejection> {
    if let (Grant::AmountOff(amount), Some(bill)) = (grant, bill) {
        let times = divide(i128::from(bill.left_of(passes)), i128::from(amount), Rounding::Up);
        return Ok(times.and_then(|times| i64::try_from(times).ok()).unwrap_or(0).min(most));
    }
    let mut bill = bill.cloned();
    let mut times = 0;
    while times < most {
        let paid = apply(facts.program, bill.as_mut(), grant, (facts.event.items(), passes), for_items)?;
        match (paid, grant) {
            (None, _) => break,
            (Some(_), Grant::Text) => return Ok(most),
            (Some(_), _) => times += 1,
        }
    }
    Ok(times)
}

/// Lets a grant lower what is left to pay of the lines that it is for; tells what it pays of each line. Nothing if there
/// is nothing that it could be used for.
fn apply(
    program: &Program,
    bill: Option<&mut Bill>,
    grant: Grant,
    (items, passes): (&[Item], &[bool]),
    for_items: bool,
) -> Result<Option<Box<[i64]>>, Rejection> {
    if grant == Grant::Text {
        let usable = !for_items || passes.contains(&true);
        return Ok(usable.then(|| vec![0; passes.len()].into()));
    }
    let Some(bill) = bill else { return Ok(None) };
    let left = bill.left_of(passes);
    let off = match grant {
        Grant::AmountOff(amount) => amount.min(left),
        Grant::PercentOff(share, most) => {
            let minor = 10_i128.pow(6_u32.saturating_sub(program.currency_digits));
            let coins = divide(i128::from(left) * i128::from(share), WHOLE * minor, Rounding::HalfUp);
            let off =
                coins.and_then(|coins| i64::try_from(coins * minor).ok()).ok_or_else(Rejection::too_large)?;
            off.min(most.unwrap_or(i64::MAX)).min(left)
        }
        Grant::ItemsFree(pieces) => return Ok(bill.give_free(items, passes, pieces)),
        Grant::Text => 0,
    };
    if off <= 0 {
        return Ok(None);
    }
    bill.take_off(off, passes).map(Some)
}
