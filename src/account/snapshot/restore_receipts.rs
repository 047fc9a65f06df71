//! Restoring the records of purchases.

use super::restore::{Restore, checked, in_order};
use super::{
    AwardState, ChosenState, ItemState, REDEMPTION, ReceiptState, RecordState, ReturnedState, ShareState,
    SnapshotError, TakenState, ValueState,
};
use crate::account::{Chosen, LineRecord, Lines, MeterShare, Receipt, ReceiptAward, ShareBy, Taken};
use crate::amount::parse_micros;
use crate::event::{Item, Value};
use crate::ledger::Thing;
use crate::wire::parse_amount;
use std::sync::Arc;

/// Restores all records.
pub(super) fn receipts(state: &mut Restore<'_>, receipts: Vec<ReceiptState>) -> Result<(), SnapshotError> {
    in_order("receipts", &receipts, |receipt| receipt.id.clone(), |receipt| receipt.id.clone())?;
    for receipt in receipts {
        let restored = state.receipt(receipt)?;
        let restored = Arc::new(restored);
        if !state.account.records.put_receipt(&restored) {
            return Err(SnapshotError::value("receipt", &restored.id, "its event was never applied"));
        }
    }
    Ok(())
}

impl Restore<'_> {
    fn receipt(&self, receipt: ReceiptState) -> Result<Receipt, SnapshotError> {
        let id: Arc<str> = checked("receipt", &receipt.id)?.into();
        let wrong = |problem| SnapshotError::value("receipt", &receipt.id, problem);
        let items: Option<Arc<[Item]>> = receipt.items.into_iter().map(item).collect();
        let items = items.ok_or_else(|| wrong("an item cannot be"))?;
        let returned = receipt.returned.iter().map(returned).collect::<Option<Vec<(i64, i64)>>>();
        let returned = returned.ok_or_else(|| wrong("what came back has another form"))?;
        // an event without items is one line
        if !returned.is_empty() && returned.len() != items.len().max(1) {
            return Err(wrong("what came back has not as many lines"));
        }
        for (item, (quantity, value)) in items.iter().zip(&returned) {
            let (least, most) = (item.value.min(0), item.value.max(0));
            if !(0..=item.quantity).contains(quantity) || !(least..=most).contains(value) {
                return Err(wrong("more came back than was bought"));
            }
        }
        let lines = items.len();
        let payment = self.payment(&receipt.id, lines, receipt.payment.as_ref())?;
        let awards: Result<Vec<ReceiptAward>, SnapshotError> =
            receipt.awards.iter().map(|award| self.award(&receipt.id, lines, award)).collect();
        let chosen: Result<Vec<Chosen>, SnapshotError> =
            receipt.chosen.iter().map(|chosen| self.chosen(&receipt.id, lines, chosen)).collect();
        let shares: Result<Vec<MeterShare>, SnapshotError> =
            receipt.shares.iter().map(|share| self.share(&receipt.id, lines, share)).collect();
        let kind = match &*receipt.event {
            REDEMPTION => None,
            name => Some(self.program.any_event_named(name)?),
        };
        let (awards, chosen, shares) = (awards?, chosen?, shares?);
        let taken = receipt.taken.map(|taken| self.taken(&taken, (&awards, &chosen, &shares)));
        let taken =
            taken.map(|taken| taken.ok_or_else(|| wrong("what returns took cannot be"))).transpose()?;
        let member = receipt.member.as_deref().map(|member| checked("member", member)).transpose()?;
        if member.is_some_and(|member| member == &*self.account.member || !self.account.has_member(member)) {
            return Err(wrong("it is of nobody behind the first member of the account"));
        }
        Ok(Receipt {
            member: member.map(Arc::from),
            kind,
            cancelled: receipt.cancelled,
            at: receipt.at,
            day: receipt.day,
            items,
            returned,
            awards,
            chosen,
            shares,
            taken: taken.map(Box::new),
            payment,
            gifts: receipt
                .gifts
                .iter()
                .map(|state| self.gift(&receipt.id, state))
                .collect::<Result<_, _>>()?,
            pledged: receipt
                .pledged
                .iter()
                .map(|state| self.pledged(&receipt.id, lines, state))
                .collect::<Result<_, _>>()?,
            turnover: receipt
                .turnover
                .iter()
                .map(|state| self.turnover_share(&receipt.id, lines, state))
                .collect::<Result<_, _>>()?,
            frozen: receipt.judged_by.map(|state| self.frozen(&id, state)).transpose()?,
            id,
        })
    }

    pub(super) fn award(
        &self,
        id: &str,
        lines: usize,
        award: &AwardState,
    ) -> Result<ReceiptAward, SnapshotError> {
        let wrong = |problem| SnapshotError::value("receipt", id, problem);
        let thing = self.program.thing_of(award.kind, &award.name)?;
        let decimals = self.program.thing_decimals(thing);
        let amount = |text: &str| {
            let amount = parse_amount(text, decimals).filter(|amount| *amount >= 0);
            amount.ok_or_else(|| wrong("an amount has another form"))
        };
        let given = match thing {
            Thing::Unit(_) => self.account.next_lot,
            Thing::Voucher(_) => self.account.next_voucher,
            Thing::Choice(_) => self.account.next_choice,
            Thing::Stamps(_) => 1,
            Thing::Donation(_) => return Err(wrong("no award is a donation")),
        };
        if award.lot >= given {
            return Err(wrong("what a rule gave was never given"));
        }
        let total = amount(&award.amount)?;
        let record = match &award.by {
            RecordState::Event => Some(LineRecord::Event),
            RecordState::Whole => Some(LineRecord::Whole),
            RecordState::Stays => Some(LineRecord::Stays),
            RecordState::Values(numbers) => lines_of(numbers, lines).map(LineRecord::Values),
            RecordState::Quantities(numbers) => lines_of(numbers, lines).map(LineRecord::Quantities),
            RecordState::Parts(parts) => {
                let parts: Option<Vec<i64>> = parts.iter().map(|part| parse_amount(part, decimals)).collect();
                let adds_up = |parts: &Vec<i64>| {
                    let sum: i128 = parts.iter().map(|part| i128::from(*part)).sum();
                    parts.len() == lines + 1 && sum == i128::from(total)
                };
                parts.filter(adds_up).map(|parts| LineRecord::Parts(parts.into()))
            }
        };
        Ok(ReceiptAward {
            source: self.source(&award.source)?,
            thing,
            lot: award.lot,
            start: award.usable_from,
            amount: total,
            repaid: amount(&award.repaid)?,
            record: record.ok_or_else(|| wrong("what a rule gave is not what its lines gave"))?,
        })
    }

    fn chosen(&self, id: &str, lines: usize, chosen: &ChosenState) -> Result<Chosen, SnapshotError> {
        Ok(Chosen { award: self.award(id, lines, &chosen.award)?, at: chosen.at, day: chosen.day })
    }

    /// What returns have taken: no more than there was.
    fn taken(
        &self,
        state: &TakenState,
        (awards, chosen, shares): (&[ReceiptAward], &[Chosen], &[MeterShare]),
    ) -> Option<Taken> {
        let amount = |(award, text): (&ReceiptAward, &String)| {
            let amount = parse_amount(text, self.program.thing_decimals(award.thing));
            amount.filter(|amount| (0..=award.amount).contains(amount))
        };
        let share = |(share, text): (&MeterShare, &String)| {
            let most: i128 = share.parts.iter().map(|part| i128::from(*part).abs()).sum();
            parse_amount(text, 0).filter(|taken| i128::from(*taken).abs() <= most)
        };
        let fits = state.awards.len() == awards.len()
            && state.chosen.len() == chosen.len()
            && state.shares.len() == shares.len();
        let chosen = chosen.iter().map(|chosen| &chosen.award);
        fits.then_some(Taken {
            awards: awards.iter().zip(&state.awards).map(amount).collect::<Option<_>>()?,
            chosen: chosen.zip(&state.chosen).map(amount).collect::<Option<_>>()?,
            counts: (parse_micros(&state.quantity)?, parse_micros(&state.spend)?),
            shares: shares.iter().zip(&state.shares).map(share).collect::<Option<_>>()?,
            lost: state.lost,
        })
    }

    fn share(&self, id: &str, lines: usize, share: &ShareState) -> Result<MeterShare, SnapshotError> {
        let parts: Option<Box<[i64]>> = share.parts.iter().map(|part| parse_amount(part, 0)).collect();
        let wrong = || SnapshotError::value("receipt", id, "a share of a counter cannot be");
        let by = match (share.by_quantity, share.whole, &share.unit) {
            _ if u8::from(share.award) + u8::from(share.mistake) + u8::from(share.by_lines) > 1 => {
                return Err(wrong());
            }
            (false, false, None) if share.award => ShareBy::Award,
            (false, false, None) if share.mistake => ShareBy::Mistake,
            (false, false, None) if share.by_lines => ShareBy::Lines,
            _ if share.award || share.mistake || share.by_lines => return Err(wrong()),
            (false, false, None) => ShareBy::Value,
            (true, false, None) => ShareBy::Quantity,
            (false, true, None) => ShareBy::Whole,
            (false, false, Some(unit)) => ShareBy::Unit(self.program.unit_named(unit)?),
            _ => return Err(wrong()),
        };
        let parts = parts.filter(|parts| parts.len() == by.parts(lines));
        let good = |parts: &[i64]| by != ShareBy::Lines || parts.iter().all(|part| matches!(part, 0 | 1));
        let parts = parts.filter(|parts| good(parts));
        let (meter, slot) = (self.meter(&share.counter)?, share.slot);
        Ok(MeterShare { meter, slot, by, parts: parts.ok_or_else(wrong)? })
    }
}

