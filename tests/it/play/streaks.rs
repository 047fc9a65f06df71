//! Streaks: when a period is won, missed or forgiven, what runs get, and what returns do to them.

use crate::returns::{ann, holds};

const IN_PROPORTION: &str = "  take back earned in proportion";
const MODES: [&str; 3] =
    [IN_PROPORTION, "  take back earned as if never bought", "  take back earned in full"];

/// 2026-03-02 is a Monday.
const RUNS: &str = "event run {\n  km: decimal\n  verified: yes-no\n}\n\nstreak Weekly {\n  on run\n  when verified is yes\n  \
     each week needs 2 run\n  forgive 1 missed week\n  after 2 weeks give 5 points\n  after 3 weeks give 50 points\n  \
     restart after 3 weeks\n}";

/// Verified runs, with ids in their order.
fn runs(days: &[&str]) -> String {
    let line = |(place, day): (usize, &&str)| {
        format!("when {day} 10:00 run \"L-{place}\" by Ann {{\n  km: 5\n  verified: yes\n}}\n")
    };
    days.iter().enumerate().map(line).collect()
}

#[test]
fn a_period_is_won_with_the_event_that_meets_its_need() {
    let steps = format!(
        "{}expect streak Weekly of Ann at 0\n\
         when 2026-03-04 10:00 run \"X-1\" by Ann {{\n  km: 5\n  verified: no\n}}\n\
         expect streak Weekly of Ann at 0\n\
         when 2026-03-08 23:00 run \"X-2\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         expect streak Weekly of Ann at 1\n\
         when 2026-03-08 23:30 run \"X-3\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         expect streak Weekly of Ann at 1",
        runs(&["2026-03-02"])
    );
    holds(IN_PROPORTION, RUNS, &ann(&steps));
}

#[test]
fn a_run_pays_at_its_lengths_and_begins_anew() {
    // three weeks, and then a fourth that is the first of a new run
    let first = runs(&["2026-03-02", "2026-03-03", "2026-03-09", "2026-03-10"]);
    let steps = format!(
        "{first}expect Ann earns 5 points from Weekly\n\
         expect streak Weekly of Ann at 2\n\
         when 2026-03-16 10:00 run \"Y-1\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         when 2026-03-17 10:00 run \"Y-2\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         expect Ann earns 50 points\n\
         expect streak Weekly of Ann at 3\n\
         when 2026-03-23 00:00 clock\n\
         expect streak Weekly of Ann at 0\n\
         when 2026-03-24 10:00 run \"Y-3\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         when 2026-03-25 10:00 run \"Y-4\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         expect Ann earns nothing\n\
         expect streak Weekly of Ann at 1"
    );
    holds(IN_PROPORTION, RUNS, &ann(&steps));
}

#[test]
fn a_missed_period_is_forgiven_and_the_next_one_ends_the_run() {
    let first = runs(&["2026-03-02", "2026-03-03"]);
    // the week of the 9th is missed, that of the 16th won: two weeks
    let forgiven = format!(
        "{first}when 2026-03-16 00:00 clock\n\
         expect streak Weekly of Ann at 1\n\
         when 2026-03-16 10:00 run \"Y-1\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         when 2026-03-22 23:00 run \"Y-2\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         expect Ann earns 5 points\n\
         expect streak Weekly of Ann at 2\n"
    );
    holds(IN_PROPORTION, RUNS, &ann(&forgiven));
    // that of the 23rd is missed as well, and only one was forgiven
    let ended = format!(
        "{forgiven}when 2026-03-30 00:00 clock\n\
         expect streak Weekly of Ann at 0\n\
         when 2026-03-31 10:00 run \"Y-3\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         when 2026-04-01 10:00 run \"Y-4\" by Ann {{\n  km: 5\n  verified: yes\n}}\n\
         expect streak Weekly of Ann at 1"
    );
    holds(IN_PROPORTION, RUNS, &ann(&ended));
    // the same without a clock in between
    holds(
        IN_PROPORTION,
        RUNS,
        &ann(&ended.replace("when 2026-03-30 00:00 clock\nexpect streak Weekly of Ann at 0\n", "")),
    );
    // two in a row are one too many
    let two = format!(
        "{first}when 2026-03-22 23:00 clock\nexpect streak Weekly of Ann at 1\nwhen 2026-03-23 00:00 clock\nexpect streak Weekly of Ann at 0"
    );
    holds(IN_PROPORTION, RUNS, &ann(&two));
}

