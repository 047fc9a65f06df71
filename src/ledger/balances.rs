//! What a ledger alone says: balances of all members, folded from lines without any program.

use super::wire::{LedgerLine, LineError, LineKind};
use super::{Book, Totals};
use crate::wire::parse_amount;
use std::collections::BTreeMap;

/// The balances of members and units, folded from [`LedgerLine`]s in the order in which they were booked.
///
/// It is the second opinion on accounts: it knows neither rules nor lots, only that amounts move between books.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Balances {
    totals: BTreeMap<(String, LineKind, String), Folded>,
}

/// Books of one unit of one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Folded {
    decimals: u8,
    totals: Totals,
}

impl Balances {
    /// Nothing booked yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Books a line. Nothing is booked if it is refused.
    ///
    /// # Errors
    ///
    /// [`LineError::Value`] if the amount is no amount of the unit's decimals, if it is not above zero, or if a book
    /// would leave its range.
    pub fn book(&mut self, line: &LedgerLine) -> Result<(), LineError> {
        let wrong = || LineError::Value { field: "amount", value: line.amount.chars().take(40).collect() };
        let decimals = line.amount.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let decimals = u8::try_from(decimals).ok().filter(|decimals| *decimals <= 4).ok_or_else(wrong)?;
        let amount = parse_amount(&line.amount, decimals).ok_or_else(wrong)?;
        let holder = line.account.as_ref().unwrap_or(&line.member);
        let key = (holder.clone(), line.kind, line.unit.clone());
        let known = self.totals.get(&key).copied();
        let mut folded = known.unwrap_or(Folded { decimals, totals: Totals::default() });
        if folded.decimals != decimals || !folded.totals.transfer(line.from, line.to, amount) {
            return Err(wrong());
        }
        self.totals.insert(key, folded);
        Ok(())
    }

    /// The books of a member and a unit, voucher or card, in the smallest step of the unit. Zero if nothing was
    /// booked.
    #[must_use]
    pub fn totals(&self, member: &str, kind: LineKind, unit: &str) -> Totals {
        let key = (member.to_owned(), kind, unit.to_owned());
        self.totals.get(&key).map_or_else(Totals::default, |folded| folded.totals)
    }

    /// All books: member, kind, name and balances, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, LineKind, &str, &Totals)> {
        self.totals.iter().map(|((member, kind, unit), folded)| (&**member, *kind, &**unit, &folded.totals))
    }

    /// The books of all members together, by kind and name. Nothing if a sum leaves 64 bits.
    #[must_use]
    pub fn sums(&self) -> Option<BTreeMap<(LineKind, &str), Totals>> {
        let mut sums: BTreeMap<(LineKind, &str), Totals> = BTreeMap::new();
        for (_, kind, unit, totals) in self.iter() {
            if !sums.entry((kind, unit)).or_default().add(totals) {
                return None;
            }
        }
        Some(sums)
    }

    /// Whether for each member and unit all books together are zero and each is in its range: what was issued is
    /// pending, available, redeemed, expired, taken back or given away, less debts.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.totals.values().all(|folded| {
            let in_range = |book: &Book| {
                let balance = folded.totals.balance(*book);
                match book {
                    Book::Transferred => true,
                    _ if book.is_source() => balance <= 0,
                    _ => balance >= 0,
                }
            };
            folded.totals.is_balanced() && Book::ALL.iter().all(in_range)
        })
    }
}
