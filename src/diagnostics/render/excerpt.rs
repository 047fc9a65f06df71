//! Source lines with marks below them.

use super::super::{Diagnostic, SourceFile, SourceMap, Span};
use super::wrap::{WIDTH, columns, wrapped};
use std::collections::BTreeMap;
use unicode_normalization::char::is_combining_mark;

/// Columns for which a tab stands.
const TAB: &str = "    ";

/// With fewer columns behind a mark, its words stand in lines of their own.
const LABEL_LEAST: usize = 24;

/// In lines of their own, words are moved so far to the left that these columns are there for them.
const LABEL_MOST: usize = 48;

/// A mark below a line. Sorted by column, the primary mark first where two start together.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Mark<'a> {
    /// First marked character, counted from 0.
    start: usize,
    /// First character behind the mark.
    end: usize,
    /// Whether it belongs to another label than the primary one.
    other: bool,
    /// The words of the label.
    text: &'a str,
}

/// The marked lines of one file.
struct FilePart<'a> {
    file: &'a SourceFile,
    /// Line and column of the first label that names this file, counted from 1.
    at: (usize, usize),
    lines: BTreeMap<usize, Vec<Mark<'a>>>,
}

/// All excerpts of a finding.
pub(super) struct Excerpts<'a> {
    parts: Vec<FilePart<'a>>,
}

impl<'a> Excerpts<'a> {
    /// Gathers the marks of a finding by file and line.
    pub(super) fn of(map: &'a SourceMap, diagnostic: &'a Diagnostic) -> Self {
        let mut parts: Vec<FilePart<'a>> = Vec::new();
        let labels = std::iter::once((&diagnostic.primary, false));
        for (label, other) in labels.chain(diagnostic.others.iter().map(|label| (label, true))) {
            let Some(file) = map.file_at(label.span.start) else { continue };
            let (line, mark) = mark(file, label.span, &label.text, other);
            match parts.iter_mut().find(|part| part.file.base == file.base) {
                Some(part) => part.lines.entry(line).or_default().push(mark),
                None => {
                    let at = (line, mark.start + 1);
                    parts.push(FilePart { file, at, lines: BTreeMap::from([(line, vec![mark])]) });
                }
            }
        }
        for marks in parts.iter_mut().flat_map(|part| part.lines.values_mut()) {
            marks.sort();
        }
        Self { parts }
    }

    /// The width of the line numbers.
    pub(super) fn gutter(&self) -> usize {
        let last = self.parts.iter().filter_map(|part| part.lines.keys().next_back()).max();
        last.copied().unwrap_or(1).to_string().len()
    }

    /// Writes the excerpts with their places.
    pub(super) fn write(&self, out: &mut String) {
        let gutter = self.gutter();
        let margin = " ".repeat(gutter);
        for (index, part) in self.parts.iter().enumerate() {
            let arrow = if index == 0 { "-->" } else { ":::" };
            let path: String = part.file.path.chars().map(|c| shown(c).0).collect();
            out.push_str(&format!("{margin}{arrow} {path}:{}:{}\n{margin} |\n", part.at.0, part.at.1));
            for (number, marks) in &part.lines {
                let cut = Cut::of(part.file.line(*number), marks, WIDTH.saturating_sub(gutter + 3));
                out.push_str(format!("{number:>gutter$} | {}", cut.text).trim_end_matches(' '));
                out.push('\n');
                for line in marks.iter().flat_map(|mark| cut.below(mark)) {
                    out.push_str(&format!("{margin} | {line}\n"));
                }
            }
        }
    }
}

/// The line on which a label starts, and its mark; a label of several lines ends with its first.
fn mark<'a>(file: &SourceFile, span: Span, text: &'a str, other: bool) -> (usize, Mark<'a>) {
    let (line, column) = file.position(span.start);
    let length = file.line(line).trim_end().chars().count();
    let start = column.saturating_sub(1);
    let end = match file.position(span.end.max(span.start)) {
        (last, column) if last == line => column.saturating_sub(1),
        _ => length,
    };
    (line, Mark { start, end: end.max(start + 1), other, text })
}

/// The part of a source line that is shown.
struct Cut {
    /// The part, escaped.
    text: String,
    /// For each shown character its first column in [`Cut::text`], and one more for the end.
    columns: Vec<usize>,
    /// The character with which the part starts.
    first: usize,
    /// The columns that there are.
    room: usize,
}

