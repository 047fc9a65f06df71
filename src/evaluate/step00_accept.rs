//! Step 0: is it new, is it in time, does it fit.

use super::bound::{Bound, Typed, typed};
use super::note::Note;
use super::refuse::{EvaluateError, Refusal, Rejection};
use crate::account::{Account, Receipt, Tenure};
use crate::calendar::Date;
use crate::event::{Event, Kind, Value};
use crate::program::{AttributeKind, Program};
use std::sync::Arc;

/// Whose event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// That of the only member.
    OnlyMember,
    /// That of the member at a place.
    Member(usize),
    /// That of somebody who comes to the account with it.
    Newcomer,
}

/// Whose event it is, if it belongs to the account.
pub(super) fn whose(program: &Program, account: &Account, event: &Event) -> Result<Whose, EvaluateError> {
    if account.program != program.identity {
        return Err(EvaluateError::Foreign("program"));
    }
    let named = match &event.kind {
        Kind::Joining { account, .. } => account.as_ref(),
        _ => None,
    };
    if account.company.is_none() && named.is_none() {
        return if account.member == event.member {
            Ok(Whose::OnlyMember)
        } else {
            Err(EvaluateError::Foreign("member"))
        };
    }
    among_several(account, event, named)
}

#[cold]
fn among_several(account: &Account, event: &Event, named: Option<&Arc<str>>) -> Result<Whose, EvaluateError> {
    let id = account.shared_id();
    if named.is_some_and(|named| named != id) {
        return Err(EvaluateError::Foreign("account"));
    }
    match (account.person(&event.member), named) {
        (Some(_), _) if account.company.is_none() => Ok(Whose::OnlyMember),
        (Some(who), _) => Ok(Whose::Member(who.place)),
        (None, Some(_)) => Ok(Whose::Newcomer),
        (None, None) => Err(Rejection::new(
            Refusal::NotMember,
            format!(
                "`{}` is not on the account `{id}`; a joining that names the account comes first",
                event.member
            ),
        )
        .into()),
    }
}

impl Account {
    /// Refuses to take back what another member of the account did: its history and its caps are its own.
    pub(super) fn check_own(&self, receipt: &Receipt) -> Result<(), Rejection> {
        if receipt.member.as_ref() == self.turned() {
            return Ok(());
        }
        let detail = match &receipt.member {
            Some(member) => format!("`{}` is of `{member}`", receipt.id),
            None => format!("`{}` is of the first member of the account", receipt.id),
        };
        Err(Rejection::new(Refusal::NotYourPurchase, detail))
    }
}

/// Whether the same event was applied before. The same id with other content is refused.
pub(super) fn is_repeated(
    program: &Program,
    account: &Account,
    event: &Event,
) -> Result<bool, EvaluateError> {
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
    (bound, tenure): (&Bound, Option<Tenure>),
    begins: Date,
) -> Result<(), Rejection> {
    if let Kind::Joining { .. } = event.kind {
        // a joining before the program begins is a fact like any other; it just fires nothing
        return match tenure {
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
                    "the newest event of the {} is of {newest}; events are accepted from {earliest} on",
                    if account.company.is_some() { "account" } else { "member" }
                ),
            ));
        }
    }
    if let Some(tenure) = tenure {
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
