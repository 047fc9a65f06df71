//! Whole programs.

use super::read;

#[test]
fn show() {
    for (name, text) in [
        ("cafe", include_str!("samples/cafe.loyalty")),
        ("supermarket", include_str!("samples/supermarket.loyalty")),
        ("airline", include_str!("samples/airline.loyalty")),
        ("referral", include_str!("samples/referral.loyalty")),
        ("cosmetics", include_str!("samples/cosmetics.loyalty")),
        ("hotel", include_str!("samples/hotel.loyalty")),
        ("forms", include_str!("samples/forms.loyalty")),
    ] {
        let read = read(text);
        println!("== {name}: {} blocks, {} comments", read.file.blocks.len(), read.file.comments.len());
        for (code, place) in read.places() {
            println!("{code} {:?}", place);
        }
    }
}
