//! The most that the rules of one event give together for each micro-unit of spend, and at which moments.
//!
//! What fires for one item is a set of rules that all meet. For each rule all rules that may meet it are looked at;
//! of those that never meet each other only the largest counts. So the result is never below the truth. It may be
//! above it: of rules that meet in pairs but not all together, of rows of tables for different members, and of
//! conditions that are not understood, the sum is taken.

use super::super::boxes::{Key, Meet, NumKey, Region};
use super::super::profiles::{Gives, Profiles};
use super::parts::{Adds, Part};
use crate::amount::Ratio;
use crate::program::{Combine, EventKindId, RuleId, RuleKind, Validity};
use std::collections::{BTreeMap, BTreeSet};

/// More pairs of rules that may meet are not looked at.
const PAIRS_MOST: usize = 500_000;
/// How much work adding up may be, in pairs of rules.
const WORK_MOST: usize = 2_000_000;
/// How many pairs are compared box by box. Others are taken to meet.
const EXACT_MOST: usize = 20_000;
/// With more rules of the calendar, none is shown on its own.
const ALONE_MOST: usize = 50;
/// With more rules that could take something away, nothing is proven.
const TAKERS_MOST: usize = 50;

/// The rules of some moment and what they give together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    /// Steps of the unit for each micro-unit of spend, at most.
    pub(super) most: Ratio,
    /// The rules that add up to it, bases first, the largest first.
    pub(super) rules: Vec<RuleId>,
    /// Those of them that are in force at some times only, in the order of ids.
    pub(super) times: Vec<RuleId>,
}

/// Where the sum is too much work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch;

/// Looks at the rules of one event that give one thing.
pub(super) struct Moments<'p, 'a> {
    profiles: &'p mut Profiles<'a>,
    parts: Vec<Part<'a>>,
    on: EventKindId,
    /// By part, the parts that may meet it, without itself, in order.
    near: Vec<Vec<usize>>,
    excluded: BTreeMap<(RuleId, RuleId), bool>,
}

impl<'p, 'a> Moments<'p, 'a> {
    pub(super) fn new(
        profiles: &'p mut Profiles<'a>,
        parts: Vec<Part<'a>>,
        on: EventKindId,
    ) -> Result<Self, TooMuch> {
        let near = near(profiles, &parts)?;
        Ok(Self { profiles, parts, on, near, excluded: BTreeMap::new() })
    }

    /// The moments that matter: what holds on all days, and what the rules of the calendar make of it. The largest is
    /// the most there ever is.
    pub(super) fn all(&mut self) -> Result<Vec<Moment>, TooMuch> {
        let degree = |place: usize| (self.near.get(place).map_or(0, Vec::len), place);
        let mut sets: BTreeSet<Vec<usize>> = BTreeSet::new();
        let of_calendar: Vec<bool> = self.parts.iter().map(|part| self.is_of_calendar(part)).collect();
        let on_all_days = |place: &usize| !of_calendar.get(*place).copied().unwrap_or(false);
        let alone = of_calendar.iter().filter(|is| **is).count() <= ALONE_MOST;
        for (place, near) in self.near.iter().enumerate() {
            // every set of rules that all meet is found at that of its rules which meets the fewest others
            let mut with: Vec<usize> =
                near.iter().copied().filter(|other| degree(*other) > degree(place)).collect();
            with.push(place);
            let normal: Vec<usize> = with.iter().copied().filter(on_all_days).collect();
            sets.extend([with, normal]);
            if alone && !on_all_days(&place) {
                let others = near.iter().copied().filter(on_all_days);
                sets.insert(others.chain([place]).collect());
            }
        }
        let work: usize = sets.iter().map(|set| set.len().saturating_mul(set.len())).sum();
        if work > WORK_MOST {
            return Err(TooMuch);
        }
        // by the rules of the calendar that take part, the most
        let mut moments: BTreeMap<Vec<RuleId>, Moment> = BTreeMap::new();
        for set in &sets {
            let moment = self.sum(set).ok_or(TooMuch)?;
            let known = moments.entry(moment.times.clone()).or_insert_with(|| moment.clone());
            if known.most < moment.most {
                *known = moment;
            }
        }
        let mut moments: Vec<Moment> = moments.into_values().collect();
        moments.sort_by(|one, two| one.most.cmp(&two.most).then_with(|| one.rules.cmp(&two.rules)));
        Ok(moments)
    }

