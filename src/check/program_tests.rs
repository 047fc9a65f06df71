//! The checks of whole programs: what they find, and above all what they do not find.

use super::{Compiled, Sources, compile};
use crate::diagnostics::Severity;
use crate::syntax::Limits;
use pretty_assertions::assert_eq;

const HEAD: &str = "edition 2026
program Test {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone \"Europe/Berlin\"
}
returns { accept within 60 days }
member {
  birthday: date optional
  level: one of [a, b] optional
}
event review { stars: integer 1 to 5 }
categories [Fruit, Wine]
channels [App, Web]
unit points is spendable {
  singular point
  round down in total
  expire never
}
";

/// Codes of this room that a program gets, in the order of the text.
fn codes(body: &str) -> Vec<&'static str> {
    let text = format!("{HEAD}{body}");
    let list = match compile(&Sources::single("test.loyalty", text), &Limits::default()) {
        Ok(compiled) => compiled.findings,
        Err(findings) => findings.list,
    };
    // names that are not used and attributes that may be missing do not matter here
    let others = ["N103", "U205"];
    let codes = list.iter().map(|finding| finding.code.id());
    codes.filter(|code| !others.contains(code)).collect()
}

fn rule(kind: &str, name: &str, lines: &str) -> String {
    format!("{kind} {name} {{\n  {}\n}}\n", lines.replace("; ", "\n  "))
}

/// The codes of two base rates for purchases with these lines.
fn two_rates(one: &str, two: &str) -> Vec<&'static str> {
    let one = rule("earn", "A", &format!("on purchase; {one}give 1 point per 1 EUR"));
    let two = rule("earn", "B", &format!("on purchase; {two}give 2 points per 1 EUR"));
    codes(&format!("{one}{two}"))
}

#[test]
fn rates_that_never_meet_are_no_fault() {
    for (one, two) in [
        ("for items where category is Fruit; ", "for items where category is Wine; "),
        ("for items where category is Fruit; ", "for items where category is not Fruit; "),
        ("for items where price is less than 10 EUR; ", "for items where price is at least 10 EUR; "),
        ("when channel is App; ", "when channel is not App; "),
        ("when level is a; ", "when level is not a; "),
        ("when level is unknown; ", "when level is in [a, b]; "),
        ("when weekday is in [saturday, sunday]; ", "when weekday is between monday and friday; "),
        ("when time is less than 12:00; ", "when time is at least 12:00; "),
        ("when first purchase; ", "when not first purchase; "),
        ("when purchases in this month is less than 3; ", "when purchases in this month is at least 3; "),
        ("when time since joining is at most 30 days; ", "when time since joining is more than 30 days; "),
        ("when birthday this month; ", "when not birthday this month; "),
        ("when birthday today; ", "when not birthday this month; "),
        ("when age is less than 18; ", "when age is at least 18; "),
        ("when age is more than 17; ", "when age is less than 18; "),
        ("valid from 2026-01-01 to 2026-06-30; ", "valid from 2026-07-01; "),
        ("valid every year from 12-01 to 12-24; ", "when month is between january and november; "),
        ("valid from 2026-05-04 to 2026-05-08; ", "when weekday is sunday; "),
        (
            "valid from 2026-05-04 08:00 to 2026-05-04 12:00; ",
            "valid from 2026-05-04 12:00 to 2026-05-05 12:00; ",
        ),
        ("when any item (category is Wine); ", "when not any item (category is Wine); "),
        ("when basket is at least 50 EUR; ", "when basket is less than 50 EUR; "),
    ] {
        assert_eq!(two_rates(one, two), Vec::<&str>::new(), "{one}{two}");
    }
}

#[test]
fn rates_that_meet_are_a_fault() {
    for (one, two) in [
        ("", ""),
        ("for items where category is Fruit; ", ""),
        ("for items where category is Fruit; ", "for items where price is at least 10 EUR; "),
        ("when channel is App; ", "when weekday is monday; "),
        ("when purchases in this month is at least 3; ", "when spend in this month is at least 100 EUR; "),
        ("when time since joining is at most 30 days; ", "when time since joining is at least 30 days; "),
        ("valid from 2026-01-01 to 2026-07-01; ", "valid from 2026-07-01; "),
        ("valid from 2026-05-04 to 2026-05-10; ", "when weekday is sunday; "),
        ("when any item (category is Wine); ", "for items where category is Fruit; "),
        ("when basket is at least 50 EUR; ", "when basket is at most 50 EUR; "),
        ("when level is a; ", "when level is known; "),
    ] {
        assert_eq!(two_rates(one, two), ["S302"], "{one}{two}");
    }
}

