//! Blocks that members play: challenges.

use super::doc::{Doc, words};
use super::literals::{name, number, period_except};
use super::rules::valid;
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{ChallengeLine, Goal, OncePer, Task, TaskItems};

impl<'a> Statement<'a> for ChallengeLine {
    fn rank(&self) -> u8 {
        order::challenge(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Valid(line) => valid(line).into(),
            Self::When(cond) => printer.when(cond),
            Self::Task(task) => printer.task(task),
            Self::CompleteAll => "complete all tasks".into(),
            Self::CompleteAny(count) => {
                let tasks = if count.value == rust_decimal::Decimal::ONE { "task" } else { "tasks" };
                words!["complete any", number(count), tasks]
            }
            Self::Once(OncePer::Member) => "once per member".into(),
            Self::Once(OncePer::Period(per)) => words!["once per", period_except(per, &["member"])],
            Self::Give(give) => printer.give(give, span),
        })
    }
}

impl<'a> Printer<'a> {
    fn task(&mut self, task: &'a Task) -> Doc {
        let head = format!("task {}: {} reaches", name(&task.name), name(&task.measure));
        let goal = match &task.goal {
            Goal::Number(goal) => number(goal),
            Goal::Amount(goal) => self.amount(goal),
        };
        let of: Doc = match &task.of {
            None => "".into(),
            Some(TaskItems::ForItems(cond)) => self.for_items(cond),
            Some(TaskItems::When(cond)) => self.when(cond),
        };
        words![head, goal, of]
    }
}
