//! `cap … stamps … for each A` in a card.

use crate::returns::{ann, holds};

const RULES: &str = "channels [App, Shop]\n\nvoucher Tea {\n  grants 1 item free\n}\n\n\
     card Cups {\n  on purchase\n  stamp 1 per item\n  goal 20 stamps\n  \
     cap 3 stamps per week for each channel\n  cap 5 stamps per week\n  reward 1 Tea\n}";

fn cups(id: &str, when: &str, channel: &str, pieces: u32) -> String {
    format!(
        "when {when} purchase \"{id}\" by Ann {{\n  channel: {channel}\n  item Cup {pieces} x 2 EUR\n}}\n"
    )
}

#[test]
fn each_channel_has_stamps_of_its_own() {
    let steps = [
        // a Monday: 3 of 4
        cups("K-1", "2026-03-02 10:00", "App", 4),
        "expect card Cups of Ann at 3 stamps\n".into(),
        cups("K-2", "2026-03-03 10:00", "App", 1),
        "expect card Cups of Ann at 3 stamps\n".into(),
        // 2 of 4 are left of the week
        cups("K-3", "2026-03-04 10:00", "Shop", 4),
        "expect card Cups of Ann at 5 stamps\n".into(),
        // all of the first come back: 3 in the app, 3 in the week
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n".into(),
        "expect card Cups of Ann at 2 stamps\n".into(),
        // the shop has had 2 of its 3
        cups("K-4", "2026-03-06 10:00", "Shop", 4),
        "expect card Cups of Ann at 3 stamps\n".into(),
        cups("K-5", "2026-03-07 10:00", "App", 4),
        "expect card Cups of Ann at 5 stamps\n".into(),
        cups("K-6", "2026-03-09 10:00", "App", 4),
        "expect card Cups of Ann at 8 stamps\n".into(),
    ];
    holds("accept within 60 days", RULES, &ann(&steps.concat()));
}
