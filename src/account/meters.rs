//! The counters of an account: for each meter its slots, sorted.

use crate::program::MeterId;

/// All counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meters {
    slots: Vec<Vec<(i64, i64)>>,
}

impl Meters {
    pub(crate) fn new(meters: usize) -> Self {
        Self { slots: vec![Vec::new(); meters] }
    }

    /// What a slot holds.
    pub(crate) fn get(&self, meter: MeterId, slot: i64) -> i64 {
        let slots = self.of(meter);
        // nearly always the newest slot is asked
        match slots.last() {
            Some((newest, value)) if *newest == slot => *value,
            Some((newest, _)) if *newest < slot => 0,
            None => 0,
            Some(_) => {
                let place = slots.partition_point(|(known, _)| *known < slot);
                slots.get(place).filter(|(known, _)| *known == slot).map_or(0, |(_, value)| *value)
            }
        }
    }

    /// The sum of all slots between two keys, both included. Saturates: no real sum comes near.
    pub(crate) fn sum(&self, meter: MeterId, from: i64, to: i64) -> i64 {
        let slots = self.of(meter);
        let start = slots.partition_point(|(known, _)| *known < from);
        slots
            .iter()
            .skip(start)
            .take_while(|(known, _)| *known <= to)
            .fold(0_i64, |sum, (_, value)| sum.saturating_add(*value))
    }

    /// Adds to a slot. `false` on overflow.
    pub(crate) fn add(&mut self, meter: MeterId, slot: i64, by: i64) -> bool {
        let Some(slots) = self.slots.get_mut(meter.index()) else { return false };
        let place = slots.partition_point(|(known, _)| *known < slot);
        match slots.get_mut(place) {
            Some((known, value)) if *known == slot => match value.checked_add(by) {
                Some(sum) => *value = sum,
                None => return false,
            },
            _ => slots.insert(place, (slot, by)),
        }
        true
    }

    /// Drops slots of a meter before a key.
    pub(crate) fn forget_before(&mut self, meter: MeterId, slot: i64) {
        if let Some(slots) = self.slots.get_mut(meter.index()) {
            let gone = slots.partition_point(|(known, _)| *known < slot);
            slots.drain(..gone);
        }
    }

    /// The slots of a meter, by key.
    pub(crate) fn of(&self, meter: MeterId) -> &[(i64, i64)] {
        self.slots.get(meter.index()).map_or(&[], Vec::as_slice)
    }
}
