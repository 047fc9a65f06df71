//! The formatter: one way to write each tree, without options.
//!
//! A statement becomes a [`Doc`], which knows where it may be broken, and a block puts its statements one
//! below the other. Comments are taken from the gaps between statements and stay with the line below them, or
//! behind the line that they end; those inside a statement stay where its parts are broken, or go above it.

mod blocks;
mod conditions;
mod doc;
mod literals;
mod milestones;
pub(in crate::syntax) mod order;
mod partners;
mod plans;
mod play;
mod rebates;
mod rules;
mod spending;
mod tests;
mod trivia;

use super::ast::{Block, BlockKind, Comment, File, Line, ListContent, UnitLine};
use crate::diagnostics::Span;
use doc::{Doc, STEP};
pub(super) use literals::RESERVED;
use std::collections::BTreeMap;
use trivia::{Trivia, split, written};

/// Columns within which a nested block with a single line is written on one line.
///
/// The sample programs of the language keep statements of up to 88 columns on one line and break those of 94.
const ONE_LINE: usize = 90;

/// Prints a file as the formatter writes it, with its comments; an empty file is an empty text.
///
/// The text ends with a line feed. Names and texts are written as they are: a tree with a quotation mark or a
/// line end in a name, which no text can hold, gives a text that cannot be read again.
#[must_use]
pub fn print(file: &File) -> String {
    let mut printer = Printer { trivia: Trivia::new(&file.comments), singular: singulars(file) };
    printer.file(file)
}

/// The singular of each unit that declares one.
pub(in crate::syntax) fn singulars(file: &File) -> BTreeMap<&str, &str> {
    let mut singulars = BTreeMap::new();
    for block in &file.blocks {
        let BlockKind::Unit(unit) = &block.kind else { continue };
        for line in &unit.lines {
            if let UnitLine::Singular(name) = &line.kind {
                singulars.entry(unit.name.text.as_str()).or_insert(name.text.as_str());
            }
        }
    }
    singulars
}

/// What a file is printed with.
struct Printer<'a> {
    trivia: Trivia<'a>,
    /// The singular of each unit that declares one.
    singular: BTreeMap<&'a str, &'a str>,
}

/// A line of a block, as the printer sees it.
trait Statement<'a> {
    /// Its place among the lines of its block; equal ranks keep their order.
    fn rank(&self) -> u8 {
        0
    }

    /// Writes it. `span` is its place in the old text, `indent` the column at which it will stand.
    fn write(&'a self, printer: &mut Printer<'a>, span: Span, indent: usize) -> Written;
}

/// A statement on its way into the text.
enum Written {
    /// Without nested statements.
    Doc(Doc),
    /// With nested statements, already laid out. The first line is not indented.
    Text(String),
}

/// What stands around a statement.
struct Around<'a> {
    above: Vec<&'a Comment>,
    behind: Option<&'a Comment>,
}

/// The statements of a block, laid out.
struct Body<'a> {
    /// A comment behind the opening brace.
    head: Option<&'a Comment>,
    /// Whole lines, indented.
    text: String,
}

impl<'a> Printer<'a> {
    fn file(&mut self, file: &'a File) -> String {
        let mut out = String::new();
        let mut at = 0;
        if let Some(edition) = &file.edition {
            for comment in self.trivia.take(0, edition.span.start) {
                comment_line(&mut out, comment, 0);
            }
            let next = file.blocks.first().map_or(u32::MAX, |block| block.span.start);
            let behind = self.trivia.take_first_behind(edition.span.start, next);
            end_line(&mut out, &format!("edition {:04}", edition.year), behind);
            at = edition.span.start;
        }
        let mut before: Option<Family> = None;
        let mut blocks = file.blocks.iter().peekable();
        while let Some(block) = blocks.next() {
            let above = self.trivia.take(at, block.span.start);
            let next = blocks.peek().map_or(u32::MAX, |block| block.span.start);
            let text = self.block(block);
            let behind = self.trivia.take_first_behind(block.span.end, next);
            let family = family(block).filter(|_| !text.contains('\n'));
            let close = above.is_empty() && block.doc.is_empty() && family.is_some() && family == before;
            if !out.is_empty() && !close {
                out.push('\n');
            }
            for comment in above {
                comment_line(&mut out, comment, 0);
            }
            for line in &block.doc {
                doc_line(&mut out, &line.text);
            }
            end_line(&mut out, &text, behind);
            before = family;
            at = block.span.end;
        }
        let below = self.trivia.take(0, u32::MAX);
        if !out.is_empty() && !below.is_empty() {
            out.push('\n');
        }
        for comment in below {
            comment_line(&mut out, comment, 0);
        }
        out
    }

