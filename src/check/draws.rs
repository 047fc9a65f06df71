//! Draws.

use super::lowering::Lowering;
use super::report::Once;
use super::times;
use crate::calendar::{Date, MonthDay, Period};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    Award, AwardThing, Draw, DrawDays, DrawRound, EventKindId, Measure, Slots, UnitId, Validity,
};
use crate::syntax::ast::{self, Block, DrawBlock, DrawLine, Give, Name, UnitKind};

/// The longest time for which tickets of a draw are counted: 36 months.
const MOST_DAYS: i32 = 1_096;

/// For how many days after the draw its tickets can still be told.
const KEPT_DAYS: u32 = 366;

/// The lines of a draw.
struct Lines<'a> {
    from: Once<&'a Name>,
    valid: Once<&'a ast::Valid>,
    held: Once<Held>,
    caps: Vec<(&'a ast::Cap, Span)>,
    free: Vec<(&'a Name, &'a Give, Span)>,
}

/// When a draw is held.
#[derive(Debug, Clone, Copy)]
enum Held {
    On(ast::Date),
    Every(ast::MonthDay),
}

/// The caps of a draw: of all its tickets, and of those of periods.
type Caps = (Option<i64>, Box<[(Period, i64)]>);

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of draws, by name; nothing if one of them has an error.
    pub(super) fn draws(&mut self) -> Option<Vec<Draw>> {
        let all = self.all;
        let found: Vec<Option<Draw>> =
            all.draws.iter().map(|entry| self.draw(entry.node, entry.block)).collect();
        found.into_iter().collect()
    }

    fn draw(&mut self, block: &'a DrawBlock, whole: &'a Block) -> Option<Draw> {
        let head = whole.head;
        let lines = self.draw_lines(block);
        let unit = match lines.from.value() {
            Some(name) => self.unit(name).filter(|unit| self.is_tickets(*unit, name.span)),
            None => self.needed(head, "which tickets take part", "draws from lots"),
        };
        let valid = match lines.valid.take() {
            Some((valid, span)) => Some((valid, span)),
            None => {
                self.needed(head, "of which days tickets take part", "valid from 2026-03-01 to 2026-07-31")
            }
        };
        let held_span = lines.held.span().unwrap_or(head);
        let held = match lines.held.value() {
            Some(held) => Some(held),
            None => self.needed(head, "when the draw is held", "held on 2026-08-07"),
        };
        let days = match valid {
            Some((valid, span)) => self.draw_days((valid, span), held, held_span),
            None => None,
        };
        let every_year = matches!(valid, Some((ast::Valid::EveryYear { .. }, _)));
        let caps = self.draw_caps(&lines.caps, unit, every_year);
        let mut free: Vec<Option<(EventKindId, Award)>> = Vec::new();
        for (event, give, span) in &lines.free {
            let (event, gift) = (self.event(event), self.gift(give, *span));
            let gift = gift.filter(|gift| self.is_ticket(*gift, unit, *span));
            free.push(event.zip(gift));
        }
        let (unit, days) = (unit?, days?);
        let back = match days {
            DrawDays::Once(round) => round.held.max(round.last).days_since(round.first).unsigned_abs(),
            // until the draw of a year begins it can still be told how the one before went
            DrawDays::EveryYear { .. } => 2 * KEPT_DAYS,
        };
        let back = back.saturating_add(KEPT_DAYS);
        let what = format!("unit {:?}", self.unit_name(unit));
        let meter = self.counters.meter(&what, Measure::Unit(unit), Slots::Day, Some(back));
        let free = free.into_iter().collect::<Option<Vec<_>>>()?.into();
        Some(Draw {
            name: block.name.text.as_str().into(),
            unit,
            days,
            cap: caps.as_ref()?.0,
            caps: caps?.1,
            free,
            meter,
        })
    }

    fn draw_lines(&mut self, block: &'a DrawBlock) -> Lines<'a> {
        let mut lines = Lines {
            from: Once::new("draws from"),
            valid: Once::new("valid"),
            held: Once::new("held on"),
            caps: Vec::new(),
            free: Vec::new(),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                DrawLine::From(name) => lines.from.set(name, span, report),
                DrawLine::Valid(valid) => lines.valid.set(valid, span, report),
                DrawLine::HeldOn(date) => lines.held.set(Held::On(*date), span, report),
                DrawLine::HeldEvery(day) => lines.held.set(Held::Every(*day), span, report),
                DrawLine::Cap(cap) => lines.caps.push((cap, span)),
                DrawLine::FreeEntry { event, give } => lines.free.push((event, give, span)),
            }
        }
        lines
    }

    fn is_tickets(&mut self, unit: UnitId, span: Span) -> bool {
        let Some(facts) = self.facts.unit(unit) else { return false };
        if facts.kind == UnitKind::Tickets {
            return true;
        }
        let name = &facts.name.text;
        let finding = Diagnostic::new(Code::U201, span, format!("`{name}` are no tickets"))
            .other(facts.name.span, "declared here")
            .help(format!("declare `unit {name} is tickets`, or name another unit"));
        self.report.push(finding);
        false
    }

    /// What a free entry gives must take part.
    fn is_ticket(&mut self, gift: Award, unit: Option<UnitId>, span: Span) -> bool {
        let Some(unit) = unit else { return false };
        if gift.thing == AwardThing::Unit(unit) {
            return true;
        }
        let (given, name) = (self.thing_name(gift.thing), self.unit_name(unit));
        let message = format!("this draw draws from {name}, not from {given}");
        self.report.mixed(span, message, format!("give {name}"));
        false
    }

    /// Of which days tickets take part, and when the draw is held.
    fn draw_days(
        &mut self,
        (valid, span): (&'a ast::Valid, Span),
        held: Option<Held>,
        held_span: Span,
    ) -> Option<DrawDays> {
        if let ast::Valid::EveryYear { from, to } = valid {
            return self.every_year((*from, *to), held?, held_span);
        }
        let Validity::Days(first, last) = self.validity(Some((valid, span)))? else {
            let message = "tickets of whole days take part in a draw";
            self.report.misplaced(span, message, "write `valid from … to …` with two dates");
            return None;
        };
        if first == Date::MIN || last == Date::MAX {
            self.report.missing(
                span,
                "a draw needs a first and a last day",
                "write `valid from … to …` with two dates",
            );
            return None;
        }
        if last.days_since(first) > MOST_DAYS {
            let finding = Diagnostic::new(Code::H941, span, "tickets are counted for 36 months at most")
                .help("let the draw be valid for a shorter time, or write several");
            self.report.push(finding);
            return None;
        }
        let Held::On(held) = held? else {
            let message = "these days come once, and this one every year";
            self.report.misplaced(
                held_span,
                message,
                "write the date of the draw, for example `held on 2026-08-07`",
            );
            return None;
        };
        let held = times::date(held, &mut self.report)?;
        if held <= last {
            self.report.outside(
                held_span,
                format!("tickets take part until {last}, and the draw comes before their end"),
                "hold the draw later, or end `valid` earlier",
            );
            return None;
        }
        Some(DrawDays::Once(DrawRound { first, last, held }))
    }

    /// `valid every year from 02-01 to 04-01`, `held on 04-10`
    fn every_year(
        &mut self,
        (from, to): (ast::MonthDay, ast::MonthDay),
        held: Held,
        held_span: Span,
    ) -> Option<DrawDays> {
        let (from, to) = (times::month_day(from, &mut self.report), times::month_day(to, &mut self.report));
        let Held::Every(held) = held else {
            let message = "these days come every year, and this one only once";
            self.report.misplaced(held_span, message, "write month and day, for example `held on 08-07`");
            return None;
        };
        let held = times::month_day(held, &mut self.report)?;
        let (from, to) = (from?, to?);
        let number = |day: MonthDay| (day.month(), day.day());
        let is_inside = match number(from) <= number(to) {
            true => (number(from)..=number(to)).contains(&number(held)),
            false => number(held) >= number(from) || number(held) <= number(to),
        };
        if is_inside {
            let message = "tickets of this day still take part, so the draw comes before their end";
            self.report.outside(held_span, message, "hold the draw later, or end `valid` earlier");
            return None;
        }
        Some(DrawDays::EveryYear { from, to, held })
    }

    fn draw_caps(
        &mut self,
        lines: &[(&'a ast::Cap, Span)],
        unit: Option<UnitId>,
        every_year: bool,
    ) -> Option<Caps> {
        let (mut all, mut found) = (None, Vec::new());
        let mut seen: Vec<(Period, Span)> = Vec::new();
        for (cap, span) in lines {
            let (period, most) = self.draw_cap(cap, *span, (unit, every_year))?;
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == period) {
                self.report.twice("cap", *span, *first);
                return None;
            }
            seen.push((period, *span));
            match period {
                Period::Campaign => all = Some(most),
                _ => found.push((period, most)),
            }
        }
        Some((all, found.into()))
    }

    /// `cap 100 lose per campaign`, `cap 10 lose per day`
    fn draw_cap(
        &mut self,
        cap: &ast::Cap,
        span: Span,
        (unit, every_year): (Option<UnitId>, bool),
    ) -> Option<(Period, i64)> {
        self.never_each(cap, "tickets are drawn for the member, and no event says of which value they are")?;
        let ast::CapLimit::Amount(amount) = &cap.limit else {
            let help = "write a number of tickets, for example `cap 100 lots per campaign`";
            self.report.misplaced(span, "a draw caps tickets", help);
            return None;
        };
        let help = format!("write `cap {} {} per campaign`", amount.number.value, amount.unit.text);
        let period = match &cap.per {
            Some(ast::CapPer::Period(period)) if cap.side.is_none() => period,
            Some(_) => {
                let message = "what one event or piece brings is not known any more when tickets are drawn";
                self.report.misplaced(span, message, "cap it in the rule that gives the tickets");
                return None;
            }
            None => {
                self.report.missing(span, "it is not said of which time the cap is", help);
                return None;
            }
        };
        if let ast::PeriodKind::Named(name) = &period.kind
            && !self.settings().periods.contains_key(name)
            && (name == "purchase" || self.all.events.peek(name).is_some())
        {
            let message = "what one event or piece brings is not known any more when tickets are drawn";
            self.report.misplaced(span, message, "cap it in the rule that gives the tickets");
            return None;
        }
        let found = match self.period(period)? {
            Period::Lifetime if every_year => {
                let message = "each year is a draw of its own";
                self.report.misplaced(span, message, help);
                return None;
            }
            // a draw that is held once has no tickets but those of its days
            Period::Lifetime => Period::Campaign,
            found => found,
        };
        let award = self.award(amount)?;
        self.is_ticket(award, unit, amount.span).then_some((found, award.amount))
    }
}