const BUYS: &str = "voucher Drink { grants 1 item free }\n\nstreak Often {\n  on purchase\n  each week needs 2 purchases\n  \
     after 2 weeks give 5 points\n  after 2 weeks give 1 Drink\n}";

/// Purchases of two pieces, with ids in their order.
fn buys(days: &[&str]) -> String {
    let line = |(place, day): (usize, &&str)| {
        format!("when {day} 10:00 purchase \"K-{place}\" by Ann {{ item Loaf 2 x 3 EUR }}\n")
    };
    days.iter().enumerate().map(line).collect()
}

#[test]
fn what_comes_back_is_taken_off_the_period_that_is_played() {
    let first = buys(&["2026-03-02", "2026-03-03"]);
    let steps = format!(
        "{first}expect streak Often of Ann at 1\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-0\" by Ann {{ item Loaf 1 }}\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-04 11:00 return \"R-2\" of \"K-0\" by Ann {{ item Loaf 1 }}\n\
         expect streak Often of Ann at 0\n\
         when 2026-03-05 11:00 purchase \"X-1\" by Ann {{ total 5 EUR }}\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-09 00:00 clock\n\
         when 2026-03-09 11:00 return \"R-3\" of \"K-1\" by Ann {{ all items }}\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-10 11:00 purchase \"X-2\" by Ann {{ total 5 EUR }}\n\
         when 2026-03-11 11:00 purchase \"X-3\" by Ann {{ total 5 EUR }}\n\
         expect Ann earns 5 points\n\
         when 2026-03-12 11:00 return \"R-4\" of \"X-3\" by Ann {{ all items }}\n\
         expect Ann loses 0 points\n\
         expect Ann has 1 Drink\n\
         expect streak Often of Ann at 2\n\
         when 2026-03-12 12:00 purchase \"X-4\" by Ann {{ total 5 EUR }}\n\
         expect Ann earns nothing\n\
         when 2026-03-16 11:00 purchase \"X-5\" by Ann {{ total 5 EUR }}\n\
         when 2026-03-16 12:00 purchase \"X-6\" by Ann {{ total 5 EUR }}\n\
         expect streak Often of Ann at 3\n\
         when 2026-03-17 11:00 return \"R-5\" of \"X-6\" by Ann {{ all items }}\n\
         expect streak Often of Ann at 2\n\
         when 2026-03-23 00:00 clock\n\
         expect streak Often of Ann at 0"
    );
    for mode in MODES {
        holds(mode, BUYS, &ann(&steps));
    }
    let nothing = format!(
        "{first}when 2026-03-04 10:00 return \"R-1\" of \"K-0\" by Ann {{ all items }}\nexpect streak Often of Ann at 1"
    );
    holds("  take back nothing", BUYS, &ann(&nothing));
}

#[test]
fn a_cancelled_event_takes_back_what_its_period_gave_while_it_is_played() {
    let first = buys(&["2026-03-02", "2026-03-03", "2026-03-09", "2026-03-10"]);
    let open = format!(
        "{first}expect Ann earns 5 points\n\
         when 2026-03-11 10:00 cancel \"C-1\" of \"K-3\" by Ann\n\
         expect Ann loses 5 points\n\
         expect Ann has 0 Drink\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-12 10:00 purchase \"X-1\" by Ann {{ total 5 EUR }}\n\
         expect Ann earns 5 points\n\
         when 2026-03-12 11:00 cancel \"C-2\" of \"K-2\" by Ann\n\
         expect Ann has 5 points\n\
         expect streak Often of Ann at 2"
    );
    let decided = format!(
        "{first}when 2026-03-16 10:00 cancel \"C-1\" of \"K-3\" by Ann\n\
         expect Ann has 5 points\n\
         expect streak Often of Ann at 2"
    );
    for mode in [MODES[0], MODES[1], MODES[2], "  take back nothing"] {
        holds(mode, BUYS, &ann(&open));
        holds(mode, BUYS, &ann(&decided));
    }
}

