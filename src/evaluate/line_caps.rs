//! Caps with one counter for each value of what items carry: every line feeds the counter of its own value.
//!
//! Lines with one value are a group, and its first line stands for it. Lines without a value are one group with what
//! belongs to no line; the column of the event stands for them.

use super::bound::{Bind, Bound};
use super::draft::Draft;
use super::each::{OTHER, declared, text_of, told};
use super::judge::{Facts, Room};
use super::rows::{Row, Rows};
use super::step04_match::{counts_times, room_in};
use super::step08_cap::{counted_value, part_of};
use super::trace::Trace;
use crate::account::{Lines, MeterShare, ShareBy};
use crate::amount::{Sharer, Ties};
use crate::program::{Cap, CapId, EachBy, Program, Rule};

/// The values that the lines of an event have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LineValues {
    texts: Vec<Option<Box<str>>>,
    /// The group of each line.
    groups: Vec<usize>,
}

/// Reads from the items of an event the values for which caps have counters of their own.
#[cold]
pub(super) fn bind(program: &Program, bound: &mut Bound) {
    if !program.each.iter().any(EachBy::of_items) {
        return;
    }
    let values = program.each.iter().map(|by| {
        let lines = 0..bound.items().len();
        let texts: Vec<Option<Box<str>>> = lines.map(|line| text(program, bound, by, line)).collect();
        let group = |text: &Option<Box<str>>| {
            let first = || texts.iter().position(|other| other == text);
            text.as_ref().and_then(|_| first()).unwrap_or(texts.len())
        };
        let groups = texts.iter().map(group).collect();
        LineValues { texts, groups }
    });
    bound.each_lines = values.collect();
}

fn text(program: &Program, bound: &Bound, by: &EachBy, line: usize) -> Option<Box<str>> {
    let item = bound.items().get(line)?;
    match by {
        EachBy::Category => declared(bound.bound_items.get(line)?.category, &item.category),
        EachBy::Sku => item.sku.clone().or_else(|| Some(item.name.clone()).filter(|name| !name.is_empty())),
        EachBy::Brand => item.brand.clone(),
        EachBy::Item(name) => {
            let known = &program.item_attributes;
            let place = known.iter().position(|attribute| *attribute.name == **name)?;
            let bind: &Bind = bound.item_attributes.get(line * known.len() + place)?;
            text_of(bind, &item.attributes, name)
        }
        EachBy::Channel | EachBy::Store | EachBy::Attribute(_) => None,
    }
}

impl Facts<'_> {
    fn line_values(&self, cap: &Cap) -> Option<&LineValues> {
        self.event.each_lines.get(usize::from(cap.each?.0))
    }

    /// The group of a column.
    fn group(&self, cap: &Cap, column: usize) -> usize {
        let values = self.line_values(cap);
        values.and_then(|values| values.groups.get(column)).copied().unwrap_or(self.event.items().len())
    }

    /// The value of a group.
    fn text_of_group(&self, cap: &Cap, group: usize) -> Option<&str> {
        self.line_values(cap)?.texts.get(group)?.as_deref()
    }

    /// What is left of a cap for a group, before this event.
    fn room_of(&self, cap: &Cap, group: usize) -> i64 {
        match self.room {
            Room::Endless => i64::MAX,
            _ => room_in(self, cap, self.value_slot(cap, self.text_of_group(cap, group))),
        }
    }

    /// The caps of a rule that have counters for values of items.
    fn line_caps<'r>(&'r self, caps: &'r [CapId]) -> impl Iterator<Item = (CapId, &'r Cap)> {
        let known = caps.iter().filter_map(|id| Some((*id, self.program.caps.get(id.index())?)));
        known.filter(|(_, cap)| cap.by_line)
    }
}

