//! The compiled program: dense tables and ids, immutable, closed, `Send + Sync`.
//!
//! It holds no tree and no source text, only names and texts that explanations need. Only `check` builds it.
//!
//! Invariants:
//! 1. every id points into its table;
//! 2. tables that ids promise to be in name order are in name order by code point, as far as they are the version's own;
//! 3. every coefficient of a rate is a whole number over its unit's `denominator`, and stays one when it is
//!    multiplied by any factor of the program;
//! 4. every list inside a condition is sorted and without doubles;
//! 5. `meters` holds every counter that a condition, cap or tier asks, once.

mod asked;
mod backdating;
mod changes;
mod choice;
mod closed;
mod describe;
mod draw;
mod each;
mod giving;
mod ids;
mod index;
mod lookup;
mod meter;
mod milestones;
mod moment;
mod names;
mod needs;
mod own_days;
mod partner;
mod plan;
mod play;
mod rebate;
mod rebate_cap;
mod referral;
mod rule;
mod spending;
mod terms;
mod test;
mod things;
mod tiers;
mod versions;

pub(crate) use asked::Asked;
pub(crate) use backdating::{Backdated, BackdatedRule};
pub(crate) use changes::ChangeLimit;
pub(crate) use choice::{Choice, ENTRIES_MOST};
pub(crate) use closed::{Closed, Former, FormerKind, Own};
pub use describe::{CardInfo, LevelInfo, RewardInfo, UnitInfo, VoucherInfo};
pub(crate) use draw::{Draw, DrawDays, Round as DrawRound};
pub(crate) use each::{EACH_MONTHS, EachBy, EachId, each_slot, each_start, each_value};
pub(crate) use giving::{Donation, Gift, GiftAmount, GiftRate, GiftTerms, Receiver, SHARE_WHOLE};
pub(crate) use ids::{
    ActivitiesId, BudgetId, CapId, CardId, ChallengeId, CharityId, ChoiceId, ConvertId, DateId, DonationId,
    DrawId, EventKindId, FilterId, FormerId, GroupId, MeterId, MilestonesId, ParameterId, PlanId, RebateId,
    ReferralId, RewardId, RuleId, StreakId, Symbol, TiersId, UnitId, VoucherId,
};
pub(crate) use index::{Dimension, RuleIndex, sort_candidates};
pub(crate) use lookup::{Short, ShortText, Symbols, packed};
pub(crate) use meter::{Measure, Meter, MeterIndex, Slots, Window};
pub(crate) use milestones::{Marks, MilestoneCount, Milestones};
pub(crate) use moment::{Moment, MomentKind, Waiting, days_in_force};
pub use names::UnknownName;
pub(crate) use needs::Needs;
pub(crate) use own_days::OwnDay;
pub(crate) use partner::{ALL_OF_IT, Budget, BudgetCounts, Expense, PartnerTerms, PriceList, Shares};
pub(crate) use plan::{Plan, PlanTerm};
pub(crate) use play::{Challenge, Counts, Streak, Task};
pub(crate) use rebate::{
    Rebate, RebateCounts, RebateKind, RebateLots, RebateSpan, RebateTerms, Stage, StagePays,
};
pub(crate) use rebate_cap::{RebateCap, RoomCut, cut_to_room};
pub(crate) use referral::{PayOut, PayOuts, Qualifies, Referral, ReferralBudgets, ReferralGift};
pub(crate) use rule::{
    Award, AwardThing, Band, Basis, Cap, CapLimit, CapWindow, Combine, Effect, Factor, Proportion, Rate,
    Rule, RuleKind, Steps, Table, TableKey, Validity,
};
pub(crate) use spending::{Convert, Redeem, Reward};
pub(crate) use terms::{Activate, Activity, DateAttribute, Expire, ExpireFrom, SpendOrder};
pub(crate) use test::{NumSubject, Since, SinceBase, SymSubject, Test};
pub(crate) use things::{
    Attribute, AttributeKind, Card, EventKind, Grant, ID_DAYS, Returns, Round, StampPer, TakeBack, Unit,
    UnitKind, Unmatched, Voucher, VoucherEnd,
};
pub(crate) use tiers::{
    Keep, Level, LevelNeeds, Metric, Reach, Surplus, Takes, TierWindow, Tiers, WINDOWS_MOST,
};

pub use versions::Versions;

use crate::calendar::{Date, Duration, Zone};

