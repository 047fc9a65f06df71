//! Comparing products that are too long for 128 bits.

use std::cmp::Ordering;

/// The digits of a product of up to four factors, in base 2^64, the lowest first.
type Digits = [u64; 8];

/// How the product of some factors compares with the product of others. No product is too large, and nothing is
/// rounded: fractions with any divisors are compared by multiplying each with the divisor of the other.
#[must_use]
pub(crate) fn compare_products(one: [i128; 4], other: [i128; 4]) -> Ordering {
    let (sign, their_sign) = (sign(&one), sign(&other));
    if sign != their_sign || sign == 0 {
        return sign.cmp(&their_sign);
    }
    let (digits, theirs) = (product(one), product(other));
    let larger = digits.iter().rev().cmp(theirs.iter().rev());
    if sign < 0 { larger.reverse() } else { larger }
}

fn sign(factors: &[i128; 4]) -> i128 {
    factors.iter().map(|factor| factor.signum()).product()
}

fn product(factors: [i128; 4]) -> Digits {
    let mut digits = [1, 0, 0, 0, 0, 0, 0, 0];
    for factor in factors {
        let factor = factor.unsigned_abs();
        let (low, high) = (times(&digits, low_of(factor)), times(&digits, low_of(factor >> 64)));
        digits = low;
        let mut carry = 0_u128;
        for (digit, more) in digits.iter_mut().skip(1).zip(high) {
            carry += u128::from(*digit) + u128::from(more);
            *digit = low_of(carry);
            carry >>= 64;
        }
    }
    digits
}

/// Eight digits hold four factors of two digits each, so nothing is carried out of the last.
fn times(digits: &Digits, by: u64) -> Digits {
    let mut carry = 0_u128;
    digits.map(|digit| {
        carry += u128::from(digit) * u128::from(by);
        let low = low_of(carry);
        carry >>= 64;
        low
    })
}

fn low_of(number: u128) -> u64 {
    // the mask leaves 64 bits
    u64::try_from(number & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::compare_products;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    #[test]
    fn products_of_512_bits_are_told_apart() {
        let most = i128::MAX;
        assert_eq!(compare_products([most; 4], [most; 4]), Ordering::Equal);
        assert_eq!(compare_products([most; 4], [most, most, most, most - 1]), Ordering::Greater);
        assert_eq!(compare_products([i128::MIN, most, most, most], [most; 4]), Ordering::Less);
        assert_eq!(
            compare_products([i128::MIN, i128::MIN, i128::MIN, i128::MIN], [most; 4]),
            Ordering::Greater
        );
        assert_eq!(compare_products([0, most, most, most], [1, 1, 1, -1]), Ordering::Greater);
        assert_eq!(compare_products([0, most, -most, most], [1, 0, 1, -1]), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn short_products_compare_as_numbers(one in proptest::array::uniform4(-9_000_i128..9_000), other in proptest::array::uniform4(-9_000_i128..9_000)) {
            let product = |factors: [i128; 4]| factors.iter().product::<i128>();
            prop_assert_eq!(compare_products(one, other), product(one).cmp(&product(other)));
        }

        /// A factor on both sides changes nothing, however long it is.
        #[test]
        fn a_common_factor_changes_nothing(one in any::<i128>(), other in any::<i128>(), by in 1..i128::MAX, more in 1..i128::MAX) {
            prop_assert_eq!(compare_products([one, by, more, 1], [1, other, more, by]), one.cmp(&other));
        }
    }
}
