//! Returns: finding the lines, and taking back what they earned.
//!
//! Of an award A of a line, floor(A × f) has been taken back in sum, with f the refunded part of the line so far, and
//! exactly A when all has come back. So any split of a return ends where one return ends.

use super::bound::Bound;
use super::draft::{Draft, Portion, Transfer};
use super::judge::Facts;
use super::lot_terms::sort_for_spending;
use super::note::Note;
use super::refuse::{Refusal, Rejection};
use super::reversal::{book_again, is_void, owed, owed_of};
use super::rows::Rows;
use super::{
    choices, step04_match, step05_base, step06_bonus, step07_round, step08a_everything, step10_games,
    step11_tiers, step12_friends, tax,
};
use crate::account::{Account, Change, LineRecord, Lot, MeterShare, Receipt, ReceiptAward};
use crate::amount::{Rounding, divide};
use crate::calendar::{Date, Instant};
use crate::event::{Item, Return, ReturnLine};
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{EventKindId, Measure, Program, TakeBack, UnitId, Unmatched, VoucherId};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The receipts that a return changes, by purchase, and the lines that belong to none.
#[derive(Debug, Default)]
pub(crate) struct Matched<'e> {
    receipts: BTreeMap<Arc<str>, Receipt>,
    unmatched: Vec<&'e ReturnLine>,
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
        let Some(receipt) = account.receipt(program, id) else { return Ok(None) };
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

/// Takes back what the returned lines earned, and writes the changed receipts.
#[cold]
pub(crate) fn take_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    matched: Matched<'_>,
) -> Result<(), Rejection> {
    // first what was spent on all purchases is given back, then what they earned is taken back
    for (id, receipt) in &matched.receipts {
        if let Some(before) = facts.account.receipt(facts.program, id) {
            give_back(facts, draft, before, receipt);
        }
    }
    let takes = facts.program.returns.take_back != TakeBack::Nothing;
    for (id, mut receipt) in matched.receipts {
        let Some(before) = facts.account.receipt(facts.program, &id) else { continue };
        if takes {
            take_awards(facts, draft, rows, before, &mut receipt)?;
            for (chosen, old) in receipt.chosen.iter().zip(&before.chosen) {
                let when = (chosen.at, chosen.day);
                let owed = |receipt, award| owed_of(facts.program, receipt, award);
                let part = (owed(before, &old.award), owed(&receipt, &chosen.award));
                take_award(facts, draft, &receipt, (&chosen.award, when), part);
            }
            lower_counters(draft, before, &receipt);
            step11_tiers::recount_return(draft, receipt.day);
            for chosen in &receipt.chosen {
                step11_tiers::recount_return(draft, chosen.day);
            }
        }
        step12_friends::recheck(draft, &receipt);
        draft.change(Change::Returned(Arc::new(receipt)));
    }
    if takes && !matched.unmatched.is_empty() {
        take_todays_rate(facts, draft, rows, &matched.unmatched)?;
    }
    Ok(())
}

/// Takes back what the rules and cards of a purchase gave.
fn take_awards(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    before: &Receipt,
    receipt: &mut Receipt,
) -> Result<(), Rejection> {
    let when = (receipt.at, receipt.day);
    let (old, new) = (owed(facts, rows, before)?, owed(facts, rows, receipt)?);
    // what is booked again comes first: it may pay off a debt, or be taken for another award
    for (place, (old, new)) in old.iter().zip(&new).enumerate() {
        if new < old {
            book_again(facts, draft, receipt, place, old - new);
        }
    }
    let mut forgiven = Vec::with_capacity(new.len());
    for (award, (old, new)) in receipt.awards.iter().zip(old.into_iter().zip(new)) {
        forgiven.push(take_award(facts, draft, receipt, (award, when), (old, new.max(old))));
    }
    if facts.program.returns.take_back == TakeBack::AsIfNeverBought {
        for (award, more) in receipt.awards.iter_mut().zip(forgiven) {
            award.forgiven += more;
        }
    }
    Ok(())
}

