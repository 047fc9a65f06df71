//! What an outcome changes beside its ledger deltas, and the small states of an account.

use super::announcements::Announced;
use super::carries::Carry;
use super::claims::OpenClaim;
use super::giving::Pledge;
use super::milestones::PassedMark;
use super::moments::FollowUp;
use super::open_end::OpenEnd;
use super::plans::{Fee, Granted, Plans};
use super::rebates::{ClosedTurnover, Turnover};
use super::receipt::Receipt;
use super::records::Record;
use super::spells::Spell;
use super::stamp_values::StampValues;
use super::unsettled::Unsettled;
use crate::amount::format_scaled;
use crate::calendar::{Date, Instant};
use crate::event::BudgetLine;
use crate::ledger::{Charge, Delta, Source, Thing};
use crate::program::{
    Activity, Award, CardId, ChoiceId, EventKindId, MeterId, Program, StreakId, TiersId, VoucherId,
};
use std::sync::Arc;

/// Everything that posting an outcome books: ledger deltas and changes of counters and states.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Postings {
    pub(crate) deltas: Vec<Delta>,
    pub(crate) changes: Vec<Change>,
    /// In an account of several members, from which delta on it is whose turn.
    pub(crate) turns: Vec<(usize, Arc<str>)>,
}

impl Postings {
    /// Nothing yet, and room for so many deltas and changes.
    #[inline]
    pub(crate) fn with_room(deltas: usize, changes: usize) -> Self {
        let (deltas, changes) = (Vec::with_capacity(deltas), Vec::with_capacity(changes));
        Self { deltas, changes, turns: Vec::new() }
    }
}

/// One change of a counter or state. Changes are facts like deltas: posted once, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// The member joined.
    Joined(Tenure),
    /// An attribute of the member has this text now.
    Attribute(u16, Option<Box<str>>),
    /// An event was applied: its id, record and instant, to which the clock was run. With a day in its record it may be the
    /// newest of the member.
    Applied(Arc<str>, Record, Instant),
    /// The newest event of a kind.
    LastOf(EventKindId, Instant, Date),
    /// Something happened that may keep lots alive.
    Active(Activity, Date),
    /// The terms of a lot whose last day may still move.
    LotTerms(u32, Arc<OpenEnd>),
    /// A counter changes.
    Meter(MeterId, i64, i64),
    /// A value for which caps have counters of their own gets a number.
    Value(u32, Box<str>),
    /// A purchase has been returned, or a part of it; or it was cancelled.
    Returned(Arc<Receipt>),
    /// The open card: number, day of its first stamp and last day.
    Card(CardId, CardState),
    /// The run of a streak.
    Streak(StreakId, StreakState),
    /// An entry of an open choice is taken: the number of the choice and the place of the entry.
    Chosen(u32, usize),
    /// The level of a tiers block.
    Tier(TiersId, Box<TierState>),
    /// The plan of the member.
    Plans(Box<Plans>),
    /// A fee falls due.
    Fee(Box<Fee>),
    /// How the member was referred.
    Link(Box<Link>),
    /// The clock was run to this instant.
    Clock(Instant),
    /// So much more is pledged to a charity, or less if it is below zero.
    Pledge(Box<Pledge>),
    /// So much more is the turnover of a period, or less if it is below zero.
    Turnover(Box<Turnover>),
    /// A period waits for its payment; or it was paid.
    ClosedTurnover(Box<ClosedTurnover>, bool),
    /// Whether the value of a parameter is known.
    Announced(Box<Announced>, bool),
    /// A lot has lost so much without its being used, or a return has counted so much of that: number and change.
    Lapsed(u32, i64),
    /// Whether a voucher that was used is void if it is given back.
    VoidVoucher(u32, bool),
    /// What returns leave open in a unit.
    Unsettled(Box<Unsettled>),
    /// Whether a mark is passed.
    Mark(Box<PassedMark>, bool),
    /// Whether a rule asks about an event on a later day.
    FollowUp(Box<FollowUp>, bool),
    /// The day on which a birthday brought something.
    BirthdayPaid(Date),
    /// A member comes to the account. What follows is about this member.
    TakenIn(Arc<str>),
    /// What follows is about the member at a place of the account; 0 is the first.
    Turn(usize),
    /// Whether something is claimed from a budget.
    Claim(Box<OpenClaim>, bool),
    /// What a budget is told: nothing of it is kept here.
    Budget(Box<BudgetLine>),
    /// What a partner owes or gets: told to the host, and nothing of it is kept here.
    Charge(Box<Charge>),
}

/// When a member joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tenure {
    pub(crate) at: Instant,
    pub(crate) day: Date,
}

