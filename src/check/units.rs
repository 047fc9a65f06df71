//! Units.

use super::facts::UnitFacts;
use super::lowering::Lowering;
use super::money;
use super::report::Once;
use super::terms::{Expiring, Terms};
use crate::amount::Rounding;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Activate, Round, SpendOrder, Unit, UnitKind};
use crate::syntax::ast::{self, UnitBlock, UnitLine};

/// One of a unit that is money is worth one of its currency, micro-units.
const WHOLE: i64 = 1_000_000;

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

    fn one_unit(&mut self, block: &'a UnitBlock, head: Span, facts: &UnitFacts<'a>) -> Option<Unit> {
        let mut worth = Once::new("worth");
        let mut round = Once::new("round");
        let mut activate = Once::new("activate");
        let mut expire = Vec::new();
        let mut hold = Once::new("no expiry when");
        let mut spend = Once::new("spend … first");
        for line in &block.lines {
            match &line.kind {
                UnitLine::Singular(_) | UnitLine::Decimals(_) => {}
                UnitLine::Worth(amount) => worth.set(amount, line.span, &mut self.report),
                UnitLine::Round(written) => round.set(*written, line.span, &mut self.report),
                UnitLine::Activate(written) => activate.set(written, line.span, &mut self.report),
                UnitLine::Expire(written) => expire.push((written, line.span)),
                UnitLine::NoExpiry(written) => hold.set(written, line.span, &mut self.report),
                UnitLine::SpendOrder(order) => spend.set(*order, line.span, &mut self.report),
            }
        }
        let spendable = facts.kind.is_spendable();
        if spendable {
            self.needs_terms(facts, head, round.get().is_none(), expire.is_empty());
        } else {
            let places = [
                ("worth", worth.span()),
                ("activate", activate.span()),
                ("expire", expire.first().map(|e| e.1)),
                ("no expiry", hold.span()),
                ("spend", spend.span()),
            ];
            let kind = if facts.kind == ast::UnitKind::Tickets { "ticket" } else { "status" };
            for (line, span) in places.into_iter().filter_map(|(line, span)| Some((line, span?))) {
                self.report.misplaced(
                    span,
                    format!("`{line}` has no meaning for a {kind} unit"),
                    format!("a {kind} unit is counted, not held; remove the line, or write `is spendable`"),
                );
            }
        }
        if let ast::UnitKind::Money(currency) = &block.kind {
            self.is_program_money(block, currency);
        }
        let worth = match worth.value() {
            _ if matches!(block.kind, ast::UnitKind::Money(_)) => Some(WHOLE),
            None => None,
            Some(amount) => Some(money::above_zero(amount, self.settings(), &mut self.report)?),
        };
        let activate = match activate.take() {
            None => Some(Activate::AtOnce),
            Some((written, _)) => self.activate(written, None),
        };
        let lowered = self.expiries(Terms { expire: &expire, of: Expiring::Lots(Some(facts.id)) });
        let hold = self.hold_line(hold.take(), &expire);
        Some(Unit {
            name: facts.name.text.as_str().into(),
            singular: facts.singular.map(|name| name.text.as_str().into()),
            kind: if spendable { UnitKind::Spendable } else { UnitKind::Status },
            decimals: facts.decimals,
            worth,
            round: round.value().map_or(Round { mode: Rounding::Down, per_item: false }, rounding),
            activate: activate?,
            expire: if spendable { lowered? } else { Box::default() },
            hold: hold?,
            spend: spend.value().map_or(SpendOrder::SoonestExpiry, spend_order),
            denominator: 1,
        })
    }

    /// Program money is money: it has the coins of the program's currency and is worth itself.
    fn is_program_money(&mut self, block: &'a UnitBlock, currency: &ast::Name) {
        let program = &self.facts.settings.currency;
        if currency.text != *program {
            let message = format!("`{}` is not the currency of this program", currency.text);
            self.report.say(Code::U202, currency.span, message, format!("write `money in {program}`"));
        }
        for line in &block.lines {
            let word = match &line.kind {
                UnitLine::Decimals(_) => "decimals",
                UnitLine::Worth(_) => "worth",
                _ => continue,
            };
            let message = format!("`{word}` has no meaning for a unit that is money");
            let help = "it has the coins of its currency and is worth itself; remove the line";
            self.report.misplaced(line.span, message, help);
        }
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
}

/// Which lots are spent first.
const fn spend_order(written: ast::SpendOrder) -> SpendOrder {
    match written {
        ast::SpendOrder::SoonestExpiry => SpendOrder::SoonestExpiry,
        ast::SpendOrder::Oldest => SpendOrder::Oldest,
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
