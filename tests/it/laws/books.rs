//! What ledger lines alone say, added up by a reader who knows nothing of accounts and rules.

use loyalty_rules::calendar::Date;
use loyalty_rules::ledger::{Balances, Book, Delta, Totals};
use loyalty_rules::{Account, Outcome, Program};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The books of all members, from ledger lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Books {
    balances: Balances,
    keys: BTreeMap<(String, String), Date>,
}

/// What a delta is counted in: its kind and name.
pub(super) fn thing(program: &Program, delta: &Delta) -> String {
    let line = program.ledger_line("", delta);
    format!("{} {}", line.kind.word(), line.unit)
}

impl Books {
    /// Books all deltas of an outcome: every amount is above zero, every key is new, no book leaves its range; and
    /// every line is a delta again.
    pub(super) fn book(&mut self, program: &Program, outcome: &Outcome) -> Result<(), TestCaseError> {
        for delta in outcome.deltas() {
            prop_assert!(delta.amount_scaled() > 0, "nothing is moved: {delta:?}");
            let line = program.ledger_line(outcome.member(), delta);
            let before = self.keys.insert((line.member.clone(), line.key.clone()), line.day);
            // an id that the account has forgotten may come again, and its keys with it
            let is_new = before.is_none_or(|before| line.day.days_since(before) > 89);
            prop_assert!(is_new, "used before: {line:?}");
            let booked = self.balances.book(&line);
            prop_assert!(booked.is_ok(), "{booked:?}: {line:?} on {:?}", self.balances);
            let read = program.delta(&line);
            prop_assert_eq!(read.as_ref(), Ok(delta));
        }
        prop_assert!(self.balances.is_balanced());
        Ok(())
    }

    /// The balance of a book of every member and thing that was ever booked.
    pub(super) fn balances(&self, book: Book) -> Vec<i64> {
        self.balances.iter().map(|(_, _, _, totals)| totals.balance(book)).collect()
    }

    /// What is on its way between members, in the smallest step of points, and what is missing of all that was issued.
    pub(super) fn sums(&self) -> (i64, i64) {
        let sums = self.balances.sums().expect("small numbers");
        let (mut travels, mut missing) = (0, 0);
        for ((_, name), totals) in sums {
            missing += i64::from(!totals.is_balanced());
            if name == "points" {
                travels = totals.balance(Book::Transferred);
            }
        }
        (travels, missing)
    }

    /// Whether an account says the same as the ledger: all books of all units, and the lots of what is still held.
    pub(super) fn agree(&self, program: &Program, account: &Account) -> Result<(), TestCaseError> {
        let mine = self.balances.iter().filter(|(member, _, _, _)| *member == account.member());
        for (_, kind, name, totals) in mine {
            let theirs: Totals = account.totals(program, kind, name).expect("the program has the name");
            prop_assert_eq!(*totals, theirs, "{} {}", kind.word(), name);
            let sum = totals.balance(Book::Pending)
                + totals.balance(Book::Available)
                + totals.balance(Book::Redeemed)
                + totals.balance(Book::Expired)
                + totals.balance(Book::TakenBack)
                + totals.balance(Book::Debt)
                + totals.balance(Book::Transferred);
            prop_assert_eq!(totals.issued(), sum, "{} {}", kind.word(), name);
        }
        for (unit, (pending, available)) in lots(program, account) {
            let totals = account.totals(program, loyalty_rules::ledger::LineKind::Unit, &unit);
            let totals = totals.expect("the program has the unit");
            prop_assert_eq!(totals.balance(Book::Pending), pending, "pending {}", unit);
            prop_assert_eq!(totals.balance(Book::Available), available, "available {}", unit);
        }
        Ok(())
    }
}

/// Pending and usable amounts of all lots, by unit, in the unit's smallest step.
fn lots(program: &Program, account: &Account) -> BTreeMap<String, (i64, i64)> {
    let mut sums = BTreeMap::new();
    for lot in account.held_lots(program) {
        // the amount has exactly the decimals of the unit
        let scaled: i64 = lot.amount.replace('.', "").parse().expect("a number");
        assert!(scaled > 0, "an empty lot is held: {lot:?}");
        let sum: &mut (i64, i64) = sums.entry(lot.unit.clone()).or_default();
        if lot.pending { sum.0 += scaled } else { sum.1 += scaled }
    }
    sums
}

/// Sums of amounts by a key, without zeros.
pub(super) fn sums<'d, K: Ord>(
    deltas: impl IntoIterator<Item = &'d Delta>,
    key: impl Fn(&Delta) -> Option<K>,
) -> BTreeMap<K, i64> {
    let mut sums = BTreeMap::new();
    for delta in deltas {
        if let Some(key) = key(delta) {
            *sums.entry(key).or_insert(0) += delta.amount_scaled();
        }
    }
    sums
}
