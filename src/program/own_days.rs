//! Periods that start on a day of the member's own.

use super::{Activate, AttributeKind, Expire, Program, Slots, VoucherEnd};
use crate::calendar::{Anchors, Date, OWN_DAYS, Period, Tail};

/// An attribute of the member that says on which day of the month periods start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnDay {
    pub(crate) name: Box<str>,
    /// Its place among the attributes of the member; nothing if only another version declares it.
    pub(crate) place: Option<u16>,
}

impl Program {
    /// What the periods of a member are counted from.
    pub(crate) fn anchors(&self, joined: Date, attributes: &[Option<Box<str>>]) -> Anchors {
        let mut anchors = Anchors { membership_day: self.membership_day, ..Anchors::new(joined) };
        if !self.own_days.is_empty() {
            anchors.days = self.days_of(|place| attributes.get(usize::from(place))?.as_deref());
        }
        anchors
    }

    /// The days on which periods of a member start, by what its attributes say; the 1st where one says nothing.
    #[cold]
    pub(crate) fn days_of<'t>(&self, text: impl Fn(u16) -> Option<&'t str>) -> [u8; OWN_DAYS] {
        let mut days = [1; OWN_DAYS];
        for (day, own) in days.iter_mut().zip(&self.own_days) {
            let said = own.place.and_then(&text).and_then(|text| text.parse().ok());
            *day = said.filter(|day| (1..=28).contains(day)).unwrap_or(1);
        }
        days
    }

    /// Finds the attributes of other versions by which periods start, as far as there is room for them.
    pub(super) fn add_own_days(&mut self, names: &[Box<str>]) {
        let mut days = std::mem::take(&mut self.own_days).into_vec();
        for name in names {
            let place = self.member_attributes.iter().position(|attribute| {
                attribute.name == *name && matches!(attribute.kind, AttributeKind::Integer(..))
            });
            days.push(OwnDay {
                name: name.clone(),
                place: place.and_then(|place| u16::try_from(place).ok()),
            });
        }
        days.truncate(OWN_DAYS);
        self.own_days = days.into();
    }
}

/// Where a program has the days on which periods of another version start; nothing where it has no room for one.
pub(super) struct OwnPlaces(pub(super) Vec<Option<u8>>);

impl OwnPlaces {
    fn period(&self, period: Period) -> Period {
        match period {
            Period::Own(place) => {
                self.0.get(usize::from(place)).copied().flatten().map_or(Period::Month, Period::Own)
            }
            other => other,
        }
    }

    fn tail(&self, tail: Tail) -> Tail {
        match tail {
            Tail::EndOf(period) => Tail::EndOf(self.period(period)),
            Tail::StartOf(period) => Tail::StartOf(self.period(period)),
            other => other,
        }
    }

    pub(super) fn expire(&self, expire: Expire) -> Expire {
        let tail = |tail: Option<Tail>| tail.map(|tail| self.tail(tail));
        match expire {
            Expire::After(length, from, after) => Expire::After(length, from, tail(after)),
            Expire::AtEndOf(period, plus) => {
                Expire::AtEndOf(self.period(period), plus.map(|(length, after)| (length, tail(after))))
            }
            other => other,
        }
    }

    pub(super) fn activate(&self, activate: Activate) -> Activate {
        match activate {
            Activate::AtEndOf(period) => Activate::AtEndOf(self.period(period)),
            other => other,
        }
    }

    pub(super) fn voucher_end(&self, end: VoucherEnd) -> VoucherEnd {
        match end {
            VoucherEnd::For(length, tail) => VoucherEnd::For(length, tail.map(|tail| self.tail(tail))),
            VoucherEnd::EndOf(period, next) => VoucherEnd::EndOf(self.period(period), next),
            other => other,
        }
    }

    /// A counter without room for its day is kept as it is.
    pub(super) fn slots(&self, slots: Slots) -> Slots {
        match slots {
            Slots::Period(Period::Own(place)) => {
                let known = self.0.get(usize::from(place)).copied().flatten();
                known.map_or(Slots::Ever, |place| Slots::Period(Period::Own(place)))
            }
            Slots::Each(Period::Own(place)) => {
                let known = self.0.get(usize::from(place)).copied().flatten();
                known.map_or(Slots::EachFirst, |place| Slots::Each(Period::Own(place)))
            }
            // the other version may not have the block
            Slots::Since(_) => Slots::Ever,
            other => other,
        }
    }
}
