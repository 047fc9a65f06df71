//! Whether two texts say the same: trees without places, in the formatter's order.

use super::ast::*;
use super::print::{order, singulars};
use crate::diagnostics::Span;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Whether two files say the same, whatever their layout.
///
/// Places do not count, nor does the order of the lines that the formatter puts in order, nor whether a unit
/// behind a one is written in its singular. Comments count, but not where they stand.
#[must_use]
pub fn same(a: &File, b: &File) -> bool {
    bare(a) == bare(b) && comments(a) == comments(b)
}

/// A file without places and comments, its lines in the formatter's order, units behind a one in their singular.
#[must_use]
pub fn bare(file: &File) -> File {
    let singulars =
        singulars(file).into_iter().map(|(unit, one)| (unit.to_owned(), one.to_owned())).collect();
    let mut file = file.clone();
    file.bare(&singulars);
    file
}

/// The comments of a file as a sorted list.
fn comments(file: &File) -> Vec<&str> {
    let mut all: Vec<&str> = file.comments.iter().map(|comment| comment.text.trim_end()).collect();
    all.sort_unstable();
    all
}

/// The singular of each unit.
type Singulars = BTreeMap<String, String>;

/// A node that can lose what the formatter may change.
trait Bare {
    fn bare(&mut self, singulars: &Singulars);
}

impl Bare for Span {
    fn bare(&mut self, _: &Singulars) {
        *self = Self::default();
    }
}

impl<T: Bare> Bare for Vec<T> {
    fn bare(&mut self, singulars: &Singulars) {
        self.iter_mut().for_each(|part| part.bare(singulars));
    }
}

impl<T: Bare> Bare for Option<T> {
    fn bare(&mut self, singulars: &Singulars) {
        self.iter_mut().for_each(|part| part.bare(singulars));
    }
}

impl<T: Bare> Bare for Box<T> {
    fn bare(&mut self, singulars: &Singulars) {
        (**self).bare(singulars);
    }
}

impl<A: Bare, B: Bare> Bare for (A, B) {
    fn bare(&mut self, singulars: &Singulars) {
        self.0.bare(singulars);
        self.1.bare(singulars);
    }
}

impl<T: Bare> Bare for Line<T> {
    fn bare(&mut self, singulars: &Singulars) {
        self.kind.bare(singulars);
        self.span.bare(singulars);
    }
}

impl Bare for File {
    fn bare(&mut self, singulars: &Singulars) {
        let Self { edition, blocks, comments, span } = self;
        edition.bare(singulars);
        blocks.bare(singulars);
        comments.clear();
        span.bare(singulars);
    }
}

impl Bare for Block {
    fn bare(&mut self, singulars: &Singulars) {
        let Self { doc, kind, span, head } = self;
        doc.bare(singulars);
        for line in doc {
            line.text = line.text.trim().to_owned();
        }
        kind.bare(singulars);
        span.bare(singulars);
        head.bare(singulars);
    }
}

impl Bare for Amount {
    fn bare(&mut self, singulars: &Singulars) {
        let Self { number, unit, span } = self;
        number.bare(singulars);
        unit.bare(singulars);
        span.bare(singulars);
        if number.value == Decimal::ONE
            && let Some(one) = singulars.get(&unit.text)
        {
            unit.text.clone_from(one);
        }
    }
}

/// Nodes without anything that could be lost.
macro_rules! leaves {
    ($($node:ty),* $(,)?) => { $(impl Bare for $node { fn bare(&mut self, _: &Singulars) {} })* };
}

/// Nodes with fields. A field that is forgotten here does not compile.
macro_rules! fields {
    ($($node:ident { $($field:ident),* })*) => { $(impl Bare for $node {
        fn bare(&mut self, singulars: &Singulars) {
            let Self { $($field),* } = self;
            $($field.bare(singulars);)*
        }
    })* };
}

