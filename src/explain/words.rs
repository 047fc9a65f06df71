//! Names and numbers as people write them.

use crate::amount::{Money, gcd};
use crate::calendar::{Date, Weekday};
use crate::evaluate::trace::{Found, RuleTrace, Verdict};
use crate::ledger::Thing;
use crate::program::{Attribute, AttributeKind, NumSubject, Program, SymSubject, Symbol};

/// The name of a unit, voucher or card.
pub(super) fn thing_name(program: &Program, thing: Thing) -> String {
    let name = match thing {
        Thing::Unit(unit) => program.unit_name(unit),
        Thing::Voucher(voucher) => program.voucher_name(voucher),
        Thing::Stamps(card) => program.card_name(card),
        Thing::Choice(choice) => program.choice_name(choice),
        Thing::Donation(charity) => program.charity_name(charity),
    };
    name.into()
}

/// An amount of money with at least the digits of its currency.
pub(super) fn micros(micros: i64, digits: u32) -> String {
    let digits = u8::try_from(digits).unwrap_or(2);
    Money::from_micros(micros).map_or_else(|| micros.to_string(), |money| money.display(digits).to_string())
}

/// A fraction in lowest terms, a whole number if it is one.
pub(super) fn fraction(num: i128, den: i128) -> String {
    let common = i128::try_from(gcd(num.unsigned_abs(), den.unsigned_abs())).unwrap_or(1).max(1);
    let (num, den) = (num / common, den / common);
    if den == 1 { num.to_string() } else { format!("{num}/{den}") }
}

/// A fraction as a decimal text if it ends within six decimals, as a fraction otherwise.
pub(super) fn decimal(num: i128, den: i128) -> String {
    let scaled = num.checked_mul(1_000_000);
    match scaled {
        Some(scaled) if den != 0 && scaled % den == 0 => {
            let micros = i64::try_from(scaled / den).ok().and_then(Money::from_micros);
            micros.map_or_else(|| fraction(num, den), |money| money.to_string())
        }
        _ => fraction(num, den),
    }
}

/// A cap as written, with the value of the event where it has a counter for each.
pub(super) fn cap_text(
    trace: &RuleTrace,
    (id, cap): (crate::program::CapId, &crate::program::Cap),
) -> String {
    match trace.values.iter().find(|(known, _)| *known == id) {
        Some((_, value)) => format!("{} ({value})", cap.text),
        None => cap.text.to_string(),
    }
}

/// What decided that a rule did not take part.
pub(super) fn because(program: &Program, trace: &RuleTrace) -> Vec<String> {
    let rule = program.rules.get(trace.rule.index());
    let cap = |id: crate::program::CapId| {
        let cap = program.caps.get(id.index());
        cap.map_or(String::new(), |cap| format!("cap {} is used up", cap_text(trace, (id, cap))))
    };
    match trace.verdict {
        Verdict::NotValid => vec!["outside its dates".into()],
        Verdict::ConditionNotMet | Verdict::ConditionUnknown => {
            let event = rule.map_or(0, |rule| rule.on.index());
            let mut found: Vec<String> =
                trace.decided.iter().map(|found| describe(program, event, found)).collect();
            let when = rule.map_or("", |rule| &rule.when_text);
            found.push(format!("asked: {when}"));
            found
        }
        Verdict::NoItem => {
            vec![format!("no item passes: {}", rule.map_or("", |rule| &rule.items_text))]
        }
        Verdict::NoRoom(id) | Verdict::BaseWithoutRoom(id) => vec![cap(id)],
        Verdict::Replaced(by) => {
            let by = program.rules.get(by.index()).map_or("", |rule| &rule.name);
            vec![format!("`{by}` stands instead")]
        }
        Verdict::Matched => Vec::new(),
    }
}

/// What a leaf of a condition found, for a kind of event.
pub(super) fn describe(program: &Program, event: usize, found: &Found) -> String {
    let attributes = program.events.get(event).map_or(&[][..], |event| &event.attributes);
    match *found {
        Found::Num(subject, value) => {
            let (name, kind) = num_name(program, attributes, subject);
            match value {
                Some(value) => format!("{name} is {}", number(program, subject, kind, value)),
                None => format!("{name} is missing"),
            }
        }
        Found::Sym(subject, value) => {
            let name = sym_name(program, attributes, subject);
            match value {
                Some(Symbol::NONE) => format!("{name} is none"),
                Some(Symbol::OTHER) => format!("{name} is one that the program does not know"),
                Some(symbol) => format!("{name} is {}", program.symbols.text(symbol)),
                None => format!("{name} is missing"),
            }
        }
        Found::Other => "it does not hold".into(),
    }
}

