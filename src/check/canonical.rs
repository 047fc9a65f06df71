//! Canonical texts of compiled conditions on items: two conditions with the same meaning in the same form have the
//! same text in every version of a program, so that counters are found again.

use crate::program::{NumSubject, SymSubject, Symbol, Symbols, Test};

/// The names of item attributes, by place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'n>(pub(super) &'n [&'n str]);

/// The text of a condition.
pub(super) fn test(test: &Test, symbols: &Symbols, names: &Names<'_>) -> String {
    let inner = |part: &Test| self::test(part, symbols, names);
    match test {
        Test::And(parts) => joined(parts.iter().map(inner), " and "),
        Test::Or(parts) => joined(parts.iter().map(inner), " or "),
        Test::Not(part) => format!("not {}", inner(part)),
        Test::Sym(subject, list) => format!("{} is {}", sym(*subject, names), list_text(list, symbols)),
        Test::DatedSym(subject, ranges) => {
            let ranges =
                ranges.iter().map(|(from, to, list)| format!("{from} to {to} {}", list_text(list, symbols)));
            format!("{} is {}", sym(*subject, names), joined(ranges, " or "))
        }
        Test::Num(subject, low, high) => format!("{} is {}", num(subject, names), range(*low, *high)),
        Test::NumIn(subject, list) => {
            let list: Vec<String> = list.iter().map(i64::to_string).collect();
            format!("{} is [{}]", num(subject, names), list.join(", "))
        }
        Test::KnownSym(subject) => format!("{} is known", sym(*subject, names)),
        Test::KnownNum(subject) => format!("{} is known", num(subject, names)),
        Test::Matches(one, other, list) => {
            format!("{} matches {} {}", sym(*one, names), sym(*other, names), list_text(list, symbols))
        }
        // never part of a filter of a counter
        Test::Since(_)
        | Test::BirthdayWithin(_)
        | Test::BirthdayThisMonth
        | Test::AnyItem(_)
        | Test::Presented(_) => {
            format!("{test:?}")
        }
    }
}

fn joined(parts: impl Iterator<Item = String>, between: &str) -> String {
    let parts: Vec<String> = parts.collect();
    format!("({})", parts.join(between))
}

/// One name stands alone, several in the order of their text.
fn list_text(list: &[Symbol], symbols: &Symbols) -> String {
    let mut names: Vec<&str> = list.iter().map(|symbol| symbols.text(*symbol)).collect();
    names.sort_unstable();
    match names.as_slice() {
        [one] => format!("{one:?}"),
        _ => format!("{names:?}"),
    }
}

fn range(low: i64, high: i64) -> String {
    match (low, high) {
        (i64::MIN, high) => format!("at most {high}"),
        (low, i64::MAX) => format!("at least {low}"),
        (low, high) => format!("{low} to {high}"),
    }
}

fn sym(subject: SymSubject, names: &Names<'_>) -> String {
    match subject {
        SymSubject::Category => "category".to_owned(),
        SymSubject::Sku => "sku".to_owned(),
        SymSubject::Brand => "brand".to_owned(),
        SymSubject::Channel => "channel".to_owned(),
        SymSubject::Store => "store".to_owned(),
        SymSubject::Partner => "partner".to_owned(),
        SymSubject::Plan => "plan".to_owned(),
        SymSubject::Item(place) => attribute(place, names),
        SymSubject::Event(_) | SymSubject::Member(_) => format!("{subject:?}"),
    }
}

fn num(subject: &NumSubject, names: &Names<'_>) -> String {
    match subject {
        NumSubject::Price => "price".to_owned(),
        NumSubject::Quantity => "quantity".to_owned(),
        NumSubject::Day => "date".to_owned(),
        NumSubject::MonthDay => "day of year".to_owned(),
        NumSubject::Minute => "time".to_owned(),
        NumSubject::Weekday => "weekday".to_owned(),
        NumSubject::Month => "month".to_owned(),
        NumSubject::Item(place) => attribute(*place, names),
        _ => format!("{subject:?}"),
    }
}

fn attribute(place: u16, names: &Names<'_>) -> String {
    names.0.get(usize::from(place)).map_or_else(String::new, |name| format!("item.{name:?}"))
}
