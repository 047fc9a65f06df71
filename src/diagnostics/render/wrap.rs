//! Breaks words into lines of a fixed width.

use super::excerpt::width;

/// The columns of every view. Never that of a terminal: the same finding is the same text everywhere.
pub(super) const WIDTH: usize = 80;

/// With fewer columns than this, a line is wider rather than broken at every word.
const LEAST: usize = 24;

/// The columns of a text without line breaks and tabs.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// Breaks a line between words, so that the first part has `first` columns at most and each other one `others`.
///
/// What stands in backticks is to be copied and stays together as long as it fits in a line; a single word that does
/// not fit stands alone. Spaces within a part stay as they are. Where two or more stand together the line has columns,
/// and the words of the last one go on below it.
pub(super) fn wrapped(line: &str, first: usize, others: usize) -> Vec<String> {
    let (first, others) = (first.max(LEAST), others.max(LEAST));
    if columns(line) <= first {
        return vec![line.to_owned()];
    }
    // other parts than the first stand further to the right by what they have less
    let hang = last_column(line).saturating_sub(first.saturating_sub(others));
    let hang = if hang + LEAST > others { 0 } else { hang };
    let mut parts: Vec<String> = Vec::new();
    let (mut open, mut is_empty) = (String::new(), true);
    for (spaces, word) in words(line, others - hang) {
        let room = if parts.is_empty() { first } else { others };
        if !is_empty && columns(&open) + spaces + columns(word) > room {
            parts.push(std::mem::replace(&mut open, " ".repeat(hang)));
        } else {
            open.push_str(&" ".repeat(spaces));
        }
        open.push_str(word);
        is_empty = false;
    }
    parts.push(open);
    parts
}

/// Where the last column of a line starts, if it has any: behind two or more spaces that stand together.
fn last_column(line: &str) -> usize {
    let text = line.trim_end_matches(' ');
    let start = text.rfind("  ").map_or(0, |gap| gap + 2);
    columns(text.get(..start).unwrap_or(""))
}

/// The words of a line, each with the number of spaces in front of it. A text in backticks is one word with what
/// touches it, unless it is wider than `most`.
fn words(line: &str, most: usize) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.trim_start_matches(' ');
        let spaces = rest.len() - word.len();
        let end = end_of_word(word, most);
        let (word, behind) = word.split_at(end);
        if !word.is_empty() {
            words.push((spaces, word));
        }
        rest = behind;
    }
    words
}

/// Where the word ends with which a text begins.
fn end_of_word(text: &str, most: usize) -> usize {
    let space = |text: &str| text.find(' ').unwrap_or(text.len());
    let mut end = 0;
    loop {
        let rest = text.get(end..).unwrap_or("");
        let next = space(rest);
        let Some(open) = rest.find('`').filter(|open| *open < next) else { return end + next };
        let inner = rest.get(open + 1..).unwrap_or("");
        match inner.find('`') {
            Some(close) if columns(text.get(..end + open + close + 2).unwrap_or("")) <= most => {
                end += open + close + 2;
            }
            _ => return end + next,
        }
    }
}
