//! Step 12: referrals.
//!
//! The friend's account asks the referrer's by a message and waits for its word, because one event touches one
//! account: `named` → `accepted` → (the friend qualifies, the waiting time passes) → `qualified` → `settled`. What
//! qualified may come back after that: then `reversed` undoes what both got, and the friend may qualify again.

use super::budgets::{self, Wanted};
use super::cancelling::reverse;
use super::draft::{Draft, Terms};
use super::judge::{Facts, Truth};
use super::note::Note;
use super::refuse::{Refusal, Rejection};
use super::rows::Rows;
use super::step04_match::room;
use super::step07_round::MOST;
use super::step08_cap::count_cap;
use super::step09_book::keep_redemption;
use super::sums::counted;
use super::terms::is_valid;
use crate::account::{Account, Change, CountedEvent, LineRecord, Link, LinkStage, Receipt, ReceiptAward};
use crate::amount::divide;
use crate::event::{Message, MessageBody};
use crate::ledger::{Source, Thing};
use crate::program::{
    EventKindId, Factor, PayOut, Program, Qualifies, Referral, ReferralGift, ReferralId, TakeBack, Test,
    UnitId, Window,
};
use std::sync::Arc;

type Shared = Box<[(Box<str>, Box<str>)]>;

// -------------------------------------------------------------------------------------- the friend's side

/// A member joins and names a referrer.
pub(crate) fn name_referrer(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    referrer: &Arc<str>,
    attributes: &[Option<Box<str>>],
) {
    if *referrer == facts.account.member {
        draft.notes.push(Note::Referral("nobody refers itself"));
        return;
    }
    if facts.account.has_member(referrer) {
        draft.notes.push(Note::Referral("members of one account do not refer each other"));
        return;
    }
    let Some(place) = facts.program.referrals.iter().position(|referral| is_valid_today(facts, referral))
    else {
        draft.notes.push(Note::Referral("no referral is valid on this day"));
        return;
    };
    ask(facts, draft, (place, referrer), attributes);
}

/// A member says later by whom it was brought.
#[cold]
pub(crate) fn link(facts: &Facts<'_>, draft: &mut Draft<'_>, referrer: &Arc<str>) -> Result<(), Rejection> {
    if *referrer == facts.account.member {
        return Err(Rejection::new(Refusal::WrongValue, "nobody refers itself"));
    }
    if facts.account.has_member(referrer) {
        let detail = "members of one account do not refer each other";
        return Err(Rejection::new(Refusal::WrongValue, detail));
    }
    if let Some(link) = &facts.account.link {
        let detail = format!("the member has named `{}`", link.referrer);
        return Err(Rejection::new(Refusal::AlreadyReferred, detail));
    }
    let can_be_named =
        |referral: &Referral| referral.named_until.is_some() && is_valid_today(facts, referral);
    if !facts.program.referrals.iter().any(can_be_named) {
        let detail = "no referral that is valid on this day lets a friend be named after joining";
        return Err(Rejection::new(Refusal::ConditionNotMet, detail));
    }
    let in_time = |referral: &Referral| {
        referral.named_until.is_some_and(|meter| facts.meter(meter, Window::SoFar) == 0)
    };
    let found = facts.program.referrals.iter().position(|it| can_be_named(it) && in_time(it));
    let Some(place) = found else {
        let detail = "a friend may be named until a first event, and that has come already";
        return Err(Rejection::new(Refusal::TooLate, detail));
    };
    ask(facts, draft, (place, referrer), &facts.account.attributes);
    Ok(())
}

fn is_valid_today(facts: &Facts<'_>, referral: &Referral) -> bool {
    is_valid(referral.valid, facts.event.day, facts.event.local)
}

