//! What to say about a line that is not understood.
//!
//! The line is read again alone to find where it stops being right. What stands there, and the leading word,
//! decide what is said: first the slips that everybody makes, then forms that this version does not evaluate,
//! then the leading word, and last the right forms of the line.

use super::elsewhere;
use super::forms::{forms, similar, stands_elsewhere};
use super::lexemes::{Kind, Lexeme, lexemes};
use super::pest_error;
use super::places::Place;
use super::slips;
use crate::diagnostics::{Code, Diagnostic, Span};

/// A wrong line, read again.
pub(super) struct Wrong<'l> {
    pub(super) place: Place,
    /// The text of the line, with its braces if it has any.
    pub(super) text: &'l str,
    /// Its words and signs up to a brace, without comments.
    pub(super) head: Vec<Lexeme<'l>>,
    /// The first byte that could not go on.
    pub(super) stop: usize,
    /// From bytes of the line to places in the program.
    pub(super) span: &'l dyn Fn(usize, usize) -> Span,
}

impl Wrong<'_> {
    /// The lexeme that could not go on; none where the line ends too early.
    pub(super) fn at_stop(&self) -> Option<(usize, &Lexeme<'_>)> {
        self.head.iter().enumerate().find(|(_, lexeme)| lexeme.end() > self.stop)
    }

    /// The byte behind the last word before a brace.
    pub(super) fn end(&self) -> usize {
        self.head.last().map_or(0, Lexeme::end)
    }

    pub(super) fn span_of(&self, lexeme: &Lexeme<'_>) -> Span {
        (self.span)(lexeme.start, lexeme.end())
    }
}

/// The findings for a wrong line; `span` leads from bytes of the line to places in the program.
pub(super) fn diagnose(place: Place, text: &str, span: &dyn Fn(usize, usize) -> Span) -> Vec<Diagnostic> {
    let head: Vec<_> = lexemes(text)
        .take_while(|lexeme| !lexeme.is_sign("{"))
        .filter(|lexeme| !lexeme.is_remark())
        .collect();
    let stop = pest_error::stops_at(place, text).unwrap_or(0);
    let wrong = Wrong { place, text, head, stop, span };
    let finding = slips::find(&wrong)
        .or_else(|| misplaced(&wrong))
        .or_else(|| edition(&wrong))
        .or_else(|| leading_word(&wrong))
        .unwrap_or_else(|| not_understood(&wrong));
    vec![finding]
}

/// A form that belongs elsewhere.
fn misplaced(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let elsewhere::Found { shown, remedy, at } = elsewhere::find(wrong.place, &wrong.head)?;
    let start = wrong.head.get(at)?.start;
    let message = format!("`{shown}` has no meaning {}", wrong.place.words());
    Some(Diagnostic::new(Code::N106, (wrong.span)(start, wrong.end()), message).help(remedy))
}

/// An `edition` line that is wrong or stands further down.
fn edition(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let first =
        wrong.head.first().filter(|lexeme| wrong.place == Place::File && lexeme.is_word("edition"))?;
    let span = (wrong.span)(first.start, wrong.end());
    let right = pest_error::stops_at(Place::File, wrong.text).is_none();
    Some(if right {
        Diagnostic::new(Code::L004, span, "the edition stands in the first line of the file, and only there")
            .help("move the line to the top of the entry file")
    } else {
        Diagnostic::new(Code::L004, span, "the edition is a year").help("write `edition 2026`")
    })
}

/// A leading word that has no place here.
fn leading_word(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let known = forms(wrong.place);
    let first = wrong.head.first()?;
    let starts_with_name = known.iter().any(|(word, _)| word.is_empty());
    let attribute = starts_with_name && wrong.head.get(1).is_some_and(|lexeme| lexeme.is_sign(":"));
    if attribute || known.iter().any(|(word, _)| *word == first.text) {
        return None;
    }
    let span = wrong.span_of(first);
    let meant = similar(first.text, known.iter().map(|(word, _)| *word));
    if let Some(meant) = meant.filter(|_| first.kind == Kind::Word) {
        let finding = Diagnostic::new(Code::L001, span, format!("`{}` is not understood", first.text))
            .help(format!("did you mean `{meant}`?"))
            .fix(meant);
        return Some(finding);
    }
    let message = if first.kind == Kind::Word && stands_elsewhere(first.text) {
        format!("a line with `{}` cannot stand {}", first.text, wrong.place.words())
    } else {
        "this line is not understood".to_owned()
    };
    let finding = Diagnostic::new(Code::L001, span, message);
    Some(match wrong.place {
        Place::Schema => finding.help(format!("write an attribute and its kind, {}", like(known))),
        _ if starts_with_name => {
            finding.help(format!("a line {} {}, or is {}", wrong.place.words(), starts(known), like(known)))
        }
        _ => finding.help(format!("a line {} {}", wrong.place.words(), starts(known))),
    })
}

/// `starts with `a`, `b` or `c``
fn starts(known: &[super::forms::Form]) -> String {
    let words: Vec<String> = known
        .iter()
        .map(|(word, _)| *word)
        .filter(|word| !word.is_empty())
        .map(|word| format!("`{word}`"))
        .collect();
    match words.split_last() {
        Some((last, before)) if !before.is_empty() => format!("starts with {} or {last}", before.join(", ")),
        _ => format!("starts with {}", words.concat()),
    }
}

/// `for example `birthday: date optional``
fn like(known: &[super::forms::Form]) -> String {
    let examples = known.iter().filter(|(word, _)| word.is_empty()).flat_map(|(_, examples)| *examples);
    let examples: Vec<String> = examples.map(|example| format!("`{example}`")).collect();
    format!("for example {}", examples.join(" or "))
}

/// A line whose leading word is right: where it stops, and how it should look.
fn not_understood(wrong: &Wrong<'_>) -> Diagnostic {
    let (span, label) = match wrong.at_stop() {
        Some((_, lexeme)) => (wrong.span_of(lexeme), "not understood from here"),
        None => ((wrong.span)(wrong.end(), wrong.end()), "something is missing here"),
    };
    let finding = Diagnostic::new(Code::L001, span, "this line is not understood").label(label);
    let first = wrong.head.first().map_or("", |lexeme| lexeme.text);
    let known = forms(wrong.place);
    let form = known
        .iter()
        .find(|(word, _)| *word == first)
        .or_else(|| known.iter().find(|(word, _)| word.is_empty()));
    match form {
        Some((_, examples)) => {
            let lines: Vec<String> = examples.iter().map(|example| format!("`{example}`")).collect();
            finding.help(format!("write it like {}", lines.join("\nor           ")))
        }
        None => finding,
    }
}
