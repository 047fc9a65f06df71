//! Messages between accounts: one event touches one account, and what concerns another leaves as a message.
//!
//! A message is an event with a deterministic id. The host delivers it like any other event, as often as it likes:
//! the same id twice changes nothing. A message to a member whom the host does not know is dropped.

use super::moved::{self, Moved};
use super::{Digest, Event, Kind};
use crate::calendar::{Date, Instant};
use std::sync::Arc;

/// A message to another account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Deterministic: the same cause has the same id.
    pub(crate) id: Arc<str>,
    pub(crate) from: Arc<str>,
    pub(crate) to: Arc<str>,
    pub(crate) at: Instant,
    /// The rule it is about; empty where it is about none.
    pub(crate) rule: Arc<str>,
    pub(crate) body: MessageBody,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageBody {
    /// A friend, who joined on this day, names the receiver as referrer. With the friend's values of the attributes
    /// that both must not share.
    ReferralNamed {
        /// When the friend joined.
        joined: Date,
        /// Attribute and value, for those that the friend has.
        shared: Box<[(Box<str>, Box<str>)]>,
    },
    /// The referrer accepts: the friend's rewards may follow.
    ReferralAccepted,
    /// The friend has qualified and the waiting time is over. With the friend's values as above.
    ReferralQualified {
        /// Attribute and value, for those that the friend has.
        shared: Box<[(Box<str>, Box<str>)]>,
        /// What the friend paid in the event that qualified, micro-units; 0 where the referral does not ask.
        spend: i64,
        /// Which time it is that the friend qualifies, from 1: a qualification that was reversed can come again.
        turn: u32,
    },
    /// The referrer has been rewarded or has used up the cap; the friend's own reward may follow.
    ReferralSettled {
        /// Which time it is that the friend qualified, from 1.
        turn: u32,
    },
    /// What the friend had qualified with came back after the pay-out: what it gave is taken back.
    ReferralReversed {
        /// Which time it was that the friend qualified, from 1.
        turn: u32,
    },
    /// The book of a budget answers a claim.
    BudgetAnswered {
        /// The event that earned what was claimed.
        event: Arc<str>,
        /// How many steps were granted.
        granted: i64,
    },
    /// What another member gives arrives. It must not be dropped: the giver does not have it any more.
    Transferred {
        /// The id of the giver's event.
        transfer: Arc<str>,
        /// The name of the unit.
        unit: Box<str>,
        /// What moves.
        lots: Box<[Moved]>,
    },
}

/// The kinds of message in the wire form.
pub(super) const KINDS: [&str; 7] = [
    "budget-answered",
    "referral-named",
    "referral-accepted",
    "referral-qualified",
    "referral-settled",
    "referral-reversed",
    moved::KIND,
];

impl MessageBody {
    /// The kind of the message in the wire form.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ReferralNamed { .. } => "referral-named",
            Self::ReferralAccepted => "referral-accepted",
            Self::ReferralQualified { .. } => "referral-qualified",
            Self::ReferralSettled { .. } => "referral-settled",
            Self::ReferralReversed { .. } => "referral-reversed",
            Self::BudgetAnswered { .. } => "budget-answered",
            Self::Transferred { .. } => moved::KIND,
        }
    }

    /// Which time it is that the friend has qualified.
    pub(crate) const fn turn(&self) -> u32 {
        match self {
            Self::ReferralQualified { turn, .. }
            | Self::ReferralSettled { turn }
            | Self::ReferralReversed { turn } => *turn,
            _ => 1,
        }
    }
}

impl Message {
    /// The id of a message about a referral: its kind, the rule, the friend, and which time it is if not the first.
    pub(crate) fn id_of(kind: &str, rule: &str, friend: &str, turn: u32) -> Arc<str> {
        match turn {
            1 => format!("{kind}/{rule}/{friend}").into(),
            turn => format!("{kind}/{rule}/{friend}/{turn}").into(),
        }
    }

    /// The member to whom it goes.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }

    /// The member from whom it comes.
    #[must_use]
    pub fn from(&self) -> &str {
        &self.from
    }

    /// Its id, which names its cause.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it says.
    #[must_use]
    pub const fn body(&self) -> &MessageBody {
        &self.body
    }

    pub(super) fn into_event(mut self) -> Event {
        // stores may put the keys of an object in another order; the same message must stay the same event
        if let MessageBody::ReferralNamed { shared, .. } | MessageBody::ReferralQualified { shared, .. } =
            &mut self.body
        {
            shared.sort();
        }
        let mut event = Event {
            id: Arc::clone(&self.id),
            member: Arc::clone(&self.to),
            at: self.at,
            currency: None,
            kind: Kind::Message(self),
            attributes: Box::default(),
            digest: 0,
        };
        event.digest = super::digest::of_event(&event);
        event
    }

    pub(super) fn digest(&self, digest: &mut Digest) {
        digest.text(self.body.kind());
        digest.text(&self.from);
        digest.text(&self.rule);
        let shared = match &self.body {
            MessageBody::ReferralNamed { joined, shared } => {
                digest.number(i64::from(joined.days()));
                shared
            }
            MessageBody::ReferralQualified { shared, .. } => shared,
            MessageBody::ReferralAccepted => return,
            MessageBody::ReferralSettled { .. } | MessageBody::ReferralReversed { .. } => &Box::default(),
            MessageBody::BudgetAnswered { event, granted } => {
                digest.text(event);
                digest.number(*granted);
                return;
            }
            MessageBody::Transferred { transfer, unit, lots } => {
                return MessageBody::digest_moved(digest, (transfer, unit), lots);
            }
        };
        for (name, value) in shared {
            digest.text(name);
            digest.text(value);
        }
        // a first time without an amount is what it always was
        if let MessageBody::ReferralQualified { spend, .. } = &self.body
            && *spend != 0
        {
            digest.number(*spend);
        }
        if self.body.turn() != 1 {
            digest.word(u64::from(self.body.turn()));
        }
    }
}
