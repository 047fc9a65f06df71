//! Reads fixed-width digits from a text, for dates and instants.

use super::TimeError;

/// What is left of a text, byte by byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self(text.as_bytes())
    }

    pub(super) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Takes this one byte or refuses.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), TimeError> {
        if self.next() == Some(byte) { Ok(()) } else { Err(TimeError::Form) }
    }

    /// Takes the next byte if it is an ASCII digit.
    pub(super) fn digit(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !first.is_ascii_digit() {
            return None;
        }
        self.0 = rest;
        Some(first - b'0')
    }

    /// Takes exactly two digits.
    pub(super) fn two(&mut self) -> Result<u8, TimeError> {
        match (self.digit(), self.digit()) {
            (Some(tens), Some(ones)) => Ok(tens * 10 + ones),
            _ => Err(TimeError::Form),
        }
    }

    /// Takes exactly four digits.
    pub(super) fn four(&mut self) -> Result<i32, TimeError> {
        Ok(i32::from(self.two()?) * 100 + i32::from(self.two()?))
    }

    /// Nothing may follow.
    pub(super) const fn end(self) -> Result<(), TimeError> {
        if self.0.is_empty() { Ok(()) } else { Err(TimeError::Form) }
    }
}
