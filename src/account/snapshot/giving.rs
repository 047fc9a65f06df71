//! What charities got, in a snapshot.

use super::restore::{Restore, in_order};
use super::take::{Names, text};
use super::{DonatedState, GiftState, PledgeState, PledgedState, SnapshotError};
use crate::account::{Account, GivenGift, Pledge, Pledged};
use crate::amount::format_scaled;
use crate::ledger::{Book, Thing, Totals};
use crate::program::{CharityId, SHARE_WHOLE};
use crate::wire::parse_amount;

/// The most that can be pledged, far below what 128 bits hold.
pub(super) const MOST: i128 = 1_000_000_000_000_000_000 * SHARE_WHOLE;

impl Names<'_> {
    pub(super) fn donated(&self, account: &Account) -> Vec<DonatedState> {
        let charities = (0..self.0.charities.len() as u32).map(CharityId);
        let given = charities.map(|charity| (charity, account.totals_of(Thing::Donation(charity))));
        let given = given.filter(|(_, totals)| *totals != Totals::default());
        let mut all: Vec<DonatedState> = given
            .map(|(charity, totals)| {
                let decimals = self.0.thing_decimals(Thing::Donation(charity));
                let book = |book| format_scaled(totals.balance(book).saturating_abs(), decimals);
                DonatedState {
                    charity: text(self.0.charity_name(charity)),
                    member: book(Book::Member),
                    owner: book(Book::Owner),
                }
            })
            .collect();
        all.sort_by(|one, two| one.charity.cmp(&two.charity));
        all
    }

    pub(super) fn pledges(&self, account: &Account) -> Vec<PledgeState> {
        let mut all: Vec<PledgeState> = account.pledges.iter().map(|pledge| self.pledge(pledge)).collect();
        all.sort_by_key(key);
        all
    }

    fn pledge(&self, pledge: &Pledge) -> PledgeState {
        PledgeState {
            closes: pledge.closes,
            charity: text(self.0.charity_name(pledge.charity)),
            source: self.source(pledge.source),
            by_member: pledge.by_member,
            amount: self.0.exact_money(pledge.amount),
        }
    }

    pub(super) fn gift(&self, gift: &GivenGift) -> GiftState {
        let decimals = self.0.thing_decimals(Thing::Donation(gift.charity));
        GiftState {
            charity: text(self.0.charity_name(gift.charity)),
            source: self.source(gift.source),
            by_member: gift.by_member,
            amount: format_scaled(gift.coins, decimals),
        }
    }

    pub(super) fn pledged(&self, pledged: &Pledged) -> PledgedState {
        let parts = pledged.parts.as_ref();
        PledgedState {
            pledge: self.pledge(&pledged.pledge),
            parts: parts.map(|parts| parts.iter().map(|part| self.0.exact_money(*part)).collect()),
        }
    }
}

/// The order of pledges.
fn key(state: &PledgeState) -> (crate::calendar::Date, String, &'static str, String, bool) {
    (
        state.closes,
        state.charity.clone(),
        state.source.kind.word(),
        state.source.rule.clone(),
        state.by_member,
    )
}

impl Restore<'_> {
    pub(super) fn donated(&mut self, donated: &[DonatedState]) -> Result<(), SnapshotError> {
        in_order("donations", donated, |state| state.charity.clone(), |state| state.charity.clone())?;
        for state in donated {
            let charity = self.program.charity_named(&state.charity)?;
            let decimals = self.program.thing_decimals(Thing::Donation(charity));
            let wrong = || SnapshotError::value("donations", &state.charity, "an amount has another form");
            let amount = |text: &str| parse_amount(text, decimals).filter(|amount| *amount >= 0);
            let (member, owner) =
                (amount(&state.member).ok_or_else(wrong)?, amount(&state.owner).ok_or_else(wrong)?);
            let sum = member.checked_add(owner).filter(|sum| *sum > 0).ok_or_else(wrong)?;
            let books = [(Book::Member, -member), (Book::Owner, -owner), (Book::Charity, sum)];
            if let Some(place) = self.account.charity_totals.get_mut(charity.index()) {
                *place = Totals::from_balances(&books);
            }
        }
        Ok(())
    }

    pub(super) fn pledges(&mut self, pledges: &[PledgeState]) -> Result<(), SnapshotError> {
        in_order("pledges", pledges, key, |state| state.charity.clone())?;
        for state in pledges {
            let pledge = self.pledge(state)?;
            self.account.book_pledge(&pledge);
        }
        Ok(())
    }

    fn pledge(&self, state: &PledgeState) -> Result<Pledge, SnapshotError> {
        let amount =
            self.program.parse_exact_money(&state.amount).filter(|amount| (1..=MOST).contains(amount));
        Ok(Pledge {
            closes: state.closes,
            source: self.source(&state.source)?,
            charity: self.program.charity_named(&state.charity)?,
            by_member: state.by_member,
            amount: amount.ok_or_else(|| {
                SnapshotError::value(
                    "pledge",
                    &state.charity,
                    "it is nothing, too large, or has another form",
                )
            })?,
        })
    }

    pub(super) fn gift(&self, id: &str, state: &GiftState) -> Result<GivenGift, SnapshotError> {
        let charity = self.program.charity_named(&state.charity)?;
        let coins = parse_amount(&state.amount, self.program.thing_decimals(Thing::Donation(charity)));
        let coins = coins.filter(|coins| *coins > 0);
        Ok(GivenGift {
            source: self.source(&state.source)?,
            charity,
            by_member: state.by_member,
            coins: coins
                .ok_or_else(|| SnapshotError::value("receipt", id, "what it gave has another form"))?,
        })
    }

    pub(super) fn pledged(
        &self,
        id: &str,
        lines: usize,
        state: &PledgedState,
    ) -> Result<Pledged, SnapshotError> {
        let wrong = || SnapshotError::value("receipt", id, "what it pledged is not what its lines pledged");
        let pledge = self.pledge(&state.pledge)?;
        let parts = match &state.parts {
            None => None,
            Some(parts) => {
                let parse = |text: &String| {
                    let part = self.program.parse_exact_money(text);
                    part.filter(|part| (-MOST..=MOST).contains(part))
                };
                let parts: Option<Box<[i128]>> = parts.iter().map(parse).collect();
                let adds_up =
                    |parts: &[i128]| parts.len() == lines + 1 && parts.iter().sum::<i128>() == pledge.amount;
                Some(parts.filter(|parts| adds_up(parts)).ok_or_else(wrong)?)
            }
        };
        Ok(Pledged { pledge, parts })
    }
}
