//! The eight rules as a programmer would write them for one shop, with the same inputs and outputs as the engine:
//! instants in, owned double-entry ledger rows out, all of it fit to be sent to another thread. `rust_decimal`, texts as
//! keys, the local day by `jiff`, state carried over, spend counted by calendar year and levels with their terms, ids
//! remembered with their content, and of every purchase what it earned, so that it could be taken back. The yardstick
//! of the benchmarks.

use super::{Purchase, Total};
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;

/// A purchase with its amounts as decimals, built beforehand like the engine's events.
#[derive(Debug)]
pub(crate) struct HandEvent {
    id: Arc<str>,
    member: Arc<str>,
    at: Timestamp,
    channel: String,
    lines: Arc<[HandLine]>,
}

#[derive(Debug, PartialEq)]
struct HandLine {
    category: String,
    quantity: Decimal,
    price: Decimal,
}

/// One row of the ledger.
#[derive(Debug)]
pub(crate) struct HandDelta {
    pub(crate) event: Arc<str>,
    pub(crate) number: u32,
    pub(crate) day: Date,
    pub(crate) rule: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) from: HandBook,
    pub(crate) to: HandBook,
    pub(crate) amount: Decimal,
}

/// Where an amount comes from and where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandBook {
    Issued,
    Available,
    Redeemed,
}

/// What a return would ask: the lines, and what each rule gave.
#[derive(Debug)]
struct HandReceipt {
    at: Timestamp,
    lines: Arc<[HandLine]>,
    _given: Vec<(&'static str, Decimal)>,
}

/// The state of one member.
#[derive(Debug, Default)]
pub(crate) struct HandState {
    receipts: HashMap<Arc<str>, HandReceipt>,
    points: Decimal,
    /// The calendar year of `spend`.
    year: i16,
    spend: Decimal,
    stamps: Decimal,
    vouchers: i64,
    level: u32,
    /// The last year of the level.
    until: i16,
    app_day: Date,
    app_used: Decimal,
}

/// The purchases as the hand-written function takes them.
#[must_use]
pub(crate) fn events(purchases: &[Purchase]) -> Vec<HandEvent> {
    let event = |purchase: &Purchase| HandEvent {
        id: purchase.id.as_str().into(),
        member: purchase.member.as_str().into(),
        at: purchase.at().parse().expect("an instant"),
        channel: purchase.channel.to_owned(),
        lines: purchase
            .lines
            .iter()
            .map(|line| HandLine {
                category: line.category.clone(),
                quantity: Decimal::from(line.quantity),
                price: Decimal::new(i64::from(line.cents), 2),
            })
            .collect(),
    };
    purchases.iter().map(event).collect()
}

/// Runs all events.
#[must_use]
pub(crate) fn run(events: &[HandEvent]) -> HashMap<&str, HandState> {
    let mut states: HashMap<&str, HandState> = HashMap::new();
    let zone = TimeZone::get("Europe/Berlin").expect("it is known");
    for event in events {
        let judged = judge(&zone, states.entry(&event.member).or_default(), event);
        std::hint::black_box(judged.expect("no id comes twice with other content"));
    }
    states
}

/// The value of all lines, that of the lines that earn, and the coffees.
fn sums(lines: &[HandLine]) -> (Decimal, Decimal, Decimal) {
    let (mut basket, mut eligible, mut coffees) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for line in lines {
        let value = line.quantity * line.price;
        basket += value;
        match line.category.as_str() {
            "alcohol" | "gift-cards" => {}
            "coffee" => {
                eligible += value;
                coffees += line.quantity;
            }
            _ => eligible += value,
        }
    }
    (basket, eligible, coffees)
}

/// The ledger rows of an event: none if it was there before, an error if it was there with other content.
fn judge(zone: &TimeZone, state: &mut HandState, event: &HandEvent) -> Result<Vec<HandDelta>, &'static str> {
    if let Some(known) = state.receipts.get(&event.id) {
        let same = known.at == event.at && known.lines == event.lines;
        return if same { Ok(Vec::new()) } else { Err("the same id with other content") };
    }
    let mut deltas = Vec::new();
    let day = zone.to_datetime(event.at).date();
    if state.year != day.year() {
        (state.year, state.spend) = (day.year(), Decimal::ZERO);
        if state.until < day.year() {
            state.level = 0;
        }
    }
    let (basket, eligible, coffees) = sums(&event.lines);
    let base = eligible.floor();
    let tier = match state.level {
        1 => base * Decimal::new(25, 2),
        2 => base * Decimal::new(5, 1),
        _ => Decimal::ZERO,
    };
    let tuesday =
        if day.weekday() == Weekday::Tuesday && basket >= Decimal::from(20) { base } else { Decimal::ZERO };
    let coffee = coffees * Decimal::from(5);
    let mut app = Decimal::ZERO;
    if event.channel == "app" {
        if state.app_day != day {
            (state.app_day, state.app_used) = (day, Decimal::ZERO);
        }
        app = Decimal::from(10).min(Decimal::from(50) - state.app_used);
        state.app_used += app;
    }
    // rounded once, on the sum: only the tier bonus can have a fraction
    let total = (base + tier + tuesday + coffee + app).floor();
    let tier = total - base - tuesday - coffee - app;
    let amounts =
        [("Base", base), ("App", app), ("Coffee", coffee), ("Double Tuesday", tuesday), ("Tier bonus", tier)];
    let mut book = |rule, unit, (from, to), amount: Decimal| {
        if !amount.is_zero() {
            let number = deltas.len() as u32 + 1;
            let event = Arc::clone(&event.id);
            deltas.push(HandDelta { event, number, day, rule, unit, from, to, amount });
        }
    };
    let (earned, used) = ((HandBook::Issued, HandBook::Available), (HandBook::Available, HandBook::Redeemed));
    for (rule, amount) in amounts {
        book(rule, "points", earned, amount);
    }
    let given = amounts.into_iter().filter(|(_, amount)| !amount.is_zero()).collect();
    let receipt = HandReceipt { at: event.at, lines: Arc::clone(&event.lines), _given: given };
    state.receipts.insert(Arc::clone(&event.id), receipt);
    state.points += total;
    book("Coffee card", "stamps", earned, coffees);
    state.stamps += coffees;
    while state.stamps >= Decimal::TEN {
        book("Coffee card", "stamps", used, Decimal::TEN);
        book("Coffee card", "Free coffee", earned, Decimal::ONE);
        state.stamps -= Decimal::TEN;
        state.vouchers += 1;
    }
    state.spend += basket;
    let reached = match state.spend {
        spend if spend >= Decimal::from(2_000) => 2,
        spend if spend >= Decimal::from(500) => 1,
        _ => 0,
    };
    if reached > 0 && reached >= state.level {
        (state.level, state.until) = (reached, day.year() + 1);
    }
    Ok(deltas)
}

impl HandState {
    /// What the member has.
    #[must_use]
    pub(crate) fn total(&self) -> Total {
        let whole = |value: Decimal| i64::try_from(value).expect("whole and small");
        Total {
            points: whole(self.points),
            stamps: whole(self.stamps),
            vouchers: self.vouchers,
            level: self.level,
        }
    }
}
