//! What each rule matches, as boxes, and which rules are worth comparing.

use super::boxes::{Bounds, Key, Meet, NumKey, Region, Set, Space, TooComplex, Var, Want};
use crate::program::{
    AwardThing, Basis, Effect, EventKindId, Program, Rule, RuleId, SymSubject, Symbol, Test, Validity,
};
use std::cell::Cell;
use std::collections::BTreeMap;

/// The most work that comparing rules may take. What is beyond is not compared; a program that comes near has many
/// thousands of rules that all may meet each other.
const WORK_MOST: u64 = 20_000_000;

/// Subjects by which rules are filed, the one with the fewest rules first.
const FILED_BY: [SymSubject; 3] = [SymSubject::Sku, SymSubject::Brand, SymSubject::Category];

/// What a rule gives to: items and event are resolved each on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gives {
    /// To items.
    Items,
    /// To the event as a whole.
    Event,
}

/// What a rule matches.
#[derive(Debug)]
pub(super) struct Profile<'a> {
    pub(super) id: RuleId,
    pub(super) rule: &'a Rule,
    /// `valid` and `when`.
    pub(super) event: Region,
    /// With `for items where` as well, for one item.
    pub(super) both: Region,
    /// First and last day.
    days: (i64, i64),
    /// Of which one an item must have one.
    names: [Option<Vec<Symbol>>; 3],
    weight: u64,
}

impl Profile<'_> {
    pub(super) fn gives(&self) -> Gives {
        gives(&self.rule.effect)
    }

    /// What it gives.
    pub(super) fn thing(&self) -> Option<AwardThing> {
        self.rule.effect.thing()
    }
}

/// Whether an effect has shares on items.
pub(super) const fn gives(effect: &Effect) -> Gives {
    match effect {
        Effect::Linear { basis: Basis::Event(_), .. }
        | Effect::Flat(_)
        | Effect::FlatTable { .. }
        | Effect::Bands { .. }
        | Effect::VouchersPer { .. } => Gives::Event,
        Effect::Linear { .. } | Effect::Multiply { .. } | Effect::Everything { .. } => Gives::Items,
    }
}

/// The boxes of all rules.
#[derive(Debug)]
pub(super) struct Profiles<'a> {
    program: &'a Program,
    pub(super) space: Space<'a>,
    /// By rule id; none for a rule that is too complex.
    list: Vec<Option<Profile<'a>>>,
    day_starts: u16,
    work: Cell<u64>,
    gave_up: Cell<bool>,
}

impl<'a> Profiles<'a> {
    /// Works out what all rules of a program match.
    pub(super) fn new(program: &'a Program) -> Self {
        let mut space = Space::new(program);
        let list = program
            .rules
            .iter()
            .enumerate()
            .map(|(place, rule)| profile(&mut space, RuleId(place as u32), rule, program.day_starts).ok())
            .collect();
        Self {
            program,
            space,
            list,
            day_starts: program.day_starts,
            work: Cell::new(0),
            gave_up: Cell::new(false),
        }
    }

