//! What was announced to a member: values of parameters.

use super::{Account, Turnover};
use crate::calendar::Date;
use crate::program::{Program, RebateTerms};
use std::sync::Arc;

/// How many values of a parameter an account keeps.
pub(crate) const MOST_ANNOUNCED: usize = 24;

/// The value of a parameter in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) parameter: Arc<str>,
    /// A day in the period.
    pub(crate) day: Date,
    /// Millionths of a percent, or of money.
    pub(crate) value: i64,
}

impl Announced {
    fn key(&self) -> (&str, Date) {
        (&self.parameter, self.day)
    }
}

impl Account {
    /// What was announced of a parameter, by its day.
    pub(crate) fn announced<'a>(&'a self, parameter: &'a str) -> impl Iterator<Item = &'a Announced> {
        self.announced.iter().filter(move |known| *known.parameter == *parameter)
    }

    /// The value by which a period is paid; nothing if it is not announced.
    pub(crate) fn announced_for(&self, program: &Program, terms: &RebateTerms, of: &Turnover) -> Option<i64> {
        let parameter = program.parameter_name(terms.parameter()?);
        let mut known = self.announced(parameter);
        known.find(|known| of.starts <= known.day && known.day < of.closes).map(|known| known.value)
    }

    /// Notes a value, or forgets it.
    #[cold]
    pub(in crate::account) fn note_announced(&mut self, change: &Announced, known: bool) {
        match self.announced.binary_search_by(|other| other.key().cmp(&change.key())) {
            Ok(place) if !known => {
                self.announced.remove(place);
            }
            Err(place) if known => self.announced.insert(place, change.clone()),
            _ => {}
        }
    }
}
