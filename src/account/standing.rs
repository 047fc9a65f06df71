//! What a host may tell a member of a tier: what it brings and until when, what is missing for the next one, and what is
//! at risk at the end of the term.

use super::{Account, Hold, TierState};
use crate::amount::{Money, format_scaled};
use crate::calendar::Date;
use crate::program::{Measure, PlanId, Program, Reach, TierWindow, Tiers, TiersId, UnknownName};
use serde::Serialize;
use std::borrow::Cow;

/// More ways to reach a level are not told.
const WAYS_MOST: usize = 64;

/// A member's standing in a tiers block on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// The level that is held on the day.
    pub level: String,
    /// Its place, 0 for the lowest.
    pub place: u32,
    /// Whether that is decided. If not, the clock has work up to the day, such as the review of a term that ends before it:
    /// what is told is what is held for certain, and running the clock may bring more.
    pub decided: bool,
    /// What it brings, as written, after what the levels below it bring.
    pub benefits: Vec<String>,
    /// Why it is held.
    pub why: WhyHeld,
    /// The plan that pays it; nothing if none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The last day on which it is held, grace included; nothing if it has no end.
    pub until: Option<Date>,
    /// What the running window has counted, with what was carried into it.
    pub counted: Vec<Counted>,
    /// The last day of the running window; nothing if it has none, or rolls.
    pub window_ends: Option<Date>,
    /// The next level, if there is one.
    pub next: Option<NextLevel>,
    /// What happens at the end of the term, if it has one.
    pub at_risk: Option<AtRisk>,
}

/// Why a level is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WhyHeld {
    /// Every member has the lowest level.
    Everybody,
    /// What was counted has reached it.
    Earned,
    /// It was given, or a higher level has dropped to it.
    Given,
    /// Its term is over: it is held for its grace.
    Grace,
    /// Somebody granted it, beside what is earned.
    Granted,
    /// The plan of the member pays it.
    Paid,
}

/// An amount of what a block counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counted {
    /// What is counted: `spend`, `purchases`, a status unit.
    pub what: String,
    /// The amount, with the digits of the currency or the decimals of the unit.
    pub amount: String,
}

/// What is missing for the next level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NextLevel {
    /// Its name.
    pub level: String,
    /// Ways to it in the running window: one of them is enough, with all that it names.
    pub missing: Vec<Vec<Counted>>,
    /// The plans that pay it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<String>,
}

/// What is decided at the end of a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AtRisk {
    /// Whether the level is confirmed by what is counted so far.
    pub confirmed: bool,
    /// The level that follows if nothing more is counted.
    pub falls_to: String,
    /// Ways to keep it: in the window that decides, or in the running one if that is over.
    pub missing: Vec<Vec<Counted>>,
}

impl Account {
    /// The standing in a tiers block on a day, as of the last posted outcome: run the clock up to the day first.
    ///
    /// On a later day only what is held for certain counts: what ends before it does not, as a review has not confirmed it
    /// ([`Standing::decided`]). On an earlier one the level is told that is held now.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such block.
    pub fn standing(&self, program: &Program, tiers: &str, day: Date) -> Result<Standing, UnknownName> {
        let asked = Asked::new(self, program, tiers, day)?;
        let Reason { level: place, until, why, plan } = asked.highest();
        let now = asked.now();
        let levels = &asked.tiers.levels;
        let next = levels.get(place as usize + 1);
        Ok(Standing {
            level: asked.name(place),
            place,
            decided: asked.is_decided(),
            benefits: asked.brought(place).map(|(_, benefit)| benefit.to_owned()).collect(),
            why,
            plan: plan.map(|plan| program.plan_name(plan).to_owned()),
            until,
            counted: asked.told(&now.iter().copied().enumerate().collect::<Vec<_>>()),
            window_ends: asked.window_ends(),
            next: next.map(|level| NextLevel {
                level: level.name.to_string(),
                missing: level.reach.as_ref().map(|reach| asked.missing(reach, &now)).unwrap_or_default(),
                plans: level.paid_by.iter().map(|plan| program.plan_name(*plan).to_owned()).collect(),
            }),
            at_risk: match why {
                WhyHeld::Granted | WhyHeld::Paid => asked.ends_beside(place, until, &now),
                _ => asked.at_risk(&now),
            },
        })
    }
}

