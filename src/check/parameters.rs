//! Parameters: what the owner of the program announces.

use super::lowering::Lowering;
use super::{money, numbers};
use crate::program::{ParameterId, Program};
use crate::syntax::ast::{Announced, Name, ParameterKind};

impl<'a> Lowering<'_, 'a> {
    /// The table of parameters, by name.
    pub(super) fn parameters(&self) -> Box<[Box<str>]> {
        self.all.parameters.iter().map(|entry| entry.node.name.text.as_str().into()).collect()
    }

    /// Whether a name means the fee of the member's plan: no parameter has it, and there are plans.
    pub(super) fn is_fee(&self, name: &Name) -> bool {
        let all = self.all;
        name.text == "fee" && all.parameters.peek("fee").is_none() && all.plans.iter().next().is_some()
    }

    /// A parameter that must be a percentage or money.
    pub(super) fn parameter(&mut self, name: &'a Name, wanted: ParameterKind) -> Option<ParameterId> {
        let all = self.all;
        let Some(entry) = all.parameters.get(&name.text) else {
            self.report.unknown("parameter", &name.text, name.span, all.parameters.candidates(), "");
            return None;
        };
        if entry.node.kind != wanted {
            let message = format!("`{}` is {}", name.text, words(entry.node.kind));
            let help = format!("write a parameter that is {} here", words(wanted));
            self.report.mixed(name.span, message, help);
            return None;
        }
        Some(ParameterId(entry.id))
    }

    /// `announce dividend 10%` in a test.
    pub(super) fn announced(&mut self, name: &Name, value: &Announced) {
        let all = self.all;
        let kind = all.parameters.peek(&name.text).map(|entry| entry.node.kind);
        let Some(kind) = kind else {
            self.report.unknown("parameter", &name.text, name.span, all.parameters.candidates(), "");
            return;
        };
        match (value, kind) {
            (Announced::Percent(value), ParameterKind::Percent) => {
                numbers::micro(value.value, value.span, &mut self.report);
            }
            (Announced::Amount(amount), ParameterKind::Money) => {
                money::money(amount, self.settings(), &mut self.report);
            }
            _ => {
                let message = format!("`{}` is {}", name.text, words(kind));
                let help = match kind {
                    ParameterKind::Percent => "write for example `10%`".to_owned(),
                    ParameterKind::Money => format!("write for example `50 {}`", self.settings().currency),
                };
                self.report.mixed(name.span, message, help);
            }
        }
    }

    /// A parameter that nothing is paid by.
    pub(super) fn unused_parameters(&mut self, program: &Program) {
        let all = self.all;
        for entry in all.parameters.iter() {
            if !program.rebates.iter().any(|rebate| rebate.uses(ParameterId(entry.id))) {
                let message = format!("nothing is paid by `{}`", entry.node.name.text);
                let help = "remove it, or name it in an `award` or in a stage of a `rebate`";
                self.report.misplaced(entry.node.name.span, message, help);
            }
        }
    }
}

const fn words(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Percent => "a percentage",
        ParameterKind::Money => "an amount of money",
    }
}
