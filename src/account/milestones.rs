//! Marks of milestones that were passed and may be lost again.

use super::{Account, may_come_back};
use crate::calendar::{Date, Instant};
use crate::program::{Award, MilestonesId, Program};

/// A mark that was passed, and what it gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PassedMark {
    pub(crate) milestones: MilestonesId,
    /// The window in which it was passed.
    pub(crate) slot: i64,
    /// In the scale of the count.
    pub(crate) mark: i64,
    /// The place of its line among the marks.
    pub(crate) line: u32,
    pub(crate) gave: Award,
    /// The lot or the first voucher of that; 0 for none.
    pub(crate) lot: u32,
    /// The first day on which that could be used.
    pub(crate) start: Date,
    /// How much of it paid off a debt and never became a lot.
    pub(crate) repaid: i64,
    /// The instant of the event that passed it, and its day.
    pub(crate) passed: (Instant, Date),
}

impl PassedMark {
    /// What tells it from others.
    pub(crate) const fn key(&self) -> (u32, i64, i64, u32) {
        (self.milestones.0, self.slot, self.mark, self.line)
    }
}

impl Account {
    /// Notes a mark that was passed, or that is lost again. Nothing asks for those whose events are forgotten.
    #[cold]
    pub(super) fn book_mark(&mut self, program: &Program, mark: &PassedMark, is_passed: bool) {
        let newest = self.newest.map(|(_, day)| day);
        self.marks.retain(|known| {
            let is_asked = newest.is_none_or(|newest| may_come_back(program, known.passed.1, newest));
            is_asked && known.key() != mark.key()
        });
        if is_passed {
            let place = self.marks.partition_point(|known| known.key() < mark.key());
            self.marks.insert(place, *mark);
        }
    }
}
