//! The gift shop with each mode of returns: small cases worked out by hand, and the whole file twice.

use super::engine::{Engine, differences, gift_shop_in, plain_effects, shop_effect, shop_totals};
use super::gift_shop::{Mode, Shop, Tier, whole_file_in};
use super::gift_shop_tests::{OF_1, day, effect, made};
use super::reader;
use pretty_assertions::assert_eq;

#[test]
fn each_mode_takes_back_its_part() {
    // 3 of 3.40 and 2 of 0.70 are 11.60: 22 points, of 10.20 : 1.40 are 19.34 and 2.66
    let events = [
        made("purchase", "1", "2011-02-01", &[("A", 3, "3.40", ""), ("B", 2, "0.70", "")]),
        made("return", "C1", "2011-02-02", &[("A", 1, "3.40", OF_1)]),
        made("return", "C2", "2011-02-03", &[("B", 2, "0.70", OF_1)]),
    ];
    let taken = |mode: Mode| {
        let shop = Shop::replay_in(mode, &events);
        ["C1", "C2"].map(|id| effect(&shop, id).1)
    };
    // a third of 19, then all of 3
    assert_eq!(taken(Mode::InProportion), [[6, 0], [3, 0]]);
    // 8.20 are left, 16 points; then 6.80, 12 points
    assert_eq!(taken(Mode::AsIfNeverBought), [[6, 0], [4, 0]]);
    assert_eq!(taken(Mode::InFull), [[22, 0], [0, 0]]);
    assert_eq!(taken(Mode::Nothing), [[0, 0], [0, 0]]);
}

#[test]
fn the_level_of_the_purchase_counts_and_the_spend_goes_down_by_what_comes_back() {
    let events = [
        made("purchase", "0", "2011-02-01", &[("C", 1, "1000.00", "")]),
        // as Silver: 2,000 points and 500 more
        made("purchase", "1", "2011-02-02", &[("A", 2, "500.00", "")]),
        made("return", "C0", "2011-02-03", &[("C", 1, "1000.00", r#","returns":"0""#)]),
        // 1,000 pounds are spent, then 500
        made("return", "C1", "2011-02-04", &[("A", 1, "500.00", OF_1)]),
    ];
    let last = |mode: Mode| effect(&Shop::replay_in(mode, &events), "C1");
    assert_eq!(last(Mode::InProportion), ([0, 0], [1_000, 250], Tier::Bronze));
    assert_eq!(last(Mode::AsIfNeverBought), ([0, 0], [1_000, 250], Tier::Bronze));
    assert_eq!(last(Mode::InFull), ([0, 0], [2_000, 500], Tier::Bronze));
    assert_eq!(last(Mode::Nothing), ([0, 0], [0, 0], Tier::Silver));
}

#[test]
fn what_expired_counts_as_taken_in_each_mode() {
    // 1.50 are 2 points until 30 June, 9.50 are 18
    let events = [
        made("purchase", "1", "2010-12-31", &[("A", 1, "1.50", ""), ("B", 1, "9.50", "")]),
        made("return", "C1", "2011-06-30", &[("A", 1, "1.50", OF_1)]),
        made("return", "C2", "2011-07-01", &[("B", 1, "9.50", OF_1)]),
    ];
    let sums = |mode: Mode| {
        let totals = Shop::replay_in(mode, &events).totals(day(2011, 7, 1));
        (totals.issued, totals.taken_back, totals.expired)
    };
    // 22 points, of 1.50 : 9.50 are 3 and 19
    assert_eq!(sums(Mode::InProportion), (22, 3, 19));
    // 9.50 alone are 18
    assert_eq!(sums(Mode::AsIfNeverBought), (22, 4, 18));
    assert_eq!(sums(Mode::InFull), (22, 22, 0));
    assert_eq!(sums(Mode::Nothing), (22, 0, 22));
}

/// Counts the whole file in a mode, by hand and by the engine.
fn both_agree_in(mode: Mode) {
    let Some(lines) = reader::lines("online-retail.jsonl.gz") else { return };
    println!("{mode:?}");
    let (shop, now) = whole_file_in(mode).unwrap();
    let engine = Engine::replay(gift_shop_in(mode), &lines, shop_effect);
    assert_eq!(differences(&plain_effects(&shop), &engine.effects), []);
    let totals = shop.totals(now);
    totals.print();
    assert_eq!(shop_totals(&engine, totals), totals);
    // every point is somewhere
    let kept = totals.pending + totals.available + totals.expired;
    assert_eq!(kept + totals.taken_back, totals.issued);
    assert_eq!(totals.taken_back > 0, mode != Mode::Nothing);
}

#[test]
fn the_engine_agrees_on_the_gift_shop_as_if_never_bought() {
    both_agree_in(Mode::AsIfNeverBought);
}

#[test]
fn the_engine_agrees_on_the_gift_shop_in_full() {
    both_agree_in(Mode::InFull);
}

#[test]
fn the_engine_agrees_on_the_gift_shop_with_nothing_taken_back() {
    both_agree_in(Mode::Nothing);
}
