//! Joining: by an event of its own, or by the first event of an unknown member.

use super::bound::Bound;
use super::rows::Rows;
use super::{
    Draft, EvaluateError, Evaluator, Facts, Gathered, Note, Rejection, append, award, own_days, start_draft,
    step00_accept, step10_games, step11_tiers, step11a_convert, step12_friends,
};
use crate::account::{Account, Change, Tenure};
use crate::event::Event;
use crate::program::{EventKindId, Program};
use std::borrow::Cow;
use std::sync::Arc;

impl Evaluator {
    /// The first event of an unknown member enrols it: a joining at the same instant runs before the event.
    #[cold]
    pub(super) fn enrol(
        &mut self,
        program: &Program,
        working: &mut Cow<'_, Account>,
        event: &Event,
        gathered: &mut Gathered,
    ) -> Result<(), EvaluateError> {
        let id: Arc<str> = format!("@joining/{}", event.id).into();
        let mut bound = Bound { kind: Some(EventKindId::JOINING), ..Bound::default() };
        bound.set_time(program, event.at);
        bound.bind_member(program, &working.attributes);
        let made = {
            let mut draft = start_draft(program, working, id, &bound);
            let tenure = Tenure { at: event.at, day: bound.day };
            draft.change(Change::Joined(tenure));
            let facts = Facts::new(program, working, &bound);
            let awards = award(&facts, &mut draft, &mut self.rows, EventKindId::JOINING, &mut None)?;
            step10_games::play_joining(&facts, &mut draft, awards)?;
            step11_tiers::recount(&mut draft);
            step11a_convert::at_once(&mut draft);
            draft.postings
        };
        working.to_mut().book(program, &made).map_err(EvaluateError::Broken)?;
        append(&mut gathered.postings, made);
        Ok(())
    }
}

/// A member joins: attributes, rules `on joining`, and the naming of a referrer.
#[cold]
pub(super) fn join(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    event: &Event,
    referrer: Option<&Arc<str>>,
    gathered: &mut Gathered,
    notes: &mut Vec<Note>,
) -> Result<(), Rejection> {
    draft.change(Change::Joined(Tenure { at: event.at, day: facts.event.day }));
    let attributes = step00_accept::member_texts(facts.program, event, notes)?;
    for (place, text) in attributes.iter().enumerate() {
        if text.is_some() {
            draft.change(Change::Attribute(place as u16, text.clone()));
        }
    }
    let mut bound = Bound { kind: Some(EventKindId::JOINING), ..Bound::default() };
    bound.set_time(facts.program, event.at);
    bound.bind_member(facts.program, &attributes);
    own_days::turn(draft);
    let facts = Facts { event: &bound, anchors: draft.anchors, ..*facts };
    if bound.day < facts.program.effective_from {
        return Ok(());
    }
    let awards = award(&facts, draft, rows, EventKindId::JOINING, &mut gathered.trace)?;
    step10_games::play_joining(&facts, draft, awards)?;
    step11_tiers::recount(draft);
    step11a_convert::at_once(draft);
    if let Some(referrer) = referrer {
        step12_friends::name_referrer(&facts, draft, referrer, &attributes);
    }
    Ok(())
}
