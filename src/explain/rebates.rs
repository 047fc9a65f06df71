//! What an event adds to the turnover of rebates, and what the clock has paid.

use crate::account::{RebateStanding, RebateState};
use crate::program::Program;

/// The row of one rebate.
pub(super) fn row(program: &Program, standing: &RebateStanding) -> [String; 3] {
    let currency = &program.currency;
    let stage = standing.stage.as_deref().unwrap_or("below the first stage");
    let mut why = format!("{} {currency} from {} to {}", standing.turnover, standing.from, standing.to);
    why.push_str(&format!("; {stage} → {} {}", standing.exact, standing.unit));
    if standing.exact != standing.pays {
        why.push_str(&format!(", paid {}", standing.pays));
    }
    if let Some(parameter) = &standing.waits_for {
        why.push_str(&format!("; `{parameter}` is not announced"));
    }
    if let Some(cap) = &standing.cap {
        why.push_str(&format!("; cap {cap}"));
    }
    if let Some(cap) = &standing.window_cap {
        why.push_str(&format!("; cap {cap}"));
    }
    let missing = standing.missing.as_ref().zip(standing.next.as_ref());
    if let (RebateState::Running, Some((missing, next))) = (standing.state, missing) {
        why.push_str(&format!("; {missing} {currency} to the stage {next}"));
    }
    if let (RebateState::Asked, Some(budget)) = (standing.state, &standing.budget) {
        why.push_str(&format!("; asks {budget} for {} {}", standing.pays, standing.unit));
    }
    let (amount, when) = match standing.state {
        RebateState::Paid => (format!("+{} {}", standing.pays, standing.unit), None),
        RebateState::Asked => (String::new(), None),
        _ => (String::new(), standing.pays_on),
    };
    if let Some(day) = when {
        why.push_str(&format!("; on {day}"));
    }
    [amount, standing.rebate.clone(), why]
}
