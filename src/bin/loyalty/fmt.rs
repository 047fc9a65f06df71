//! `loyalty fmt`.

use crate::load;
use crate::screen::{Done, Failure, complain, say};
use clap::Args;
use loyalty_rules::Limits;
use loyalty_rules::diagnostics::{SourceMap, render_all};
use loyalty_rules::syntax::format;
use std::fs;

/// Format rule files in place, the one way in which they are written.
///
/// The exit status is 0 if all files are formatted now, 1 if one cannot be understood, 2 if one cannot be read or
/// written.
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Rule files. Imported files are not followed: name them.
    #[arg(required = true)]
    files: Vec<String>,
    /// Write nothing; print the names of files that are not formatted, and end with 1 if there are any.
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(crate) fn run(&self) -> Done {
        let mut good = true;
        for file in &self.files {
            let text = load::text(file)?;
            let mut map = SourceMap::default();
            map.add(file.as_str(), text.as_str());
            let Some(source) = map.files().first() else { continue };
            match format(source, &Limits::default()) {
                Err(findings) => {
                    complain(&render_all(&map, &findings, findings.len()))?;
                    good = false;
                }
                Ok(formatted) if formatted == text => {}
                Ok(_) if self.check => {
                    say(&format!("{file}\n"))?;
                    good = false;
                }
                Ok(formatted) => {
                    fs::write(file, formatted).map_err(|error| Failure::of("write", file, error))?;
                }
            }
        }
        Ok(good)
    }
}
