//! No command writes over what it reads, unless it is asked to.

use super::{GOOD, folder, loyalty, with_input};
use pretty_assertions::assert_eq;
use std::fs;
use std::path::{Path, PathBuf};

const EVENTS: &str = "{\"id\":\"K-1\",\"type\":\"purchase\",\"member\":\"Ann\",\"at\":\"2026-03-03T17:45:00+01:00\",\"total\":\"4\"}\n";

fn shop(name: &str) -> PathBuf {
    let folder = folder(name);
    fs::create_dir(folder.join("out")).unwrap();
    fs::write(folder.join("kiosk.loyalty"), GOOD).unwrap();
    fs::write(folder.join("events.jsonl"), EVENTS).unwrap();
    folder
}

/// Runs a replay that must refuse to write, and looks whether all files are what they were.
fn refused(folder: &Path, options: &[&str]) -> String {
    let ran = loyalty(folder, &[&["replay", "kiosk.loyalty", "events.jsonl"], options].concat());
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{options:?}\n{}", ran.err);
    assert_eq!(fs::read_to_string(folder.join("kiosk.loyalty")).unwrap(), GOOD);
    assert_eq!(fs::read_to_string(folder.join("events.jsonl")).unwrap(), EVENTS);
    ran.err
}

#[test]
fn an_output_that_is_an_input_is_refused() {
    let folder = shop("outputs-inputs");
    assert_eq!(
        refused(&folder, &["--ledger", "events.jsonl"]),
        "error: `--ledger` names the file that EVENTS is read from: events.jsonl\n  \
         nothing was written; give `--ledger` a file of its own\n"
    );
    assert_eq!(
        refused(&folder, &["--balances", "out/../kiosk.loyalty"]),
        "error: `--balances` names the file that a rule file is read from: out/../kiosk.loyalty\n  \
         nothing was written; give `--balances` a file of its own\n"
    );
    let whole = folder.join("events.jsonl");
    refused(&folder, &["--balances", whole.to_str().unwrap()]);
}

#[test]
fn an_imported_file_is_an_input_too() {
    let folder = shop("outputs-imports");
    fs::write(folder.join("all.loyalty"), GOOD.replace("2026\n", "2026\n\nimport \"more.loyalty\"\n"))
        .unwrap();
    fs::write(folder.join("more.loyalty"), "categories [Bread]\n").unwrap();
    let ran = loyalty(&folder, &["replay", "all.loyalty", "events.jsonl", "--ledger", "more.loyalty"]);
    assert_eq!(ran.status, Some(2), "{}", ran.err);
    assert_eq!(fs::read_to_string(folder.join("more.loyalty")).unwrap(), "categories [Bread]\n");
}

#[test]
fn one_file_for_two_outputs_is_refused() {
    let folder = shop("outputs-twice");
    assert_eq!(
        refused(&folder, &["--ledger", "out/a.csv", "--balances", "./out/../out/a.csv"]),
        "error: `--balances` names the file that `--ledger` is written to: ./out/../out/a.csv\n  \
         nothing was written; give `--balances` a file of its own\n"
    );
    assert!(!folder.join("out/a.csv").exists(), "refused before anything is written");
}

#[cfg(unix)]
#[test]
fn links_are_followed() {
    use std::os::unix::fs::symlink;
    let folder = shop("outputs-links");
    symlink("../events.jsonl", folder.join("out/soft")).unwrap();
    fs::hard_link(folder.join("events.jsonl"), folder.join("out/hard")).unwrap();
    symlink("new.csv", folder.join("out/open")).unwrap();
    refused(&folder, &["--ledger", "out/soft"]);
    refused(&folder, &["--ledger", "out/hard"]);
    // a link to a file that does not exist yet
    refused(&folder, &["--ledger", "out/open", "--balances", "out/new.csv"]);
    assert!(!folder.join("out/new.csv").exists());
    // what is no file can be written twice
    let ran = loyalty(
        &folder,
        &[
            "replay",
            "kiosk.loyalty",
            "events.jsonl",
            "--ledger",
            "/dev/null",
            "--balances",
            "/dev/null",
            "-q",
        ],
    );
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    // and events may come from a pipe
    let ran =
        with_input(&folder, &["replay", "kiosk.loyalty", "-", "--ledger", "l.jsonl"], EVENTS.as_bytes());
    assert_eq!(ran.status, Some(0), "{}", ran.err);
}