/// What must have been taken back of an award in sum, in proportion: of each line its part times what has come back of it. A line with
/// a negative share gives nothing when it comes back, but no more is ever taken than was booked.
pub(super) fn taken(receipt: &Receipt, award: &ReceiptAward) -> i64 {
    if receipt.returned.is_empty() {
        return 0;
    }
    if award.record == LineRecord::Whole {
        return if receipt.is_returned_in_full() { award.amount } else { 0 };
    }
    came_back(receipt, &award.parts(receipt), award.amount)
}

/// Of an amount that has these parts by line, and at the end one of the event: what belongs to all that has come back.
fn came_back(receipt: &Receipt, parts: &[i64], amount: i64) -> i64 {
    let lines = receipt.items.len();
    let parts = parts.iter().enumerate().map(|(place, part)| {
        let (num, den) = if place < lines { receipt.fraction(place) } else { receipt.whole_fraction() };
        portion((*part).max(0), num, den)
    });
    parts.sum::<i64>().min(amount)
}

/// Gives back what requests paid of the returned lines: line by line, rounded down in sum, all at the end; latest last
/// day first. What has no parts comes back whole with the last line.
fn give_back(facts: &Facts<'_>, draft: &mut Draft<'_>, before: &Receipt, after: &Receipt) {
    for spent in after.payment.iter().flat_map(|payment| &payment.spent) {
        let total: i64 = spent.lots.iter().map(|lot| lot.amount).sum();
        let back = |receipt: &Receipt| match &spent.parts {
            _ if receipt.returned.is_empty() => 0,
            Some(parts) => came_back(receipt, parts, total),
            None if receipt.is_returned_in_full() => total,
            None => 0,
        };
        let (mut given, now) = (back(before), back(after));
        let mut lots: Vec<_> = spent.lots.iter().collect();
        lots.sort_by_key(|lot| Reverse((lot.last.unwrap_or(Date::MAX), lot.lot)));
        let mut passed = 0;
        for lot in lots {
            let until = (passed + lot.amount).min(now);
            if until > given {
                draft.give_back(facts, spent.thing, (lot, until - given), &after.id);
                given = until;
            }
            passed += lot.amount;
        }
    }
}

fn portion(part: i64, num: i64, den: i64) -> i64 {
    if num == den {
        return part;
    }
    let product = i128::from(part) * i128::from(num);
    i64::try_from(divide(product, i128::from(den), Rounding::Down).unwrap_or(0)).unwrap_or(0)
}

/// Takes back what an award must lose, which was given at an instant of a day. Returns how much of it was forgiven.
fn take_award(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    receipt: &Receipt,
    (award, when): (&ReceiptAward, (Instant, Date)),
    (old, new): (i64, i64),
) -> i64 {
    let amount = new - old;
    match award.thing {
        Thing::Stamps(card) => {
            if amount > 0 {
                // what was dropped goes first: it is on no card
                let on_card = |taken: i64| (taken - award.repaid).max(0);
                step10_games::unstamp(draft, card, on_card(new) - on_card(old), &receipt.id);
                give_room_back(facts, draft, award.source, receipt.day, amount);
            }
        }
        Thing::Voucher(voucher) => {
            if is_void(facts.program, receipt) {
                cancel_vouchers(facts, draft, receipt, award, voucher);
            }
        }
        Thing::Choice(_) => {
            if is_void(facts.program, receipt) {
                choices::cancel(draft, award.lot, &receipt.id);
            }
        }
        Thing::Unit(unit) => {
            if amount <= 0 {
                return 0;
            }
            draft.count_unit(unit, when, -amount);
            give_room_back(facts, draft, award.source, when.1, amount);
            let rules = facts.program.units.get(unit.index());
            if rules.is_some_and(|unit| unit.kind == crate::program::UnitKind::Status) {
                let booking = Transfer::new(
                    award.thing,
                    // today's rate of other lines may have taken some of it
                    amount.min(draft.balance(award.thing, Book::Available)),
                    Book::Available,
                    Book::TakenBack,
                    award.source,
                    Reason::Returned,
                );
                draft.transfer(booking.event(&receipt.id));
                return 0;
            }
            // the lot first; of what had paid off a debt or was used, other lots and then a debt
            let in_lot = award.amount - award.repaid;
            let from_lot = new.min(in_lot) - old.min(in_lot);
            let taken = match facts.account.lots.numbered(award.lot) {
                Some(lot) => take_from_lot(draft, lot, award.start, from_lot, &receipt.id),
                None => 0,
            };
            return take_elsewhere(facts, draft, (unit, award.source), amount - taken, &receipt.id);
        }
    }
    0
}

