//! How often something can happen: how many windows of one kind fit into another, and what caps let through at most.
//!
//! All numbers are upper bounds. Where there is none, the answer is nothing.

use crate::calendar::{Anchors, Date, Duration, DurationUnit, Period};
use crate::program::{
    AwardThing, Band, CapId, CapLimit, CapWindow, Effect, EventKindId, Program, Rule, Validity,
};

/// A stretch of time in which something is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stretch {
    /// One event.
    Event,
    /// A period of the calendar.
    Period(Period),
    /// So many days on end.
    Days(i64),
}

impl From<CapWindow> for Stretch {
    fn from(window: CapWindow) -> Self {
        match window {
            CapWindow::Event => Self::Event,
            CapWindow::Period(period) => Self::Period(period),
        }
    }
}

/// The shortest and the longest that a period can be, in days; nothing where that is not known before.
pub(super) fn lengths(period: Period) -> Option<(i64, i64)> {
    Some(match period {
        Period::Day => (1, 1),
        Period::Week { .. } => (7, 7),
        Period::Month => (28, 31),
        Period::Quarter => (90, 92),
        Period::HalfYear => (181, 184),
        Period::CalendarYear | Period::MembershipYear => (365, 366),
        Period::Cycle(cycle) => (28 * i64::from(cycle.months()), 31 * i64::from(cycle.months())),
        // the member's day may change while one runs
        Period::Own(_) | Period::Campaign | Period::Lifetime => return None,
    })
}

/// How many calendar months a period has, if it is made of whole calendar months that start a year evenly.
const fn months(period: Period) -> Option<i64> {
    match period {
        Period::Month => Some(1),
        Period::Quarter => Some(3),
        Period::HalfYear => Some(6),
        Period::CalendarYear => Some(12),
        _ => None,
    }
}

/// The most days that a duration can be.
pub(super) fn days_at_most(duration: Duration) -> i64 {
    let count = i64::from(duration.count);
    match duration.unit {
        DurationUnit::Minute => count / 1_440 + 1,
        DurationUnit::Hour => count / 24 + 1,
        DurationUnit::Day => count,
        DurationUnit::Week => 7 * count,
        DurationUnit::Month => 31 * count,
        DurationUnit::Quarter => 92 * count,
        DurationUnit::Year => 366 * count,
    }
}

/// How many windows of a kind a stretch of time can touch at most.
pub(super) fn windows_in(outer: Stretch, inner: Period) -> Option<i64> {
    let days = match (outer, inner) {
        (Stretch::Event, _) | (_, Period::Lifetime) => return Some(1),
        (Stretch::Period(outer), inner) if outer == inner => return Some(1),
        (_, Period::Campaign) => return Some(1),
        (Stretch::Period(Period::Day), _) => return Some(1),
        (Stretch::Period(outer), inner) => {
            if let (Some(outer), Some(inner)) = (months(outer), months(inner)) {
                return Some((outer / inner).max(1));
            }
            if let (Period::MembershipYear, Some(inner)) = (outer, months(inner)) {
                // it may begin inside of a month
                return Some(12 / inner + 1);
            }
            lengths(outer)?.1
        }
        (Stretch::Days(days), _) => days,
    };
    let shortest = lengths(inner)?.0;
    Some(if days <= 1 { 1 } else { (days - 2) / shortest + 2 })
}

/// How many windows of a kind the days from one to another touch.
pub(super) fn windows_between(from: Date, to: Date, window: Period, anchors: &Anchors) -> i64 {
    let (first, last) = (window.start_of(from, anchors), window.start_of(to, anchors));
    let days = i64::from(last.days_since(first));
    match window {
        Period::Campaign | Period::Lifetime => 1,
        Period::Day => days + 1,
        Period::Week { .. } => days / 7 + 1,
        _ => {
            let mut count = 1;
            let mut start = first;
            while let Some(next) = window.next_start(start, anchors).filter(|next| *next <= last) {
                count += 1;
                start = next;
            }
            count
        }
    }
}

/// What holds something down: another cap, or what is given at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// A cap.
    Cap(CapId),
    /// The award.
    Award,
    /// It happens once.
    Once,
}

/// A number that is never passed, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) most: i64,
    pub(super) why: Limit,
}

