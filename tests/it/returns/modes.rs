//! What each mode takes back.

use super::{ann, holds};

const IN_PROPORTION: &str = "take back earned in proportion";
const AS_IF: &str = "take back earned as if never bought";
const IN_FULL: &str = "take back earned in full";
const NOTHING: &str = "take back nothing";

const FULL_TENS: &str = "earn Base {\n  on purchase\n  give 1 point per full 10 EUR\n}";

#[test]
fn a_bonus_for_a_large_basket_is_lost_with_the_basket() {
    let rules = format!(
        "{FULL_TENS}\nbonus Large {{\n  on purchase\n  when basket is at least 50 EUR\n  give 100 points\n  combine add\n}}"
    );
    let buy = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Lamp 1 x 45 EUR\n  item Bulb 1 x 15 EUR\n}\n\
               expect Ann earns 106 points\n\
               when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Bulb 1 }\n";
    // 45 EUR are left: 4 points and no bonus
    holds(AS_IF, &rules, &ann(&format!("{buy}expect Ann loses 102 points\nexpect Ann has 4 points")));
    // a quarter of 100; of the 6 points of Base the later of two equal remainders got the last one: 2 for the bulb
    holds(IN_PROPORTION, &rules, &ann(&format!("{buy}expect Ann loses 27 points\nexpect Ann has 79 points")));
    holds(IN_FULL, &rules, &ann(&format!("{buy}expect Ann loses 106 points\nexpect Ann has 0 points")));
    holds(NOTHING, &rules, &ann(&format!("{buy}expect Ann loses 0 points\nexpect Ann has 106 points")));
}

#[test]
fn what_a_smaller_basket_earns_is_booked_again() {
    let rules = format!(
        "{FULL_TENS}\nbonus Small {{\n  on purchase\n  when basket is at most 5 EUR\n  give 2 points\n  combine add\n}}"
    );
    let buy = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 30 EUR }\nexpect Ann earns 3 points\n";
    // 15 EUR are left: 1 point instead of 3; then 5 EUR: 2 points of the bonus instead of 1
    let steps = format!(
        "{buy}when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann {{ total 15 EUR }}\n\
         expect Ann loses 2 points\nexpect Ann has 1 point\n\
         when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann {{ total 10 EUR }}\n\
         expect Ann earns 1 point\nexpect Ann has 2 points\n\
         when 2026-03-06 10:00 return \"R-3\" of \"K-1\" by Ann {{ all items }}\n\
         expect Ann loses 2 points\nexpect Ann has 0 points"
    );
    holds(AS_IF, &rules, &ann(&steps));
    let once = format!(
        "{buy}when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann {{ total 25 EUR }}\n\
         expect Ann loses 1 point\nexpect Ann has 2 points"
    );
    holds(AS_IF, &rules, &ann(&once));
}

#[test]
fn the_room_of_a_cap_is_that_of_the_purchase() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n  cap 15 points per month\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann earns 10 points\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { total 12 EUR }\n\
         expect Ann earns 5 points\n\
         # 8 EUR are left, and there was room for 5\n\
         when 2026-03-05 10:00 return \"R-1\" of \"K-2\" by Ann { total 4 EUR }\n\
         expect Ann loses 0 points\n\
         when 2026-03-06 10:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 10 points\n\
         expect cap Base of Ann has 10 left\n\
         # 4 EUR are left, and there still was room for 5\n\
         when 2026-03-07 10:00 return \"R-3\" of \"K-2\" by Ann { total 4 EUR }\n\
         expect Ann loses 1 point\n\
         expect cap Base of Ann has 11 left";
    holds(AS_IF, rules, &ann(steps));
}

