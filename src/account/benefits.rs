//! What a host asks before it lets a member do something: may this member have this benefit on this day, and why.

use super::standing::{Asked, Reason};
use super::{Account, Counted, WhyHeld};
use crate::calendar::{Date, Instant};
use crate::program::{Program, UnknownName};
use serde::Serialize;

/// Whether a member has a benefit on a day, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entitlement {
    /// The benefit, as written.
    pub benefit: String,
    /// Whether the member has it on the day.
    pub allowed: bool,
    /// Whether that is decided. If not, the clock has work up to the day, such as the review of a term that ends before it:
    /// a yes is certain, and after running the clock a no may become a yes.
    pub decided: bool,
    /// The lowest level that brings it. All higher ones bring it too.
    pub from_level: String,
    /// The level by which the member has it; without it the highest that is held.
    pub level: String,
    /// Why that level is held; nothing if the benefit is not allowed, or was on a day that is over, but is not any more
    /// by the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<WhyHeld>,
    /// The plan that pays the level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The day on which the member got it, as far back as is remembered; nothing without it, or if it was always so.
    pub since: Option<Date>,
    /// The last day for which it is certain; nothing without it, or if it has no end.
    pub until: Option<Date>,
    /// Without it: ways to the level that brings it, in the running window. One of them is enough, with all that it names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Vec<Counted>>,
    /// Without it: the plans that bring it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<String>,
}

impl Account {
    /// Whether the member has a benefit of a tiers block on a day, and why; as of the last posted outcome.
    ///
    /// It never says yes for a day up to which nothing holds the level. For a later day than that of the last posted
    /// outcome run the clock first where [`Entitlement::decided`] is false. Of earlier days it knows as much as late events
    /// need.
    ///
    /// ```
    /// # use loyalty_rules::{compile, Account, Evaluator, Event, Limits, Sources};
    /// # let rules = r#"edition 2026
    /// # program Demo {
    /// #   version 1
    /// #   effective from 2026-01-01
    /// #   currency EUR
    /// #   time zone "Europe/Berlin"
    /// # }
    /// # tiers Status {
    /// #   count spend in calendar year
    /// #   keep until end of next calendar year
    /// #   tier Member
    /// #   tier Gold {
    /// #     reach 500 EUR spend
    /// #     benefit "Lounge"
    /// #   }
    /// # }
    /// # "#;
    /// let program = compile(&Sources::single("demo.loyalty", rules), &Limits::default())?.program;
    /// let mut account = Account::open(&program, "Ann");
    /// let event = Event::purchase("K-1", "Ann", "2026-03-03T17:45:00+01:00").total("450").build()?;
    /// account.post(&program, &Evaluator::new().evaluate(&program, &account, &event)?)?;
    /// let lounge = account.benefit(&program, "Status", "Lounge", "2026-03-04".parse()?)?;
    /// assert!(!lounge.allowed);
    /// assert_eq!((lounge.from_level.as_str(), lounge.missing[0][0].amount.as_str()), ("Gold", "50.00"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such block, or the block no such benefit; with a similar one, if there is one.
    pub fn benefit(
        &self,
        program: &Program,
        tiers: &str,
        benefit: &str,
        day: Date,
    ) -> Result<Entitlement, UnknownName> {
        let asked = Asked::new(self, program, tiers, day)?;
        match asked.all().find(|(_, known)| *known == benefit) {
            Some((level, benefit)) => Ok(asked.entitlement(level, benefit)),
            None => Err(UnknownName::among("benefit", benefit, asked.all().map(|(_, known)| known))),
        }
    }

    /// All benefits of a tiers block on a day, whether the member has them or not: those of the lowest level first.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such block.
    pub fn benefits(
        &self,
        program: &Program,
        tiers: &str,
        day: Date,
    ) -> Result<Vec<Entitlement>, UnknownName> {
        let asked = Asked::new(self, program, tiers, day)?;
        Ok(asked.all().map(|(level, benefit)| asked.entitlement(level, benefit)).collect())
    }
}

/// A time in which a level or a higher one is held.
struct Run {
    /// The highest level in it on the day that is asked.
    level: u32,
    since: Instant,
    /// Its end; nothing if it goes on.
    until: Option<Instant>,
}

