//! From what pest read to the tree: plans, what tests say of them and of granted levels, and when a new level counts.

use super::ast::{CountWindow, FeePer, GrantSpan, PlanBlock, PlanLine, Step, TiersLine};
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
                let per = match parts.peek() {
                    Some(Rule::duration) => FeePer::Length(self.duration(&mut parts)?),
                    _ => FeePer::Period(self.period(&mut parts)?),
                };
                PlanLine::Fee { amount, per }
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

    /// `new tier counts from next purchase`
    pub(super) fn new_tier(&mut self, parts: &mut Parts<'_>) -> Made<TiersLine> {
        parts.skip(&[Rule::k_new, Rule::k_tier, Rule::k_counts]);
        if parts.eat(Rule::k_from) {
            parts.skip(&[Rule::k_next]);
            return Ok(TiersLine::NewTierFromNext(self.name(parts)?));
        }
        parts.skip(&[Rule::k_for]);
        if parts.eat(Rule::k_this) {
            return Ok(TiersLine::NewTierForThis(self.name(parts)?));
        }
        Ok(TiersLine::NewTierAboveThreshold)
    }

    /// `count nights, spend in calendar year`
    pub(super) fn count(&mut self, parts: &mut Parts<'_>) -> Made<TiersLine> {
        parts.skip(&[Rule::k_count]);
        let mut metrics = Vec::new();
        while parts.peek() == Some(Rule::metric) {
            metrics.push(self.metric(parts)?);
            parts.skip(&[Rule::comma]);
        }
        parts.skip(&[Rule::k_in]);
        Ok(TiersLine::Count { metrics, window: self.count_window(parts)? })
    }

    fn count_window(&mut self, parts: &mut Parts<'_>) -> Made<CountWindow> {
        let (_, mut inner) = self.enter(parts, Rule::count_window)?;
        if inner.eat(Rule::k_rolling) {
            return Ok(CountWindow::Rolling(self.duration(&mut inner)?));
        }
        if inner.peek() == Some(Rule::duration) {
            return Ok(CountWindow::Since(self.duration(&mut inner)?));
        }
        Ok(CountWindow::Period(self.period(&mut inner)?))
    }
}
