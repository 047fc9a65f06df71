//! From what pest read to the tree: blocks about what is paid on the turnover of a period.

use super::ast::{
    Announced, AwardBlock, AwardGive, AwardLine, ParameterBlock, ParameterKind, RebateBlock, RebateLine,
    StageMode, StagePays, Step,
};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::places::Place;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn parameter(&mut self, parts: &mut Parts<'_>) -> Made<ParameterBlock> {
        parts.skip(&[Rule::k_parameter]);
        let name = self.name(parts)?;
        parts.skip(&[Rule::colon]);
        let kind = if parts.eat(Rule::k_percent) { ParameterKind::Percent } else { ParameterKind::Money };
        Ok(ParameterBlock { name, kind })
    }

    /// `announce dividend 10% for 2026-06-30 "N-1"`
    pub(super) fn announce(&mut self, parts: &mut Parts<'_>) -> Made<Step> {
        parts.skip(&[Rule::k_announce]);
        let parameter = self.name(parts)?;
        let value = match parts.peek() {
            Some(Rule::percent) => Announced::Percent(self.percent(parts)?),
            _ => Announced::Amount(self.amount(parts)?),
        };
        let day = self.maybe_date(parts, Rule::k_for)?;
        Ok(Step::Announce { parameter, value, day, id: self.text(parts)? })
    }

    pub(super) fn award(&mut self, parts: &mut Parts<'_>) -> Made<Option<AwardBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::award_body, Place::Award, Self::award_line);
        Ok(name.map(|name| AwardBlock { name, lines }))
    }

    fn award_line(&mut self, pair: Pair<'_, Rule>) -> Made<AwardLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::valid => AwardLine::Valid(self.valid(&mut parts)?),
            Rule::funded => AwardLine::Funded(self.funded(&mut parts)?),
            Rule::for_items => AwardLine::ForItems(self.for_items(&mut parts)?),
            Rule::when => AwardLine::When(self.when(&mut parts)?),
            Rule::award_give => {
                parts.skip(&[Rule::k_every]);
                let period = self.period(&mut parts)?;
                parts.skip(&[Rule::k_give]);
                AwardLine::Every { period, give: self.award_give(&mut parts)? }
            }
            Rule::pay_floor => {
                parts.skip(&[Rule::k_pay, Rule::k_nothing, Rule::k_below]);
                AwardLine::PayNothingBelow(self.amount(&mut parts)?)
            }
            Rule::cap => AwardLine::Cap(self.cap(&mut parts)?),
            Rule::budget_cap => AwardLine::Budget(self.cap(&mut parts)?),
            Rule::round => AwardLine::Round(self.round(&mut parts)?),
            Rule::activate => AwardLine::Activate(self.activate(&mut parts)?),
            Rule::expire => AwardLine::Expire(self.expire(&mut parts)?),
            _ => return Err(parts.fault()),
        })
    }

    fn award_give(&mut self, parts: &mut Parts<'_>) -> Made<AwardGive> {
        match parts.peek() {
            Some(Rule::percent) => {
                let rate = self.percent(parts)?;
                parts.skip(&[Rule::k_of, Rule::k_spend]);
                let most = parts.take(Rule::most_spend).is_some();
                let paid_with = match parts.eat(Rule::k_paid) {
                    true => {
                        parts.skip(&[Rule::k_with]);
                        Some(self.name(parts)?)
                    }
                    false => None,
                };
                parts.skip(&[Rule::k_as]);
                Ok(AwardGive::Share { rate, most, paid_with, unit: self.name(parts)? })
            }
            Some(Rule::amount) => {
                let amount = self.amount(parts)?;
                if let Some(per) = self.maybe_per(parts)? {
                    return Ok(AwardGive::Per { amount, per });
                }
                let Some(pair) = parts.take(Rule::award_earned) else { return Ok(AwardGive::Flat(amount)) };
                let mut parts = self.parts(pair);
                parts.skip(&[Rule::k_per]);
                let per = self.amount(&mut parts)?;
                parts.skip(&[Rule::k_earned, Rule::k_from]);
                Ok(AwardGive::Earned { amount, per, rules: self.names(&mut parts)?.0 })
            }
            Some(Rule::give_choice) => {
                let Some(pair) = parts.take(Rule::give_choice) else { return Err(parts.fault()) };
                let mut parts = self.parts(pair);
                self.choice(&mut parts).map(AwardGive::Choice)
            }
            _ => {
                let unit = self.name(parts)?;
                if parts.eat(Rule::k_of) {
                    parts.skip(&[Rule::k_spend]);
                    let most = parts.take(Rule::most_spend).is_some();
                    parts.skip(&[Rule::k_as]);
                    return Ok(AwardGive::Announced { parameter: unit, most, unit: self.name(parts)? });
                }
                parts.skip(&[Rule::k_by, Rule::k_spend, Rule::k_bands]);
                Ok(AwardGive::Bands { unit, bands: self.bands(parts)? })
            }
        }
    }

    pub(super) fn rebate(&mut self, parts: &mut Parts<'_>) -> Made<Option<RebateBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::rebate_body, Place::Rebate, Self::rebate_line);
        Ok(name.map(|name| RebateBlock { name, lines }))
    }

    fn rebate_line(&mut self, pair: Pair<'_, Rule>) -> Made<RebateLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::valid => RebateLine::Valid(self.valid(&mut parts)?),
            Rule::funded => RebateLine::Funded(self.funded(&mut parts)?),
            Rule::for_items => RebateLine::ForItems(self.for_items(&mut parts)?),
            Rule::when => RebateLine::When(self.when(&mut parts)?),
            Rule::rebate_period => {
                parts.skip(&[Rule::k_period]);
                RebateLine::Period(self.period(&mut parts)?)
            }
            Rule::stages => {
                parts.skip(&[Rule::k_stages, Rule::k_are]);
                let retroactive = parts.eat(Rule::k_retroactive);
                RebateLine::Stages(if retroactive { StageMode::Retroactive } else { StageMode::Incremental })
            }
            Rule::stage => {
                parts.skip(&[Rule::k_stage, Rule::k_from]);
                let from = self.amount(&mut parts)?;
                parts.skip(&[Rule::colon]);
                RebateLine::Stage { from, pays: self.stage_pays(&mut parts)? }
            }
            Rule::pay_floor => {
                parts.skip(&[Rule::k_pay, Rule::k_nothing, Rule::k_below]);
                RebateLine::PayNothingBelow(self.amount(&mut parts)?)
            }
            Rule::cap => RebateLine::Cap(self.cap(&mut parts)?),
            Rule::budget_cap => RebateLine::Budget(self.cap(&mut parts)?),
            Rule::round => RebateLine::Round(self.round(&mut parts)?),
            Rule::activate => RebateLine::Activate(self.activate(&mut parts)?),
            Rule::expire => RebateLine::Expire(self.expire(&mut parts)?),
            Rule::pays_after => {
                parts.skip(&[Rule::k_pay]);
                let unit = self.name(&mut parts)?;
                RebateLine::Pays { unit, after: self.duration(&mut parts)? }
            }
            _ => return Err(parts.fault()),
        })
    }

    fn stage_pays(&mut self, parts: &mut Parts<'_>) -> Made<StagePays> {
        if parts.peek() != Some(Rule::percent) {
            return Ok(StagePays::Amount(self.amount(parts)?));
        }
        let rate = self.percent(parts)?;
        Ok(match parts.eat(Rule::k_of) {
            true => StagePays::PercentOf(rate, self.name(parts)?),
            false => StagePays::Percent(rate),
        })
    }
}
