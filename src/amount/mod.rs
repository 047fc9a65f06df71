//! Exact amounts: money at the door, fractions, rounding, shares.
//!
//! Nothing here uses floating point, and nothing wraps: what does not fit is refused.

mod currency;
mod fixed;
mod money;
mod product;
mod ratio;
mod rounding;
mod scaled;
mod share;

pub use currency::minor_digits;
pub use money::{Money, Quantity, line_value};
pub(crate) use product::compare_products;
pub use ratio::{Ratio, gcd, lcm};
pub use rounding::{Rounding, divide};
pub use scaled::{Scaled, format_scaled, parse_scaled};
pub use share::{Sharer, Ties};

/// Why a text or a number is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// The text does not have the one accepted form.
    #[error("it is not written like 12 or -12.50")]
    Form,
    /// There are more decimals than can be kept exactly; nothing is rounded at the door.
    #[error("it has too many decimals")]
    TooManyDecimals,
    /// The amount is beyond the limit of 10^12 on either side of zero.
    #[error("it is too large")]
    TooLarge,
}

/// Reads a plain decimal of at most six decimals as millionths, within 10^12 on either side of zero.
pub(crate) fn parse_micros(text: &str) -> Option<i64> {
    text.parse::<Money>().ok().map(Money::micros)
}
