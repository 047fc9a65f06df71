//! The law of moments that the clock brings: they come exactly on their days, however often the clock is run.

use super::cases_per_law;
use super::draw::{Draw, Genes};
use super::rules::Stock;
use super::world::{same_but_version, tick};
use loyalty_rules::account::Snapshot;
use loyalty_rules::calendar::Date;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;

const RULES: &str = "edition 2026\n\nprogram Moments {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"Europe/Berlin\"\n}\n\nmember {\n  birthday: date optional\n}\n\n\
    unit points is spendable {\n  singular point\n  round down in total\n  expire never\n}\n\n\
    bonus Birthday {\n  on birthday\n  give 1 point\n  combine add\n}\n\n\
    bonus Month {\n  on start of month\n  give 100 points\n  combine add\n}\n\n\
    bonus Later {\n  on 5 days after purchase\n  give 10_000 points\n  combine add\n}\n\n\
    bonus Absent {\n  on 7 days without purchase\n  give 1_000_000 points\n  combine add\n}\n";

/// Bonuses on moments for a generated program.
pub(super) fn bonuses(stock: &mut Stock, genes: &Genes) -> Vec<String> {
    let mut draw = Draw::new(genes);
    let names = ["Kerze", "Anfang", "Später", "Weg"];
    let on = [
        draw.one(&["birthday", "birthday", "start of week"]),
        draw.one(&["start of month", "start of quarter", "start of membership year"]),
        draw.one(&[
            "3 days after purchase",
            "1 month after stay",
            "10 days after purchase of items where category is Wein",
        ]),
        draw.one(&["20 days without purchase", "1 month without purchase or stay", "5 days after joining"]),
    ];
    let spendable: Vec<&str> =
        stock.units.iter().filter(|unit| unit.spendable).map(|unit| unit.name).collect();
    let mut blocks = Vec::new();
    for (name, on) in names.into_iter().zip(on) {
        if !draw.often(60) {
            continue;
        }
        let unit = spendable[draw.below(spendable.len())];
        let when = draw.one(&[
            "",
            "",
            "  when purchases in last 30 days is at least 1\n",
            "  when time since joining is at least 3 days\n",
            "  when level is x\n",
        ]);
        // only amounts of one unit can be compared
        let combine = draw.one(&["add", "add", "best of Uhr-UNIT"]).replace("UNIT", unit);
        let cap = draw.one(&["", "", "  cap 1 time per month\n", "  cap 7 UNIT per calendar year\n"]);
        let cap = cap.replace("UNIT", unit);
        stock.names.push(name.to_owned());
        blocks.push(format!(
            "bonus {name} {{\n  on {on}\n{when}  give {} {unit}\n  combine {combine}\n{cap}}}",
            draw.below(5) + 2
        ));
    }
    blocks
}

/// Milestones for a generated program. Their marks open again, so that a return leaves no trace.
pub(super) fn milestones(stock: &mut Stock, genes: &Genes) -> String {
    let mut draw = Draw::new(genes);
    let counts =
        draw.one(&["spend", "spend", "spend on (category is Wein)", "purchases", "items", "stay", "points"]);
    let window = draw.one(&["month", "calendar year", "week", "lifetime", "quarter"]);
    let unit = if counts.starts_with("spend") { " EUR" } else { "" };
    let items = if counts == "points" {
        ""
    } else {
        draw.one(&["", "", "  for items where category is not Tabak\n"])
    };
    let when = draw.one(&["", "", "", "  when level is x\n", "  when weekday is not monday\n"]);
    let mut marks = String::new();
    let (mut at, few) = (0, matches!(counts, "purchases" | "stay" | "items"));
    for _ in 0..1 + draw.below(3) {
        at += if few { 1 + draw.below(2) } else { 5 + draw.below(40) };
        let gift = match draw.below(4) {
            0 if stock.voucher => "1 Gutschein".to_owned(),
            _ => format!("{} {}", draw.below(9) + 1, stock.units[draw.below(stock.units.len())].name),
        };
        if draw.often(30) {
            let last = at + if few { 3 } else { 60 };
            let step = if few { 1 } else { 7 + draw.below(20) };
            marks.push_str(&format!("  every {step}{unit} from {at}{unit} to {last}{unit} give {gift}\n"));
        } else {
            marks.push_str(&format!("  at {at}{unit} give {gift}\n"));
        }
    }
    format!("milestones Marken {{\n{when}{items}  count {counts} in {window}\n{marks}}}")
}

