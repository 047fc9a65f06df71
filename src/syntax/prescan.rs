//! One pass over the text before it is parsed: limits, dangerous characters, comments, braces.
//!
//! What the pass refuses is blanked out, and a brace that is missing is put in, so that the parser gets a text
//! whose braces match and whose nesting is bounded. [`Prepared`] leads every place back to the original.

use super::ast::Comment;
use super::characters;
use super::heads::{Headless, misspelt};
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
    /// Where text was put in, how many bytes, and how many bytes were put in before.
    inserted: Vec<(usize, usize, usize)>,
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
        let next = self.refused.partition_point(|range| range.end <= start);
        self.refused.get(next).is_some_and(|range| range.start < end)
    }

    fn original(&self, at: usize) -> usize {
        let next = self.inserted.partition_point(|(start, _, _)| *start < at);
        match next.checked_sub(1).and_then(|index| self.inserted.get(index)) {
            Some((start, length, before)) => at - before - (*length).min(at - start),
            None => at,
        }
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
    /// The first line inside that stands no further right than the line with the sign.
    dedent: Option<usize>,
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
    /// The weights of all open signs.
    depth: usize,
    /// How many of them are braces.
    braces: usize,
    nots: usize,
    /// A head without a brace, which may be missing.
    headless: Option<Headless>,
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
        depth: 0,
        braces: 0,
        nots: 0,
        headless: None,
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
            // descriptions belong to the block below them
            let start = self.docs.first().map_or(at, |doc| doc.start);
            self.close_all(start, "}\n");
        }
        if !self.has_brace() {
            self.item_start = at;
        }
        self.docs_before(&first);
        self.dedent(&first, indent, at);
        let given = self.missing_brace(&first, indent);
        let range = first.start..at + text.trim_end().len();
        if self.open.is_empty() {
            self.misspelt(&line);
            if !first.is_remark() {
                self.headless = Headless::of(&line, indent);
            }
        }
        self.nots = 0;
        for (index, lexeme) in line.iter().enumerate().skip(usize::from(given)) {
            self.tokens += usize::from(!lexeme.is_remark());
            match lexeme.kind {
                Kind::Comment => self.comment(lexeme, index == 0),
                Kind::Doc => self.doc(lexeme, index == 0),
                Kind::Word => self.word(lexeme),
                Kind::Quoted => self.quoted(lexeme),
                Kind::Number => self.number(lexeme),
                Kind::Sign => self.sign(lexeme, &range, indent, index == 0, at),
            }
        }
        if self.too_deep && !self.has_brace() {
            self.blank_item(at + text.len());
        }
    }

    /// Remembers where the text goes back to the left inside the innermost block.
    fn dedent(&mut self, first: &Lexeme<'_>, indent: usize, at: usize) {
        let Some(open) = self.open.last_mut().filter(|open| open.dedent.is_none()) else { return };
        if indent <= open.indent && !first.is_sign("}") && !first.is_remark() {
            open.dedent = Some(at);
        }
    }

    /// Puts in the brace that the head above lacks. Tells whether it stands at the beginning of this line.
    fn missing_brace(&mut self, first: &Lexeme<'_>, indent: usize) -> bool {
        if first.is_remark() || !self.open.is_empty() {
            return false;
        }
        let Some(head) = self.headless.take() else { return false };
        let next_line = first.is_sign("{");
        let finding = if next_line {
            self.blanks.push(first.start..first.end());
            let span = self.span(first.start, first.end());
            Diagnostic::new(Code::L001, span, "the `{` belongs at the end of the line above")
        } else if head.goes_on_with(first, indent) {
            let span = self.span(head.range.start, head.range.end);
            Diagnostic::new(Code::L001, span, "a `{` is missing behind the head of a block")
        } else {
            return false;
        };
        self.diagnostics.push(finding.help("write `{` at the end of the first line of the block"));
        self.insertions.push((head.range.end, " {"));
        let lexeme = Lexeme { kind: Kind::Sign, start: head.range.end.saturating_sub(1), text: "{" };
        self.item_start = self.item_start.min(head.range.start);
        self.push("{", &lexeme, &head.range, 0, 1);
        next_line
    }

    /// Reports a misspelt kind word and puts the right one in its place.
    fn misspelt(&mut self, line: &[Lexeme<'_>]) {
        if let (Some(first), Some(meant)) = (line.first(), misspelt(line)) {
            let span = self.span(first.start, first.end());
            let finding = Diagnostic::new(Code::L001, span, format!("`{}` is not understood", first.text))
                .help(format!("did you mean `{meant}`?"))
                .fix(meant);
            self.diagnostics.push(finding);
            self.blanks.push(first.start..first.end());
            self.insertions.push((first.start, meant));
        }
    }

    fn has_brace(&self) -> bool {
        self.braces > 0
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
        if !own_line {
            self.refuse_docs();
        }
    }

    /// Descriptions wait for a block in the very next line.
    fn docs_before(&mut self, first: &Lexeme<'_>) {
        let block = first.kind == Kind::Word && first.text != "edition" && !self.has_brace();
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

    fn number(&mut self, lexeme: &Lexeme<'_>) {
        self.nots = 0;
        self.entry(lexeme);
    }

    fn word(&mut self, lexeme: &Lexeme<'_>) {
        self.entry(lexeme);
        self.nots = if lexeme.text == "not" { self.nots + 1 } else { 0 };
        if lexeme.text == "not" {
            self.check_depth(lexeme.start, lexeme.end());
        }
        self.length(lexeme, lexeme.text.len(), self.limits.name_bytes, "this name");
        self.scripts(lexeme);
    }

    fn quoted(&mut self, lexeme: &Lexeme<'_>) {
        self.nots = 0;
        self.entry(lexeme);
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
            "," => self.comma(),
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
        self.depth += weight;
        self.braces += usize::from(sign == "{");
        let line = line.clone();
        self.open.push(Open { sign, at: lexeme.start, line, indent, weight, entries: 0, dedent: None });
        self.check_depth(lexeme.start, lexeme.end());
    }

    fn check_depth(&mut self, start: usize, end: usize) {
        let depth = self.depth + self.nots;
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
            self.take_last();
        }
    }

    fn take_last(&mut self) -> Option<Open> {
        let open = self.open.pop()?;
        self.depth -= open.weight;
        self.braces -= usize::from(open.sign == "{");
        Some(open)
    }

    fn forget_open(&mut self) {
        self.open.clear();
        self.depth = 0;
        self.braces = 0;
    }

    /// Brackets and parentheses never reach over a brace.
    fn drop_brackets(&mut self) {
        while self.open.last().is_some_and(|open| open.sign != "{") {
            self.take_last();
        }
    }

    fn comma(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.entries += 1;
        }
    }

    /// A word behind the last comma that a list may have.
    fn entry(&mut self, lexeme: &Lexeme<'_>) {
        let most = self.limits.list_entries;
        let list = self.open.last_mut().filter(|open| open.sign == "[" && open.entries == most);
        if let Some(open) = list {
            open.entries += 1;
            let span = self.span(lexeme.start, lexeme.end());
            self.diagnostics.push(beyond(span, "this list", most + 1, most, "entries"));
        }
    }

    fn close_brace(&mut self, lexeme: &Lexeme<'_>, indent: usize, first: bool, line_at: usize) {
        self.drop_brackets();
        let Some(open) = self.take_last() else {
            let span = self.span(lexeme.start, lexeme.end());
            let finding = Diagnostic::new(Code::L001, span, "this `}` closes nothing")
                .label("no block is open here")
                .help("remove it, or look for a `}` too many above");
            self.diagnostics.push(finding);
            self.blanks.push(lexeme.start..lexeme.end());
            return;
        };
        if first && indent < open.indent && self.suspect.is_none() {
            let closing_line = open.dedent.unwrap_or(line_at);
            self.suspect = Some(Suspect { opened: open.line.start..open.at, closing_line });
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
        self.forget_open();
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
        self.forget_open();
        if self.too_deep {
            self.blank_item(at);
        }
    }

    fn finish(mut self, text: String) -> Prepared {
        let text = characters::blank(text, &self.blanks);
        self.insertions.sort_by_key(|(at, _)| *at);
        let mut inserted = Vec::with_capacity(self.insertions.len());
        let mut prepared = String::with_capacity(text.len() + 2 * self.insertions.len());
        let (mut done, mut before) = (0, 0);
        for (at, piece) in &self.insertions {
            prepared.push_str(text.get(done..*at).unwrap_or(""));
            inserted.push((prepared.len(), piece.len(), before));
            prepared.push_str(piece);
            done = *at;
            before += piece.len();
        }
        prepared.push_str(text.get(done..).unwrap_or(""));
        Prepared {
            text: prepared,
            comments: self.comments,
            diagnostics: self.diagnostics,
            refused: merged(self.refused),
            inserted,
            base: self.base,
        }
    }
}

/// Ranges in order, and one in place of several that overlap.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

/// A breach of a limit: what, how much, how much at most.
fn beyond(span: Span, what: &str, value: usize, most: usize, of: &str) -> Diagnostic {
    let help = match of {
        "levels" => "write it with fewer parentheses and `not`, for example with `is in [ … ]`",
        "entries" => "split it into two lists and ask for both",
        "words, numbers and signs" => "split it into several files and `import` them",
        _ => "make it shorter",
    };
    let help = if what == "the file" { "split it into several files and `import` them" } else { help };
    Diagnostic::new(Code::L006, span, format!("{what} is beyond a limit: {value} {of}, at most {most}"))
        .help(help)
}