#[test]
fn a_run_ends_with_the_last_valid_day() {
    let rules = "streak Spring {\n  on purchase\n  valid from 2026-03-01 to 2026-03-17\n  each week needs 1 purchase\n  \
         forgive 2 missed weeks\n  after 3 weeks give 5 points\n}";
    // the week of the 16th begins in time, the purchase of the 18th is too late; that of the 23rd is not played
    let steps = "when 2026-03-04 10:00 purchase \"K-1\" by Ann { total 5 EUR }\n\
         when 2026-03-10 10:00 purchase \"K-2\" by Ann { total 5 EUR }\n\
         when 2026-03-18 10:00 purchase \"K-3\" by Ann { total 5 EUR }\n\
         expect streak Spring of Ann at 2\n\
         when 2026-03-23 00:00 clock\n\
         expect streak Spring of Ann at 0";
    holds(IN_PROPORTION, rules, &ann(steps));
}

#[test]
fn a_streak_may_be_daily_and_begin_in_the_middle() {
    let rules =
        "streak Daily {\n  on purchase\n  each day needs 1 purchase\n  after 7 days give 70 points\n}";
    let steps = "test \"it\" {\n  given member Ann {\n    joined 2026-01-05\n    streak Daily at 5\n  }\n  \
         when 2026-03-28 10:00 purchase \"K-1\" by Ann { total 5 EUR }\n  \
         expect streak Daily of Ann at 6\n  \
         when 2026-03-29 10:00 purchase \"K-2\" by Ann { total 5 EUR }\n  \
         expect Ann earns 70 points\n  \
         when 2026-03-30 23:59 clock\n  \
         expect streak Daily of Ann at 7\n  \
         when 2026-03-31 00:00 clock\n  \
         expect streak Daily of Ann at 0\n}";
    holds(IN_PROPORTION, rules, steps);
}

const SPENDS: &str =
    "streak Often {\n  on purchase\n  each month needs 100 EUR\n  after 2 months give 5 points\n}";

/// What comes back is taken off line by line, with the part that came back.
#[test]
fn a_streak_may_count_what_is_spent() {
    let steps = "when 2026-03-02 10:00 purchase \"K-1\" by Ann { item Loaf 2 x 30 EUR }\n\
         when 2026-03-10 10:00 purchase \"K-2\" by Ann { total 40 EUR }\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-11 10:00 return \"R-1\" of \"K-1\" by Ann { item Loaf 1 }\n\
         expect streak Often of Ann at 0\n\
         when 2026-03-12 10:00 purchase \"K-3\" by Ann { total 29.99 EUR }\n\
         expect streak Often of Ann at 0\n\
         when 2026-03-13 10:00 purchase \"K-4\" by Ann { total 0.01 EUR }\n\
         expect streak Often of Ann at 1\n\
         when 2026-04-05 10:00 purchase \"K-5\" by Ann { item Loaf 4 x 30 EUR }\n\
         expect Ann earns 5 points\n\
         expect streak Often of Ann at 2\n\
         when 2026-04-06 10:00 return \"R-2\" of \"K-5\" by Ann { item Loaf 2 }\n\
         expect Ann has 5 points\n\
         when 2026-04-07 10:00 purchase \"K-6\" by Ann { total 90 EUR }\n\
         expect Ann earns nothing\n\
         when 2026-05-01 00:00 clock\n\
         expect streak Often of Ann at 2\n\
         when 2026-06-01 00:00 clock\n\
         expect streak Often of Ann at 0";
    for mode in MODES {
        holds(mode, SPENDS, &ann(steps));
    }
}

