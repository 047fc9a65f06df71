//! What is paid on the turnover of a period: rebates and awards.

use super::giving::SHARE_WHOLE;
use super::ids::{ParameterId, RebateId, RuleId, Symbol, UnitId};
use super::rebate_cap::RebateCap;
use super::rule::{AwardThing, Steps, Validity};
use super::test::Test;
use super::{Activate, Budget, Expire, Program, UnknownName};
use crate::amount::{Rounding, divide};
use crate::calendar::{Anchors, Date, Duration, Period};
use std::fmt::{self, Debug};

/// `rebate R { … }`, `award A { … }`
#[derive(Debug, Clone)]
pub(crate) struct Rebate {
    pub(crate) name: Box<str>,
    pub(crate) kind: RebateKind,
    /// The `##` lines above it, for explanations.
    pub(crate) doc: Box<str>,
    pub(crate) valid: Validity,
    /// The items whose spend counts; nothing means all.
    pub(crate) items: Option<Test>,
    /// Of a rebate, which purchases count; of an award, asked at the close.
    pub(crate) when: Option<Test>,
    /// Whether it can still be asked: not of an award whose `when` stands in another version only.
    pub(crate) is_judged: bool,
    pub(crate) counts: RebateCounts,
    pub(crate) span: RebateSpan,
    pub(crate) terms: RebateTerms,
    /// The first day of the version that wrote these terms.
    pub(crate) since: Date,
    /// What versions before this one said under this name, the oldest first.
    pub(crate) earlier: Box<[(Date, RebateTerms)]>,
}

/// Which block it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RebateKind {
    Rebate,
    Award,
}

/// What is added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RebateCounts {
    /// Spend in micro-units.
    Spend,
    /// The same for each declared category; the largest is paid.
    ByCategory,
    /// The part of the spend that was paid with a means.
    PaidWith(Symbol),
    /// What rules have booked of a unit, in its scale.
    Earned { unit: UnitId, rules: Box<[RuleId]> },
}

/// Over what turnover is added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RebateSpan {
    /// Each period of the calendar.
    Every(Period),
    /// The days on which the rebate is valid, up to this one.
    Campaign(Date),
    /// Only another version collects.
    Closed,
}

/// What is paid, and when.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RebateTerms {
    /// Whether the stage that is reached is paid on all turnover; otherwise each on what lies inside of it.
    pub(crate) retroactive: bool,
    /// From the lowest to the highest.
    pub(crate) stages: Box<[Stage]>,
    /// In what it is paid.
    pub(crate) gives: AwardThing,
    /// Decimals of the unit; vouchers and choices have none.
    pub(crate) decimals: u32,
    pub(crate) round: Rounding,
    /// How long after the last day of the period it is paid; nothing at the close.
    pub(crate) after: Option<Duration>,
    /// The least that is paid, in the unit's scale; 0 where nothing is said.
    pub(crate) least: i64,
    /// `cap A per P`: the most that is paid for a period, in the unit's scale.
    pub(crate) most: Option<i64>,
    /// The same in longer windows, each once.
    pub(crate) windows: Box<[RebateCap]>,
    /// What differs from the terms of the unit.
    pub(crate) lots: Option<Box<RebateLots>>,
    /// The budgets across all members that are asked, one after another.
    pub(crate) budgets: Box<[Budget]>,
}

/// When what is paid can be used, and when it ends, where that is not as the unit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RebateLots {
    pub(crate) activate: Option<Activate>,
    /// As the unit says where there is none.
    pub(crate) expire: Box<[Expire]>,
}

/// What is not said is not written, because the fingerprint of a program is made of it.
impl Debug for RebateTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("RebateTerms");
        all.field("retroactive", &self.retroactive).field("stages", &self.stages);
        match &self.gives {
            AwardThing::Unit(unit) => all.field("unit", unit),
            other => all.field("gives", other),
        };
        all.field("decimals", &self.decimals).field("round", &self.round).field("after", &self.after);
        all.field("least", &self.least).field("most", &self.most);
        if !self.windows.is_empty() {
            all.field("windows", &self.windows);
        }
        if let Some(lots) = &self.lots {
            all.field("lots", lots);
        }
        if !self.budgets.is_empty() {
            all.field("budgets", &self.budgets);
        }
        all.finish()
    }
}

/// A stage of a rebate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stage {
    /// Micro-units of turnover from which on it is reached.
    pub(crate) from: i64,
    pub(crate) pays: StagePays,
}

