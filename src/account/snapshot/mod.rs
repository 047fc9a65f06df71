//! Snapshots: an account at rest, in names and texts.
//!
//! A snapshot holds names instead of ids, days and moments as texts, and amounts as texts with exactly the decimals
//! of their unit. The same account always gives the same snapshot, and with the same serialiser the same bytes. It can
//! be restored only under the program that made it, and only if all its books balance.
//!
//! Only what is not at its beginning is written: books without a booking, cards without a stamp and lowest levels are
//! left out.

mod announcements;
mod cards;
mod choices;
mod claims;
mod frozen;
mod giving;
mod milestones;
mod moments;
mod moved;
mod payments;
mod persons;
mod plans;
mod rebates;
mod restore;
mod restore_receipts;
mod spells;
mod state;
mod streaks;
mod take;
mod terms;
mod unsettled;

pub(super) use announcements::AnnouncedState;

pub(super) use state::{
    AttributeState, AwardState, BooksState, CardStateText, ChoiceState, ChosenState, ClosedTurnoverState,
    CountedState, CoverState, DonatedState, EventState, FrozenLevelState, FrozenState, FullState, GiftState,
    HoldState, ItemState, LackState, LevelState, LinkState, LotState, MeansState, Moment, Named,
    PaymentState, PendingState, PledgeState, PledgedState, ProgramState, ReceiptState, RecordState,
    ReturnedState, SeenLevelState, SeenState, ShareState, SlotState, SourceState, SpentLotState, SpentState,
    StageState, StreakStateText, TakenState, TierStateText, TurnoverShareState, TurnoverState,
    UnsettledState, ValueState, VoidState, VoucherState,
};

pub(super) use claims::ClaimState;
use milestones::MarkState;
pub(super) use moments::FollowUpState;
pub(super) use moved::Resting;
pub(super) use persons::{PersonState, RestingPerson};
pub(super) use plans::PlansState;
pub(super) use terms::ActiveState;

use super::{Account, Carry, Kept, Spell, SpellEnd};
use crate::ledger::LineError;
use crate::program::{Program, UnknownName, Versions};
use serde::{Deserialize, Serialize};

/// What stands for the kind of event in the receipt of a redemption of its own. No event has this name.
const REDEMPTION: &str = "redemption";

/// The form of snapshots that this version writes.
const FORMAT: u32 = 1;

/// An account at rest. Store it with serde and restore it with [`Account::restore`].
///
/// Fields are added only with a new `format`; readers of old formats stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    format: u32,
    program: ProgramState,
    member: String,
    /// The id of an account of several members. Nothing in that of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    version: u64,
    joined: Option<Moment>,
    /// By name.
    attributes: Vec<Named>,
    newest: Option<Moment>,
    clock: Option<crate::calendar::Instant>,
    /// By kind and name.
    books: Vec<BooksState>,
    next_lot: u32,
    /// By number.
    lots: Vec<LotState>,
    next_voucher: u32,
    /// By number.
    vouchers: Vec<VoucherState>,
    next_choice: u32,
    /// By number.
    choices: Vec<ChoiceState>,
    /// What charities got, by name. Nothing without charities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    donations: Vec<DonatedState>,
    /// What charities will get, by day, charity and what gives it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pledges: Vec<PledgeState>,
    /// The turnover of periods that run, by their last day and the rebate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    turnovers: Vec<TurnoverState>,
    /// Periods that wait for their payment, by its day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    closed_turnovers: Vec<ClosedTurnoverState>,
    /// What was announced, by parameter and day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    announced: Vec<AnnouncedState>,
    /// By name.
    cards: Vec<CardStateText>,
    /// By name. Nothing where no run has begun.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    streaks: Vec<StreakStateText>,
    /// By name.
    tiers: Vec<TierStateText>,
    /// Nothing without plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plans: Option<PlansState>,
    /// By name of the counter.
    counters: Vec<SlotState>,
    /// By name.
    last_events: Vec<EventState>,
    /// By activity.
    active: Vec<ActiveState>,
    referral: Option<LinkState>,
    /// What returns left open, by unit. Nothing where nothing is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unsettled: Vec<UnsettledState>,
    /// Numbers of vouchers that are void if they are given back, in their order. Nothing where none are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    void_vouchers: Vec<u32>,
    /// Marks that were passed and may be lost again: by milestones, window and mark. Nothing where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    marks: Vec<MarkState>,
    /// Claims on budgets that are not answered, by event and rule. Nothing where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    claims: Vec<ClaimState>,
    /// Rules that ask about an event on a later day: by day, event and rule. Nothing where none do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    follow_ups: Vec<FollowUpState>,
    /// The day on which a birthday last brought something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    birthday_paid: Option<crate::calendar::Date>,
    /// The members behind the first, in the order in which they came. Nothing in the account of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<PersonState>,
    /// Values for which caps have counters of their own, by number. Nothing where none have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<(u32, String)>,
    /// By id.
    receipts: Vec<ReceiptState>,
    /// By id.
    seen: Vec<SeenState>,
    /// What another version of the program has a place for.
    #[serde(default, skip_serializing_if = "Resting::is_empty")]
    resting: Resting,
}

