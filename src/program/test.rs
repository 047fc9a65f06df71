//! Compiled conditions. Three-valued: a missing value makes a leaf unknown.

use super::ids::{EventKindId, FilterId, MeterId, Symbol, TiersId, VoucherId};
use super::meter::Window;
use crate::calendar::Duration;

/// First day, last day, and the sorted names in force between them; days as days since 1970-01-01.
pub(crate) type DatedNames = (i32, i32, Box<[Symbol]>);

/// A compiled condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    /// All hold.
    And(Box<[Test]>),
    /// One holds.
    Or(Box<[Test]>),
    /// It does not hold; unknown stays unknown.
    Not(Box<Test>),
    /// The name is in the sorted list. For a list attribute: it contains one of them.
    Sym(SymSubject, Box<[Symbol]>),
    /// The name is in one of the dated lists in force on the event's day: (first day, last day, sorted names); days
    /// as days since 1970-01-01.
    DatedSym(SymSubject, Box<[DatedNames]>),
    /// The number lies between both, ends included. Millionths for money, quantities and numeric attributes; see
    /// [`NumSubject`] for the others.
    Num(NumSubject, i64, i64),
    /// The number is in the sorted list.
    NumIn(NumSubject, Box<[i64]>),
    /// The duration since a past day lies between both ends.
    Since(Since),
    /// The value is there. Never unknown. For category, sku, brand, channel and store: it is not none.
    KnownSym(SymSubject),
    /// The value is there. Never unknown.
    KnownNum(NumSubject),
    /// The two names are the same and in the sorted list of common values; unknown if one is missing.
    Matches(SymSubject, SymSubject, Box<[Symbol]>),
    /// `birthday within n days`: today or one of the n days after; 0 is `birthday today`.
    BirthdayWithin(u32),
    /// `birthday this month`.
    BirthdayThisMonth,
    /// At least one item passes.
    AnyItem(Box<Test>),
    /// The event asks to use one of these vouchers. Never unknown.
    Presented(VoucherId),
}

/// A subject whose value is a name or text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SymSubject {
    /// Category of the item.
    Category,
    /// Article number of the item.
    Sku,
    /// Brand of the item.
    Brand,
    /// Channel of the event.
    Channel,
    /// Store of the event.
    Store,
    /// Partner of the event.
    Partner,
    /// The plan of the member.
    Plan,
    /// Attribute of the item, by place in [`super::Program::item_attributes`].
    Item(u16),
    /// Attribute of the event, by place in its [`super::EventKind::attributes`].
    Event(u16),
    /// Attribute of the member, by place in [`super::Program::member_attributes`].
    Member(u16),
}

/// A subject whose value is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumSubject {
    /// Price of one piece, micro-units.
    Price,
    /// Quantity of the item, millionths.
    Quantity,
    /// Attribute of the item: money in micro-units, numbers and percent in millionths, dates as days since 1970-01-01,
    /// times as minutes, yes as 1 and no as 0.
    Item(u16),
    /// Attribute of the event, in the same measures.
    Event(u16),
    /// Attribute of the member, in the same measures.
    Member(u16),
    /// Sum of all items, micro-units.
    Basket,
    /// Sum of all quantities, millionths.
    BasketQuantity,
    /// Sum of the items that pass, micro-units, without a window.
    SpendOn(FilterId),
    /// Quantity of the items that pass, millionths, without a window.
    QuantityOn(FilterId),
    /// Local day, days since 1970-01-01.
    Day,
    /// Month and day as month × 100 + day.
    MonthDay,
    /// Minute of the wall clock, 0 to 1,439.
    Minute,
    /// 0 is Monday, 6 is Sunday.
    Weekday,
    /// 1 to 12.
    Month,
    /// Level of the member in a tiers block, 0 is the lowest.
    Tier(TiersId),
    /// Completed years; needs the attribute `birthday`.
    Age,
    /// What a counter holds in a window, in its own scale.
    Meter(MeterId, Window),
}

/// How long ago something was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since {
    /// Since what.
    pub(crate) base: SinceBase,
    /// At least this long, or longer if the flag is set.
    pub(crate) low: Option<(Duration, bool)>,
    /// At most this long, or shorter if the flag is set.
    pub(crate) high: Option<(Duration, bool)>,
}

/// What [`Since`] counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SinceBase {
    /// The member's joining.
    Joining,
    /// The newest earlier event of the kind; unknown if there was none.
    Last(EventKindId),
}