/// What a stage pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StagePays {
    /// Millionths of a percent of the turnover.
    Rate(i64),
    /// An amount in the unit's scale.
    Amount(i64),
    /// So much of the unit for so much of what is added up, each in its scale.
    Per(i64, i64),
    /// So much, in millionths, for each step of so many micro-units of turnover.
    PerSpend {
        /// How much.
        give: i64,
        /// The step.
        per: i64,
        /// How steps are counted.
        steps: Steps,
    },
    /// The percentage of the turnover that is announced.
    Announced(ParameterId),
    /// Millionths of a percent of the amount that is announced.
    PartOf(i64, ParameterId),
    /// Millionths of a percent of the fee of the member's plan.
    OfFee(i64),
}

/// What a turnover comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Payable {
    /// The place of the stage that is reached.
    pub(crate) stage: Option<usize>,
    /// Micro-units of the unit over [`SHARE_WHOLE`].
    pub(crate) exact: i128,
    /// What is paid, in the unit's scale.
    pub(crate) amount: i64,
}

impl RebateTerms {
    /// What a turnover in micro-units comes to. A sum that no account could hold pays nothing.
    /// Where it hangs on a parameter or a fee, by its value; without one nothing is paid.
    pub(crate) fn payable(&self, turnover: i64, announced: Option<i64>) -> Payable {
        let stage = self.stages.iter().rposition(|stage| stage.from <= turnover && turnover > 0);
        let Some(reached) = stage else { return Payable::default() };
        let exact = match self.stages.get(reached).map(|stage| stage.pays) {
            Some(StagePays::Amount(amount)) => i128::from(amount) * self.step(),
            Some(StagePays::Per(give, per)) => return self.per(turnover, (give, per), reached),
            Some(StagePays::PerSpend { give, per, steps }) => {
                return self.per_spend(turnover, (give, per, steps), reached).unwrap_or_default();
            }
            Some(StagePays::Announced(_)) => i128::from(turnover) * i128::from(announced.unwrap_or(0)),
            Some(StagePays::PartOf(rate, _) | StagePays::OfFee(rate)) => {
                i128::from(announced.unwrap_or(0)) * i128::from(rate)
            }
            Some(StagePays::Rate(rate)) if self.retroactive => i128::from(turnover) * i128::from(rate),
            _ => self.inside(turnover),
        };
        let amount = divide(exact, self.step(), self.round).and_then(|amount| i64::try_from(amount).ok());
        let enough = exact >= i128::from(self.least) * self.step();
        Payable { stage, exact, amount: self.cut(amount.filter(|_| enough)) }
    }

    /// So much for so much. The exact amount is told rounded down, and rounded and compared as it is.
    fn per(&self, earned: i64, (give, per): (i64, i64), stage: usize) -> Payable {
        let (product, per) = (i128::from(earned) * i128::from(give), i128::from(per.max(1)));
        let amount = divide(product, per, self.round).and_then(|amount| i64::try_from(amount).ok());
        let enough = product >= i128::from(self.least) * per;
        let exact = product.checked_mul(self.step()).and_then(|product| product.checked_div(per));
        let amount = self.cut(amount.filter(|_| enough));
        Payable { stage: Some(stage), exact: exact.unwrap_or(0), amount }
    }

    /// So much for each step of turnover. Nothing if a number leaves 128 bits.
    fn per_spend(
        &self,
        turnover: i64,
        (give, per, steps): (i64, i64, Steps),
        stage: usize,
    ) -> Option<Payable> {
        let (turnover, per) = (i128::from(turnover), i128::from(per.max(1)));
        let (count, den) = match steps {
            Steps::Exact => (turnover, per),
            Steps::Full => (divide(turnover, per, Rounding::Down)?, 1),
            Steps::Started => (divide(turnover, per, Rounding::Up)?, 1),
        };
        let product = count.checked_mul(i128::from(give))?;
        let scaled = product.checked_mul(10_i128.checked_pow(self.decimals)?)?;
        let den = den.checked_mul(1_000_000)?;
        let amount = divide(scaled, den, self.round).and_then(|amount| i64::try_from(amount).ok());
        let enough = scaled >= i128::from(self.least).checked_mul(den)?;
        let exact = divide(product.checked_mul(SHARE_WHOLE)?, den.checked_div(1_000_000)?, Rounding::Down)?;
        Some(Payable { stage: Some(stage), exact, amount: self.cut(amount.filter(|_| enough)) })
    }

    /// What the cap leaves of a rounded amount.
    fn cut(&self, amount: Option<i64>) -> i64 {
        amount.unwrap_or(0).clamp(0, self.most.unwrap_or(i64::MAX))
    }

