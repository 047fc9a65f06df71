//! The eight rules as a programmer would write them for one shop: `rust_decimal`, texts as keys, state carried over,
//! ids remembered, deltas out, and of every purchase what it earned, so that it could be taken back. The yardstick of
//! the benchmarks.

use super::{Purchase, Total};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::rc::Rc;

/// A purchase with its amounts as decimals, built beforehand like the engine's events.
#[derive(Debug)]
pub(crate) struct HandEvent {
    id: String,
    member: String,
    day: u32,
    is_tuesday: bool,
    channel: String,
    lines: Rc<[HandLine]>,
}

#[derive(Debug)]
struct HandLine {
    category: String,
    quantity: Decimal,
    price: Decimal,
}

/// One booking.
#[derive(Debug)]
pub(crate) struct HandDelta {
    pub(crate) rule: &'static str,
    pub(crate) amount: Decimal,
}

/// What a return would ask: the lines, and what each rule gave.
#[derive(Debug)]
struct HandReceipt {
    _lines: Rc<[HandLine]>,
    _given: Vec<(&'static str, Decimal)>,
}

/// The state of one member.
#[derive(Debug, Default)]
pub(crate) struct HandState {
    receipts: HashMap<String, HandReceipt>,
    points: Decimal,
    spend: Decimal,
    stamps: Decimal,
    vouchers: i64,
    level: u32,
    app_day: u32,
    app_used: Decimal,
}

/// The purchases as the hand-written function takes them.
#[must_use]
pub(crate) fn events(purchases: &[Purchase]) -> Vec<HandEvent> {
    let event = |purchase: &Purchase| HandEvent {
        id: purchase.id.clone(),
        member: purchase.member.clone(),
        day: purchase.day,
        // 1 January 2026 is a Thursday
        is_tuesday: purchase.day % 7 == 5,
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
    let mut deltas = Vec::new();
    for event in events {
        deltas.clear();
        judge(states.entry(&event.member).or_default(), event, &mut deltas);
        std::hint::black_box(&deltas);
    }
    states
}

fn judge(state: &mut HandState, event: &HandEvent, deltas: &mut Vec<HandDelta>) {
    if state.receipts.contains_key(&event.id) {
        return;
    }
    let (mut basket, mut eligible, mut coffees) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for line in event.lines.iter() {
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
    let base = eligible.floor();
    let tier = match state.level {
        1 => base * Decimal::new(25, 2),
        2 => base * Decimal::new(5, 1),
        _ => Decimal::ZERO,
    };
    let tuesday = if event.is_tuesday && basket >= Decimal::from(20) { base } else { Decimal::ZERO };
    let coffee = coffees * Decimal::from(5);
    let mut app = Decimal::ZERO;
    if event.channel == "app" {
        if state.app_day != event.day {
            (state.app_day, state.app_used) = (event.day, Decimal::ZERO);
        }
        app = Decimal::from(10).min(Decimal::from(50) - state.app_used);
        state.app_used += app;
    }
    // rounded once, on the sum: only the tier bonus can have a fraction
    let total = (base + tier + tuesday + coffee + app).floor();
    let tier = total - base - tuesday - coffee - app;
    let amounts =
        [("Base", base), ("App", app), ("Coffee", coffee), ("Double Tuesday", tuesday), ("Tier bonus", tier)];
    deltas.extend(
        amounts
            .into_iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(rule, amount)| HandDelta { rule, amount }),
    );
    let given = amounts.into_iter().filter(|(_, amount)| !amount.is_zero()).collect();
    let receipt = HandReceipt { _lines: Rc::clone(&event.lines), _given: given };
    state.receipts.insert(event.id.clone(), receipt);
    state.points += total;
    state.stamps += coffees;
    while state.stamps >= Decimal::TEN {
        state.stamps -= Decimal::TEN;
        state.vouchers += 1;
    }
    state.spend += basket;
    if state.spend >= Decimal::from(2_000) {
        state.level = 2;
    } else if state.spend >= Decimal::from(500) {
        state.level = 1;
    }
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