    /// The program whose rules these are.
    pub(super) const fn program(&self) -> &'a Program {
        self.program
    }

    /// All rules that could be worked out, in the order of ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Profile<'a>> {
        self.list.iter().flatten()
    }

    pub(super) fn get(&self, id: RuleId) -> Option<&Profile<'a>> {
        self.list.get(id.index())?.as_ref()
    }

    /// The boxes in which a rule does not match; fewer than there are where they cannot be told exactly.
    pub(super) fn outside(&mut self, id: RuleId, with_items: bool) -> Result<Region, TooComplex> {
        let Some(profile) = self.get(id) else { return Err(TooComplex) };
        let rule = profile.rule;
        let mut region = match rule.valid {
            Validity::Always | Validity::Minutes { .. } => Region::none(),
            Validity::Days(..) => {
                opposite(&self.space.valid_region(rule.valid, self.day_starts), NumKey::Day)
            }
            Validity::EveryYear(..) => {
                opposite(&self.space.valid_region(rule.valid, self.day_starts), NumKey::MonthDay)
            }
        };
        let tests = [rule.when.as_ref(), rule.items.as_ref().filter(|_| with_items)];
        for test in tests.into_iter().flatten() {
            region = region.join(self.space.region(test, rule.on, 0, Want::NotTrue)?)?;
        }
        Ok(region)
    }

    /// Where two rules of one event meet: on one item if both give to items, or in one event.
    pub(super) fn common(&mut self, one: RuleId, two: RuleId, gives: Gives) -> Result<Region, TooComplex> {
        let (Some(first), Some(second)) = (self.get(one), self.get(two)) else { return Err(TooComplex) };
        if gives == Gives::Items {
            return first.both.meet(&second.both);
        }
        let (rule, on) = (second.rule, second.rule.on);
        let met = first.both.meet(&second.event)?;
        match &rule.items {
            // the items of the second rule may be others
            Some(test) => {
                let theirs = self.space.region(test, on, 1, Want::True)?;
                met.meet(&theirs)
            }
            None => Ok(met),
        }
    }

    /// Whether two rules can meet.
    pub(super) fn meeting(&mut self, one: RuleId, two: RuleId, gives: Gives) -> Meet {
        let Some(on) = self.get(one).map(|profile| profile.rule.on) else { return Meet::Unsure };
        match self.common(one, two, gives) {
            Ok(region) => self.space.meeting(&region, on),
            Err(TooComplex) => Meet::Unsure,
        }
    }

    /// Pairs of rules of a list that may meet, each with the earlier rule first. The list is in the order of ids.
    /// `wanted` tells cheaply whether a pair is of interest.
    pub(super) fn pairs(
        &self,
        rules: &[RuleId],
        gives: Gives,
        mut wanted: impl FnMut(&Profile<'a>, &Profile<'a>) -> bool,
    ) -> Vec<(RuleId, RuleId)> {
        let mut files = Files::default();
        let mut found = Vec::new();
        let profiles: Vec<&Profile<'a>> = rules.iter().filter_map(|id| self.get(*id)).collect();
        for (place, profile) in profiles.iter().enumerate() {
            let before = found.len();
            let mut work = self.work.get();
            files.candidates(profile, gives, |earlier| {
                let Some(other) = profiles.get(earlier) else { return };
                if self.may_meet(other, profile, gives) && wanted(other, profile) {
                    if work > WORK_MOST {
                        self.gave_up.set(true);
                        return;
                    }
                    work = work.saturating_add(10 + other.weight + profile.weight);
                    found.push((other.id, profile.id));
                }
            });
            self.work.set(work);
            // a rule that demands several names is found under each of them
            if let Some(new) = found.get_mut(before..) {
                new.sort_unstable();
            }
            files.add(profile, place, gives);
        }
        found.dedup();
        found
    }

    /// Whether there were more pairs of rules that may meet than are compared.
    pub(super) const fn gave_up(&self) -> bool {
        self.gave_up.get()
    }

    /// Whether days and names leave room for two rules to meet. Cheap.
    pub(super) fn may_meet(&self, one: &Profile<'_>, two: &Profile<'_>, gives: Gives) -> bool {
        let days = one.days.0.max(two.days.0) <= one.days.1.min(two.days.1);
        days && one.rule.on == two.rule.on
            && (gives == Gives::Event
                || one.names.iter().zip(&two.names).all(|pair| match pair {
                    (Some(mine), Some(theirs)) => intersects(mine, theirs),
                    _ => true,
                }))
    }
}

/// Rules by the names that they demand.
#[derive(Debug, Default)]
struct Files {
    any: Vec<usize>,
    by_name: [BTreeMap<Symbol, Vec<usize>>; 3],
    of_class: [Vec<usize>; 3],
}

impl Files {
    /// The subject by which a rule is filed.
    fn class(profile: &Profile<'_>, gives: Gives) -> Option<usize> {
        if gives == Gives::Event {
            return None;
        }
        profile.names.iter().position(Option::is_some)
    }

    fn add(&mut self, profile: &Profile<'_>, place: usize, gives: Gives) {
        let Some(class) = Self::class(profile, gives) else {
            self.any.push(place);
            return;
        };
        if let Some(list) = self.of_class.get_mut(class) {
            list.push(place);
        }
        if let (Some(Some(names)), Some(files)) = (profile.names.get(class), self.by_name.get_mut(class)) {
            for name in names {
                files.entry(*name).or_default().push(place);
            }
        }
    }

