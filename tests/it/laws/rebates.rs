//! Laws of rebates: whatever the stages and the history, what is paid is what a model by hand says, and it hangs neither
//! on how often the clock is run, nor on how returns are cut, nor on a snapshot in between.

use super::cases_per_law;
use crate::host::snapshot::{json, restore};
use crate::rule_files::compiled;
use loyalty_rules::calendar::Date;
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Account, Evaluator, Event, Program};
use proptest::collection::vec;
use proptest::prelude::*;

/// The day on which every history ends, long after the last payment.
const END: &str = "2027-06-01";

/// A rebate: whether it is retroactive, stages as EUR and tenths of a percent, the length of the period in months, the
/// days to the payment, the least in cents, and a cap in cents over so many months, 0 for the whole life.
#[derive(Debug, Clone)]
struct Rules {
    retroactive: bool,
    stages: Vec<(i64, i64)>,
    months: u8,
    after: u32,
    least: i64,
    cap: Option<(i64, i64)>,
}

fn rules() -> impl Strategy<Value = Rules> {
    let stages = vec((1_i64..2_000, 0_i64..200), 1..5);
    let cap = (1_i64..60_000, prop_oneof![Just(6_i64), Just(12), Just(0)]);
    let cap = proptest::option::of(cap);
    (any::<bool>(), stages, prop_oneof![Just(1_u8), Just(3)], 1_u32..45, 0_i64..900, cap).prop_map(
        |(retroactive, steps, months, after, least, cap)| {
            let mut from = -1;
            let stages = steps.into_iter().map(|(step, rate)| {
                from += step;
                (from, rate)
            });
            Rules { retroactive, stages: stages.collect(), months, after, least, cap }
        },
    )
}

impl Rules {
    fn text(&self) -> String {
        let mode = if self.retroactive { "retroactive" } else { "incremental" };
        let period = if self.months == 1 { "month" } else { "quarter" };
        let stages: String = self
            .stages
            .iter()
            .map(|(from, rate)| format!("  stage from {from} EUR: {}.{}%\n", rate / 10, rate % 10))
            .collect();
        let least = match self.least {
            0 => String::new(),
            cents => format!("  pay nothing below {}.{:02} EUR\n", cents / 100, cents % 100),
        };
        let cap = match self.cap {
            None => String::new(),
            Some((cents, months)) => {
                let window = match months {
                    6 => "half-year",
                    12 => "calendar year",
                    _ => "lifetime",
                };
                format!("  cap {}.{:02} bonus per {window}\n", cents / 100, cents % 100)
            }
        };
        format!(
            "edition 2026\n\nprogram Laws {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  time zone \
             \"Europe/Berlin\"\n}}\n\nunit bonus is money in EUR {{\n  round half up in total\n  expire never\n}}\n\n\
             rebate Bonus {{\n  period {period}\n  stages are {mode}\n{stages}  pay bonus {} days after period end\n\
             {least}{cap}}}\n\nreturns {{\n  take back earned in proportion\n}}\n",
            self.after
        )
    }

    /// Cents that a turnover in cents pays: every cent of it by itself where stages are incremental.
    fn pays(&self, turnover: i64) -> i64 {
        let reached = self.stages.iter().rev().find(|(from, _)| from * 100 <= turnover);
        let Some((_, rate)) = reached.filter(|_| turnover > 0) else { return 0 };
        // thousandths of a cent
        let exact = if self.retroactive {
            turnover * rate
        } else {
            let ends = self.stages.iter().skip(1).map(|(from, _)| from * 100).chain([i64::MAX]);
            let slices = self.stages.iter().zip(ends);
            slices.map(|((from, rate), end)| (turnover.min(end) - from * 100).max(0) * rate).sum()
        };
        if exact < self.least * 1_000 { 0 } else { (exact + 500) / 1_000 }
    }
}

/// A purchase: day of the year, cents, and what comes back of it: days later, and per mille.
type Bought = (u32, i64, Vec<(u32, i64)>);

fn history() -> impl Strategy<Value = Vec<Bought>> {
    vec((0_u32..250, 1_i64..400_000, vec((0_u32..90, 1_i64..500), 0..3)), 1..8)
}

/// What happens on a day: cents that are bought, or come back of a purchase.
#[derive(Debug, Clone)]
enum Deed {
    Buys(usize, i64),
    GivesBack(usize, i64),
}

