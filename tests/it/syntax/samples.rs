//! Whole programs: what this version evaluates is read, the rest is refused by name and hides nothing.

use super::read;

#[test]
fn stamp_card() {
    let read = read(include_str!("samples/cafe.loyalty"));
    assert_eq!(read.places(), []);
    assert_eq!(read.file.edition.as_ref().map(|edition| edition.year), Some(2026));
    assert_eq!(read.file.blocks.len(), 6);
    assert_eq!(
        read.file.blocks[2].doc[0].text,
        "One coffee of any size, handed out automatically when a card is full."
    );
    let heads: Vec<&str> = read.file.blocks.iter().map(|block| read.map.text(block.head)).collect();
    assert_eq!(
        heads,
        [
            "program \"Café Käthe\"",
            "categories",
            "voucher Gratiskaffee",
            "card Kaffeekarte",
            "test \"a new card starts with two stamps\"",
            "test \"the tenth stamp gives a free coffee and the rest carries over\"",
        ]
    );
    let comment = &read.file.comments[0];
    assert!(comment.own_line);
    assert_eq!(comment.text, " five coffees, but only three stamps a day: 9 + 3 = 12 = one full card + 2");
}

#[test]
fn supermarket() {
    let read = read(include_str!("samples/supermarket.loyalty"));
    assert_eq!(read.places(), []);
    assert_eq!(read.file.blocks.len(), 13);
}

#[test]
fn airline() {
    let read = read(include_str!("samples/airline.loyalty"));
    assert_eq!(read.places(), []);
    assert_eq!(read.file.blocks.len(), 14);
}

#[test]
fn friends() {
    let read = read(include_str!("samples/referral.loyalty"));
    assert_eq!(read.places(), []);
    assert_eq!(read.file.blocks.len(), 8);
}

#[test]
fn cosmetics() {
    let read = read(include_str!("samples/cosmetics.loyalty"));
    assert_eq!(read.places(), []);
    assert_eq!(read.file.blocks.len(), 20);
}

#[test]
fn hotel() {
    let read = read(include_str!("samples/hotel.loyalty"));
    let later: [(&str, &str); 0] = [];
    assert_eq!(read.places(), later);
    assert_eq!(read.file.blocks.len(), 15);
}

/// Every form of the whole language is read.
#[test]
fn every_form_of_the_whole_language() {
    let read = read(include_str!("samples/forms.loyalty"));
    assert_eq!(read.places(), Vec::<(&str, &str)>::new());
}
