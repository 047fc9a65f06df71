//! What is kept of a purchase so that any return undoes exactly what it did.

use super::frozen::Frozen;
use super::giving::{GivenGift, Pledged};
use super::lines::Lines;
use super::open_end::OpenEnd;
use super::rebates::TurnoverShare;
use crate::amount::{Sharer, Ties};
use crate::calendar::{Date, Instant};
use crate::event::Item;
use crate::ledger::{Source, Thing};
use crate::program::{EventKindId, Expense, MeterId, UnitId};
use std::sync::Arc;

/// The record of one purchase, declared event or redemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) id: Arc<str>,
    /// Whose event it was, if not the first member's of the account.
    pub(crate) member: Option<Arc<str>>,
    /// The kind of event; nothing for a redemption of its own.
    pub(crate) kind: Option<EventKindId>,
    pub(crate) at: Instant,
    pub(crate) day: Date,
    /// The lines, as bought.
    pub(crate) items: Arc<[Item]>,
    /// Quantity (millionths) and value (micro-units) that came back, by line; empty before the first return.
    pub(crate) returned: Vec<(i64, i64)>,
    pub(crate) awards: Vec<ReceiptAward>,
    /// What was chosen by choices that the purchase gave, or given where nothing was chosen.
    pub(crate) chosen: Vec<Chosen>,
    /// Counters that a return has to lower and that cannot be told from the lines alone.
    pub(crate) shares: Vec<MeterShare>,
    /// What requests paid; nothing if all was paid with money.
    pub(crate) payment: Option<Box<Payment>>,
    /// What it gave to charities at once: it stays given when goods come back.
    pub(crate) gifts: Vec<GivenGift>,
    /// What it pledged to charities.
    pub(crate) pledged: Vec<Pledged>,
    /// What it added to the turnover of rebates.
    pub(crate) turnover: Vec<TurnoverShare>,
    /// What the purchase was judged by, where a return judges it again.
    pub(crate) frozen: Option<Arc<Frozen>>,
    /// Whether it was a mistake: all of it is undone.
    pub(crate) cancelled: bool,
    /// What returns have taken back; nothing where it is in proportion to what has come back.
    pub(crate) taken: Option<Box<Taken>>,
}

/// What returns have taken back of a purchase so far: less than has come back where they took nothing, more where they
/// took it in full. Returns of one purchase may be judged by versions that differ in that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// By award.
    pub(crate) awards: Vec<i64>,
    /// Of what was chosen.
    pub(crate) chosen: Vec<i64>,
    /// Off the counters of pieces and of spend.
    pub(crate) counts: (i64, i64),
    /// Off the counters that have shares.
    pub(crate) shares: Vec<i64>,
    /// Whether it counts as a kept purchase no more.
    pub(crate) lost: bool,
}

/// What requests paid of a purchase.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Payment {
    /// What counts as spent of each line, micro-units.
    pub(crate) counted: Box<[i64]>,
    pub(crate) spent: Box<[Spent]>,
    /// Rewards that were redeemed, and how many times.
    pub(crate) uses: Box<[(Source, i64)]>,
    /// The partner of the coalition that gets money for the units that were spent.
    pub(crate) partner: Option<Box<str>>,
    /// What partners were charged for vouchers and rewards.
    pub(crate) funded: Box<[FundedUse]>,
}

/// What vouchers or rewards of one name cost those who fund them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FundedUse {
    /// Vouchers or rewards.
    pub(crate) expense: Expense,
    /// Their name.
    pub(crate) name: Box<str>,
    /// Micro-units, above zero.
    pub(crate) amount: i64,
    /// The same by line, and at the end what belongs to no line. Without parts it comes back whole with the last line.
    pub(crate) parts: Option<Box<[i64]>>,
}

/// What one request took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spent {
    pub(crate) thing: Thing,
    /// The lots it came from, in the order in which they were used.
    pub(crate) lots: Box<[SpentLot]>,
    /// What it paid of each line, in its own scale, and at the end what belongs to no line. Without parts it comes back
    /// whole with the last line.
    pub(crate) parts: Option<Box<[i64]>>,
    /// Whether its value went to a charity: it stays given when goods come back.
    pub(crate) away: bool,
}

/// A lot that paid, with its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpentLot {
    pub(crate) lot: u32,
    pub(crate) amount: i64,
    pub(crate) source: Source,
    /// First usable day.
    pub(crate) start: Date,
    /// Last usable day.
    pub(crate) last: Option<Date>,
    /// Why the last day could still move; `None` where it was settled.
    pub(crate) end: Option<Arc<OpenEnd>>,
}

