//! Marks of milestones that were passed and may be lost again, and what a host may read of them.

use super::{Account, may_come_back};
use crate::calendar::{Date, Instant, Period};
use crate::program::{Award, Marks, Milestones, MilestonesId, Program, Slots, UnknownName};
use serde::Serialize;

/// How far a member is in milestones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MilestonesProgress {
    /// The first day of the period in which is counted; nothing if it is counted without end or within a campaign.
    pub from: Option<Date>,
    /// Its last day.
    pub to: Option<Date>,
    /// What counts so far, less what came back: money with the digits of the currency, a unit with its decimals.
    pub count: String,
    /// The lowest mark that is not passed; nothing if there is none.
    pub next: Option<String>,
    /// How much is missing to it.
    pub missing: Option<String>,
}

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

impl Milestones {
    /// The lowest mark above a count.
    fn next_mark(&self, count: i64) -> Option<i64> {
        let next = |marks: &Marks| {
            let number = marks.up_to(count);
            (number < marks.up_to(i64::MAX)).then(|| marks.at(number))
        };
        self.marks.iter().filter_map(next).min()
    }
}

impl Account {
    /// How far a member is in milestones, as of the period of a day.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no milestones of this name.
    pub fn milestones(
        &self,
        program: &Program,
        milestones: &str,
        on: Date,
    ) -> Result<MilestonesProgress, UnknownName> {
        let id = program.milestones_named(milestones)?;
        let unknown = || UnknownName::new("milestones", milestones);
        let rules = program.milestones.get(id.index()).ok_or_else(unknown)?;
        let meter = program.meters.get(rules.meter.index()).ok_or_else(unknown)?;
        let range = match meter.slots {
            Slots::Period(period) if !matches!(period, Period::Campaign | Period::Lifetime) => {
                Some(period.range_of(on, &self.anchors(program, on)))
            }
            _ => None,
        };
        let slot = range.map_or(0, |range| i64::from(range.first.days()));
        let count = self.counted(rules.meter, slot);
        let most = rules.most.map_or(count, |most| self.counted(most, slot).max(count));
        let next = rules.next_mark(most);
        let written = |number| rules.counts.plain().written(program, number);
        Ok(MilestonesProgress {
            from: range.map(|range| range.first),
            to: range.map(|range| range.last),
            count: written(count),
            next: next.map(written),
            missing: next.map(|mark| written(mark.saturating_sub(count))),
        })
    }

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
