//! Writing bookings and balances, and the digest of the ledger.

use crate::screen::Failure;
use loyalty_rules::ledger::LedgerLine;
use loyalty_rules::scenario::{World, balances};
use loyalty_rules::{Outcome, Program};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// Takes all bookings in order.
pub(crate) struct Ledger {
    file: Option<Sheet>,
    charges: Option<Sheet>,
    sha: Sha256,
    line: Vec<u8>,
}

/// A file that is written.
struct Sheet {
    path: String,
    out: BufWriter<File>,
    csv: bool,
}

impl Ledger {
    /// A ledger that is written to a file, or only digested.
    pub(crate) fn create(path: Option<&str>, charges: Option<&str>) -> Result<Self, Failure> {
        let file = match path {
            None => None,
            Some(path) => {
                let mut sheet = Sheet { path: path.to_owned(), out: create(path)?, csv: is_csv(path) };
                if sheet.csv {
                    sheet.write(LedgerLine::CSV_HEADER.as_bytes())?;
                }
                Some(sheet)
            }
        };
        let open = |path: &str| Ok(Sheet { path: path.to_owned(), out: create(path)?, csv: false });
        let charges = charges.map(open).transpose()?;
        Ok(Self { file, charges, sha: Sha256::new(), line: Vec::new() })
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
                Some(sheet) if sheet.csv => sheet.write(line.csv_row().as_bytes())?,
                Some(sheet) => sheet.write(&self.line)?,
                None => {}
            }
        }
        if let Some(sheet) = &mut self.charges {
            for charge in outcome.charges() {
                self.line.clear();
                serde_json::to_writer(&mut self.line, charge)
                    .map_err(|error| Failure::Message(error.to_string()))?;
                self.line.push(b'\n');
                sheet.write(&self.line)?;
            }
        }
        Ok(())
    }

    /// Closes the file and returns the digest of all JSON lines, each with its line feed.
    pub(crate) fn finish(self) -> Result<String, Failure> {
        if let Some(sheet) = self.file {
            sheet.close()?;
        }
        if let Some(sheet) = self.charges {
            sheet.close()?;
        }
        Ok(self.sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Sheet {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes).map_err(|error| Failure::of("write", &self.path, error))
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
