//! From a compiled condition to its boxes.

use super::sets::{NumSet, Set, SymSet};
use super::space::{Flag, Key, Measured, NumKey, Space, Var, is_of_item};
use super::{Region, TooComplex};
use crate::calendar::{Duration, DurationUnit};
use crate::program::{AttributeKind, EventKindId, NumSubject, Since, SymSubject, Symbol, Test, Validity};

/// For which truth the boxes are wanted. A condition is true, false or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// It holds.
    True,
    /// It does not hold, and nothing is unknown.
    False,
    /// It is false or unknown.
    NotTrue,
    /// It is true or unknown.
    NotFalse,
}

impl Want {
    /// What is wanted of the inner condition of a `not`.
    const fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::NotTrue => Self::NotFalse,
            Self::NotFalse => Self::NotTrue,
        }
    }

    /// Whether `and` needs it of all parts, and `or` of one.
    const fn is_positive(self) -> bool {
        matches!(self, Self::True | Self::NotFalse)
    }

    /// Whether unknown counts.
    const fn with_unknown(self) -> bool {
        matches!(self, Self::NotTrue | Self::NotFalse)
    }
}

/// What stands for a missing value.
enum Absence {
    /// The value is always there.
    Never,
    /// The subject itself can be missing.
    Itself,
    /// Another subject says whether it is there: where it is, and where not.
    Told(Region, Region),
}

/// One comparison of one subject.
struct Leaf {
    var: Var,
    /// Values for which it holds.
    holds: Set,
    /// Known values for which it does not.
    fails: Set,
    absence: Absence,
}

impl Leaf {
    fn region(self, want: Want) -> Result<Region, TooComplex> {
        let mut set = if want.is_positive() { self.holds } else { self.fails };
        match self.absence {
            Absence::Never => Ok(Region::one(self.var, set)),
            Absence::Itself => {
                if want.with_unknown() {
                    set = match set {
                        Set::Num(set) => Set::Num(set.or_missing()),
                        Set::Sym(set) => Set::Sym(set.or_missing()),
                    };
                }
                Ok(Region::one(self.var, set))
            }
            Absence::Told(there, missing) => {
                let known = there.meet(&Region::one(self.var, set))?;
                if want.with_unknown() { known.join(missing) } else { Ok(known) }
            }
        }
    }
}

impl<'a> Space<'a> {
    /// The boxes in which a condition of an event has the wanted truth; item subjects speak of the item in `slot`.
    pub(crate) fn region(
        &mut self,
        test: &'a Test,
        on: EventKindId,
        slot: u32,
        want: Want,
    ) -> Result<Region, TooComplex> {
        match test {
            Test::And(parts) => self.parts(parts, (on, slot), want, want.is_positive()),
            Test::Or(parts) => self.parts(parts, (on, slot), want, !want.is_positive()),
            Test::Not(inner) => self.region(inner, on, slot, want.negated()),
            Test::Sym(subject, names) => self.names(*subject, names, (on, slot), want),
            Test::DatedSym(subject, ranges) => self.dated(*subject, ranges, (on, slot), want),
            Test::Num(subject, low, high) => {
                self.number(*subject, &NumSet::range(*low, *high), (on, slot), want)
            }
            Test::NumIn(subject, values) => self.number(*subject, &NumSet::of(values), (on, slot), want),
            Test::Since(since) => self.since(since, want),
            Test::KnownSym(subject) => self.known_name(*subject, (on, slot), want),
            Test::KnownNum(subject) => self.known_number(*subject, slot, want),
            Test::Matches(one, two, common) => self.matches((*one, *two), common, (on, slot), want),
            Test::BirthdayWithin(days) => {
                let key = Key::Num(NumKey::BirthdayIn);
                let holds = NumSet::range(0, i64::from(*days).min(366));
                self.birthday_leaf(key, holds, NumSet::range(0, 366), want)
            }
            Test::BirthdayThisMonth => {
                let key = Key::Flag(Flag::BirthdayThisMonth);
                self.birthday_leaf(key, NumSet::range(1, 1), NumSet::range(0, 1), want)
            }
            Test::AnyItem(inner) => self.any_item(inner, on, want),
            Test::Presented(voucher) => {
                let var = Var { slot: 0, key: Key::Flag(Flag::Presented(*voucher)) };
                let yes = i64::from(want.is_positive());
                Ok(Region::one(var, Set::Num(NumSet::range(yes, yes))))
            }
        }
    }

