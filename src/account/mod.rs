//! The state of one account, mostly of one member: lots, counters, levels, cards, receipts, seen ids.
//!
//! Nothing changes an [`Account`] but [`Account::post`], which books the deltas and changes of an outcome and checks
//! that every book still balances. So an account is the fold of its outcomes, and can be rebuilt from them.

mod announcements;
mod benefits;
mod carries;
mod change;
mod claims;
mod frozen;
mod giving;
mod lines;
mod lots;
mod meters;
mod milestones;
mod moments;
mod open_end;
mod persons;
mod plans;
mod play;
mod post;
mod rebate_room;
mod rebate_view;
mod rebates;
mod receipt;
mod records;
mod snapshot;
mod spells;
mod stamp_values;
mod standing;
mod streaks;
mod unsettled;
mod values;
mod view;

pub(crate) use announcements::{Announced, MOST_ANNOUNCED};
pub use benefits::Entitlement;
pub(crate) use carries::Carry;
pub use change::Postings;
pub(crate) use change::{
    CardState, Change, CountedEvent, FullCard, HeldVoucher, Hold, Kept, LapsedStamps, Link, LinkStage,
    OpenChoice, PastCards, StreakState, Tenure, TierState, levels_between,
};
pub use claims::Claimed;
pub(crate) use claims::{OpenClaim, OpenGift};
pub(crate) use frozen::Frozen;
pub use giving::Donated;
pub(crate) use giving::{GivenGift, Pledge, Pledged};
pub(crate) use lines::Lines;
pub(crate) use lots::{Lot, Lots};
pub(crate) use meters::{Meters, is_asked};
pub use milestones::MilestonesProgress;
pub(crate) use milestones::PassedMark;
pub(crate) use moments::{Due as DueMoment, FollowUp};
pub(crate) use open_end::{HeldBy, Idle, OpenEnd, Wait};
pub(crate) use persons::Company;
pub use plans::{DueFee, FeeCause, NextFee, PlanStanding};
pub(crate) use plans::{Fee, Granted, HeldPlan, Plans};
pub use play::{ChallengeProgress, DrawTickets, StreakProgress, TaskProgress};
pub use post::PostError;
pub use rebate_view::{RebateStanding, RebateState};
pub(crate) use rebates::{ClosedTurnover, MOST_TURNOVER, Turnover, TurnoverShare};
pub(crate) use receipt::{
    Chosen, FundedUse, LineRecord, MeterShare, Payment, Receipt, ReceiptAward, ShareBy, Spent, SpentLot,
    Taken,
};
pub(crate) use records::{Record, Records, may_come_back};
pub use snapshot::{Snapshot, SnapshotError};
pub(crate) use spells::{Spell, SpellEnd};
pub(crate) use stamp_values::StampValues;
pub use standing::{AtRisk, Counted, NextLevel, Standing, WhyHeld};
pub(crate) use unsettled::{Cover, Unsettled, Void};
pub(crate) use values::{NONE as NO_VALUE, Values};
pub use view::{Balance, HeldChoice, HeldLevel, HeldLot, StampCard, Voucher};

use crate::calendar::{Date, Instant};
use crate::ledger::Totals;
use crate::program::{Activity, Program};
use std::sync::Arc;

