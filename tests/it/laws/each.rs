//! The laws of caps with one counter for each value.

use super::cases_per_law;
use loyalty_rules::account::Snapshot;
use loyalty_rules::calendar::Date;
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const HEAD: &str = "edition 2026\n\nprogram Each {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"UTC\"\n  accept late events for 20 days\n}\n\nevent purchase {\n  ticket: name optional\n}\n\n\
    categories [C1, C2]\n\n\
    unit points is spendable {\n  singular point\n  round down in total\n  expire never\n}\n\n";

const RETURNS: &str = "returns {\n  accept within 30 days\n  balance may go negative\n}\n\n";

const AGAIN: &str = "returns {\n  take back earned as if never bought\n  accept within 30 days\n  balance may go negative\n}\n\n";

const TICKETS: &str =
    "earn Base {\n  on purchase\n  give 1 point per 1 EUR\n  cap 50 points per week for each ticket\n}\n";

/// The second rule gives what its cap of spend lets count. Categories that are not declared are one.
const ITEMS: &str = "earn Base {\n  on purchase\n  give 1 point per 1 EUR\n  cap 50 points per week for each category\n}\n\n\
    bonus Spent {\n  on purchase\n  give 1 point per 1 EUR\n  combine add\n  cap 70 EUR of spend per month for each sku\n}\n";

fn program(returns: &str, rules: &str) -> Program {
    compile(&Sources::single("each.loyalty", format!("{HEAD}{returns}{rules}")), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .program
}

static BY_TICKET: LazyLock<[Program; 2]> =
    LazyLock::new(|| [program(RETURNS, TICKETS), program(AGAIN, TICKETS)]);

static BY_ITEM: LazyLock<Program> = LazyLock::new(|| program(RETURNS, ITEMS));

/// A member whose events are posted.
struct Shop<'p> {
    program: &'p Program,
    ann: Account,
    evaluator: Evaluator,
}

impl<'p> Shop<'p> {
    fn open(program: &'p Program) -> Self {
        let mut shop = Self { program, ann: Account::open(program, "Ann"), evaluator: Evaluator::new() };
        let joining = Event::joining("J", "Ann", "2026-01-05T00:00:00Z").build().expect("an event");
        shop.post(&joining);
        shop
    }

    /// What Ann has then.
    fn post(&mut self, event: &Event) -> i64 {
        let outcome = self.evaluator.evaluate(self.program, &self.ann, event).expect("an outcome");
        self.ann.post(self.program, &outcome).expect("posted");
        let balance = self.ann.balance(self.program, "points").expect("a unit");
        balance.available.parse().expect("a number")
    }

    /// Goes on with what a snapshot of the account has.
    fn restart(&mut self) -> Result<(), TestCaseError> {
        let json = serde_json::to_string(&self.ann.snapshot(self.program)).expect("JSON");
        let snapshot: Snapshot = serde_json::from_str(&json).expect("a snapshot");
        let restored = Account::restore(self.program, snapshot).expect("an account");
        prop_assert_eq!(&restored, &self.ann);
        self.ann = restored;
        Ok(())
    }
}

fn at(day: Date) -> String {
    format!("{day}T12:00:00Z")
}

/// A Monday.
fn start() -> Date {
    Date::from_ymd(2026, 1, 5).expect("a day")
}

/// Some purchases come late, as far as the joining and the limit allow.
fn late(newest: Date, by: u32) -> Date {
    let back = i64::from(by).min(i64::from(newest.days_since(start())));
    Date::from_days(newest.days() - i32::try_from(back).expect("few")).expect("a day")
}

fn week(day: Date) -> i32 {
    (day.days() - start().days()) / 7
}

/// What is counted by hand: takes as much of an amount as there is room.
fn take<K: Ord>(used: &mut BTreeMap<K, i64>, key: K, most: i64, amount: i64) -> i64 {
    let used = used.entry(key).or_default();
    let given = amount.min(most - *used);
    *used += given;
    given
}

/// A purchase by category: the day, and of each line its category, euros and what each rule gave.
type Bought = (String, Date, Vec<(usize, i64, [i64; 2])>);