/// 2 points for each euro, no more than 60 for a purchase; 100 of them win a week.
#[test]
fn a_streak_may_count_what_rules_have_given() {
    let rules = "earn Base {\n  on purchase\n  give 2 points per full 1 EUR\n  cap 60 points per purchase\n}\n\n\
         voucher Drink { grants 1 item free }\n\nstreak Often {\n  on purchase\n  each week needs 100 points\n  \
         after 2 weeks give 1 Drink\n}";
    // 2026-03-02 is a Monday
    let steps = "when 2026-03-02 10:00 purchase \"K-1\" by Ann { item Loaf 2 x 25 EUR }\n\
         expect streak Often of Ann at 0\n\
         when 2026-03-03 10:00 purchase \"K-2\" by Ann { item Loaf 2 x 10 EUR }\n\
         # 60 and 40\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-2\" by Ann { item Loaf 1 }\n\
         expect streak Often of Ann at 0\n\
         when 2026-03-05 10:00 purchase \"K-3\" by Ann { total 10 EUR }\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-09 10:00 purchase \"K-4\" by Ann { total 30 EUR }\n\
         when 2026-03-10 10:00 purchase \"K-5\" by Ann { total 20 EUR }\n\
         expect Ann has 1 Drink\n\
         when 2026-03-10 11:00 cancel \"C-1\" of \"K-5\" by Ann\n\
         expect Ann has 0 Drink\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-11 10:00 purchase \"K-6\" by Ann { total 20 EUR }\n\
         expect Ann has 1 Drink";
    for mode in [MODES[0], MODES[1]] {
        holds(mode, rules, &ann(steps));
    }
}

#[test]
fn a_streak_may_count_pieces() {
    let rules = "streak Often {\n  on purchase\n  each week needs 5 items\n  after 1 week give 5 points\n}";
    let steps = "when 2026-03-02 10:00 purchase \"K-1\" by Ann { item Loaf 4 x 3 EUR }\n\
         expect Ann earns nothing\n\
         when 2026-03-03 10:00 purchase \"K-2\" by Ann { item Loaf 1 x 3 EUR }\n\
         expect Ann earns 5 points";
    holds(IN_PROPORTION, rules, &ann(steps));
}

/// Ann joined on 5 January, so her years begin on that day.
#[test]
fn a_streak_may_be_played_in_years_of_the_member() {
    let rules = "streak Loyal {\n  on purchase\n  each membership year needs 1 purchase\n  after 2 years give 5 points\n}";
    let steps = "when 2027-01-04 10:00 purchase \"K-1\" by Ann { total 5 EUR }\n\
         expect streak Loyal of Ann at 1\n\
         when 2027-01-05 10:00 purchase \"K-2\" by Ann { total 5 EUR }\n\
         expect Ann earns 5 points\n\
         when 2029-01-04 23:00 clock\n\
         expect streak Loyal of Ann at 2\n\
         when 2029-01-05 00:00 clock\n\
         expect streak Loyal of Ann at 0";
    holds(IN_PROPORTION, rules, &ann(steps));
}

/// Another day takes the period that is played along, with what it has counted.
#[test]
fn a_streak_may_be_played_in_periods_of_the_members_own() {
    let rules = "member {\n  statement-day: integer 1 to 28\n}\n\nperiod statement starts on day statement-day of every month\n\n\
         streak Often {\n  on purchase\n  each statement needs 2 purchases\n  after 2 statements give 5 points\n}";
    let steps = "test \"it\" {\n  given member Ann {\n    joined 2026-01-05\n    statement-day: 10\n  }\n\
         when 2026-03-08 10:00 purchase \"K-1\" by Ann { total 5 EUR }\n\
         when 2026-03-09 10:00 purchase \"K-2\" by Ann { total 5 EUR }\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-12 10:00 purchase \"K-3\" by Ann { total 5 EUR }\n\
         # from 25 February to 24 March the purchase of the 12th counts, and the period before stays won\n\
         when 2026-03-14 10:00 change \"X-1\" by Ann { statement-day: 25 }\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-24 10:00 purchase \"K-4\" by Ann { total 5 EUR }\n\
         expect Ann earns 5 points\n\
         # from 15 March to 14 April\n\
         when 2026-03-24 11:00 change \"X-2\" by Ann { statement-day: 15 }\n\
         when 2026-03-24 12:00 cancel \"C-1\" of \"K-3\" by Ann\n\
         expect Ann has 5 points\n\
         when 2026-03-24 13:00 cancel \"C-2\" of \"K-4\" by Ann\n\
         expect Ann loses 5 points\n\
         expect streak Often of Ann at 1\n\
         when 2026-04-14 23:00 clock\n\
         expect streak Often of Ann at 1\n\
         when 2026-04-15 00:00 clock\n\
         expect streak Often of Ann at 0\n}";
    for mode in MODES {
        holds(mode, rules, steps);
    }
}

