//! Step 4: which rules match, and for which items.
//!
//! Judges `valid`, `on`, `for items`, `when` of every rule that can match, and the room in its caps. A bonus without
//! room does not match. An `earn` without room still matches, still replaces and still is a base.

use super::judge::{Facts, Room, Truth};
use super::line_caps;
use super::rows::Rows;
use super::terms::is_valid;
use super::trace::{Trace, Verdict};
use crate::ledger::Thing;
use crate::program::{
    Cap, CapId, CapLimit, CapWindow, Dimension, Effect, EventKindId, Needs, Rule, RuleId, RuleKind,
    sort_candidates,
};

/// Fills the rows with the rules that match an event of a kind.
pub(crate) fn match_rules(
    facts: &Facts<'_>,
    kind: EventKindId,
    rows: &mut Rows,
    trace: &mut Option<Box<Trace>>,
) {
    let mut candidates = std::mem::take(&mut rows.candidates);
    candidates.clear();
    if trace.is_some() {
        // an explanation also tells why the others did not fire
        candidates.extend((0..facts.program.rules.len() as u32).map(RuleId));
    } else {
        find_candidates(facts, kind, &mut candidates);
    }
    for id in candidates.iter().copied() {
        let Some(rule) = facts.program.rules.get(id.index()) else { continue };
        if rule.on != kind {
            continue;
        }
        let verdict = match_rule(facts, id, rule, rows);
        if let Some(trace) = trace {
            trace.verdict(id, verdict);
            if let (Verdict::ConditionNotMet | Verdict::ConditionUnknown, Some(when)) = (verdict, &rule.when)
            {
                trace.decide(id, facts, when);
            }
        }
    }
    rows.candidates = candidates;
    rows.list_things();
    // an explanation shows every item
    rows.by_item = trace.is_some() || asks_items(facts, rows);
}

/// Fills the rows with those of some rules that match a moment that the clock brings.
#[cold]
pub(crate) fn match_waiting(facts: &Facts<'_>, rules: &[RuleId], rows: &mut Rows) {
    let known = rules.iter().filter_map(|id| Some((*id, facts.program.rules.get(id.index())?)));
    for (id, rule) in known {
        match_rule(facts, id, rule, rows);
    }
    rows.list_things();
    rows.by_item = asks_items(facts, rows);
}

/// Whether rounding, stacking, caps per piece or a multiplier of some items ask for shares by item. Where nothing hangs
/// on single items, the sums are enough.
fn asks_items(facts: &Facts<'_>, rows: &Rows) -> bool {
    // the lines of a multiplier are those of its base: of one base, they are known
    // a bonus on everything takes the parts of its items, and returns ask for them
    let asked = !rows.everything.is_empty()
        || rows.asked.for_any(Needs::BY_ITEM)
        || (rows.asked.bases > 1 && rows.asked.for_any(Needs::MULTIPLIES));
    let rounded = |thing: &Thing| match thing {
        Thing::Unit(unit) => facts.program.units.get(unit.index()).is_none_or(|unit| unit.round.per_item),
        _ => false,
    };
    asked || rows.things.iter().any(rounded)
}

/// The rules that the index files under anything the event has, in the order of ids.
pub(super) fn find_candidates(facts: &Facts<'_>, kind: EventKindId, candidates: &mut Vec<RuleId>) {
    let event = facts.event;
    let Some(files) = facts.program.index.open(kind, event.day.days()) else { return };
    files.collect_any(candidates);
    let (sku, brand) = (files.asks(Dimension::Sku), files.asks(Dimension::Brand));
    let category = files.asks(Dimension::Category);
    if sku || brand || category {
        for item in &event.bound_items {
            if sku {
                files.collect(Dimension::Sku, item.sku, candidates);
            }
            if brand {
                files.collect(Dimension::Brand, item.brand, candidates);
            }
            if category {
                files.collect(Dimension::Category, item.category, candidates);
            }
        }
    }
    files.collect(Dimension::Partner, event.partner, candidates);
    files.collect(Dimension::Store, event.store, candidates);
    files.collect(Dimension::Channel, event.channel, candidates);
    sort_candidates(candidates);
}

