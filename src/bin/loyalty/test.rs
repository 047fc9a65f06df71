//! `loyalty test`.

use crate::load;
use crate::screen::{Done, Failure, complain, say};
use clap::Args;
use loyalty_rules::Compiled;
use loyalty_rules::diagnostics::{Diagnostic, render};
use loyalty_rules::scenario::{TestResult, never_fired, run_tests};
use serde::Serialize;

/// Run the tests in rule files.
///
/// The exit status is 0 if every test of every file passes, 1 if one fails or a file has an error, 2 if a file cannot
/// be read.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Rule files; the entry file of each program.
    #[arg(required = true)]
    files: Vec<String>,
    /// Print a JSON list with an object for each test: file, name, passed, failures.
    #[arg(long)]
    json: bool,
}

/// One test in JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    file: &'a str,
    name: String,
    passed: bool,
    failures: Vec<FailureLine>,
}

/// One failure in JSON.
#[derive(Debug, Serialize)]
struct FailureLine {
    /// The file in which the line stands: that of the program or one that it imports.
    file: String,
    /// Counted from 1.
    line: usize,
    /// Counted from 1, in characters.
    column: usize,
    /// The line of the test.
    expected: String,
    /// What is instead.
    found: String,
    /// How that came about.
    how: Vec<String>,
}

impl Test {
    pub(crate) fn run(&self) -> Done {
        let mut lines: Vec<Line<'_>> = Vec::new();
        let (mut passed, mut failed, mut good) = (0_usize, 0_usize, true);
        for file in &self.files {
            let Some(compiled) = load::program(file)? else {
                good = false;
                continue;
            };
            let results = run_tests(&compiled);
            for result in &results {
                *(if result.passed { &mut passed } else { &mut failed }) += 1;
            }
            if self.json {
                lines.extend(results.into_iter().map(|result| json_line(&compiled, file, result)));
            } else {
                show(&compiled, file, &results)?;
            }
        }
        good &= failed == 0;
        if self.json {
            let text =
                serde_json::to_string_pretty(&lines).map_err(|error| Failure::Message(error.to_string()))?;
            say(&format!("{text}\n"))?;
        } else {
            say(&format!("{passed} passed, {failed} failed\n"))?;
        }
        Ok(good)
    }
}

fn show(compiled: &Compiled, file: &str, results: &[TestResult]) -> Result<(), Failure> {
    for result in results {
        let word = if result.passed { "ok    " } else { "FAILED" };
        say(&format!("{word} {file}: {}\n", result.name))?;
        for failure in &result.failures {
            complain(&format!("{}\n", render(&compiled.sources, failure)))?;
        }
    }
    match never_fired(compiled, results) {
        Some(finding) => complain(&render(&compiled.sources, &finding)),
        None => Ok(()),
    }
}

fn json_line<'a>(compiled: &Compiled, file: &'a str, result: TestResult) -> Line<'a> {
    let failures = result.failures.iter().map(|failure| failure_line(compiled, failure)).collect();
    Line { file, name: result.name, passed: result.passed, failures }
}

fn failure_line(compiled: &Compiled, failure: &Diagnostic) -> FailureLine {
    let span = failure.primary.span;
    let source = compiled.sources.file_at(span.start);
    let (line, column) = source.map_or((0, 0), |source| source.position(span.start));
    FailureLine {
        file: source.map_or(String::new(), |source| source.path.clone()),
        line,
        column,
        expected: compiled.sources.text(span).to_owned(),
        found: failure.primary.text.clone(),
        how: failure.notes.clone(),
    }
}
