//! Why and why not, as data and as text.
//!
//! An [`Explanation`] tells of every rule of the event's kind what it found, what it came to exactly, how it was
//! rounded, which caps cut it, and what was booked. Nothing here decides anything: it reads the trace of an outcome.

mod budgets;
mod giving;
mod plans;
mod progress;
mod rebates;
mod text;
mod words;

pub use budgets::WaitingExplanation;
pub use giving::DonationExplanation;
pub use progress::ProgressExplanation;
pub use text::text;

use crate::amount::format_scaled;
use crate::evaluate::trace::{RuleTrace, Verdict};
use crate::evaluate::{Note, Outcome, Redemption};
use crate::ledger::{Source, Thing};
use crate::program::{Program, RuleId, RuleKind};
use serde::Serialize;

/// The explanation of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The id of the event.
    pub event: String,
    /// Nothing unless the event is older than the newest of the member that was known.
    pub late: Option<LateExplanation>,
    /// Names of the items, article numbers where there is no name.
    pub items: Vec<String>,
    /// All rules of the event's kind, `earn` first, then `bonus`, each by name.
    pub rules: Vec<RuleExplanation>,
    /// All donations of the event's kind, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub donations: Vec<DonationExplanation>,
    /// Rebates for which the event counts, and what the clock closed and paid before it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rebates: Vec<crate::account::RebateStanding>,
    /// Levels that change, and tasks of challenges, streaks, milestones and draws that the event has moved, as they stand
    /// in the period of its day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub progress: Vec<ProgressExplanation>,
    /// Caps that cut what challenges and streaks give.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut_gifts: Vec<CapExplanation>,
    /// Fees of plans that fall due.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<crate::account::DueFee>,
    /// What requests took and paid, in the order in which they were taken.
    pub requests: Vec<Redemption>,
    /// What is left to pay with money; nothing without items and total.
    pub left_to_pay: Option<String>,
    /// What the event brought that the program does not know, and what else is worth knowing; each once.
    pub notes: Vec<NoteExplanation>,
}

/// An event that came late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LateExplanation {
    /// How many days lie between the event and the newest; 0 on the same day.
    pub days: i32,
    /// The event's own day, by which it was judged.
    pub day: String,
    /// The day of the newest event of the member.
    pub newest: String,
}

/// A note on the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteExplanation {
    /// In words: ``unknown category `Wine` ``.
    pub note: String,
    /// In how many places it stands.
    pub times: usize,
}

/// What an explanation tells of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleExplanation {
    /// The rule.
    pub rule: String,
    /// Its description: the `##` lines above it.
    pub description: String,
    /// `earn` or `bonus`.
    pub kind: &'static str,
    /// The unit or voucher it gives; `everything` for a bonus on everything that had nothing to multiply.
    pub gives: String,
    /// Whether it took part, and if not, why.
    pub verdict: &'static str,
    /// What decided it, in words: `weekday is wednesday`. Empty if it took part.
    pub because: Vec<String>,
    /// The items that passed, counted from 1.
    pub items: Vec<usize>,
    /// The spend of these items, as a decimal text.
    pub spend: String,
    /// The exact amount before rounding, as `numerator/denominator` in lowest terms, or a whole number.
    pub exact: String,
    /// The exact share of each item, and at the end that of the event, as in `exact`.
    pub shares: Vec<String>,
    /// After rounding.
    pub rounded: String,
    /// Caps that cut it: name, before and after.
    pub caps: Vec<CapExplanation>,
    /// Where a better rule stayed instead.
    pub lost: Vec<LostExplanation>,
    /// What was booked. The sum over all rules of a unit is what the event issued of it, cards and gifts aside.
    pub booked: String,
    /// What waits for the answer of a budget that all members share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<WaitingExplanation>,
    /// The partners who pay for it: `Brewery 70%`, or only the name of one who pays all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub funded_by: Vec<String>,
}

/// A cap that cut an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CapExplanation {
    /// The shared cap, or the rule or the game of an own cap.
    pub cap: String,
    /// As written.
    pub limit: String,
    /// The amount before.
    pub before: String,
    /// What the cap left.
    pub after: String,
}

/// An item or the event where a better rule stayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LostExplanation {
    /// The item, counted from 1; `None` for the event.
    pub item: Option<usize>,
    /// The rule that stayed.
    pub to: String,
}

