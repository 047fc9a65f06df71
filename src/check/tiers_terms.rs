//! Tiers: over what is counted, how long a level lasts, and what reaching it takes.

use super::lowering::Lowering;
use super::report::Once;
use super::tiers::{Counted, Metrics, NewTier};
use super::{times, windows};
use crate::calendar::{Duration, DurationUnit, Period};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{EventKindId, Keep, Level, Surplus, Takes, TierWindow};
use crate::syntax::ast::{self, Amount, CountWindow, Name, TierLine};

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// Over what is counted.
    pub(super) fn count_window(&mut self, window: &CountWindow) -> Option<TierWindow> {
        match window {
            CountWindow::Period(period) => self.tier_window(period).map(TierWindow::Period),
            CountWindow::Rolling(length) => times::days(*length, &mut self.report).map(TierWindow::Rolling),
            CountWindow::Since(length) => times::days(*length, &mut self.report).map(TierWindow::Since),
        }
    }

    /// Where the time is counted since a level was reached, a level is kept as long as is counted, without more.
    pub(super) fn window_fits(
        &mut self,
        window: TierWindow,
        keep: (Option<Keep>, Option<Span>),
        grace: Option<Span>,
        count: Span,
    ) -> bool {
        let TierWindow::Since(length) = window else { return true };
        let (keep, span) = keep;
        let Some(keep) = keep else { return false };
        if keep != Keep::For(length, None) {
            let written = self.text(count);
            let length = written.split(" since ").next().and_then(|text| text.rsplit(" in ").next());
            let help = format!("write `keep for {}`", length.unwrap_or("12 months"));
            self.report.push(
                Diagnostic::new(
                    Code::U201,
                    span.unwrap_or(count),
                    "a level is kept as long as is counted since it was reached",
                )
                .other(count, "so long")
                .help(help),
            );
            return false;
        }
        if let Some(grace) = grace {
            let help = "leave out `grace`, or count in a period, for example `calendar year`";
            self.report.misplaced(grace, "what is counted since reaching a tier ends with it", help);
            return false;
        }
        true
    }

    /// `reaching takes the threshold` and `carry at most`.
    pub(super) fn takes(
        &mut self,
        takes: Option<Span>,
        carry: Option<(&'a Amount, Span)>,
        window: Option<TierWindow>,
        metrics: &Metrics,
    ) -> Option<Option<Takes>> {
        let Some(takes) = takes else {
            let Some((_, span)) = carry else { return Some(None) };
            let help = "write `reaching takes the threshold` as well, or leave out `carry at most`";
            self.report.misplaced(span, "nothing is left over where reaching a tier takes nothing", help);
            return None;
        };
        if !matches!(window?, TierWindow::Since(_)) {
            let help = "count `in 12 months since reaching the tier`";
            self.report.misplaced(
                takes,
                "a threshold is taken where the time begins anew with the tier",
                help,
            );
            return None;
        }
        if !metrics.good {
            return None;
        }
        let [counted] = metrics.counted[..] else {
            let help = "count one thing only";
            self.report.misplaced(takes, "from several counters no threshold can be taken", help);
            return None;
        };
        let Some((amount, span)) = carry else { return Some(Some(Takes { carry: None })) };
        let (found, most) = self.target(amount, false, span)?;
        if found != counted {
            let help = "write the amount in what is counted";
            self.report.mixed(amount.unit.span, "these tiers do not count this", help);
            return None;
        }
        Some(Some(Takes { carry: Some(most) }))
    }

    /// The period at whose end levels are reached: every window ends with one of them.
    pub(super) fn upgrade(
        &mut self,
        line: Option<(Option<&'a ast::Period>, Span)>,
        window: Option<TierWindow>,
    ) -> Option<Option<Period>> {
        let Some((Some(period), span)) = line else { return Some(None) };
        let found = times::repeating(period, self.settings(), &mut self.report)?;
        let TierWindow::Period(window) = window? else {
            let help = "write `upgrade at once`, or count in a period, for example `calendar year`";
            self.report.misplaced(span, "what is counted does not end with any period", help);
            return None;
        };
        if !divides(found, window) {
            let help =
                "write a part of the period in which is counted, for example `upgrade at end of month`";
            self.report.misplaced(period.span, "what is counted does not end with this period", help);
            return None;
        }
        Some(Some(found))
    }

    /// `new tier counts for this E`, `new tier counts for the part above the threshold`: what is counted is known before
    /// the event's rules give anything. The events that see a new tier, and whether parts of them do.
    pub(super) fn new_tier(
        &mut self,
        line: Option<(NewTier<'a>, Span)>,
        window: Option<TierWindow>,
        metrics: &Metrics,
        waits: bool,
    ) -> Option<(Option<EventKindId>, bool)> {
        let (event, span) = match line {
            None | Some((NewTier::Next, _)) => return Some((None, false)),
            Some((NewTier::This(name), span)) => (Some(self.event(name)?), span),
            Some((NewTier::Part, span)) => (None, span),
        };
        let has_basket = |event| event == EventKindId::PURCHASE || self.facts.event(event).is_some();
        let (window, true) = (window?, metrics.good) else { return None };
        let counts = |wanted: fn(&Counted) -> bool| metrics.counted.iter().any(wanted);
        let (message, help) = if event.is_none() && !matches!(metrics.counted[..], [Counted::Spend]) {
            ("only what was spent has a part above a threshold", "count `spend` and nothing else")
        } else if counts(|counted| matches!(counted, Counted::Unit(_))) {
            ("a unit is counted only after the rules have given it", "count `spend` or `purchases`")
        } else if counts(|counted| matches!(counted, Counted::Years(..))) {
            ("a year is counted when it has ended, not with an event", "count `spend` or `purchases`")
        } else if waits {
            ("what begins with the next period cannot count for this event", "write `upgrade at once`")
        } else if matches!(window, TierWindow::Since(_)) {
            (
                "what begins with the tier cannot count for this event",
                "count in a period or `in rolling 12 months`",
            )
        } else if event.is_some_and(|event| !has_basket(event) || event == EventKindId::JOINING) {
            ("this event has no basket", "name an event that has one, for example `purchase`")
        } else {
            return Some((event, event.is_none()));
        };
        self.report
            .push(Diagnostic::new(Code::T605, span, message).other(metrics.place, "counted here").help(help));
        None
    }

    /// `carry surplus U over once from tier T`.
    pub(super) fn surplus(
        &mut self,
        line: Option<((&'a Name, Option<&'a Name>), Span)>,
        window: Option<TierWindow>,
        metrics: &Metrics,
        levels: Option<&[Level]>,
    ) -> Option<Option<Surplus>> {
        let Some(((unit, from), span)) = line else { return Some(None) };
        if !matches!(window?, TierWindow::Period(period) if period != Period::Lifetime) {
            let help = "count in a period that comes again, for example `calendar year`";
            self.report.misplaced(
                span,
                "there is no next period into which something could be carried",
                help,
            );
            return None;
        }
        let (levels, true) = (levels?, metrics.good) else { return None };
        let Some(metric) = metrics.lowered.iter().position(|metric| *metric.name == *unit.text) else {
            let help = format!("add {} to the line `count`, or carry what is counted", unit.text);
            self.report.push(
                Diagnostic::new(Code::U201, unit.span, format!("these tiers do not count {}", unit.text))
                    .other(metrics.place, "this is what they count")
                    .help(help),
            );
            return None;
        };
        let least = match from {
            None => 0,
            Some(name) => {
                let Some(found) = levels.iter().position(|level| *level.name == *name.text) else {
                    let candidates = levels.iter().map(|level| (&*level.name, None));
                    self.report.unknown("tier", &name.text, name.span, candidates, "");
                    return None;
                };
                found
            }
        };
        let asks = |level: &Level| level.reach.as_ref().is_some_and(|reach| reach.least_of(metric).is_some());
        if !levels.iter().skip(least).any(asks) {
            let help = "carry what a tier asks for";
            self.report.misplaced(unit.span, "no tier asks for this, so nothing is above it", help);
            return None;
        }
        Some(Some(Surplus { metric, from: least as u32 }))
    }

    /// What a level takes is one threshold.
    pub(super) fn single_thresholds(
        &mut self,
        levels: &[(&'a Name, &'a [ast::Line<TierLine>], Span)],
    ) -> Option<()> {
        let mut good = Some(());
        for line in levels.iter().flat_map(|(_, lines, _)| lines.iter()) {
            if let TierLine::Reach(ast::Reach::And(_, span) | ast::Reach::Or(_, span)) = &line.kind {
                let help = "ask for one amount, for example `reach 100 xp`";
                self.report.misplaced(*span, "reaching a tier takes one threshold", help);
                good = None;
            }
        }
        good
    }

    /// The days that a level is held after its term: fewer than the term that follows has.
    pub(super) fn grace(
        &mut self,
        line: Once<Option<Duration>>,
        keep: Option<Keep>,
    ) -> Option<Option<Duration>> {
        let Some((grace, span)) = line.take() else { return Some(None) };
        let (grace, keep) = (grace?, keep?);
        let follows = match keep {
            Keep::Forever => {
                let help = "leave out `grace`, or say until when a level is kept";
                self.report.misplaced(span, "a level that is kept forever needs no grace", help);
                return None;
            }
            Keep::UntilEndOf { period, .. } => windows::lengths(period).map_or(0, |(shortest, _)| shortest),
            Keep::For(length, _) => i64::from(days_at_least(length)),
        };
        if windows::days_at_most(grace) >= follows {
            let help = "write a grace that is over before the term that follows, or keep levels longer";
            self.report.outside(span, "this grace is as long as the term that follows", help);
            return None;
        }
        Some(Some(grace))
    }

    fn tier_window(&mut self, period: &ast::Period) -> Option<Period> {
        let found = self.period(period)?;
        if found == Period::Campaign {
            self.report.misplaced(
                period.span,
                "tiers have no campaign",
                "count in a period of the calendar, for example `calendar year`, or in `lifetime`",
            );
            return None;
        }
        Some(found)
    }
}

/// How many days a tier looks back at most: the window in which it was reached, its term, and the window of the
/// review. Nothing is for ever.
pub(super) fn look_back(window: TierWindow, keep: Keep) -> Option<u32> {
    let window = match window {
        TierWindow::Period(period) => times::period_days(period)?,
        TierWindow::Rolling(length) => times::days_at_most(length),
        TierWindow::Since(_) => return None,
    };
    let term = match keep {
        Keep::Forever => return None,
        Keep::UntilEndOf { period, plus, .. } => {
            let tail = plus.map_or(0, |(length, tail)| times::days_at_most(length) + tail_days(tail));
            times::period_days(period)?.saturating_mul(2).saturating_add(tail)
        }
        Keep::For(length, tail) => times::days_at_most(length).saturating_add(tail_days(tail)),
    };
    Some(window.saturating_mul(2).saturating_add(term))
}

/// Whether every window ends with one of the periods.
fn divides(period: Period, window: Period) -> bool {
    let months = |period| match period {
        Period::Month => Some(1),
        Period::Quarter => Some(3),
        Period::HalfYear => Some(6),
        Period::CalendarYear => Some(12),
        _ => None,
    };
    let parts = |(part, whole): (u32, u32)| whole % part == 0;
    period == window
        || matches!((period, window), (Period::Day, _) | (_, Period::Lifetime))
        || months(period).zip(months(window)).is_some_and(parts)
}

/// How many days a length of time has at least.
const fn days_at_least(duration: Duration) -> u32 {
    let months = match duration.unit {
        DurationUnit::Minute | DurationUnit::Hour => return 0,
        DurationUnit::Day => return duration.count,
        DurationUnit::Week => return duration.count.saturating_mul(7),
        DurationUnit::Year => return duration.count.saturating_mul(365),
        DurationUnit::Month => duration.count,
        DurationUnit::Quarter => duration.count.saturating_mul(3),
    };
    months.saturating_mul(30).saturating_sub(2)
}

/// The most that a tail moves a day.
fn tail_days(tail: Option<crate::calendar::Tail>) -> u32 {
    if tail.is_some() { 366 } else { 0 }
}
