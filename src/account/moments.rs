//! Moments that the clock brings: which come when, and what follows from which event.
//!
//! Most of them can be told from what an account knows anyway, so they leave nothing behind: a moment comes on its day if
//! the clock has not come so far yet. Only what follows an event is written down, and the day on which a birthday last
//! brought something, so that one that changes does not come twice in a year.

use super::Account;
use super::persons::Who;
use crate::calendar::{Anchors, Date};
use crate::program::{EventKindId, Moment, MomentKind, Program, RuleId};
use std::sync::Arc;

/// A rule that asks about an event on a later day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FollowUp {
    pub(crate) day: Date,
    pub(crate) event: Arc<str>,
    pub(crate) rule: RuleId,
}

/// A moment that comes on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    /// The place of the member to whom it comes.
    pub(crate) who: usize,
    /// The id of what it brings.
    pub(crate) id: Arc<str>,
    /// The rules that wait for it, in their order.
    pub(crate) rules: Vec<RuleId>,
    pub(crate) is_birthday: bool,
    /// The event that it follows.
    pub(crate) follows: Option<Arc<str>>,
}

impl Account {
    /// The day after which the clock may bring moments: that to which it was run, but neither before the day of joining
    /// nor before the version of the program begins.
    fn moments_since(&self, program: &Program, who: Who<'_>) -> Option<Date> {
        let joined = who.tenure?.day;
        let clock = self.clock_day(program).unwrap_or(joined);
        Some(clock.max(joined).max(program.effective_from.minus_days(1)))
    }

    /// The day on which a moment next comes, if it can be told from what is known anyway.
    fn next_of(
        who: Who<'_>,
        (program, moment): (&Program, &Moment),
        since: Date,
        anchors: &Anchors,
    ) -> Option<Date> {
        let (from, to) = moment.days;
        let since = since.max(from.minus_days(1));
        let day = match &moment.kind {
            MomentKind::Birthday(place) => Self::next_birthday(who, *place, since),
            MomentKind::StartOf(period) => period.next_start(since, anchors),
            MomentKind::After(..) => None,
            MomentKind::Without(length, kinds) => {
                let last = kinds.iter().filter_map(|kind| who.last_of.get(kind.index()).copied().flatten());
                let last = last.map(|(_, day)| day).fold(who.tenure?.day, Date::max);
                length.add_to_date(last).filter(|day| *day > since)
            }
        };
        day.filter(|day| *day <= to && *day < program.ends.unwrap_or(Date::MAX))
    }

    /// The first birthday after a day, of a year in which none has brought anything yet.
    fn next_birthday(who: Who<'_>, place: u16, since: Date) -> Option<Date> {
        let text = who.attributes.get(usize::from(place))?.as_deref()?;
        let born: Date = text.parse().ok()?;
        let paid = who.birthday_paid.map_or(born.year(), |paid| paid.year().max(born.year()));
        let year = since.year().max(paid.saturating_add(1));
        let days = [year, year.saturating_add(1)].into_iter().filter_map(|year| born.anniversary_in(year));
        days.filter(|day| *day > since).min()
    }

    /// The day on which the clock next brings a moment.
    pub(super) fn next_moment(&self, program: &Program) -> Option<Date> {
        self.people().filter_map(|who| self.next_moment_of(program, who)).min()
    }

    fn next_moment_of(&self, program: &Program, who: Who<'_>) -> Option<Date> {
        let since = self.moments_since(program, who)?;
        let anchors = self.anchors(program, who.tenure?.day);
        let known = program.moments.iter();
        let days = known.filter_map(|moment| Self::next_of(who, (program, moment), since, &anchors));
        days.chain(Self::next_follow_up(program, who)).min()
    }

    fn next_follow_up(program: &Program, who: Who<'_>) -> Option<Date> {
        let day = who.follow_ups.first()?.day;
        Some(day).filter(|day| *day < program.ends.unwrap_or(Date::MAX))
    }

    /// The moments of a day to which the clock has not come yet: birthday, starts of periods, what follows events by
    /// their ids, absences; inside of these by member, then by name.
    pub(crate) fn moments_on(&self, program: &Program, day: Date) -> Vec<Due> {
        if program.moments.is_empty() {
            return Vec::new();
        }
        let mut all: Vec<(u8, Due)> = Vec::new();
        for who in self.people_by_name() {
            self.add_moments(program, who, day, &mut all);
        }
        // a stable sort: the members stay by name
        all.sort_by_key(|(rank, _)| *rank);
        all.into_iter().map(|(_, due)| due).collect()
    }

    fn add_moments(&self, program: &Program, who: Who<'_>, day: Date, all: &mut Vec<(u8, Due)>) {
        let (Some(since), Some(tenure)) = (self.moments_since(program, who), who.tenure) else { return };
        let anchors = self.anchors(program, tenure.day);
        let known = program.moments.iter();
        let known =
            known.filter(|moment| Self::next_of(who, (program, moment), since, &anchors) == Some(day));
        let known = known.map(|moment| {
            let is_birthday = matches!(moment.kind, MomentKind::Birthday(_));
            let due = Due {
                who: who.place,
                id: match who.place {
                    0 => format!("@{day}/{}", moment.name).into(),
                    // the same comes to several members
                    _ => format!("@{day}/{}/{}", moment.name, who.member).into(),
                },
                rules: moment.rules.iter().map(|waiting| waiting.rule).collect(),
                is_birthday,
                follows: None,
            };
            let rank = match moment.kind {
                MomentKind::Birthday(_) => 0,
                MomentKind::StartOf(_) => 1,
                MomentKind::After(..) | MomentKind::Without(..) => 3,
            };
            (rank, due)
        });
        let mut mine: Vec<(u8, Due)> = known.collect();
        let asked = who.follow_ups.iter().filter(|known| known.day == day);
        let asked: Vec<&FollowUp> =
            asked.filter(|known| known.day < program.ends.unwrap_or(Date::MAX)).collect();
        for same in asked.chunk_by(|one, two| one.event == two.event) {
            let Some(first) = same.first() else { continue };
            let id = format!("@{day}/after/{}", first.event).into();
            let rules = same.iter().map(|known| known.rule).collect();
            let follows = Some(Arc::clone(&first.event));
            mine.push((2, Due { who: who.place, id, rules, is_birthday: false, follows }));
        }
        mine.sort_by(|(one, first), (two, second)| (one, &first.id).cmp(&(two, &second.id)));
        all.append(&mut mine);
    }

    /// Whether an event of a kind puts off a moment.
    pub(super) fn puts_off(program: &Program, event: EventKindId) -> bool {
        program.moments.iter().any(|moment| match &moment.kind {
            MomentKind::Without(_, kinds) => kinds.contains(&event),
            _ => false,
        })
    }

    /// Notes or forgets that a rule asks about an event; tells whether the first due day has to be looked for anew.
    pub(super) fn book_follow_up(&mut self, change: &FollowUp, asks: bool) -> bool {
        match (self.follow_ups.binary_search(change), asks) {
            (Err(place), true) => {
                self.follow_ups.insert(place, change.clone());
                self.expect_due(change.day);
            }
            (Ok(place), false) => {
                self.follow_ups.remove(place);
                return true;
            }
            _ => {}
        }
        false
    }
}
