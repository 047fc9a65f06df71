//! What requests paid of a purchase, in texts and back.

use super::restore::{Restore, checked};
use super::take::{Names, micros, text};
use super::{PaymentState, SnapshotError, SourceState, SpentLotState, SpentState, terms};
use crate::account::{FundedUse, Payment, Spent, SpentLot};
use crate::amount::{format_scaled, parse_micros};
use crate::ledger::Thing;
use crate::program::Expense;
use crate::wire::parse_amount;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// How many times a reward was redeemed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UseState {
    source: SourceState,
    times: i64,
}

/// What vouchers or rewards of one name cost those who fund them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FundedState {
    /// Whether it is a reward; otherwise a voucher.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reward: bool,
    name: String,
    amount: String,
    /// By line, and at the end what belongs to no line; nothing if it comes back whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<String>>,
}

impl Names<'_> {
    pub(super) fn payment(&self, payment: &Payment) -> PaymentState {
        PaymentState {
            counted: payment.counted.iter().map(|counted| micros(*counted)).collect(),
            spent: payment.spent.iter().map(|spent| self.spent(spent)).collect(),
            uses: payment
                .uses
                .iter()
                .map(|(source, times)| UseState { source: self.source(*source), times: *times })
                .collect(),
            partner: payment.partner.as_deref().unwrap_or_default().to_owned(),
            funded: payment.funded.iter().map(funded).collect(),
        }
    }

    fn spent(&self, spent: &Spent) -> SpentState {
        let (kind, name) = self.0.thing_words(spent.thing);
        let amount = |steps: &i64| format_scaled(*steps, self.0.thing_decimals(spent.thing));
        let lots = spent.lots.iter().map(|lot| self.spent_lot(lot, self.0.thing_decimals(spent.thing)));
        SpentState {
            kind,
            name: text(name),
            lots: lots.collect(),
            parts: spent.parts.as_ref().map(|parts| parts.iter().map(amount).collect()),
            away: spent.away,
        }
    }

    pub(super) fn spent_lot(&self, lot: &SpentLot, decimals: u8) -> SpentLotState {
        SpentLotState {
            lot: lot.lot,
            amount: format_scaled(lot.amount, decimals),
            source: self.source(lot.source),
            usable_from: lot.start,
            last_day: lot.last,
            terms: lot.end.as_ref().map(|end| terms::taken(self.0, end)),
        }
    }
}

fn funded(funded: &FundedUse) -> FundedState {
    FundedState {
        reward: funded.expense == Expense::Reward,
        name: funded.name.as_ref().to_owned(),
        amount: micros(funded.amount),
        parts: funded.parts.as_ref().map(|parts| parts.iter().map(|part| micros(*part)).collect()),
    }
}

/// What was charged; nothing if it cannot be.
fn funded_use(lines: usize, state: &FundedState) -> Option<FundedUse> {
    let name = checked("voucher or reward", &state.name).ok()?.into();
    let amount = parse_micros(&state.amount).filter(|amount| *amount > 0)?;
    let parts = match &state.parts {
        None => None,
        Some(parts) => {
            let parts: Option<Box<[i64]>> = parts.iter().map(|part| parse_micros(part)).collect();
            let sum = |parts: &[i64]| parts.iter().map(|part| i128::from(*part)).sum::<i128>();
            let fits = |parts: &[i64]| parts.len() == lines + 1 && sum(parts) == i128::from(amount);
            Some(parts.filter(|parts| fits(parts))?)
        }
    };
    let expense = if state.reward { Expense::Reward } else { Expense::Voucher };
    Some(FundedUse { expense, name, amount, parts })
}

impl Restore<'_> {
    pub(super) fn payment(
        &self,
        id: &str,
        lines: usize,
        state: Option<&PaymentState>,
    ) -> Result<Option<Box<Payment>>, SnapshotError> {
        let Some(state) = state else { return Ok(None) };
        let wrong = || SnapshotError::value("receipt", id, "what was paid by requests cannot be");
        let counted: Option<Box<[i64]>> = state.counted.iter().map(|text| parse_micros(text)).collect();
        let counted = counted.filter(|counted| counted.len() == lines).ok_or_else(wrong)?;
        let spent: Result<Vec<Spent>, SnapshotError> =
            state.spent.iter().map(|spent| self.spent(id, lines, spent)).collect();
        let times = |used: &UseState| {
            let times = Some(used.times).filter(|times| *times > 0).ok_or_else(wrong)?;
            Ok((self.source(&used.source)?, times))
        };
        let partner = Some(state.partner.as_str()).filter(|partner| !partner.is_empty()).map(Into::into);
        let uses = state.uses.iter().map(times).collect::<Result<_, SnapshotError>>()?;
        let funded = state.funded.iter().map(|state| funded_use(lines, state).ok_or_else(wrong));
        let funded = funded.collect::<Result<_, SnapshotError>>()?;
        Ok(Some(Box::new(Payment { counted, spent: spent?.into(), uses, partner, funded })))
    }

    fn spent(&self, id: &str, lines: usize, state: &SpentState) -> Result<Spent, SnapshotError> {
        let wrong = || SnapshotError::value("receipt", id, "what was spent cannot be");
        let thing = self.program.thing_of(state.kind, &state.name)?;
        let given = match thing {
            Thing::Unit(_) => self.account.next_lot,
            Thing::Voucher(_) => self.account.next_voucher,
            Thing::Stamps(_) | Thing::Choice(_) | Thing::Donation(_) => return Err(wrong()),
        };
        let decimals = self.program.thing_decimals(thing);
        let lot = |lot| self.spent_lot(lot, 1..given, decimals)?.ok_or_else(wrong);
        let lots: Vec<SpentLot> = state.lots.iter().map(lot).collect::<Result<_, _>>()?;
        let total: i128 = lots.iter().map(|lot| i128::from(lot.amount)).sum();
        let parts = match &state.parts {
            None => None,
            Some(parts) => {
                let parts: Option<Box<[i64]>> =
                    parts.iter().map(|part| parse_amount(part, decimals)).collect();
                let adds_up = |parts: &[i64]| {
                    let sum: i128 = parts.iter().map(|part| i128::from(*part)).sum();
                    parts.len() == lines + 1 && sum == total
                };
                Some(parts.filter(|parts| adds_up(parts)).ok_or_else(wrong)?)
            }
        };
        Ok(Spent { thing, lots: lots.into(), parts, away: state.away })
    }

    /// A lot that paid, of these numbers; nothing if it cannot be.
    pub(super) fn spent_lot(
        &self,
        state: &SpentLotState,
        given: Range<u32>,
        decimals: u8,
    ) -> Result<Option<SpentLot>, SnapshotError> {
        let amount = parse_amount(&state.amount, decimals).filter(|amount| *amount > 0);
        let Some(amount) = amount.filter(|_| given.contains(&state.lot)) else { return Ok(None) };
        let wrong = |text| SnapshotError::value("lot", state.lot, text);
        let end = state.terms.as_ref().map(|terms| terms::restored(self.program, terms, wrong));
        Ok(Some(SpentLot {
            lot: state.lot,
            amount,
            source: self.source(&state.source)?,
            start: state.usable_from,
            last: state.last_day,
            end: end.transpose()?.map(Arc::new),
        }))
    }
}