    /// The days and times of a `valid` line.
    pub(crate) fn valid_region(&self, valid: Validity, day_starts: u16) -> Region {
        let var = |key| Var { slot: 0, key: Key::Num(key) };
        let days = |from: i32, to: i32| {
            let (all, _) = self.numbers(EventKindId::PURCHASE, NumKey::Day);
            Set::Num(NumSet::range(i64::from(from), i64::from(to)).meet(&all))
        };
        match valid {
            Validity::Always => Region::all(),
            Validity::Days(from, to) => Region::one(var(NumKey::Day), days(from.days(), to.days())),
            Validity::EveryYear(from, to) => {
                let (from, to) = (i64::from(from), i64::from(to));
                let set = if from <= to {
                    NumSet::range(from, to)
                } else {
                    NumSet::range(101, to).join(&NumSet::range(from, 1_231))
                };
                Region::one(var(NumKey::MonthDay), Set::Num(set))
            }
            Validity::Minutes { from: (first, from), to: (last, to) } => {
                let (first, last) = (first.days(), last.days());
                if day_starts != 0 {
                    // local days and the wall clock do not turn together, so only the days are looked at
                    return Region::one(var(NumKey::Day), days(first - 1, last));
                }
                let minutes = |from: i64, to: i64| Set::Num(NumSet::range(from, to));
                let (from, to) = (i64::from(from), i64::from(to));
                let mut region = Region::none();
                let pieces = if first == last {
                    [(first, first, from, to - 1), (1, 0, 0, 0), (1, 0, 0, 0)]
                } else {
                    [(first, first, from, 1_439), (first + 1, last - 1, 0, 1_439), (last, last, 0, to - 1)]
                };
                for (first, last, from, to) in pieces {
                    let day = Region::one(var(NumKey::Day), days(first, last));
                    let time = if (from, to) == (0, 1_439) {
                        Region::all()
                    } else {
                        Region::one(var(NumKey::Minute), minutes(from, to))
                    };
                    // one box each, so this cannot be too complex
                    let piece = day.meet(&time).unwrap_or_default();
                    region = region.join(piece).unwrap_or_default();
                }
                region
            }
        }
    }

    fn parts(
        &mut self,
        parts: &'a [Test],
        (on, slot): (EventKindId, u32),
        want: Want,
        all: bool,
    ) -> Result<Region, TooComplex> {
        let mut region = if all { Region::all() } else { Region::none() };
        for part in parts {
            let part = self.region(part, on, slot, want)?;
            region = if all { region.meet(&part)? } else { region.join(part)? };
        }
        Ok(region)
    }

    /// The subject; those of the event and the member are the same for all items.
    fn var(key: Key, slot: u32) -> Var {
        Var { slot: if is_of_item(key) { slot } else { 0 }, key }
    }

    fn number(
        &mut self,
        subject: NumSubject,
        holds: &NumSet,
        (on, slot): (EventKindId, u32),
        want: Want,
    ) -> Result<Region, TooComplex> {
        let key = self.num_key(subject);
        let (all, step) = self.numbers(on, key);
        let leaf = Leaf {
            var: Self::var(Key::Num(key), slot),
            holds: Set::Num(holds.meet(&all).in_steps(step)),
            fails: Set::Num(holds.others().meet(&all).in_steps(step)),
            absence: self.absence(key),
        };
        leaf.region(want)
    }

    fn absence(&self, key: NumKey) -> Absence {
        match key {
            NumKey::Basket | NumKey::BasketQuantity | NumKey::SpendOn(_) | NumKey::QuantityOn(_) => {
                told(Flag::HasBasket)
            }
            NumKey::Age => self.birthday_absence(),
            _ if Self::number_can_be_missing(key) => Absence::Itself,
            _ => Absence::Never,
        }
    }

    fn birthday_absence(&self) -> Absence {
        let Some(key) = self.birthday() else { return Absence::Never };
        let var = Var { slot: 0, key };
        Absence::Told(
            Region::one(var, Set::Num(NumSet::known())),
            Region::one(var, Set::Num(NumSet::missing())),
        )
    }

