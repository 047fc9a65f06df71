//! What stands behind `per` where no rule gives: stamps of cards and gifts to charities.

use super::judge::Facts;
use super::refuse::Rejection;
use crate::account::{LineRecord, Lines};
use crate::amount::{Rounding, Sharer, Ties, divide};
use crate::program::{Basis, NumSubject, Proportion, Steps, Symbol};

/// Which part of what was paid was paid with a means, as a fraction; nothing if none was.
pub(super) fn paid_with(facts: &Facts<'_>, means: Symbol) -> Option<(i128, i128)> {
    let with: i64 = facts.event.payments.iter().filter(|paid| paid.0 == means).map(|paid| paid.1).sum();
    // what no payment line names is of no kind
    let all = facts.event.paid.max(facts.event.to_pay.unwrap_or(facts.event.spend));
    (with > 0 && all > 0).then(|| (i128::from(with), i128::from(all)))
}

/// What a basis comes to, millionths of it, as a fraction.
fn sum(facts: &Facts<'_>, passes: &Lines, basis: Basis) -> (i128, i128) {
    let (sum, part) = match basis {
        Basis::Spend => (i128::from(facts.event.value_of(passes)), (1, 1)),
        Basis::SpendPaidWith(means) => {
            (i128::from(facts.event.value_of(passes)), paid_with(facts, means).unwrap_or((0, 1)))
        }
        Basis::Pieces => (i128::from(facts.event.quantity_of(passes)), (1, 1)),
        Basis::Item(place) => (passes.iter().map(|line| of_line(facts, place, line)).sum(), (1, 1)),
        Basis::Event(place) => (i128::from(facts.num(NumSubject::Event(place), None).unwrap_or(0)), (1, 1)),
    };
    (sum.max(0).saturating_mul(part.0), part.1)
}

fn of_line(facts: &Facts<'_>, place: u16, line: usize) -> i128 {
    i128::from(facts.num(NumSubject::Item(place), Some(line)).unwrap_or(0))
}

/// So many for each step, as a fraction; whole and begun steps are counted on the sum.
pub(super) fn exact(
    facts: &Facts<'_>,
    passes: &Lines,
    Proportion { basis, steps, step }: Proportion,
    each: i64,
) -> Result<(i128, i128), Rejection> {
    let (sum, part) = sum(facts, passes, basis);
    let den = part.checked_mul(i128::from(step)).ok_or_else(Rejection::too_large)?;
    let (count, den) = match steps {
        Steps::Exact => (sum, den),
        Steps::Full => (divide(sum, den, Rounding::Down).ok_or_else(Rejection::too_large)?, 1),
        Steps::Started => (divide(sum, den, Rounding::Up).ok_or_else(Rejection::too_large)?, 1),
    };
    Ok((count.checked_mul(i128::from(each)).ok_or_else(Rejection::too_large)?, den))
}

/// So many for each step, rounded down.
pub(super) fn whole(
    facts: &Facts<'_>,
    passes: &Lines,
    proportion: Proportion,
    each: i64,
) -> Result<i64, Rejection> {
    let (num, den) = exact(facts, passes, proportion, each)?;
    let found = divide(num, den, Rounding::Down).and_then(|found| i64::try_from(found).ok());
    found.ok_or_else(Rejection::too_large)
}

/// By what an amount is shared out to the lines that gave it.
pub(super) fn record(
    facts: &Facts<'_>,
    lines: Lines,
    basis: Basis,
    amount: i64,
) -> Result<LineRecord, Rejection> {
    let place = match basis {
        Basis::Spend | Basis::SpendPaidWith(_) => return Ok(LineRecord::Values(lines)),
        Basis::Pieces => return Ok(LineRecord::Quantities(lines)),
        Basis::Event(_) => return Ok(LineRecord::Event),
        Basis::Item(place) => place,
    };
    let width = facts.event.items().len();
    let weight = |line| if lines.has(line) { of_line(facts, place, line) } else { 0 };
    // the last part is that of the event, which gave nothing
    let weights: Vec<i128> = (0..=width).map(|line| if line < width { weight(line) } else { 0 }).collect();
    let mut parts = Vec::new();
    let shared = Sharer::new().share_out(i128::from(amount), &weights, Ties::Later, &mut parts);
    shared.ok_or_else(Rejection::too_large)?;
    Ok(LineRecord::Parts(parts.into_iter().map(|part| i64::try_from(part).unwrap_or(0)).collect()))
}
