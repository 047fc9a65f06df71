//! Challenges: what their tasks count, when they pay, and what returns do to them.

use crate::returns::{ann, holds};

const IN_PROPORTION: &str = "  take back earned in proportion";
const MODES: [&str; 3] =
    [IN_PROPORTION, "  take back earned as if never bought", "  take back earned in full"];

const SOCKS: &str = "categories [Sock, Bread]\n\nchallenge Spring {\n  \
     task Socks: items reaches 3 for items where category is Sock\n  task Money: spend reaches 50 EUR\n  \
     complete all tasks\n  once per month\n  give 100 points\n}";

#[test]
fn it_pays_at_once_with_the_last_task_and_once_in_a_round() {
    // 2 socks, 20 EUR; then 1 sock and bread, 10 + 25 EUR: 3 socks and 55 EUR
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pair 2 x 10 EUR, category: Sock }\n\
         expect Ann earns nothing\n\
         expect task Socks of Ann at 2\n\
         expect task Money of Ann at 20\n\
         expect challenge Spring of Ann at 0\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann {\n\
         item Pair 1 x 10 EUR, category: Sock\nitem Loaf 1 x 25 EUR, category: Bread\n}\n\
         expect Ann earns 100 points from Spring\n\
         expect challenge Spring of Ann at 2\n\
         when 2026-03-05 10:00 purchase \"K-3\" by Ann { item Pair 9 x 10 EUR, category: Sock }\n\
         expect Ann earns nothing\n\
         when 2026-04-01 10:00 purchase \"K-4\" by Ann { item Pair 2 x 30 EUR, category: Sock }\n\
         expect challenge Spring of Ann at 1\n\
         expect task Socks of Ann at 2\n\
         when 2026-04-02 10:00 purchase \"K-5\" by Ann { item Pair 1 x 1 EUR, category: Sock }\n\
         expect Ann earns 100 points";
    holds(IN_PROPORTION, SOCKS, &ann(steps));
}

const RUNS: &str = "channels [App, Shop]\n\nevent run {\n  km: decimal\n  verified: yes-no\n}\n\n\
     challenge \"Spring challenge\" {\n  valid from 2026-04-01 to 2026-05-31\n  \
     task \"Two runs\": run reaches 2 when verified is yes\n  \
     task \"One in the app\": purchases reaches 1 when channel is App\n  \
     task Three: items reaches 3\n  complete any 2 tasks\n  once per member\n  give 500 points\n}";

#[test]
fn some_of_the_tasks_are_enough_and_events_count_under_their_conditions() {
    // the run of March lies outside of `valid`, the second one is not verified
    let steps = "when 2026-03-31 10:00 run \"L-1\" by Ann {\n  km: 5\n  verified: yes\n}\n\
         when 2026-04-01 10:00 run \"L-2\" by Ann {\n  km: 5\n  verified: no\n}\n\
         when 2026-04-02 10:00 run \"L-3\" by Ann {\n  km: 5\n  verified: yes\n}\n\
         expect task \"Two runs\" of Ann at 1\n\
         when 2026-04-03 10:00 purchase \"K-1\" by Ann {\n  channel: Shop\n  item Loaf 2 x 3 EUR\n}\n\
         expect challenge \"Spring challenge\" of Ann at 0\n\
         when 2026-04-04 10:00 purchase \"K-2\" by Ann {\n  channel: App\n  item Loaf 0.5 x 3 EUR\n}\n\
         expect challenge \"Spring challenge\" of Ann at 1\n\
         expect task Three of Ann at 2.5\n\
         expect Ann earns nothing\n\
         when 2026-05-31 23:00 run \"L-4\" by Ann {\n  km: 5\n  verified: yes\n}\n\
         expect Ann earns 500 points from \"Spring challenge\"";
    holds(IN_PROPORTION, RUNS, &ann(steps));
}

const BASE: &str = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n}\n\n";

