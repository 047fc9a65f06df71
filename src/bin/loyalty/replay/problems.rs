//! Lines that were not taken: the first ones are told in full, the rest is counted by reason.

use crate::screen::{Failure, complain};
use std::collections::BTreeMap;

/// So many are told in full.
const SHOWN: u64 = 20;

/// Lines that were not taken.
pub(crate) struct Problems {
    path: String,
    count: u64,
    all: BTreeMap<String, u64>,
    not_shown: BTreeMap<String, u64>,
}

impl Problems {
    pub(crate) fn new(path: &str) -> Self {
        let path = if path == "-" { "standard input" } else { path }.to_owned();
        Self { path, count: 0, all: BTreeMap::new(), not_shown: BTreeMap::new() }
    }

    /// A line was not taken.
    pub(crate) fn add(&mut self, line: u64, kind: &str, detail: &str) -> Result<(), Failure> {
        self.count += 1;
        *self.all.entry(kind.to_owned()).or_default() += 1;
        if self.count > SHOWN {
            *self.not_shown.entry(kind.to_owned()).or_default() += 1;
            return Ok(());
        }
        complain(&format!("{}:{line}: {detail}\n", self.path))
    }

    /// Tells how many there are that were not told in full.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        if self.not_shown.is_empty() {
            return Ok(());
        }
        let parts: Vec<String> =
            self.not_shown.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        complain(&format!("{}: and {} more: {}\n", self.path, self.count - SHOWN, parts.join(", ")))
    }

    /// How many of each kind, the most frequent first.
    pub(crate) fn reasons(&self) -> Vec<(String, u64)> {
        let mut reasons: Vec<(String, u64)> =
            self.all.iter().map(|(kind, count)| (kind.clone(), *count)).collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        reasons
    }
}
