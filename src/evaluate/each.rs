//! Caps with one counter for each value of something: a ticket number, a channel.
//!
//! The account gives every value a number that it has not seen, and a slot of such a counter has the first day of its
//! window and that number as its key. The record of a purchase remembers the slots, so that a return gives room back to the
//! values that it was taken from.

use super::bound::{Bind, Bound, Typed, typed};
use super::draft::Draft;
use super::judge::Facts;
use super::line_caps;
use super::rows::Rows;
use super::step04_match::counts_times;
use crate::account::{Account, Change, MeterShare, NO_VALUE, Payment, ShareBy};
use crate::calendar::{Date, Duration, DurationUnit};
use crate::event::{Event, Named, Value};
use crate::ledger::{Source, Thing};
use crate::program::{
    Attribute, Cap, CapId, CapWindow, EACH_MONTHS, EachBy, MeterId, Program, Slots, Symbol, each_slot,
    each_start, each_value,
};

/// Stands for all names that the program does not declare; no name contains a line end.
pub(super) const OTHER: &str = "\n";

/// Reads from an event the values for which caps have counters of their own.
#[cold]
pub(super) fn bind(program: &Program, event: &Event, named: &Named, bound: &mut Bound) {
    let values = program.each.iter().map(|by| match by {
        EachBy::Channel => declared(bound.channel, &named.channel),
        EachBy::Store => declared(bound.store, &named.store),
        EachBy::Attribute(name) => attribute(program, event, bound, name),
        EachBy::Category | EachBy::Sku | EachBy::Brand | EachBy::Item(_) => None,
    });
    bound.each = values.collect();
}

/// The text of what has a declared list of names; all that the list does not have are one.
pub(super) fn declared(symbol: Symbol, text: &Option<Box<str>>) -> Option<Box<str>> {
    match symbol {
        Symbol::NONE => None,
        Symbol::OTHER => Some(OTHER.into()),
        _ => text.clone(),
    }
}

/// The value of an attribute of the event, as a text; nothing where it is missing or not in its list.
fn attribute(program: &Program, event: &Event, bound: &Bound, name: &str) -> Option<Box<str>> {
    let kind = program.events.get(bound.kind?.index())?;
    let place = kind.attributes.iter().position(|attribute| *attribute.name == *name)?;
    text_of(bound.attributes.get(place)?, &event.attributes, name)
}

/// The text of an attribute that was bound, out of those that were given.
pub(super) fn text_of(bind: &Bind, given: &[(Box<str>, Value)], name: &str) -> Option<Box<str>> {
    match bind {
        Bind::Missing | Bind::List(_) => None,
        Bind::Num(number) => Some(number.to_string().into()),
        Bind::Sym(_) => given.iter().find_map(|(known, value)| match value {
            Value::Text(text) if **known == *name => Some(text.clone()),
            _ => None,
        }),
    }
}

/// The text by which a value that a test names is counted; nothing where it is `none`.
pub(crate) fn value_text(program: &Program, cap: &Cap, value: &Value) -> Result<Option<Box<str>>, String> {
    let by = cap.each.and_then(|each| program.each.get(usize::from(each.0)));
    let name = match value {
        Value::Text(text) if **text == *"none" => return Ok(None),
        Value::Text(text) => Some(text),
        _ => None,
    };
    let schemas = program.events.iter().map(|kind| &kind.attributes);
    let (attribute, symbols) = match by {
        None => (None, None),
        Some(EachBy::Attribute(name)) => (find(schemas, name), None),
        Some(EachBy::Item(name)) => (find(std::iter::once(&program.item_attributes), name), None),
        Some(EachBy::Channel) => (None, Some(&program.channels)),
        Some(EachBy::Store) => (None, Some(&program.stores)),
        Some(EachBy::Category) => (None, Some(&program.categories)),
        Some(EachBy::Sku | EachBy::Brand) => return Ok(name.cloned()),
    };
    let wrong = || format!("`{}` is no value of it", name.map_or("", |name| name));
    if let Some(attribute) = attribute {
        return match typed(program, attribute, value) {
            Ok(Typed::Value(bind)) => {
                Ok(text_of(&bind, &[(attribute.name.clone(), value.clone())], &attribute.name))
            }
            Ok(Typed::Outside(_)) => Err(wrong()),
            Err(rejection) => Err(rejection.to_string()),
        };
    }
    let known = name.map(|name| program.symbols.find(name));
    match (symbols, known) {
        (Some(symbols), Some(symbol)) if symbols.contains(&symbol) => Ok(name.cloned()),
        _ => Err(wrong()),
    }
}

