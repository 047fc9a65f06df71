//! A statement stands in one line. What is broken over two is refused as one thing, and never joined.

use super::read;
use pretty_assertions::assert_eq;

/// The finding of a rule with these lines in place of its `give` line.
fn told(lines: &str) -> (Vec<(&'static str, String)>, Option<String>) {
    let text = format!("earn A {{\n  on purchase\n{lines}\n}}\n");
    let read = read(&text);
    let places = read.places().iter().map(|(code, text)| (*code, (*text).to_owned())).collect();
    (places, read.found.first().and_then(|finding| finding.help.clone()))
}

#[test]
fn an_amount_over_two_lines() {
    for (lines, whole) in [
        ("  give 5\n  points", "give 5 points"),
        ("  give 1 point per 100\n    EUR", "give 1 point per 100 EUR"),
        ("  give 5 # points\n  points # of course", "give 5 points"),
        ("  when basket is at least 100\n    EUR", "when basket is at least 100 EUR"),
        // also where the first line alone would be right
        ("  give 1 point\n  per 1 EUR", "give 1 point per 1 EUR"),
    ] {
        let (places, help) = told(lines);
        assert_eq!(places.len(), 1, "{lines}: {places:?}");
        assert_eq!(places[0].0, "L001");
        assert_eq!(help, Some(format!("write it in one line: `{whole}`")), "{lines}");
    }
}

#[test]
fn an_entry_of_a_list_over_two_lines() {
    let (places, _) = told("  give choice of [400\n    points, 1 Drink] within 2 months");
    assert_eq!(places.len(), 1, "{places:?}");
    // between entries a list may be broken
    let (places, _) = told("  give choice of [400 points,\n    1 Drink] within 2 months");
    assert_eq!(places, []);
}

#[test]
fn a_statement_outside_of_all_blocks_over_two_lines() {
    for (lines, whole) in [
        ("payments\n  [Cash, Card]", "payments [Cash, Card]"),
        ("payments\n  [Cash,\n  Card] # or nothing", "payments [Cash, Card]"),
        ("cap Day: 100 points # much\nper day on [A]", "cap Day: 100 points per day on [A]"),
        ("unit stars is\nstatus", "unit stars is status"),
        (
            "unit stars is\n\n  spendable {\n  round down in total\n  expire never\n}",
            "unit stars is spendable {",
        ),
        ("earn\nB {\n  on purchase\n  give 1 point\n}", "earn B {"),
        ("import\n\"other.loyalty\"", "import \"other.loyalty\""),
        ("convert 500 points\ninto 1 Welcome at once", "convert 500 points into 1 Welcome at once"),
    ] {
        let read = read(&format!("unit points is status\n\n{lines}\n\nunit coins is status\n"));
        let found: Vec<_> =
            read.found.iter().map(|finding| (finding.code.id(), finding.help.clone())).collect();
        assert_eq!(found, [("L001", Some(format!("write it in one line: `{whole}`")))], "{lines}");
    }
}

#[test]
fn lines_outside_of_all_blocks_that_give_no_statement_are_findings_of_their_own() {
    for lines in ["payments\nCash, Card", "gibberish words\nmore of them", "payments\n## who pays\n[Cash]"] {
        let read = read(&format!("unit points is status\n\n{lines}\n"));
        assert_eq!(read.found.len(), 2, "{lines}");
    }
}

#[test]
fn two_wrong_lines_are_two_findings() {
    let (places, _) = told("  give five\n  points");
    assert_eq!(places.len(), 2, "{places:?}");
}