impl Cut {
    /// Cuts a long line so that the primary mark, or else the first, is in sight, in the middle if it stands far behind.
    fn of(line: &str, marks: &[Mark], room: usize) -> Self {
        let mut widths: Vec<usize> = line.chars().map(|c| shown(c).1).collect();
        let length = widths.len();
        if marks.iter().any(|mark| mark.end > length) {
            // a mark behind the last character takes a column too
            widths.push(1);
        }
        let (first, behind) = if widths.iter().sum::<usize>() > room {
            let mark = marks.iter().find(|mark| !mark.other).or(marks.first());
            window(&widths, mark.map_or((0, 0), |mark| (mark.start, mark.end)), room)
        } else {
            (0, length)
        };
        let mut text = String::new();
        let mut columns = Vec::new();
        let mut column = 0;
        if first > 0 {
            text.push('…');
            column = 1;
        }
        for c in line.chars().take(behind).skip(first) {
            columns.push(column);
            let (shown, width) = shown(c);
            text.push_str(&shown);
            column += width;
        }
        columns.push(column);
        if behind < length {
            text.push('…');
        }
        Self { text, columns, first, room }
    }

    /// The column at which a character of the line is shown; beyond the part, that of its end.
    fn column(&self, character: usize) -> usize {
        let index = character.saturating_sub(self.first);
        self.columns.get(index).or(self.columns.last()).copied().unwrap_or(0)
    }

    /// The lines below the source line: signs under the marked text, then the words of the label, below each other
    /// where they do not fit.
    fn below(&self, mark: &Mark) -> Vec<String> {
        let start = self.column(mark.start);
        let width = self.column(mark.end).saturating_sub(start).max(1);
        let sign = if mark.other { "-" } else { "^" };
        let signs = format!("{}{}", " ".repeat(start), sign.repeat(width));
        let text = super::escaped_lines(mark.text).join(" ");
        let behind = start + width + 1;
        if text.is_empty() || behind + columns(&text) <= self.room {
            return vec![format!("{signs} {text}").trim_end_matches(' ').to_owned()];
        }
        if behind + LABEL_LEAST <= self.room {
            let parts = wrapped(&text, self.room - behind, self.room - behind);
            let line = |(place, part): (usize, &String)| match place {
                0 => format!("{signs} {part}"),
                _ => format!("{}{part}", " ".repeat(behind)),
            };
            return parts.iter().enumerate().map(line).collect();
        }
        let wanted = columns(&text).min(LABEL_MOST);
        let indent = " ".repeat(start.min(self.room.saturating_sub(wanted)));
        let room = self.room.saturating_sub(indent.len());
        let words = wrapped(&text, room, room).into_iter().map(|part| format!("{indent}{part}"));
        std::iter::once(signs).chain(words).collect()
    }
}

/// Which characters of a line are shown, given their widths: the mark, in the middle if it stands too far behind, and as
/// much around it as there is room for. One column at each end that is cut is for `…`.
fn window(widths: &[usize], (start, end): (usize, usize), room: usize) -> (usize, usize) {
    let (end, all) = (end.min(widths.len()), widths.iter().sum::<usize>());
    let start = start.min(end);
    let upto: usize = widths.iter().take(end).sum();
    let mark: usize = widths.iter().take(end).skip(start).sum();
    let (mut first, mut shown) = (0, all);
    if upto + 1 > room {
        let most = room.saturating_sub(2).saturating_sub(mark) / 2;
        first = start;
        // columns in front of the mark, and all from the first that is shown
        let mut before = 0;
        shown = all - (upto - mark);
        // as far to the left as the mark allows, and further if the line ends before the room does
        while let Some(width) = first.checked_sub(1).and_then(|place| widths.get(place)) {
            if before + width > most && shown + width + 1 > room {
                break;
            }
            (first, before, shown) = (first - 1, before + width, shown + width);
        }
    }
    let mut left = room.saturating_sub(usize::from(first > 0));
    if shown > left {
        left = left.saturating_sub(1);
    }
    let mut behind = first;
    while let Some(width) = widths.get(behind).filter(|width| **width <= left) {
        left -= width;
        behind += 1;
    }
    (first, behind)
}

/// How a character is shown, and in how many columns.
pub(super) fn shown(c: char) -> (String, usize) {
    if c == '\t' {
        return (TAB.to_owned(), TAB.len());
    }
    if c.is_control() || is_invisible(c) {
        let text = c.escape_unicode().to_string();
        let width = text.len();
        return (text, width);
    }
    (c.to_string(), width(c))
}

/// Whether a character changes the direction of a text or cannot be seen.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The columns that a character takes in most terminals: none for marks that stand on the one before, two
/// for East Asian wide characters and pictures. An estimate by blocks; the full table would be a dependency.
pub(super) fn width(c: char) -> usize {
    if is_combining_mark(c) {
        return 0;
    }
    let wide = matches!(c,
        '\u{1100}'..='\u{115f}' | '\u{231a}' | '\u{231b}' | '\u{2614}' | '\u{2615}' | '\u{26a1}' | '\u{2705}'
        | '\u{274c}' | '\u{2728}' | '\u{2795}'..='\u{2797}' | '\u{2b50}' | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{33ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a000}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97c}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}' | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}' | '\u{1fa70}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}');
    if wide { 2 } else { 1 }
}
