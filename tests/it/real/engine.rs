//! The engine over the same files: event by event it has to do what the plain code does.

use super::{gift_shop as plain_shop, reader, vending};
use loyalty_rules::event::Event;
use loyalty_rules::ledger::{Book, Delta, LineKind, Reason, Totals};
use loyalty_rules::{Account, EvaluateError, Evaluator, Limits, Program, Sources, compile};
use pretty_assertions::assert_eq;
use std::collections::BTreeMap;

/// The accounts of all members, and what the engine did, in one's own words, by id of the event; a refused
/// event is missing.
pub(super) struct Engine<T> {
    program: Program,
    accounts: BTreeMap<String, Account>,
    pub(super) effects: BTreeMap<String, T>,
    refused: i128,
}

impl<T> Engine<T> {
    /// Replays all lines, then runs every clock to the instant of the last event.
    pub(super) fn replay(
        program: Program,
        lines: &[String],
        effect: impl Fn(&Program, &Account, &[Delta]) -> T,
    ) -> Engine<T> {
        let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
        let mut evaluator = Evaluator::new();
        let (mut effects, mut refused, mut last) = (BTreeMap::new(), 0, None);
        for line in lines {
            let event: Event = serde_json::from_str(line).unwrap();
            let member = event.member().to_owned();
            let account = accounts.entry(member).or_insert_with(|| Account::open(&program, event.member()));
            match evaluator.evaluate(&program, account, &event) {
                Ok(outcome) => {
                    account.post(&program, &outcome).unwrap();
                    effects.insert(event.id().to_owned(), effect(&program, account, outcome.deltas()));
                }
                Err(EvaluateError::Rejected(_)) => refused += 1,
                Err(fault) => panic!("{}: {fault}", event.id()),
            }
            last = Some(event.at());
        }
        for account in accounts.values_mut() {
            let outcome = evaluator.advance(&program, account, last.unwrap()).unwrap();
            account.post(&program, &outcome).unwrap();
        }
        Engine { program, accounts, effects, refused }
    }

    fn members(&self) -> i128 {
        i128::try_from(self.accounts.len()).unwrap()
    }

    /// The books of all members together.
    fn books(&self, kind: LineKind, name: &str) -> impl Fn(Book) -> i128 {
        let mut sum = Totals::default();
        for account in self.accounts.values() {
            assert!(sum.add(&account.totals(&self.program, kind, name).unwrap()));
        }
        assert!(sum.is_balanced());
        move |book| i128::from(sum.balance(book).abs())
    }
}

/// The program of the gift shop.
pub(super) fn gift_shop() -> Program {
    let text = include_str!("../../../examples/gift-shop/gift-shop.loyalty");
    compile(&Sources::single("gift-shop.loyalty", text), &Limits::default()).unwrap().program
}

/// The same program where returns take back what the mode says.
pub(super) fn gift_shop_in(mode: plain_shop::Mode) -> Program {
    let line = match mode {
        plain_shop::Mode::InProportion => "take back earned in proportion",
        plain_shop::Mode::AsIfNeverBought => "take back earned as if never bought",
        plain_shop::Mode::InFull => "take back earned in full",
        plain_shop::Mode::Nothing => "take back nothing",
    };
    let text = include_str!("../../../examples/gift-shop/gift-shop.loyalty");
    let (rules, _tests) = text.split_once("test \"").unwrap();
    let (before, after) = rules.split_once("take back earned in proportion").unwrap();
    let text = format!("{before}{line}{after}");
    compile(&Sources::single("gift-shop.loyalty", text.as_str()), &Limits::default()).unwrap().program
}

fn vending_card() -> Program {
    let text = include_str!("../../../examples/vending/vending.loyalty");
    compile(&Sources::single("vending.loyalty", text), &Limits::default()).unwrap().program
}

/// The sum of the deltas that pass.
fn sum(deltas: &[Delta], pass: impl Fn(&Delta) -> bool) -> i128 {
    deltas.iter().filter(|delta| pass(delta)).map(|delta| i128::from(delta.amount_scaled())).sum()
}

/// At most the first twenty events that differ: the id, what the plain code did, what the engine did.
pub(super) fn differences<T: PartialEq + Clone>(
    plain: &BTreeMap<String, T>,
    engine: &BTreeMap<String, T>,
) -> Vec<(String, T, Option<T>)> {
    let other = |id: &String| engine.get(id);
    let differ = plain.iter().filter(|(id, effect)| other(id) != Some(*effect));
    differ.map(|(id, effect)| (id.clone(), effect.clone(), other(id).cloned())).take(20).collect()
}

