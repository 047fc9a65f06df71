//! Step 13: what charities get.
//!
//! A round-up is paid by the member, on top of what is left to pay; everything else by the owner of the program. What is
//! given at once is booked in whole coins and stays given. With `pay every P` it is pledged exactly, comes off again
//! with what is returned, and is rounded once, when the clock settles the period.

use super::budgets::{self, Asked, Wanted};
use super::cancelling::uncount;
use super::charges;
use super::draft::{Draft, Transfer};
use super::each;
use super::gifts;
use super::judge::{Facts, Truth};
use super::refuse::Rejection;
use super::step04_match::{counts_times, room};
use super::step08_cap::{count_cap, gives_back};
use super::terms::is_valid;
use super::trace::{DonationTrace, GivingVerdict, Trace};
use crate::account::{
    Change, GivenGift, LineRecord, Lines, OpenClaim, OpenGift, Pledge, Pledged, Receipt, ReceiptAward,
};
use crate::amount::{Rounding, divide};
use crate::ledger::{Book, Due, Reason, Source, Thing};
use crate::program::{
    CapId, CapLimit, CapWindow, CharityId, Donation, DonationId, EventKindId, Gift, Program, Receiver,
    SHARE_WHOLE, SymSubject,
};
use std::sync::Arc;

/// The most that may be pledged on one day, exactly: far below what 128 bits hold.
const MOST: i128 = 1_000_000_000_000_000_000 * SHARE_WHOLE;

/// Money for a charity that an event brought, or that a return took off what was pledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) source: Source,
    pub(crate) charity: CharityId,
    /// Micro-units over [`SHARE_WHOLE`]; below zero where a return takes it off again.
    pub(crate) amount: i128,
    pub(crate) by_member: bool,
    /// The day on which it is settled; nothing if it was booked at once.
    pub(crate) closes: Option<crate::calendar::Date>,
}

/// What one donation comes to.
struct Found {
    charity: CharityId,
    /// What it is worked out from, micro-units: what is left to pay, or the spend that counts.
    basis: i64,
    /// Before the cap, exactly.
    exact: i128,
    /// What is given, exactly.
    amount: i128,
    cap: Option<CapId>,
    /// What each item and the event gave.
    parts: Option<Box<[i128]>>,
}

/// Gives to charities what an event brings, and adds to what is left to pay what the member gives.
#[cold]
pub(crate) fn give(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    kind: EventKindId,
    left: &mut Option<i64>,
    trace: &mut Option<Box<Trace>>,
) -> Result<(), Rejection> {
    let mut rounded: Option<DonationId> = None;
    for (place, donation) in facts.program.donations.iter().enumerate() {
        if donation.on != kind {
            continue;
        }
        let id = DonationId(place as u32);
        let found = find(facts, donation, *left, rounded)?;
        if let Some(trace) = trace {
            trace.donations.push(traced(facts, (id, donation), &found));
        }
        let Ok(found) = found else { continue };
        if let (true, Some(left)) = (donation.gift.is_by_member(), left.as_mut()) {
            rounded = Some(id);
            let coins = i64::try_from(found.amount / SHARE_WHOLE).map_err(|_| Rejection::too_large())?;
            *left = found.basis.checked_add(coins).ok_or_else(Rejection::too_large)?;
        }
        match donation.budgets.is_empty() {
            true => book(facts, draft, (id, donation), found)?,
            false => claim(facts, draft, (id, donation), found)?,
        }
    }
    Ok(())
}

