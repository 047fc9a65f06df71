//! What returns left open, in a snapshot.

use super::restore::{Restore, in_order};
use super::take::{Names, text};
use super::{AwardState, CoverState, LackState, ReceiptState, SnapshotError, UnsettledState, VoidState};
use crate::account::{Account, Cover, Unsettled, Void};
use crate::amount::format_scaled;
use crate::ledger::Thing;
use crate::wire::parse_amount;

impl Names<'_> {
    pub(super) fn unsettled(&self, account: &Account) -> Vec<UnsettledState> {
        let mut all: Vec<UnsettledState> = account.unsettled.iter().map(|open| self.open(open)).collect();
        // what is closed stands at the ends of the tables
        all.sort_by(|one, two| one.unit.cmp(&two.unit));
        all
    }

    fn open(&self, open: &Unsettled) -> UnsettledState {
        let decimals = self.0.unit_decimals(open.unit);
        let amount = |steps| format_scaled(steps, decimals);
        let lacks = open.lacks.iter().map(|lack| LackState {
            lot: lack.lot,
            amount: amount(lack.amount),
            lapsed: amount(lack.lapsed),
            forgiven: amount(lack.forgiven),
        });
        let covers = open.covers.iter().map(|cover| CoverState {
            lot: self.spent_lot(&cover.lot, decimals),
            pending_from: cover.from,
            void_since: cover.void,
            stands_in: cover.stands_in,
        });
        let voids = open.voids.iter().map(|void| VoidState {
            source: self.source(void.source),
            amount: amount(void.amount),
            reached: void.reached,
        });
        UnsettledState {
            unit: text(self.0.unit_name(open.unit)),
            lacks: lacks.collect(),
            covers: covers.collect(),
            voids: voids.collect(),
            forgiven: amount(open.forgiven),
        }
    }
}

impl Restore<'_> {
    pub(super) fn unsettled(&mut self, unsettled: &[UnsettledState]) -> Result<(), SnapshotError> {
        in_order("unsettled", unsettled, |open| open.unit.clone(), |open| open.unit.clone())?;
        for state in unsettled {
            let wrong = |problem| SnapshotError::value("unsettled", &state.unit, problem);
            let unit = self.program.unit_named(&state.unit)?;
            let decimals = self.program.unit_decimals(unit);
            let amount = |text: &str| {
                let amount = parse_amount(text, decimals).filter(|amount| *amount >= 0);
                amount.ok_or_else(|| wrong("an amount has another form"))
            };
            in_order("lacks", &state.lacks, |lack| lack.lot, |lack| lack.lot.to_string())?;
            let mut open = Unsettled { forgiven: amount(&state.forgiven)?, ..Unsettled::of(unit) };
            for lack in &state.lacks {
                let (lacks, lapsed) = (amount(&lack.amount)?, amount(&lack.lapsed)?);
                let forgiven = amount(&lack.forgiven)?;
                if lack.lot >= self.account.next_lot || (lacks, lapsed, forgiven) == (0, 0, 0) {
                    return Err(wrong("a lot that lacks something was never opened, or it lacks nothing"));
                }
                open.lack(lack.lot, lacks);
                open.count_lapsed(lack.lot, lapsed);
                open.forgive(lack.lot, forgiven);
            }
            for cover in &state.covers {
                let lot = self.spent_lot(&cover.lot, 0..self.account.next_lot, decimals);
                let lot = lot?.ok_or_else(|| wrong("what stands in for a lot cannot be"))?;
                let (from, void) = (cover.pending_from, cover.void_since);
                open.covers.push(Cover { lot, from, void, stands_in: cover.stands_in });
            }
            for void in &state.voids {
                let amount = Some(amount(&void.amount)?).filter(|amount| *amount > 0);
                let amount = amount.ok_or_else(|| wrong("an amount has another form"))?;
                open.voids.push(Void { source: self.source(&void.source)?, amount, reached: void.reached });
            }
            if open.is_empty() {
                return Err(wrong("nothing is open and it is left out then"));
            }
            self.account.unsettled.push(open);
        }
        self.account.unsettled.sort_by_key(|open| open.unit);
        Ok(())
    }

    pub(super) fn void_vouchers(&mut self, numbers: Vec<u32>) -> Result<(), SnapshotError> {
        in_order("void vouchers", &numbers, |number| *number, ToString::to_string)?;
        if let Some(number) = numbers.iter().find(|number| !(1..self.account.next_voucher).contains(number)) {
            return Err(SnapshotError::value("voucher", number, "its number was never given"));
        }
        self.account.void_vouchers = numbers;
        Ok(())
    }

    /// What snapshots once held with what a rule gave: how much of it was forgiven.
    pub(super) fn forgiven(&mut self, receipts: &[ReceiptState]) -> Result<(), SnapshotError> {
        for receipt in receipts {
            let chosen = receipt.chosen.iter().map(|chosen| &chosen.award);
            for award in receipt.awards.iter().chain(chosen).filter(|award| !award.forgiven.is_empty()) {
                self.forgiven_of(&receipt.id, award)?;
            }
        }
        Ok(())
    }

    fn forgiven_of(&mut self, id: &str, award: &AwardState) -> Result<(), SnapshotError> {
        let thing = self.program.thing_of(award.kind, &award.name)?;
        let forgiven = parse_amount(&award.forgiven, self.program.thing_decimals(thing));
        let forgiven = forgiven.filter(|forgiven| *forgiven >= 0);
        let forgiven =
            forgiven.ok_or_else(|| SnapshotError::value("receipt", id, "an amount has another form"))?;
        let (Thing::Unit(unit), true) = (thing, forgiven > 0) else { return Ok(()) };
        let place = self.account.unsettled.partition_point(|open| open.unit < unit);
        if self.account.unsettled.get(place).is_none_or(|open| open.unit != unit) {
            self.account.unsettled.insert(place, Unsettled::of(unit));
        }
        if let Some(open) = self.account.unsettled.get_mut(place) {
            open.forgive(award.lot, forgiven);
        }
        Ok(())
    }
}