/// How often a rule can fire in a stretch, by its caps on times other than one.
pub(super) fn firings(program: &Program, rule: &Rule, stretch: Stretch, but: Option<CapId>) -> Option<Bound> {
    let once = matches!(stretch, Stretch::Event) || rule.on == EventKindId::JOINING;
    let once = once.then_some(Bound { most: 1, why: Limit::Once });
    let of_caps = other_caps(program, rule, but).filter_map(|(id, limit, window)| {
        let CapLimit::Times(times) = limit else { return None };
        bound_by(id, times, stretch_of(rule, stretch), window)
    });
    once.into_iter().chain(of_caps).min_by_key(|bound| bound.most)
}

/// How much a rule can give in a stretch, by what it gives at once and its caps other than one.
pub(super) fn amounts(program: &Program, rule: &Rule, stretch: Stretch, but: Option<CapId>) -> Option<Bound> {
    let fixed = largest_award(&rule.effect).and_then(|award| {
        let firings = firings(program, rule, stretch, but)?;
        let why = if firings.why == Limit::Once { Limit::Award } else { firings.why };
        Some(Bound { most: award.checked_mul(firings.most)?, why })
    });
    let of_caps = other_caps(program, rule, but).filter_map(|(id, limit, window)| {
        let CapLimit::Amount(_, most) = limit else { return None };
        bound_by(id, most, stretch_of(rule, stretch), window)
    });
    fixed.into_iter().chain(of_caps).min_by_key(|bound| bound.most)
}

/// How much spend can count for a rule in a stretch, by its caps of spend other than one.
pub(super) fn spends(program: &Program, rule: &Rule, stretch: Stretch, but: Option<CapId>) -> Option<Bound> {
    let caps = other_caps(program, rule, but).filter_map(|(id, limit, window)| {
        let CapLimit::Spend(most) = limit else { return None };
        bound_by(id, most, stretch_of(rule, stretch), window)
    });
    caps.min_by_key(|bound| bound.most)
}

fn stretch_of(rule: &Rule, stretch: Stretch) -> Stretch {
    stretch_in(rule.valid, stretch)
}

/// A campaign is as long as something is valid.
pub(super) fn stretch_in(valid: Validity, stretch: Stretch) -> Stretch {
    match (stretch, valid) {
        (Stretch::Period(Period::Campaign), Validity::Days(from, to)) if to < Date::MAX => {
            Stretch::Days(i64::from(to.days_since(from)) + 1)
        }
        (Stretch::Period(Period::Campaign), Validity::Minutes { from, to }) => {
            Stretch::Days(i64::from(to.0.days_since(from.0)) + 1)
        }
        _ => stretch,
    }
}

/// What a cap lets through in a stretch.
pub(super) fn bound_by(id: CapId, most: i64, stretch: Stretch, window: CapWindow) -> Option<Bound> {
    let windows = match (window, stretch) {
        (CapWindow::Event, Stretch::Event) => 1,
        (CapWindow::Event, _) => return None,
        (CapWindow::Period(inner), outer) => windows_in(outer, inner)?,
    };
    Some(Bound { most: most.checked_mul(windows)?, why: Limit::Cap(id) })
}

fn other_caps<'p>(
    program: &'p Program,
    rule: &'p Rule,
    but: Option<CapId>,
) -> impl Iterator<Item = (CapId, CapLimit, CapWindow)> + 'p {
    rule.caps
        .iter()
        .chain(&rule.spend_caps)
        .copied()
        .filter(move |id| Some(*id) != but)
        // what has a counter for each value bounds no sum over all values
        .filter_map(|id| program.caps.get(id.index()).filter(|cap| cap.each.is_none()).map(|cap| (id, cap)))
        .map(|(id, cap)| (id, cap.limit, cap.window))
}

/// The most that an effect gives at once, if that does not depend on the event.
pub(super) fn largest_award(effect: &Effect) -> Option<i64> {
    match effect {
        Effect::Flat(award) => Some(award.amount),
        Effect::FlatTable { table, .. } => table.rows.iter().map(|(_, amount)| *amount).max(),
        Effect::Bands { bands, .. } => bands.iter().map(|band: &Band| band.value).max(),
        Effect::Linear { .. }
        | Effect::Multiply { .. }
        | Effect::Everything { .. }
        | Effect::VouchersPer { .. } => None,
    }
}

