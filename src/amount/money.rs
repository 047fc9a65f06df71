//! Money and quantities at the door.

use super::rounding::div_rem;
use super::{AmountError, fixed};
use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

const MICROS: i64 = 1_000_000;

macro_rules! micro_amount {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            /// Zero.
            pub const ZERO: Self = Self(0);
            /// The largest amount, 10^12.
            pub const MAX: Self = Self(fixed::limit(fixed::MOST_DECIMALS) as i64);
            /// The smallest amount, −10^12.
            pub const MIN: Self = Self(-Self::MAX.0);

            /// So many millionths, or nothing beyond the limit of 10^12 on either side of zero.
            #[must_use]
            pub const fn from_micros(micros: i64) -> Option<Self> {
                if micros < Self::MIN.0 || micros > Self::MAX.0 { None } else { Some(Self(micros)) }
            }

            /// The amount in millionths, from −10^18 to 10^18.
            #[must_use]
            pub const fn micros(self) -> i64 {
                self.0
            }

            /// So many steps of 10^-`decimals`, at most six decimals: `from_scaled(1999, 2)` is 19.99.
            #[must_use]
            pub fn from_scaled(steps: i64, decimals: u8) -> Option<Self> {
                let missing = fixed::MOST_DECIMALS.checked_sub(decimals)?;
                Self::from_micros(steps.checked_mul(i64::try_from(fixed::step(missing)).ok()?)?)
            }

            /// The amount in steps of 10^-`decimals`, at most six decimals; nothing if that is not exact.
            #[must_use]
            pub fn to_scaled(self, decimals: u8) -> Option<i64> {
                let missing = fixed::MOST_DECIMALS.checked_sub(decimals)?;
                let step = i64::try_from(fixed::step(missing)).ok()?;
                (self.0 % step == 0).then_some(self.0 / step)
            }

            /// Whether the amount is zero.
            #[must_use]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Whether the amount is below zero.
            #[must_use]
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// The amount on the other side of zero.
            #[must_use]
            pub const fn negated(self) -> Self {
                Self(-self.0)
            }

            /// The sum, or nothing beyond the limit.
            #[must_use]
            pub const fn checked_add(self, other: Self) -> Option<Self> {
                // two limits fit 64 bits
                Self::from_micros(self.0 + other.0)
            }

            /// The difference, or nothing beyond the limit.
            #[must_use]
            pub const fn checked_sub(self, other: Self) -> Option<Self> {
                Self::from_micros(self.0 - other.0)
            }

            /// The canonical text with at least `least` decimals (0 to 6) and as many more as are needed: with 2
            /// it is `10.00`, `9.90` or `0.125`. Zero has no sign.
            #[must_use]
            pub const fn display(self, least: u8) -> impl fmt::Display + Copy {
                Text { micros: self.0, least }
            }
        }

        impl FromStr for $name {
            type Err = AmountError;

            /// Reads `-?\d{1,13}(\.\d{1,6})?`, up to 10^12 on either side of zero. Nothing is rounded.
            fn from_str(text: &str) -> Result<Self, AmountError> {
                fixed::parse(text, fixed::MOST_DECIMALS).map(Self)
            }
        }

        impl TryFrom<Decimal> for $name {
            type Error = AmountError;

            fn try_from(value: Decimal) -> Result<Self, AmountError> {
                fixed::from_decimal(value, fixed::MOST_DECIMALS).map(Self)
            }
        }

        impl From<$name> for Decimal {
            fn from(value: $name) -> Self {
                fixed::to_decimal(value.0, fixed::MOST_DECIMALS)
            }
        }

        impl fmt::Display for $name {
            /// The canonical text with the needed decimals only: `10`, `9.9`.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fixed::write(f, self.0, fixed::MOST_DECIMALS, 0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

micro_amount! {
    /// An amount of money in millionths of a currency, up to 10^12 on either side of zero. Which currency, the
    /// owner of the value knows.
    Money
}

micro_amount! {
    /// A number of pieces, kilograms or whatever a line counts, in millionths, up to 10^12 on either side of zero.
    Quantity
}

#[derive(Clone, Copy)]
struct Text {
    micros: i64,
    least: u8,
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fixed::write(f, self.micros, fixed::MOST_DECIMALS, self.least)
    }
}

