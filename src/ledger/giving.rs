//! The book of a charity: what all accounts have booked for it, and statements of what it is owed.

use super::{Book, Exact, LedgerLine, LineKind, Posted, SourceKind};
use crate::amount::minor_digits;
use crate::calendar::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// What a charity is owed over all accounts.
///
/// Ledger lines may be posted in any order and as often as the host likes: each counts once, by its member and key. The
/// host closes the book when it pays; a statement that was closed is never changed again, and what comes later for its
/// days counts in the next one.
///
/// ```
/// use loyalty_rules::ledger::{CharityBook, LedgerLine, Posted};
///
/// let line = r#"{"key":"K-1#2","member":"Lena","kind":"donation","unit":"Forests","amount":"0.65","from":"member",
///     "to":"charity","source":"donation","rule":"Round up","level":null,"event":"K-1","lot":0,"day":"2026-01-10",
///     "usable_from":null,"last_day":null,"reason":"donated"}"#;
/// let line: LedgerLine = serde_json::from_str(line)?;
/// let mut book = CharityBook::new("Forests", "EUR");
/// assert_eq!(book.post(&line)?, Posted::New);
/// assert_eq!(book.post(&line)?, Posted::Repeated);
/// assert_eq!(book.close("2026-01-31".parse()?).owed, "0.65");
/// assert_eq!(book.close("2026-02-28".parse()?).owed, "0.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharityBook {
    charity: String,
    currency: String,
    /// What no statement tells yet, by day, payer, source and rule.
    open: Vec<(Date, GiftRow)>,
    /// The oldest first.
    closed: Vec<CharityStatement>,
    /// Member and key of all that was posted.
    posted: BTreeSet<(String, String)>,
}

/// What one rule has given, by one payer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GiftRow {
    /// Who pays: [`Book::Member`] or [`Book::Owner`].
    pub by: Book,
    /// What gave it: a donation, or a unit that was given away.
    pub source: SourceKind,
    /// The name of the donation or unit.
    pub rule: String,
    /// How much, net of what was a mistake.
    pub amount: Exact,
}

/// What a charity is owed for some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CharityStatement {
    /// The charity.
    pub charity: String,
    /// The day behind the statement before; nothing for the first one, and where all of it has come late.
    pub from: Option<Date>,
    /// The last day.
    pub to: Date,
    /// The currency.
    pub currency: String,
    /// By payer, source and rule.
    pub rows: Vec<GiftRow>,
    /// What members have paid.
    pub of_members: String,
    /// What the owner pays.
    pub of_owner: String,
    /// Both together: what the charity is owed. Below zero where more was a mistake than came.
    pub owed: String,
}

/// Why a line was not posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GivingError {
    /// It is no gift to this charity.
    #[error("this is no gift to the charity of the book")]
    Foreign,
    /// Its amount is no money.
    #[error("the amount of the line is no money")]
    Amount,
    /// A sum would leave 128 bits.
    #[error("a sum is too large")]
    TooLarge,
}

impl CharityBook {
    /// An empty book of a charity, in the currency of the program.
    #[must_use]
    pub fn new(charity: &str, currency: &str) -> Self {
        Self {
            charity: charity.into(),
            currency: currency.into(),
            open: Vec::new(),
            closed: Vec::new(),
            posted: BTreeSet::new(),
        }
    }

    /// The charity.
    #[must_use]
    pub fn charity(&self) -> &str {
        &self.charity
    }

    /// Posts a ledger line.
    ///
    /// # Errors
    ///
    /// [`GivingError`]; nothing has changed then.
    pub fn post(&mut self, line: &LedgerLine) -> Result<Posted, GivingError> {
        let (by, sign) = match (line.from, line.to) {
            (by @ (Book::Member | Book::Owner), Book::Charity) => (by, 1),
            (Book::Charity, by @ (Book::Member | Book::Owner)) => (by, -1),
            _ => return Err(GivingError::Foreign),
        };
        if line.kind != LineKind::Donation || line.unit != self.charity {
            return Err(GivingError::Foreign);
        }
        let id = (line.member.clone(), line.key.clone());
        if self.posted.contains(&id) {
            return Ok(Posted::Repeated);
        }
        let amount: Exact = exact(&line.amount).filter(|it| it.steps() > 0).ok_or(GivingError::Amount)?;
        let amount = Exact::of_steps(sign * amount.steps());
        let row = GiftRow { by, source: line.source, rule: line.rule.clone(), amount };
        self.check_sums(amount)?;
        match self.open.iter_mut().find(|(day, known)| *day == line.day && known.key() == row.key()) {
            Some((_, known)) => known.amount = known.amount.plus(amount).ok_or(GivingError::TooLarge)?,
            None => {
                let place =
                    self.open.partition_point(|(day, known)| (*day, known.key()) < (line.day, row.key()));
                self.open.insert(place, (line.day, row));
            }
        }
        self.posted.insert(id);
        let is_late = self.closed.last().is_some_and(|last| line.day <= last.to);
        Ok(if is_late { Posted::Carried } else { Posted::New })
    }

