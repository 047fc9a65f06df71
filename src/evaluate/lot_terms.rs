//! On which terms a lot is opened, which lots share them, and what keeps a lot alive or makes it usable.

use super::draft::{Draft, Terms, Transfer};
use super::judge::{Facts, Truth};
use super::terms;
use crate::account::{Change, HeldBy, Idle, Lines, Lot, OpenEnd, Wait};
use crate::calendar::{Date, Duration, DurationUnit};
use crate::ledger::{Book, Delta, Reason, Source, Thing};
use crate::program::{
    Activate, Activity, DateId, EventKindId, Expire, ExpireFrom, Program, SpendOrder, Unit, UnitId,
};
use std::sync::Arc;

/// How long a lot waits for the event that makes it usable.
const WAITS: Duration = Duration::new(24, DurationUnit::Month);

/// The days of a lot.
#[derive(Debug)]
pub(super) struct Days {
    /// The first usable day; `None` while it waits for an event.
    pub(super) start: Option<Date>,
    /// The last usable day as it is now.
    pub(super) last: Option<Date>,
    /// Why the last day may still move.
    pub(super) open: Option<Box<OpenEnd>>,
}

impl Draft<'_> {
    /// The days of what is earned of a unit.
    pub(super) fn days_of(&self, rules: &Unit, terms: &Terms<'_>) -> Days {
        if rules.is_plain() && terms.are_of_unit() {
            return Days { start: Some(self.day), last: None, open: None };
        }
        let activate = match terms.activate.unwrap_or(rules.activate) {
            // without a purchase there is nothing that an event could name; and what the event gives has it had
            Activate::OnEvent(event) if self.kind.is_none_or(|kind| kind == event) => Activate::AtOnce,
            activate => activate,
        };
        let expire = if terms.expire.is_empty() { &rules.expire } else { terms.expire };
        let start = terms::start_day(activate, self.day, terms.on, &self.anchors);
        let earned = (rules.spend == SpendOrder::Oldest).then_some(self.day);
        if let Some(last) = terms.last_day {
            let hold = rules.hold.is_some().then_some(HeldBy::Unit);
            let open = OpenEnd { fixed: Some(last), earned, hold, ..OpenEnd::default() };
            return Days { start, last: Some(last), open: open.is_open().then(|| Box::new(open)) };
        }
        let fixed = terms::last_day(expire, self.day, start, self.day, &self.anchors);
        let hold = match (terms.own_hold, rules.hold.is_some()) {
            (true, _) => Some(HeldBy::Rule),
            (false, true) => Some(HeldBy::Unit),
            (false, false) => None,
        };
        let wait = match activate {
            Activate::OnEvent(event) => Some(self.wait(event, expire)),
            _ => None,
        };
        let idles = || expire.iter().any(|line| matches!(line, Expire::Without(..)));
        if earned.is_none() && hold.is_none() && wait.is_none() && !idles() {
            return Days { start, last: fixed, open: None };
        }
        let of = wait.is_some().then(|| Arc::clone(&self.event));
        let open = OpenEnd { fixed, idle: self.idle(expire), earned, hold, of, wait };
        let last = open.last();
        Days { start, last, open: open.is_open().then(|| Box::new(open)) }
    }

    fn wait(&self, event: EventKindId, expire: &[Expire]) -> Wait {
        let then = expire.iter().filter_map(|line| match *line {
            Expire::After(length, ExpireFrom::Activation, tail) => {
                // what is booked keeps its terms, whatever day comes to be the member's own
                Some((length, tail.map(|tail| tail.settled(&self.anchors))))
            }
            _ => None,
        });
        let until = terms::after(WAITS, None, self.day, &self.anchors);
        Wait { event, until, then: then.collect() }
    }

    /// What ends without activity, counted from the latest of the activity, the booking and the joining.
    pub(super) fn idle(&self, expire: &[Expire]) -> Vec<Idle> {
        let lines = expire.iter().filter_map(|line| {
            let Expire::Without(length, activities) = *line else { return None };
            let without = self.program.activities.get(activities.index())?;
            let known = without.iter().filter_map(|activity| self.account.last_active(*activity));
            let since = known.chain([self.day, self.anchors.joined]).max()?;
            Some(Idle { length, without: without.clone(), since })
        });
        lines.collect()
    }

    /// The number of the lot with these terms: the one that is there, or was opened by this event, or a new one.
    pub(super) fn lot_with(
        &mut self,
        unit: UnitId,
        source: Source,
        last: Option<Date>,
        open: Option<Box<OpenEnd>>,
    ) -> u32 {
        let settled = self.account.lots.with(unit, source, last).filter(|_| open.is_none());
        let open = match settled {
            // what has expired is not woken up by a late event: a return has to tell the two apart, and so have keys
            Some(lot) if lot.all_left() == 0 => {
                let woken = OpenEnd { fixed: last, earned: Some(self.day), ..OpenEnd::default() };
                Some(Box::new(woken))
            }
            _ => open,
        };
        let known = match &open {
            None => settled.map(|lot| lot.number),
            Some(open) => {
                let mut lots = self.account.lots.of(unit).filter(|lot| lot.source == source);
                lots.find(|lot| self.has_terms(lot, open)).map(|lot| lot.number)
            }
        };
        if let Some(number) = known.or_else(|| self.opened(unit, source, last, open.as_deref())) {
            let is_taken = |delta: &Delta| {
                delta.thing == Thing::Unit(unit) && delta.lot == number && delta.from == Book::Available
            };
            if let Some(open) = open.filter(|_| self.postings.deltas.iter().any(is_taken)) {
                // a lot that this event has emptied knows its terms no more
                self.change(Change::LotTerms(number, Arc::from(open)));
            }
            return number;
        }
        let number = self.next_lot();
        if let Some(open) = open {
            self.change(Change::LotTerms(number, Arc::from(open)));
        }
        number
    }

    /// The lot with these terms that this event has opened.
    fn opened(
        &self,
        unit: UnitId,
        source: Source,
        last: Option<Date>,
        open: Option<&OpenEnd>,
    ) -> Option<u32> {
        let terms_of = |number: u32| {
            self.postings.changes.iter().find_map(|change| match change {
                Change::LotTerms(lot, open) if *lot == number => Some(&**open),
                _ => None,
            })
        };
        let opened = self.postings.deltas.iter().find(|delta| {
            delta.thing == Thing::Unit(unit)
                && matches!(delta.from, Book::Issued | Book::Redeemed | Book::Transferred)
                && delta.lot >= self.account.next_lot
                && (delta.source, delta.last_day) == (source, last)
                && terms_of(delta.lot) == open
        });
        opened.map(|delta| delta.lot)
    }

    /// Whether a lot has these terms once what this event does has kept it alive.
    fn has_terms(&self, lot: &Lot, open: &OpenEnd) -> bool {
        let Some(known) = lot.end.as_ref().filter(|_| lot.all_left() > 0) else { return false };
        let mut known = OpenEnd::clone(known);
        for change in &self.postings.changes {
            if let Change::Active(activity, day) = change {
                known.note(*activity, *day);
            }
        }
        known == *open
    }

    /// Notes that something happened that may keep lots alive.
    pub(crate) fn note_activity(&mut self, activity: Activity) {
        if !self.program.asks_activity(activity) {
            return;
        }
        let change = Change::Active(activity, self.day);
        if !self.postings.changes.contains(&change) {
            self.change(change);
        }
    }
}

