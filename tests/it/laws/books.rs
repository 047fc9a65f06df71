//! What deltas alone say, added up by a reader who knows nothing of accounts.

use loyalty_rules::Outcome;
use loyalty_rules::ledger::{Book, Delta, Totals};
use std::collections::{BTreeMap, BTreeSet};

/// The books of one member, from deltas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Books {
    totals: BTreeMap<String, TotalsOf>,
    keys: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct TotalsOf(Totals);

/// What a delta is counted in.
pub(super) fn thing(delta: &Delta) -> String {
    let text = format!("{delta:?}");
    let from = text.find("thing: ").expect("a delta has a thing") + 7;
    let to = text[from..].find(", amount").expect("and an amount") + from;
    text[from..to].to_owned()
}

impl Books {
    /// Books all deltas; every amount is above zero, every key is new, no book leaves its range.
    pub(super) fn book(&mut self, deltas: &[Delta]) {
        for delta in deltas {
            assert!(delta.amount_scaled() > 0, "nothing is moved: {delta:?}");
            let key = delta.key().to_string();
            assert!(self.keys.insert(key), "the key was used before: {delta:?}");
            let totals = self.totals.entry(thing(delta)).or_default();
            assert!(totals.0.book(delta), "a book leaves its range: {delta:?} on {totals:?}");
        }
        for (thing, totals) in &self.totals {
            let of = |book| totals.0.balance(book);
            let sum = of(Book::Pending)
                + of(Book::Available)
                + of(Book::Redeemed)
                + of(Book::Expired)
                + of(Book::TakenBack)
                + of(Book::Debt);
            assert_eq!(totals.0.issued(), sum, "{thing} does not balance");
        }
    }

    /// The balance of a book of every thing that was ever booked.
    pub(super) fn balances(&self, book: Book) -> BTreeMap<String, i64> {
        self.totals.iter().map(|(thing, totals)| (thing.clone(), totals.0.balance(book))).collect()
    }

    /// All balances of all books.
    pub(super) fn all(&self) -> BTreeMap<String, Vec<i64>> {
        let of = |totals: &TotalsOf| Book::ALL.iter().map(|book| totals.0.balance(*book)).collect();
        self.totals.iter().map(|(thing, totals)| (thing.clone(), of(totals))).collect()
    }
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

/// What an outcome took back, by thing.
pub(super) fn taken_back(outcome: &Outcome) -> BTreeMap<String, i64> {
    sums(outcome.deltas(), |delta| (delta.to() == Book::TakenBack).then(|| thing(delta)))
}