/// The account of one member, or of several, under one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub(crate) member: Arc<str>,
    /// Identity of the program.
    pub(crate) program: u128,
    /// How many outcomes were posted.
    pub(crate) version: u64,
    pub(crate) tenure: Option<Tenure>,
    /// Texts of the member's attributes, by place in the program.
    pub(crate) attributes: Vec<Option<Box<str>>>,
    /// Instant and local day of the newest event.
    pub(crate) newest: Option<(Instant, Date)>,
    /// The last instant to which the clock was run.
    pub(crate) clock: Option<Instant>,
    pub(crate) lots: Lots,
    pub(crate) next_lot: u32,
    /// By number.
    pub(crate) vouchers: Vec<HeldVoucher>,
    pub(crate) next_voucher: u32,
    /// Choices that can still be made, by number.
    pub(crate) choices: Vec<OpenChoice>,
    pub(crate) next_choice: u32,
    /// By [`crate::program::UnitId`].
    pub(crate) totals: Vec<Totals>,
    /// By [`crate::program::VoucherId`].
    pub(crate) voucher_totals: Vec<Totals>,
    /// By [`crate::program::ChoiceId`].
    pub(crate) choice_totals: Vec<Totals>,
    /// Stamps, by [`crate::program::CardId`].
    pub(crate) card_totals: Vec<Totals>,
    /// What charities got, by [`crate::program::CharityId`].
    pub(crate) charity_totals: Vec<Totals>,
    /// What charities will get, by the day on which it is settled.
    pub(crate) pledges: Vec<Pledge>,
    /// The turnover of periods that run, by the day on which they close.
    pub(crate) turnovers: Vec<Turnover>,
    /// Periods that are over, by the day on which they are paid.
    pub(crate) closed_turnovers: Vec<ClosedTurnover>,
    /// What was announced, by parameter and day.
    pub(crate) announced: Vec<Announced>,
    /// By [`crate::program::CardId`].
    pub(crate) cards: Vec<CardState>,
    /// By [`crate::program::StreakId`].
    pub(crate) streaks: Vec<StreakState>,
    /// By [`crate::program::TiersId`].
    pub(crate) tiers: Vec<TierState>,
    /// The plan of the member.
    pub(crate) plans: Plans,
    pub(crate) meters: Meters,
    /// The values for which caps have counters of their own.
    pub(crate) values: Values,
    /// Newest instant and local day of each event kind, by [`crate::program::EventKindId`].
    pub(crate) last_of: Vec<Option<(Instant, Date)>>,
    /// The last day of what keeps lots alive and is no event, by activity; only what the program asks.
    pub(crate) active: Vec<(Activity, Date)>,
    /// Events that were applied, and the receipts of those that can be returned.
    pub(crate) records: Records,
    /// How this member was referred.
    pub(crate) link: Option<Link>,
    /// What returns left open, by unit.
    pub(crate) unsettled: Vec<Unsettled>,
    /// Vouchers that were used when what gave them was undone, by number: they are void if they are given back.
    pub(crate) void_vouchers: Vec<u32>,
    /// Marks that were passed and may be lost again, by milestones, window and mark.
    pub(crate) marks: Vec<PassedMark>,
    /// What is claimed from budgets and not answered, by event and rule.
    pub(crate) claims: Vec<OpenClaim>,
    /// Rules that ask about an event on a later day, by that day.
    pub(crate) follow_ups: Vec<FollowUp>,
    /// The day on which a birthday last brought something.
    pub(crate) birthday_paid: Option<Date>,
    /// The other members, and the id of the account; nothing in the account of one member.
    pub(crate) company: Option<Box<Company>>,
    /// What the version of the program has no place for.
    resting: Option<Box<snapshot::Resting>>,
    /// The first day on which the clock has work.
    pub(crate) due: Option<Date>,
}

impl Account {
    /// An empty account. The member has not joined yet: the first event, or a joining, does that.
    ///
    /// An account of several members is opened with its own id, and members come to it by joinings that name it.
    #[must_use]
    pub fn open(program: &Program, id: &str) -> Self {
        Self {
            member: id.into(),
            program: program.identity,
            version: 0,
            tenure: None,
            attributes: vec![None; program.member_attributes.len()],
            newest: None,
            clock: None,
            lots: Lots::default(),
            next_lot: 1,
            vouchers: Vec::new(),
            next_voucher: 1,
            choices: Vec::new(),
            next_choice: 1,
            totals: vec![Totals::default(); program.units.len()],
            voucher_totals: vec![Totals::default(); program.vouchers.len()],
            choice_totals: vec![Totals::default(); program.choices.len()],
            card_totals: vec![Totals::default(); program.cards.len()],
            charity_totals: vec![Totals::default(); program.charities.len()],
            pledges: Vec::new(),
            turnovers: Vec::new(),
            closed_turnovers: Vec::new(),
            announced: Vec::new(),
            cards: vec![CardState::default(); program.cards.len()],
            streaks: vec![StreakState::default(); program.streaks.len()],
            tiers: vec![TierState::default(); program.tiers.len()],
            plans: Plans::default(),
            meters: Meters::default(),
            values: Values::default(),
            last_of: vec![None; program.events.len()],
            active: Vec::new(),
            records: Records::default(),
            link: None,
            unsettled: Vec::new(),
            void_vouchers: Vec::new(),
            marks: Vec::new(),
            claims: Vec::new(),
            follow_ups: Vec::new(),
            birthday_paid: None,
            company: None,
            resting: None,
            due: None,
        }
    }

    /// The record of an event that is still remembered.
    pub(crate) fn record(&self, program: &Program, id: &Arc<str>) -> Option<&Record> {
        self.records.get(program, id, self.newest.map(|(_, day)| day))
    }

    /// The receipt of a purchase that is still remembered.
    pub(crate) fn receipt(&self, program: &Program, id: &Arc<str>) -> Option<&Arc<Receipt>> {
        self.record(program, id)?.receipt.as_ref()
    }

    /// The member; of several the first.
    #[must_use]
    pub fn member(&self) -> &str {
        &self.member
    }

    /// How many outcomes were posted. A host that stores accounts compares and swaps on it.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }
}
