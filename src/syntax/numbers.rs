//! From the writing of a number to its value, also where the writing is that of another country.

use rust_decimal::Decimal;

/// What a written number is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// A number as it should be, normalised.
    Good(Decimal),
    /// Another writing: what is wrong, its value if that is certain, and the right writings, likeliest first.
    Odd { message: &'static str, value: Decimal, instead: Vec<String> },
    /// More digits than can be counted exactly.
    TooLong,
}

const COMMA: &str = "numbers use a dot, not a comma";
const GROUPS: &str = "thousands are set apart with `_`";

/// Reads a number. Percent signs are already cut off.
pub(super) fn read(text: &str) -> Written {
    let marks: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    let groups = |parts: &[&str]| parts.iter().skip(1).all(|part| part.len() == 3);
    let grouped = |parts: &[&str]| groups(parts) && parts.first().is_some_and(|p| (1..=3).contains(&p.len()));
    let (last, before) = parts.split_last().map_or(("", [].as_slice()), |(last, before)| (*last, before));
    match marks.as_slice() {
        [] => exact(text),
        ['.'] if is_thousand(&parts) => odd(GROUPS, &[whole(&parts), fraction(before, last)]),
        ['.'] => exact(text),
        ['_', ..] if marks.iter().all(|c| *c == '_') && grouped(&parts) => exact(text),
        ['_', .., '.'] if marks.iter().filter(|c| **c == '.').count() == 1 && grouped(before) => exact(text),
        [','] if grouped(&parts) && !text.starts_with('0') => {
            odd(COMMA, &[whole(&parts), fraction(before, last)])
        }
        [','] => odd(COMMA, &[fraction(before, last)]),
        [.., ','] => odd(COMMA, &[fraction(before, last)]),
        [.., '.'] if marks.contains(&',') || marks.contains(&'\'') || marks.contains(&'’') => {
            odd(GROUPS, &[fraction(before, last)])
        }
        _ => odd(GROUPS, &[whole(&parts)]),
    }
}

/// `1.000` and `2.500`: nobody writes a fraction with a zero behind it, so a thousand is meant.
fn is_thousand(parts: &[&str]) -> bool {
    matches!(parts, [int, rest] if rest.len() == 3 && rest.ends_with('0') && !int.starts_with('0') && int.len() <= 3)
}

fn exact(text: &str) -> Written {
    match Decimal::from_str_exact(&text.replace('_', "")) {
        Ok(value) => Written::Good(value.normalize()),
        Err(_) => Written::TooLong,
    }
}

fn odd(message: &'static str, instead: &[String]) -> Written {
    match instead.first().map(|text| exact(text)) {
        Some(Written::Good(value)) => Written::Odd { message, value, instead: instead.to_vec() },
        _ => Written::TooLong,
    }
}

/// All parts as one whole number, in groups of three.
fn whole(parts: &[&str]) -> String {
    group(&parts.concat())
}

/// The last part as a fraction.
fn fraction(before: &[&str], last: &str) -> String {
    let fraction = last.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{}{dot}{fraction}", group(&before.concat()))
}

/// `1000000` as `1_000_000`.
fn group(digits: &str) -> String {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instead(text: &str) -> Vec<String> {
        match read(text) {
            Written::Odd { instead, .. } => instead,
            other => panic!("{text} is {other:?}"),
        }
    }

    #[test]
    fn good_numbers_lose_their_trailing_zeros() {
        assert_eq!(read("10.00"), Written::Good(Decimal::new(10, 0)));
        assert_eq!(read("1_000.25"), Written::Good(Decimal::new(100_025, 2)));
        assert_eq!(read("0.005"), Written::Good(Decimal::new(5, 3)));
        assert_eq!(read("1.125"), Written::Good(Decimal::new(1125, 3)));
    }

    #[test]
    fn commas_and_other_groups_have_a_right_writing() {
        assert_eq!(instead("2,00"), ["2"]);
        assert_eq!(instead("0,5"), ["0.5"]);
        assert_eq!(instead("1,000"), ["1_000", "1"]);
        assert_eq!(instead("1.000"), ["1_000", "1"]);
        assert_eq!(instead("2.500"), ["2_500", "2.5"]);
        assert_eq!(instead("1.000.000"), ["1_000_000"]);
        assert_eq!(instead("1.234,50"), ["1_234.5"]);
        assert_eq!(instead("1,234.50"), ["1_234.5"]);
        assert_eq!(instead("1'000"), ["1_000"]);
        assert_eq!(instead("10_00"), ["1_000"]);
    }

    #[test]
    fn more_digits_than_can_be_counted_are_told() {
        assert_eq!(read("123456789012345678901234567890"), Written::TooLong);
    }
}
