//! The book of a partner: charges of all accounts, added up by period, and the statement of each period.

use super::{Charge, Exact, Side, SourceKind};
use crate::amount::minor_digits;
use crate::calendar::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// What a partner owes and gets over all accounts, by settlement period.
///
/// Charges may be posted in any order and as often as the host likes: each counts once, by its member and key. A period
/// that was closed is never changed again; what comes later is settled with the next one.
///
/// ```
/// use loyalty_rules::ledger::{Charge, Posted, Settlement};
///
/// let line = r#"{"key":"P-1#1","member":"Sepp","partner":"Donaumarkt","side":"owes","amount":"0.288","currency":"EUR",
///     "unit":"taler","units":"24","price":"0.012","share":"100","source":"rule","rule":"Base","event":"P-1",
///     "day":"2026-07-04","starts":"2026-07-01","closes":"2026-08-01"}"#;
/// let charge: Charge = serde_json::from_str(line)?;
/// let mut book = Settlement::new("Donaumarkt", "EUR");
/// assert_eq!(book.post(&charge)?, Posted::New);
/// assert_eq!(book.post(&charge)?, Posted::Repeated);
/// let statement = book.statement("2026-07-01".parse()?).unwrap();
/// assert_eq!((statement.owes_exactly.to_string(), statement.owes.as_str()), ("0.288".into(), "0.29"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    partner: String,
    currency: String,
    /// By first day.
    sheets: Vec<Sheet>,
    /// What came for closed periods while no later one was open.
    waiting: Vec<Row>,
    /// Member, key and side of all that was posted.
    posted: BTreeSet<(String, String, Side)>,
}

/// One period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    starts: Date,
    closes: Date,
    closed: bool,
    rows: Vec<Row>,
}

/// What one rule comes to at one price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Row {
    /// Whether the partner owes it or gets it.
    pub side: Side,
    /// What gave the units, or took them.
    pub source: SourceKind,
    /// The name of the rule.
    pub rule: String,
    /// The unit.
    pub unit: String,
    /// The price of one.
    pub price: Exact,
    /// The share of the partner, in percent.
    pub share: Exact,
    /// How much of the unit, net of returns.
    pub units: Exact,
    /// Units × price × share, exactly.
    pub amount: Exact,
}

/// The statement of one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Statement {
    /// The partner.
    pub partner: String,
    /// The first day.
    pub starts: Date,
    /// The first day behind the period.
    pub closes: Date,
    /// Whether it is closed and never changes again.
    pub closed: bool,
    /// The currency.
    pub currency: String,
    /// By side, rule, unit, price and share.
    pub rows: Vec<Row>,
    /// What the partner owes, exactly.
    pub owes_exactly: Exact,
    /// What the partner gets, exactly.
    pub gets_exactly: Exact,
    /// What the partner owes, rounded half up once.
    pub owes: String,
    /// What the partner gets, rounded half up once.
    pub gets: String,
}

/// What became of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It counts in its period.
    New,
    /// It had been posted before: nothing changed.
    Repeated,
    /// Its period is closed: it counts in the next one.
    Carried,
}

/// Why a charge was not posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettlementError {
    /// It is of another partner or another currency.
    #[error("this is the book of another partner or currency")]
    Foreign,
    /// Its period ends before it starts, or lies across another one.
    #[error("the period of the charge does not fit to those of the book")]
    Period,
    /// A sum would leave 128 bits.
    #[error("a sum is too large")]
    TooLarge,
}

impl Settlement {
    /// An empty book of a partner, in the currency of the program.
    #[must_use]
    pub fn new(partner: &str, currency: &str) -> Self {
        Self {
            partner: partner.into(),
            currency: currency.into(),
            sheets: Vec::new(),
            waiting: Vec::new(),
            posted: BTreeSet::new(),
        }
    }

    /// The partner.
    #[must_use]
    pub fn partner(&self) -> &str {
        &self.partner
    }

    /// Posts a charge.
    ///
    /// # Errors
    ///
    /// [`SettlementError`]; nothing has changed then.
    pub fn post(&mut self, charge: &Charge) -> Result<Posted, SettlementError> {
        if charge.partner != self.partner || charge.currency != self.currency {
            return Err(SettlementError::Foreign);
        }
        let id = (charge.member.clone(), charge.key.clone(), charge.side);
        if self.posted.contains(&id) {
            return Ok(Posted::Repeated);
        }
        let place = self.sheet(charge.starts, charge.closes)?;
        let row = Row::of(charge);
        let is_closed = self.sheets.get(place).is_some_and(|sheet| sheet.closed);
        let later = self.sheets.iter_mut().skip(place).find(|sheet| !sheet.closed);
        match later {
            Some(sheet) => add(&mut sheet.rows, row)?,
            None => add(&mut self.waiting, row)?,
        }
        self.posted.insert(id);
        Ok(if is_closed { Posted::Carried } else { Posted::New })
    }