#[test]
fn counters_attributes_and_payments_are_those_of_the_purchase() {
    let rules = "channels [Web, Shop]\n\npayments [Card]\n\nmember { level: one of [x, y] optional }\n\n\
         event purchase { code: text optional }\n\n\
         earn Base {\n  on purchase\n  give 1% of spend as points\n}\n\n\
         bonus First {\n  on purchase\n  when first purchase\n  give 1 point per full 20 EUR\n  combine add\n}\n\n\
         bonus Often {\n  on purchase\n  when purchases in last 30 days is at least 1 and spend in last 7 days is at most 100 EUR\n  \
         give 1 point per full 10 EUR\n  combine add\n}\n\n\
         bonus Late {\n  on purchase\n  when time since last purchase is at most 3 days\n  give 7 points per full 50 EUR\n  combine add\n}\n\n\
         bonus Level {\n  on purchase\n  when level is x and channel is Web and code is \"A\"\n  give 1 point per full 50 EUR\n  combine add\n}\n\n\
         bonus Card {\n  on purchase\n  give 10% of spend paid with Card as points\n  combine add\n}";
    let test = "test \"the test\" {\n  given member Ann {\n    joined 2026-01-05\n    level: x\n  }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 200 EUR }\n\
         expect Ann earns 12 points\n\
         when 2026-03-20 10:00 purchase \"K-2\" by Ann {\n  total 100 EUR\n  channel: Web\n  code: A\n  payment Card: 50 EUR\n}\n\
         # 1 of Base, 10 of Often, 2 of Level, 5 of Card\n\
         expect Ann earns 18 points\n\
         # 100 EUR of the first are left: 1 of Base and 5 of First instead of 2 and 10\n\
         when 2026-03-21 10:00 return \"R-1\" of \"K-1\" by Ann { total 100 EUR }\n\
         expect Ann loses 6 points\n\
         # 60 EUR of the second are left, half of them by card: 0.6 of Base, 6 of Often, 1 of Level, 3 of Card\n\
         when 2026-03-22 10:00 return \"R-2\" of \"K-2\" by Ann { total 40 EUR }\n\
         expect Ann loses 8 points\n}";
    holds(AS_IF, rules, test);
}

#[test]
fn a_first_return_in_full_takes_points_stamps_and_vouchers() {
    let rules = "voucher Coffee {\n  grants 1 item free\n}\n\n\
         earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n  cap 50 points per month\n}\n\n\
         earn Gift {\n  on purchase\n  when basket is at least 8 EUR\n  give 1 Coffee\n}\n\n\
         card Cups {\n  on purchase\n  stamp 1 per item\n  goal 10 stamps\n  reward 1 Coffee\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Cup 2 x 5 EUR }\n\
         expect Ann earns 10 points\n\
         expect Ann has 1 Coffee\n\
         expect card Cups of Ann at 2 stamps\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Cup 1 x 0.01 EUR }\n\
         expect Ann loses 10 points\n\
         expect Ann has 0 points\n\
         expect Ann has 0 Coffee\n\
         expect card Cups of Ann at 0 stamps\n\
         expect cap Base of Ann has 50 left\n\
         when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 0 points\n\
         expect Ann has 0 points";
    holds(IN_FULL, rules, &ann(steps));
}

#[test]
fn a_level_is_lost_with_what_came_back() {
    let rules = "unit nights is status {\n  singular night\n}\n\n\
         earn Base {\n  on purchase\n  give 1 night per full 10 EUR\n}\n\n\
         tiers Club {\n  count nights per calendar year\n  tier Basic\n  tier Gold { reach 5 nights }\n}";
    let rules = rules.replace("count nights per calendar year", "count nights in calendar year");
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Bed 5 x 11 EUR }\n\
         expect Ann tier is Gold\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Bed 1 }\n\
         expect Ann tier is Basic\n\
         expect Ann has 4 nights";
    holds(AS_IF, &rules, &ann(steps));
}

#[test]
fn what_points_paid_counts_as_at_the_time_of_the_purchase() {
    let rules = format!("{FULL_TENS}\n\nredeem points {{\n  100 points for 1 EUR\n}}");
    let test = "test \"the test\" {\n  given member Ann {\n    joined 2026-01-05\n    balance 100 points\n  }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Lamp 2 x 10.50 EUR\n  redeem 100 points\n}\n\
         # 20 of 21 EUR count as spent\n\
         expect Ann earns 2 points\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Lamp 1 }\n\
         # half of the 100 points come back, and 10 EUR are left\n\
         expect Ann loses 1 point\n\
         expect Ann has 51 points\n\
         when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann { item Lamp 1 }\n\
         expect Ann loses 1 point\n\
         expect Ann has 100 points\n}";
    holds(AS_IF, &rules, test);
}
