//! Using vouchers.

use super::super::draft::{Draft, Transfer};
use super::super::judge::Facts;
use super::super::refuse::{Refusal, Rejection};
use super::super::step04_match::room;
use super::super::step08_cap::count_cap;
use super::bill::Bill;
use super::{Done, Taken, What, at_most, grants, is_met, passing};
use crate::account::{HeldVoucher, Spent, SpentLot};
use crate::calendar::Date;
use crate::ledger::{Book, Reason, Thing};
use crate::program::{Voucher, VoucherId};

/// Uses so many vouchers of a name: the soonest last day first, then the oldest number.
pub(super) fn spend(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    bill: Option<&mut Bill>,
    id: VoucherId,
    amount: i64,
) -> Result<Done, Rejection> {
    let what = What::Voucher(id);
    let Some(rules) = facts.program.vouchers.get(id.index()) else {
        return Err(Rejection::new(Refusal::NoSuchVoucher, ""));
    };
    let usable = usable(facts, id);
    let passes = passing(facts, rules.items.as_ref());
    let works = |most| {
        let grant = (rules.grant, rules.items.is_some());
        grants::times_at_most(facts, bill.as_deref(), grant, &passes, most)
    };
    check(facts, (rules, id), &usable, amount, works)?;
    let granted = (rules.grant, &*rules.grants, rules.items.is_some());
    let lines = grants::apply_times(facts, bill, granted, &passes, (what, amount))?;
    let mut lots = Vec::new();
    for held in usable.iter().take(usize::try_from(amount).unwrap_or(0)) {
        let thing = Thing::Voucher(id);
        let booking = Transfer::new(thing, 1, Book::Available, Book::Redeemed, held.source, Reason::Redeemed);
        draft.transfer(booking.lot(held.number));
        lots.push(SpentLot {
            lot: held.number,
            amount: 1,
            source: held.source,
            start: held.start,
            last: held.last,
            end: None,
        });
    }
    for cap in &rules.caps {
        count_cap(draft, facts, *cap, amount);
    }
    let pays = lines.iter().sum();
    let spent = Spent { thing: Thing::Voucher(id), lots: lots.into(), parts: None, away: false };
    Ok(Done {
        taken: Taken { what, amount, pays, lines, charity: None },
        spent: Some(spent),
        used: None,
        award: None,
    })
}

/// The vouchers of a name that can be used on the day of the event, in the order in which they are used.
fn usable<'a>(facts: &Facts<'a>, id: VoucherId) -> Vec<&'a HeldVoucher> {
    let day = facts.event.day;
    let held = facts.account.vouchers.iter().filter(|held| held.voucher == id);
    let mut usable: Vec<&HeldVoucher> =
        held.filter(|held| held.start <= day && held.last.is_none_or(|last| last >= day)).collect();
    usable.sort_by_key(|held| (held.last.unwrap_or(Date::MAX), held.number));
    usable
}

/// Whether so many may be used here. `works` tells how many of so many would lower anything.
fn check(
    facts: &Facts<'_>,
    (rules, id): (&Voucher, VoucherId),
    usable: &[&HeldVoucher],
    amount: i64,
    works: impl Fn(i64) -> Result<i64, Rejection>,
) -> Result<(), Rejection> {
    let there = i64::try_from(usable.len()).unwrap_or(i64::MAX);
    let met = is_met(facts, rules.when.as_ref());
    let free = rules.caps.iter().map(|cap| room(facts, *cap)).min().unwrap_or(i64::MAX);
    let refuse = |reason, detail: &str| {
        let largest = if met { works(there.min(free).max(0))? } else { 0 };
        Err(at_most(facts.program, reason, What::Voucher(id), largest, detail))
    };
    if there < amount {
        let held = facts.account.vouchers.iter().filter(|held| held.voucher == id);
        let next = held.filter(|held| held.start > facts.event.day).map(|held| held.start).min();
        if let Some(next) = next {
            return refuse(Refusal::NotUsableYet, &format!("from {next} on"));
        }
        let expired = facts.account.totals_of(Thing::Voucher(id)).balance(Book::Expired);
        let reason = if there == 0 && expired > 0 { Refusal::NoLongerUsable } else { Refusal::NoSuchVoucher };
        return refuse(reason, "");
    }
    if !met {
        return refuse(Refusal::ConditionNotMet, &rules.when_text);
    }
    if amount > free {
        let full = rules.caps.iter().find(|cap| room(facts, **cap) == free);
        let text = full.and_then(|cap| facts.program.caps.get(cap.index())).map_or("", |cap| &cap.text);
        return refuse(Refusal::CapUsedUp, text);
    }
    Ok(())
}