    /// The place of a period, which is added if it is new. What waits goes into it.
    fn sheet(&mut self, starts: Date, closes: Date) -> Result<usize, SettlementError> {
        let place = self.sheets.partition_point(|sheet| sheet.starts < starts);
        if self.sheets.get(place).is_some_and(|sheet| (sheet.starts, sheet.closes) == (starts, closes)) {
            return Ok(place);
        }
        let behind = self.sheets.get(place).is_none_or(|next| closes <= next.starts);
        let before = place.checked_sub(1).and_then(|before| self.sheets.get(before));
        if starts >= closes || !behind || before.is_some_and(|before| before.closes > starts) {
            return Err(SettlementError::Period);
        }
        // a period that was never seen lies before a closed one: it is closed with it
        let closed = self.sheets.iter().skip(place).any(|sheet| sheet.closed);
        let rows = if closed { Vec::new() } else { std::mem::take(&mut self.waiting) };
        self.sheets.insert(place, Sheet { starts, closes, closed, rows });
        Ok(place)
    }

    /// The first days of all periods, the oldest first.
    pub fn periods(&self) -> impl Iterator<Item = Date> {
        self.sheets.iter().map(|sheet| sheet.starts)
    }

    /// The statements of all periods, the oldest first.
    pub fn statements(&self) -> impl Iterator<Item = Statement> {
        self.periods().filter_map(|starts| self.statement(starts))
    }

    /// The statement of the period that starts on a day; nothing if nothing was posted for it.
    #[must_use]
    pub fn statement(&self, starts: Date) -> Option<Statement> {
        let sheet = self.sheets.iter().find(|sheet| sheet.starts == starts)?;
        let sum = |side| {
            let rows = sheet.rows.iter().filter(|row| row.side == side);
            rows.fold(Exact::default(), |sum, row| sum.plus(row.amount).unwrap_or(sum))
        };
        let (owes, gets) = (sum(Side::Owes), sum(Side::Gets));
        let digits = minor_digits(&self.currency).unwrap_or(2);
        Some(Statement {
            partner: self.partner.clone(),
            starts: sheet.starts,
            closes: sheet.closes,
            closed: sheet.closed,
            currency: self.currency.clone(),
            rows: sheet.rows.clone(),
            owes_exactly: owes,
            gets_exactly: gets,
            owes: owes.rounded(digits),
            gets: gets.rounded(digits),
        })
    }

    /// Closes the period that starts on a day, with all before it: none of them changes again. Returns its statement.
    pub fn close(&mut self, starts: Date) -> Option<Statement> {
        self.sheets.iter().find(|sheet| sheet.starts == starts)?;
        self.sheets.iter_mut().filter(|sheet| sheet.starts <= starts).for_each(|sheet| sheet.closed = true);
        self.statement(starts)
    }
}

impl Row {
    fn of(charge: &Charge) -> Self {
        Self {
            side: charge.side,
            source: charge.source,
            rule: charge.rule.clone(),
            unit: charge.unit.clone(),
            price: charge.price,
            share: charge.share,
            units: charge.units,
            amount: charge.amount,
        }
    }

    /// Rows with the same are one.
    fn key(&self) -> (Side, &str, SourceKind, &str, Exact, Exact) {
        (self.side, &self.rule, self.source, &self.unit, self.price, self.share)
    }
}

fn add(rows: &mut Vec<Row>, row: Row) -> Result<(), SettlementError> {
    // no sum of a sheet can leave 128 bits if the sums of all that goes in and out do not
    let too_large = || SettlementError::TooLarge;
    let all = rows.iter().try_fold(row.amount.steps().unsigned_abs(), |sum, row| {
        sum.checked_add(row.amount.steps().unsigned_abs())
    });
    all.filter(|sum| i128::try_from(*sum).is_ok()).ok_or_else(too_large)?;
    match rows.binary_search_by(|known| known.key().cmp(&row.key())) {
        Ok(place) => {
            let Some(known) = rows.get_mut(place) else { return Ok(()) };
            let units = known.units.plus(row.units).ok_or_else(too_large)?;
            known.amount = known.amount.plus(row.amount).ok_or_else(too_large)?;
            known.units = units;
        }
        Err(place) => rows.insert(place, row),
    }
    Ok(())
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.closed { "closed" } else { "open" };
        let last = self.closes.minus_days(1);
        writeln!(f, "{}, {} to {} ({state})", self.partner, self.starts, last)?;
        for row in &self.rows {
            let share = match row.share.to_string().as_str() {
                "100" => String::new(),
                share => format!(" x {share}%"),
            };
            writeln!(
                f,
                "  {} {} {}: {} {} x {} {}{share}",
                row.side, row.amount, self.currency, row.units, row.unit, row.price, self.currency
            )?;
            writeln!(f, "    {} {}", row.source.word(), row.rule)?;
        }
        writeln!(f, "  owes {} {}, gets {} {}", self.owes, self.currency, self.gets, self.currency)
    }
}
