//! `judged on D`: an event that is judged by the day that it brings.
//!
//! It is taken as if it had come on that day, at its own time of the day. So everything that asks when it was (windows,
//! levels, versions, lists, late events, the joining, terms of what it gives) asks that day.

use super::bound::{Bind, Typed, typed};
use super::refuse::{Refusal, Rejection};
use crate::calendar::Date;
use crate::event::{Event, Kind};
use crate::program::Program;
use std::borrow::Cow;

/// The event on the day by which it is judged.
pub(super) fn on_its_day<'e>(program: &Program, event: &'e Event) -> Result<Cow<'e, Event>, Rejection> {
    if program.judged.is_empty() {
        return Ok(Cow::Borrowed(event));
    }
    moved(program, event)
}

#[cold]
fn moved<'e>(program: &Program, event: &'e Event) -> Result<Cow<'e, Event>, Rejection> {
    let Kind::Named(named) = &event.kind else { return Ok(Cow::Borrowed(event)) };
    let kind = program.event_kind(&named.name);
    let place = program.judged.iter().find(|(known, _)| Some(*known) == kind).map(|(_, place)| *place);
    let schema = kind.and_then(|kind| program.events.get(kind.index()));
    let attribute = place.and_then(|place| schema?.attributes.get(usize::from(place)));
    let Some(attribute) = attribute else { return Ok(Cow::Borrowed(event)) };
    let wrong =
        |problem: String| Rejection::new(Refusal::WrongValue, format!("`{}` {problem}", attribute.name));
    let value = event.attributes.iter().find(|(name, _)| *name == attribute.name);
    let (_, value) = value.ok_or_else(|| wrong("is missing, and the event is judged by it".to_owned()))?;
    let Typed::Value(Bind::Num(days)) = typed(program, attribute, value)? else {
        return Ok(Cow::Borrowed(event));
    };
    let day = i32::try_from(days).ok().and_then(Date::from_days);
    let day = day.ok_or_else(|| wrong("is no day of the calendar".to_owned()))?;
    let today = program.zone.business_date(event.at, program.day_starts);
    if day > today {
        return Err(wrong(format!(
            "is {day}, and the event is of {today}: it is judged by a day that has come"
        )));
    }
    if day == today {
        return Ok(Cow::Borrowed(event));
    }
    let minute = program.zone.local(event.at).minute;
    // what happens before the beginning of a day belongs to the day before
    let date = if minute < program.day_starts { day.plus_days(1) } else { day };
    let at = program.zone.instant_of(date, minute);
    Ok(Cow::Owned(Event { at, ..event.clone() }))
}
