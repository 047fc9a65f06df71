//! Caps with one counter for each value of something: a ticket number, a channel.
//!
//! The account gives every value a number that it has not seen, and a slot of such a counter has the first day of its
//! window and that number as its key. The record of a purchase remembers the slots, so that a return gives room back to the
//! values that it was taken from.

use super::bound::{Bind, Bound};
use super::draft::Draft;
use super::judge::Facts;
use super::rows::Rows;
use super::step04_match::counts_times;
use crate::account::{Account, Change, MeterShare, NO_VALUE, ShareBy};
use crate::calendar::{Date, Duration, DurationUnit};
use crate::event::{Event, Named, Value};
use crate::program::{
    Cap, CapWindow, EACH_MONTHS, EachBy, MeterId, Program, Slots, Symbol, each_slot, each_start, each_value,
};

/// Stands for all names that the program does not declare; no name contains a line end.
const OTHER: &str = "\n";

/// Reads from an event the values for which caps have counters of their own.
#[cold]
pub(super) fn bind(program: &Program, event: &Event, named: &Named, bound: &mut Bound) {
    let declared = |symbol: Symbol, text: &Option<Box<str>>| match symbol {
        Symbol::NONE => None,
        Symbol::OTHER => Some(OTHER.into()),
        _ => text.clone(),
    };
    let values = program.each.iter().map(|by| match by {
        EachBy::Channel => declared(bound.channel, &named.channel),
        EachBy::Store => declared(bound.store, &named.store),
        EachBy::Attribute(name) => attribute(program, event, bound, name),
    });
    bound.each = values.collect();
}

/// The value of an attribute of the event, as a text; nothing where it is missing or not in its list.
fn attribute(program: &Program, event: &Event, bound: &Bound, name: &str) -> Option<Box<str>> {
    let kind = program.events.get(bound.kind?.index())?;
    let place = kind.attributes.iter().position(|attribute| *attribute.name == *name)?;
    match bound.attributes.get(place)? {
        Bind::Missing | Bind::List(_) => None,
        Bind::Num(number) => Some(number.to_string().into()),
        Bind::Sym(_) => event.attributes.iter().find_map(|(known, value)| match value {
            Value::Text(text) if **known == *name => Some(text.clone()),
            _ => None,
        }),
    }
}

/// A value as it is told.
pub(super) fn told(value: Option<&str>) -> &str {
    match value {
        None => "none",
        Some(OTHER) => "another",
        Some(text) => text,
    }
}

impl Facts<'_> {
    /// The value that an event has for a cap with one counter for each.
    pub(crate) fn value_of(&self, cap: &Cap) -> Option<&str> {
        self.event.each.get(usize::from(cap.each?.0))?.as_deref()
    }

    /// The slot of a cap in the window of the event; nothing where its value was never seen, or its window is the event.
    pub(super) fn cap_slot(&self, cap: &Cap) -> Option<i64> {
        let CapWindow::Period(period) = cap.window else { return None };
        if cap.each.is_none() {
            return Some(self.period_slot(period, self.event.day));
        }
        let number = match self.value_of(cap) {
            None => NO_VALUE,
            Some(text) => self.account.values.number(text)?,
        };
        let start = match self.program.meters.get(cap.meter?.index())?.slots {
            Slots::EachFirst => first_use(self.account, (cap, cap.meter?), number, self.event.day),
            _ => self.period_slot(period, self.event.day),
        };
        Some(each_slot(start, number))
    }
}

/// The day of the first use of a value whose counter is still kept; the day itself where there is none.
fn first_use(account: &Account, (cap, meter): (&Cap, MeterId), number: u32, day: Date) -> i64 {
    let slots =
        account.counted_for(cap).filter(|(known, slot, _)| *known == meter && each_value(*slot) == number);
    let first = slots.map(|(_, slot, _)| each_start(*slot)).max();
    let is_kept = |first: &i64| {
        let first = i32::try_from(*first).ok().and_then(Date::from_days);
        let end = first.and_then(|first| Duration::new(EACH_MONTHS, DurationUnit::Month).add_to_date(first));
        end.is_none_or(|end| day < end)
    };
    first.filter(is_kept).unwrap_or_else(|| i64::from(day.days()))
}

impl Draft<'_> {
    /// What is used of a cap in a slot, with what this event added.
    fn used(&self, cap: &Cap, meter: MeterId, slot: i64) -> i64 {
        self.meter(meter, slot) - self.account.counted(meter, slot) + self.account.used(cap, meter, slot)
    }

    /// The slot of a cap in the window of the event. A value that was never seen gets its number.
    pub(super) fn slot_of_cap(&mut self, facts: &Facts<'_>, cap: &Cap) -> Option<i64> {
        let known = facts.cap_slot(cap);
        let (None, Some(text), CapWindow::Period(period)) = (known, facts.value_of(cap), cap.window) else {
            return known;
        };
        let given = self.postings.changes.iter().rev().find_map(|change| match change {
            Change::Value(number, known) if **known == *text => Some(*number),
            _ => None,
        });
        let number = given.unwrap_or_else(|| {
            let new = self.postings.changes.iter().filter(|change| matches!(change, Change::Value(..)));
            let number = self.account.values.next().saturating_add(u32::try_from(new.count()).unwrap_or(0));
            self.change(Change::Value(number, text.into()));
            number
        });
        let first = matches!(
            cap.meter.and_then(|meter| facts.program.meters.get(meter.index())).map(|it| it.slots),
            Some(Slots::EachFirst)
        );
        let day = facts.event.day;
        let start = if first { i64::from(day.days()) } else { facts.period_slot(period, day) };
        Some(each_slot(start, number))
    }
}

/// What the record of a purchase says of the values whose counters it has raised: their slots, and of times how many
/// go back where it was a mistake.
#[cold]
pub(super) fn marks(facts: &Facts<'_>, draft: &mut Draft<'_>, rows: &Rows) -> Vec<MeterShare> {
    let mut marks = Vec::new();
    for (id, by) in &rows.cap_used {
        let Some(cap) = facts.program.caps.get(id.index()).filter(|cap| cap.each.is_some()) else { continue };
        let slot = draft.slot_of_cap(facts, cap);
        let (Some(meter), Some(slot)) = (cap.meter, slot) else { continue };
        let times = if counts_times(cap.limit) { *by } else { 0 };
        marks.push(MeterShare { meter, slot, by: ShareBy::Mistake, parts: Box::from([times]) });
    }
    marks
}

/// Gives room back to the counter of the value that a purchase had, but no more than it holds.
#[cold]
pub(super) fn give_back(draft: &mut Draft<'_>, cap: &Cap, shares: &[MeterShare], amount: i64) {
    let share = shares.iter().find(|share| Some(share.meter) == cap.meter);
    if let Some(share) = share {
        let by = amount.min(draft.used(cap, share.meter, share.slot));
        draft.count(share.meter, share.slot, -by);
    }
}