/// Takes from the lot of a purchase: what is not usable yet of it, or else what is usable; what lapsed counts as taken.
fn take_from_lot(draft: &mut Draft<'_>, lot: &Lot, start: Date, amount: i64, of: &Arc<str>) -> i64 {
    let waits = lot.pending_from(start) > 0;
    let portion = if waits { Portion::From(start) } else { Portion::Usable };
    let taken = draft.take(lot, portion, amount, BACK, of);
    if waits { taken } else { taken + draft.count_lapsed(lot, amount - taken) }
}

/// Where returned amounts go.
const BACK: (Book, Reason) = (Book::TakenBack, Reason::Returned);

/// Takes from all lots in spending order, usable ones first; the rest is a debt or forgiven. Returns what was forgiven.
fn take_elsewhere(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (unit, source): (UnitId, Source),
    amount: i64,
    of: &Arc<str>,
) -> i64 {
    let rest = amount - take_in_order(draft, unit, amount, of, (BACK, false));
    if facts.program.returns.may_go_negative {
        let (from, to) = (Book::Debt, Book::TakenBack);
        let booking = Transfer::new(Thing::Unit(unit), rest, from, to, source, Reason::Returned);
        draft.transfer(booking.event(of));
        return 0;
    }
    rest
}

/// Takes from all lots in spending order, usable ones first. Returns what was taken.
pub(super) fn take_in_order(
    draft: &mut Draft<'_>,
    unit: UnitId,
    amount: i64,
    of: &Arc<str>,
    (back, lapses): ((Book, Reason), bool),
) -> i64 {
    if amount <= 0 {
        return 0;
    }
    let account = draft.account;
    let usable = draft.usable_lots(unit).into_iter().map(|lot| (lot, Portion::Usable));
    let mut all: Vec<(Cow<'_, Lot>, Portion)> = usable.collect();
    let mut pending: Vec<(&Lot, Date)> = Vec::new();
    for lot in account.lots.of(unit) {
        pending.extend(lot.pending.iter().map(|(start, _)| (lot, *start)));
    }
    sort_for_spending(draft.program, unit, &mut pending, |(lot, _)| lot);
    all.extend(pending.into_iter().map(|(lot, start)| (Cow::Borrowed(lot), Portion::From(start))));
    let mut rest = amount;
    for (lot, portion) in all {
        let part = draft.take(&lot, portion, rest, back, of);
        rest -= part;
        if lapses {
            draft.lapse(&lot, part);
        }
        if rest == 0 {
            break;
        }
    }
    amount - rest
}

/// Gives room of amounts back to the caps of a source, or takes it again if it is below zero.
pub(super) fn give_room_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    source: Source,
    day: Date,
    amount: i64,
) {
    let caps = match source {
        Source::Rule(rule) => facts.program.rules.get(rule.index()).map(|rule| &rule.caps),
        Source::Card(card) => facts.program.cards.get(card.index()).map(|card| &card.caps),
        _ => None,
    };
    for cap in caps.into_iter().flatten().copied() {
        let Some(rules) = facts.program.caps.get(cap.index()) else { continue };
        let crate::program::CapWindow::Period(period) = rules.window else { continue };
        let Some(meter) = rules.meter.filter(|_| super::step08_cap::gives_back(rules.limit)) else {
            continue;
        };
        draft.count(meter, facts.period_slot(period, day), -amount);
    }
}

/// Unused vouchers that a rule gave for the purchase are void when all of it has come back.
fn cancel_vouchers(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    receipt: &Receipt,
    award: &ReceiptAward,
    voucher: VoucherId,
) {
    let count = usize::try_from(award.amount).unwrap_or(0);
    let mut cancelled = 0;
    for number in (award.lot..).take(count) {
        if draft.holds(voucher, number) {
            let booking = Transfer::new(
                award.thing,
                1,
                Book::Available,
                Book::TakenBack,
                award.source,
                Reason::Cancelled,
            );
            draft.transfer(booking.event(&receipt.id).lot(number));
            cancelled += 1;
        }
    }
    if cancelled > 0 {
        give_room_back(facts, draft, award.source, receipt.day, cancelled);
    }
}

