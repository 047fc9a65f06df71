//! A wrong line hides nothing that is wrong elsewhere, and has no false consequences.

use loyalty_rules::diagnostics::Severity;
use loyalty_rules::{Limits, Sources, compile};
use pretty_assertions::assert_eq;

const FRAME: &str = r#"edition 2026

program Shop {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

categories [Bread, Wine]
list Special [Wine]

member {
  household: text optional
}

item {
  weight: decimal optional
}

event stay {
  nights: integer 1 to 365 singular night
}

unit points is spendable {
  singular point
  decimals 1
  round down in total
  expire never
}

voucher Welcome {
  grants 10 EUR off
  valid for 60 days
}

tiers Status {
  count spend in calendar year
  tier Basic
  tier Gold { reach 500 EUR spend }
}

earn Base {
  on purchase
  when household is known
  for items where category is not in Special
  give 1.5 points per 1 EUR
  cap 20 points per day
}

earn Nights {
  on stay
  when nights is at least 2
  give 5 points per 1 night
}

bonus Hello {
  on purchase
  when tier is Gold
  for items where weight is more than 2 and category is Bread
  give 1 Welcome
  combine add
}

returns {
  take back earned in proportion
}

test one {
  given member Ann { joined 2026-01-05 }
  when 2026-03-03 10:00 purchase "K-1" by Ann { item Roll 1 x 2 EUR, category: Bread }
  expect Ann earns 3 points
}
"#;

/// Codes and first lines of all findings, errors before others do not matter: they stand in the order of the text.
fn found(text: &str) -> Vec<String> {
    let (list, sources) = match compile(&Sources::single("shop.loyalty", text), &Limits::default()) {
        Ok(compiled) => (compiled.findings, compiled.sources),
        Err(refused) => (refused.list, refused.sources),
    };
    let shown = list.iter().map(|finding| {
        let start = finding.primary.span.start;
        let line = sources.file_at(start).map_or("", |file| file.line(file.position(start).0));
        let note = if finding.severity == Severity::Error { "" } else { " (milder)" };
        format!("{}{note} {}", finding.code.id(), line.trim())
    });
    shown.collect()
}

/// The frame with some texts exchanged.
fn with(pairs: &[(&str, &str)]) -> Vec<String> {
    let mut text = FRAME.to_owned();
    for (from, to) in pairs {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    found(&text)
}

#[test]
fn the_frame_is_clean() {
    assert_eq!(found(FRAME), [""; 0]);
}

#[test]
fn an_unknown_name_in_another_block_is_told() {
    assert_eq!(
        with(&[("  cap 20 points per day", "  cap 20 points pro day"), ("give 1 Welcome", "give 1 Welcom")]),
        ["L001 cap 20 points pro day", "N101 give 1 Welcom"]
    );
    // in a file that is broken from its head on
    assert_eq!(
        with(&[("version 1", "version one"), ("category is Bread", "category is Bred")]),
        ["L001 version one", "N101 for items where weight is more than 2 and category is Bred"]
    );
}

#[test]
fn a_wrong_value_in_the_same_block_is_told() {
    assert_eq!(
        with(&[
            ("cap 20 points per day", "cap 20 points pro day"),
            ("household is known", "basket is at least 5 points")
        ]),
        ["U201 when basket is at least 5 points", "L001 cap 20 points pro day"]
    );
    assert_eq!(
        with(&[
            ("cap 20 points per day", "cap 20 points pro day"),
            ("1.5 points per 1 EUR", "1.5 points per 1 USD")
        ]),
        ["U202 give 1.5 points per 1 USD", "L001 cap 20 points pro day"]
    );
    // and what is written twice
    assert_eq!(
        with(&[
            ("cap 20 points per day", "cap 20 points pro day"),
            ("  on purchase\n", "  on purchase\n  on stay\n")
        ]),
        ["N104 on stay", "L001 cap 20 points pro day"]
    );
}

#[test]
fn a_block_with_a_wrong_line_lacks_nothing() {
    for (from, to) in [
        ("  on purchase\n", "  om purchase now\n"),
        ("give 1.5 points per 1 EUR", "give 1.5 points pro EUR"),
        ("combine add", "combine ad"),
        ("round down in total", "round down"),
        ("expire never", "expire newer"),
        ("currency EUR", "currency Euro please"),
        ("time zone \"Europe/Berlin\"", "time zone Europe/Berlin"),
        ("version 1", "version one"),
        ("count spend in calendar year", "count spend per year"),
        ("grants 10 EUR off", "grants 10 EUR of"),
    ] {
        let found = with(&[(from, to)]);
        let wrong = to.trim();
        assert_eq!(found, [format!("L001 {wrong}")], "{to}");
    }
}

#[test]
fn what_a_wrong_line_declares_is_not_unknown() {
    for (from, to) in [
        ("unit points is spendable {", "unit points is spendabel {"),
        ("unit points is spendable {", "unit is spendable {"),
        ("unit points is spendable {", "unit po?nts is spendable {"),
        ("  singular point\n", "  singular: point\n"),
        ("  decimals 1\n", "  decimals one\n"),
        ("categories [Bread, Wine]", "categories [Bread; Wine]"),
        ("categories [Bread, Wine]", "categories Bread, Wine"),
        ("list Special [Wine]", "list Special (Wine)"),
        ("  household: text optional", "  household text optional"),
        ("  weight: decimal optional", "  weight: decimals optional"),
        ("  nights: integer 1 to 365 singular night", "  nights: integer 1 bis 365 singular night"),
        ("event stay {", "event stay with {"),
        ("voucher Welcome {", "voucher = Welcome {"),
        ("  tier Gold { reach 500 EUR spend }", "  tier: Gold { reach 500 EUR spend }"),
        ("tiers Status {", "tiers {"),
        ("earn Nights {", "earn {"),
    ] {
        let found = with(&[(from, to)]);
        assert_eq!(found.len(), 1, "{to}: {found:?}");
        assert!(found[0].starts_with('L'), "{to}: {found:?}");
    }
}

#[test]
fn what_a_wrong_line_cannot_declare_is_unknown() {
    for (from, to, wrong) in [
        ("unit points is spendable {", "unit points is spendabel {", "cap 20 poits per day"),
        ("voucher Welcome {", "voucher Welcome is {", "cap 20 poits per day"),
        ("list Special [Wine]", "list Special (Wine)", "cap 20 poits per day"),
        ("  household: text optional", "  household text optional", "cap 20 poits per day"),
    ] {
        let found = with(&[(from, to), ("cap 20 points per day", wrong)]);
        assert!(found.contains(&format!("N101 {wrong}")), "{to}: {found:?}");
    }
}

#[test]
fn an_event_that_is_not_known_hides_only_what_hangs_on_it() {
    // `nights` is no attribute of a purchase, for which the rest of the rule is judged
    assert_eq!(with(&[("on stay", "on: stay")]), ["L001 on: stay"]);
    assert_eq!(
        with(&[("on stay", "on: stay"), ("give 5 points per 1 night", "give 5 pionts per 1 night")]),
        ["L001 on: stay", "N101 give 5 pionts per 1 night"]
    );
}

#[test]
fn a_brace_that_is_missing_makes_no_blocks_wrong() {
    let found = with(&[
        ("  cap 20 points per day\n}\n", "  cap 20 points per day\n"),
        ("give 1 Welcome", "give 1 Welcom"),
    ]);
    assert_eq!(found, ["L002 earn Base {", "N101 give 1 Welcom"]);
    // the rest of the rule stands outside of all blocks now
    let found = with(&[("  on purchase\n", "  on purchase }\n"), ("give 1 Welcome", "give 1 Welcom")]);
    assert!(found.contains(&"N101 give 1 Welcom".to_owned()), "{found:?}");
    assert!(!found.iter().any(|finding| finding.starts_with("N105")), "{found:?}");
}

#[test]
fn a_missing_file_may_declare_everything() {
    assert_eq!(
        with(&[
            ("categories [Bread, Wine]", "import \"words.loyalty\""),
            ("1.5 points per 1 EUR", "1.5 points per 1 USD")
        ]),
        ["L008 import \"words.loyalty\"", "U202 give 1.5 points per 1 USD"]
    );
}

#[test]
fn an_award_that_is_not_understood_is_no_gift_at_once() {
    let paid = "partner Brewery {\n  pays 0.02 EUR per point earned\n  settles every month\n  \
         budget 5 EUR per calendar year\n}\n\naward Loyal {\n  every month give 10 points\n  funded by Brewery\n}\n\n\
         rebate Yearly {\n  period calendar year\n  stages are retroactive\n  stage from 500 EUR: 1%\n  \
         pay points 15 days after period end\n  funded by Brewery\n}\n\nearn Base {";
    let wrong = paid.replace("every month give", "every moon gives");
    let hint = "H942 (milder) budget 5 EUR per calendar year";
    assert_eq!(with(&[("earn Base {", paid)]), [hint]);
    let found = with(&[("earn Base {", &wrong)]);
    assert_eq!(
        found.iter().filter(|found| *found != hint).collect::<Vec<_>>(),
        ["L001 every moon gives 10 points"]
    );
}

#[test]
fn a_broken_head_may_have_declared_a_cap() {
    let blocks = [
        (
            "partner",
            "pays 0.02 EUR per point earned\n  settles every month\n  budget 5 EUR per calendar year",
        ),
        ("award", "every month give 10 points\n  cap 50 points per calendar year"),
        (
            "rebate",
            "period month\n  stages are retroactive\n  stage from 500 EUR: 1%\n  pay points 15 days after period end\n  \
             cap 50 points per calendar year",
        ),
        (
            "challenge",
            "valid from 2026-03-01 to 2026-12-31\n  task Two: purchases reaches 2\n  complete all tasks\n  \
             once per day\n  give 10 points\n  cap 50 points per month",
        ),
        (
            "streak",
            "on purchase\n  each week needs 1 purchase\n  after 2 weeks give 10 points\n  cap 50 points per month",
        ),
    ];
    for (kind, lines) in blocks {
        let funded = if kind == "partner" { "  funded by Club\n" } else { "" };
        let whole = format!("{kind} Club {{\n  {lines}\n}}\n\nearn Base {{\n{funded}");
        let test = "\n\ntest \"a cap\" {\n  given member Ann { joined 2026-01-05 }\n  \
                    when 2026-02-01 10:00 purchase \"K-1\" by Ann { total 1 EUR }\n  expect cap Club of Ann has 5 left\n}\n";
        let given = "event stay {";
        let told = |head: &str| {
            let broken = whole.replace(&format!("{kind} Club {{"), head);
            let behind = format!("{}\n\n{given}", test.trim());
            let found = with(&[("earn Base {\n", &broken), (given, &behind)]);
            found.into_iter().filter(|found| !found.contains("(milder)")).collect::<Vec<_>>()
        };
        let clean = told(&format!("{kind} Club {{"));
        assert!(clean.iter().all(|found| !found.starts_with("N101")), "{kind}: {clean:?}");
        let broken = told(&format!("{kind} Cl?ub {{"));
        assert_eq!(broken, [format!("L001 {kind} Cl?ub {{")], "{kind}");
    }
}

#[test]
fn a_type_without_its_name_may_be_of_any_attribute() {
    let asks = ("when household is known", "when household is known and opted is yes");
    let with_line = |line: &str| {
        let lines = format!("household: text optional\n  {line}");
        with(&[("household: text optional", &lines), asks])
    };
    assert_eq!(with_line("opted: yes-no optional"), [""; 0]);
    for line in ["yes-no optional", "text optional", "one of [A, B] optional"] {
        assert_eq!(with_line(line), [format!("L001 {line}")]);
    }
}

#[test]
fn a_broken_head_may_have_declared_milestones() {
    let test = "test \"marks\" {\n  given member Ann {\n    joined 2026-01-05\n    milestones Goals at 40\n  }\n}\n\nevent stay {";
    let told = |head: &str| {
        let block = format!("{head}\n  count spend in month\n  at 50 EUR give 1 Welcome\n}}\n\nearn Base {{");
        with(&[("earn Base {", &block), ("event stay {", test)])
    };
    assert_eq!(told("milestones Goals {"), [""; 0]);
    assert_eq!(told("milestones new Goals {"), ["L001 milestones new Goals {"]);
    assert_eq!(told("milestones {"), ["L001 milestones {"]);
}

/// A name that is a word of the language may be taken for the kind word that is missing.
#[test]
fn a_head_without_its_kind_word_may_have_declared_its_name() {
    let told = |head: &str, lines: &str, rule: &str| {
        let block = format!("{head}\n  {lines}\n}}\n\nearn Extra {{\n  {rule}\n}}\n\nearn Base {{");
        let found = with(&[("earn Base {", &block)]);
        found.into_iter().filter(|found| !found.contains("(milder)")).collect::<Vec<_>>()
    };
    let event = |head: &str| told(head, "value: integer 1 to 9", "on benefit\n  give value as points");
    assert_eq!(event("event benefit {"), [""; 0]);
    assert_eq!(event("benefit {"), ["L001 benefit {"]);
    let event = |head: &str| told(head, "value: integer 1 to 9", "on bonus\n  give value as points");
    assert_eq!(event("event bonus {"), [""; 0]);
    assert_eq!(event("bonus {"), ["L001 bonus {", "L001 value: integer 1 to 9"]);
    let unit = |head: &str| told(head, "round down in total\n  expire never", "on purchase\n  give 2 bonus");
    assert_eq!(unit("unit bonus is spendable {"), [""; 0]);
    assert_eq!(unit("bonus is spendable {"), ["L001 bonus is spendable {"]);
}