    /// Each rate on the turnover inside its own stage.
    fn inside(&self, turnover: i64) -> i128 {
        let ends = self.stages.iter().skip(1).map(|stage| stage.from).chain([i64::MAX]);
        let parts = self.stages.iter().zip(ends).map(|(stage, end)| {
            let part = turnover.min(end).saturating_sub(stage.from).max(0);
            match stage.pays {
                StagePays::Rate(rate) => i128::from(part) * i128::from(rate),
                StagePays::Amount(_) | StagePays::Per(..) | StagePays::PerSpend { .. } => 0,
                StagePays::Announced(_) | StagePays::PartOf(..) | StagePays::OfFee(_) => 0,
            }
        });
        parts.sum()
    }

    /// The smallest step of the unit, exactly.
    fn step(&self) -> i128 {
        i128::from(10_i64.pow(6_u32.saturating_sub(self.decimals))) * SHARE_WHOLE
    }

    /// The day on which a period is paid whose last day is known; nothing beyond the end of the calendar.
    pub(crate) fn pay_day(&self, last: Date) -> Option<Date> {
        let day = match self.after {
            Some(after) => after.add_to_date(last),
            None => Some(last.plus_days(1)),
        };
        day.filter(|day| *day < Date::MAX)
    }
}

impl StagePays {
    /// The parameter that it asks for.
    pub(crate) const fn parameter(self) -> Option<ParameterId> {
        match self {
            Self::Announced(parameter) | Self::PartOf(_, parameter) => Some(parameter),
            Self::Rate(_) | Self::Amount(_) | Self::Per(..) | Self::PerSpend { .. } | Self::OfFee(_) => None,
        }
    }
}

impl RebateTerms {
    /// The parameter that a turnover is paid by.
    pub(crate) fn asks(&self, turnover: i64) -> Option<ParameterId> {
        self.reached(turnover)?.pays.parameter()
    }

    /// Whether a turnover is paid by the fee of the member's plan.
    pub(crate) fn asks_fee(&self, turnover: i64) -> bool {
        self.reached(turnover).is_some_and(|stage| matches!(stage.pays, StagePays::OfFee(_)))
    }

    fn reached(&self, turnover: i64) -> Option<&Stage> {
        self.stages.iter().rev().find(|stage| stage.from <= turnover && turnover > 0)
    }

    /// The parameter that it may be paid by. All stages of a rebate ask for the same.
    pub(crate) fn parameter(&self) -> Option<ParameterId> {
        self.stages.iter().find_map(|stage| stage.pays.parameter())
    }
}

impl Rebate {
    fn all_terms(&self) -> impl Iterator<Item = &RebateTerms> {
        std::iter::once(&self.terms).chain(self.earlier.iter().map(|(_, terms)| terms))
    }

    /// Whether a parameter says what it pays, now or for an older period.
    pub(crate) fn uses(&self, parameter: ParameterId) -> bool {
        self.all_terms().any(|terms| terms.parameter() == Some(parameter))
    }

    /// Whether that is a percentage of the turnover.
    pub(crate) fn shares(&self, parameter: ParameterId) -> bool {
        let mut stages = self.all_terms().flat_map(|terms| &terms.stages);
        stages.any(|stage| stage.pays == StagePays::Announced(parameter))
    }

    /// The terms of a period: those in force on its last day.
    pub(crate) fn terms_on(&self, last: Date) -> &RebateTerms {
        if last >= self.since || self.earlier.is_empty() {
            return &self.terms;
        }
        let before = self.earlier.iter().rev().find(|(since, _)| *since <= last);
        before.or(self.earlier.first()).map_or(&self.terms, |(_, terms)| terms)
    }

    /// The first day of the period that runs on a day, and the first day behind it; nothing if none runs.
    pub(crate) fn running(&self, today: Date, anchors: &Anchors) -> Option<(Date, Date)> {
        match self.span {
            RebateSpan::Every(period) => {
                Some((period.start_of(today, anchors), period.next_start(today, anchors)?))
            }
            RebateSpan::Campaign(last) => {
                let first = match self.valid {
                    Validity::Days(first, _) | Validity::Minutes { from: (first, _), .. } => first,
                    Validity::Always | Validity::EveryYear(..) => Date::MIN,
                };
                (today <= last).then(|| (first, last.plus_days(1)))
            }
            RebateSpan::Closed => None,
        }
    }
}

impl Program {
    /// The rebate with a name.
    pub(crate) fn rebate_named(&self, name: &str) -> Result<RebateId, UnknownName> {
        let found = self.rebates.iter().position(|rebate| *rebate.name == *name);
        found.map(|place| RebateId(place as u32)).ok_or_else(|| UnknownName::new("rebate", name))
    }