#[test]
fn a_unit_counts_what_rules_gave_and_neither_gifts_nor_adjustments() {
    let rules = format!(
        "{BASE}bonus Double {{\n  on purchase\n  when weekday is tuesday\n  multiply points by 2\n  combine add\n}}\n\n\
         earn Hello {{\n  on joining\n  give 5 points\n}}\n\n\
         challenge Points {{\n  task Fifty: points reaches 50\n  complete all tasks\n  once per member\n  give 30 points\n}}\n\n\
         challenge Other {{\n  task Hundred: points reaches 100\n  complete all tasks\n  once per member\n  give 1 point\n}}"
    );
    // 5 on joining, twice 20 on a Tuesday: 45; 5 on a Wednesday make 50, and the gift of 30 counts for nothing
    let steps = "test \"it\" {\n  given member Ann { joined 2026-01-05 }\n  \
         when 2026-02-01 10:00 joining \"J-1\" by Bob\n  \
         when 2026-03-03 10:00 purchase \"K-1\" by Bob { total 20 EUR }\n  \
         expect task Fifty of Bob at 45\n  \
         when 2026-03-03 11:00 adjust plus 100 points \"A-1\" by Bob { reason: \"sorry\" }\n  \
         expect task Fifty of Bob at 45\n  \
         when 2026-03-04 10:00 purchase \"K-2\" by Bob { total 5 EUR }\n  \
         expect Bob earns 35 points\n  \
         expect task Hundred of Bob at 50\n}";
    holds(IN_PROPORTION, &rules, steps);
}

#[test]
fn what_comes_back_is_taken_off_an_open_round() {
    for mode in MODES {
        // of 4 socks for 40 EUR one comes back: 3 and 30; then all: nothing is left
        let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pair 4 x 10 EUR, category: Sock }\n\
             expect challenge Spring of Ann at 1\n\
             when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Pair 2 }\n\
             expect task Socks of Ann at 2\n\
             expect task Money of Ann at 20\n\
             expect challenge Spring of Ann at 0\n\
             when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
             expect task Socks of Ann at 0\n\
             expect task Money of Ann at 0\n\
             when 2026-03-06 10:00 purchase \"K-2\" by Ann { item Pair 3 x 20 EUR, category: Sock }\n\
             expect Ann earns 100 points";
        holds(mode, SOCKS, &ann(steps));
    }
    let nothing = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pair 4 x 10 EUR, category: Sock }\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect task Socks of Ann at 4\n\
         expect task Money of Ann at 40";
    holds("  take back nothing", SOCKS, &ann(nothing));
}

#[test]
fn purchases_and_events_count_until_all_of_them_has_come_back() {
    let rules = "event stay { nights: integer 1 to 9 }\n\n\
         challenge Often {\n  task Buys: purchases reaches 3\n  task Stays: stay reaches 2\n  complete all tasks\n  \
         once per month\n  give 10 points\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Loaf 2 x 3 EUR }\n\
         when 2026-03-03 11:00 stay \"S-1\" by Ann { nights: 1 }\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Loaf 1 }\n\
         expect task Buys of Ann at 1\n\
         when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann { item Loaf 1 }\n\
         expect task Buys of Ann at 0\n\
         expect task Stays of Ann at 1\n\
         when 2026-03-06 10:00 cancel \"C-1\" of \"S-1\" by Ann\n\
         expect task Stays of Ann at 0";
    for mode in MODES {
        holds(mode, rules, &ann(steps));
    }
}

#[test]
fn a_unit_is_lowered_by_what_its_rules_lose() {
    let rules = format!(
        "{BASE}challenge Points {{\n  task Fifty: points reaches 50\n  complete all tasks\n  once per month\n  give 30 points\n}}"
    );
    let bought = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Loaf 1 x 10.50 EUR\n  item Cake 1 x 9.50 EUR\n}\n\
         expect task Fifty of Ann at 20\n";
    // of 20 points the loaf has 10.5 of 20: 11 by the largest remainder, the later line first: 10 and 10
    let in_part = "when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Cake 1 }\n\
         expect task Fifty of Ann at 10";
    holds(IN_PROPORTION, &rules, &ann(&format!("{bought}{in_part}")));
    holds(MODES[1], &rules, &ann(&format!("{bought}{in_part}")));
    let whole = "when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Cake 1 }\n\
         expect task Fifty of Ann at 0";
    holds(MODES[2], &rules, &ann(&format!("{bought}{whole}")));
}

#[test]
fn a_finished_round_stays_and_never_pays_twice() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pair 3 x 20 EUR, category: Sock }\n\
         expect Ann earns 100 points\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 0 points\n\
         expect Ann has 100 points\n\
         expect task Socks of Ann at 0\n\
         expect challenge Spring of Ann at 2\n\
         when 2026-03-05 10:00 purchase \"K-2\" by Ann { item Pair 3 x 20 EUR, category: Sock }\n\
         expect Ann earns nothing\n\
         when 2026-04-05 10:00 purchase \"K-3\" by Ann { item Pair 3 x 20 EUR, category: Sock }\n\
         expect Ann earns 100 points";
    for mode in MODES {
        holds(mode, SOCKS, &ann(steps));
    }
}

