//! Choices: rights to take some of several awards until a last day.

use super::rule::{Award, AwardThing};
use crate::calendar::Duration;

/// The most entries that a choice may offer. Which of them are taken fits into one word.
pub(crate) const ENTRIES_MOST: usize = 64;

/// What a member may choose from. Two rules that offer the same in the same way offer one and the same choice, as two
/// rules may give the same voucher.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The whole phrase, as ledgers name it: `choice of [400 punkte, 1 Weinhilfe] within 2 months`.
    pub(crate) name: Box<str>,
    /// How many entries may be taken; fewer than there are.
    pub(crate) picks: i64,
    /// What may be taken, as written; 2 to [`ENTRIES_MOST`].
    pub(crate) entries: Box<[Award]>,
    /// From the day on which it is given to its last day; whole days or longer.
    pub(crate) within: Duration,
    /// What is given for each entry that was not taken in time.
    pub(crate) otherwise: Option<Award>,
}

impl Choice {
    /// Whether a member can get something by it.
    pub(crate) fn offers(&self, thing: AwardThing) -> bool {
        self.entries.iter().chain(&self.otherwise).any(|award| award.thing == thing)
    }
}
