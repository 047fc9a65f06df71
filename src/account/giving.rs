//! What charities get: money that was given, and what is pledged until a period ends.

use super::Account;
use super::receipt::Receipt;
use crate::amount::format_scaled;
use crate::calendar::Date;
use crate::ledger::{Book, Source, Thing};
use crate::program::{CharityId, Program};
use serde::Serialize;

/// Money that a charity gets when a period ends: exact until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pledge {
    /// The first day behind the period.
    pub(crate) closes: Date,
    pub(crate) source: Source,
    pub(crate) charity: CharityId,
    /// Whether the member gives it; otherwise the owner does.
    pub(crate) by_member: bool,
    /// Micro-units over [`crate::program::SHARE_WHOLE`].
    pub(crate) amount: i128,
}

impl Pledge {
    /// Pledges with the same are one.
    const fn key(&self) -> (Date, Source, CharityId, bool) {
        (self.closes, self.source, self.charity, self.by_member)
    }
}

/// What an event gave to a charity at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GivenGift {
    pub(crate) source: Source,
    pub(crate) charity: CharityId,
    /// Whether the member gave it; otherwise the owner did.
    pub(crate) by_member: bool,
    /// In the smallest coin of the currency.
    pub(crate) coins: i64,
}

/// What a purchase added to a pledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pledged {
    pub(crate) pledge: Pledge,
    /// What each line gave, and at the end what the event as a whole gave. Without parts it comes back whole with the
    /// last line.
    pub(crate) parts: Option<Box<[i128]>>,
}

impl Pledged {
    /// How much of it is undone by what has come back of the purchase, or because it was cancelled. Nothing if a number leaves 128 bits.
    pub(crate) fn undone(&self, receipt: &Receipt) -> Option<i128> {
        let amount = self.pledge.amount;
        if receipt.cancelled {
            return Some(amount);
        }
        if receipt.returned.is_empty() {
            return Some(0);
        }
        let Some(parts) = &self.parts else {
            return Some(if receipt.is_returned_in_full() { amount } else { 0 });
        };
        let lines = receipt.items.len();
        let mut sum = 0_i128;
        for (place, part) in parts.iter().enumerate() {
            let (num, den) = if place < lines { receipt.fraction(place) } else { receipt.whole_fraction() };
            sum = sum.checked_add(portion((*part).max(0), num, den)?)?;
        }
        Some(sum.min(amount))
    }
}

/// floor(part × num / den), for a part of at least zero.
fn portion(part: i128, num: i64, den: i64) -> Option<i128> {
    if num == den {
        return Some(part);
    }
    let (num, den) = (i128::from(num), i128::from(den));
    let whole = part.checked_div(den)?.checked_mul(num)?;
    let rest = part.checked_rem(den)?.checked_mul(num)?.checked_div(den)?;
    whole.checked_add(rest)
}

/// What a member's account has given to one charity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Donated {
    /// The charity.
    pub charity: String,
    /// What the member has paid, in the digits of the program's currency.
    pub by_member: String,
    /// What the owner of the program has paid.
    pub by_owner: String,
    /// What is pledged and not settled yet, exactly.
    pub pledged: String,
}

impl Account {
    /// What has been given to each charity for this member, and what is pledged. Only charities of which there is
    /// something to tell.
    #[must_use]
    pub fn donated(&self, program: &Program) -> Vec<Donated> {
        let decimals = u8::try_from(program.currency_digits).unwrap_or(2);
        let all = (0..self.charity_totals.len() as u32).map(CharityId).map(|charity| {
            let totals = self.totals_of(Thing::Donation(charity));
            let text = |book| format_scaled(totals.balance(book).saturating_abs(), decimals);
            let pledges = self.pledges.iter().filter(|pledge| pledge.charity == charity);
            Donated {
                charity: program.charity_name(charity).into(),
                by_member: text(Book::Member),
                by_owner: text(Book::Owner),
                pledged: program.exact_money(pledges.map(|pledge| pledge.amount).sum()),
            }
        });
        let something = |given: &Donated| {
            [&given.by_member, &given.by_owner, &given.pledged]
                .iter()
                .any(|text| text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)))
        };
        all.filter(something).collect()
    }

    /// What is pledged on the terms of a pledge.
    pub(crate) fn pledged(&self, like: &Pledge) -> i128 {
        let place = self.pledges.binary_search_by_key(&like.key(), Pledge::key);
        place.ok().and_then(|place| self.pledges.get(place)).map_or(0, |pledge| pledge.amount)
    }

    /// Adds to what is pledged; tells whether the first due day has to be looked for anew.
    #[cold]
    pub(super) fn book_pledge(&mut self, change: &Pledge) -> bool {
        match self.pledges.binary_search_by_key(&change.key(), Pledge::key) {
            Ok(place) => {
                let Some(known) = self.pledges.get_mut(place) else { return false };
                known.amount = known.amount.saturating_add(change.amount);
                if known.amount == 0 {
                    self.pledges.remove(place);
                    return true;
                }
            }
            Err(place) if change.amount != 0 => self.pledges.insert(place, change.clone()),
            Err(_) => {}
        }
        self.expect_due(change.closes);
        false
    }
}