/// Asks the referrer.
fn ask(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (place, referrer): (usize, &Arc<str>),
    attributes: &[Option<Box<str>>],
) {
    let Some(referral) = facts.program.referrals.get(place) else { return };
    draft.change(Change::Link(Box::new(Link {
        referral: place as u32,
        referrer: Arc::clone(referrer),
        stage: LinkStage::Named,
        counted: Vec::new(),
        due: None,
        turn: 1,
    })));
    let shared = shared_values(facts.program, referral, attributes);
    // who joins with this event has no tenure yet
    let joined = facts.account.tenure.map_or(facts.event.day, |tenure| tenure.day);
    let body = MessageBody::ReferralNamed { joined, shared };
    let friend = Arc::clone(&facts.account.member);
    draft.send(referrer, &referral.name, &friend, body);
}

/// The friend's values of the attributes that both must not share.
fn shared_values(program: &Program, referral: &Referral, attributes: &[Option<Box<str>>]) -> Shared {
    let values = referral.not_same.iter().filter_map(|place| {
        let attribute = program.member_attributes.get(usize::from(*place))?;
        let value = attributes.get(usize::from(*place))?.as_ref()?;
        Some((attribute.name.clone(), value.clone()))
    });
    values.collect()
}

/// An event of the friend: does it count?
pub(crate) fn qualify(facts: &Facts<'_>, draft: &mut Draft<'_>, kind: EventKindId) {
    if let Some(link) = &facts.account.link {
        count(facts, draft, link, kind);
    }
}

#[cold]
fn count(facts: &Facts<'_>, draft: &mut Draft<'_>, link: &Link, kind: EventKindId) {
    let Some(referral) = facts.program.referrals.get(link.referral as usize) else { return };
    let Some(qualifies) = referral.qualifies.filter(|qualifies| qualifies.event == kind) else { return };
    let joined = facts.account.tenure.map_or(facts.event.day, |tenure| tenure.day);
    let in_time = qualifies
        .within
        .is_none_or(|within| within.add_to_date(joined).is_none_or(|last| facts.event.day <= last));
    let enough = qualifies.at_least == 0 || facts.event.spend >= qualifies.at_least;
    if !in_time || !enough || link.counted.len() >= qualifies.most_counted() {
        return;
    }
    let mut link = link.clone();
    let (id, day, spend) = (Arc::clone(&draft.event), facts.event.day, facts.event.spend);
    link.counted.push(CountedEvent { id, day, spend });
    settle(facts, draft, referral, qualifies, link);
}

/// Says when the pay-out is due, by what counts now, and pays at once what is not waited for.
fn settle(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    referral: &Referral,
    qualifies: Qualifies,
    mut link: Link,
) {
    if matches!(link.stage, LinkStage::Named | LinkStage::Open) {
        let last = qualifies.times.checked_sub(1).and_then(|last| link.counted.get(last));
        link.due =
            last.map(|event| referral.wait.and_then(|wait| wait.add_to_date(event.day)).unwrap_or(event.day));
        if link.stage == LinkStage::Open && link.due.is_some_and(|due| due <= draft.today()) {
            return tell(facts, draft, link);
        }
    }
    draft.change(Change::Link(Box::new(link)));
}

/// The waiting time is over: the referrer is told, if what is asked of the friend holds.
pub(crate) fn tell(facts: &Facts<'_>, draft: &mut Draft<'_>, mut link: Link) {
    let Some(referral) = draft.program.referrals.get(link.referral as usize) else { return };
    let times = referral.qualifies.map_or(1, |qualifies| qualifies.times);
    let last = times.checked_sub(1).and_then(|last| link.counted.get(last));
    let spend = last.map_or(0, |event| event.spend);
    link.due = None;
    if !holds(facts, referral.when_friend.as_ref()) {
        // what counted is used up; later events may qualify
        link.counted.clear();
        draft.change(Change::Link(Box::new(link)));
        draft.notes.push(Note::Referral("what is asked of the friend does not hold"));
        return;
    }
    link.stage = LinkStage::Told;
    let asks_spend = referral.gifts.to(PayOut::Referrer).iter().any(ReferralGift::is_of_spend);
    let body = MessageBody::ReferralQualified {
        shared: shared_values(draft.program, referral, &draft.account.attributes),
        spend: if asks_spend { spend } else { 0 },
        turn: link.turn,
    };
    let friend = Arc::clone(&draft.account.member);
    draft.send(&link.referrer, &referral.name, &friend, body);
    draft.change(Change::Link(Box::new(link)));
}

