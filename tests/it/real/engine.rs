//! The engine over the same files: event by event it has to do what the plain code does.

use super::{gift_shop, reader, vending};
use loyalty_rules::event::Event;
use loyalty_rules::ledger::{Book, Delta, Reason, Totals};
use loyalty_rules::program::Program;
use loyalty_rules::{Account, EvaluateError, Evaluator, Limits, Sources, compile};
use pretty_assertions::assert_eq;
use std::collections::BTreeMap;

/// What the engine booked: all deltas of each event by its id, nothing for a refused one, and those of the
/// clock when it was run to the instant of the last event.
struct Engine {
    program: Program,
    events: BTreeMap<String, Option<Vec<Delta>>>,
    clock: Vec<Delta>,
    members: usize,
}

impl Engine {
    fn replay(text: &str, lines: &[String]) -> Engine {
        let program = compile(&Sources::single("real.loyalty", text), &Limits::default()).unwrap().program;
        let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
        let mut evaluator = Evaluator::new();
        let mut events = BTreeMap::new();
        let mut last = None;
        for line in lines {
            let event: Event = serde_json::from_str(line).unwrap();
            let member = event.member().to_owned();
            let account = accounts.entry(member).or_insert_with(|| Account::open(&program, event.member()));
            let deltas = match evaluator.evaluate(&program, account, &event) {
                Ok(outcome) => {
                    account.post(&program, &outcome).unwrap();
                    Some(outcome.deltas().to_vec())
                }
                Err(EvaluateError::Rejected(_)) => None,
                Err(fault) => panic!("{}: {fault}", event.id()),
            };
            events.insert(event.id().to_owned(), deltas);
            last = Some(event.at());
        }
        let mut clock = Vec::new();
        for account in accounts.values_mut() {
            let outcome = evaluator.advance(&program, account, last.unwrap()).unwrap();
            account.post(&program, &outcome).unwrap();
            clock.extend_from_slice(outcome.deltas());
        }
        Engine { program, events, clock, members: accounts.len() }
    }

    fn refused(&self) -> i128 {
        self.events.values().filter(|deltas| deltas.is_none()).count().try_into().unwrap()
    }

    fn deltas(&self) -> impl Iterator<Item = &Delta> {
        self.events.values().flatten().flatten().chain(&self.clock)
    }
}

/// The sum of the deltas that pass.
fn sum<'d>(deltas: impl IntoIterator<Item = &'d Delta>, pass: impl Fn(&Delta) -> bool) -> i128 {
    deltas.into_iter().filter(|delta| pass(delta)).map(|delta| i128::from(delta.amount_scaled())).sum()
}

/// At most the first twenty events that differ: the id, what the plain code did, what the engine did.
fn differences<T: PartialEq + Copy>(
    plain: &BTreeMap<String, T>,
    engine: &BTreeMap<String, T>,
) -> Vec<(String, T, Option<T>)> {
    let other = |id: &String| engine.get(id).copied();
    let differ = plain.iter().filter(|(id, effect)| other(id) != Some(**effect));
    differ.map(|(id, effect)| (id.clone(), *effect, other(id))).take(20).collect()
}

#[test]
fn the_engine_agrees_on_the_gift_shop() {
    let Some(lines) = reader::lines("online-retail.jsonl.gz") else { return };
    let (shop, now) = gift_shop::whole_file().unwrap();
    let engine = Engine::replay(include_str!("../../../examples/gift-shop/gift-shop.loyalty"), &lines);
    let by_rule = |deltas: &[Delta], reason: Reason| {
        ["Goods", "Gold and Silver"].map(|rule| {
            sum(deltas, |delta| delta.reason() == reason && delta.source_name(&engine.program) == rule)
        })
    };
    let booked: BTreeMap<String, [[i128; 2]; 2]> = engine
        .events
        .iter()
        .filter_map(|(id, deltas)| Some((id.clone(), deltas.as_ref()?)))
        .map(|(id, deltas)| (id, [by_rule(deltas, Reason::Earned), by_rule(deltas, Reason::Returned)]))
        .collect();
    let applied = shop.effects.iter().filter(|(_, effect)| !effect.refused);
    let plain: BTreeMap<String, _> =
        applied.map(|(id, effect)| (id.clone(), [effect.issued, effect.taken])).collect();
    assert_eq!(differences(&plain, &booked), []);
    let totals = shop.totals(now);
    assert_eq!(engine.refused(), totals.refused);
    assert_eq!(i128::try_from(engine.members).unwrap(), totals.members);
    let (mut books, mut balanced) = (Totals::default(), true);
    // all of a kind together: an expiry may come before its booking in the order of the ids
    for reason in [Reason::Earned, Reason::Activated, Reason::Expired, Reason::Returned] {
        engine
            .deltas()
            .filter(|delta| delta.reason() == reason)
            .for_each(|delta| balanced &= books.book(delta));
    }
    assert!(balanced);
    let balance = |book| i128::from(books.balance(book));
    assert_eq!(i128::from(books.issued()), totals.issued);
    assert_eq!(balance(Book::Pending), totals.pending);
    assert_eq!(balance(Book::Available), totals.available);
    assert_eq!(balance(Book::Expired), totals.expired);
    assert_eq!(balance(Book::TakenBack), totals.taken_back);
}

#[test]
fn the_engine_agrees_on_the_machine() {
    let Some(lines) = reader::lines("coffee-vending.jsonl.gz") else { return };
    let (machine, now) = vending::whole_file().unwrap();
    let engine = Engine::replay(include_str!("../../../examples/vending/vending.loyalty"), &lines);
    let earned = |delta: &Delta| delta.reason() == Reason::Earned;
    // stamps have no first usable day
    let voucher = |delta: &Delta| delta.usable_from().is_some();
    let stamps = |deltas: &Vec<Delta>| sum(deltas, |delta| earned(delta) && !voucher(delta));
    let vouchers = |deltas: &Vec<Delta>| sum(deltas, |delta| earned(delta) && voucher(delta));
    let booked: BTreeMap<String, (i128, i128)> = engine
        .events
        .iter()
        .filter_map(|(id, deltas)| Some((id.clone(), deltas.as_ref()?)))
        .map(|(id, deltas)| (id, (stamps(deltas), vouchers(deltas))))
        .collect();
    assert_eq!(differences(&machine.effects, &booked), []);
    let (totals, _) = machine.totals(now);
    assert_eq!(engine.refused(), totals.refused);
    assert_eq!(i128::try_from(engine.members).unwrap(), totals.members);
    let full = sum(engine.deltas(), |delta| delta.reason() == Reason::CardFull);
    assert_eq!(full, 10 * totals.full_cards);
    let expired = sum(engine.deltas(), |delta| delta.reason() == Reason::Expired);
    assert_eq!(expired, totals.stamps_expired + totals.vouchers_expired);
}
