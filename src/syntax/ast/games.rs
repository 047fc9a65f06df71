//! What members hold and play: levels, cards, vouchers, spending, referrals, and what returns do to them.

use super::*;

/// `tiers T { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TiersBlock {
    /// The name of the block.
    pub name: Name,
    /// Its lines; the levels from lowest to highest.
    pub lines: Vec<Line<TiersLine>>,
}

/// A line of `tiers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TiersLine {
    /// `count elite-nights, spend in calendar year`
    Count {
        /// The metrics.
        metrics: Vec<Metric>,
        /// The window.
        window: CountWindow,
    },
    /// `upgrade at once`
    UpgradeAtOnce,
    /// `upgrade at end of month`
    UpgradeAtEnd(Period),
    /// `new tier counts from next purchase`
    NewTierFromNext(Name),
    /// `new tier counts for this purchase`
    NewTierForThis(Name),
    /// `new tier counts for the part above the threshold`
    NewTierAboveThreshold,
    /// `keep until end of next calendar year plus 2 months at month end`
    KeepUntil {
        /// Whether `next` is written.
        next: bool,
        /// The period.
        period: Period,
        /// `plus D` and its tail.
        plus: Option<(Duration, Option<Tail>)>,
    },
    /// `keep for 12 months at month end`
    KeepFor {
        /// How long.
        duration: Duration,
        /// `at month end`, …
        tail: Option<Tail>,
    },
    /// `keep forever`
    KeepForever,
    /// `then drop one level`
    DropOneLevel,
    /// `then drop to earned tier`
    DropToEarned,
    /// `grace 31 days`
    Grace(Duration),
    /// `reaching takes the threshold`
    TakesThreshold,
    /// `carry at most 300 xp`
    CarryAtMost(Amount),
    /// `carry surplus nights over once from tier Gold`
    CarrySurplus {
        /// What is carried.
        unit: Name,
        /// The lowest level that carries.
        from: Option<Name>,
    },
    /// `tier Gold { … }`
    Tier {
        /// The level.
        name: Name,
        /// Its lines.
        lines: Vec<Line<TierLine>>,
    },
}

/// Over what a tiers block counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CountWindow {
    /// `calendar year`
    Period(Period),
    /// `rolling 12 months`
    Rolling(Duration),
    /// `12 months since reaching the tier`
    Since(Duration),
}

/// What a tiers block counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metric {
    /// `spend`
    Spend(Span),
    /// `spend on (…)`
    SpendOn(Cond, Span),
    /// `years of Gold`
    YearsOf(Name, Span),
    /// `purchases` or a status unit
    Named(Name),
}

/// A line of `tier`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TierLine {
    /// `reach 10 elite-nights or 4 elite-stays`
    Reach(Reach),
    /// `paid by plan Gold`
    PaidBy(Name),
    /// `on entry give 250 perlen`
    OnEntry(Give),
    /// `every calendar year give 1 "Suite upgrade"`
    Every(Period, Give),
    /// `benefit "Executive lounge"`
    Benefit(Text),
}

/// A threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// `a and b`
    And(Vec<Reach>, Span),
    /// `a or b`
    Or(Vec<Reach>, Span),
    /// `10 years of Gold`
    Years {
        /// How many.
        count: Number,
        /// The level of another block.
        tier: Name,
        /// The whole target.
        span: Span,
    },
    /// `10 elite-nights`, `350 EUR spend`, `3 purchases`
    Target {
        /// Number and unit; the unit is a currency for spend, `purchases` for purchases.
        amount: Amount,
        /// Whether the word `spend` is written behind.
        spend: bool,
        /// The whole target.
        span: Span,
    },
}

// ------------------------------------------------------------------------------------- cards, vouchers

/// `card C { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardBlock {
    /// The name of the card.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<CardLine>>,
}

/// A line of `card`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardLine {
    /// `on purchase`
    On(On),
    /// `valid …`
    Valid(Valid),
    /// `at partner Tankhof`
    AtPartner(Name),
    /// `when …`
    When(Cond),
    /// `for items where …`
    ForItems(Cond),
    /// `stamp 1 per item`, `stamp 1`
    Stamp {
        /// How many.
        count: Number,
        /// For what; without it once.
        per: Option<Per>,
    },
    /// `goal 10 stamps`
    Goal(Amount),
    /// `start with 2 stamps on every card`
    StartWith {
        /// How many.
        amount: Amount,
        /// Whether `on every card` is written.
        every_card: bool,
    },
    /// `cap 3 stamps per day`, `cap 2 rewards per purchase`
    Cap(Cap),
    /// `carry over`, `no carry over`
    Carry(bool),
    /// `expire 12 months after first stamp`
    Expire(Expire),
    /// `reward 1 Gratiskaffee`
    Reward(Amount),
    /// `reward worth the average of its stamps as credit`
    Average(Name),
    /// `funded by Tankhof`
    Funded(FundedBy),
}

/// `voucher V { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherBlock {
    /// The name of the voucher.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<VoucherLine>>,
}

