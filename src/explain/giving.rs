//! Why charities get something, and why not.

use super::budgets::{self, WaitingExplanation};
use super::{Explanation, words};
use crate::calendar::Date;
use crate::evaluate::Outcome;
use crate::evaluate::trace::{DonationTrace, GivingVerdict};
use crate::ledger::Source;
use crate::program::{CapId, Donation, Gift, Program, Receiver};
use serde::Serialize;

/// What an explanation tells of one donation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DonationExplanation {
    /// The rule.
    pub rule: String,
    /// Its description: the `##` lines above it.
    pub description: String,
    /// Whether it gives something, and if not, why.
    pub verdict: &'static str,
    /// What decided it, in words. Empty if it gives something.
    pub because: Vec<String>,
    /// Who gets it.
    pub charity: Option<String>,
    /// Whether the member pays it; otherwise the owner of the program does.
    pub by_member: bool,
    /// What is left to pay, or the spend that counts, as a decimal text.
    pub of: String,
    /// The exact amount before rounding and caps, as a decimal text.
    pub exact: String,
    /// What is given, as a decimal text.
    pub given: String,
    /// The cap that cut it, as written.
    pub cap: Option<String>,
    /// The day on which it is settled; nothing if it is booked at once.
    pub settled_on: Option<Date>,
    /// What waits for the answer of a budget that all members share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<WaitingExplanation>,
    /// The partners who pay for it: `Brewery 70%`, or only the name of one who pays all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub funded_by: Vec<String>,
}

pub(super) fn explain(
    program: &Program,
    outcome: &Outcome,
    trace: &DonationTrace,
) -> Option<DonationExplanation> {
    let donation = program.donations.get(trace.donation.index())?;
    let given = outcome.given.iter().find(|given| given.source == Source::Donation(trace.donation));
    Some(DonationExplanation {
        rule: donation.name.to_string(),
        description: donation.doc.to_string(),
        verdict: verdict_word(trace.verdict),
        because: because(program, donation, trace),
        charity: trace.charity.map(|charity| program.charity_name(charity).to_owned()),
        by_member: donation.gift.is_by_member(),
        of: words::micros(trace.basis, program.currency_digits),
        exact: program.exact_money(trace.exact),
        given: program.exact_money(trace.amount),
        cap: trace.cap.map(|cap| cap_text(program, cap).to_owned()),
        settled_on: given.and_then(|given| given.closes),
        waits: budgets::waits(program, outcome, Source::Donation(trace.donation)),
        funded_by: budgets::funded_by(program, &donation.name),
    })
}

const fn verdict_word(verdict: GivingVerdict) -> &'static str {
    match verdict {
        GivingVerdict::NotValid => "not-valid",
        GivingVerdict::ConditionNotMet => "condition-not-met",
        GivingVerdict::ConditionUnknown => "condition-unknown",
        GivingVerdict::NoItem => "no-item",
        GivingVerdict::NoCharity => "no-charity",
        GivingVerdict::NothingToPay => "nothing-to-pay",
        GivingVerdict::AlreadyRounded(_) => "already-rounded",
        GivingVerdict::GivesNothing(_) => "gives-nothing",
        GivingVerdict::NoRoom(_) => "no-room",
        GivingVerdict::Matched => "matched",
    }
}

fn cap_text(program: &Program, cap: CapId) -> &str {
    program.caps.get(cap.index()).map_or("", |cap| &cap.text)
}

