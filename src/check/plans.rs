//! Plans: what members pay for, and for how long.

use super::lowering::Lowering;
use super::money;
use super::report::{Once, Report};
use super::table;
use super::times;
use crate::diagnostics::{Code, Span};
use crate::program::{Plan, PlanId, PlanTerm};
use crate::syntax::ast::{Block, FeePer, Name, PlanBlock, PlanLine};

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of plans, by name; nothing if one of them has an error.
    pub(super) fn plans(&mut self) -> Option<Vec<Plan>> {
        let all = self.all;
        let found: Vec<Option<Plan>> =
            all.plans.iter().map(|entry| self.one_plan(entry.node, entry.block)).collect();
        found.into_iter().collect()
    }

    fn one_plan(&mut self, plan: &'a PlanBlock, whole: &'a Block) -> Option<Plan> {
        let (mut fee, mut renews, mut trial) = (Once::new("fee"), Once::new("renews"), Once::new("trial"));
        for line in &plan.lines {
            let span = line.span;
            match &line.kind {
                PlanLine::Fee { amount, per } => {
                    let amount = money::above_zero(amount, self.settings(), &mut self.report);
                    let per = match per {
                        FeePer::Period(period) => {
                            times::repeating(period, self.settings(), &mut self.report).map(PlanTerm::Rest)
                        }
                        FeePer::Length(length) => {
                            times::days(*length, &mut self.report).map(PlanTerm::Length)
                        }
                    };
                    fee.set(amount.zip(per), span, &mut self.report);
                }
                PlanLine::Renews(by_itself) => renews.set(*by_itself, span, &mut self.report),
                PlanLine::Trial(length) => {
                    trial.set(times::days(*length, &mut self.report), span, &mut self.report);
                }
            }
        }
        if fee.span().is_none() {
            self.report.missing(
                whole.head,
                "it is not said what this plan costs",
                "add a line, for example `fee 65 EUR per membership year`",
            );
        }
        let (fee, per) = fee.value()??;
        let trial = match trial.value() {
            Some(trial) => Some(trial?),
            None => None,
        };
        Some(Plan {
            name: plan.name.text.as_str().into(),
            symbol: self.symbols.intern(&plan.name.text),
            fee,
            per,
            renews: renews.value().unwrap_or(false),
            trial,
        })
    }

    /// A plan by its name.
    pub(super) fn plan_of(&mut self, name: &Name) -> Option<PlanId> {
        match self.all.plans.get(&name.text) {
            Some(entry) => Some(PlanId(entry.id)),
            None => {
                self.report.unknown("plan", &name.text, name.span, self.all.plans.candidates(), "");
                None
            }
        }
    }

    /// A test may name a plan that no rule needs.
    pub(super) fn plan_of_test(&mut self, name: &Name) {
        if self.all.plans.peek(&name.text).is_none() {
            self.report.unknown("plan", &name.text, name.span, self.all.plans.candidates(), "");
        }
    }

    /// N101: `plan` asks for a plan.
    pub(super) fn plans_declared(&mut self, span: Span) -> Option<()> {
        if self.all.plan_words.is_empty() {
            let help = "write a `plan` block, or leave this condition out";
            self.report.say(Code::N101, span, "no plans are declared", help);
            return None;
        }
        Some(())
    }
}

/// N103 for plans that neither a tier nor a condition names.
pub(super) fn report_unused(all: &super::declared::Declared<'_>, report: &mut Report) {
    for entry in all.plans.iter().filter(|entry| !entry.used.get()) {
        let asked = all.plan_words.get(entry.name.text.as_str()).is_some_and(|word| word.used.get());
        if !asked {
            table::unused("plan", entry.name, "no tier is paid by it, and no condition asks for it", report);
        }
    }
}
