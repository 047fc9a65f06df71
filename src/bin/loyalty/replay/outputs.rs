//! Files that a replay would write although it reads them, or writes them already. They are refused before the first
//! byte is written.

use crate::screen::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// A file that a replay reads or writes, and how it is called on the command line.
pub(crate) struct Named<'p> {
    pub(crate) what: &'static str,
    pub(crate) path: &'p str,
}

/// Refuses outputs that would write over an input or over one another, whatever way their paths are written.
pub(crate) fn check(inputs: &[Named<'_>], outputs: &[Named<'_>]) -> Result<(), Failure> {
    for (place, output) in outputs.iter().enumerate() {
        let before = outputs.get(..place).unwrap_or_default();
        for (other, verb) in
            inputs.iter().map(|input| (input, "read")).chain(before.iter().map(|o| (o, "written")))
        {
            if is_same(output.path, other.path) {
                return Err(Failure::Message(format!(
                    "{} names the file that {} is {verb} {}: {}\n  nothing was written; give {} a file of its own",
                    output.what,
                    other.what,
                    if verb == "read" { "from" } else { "to" },
                    output.path,
                    output.what,
                )));
            }
        }
    }
    Ok(())
}

/// Whether two paths lead to one file, or would if they were written.
fn is_same(one: &str, two: &str) -> bool {
    let (one, two) = (Path::new(own_path(one)), Path::new(own_path(two)));
    match (fs::metadata(one), fs::metadata(two)) {
        // what is no file, such as a pipe or the terminal, keeps nothing that could be written over
        (Ok(first), Ok(second)) => {
            first.is_file() && second.is_file() && (is_one(&first, &second) || target(one) == target(two))
        }
        _ => target(one) == target(two),
    }
}

/// Standard input has a path where it may be a file.
fn own_path(path: &str) -> &str {
    if path == "-" { "/dev/stdin" } else { path }
}

/// Two names of one file: hard links.
#[cfg(unix)]
fn is_one(first: &fs::Metadata, second: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (first.dev(), first.ino()) == (second.dev(), second.ino())
}

#[cfg(not(unix))]
fn is_one(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}

/// Where writing to a path would end, behind all links.
fn target(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // as many links as systems follow
    for _ in 0..40 {
        if let Ok(found) = fs::canonicalize(&path) {
            return found;
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        match (fs::read_link(&path), path.file_name()) {
            // a link to a file that does not exist yet
            (Ok(link), _) => path = folder.join(link),
            (Err(_), Some(name)) => return fs::canonicalize(&folder).unwrap_or(folder).join(name),
            (Err(_), None) => break,
        }
    }
    path
}
