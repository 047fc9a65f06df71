//! The formatter: sample programs stay as they are, messy texts become tidy, nothing is lost.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "functions that tests share may panic like tests, but the lints only know functions marked as tests"
)]

mod generate;
mod generate_conditions;
mod generate_spending;
mod generate_tests;
mod messy;
mod samples;

use loyalty_rules::diagnostics::{Code, Diagnostic, SourceFile, SourceMap, Span};
use loyalty_rules::syntax::{Limits, bare, format, parse, print, same};
use pretty_assertions::assert_eq;
use proptest::collection::vec;
use proptest::prelude::*;

fn source(text: &str) -> SourceFile {
    let mut map = SourceMap::default();
    map.add("test.loyalty", text);
    map.files()[0].clone()
}

fn formatted(text: &str) -> Result<String, Vec<Diagnostic>> {
    format(&source(text), &Limits::default())
}

/// Formats a text, and formats the result once more, which must not change it.
fn check(text: &str, expected: &str) {
    let once = formatted(text).unwrap();
    assert_eq!(once, expected);
    assert_eq!(formatted(&once).unwrap(), once);
}

#[test]
fn a_text_with_errors_is_not_formatted() {
    let findings = formatted("edition 2026\n\nearn A {\n  give 1 punkt per 2,00 EUR\n}\n").unwrap_err();
    assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::L003]);
}

#[test]
fn a_formatted_text_beyond_a_limit_is_not_written() {
    let text = "categories [a,b]";
    let limits = Limits { file_bytes: text.len(), ..Limits::default() };
    let findings = format(&source(text), &limits).unwrap_err();
    assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::L006]);
}

#[test]
fn trees_that_say_something_else_are_not_the_same() {
    let tree = |text: &str| parse(&source(text), &Limits::default()).0;
    let text = "earn A {\n  on purchase\n  give 1 punkt per full 2 EUR\n}\n";
    assert!(same(&tree(text), &tree("earn A{ give 1 punkt per full 2.00 EUR\n\n on purchase\n}")));
    for other in [
        text.replace("full ", ""),
        text.replace("2 EUR", "3 EUR"),
        text.replace("purchase", "joining"),
        text.replace("earn", "bonus"),
        text.replace('A', "B"),
        text.replace("purchase", "purchase # and more"),
        format!("## Says what it is for.\n{text}"),
    ] {
        assert!(!same(&tree(text), &tree(&other)), "{other}");
    }
}

/// A tree as text, read again.
fn read_back(text: &str) -> Result<loyalty_rules::syntax::ast::File, TestCaseError> {
    let (file, findings) = parse(&source(text), &Limits::default());
    let wrong: Vec<_> = findings.iter().filter(|finding| finding.code != Code::L005).collect();
    prop_assert!(wrong.is_empty(), "{text}\n{wrong:?}");
    Ok(file)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// L17: reading what was printed gives the tree back, and printing that gives the text back.
    #[test]
    fn printing_and_reading_lose_nothing(bytes in vec(any::<u8>(), 0..600)) {
        let file = generate::Choices::new(bytes).file();
        let text = print(&file);
        let again = read_back(&text)?;
        prop_assert_eq!(bare(&again), bare(&file), "{}", text);
        prop_assert_eq!(print(&again), text);
    }

    /// L17 with comments: wherever they stand, none is lost, and formatting twice is formatting once.
    #[test]
    fn comments_anywhere_are_kept(bytes in vec(any::<u8>(), 0..400), places in vec(any::<u16>(), 0..12)) {
        let file = generate::Choices::new(bytes).file();
        let text = with_comments(&print(&file), &places);
        let once = formatted(&text).map_err(|findings| TestCaseError::fail(format!("{text}\n{findings:?}")))?;
        prop_assert_eq!(once.matches("#~").count(), text.matches("#~").count(), "{}\n{}", text, once);
        prop_assert_eq!(formatted(&once).unwrap(), once);
    }
}

/// Puts comments behind some lines and between others, also inside of broken lists and conditions.
fn with_comments(text: &str, places: &[u16]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (index, place) in places.iter().enumerate() {
        let at = usize::from(*place) / 2 % (lines.len() + 1);
        let follows_doc = at > 0 && lines[at - 1].starts_with("##");
        if place % 2 == 0 && !follows_doc {
            lines.insert(at, format!("   #~ {index}"));
        } else if let Some(line) = lines.get_mut(at)
            && !line.contains('#')
        {
            line.push_str(&format!("  #~ {index}"));
        }
    }
    lines.join("\n")
}

#[test]
fn the_place_of_a_refusal_is_in_the_given_file() {
    let mut map = SourceMap::default();
    map.add("a.loyalty", "categories [a]");
    let text = "categories [a,b]";
    map.add("b.loyalty", text);
    let limits = Limits { file_bytes: text.len(), ..Limits::default() };
    let findings = format(&map.files()[1], &limits).unwrap_err();
    assert_eq!(findings[0].primary.span, Span::new(15, 15));
}
