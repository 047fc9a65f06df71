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
    Some(told(span, &whole))
}

/// The same for two lines outside of all blocks: the lower one may open a block, or be a list of several lines.
pub(super) fn outside(above: &str, below: &str, span: Span) -> Option<Diagnostic> {
    let (above, below) = (without_remark(above)?, without_remark(below)?);
    let brace = lexemes(below).find(|lexeme| lexeme.is_sign("{"));
    let head = below.get(..brace.as_ref().map_or(below.len(), |brace| brace.start))?.trim_end();
    if above.contains(['{', '}', '\n']) || head.contains('}') {
        return None;
    }
    // how the lines inside read is judged elsewhere
    let whole = format!("{above} {head}{}", if brace.is_some() { " {}" } else { "" });
    if pest_error::stops_at(Place::File, &whole).is_some() {
        return None;
    }
    let mut shown = whole.split_whitespace().collect::<Vec<_>>().join(" ");
    if brace.is_some() {
        shown.pop();
    }
    Some(told(span, &shown))
}

fn told(span: Span, whole: &str) -> Diagnostic {
    Diagnostic::new(Code::L001, span, "a statement ends with its line, and this one goes on in the next")
        .label("this is one statement")
        .help(format!("write it in one line: `{whole}`"))
}

/// The text of a line without the comment behind it.
fn without_remark(text: &str) -> Option<&str> {
    let last = lexemes(text).filter(|lexeme| !lexeme.is_remark()).last()?;
    text.get(..last.end())
}
