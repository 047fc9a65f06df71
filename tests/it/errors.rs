//! The catalogue of findings: one minimal program for each code, and the text that its author reads.

use loyalty_rules::amount::Ratio;
use loyalty_rules::check::{Checks, Sources, compile, compile_versions, compile_with};
use loyalty_rules::diagnostics::{Code, Diagnostic, SourceMap, render, render_all};
use loyalty_rules::scenario::{never_fired, run_tests};
use loyalty_rules::syntax::Limits;
use pretty_assertions::assert_eq;
use std::path::PathBuf;

/// What no text can cause: a fault of this crate that only its own tests can make.
const OTHERS: &[&str] = &["L009"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

/// All findings of a program, whether it is refused or not, as text. Its tests run where the name asks for it. What it costs is told where the name asks for it,
/// against a limit of 20%.
fn shown(name: &str) -> String {
    let (list, sources) = found(name);
    render_all(&sources, &list, 50)
}

/// All findings of a program.
fn found(name: &str) -> (Vec<Diagnostic>, SourceMap) {
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
            Ok(compiled) => (compiled.findings, compiled.sources),
            Err(findings) => (findings.list, findings.sources),
        };
    }
    match compile_with(&entry, &Limits::default(), &checks) {
        Ok(compiled) if name.starts_with('X') => {
            let results = run_tests(&compiled);
            let mut list = compiled.findings.clone();
            list.extend(never_fired(&compiled, &results));
            list.extend(results.into_iter().flat_map(|result| result.failures));
            (list, compiled.sources)
        }
        Ok(compiled) => (compiled.findings, compiled.sources),
        Err(findings) => (findings.list, findings.sources),
    }
}

/// Every program of the catalogue.
fn names() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let programs = entries.filter(|path| path.extension().is_some_and(|extension| extension == "loyalty"));
    let mut names: Vec<String> =
        programs.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_code_shows_what_it_should() {
    let mut wrong = String::new();
    for name in names() {
        let expected = std::fs::read_to_string(folder().join(format!("{name}.expected"))).unwrap_or_default();
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

#[test]
fn every_finding_says_what_to_do() {
    let mut without = String::new();
    for name in names() {
        let (list, sources) = found(&name);
        for finding in list.iter().filter(|finding| finding.help.is_none()) {
            without.push_str(&format!("---- {name}\n{}", render(&sources, finding)));
        }
    }
    assert!(without.is_empty(), "{without}");
}

/// What `loyalty check --fix` would write: the repairs are right only if the text then says what was meant.
#[test]
fn what_is_repaired_is_no_longer_told() {
    let mut repaired = 0;
    for name in names() {
        let (list, sources) = found(&name);
        for finding in list.iter().filter(|finding| finding.fix.is_some()) {
            let file = sources.file_at(finding.primary.span.start).unwrap();
            let [start, end] = [finding.primary.span.start, finding.primary.span.end]
                .map(|at| usize::try_from(at - file.base).unwrap());
            let mut text = file.text.clone();
            text.replace_range(start..end, finding.fix.as_deref().unwrap());
            let place = file.position(finding.primary.span.start).0;
            let (list, sources) =
                match compile(&Sources::single("repaired", text.as_str()), &Limits::default()) {
                    Ok(compiled) => (compiled.findings, compiled.sources),
                    Err(findings) => (findings.list, findings.sources),
                };
            let here = |other: &&Diagnostic| sources.files()[0].position(other.primary.span.start).0 == place;
            let again = list.iter().filter(here).find(|other| other.code == finding.code);
            assert_eq!(again, None, "{name}:\n{text}");
            // nothing else of the text itself is wrong in this line either
            let wrong = list.iter().filter(here).find(|other| other.code.id().starts_with('L'));
            assert_eq!(wrong, None, "{name}:\n{text}");
            repaired += 1;
        }
    }
    assert!(repaired >= 10, "{repaired}");
}