/// What one rule gave for a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceiptAward {
    pub(crate) source: Source,
    pub(crate) thing: Thing,
    /// The lot, the first voucher or the open choice; 0 for units without lots and for stamps.
    pub(crate) lot: u32,
    /// The first day on which it could be used.
    pub(crate) start: Date,
    /// What was booked in all.
    pub(crate) amount: i64,
    /// How much of it paid off a debt and never became a lot; of stamps, how many were dropped and came onto no card.
    pub(crate) repaid: i64,
    /// Which part of it each line gave.
    pub(crate) record: LineRecord,
}

/// What an open choice gave, later than the purchase and perhaps in another window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) award: ReceiptAward,
    pub(crate) at: Instant,
    pub(crate) day: Date,
}

/// Which part of an amount each line gave. Most amounts are in proportion to values or quantities of some lines; then
/// the parts are worked out only when a return asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LineRecord {
    /// The event as a whole gave it.
    Event,
    /// The event as a whole gave it, and it comes back whole with the last line.
    Whole,
    /// A game gave it, and it stays when goods come back.
    Stays,
    /// In proportion to the values of these lines.
    Values(Lines),
    /// In proportion to the quantities of these lines.
    Quantities(Lines),
    /// Part by line, and at the end that of the event.
    Parts(Box<[i64]>),
}

impl ReceiptAward {
    /// What each line gave, and at the end what the event as a whole gave. They add up to the amount.
    pub(crate) fn parts(&self, receipt: &Receipt) -> Vec<i64> {
        let items = &receipt.items;
        let mut parts = vec![0; items.len() + 1];
        let weights: Vec<i128> = match &self.record {
            LineRecord::Parts(known) => return known.to_vec(),
            LineRecord::Event | LineRecord::Whole | LineRecord::Stays => Vec::new(),
            LineRecord::Values(lines) => weigh(items.len(), lines, |line| receipt.counted(line)),
            LineRecord::Quantities(lines) => {
                weigh(items.len(), lines, |line| items.get(line).map_or(0, |item| item.quantity))
            }
        };
        let mut shared = Vec::new();
        let done = Sharer::new().share_out(i128::from(self.amount), &weights, Ties::Later, &mut shared);
        if done.is_none() || weights.iter().sum::<i128>() == 0 {
            // nothing to share by: it sits on the event
            if let Some(event) = parts.last_mut() {
                *event = self.amount;
            }
            return parts;
        }
        for (part, share) in parts.iter_mut().zip(shared) {
            *part = i64::try_from(share).unwrap_or(0);
        }
        parts
    }
}

fn weigh(width: usize, lines: &Lines, of: impl Fn(usize) -> i64) -> Vec<i128> {
    (0..width).map(|line| if lines.has(line) { i128::from(of(line)) } else { 0 }).collect()
}

/// What a purchase added to a counter, by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MeterShare {
    pub(crate) meter: MeterId,
    pub(crate) slot: i64,
    /// How it goes back.
    pub(crate) by: ShareBy,
    /// By line; one part where it goes back with the whole or with a unit.
    pub(crate) parts: Box<[i64]>,
}

/// How a counter is lowered when goods come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShareBy {
    /// By value.
    Value,
    /// By quantity.
    Quantity,
    /// All of it when everything has come back.
    Whole,
    /// One, when all lines with a part have come back.
    Lines,
    /// By what is taken back of a unit that rules gave.
    Unit(UnitId),
    /// As an award with these parts: by line, and at the end that of the event.
    Award,
    /// Only where the event was a mistake.
    Mistake,
}

impl MeterShare {
    /// What it has added in all.
    pub(crate) fn all(&self) -> i64 {
        match self.by {
            ShareBy::Lines => 1,
            _ => self.parts.iter().sum(),
        }
    }
}

impl ShareBy {
    /// How many parts there are for so many lines.
    pub(crate) const fn parts(self, lines: usize) -> usize {
        match self {
            Self::Value | Self::Quantity | Self::Lines => lines,
            Self::Award => lines + 1,
            Self::Whole | Self::Unit(_) | Self::Mistake => 1,
        }
    }
}

