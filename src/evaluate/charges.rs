//! What partners of a coalition owe for units that rules give, and get for units that are redeemed.
//!
//! Every booking of a unit that partners pay for tells what it means for each of them; nothing of it is kept in the
//! account. What comes back is credited at the price that was charged, in the period in which it comes back.

use super::draft::{Booked, Draft, Terms};
use crate::account::{Change, Receipt, Spent};
use crate::calendar::Date;
use crate::ledger::{Charge, Exact, Key, Side, Source, SourceKind, Thing};
use crate::program::{ALL_OF_IT, Expense, Program, UnitId};
use std::sync::Arc;

/// The decimals of money; no unit has so many.
pub(super) const MONEY: u32 = 6;

/// Units or money at a price.
pub(super) struct Priced<'a> {
    /// The name of the unit, or the currency.
    pub(super) unit: &'a str,
    /// Its decimals.
    pub(super) decimals: u32,
    /// In the unit's scale; below zero for a credit.
    pub(super) amount: i64,
    /// Micro-units for one.
    pub(super) price: i64,
    /// Millionths of a percent.
    pub(super) share: i64,
    /// What gave or took them.
    pub(super) words: (SourceKind, &'a str),
}

impl Draft<'_> {
    /// Gives an amount of a unit, and charges the partners who pay for it.
    #[inline]
    pub(super) fn give_charged(
        &mut self,
        unit: UnitId,
        amount: i64,
        source: Source,
        terms: Terms<'_>,
    ) -> Booked {
        let booked = self.book_unit(unit, amount, source, terms);
        if has_partners(self.program) {
            let of = Arc::clone(&self.event);
            self.charge_on(self.day, (source, unit), amount, &of);
        }
        booked
    }

    /// Credits them with what is taken back of what was given on a day, or charges it again if it is below zero.
    #[cold]
    pub(super) fn credit(&mut self, source: Source, unit: UnitId, amount: i64, given: Date, of: &Arc<str>) {
        self.charge_on(given, (source, unit), -amount, of);
    }

    #[cold]
    fn charge_on(&mut self, day: Date, (source, unit): (Source, UnitId), amount: i64, of: &Arc<str>) {
        let program = self.program;
        let (kind, rule, _) = program.source_words(source);
        let Some(list) = program.prices_on(day).filter(|_| amount != 0) else { return };
        let shares = match kind {
            SourceKind::Tier | SourceKind::Convert | SourceKind::Redeem | SourceKind::Given => None,
            SourceKind::Reward => list.pays_for(Expense::Reward, rule),
            _ => list.funded.get(rule),
        };
        let Some(shares) = shares else { return };
        let unit_name = program.unit_name(unit);
        let decimals = u32::from(program.unit_decimals(unit));
        let key = self.charge_key();
        for (partner, share) in shares {
            let price = list.partners.get(partner).and_then(|terms| terms.pays.get(unit_name));
            if let Some(price) = price {
                let words = (kind, rule);
                let priced =
                    Priced { unit: unit_name, decimals, amount, price: *price, share: *share, words };
                self.tell(&key, partner, Side::Owes, &priced, of);
            }
        }
    }

    /// A key of its own for what is told of one booking.
    pub(super) fn charge_key(&mut self) -> Key {
        self.key()
    }

    pub(super) fn tell(&mut self, key: &Key, partner: &str, side: Side, priced: &Priced<'_>, of: &Arc<str>) {
        let program = self.program;
        let today = self.today();
        let Some(settles) = program.settles(partner, today) else { return };
        let charge = Charge {
            key: key.to_string(),
            member: self.account.member.as_ref().to_owned(),
            partner: partner.to_owned(),
            side,
            amount: exact(priced),
            currency: program.currency.as_ref().to_owned(),
            unit: priced.unit.to_owned(),
            units: Exact::of_steps(i128::from(priced.amount) * (Exact::ONE / 10_i128.pow(priced.decimals))),
            price: Exact::of_steps(i128::from(priced.price) * (Exact::ONE / 1_000_000)),
            share: Exact::of_steps(i128::from(priced.share) * (Exact::ONE / 1_000_000)),
            source: priced.words.0,
            rule: priced.words.1.to_owned(),
            event: of.as_ref().to_owned(),
            day: today,
            starts: settles.start_of(today, &self.anchors),
            closes: settles.next_start(today, &self.anchors).unwrap_or(Date::MAX),
        };
        self.change(Change::Charge(Box::new(charge)));
    }

    /// Says what the partner of an event gets for the units that pay it, and notes the partner for a return.
    #[cold]
    pub(super) fn redeemed_at(&mut self, partner: &str, spent: &[Spent]) -> Option<Box<str>> {
        let of = Arc::clone(&self.event);
        let mut gets = false;
        for spent in spent.iter().filter(|spent| !spent.away) {
            let amount: i64 = spent.lots.iter().map(|lot| lot.amount).sum();
            gets |= self.pay_out(partner, spent.thing, amount, self.day, &of);
        }
        gets.then(|| partner.into())
    }

    /// What was redeemed at a partner has come back: the partner gives back what it got for it.
    #[cold]
    pub(super) fn redeemed_back(&mut self, receipt: &Receipt, thing: Thing, amount: i64) {
        let partner = receipt.payment.as_ref().and_then(|payment| payment.partner.as_deref());
        if let Some(partner) = partner {
            self.pay_out(partner, thing, -amount, receipt.day, &receipt.id);
        }
    }

    fn pay_out(&mut self, partner: &str, thing: Thing, amount: i64, day: Date, of: &Arc<str>) -> bool {
        let (Thing::Unit(unit), program) = (thing, self.program) else { return false };
        let terms = program.prices_on(day).and_then(|list| list.partners.get(partner));
        let name = program.unit_name(unit);
        let Some(price) = terms.and_then(|terms| terms.gets.get(name)).filter(|_| amount != 0) else {
            return false;
        };
        let (words, decimals) = ((SourceKind::Redeem, name), u32::from(program.unit_decimals(unit)));
        let priced = Priced { unit: name, decimals, amount, price: *price, share: ALL_OF_IT, words };
        let key = self.charge_key();
        self.tell(&key, partner, Side::Gets, &priced, of);
        true
    }
}

/// Units × price × share. The highest price keeps it in 128 bits.
fn exact(priced: &Priced<'_>) -> Exact {
    let steps = i128::from(priced.amount).saturating_mul(i128::from(priced.share));
    // money costs itself
    let price = if priced.decimals == MONEY { 10_000 } else { i128::from(priced.price) };
    let steps = steps.saturating_mul(price);
    Exact::of_steps(steps.saturating_mul(10_i128.pow(4_u32.saturating_sub(priced.decimals))))
}

impl super::Outcome {
    /// What the outcome means for the partners of a coalition, in the order in which it was booked: post each to the
    /// [`Settlement`](crate::ledger::Settlement) of its partner.
    pub fn charges(&self) -> impl Iterator<Item = &Charge> {
        self.postings.changes.iter().filter_map(|change| match change {
            Change::Charge(charge) => Some(&**charge),
            _ => None,
        })
    }
}

/// Whether there is any partner to tell something of.
pub(super) fn has_partners(program: &Program) -> bool {
    !program.price_lists.is_empty()
}
