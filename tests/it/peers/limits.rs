//! Bugs about limits, vouchers and levels.

use super::{BACK, FULL_ONES, with_balance};
use crate::returns::{ann, holds};

/// The limit of a promotion was not looked at where it needed no code.
#[test]
fn a_promotion_without_a_code_has_no_limit() {
    let rules = format!(
        "{FULL_ONES}\n\nbonus Once {{\n  on purchase\n  give 50 points\n  combine add\n  cap 1 time per month\n}}"
    );
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 10 EUR }\nexpect Ann earns 60 points\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { total 10 EUR }\nexpect Ann earns 10 points\n\
         when 2026-04-01 10:00 purchase \"K-3\" by Ann { total 10 EUR }\nexpect Ann earns 60 points";
    holds(BACK, &rules, &ann(steps));
}

/// A promotion that gave nothing counted as used.
#[test]
fn a_promotion_that_gave_nothing_is_used_up() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per full 10 EUR\n  cap 1 time per month\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 9.99 EUR }\nexpect Ann earns nothing\n\
         expect cap Base of Ann has 1 left\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { total 30 EUR }\nexpect Ann earns 3 points\n\
         expect cap Base of Ann has 0 left";
    holds(BACK, rules, &ann(steps));
}

/// A fixed amount was read as a percentage, and a discount made a price negative.
#[test]
fn a_fixed_amount_is_read_as_a_percentage() {
    for (grants, basket, pays) in [
        ("50 EUR off", "400", "350"),
        ("50% off", "400", "200"),
        ("50 EUR off", "30", "0"),
        ("100 EUR off", "99.99", "0"),
    ] {
        let rules = format!("voucher Gift {{\n  grants {grants}\n  valid for 1 year\n}}\n\n{FULL_ONES}");
        let test = format!(
            "test \"the test\" {{\n  given member Ann {{\n    joined 2026-01-05\n    has 1 Gift\n  }}\n\
             when 2026-03-03 10:00 purchase \"K-1\" by Ann {{\n  total {basket} EUR\n  use 1 Gift\n}}\n\
             expect Ann pays {pays} EUR\nexpect Ann has 0 Gift\n}}"
        );
        holds(BACK, &rules, &test);
    }
}

const LEVELS: &str = "tiers Club {\n  count spend in calendar year\n  tier Basic\n  tier Silver { reach 100_000 EUR spend }\n  \
     tier Gold { reach 300_000 EUR spend }\n}\n\n\
     earn Base {\n  on purchase\n  give points by tier [Basic: 1, Silver: 2, Gold: 3] per full 1_000 EUR\n}";

/// The first purchase made everybody the highest level.
#[test]
fn the_highest_level_wins_at_zero() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 1_000 EUR }\n\
         expect Ann earns 1 point\nexpect Ann tier is Basic\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { total 98_999.99 EUR }\nexpect Ann tier is Basic\n\
         when 2026-03-05 10:00 purchase \"K-3\" by Ann { total 0.01 EUR }\nexpect Ann tier is Silver\n\
         when 2026-03-06 10:00 purchase \"K-4\" by Ann { total 200_000 EUR }\nexpect Ann tier is Gold";
    holds(BACK, LEVELS, &ann(steps));
}

/// Nobody could tell whether the purchase that lifts a member is judged before or behind the lift: 196 or 217 points.
#[test]
fn the_purchase_that_lifts_is_judged_behind_the_lift() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 196_000 EUR }\n\
         expect Ann earns 196 points\nexpect Ann tier is Silver\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { total 1_000 EUR }\nexpect Ann earns 2 points";
    holds(BACK, LEVELS, &ann(steps));
}

const STARS: &str = "unit stars is status {\n  singular star\n}\n\n\
     tiers Club {\n  count stars in calendar year\n  tier Basic\n  tier Gold { reach 50 stars }\n}\n\n\
     earn Stars {\n  on purchase\n  give 1 star per full 1 EUR\n}\n\n\
     redeem points {\n  100 points for 1 EUR\n}\n\n";

/// Levels followed the balance, so that spending points cost the level.
#[test]
fn spending_points_costs_the_level() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 50 EUR }\nexpect Ann tier is Gold\n\
         when 2026-03-04 10:00 redeem 50 points \"R-1\" by Ann\n\
         expect Ann has 0 points\nexpect Ann tier is Gold";
    holds(BACK, &format!("{STARS}{FULL_ONES}"), &ann(steps));
}

/// What was redeemed counted as spend for the level, a lowest level at exactly zero could not be, and points were redeemed
/// from a lot that was empty.
#[test]
fn redeeming_counts_as_spend_for_the_level() {
    let steps = "when 2026-03-03 10:00 redeem 60 points \"R-1\" by Ann\nexpect Ann tier is Basic\n\
         when 2026-03-04 10:00 purchase \"K-1\" by Ann { total 49 EUR }\nexpect Ann tier is Basic\n\
         expect Ann has 49 points\n\
         when 2026-03-05 10:00 redeem 50 points \"R-2\" by Ann\n\
         expect refused \"at most 49 points would be accepted\"";
    with_balance(60, &format!("{STARS}{FULL_ONES}"), steps);
}

/// After a return the level stayed what the returned purchase had made it.
#[test]
fn a_return_leaves_the_level() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pears 5 x 10 EUR }\nexpect Ann tier is Gold\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Pears 1 }\nexpect Ann tier is Basic\n\
         expect Ann has 40 points";
    holds(BACK, &format!("{STARS}{FULL_ONES}"), &ann(steps));
}
