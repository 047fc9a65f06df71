//! Dates, instants, periods and day boundaries.
//!
//! Everything here is exact integer arithmetic on plain values: no clock, no environment, no allocation on the
//! way of an event. [`zone`] is the only file that reads time zone data.

mod date;
mod duration;
mod instant;
mod period;
mod reader;
pub mod zone;

pub use date::{Date, DateRange, MonthDay, Weekday};
pub use duration::{Duration, DurationUnit, Tail};
pub use instant::Instant;
pub use period::{Anchors, Cycle, OWN_DAYS, Period};
pub use zone::{LocalTime, Zone};

/// Why a text or a value is not a date or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The text does not have the one accepted form.
    #[error("it is not written like 2026-03-31 or 2026-03-31T10:15:00+02:00")]
    Form,
    /// The form is right, but the calendar has no such day or the clock no such time.
    #[error("there is no such day or time")]
    NotInCalendar,
    /// A second 60 is refused, because it would compare unequal to the next second while lasting no time.
    #[error("leap seconds are not accepted")]
    LeapSecond,
    /// A real day or moment outside what this crate accepts.
    #[error("it lies outside the accepted range")]
    OutOfRange,
}
