//! Names, numbers, money, and what tells the time.

use crate::diagnostics::Span;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// A name, NFC-normalised and without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name itself.
    pub text: String,
    /// The name as written, quotes included.
    pub span: Span,
}

/// A quoted text that is no name: a time zone, a path, what a voucher grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text between the quotes.
    pub text: String,
    /// The text with its quotes.
    pub span: Span,
}

/// A number, never negative except where `Signed` says so. Trailing zeros are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The value, normalised.
    pub value: Decimal,
    /// As written.
    pub span: Span,
}

/// `2%`: the value is 2, not 0.02.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent {
    /// The number before the sign.
    pub value: Decimal,
    /// As written, with the sign.
    pub span: Span,
}

/// `10 EUR`, `500 punkte`, `3 stamps`: a number and what it counts. May be negative in tests only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// The value; below zero only in events and expectations of tests.
    pub number: Number,
    /// A currency, a unit, its singular, a voucher, an attribute, …
    pub unit: Name,
    /// Both together, with the sign.
    pub span: Span,
}

pub use crate::calendar::DurationUnit;

/// `14 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: DurationUnit,
    /// Both together.
    pub span: Span,
}

/// `2026-03-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// The calendar day.
    pub date: NaiveDate,
    /// As written.
    pub span: Span,
}

/// `08:30`; minutes since midnight, 0 to 1,439.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// Minutes since midnight of the wall clock.
    pub minute: u16,
    /// As written.
    pub span: Span,
}

/// `12-24`, a day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31; 29 February is allowed.
    pub day: u8,
    /// As written.
    pub span: Span,
}

/// A date with or without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub date: Date,
    /// The time of the wall clock, if written.
    pub time: Option<Time>,
    /// Both together.
    pub span: Span,
}

/// A stretch of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Which stretch.
    pub kind: PeriodKind,
    /// As written.
    pub span: Span,
}

/// The kinds of [`Period`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodKind {
    /// `day`
    Day,
    /// `week`
    Week,
    /// `month`
    Month,
    /// `quarter`
    Quarter,
    /// `half-year`
    HalfYear,
    /// `calendar year`
    CalendarYear,
    /// `membership year`
    MembershipYear,
    /// `campaign`: the `valid` span of the rule
    Campaign,
    /// `lifetime`
    Lifetime,
    /// A declared period, or after `per` the name of an event: `per purchase`.
    Named(String),
}
