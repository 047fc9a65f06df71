//! Lots: all amounts of one unit that one rule gave on the same terms.
//!
//! Amounts of equal unit, source and last day share a lot, so an account has as many lots as there are different last
//! days, and not as many as there were purchases. What is not usable yet stands beside it, by its first day. Where the
//! last day may still move, the lot remembers why, and amounts share it that have all of this in common.

use super::open_end::OpenEnd;
use crate::calendar::Date;
use crate::ledger::Source;
use crate::program::{Activity, UnitId};
use std::sync::Arc;

/// What is left of all amounts on the same terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lot {
    /// Unit, source and last day as numbers.
    key: u128,
    /// Counted from 1 in each account.
    pub(crate) number: u32,
    pub(crate) unit: UnitId,
    pub(crate) source: Source,
    /// Last usable day, as it is now.
    pub(crate) last: Option<Date>,
    /// Why the last day may still move; `None` where it is settled.
    pub(crate) end: Option<Arc<OpenEnd>>,
    /// The day of the newest booking of it.
    pub(crate) earned: Date,
    /// Usable.
    pub(crate) left: i64,
    /// Not usable yet: first usable day and amount, by day. [`Date::MAX`] waits for an event.
    pub(crate) pending: Vec<(Date, i64)>,
    /// What went without being used: it expired, or went for lines of no purchase. A later return counts it as taken.
    pub(crate) lapsed: i64,
}

impl Lot {
    /// An empty lot.
    pub(crate) const fn open(number: u32, terms: Terms, earned: Date) -> Self {
        let (unit, source, last) = terms;
        Self {
            key: key(terms),
            number,
            unit,
            source,
            last,
            end: None,
            earned,
            left: 0,
            pending: Vec::new(),
            lapsed: 0,
        }
    }

    /// What is not usable yet, of all days.
    pub(crate) fn all_pending(&self) -> i64 {
        self.pending.iter().map(|(_, amount)| amount).sum()
    }

    /// What becomes usable on a day.
    pub(crate) fn pending_from(&self, start: Date) -> i64 {
        self.pending.iter().find(|(day, _)| *day == start).map_or(0, |(_, amount)| *amount)
    }

    /// Usable or not yet.
    pub(crate) fn all_left(&self) -> i64 {
        self.left + self.all_pending()
    }

    /// Whether nothing can ask for it any more.
    pub(crate) fn is_spent(&self) -> bool {
        self.left == 0 && self.pending.is_empty() && self.lapsed == 0
    }

    /// Whether `no expiry when` of its terms may keep it.
    pub(crate) fn may_be_held(&self) -> bool {
        self.end.as_deref().is_some_and(OpenEnd::may_be_held)
    }

    /// Its place among all lots. Lots whose last day may still move stand each by itself, and so do lots that returns
    /// have filled again after others were opened on their terms.
    fn order(&self) -> (u128, bool, u32) {
        (self.key, self.end.is_some(), self.number)
    }

    /// Sets the terms of a lot whose last day may still move.
    pub(crate) fn set_end(&mut self, end: Arc<OpenEnd>) {
        self.last = end.last();
        self.key = key((self.unit, self.source, self.last));
        self.end = Some(end);
    }

    fn add_pending(&mut self, start: Date, amount: i64) {
        match self.pending.binary_search_by_key(&start, |(day, _)| *day) {
            Ok(place) => {
                if let Some((_, pending)) = self.pending.get_mut(place) {
                    *pending += amount;
                }
            }
            Err(place) => self.pending.insert(place, (start, amount)),
        }
    }

    /// Takes from what is not usable yet: of one day first if one is named, then of the others in their order.
    fn take_pending(&mut self, start: Option<Date>, amount: i64) {
        let mut rest = amount;
        let mut take = |portion: &mut (Date, i64)| {
            let part = rest.min(portion.1);
            portion.1 -= part;
            rest -= part;
        };
        if let Some(portion) = self.pending.iter_mut().find(|(day, _)| Some(*day) == start) {
            take(portion);
        }
        self.pending.iter_mut().for_each(take);
        self.pending.retain(|(_, amount)| *amount != 0);
    }
}

