//! What holds for every text: no panic, all places inside the text, and a tree in any case.

use super::read;
use proptest::prelude::*;

const PIECES: &[&str] = &[
    "earn",
    "bonus",
    "R",
    "\"A b\"",
    "{",
    "}",
    "{\n",
    "\n}",
    "\n",
    "\n\n",
    "[",
    "]",
    "(",
    ")",
    ",",
    ":",
    "-",
    "\"",
    "#",
    "##",
    "# c\n",
    "## d\n",
    "on",
    "purchase",
    "give",
    "1",
    "1_000",
    "2,5",
    "2%",
    "10 EUR",
    "punkte",
    "per",
    "full",
    "item",
    "of",
    "spend",
    "as",
    "by",
    "tier",
    "when",
    "is",
    "not",
    "in",
    "and",
    "or",
    "at",
    "least",
    "between",
    "2026-01-01",
    "08:30",
    "12-24",
    "first",
    "cap",
    "3 times",
    "month",
    "test",
    "given",
    "member",
    "expect",
    "Ann",
    "earns",
    "unit",
    "status",
    "list",
    "tiers",
    "reach",
    "voucher",
    "grants",
    "card",
    "stamp",
    "program",
    "version",
    "valid",
    "from",
    "to",
    "expire",
    "never",
    ">=",
    "=",
    "€",
    "ä",
    "\u{200b}",
    "\t",
    "\r\n",
    "édition",
    "edition 2026\n",
    "categories",
    "import",
    "x is y",
    "award",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec((prop::sample::select(PIECES), any::<bool>()), 0..80).prop_map(|pieces| {
        pieces.into_iter().map(|(piece, space)| format!("{piece}{}", if space { " " } else { "" })).collect()
    })
}

/// A good program with some of its lines cut out, doubled or swapped.
fn shaken(text: &'static str) -> impl Strategy<Value = String> {
    let lines: Vec<&str> = text.lines().collect();
    let count = lines.len();
    prop::collection::vec((0..3, 0..count, 0..count), 1..4).prop_map(move |changes| {
        let mut lines = lines.clone();
        for (kind, one, other) in changes {
            let (one, other) = (one.min(lines.len() - 1), other.min(lines.len() - 1));
            match kind {
                0 => drop(lines.remove(one)),
                1 => lines.insert(other, lines[one]),
                _ => lines.swap(one, other),
            }
        }
        lines.join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in "(?s).{0,200}") {
        read(&text);
    }

    #[test]
    fn any_text_of_signs_is_read(text in "[a-c{}()\\[\\]\"#,:. \n0-9-]{0,120}") {
        read(&text);
    }

    #[test]
    fn any_soup_of_words_is_read(text in soup()) {
        let read = read(&text);
        let again = super::read(&text);
        prop_assert_eq!(read.file, again.file);
    }

    #[test]
    fn any_shaken_program_is_read(text in shaken(include_str!("samples/cosmetics.loyalty"))) {
        read(&text);
    }
}

/// A wrong line in a program that is right leaves all its other lines in the tree, wherever it stands.
#[test]
fn a_wrong_line_hides_nothing() {
    let text = include_str!("samples/referral.loyalty");
    let right = read(text).short();
    let lines: Vec<&str> = text.lines().collect();
    for at in 1..lines.len() {
        let mut lines = lines.clone();
        lines.insert(at, "  wrongwrong line");
        let wrong = read(&lines.join("\n"));
        assert_eq!(wrong.places(), [("L001", "wrongwrong")], "{at}");
        assert_eq!(wrong.short(), right, "{at}");
    }
}

/// Twice the text gives twice the findings and blocks; deep nesting beside it changes nothing. The time is not
/// measured: a grammar that reads any part again and again would not come to an end here.
#[test]
fn large_and_deep_texts_come_to_an_end() {
    let condition = (0..30).fold("a is b".to_owned(), |inner, level| match level % 4 {
        0 => format!("(x is y and {inner})"),
        1 => format!("({inner} or x is y)"),
        2 => format!("spend on ({inner}) is at least 3 EUR"),
        _ => format!("any item ({inner})"),
    });
    let right = format!("earn R {{\n  when {condition}\n}}\n");
    let wrong = format!("earn R {{\n  when {condition} x\n}}\n");
    for (text, findings) in [(&right, 0), (&wrong, 1)] {
        for count in [1, 50, 100] {
            let read = read(&text.repeat(count));
            assert_eq!(read.file.blocks.len(), count);
            assert_eq!(read.found.len(), findings * count);
        }
    }
    let open = format!("earn R {{\n  when {}\n}}\n", "spend on (not any item (".repeat(10));
    assert_eq!(read(&open.repeat(50)).found.len(), 50);
}
