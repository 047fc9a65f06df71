//! Blocks about what is paid on the turnover of a period.

use super::doc::words;
use super::literals::{duration, name, percent, period};
use super::rules::valid;
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{RebateLine, StageMode, StagePays};

impl<'a> Statement<'a> for RebateLine {
    fn rank(&self) -> u8 {
        order::rebate(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Valid(line) => valid(line).into(),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::When(cond) => printer.when(cond),
            Self::Period(of) => words!["period", period(of)],
            Self::Stages(StageMode::Retroactive) => "stages are retroactive".to_owned().into(),
            Self::Stages(StageMode::Incremental) => "stages are incremental".to_owned().into(),
            Self::Stage { from, pays } => {
                let pays = match pays {
                    StagePays::Percent(rate) => percent(rate),
                    StagePays::PercentOf(rate, of) => format!("{} of {}", percent(rate), name(of)),
                    StagePays::Amount(amount) => printer.amount(amount),
                };
                words!["stage from", format!("{}:", printer.amount(from)), pays]
            }
            Self::Pays { unit, after } => words!["pay", name(unit), duration(after), "after period end"],
            Self::PayNothingBelow(amount) => words!["pay nothing below", printer.amount(amount)],
        })
    }
}
