//! Money and currencies.

use super::facts::Settings;
use super::numbers;
use super::report::Report;
use crate::diagnostics::Code;
use crate::syntax::ast::Amount;

/// Whether a name can only be a currency: three capital letters.
pub(super) fn is_currency(name: &str) -> bool {
    name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// An amount of the program's money in micro-units, or a finding that says why not.
pub(super) fn money(amount: &Amount, settings: &Settings, report: &mut Report) -> Option<i64> {
    if !in_currency(amount, settings, report) {
        return None;
    }
    numbers::micro(amount.number.value, amount.span, report)
}

/// An amount of money above zero, in micro-units.
pub(super) fn above_zero(amount: &Amount, settings: &Settings, report: &mut Report) -> Option<i64> {
    let found = money(amount, settings, report)?;
    if found <= 0 {
        report.zero(amount.span, "zero means nothing here", "write an amount above zero");
        return None;
    }
    Some(found)
}

/// Whether an amount is in the program's currency; if not, there is a finding.
fn in_currency(amount: &Amount, settings: &Settings, report: &mut Report) -> bool {
    let written = amount.unit.text.as_str();
    if written == settings.currency {
        return true;
    }
    if is_currency(written) {
        report.say(
            Code::U202,
            amount.span,
            format!("`{written}` is not the currency of this program"),
            format!("write the amount in {}, the currency of the program", settings.currency),
        );
    } else {
        report.mixed(
            amount.span,
            format!("an amount of money is needed here, not of {written}"),
            format!("write it in {}, for example `10 {}`", settings.currency, settings.currency),
        );
    }
    false
}
