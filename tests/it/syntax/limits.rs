//! Limits are checked before anything recurses; what is allowed is read, however deep.

use super::{read, read_within};
use loyalty_rules::syntax::Limits;

/// A condition in so many parentheses, in a block: one level more than that.
fn nested(levels: usize) -> String {
    format!("earn R {{\n  when {}a is b{}\n}}\nunit u is status\n", "(".repeat(levels), ")".repeat(levels))
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    let read = read(&nested(31));
    assert_eq!(read.places(), []);
    assert_eq!(read.file.blocks.len(), 2);
}

#[test]
fn nesting_beyond_the_limit_is_refused_with_its_block() {
    for levels in [32, 10_000] {
        let read = read(&nested(levels));
        assert_eq!(read.places(), [("L006", "(")]);
        assert_eq!(
            read.only().message,
            "the nesting of braces, brackets, parentheses and `not` is beyond a limit: 33 levels, at most 32"
        );
        assert_eq!(read.short(), "Unit(UnitBlock(u, Status, []))\n");
    }
}

#[test]
fn every_kind_of_nesting_counts() {
    let levels = 5_000;
    for text in [
        format!("earn R {{ when {}a is b{} }}", "not (".repeat(levels), ")".repeat(levels)),
        format!("earn R {{ when {}a is b }}", "not ".repeat(levels)),
        format!("categories {}a{}", "[".repeat(levels), "]".repeat(levels)),
        format!("earn {}{}", "R {".repeat(levels), "}".repeat(levels)),
        format!("earn R {{ {} }}", "([".repeat(levels)),
        "{".repeat(levels),
    ] {
        let read = read(&text);
        let codes: Vec<&str> = read.places().into_iter().map(|(code, _)| code).collect();
        assert!(codes.contains(&"L006"), "{codes:?}");
        assert!(codes.len() <= 2, "{codes:?}");
    }
}

#[test]
fn a_not_before_a_parenthesis_is_a_level_too() {
    let text =
        |levels: usize| format!("earn R {{ when {}a is b{} }}", "not (".repeat(levels), ")".repeat(levels));
    assert_eq!(read(&text(15)).places(), []);
    assert_eq!(read(&text(16)).places(), [("L006", "(")]);
}

#[test]
fn the_tree_is_the_same_on_a_small_stack() {
    let text = nested(31);
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let on_small = small.spawn(move || read(&text).short()).unwrap().join().unwrap();
    assert_eq!(on_small, read(&nested(31)).short());
}

#[test]
fn size_of_a_file() {
    let limits = Limits { file_bytes: 20, ..Limits::default() };
    assert_eq!(read_within("unit u is status    ", &limits).places(), []);
    let read = read_within("unit u is status     ", &limits);
    assert_eq!(read.only().message, "the file is beyond a limit: 21 bytes, at most 20");
    assert!(read.file.blocks.is_empty());
}

#[test]
fn number_of_words() {
    let limits = Limits { tokens: 4, ..Limits::default() };
    assert_eq!(read_within("unit u is status # any number of words\n", &limits).places(), []);
    let read = read_within("unit u is status\nunit v is status\n", &limits);
    assert_eq!(read.only().message, "the file is beyond a limit: 8 words, numbers and signs, at most 4");
    assert!(read.file.blocks.is_empty());
}

#[test]
fn length_of_names_and_texts() {
    let name = |letters: usize| format!("unit {} is status", "a".repeat(letters));
    assert_eq!(read(&name(256)).places(), []);
    assert_eq!(read(&name(257)).only().message, "this name is beyond a limit: 257 bytes, at most 256");
    let text = |letters: usize| format!("unit \"{}\" is status", "a".repeat(letters));
    assert_eq!(read(&text(1024)).places(), []);
    assert_eq!(read(&text(1025)).only().message, "this text is beyond a limit: 1025 bytes, at most 1024");
}

#[test]
fn entries_of_a_list() {
    let limits = Limits { list_entries: 3, ..Limits::default() };
    assert_eq!(read_within("categories [a, b, c]", &limits).places(), []);
    assert_eq!(read_within("categories [a, b, c,]", &limits).places(), []);
    let read = read_within("categories [a, b, c, d]", &limits);
    assert_eq!(read.only().message, "this list is beyond a limit: 4 entries, at most 3");
}

#[test]
fn findings_of_a_file_of_rubbish_are_bounded() {
    assert_eq!(read(&"x\n".repeat(20_000)).found.len(), 10_000);
    assert_eq!(read(&"\u{200b}\n".repeat(20_000)).found.len(), 10_000);
}
