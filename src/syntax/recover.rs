//! What to say about a line that is not understood.

use super::pest_error;
use super::places::Place;
use crate::diagnostics::{Code, Diagnostic, Span};

/// Findings for a wrong line; `span` leads from bytes of the line to the file.
pub(super) fn diagnose(place: Place, line: &str, span: &dyn Fn(usize, usize) -> Span) -> Vec<Diagnostic> {
    let at = pest_error::stops_at(place, line).unwrap_or(0);
    vec![Diagnostic::new(Code::L001, span(at, line.trim_end().len()), "this line is not understood")]
}
