//! The versions of a program, one after another.

use super::{Closed, PriceList, Program};
use crate::calendar::{Date, Instant};

/// The versions of a program, by the day from which each is in force. A host uses them in place of a program: each
/// event is judged by the version of its local date, a return by the version that gave, and the clock by the version
/// in force.
///
/// Every version knows the names of the others, so an account can go from any of them to any other and keeps all its
/// books. What a version does not have is closed there: it is neither given nor used, and ends by the terms it was
/// given with.
#[derive(Debug, Clone)]
pub struct Versions {
    first: Program,
    /// By the first day on which each is in force.
    later: Box<[Program]>,
}

impl Versions {
    /// Versions in the order of their days. Nothing without a program.
    pub(crate) fn new(mut programs: Vec<Program>, identity: impl Fn(&Program, &str) -> u128) -> Option<Self> {
        let closed: Vec<Closed> = (0..programs.len())
            .filter_map(|place| {
                let others = programs.iter().enumerate().filter(|(other, _)| *other != place);
                Some(Closed::of(programs.get(place)?, others.map(|(_, other)| other)))
            })
            .collect();
        for (program, closed) in programs.iter_mut().zip(closed) {
            if !closed.is_empty() {
                program.identity = identity(program, &closed.names());
                program.close(closed);
            }
        }
        // what an earlier version charged is credited at its prices
        let lists: Vec<PriceList> =
            programs.iter().flat_map(|program| program.price_lists.iter().cloned()).collect();
        programs.iter_mut().for_each(|program| program.price_lists = lists.as_slice().into());
        let begins: Vec<Date> = programs.iter().map(|program| program.effective_from).collect();
        for (program, next) in programs.iter_mut().zip(begins.into_iter().skip(1)) {
            program.ends = Some(next);
        }
        let mut programs = programs.into_iter();
        Some(Self { first: programs.next()?, later: programs.collect() })
    }

    /// All versions, by the first day on which each is in force.
    #[must_use]
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Program> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The version with the latest day.
    #[must_use]
    pub fn newest(&self) -> &Program {
        self.later.last().unwrap_or(&self.first)
    }

    /// The version that is in force at an instant; the first one before its day, which refuses what is too early.
    #[must_use]
    pub fn at(&self, at: Instant) -> &Program {
        let begun =
            |program: &&Program| program.zone.business_date(at, program.day_starts) >= program.effective_from;
        self.later.iter().rev().find(begun).unwrap_or(&self.first)
    }

    /// Whether there is only one version, so that nothing has to be chosen.
    pub(crate) fn is_one(&self) -> bool {
        self.later.is_empty()
    }

    /// The version with an identity, and those that follow it.
    pub(crate) fn from(&self, identity: u128) -> impl Iterator<Item = &Program> {
        self.all().skip_while(move |program| program.identity != identity)
    }

    /// The instant at which a version comes into force: the start of its first day.
    pub(crate) fn start_of(program: &Program) -> Instant {
        program.zone.start_of_day(program.effective_from, program.day_starts)
    }
}
