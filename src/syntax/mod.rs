//! From text to tree and back. The only room that names pest.

pub mod ast;
mod limits;
mod print;
mod same;

pub use limits::Limits;
pub use print::print;
pub use same::{bare, same};
