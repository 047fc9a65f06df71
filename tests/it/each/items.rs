//! `cap … for each A` where each item has a value of its own.

use super::points_after_each;
use crate::returns::{ann, holds, program};
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Event, Limits, Sources, compile};
use pretty_assertions::assert_eq;

const HEAD: &str = "categories [Food, Wine, Toys]\n\nitem {\n  size: integer 1 to 9 optional\n}\n\n";

const RETURNS: &str = "accept within 60 days\nbalance may go negative";

/// A purchase of lines: name, price in euros, category.
fn buy(id: &str, when: &str, lines: &[(&str, &str, &str)]) -> String {
    let line = |(name, price, category): &(&str, &str, &str)| match *category {
        "" => format!("  item {name} 1 x {price} EUR\n"),
        _ => format!("  item {name} 1 x {price} EUR, category: {category}\n"),
    };
    let lines: String = lines.iter().map(line).collect();
    format!("when {when} purchase \"{id}\" by Ann {{\n{lines}}}\n")
}

fn base(cap: &str) -> String {
    format!("{HEAD}earn Base {{\n  on purchase\n  give 1 point per 1 EUR\n  {cap}\n}}")
}

#[test]
fn every_line_feeds_the_counter_of_its_category() {
    let steps = [
        buy("K-1", "2026-03-02 10:00", &[("Ham", "30", "Food"), ("Riesling", "15", "Wine")]),
        // 20 of 30, and 15
        "expect Ann earns 35 points\n".into(),
        buy("K-2", "2026-03-03 10:00", &[("Ham", "5", "Food"), ("Riesling", "10", "Wine"), ("Bag", "1", "")]),
        // nothing, 5, and 1 for what has no category
        "expect Ann earns 6 points\n".into(),
        buy("K-3", "2026-03-04 10:00", &[("Bag", "30", "")]),
        "expect Ann earns 19 points\n".into(),
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { item Ham 1 x 15 EUR }\n".into(),
        // half of the 20 that the ham had
        "expect Ann loses 10 points\n".into(),
        buy("K-4", "2026-03-06 10:00", &[("Ham", "30", "Food"), ("Riesling", "10", "Wine")]),
        "expect Ann earns 10 points\n".into(),
        "when 2026-03-07 10:00 cancel \"X-1\" of \"K-4\" by Ann\nexpect Ann loses 10 points\n".into(),
        buy("K-5", "2026-03-08 10:00", &[("Ham", "7", "Food")]),
        "expect Ann earns 7 points\n".into(),
        buy("K-6", "2026-04-01 10:00", &[("Ham", "30", "Food")]),
        "expect Ann earns 20 points\n".into(),
    ];
    holds(RETURNS, &base("cap 20 points per month for each category"), &ann(&steps.concat()));
    let steps = [
        buy("K-1", "2026-03-02 10:00", &[("Ham", "30", "Food"), ("Riesling", "15", "Wine")]),
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { item Ham 1 x 15 EUR }\n".into(),
        "expect Ann loses 35 points\n".into(),
        buy("K-2", "2026-03-06 10:00", &[("Ham", "30", "Food"), ("Riesling", "30", "Wine")]),
        "expect Ann earns 40 points\n".into(),
    ];
    let returns = "take back earned in full\nbalance may go negative";
    holds(returns, &base("cap 20 points per month for each category"), &ann(&steps.concat()));
}

#[test]
fn lines_of_one_value_share_its_room() {
    let steps = [
        buy("K-1", "2026-03-02 10:00", &[("Ham", "30", "Food"), ("Bread", "10", "Food")]),
        // 40 is cut to 20: 15 of the ham, 5 of the bread
        "expect Ann earns 20 points\n".into(),
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { item Bread 1 x 10 EUR }\n".into(),
        "expect Ann loses 5 points\n".into(),
        buy("K-2", "2026-03-06 10:00", &[("Ham", "30", "Food")]),
        "expect Ann earns 5 points\n".into(),
    ];
    holds(RETURNS, &base("cap 20 points per month for each category"), &ann(&steps.concat()));
}

