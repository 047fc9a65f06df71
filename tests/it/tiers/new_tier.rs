//! `new tier counts …`: which tier an event sees that reaches one.

use super::{buys, holds, returns, tier};

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
