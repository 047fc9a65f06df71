//! Blocks that members play: challenges, streaks and draws.

use super::doc::{Doc, words};
use super::literals::{date, month_day, name, number, period, period_except};
use super::partners::funded;
use super::rules::{on, valid};
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{ChallengeLine, DrawLine, Goal, OncePer, Run, StreakLine, Task, TaskItems};

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
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::Funded(by) => funded(by).into(),
        })
    }
}

impl<'a> Statement<'a> for StreakLine {
    fn rank(&self) -> u8 {
        order::streak(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        let run = |run: &Run| format!("{} {}", number(&run.count), name(&run.periods));
        Written::Doc(match self {
            Self::On(line) => on(line).into(),
            Self::Valid(line) => valid(line).into(),
            Self::When(cond) => printer.when(cond),
            Self::Each { period: per, count, of } => {
                words!["each", period(per), "needs", number(count), name(of)]
            }
            Self::After { run: after, give } => words!["after", run(after), printer.give(give, span)],
            Self::Forgive(Run { count, periods }) => {
                words!["forgive", number(count), "missed", name(periods)]
            }
            Self::Restart(after) => words!["restart after", run(after)],
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::Funded(by) => funded(by).into(),
        })
    }
}

impl<'a> Statement<'a> for DrawLine {
    fn rank(&self) -> u8 {
        order::draw(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::From(unit) => words!["draws from", name(unit)],
            Self::Valid(line) => valid(line).into(),
            Self::HeldOn(day) => words!["held on", date(day)],
            Self::HeldEvery(day) => words!["held on", month_day(day)],
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::FreeEntry { event, give } => {
                words!["free entry on", name(event), printer.give(give, span)]
            }
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
