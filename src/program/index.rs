//! Which rules can match an event, found without trying the others.

use super::ids::RuleId;
use super::rule::Rule;

/// The index of rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleIndex {
    all: Box<[RuleId]>,
}

impl RuleIndex {
    /// Builds the index of a program's rules.
    pub(crate) fn build(rules: &[Rule], _events: usize, _symbols: usize) -> Self {
        Self { all: (0..rules.len() as u32).map(RuleId).collect() }
    }
}
