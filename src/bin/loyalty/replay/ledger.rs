//! Writing bookings and balances, and the digest of the ledger.

use crate::screen::Failure;
use loyalty_rules::calendar::{Anchors, Period};
use loyalty_rules::ledger::{CharityBook, LedgerLine, LineKind};
use loyalty_rules::scenario::{World, balances};
use loyalty_rules::{Outcome, Program};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// Takes all bookings in order.
pub(crate) struct Ledger {
    file: Option<Sheet>,
    charges: Option<Sheet>,
    fees: Option<Sheet>,
    charities: Option<(Sheet, BTreeMap<String, CharityBook>)>,
    sha: Sha256,
    line: Vec<u8>,
}

/// Files that are written beside the ledger.
#[derive(Default)]
pub(crate) struct Beside<'a> {
    pub(crate) charges: Option<&'a str>,
    pub(crate) fees: Option<&'a str>,
    pub(crate) charities: Option<&'a str>,
}

/// A file that is written.
struct Sheet {
    path: String,
    out: BufWriter<File>,
    csv: bool,
    /// Whether the rows have a column for the account.
    wide: bool,
}

impl Ledger {
    /// A ledger that is written to a file, or only digested.
    pub(crate) fn create(path: Option<&str>, beside: Beside<'_>) -> Result<Self, Failure> {
        let file = match path {
            None => None,
            Some(path) => {
                let mut sheet =
                    Sheet { path: path.to_owned(), out: create(path)?, csv: is_csv(path), wide: false };
                if sheet.csv {
                    sheet.write(LedgerLine::CSV_HEADER.as_bytes())?;
                }
                Some(sheet)
            }
        };
        let open =
            |path: &str| Ok(Sheet { path: path.to_owned(), out: create(path)?, csv: false, wide: false });
        Ok(Self {
            file,
            charges: beside.charges.map(open).transpose()?,
            fees: beside.fees.map(open).transpose()?,
            charities: beside.charities.map(open).transpose()?.map(|sheet| (sheet, BTreeMap::new())),
            sha: Sha256::new(),
            line: Vec::new(),
        })
    }

    /// Adds the bookings of an outcome that a program made.
    pub(crate) fn add(&mut self, program: &Program, outcome: &Outcome) -> Result<(), Failure> {
        for line in outcome.lines(program) {
            self.line.clear();
            serde_json::to_writer(&mut self.line, &line)
                .map_err(|error| Failure::Message(error.to_string()))?;
            self.line.push(b'\n');
            self.sha.update(&self.line);
            match &mut self.file {
                Some(sheet) if sheet.csv => sheet.write_row(&line)?,
                Some(sheet) => sheet.write(&self.line)?,
                None => {}
            }
            if let Some((_, books)) = self.charities.as_mut().filter(|_| line.kind == LineKind::Donation) {
                let book = books.entry(line.unit.clone());
                let book = book.or_insert_with(|| CharityBook::new(&line.unit, program.currency()));
                book.post(&line).map_err(|error| Failure::Message(error.to_string()))?;
            }
        }
        if let Some(sheet) = &mut self.charges {
            outcome.charges().try_for_each(|charge| sheet.write_json(charge))?;
        }
        if let Some(sheet) = &mut self.fees {
            outcome.fees(program).iter().try_for_each(|fee| sheet.write_json(fee))?;
        }
        Ok(())
    }

    /// Closes the file and returns the digest of all JSON lines, each with its line feed.
    pub(crate) fn finish(self) -> Result<String, Failure> {
        if let Some(sheet) = self.file {
            sheet.close()?;
        }
        for sheet in self.charges.into_iter().chain(self.fees) {
            sheet.close()?;
        }
        if let Some((mut sheet, mut books)) = self.charities {
            for book in books.values_mut() {
                while let Some((first, _)) = book.open_days() {
                    let last = Period::Month.last_day(first, &Anchors::new(first));
                    sheet.write_json(&book.close(last))?;
                }
            }
            sheet.close()?;
        }
        Ok(self.sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Sheet {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes).map_err(|error| Failure::of("write", &self.path, error))
    }

    fn write_json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(value).map_err(|error| Failure::Message(error.to_string()))?;
        line.push(b'\n');
        self.write(&line)
    }

    /// Writes a row. The first line of an account of several members gives all rows a column for the account.
    fn write_row(&mut self, line: &LedgerLine) -> Result<(), Failure> {
        if line.account.is_some() && !self.wide {
            self.widen()?;
        }
        let row = if self.wide { line.csv_row_with_account() } else { line.csv_row() };
        self.write(row.as_bytes())
    }

    /// Writes the file anew with one more column, which is empty in all rows so far.
    fn widen(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| Failure::of("write", &self.path, error))?;
        let narrow = std::fs::read(&self.path).map_err(|error| Failure::of("read", &self.path, error))?;
        self.out = create(&self.path)?;
        self.wide = true;
        self.write(LedgerLine::CSV_HEADER_WITH_ACCOUNT.as_bytes())?;
        let rows = narrow.get(LedgerLine::CSV_HEADER.len()..).unwrap_or_default();
        let (mut quoted, mut start) = (false, 0);
        for (place, byte) in rows.iter().enumerate() {
            quoted ^= *byte == b'"';
            if *byte == b'\r' && !quoted {
                self.write(rows.get(start..place).unwrap_or_default())?;
                self.write(b",")?;
                start = place;
            }
        }
        self.write(rows.get(start..).unwrap_or_default())
    }

    fn close(mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| Failure::of("write", &self.path, error))
    }
}

/// Writes what every member has of every unit, by member, then unit.
pub(crate) fn write_balances(world: &World<'_>, path: &str) -> Result<(), Failure> {
    let mut out = create(path)?;
    let written: io::Result<()> = (|| {
        out.write_all(b"member,unit,available,pending\r\n")?;
        for row in balances(world) {
            let (member, unit) = (column(row.member), column(row.unit));
            write!(out, "{member},{unit},{},{}\r\n", row.available, row.pending)?;
        }
        out.flush()
    })();
    written.map_err(|error| Failure::of("write", path, error))
}

fn create(path: &str) -> Result<BufWriter<File>, Failure> {
    let file = File::create(path).map_err(|error| Failure::of("write", path, error))?;
    Ok(BufWriter::with_capacity(1 << 16, file))
}

fn is_csv(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("csv"))
}

/// A text as a column of RFC 4180.
fn column(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into()
    }
}
