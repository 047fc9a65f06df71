//! What stands behind `per` where no rule gives: stamps of cards and gifts to charities.

use super::judge::Facts;
use super::refuse::Rejection;
use crate::account::{LineRecord, Lines};
use crate::amount::{Rounding, Sharer, Ties, divide, gcd};
use crate::program::{Basis, NumSubject, Proportion, Steps, Symbol};

/// Which part of what was paid was paid with a means, as a fraction; nothing if none was.
pub(super) fn paid_with(facts: &Facts<'_>, means: Symbol) -> Option<(i128, i128)> {
    let with: i64 = facts.event.payments.iter().filter(|paid| paid.0 == means).map(|paid| paid.1).sum();
    // what no payment line names is of no kind
    let all = facts.event.paid.max(facts.event.to_pay.unwrap_or(facts.event.spend));
    (with > 0 && all > 0).then(|| (i128::from(with), i128::from(all)))
}

/// What counts of each line, and at the end of the event, millionths of the basis.
pub(super) fn weights(facts: &Facts<'_>, passes: &Lines, basis: Basis) -> Vec<i128> {
    let width = facts.event.items().len();
    let mut found = vec![0; width + 1];
    for line in passes.iter() {
        let (Some(item), Some(weight)) = (facts.event.items().get(line), found.get_mut(line)) else {
            continue;
        };
        *weight = match basis {
            Basis::Spend | Basis::SpendPaidWith(_) => i128::from(item.value),
            Basis::Pieces => i128::from(item.quantity),
            Basis::Item(place) => of_line(facts, place, line),
            Basis::Event(_) => 0,
        };
    }
    if let (Basis::Event(_), Some(event)) = (basis, found.last_mut()) {
        *event = sum(facts, passes, basis);
    }
    found
}

/// The sum of what counts.
fn sum(facts: &Facts<'_>, passes: &Lines, basis: Basis) -> i128 {
    match basis {
        Basis::Spend | Basis::SpendPaidWith(_) => facts.event.value_of(passes).into(),
        Basis::Pieces => facts.event.quantity_of(passes).into(),
        Basis::Item(place) => passes.iter().map(|line| of_line(facts, place, line)).sum(),
        Basis::Event(place) => facts.num(NumSubject::Event(place), None).unwrap_or(0).into(),
    }
}

fn of_line(facts: &Facts<'_>, place: u16, line: usize) -> i128 {
    i128::from(facts.num(NumSubject::Item(place), Some(line)).unwrap_or(0))
}

/// How many steps a sum is, as a fraction; of what was paid with a means the part that was. Below zero there are none.
pub(super) fn count_steps(
    facts: &Facts<'_>,
    sum: i128,
    Proportion { basis, steps, step }: Proportion,
) -> Result<(i128, i128), Rejection> {
    let (with, all) = match basis {
        Basis::SpendPaidWith(means) => match paid_with(facts, means) {
            Some(part) => lowest(part.0, part.1),
            None => return Ok((0, 1)),
        },
        Basis::Spend | Basis::Pieces | Basis::Item(_) | Basis::Event(_) => (1, 1),
    };
    let (num, den) = lowest(sum.max(0), i128::from(step));
    let num = num.checked_mul(with).ok_or_else(Rejection::too_large)?;
    let den = den.checked_mul(all).ok_or_else(Rejection::too_large)?;
    match steps {
        Steps::Exact => Ok((num, den)),
        Steps::Full => Ok((divide(num, den, Rounding::Down).ok_or_else(Rejection::too_large)?, 1)),
        Steps::Started => Ok((divide(num, den, Rounding::Up).ok_or_else(Rejection::too_large)?, 1)),
    }
}

/// A fraction in its lowest terms, neither part below zero.
pub(super) fn lowest(num: i128, den: i128) -> (i128, i128) {
    let common = i128::try_from(gcd(num.unsigned_abs(), den.unsigned_abs())).unwrap_or(1).max(1);
    (num / common, den / common)
}

/// So many for each step, rounded down.
pub(super) fn whole(
    facts: &Facts<'_>,
    passes: &Lines,
    proportion: Proportion,
    each: i64,
) -> Result<i64, Rejection> {
    let (num, den) = count_steps(facts, sum(facts, passes, proportion.basis), proportion)?;
    let found = num.checked_mul(i128::from(each)).and_then(|num| divide(num, den, Rounding::Down));
    found.and_then(|found| i64::try_from(found).ok()).ok_or_else(Rejection::too_large)
}

/// By what an amount is shared out to the lines that gave it.
pub(super) fn record(
    facts: &Facts<'_>,
    lines: Lines,
    basis: Basis,
    amount: i64,
) -> Result<LineRecord, Rejection> {
    match basis {
        Basis::Spend | Basis::SpendPaidWith(_) => return Ok(LineRecord::Values(lines)),
        Basis::Pieces => return Ok(LineRecord::Quantities(lines)),
        Basis::Event(_) => return Ok(LineRecord::Event),
        Basis::Item(_) => {}
    }
    let weights = weights(facts, &lines, basis);
    let mut parts = Vec::new();
    let shared = Sharer::new().share_out(i128::from(amount), &weights, Ties::Later, &mut parts);
    shared.ok_or_else(Rejection::too_large)?;
    Ok(LineRecord::Parts(parts.into_iter().map(|part| i64::try_from(part).unwrap_or(0)).collect()))
}