/// Nodes with lines, which come in the order of their ranks.
macro_rules! ranked {
    ($($node:ident { $($field:ident),*; lines } by $rank:expr;)*) => { $(impl Bare for $node {
        fn bare(&mut self, singulars: &Singulars) {
            let Self { $($field,)* lines } = self;
            $($field.bare(singulars);)*
            lines.bare(singulars);
            lines.sort_by_key(|line| $rank(&line.kind));
        }
    })* };
}

/// Nodes of several kinds. A kind or field that is forgotten here does not compile.
macro_rules! kinds {
    ($($node:ident { $($kind:ident $(($($part:ident),*))? $({$($field:ident),*})?),* $(,)? })*) => { $(impl Bare for $node {
        fn bare(&mut self, singulars: &Singulars) {
            let _ = singulars;
            match self {
                $(Self::$kind $(($($part),*))? $({$($field),*})? => {
                    $($($part.bare(singulars);)*)?
                    $($($field.bare(singulars);)*)?
                })*
            }
        }
    })* };
}

leaves! {
    String, bool, u8, u16, u32, Decimal, NaiveDate, DurationUnit, RoundMode, ExpireFrom, RuleKind,
    VocabularyKind, Steps, Side, SpendOrder, StageMode, TakeBack, Unmatched,
}

fields! {
    Edition { year, span }
    Name { text, span }
    Text { text, span }
    Number { value, span }
    Percent { value, span }
    Duration { count, unit, span }
    Date { date, span }
    Time { minute, span }
    MonthDay { month, day, span }
    Moment { date, time, span }
    Period { kind, span }
    SchemaBlock { of, fields }
    Field { name, kind, kind_span, optional, singular, may_change, counts_from }
    CountsFrom { per, span }
    MayChange { times, per, span }
    Vocabulary { kind, names }
    ListBlock { name, content }
    PeriodBlock { name, starts }
    ParameterBlock { name, kind }
    DatedNames { from, to, names }
    Round { mode, per_item }
    Tail { kind, span }
    Band { from, value, span }
    Cell { key, value, span }
    Choice { picks, entries, within, otherwise }
    Multiply { unit, by }
    MultiplyEverything { unit, by }
    Cap { side, limit, per, each, per_account, per_member }
    SharedCap { name, cap, across, rules }
    Task { name, measure, goal, of }
    Run { count, periods }
    PriceOf { price, unit }
    FundedBy { shares }
    FundedShare { partner, share }
    Path { scope, of_block, name, span }
    TestBlock { name, lines }
    ConvertBlock { amount, into, at, from }
    Request { up_to, amount }
    ItemLine { name, line, quantity, price, of, attributes }
}

ranked! {
    ProgramBlock { name; lines } by order::program;
    UnitBlock { name, kind, kind_span; lines } by order::unit;
    RuleBlock { kind, name; lines } by order::rule;
    TiersBlock { name; lines } by order::tiers;
    PlanBlock { name; lines } by order::plan;
    CardBlock { name; lines } by order::card;
    ChallengeBlock { name; lines } by order::challenge;
    StreakBlock { name; lines } by order::streak;
    DrawBlock { name; lines } by order::draw;
    MilestonesBlock { name; lines } by order::milestones;
    VoucherBlock { name; lines } by order::voucher;
    RewardBlock { name, costs; lines } by order::reward;
    RedeemBlock { name; lines } by order::redeem;
    DonateBlock { name; lines } by order::donate;
    AwardBlock { name; lines } by order::award;
    RebateBlock { name; lines } by order::rebate;
    PartnerBlock { name; lines } by order::partner;
    ReferralBlock { name; lines } by order::referral;
}

impl Bare for ReturnsBlock {
    fn bare(&mut self, singulars: &Singulars) {
        let Self { lines } = self;
        lines.bare(singulars);
        lines.sort_by_key(|line| order::returns(&line.kind));
    }
}

