//! `counts from start of quarter` beside caps of shorter and longer periods, and caps that rules share.

use super::HEAD;
use crate::returns::all_pass;

const RULES: &str = "returns {\n  accept within 60 days\n  balance may go negative\n}\n\n\
     member { opted-in: yes-no optional counts from start of quarter }\n\n";

/// Runs a test of Ann in a program without late events.
fn holds(rules: &str, steps: &str) {
    let head = HEAD.replace("  accept late events for 60 days\n", "");
    let test = format!("test \"the test\" {{\n  given member Ann {{ joined 2026-01-02 }}\n{steps}\n}}\n");
    all_pass(&format!("{head}{RULES}{rules}\n{test}"), rules);
}

fn extra(caps: &str) -> String {
    format!(
        "bonus Extra {{\n  on purchase\n  when opted-in is yes\n  give 4 points per 1 EUR\n  combine add\n  {caps}\n}}\n"
    )
}

#[test]
fn a_cap_of_the_year_is_used_by_what_is_paid_and_not_by_what_waited_in_vain() {
    holds(
        &extra("cap 100 points per calendar year"),
        "when 2026-01-05 10:00 purchase \"K-1\" by Ann { total 15 EUR }\n\
         when 2026-04-05 10:00 purchase \"K-2\" by Ann { total 10 EUR }\n\
         when 2026-04-06 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         # the 60 of January are never paid, and leave their room\n\
         expect Ann earns 40 points\n\
         expect cap Extra of Ann has 60 left\n\
         when 2026-04-07 10:00 change \"C-2\" by Ann { opted-in: no }\n\
         when 2026-07-01 10:00 purchase \"K-3\" by Ann { total 20 EUR }\n\
         when 2026-07-02 10:00 change \"C-3\" by Ann { opted-in: yes }\n\
         # 60 of 80\n\
         expect Ann earns 60 points\n\
         when 2026-07-03 10:00 return \"R-1\" of \"K-3\" by Ann { total 5 EUR }\n\
         # a quarter of 60\n\
         expect Ann loses 15 points\n\
         expect cap Extra of Ann has 15 left",
    );
}

#[test]
fn a_cap_of_the_month_is_used_in_the_month_of_the_purchase() {
    holds(
        &extra("cap 50 points per month"),
        "when 2026-01-20 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
         when 2026-03-05 10:00 purchase \"K-2\" by Ann { total 10 EUR }\n\
         when 2026-03-06 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         # 50 of 80, and 40\n\
         expect Ann earns 90 points\n\
         expect cap Extra of Ann has 10 left\n\
         when 2026-03-07 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 50 points\n\
         # that room was of January\n\
         expect cap Extra of Ann has 10 left\n\
         when 2026-03-08 10:00 return \"R-2\" of \"K-2\" by Ann { all items }\n\
         expect Ann loses 40 points\n\
         expect cap Extra of Ann has 50 left",
    );
}

#[test]
fn a_cap_of_spend_of_the_year_and_times_of_a_day() {
    holds(
        &extra("cap 30 EUR of spend per calendar year\n  cap 1 time per day"),
        "when 2026-01-20 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
         when 2026-01-20 11:00 purchase \"K-2\" by Ann { total 20 EUR }\n\
         when 2026-01-21 10:00 purchase \"K-3\" by Ann { total 20 EUR }\n\
         when 2026-03-06 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         # 80, nothing for the second of the day, and 10 EUR of the third\n\
         expect Ann earns 120 points\n\
         when 2026-03-07 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 80 points\n\
         when 2026-03-08 10:00 purchase \"K-4\" by Ann { total 30 EUR }\n\
         # 20 EUR of spend came back\n\
         expect Ann earns 80 points",
    );
}

#[test]
fn a_cap_that_rules_share_which_ask_the_same() {
    let more = "bonus More {\n  on purchase\n  when opted-in is yes\n  give 30 points\n  combine add\n}\n\n\
                cap Both: 60 points per quarter on [Extra, More]\n";
    holds(
        &format!("{}\n{more}", extra("")),
        "when 2026-01-20 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         when 2026-01-21 10:00 purchase \"K-2\" by Ann { total 10 EUR }\n\
         when 2026-03-06 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         # 40 of the one, 20 of 30 of the other, and then nothing\n\
         expect Ann earns 40 points from Extra\n\
         expect Ann earns 20 points from More\n\
         expect cap Both of Ann has 0 left\n\
         when 2026-03-07 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 60 points\n\
         expect cap Both of Ann has 60 left",
    );
}

/// The week of 30 March lies in two quarters: what waits in it before April is never paid and takes no room.
#[test]
fn a_cap_of_a_week_that_lies_in_two_quarters() {
    holds(
        &extra("cap 40 points per week"),
        "when 2026-03-31 10:00 purchase \"K-1\" by Ann { total 8 EUR }\n\
         when 2026-04-01 10:00 purchase \"K-2\" by Ann { total 7 EUR }\n\
         when 2026-04-02 10:00 purchase \"K-3\" by Ann { item Loaf 3 x 3 EUR }\n\
         when 2026-04-06 10:00 purchase \"K-4\" by Ann { total 4 EUR }\n\
         when 2026-04-07 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         # 28 and 12 of 36 in the first week, 16 in the second\n\
         expect Ann earns 56 points\n\
         when 2026-04-08 10:00 purchase \"K-5\" by Ann { total 20 EUR }\n\
         # 24 of 80\n\
         expect Ann earns 24 points\n\
         when 2026-04-09 10:00 return \"R-1\" of \"K-3\" by Ann { all items }\n\
         expect Ann loses 12 points\n\
         expect cap Extra of Ann has 0 left",
    );
}

/// In the first part of the week the cap was used by what was paid.
#[test]
fn what_was_paid_before_the_quarter_uses_the_week() {
    holds(
        &extra("cap 40 points per week"),
        "when 2026-03-30 09:00 change \"C-1\" by Ann { opted-in: yes }\n\
         when 2026-03-30 10:00 purchase \"K-1\" by Ann { total 6 EUR }\n\
         expect Ann earns 24 points\n\
         when 2026-03-31 09:00 change \"C-2\" by Ann { opted-in: no }\n\
         when 2026-03-31 10:00 purchase \"K-2\" by Ann { total 3 EUR }\n\
         when 2026-04-01 10:00 purchase \"K-3\" by Ann { total 7 EUR }\n\
         when 2026-04-02 10:00 change \"C-3\" by Ann { opted-in: yes }\n\
         # 16 of 28; the 12 of March are lost\n\
         expect Ann earns 16 points\n\
         expect cap Extra of Ann has 0 left",
    );
}
