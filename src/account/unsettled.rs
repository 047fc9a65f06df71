//! What returns remember of each other, so that any split of them ends where one return of the same things ends.
//!
//! What a return takes from a lot that has no more is taken from other lots. The account remembers how much a lot
//! lacks and what stands in for it. What is given back to the lot later, fills what it lacks and sets free what stood
//! in, the last in spending order first. Nothing of it is remembered longer than until the member spends points of the
//! unit: what is spent then may be what a return would have taken.

use super::receipt::SpentLot;
use crate::calendar::{Date, Instant};
use crate::ledger::Source;
use crate::program::UnitId;

/// What returns left open in one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsettled {
    pub(crate) unit: UnitId,
    /// By number of the lot.
    pub(crate) lacks: Vec<Lack>,
    pub(crate) covers: Vec<Cover>,
    pub(crate) voids: Vec<Void>,
    /// What was forgiven since the member last spent points of the unit. What is given back later pays it first.
    pub(crate) forgiven: i64,
}

/// What was to be taken from a lot that had no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lack {
    /// The lot; 0 for what had paid off a debt and never was in a lot.
    pub(crate) lot: u32,
    pub(crate) amount: i64,
    /// For how much what lapsed from the lot counted as taken.
    pub(crate) lapsed: i64,
    /// How much of it was forgiven for good, and is not booked again by a return that judges a purchase again.
    pub(crate) forgiven: i64,
}

/// A part of a lot that was taken for what another lot lacks, or an unused gift of a lost level that still may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cover {
    /// The lot with its terms; number 0 for one that is known by its terms only.
    pub(crate) lot: SpentLot,
    /// The first usable day of what was not usable yet.
    pub(crate) from: Option<Date>,
    /// Of a gift of a lost level, when the level was reached: it never goes back to the member.
    pub(crate) void: Option<Instant>,
    /// Whether it stands in for what a lot lacks.
    pub(crate) stands_in: bool,
}

/// How much of the gift of a lost level was used. If it is given back, it is void as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Void {
    pub(crate) source: Source,
    pub(crate) amount: i64,
    /// When the level was reached.
    pub(crate) reached: Instant,
}

impl Unsettled {
    /// Nothing is open.
    pub(crate) const fn of(unit: UnitId) -> Self {
        Self { unit, lacks: Vec::new(), covers: Vec::new(), voids: Vec::new(), forgiven: 0 }
    }

    /// Whether nothing is open.
    pub(crate) fn is_empty(&self) -> bool {
        self.lacks.is_empty() && self.covers.is_empty() && self.voids.is_empty() && self.forgiven == 0
    }

    /// Notes that a lot lacks more, or less if it is below zero.
    pub(crate) fn lack(&mut self, lot: u32, by: i64) {
        self.change_lack(lot, |lack| lack.amount += by);
    }

    /// Takes up to an amount out of what a lot lacks. Returns how much that was.
    pub(crate) fn fill(&mut self, lot: u32, amount: i64) -> i64 {
        let part = self.lack_of(lot).map_or(0, |lack| lack.amount).min(amount);
        self.lack(lot, -part);
        part
    }

    /// Notes for how much what lapsed from a lot counted as taken.
    pub(crate) fn count_lapsed(&mut self, lot: u32, amount: i64) {
        self.change_lack(lot, |lack| lack.lapsed += amount);
    }

    /// Takes up to an amount out of that. Returns how much it was.
    pub(crate) fn uncount_lapsed(&mut self, lot: u32, amount: i64) -> i64 {
        let part = self.lack_of(lot).map_or(0, |lack| lack.lapsed).min(amount);
        self.count_lapsed(lot, -part);
        part
    }

    /// Takes up to an amount out of what was forgiven of a lot for good. Returns how much that was.
    pub(crate) fn skip_forgiven(&mut self, lot: u32, amount: i64) -> i64 {
        let part = self.lack_of(lot).map_or(0, |lack| lack.forgiven).min(amount);
        self.change_lack(lot, |lack| lack.forgiven -= part);
        part
    }

    /// Notes that an amount of a lot was forgiven for good.
    pub(crate) fn forgive(&mut self, lot: u32, amount: i64) {
        self.change_lack(lot, |lack| lack.forgiven += amount);
    }

    fn lack_of(&self, lot: u32) -> Option<&Lack> {
        self.lacks.iter().find(|lack| lack.lot == lot)
    }

    fn change_lack(&mut self, lot: u32, change: impl FnOnce(&mut Lack)) {
        let place = match self.lacks.binary_search_by_key(&lot, |lack| lack.lot) {
            Ok(place) => place,
            Err(place) => {
                self.lacks.insert(place, Lack { lot, amount: 0, lapsed: 0, forgiven: 0 });
                place
            }
        };
        if let Some(lack) = self.lacks.get_mut(place) {
            change(lack);
            if (lack.amount, lack.lapsed, lack.forgiven) == (0, 0, 0) {
                self.lacks.remove(place);
            }
        }
    }

    /// Adds what stands in or may, to what there is of the same.
    pub(crate) fn cover(&mut self, cover: Cover) {
        if cover.lot.amount <= 0 {
            return;
        }
        let same = |known: &&mut Cover| {
            let terms = SpentLot { amount: known.lot.amount, ..cover.lot.clone() };
            known.lot == terms
                && (known.from, known.void, known.stands_in) == (cover.from, cover.void, cover.stands_in)
        };
        match self.covers.iter_mut().find(same) {
            Some(known) => known.lot.amount += cover.lot.amount,
            None => self.covers.push(cover),
        }
    }

    /// Takes an amount out of the cover at a place, and returns it as a cover of its own.
    pub(crate) fn uncover(&mut self, place: usize, amount: i64) -> Option<Cover> {
        let known = self.covers.get_mut(place)?;
        let part = amount.min(known.lot.amount);
        let mut taken = known.clone();
        taken.lot.amount = part;
        known.lot.amount -= part;
        if known.lot.amount == 0 {
            self.covers.remove(place);
        }
        Some(taken)
    }

    /// The member spends: what stood in stays used, and what was forgiven is forgiven for good. What is booked again
    /// is not booked where it was forgiven.
    pub(crate) fn settle(&mut self, keeps_forgiven: bool) {
        let mut forgiven = std::mem::take(&mut self.forgiven);
        for lack in &mut self.lacks {
            let part = forgiven.min(std::mem::take(&mut lack.amount));
            forgiven -= part;
            lack.lapsed = 0;
            lack.forgiven += if keeps_forgiven { part } else { 0 };
        }
        self.lacks.retain(|lack| lack.forgiven > 0);
        self.covers.clear();
        self.voids.clear();
    }
}
