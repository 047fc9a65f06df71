//! Units, vouchers, cards, returns and the vocabulary of events.

use super::ids::{CapId, EventKindId, Symbol};
use super::rule::{Award, Proportion, Validity};
use super::terms::{Activate, Expire, SpendOrder};
use super::test::Test;
use crate::amount::Rounding;
use crate::calendar::{Date, Duration, Period, Tail};

/// A unit.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) name: Box<str>,
    pub(crate) singular: Option<Box<str>>,
    pub(crate) kind: UnitKind,
    /// 0 to 4.
    pub(crate) decimals: u32,
    /// Micro-units of the program's currency for one unit.
    pub(crate) worth: Option<i64>,
    pub(crate) round: Round,
    pub(crate) activate: Activate,
    /// The earliest counts. Empty for status units.
    pub(crate) expire: Box<[Expire]>,
    /// `no expiry when`: what is past its last day stays while this holds.
    pub(crate) hold: Option<Test>,
    pub(crate) spend: SpendOrder,
    /// Every rate of this unit is a whole number over this.
    pub(crate) denominator: i128,
}

impl Unit {
    /// Whether what is earned is usable at once and for ever, and is spent in no order of its own.
    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self.activate, Activate::AtOnce)
            && matches!(*self.expire, [] | [Expire::Never])
            && self.hold.is_none()
            && matches!(self.spend, SpendOrder::SoonestExpiry)
    }
}

/// The kinds of unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnitKind {
    /// Held in lots, can be spent.
    Spendable,
    /// Counted only.
    Status,
}

/// How a unit or rule is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Round {
    pub(crate) mode: Rounding,
    pub(crate) per_item: bool,
}

/// A voucher.
#[derive(Debug, Clone)]
pub(crate) struct Voucher {
    pub(crate) name: Box<str>,
    /// What it grants, as text: `10 EUR off`, `1 item free`, a quoted text.
    pub(crate) grants: Box<str>,
    /// What it grants.
    pub(crate) grant: Grant,
    /// The items that it is for; nothing means all.
    pub(crate) items: Option<Test>,
    pub(crate) when: Option<Test>,
    /// The text of `when …`, for refusals.
    pub(crate) when_text: Box<str>,
    /// Caps on how many may be used.
    pub(crate) caps: Box<[CapId]>,
    /// When it becomes usable.
    pub(crate) activate: Activate,
    /// Micro-units of the program's currency.
    pub(crate) worth: Option<i64>,
    pub(crate) end: VoucherEnd,
    /// `usable from`: not before this day.
    pub(crate) usable_from: Option<Date>,
}

/// What a voucher or reward grants when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    /// Micro-units off.
    AmountOff(i64),
    /// Millionths of a percent off, and at most so many micro-units.
    PercentOff(i64, Option<i64>),
    /// So many pieces for nothing.
    ItemsFree(i64),
    /// Something that the shop hands out.
    Text,
}

/// The last day of a voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VoucherEnd {
    /// No end.
    Never,
    /// `valid for D [tail]`, from the day given.
    For(Duration, Option<Tail>),
    /// `valid until end of [next] P`.
    EndOf(Period, bool),
    /// A fixed day.
    On(Date),
}

/// A stamp card.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) name: Box<str>,
    pub(crate) on: EventKindId,
    pub(crate) valid: Validity,
    pub(crate) items: Option<Test>,
    pub(crate) when: Option<Test>,
    pub(crate) when_text: Box<str>,
    /// Whole stamps for each piece or step, or once.
    pub(crate) stamps: i64,
    pub(crate) per: StampPer,
    pub(crate) goal: i64,
    pub(crate) head_start: i64,
    pub(crate) head_start_on_every: bool,
    /// Caps on stamps.
    pub(crate) caps: Box<[CapId]>,
    /// How many full cards an event pays at most.
    pub(crate) most_rewards: Option<i64>,
    pub(crate) carry_over: bool,
    /// The earliest counts; nothing if a card does not end.
    pub(crate) expire: Box<[Expire]>,
    pub(crate) reward: Award,
    /// Whether the reward is worth the average of what the stamps hold; the amount of `reward` is zero then.
    pub(crate) average: bool,
}

/// What a card stamps for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StampPer {
    /// Once an event.
    Event,
    /// For each whole piece of the sum.
    Piece,
    /// For so much of something, in steps or in proportion.
    Of(Proportion),
}

/// For how many days the id of an event is remembered, at least; a purchase so long after the last day of its return.
pub(crate) const ID_DAYS: u32 = 90;

/// What returns do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Returns {
    pub(crate) take_back: TakeBack,
    /// `give back redeemed to original lots with at least D`: for how long at least it can be used again.
    pub(crate) give_back_least: Option<Duration>,
    /// `balance may go negative`: what cannot be taken from lots becomes a debt; otherwise it is forgiven.
    pub(crate) may_go_negative: bool,
    pub(crate) within: Option<Duration>,
    pub(crate) unmatched: Unmatched,
}

/// What a return takes back of what a purchase earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TakeBack {
    /// Nothing.
    Nothing,
    /// Of each line the part that comes back.
    InProportion,
    /// What the purchase would not have earned with what is left of it.
    AsIfNeverBought,
    /// Everything, with the first thing that comes back.
    InFull,
}

/// What happens to unmatched return lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unmatched {
    /// The whole return is refused.
    Refused,
    /// The line is skipped and reported.
    Skipped,
    /// What the line would earn now, without caps, is taken back.
    TodaysRate,
}

/// An event that the program knows.
#[derive(Debug, Clone)]
pub(crate) struct EventKind {
    pub(crate) name: Box<str>,
    pub(crate) attributes: Box<[Attribute]>,
}

/// An attribute.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: Box<str>,
    pub(crate) kind: AttributeKind,
}

/// The type of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AttributeKind {
    /// Whole number, both ends included.
    Integer(i64, i64),
    /// Number of at most six decimals.
    Decimal,
    /// Money of the program's currency.
    Money,
    /// Percentage.
    Percent,
    /// Day.
    Date,
    /// Time of the wall clock.
    Time,
    /// Yes or no.
    YesNo,
    /// Any text.
    Text,
    /// Any name.
    Name,
    /// One of the sorted names.
    OneOf(Box<[Symbol]>),
    /// Several names.
    ListOfName,
}
