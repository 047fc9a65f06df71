//! A law of years of a level: they are the years on whose last day the level was held, however often the clock is run.

use super::cases_per_law;
use super::histories::instant;
use super::plans::with_plans;
use super::shops::{MEMBERS, rules, stories};
use super::world::{World, same_but_version, tick};
use loyalty_rules::calendar::Instant;
use loyalty_rules::{Compiled, Limits, Program, Sources, compile};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The shops with a plan for Silver, and with levels for years of Silver.
static SHOPS: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let compiled = |number| {
        // what the clock tells other accounts has laws of its own
        let mut text = rules(number);
        if let Some((before, rest)) = text.split_once("referral Friends {") {
            let (_, behind) = rest.split_once("\n}").expect("the end of the block");
            text = format!("{before}{behind}");
        }
        let text = text.replace(
            "tiers Club {",
            "plan Half {\n  fee 5 EUR per month\n  renews by itself\n  trial 10 days\n}\n\n\
             plan Full {\n  fee 12 EUR per quarter\n  renews on request\n}\n\n\
             tiers Loyal {\n  count years of Silver in lifetime\n  tier Newcomer\n  \
             tier Friend {\n    reach 1 years of Silver\n    on entry give 3 points\n  }\n  \
             tier Companion { reach 3 years of Silver }\n}\n\ntiers Club {",
        );
        let text = text.replace("tier is", "tier of Club is").replace("by tier [", "by tier of Club [");
        let text = text.replace("tier Silver { ", "tier Silver {\n    paid by plan Half\n    ");
        let text = text.replace("tier Gold { ", "tier Gold {\n    paid by plan Full\n    ");
        compile(&Sources::single("shop.loyalty", text.as_str()), &Limits::default())
            .unwrap_or_else(|findings| panic!("{findings}\n{text}"))
    };
    (0..11).map(compiled).collect()
});

/// The last seconds of years in the zone of the shops, an hour ahead of UTC.
const LAST: [&str; 5] = [
    "2026-12-31T22:59:59Z",
    "2027-12-31T22:59:59Z",
    "2028-12-31T22:59:59Z",
    "2029-12-31T22:59:59Z",
    "2030-12-31T22:59:59Z",
];

proptest! {
    #![proptest_config(cases_per_law())]

    /// The years of a member are those on whose last day the club's level was Silver or higher; what is paid or granted
    /// counts, what comes back later does not matter, and an account that was never ticked is the same at the end.
    #[test]
    fn years_are_those_whose_last_day_was_spent_in_the_level(story in stories(16)) {
        let program = &SHOPS[story.shop].program;
        let (mut often, mut seldom) = (World::new(program), World::new(program));
        let mut years: BTreeMap<&str, usize> = MEMBERS.map(|member| (member, 0)).into();
        let mut ends = LAST.map(|last| last.parse().expect("an instant")).into_iter().peekable();
        for (happening, more) in with_plans(&story) {
            let now = instant(happening.at);
            while let Some(end) = ends.next_if(|end| *end < now) {
                see(program, &mut often, end, &mut years);
            }
            for event in more.map(|(event, _)| event).into_iter().chain([happening.build()]) {
                often.deliver(&event);
                seldom.deliver(&event);
            }
        }
        for end in ends {
            see(program, &mut often, end, &mut years);
        }
        for member in MEMBERS {
            let at = "2031-01-01T10:00:00Z".parse().expect("an instant");
            for world in [&mut often, &mut seldom] {
                tick(program, world.accounts.get_mut(member).expect("joined"), at);
            }
            let (often, seldom) = (&often.accounts[member], &seldom.accounts[member]);
            prop_assert!(same_but_version(program, often, seldom), "{}", member);
            let told = often.standing(program, "Loyal", "2031-01-01".parse().expect("a day")).expect("the block");
            prop_assert_eq!(&told.counted[0].amount, &years[member].to_string(), "{}", member);
            let place = match years[member] { 0 => 0, 1 | 2 => 1, _ => 2 };
            prop_assert_eq!(told.place, place);
        }
    }
}

/// At the end of a year: who is in Silver or higher.
fn see(program: &Program, world: &mut World<'_>, end: Instant, years: &mut BTreeMap<&str, usize>) {
    for (member, years) in years {
        let Some(account) = world.accounts.get_mut(*member) else { continue };
        tick(program, account, end);
        *years += usize::from(account.tier(program, "Club").expect("the block").place > 0);
    }
}
