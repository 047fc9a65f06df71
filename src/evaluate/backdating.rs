//! Attributes that count from the start of a period, whenever in it they are set.
//!
//! While such an attribute is not set, every event is worked out once more as if it were. What the rules that ask it
//! would have given waits in a counter of each rule and period, and so does what their caps would have counted; returns
//! lower both. Once the attribute is set, what waits for the period that runs is booked, dated by the change, and the
//! records of its purchases know it, so that later returns take it back.

use super::bound::Bind;
use super::draft::{Booked, Draft, Terms};
use super::judge::{Facts, Room};
use super::refuse::Rejection;
use super::rows::Rows;
use super::so_far::{keep, so_far};
use super::step08_cap::cap_rows;
use super::step09_book::{count_spend, record_lines};
use super::{rebates, step04_match, step11_tiers, step11a_convert, terms, work_out};
use crate::account::{Change, Chosen, LineRecord, MeterShare, Receipt, ReceiptAward, ShareBy};
use crate::calendar::Date;
use crate::ledger::{Source, Thing};
use crate::program::{
    Backdated, Cap, CapId, CapLimit, CapWindow, Effect, EventKindId, MeterId, Program, RuleId, Slots,
};
use std::sync::Arc;

/// The text of an attribute that is set.
const YES: &str = "yes";

/// Lets what an event would give wait, for each attribute that is not set.
#[cold]
pub(super) fn wait(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    kind: EventKindId,
) -> Result<(), Rejection> {
    let program = facts.program;
    let booked = Booking::of(facts, rows);
    for from in &program.backdated {
        let place = usize::from(from.place);
        let is_set = facts.event.member_attributes.get(place) == Some(&Bind::Num(1));
        let on = |rule: RuleId| program.rules.get(rule.index()).map(|rule| rule.on);
        if is_set || !from.rules.iter().any(|known| on(known.rule) == Some(kind)) {
            continue;
        }
        let mut event = facts.event.clone();
        if let Some(bind) = event.member_attributes.get_mut(place) {
            *bind = Bind::Num(1);
        }
        let facts = Facts { event: &event, room: Room::Waiting, ..*facts };
        rows.start(event.items().len());
        step04_match::match_rules(&facts, kind, rows, &mut None);
        if rows.all().is_empty() {
            continue;
        }
        work_out(&facts, rows, &mut None)?;
        cap_rows(&facts, rows, &mut None);
        let mut shares = count_spend(&facts, draft, rows);
        add_rounding(&facts, rows, from, &booked);
        shares.append(&mut wait_for(&facts, draft, rows, from)?);
        if let Some(receipt) = draft.receipt.as_mut().and_then(Arc::get_mut) {
            receipt.shares.append(&mut shares);
        }
    }
    Ok(())
}

/// What each rule of an event gives, but for bonuses on everything.
struct Booking(Vec<(RuleId, Option<Thing>, i64)>);

impl Facts<'_> {
    /// The slot in which something waits for a cap: its own window, or the period from whose start an attribute counts
    /// where that is shorter.
    pub(super) fn waiting_slot(&self, meter: MeterId) -> i64 {
        let slots = self.program.meters.get(meter.index()).map(|meter| meter.slots);
        slots.map_or(0, |slots| self.slot(slots, self.event.day))
    }
}

impl Booking {
    fn of(facts: &Facts<'_>, rows: &Rows) -> Self {
        let rule = |id: RuleId| facts.program.rules.get(id.index());
        let base =
            |id: RuleId| rule(id).is_some_and(|rule| !matches!(rule.effect, Effect::Everything { .. }));
        let rows = rows.all().iter().filter(|row| base(row.rule));
        Self(rows.map(|row| (row.rule, row.thing, row.amount)).collect())
    }

    /// The sum of what rules give that do not ask an attribute.
    fn of_others(&self, from: &Backdated, thing: Option<Thing>) -> i64 {
        let other = |rule: RuleId| !from.rules.iter().any(|known| known.rule == rule);
        let rows = self.0.iter().filter(|(rule, given, _)| *given == thing && other(*rule));
        rows.map(|(_, _, amount)| *amount).sum()
    }
}

/// All rules of a unit are rounded together: what moves from or to the others by that belongs to what waits.
fn add_rounding(facts: &Facts<'_>, rows: &mut Rows, from: &Backdated, booked: &Booking) {
    let again = Booking::of(facts, rows);
    for thing in rows.things.clone() {
        let moved = again.of_others(from, Some(thing)) - booked.of_others(from, Some(thing));
        let asks = |rule: RuleId| from.rules.iter().any(|known| known.rule == rule);
        let mut own = rows.all_mut().iter_mut().filter(|row| row.thing == Some(thing) && asks(row.rule));
        if let Some(row) = own.find(|row| row.amount + moved >= 0) {
            row.amount += moved;
        }
    }
}

