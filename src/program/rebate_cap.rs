//! Caps of rebates and awards over longer windows than the period that is paid.

use super::ids::MeterId;
use crate::calendar::{Anchors, Date, Period};

/// `cap A per P` where P is longer than the period of the block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RebateCap {
    /// As written, for explanations: `50 credit per calendar year`.
    pub(crate) text: Box<str>,
    /// No period of a member's own: each paid period lies wholly in one of these.
    pub(crate) period: Period,
    /// The most that is paid in one of them, in the unit's scale.
    pub(crate) most: i64,
    /// What is used of it.
    pub(crate) meter: MeterId,
}

impl RebateCap {
    /// The slot of the window in which a paid period ends, the same for every member.
    pub(crate) fn slot(&self, last: Date) -> i64 {
        match self.period {
            Period::Campaign | Period::Lifetime => 0,
            period => i64::from(period.start_of(last, &Anchors::new(last)).days()),
        }
    }
}

/// What the cap of a longer window leaves of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoomCut {
    /// What is paid, in the unit's scale.
    pub(crate) amount: i64,
    /// The place of the cap among those of the terms.
    pub(crate) cap: usize,
}

/// What caps leave of an amount, if it is less; `used` tells what is used of a window.
pub(crate) fn cut_to_room(
    caps: &[RebateCap],
    (last, amount): (Date, i64),
    used: impl Fn(MeterId, i64) -> i64,
) -> Option<RoomCut> {
    let mut cut = None;
    let mut left = amount;
    for (place, cap) in caps.iter().enumerate() {
        let room = cap.most.saturating_sub(used(cap.meter, cap.slot(last))).max(0);
        if room < left {
            (left, cut) = (room, Some(RoomCut { amount: room, cap: place }));
        }
    }
    cut
}
