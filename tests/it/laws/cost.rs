//! The law of cost: no event gives more than the bound that the check tells.

use super::cases_per_law;
use super::world::World;
use loyalty_rules::check::{Checks, Sources, compile_with};
use loyalty_rules::diagnostics::Code;
use loyalty_rules::event::Item;
use loyalty_rules::{Event, Limits};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

/// Base rates, an exception, a group, a bonus that adds, one that wants to be alone, and a day of the week.
const RULES: &str = "edition 2026
program Test {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone \"Europe/Berlin\"
}
returns { accept within 60 days }
categories [Fruit, Wine, Bread]
unit points is spendable {
  singular point
  worth 0.01 EUR
  round down in total
  expire never
}
earn Base {
  on purchase
  give 2 points per full 1 EUR
}
earn Fruit {
  on purchase
  for items where category is Fruit
  give 3 points per 1 EUR
  replaces Base
}
bonus One {
  on purchase
  for items where category is Wine
  multiply points by 3
  combine best of G
}
bonus Two {
  on purchase
  when basket is at least 20 EUR
  multiply points by 2.5
  combine best of G
}
bonus Three {
  on purchase
  when basket is at least 10 EUR
  give 0.5 points per 1 EUR
  combine add
}
bonus Tuesday {
  on purchase
  when weekday is tuesday
  multiply points by 4
  combine exclusive
}
";

/// On all days fruit gives 3 + 1.5 × 3 + 0.5 = 8 points, wine 2 + 2 × 2 + 0.5 = 6.5; on Tuesdays fruit gives 3 × 4 = 12.
const NOTES: [&str; 2] = [
    "at any time, by `Fruit`, `Two` and `Three`: 8.00 EUR per 100 EUR of spend",
    "while `Tuesday` runs: 12.00 EUR per 100 EUR of spend",
];

fn items() -> impl Strategy<Value = Vec<(u8, i64)>> {
    prop::collection::vec((0_u8..3, 1_i64..4_000), 1..6)
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// No purchase earns more than the bound of its day, and the check tells this bound.
    #[test]
    fn no_purchase_costs_more_than_the_bound(baskets in prop::collection::vec((items(), 1_u32..29), 1..5)) {
        let checks = Checks { cost: true, payback_limit: None };
        let compiled = compile_with(&Sources::single("test.loyalty", RULES), &Limits::default(), &checks)
            .unwrap_or_else(|findings| panic!("{findings}"));
        let note = compiled.findings.iter().find(|finding| finding.code == Code::V901).expect("a bound");
        assert_eq!(note.notes[..2], NOTES);
        let mut world = World::new(&compiled.program);
        for (place, (items, day)) in baskets.iter().enumerate() {
            let (id, member) = (format!("K-{place}"), format!("M-{place}"));
            let mut event = Event::purchase(&id, &member, &format!("2026-09-{day:02}T12:00:00+02:00"));
            for (category, cents) in items {
                let price = format!("{}.{:02}", cents / 100, cents % 100);
                let category = ["Fruit", "Wine", "Bread"][usize::from(*category)];
                event = event.item(Item::new("it", "1", &price).category(category));
            }
            world.deliver(&event.build().expect("an event"));
            let balance = world.accounts[&member].balance(&compiled.program, "points").expect("a unit");
            let earned: i64 = balance.available.parse().expect("whole points");
            let spent: i64 = items.iter().map(|(_, cents)| cents).sum();
            // 2026-09-01 is a Tuesday; a point is a cent
            let percent = if day % 7 == 1 { 12 } else { 8 };
            prop_assert!(earned * 100 <= percent * spent, "{earned} points for {spent} cents");
        }
    }
}