fn match_rule(facts: &Facts<'_>, id: RuleId, rule: &Rule, rows: &mut Rows) -> Verdict {
    if !is_valid(rule.valid, facts.event.day, facts.event.local) {
        return Verdict::NotValid;
    }
    if let Some(when) = &rule.when {
        match facts.judge(when, None) {
            Truth::Yes => {}
            Truth::No => return Verdict::ConditionNotMet,
            Truth::Unknown => return Verdict::ConditionUnknown,
        }
    }
    let is_capped = !rule.caps.is_empty() || !rule.spend_caps.is_empty();
    let full = || rule.caps.iter().chain(&rule.spend_caps).copied().find(|cap| room(facts, *cap) <= 0);
    let mut no_room = is_capped.then(full).flatten();
    if let (Some(cap), RuleKind::Bonus) = (no_room, rule.kind) {
        return Verdict::NoRoom(cap);
    }
    // a rule with `for items` needs at least one; without it all pass
    let mut passes = match &rule.items {
        Some(test) => facts.judge_items(test),
        None => facts.event.all.clone(),
    };
    if rule.items.is_some() && passes.is_empty() {
        return Verdict::NoItem;
    }
    if no_room.is_none() && rule.needs.any(Needs::LINE_CAPS) {
        let (full, cap) = line_caps::without_room(facts, rule, &passes);
        let open = passes.without(&full);
        no_room = cap.filter(|_| open.is_empty());
        match (no_room, rule.kind) {
            (Some(cap), RuleKind::Bonus) => return Verdict::NoRoom(cap),
            (None, RuleKind::Bonus) => passes = open,
            (_, RuleKind::Earn) => {}
        }
    }
    rows.asked.no_room |= no_room.is_some();
    match rule.effect.thing().filter(|_| !matches!(rule.effect, Effect::Everything { .. })) {
        Some(thing) => {
            if let Some(row) = rows.add((id, rule), Thing::from(thing), passes, is_flat(&rule.effect)) {
                row.no_room = no_room.is_some();
            }
        }
        // step 8a adds its rows
        None => rows.everything.push((id, passes)),
    }
    match no_room {
        Some(cap) => Verdict::BaseWithoutRoom(cap),
        None => Verdict::Matched,
    }
}

/// Whether it is an event bonus, resolved once an event. Vouchers always are.
const fn is_flat(effect: &Effect) -> bool {
    !matches!(effect, Effect::Linear { .. } | Effect::Multiply { .. })
}

/// What is left of a cap in the event's window, before this event.
pub(crate) fn room(facts: &Facts<'_>, cap: CapId) -> i64 {
    if facts.room == Room::Endless {
        return i64::MAX;
    }
    let Some(rules) = facts.program.caps.get(cap.index()) else { return 0 };
    if rules.by_line {
        // each line asks for its own value
        return i64::MAX;
    }
    let slot = if matches!(rules.window, CapWindow::Period(_)) { facts.cap_slot(rules) } else { None };
    room_in(facts, rules, slot)
}

/// What is left of a cap in a slot, before this event.
pub(super) fn room_in(facts: &Facts<'_>, rules: &Cap, slot: Option<i64>) -> i64 {
    let used = slot.zip(rules.meter).map_or(0, |(slot, meter)| {
        let waiting = rules.waiting.filter(|_| facts.room == Room::Waiting);
        let waiting = waiting.map_or(0, |meter| facts.account.meters.get(meter, facts.waiting_slot(meter)));
        facts.account.used(rules, meter, slot) + waiting
    });
    (rules.limit.most() - used).max(0)
}

/// Whether a limit counts times.
pub(crate) const fn counts_times(limit: CapLimit) -> bool {
    matches!(limit, CapLimit::Times(_))
}