/// The lines of a rule for whose value a cap has nothing left, and the first such cap.
#[cold]
pub(super) fn without_room(facts: &Facts<'_>, rule: &Rule, passes: &Lines) -> (Lines, Option<CapId>) {
    let width = facts.event.items().len();
    let mut first = None;
    let full: Vec<&Cap> = [&rule.caps, &rule.spend_caps]
        .into_iter()
        .flat_map(|caps| facts.line_caps(caps))
        .filter(|(id, cap)| {
            let is_full = |column: usize| facts.room_of(cap, facts.group(cap, column)) <= 0;
            let some = passes.iter().any(is_full) || (width == 0 && is_full(width));
            if some && first.is_none() {
                first = Some(*id);
            }
            some
        })
        .map(|(_, cap)| cap)
        .collect();
    let is_full = |line: usize| full.iter().any(|cap| facts.room_of(cap, facts.group(cap, line)) <= 0);
    (Lines::of(width, |line| passes.has(line) && is_full(line)), first)
}

/// Leaves of each line that spend for which the caps of its rules have room: what is left for a value is shared out to
/// its lines, to the micro-unit.
#[cold]
pub(super) fn cap_spend(facts: &Facts<'_>, rows: &mut Rows, caps: &[CapId]) {
    for (id, cap) in facts.line_caps(caps) {
        let covered = covered(facts, rows, id);
        let values: Vec<i128> = facts
            .event
            .items()
            .iter()
            .enumerate()
            .map(|(line, item)| if covered.has(line) { i128::from(item.value) } else { 0 })
            .collect();
        let Some(counted) = admitted(facts, cap, &values, |group| facts.room_of(cap, group)) else {
            continue;
        };
        for row in rows.all_mut() {
            let is_mine = |rule: &Rule| rule.spend_caps.contains(&id);
            if facts.program.rules.get(row.rule.index()).is_some_and(is_mine) {
                lower(facts, row, &counted);
            }
        }
    }
}

/// The lines that pass any rule of a cap of spend.
fn covered(facts: &Facts<'_>, rows: &Rows, cap: CapId) -> Lines {
    let covers = |row: &&Row| {
        let rule = facts.program.rules.get(row.rule.index());
        row.thing.is_some() && rule.is_some_and(|rule| rule.spend_caps.contains(&cap))
    };
    Lines::of(rows.width, |line| rows.all().iter().filter(covers).any(|row| row.passes.has(line)))
}

/// The smaller part of each line counts.
fn lower(facts: &Facts<'_>, row: &mut Row, counted: &[i128]) {
    if row.spend_parts.is_empty() {
        let ratio = row.spend_ratio.take();
        row.spend_parts = facts.event.items().iter().map(|item| part_of(item.value, ratio)).collect();
    }
    for (part, counted) in row.spend_parts.iter_mut().zip(counted) {
        let counted = i64::try_from(*counted).unwrap_or(0);
        if counted.unsigned_abs() < part.unsigned_abs() {
            *part = counted;
        }
    }
}

/// What is left of parts by column where a group has more than its room; nothing if all fit.
fn admitted(facts: &Facts<'_>, cap: &Cap, parts: &[i128], room: impl Fn(usize) -> i64) -> Option<Vec<i128>> {
    let mut left: Option<Vec<i128>> = None;
    let mut groups: Vec<usize> = (0..parts.len()).map(|column| facts.group(cap, column)).collect();
    let of = groups.clone();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let mine = || of.iter().zip(parts).map(|(known, part)| if *known == group { *part } else { 0 });
        let (sum, room) = (mine().sum::<i128>(), i128::from(room(group).max(0)));
        if sum <= room {
            continue;
        }
        let (weights, mut shared): (Vec<i128>, _) = (mine().collect(), Vec::new());
        if Sharer::new().share_out(room, &weights, Ties::Later, &mut shared).is_none() {
            shared.clear();
        }
        let left = left.get_or_insert_with(|| parts.to_vec());
        for ((column, part), known) in left.iter_mut().enumerate().zip(&of) {
            if *known == group {
                *part = shared.get(column).copied().unwrap_or(0);
            }
        }
    }
    left
}

