//! From text to tree and back. The only room that names pest.

pub mod ast;
mod limits;

pub use limits::Limits;
