//! What one member gives another: a transfer, and the message that carries it.

use super::builder::TEXT_MOST;
use super::{Digest, MessageBody};
use crate::calendar::{Date, Duration};
use crate::ledger::SourceKind;
use std::fmt::Write;
use std::sync::Arc;

/// So many lots travel in one message.
pub(crate) const MOVED_MOST: usize = 100;

/// The kind of the message in the wire form.
pub(super) const KIND: &str = "transferred";

/// A member gives an amount of a unit to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transfer {
    /// Above zero, in millionths.
    pub(crate) amount: i64,
    /// The name of the unit.
    pub(crate) unit: Box<str>,
    /// Who gets it.
    pub(crate) to: Arc<str>,
}

/// A part of a lot on its way to another member, with its dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Above zero, in millionths.
    pub(crate) amount: i64,
    /// What gave it: kind, name and level.
    pub(crate) source: (SourceKind, Box<str>, Option<Box<str>>),
    /// The day of its booking.
    pub(crate) earned: Date,
    /// Its last usable day, as it was when it was given away.
    pub(crate) last: Option<Date>,
    /// Why its last day may still move.
    pub(crate) terms: Option<Box<MovedTerms>>,
}

/// The terms of what ends on a day that may still move.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MovedTerms {
    /// The earliest last day by lines that nothing moves.
    pub(crate) fixed: Option<Date>,
    /// What ends without activity.
    pub(crate) idle: Box<[MovedIdle]>,
    /// Whether the oldest is spent first, so that its day is one of its terms.
    pub(crate) by_age: bool,
    /// Whose `no expiry when` may keep it.
    pub(crate) held_by: Option<Holder>,
}

/// `expire after D without E`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MovedIdle {
    pub(crate) length: Duration,
    pub(crate) since: Date,
    pub(crate) without: Box<[Keeper]>,
}

/// What keeps a lot alive, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Keeper {
    /// An event of this kind.
    Event(Box<str>),
    /// A booking of this unit.
    Earning(Box<str>),
    /// A request.
    Redemption,
}

/// Whose condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The unit's.
    Unit,
    /// The rule's that gave it.
    Rule,
}

impl Holder {
    /// The word in messages.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Rule => "rule",
        }
    }
}

/// The id of a message that carries a part of a transfer; nothing if it would be longer than an id may be. No other
/// event has such an id, because theirs do not begin with `@`, and no other part of any transfer has the same.
pub(crate) fn message_id(from: &str, transfer: &str, number: usize) -> Option<Arc<str>> {
    let mut id = format!("@{KIND}/");
    for part in [from, transfer] {
        for character in part.chars() {
            match character {
                '%' => id.push_str("%25"),
                '/' => id.push_str("%2F"),
                other => id.push(other),
            }
        }
        id.push('/');
    }
    // writing to a text cannot fail
    let _ = write!(id, "{number}");
    (id.len() <= TEXT_MOST).then(|| id.into())
}

impl Transfer {
    /// Adds what the transfer says to a digest.
    pub(super) fn digest(&self, digest: &mut Digest) {
        digest.number(self.amount);
        digest.text(&self.unit);
        digest.text(&self.to);
    }
}

impl MessageBody {
    /// Adds what arrives to a digest.
    pub(super) fn digest_moved(digest: &mut Digest, (transfer, unit): (&str, &str), lots: &[Moved]) {
        digest.text(transfer);
        digest.text(unit);
        digest.word(lots.len() as u64);
        lots.iter().for_each(|lot| lot.digest(digest));
    }
}

impl Moved {
    fn digest(&self, digest: &mut Digest) {
        let (kind, rule, level) = &self.source;
        digest.number(self.amount);
        digest.text(kind.word());
        digest.text(rule);
        digest.text(level.as_deref().unwrap_or_default());
        digest.number(i64::from(self.earned.days()));
        digest_day(digest, self.last);
        let Some(terms) = &self.terms else { return digest.word(0) };
        digest.word(1 + u64::from(terms.by_age));
        digest_day(digest, terms.fixed);
        digest.text(terms.held_by.map_or("", Holder::word));
        digest.word(terms.idle.len() as u64);
        for idle in &terms.idle {
            digest.word(u64::from(idle.length.count));
            digest.text(idle.length.unit.word());
            digest.number(i64::from(idle.since.days()));
            digest.word(idle.without.len() as u64);
            for keeper in &idle.without {
                match keeper {
                    Keeper::Event(name) => digest.text(name),
                    Keeper::Earning(name) => {
                        digest.word(1);
                        digest.text(name);
                    }
                    Keeper::Redemption => digest.word(2),
                }
            }
        }
    }
}

fn digest_day(digest: &mut Digest, day: Option<Date>) {
    digest.number(day.map_or(i64::MIN, |day| i64::from(day.days())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_with_separators_stay_apart() {
        let id = |from, transfer, number| message_id(from, transfer, number).expect("short enough");
        assert_eq!(&*id("Ann", "T-1", 1), "@transferred/Ann/T-1/1");
        assert_eq!(&*id("A/B", "C%2F", 12), "@transferred/A%2FB/C%252F/12");
        assert_ne!(id("A/B", "C", 1), id("A", "B/C", 1));
        assert_ne!(id("A", "B/1", 1), id("A", "B", 11));
    }

    #[test]
    fn an_id_is_never_longer_than_an_event_may_have() {
        // @transferred/ and Ann/ and /1 are 13 + 4 + 2 bytes
        assert!(message_id("Ann", &"x".repeat(TEXT_MOST - 19), 1).is_some());
        assert!(message_id("Ann", &"x".repeat(TEXT_MOST - 18), 1).is_none());
        assert!(message_id("Ann", &"/".repeat(TEXT_MOST / 2), 1).is_none());
    }
}
