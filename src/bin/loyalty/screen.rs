//! Writing to the screen, without a panic when nobody reads any more.

use std::fmt::Display;
use std::io::{self, Write};

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of the output has gone.
    Unread,
    /// What to tell; the exit status is 2.
    Message(String),
}

impl Failure {
    /// Something that was done to a file failed.
    pub(crate) fn of(doing: &str, path: impl Display, error: impl Display) -> Self {
        Self::Message(format!("cannot {doing} {path}: {error}"))
    }
}

/// What a command comes to: whether all was well.
pub(crate) type Done = Result<bool, Failure>;

/// Writes a result to standard output.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    written(io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()))
}

/// Writes a finding or complaint to standard error.
pub(crate) fn complain(text: &str) -> Result<(), Failure> {
    written(io::stderr().lock().write_all(text.as_bytes()))
}

fn written(result: io::Result<()>) -> Result<(), Failure> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Unread,
        _ => Failure::Message(format!("cannot write: {error}")),
    })
}