/// Step 8 for a row with such caps: cuts what its lines get, and returns what is left in all.
#[cold]
pub(super) fn cap_row(
    facts: &Facts<'_>,
    rows: &mut Rows,
    place: usize,
    trace: &mut Option<Box<Trace>>,
) -> i64 {
    let Some(row) = rows.all().get(place) else { return 0 };
    let Some(rule) = facts.program.rules.get(row.rule.index()) else { return 0 };
    let (id, thing, mut amount) = (row.rule, row.thing, row.amount.max(0));
    let mut parts = parts_of(facts, row, amount);
    for known in rule.caps.iter().copied() {
        let Some(cap) = facts.program.caps.get(known.index()) else { continue };
        let times = counts_times(cap.limit);
        if cap.by_line {
            let room = |group| match facts.room_of(cap, group) - rows.used_of_value(known, group) {
                left if times && left > 0 => i64::MAX,
                left => left,
            };
            if let Some(left) = admitted(facts, cap, &parts, room) {
                parts = left;
            }
        } else {
            let left = super::step04_match::room(facts, known) - rows.used_of(known);
            let most = if times && left > 0 { amount } else { left.max(0).min(amount) };
            if most < amount {
                share(most, &mut parts);
            }
        }
        let sum = parts.iter().sum::<i128>().max(0);
        let admitted = i64::try_from(sum).unwrap_or(0).min(amount);
        if let (true, Some(trace)) = (admitted < amount, trace.as_mut()) {
            trace.cut((id, thing), known, amount, admitted);
        }
        amount = admitted;
    }
    if amount > 0 {
        for known in rule.caps.iter().copied() {
            let Some(cap) = facts.program.caps.get(known.index()) else { continue };
            let times = counts_times(cap.limit);
            if !cap.by_line {
                rows.use_cap(known, if times { 1 } else { amount });
                continue;
            }
            for (group, sum) in sums(facts, cap, &parts) {
                rows.use_value(known, group, if times { 1 } else { sum });
            }
        }
    }
    if let Some(row) = rows.all_mut().get_mut(place) {
        (row.amount, row.by_line) = (amount, true);
        row.parts = parts;
    }
    amount
}

/// What each line gets of an amount, and at the end what belongs to none.
fn parts_of(facts: &Facts<'_>, row: &Row, amount: i64) -> Vec<i128> {
    let items = facts.event.items();
    let mut parts: Vec<i128> = if row.parts.len() == items.len() + 1 && !row.flat {
        row.parts.clone()
    } else if row.flat {
        let value = |(line, item): (usize, &crate::event::Item)| match row.passes.has(line) {
            true => i128::from(item.value),
            false => 0,
        };
        items.iter().enumerate().map(value).chain([0]).collect()
    } else {
        row.nums.clone()
    };
    parts.resize(items.len() + 1, 0);
    share(amount, &mut parts);
    parts
}

/// How long weights may be, in bits: an amount of 50 bits can be shared out in proportion to them.
const LONGEST: u32 = 70;

/// Makes parts of an amount out of weights. What has nothing to be shared by belongs to no line.
fn share(amount: i64, parts: &mut Vec<i128>) {
    let longest = parts.iter().map(|part| 128 - part.unsigned_abs().leading_zeros()).max().unwrap_or(0);
    let weights: Vec<i128> = parts.iter().map(|part| part >> longest.saturating_sub(LONGEST)).collect();
    let (total, width) = (i128::from(amount), parts.len());
    let has_weight = weights.iter().sum::<i128>() != 0;
    if !has_weight || Sharer::new().share_out(total, &weights, Ties::Later, parts).is_none() {
        parts.clear();
        parts.resize(width.saturating_sub(1), 0);
        parts.push(total);
    }
}

/// The sums of parts by group, where they are above zero.
fn sums(facts: &Facts<'_>, cap: &Cap, parts: &[i128]) -> Vec<(usize, i64)> {
    let mut sums: Vec<(usize, i128)> = Vec::new();
    for (column, part) in parts.iter().enumerate() {
        let group = facts.group(cap, column);
        match sums.iter_mut().find(|(known, _)| *known == group) {
            Some((_, sum)) => *sum += part,
            None => sums.push((group, *part)),
        }
    }
    let whole = sums.into_iter().filter_map(|(group, sum)| Some((group, i64::try_from(sum).ok()?)));
    whole.filter(|(_, sum)| *sum > 0).collect()
}