#[test]
fn what_is_not_decided_is_not_reported() {
    // thirty days and a month cannot be compared without the date of joining
    let months = "when time since joining is at least 1 month; ";
    assert_eq!(two_rates("when time since joining is at most 30 days; ", months), Vec::<&str>::new());
    // two counters of one member hang on each other
    let first = "when purchases so far is at most 2; ";
    assert_eq!(two_rates(first, "when purchases in this month is at least 3; "), Vec::<&str>::new());
    // an item that costs more than the basket would need a negative line beside it
    let price = "for items where price is at least 50 EUR; ";
    assert_eq!(two_rates("when basket is less than 20 EUR; ", price), Vec::<&str>::new());
}

#[test]
fn replacing_and_groups_settle_who_counts() {
    assert_eq!(two_rates("", "for items where category is Wine; replaces A; ")[..], [] as [&str; 0]);
    let grouped = |name, points| {
        rule("earn", name, &format!("on purchase; give {points} points per 1 EUR; combine best of Rates"))
    };
    assert_eq!(codes(&format!("{}{}", grouped("A", 2), grouped("B", 3))), Vec::<&str>::new());
    // wine is taken out of both, so they meet nowhere
    let base = rule("earn", "Base", "on purchase; for items where category is Wine; give 1 point per 1 EUR");
    let app = rule("earn", "Other", "on purchase; when channel is App; give 2 points per 1 EUR");
    let wine = rule(
        "earn",
        "Special",
        "on purchase; for items where category is Wine; give 3 points per 1 EUR; replaces Base; replaces Other",
    );
    assert_eq!(codes(&format!("{base}{app}{wine}")), Vec::<&str>::new());
    // a rule for the items and one for the event do not compete
    let flat = rule("earn", "Flat", "on purchase; give 5 points; cap 1 time per day");
    assert_eq!(codes(&format!("{base}{flat}")), Vec::<&str>::new());
}

#[test]
fn awards_of_the_event_meet_through_different_items() {
    let flat = |name, category, points| {
        let lines = format!("on purchase; for items where category is {category}; give {points} points");
        rule("earn", name, &lines)
    };
    // a basket may hold fruit and wine
    assert_eq!(codes(&format!("{}{}", flat("A", "Fruit", 5), flat("B", "Wine", 6))), ["S302"]);
}

#[test]
fn an_exception_of_an_exception_is_no_fault() {
    let base = rule("earn", "Base", "on purchase; give 1 point per 1 EUR");
    let wine = "on purchase; for items where category is Wine; give 2 points per 1 EUR; replaces Base";
    let dear =
        "on purchase; for items where price is at least 50 EUR; give 3 points per 1 EUR; replaces Base";
    let one = rule("earn", "Wine", wine);
    assert_eq!(codes(&format!("{base}{one}{}", rule("earn", "Dear", dear))), ["S303"]);
    let settled = format!("{dear}; replaces Wine");
    assert_eq!(codes(&format!("{base}{one}{}", rule("earn", "Dear", &settled))), Vec::<&str>::new());
}

/// The codes of a bonus with these lines beside a base rate.
fn bonus(lines: &str) -> Vec<&'static str> {
    let base = rule("earn", "Base", "on purchase; give 1 point per 1 EUR");
    codes(&format!(
        "{base}{}",
        rule("bonus", "Extra", &format!("{lines}; multiply points by 2; combine add"))
    ))
}

#[test]
fn contradictions() {
    for lines in [
        "on purchase; when weekday is monday and weekday is tuesday",
        "on purchase; when date is less than 2026-01-01",
        "on purchase; when month is february and date is between 03-01 and 12-31",
        "on purchase; when first purchase and purchases so far is at least 1",
        "on purchase; when age is at least 18 and birthday is unknown",
        "on purchase; when (channel is App or channel is Web) and channel is unknown",
        "valid every year from 12-01 to 12-24; on purchase; when month is june",
        "valid from 2026-05-04 to 2026-05-10; on purchase; when date is more than 2026-05-10",
        "on purchase; when any item (category is Wine and category is Fruit)",
        "on purchase; for items where category is Wine and not category is Wine",
    ] {
        assert_eq!(bonus(lines), ["D501"], "{lines}");
    }
    for lines in [
        "on purchase; when weekday is tuesday and date is at least 2026-05-06",
        "on purchase; when month is february and date is 02-29",
        "on purchase; when any item (category is Wine) and any item (category is Fruit)",
        "on purchase; when level is unknown or level is a",
        "valid from 2026-05-04 to 2026-05-10; on purchase; when weekday is sunday",
        "on purchase; when basket is at least 20 EUR and spend on (category is Wine) is less than 20 EUR",
    ] {
        assert_eq!(bonus(lines), Vec::<&str>::new(), "{lines}");
    }
}

