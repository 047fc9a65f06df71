//! What the events brought and the program does not know, counted.

use loyalty_rules::Outcome;
use std::collections::BTreeMap;

/// All notes of a replay, by their words.
#[derive(Debug, Default)]
pub(crate) struct Notes(BTreeMap<String, Counted>);

/// One note.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) note: String,
    /// In how many places it stands.
    pub(crate) times: u64,
    /// The line with the first one, counted from 1, and its event; no line if the clocks at the end brought it.
    pub(crate) line: Option<u64>,
    pub(crate) event: String,
}

impl Notes {
    /// Counts the notes of an outcome that came of a line, or of the clocks at the end.
    pub(crate) fn add(&mut self, line: Option<u64>, outcome: &Outcome) {
        for note in outcome.notes() {
            let words = note.to_string();
            let first = || Counted {
                note: words.clone(),
                times: 0,
                line,
                event: outcome.event().unwrap_or_default().to_owned(),
            };
            self.0.entry(words.clone()).or_insert_with(first).times += 1;
        }
    }

    /// The most frequent first, then by first line and words.
    pub(crate) fn sorted(self) -> Vec<Counted> {
        let mut all: Vec<Counted> = self.0.into_values().collect();
        all.sort_by_key(|note| (std::cmp::Reverse(note.times), note.line.unwrap_or(u64::MAX)));
        all
    }
}
