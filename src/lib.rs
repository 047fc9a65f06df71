//! Readable loyalty rules in, exact double-entry ledger deltas out.

pub mod amount;
pub mod calendar;
pub mod diagnostics;
pub mod syntax;
