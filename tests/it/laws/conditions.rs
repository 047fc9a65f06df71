//! Generated conditions.

use super::draw::Draw;

const ITEM: [&str; 14] = [
    "category is Wein",
    "category is not Tabak",
    "category is in [Obst, Wein]",
    "category is not in Auswahl",
    "brand is Nord",
    "sku is A1",
    "price is at least 1 EUR",
    "quantity is at least 2",
    "tag is neu",
    "litres is more than 0.5",
    "category is unknown",
    "weekday is in [saturday, sunday]",
    "tag is known",
    "tier is at least Silver",
];

/// What only a purchase can be asked.
const PURCHASE: [&str; 14] = [
    "basket is at least 10 EUR",
    "basket is between 0.01 EUR and 50 EUR",
    "channel is Web",
    "channel is not Web",
    "store is in [S1, S2]",
    "spend on (category is Obst) is at least 5 EUR",
    "quantity on (category is Wein) is at least 1",
    "quantity of basket is at least 3",
    "any item (category is Wein and price is less than 10 EUR)",
    "code is ABC",
    "km is at least 10",
    "code is unknown",
    "store is S1",
    "any item (sku is A1)",
];

/// What every event can be asked.
const MEMBER: [&str; 17] = [
    "weekday is in [tuesday, sunday]",
    "first purchase",
    "purchases so far is at least 2",
    "purchases in last 30 days is at most 3",
    "spend in this month is at least 20 EUR",
    "time is between 02:00 and 14:00",
    "time since joining is at most 30 days",
    "level is x",
    "month is in [february, march, october]",
    "date is between 02-15 and 03-31",
    "points so far is at least 5",
    "spend on (category is Wein) in last 2 months is at least 10 EUR",
    "birthday this month",
    "spend in previous month is at least 5 EUR",
    "time since last purchase is at least 7 days",
    "points in this week is at most 20",
    "tier is at least Silver",
];

/// A condition of `for items where`.
pub(super) fn of_item(draw: &mut Draw<'_>, tiers: bool) -> String {
    joined(draw, |draw| draw.one(&ITEM[..ITEM.len() - usize::from(!tiers)]).to_owned())
}

/// A condition of `when`.
pub(super) fn of_event(draw: &mut Draw<'_>, on: &str, tiers: bool) -> String {
    let member = &MEMBER[..MEMBER.len() - usize::from(!tiers)];
    let all: Vec<&str> =
        if on == "purchase" { PURCHASE.iter().chain(member).copied().collect() } else { member.to_vec() };
    joined(draw, |draw| draw.one(&all).to_owned())
}

/// One condition, two joined by `and` or `or`, or one under `not`.
fn joined(draw: &mut Draw<'_>, one: impl Fn(&mut Draw<'_>) -> String) -> String {
    match draw.below(8) {
        5 => format!("{} and {}", one(draw), one(draw)),
        6 => format!("{} or {}", one(draw), one(draw)),
        7 => format!("not ({})", one(draw)),
        _ => one(draw),
    }
}