impl Program {
    /// Whether any lot of the program ends without this activity.
    fn asks_activity(&self, activity: Activity) -> bool {
        self.activities.iter().any(|list| list.binary_search(&activity).is_ok())
    }
}

impl Facts<'_> {
    /// The day that the event brings under the name of a date: its own, else the latest of the items that count, else
    /// the member's.
    pub(super) fn date_of(&self, date: DateId, counts: &Lines) -> Option<Date> {
        let date = self.program.dates.get(date.index())?;
        let own = self.event.kind.and_then(|kind| date.events.get(kind.index()).copied().flatten());
        let days = if let Some(place) = own {
            self.num(crate::program::NumSubject::Event(place), None)
        } else if let Some(place) = date.item {
            let items = (0..self.event.items().len()).filter(|item| counts.has(*item));
            items.filter_map(|item| self.num(crate::program::NumSubject::Item(place), Some(item))).max()
        } else {
            self.num(crate::program::NumSubject::Member(date.member?), None)
        };
        i32::try_from(days?).ok().and_then(Date::from_days)
    }

    /// Whether `no expiry when` keeps a lot that is past its last day.
    pub(super) fn keeps(&self, lot: &Lot) -> bool {
        lot.end.as_ref().is_some_and(|end| self.keeps_on((lot.unit, lot.source), end))
    }

    /// Whether `no expiry when` keeps what a source gave on terms that may hold it.
    pub(super) fn keeps_on(&self, (unit, source): (UnitId, Source), end: &OpenEnd) -> bool {
        let test = match (end.hold.filter(|_| end.wait.is_none()), source) {
            (Some(HeldBy::Rule), Source::Rule(rule)) => {
                self.program.rules.get(rule.index()).and_then(|rule| rule.hold.as_ref())
            }
            // the condition was that of a rule which only another version has
            (Some(HeldBy::Rule), Source::Former(_)) => None,
            (Some(_), _) => self.program.units.get(unit.index()).and_then(|unit| unit.hold.as_ref()),
            (None, _) => None,
        };
        test.is_some_and(|test| self.judge(test, None) == Truth::Yes)
    }
}