    fn part(&self, id: RuleId) -> Option<&Part<'a>> {
        let place = self.parts.binary_search_by_key(&id, |part| part.id).ok()?;
        self.parts.get(place)
    }

    fn is_at_times(&self, id: RuleId) -> bool {
        self.part(id).is_some_and(|part| self.is_of_calendar(part))
    }

    fn is_of_calendar(&self, part: &Part<'a>) -> bool {
        if part.rule.valid != Validity::Always {
            return true;
        }
        let Some(profile) = self.profiles.get(part.id) else { return false };
        profile.event.boxes().iter().all(|bounds| {
            bounds.iter().any(|(var, _)| {
                let Key::Num(key) = var.key else { return false };
                use NumKey::{Day, Minute, Month, MonthDay, Weekday};
                matches!(key, Day | MonthDay | Minute | Weekday | Month)
            })
        })
    }

    /// The most that some rules give together.
    fn sum(&mut self, set: &[usize]) -> Option<Moment> {
        let parts: Vec<Part<'a>> = set.iter().filter_map(|place| self.parts.get(*place).copied()).collect();
        let bases = parts.iter().filter_map(|part| match part.adds {
            Adds::Base(rate) => Some((rate, *part)),
            _ => None,
        });
        let (base, mut rules) = self.add_up(bases.collect())?;
        let extra = |part: &Part<'a>| match part.adds {
            Adds::Base(_) => None,
            Adds::Extra(rate) => Some(Some(rate)),
            Adds::Times(factor) => Some(factor.checked_mul(base)),
            Adds::Everything(_) => None,
        };
        let mut alone: Option<(Ratio, RuleId)> = None;
        let mut together = Vec::new();
        for part in &parts {
            let Some(extra) = extra(part) else { continue };
            let extra = extra?;
            if !part.is_exclusive() {
                together.push((extra, *part));
            } else if alone.is_none_or(|(most, _)| most < extra) {
                alone = Some((extra, part.id));
            }
        }
        let (together, winners) = self.add_up(together)?;
        let extra = match alone {
            Some((alone, id)) if alone > together => {
                rules.push(id);
                alone
            }
            _ => {
                rules.extend(winners);
                together
            }
        };
        let given = base.checked_add(extra)?;
        let on_all = parts.iter().filter_map(|part| match part.adds {
            Adds::Everything(factor) => Some(factor.checked_mul(given).map(|extra| (extra, *part))),
            _ => None,
        });
        let (on_all, winners) = self.add_up(on_all.collect::<Option<_>>()?)?;
        rules.extend(winners);
        let mut times: Vec<RuleId> = rules.iter().copied().filter(|id| self.is_at_times(*id)).collect();
        times.sort_unstable();
        Some(Moment { most: given.checked_add(on_all)?, rules, times })
    }

    /// The sum over groups of rules that never meet, of each the largest. Rules that add nothing are left out.
    fn add_up(&mut self, mut amounts: Vec<(Ratio, Part<'a>)>) -> Option<(Ratio, Vec<RuleId>)> {
        amounts.retain(|(amount, _)| *amount > Ratio::ZERO);
        amounts.sort_by(|one, two| two.0.cmp(&one.0).then(one.1.id.cmp(&two.1.id)));
        let mut groups: Vec<Vec<Part<'a>>> = Vec::new();
        let mut sum = Ratio::ZERO;
        let mut winners = Vec::new();
        for (amount, part) in amounts {
            let mut home = None;
            for (place, group) in groups.iter().enumerate() {
                if group.iter().all(|other| self.exclude(other, &part)) {
                    home = Some(place);
                    break;
                }
            }
            match home.and_then(|place| groups.get_mut(place)) {
                Some(group) => group.push(part),
                None => {
                    sum = sum.checked_add(amount)?;
                    winners.push(part.id);
                    groups.push(vec![part]);
                }
            }
        }
        Some((sum, winners))
    }

    /// Whether two rules never both count in full for one item.
    fn exclude(&mut self, one: &Part<'a>, two: &Part<'a>) -> bool {
        if one.exclude(two) {
            return true;
        }
        let key = (one.id.min(two.id), one.id.max(two.id));
        if let Some(known) = self.excluded.get(&key) {
            return *known;
        }
        if self.excluded.len() >= EXACT_MOST {
            return false;
        }
        let never = self.profiles.meeting(key.0, key.1, Gives::Items) == Meet::Never;
        self.excluded.insert(key, never);
        never
    }

    /// An event in which a moment really gives what it says, if one can be shown.
    pub(super) fn proof(&mut self, moment: &Moment) -> Option<super::super::boxes::Example> {
        let parts: Vec<Part<'a>> = moment.rules.iter().filter_map(|id| self.part(*id).copied()).collect();
        if parts.iter().any(|part| asks_too_much(part, &parts)) {
            return None;
        }
        let mut region = Region::all();
        for part in &parts {
            region = region.meet(&self.profiles.get(part.id)?.both).ok()?;
        }
        // what replaces a base, or wants to be alone, must not be there
        let in_it = |id: RuleId| moment.rules.contains(&id);
        let takes = |other: &&Part<'a>| {
            let replaces = parts.iter().any(|part| other.rule.replaces.contains(&part.id));
            !in_it(other.id) && (replaces || other.is_exclusive())
        };
        let takers: Vec<RuleId> = self.parts.iter().filter(takes).map(|part| part.id).collect();
        let others = self.profiles.iter().filter(|profile| {
            // also what gives other shares of the same thing
            profile.rule.kind == RuleKind::Earn
                && profile.rule.replaces.iter().any(|id| in_it(*id))
                && !in_it(profile.id)
        });
        let takers: BTreeSet<RuleId> = others.map(|profile| profile.id).chain(takers).collect();
        if takers.len() > TAKERS_MOST {
            return None;
        }
        for id in takers {
            let outside = self.profiles.outside(id, true).ok()?;
            region = region.meet(&outside).ok()?;
        }
        match self.profiles.space.meeting(&region, self.on) {
            Meet::Can(example) => Some(example),
            Meet::Never | Meet::Unsure => None,
        }
    }
}