proptest! {
    #![proptest_config(cases_per_law())]

    /// Every ticket and week has room of its own, what comes back gives its room back there, and late events take theirs
    /// in their own week. Snapshots change nothing. What is left of a purchase is all or nothing here, so judging it
    /// again takes the same.
    #[test]
    fn every_value_has_room_of_its_own(
        again in any::<bool>(),
        steps in proptest::collection::vec((0u32..9, 0u32..15, 0u8..4, 1u32..60, any::<Option<u8>>()), 1..30),
    ) {
        let mut shop = Shop::open(&BY_TICKET[usize::from(again)]);
        let (mut newest, mut has) = (start(), 0_i64);
        let mut used: BTreeMap<(i32, u8), i64> = BTreeMap::new();
        let mut bought: Vec<(String, (i32, u8), i64, Date)> = Vec::new();
        for (place, (days, by, ticket, euros, back)) in steps.into_iter().enumerate() {
            newest = newest.plus_days(days);
            let id = format!("E{place}");
            let event = match back.map(usize::from).filter(|_| !bought.is_empty()) {
                Some(of) => {
                    let (purchase, key, given, on) = bought.remove(of % bought.len());
                    if newest.days_since(on) > 30 {
                        continue;
                    }
                    *used.entry(key).or_default() -= given;
                    has -= given;
                    Event::returned(&id, "Ann", &at(newest)).of(&purchase).all_items(None).build()
                }
                None => {
                    let day = late(newest, by);
                    let key = (week(day), ticket);
                    let given = take(&mut used, key, 50, i64::from(euros));
                    has += given;
                    bought.push((id.clone(), key, given, day));
                    let event = Event::purchase(&id, "Ann", &at(day)).total(&euros.to_string());
                    let event = if ticket == 0 { event } else { event.attribute("ticket", format!("T{ticket}").as_str()) };
                    event.build()
                }
            };
            prop_assert_eq!(shop.post(&event.expect("an event")), has, "{}", id);
            if place % 8 == 7 {
                shop.restart()?;
            }
        }
        shop.restart()?;
    }

    /// The same where each line has a category of its own: points are capped for each category and week, spend for each
    /// article and month. Lines come back one by one.
    #[test]
    fn every_line_feeds_the_counter_of_its_value(
        steps in proptest::collection::vec(
            (0u32..9, 0u32..15, proptest::collection::vec(0i64..60, 4), any::<Option<(u8, u8)>>()),
            1..20,
        ),
    ) {
        let mut shop = Shop::open(&BY_ITEM);
        let (mut newest, mut has) = (start(), 0_i64);
        let mut by_week: BTreeMap<(i32, usize), i64> = BTreeMap::new();
        let mut by_month: BTreeMap<(u8, usize), i64> = BTreeMap::new();
        let mut bought: Vec<Bought> = Vec::new();
        // the first has no category, and the last one that is not declared
        for (place, (days, by, euros, back)) in steps.into_iter().enumerate() {
            newest = newest.plus_days(days);
            let id = format!("E{place}");
            let event = match back.filter(|_| !bought.is_empty()) {
                Some((of, line)) => {
                    let of = usize::from(of) % bought.len();
                    let (purchase, on, lines) = &mut bought[of];
                    if lines.is_empty() || newest.days_since(*on) > 30 {
                        continue;
                    }
                    let (category, euros, [points, spent]) = lines.remove(usize::from(line) % lines.len());
                    *by_week.entry((week(*on), category)).or_default() -= points;
                    *by_month.entry((on.month(), category)).or_default() -= spent;
                    has -= points + spent;
                    let line = ReturnLine::new(&format!("I{category}"), "1").unit_price(&euros.to_string());
                    Event::returned(&id, "Ann", &at(newest)).of(purchase).line(line).build()
                }
                None if euros.iter().all(|euros| *euros == 0) => continue,
                None => {
                    let day = late(newest, by);
                    let mut event = Event::purchase(&id, "Ann", &at(day));
                    let mut lines = Vec::new();
                    // one line for each counter, so that what it gets is what the counter takes
                    for (category, euros) in euros.into_iter().enumerate().filter(|(_, euros)| *euros > 0) {
                        let item = Item::new(&format!("I{category}"), "1", &euros.to_string());
                        let item = if category == 0 { item } else { item.category(&format!("C{category}")) };
                        event = event.item(item);
                        let points = take(&mut by_week, (week(day), category), 50, euros);
                        let spent = take(&mut by_month, (day.month(), category), 70, euros);
                        has += points + spent;
                        lines.push((category, euros, [points, spent]));
                    }
                    bought.push((id.clone(), day, lines));
                    event.build()
                }
            };
            prop_assert_eq!(shop.post(&event.expect("an event")), has, "{}", id);
            if place % 8 == 7 {
                shop.restart()?;
            }
        }
        shop.restart()?;
    }
}