/// Something that holds a level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reason {
    pub(super) level: u32,
    /// The last day; nothing if it has no end.
    pub(super) until: Option<Date>,
    pub(super) why: WhyHeld,
    pub(super) plan: Option<PlanId>,
}

/// Why a level that is not the lowest is held.
const fn why_of(hold: &Hold) -> WhyHeld {
    match hold.window {
        _ if hold.grace => WhyHeld::Grace,
        Some(_) => WhyHeld::Earned,
        None => WhyHeld::Given,
    }
}

fn why(state: &TierState) -> WhyHeld {
    let earned = |hold: &&Hold| hold.level == state.level && hold.until == state.until;
    match state.holds.iter().find(earned) {
        _ if state.level == 0 => WhyHeld::Everybody,
        _ if state.is_in_grace() => WhyHeld::Grace,
        Some(hold) if hold.window.is_some() => WhyHeld::Earned,
        _ => WhyHeld::Given,
    }
}

/// A block of an account on a day.
pub(super) struct Asked<'a> {
    pub(super) account: &'a Account,
    pub(super) program: &'a Program,
    pub(super) tiers: &'a Tiers,
    /// Without what ends before the day.
    pub(super) state: Cow<'a, TierState>,
    id: TiersId,
    pub(super) day: Date,
}

impl<'a> Asked<'a> {
    pub(super) fn new(
        account: &'a Account,
        program: &'a Program,
        tiers: &str,
        day: Date,
    ) -> Result<Self, UnknownName> {
        let id = program.tiers_named(tiers)?;
        let unknown = || UnknownName::new("tiers block", tiers);
        let rules = program.tiers.get(id.index()).ok_or_else(unknown)?;
        let state = account.tiers.get(id.index()).ok_or_else(unknown)?;
        let is_over = |until: Option<Date>| until.is_some_and(|until| until < day);
        let mut state = Cow::Borrowed(state);
        let ends = state.holds.iter().map(|hold| hold.until);
        if ends.chain(state.granted.iter().map(|granted| granted.until)).any(is_over) {
            state.to_mut().settle(day);
        }
        Ok(Self { account, program, tiers: rules, state, id, day })
    }

    /// Whether the clock has nothing to do up to the day.
    pub(super) fn is_decided(&self) -> bool {
        self.account.due.is_none_or(|due| due > self.day)
    }

