//! Returns: which lines of which purchases come back.

use super::note::Note;
use super::refuse::{Refusal, Rejection};
use crate::account::{Account, Receipt};
use crate::amount::{Rounding, divide};
use crate::calendar::Date;
use crate::event::{Item, Return, ReturnLine};
use crate::program::{Program, Unmatched};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The receipts that a return changes, by purchase, and the lines that belong to none.
#[derive(Debug, Default)]
pub(crate) struct Matched<'e> {
    pub(super) receipts: BTreeMap<Arc<str>, Receipt>,
    pub(super) unmatched: Vec<&'e ReturnLine>,
}

/// Finds the purchase lines of a return and marks what comes back.
#[cold]
pub(crate) fn match_lines<'e>(
    program: &Program,
    account: &Account,
    back: &'e Return,
    day: Date,
    notes: &mut Vec<Note>,
) -> Result<Matched<'e>, Rejection> {
    let mut matched = Matched::default();
    for line in &back.lines {
        let id = line.of.as_ref().or(back.of.as_ref());
        let receipt = match id {
            Some(id) => open_receipt(program, account, &mut matched.receipts, id, day)?,
            None => None,
        };
        let known = receipt.map(|receipt| take_line(receipt, line, notes));
        match known {
            Some(Ok(true)) => {}
            Some(Err(rejection)) => return Err(rejection),
            Some(Ok(false)) | None => unmatched(program, line, known.is_some(), &mut matched, notes)?,
        }
    }
    for of in &back.all_of {
        let Some(id) = of.as_ref().or(back.of.as_ref()) else {
            return Err(Rejection::new(Refusal::NoSuchPurchase, "say which purchase comes back"));
        };
        let Some(receipt) = open_receipt(program, account, &mut matched.receipts, id, day)? else {
            return Err(Rejection::new(Refusal::NoSuchPurchase, format!("`{id}` is not known")));
        };
        take_all(receipt)?;
    }
    if back.lines.is_empty() && back.all_of.is_empty() {
        return Err(Rejection::new(
            Refusal::WrongValue,
            "a return needs lines, or says that all items come back",
        ));
    }
    Ok(matched)
}

fn unmatched<'e>(
    program: &Program,
    line: &'e ReturnLine,
    purchase_known: bool,
    matched: &mut Matched<'e>,
    notes: &mut Vec<Note>,
) -> Result<(), Rejection> {
    let name = line.sku.as_deref().unwrap_or(&line.name);
    match program.returns.unmatched {
        Unmatched::Refused if purchase_known && line.total().is_some() => {
            Err(Rejection::new(Refusal::NoSuchLine, "the purchase has lines; say which of them come back"))
        }
        Unmatched::Refused if purchase_known => {
            Err(Rejection::new(Refusal::NoSuchLine, format!("the purchase has no line `{name}`")))
        }
        Unmatched::Refused => {
            Err(Rejection::new(Refusal::NoSuchPurchase, format!("no purchase is known for `{name}`")))
        }
        Unmatched::Skipped => {
            notes.push(Note::Skipped(name.into()));
            Ok(())
        }
        Unmatched::TodaysRate => {
            matched.unmatched.push(line);
            Ok(())
        }
    }
}

fn open_receipt<'m>(
    program: &Program,
    account: &Account,
    receipts: &'m mut BTreeMap<Arc<str>, Receipt>,
    id: &Arc<str>,
    day: Date,
) -> Result<Option<&'m mut Receipt>, Rejection> {
    if !receipts.contains_key(id) {
        // a redemption of its own cannot come back
        let receipt = account.receipt(program, id).filter(|receipt| receipt.kind.is_some());
        let Some(receipt) = receipt else { return Ok(None) };
        account.check_own(receipt)?;
        if receipt.cancelled {
            return Err(Rejection::new(Refusal::AlreadyCancelled, format!("`{id}` was cancelled")));
        }
        let last = program.returns.within.and_then(|within| within.add_to_date(receipt.day));
        if let Some(last) = last.filter(|last| day > *last) {
            return Err(Rejection::new(Refusal::TooLate, format!("`{id}` could be returned until {last}")));
        }
        let mut receipt = (**receipt).clone();
        if receipt.returned.len() < receipt.items.len() {
            receipt.returned.resize(receipt.items.len(), (0, 0));
        }
        receipts.insert(Arc::clone(id), receipt);
    }
    Ok(receipts.get_mut(id))
}