#[test]
fn vouchers_and_choices_of_a_finished_round_stay() {
    let rules = "voucher Drink { grants 1 item free }\n\nvoucher Cake { grants 1 item free }\n\n\
         challenge Two {\n  task Buys: purchases reaches 2\n  complete all tasks\n  once per month\n  \
         give 2 Drink\n  give choice of [1 Cake, 5 points] within 10 days\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Loaf 1 x 3 EUR }\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { item Loaf 1 x 3 EUR }\n\
         expect Ann earns 2 Drink\n\
         when 2026-03-05 10:00 return \"R-1\" of \"K-2\" by Ann { all items }\n\
         expect Ann has 2 Drink\n\
         when 2026-03-06 10:00 choose 5 points \"W-1\" by Ann\n\
         expect Ann has 5 points\n\
         when 2026-03-07 10:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
         expect Ann has 5 points";
    for mode in MODES {
        holds(mode, rules, &ann(steps));
    }
    let cancelled = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Loaf 1 x 3 EUR }\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { item Loaf 1 x 3 EUR }\n\
         when 2026-03-06 10:00 choose 5 points \"W-1\" by Ann\n\
         when 2026-03-07 10:00 cancel \"C-1\" of \"K-2\" by Ann\n\
         expect Ann has 0 Drink\n\
         expect Ann has 0 points\n\
         expect challenge Two of Ann at 0\n\
         when 2026-03-08 10:00 purchase \"K-3\" by Ann { item Loaf 1 x 3 EUR }\n\
         expect Ann earns 2 Drink";
    holds(IN_PROPORTION, rules, &ann(cancelled));
}

#[test]
fn a_cancelled_event_takes_the_round_back_that_it_finished() {
    let first = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pair 2 x 20 EUR, category: Sock }\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { item Pair 1 x 20 EUR, category: Sock }\n\
         expect Ann earns 100 points\n";
    let cancel = "when 2026-03-05 10:00 cancel \"C-1\" of \"K-2\" by Ann\n\
         expect Ann loses 100 points\n\
         expect task Socks of Ann at 2\n\
         expect challenge Spring of Ann at 0\n\
         when 2026-03-06 10:00 purchase \"K-3\" by Ann { item Pair 1 x 20 EUR, category: Sock }\n\
         expect Ann earns 100 points";
    // complete without it: as if the third had finished it
    let more = "when 2026-03-05 10:00 purchase \"K-3\" by Ann { item Pair 1 x 20 EUR, category: Sock }\n\
         when 2026-03-06 10:00 cancel \"C-1\" of \"K-2\" by Ann\n\
         expect Ann has 100 points\n\
         expect challenge Spring of Ann at 2";
    // another event of the round: the gift came with one that stands
    let other = "when 2026-03-05 10:00 cancel \"C-1\" of \"K-1\" by Ann\n\
         expect Ann has 100 points\n\
         expect task Socks of Ann at 1";
    for mode in [MODES[0], MODES[1], MODES[2], "  take back nothing"] {
        for rest in [cancel, more, other] {
            holds(mode, SOCKS, &ann(&format!("{first}{rest}")));
        }
    }
}

#[test]
fn a_round_of_long_ago_is_opened_as_long_as_its_event_is_known() {
    let rules = "challenge Daily {\n  valid from 2026-03-01 to 2026-12-31\n  task Two: purchases reaches 2\n  \
                 complete all tasks\n  once per day\n  give 10 points\n}";
    let buys = |id: &str, when: &str| {
        format!("when 2026-{when} purchase \"{id}\" by Ann {{ item Loaf 1 x 3 EUR }}\n")
    };
    let steps = [
        buys("K-1", "03-02 10:00"),
        buys("K-2", "03-02 11:00"),
        "expect Ann has 10 points\n".into(),
        buys("K-3", "04-20 10:00"),
        "when 2026-04-21 10:00 cancel \"C-1\" of \"K-2\" by Ann\nexpect Ann loses 10 points\n".into(),
        "expect Ann has 0 points".into(),
    ];
    for within in ["", "\n  accept within 30 days"] {
        holds(&format!("{IN_PROPORTION}{within}"), rules, &ann(&steps.concat()));
    }
}

#[test]
fn a_test_may_begin_in_the_middle_of_a_round() {
    let steps = "test \"it\" {\n  given member Ann {\n    joined 2026-01-05\n    task Socks at 2\n    task Money at 45.50\n  }\n  \
         when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pair 1 x 4.50 EUR, category: Sock }\n  \
         expect Ann earns 100 points\n}";
    holds(IN_PROPORTION, SOCKS, steps);
}
