//! What a rule gives.

use super::attributes::Kind;
use super::facts::Thing;
use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::rates::{Draft, DraftRate};
use super::subjects::Owner;
use crate::amount::Ratio;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    AwardThing, Band, Basis, Effect, EventKindId, Factor, Proportion, Steps, Table, UnitId,
};
use crate::syntax::ast::{self, Amount, Base, Give, Name, Number, Per, TableOf};

/// Micro-units in one.
const MILLION: i128 = 1_000_000;

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// What a `give` line gives.
    pub(super) fn give(&mut self, give: &'a Give, span: Span, on: EventKindId) -> Option<Draft> {
        match give {
            Give::Flat(amount) => Some(Draft::Done(Effect::Flat(self.award(amount)?))),
            Give::Choice(choice) => Some(Draft::Done(Effect::Flat(self.choice(choice, span)?))),
            Give::Per { amount, per } => self.give_per(amount, per, on),
            Give::Share { rate, base, unit } => {
                let unit = self.unit(unit);
                let basis = self.base(base, on);
                let rate = self.ratio(rate.value, rate.span, "a share of nothing gives nothing")?;
                let rate = self.times(rate, self.scale(unit?), 100 * MILLION, span)?;
                Some(linear(unit?, DraftRate::Fixed(rate), basis?))
            }
            Give::AsUnit { attribute, unit } => {
                let unit = self.unit(unit);
                let basis = self.counted(attribute, on);
                let rate = self.times(Ratio::ONE, self.scale(unit?), MILLION, span)?;
                Some(linear(unit?, DraftRate::Fixed(rate), basis?))
            }
            Give::Bands { unit, bands } => self.give_bands(unit, bands, span, on),
            Give::Table { unit, key, rows, of } => self.give_table(unit, (key, rows), of, span, on),
            Give::More { percent, unit } => {
                let unit = self.unit(unit);
                self.has_basket(span, on)?;
                let more = self.ratio(percent.value, percent.span, "no percent more is nothing more")?;
                let more = self.times(more, 1, 100, percent.span)?;
                Some(Draft::multiply(unit?, more))
            }
            Give::MoreTable { unit, key, rows } => {
                let unit = self.unit(unit);
                self.has_basket(span, on)?;
                let rows = self.more_rows(key, rows, on);
                Some(Draft::multiply_table(unit?, rows?))
            }
        }
    }

    /// What a `multiply` line gives.
    pub(super) fn multiply(&mut self, line: &'a ast::Multiply, span: Span, on: EventKindId) -> Option<Draft> {
        let unit = self.unit(&line.unit);
        self.has_basket(span, on)?;
        let factor = self.multiplier(&line.by, on);
        Some(Draft::Done(Effect::Multiply { unit: unit?, factor: factor? }))
    }

    /// What a `multiply everything` line gives.
    pub(super) fn multiply_everything(
        &mut self,
        line: &'a ast::MultiplyEverything,
        span: Span,
        on: EventKindId,
    ) -> Option<Draft> {
        let units: Option<Box<[UnitId]>> = match &line.unit {
            Some(name) => self.unit(name).map(|unit| [unit].into()),
            None => Some(self.facts.spendable_units().collect()),
        };
        let factor = self.multiplier(&line.by, on);
        let units = units?;
        if units.is_empty() {
            self.report.mixed(
                span,
                "there is no unit that could be spent",
                "name the unit that is meant, for example `multiply everything in nights by 2`",
            );
            return None;
        }
        Some(Draft::Done(Effect::Everything { units, factor: factor? }))
    }

    /// A factor, minus one.
    fn multiplier(&mut self, by: &'a ast::Factor, on: EventKindId) -> Option<Factor> {
        match by {
            ast::Factor::Number(number) => {
                let more = self.factor(number, false)?;
                Some(Factor::Fixed(more.num(), more.den()))
            }
            ast::Factor::Table { key, rows } => self.factor_rows(key, rows, on).map(Factor::Table),
        }
    }

    /// A multiplier minus one; above zero, or not below zero in a table.
    pub(super) fn factor(&mut self, number: &Number, in_table: bool) -> Option<Ratio> {
        let factor =
            self.ratio(number.value, number.span, "nothing is left of what is multiplied by zero")?;
        let more = factor.checked_sub(Ratio::ONE)?;
        if more.num() < 0 || (more.is_zero() && !in_table) {
            self.report.push(
                Diagnostic::new(
                    Code::U210,
                    number.span,
                    format!("multiplying by {} gives nothing more", number.value),
                )
                .label("must be above 1")
                .help("`multiply … by 2` doubles, and `give 50% more …` gives half as much again"),
            );
            return None;
        }
        Some(more)
    }

    /// 10 to the power of a unit's decimals.
    pub(super) fn scale(&self, unit: UnitId) -> i128 {
        let decimals = self.facts.unit(unit).map_or(0, |facts| facts.decimals);
        10_i128.checked_pow(decimals).unwrap_or(1)
    }

    /// A written number above zero as a fraction.
    pub(super) fn ratio(&mut self, value: rust_decimal::Decimal, span: Span, zero: &str) -> Option<Ratio> {
        numbers::micro(value, span, &mut self.report)?;
        if value.is_zero() {
            self.report.zero(span, zero, "write a number above zero, or leave the line out");
            return None;
        }
        Ratio::from_decimal(value)
    }

    /// A fraction times num / den, or a finding that it is too fine.
    pub(super) fn times(&mut self, ratio: Ratio, num: i128, den: i128, span: Span) -> Option<Ratio> {
        let found = Ratio::new(num, den).and_then(|other| ratio.checked_mul(other));
        if found.is_none() {
            self.too_fine(span);
        }
        found
    }

    /// U217: a rate cannot be computed exactly.
    pub(super) fn too_fine(&mut self, span: Span) {
        self.report.push(
            Diagnostic::new(Code::U217, span, "this rate is too fine to be computed exactly")
                .label("together with the other rates of its unit")
                .help("write it with fewer digits, or round it to a simple fraction"),
        );
    }

    fn give_per(&mut self, amount: &'a Amount, per: &'a Per, on: EventKindId) -> Option<Draft> {
        let thing = self.thing(&amount.unit);
        let proportion = self.per(per, amount.span, on);
        match thing? {
            Thing::Unit(unit) => {
                let count = self.ratio(amount.number.value, amount.span, "this gives nothing")?;
                let proportion = proportion?;
                let rate = self.rate(count, unit, proportion, amount.span)?;
                Some(Draft::Linear {
                    unit,
                    rate: DraftRate::Fixed(rate),
                    basis: proportion.basis,
                    steps: proportion.steps,
                    step: for_unit(proportion),
                })
            }
            Thing::Voucher(voucher) => {
                let count = numbers::micro(amount.number.value, amount.span, &mut self.report)?;
                if count == 0 {
                    self.report.zero(amount.span, "this gives nothing", "write a number above zero");
                    return None;
                }
                let Proportion { basis, steps, step } = proportion?;
                Some(Draft::Done(Effect::VouchersPer { voucher, count, basis, steps, step }))
            }
            Thing::Donation(_) => None,
        }
    }

    /// `count` for each step as a rate over 1: for each millionth of the basis, or for each step.
    fn rate(&mut self, count: Ratio, unit: UnitId, proportion: Proportion, span: Span) -> Option<Ratio> {
        let scale = self.scale(unit);
        match proportion.steps {
            Steps::Exact => self.times(count, scale, i128::from(proportion.step), span),
            Steps::Full | Steps::Started => self.times(count, scale, 1, span),
        }
    }

    /// What stands behind `per`.
    pub(super) fn per(&mut self, per: &Per, span: Span, on: EventKindId) -> Option<Proportion> {
        let (steps, amount, of) = match per {
            Per::Item => {
                self.has_basket(span, on)?;
                return Some(Proportion { basis: Basis::Pieces, steps: Steps::Exact, step: 1_000_000 });
            }
            Per::Amount { steps, amount, of } => (steps, amount, of),
        };
        let steps = match steps {
            ast::Steps::Exact => Steps::Exact,
            ast::Steps::Full => Steps::Full,
            ast::Steps::Started => Steps::Started,
        };
        if let Some(base) = of {
            let basis = self.base(base, on);
            let step = money::above_zero(amount, self.settings(), &mut self.report);
            return Some(Proportion { basis: basis?, steps, step: step? });
        }
        if money::is_currency(&amount.unit.text) {
            self.has_basket(amount.span, on)?;
            let step = money::above_zero(amount, self.settings(), &mut self.report)?;
            return Some(Proportion { basis: Basis::Spend, steps, step });
        }
        let basis = self.counted(&amount.unit, on)?;
        let step = numbers::micro(amount.number.value, amount.span, &mut self.report)?;
        if step == 0 {
            self.report.zero(amount.span, "steps of zero never end", "write a number above zero");
            return None;
        }
        Some(Proportion { basis, steps, step })
    }

    /// `spend`, `spend paid with K`, or a money attribute.
    pub(super) fn base(&mut self, base: &Base, on: EventKindId) -> Option<Basis> {
        match base {
            Base::Spend(span) => self.has_basket(*span, on).map(|()| Basis::Spend),
            Base::SpendPaidWith(name) => {
                self.has_basket(name.span, on)?;
                let all = self.all;
                self.word("kind of payment", &all.payments, name).map(Basis::SpendPaidWith)
            }
            Base::Attribute(name) => {
                let (basis, kind) = self.basis_attribute(name, on)?;
                if kind != Kind::Money {
                    self.report.mixed(
                        name.span,
                        format!("`{}` is no amount of money", name.text),
                        format!("declare `{}: money`, or write `per 1 {}`", name.text, name.text),
                    );
                    return None;
                }
                Some(basis)
            }
        }
    }

    /// A numeric attribute of the item or the event, by its name or singular form.
    pub(super) fn counted(&mut self, name: &Name, on: EventKindId) -> Option<Basis> {
        let (basis, kind) = self.basis_attribute(name, on)?;
        match kind {
            Kind::Integer(..) | Kind::Decimal => Some(basis),
            Kind::Money => {
                let (name, currency) = (name.text.clone(), self.settings().currency.clone());
                self.report.mixed(
                    self.span_of(&basis, on).unwrap_or_default(),
                    format!("`{name}` is an amount of money and is not counted by itself"),
                    format!("write `per 1 {currency} of {name}`, or `100% of {name} as …`"),
                );
                None
            }
            _ => {
                self.report.mixed(
                    name.span,
                    format!("`{}` is no number", name.text),
                    "name an attribute that is declared as `integer` or `decimal`",
                );
                None
            }
        }
    }

    fn span_of(&self, basis: &Basis, on: EventKindId) -> Option<Span> {
        let facts = self.facts;
        match basis {
            Basis::Item(place) => {
                facts.item.iter().find(|found| found.place == *place).map(|found| found.name.span)
            }
            Basis::Event(place) => {
                facts.event(on)?.iter().find(|found| found.place == *place).map(|found| found.name.span)
            }
            _ => None,
        }
    }

    fn basis_attribute(&mut self, name: &Name, on: EventKindId) -> Option<(Basis, Kind<'a>)> {
        let facts = self.facts;
        let item = facts.item.counted(&name.text);
        let event = facts.event(on).and_then(|schema| schema.counted(&name.text));
        let (owner, found) = match (item, event) {
            (Some(item), None) => (Owner::Item, item),
            (None, Some(event)) => (Owner::Event, event),
            (Some(item), Some(event)) => {
                self.report.push(
                    Diagnostic::new(Code::U213, name.span, format!("`{}` can mean two things", name.text))
                        .other(item.name.span, "the attribute of the item")
                        .other(event.name.span, "the attribute of the event")
                        .help("give one of them another name"),
                );
                return None;
            }
            (None, None) => {
                self.no_basis(name, on);
                return None;
            }
        };
        found.used.set(true);
        let basis = match owner {
            Owner::Item => {
                self.has_basket(name.span, on)?;
                Basis::Item(found.place)
            }
            Owner::Event | Owner::Member => Basis::Event(found.place),
        };
        Some((basis, found.kind.clone()))
    }

    /// U214 if another event has the attribute, else N101.
    fn no_basis(&mut self, name: &Name, on: EventKindId) {
        if on.moment().is_some() {
            self.has_basket(name.span, on);
            return;
        }
        let facts = self.facts;
        let here = self.event_name(on);
        let other = (0_u32..)
            .zip(&facts.events)
            .find_map(|(id, schema)| Some((EventKindId(id), schema.counted(&name.text)?)));
        if let Some((event, attribute)) = other {
            attribute.used.set(true);
            let there = self.event_name(event);
            self.report.push(
                Diagnostic::new(Code::U214, name.span, format!("the event {here} has no `{}`", name.text))
                    .other(attribute.name.span, format!("it belongs to the event {there}"))
                    .help(format!("write a rule `on {there}`, or declare it in `event {here}` too")),
            );
            return;
        }
        let candidates = facts.item.candidates();
        let candidates = candidates.chain(facts.event(on).into_iter().flat_map(|schema| schema.candidates()));
        self.report.unknown("attribute", &name.text, name.span, candidates, "");
    }

    /// U214: a joining has no basket.
    pub(super) fn has_basket(&mut self, span: Span, on: EventKindId) -> Option<()> {
        if !on.is_bare() {
            return Some(());
        }
        let message = match on.moment() {
            Some(_) => "nothing is bought at a moment that the clock brings",
            None => "nothing is bought when a member joins",
        };
        self.report.push(
            Diagnostic::new(Code::U214, span, message)
                .label("needs a basket")
                .help("give a fixed amount, for example `give 100 points`"),
        );
        None
    }

    fn give_bands(&mut self, unit: &Name, bands: &[ast::Band], span: Span, on: EventKindId) -> Option<Draft> {
        let unit = self.unit(unit)?;
        self.has_basket(span, on)?;
        let mut found: Vec<Band> = Vec::new();
        let mut good = true;
        for band in bands {
            let from = money::money(&band.from, self.settings(), &mut self.report);
            let value = self.in_scale(unit, &band.value);
            let (Some(from), Some(value)) = (from, value) else {
                good = false;
                continue;
            };
            if found.last().is_some_and(|last| last.from >= from) {
                good = false;
                self.report.say(
                    Code::U215,
                    band.span,
                    "this band does not begin above the one before",
                    "write the bands from the smallest amount to the largest",
                );
            }
            found.push(Band { from, value });
        }
        if good && found.iter().all(|band| band.value == 0) {
            self.report.zero(span, "all bands give nothing", "write at least one band above zero");
            return None;
        }
        good.then(|| Draft::Done(Effect::Bands { unit, bands: found.into() }))
    }

    fn give_table(
        &mut self,
        unit: &Name,
        (key, rows): (&'a ast::Path, &'a [ast::Cell]),
        of: &'a TableOf,
        span: Span,
        on: EventKindId,
    ) -> Option<Draft> {
        let unit = self.unit(unit);
        let percent = matches!(of, TableOf::Of(_));
        let table = self.table(key, rows, percent, true, on);
        let proportion = match of {
            TableOf::Flat => None,
            TableOf::Of(base) => {
                Some(Proportion { basis: self.base(base, on)?, steps: Steps::Exact, step: 1_000_000 })
            }
            TableOf::Per(per) => Some(self.per(per, span, on)?),
        };
        let (unit, table) = (unit?, table?);
        let each_item =
            proportion.is_some_and(|it| it.steps == Steps::Exact && !matches!(it.basis, Basis::Event(_)));
        if !each_item {
            self.one_row_an_event(key, table.key)?;
        }
        let Some(proportion) = proportion else { return self.flat_table(unit, &table) };
        let mut found = Vec::new();
        for row in &table.rows {
            let count = Ratio::from_decimal(row.value)?;
            let rate = if percent {
                self.times(count, self.scale(unit), 100 * MILLION, row.span)?
            } else {
                self.rate(count, unit, proportion, row.span)?
            };
            found.push((row.key, rate));
        }
        let rate = DraftRate::Table(table.key, found);
        let Proportion { basis, steps, .. } = proportion;
        Some(Draft::Linear { unit, rate, basis, steps, step: for_unit(proportion) })
    }

    fn flat_table(&mut self, unit: UnitId, table: &super::rows::ReadTable) -> Option<Draft> {
        let mut found = Vec::new();
        for row in &table.rows {
            let number = Number { value: row.value, span: row.span };
            found.push(self.in_scale(unit, &number).map(|value| (row.key, value)));
        }
        let rows: Box<[(i64, i64)]> = found.into_iter().collect::<Option<Vec<_>>>()?.into();
        Some(Draft::Done(Effect::FlatTable { unit, table: Table { key: table.key, rows } }))
    }

    /// The unit or voucher that an effect gives; nothing for what multiplies several units.
    pub(super) fn gives(draft: &Draft) -> Option<AwardThing> {
        match draft {
            Draft::Linear { unit, .. } => Some(AwardThing::Unit(*unit)),
            Draft::Done(effect) => effect.thing(),
        }
    }
}

/// The size of a step for a unit: 1 if it is exact, because the rate then holds all.
const fn for_unit(proportion: Proportion) -> i64 {
    match proportion.steps {
        Steps::Exact => 1,
        Steps::Full | Steps::Started => proportion.step,
    }
}

/// A rate for each millionth of a basis.
const fn linear(unit: UnitId, rate: DraftRate, basis: Basis) -> Draft {
    Draft::Linear { unit, rate, basis, steps: Steps::Exact, step: 1 }
}
