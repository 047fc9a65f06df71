//! From text to tree and back. The only room that names pest.
//!
//! [`parse`] reads one file in three steps: a scan checks limits and dangerous characters and makes the braces
//! match (`prescan`), pest reads the rest by the rules of `grammar.pest`, and the tree is built from what it
//! read (`from_pairs`). Wrong lines become findings (`recover`) and are left out of the tree.

pub mod ast;
mod broken_off;
mod characters;
mod elsewhere;
mod format;
mod forms;
mod from_pairs;
mod from_pairs_atoms;
mod from_pairs_blocks;
mod from_pairs_conds;
mod from_pairs_milestones;
mod from_pairs_partners;
mod from_pairs_plans;
mod from_pairs_play;
mod from_pairs_rebates;
mod from_pairs_rules;
mod from_pairs_spending;
mod from_pairs_tests;
mod grammar;
mod heads;
mod joined;
mod lexemes;
mod limits;
mod numbers;
mod pest_error;
mod places;
mod prescan;
mod print;
mod recover;
mod same;
mod slips;
mod starts;
mod unread;

pub use format::format;
pub use limits::Limits;
pub use print::print;
pub use same::{bare, same};
pub(crate) use unread::Unread;

use crate::diagnostics::{Diagnostic, SourceFile, Span};

/// More findings than anybody reads are not collected, so that a file full of rubbish needs no memory of its own.
const MOST_FINDINGS: usize = 10_000;

/// Reads a rule file: the tree of all that is understood, and findings for the rest, in the order of the text.
///
/// Spans are places in the map to which the file belongs. Both results are always usable: a wrong line is left
/// out of the tree and hides neither the lines around it nor the next finding. Only a file beyond the limits
/// of size gives an empty tree.
#[must_use]
pub fn parse(source: &SourceFile, limits: &Limits) -> (ast::File, Vec<Diagnostic>) {
    let parsed = parse_all(source, limits);
    (parsed.file, parsed.findings)
}

/// A file that was read.
pub(crate) struct Parsed {
    pub(crate) file: ast::File,
    pub(crate) findings: Vec<Diagnostic>,
    /// What is missing in the tree.
    pub(crate) unread: Vec<Unread>,
}

/// As [`parse`], and what of the text is missing in the tree.
pub(crate) fn parse_all(source: &SourceFile, limits: &Limits) -> Parsed {
    let (file, mut findings, unread) = match prescan::prescan(source, limits) {
        Ok(mut prepared) => {
            let mut findings = std::mem::take(&mut prepared.diagnostics);
            let (file, found, unread) = from_pairs::file(&prepared);
            findings.extend(found);
            (file, findings, unread)
        }
        Err(findings) => {
            let length = u32::try_from(source.text.len()).unwrap_or(u32::MAX - source.base);
            let span = Span::new(source.base, source.base + length);
            (
                ast::File { edition: None, blocks: Vec::new(), comments: Vec::new(), span },
                findings,
                vec![Unread::anything(span)],
            )
        }
    };
    findings.sort_by_key(|finding| finding.primary.span);
    findings.truncate(MOST_FINDINGS);
    Parsed { file, findings, unread }
}