fn find<'p>(mut schemas: impl Iterator<Item = &'p Box<[Attribute]>>, name: &str) -> Option<&'p Attribute> {
    schemas.find_map(|schema| schema.iter().find(|attribute| *attribute.name == *name))
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
        self.value_slot(cap, self.value_of(cap))
    }

    /// The slot of a cap for a value.
    pub(super) fn value_slot(&self, cap: &Cap, text: Option<&str>) -> Option<i64> {
        let CapWindow::Period(period) = cap.window else { return None };
        let number = match text {
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
    pub(super) fn used(&self, cap: &Cap, meter: MeterId, slot: i64) -> i64 {
        self.meter(meter, slot) - self.account.counted(meter, slot) + self.account.used(cap, meter, slot)
    }

    /// The slot of a cap in the window of the event. A value that was never seen gets its number.
    pub(super) fn slot_of_cap(&mut self, facts: &Facts<'_>, cap: &Cap) -> Option<i64> {
        if cap.each.is_none() {
            return facts.cap_slot(cap);
        }
        self.slot_of_value(facts, cap, facts.value_of(cap))
    }

    /// The slot of a cap for a value. One that was never seen gets its number.
    pub(super) fn slot_of_value(&mut self, facts: &Facts<'_>, cap: &Cap, text: Option<&str>) -> Option<i64> {
        let known = facts.value_slot(cap, text);
        let (None, Some(text), CapWindow::Period(period)) = (known, text, cap.window) else {
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
pub(super) fn marks(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &Rows,
    payment: Option<&Payment>,
) -> Vec<MeterShare> {
    let mut marks = Vec::new();
    for (id, by) in &rows.cap_used {
        let times = facts.program.caps.get(id.index()).is_some_and(|cap| counts_times(cap.limit));
        marks.extend(mark(facts, draft, *id, if times { *by } else { 0 }));
    }
    if !rows.value_used.is_empty() {
        line_caps::marks(facts, draft, rows, &mut marks);
    }
    marks.extend(payment.map(|payment| use_marks(facts, draft, payment)).into_iter().flatten());
    marks
}

/// What the record of a purchase says of a cap: the slot of the value that it has raised, and how much goes back where it
/// was a mistake.
pub(super) fn mark(facts: &Facts<'_>, draft: &mut Draft<'_>, cap: CapId, by: i64) -> Option<MeterShare> {
    let cap = facts.program.caps.get(cap.index()).filter(|cap| cap.each.is_some())?;
    let (meter, slot) = (cap.meter?, draft.slot_of_cap(facts, cap)?);
    Some(MeterShare { meter, slot, by: ShareBy::Mistake, parts: Box::from([by]) })
}

/// The same of vouchers and rewards that were used.
#[cold]
pub(super) fn use_marks(facts: &Facts<'_>, draft: &mut Draft<'_>, payment: &Payment) -> Vec<MeterShare> {
    let mut marks = Vec::new();
    for spent in &payment.spent {
        let Thing::Voucher(voucher) = spent.thing else { continue };
        let used = spent.lots.iter().map(|lot| lot.amount).sum();
        let caps = facts.program.vouchers.get(voucher.index()).map(|voucher| &voucher.caps);
        marks.extend(caps.into_iter().flatten().filter_map(|cap| mark(facts, draft, *cap, used)));
    }
    for (source, times) in &payment.uses {
        let Source::Reward(reward) = source else { continue };
        let caps = facts.program.rewards.get(reward.index()).map(|reward| &reward.caps);
        marks.extend(caps.into_iter().flatten().filter_map(|cap| mark(facts, draft, *cap, *times)));
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
