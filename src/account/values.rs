//! The values for which caps have counters of their own, by number.

use crate::program::{MeterId, Program, Slots, each_value};
use std::collections::BTreeSet;

/// The number of the value that is missing.
pub(crate) const NONE: u32 = 0;

/// All values that some counter knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Values {
    /// By number, from 1.
    known: Vec<(u32, Box<str>)>,
}

impl Values {
    /// The number of a value.
    pub(crate) fn number(&self, text: &str) -> Option<u32> {
        self.known.iter().find(|(_, known)| **known == *text).map(|(number, _)| *number)
    }

    /// The number that the next value gets.
    pub(crate) fn next(&self) -> u32 {
        self.known.last().map_or(NONE, |(last, _)| *last).saturating_add(1)
    }

    /// Gives a value its number. `false` if the number is no new one.
    pub(crate) fn put(&mut self, number: u32, text: &str) -> bool {
        let is_new = number >= self.next() && self.number(text).is_none();
        if is_new {
            self.known.push((number, text.into()));
        }
        is_new
    }

    /// The same for a number that was just found.
    pub(super) fn take(&mut self, number: u32, text: &str) {
        let is_new = self.put(number, text);
        debug_assert!(is_new, "numbers are given once");
    }

    /// All values, by number.
    pub(crate) fn all(&self) -> &[(u32, Box<str>)] {
        &self.known
    }

    /// Drops values that no counter knows any more.
    pub(super) fn forget<'m>(
        &mut self,
        program: &Program,
        counted: impl Iterator<Item = &'m (MeterId, i64, i64)>,
    ) {
        if self.known.is_empty() {
            return;
        }
        let slots = |meter: MeterId| program.meters.get(meter.index()).map(|it| it.slots);
        let of_values = |meter| matches!(slots(meter), Some(Slots::Each(_) | Slots::EachFirst));
        let asked = counted.filter(|(meter, ..)| of_values(*meter));
        let asked: BTreeSet<u32> = asked.map(|(_, slot, _)| each_value(*slot)).collect();
        self.known.retain(|(number, _)| asked.contains(number));
    }
}
