//! L6: a level hangs on what its block counts and on nothing else.

use super::cases_per_law;
use super::histories::instant;
use super::shops::{Deed, Happening, MEMBERS, Story, shop, stories};
use super::world::{World, tick};
use loyalty_rules::{Account, Program};
use proptest::prelude::*;
use std::collections::BTreeMap;

proptest! {
    #![proptest_config(cases_per_law())]

    /// L6: redeeming, giving away, getting, being corrected, and the end of points change no level, neither at once nor at
    /// any later review; nor do they change what has been counted.
    #[test]
    fn spending_gifts_and_expiry_leave_every_level(story in stories(16)) {
        let program = shop(story.shop);
        let counts = |deed: &Deed| matches!(deed, Deed::Joins { .. } | Deed::Buys(_) | Deed::Returns(..));
        let (mut all, mut plain) = (World::new(program), World::new(program));
        for happening in &story.told {
            let event = happening.build();
            let applied = all.deliver(&event).first().is_some_and(|told| told.result.is_ok());
            if counts(&happening.deed) {
                plain.deliver(&event);
            } else if applied {
                // something that counts for nothing, so that time passes and old counters are forgotten all the same
                plain.deliver(&Happening { deed: Deed::Nothing, ..happening.clone() }.build());
            }
            for world in [&mut all, &mut plain] {
                tick(program, world.accounts.get_mut(happening.member).expect("joined"), instant(happening.at));
            }
            prop_assert_eq!(level(program, &all, happening.member), level(program, &plain, happening.member));
        }
        for months in 1..=30 {
            let at = instant(story.told.last().map_or(0, |last| last.at) + months * 31 * 86_400);
            for member in MEMBERS {
                for world in [&mut all, &mut plain] {
                    tick(program, world.accounts.get_mut(member).expect("joined"), at);
                }
                prop_assert_eq!(level(program, &all, member), level(program, &plain, member), "{}", at);
            }
        }
        for member in MEMBERS {
            prop_assert_eq!(counted(program, &all.accounts[member]), counted(program, &plain.accounts[member]));
        }
    }

    /// L6: a return lowers what is counted by exactly what its purchase had added: after it, the level and the counters are
    /// those of a member who bought only what was kept.
    #[test]
    fn after_returns_the_level_is_that_of_what_was_kept(story in stories(16)) {
        // a review that took place before the return stays, and drops by one level from what was held then
        prop_assume!(story.shop != 4);
        let program = shop(story.shop);
        let story = only_trade(&story);
        let kept = only_kept(&story);
        let (mut all, mut net) = (World::new(program), World::new(program));
        for happening in &story {
            all.deliver(&happening.build());
        }
        for happening in &kept {
            net.deliver(&happening.build());
        }
        let at = instant(story.last().map_or(0, |last| last.at));
        for member in MEMBERS {
            for world in [&mut all, &mut net] {
                tick(program, world.accounts.get_mut(member).expect("joined"), at);
            }
            prop_assert_eq!(counted(program, &all.accounts[member]), counted(program, &net.accounts[member]));
            prop_assert_eq!(level(program, &all, member), level(program, &net, member));
        }
    }

    /// L6: however purchases of one moment are cut, the level is the same: it hangs on what was counted by its review.
    #[test]
    fn cutting_purchases_changes_no_level(story in stories(16)) {
        let program = shop(story.shop);
        let story = only_trade(&story);
        let (mut whole, mut cut) = (World::new(program), World::new(program));
        for happening in story.iter().filter(|happening| !matches!(happening.deed, Deed::Returns(..))) {
            whole.deliver(&happening.build());
            match happening.deed {
                Deed::Buys(euros) if euros > 1 => {
                    for (part, euros) in [("a", euros / 3), ("b", euros - euros / 3)] {
                        let id = format!("{}{part}", happening.id);
                        let part = Happening { id, deed: Deed::Buys(euros), ..happening.clone() };
                        if euros > 0 {
                            cut.deliver(&part.build());
                        }
                    }
                }
                _ => drop(cut.deliver(&happening.build())),
            }
            prop_assert_eq!(level(program, &whole, happening.member), level(program, &cut, happening.member));
        }
    }
}

/// Joinings, purchases and returns.
fn only_trade(story: &Story) -> Vec<Happening> {
    let trade = |happening: &&Happening| {
        matches!(happening.deed, Deed::Joins { .. } | Deed::Buys(_) | Deed::Returns(..))
    };
    story.told.iter().filter(trade).cloned().collect()
}

/// Purchases of what did not come back. Where something came back, time passes all the same.
fn only_kept(story: &[Happening]) -> Vec<Happening> {
    let mut left: BTreeMap<&str, i64> = BTreeMap::new();
    let mut kept: Vec<Happening> = Vec::new();
    for happening in story {
        match &happening.deed {
            Deed::Buys(euros) => drop(left.insert(&happening.id, *euros)),
            Deed::Returns(of, euros) => {
                // more than is left is refused as a whole
                let Some(left) = left.get_mut(of.as_str()).filter(|left| **left >= *euros) else { continue };
                *left -= euros;
                kept.push(Happening { deed: Deed::Nothing, ..happening.clone() });
                continue;
            }
            _ => {}
        }
        kept.push(happening.clone());
    }
    for happening in &mut kept {
        if let Deed::Buys(euros) = &mut happening.deed {
            *euros = left[happening.id.as_str()];
            if *euros == 0 {
                happening.deed = Deed::Nothing;
            }
        }
    }
    kept
}

/// The level and its last day.
fn level(program: &Program, world: &World<'_>, member: &str) -> Option<(String, Option<String>)> {
    let level = world.accounts.get(member)?.tier(program, "Club").expect("the block");
    Some((level.level, level.until.map(|day| day.to_string())))
}

/// The counters that levels ask for.
fn counted(program: &Program, account: &Account) -> Vec<String> {
    let snapshot = serde_json::to_value(account.snapshot(program)).expect("a snapshot");
    let counters = snapshot["counters"].as_array().expect("a list").iter();
    counters
        .map(ToString::to_string)
        .filter(|text| text.contains("stars") || text.contains("spend"))
        .collect()
}