/// All that happens, in order.
fn deeds(history: &[Bought]) -> Vec<(Date, Deed)> {
    let start: Date = "2026-01-01".parse().unwrap();
    let mut all = Vec::new();
    for (place, (day, cents, backs)) in history.iter().enumerate() {
        let day = start.plus_days(*day);
        all.push((day, Deed::Buys(place, *cents)));
        for (later, share) in backs {
            let back = cents * share / 1_000;
            if back > 0 {
                all.push((day.plus_days(*later), Deed::GivesBack(place, back)));
            }
        }
    }
    all.sort_by_key(|(day, deed)| (*day, matches!(deed, Deed::GivesBack(..))));
    all
}

fn euros(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn event(place: usize, day: Date, deed: &Deed) -> Event {
    let at = format!("{day}T12:00:00+01:00");
    match deed {
        Deed::Buys(id, cents) => {
            Event::purchase(&format!("K-{id}"), "Ann", &at).total(&euros(*cents)).build().unwrap()
        }
        Deed::GivesBack(id, cents) => {
            let back = Event::returned(&format!("R-{place}"), "Ann", &at).of(&format!("K-{id}"));
            back.total(&euros(*cents)).build().unwrap()
        }
    }
}

fn tick(program: &Program, account: &mut Account, day: &str) {
    let to = format!("{day}T12:00:00Z").parse().unwrap();
    let outcome = Evaluator::new().advance(program, account, to).unwrap();
    account.post(program, &outcome).unwrap();
}

/// The account after all deeds and at the end; `between` runs after each deed.
fn played(program: &Program, deeds: &[(Date, Deed)], mut between: impl FnMut(&mut Account, Date)) -> Account {
    let mut account = Account::open(program, "Ann");
    for (place, (day, deed)) in deeds.iter().enumerate() {
        let outcome = Evaluator::new().evaluate(program, &account, &event(place, *day, deed)).unwrap();
        account.post(program, &outcome).unwrap();
        between(&mut account, *day);
    }
    tick(program, &mut account, END);
    account
}

fn cents(program: &Program, account: &Account) -> i64 {
    account.balance(program, "bonus").unwrap().available.replace('.', "").parse().unwrap()
}

/// What the model says: each period by itself, below zero carried on.
fn model(rules: &Rules, deeds: &[(Date, Deed)]) -> i64 {
    let index =
        |day: Date| (i64::from(day.year()) * 12 + i64::from(day.month()) - 1) / i64::from(rules.months);
    let first = index("2026-01-01".parse().unwrap());
    let last = index("2027-02-01".parse().unwrap());
    let (mut paid, mut carried) = (0, 0);
    let mut used = std::collections::BTreeMap::new();
    for period in first..=last {
        let of_period = deeds.iter().filter(|(day, _)| index(*day) == period);
        let sum: i64 = of_period
            .map(|(_, deed)| match deed {
                Deed::Buys(_, cents) => *cents,
                Deed::GivesBack(_, cents) => -cents,
            })
            .sum();
        let turnover = sum + carried;
        let pays = rules.pays(turnover);
        paid += match rules.cap {
            None => pays,
            Some((most, months)) => {
                // the window of the last month of the period
                let month = (period + 1) * i64::from(rules.months) - 1;
                let used = used.entry(month.checked_div(months).unwrap_or(0)).or_insert(0);
                let cut = pays.min(most - *used);
                *used += cut;
                cut
            }
        };
        carried = turnover.min(0);
    }
    paid
}

proptest! {
    #![proptest_config(cases_per_law())]

    #[test]
    fn what_is_paid_is_what_the_model_says(rules in rules(), history in history()) {
        let program = compiled(&rules.text()).program;
        let deeds = deeds(&history);
        let account = played(&program, &deeds, |_, _| {});
        prop_assert_eq!(cents(&program, &account), model(&rules, &deeds));
        prop_assert_eq!(account.next_due(&program), None, "all was paid, nothing is left to do");
    }

    #[test]
    fn ticking_changes_nothing(rules in rules(), history in history(), ticks in vec(0_u32..40, 16)) {
        let program = compiled(&rules.text()).program;
        let deeds = deeds(&history);
        let never = played(&program, &deeds, |_, _| {});
        let mut days = deeds.iter().map(|(day, _)| *day).skip(1).chain([END.parse().unwrap()]);
        let mut ticks = ticks.into_iter().cycle();
        let often = played(&program, &deeds, |account, day| {
            let (next, wait) = (days.next().unwrap(), ticks.next().unwrap());
            if day.plus_days(wait) < next {
                tick(&program, account, &day.plus_days(wait).to_string());
            }
        });
        prop_assert_eq!(often.rebates(&program), never.rebates(&program));
        prop_assert_eq!(often.balance(&program, "bonus"), never.balance(&program, "bonus"));
    }

    #[test]
    fn a_due_day_is_a_day_on_which_something_happens(rules in rules(), history in history()) {
        let program = compiled(&rules.text()).program;
        let deeds = deeds(&history);
        let mut account = Account::open(&program, "Ann");
        for (place, (day, deed)) in deeds.iter().enumerate() {
            let outcome = Evaluator::new().evaluate(&program, &account, &event(place, *day, deed)).unwrap();
            account.post(&program, &outcome).unwrap();
        }
        let mut paid = 0;
        while let Some(due) = account.next_due(&program) {
            let before = Evaluator::new().advance(&program, &account, due.plus_micros(-1)).unwrap();
            prop_assert!(before.deltas().is_empty() && before.rebates(&program).is_empty());
            let outcome = Evaluator::new().advance(&program, &account, due).unwrap();
            account.post(&program, &outcome).unwrap();
            prop_assert_ne!(account.next_due(&program), Some(due));
            paid += 1;
            prop_assert!(paid < 100, "it ends");
        }
        prop_assert_eq!(cents(&program, &account), model(&rules, &deeds));
    }

    #[test]
    fn a_snapshot_in_between_changes_nothing(rules in rules(), history in history(), at in 0_usize..8) {
        let program = compiled(&rules.text()).program;
        let deeds = deeds(&history);
        let straight = played(&program, &deeds, |_, _| {});
        let mut place = 0;
        let rested = played(&program, &deeds, |account, _| {
            if place == at {
                *account = restore(&program, &json(&program, account)).unwrap();
            }
            place += 1;
        });
        prop_assert_eq!(rested, straight);
    }

    #[test]
    fn any_split_of_a_return_ends_the_same(
        rules in rules(),
        bought in 1_i64..400_000,
        cuts in vec(1_i64..300, 1..6),
    ) {
        let program = compiled(&rules.text()).program;
        let day: Date = "2026-02-03".parse().unwrap();
        let parts: Vec<i64> = cuts.iter().map(|cut| bought * cut / 2_000).filter(|part| *part > 0).collect();
        let of = |parts: &[i64]| {
            let mut deeds = vec![(day, Deed::Buys(0, bought))];
            let backs = parts.iter().zip(1_u32..);
            deeds.extend(backs.map(|(part, later)| (day.plus_days(later), Deed::GivesBack(0, *part))));
            played(&program, &deeds, |_, _| {})
        };
        let sum: i64 = parts.iter().sum();
        let whole: Vec<i64> = if sum > 0 { vec![sum] } else { Vec::new() };
        prop_assert_eq!(of(&parts).balance(&program, "bonus"), of(&whole).balance(&program, "bonus"));
    }
}

/// A program with an award of each form.
const AWARDS: &str = r#"edition 2026

program Laws {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

categories [A, B]

unit points is spendable {
  singular point
  round half up in total
  expire never
}

unit credit is money in EUR {
  round down in total
  expire never
}

unit stars is status

unit tens is status

unit begun is status

unit match is spendable {
  round half even in total
  expire never
}

earn Base {
  on purchase
  give 1 point per 2 EUR
}

award Share {
  every month give 2.5% of spend as credit
  pay nothing below 1 EUR
}

award Most {
  every quarter give 4% of spend on the category with most spend as stars
}

award Tens {
  every month give 3 tens per full 10 EUR
}

award Begun {
  every month give 2 begun per started 7 EUR
}

award Match {
  every month give 3 match per 2 points earned from [Base]
}

returns {
  take back earned in proportion
}
"#;

/// What the awards give by hand: cents, stars, matched points, and for full and begun steps.
fn awarded(deeds: &[(Date, Deed)]) -> (i64, i64, i64, [i64; 2]) {
    let month = |day: Date| i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
    let bought = |id: usize| {
        let of = deeds.iter().find_map(|(_, deed)| match deed {
            Deed::Buys(place, cents) if *place == id => Some(*cents),
            _ => None,
        });
        of.unwrap()
    };
    // 1 point for 200 cents, rounded half up
    let points = |cents: i64| (cents + 100) / 200;
    let mut returned = std::collections::BTreeMap::new();
    // month, purchase, cents, points
    let mut all: Vec<(i64, usize, i64, i64)> = Vec::new();
    for (day, deed) in deeds {
        all.push(match deed {
            Deed::Buys(id, cents) => (month(*day), *id, *cents, points(*cents)),
            Deed::GivesBack(id, cents) => {
                let so_far = returned.entry(*id).or_insert(0);
                let lost = |back: i64| points(bought(*id)) * back / bought(*id);
                let before = lost(*so_far);
                *so_far += cents;
                (month(*day), *id, -cents, before - lost(*so_far))
            }
        });
    }
    let months = 2026 * 12..2027 * 12 + 5;
    let (mut credit, mut stars, mut matched) = (0, 0, 0);
    let (mut carried, mut earned, mut steps) = (0, 0, [0, 0]);
    for now in months.clone() {
        let of = |part: fn(&(i64, usize, i64, i64)) -> i64| -> i64 {
            all.iter().filter(|entry| entry.0 == now).map(part).sum()
        };
        let spend = of(|entry| entry.2) + carried;
        let exact = spend * 25;
        credit += if exact >= 100_000 { exact / 1_000 } else { 0 };
        steps[0] += spend.max(0) / 1_000 * 3;
        steps[1] += (spend.max(0) + 699) / 700 * 2;
        carried = spend.min(0);
        let sum = of(|entry| entry.3) + earned;
        let product = (sum * 3).max(0);
        // half to the even neighbour
        let (whole, half) = (product / 2, product % 2);
        matched += if half == 1 && whole % 2 == 1 { whole + 1 } else { whole };
        earned = sum.min(0);
    }
    let mut carried = [0_i64, 0];
    for quarter in 2026 * 4..2027 * 4 + 2 {
        let of = |category: usize| -> i64 {
            let mine = all.iter().filter(|entry| entry.0 / 3 == quarter && entry.1 % 3 == category);
            mine.map(|entry| entry.2).sum()
        };
        let sums = [of(0) + carried[0], of(1) + carried[1]];
        // 4% in whole stars, rounded down
        stars += sums.into_iter().max().unwrap_or(0).max(0) * 4 / 10_000;
        carried = sums.map(|sum| sum.min(0));
    }
    (credit, stars, matched, steps)
}

proptest! {
    #![proptest_config(cases_per_law())]

    #[test]
    fn awards_pay_what_a_model_says(history in history(), ticks in vec(0_u32..40, 16)) {
        let program = compiled(AWARDS).program;
        // a piece comes back once
        let history: Vec<Bought> = history
            .into_iter()
            .map(|(day, cents, backs)| (day, cents, backs.into_iter().take(1).collect()))
            .collect();
        let deeds = deeds(&history);
        let mut account = Account::open(&program, "Ann");
        let mut ticks = ticks.into_iter().cycle();
        for (place, (day, deed)) in deeds.iter().enumerate() {
            let at = format!("{day}T12:00:00+01:00");
            let event = match deed {
                Deed::Buys(id, cents) => {
                    let item = Item::new("Thing", "1", &euros(*cents));
                    let item = match id % 3 {
                        0 => item.category("A"),
                        1 => item.category("B"),
                        _ => item,
                    };
                    Event::purchase(&format!("K-{id}"), "Ann", &at).item(item).build().unwrap()
                }
                Deed::GivesBack(id, cents) => {
                    let line = ReturnLine::new("Thing", "1").unit_price(&euros(*cents));
                    let back = Event::returned(&format!("R-{place}"), "Ann", &at).of(&format!("K-{id}"));
                    back.line(line).build().unwrap()
                }
            };
            let outcome = Evaluator::new().evaluate(&program, &account, &event).unwrap();
            account.post(&program, &outcome).unwrap();
            let (next, wait) = (deeds.get(place + 1).map(|(day, _)| *day), ticks.next().unwrap());
            if next.is_some_and(|next| day.plus_days(wait) < next) {
                tick(&program, &mut account, &day.plus_days(wait).to_string());
            }
        }
        tick(&program, &mut account, END);
        let of = |unit: &str| -> i64 {
            account.balance(&program, unit).unwrap().available.replace('.', "").parse().unwrap()
        };
        let found = (of("credit"), of("stars"), of("match"), [of("tens"), of("begun")]);
        prop_assert_eq!(found, awarded(&deeds));
    }
}
