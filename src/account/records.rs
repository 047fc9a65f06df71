//! What an account knows of the events it has applied: their ids, and of purchases their receipts.
//!
//! An id is remembered for [`ID_DAYS`], or as long as an event may be late where that is longer; older events are
//! refused by their date. A receipt is remembered so long after the last day of its return. Whether a record is still remembered is a question of dates alone; when its
//! memory is set free does not matter.

use super::receipt::Receipt;
use crate::calendar::Date;
use crate::program::{ID_DAYS, Program};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// An event that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// The digest of its content.
    pub(crate) digest: u128,
    /// Its local day; `None` for messages and joinings, which are remembered for ever because no date tells that they
    /// are old.
    pub(crate) day: Option<Date>,
    /// What a return may ask for.
    pub(crate) receipt: Option<Arc<Receipt>>,
}

/// All records of an account, by id. They are looked up, never walked in their own order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Records(FxHashMap<Arc<str>, Record>);

impl Records {
    /// The record of an event, if it is still remembered once the newest event lies on a day.
    pub(crate) fn get(&self, program: &Program, id: &str, newest: Option<Date>) -> Option<&Record> {
        let record = self.0.get(id)?;
        let is_there = newest.is_none_or(|newest| is_remembered(program, record, newest));
        is_there.then_some(record)
    }

    /// Notes an event.
    pub(crate) fn put(&mut self, id: &Arc<str>, record: Record) {
        self.0.insert(Arc::clone(id), record);
    }

    /// Puts another receipt in the place of the one that is known.
    pub(crate) fn put_receipt(&mut self, receipt: &Arc<Receipt>) -> bool {
        let record = self.0.get_mut(&receipt.id);
        record.map(|record| record.receipt = Some(Arc::clone(receipt))).is_some()
    }

    /// Sets free what is no longer remembered.
    pub(crate) fn forget(&mut self, program: &Program, newest: Date) {
        self.0.retain(|_, record| is_remembered(program, record, newest));
    }

    /// All receipts, in no order that means anything.
    pub(crate) fn receipts(&self) -> impl Iterator<Item = &Arc<Receipt>> {
        self.0.values().filter_map(|record| record.receipt.as_ref())
    }

    /// All records by id, in the order of ids.
    pub(crate) fn sorted(&self) -> Vec<(&Arc<str>, &Record)> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|(id, _)| *id);
        all
    }
}

fn is_remembered(program: &Program, record: &Record, newest: Date) -> bool {
    let Some(day) = record.day else { return true };
    match record.receipt {
        Some(_) => may_come_back(program, day, newest),
        None => newest <= day.plus_days(ID_DAYS.max(program.late_days())),
    }
}

/// Whether a purchase of a day is still remembered once the newest event lies on another.
pub(crate) fn may_come_back(program: &Program, day: Date, newest: Date) -> bool {
    let Some(within) = program.returns.within else { return true };
    let last = within.add_to_date(day).unwrap_or(day);
    newest <= last.plus_days(ID_DAYS.max(program.late_days()))
}
