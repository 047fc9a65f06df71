//! The laws of attributes that count from the start of a period.

use super::cases_per_law;
use loyalty_rules::account::Snapshot;
use loyalty_rules::calendar::Date;
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;

const HEAD: &str = "edition 2026\n\nprogram Late {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"UTC\"\n  accept late events for 60 days\n}\n\nmember {\n  \
    opted-in: yes-no optional counts from start of quarter\n}\n\ncategories [Food, Other]\n\n\
    voucher Coffee {\n  grants \"A coffee\"\n  worth 1 EUR\n}\n\nreturns {\n  balance may go negative\n}\n\n";

/// Whole points, so that every part of a line earns a whole number and the rounding of two rules is that of each.
const WHOLE: &str = "unit points is spendable {\n  singular point\n  round down in total\n  expire never\n}\n\n\
    earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}\n\n\
    bonus Extra {\n  on purchase\n  for items where category is Food\n  when opted-in is yes\n  give 4 points per 1 EUR\n  \
    combine add\n  cap 100 points per quarter\n}\n\n\
    bonus Double {\n  on purchase\n  when opted-in is yes and basket is at least 20 EUR\n  multiply points by 2\n  combine add\n}\n\n\
    bonus Cup {\n  on purchase\n  when opted-in is yes\n  give 1 Coffee\n  combine add\n  cap 3 times per quarter\n}\n";

/// Cents of which two rules share a rounding, under a cap of spend.
const CENTS: &str = "unit points is spendable {\n  singular point\n  decimals 2\n  round half up in total\n  expire never\n}\n\n\
    earn Base {\n  on purchase\n  give 1% of spend as points\n}\n\n\
    bonus Extra {\n  on purchase\n  for items where category is Food\n  when opted-in is yes\n  give 4% of spend as points\n  \
    combine add\n  cap 60 EUR of spend per quarter\n}\n\n\
    bonus Cup {\n  on purchase\n  when opted-in is yes and basket is at least 10 EUR\n  give 1 Coffee\n  combine add\n}\n";

/// Caps in longer and shorter times than the quarter, and one that two rules share.
const WINDOWS: &str = "unit points is spendable {\n  singular point\n  round down in total\n  expire never\n}\n\n\
    earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}\n\n\
    bonus Extra {\n  on purchase\n  for items where category is Food\n  when opted-in is yes\n  give 4 points per 1 EUR\n  \
    combine add\n  cap 250 points per calendar year\n}\n\n\
    bonus Monthly {\n  on purchase\n  when opted-in is yes\n  give 3 points per 1 EUR\n  combine add\n  \
    cap 60 points per month\n}\n\n\
    bonus Weekly {\n  on purchase\n  when opted-in is yes\n  give 5 points per 1 EUR\n  combine add\n  \
    cap 70 points per week\n}\n\n\
    bonus Yearly {\n  on purchase\n  when opted-in is yes\n  give 1 point per 1 EUR\n  combine add\n  \
    cap 80 points per membership year\n}\n\n\
    bonus Spent {\n  on purchase\n  when opted-in is yes\n  give 2 points per 1 EUR\n  combine add\n  \
    cap 90 EUR of spend per calendar year\n}\n\n\
    bonus Twice {\n  on purchase\n  when opted-in is yes and basket is at least 20 EUR\n  give 7 points\n  combine add\n}\n\n\
    bonus Thrice {\n  on purchase\n  when opted-in is yes and basket is at least 30 EUR\n  give 11 points\n  combine add\n}\n\n\
    bonus Cup {\n  on purchase\n  when opted-in is yes\n  give 1 Coffee\n  combine add\n  cap 1 time per day\n}\n\n\
    cap Flat: 60 points per quarter on [Twice, Thrice]\n";

/// What Ann does: she buys for so much (food and other), or gives so many euros of a line of an earlier purchase back.
#[derive(Debug, Clone)]
enum Deed {
    Buys(u32, u32),
    GivesBack(usize, bool, u32),
    Cancels(usize),
}

fn deeds() -> impl Strategy<Value = Vec<(u32, Deed)>> {
    let deed = prop_oneof![
        4 => (1u32..40, 1u32..20).prop_map(|(food, other)| Deed::Buys(food, other)),
        2 => (0usize..8, any::<bool>(), 1u32..20).prop_map(|(of, food, euros)| Deed::GivesBack(of, food, euros)),
        1 => (0usize..8).prop_map(Deed::Cancels),
    ];
    proptest::collection::vec((0u32..9, deed), 1..14)
}

