//! The command `loyalty`.
fn main() {}
