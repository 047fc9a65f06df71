//! Laws of requests: a request changes exactly what it asks, or nothing.

use super::histories::{Happening, What, cases};
use super::programs::scaled;
use super::world::World;
use super::{cases_per_law, compiled};
use loyalty_rules::ledger::Reason;
use loyalty_rules::{Event, Status};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases_per_law())]

    /// What is asked for is taken as written, up to what is asked for with `up to`; all of it or nothing.
    #[test]
    fn a_request_is_taken_as_written_or_refused(case in cases()) {
        if !case.rules.spends {
            return Ok(());
        }
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        let decimals = case.rules.decimals["points"];
        let mut world = World::new(program);
        for happening in &case.history {
            let before = world.accounts.get(happening.member).cloned();
            let event: Event = happening.build();
            let delivered = world.deliver(&event);
            // a transfer to nobody reaches no account
            let Some(first) = delivered.first() else { continue };
            let Ok(outcome) = &first.result else {
                prop_assert_eq!(world.accounts.get(happening.member), before.as_ref(), "refused, and booked all the same");
                continue;
            };
            let redemptions = outcome.redemptions(program);
            let What::Purchase { words, .. } = &happening.what else {
                prop_assert!(redemptions.is_empty());
                continue;
            };
            if outcome.status() == Status::Repeated {
                continue;
            }
            let of = |name: &str| redemptions.iter().find(|taken| taken.name == name);
            let mut points = 0;
            for (word, value) in words {
                match *word {
                    "points" => {
                        prop_assert_eq!(scaled(&of("points").expect("taken").amount, decimals), scaled(value, decimals));
                        points += scaled(value, decimals);
                    }
                    "points up to" => {
                        let taken = scaled(&of("points").expect("taken").amount, decimals);
                        prop_assert!(taken <= scaled(value, decimals));
                        points += taken;
                    }
                    "Tasche" | "Gutschein" => prop_assert_eq!(&of(word).expect("taken").amount, "1"),
                    _ => {}
                }
            }
            let price = case.rules.price.unwrap_or(0) * 10_i64.pow(decimals);
            let bought = words.iter().filter(|(word, _)| *word == "Tasche").count() as i64;
            let spent: i64 = outcome
                .deltas()
                .iter()
                .filter(|delta| delta.reason() == Reason::Redeemed && delta.amount_scaled() > 0)
                .filter(|delta| program.ledger_line("", delta).unit == "points")
                .map(|delta| delta.amount_scaled())
                .sum();
            prop_assert_eq!(spent, points + bought * price);
            check_bill(happening, outcome.left_to_pay(program), &redemptions)?;
        }
    }
}

/// What is left and what requests paid is what was charged, line by line.
fn check_bill(
    happening: &Happening,
    left: Option<String>,
    redemptions: &[loyalty_rules::evaluate::Redemption],
) -> Result<(), TestCaseError> {
    let What::Purchase { lines, .. } = &happening.what else { return Ok(()) };
    let Some(left) = left else {
        prop_assert!(lines.is_empty());
        return Ok(());
    };
    let left = scaled(&left, 6);
    for taken in redemptions.iter().filter(|taken| !taken.lines.is_empty()) {
        let lines: i64 = taken.lines.iter().map(|line| scaled(line, 6)).sum();
        prop_assert_eq!(lines, scaled(&taken.pays, 6));
    }
    if !lines.is_empty() {
        let micros =
            |line: &super::histories::Line| scaled(&line.quantity, 6) * scaled(line.price, 6) / 1_000_000;
        let values: Vec<i64> = lines.iter().map(micros).collect();
        let charged: i64 = values.iter().sum();
        let paid: i64 = redemptions.iter().map(|taken| scaled(&taken.pays, 6)).sum();
        prop_assert_eq!(left, charged - paid);
        // no line pays more than it costs, and what pays money back only lowers that; a free item stays free beside it
        for (place, value) in values.iter().enumerate() {
            let of_line = redemptions.iter().filter_map(|taken| taken.lines.get(place));
            let of_line: i64 = of_line.map(|line| scaled(line, 6)).sum();
            let range = (*value).min(0)..=(*value).max(0);
            prop_assert!(range.contains(&of_line), "line {place} costs {value} and pays {of_line}");
        }
        // points pay no more than what is left of the whole
        let by_points = redemptions.iter().filter(|taken| taken.name == "points");
        prop_assert!(left >= 0 || by_points.map(|taken| scaled(&taken.pays, 6)).sum::<i64>() == 0);
    }
    Ok(())
}
