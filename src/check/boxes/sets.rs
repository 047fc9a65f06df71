//! Sets of values of one subject.

use crate::program::Symbol;

/// Values of one subject, and whether it may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Set {
    /// Numbers.
    Num(NumSet),
    /// Names.
    Sym(SymSet),
}

impl Set {
    /// What both hold.
    pub(crate) fn meet(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Num(one), Self::Num(two)) => Self::Num(one.meet(two)),
            (Self::Sym(one), Self::Sym(two)) => Self::Sym(one.meet(two)),
            // a subject has one sort of value, so this cannot be asked
            _ => Self::Num(NumSet::none()),
        }
    }

    /// What one of both holds.
    pub(crate) fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Num(one), Self::Num(two)) => Self::Num(one.join(two)),
            (Self::Sym(one), Self::Sym(two)) => Self::Sym(one.join(two)),
            _ => self.clone(),
        }
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Num(set) => set.is_empty(),
            Self::Sym(set) => set.is_empty(),
        }
    }

    /// The numbers.
    pub(crate) fn num(&self) -> Option<&NumSet> {
        match self {
            Self::Num(set) => Some(set),
            Self::Sym(_) => None,
        }
    }

    /// The names.
    pub(crate) fn sym(&self) -> Option<&SymSet> {
        match self {
            Self::Sym(set) => Some(set),
            Self::Num(_) => None,
        }
    }
}

/// Numbers as ranges, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NumSet {
    /// Sorted, apart from each other by at least one number.
    ranges: Vec<(i64, i64)>,
    missing: bool,
}

impl NumSet {
    /// No value, not even a missing one.
    pub(crate) const fn none() -> Self {
        Self { ranges: Vec::new(), missing: false }
    }

    /// Only: it is missing.
    pub(crate) const fn missing() -> Self {
        Self { ranges: Vec::new(), missing: true }
    }

    /// Every number.
    pub(crate) fn known() -> Self {
        Self::range(i64::MIN, i64::MAX)
    }

    /// All from one to another; none if they stand the wrong way round.
    pub(crate) fn range(low: i64, high: i64) -> Self {
        Self { ranges: if low <= high { vec![(low, high)] } else { Vec::new() }, missing: false }
    }

    /// One of these.
    pub(crate) fn of(values: &[i64]) -> Self {
        Self::from_ranges(values.iter().map(|value| (*value, *value)).collect())
    }

    fn from_ranges(mut ranges: Vec<(i64, i64)>) -> Self {
        ranges.retain(|(low, high)| low <= high);
        ranges.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match merged.last_mut() {
                Some((_, end)) if low <= end.saturating_add(1) => *end = (*end).max(high),
                _ => merged.push((low, high)),
            }
        }
        Self { ranges: merged, missing: false }
    }

    /// The same, or missing.
    pub(crate) fn or_missing(mut self) -> Self {
        self.missing = true;
        self
    }

    /// Whether it may be missing.
    pub(crate) const fn may_be_missing(&self) -> bool {
        self.missing
    }

    /// The ranges, ascending.
    pub(crate) fn ranges(&self) -> &[(i64, i64)] {
        &self.ranges
    }

    /// The least number.
    pub(crate) fn least(&self) -> Option<i64> {
        self.ranges.first().map(|(low, _)| *low)
    }

    /// The greatest number.
    pub(crate) fn greatest(&self) -> Option<i64> {
        self.ranges.last().map(|(_, high)| *high)
    }

    /// Whether a number is in it.
    pub(crate) fn contains(&self, value: i64) -> bool {
        let place = self.ranges.partition_point(|(_, high)| *high < value);
        self.ranges.get(place).is_some_and(|(low, _)| *low <= value)
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty() && !self.missing
    }

    /// What both hold.
    pub(crate) fn meet(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let (mut mine, mut theirs) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        while let (Some((low, high)), Some((from, to))) = (mine.peek(), theirs.peek()) {
            if low.max(from) <= high.min(to) {
                ranges.push((*low.max(from), *high.min(to)));
            }
            if high < to {
                mine.next();
            } else {
                theirs.next();
            }
        }
        Self { ranges, missing: self.missing && other.missing }
    }

    /// What one of both holds.
    pub(crate) fn join(&self, other: &Self) -> Self {
        let ranges = self.ranges.iter().chain(&other.ranges).copied().collect();
        Self { missing: self.missing || other.missing, ..Self::from_ranges(ranges) }
    }

    /// All numbers that are not in it, never missing.
    pub(crate) fn others(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = Some(i64::MIN);
        for (low, high) in &self.ranges {
            if let (Some(from), Some(to)) = (next, low.checked_sub(1))
                && from <= to
            {
                ranges.push((from, to));
            }
            next = high.checked_add(1);
        }
        if let Some(from) = next {
            ranges.push((from, i64::MAX));
        }
        Self { ranges, missing: false }
    }

    /// Only the multiples of a step can occur: ranges are drawn in to them, and those without one go.
    pub(crate) fn in_steps(mut self, step: i64) -> Self {
        if step <= 1 {
            return self;
        }
        for (low, high) in &mut self.ranges {
            *high = high.div_euclid(step).saturating_mul(step);
            let below = low.div_euclid(step).saturating_mul(step);
            // at the far ends a multiple does not fit any more; the end itself does as well
            *low = if below < *low && *low != i64::MIN { below.saturating_add(step) } else { *low };
        }
        self.ranges.retain(|(low, high)| low <= high);
        self
    }
}

