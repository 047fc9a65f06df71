//! Step 9: booking. Each rule's amount is shared out to its lines, becomes a lot, and is written into the record of
//! the purchase; counters of the past take the event in.

use super::draft::{Draft, Terms};
use super::judge::Facts;
use super::refuse::Rejection;
use super::rows::{Row, Rows};
use super::step08_cap::{count_cap, use_spend};
use super::trace::Trace;
use crate::account::{Change, MeterShare, Receipt, ReceiptAward};
use crate::amount::Ties;
use crate::event::Item;
use crate::ledger::{Source, Thing};
use crate::program::{AwardThing, CapId, EventKindId, FilterId, Measure};
use std::sync::Arc;

/// Books all rows of an event and returns the record that returns need.
pub(crate) fn book_rows(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    trace: &mut Option<Trace>,
) -> Result<Vec<ReceiptAward>, Rejection> {
    let spend_used = use_spend(facts, rows);
    let mut awards = Vec::with_capacity(rows.all().len());
    let width = rows.width;
    let (all, sharer, weights, parts) = rows.with_sharer();
    for row in all.iter_mut().filter(|row| row.amount > 0) {
        let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
        let Some(thing) = row.thing else { continue };
        line_record(facts, row, weights);
        sharer
            .share_out(i128::from(row.amount), weights, Ties::Later, parts)
            .ok_or_else(Rejection::too_large)?;
        let source = Source::Rule(row.rule);
        let terms = Terms { activate: rule.activate, expire: &rule.expire, last_day: None };
        let award = match thing {
            Thing::Unit(unit) => AwardThing::Unit(unit),
            Thing::Voucher(voucher) => AwardThing::Voucher(voucher),
            Thing::Stamps(_) => continue,
        };
        let debt_before = draft.debt(thing);
        let lot = draft.give(award, row.amount, source, terms);
        let repaid = debt_before - draft.debt(thing);
        if let Some(trace) = trace {
            trace.booked(row.rule, row.amount);
        }
        let parts = parts.iter().map(|part| i64::try_from(*part).unwrap_or(0)).collect();
        awards.push(ReceiptAward { source, thing, lot, repaid, parts });
    }
    debug_assert!(awards.iter().all(|award| award.parts.len() == width + 1 || award.parts.is_empty()));
    for (cap, by) in rows.cap_used.iter().copied().chain(spend_used).collect::<Vec<_>>() {
        count_cap(draft, facts, cap, by);
    }
    Ok(awards)
}

/// The weights by which a rule's amount is shared out to its lines: its shares; for flat awards the values of its
/// items; the event where nothing has value. Parts that step 7 rounded item by item are taken as they are.
fn line_record(facts: &Facts<'_>, row: &Row, weights: &mut Vec<i128>) {
    weights.clear();
    if row.parts.len() == row.nums.len() && row.parts.iter().any(|part| *part != 0) && !row.flat {
        weights.extend_from_slice(&row.parts);
        return;
    }
    if !row.flat {
        weights.extend_from_slice(&row.nums);
        return;
    }
    let values = facts.event.items().iter().zip(&row.passes);
    weights.extend(values.map(|(item, passes)| if *passes { i128::from(item.value) } else { 0 }));
    weights.push(0);
    if weights.iter().sum::<i128>() == 0
        && let Some(event) = weights.last_mut().filter(|_| facts.event.items().is_empty())
    {
        *event = 1;
    }
}

/// Lets counters of the past take the event in, and returns what a return has to take out of filtered ones.
pub(crate) fn count_event(facts: &Facts<'_>, draft: &mut Draft<'_>, kind: EventKindId) -> Vec<MeterShare> {
    let index = &facts.program.meter_index;
    let mut shares = Vec::new();
    for meter in index.events.get(kind.index()).map_or(&[][..], |meters| meters).iter().copied() {
        let slot = draft.slot_on(meter, facts.event.day);
        draft.count(meter, slot, 1);
    }
    if kind == EventKindId::PURCHASE {
        for meter in index.purchases.iter().copied() {
            let slot = draft.slot_on(meter, facts.event.day);
            draft.count(meter, slot, 1);
        }
    }
    if !facts.event.has_basket {
        return shares;
    }
    for meter in index.baskets.iter().copied() {
        let slot = draft.slot_on(meter, facts.event.day);
        match draft.measure(meter) {
            Some(Measure::Spend(None)) => draft.count(meter, slot, facts.event.basket),
            Some(Measure::Quantity(None)) => draft.count(meter, slot, facts.event.quantity),
            Some(Measure::Spend(Some(filter))) => {
                let parts = filtered(facts, filter, |item| item.value);
                draft.count(meter, slot, parts.iter().sum());
                shares.push(MeterShare { meter, slot, by_quantity: false, parts });
            }
            Some(Measure::Quantity(Some(filter))) => {
                let parts = filtered(facts, filter, |item| item.quantity);
                draft.count(meter, slot, parts.iter().sum());
                shares.push(MeterShare { meter, slot, by_quantity: true, parts });
            }
            _ => {}
        }
    }
    shares
}

fn filtered(facts: &Facts<'_>, filter: FilterId, of: impl Fn(&Item) -> i64) -> Box<[i64]> {
    let items = facts.event.items().iter().enumerate();
    items.map(|(place, item)| if facts.passes(filter, place) { of(item) } else { 0 }).collect()
}

/// What each cap of spend counted of each line, so that a return gives that room back.
pub(crate) fn spend_cap_shares(facts: &Facts<'_>, rows: &mut Rows) -> Vec<MeterShare> {
    let used: Vec<(CapId, i64)> = use_spend(facts, rows);
    let mut shares = Vec::new();
    for (cap, by) in used {
        let Some(rules) = facts.program.caps.get(cap.index()) else { continue };
        let (Some(meter), crate::program::CapWindow::Period(period)) = (rules.meter, rules.window) else {
            continue;
        };
        let covered: Vec<i128> = facts
            .event
            .items()
            .iter()
            .enumerate()
            .map(|(place, item)| {
                let passes = rows.all().iter().any(|row| {
                    let rule = facts.program.rules.get(row.rule.index());
                    rule.is_some_and(|rule| rule.spend_caps.contains(&cap))
                        && row.passes.get(place).copied().unwrap_or(false)
                });
                if passes { i128::from(item.value) } else { 0 }
            })
            .collect();
        let (_, sharer, _, parts) = rows.with_sharer();
        if sharer.share_out(i128::from(by), &covered, Ties::Later, parts).is_some() {
            let parts = parts.iter().map(|part| i64::try_from(*part).unwrap_or(0)).collect();
            let slot = facts.period_slot(period, facts.event.day);
            shares.push(MeterShare { meter, slot, by_quantity: false, parts });
        }
    }
    shares
}

/// Writes the record of a purchase, if a return may ask for it.
pub(crate) fn keep_receipt(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    kind: EventKindId,
    awards: Vec<ReceiptAward>,
    shares: Vec<MeterShare>,
) {
    let (Some(id), Some(items)) = (&facts.event.id, &facts.event.items) else { return };
    draft.change(Change::Receipt(Arc::new(Receipt {
        id: Arc::clone(id),
        kind,
        at: facts.event.at,
        day: facts.event.day,
        items: Arc::clone(items),
        returned: Vec::new(),
        awards,
        shares,
    })));
}
