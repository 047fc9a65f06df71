//! Moments that the clock brings: birthdays, starts of periods, what follows an event, absences.
//!
//! What a moment brings is an event of the member of its own, at the start of its day: rules are judged by the facts of
//! that instant, and what they give runs steps 9 to 13. It has no basket and no receipt, so nothing of it can be returned.

use super::draft::Draft;
use super::judge::Facts;
use super::rows::Rows;
use super::step01_clock::{moment, turn};
use super::{step04_match, step10_milestones, step11_tiers, step11a_convert};
use crate::account::{Account, Change, DueMoment, FollowUp, PostError, Postings, Receipt};
use crate::calendar::Date;
use crate::event::Message;
use crate::program::{EventKindId, MomentKind, Program};
use std::sync::Arc;

/// Brings the moments of a day, one after another: each sees what the one before has booked.
#[cold]
pub(super) fn bring(
    program: &Program,
    account: &mut Account,
    day: Date,
    moments: Vec<DueMoment>,
    (postings, messages): (&mut Postings, &mut Vec<Message>),
) -> Result<(), PostError> {
    let mut rows = Rows::default();
    for due in moments {
        if account.company.is_some() {
            turn(account, due.who, postings);
        }
        let (mut made, mut sent) = one(program, account, day, &due, &mut rows);
        account.book(program, &made)?;
        postings.deltas.append(&mut made.deltas);
        postings.changes.append(&mut made.changes);
        messages.append(&mut sent);
    }
    if account.company.is_some() {
        turn(account, 0, postings);
    }
    // so that this day is not looked at again
    let at = program.zone.start_of_day(day, program.day_starts);
    let done = Postings { deltas: Vec::new(), changes: vec![Change::Clock(at)], turns: Vec::new() };
    account.book(program, &done)?;
    postings.changes.extend(done.changes);
    Ok(())
}

fn one(
    program: &Program,
    account: &Account,
    day: Date,
    due: &DueMoment,
    rows: &mut Rows,
) -> (Postings, Vec<Message>) {
    let at = program.zone.start_of_day(day, program.day_starts);
    let bound = moment(program, account, at, day);
    let facts = Facts::new(program, account, &bound);
    let new = || Draft::new(program, account, Arc::clone(&due.id), (at, day), facts.anchors);
    let mut draft = new();
    rows.start(0);
    step04_match::match_waiting(&facts, &due.rules, rows);
    // what is too large for the books is not given: the clock asks nobody whom it could refuse
    let given = super::book_matched(&facts, &mut draft, rows, &mut None);
    // no event has the kind of a moment
    let counts =
        |awards: Vec<_>| step10_milestones::count(&facts, &mut draft, EventKindId::of_moment(0), &awards);
    if given.and_then(counts).is_err() {
        draft = new();
    }
    if due.is_birthday && !draft.postings.deltas.is_empty() {
        draft.change(Change::BirthdayPaid(day));
    }
    if let Some(event) = &due.follows {
        for rule in due.rules.iter().copied() {
            let done = FollowUp { day, event: Arc::clone(event), rule };
            draft.change(Change::FollowUp(Box::new(done), false));
        }
    }
    step11_tiers::recount(&mut draft);
    step11a_convert::at_once(&mut draft);
    (draft.postings, draft.messages)
}

/// Notes which rules ask about an event later. Of an event that came so late that its day is over they ask on the next
/// day that the clock brings.
#[cold]
pub(super) fn follow(facts: &Facts<'_>, draft: &mut Draft<'_>, kind: EventKindId) {
    let next = draft.today().plus_days(1);
    for known in &facts.program.moments {
        let MomentKind::After(length, event) = known.kind else { continue };
        if event != kind {
            continue;
        }
        let Some(day) = length.add_to_date(facts.event.day).map(|day| day.max(next)) else { continue };
        if day >= Date::MAX {
            continue;
        }
        for waiting in &known.rules {
            if waiting.items.as_ref().is_none_or(|items| !facts.judge_items(items).is_empty()) {
                let asks = FollowUp { day, event: Arc::clone(&draft.event), rule: waiting.rule };
                draft.change(Change::FollowUp(Box::new(asks), true));
            }
        }
    }
}

/// Nobody asks about what has come back as a whole, or was a mistake.
pub(super) fn forget_returned(draft: &mut Draft<'_>) {
    if draft.account.follow_ups.is_empty() {
        return;
    }
    let gone = |receipt: &Receipt| receipt.cancelled || receipt.is_returned_in_full();
    let changes = draft.postings.changes.iter().filter_map(|change| match change {
        Change::Returned(receipt) if gone(receipt) => Some(Arc::clone(&receipt.id)),
        _ => None,
    });
    let gone: Vec<Arc<str>> = changes.collect();
    for known in draft.account.follow_ups.iter().filter(|known| gone.contains(&known.event)) {
        draft.change(Change::FollowUp(Box::new(known.clone()), false));
    }
}
