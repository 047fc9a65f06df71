//! Bugs that other systems had: each is a test named after what went wrong there.

mod returns;