/// A line of `voucher`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoucherLine {
    /// `grants …`
    Grants(Grants),
    /// `worth 3.20 EUR`
    Worth(Amount),
    /// `valid for 60 days`, `valid until end of next month`
    Valid(Valid),
    /// `usable from 2026-12-01 to 2026-12-07`
    Usable {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// `activate after 1 day`
    Activate(Activate),
    /// `for items where …`: which items it is for
    ForItems(Cond),
    /// `when …`
    When(Cond),
    /// `cap 1 time per purchase`
    Cap(Cap),
    /// `funded by Bakery`
    Funded(FundedBy),
}

/// What a voucher grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grants {
    /// `10 EUR off`
    AmountOff(Amount),
    /// `10% off up to 20 EUR`
    PercentOff(Percent, Option<Amount>),
    /// `1 item free`
    ItemsFree(Number),
    /// `"One upgrade"`
    Text(Text),
}

// ------------------------------------------------------------------------------------------- spending

/// `convert 500 points into 5 vouchers every 2 months from 02-01 from 1_000 points on`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertBlock {
    /// What is taken.
    pub amount: Amount,
    /// What is given for it.
    pub into: Amount,
    /// When.
    pub at: ConvertAt,
    /// `from 1_000 points on`
    pub from: Option<Amount>,
}

/// When a conversion happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConvertAt {
    /// `at once`
    Once,
    /// `every 2 months [from 02-01]`
    EveryDuration(Duration, Option<MonthDay>),
    /// `every quarter [from 02-01]`
    EveryPeriod(Period, Option<MonthDay>),
}

/// `reward R costs A { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardBlock {
    /// The name of the reward.
    pub name: Name,
    /// Its price.
    pub costs: Amount,
    /// Its lines; braces may be left out.
    pub lines: Vec<Line<RewardLine>>,
}

/// A line of `reward`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RewardLine {
    /// `valid from … to …`
    Valid(Valid),
    /// `for items where …`
    ForItems(Cond),
    /// `when …`
    When(Cond),
    /// `cap 2 times per calendar year`
    Cap(Cap),
    /// `grants 5 EUR off`
    Grants(Grants),
    /// `worth 80 EUR`
    Worth(Amount),
    /// `give 1 Upgrade`
    Give(Give),
    /// `funded by Bakery`
    Funded(FundedBy),
}

/// `redeem U { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedeemBlock {
    /// The unit that is spent.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<RedeemLine>>,
}

/// A line of `redeem`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedeemLine {
    /// `100 punkte for 1 EUR`
    Rate {
        /// What is spent.
        amount: Amount,
        /// The money that it pays.
        value: Amount,
    },
    /// `at least 100 punkte`
    AtLeast(Amount),
    /// `at most 5_000 punkte`
    AtMost(Amount),
    /// `at most 50% of basket`
    AtMostOfBasket(Percent),
    /// `in steps of 100 punkte`
    InStepsOf(Amount),
    /// `only for the whole basket`
    WholeBasketOnly,
    /// `for items where …`
    ForItems(Cond),
    /// `when …`
    When(Cond),
    /// `to charity Forests`
    ToCharity(ToCharity),
}

// ------------------------------------------------------------------------------------ referral, returns

/// `referral R { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferralBlock {
    /// The name of the rule.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<Line<ReferralLine>>,
}

/// A line of `referral`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferralLine {
    /// `valid …`
    Valid(Valid),
    /// `friend qualifies with purchase of at least 30 EUR within 60 days of joining`
    Qualifies {
        /// `3`: how many events; one where none is written.
        times: Option<Number>,
        /// The event.
        event: Name,
        /// `of at least A`
        at_least: Option<Amount>,
        /// `within D of joining`
        within: Option<Duration>,
    },
    /// `friend may be named until first trip`
    NamedUntil(Name),
    /// `when friend bank-linked is yes`
    WhenFriend(Cond),
    /// `when referrer tier is Gold`
    WhenReferrer(Cond),
    /// `wait 14 days`
    Wait(Duration),
    /// `on joining give 1 Willkommen to friend`
    OnJoining(Give, Side),
    /// `on qualifying give 1_000 punkte to referrer`
    OnQualifying(Give, Side),
    /// `cap referrer 10 times per calendar year`
    Cap(Cap),
    /// `cap referrer 500 times per calendar year across all members`
    Budget(Cap),
    /// `not within same household`
    NotWithinSame(Name),
    /// `funded by Tankhof`
    Funded(FundedBy),
}

/// `returns { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnsBlock {
    /// Its lines.
    pub lines: Vec<Line<ReturnsLine>>,
}

/// A line of `returns`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnsLine {
    /// `take back nothing`, `take back earned in proportion`, …
    TakeBack(TakeBack),
    /// `give back redeemed to original lots with at least 30 days`
    GiveBack(Option<Duration>),
    /// `balance may go negative` (true), `balance stays at zero` (false)
    Balance(bool),
    /// `accept within 60 days`
    AcceptWithin(Duration),
    /// `unmatched lines are refused`, …
    Unmatched(Unmatched),
}

/// What a return takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeBack {
    /// `nothing`
    Nothing,
    /// `earned in proportion`
    InProportion,
    /// `earned as if never bought`
    AsIfNeverBought,
    /// `earned in full`
    InFull,
}

/// What happens to return lines without a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmatched {
    /// `are refused`
    Refused,
    /// `are skipped`
    Skipped,
    /// `take back today's rate`
    TodaysRate,
}
