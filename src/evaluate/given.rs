//! Facts that a test gives: what a member has before the first thing happens.
//!
//! They are booked like an outcome, so that every book balances, but count for no cap, no history and no game unless
//! the fact itself says so.

use super::bound::Bound;
use super::draft::{Draft, Terms, Transfer};
use super::judge::Facts;
use super::{own_days, rebates, spells, step10_games};
use crate::account::{
    Account, CardState, Change, HeldPlan, Hold, Plans, PostError, StreakState, Tenure, TierState,
};
use crate::calendar::{Date, Instant};
use crate::event::Item;
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{
    Activate, AwardThing, CapId, CapWindow, CardId, EventKindId, Measure, MeterId, MilestonesId, PlanId,
    Program, StreakId, TiersId, UnitId,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GivenFact {
    /// The member joined before the program began, so no rule could see it.
    Joined(Instant, Date),
    /// An attribute has this text.
    Attribute(u16, Box<str>),
    /// A usable amount of a unit or vouchers, with a last day or the thing's own terms.
    Has(AwardThing, i64, Option<Date>),
    /// A level that holds until a day, or for ever.
    Tier(TiersId, u32, Option<Date>),
    /// A plan that was joined on a day and still runs.
    Plan(PlanId, Date),
    /// Stamps on the open card.
    Card(CardId, i64),
    /// So many periods before the running one are won.
    Streak(StreakId, u32),
    /// A task counts so much, in the steps of its counter.
    Task(MeterId, i64),
    /// So many years of a level are counted.
    Years(MeterId, i64),
    /// Milestones have counted so much, in the steps of their counter.
    Milestones(MilestonesId, i64),
    /// So much of a cap is used, in the scale of its limit.
    CapUsed(CapId, i64),
    /// The same for a value of which it has a counter; nothing where the value is missing.
    CapUsedFor(CapId, i64, Option<Box<str>>),
    /// Micro-units that were spent on a day, on nothing in particular.
    Spent(i64, Date),
    /// So many purchases on a day.
    Purchased(i64, Date),
}

/// Books facts on an account. Amounts are dated with the instant.
pub(crate) fn book_given(
    program: &Program,
    account: &mut Account,
    at: Instant,
    facts: &[GivenFact],
) -> Result<(), PostError> {
    let mut bound = Bound::default();
    bound.set_time(program, at);
    let postings = {
        let cause: Arc<str> = Arc::from("given");
        let anchors = Facts::new(program, account, &bound).anchors;
        let day = (at, bound.day);
        let mut draft = Draft::new(program, account, cause, day, anchors);
        // the days on which periods start come before what is counted in them
        let (first, others): (Vec<_>, Vec<_>) =
            facts.iter().partition(|fact| matches!(fact, GivenFact::Attribute(..)));
        for fact in first {
            give(&mut draft, &bound, fact);
        }
        own_days::turn(&mut draft);
        for fact in others {
            give(&mut draft, &bound, fact);
        }
        draft.postings
    };
    account.book(program, &postings)
}

fn give(draft: &mut Draft<'_>, bound: &Bound, fact: &GivenFact) {
    match *fact {
        GivenFact::Joined(at, day) => draft.change(Change::Joined(Tenure { at, day })),
        GivenFact::Attribute(place, ref text) => {
            draft.change(Change::Attribute(place, Some(text.clone())));
        }
        GivenFact::Has(thing, amount, last_day) => {
            let terms = Terms { activate: Some(Activate::AtOnce), last_day, ..Terms::default() };
            draft.give(thing, amount, Source::Given, terms);
            if let AwardThing::Unit(unit) = thing {
                count_for_tiers(draft, unit, amount);
            }
        }
        GivenFact::Tier(tiers, level, until) => give_tier(draft, tiers, level, until),
        GivenFact::Plan(plan, since) => give_plan(draft, plan, since),
        GivenFact::Card(card, stamps) => give_stamps(draft, card, stamps),
        GivenFact::Streak(id, length) => {
            let Some(streak) = draft.program.streaks.get(id.index()).filter(|_| length > 0) else { return };
            let period = streak.per.range_of(draft.day, &draft.anchors);
            let open = Some((period.first, period.last));
            draft.change(Change::Streak(id, StreakState { length, open, ..StreakState::default() }));
        }
        GivenFact::Task(meter, count) | GivenFact::Years(meter, count) => {
            let slot = draft.slot_on(meter, draft.day);
            draft.count(meter, slot, count);
        }
        GivenFact::Milestones(id, count) => {
            let Some(block) = draft.program.milestones.get(id.index()) else { return };
            let slot = draft.slot_on(block.meter, draft.day);
            // what is passed already gives nothing
            for meter in std::iter::once(block.meter).chain(block.most) {
                draft.count(meter, slot, count);
            }
        }
        GivenFact::CapUsed(cap, used) => {
            let Some(rules) = draft.program.caps.get(cap.index()) else { return };
            if let (Some(meter), CapWindow::Period(_)) = (rules.meter, rules.window) {
                let slot = draft.slot_on(meter, draft.day);
                draft.count(meter, slot, used);
            }
        }
        GivenFact::CapUsedFor(cap, used, ref value) => {
            let Some(rules) = draft.program.caps.get(cap.index()) else { return };
            let facts = Facts { anchors: draft.anchors, ..Facts::new(draft.program, draft.account, bound) };
            let slot = draft.slot_of_value(&facts, rules, value.as_deref());
            if let (Some(meter), Some(slot)) = (rules.meter, slot) {
                draft.count(meter, slot, used);
            }
        }
        GivenFact::Spent(amount, day) => count_spend(draft, bound, amount, day),
        GivenFact::Purchased(times, day) => count_purchases(draft, times, day),
    }
}

/// A given balance counts for tiers, and for nothing else.
fn count_for_tiers(draft: &mut Draft<'_>, unit: UnitId, amount: i64) {
    let metrics = draft.program.tiers.iter().flat_map(|tiers| tiers.metrics.iter());
    let meters: BTreeSet<MeterId> = metrics.map(|metric| metric.meter).collect();
    for meter in meters {
        if draft.measure(meter) == Some(Measure::Unit(unit)) {
            let slot = draft.slot_on(meter, draft.day);
            draft.count(meter, slot, amount);
        }
    }
}

fn give_tier(draft: &mut Draft<'_>, tiers: TiersId, level: u32, until: Option<Date>) {
    let state = TierState {
        level,
        until,
        base_until: until,
        holds: vec![Hold {
            window: None,
            spell: 0,
            reached: None,
            level,
            until,
            base_until: until,
            grace: false,
            without: 0,
        }],
        ..TierState::default()
    };
    draft.change(Change::Tier(tiers, Box::new(state)));
}

/// The term that runs is the one in which the facts are given; its fee was due before.
fn give_plan(draft: &mut Draft<'_>, id: PlanId, since: Date) {
    let Some(plan) = draft.program.plans.get(id.index()) else { return };
    let day = draft.day.max(since);
    let (starts, last) = plan.per.around(day, since, &draft.anchors);
    let held =
        HeldPlan { plan: id, since, paid_from: since, starts, last, trial: false, next: None, left: false };
    let plans = Plans { held: Some(held), ..Plans::default() };
    draft.change(Change::Plans(Box::new(plans)));
}

fn give_stamps(draft: &mut Draft<'_>, id: CardId, stamps: i64) {
    let Some(card) = draft.program.cards.get(id.index()) else { return };
    let event = Arc::clone(&draft.event);
    let booking =
        Transfer::new(Thing::Stamps(id), stamps, Book::Issued, Book::Available, Source::Given, Reason::Given);
    draft.transfer(booking.event(&event));
    let day = draft.day;
    let (last, end) = step10_games::card_end(draft, card);
    let state = CardState { number: 1, stamps, opened: Some(day), last, end, ..CardState::default() };
    draft.change(Change::Card(id, state));
}

/// Spend fills the history as a sum of which no lines are known would.
fn count_spend(draft: &mut Draft<'_>, bound: &Bound, amount: i64, day: Date) {
    let mut item = Item::from_micros("", 0, 0, None);
    item.value = amount;
    let mut then = Bound::default();
    let at = draft.program.zone.start_of_day(day, draft.program.day_starts);
    then.set_time(draft.program, at);
    // a sum without names brings nothing that could be refused
    if then.bind_basket(draft.program, bound, [item].into()).is_err() {
        return;
    }
    (then.at, then.day) = (at, day);
    let facts = Facts::new(draft.program, draft.account, &then);
    for meter in draft.program.meter_index.baskets.iter().copied() {
        let counts = match draft.measure(meter) {
            Some(Measure::Spend(None)) => true,
            Some(Measure::Spend(Some(filter))) => facts.passes(filter, 0),
            _ => false,
        };
        if counts {
            let slot = draft.slot_at(meter, day, at);
            draft.count(meter, slot, amount);
        }
    }
    if !draft.program.rebates.is_empty() {
        rebates::given(&facts, draft);
    }
}

fn count_purchases(draft: &mut Draft<'_>, times: i64, day: Date) {
    let at = draft.program.zone.start_of_day(day, draft.program.day_starts);
    let index = &draft.program.meter_index;
    let events = index.events.get(EventKindId::PURCHASE.index());
    for meter in index.purchases.iter().chain(events.into_iter().flatten()).copied() {
        let slot = draft.slot_at(meter, day, at);
        draft.count(meter, slot, times);
    }
    draft.change(Change::LastOf(EventKindId::PURCHASE, at, day));
}

/// How much of a cap is left for a member on a day, in the scale of its limit; of one with a counter for each value,
/// how much for this value.
pub(crate) fn cap_left(
    program: &Program,
    account: &Account,
    (cap, value): (CapId, Option<&str>),
    day: Date,
) -> Option<i64> {
    let rules = program.caps.get(cap.index())?;
    let bound = Bound { day, ..Bound::default() };
    let facts = Facts::new(program, account, &bound);
    let slot = if rules.each.is_some() { facts.value_slot(rules, value) } else { facts.cap_slot(rules) };
    let slot = rules.meter.zip(slot);
    let used = slot.map_or(0, |(meter, slot)| account.used(rules, meter, slot));
    Some(rules.limit.most() - used)
}

/// What a counter holds in the window that runs on a day.
pub(crate) fn running(program: &Program, account: &Account, meter: MeterId, day: Date) -> i64 {
    if let Some(block) = spells::block_of(program, meter) {
        return spells::running(account, block, meter);
    }
    for (place, tiers) in program.tiers.iter().enumerate().filter(|(_, tiers)| !tiers.is_plain()) {
        let of = tiers.metrics.iter().position(|metric| metric.meter == meter);
        if let Some(metric) = of {
            let at = program.zone.start_of_day(day, program.day_starts);
            let bound = Bound { at, day, ..Bound::default() };
            let anchors = Facts::new(program, account, &bound).anchors;
            let window = tiers.period().map_or(day, |period| period.start_of(day, &anchors));
            return account.metric(place, tiers, window, metric);
        }
    }
    account.counted(meter, running_slot(program, account, meter, day))
}

/// The slot of a counter that runs on a day.
pub(crate) fn running_slot(program: &Program, account: &Account, meter: MeterId, day: Date) -> i64 {
    let at = program.zone.start_of_day(day, program.day_starts);
    let bound = Bound { at, day, ..Bound::default() };
    let facts = Facts::new(program, account, &bound);
    let Some(slots) = program.meters.get(meter.index()).map(|meter| meter.slots) else { return 0 };
    facts.slot(slots, day)
}