/// Writes what was used for each value into its counter.
#[cold]
pub(super) fn count(facts: &Facts<'_>, draft: &mut Draft<'_>, rows: &Rows) {
    for (id, group, by) in &rows.value_used {
        let Some(cap) = facts.program.caps.get(id.index()) else { continue };
        let slot = draft.slot_of_value(facts, cap, facts.text_of_group(cap, *group));
        if let (Some(meter), Some(slot)) = (cap.meter, slot) {
            draft.count(meter, slot, *by);
        }
    }
}

/// What the record of a purchase says of these counters: of amounts what each line gave, of times how many go back where
/// it was a mistake.
pub(super) fn marks(facts: &Facts<'_>, draft: &mut Draft<'_>, rows: &Rows, marks: &mut Vec<MeterShare>) {
    for (id, group, by) in &rows.value_used {
        let Some(cap) = facts.program.caps.get(id.index()) else { continue };
        let slot = draft.slot_of_value(facts, cap, facts.text_of_group(cap, *group));
        let (Some(meter), Some(slot)) = (cap.meter, slot) else { continue };
        if counts_times(cap.limit) {
            marks.push(MeterShare { meter, slot, by: ShareBy::Mistake, parts: Box::from([*by]) });
            continue;
        }
        let is_mine = |rule: &Rule| rule.caps.contains(id);
        let rules = &facts.program.rules;
        for row in rows.all().iter().filter(|row| row.by_line && row.amount > 0) {
            if !rules.get(row.rule.index()).is_some_and(is_mine) {
                continue;
            }
            let of_group = row.parts.iter().enumerate().map(|(column, part)| {
                let part = if facts.group(cap, column) == *group { *part } else { 0 };
                i64::try_from(part).unwrap_or(0)
            });
            let parts: Box<[i64]> = of_group.collect();
            if parts.iter().sum::<i64>() > 0 {
                marks.push(MeterShare { meter, slot, by: ShareBy::Award, parts });
            }
        }
    }
}

/// Uses up caps of spend by the spend that counted of each value, and notes what each line was of it.
#[cold]
pub(super) fn count_spend(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &Rows,
    shares: &mut Vec<MeterShare>,
) {
    let rows_of = rows.all().iter().filter(|row| row.amount > 0);
    let rules = rows_of.filter_map(|row| facts.program.rules.get(row.rule.index()));
    let mut caps: Vec<CapId> = rules.flat_map(|rule| rule.spend_caps.iter().copied()).collect();
    caps.sort_unstable();
    caps.dedup();
    for (id, cap) in facts.line_caps(&caps) {
        let lines = 0..facts.event.items().len();
        let counted: Vec<i128> = lines.map(|line| i128::from(counted_value(facts, rows, id, line))).collect();
        let counted = admitted(facts, cap, &counted, |group| facts.room_of(cap, group)).unwrap_or(counted);
        for (group, by) in sums(facts, cap, &counted) {
            let slot = draft.slot_of_value(facts, cap, facts.text_of_group(cap, group));
            let (Some(meter), Some(slot)) = (cap.meter, slot) else { continue };
            draft.count(meter, slot, by);
            let part = |(line, part): (usize, &i128)| {
                let is_mine = facts.group(cap, line) == group;
                if is_mine { i64::try_from(*part).unwrap_or(0) } else { 0 }
            };
            let parts = counted.iter().enumerate().map(part).collect();
            shares.push(MeterShare { meter, slot, by: ShareBy::Value, parts });
        }
    }
}

/// The values of the lines as they are told, each once.
pub(super) fn told_values(facts: &Facts<'_>, cap: &Cap) -> String {
    let Some(values) = facts.line_values(cap) else { return String::new() };
    let mut all: Vec<&str> = Vec::new();
    for text in &values.texts {
        let text = told(text.as_deref());
        if !all.contains(&text) {
            all.push(text);
        }
    }
    debug_assert!(!all.contains(&OTHER), "what no list has is told as another");
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}