/// A voucher that a member holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldVoucher {
    /// Counted from 1 in each account.
    pub(crate) number: u32,
    pub(crate) voucher: VoucherId,
    pub(crate) source: Source,
    /// The event that gave it.
    pub(crate) event: Arc<str>,
    /// First usable day.
    pub(crate) start: Date,
    /// Last usable day.
    pub(crate) last: Option<Date>,
}

/// A choice that a member may still make, wholly or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenChoice {
    /// Counted from 1 in each account.
    pub(crate) number: u32,
    pub(crate) choice: ChoiceId,
    pub(crate) source: Source,
    /// The event that gave it.
    pub(crate) event: Arc<str>,
    /// The day on which it was given.
    pub(crate) given: Date,
    /// The last day on which it can be made; `None` only beyond the end of the calendar.
    pub(crate) last: Option<Date>,
    /// How many entries may still be taken.
    pub(crate) left: i64,
    /// The entries that are taken, one bit each.
    pub(crate) taken: u64,
}

impl OpenChoice {
    /// Whether the entry at a place is taken.
    pub(crate) const fn is_taken(&self, place: usize) -> bool {
        place < u64::BITS as usize && self.taken >> place & 1 == 1
    }

    /// What may still be taken: amount, and name of the unit or voucher.
    pub(crate) fn free<'p>(&self, program: &'p Program) -> impl Iterator<Item = (String, &'p str)> {
        let entries = program.choices.get(self.choice.index()).map_or(&[][..], |choice| &choice.entries);
        let free = entries.iter().enumerate().filter(|(place, _)| !self.is_taken(*place));
        free.map(|(_, entry)| {
            let thing = Thing::from(entry.thing);
            (format_scaled(entry.amount, program.thing_decimals(thing)), program.thing_words(thing).1)
        })
    }

    /// Takes the entry at a place.
    pub(crate) const fn take(&mut self, place: usize) {
        if place < u64::BITS as usize {
            self.taken |= 1 << place;
        }
    }
}

/// The open stamp card of a card rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct CardState {
    /// Number of the open card, counted from 1; 0 before the first stamp.
    pub(crate) number: u32,
    /// Stamps on it.
    pub(crate) stamps: i64,
    /// What they hold, where the reward is the average of it.
    pub(crate) values: StampValues,
    /// Day of the first stamp.
    pub(crate) opened: Option<Date>,
    /// Its last day as it is now.
    pub(crate) last: Option<Date>,
    /// Why that may still move; nothing if it is settled.
    pub(crate) end: Option<Arc<OpenEnd>>,
    /// The cards before it.
    pub(crate) past: Arc<PastCards>,
}

/// What a return may ask of cards that are not open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PastCards {
    /// Full cards that may be opened again, newest last.
    pub(crate) full: Vec<FullCard>,
    /// Stamps that were lost with their card, the oldest first.
    pub(crate) lapsed: Vec<LapsedStamps>,
}

impl CardState {
    /// Something happened on a day: a card that ends without it lasts longer. Tells whether it does.
    pub(crate) fn note(&mut self, activity: Activity, day: Date) -> bool {
        let Some(end) = self.end.as_mut().filter(|end| end.counts(activity, day)) else { return false };
        Arc::make_mut(end).note(activity, day);
        self.last = end.last();
        true
    }

    /// Nothing is on it any more: the next stamp opens another one.
    pub(crate) fn close(&mut self) {
        (self.opened, self.last, self.end) = (None, None, None);
    }
}

/// The run of a streak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct StreakState {
    /// How many periods before the open one are won.
    pub(crate) length: u32,
    /// How many were missed and forgiven.
    pub(crate) missed: u32,
    /// First and last day of the period that is played; nothing while there is no run.
    pub(crate) open: Option<(Date, Date)>,
    /// Whether the open period has paid: it stays won.
    pub(crate) paid: bool,
}

/// A full card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FullCard {
    pub(crate) number: u32,
    /// How many stamps filled it.
    pub(crate) goal: i64,
    /// What they held, micro-units.
    pub(crate) value: i128,
    /// What it gave.
    pub(crate) gave: Award,
    /// The lot or the first voucher of that; 0 for none.
    pub(crate) first: u32,
    /// The first day on which that could be used.
    pub(crate) start: Date,
    /// How much of it paid off a debt and never became a lot.
    pub(crate) repaid: i64,
    /// The instant of the event that filled it, and its day.
    pub(crate) filled: (Instant, Date),
    /// Day of its first stamp.
    pub(crate) opened: Option<Date>,
    /// Its last day as it was when it was full.
    pub(crate) last: Option<Date>,
    /// Why that could still move.
    pub(crate) end: Option<Arc<OpenEnd>>,
}

