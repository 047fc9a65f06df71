//! Exact fractions.

use super::rounding::{Rounding, div_rem, divide};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::fmt;

/// The greatest common divisor; `gcd(0, n)` is n.
#[must_use]
pub fn gcd(mut one: u128, mut other: u128) -> u128 {
    while let Some((_, rest)) = div_rem(one, other) {
        (one, other) = (other, rest);
    }
    one
}

/// The least common multiple, never negative. Nothing if it does not fit; zero if one of them is zero.
#[must_use]
pub fn lcm(one: i128, other: i128) -> Option<i128> {
    let (one, other) = (one.unsigned_abs(), other.unsigned_abs());
    let common = gcd(one, other);
    if common == 0 {
        return Some(0);
    }
    i128::try_from((one / common).checked_mul(other)?).ok()
}

/// An exact fraction in lowest terms. The denominator is above zero, so equal values have equal fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: i128,
    den: i128,
}

impl Ratio {
    /// Zero.
    pub const ZERO: Self = Self { num: 0, den: 1 };
    /// One.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// The fraction `num / den`. Nothing if `den` is zero or the lowest terms do not fit.
    #[must_use]
    pub fn new(num: i128, den: i128) -> Option<Self> {
        if den == 1 {
            return Some(Self { num, den });
        }
        let common = gcd(num.unsigned_abs(), den.unsigned_abs());
        if den == 0 {
            return None;
        }
        let den_abs = i128::try_from(den.unsigned_abs() / common).ok()?;
        let num_abs = num.unsigned_abs() / common;
        let num = if (num < 0) == (den < 0) {
            0_i128.checked_add_unsigned(num_abs)?
        } else {
            0_i128.checked_sub_unsigned(num_abs)?
        };
        Some(Self { num, den: den_abs })
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(value: i128) -> Self {
        Self { num: value, den: 1 }
    }

    /// The exact value of a decimal with at most six decimals (trailing zeros aside); nothing if it has more.
    #[must_use]
    pub fn from_decimal(value: Decimal) -> Option<Self> {
        let value = value.normalize();
        if value.scale() > 6 {
            return None;
        }
        Self::new(value.mantissa(), 10_i128.checked_pow(value.scale())?)
    }

    /// The numerator; it carries the sign.
    #[must_use]
    pub const fn num(self) -> i128 {
        self.num
    }

    /// The denominator, above zero.
    #[must_use]
    pub const fn den(self) -> i128 {
        self.den
    }

    /// Whether the value is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.num == 0
    }

