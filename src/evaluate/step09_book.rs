//! Step 9: booking. Each rule's amount is shared out to its lines, becomes a lot, and is written into the record of
//! the purchase; counters of the past take the event in.

use super::budgets::{self, Wanted};
use super::draft::{Booked, Draft, Terms, push_with};
use super::each;
use super::judge::{Facts, Room};
use super::line_caps;
use super::rebates;
use super::refuse::Rejection;
use super::rows::{Row, Rows, Shape};
use super::step08_cap::{count_cap, counted_value, use_spend};
use super::trace::Trace;
use crate::account::{LineRecord, Lines, MeterShare, Payment, Receipt, ReceiptAward, ShareBy};
use crate::amount::{Sharer, Ties};
use crate::calendar::Date;
use crate::event::Item;
use crate::ledger::Source;
use crate::program::{Activate, AwardThing, EventKindId, FilterId, Measure, Needs, Rule};
use std::sync::Arc;

/// Books all rows of an event and returns the record that returns need.
pub(crate) fn book_rows(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    trace: &mut Option<Box<Trace>>,
) -> Result<Vec<ReceiptAward>, Rejection> {
    let mut awards = Vec::with_capacity(rows.all().len() + facts.program.cards.len());
    let by_item = rows.by_item;
    let counts_earned = !facts.program.rebates.is_empty();
    let (all, sharer, weights, parts) = rows.with_sharer();
    for row in all.iter_mut().filter(|row| row.amount > 0) {
        let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
        let Some(thing) = row.thing else { continue };
        let Some(award) = thing.award() else { continue };
        let source = Source::Rule(row.rule);
        if !rule.budgets.is_empty() {
            let (lot, start, amount, repaid) = (0, facts.event.day, row.amount, 0);
            let record = LineRecord::Event;
            let mut award = ReceiptAward { source, thing, lot, start, amount, repaid, record };
            record_lines(facts, row, by_item, (sharer, weights, parts), &mut award.record)?;
            let on = thing.award().and_then(|award| release_day(facts, rule, row, award));
            budgets::claim(facts, draft, Wanted::award(award, on))?;
            continue;
        }
        let terms = Terms {
            activate: rule.activate,
            expire: &rule.expire,
            on: release_day(facts, rule, row, award),
            own_hold: rule.hold.is_some(),
            ..Terms::default()
        };
        let Booked { lot, start, repaid } = draft.give(award, row.amount, source, terms);
        if let Some(trace) = trace {
            trace.booked((row.rule, row.thing), row.amount);
        }
        if counts_earned {
            rebates::earned(draft, row.rule, row.amount)?;
        }
        let (amount, record) = (row.amount, LineRecord::Event);
        push_with(&mut awards, || ReceiptAward { source, thing, lot, start, amount, repaid, record });
        if let Some(award) = awards.last_mut() {
            record_lines(facts, row, by_item, (sharer, weights, parts), &mut award.record)?;
        }
    }
    for (cap, by) in &rows.cap_used {
        count_cap(draft, facts, *cap, *by);
    }
    if !rows.value_used.is_empty() {
        line_caps::count(facts, draft, rows);
    }
    Ok(awards)
}

/// The day that the event brings for `activate on`, if the rule or its unit has that line.
fn release_day(facts: &Facts<'_>, rule: &Rule, row: &Row, award: AwardThing) -> Option<Date> {
    let unit = match award {
        AwardThing::Unit(unit) => facts.program.units.get(unit.index())?,
        AwardThing::Voucher(_) | AwardThing::Choice(_) => return None,
    };
    match rule.activate.unwrap_or(unit.activate) {
        Activate::On(date) => facts.date_of(date, &row.passes),
        _ => None,
    }
}

