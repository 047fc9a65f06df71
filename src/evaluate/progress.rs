//! How an account stands before and after an event. Only explanations ask it.

use super::EvaluateError;
use crate::account::{Account, Postings};
use crate::calendar::Date;
use crate::program::Program;

/// An account before and after an event, and the day of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) before: Account,
    pub(crate) after: Account,
    pub(crate) day: Date,
}

/// Posts on a copy what an event is about to book.
#[cold]
pub(super) fn note(
    program: &Program,
    account: &Account,
    postings: &Postings,
    day: Date,
) -> Result<Box<Progress>, EvaluateError> {
    let mut after = account.clone();
    after.book(program, postings).map_err(EvaluateError::Broken)?;
    Ok(Box::new(Progress { before: account.clone(), after, day }))
}