fn because(program: &Program, donation: &Donation, trace: &DonationTrace) -> Vec<String> {
    let money = |micros| format!("{} {}", words::micros(micros, program.currency_digits), program.currency);
    let why = match trace.verdict {
        GivingVerdict::Matched => return Vec::new(),
        GivingVerdict::NotValid => "outside its dates".to_owned(),
        GivingVerdict::ConditionNotMet | GivingVerdict::ConditionUnknown => {
            let decided = trace.decided.iter();
            let mut found: Vec<String> =
                decided.map(|found| words::describe(program, donation.on.index(), found)).collect();
            found.push(format!("asked: {}", donation.when_text));
            return found;
        }
        GivingVerdict::NoItem => format!("no item passes: {}", donation.items_text),
        GivingVerdict::NoCharity => match &donation.to {
            Receiver::Matching { place, .. } => {
                let attribute = program.member_attributes.get(usize::from(*place));
                format!("{} is missing", attribute.map_or("", |attribute| &attribute.name))
            }
            Receiver::Charity(_) => "no charity is known".to_owned(),
        },
        GivingVerdict::NothingToPay => "nothing is left to pay".to_owned(),
        GivingVerdict::AlreadyRounded(other) => {
            format!("`{}` has rounded the basket up", program.donation_name(other))
        }
        GivingVerdict::GivesNothing(basis) if donation.gift.is_by_member() => {
            format!("{} is a whole amount", money(basis))
        }
        GivingVerdict::GivesNothing(_) if donation.gift.hangs_on_else() => {
            format!("{} gives nothing", donation.gift_text)
        }
        GivingVerdict::GivesNothing(basis) => format!("too little of {}", money(basis)),
        GivingVerdict::NoRoom(cap) => format!("cap {} leaves too little", cap_text(program, cap)),
    };
    vec![why]
}

/// The row of one donation.
pub(super) fn row(program: &Program, donation: &DonationExplanation) -> [String; 3] {
    let currency = &program.currency;
    if donation.verdict != "matched" {
        return [format!("0 {currency}"), donation.rule.clone(), donation.because.join("; ")];
    }
    let known = program.donations.iter().find(|known| *known.name == *donation.rule);
    let mut why = match known.map(|known| &known.gift) {
        Some(Gift::RoundUp { step, times, more, .. }) => {
            let money = |micros| format!("{} {currency}", words::micros(micros, program.currency_digits));
            let times = if *times == 1 { String::new() } else { format!(", {times} times") };
            let more = if *more == 0 { String::new() } else { format!(", and {} more", money(*more)) };
            format!("{} {currency} up to the next {}{times}{more}", donation.of, money(*step))
        }
        Some(Gift::Share { rate, .. }) => {
            format!(
                "{}% of {} {currency} → {} {currency}",
                words::micros(*rate, 0),
                donation.of,
                donation.exact
            )
        }
        Some(Gift::Terms(terms)) => {
            let text = known.map_or("", |known| &known.gift_text);
            let of = match terms.is_of_spend() {
                true => format!(", of {} {currency}", donation.of),
                false => String::new(),
            };
            format!("{text}{of} → {} {currency}", donation.exact)
        }
        Some(Gift::Fixed(_)) | None => "once".to_owned(),
    };
    if let Some(cap) = &donation.cap {
        why.push_str(&format!("; cap {cap}"));
    }
    why.push_str(&format!("; to {}", donation.charity.as_deref().unwrap_or_default()));
    if donation.by_member {
        why.push_str(", paid by the member");
    }
    if let Some(day) = donation.settled_on {
        why.push_str(&format!(", settled on {day}"));
    }
    why.push_str(&budgets::told(donation.waits.as_ref(), currency, &donation.funded_by));
    let amount = match donation.waits {
        Some(_) => format!("0 {currency}"),
        None => format!("+{} {currency}", donation.given),
    };
    [amount, donation.rule.clone(), why]
}

/// What a return takes off what was pledged.
pub(super) fn taken_off(program: &Program, outcome: &Outcome) -> Vec<[String; 3]> {
    let currency = &program.currency;
    // what a charity gives back is booked, and has a row of its own
    let given = outcome.given.iter().filter(|given| given.amount < 0 && given.closes.is_some());
    let row = |given: &crate::evaluate::Given| {
        let charity = program.charity_name(given.charity);
        let amount = format!("{} {currency}", program.exact_money(given.amount));
        [amount, program.source_words(given.source).1.to_owned(), format!("no longer pledged to {charity}")]
    };
    given.map(row).collect()
}

/// Whether a donation changes what the member pays.
pub(super) fn changes_the_bill(explanation: &Explanation) -> bool {
    explanation.donations.iter().any(|donation| donation.by_member && donation.verdict == "matched")
}
