//! What a till has to know of an event with requests: what they pay, and what is left to pay.

use super::outcome::Outcome;
use super::step03_requests::{Taken, What};
use crate::amount::{Money, format_scaled};
use crate::program::Program;
use serde::Serialize;

/// What one request of an event took, in texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Redemption {
    /// The unit, voucher or reward.
    pub name: String,
    /// How much was taken, with exactly the decimals of the unit; zero if an `up to` found nothing that it may take.
    pub amount: String,
    /// The money that it pays, with at least the digits of the program's currency. For a request without a purchase
    /// it is what the program says the amount is worth.
    pub pays: String,
    /// The same for each line of the purchase; empty without lines.
    pub lines: Vec<String>,
}

impl Outcome {
    /// What is left to pay with money after all requests, as a decimal text with at least the digits of the program's
    /// currency. Nothing for an event without items and total, and for one that was applied before.
    #[must_use]
    pub fn left_to_pay(&self, program: &Program) -> Option<String> {
        self.left.map(|left| money(program, left))
    }

    /// What the requests of the event took, in the order in which they were taken. An event that was applied before
    /// takes nothing again.
    #[must_use]
    pub fn redemptions(&self, program: &Program) -> Vec<Redemption> {
        self.taken.iter().map(|taken| redemption(program, taken)).collect()
    }
}

fn redemption(program: &Program, taken: &Taken) -> Redemption {
    let (name, decimals) = match taken.what {
        What::Points(unit) => (program.unit_name(unit), program.unit_decimals(unit)),
        What::Voucher(voucher) => (program.voucher_name(voucher), 0),
        What::Reward(reward) => (program.reward_name(reward), 0),
    };
    Redemption {
        name: name.into(),
        amount: format_scaled(taken.amount, decimals),
        pays: money(program, taken.pays),
        lines: taken.lines.iter().map(|line| money(program, *line)).collect(),
    }
}

fn money(program: &Program, micros: i64) -> String {
    let digits = u8::try_from(program.currency_digits).unwrap_or(2);
    Money::from_micros(micros).map_or_else(|| micros.to_string(), |money| money.display(digits).to_string())
}
