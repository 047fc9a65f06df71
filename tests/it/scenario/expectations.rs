//! Every kind of given fact and of expectation. 2026-03-03 and 2026-02-03 are Tuesdays.

use super::{KIOSK, compiled, failures, found, tested};
use loyalty_rules::diagnostics::render;
use loyalty_rules::scenario::{never_fired, run_tests};
use pretty_assertions::assert_eq;

/// Two apples are 9.96 EUR, 4 full steps; the Tuesday doubles them, but only 2 are left of its cap.
const EVERYTHING: &str = r#"
  given member Ann {
    joined 2026-01-05
    city: Wien
    balance 100 punkte expiring 2026-12-31
    balance 2 sterne
    card Kaffeekarte at 4 stamps
    cap Dienstag used 8
    has 1 Gratiskaffee until 2026-04-30
    spent 20 EUR on 2026-01-10
    purchased 1 time on 2026-01-10
  }
  expect Ann earns 50 punkte from Wien
  expect Ann has 100 punkte
  expect Ann has 50 punkte pending
  expect Ann has 100 punkte expiring 2026-12-31
  expect Ann has 1 Gratiskaffee until 2026-04-30
  expect Ann tier is Basis
  expect card Kaffeekarte of Ann at 4 stamps
  when 2026-03-03 17:45 purchase "K-1" by Ann {
    item Äpfel 2 x 4.98 EUR, category: Obst
    item Zigaretten 1 x 8.20 EUR, category: Tabak
  }
  expect Ann earns 6 punkte
  expect Ann earns 4 punkte from Grundpunkte
  expect Ann earns 2 punkte from Dienstag
  expect Ann earns 0 punkte from Erster
  expect Ann earns 1 stern
  expect Ann earns 2 Gratiskaffee
  expect Ann earns 1 Gratiskaffee from Kaffeekarte
  expect Ann has 150 punkte
  expect Ann has 6 punkte pending
  expect Ann has 6 punkte expiring 2027-03-03
  expect Ann has 3 sterne
  expect Ann has 3 Gratiskaffee
  expect Ann has 2 Gratiskaffee until 2026-05-02
  expect Ann tier is Gold until 2027-12-31
  expect Ann tier of Stufen is Gold
  expect card Kaffeekarte of Ann at 2 stamps
  expect cap Dienstag of Ann has 0 left
  when 2026-03-05 10:00 return "R-1" of "K-1" by Ann { item Äpfel 1 x 4.98 EUR }
  expect Ann loses 3 punkte
  expect Ann loses 0 sterne
  expect Ann earns nothing
  expect card Kaffeekarte of Ann at 1 stamp
  expect cap Dienstag of Ann has 1 left
  when 2026-04-01 clock
  expect Ann earns nothing
  expect Ann has 153 punkte
  expect cap Dienstag of Ann has 10 left
  when 2027-01-01 00:00 clock
  expect 100 punkte of Ann expire
  expect 100 punkte expire
  expect 3 Gratiskaffee expire
  expect Ann has 53 punkte
  expect Ann has 0 sterne
  expect Ann tier is Gold
"#;

#[test]
fn everything_that_can_be_given_and_expected() {
    assert_eq!(failures(EVERYTHING), []);
}

#[test]
fn what_is_found_instead() {
    let setup = r#"
  given member Ann { joined 2026-01-05 }
  when 2026-03-03 17:45 purchase "K-1" by Ann { item Äpfel 2 x 4.98 EUR, category: Obst }
"#;
    for (line, instead) in [
        ("expect Ann earns 14 punkte", "Ann earned 13 punkte"),
        ("expect Ann earns 1 punkt from Dienstag", "Ann earned 4 punkte from Dienstag"),
        ("expect Ann earns 2 sterne", "Ann earned 1 stern"),
        ("expect Ann earns nothing", "Ann earned 13 punkte, 1 stern"),
        ("expect Ann loses 1 punkt", "Ann lost 0 punkte"),
        ("expect Ann has 13 punkte", "Ann has 0 punkte, and 13 punkte pending"),
        ("expect Ann has 1 punkt pending", "Ann has 13 punkte pending"),
        (
            "expect Ann has 13 punkte expiring 2027-03-31",
            "Ann has 0 punkte expiring 2027-03-31, but 13 punkte until 2027-03-03",
        ),
        ("expect Ann has 12 punkte expiring 2027-03-03", "Ann has 13 punkte expiring 2027-03-03"),
        ("expect Ann has 1 Gratiskaffee", "Ann has 0 Gratiskaffee"),
        ("expect Ann has 1 Gratiskaffee until 2026-12-31", "Ann has 0 Gratiskaffee until 2026-12-31"),
        ("expect Ann tier is Gold until 2027-12-31", "Ann is Basis"),
        ("expect Ann has benefit \"Parkplatz\"", "Ann is Basis; Gold brings it"),
        ("expect card Kaffeekarte of Ann at 1 stamp", "the card is at 2 stamps"),
        ("expect cap Dienstag of Ann has 7 left", "6 is left"),
        ("expect cap Dienstag has 7 left", "6 is left"),
        ("expect 1 punkt expire", "0 punkte expired"),
        ("expect refused", "it was not refused"),
        ("expect Bea has 0 punkte", "there is no member `Bea` yet"),
    ] {
        let found = failures(&format!("{setup}  {line}\n"));
        let first = found.first().map(|(text, found)| (text.as_str(), found.as_str()));
        assert_eq!(first, Some((line, instead)));
        assert_eq!(found.len(), 1, "{line}");
    }
}

