//! The plain view of findings: no colour, no terminal width, the same bytes everywhere.

use super::{Diagnostic, SourceMap};

/// Renders one finding as text.
#[must_use]
pub fn render(_map: &SourceMap, diagnostic: &Diagnostic) -> String {
    diagnostic.message.clone()
}
