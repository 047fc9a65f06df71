//! Step 8: caps, on what was rounded.
//!
//! Entries are admitted one after another: `earn` by name, then `bonus` by name. Each gets the minimum of its amount
//! and the room left in every cap that covers it, and uses that room up. Nothing that was cut is paid later.

use super::draft::Draft;
use super::judge::Facts;
use super::line_caps;
use super::rows::{Row, Rows};
use super::step04_match::{counts_times, room};
use super::trace::Trace;
use crate::amount::{Rounding, divide};
use crate::program::{CapId, CapLimit, Needs};

/// Cuts amounts to what caps leave.
pub(crate) fn cap_rows(facts: &Facts<'_>, rows: &mut Rows, trace: &mut Option<Box<Trace>>) {
    if !rows.asked.for_any(Needs::CAPS) {
        rows.all_mut().iter_mut().for_each(|row| row.amount = row.amount.max(0));
        return;
    }
    let by_line = rows.asked.for_any(Needs::LINE_CAPS);
    for place in 0..rows.all().len() {
        if by_line && has_line_caps(facts, rows, place) {
            line_caps::cap_row(facts, rows, place, trace);
        } else {
            cap_row(facts, rows, place, false, trace);
        }
    }
}

fn has_line_caps(facts: &Facts<'_>, rows: &Rows, place: usize) -> bool {
    let rule = rows.all().get(place).and_then(|row| facts.program.rules.get(row.rule.index()));
    rule.is_some_and(|rule| rule.needs.any(Needs::LINE_CAPS))
}

/// Cuts the amount of one row and returns what is left. A rule that gives several units has fired once.
pub(super) fn cap_row(
    facts: &Facts<'_>,
    rows: &mut Rows,
    place: usize,
    has_fired: bool,
    trace: &mut Option<Box<Trace>>,
) -> i64 {
    let Some(row) = rows.all().get(place) else { return 0 };
    let Some(rule) = facts.program.rules.get(row.rule.index()) else { return 0 };
    let (id, thing, mut amount) = (row.rule, row.thing, row.amount.max(0));
    for cap in rule.caps.iter().copied() {
        let Some(limit) = facts.program.caps.get(cap.index()).map(|cap| cap.limit) else { continue };
        let left = room(facts, cap) - rows.used_of(cap);
        let admitted = match counts_times(limit) {
            true if has_fired || left > 0 => amount,
            true => 0,
            false => amount.min(left.max(0)),
        };
        if let (true, Some(trace)) = (admitted < amount, trace.as_mut()) {
            trace.cut((id, thing), cap, amount, admitted);
        }
        amount = admitted;
    }
    if amount > 0 {
        for cap in rule.caps.iter().copied() {
            let Some(limit) = facts.program.caps.get(cap.index()).map(|cap| cap.limit) else { continue };
            let times = i64::from(!has_fired);
            rows.use_cap(cap, if counts_times(limit) { times } else { amount });
        }
    }
    if let Some(row) = rows.all_mut().get_mut(place) {
        row.amount = amount;
    }
    amount
}

/// Uses up caps of spend by the spend that counted.
pub(crate) fn use_spend(facts: &Facts<'_>, rows: &mut Rows) -> Vec<(CapId, i64)> {
    let mut used: Vec<(CapId, i64)> = Vec::new();
    for row in rows.all().iter().filter(|row| row.amount > 0) {
        let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
        for cap in rule.spend_caps.iter().copied() {
            let by_line = facts.program.caps.get(cap.index()).is_some_and(|cap| cap.by_line);
            if !by_line && !used.iter().any(|(known, _)| *known == cap) {
                used.push((cap, counted_spend(facts, rows, cap).min(room(facts, cap))));
            }
        }
    }
    used
}

/// The spend that counted for the rules of a cap, each item once: where another cap left less of an item, only that.
fn counted_spend(facts: &Facts<'_>, rows: &Rows, cap: CapId) -> i64 {
    if rows.all().iter().any(|row| !row.spend_parts.is_empty()) {
        let lines = 0..facts.event.items().len();
        return lines.map(|line| counted_value(facts, rows, cap, line)).sum::<i64>().max(0);
    }
    let mut sums: Vec<(Option<(i64, i64)>, i64)> = Vec::new();
    for (line, item) in facts.event.items().iter().enumerate() {
        let Some(part) = counted_part(facts, rows, cap, line) else { continue };
        match sums.iter_mut().find(|(known, _)| *known == part) {
            Some((_, sum)) => *sum += item.value,
            None => sums.push((part, item.value)),
        }
    }
    sums.into_iter().map(|(part, sum)| part_of(sum, part)).sum::<i64>().max(0)
}

/// The part of an item that counts for the rules of a cap, as a fraction or the whole: the largest of those that it
/// passes. Nothing if it passes none.
pub(super) fn counted_part(
    facts: &Facts<'_>,
    rows: &Rows,
    cap: CapId,
    line: usize,
) -> Option<Option<(i64, i64)>> {
    let covers = |row: &&Row| {
        let rule = facts.program.rules.get(row.rule.index());
        row.thing.is_some() && row.passes.has(line) && rule.is_some_and(|rule| rule.spend_caps.contains(&cap))
    };
    let larger = |one: Option<(i64, i64)>, two: Option<(i64, i64)>| {
        let ((num, den), (more, whole)) = (one?, two?);
        let less = i128::from(num) * i128::from(whole) < i128::from(more) * i128::from(den);
        if less { two } else { one }
    };
    rows.all().iter().filter(covers).map(|row| row.spend_ratio).reduce(larger)
}

/// The spend of a line that counts for the rules of a cap, to the micro-unit: the most that any of them counts.
pub(super) fn counted_value(facts: &Facts<'_>, rows: &Rows, cap: CapId, line: usize) -> i64 {
    let value = facts.event.items().get(line).map_or(0, |item| item.value);
    if rows.all().iter().all(|row| row.spend_parts.is_empty()) {
        return counted_part(facts, rows, cap, line).map_or(0, |part| part_of(value, part));
    }
    let covers = |row: &&Row| {
        let rule = facts.program.rules.get(row.rule.index());
        row.thing.is_some() && row.passes.has(line) && rule.is_some_and(|rule| rule.spend_caps.contains(&cap))
    };
    let counted = rows.all().iter().filter(covers).map(|row| {
        let part = row.spend_parts.get(line).copied();
        part.unwrap_or_else(|| part_of(value, row.spend_ratio))
    });
    counted.max_by_key(|counted| counted.unsigned_abs()).unwrap_or(0)
}

/// A part of a value, rounded down to the micro-unit.
pub(super) fn part_of(value: i64, part: Option<(i64, i64)>) -> i64 {
    let Some((num, den)) = part else { return value };
    let product = i128::from(value) * i128::from(num);
    let share = divide(product, i128::from(den), Rounding::Down).unwrap_or(0);
    i64::try_from(share).unwrap_or(0)
}

/// Writes what was used of a cap into its counter.
pub(crate) fn count_cap(draft: &mut Draft<'_>, facts: &Facts<'_>, cap: CapId, by: i64) {
    let Some(rules) = facts.program.caps.get(cap.index()) else { return };
    if let (Some(meter), Some(slot)) = (rules.meter, draft.slot_of_cap(facts, rules)) {
        draft.count(meter, slot, by);
    }
}

/// Whether a return gives room of a cap back: amounts do, times do not.
pub(crate) const fn gives_back(limit: CapLimit) -> bool {
    matches!(limit, CapLimit::Amount(..) | CapLimit::Spend(_) | CapLimit::Stamps(_) | CapLimit::Given(_))
}
