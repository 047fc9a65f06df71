//! `loyalty check`.

use crate::screen::{Done, complain};
use crate::{fix, load};
use clap::Args;
use loyalty_rules::amount::Ratio;
use loyalty_rules::check::Checks;
use loyalty_rules::diagnostics::{Diagnostic, Severity, render_all};

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
    /// Take the files as versions of one program, and compare each with the one before it.
    #[arg(long)]
    versions: bool,
    /// Also tell the most that each unit and voucher can cost for what members spend.
    #[arg(long)]
    cost: bool,
    /// Warn where more than this part of what is spent can come back, as a percentage: 20 or 2.5.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    payback_limit: Option<Ratio>,
}

/// A percentage as a fraction.
fn percent(text: &str) -> Result<Ratio, String> {
    let number = text.parse().ok().and_then(Ratio::from_decimal).filter(|number| *number > Ratio::ZERO);
    let part = number.and_then(|number| number.checked_div(Ratio::whole(100)));
    part.ok_or_else(|| "it must be a number above zero with at most six decimals".to_owned())
}

impl Check {
    pub(crate) fn run(&self) -> Done {
        let checks = Checks { cost: self.cost, payback_limit: self.payback_limit };
        let mut good = true;
        let warned = |findings: &[Diagnostic]| {
            findings.iter().any(|finding| finding.severity <= Severity::Warning) && self.deny_warnings
        };
        if self.versions {
            for file in self.files.iter().filter(|_| self.fix) {
                fix::repair(file)?;
            }
            let Some(compiled) = load::versions(&self.files, &checks)? else { return Ok(false) };
            let (sources, findings) = (&compiled.sources, &compiled.findings);
            complain(&render_all(sources, findings, findings.len()))?;
            return Ok(!warned(findings));
        }
        for file in &self.files {
            if self.fix {
                fix::repair(file)?;
            }
            match load::checked(file, &checks)? {
                Some(compiled) => {
                    load::show_findings(&compiled)?;
                    good &= !warned(&compiled.findings);
                }
                None => good = false,
            }
        }
        Ok(good)
    }
}