/// What is left is worth less after the first return than after the second: the run that was lost goes on.
#[test]
fn what_is_booked_again_resumes_a_run() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n}\n\n\
         bonus Big {\n  on purchase\n  when basket is at least 50 EUR\n  give 50 points\n  combine add\n  cap 1 time per day\n}\n\n\
         bonus Small {\n  on purchase\n  when basket is at least 10 EUR and basket is at most 30 EUR\n  give 60 points\n  \
         combine add\n  cap 1 time per day\n}\n\n\
         streak Often {\n  on purchase\n  each week needs 80 points\n  after 2 weeks give 5 points\n}";
    let steps = "when 2026-03-02 10:00 purchase \"K-1\" by Ann {\n  item Roll 1 x 10 EUR\n  item Loaf 1 x 25 EUR\n  item Cake 1 x 25 EUR\n}\n\
         # 60 and 50\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-03 10:00 return \"R-1\" of \"K-1\" by Ann { item Cake 1 }\n\
         # 35\n\
         expect streak Often of Ann at 0\n\
         when 2026-03-04 10:00 return \"R-2\" of \"K-1\" by Ann { item Roll 1 }\n\
         # 25 and 60\n\
         expect Ann has 85 points\n\
         expect streak Often of Ann at 1\n\
         when 2026-03-09 10:00 purchase \"K-2\" by Ann { total 80 EUR }\n\
         expect Ann earns 135 points\n\
         expect streak Often of Ann at 2";
    holds(MODES[1], rules, &ann(steps));
}

