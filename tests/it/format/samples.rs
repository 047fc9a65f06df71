//! Sample programs of the language, without the lines that this version does not evaluate.

use super::check;

#[test]
fn coffee_stamp_card() {
    let text = include_str!("samples/coffee_stamp_card.loyalty");
    check(text, text);
}

#[test]
fn supermarket_points() {
    let text = include_str!("samples/supermarket_points.loyalty");
    check(text, text);
}

#[test]
fn hotel_tiers() {
    let text = include_str!("samples/hotel_tiers.loyalty");
    check(text, text);
}

#[test]
fn airline_miles() {
    let text = include_str!("samples/airline_miles.loyalty");
    check(text, text);
}

#[test]
fn two_sided_referral() {
    let text = include_str!("samples/two_sided_referral.loyalty");
    check(text, text);
}

#[test]
fn cosmetics_tiers() {
    let text = include_str!("samples/cosmetics_tiers.loyalty");
    // two names have quotes that they do not need
    let expected = text.replace("\"Schönheitsclub\"", "Schönheitsclub").replace("\"App-Woche\"", "App-Woche");
    check(text, &expected);
}