#[test]
fn a_time_is_used_by_every_value_that_gets_something() {
    let rules = format!(
        "{HEAD}bonus Taste {{\n  on purchase\n  give 10 points\n  combine add\n  cap 1 time per month for each category\n}}"
    );
    let steps = [
        buy("K-1", "2026-03-02 10:00", &[("Ham", "3", "Food"), ("Riesling", "1", "Wine")]),
        "expect Ann earns 10 points\n".into(),
        buy("K-2", "2026-03-03 10:00", &[("Ham", "3", "Food"), ("Riesling", "1", "Wine")]),
        "expect Ann earns nothing\n".into(),
        // what has had its time does not take part, and the toys have not
        buy("K-3", "2026-03-04 10:00", &[("Ham", "3", "Food"), ("Ball", "1", "Toys")]),
        "expect Ann earns 10 points\n".into(),
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n".into(),
        "when 2026-03-05 11:00 cancel \"X-1\" of \"K-3\" by Ann\n".into(),
        buy("K-4", "2026-03-06 10:00", &[("Ham", "3", "Food"), ("Riesling", "1", "Wine")]),
        "expect Ann earns nothing\n".into(),
        buy("K-5", "2026-03-07 10:00", &[("Ball", "1", "Toys")]),
        "expect Ann earns 10 points\n".into(),
    ];
    holds(RETURNS, &rules, &ann(&steps.concat()));
}

#[test]
fn a_cap_of_spend_for_each_article_and_one_of_all() {
    let steps = [
        buy("K-1", "2026-03-02 10:00", &[("Ham", "30", "Food"), ("Riesling", "10", "Wine")]),
        // 20 and 10 of the spend count
        "expect Ann earns 30 points\n".into(),
        buy("K-2", "2026-03-03 10:00", &[("Ham", "8", "Food"), ("Riesling", "15", "Wine")]),
        "expect Ann earns 10 points\n".into(),
        // 10 of the 30 go back, which are 6.66 of what counted
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { item Ham 1 x 15 EUR }\n".into(),
        "expect Ann loses 10 points\n".into(),
        buy("K-3", "2026-03-06 10:00", &[("Ham", "30", "Food")]),
        "expect Ann earns 10 points\n".into(),
    ];
    holds(RETURNS, &base("cap 20 EUR of spend per month for each sku"), &ann(&steps.concat()));
    let both = "cap 20 EUR of spend per month for each sku\n  cap 24 EUR of spend per day";
    let steps = [
        buy("K-1", "2026-03-02 10:00", &[("Ham", "36", "Food"), ("Riesling", "12", "Wine")]),
        // 24 of 48 on this day: 18 of the ham, 6 of the wine
        "expect Ann earns 24 points\n".into(),
        buy("K-2", "2026-03-03 10:00", &[("Ham", "12", "Food"), ("Riesling", "12", "Wine")]),
        // 2 of the ham are left, and 12 of the wine on this day
        "expect Ann earns 14 points\n".into(),
    ];
    holds(RETURNS, &base(both), &ann(&steps.concat()));
}

#[test]
fn beside_a_cap_of_all_values() {
    let both = "cap 20 points per month for each category\n  cap 30 points per day";
    let steps = [
        buy("K-1", "2026-03-02 10:00", &[("Ham", "30", "Food"), ("Riesling", "30", "Wine")]),
        // 20 and 20, of which 15 and 15 are left
        "expect Ann earns 30 points\n".into(),
        buy("K-2", "2026-03-03 10:00", &[("Ham", "30", "Food"), ("Riesling", "2", "Wine")]),
        "expect Ann earns 7 points\n".into(),
    ];
    holds(RETURNS, &base(both), &ann(&steps.concat()));
}