/// What should be, found by walking from day to day.
struct Model {
    today: Date,
    birthday: Option<Date>,
    paid: Option<i32>,
    last: Date,
    later: Vec<(u32, Date)>,
    points: i64,
}

impl Model {
    fn go(&mut self, to: Date) {
        while self.today < to {
            self.today = self.today.plus_days(1);
            let (today, year) = (self.today, self.today.year());
            let born = self.birthday.filter(|born| born.year() < year);
            if born.and_then(|born| born.anniversary_in(year)) == Some(today) && self.paid != Some(year) {
                (self.points, self.paid) = (self.points + 1, Some(year));
            }
            if today.day() == 1 {
                self.points += 100;
            }
            self.points += 10_000 * self.later.iter().filter(|(_, day)| *day == today).count() as i64;
            if today.days_since(self.last) == 7 {
                self.points += 1_000_000;
            }
        }
    }
}

fn noon(day: Date) -> String {
    format!("{day}T12:00:00Z")
}

fn post(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).expect("an outcome");
    account.post(program, &outcome).expect("posted");
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// Moments come on their days and never twice, whatever is bought, returned and told of a birthday; ticks and
    /// snapshots change nothing, and the clock says before when it has work.
    #[test]
    fn moments_come_exactly_on_their_days(
        steps in proptest::collection::vec((0u32..25, 0u8..4, 0u32..1_500), 1..30),
    ) {
        let compiled = compile(&Sources::single("moments.loyalty", RULES), &Limits::default()).expect("a program");
        let program = &compiled.program;
        let (mut ann, mut often) = (Account::open(program, "Ann"), Account::open(program, "Ann"));
        let first = Date::from_ymd(2027, 12, 20).expect("a day");
        let join = Event::joining("J", "Ann", &noon(first)).build().expect("an event");
        post(program, &mut ann, &join);
        post(program, &mut often, &join);
        let mut model =
            Model { today: first, birthday: None, paid: None, last: first, later: Vec::new(), points: 0 };
        let mut bought: Vec<u32> = Vec::new();
        for (place, (days, what, number)) in (0u32..).zip(steps) {
            let today = model.today.plus_days(days);
            model.go(today);
            let id = format!("E{place}");
            let event = match (what, bought.pop()) {
                (0, _) => {
                    // around a 29 February, and not always born yet
                    let born = Date::from_ymd(2027, 1, 1).expect("a day").plus_days(number);
                    model.birthday = Some(born);
                    Event::change(&id, "Ann", &noon(today)).attribute("birthday", born.to_string().as_str())
                }
                (1, Some(last)) => {
                    model.later.retain(|(of, _)| *of != last);
                    Event::returned(&id, "Ann", &noon(today)).all_items(Some(&format!("E{last}")))
                }
                (_, known) => {
                    bought.extend(known);
                    bought.push(place);
                    model.last = today;
                    model.later.push((place, today.plus_days(5)));
                    Event::purchase(&id, "Ann", &noon(today)).total("10")
                }
            };
            let event = event.build().expect("an event");
            while let Some(due) = often.next_due(program).filter(|due| *due <= event.at()) {
                let early = Evaluator::new().advance(program, &often, due.plus_micros(-1)).expect("an outcome");
                prop_assert!(early.deltas().is_empty());
                tick(program, &mut often, due);
            }
            post(program, &mut ann, &event);
            post(program, &mut often, &event);
            prop_assert!(same_but_version(program, &ann, &often), "{:?}\n{:?}", ann, often);
            prop_assert_eq!(ann.next_due(program), often.next_due(program));
            let points = ann.balance(program, "points").expect("a unit").available;
            prop_assert_eq!(points, model.points.to_string(), "on {}", today);
            let json = serde_json::to_string(&ann.snapshot(program)).expect("JSON");
            let snapshot: Snapshot = serde_json::from_str(&json).expect("a snapshot");
            prop_assert_eq!(&Account::restore(program, snapshot).expect("an account"), &ann);
        }
    }
}
