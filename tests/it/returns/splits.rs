//! Any split of returns, in any order, ends where one return of the same things ends.

use super::{ann, holds};

/// Points never expire unless their rule says so; 2 points pay 1 EUR.
const RULES: &str = "categories [Bread, Wine, Tobacco]\n\n\
    earn Base {\n  on purchase\n  for items where category is Bread\n  give 1 point per full 1 EUR\n}\n\n\
    earn Short {\n  on purchase\n  for items where category is Wine\n  give 20 points\n  expire 10 days after earning\n}\n\n\
    redeem points {\n  2 points for 1 EUR\n}";
const NEGATIVE: &str = "take back earned in proportion\nbalance may go negative";
const ZERO: &str = "take back earned in proportion\nbalance stays at zero";

/// Return events of March, one after another.
fn returns(of: &[(&str, &str)]) -> String {
    let lines = of.iter().enumerate().map(|(place, (of, lines))| {
        format!("when 2026-03-06 1{place}:00 return \"R-{place}\" of \"{of}\" by Ann {{ {lines} }}\n")
    });
    lines.collect()
}

/// K-1 gives 40 points. 10 of them pay 5 EUR of K-2, which gives 35. All 65 are spent.
const SPENT: &str = "when 2026-03-02 10:00 purchase \"K-1\" by Ann { item Loaf 1 x 40 EUR, category: Bread }\n\
    when 2026-03-03 10:00 purchase \"K-2\" by Ann {\n  item Cake 2 x 20 EUR, category: Bread\n  redeem 10 points\n}\n";
const ALL_SPENT: &str = "when 2026-03-04 10:00 redeem 65 points \"S\" by Ann\n";

#[test]
fn a_lot_that_is_filled_again_is_still_the_lot_of_its_purchases() {
    let wine = "when 2026-03-05 10:00 purchase \"K-3\" by Ann { item Riesling 1 x 9 EUR, category: Wine }\n";
    let before = format!("{SPENT}{ALL_SPENT}{wine}expect Ann has 20 points\n");
    // 5 points go back to the lot of Base, which loses 17 (half of 35): these 5, and 12 of the 20
    let one = format!("{}expect Ann has 8 points expiring 2026-03-15\n", returns(&[("K-2", "item Cake 1")]));
    holds(NEGATIVE, RULES, &ann(&format!("{before}{one}")));
    // 10 go back, and 35 are taken: these 10, the 20, and 5 more
    let end = "expect Ann has 0 points\nexpect Ann owes 5 points";
    for split in [&[("K-2", "all items")][..], &[("K-2", "item Cake 1"), ("K-2", "item Cake 1")]] {
        holds(NEGATIVE, RULES, &ann(&format!("{before}{}{end}", returns(split))));
    }
}

#[test]
fn what_stood_in_for_a_lot_goes_back_with_its_own_last_day() {
    // K-2 is paid with 10 of the 40 points of K-1 and gives 35; all 65 are spent, and 20 of wine are there
    let wine = "when 2026-03-05 10:00 purchase \"K-3\" by Ann { item Riesling 1 x 9 EUR, category: Wine }\n";
    let bought = SPENT.replace("Cake 2 x 20 EUR, category: Bread", "Cake 2 x 20 EUR, category: Tobacco");
    // the cake gives nothing: its 10 points come back to the lot of K-1, which has to lose 40
    let spent = "when 2026-03-04 10:00 redeem 30 points \"S\" by Ann\n";
    let before = format!("{bought}{spent}{wine}expect Ann has 20 points\n");
    let end = "expect Ann has 0 points\nexpect Ann owes 10 points";
    for split in [
        &[("K-1", "all items"), ("K-2", "all items")][..],
        &[("K-2", "all items"), ("K-1", "all items")],
        &[("K-2", "item Cake 1"), ("K-1", "all items"), ("K-2", "item Cake 1")],
    ] {
        holds(NEGATIVE, RULES, &ann(&format!("{before}{}{end}", returns(split))));
    }
    // half of the loaf: 20 are taken, of which 10 are those that came back
    let end = "expect Ann has 10 points expiring 2026-03-15\nexpect Ann owes 0 points";
    let half = bought.replace("Loaf 1 x 40", "Loaf 2 x 20");
    let before = format!("{half}{spent}{wine}");
    for split in [
        &[("K-1", "item Loaf 1"), ("K-2", "all items")][..],
        &[("K-2", "all items"), ("K-1", "item Loaf 1")],
        &[("K-2", "item Cake 1"), ("K-1", "item Loaf 1"), ("K-2", "item Cake 1")],
    ] {
        holds(NEGATIVE, RULES, &ann(&format!("{before}{}{end}", returns(split))));
    }
}

