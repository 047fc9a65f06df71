//! Amounts of units that declare their own decimals.

use super::{AmountError, fixed};
use rust_decimal::Decimal;
use std::fmt;

/// The most decimals that a unit may declare.
const MOST_DECIMALS: u8 = 4;

/// An amount of a unit in the smallest steps it declares, up to 10^12 whole ones on either side of zero.
///
/// Its text always has exactly the declared decimals (`12.50` with two), so that equal amounts of a unit are equal
/// texts and the same bytes on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scaled {
    units: i64,
    decimals: u8,
}

impl Scaled {
    /// So many steps of 10^-`decimals`. Nothing above four decimals or beyond the limit.
    #[must_use]
    pub fn new(units: i64, decimals: u8) -> Option<Self> {
        if decimals > MOST_DECIMALS || units.unsigned_abs() > fixed::limit(decimals) {
            return None;
        }
        Some(Self { units, decimals })
    }

    /// Reads `-?\d{1,13}(\.\d{1,decimals})?`; a text with fewer decimals is accepted, one with more is not, not
    /// even if they are zeros.
    ///
    /// # Errors
    ///
    /// If the form is wrong, there are too many decimals, or the amount is beyond the limit.
    pub fn parse(text: &str, decimals: u8) -> Result<Self, AmountError> {
        Ok(Self { units: parse_scaled(text, decimals)?, decimals: decimals.min(MOST_DECIMALS) })
    }

    /// The exact amount of a decimal.
    ///
    /// # Errors
    ///
    /// If it has more decimals (trailing zeros aside) or is beyond the limit.
    pub fn from_decimal(value: Decimal, decimals: u8) -> Result<Self, AmountError> {
        let decimals = decimals.min(MOST_DECIMALS);
        Ok(Self { units: fixed::from_decimal(value, decimals)?, decimals })
    }

    /// The amount as a decimal, without trailing zeros.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        fixed::to_decimal(self.units, self.decimals)
    }

    /// The amount in steps of 10^-`decimals`.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.units
    }

    /// The decimals of the unit, 0 to 4.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        self.decimals
    }
}

impl fmt::Display for Scaled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fixed::write(f, self.units, self.decimals, self.decimals)
    }
}

/// The canonical text of `units` steps of 10^-`decimals` (0 to 4; above that as for 4) with exactly that many
/// decimals: 1,250 steps of two decimals are `12.50`. Any number is written, also one beyond the limit.
#[must_use]
pub fn format_scaled(units: i64, decimals: u8) -> String {
    Scaled { units, decimals: decimals.min(MOST_DECIMALS) }.to_string()
}

/// The steps of 10^-`decimals` (0 to 4; above that as for 4) that a text means; see [`Scaled::parse`].
///
/// # Errors
///
/// If the form is wrong, there are too many decimals, or the amount is beyond 10^12 on either side of zero.
pub fn parse_scaled(text: &str, decimals: u8) -> Result<i64, AmountError> {
    fixed::parse(text, decimals.min(MOST_DECIMALS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    #[test]
    fn texts() {
        for (units, decimals, text) in [
            (0, 0, "0"),
            (0, 2, "0.00"),
            (1_250, 2, "12.50"),
            (-5, 2, "-0.05"),
            (-5, 0, "-5"),
            (1, 4, "0.0001"),
            (10_000_000_000_000_000, 4, "1000000000000.0000"),
        ] {
            assert_eq!(format_scaled(units, decimals), text);
            assert_eq!(parse_scaled(text, decimals), Ok(units));
        }
        assert_eq!(format_scaled(i64::MIN, 0), "-9223372036854775808");
        assert_eq!(parse_scaled("12.5", 2), Ok(1_250));
        assert_eq!(parse_scaled("12", 2), Ok(1_200));
        assert_eq!(parse_scaled("-0", 2), Ok(0));
    }

    #[test]
    fn refusals() {
        assert_eq!(parse_scaled("5.0", 0), Err(AmountError::TooManyDecimals));
        assert_eq!(parse_scaled("5.000", 2), Err(AmountError::TooManyDecimals));
        assert_eq!(parse_scaled("5.", 2), Err(AmountError::Form));
        assert_eq!(parse_scaled("1000000000000.01", 2), Err(AmountError::TooLarge));
        assert_eq!(Scaled::new(1, 5), None);
        assert_eq!(Scaled::new(1_000_000_000_001, 0), None);
        assert_eq!(Scaled::new(i64::MIN, 4), None);
        let third = Decimal::from_str_exact("0.333").unwrap();
        assert_eq!(Scaled::from_decimal(third, 2), Err(AmountError::TooManyDecimals));
        assert_eq!(Scaled::from_decimal(third, 3), Ok(Scaled { units: 333, decimals: 3 }));
    }

    proptest! {
        #[test]
        fn texts_and_decimals_come_back(units in -1_000_000_000_000i64..=1_000_000_000_000, decimals in 0u8..=4) {
            let amount = Scaled::new(units, decimals).unwrap();
            prop_assert_eq!(Scaled::parse(&amount.to_string(), decimals), Ok(amount));
            prop_assert_eq!(Scaled::from_decimal(amount.to_decimal(), decimals), Ok(amount));
        }
    }
}
