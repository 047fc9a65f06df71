//! Scratch.
#[path = "../benches/shop/mod.rs"]
mod shop;
fn main() {
    let purchases = shop::purchases(2000);
    let events = shop::events(&purchases);
    let p = shop::program(shop::EIGHT_RULES);
    let mut ev = loyalty_rules::Evaluator::new();
    let n: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    if std::env::args().nth(2).is_some() {
        let h = shop::hand::events(&purchases);
        for _ in 0..n {
            std::hint::black_box(shop::hand::run(&h));
        }
        return;
    }
    for _ in 0..n {
        std::hint::black_box(shop::run(&p, &events, &mut ev));
    }
}
