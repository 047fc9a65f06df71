//! Reads purchase events from compressed JSON Lines, one event a line.

use chrono::{Datelike, Months, NaiveDate};
use flate2::read::GzDecoder;
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Prices and values are whole millionths of the currency.
pub(crate) const MILLION: i128 = 1_000_000;

/// One line of an event.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Item {
    pub(crate) sku: String,
    #[serde(default)]
    pub(crate) category: Option<String>,
    pub(crate) quantity: u32,
    pub(crate) unit_price: String,
    /// On a line of a return: the id of the purchase that it was matched to.
    #[serde(default)]
    pub(crate) returns: Option<String>,
}

impl Item {
    /// The price of one piece in millionths.
    pub(crate) fn price(&self) -> i128 {
        let (whole, part) = self.unit_price.split_once('.').unwrap_or((&self.unit_price, ""));
        assert!(part.len() <= 6, "{} has more than six places", self.unit_price);
        format!("{whole}{part:0<6}").parse().unwrap()
    }

    pub(crate) fn pieces(&self) -> i128 {
        i128::from(self.quantity)
    }

    /// Quantity times price, exactly, in millionths.
    pub(crate) fn value(&self) -> i128 {
        self.pieces() * self.price()
    }
}

/// One event of a file.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) member: String,
    /// The wall clock of the shop with its offset; the local date is what is written.
    pub(crate) at: String,
    pub(crate) items: Vec<Item>,
}

impl Event {
    /// The local date of the event.
    pub(crate) fn day(&self) -> NaiveDate {
        let (date, _) = self.at.split_once('T').unwrap();
        date.parse().unwrap()
    }
}

/// One event from one line of text.
pub(crate) fn event(line: &str) -> Event {
    serde_json::from_str(line).unwrap()
}

/// All lines of a file, or nothing, with a word about it, if the folder of the data is absent.
pub(crate) fn lines(file: &str) -> Option<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !folder.is_dir() {
        println!("skipped: ../shared/data is absent");
        return None;
    }
    let lines = BufReader::new(GzDecoder::new(File::open(folder.join(file)).unwrap())).lines();
    Some(lines.map(Result::unwrap).collect())
}

/// All events of a file in the order of the file, or nothing if the folder of the data is absent.
pub(crate) fn events(file: &str) -> Option<Vec<Event>> {
    Some(lines(file)?.iter().map(|line| event(line)).collect())
}

/// The date some months later; the day is cut to the length of that month.
pub(crate) fn months_after(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap()
}

/// The last day of the month that the day lies in.
pub(crate) fn month_end(day: NaiveDate) -> NaiveDate {
    months_after(day.with_day(1).unwrap(), 1).pred_opt().unwrap()
}

#[test]
fn prices_are_exact_and_days_are_local() {
    let read = event(
        r#"{"id":"1","type":"purchase","member":"007","at":"2011-07-01T00:10:00+01:00","currency":"GBP",
            "items":[{"sku":"A","name":"","quantity":3,"unit_price":"0.001"},
                     {"sku":"B","name":"","quantity":2,"unit_price":"4.25"}]}"#,
    );
    assert_eq!(read.items[0].value(), 3_000);
    assert_eq!(read.items[1].value(), 8_500_000);
    // in UTC it is still the day before
    assert_eq!(read.day(), NaiveDate::from_ymd_opt(2011, 7, 1).unwrap());
}

#[test]
fn months_are_cut_to_their_length() {
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    assert_eq!(months_after(day(2011, 8, 31), 6), day(2012, 2, 29));
    assert_eq!(month_end(months_after(day(2010, 12, 1), 6)), day(2011, 6, 30));
    assert_eq!(month_end(months_after(day(2010, 12, 31), 6)), day(2011, 6, 30));
}
