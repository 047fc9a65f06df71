//! Histories of the gift shop that no real member has: the engine and the plain code on all of them.

use super::engine::{Engine, differences, gift_shop, gift_shop_in, plain_effects, shop_effect, shop_totals};
use super::gift_shop::{Mode, Shop};
use super::reader;
use chrono::{Days, NaiveDate};
use proptest::collection::vec;
use proptest::prelude::*;

fn day_of(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A line that is bought or comes back: article, pieces, price, whether it is postage.
fn any_line() -> impl Strategy<Value = (u8, u8, &'static str, bool)> {
    let prices = ["0.00", "0.01", "0.99", "1.00", "3.33", "3.335", "249.99", "500.00", "1000.00", "2500.00"];
    (0..3u8, 1..5u8, proptest::sample::select(prices.to_vec()), proptest::bool::weighted(0.1))
}

/// What one member does: days since the event before, a purchase or a return, lines, and for each line of a
/// return how many purchases ago it was bought.
fn any_history(first: NaiveDate) -> impl Strategy<Value = Vec<String>> {
    let lines = vec((any_line(), 0..4usize), 1..5);
    vec((0..70u32, proptest::bool::weighted(0.55), lines), 1..14).prop_map(move |events| {
        let mut day = first;
        let (mut texts, mut purchases): (Vec<String>, Vec<usize>) = (Vec::new(), Vec::new());
        for (number, (gap, buys, lines)) in events.into_iter().enumerate() {
            day = day + Days::new(gap.into());
            if day > day_of(2011, 12, 31) {
                break;
            }
            let lines = lines.into_iter().map(|((sku, pieces, price, postage), ago)| {
                let bought = purchases.iter().rev().nth(ago).filter(|_| !buys);
                let more = match bought {
                    Some(purchase) => format!(r#","returns":"{purchase}""#),
                    None if buys && postage => r#","category":"postage""#.into(),
                    None => String::new(),
                };
                format!(r#"{{"sku":"{sku}","name":"","quantity":{pieces},"unit_price":"{price}"{more}}}"#)
            });
            let lines = lines.collect::<Vec<_>>().join(",");
            let kind = if buys { "purchase" } else { "return" };
            texts.push(format!(
                r#"{{"id":"{number}","type":"{kind}","member":"Ann","at":"{day}T12:00:00+00:00","currency":"GBP","items":[{lines}]}}"#
            ));
            if buys {
                purchases.push(number);
            }
        }
        texts
    })
}

fn agree(program: loyalty_rules::Program, mode: Mode, lines: &[String]) -> Result<(), TestCaseError> {
    let events: Vec<reader::Event> = lines.iter().map(|line| reader::event(line)).collect();
    let shop = Shop::replay_in(mode, &events);
    let engine = Engine::replay(program, lines, shop_effect);
    prop_assert_eq!(differences(&plain_effects(&shop), &engine.effects), []);
    let totals = shop.totals(events.last().unwrap().day());
    prop_assert_eq!(shop_totals(&engine, totals), totals);
    Ok(())
}

#[test]
fn the_engine_agrees_on_any_year() {
    let program = gift_shop();
    proptest!(|(lines in any_history(day_of(2011, 1, 1)))| agree(program.clone(), Mode::InProportion, &lines)?);
}

#[test]

fn the_engine_agrees_on_any_two_years() {
    let program = gift_shop();
    // two years, and both levels, meet in about one history of a thousand
    proptest!(ProptestConfig::with_cases(5_000), |(lines in any_history(day_of(2010, 12, 1)))| agree(program.clone(), Mode::InProportion, &lines)?);
}

#[test]
fn the_engine_agrees_in_the_other_modes() {
    for mode in [Mode::AsIfNeverBought, Mode::InFull, Mode::Nothing] {
        let program = gift_shop_in(mode);
        proptest!(|(lines in any_history(day_of(2010, 12, 1)))| agree(program.clone(), mode, &lines)?);
    }
}

/// The level, and the last day of its term, after the last of some purchases and full returns of one article.
/// A purchase is a day and a price, a return a day and the purchase that comes back, counted from 0.
fn level_after(events: &[(&str, Result<&str, usize>)]) -> (String, Option<String>) {
    let lines: Vec<String> = events
        .iter()
        .enumerate()
        .map(|(id, (day, event))| {
            let (kind, price, of) = match event {
                Ok(price) => ("purchase", *price, String::new()),
                Err(of) => ("return", events[*of].1.unwrap(), format!(r#","returns":"{of}""#)),
            };
            format!(
                r#"{{"id":"{id}","type":"{kind}","member":"Ann","at":"{day}T12:00:00+00:00","currency":"GBP","items":[{{"sku":"A","name":"","quantity":1,"unit_price":"{price}"{of}}}]}}"#
            )
        })
        .collect();
    let engine = Engine::replay(gift_shop(), &lines, shop_effect);
    let (_, _, level, until) = engine.effects[&(events.len() - 1).to_string()].clone();
    (level, until)
}

#[test]

fn silver_by_this_years_spend_stays_when_last_years_gold_comes_back() {
    // Gold by 2010; 2011 alone is Silver until the end of 2012
    let events = [("2010-12-01", Ok("5000.00")), ("2011-01-10", Ok("2000.00")), ("2011-02-01", Err(0))];
    assert_eq!(level_after(&events), ("Silver".into(), Some("2012-12-31".into())));
}

#[test]

fn a_level_of_last_year_that_came_back_holds_no_member_up() {
    // Silver by 2010 and again by 2011; both come back, the older first
    let events = [
        ("2010-12-01", Ok("1200.00")),
        ("2011-01-10", Ok("1000.00")),
        ("2011-02-01", Err(0)),
        ("2011-02-02", Err(1)),
    ];
    assert_eq!(level_after(&events), ("Bronze".into(), None));
}

#[test]

fn silver_below_a_gold_that_came_back_has_the_term_of_the_later_year() {
    // without the 4,000 both years are Silver; the later one holds it until the end of 2012
    let events = [
        ("2010-12-01", Ok("1000.00")),
        ("2010-12-02", Ok("4000.00")),
        ("2011-01-10", Ok("1000.00")),
        ("2011-02-01", Err(1)),
    ];
    assert_eq!(level_after(&events), ("Silver".into(), Some("2012-12-31".into())));
}

#[test]
fn a_level_of_last_year_holds_when_this_years_comes_back() {
    let events = [("2010-12-01", Ok("1200.00")), ("2011-01-10", Ok("5000.00")), ("2011-02-01", Err(1))];
    assert_eq!(level_after(&events), ("Silver".into(), Some("2011-12-31".into())));
}
