//! What returns have taken back of a purchase so far.
//!
//! Mostly it is in proportion to what has come back, and then nothing is kept of it. Where it is not, because `returns`
//! takes nothing or everything, it is written down: later returns never take more than there was, and what was a mistake
//! is undone wholly.

use super::challenges::is_earned;
use crate::account::{LineRecord, MeterShare, Receipt, ReceiptAward, ShareBy, Taken};
use crate::amount::{Rounding, divide};

/// What returns have taken of a purchase.
pub(super) fn so_far(receipt: &Receipt) -> Taken {
    receipt.taken.as_deref().cloned().unwrap_or_else(|| in_proportion(receipt))
}

/// Writes down what returns have taken, where it is not in proportion.
pub(super) fn keep(receipt: &mut Receipt, taken: Taken) {
    receipt.taken = (taken != in_proportion(receipt)).then(|| Box::new(taken));
}

/// What is taken in proportion to what has come back; all of what was a mistake.
pub(super) fn in_proportion(receipt: &Receipt) -> Taken {
    let of = |award: &ReceiptAward| match receipt.cancelled {
        true if award.record == LineRecord::Stays => 0,
        true => award.amount,
        false => taken(receipt, award),
    };
    Taken {
        awards: receipt.awards.iter().map(of).collect(),
        chosen: receipt.chosen.iter().map(|chosen| of(&chosen.award)).collect(),
        counts: counts(receipt),
        shares: receipt.shares.iter().map(|share| counted(receipt, share, of)).collect(),
        lost: receipt.cancelled || receipt.is_returned_in_full(),
    }
}

/// What must have been taken back of an award in sum, in proportion: of each line its part times what has come back of it. A line with
/// a negative share gives nothing when it comes back, but no more is ever taken than was booked.
pub(super) fn taken(receipt: &Receipt, award: &ReceiptAward) -> i64 {
    if receipt.returned.is_empty() || award.record == LineRecord::Stays {
        return 0;
    }
    if award.record == LineRecord::Whole {
        return if receipt.is_returned_in_full() { award.amount } else { 0 };
    }
    came_back(receipt, &award.parts(receipt), award.amount)
}

/// Of an amount that has these parts by line, and at the end one of the event: what belongs to all that has come back.
pub(super) fn came_back(receipt: &Receipt, parts: &[i64], amount: i64) -> i64 {
    let lines = receipt.items.len();
    let parts = parts.iter().enumerate().map(|(place, part)| {
        let (num, den) = if place < lines { receipt.fraction(place) } else { receipt.whole_fraction() };
        portion((*part).max(0), num, den)
    });
    parts.sum::<i64>().min(amount)
}

/// By how much of its quantity and its spend counters are lowered.
fn counts(receipt: &Receipt) -> (i64, i64) {
    if receipt.cancelled {
        let lines = receipt.items.iter().enumerate();
        return lines
            .fold((0, 0), |sum, (line, item)| (sum.0 + item.quantity, sum.1 + receipt.counted(line)));
    }
    let lines = receipt.returned.iter().enumerate();
    lines.fold((0, 0), |sum: (i64, i64), (place, line)| {
        let spend = receipt.payment.as_ref().map_or(line.1, |_| counted_back(receipt, place));
        (sum.0 + line.0, sum.1 + spend)
    })
}

/// What has come back of what counts as spent on a line.
fn counted_back(receipt: &Receipt, line: usize) -> i64 {
    let (num, den) = receipt.fraction(line);
    portion(receipt.counted(line), num, den)
}

/// By how much a counter is lowered that has a share of the purchase.
fn counted(receipt: &Receipt, share: &MeterShare, of: impl Fn(&ReceiptAward) -> i64) -> i64 {
    if receipt.cancelled {
        return share.all();
    }
    match share.by {
        ShareBy::Value | ShareBy::Quantity => {}
        ShareBy::Mistake => return 0,
        ShareBy::Award => return came_back(receipt, &share.parts, share.parts.iter().sum()),
        ShareBy::Lines => return i64::from(receipt.has_lines_back(&share.parts)),
        ShareBy::Whole => return if receipt.is_returned_in_full() { share.parts.iter().sum() } else { 0 },
        ShareBy::Unit(unit) => {
            let awards = receipt.awards.iter().filter(|award| is_earned(award, unit));
            return awards.map(of).sum();
        }
    }
    let parts = share.parts.iter().enumerate().map(|(place, part)| {
        let (num, den) = match (share.by, receipt.items.get(place)) {
            (ShareBy::Quantity, Some(item)) if item.quantity != 0 => {
                (receipt.returned.get(place).map_or(0, |line| line.0), item.quantity)
            }
            _ => receipt.fraction(place),
        };
        portion(*part, num, den)
    });
    parts.sum()
}

fn portion(part: i64, num: i64, den: i64) -> i64 {
    if num == den {
        return part;
    }
    let product = i128::from(part) * i128::from(num);
    i64::try_from(divide(product, i128::from(den), Rounding::Down).unwrap_or(0)).unwrap_or(0)
}