/// Whether it is not sure that a rule ever gives all that was counted: its table has other rows, or a cap may cut what
/// one step gives.
fn asks_too_much(part: &Part<'_>, all: &[Part<'_>]) -> bool {
    use crate::program::{Effect, Factor, Rate, Steps};
    let table = matches!(
        &part.rule.effect,
        Effect::Linear { rate: Rate::Table(_), .. }
            | Effect::Multiply { factor: Factor::Table(_), .. }
            | Effect::Everything { factor: Factor::Table(_), .. }
    );
    let stepwise = |part: &Part<'_>| {
        matches!(&part.rule.effect, Effect::Linear { steps: Steps::Full | Steps::Started, .. })
    };
    let capped = |part: &Part<'_>| {
        !part.rule.caps.is_empty() || !part.rule.spend_caps.is_empty() || part.rule.piece_cap.is_some()
    };
    let steps = all.iter().any(stepwise);
    // what caps leave of one rule is all that is multiplied
    let everything = matches!(&part.rule.effect, Effect::Everything { .. }) && all.iter().any(capped);
    let shared_means = part.paid.is_some() && part.rule.combine != Combine::Add;
    table || shared_means || everything || (capped(part) && steps)
}

/// By part, the parts that may meet it.
fn near(profiles: &Profiles<'_>, parts: &[Part<'_>]) -> Result<Vec<Vec<usize>>, TooMuch> {
    let ids: Vec<RuleId> = parts.iter().map(|part| part.id).collect();
    let place = |id: RuleId| ids.binary_search(&id).ok();
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); parts.len()];
    let mut pairs = 0_usize;
    let mut meet = |one: Option<usize>, two: Option<usize>| {
        pairs += 1;
        let (Some(one), Some(two)) = (one, two) else { return };
        if pairs > PAIRS_MOST {
            return;
        }
        for (from, to) in [(one, two), (two, one)] {
            if let Some(list) = near.get_mut(from) {
                list.push(to);
            }
        }
    };
    profiles.pairs(&ids, Gives::Items, |one, two| {
        meet(place(one.id), place(two.id));
        false
    });
    // what is too complex may meet everything
    let complex: Vec<RuleId> = ids.iter().copied().filter(|id| profiles.get(*id).is_none()).collect();
    for id in complex {
        for other in ids.iter().copied().filter(|other| *other != id) {
            meet(place(id), place(other));
        }
    }
    if pairs > PAIRS_MOST {
        return Err(TooMuch);
    }
    for list in &mut near {
        list.sort_unstable();
        list.dedup();
    }
    Ok(near)
}
