//! Bugs about days, zones and ends.

use crate::returns::ann;
use crate::rule_files::{compiled, passes};
use loyalty_rules::Event;
use loyalty_rules::scenario::World;
use pretty_assertions::assert_eq;

/// A shop in a zone whose points have these terms.
fn shop(zone: &str, terms: &str, blocks: &str) -> String {
    format!(
        "edition 2026\n\nprogram Days {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
         time zone \"{zone}\"\n  accept late events for 30 days\n}}\n\nunit points is spendable {{\n  singular point\n  \
         round down in total\n{terms}\n}}\n\nearn Base {{\n  on purchase\n  give 1 point per full 1 EUR\n}}\n\n{blocks}\n"
    )
}

const MARCH: &str = "bonus March {\n  valid from 2026-03-01 to 2026-03-31\n  on purchase\n  give 100 points\n  combine add\n}";

/// An offer was judged in the zone of the visitor in the basket and in UTC at the till, so it was gone after paying.
#[test]
fn an_offer_is_judged_in_two_zones() {
    let program = compiled(&shop("America/New_York", "  expire never", MARCH)).program;
    // the same moment, told in three offsets: 23:30 of 31 March in New York; and it was delivered a week later
    for at in ["2026-03-31T23:30:00-04:00", "2026-04-01T03:30:00Z", "2026-04-01T12:30:00+09:00"] {
        let mut world = World::new(&program);
        let later = Event::purchase("K-2", "Ann", "2026-04-08T12:00:00Z").total("1").build().unwrap();
        let first = Event::joining("J-1", "Ann", "2026-01-05T12:00:00Z").build().unwrap();
        let bought = Event::purchase("K-1", "Ann", at).total("10").build().unwrap();
        for event in [first, later, bought] {
            world.deliver(event).unwrap();
        }
        // 1 of K-2 and 110 of K-1
        assert_eq!(world.account("Ann").unwrap().balance(&program, "points").unwrap().available, "111");
    }
}

/// The last day of an offer was read as its first instant, so it was dead on its last day.
#[test]
fn an_offer_is_dead_on_its_last_day() {
    let steps = "when 2026-03-31 23:59 purchase \"K-1\" by Ann { total 1 EUR }\nexpect Ann earns 101 points\n\
         when 2026-04-01 00:00 purchase \"K-2\" by Ann { total 1 EUR }\nexpect Ann earns 1 point";
    passes(&format!("{}\n{}\n", shop("Europe/Berlin", "  expire never", MARCH), ann(steps)));
}

/// An end on 11 January at 0:00 was stored as 10 January 13:00, and coupons ended a day early in the west and a day late
/// in summer.
#[test]
fn points_end_a_day_early_or_late_far_from_greenwich() {
    for zone in ["Pacific/Auckland", "America/Los_Angeles", "Europe/London", "Pacific/Apia", "Africa/Cairo"] {
        for (earned, last, next) in [
            ("2026-01-11", "2026-02-11", "2026-02-12"),
            ("2026-06-30", "2026-07-30", "2026-07-31"),
            ("2026-03-24", "2026-04-24", "2026-04-25"),
        ] {
            let redeem = "redeem points {\n  10 points for 0.10 EUR\n}";
            let steps = format!(
                "when {earned} 10:00 purchase \"K-1\" by Ann {{ total 10 EUR }}\n\
                 expect Ann has 10 points expiring {last}\n\
                 when {last} 23:59 redeem 4 points \"R-1\" by Ann\n\
                 expect Ann has 6 points\n\
                 when {next} 00:00 clock\n\
                 expect 6 points of Ann expire"
            );
            passes(&format!("{}\n{}\n", shop(zone, "  expire 1 month after earning", redeem), ann(&steps)));
        }
    }
}

/// A number of days that stood in the code ended points whatever the program said; elsewhere nothing read the setting.
#[test]
fn an_end_in_the_code_overrides_the_program() {
    let ends = |terms: &str, blocks: &str, steps: &str| {
        let buy = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n";
        passes(&format!("{}\n{}\n", shop("Europe/Berlin", terms, blocks), ann(&format!("{buy}{steps}"))));
    };
    // 10,000 days later it is 2053
    ends(
        "  expire never",
        "",
        "when 2060-01-01 00:00 clock\nexpect 0 points of Ann expire\nexpect Ann has 10 points",
    );
    ends(
        "  expire 10_001 days after earning",
        "",
        "expect Ann has 10 points expiring 2053-07-20\nwhen 2053-07-20 23:59 clock\nexpect Ann has 10 points\n\
         when 2053-07-21 00:00 clock\nexpect 10 points of Ann expire",
    );
}

/// Points ended although they had been spent, because no redemption knew which it had taken.
#[test]
fn what_was_spent_ends_once_more() {
    let redeem = "redeem points {\n  10 points for 0.10 EUR\n}";
    let steps = "when 2026-02-01 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         when 2026-03-01 10:00 purchase \"K-2\" by Ann { total 10 EUR }\n\
         when 2026-04-01 10:00 redeem 10 points \"R-1\" by Ann\n\
         when 2026-05-02 00:00 clock\nexpect 0 points of Ann expire\nexpect Ann has 10 points\n\
         when 2026-06-02 00:00 clock\nexpect 10 points of Ann expire\nexpect Ann has 0 points";
    passes(&format!(
        "{}\n{}\n",
        shop("Europe/Berlin", "  expire 3 months after earning", redeem),
        ann(steps)
    ));
}
