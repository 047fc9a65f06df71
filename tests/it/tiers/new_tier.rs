//! `new tier counts …`: which tier an event sees that reaches one.

use super::{buys, holds, returns, tier};
use crate::rule_files::passes;

/// 350 EUR are Silver and 1.25 points, 1,000 EUR are Gold and 1.5 points. Gold gets 7 points for each purchase.
fn club(line: &str, window: &str) -> String {
    format!(
        "count spend, purchases in {window}\n{line}\nkeep for 12 months\ntier Basic\n\
         tier Silver {{ reach 350 EUR spend }}\ntier Gold {{ reach 1_000 EUR spend or 9 purchases }}\n}}\n\n\
         earn Base {{\n  on purchase\n  give points by tier [Basic: 1, Silver: 1.25, Gold: 1.5] per 1 EUR\n}}\n\n\
         bonus Golden {{\n  on purchase\n  when tier is Gold\n  give 7 points\n  combine add\n"
    )
}

/// 300 so far, then 900.
fn bought() -> String {
    [
        buys("A", "2026-03-03 10:00", 300),
        "expect Ann earns 300 points\n".into(),
        buys("B", "2026-03-04 10:00", 900),
    ]
    .concat()
}

#[test]
fn from_the_next_event_if_nothing_is_said() {
    for line in ["", "new tier counts from next purchase"] {
        let lines = [bought(), "expect Ann earns 900 points\n".into(), tier("Gold")];
        holds(&club(line, "calendar year"), &lines.concat());
    }
}

#[test]
fn for_this_purchase() {
    // 1,200 are Gold: 900 x 1.5 and 7
    for window in ["calendar year", "rolling 12 months"] {
        let lines = [bought(), "expect Ann earns 1_357 points\n".into(), tier("Gold until 2027-03-04")];
        holds(&club("new tier counts for this purchase", window), &lines.concat());
    }
}

#[test]
fn what_comes_back_is_what_was_given() {
    // of 900 pieces 300: 450 of 1,350 points, and 2 of 7; 900 EUR are left of the year, so Gold ends
    let lines = [
        bought(),
        returns("R", "B", "2026-03-05 10:00", 300),
        "expect Ann loses 452 points\n".into(),
        tier("Silver"),
    ];
    let lines = lines.concat();
    holds(&club("new tier counts for this purchase", "calendar year"), &lines);
}

#[test]
fn the_ninth_purchase() {
    // eight purchases are 8 EUR; the ninth is Gold: 1.5 rounded down, and 7
    let mut lines: String = (1..9).map(|place| buys(&format!("K-{place}"), "2026-03-03 10:00", 1)).collect();
    lines.push_str(&buys("K-9", "2026-03-03 11:00", 1));
    holds(
        &club("new tier counts for this purchase", "calendar year"),
        &(lines + "expect Ann earns 8 points\n"),
    );
}

/// 350 EUR are Silver, 1,000 EUR are Gold, counted as spend alone; with rates to two decimals.
fn parts(more: &str) -> String {
    format!(
        "count spend in calendar year\nnew tier counts for the part above the threshold\nkeep for 12 months\n\
         tier Basic\ntier Silver {{ reach 350 EUR spend }}\ntier Gold {{ reach 1_000 EUR spend }}\n}}\n\n\
         unit miles is spendable {{\n  decimals 2\n  round down in total\n  expire never\n}}\n\n\
         earn Base {{\n  on purchase\n  give miles by tier [Basic: 1, Silver: 1.25, Gold: 1.5] per 1 EUR\n}}\n\n\
         bonus Golden {{\n  on purchase\n  when tier is Gold\n  give 7 points\n  combine add\n{more}"
    )
}

#[test]
fn the_part_above_the_threshold() {
    let lines = [
        buys("A", "2026-03-03 10:00", 300),
        "expect Ann earns 300 miles\n".into(),
        buys("B", "2026-03-04 10:00", 900),
        // 50 x 1 + 650 x 1.25 + 200 x 1.5 = 50 + 812.50 + 300; a condition sees the tier before
        "expect Ann earns 1_162.50 miles\nexpect Ann has 0 points\n".into(),
        tier("Gold until 2027-03-04"),
        buys("C", "2026-03-05 10:00", 10),
        "expect Ann earns 15 miles\nexpect Ann has 7 points\n".into(),
    ];
    holds(&parts(""), &lines.concat());
}

#[test]
fn up_to_the_threshold_is_the_tier_before() {
    let lines = [
        // exactly 350: all of it is below
        buys("A", "2026-03-03 10:00", 350),
        "expect Ann earns 350 miles\n".into(),
        // Silver is held: 650 x 1.25, and nothing above 1,000
        buys("B", "2026-03-04 10:00", 650),
        "expect Ann earns 812.50 miles\n".into(),
        tier("Gold"),
    ];
    holds(&parts(""), &lines.concat());
}

#[test]
fn a_tier_that_is_held_is_the_least() {
    let lines = [
        "when 2026-03-03 09:00 grant tier Silver for 30 days \"G-1\" to Ann\n".into(),
        // 1,000 x 1.25 + 200 x 1.5 = 1,250 + 300
        buys("A", "2026-03-03 10:00", 1_200),
        "expect Ann earns 1_550 miles\n".into(),
    ];
    holds(&parts(""), &lines.concat());
}

#[test]
fn parts_come_back_in_proportion() {
    let lines = [
        buys("A", "2026-03-03 10:00", 300),
        buys("B", "2026-03-04 10:00", 900),
        // a third of 1,162.50
        returns("R-1", "B", "2026-03-05 10:00", 300),
        "expect Ann loses 387.50 miles\n".into(),
        returns("R-2", "B", "2026-03-06 10:00", 600),
        "expect Ann loses 775 miles\n".into(),
        tier("Basic"),
    ];
    holds(&parts(""), &lines.concat());
}

#[test]
fn flat_amounts_steps_and_multipliers_are_mixed_as_well() {
    let more = "}\n\nearn Flat {\n  on purchase\n  give points by tier [Basic: 90, Silver: 180, Gold: 360]\n}\n\n\
        unit stars is spendable {\n  singular star\n  decimals 2\n  round down in total\n  expire never\n}\n\n\
        earn Stars {\n  on purchase\n  give 1 star per full 100 EUR\n}\n\n\
        bonus More {\n  on purchase\n  multiply stars by tier [Basic: 1, Silver: 2, Gold: 3]\n  combine add\n";
    let lines = [
        buys("A", "2026-03-03 10:00", 300),
        "expect Ann earns 90 points\nexpect Ann earns 3 stars\n".into(),
        buys("B", "2026-03-04 10:00", 900),
        // of 900: 50, 650 and 200. (50 x 90 + 650 x 180 + 200 x 360) / 900 = (4,500 + 117,000 + 72,000) / 900 = 215;
        // (50 x 1 + 650 x 2 + 200 x 3) / 900 = 1,950 / 900 = 2.1666…, times 9 stars are 19.5
        "expect Ann earns 215 points\nexpect Ann earns 19.50 stars\n".into(),
    ];
    holds(&parts(more), &lines.concat());
}

/// Full steps, `multiply everything` and late events, in a year and in a time that rolls.
#[test]
fn parts_of_steps_and_of_everything() {
    passes(include_str!("parts.loyalty"));
    passes(include_str!("parts_rolling.loyalty"));
}
