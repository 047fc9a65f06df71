//! Real purchases, counted twice: two loyalty programs written out by hand as plain code, without the rules
//! engine, straight from the definition of the language. What the engine says has to agree.
//!
//! The data is not part of this repository. Without the folder `../shared/data` these tests say so and pass.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "functions that tests share may panic like tests, but the lints only know functions marked as tests"
)]

mod engine;
pub(crate) mod gift_shop;
mod gift_shop_modes;
mod gift_shop_tests;
mod histories;
pub(crate) mod reader;
pub(crate) mod vending;

/// Prints two columns under a heading: what was counted, and how many.
fn table(heading: &str, rows: &[(&str, i128)]) {
    println!("{heading}");
    for (what, count) in rows {
        println!("  {what:<64}{count:>12}");
    }
}

/// Shares a whole number out in proportion to weights that are not negative: each weight first gets its
/// exact share rounded down, what is missing goes to the largest remainders, one each; of equal
/// remainders the later weight is served first. Without any weight there is nothing to share out to.
///
/// The second result tells whether a tie decided: two equal remainders of which only one was served.
fn share_out(amount: i128, weights: &[i128]) -> (Vec<i128>, bool) {
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return (vec![0; weights.len()], false);
    }
    let mut parts: Vec<i128> = weights.iter().map(|weight| amount * weight / sum).collect();
    let remainder = |at: usize| amount * weights[at] % sum;
    let missing = usize::try_from(amount - parts.iter().sum::<i128>()).unwrap();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse((remainder(at), at)));
    for &at in order.iter().take(missing) {
        parts[at] += 1;
    }
    let tie =
        missing > 0 && missing < order.len() && remainder(order[missing - 1]) == remainder(order[missing]);
    (parts, tie)
}

#[test]
fn the_odd_points_go_to_the_largest_remainders_and_then_to_the_later_lines() {
    // 20 over 1 : 1 : 1 are 6.67 each; of three equal remainders the later two are served
    assert_eq!(share_out(20, &[1, 1, 1]), (vec![6, 7, 7], true));
    // 7 over 1 : 2 : 3 are 1.17, 2.33, 3.5
    assert_eq!(share_out(7, &[1, 2, 3]), (vec![1, 2, 4], false));
    assert_eq!(share_out(0, &[0, 0]), (vec![0, 0], false));
}
