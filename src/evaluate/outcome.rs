//! Step 14: what an evaluation answers.

use super::note::Note;
use super::step03_requests::Taken;
use super::trace::Trace;
use super::{Gathered, Given};
use crate::account::{Account, Change, DueFee, Postings, RebateStanding, RebateState, Turnover};
use crate::event::{Event, Message};
use crate::ledger::{Delta, LedgerLine, Source};
use crate::program::{Program, RoomCut};
use std::sync::Arc;

/// Whether an event changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was applied.
    Applied,
    /// The same event was applied before: nothing to book.
    Repeated,
}

/// The answer to an event: what to book, whom to tell, what to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub(crate) program: u128,
    /// Whose event it is; where the clock ran, the first member.
    pub(crate) member: Arc<str>,
    /// The id of the account, if it is one of several members.
    pub(crate) account: Option<Arc<str>>,
    /// The version of the account it was computed from.
    pub(crate) base: u64,
    pub(crate) postings: Postings,
    pub(crate) messages: Vec<Message>,
    pub(crate) notes: Vec<Note>,
    pub(crate) trace: Option<Box<Trace>>,
    /// The event that had been applied before; of any other the postings tell.
    pub(crate) repeated: Option<Arc<str>>,
    /// Micro-units that are left to pay; nothing without a basket.
    pub(crate) left: Option<i64>,
    /// What requests took.
    pub(crate) taken: Vec<Taken>,
    /// What charities get, or no longer get.
    pub(crate) given: Vec<Given>,
    /// The turnover of rebates after the event.
    pub(crate) counted: Vec<(Turnover, Option<RoomCut>)>,
}

impl Outcome {
    #[inline]
    pub(super) fn new(
        program: &Program,
        account: &Account,
        repeated: Option<Arc<str>>,
        gathered: Gathered,
    ) -> Self {
        let Gathered { postings, messages, notes, trace, settled, given, counted } = gathered;
        Self {
            program: program.identity,
            member: Arc::clone(&account.member),
            account: account.company.as_ref().map(|company| Arc::clone(&company.id)),
            base: account.version,
            postings,
            messages,
            notes,
            trace,
            repeated,
            left: settled.left,
            taken: settled.taken,
            given,
            counted,
        }
    }

    /// Says that it is an event of one of several members.
    pub(super) fn is_of(&mut self, account: &Account, event: &Event) {
        self.member = Arc::clone(&event.member);
        self.account = Some(Arc::clone(account.shared_id()));
    }

    /// Whether the event was applied or had been before.
    #[must_use]
    pub const fn status(&self) -> Status {
        if self.repeated.is_some() { Status::Repeated } else { Status::Applied }
    }

    /// The id of the event; nothing where the clock ran.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        let applied = self.postings.changes.iter().rev().find_map(|change| match change {
            Change::Applied(id, ..) => Some(id),
            _ => None,
        });
        self.repeated.as_ref().or(applied).map(|id| &**id)
    }

    /// The ledger deltas, in the order in which they are booked.
    #[must_use]
    pub fn deltas(&self) -> &[Delta] {
        &self.postings.deltas
    }

    /// What happened to rebates: periods that the clock closed and paid, and how those stand for which the event
    /// counts.
    #[must_use]
    pub fn rebates(&self, program: &Program) -> Vec<RebateStanding> {
        let by_clock = self.postings.changes.iter().filter_map(|change| match change {
            Change::ClosedTurnover(closed, true) => {
                Some((&closed.of, RebateState::Waiting, (closed.value, None)))
            }
            Change::ClosedTurnover(closed, false) => {
                let state = if self.asks_for(&closed.of) { RebateState::Asked } else { RebateState::Paid };
                Some((&closed.of, state, (closed.value, closed.cut)))
            }
            _ => None,
        });
        let counted =
            self.counted.iter().map(|(turnover, cut)| (turnover, RebateState::Running, (None, *cut)));
        by_clock
            .chain(counted)
            .filter_map(|(of, state, paid)| program.rebate_standing(of, state, paid))
            .collect()
    }

    /// Whether a budget is asked for what is paid for a period.
    fn asks_for(&self, of: &Turnover) -> bool {
        self.postings.changes.iter().any(|change| match change {
            Change::Claim(open, true) => {
                open.award.source == Source::Rebate(of.rebate) && open.ends == Some(of.last())
            }
            _ => false,
        })
    }

    /// The fees of plans that fall due: bill each once for its key.
    #[must_use]
    pub fn fees(&self, program: &Program) -> Vec<DueFee> {
        let fees = self.postings.changes.iter().filter_map(|change| match change {
            Change::Fee(fee) => Some(program.due_fee(&self.member, fee)),
            _ => None,
        });
        fees.collect()
    }

    /// Messages to other accounts: deliver each as an event to its receiver, in this order.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// What the event brought that the program does not know, and what else a host should read: once for each place
    /// where it stands.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The version of the account from which it was computed.
    #[must_use]
    pub const fn base_version(&self) -> u64 {
        self.base
    }

    /// The member whose event it is; where the clock ran, the first member of the account.
    #[must_use]
    pub fn member(&self) -> &str {
        &self.member
    }

    /// The id of the account to which it belongs: in an account of one member, the member's.
    #[must_use]
    pub fn account(&self) -> &str {
        self.account.as_ref().unwrap_or(&self.member)
    }

    /// The member whose turn it is at a place among the deltas. In an account of several members the clock works for
    /// the first, and brings moments and referrals to each.
    #[must_use]
    pub fn member_at(&self, place: usize) -> &str {
        let turns = self.postings.turns.iter().rev();
        turns.into_iter().find(|(from, _)| *from <= place).map_or(&self.member, |(_, member)| member)
    }

    /// All ledger lines, with the member and the account of each.
    pub fn lines<'o>(&'o self, program: &'o Program) -> impl Iterator<Item = LedgerLine> + 'o {
        self.postings.deltas.iter().enumerate().map(|(place, delta)| {
            let member = self.member_at(place);
            let line = program.ledger_line(member, delta);
            LedgerLine { account: Some(self.account()).filter(|id| *id != member).map(Into::into), ..line }
        })
    }
}
