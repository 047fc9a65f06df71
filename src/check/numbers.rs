//! Exact numbers: from what is written to whole numbers of a scale, and ratios.

use super::report::Report;
use crate::amount::Ratio;
use crate::diagnostics::Span;
use rust_decimal::Decimal;

/// The largest whole number of any scale that a rule file may hold: 10^12 of money in micro-units.
pub(super) const MOST: i64 = 1_000_000_000_000_000_000;

/// Digits behind the dot of money, quantities and numeric attributes.
pub(super) const MICRO: u32 = 6;

/// Why a number has no whole value in a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It has more decimals than the scale.
    TooFine,
    /// It lies beyond [`MOST`].
    TooLarge,
}

/// A number times 10 to the power of `digits`, exactly.
pub(super) fn scaled(value: Decimal, digits: u32) -> Result<i64, Misfit> {
    let value = value.normalize();
    let Some(more) = digits.checked_sub(value.scale()) else { return Err(Misfit::TooFine) };
    10_i128
        .checked_pow(more)
        .and_then(|factor| value.mantissa().checked_mul(factor))
        .and_then(|whole| i64::try_from(whole).ok())
        .filter(|whole| whole.checked_abs().is_some_and(|size| size <= MOST))
        .ok_or(Misfit::TooLarge)
}

/// A number in millionths, or a finding that says why not.
pub(super) fn micro(value: Decimal, span: Span, report: &mut Report) -> Option<i64> {
    match scaled(value, MICRO) {
        Ok(micro) => Some(micro),
        Err(Misfit::TooFine) => {
            report.outside(
                span,
                format!("{value} has too many decimals"),
                "write at most six digits behind the dot",
            );
            None
        }
        Err(Misfit::TooLarge) => {
            report.outside(span, format!("{value} is too large"), "amounts may be at most 1_000_000_000_000");
            None
        }
    }
}

/// A whole number between two ends, or a finding that says why not.
pub(super) fn whole(
    value: Decimal,
    (least, most): (i64, i64),
    (what, span): (&str, Span),
    report: &mut Report,
) -> Option<i64> {
    match scaled(value, 0) {
        Ok(number) if (least..=most).contains(&number) => Some(number),
        Ok(_) | Err(Misfit::TooLarge) => {
            report.outside(
                span,
                format!("{value} is not possible here"),
                format!("{what} is a whole number from {least} to {most}"),
            );
            None
        }
        Err(Misfit::TooFine) => {
            report.outside(span, format!("{value} is no whole number"), format!("{what} is a whole number"));
            None
        }
    }
}

/// How many parts of 1 / `denominator` a fraction is, if that is a whole number.
pub(super) fn over(ratio: Ratio, denominator: i128) -> Option<i128> {
    if denominator.checked_rem(ratio.den())? != 0 {
        return None;
    }
    ratio.num().checked_mul(denominator.checked_div(ratio.den())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn scales_exactly_or_not_at_all() {
        assert_eq!(scaled(decimal("30.01"), 6), Ok(30_010_000));
        assert_eq!(scaled(decimal("1.50"), 1), Ok(15));
        assert_eq!(scaled(decimal("1.25"), 1), Err(Misfit::TooFine));
        assert_eq!(scaled(decimal("1000000000000"), 6), Ok(MOST));
        assert_eq!(scaled(decimal("1000000000000.000001"), 6), Err(Misfit::TooLarge));
        assert_eq!(scaled(decimal("-0.25"), 6), Ok(-250_000));
    }

    #[test]
    fn fractions_over_a_denominator() {
        let half = Ratio::from_decimal(decimal("0.50")).unwrap();
        assert_eq!(over(half, 10), Some(5));
        assert_eq!(over(half, 3), None);
    }
}