fn holds(facts: &Facts<'_>, when: Option<&(Test, Box<str>)>) -> bool {
    when.is_none_or(|(test, _)| facts.judge(test, None) == Truth::Yes)
}

/// A return may take the qualification away, before the pay-out or after it; a later event inside the time may qualify.
pub(crate) fn recheck(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    receipt: &Receipt,
) -> Result<(), Rejection> {
    // a return of several purchases comes here for each of them
    let Some(mut link) = draft.link().cloned() else { return Ok(()) };
    let Some(place) = link.counted.iter().position(|event| event.id == receipt.id) else { return Ok(()) };
    let program = draft.program;
    let Some(referral) = program.referrals.get(link.referral as usize) else { return Ok(()) };
    let Some(qualifies) = referral.qualifies else { return Ok(()) };
    let left: i64 = (0..receipt.items.len()).map(|line| receipt.counted_left(line)).sum();
    let still = left >= qualifies.at_least && !receipt.cancelled && !receipt.is_returned_in_full();
    let paid = matches!(link.stage, LinkStage::Told | LinkStage::Settled);
    if still {
        if let Some(event) = link.counted.get_mut(place).filter(|_| !paid) {
            event.spend = left;
            draft.change(Change::Link(Box::new(link)));
        }
        return Ok(());
    }
    if paid && program.returns.take_back == TakeBack::Nothing && !receipt.cancelled {
        return Ok(());
    }
    link.counted.remove(place);
    if paid && place < qualifies.times {
        take_pay_out_back(facts, draft, rows, (referral, &mut link))?;
    }
    settle(facts, draft, referral, qualifies, link);
    Ok(())
}

/// What was paid for a qualification that does not hold any more is undone on both sides.
fn take_pay_out_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    (referral, link): (&Referral, &mut Link),
) -> Result<(), Rejection> {
    let friend = Arc::clone(&draft.account.member);
    let paid = MessageBody::ReferralSettled { turn: link.turn };
    let paid = Message::id_of(paid.kind(), &referral.name, &friend, link.turn);
    let id = ReferralId(link.referral);
    reverse(facts, draft, rows, &paid, (referral, id, PayOut::Friend))?;
    let body = MessageBody::ReferralReversed { turn: link.turn };
    draft.send(&link.referrer, &referral.name, &friend, body);
    link.stage = LinkStage::Open;
    link.turn = link.turn.saturating_add(1);
    Ok(())
}

// ------------------------------------------------------------------------------------------------ messages