/// Names, or all but some names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SymSet {
    /// Sorted.
    names: Vec<Symbol>,
    /// Whether the names are those that are left out.
    all_but: bool,
    missing: bool,
}

impl SymSet {
    /// One of these, which are sorted.
    pub(crate) fn of(names: &[Symbol]) -> Self {
        Self { names: names.to_vec(), all_but: false, missing: false }
    }

    /// None of these, which are sorted.
    pub(crate) fn all_but(names: &[Symbol]) -> Self {
        Self { names: names.to_vec(), all_but: true, missing: false }
    }

    /// Only: it is missing.
    pub(crate) const fn missing() -> Self {
        Self { names: Vec::new(), all_but: false, missing: true }
    }

    /// The same, or missing.
    pub(crate) fn or_missing(mut self) -> Self {
        self.missing = true;
        self
    }

    /// Whether it may be missing.
    pub(crate) const fn may_be_missing(&self) -> bool {
        self.missing
    }

    /// The names, if they are counted.
    pub(crate) fn names(&self) -> Option<&[Symbol]> {
        (!self.all_but).then_some(self.names.as_slice())
    }

    /// Whether a name is in it.
    pub(crate) fn contains(&self, name: Symbol) -> bool {
        self.names.binary_search(&name).is_ok() != self.all_but
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.all_but && !self.missing
    }

    /// What both hold.
    pub(crate) fn meet(&self, other: &Self) -> Self {
        let missing = self.missing && other.missing;
        let (names, all_but) = match (self.all_but, other.all_but) {
            (true, true) => (joined(&self.names, &other.names), true),
            (false, true) => (kept(&self.names, &other.names, false), false),
            (true, false) => (kept(&other.names, &self.names, false), false),
            (false, false) => (kept(&self.names, &other.names, true), false),
        };
        Self { names, all_but, missing }
    }

    /// What one of both holds.
    pub(crate) fn join(&self, other: &Self) -> Self {
        let missing = self.missing || other.missing;
        let (names, all_but) = match (self.all_but, other.all_but) {
            (false, false) => (joined(&self.names, &other.names), false),
            (true, false) => (kept(&self.names, &other.names, false), true),
            (false, true) => (kept(&other.names, &self.names, false), true),
            (true, true) => (kept(&self.names, &other.names, true), true),
        };
        Self { names, all_but, missing }
    }
}

/// Names of both, sorted.
fn joined(one: &[Symbol], two: &[Symbol]) -> Vec<Symbol> {
    let mut all: Vec<Symbol> = one.iter().chain(two).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Those names of one that are, or are not, in the other.
fn kept(one: &[Symbol], two: &[Symbol], wanted: bool) -> Vec<Symbol> {
    one.iter().filter(|name| two.binary_search(name).is_ok() == wanted).copied().collect()
}