#[test]
fn a_gift_of_a_level_stands_in_before_it_is_cancelled() {
    let rules = format!(
        "{RULES}\n\ntiers Club {{\n  count spend in calendar year\n  tier Basic\n  \
         tier Mid {{\n    reach 75 EUR spend\n    on entry give 20 points\n  }}\n}}"
    );
    // 40 + 35 EUR reach Mid. The 10 points that come back and the gift are there for the 35 that are taken
    let before = format!("{SPENT}expect Ann has 85 points\n{ALL_SPENT}expect Ann has 20 points\n");
    for split in [&[("K-2", "all items")][..], &[("K-2", "item Cake 1"), ("K-2", "item Cake 1")]] {
        let end = "expect Ann has 0 points\nexpect Ann owes 5 points\nexpect Ann tier is Basic";
        holds(NEGATIVE, &rules, &ann(&format!("{before}{}{end}", returns(split))));
        let end = "expect Ann has 0 points\nexpect Ann owes 0 points";
        holds(ZERO, &rules, &ann(&format!("{before}{}{end}", returns(split))));
    }
}

#[test]
fn what_stood_in_of_a_cancelled_gift_does_not_go_back() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n  cap 1 time per lifetime\n}\n\n\
         redeem points {\n  1 point for 1 EUR\n}\n\n\
         tiers Club {\n  count spend in calendar year\n  tier Basic\n  \
         tier Mid {\n    reach 40 EUR spend\n    on entry give 8 points\n  }\n}";
    // 30 points; 20 of them pay half of K-2, which gives nothing but the 50 EUR for Mid
    let before = "when 2026-03-02 10:00 purchase \"K-1\" by Ann { item Loaf 1 x 30 EUR }\n\
         when 2026-03-03 10:00 purchase \"K-2\" by Ann {\n  item Cake 2 x 20 EUR\n  redeem 20 points\n}\n\
         expect Ann has 18 points\n";
    let end = "expect Ann has 0 points\nexpect Ann owes 0 points\nexpect Ann tier is Basic";
    for split in [
        &[("K-1", "all items"), ("K-2", "all items")][..],
        &[("K-2", "all items"), ("K-1", "all items")],
        &[("K-2", "item Cake 1"), ("K-1", "all items"), ("K-2", "item Cake 1")],
        &[("K-1", "all items\n  item Cake 2 of \"K-2\"")],
    ] {
        holds(NEGATIVE, rules, &ann(&format!("{before}{}{end}", returns(split))));
        holds(ZERO, rules, &ann(&format!("{before}{}{end}", returns(split))));
    }
}

#[test]
fn what_was_forgiven_is_taken_from_what_comes_back_later() {
    let rules =
        RULES.replace("2 points for 1 EUR", "2 points for 1 EUR\n  for items where category is Tobacco");
    // Ann's 10 points pay 5 EUR of the tobacco; the bread gives 20, which pay for more tobacco
    let before = "when 2026-03-03 10:00 purchase \"K-2\" by Ann {\n  item Loaf 1 x 20 EUR, category: Bread\n  \
         item Cigars 1 x 20 EUR, category: Tobacco\n  redeem 10 points\n}\n\
         when 2026-03-04 10:00 purchase \"K-3\" by Ann {\n  item Pipe 1 x 20 EUR, category: Tobacco\n  redeem 20 points\n}\n\
         expect Ann has 0 points\n";
    let test = |steps: &str| {
        format!(
            "test \"the test\" {{\n  given member Ann {{\n    joined 2026-01-05\n    balance 10 points\n  }}\n\
             {before}{steps}\n}}"
        )
    };
    // 20 are taken: the 10 that come back, and 10 are forgiven
    for split in [
        &[("K-2", "all items")][..],
        &[("K-2", "item Loaf 1"), ("K-2", "item Cigars 1")],
        &[("K-2", "item Cigars 1"), ("K-2", "item Loaf 1")],
    ] {
        let end = "expect Ann has 0 points\nexpect Ann owes 0 points\n";
        holds(ZERO, &rules, &test(&format!("{}{end}", returns(split))));
        // the pipe brings back the 20 that the bread gave: so 10 are left
        let pipe =
            "when 2026-03-07 10:00 return \"P\" of \"K-3\" by Ann { all items }\nexpect Ann has 10 points";
        holds(ZERO, &rules, &test(&format!("{}{pipe}", returns(split))));
    }
    // what she earns meanwhile is hers; what she spends of it is not what was forgiven before
    let later = "when 2026-03-08 10:00 purchase \"K-4\" by Ann { item Loaf 1 x 30 EUR, category: Bread }\n\
         expect Ann has 30 points\n\
         when 2026-03-09 10:00 purchase \"K-5\" by Ann {\n  item Snuff 1 x 20 EUR, category: Tobacco\n  redeem 30 points\n}\n\
         when 2026-03-10 10:00 return \"Q\" of \"K-5\" by Ann { all items }\nexpect Ann has 30 points";
    holds(ZERO, &rules, &test(&format!("{}{later}", returns(&[("K-2", "item Loaf 1")]))));
}
