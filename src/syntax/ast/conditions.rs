//! Conditions.

use super::*;

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cond {
    /// `a and b`, two or more parts
    And(Vec<Cond>, Span),
    /// `a or b`, two or more parts
    Or(Vec<Cond>, Span),
    /// `not a`
    Not(Box<Cond>, Span),
    /// `first purchase`, …
    Fact(Fact, Span),
    /// `basket is at least 30 EUR`
    Compare {
        /// What is asked.
        subject: Subject,
        /// How it is compared.
        op: Op,
        /// The whole comparison.
        span: Span,
    },
}

impl Cond {
    /// The text of the condition.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::And(_, span)
            | Self::Or(_, span)
            | Self::Not(_, span)
            | Self::Fact(_, span)
            | Self::Compare { span, .. } => *span,
        }
    }
}

/// A fact that needs no comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// `first purchase`, `first purchase this month`
    FirstPurchase(Option<Period>),
    /// `birthday today`
    BirthdayToday,
    /// `birthday this month`
    BirthdayThisMonth,
    /// `birthday within 7 days`
    BirthdayWithin(Duration),
    /// `any item (brand is X)`
    AnyItem(Box<Cond>),
    /// `voucher Willkommen is presented`
    Presented(Name),
}

/// What a comparison asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// `category`, `basket`, `tier`, `item.x`, an attribute, …
    Path(Path),
    /// `quantity of basket`
    QuantityOfBasket(Span),
    /// `spend on (…)`, `spend on (…) in last 30 days`
    SpendOn(Box<Cond>, Option<Window>, Span),
    /// `quantity on (…)`
    QuantityOn(Box<Cond>, Option<Window>, Span),
    /// `purchases in this month`, `spend so far`
    Measure(Measure, MeasureSpan, Span),
    /// `time since joining`
    TimeSinceJoining(Span),
    /// `time since last purchase`
    TimeSinceLast(Name, Span),
    /// `tier of Status`
    TierOf(Name, Span),
}

impl Subject {
    /// The text of the subject.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Path(path) => path.span,
            Self::QuantityOfBasket(span)
            | Self::SpendOn(_, _, span)
            | Self::QuantityOn(_, _, span)
            | Self::Measure(_, _, span)
            | Self::TimeSinceJoining(span)
            | Self::TimeSinceLast(_, span)
            | Self::TierOf(_, span) => *span,
        }
    }
}

/// `category`, `member.level`; as the key of a table also `tier of Status`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// `item`, `event`, `member`, if written; the tiers block in `tier of Status`.
    pub scope: Option<Name>,
    /// Whether it is `tier of Status`; the name is `tier` then.
    pub of_block: bool,
    /// The attribute or built-in subject.
    pub name: Name,
    /// The whole path.
    pub span: Span,
}

/// What a history subject counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// `spend`
    Spend,
    /// `purchases`
    Purchases,
    /// `items`
    Items,
    /// An event or a unit.
    Named(Name),
}

/// The window of a history subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeasureSpan {
    /// `so far`
    SoFar,
    /// `in W`
    In(Window),
}

/// `this month`, `previous month`, `last 30 days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// `last D`
    Last(Duration),
    /// `this P`
    This(Period),
    /// `previous P`
    Previous(Period),
}

/// How a comparison compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// `is known`
    Known,
    /// `is unknown`
    Unknown,
    /// `is V`
    Is(Value),
    /// `is not V`
    IsNot(Value),
    /// `is in L`
    In(NameSet),
    /// `is not in L`
    NotIn(NameSet),
    /// `is at least V`
    AtLeast(Value),
    /// `is at most V`
    AtMost(Value),
    /// `is more than V`
    MoreThan(Value),
    /// `is less than V`
    LessThan(Value),
    /// `is between V and W`
    Between(Value, Value),
    /// `matches A`
    Matches(Path),
}

/// `[a, b]` or the name of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameSet {
    /// `[a, b]`
    Names(Vec<Name>, Span),
    /// `"Zählt nicht"`
    List(Name),
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `2026-03-01`, `2026-03-01 08:30`
    Moment(Moment),
    /// `12-24`
    MonthDay(MonthDay),
    /// `08:30`
    Time(Time),
    /// `5%`
    Percent(Percent),
    /// `30 days`
    Duration(Duration),
    /// `30 EUR`
    Amount(Amount),
    /// `3`; below zero only in tests
    Number(Number),
    /// `yes`, `no`
    YesNo(bool, Span),
    /// `Gold`, `tuesday`
    Name(Name),
    /// `[a, b]`, attributes of events in tests only
    Names(Vec<Name>, Span),
}

impl Value {
    /// The text of the value.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Moment(v) => v.span,
            Self::MonthDay(v) => v.span,
            Self::Time(v) => v.span,
            Self::Percent(v) => v.span,
            Self::Duration(v) => v.span,
            Self::Amount(v) => v.span,
            Self::Number(v) => v.span,
            Self::YesNo(_, span) | Self::Names(_, span) => *span,
            Self::Name(v) => v.span,
        }
    }
}
