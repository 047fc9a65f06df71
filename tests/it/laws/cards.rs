//! L4 and L5 for stamp cards that end: small programs of cards alone, purchases, returns in parts, and clocks that run in
//! between.

use super::cases_per_law;
use super::draw::{Draw, Genes, rows, shuffle};
use super::world::{World, tick};
use loyalty_rules::calendar::Instant;
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Account, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;

const DAY: i64 = 86_400;
/// 2026-01-05 10:00 UTC.
const START: i64 = 1_767_607_200;
const CARDS: [&str; 2] = ["Cups", "Breads"];
const CAP_OF_REWARDS: &str = "  cap 1 reward per purchase\n";

/// A purchase of some pieces on a day behind the start.
#[derive(Debug, Clone)]
struct Bought {
    id: String,
    day: i64,
    pieces: i64,
    price: &'static str,
}

/// A part of a purchase that comes back, by its place.
#[derive(Debug, Clone)]
struct Part {
    of: usize,
    pieces: i64,
    /// Days since the part before.
    later: i64,
}

/// A program of cards, what is bought under it, and what comes back when.
#[derive(Debug, Clone)]
struct Case {
    text: String,
    bought: Vec<Bought>,
    /// The day on which the first part comes back.
    back: i64,
    parts: Vec<Part>,
}

fn card(name: &str, genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let expire = draw.one(&[
        "  expire 20 days after first stamp\n",
        "  expire 1 day after first stamp\n",
        "  expire at end of month\n",
        "  expire after 10 days without purchase\n",
        "  expire after 3 days without redemption or purchase\n  expire 20 days after first stamp\n",
        "  expire 1 month after first stamp\n",
        "",
    ]);
    let stamp = draw.one(&[
        "1 per item",
        "2 per item",
        "1",
        "1 per full 5 EUR",
        "2 per started 5 EUR",
        "3 per 7 EUR",
        "1 per full 5 EUR of spend paid with Prepaid",
    ]);
    let goal = draw.one(&["4", "3", "5", "7"]);
    let start = draw.one(&["", "  start with 1 stamp\n", "  start with 2 stamps on every card\n"]);
    let cap = draw.one(&["", "", "  cap 3 stamps per day\n", "  cap 9 stamps per month\n"]);
    let carry = draw.one(&["  carry over\n", "  no carry over\n"]);
    // where a card ends, whose stamps are gone with it is a matter of order
    let averages = stamp.ends_with("per item") && start.is_empty() && expire.is_empty();
    let reward =
        if averages && draw.often(75) { "worth the average of its stamps as credit" } else { "11 points" };
    let cap = if carry.contains("no") || draw.often(60) {
        cap.to_owned()
    } else {
        format!("{cap}{CAP_OF_REWARDS}")
    };
    format!(
        "card {name} {{\n  on purchase\n  stamp {stamp}\n  goal {goal} stamps\n{start}{cap}{carry}{expire}  reward {reward}\n}}\n"
    )
}

fn cases() -> impl Strategy<Value = Case> {
    let row = |width| proptest::collection::vec(any::<u8>(), width);
    (row(3), rows(1, 2, 6), rows(1, 6, 4), row(40)).prop_map(|(head, cards, buys, spare)| {
        let mut draw = Draw::new(&head);
        let mode = draw.one(&["in proportion", "as if never bought", "in full"]);
        let mut text = format!(
            "edition 2026\n\nprogram Cards {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
             time zone \"Europe/Berlin\"\n}}\n\npayments [Prepaid]\n\nunit points is spendable {{\n  singular point\n  \
             round down in total\n  expire never\n}}\n\nunit credit is money in EUR {{\n  round half up in total\n  \
             expire never\n}}\n\nreturns {{\n  take back earned {mode}\n  balance may go negative\n}}\n\n"
        );
        for (name, genes) in CARDS.iter().zip(&cards) {
            text.push_str(&card(name, genes));
        }
        let (mut day, mut bought) = (0, Vec::new());
        for (place, genes) in buys.iter().enumerate() {
            let mut draw = Draw::new(genes);
            day += [0, 1, 3, 15, 25, 40][draw.below(6)];
            let pieces = 1 + draw.below(6) as i64;
            let price = draw.one(&["3", "3", "1", "7.55", "0.01"]);
            bought.push(Bought { id: format!("K-{place}"), day, pieces, price });
        }
        let mut draw = Draw::new(&spare);
        let back = day + [0, 2, 10, 21, 40][draw.below(5)];
        let mut parts = Vec::new();
        for (of, bought) in bought.iter().enumerate() {
            let first = draw.below(bought.pieces as usize + 1) as i64;
            let second = draw.below((bought.pieces - first) as usize + 1) as i64;
            let rest = if draw.often(50) { bought.pieces - first - second } else { 0 };
            for pieces in [first, second, rest] {
                parts.extend((pieces > 0).then_some(Part { of, pieces, later: 0 }));
            }
        }
        shuffle(&mut parts, &spare[20..]);
        for part in &mut parts {
            part.later = [0, 0, 1, 22, 45][draw.below(5)];
        }
        Case { text, bought, back, parts }
    })
}

fn instant(day: i64) -> Instant {
    Instant::from_micros((START + day * DAY) * 1_000_000).expect("a time of this century")
}

fn buys(world: &mut World<'_>, id: &str, day: i64, (pieces, price): (i64, &str)) {
    let event = Event::purchase(id, "Ann", &instant(day).to_string()).payment("Prepaid", "4");
    apply(world, &event.item(Item::new("Bread", &pieces.to_string(), price)).build().expect("an event"));
}

