//! Whole parts of a whole total: largest remainder.

use super::ratio::gcd;
use super::rounding::floor;

/// Who gets the odd unit if two remainders are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ties {
    /// The later index, as for the lines of a receipt.
    Later,
    /// The earlier index, as for rules sorted by name.
    Earlier,
}

/// Shares out totals. Keeps its memory from one call to the next, so that an event allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct Sharer {
    /// The remainder of each part and its index.
    remainders: Vec<(i128, usize)>,
}

impl Sharer {
    /// A sharer without memory yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { remainders: Vec::new() }
    }

    /// Shares `total` out in proportion to `weights`, in whole parts that add up to exactly `total`. Each part is
    /// its exact share rounded down (towards negative infinity) or one more; the larger remainders get the one
    /// more. A weight below zero has a share of the opposite sign, a weight of zero has zero. If all weights add
    /// up to zero, everything is on the first.
    ///
    /// `parts` is overwritten. Nothing, with `parts` empty, if a product does not fit 128 bits, or if there are
    /// no weights and the total is not zero.
    #[must_use]
    pub fn share_out(
        &mut self,
        total: i128,
        weights: &[i128],
        ties: Ties,
        parts: &mut Vec<i128>,
    ) -> Option<()> {
        let done = self.proportional(total, weights, ties, parts);
        if done.is_none() {
            parts.clear();
        }
        done
    }

    /// Rounds the exact parts `nums[i] / den` to whole numbers that add up to exactly `total`, which is their sum
    /// rounded in any mode: each part is rounded down (towards negative infinity), then what is missing goes one
    /// by one to the largest remainders.
    ///
    /// `parts` is overwritten. Nothing, with `parts` empty, if `den` is not above zero or if `total` is not their
    /// rounded sum, that is one or more away from it.
    #[must_use]
    pub fn round_parts(
        &mut self,
        total: i128,
        nums: &[i128],
        den: i128,
        ties: Ties,
        parts: &mut Vec<i128>,
    ) -> Option<()> {
        let done = self.largest_remainder(total, nums.iter().map(|num| floor(*num, den)), ties, parts);
        if done.is_none() {
            parts.clear();
        }
        done
    }

    fn proportional(
        &mut self,
        total: i128,
        weights: &[i128],
        ties: Ties,
        parts: &mut Vec<i128>,
    ) -> Option<()> {
        parts.clear();
        let sum = weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight))?;
        if sum == 0 || weights.len() == 1 {
            parts.resize(weights.len(), 0);
            return match parts.first_mut() {
                Some(first) => {
                    *first = total;
                    Some(())
                }
                None => (total == 0).then_some(()),
            };
        }
        let (total_sign, sum) =
            if sum < 0 { (total.checked_neg()?, sum.checked_neg()?) } else { (total, sum) };
        let shares = weights.iter().map(|weight| floor(total_sign.checked_mul(*weight)?, sum));
        if self.largest_remainder(total, shares, ties, parts).is_some() {
            return Some(());
        }
        // A product did not fit. Without the common factor it may.
        let common = i128::try_from(gcd(total_sign.unsigned_abs(), sum.unsigned_abs())).ok()?;
        let (small_total, small_sum) = (total_sign.checked_div(common)?, sum.checked_div(common)?);
        let shares = weights.iter().map(|weight| floor(small_total.checked_mul(*weight)?, small_sum));
        self.largest_remainder(total, shares, ties, parts)
    }

    /// Takes each part as a whole number and the remainder above it, all remainders with the same divisor.
    fn largest_remainder(
        &mut self,
        total: i128,
        shares: impl Iterator<Item = Option<(i128, i128)>>,
        ties: Ties,
        parts: &mut Vec<i128>,
    ) -> Option<()> {
        parts.clear();
        self.remainders.clear();
        let mut missing = total;
        for (index, share) in shares.enumerate() {
            let (whole, remainder) = share?;
            parts.push(whole);
            missing = missing.checked_sub(whole)?;
            // a part without a remainder is exact and never grows
            if remainder > 0 {
                self.remainders.push((remainder, index));
            }
        }
        let missing = usize::try_from(missing).ok()?;
        if missing > self.remainders.len() {
            return None;
        }
        if missing == 0 {
            return Some(());
        }
        if missing < self.remainders.len() {
            // only who is among the first `missing` matters, not their order
            let _ = self.remainders.select_nth_unstable_by(missing - 1, |one, other| {
                let larger_first = other.0.cmp(&one.0);
                larger_first.then_with(|| match ties {
                    Ties::Later => other.1.cmp(&one.1),
                    Ties::Earlier => one.1.cmp(&other.1),
                })
            });
        }
        for (_, index) in self.remainders.iter().take(missing) {
            let part = parts.get_mut(*index)?;
            *part = part.checked_add(1)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::rounding::{Rounding, divide};
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn shared(total: i128, weights: &[i128], ties: Ties) -> Option<Vec<i128>> {
        let mut parts = vec![99];
        Sharer::new().share_out(total, weights, ties, &mut parts).map(|()| parts)
    }

    fn rounded(total: i128, nums: &[i128], den: i128, ties: Ties) -> Option<Vec<i128>> {
        let mut parts = vec![99];
        Sharer::new().round_parts(total, nums, den, ties, &mut parts).map(|()| parts)
    }

    #[test]
    fn by_weight() {
        for (total, weights, later, earlier) in [
            (10, &[1, 1, 1][..], [3, 3, 4], [4, 3, 3]),
            (11, &[1, 1, 1], [3, 4, 4], [4, 4, 3]),
            (-10, &[1, 1, 1], [-4, -3, -3], [-3, -3, -4]),
            // 1.4, 2.8, 2.8
            (7, &[1, 2, 2], [1, 3, 3], [1, 3, 3]),
            // 0, 3.5, 3.5
            (7, &[0, 5, 5], [0, 3, 4], [0, 4, 3]),
            // -2.5, 6.25, 6.25
            (10, &[-2, 5, 5], [-2, 6, 6], [-2, 6, 6]),
            // -2.2, 6.6, 6.6: rounded down -3, 6, 6, so two are missing; 0.8 comes before 0.6
            (11, &[-1, 3, 3], [-2, 6, 7], [-2, 7, 6]),
            (0, &[4, 5, 6], [0, 0, 0], [0, 0, 0]),
            // no proportion: all on the first
            (9, &[0, 0, 0], [9, 0, 0], [9, 0, 0]),
            (9, &[3, -3, 0], [9, 0, 0], [9, 0, 0]),
            // all below zero: the same proportions as without the signs
            (10, &[-1, -1, -2], [2, 3, 5], [3, 2, 5]),
        ] {
            assert_eq!(shared(total, weights, Ties::Later), Some(later.to_vec()), "{total} {weights:?}");
            assert_eq!(shared(total, weights, Ties::Earlier), Some(earlier.to_vec()), "{total} {weights:?}");
        }
        assert_eq!(shared(5, &[7], Ties::Later), Some(vec![5]));
        assert_eq!(shared(0, &[], Ties::Later), Some(vec![]));
        assert_eq!(shared(1, &[], Ties::Later), None);
    }

    #[test]
    fn large_numbers_are_refused_not_wrapped() {
        let big = i128::MAX / 2;
        assert_eq!(shared(big, &[big, 1], Ties::Later), None);
        assert_eq!(shared(1, &[i128::MAX, 1], Ties::Later), None);
        // 2^100 × 2^100 does not fit, but the common factor can go
        assert_eq!(shared(1 << 100, &[1 << 100, 1 << 100], Ties::Later), Some(vec![1 << 99, 1 << 99]));
        let mut parts = vec![1, 2, 3];
        assert_eq!(Sharer::new().share_out(big, &[big, 1], Ties::Later, &mut parts), None);
        assert_eq!(parts, Vec::<i128>::new());
    }

    #[test]
    fn exact_parts() {
        // 10.9 and 0.6 are 11.5: down 11, up 12
        assert_eq!(rounded(11, &[109, 6], 10, Ties::Earlier), Some(vec![11, 0]));
        assert_eq!(rounded(12, &[109, 6], 10, Ties::Earlier), Some(vec![11, 1]));
        // 0.5 and 0.5
        assert_eq!(rounded(1, &[1, 1], 2, Ties::Earlier), Some(vec![1, 0]));
        assert_eq!(rounded(1, &[1, 1], 2, Ties::Later), Some(vec![0, 1]));
        // 2.5 and -0.7 are 1.8: half up 2, down 1
        assert_eq!(rounded(2, &[25, -7], 10, Ties::Earlier), Some(vec![3, -1]));
        assert_eq!(rounded(1, &[25, -7], 10, Ties::Earlier), Some(vec![2, -1]));
        // not the rounded sum
        assert_eq!(rounded(3, &[1, 1], 2, Ties::Earlier), None);
        assert_eq!(rounded(-1, &[1, 1], 2, Ties::Earlier), None);
        assert_eq!(rounded(1, &[1, 1], 0, Ties::Earlier), None);
        assert_eq!(rounded(2, &[2, 0], 1, Ties::Earlier), Some(vec![2, 0]));
        assert_eq!(rounded(0, &[], 1, Ties::Earlier), Some(vec![]));
    }

    /// The same by the book: sort all, hand out one by one.
    fn naive(total: i128, weights: &[i128], ties: Ties) -> Vec<i128> {
        let sum: i128 = weights.iter().sum();
        let (signed, sum) = if sum < 0 { (-total, -sum) } else { (total, sum) };
        let mut parts: Vec<i128> = weights.iter().map(|w| (signed * w).div_euclid(sum)).collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        if ties == Ties::Later {
            order.reverse();
        }
        order.sort_by_key(|i| -(signed * weights[*i]).rem_euclid(sum));
        let missing = total - parts.iter().sum::<i128>();
        for i in order.into_iter().take(missing as usize) {
            parts[i] += 1;
        }
        parts
    }

    proptest! {
        #[test]
        fn parts_add_up_and_are_near(
            total in prop_oneof![-50i128..50, -10_000_000_000_000_000i128..10_000_000_000_000_000],
            weights in prop::collection::vec(prop_oneof![-5i128..10, 0i128..1_000_000_000_000], 1..40),
            later in any::<bool>(),
        ) {
            let ties = if later { Ties::Later } else { Ties::Earlier };
            let parts = shared(total, &weights, ties).unwrap();
            prop_assert_eq!(parts.iter().sum::<i128>(), total);
            prop_assert_eq!(parts.len(), weights.len());
            let sum: i128 = weights.iter().sum();
            if sum != 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    // |part − total × weight / sum| < 1
                    prop_assert!((part * sum - total * weight).abs() < sum.abs());
                }
                prop_assert_eq!(parts, naive(total, &weights, ties));
            }
        }

        #[test]
        fn exact_parts_add_up_in_every_mode(
            nums in prop::collection::vec(-1_000i128..2_000, 0..30),
            den in 1i128..40,
        ) {
            use Rounding::{Down, HalfDown, HalfEven, HalfUp, Up};
            for mode in [Down, Up, HalfUp, HalfDown, HalfEven] {
                let total = divide(nums.iter().sum(), den, mode).unwrap();
                let parts = rounded(total, &nums, den, Ties::Earlier).unwrap();
                prop_assert_eq!(parts.iter().sum::<i128>(), total);
                for (part, num) in parts.iter().zip(&nums) {
                    prop_assert!((part * den - num).abs() < den);
                }
            }
        }
    }
}
