//! A statement that was broken over two lines.

use super::lexemes::lexemes;
use super::pest_error;
use super::places::Place;
use crate::diagnostics::{Code, Diagnostic, Span};

/// The finding for two lines that are one statement. Nothing if they are none: `above` and `below` are their texts.
pub(super) fn finding(place: Place, above: &str, below: &str, span: Span) -> Option<Diagnostic> {
    let (above, below) = (without_remark(above)?, without_remark(below)?);
    let whole = format!("{above} {below}");
    if whole.contains(['{', '}', '\n']) || pest_error::stops_at(place, &whole).is_some() {
        return None;
    }
    Some(
        Diagnostic::new(Code::L001, span, "a statement ends with its line, and this one goes on in the next")
            .label("this is one statement")
            .help(format!("write it in one line: `{whole}`")),
    )
}

/// The text of a line without the comment behind it.
fn without_remark(text: &str) -> Option<&str> {
    let last = lexemes(text).filter(|lexeme| !lexeme.is_remark()).last()?;
    text.get(..last.end())
}
