//! From what pest read to the tree: plans, and what tests say of them and of granted levels.

use super::ast::{GrantSpan, PlanBlock, PlanLine, Step};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::places::Place;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn plan(&mut self, parts: &mut Parts<'_>) -> Made<Option<PlanBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::plan_body, Place::Plan, Self::plan_line);
        Ok(name.map(|name| PlanBlock { name, lines }))
    }

    fn plan_line(&mut self, pair: Pair<'_, Rule>) -> Made<PlanLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::fee => {
                parts.skip(&[Rule::k_fee]);
                let amount = self.amount(&mut parts)?;
                parts.skip(&[Rule::k_per]);
                PlanLine::Fee { amount, per: self.period(&mut parts)? }
            }
            Rule::renews => {
                parts.skip(&[Rule::k_renews]);
                PlanLine::Renews(parts.eat(Rule::k_by))
            }
            Rule::trial => {
                parts.skip(&[Rule::k_trial]);
                PlanLine::Trial(self.duration(&mut parts)?)
            }
            _ => return Err(parts.fault()),
        })
    }

    /// `join plan Gold "M-1" by Ann`, `leave plan Gold "M-2" by Ann`
    pub(super) fn plan_step(&mut self, inner: &mut Parts<'_>) -> Made<Step> {
        let joins = inner.eat(Rule::k_join);
        inner.skip(&[Rule::k_leave, Rule::k_plan]);
        let plan = self.name(inner)?;
        let id = self.text(inner)?;
        inner.skip(&[Rule::k_by]);
        Ok(Step::Plan { joins, plan, id, by: self.name(inner)? })
    }

    /// `grant tier Gold for 120 days "G-1" to Ann`
    pub(super) fn grant_step(&mut self, inner: &mut Parts<'_>) -> Made<Step> {
        inner.skip(&[Rule::k_grant, Rule::k_tier]);
        let tier = self.name(inner)?;
        let span = if inner.eat(Rule::k_for) {
            GrantSpan::For(self.duration(inner)?)
        } else {
            self.maybe_date(inner, Rule::k_until)?.map_or(GrantSpan::Ever, GrantSpan::Until)
        };
        let id = self.text(inner)?;
        inner.skip(&[Rule::k_to]);
        Ok(Step::Grant { tier, span, id, to: self.name(inner)? })
    }
}
