//! L4: a purchase that comes back whole leaves no trace but the ledger.
//!
//! Where levels are kept, what they are may have grown by a purchase that comes back, and is only compared in one
//! direction. Programs whose referrals pay at once are left out: what was paid because of the purchase stays paid, and for
//! the friend that is in the same account. So are levels after purchases with lines below zero.

use super::histories::{Case, Happening, What, Wish, cases_with, instant};
use super::programs::{programs, scaled};
use super::world::World;
use super::{cases_per_law, compiled, play};
use loyalty_rules::calendar::Zone;
use loyalty_rules::ledger::Reason;
use loyalty_rules::{Account, Event, Program};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// In the names of counters of the donation that gives at once.
const GIVEN: &str = "donation \\\"Gabe";

proptest! {
    #![proptest_config(cases_per_law())]

    /// L4: balances, lots, vouchers, choices, levels and counters are as before. Counts of events and times that caps
    /// have counted stay.
    #[test]
    fn a_purchase_that_comes_back_leaves_no_trace(
        case in cases_with(programs(), Wish { events: 8, returns: false, transfers: false })
    ) {
        if case.rules.takes_back {
            let all = |of: &str| What::Return { of: Some(of.to_owned()), lines: Vec::new(), all: vec![None] };
            leaves_no_trace(&case, is_new_purchase, all, |counter| !counts_events(counter))?;
        }
    }

    /// L4 for `cancel`: whatever the program takes back, and with counts of events and times that caps have counted.
    #[test]
    fn an_event_that_is_cancelled_leaves_no_trace(
        case in cases_with(programs(), Wish { events: 8, returns: true, transfers: false })
    ) {
        leaves_no_trace(&case, is_new_event, |of| What::Cancel { of: of.to_owned() }, |_| true)?;
    }
}

/// What the last event of a history leaves when it is undone at once.
fn leaves_no_trace(
    case: &Case,
    is_meant: fn(&Case, &Happening) -> bool,
    undone: impl Fn(&str) -> What,
    counts: fn(&str) -> bool,
) -> Result<(), TestCaseError> {
    let has = |word: &str| case.rules.blocks.iter().any(|block| block.contains(word));
    if case.rules.has_referral && !has("  wait ") {
        // pays at once, and what a friend brought stays paid
        return Ok(());
    }
    let below_zero = |happening: &Happening| matches!(&happening.what, What::Purchase { lines, .. } if lines.iter().any(|line| line.price.starts_with('-')));
    if has("tiers ") && history_of(case).any(below_zero) {
        // what such a line lowers leaves the level alone, but a return counts the whole window again
        return Ok(());
    }
    let keeps = has("  keep ");
    let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
    let program = &compiled.program;
    let Some((last, history)) = case.history.split_last() else { return Ok(()) };
    let mut world = World::new(program);
    for happening in history {
        world.deliver(&happening.build());
    }
    if !world.accounts.contains_key(last.member) || !is_meant(case, last) {
        return Ok(());
    }
    // what time brings and what is forgotten has nothing to do with the purchase
    let mark = Event::change("mark", last.member, &instant(last.at).to_string()).build();
    world.deliver(&mark.expect("an event"));
    // a purchase that came back was one: what ends without purchases lasts longer
    let activity = has("without");
    let traces = |account: &Account| {
        let mut traces = traces(program, account, counts);
        traces.retain(|key, _| !activity || !key.starts_with("lot"));
        traces
    };
    let zone = Zone::from_name(case.rules.zone).expect("a zone");
    let day = zone.business_date(instant(last.at), case.rules.day_starts as u16 * 60);
    let played = |world: &World<'_>| play::finished(program, &world.accounts[last.member], day);
    let (mut before, played_before) = (traces(&world.accounts[last.member]), played(&world));
    if before.keys().any(|key| key.starts_with("debt")) {
        // a debt that the purchase paid off may be forgiven
        return Ok(());
    }
    let told = world.deliver(&last.build());
    let Some(Ok(outcome)) = told.first().map(|told| &told.result) else { return Ok(()) };
    if outcome.deltas().iter().any(|delta| delta.reason() == Reason::Converted) {
        // what points became at once stays what it is
        return Ok(());
    }
    if matches!(undone(&last.id), What::Return { .. }) && played(&world) != played_before {
        // a round that is finished, and a period that has paid, stay so
        return Ok(());
    }
    let back = Happening { id: "back".into(), member: last.member, at: last.at, what: undone(&last.id) };
    let told = world.deliver(&back.build());
    prop_assert!(told[0].result.is_ok(), "{:?}", told[0].result);
    let mut after = traces(&world.accounts[last.member]);
    if keeps {
        // no level is lost; one that had ended while its window still reaches it is there again with the next purchase,
        // returned or not, with its gifts; and one that was reached again lasts as long as that says, but no shorter
        let (was, is) = (Held::take(&mut before), Held::take(&mut after));
        prop_assert!(was <= is, "{was:?} {is:?}");
        if was.level != is.level {
            return Ok(());
        }
    }
    prop_assert_eq!(before, after);
    Ok(())
}