/// What a donation comes to, or why it comes to nothing.
fn find(
    facts: &Facts<'_>,
    donation: &Donation,
    left: Option<i64>,
    rounded: Option<DonationId>,
) -> Result<Result<Found, GivingVerdict>, Rejection> {
    if !is_valid(donation.valid, facts.event.day, facts.event.local) {
        return Ok(Err(GivingVerdict::NotValid));
    }
    match donation.when.as_ref().map_or(Truth::Yes, |when| facts.judge(when, None)) {
        Truth::Yes => {}
        Truth::No => return Ok(Err(GivingVerdict::ConditionNotMet)),
        Truth::Unknown => return Ok(Err(GivingVerdict::ConditionUnknown)),
    }
    let passes = match &donation.items {
        Some(test) => facts.judge_items(test),
        None => facts.event.all.clone(),
    };
    if donation.items.is_some() && passes.is_empty() {
        return Ok(Err(GivingVerdict::NoItem));
    }
    let Some(charity) = receiver(facts, &donation.to) else { return Ok(Err(GivingVerdict::NoCharity)) };
    let (basis, exact, parts) = match &donation.gift {
        Gift::Terms(terms) => {
            let worked = gifts::work_out(facts, &passes, terms, donation.pays.is_none())?;
            let gifts::Worked { basis, exact, amount, parts } = worked;
            return cut(facts, donation, Found { charity, basis, exact, amount, cap: None, parts });
        }
        &Gift::RoundUp { step, whole, times, more } => {
            let left = coins(facts.program, left.unwrap_or(0))?;
            if left <= 0 {
                return Ok(Err(GivingVerdict::NothingToPay));
            }
            if let Some(other) = rounded {
                return Ok(Err(GivingVerdict::AlreadyRounded(other)));
            }
            let missing = match left % step.max(1) {
                0 => whole,
                over => step - over,
            };
            let given = i128::from(missing) * i128::from(times);
            let given = if missing == 0 { 0 } else { given + i128::from(more) };
            (left, given * SHARE_WHOLE, None)
        }
        &Gift::Share { rate, .. } => {
            let basis = facts.event.value_of(&passes);
            let exact = i128::from(basis.max(0)) * i128::from(rate);
            (basis, exact, Some(parts_of(facts, &passes, rate)))
        }
        &Gift::Fixed(amount) => {
            let exact = i128::from(amount) * SHARE_WHOLE;
            (0, exact, Some(whole_event(facts, exact)))
        }
    };
    cut(facts, donation, Found { charity, basis, exact, amount: exact, cap: None, parts })
}

/// Rounds what is given at once, and cuts it to what caps leave. A round-up is given whole or not at all.
fn cut(
    facts: &Facts<'_>,
    donation: &Donation,
    mut found: Found,
) -> Result<Result<Found, GivingVerdict>, Rejection> {
    if donation.pays.is_none() {
        found.amount = whole_coins(facts.program, &donation.gift, found.amount)?;
    }
    if found.amount <= 0 {
        return Ok(Err(GivingVerdict::GivesNothing(found.basis)));
    }
    for cap in donation.caps.iter().copied() {
        let Some(limit) = facts.program.caps.get(cap.index()).map(|cap| cap.limit) else { continue };
        let left = room(facts, cap);
        let most = if counts_times(limit) && left > 0 { i128::MAX } else { i128::from(left) * SHARE_WHOLE };
        if left <= 0 || (donation.gift.is_by_member() && most < found.amount) {
            return Ok(Err(GivingVerdict::NoRoom(cap)));
        }
        if most < found.amount {
            (found.amount, found.cap) = (most, Some(cap));
        }
    }
    if found.cap.is_some() {
        if donation.pays.is_none() {
            found.amount -= found.amount % (i128::from(facts.program.coin()) * SHARE_WHOLE);
        }
        // what a cap left belongs to the event as a whole
        found.parts = Some(whole_event(facts, found.amount));
    }
    Ok(Ok(found))
}

/// The charity that gets something; nothing if the member's is not known.
pub(crate) fn receiver(facts: &Facts<'_>, to: &Receiver) -> Option<CharityId> {
    match to {
        Receiver::Charity(charity) => Some(*charity),
        Receiver::Matching { place, charities } => {
            let chosen = facts.sym(SymSubject::Member(*place), None)?;
            let found = charities.binary_search_by_key(&chosen, |(symbol, _)| *symbol).ok()?;
            charities.get(found).map(|(_, charity)| *charity)
        }
    }
}

/// Money in whole coins, rounded half up.
fn coins(program: &Program, micros: i64) -> Result<i64, Rejection> {
    let coin = program.coin();
    let found = divide(i128::from(micros), i128::from(coin), Rounding::HalfUp);
    let found = found.and_then(|coins| i64::try_from(coins).ok()).and_then(|coins| coins.checked_mul(coin));
    found.ok_or_else(Rejection::too_large)
}