    /// No sum of a statement can leave 128 bits if that of all that goes in and out does not.
    fn check_sums(&self, more: Exact) -> Result<(), GivingError> {
        let all = self.open.iter().try_fold(more.steps().unsigned_abs(), |sum, (_, row)| {
            sum.checked_add(row.amount.steps().unsigned_abs())
        });
        all.filter(|sum| i128::try_from(*sum).is_ok()).map(|_| ()).ok_or(GivingError::TooLarge)
    }

    /// Closes the book up to a day: what was posted for it and the days before it is told once, in the statement that is
    /// returned. A day before the last statement tells what has come late for such days.
    pub fn close(&mut self, to: Date) -> CharityStatement {
        let to = self.closed.last().map_or(to, |last| to.max(last.to));
        let statement = self.statement(to);
        self.open.retain(|(day, _)| *day > to);
        self.closed.push(statement.clone());
        statement
    }

    /// What would be told if the book were closed up to a day.
    #[must_use]
    pub fn statement(&self, to: Date) -> CharityStatement {
        let mut rows: Vec<GiftRow> = Vec::new();
        for (_, row) in self.open.iter().filter(|(day, _)| *day <= to) {
            match rows.binary_search_by(|known| known.key().cmp(&row.key())) {
                Ok(place) => {
                    if let Some(known) = rows.get_mut(place) {
                        known.amount = known.amount.plus(row.amount).unwrap_or(known.amount);
                    }
                }
                Err(place) => rows.insert(place, row.clone()),
            }
        }
        rows.retain(|row| !row.amount.is_zero());
        let sum = |by: &[Book]| {
            let mine = rows.iter().filter(|row| by.contains(&row.by));
            let sum = mine.fold(Exact::default(), |sum, row| sum.plus(row.amount).unwrap_or(sum));
            sum.rounded(minor_digits(&self.currency).unwrap_or(2))
        };
        CharityStatement {
            charity: self.charity.clone(),
            from: self.closed.last().map(|last| last.to.plus_days(1)).filter(|from| *from <= to),
            to,
            currency: self.currency.clone(),
            of_members: sum(&[Book::Member]),
            of_owner: sum(&[Book::Owner]),
            owed: sum(&[Book::Member, Book::Owner]),
            rows,
        }
    }

    /// The first and the last day for which something is open; nothing if nothing is.
    #[must_use]
    pub fn open_days(&self) -> Option<(Date, Date)> {
        Some((self.open.first()?.0, self.open.last()?.0))
    }

    /// The statements that were closed, the oldest first.
    #[must_use]
    pub fn statements(&self) -> &[CharityStatement] {
        &self.closed
    }
}

impl GiftRow {
    /// Rows with the same are one.
    fn key(&self) -> (Book, SourceKind, &str) {
        (self.by, self.source, &self.rule)
    }
}

/// Money of a ledger line, which has all digits of its currency: `12.50`.
fn exact(text: &str) -> Option<Exact> {
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    short.parse().ok()
}

impl fmt::Display for CharityStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from.map(|from| format!("{from} ")).unwrap_or_default();
        writeln!(f, "{}, {from}to {}", self.charity, self.to)?;
        for row in &self.rows {
            writeln!(f, "  {} {}: {} {}", row.amount, self.currency, row.source.word(), row.rule)?;
            writeln!(f, "    of the {}", row.by)?;
        }
        writeln!(f, "  is owed {} {}", self.owed, self.currency)
    }
}
