//! The tree of a rule file: what was written, not what it means.
//!
//! Every node carries the [`Span`] of its text. Names are still strings and may be undeclared, types may be
//! wrong, lines may be missing or doubled: all of that is a legal tree and is judged later, in `check`.
//! Literals keep their value and, where the writing matters to the formatter, their form.

mod games;
mod giving;
mod tests;

pub use games::*;
pub use giving::*;
pub use tests::*;

use crate::diagnostics::Span;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// One rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The line `edition 2026`, if it stands at the top.
    pub edition: Option<Edition>,
    /// All blocks, in the order of the text.
    pub blocks: Vec<Block>,
    /// All `#` comments, in the order of the text. They belong to no node; the formatter puts them back.
    pub comments: Vec<Comment>,
    /// The whole text of the file.
    pub span: Span,
}

/// `edition 2026`: the version of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The year that names the edition.
    pub year: u16,
    /// The whole line.
    pub span: Span,
}

/// A comment `# …`, without its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The text after `#`, without white space at its end.
    pub text: String,
    /// Whether the comment stands alone on its line.
    pub own_line: bool,
    /// From `#` to the last character of the line.
    pub span: Span,
}

/// A name, NFC-normalised and without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name itself.
    pub text: String,
    /// The name as written, quotes included.
    pub span: Span,
}

/// A quoted text that is no name: a time zone, a path, what a voucher grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text between the quotes.
    pub text: String,
    /// The text with its quotes.
    pub span: Span,
}

/// A number, never negative except where `Signed` says so. Trailing zeros are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The value, normalised.
    pub value: Decimal,
    /// As written.
    pub span: Span,
}

/// `2%`: the value is 2, not 0.02.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent {
    /// The number before the sign.
    pub value: Decimal,
    /// As written, with the sign.
    pub span: Span,
}

/// `10 EUR`, `500 punkte`, `3 stamps`: a number and what it counts. May be negative in tests only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// The value; below zero only in events and expectations of tests.
    pub number: Number,
    /// A currency, a unit, its singular, a voucher, an attribute, …
    pub unit: Name,
    /// Both together, with the sign.
    pub span: Span,
}

pub use crate::calendar::DurationUnit;

/// `14 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: DurationUnit,
    /// Both together.
    pub span: Span,
}

/// `2026-03-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// The calendar day.
    pub date: NaiveDate,
    /// As written.
    pub span: Span,
}

/// `08:30`; minutes since midnight, 0 to 1,439.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// Minutes since midnight of the wall clock.
    pub minute: u16,
    /// As written.
    pub span: Span,
}

/// `12-24`, a day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31; 29 February is allowed.
    pub day: u8,
    /// As written.
    pub span: Span,
}

/// A date with or without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub date: Date,
    /// The time of the wall clock, if written.
    pub time: Option<Time>,
    /// Both together.
    pub span: Span,
}

/// A stretch of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Which stretch.
    pub kind: PeriodKind,
    /// As written.
    pub span: Span,
}

/// The kinds of [`Period`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodKind {
    /// `day`
    Day,
    /// `week`
    Week,
    /// `month`
    Month,
    /// `quarter`
    Quarter,
    /// `half-year`
    HalfYear,
    /// `calendar year`
    CalendarYear,
    /// `membership year`
    MembershipYear,
    /// `campaign`: the `valid` span of the rule
    Campaign,
    /// `lifetime`
    Lifetime,
    /// A declared period, or after `per` the name of an event: `per purchase`.
    Named(String),
}

/// A block of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The lines `## …` directly above, without the marks.
    pub doc: Vec<Text>,
    /// What it is.
    pub kind: BlockKind,
    /// The whole block, from its kind word to its closing brace, without the doc lines.
    pub span: Span,
    /// The head line without the brace: `earn "Base points"`.
    pub head: Span,
}

/// The kinds of [`Block`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// `import "units.loyalty"`
    Import(Text),
    /// `program "…" { … }`
    Program(ProgramBlock),
    /// `member { … }`, `item { … }`, `event E { … }`
    Schema(SchemaBlock),
    /// `categories [ … ]` and its sisters
    Vocabulary(Vocabulary),
    /// `list L [ … ]`, `list L { … }`, `list L from host`
    List(ListBlock),
    /// `period N starts …`
    Period(PeriodBlock),
    /// `unit U is …`
    Unit(UnitBlock),
    /// `earn R { … }`, `bonus R { … }`
    Rule(RuleBlock),
    /// `cap X: … on [ … ]`
    SharedCap(SharedCap),
    /// `tiers T { … }`
    Tiers(TiersBlock),
    /// `card C { … }`
    Card(CardBlock),
    /// `voucher V { … }`
    Voucher(VoucherBlock),
    /// `convert A into B at once`
    Convert(ConvertBlock),
    /// `reward R costs A { … }`
    Reward(RewardBlock),
    /// `redeem U { … }`
    Redeem(RedeemBlock),
    /// `donate D { … }`
    Donate(DonateBlock),
    /// `referral R { … }`
    Referral(ReferralBlock),
    /// `returns { … }`
    Returns(ReturnsBlock),
    /// `test "…" { … }`
    Test(TestBlock),
}