/// A year is long: what was paid in February is taken back in December, and its room in the cap with it.
#[test]
fn a_mistake_of_long_ago_is_taken_off_a_long_period_that_is_played() {
    let rules = |needs: &str| {
        format!(
            "streak Yearly {{\n  on purchase\n  each calendar year needs {needs}\n  after 1 year give 30 points\n  \
             after 2 years give 30 points\n  cap 40 points per calendar year\n  cap 1 time per month\n}}"
        )
    };
    // 4 + 6 pieces for 10 EUR each
    let won = "when 2026-01-10 10:00 purchase \"K-1\" by Ann { item Loaf 4 x 10 EUR }\n\
         when 2026-02-01 10:00 purchase \"K-2\" by Ann { item Loaf 6 x 10 EUR }\n\
         expect Ann earns 30 points from Yearly\n";
    let steps = format!(
        "{won}when 2026-12-20 10:00 cancel \"C-1\" of \"K-2\" by Ann\n\
         expect Ann loses 30 points\n\
         expect streak Yearly of Ann at 0\n\
         # 4 and 5 pieces are not enough, and one more is\n\
         when 2026-12-21 10:00 purchase \"K-3\" by Ann {{ item Loaf 5 x 10 EUR }}\n\
         expect Ann earns nothing\n\
         when 2026-12-22 10:00 purchase \"K-4\" by Ann {{ item Loaf 1 x 10 EUR }}\n\
         # 30, not the 10 that a cap of 40 would have left\n\
         expect Ann earns 30 points\n\
         # K-1 did not win the year: it stays won\n\
         when 2026-12-30 10:00 cancel \"C-2\" of \"K-1\" by Ann\n\
         expect Ann has 30 points\n\
         expect streak Yearly of Ann at 1\n\
         when 2027-01-02 10:00 purchase \"K-5\" by Ann {{ item Loaf 9 x 10 EUR }}\n\
         # of a year that is decided: it takes nothing, neither from that year nor from the one that is played\n\
         when 2027-01-03 10:00 cancel \"C-3\" of \"K-4\" by Ann\n\
         when 2027-11-03 10:00 cancel \"C-4\" of \"K-3\" by Ann\n\
         expect Ann has 30 points\n\
         expect streak Yearly of Ann at 1\n\
         when 2027-11-04 10:00 purchase \"K-6\" by Ann {{ item Loaf 1 x 10 EUR }}\n\
         expect Ann earns 30 points\n\
         expect streak Yearly of Ann at 2\n\
         when 2028-12-31 10:00 clock\n\
         expect streak Yearly of Ann at 2\n\
         when 2029-01-01 10:00 clock\n\
         expect streak Yearly of Ann at 0"
    );
    for needs in ["100 EUR", "10 items"] {
        for mode in [MODES[0], MODES[1], MODES[2], "  take back nothing"] {
            holds(mode, &rules(needs), &ann(&steps));
            holds(&format!("{mode}\n  accept within 12 months"), &rules(needs), &ann(&steps));
        }
    }
    // stars of rules, one for each euro
    let stars = "unit stars is spendable {\n  round down in total\n  expire never\n}\n\n\
         earn Stars {\n  on purchase\n  give 1 stars per full 1 EUR\n}\n\n";
    let of_stars = steps.replace("expect Ann earns nothing\n", "");
    for mode in MODES {
        holds(mode, &format!("{stars}{}", rules("100 stars")), &ann(&of_stars));
    }
}

/// Weeks 1 to 3 are decided when a purchase of the first one turns out to be a mistake in April.
#[test]
fn a_mistake_of_a_decided_period_leaves_the_run_and_the_period_that_is_played() {
    let rules = "streak Often {\n  on purchase\n  each week needs 5 items\n  forgive 9 missed weeks\n  \
         after 1 week give 5 points\n  after 2 weeks give 5 points\n  after 3 weeks give 5 points\n  \
         after 10 weeks give 5 points\n  cap 12 points per quarter\n}";
    let steps = "when 2026-03-02 10:00 purchase \"K-1\" by Ann { item Loaf 5 x 3 EUR }\n\
         when 2026-03-09 10:00 purchase \"K-2\" by Ann { item Loaf 5 x 3 EUR }\n\
         when 2026-03-16 10:00 purchase \"K-3\" by Ann { item Loaf 5 x 3 EUR }\n\
         # 5 + 5 + 2\n\
         expect Ann has 12 points\n\
         # while its week is played the 2 are taken back, and there is room for them again\n\
         when 2026-03-16 11:00 cancel \"C-3\" of \"K-3\" by Ann\n\
         expect Ann loses 2 points\n\
         when 2026-03-17 10:00 purchase \"K-4\" by Ann { item Loaf 5 x 3 EUR }\n\
         expect Ann earns 2 points\n\
         when 2026-04-13 10:00 purchase \"K-5\" by Ann { item Loaf 3 x 3 EUR }\n\
         when 2026-04-14 10:00 cancel \"C-1\" of \"K-1\" by Ann\n\
         when 2026-04-14 11:00 cancel \"C-4\" of \"K-4\" by Ann\n\
         expect Ann has 12 points\n\
         expect streak Often of Ann at 3\n\
         when 2026-04-15 10:00 purchase \"K-6\" by Ann { item Loaf 1 x 3 EUR }\n\
         expect streak Often of Ann at 3\n\
         when 2026-04-16 10:00 purchase \"K-7\" by Ann { item Loaf 1 x 3 EUR }\n\
         expect streak Often of Ann at 4";
    for mode in [MODES[0], MODES[1], MODES[2], "  take back nothing"] {
        holds(mode, rules, &ann(steps));
    }
}
