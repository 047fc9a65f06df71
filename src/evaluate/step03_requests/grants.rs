//! What vouchers take off a bill.

use super::super::refuse::Rejection;
use super::bill::Bill;
use crate::amount::{Rounding, divide};
use crate::event::Item;
use crate::program::{Grant, Program};

/// Millionths of a percent in a whole.
const WHOLE: i128 = 100_000_000;

/// Lets a grant lower what is left to pay of the lines that it is for; tells what it pays of each line. Nothing if there
/// is nothing that it could be used for.
pub(super) fn apply(
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
