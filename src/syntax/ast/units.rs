//! Blocks about units.

use super::*;

/// `unit U is spendable { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitBlock {
    /// The plural name.
    pub name: Name,
    /// `spendable`, `status`, `money` or `donation`.
    pub kind: UnitKind,
    /// The kind as written.
    pub kind_span: Span,
    /// Whether braces are written.
    pub lines: Vec<Line<UnitLine>>,
}

/// The kinds of unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitKind {
    /// Has value and can be spent.
    Spendable,
    /// Counts towards tiers and is never spent.
    Status,
    /// `money in EUR`: money of the program, which can be spent.
    Money(Name),
    /// Counted for draws.
    Tickets,
    /// `donation in EUR`: money that charities get.
    Donation(Name),
}

impl UnitKind {
    /// Whether members hold it and can spend it.
    #[must_use]
    pub const fn is_spendable(&self) -> bool {
        matches!(self, Self::Spendable | Self::Money(_))
    }
}

/// A line of `unit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitLine {
    /// `singular punkt`
    Singular(Name),
    /// `decimals 2`
    Decimals(Number),
    /// `worth 0.01 EUR`
    Worth(Amount),
    /// `round down in total`
    Round(Round),
    /// `activate after 14 days`
    Activate(Activate),
    /// `expire never`
    Expire(Expire),
    /// `no expiry when tier is Gold`
    NoExpiry(Cond),
    /// `spend oldest first`, `spend soonest expiry first`
    SpendOrder(SpendOrder),
}

/// Which lots are spent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendOrder {
    /// `soonest expiry first`
    SoonestExpiry,
    /// `oldest first`
    Oldest,
}

/// `round half up per item`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// The direction.
    pub mode: RoundMode,
    /// Whether each item is rounded alone (`per item`) or the sum (`in total`).
    pub per_item: bool,
}

/// Directions of rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundMode {
    /// `down`
    Down,
    /// `up`
    Up,
    /// `half up`
    HalfUp,
    /// `half down`
    HalfDown,
    /// `half even`
    HalfEven,
}

/// When what was earned becomes usable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activate {
    /// `at once`
    AtOnce,
    /// `after 14 days`
    After(Duration),
    /// `at end of membership year`
    AtEndOf(Period),
    /// `on delivery`: an event, or a date attribute
    On(Name),
}

/// When what was earned is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expire {
    /// `never`
    Never,
    /// `24 months after earning at month end`; in a card also `after first stamp`
    After {
        /// How long.
        duration: Duration,
        /// Counted from when.
        from: ExpireFrom,
        /// `at month end`, …
        tail: Option<Tail>,
    },
    /// `at end of calendar year plus 1 year at month end`
    AtEndOf {
        /// The period.
        period: Period,
        /// `plus 1 year` and its tail.
        plus: Option<(Duration, Option<Tail>)>,
    },
    /// `at next 06-15`
    AtNext(MonthDay),
    /// `after 18 months without stay or redemption`
    Without {
        /// How long.
        duration: Duration,
        /// Events, `earning`, `redemption`.
        events: Vec<Name>,
    },
}

/// What `expire D after …` counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpireFrom {
    /// `after earning`
    Earning,
    /// `after activation`
    Activation,
    /// `after first stamp`, in a card
    FirstStamp,
}

/// A tail moves a last day forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// Whither.
    pub kind: TailKind,
    /// As written.
    pub span: Span,
}

/// The kinds of [`Tail`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TailKind {
    /// `at month end`
    MonthEnd,
    /// `at end of P`
    EndOf(Period),
    /// `at start of P`
    StartOf(Period),
    /// `at next 09-30`
    Next(MonthDay),
}
