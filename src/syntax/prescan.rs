//! One pass over the text before it is parsed: limits, dangerous characters, comments, braces.
//!
//! What the pass refuses is blanked out, and a brace that is missing is put in, so that the parser gets a text
//! whose braces match and whose nesting is bounded. [`Prepared`] leads every place back to the original.

use super::ast::Comment;
use super::characters;
use super::lexemes::{Kind, Lexeme, lexemes};
use super::limits::Limits;
use super::starts::starts_block;
use crate::diagnostics::{Code, Diagnostic, SourceFile, Span};
use std::ops::Range;

/// A text that is ready for the parser.
pub(super) struct Prepared {
    /// The text, with blanks for what was refused and with the braces that were missing.
    pub(super) text: String,
    /// All comments of the file.
    pub(super) comments: Vec<Comment>,
    /// What was found so far.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Places that were blanked out with an error; the line around them is not judged again.
    refused: Vec<Range<usize>>,
    /// Where text was put in, and how many bytes.
    inserted: Vec<(usize, usize)>,
    base: u32,
}

impl Prepared {
    /// The absolute span of a piece of the prepared text.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.base + u32::try_from(self.original(at)).unwrap_or(u32::MAX - self.base);
        Span::new(place(start), place(end.max(start)))
    }

    /// Whether an error was already reported inside this piece of the prepared text.
    pub(super) fn is_refused(&self, start: usize, end: usize) -> bool {
        let (start, end) = (self.original(start), self.original(end));
        self.refused.iter().any(|range| range.start < end && start < range.end)
    }

    fn original(&self, at: usize) -> usize {
        let before = self.inserted.iter().take_while(|(start, _)| *start < at);
        at - before.map(|(start, length)| (*length).min(at - start)).sum::<usize>()
    }
}

/// A sign that waits for its partner.
struct Open {
    sign: &'static str,
    at: usize,
    line: Range<usize>,
    indent: usize,
    weight: usize,
    entries: usize,
}

/// A brace that closes further left than it was opened: the likely place of a missing one.
struct Suspect {
    opened: Range<usize>,
    closing_line: usize,
}

struct Scan<'s> {
    base: u32,
    limits: &'s Limits,
    diagnostics: Vec<Diagnostic>,
    comments: Vec<Comment>,
    blanks: Vec<Range<usize>>,
    refused: Vec<Range<usize>>,
    insertions: Vec<(usize, &'static str)>,
    open: Vec<Open>,
    nots: usize,
    suspect: Option<Suspect>,
    item_start: usize,
    too_deep: bool,
    docs: Vec<Range<usize>>,
    tokens: usize,
}

/// Scans a file. An error means that the file is too large to be parsed at all.
pub(super) fn prescan(source: &SourceFile, limits: &Limits) -> Result<Prepared, Vec<Diagnostic>> {
    let whole = Span::new(source.base, source.base + u32::try_from(source.text.len()).unwrap_or(0));
    if source.text.len() > limits.file_bytes || u32::try_from(source.text.len()).is_err() {
        let start = Span::new(whole.start, whole.start);
        return Err(vec![beyond(start, "the file", source.text.len(), limits.file_bytes, "bytes")]);
    }
    let (text, diagnostics, refused) = characters::clean(&source.text, source.base);
    let mut scan = Scan {
        base: source.base,
        limits,
        diagnostics,
        comments: Vec::new(),
        blanks: Vec::new(),
        refused,
        insertions: Vec::new(),
        open: Vec::new(),
        nots: 0,
        suspect: None,
        item_start: 0,
        too_deep: false,
        docs: Vec::new(),
        tokens: 0,
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        scan.line(line.trim_end_matches(['\r', '\n']), at);
        at += line.len();
        if scan.tokens > limits.tokens {
            let place = scan.span(at - line.len(), at - line.len());
            let finding = beyond(place, "the file", scan.tokens, limits.tokens, "words, numbers and signs");
            scan.diagnostics.push(finding);
            return Err(scan.diagnostics);
        }
    }
    scan.close_all(text.len(), "\n}");
    scan.refuse_docs();
    Ok(scan.finish(text))
}

