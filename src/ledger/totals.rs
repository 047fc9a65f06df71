//! Sums per book: what a ledger says of one unit.

use super::{Book, Delta};

/// The balances of all books of one unit, in its scale. They sum to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    books: [i64; Book::ALL.len()],
}

impl Totals {
    /// Books with these balances; other books are at zero.
    pub(crate) fn from_balances(balances: &[(Book, i64)]) -> Self {
        let mut totals = Self::default();
        for (place, balance) in totals.books.iter_mut().enumerate() {
            *balance = balances.iter().find(|(book, _)| *book as usize == place).map_or(0, |(_, sum)| *sum);
        }
        totals
    }

    /// The balance of a book. [`Book::Issued`], [`Book::Debt`], [`Book::Member`] and [`Book::Owner`] are zero or below,
    /// [`Book::Transferred`] is either, all
    /// others are zero or above.
    #[must_use]
    pub fn balance(&self, book: Book) -> i64 {
        self.books.get(book as usize).copied().unwrap_or(0)
    }

    /// What was ever issued.
    #[must_use]
    pub fn issued(&self) -> i64 {
        -self.balance(Book::Issued)
    }

    /// Books a delta. `false` if a book would leave its range; nothing is changed then.
    #[must_use]
    pub fn book(&mut self, delta: &Delta) -> bool {
        self.transfer(delta.from, delta.to, delta.amount)
    }

    /// Moves an amount between two books.
    #[must_use]
    pub fn transfer(&mut self, from: Book, to: Book, amount: i64) -> bool {
        let (Some(less), Some(more)) =
            (self.balance(from).checked_sub(amount), self.balance(to).checked_add(amount))
        else {
            return false;
        };
        let overdrawn = less < 0 && !from.is_source() && from != Book::Transferred;
        let overpaid = more > 0 && to.is_source();
        if amount <= 0 || from == to || overdrawn || overpaid {
            return false;
        }
        if let Some(balance) = self.books.get_mut(from as usize) {
            *balance = less;
        }
        if let Some(balance) = self.books.get_mut(to as usize) {
            *balance = more;
        }
        true
    }

    /// Takes a booked delta back.
    pub(crate) fn unbook(&mut self, delta: &Delta) {
        for (place, balance) in self.books.iter_mut().enumerate() {
            if place == delta.from as usize {
                *balance += delta.amount;
            }
            if place == delta.to as usize {
                *balance -= delta.amount;
            }
        }
    }

    /// Adds the balances of another account. `false` on overflow.
    #[must_use]
    pub fn add(&mut self, other: &Self) -> bool {
        self.books.iter_mut().zip(other.books).all(|(mine, theirs)| match mine.checked_add(theirs) {
            Some(sum) => {
                *mine = sum;
                true
            }
            None => false,
        })
    }

    /// Whether all books together are zero.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.books.iter().map(|balance| i128::from(*balance)).sum::<i128>() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Book, Totals};

    #[test]
    fn books_keep_their_ranges_and_sum_to_zero() {
        let mut totals = Totals::default();
        assert!(totals.transfer(Book::Issued, Book::Pending, 14));
        assert!(totals.transfer(Book::Pending, Book::Available, 14));
        assert!(!totals.transfer(Book::Pending, Book::Available, 1), "pending is empty");
        assert!(!totals.transfer(Book::Available, Book::Available, 1));
        assert!(!totals.transfer(Book::Available, Book::Expired, 0));
        assert!(totals.transfer(Book::Available, Book::TakenBack, 10));
        assert!(totals.transfer(Book::Debt, Book::TakenBack, 3), "a debt goes below zero");
        assert!(!totals.transfer(Book::Issued, Book::Debt, 4), "and never above");
        assert_eq!(totals.issued(), 14);
        assert_eq!(totals.balance(Book::Available), 4);
        assert_eq!(totals.balance(Book::TakenBack), 13);
        assert_eq!(totals.balance(Book::Debt), -3);
        assert!(totals.is_balanced());
        assert!(totals.transfer(Book::Available, Book::Transferred, 4));
        assert!(totals.transfer(Book::Transferred, Book::Available, 9), "more arrived than was given away");
        assert_eq!(totals.balance(Book::Transferred), -5);
        assert!(totals.is_balanced());
    }
}