    /// The lines of a block between its braces, indented, in their order of rank. `inside` is the whole block.
    fn body<T: Statement<'a>>(&mut self, lines: &'a [Line<T>], inside: Span, indent: usize) -> Body<'a> {
        let mut head = None;
        let mut placed: Vec<(&'a Line<T>, Around<'a>)> = Vec::new();
        let mut at = inside.start;
        for line in lines {
            let (behind, above) = split(self.trivia.take(at, line.span.start));
            match placed.last_mut() {
                Some((_, around)) => around.behind = behind,
                None => head = behind,
            }
            placed.push((line, Around { above, behind: None }));
            at = line.span.end;
        }
        let (behind, below) = split(self.trivia.take(at, inside.end));
        match placed.last_mut() {
            Some((_, around)) => around.behind = behind,
            None => head = behind,
        }
        placed.sort_by_key(|(line, _)| line.kind.rank());
        let mut text = String::new();
        for (line, around) in placed {
            self.statement(&mut text, line, &around, indent);
        }
        for comment in below {
            comment_line(&mut text, comment, indent);
        }
        Body { head, text }
    }

    fn statement<T: Statement<'a>>(
        &mut self,
        out: &mut String,
        line: &'a Line<T>,
        around: &Around<'a>,
        indent: usize,
    ) {
        let written = match line.kind.write(self, line.span, indent) {
            Written::Doc(doc) => doc.laid_out(indent),
            Written::Text(text) => text,
        };
        // what was found inside and could not stay there goes above
        let inside = self.trivia.take(line.span.start, line.span.end);
        for comment in around.above.iter().copied().chain(inside) {
            comment_line(out, comment, indent);
        }
        out.push_str(&" ".repeat(indent));
        end_line(out, &written, around.behind);
    }

    /// A block of several lines: `head {`, its statements, `}`.
    fn braced<T: Statement<'a>>(
        &mut self,
        head: &str,
        lines: &'a [Line<T>],
        inside: Span,
        indent: usize,
    ) -> String {
        let body = self.body(lines, inside, indent + STEP);
        let mut out = String::new();
        end_line(&mut out, &format!("{head} {{"), body.head);
        out.push_str(&body.text);
        out.push_str(&" ".repeat(indent));
        out.push('}');
        out
    }

    /// A block inside a block: without braces if it is empty, on one line if a single statement fits.
    fn nested<T: Statement<'a>>(
        &mut self,
        head: &str,
        lines: &'a [Line<T>],
        inside: Span,
        indent: usize,
    ) -> String {
        if !self.trivia.is_in(inside) {
            match lines {
                [] => return head.to_owned(),
                [line] => {
                    if let Written::Doc(doc) = line.kind.write(self, line.span, indent + STEP)
                        && let Some(text) =
                            doc.flat(ONE_LINE.saturating_sub(indent + head.chars().count() + 5))
                    {
                        // 5 for ` { ` and ` }`
                        return format!("{head} {{ {text} }}");
                    }
                }
                _ => {}
            }
        }
        self.braced(head, lines, inside, indent)
    }
}

/// Blocks of one line that stand below each other without an empty line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Import,
    Vocabulary,
    Period,
    Unit,
    Cap,
    Convert,
}

fn family(block: &Block) -> Option<Family> {
    match &block.kind {
        BlockKind::Import(_) => Some(Family::Import),
        BlockKind::Vocabulary(_) => Some(Family::Vocabulary),
        BlockKind::List(list) => {
            (!matches!(list.content, ListContent::Dated(_))).then_some(Family::Vocabulary)
        }
        BlockKind::Period(_) => Some(Family::Period),
        BlockKind::Unit(_) => Some(Family::Unit),
        BlockKind::SharedCap(_) => Some(Family::Cap),
        BlockKind::Convert(_) => Some(Family::Convert),
        _ => None,
    }
}

/// A comment on its own line.
fn comment_line(out: &mut String, comment: &Comment, indent: usize) {
    out.push_str(&" ".repeat(indent));
    out.push_str(&written(comment));
    out.push('\n');
}

/// A line `## …`, with a blank behind its marks.
fn doc_line(out: &mut String, text: &str) {
    let text = text.trim_end();
    out.push_str("##");
    if !text.is_empty() && !text.starts_with(' ') {
        out.push(' ');
    }
    out.push_str(text);
    out.push('\n');
}

/// Ends a line, with the comment that stood behind it.
fn end_line(out: &mut String, text: &str, behind: Option<&Comment>) {
    out.push_str(text);
    if let Some(comment) = behind {
        out.push(' ');
        out.push_str(&written(comment));
    }
    out.push('\n');
}
