//! Reading and writing whole numbers of a fixed decimal step.

use super::AmountError;
use rust_decimal::Decimal;
use std::fmt;

/// The largest amount of anything on either side of zero: 10^12.
const LIMIT: u64 = 1_000_000_000_000;
/// The digits of [`LIMIT`].
const WHOLE_DIGITS: usize = 13;
/// The most decimals of any amount.
pub(super) const MOST_DECIMALS: u8 = 6;

/// 10^`decimals`, for at most six decimals; above that as for six.
pub(super) const fn step(decimals: u8) -> u64 {
    match decimals {
        0 => 1,
        1 => 10,
        2 => 100,
        3 => 1_000,
        4 => 10_000,
        5 => 100_000,
        _ => 1_000_000,
    }
}

/// The largest number of steps of 10^-`decimals`.
pub(super) const fn limit(decimals: u8) -> u64 {
    LIMIT * step(decimals)
}

/// Refuses what is beyond the limit.
pub(super) fn limited(value: i128, decimals: u8) -> Result<i64, AmountError> {
    if value.unsigned_abs() > u128::from(limit(decimals)) {
        return Err(AmountError::TooLarge);
    }
    i64::try_from(value).map_err(|_| AmountError::TooLarge)
}

/// Reads `-?\d{1,13}(\.\d{1,decimals})?` as a number of steps of 10^-`decimals`.
pub(super) fn parse(text: &str, decimals: u8) -> Result<i64, AmountError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    if !all_digits(whole) || fraction.is_some_and(|fraction| !all_digits(fraction)) {
        return Err(AmountError::Form);
    }
    let fraction = fraction.unwrap_or_default();
    if fraction.len() > usize::from(decimals) {
        return Err(AmountError::TooManyDecimals);
    }
    if whole.len() > WHOLE_DIGITS {
        return Err(AmountError::TooLarge);
    }
    // at most 13 + 6 digits, which 64 bits hold
    let missing = decimals.saturating_sub(u8::try_from(fraction.len()).unwrap_or(u8::MAX));
    let value = i128::from(number(whole)) * i128::from(step(decimals))
        + i128::from(number(fraction)) * i128::from(step(missing));
    limited(if negative { -value } else { value }, decimals)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(digits: &str) -> u64 {
    digits.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

/// Writes steps of 10^-`decimals` with at least `least` decimals and as many more as are needed. Zero has no
/// sign.
pub(super) fn write(f: &mut fmt::Formatter<'_>, value: i64, decimals: u8, least: u8) -> fmt::Result {
    let step = step(decimals);
    let absolute = value.unsigned_abs();
    let mut fraction = absolute % step;
    let mut digits = decimals;
    while digits > least && fraction.is_multiple_of(10) {
        fraction /= 10;
        digits -= 1;
    }
    let sign = if value < 0 { "-" } else { "" };
    write!(f, "{sign}{}", absolute / step)?;
    if digits > 0 { write!(f, ".{fraction:0width$}", width = usize::from(digits)) } else { Ok(()) }
}

/// The exact number of steps of 10^-`decimals` that a decimal is.
pub(super) fn from_decimal(value: Decimal, decimals: u8) -> Result<i64, AmountError> {
    let value = value.normalize();
    let have = u8::try_from(value.scale()).map_err(|_| AmountError::TooManyDecimals)?;
    let missing = decimals.checked_sub(have).ok_or(AmountError::TooManyDecimals)?;
    let steps = value.mantissa().checked_mul(i128::from(step(missing))).ok_or(AmountError::TooLarge)?;
    limited(steps, decimals)
}

/// The same value as a decimal, without trailing zeros.
pub(super) fn to_decimal(value: i64, decimals: u8) -> Decimal {
    Decimal::new(value, u32::from(decimals.min(MOST_DECIMALS))).normalize()
}
