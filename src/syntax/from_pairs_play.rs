//! From what pest read to the tree: challenges, streaks and draws.

use super::ast::{
    ChallengeBlock, ChallengeLine, DrawBlock, DrawLine, Goal, OncePer, Run, StreakBlock, StreakLine, Task,
    TaskItems,
};
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
            Rule::cap => ChallengeLine::Cap(self.cap(&mut parts)?),
            Rule::funded => ChallengeLine::Funded(self.funded(&mut parts)?),
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

    pub(super) fn streak(&mut self, parts: &mut Parts<'_>) -> Made<Option<StreakBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::streak_body, Place::Streak, Self::streak_line);
        Ok(name.map(|name| StreakBlock { name, lines }))
    }

    fn streak_line(&mut self, pair: Pair<'_, Rule>) -> Made<StreakLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::on => StreakLine::On(self.on(&mut parts)?),
            Rule::valid => StreakLine::Valid(self.valid(&mut parts)?),
            Rule::cap => StreakLine::Cap(self.cap(&mut parts)?),
            Rule::funded => StreakLine::Funded(self.funded(&mut parts)?),
            Rule::when => StreakLine::When(self.when(&mut parts)?),
            Rule::each => {
                parts.skip(&[Rule::k_each]);
                let period = self.period(&mut parts)?;
                parts.skip(&[Rule::k_needs]);
                StreakLine::Each { period, count: self.number(&mut parts)?, of: self.name(&mut parts)? }
            }
            Rule::after_run => {
                parts.skip(&[Rule::k_after]);
                let run = self.run(&mut parts)?;
                StreakLine::After { run, give: self.give(&mut parts)? }
            }
            Rule::forgive => {
                parts.skip(&[Rule::k_forgive]);
                let count = self.number(&mut parts)?;
                parts.skip(&[Rule::k_missed]);
                StreakLine::Forgive(Run { count, periods: self.name(&mut parts)? })
            }
            Rule::restart => {
                parts.skip(&[Rule::k_restart, Rule::k_after]);
                StreakLine::Restart(self.run(&mut parts)?)
            }
            _ => return Err(parts.fault()),
        })
    }

    fn run(&mut self, parts: &mut Parts<'_>) -> Made<Run> {
        Ok(Run { count: self.number(parts)?, periods: self.name(parts)? })
    }

    pub(super) fn draw(&mut self, parts: &mut Parts<'_>) -> Made<Option<DrawBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::draw_body, Place::Draw, Self::draw_line);
        Ok(name.map(|name| DrawBlock { name, lines }))
    }

    fn draw_line(&mut self, pair: Pair<'_, Rule>) -> Made<DrawLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::draws_from => {
                parts.skip(&[Rule::k_draws, Rule::k_from]);
                DrawLine::From(self.name(&mut parts)?)
            }
            Rule::valid => DrawLine::Valid(self.valid(&mut parts)?),
            Rule::held_on => {
                parts.skip(&[Rule::k_held, Rule::k_on]);
                match parts.peek() {
                    Some(Rule::month_day) => DrawLine::HeldEvery(self.month_day(&mut parts)?),
                    _ => DrawLine::HeldOn(self.date(&mut parts)?),
                }
            }
            Rule::cap => DrawLine::Cap(self.cap(&mut parts)?),
            Rule::free_entry => {
                parts.skip(&[Rule::k_free, Rule::k_entry, Rule::k_on]);
                let event = self.name(&mut parts)?;
                DrawLine::FreeEntry { event, give: self.give(&mut parts)? }
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
