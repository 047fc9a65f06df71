//! Budgets across all members: one book for each, which grants what is claimed while it has room.
//!
//! An account knows nothing of others, so what a rule with a budget would give leaves it as a [`Claim`]. The [`Budget`]
//! answers each claim once, whole or in part, and the [`Answer`] comes back to the account as an event that books it. What
//! comes back of a purchase afterwards is a [`Release`]. Claims, answers and releases have ids of their own: lost ones are
//! sent again, and a second time changes nothing.

use super::message::{Message, MessageBody};
use crate::calendar::{Date, Instant};
use crate::ledger::Exact;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What an account says to the book of a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BudgetLine {
    /// Something is asked for.
    Claim(Claim),
    /// Something of what was granted is free again.
    Release(Release),
}

impl BudgetLine {
    /// The budget to whose book it goes.
    #[must_use]
    pub fn budget(&self) -> &str {
        match self {
            Self::Claim(claim) => &claim.budget,
            Self::Release(release) => &release.budget,
        }
    }
}

/// What a rule would give for an event. Member, event and rule name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The budget: `cap X` of a shared cap, `rule X`, `donate X`, `award X` and so on of an own one, `partner X`.
    pub budget: String,
    /// The member.
    pub member: String,
    /// The event; of what is paid for a period, its last day: `@2026-12-31/rebate`.
    pub event: String,
    /// The rule.
    pub rule: String,
    /// The instant of the event, or that at which it is paid.
    pub at: Instant,
    /// The first day of the window in which it counts.
    pub starts: Date,
    /// What the budget holds in that window, as the program says it.
    pub limit: Exact,
    /// How many steps are claimed: of a unit its smallest amount, or a voucher.
    pub steps: i64,
    /// What one step takes of the budget; of what is whole, what all of it takes.
    pub cost: Exact,
    /// Whether it is granted whole or not at all.
    pub whole: bool,
    /// The budgets that have granted it before, where several are asked one after another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// What came back of something that was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The budget.
    pub budget: String,
    /// The member.
    pub member: String,
    /// Unique for the member: the event that took it back, and a number.
    pub key: String,
    /// The first day of the window in which it had counted.
    pub starts: Date,
    /// How much of the budget is free again.
    pub amount: Exact,
}

/// The book of one budget. Equal claims and releases in equal order give equal books.
///
/// It is all that a host has to serialise: one book answers one message after another, while the accounts stay independent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    name: String,
    /// By first day.
    windows: Vec<Window>,
    /// By member, event and rule.
    answered: Vec<Answered>,
    /// By member and key.
    released: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    starts: Date,
    used: Exact,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    member: String,
    event: String,
    rule: String,
    granted: i64,
}

/// Why a book does not take something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// It is of another budget.
    #[error("this is the book of another budget")]
    Foreign,
    /// A number cannot be: nothing is claimed, or more is released than was granted.
    #[error("the amount cannot be")]
    Amount,
}

impl Budget {
    /// The book of a budget of which nothing is used.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), windows: Vec::new(), answered: Vec::new(), released: Vec::new() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is used in the window that starts on a day.
    #[must_use]
    pub fn used(&self, starts: Date) -> Exact {
        let place = self.windows.binary_search_by_key(&starts, |window| window.starts);
        place.ok().and_then(|place| self.windows.get(place)).map_or(Exact::default(), |window| window.used)
    }

    /// Counts what was used before the book was opened, in the window that starts on a day.
    ///
    /// # Errors
    ///
    /// [`BudgetError::Amount`] if it is below zero or too large; nothing has changed then.
    pub fn start_with(&mut self, starts: Date, amount: Exact) -> Result<(), BudgetError> {
        if amount.steps() < 0 {
            return Err(BudgetError::Amount);
        }
        self.use_up(starts, amount.steps())
    }

