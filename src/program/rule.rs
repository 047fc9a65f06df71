//! Rules and caps.

use super::each::EachId;
use super::ids::{
    BudgetId, CapId, ChoiceId, EventKindId, GroupId, MeterId, RuleId, Symbol, UnitId, VoucherId,
};
use super::needs::Needs;
use super::terms::{Activate, Expire};
use super::test::{NumSubject, SymSubject, Test};
use super::things::Round;
use crate::calendar::{Date, Period};

/// Base rate or extra.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum RuleKind {
    /// `earn`
    Earn,
    /// `bonus`
    Bonus,
}

/// A compiled `earn` or `bonus`.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) name: Box<str>,
    /// The `##` lines above it, for explanations.
    pub(crate) doc: Box<str>,
    pub(crate) kind: RuleKind,
    pub(crate) valid: Validity,
    pub(crate) on: EventKindId,
    /// `for items where …`
    pub(crate) items: Option<Test>,
    /// The text of `for items where …`, for explanations.
    pub(crate) items_text: Box<str>,
    /// `when …`
    pub(crate) when: Option<Test>,
    /// The text of `when …`, for explanations.
    pub(crate) when_text: Box<str>,
    pub(crate) effect: Effect,
    /// `at least N U`, in the unit's scale.
    pub(crate) at_least: Option<i64>,
    /// The rules this one replaces.
    pub(crate) replaces: Box<[RuleId]>,
    pub(crate) combine: Combine,
    /// Own and shared caps on what is booked or on times, in the order in which they are named when they cut: own
    /// first, then shared by name. Caps of spend stand in `spend_caps`.
    pub(crate) caps: Box<[CapId]>,
    /// Own and shared caps of spend.
    pub(crate) spend_caps: Box<[CapId]>,
    /// `cap N U per item`: the most for one piece, in the unit's scale.
    pub(crate) piece_cap: Option<i64>,
    /// The budgets across all members that it asks, one after another.
    pub(crate) budgets: Box<[BudgetId]>,
    /// The rule's own `round`.
    pub(crate) round: Option<Round>,
    /// The rule's own `activate`.
    pub(crate) activate: Option<Activate>,
    /// The rule's own `expire` lines; empty means the unit's.
    pub(crate) expire: Box<[Expire]>,
    /// The rule's own `no expiry when`; without it the unit's holds.
    pub(crate) hold: Option<Test>,
    /// What follows from all of the above.
    pub(crate) needs: Needs,
}

/// When a rule is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Validity {
    /// Always.
    Always,
    /// From the first to the last local day, both included.
    Days(Date, Date),
    /// From a minute of the wall clock of a day, up to but not including another.
    Minutes {
        /// First day and minute.
        from: (Date, u16),
        /// Day and minute at which it is over.
        to: (Date, u16),
    },
    /// Every year between two days, as month × 100 + day, both included; from may be behind to (over new year).
    EveryYear(u16, u16),
}

/// How bonuses mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Combine {
    /// Adds up. An `earn` without `combine` has this too.
    Add,
    /// Only the largest of the group stays.
    BestOf(GroupId),
    /// Only the largest exclusive one stays, and all others go.
    Exclusive,
}

/// What a rule gives.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// An amount in proportion to something.
    Linear {
        /// In which unit.
        unit: UnitId,
        /// The rate.
        rate: Rate,
        /// In proportion to what.
        basis: Basis,
        /// How steps are counted.
        steps: Steps,
        /// The size of a step in millionths of the basis; 1 if `steps` is exact (the rate then holds all).
        step: i64,
    },
    /// A fixed amount, once: `100 punkte`, `1 Willkommen`.
    Flat(Award),
    /// A fixed amount picked from a table, in the unit's scale.
    FlatTable {
        /// In which unit.
        unit: UnitId,
        /// The amounts, in the unit's scale.
        table: Table<i64>,
    },
    /// A fixed amount by the spend of the items of the rule.
    Bands {
        /// In which unit.
        unit: UnitId,
        /// Ascending.
        bands: Box<[Band]>,
    },
    /// The extra of a multiplier.
    Multiply {
        /// Of which unit.
        unit: UnitId,
        /// By how much more.
        factor: Factor,
    },
    /// The extra of a multiplier of what base rates and bonuses gave.
    Everything {
        /// Of which units, in the order of their ids.
        units: Box<[UnitId]>,
        /// By how much more.
        factor: Factor,
    },
    /// Vouchers in proportion to something; the number is rounded down.
    VouchersPer {
        /// Which.
        voucher: VoucherId,
        /// How many for each step, in millionths.
        count: i64,
        /// In proportion to what.
        basis: Basis,
        /// How steps are counted.
        steps: Steps,
        /// The size of a step, millionths of the basis.
        step: i64,
    },
}

impl Effect {
    /// The unit it gives, if it gives one.
    pub(crate) fn unit(&self) -> Option<UnitId> {
        match self {
            Self::Everything { units, .. } => match &**units {
                [unit] => Some(*unit),
                _ => None,
            },
            Self::Linear { unit, .. }
            | Self::FlatTable { unit, .. }
            | Self::Bands { unit, .. }
            | Self::Multiply { unit, .. }
            | Self::Flat(Award { thing: AwardThing::Unit(unit), .. }) => Some(*unit),
            Self::Flat(_) | Self::VouchersPer { .. } => None,
        }
    }

