//! Whole programs through the public door.

use loyalty_rules::check::{Compiled, Findings, Sources, compile};
use loyalty_rules::diagnostics::SourceMap;
use loyalty_rules::syntax::{self, Limits};
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use std::path::PathBuf;

const SAMPLES: [&str; 6] = ["airline", "cafe", "cosmetics", "hotel", "referral", "supermarket"];

fn sample(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/samples/{name}.loyalty"));
    std::fs::read_to_string(path).unwrap()
}

fn compiled(text: impl Into<String>) -> Result<Compiled, Findings> {
    compile(&Sources::single("test.loyalty", text), &Limits::default())
}

fn fingerprint(text: impl Into<String>) -> String {
    compiled(text).unwrap_or_else(|findings| panic!("{findings}")).program.fingerprint()
}

/// Either a program, or at least one error; and every finding can be shown.
fn judged(text: String) {
    if let Err(findings) = compiled(text.as_str()) {
        assert!(!findings.list.is_empty(), "refused without a reason:\n{text}");
        let _ = findings.to_string();
    }
}

/// A program in top-level parts: blocks with their comments, each ended by a line feed.
fn blocks(text: &str) -> (String, Vec<String>) {
    let (edition, rest) = text.split_once("\n\n").unwrap();
    let blocks = rest.split("\n\n").map(|block| format!("{}\n", block.trim_end())).collect();
    (format!("{edition}\n\n"), blocks)
}

#[test]
fn formatting_changes_no_fingerprint() {
    for name in SAMPLES {
        let text = sample(name);
        let mut map = SourceMap::default();
        map.add("test.loyalty", text.as_str());
        let formatted = syntax::format(&map.files()[0], &Limits::default()).unwrap();
        let squeezed = text.replace("1_000", "1000").replace(" [", "   [  ");
        assert_eq!(fingerprint(formatted), fingerprint(text.as_str()), "{name}");
        assert_eq!(fingerprint(squeezed), fingerprint(text.as_str()), "{name}");
    }
}

#[test]
fn versions_of_a_program_differ() {
    let text = sample("supermarket");
    for (from, to) in [
        ("version 4", "version 5"),
        ("per full 2 EUR", "per full 3 EUR"),
        ("1_000 punkte", "999 punkte"),
        ("Pfand, Gutscheinkarten]\n\n", "Pfand]\n\n"),
        ("in total", "per item"),
        ("within 60 days", "within 61 days"),
        ("is tuesday", "is monday"),
    ] {
        let other = text.replacen(from, to, 1);
        assert!(other != text, "{from}");
        assert!(fingerprint(other) != fingerprint(text.as_str()), "{from}");
    }
}

#[test]
fn a_line_that_is_cut_out_or_doubled_is_judged() {
    for name in SAMPLES {
        let text = sample(name);
        let lines: Vec<&str> = text.lines().collect();
        for cut in 0..lines.len() {
            let keep = |doubled: usize| {
                let lines = lines.iter().enumerate();
                let lines = lines
                    .flat_map(|(at, line)| std::iter::repeat_n(*line, if at == cut { doubled } else { 1 }));
                lines.collect::<Vec<&str>>().join("\n")
            };
            judged(keep(0));
            judged(keep(2));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_blocks_means_nothing(name in prop::sample::select(&SAMPLES[..]), seed in any::<u64>()) {
        let text = sample(name);
        let (head, mut parts) = blocks(&text);
        let mut state = seed | 1;
        for last in (1..parts.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            parts.swap(last, (state >> 33) as usize % (last + 1));
        }
        let shuffled = format!("{head}{}", parts.join("\n"));
        prop_assert_eq!(fingerprint(shuffled), fingerprint(text));
    }

    #[test]
    fn words_of_other_places_are_judged(
        name in prop::sample::select(&SAMPLES[..]),
        swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
    ) {
        let text = sample(name);
        let mut words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
        for (one, other) in swaps {
            let (one, other) = (one.index(words.len()), other.index(words.len()));
            words.swap(one, other);
        }
        judged(words.concat());
    }

    #[test]
    fn numbers_of_any_size_are_judged(
        name in prop::sample::select(&SAMPLES[..]),
        which in any::<prop::sample::Index>(),
        number in prop_oneof![
            Just("0".to_owned()), Just("0.0000001".to_owned()), Just("999999999999999999".to_owned()),
            Just("79228162514264337593543950335".to_owned()), "[0-9]{1,20}(\\.[0-9]{1,9})?",
        ],
    ) {
        let text = sample(name);
        let mut words: Vec<String> = text.split_inclusive(char::is_whitespace).map(str::to_owned).collect();
        let places: Vec<usize> = words
            .iter()
            .enumerate()
            .filter(|(_, word)| word.starts_with(|c: char| c.is_ascii_digit()))
            .map(|(place, _)| place)
            .collect();
        let place = places[which.index(places.len())];
        let end = words[place].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '_').to_owned();
        words[place] = format!("{number}{end}");
        judged(words.concat());
    }
}
