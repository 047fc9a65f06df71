//! What awards give beside shares: steps, vouchers, choices, and parts paid with a means.
//!
//! `gives.loyalty` is a program with tests worked out by hand.

use super::{apply, buys, tick};
use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::{Account, Evaluator, Limits};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("gives.loyalty");

#[test]
fn rules() {
    passes(RULES);
}

#[test]
fn a_budget_of_vouchers() {
    passes(include_str!("gives_budget.loyalty"));
}

#[test]
fn hosts_are_told_what_a_period_gives() {
    let program = compiled(RULES).program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &buys("K-1", "2026-03-03", "59"));
    let told: Vec<String> = ann
        .rebates(&program)
        .into_iter()
        .map(|it| format!("{}: {} {}, {}", it.rebate, it.pays, it.unit, it.stage.unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            "Begun: 0.0 points, ",
            // 59 × 0.1 / 3
            "Cakes: 1 Cake, 1 Cake per full 50.00 EUR",
            "Coffees: 1 Coffee, from 0.00: 1 Coffee",
            "Exact: 1.97 credit, 0.1 credit per 3.00 EUR",
            "Prepaid: 0.00 credit, ",
            "Prepaid tens: 0.0 points, ",
            // 7.5, and the cap leaves 6
            "Steps: 6.0 points, 1.5 points per full 10.00 EUR",
            concat!(
                "Wishes: 1 choice of [5 points, 1 Coffee] within 3 days otherwise give 5 points, ",
                "from 0.00: 1 choice of [5 points, 1 Coffee] within 3 days otherwise give 5 points"
            ),
        ]
    );
    tick(&program, &mut ann, "2026-04-01");
    let text = json(&program, &ann);
    assert_eq!(restore(&program, &text).unwrap(), ann);
}

#[test]
fn a_version_without_the_award_gives_what_its_period_collected() {
    let head = RULES.find("award Coffees").unwrap();
    let (cakes, wishes) = (RULES.find("award Cakes").unwrap(), RULES.find("returns {").unwrap());
    let without = format!("{}{}", &RULES[..cakes], &RULES[wishes..]);
    assert!(head < cakes);
    let second = without.replace("version 1", "version 2").replace("from 2026-01-01", "from 2026-03-20");
    let tests = second.find("test ").unwrap();
    let texts = [Sources::single("one.loyalty", RULES), Sources::single("two.loyalty", &second[..tests])];
    let versions = compile_versions(&texts, &Limits::default(), &Checks::default()).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    for (id, day, total) in [("K-1", "2026-03-03", "60"), ("K-2", "2026-04-03", "1")] {
        Evaluator::new().deliver(&versions, &mut ann, &buys(id, day, total)).unwrap();
    }
    let newest = versions.of(&ann).unwrap();
    let cakes = ann.vouchers(newest).into_iter().filter(|held| held.voucher == "Cake").count();
    assert_eq!(cakes, 1);
    // the first quarter gave the choice, with the terms that it had
    assert_eq!(ann.choices(newest).len(), 1);
}