/// The months as the language writes them.
pub(crate) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A compiled program. Cheap to share: wrap it in an `Arc` and use it from any thread.
#[derive(Debug, Clone)]
pub struct Program {
    pub(crate) name: Box<str>,
    pub(crate) version: u32,
    pub(crate) effective_from: Date,
    /// The first day of the version that follows, if one is known.
    pub(crate) ends: Option<Date>,
    pub(crate) currency: Box<str>,
    pub(crate) currency_digits: u32,
    pub(crate) zone: Zone,
    pub(crate) week_starts: crate::calendar::Weekday,
    /// Minute of the wall clock at which a day begins.
    pub(crate) day_starts: u16,
    /// `membership year starts on day N`; `None` is the day of joining.
    pub(crate) membership_day: Option<u8>,
    /// The attributes on which periods of a member start, by the place in [`crate::calendar::Anchors::days`].
    pub(crate) own_days: Box<[OwnDay]>,
    /// `accept late events for D`; `None` is within the local day of the newest event.
    pub(crate) late: Option<Duration>,
    /// `accept events from D before joining`.
    pub(crate) before_joining: Option<Duration>,
    /// `members join by E`: the one event that enrols who is no member; without it all do.
    pub(crate) join_by: Option<EventKindId>,
    /// `prices with tax`.
    pub(crate) prices_with_tax: bool,
    /// `spend with tax`.
    pub(crate) spend_with_tax: bool,
    pub(crate) symbols: Symbols,
    /// Declared categories, channels, stores, payments, each sorted.
    pub(crate) categories: Box<[Symbol]>,
    pub(crate) channels: Box<[Symbol]>,
    pub(crate) stores: Box<[Symbol]>,
    pub(crate) payments: Box<[Symbol]>,
    /// Declared partners, sorted.
    pub(crate) partners: Box<[Symbol]>,
    pub(crate) short: Short,
    pub(crate) member_attributes: Box<[Attribute]>,
    /// How often members may change attributes, by place.
    pub(crate) change_limits: Box<[ChangeLimit]>,
    /// Attributes of the member that count from the start of a period, by place.
    pub(crate) backdated: Box<[Backdated]>,
    pub(crate) item_attributes: Box<[Attribute]>,
    /// Index 0 is `purchase`, 1 is `joining`, then the declared events by name.
    pub(crate) events: Box<[EventKind]>,
    /// The dates by which events are judged: their kinds, and the places of the attributes.
    pub(crate) judged: Box<[(EventKindId, u16)]>,
    pub(crate) units: Box<[Unit]>,
    pub(crate) vouchers: Box<[Voucher]>,
    pub(crate) choices: Box<[Choice]>,
    pub(crate) rules: Box<[Rule]>,
    /// Moments that the clock brings and a rule waits for.
    pub(crate) moments: Box<[Moment]>,
    pub(crate) caps: Box<[Cap]>,
    /// By what caps have one counter for each value.
    pub(crate) each: Box<[EachBy]>,
    pub(crate) cards: Box<[Card]>,
    /// By name.
    pub(crate) challenges: Box<[Challenge]>,
    /// By name.
    pub(crate) streaks: Box<[Streak]>,
    /// By name.
    pub(crate) draws: Box<[Draw]>,
    /// By name.
    pub(crate) milestones: Box<[Milestones]>,
    pub(crate) tiers: Box<[Tiers]>,
    /// By name.
    pub(crate) plans: Box<[Plan]>,
    pub(crate) referrals: Box<[Referral]>,
    /// What happens at once first, then by unit.
    pub(crate) converts: Box<[Convert]>,
    pub(crate) rewards: Box<[Reward]>,
    /// By unit.
    pub(crate) redeems: Box<[Redeem]>,
    /// By name; behind them those of other versions.
    pub(crate) charities: Box<[Box<str>]>,
    /// By name.
    pub(crate) donations: Box<[Donation]>,
    /// By name; behind them those of other versions.
    pub(crate) rebates: Box<[Rebate]>,
    /// What partners pay and get, by the first day; empty without partners. With several versions those of all.
    pub(crate) price_lists: Box<[PriceList]>,
    /// By what rebates pay where it is announced, by name.
    pub(crate) parameters: Box<[Box<str>]>,
    /// Budgets across all members.
    pub(crate) budgets: Box<[Budget]>,
    /// Those of referrals; nothing where none of them has any.
    pub(crate) referral_budgets: Box<[ReferralBudgets]>,
    /// `spend … after redemptions`: points that pay lower what counts as spent.
    pub(crate) spend_after_redemptions: bool,
    pub(crate) returns: Returns,
    /// The dates that `activate on` names.
    pub(crate) dates: Box<[DateAttribute]>,
    /// What `expire after … without` names, each list sorted and without doubles.
    pub(crate) activities: Box<[Box<[Activity]>]>,
    /// Whether any lot may be kept after its last day.
    pub(crate) keeps: bool,
    pub(crate) level_needs: LevelNeeds,
    pub(crate) meters: Box<[Meter]>,
    pub(crate) meter_index: MeterIndex,
    pub(crate) filters: Box<[Test]>,
    pub(crate) index: RuleIndex,
    pub(crate) asked: Asked,
    /// What gave something under another version.
    pub(crate) former: Box<[Former]>,
    /// How much of the tables is of this version.
    pub(crate) own: Own,
    /// 128 bits over the meaning of the text, for snapshots.
    pub(crate) fingerprint: u128,
    /// 128 bits over the meaning and what is closed: accounts hold places in its tables.
    pub(crate) identity: u128,
}

impl Program {
    /// The name of the program.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `version N`.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// `effective from D`: the first local day on which it is in force.
    #[must_use]
    pub const fn effective_from(&self) -> Date {
        self.effective_from
    }

    /// The ISO code of the program's currency.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// A number that stands for the meaning of the program: reformatting, comments and the order of blocks and files
    /// do not change it. As 32 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{:032x}", self.fingerprint)
    }

    /// How many days back a late event may lie, at most.
    pub(crate) fn late_days(&self) -> u32 {
        let Some(late) = self.late else { return 0 };
        let newest = Date::MAX;
        late.subtract_from_date(newest).map_or(0, |earliest| newest.days_since(earliest).unsigned_abs())
    }
}
