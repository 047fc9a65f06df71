//! Moments of the world's time.

use super::TimeError;
use super::date::{Date, read_date};
use super::reader::Reader;
use std::fmt;
use std::str::FromStr;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// A moment in microseconds since 1970-01-01T00:00:00Z, from then to the last microsecond of 2199 (UTC).
///
/// The order is that of time. Leap seconds do not exist: every day has 86,400 seconds of UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// 1970-01-01T00:00:00Z, the first accepted moment.
    pub const MIN: Self = Self(0);
    /// 2199-12-31T23:59:59.999999Z, the last accepted moment.
    pub const MAX: Self = Self(7_258_118_400 * MICROS_PER_SECOND - 1);

    /// The moment so many microseconds after 1970-01-01T00:00:00Z, or nothing outside the accepted range.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < Self::MIN.0 || micros > Self::MAX.0 { None } else { Some(Self(micros)) }
    }

    /// The nearest accepted moment to the start of this second since 1970.
    pub(super) fn from_seconds_cut(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Microseconds since 1970-01-01T00:00:00Z, never negative.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0 / MICROS_PER_SECOND
    }

    /// So many microseconds later; stops at [`Instant::MAX`], and at [`Instant::MIN`] for negative numbers.
    #[must_use]
    pub fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Microseconds from `earlier` to this moment; negative if `earlier` is later.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC with the needed digits only: `2024-03-01T08:15:50.52Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.seconds();
        let date = Date::from_days_cut(seconds / SECONDS_PER_DAY);
        let of_day = seconds % SECONDS_PER_DAY;
        write!(f, "{date}T{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)?;
        let mut fraction = self.0 % MICROS_PER_SECOND;
        if fraction != 0 {
            let mut digits = 6;
            while fraction % 10 == 0 {
                fraction /= 10;
                digits -= 1;
            }
            write!(f, ".{fraction:0digits$}")?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = TimeError;

    /// Reads RFC 3339 with an offset: `2024-03-01T10:15:50.520+02:00` or with `Z`, both letters in upper case.
    /// A fraction has one to nine digits; what is finer than a microsecond must be zero, so nothing is rounded.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let mut reader = Reader::new(text);
        let date = read_date(&mut reader)?;
        reader.expect(b'T')?;
        let (hour, minute) = hour_and_minute(&mut reader)?;
        reader.expect(b':')?;
        let second = reader.two()?;
        let (fraction, mark) = fraction_and_mark(&mut reader)?;
        let offset = match mark {
            b'Z' => Ok(0),
            sign => offset_minutes(&mut reader, sign)?,
        };
        reader.end()?;

        let date = date?;
        let offset = offset?;
        if second == 60 {
            return Err(TimeError::LeapSecond);
        }
        if hour > 23 || minute > 59 || second > 59 {
            return Err(TimeError::NotInCalendar);
        }
        let minutes = i64::from(hour) * 60 + i64::from(minute) - offset;
        let seconds = i64::from(date.days()) * SECONDS_PER_DAY + minutes * 60 + i64::from(second);
        Self::from_micros(seconds * MICROS_PER_SECOND + fraction).ok_or(TimeError::OutOfRange)
    }
}

fn hour_and_minute(reader: &mut Reader<'_>) -> Result<(u8, u8), TimeError> {
    let hour = reader.two()?;
    reader.expect(b':')?;
    Ok((hour, reader.two()?))
}

/// Reads an optional fraction of a second in microseconds, and the byte after it.
fn fraction_and_mark(reader: &mut Reader<'_>) -> Result<(i64, u8), TimeError> {
    let mark = reader.next().ok_or(TimeError::Form)?;
    if mark != b'.' {
        return Ok((0, mark));
    }
    let mut micros = 0;
    let mut worth = 100_000;
    let mut digits = 0;
    while let Some(digit) = reader.digit() {
        digits += 1;
        if digits > 9 || (worth == 0 && digit != 0) {
            return Err(TimeError::Form);
        }
        micros += i64::from(digit) * worth;
        worth /= 10;
    }
    match reader.next() {
        Some(mark) if digits > 0 => Ok((micros, mark)),
        _ => Err(TimeError::Form),
    }
}

/// Reads `02:00` after its sign. The outer error is the form, the inner one the value.
fn offset_minutes(reader: &mut Reader<'_>, sign: u8) -> Result<Result<i64, TimeError>, TimeError> {
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return Err(TimeError::Form),
    };
    let (hour, minute) = hour_and_minute(reader)?;
    if hour > 23 || minute > 59 {
        return Ok(Err(TimeError::NotInCalendar));
    }
    Ok(Ok(sign * (i64::from(hour) * 60 + i64::from(minute))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes() {
        for (text, micros, canonical) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2024-03-01T10:15:50.520+02:00", 1_709_280_950_520_000, "2024-03-01T08:15:50.52Z"),
            ("2001-09-09T01:46:40.000001Z", 1_000_000_000_000_001, "2001-09-09T01:46:40.000001Z"),
            ("2001-09-08T20:16:40-05:30", 1_000_000_000_000_000, "2001-09-09T01:46:40Z"),
            ("2001-09-09T01:46:40.123456000Z", 1_000_000_000_123_456, "2001-09-09T01:46:40.123456Z"),
            ("1969-12-31T23:00:00-01:00", 0, "1970-01-01T00:00:00Z"),
            ("2199-12-31T23:59:59.999999Z", 7_258_118_399_999_999, "2199-12-31T23:59:59.999999Z"),
        ] {
            let instant: Instant = text.parse().unwrap();
            assert_eq!(instant.micros(), micros, "{text}");
            assert_eq!(instant.to_string(), canonical);
        }
    }

    #[test]
    fn refuses_everything_else() {
        for (text, error) in [
            ("2016-12-31T23:59:60Z", TimeError::LeapSecond),
            ("2016-12-31T23:59:61Z", TimeError::NotInCalendar),
            ("2016-12-31T24:00:00Z", TimeError::NotInCalendar),
            ("2016-12-31T23:60:00Z", TimeError::NotInCalendar),
            ("2016-12-31T23:00:00+24:00", TimeError::NotInCalendar),
            ("2016-02-30T23:00:00Z", TimeError::NotInCalendar),
            ("1969-12-31T23:59:59.999999Z", TimeError::OutOfRange),
            ("1970-01-01T00:00:00+00:01", TimeError::OutOfRange),
            ("2200-01-01T00:00:00Z", TimeError::OutOfRange),
            ("9999-12-31T00:00:00Z", TimeError::OutOfRange),
            ("2024-03-01T10:15:50", TimeError::Form),
            ("2024-03-01 10:15:50Z", TimeError::Form),
            ("2024-03-01t10:15:50z", TimeError::Form),
            ("2024-03-01T10:15Z", TimeError::Form),
            ("2024-03-01T10:15:50.Z", TimeError::Form),
            ("2024-03-01T10:15:50,5Z", TimeError::Form),
            ("2024-03-01T10:15:50.1234567Z", TimeError::Form),
            ("2024-03-01T10:15:50.1234560000Z", TimeError::Form),
            ("2024-03-01T10:15:50+0200", TimeError::Form),
            ("2024-03-01T10:15:50+02:00 ", TimeError::Form),
            ("2024-03-01T10:15:50Z[UTC]", TimeError::Form),
            ("", TimeError::Form),
        ] {
            assert_eq!(text.parse::<Instant>(), Err(error), "{text}");
        }
    }

    #[test]
    fn stops_at_the_ends() {
        assert_eq!(Instant::MAX.plus_micros(i64::MAX), Instant::MAX);
        assert_eq!(Instant::MIN.plus_micros(i64::MIN), Instant::MIN);
        assert_eq!(Instant::from_micros(-1), None);
        assert_eq!(Instant::from_micros(7_258_118_400_000_000), None);
    }

    proptest! {
        #[test]
        fn agrees_with_chrono(micros in 0..=Instant::MAX.micros()) {
            let instant = Instant::from_micros(micros).unwrap();
            let text = instant.to_string();
            prop_assert_eq!(text.parse::<Instant>(), Ok(instant));
            prop_assert_eq!(DateTime::parse_from_rfc3339(&text).unwrap().timestamp_micros(), micros);
        }

        #[test]
        fn never_panics(text in "[0-9TZ:.+-]{0,36}|\\PC{0,20}") {
            let _ = text.parse::<Instant>();
        }
    }
}
