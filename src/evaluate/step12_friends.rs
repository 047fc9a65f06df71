//! Step 12: referrals.
//!
//! The friend's account asks the referrer's by a message and waits for its word, because one event touches one
//! account: `named` → `accepted` → (the friend qualifies, the waiting time passes) → `qualified` → `settled`.

use super::draft::{Draft, Terms};
use super::judge::Facts;
use super::note::Note;
use super::step04_match::room;
use super::step08_cap::count_cap;
use super::terms::is_valid;
use crate::account::{Account, Change, Link, LinkStage, Receipt};
use crate::event::{Message, MessageBody};
use crate::ledger::Source;
use crate::program::{Award, CapId, EventKindId, Program, Referral, ReferralId};
use std::sync::Arc;

type Shared = Box<[(Box<str>, Box<str>)]>;

/// A member joins and names a referrer.
pub(crate) fn name_referrer(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    referrer: &Arc<str>,
    attributes: &[Option<Box<str>>],
    notes: &mut Vec<Note>,
) {
    if *referrer == facts.account.member {
        notes.push(Note::Referral("nobody refers itself"));
        return;
    }
    let valid = |referral: &Referral| is_valid(referral.valid, facts.event.day, facts.event.local);
    let Some(place) = facts.program.referrals.iter().position(valid) else {
        notes.push(Note::Referral("no referral is valid on this day"));
        return;
    };
    let Some(referral) = facts.program.referrals.get(place) else { return };
    let link = Link { referral: place as u32, referrer: Arc::clone(referrer), stage: LinkStage::Named };
    draft.change(Change::Link(Box::new(link)));
    let shared = shared_values(facts.program, referral, attributes);
    let body = MessageBody::ReferralNamed { joined: facts.event.day, shared };
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

/// An event of the friend: does it qualify?
pub(crate) fn qualify(facts: &Facts<'_>, draft: &mut Draft<'_>, kind: EventKindId) {
    let Some(link) = facts.account.link.as_ref().filter(|link| link.stage == LinkStage::Open) else { return };
    let Some(referral) = facts.program.referrals.get(link.referral as usize) else { return };
    let Some(qualifies) = referral.qualifies.filter(|qualifies| qualifies.event == kind) else { return };
    let joined = facts.anchors.joined;
    let in_time = qualifies
        .within
        .is_none_or(|within| within.add_to_date(joined).is_none_or(|last| facts.event.day <= last));
    let enough = qualifies.at_least == 0 || facts.event.spend >= qualifies.at_least;
    if !in_time || !enough {
        return;
    }
    match referral.wait.and_then(|wait| wait.add_to_date(facts.event.day)) {
        Some(day) if day > facts.event.day => {
            let stage = LinkStage::Waiting(Arc::clone(&draft.event), day);
            draft.change(Change::Link(Box::new(Link { stage, ..link.clone() })));
        }
        _ => tell(draft, referral, link),
    }
}

/// The waiting time is over: the referrer is told.
pub(crate) fn pay_out(draft: &mut Draft<'_>, link: &Link) {
    if let Some(referral) = draft.program.referrals.get(link.referral as usize) {
        tell(draft, referral, link);
    }
}

fn tell(draft: &mut Draft<'_>, referral: &Referral, link: &Link) {
    draft.change(Change::Link(Box::new(Link { stage: LinkStage::Told, ..link.clone() })));
    let shared = shared_values(draft.program, referral, &draft.account.attributes);
    let friend = Arc::clone(&draft.account.member);
    draft.send(&link.referrer, &referral.name, &friend, MessageBody::ReferralQualified { shared });
}

/// A return may take the qualification away; a later purchase inside the time may qualify again.
pub(crate) fn recheck(draft: &mut Draft<'_>, receipt: &Receipt) {
    let Some(link) = draft.account.link.as_ref() else { return };
    let LinkStage::Waiting(id, _) = &link.stage else { return };
    let Some(referral) = draft.program.referrals.get(link.referral as usize) else { return };
    if *id != receipt.id {
        return;
    }
    let left: i64 = (0..receipt.items.len()).map(|line| receipt.counted_left(line)).sum();
    let least = referral.qualifies.map_or(0, |qualifies| qualifies.at_least);
    if left < least || receipt.cancelled || receipt.is_returned_in_full() {
        draft.change(Change::Link(Box::new(Link { stage: LinkStage::Open, ..link.clone() })));
    }
}

/// A message about a referral arrives.
#[cold]
pub(crate) fn receive(facts: &Facts<'_>, draft: &mut Draft<'_>, message: &Message, notes: &mut Vec<Note>) {
    let found = facts.program.referrals.iter().position(|referral| *referral.name == *message.rule);
    let Some((id, referral)) =
        found.and_then(|place| Some((ReferralId(place as u32), facts.program.referrals.get(place)?)))
    else {
        notes.push(Note::Unrelated);
        return;
    };
    match &message.body {
        MessageBody::ReferralNamed { joined, shared } => {
            if facts.account.tenure.is_none_or(|tenure| tenure.day > *joined) {
                notes.push(Note::Referral("the referrer is no member or joined later than the friend"));
                return;
            }
            if shares_value(facts.program, facts.account, shared) {
                notes
                    .push(Note::Referral("both are of the same household or share what they must not share"));
                return;
            }
            // caps count pay-outs, and a gift for joining is none
            pay(draft, id, &referral.joining_referrer);
            draft.send(&message.from, &referral.name, &message.from, MessageBody::ReferralAccepted);
        }
        MessageBody::ReferralQualified { shared } => {
            if shares_value(facts.program, facts.account, shared) {
                notes
                    .push(Note::Referral("both are of the same household or share what they must not share"));
                return;
            }
            if pay_capped(facts, draft, id, &referral.qualifying_referrer, &referral.referrer_caps).is_some()
            {
                notes.push(Note::Referral("the referrer's cap is used up"));
            }
            draft.send(&message.from, &referral.name, &message.from, MessageBody::ReferralSettled);
        }
        MessageBody::ReferralAccepted => {
            let named = facts
                .account
                .link
                .as_ref()
                .filter(|link| link.stage == LinkStage::Named && link.referrer == message.from);
            let Some(link) = named else {
                notes.push(Note::Unrelated);
                return;
            };
            draft.change(Change::Link(Box::new(Link { stage: LinkStage::Open, ..link.clone() })));
            pay(draft, id, &referral.joining_friend);
        }
        MessageBody::Transferred { .. } => {}
        MessageBody::ReferralSettled => {
            let told = facts
                .account
                .link
                .as_ref()
                .filter(|link| link.stage == LinkStage::Told && link.referrer == message.from);
            let Some(link) = told else {
                notes.push(Note::Unrelated);
                return;
            };
            draft.change(Change::Link(Box::new(Link { stage: LinkStage::Settled, ..link.clone() })));
            if pay_capped(facts, draft, id, &referral.qualifying_friend, &referral.friend_caps).is_some() {
                notes.push(Note::Referral("the friend's cap is used up"));
            }
        }
    }
}

fn shares_value(program: &Program, account: &Account, shared: &Shared) -> bool {
    shared.iter().any(|(name, value)| {
        let place = program.member_attributes.iter().position(|attribute| attribute.name == *name);
        let mine = place.and_then(|place| account.attributes.get(place)).and_then(Option::as_ref);
        mine == Some(value)
    })
}

fn pay(draft: &mut Draft<'_>, id: ReferralId, awards: &[Award]) {
    for award in awards {
        draft.give(award.thing, award.amount, Source::Referral(id), Terms::default());
    }
}

/// Pays one pay-out if the caps of the side have room; tells which has none.
fn pay_capped(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    id: ReferralId,
    awards: &[Award],
    caps: &[CapId],
) -> Option<CapId> {
    if awards.is_empty() {
        return None;
    }
    let full = caps.iter().copied().find(|cap| room(facts, *cap) <= 0);
    if full.is_some() {
        return full;
    }
    pay(draft, id, awards);
    for cap in caps {
        count_cap(draft, facts, *cap, 1);
    }
    None
}
