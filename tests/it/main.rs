//! All integration tests, in one binary.

mod format;
mod real;
mod syntax;
