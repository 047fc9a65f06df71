//! Bugs about numbers.

use super::{BACK, FULL_ONES, with_balance};
use crate::returns::{ann, holds};
use crate::rule_files::passes;

/// A balance of about -1e-14 was read as "not enough points".
#[test]
fn float_noise_makes_a_good_request_too_large() {
    let rules = "unit taler is spendable {\n  singular thaler\n  decimals 2\n  round down in total\n  expire never\n}\n\n\
         earn Taler {\n  on purchase\n  give 0.10 taler per 1 EUR\n}\n\nredeem taler {\n  1.00 taler for 0.50 EUR\n}";
    // three times 0.1 is 0.30000000000000004 with a point
    let buys: String = (1..=3)
        .map(|number| {
            format!("when 2026-03-0{number} 10:00 purchase \"K-{number}\" by Ann {{ total 1 EUR }}\n")
        })
        .collect();
    let steps = "expect Ann has 0.30 taler\n\
         when 2026-03-04 10:00 redeem 0.30 taler \"R-1\" by Ann\n\
         expect Ann has 0 taler\n\
         when 2026-03-04 11:00 redeem 0.01 taler \"R-2\" by Ann\n\
         expect refused \"not enough\"";
    holds(BACK, rules, &ann(&format!("{buys}{steps}")));
}

/// 90.90 at 0.03 a point came to 3030.0000000000005 points, more than were owned.
#[test]
fn slightly_more_points_are_used_than_owned() {
    let rules = format!("{FULL_ONES}\n\nredeem points {{\n  100 points for 3 EUR\n}}");
    let steps = |asked: &str| {
        format!(
            "when 2026-03-03 10:00 purchase \"K-1\" by Ann {{\n  total 90.90 EUR\n  redeem {asked} points\n}}\n\
             expect Ann pays 0 EUR\nexpect Ann earns nothing\n"
        )
    };
    with_balance(3_030, &rules, &format!("{}expect Ann has 0 points", steps("3_030")));
    with_balance(3_031, &rules, &format!("{}expect Ann has 1 point", steps("up to 3_031")));
}

/// 267.39 + 0.89 was shown as 268.28000000000003.
#[test]
fn a_sum_of_two_prices_has_many_digits() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Lamp 1 x 267.39 EUR\n  item Bulb 1 x 0.89 EUR\n}\n\
         expect Ann pays 268.28 EUR\nexpect Ann earns 268 points";
    holds(BACK, FULL_ONES, &ann(steps));
}

/// A shop whose money has no coins below one.
fn yen(unit: &str, rules: &str, steps: &str) {
    passes(&format!(
        "edition 2026\n\nprogram Yen {{\n  version 1\n  effective from 2026-01-01\n  currency JPY\n  \
         time zone \"Asia/Tokyo\"\n}}\n\nunit points is spendable {{\n  singular point\n{unit}  round down in total\n  \
         expire never\n}}\n\n{rules}\n\n{}\n",
        ann(steps)
    ));
}

/// Points were rounded with the steps of the currency: one point became none.
#[test]
fn points_are_rounded_in_steps_of_the_currency() {
    let rules = "earn Base {\n  on purchase\n  give 0.25 points per 100 JPY\n}";
    // 0.25 for 150 of 100 JPY is 0.375
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 150 JPY }\nexpect Ann has 0.37 points";
    yen("  decimals 2\n", rules, steps);
}

/// Lines below half of the smallest coin were rounded to nothing, one by one.
#[test]
fn small_lines_are_rounded_to_nothing() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per full 1 JPY\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Bead 1 x 0.4 JPY\n  item Pin 1 x 0.4 JPY\n  \
         item Clip 1 x 0.4 JPY\n}\nexpect Ann earns 1 point";
    yen("", rules, steps);
}

/// "5 points for every full 2.50": a basket of 3.00 earned 6.
#[test]
fn full_steps_are_paid_in_proportion() {
    for (rate, points) in [("per full 2.50 EUR", 5), ("per 2.50 EUR", 6)] {
        let rules = format!("earn Base {{\n  on purchase\n  give 5 points {rate}\n}}");
        let steps = format!(
            "when 2026-03-03 10:00 purchase \"K-1\" by Ann {{ total 3 EUR }}\nexpect Ann earns {points} points\n\
             when 2026-03-04 10:00 purchase \"K-2\" by Ann {{ total 5 EUR }}\nexpect Ann earns 10 points"
        );
        holds(BACK, &rules, &ann(&steps));
    }
}

/// A discount of 100 % left -1.647e-14 to pay.
#[test]
fn a_free_basket_leaves_a_tiny_rest() {
    let rules = format!("voucher Free {{\n  grants 100% off\n  valid for 1 year\n}}\n\n{FULL_ONES}");
    let test = "test \"the test\" {\n  given member Ann {\n    joined 2026-01-05\n    has 1 Free\n  }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Tea 3 x 5.49 EUR\n  item Sugar 0.333 x 1.10 EUR\n  use 1 Free\n}\n\
         expect Ann pays 0 EUR\nexpect Ann earns nothing\n}";
    holds(BACK, &rules, test);
}

/// What points may pay was compared with a total that was rounded otherwise than the one to be paid.
#[test]
fn points_are_limited_by_another_total_than_the_one_to_be_paid() {
    let rules = format!("{FULL_ONES}\n\nredeem points {{\n  10 points for 0.10 EUR\n}}");
    // 100.60 EUR are 10,060 points
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  total 100.60 EUR\n  redeem 10_060 points\n}\n\
         expect Ann pays 0 EUR\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann {\n  total 100.60 EUR\n  redeem 10_061 points\n}\n\
         expect refused \"at most 10060 points would be accepted\"";
    with_balance(30_000, &rules, steps);
}

/// Whole points only left a few cents to be paid in coins.
#[test]
fn whole_points_leave_cents_to_pay() {
    let rate = |only: &str| format!("{FULL_ONES}\n\nredeem points {{\n  10 points for 1 EUR\n{only}}}");
    let steps = |points: &str, pays: &str| {
        format!(
            "when 2026-03-03 10:00 purchase \"K-1\" by Ann {{\n  total 100.65 EUR\n  redeem up to {points} points\n}}\n\
             expect Ann pays {pays} EUR"
        )
    };
    // a point pays 0.10 EUR: 1,006 of them are never worth more than what they pay
    let cheap = rate("").replace("1 point per full 1 EUR", "1 point per full 10 EUR");
    with_balance(2_000, &cheap, &steps("2_000", "0.05"));
    // the smallest number that covers everything, where only all may be paid
    let whole =
        rate("  only for the whole basket\n").replace("1 point per full 1 EUR", "1 point per full 10 EUR");
    with_balance(2_000, &whole, &format!("{}\nexpect Ann has 993 points", steps("2_000", "0")));
}

/// Refunds in four decimals of payments in two left a rest for ever.
#[test]
fn refunds_with_more_decimals_leave_a_rest() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 50.1348 EUR }\n\
         expect Ann earns 50 points\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { total 50.13 EUR }\n\
         # 50 x 50.13 / 50.1348 = 49.995…\n\
         expect Ann loses 49 points\n\
         when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 1 point\n\
         expect Ann has 0 points";
    holds(BACK, rules, &ann(steps));
}
