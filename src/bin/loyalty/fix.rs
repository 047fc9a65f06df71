//! Carrying out the repairs that findings offer.

use crate::load;
use crate::screen::{Failure, complain};
use loyalty_rules::diagnostics::{Diagnostic, SourceMap};
use loyalty_rules::{Limits, compile};
use std::fs;

/// Rounds at most: a repair may uncover the next.
const ROUNDS: usize = 10;

/// Carries out every certain repair in a program's files, again and again until none is left, and tells how many.
pub(crate) fn repair(entry: &str) -> Result<usize, Failure> {
    let mut done = 0;
    for _ in 0..ROUNDS {
        let (findings, sources) = match compile(&load::sources(entry)?, &Limits::default()) {
            Ok(compiled) => (compiled.findings, compiled.sources),
            Err(refused) => (refused.list, refused.sources),
        };
        let repaired = once(&findings, &sources)?;
        if repaired == 0 {
            break;
        }
        done += repaired;
    }
    if done > 0 {
        complain(&format!("{entry}: {done} repaired\n"))?;
    }
    Ok(done)
}

/// Writes every file with the repairs of its findings, from the last place to the first.
fn once(findings: &[Diagnostic], sources: &SourceMap) -> Result<usize, Failure> {
    let mut done = 0;
    for file in sources.files() {
        let inside = |finding: &&Diagnostic| {
            sources.file_at(finding.primary.span.start).is_some_and(|found| found.base == file.base)
        };
        let mut repairs: Vec<(usize, usize, &str)> = findings
            .iter()
            .filter(inside)
            .filter_map(|finding| {
                let span = finding.primary.span;
                let local = |at: u32| usize::try_from(at.checked_sub(file.base)?).ok();
                Some((local(span.start)?, local(span.end)?, finding.fix.as_deref()?))
            })
            .collect();
        repairs.sort_unstable();
        // of two repairs that overlap the first counts; the other is looked at in the next round
        repairs.dedup_by(|later, earlier| later.0 < earlier.1);
        let mut text = file.text.clone();
        for (start, end, fix) in repairs.iter().rev() {
            if text.get(*start..*end).is_some() {
                text.replace_range(*start..*end, fix);
                done += 1;
            }
        }
        if !repairs.is_empty() {
            fs::write(&file.path, text).map_err(|error| Failure::of("write", &file.path, error))?;
        }
    }
    Ok(done)
}