/// Notes by what a rule's amount is shared out to its lines: its shares; for flat awards the values of its items; the
/// event, as it stands there, where there are no items. Parts that step 7 rounded item by item are taken as they are.
pub(super) fn record_lines(
    facts: &Facts<'_>,
    row: &Row,
    by_item: bool,
    (sharer, weights, parts): (&mut Sharer, &mut Vec<i128>, &mut Vec<i128>),
    record: &mut LineRecord,
) -> Result<(), Rejection> {
    let width = facts.event.items().len();
    if row.flat && !row.by_line {
        if width > 0 {
            *record = LineRecord::Values(row.passes.clone());
        }
        return Ok(());
    }
    weights.clear();
    if row.parts.len() == width + 1 {
        weights.extend_from_slice(&row.parts);
    } else {
        // on sums every line that passes and counts for something has its share
        let sharing = |counts: &Lines| match by_item {
            false => row.base_passes.as_ref().unwrap_or(&row.passes).and(counts),
            true => Lines::of(width, |line| row.nums.get(line).is_some_and(|num| *num != 0)),
        };
        match row.shape {
            Shape::Values => *record = LineRecord::Values(sharing(&facts.event.worth)),
            Shape::Quantities => *record = LineRecord::Quantities(sharing(&facts.event.counted)),
            Shape::Event => {}
            Shape::Mixed => weights.extend_from_slice(&row.nums),
        }
    }
    if weights.iter().take(width).all(|weight| *weight == 0) {
        return Ok(());
    }
    let shared = sharer.share_out(i128::from(row.amount), weights, Ties::Later, parts);
    shared.ok_or_else(Rejection::too_large)?;
    *record = LineRecord::Parts(parts.iter().map(|part| i64::try_from(*part).unwrap_or(0)).collect());
    Ok(())
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
            Some(Measure::Spend(None)) => draft.count(meter, slot, facts.event.spend),
            Some(Measure::Quantity(None)) => draft.count(meter, slot, facts.event.quantity),
            Some(Measure::Spend(Some(filter))) => {
                let parts = filtered(facts, filter, |item| item.value);
                draft.count(meter, slot, parts.iter().sum());
                shares.push(MeterShare { meter, slot, by: ShareBy::Value, parts });
            }
            Some(Measure::Quantity(Some(filter))) => {
                let parts = filtered(facts, filter, |item| item.quantity);
                draft.count(meter, slot, parts.iter().sum());
                shares.push(MeterShare { meter, slot, by: ShareBy::Quantity, parts });
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

/// Uses up caps of spend by the spend that counted, and returns what each counted of each line, so that a return gives
/// that room back.
pub(crate) fn count_spend(facts: &Facts<'_>, draft: &mut Draft<'_>, rows: &mut Rows) -> Vec<MeterShare> {
    let mut shares = Vec::new();
    if !rows.asked.for_any(Needs::SPEND_CAPS) {
        return shares;
    }
    for (cap, by) in use_spend(facts, rows) {
        let Some(rules) = facts.program.caps.get(cap.index()) else { continue };
        let place = match rules.waiting.filter(|_| facts.room == Room::Waiting) {
            Some(waiting) => Some((waiting, facts.waiting_slot(waiting))),
            None if facts.room == Room::Waiting => None,
            None => rules.meter.zip(draft.slot_of_cap(facts, rules)),
        };
        let Some((meter, slot)) = place else { continue };
        draft.count(meter, slot, by);
        let lines = 0..facts.event.items().len();
        let weights: Vec<i128> =
            lines.map(|line| i128::from(counted_value(facts, rows, cap, line))).collect();
        let (_, sharer, _, parts) = rows.with_sharer();
        if sharer.share_out(i128::from(by), &weights, Ties::Later, parts).is_some() {
            let parts = parts.iter().map(|part| i64::try_from(*part).unwrap_or(0)).collect();
            shares.push(MeterShare { meter, slot, by: ShareBy::Value, parts });
        }
    }
    if rows.asked.for_any(Needs::LINE_CAPS) {
        line_caps::count_spend(facts, draft, rows, &mut shares);
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
    payment: Option<Box<Payment>>,
) {
    let Some(items) = facts.event.priced() else { return };
    draft.receipt = Some(Arc::new(Receipt {
        id: Arc::clone(&draft.event),
        member: draft.account.turned().cloned(),
        kind: Some(kind),
        at: facts.event.at,
        day: facts.event.day,
        items: Arc::clone(items),
        returned: Vec::new(),
        awards,
        chosen: Vec::new(),
        shares,
        payment,
        gifts: Vec::new(),
        pledged: Vec::new(),
        turnover: Vec::new(),
        frozen: None,
        cancelled: false,
        taken: None,
    }));
}

/// Writes the record of a redemption of its own, which may turn out to be a mistake.
#[cold]
pub(crate) fn keep_redemption(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    awards: Vec<ReceiptAward>,
    payment: Option<Box<Payment>>,
) {
    let with_values = payment.as_deref().filter(|_| !facts.program.each.is_empty());
    let shares = with_values.map_or_else(Vec::new, |payment| each::use_marks(facts, draft, payment));
    draft.receipt = Some(Arc::new(Receipt {
        id: Arc::clone(&draft.event),
        member: draft.account.turned().cloned(),
        kind: None,
        at: facts.event.at,
        day: facts.event.day,
        items: Arc::from([]),
        returned: Vec::new(),
        awards,
        chosen: Vec::new(),
        shares,
        payment,
        gifts: Vec::new(),
        pledged: Vec::new(),
        turnover: Vec::new(),
        frozen: None,
        cancelled: false,
        taken: None,
    }));
}
