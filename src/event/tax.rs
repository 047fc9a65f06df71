//! The tax of a line.

use super::Digest;
use super::builder::{EventError, MONEY_MOST, wrong};
use crate::amount::{Money, parse_micros};
use std::fmt;

/// The highest rate, millionths of a percent.
const RATE_MOST: i64 = 1_000_000_000;

/// The tax of a line: contained in its price, or due on top of it, as the program says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tax {
    /// Money for the whole line, micro-units; negative where the line is.
    Amount(i64),
    /// A part of the price without tax, millionths of a percent.
    Percent(i64),
}

impl Tax {
    /// `0.52`, `19%`.
    pub(crate) fn read(text: &str) -> Result<Self, Box<EventError>> {
        let found = match text.strip_suffix('%') {
            Some(rate) => {
                let known = parse_micros(rate).filter(|rate| (0..=RATE_MOST).contains(rate));
                known.map(Self::Percent)
            }
            None => {
                let known =
                    parse_micros(text).filter(|amount| amount.unsigned_abs() <= MONEY_MOST.unsigned_abs());
                known.map(Self::Amount)
            }
        };
        found.ok_or_else(|| wrong("tax", text))
    }

    /// The tax of a part of a line.
    pub(crate) fn part(self, part: i64, whole: i64) -> Self {
        match self {
            Self::Amount(micros) if part != whole => {
                let product = i128::from(micros) * i128::from(part);
                let share =
                    product.checked_div(i128::from(whole)).and_then(|share| i64::try_from(share).ok());
                Self::Amount(share.unwrap_or(micros))
            }
            _ => self,
        }
    }

    pub(super) fn digest(tax: Option<Self>, digest: &mut Digest) {
        let (kind, number) = match tax {
            // what says nothing about tax is what it was before there was one
            None => return,
            Some(Self::Amount(micros)) => ("tax", micros),
            Some(Self::Percent(rate)) => ("tax rate", rate),
        };
        digest.text(kind);
        digest.number(number);
    }
}

impl fmt::Display for Tax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (micros, sign) = match self {
            Self::Amount(micros) => (*micros, ""),
            Self::Percent(rate) => (*rate, "%"),
        };
        match Money::from_micros(micros) {
            Some(money) => write!(f, "{money}{sign}"),
            None => write!(f, "{micros}{sign}"),
        }
    }
}