impl Receipt {
    /// Of something that leaves no record of its own: that it was a mistake.
    pub(crate) fn of_mistake(id: &Arc<str>, member: Option<&Arc<str>>, (at, day): (Instant, Date)) -> Self {
        Self {
            id: Arc::clone(id),
            member: member.cloned(),
            kind: None,
            at,
            day,
            items: Arc::from([]),
            returned: Vec::new(),
            awards: Vec::new(),
            chosen: Vec::new(),
            shares: Vec::new(),
            payment: None,
            gifts: Vec::new(),
            pledged: Vec::new(),
            turnover: Vec::new(),
            frozen: None,
            cancelled: true,
            taken: None,
        }
    }

    /// What counts as spent on a line, micro-units: its value, less what requests paid of it.
    pub(crate) fn counted(&self, line: usize) -> i64 {
        let counted = self.payment.as_ref().and_then(|payment| payment.counted.get(line).copied());
        counted.unwrap_or_else(|| self.items.get(line).map_or(0, |item| item.value))
    }

    /// Quantity and value of a line that are left.
    pub(crate) fn left(&self, line: usize) -> (i64, i64) {
        let (quantity, value) = self.items.get(line).map_or((0, 0), |item| (item.quantity, item.value));
        let (gone, paid) = self.returned.get(line).copied().unwrap_or((0, 0));
        (quantity - gone, value - paid)
    }

    /// What is left of what counts as spent on a line, micro-units.
    pub(crate) fn counted_left(&self, line: usize) -> i64 {
        let ((_, left), counted) = (self.left(line), self.counted(line));
        let value = self.items.get(line).map_or(0, |item| item.value);
        if value == counted {
            return left;
        }
        let product = i128::from(counted) * i128::from(left);
        i64::try_from(product.checked_div(i128::from(value)).unwrap_or(0)).unwrap_or(0)
    }

    /// How much of a line has come back, as a fraction: by value, or by quantity if the line is worth nothing.
    pub(crate) fn fraction(&self, line: usize) -> (i64, i64) {
        let Some(item) = self.items.get(line) else { return (0, 1) };
        let (gone, paid) = self.returned.get(line).copied().unwrap_or((0, 0));
        match (item.value, item.quantity) {
            (0, 0) => (i64::from(gone > 0), 1),
            (0, quantity) => (gone, quantity),
            (value, _) => (paid, value),
        }
    }

    /// How much of the whole purchase has come back, by value, or by quantity if it is worth nothing; never above the
    /// whole. What pays money back, such as a deposit, does not lower it again: what was taken stays taken.
    pub(crate) fn whole_fraction(&self) -> (i64, i64) {
        if self.is_returned_in_full() {
            return (1, 1);
        }
        let value: i64 = self.items.iter().map(|item| item.value).sum();
        if value != 0 {
            let paid = self.returned.iter().map(|line| line.1);
            let paid: i64 = paid.filter(|paid| paid.signum() == value.signum()).sum();
            return if paid.abs() < value.abs() { (paid, value) } else { (1, 1) };
        }
        let gone: i64 = self.returned.iter().map(|line| line.0).sum();
        let quantity: i64 = self.items.iter().map(|item| item.quantity).sum();
        if quantity != 0 { (gone, quantity) } else { (0, 1) }
    }

    /// Whether anything has come back.
    pub(crate) fn has_come_back(&self) -> bool {
        let whole = self.items.is_empty() && !self.returned.is_empty();
        whole || self.returned.iter().any(|line| *line != (0, 0))
    }

    /// Whether all lines with a part have come back.
    pub(crate) fn has_lines_back(&self, parts: &[i64]) -> bool {
        if self.is_returned_in_full() {
            return true;
        }
        let mut mine = self.items.iter().enumerate().zip(parts).filter(|(_, part)| **part != 0);
        !self.returned.is_empty()
            && mine.all(|((line, _), _)| {
                let (gone, whole) = self.fraction(line);
                gone == whole
            })
    }

    /// Whether everything has come back: all lines that are worth something, or all lines if none is. An event without
    /// items is one line.
    pub(crate) fn is_returned_in_full(&self) -> bool {
        if self.returned.is_empty() {
            return false;
        }
        let worthless = self.items.iter().all(|item| item.value == 0);
        let is_back = |(line, item): (usize, &Item)| {
            let (part, whole) = self.fraction(line);
            (item.value == 0 && (item.quantity == 0 || !worthless)) || part == whole
        };
        self.items.iter().enumerate().all(is_back)
    }
}