/// An exact amount in whole coins, rounded as the donation unit says.
fn whole_coins(program: &Program, gift: &Gift, exact: i128) -> Result<i128, Rejection> {
    let Gift::Share { round, .. } = *gift else { return Ok(exact) };
    let coin = i128::from(program.coin()) * SHARE_WHOLE;
    divide(exact, coin, round).map(|coins| coins * coin).ok_or_else(Rejection::too_large)
}

/// What each item gives of a share; the event as a whole gives nothing of it.
fn parts_of(facts: &Facts<'_>, passes: &Lines, rate: i64) -> Box<[i128]> {
    let items = facts.event.items().iter().enumerate();
    let part = |(place, item): (usize, &crate::event::Item)| match passes.has(place) {
        true => i128::from(item.value) * i128::from(rate),
        false => 0,
    };
    items.map(part).chain([0]).collect()
}

fn whole_event(facts: &Facts<'_>, amount: i128) -> Box<[i128]> {
    let mut parts = vec![0; facts.event.items().len() + 1];
    if let Some(event) = parts.last_mut() {
        *event = amount;
    }
    parts.into()
}

/// Books what is given at once, or pledges it.
fn book(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (id, donation): (DonationId, &Donation),
    found: Found,
) -> Result<(), Rejection> {
    let (source, by_member) = (Source::Donation(id), donation.gift.is_by_member());
    use_caps(facts, draft, donation, found.amount)?;
    let amount = found.amount;
    let mut given = Given { source, charity: found.charity, amount, by_member, closes: None };
    // what comes late is settled with the period that runs
    let today = draft.today();
    match donation.pays.map(|period| period.next_start(today, &draft.anchors)) {
        None => {
            let coin = i128::from(facts.program.coin()) * SHARE_WHOLE;
            let coins = i64::try_from(amount / coin).map_err(|_| Rejection::too_large())?;
            transfer(draft, &given, coins);
            if !by_member && charges::has_partners(draft.program) {
                let of = Arc::clone(&draft.event);
                draft.charge_gift(source, coins.saturating_mul(facts.program.coin()), draft.day, &of);
            }
        }
        Some(closes) => {
            let closes = closes.ok_or_else(Rejection::too_large)?;
            given.closes = Some(closes);
            let pledge = Pledge { closes, source, charity: found.charity, by_member, amount };
            pledge_more(facts, draft, &pledge)?;
            if let Some(receipt) = draft.receipt.as_mut().and_then(Arc::get_mut) {
                receipt.pledged.push(Pledged { pledge, parts: found.parts });
            }
        }
    }
    draft.given.push(given);
    Ok(())
}

/// Uses up caps by what is given exactly.
fn use_caps(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    donation: &Donation,
    amount: i128,
) -> Result<(), Rejection> {
    for cap in donation.caps.iter().copied() {
        let Some(limit) = facts.program.caps.get(cap.index()).map(|cap| cap.limit) else { continue };
        let is_times = counts_times(limit);
        count_cap(draft, facts, cap, if is_times { 1 } else { micros(amount)? });
        if let Some(share) = each::mark(facts, draft, cap, i64::from(is_times))
            && let Some(receipt) = draft.receipt.as_mut().and_then(Arc::get_mut)
        {
            receipt.shares.push(share);
        }
    }
    Ok(())
}

fn pledge_more(facts: &Facts<'_>, draft: &mut Draft<'_>, pledge: &Pledge) -> Result<(), Rejection> {
    if facts.account.pledged(pledge).checked_add(pledge.amount).is_none_or(|sum| sum > MOST) {
        return Err(Rejection::too_large());
    }
    draft.change(Change::Pledge(Box::new(pledge.clone())));
    Ok(())
}

/// Claims what would be given, where a budget across all members has to be asked.
#[cold]
fn claim(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (id, donation): (DonationId, &Donation),
    found: Found,
) -> Result<(), Rejection> {
    use_caps(facts, draft, donation, found.amount)?;
    let is_pledged = donation.pays.is_some();
    let parts = found.parts.filter(|_| is_pledged);
    let gift = OpenGift { exact: found.amount, parts, is_pledged };
    let award = ReceiptAward {
        source: Source::Donation(id),
        thing: Thing::Donation(found.charity),
        lot: 0,
        start: facts.event.day,
        amount: gift.steps(facts.program).ok_or_else(Rejection::too_large)?,
        repaid: 0,
        record: LineRecord::Event,
    };
    let wanted = Wanted { gift: Some(Box::new(gift)), ..Wanted::award(award, None) };
    budgets::claim(facts, draft, wanted)
}