/// Parts of purchases come back in one event.
fn gives_back(world: &mut World<'_>, id: &str, day: i64, case: &Case, parts: &[Part]) {
    let mut event = Event::returned(id, "Ann", &instant(day).to_string());
    for part in parts {
        event = event.line(ReturnLine::new("Bread", &part.pieces.to_string()).of(&case.bought[part.of].id));
    }
    apply(world, &event.build().expect("an event"));
}

fn apply(world: &mut World<'_>, event: &Event) {
    for told in world.deliver(event) {
        assert!(told.result.is_ok(), "{:?}", told.result);
    }
}

fn bought<'p>(program: &'p Program, case: &Case) -> World<'p> {
    let mut world = World::new(program);
    for bought in &case.bought {
        buys(&mut world, &bought.id, bought.day, (bought.pieces, bought.price));
    }
    world
}

/// Points and cents that can be used less what is owed, and number and stamps of the open cards.
fn shown(program: &Program, account: &Account) -> ([i64; 2], Vec<(u32, i64)>) {
    let number = |text: &str| text.replace('.', "").parse::<i64>().expect("whole steps");
    let left = ["points", "credit"].map(|unit| {
        let books = account.balance(program, unit).expect("a unit");
        number(&books.available) - number(&books.debt)
    });
    let cards = CARDS.iter().filter_map(|name| account.card(program, name).ok());
    (left, cards.map(|card| (card.number, card.stamps)).collect())
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// L5: parts of purchases end where one return of all of them ends, in any order and whatever cards end in
    /// between; and what is bought then finds the same cards.
    #[test]
    fn parts_of_purchases_end_where_one_return_ends(case in cases()) {
        let compiled = compile(&Sources::single("cards.loyalty", case.text.as_str()), &Limits::default());
        let Ok(compiled) = compiled else { return Ok(()) };
        let program = &compiled.program;
        let (mut in_steps, mut at_once) = (bought(program, &case), bought(program, &case));
        let mut day = case.back;
        for (place, part) in case.parts.iter().enumerate() {
            day += part.later;
            gives_back(&mut in_steps, &format!("R-{place}"), day, &case, std::slice::from_ref(part));
        }
        if !case.parts.is_empty() {
            gives_back(&mut at_once, "R", day, &case, &case.parts);
        }
        let of = |world: &World<'_>| shown(program, &world.accounts["Ann"]);
        let stamps = |(points, cards): ([i64; 2], Vec<(u32, i64)>)| {
            (points, cards.into_iter().map(|(_, stamps)| stamps).collect::<Vec<_>>())
        };
        prop_assert_eq!(stamps(of(&in_steps)), stamps(of(&at_once)));
        // a card that ends between two parts was one, and the next one is not the first
        let last = case.bought.last().map_or(0, |bought| bought.day);
        if case.back < last + 40 && day > case.back {
            return Ok(());
        }
        for (place, later) in [60, 61].into_iter().enumerate() {
            for world in [&mut in_steps, &mut at_once] {
                buys(world, &format!("K-9{place}"), day + later, (2, "3"));
            }
            prop_assert_eq!(of(&in_steps), of(&at_once), "{} days later", later);
        }
    }

    /// L4: a purchase that comes back at once leaves cards and points as they were, whatever came back before.
    #[test]
    fn a_purchase_that_comes_back_leaves_the_cards_as_they_were(case in cases()) {
        let compiled = compile(&Sources::single("cards.loyalty", case.text.as_str()), &Limits::default());
        let Ok(compiled) = compiled else { return Ok(()) };
        // what had waited for a new stamp is paid with it, and stays
        if case.text.contains(CAP_OF_REWARDS) {
            return Ok(());
        }
        let program = &compiled.program;
        let mut world = bought(program, &case);
        let mut day = case.back;
        for (place, part) in case.parts.iter().enumerate() {
            day += part.later;
            gives_back(&mut world, &format!("R-{place}"), day, &case, std::slice::from_ref(part));
            tick(program, world.accounts.get_mut("Ann").expect("an account"), instant(day));
            let before = shown(program, &world.accounts["Ann"]);
            let id = format!("B-{place}");
            buys(&mut world, &id, day, (1 + place as i64 % 5, "2.35"));
            let back = Event::returned(&format!("{id}-R"), "Ann", &instant(day).to_string()).of(&id);
            apply(&mut world, &back.all_items(None).build().expect("an event"));
            prop_assert_eq!(before, shown(program, &world.accounts["Ann"]), "bought and brought back {}", id);
        }
    }

    /// What came back whole has left no points and no stamps.
    #[test]
    fn when_all_has_come_back_nothing_is_left(case in cases()) {
        let compiled = compile(&Sources::single("cards.loyalty", case.text.as_str()), &Limits::default());
        let Ok(compiled) = compiled else { return Ok(()) };
        let program = &compiled.program;
        let mut world = bought(program, &case);
        let mut day = case.back;
        for (place, part) in case.parts.iter().enumerate() {
            day += part.later;
            gives_back(&mut world, &format!("R-{place}"), day, &case, std::slice::from_ref(part));
        }
        for (of, bought) in case.bought.iter().enumerate() {
            let back: i64 = case.parts.iter().filter(|part| part.of == of).map(|part| part.pieces).sum();
            let rest = Part { of, pieces: bought.pieces - back, later: 0 };
            if rest.pieces > 0 {
                gives_back(&mut world, &format!("S-{of}"), day, &case, &[rest]);
            }
        }
        let (points, cards) = shown(program, &world.accounts["Ann"]);
        prop_assert_eq!(points, [0, 0]);
        prop_assert!(cards.iter().all(|(_, stamps)| *stamps == 0), "{:?}", cards);
    }
}
