//! From what pest read to the tree: milestones.

use super::ast::{Mark, MilestonesBlock, MilestonesLine};
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

    fn mark(&mut self, parts: &mut Parts<'_>) -> Made<Mark> {
        let (_, mut inner) = self.enter(parts, Rule::mark)?;
        if inner.peek() == Some(Rule::amount) {
            return Ok(Mark::Amount(self.amount(&mut inner)?));
        }
        Ok(Mark::Number(self.number(&mut inner)?))
    }
}