    fn birthday_leaf(&self, key: Key, holds: NumSet, all: NumSet, want: Want) -> Result<Region, TooComplex> {
        let fails = Set::Num(holds.others().meet(&all));
        let absence = self.birthday_absence();
        Leaf { var: Var { slot: 0, key }, holds: Set::Num(holds), fails, absence }.region(want)
    }

    fn known_number(&mut self, subject: NumSubject, slot: u32, want: Want) -> Result<Region, TooComplex> {
        let key = self.num_key(subject);
        let var = Self::var(Key::Num(key), slot);
        let (there, missing) = match self.absence(key) {
            Absence::Never => (Region::all(), Region::none()),
            Absence::Itself => {
                (Region::one(var, Set::Num(NumSet::known())), Region::one(var, Set::Num(NumSet::missing())))
            }
            Absence::Told(there, missing) => (there, missing),
        };
        Ok(if want.is_positive() { there } else { missing })
    }

    fn is_list(&self, on: EventKindId, subject: SymSubject) -> bool {
        matches!(self.sym_kind(on, subject), Some(AttributeKind::ListOfName))
    }

    fn names(
        &self,
        subject: SymSubject,
        names: &[Symbol],
        (on, slot): (EventKindId, u32),
        want: Want,
    ) -> Result<Region, TooComplex> {
        if self.is_list(on, subject) {
            return list_has(subject, names, slot, want);
        }
        let absence = match subject {
            SymSubject::Item(_) | SymSubject::Event(_) | SymSubject::Member(_) => Absence::Itself,
            _ => Absence::Never,
        };
        let var = Self::var(Key::Sym(subject), slot);
        let (holds, fails) = (Set::Sym(SymSet::of(names)), Set::Sym(SymSet::all_but(names)));
        Leaf { var, holds, fails, absence }.region(want)
    }

    fn known_name(
        &self,
        subject: SymSubject,
        (on, slot): (EventKindId, u32),
        want: Want,
    ) -> Result<Region, TooComplex> {
        let var = Self::var(Key::Sym(subject), slot);
        let (there, missing) = match subject {
            SymSubject::Item(_) | SymSubject::Event(_) | SymSubject::Member(_) => {
                if self.is_list(on, subject) {
                    let var = Self::var(Key::Flag(Flag::ListKnown(subject)), slot);
                    let there = if want.is_positive() { 1 } else { 0 };
                    return Ok(Region::one(var, Set::Num(NumSet::range(there, there))));
                }
                (SymSet::all_but(&[]), SymSet::missing())
            }
            _ => (SymSet::all_but(&[Symbol::NONE]), SymSet::of(&[Symbol::NONE])),
        };
        Ok(Region::one(var, Set::Sym(if want.is_positive() { there } else { missing })))
    }

    /// A dated list: for each of its ranges of days, and for all other days, the names in force.
    fn dated(
        &self,
        subject: SymSubject,
        ranges: &[(i32, i32, Box<[Symbol]>)],
        place: (EventKindId, u32),
        want: Want,
    ) -> Result<Region, TooComplex> {
        let var = Var { slot: 0, key: Key::Num(NumKey::Day) };
        let (mut left, _) = self.numbers(place.0, NumKey::Day);
        let mut region = Region::none();
        for (from, to, names) in ranges {
            let days = NumSet::range(i64::from(*from), i64::from(*to));
            // the first range that holds a day counts
            let mine = days.meet(&left);
            left = left.meet(&days.others());
            let names = self.names(subject, names, place, want)?;
            region = region.join(Region::one(var, Set::Num(mine)).meet(&names)?)?;
        }
        let names = self.names(subject, &[], place, want)?;
        region.join(Region::one(var, Set::Num(left)).meet(&names)?)
    }

    fn matches(
        &self,
        (one, two): (SymSubject, SymSubject),
        common: &[Symbol],
        (on, slot): (EventKindId, u32),
        want: Want,
    ) -> Result<Region, TooComplex> {
        if self.is_list(on, one) || self.is_list(on, two) {
            return Err(TooComplex);
        }
        let at =
            |subject: SymSubject, set: SymSet| Region::one(Self::var(Key::Sym(subject), slot), Set::Sym(set));
        let mut region = Region::none();
        for name in common {
            let name = std::slice::from_ref(name);
            let other = if want.is_positive() { SymSet::of(name) } else { SymSet::all_but(name) };
            region = region.join(at(one, SymSet::of(name)).meet(&at(two, other))?)?;
        }
        if !want.is_positive() {
            let known = at(two, SymSet::all_but(&[]));
            region = region.join(at(one, SymSet::all_but(common)).meet(&known)?)?;
        }
        if want.with_unknown() {
            for subject in [one, two] {
                if matches!(subject, SymSubject::Item(_) | SymSubject::Event(_) | SymSubject::Member(_)) {
                    region = region.join(at(subject, SymSet::missing()))?;
                }
            }
        }
        Ok(region)
    }