/// A message about a referral arrives.
#[cold]
pub(crate) fn receive(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    message: &Message,
) -> Result<(), Rejection> {
    let found = facts.program.referrals.iter().position(|referral| *referral.name == *message.rule);
    let Some((id, referral)) =
        found.and_then(|place| Some((ReferralId(place as u32), facts.program.referrals.get(place)?)))
    else {
        draft.notes.push(Note::Unrelated);
        return Ok(());
    };
    let side = Side { facts, id, message };
    match &message.body {
        MessageBody::ReferralNamed { joined, shared } => {
            if facts.account.tenure.is_none_or(|tenure| tenure.day > *joined) {
                let why = "the referrer is no member or joined later than the friend";
                draft.notes.push(Note::Referral(why));
            } else if !side.is_same(draft, shared) {
                side.pay_out(draft, referral, (PayOut::ReferrerOnJoining, 0))?;
                draft.send(&message.from, &referral.name, &message.from, MessageBody::ReferralAccepted);
            }
        }
        MessageBody::ReferralAccepted => {
            let Some(link) = side.link(draft, |link| link.stage == LinkStage::Named) else { return Ok(()) };
            side.pay_out(draft, referral, (PayOut::FriendOnJoining, 0))?;
            let link = Link { stage: LinkStage::Open, ..link };
            match referral.qualifies {
                Some(qualifies) => settle(facts, draft, referral, qualifies, link),
                None => draft.change(Change::Link(Box::new(link))),
            }
        }
        MessageBody::ReferralQualified { shared, spend, turn } => {
            let reversed = Message::id_of("referral-reversed", &referral.name, &message.from, *turn);
            if facts.account.record(facts.program, &reversed).is_some() {
                // what takes it back has overtaken it
                draft.notes.push(Note::Referral("what the friend qualified with has come back"));
                return Ok(());
            }
            if side.is_same(draft, shared) {
                return Ok(());
            }
            if !holds(facts, referral.when_referrer.as_ref()) {
                draft.notes.push(Note::Referral("what is asked of the referrer does not hold"));
                return Ok(());
            }
            side.pay_out(draft, referral, (PayOut::Referrer, *spend))?;
            let body = MessageBody::ReferralSettled { turn: *turn };
            draft.send(&message.from, &referral.name, &message.from, body);
        }
        MessageBody::ReferralSettled { turn } => {
            let is_told = |link: &Link| link.stage == LinkStage::Told && link.turn == *turn;
            let Some(link) = side.link(draft, is_told) else { return Ok(()) };
            let last = referral.qualifies.and_then(|qualifies| link.counted.get(qualifies.times - 1));
            let spend = last.map_or(0, |event| event.spend);
            draft.change(Change::Link(Box::new(Link { stage: LinkStage::Settled, ..link })));
            side.pay_out(draft, referral, (PayOut::Friend, spend))?;
        }
        MessageBody::ReferralReversed { turn } => {
            let paid = Message::id_of("referral-qualified", &referral.name, &message.from, *turn);
            reverse(facts, draft, rows, &paid, (referral, id, PayOut::Referrer))?;
        }
        MessageBody::Transferred { .. } | MessageBody::BudgetAnswered { .. } => {}
    }
    Ok(())
}

/// A message and the referral that it is about, on the account that it reaches.
struct Side<'a> {
    facts: &'a Facts<'a>,
    id: ReferralId,
    message: &'a Message,
}

