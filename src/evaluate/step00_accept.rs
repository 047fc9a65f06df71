//! Step 0: is it new, is it in time, does it fit.

use super::bound::{Bound, Typed, typed};
use super::note::Note;
use super::refuse::{EvaluateError, Refusal, Rejection};
use crate::account::Account;
use crate::calendar::Date;
use crate::event::{Event, Kind, Value};
use crate::program::{AttributeKind, Program};

/// Whether the same event was applied before. The same id with other content is refused.
pub(super) fn is_repeated(
    program: &Program,
    account: &Account,
    event: &Event,
) -> Result<bool, EvaluateError> {
    if account.program != program.identity {
        return Err(EvaluateError::Foreign("program"));
    }
    if account.member != event.member {
        return Err(EvaluateError::Foreign("member"));
    }
    match account.record(program, &event.id) {
        None => Ok(false),
        Some(record) if record.digest == event.digest => Ok(true),
        Some(_) => Err(Rejection::new(
            Refusal::OtherContent,
            format!("`{}` was applied before with other content; use a new id", event.id),
        )
        .into()),
    }
}

/// Whether the event's date is one that the program accepts.
pub(super) fn check_dates(
    program: &Program,
    account: &Account,
    event: &Event,
    bound: &Bound,
    begins: Date,
) -> Result<(), Rejection> {
    if let Kind::Joining { .. } = event.kind {
        // a joining before the program begins is a fact like any other; it just fires nothing
        return match account.tenure {
            Some(tenure) => Err(Rejection::new(Refusal::AlreadyMember, format!("joined on {}", tenure.day))),
            None => Ok(()),
        };
    }
    if bound.day < begins {
        return Err(Rejection::new(Refusal::TooEarly, format!("the program begins on {begins}")));
    }
    if let Kind::Message(_) = event.kind {
        // a message is judged by its own date, however late it is delivered
        return Ok(());
    }
    if let Some((_, newest)) = account.newest {
        let earliest = program.late.and_then(|late| late.subtract_from_date(newest)).unwrap_or(newest);
        if bound.day < earliest {
            return Err(Rejection::new(
                Refusal::TooLate,
                format!(
                    "the newest event of the member is of {newest}; events are accepted from {earliest} on"
                ),
            ));
        }
    }
    if let Some(tenure) = account.tenure {
        let earliest = program
            .before_joining
            .and_then(|before| before.subtract_from_date(tenure.day))
            .unwrap_or(tenure.day);
        if bound.day < earliest {
            return Err(Rejection::new(
                Refusal::TooEarly,
                format!("the member joined on {}; events are accepted from {earliest} on", tenure.day),
            ));
        }
    }
    Ok(())
}

/// Whether an event of somebody who has not joined enrols.
#[cold]
pub(super) fn may_enrol(program: &Program, bound: &Bound) -> Result<(), Rejection> {
    match program.join_by {
        Some(kind) if bound.kind != Some(kind) => {
            let detail = format!("members join by `{}`", program.event_name(kind));
            Err(Rejection::new(Refusal::NotMember, detail))
        }
        _ => Ok(()),
    }
}

/// The texts of the member's attributes that a joining brings, by place, checked against their types.
pub(super) fn member_texts(
    program: &Program,
    event: &Event,
    notes: &mut Vec<Note>,
) -> Result<Vec<Option<Box<str>>>, Rejection> {
    let mut texts = vec![None; program.member_attributes.len()];
    for (name, value) in &event.attributes {
        let place = program.member_attributes.iter().position(|attribute| attribute.name == *name);
        let Some((place, attribute)) =
            place.and_then(|place| Some((place, program.member_attributes.get(place)?)))
        else {
            notes.push(Note::UnknownAttribute(name.clone()));
            continue;
        };
        match typed(program, attribute, value)? {
            Typed::Value(_) => {
                if let Some(text) = texts.get_mut(place) {
                    *text = Some(text_of(value, &attribute.kind));
                }
            }
            Typed::Outside(text) => notes.push(Note::OutsideList { attribute: name.clone(), value: text }),
        }
    }
    Ok(texts)
}

/// A value as the text by which it is kept.
fn text_of(value: &Value, kind: &AttributeKind) -> Box<str> {
    match (value, kind) {
        (Value::Text(text), _) => text.clone(),
        (Value::Bool(yes), _) => if *yes { "yes" } else { "no" }.into(),
        (Value::Integer(number), _) => number.to_string().into(),
        // no name contains a line end
        (Value::List(names), _) => names.join("\n").into(),
    }
}