/// So many lots are looked through faster than they are halved again and again.
const FEW: usize = 8;

/// The terms that make a lot.
pub(crate) type Terms = (UnitId, Source, Option<Date>);

/// Terms as numbers, in the order of unit, source and last day: lots are looked for with every booking.
const fn key((unit, source, last): Terms) -> u128 {
    let (kind, one, two) = match source {
        Source::Rule(rule) => (0, rule.0, 0),
        Source::Card(card) => (1, card.0, 0),
        Source::Tier(tiers, level) => (2, tiers.0, level),
        Source::Referral(referral) => (3, referral.0, 0),
        Source::Given => (4, 0, 0),
        Source::Reward(reward) => (5, reward.0, 0),
        Source::Convert(convert) => (6, convert.0, 0),
        Source::Former(former) => (7, former.0, 0),
        Source::Rebate(rebate) => (10, rebate.0, 0),
        Source::Milestones(id) => (11, id.0, 0),
        // these give no lots
        Source::Donation(donation) => (8, donation.0, 0),
        Source::Redeem(unit) => (9, unit.0, 0),
        Source::Challenge(challenge) => (10, challenge.0, 0),
        Source::Streak(streak) => (11, streak.0, 0),
        Source::Draw(draw) => (12, draw.0, 0),
    };
    let last = match last {
        // before all days
        None => 0,
        Some(day) => day.days().cast_unsigned() ^ 1 << 31,
    };
    // a program has far fewer units than the 28 bits that are left for them
    let (high, low) =
        (((unit.0 as u64) << 36) | (kind << 32) | one as u64, ((two as u64) << 32) | last as u64);
    (high as u128) << 64 | low as u128
}

/// All lots of an account, by their terms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Lots(Vec<Lot>);