/// All but the last event.
fn history_of(case: &Case) -> impl Iterator<Item = &Happening> {
    case.history.iter().rev().skip(1)
}

/// A level, and its last day.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    level: usize,
    until: String,
}

impl Held {
    /// Takes the level out of what an account holds.
    fn take(traces: &mut BTreeMap<String, String>) -> Self {
        let text = traces.remove("level \"Status\"").unwrap_or_default();
        let (level, until) = text.split_once(' ').unwrap_or_default();
        let level =
            ["\"Silver\"", "\"Gold\""].iter().position(|name| *name == level).map_or(0, |place| place + 1);
        Self { level, until: until.to_owned() }
    }
}

/// Whether it is a purchase or a stay under an id of its own. What a stay made usable stays usable.
fn is_new_event(case: &Case, last: &Happening) -> bool {
    let ids = case.history.iter().filter(|happening| happening.id == last.id).count();
    let releases = || case.rules.blocks.iter().any(|block| block.contains("activate on stay"));
    let is_event = match &last.what {
        What::Purchase { .. } => true,
        What::Stay { of, .. } => of.is_none() || !releases(),
        _ => false,
    };
    is_event && ids == 1
}

/// Whether it is a purchase of pieces, under an id of its own. Lines of no pieces and deposits that are paid back can
/// reach what returning them does not undo.
fn is_new_purchase(case: &Case, last: &Happening) -> bool {
    let What::Purchase { lines, .. } = &last.what else { return false };
    let plain = lines.iter().all(|line| line.quantity != "0" && !line.price.starts_with('-'));
    let ids = case.history.iter().filter(|happening| happening.id == last.id).count();
    plain && ids == 1
}

/// What an account holds and has counted, as far as a purchase that came back must not have changed it.
pub(super) fn traces(
    program: &Program,
    account: &Account,
    counts: fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let state = serde_json::to_value(account.snapshot(program)).expect("a snapshot");
    let list = |key: &str| state[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.to_string();
    let mut traces = BTreeMap::new();
    for books in list("books") {
        for book in ["pending", "available", "debt"] {
            let amount = books[book].as_str().expect("an amount");
            if amount.chars().any(|digit| digit.is_ascii_digit() && digit != '0') {
                traces.insert(format!("{book} {} {}", books["kind"], books["name"]), amount.to_owned());
            }
        }
    }
    let mut lots: BTreeMap<String, i64> = BTreeMap::new();
    for lot in list("lots") {
        // lots on the same terms are equal
        let mut add = |usable: &str, amount: &Value| {
            let key = format!("lot {} {} {} {usable}", lot["unit"], lot["source"], lot["last_day"]);
            let sum = lots.entry(key).or_insert(0);
            *sum += scaled(amount.as_str().expect("an amount"), 6);
        };
        add("", &lot["amount"]);
        for pending in lot["pending"].as_array().into_iter().flatten() {
            add(&format!("from {}", pending["usable_from"]), &pending["amount"]);
        }
    }
    traces.extend(lots.into_iter().filter(|(_, sum)| *sum != 0).map(|(key, sum)| (key, sum.to_string())));
    for held in list("vouchers") {
        let key = format!("{} {} {}", held["voucher"], held["source"], held["last_day"]);
        traces.entry(key).or_insert_with(String::new).push('I');
    }
    for card in list("cards") {
        if card["stamps"] != 0 {
            let state = ["number", "stamps", "opened", "last_day"].map(|key| text(&card[key])).join(" ");
            traces.insert(format!("card {}", card["card"]), state);
        }
    }
    for tiers in list("tiers") {
        // a level that was never reached is not written
        let level = text(&tiers["level"]);
        if level != "\"Basic\"" {
            traces.insert(format!("level {}", tiers["tiers"]), format!("{level} {}", tiers["until"]));
        }
    }
    for given in list("donations").iter().filter(|_| counts(GIVEN)) {
        traces
            .insert(format!("given {}", given["charity"]), format!("{} {}", given["member"], given["owner"]));
    }
    for pledge in list("pledges") {
        traces.insert(format!("pledge {} {}", pledge["closes"], pledge["charity"]), text(&pledge["amount"]));
    }
    if !state["referral"].is_null() {
        // one that waited for the purchase is open again
        traces.insert("referral".to_owned(), text(&state["referral"]));
    }
    for counter in list("counters") {
        let name = text(&counter["counter"]);
        if counts(&name) {
            traces.insert(format!("{name} {}", counter["slot"]), text(&counter["value"]));
        }
    }
    traces
}

/// Whether a counter counts events, the times that a cap was used, or what was given at once and stays given.
fn counts_events(counter: &str) -> bool {
    ["\"purchases", "\"event ", "times", GIVEN].iter().any(|word| counter.contains(word))
}
