//! Fees of plans that fall due.

use crate::account::{DueFee, FeeCause};

/// The row of one fee.
pub(super) fn row(fee: &DueFee) -> [String; 3] {
    let cause = match fee.cause {
        FeeCause::Joining => "joined",
        FeeCause::TrialOver => "the trial is over",
        FeeCause::Renewal => "renews",
        FeeCause::NextTerm => "next term",
    };
    let why =
        format!("fee of {} {} is due for {} to {}; {cause}", fee.amount, fee.currency, fee.from, fee.to);
    [String::new(), fee.plan.clone(), why]
}