/// Counters of the past: amounts are net of returns, in the window of the purchase; counts of events are not.
fn lower_counters(draft: &mut Draft<'_>, before: &Receipt, after: &Receipt) {
    let sum = |receipt: &Receipt| {
        let lines = receipt.returned.iter().enumerate();
        lines.fold((0, 0), |sum: (i64, i64), (place, line)| {
            let spend = receipt.payment.as_ref().map_or(line.1, |_| counted_back(receipt, place));
            (sum.0 + line.0, sum.1 + spend)
        })
    };
    let (old, new) = (sum(before), sum(after));
    let index = &draft.program.meter_index;
    for meter in index.baskets.iter().copied() {
        let slot = draft.slot_at(meter, after.day, after.at);
        match draft.measure(meter) {
            Some(Measure::Spend(None)) => draft.count(meter, slot, old.1 - new.1),
            Some(Measure::Quantity(None)) => draft.count(meter, slot, old.0 - new.0),
            _ => {}
        }
    }
    if after.kind == EventKindId::PURCHASE && after.is_returned_in_full() && !before.is_returned_in_full() {
        for meter in index.purchases.iter().copied() {
            if draft.measure(meter) == Some(Measure::PurchasesKept) {
                let slot = draft.slot_at(meter, after.day, after.at);
                draft.count(meter, slot, -1);
            }
        }
    }
    for share in &after.shares {
        draft.count(share.meter, share.slot, gone(before, share) - gone(after, share));
    }
}

/// What has come back of what counts as spent on a line.
fn counted_back(receipt: &Receipt, line: usize) -> i64 {
    let (num, den) = receipt.fraction(line);
    portion(receipt.counted(line), num, den)
}

fn gone(receipt: &Receipt, share: &MeterShare) -> i64 {
    let parts = share.parts.iter().enumerate().map(|(place, part)| {
        let (num, den) = match (share.by_quantity, receipt.items.get(place)) {
            (true, Some(item)) if item.quantity != 0 => {
                (receipt.returned.get(place).map_or(0, |line| line.0), item.quantity)
            }
            _ => receipt.fraction(place),
        };
        portion(*part, num, den)
    });
    parts.sum()
}

/// Takes back what unmatched lines would earn now, without caps, from the member's lots.
fn take_todays_rate(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    lines: &[&ReturnLine],
) -> Result<(), Rejection> {
    let items: Vec<Item> = lines.iter().map(|line| line.as_item()).collect();
    let mut bound = Bound::default();
    bound.bind_basket(facts.program, facts.event, items.into())?;
    tax::convert(facts.program, &mut bound)?;
    let facts = Facts { event: &bound, capless: true, ..*facts };
    rows.start(bound.items().len());
    let mut off = None;
    step04_match::match_rules(&facts, EventKindId::PURCHASE, rows, &mut off);
    step05_base::compute_bases(&facts, rows, &mut off)?;
    step06_bonus::compute_extras(&facts, rows, &mut off)?;
    step07_round::round_rows(&facts, rows)?;
    step08a_everything::multiply_everything(&facts, rows, &mut off)?;
    let of = Arc::clone(&draft.event);
    for row in rows.all() {
        let Some(thing @ Thing::Unit(unit)) = row.thing else { continue };
        let status = facts
            .program
            .units
            .get(unit.index())
            .is_some_and(|unit| unit.kind == crate::program::UnitKind::Status);
        let amount = row.amount.max(0);
        let source = Source::Rule(row.rule);
        if status {
            let part = amount.min(draft.balance(thing, Book::Available));
            let booking =
                Transfer::new(thing, part, Book::Available, Book::TakenBack, source, Reason::Returned);
            draft.transfer(booking.event(&of));
            draft.count_unit(unit, (facts.event.at, facts.event.day), -part);
        } else {
            // what goes for lines of no purchase was earned by some purchase, whose return counts it as taken
            let taken = take_in_order(draft, unit, amount, &of, (BACK, true));
            take_elsewhere(&facts, draft, (unit, source), amount - taken, &of);
        }
    }
    Ok(())
}
