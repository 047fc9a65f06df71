//! Bugs about refunds and returns.

use super::with_balance;
use crate::returns::{ann, holds};

const MODES: [&str; 3] =
    ["take back earned in proportion", "take back earned as if never bought", "take back earned in full"];
const FULL_TENS: &str = "earn Base {\n  on purchase\n  give 1 point per full 10 EUR\n}";
const FULL_ONES: &str = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n}";

/// Each refund was rounded down by itself: four refunds of 5.00 took back less than one of 20.00.
#[test]
fn refunds_rounded_one_by_one_leak_points() {
    for (mode, points) in MODES.into_iter().chain(["take back nothing"]).zip([1, 0, 0, 2]) {
        let steps: String = (1..=4)
            .map(|number| {
                format!(
                    "when 2026-03-04 1{number}:00 return \"R-{number}\" of \"K-1\" by Ann {{ total 5 EUR }}\n"
                )
            })
            .collect();
        let buy =
            "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 21.90 EUR }\nexpect Ann earns 2 points\n";
        holds(mode, FULL_TENS, &ann(&format!("{buy}{steps}expect Ann has {points} points")));
        let once = "when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { total 20 EUR }\n";
        holds(mode, FULL_TENS, &ann(&format!("{buy}{once}expect Ann has {points} points")));
    }
}

/// Buy, refund, keep the points, repeat without end.
#[test]
fn buying_and_returning_farms_points() {
    for mode in MODES {
        let rounds: String = (1..=3)
            .map(|number| {
                format!(
                    "when 2026-03-0{number} 10:00 purchase \"K-{number}\" by Ann {{ item Pears 2 x 10 EUR }}\n\
                     when 2026-03-0{number} 11:00 return \"R-{number}\" of \"K-{number}\" by Ann {{ item Pears 2 }}\n"
                )
            })
            .collect();
        holds(mode, FULL_ONES, &ann(&format!("{rounds}expect Ann has 0 points")));
    }
}

/// A refund that was sent twice took the points a second time.
#[test]
fn a_refund_sent_twice_takes_the_points_twice() {
    for mode in MODES {
        let back = "when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Pears 1 }\n";
        let steps = format!(
            "when 2026-03-02 10:00 purchase \"K-0\" by Ann {{ total 7 EUR }}\n\
             when 2026-03-03 10:00 purchase \"K-1\" by Ann {{ item Pears 1 x 10 EUR }}\n{back}{back}\
             expect Ann loses 0 points\nexpect Ann has 7 points"
        );
        holds(mode, FULL_ONES, &ann(&steps));
    }
}

/// A refund cancelled quantities for good, so that the next purchase had to be twice as large to qualify.
#[test]
fn after_a_refund_the_next_purchase_needs_double() {
    let rules = "voucher Coffee {\n  grants 1 item free\n}\n\n\
         card Cups {\n  on purchase\n  stamp 1 per item\n  goal 3 stamps\n  reward 1 Coffee\n}";
    for mode in MODES {
        let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Cup 2 x 3 EUR }\n\
             when 2026-03-03 11:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
             expect card Cups of Ann at 0 stamps\n\
             when 2026-03-04 10:00 purchase \"K-2\" by Ann { item Cup 2 x 3 EUR }\n\
             expect card Cups of Ann at 2 stamps\n\
             when 2026-03-05 10:00 purchase \"K-3\" by Ann { item Cup 1 x 3 EUR }\n\
             expect Ann has 1 Coffee";
        holds(mode, rules, &ann(steps));
    }
}

/// The refund of one line changed what the other lines had earned.
#[test]
fn a_partial_refund_spreads_what_is_left_over_other_lines() {
    let rules = "categories [Fruit, Wine]\n\n\
         earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}\n\n\
         bonus Wine {\n  on purchase\n  for items where category is Wine\n  multiply points by 3\n  combine add\n}";
    for mode in ["take back earned in proportion", "take back earned as if never bought"] {
        let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Pears 1 x 10 EUR, category: Fruit\n  \
             item Red 1 x 20 EUR, category: Wine\n}\n\
             expect Ann earns 70 points\n\
             when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Pears 1 }\n\
             expect Ann loses 10 points\n\
             when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann { item Red 1 }\n\
             expect Ann loses 60 points\n\
             expect Ann has 0 points";
        holds(mode, rules, &ann(steps));
    }
}

