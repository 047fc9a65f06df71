//! Whether a box really holds an event: what its subjects have to do with each other.
//!
//! Weekday, month and day of the year follow from the date and are solved together. Where subjects depend on each
//! other in a way that is not solved here (two sums of the same basket, two counters), the answer is that it is not
//! known, unless both can be large or both can be zero at once.

use super::sets::{NumSet, Set};
use super::space::{Base, Flag, Key, NumKey, Space, Var, is_of_item};
use super::{Bounds, Region};
use crate::calendar::Date;
use crate::program::EventKindId;

/// Every combination of weekday and day of the year comes within 28 years, or 40 around 2100 and 2200.
const DAYS_LOOKED_AT: u32 = 41 * 366;

/// Whether some event lies in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meet {
    /// No event ever does.
    Never,
    /// An event can.
    Can(Example),
    /// It is not known.
    Unsure,
}

/// A box in which an event can lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Example {
    /// The box.
    pub(crate) bounds: Bounds,
    /// A day in it, if the day matters.
    pub(crate) day: Option<Date>,
}

impl Space<'_> {
    /// Whether an event of a kind can lie in a region.
    pub(crate) fn meeting(&self, region: &Region, on: EventKindId) -> Meet {
        let mut unsure = false;
        for bounds in region.boxes() {
            match self.settle(bounds, on) {
                Meet::Never => {}
                Meet::Unsure => unsure = true,
                can @ Meet::Can(_) => return can,
            }
        }
        if unsure { Meet::Unsure } else { Meet::Never }
    }

    fn settle(&self, bounds: &Bounds, on: EventKindId) -> Meet {
        let has_values = bounds.iter().all(|(var, set)| match (var.key, set) {
            (Key::Sym(subject), Set::Sym(set)) => set.may_be_missing() || self.has_name(on, subject, set),
            _ => !set.is_empty(),
        });
        if !has_values || (on.is_bare() && needs_basket(bounds)) || !birthday_fits(bounds) {
            return Meet::Never;
        }
        let Some(day) = self.find_day(bounds) else { return Meet::Never };
        if self.is_entangled(bounds) {
            return Meet::Unsure;
        }
        Meet::Can(Example { bounds: bounds.clone(), day })
    }

    /// A day that fits all subjects of the calendar: outside nothing if there is none, inside nothing if any does.
    fn find_day(&self, bounds: &Bounds) -> Option<Option<Date>> {
        let get = |key| number(bounds, key);
        let days = get(NumKey::Day);
        let (weekday, month, month_day) = (get(NumKey::Weekday), get(NumKey::Month), get(NumKey::MonthDay));
        if days.is_none() && weekday.is_none() && month.is_none() && month_day.is_none() {
            return Some(None);
        }
        let fits = |day: Date| {
            let of_year = || {
                let (_, month, of_month) = day.ymd();
                i64::from(month) * 100 + i64::from(of_month)
            };
            weekday.is_none_or(|set| set.contains(i64::from(day.weekday().number())))
                && month.is_none_or(|set| set.contains(i64::from(day.month())))
                && month_day.is_none_or(|set| set.contains(of_year()))
        };
        let ever = NumSet::range(i64::from(self.first_day()), i64::from(Date::MAX.days()));
        let days = days.map_or_else(|| ever.clone(), |days| days.meet(&ever));
        for (low, high) in days.ranges() {
            let first = i32::try_from(*low).ok().and_then(Date::from_days);
            let mut next = first;
            for _ in 0..DAYS_LOOKED_AT {
                let Some(day) = next.filter(|day| i64::from(day.days()) <= *high) else { break };
                if fits(day) {
                    return Some(Some(day));
                }
                next = day.checked_add_days(1);
            }
        }
        None
    }

    /// Whether subjects of the box hang on each other in a way that is not solved.
    fn is_entangled(&self, bounds: &Bounds) -> bool {
        birthday_is_entangled(self.birthday(), bounds)
            || items_are_entangled(bounds)
            || durations_are_entangled(bounds)
            || counters_are_entangled(bounds)
            || sums_are_entangled(bounds, |key| {
                matches!(key, NumKey::Basket | NumKey::SpendOn(_) | NumKey::Price)
            })
            || sums_are_entangled(bounds, |key| {
                matches!(key, NumKey::BasketQuantity | NumKey::QuantityOn(_) | NumKey::Quantity)
            })
    }
}