/// What a budget has granted.
pub(crate) struct Granted<'a> {
    pub(crate) open: &'a OpenClaim,
    pub(crate) gift: &'a OpenGift,
    pub(crate) receipt: Option<&'a Arc<Receipt>>,
}

/// Books what a budget has granted, less what has come back since. Returns how much that is, exactly.
#[cold]
pub(crate) fn book_granted(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    granted: &Granted<'_>,
) -> Result<i128, Rejection> {
    let (source, Thing::Donation(charity)) = (granted.open.award.source, granted.open.award.thing) else {
        return Ok(0);
    };
    let amount = granted.gift.exact;
    let given = Given { source, charity, amount, by_member: false, closes: None };
    match granted.gift.is_pledged {
        true => pledge_granted(facts, draft, granted, given),
        false => give_granted(draft, granted, given),
    }
}

fn give_granted(draft: &mut Draft<'_>, granted: &Granted<'_>, given: Given) -> Result<i128, Rejection> {
    if granted.receipt.is_some_and(|receipt| receipt.cancelled) {
        return Ok(given.amount);
    }
    let coin = i128::from(draft.program.coin()) * SHARE_WHOLE;
    let coins = i64::try_from(given.amount / coin).map_err(|_| Rejection::too_large())?;
    let (now, deltas) = ((draft.at, draft.day), draft.postings.deltas.len());
    (draft.at, draft.day) = (granted.open.at, granted.open.day);
    transfer(draft, &given, coins);
    (draft.at, draft.day) = now;
    draft.earned_by(deltas, &granted.open.event);
    if charges::has_partners(draft.program) {
        let micros = coins.saturating_mul(draft.program.coin());
        draft.charge_gift(given.source, micros, granted.open.day, &granted.open.event);
    }
    if let Some(receipt) = granted.receipt {
        let mut receipt = Receipt::clone(receipt);
        let (source, charity) = (given.source, given.charity);
        receipt.gifts.push(GivenGift { source, charity, by_member: false, coins });
        draft.change(Change::Returned(Arc::new(receipt)));
    }
    draft.given.push(given);
    Ok(0)
}

/// An answer that comes after the end of the period counts for the one that runs.
fn pledge_granted(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    granted: &Granted<'_>,
    mut given: Given,
) -> Result<i128, Rejection> {
    let donation = match given.source {
        Source::Donation(id) => facts.program.donations.get(id.index()),
        _ => None,
    };
    let (period, today) = (donation.and_then(|donation| donation.pays), draft.today());
    // what a version pays at once, or does not know, is settled on the next day
    let closes = period.map_or(today.checked_add_days(1), |period| period.next_start(today, &draft.anchors));
    let closes = closes.ok_or_else(Rejection::too_large)?;
    let (source, charity, amount) = (given.source, given.charity, given.amount);
    let pledge = Pledge { closes, source, charity, by_member: false, amount };
    let pledged = Pledged { pledge: pledge.clone(), parts: granted.gift.parts.clone() };
    let undone = granted.receipt.map_or(Some(0), |receipt| pledged.undone(receipt));
    let undone = undone.ok_or_else(Rejection::too_large)?;
    if undone < amount {
        pledge_more(facts, draft, &Pledge { amount: amount - undone, ..pledge })?;
        (given.amount, given.closes) = (amount - undone, Some(closes));
        draft.given.push(given);
    }
    if let Some(receipt) = granted.receipt {
        let mut receipt = Receipt::clone(receipt);
        receipt.pledged.push(pledged);
        draft.change(Change::Returned(Arc::new(receipt)));
    }
    Ok(undone)
}

/// An exact amount in micro-units as caps count them, rounded up.
pub(crate) fn micros(exact: i128) -> Result<i64, Rejection> {
    let found = divide(exact, SHARE_WHOLE, Rounding::Up).and_then(|micros| i64::try_from(micros).ok());
    found.ok_or_else(Rejection::too_large)
}