    /// What it gives; nothing for what multiplies several units.
    pub(crate) fn thing(&self) -> Option<AwardThing> {
        match self {
            Self::Flat(Award { thing, .. }) => Some(*thing),
            Self::VouchersPer { voucher, .. } => Some(AwardThing::Voucher(*voucher)),
            _ => self.unit().map(AwardThing::Unit),
        }
    }

    /// Whether it gives something.
    pub(crate) fn gives(&self, thing: AwardThing) -> bool {
        match (self, thing) {
            (Self::Everything { units, .. }, AwardThing::Unit(unit)) => units.contains(&unit),
            _ => self.thing() == Some(thing),
        }
    }
}

/// What a proportional rule is in proportion to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// The paid amounts of the items, micro-units.
    Spend,
    /// That part of them that was paid with a means.
    SpendPaidWith(Symbol),
    /// The quantities of the items, millionths.
    Pieces,
    /// A numeric or money attribute of the items.
    Item(u16),
    /// A numeric or money attribute of the event: one share of the event.
    Event(u16),
}

/// What an amount is in proportion to, and in which steps that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proportion {
    /// Of what.
    pub(crate) basis: Basis,
    /// How steps are counted.
    pub(crate) steps: Steps,
    /// The size of a step, millionths of the basis.
    pub(crate) step: i64,
}

/// How a proportional rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Steps {
    /// In proportion.
    Exact,
    /// Whole steps of the sum.
    Full,
    /// Begun steps of the sum.
    Started,
}

/// A rate as a whole number over the unit's denominator: for each millionth of the basis if the steps are exact, for
/// each step otherwise.
#[derive(Debug, Clone)]
pub(crate) enum Rate {
    /// One for all.
    Fixed(i128),
    /// By tier or attribute; a missing row is 0.
    Table(Table<i128>),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table<T> {
    /// What picks the row.
    pub(crate) key: TableKey,
    /// The rows, sorted by key: a symbol, a level, or millionths of a number.
    pub(crate) rows: Box<[(i64, T)]>,
}

/// What picks the row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKey {
    /// A name.
    Sym(SymSubject),
    /// A level or number.
    Num(NumSubject),
}

impl TableKey {
    /// Whether each item has a row of its own.
    pub(crate) const fn is_of_items(self) -> bool {
        matches!(
            self,
            Self::Sym(SymSubject::Category | SymSubject::Sku | SymSubject::Brand | SymSubject::Item(_))
                | Self::Num(NumSubject::Item(_) | NumSubject::Price | NumSubject::Quantity)
        )
    }
}

/// A factor minus one, as a fraction: an extra of num/den of the base.
#[derive(Debug, Clone)]
pub(crate) enum Factor {
    /// One for all.
    Fixed(i128, i128),
    /// By tier or attribute; a missing row is 0.
    Table(Table<(i128, i128)>),
}

/// `from 30.01 EUR: 6`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Band {
    /// Micro-units of spend.
    pub(crate) from: i64,
    /// In the unit's scale.
    pub(crate) value: i64,
}

/// What is given at once: a card's reward, an entry gift, a flat award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Award {
    /// A unit, a voucher or a choice.
    pub(crate) thing: AwardThing,
    /// In the unit's scale, or the number of vouchers, or how many entries may be chosen.
    pub(crate) amount: i64,
}

/// What can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum AwardThing {
    /// An amount of a unit.
    Unit(UnitId),
    /// Vouchers.
    Voucher(VoucherId),
    /// The right to choose, counted by the entries that may be taken.
    Choice(ChoiceId),
}

/// A cap.
#[derive(Debug, Clone)]
pub(crate) struct Cap {
    /// The shared cap's name, or the rule's for an own cap.
    pub(crate) name: Box<str>,
    /// As written, for explanations: `1_000 punkte per month`.
    pub(crate) text: Box<str>,
    /// Whether it is a shared cap.
    pub(crate) shared: bool,
    /// Whether it counts what all members of an account have together.
    pub(crate) per_account: bool,
    /// How much.
    pub(crate) limit: CapLimit,
    /// In which window.
    pub(crate) window: CapWindow,
    /// The counter; none for a window of one event.
    pub(crate) meter: Option<MeterId>,
    /// What has one counter for each value.
    pub(crate) each: Option<EachId>,
    /// Whether each item has a value of its own for that, and feeds the counter of its value.
    pub(crate) by_line: bool,
    /// Counts what its rules would have used, had an attribute been set that counts from the start of a period.
    pub(crate) waiting: Option<MeterId>,
    /// The rules it covers; empty for caps of cards and referrals.
    pub(crate) rules: Box<[RuleId]>,
}

/// The limit of a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CapLimit {
    /// So many bookings above zero.
    Times(i64),
    /// So much of a unit (its scale) or so many vouchers.
    Amount(AwardThing, i64),
    /// So much spend, micro-units.
    Spend(i64),
    /// So many stamps.
    Stamps(i64),
    /// So much money that charities get, micro-units.
    Given(i64),
}

impl CapLimit {
    /// The number of the limit, in its own scale.
    pub(crate) const fn most(self) -> i64 {
        match self {
            Self::Times(most)
            | Self::Amount(_, most)
            | Self::Spend(most)
            | Self::Stamps(most)
            | Self::Given(most) => most,
        }
    }
}

/// The window of a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CapWindow {
    /// One event.
    Event,
    /// A period; `campaign` and `lifetime` are `Period` values of one slot.
    Period(Period),
}