/// Counts what waits of each rule, and what its caps would have counted.
fn wait_for(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    from: &Backdated,
) -> Result<Vec<MeterShare>, Rejection> {
    let mut shares = Vec::new();
    let (by_item, slot) = (rows.by_item, facts.period_slot(from.per, facts.event.day));
    let used = rows.cap_used.clone();
    let (all, sharer, weights, parts) = rows.with_sharer();
    for row in all.iter_mut().filter(|row| row.amount > 0) {
        let Some(known) = from.rules.iter().find(|known| known.rule == row.rule) else { continue };
        let (Some(thing), Some(rule)) = (row.thing, facts.program.rules.get(row.rule.index())) else {
            continue;
        };
        let (by, parts): (ShareBy, Box<[i64]>) = if matches!(thing, Thing::Voucher(_)) {
            (ShareBy::Whole, Box::from([row.amount]))
        } else {
            let mut award = ReceiptAward {
                source: Source::Rule(row.rule),
                thing,
                lot: 0,
                start: facts.event.day,
                amount: row.amount,
                repaid: 0,
                record: LineRecord::Event,
            };
            record_lines(facts, row, by_item, (sharer, weights, parts), &mut award.record)?;
            let Some(receipt) = &draft.receipt else { continue };
            (ShareBy::Award, award.parts(receipt).into())
        };
        let mut wait = |(meter, slot): (MeterId, i64), amount: i64, share: (ShareBy, Box<[i64]>)| {
            draft.count(meter, slot, amount);
            shares.push(MeterShare { meter, slot, by: share.0, parts: share.1 });
        };
        wait((known.meter, slot), row.amount, (by, parts.clone()));
        for id in &rule.caps {
            let Some(cap) = facts.program.caps.get(id.index()) else { continue };
            let fired = used.iter().any(|(known, times)| known == id && *times > 0);
            let waiting = cap.waiting.map(|meter| (meter, facts.waiting_slot(meter)));
            match (waiting, cap.limit) {
                (Some(waiting), CapLimit::Times(_)) if fired => {
                    wait(waiting, 1, (ShareBy::Mistake, Box::from([1])));
                }
                (Some(waiting), CapLimit::Amount(..)) => wait(waiting, row.amount, (by, parts.clone())),
                _ => {}
            }
        }
    }
    Ok(shares)
}

/// Books what waits for attributes that the member has just set.
#[cold]
pub(super) fn catch_up(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let program = draft.program;
    let mut is_booked = false;
    for from in &program.backdated {
        let known = draft.account.attributes.get(usize::from(from.place)).and_then(Option::as_deref);
        let set = draft.postings.changes.iter().any(|change| match change {
            Change::Attribute(place, text) => *place == from.place && text.as_deref() == Some(YES),
            _ => false,
        });
        if set && known != Some(YES) {
            let since = i64::from(from.per.start_of(draft.day, &draft.anchors).days());
            is_booked |= book(draft, from, since)?;
        }
    }
    if is_booked {
        step11_tiers::recount(draft);
        step11a_convert::at_once(draft);
    }
    Ok(())
}

/// What was booked of one rule.
struct Paid {
    rule: RuleId,
    meter: MeterId,
    thing: Thing,
    booked: Booked,
    /// The number of the next voucher that belongs to a purchase.
    next: u32,
}

/// Books what waits since the first day of a period. A late change is followed by whole periods, for which it holds too.
fn book(draft: &mut Draft<'_>, from: &Backdated, since: i64) -> Result<bool, Rejection> {
    let program = draft.program;
    let mut all = Vec::new();
    for known in &from.rules {
        let Some(rule) = program.rules.get(known.rule.index()) else { continue };
        let total = take_out(draft, known.meter, since, None);
        let Some(award) = rule.effect.thing().filter(|_| total > 0) else { continue };
        let terms = Terms {
            activate: rule.activate,
            expire: &rule.expire,
            own_hold: rule.hold.is_some(),
            ..Terms::default()
        };
        let booked = draft.give(award, total, Source::Rule(known.rule), terms);
        if !program.rebates.is_empty() {
            rebates::earned(draft, known.rule, total)?;
        }
        let (thing, next) = (Thing::from(award), booked.lot);
        all.push(Paid { rule: known.rule, meter: known.meter, thing, booked, next });
    }
    for cap in caps_of(draft, from) {
        let Some(cap) = program.caps.get(cap.index()) else { continue };
        if let Some(waiting) = cap.waiting {
            take_out(draft, waiting, since, Some(cap));
        }
    }
    if !all.is_empty() {
        for receipt in waiting_receipts(draft, from, since) {
            let receipt = record(draft, receipt, &mut all, since);
            draft.change(Change::Returned(Arc::new(receipt)));
        }
    }
    Ok(!all.is_empty())
}

/// The caps of the rules that ask an attribute, each once.
fn caps_of(draft: &Draft<'_>, from: &Backdated) -> Vec<CapId> {
    let rules = from.rules.iter().filter_map(|known| draft.program.rules.get(known.rule.index()));
    let mut caps: Vec<CapId> =
        rules.flat_map(|rule| rule.caps.iter().chain(&rule.spend_caps).copied()).collect();
    caps.sort_unstable();
    caps.dedup();
    caps
}