/// Books coins for a charity.
fn transfer(draft: &mut Draft<'_>, given: &Given, coins: i64) {
    let from = if given.by_member { Book::Member } else { Book::Owner };
    let thing = Thing::Donation(given.charity);
    draft.transfer(Transfer::new(thing, coins, from, Book::Charity, given.source, Reason::Donated));
}

/// Writes into the receipt what was given at once: it is taken back if the event is cancelled.
#[cold]
pub(crate) fn note_gifts(draft: &mut Draft<'_>) {
    let coin = i128::from(draft.program.coin()) * SHARE_WHOLE;
    let Some(receipt) = draft.receipt.as_mut().and_then(Arc::get_mut) else { return };
    for given in draft.given.iter().filter(|given| given.closes.is_none()) {
        let (source, charity, by_member) = (given.source, given.charity, given.by_member);
        let coins = i64::try_from(given.amount / coin).unwrap_or(0);
        if coins > 0 {
            receipt.gifts.push(GivenGift { source, charity, by_member, coins });
        }
    }
}

/// A cancelled event has given nothing: charities give back what they got at once, and nothing of it is pledged any
/// more. What was settled stays given.
#[cold]
pub(crate) fn cancel(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    before: &Receipt,
    after: &Receipt,
) -> Result<(), Rejection> {
    take_off(facts, draft, before, after)?;
    let pledged = after.pledged.iter().map(|pledged| (pledged.pledge.source, None));
    let gifts = after.gifts.iter().map(|gift| (gift.source, Some(gift.coins * facts.program.coin())));
    for (source, given) in pledged.chain(gifts) {
        let Source::Donation(id) = source else { continue };
        let donation = facts.program.donations.get(id.index());
        for cap in donation.into_iter().flat_map(|donation| donation.caps.iter().copied()) {
            let Some(limit) = facts.program.caps.get(cap.index()).map(|cap| cap.limit) else { continue };
            let by = if counts_times(limit) { Some(1) } else { given };
            uncount(facts, draft, after, cap, by.unwrap_or(0));
        }
    }
    if !facts.program.budgets.is_empty() {
        for gift in &after.gifts {
            let asked = Asked::given(gift.source, Thing::Donation(gift.charity), after.day);
            budgets::release(draft, &asked, gift.coins);
        }
    }
    for gift in &after.gifts {
        let to = if gift.by_member { Book::Member } else { Book::Owner };
        let thing = Thing::Donation(gift.charity);
        let back = Transfer::new(thing, gift.coins, Book::Charity, to, gift.source, Reason::Cancelled);
        draft.transfer(back.event(&after.id));
        if !gift.by_member && charges::has_partners(draft.program) {
            let micros = gift.coins.saturating_mul(facts.program.coin());
            draft.charge_gift(gift.source, -micros, after.day, &after.id);
        }
        draft.given.push(Given {
            source: gift.source,
            charity: gift.charity,
            amount: -i128::from(gift.coins) * i128::from(facts.program.coin()) * SHARE_WHOLE,
            by_member: gift.by_member,
            closes: None,
        });
    }
    Ok(())
}

/// Gives the value of an amount of a unit to a charity, micro-units in whole coins.
#[cold]
pub(crate) fn give_away(draft: &mut Draft<'_>, source: Source, charity: CharityId, micros: i64) {
    let amount = i128::from(micros) * SHARE_WHOLE;
    let given = Given { source, charity, amount, by_member: false, closes: None };
    let coins = micros / draft.program.coin();
    transfer(draft, &given, coins);
    draft.given.push(given);
}

