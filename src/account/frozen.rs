//! What a purchase was judged by, kept where a return has to judge it again.

use crate::calendar::{Date, Instant};
use crate::event::Value;
use crate::program::{EventKindId, MeterId, PlanId, TiersId, VoucherId};

/// The facts of the time of a purchase that its rules may ask: those that its lines do not tell. It grows with the
/// rules that could match the purchase, never with the history of the member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Frozen {
    /// Counters as the rules saw them: counter, slot and value, sorted. A question about the last days is answered by
    /// sums, so there is one slot for each length that is asked.
    pub(crate) meters: Box<[(MeterId, i64, i64)]>,
    /// The values of the event for which caps have counters of their own, by number, as far as they were known.
    pub(crate) values: Box<[(u32, Box<str>)]>,
    /// Levels, where one is asked and it is not the lowest.
    pub(crate) levels: Box<[(TiersId, u32)]>,
    /// The newest events before the purchase, where it is asked how long ago they were.
    pub(crate) last: Box<[(EventKindId, Instant, Date)]>,
    /// Attributes of the member by place, where they are asked.
    pub(crate) member: Box<[(u16, Box<str>)]>,
    /// The plan of the member, where it is asked.
    pub(crate) plan: Option<PlanId>,
    pub(crate) channel: Option<Box<str>>,
    pub(crate) store: Option<Box<str>>,
    pub(crate) partner: Option<Box<str>>,
    /// How money was paid: means and micro-units.
    pub(crate) payments: Box<[(Box<str>, i64)]>,
    /// Vouchers that were used, in the order in which they were asked for.
    pub(crate) presented: Box<[VoucherId]>,
    /// Attributes of the event that the program declares, sorted by name.
    pub(crate) attributes: Box<[(Box<str>, Value)]>,
}
