//! The house keeps its order: imports between rooms, sizes of files, words that have no place here.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, a panic is the right answer to a surprise"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from bottom to top. A room may use those before it; the documentation has the same table.
const ROOMS: [&str; 13] = [
    "diagnostics",
    "calendar",
    "amount",
    "wire",
    "syntax",
    "program",
    "ledger",
    "event",
    "account",
    "check",
    "evaluate",
    "explain",
    "scenario",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The room in which a file of the library stands; nothing for `lib.rs` and the command.
fn room_of(path: &Path) -> Option<usize> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    ROOMS.iter().position(|room| *room == name)
}

/// Every room that a text names after `crate::`, comments left out.
fn rooms_named(text: &str) -> BTreeSet<usize> {
    let mut named = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        for part in line.split("crate::").skip(1) {
            let word: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            named.extend(ROOMS.iter().position(|room| *room == word));
        }
    }
    named
}

#[test]
fn every_room_uses_only_the_rooms_below_it() {
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), "rs") {
        let Some(room) = room_of(&path) else { continue };
        let text = fs::read_to_string(&path).expect("a text");
        // what stands in a test module at the end of a file belongs to the tests
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(&text);
        for used in rooms_named(code) {
            if used > room && !path.ends_with("tests.rs") {
                wrong.push(format!("{} uses `{}`", path.display(), ROOMS[used]));
            }
        }
    }
    assert!(wrong.is_empty(), "rooms that know too much:\n{}", wrong.join("\n"));
}

#[test]
fn the_documentation_has_the_same_order_of_rooms() {
    let text = fs::read_to_string(root().join("docs/architecture.md")).expect("a text");
    let told: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|name| ROOMS.contains(name))
        .collect();
    assert_eq!(told, ROOMS);
}

#[test]
fn pest_and_time_zones_stay_behind_their_borders() {
    let may_name_pest = ["grammar.rs", "pest_error.rs"];
    for path in files(&root().join("src"), "rs") {
        let text = fs::read_to_string(&path).expect("a text");
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let code: String = text.lines().filter(|line| !line.trim().starts_with("//")).collect();
        let pest = code.contains("pest::") || code.contains("pest_derive::");
        assert!(
            !pest || may_name_pest.contains(&name) || name.starts_with("from_pairs"),
            "{} names pest",
            path.display()
        );
        assert!(!code.contains("jiff::") || name == "zone.rs", "{} names jiff", path.display());
    }
}

#[test]
fn files_of_the_library_stay_readable() {
    for path in files(&root().join("src"), "rs") {
        let lines = fs::read_to_string(&path).expect("a text").lines().count();
        assert!(lines <= 650, "{} has {lines} lines", path.display());
    }
}

#[test]
fn no_number_with_a_point_in_the_library() {
    for path in files(&root().join("src"), "rs") {
        let text = fs::read_to_string(&path).expect("a text");
        // serde hands over a number with a point only so that it can be refused with a remedy
        let text = if path.ends_with("event/wire/plain.rs") {
            text.replace("fn visit_f64<E: Error>(self, number: f64)", "")
        } else {
            text
        };
        for word in ["f32", "f64"] {
            let found = text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word);
            assert!(!found, "{} names {word}", path.display());
        }
    }
}

#[test]
fn what_a_service_shares_can_be_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<loyalty_rules::Program>();
    shared::<loyalty_rules::Account>();
    shared::<loyalty_rules::Event>();
    shared::<loyalty_rules::Outcome>();
    shared::<loyalty_rules::EvaluateError>();
}
