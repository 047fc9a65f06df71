//! Reading rule files and what they import.

use crate::screen::{Failure, complain};
use loyalty_rules::check::{
    Checks, CompiledVersions, compile_versions, compile_with, host_lists_of, imports_of, resolve,
};
use loyalty_rules::diagnostics::render_all;
use loyalty_rules::{Compiled, Limits, Sources};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The text of a file.
pub(crate) fn text(path: &str) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::of("read", path, error))?;
    String::from_utf8(bytes).map_err(|_| Failure::Message(format!("{path} is not UTF-8 text")))
}

/// A rule file and all files that it imports, relative to the importing file, and the lists that come from outside:
/// `Summer range.txt` beside the rule file, one name in a line. What is missing becomes a finding.
pub(crate) fn sources(path: &str) -> Result<Sources, Failure> {
    let entry = text(path)?;
    let mut open: Vec<(String, Vec<String>)> = vec![(path.to_owned(), imports_of(&entry))];
    let mut lists = host_lists_of(&entry);
    let mut sources = Sources::single(path, entry);
    let mut seen = BTreeSet::from([path.to_owned()]);
    while let Some((importing, imports)) = open.pop() {
        for import in imports {
            let Some(found) = resolve(&importing, &import) else { continue };
            // the limit of files is the compiler's; this one only keeps a circle of odd paths finite
            if seen.len() > 1_000 || !seen.insert(found.clone()) || !Path::new(&found).is_file() {
                continue;
            }
            let text = text(&found)?;
            open.push((found.clone(), imports_of(&text)));
            lists.append(&mut host_lists_of(&text));
            sources = sources.with(found, text);
        }
    }
    for list in lists {
        if let Some(names) = names_of(path, &list)? {
            sources = sources.with_list(list, names);
        }
    }
    Ok(sources)
}

/// The names of a list, from the file that has its name; nothing if there is none.
fn names_of(path: &str, list: &str) -> Result<Option<Vec<String>>, Failure> {
    if list.contains(['/', '\\']) {
        return Ok(None);
    }
    let file = Path::new(path).with_file_name(format!("{list}.txt"));
    if !file.is_file() {
        return Ok(None);
    }
    let text = text(&file.to_string_lossy())?;
    let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
    Ok(Some(names.map(str::to_owned).collect()))
}

/// Compiles a rule file. Findings of a program that is refused go to standard error.
pub(crate) fn program(path: &str) -> Result<Option<Compiled>, Failure> {
    checked(path, &Checks::default())
}

/// Compiles a rule file and looks for what is asked beside.
pub(crate) fn checked(path: &str, checks: &Checks) -> Result<Option<Compiled>, Failure> {
    match compile_with(&sources(path)?, &Limits::default(), checks) {
        Ok(compiled) => Ok(Some(compiled)),
        Err(findings) => {
            complain(&findings.to_string())?;
            Ok(None)
        }
    }
}

/// Compiles one rule file, or several as versions of one program. Findings of what is refused go to standard error.
pub(crate) fn versions(paths: &[String], checks: &Checks) -> Result<Option<CompiledVersions>, Failure> {
    let texts: Vec<Sources> = paths.iter().map(|path| sources(path)).collect::<Result<_, _>>()?;
    match compile_versions(&texts, &Limits::default(), checks) {
        Ok(compiled) => Ok(Some(compiled)),
        Err(findings) => {
            complain(&findings.to_string())?;
            Ok(None)
        }
    }
}

/// Shows the warnings and notes of a program that was compiled.
pub(crate) fn show_findings(compiled: &Compiled) -> Result<(), Failure> {
    complain(&render_all(&compiled.sources, &compiled.findings, compiled.findings.len()))
}
