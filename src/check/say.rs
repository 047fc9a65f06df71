//! The words of findings about whole programs: amounts, days, members and purchases that serve as examples.

use super::boxes::{Example, Key, NumKey, Set, SymSet, Var};
use crate::calendar::{Date, Weekday};
use crate::program::{AwardThing, EventKindId, Program, SymSubject, Symbol};

/// A whole number in groups of three: `1_000`.
pub(super) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// A number in a scale of 10 to the power of `decimals`: `12.5`.
pub(super) fn scaled(number: i64, decimals: u32) -> String {
    let one = 10_i64.checked_pow(decimals).unwrap_or(i64::MAX);
    let (whole, rest) = (number / one, (number % one).unsigned_abs());
    let mut text = grouped(whole);
    if rest != 0 {
        let digits = format!("{rest:0width$}", width = decimals as usize);
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text
}

/// The number of an amount, without its unit.
pub(super) fn number_of(program: &Program, thing: AwardThing, amount: i64) -> String {
    match thing {
        AwardThing::Unit(unit) => {
            scaled(amount, program.units.get(unit.index()).map_or(0, |unit| unit.decimals))
        }
        AwardThing::Voucher(_) | AwardThing::Choice(_) => grouped(amount),
    }
}

/// `50 punkte`, `1 punkt`.
pub(super) fn amount(program: &Program, thing: AwardThing, amount: i64) -> String {
    let number = number_of(program, thing, amount);
    let name = match thing {
        AwardThing::Unit(unit) => program.units.get(unit.index()).map_or("", |unit| match &unit.singular {
            Some(singular) if number == "1" => singular,
            _ => &unit.name,
        }),
        AwardThing::Voucher(voucher) => program.vouchers.get(voucher.index()).map_or("", |it| &it.name),
        // its name says how many entries may be chosen
        AwardThing::Choice(choice) => return format!("a {}", program.choice_name(choice)),
    };
    format!("{number} {}", written(name))
}

/// A name as it must be written: in quotes where it is no simple name.
pub(super) fn written(name: &str) -> String {
    let simple = name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if simple { name.to_owned() } else { format!("\"{name}\"") }
}

/// The name of an event.
pub(super) fn event(program: &Program, on: EventKindId) -> &str {
    let moment = program.moment(on).map(|moment| &*moment.name);
    moment.or_else(|| program.events.get(on.index()).map(|kind| &*kind.name)).unwrap_or("event")
}

/// `Tuesday 2026-10-06`
pub(super) fn day(date: Date) -> String {
    let word = match date.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    };
    format!("{word} {date}")
}

/// `a purchase`, `an upgrade`
pub(super) fn with_article(word: &str) -> String {
    let vowel = word.chars().next().is_some_and(|c| "aeiouAEIOU".contains(c));
    format!("{} {word}", if vowel { "an" } else { "a" })
}

/// An item of an example: `an item of category Wein`.
pub(super) fn item(program: &Program, example: &Example) -> String {
    let named = |subject| {
        let set = example.bounds.get(Var { slot: 0, key: Key::Sym(subject) }).and_then(Set::sym)?;
        name_in(program, set)
    };
    if let Some(sku) = named(SymSubject::Sku) {
        return format!("the article {sku}");
    }
    if let Some(category) = named(SymSubject::Category) {
        return format!("an item of category {category}");
    }
    match named(SymSubject::Brand) {
        Some(brand) => format!("an item of brand {brand}"),
        None => "an item".to_owned(),
    }
}

/// What else holds in an example: ` on Tuesday 2026-10-06 with channel App`. Empty if nothing does.
pub(super) fn circumstances(program: &Program, on: EventKindId, example: &Example) -> String {
    let mut text = example.day.map_or_else(String::new, |date| format!(" on {}", day(date)));
    let mut joint = " with ";
    for (var, set) in example.bounds.iter() {
        let said = match (var.key, set) {
            (Key::Sym(subject), Set::Sym(set)) => name_in(program, set).and_then(|name| {
                let word = word_of(program, on, subject)?;
                Some(format!("{word} {name}"))
            }),
            (Key::Num(NumKey::Tier(tiers)), Set::Num(set)) => set.least().and_then(|level| {
                let block = program.tiers.get(tiers as usize)?;
                let level = block.levels.get(usize::try_from(level).ok()?)?;
                Some(format!("tier {}", written(&level.name)))
            }),
            (Key::Num(NumKey::Basket), Set::Num(set)) => {
                let least = set.least().filter(|least| *least > 0);
                least.map(|least| format!("basket {} {}", scaled(least, 6), program.currency))
            }
            _ => None,
        };
        if let Some(said) = said {
            text.push_str(joint);
            text.push_str(&said);
            joint = ", ";
        }
    }
    text
}

fn name_in(program: &Program, set: &SymSet) -> Option<String> {
    let name = set.names()?.iter().find(|name| **name != Symbol::NONE && **name != Symbol::OTHER)?;
    Some(written(program.symbols.text(*name)))
}

fn word_of(program: &Program, on: EventKindId, subject: SymSubject) -> Option<String> {
    let attribute = match subject {
        SymSubject::Channel => return Some("channel".to_owned()),
        SymSubject::Store => return Some("store".to_owned()),
        SymSubject::Partner => return Some("partner".to_owned()),
        SymSubject::Plan => return Some("plan".to_owned()),
        // these are part of the item
        SymSubject::Category | SymSubject::Sku | SymSubject::Brand => return None,
        SymSubject::Item(place) => program.item_attributes.get(usize::from(place)),
        SymSubject::Member(place) => program.member_attributes.get(usize::from(place)),
        SymSubject::Event(place) => {
            program.events.get(on.index()).and_then(|kind| kind.attributes.get(usize::from(place)))
        }
    };
    attribute.map(|attribute| written(&attribute.name))
}

/// Joins words: `a`, `a and b`, `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn numbers_are_written_as_in_programs() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1_000");
        assert_eq!(grouped(-1_234_567), "-1_234_567");
        assert_eq!(scaled(12_500, 3), "12.5");
        assert_eq!(scaled(1_000_050, 2), "10_000.5");
        assert_eq!(scaled(5, 2), "0.05");
    }

    #[test]
    fn names_and_lists() {
        assert_eq!(written("Wein"), "Wein");
        assert_eq!(written("Wein & Sekt"), "\"Wein & Sekt\"");
        assert_eq!(with_article("upgrade"), "an upgrade");
        let words = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(listed(&words), "a, b and c");
    }
}