impl Snapshot {
    /// The member; of several the first.
    #[must_use]
    pub fn member(&self) -> &str {
        &self.member
    }

    /// The id of the account, as [`Account::id`].
    #[must_use]
    pub fn account(&self) -> &str {
        self.account.as_ref().unwrap_or(&self.member)
    }

    /// How many outcomes were posted, as [`Account::version`].
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The fingerprint of the program, as [`Program::fingerprint`].
    #[must_use]
    pub fn program_fingerprint(&self) -> String {
        format!("{:032x}", self.program.fingerprint)
    }
}

/// Why a snapshot is no account of a program. Nothing is repaired: a stored state that does not hold together needs
/// somebody to look at it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// A newer version wrote it.
    #[error("format {0} of snapshots is not known, only format 1")]
    Format(u32),
    /// It belongs to another program.
    #[error("the snapshot belongs to program `{found}`, not to `{expected}`")]
    Program {
        /// The name and version of the program it is restored under.
        expected: String,
        /// The name and version of its own.
        found: String,
    },
    /// A name that the program does not have.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// A value that cannot be.
    #[error("{what} `{name}`: {problem}")]
    Value {
        /// What is wrong: a lot, a voucher, a card, ….
        what: &'static str,
        /// Which one.
        name: String,
        /// Why.
        problem: &'static str,
    },
    /// Entries are not in their order, or one is there twice.
    #[error("the entries of `{what}` are not in order at `{name}`, or one is there twice")]
    Order {
        /// The field.
        what: &'static str,
        /// The entry.
        name: String,
    },
    /// Books do not balance, or do not agree with what the member holds.
    #[error("the books of `{name}` do not balance: {problem}")]
    Unbalanced {
        /// The unit, voucher or card.
        name: String,
        /// What does not agree.
        problem: &'static str,
    },
}

impl SnapshotError {
    fn value(what: &'static str, name: impl ToString, problem: &'static str) -> Self {
        Self::Value { what, name: name.to_string().chars().take(40).collect(), problem }
    }
}

impl From<LineError> for SnapshotError {
    fn from(error: LineError) -> Self {
        match error {
            LineError::Name(name) => Self::Name(name),
            LineError::Value { field, value } => Self::value(field, value, "it cannot be this"),
        }
    }
}

impl Account {
    /// The account at rest.
    #[must_use]
    pub fn snapshot(&self, program: &Program) -> Snapshot {
        take::snapshot(self, program)
    }

    /// The account that a snapshot holds, exactly as it was.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] if it belongs to another program or anything in it does not hold together.
    pub fn restore(program: &Program, snapshot: Snapshot) -> Result<Self, SnapshotError> {
        restore::account(program, snapshot)
    }

    /// The account under another version of its program: with all its books, lots, vouchers, stamps and counters.
    pub(crate) fn moved(&self, from: &Program, to: &Program) -> Result<Self, SnapshotError> {
        moved::moved(self, from, to)
    }
}

impl Versions {
    /// The account that a snapshot holds, exactly as it was, under the version that made it. The versions may have
    /// become more since.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] if no version made it or anything in it does not hold together.
    pub fn restore(&self, snapshot: Snapshot) -> Result<Account, SnapshotError> {
        let made = self.all().find(|program| program.fingerprint == snapshot.program.fingerprint);
        // a stranger gets the answer of the newest
        restore::account(made.unwrap_or_else(|| self.newest()), snapshot)
    }

    /// The version under which an account stands, to read its balances and take its snapshots. Nothing for an account of
    /// another program.
    #[must_use]
    pub fn of(&self, account: &Account) -> Option<&Program> {
        self.from(account.program).next()
    }
}
