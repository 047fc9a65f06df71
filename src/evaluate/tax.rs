//! Prices with tax and without: what counts as spent may be the other one.
//!
//! Tax that is given as a percentage is worked out line by line and rounded half up to the minor unit of the currency,
//! as on a receipt. Requests and what is left to pay work on prices with tax.

use super::bound::Bound;
use super::refuse::{Refusal, Rejection};
use crate::amount::{Rounding, divide};
use crate::event::{Item, Tax};
use crate::program::Program;
use std::sync::Arc;

/// Hundred percent, millionths of a percent.
const WHOLE: i128 = 100_000_000;
/// The largest value, micro-units.
const MOST: i128 = 1_000_000_000_000_000_000;

/// Brings the lines of an event to what counts as spent, where prices are the other way round.
pub(super) fn convert(program: &Program, bound: &mut Bound) -> Result<(), Rejection> {
    // what the program does not know matches nothing, so nothing counts
    if program.prices_with_tax == program.spend_with_tax || bound.kind.is_none() {
        return Ok(());
    }
    let Some(priced) = bound.items.as_ref().filter(|items| !items.is_empty()).map(Arc::clone) else {
        return Ok(());
    };
    let mut items = priced.to_vec();
    let mut sum: i128 = 0;
    for (place, item) in items.iter_mut().enumerate() {
        let tax = tax_of(program, item, place)?;
        let value = if program.prices_with_tax { item.value - tax } else { item.value + tax };
        item.price = price_of(item, value).ok_or_else(Rejection::too_large)?;
        item.value = value;
        sum += i128::from(value);
    }
    if sum.abs() > MOST {
        return Err(Rejection::too_large());
    }
    bound.convert(priced, items.into());
    Ok(())
}

/// The values of all lines with tax.
pub(super) fn with_tax(program: &Program, bound: &Bound) -> Result<Vec<i64>, Rejection> {
    if program.prices_with_tax {
        return Ok(bound.priced().map_or(&[][..], |items| items).iter().map(|item| item.value).collect());
    }
    if program.spend_with_tax {
        return Ok(bound.items().iter().map(|item| item.value).collect());
    }
    let items = bound.items().iter().enumerate();
    items.map(|(place, item)| Ok(item.value + tax_of(program, item, place)?)).collect()
}

/// What is to be paid with money before anything is requested; nothing where the tax of a line is not known.
pub(super) fn to_pay(program: &Program, bound: &Bound) -> Option<i64> {
    if program.prices_with_tax && program.spend_with_tax {
        return Some(bound.basket);
    }
    with_tax(program, bound).ok().map(|values| values.iter().sum())
}

/// The sum of the prices of some lines with tax, as far as it is known.
pub(super) fn sum_with_tax(program: &Program, items: &[Item]) -> i64 {
    let tax = |(place, item): (usize, &Item)| match program.prices_with_tax {
        true => item.value,
        false => item.value.saturating_add(tax_of(program, item, place).unwrap_or(0)),
    };
    items.iter().enumerate().map(tax).fold(0, i64::saturating_add)
}

/// The tax of a line, micro-units. A line that needs it and has none refuses the event.
fn tax_of(program: &Program, item: &Item, place: usize) -> Result<i64, Rejection> {
    let contained = program.prices_with_tax;
    let tax = match item.tax {
        None => {
            let detail = format!("{} does not say what its tax is", name_of(item, place));
            return Err(Rejection::new(Refusal::NoTax, detail));
        }
        Some(Tax::Amount(tax)) => tax,
        Some(Tax::Percent(rate)) => {
            let rate = i128::from(rate);
            let whole = if contained { WHOLE + rate } else { WHOLE };
            let digits = program.currency_digits.min(6);
            let minor = 10_i128.pow(6 - digits);
            let exact = i128::from(item.value).checked_mul(rate).ok_or_else(Rejection::too_large)?;
            let minors = divide(exact, whole * minor, Rounding::HalfUp).ok_or_else(Rejection::too_large)?;
            i64::try_from(minors * minor).map_err(|_| Rejection::too_large())?
        }
    };
    let fits =
        tax == 0 || (tax.signum() == item.value.signum() && (!contained || tax.abs() <= item.value.abs()));
    if !fits {
        let detail = format!("the tax of {} does not fit its price", name_of(item, place));
        return Err(Rejection::new(Refusal::WrongValue, detail));
    }
    let with = i128::from(item.value) + i128::from(tax);
    if with.abs() > MOST { Err(Rejection::too_large()) } else { Ok(tax) }
}

fn name_of(item: &Item, place: usize) -> String {
    let text = item.sku.as_deref().or(Some(&*item.name)).filter(|text| !text.is_empty());
    text.map_or_else(|| format!("line {}", place + 1), |text| format!("`{text}`"))
}

/// The price of one piece, where the line is worth something else.
fn price_of(item: &Item, value: i64) -> Option<i64> {
    if item.value == 0 {
        return Some(item.price);
    }
    let exact = i128::from(item.price).checked_mul(i128::from(value))?;
    i64::try_from(divide(
        exact.checked_mul(i128::from(item.value.signum()))?,
        i128::from(item.value).abs(),
        Rounding::HalfUp,
    )?)
    .ok()
}
