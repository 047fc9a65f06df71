//! What partners owe for money: for what vouchers and rewards that they fund take off a price, and for what the owner
//! gives to charities in their name.
//!
//! Money is charged as it is booked: its price is one. What vouchers and rewards cost stands in the record of the
//! purchase, by line, so that a return credits what the lines that come back had got.

use super::charges::{MONEY, Priced};
use super::draft::Draft;
use super::refuse::Rejection;
use super::so_far::came_back;
use super::step03_requests::{Settled, Taken, What};
use crate::account::{FundedUse, Receipt};
use crate::calendar::Date;
use crate::event::{Event, Kind};
use crate::ledger::{Side, Source, SourceKind};
use crate::program::{Expense, Grant, Program, Reward};
use std::sync::Arc;

/// Micro-units in all, and by line; without parts it comes back whole.
type Cost = (i64, Option<Box<[i64]>>);

/// Micro-units in one of a currency.
const ONE: i64 = 1_000_000;

/// Notes what an event with requests means for partners: what was used costs those who fund it, and the partner of the
/// event gets money for the units that paid.
#[cold]
pub(super) fn note(draft: &mut Draft<'_>, event: &Event, settled: &mut Settled) -> Result<(), Rejection> {
    let Some(record) = &mut settled.record else { return Ok(()) };
    record.funded = draft.charge_uses(&settled.taken)?;
    if let Kind::Named(named) = &event.kind
        && let Some(partner) = &named.partner
    {
        record.partner = draft.redeemed_at(partner, &record.spent);
    }
    Ok(())
}

impl Draft<'_> {
    /// Charges those who fund the vouchers and rewards of an event, and tells what a return needs of it.
    #[cold]
    fn charge_uses(&mut self, taken: &[Taken]) -> Result<Box<[FundedUse]>, Rejection> {
        let (program, of, day) = (self.program, Arc::clone(&self.event), self.day);
        let mut found = Vec::new();
        for taken in taken {
            let Some((expense, name)) = expense_of(program, taken.what) else { continue };
            if program.prices_on(day).and_then(|list| list.pays_for(expense, name)).is_none() {
                continue;
            }
            let (amount, parts) = cost(program, taken)?;
            if amount > 0 {
                self.charge_money((expense, name), amount, day, &of);
                found.push(FundedUse { expense, name: name.into(), amount, parts });
            }
        }
        Ok(found.into())
    }

    /// Credits what was charged for vouchers and rewards with what has come back.
    #[cold]
    pub(super) fn credit_uses(&mut self, before: &Receipt, after: &Receipt) {
        for used in after.payment.iter().flat_map(|payment| &payment.funded) {
            let back = |receipt: &Receipt| match &used.parts {
                _ if receipt.cancelled => used.amount,
                _ if receipt.returned.is_empty() => 0,
                Some(parts) => came_back(receipt, parts, used.amount),
                None if receipt.is_returned_in_full() => used.amount,
                None => 0,
            };
            let amount = back(after) - back(before);
            self.charge_money((used.expense, &used.name), -amount, after.day, &after.id);
        }
    }

    /// Charges those who fund a donation with what the owner gives for it on a day, or credits it below zero.
    #[cold]
    pub(super) fn charge_gift(&mut self, source: Source, micros: i64, day: Date, of: &Arc<str>) {
        let program = self.program;
        if let (SourceKind::Donation, name, _) = program.source_words(source) {
            self.charge_money((Expense::Donation, name), micros, day, of);
        }
    }

    /// Charges money by the shares of a day.
    fn charge_money(&mut self, (expense, name): (Expense, &str), micros: i64, day: Date, of: &Arc<str>) {
        let program = self.program;
        let shares = program.prices_on(day).and_then(|list| list.pays_for(expense, name));
        let Some(shares) = shares.filter(|_| micros != 0) else { return };
        let kind = match expense {
            Expense::Voucher => SourceKind::Voucher,
            Expense::Reward => SourceKind::Reward,
            Expense::Donation => SourceKind::Donation,
        };
        let key = self.charge_key();
        for (partner, share) in shares {
            let priced = Priced {
                unit: &program.currency,
                decimals: MONEY,
                amount: micros,
                price: ONE,
                share: *share,
                words: (kind, name),
            };
            self.tell(&key, partner, Side::Owes, &priced, of);
        }
    }
}

/// What may be funded of what was asked for.
fn expense_of(program: &Program, what: What) -> Option<(Expense, &str)> {
    match what {
        What::Voucher(voucher) => Some((Expense::Voucher, program.voucher_name(voucher))),
        What::Reward(reward) => Some((Expense::Reward, program.reward_name(reward))),
        What::Points(_) => None,
    }
}

/// What something cost in money, in all and by line: what it took off the price; what has another form costs what it is
/// worth, and comes back whole.
fn cost(program: &Program, taken: &Taken) -> Result<Cost, Rejection> {
    let (grant, worth) = match taken.what {
        What::Voucher(voucher) => {
            let rules = program.vouchers.get(voucher.index());
            (rules.map(|rules| rules.grant), rules.and_then(|rules| rules.worth))
        }
        What::Reward(reward) => {
            let rules = program.rewards.get(reward.index());
            let grant = rules.and_then(|rules| rules.grants.as_ref()).map(|(_, grant)| *grant);
            let gives_a_unit = rules.is_some_and(Reward::gives_a_unit);
            (grant, rules.and_then(|rules| rules.worth).filter(|_| !gives_a_unit))
        }
        What::Points(_) => (None, None),
    };
    if grant.is_some_and(|grant| grant != Grant::Text) {
        let parts = taken.lines.iter().copied().chain([0]).collect();
        return Ok((taken.pays, Some(parts)));
    }
    let amount = worth.unwrap_or(0).checked_mul(taken.amount).ok_or_else(Rejection::too_large)?;
    Ok((amount, None))
}