fn program(rules: &str) -> Program {
    // a cap in a longer time does not go with opting in late for an earlier quarter
    let late = if rules == WINDOWS { "" } else { "\n  accept late events for 60 days" };
    let head = HEAD.replace("\n  accept late events for 60 days", late);
    compile(&Sources::single("late.loyalty", format!("{head}{rules}")), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .program
}

fn at(day: Date) -> String {
    format!("{day}T12:00:00Z")
}

fn opt_in(day: Date) -> Event {
    Event::change("O", "Ann", &at(day)).attribute("opted-in", true).build().expect("an event")
}

/// The event of a deed; `parts` makes quantities and prices of numbers.
fn event(place: usize, day: Date, deed: &Deed, parts: &dyn Fn(u32) -> (String, String)) -> Event {
    let id = format!("E{place}");
    let built = match deed {
        Deed::Buys(food, other) => {
            let item = |name: &str, number: u32| {
                let (quantity, price) = parts(number);
                Item::new(name, &quantity, &price).category(name)
            };
            let bought = Event::purchase(&id, "Ann", &at(day));
            bought.item(item("Food", *food)).item(item("Other", *other)).build()
        }
        Deed::GivesBack(of, food, euros) => {
            let name = if *food { "Food" } else { "Other" };
            let line = ReturnLine::new(name, &euros.to_string());
            Event::returned(&id, "Ann", &at(day)).of(&format!("E{of}")).line(line).build()
        }
        Deed::Cancels(of) => Event::cancel(&id, "Ann", &at(day), &format!("E{of}")).build(),
    };
    built.expect("an event")
}

fn apply(program: &Program, account: &mut Account, event: &Event) -> bool {
    let Ok(outcome) = Evaluator::new().evaluate(program, account, event) else { return false };
    account.post(program, &outcome).expect("posted");
    true
}

/// What Ann has: points, and usable coffees.
fn has(program: &Program, ann: &Account) -> (String, usize) {
    (ann.balance(program, "points").expect("a unit").available, ann.vouchers(program).len())
}

/// What both have done in the quarter before: what waited then is paid in part, and the rest never.
fn before(parts: &dyn Fn(u32) -> (String, String)) -> Vec<Event> {
    let day = |month, day| Date::from_ymd(2026, month, day).expect("a day");
    let change = |id: &str, on: Date, yes: bool| {
        Event::change(id, "Ann", &at(on)).attribute("opted-in", yes).build().expect("an event")
    };
    vec![
        Event::joining("J", "Ann", &at(day(1, 1))).build().expect("an event"),
        event(100, day(1, 10), &Deed::Buys(12, 3), parts),
        change("P1", day(2, 1), true),
        event(101, day(2, 10), &Deed::Buys(8, 3), parts),
        change("P2", day(3, 1), false),
        event(102, day(3, 10), &Deed::Buys(30, 9), parts),
        // in the week in which the quarter begins
        event(103, day(3, 31), &Deed::Buys(5, 4), parts),
    ]
}

/// Runs the deeds for two members: one has opted in on the first day, the other does it behind so many of them.
fn both(
    program: &Program,
    deeds: &[(u32, Deed)],
    late: usize,
    parts: &dyn Fn(u32) -> (String, String),
) -> Result<(), TestCaseError> {
    let start = Date::from_ymd(2026, 4, 1).expect("a day");
    let (mut early, mut other) = (Account::open(program, "Ann"), Account::open(program, "Ann"));
    for event in before(parts) {
        prop_assert!(apply(program, &mut early, &event) && apply(program, &mut other, &event));
    }
    prop_assert!(apply(program, &mut early, &opt_in(start)));
    // 13 steps of at most 6 days stay inside of the quarter
    let (mut today, late) = (start, late % (deeds.len() + 1));
    for (place, (days, deed)) in deeds.iter().enumerate() {
        today = today.plus_days((*days).min(6));
        if place == late {
            prop_assert!(apply(program, &mut other, &opt_in(today)));
        }
        if place >= late {
            prop_assert_eq!(has(program, &early), has(program, &other), "before E{}", place);
        }
        let event = event(place, today, deed, parts);
        prop_assert_eq!(apply(program, &mut early, &event), apply(program, &mut other, &event), "E{}", place);
    }
    if late == deeds.len() {
        prop_assert!(apply(program, &mut other, &opt_in(today)));
    }
    prop_assert_eq!(has(program, &early), has(program, &other));
    let json = serde_json::to_string(&other.snapshot(program)).expect("JSON");
    let snapshot: Snapshot = serde_json::from_str(&json).expect("a snapshot");
    prop_assert_eq!(&Account::restore(program, snapshot).expect("an account"), &other);
    Ok(())
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// Opting in late in a quarter ends where opting in on its first day ends, whatever has come back in between.
    #[test]
    fn late_in_the_quarter_is_as_early_in_it(deeds in deeds(), late in 0usize..14) {
        both(&program(WHOLE), &deeds, late, &|euros| (euros.to_string(), "1".to_owned()))?;
    }

    /// The same under caps that began before the quarter or begin within it, and one that rules share.
    #[test]
    fn late_is_as_early_under_caps_of_other_times(deeds in deeds(), late in 0usize..14) {
        both(&program(WINDOWS), &deeds, late, &|euros| (euros.to_string(), "1".to_owned()))?;
    }

    /// The same to the cent, where two rules share one rounding and a cap of spend cuts; nothing comes back.
    #[test]
    fn late_is_as_early_to_the_cent(deeds in deeds(), late in 0usize..14) {
        let buys: Vec<_> = deeds.into_iter().filter(|(_, deed)| matches!(deed, Deed::Buys(..))).collect();
        both(&program(CENTS), &buys, late, &|part| {
            ("1".to_owned(), format!("{}.{:02}", part * 3 / 7, part * 29 % 100))
        })?;
    }
}
