//! `cap … for each A` in donations, vouchers and rewards.

use super::points_after_each;
use crate::host::snapshot::{json, restore};
use crate::returns::{ann, holds, program};
use loyalty_rules::{Account, Evaluator, Event, Limits, Sources, compile};
use pretty_assertions::assert_eq;

const RULES: &str = "channels [App, Shop]\n\ncharities [Forests]\n\nevent purchase {\n  ticket: text optional\n}\n\n\
     unit gift is donation in EUR {\n  round half up in total\n}\n\n\
     donate Now {\n  on purchase\n  when ticket is known\n  give 10% of spend as gift\n  cap 5 EUR for each ticket\n  to charity Forests\n}\n\n\
     donate Later {\n  on purchase\n  when channel is known\n  give 1% of spend as gift\n  pay every month\n  \
     cap 2 times per month for each channel\n  cap 1 EUR per month for each channel\n  to charity Forests\n}\n\n\
     voucher Tea {\n  grants 1 EUR off\n  cap 1 time per day for each channel\n}\n\n\
     earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}\n\n\
     reward Cup costs 10 points {\n  worth 1 EUR\n  cap 1 time per month for each channel\n}\n\n\
     bonus Present {\n  on purchase\n  when basket is at least 100 EUR\n  give 3 Tea\n  combine add\n}";

const BACK: &str = "take back earned in proportion";

fn bought(id: &str, when: &str, what: &str) -> String {
    format!("when {when} purchase \"{id}\" by Ann {{\n  {what}\n}}\n")
}

#[test]
fn each_ticket_gives_so_much() {
    let steps = [
        bought("K-1", "2026-03-02 10:00", "ticket: T-1\n  total 40 EUR"),
        "expect charity Forests gets 4 EUR\nexpect cap Now of Ann has 1 left for T-1\n".into(),
        bought("K-2", "2026-03-03 10:00", "ticket: T-1\n  total 40 EUR"),
        "expect charity Forests gets 1 EUR\n".into(),
        bought("K-3", "2026-03-04 10:00", "ticket: T-2\n  total 40 EUR"),
        "expect charity Forests gets 4 EUR\n".into(),
        // a return leaves it, and what was a mistake is free again
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n".into(),
        "expect cap Now of Ann has 0 left for T-1\n".into(),
        "when 2026-03-05 11:00 cancel \"C-1\" of \"K-2\" by Ann\n".into(),
        "expect charity Forests gets -1 EUR\nexpect cap Now of Ann has 1 left for T-1\n".into(),
        "expect cap Now of Ann has 1 left for T-2\n".into(),
    ];
    holds(BACK, RULES, &ann(&steps.concat()));
}

#[test]
fn what_is_pledged_gives_each_channel_its_room_back() {
    let steps = [
        bought("K-1", "2026-03-02 10:00", "channel: App\n  item Loaf 2 x 40 EUR"),
        bought("K-2", "2026-03-03 10:00", "channel: App\n  item Loaf 1 x 40 EUR"),
        // 0.80 and the 0.20 that are left
        bought("K-3", "2026-03-04 10:00", "channel: Shop\n  item Loaf 1 x 40 EUR"),
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { item Loaf 1 }\n".into(),
        // there is room for 0.40 again, but both times are used
        bought("K-4", "2026-03-06 10:00", "channel: App\n  item Loaf 1 x 30 EUR"),
        "when 2026-03-07 10:00 cancel \"C-1\" of \"K-2\" by Ann\n".into(),
        bought("K-5", "2026-03-08 10:00", "channel: App\n  item Loaf 1 x 90 EUR"),
        "when 2026-04-01 00:00 clock\n".into(),
        // in the app 0.40, and the 0.60 that are left of 0.90; in the shop 0.40
        "expect charity Forests gets 1.40 EUR\n".into(),
    ];
    holds(BACK, RULES, &ann(&steps.concat()));
}

