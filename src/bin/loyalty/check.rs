//! `loyalty check`.

use crate::screen::Done;
use crate::{fix, load};
use clap::Args;
use loyalty_rules::diagnostics::Severity;

/// Check rule files: what is wrong, what is probably not meant, and what is worth knowing.
///
/// Each file is a program of its own, with the files that it imports. Findings go to standard error. The exit status
/// is 0 if no file has an error, 1 if one has, 2 if a file cannot be read.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Rule files; the entry file of each program.
    #[arg(required = true)]
    files: Vec<String>,
    /// Also end with 1 if there is a warning.
    #[arg(long)]
    deny_warnings: bool,
    /// First carry out every repair that a finding marks with `can be fixed automatically`, in the files themselves.
    #[arg(long)]
    fix: bool,
}

impl Check {
    pub(crate) fn run(&self) -> Done {
        let mut good = true;
        for file in &self.files {
            if self.fix {
                fix::repair(file)?;
            }
            match load::program(file)? {
                Some(compiled) => {
                    load::show_findings(&compiled)?;
                    let mut findings = compiled.findings.iter();
                    let warned = findings.any(|finding| finding.severity <= Severity::Warning);
                    good &= !(self.deny_warnings && warned);
                }
                None => good = false,
            }
        }
        Ok(good)
    }
}
