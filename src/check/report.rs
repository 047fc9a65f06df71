//! Collects findings while a program is checked.

use crate::diagnostics::Similar;
use crate::diagnostics::{Code, Diagnostic, Severity, Span};

/// How many findings may look for a similar name. Looking through all names for each of very many findings would
/// take quadratic time, and nobody reads so many.
const SUGGESTIONS: u32 = 200;

/// How many errors are looked for in rules and tests.
const MOST_ERRORS: usize = 1_000;

/// The findings of one check.
#[derive(Debug, Default)]
pub(super) struct Report {
    list: Vec<Diagnostic>,
    errors: usize,
    suggested: u32,
}

impl Report {
    /// Adds a finding.
    pub(super) fn push(&mut self, finding: Diagnostic) {
        self.errors += usize::from(finding.severity == Severity::Error);
        self.list.push(finding);
    }

    /// Adds the findings of another report.
    pub(super) fn append(&mut self, other: Self) {
        other.list.into_iter().for_each(|finding| self.push(finding));
    }

    /// Whether there are so many errors that looking for more only costs time.
    pub(super) const fn is_full(&self) -> bool {
        self.errors >= MOST_ERRORS
    }

    /// Adds a finding that needs no more than one sentence and a help.
    pub(super) fn say(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Diagnostic::new(code, span, message).help(help));
    }

    /// What was found so far, in the order in which it was found.
    pub(super) fn all(&self) -> &[Diagnostic] {
        &self.list
    }

    /// Whether an error was found.
    pub(super) const fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// All findings, by place, then code.
    pub(super) fn into_list(mut self) -> Vec<Diagnostic> {
        self.list
            .sort_by(|a, b| (a.primary.span, a.code, &a.message).cmp(&(b.primary.span, b.code, &b.message)));
        self.list.dedup();
        self.list
    }

    /// N101: a name is not declared. `effect` says what it would lead to.
    pub(super) fn unknown<'n>(
        &mut self,
        what: &str,
        name: &str,
        span: Span,
        candidates: impl Iterator<Item = (&'n str, Option<Span>)>,
        effect: &str,
    ) {
        self.unknown_as(Severity::Error, (what, name, span), candidates, effect);
    }

    /// N101 with a severity of its own.
    pub(super) fn unknown_as<'n>(
        &mut self,
        severity: Severity,
        (what, name, span): (&str, &str, Span),
        candidates: impl Iterator<Item = (&'n str, Option<Span>)>,
        effect: &str,
    ) {
        let mut finding = Diagnostic::new(Code::N101, span, format!("the {what} `{name}` is not declared"))
            .label(format!("no such {what}"));
        finding.severity = severity;
        let found = if self.suggested < SUGGESTIONS { Similar::find(name, candidates) } else { None };
        self.suggested = self.suggested.saturating_add(1);
        let mut help = String::new();
        if let Some(similar) = &found {
            if let Some(place) = similar.span {
                finding = finding.other(place, "a similar name is here");
            }
            help = format!("did you mean `{}`?", similar.name);
        }
        if !effect.is_empty() {
            if !help.is_empty() {
                help.push(' ');
            }
            help.push_str(effect);
        }
        if found.is_none() {
            let article = if what.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
            let declare = format!("write {article} {what} that is declared, or declare this one");
            help = if help.is_empty() { declare } else { format!("{declare}. {help}") };
        }
        self.push(finding.help(help));
    }

    /// N104: a line that may stand once stands twice.
    pub(super) fn twice(&mut self, what: &str, span: Span, first: Span) {
        self.push(
            Diagnostic::new(Code::N104, span, format!("`{what}` stands twice in this block"))
                .label("once more here")
                .other(first, "first here")
                .help("keep one of the two lines"),
        );
    }

    /// N105: a line is missing.
    pub(super) fn missing(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.say(Code::N105, span, message, help);
    }

    /// N106: a line does not belong here.
    pub(super) fn misplaced(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.say(Code::N106, span, message, help);
    }

    /// L007: this version does not evaluate a form.
    pub(super) fn later(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.say(Code::L007, span, message, help);
    }

    /// U216: a number is outside of what is allowed.
    pub(super) fn outside(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.say(Code::U216, span, message, help);
    }

    /// U210: a zero.
    pub(super) fn zero(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.say(Code::U210, span, message, help);
    }

    /// U201: units do not fit together.
    pub(super) fn mixed(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.say(Code::U201, span, message, help);
    }
}

/// The one value of a line that may stand once.
#[derive(Debug)]
pub(super) struct Once<T> {
    what: &'static str,
    value: Option<(T, Span)>,
}

impl<T> Once<T> {
    /// A line that has not been met yet.
    pub(super) const fn new(what: &'static str) -> Self {
        Self { what, value: None }
    }

    /// Takes the value of a line; a second one is a finding, and the first one stays.
    pub(super) fn set(&mut self, value: T, span: Span, report: &mut Report) {
        match &self.value {
            Some((_, first)) => report.twice(self.what, span, *first),
            None => self.value = Some((value, span)),
        }
    }

    /// Value and place.
    pub(super) fn take(self) -> Option<(T, Span)> {
        self.value
    }

    /// The value.
    pub(super) fn value(self) -> Option<T> {
        self.value.map(|(value, _)| value)
    }

    /// The value, without taking it.
    pub(super) const fn get(&self) -> Option<&T> {
        match &self.value {
            Some((value, _)) => Some(value),
            None => None,
        }
    }

    /// The place of the line.
    pub(super) fn span(&self) -> Option<Span> {
        self.value.as_ref().map(|(_, span)| *span)
    }
}
