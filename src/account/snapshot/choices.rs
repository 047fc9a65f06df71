//! Open choices in a snapshot.

use super::restore::{Restore, checked_or_empty, in_order};
use super::{ChoiceState, SnapshotError, SourceState};
use crate::account::OpenChoice;
use crate::ledger::Book;
use crate::program::Program;

/// The state of an open choice.
pub(super) fn state(program: &Program, open: &OpenChoice, source: SourceState) -> ChoiceState {
    ChoiceState {
        number: open.number,
        choice: program.choice_name(open.choice).to_owned(),
        event: open.event.as_ref().to_owned(),
        source,
        given: open.given,
        last_day: open.last,
        left: open.left,
        taken: (1..=u64::BITS as usize).filter(|number| open.is_taken(number - 1)).collect(),
    }
}

impl Restore<'_> {
    pub(super) fn choices(&mut self, choices: &[ChoiceState]) -> Result<(), SnapshotError> {
        in_order("choices", choices, |open| open.number, |open| open.number.to_string())?;
        for state in choices {
            let wrong = |problem| SnapshotError::value("choice", state.number, problem);
            if state.number == 0 || state.number >= self.account.next_choice {
                return Err(wrong("its number was never given"));
            }
            let choice = self.program.choice_named(&state.choice)?;
            let rules = self.program.choices.get(choice.index());
            let (picks, width) = rules.map_or((0, 0), |rules| (rules.picks, rules.entries.len()));
            let mut open = OpenChoice {
                number: state.number,
                choice,
                source: self.source(&state.source)?,
                event: checked_or_empty("event of a choice", &state.event)?.into(),
                given: state.given,
                last: state.last_day,
                left: state.left,
                taken: 0,
            };
            in_order("taken entries", &state.taken, |number| *number, ToString::to_string)?;
            for number in &state.taken {
                if !(1..=width).contains(number) {
                    return Err(wrong("an entry is taken that it does not have"));
                }
                open.take(number - 1);
            }
            if state.left <= 0 || i64::try_from(state.taken.len()).ok() != picks.checked_sub(state.left) {
                return Err(wrong("what is taken and what is left are not all that may be taken"));
            }
            self.account.choices.push(open);
        }
        Ok(())
    }

    /// Whether the open choices are what the books say.
    pub(super) fn check_choices(&self) -> Result<(), SnapshotError> {
        let mut left = vec![0_i64; self.program.choices.len()];
        for open in &self.account.choices {
            if let Some(left) = left.get_mut(open.choice.index()) {
                *left += open.left;
            }
        }
        let books = self.account.choice_totals.iter();
        for ((choice, totals), left) in self.program.choices.iter().zip(books).zip(left) {
            if totals.balance(Book::Available) != left || totals.balance(Book::Pending) != 0 {
                return Err(SnapshotError::Unbalanced {
                    name: choice.name.to_string(),
                    problem: "what may still be chosen is not what is available",
                });
            }
        }
        Ok(())
    }
}