/// Marks a line as returned. `Ok(false)` if the purchase has no such line.
fn take_line(receipt: &mut Receipt, line: &ReturnLine, notes: &mut Vec<Note>) -> Result<bool, Rejection> {
    let places = lines_of(receipt, line);
    if places.is_empty() {
        return Ok(false);
    }
    let left: i64 = places.iter().map(|place| receipt.left(*place).0).sum();
    let name = line.sku.as_deref().unwrap_or(&line.name);
    if line.quantity > left {
        let left = crate::amount::Quantity::from_micros(left).unwrap_or_default();
        return Err(Rejection::new(
            Refusal::MoreThanIsLeft,
            format!("of `{name}` in `{}` at most {left} can come back", receipt.id),
        ));
    }
    let (mut quantity, mut value) = (line.quantity, line.value);
    let (nothing_asked, mut surplus) = (quantity == 0, false);
    for place in places {
        let (left, worth) = receipt.left(place);
        let part = quantity.min(left);
        if part == 0 && !nothing_asked {
            continue;
        }
        let paid = match value {
            None => value_of(receipt, place, part),
            Some(all) if part == quantity => all,
            Some(all) => share(all, part, quantity),
        };
        quantity -= part;
        value = value.map(|all| all - paid);
        // a negative line comes back with its negative value
        let counted = if worth >= 0 { paid.clamp(0, worth) } else { paid.clamp(worth, 0) };
        surplus |= paid > counted;
        if let Some(returned) = receipt.returned.get_mut(place) {
            returned.0 += part;
            returned.1 += counted;
            // a sum without lines is one piece, which is back with the last of its money
            if line.total().is_some() && counted == worth {
                returned.0 += left;
            }
        }
        if quantity == 0 {
            break;
        }
    }
    if surplus {
        notes.push(Note::MoreThanPaid(name.into()));
    }
    Ok(true)
}

/// The lines that a return line may mean, in the order in which they are used up: the same price first.
fn lines_of(receipt: &Receipt, line: &ReturnLine) -> Vec<usize> {
    let fits = |item: &Item| match &line.sku {
        Some(sku) => item.sku.as_ref() == Some(sku),
        None => item.name == line.name || (item.name.is_empty() && item.sku.as_deref() == Some(&*line.name)),
    };
    if let Some(number) = line.line {
        let place = (number as usize).checked_sub(1);
        let found = place.filter(|place| receipt.items.get(*place).is_some_and(fits));
        return found.into_iter().collect();
    }
    let mut places: Vec<usize> =
        receipt.items.iter().enumerate().filter(|(_, item)| fits(item)).map(|(place, _)| place).collect();
    if let Some(value) = line.value {
        let other_price = |place: &usize| {
            let price = receipt.items.get(*place).map_or(0, |item| item.price);
            i128::from(price) * i128::from(line.quantity) != i128::from(value) * 1_000_000
        };
        places.sort_by_key(other_price);
    }
    places
}

/// What pieces of a line are worth; all that is left of it with the last piece.
fn value_of(receipt: &Receipt, place: usize, quantity: i64) -> i64 {
    let (left, worth) = receipt.left(place);
    if quantity >= left {
        return worth;
    }
    receipt.items.get(place).map_or(0, |item| share(item.value, quantity, item.quantity))
}

fn share(all: i64, part: i64, whole: i64) -> i64 {
    let product = i128::from(all) * i128::from(part);
    let share = divide(product, i128::from(whole), Rounding::Down).unwrap_or(0);
    i64::try_from(share).unwrap_or(0)
}

fn take_all(receipt: &mut Receipt) -> Result<(), Rejection> {
    let lines = receipt.items.len();
    // an event without items is one line, and its mark tells that it came back
    let nothing_left = if lines == 0 {
        !receipt.returned.is_empty()
    } else {
        (0..lines).all(|line| receipt.left(line) == (0, 0))
    };
    if nothing_left {
        return Err(Rejection::new(Refusal::MoreThanIsLeft, format!("of `{}` nothing is left", receipt.id)));
    }
    if lines == 0 {
        receipt.returned.push((0, 0));
    }
    for place in 0..lines {
        let left = receipt.left(place);
        if let Some(returned) = receipt.returned.get_mut(place) {
            returned.0 += left.0;
            returned.1 += left.1;
        }
    }
    Ok(())
}
