//! L4, L5 and L14 for challenges and streaks: small programs of them, purchases, runs, returns in parts, and clocks that
//! run in between.

use super::cases_per_law;
use super::draw::{Draw, Genes, rows, shuffle};
use super::world::{World, same_but_version, tick};
use loyalty_rules::account::{ChallengeProgress, Snapshot, StreakProgress};
use loyalty_rules::calendar::Instant;
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Account, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;

const DAY: i64 = 86_400;
/// 2026-01-05 10:00 UTC.
const START: i64 = 1_767_607_200;
const NAMES: [&str; 2] = ["One", "Two"];
const KINDS: [&str; 2] = ["Bread", "Cake"];

/// What Ann does on a day behind the start.
#[derive(Debug, Clone)]
enum Deed {
    /// Pieces of bread and of cake, and whether in the app.
    Buys([i64; 2], bool),
    Runs,
}

/// A part of a purchase that comes back: the place of the purchase, pieces by kind, and days since the part before.
#[derive(Debug, Clone)]
struct Part {
    of: usize,
    pieces: [i64; 2],
    later: i64,
}

#[derive(Debug, Clone)]
struct Case {
    text: String,
    deeds: Vec<(i64, Deed)>,
    back: i64,
    parts: Vec<Part>,
}

fn challenge(name: &str, genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let tasks = [
        ["items reaches 4", "items reaches 2.5", "items reaches 6 for items where category is Bread"],
        [
            "spend reaches 20 EUR",
            "spend reaches 9.50 EUR for items where category is Cake",
            "spend reaches 1 EUR",
        ],
        [
            "purchases reaches 2 for items where category is Cake",
            "purchases reaches 3",
            "purchases reaches 1 when channel is App",
        ],
        ["points reaches 30", "points reaches 11", "points reaches 5 when channel is App"],
        ["run reaches 2", "run reaches 1", "run reaches 3"],
    ];
    let count = 1 + draw.below(4);
    let mut lines = String::new();
    let first = draw.below(tasks.len());
    for place in 0..count {
        let forms = &tasks[(first + place) % tasks.len()];
        lines.push_str(&format!("  task {name}{place}: {}\n", draw.one(forms)));
    }
    let needs =
        if draw.often(50) { "all tasks".to_owned() } else { format!("any {} tasks", 1 + draw.below(count)) };
    let once = draw.one(&["month", "week", "member", "calendar year", "campaign"]);
    let valid =
        draw.one(&["  valid from 2026-01-01 to 2026-03-15\n", "  valid from 2026-01-20 to 2026-02-10\n"]);
    let when = draw.one(&["", "", "  when weekday is not sunday\n"]);
    let gift = draw.one(&[
        "7 points",
        "2 Drink",
        "choice of [1 Drink, 3 points] within 20 days otherwise give 3 points",
    ]);
    let cap = match gift {
        "7 points" => ["", "", "  cap 9 points per month\n", "  cap 1 time per week\n"],
        "2 Drink" => ["", "", "  cap 3 Drink per membership year\n", "  cap 1 time per lifetime\n"],
        _ => ["", "", "", "  cap 2 times per campaign\n"],
    };
    let cap = cap[draw.below(4)];
    format!(
        "challenge {name} {{\n{valid}{when}{lines}  complete {needs}\n  once per {once}\n  give {gift}\n{cap}}}\n"
    )
}

fn streak(genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let period = draw.below(5);
    let periods =
        [("day", "day"), ("week", "week"), ("month", "month"), ("week", "week"), ("membership year", "year")];
    let (period, word) = periods[period];
    let on = draw.one(&["purchase", "purchase", "run"]);
    let needs = match on {
        "run" => draw.one(&["1 run", "2 run", "3 points"]),
        _ => draw.one(&[
            "1 purchase",
            "2 purchases",
            "12 EUR",
            "9.50 EUR",
            "3 items",
            "2.5 items",
            "11 points",
        ]),
    };
    let forgive = draw.below(3);
    let first = 1 + draw.below(2);
    let second = first + 1 + draw.below(2);
    let gift = draw.one(&["5 points", "1 Drink", "choice of [1 Drink, 3 points] within 20 days"]);
    let mut text = format!("streak Often {{\n  on {on}\n  each {period} needs {needs}\n");
    if forgive > 0 && forgive < second {
        text.push_str(&format!("  forgive {forgive} missed {word}s\n"));
    }
    text.push_str(&format!("  after {first} {word}s give {gift}\n  after {second} {word}s give 9 points\n"));
    if draw.often(50) {
        text.push_str(&format!("  restart after {} {word}s\n", second + draw.below(2)));
    }
    text.push_str(draw.one(&["", "", "  cap 12 points per month\n", "  cap 1 time per week\n"]));
    text + "}\n"
}

