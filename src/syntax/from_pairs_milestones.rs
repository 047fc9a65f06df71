//! From what pest read to the tree: milestones, and what they share with tiers.

use super::ast::{Mark, Metric, MilestonesBlock, MilestonesLine, TiersLine};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::places::Place;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn milestones(&mut self, parts: &mut Parts<'_>) -> Made<Option<MilestonesBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::milestones_body, Place::Milestones, Self::milestones_line);
        Ok(name.map(|name| MilestonesBlock { name, lines }))
    }

    fn milestones_line(&mut self, pair: Pair<'_, Rule>) -> Made<MilestonesLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::valid => MilestonesLine::Valid(self.valid(&mut parts)?),
            Rule::funded => MilestonesLine::Funded(self.funded(&mut parts)?),
            Rule::when => MilestonesLine::When(self.when(&mut parts)?),
            Rule::for_items => MilestonesLine::ForItems(self.for_items(&mut parts)?),
            Rule::milestones_count => {
                parts.skip(&[Rule::k_count]);
                let metric = self.metric(&mut parts)?;
                parts.skip(&[Rule::k_in]);
                MilestonesLine::Count { metric, window: self.period(&mut parts)? }
            }
            Rule::at_mark => {
                parts.skip(&[Rule::k_at]);
                MilestonesLine::At { mark: self.mark(&mut parts)?, give: self.give(&mut parts)? }
            }
            Rule::every_mark => {
                parts.skip(&[Rule::k_every]);
                let step = self.mark(&mut parts)?;
                let from = if parts.eat(Rule::k_from) { Some(self.mark(&mut parts)?) } else { None };
                let to = if parts.eat(Rule::k_to) { Some(self.mark(&mut parts)?) } else { None };
                MilestonesLine::Every { step, from, to, give: self.give(&mut parts)? }
            }
            Rule::passed => MilestonesLine::StaysPassed,
            _ => return Err(parts.fault()),
        })
    }

    /// `spend`, `spend on (category is Wein)`, `elite-nights`
    pub(super) fn metric(&mut self, parts: &mut Parts<'_>) -> Made<Metric> {
        let (span, mut inner) = self.enter(parts, Rule::metric)?;
        Ok(if inner.eat(Rule::k_years) {
            inner.skip(&[Rule::k_of]);
            Metric::YearsOf(self.name(&mut inner)?, span)
        } else if !inner.eat(Rule::k_spend) {
            Metric::Named(self.name(&mut inner)?)
        } else if inner.eat(Rule::k_on) {
            Metric::SpendOn(self.group(&mut inner)?, span)
        } else {
            Metric::Spend(span)
        })
    }

    pub(super) fn keep(&mut self, parts: &mut Parts<'_>) -> Made<TiersLine> {
        parts.skip(&[Rule::k_keep]);
        if parts.eat(Rule::k_forever) {
            return Ok(TiersLine::KeepForever);
        }
        if parts.eat(Rule::k_for) {
            return Ok(TiersLine::KeepFor { duration: self.duration(parts)?, tail: self.tail(parts)? });
        }
        parts.skip(&[Rule::k_until, Rule::k_end, Rule::k_of]);
        let next = parts.eat(Rule::k_next);
        Ok(TiersLine::KeepUntil { next, period: self.period(parts)?, plus: self.plus(parts)? })
    }

    fn mark(&mut self, parts: &mut Parts<'_>) -> Made<Mark> {
        let (_, mut inner) = self.enter(parts, Rule::mark)?;
        if inner.peek() == Some(Rule::amount) {
            return Ok(Mark::Amount(self.amount(&mut inner)?));
        }
        Ok(Mark::Number(self.number(&mut inner)?))
    }
}