/// What was cancelled and then bought again gave no points any more.
#[test]
fn what_is_bought_again_after_a_return_earns_nothing() {
    for mode in MODES {
        let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
             when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
             when 2026-03-05 10:00 purchase \"K-2\" by Ann { total 20 EUR }\n\
             expect Ann earns 20 points\n\
             expect Ann has 20 points";
        holds(mode, FULL_ONES, &ann(steps));
    }
}

/// A refund took back at the member's present level what had been earned at a lower one.
#[test]
fn a_refund_takes_back_at_the_present_level() {
    let rules = "tiers Club {\n  count spend in calendar year\n  tier Basic\n  tier Gold { reach 50 EUR spend }\n}\n\n\
         earn Base {\n  on purchase\n  give points by tier [Basic: 1, Gold: 2] per 1 EUR\n}";
    for mode in ["take back earned in proportion", "take back earned as if never bought"] {
        let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pears 5 x 10 EUR }\n\
             expect Ann earns 50 points\n\
             when 2026-03-04 10:00 purchase \"K-2\" by Ann { item Pears 2 x 10 EUR }\n\
             expect Ann earns 40 points\n\
             expect Ann tier is Gold\n\
             when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { item Pears 1 }\n\
             expect Ann loses 10 points";
        holds(mode, rules, &ann(steps));
    }
}

/// A cancelled order went on using up the limit of the customer.
#[test]
fn a_cancelled_order_uses_up_the_limit() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n  cap 15 points per month\n}";
    for mode in MODES {
        let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
             expect Ann earns 15 points\n\
             when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
             when 2026-03-05 10:00 purchase \"K-2\" by Ann { total 20 EUR }\n\
             expect Ann earns 15 points";
        holds(mode, rules, &ann(steps));
    }
}

/// A full refund of a rounded order gave back more than the order.
#[test]
fn a_full_refund_in_parts_exceeds_the_order() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per 3 EUR\n}";
    for mode in MODES {
        let steps = "when 2026-03-02 10:00 purchase \"K-0\" by Ann { total 30 EUR }\n\
             when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Pears 1 x 3.50 EUR\n  item Plums 1 x 3.50 EUR\n}\n\
             expect Ann earns 2 points\n\
             when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Pears 1 }\n\
             when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann { item Plums 1 }\n\
             expect Ann has 10 points";
        holds(mode, rules, &ann(steps));
    }
}

/// The refund of a purchase that was paid with points took these points a second time.
#[test]
fn a_refund_takes_the_spent_points_a_second_time() {
    let rules = format!("{FULL_ONES}\n\nredeem points {{\n  100 points for 1 EUR\n}}");
    let buy = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Pears 1 x 5.50 EUR\n  item Plums 1 x 5.50 EUR\n  \
         redeem 100 points\n}\nexpect Ann pays 10 EUR\nexpect Ann earns 10 points\nexpect Ann has 10 points\n";
    let all = "when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 10 points\nexpect Ann has 100 points";
    with_balance(100, &rules, &format!("{buy}{all}"));
    // and where only one of the lines came back: half of what it earned, half of what paid
    let half = "when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Pears 1 }\n\
         expect Ann loses 5 points\nexpect Ann has 55 points";
    with_balance(100, &rules, &format!("{buy}{half}"));
}

/// A refunded reward did not give back what it had cost.
#[test]
fn a_refunded_reward_keeps_its_price() {
    let rules = format!(
        "voucher Coffee {{\n  grants 1 item free\n  valid for 1 year\n}}\n\n\
         reward Mug costs 50 points {{\n  give 1 Coffee\n}}\n\n{FULL_ONES}"
    );
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Pears 1 x 5 EUR\n  redeem 1 Mug\n}\n\
         expect Ann has 15 points\nexpect Ann has 1 Coffee\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann has 60 points\nexpect Ann has 0 Coffee";
    with_balance(60, &rules, steps);
}

/// What had been paid with points was refunded in money, and the points were credited again when a payment ran out.
#[test]
fn what_points_paid_is_refunded_in_money() {
    let rules = format!("{FULL_ONES}\n\nredeem points {{\n  200 points for 1 EUR\n}}");
    // 176 points are 0.88 EUR
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  total 36.09 EUR\n  redeem 176 points\n}\n\
         expect Ann pays 35.21 EUR\nexpect Ann has 35 points\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann has 176 points\n\
         when 2026-03-04 11:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
         expect refused\nexpect Ann has 176 points";
    with_balance(176, &rules, steps);
}
