//! Streaks.

use super::campaigns;
use super::challenges::one_of;
use super::facts::Thing;
use super::game_caps::Game;
use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::report::Once;
use super::subjects::Scope;
use super::times;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Award, Counts, EventKindId, Measure, Slots, Streak};
use crate::syntax::ast::{self, Block, Cond, Give, Name, Number, Run, StreakBlock, StreakLine};

/// The longest run that is counted.
const MOST_PERIODS: i64 = 1_000_000;

/// The lines of a streak.
struct Lines<'a> {
    on: Once<&'a ast::On>,
    valid: Once<&'a ast::Valid>,
    when: Once<&'a Cond>,
    each: Once<(&'a ast::Period, Number, &'a Name)>,
    gives: Vec<(&'a Run, &'a Give, Span)>,
    forgive: Once<&'a Run>,
    restart: Once<&'a Run>,
    caps: Vec<(&'a ast::Cap, Span)>,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of streaks, by name; nothing if one of them has an error.
    pub(super) fn streaks(&mut self) -> Option<Vec<Streak>> {
        let all = self.all;
        let found: Vec<Option<Streak>> =
            all.streaks.iter().map(|entry| self.streak(entry.node, entry.block)).collect();
        found.into_iter().collect()
    }

    fn streak(&mut self, block: &'a StreakBlock, whole: &'a Block) -> Option<Streak> {
        let (head, name) = (whole.head, &block.name.text);
        let lines = self.streak_lines(block);
        let valid_span = lines.valid.span();
        let valid = self.validity(lines.valid.take());
        let on_span = lines.on.span().unwrap_or(head);
        let on = self.on_line(lines.on.value(), head, name).filter(|on| self.comes_again(*on, on_span));
        let event = on.unwrap_or(EventKindId::PURCHASE);
        let (when, _) = self.condition_line(lines.when.value(), event, Scope::Event);
        let (per, needs, written) = match lines.each.value() {
            Some((period, count, of)) => {
                let needs = self.needed_for_a_win(count, of, on);
                let per = times::repeating(period, self.settings(), &mut self.report);
                (per, needs, Some(period))
            }
            None => (self.needed(head, "what wins a period", "each week needs 2 purchase"), None, None),
        };
        if lines.gives.is_empty() {
            self.needed::<()>(head, "what a run gets", "after 4 weeks give 50 points");
        }
        let mut gifts: Vec<Option<(u32, Award)>> = Vec::new();
        let mut given: Vec<(Option<Award>, Span)> = Vec::new();
        for (run, give, span) in &lines.gives {
            let (after, gift) = (self.run(run, written, false), self.gift(give, *span));
            gifts.push(after.zip(gift));
            given.push((gift, *span));
        }
        let campaign = campaigns::is_campaign(valid_span, valid);
        let game = Game { kind: "streak", name: &block.name, gifts: &given, campaign };
        let caps = self.game_caps(&game, &lines.caps);
        let (forgive_span, restart_span) = (lines.forgive.span(), lines.restart.span());
        let forgive = lines.forgive.value().map_or(Some(0), |run| self.run(run, written, false));
        let restart = match lines.restart.value() {
            None => Some(None),
            Some(run) => self.run(run, written, true).map(Some),
        };
        let per = per?;
        let slots = Slots::Period(per);
        let what = match needs.map(|(counts, _)| counts) {
            Some(Counts::Spend) => format!("spend of streak {name:?}"),
            Some(Counts::Items) => format!("items of streak {name:?}"),
            Some(Counts::Unit(unit)) => format!("unit {:?} of streak {name:?}", self.unit_name(unit)),
            Some(Counts::Events(_)) | None => format!("events of streak {name:?}"),
        };
        let meter = self.counters.meter(&what, Measure::Game, slots, times::period_days(per));
        let gifts = gifts.into_iter().collect::<Option<Vec<_>>>().filter(|gifts| !gifts.is_empty())?;
        let (forgive, restart, (counts, needs)) = (forgive?, restart?, needs?);
        self.forgives_all(&gifts, forgive, forgive_span);
        self.never_reached(&gifts, &lines.gives, restart, restart_span);
        Some(Streak {
            name: name.as_str().into(),
            on: on?,
            valid: valid?,
            when: when?,
            per,
            counts,
            needs,
            gifts: gifts.into(),
            forgive,
            restart,
            meter,
            caps: caps?,
        })
    }

    fn streak_lines(&mut self, block: &'a StreakBlock) -> Lines<'a> {
        let mut lines = Lines {
            on: Once::new("on"),
            valid: Once::new("valid"),
            when: Once::new("when"),
            each: Once::new("each"),
            gives: Vec::new(),
            forgive: Once::new("forgive"),
            restart: Once::new("restart"),
            caps: Vec::new(),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                StreakLine::Funded(_) => {}
                StreakLine::On(on) => lines.on.set(on, span, report),
                StreakLine::Valid(valid) => lines.valid.set(valid, span, report),
                StreakLine::When(cond) => lines.when.set(cond, span, report),
                StreakLine::Each { period, count, of } => lines.each.set((period, *count, of), span, report),
                StreakLine::After { run, give } => lines.gives.push((run, give, span)),
                StreakLine::Forgive(run) => lines.forgive.set(run, span, report),
                StreakLine::Cap(cap) => lines.caps.push((cap, span)),
                StreakLine::Restart(run) => lines.restart.set(run, span, report),
            }
        }
        lines
    }

    /// A member joins once.
    fn comes_again(&mut self, on: EventKindId, span: Span) -> bool {
        if on == EventKindId::JOINING {
            let help = "wait for `purchase` or a declared event";
            self.report.misplaced(span, "a member joins once, and a streak waits for what comes again", help);
        }
        on != EventKindId::JOINING
    }

    /// `2 run`, `100 EUR`, `50 points`: how much wins a period.
    fn needed_for_a_win(
        &mut self,
        count: Number,
        of: &Name,
        on: Option<EventKindId>,
    ) -> Option<(Counts, i64)> {
        let on = on?;
        let event = self.event_name(on);
        let found = if one_of(&of.text, event) {
            let what = ("a number of events", count.span);
            let needs = numbers::whole(count.value, (0, 1_000_000_000), what, &mut self.report)?;
            (Counts::Events(on), needs)
        } else if money::is_currency(&of.text) {
            let amount = ast::Amount { number: count, unit: of.clone(), span: count.span.to(of.span) };
            let needs = money::above_zero(&amount, self.settings(), &mut self.report)?;
            (Counts::Spend, needs)
        } else if matches!(of.text.as_str(), "item" | "items") {
            (Counts::Items, numbers::micro(count.value, count.span, &mut self.report)?)
        } else if let Some(Thing::Unit(_)) = self.facts.thing(&of.text) {
            let unit = self.unit(of)?;
            (Counts::Unit(unit), self.in_scale(unit, &count)?)
        } else {
            let help = format!("write `{} {event}`, an amount of money, or of a unit", count.value);
            self.report.mixed(of.span, format!("this streak waits for {event}, not for {}", of.text), help);
            return None;
        };
        if matches!(found.0, Counts::Spend | Counts::Items) && on != EventKindId::PURCHASE {
            let help = format!("write `{} {event}`, or let the streak wait `on purchase`", count.value);
            self.report.misplaced(of.span, "only purchases count for spend and items", help);
            return None;
        }
        if found.1 <= 0 {
            self.report.zero(count.span, "zero wins every period", "write a number above zero");
            return None;
        }
        Some(found)
    }

    /// `4 weeks`: a number above zero of the periods of the streak.
    fn run(&mut self, run: &Run, per: Option<&ast::Period>, several: bool) -> Option<u32> {
        let what = ("a number of periods", run.count.span);
        let count = numbers::whole(run.count.value, (0, MOST_PERIODS), what, &mut self.report)?;
        if count == 0 {
            self.report.zero(run.count.span, "zero periods mean nothing here", "write at least 1");
            return None;
        }
        if several && count == 1 {
            self.report.outside(run.count.span, "a run of one period is none", "write at least 2");
            return None;
        }
        let called = period_word(per?);
        if !one_of(&run.periods.text, &called) {
            let message = format!("this streak counts {called}s, not {}", run.periods.text);
            let plural = if count == 1 { "" } else { "s" };
            let help = format!("write `{count} {called}{plural}`");
            self.report.mixed(run.periods.span, message, help);
            return None;
        }
        u32::try_from(count).ok()
    }

    /// G702: a run that is forgiven as many periods as it asks for.
    fn forgives_all(&mut self, gifts: &[(u32, Award)], forgive: u32, span: Option<Span>) {
        let longest = gifts.iter().map(|(after, _)| *after).max().unwrap_or(0);
        if let Some(span) = span.filter(|_| forgive >= longest) {
            self.report.push(
                Diagnostic::new(Code::G702, span, "this streak forgives as many periods as it asks for")
                    .label(format!("the longest run that gets something has {longest}"))
                    .help("forgive fewer"),
            );
        }
    }

    /// G702: a gift for a run that begins anew before.
    fn never_reached(
        &mut self,
        gifts: &[(u32, Award)],
        lines: &[(&Run, &Give, Span)],
        restart: Option<u32>,
        restart_span: Option<Span>,
    ) {
        let (Some(restart), Some(restart_span)) = (restart, restart_span) else { return };
        let mut late = gifts.iter().zip(lines).filter(|((after, _), _)| *after > restart);
        if let Some((_, (_, _, span))) = late.next() {
            self.report.push(
                Diagnostic::new(Code::G702, *span, "no run is ever so long")
                    .label("asks for more")
                    .other(restart_span, "a new run begins here")
                    .help("let the run restart later, or give it earlier"),
            );
        }
    }
}

/// What a period is called behind a number.
fn period_word(period: &ast::Period) -> String {
    match &period.kind {
        ast::PeriodKind::Day => "day",
        ast::PeriodKind::Week => "week",
        ast::PeriodKind::Month => "month",
        ast::PeriodKind::Quarter => "quarter",
        ast::PeriodKind::HalfYear => "half-year",
        ast::PeriodKind::CalendarYear | ast::PeriodKind::MembershipYear => "year",
        ast::PeriodKind::Campaign => "campaign",
        ast::PeriodKind::Lifetime => "lifetime",
        ast::PeriodKind::Named(name) => name,
    }
    .to_owned()
}