    /// All that holds a level on the day, first what is earned.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        let account = self.account;
        let reason = |level, until, why| Reason { level, until, why, plan: None };
        let own = reason(self.state.level, self.state.until, why(&self.state));
        let everybody = reason(0, None, WhyHeld::Everybody);
        let holds = self.state.holds.iter().map(|hold| reason(hold.level, hold.until, why_of(hold)));
        let granted = self.state.granted.iter();
        let granted = granted.map(|granted| reason(granted.level, granted.until, WhyHeld::Granted));
        let plan = account.plan(self.program).filter(|plan| plan.renews || plan.secured_until >= self.day);
        let paid = plan.zip(account.plans.held).map(|(plan, held)| Reason {
            level: account.level_paid(self.program, self.id),
            until: Some(plan.secured_until).filter(|_| !plan.renews),
            why: WhyHeld::Paid,
            plan: Some(held.plan),
        });
        let beside = granted.chain(paid).filter(|reason| reason.level > 0);
        [own, everybody].into_iter().chain(holds).chain(beside).collect()
    }

    /// What holds the highest level, and that the longest.
    pub(super) fn highest(&self) -> Reason {
        let rank = |reason: &Reason| (reason.level, reason.until.unwrap_or(Date::MAX));
        let reasons = self.reasons().into_iter();
        let best = reasons.reduce(|best, other| if rank(&other) > rank(&best) { other } else { best });
        best.unwrap_or(Reason { level: 0, until: None, why: WhyHeld::Everybody, plan: None })
    }

    pub(super) fn name(&self, level: u32) -> String {
        self.tiers.levels.get(level as usize).map_or(String::new(), |level| level.name.to_string())
    }

    /// What the levels up to one bring, each text once and with the lowest level that brings it.
    pub(super) fn brought(&self, up_to: u32) -> impl Iterator<Item = (u32, &'a str)> {
        let tiers = self.tiers;
        let lines = move |level: usize| {
            let level = tiers.levels.get(level);
            level.into_iter().flat_map(|level| level.benefits.iter()).map(|benefit| &**benefit)
        };
        (0..=up_to).flat_map(move |place| {
            let below = 0..place as usize;
            let is_new = move |benefit: &&str| !below.clone().flat_map(lines).any(|known| known == *benefit);
            lines(place as usize).filter(is_new).map(move |benefit| (place, benefit))
        })
    }

    /// What the running window has counted.
    pub(super) fn now(&self) -> Vec<i64> {
        self.values(Some(self.window(self.day)))
    }

    fn anchors(&self) -> crate::calendar::Anchors {
        self.account.anchors(self.program, self.day)
    }

    /// The day that names the window of a day.
    fn window(&self, day: Date) -> Date {
        self.tiers.period().map_or(day, |period| period.start_of(day, &self.anchors()))
    }

    /// What a window holds, by metric; nothing is a window in which nothing was counted yet.
    fn values(&self, window: Option<Date>) -> Vec<i64> {
        let spell =
            self.state.running().map_or((1, 1, 0), |spell| (spell.number, spell.through, spell.carried));
        let value = |place: usize| match (self.tiers.window, window) {
            (_, None) => 0,
            (TierWindow::Since(_), _) => {
                let meter = self.tiers.metrics.get(place).map(|metric| metric.meter);
                let (from, to) = (i64::from(spell.0), i64::from(spell.1));
                meter.map_or(0, |meter| self.account.counted_in(meter, from, to) + spell.2)
            }
            (_, Some(window)) => self.account.metric(self.id.index(), self.tiers, window, place),
        };
        (0..self.tiers.metrics.len()).map(value).collect()
    }

    fn window_ends(&self) -> Option<Date> {
        let last = match self.tiers.window {
            TierWindow::Since(_) => self.state.running()?.last,
            TierWindow::Rolling(_) => return None,
            TierWindow::Period(period) => period.last_day(self.day, &self.anchors()),
        };
        Some(last).filter(|last| *last < Date::MAX)
    }

    /// Ways to reach something that is not reached yet.
    pub(super) fn missing(&self, reach: &Reach, values: &[i64]) -> Vec<Vec<Counted>> {
        let ways = ways(reach, values);
        ways.iter().filter(|way| !way.is_empty()).map(|way| self.told(way)).collect()
    }

    fn told(&self, amounts: &[(usize, i64)]) -> Vec<Counted> {
        let told = amounts.iter().filter_map(|(place, amount)| {
            let metric = self.tiers.metrics.get(*place)?;
            let amount = match self.program.meters.get(metric.meter.index())?.measure {
                Measure::Spend(_) => {
                    let digits = u8::try_from(self.program.currency_digits).unwrap_or(2);
                    Money::from_micros(*amount)?.display(digits).to_string()
                }
                Measure::Unit(unit) => format_scaled(*amount, self.program.unit_decimals(unit)),
                _ => format_scaled(*amount, 0),
            };
            Some(Counted { what: metric.name.to_string(), amount })
        });
        told.collect()
    }

    fn at_risk(&self, now: &[i64]) -> Option<AtRisk> {
        let until = self.state.until?;
        let level = self.tiers.levels.get(self.state.level as usize)?;
        let reach = level.reach.as_ref()?;
        let in_grace = self.state.is_in_grace();
        let running = self.window(self.day);
        // the window that the review takes, if it has begun
        let decides = match self.tiers.window {
            TierWindow::Period(period) => period
                .previous_start(until.plus_days(1), &self.anchors())
                .map(|start| (start, start <= running)),
            TierWindow::Rolling(_) | TierWindow::Since(_) => Some((running, true)),
        };
        let (window, begun) = decides.unwrap_or((running, true));
        let values = self.values(Some(window).filter(|_| begun));
        let value = |values: &[i64], metric: usize| values.get(metric).copied().unwrap_or(0);
        let confirmed = !in_grace && reach.holds(&|metric| value(&values, metric));
        let earned = self.tiers.earned(|metric| value(&values, metric)).min(self.state.level);
        let beside = self.state.holds.iter().filter(|hold| hold.until.is_none_or(|last| last > until));
        let beside = beside.map(|hold| hold.level).max().unwrap_or(0).max(self.beside_after(until));
        let falls = match (confirmed, in_grace, self.tiers.drop_one_level) {
            (true, ..) => self.state.level,
            (_, true, _) => beside,
            (_, _, true) => earned.max(self.tiers.below(self.state.level)).max(beside),
            _ => earned.max(beside),
        };
        // what is over decides no more: only reaching the level in the running window helps then
        let counts = if in_grace || (begun && window < running) { now } else { &values[..] };
        let missing = if confirmed { Vec::new() } else { self.missing(reach, counts) };
        Some(AtRisk { confirmed, falls_to: self.name(falls), missing })
    }
}

