//! Amounts of money and units.

pub mod currency;
