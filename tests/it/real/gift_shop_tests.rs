//! Small cases of the gift shop, worked out by hand, and the whole file.

use super::gift_shop::*;
use super::reader::{Event, event};
use chrono::NaiveDate;

pub(super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// An event of the member Ann; an item is sku, quantity, price, and what else is in its JSON.
pub(super) fn made(kind: &str, id: &str, day: &str, items: &[(&str, u32, &str, &str)]) -> Event {
    let items: Vec<String> = items
        .iter()
        .map(|(sku, quantity, price, more)| {
            format!(r#"{{"sku":"{sku}","quantity":{quantity},"unit_price":"{price}"{more}}}"#)
        })
        .collect();
    let items = items.join(",");
    event(&format!(
        r#"{{"id":"{id}","type":"{kind}","member":"Ann","at":"{day}T10:00:00+00:00","items":[{items}]}}"#
    ))
}

/// Points issued and taken by one event, and the tier after it.
pub(super) fn effect(shop: &Shop, id: &str) -> ([i128; 2], [i128; 2], Tier) {
    let effect = shop.effects[id];
    assert!(!effect.refused);
    (effect.issued, effect.taken, effect.tier)
}

pub(super) const OF_1: &str = r#","returns":"1""#;

#[test]
fn goods_earn_postage_does_not_and_a_third_comes_back() {
    let shop = Shop::replay(&[
        made(
            "purchase",
            "1",
            "2011-01-12",
            &[("L", 3, "3.40", ""), ("POST", 1, "15.00", r#","category":"postage""#)],
        ),
        made("return", "C1", "2011-01-20", &[("L", 1, "3.40", OF_1)]),
    ]);
    assert_eq!(effect(&shop, "1"), ([20, 0], [0, 0], Tier::Bronze));
    assert_eq!(effect(&shop, "C1"), ([0, 0], [6, 0], Tier::Bronze));
    assert_eq!(shop.totals(day(2011, 1, 25)).pending, 14);
    assert_eq!(shop.totals(day(2011, 1, 26)).available, 14);
    // six months after 12 January, to the month's end
    assert_eq!(shop.totals(day(2011, 7, 31)).available, 14);
    assert_eq!(shop.totals(day(2011, 8, 1)).expired, 14);
}

#[test]
fn silver_at_1_000_pounds_and_bronze_when_they_come_back() {
    let shop = Shop::replay(&[
        made("purchase", "1", "2011-02-01", &[("C", 1, "1000.00", "")]),
        made("purchase", "2", "2011-02-02", &[("V", 1, "10.50", "")]),
        made("return", "C1", "2011-02-03", &[("C", 1, "1000.00", OF_1)]),
        made("purchase", "3", "2011-02-04", &[("V", 1, "989.49", "")]),
        made("purchase", "4", "2011-02-04", &[("V", 1, "0.01", "")]),
    ]);
    assert_eq!(effect(&shop, "1"), ([2_000, 0], [0, 0], Tier::Silver));
    assert_eq!(effect(&shop, "2"), ([20, 5], [0, 0], Tier::Silver));
    assert_eq!(shop.effects["2"].until, Some(day(2012, 12, 31)));
    assert_eq!(shop.effects["C1"].until, None);
    assert_eq!(effect(&shop, "C1"), ([0, 0], [2_000, 0], Tier::Bronze));
    assert_eq!(effect(&shop, "3"), ([1_978, 0], [0, 0], Tier::Bronze));
    assert_eq!(effect(&shop, "4"), ([0, 0], [0, 0], Tier::Silver));
}

#[test]
fn a_level_of_the_year_before_stays_when_this_years_spend_comes_back() {
    let shop = Shop::replay(&[
        made("purchase", "0", "2010-12-02", &[("C", 1, "1200.00", "")]),
        made("purchase", "1", "2011-01-10", &[("C", 1, "5000.00", "")]),
        made("return", "C1", "2011-01-11", &[("C", 1, "5000.00", OF_1)]),
        made("return", "C0", "2011-01-12", &[("C", 1, "1200.00", r#","returns":"0""#)]),
    ]);
    // 10,000 points and a quarter more
    assert_eq!(effect(&shop, "1"), ([10_000, 2_500], [0, 0], Tier::Gold));
    assert_eq!(effect(&shop, "C1"), ([0, 0], [10_000, 2_500], Tier::Silver));
    assert_eq!(shop.effects["1"].until, Some(day(2012, 12, 31)));
    assert_eq!(shop.effects["C1"].until, Some(day(2011, 12, 31)));
    assert_eq!(effect(&shop, "C0"), ([0, 0], [2_400, 0], Tier::Bronze));
}

#[test]
fn what_expired_counts_as_taken() {
    let bought = made("purchase", "1", "2010-12-31", &[("A", 2, "5.00", "")]);
    let shop = Shop::replay(&[
        bought,
        made("return", "C1", "2011-06-30", &[("A", 1, "5.00", OF_1)]),
        made("return", "C2", "2011-07-01", &[("A", 1, "5.00", OF_1)]),
    ]);
    assert_eq!(effect(&shop, "C1").1, [10, 0]);
    assert_eq!(effect(&shop, "C2").1, [0, 0]);
    let totals = shop.totals(day(2011, 7, 1));
    assert_eq!((totals.taken_back, totals.expired, totals.available), (10, 10, 0));
}

#[test]
fn lines_of_the_same_price_go_first_and_each_up_to_its_pieces() {
    let shop = Shop::replay(&[
        // 6 pounds are 12 points: 4 and 8
        made("purchase", "1", "2011-02-01", &[("A", 2, "1.00", ""), ("A", 2, "2.00", "")]),
        // half of the second line
        made("return", "C1", "2011-02-02", &[("A", 1, "2.00", OF_1)]),
        // the other half, and with 2 pounds the whole value of the first line, though one piece stays
        made("return", "C2", "2011-02-02", &[("A", 2, "2.00", OF_1)]),
        made("return", "C3", "2011-02-02", &[("A", 1, "1.00", OF_1)]),
    ]);
    assert_eq!(effect(&shop, "C1").1, [4, 0]);
    assert_eq!(effect(&shop, "C2").1, [8, 0]);
    assert_eq!(effect(&shop, "C3").1, [0, 0]);
}

#[test]
fn more_pieces_than_are_left_refuse_the_whole_return() {
    let shop = Shop::replay(&[
        made("purchase", "1", "2011-02-01", &[("A", 1, "5.00", ""), ("B", 1, "5.00", "")]),
        made("return", "C1", "2011-02-02", &[("A", 1, "5.00", OF_1), ("B", 2, "5.00", OF_1)]),
    ]);
    assert!(shop.effects["C1"].refused);
    assert_eq!(shop.totals(day(2011, 2, 2)).pending, 20);
    let unmatched = Shop::replay(&[made("return", "C1", "2011-02-02", &[("A", 1, "5.00", "")])]);
    assert_eq!(effect(&unmatched, "C1"), ([0, 0], [0, 0], Tier::Bronze));
    assert_eq!(unmatched.totals(day(2011, 2, 2)).bronze, 1);
}

#[test]
fn the_real_shop() {
    let Some((shop, now)) = whole_file() else { return };
    let totals = shop.totals(now);
    totals.print();
    shop.doubts_at_the_end().print();
    // counted by whoever made the file
    assert_eq!(now, day(2011, 12, 9));
    assert_eq!((totals.events, totals.members), (16_965, 3_426));
    assert_eq!(shop.value_of_purchases(), 6_785_158_692_000);
    // every point is somewhere, every member on one level
    let kept = totals.pending + totals.available + totals.expired;
    assert_eq!(kept + totals.taken_back, totals.issued);
    assert_eq!(totals.bronze + totals.silver + totals.gold, totals.members);
    assert_eq!(expected_gift_shop(), Some(totals));
}