/// How much of something all rules together can give in a stretch, and a cap that holds it down. Nothing if something
/// else gives it too, or if one rule has no bound.
pub(super) fn all_amounts(program: &Program, thing: AwardThing, stretch: Stretch) -> Option<Bound> {
    let gift = |award: &crate::program::Award| award.thing == thing;
    let gifts = program.cards.iter().any(|card| gift(&card.reward))
        || program.streaks.iter().flat_map(|streak| &streak.gifts).any(|(_, award)| gift(award))
        || program.draws.iter().flat_map(|draw| &draw.free).any(|(_, award)| gift(award))
        || program.challenges.iter().flat_map(|challenge| &challenge.gifts).any(gift)
        || program
            .tiers
            .iter()
            .flat_map(|tiers| &tiers.levels)
            .flat_map(crate::program::Level::gifts)
            .any(gift)
        || program.referrals.iter().any(|referral| referral.gives(thing));
    let gifts = gifts || program.milestones.iter().flat_map(|it| it.marks.iter()).any(|it| gift(&it.gives));
    let chosen = program.choices.iter().any(|choice| choice.offers(thing));
    let rebated = program.rebates.iter().any(|rebate| rebate.terms.gives == thing);
    if gifts || chosen || rebated {
        return None;
    }
    let mut total: i64 = 0;
    let mut why = Limit::Once;
    let mut shared: Vec<CapId> = Vec::new();
    for rule in program.rules.iter().filter(|rule| rule.effect.gives(thing)) {
        // rules under one shared cap are counted once
        let common = rule.caps.iter().copied().find(|id| {
            program.caps.get(id.index()).is_some_and(|cap| {
                let amount = matches!(cap.limit, CapLimit::Amount(..));
                cap.shared
                    && cap.each.is_none()
                    && amount
                    && bound_by(*id, cap.limit.most(), stretch, cap.window).is_some()
            })
        });
        let bound = match common {
            Some(id) if shared.contains(&id) => continue,
            Some(id) => {
                shared.push(id);
                let cap = program.caps.get(id.index())?;
                bound_by(id, cap.limit.most(), stretch, cap.window)?
            }
            None => amounts(program, rule, stretch, None)?,
        };
        total = total.checked_add(bound.most)?;
        why = bound.why;
    }
    Some(Bound { most: total, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Weekday;
    use pretty_assertions::assert_eq;

    #[test]
    fn windows_that_a_stretch_touches() {
        let week = Period::Week { starts: Weekday::Monday };
        let of = |outer, inner| windows_in(Stretch::Period(outer), inner);
        assert_eq!(of(Period::Month, Period::Day), Some(31));
        assert_eq!(of(Period::Month, Period::Month), Some(1));
        assert_eq!(of(Period::CalendarYear, Period::Month), Some(12));
        assert_eq!(of(Period::Quarter, Period::CalendarYear), Some(1));
        // 31 days: one of a week before, four weeks, two of a week behind
        assert_eq!(of(Period::Month, week), Some(6));
        assert_eq!(of(week, Period::Month), Some(2));
        // from the 15th to the 14th a year touches 13 months
        assert_eq!(of(Period::MembershipYear, Period::Month), Some(13));
        assert_eq!(of(Period::Lifetime, Period::Month), None);
        assert_eq!(of(Period::Lifetime, Period::Lifetime), Some(1));
        assert_eq!(windows_in(Stretch::Days(1), week), Some(1));
        assert_eq!(windows_in(Stretch::Days(8), week), Some(2));
        assert_eq!(windows_in(Stretch::Days(9), week), Some(3));
        assert_eq!(windows_in(Stretch::Event, Period::Day), Some(1));
        let day = |text: &str| Date::from_naive(text.parse().unwrap()).unwrap();
        let anchors = Anchors::new(day("2026-01-01"));
        let between = |window| windows_between(day("2026-01-31"), day("2026-07-31"), window, &anchors);
        assert_eq!(between(Period::Month), 7);
        assert_eq!(between(Period::Day), 182);
        // from a Saturday to a Friday 26 weeks later
        assert_eq!(between(week), 27);
    }
}