#[test]
fn conditions_that_hold_always() {
    for (lines, codes) in [
        ("on purchase; when date is at least 2026-01-01", vec!["D502"]),
        ("valid from 2026-05-01; on purchase; when date is at least 2026-04-01", vec!["D502"]),
        ("on purchase; when purchases so far is at least 0", vec!["D502"]),
        ("on purchase; when channel is known or channel is unknown", vec!["D502"]),
        ("on purchase; when month is between january and december and channel is App", vec!["D502"]),
        // the level may be missing, and a category may be one that is not declared
        ("on purchase; when level is in [a, b]", vec![]),
        ("on purchase; for items where category is in [Fruit, Wine]", vec![]),
        ("on purchase; when basket is at least 0 EUR", vec![]),
    ] {
        assert_eq!(bonus(lines), codes, "{lines}");
    }
}

/// The codes of an award for reviews.
fn review(lines: &str) -> Vec<&'static str> {
    codes(&rule("earn", "Review", &format!("on review; {lines}")))
}

#[test]
fn caps_and_awards() {
    for (lines, codes) in [
        ("give 10 points; cap 3 times per month", vec![]),
        ("give 10 points; cap 10 points per month", vec![]),
        ("give 10 points; cap 9 points per month", vec!["C401"]),
        ("give 10 points; cap 1 time per day; cap 310 points per month", vec![]),
        ("give 10 points; cap 1 time per day; cap 311 points per month", vec!["C402"]),
        ("give 10 points; cap 11 points per review", vec!["C402"]),
        ("give 10 points; cap 10 points per review; cap 2 times per day", vec![]),
        ("give 10 points; cap 100 points per month; cap 1_201 points per calendar year", vec!["C402"]),
        ("give 10 points; cap 100 points per month; cap 1_200 points per calendar year", vec![]),
        ("give 10 points; cap 100 points per month; cap 1_400 points per lifetime", vec![]),
        ("give 10 points", vec!["C404"]),
        ("when review in this month is less than 3; give 10 points", vec![]),
        ("when time since last review is at least 7 days; give 10 points", vec![]),
    ] {
        assert_eq!(review(lines), codes, "{lines}");
    }
    let joining = rule("earn", "Welcome", "on joining; give 100 points; cap 2 times per lifetime");
    assert_eq!(codes(&joining), ["C402"]);
}

/// The codes of a challenge or streak on purchases.
fn game(kind: &str, lines: &str) -> Vec<&'static str> {
    let lines = lines.replace("; ", "\n  ");
    codes(&format!("{kind} Game {{\n  {lines}\n}}\n"))
}

#[test]
fn caps_of_games_that_are_never_reached() {
    let daily =
        "task One: purchases reaches 1; complete all tasks; once per day; give 5 points; give 3 points";
    for (lines, codes) in [
        ("cap 31 times per month", vec![]),
        ("cap 32 times per month", vec!["C402"]),
        // 31 times 8
        ("cap 248 points per month", vec![]),
        ("cap 249 points per month", vec!["C402"]),
        ("cap 8 points per day", vec![]),
        ("cap 9 points per day", vec!["C402"]),
        // 12 times 10
        ("cap 10 points per month; cap 120 points per calendar year", vec![]),
        ("cap 10 points per month; cap 121 points per calendar year", vec!["C402"]),
        // times hold down no amount
        ("cap 10 times per month; cap 121 points per calendar year", vec![]),
        ("cap 1_000 times per lifetime", vec![]),
        ("valid from 2026-03-01 to 2026-03-10; cap 10 times per campaign", vec![]),
        ("valid from 2026-03-01 to 2026-03-10; cap 11 times per campaign", vec!["C402"]),
    ] {
        assert_eq!(game("challenge", &format!("{daily}; {lines}")), codes, "{lines}");
    }
    let once = "task One: purchases reaches 1; complete all tasks; once per member; give 5 points";
    assert_eq!(game("challenge", &format!("{once}; cap 1 time per lifetime")), Vec::<&str>::new());
    assert_eq!(game("challenge", &format!("{once}; cap 2 times per calendar year")), ["C402"]);
    let weekly = "on purchase; each week needs 1 purchase; after 1 week give 5 points; after 2 weeks give 7 points; \
                  restart after 2 weeks";
    for (lines, codes) in [
        // a month touches six weeks: six times 5, and three times 7
        ("cap 51 points per month", vec![]),
        ("cap 52 points per month", vec!["C402"]),
        ("cap 6 times per month", vec![]),
        ("cap 7 times per month", vec!["C402"]),
        // one week
        ("cap 12 points per week", vec![]),
        ("cap 13 points per week", vec!["C402"]),
        ("cap 1_000_000 points per lifetime", vec![]),
    ] {
        assert_eq!(game("streak", &format!("{weekly}; {lines}")), codes, "{lines}");
    }
}

