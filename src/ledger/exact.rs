//! Exact amounts of money that are not rounded yet.

use crate::amount::{Rounding, divide};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Decimals that an exact amount can have: those of a unit, of a price and of a percentage together.
const DECIMALS: usize = 18;

/// An amount with up to 18 decimals. It is written without more decimals than it needs: `0.288`, `-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Exact(i128);

impl Exact {
    /// One, in steps.
    pub(crate) const ONE: i128 = 1_000_000_000_000_000_000;

    /// An amount of 10⁻¹⁸.
    pub(crate) const fn of_steps(steps: i128) -> Self {
        Self(steps)
    }

    /// An amount in its smallest steps.
    pub(crate) const fn steps(self) -> i128 {
        self.0
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum; nothing if it leaves 128 bits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The amount with so many decimals, rounded half up: at exactly one half away from zero.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> String {
        let decimals = decimals.min(6);
        let step = Self::ONE / 10_i128.pow(decimals);
        let whole = divide(self.0, step, Rounding::HalfUp).unwrap_or(0);
        let sign = if whole < 0 { "-" } else { "" };
        let (digits, width) = (whole.unsigned_abs(), decimals as usize);
        match 10_u128.pow(decimals) {
            1 => format!("{sign}{digits}"),
            scale => format!("{sign}{}.{:0width$}", digits / scale, digits % scale),
        }
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = Self::ONE.unsigned_abs();
        let (whole, rest) = (self.0.unsigned_abs() / one, self.0.unsigned_abs() % one);
        let sign = if self.0 < 0 { "-" } else { "" };
        let digits = format!("{rest:0DECIMALS$}");
        match digits.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            digits => write!(f, "{sign}{whole}.{digits}"),
        }
    }
}

/// A text that is no exact amount as it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an exact amount like 0.288 or -12")]
pub struct NotExact(String);

impl FromStr for Exact {
    type Err = NotExact;

    fn from_str(text: &str) -> Result<Self, NotExact> {
        let wrong = || NotExact(text.chars().take(40).collect());
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let missing = DECIMALS.checked_sub(rest.len()).ok_or_else(wrong)?;
        let steps: i128 = format!("{whole}{rest}{}", "0".repeat(missing)).parse().map_err(|_| wrong())?;
        let found = Self(steps);
        if found.to_string() == text { Ok(found) } else { Err(wrong()) }
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::wire::read_text(deserializer, "an exact amount like 0.288", |text| text.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::Exact;

    #[test]
    fn an_exact_amount_has_one_text() {
        for text in ["0", "12", "-12", "0.288", "-0.000000000000000001", "1000000.5"] {
            assert_eq!(text.parse::<Exact>().unwrap().to_string(), text);
        }
        for text in ["", "-0", "0.10", "+1", "1.", ".5", "00", "1e3", "0.0000000000000000001"] {
            assert!(text.parse::<Exact>().is_err(), "{text}");
        }
    }

    #[test]
    fn it_is_rounded_half_up_once() {
        let rounded = |text: &str| text.parse::<Exact>().unwrap().rounded(2);
        assert_eq!(rounded("0.288"), "0.29");
        assert_eq!(rounded("0.285"), "0.29");
        assert_eq!(rounded("-0.285"), "-0.29");
        assert_eq!(rounded("0.284999999999999999"), "0.28");
        assert_eq!("2.5".parse::<Exact>().unwrap().rounded(0), "3");
    }
}
