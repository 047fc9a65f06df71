//! The program, and what it declares: attributes, vocabulary, lists, periods.

use super::*;

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
    /// `members join by signup`
    JoinBy(Name),
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
    /// The attributes, and by which the event is judged.
    pub fields: Vec<Line<SchemaLine>>,
}

/// A line of `member`, `item` or `event`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly all lines are attributes")]
pub enum SchemaLine {
    /// `judged on arrival`
    JudgedOn(Name),
    /// An attribute.
    Field(Field),
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
    /// `may change 1 time per quarter`
    pub may_change: Option<MayChange>,
    /// `counts from start of quarter`
    pub counts_from: Option<CountsFrom>,
}

/// `counts from start of quarter`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountsFrom {
    /// The period.
    pub per: Period,
    /// All of it.
    pub span: Span,
}

/// `may change 1 time per quarter`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MayChange {
    /// How often.
    pub times: Number,
    /// In which time.
    pub per: Period,
    /// All of it.
    pub span: Span,
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
    /// `from host`: the host says what is in it when the program is compiled.
    FromHost,
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