impl Outcome {
    /// The explanation, if the event was evaluated with [`crate::Evaluator::explain`].
    #[must_use]
    pub fn explanation(&self, program: &Program) -> Option<Explanation> {
        let trace = self.trace.as_ref()?;
        let mut rules: Vec<&RuleTrace> = trace.rules.iter().collect();
        rules.sort_by_key(|rule| rule.rule);
        Some(Explanation {
            event: self.event().unwrap_or_default().into(),
            items: trace.items.iter().map(ToString::to_string).collect(),
            rules: rules.into_iter().filter_map(|rule| explain(program, self, rule)).collect(),
            donations: trace
                .donations
                .iter()
                .filter_map(|donation| giving::explain(program, self, donation))
                .collect(),
            rebates: self.rebates(program),
            progress: trace.progress.as_ref().map(|it| progress::explain(program, it)).unwrap_or_default(),
            cut_gifts: trace.cut_gifts.iter().filter_map(|cut| progress::cut(program, cut)).collect(),
            fees: self.fees(program),
            requests: self.redemptions(program),
            left_to_pay: self.left_to_pay(program),
            late: trace.late.map(|late| LateExplanation {
                days: late.newest.days().saturating_sub(late.day.days()),
                day: late.day.to_string(),
                newest: late.newest.to_string(),
            }),
            notes: notes(self.notes()),
        })
    }
}

/// Each note once, in the order of the first places.
fn notes(notes: &[Note]) -> Vec<NoteExplanation> {
    let mut found: Vec<(&Note, usize)> = Vec::new();
    for note in notes {
        match found.iter_mut().find(|(known, _)| *known == note) {
            Some((_, times)) => *times += 1,
            None => found.push((note, 1)),
        }
    }
    found.into_iter().map(|(note, times)| NoteExplanation { note: note.to_string(), times }).collect()
}

fn explain(program: &Program, outcome: &Outcome, trace: &RuleTrace) -> Option<RuleExplanation> {
    let rule = program.rules.get(trace.rule.index())?;
    let thing = trace.thing.or_else(|| rule.effect.thing().map(Thing::from));
    let scaled =
        |amount: i64| thing.map_or_else(|| amount.to_string(), |thing| amount_text(program, thing, amount));
    let width = trace.shares.len().saturating_sub(1);
    let name = |id: RuleId| program.rule_name(id).to_owned();
    Some(RuleExplanation {
        rule: rule.name.to_string(),
        description: rule.doc.to_string(),
        kind: if rule.kind == RuleKind::Earn { "earn" } else { "bonus" },
        gives: thing.map_or_else(|| "everything".to_owned(), |thing| words::thing_name(program, thing)),
        verdict: verdict_word(trace.verdict),
        because: words::because(program, trace),
        items: trace.items.iter().map(|place| place + 1).collect(),
        spend: words::micros(i64::try_from(trace.basis).unwrap_or(i64::MAX), program.currency_digits),
        exact: words::fraction(trace.exact.0, trace.exact.1),
        shares: trace.shares.iter().map(|share| words::fraction(*share, trace.exact.1)).collect(),
        rounded: scaled(trace.rounded),
        caps: trace
            .cuts
            .iter()
            .filter_map(|(cap, before, after)| {
                let (id, cap) = (*cap, program.caps.get(cap.index())?);
                Some(CapExplanation {
                    cap: cap.name.to_string(),
                    limit: words::cap_text(trace, (id, cap)),
                    before: scaled(*before),
                    after: scaled(*after),
                })
            })
            .collect(),
        lost: trace
            .lost
            .iter()
            .map(|lost| LostExplanation {
                item: (lost.column < width).then_some(lost.column + 1),
                to: name(lost.to),
            })
            .collect(),
        booked: scaled(trace.booked),
        waits: budgets::waits(program, outcome, Source::Rule(trace.rule)),
        funded_by: budgets::funded_by(program, &rule.name),
    })
}

fn amount_text(program: &Program, thing: Thing, amount: i64) -> String {
    match thing {
        Thing::Unit(unit) => format_scaled(amount, program.unit_decimals(unit)),
        Thing::Donation(_) => format_scaled(amount, program.thing_decimals(thing)),
        Thing::Voucher(_) | Thing::Stamps(_) | Thing::Choice(_) => amount.to_string(),
    }
}

const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotValid => "not-valid",
        Verdict::ConditionNotMet => "condition-not-met",
        Verdict::ConditionUnknown => "condition-unknown",
        Verdict::NoItem => "no-item",
        Verdict::NoRoom(_) => "no-room",
        Verdict::BaseWithoutRoom(_) => "base-without-room",
        Verdict::Replaced(_) => "replaced",
        Verdict::Matched => "matched",
    }
}
