//! Laws of requests: a request changes exactly what it asks, or nothing.

use super::histories::{Happening, What, cases};
use super::programs::scaled;
use super::world::World;
use super::{cases_per_law, compiled};
use loyalty_rules::event::Item;
use loyalty_rules::ledger::Reason;
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Limits, Program, Sources, Status, compile};
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
            let by_member = outcome.donations(program).into_iter().filter(|it| it.by_member);
            let given = by_member.map(|it| scaled(&it.amount, 6)).sum();
            check_bill(happening, (outcome.left_to_pay(program), given), &redemptions)?;
        }
    }
}

/// What is left and what requests paid is what was charged, line by line. A round-up comes on top of what is left in coins.
fn check_bill(
    happening: &Happening,
    (left, given): (Option<String>, i64),
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
        let to_pay = charged - paid;
        let coins = if given == 0 { to_pay } else { (to_pay + 5_000).div_euclid(10_000) * 10_000 };
        prop_assert_eq!(left, coins + given);
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

/// Everything that can be asked for, with every kind of limit.
const SPENDING: &str = r#"edition 2026

program Requests {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

categories [Bread, Wine]

unit points is spendable {
  singular point
  round down in total
  expire never
}

earn Base {
  on purchase
  give 1 point per full 10 EUR
}

voucher Off {
  grants 3 EUR off
  cap 3 times per purchase
}

voucher Part {
  grants 50% off up to 4 EUR
}

voucher Free {
  grants 1 item free
  for items where category is Bread
}

voucher Thing {
  grants "A thing"
  when basket is at least 5 EUR
  cap 4 times per month
}

reward Bag costs 40 points {
  grants 2 EUR off
  cap 5 times per month
}

reward Loaf costs 30 points {
  for items where category is Bread
  grants 2 item free
}

redeem points {
  100 points for 1 EUR
  at least 50 points
  in steps of 10 points
  at most 50% of basket
  for items where category is Wine
}
"#;

/// A basket and one request.
#[derive(Debug, Clone)]
struct Asked {
    /// Name, category and cents of the lines, and how many pieces.
    lines: Vec<(bool, i64, i64)>,
    has: i64,
    what: &'static str,
    /// Of points these are tens.
    amount: i64,
}

fn asked() -> impl Strategy<Value = Asked> {
    let line = (any::<bool>(), prop::sample::select(vec![1, 49, 100, 300, 399, 1_000]), 1..4_i64);
    let what = prop::sample::select(vec!["Off", "Part", "Free", "Thing", "Bag", "Loaf", "points"]);
    (prop::collection::vec(line, 0..4), 0..8_i64, what, 1..10_i64)
        .prop_map(|(lines, has, what, amount)| Asked { lines, has, what, amount })
}

impl Asked {
    fn event(&self, amount: &str) -> Event {
        let mut event = Event::purchase("K-1", "Ann", "2026-03-03T12:00:00+01:00");
        for (bread, cents, pieces) in &self.lines {
            let category = if *bread { "Bread" } else { "Wine" };
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            event = event.item(Item::new(category, &pieces.to_string(), &price).category(category));
        }
        let event = match self.what {
            "Off" | "Part" | "Free" | "Thing" => {
                event.use_vouchers(self.what, amount.parse().expect("a number"))
            }
            what => event.redeem(what, amount),
        };
        event.build().expect("an event")
    }

    /// Ann with so many vouchers of each name and so many points.
    fn account(&self, program: &Program) -> Account {
        let mut ann = Account::open(program, "Ann");
        let units = ["Off", "Part", "Free", "Thing", "points"];
        for unit in units.into_iter().filter(|_| self.has > 0) {
            let amount = if unit == "points" { self.has * 45 } else { self.has };
            let at = "2026-03-02T12:00:00+01:00";
            let event = Event::adjust(unit, "Ann", at, &amount.to_string(), unit, "to spend");
            let outcome = Evaluator::new().evaluate(program, &ann, &event.build().expect("an event"));
            ann.post(program, &outcome.expect("given")).expect("booked");
        }
        ann
    }
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// The largest amount that a refusal tells is accepted, and one more is refused.
    #[test]
    fn the_largest_amount_is_accepted_and_one_more_is_not(asked in asked()) {
        let program = compile(&Sources::single("requests.loyalty", SPENDING), &Limits::default())
            .unwrap_or_else(|findings| panic!("{findings}"))
            .program;
        let ann = asked.account(&program);
        let judge = |amount: i64| match Evaluator::new().evaluate(&program, &ann, &asked.event(&amount.to_string())) {
            Ok(_) => None,
            Err(EvaluateError::Rejected(rejection)) => Some(rejection),
            Err(fault) => panic!("{fault}"),
        };
        let (factor, step) = if asked.what == "points" { (35, 10) } else { (1, 1) };
        let Some(rejection) = judge(asked.amount * factor) else { return Ok(()) };
        let Some(largest) = &rejection.largest else { return Ok(()) };
        let largest: i64 = largest.amount.parse().expect("a number");
        if largest > 0 {
            prop_assert_eq!(judge(largest), None, "{}", rejection);
        }
        for more in [1, step] {
            prop_assert!(judge(largest + more).is_some(), "{} more than in: {}", more, rejection);
        }
    }
}