/// Takes off what is pledged what has come back of a purchase. What was settled stays given.
#[cold]
pub(crate) fn take_off(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    before: &Receipt,
    after: &Receipt,
) -> Result<(), Rejection> {
    for Pledged { pledge, .. } in &after.pledged {
        let undone = |receipt: &Receipt| {
            let mut mine = receipt.pledged.iter().filter(|known| known.pledge == *pledge);
            mine.next().map_or(Some(0), |known| known.undone(receipt)).ok_or_else(Rejection::too_large)
        };
        let (old, new) = (undone(before)?, undone(after)?);
        let by = (new - old).min(facts.account.pledged(pledge));
        if by <= 0 {
            continue;
        }
        draft.change(Change::Pledge(Box::new(Pledge { amount: -by, ..pledge.clone() })));
        give_room_back(facts, draft, (pledge, after), (old, new))?;
        draft.given.push(Given {
            source: pledge.source,
            charity: pledge.charity,
            amount: -by,
            by_member: pledge.by_member,
            closes: Some(pledge.closes),
        });
    }
    Ok(())
}

fn give_room_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (pledge, receipt): (&Pledge, &Receipt),
    (old, new): (i128, i128),
) -> Result<(), Rejection> {
    let Source::Donation(id) = pledge.source else { return Ok(()) };
    let donation = facts.program.donations.get(id.index());
    let by = micros(pledge.amount - old)? - micros(pledge.amount - new)?;
    if !facts.program.budgets.is_empty() {
        let asked = Asked::pledged(pledge.source, Thing::Donation(pledge.charity), receipt.day);
        budgets::release(draft, &asked, by);
    }
    for cap in donation.into_iter().flat_map(|donation| donation.caps.iter().copied()) {
        let Some(rules) = facts.program.caps.get(cap.index()) else { continue };
        if rules.each.is_some() {
            if gives_back(rules.limit) {
                each::give_back(draft, rules, &receipt.shares, by);
            }
            continue;
        }
        let (Some(meter), CapWindow::Period(period)) = (rules.meter, rules.window) else { continue };
        if matches!(rules.limit, CapLimit::Given(_)) && gives_back(rules.limit) {
            draft.count(meter, facts.period_slot(period, receipt.day), -by);
        }
    }
    Ok(())
}

/// What the clock settles at the end of a period, each pledge rounded half up once. One that comes to no coin is dropped.
pub(crate) fn settle(draft: &mut Draft<'_>) {
    let account = draft.account;
    draft.due_is(Due::Donation);
    let coin = i128::from(draft.program.coin()) * SHARE_WHOLE;
    let due = account.pledges.iter().take_while(|pledge| pledge.closes <= draft.day).collect::<Vec<_>>();
    for (place, pledge) in due.into_iter().enumerate() {
        let coins = divide(pledge.amount, coin, Rounding::HalfUp).and_then(|coins| i64::try_from(coins).ok());
        let given = Given {
            source: pledge.source,
            charity: pledge.charity,
            amount: pledge.amount,
            by_member: pledge.by_member,
            closes: None,
        };
        draft.number_next(place as u32 + 1);
        transfer(draft, &given, coins.unwrap_or(0));
        if !pledge.by_member && charges::has_partners(draft.program) {
            // the shares are those of the last day of the period
            let (of, micros) =
                (Arc::clone(&draft.event), coins.unwrap_or(0).saturating_mul(draft.program.coin()));
            draft.charge_gift(pledge.source, micros, pledge.closes.minus_days(1), &of);
        }
        draft.change(Change::Pledge(Box::new(Pledge { amount: -pledge.amount, ..pledge.clone() })));
    }
}

/// What an explanation tells of a donation.
fn traced(
    facts: &Facts<'_>,
    (id, donation): (DonationId, &Donation),
    found: &Result<Found, GivingVerdict>,
) -> DonationTrace {
    let nothing = DonationTrace {
        donation: id,
        verdict: GivingVerdict::Matched,
        decided: Vec::new(),
        charity: None,
        basis: 0,
        exact: 0,
        amount: 0,
        cap: None,
    };
    match found {
        Ok(found) => DonationTrace {
            charity: Some(found.charity),
            basis: found.basis,
            exact: found.exact,
            amount: found.amount,
            cap: found.cap,
            ..nothing
        },
        Err(verdict) => {
            let asked = matches!(verdict, GivingVerdict::ConditionNotMet | GivingVerdict::ConditionUnknown);
            let when = donation.when.as_ref().filter(|_| asked);
            let decided = when.map_or_else(Vec::new, |when| super::trace::decided(facts, when));
            DonationTrace { verdict: *verdict, decided, ..nothing }
        }
    }
}