    /// Takes a claim or a release. A claim gives the message that answers it: deliver that to the member as an event, as
    /// often as you like. The same claim again gives the same answer.
    ///
    /// # Errors
    ///
    /// [`BudgetError`]; nothing has changed then.
    pub fn take(&mut self, line: &BudgetLine) -> Result<Option<Message>, BudgetError> {
        if line.budget() != self.name {
            return Err(BudgetError::Foreign);
        }
        match line {
            BudgetLine::Claim(claim) => self.answer(claim).map(Some),
            BudgetLine::Release(release) => self.release(release).map(|()| None),
        }
    }

    fn answer(&mut self, claim: &Claim) -> Result<Message, BudgetError> {
        let key = (claim.member.as_str(), claim.event.as_str(), claim.rule.as_str());
        let place = self.answered.binary_search_by(|known| {
            (known.member.as_str(), known.event.as_str(), known.rule.as_str()).cmp(&key)
        });
        let place = match place {
            Ok(known) => {
                let granted = self.answered.get(known).map_or(0, |known| known.granted);
                return Ok(message(claim, granted));
            }
            Err(place) => place,
        };
        let (cost, limit) = (claim.cost.steps(), claim.limit.steps());
        if cost <= 0 || claim.steps <= 0 {
            return Err(BudgetError::Amount);
        }
        let room = limit.saturating_sub(self.used(claim.starts).steps()).max(0);
        let granted = match claim.whole {
            true if room >= cost => claim.steps,
            true => 0,
            false => i64::try_from(room.checked_div(cost).unwrap_or(0))
                .map_or(claim.steps, |most| most.min(claim.steps)),
        };
        let by = match claim.whole {
            true if granted > 0 => Some(cost),
            true => Some(0),
            false => cost.checked_mul(i128::from(granted)),
        };
        self.use_up(claim.starts, by.ok_or(BudgetError::Amount)?)?;
        let (member, event, rule) = (claim.member.clone(), claim.event.clone(), claim.rule.clone());
        self.answered.insert(place, Answered { member, event, rule, granted });
        Ok(message(claim, granted))
    }

    fn release(&mut self, release: &Release) -> Result<(), BudgetError> {
        let key = (release.member.clone(), release.key.clone());
        let Err(place) = self.released.binary_search(&key) else { return Ok(()) };
        let by = release.amount.steps();
        if by <= 0 || by > self.used(release.starts).steps() {
            return Err(BudgetError::Amount);
        }
        self.use_up(release.starts, -by)?;
        self.released.insert(place, key);
        Ok(())
    }

    fn use_up(&mut self, starts: Date, by: i128) -> Result<(), BudgetError> {
        let place = self.windows.partition_point(|window| window.starts < starts);
        if self.windows.get(place).is_none_or(|window| window.starts != starts) {
            self.windows.insert(place, Window { starts, used: Exact::default() });
        }
        let Some(window) = self.windows.get_mut(place) else { return Ok(()) };
        window.used = window.used.plus(Exact::of_steps(by)).ok_or(BudgetError::Amount)?;
        Ok(())
    }
}

/// The answer to a claim.
fn message(claim: &Claim, granted: i64) -> Message {
    Message {
        id: answer_id((&claim.rule, &claim.event), claim.after.len()).into(),
        from: claim.budget.as_str().into(),
        to: claim.member.as_str().into(),
        at: claim.at,
        rule: claim.rule.as_str().into(),
        body: MessageBody::BudgetAnswered { event: Arc::from(claim.event.as_str()), granted },
    }
}

/// The id of an answer, unique for the member: of a later budget of the same rule it ends with its number, from 2.
pub(crate) fn answer_id((rule, event): (&str, &str), after: usize) -> String {
    let part = |text: &str| text.replace('%', "%25").replace('/', "%2F");
    match after {
        0 => format!("@budget-answered/{}/{}", part(rule), part(event)),
        after => format!("@budget-answered/{}/{}/{}", part(rule), part(event), after + 1),
    }
}
