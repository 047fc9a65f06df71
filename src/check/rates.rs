//! Rates as whole numbers over one denominator for each unit.

use super::lowering::Lowering;
use super::numbers;
use crate::amount::{Ratio, lcm};
use crate::diagnostics::Span;
use crate::program::{Basis, Effect, Factor, Rate, Steps, Table, TableKey, Unit, UnitId};

/// The largest denominator: an amount of 10^15 in the finest scale times it still fits into 128 bits.
const FINEST: i128 = 1_000_000_000_000_000_000;

/// What a rule gives, before the denominator of its unit is known.
#[derive(Debug)]
pub(super) enum Draft {
    /// [`Effect::Linear`] with a rate as a fraction.
    Linear { unit: UnitId, rate: DraftRate, basis: Basis, steps: Steps, step: i64 },
    /// Anything else.
    Done(Effect),
}

/// A rate as a fraction.
#[derive(Debug)]
pub(super) enum DraftRate {
    /// One for all.
    Fixed(Ratio),
    /// By tier or attribute, sorted by key.
    Table(TableKey, Vec<(i64, Ratio)>),
}

/// What an amount falls to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FallsTo {
    /// The items of the rule.
    Items,
    /// The event.
    Event,
    /// The base of a unit.
    Multiplied,
    /// All that other rules gave.
    Everything,
}

impl Draft {
    /// A multiplier: so much more.
    pub(super) const fn multiply(unit: UnitId, more: Ratio) -> Self {
        Self::Done(Effect::Multiply { unit, factor: Factor::Fixed(more.num(), more.den()) })
    }

    /// A multiplier by a table.
    pub(super) const fn multiply_table(unit: UnitId, table: Table<(i128, i128)>) -> Self {
        Self::Done(Effect::Multiply { unit, factor: Factor::Table(table) })
    }

    /// Whether it is an extra in proportion to the base or to items, rather than a fixed amount for the event.
    pub(super) const fn is_item_bonus(&self) -> bool {
        matches!(self, Self::Linear { .. } | Self::Done(Effect::Multiply { .. } | Effect::VouchersPer { .. }))
    }

    /// Whether its amount depends on what is paid for items.
    pub(super) const fn counts_spend(&self) -> bool {
        match self {
            Self::Linear { basis, .. } | Self::Done(Effect::VouchersPer { basis, .. }) => {
                matches!(basis, Basis::Spend | Basis::SpendPaidWith(_))
            }
            Self::Done(effect) => matches!(effect, Effect::Multiply { .. } | Effect::Bands { .. }),
        }
    }

    /// Whether it has shares on items, which a cap for each piece limits.
    pub(super) const fn has_pieces(&self) -> bool {
        match self {
            Self::Linear { basis, .. } => !matches!(basis, Basis::Event(_)),
            Self::Done(effect) => matches!(effect, Effect::Multiply { .. }),
        }
    }

    /// What its amount falls to.
    pub(super) const fn falls_to(&self) -> FallsTo {
        match self {
            Self::Linear { basis: Basis::Event(_), .. }
            | Self::Done(Effect::VouchersPer { basis: Basis::Event(_), .. }) => FallsTo::Event,
            Self::Done(Effect::Multiply { .. }) => FallsTo::Multiplied,
            Self::Done(Effect::Everything { .. }) => FallsTo::Everything,
            _ => FallsTo::Items,
        }
    }

    /// Whether money feeds it: what is paid, or a money attribute.
    pub(super) const fn is_linear(&self) -> bool {
        matches!(self, Self::Linear { .. })
    }

    /// Denominators that must divide the unit's, and those of factors, which multiply it.
    fn denominators(&self) -> (Vec<i128>, Vec<i128>) {
        match self {
            Self::Linear { rate: DraftRate::Fixed(rate), .. } => (vec![rate.den()], Vec::new()),
            Self::Linear { rate: DraftRate::Table(_, rows), .. } => {
                (rows.iter().map(|(_, rate)| rate.den()).collect(), Vec::new())
            }
            Self::Done(Effect::Multiply { factor: Factor::Fixed(_, den), .. }) => (Vec::new(), vec![*den]),
            Self::Done(Effect::Multiply { factor: Factor::Table(table), .. }) => {
                (Vec::new(), table.rows.iter().map(|(_, (_, den))| *den).collect())
            }
            Self::Done(_) => (Vec::new(), Vec::new()),
        }
    }

    /// The unit it gives, if it gives one.
    pub(super) fn unit(&self) -> Option<UnitId> {
        match self {
            Self::Linear { unit, .. } => Some(*unit),
            Self::Done(effect) => effect.unit(),
        }
    }
}

/// The denominators of a unit so far.
#[derive(Debug, Clone, Copy)]
struct Parts {
    rates: i128,
    factors: i128,
}

impl Parts {
    fn with(self, rates: &[i128], factors: &[i128]) -> Option<Self> {
        let rates = rates.iter().try_fold(self.rates, |all, den| lcm(all, *den))?;
        let factors = factors.iter().try_fold(self.factors, |all, den| lcm(all, *den))?;
        rates.checked_mul(factors).filter(|product| *product <= FINEST)?;
        Some(Self { rates, factors })
    }
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// Gives every unit its denominator. The first rate, in the order of rule ids, with which it becomes too large is
    /// reported.
    pub(super) fn set_denominators(&mut self, units: &mut [Option<Unit>], drafts: &[(Option<&Draft>, Span)]) {
        let mut parts = vec![Parts { rates: 1, factors: 1 }; units.len()];
        for (draft, span) in drafts {
            let Some(draft) = draft else { continue };
            let Some(slot) = draft.unit().and_then(|unit| parts.get_mut(unit.index())) else { continue };
            let (rates, factors) = draft.denominators();
            match slot.with(&rates, &factors) {
                Some(more) => *slot = more,
                None => self.too_fine(*span),
            }
        }
        for (unit, part) in units.iter_mut().zip(parts) {
            if let Some(unit) = unit {
                unit.denominator = part.rates.saturating_mul(part.factors);
            }
        }
    }

    /// The effect with its rate over the unit's denominator.
    pub(super) fn finish(&mut self, draft: Draft, units: &[Option<Unit>], span: Span) -> Option<Effect> {
        let Draft::Linear { unit, rate, basis, steps, step } = draft else {
            let Draft::Done(effect) = draft else { return None };
            return Some(effect);
        };
        let denominator = units.get(unit.index())?.as_ref()?.denominator;
        let over = |rate: Ratio| numbers::over(rate, denominator);
        let rate = match rate {
            DraftRate::Fixed(rate) => over(rate).map(Rate::Fixed),
            DraftRate::Table(key, rows) => rows
                .into_iter()
                .map(|(row, rate)| over(rate).map(|rate| (row, rate)))
                .collect::<Option<Vec<_>>>()
                .map(|rows| Rate::Table(Table { key, rows: rows.into() })),
        };
        if rate.is_none() && !self.report.has_errors() {
            self.too_fine(span);
        }
        Some(Effect::Linear { unit, rate: rate?, basis, steps, step })
    }
}
