//! Division with a named rounding.

/// How an exact amount becomes a whole number.
///
/// Every mode treats an amount below zero as the mirror image of the amount above zero, so that a return rounds
/// to the negative of what its purchase rounded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rounding {
    /// `down`: towards zero.
    Down,
    /// `up`: away from zero.
    Up,
    /// `half up`: to the nearest; away from zero at exactly one half.
    HalfUp,
    /// `half down`: to the nearest; towards zero at exactly one half.
    HalfDown,
    /// `half even`: to the nearest; to the even neighbour at exactly one half.
    HalfEven,
}

impl Rounding {
    /// The words of the rule language: `half up`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Up => "up",
            Self::HalfUp => "half up",
            Self::HalfDown => "half down",
            Self::HalfEven => "half even",
        }
    }

    /// Whether `quotient` must grow by one, given what is left (below the divisor) and what would be missing.
    const fn grows(self, odd: bool, rest: u128, missing: u128) -> bool {
        match self {
            Self::Down => false,
            Self::Up => rest > 0,
            Self::HalfUp => rest >= missing,
            Self::HalfDown => rest > missing,
            Self::HalfEven => rest > missing || (rest == missing && odd),
        }
    }
}

/// The exact quotient `num / den`, rounded once. Nothing if `den` is zero or the result does not fit.
#[must_use]
pub fn divide(num: i128, den: i128, mode: Rounding) -> Option<i128> {
    let negative = (num < 0) != (den < 0);
    let (quotient, rest) = div_rem(num.unsigned_abs(), den.unsigned_abs())?;
    let missing = den.unsigned_abs() - rest;
    let grown =
        if mode.grows(quotient & 1 == 1, rest, missing) { quotient.checked_add(1)? } else { quotient };
    if negative { 0_i128.checked_sub_unsigned(grown) } else { 0_i128.checked_add_unsigned(grown) }
}

/// The quotient rounded towards negative infinity, and the rest, which lies from 0 to `den` − 1. Nothing unless
/// `den` is above zero.
pub(super) fn floor(num: i128, den: i128) -> Option<(i128, i128)> {
    if den <= 0 {
        return None;
    }
    let (quotient, rest) = div_rem(num.unsigned_abs(), den.unsigned_abs())?;
    let (quotient, rest) = (i128::try_from(quotient), i128::try_from(rest).ok()?);
    if num >= 0 {
        return Some((quotient.ok()?, rest));
    }
    let quotient = quotient.map_or(i128::MIN, |quotient| -quotient);
    if rest == 0 { Some((quotient, 0)) } else { Some((quotient.checked_sub(1)?, den - rest)) }
}

/// Nothing if `den` is zero. Divides in 64 bits where it can, which is several times faster.
pub(super) fn div_rem(num: u128, den: u128) -> Option<(u128, u128)> {
    match (u64::try_from(num), u64::try_from(den)) {
        (Ok(num), Ok(den)) => Some((u128::from(num.checked_div(den)?), u128::from(num.checked_rem(den)?))),
        _ => Some((num.checked_div(den)?, num.checked_rem(den)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    const ALL: [Rounding; 5] =
        [Rounding::Down, Rounding::Up, Rounding::HalfUp, Rounding::HalfDown, Rounding::HalfEven];

    #[test]
    fn each_mode() {
        // num, den: down, up, half up, half down, half even
        for (num, den, expected) in [
            (9, 4, [2, 3, 2, 2, 2]),
            (10, 4, [2, 3, 3, 2, 2]),
            (11, 4, [2, 3, 3, 3, 3]),
            (12, 4, [3, 3, 3, 3, 3]),
            (14, 4, [3, 4, 4, 3, 4]),
            (1, 2, [0, 1, 1, 0, 0]),
            (1, 1_000_000, [0, 1, 0, 0, 0]),
            (0, 7, [0, 0, 0, 0, 0]),
            (-9, 4, [-2, -3, -2, -2, -2]),
            (-10, 4, [-2, -3, -3, -2, -2]),
            (-11, 4, [-2, -3, -3, -3, -3]),
            (-12, 4, [-3, -3, -3, -3, -3]),
            (10, -4, [-2, -3, -3, -2, -2]),
            (-10, -4, [2, 3, 3, 2, 2]),
        ] {
            let found = ALL.map(|mode| divide(num, den, mode).unwrap());
            assert_eq!(found, expected, "{num} / {den}");
        }
    }

    #[test]
    fn ends_of_the_range() {
        for mode in ALL {
            assert_eq!(divide(1, 0, mode), None);
            assert_eq!(divide(0, 0, mode), None);
            assert_eq!(divide(i128::MIN, 1, mode), Some(i128::MIN));
            assert_eq!(divide(i128::MIN, -1, mode), None);
            assert_eq!(divide(i128::MIN, i128::MIN, mode), Some(1));
            assert_eq!(divide(i128::MAX, 1, mode), Some(i128::MAX));
            assert_eq!(divide(i128::MAX, -1, mode), Some(-i128::MAX));
        }
        // (2^127 - 1) / 2 ends in one half; its whole part is odd
        assert_eq!(divide(i128::MAX, 2, Rounding::HalfUp), Some(1 << 126));
        assert_eq!(divide(i128::MAX, 2, Rounding::HalfEven), Some(1 << 126));
        assert_eq!(divide(i128::MAX, 2, Rounding::HalfDown), Some((1 << 126) - 1));
        assert_eq!(floor(i128::MIN, 1), Some((i128::MIN, 0)));
        assert_eq!(floor(-1, 3), Some((-1, 2)));
        assert_eq!(floor(1, 0), None);
        assert_eq!(floor(1, -1), None);
    }

    /// Tries whole numbers around the quotient and keeps the one that the mode's definition names.
    fn naive(num: i128, den: i128, mode: Rounding) -> i128 {
        let (num, den) = if den < 0 { (-num, -den) } else { (num, den) };
        let below = num.div_euclid(den);
        if below * den == num {
            return below;
        }
        let above = below + 1;
        let (to_zero, from_zero) = if num < 0 { (above, below) } else { (below, above) };
        let twice_past_below = 2 * (num - below * den);
        match (mode, twice_past_below.cmp(&den)) {
            (Rounding::Down, _) => to_zero,
            (Rounding::Up, _) => from_zero,
            (_, std::cmp::Ordering::Less) => below,
            (_, std::cmp::Ordering::Greater) => above,
            (Rounding::HalfUp, _) => from_zero,
            (Rounding::HalfDown, _) => to_zero,
            (Rounding::HalfEven, _) => {
                if below % 2 == 0 {
                    below
                } else {
                    above
                }
            }
        }
    }

    fn wide() -> impl Strategy<Value = i128> {
        prop_oneof![-20i128..20, any::<i64>().prop_map(i128::from), any::<i128>().prop_map(|n| n >> 3)]
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(num in wide(), den in wide()) {
            for mode in ALL {
                let expected = (den != 0).then(|| naive(num, den, mode));
                prop_assert_eq!(divide(num, den, mode), expected);
                prop_assert_eq!(divide(-num, den, mode), expected.map(|value| -value));
            }
            if den > 0 {
                prop_assert_eq!(floor(num, den), Some((num.div_euclid(den), num.rem_euclid(den))));
            }
        }
    }
}