    /// The parameter with a name.
    pub(crate) fn parameter_named(&self, name: &str) -> Result<ParameterId, UnknownName> {
        let found = self.parameters.iter().position(|known| **known == *name);
        found.map(|place| ParameterId(place as u32)).ok_or_else(|| UnknownName::new("parameter", name))
    }

    /// The name of a parameter.
    pub(crate) fn parameter_name(&self, id: ParameterId) -> &str {
        self.parameters.get(id.index()).map_or("", |name| name)
    }

    /// The name of a rebate.
    pub(crate) fn rebate_name(&self, id: RebateId) -> &str {
        self.rebates.get(id.index()).map_or("", |rebate| &rebate.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Money with two digits, rounded half up: from 100,000 2%, from 200,000 3%, from 500,000 4%.
    fn terms(retroactive: bool) -> RebateTerms {
        let stage = |from: i64, percent: i64| Stage {
            from: from * 1_000_000,
            pays: StagePays::Rate(percent * 1_000_000),
        };
        RebateTerms {
            retroactive,
            stages: [stage(100_000, 2), stage(200_000, 3), stage(500_000, 4)].into(),
            gives: AwardThing::Unit(UnitId(0)),
            decimals: 2,
            round: Rounding::HalfUp,
            after: Some(Duration::new(31, crate::calendar::DurationUnit::Day)),
            least: 0,
            most: None,
            windows: Box::default(),
            lots: None,
            budgets: Box::default(),
        }
    }

    fn cents(terms: &RebateTerms, turnover: i64) -> i64 {
        terms.payable(turnover * 1_000_000, None).amount
    }

    #[test]
    fn the_published_table_is_paid_in_both_modes() {
        // turnover, retroactive, incremental, in cents
        let table = [
            (99_999, 0, 0),
            (100_000, 200_000, 0),
            (199_999, 399_998, 199_998),
            (200_000, 600_000, 200_000),
            (260_000, 780_000, 380_000),
            (500_000, 2_000_000, 1_100_000),
        ];
        for (turnover, retroactive, incremental) in table {
            assert_eq!(cents(&terms(true), turnover), retroactive, "{turnover} retroactive");
            assert_eq!(cents(&terms(false), turnover), incremental, "{turnover} incremental");
        }
    }

    #[test]
    fn nothing_is_paid_below_the_least() {
        let terms = RebateTerms { least: 200_001, ..terms(true) };
        assert_eq!(cents(&terms, 100_000), 0);
        // 100,001 at 2% are 2,000.02
        assert_eq!(cents(&terms, 100_001), 200_002);
    }

    #[test]
    fn no_more_is_paid_than_the_cap() {
        let terms = RebateTerms { most: Some(399_997), ..terms(true) };
        // 2% of 199,998 are 3,999.96; of 199,999 they are 3,999.98
        assert_eq!(cents(&terms, 199_998), 399_996);
        assert_eq!(cents(&terms, 199_999), 399_997);
    }

    #[test]
    fn a_turnover_of_nothing_reaches_no_stage() {
        let all = [Stage { from: 0, pays: StagePays::Amount(5) }];
        let terms = RebateTerms { stages: all.into(), ..terms(true) };
        assert_eq!(terms.payable(0, None), Payable::default());
        assert_eq!(terms.payable(-1, None), Payable::default());
        assert_eq!(terms.payable(1, None).amount, 5);
    }

    #[test]
    fn a_period_is_paid_by_the_terms_of_its_last_day() {
        let day = |text: &str| text.parse::<Date>().unwrap_or(Date::MIN);
        let rebate = Rebate {
            name: "R".into(),
            kind: RebateKind::Rebate,
            counts: RebateCounts::Spend,
            doc: "".into(),
            valid: Validity::Always,
            items: None,
            when: None,
            is_judged: true,
            span: RebateSpan::Every(Period::CalendarYear),
            terms: RebateTerms { least: 3, ..terms(true) },
            since: day("2028-01-01"),
            earlier: [
                (day("2026-01-01"), RebateTerms { least: 1, ..terms(true) }),
                (day("2027-01-01"), RebateTerms { least: 2, ..terms(true) }),
            ]
            .into(),
        };
        let least = |text| rebate.terms_on(day(text)).least;
        assert_eq!(["2025-12-31", "2026-12-31", "2027-12-31", "2028-12-31"].map(least), [1, 1, 2, 3]);
    }
}