fn sym_name(program: &Program, event: &[Attribute], subject: SymSubject) -> String {
    let attribute = |of: &[Attribute], place: u16| {
        of.get(usize::from(place)).map_or(String::new(), |attribute| attribute.name.to_string())
    };
    match subject {
        SymSubject::Category => "category".into(),
        SymSubject::Sku => "sku".into(),
        SymSubject::Brand => "brand".into(),
        SymSubject::Channel => "channel".into(),
        SymSubject::Store => "store".into(),
        SymSubject::Partner => "partner".into(),
        SymSubject::Plan => "plan".into(),
        SymSubject::Item(place) => attribute(&program.item_attributes, place),
        SymSubject::Event(place) => attribute(event, place),
        SymSubject::Member(place) => attribute(&program.member_attributes, place),
    }
}

fn num_name<'p>(
    program: &'p Program,
    event: &'p [Attribute],
    subject: NumSubject,
) -> (String, Option<&'p AttributeKind>) {
    let attribute = |of: &'p [Attribute], place: u16| match of.get(usize::from(place)) {
        Some(attribute) => (attribute.name.to_string(), Some(&attribute.kind)),
        None => (String::new(), None),
    };
    let name = match subject {
        NumSubject::Item(place) => return attribute(&program.item_attributes, place),
        NumSubject::Event(place) => return attribute(event, place),
        NumSubject::Member(place) => return attribute(&program.member_attributes, place),
        NumSubject::Meter(meter, _) => {
            return (program.meters.get(meter.index()).map_or(String::new(), |m| m.name.to_string()), None);
        }
        NumSubject::Tier(tiers) => match program.tiers.len() {
            1 => "tier",
            _ => {
                return (
                    format!("tier of {}", program.tiers.get(tiers.index()).map_or("", |t| &t.name)),
                    None,
                );
            }
        },
        NumSubject::Price => "price",
        NumSubject::Quantity => "quantity",
        NumSubject::Basket => "basket",
        NumSubject::BasketQuantity => "quantity of basket",
        NumSubject::SpendOn(_) => "spend on these items",
        NumSubject::QuantityOn(_) => "quantity on these items",
        NumSubject::Day | NumSubject::MonthDay => "date",
        NumSubject::Minute => "time",
        NumSubject::Weekday => "weekday",
        NumSubject::Month => "month",
        NumSubject::Age => "age",
    };
    (name.into(), None)
}

fn number(program: &Program, subject: NumSubject, kind: Option<&AttributeKind>, value: i64) -> String {
    let money = |value: i64| format!("{} {}", micros(value, program.currency_digits), program.currency);
    let day = |value: i64| i32::try_from(value).ok().and_then(Date::from_days).map(|day| day.to_string());
    let text = match (subject, kind) {
        (NumSubject::Price | NumSubject::Basket | NumSubject::SpendOn(_), _) => Some(money(value)),
        (_, Some(AttributeKind::Money)) => Some(money(value)),
        (_, Some(AttributeKind::Percent)) => Some(format!("{}%", micros(value, 0))),
        (_, Some(AttributeKind::YesNo)) => Some(if value == 1 { "yes" } else { "no" }.into()),
        (NumSubject::Day, _) | (_, Some(AttributeKind::Date)) => day(value),
        (NumSubject::MonthDay, _) => Some(format!("{:02}-{:02}", value / 100, value % 100)),
        (NumSubject::Minute, _) | (_, Some(AttributeKind::Time)) => {
            Some(format!("{:02}:{:02}", value / 60, value % 60))
        }
        (NumSubject::Weekday, _) => {
            usize::try_from(value).ok().and_then(|place| Weekday::ALL.get(place)).map(|day| day.word().into())
        }
        (NumSubject::Month, _) => usize::try_from(value - 1)
            .ok()
            .and_then(|place| crate::program::MONTHS.get(place))
            .map(|month| (*month).into()),
        (NumSubject::Tier(tiers), _) => program
            .tiers
            .get(tiers.index())
            .and_then(|tiers| tiers.levels.get(usize::try_from(value).ok()?))
            .map(|level| level.name.to_string()),
        (NumSubject::Age, _) => Some(value.to_string()),
        (NumSubject::Meter(meter, _), _) => meter_number(program, meter, value),
        _ => Some(micros(value, 0)),
    };
    text.unwrap_or_else(|| value.to_string())
}

fn meter_number(program: &Program, meter: crate::program::MeterId, value: i64) -> Option<String> {
    use crate::program::Measure;
    Some(match program.meters.get(meter.index())?.measure {
        Measure::Spend(_) => format!("{} {}", micros(value, program.currency_digits), program.currency),
        Measure::Quantity(_) => micros(value, 0),
        Measure::Unit(unit) => {
            let unit = program.units.get(unit.index())?;
            crate::amount::format_scaled(value, u8::try_from(unit.decimals).ok()?)
        }
        Measure::Purchases
        | Measure::PurchasesKept
        | Measure::Events(_)
        | Measure::Game
        | Measure::Milestones(_)
        | Measure::Years(..)
        | Measure::Cap(_) => value.to_string(),
    })
}