impl Side<'_> {
    /// The link that the message is about, if it is as far as it must be; else a note.
    fn link(&self, draft: &mut Draft<'_>, is_there: impl Fn(&Link) -> bool) -> Option<Link> {
        let link = self.facts.account.link.as_ref();
        let found = link.filter(|link| {
            link.referrer == self.message.from && link.referral == self.id.0 && is_there(link)
        });
        if found.is_none() {
            draft.notes.push(Note::Unrelated);
        }
        found.cloned()
    }

    /// Whether both have a value that they must not share; that is noted.
    fn is_same(&self, draft: &mut Draft<'_>, shared: &Shared) -> bool {
        let is_same = shares_value(self.facts.program, self.facts.account, shared);
        if is_same {
            let why = "both are of the same household or share what they must not share";
            draft.notes.push(Note::Referral(why));
        }
        is_same
    }

    /// Makes a pay-out if its caps have room; else that is noted.
    fn pay_out(
        &self,
        draft: &mut Draft<'_>,
        referral: &Referral,
        (pay_out, spend): (PayOut, i64),
    ) -> Result<(), Rejection> {
        let (gifts, caps) = (referral.gifts.to(pay_out), referral.caps.to(pay_out));
        if gifts.is_empty() {
            return Ok(());
        }
        if caps.iter().any(|cap| room(self.facts, *cap) <= 0) {
            let used_up = match pay_out.is_friends() {
                true => "the friend's cap is used up",
                false => "the referrer's cap is used up",
            };
            draft.notes.push(Note::Referral(used_up));
            return Ok(());
        }
        let budgets = self.facts.program.referral_budgets.get(self.id.index());
        match budgets.is_some_and(|budgets| !budgets.to(pay_out).is_empty()) {
            true => self.claim(draft, (gifts, spend), pay_out)?,
            false => self.pay(draft, gifts, spend)?,
        }
        for cap in caps {
            count_cap(draft, self.facts, *cap, 1);
        }
        Ok(())
    }

    /// Claims a pay-out, and keeps a record by which a reversal reaches it.
    #[cold]
    fn claim(
        &self,
        draft: &mut Draft<'_>,
        (gifts, spend): (&[ReferralGift], i64),
        pay_out: PayOut,
    ) -> Result<(), Rejection> {
        let source = Source::Referral(self.id);
        let mut awards = Vec::with_capacity(gifts.len());
        for gift in gifts {
            let (amount, thing) = (self.worth(gift, spend)?, Thing::from(gift.thing()));
            let (lot, start, repaid, record) = (0, draft.day, 0, LineRecord::Whole);
            if amount > 0 {
                awards.push(ReceiptAward { source, thing, lot, start, amount, repaid, record });
            }
        }
        let mut awards = awards.into_iter();
        let Some(award) = awards.next() else { return Ok(()) };
        let wanted = Wanted { more: awards.collect(), pay_out, ..Wanted::award(award, None) };
        budgets::claim(self.facts, draft, wanted)?;
        keep_redemption(self.facts, draft, Vec::new(), None);
        Ok(())
    }

    /// Pays, and keeps what a reversal will ask for.
    fn pay(&self, draft: &mut Draft<'_>, gifts: &[ReferralGift], spend: i64) -> Result<(), Rejection> {
        let source = Source::Referral(self.id);
        let mut awards = Vec::with_capacity(gifts.len());
        for gift in gifts {
            let amount = self.worth(gift, spend)?;
            if amount <= 0 {
                continue;
            }
            let booked = draft.give(gift.thing(), amount, source, Terms::default());
            let (lot, start, repaid) = (booked.lot, booked.start, booked.repaid);
            let (thing, record) = (Thing::from(gift.thing()), LineRecord::Whole);
            awards.push(ReceiptAward { source, thing, lot, start, amount, repaid, record });
        }
        if !awards.is_empty() {
            keep_redemption(self.facts, draft, awards, None);
        }
        Ok(())
    }

    /// How much a gift is, in the unit's scale.
    fn worth(&self, gift: &ReferralGift, spend: i64) -> Result<i64, Rejection> {
        Ok(match gift {
            ReferralGift::Fixed(award) => award.amount,
            ReferralGift::Table { table, .. } => self.facts.row(table).copied().unwrap_or(0),
            ReferralGift::OfSpend { unit, rate, steps, step } => {
                let (num, den) = match rate {
                    Factor::Fixed(num, den) => (*num, *den),
                    Factor::Table(table) => self.facts.row(table).copied().unwrap_or((0, 1)),
                };
                let weight = counted(spend.max(0), *steps, *step).map(i128::from);
                let exact = weight.and_then(|weight| weight.checked_mul(num));
                self.round(*unit, exact, den).ok_or_else(Rejection::too_large)?
            }
        })
    }

    fn round(&self, unit: UnitId, exact: Option<i128>, den: i128) -> Option<i64> {
        let mode = self.facts.program.units.get(unit.index())?.round.mode;
        let whole = divide(exact?, den, mode).filter(|whole| whole.abs() <= MOST)?;
        i64::try_from(whole).ok()
    }
}

fn shares_value(program: &Program, account: &Account, shared: &Shared) -> bool {
    shared.iter().any(|(name, value)| {
        let place = program.member_attributes.iter().position(|attribute| attribute.name == *name);
        let mine = place.and_then(|place| account.attributes.get(place)).and_then(Option::as_ref);
        mine == Some(value)
    })
}
