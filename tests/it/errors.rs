//! The catalogue of findings: one minimal program for each code, and the text that its author reads.

use loyalty_rules::amount::Ratio;
use loyalty_rules::check::{Checks, Sources, compile_versions, compile_with};
use loyalty_rules::diagnostics::{Code, render_all};
use loyalty_rules::syntax::Limits;
use pretty_assertions::assert_eq;
use std::path::PathBuf;

/// Codes without a file: those of other rooms, and what no text can cause.
const OTHERS: &[&str] = &["L001", "L002", "L003", "L005", "L006", "L009", "X951", "X952"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

/// All findings of a program, whether it is refused or not, as text. What it costs is told where the name asks for it,
/// against a limit of 20%.
fn shown(name: &str) -> String {
    let path = format!("{name}.loyalty");
    let text = std::fs::read_to_string(folder().join(&path)).unwrap();
    let checks = Checks {
        cost: name.starts_with("V901"),
        payback_limit: if name.ends_with("-limit") { Ratio::new(1, 5) } else { None },
    };
    let entry = Sources::single(path, text);
    let before = format!("{name}.before");
    if let Ok(text) = std::fs::read_to_string(folder().join(&before)) {
        // what is compared with the version before it
        let both = [Sources::single(before, text), entry];
        return match compile_versions(&both, &Limits::default(), &checks) {
            Ok(compiled) => render_all(&compiled.sources, &compiled.findings, 50),
            Err(findings) => findings.to_string(),
        };
    }
    match compile_with(&entry, &Limits::default(), &checks) {
        Ok(compiled) => render_all(&compiled.sources, &compiled.findings, 50),
        Err(findings) => findings.to_string(),
    }
}

#[test]
fn every_code_shows_what_it_should() {
    let mut wrong = String::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "loyalty") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        let found = shown(&name);
        let code = name.split('-').next().unwrap();
        assert!(found.contains(&format!(" {code}: ")), "{name} does not show {code}:\n{found}");
        if found != expected {
            wrong.push_str(&format!("---- {name}\nexpected\n{expected}\nfound\n{found}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_code_has_a_program() {
    let missing: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.id())
        .filter(|code| !folder().join(format!("{code}.loyalty")).exists())
        .collect();
    assert_eq!(missing, OTHERS);
}
