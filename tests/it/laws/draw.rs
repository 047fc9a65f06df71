//! Choices out of bytes.
//!
//! A generated thing is a row of bytes, and each choice takes the next one. A byte of zero is always the first and
//! simplest choice, and a row that has run out gives zeros. So a failing case shrinks by itself: towards fewer rows and
//! smaller bytes, that is towards fewer blocks with plainer lines.

use proptest::collection::vec;
use proptest::prelude::*;

/// The bytes of one generated thing.
pub(super) type Genes = Vec<u8>;

/// Up to `most` rows of `width` bytes.
pub(super) fn rows(least: usize, most: usize, width: usize) -> impl Strategy<Value = Vec<Genes>> {
    vec(vec(any::<u8>(), width), least..=most)
}

/// Reads choices from a row of bytes.
#[derive(Debug)]
pub(super) struct Draw<'a> {
    genes: &'a [u8],
}

impl<'a> Draw<'a> {
    pub(super) const fn new(genes: &'a [u8]) -> Self {
        Self { genes }
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> u8 {
        match self.genes.split_first() {
            Some((first, rest)) => {
                self.genes = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `count`; smaller bytes give smaller numbers.
    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) * count / 256
    }

    /// One of several things, the simplest first.
    pub(super) fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.below(of.len())]
    }

    /// Whether something that happens so many times in a hundred happens; zero says no.
    pub(super) fn often(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// A text in so many of a hundred cases, else nothing.
    pub(super) fn maybe(&mut self, percent: usize, make: impl FnOnce(&mut Self) -> String) -> String {
        if self.often(percent) { make(self) } else { String::new() }
    }
}

/// Puts things into an order that the bytes choose.
pub(super) fn shuffle<T>(things: &mut [T], genes: &[u8]) {
    let mut draw = Draw::new(genes);
    for last in (1..things.len()).rev() {
        let with = last - draw.below(last + 1);
        things.swap(last, with);
    }
}