/// Quantity times price of one; nothing if the exact product needs more than six decimals or is beyond the limit
/// of [`Money`].
#[must_use]
pub fn line_value(quantity: Quantity, price: Money) -> Option<Money> {
    // 10^18 × 10^18 fits 128 bits
    let product = i128::from(quantity.0) * i128::from(price.0);
    let (micros, rest) = div_rem(product.unsigned_abs(), MICROS.unsigned_abs().into())?;
    if rest != 0 {
        return None;
    }
    let micros = i64::try_from(micros).ok()?;
    Money::from_micros(if product < 0 { -micros } else { micros })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn reads_and_writes() {
        for (text, micros, shortest, minor) in [
            ("0", 0, "0", "0.00"),
            ("-0.00", 0, "0", "0.00"),
            ("10", 10_000_000, "10", "10.00"),
            ("9.90", 9_900_000, "9.9", "9.90"),
            ("-0.125", -125_000, "-0.125", "-0.125"),
            ("007.5", 7_500_000, "7.5", "7.50"),
            ("0.000001", 1, "0.000001", "0.000001"),
            ("1000000000000", 1_000_000_000_000_000_000, "1000000000000", "1000000000000.00"),
            ("-1000000000000.000000", -1_000_000_000_000_000_000, "-1000000000000", "-1000000000000.00"),
        ] {
            let amount = money(text);
            assert_eq!(amount.micros(), micros, "{text}");
            assert_eq!(amount.to_string(), shortest);
            assert_eq!(amount.display(2).to_string(), minor);
        }
        assert_eq!(money("5").display(0).to_string(), "5");
        assert_eq!(money("5.5").display(0).to_string(), "5.5");
        assert_eq!(money("5").display(3).to_string(), "5.000");
        assert_eq!(format!("{:?}", money("-5.50")), "Money(-5.5)");
    }

    #[test]
    fn refuses_everything_else() {
        for (text, error) in [
            ("", AmountError::Form),
            ("-", AmountError::Form),
            ("+1", AmountError::Form),
            ("--1", AmountError::Form),
            ("1.", AmountError::Form),
            (".5", AmountError::Form),
            ("1,5", AmountError::Form),
            ("1_000", AmountError::Form),
            ("1e5", AmountError::Form),
            ("1.2.3", AmountError::Form),
            (" 1", AmountError::Form),
            ("1.23abc", AmountError::Form),
            ("١", AmountError::Form),
            ("NaN", AmountError::Form),
            ("1.0000000", AmountError::TooManyDecimals),
            ("1000000000000.000001", AmountError::TooLarge),
            ("1000000000001", AmountError::TooLarge),
            ("9999999999999.999999", AmountError::TooLarge),
            ("00000000000001", AmountError::TooLarge),
        ] {
            assert_eq!(text.parse::<Money>(), Err(error), "{text}");
        }
    }

    #[test]
    fn minor_units() {
        assert_eq!(Money::from_scaled(1_999, 2), Some(money("19.99")));
        assert_eq!(Money::from_scaled(-5, 0), Some(money("-5")));
        assert_eq!(Money::from_scaled(1, 7), None);
        assert_eq!(Money::from_scaled(i64::MAX, 0), None);
        assert_eq!(money("19.99").to_scaled(2), Some(1_999));
        assert_eq!(money("19.99").to_scaled(1), None);
        assert_eq!(money("-19").to_scaled(0), Some(-19));
    }

    #[test]
    fn sums_stop_at_the_limit() {
        assert_eq!(money("0.1").checked_add(money("0.2")), Some(money("0.3")));
        assert_eq!(money("0.1").checked_sub(money("0.3")), Some(money("-0.2")));
        assert_eq!(Money::MAX.checked_add(money("0.000001")), None);
        assert_eq!(Money::MIN.checked_add(Money::MIN), None);
        assert_eq!(Money::MIN.negated(), Money::MAX);
    }

    #[test]
    fn line_values_are_exact() {
        for (quantity, price, value) in [
            ("3", "1.99", Some("5.97")),
            ("0.4", "12.50", Some("5")),
            ("-1", "2.50", Some("-2.50")),
            ("-2", "-2.50", Some("5")),
            ("0.333333", "0.01", None),
            ("0.000001", "1", Some("0.000001")),
            ("0.000001", "0.1", None),
            ("1000000000000", "1", Some("1000000000000")),
            ("1000000000000", "1.000001", None),
            ("1000000000000", "-1000000000000", None),
            ("0", "0.000001", Some("0")),
        ] {
            let found = line_value(quantity.parse().unwrap(), money(price));
            assert_eq!(found, value.map(money), "{quantity} × {price}");
        }
    }

    #[test]
    fn decimals() {
        for (text, expected) in [
            ("1.50", Ok("1.5")),
            ("-0.00", Ok("0")),
            ("0.0000010000", Ok("0.000001")),
            ("0.0000001", Err(AmountError::TooManyDecimals)),
            ("1000000000000.1", Err(AmountError::TooLarge)),
            ("79228162514264337593543950335", Err(AmountError::TooLarge)),
        ] {
            let found = Money::try_from(Decimal::from_str_exact(text).unwrap());
            assert_eq!(found, expected.map(money), "{text}");
        }
        assert_eq!(Decimal::from(money("-9.90")).to_string(), "-9.9");
    }

    proptest! {
        #[test]
        fn texts_and_decimals_come_back(micros in Money::MIN.micros()..=Money::MAX.micros(), least in 0u8..=6) {
            let amount = Money::from_micros(micros).unwrap();
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
            prop_assert_eq!(amount.display(least).to_string().parse(), Ok(amount));
            prop_assert_eq!(Money::try_from(Decimal::from(amount)), Ok(amount));
            prop_assert_eq!(Decimal::from(amount).to_string(), amount.to_string());
        }

        #[test]
        fn never_panics(text in "-?[0-9.]{0,25}|\\PC{0,10}") {
            let _ = text.parse::<Quantity>();
        }
    }
}