    /// All earlier rules that may have an item in common; some of them several times.
    fn candidates(&self, profile: &Profile<'_>, gives: Gives, mut look_at: impl FnMut(usize)) {
        self.any.iter().copied().for_each(&mut look_at);
        let mine = Self::class(profile, gives);
        for (class, list) in self.of_class.iter().enumerate() {
            if mine == Some(class)
                && let (Some(Some(names)), Some(files)) = (profile.names.get(class), self.by_name.get(class))
            {
                let filed = names.iter().filter_map(|name| files.get(name)).flatten();
                filed.copied().for_each(&mut look_at);
            } else {
                list.iter().copied().for_each(&mut look_at);
            }
        }
    }
}

fn intersects(one: &[Symbol], two: &[Symbol]) -> bool {
    let (few, many) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    few.iter().any(|name| many.binary_search(name).is_ok())
}

fn profile<'a>(
    space: &mut Space<'a>,
    id: RuleId,
    rule: &'a Rule,
    day_starts: u16,
) -> Result<Profile<'a>, TooComplex> {
    let mut judged = |test: &'a Option<Test>| match test {
        Some(test) => space.region(test, rule.on, 0, Want::True),
        None => Ok(Region::all()),
    };
    let (when, items) = (judged(&rule.when)?, judged(&rule.items)?);
    let event = space.valid_region(rule.valid, day_starts).meet(&when)?;
    let both = event.meet(&items)?;
    let names = FILED_BY.map(|subject| names(&both, subject));
    let weight = both.boxes().iter().map(weight).sum();
    Ok(Profile { id, rule, days: days(&both), names, weight, event, both })
}

/// How much work a box is.
fn weight(bounds: &Bounds) -> u64 {
    bounds
        .iter()
        .map(|(_, set)| match set {
            Set::Sym(set) => 1 + set.names().map_or(1, <[Symbol]>::len) as u64,
            Set::Num(set) => 1 + set.ranges().len() as u64,
        })
        .sum()
}

/// First and last day in which a region can lie.
fn days(region: &Region) -> (i64, i64) {
    let var = Var { slot: 0, key: Key::Num(NumKey::Day) };
    let ends = region.boxes().iter().map(|bounds| match bounds.get(var).and_then(Set::num) {
        Some(set) => (set.least().unwrap_or(i64::MAX), set.greatest().unwrap_or(i64::MIN)),
        None => (i64::MIN, i64::MAX),
    });
    ends.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1))).unwrap_or((i64::MAX, i64::MIN))
}

/// The names of which an item must have one, if there are such.
fn names(region: &Region, subject: SymSubject) -> Option<Vec<Symbol>> {
    let var = Var { slot: 0, key: Key::Sym(subject) };
    let mut all = Vec::new();
    for bounds in region.boxes() {
        all.extend_from_slice(bounds.get(var)?.sym()?.names()?);
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

/// All days that are not in a region of one box that binds only this subject.
fn opposite(region: &Region, key: NumKey) -> Region {
    let var = Var { slot: 0, key: Key::Num(key) };
    match region.boxes() {
        [bounds] => match bounds.get(var).and_then(Set::num) {
            Some(set) => Region::one(var, Set::Num(set.others())),
            None => Region::none(),
        },
        // never valid, so it is always outside
        _ => Region::all(),
    }
}

/// The rules of a kind that give the same thing in the same way for the same event, in the order of ids.
pub(super) fn groups(
    profiles: &Profiles<'_>,
    wanted: impl Fn(&Rule) -> bool,
) -> BTreeMap<(EventKindId, AwardThing, Gives), Vec<RuleId>> {
    let mut groups: BTreeMap<(EventKindId, AwardThing, Gives), Vec<RuleId>> = BTreeMap::new();
    for profile in profiles.iter().filter(|profile| wanted(profile.rule)) {
        let Some(thing) = profile.thing() else { continue };
        let key = (profile.rule.on, thing, profile.gives());
        groups.entry(key).or_default().push(profile.id);
    }
    groups
}
