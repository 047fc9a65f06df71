//! The law of caps with one counter for each value.

use super::cases_per_law;
use loyalty_rules::account::Snapshot;
use loyalty_rules::calendar::Date;
use loyalty_rules::{Account, Evaluator, Event, Limits, Sources, compile};
use proptest::prelude::*;
use std::collections::BTreeMap;

const RULES: &str = "edition 2026\n\nprogram Each {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"UTC\"\n  accept late events for 20 days\n}\n\nevent purchase {\n  ticket: name optional\n}\n\n\
    returns {\n  accept within 30 days\n  balance may go negative\n}\n\n\
    unit points is spendable {\n  singular point\n  round down in total\n  expire never\n}\n\n\
    earn Base {\n  on purchase\n  give 1 point per 1 EUR\n  cap 50 points per week for each ticket\n}\n";

proptest! {
    #![proptest_config(cases_per_law())]

    /// Every ticket and week has room of its own, what comes back gives its room back there, and late events take theirs
    /// in their own week. Snapshots change nothing, and what is kept of values stays small.
    #[test]
    fn every_value_has_room_of_its_own(
        steps in proptest::collection::vec((0u32..9, 0u32..15, 0u8..4, 1u32..60, any::<Option<u8>>()), 1..30),
    ) {
        let compiled = compile(&Sources::single("each.loyalty", RULES), &Limits::default()).expect("a program");
        let program = &compiled.program;
        let mut ann = Account::open(program, "Ann");
        let start = Date::from_ymd(2026, 1, 5).expect("a Monday");
        let mut newest = start;
        let mut used: BTreeMap<(i32, u8), i64> = BTreeMap::new();
        let mut bought: Vec<(String, (i32, u8), i64, Date)> = Vec::new();
        let mut has = 0_i64;
        let joining = Event::joining("J", "Ann", "2026-01-05T00:00:00Z").build().expect("an event");
        let outcome = Evaluator::new().evaluate(program, &ann, &joining).expect("an outcome");
        ann.post(program, &outcome).expect("posted");
        for (place, (days, late, ticket, euros, back)) in steps.into_iter().enumerate() {
            newest = newest.plus_days(days);
            let day = newest;
            let id = format!("E{place}");
            let at = |day: Date| format!("{day}T12:00:00Z");
            let event = match back.map(usize::from).filter(|_| !bought.is_empty()) {
                Some(of) => {
                    let (purchase, key, given, on) = bought.remove(of % bought.len());
                    if newest.days_since(on) > 30 {
                        continue;
                    }
                    *used.entry(key).or_default() -= given;
                    has -= given;
                    Event::returned(&id, "Ann", &at(day)).of(&purchase).all_items(None).build()
                }
                None => {
                    // some come late, as far as the joining and the limit allow
                    let back = i64::from(late).min(i64::from(day.days_since(start)));
                    let day = Date::from_days(day.days() - i32::try_from(back).expect("few")).expect("a day");
                    let key = ((day.days() - start.days()) / 7, ticket);
                    let room = used.entry(key).or_default();
                    let given = i64::from(euros).min(50 - *room);
                    *room += given;
                    has += given;
                    bought.push((id.clone(), key, given, day));
                    let event = Event::purchase(&id, "Ann", &at(day)).total(&euros.to_string());
                    let event = if ticket == 0 { event } else { event.attribute("ticket", format!("T{ticket}").as_str()) };
                    event.build()
                }
            };
            let event = event.expect("an event");
            let outcome = Evaluator::new().evaluate(program, &ann, &event).expect("an outcome");
            ann.post(program, &outcome).expect("posted");
            let balance = ann.balance(program, "points").expect("a unit");
            prop_assert_eq!(balance.available, has.to_string());
            let json = serde_json::to_string(&ann.snapshot(program)).expect("JSON");
            let snapshot: Snapshot = serde_json::from_str(&json).expect("a snapshot");
            prop_assert_eq!(&Account::restore(program, snapshot).expect("an account"), &ann);
        }
    }
}
