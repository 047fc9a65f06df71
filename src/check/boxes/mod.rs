//! Conditions as sets of boxes.
//!
//! A condition compares one subject with constants, so the events for which it holds are a union of boxes: for each
//! subject a set of numbers or names. Emptiness, overlap and containment of such unions are exact. What would need
//! more than [`BOXES_MOST`] boxes is [`TooComplex`], and nothing is said about it.
//!
//! This room knows the compiled conditions and the vocabulary, and nothing of rules, texts or findings.

mod build;
mod sets;
mod settle;
mod space;
#[cfg(test)]
mod tests;

pub(crate) use build::Want;
pub(crate) use sets::{Set, SymSet};
pub(crate) use settle::{Example, Meet};
pub(crate) use space::{Key, NumKey, Space, Var};

/// The most boxes of one condition.
pub(crate) const BOXES_MOST: usize = 4_096;

/// The most pairs of boxes that are compared for one question.
const PAIRS_MOST: usize = 65_536;

/// A condition needs more boxes than are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooComplex;

/// One box: what each subject may be. A subject that is not named may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bounds {
    /// Sorted by subject, none twice.
    sets: Vec<(Var, Set)>,
}

impl Bounds {
    /// The box of everything.
    pub(crate) fn all() -> Self {
        Self::default()
    }

    /// A box that binds one subject.
    pub(crate) fn one(var: Var, set: Set) -> Self {
        Self { sets: vec![(var, set)] }
    }

    /// What a subject may be, if the box says so.
    pub(crate) fn get(&self, var: Var) -> Option<&Set> {
        let place = self.sets.binary_search_by_key(&var, |(known, _)| *known).ok()?;
        self.sets.get(place).map(|(_, set)| set)
    }

    /// All subjects that it binds.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Var, &Set)> {
        self.sets.iter().map(|(var, set)| (*var, set))
    }

    /// What both hold; nothing if some subject has no value left.
    pub(crate) fn meet(&self, other: &Self) -> Option<Self> {
        let mut sets = Vec::with_capacity(self.sets.len() + other.sets.len());
        let (mut mine, mut theirs) = (self.sets.iter().peekable(), other.sets.iter().peekable());
        loop {
            let next = match (mine.peek(), theirs.peek()) {
                (None, None) => return Some(Self { sets }),
                (Some(_), None) => mine.next().cloned(),
                (None, Some(_)) => theirs.next().cloned(),
                (Some((a, _)), Some((b, _))) if a < b => mine.next().cloned(),
                (Some((a, _)), Some((b, _))) if b < a => theirs.next().cloned(),
                (Some((var, one)), Some((_, two))) => {
                    let both = one.meet(two);
                    if both.is_empty() {
                        return None;
                    }
                    let met = Some((*var, both));
                    mine.next();
                    theirs.next();
                    met
                }
            };
            sets.extend(next);
        }
    }
}

/// A union of boxes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Region {
    boxes: Vec<Bounds>,
}

impl Region {
    /// Nothing at all.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Everything.
    pub(crate) fn all() -> Self {
        Self { boxes: vec![Bounds::all()] }
    }

    /// Where one subject lies in a set.
    pub(crate) fn one(var: Var, set: Set) -> Self {
        if set.is_empty() { Self::none() } else { Self { boxes: vec![Bounds::one(var, set)] } }
    }

    /// Its boxes.
    pub(crate) fn boxes(&self) -> &[Bounds] {
        &self.boxes
    }

    /// What both hold.
    pub(crate) fn meet(&self, other: &Self) -> Result<Self, TooComplex> {
        if self.boxes.len().saturating_mul(other.boxes.len()) > PAIRS_MOST {
            return Err(TooComplex);
        }
        let mut boxes = Vec::new();
        for one in &self.boxes {
            for two in &other.boxes {
                boxes.extend(one.meet(two));
                if boxes.len() > BOXES_MOST {
                    return Err(TooComplex);
                }
            }
        }
        Ok(Self { boxes })
    }

    /// What one of both holds.
    pub(crate) fn join(mut self, other: Self) -> Result<Self, TooComplex> {
        for new in other.boxes {
            self.add(new);
        }
        if self.boxes.len() > BOXES_MOST { Err(TooComplex) } else { Ok(self) }
    }

    /// Adds a box. Boxes that bind only one and the same subject become one.
    fn add(&mut self, new: Bounds) {
        if let [(var, set)] = new.sets.as_slice()
            && let Some(known) =
                self.boxes.iter_mut().rev().take(4).find_map(|known| match known.sets.as_mut_slice() {
                    [(other, known)] if other == var => Some(known),
                    _ => None,
                })
        {
            *known = known.join(set);
            return;
        }
        self.boxes.push(new);
    }
}
