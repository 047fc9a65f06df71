//! Bounds worked out by hand.

use super::super::{Checks, Sources, compile_with};
use crate::amount::Ratio;
use crate::diagnostics::Code;
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
categories [Fruit, Wine]
";

const POINTS: &str = "unit points is spendable {
  singular point
  worth 0.01 EUR
  round down in total
  expire never
}
";

/// The findings about cost: code, message and notes.
fn found(body: &str, limit: Option<Ratio>) -> Vec<(Code, String, Vec<String>)> {
    let text = format!("{HEAD}{body}");
    let checks = Checks { cost: true, payback_limit: limit };
    let list = match compile_with(&Sources::single("test.loyalty", text), &Limits::default(), &checks) {
        Ok(compiled) => compiled.findings,
        Err(findings) => findings.list,
    };
    let of_cost = |code| matches!(code, Code::V901 | Code::V902 | Code::V903 | Code::D507);
    let list = list.into_iter().filter(|finding| of_cost(finding.code));
    list.map(|finding| (finding.code, finding.message, finding.notes)).collect()
}

/// The lines with amounts of the only note.
fn amounts(body: &str) -> Vec<String> {
    let found = found(&format!("{POINTS}{body}"), None);
    let notes = found.into_iter().filter(|(code, ..)| *code == Code::V901).flat_map(|(_, _, notes)| notes);
    notes.filter(|note| note.contains("of spend")).collect()
}

fn rule(kind: &str, name: &str, lines: &str) -> String {
    format!("{kind} {name} {{\n  on purchase\n  {}\n}}\n", lines.replace("; ", "\n  "))
}

#[test]
fn base_rates_of_different_items_do_not_add_up() {
    let wine = rule("earn", "Wine", "for items where category is Wine; give 3 points per 1 EUR");
    let fruit = rule("earn", "Fruit", "for items where category is Fruit; give 1 point per 1 EUR");
    let double =
        rule("bonus", "Double", "for items where category is Fruit; multiply points by 2; combine add");
    // wine 3%, fruit 1% doubled
    assert_eq!(
        amounts(&format!("{wine}{fruit}{double}")),
        ["at any time, by `Wine`: 3.00 EUR per 100 EUR of spend"]
    );
}

#[test]
fn what_is_not_known_to_exclude_each_other_adds_up() {
    let base = rule("earn", "Base", "give 1 point per 1 EUR");
    let one = rule("bonus", "One", "when basket is at least 10 EUR; multiply points by 3; combine add");
    let two = rule(
        "bonus",
        "Two",
        "when purchases in this month is at least 2; give 4 points per 1 EUR; combine add",
    );
    // 1 + 2 + 4
    assert_eq!(
        amounts(&format!("{base}{one}{two}")),
        ["at any time, by `Base`, `Two` and `One`: 7.00 EUR per 100 EUR of spend"]
    );
}

#[test]
fn of_exclusive_bonuses_and_groups_the_largest_counts() {
    let base = rule("earn", "Base", "give 1 point per 1 EUR");
    let alone =
        rule("bonus", "Alone", "when basket is at least 10 EUR; multiply points by 5; combine exclusive");
    let [a, b] = [("A", "3"), ("B", "4")].map(|(name, factor)| {
        rule(
            "bonus",
            name,
            &format!("when basket is at least 10 EUR; multiply points by {factor}; combine best of G"),
        )
    });
    let c = rule("bonus", "C", "when basket is at least 10 EUR; multiply points by 1.5; combine add");
    // alone 4; the others 3 and a half
    assert_eq!(
        amounts(&format!("{base}{alone}{a}{b}{c}")),
        ["at any time, by `Base` and `Alone`: 5.00 EUR per 100 EUR of spend"]
    );
    // 1 + 3 + 0.5
    assert_eq!(
        amounts(&format!("{base}{a}{b}{c}")),
        ["at any time, by `Base`, `B` and `C`: 4.50 EUR per 100 EUR of spend"]
    );
}

#[test]
fn moments_of_the_calendar() {
    let base = rule("earn", "Base", "give 1 point per 1 EUR");
    let tuesday = rule("bonus", "Tuesday", "when weekday is tuesday; multiply points by 2; combine add");
    let sunday = rule("bonus", "Sunday", "when weekday is sunday; multiply points by 4; combine add");
    let may = rule("bonus", "May", "when month is may; give 0.5 points per 1 EUR; combine add");
    assert_eq!(
        amounts(&format!("{base}{tuesday}{sunday}{may}")),
        [
            "at any time, by `Base`: 1.00 EUR per 100 EUR of spend",
            "while `May` runs: 1.50 EUR per 100 EUR of spend",
            "while `Tuesday` runs: 2.00 EUR per 100 EUR of spend",
            "while `Sunday` runs: 4.00 EUR per 100 EUR of spend",
            "while `May` and `Sunday` run: 4.50 EUR per 100 EUR of spend",
        ]
    );
}

#[test]
fn what_pays_with_one_means_is_not_paid_with_another() {
    let payments = "payments [card, cash]\n";
    let card = rule("earn", "Card", "give 3 points per 1 EUR of spend paid with card");
    let cash = rule("earn", "Cash", "give 2 points per 1 EUR of spend paid with cash; replaces Card");
    let found = amounts(&format!("{payments}{card}{cash}"));
    assert_eq!(found, ["at any time, by `Card`: 3.00 EUR per 100 EUR of spend"]);
}