impl Asked<'_> {
    /// What the block can bring.
    fn all(&self) -> impl Iterator<Item = (u32, &str)> {
        self.brought(u32::try_from(self.tiers.levels.len()).unwrap_or(u32::MAX).saturating_sub(1))
    }

    fn entitlement(&self, least: u32, benefit: &str) -> Entitlement {
        let highest = self.highest();
        let mut told = Entitlement {
            benefit: benefit.to_owned(),
            allowed: false,
            decided: self.is_decided(),
            from_level: self.name(least),
            level: self.name(highest.level),
            why: None,
            plan: None,
            since: None,
            until: None,
            missing: Vec::new(),
            plans: Vec::new(),
        };
        match self.run(least) {
            Some(Run { level, since, until: Some(end) }) => {
                (told.allowed, told.level) = (true, self.name(level));
                (told.since, told.until) = (self.day_of(since), self.day_of(end.plus_micros(-1)));
            }
            run if run.is_some() || least == 0 || !self.is_over() => match self.longest(least) {
                Some(reason) => {
                    (told.allowed, told.level, told.why) = (true, self.name(reason.level), Some(reason.why));
                    told.plan = reason.plan.map(|plan| self.program.plan_name(plan).to_owned());
                    (told.since, told.until) = (run.and_then(|run| self.day_of(run.since)), reason.until);
                }
                None => self.tell_missing(least, &mut told),
            },
            // it came later
            _ => told.level = self.level_then().map_or(told.level, |level| self.name(level)),
        }
        told
    }

    /// Of all that holds a level or a higher one on the day, what does so the longest.
    fn longest(&self, least: u32) -> Option<Reason> {
        let reasons = self.reasons().into_iter().filter(|reason| reason.level >= least);
        let rank = |reason: &Reason| (reason.until.unwrap_or(Date::MAX), reason.level);
        reasons.reduce(|best, other| if rank(&other) > rank(&best) { other } else { best })
    }

    /// What leads to a level that is not held.
    fn tell_missing(&self, least: u32, told: &mut Entitlement) {
        let levels = self.tiers.levels.iter().enumerate().skip(least as usize);
        let plans = levels.clone().flat_map(|(_, level)| level.paid_by.iter());
        told.plans = plans.map(|plan| self.program.plan_name(*plan).to_owned()).collect();
        let reached = levels.clone().find_map(|(place, level)| Some((place, level.reach.as_ref()?)));
        // where reaching a level takes its threshold, only the next one can be told
        let next = self.state.level as usize + 1;
        let reached = reached.filter(|(place, _)| self.tiers.takes.is_none() || *place == next);
        told.missing = reached.map(|(_, reach)| self.missing(reach, &self.now())).unwrap_or_default();
    }

    /// Whether the day is one of the past in which another level may have been held.
    fn is_over(&self) -> bool {
        let changed = !self.state.history.is_empty();
        changed && self.account.clock_day(self.program).is_some_and(|clock| self.day < clock)
    }

    /// The last instant of the day that is asked.
    fn end_of_day(&self) -> Instant {
        let next = self.program.zone.start_of_day(self.day.plus_days(1), self.program.day_starts);
        next.plus_micros(-1)
    }

    /// The level that was held at the end of the day that is asked, if that is remembered.
    fn level_then(&self) -> Option<u32> {
        let end = self.end_of_day();
        self.state.history.iter().rev().find(|(since, _)| *since <= end).map(|(_, level)| *level)
    }

    /// The time up to the end of the day that is asked, in which a level or a higher one is held without a break.
    fn run(&self, least: u32) -> Option<Run> {
        let (history, end) = (&self.state.history, self.end_of_day());
        let then = history.iter().rposition(|(since, _)| *since <= end)?;
        let (before, after) = history.split_at_checked(then + 1)?;
        let (_, level) = before.last().filter(|(_, level)| *level >= least)?;
        let held = before.iter().rev().take_while(|(_, level)| *level >= least);
        let since = held.last().map_or(Instant::MIN, |(since, _)| *since);
        let until = after.iter().find(|(_, level)| *level < least).map(|(end, _)| *end);
        Some(Run { level: *level, since, until })
    }

    /// The day of an instant from which something is known.
    fn day_of(&self, at: Instant) -> Option<Date> {
        (at > Instant::MIN).then(|| self.program.zone.business_date(at, self.program.day_starts))
    }
}