fn cases() -> impl Strategy<Value = Case> {
    let row = |width| proptest::collection::vec(any::<u8>(), width);
    (row(3), rows(1, 2, 16), row(12), rows(1, 9, 6), row(60)).prop_map(|(head, challenges, played, done, spare)| {
        let mut draw = Draw::new(&head);
        let mode = draw.one(&["in proportion", "as if never bought", "in full"]);
        let mut text = format!(
            "edition 2026\n\nprogram Play {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
             time zone \"Europe/Berlin\"\n  accept late events for 30 days\n}}\n\ncategories [Bread, Cake]\n\nchannels [App]\n\n\
             event run {{ km: decimal optional }}\n\nunit points is spendable {{\n  singular point\n  \
             round down in total\n  expire never\n}}\n\nvoucher Drink {{ grants 1 item free }}\n\n\
             earn Base {{\n  on purchase\n  give 1 point per 1 EUR\n}}\n\nearn Run {{\n  on run\n  give 2 points\n}}\n\n\
             returns {{\n  take back earned {mode}\n  balance may go negative\n}}\n\n"
        );
        for (name, genes) in NAMES.iter().zip(&challenges) {
            text.push_str(&challenge(name, genes));
        }
        text.push_str(&streak(&played));
        let (mut day, mut deeds) = (0, Vec::new());
        for genes in &done {
            let mut draw = Draw::new(genes);
            day += [0, 0, 1, 1, 3, 6, 8, 20, 33][draw.below(9)];
            let deed = match draw.below(4) {
                0 => Deed::Runs,
                _ => Deed::Buys([1 + draw.below(3) as i64, draw.below(4) as i64], draw.often(50)),
            };
            deeds.push((day, deed));
        }
        let mut draw = Draw::new(&spare);
        let back = day + [0, 2, 10, 40][draw.below(4)];
        let mut parts = Vec::new();
        for (of, (_, deed)) in deeds.iter().enumerate() {
            let Deed::Buys(pieces, _) = deed else { continue };
            let first = pieces.map(|most| draw.below(most as usize + 1) as i64);
            let rest = [0, 1].map(|kind| if draw.often(60) { pieces[kind] - first[kind] } else { 0 });
            for pieces in [first, rest] {
                parts.extend((pieces != [0, 0]).then_some(Part { of, pieces, later: 0 }));
            }
        }
        shuffle(&mut parts, &spare[30..]);
        for part in &mut parts {
            part.later = [0, 0, 1, 22][draw.below(4)];
        }
        Case { text, deeds, back, parts }
    })
}

fn instant(day: i64) -> Instant {
    Instant::from_micros((START + day * DAY) * 1_000_000).expect("a time of this century")
}

fn event(place: usize, day: i64, deed: &Deed) -> Event {
    let (id, at) = (format!("K-{place}"), instant(day).to_string());
    match deed {
        Deed::Runs => Event::named("run", &id, "Ann", &at).build().expect("an event"),
        Deed::Buys(pieces, app) => {
            let mut event = Event::purchase(&id, "Ann", &at);
            for (kind, pieces) in KINDS.iter().zip(pieces).filter(|(_, pieces)| **pieces > 0) {
                event = event.item(Item::new(kind, &pieces.to_string(), "3.33").category(kind));
            }
            if *app {
                event = event.channel("App");
            }
            event.build().expect("an event")
        }
    }
}

/// Parts of purchases come back in one event.
fn gives_back(id: &str, day: i64, parts: &[Part]) -> Event {
    let mut event = Event::returned(id, "Ann", &instant(day).to_string());
    for part in parts {
        for (kind, pieces) in KINDS.iter().zip(part.pieces).filter(|(_, pieces)| *pieces > 0) {
            event = event.line(ReturnLine::new(kind, &pieces.to_string()).of(&format!("K-{}", part.of)));
        }
    }
    event.build().expect("an event")
}

fn apply(world: &mut World<'_>, event: &Event) {
    for told in world.deliver(event) {
        told.result.as_ref().expect("accepted");
    }
}

fn program(text: &str) -> Program {
    compile(&Sources::single("play.loyalty", text), &Limits::default())
        .map_or_else(|found| panic!("{found}\n{text}"), |it| it.program)
}

fn day_of(day: i64) -> loyalty_rules::calendar::Date {
    instant(day).to_string()[..10].parse().expect("a day")
}

/// What a host sees of all rounds of some weeks.
fn seen(program: &Program, account: &Account) -> Vec<ChallengeProgress> {
    let days = (0..30).map(|week| day_of(7 * week - 4));
    let told = days.flat_map(|day| NAMES.map(|name| account.challenge(program, name, day)));
    told.filter_map(Result::ok).collect()
}

/// What a host sees of the run on a day.
fn run(program: &Program, account: &Account, day: i64) -> StreakProgress {
    account.streak(program, "Often", day_of(day)).expect("a streak")
}

