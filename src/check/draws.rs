//! Draws.

use super::lowering::Lowering;
use super::report::Once;
use super::times;
use crate::calendar::{Date, Period};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Award, AwardThing, Draw, EventKindId, Measure, Slots, UnitId, Validity};
use crate::syntax::ast::{self, Block, DrawBlock, DrawLine, Give, Name, UnitKind};

/// The longest time for which tickets of a draw are counted: 36 months.
const MOST_DAYS: i32 = 1_096;

/// For how many days after the draw its tickets can still be told.
const KEPT_DAYS: u32 = 366;

/// The lines of a draw.
struct Lines<'a> {
    from: Once<&'a Name>,
    valid: Once<&'a ast::Valid>,
    held: Once<ast::Date>,
    cap: Once<&'a ast::Cap>,
    free: Vec<(&'a Name, &'a Give, Span)>,
}

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
        let days = match lines.valid.take() {
            Some((valid, span)) => self.draw_days(valid, span),
            None => {
                self.needed(head, "of which days tickets take part", "valid from 2026-03-01 to 2026-07-31")
            }
        };
        let held_span = lines.held.span();
        let held = match lines.held.value() {
            Some(date) => times::date(date, &mut self.report),
            None => self.needed(head, "when the draw is held", "held on 2026-08-07"),
        };
        if let (Some((_, last)), Some(held), Some(span)) = (days, held, held_span)
            && held <= last
        {
            self.report.outside(
                span,
                format!("tickets take part until {last}, and the draw comes before their end"),
                "hold the draw later, or end `valid` earlier",
            );
        }
        let cap = match lines.cap.take() {
            None => Some(None),
            Some((cap, span)) => self.draw_cap(cap, span, unit).map(Some),
        };
        let mut free: Vec<Option<(EventKindId, Award)>> = Vec::new();
        for (event, give, span) in &lines.free {
            let (event, gift) = (self.event(event), self.gift(give, *span));
            let gift = gift.filter(|gift| self.is_ticket(*gift, unit, *span));
            free.push(event.zip(gift));
        }
        let (unit, (first, last), held) = (unit?, days?, held?);
        let back = held.max(last).days_since(first).unsigned_abs().saturating_add(KEPT_DAYS);
        let what = format!("unit {:?}", self.unit_name(unit));
        let meter = self.counters.meter(&what, Measure::Unit(unit), Slots::Day, Some(back));
        let free = free.into_iter().collect::<Option<Vec<_>>>()?.into();
        Some(Draw {
            name: block.name.text.as_str().into(),
            unit,
            days: (first, last),
            held,
            cap: cap?,
            free,
            meter,
        })
    }

    fn draw_lines(&mut self, block: &'a DrawBlock) -> Lines<'a> {
        let mut lines = Lines {
            from: Once::new("draws from"),
            valid: Once::new("valid"),
            held: Once::new("held on"),
            cap: Once::new("cap"),
            free: Vec::new(),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                DrawLine::From(name) => lines.from.set(name, span, report),
                DrawLine::Valid(valid) => lines.valid.set(valid, span, report),
                DrawLine::HeldOn(date) => lines.held.set(*date, span, report),
                DrawLine::Cap(cap) => lines.cap.set(cap, span, report),
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

    /// First and last day, both there and not too far apart.
    fn draw_days(&mut self, valid: &ast::Valid, span: Span) -> Option<(Date, Date)> {
        let Validity::Days(first, last) = self.validity(Some((valid, span)))? else {
            self.report.later(
                span,
                "this version counts tickets of whole days that do not come again",
                "write `valid from … to …` with two dates",
            );
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
        Some((first, last))
    }

    /// `cap 100 lose per campaign`
    fn draw_cap(&mut self, cap: &ast::Cap, span: Span, unit: Option<UnitId>) -> Option<i64> {
        self.never_each(cap, "tickets are drawn for the member, and no event says of which value they are")?;
        let campaign = match &cap.per {
            Some(ast::CapPer::Period(period)) => self.period_is_campaign(period),
            _ => false,
        };
        let ast::CapLimit::Amount(amount) = &cap.limit else {
            let help = "write a number of tickets, for example `cap 100 lots per campaign`";
            self.report.misplaced(span, "a draw caps tickets", help);
            return None;
        };
        if !campaign || cap.side.is_some() {
            let help = format!("write `cap {} {} per campaign`", amount.number.value, amount.unit.text);
            self.report.later(span, "this version caps the tickets of a whole draw only", help);
            return None;
        }
        let award = self.award(amount)?;
        self.is_ticket(award, unit, amount.span).then_some(award.amount)
    }

    fn period_is_campaign(&mut self, period: &ast::Period) -> bool {
        matches!(period.kind, ast::PeriodKind::Campaign) && self.period(period) == Some(Period::Campaign)
    }
}