#[test]
fn a_point_costs_the_most_of_what_it_can_become() {
    let unit = |worth: &str| {
        format!(
            "unit points is spendable {{\n  singular point\n  {worth}round down in total\n  expire never\n}}\n"
        )
    };
    let base = rule("earn", "Base", "give 1 point per 1 EUR");
    let redeem = "redeem points {\n  100 points for 2 EUR\n}\n";
    let voucher = "voucher V {\n  grants 5 EUR off\n  valid for 30 days\n}\n";
    let reward = "reward R costs 200 points { give 1 V }\n";
    let mug = "reward Mug costs 500 points { grants \"a mug\" }\n";
    let of = |parts: &[&str]| -> Vec<(Code, String)> {
        let list = found(&parts.concat(), None).into_iter();
        let list = list.filter(|(_, message, _)| message.contains("points"));
        list.map(|(code, _, notes)| (code, notes.first().cloned().unwrap_or_default())).collect()
    };
    let line = |amount: &str| {
        vec![(Code::V901, format!("at any time, by `Base`: {amount} EUR per 100 EUR of spend"))]
    };
    // nobody can redeem it, and it has no worth
    assert_eq!(of(&[&unit(""), &base]), []);
    assert_eq!(of(&[&unit("worth 0.01 EUR\n  "), &base]), line("1.00"));
    // 2 EUR for 100 points
    assert_eq!(of(&[&unit(""), &base, redeem]), line("2.00"));
    assert_eq!(of(&[&unit("worth 0.01 EUR\n  "), &base, redeem]), line("2.00"));
    // 5 EUR for 200 points
    assert_eq!(of(&[&unit(""), &base, redeem, voucher, reward]), line("2.50"));
    let unknown = "effect: the most it can cost is not known, because of reward `Mug`";
    assert_eq!(of(&[&unit(""), &base, redeem, mug]), [(Code::V903, unknown.to_owned())]);
    assert_eq!(of(&[&unit("worth 0.03 EUR\n  "), &base, redeem, mug]), line("3.00"));
}

#[test]
fn vouchers_and_cards_for_spend() {
    let voucher = "voucher V {\n  grants 5 EUR off\n  valid for 30 days\n}\n";
    let per = rule("bonus", "Per", "give 1 V per full 50 EUR; combine add");
    let card = "card Stamps {\n  on purchase\n  stamp 1 per full 10 EUR\n  goal 20 stamps\n  reward 1 V\n}\n";
    let found = found(&format!("{voucher}{per}{card}"), None);
    let notes: Vec<&str> =
        found.iter().filter_map(|(_, _, notes)| notes.first().map(String::as_str)).collect();
    // 5 of 50 by the rule, 5 of 200 by the card
    assert_eq!(notes, ["at any time, by `Per`: 12.50 EUR per 100 EUR of spend"]);
}

#[test]
fn all_that_is_spent() {
    let limit = Ratio::new(1, 5);
    let codes = |body: &str| -> Vec<(Code, String)> {
        let list = found(&format!("{POINTS}{body}"), limit).into_iter();
        list.filter(|(code, ..)| *code != Code::V901).map(|(code, message, _)| (code, message)).collect()
    };
    let base = |rate: &str| rule("earn", "Base", &format!("give {rate} points per 1 EUR"));
    assert_eq!(codes(&base("20")), []);
    let above = "`points` can pay back more than 20% of what is spent";
    assert_eq!(codes(&base("20.1")), [(Code::V902, above.to_owned())]);
    assert_eq!(codes(&base("99.9")), [(Code::V902, above.to_owned())]);
    let all = "`points` can pay back all that is spent, or more";
    assert_eq!(codes(&base("100")), [(Code::V902, all.to_owned())]);
    // twice 50, but never for the same item
    let apart = [("A", "Wine"), ("B", "Fruit")].map(|(name, category)| {
        rule(
            "bonus",
            name,
            &format!("for items where category is {category}; give 50 points per 1 EUR; combine add"),
        )
    });
    assert_eq!(codes(&format!("{}{}", base("20"), apart.concat())), [(Code::V902, above.to_owned())]);
    // a bonus that wants to be alone takes the place of the others on the only day on which they are there
    let other = rule("bonus", "Other", "when weekday is sunday; give 90 points per 1 EUR; combine add");
    let alone = rule("bonus", "Alone", "when weekday is sunday; give 70 points per 1 EUR; combine exclusive");
    let may = "`points` may pay back all that is spent, or more";
    assert_eq!(codes(&format!("{}{other}{alone}", base("20"))), [(Code::V902, may.to_owned())]);
}

/// What a game gives has no part in spend; its caps hold it down.
#[test]
fn games_are_named_with_their_caps() {
    let body = "voucher Coffee { grants \"A coffee\" }\nchallenge Daily {\n  task One: purchases reaches 1\n  complete all tasks\n  \
         once per day\n  give 5 points\n  give 1 Coffee\n  cap 50 points per month\n  cap 3 Coffee per month\n  \
         cap 20 times per month\n}\nstreak Weekly {\n  on purchase\n  each week needs 1 purchase\n  after 2 weeks give 7 points\n}\n";
    let all = found(&format!("{POINTS}{body}"), None);
    let top = all.iter().flat_map(|(_, _, notes)| notes).find(|note| note.contains("on top"));
    let told = "not in proportion to spend, on top: challenge `Daily` (at most `50 points per month`, `20 times per month`) and \
         streak `Weekly`";
    assert_eq!(top.map(String::as_str), Some(told));
}