proptest! {
    #![proptest_config(cases_per_law())]

    #[test]
    fn any_split_of_returns_leaves_the_rounds_that_one_return_leaves(case in cases()) {
        let program = program(&case.text);
        let (mut one, mut many) = (World::new(&program), World::new(&program));
        for world in [&mut one, &mut many] {
            for (place, (day, deed)) in case.deeds.iter().enumerate() {
                apply(world, &event(place, *day, deed));
            }
        }
        if !case.parts.is_empty() {
            apply(&mut one, &gives_back("R", case.back, &case.parts));
            for (place, part) in case.parts.iter().enumerate() {
                apply(&mut many, &gives_back(&format!("R-{place}"), case.back, std::slice::from_ref(part)));
            }
        }
        let (one, many) = (&one.accounts["Ann"], &many.accounts["Ann"]);
        prop_assert_eq!(seen(&program, one), seen(&program, many));
        prop_assert_eq!(run(&program, one, case.back), run(&program, many, case.back), "{}", case.text);
        let (one, many) = (one.snapshot(&program), many.snapshot(&program));
        let counters = |snapshot: &Snapshot| serde_json::to_value(snapshot).expect("a snapshot")["counters"].clone();
        prop_assert_eq!(counters(&one), counters(&many), "{}", case.text);
    }

    #[test]
    fn a_purchase_that_comes_back_leaves_open_rounds_as_they_were(case in cases()) {
        let program = program(&case.text);
        let mut world = World::new(&program);
        for (place, (day, deed)) in case.deeds.iter().enumerate() {
            apply(&mut world, &event(place, *day, deed));
            let before = seen(&program, &world.accounts["Ann"]);
            let run_before = run(&program, &world.accounts["Ann"], *day);
            let extra = event(100 + place, *day, &Deed::Buys([2, 1], true));
            let (after, back, run_after, run_back) = {
                let mut twin = World::new(&program);
                twin.accounts.clone_from(&world.accounts);
                apply(&mut twin, &extra);
                let after = seen(&program, &twin.accounts["Ann"]);
                let run_after = run(&program, &twin.accounts["Ann"], *day);
                let back = Event::returned("R", "Ann", &instant(*day).to_string());
                apply(&mut twin, &back.of(&format!("K-{}", 100 + place)).all_items(None).build().expect("an event"));
                (after, seen(&program, &twin.accounts["Ann"]), run_after, run(&program, &twin.accounts["Ann"], *day))
            };
            let mut twin = World::new(&program);
            twin.accounts.clone_from(&world.accounts);
            apply(&mut twin, &extra);
            let cancel = Event::cancel("C", "Ann", &instant(*day).to_string(), &format!("K-{}", 100 + place));
            apply(&mut twin, &cancel.build().expect("an event"));
            let cancelled = seen(&program, &twin.accounts["Ann"]);
            prop_assert_eq!(&cancelled, &before, "cancelled: {}", case.text);
            prop_assert_eq!(&run(&program, &twin.accounts["Ann"], *day), &run_before, "cancelled: {}", case.text);
            prop_assert_eq!(run_back.count, run_before.count);
            // a period that has paid stays won
            let pays = run_after.length > run_before.length && run_before.next_gift == Some(run_after.length);
            let expected = if pays { run_after.length } else { run_before.length };
            prop_assert_eq!(run_back.length, expected, "{}", case.text);
            for ((before, after), back) in before.iter().zip(&after).zip(&back) {
                prop_assert_eq!(&back.tasks, &before.tasks, "{}", case.text);
                prop_assert_eq!(back.finished, after.finished, "a finished round stays");
            }
        }
    }

    #[test]
    fn clocks_and_snapshots_in_between_change_nothing(case in cases()) {
        let program = program(&case.text);
        let (mut plain, mut other) = (World::new(&program), World::new(&program));
        let mut before = 0;
        for (place, (day, deed)) in case.deeds.iter().enumerate() {
            for between in before..=*day {
                if let Some(account) = other.accounts.get_mut("Ann") {
                    tick(&program, account, instant(between));
                    let text = serde_json::to_string(&account.snapshot(&program)).expect("a snapshot");
                    let snapshot: Snapshot = serde_json::from_str(&text).expect("its text");
                    let restored = Account::restore(&program, snapshot).expect("restored");
                    prop_assert_eq!(&restored, &*account);
                    *account = restored;
                }
            }
            before = *day;
            apply(&mut plain, &event(place, *day, deed));
            apply(&mut other, &event(place, *day, deed));
        }
        let mut day = case.back;
        for (place, part) in case.parts.iter().enumerate() {
            day += part.later;
            let back = gives_back(&format!("R-{place}"), day, std::slice::from_ref(part));
            tick(&program, other.accounts.get_mut("Ann").expect("an account"), instant(day));
            apply(&mut plain, &back);
            apply(&mut other, &back);
        }
        prop_assert!(same_but_version(&program, &plain.accounts["Ann"], &other.accounts["Ann"]), "{}", case.text);
    }
}