    /// At least one item passes: some other item of the event, with subjects of its own.
    fn any_item(&mut self, inner: &'a Test, on: EventKindId, want: Want) -> Result<Region, TooComplex> {
        let place = self.any_item_place(inner).ok_or(TooComplex)?;
        let var = Var { slot: 0, key: Key::Flag(Flag::AnyItem(place)) };
        let flag = |low, high| Region::one(var, Set::Num(NumSet::range(low, high)));
        match want {
            Want::False => Ok(flag(0, 0)),
            Want::NotTrue => Ok(flag(0, 1)),
            Want::True | Want::NotFalse => {
                // slots 0 and 1 are the items of two rules that are compared
                let holds = self.region(inner, on, place + 2, Want::True)?;
                let holds = flag(2, 2).meet(&holds)?;
                if want == Want::True { Ok(holds) } else { holds.join(flag(1, 1)) }
            }
        }
    }

    fn since(&self, since: &Since, want: Want) -> Result<Region, TooComplex> {
        let base = since.base.into();
        let leaf = |measured, holds: NumSet| Leaf {
            var: Var { slot: 0, key: Key::Num(NumKey::Since(base, measured)) },
            fails: Set::Num(holds.others()),
            holds: Set::Num(holds),
            absence: told(Flag::SinceKnown(base)),
        };
        let mut region = if want.is_positive() { Region::all() } else { Region::none() };
        let low = since.low.map(|(duration, strict)| {
            let (measured, value) = position(duration);
            leaf(measured, NumSet::range(value.saturating_add(i64::from(strict)), i64::MAX))
        });
        let high = since.high.map(|(duration, strict)| {
            let (measured, value) = position(duration);
            leaf(measured, NumSet::range(i64::MIN, value.saturating_sub(i64::from(strict))))
        });
        for end in [low, high].into_iter().flatten() {
            let end = end.region(want)?;
            region = if want.is_positive() { region.meet(&end)? } else { region.join(end)? };
        }
        Ok(region)
    }
}

/// A duration as a place on the scale of its kind.
fn position(duration: Duration) -> (Measured, i64) {
    let count = i64::from(duration.count);
    match duration.unit {
        DurationUnit::Minute | DurationUnit::Hour => {
            (Measured::Micros, duration.micros().unwrap_or(i64::MAX))
        }
        DurationUnit::Day => (Measured::Days, count),
        DurationUnit::Week => (Measured::Days, 7 * count),
        DurationUnit::Month => (Measured::Months, 2 * count),
        DurationUnit::Quarter => (Measured::Months, 6 * count),
        DurationUnit::Year => (Measured::Months, 24 * count),
    }
}

fn told(flag: Flag) -> Absence {
    let var = Var { slot: 0, key: Key::Flag(flag) };
    let is = |value| Region::one(var, Set::Num(NumSet::range(value, value)));
    Absence::Told(is(1), is(0))
}

/// A list attribute that has one of some names: each name is a subject of its own.
fn list_has(subject: SymSubject, names: &[Symbol], slot: u32, want: Want) -> Result<Region, TooComplex> {
    let var = |key| Var { slot: if is_of_item(key) { slot } else { 0 }, key };
    let is = |key, value| Region::one(var(key), Set::Num(NumSet::range(value, value)));
    let there = Key::Flag(Flag::ListKnown(subject));
    let mut region = if want.is_positive() { Region::none() } else { Region::all() };
    for name in names {
        let has = Key::Has(subject, *name);
        region = if want.is_positive() { region.join(is(has, 1))? } else { region.meet(&is(has, 0))? };
    }
    let known = is(there, 1).meet(&region)?;
    if want.with_unknown() { known.join(is(there, 0)) } else { Ok(known) }
}