/// Points issued and taken back by rule; level and last day of its term.
pub(super) type ShopEffect = ([i128; 2], [i128; 2], String, Option<String>);

pub(super) fn shop_effect(program: &Program, account: &Account, deltas: &[Delta]) -> ShopEffect {
    let by_rule = |reason: Reason| {
        ["Goods", "Gold and Silver"]
            .map(|rule| sum(deltas, |delta| delta.reason() == reason && delta.source_name(program) == rule))
    };
    let held = account.tier(program, "Status").unwrap();
    (by_rule(Reason::Earned), by_rule(Reason::Returned), held.level, held.until.map(|day| day.to_string()))
}

#[test]
fn the_engine_agrees_on_the_gift_shop() {
    let Some(lines) = reader::lines("online-retail.jsonl.gz") else { return };
    let (shop, now) = plain_shop::whole_file().unwrap();
    let engine = Engine::replay(gift_shop(), &lines, shop_effect);
    assert_eq!(differences(&plain_effects(&shop), &engine.effects), []);
    let totals = shop.totals(now);
    assert_eq!(shop_totals(&engine, totals), totals);
}

/// The same of the plain code.
pub(super) fn plain_effects(shop: &plain_shop::Shop) -> BTreeMap<String, ShopEffect> {
    let applied = shop.effects.iter().filter(|(_, effect)| !effect.refused);
    applied
        .map(|(id, effect)| {
            let until = effect.until.map(|day| day.to_string());
            (id.clone(), (effect.issued, effect.taken, format!("{:?}", effect.tier), until))
        })
        .collect()
}

/// The totals of the engine; what it does not count is copied.
pub(super) fn shop_totals(engine: &Engine<ShopEffect>, plain: plain_shop::Totals) -> plain_shop::Totals {
    let books = engine.books(LineKind::Unit, "points");
    let held = |level: &str| {
        let tiers = engine.accounts.values().map(|account| account.tier(&engine.program, "Status").unwrap());
        i128::try_from(tiers.filter(|held| held.level == level).count()).unwrap()
    };
    let applied = i128::try_from(engine.effects.len()).unwrap();
    plain_shop::Totals {
        events: applied + engine.refused,
        applied,
        refused: engine.refused,
        members: engine.members(),
        issued: books(Book::Issued),
        pending: books(Book::Pending),
        available: books(Book::Available),
        expired: books(Book::Expired),
        taken_back: books(Book::TakenBack),
        bronze: held("Bronze"),
        silver: held("Silver"),
        gold: held("Gold"),
        ..plain
    }
}

#[test]
fn the_engine_agrees_on_the_machine() {
    let Some(lines) = reader::lines("coffee-vending.jsonl.gz") else { return };
    let (machine, now) = vending::whole_file().unwrap();
    let engine = Engine::replay(vending_card(), &lines, |program, account, deltas| {
        let earned = |kind: LineKind| {
            let lines = deltas.iter().filter(|delta| delta.reason() == Reason::Earned);
            let lines =
                lines.map(|delta| (program.ledger_line(account.member(), delta), delta.amount_scaled()));
            lines.filter(|(line, _)| line.kind == kind).map(|(_, amount)| i128::from(amount)).sum::<i128>()
        };
        (earned(LineKind::Stamps), earned(LineKind::Voucher))
    });
    assert_eq!(differences(&machine.effects, &engine.effects), []);
    let (stamps, cups) =
        (engine.books(LineKind::Stamps, "Cups"), engine.books(LineKind::Voucher, "Free cup"));
    let cards = engine.accounts.values().map(|account| account.card(&engine.program, "Cups").unwrap());
    let (totals, _) = machine.totals(now);
    let found = vending::Totals {
        events: i128::try_from(lines.len()).unwrap(),
        applied: i128::try_from(engine.effects.len()).unwrap(),
        refused: engine.refused,
        members: engine.members(),
        stamps_issued: stamps(Book::Issued),
        full_cards: stamps(Book::Redeemed) / 10,
        vouchers_issued: cups(Book::Issued),
        vouchers_expired: cups(Book::Expired),
        stamps_expired: stamps(Book::Expired),
        open_cards: i128::try_from(cards.filter(|card| card.stamps > 0).count()).unwrap(),
        stamps_on_open_cards: stamps(Book::Available),
    };
    assert_eq!(found, totals);
}