impl Asked<'_> {
    /// The highest level that is granted or paid for longer than up to a day.
    fn beside_after(&self, until: Date) -> u32 {
        let is_later = |last: Option<Date>| last.is_none_or(|last| last > until);
        let granted = self.state.granted.iter().filter(|granted| is_later(granted.until));
        let paid = self.account.plan(self.program).filter(|plan| plan.renews || plan.secured_until > until);
        let paid = paid.map(|_| self.account.level_paid(self.program, self.id));
        granted.map(|granted| granted.level).chain(paid).max().unwrap_or(0)
    }

    /// What follows a level that is granted or paid, if it ends.
    fn ends_beside(&self, level: u32, until: Option<Date>, now: &[i64]) -> Option<AtRisk> {
        let until = until?;
        let own = self.state.holds.iter().filter(|hold| hold.until.is_none_or(|last| last > until));
        let own = own.map(|hold| hold.level).max().unwrap_or(0);
        let falls = own.max(self.beside_after(until));
        let reach = self.tiers.levels.get(level as usize).and_then(|level| level.reach.as_ref());
        Some(AtRisk {
            confirmed: falls >= level,
            falls_to: self.name(falls),
            missing: reach.map(|reach| self.missing(reach, now)).unwrap_or_default(),
        })
    }
}

/// What is missing for a threshold, in as many ways as there are; a way without anything is reached.
fn ways(reach: &Reach, values: &[i64]) -> Vec<Vec<(usize, i64)>> {
    match reach {
        Reach::AtLeast(metric, least) => {
            let missing = least - values.get(*metric).copied().unwrap_or(0);
            vec![if missing > 0 { vec![(*metric, missing)] } else { Vec::new() }]
        }
        Reach::Or(parts) => parts.iter().flat_map(|part| ways(part, values)).take(WAYS_MOST).collect(),
        Reach::And(parts) => parts.iter().fold(vec![Vec::new()], |all, part| {
            let part = ways(part, values);
            let both = |one: &Vec<(usize, i64)>, two: &Vec<(usize, i64)>| {
                let mut both = one.clone();
                for (metric, amount) in two {
                    match both.iter_mut().find(|(known, _)| known == metric) {
                        Some((_, known)) => *known = (*known).max(*amount),
                        None => both.push((*metric, *amount)),
                    }
                }
                both
            };
            let all = all.iter().flat_map(|one| part.iter().map(move |two| both(one, two)));
            all.take(WAYS_MOST).collect()
        }),
    }
}