/// What waits for the first event of a kind that names a purchase becomes usable; tells whether anything did.
pub(super) fn release(draft: &mut Draft<'_>, kind: EventKindId, purchase: &str) -> bool {
    let account = draft.account;
    let waits = |lot: &&Lot| {
        lot.end.as_ref().is_some_and(|open| {
            open.of.as_deref() == Some(purchase) && open.wait.as_ref().is_some_and(|wait| wait.event == kind)
        })
    };
    let mut lots: Vec<&Lot> = account.lots.iter().filter(waits).collect();
    lots.sort_by_key(|lot| (lot.unit, lot.number));
    let any = !lots.is_empty();
    for lot in lots {
        let Some(known) = &lot.end else { continue };
        let mut open = OpenEnd::clone(known);
        let then = open.wait.take().map(|wait| wait.then).unwrap_or_default();
        let ends = then.iter().map(|(length, tail)| terms::after(*length, *tail, draft.day, &draft.anchors));
        open.fixed = ends.chain(open.fixed).min();
        let booking = Transfer::new(
            Thing::Unit(lot.unit),
            lot.all_pending(),
            Book::Pending,
            Book::Available,
            lot.source,
            Reason::Activated,
        );
        let days = (draft.day, open.last());
        draft.transfer(booking.lasting(days.0, days.1).event(&Arc::from(purchase)).lot(lot.number));
        draft.change(Change::LotTerms(lot.number, Arc::new(open)));
    }
    any
}

/// Sorts what has to do with lots of a unit as the unit says that they are spent.
pub(crate) fn sort_for_spending<T>(
    program: &Program,
    unit: UnitId,
    lots: &mut [T],
    lot: impl Fn(&T) -> &Lot,
) {
    let order = program.units.get(unit.index()).map(|unit| unit.spend).unwrap_or_default();
    lots.sort_by_key(|entry| {
        let lot = lot(entry);
        let last = lot.last.unwrap_or(Date::MAX);
        match order {
            SpendOrder::SoonestExpiry => (last, lot.earned, lot.number),
            SpendOrder::Oldest => (lot.earned, last, lot.number),
        }
    });
}
