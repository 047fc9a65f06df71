//! From what pest read to the tree: challenges.

use super::ast::{ChallengeBlock, ChallengeLine, Goal, OncePer, Task, TaskItems};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::places::Place;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn challenge(&mut self, parts: &mut Parts<'_>) -> Made<Option<ChallengeBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::challenge_body, Place::Challenge, Self::challenge_line);
        Ok(name.map(|name| ChallengeBlock { name, lines }))
    }

    fn challenge_line(&mut self, pair: Pair<'_, Rule>) -> Made<ChallengeLine> {
        let rule = pair.as_rule();
        if rule == Rule::give {
            return Ok(ChallengeLine::Give(self.give_of(pair)?));
        }
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::valid => ChallengeLine::Valid(self.valid(&mut parts)?),
            Rule::when => ChallengeLine::When(self.when(&mut parts)?),
            Rule::task => {
                parts.skip(&[Rule::k_task]);
                ChallengeLine::Task(self.task(&mut parts)?)
            }
            Rule::complete => {
                parts.skip(&[Rule::k_complete]);
                if parts.eat(Rule::k_all) {
                    ChallengeLine::CompleteAll
                } else {
                    parts.skip(&[Rule::k_any]);
                    ChallengeLine::CompleteAny(self.number(&mut parts)?)
                }
            }
            Rule::once_per => {
                parts.skip(&[Rule::k_once, Rule::k_per]);
                let member = parts.eat(Rule::k_member);
                let per = if member { OncePer::Member } else { OncePer::Period(self.period(&mut parts)?) };
                ChallengeLine::Once(per)
            }
            _ => return Err(parts.fault()),
        })
    }

    fn task(&mut self, parts: &mut Parts<'_>) -> Made<Task> {
        let name = self.name(parts)?;
        parts.skip(&[Rule::colon]);
        let measure = self.name(parts)?;
        parts.skip(&[Rule::k_reaches]);
        let goal = match parts.peek() {
            Some(Rule::amount) => Goal::Amount(self.amount(parts)?),
            _ => Goal::Number(self.number(parts)?),
        };
        let of = match parts.peek() {
            Some(Rule::for_items) => {
                let (_, mut inner) = self.enter(parts, Rule::for_items)?;
                Some(TaskItems::ForItems(self.for_items(&mut inner)?))
            }
            Some(Rule::when) => {
                let (_, mut inner) = self.enter(parts, Rule::when)?;
                Some(TaskItems::When(self.when(&mut inner)?))
            }
            _ => None,
        };
        Ok(Task { name, measure, goal, of })
    }
}
