//! Laws of announcements: a period is paid once by the value that is announced for it, whenever that happens, and nothing
//! is paid without one.

use super::cases_per_law;
use crate::host::snapshot::{json, restore};
use crate::rule_files::compiled;
use loyalty_rules::calendar::Date;
use loyalty_rules::{Account, Evaluator, Event, Program};
use proptest::collection::vec;
use proptest::prelude::*;

const RULES: &str = "edition 2026\n\nprogram Laws {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
     time zone \"Europe/Berlin\"\n}\n\nparameter dividend: percent\n\nunit bonus is money in EUR {\n  \
     round half up in total\n  expire never\n}\n\naward Dividend {\n  every month give dividend of spend as bonus\n}\n\n\
     returns {\n  take back earned in proportion\n}\n";

/// What is announced of a month: hundredths of a percent, and how many days behind the start of the month.
type Told = Option<(i64, u32)>;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn first_of(month: usize) -> Date {
    day(&format!("2026-{:02}-01", month + 1))
}

fn apply(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
}

/// The account after purchases of some cents on days of the year, and announcements; `again` restores it from its
/// snapshot in between.
fn played(program: &Program, bought: &[(u32, i64)], told: &[Told], again: bool) -> Account {
    let buys = bought.iter().enumerate().map(|(place, (later, cents))| {
        let day = first_of(0).plus_days(*later);
        let total = format!("{}.{:02}", cents / 100, cents % 100);
        (day, Event::purchase(&format!("K-{place}"), "Ann", &format!("{day}T12:00:00Z")).total(&total))
    });
    let says = told.iter().enumerate().filter_map(|(month, told)| {
        let (rate, later) = (*told)?;
        let (day, value) = (first_of(month).plus_days(later), format!("{}.{:02}", rate / 100, rate % 100));
        let at = format!("{day}T13:00:00Z");
        let event = Event::announce(&format!("N-{month}"), "Ann", &at, "dividend", &value);
        Some((day, event.for_day(first_of(month).plus_days(later.min(20)))))
    });
    let mut all: Vec<_> = buys.chain(says).collect();
    all.sort_by_key(|(day, _)| *day);
    let mut account = Account::open(program, "Ann");
    for (_, event) in all {
        apply(program, &mut account, &event.build().unwrap());
        if again {
            account = restore(program, &json(program, &account)).unwrap();
        }
    }
    let outcome =
        Evaluator::new().advance(program, &account, "2028-01-01T12:00:00Z".parse().unwrap()).unwrap();
    account.post(program, &outcome).unwrap();
    account
}

fn cents(program: &Program, account: &Account) -> i64 {
    account.balance(program, "bonus").unwrap().available.replace('.', "").parse().unwrap()
}

proptest! {
    #![proptest_config(cases_per_law())]

    #[test]
    fn every_month_is_paid_once_by_its_own_value(
        bought in vec((0_u32..360, 1_i64..90_000), 0..12),
        told in vec(proptest::option::of((0_i64..10_000, 0_u32..400)), 12),
    ) {
        let program = compiled(RULES).program;
        let account = played(&program, &bought, &told, false);
        let mut spent = [0_i64; 12];
        for (later, cents) in &bought {
            let day = first_of(0).plus_days(*later);
            if let Some(sum) = (0..12).rev().find(|month| first_of(*month) <= day).and_then(|month| spent.get_mut(month)) {
                *sum += cents;
            }
        }
        // cents times hundredths of a percent, rounded half up
        let paid = spent.iter().zip(&told).filter_map(|(spent, told)| Some((spent * (*told)?.0 + 5_000) / 10_000));
        prop_assert_eq!(cents(&program, &account), paid.sum::<i64>());
        let again = played(&program, &bought, &told, true);
        prop_assert_eq!(json(&program, &again), json(&program, &account));
    }
}
