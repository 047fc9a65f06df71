//! Laws of settlements: the statements of partners are what was given and taken back, each period for itself, whatever
//! the order in which charges arrive, and how often.

use super::cases_per_law;
use crate::rule_files::compiled;
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::ledger::{Charge, Posted, Settlement};
use loyalty_rules::{Account, Evaluator, Event};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One partner pays 70%, the other 30%; both settle every month.
const RULES: &str = r#"edition 2026

program Shared {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

unit stars is spendable {
  singular star
  worth 0.01 EUR
  round down in total
  expire never
}

partner Brewery {
  pays 0.012 EUR per star earned
  settles every month
}

partner Market {
  pays 0.011 EUR per star earned
  settles every month
}

earn Base {
  on purchase
  give 1 star per full 1 EUR
  funded by Brewery 70%, Market 30%
}

returns {
  take back earned in proportion
  balance may go negative
}
"#;

/// What happens on a day of the year: a purchase of two pieces at a whole price, or one piece that comes back.
#[derive(Debug, Clone)]
enum Deed {
    Buys(u32),
    GivesBack(usize),
}

fn deeds() -> impl Strategy<Value = Vec<(u32, Deed)>> {
    let deed = prop_oneof![
        2 => (1_u32..500).prop_map(Deed::Buys),
        1 => (0_usize..50).prop_map(Deed::GivesBack),
    ];
    // how many days later
    vec((0_u32..20, deed), 1..20)
}

/// Stars by month, net of what came back in it; and all charges.
fn charges(deeds: &[(u32, Deed)]) -> (BTreeMap<u32, i64>, Vec<Charge>) {
    let program = compiled(RULES).program;
    let mut account = Account::open(&program, "Ann");
    let (mut months, mut charges, mut day) = (BTreeMap::new(), Vec::new(), 0);
    let mut bought: Vec<(u32, u32)> = Vec::new();
    for (place, (later, deed)) in deeds.iter().enumerate() {
        day = (day + later).min(335);
        // months of 28 days are all there are here
        let (month, at) = (1 + day / 28, format!("2026-{:02}-{:02}T10:00:00Z", 1 + day / 28, 1 + day % 28));
        let event = match deed {
            Deed::Buys(price) => {
                let event = Event::purchase(&format!("P-{}", bought.len()), "Ann", &at);
                bought.push((*price, 0));
                *months.entry(month).or_insert(0) += i64::from(*price) * 2;
                event.item(Item::new("Milk", "2", &price.to_string())).build().unwrap()
            }
            Deed::GivesBack(which) => {
                let Some(which) = which.checked_rem(bought.len()) else { continue };
                let (price, back) = bought[which];
                if back == 2 {
                    continue;
                }
                bought[which].1 += 1;
                *months.entry(month).or_insert(0) -= i64::from(price);
                let event = Event::returned(&format!("R-{place}"), "Ann", &at);
                event.line(ReturnLine::new("Milk", "1").of(&format!("P-{which}"))).build().unwrap()
            }
        };
        let outcome = Evaluator::new().evaluate(&program, &account, &event).unwrap();
        account.post(&program, &outcome).unwrap();
        charges.extend(outcome.charges().cloned());
    }
    (months, charges)
}

/// Cents of so many ten-thousandths of a cent, half up; below zero half away from zero.
fn cents(parts: i64) -> String {
    let whole = (parts.abs() + 5_000) / 10_000;
    let sign = if parts < 0 && whole > 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", whole / 100, whole % 100)
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// 70% of 0.012 EUR are 8,400 ten-thousandths of a cent, 30% of 0.011 EUR are 3,300.
    #[test]
    fn statements_are_what_was_given_and_taken_back(deeds in deeds(), order in vec(any::<u32>(), 80), doubled in 0_usize..80) {
        let (months, charges) = charges(&deeds);
        let mut all: Vec<(u32, &Charge)> = order.into_iter().cycle().zip(&charges).collect();
        if let Some(again) = charges.get(doubled) {
            all.push((u32::MAX / 2, again));
        }
        all.sort_by_key(|(place, _)| *place);
        for (partner, price) in [("Brewery", 8_400), ("Market", 3_300)] {
            let mut book = Settlement::new(partner, "EUR");
            for (_, charge) in all.iter().filter(|(_, charge)| charge.partner == partner) {
                book.post(charge).unwrap();
            }
            for (month, stars) in &months {
                let starts = format!("2026-{month:02}-01").parse().unwrap();
                let statement = book.statement(starts).unwrap();
                prop_assert_eq!(&statement.owes, &cents(stars * price), "{}", statement);
                prop_assert_eq!(statement.rows.len(), 1);
                prop_assert_eq!(statement.rows[0].units.to_string(), stars.to_string());
                prop_assert_eq!(statement.gets.as_str(), "0.00");
            }
            prop_assert_eq!(book.periods().count(), months.len());
        }
    }

    /// A month that is closed never changes. What comes for it later counts in the next one that is open, so nothing is lost.
    #[test]
    fn what_comes_for_a_closed_month_counts_in_the_next(deeds in deeds(), order in vec(any::<u32>(), 80), close_after in 0_usize..40) {
        let (months, charges) = charges(&deeds);
        let mut all: Vec<(u32, &Charge)> = order.into_iter().cycle().zip(&charges).collect();
        all.sort_by_key(|(place, _)| *place);
        let mut book = Settlement::new("Brewery", "EUR");
        let mut closed = None;
        for (place, (_, charge)) in all.iter().filter(|(_, charge)| charge.partner == "Brewery").enumerate() {
            let posted = book.post(charge).unwrap();
            let is_late = closed.as_ref().is_some_and(|(first, _)| charge.starts <= *first);
            prop_assert_eq!(posted, if is_late { Posted::Carried } else { Posted::New });
            if place == close_after {
                let first = book.periods().next().unwrap();
                closed = book.close(first).map(|statement| (first, statement));
            }
        }
        if let Some((first, statement)) = &closed {
            prop_assert_eq!(book.statement(*first), Some(statement.clone()));
        }
        // with an open month nothing waits
        let open = book.statements().any(|statement| !statement.closed);
        if open {
            let units: i64 = book.statements().flat_map(|it| it.rows).map(|row| row.units.to_string().parse::<i64>().unwrap()).sum();
            prop_assert_eq!(units, months.values().sum::<i64>());
        }
    }
}
