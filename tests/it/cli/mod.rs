//! The command `loyalty`, run as a process.

mod notes;
mod outputs;
mod replay;
mod rules;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A file without findings: what two euros give, tested.
const GOOD: &str = r#"edition 2026

program Kiosk {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

unit punkte is spendable {
  singular punkt
  round down in total
  expire never
}

earn Grundpunkte {
  on purchase
  give 1 punkt per full 2 EUR
}

returns {
  take back earned in proportion
  balance may go negative
}

test "two euros are a point" {
  given member Ann { joined 2026-01-05 }
  when 2026-03-03 17:45 purchase "K-1" by Ann { item Äpfel 1 x 4.98 EUR }
  expect Ann earns 2 punkte
}
"#;

/// What a run of the command left.
struct Ran {
    status: Option<i32>,
    out: String,
    err: String,
}

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs the command in a folder.
fn loyalty(folder: &Path, arguments: &[&str]) -> Ran {
    with_input(folder, arguments, b"")
}

/// Runs the command with an environment variable.
fn with_variable(folder: &Path, (name, value): (&str, &str), arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_loyalty"))
        .args(arguments)
        .current_dir(folder)
        .env(name, value)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn with_input(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_loyalty"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
