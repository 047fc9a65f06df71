//! The law of a new tier that counts for the part above its threshold.

use super::cases_per_law;
use crate::rule_files::compiled;
use loyalty_rules::{Account, Evaluator, Event, Program};
use proptest::prelude::*;

const RULES: &str = "edition 2026\n\nprogram Parts {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"UTC\"\n}\n\nreturns { accept within 60 days }\n\n\
    unit miles is spendable {\n  singular mile\n  decimals 4\n  round down in total\n  expire never\n}\n\n\
    tiers Club {\n  count spend in calendar year\n  new tier counts for the part above the threshold\n  \
    keep for 12 months\n  tier Basic\n  tier Silver { reach 350 EUR spend }\n  \
    tier Gold { reach 1_000 EUR spend }\n}\n\n\
    earn Base {\n  on purchase\n  give miles by tier [Basic: 1, Silver: 1.25, Gold: 1.5] per 1 EUR\n}\n";

/// The thresholds, in cents.
const THRESHOLDS: [i64; 2] = [35_000, 100_000];

fn buys(program: &Program, account: &mut Account, place: usize, cents: i64) {
    let total = format!("{}.{:02}", cents / 100, cents % 100);
    let event = Event::purchase(&format!("K-{place}"), "Ann", "2026-03-03T12:00:00Z").total(&total);
    let outcome = Evaluator::new().evaluate(program, account, &event.build().unwrap()).unwrap();
    account.post(program, &outcome).unwrap();
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// Where rates are linear, a purchase over thresholds gives what purchases up to each threshold would give.
    #[test]
    fn a_purchase_gives_what_its_parts_would_give(
        bought in proptest::collection::vec(1_i64..60_000, 1..6),
    ) {
        let program = compiled(RULES).program;
        let (mut whole, mut split) = (Account::open(&program, "Ann"), Account::open(&program, "Ann"));
        let (mut spent, mut place, mut quarters) = (0_i64, 0, 0_i64);
        for (number, cents) in bought.into_iter().enumerate() {
            buys(&program, &mut whole, number, cents);
            let after = spent + cents;
            let crossed = THRESHOLDS.into_iter().filter(|end| spent < *end && *end < after);
            let ends: Vec<i64> = crossed.chain([after]).collect();
            for end in ends {
                buys(&program, &mut split, place, end - spent);
                // 1, 1.25 or 1.5 miles for each EUR
                let rate = 4 + THRESHOLDS.iter().filter(|threshold| end > **threshold).count() as i64;
                quarters += (end - spent) * rate;
                (spent, place) = (end, place + 1);
            }
            let miles = |account: &Account| account.balance(&program, "miles").unwrap().available;
            prop_assert_eq!(miles(&whole), miles(&split));
            // cents times a quarter of the rate, in steps of a ten-thousandth
            let steps = quarters * 25;
            prop_assert_eq!(miles(&whole), format!("{}.{:04}", steps / 10_000, steps % 10_000));
        }
    }
}
