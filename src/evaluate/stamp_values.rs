//! What stamps hold, and what a card gives whose reward is worth the average of its stamps.
//!
//! A stamp holds what was spent on a piece of its line. What comes back of a line is taken from the card in full, so what
//! full cards have used and what is on the open one add up to what was kept.

use super::judge::Facts;
use super::refuse::Rejection;
use crate::account::{Lines, Receipt, ReceiptAward, StampValues};
use crate::amount::{Sharer, Ties, divide};
use crate::program::{Award, AwardThing, Card, Program};

const MICROS: i128 = 1_000_000;

/// What each of some stamps for pieces holds, in the order of the lines.
#[cold]
pub(super) fn of_event(facts: &Facts<'_>, lines: &Lines, stamps: i64) -> StampValues {
    let items = facts.event.items();
    let weight = |(place, item): (usize, &crate::event::Item)| {
        if lines.has(place) { i128::from(item.quantity) } else { 0 }
    };
    let weights: Vec<i128> = items.iter().enumerate().map(weight).collect();
    let mut shared = Vec::new();
    let done = Sharer::new().share_out(i128::from(stamps), &weights, Ties::Later, &mut shared);
    let mut values = StampValues::default();
    if done.is_none() {
        values.put(stamps, 0);
        return values;
    }
    for (part, item) in shared.into_iter().zip(items) {
        let part = i64::try_from(part).unwrap_or(0);
        values.put(part, of_line(part, item.value, item.quantity));
    }
    values
}

/// What some stamps of a line hold.
fn of_line(stamps: i64, value: i64, quantity: i64) -> i128 {
    let exact = i128::from(stamps) * MICROS * i128::from(value);
    if quantity == 0 { 0 } else { exact.div_euclid(i128::from(quantity)) }
}

/// What a card gives for what its stamps hold; more than an account can hold is refused.
#[cold]
pub(super) fn reward(program: &Program, card: &Card, value: i128) -> Result<Award, Rejection> {
    let AwardThing::Unit(unit) = card.reward.thing else { return Ok(card.reward) };
    let Some(rules) = program.units.get(unit.index()) else { return Ok(card.reward) };
    let scale = 10_i128.checked_pow(rules.decimals).and_then(|scale| value.checked_mul(scale));
    let amount = scale.and_then(|exact| divide(exact, i128::from(card.goal) * MICROS, rules.round.mode));
    let amount = amount.and_then(|amount| i64::try_from(amount.max(0)).ok());
    Ok(Award { amount: amount.ok_or_else(Rejection::too_large)?, ..card.reward })
}

/// What has gone back in sum of what the stamps of a purchase brought onto a card, if so many stamps are taken in sum.
#[cold]
pub(super) fn gone(receipt: &Receipt, award: &ReceiptAward, stamps: i64) -> i128 {
    let mut parts = award.parts(receipt);
    parts.truncate(receipt.items.len());
    let (mut all, mut back) = (StampValues::default(), 0);
    for (line, part) in parts.into_iter().enumerate() {
        let quantity = receipt.items.get(line).map_or(0, |item| item.quantity);
        let value = of_line(part, receipt.counted(line), quantity);
        let (gone, whole) = receipt.fraction(line);
        let (gone, whole) = (i128::from(gone.abs()), i128::from(whole.abs()).max(1));
        back += (value * gone).div_euclid(whole);
        all.put(part, value);
    }
    let back = if stamps >= award.amount { all.value() } else { back };
    if award.repaid == 0 {
        return back;
    }
    // what was dropped goes first: it is on no card
    (back - all.take_last(award.repaid)).max(0)
}
