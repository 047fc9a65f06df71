//! All integration tests, in one binary.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "in a test, a panic is the right answer to a surprise, and tables are long"
)]

mod accounts;
mod cards;
mod check;
mod choices;
#[cfg(feature = "cli")]
mod cli;
mod docs;
mod each;
mod errors;
mod everything;
mod format;
mod friends;
mod giving;
mod host;
mod item_tables;
mod laws;
mod members;
mod milestones;
pub(crate) mod partners;
mod peers;
mod play;
mod programs;
mod real;
mod rebates;
pub(crate) mod returns;
mod rule_files;
mod scenario;
mod spending;
mod sums;
mod syntax;
mod tax;
mod tiers;
mod time;
mod versions;
mod wrong_lines;
