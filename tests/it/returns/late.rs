//! What is booked again after its last day, and what paid for an event without lines.

use super::holds;

const HELD: &str = "member { level: one of [x, y] optional }\n\n\
     unit miles is spendable {\n  singular mile\n  round down in total\n  expire 1 month after earning\n  \
     no expiry when level is x\n}\n\n\
     earn Base {\n  on purchase\n  give 1 mile per full 10 EUR\n}\n\n\
     bonus Small {\n  on purchase\n  when basket is at most 5 EUR\n  give 2 miles\n  combine add\n}";

/// A purchase of 30 EUR on 3 March by a member of level x, and what follows.
fn bought(lines: &str) -> String {
    format!(
        "test \"the test\" {{\n  given member Ann {{\n    joined 2026-01-05\n    level: x\n  }}\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Ann {{ total 30 EUR }}\n\
         expect Ann earns 3 miles\n{lines}\n}}"
    )
}

fn as_if(lines: &str) {
    holds("take back earned as if never bought", HELD, &bought(lines));
}

#[test]
fn what_is_kept_after_its_last_day_is_booked_again() {
    // 15 EUR are left: 1 mile instead of 3; then 5 EUR: the 2 miles of the bonus instead
    as_if(
        "when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { total 15 EUR }\n\
         expect Ann loses 2 miles\n\
         when 2026-04-10 10:00 return \"R-2\" of \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann earns 1 mile\n\
         expect Ann has 2 miles\n\
         # what kept them is over: both go at the next start of day, and count as taken later\n\
         when 2026-04-11 10:00 change \"C-1\" by Ann { level: y }\n\
         expect Ann has 2 miles\n\
         when 2026-04-12 00:00 clock\n\
         expect 2 miles of Ann expire\n\
         when 2026-04-13 10:00 return \"R-3\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 0 miles\n\
         expect Ann has 0 miles",
    );
}

#[test]
fn what_nothing_keeps_any_more_is_not_booked_again() {
    as_if(
        "when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { total 15 EUR }\n\
         expect Ann loses 2 miles\n\
         when 2026-04-10 10:00 change \"C-1\" by Ann { level: y }\n\
         when 2026-04-11 00:00 clock\n\
         expect 1 mile of Ann expire\n\
         # 1 mile more would be booked again, and would have expired with the other\n\
         when 2026-04-12 10:00 return \"R-2\" of \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann earns nothing\n\
         expect Ann has 0 miles\n\
         when 2026-04-13 10:00 return \"R-3\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 0 miles\n\
         expect Ann has 0 miles",
    );
}

#[test]
fn a_lot_that_was_taken_back_whole_is_opened_again_if_it_is_kept() {
    // 8 EUR are left: nothing; then 5 EUR: the 2 miles of the bonus
    let emptied = "when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { total 22 EUR }\n\
         expect Ann loses 3 miles\n";
    as_if(&format!(
        "{emptied}when 2026-04-10 10:00 return \"R-2\" of \"K-1\" by Ann {{ total 3 EUR }}\n\
         expect Ann earns 2 miles\n\
         expect Ann has 2 miles expiring 2026-04-03"
    ));
    as_if(&format!(
        "{emptied}when 2026-04-01 10:00 change \"C-1\" by Ann {{ level: y }}\n\
         when 2026-04-10 10:00 return \"R-2\" of \"K-1\" by Ann {{ total 3 EUR }}\n\
         expect Ann earns nothing\n\
         expect Ann has 0 miles"
    ));
}

#[test]
fn what_paid_for_an_event_without_lines_comes_back() {
    let rules = "event stay { nights: integer optional }\n\n\
         voucher Upgrade { grants \"One upgrade\" }\n\n\
         voucher Drink { grants \"One drink\" }\n\n\
         reward Suite costs 100 points { give 2 Drink }\n\n\
         reward Late costs 30 points\n\n\
         earn Stay {\n  on stay\n  give 7 points\n}";
    let test = "test \"the test\" {\n  given member Ann {\n    joined 2026-01-05\n    balance 150 points expiring 2026-12-31\n    \
         has 1 Upgrade until 2026-06-30\n  }\n\
         when 2026-03-03 10:00 stay \"S-1\" by Ann {\n  redeem 1 Suite\n  redeem 1 Late\n  use 1 Upgrade\n}\n\
         expect Ann earns 7 points\n\
         # 150 less 100 and 30, and 7 more\n\
         expect Ann has 27 points\n\
         expect Ann has 0 Upgrade\n\
         expect Ann has 2 Drink\n\
         when 2026-03-04 10:00 stay \"S-2\" by Ann { use 1 Drink }\n\
         expect Ann has 1 Drink\n\
         when 2026-03-05 10:00 return \"R-1\" of \"S-1\" by Ann { all items }\n\
         # both prices and the voucher are there again; the drink that was not used is gone, and so are the 7 points\n\
         expect Ann loses 7 points\n\
         expect Ann has 157 points\n\
         expect Ann has 150 points expiring 2026-12-31\n\
         expect Ann has 1 Upgrade until 2026-06-30\n\
         expect Ann has 0 Drink\n\
         when 2026-03-06 10:00 return \"R-2\" of \"S-1\" by Ann { all items }\n\
         expect refused \"nothing is left\"\n\
         when 2026-03-07 10:00 return \"R-3\" of \"S-2\" by Ann { all items }\n\
         # the drink that comes back was given by the first stay, of which nothing is left\n\
         expect Ann has 0 Drink\n\
         expect Ann has 150 points\n}";
    for mode in ["in proportion", "as if never bought", "in full"] {
        holds(&format!("take back earned {mode}"), rules, test);
    }
}
