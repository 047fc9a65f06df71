//! Base rates, bonuses, and their caps.

use super::*;

/// Whether a [`RuleBlock`] is a base rate or an extra.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// `earn`
    Earn,
    /// `bonus`
    Bonus,
}

/// `earn R { … }`, `bonus R { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleBlock {
    /// Base rate or extra.
    pub kind: RuleKind,
    /// The name of the rule.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<RuleLine>>,
}

/// A line of `earn` or `bonus`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleLine {
    /// `valid from … to …`
    Valid(Valid),
    /// `on purchase`, `on joining`
    On(On),
    /// `at partner Tankhof`
    AtPartner(Name),
    /// `for items where …`
    ForItems(Cond),
    /// `when …`
    When(Cond),
    /// `give …`
    Give(Give),
    /// `multiply …`
    Multiply(Multiply),
    /// `multiply everything …`
    MultiplyEverything(MultiplyEverything),
    /// `at least 500 miles`
    AtLeast(Amount),
    /// `replaces R`
    Replaces(Name),
    /// `combine …`
    Combine(Combine),
    /// `cap …`
    Cap(Cap),
    /// `cap … across all members`
    Budget(Cap),
    /// `round …`
    Round(Round),
    /// `activate …`
    Activate(Activate),
    /// `expire …`
    Expire(Expire),
    /// `no expiry when …`
    NoExpiry(Cond),
    /// `funded by Tankhof`
    Funded(FundedBy),
}

/// What a rule waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// `on joining`
    Joining,
    /// `on purchase`, `on stay`
    Event(Name),
    /// `on birthday`, rules only
    Birthday,
    /// `on start of quarter`, rules only
    StartOf(Period),
    /// `on 60 days after purchase of items where category is Ink`, rules only
    After {
        /// How long after.
        duration: Duration,
        /// The event.
        event: Name,
        /// Which items it must have, at least one.
        items: Option<Box<Cond>>,
    },
    /// `on 90 days without purchase or stay`, rules only
    Without {
        /// For how long none of them came.
        duration: Duration,
        /// The events.
        events: Vec<Name>,
    },
}

/// When a rule is in force, or how long a voucher is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Valid {
    /// `from … to …`, either side may be missing but not both
    Span {
        /// First moment.
        from: Option<Moment>,
        /// Last day, or the moment at which it ends.
        to: Option<Moment>,
    },
    /// `every year from 12-01 to 12-24`
    EveryYear {
        /// First day.
        from: MonthDay,
        /// Last day.
        to: MonthDay,
    },
    /// `for 60 days at month end`, vouchers only
    For {
        /// How long.
        duration: Duration,
        /// `at month end`, …
        tail: Option<Tail>,
    },
    /// `until end of next month`, vouchers only
    UntilEndOf {
        /// Whether `next` is written.
        next: bool,
        /// The period.
        period: Period,
    },
}

/// `give …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Give {
    /// `100 punkte`, `1 Willkommen`
    Flat(Amount),
    /// `1 punkt per full 2 EUR`
    Per {
        /// What is given for each step.
        amount: Amount,
        /// The step.
        per: Per,
    },
    /// `2% of spend as cashback`
    Share {
        /// The percentage.
        rate: Percent,
        /// Of what.
        base: Base,
        /// In which unit.
        unit: Name,
    },
    /// `nights as elite-nights`
    AsUnit {
        /// A numeric attribute of the event or the item.
        attribute: Name,
        /// In which unit.
        unit: Name,
    },
    /// `points by spend bands [from 0 EUR: 2, from 30.01 EUR: 6]`
    Bands {
        /// In which unit.
        unit: Name,
        /// The bands.
        bands: Vec<Band>,
    },
    /// `miles by tier [Basic: 4, Silver: 5] per 1 EUR of fare`
    Table {
        /// In which unit.
        unit: Name,
        /// What picks the row.
        key: Path,
        /// The rows.
        rows: Vec<Cell>,
        /// Flat, `of spend`, or `per …`.
        of: TableOf,
    },
    /// `50% more points`
    More {
        /// How much more.
        percent: Percent,
        /// Of which unit.
        unit: Name,
    },
    /// `more points by tier [Silver: 20%]`
    MoreTable {
        /// Of which unit.
        unit: Name,
        /// What picks the row.
        key: Path,
        /// The rows.
        rows: Vec<Cell>,
    },
    /// `choice of 2 from [500 points, 1 Upgrade, 2 Drink] within 3 months`
    Choice(Choice),
}

