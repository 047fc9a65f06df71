//! Announcements: what the owner of the program says of a parameter, and what is paid by it.
//!
//! A value belongs to a period. It pays what has waited for it since that period closed; announced before the close, it
//! waits for it.

use super::draft::Draft;
use super::refuse::{Refusal, Rejection};
use super::{rebates, step11_tiers};
use crate::account::{Announced, Change, ClosedTurnover, MOST_ANNOUNCED};
use crate::calendar::Date;
use crate::event::Announce;
use crate::program::{Rebate, RebateId, RebateSpan};
use std::sync::Arc;

/// Notes a value, and pays what has waited for it.
#[cold]
pub(super) fn announce(draft: &mut Draft<'_>, announce: &Announce) -> Result<(), Rejection> {
    let parameter: Arc<str> = Arc::from(&*announce.parameter);
    let wrong = |problem: &str| Rejection::new(Refusal::WrongValue, format!("`{parameter}` {problem}"));
    let program = draft.program;
    let Ok(id) = program.parameter_named(&parameter) else {
        return Err(wrong("is no parameter of the program"));
    };
    let users = program.rebates.iter().enumerate().map(|(place, rebate)| (RebateId(place as u32), rebate));
    let users: Vec<(RebateId, &Rebate)> = users.filter(|(_, rebate)| rebate.uses(id)).collect();
    if announce.value > 100_000_000 && users.iter().any(|(_, rebate)| rebate.shares(id)) {
        return Err(wrong("is a percentage, and at most 100"));
    }
    let day = match announce.day {
        Some(day) => day,
        None => meant(draft, &parameter, &users).map_err(wrong)?,
    };
    let today = draft.today();
    for (_, rebate) in &users {
        let starts = |day| match rebate.span {
            RebateSpan::Every(period) => period.start_of(day, &draft.anchors),
            RebateSpan::Campaign(_) => Date::MIN,
            RebateSpan::Closed => day,
        };
        if starts(day) > starts(today) {
            return Err(wrong(&format!("is announced for {day}, and that period has not begun")));
        }
        if draft.account.announced(&parameter).any(|known| starts(known.day) == starts(day)) {
            return Err(wrong(&format!("has its value for the period of {day} already")));
        }
    }
    let account = draft.account;
    let oldest = account.announced(&parameter).next();
    if let Some(oldest) = oldest.filter(|_| account.announced(&parameter).count() >= MOST_ANNOUNCED) {
        if day <= oldest.day {
            return Err(wrong(&format!("is announced for {day}, and that is too long ago")));
        }
        let oldest = oldest.clone();
        draft.change(Change::Announced(Box::new(oldest), false));
    }
    let announced = Announced { parameter: Arc::clone(&parameter), day, value: announce.value };
    draft.change(Change::Announced(Box::new(announced.clone()), true));
    pay(draft, &announced);
    Ok(())
}

/// The day that is meant where none is named: in the last closed period, or in the running one if that has its value.
fn meant(draft: &Draft<'_>, parameter: &str, users: &[(RebateId, &Rebate)]) -> Result<Date, &'static str> {
    let today = draft.today();
    let mut spans: Vec<RebateSpan> = users.iter().map(|(_, rebate)| rebate.span).collect();
    spans.retain(|span| *span != RebateSpan::Closed);
    spans.dedup();
    match spans.as_slice() {
        [RebateSpan::Every(period)] => {
            let starts = |day| period.start_of(day, &draft.anchors);
            let before = starts(today).minus_days(1);
            let is_known = |known: &Announced| starts(known.day) == starts(before);
            Ok(if draft.account.announced(parameter).any(is_known) { today } else { before })
        }
        [RebateSpan::Campaign(last)] => Ok(today.min(*last)),
        [_, _, ..] => Err("is paid for different periods; name a day in the one that is meant"),
        _ => {
            let waiting = draft.account.closed_turnovers.iter().filter(|closed| closed.waits_for_value());
            let of_users = waiting.filter(|closed| users.iter().any(|(id, _)| *id == closed.of.rebate));
            of_users.map(|closed| closed.of.last()).max().ok_or("is waited for by nothing")
        }
    }
}

/// Pays periods that have waited for a value, or lets them wait for their day.
fn pay(draft: &mut Draft<'_>, announced: &Announced) {
    let (account, today) = (draft.account, draft.today());
    let mut paid = false;
    for closed in account.closed_turnovers.iter().filter(|closed| closed.waits_for_value()) {
        let of = &closed.of;
        let Some(rebate) = draft.program.rebates.get(of.rebate.index()) else { continue };
        let terms = rebate.terms_on(of.last());
        let meant =
            terms.parameter().is_some_and(|id| draft.program.parameter_name(id) == &*announced.parameter);
        if !meant || announced.day < of.starts || of.closes <= announced.day {
            continue;
        }
        let value = Some(announced.value);
        let amount = terms.payable(of.amount, value).amount;
        let pays = terms.pay_day(of.last()).filter(|_| amount > 0);
        let now = pays.is_some_and(|pays| pays <= today);
        let cut = if now { rebates::cut(draft, terms, of, amount) } else { None };
        let known = ClosedTurnover { value, cut, ..closed.clone() };
        draft.change(Change::ClosedTurnover(Box::new(known), false));
        let Some(pays) = pays else { continue };
        if pays > today {
            let closed = ClosedTurnover { pays, of: of.clone(), value, cut: None };
            draft.change(Change::ClosedTurnover(Box::new(closed), true));
            continue;
        }
        rebates::pay_for(draft, terms, of, cut.map_or(amount, |cut| cut.amount));
        paid = true;
    }
    if paid {
        step11_tiers::recount(draft);
    }
}
