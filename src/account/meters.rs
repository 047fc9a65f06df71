//! The counters of an account: one sorted table of (meter, slot, value), as small as what was counted.

use crate::calendar::Date;
use crate::program::{MeterId, Program, Slots, each_start};

/// All counters. Slots that hold nothing are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Meters {
    slots: Vec<(MeterId, i64, i64)>,
}

impl Meters {
    fn place(&self, meter: MeterId, slot: i64) -> Result<usize, usize> {
        self.slots.binary_search_by(|(known, at, _)| (*known, *at).cmp(&(meter, slot)))
    }

    /// What a slot holds.
    pub(crate) fn get(&self, meter: MeterId, slot: i64) -> i64 {
        let place = self.place(meter, slot).ok();
        place.and_then(|place| self.slots.get(place)).map_or(0, |(_, _, value)| *value)
    }

    /// The sum of all slots between two keys, both included. Saturates: no real sum comes near.
    pub(crate) fn sum(&self, meter: MeterId, from: i64, to: i64) -> i64 {
        let start = self.place(meter, from).unwrap_or_else(|place| place);
        self.slots
            .iter()
            .skip(start)
            .take_while(|(known, slot, _)| *known == meter && *slot <= to)
            .fold(0_i64, |sum, (_, _, value)| sum.saturating_add(*value))
    }

    /// Adds to a slot. `false` on overflow.
    pub(crate) fn add(&mut self, meter: MeterId, slot: i64, by: i64) -> bool {
        match self.place(meter, slot) {
            Ok(place) => {
                let Some((_, _, value)) = self.slots.get_mut(place) else { return false };
                let Some(sum) = value.checked_add(by) else { return false };
                *value = sum;
                if sum == 0 {
                    self.slots.remove(place);
                }
            }
            Err(place) if by != 0 => self.slots.insert(place, (meter, slot, by)),
            Err(_) => {}
        }
        true
    }

    /// Drops slots that nothing can ask any more once the newest event lies on a day.
    pub(crate) fn forget(&mut self, program: &Program, newest: Date) {
        self.slots.retain(|(meter, slot, _)| is_asked(program, *meter, *slot, newest));
    }

    /// All counters, sorted.
    pub(crate) fn all(&self) -> &[(MeterId, i64, i64)] {
        &self.slots
    }
}

/// Whether anything can still ask for a slot once the newest event lies on a day.
pub(crate) fn is_asked(program: &Program, meter: MeterId, slot: i64, newest: Date) -> bool {
    let meter = program.meters.get(meter.index());
    let Some((meter, days)) = meter.and_then(|meter| Some((meter, meter.keep_days?))) else {
        return true;
    };
    let horizon = i64::from(newest.days()) - i64::from(days);
    match meter.slots {
        Slots::Minute => slot >= horizon * 1_440,
        Slots::Since(_) => true,
        Slots::Each(_) | Slots::EachFirst => each_start(slot) >= horizon,
        Slots::Ever | Slots::Period(_) | Slots::Within(..) | Slots::Day => slot >= horizon,
    }
}

#[cfg(test)]
mod tests {
    use super::{MeterId, Meters};

    #[test]
    fn slots_add_up_and_empty_ones_are_not_kept() {
        let mut meters = Meters::default();
        for (slot, by) in [(20, 5), (10, 3), (20, 2), (30, 1)] {
            assert!(meters.add(MeterId(1), slot, by));
        }
        assert!(meters.add(MeterId(0), 20, 100));
        assert_eq!(meters.get(MeterId(1), 20), 7);
        assert_eq!(meters.get(MeterId(1), 15), 0);
        assert_eq!(meters.sum(MeterId(1), 10, 20), 10);
        assert_eq!(meters.sum(MeterId(1), 11, 40), 8);
        assert!(meters.add(MeterId(1), 20, -7));
        assert_eq!(meters.all(), [(MeterId(0), 20, 100), (MeterId(1), 10, 3), (MeterId(1), 30, 1)]);
        assert!(!meters.add(MeterId(1), 30, i64::MAX), "overflow is noticed");
    }
}
