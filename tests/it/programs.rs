//! The rule files of real programs and the recipes: each is clean, formatted and tested, and the documents about them tell
//! the truth about what they show.

use loyalty_rules::check::{Sources, compile};
use loyalty_rules::diagnostics::{SourceMap, render_all};
use loyalty_rules::scenario::{never_fired, run_tests};
use loyalty_rules::syntax::{self, Limits};
use pretty_assertions::assert_eq;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

const FOLDER: &str = "examples/programs";
const DOCUMENT: &str = "docs/programs.md";
const RECIPES: &str = "docs/recipes";

fn root(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// All rule files of a folder by name, without the ending.
fn programs(folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root(folder)).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.file_name().is_some_and(|name| name == "README.md") {
            continue;
        }
        assert_eq!(path.extension().and_then(|ending| ending.to_str()), Some("loyalty"), "{path:?}");
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        found.insert(name, fs::read_to_string(&path).expect("a text"));
    }
    found
}

/// What stands at the beginning of a name of a test: `P05-a`.
fn id(text: &str) -> Option<&str> {
    let id = text.split_whitespace().next()?;
    let (program, case) = id.split_once('-')?;
    let digits = program.strip_prefix('P')?;
    let is_case = case.len() == 1 && case.bytes().all(|byte| byte.is_ascii_lowercase());
    (is_case && digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// Every pair of id and file in the names of tests.
fn shown_by_tests() -> BTreeSet<(String, String)> {
    let mut shown = BTreeSet::new();
    for (name, text) in programs(FOLDER) {
        let tests = text.lines().filter_map(|line| line.strip_prefix("test \""));
        shown.extend(tests.filter_map(id).map(|id| (id.to_owned(), name.clone())));
    }
    shown
}

/// The rows of the document that begin with an id.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root(DOCUMENT)).expect("the document is there");
    let rows = text.lines().filter(|line| line.strip_prefix("| ").and_then(id).is_some());
    rows.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The files that a cell names: `[payback](../examples/programs/payback.loyalty)`, several with commas.
fn links(cell: &str) -> Vec<String> {
    let named = |part: &str| {
        let (name, target) = part.strip_prefix('[')?.split_once("](")?;
        assert_eq!(target, format!("../{FOLDER}/{name}.loyalty)"));
        Some(name.to_owned())
    };
    cell.split(", ").filter_map(named).collect()
}

#[test]
fn every_program_is_clean_and_passes_its_tests() {
    are_clean(FOLDER);
}

#[test]
fn every_recipe_is_clean_and_passes_its_tests() {
    are_clean(RECIPES);
}

#[test]
fn the_recipes_are_listed() {
    let text = fs::read_to_string(root(RECIPES).join("README.md")).expect("the list is there");
    let listed: BTreeSet<&str> =
        text.split("](").filter_map(|rest| rest.split_once(".loyalty)")).map(|found| found.0).collect();
    let files = programs(RECIPES);
    assert_eq!(listed, files.keys().map(String::as_str).collect());
}

fn are_clean(folder: &str) {
    for (name, text) in programs(folder) {
        let path = format!("{folder}/{name}.loyalty");
        let compiled = match compile(&Sources::single(&path, &text), &Limits::default()) {
            Ok(compiled) => compiled,
            Err(findings) => panic!("{findings}"),
        };
        let results = run_tests(&compiled);
        assert!(!results.is_empty(), "{path} has no test");
        let mut findings = compiled.findings.clone();
        findings.extend(never_fired(&compiled, &results));
        findings.extend(results.into_iter().flat_map(|result| result.failures));
        assert_eq!(render_all(&compiled.sources, &findings, usize::MAX), "");
        let mut map = SourceMap::default();
        map.add(&path, &text);
        let formatted = syntax::format(&map.files()[0], &Limits::default());
        assert_eq!(formatted.ok(), Some(text), "{path} is not formatted");
    }
}

#[test]
fn the_document_names_what_the_files_show() {
    let mut told = BTreeSet::new();
    for row in rows() {
        assert_eq!(row.len(), 3, "{row:?}");
        for file in links(&row[2]) {
            told.insert((row[0].clone(), file));
        }
    }
    assert_eq!(told, shown_by_tests());
}

#[test]
fn the_document_names_every_id_once_and_says_why_where_nothing_is_shown() {
    let mut before: Option<String> = None;
    for row in rows() {
        assert!(before.is_none_or(|before| before < row[0]), "{} has the wrong place", row[0]);
        let says_why = ["Not yet: ", "Not expressible: "].iter().any(|start| row[2].starts_with(start));
        assert!(!links(&row[2]).is_empty() || says_why, "{row:?}");
        before = Some(row[0].clone());
    }
}

/// The rows of the table of what is hard to say: number, and what is named as shown.
fn hard_things() -> Vec<(usize, Vec<String>)> {
    let text = fs::read_to_string(root(DOCUMENT)).expect("the document is there");
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let number = cells.first()?.parse().ok()?;
        let named = cells.last()?.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Some((number, named))
    });
    rows.collect()
}

/// Whether there is a test: an id of the table, a test of a rule file, or one of `tests/it`.
fn is_there(named: &str) -> bool {
    if id(named).is_some() {
        return shown_by_tests().iter().any(|(shown, _)| shown == named);
    }
    if let Some((file, test)) = named.split_once(": ") {
        let text = fs::read_to_string(root(file)).unwrap_or_default();
        return text.contains(&format!("test \"{test}\" {{"));
    }
    let Some((path, test)) = named.rsplit_once("::") else { return false };
    let path = root("tests/it").join(path.replace("::", "/"));
    let [file, folder] = [path.with_extension("rs"), path.join("mod.rs")];
    let text = fs::read_to_string(file).or_else(|_| fs::read_to_string(folder)).unwrap_or_default();
    text.contains(&format!("fn {test}("))
}

#[test]
fn everything_that_is_hard_to_say_is_shown_by_tests() {
    let rows = hard_things();
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), (1..=28).collect::<Vec<_>>());
    for (number, named) in rows {
        assert!(!named.is_empty(), "nothing shows {number}");
        for name in named {
            assert!(is_there(&name), "{number}: there is no {name}");
        }
    }
}