/// Lines by their numbers, counted from 1; nothing if they are not in order or not so many.
fn lines_of(numbers: &[usize], width: usize) -> Option<Lines> {
    let in_order = numbers.iter().zip(numbers.iter().skip(1)).all(|(one, two)| one < two);
    let in_range = numbers.iter().all(|number| (1..=width).contains(number));
    let has = |line: usize| numbers.binary_search(&(line + 1)).is_ok();
    (in_order && in_range).then(|| Lines::of(width, has))
}

fn returned(state: &ReturnedState) -> Option<(i64, i64)> {
    Some((parse_micros(&state.quantity)?, parse_micros(&state.value)?))
}

/// The item as an event would carry it; nothing if none could.
fn item(state: ItemState) -> Option<Item> {
    let mut item = Item::new(&state.name, &state.quantity, &state.unit_price);
    if let Some(sku) = state.sku {
        item = item.sku(&sku);
    }
    if let Some(category) = state.category {
        item = item.category(&category);
    }
    if let Some(brand) = state.brand {
        item = item.brand(&brand);
    }
    if let Some(tax) = state.tax {
        item = item.tax(&tax);
    }
    for attribute in state.attributes {
        item = item.attribute(&attribute.name, value(attribute.value));
    }
    item.checked().ok()
}

/// The value of an attribute.
pub(super) fn value(state: ValueState) -> Value {
    match state {
        ValueState::Text(text) => Value::Text(text.into()),
        ValueState::YesNo(yes) => Value::Bool(yes),
        ValueState::Integer(number) => Value::Integer(number),
        ValueState::List(names) => Value::List(names.into_iter().map(String::into_boxed_str).collect()),
    }
}
