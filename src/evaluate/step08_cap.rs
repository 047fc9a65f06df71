//! Step 8: caps, on what was rounded.
//!
//! Entries are admitted one after another: `earn` by name, then `bonus` by name. Each gets the minimum of its amount
//! and the room left in every cap that covers it, and uses that room up. Nothing that was cut is paid later.

use super::draft::Draft;
use super::judge::Facts;
use super::rows::Rows;
use super::step04_match::{counts_times, room};
use super::step05_base::capped_spend;
use super::trace::Trace;
use crate::program::{CapId, CapLimit};

/// Cuts amounts to what caps leave.
pub(crate) fn cap_rows(facts: &Facts<'_>, rows: &mut Rows, trace: &mut Option<Trace>) {
    if !rows.asked.caps {
        rows.all_mut().iter_mut().for_each(|row| row.amount = row.amount.max(0));
        return;
    }
    for place in 0..rows.all().len() {
        let Some(row) = rows.all().get(place) else { continue };
        let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
        let (id, mut amount) = (row.rule, row.amount.max(0));
        for cap in rule.caps.iter().copied() {
            let Some(limit) = facts.program.caps.get(cap.index()).map(|cap| cap.limit) else { continue };
            let left = room(facts, cap) - rows.used_of(cap);
            let admitted =
                if counts_times(limit) { if left > 0 { amount } else { 0 } } else { amount.min(left.max(0)) };
            if let (true, Some(trace)) = (admitted < amount, trace.as_mut()) {
                trace.cut(id, cap, amount, admitted);
            }
            amount = admitted;
        }
        if amount > 0 {
            for cap in rule.caps.iter().copied() {
                let Some(limit) = facts.program.caps.get(cap.index()).map(|cap| cap.limit) else { continue };
                rows.use_cap(cap, if counts_times(limit) { 1 } else { amount });
            }
        }
        if let Some(row) = rows.all_mut().get_mut(place) {
            row.amount = amount;
        }
    }
}

/// Uses up caps of spend by the spend that counted.
pub(crate) fn use_spend(facts: &Facts<'_>, rows: &mut Rows) -> Vec<(CapId, i64)> {
    let mut used: Vec<(CapId, i64)> = Vec::new();
    for row in rows.all().iter().filter(|row| row.amount > 0) {
        let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
        for cap in rule.spend_caps.iter().copied() {
            if !used.iter().any(|(known, _)| *known == cap) {
                used.push((cap, capped_spend(facts, rows, cap).min(room(facts, cap))));
            }
        }
    }
    used
}

/// Writes what was used of a cap into its counter.
pub(crate) fn count_cap(draft: &mut Draft<'_>, facts: &Facts<'_>, cap: CapId, by: i64) {
    let Some(rules) = facts.program.caps.get(cap.index()) else { return };
    let (Some(meter), crate::program::CapWindow::Period(period)) = (rules.meter, rules.window) else {
        return;
    };
    draft.count(meter, facts.period_slot(period, facts.event.day), by);
}

/// Whether a return gives room of a cap back: amounts do, times do not.
pub(crate) const fn gives_back(limit: CapLimit) -> bool {
    matches!(limit, CapLimit::Amount(..) | CapLimit::Spend(_) | CapLimit::Stamps(_))
}