fn number(bounds: &Bounds, key: NumKey) -> Option<&NumSet> {
    bounds.get(Var { slot: 0, key: Key::Num(key) }).and_then(Set::num)
}

fn flag(bounds: &Bounds, flag: Flag) -> Option<&NumSet> {
    bounds.get(Var { slot: 0, key: Key::Flag(flag) }).and_then(Set::num)
}

fn needs_basket(bounds: &Bounds) -> bool {
    flag(bounds, Flag::HasBasket).is_some_and(|set| !set.contains(0))
}

/// A birthday of this month was at most 30 days ago or is at most 30 days ahead.
fn birthday_fits(bounds: &Bounds) -> bool {
    let (Some(away), Some(this_month)) =
        (number(bounds, NumKey::BirthdayIn), flag(bounds, Flag::BirthdayThisMonth))
    else {
        return true;
    };
    let near = NumSet::range(0, 30).join(&NumSet::range(335, 366));
    let in_month = this_month.contains(1) && !away.meet(&near).is_empty();
    let outside = this_month.contains(0) && away.ranges() != [(0, 0)];
    in_month || outside
}

/// The age follows from the birthday and the day.
fn birthday_is_entangled(birthday: Option<Key>, bounds: &Bounds) -> bool {
    let Some(set) = birthday.and_then(|key| bounds.get(Var { slot: 0, key })).and_then(Set::num) else {
        return false;
    };
    let bound = !set.may_be_missing() && *set != NumSet::known();
    let others = [
        number(bounds, NumKey::Age),
        number(bounds, NumKey::BirthdayIn),
        flag(bounds, Flag::BirthdayThisMonth),
    ];
    let others = others.into_iter().flatten().count();
    (bound && others > 0) || (others > 1 && number(bounds, NumKey::Age).is_some())
}

/// That no item passes says something about every other item of the box.
fn items_are_entangled(bounds: &Bounds) -> bool {
    let none_passes =
        bounds.iter().any(|(var, set)| matches!(var.key, Key::Flag(Flag::AnyItem(_))) && !holds(set, 2));
    none_passes && bounds.iter().any(|(var, _)| is_of_item(var.key))
}

fn holds(set: &Set, value: i64) -> bool {
    set.num().is_some_and(|set| set.contains(value))
}

/// Days and months since the same moment, or a moment and how often it was.
fn durations_are_entangled(bounds: &Bounds) -> bool {
    let mut bases: Vec<Base> = Vec::new();
    let mut counters = false;
    for (var, _) in bounds.iter() {
        match var.key {
            Key::Num(NumKey::Since(base, _)) => bases.push(base),
            Key::Num(NumKey::Meter(..)) => counters = true,
            _ => {}
        }
    }
    let twice = bases.iter().enumerate().any(|(place, base)| bases.iter().skip(place + 1).any(|b| b == base));
    let missing = bounds.iter().any(|(var, _)| matches!(var.key, Key::Flag(Flag::SinceKnown(Base::Last(_)))));
    twice || (counters && missing)
}

/// Several counters can be large together, or zero together; anything else is not looked into.
fn counters_are_entangled(bounds: &Bounds) -> bool {
    let counters: Vec<&NumSet> = bounds
        .iter()
        .filter(|(var, _)| matches!(var.key, Key::Num(NumKey::Meter(..))))
        .filter_map(|(_, set)| set.num())
        .collect();
    let all = |value| counters.iter().all(|set| set.contains(value));
    counters.len() > 1 && !all(i64::MAX) && !all(0)
}

/// A part that is larger than its whole is possible only with negative lines.
fn sums_are_entangled(bounds: &Bounds, of_group: impl Fn(NumKey) -> bool) -> bool {
    let sums: Vec<(NumKey, &NumSet)> = bounds
        .iter()
        .filter_map(|(var, set)| match (var.key, set) {
            (Key::Num(key), Set::Num(set)) if of_group(key) => Some((key, set)),
            _ => None,
        })
        .collect();
    sums.iter().any(|(whole, limit)| {
        !matches!(whole, NumKey::Price | NumKey::Quantity)
            && sums.iter().any(|(part, set)| {
                part != whole && set.least().zip(limit.greatest()).is_some_and(|(least, most)| least > most)
            })
    })
}
