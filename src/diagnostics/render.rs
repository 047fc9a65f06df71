//! The plain view of findings: no colour, 80 columns whatever the terminal, the same bytes everywhere.

mod excerpt;
#[cfg(test)]
mod tests;
mod wrap;

use super::{Diagnostic, Severity, SourceMap};
use excerpt::Excerpts;
use wrap::{WIDTH, columns, wrapped};

/// What is written behind a help if the repair is certain.
const FIXABLE: &str = "[can be fixed automatically]";

/// Renders one finding as text: headline, place, excerpts, notes and help, each line ended by a line feed.
///
/// Excerpts stand in the order of the lines, first those of the file with the primary place. Columns count
/// characters. A finding whose place lies in no file has no excerpt. No line is wider than 80 columns, unless a path or
/// a single word is; words are wrapped and source lines are cut around the place.
#[must_use]
pub fn render(map: &SourceMap, diagnostic: &Diagnostic) -> String {
    let lead = format!("{} {}: ", diagnostic.severity.word(), diagnostic.code.id());
    let message = escaped_lines(&diagnostic.message).join(" ");
    let room = WIDTH.saturating_sub(lead.len());
    let mut out = lead.clone();
    out.push_str(&wrapped(&message, room, room).join(&format!("\n{}", " ".repeat(lead.len()))));
    out.push('\n');
    let excerpts = Excerpts::of(map, diagnostic);
    excerpts.write(&mut out);
    let margin = " ".repeat(excerpts.gutter() + 1);
    for note in &diagnostic.notes {
        let lead = note.split_once(": ").filter(|(lead, _)| !lead.contains(char::is_whitespace));
        let lead = lead.map_or(0, |(lead, _)| lead.chars().count() + 2);
        remark(&mut out, &margin, lead, escaped_lines(note));
    }
    if let Some(help) = help_of(diagnostic) {
        let lines = escaped_lines(&format!("help: {help}"));
        let lead = "help: ".len();
        remark(&mut out, &margin, lead, lines);
        if diagnostic.fix.is_some() {
            fixable(&mut out, margin.len() + 2 + lead);
        }
    }
    out
}

/// Renders findings in the order of their places, at most `most` of them, with an empty line between two.
///
/// If there are more, a line `n more` stands behind them; the last line counts all of them by severity:
/// `2 errors, 1 warning`. Without any finding the text is empty.
#[must_use]
pub fn render_all(map: &SourceMap, diagnostics: &[Diagnostic], most: usize) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| (diagnostic.primary.span, diagnostic.code));
    let mut out = String::new();
    for diagnostic in sorted.iter().take(most) {
        out.push_str(&render(map, diagnostic));
        out.push('\n');
    }
    let hidden = sorted.len().saturating_sub(most);
    if hidden > 0 {
        out.push_str(&format!("{hidden} more\n"));
    }
    let counts = [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(|severity| {
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {}{plural}", severity.word()))
    });
    out.push_str(&counts.collect::<Vec<_>>().join(", "));
    out.push('\n');
    out
}

/// The help, or, where only a repair was given, the repair as help.
fn help_of(diagnostic: &Diagnostic) -> Option<String> {
    diagnostic.help.clone().or_else(|| diagnostic.fix.as_ref().map(|fix| format!("write `{fix}`")))
}

/// Writes `= lead: text`; further lines start below the text.
fn remark(out: &mut String, margin: &str, lead: usize, lines: Vec<String>) {
    let indent = margin.len() + 2;
    let (first, others) = (WIDTH.saturating_sub(indent), WIDTH.saturating_sub(indent + lead));
    for (index, line) in lines.iter().enumerate() {
        let parts = wrapped(line, if index == 0 { first } else { others }, others);
        for (part, text) in parts.iter().enumerate() {
            out.push_str(margin);
            if index == 0 && part == 0 {
                out.push_str("= ");
            } else if !text.is_empty() {
                out.push_str(&" ".repeat(2 + lead));
            }
            out.push_str(text);
            let end = out.trim_end_matches(' ').len();
            out.truncate(end);
            out.push('\n');
        }
    }
}

/// Writes behind a help that the repair is certain: at the end of its last line if there is room, else below it.
fn fixable(out: &mut String, indent: usize) {
    let start = WIDTH.saturating_sub(FIXABLE.len());
    let used = out.lines().next_back().map_or(0, columns);
    if used + 2 <= start {
        out.pop();
        out.push_str(&" ".repeat(start - used));
    } else {
        out.push_str(&" ".repeat(indent));
    }
    out.push_str(FIXABLE);
    out.push('\n');
}

/// The lines of a text, without anything that a terminal would obey.
fn escaped_lines(text: &str) -> Vec<String> {
    text.split('\n').map(|line| line.chars().map(|c| excerpt::shown(c).0).collect()).collect()
}
