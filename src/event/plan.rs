//! Joining and leaving plans, and levels that somebody grants.

use super::Digest;
use crate::calendar::{Date, Duration, DurationUnit};

/// A member joins or leaves a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    /// Whether it joins; otherwise it leaves.
    pub(crate) joins: bool,
    /// The name of the plan.
    pub(crate) plan: Box<str>,
}

/// Somebody grants a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The name of the level.
    pub(crate) tier: Box<str>,
    /// How long.
    pub(crate) span: GrantSpan,
}

/// How long a level is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrantSpan {
    /// Without an end.
    Ever,
    /// So long; the day of the event is not counted.
    For(Duration),
    /// Up to a day.
    Until(Date),
}

/// The lengths of time of the wire form.
const LENGTHS: [DurationUnit; 5] =
    [DurationUnit::Day, DurationUnit::Week, DurationUnit::Month, DurationUnit::Quarter, DurationUnit::Year];

/// `12 months`, `1 day`
pub(super) fn length(text: &str) -> Option<Duration> {
    let (count, word) = text.split_once(' ')?;
    let count = count.parse().ok().filter(|count| *count > 0)?;
    let known = LENGTHS.into_iter().find(|unit| word.strip_suffix('s').unwrap_or(word) == unit.word())?;
    let length = Duration::new(count, known);
    (length_text(length) == text).then_some(length)
}

pub(super) fn length_text(length: Duration) -> String {
    let ending = if length.count == 1 { "" } else { "s" };
    format!("{} {}{ending}", length.count, length.unit.word())
}

impl Membership {
    /// The kind in the wire form.
    pub(super) const fn kind(&self) -> &'static str {
        if self.joins { "join-plan" } else { "leave-plan" }
    }

    pub(super) fn digest(&self, digest: &mut Digest) {
        digest.word(10 + u64::from(self.joins));
        digest.text(&self.plan);
    }
}

impl Grant {
    pub(super) fn digest(&self, digest: &mut Digest) {
        digest.word(12);
        digest.text(&self.tier);
        match self.span {
            GrantSpan::Ever => digest.word(0),
            GrantSpan::For(length) => digest.text(&length_text(length)),
            GrantSpan::Until(last) => digest.text(&last.to_string()),
        }
    }
}