#[test]
fn a_shared_cap_stops_base_and_multiplier() {
    let base = rule("earn", "Base", "on purchase; give 1 point per 1 EUR");
    let extra =
        rule("bonus", "Extra", "on purchase; when weekday is monday; multiply points by 2; combine add");
    let both = "cap All: 1_000 points per month on [Base, Extra]\n";
    assert_eq!(codes(&format!("{base}{extra}{both}")), Vec::<&str>::new());
    let one = "cap All: 1_000 points per month on [Base]\n";
    assert_eq!(codes(&format!("{base}{extra}{one}")), ["C403"]);
    // a multiplier for items leaves a flat award alone
    let flat = rule("earn", "Base", "on purchase; give 5 points; cap 1 time per day");
    let items = "on purchase; for items where category is Wine; multiply points by 2; combine add";
    assert_eq!(codes(&format!("{flat}{}", rule("bonus", "Extra", items))), Vec::<&str>::new());
}

#[test]
fn exclusive_and_dated_bonuses() {
    let base = rule("earn", "Base", "on purchase; give 1 point per 1 EUR");
    let pair = |one: &str, two: &str, combine: &str| {
        let make = |name, lines: &str| {
            rule("bonus", name, &format!("{lines}multiply points by 2; combine {combine}"))
        };
        codes(&format!("{base}{}{}", make("A", one), make("B", two)))
    };
    let (monday, tuesday) =
        ("on purchase; when weekday is monday; ", "on purchase; when weekday is tuesday; ");
    assert_eq!(pair(monday, tuesday, "exclusive"), Vec::<&str>::new());
    assert_eq!(pair(monday, "on purchase; when channel is App; ", "exclusive"), ["S306"]);
    let (may, june) =
        ("valid from 2026-05-01 to 2026-05-31; on purchase; ", "valid from 2026-06-01; on purchase; ");
    assert_eq!(pair(may, june, "add"), Vec::<&str>::new());
    assert_eq!(pair(may, "valid from 2026-05-31 to 2026-06-30; on purchase; ", "add"), ["D504"]);
    // a lasting bonus beside a dated one is what most programs want
    assert_eq!(pair(may, monday, "add"), Vec::<&str>::new());
    assert_eq!(pair(may, "valid from 2026-05-31; on purchase; ", "best of Actions"), Vec::<&str>::new());
}

#[test]
fn tiers_and_cards_that_can_be_reached() {
    let stay = "event stay { nights: integer 1 to 365 }\nunit nights-counted is status\n";
    let tiers = |cap: &str, reach: u32, keep: &str| {
        let earn = rule("earn", "Nights", &format!("on stay; give nights as nights-counted{cap}"));
        let block = format!(
            "tiers T {{\n  count nights-counted in calendar year\n  keep {keep}\n  tier Low\n  tier High {{ reach {reach} nights-counted }}\n}}\n"
        );
        codes(&format!("{stay}{earn}{block}"))
    };
    let next = "until end of next calendar year";
    assert_eq!(tiers("; cap 3 nights-counted per month", 36, next), Vec::<&str>::new());
    assert_eq!(tiers("; cap 3 nights-counted per month", 37, next), ["T601"]);
    assert_eq!(tiers("", 10_000, next), Vec::<&str>::new());
    assert_eq!(tiers("", 10, "for 12 months"), Vec::<&str>::new());
    assert_eq!(tiers("", 10, "until end of calendar year"), ["T604"]);
    assert_eq!(tiers("", 10, "until end of calendar year plus 2 months"), Vec::<&str>::new());
    let card = |lines: &str| {
        codes(&rule("card", "C", &format!("on purchase; stamp 1; goal 10 stamps; {lines}; reward 10 points")))
    };
    // from the last day of a month, 9 months touch ten of them
    assert_eq!(card("cap 1 stamp per month; expire 9 months after first stamp"), Vec::<&str>::new());
    assert_eq!(card("cap 1 stamp per month; expire 8 months after first stamp"), ["G701"]);
    assert_eq!(
        card("start with 1 stamp; cap 1 stamp per month; expire 8 months after first stamp"),
        Vec::<&str>::new()
    );
    assert_eq!(card("cap 9 stamps per lifetime"), ["G701"]);
    assert_eq!(card("cap 1 stamp per month"), Vec::<&str>::new());
}

fn sample(name: &str) -> Compiled {
    let path = format!("{}/tests/samples/{name}.loyalty", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    compile(&Sources::single(name, text), &Limits::default()).unwrap_or_else(|findings| panic!("{findings}"))
}

#[test]
fn the_samples_are_clean() {
    for name in ["cafe", "supermarket", "referral", "cosmetics", "hotel", "airline"] {
        let findings = sample(name).findings;
        let grave: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.severity != Severity::Note && finding.code.id() != "N103")
            .map(|finding| finding.code.id())
            .collect();
        assert_eq!(grave, Vec::<&str>::new(), "{name}");
    }
}
