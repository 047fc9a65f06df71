//! What a till has to know of an event with requests: what they pay, and what is left to pay.

use super::outcome::Outcome;
use super::step03_requests::{Taken, What};
use crate::amount::{Money, format_scaled};
use crate::calendar::Date;
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
    /// Who gets the money. Then it pays nothing of the purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charity: Option<String>,
}

/// Money that an event brings for a charity, in texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Donation {
    /// The rule, or the unit whose value was given away.
    pub rule: String,
    /// Who gets it.
    pub charity: String,
    /// How much, exactly, with at least the digits of the program's currency. Below zero where a return takes off again
    /// what was pledged.
    pub amount: String,
    /// Whether the member pays it; otherwise the owner of the program does. What a member pays at once is part of what is
    /// left to pay.
    pub by_member: bool,
    /// The day on which it is settled; nothing if it was booked at once.
    pub settled_on: Option<Date>,
}

impl Outcome {
    /// What is left to pay with money after all requests, with what the member gives to a charity, as a decimal text with at least the digits of the program's
    /// currency. Nothing for an event without items and total, and for one that was applied before.
    #[must_use]
    pub fn left_to_pay(&self, program: &Program) -> Option<String> {
        self.left.map(|left| money(program, left))
    }

    /// What charities get by the event, in the order in which it is given: what a till adds to the bill is what the
    /// member pays. An event that was applied before gives nothing again.
    #[must_use]
    pub fn donations(&self, program: &Program) -> Vec<Donation> {
        let given = self.given.iter().map(|given| Donation {
            rule: program.source_words(given.source).1.into(),
            charity: program.charity_name(given.charity).into(),
            amount: program.exact_money(given.amount),
            by_member: given.by_member,
            settled_on: given.closes,
        });
        given.collect()
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
        charity: taken.charity.map(|charity| program.charity_name(charity).into()),
    }
}

fn money(program: &Program, micros: i64) -> String {
    let digits = u8::try_from(program.currency_digits).unwrap_or(2);
    Money::from_micros(micros).map_or_else(|| micros.to_string(), |money| money.display(digits).to_string())
}
