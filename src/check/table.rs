//! Tables of declared names of one kind.

use super::report::Report;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{Block, Name};
use std::cell::Cell;
use std::collections::BTreeMap;

/// A declared thing.
#[derive(Debug)]
pub(super) struct Entry<'a, T> {
    /// What was written.
    pub(super) node: &'a T,
    /// Its name.
    pub(super) name: &'a Name,
    /// Its block.
    pub(super) block: &'a Block,
    /// Its place among its kind, by name and code point.
    pub(super) id: u32,
    /// Whether something names it.
    pub(super) used: Cell<bool>,
}

/// The declared things of one kind, in the order of their names by code point.
#[derive(Debug)]
pub(super) struct Table<'a, T> {
    what: &'static str,
    entries: BTreeMap<&'a str, Entry<'a, T>>,
}

impl<'a, T> Table<'a, T> {
    /// An empty table; `what` names the kind in findings.
    pub(super) const fn new(what: &'static str) -> Self {
        Self { what, entries: BTreeMap::new() }
    }

    /// Declares a thing. The first of two with one name stays.
    pub(super) fn declare(&mut self, name: &'a Name, node: &'a T, block: &'a Block, report: &mut Report) {
        if let Some(first) = self.entries.get(name.text.as_str()) {
            twice(self.what, name, first.name.span, report);
            return;
        }
        let used = Cell::new(false);
        self.entries.insert(&name.text, Entry { node, name, block, id: 0, used });
    }

    /// Gives ids in the order of the names, from a first one on. Must be called once, when all are declared.
    pub(super) fn number(&mut self, first: u32) {
        for (entry, id) in self.entries.values_mut().zip(first..) {
            entry.id = id;
        }
    }

    /// A thing by its name. Does not count as use.
    pub(super) fn peek(&self, name: &str) -> Option<&Entry<'a, T>> {
        self.entries.get(name)
    }

    /// A thing by its name, which is used by this.
    pub(super) fn get(&self, name: &str) -> Option<&Entry<'a, T>> {
        let found = self.entries.get(name)?;
        found.used.set(true);
        Some(found)
    }

    /// All things, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry<'a, T>> {
        self.entries.values()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Names and places, for "did you mean".
    pub(super) fn candidates(&self) -> impl Iterator<Item = (&str, Option<Span>)> {
        self.entries.values().map(|entry| (entry.name.text.as_str(), Some(entry.name.span)))
    }

    /// N103 for each thing that nothing names.
    pub(super) fn report_unused(&self, effect: &str, report: &mut Report) {
        for entry in self.entries.values().filter(|entry| !entry.used.get()) {
            unused(self.what, entry.name, effect, report);
        }
    }
}

/// N102: declared twice.
pub(super) fn twice(what: &str, name: &Name, first: Span, report: &mut Report) {
    report.push(
        Diagnostic::new(Code::N102, name.span, format!("the {what} `{}` is declared twice", name.text))
            .label("once more here")
            .other(first, "first here")
            .help("rename or remove one of them"),
    );
}

/// N103: declared and never used.
pub(super) fn unused(what: &str, name: &Name, effect: &str, report: &mut Report) {
    report.push(
        Diagnostic::new(Code::N103, name.span, format!("the {what} `{}` is never used", name.text))
            .label(effect.to_owned())
            .help("remove it, or check whether a rule should name it"),
    );
}

/// N102 as a warning: two names of one kind that differ only in case or accents.
pub(super) fn alike<'n>(
    what: &str,
    names: impl Iterator<Item = (&'n str, Option<Span>)>,
    report: &mut Report,
) {
    let mut seen: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    let mut sorted: Vec<(Span, &str)> = names.filter_map(|(name, span)| Some((span?, name))).collect();
    sorted.sort_unstable();
    for (span, name) in sorted {
        let folded = crate::diagnostics::folded(name);
        match seen.get(&folded) {
            Some((other, first)) if *other != name => report.push(
                Diagnostic::new(
                    Code::N102,
                    span,
                    format!("the {what} `{name}` is written almost like `{other}`"),
                )
                .as_warning()
                .label("differs only in case or accents")
                .other(*first, "from this one")
                .help("if both mean the same, use one name; otherwise choose names that cannot be confused"),
            ),
            Some(_) => {}
            None => {
                seen.insert(folded, (name, span));
            }
        }
    }
}
