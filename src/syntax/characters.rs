//! Characters that make a text look other than it is.

use crate::diagnostics::{Code, Diagnostic, Span};
use std::ops::Range;
use unicode_script::{Script, ScriptExtension, UnicodeScript};

/// A text without the characters that must not stand in it, what was found, and where.
type Cleaned = (String, Vec<Diagnostic>, Vec<Range<usize>>);

/// Blanks out every character that is refused, and reports it. A byte order mark at the very beginning is
/// blanked out silently.
pub(super) fn clean(text: &str, base: u32) -> Cleaned {
    let plain = |byte: u8| matches!(byte, b'\t' | b'\n' | 0x20..=0x7e);
    if text.bytes().all(plain) {
        return (text.to_owned(), Vec::new(), Vec::new());
    }
    let mut found: Vec<(Range<usize>, Refused)> = Vec::new();
    let mut marks = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let range = at..at + c.len_utf8();
        let line_end = c == '\r' && chars.peek().is_some_and(|(_, next)| *next == '\n');
        if at == 0 && c == '\u{feff}' {
            marks.push(range);
        } else if let Some(refused) = refused(c).filter(|_| !line_end) {
            match found.last_mut() {
                Some((last, before)) if last.end == at && before.why == refused.why => last.end = range.end,
                _ => found.push((range, refused)),
            }
        }
    }
    let diagnostics = found
        .iter()
        .take(super::MOST_FINDINGS)
        .map(|(range, refused)| refused.finding(text, range, base))
        .collect();
    let ranges: Vec<_> = found.into_iter().map(|(range, _)| range).collect();
    marks.extend(ranges.iter().cloned());
    (blank(text.to_owned(), &marks), diagnostics, ranges)
}

/// Puts spaces in place of all bytes of the ranges, except of line ends.
pub(super) fn blank(text: String, ranges: &[Range<usize>]) -> String {
    if ranges.is_empty() {
        return text;
    }
    let mut bytes = text.into_bytes();
    for range in ranges {
        for byte in bytes.get_mut(range.clone()).unwrap_or_default() {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    // A lone carriage return is refused above and must not stay; before a line feed it is harmless.
    String::from_utf8(bytes).unwrap_or_default()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Direction,
    Invisible,
    Space,
}

#[derive(Debug, Clone, Copy)]
struct Refused {
    c: char,
    why: Why,
}

impl Refused {
    fn finding(&self, text: &str, range: &Range<usize>, base: u32) -> Diagnostic {
        let place = |at: usize| base + u32::try_from(at).unwrap_or(u32::MAX - base);
        let number = u32::from(self.c);
        let message = match self.why {
            Why::Direction => {
                format!("a character that turns the direction of the text (U+{number:04X}) stands here")
            }
            Why::Invisible => format!("an invisible character (U+{number:04X}) stands here"),
            Why::Space => format!("a special space (U+{number:04X}) stands here"),
        };
        let count = text.get(range.clone()).map_or(1, |run| run.chars().count());
        let (help, fix) = match self.why {
            Why::Space => ("write a normal space", " ".repeat(count)),
            _ => ("remove it", String::new()),
        };
        Diagnostic::new(Code::L005, Span::new(place(range.start), place(range.end)), message)
            .help(help)
            .fix(fix)
    }
}

fn refused(c: char) -> Option<Refused> {
    let why = match c {
        '\t' | '\n' | ' ' => return None,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Why::Direction
        }
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => Why::Invisible,
        c if c.is_control() => Why::Invisible,
        c if c.is_whitespace() => Why::Space,
        _ => return None,
    };
    Some(Refused { c, why })
}

/// Two scripts whose letters stand together in one word of a name, if there are such.
///
/// Words are judged one by one, because a quoted name may well hold words of two scripts. The scripts of
/// Chinese, Japanese and Korean are used together and count as one.
pub(super) fn mixed_scripts(name: &str) -> Option<(&'static str, &'static str)> {
    name.split(|c: char| !super::lexemes::is_word_char(c)).find_map(mixed_in_word)
}

fn mixed_in_word(word: &str) -> Option<(&'static str, &'static str)> {
    let mut allowed: Option<(ScriptExtension, Script)> = None;
    for c in word.chars() {
        let script = c.script();
        if matches!(script, Script::Common | Script::Inherited | Script::Unknown) || is_east_asian(script) {
            continue;
        }
        let extension = c.script_extension();
        match allowed {
            None => allowed = Some((extension, script)),
            Some((before, first)) => {
                let both = before.intersection(extension);
                if both.is_empty() {
                    return Some((first.full_name(), script.full_name()));
                }
                allowed = Some((both, first));
            }
        }
    }
    None
}

fn is_east_asian(script: Script) -> bool {
    matches!(script, Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo)
}
