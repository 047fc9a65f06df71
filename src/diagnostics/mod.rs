//! What is wrong with a text, as values. Rendering is a view of them.
//!
//! This room knows nothing of the language but the codes of its errors.

mod code;
mod render;
mod similar;
mod source;

pub use code::{Code, Severity};
pub use render::{render, render_all};
pub(crate) use similar::{Similar, folded};
pub use source::{SourceFile, SourceMap, Span};

/// A label: a place in the text and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words, without a full stop. May be empty.
    pub text: String,
}

/// One finding about a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which finding; its severity hangs on the code unless [`Diagnostic::severity`] was changed.
    pub code: Code,
    /// Error, warning or note.
    pub severity: Severity,
    /// One sentence in the reader's words, without a full stop.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places involved.
    pub others: Vec<Label>,
    /// An example or an effect that proves it, each with its lead word: `example: …`.
    pub notes: Vec<String>,
    /// What to do, one thing. Further lines are alternatives.
    pub help: Option<String>,
    /// A text that can stand in place of the primary span, if the repair is certain.
    pub fix: Option<String>,
}

impl Diagnostic {
    /// A finding of a code at a place, with the code's own severity.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            others: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Says a few words at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn other(mut self, span: Span, text: impl Into<String>) -> Self {
        self.others.push(Label { span, text: text.into() });
        self
    }

    /// Adds an example or an effect.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Offers a text that can stand in place of the primary span.
    #[must_use]
    pub fn fix(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(text.into());
        self
    }

    /// Makes it a warning, whatever the code's own severity.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }
}