#[test]
fn in_one_purchase_and_by_what_a_program_declares_of_items() {
    let steps = [
        "when 2026-03-02 10:00 purchase \"K-1\" by Ann {\n  item Ham 1 x 30 EUR, size: 2\n  item Roll 1 x 30 EUR, size: 2\n  \
         item Bun 1 x 4 EUR, size: 3\n  item Bag 1 x 5 EUR\n}\n",
        // 20 of 60, 4, and 5 without a size
        "expect Ann earns 29 points\n",
        "when 2026-03-02 11:00 purchase \"K-2\" by Ann { item Ham 1 x 30 EUR, size: 2 }\n",
        "expect Ann earns 20 points\n",
    ];
    holds(RETURNS, &base("cap 20 points per purchase for each size"), &ann(&steps.concat()));
    let steps = [
        "when 2026-03-02 10:00 purchase \"K-1\" by Ann { item Ham 1 x 30 EUR, size: 2 }\nexpect Ann earns 20 points\n",
        // two years from the first use
        "when 2028-03-01 11:00 purchase \"K-2\" by Ann { item Ham 1 x 30 EUR, size: 2 }\nexpect Ann earns nothing\n",
        "when 2028-03-02 11:00 purchase \"K-3\" by Ann { item Ham 1 x 30 EUR, size: 2 }\nexpect Ann earns 20 points\n",
    ];
    holds("balance may go negative", &base("cap 20 points for each size"), &ann(&steps.concat()));
}

#[test]
fn a_shared_cap_and_a_multiplier() {
    let rules = format!(
        "{HEAD}earn Base {{\n  on purchase\n  give 1 point per 1 EUR\n}}\n\n\
         bonus Double {{\n  on purchase\n  multiply points by 2\n  combine add\n}}\n\n\
         bonus More {{\n  on purchase\n  for items where category is Food\n  give 1 point per 1 EUR\n  combine add\n}}\n\n\
         cap Extras: 20 points per month for each category on [Double, More]"
    );
    let steps = [
        buy("K-1", "2026-03-02 10:00", &[("Ham", "15", "Food"), ("Riesling", "12", "Wine")]),
        "expect Ann earns 27 points from Base\n".into(),
        // by name: 15 and 12 of Double, then 5 for the ham
        "expect Ann earns 27 points from Double\nexpect Ann earns 5 points from More\n".into(),
        buy("K-2", "2026-03-03 10:00", &[("Ham", "15", "Food"), ("Riesling", "12", "Wine")]),
        "expect Ann earns 8 points from Double\nexpect Ann earns 35 points\n".into(),
    ];
    holds(RETURNS, &rules, &ann(&steps.concat()));
}

#[test]
fn late_purchases_and_snapshots() {
    let text = program(RETURNS, &base("cap 20 points per month for each category"));
    let text = text.replace(
        "time zone \"Europe/Berlin\"\n",
        "time zone \"Europe/Berlin\"\n  accept late events for 40 days\n",
    );
    let program = compile(&Sources::single("a.loyalty", text), &Limits::default()).unwrap().program;
    let bought = |id: &str, day: &str, food: &str, wine: &str| {
        let event = Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00"));
        let event = event.item(Item::new("Ham", "1", food).category("Food"));
        event.item(Item::new("Riesling", "1", wine).category("Wine")).build().unwrap()
    };
    let events = [
        bought("K-1", "2026-03-10", "12", "30"),
        bought("K-2", "2026-04-01", "30", "3"),
        // late in March: 8 of food are left, and nothing of wine
        bought("K-3", "2026-03-20", "30", "30"),
        Event::returned("R-1", "Ann", "2026-04-02T12:00:00+02:00")
            .of("K-1")
            .line(ReturnLine::new("Riesling", "1"))
            .build()
            .unwrap(),
        bought("K-4", "2026-03-21", "30", "7"),
    ];
    let has = points_after_each(&program, &events);
    // 12 + 20, 20 + 3, 8, less 20, 7
    assert_eq!(has, ["32", "55", "63", "43", "50"]);
}
