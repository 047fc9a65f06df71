//! Units.

use super::facts::UnitFacts;
use super::lowering::Lowering;
use super::money;
use super::report::Once;
use super::times;
use crate::amount::Rounding;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Activate, Expire, ExpireFrom, Round, Unit, UnitKind};
use crate::syntax::ast::{self, UnitBlock, UnitLine};

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of units, by name. Denominators are still 1.
    pub(super) fn units(&mut self) -> Vec<Option<Unit>> {
        let all = self.all;
        all.units
            .iter()
            .zip(&self.facts.units)
            .map(|(entry, facts)| self.one_unit(entry.node, entry.block.head, facts))
            .collect()
    }

    fn one_unit(&mut self, block: &UnitBlock, head: Span, facts: &UnitFacts<'a>) -> Option<Unit> {
        let mut worth = Once::new("worth");
        let mut round = Once::new("round");
        let mut activate = Once::new("activate");
        let mut expire = Vec::new();
        for line in &block.lines {
            match &line.kind {
                UnitLine::Singular(_) | UnitLine::Decimals(_) => {}
                UnitLine::Worth(amount) => worth.set(amount, line.span, &mut self.report),
                UnitLine::Round(written) => round.set(*written, line.span, &mut self.report),
                UnitLine::Activate(written) => activate.set(written, line.span, &mut self.report),
                UnitLine::Expire(written) => expire.push((written, line.span)),
            }
        }
        let spendable = facts.kind == ast::UnitKind::Spendable;
        if spendable {
            self.needs_terms(facts, head, round.get().is_none(), expire.is_empty());
        } else {
            let places = [
                ("worth", worth.span()),
                ("activate", activate.span()),
                ("expire", expire.first().map(|e| e.1)),
            ];
            for (line, span) in places.into_iter().filter_map(|(line, span)| Some((line, span?))) {
                self.report.misplaced(
                    span,
                    format!("`{line}` has no meaning for a status unit"),
                    "a status unit is counted, not held; remove the line, or write `is spendable`",
                );
            }
        }
        let worth = match worth.value() {
            None => None,
            Some(amount) => Some(money::above_zero(amount, self.settings(), &mut self.report)?),
        };
        let activate = match activate.take() {
            None => Some(Activate::AtOnce),
            Some((written, _)) => self.activate(written),
        };
        let expire = self.expiries(&expire, false);
        Some(Unit {
            name: facts.name.text.as_str().into(),
            singular: facts.singular.map(|name| name.text.as_str().into()),
            kind: if spendable { UnitKind::Spendable } else { UnitKind::Status },
            decimals: facts.decimals,
            worth,
            round: round.value().map_or(Round { mode: Rounding::Down, per_item: false }, rounding),
            activate: activate?,
            expire: if spendable { expire? } else { Box::default() },
            denominator: 1,
        })
    }

    /// U207: rounding and expiry of a unit with value must be said.
    fn needs_terms(&mut self, facts: &UnitFacts<'a>, head: Span, no_round: bool, no_expire: bool) {
        let name = &facts.name.text;
        if no_round {
            self.report.push(
                Diagnostic::new(Code::U207, head, format!("it is not said how {name} are rounded"))
                    .help("add a line, for example `round down in total`"),
            );
        }
        if no_expire {
            self.report.push(
                Diagnostic::new(Code::U207, head, format!("it is not said when {name} expire"))
                    .help("add a line, for example `expire 24 months after earning` or `expire never`"),
            );
        }
    }

    /// When something earned becomes usable.
    pub(super) fn activate(&mut self, written: &ast::Activate) -> Option<Activate> {
        let settings = self.settings();
        Some(match written {
            ast::Activate::AtOnce => Activate::AtOnce,
            ast::Activate::After(duration) => Activate::After(times::days(*duration, &mut self.report)?),
            ast::Activate::AtEndOf(period) => {
                Activate::AtEndOf(times::repeating(period, settings, &mut self.report)?)
            }
        })
    }

    /// When something earned is gone; the earliest counts.
    pub(super) fn expiries(&mut self, lines: &[(&ast::Expire, Span)], card: bool) -> Option<Box<[Expire]>> {
        let found: Vec<Option<Expire>> =
            lines.iter().map(|(line, span)| self.expire(line, *span, card)).collect();
        let found = found.into_iter().collect::<Option<Vec<Expire>>>()?;
        if let (true, Some((_, span))) = (found.contains(&Expire::Never) && found.len() > 1, lines.first()) {
            self.report.misplaced(
                *span,
                "it is said to expire never, and also at some time",
                "keep `expire never`, or the other lines",
            );
            return None;
        }
        Some(found.into())
    }

    /// One `expire` line of a unit, rule or card.
    pub(super) fn expire(&mut self, written: &ast::Expire, span: Span, card: bool) -> Option<Expire> {
        let settings = self.settings();
        Some(match written {
            ast::Expire::Never => Expire::Never,
            ast::Expire::After { duration, from, tail } => {
                let from = match (from, card) {
                    (ast::ExpireFrom::Earning, false) => ExpireFrom::Earning,
                    (ast::ExpireFrom::Activation, false) => ExpireFrom::Activation,
                    (ast::ExpireFrom::FirstStamp, true) => ExpireFrom::FirstStamp,
                    (_, true) => {
                        let help = "write `after first stamp`";
                        self.report.misplaced(span, "a card counts from its first stamp", help);
                        return None;
                    }
                    (_, false) => {
                        let help = "write `after earning` or `after activation`";
                        self.report.misplaced(span, "only a card has a first stamp", help);
                        return None;
                    }
                };
                let length = times::days(*duration, &mut self.report);
                let tail = times::optional_tail(tail.as_ref(), settings, &mut self.report);
                Expire::After(length?, from, tail?)
            }
            ast::Expire::AtEndOf { period, plus } => {
                let period = times::repeating(period, settings, &mut self.report);
                let plus = times::plus(plus.as_ref(), settings, &mut self.report);
                Expire::AtEndOf(period?, plus?)
            }
            ast::Expire::AtNext(day) => {
                let day = times::month_day(*day, &mut self.report)?;
                Expire::AtNext(day.month(), day.day())
            }
        })
    }
}

/// Direction and place of rounding.
pub(super) const fn rounding(written: ast::Round) -> Round {
    let mode = match written.mode {
        ast::RoundMode::Down => Rounding::Down,
        ast::RoundMode::Up => Rounding::Up,
        ast::RoundMode::HalfUp => Rounding::HalfUp,
        ast::RoundMode::HalfDown => Rounding::HalfDown,
        ast::RoundMode::HalfEven => Rounding::HalfEven,
    };
    Round { mode, per_item: written.per_item }
}
