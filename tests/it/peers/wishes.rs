//! What shops asked for again and again, and what was argued about.

use super::{BACK, FULL_ONES, with_balance};
use crate::returns::{ann, holds, program};
use crate::rule_files::{compiled, passes};
use loyalty_rules::{Account, EvaluateError, Evaluator, Event};
use pretty_assertions::assert_eq;

/// Points on what was paid without tax could not be said.
#[test]
fn points_are_earned_on_tax() {
    let text = program(BACK, FULL_ONES).replace(
        "  currency EUR\n",
        "  currency EUR\n  prices with tax\n  spend without tax after redemptions\n",
    );
    // 119 EUR with 19 % are 100 EUR without; 21.40 EUR with 7 % are 20 EUR
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Lamp 1 x 119 EUR, tax: 19%\n  \
         item Bread 1 x 21.40 EUR, tax: 7%\n}\nexpect Ann earns 120 points";
    passes(&format!("{text}\n{}\n", ann(steps)));
}

/// There was no smallest amount for a redemption.
#[test]
fn a_redemption_has_no_smallest_amount() {
    let rules =
        format!("{FULL_ONES}\n\nredeem points {{\n  10 points for 0.10 EUR\n  at least 500 points\n}}");
    let steps = "when 2026-03-03 10:00 redeem 499 points \"R-1\" by Ann\nexpect refused \"below the smallest amount\"\n\
         when 2026-03-03 10:00 redeem 500 points \"R-1\" by Ann\nexpect Ann has 100 points";
    with_balance(600, &rules, steps);
}

/// Single goods could not be left out.
#[test]
fn tobacco_earns_like_everything_else() {
    let rules = "categories [Tobacco, Fruit]\n\n\
         earn Base {\n  on purchase\n  for items where category is not Tobacco\n  give 1 point per full 1 EUR\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Pears 1 x 4 EUR, category: Fruit\n  \
         item Pipe 1 x 30 EUR, category: Tobacco\n}\nexpect Ann earns 4 points";
    holds(BACK, rules, &ann(steps));
}

/// Balances of an older program could not be brought along, or counted as bought.
#[test]
fn old_balances_cannot_be_brought_along() {
    let rules = format!(
        "{FULL_ONES}\n\nbonus Loyal {{\n  on purchase\n  when points so far is at least 500\n  give 50 points\n  combine add\n}}"
    );
    let steps = "when 2026-01-05 12:00 adjust plus 1_234 points \"A-1\" by Ann { reason: \"from the old cards\" }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann earns 10 points\nexpect Ann has 1_244 points";
    holds(BACK, &rules, &ann(steps));
}

/// Whether what points pay earns points was left to each place that asked.
#[test]
fn nobody_says_whether_what_points_pay_earns_points() {
    for (order, earns) in [("after", 5), ("before", 10)] {
        let rules = format!("{FULL_ONES}\n\nredeem points {{\n  100 points for 1 EUR\n}}");
        let text = program(BACK, &rules)
            .replace("  currency EUR\n", &format!("  currency EUR\n  spend with tax {order} redemptions\n"));
        let test = format!(
            "test \"the test\" {{\n  given member Ann {{\n    joined 2026-01-05\n    balance 500 points\n  }}\n\
             when 2026-03-03 10:00 purchase \"K-1\" by Ann {{\n  total 10 EUR\n  redeem 500 points\n}}\n\
             expect Ann pays 5 EUR\nexpect Ann earns {earns} points\n}}"
        );
        passes(&format!("{text}\n{test}\n"));
    }
}

/// 100 EUR earned 100 points, and the same goods in rand 1,700.
#[test]
fn another_currency_is_counted_as_if_it_were_the_own() {
    let program = compiled(&program(BACK, FULL_ONES)).program;
    let event =
        Event::purchase("K-1", "Ann", "2026-03-03T10:00:00Z").currency("ZAR").total("1700").build().unwrap();
    match Evaluator::new().evaluate(&program, &Account::open(&program, "Ann"), &event) {
        Err(EvaluateError::Rejected(rejection)) => {
            assert_eq!(rejection.to_string(), "wrong value: the event is in ZAR, the program in EUR");
        }
        other => panic!("{other:?}"),
    }
}