/// One line of a block: its content and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<T> {
    /// What the line says.
    pub kind: T,
    /// The whole statement, without a comment behind it.
    pub span: Span,
}

// ---------------------------------------------------------------------------------------------- program

/// `program "…" { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramBlock {
    /// The name of the program.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<ProgramLine>>,
}

/// A line of `program`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgramLine {
    /// `version 4`
    Version(Number),
    /// `effective from 2026-01-01`
    EffectiveFrom(Date),
    /// `currency EUR`
    Currency(Name),
    /// `time zone "Europe/Berlin"`
    TimeZone(Text),
    /// `week starts on monday`
    WeekStartsOn(Name),
    /// `day starts at 06:00`
    DayStartsAt(Time),
    /// `membership year starts on day 9`
    MembershipYearStartsOnDay(Number),
    /// `accept late events for 30 days`
    AcceptLate(Duration),
    /// `accept events from 90 days before joining`
    AcceptBeforeJoining(Duration),
    /// `prices with tax`, `prices without tax`
    Prices {
        /// Whether line prices contain tax.
        with_tax: bool,
    },
    /// `spend with tax after redemptions`
    Spend {
        /// Whether spend is counted with tax.
        with_tax: bool,
        /// Whether it is counted after redemptions.
        after_redemptions: bool,
    },
}

// ------------------------------------------------------------------------------------------- vocabulary

/// What a [`SchemaBlock`] describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaOf {
    /// `member { … }`
    Member,
    /// `item { … }`
    Item,
    /// `event E { … }`
    Event(Name),
}

/// `member { … }`, `item { … }`, `event E { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaBlock {
    /// Whose attributes.
    pub of: SchemaOf,
    /// The attributes.
    pub fields: Vec<Line<Field>>,
}

/// `nights: integer 1 to 365 optional singular night`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The attribute.
    pub name: Name,
    /// Its type.
    pub kind: FieldType,
    /// The type as written.
    pub kind_span: Span,
    /// Whether `optional` is written.
    pub optional: bool,
    /// `singular night`
    pub singular: Option<Name>,
}

/// The type of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// `integer`, `integer 1 to 5`
    Integer(Option<(Number, Number)>),
    /// `decimal`
    Decimal,
    /// `money`
    Money,
    /// `percent`
    Percent,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `text`
    Text,
    /// `yes-no`
    YesNo,
    /// `name`
    Name,
    /// `one of [ … ]`
    OneOf(Vec<Name>),
    /// `list of name`
    ListOfName,
}

/// Which vocabulary a [`Vocabulary`] block declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VocabularyKind {
    /// `categories`
    Categories,
    /// `channels`
    Channels,
    /// `stores`
    Stores,
    /// `payments`
    Payments,
    /// `charities`
    Charities,
}

/// `categories [Obst, Gemüse]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// Which one.
    pub kind: VocabularyKind,
    /// The names.
    pub names: Vec<Name>,
}

/// `list L …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListBlock {
    /// The name of the list.
    pub name: Name,
    /// What is in it.
    pub content: ListContent,
}

/// The forms of [`ListBlock`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListContent {
    /// `[a, b]`
    Names(Vec<Name>),
    /// `{ from 2026-01-01 to 2026-03-31 [a, b] … }`
    Dated(Vec<Line<DatedNames>>),
}

/// `from 2026-01-01 to 2026-03-31 [Groceries, Gyms]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedNames {
    /// First day.
    pub from: Date,
    /// Last day; without it the range has no end.
    pub to: Option<Date>,
    /// The names in force.
    pub names: Vec<Name>,
}

// ------------------------------------------------------------------------------------------------ periods

/// `period N starts …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodBlock {
    /// Its name.
    pub name: Name,
    /// When its stretches start.
    pub starts: PeriodStarts,
}

/// When the stretches of a declared period start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodStarts {
    /// `03-01 every year`
    EveryYear(MonthDay),
    /// `02-01 every 3 months`
    EveryMonths(MonthDay, Number),
    /// `on day 9 of every month`
    OnDay(Number),
    /// `on day statement-day of every month`: the day that an attribute of the member says
    OnAttribute(Name),
}

// ------------------------------------------------------------------------------------------------ units

/// `unit U is spendable { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitBlock {
    /// The plural name.
    pub name: Name,
    /// `spendable`, `status` or `donation`.
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
    /// `donation in EUR`: money that charities get.
    Donation(Name),
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

// ------------------------------------------------------------------------------------------------ rules

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
    /// `round …`
    Round(Round),
    /// `activate …`
    Activate(Activate),
    /// `expire …`
    Expire(Expire),
    /// `no expiry when …`
    NoExpiry(Cond),
}

/// What a rule waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// `on joining`
    Joining,
    /// `on purchase`, `on stay`
    Event(Name),
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
    /// The rules it covers.
    pub rules: Vec<Name>,
}

// ------------------------------------------------------------------------------------------- conditions

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