    /// The sum, or nothing if it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.den == other.den {
            return Self::new(self.num.checked_add(other.num)?, self.den);
        }
        let den = lcm(self.den, other.den)?;
        let left = self.num.checked_mul(den / self.den)?;
        let right = other.num.checked_mul(den / other.den)?;
        Self::new(left.checked_add(right)?, den)
    }

    /// The difference, or nothing if it does not fit.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self { num: other.num.checked_neg()?, den: other.den })
    }

    /// The product, or nothing if it does not fit.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        // cancelling across first keeps the products as small as the result
        let left = Self::new(self.num, other.den)?;
        let right = Self::new(other.num, self.den)?;
        Some(Self { num: left.num.checked_mul(right.num)?, den: left.den.checked_mul(right.den)? })
    }

    /// The quotient; nothing if the divisor is zero or it does not fit.
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        self.checked_mul(Self::new(other.den, other.num)?)
    }

    /// The nearest whole number in this mode.
    #[must_use]
    pub fn round(self, mode: Rounding) -> Option<i128> {
        divide(self.num, self.den, mode)
    }

    /// The value in steps of 10^-`decimals`, rounded once: 1.255 with two decimals and `half up` is 126. Nothing
    /// if it does not fit.
    #[must_use]
    pub fn round_scaled(self, decimals: u8, mode: Rounding) -> Option<i128> {
        divide(self.num.checked_mul(10_i128.checked_pow(u32::from(decimals))?)?, self.den, mode)
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.num.checked_mul(other.den), other.num.checked_mul(self.den)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => compare_expanded(*self, *other),
        }
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares two fractions whose cross products do not fit, by their continued fractions.
fn compare_expanded(one: Ratio, other: Ratio) -> Ordering {
    let (mut a, mut b) = (one.num, one.den);
    let (mut c, mut d) = (other.num, other.den);
    let mut swapped = false;
    loop {
        let whole = a.div_euclid(b).cmp(&c.div_euclid(d));
        let (left, right) = (a.rem_euclid(b), c.rem_euclid(d));
        let order = whole.then_with(|| match (left, right) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Less,
            (_, 0) => Ordering::Greater,
            _ => Ordering::Equal,
        });
        if order != Ordering::Equal || left == 0 {
            return if swapped { order.reverse() } else { order };
        }
        // the rests compare the other way round once they are turned upside down
        (a, b, c, d) = (b, left, d, right);
        swapped = !swapped;
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 { write!(f, "{}", self.num) } else { write!(f, "{}/{}", self.num, self.den) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn ratio(num: i128, den: i128) -> Ratio {
        Ratio::new(num, den).unwrap()
    }

    #[test]
    fn lowest_terms() {
        assert_eq!((ratio(6, -4).num(), ratio(6, -4).den()), (-3, 2));
        assert_eq!((ratio(-6, -4).num(), ratio(-6, -4).den()), (3, 2));
        assert_eq!(ratio(0, -7), Ratio::ZERO);
        assert_eq!(ratio(7, 7), Ratio::ONE);
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(Ratio::new(0, 0), None);
        assert_eq!(Ratio::new(1, i128::MIN), None);
        assert_eq!(Ratio::new(i128::MIN, -1), None);
        assert_eq!(ratio(i128::MIN, i128::MIN), Ratio::ONE);
        assert_eq!(ratio(-3, 2).to_string(), "-3/2");
        assert_eq!(Ratio::whole(5).to_string(), "5");
    }

    #[test]
    fn arithmetic() {
        assert_eq!(ratio(1, 6).checked_add(ratio(1, 10)), Some(ratio(4, 15)));
        assert_eq!(ratio(1, 6).checked_sub(ratio(1, 6)), Some(Ratio::ZERO));
        assert_eq!(ratio(2, 3).checked_mul(ratio(-9, 4)), Some(ratio(-3, 2)));
        assert_eq!(ratio(2, 3).checked_div(ratio(-4, 9)), Some(ratio(-3, 2)));
        assert_eq!(ratio(2, 3).checked_div(Ratio::ZERO), None);
        assert_eq!(Ratio::whole(i128::MAX).checked_add(Ratio::ONE), None);
        assert_eq!(Ratio::whole(i128::MAX).checked_mul(Ratio::whole(2)), None);
        assert_eq!(ratio(1, i128::MAX).checked_mul(Ratio::whole(i128::MAX)), Some(Ratio::ONE));
        assert_eq!(ratio(251, 200).round_scaled(2, Rounding::HalfUp), Some(126));
        assert_eq!(ratio(251, 200).round_scaled(2, Rounding::Down), Some(125));
        assert_eq!(ratio(-7, 2).round(Rounding::HalfEven), Some(-4));
    }

    #[test]
    fn from_decimals() {
        for (text, expected) in [
            ("0", Some((0, 1))),
            ("1.50", Some((3, 2))),
            ("-0.25", Some((-1, 4))),
            ("0.000001", Some((1, 1_000_000))),
            ("0.0000010", Some((1, 1_000_000))),
            ("0.0000001", None),
            ("79228162514264337593543950335", Some((79_228_162_514_264_337_593_543_950_335, 1))),
        ] {
            let found = Ratio::from_decimal(Decimal::from_str_exact(text).unwrap());
            assert_eq!(found.map(|ratio| (ratio.num(), ratio.den())), expected, "{text}");
        }
    }

    #[test]
    fn divisors_and_multiples() {
        assert_eq!(gcd(12, 18), 6);
        assert_eq!(gcd(0, 5), 5);
        assert_eq!(gcd(5, 0), 5);
        assert_eq!(gcd(0, 0), 0);
        assert_eq!(gcd(1 << 127, 1 << 100), 1 << 100);
        assert_eq!(lcm(4, -6), Some(12));
        assert_eq!(lcm(0, 6), Some(0));
        assert_eq!(lcm(i128::MAX, 2), None);
        assert_eq!(lcm(i128::MIN, 1), None);
    }

    #[test]
    fn order_of_large_fractions() {
        let big = i128::MAX;
        assert!(ratio(big, big - 1) < ratio(big - 1, big - 2));
        assert!(ratio(-big, big - 1) > ratio(-(big - 1), big - 2));
        assert!(ratio(i128::MIN, 3) < ratio(i128::MIN + 1, 3));
        assert_eq!(ratio(big, big - 1).cmp(&ratio(big, big - 1)), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn laws(a in -99i128..99, b in 1i128..99, c in -99i128..99, d in 1i128..99) {
            let (one, other) = (ratio(a, b), ratio(c, d));
            prop_assert_eq!(one.checked_add(other), Ratio::new(a * d + c * b, b * d));
            prop_assert_eq!(one.checked_mul(other), Ratio::new(a * c, b * d));
            prop_assert_eq!(one.cmp(&other), (a * d).cmp(&(c * b)));
            prop_assert_eq!(compare_expanded(one, other), (a * d).cmp(&(c * b)));
            prop_assert_eq!(gcd(one.num().unsigned_abs(), one.den().unsigned_abs()), 1);
        }

        #[test]
        fn never_panics(a in any::<i128>(), b in any::<i128>(), c in any::<i128>(), d in any::<i128>()) {
            if let (Some(one), Some(other)) = (Ratio::new(a, b), Ratio::new(c, d)) {
                let _ = (one.checked_add(other), one.checked_sub(other), one.checked_mul(other),
                    one.checked_div(other), one.round_scaled(4, Rounding::HalfUp));
                prop_assert_eq!(one.cmp(&other), other.cmp(&one).reverse());
            }
        }
    }
}