impl Bare for TiersLine {
    fn bare(&mut self, singulars: &Singulars) {
        match self {
            Self::Count { metrics, window } => {
                metrics.bare(singulars);
                window.bare(singulars);
            }
            Self::UpgradeAtOnce
            | Self::NewTierAboveThreshold
            | Self::KeepForever
            | Self::DropOneLevel
            | Self::DropToEarned
            | Self::TakesThreshold => {}
            Self::UpgradeAtEnd(period) => period.bare(singulars),
            Self::NewTierFromNext(event) | Self::NewTierForThis(event) => event.bare(singulars),
            Self::CarryAtMost(amount) => amount.bare(singulars),
            Self::CarrySurplus { unit, from } => {
                unit.bare(singulars);
                from.bare(singulars);
            }
            Self::KeepUntil { next, period, plus } => {
                next.bare(singulars);
                period.bare(singulars);
                plus.bare(singulars);
            }
            Self::Grace(length) => length.bare(singulars),
            Self::KeepFor { duration, tail } => {
                duration.bare(singulars);
                tail.bare(singulars);
            }
            Self::Tier { name, lines } => {
                name.bare(singulars);
                lines.bare(singulars);
                lines.sort_by_key(|line| order::tier(&line.kind));
            }
        }
    }
}

kinds! {
    SchemaLine { JudgedOn(a), Field(a) }
    PeriodKind { Day, Week, Month, Quarter, HalfYear, CalendarYear, MembershipYear, Campaign, Lifetime, Named(a) }
    BlockKind {
        Import(a), Program(a), Schema(a), Vocabulary(a), List(a), Period(a), Parameter(a), Unit(a), Rule(a), SharedCap(a), Tiers(a),
        Plan(a), Card(a), Challenge(a), Streak(a), Draw(a), Milestones(a), Voucher(a), Convert(a), Reward(a), Redeem(a), Donate(a),
        Award(a), Rebate(a), Partner(a), Referral(a), Returns(a), Test(a),
    }
    PeriodStarts { EveryYear(a), EveryMonths(a, b), OnDay(a), OnAttribute(a) }
    ProgramLine {
        Version(a), EffectiveFrom(a), Currency(a), TimeZone(a), WeekStartsOn(a), DayStartsAt(a),
        MembershipYearStartsOnDay(a), AcceptLate(a), AcceptBeforeJoining(a), JoinBy(a), Prices { with_tax },
        Spend { with_tax, after_redemptions },
    }
    UnitKind { Spendable, Status, Tickets, Money(a), Donation(a) }
    SchemaOf { Member, Item, Event(a) }
    ParameterKind { Percent, Money }
    FieldType { Integer(a), Decimal, Money, Percent, Date, Time, Text, YesNo, Name, OneOf(a), ListOfName }
    ListContent { Names(a), Dated(a), FromHost }
    UnitLine {
        Singular(a), Decimals(a), Worth(a), Round(a), Activate(a), Expire(a), NoExpiry(a), SpendOrder(a),
    }
    Activate { AtOnce, After(a), AtEndOf(a), On(a) }
    Expire { Never, After { duration, from, tail }, AtEndOf { period, plus }, AtNext(a), Without { duration, events } }
    TailKind { MonthEnd, EndOf(a), StartOf(a), Next(a) }
    RuleLine {
        Valid(a), On(a), ForItems(a), When(a), Give(a), Multiply(a), MultiplyEverything(a), AtLeast(a), Replaces(a),
        Combine(a), Cap(a), Round(a), Activate(a), Expire(a), NoExpiry(a), AtPartner(a), Funded(a), Budget(a),
    }
    On {
        Joining, Event(a), Birthday, StartOf(a), After { duration, event, items },
        Without { duration, events }
    }
    Valid { Span { from, to }, EveryYear { from, to }, For { duration, tail }, UntilEndOf { next, period } }
    Give {
        Flat(a), Per { amount, per }, Share { rate, base, unit }, AsUnit { attribute, unit }, Bands { unit, bands },
        Table { unit, key, rows, of }, More { percent, unit }, MoreTable { unit, key, rows },
        Choice(a),
    }
    TableOf { Flat, Of(a), Per(a) }
    Per { Item, Amount { steps, amount, of } }
    Base { Spend(a), SpendPaidWith(a), Attribute(a) }
    CellKey { Name(a), Number(a) }
    CellValue { Number(a), Percent(a) }
    Factor { Number(a), Table { key, rows } }
    Combine { Add, BestOf(a), Exclusive }
    CapLimit { Times(a), Amount(a), Spend(a) }
    CapPer { Item, Period(a) }
    Cond { And(a, b), Or(a, b), Not(a, b), Fact(a, b), Compare { subject, op, span } }
    Fact { FirstPurchase(a), BirthdayToday, BirthdayThisMonth, BirthdayWithin(a), AnyItem(a), Presented(a) }
    Measure { Spend, Purchases, Items, Named(a) }
    MeasureSpan { SoFar, In(a) }
    Window { Last(a), This(a), Previous(a) }
    Op {
        Known, Unknown, Is(a), IsNot(a), In(a), NotIn(a), AtLeast(a), AtMost(a), MoreThan(a), LessThan(a),
        Between(a, b), Matches(a),
    }
    NameSet { Names(a, b), List(a) }
    Value {
        Moment(a), MonthDay(a), Time(a), Percent(a), Duration(a), Amount(a), Number(a), YesNo(a, b), Name(a),
        Names(a, b),
    }
    CountWindow { Period(a), Rolling(a), Since(a) }
    Metric { Spend(a), SpendOn(a, b), YearsOf(a, b), Named(a) }
    FeePer { Period(a), Length(a) }
    PlanLine { Fee { amount, per }, Renews(a), Trial(a) }
    GrantSpan { Ever, For(a), Until(a) }
    TierLine { Reach(a), PaidBy(a), OnEntry(a), Every(a, b), Benefit(a) }
    Reach { And(a, b), Or(a, b), Years { count, tier, span }, Target { amount, spend, span } }
    CardLine {
        On(a), Valid(a), When(a), ForItems(a), Stamp { count, per }, Goal(a), StartWith { amount, every_card },
        Cap(a), Carry(a), Expire(a), Reward(a), Average(a), AtPartner(a), Funded(a),
    }
    ChallengeLine { Valid(a), When(a), Task(a), CompleteAll, CompleteAny(a), Once(a), Give(a), Cap(a), Funded(a) }
    StreakLine {
        On(a), Valid(a), When(a), Each { period, count, of }, After { run, give }, Forgive(a), Restart(a), Cap(a), Funded(a),
    }
    DrawLine { From(a), Valid(a), HeldOn(a), HeldEvery(a), Cap(a), FreeEntry { event, give } }
    Goal { Number(a), Amount(a) }
    TaskItems { ForItems(a), When(a) }
    OncePer { Member, Period(a) }
    MilestonesLine {
        Valid(a), When(a), ForItems(a), Count { metric, window }, At { mark, give }, Every { step, from, to, give },
        StaysPassed, Funded(a),
    }
    Mark { Amount(a), Number(a) }
    VoucherLine { Grants(a), Worth(a), Valid(a), Usable { from, to }, Activate(a), ForItems(a), When(a), Cap(a), Funded(a) }
    Grants { AmountOff(a), PercentOff(a, b), ItemsFree(a), Text(a) }
    ReferralLine {
        Valid(a), Qualifies { times, event, at_least, within }, NamedUntil(a), WhenFriend(a), WhenReferrer(a), Wait(a),
        OnJoining(a, b), OnQualifying(a, b), Cap(a), Budget(a), NotWithinSame(a), Funded(a),
    }
    ConvertAt { Once, EveryDuration(a, b), EveryPeriod(a, b) }
    RewardLine { Valid(a), ForItems(a), When(a), Cap(a), Grants(a), Worth(a), Give(a), Funded(a) }
    RedeemLine {
        Rate { amount, value }, AtLeast(a), AtMost(a), AtMostOfBasket(a), InStepsOf(a), WholeBasketOnly, ForItems(a),
        When(a), ToCharity(a),
    }
    DonateLine {
        Valid(a), On(a), ForItems(a), When(a), RoundUp(a), WholeAmounts(a), Multiply(a), Add(a), Give(a), Cap(a),
        Budget(a), PayEvery(a), ToCharity(a), AtPartner(a), Funded(a),
    }
    PartnerLine { Pays(a), Gets(a), Settles(a), Budget { amount, per } }
    ToCharity { Named(a), Matching(a) }
    RebateLine {
        Valid(a), ForItems(a), When(a), Period(a), Stages(a), Stage { from, pays }, Pays { unit, after },
        PayNothingBelow(a), Cap(a), Budget(a), Round(a), Activate(a), Expire(a), Funded(a),
    }
    AwardLine { Valid(a), ForItems(a), When(a), Every { period, give }, PayNothingBelow(a), Cap(a), Budget(a),
        Round(a), Activate(a), Expire(a), Funded(a) }
    AwardGive {
        Share { rate, most, paid_with, unit }, Announced { parameter, most, unit }, Bands { unit, bands },
        Earned { amount, per, rules }, Per { amount, per }, Flat(a), Choice(a),
    }
    Announced { Percent(a), Amount(a) }
    StagePays { Percent(a), PercentOf(a, b), Amount(a) }
    ReturnsLine { TakeBack(a), GiveBack(a), Balance(a), AcceptWithin(a), Unmatched(a) }
    TestLine { Given { member, facts }, When { at, step, facts }, Expect(a) }
    GivenFact {
        Joined(a), Tier(a, b), Plan(a, b), Card(a, b), Streak(a, b), Task(a, b), Milestones(a, b), CapUsed(a, b, c), ReferredBy(a), Account(a), Balance(a, b), Has(a, b), Spent(a, b), Years(a, b),
        Purchased(a, b), Attribute(a, b),
    }
    Step { Clock, Return { id, of, by }, Event { event, id, of, by }, Redeem { request, id, by }, Joining { id, by }, Choose { amount, id, by },
        Announce { parameter, value, day, id },
        Adjust { plus, amount, id, by }, Plan { joins, plan, id, by }, Grant { tier, span, id, to },
        Change { id, by }, Cancel { id, of, by }, Transfer { amount, id, from, to },
        Link { friend, referrer, id },
    }
    StepFact { Item(a), Total(a), Payment(a, b), AllItems(a), Redeem(a), Use(a), ReferredBy(a), Attribute(a, b) }
    HasKind { Usable, Pending, Expiring(a), Until(a) }
    Expect {
        Refused(a), Card(a, b, c), Challenge(a, b, c), Streak(a, b, c), Task(a, b, c), Milestones(a, b, c), CapLeft(a, b, c, d), Charity(a, b), PartnerOwes(a, b), PartnerGets(a, b), Expire(a, b), EarnsNothing(a), Earns(a, b, c), Has(a, b, c),
        Benefit(a, b, c), NoBenefit(a, b), Loses(a, b), Pays(a, b), PaysFees(a, b, c), Owes(a, b), Tier { member, of, tier, until },
    }
}

impl Bare for Subject {
    fn bare(&mut self, singulars: &Singulars) {
        match self {
            Self::Path(path) => path.bare(singulars),
            Self::QuantityOfBasket(span) | Self::TimeSinceJoining(span) => span.bare(singulars),
            Self::SpendOn(cond, window, span) | Self::QuantityOn(cond, window, span) => {
                cond.bare(singulars);
                window.bare(singulars);
                span.bare(singulars);
            }
            Self::Measure(measure, window, span) => {
                measure.bare(singulars);
                window.bare(singulars);
                span.bare(singulars);
            }
            Self::TimeSinceLast(name, span) | Self::TierOf(name, span) => {
                name.bare(singulars);
                span.bare(singulars);
            }
        }
    }
}
