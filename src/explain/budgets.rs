//! What waits for the answer of a budget, and who pays for what a rule gives.

use crate::account::Change;
use crate::amount::format_scaled;
use crate::evaluate::Outcome;
use crate::ledger::Source;
use crate::program::{ALL_OF_IT, Program};
use serde::Serialize;

/// What was claimed from a budget that all members share, and is not booked before it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaitingExplanation {
    /// The budget that is asked: `rule Spring`.
    pub budget: String,
    /// How much at most, as a decimal text.
    pub amount: String,
}

/// What an outcome claims for something.
pub(super) fn waits(program: &Program, outcome: &Outcome, source: Source) -> Option<WaitingExplanation> {
    if program.budgets.is_empty() {
        return None;
    }
    let mut claims = outcome.postings.changes.iter().filter_map(|change| match change {
        Change::Claim(open, true) => Some(open),
        _ => None,
    });
    let open = claims.find(|open| open.award.source == source)?;
    let amount = match &open.gift {
        Some(gift) => program.exact_money(gift.exact),
        None => format_scaled(open.award.amount, program.thing_decimals(open.award.thing)),
    };
    Some(WaitingExplanation { budget: open.budget.to_string(), amount })
}

/// The partners who pay for what something gives, by name, with their shares.
pub(super) fn funded_by(program: &Program, name: &str) -> Vec<String> {
    let shares = program.own_prices().and_then(|list| list.funded.get(name));
    let shares = shares.map_or(&[][..], |shares| shares);
    let part = |(partner, share): &(Box<str>, i64)| match *share {
        ALL_OF_IT => partner.to_string(),
        share => format!("{partner} {}%", super::words::micros(share, 0)),
    };
    shares.iter().map(part).collect()
}

/// `; asks rule Spring for 60 points; funded by Market`.
pub(super) fn told(waits: Option<&WaitingExplanation>, of: &str, funded_by: &[String]) -> String {
    let mut text = String::new();
    if let Some(WaitingExplanation { budget, amount }) = waits {
        text.push_str(&format!("; asks {budget} for {amount} {of}"));
    }
    if !funded_by.is_empty() {
        text.push_str(&format!("; funded by {}", funded_by.join(", ")));
    }
    text
}
