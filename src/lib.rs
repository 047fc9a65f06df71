//! Readable loyalty rules in, exact double-entry ledger deltas out.

pub mod amount;
pub mod diagnostics;
pub mod syntax;
