//! Readable loyalty rules in, exact double-entry ledger deltas out.

pub mod account;
pub mod amount;
pub mod calendar;
pub mod check;
pub mod diagnostics;
pub mod evaluate;
pub mod event;
pub mod ledger;
pub mod program;
pub mod scenario;
pub mod syntax;