#[test]
fn a_failure_shows_how_it_came_about() {
    let lines = r#"  given member Ann { joined 2026-01-05 }
  when 2026-03-04 17:45 purchase "K-1" by Ann { item Äpfel 3 x 4.98 EUR, category: Obst }
  expect Ann earns 14 punkte from Dienstag"#;
    let (compiled, result) = tested(lines);
    assert!(!result.passed);
    let text = render(&compiled.sources, &result.failures[0]);
    let expected = "error X951: test \"the test\" failed
  --> kiosk.loyalty:94:3
   |
94 |   expect Ann earns 14 punkte from Dienstag
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Ann earned 0 punkte from
   |                                            Dienstag
   = how: ";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("Grundpunkte") && text.contains("weekday is wednesday"), "{text}");
}

#[test]
fn refusals() {
    let lines = r#"
  given member Bo { joined 2026-02-01 }
  when 2026-02-03 12:00 purchase "B-1" by Bo { total 9 EUR }
  expect Bo earns 13 punkte
  when 2026-02-04 12:00 return "B-R" of "B-9" by Bo { all items }
  expect refused "no such purchase"
  expect Bo earns nothing
  expect Bo has 13 punkte pending
  when 2026-02-05 12:00 return "B-R" of "B-1" by Bo { total 9 EUR }
  expect Bo loses 13 punkte
  expect Bo has 0 punkte pending
"#;
    assert_eq!(failures(lines), []);
    let unexpected = r#"
  given member Bo { joined 2026-02-01 }
  when 2026-01-15 12:00 purchase "B-1" by Bo { total 9 EUR }
  expect Bo earns nothing
"#;
    let expected =
        "it was refused: too early: the member joined on 2026-02-01; events are accepted from 2026-02-01 on";
    assert_eq!(found(unexpected), [expected]);
    let other = r#"
  given member Bo { joined 2026-02-01 }
  when 2026-02-04 12:00 return "B-R" of "B-9" by Bo { all items }
  expect refused "too late"
"#;
    assert_eq!(found(other), ["it was refused: no such purchase: `B-9` is not known"]);
}

#[test]
fn money_is_told_with_the_digits_of_its_currency() {
    let lines = r#"
  given member Bo { joined 2026-02-01 }
  when 2026-02-03 12:00 purchase "B-1" by Bo { total 118.90 EUR }
  expect Bo pays 118 EUR
"#;
    assert_eq!(found(lines), ["Bo pays 118.90 EUR"]);
}

#[test]
fn facts_that_cannot_be() {
    let lines = r#"
  given member Bo {
    joined 2026-02-01
    card Kaffeekarte at 5 stamps
  }
"#;
    let found = failures(lines);
    assert_eq!(
        found,
        [("card Kaffeekarte at 5 stamps".to_owned(), "an open card has at most 4 stamps".to_owned())]
    );
}

#[test]
fn a_given_tier_holds_for_its_term_and_a_joining_before_the_program_fires_nothing() {
    let lines = r#"
  given member Cleo {
    joined 2025-06-01
    city: Wien
    tier Gold until 2026-06-30
  }
  expect Cleo earns nothing
  when 2026-06-30 23:59 clock
  expect Cleo tier is Gold until 2026-06-30
  when 2026-07-01 00:00 clock
  expect Cleo tier is Basis
"#;
    assert_eq!(failures(lines), []);
}

#[test]
fn the_clock_of_the_last_when_is_counted_and_no_earlier_one() {
    let lines = r#"
  given member Dan {
    joined 2026-01-05
    balance 7 punkte expiring 2026-02-28
  }
  when 2026-02-10 12:00 purchase "D-1" by Dan { total 4 EUR }
  expect 0 punkte expire
  when 2026-03-01 12:00 purchase "D-2" by Dan { total 4 EUR }
  expect 7 punkte of Dan expire
  expect Dan earns 2 punkte
  when 2026-03-02 12:00 purchase "D-3" by Dan { total 4 EUR }
  expect 0 punkte expire
"#;
    assert_eq!(failures(lines), []);
}

#[test]
fn rules_that_no_test_makes_fire_are_told_once() {
    let (compiled, result) = tested(
        r#"
  given member Ann { joined 2026-01-05 }
  when 2026-03-04 17:45 purchase "K-1" by Ann { item Äpfel 5 x 4.98 EUR, category: Obst }
  expect Ann earns 12 punkte from Grundpunkte
"#,
    );
    assert!(result.passed, "{:?}", result.failures);
    let finding = never_fired(&compiled, &[result]).unwrap();
    assert_eq!(finding.code.id(), "X952");
    assert_eq!(finding.message, "no test makes these 2 rules give anything");
    assert_eq!(finding.notes, ["rules: Wien, Dienstag"]);
    let untested = super::compiled(KIOSK);
    assert_eq!(never_fired(&untested, &run_tests(&untested)), None);
    let all = compiled_with(&[
        EVERYTHING,
        "given member Bo { joined 2026-02-01 }\nwhen 2026-02-03 12:00 purchase \"B\" by Bo { total 9 EUR }",
    ]);
    assert_eq!(never_fired(&all, &run_tests(&all)), None);
}

fn compiled_with(tests: &[&str]) -> loyalty_rules::Compiled {
    let tests: Vec<String> = tests
        .iter()
        .enumerate()
        .map(|(place, lines)| format!("test \"{place}\" {{\n{lines}\n}}\n"))
        .collect();
    compiled(&format!("{KIOSK}\n{}", tests.join("\n")))
}
