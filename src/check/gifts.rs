//! What the shop gives to charities: in proportion to something, by a table, or once.

use super::lowering::Lowering;
use super::money;
use super::numbers;
use crate::amount::Rounding;
use crate::diagnostics::{Code, Span};
use crate::program::{
    Band, Basis, EventKindId, Gift, GiftAmount, GiftRate, GiftTerms, Proportion, Steps, Table,
};
use crate::syntax::ast::{self, Amount, Base, Cell, Give, Name, Path, Per, TableOf};
use std::collections::BTreeMap;

/// A share of one percent is one micro-unit for each hundred.
const HUNDRED: i64 = 100_000_000;
const ONE: i64 = 1_000_000;

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// What the shop gives.
    pub(super) fn given_gift(
        &mut self,
        give: &'a Give,
        (span, on): (Span, EventKindId),
        rounds: &BTreeMap<&'a str, Rounding>,
    ) -> Option<Gift> {
        let (unit, amount) = match give {
            Give::Share { rate, base: Base::Spend(_), unit } => {
                let unit = self.gift_unit_named(unit);
                let rate = self.gift_rate(*rate);
                let round = rounds.get(unit?).copied();
                return Some(Gift::Share { rate: rate?, round: round? });
            }
            Give::Flat(amount) => {
                self.gift_unit_named(&amount.unit)?;
                let found = self.gift_amount(amount)?;
                if found == 0 {
                    let help = "write an amount above zero";
                    self.report.zero(amount.span, "this gives nothing", help);
                    return None;
                }
                return Some(Gift::Fixed(found));
            }
            Give::Share { rate, base, unit } => {
                let unit = self.gift_unit_named(unit);
                let (rate, of) = (self.gift_rate(*rate), self.base(base, on));
                (unit, self.of_share(of).and_then(|of| Some(GiftAmount::Per(GiftRate::Fixed(rate?), of))))
            }
            Give::Per { amount, per } => {
                (self.gift_unit_named(&amount.unit), self.gift_per(amount, per, (span, on)))
            }
            Give::AsUnit { attribute, unit } => {
                let unit = self.gift_unit_named(unit);
                let of = self.counted(attribute, on);
                let of = of.map(|basis| Proportion { basis, steps: Steps::Exact, step: ONE });
                (unit, of.map(|of| GiftAmount::Per(GiftRate::Fixed(ONE), of)))
            }
            Give::Bands { unit, bands } => {
                (self.gift_unit_named(unit), self.gift_bands(bands, (span, on)).map(GiftAmount::Bands))
            }
            Give::Table { unit, key, rows, of } => {
                (self.gift_unit_named(unit), self.gift_table((key, rows), of, (span, on)))
            }
            Give::Choice(_) => {
                let help = "give money; which charity gets it is said by `to charity matching …`";
                self.report.misplaced(span, "nothing is chosen from what a charity gets", help);
                return None;
            }
            Give::More { unit, .. } | Give::MoreTable { unit, .. } => {
                return self.no_more(unit, span);
            }
        };
        let round = rounds.get(unit?).copied()?;
        Some(Gift::Terms(Box::new(GiftTerms { amount: amount?, round })))
    }

    fn no_more(&mut self, unit: &'a Name, span: Span) -> Option<Gift> {
        self.gift_unit_named(unit)?;
        let help = "write a `donate` of its own for what is given on top";
        self.report.misplaced(span, "nothing is multiplied in a donation", help);
        None
    }

    /// The text of a `give` line without its word.
    pub(super) fn gift_text(&self, span: Span) -> String {
        let text = self.text(span);
        text.strip_prefix("give ").map_or_else(|| text.clone(), str::to_owned)
    }

    fn of_share(&self, basis: Option<Basis>) -> Option<Proportion> {
        basis.map(|basis| Proportion { basis, steps: Steps::Exact, step: HUNDRED })
    }

    fn gift_per(
        &mut self,
        amount: &'a Amount,
        per: &'a Per,
        (span, on): (Span, EventKindId),
    ) -> Option<GiftAmount> {
        let of = self.per(per, span, on);
        let rate = numbers::micro(amount.number.value, amount.span, &mut self.report)?;
        if rate == 0 {
            self.report.zero(amount.span, "this gives nothing", "write an amount above zero");
            return None;
        }
        Some(GiftAmount::Per(GiftRate::Fixed(rate), of?))
    }

    fn gift_bands(&mut self, bands: &'a [ast::Band], (span, on): (Span, EventKindId)) -> Option<Box<[Band]>> {
        self.has_basket(span, on)?;
        let mut found: Vec<Band> = Vec::new();
        for band in bands {
            let from = money::money(&band.from, self.settings(), &mut self.report);
            let value = self.gift_coins(band.value.value, band.value.span);
            let (from, value) = (from?, value?);
            if found.last().is_some_and(|last| last.from >= from) {
                self.report.say(
                    Code::U215,
                    band.span,
                    "this band does not begin above the one before",
                    "write the bands from the smallest amount to the largest",
                );
                return None;
            }
            found.push(Band { from, value });
        }
        if found.iter().all(|band| band.value == 0) {
            self.report.zero(span, "all bands give nothing", "write at least one band above zero");
            return None;
        }
        Some(found.into())
    }

    fn gift_table(
        &mut self,
        (key, rows): (&'a Path, &'a [Cell]),
        of: &'a TableOf,
        (span, on): (Span, EventKindId),
    ) -> Option<GiftAmount> {
        let percent = matches!(of, TableOf::Of(_));
        let table = self.table(key, rows, percent, true, on);
        let of = match of {
            TableOf::Flat => None,
            TableOf::Of(base) => {
                let basis = self.base(base, on);
                Some(self.of_share(basis)?)
            }
            TableOf::Per(per) => Some(self.per(per, span, on)?),
        };
        let table = table?;
        let each_item = of.is_some_and(|of| of.steps == Steps::Exact && !matches!(of.basis, Basis::Event(_)));
        if !each_item {
            self.one_row_an_event(key, table.key)?;
        }
        let mut found = Vec::new();
        for row in &table.rows {
            let value = match of {
                None => self.gift_coins(row.value, row.span),
                Some(_) => numbers::micro(row.value, row.span, &mut self.report),
            };
            found.push(value.map(|value| (row.key, value)));
        }
        let rows: Box<[(i64, i64)]> = found.into_iter().collect::<Option<Vec<_>>>()?.into();
        if rows.iter().all(|(_, value)| *value == 0) {
            self.report.zero(span, "all rows give nothing", "write at least one row above zero");
            return None;
        }
        let table = Table { key: table.key, rows };
        Some(match of {
            None => GiftAmount::Table(table),
            Some(of) => GiftAmount::Per(GiftRate::Table(table), of),
        })
    }
}
