//! Many accounts together: the in-file tests of a program, and replays of past events.
//!
//! A [`World`] plays the host: it keeps one account for each member, delivers messages between them and runs their
//! clocks. Everything it does is in a fixed order, so the same events always end in the same ledger.

mod budgets;
mod expect;
mod find;
mod lines;
mod run;
mod setup;
mod step;
mod tally;
mod world;

pub use run::{TestResult, never_fired, run_tests};
pub use tally::{
    BalanceRow, CardSummary, CharitySummary, RuleSummary, Summary, Tally, TiersSummary, UnitSummary,
    VoucherSummary, balances,
};
pub use world::World;