/// Empties the slots of a counter from one on, into those of a cap if there is one. Returns their sum.
fn take_out(draft: &mut Draft<'_>, meter: MeterId, since: i64, into: Option<&Cap>) -> i64 {
    let account = draft.account;
    let slots = account.meters.all().iter().filter(|(known, slot, _)| *known == meter && *slot >= since);
    let mut sum = 0_i64;
    for (_, slot, value) in slots.copied() {
        draft.change(Change::Meter(meter, slot, -value));
        if let Some((into, meter)) = into.and_then(|cap| Some((cap, cap.meter?))) {
            let slot = slot_in(draft, into, slot);
            draft.change(Change::Meter(meter, slot, value));
        }
        sum = sum.saturating_add(value);
    }
    sum
}

/// Whether it is a rule that is paid later for the time before its attribute was set.
pub(super) fn pays(program: &Program, source: Source) -> bool {
    let Source::Rule(rule) = source else { return false };
    program.backdated.iter().flat_map(|from| &from.rules).any(|known| known.rule == rule)
}

/// The slot of a cap in which the slot lies that waited for it.
fn slot_in(draft: &Draft<'_>, cap: &Cap, waiting: i64) -> i64 {
    let day = i32::try_from(waiting).ok().and_then(Date::from_days);
    match (day, cap.window) {
        (Some(day), CapWindow::Period(period)) => {
            terms::slot(Slots::Period(period), day, draft.at, &draft.anchors)
        }
        _ => waiting,
    }
}

/// The records of purchases of which something waits, with what this event has done to them, by instant and id.
fn waiting_receipts(draft: &Draft<'_>, from: &Backdated, since: i64) -> Vec<Arc<Receipt>> {
    let waits = |receipt: &Arc<Receipt>| {
        let mine = |share: &MeterShare| from.rules.iter().any(|known| known.meter == share.meter);
        // what waits of another member of the account waits for that one
        let is_own = receipt.member.as_ref() == draft.account.turned();
        is_own && receipt.shares.iter().any(|share| share.slot >= since && mine(share))
    };
    let changed = |receipt: &Arc<Receipt>| {
        let mut changes = draft.postings.changes.iter().rev();
        let found = changes.find_map(|change| match change {
            Change::Returned(changed) if changed.id == receipt.id => Some(changed),
            _ => None,
        });
        Arc::clone(found.unwrap_or(receipt))
    };
    let mut found: Vec<_> = draft.account.records.receipts().filter(|it| waits(it)).map(changed).collect();
    found.sort_by(|one, two| (one.at, &one.id).cmp(&(two.at, &two.id)));
    found
}

/// The record of a purchase with what was booked for it.
fn record(draft: &Draft<'_>, receipt: Arc<Receipt>, all: &mut [Paid], since: i64) -> Receipt {
    let mut receipt = Receipt::clone(&receipt);
    let mut taken = so_far(&receipt);
    let shares = std::mem::take(&mut receipt.shares);
    let gone = std::mem::take(&mut taken.shares);
    for (mut share, gone) in shares.into_iter().zip(gone) {
        let paid = all.iter_mut().find(|paid| paid.meter == share.meter && share.slot >= since);
        if let Some(paid) = paid {
            if let Some(award) = award_of(paid, &share, gone, draft.day) {
                receipt.chosen.push(Chosen { award, at: draft.at, day: draft.day });
                taken.chosen.push(gone);
            }
            continue;
        }
        let mut caps = draft.program.caps.iter();
        match caps.find(|cap| cap.waiting == Some(share.meter)).filter(|_| share.slot >= since) {
            // the award itself gives back what is no spend
            Some(cap) if !matches!(cap.limit, CapLimit::Spend(_)) => continue,
            Some(cap) => {
                share.slot = slot_in(draft, cap, share.slot);
                share.meter = cap.meter.unwrap_or(share.meter);
            }
            None => {}
        }
        receipt.shares.push(share);
        taken.shares.push(gone);
    }
    keep(&mut receipt, taken);
    receipt
}

/// What was booked for one purchase; nothing if all of it has come back.
fn award_of(paid: &mut Paid, share: &MeterShare, gone: i64, today: Date) -> Option<ReceiptAward> {
    let amount: i64 = share.parts.iter().sum();
    let left = amount - gone;
    if left <= 0 {
        return None;
    }
    let repaid = paid.booked.repaid.min(left);
    paid.booked.repaid -= repaid;
    let mut lot = paid.booked.lot;
    if matches!(paid.thing, Thing::Voucher(_)) {
        lot = paid.next;
        paid.next = paid.next.saturating_add(u32::try_from(left).unwrap_or(0));
    }
    let record = match share.by {
        ShareBy::Award => LineRecord::Parts(share.parts.clone()),
        _ => LineRecord::Event,
    };
    let start = if paid.booked.lot == 0 { today } else { paid.booked.start };
    let source = Source::Rule(paid.rule);
    Some(ReceiptAward { source, thing: paid.thing, lot, start, amount, repaid, record })
}