/// `choice of [400 punkte, 1 Weinhilfe] within 2 months otherwise give 400 punkte`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// How many entries may be chosen; one if nothing is written.
    pub picks: Option<Number>,
    /// What may be chosen, as written.
    pub entries: Vec<Amount>,
    /// For how long.
    pub within: Duration,
    /// What is given for each choice that was not made in time.
    pub otherwise: Option<Amount>,
}

/// What stands behind the table of [`Give::Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableOf {
    /// Nothing: the row is the award.
    Flat,
    /// `of spend`: the row is a percentage.
    Of(Base),
    /// `per 1 EUR`: the row is given for each step.
    Per(Per),
}

/// `per item`, `per full 2 EUR`, `per 1 USD of room-spend`, `per started 150 km`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Per {
    /// `per item`
    Item,
    /// `per [full|started] A [of B]`
    Amount {
        /// Proportional, whole steps, or begun steps.
        steps: Steps,
        /// Money, or a number of a numeric attribute.
        amount: Amount,
        /// `of spend`, `of room-spend`, `of spend paid with K`
        of: Option<Base>,
    },
}

/// How a `per` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// In proportion.
    Exact,
    /// `full`: whole steps only.
    Full,
    /// `started`: each begun step.
    Started,
}

/// What a percentage or a step is taken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// `spend`
    Spend(Span),
    /// `spend paid with Prepaid`
    SpendPaidWith(Name),
    /// `room-spend`: a money attribute
    Attribute(Name),
}

/// `from 30.01 EUR: 6`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Where the band begins.
    pub from: Amount,
    /// What it gives.
    pub value: Number,
    /// The whole entry.
    pub span: Span,
}

/// `Silver: 20%`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// A name or a number.
    pub key: CellKey,
    /// A number or a percentage.
    pub value: CellValue,
    /// The whole entry.
    pub span: Span,
}

/// The key of a [`Cell`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellKey {
    /// A tier or a value.
    Name(Name),
    /// A value of a numeric attribute.
    Number(Number),
}

/// The value of a [`Cell`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellValue {
    /// `4`
    Number(Number),
    /// `20%`
    Percent(Percent),
}

/// `multiply punkte by 2`, `multiply punkte by tier [ … ]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multiply {
    /// Of which unit.
    pub unit: Name,
    /// By how much.
    pub by: Factor,
}

/// `multiply everything by 1.5`, `multiply everything in punkte by tier [ … ]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultiplyEverything {
    /// Of which unit; without it of every unit that can be spent.
    pub unit: Option<Name>,
    /// By how much.
    pub by: Factor,
}

/// The factor of a [`Multiply`] or a [`MultiplyEverything`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Factor {
    /// `2`
    Number(Number),
    /// `tier [Silver: 1.5]`
    Table {
        /// What picks the row.
        key: Path,
        /// The rows.
        rows: Vec<Cell>,
    },
}

/// How a bonus mixes with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Combine {
    /// `add`
    Add,
    /// `best of G`
    BestOf(Name),
    /// `exclusive`
    Exclusive,
}

/// `cap 3 times per month`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// `cap referrer …`, `cap friend …`
    pub side: Option<Side>,
    /// How much.
    pub limit: CapLimit,
    /// In which window; `None` is not written.
    pub per: Option<CapPer>,
    /// `for each ticket-number`
    pub each: Option<Name>,
    /// `per account`: it counts what all members of an account have together.
    pub per_account: bool,
    /// `per member`: what holds without it too, said aloud.
    pub per_member: bool,
}

/// The limit of a cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CapLimit {
    /// `3 times`
    Times(Number),
    /// `1_000 punkte`
    Amount(Amount),
    /// `1_500 USD of spend`
    Spend(Amount),
}

/// The window of a cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CapPer {
    /// `per item`
    Item,
    /// `per month`, `per purchase`
    Period(Period),
}

/// The two sides of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one who was invited.
    Friend,
    /// The one who invited.
    Referrer,
}

/// `cap Aktionsdeckel: 1_000 punkte per month on [A, B]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedCap {
    /// The name of the cap.
    pub name: Name,
    /// Limit and window; no side.
    pub cap: Cap,
    /// Whether `across all members` is written.
    pub across: bool,
    /// The rules it covers.
    pub rules: Vec<Name>,
}