/// Earned stamps that were lost with a card whose last day had passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LapsedStamps {
    /// The first and the last day on which stamps came onto the card.
    pub(crate) days: (Date, Date),
    /// How many of them no return has counted yet.
    pub(crate) stamps: i64,
}

/// The level of a member in a tiers block: the best of what still bears a term.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TierState {
    /// Level, 0 is the lowest.
    pub(crate) level: u32,
    /// Last day of the term; `None` for ever, or for the lowest level.
    pub(crate) until: Option<Date>,
    /// Last day of the term without its tail: the next term is counted from here.
    pub(crate) base_until: Option<Date>,
    /// Everything that still bears a term; a return can take one of them away without touching the others.
    pub(crate) holds: Vec<Hold>,
    /// Since when which level is held, newest last, as far back as a late event may be.
    pub(crate) history: Vec<(Instant, u32)>,
    /// The times in which is counted since a level was reached, the one that runs last.
    pub(crate) spells: Vec<Spell>,
    /// Which level was held at the end of windows whose surplus goes into the next one, the oldest first.
    pub(crate) carries: Vec<Carry>,
    /// Of upgrades at the end of a period: what the window had reached when it was looked at last.
    pub(crate) seen: Option<(Date, u32)>,
    /// What somebody granted beside what is earned, sorted.
    pub(crate) granted: Vec<Granted>,
    /// What windows held before something that was worth less than nothing took their level away.
    pub(crate) kept: Vec<Kept>,
}

/// What a window had counted when it still reached its level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The first day of the window.
    pub(crate) window: Date,
    /// Until when.
    pub(crate) at: Instant,
    /// By metric.
    pub(crate) values: Vec<i64>,
}

/// A level and its term, and the window that earned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    /// First day of the window whose metrics reach the level; `None` if it was given or is a soft landing.
    pub(crate) window: Option<Date>,
    /// The number of the time since a level was reached that has earned it; 0 for none.
    pub(crate) spell: u32,
    /// When the window reached the level.
    pub(crate) reached: Option<Instant>,
    pub(crate) level: u32,
    pub(crate) until: Option<Date>,
    pub(crate) base_until: Option<Date>,
    /// Whether its term is over and what is left is its grace.
    pub(crate) grace: bool,
    /// The levels that were held beside it when it was reached, one bit each: it gave no entry gifts of them.
    pub(crate) without: u64,
}

impl Hold {
    /// Whether reaching it gave the entry gifts of a level.
    pub(crate) const fn gave(&self, level: u32) -> bool {
        level >= u64::BITS || self.without >> level & 1 == 0
    }
}

/// The levels above one, up to another, one bit each.
pub(crate) const fn levels_between(above: u32, up_to: u32) -> u64 {
    let mut levels = 0;
    let mut level = above + 1;
    while level <= up_to && level < u64::BITS {
        levels |= 1 << level;
        level += 1;
    }
    levels
}

impl TierState {
    /// Whether the term of the level that is held is over, and what is left is its grace.
    pub(crate) fn is_in_grace(&self) -> bool {
        let best = self.best();
        best.is_some_and(|hold| hold.grace)
    }

    fn best(&self) -> Option<&Hold> {
        self.holds.iter().max_by_key(|hold| (hold.level, hold.until.unwrap_or(Date::MAX)))
    }

    /// Forgets what bears no term any more on a day, and takes the highest level of the rest, with its latest term.
    pub(crate) fn settle(&mut self, today: Date) {
        self.granted.retain(|granted| granted.until.is_none_or(|until| until >= today));
        self.holds.retain(|hold| hold.level > 0 && hold.until.is_none_or(|until| until >= today));
        let best = self.best();
        (self.level, self.until, self.base_until) =
            best.map_or((0, None, None), |hold| (hold.level, hold.until, hold.base_until));
    }
}

/// How a member was referred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Place of the referral in the program.
    pub(crate) referral: u32,
    pub(crate) referrer: Arc<str>,
    pub(crate) stage: LinkStage,
    /// The events that count, in the order in which they came.
    pub(crate) counted: Vec<CountedEvent>,
    /// The day of the pay-out, if the friend has qualified.
    pub(crate) due: Option<Date>,
    /// Which time it is that the friend qualifies, from 1.
    pub(crate) turn: u32,
}

/// An event of a friend that counts for a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountedEvent {
    pub(crate) id: Arc<str>,
    pub(crate) day: Date,
    /// What counts as paid, micro-units.
    pub(crate) spend: i64,
}

/// How far a referral is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LinkStage {
    /// The referrer has been asked.
    Named,
    /// The referrer has accepted; the friend may qualify.
    Open,
    /// The referrer has been told.
    Told,
    /// All is paid, or will never be.
    Settled,
}