impl Lots {
    /// All lots, by unit, source and last day.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Lot> + Clone {
        self.0.iter()
    }

    /// All lots of a unit.
    pub(crate) fn of(&self, unit: UnitId) -> impl Iterator<Item = &Lot> + Clone {
        self.0.iter().filter(move |lot| lot.unit == unit)
    }

    /// The first lot with these terms that nothing can move.
    pub(crate) fn with(&self, unit: UnitId, source: Source, last: Option<Date>) -> Option<&Lot> {
        self.place((unit, source, last)).ok().and_then(|place| self.0.get(place))
    }

    /// The lot with a number.
    pub(crate) fn numbered(&self, number: u32) -> Option<&Lot> {
        self.0.iter().find(|lot| lot.number == number)
    }

    /// Adds an amount to the lot with this number, or opens one on these terms. An amount with a first day is not
    /// usable before.
    pub(crate) fn add(
        &mut self,
        number: u32,
        terms: Terms,
        earned: Date,
        (pending_until, amount): (Option<Date>, i64),
    ) {
        let numbered = || self.0.iter().position(|lot| lot.number == number);
        let known = if self.0.len() <= FEW {
            numbered()
        } else {
            let found = self.place(terms).ok();
            found.filter(|place| self.0.get(*place).is_some_and(|lot| lot.number == number)).or_else(numbered)
        };
        let place = known.unwrap_or_else(|| {
            let (Ok(first) | Err(first)) = self.place(terms);
            let lot = Lot::open(number, terms, earned);
            let before = self.0.iter().skip(first).take_while(|other| other.order() < lot.order());
            let place = first + before.count();
            self.0.insert(place, lot);
            place
        });
        let Some(lot) = self.0.get_mut(place) else { return };
        lot.earned = lot.earned.max(earned);
        match pending_until {
            Some(start) => lot.add_pending(start, amount),
            None => lot.left += amount,
        }
    }

    /// Puts a whole lot in its place; `false` if there is one with its terms.
    pub(crate) fn put(&mut self, lot: Lot) -> bool {
        match self.0.binary_search_by(|other| other.order().cmp(&lot.order())) {
            Ok(_) => false,
            Err(place) => {
                self.0.insert(place, lot);
                true
            }
        }
    }

    /// Sets the terms of a lot whose last day may still move.
    pub(crate) fn set_terms(&mut self, number: u32, end: &Arc<OpenEnd>) {
        if let Some(lot) = self.0.iter_mut().find(|lot| lot.number == number) {
            lot.set_end(Arc::clone(end));
        }
        self.0.sort_by_key(Lot::order);
    }

    /// Notes that something happened on a day: what ends without it lasts longer. Tells whether something does.
    pub(crate) fn note(&mut self, activity: Activity, day: Date) -> bool {
        let mut any = false;
        for lot in &mut self.0 {
            let Some(mut end) = lot.end.take_if(|end| end.counts(activity, day)) else { continue };
            Arc::make_mut(&mut end).note(activity, day);
            lot.set_end(end);
            any = true;
        }
        if any {
            self.0.sort_by_key(Lot::order);
        }
        any
    }

    /// What was pending up to a day becomes usable.
    pub(crate) fn activate(&mut self, number: u32, start: Option<Date>, amount: i64) {
        self.change(number, |lot| {
            lot.take_pending(start, amount);
            lot.left += amount;
        });
    }

    /// Takes from what is usable, or from what is not yet.
    pub(crate) fn take(&mut self, number: u32, pending: Option<Option<Date>>, amount: i64) {
        self.change(number, |lot| match pending {
            Some(start) => lot.take_pending(start, amount),
            None => lot.left -= amount,
        });
    }

    /// Notes what went without being used, or that a return has counted some of it.
    pub(crate) fn lapse(&mut self, number: u32, by: i64) {
        self.change(number, |lot| lot.lapsed += by);
    }

    /// Forgets lots of which only is known what lapsed, where no return can ask for it.
    pub(crate) fn forget(&mut self, is_asked: impl Fn(u32) -> bool) {
        self.0.retain(|lot| lot.all_left() != 0 || is_asked(lot.number));
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut Lot)) {
        let Some(place) = self.0.iter().position(|lot| lot.number == number) else { return };
        let Some(lot) = self.0.get_mut(place) else { return };
        change(lot);
        if lot.is_spent() {
            self.0.remove(place);
        }
    }

    fn place(&self, terms: Terms) -> Result<usize, usize> {
        let key = key(terms);
        // what stands behind everything with smaller terms
        let place = if self.0.len() > FEW {
            self.0.partition_point(|lot| lot.key < key)
        } else {
            self.0.iter().position(|lot| lot.key >= key).unwrap_or(self.0.len())
        };
        let found = self.0.get(place).is_some_and(|lot| lot.key == key && lot.end.is_none());
        if found { Ok(place) } else { Err(place) }
    }
}

#[cfg(test)]
mod tests {
    use super::Lots;
    use crate::calendar::Date;
    use crate::ledger::Source;
    use crate::program::{RuleId, UnitId};

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn amounts_on_the_same_terms_share_a_lot() {
        let (mut lots, source) = (Lots::default(), Source::Rule(RuleId(3)));
        let terms = (UnitId(0), source, Some(day("2026-12-31")));
        let earned = day("2026-02-01");
        lots.add(1, terms, earned, (Some(day("2026-02-15")), 10));
        lots.add(1, terms, earned, (Some(day("2026-02-15")), 5));
        lots.add(1, terms, earned, (Some(day("2026-02-20")), 7));
        lots.add(2, (UnitId(0), source, None), earned, (None, 4));
        assert_eq!(lots.iter().map(|lot| lot.number).collect::<Vec<_>>(), [2, 1]);
        let lot = lots.numbered(1).expect("open");
        assert_eq!((lot.left, lot.all_pending(), lot.pending_from(day("2026-02-15"))), (0, 22, 15));
        lots.activate(1, Some(day("2026-02-15")), 15);
        lots.take(1, None, 6);
        let lot = lots.numbered(1).expect("open");
        assert_eq!((lot.left, lot.pending.as_slice()), (9, &[(day("2026-02-20"), 7)][..]));
        lots.take(1, Some(None), 7);
        lots.take(1, None, 9);
        assert!(lots.numbered(1).is_none(), "nothing is left");
        lots.take(2, None, 4);
        lots.lapse(2, 4);
        assert_eq!(lots.iter().count(), 0);
    }
}
