//! Laws of wrong lines: a wrong line hides nothing, and nothing is wrong only because of it.

use super::cases_per_law;
use loyalty_rules::diagnostics::{Diagnostic, Severity, SourceMap};
use loyalty_rules::{Findings, Limits, Sources, compile};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// All programs of this project that have no errors and import nothing.
static PROGRAMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["examples", "tests/samples", "tests/it"] {
        collect(&root.join(folder), &mut found);
    }
    found.sort();
    assert!(found.len() > 40, "{}", found.len());
    found
});

fn collect(folder: &Path, into: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "loyalty") {
            let text = std::fs::read_to_string(&path).expect("a text");
            if check(&text).is_ok() {
                into.push(text);
            }
        }
    }
}

fn check(text: &str) -> Result<(), Findings> {
    let limits = Limits { findings: 1_000, ..Limits::default() };
    compile(&Sources::single("broken.loyalty", text), &limits).map(|_| ())
}

/// How a line is broken.
#[derive(Debug, Clone, Copy)]
enum Break {
    /// A word is left out.
    Without(usize),
    /// A sign stands in front of a word.
    Sign(usize, &'static str),
    /// A word stands in front of a word.
    Word(usize),
    /// Two letters of a word are exchanged for signs.
    Inside(usize),
    /// The line ends behind a word.
    Short(usize),
    /// The line stands alone in quotes.
    Quoted,
}

fn breaks() -> impl Strategy<Value = Break> {
    let sign = prop::sample::select(vec!["\"", "{", "}", "[", ")", ";", "%", ":", "?", "€"]);
    prop_oneof![
        any::<usize>().prop_map(Break::Without),
        (any::<usize>(), sign).prop_map(|(place, sign)| Break::Sign(place, sign)),
        any::<usize>().prop_map(Break::Word),
        any::<usize>().prop_map(Break::Inside),
        any::<usize>().prop_map(Break::Short),
        Just(Break::Quoted),
    ]
}

fn broken(line: &str, how: Break) -> String {
    let indent = &line[..line.len() - line.trim_start().len()];
    let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let count = words.len();
    match how {
        Break::Without(place) => drop(words.remove(place % count)),
        Break::Sign(place, sign) => words.insert(place % count, sign.to_owned()),
        Break::Word(place) => words.insert(place % count, "zusatz".to_owned()),
        Break::Inside(place) => {
            let word = &mut words[place % count];
            let at = word.char_indices().nth(1).map_or(0, |(at, _)| at);
            word.insert(at, '?');
        }
        Break::Short(place) => words.truncate(place % count),
        Break::Quoted => words = vec![format!("\"{}\"", line.trim().replace('"', ""))],
    }
    format!("{indent}{}", words.join(" "))
}

/// The first and the last line of the block around a line, counted from 0. Blocks stand behind empty lines.
fn block_of(lines: &[&str], place: usize) -> (usize, usize) {
    let first = (0..=place).rev().find(|line| lines[*line].is_empty()).map_or(0, |line| line + 1);
    let last = (place..lines.len()).find(|line| lines[*line].is_empty()).unwrap_or(lines.len());
    (first, last)
}

fn line_of(map: &SourceMap, finding: &Diagnostic) -> usize {
    let start = finding.primary.span.start;
    map.file_at(start).map_or(0, |file| file.position(start).0) - 1
}

const MORE: &str = "\nearn \"Eins mehr\" {\n  on purchase\n  for items where brand is in Nirgendwo\n  \
                    give 1 Unbekanntes\n  replaces Niemand\n}\n";

proptest! {
    #![proptest_config(cases_per_law())]

    /// A broken line of a clean program: all errors lie in its block; and one more wrong name is still found.
    #[test]
    fn a_broken_line_has_no_false_consequence(program in any::<prop::sample::Index>(), line in any::<prop::sample::Index>(), how in breaks()) {
        let text = program.get(&PROGRAMS);
        let mut lines: Vec<&str> = text.lines().collect();
        let places: Vec<usize> = (0..lines.len())
            .filter(|line| !lines[*line].trim().is_empty() && !lines[*line].trim_start().starts_with('#'))
            .collect();
        let place = *line.get(&places);
        let (first, last) = block_of(&lines, place);
        let wrong = broken(lines[place], how);
        let is_head = lines[place].ends_with('{');
        lines[place] = &wrong;
        let text = lines.join("\n") + "\n";
        let Err(findings) = check(&text) else { return Ok(()) };
        // what is no wrong line may be a wrong program
        if !findings.list.iter().any(|finding| finding.code.id().starts_with('L')) {
            return Ok(());
        }
        for finding in findings.list.iter().filter(|finding| finding.severity == Severity::Error) {
            let found = line_of(&findings.sources, finding);
            prop_assert!((first..=last).contains(&found), "line {} broken as `{wrong}`:\n{findings}", place + 1);
        }
        let told = findings.list.iter().any(|finding| line_of(&findings.sources, finding) == place);
        let Err(findings) = check(&(text + MORE)) else { panic!("refused before") };
        let names = ["Nirgendwo", "Unbekanntes", "Niemand"];
        let known = names.iter().filter(|name| {
            findings.list.iter().any(|finding| finding.message.contains(&format!("`{name}` is not declared")))
        });
        // an import may bring every name; a brace too many, or a head that is gone, became a name or needs no braces, leaves
        // lines of which nobody can tell what they belonged to: `round` and `expire` stand in units as in rules
        let no_head = is_head && !told;
        let leaves_lines = wrong.contains('}') || wrong.ends_with("{\"") || no_head;
        let least = if wrong.contains("import") { 0 } else if leaves_lines { 1 } else { 2 };
        prop_assert!(known.count() >= least, "line {} broken as `{wrong}`:\n{findings}", place + 1);
    }
}