#[test]
fn each_channel_takes_so_many_vouchers_and_rewards() {
    let steps = [
        bought("K-1", "2026-03-02 10:00", "channel: App\n  total 100 EUR"),
        bought("K-2", "2026-03-02 11:00", "channel: App\n  total 5 EUR\n  use 1 Tea"),
        "expect Ann pays 4 EUR\n".into(),
        bought("K-3", "2026-03-02 12:00", "channel: App\n  total 5 EUR\n  use 1 Tea"),
        "expect refused \"1 time per day\"\n".into(),
        bought("K-4", "2026-03-02 13:00", "channel: Shop\n  total 5 EUR\n  use 1 Tea"),
        "expect Ann pays 4 EUR\n".into(),
        "when 2026-03-02 14:00 cancel \"C-1\" of \"K-2\" by Ann\n".into(),
        bought("K-5", "2026-03-02 15:00", "channel: App\n  total 5 EUR\n  use 1 Tea"),
        "expect Ann pays 4 EUR\n".into(),
        bought("K-6", "2026-03-03 10:00", "channel: App\n  total 5 EUR\n  redeem 1 Cup"),
        bought("K-7", "2026-03-03 11:00", "channel: App\n  total 5 EUR\n  redeem 1 Cup"),
        "expect refused \"1 time per month\"\n".into(),
        bought("K-8", "2026-03-03 12:00", "channel: Shop\n  total 5 EUR\n  redeem 1 Cup"),
        // without a purchase there is no channel
        "when 2026-03-03 13:00 redeem 1 Cup \"D-1\" by Ann\n".into(),
        "when 2026-03-03 14:00 redeem 1 Cup \"D-2\" by Ann\nexpect refused\n".into(),
        "when 2026-03-03 15:00 cancel \"C-2\" of \"D-1\" by Ann\n".into(),
        "when 2026-03-03 16:00 redeem 1 Cup \"D-3\" by Ann\n".into(),
        // 100 and 5 from each of K-4, K-5, K-6 and K-8, less what was paid off; three cups
        "expect cap Cup of Ann has 0 left for App\nexpect cap Cup of Ann has 0 left for none\n".into(),
    ];
    holds(BACK, RULES, &ann(&steps.concat()));
}

/// Snapshots keep the counters and what a return gives back to them.
#[test]
fn snapshots_know_the_values_of_uses() {
    let text = program(BACK, RULES);
    let compiled = compile(&Sources::single("shop.loyalty", &*text), &Limits::default()).unwrap().program;
    let event = |id: &str, hour: u32, channel: &str| {
        let at = format!("2026-03-02T{hour}:00:00Z");
        Event::purchase(id, "Ann", &at)
            .channel(channel)
            .attribute("ticket", "T-1")
            .total("40")
            .build()
            .unwrap()
    };
    let cancel = Event::cancel("C-1", "Ann", "2026-03-03T10:00:00Z", "K-1").build().unwrap();
    let events = [event("K-1", 10, "App"), event("K-2", 11, "Shop"), cancel, event("K-3", 23, "App")];
    assert_eq!(points_after_each(&compiled, &events[..2]), ["40", "80"]);
    let mut ann = Account::open(&compiled, "Ann");
    let mut given = Vec::new();
    for event in &events {
        let mut copy = restore(&compiled, &json(&compiled, &ann)).unwrap();
        for account in [&mut ann, &mut copy] {
            let outcome = Evaluator::new().evaluate(&compiled, account, event).unwrap();
            account.post(&compiled, &outcome).unwrap();
        }
        assert_eq!(copy, ann);
        let gift = ann.donated(&compiled);
        given.push(format!("{} + {}", gift[0].by_owner, gift[0].pledged));
    }
    // 4 and 1 of 5 for the ticket; 0.40 for each channel; then the first of both is undone, and 4 are given again
    assert_eq!(given, ["4.00 + 0.40", "5.00 + 0.80", "1.00 + 0.40", "5.00 + 0.80"]);
}
