//! What all wire forms share: values that are written as text.

use crate::amount::format_scaled;
use crate::calendar::{Date, Instant};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The number of smallest steps that a canonical text with exactly so many decimals means; the reverse of
/// [`format_scaled`], for all 64 bits.
pub(crate) fn parse_amount(text: &str, decimals: u8) -> Option<i64> {
    let digits: String = text.chars().filter(|character| *character != '.').collect();
    let steps = digits.parse().ok()?;
    (format_scaled(steps, decimals) == text).then_some(steps)
}

/// Reads a text and what it means. `expected` completes "expected …".
pub(crate) fn read_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Text { expected, parse })
}

struct Text<P> {
    expected: &'static str,
    parse: P,
}

impl<T, P: FnOnce(&str) -> Option<T>> Visitor<'_> for Text<P> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let expected = self.expected;
        (self.parse)(text).ok_or_else(|| {
            let text: String = text.chars().take(40).collect();
            E::custom(format_args!("`{text}` is not {expected}"))
        })
    }
}

macro_rules! as_text {
    ($type:ty, $expected:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read_text(deserializer, $expected, |text| text.parse().ok())
            }
        }
    };
}

as_text!(Date, "a date like 2026-03-31");
as_text!(Instant, "a time between 1970 and 2199 like 2026-03-31T10:15:00Z");

/// Writes and reads 128 bits as 32 hexadecimal digits.
pub(crate) mod hex {
    use super::read_text;
    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(number: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{number:032x}"))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        read_text(deserializer, "a number of 32 hexadecimal digits", |text| {
            let small = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            if small && text.len() == 32 { u128::from_str_radix(text, 16).ok() } else { None }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_one_form() {
        for (text, decimals, steps) in
            [("12.50", 2, 1_250), ("-0.5", 1, -5), ("0", 0, 0), ("922337203685477.5807", 4, i64::MAX)]
        {
            assert_eq!(parse_amount(text, decimals), Some(steps), "{text}");
        }
        for text in ["12.5", "12.500", "1.250", "+12.50", "012.50", "12,50", "", ".50", "-0.00", "1e2"] {
            assert_eq!(parse_amount(text, 2), None, "{text}");
        }
    }

    #[test]
    fn days_and_moments_are_texts() {
        let day: Date = "2026-03-31".parse().unwrap();
        assert_eq!(serde_json::to_string(&day).unwrap(), r#""2026-03-31""#);
        assert_eq!(serde_json::from_str::<Date>(r#""2026-03-31""#).unwrap(), day);
        let at: Instant = serde_json::from_str(r#""2026-03-31T10:15:00+02:00""#).unwrap();
        assert_eq!(serde_json::to_string(&at).unwrap(), r#""2026-03-31T08:15:00Z""#);
        let error = serde_json::from_str::<Date>(r#""2026-02-30""#).unwrap_err().to_string();
        assert!(error.starts_with("`2026-02-30` is not a date like 2026-03-31"), "{error}");
    }
}