impl Scan<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.base + u32::try_from(at).unwrap_or(u32::MAX - self.base);
        Span::new(place(start), place(end))
    }

    /// One line of text; `at` is its first byte.
    fn line(&mut self, text: &str, at: usize) {
        let line: Vec<Lexeme<'_>> = lexemes(text).map(|l| Lexeme { start: l.start + at, ..l }).collect();
        let Some(first) = line.first().copied() else {
            self.refuse_docs();
            return;
        };
        let indent = first.start - at;
        if indent == 0 && !self.open.is_empty() && starts_block(&line) {
            self.close_all(at, "}\n");
        }
        if !self.has_brace() {
            self.item_start = at;
        }
        self.docs_before(&first);
        self.nots = 0;
        let range = first.start..at + text.trim_end().len();
        for (index, lexeme) in line.iter().enumerate() {
            self.tokens += usize::from(!lexeme.is_remark());
            match lexeme.kind {
                Kind::Comment => self.comment(lexeme, index == 0),
                Kind::Doc => self.doc(lexeme, index == 0),
                Kind::Word => self.word(lexeme),
                Kind::Quoted => self.quoted(lexeme),
                Kind::Number => self.nots = 0,
                Kind::Sign => self.sign(lexeme, &range, indent, index == 0, at),
            }
        }
        if self.too_deep && !self.has_brace() {
            self.blank_item(at + text.len());
        }
    }

    fn has_brace(&self) -> bool {
        self.open.iter().any(|open| open.sign == "{")
    }

    fn comment(&mut self, lexeme: &Lexeme<'_>, own_line: bool) {
        let text = lexeme.text.trim_end();
        self.comments.push(Comment {
            text: text.strip_prefix('#').unwrap_or(text).to_owned(),
            own_line,
            span: self.span(lexeme.start, lexeme.start + text.len()),
        });
    }

    fn doc(&mut self, lexeme: &Lexeme<'_>, own_line: bool) {
        self.docs.push(lexeme.start..lexeme.end());
        if !own_line || self.has_brace() {
            self.refuse_docs();
        }
    }

    /// Descriptions wait for a block in the very next line.
    fn docs_before(&mut self, first: &Lexeme<'_>) {
        let block = first.kind == Kind::Word && first.text != "edition";
        if block {
            self.docs.clear();
        } else if first.kind != Kind::Doc {
            self.refuse_docs();
        }
    }

    fn refuse_docs(&mut self) {
        let docs = std::mem::take(&mut self.docs);
        if let (Some(first), Some(last)) = (docs.first(), docs.last()) {
            let finding = Diagnostic::new(
                Code::L001,
                self.span(first.start, last.end),
                "a description does not stand directly before a block",
            )
            .help("put the `##` line directly above a block, or write `#` for a comment");
            self.diagnostics.push(finding);
        }
        self.blanks.extend(docs);
    }

    fn word(&mut self, lexeme: &Lexeme<'_>) {
        self.nots = if lexeme.text == "not" { self.nots + 1 } else { 0 };
        if lexeme.text == "not" {
            self.check_depth(lexeme.start, lexeme.end());
        }
        self.length(lexeme, lexeme.text.len(), self.limits.name_bytes, "this name");
        self.scripts(lexeme);
    }

    fn quoted(&mut self, lexeme: &Lexeme<'_>) {
        self.nots = 0;
        self.length(lexeme, lexeme.text.len().saturating_sub(2), self.limits.text_bytes, "this text");
        self.scripts(lexeme);
    }

    fn length(&mut self, lexeme: &Lexeme<'_>, bytes: usize, most: usize, what: &str) {
        if bytes > most {
            let span = self.span(lexeme.start, lexeme.end());
            self.diagnostics.push(beyond(span, what, bytes, most, "bytes"));
        }
    }

    fn scripts(&mut self, lexeme: &Lexeme<'_>) {
        if lexeme.text.is_ascii() {
            return;
        }
        if let Some((one, other)) = characters::mixed_scripts(lexeme.text) {
            let finding = Diagnostic::new(
                Code::L005,
                self.span(lexeme.start, lexeme.end()),
                format!("letters of two scripts, {one} and {other}, stand in one name"),
            )
            .as_warning()
            .label("some of these letters only look alike")
            .help("type the name again with the letters of one script");
            self.diagnostics.push(finding);
        }
    }

    fn sign(&mut self, lexeme: &Lexeme<'_>, line: &Range<usize>, indent: usize, first: bool, line_at: usize) {
        let weight = 1 + std::mem::take(&mut self.nots);
        match lexeme.text {
            "{" => {
                self.drop_brackets();
                self.push("{", lexeme, line, indent, 1);
            }
            "[" => self.push("[", lexeme, line, indent, 1),
            "(" => self.push("(", lexeme, line, indent, weight),
            "}" => self.close_brace(lexeme, indent, first, line_at),
            "]" => self.pop("["),
            ")" => self.pop("("),
            "," => self.entry(lexeme),
            _ => {}
        }
    }

    fn push(
        &mut self,
        sign: &'static str,
        lexeme: &Lexeme<'_>,
        line: &Range<usize>,
        indent: usize,
        weight: usize,
    ) {
        self.open.push(Open { sign, at: lexeme.start, line: line.clone(), indent, weight, entries: 0 });
        self.check_depth(lexeme.start, lexeme.end());
    }

    fn check_depth(&mut self, start: usize, end: usize) {
        let depth = self.open.iter().map(|open| open.weight).sum::<usize>() + self.nots;
        if depth > self.limits.nesting && !self.too_deep {
            self.too_deep = true;
            let span = self.span(start, end);
            let finding = beyond(
                span,
                "the nesting of braces, brackets, parentheses and `not`",
                depth,
                self.limits.nesting,
                "levels",
            );
            self.diagnostics.push(finding);
        }
    }

    fn pop(&mut self, sign: &str) {
        if self.open.last().is_some_and(|open| open.sign == sign) {
            self.open.pop();
        }
    }

    /// Brackets and parentheses never reach over a brace.
    fn drop_brackets(&mut self) {
        while self.open.last().is_some_and(|open| open.sign != "{") {
            self.open.pop();
        }
    }

    fn entry(&mut self, lexeme: &Lexeme<'_>) {
        let most = self.limits.list_entries;
        let Some(open) = self.open.last_mut().filter(|open| open.sign == "[") else { return };
        open.entries += 1;
        if open.entries == most {
            let span = self.span(lexeme.start, lexeme.end());
            self.diagnostics.push(beyond(span, "this list", most + 1, most, "entries"));
        }
    }

    fn close_brace(&mut self, lexeme: &Lexeme<'_>, indent: usize, first: bool, line_at: usize) {
        self.drop_brackets();
        let Some(open) = self.open.pop() else {
            let span = self.span(lexeme.start, lexeme.end());
            let finding = Diagnostic::new(Code::L001, span, "this `}` closes nothing")
                .label("no block is open here")
                .help("remove it, or look for a `}` too many above");
            self.diagnostics.push(finding);
            self.blanks.push(lexeme.start..lexeme.end());
            return;
        };
        if first && indent < open.indent && self.suspect.is_none() {
            self.suspect = Some(Suspect { opened: open.line.start..open.at, closing_line: line_at });
        }
        if self.open.is_empty() {
            self.suspect = None;
            if self.too_deep {
                self.blank_item(lexeme.end());
            }
        }
    }

    /// Takes a block that is nested too deeply out of the text.
    fn blank_item(&mut self, end: usize) {
        self.blanks.push(self.item_start..end);
        self.refused.push(self.item_start..end);
        self.insertions.retain(|(at, _)| *at < self.item_start);
        self.too_deep = false;
        self.open.clear();
    }

    /// Closes what is still open where the next block begins or the file ends.
    fn close_all(&mut self, at: usize, brace: &'static str) {
        self.drop_brackets();
        let suspect = self.suspect.take();
        let Some(innermost) = self.open.last() else { return };
        let opened = suspect.as_ref().map_or(innermost.line.start..innermost.at, |s| s.opened.clone());
        let mut missing = self.open.len();
        let finding =
            Diagnostic::new(Code::L002, self.span(opened.start, opened.end + 1), "this block is not closed")
                .label("opened here")
                .help("write `}` in a line of its own behind the last line of the block");
        self.diagnostics.push(finding);
        if let Some(suspect) = suspect {
            self.insertions.push((suspect.closing_line, "}\n"));
            missing -= 1;
        }
        self.insertions.extend(std::iter::repeat_n((at, brace), missing));
        self.open.clear();
        if self.too_deep {
            self.blank_item(at);
        }
    }

    fn finish(mut self, text: String) -> Prepared {
        let text = characters::blank(text, &self.blanks);
        self.insertions.sort_by_key(|(at, _)| *at);
        let mut inserted = Vec::with_capacity(self.insertions.len());
        let mut prepared = String::with_capacity(text.len() + 2 * self.insertions.len());
        let mut done = 0;
        for (at, brace) in &self.insertions {
            prepared.push_str(text.get(done..*at).unwrap_or(""));
            inserted.push((prepared.len(), brace.len()));
            prepared.push_str(brace);
            done = *at;
        }
        prepared.push_str(text.get(done..).unwrap_or(""));
        Prepared {
            text: prepared,
            comments: self.comments,
            diagnostics: self.diagnostics,
            refused: self.refused,
            inserted,
            base: self.base,
        }
    }
}

/// A breach of a limit: what, how much, how much at most.
fn beyond(span: Span, what: &str, value: usize, most: usize, of: &str) -> Diagnostic {
    Diagnostic::new(Code::L006, span, format!("{what} is beyond a limit: {value} {of}, at most {most}"))
}
