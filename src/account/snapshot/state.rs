//! The parts of a snapshot: plain texts and numbers, nothing that a format has to guess.

use super::cards::{LapsedState, StampsState};
use super::terms::TermsState;
use crate::calendar::{Date, Instant};
use crate::ledger::{LineKind, SourceKind};
use crate::program::Program;
use serde::{Deserialize, Serialize};

/// Derives what every part has.
macro_rules! parts {
    ($($(#[$doc:meta])* struct $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $name {
                $($(#[$field_doc])* pub(crate) $field: $type,)*
            }
        )*
    };
}

parts! {
    /// The program of an account.
    struct ProgramState {
        name: String,
        version: u32,
        #[serde(with = "crate::wire::hex")]
        fingerprint: u128,
    }

    /// A moment and the local day in which it lies.
    struct Moment {
        at: Instant,
        day: Date,
    }

    /// An attribute of the member.
    struct Named {
        name: String,
        text: String,
    }

    /// The books of a unit, voucher or card, each at zero or above; what was transferred may be below.
    struct BooksState {
        kind: LineKind,
        name: String,
        issued: String,
        pending: String,
        available: String,
        redeemed: String,
        expired: String,
        taken_back: String,
        debt: String,
        transferred: String,
    }

    /// What gave something.
    struct SourceState {
        kind: SourceKind,
        rule: String,
        level: Option<String>,
    }

    struct LotState {
        number: u32,
        unit: String,
        source: SourceState,
        last_day: Option<Date>,
        /// The day of the newest booking.
        earned: Date,
        /// Usable.
        amount: String,
        /// By first usable day.
        pending: Vec<PendingState>,
        /// Gone without being used, where a return may still ask for it.
        lapsed: String,
        /// Where its last day may still move.
        terms: Option<TermsState>,
    }

    /// What is not usable yet.
    struct PendingState {
        usable_from: Date,
        amount: String,
    }

    struct VoucherState {
        number: u32,
        voucher: String,
        event: String,
        source: SourceState,
        usable_from: Date,
        last_day: Option<Date>,
    }

    /// A choice that can still be made.
    struct ChoiceState {
        number: u32,
        choice: String,
        event: String,
        source: SourceState,
        given: Date,
        last_day: Option<Date>,
        /// How many entries may still be taken.
        left: i64,
        /// The entries that are taken, counted from 1, in order.
        taken: Vec<usize>,
    }

    /// What a charity got, zero or above.
    struct DonatedState {
        charity: String,
        /// Of the member.
        member: String,
        /// Of the owner of the program.
        owner: String,
    }

    /// What a charity will get.
    struct PledgeState {
        /// The day on which it is settled.
        closes: Date,
        charity: String,
        source: SourceState,
        by_member: bool,
        /// Exactly.
        amount: String,
    }

    /// The turnover of a period for a rebate.
    struct TurnoverState {
        /// The first day behind the period.
        closes: Date,
        rebate: String,
        /// Where each category has its own.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        category: String,
        starts: Date,
        amount: String,
    }

    /// A period that waits for its payment.
    struct ClosedTurnoverState {
        /// The last day of the calendar while nobody has announced by what it is paid.
        pays: Date,
        of: TurnoverState,
        /// The value of the parameter by which it is paid.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        value: String,
    }

    /// What a purchase added to a turnover, by line.
    struct TurnoverShareState {
        rebate: String,
        /// Where each category has its own.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        category: String,
        parts: Vec<String>,
    }

    /// What an event gave to a charity at once.
    struct GiftState {
        charity: String,
        source: SourceState,
        by_member: bool,
        amount: String,
    }

    /// What a purchase pledged.
    struct PledgedState {
        pledge: PledgeState,
        /// By line, and at the end what belongs to the event; nothing if it comes back whole.
        parts: Option<Vec<String>>,
    }

    /// The open card.
    struct CardStateText {
        card: String,
        number: u32,
        stamps: i64,
        /// What the stamps hold, the oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<StampsState>,
        opened: Option<Date>,
        last_day: Option<Date>,
        /// Where the last day may still move.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<TermsState>,
        full: Vec<FullState>,
        /// What was lost with a card, and no return has counted yet.
        lapsed: Vec<LapsedState>,
    }

    /// A full card that a return may open again.
    struct FullState {
        number: u32,
        stamps: i64,
        /// What the stamps held, in millionths.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        value: String,
        /// What it gave.
        kind: LineKind,
        name: String,
        amount: String,
        /// The lot or the first voucher; 0 for none.
        lot: u32,
        usable_from: Date,
        repaid: String,
        filled: Moment,
        opened: Option<Date>,
        last_day: Option<Date>,
        /// Where the last day could still move.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<TermsState>,
    }

    struct TierStateText {
        tiers: String,
        level: String,
        until: Option<Date>,
        base_until: Option<Date>,
        holds: Vec<HoldState>,
        history: Vec<LevelState>,
        /// The times in which is counted since a level was reached.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        spells: Vec<SpellState>,
        /// Windows whose surplus goes into the next one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        carries: Vec<CarryState>,
        /// What the window had reached when upgrades were looked at last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<SeenLevelState>,
        /// What windows held before something took their level away that is no return.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kept: Vec<super::spells::KeptState>,
        /// What somebody granted, the lowest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        granted: Vec<super::plans::GrantedState>,
    }

    /// A window whose surplus goes into the next one.
    struct CarryState {
        window: Date,
        into: Date,
        level: String,
        /// In the counter's own steps.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<String>,
    }

    /// What a window had reached.
    struct SeenLevelState {
        window: Date,
        level: String,
    }

    /// A time in which is counted since a level was reached.
    struct SpellState {
        number: u32,
        /// The last number whose slot belongs to it.
        through: u32,
        since: Instant,
        start: Date,
        last: Date,
        /// In the counter's own steps.
        carried: String,
        end: Option<SpellEndState>,
    }

    /// How such a time ended.
    struct SpellEndState {
        from: String,
        earned: String,
        /// Whether its term was over.
        over: bool,
    }

    /// A level that still bears a term, and the window that earned it.
    struct HoldState {
        window: Option<Date>,
        /// The number of the time since a level was reached that has earned it.
        #[serde(default, skip_serializing_if = "is_zero")]
        spell: u32,
        reached: Option<Instant>,
        level: String,
        until: Option<Date>,
        base_until: Option<Date>,
        /// Whether its term is over and what is left is its grace.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        grace: bool,
        /// The levels that were held beside it when it was reached.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        without: Vec<String>,
    }

    /// Since when a level was held.
    struct LevelState {
        since: Instant,
        level: String,
    }

    /// A slot of a counter.
    struct SlotState {
        counter: String,
        /// The first day of a period, a day, or a minute, each counted from 1970; 0 for all time.
        slot: i64,
        /// In the counter's own steps.
        value: String,
    }

    /// The newest event of a kind.
    struct EventState {
        event: String,
        at: Instant,
        day: Date,
    }

    /// How the member was referred.
    struct LinkState {
        referral: String,
        referrer: String,
        stage: StageState,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        counted: Vec<CountedState>,
        /// The day of the pay-out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Date>,
        /// Missing where it is the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<u32>,
    }

    /// An event of a friend that counts for a referral.
    struct CountedState {
        id: String,
        day: Date,
        spend: i64,
    }

    struct ReceiptState {
        id: String,
        /// Whose it is, if not the first member's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<String>,
        /// The kind of event, or [`REDEMPTION`](super::REDEMPTION).
        event: String,
        at: Instant,
        day: Date,
        items: Vec<ItemState>,
        /// As long as `items`, or empty.
        returned: Vec<ReturnedState>,
        awards: Vec<AwardState>,
        /// What was chosen by choices that it gave.
        chosen: Vec<ChosenState>,
        shares: Vec<ShareState>,
        /// What requests paid; nothing if all was paid with money.
        payment: Option<PaymentState>,
        /// What it gave to charities at once.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gifts: Vec<GiftState>,
        /// What it pledged to charities.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pledged: Vec<PledgedState>,
        /// What it added to the turnover of rebates.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        turnover: Vec<TurnoverShareState>,
        /// What the purchase was judged by, where a return judges it again.
        judged_by: Option<FrozenState>,
        /// Whether it was a mistake: all of it is undone.
        cancelled: bool,
        /// What returns have taken back, where it is not in proportion to what has come back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken: Option<TakenState>,
    }

    /// What returns have taken back.
    struct TakenState {
        /// As long as `awards`.
        awards: Vec<String>,
        /// As long as `chosen`.
        chosen: Vec<String>,
        quantity: String,
        spend: String,
        /// As long as `shares`, in the steps of each counter.
        shares: Vec<String>,
        /// Whether it counts as a kept purchase no more.
        lost: bool,
    }

    /// The facts of the time of a purchase.
    struct FrozenState {
        counters: Vec<SlotState>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<(u32, String)>,
        tiers: Vec<FrozenLevelState>,
        last_events: Vec<EventState>,
        /// Of the member.
        member: Vec<Named>,
        channel: Option<String>,
        store: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        partner: Option<String>,
        payments: Vec<MeansState>,
        /// Vouchers that were used.
        presented: Vec<String>,
        /// Of the event.
        attributes: Vec<AttributeState>,
        /// Of the member.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<String>,
    }

    /// A level that a member had.
    struct FrozenLevelState {
        tiers: String,
        level: String,
    }

    /// What was paid with a means.
    struct MeansState {
        means: String,
        amount: String,
    }

    /// What requests paid of a purchase.
    struct PaymentState {
        /// What counts as spent, by line.
        counted: Vec<String>,
        spent: Vec<SpentState>,
        /// Rewards that were redeemed.
        uses: Vec<super::payments::UseState>,
        /// The partner that gets money for what was spent.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        partner: String,
        /// What partners were charged for vouchers and rewards.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        funded: Vec<super::payments::FundedState>,
    }

    /// What one request took.
    struct SpentState {
        kind: LineKind,
        name: String,
        lots: Vec<SpentLotState>,
        /// By line, and at the end what belongs to no line; nothing if it comes back whole.
        parts: Option<Vec<String>>,
        /// Whether its value went to a charity.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        away: bool,
    }

    /// A lot that paid.
    struct SpentLotState {
        lot: u32,
        amount: String,
        source: SourceState,
        usable_from: Date,
        last_day: Option<Date>,
        terms: Option<TermsState>,
    }

    /// What returns left open in a unit.
    struct UnsettledState {
        unit: String,
        /// By number of the lot.
        lacks: Vec<LackState>,
        covers: Vec<CoverState>,
        voids: Vec<VoidState>,
        forgiven: String,
    }

    /// What was to be taken from a lot that had no more.
    struct LackState {
        lot: u32,
        amount: String,
        /// For how much what lapsed counted as taken.
        lapsed: String,
        /// What was forgiven of it for good.
        forgiven: String,
    }

    /// A part of a lot that stands in for what others lack, or may.
    struct CoverState {
        lot: SpentLotState,
        pending_from: Option<Date>,
        /// Of a gift of a lost level, when that was reached.
        void_since: Option<Instant>,
        stands_in: bool,
    }

    /// What was used of the gift of a lost level.
    struct VoidState {
        source: SourceState,
        amount: String,
        reached: Instant,
    }

    struct ItemState {
        name: String,
        sku: Option<String>,
        category: Option<String>,
        brand: Option<String>,
        quantity: String,
        unit_price: String,
        tax: Option<String>,
        attributes: Vec<AttributeState>,
    }

    /// An attribute of an item.
    struct AttributeState {
        name: String,
        value: ValueState,
    }

    /// What came back of a line.
    struct ReturnedState {
        quantity: String,
        value: String,
    }

    /// What one rule gave for a purchase.
    struct AwardState {
        source: SourceState,
        kind: LineKind,
        name: String,
        lot: u32,
        usable_from: Date,
        amount: String,
        repaid: String,
        /// What returns had to take of it and could not. It is read, and written with what is unsettled.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        forgiven: String,
        by: RecordState,
    }

    /// What a choice gave, and when.
    struct ChosenState {
        at: Instant,
        day: Date,
        award: AwardState,
    }

    /// The run of a streak.
    struct StreakStateText {
        streak: String,
        length: u32,
        missed: u32,
        from: Date,
        to: Date,
        paid: bool,
    }

    /// What a purchase added to a counter.
    struct ShareState {
        counter: String,
        slot: i64,
        by_quantity: bool,
        /// It comes back whole when everything has come back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        whole: bool,
        /// It comes back as an award does.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        award: bool,
        /// It is one, and comes back with the last line that has a part.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_lines: bool,
        /// It comes back only where the event was a mistake.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        mistake: bool,
        /// It comes back with what is taken back of this unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// By line, or all in one, in the counter's own steps.
        parts: Vec<String>,
    }

    /// An event that was applied.
    struct SeenState {
        id: String,
        /// Nothing where it is remembered for ever.
        day: Option<Date>,
        #[serde(with = "crate::wire::hex")]
        digest: u128,
    }
}

impl ProgramState {
    /// A program, as its accounts name it.
    pub(crate) fn of(program: &Program) -> Self {
        Self {
            name: program.name.as_ref().into(),
            version: program.version,
            fingerprint: program.fingerprint,
        }
    }
}

/// Which part of an amount each line gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum RecordState {
    Event,
    /// It comes back whole with the last line.
    Whole,
    /// A game gave it, and it stays.
    Stays,
    /// In proportion to the values of these lines, counted from 1.
    Values(Vec<usize>),
    /// In proportion to the quantities of these lines, counted from 1.
    Quantities(Vec<usize>),
    /// By line, and at the end what belongs to the event.
    Parts(Vec<String>),
}

/// How far a referral is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum StageState {
    Named,
    Open,
    /// As older versions wrote an open one that waits.
    Waiting {
        /// The event that qualified.
        event: String,
        /// The day of the pay-out.
        day: Date,
    },
    Told,
    Settled,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum ValueState {
    Text(String),
    YesNo(bool),
    Integer(i64),
    List(Vec<String>),
}

/// Whether a number is left out.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "asked so by what leaves it out")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
