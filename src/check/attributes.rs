//! Attributes of members, items and events.

use super::facts::no_currency;
use super::numbers;
use super::report::{Once, Report};
use super::table;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{self, Symbols};
use crate::syntax::ast::{Field, FieldType, Name, SchemaBlock, SchemaLine};
use std::cell::Cell;
use std::collections::BTreeMap;

/// The largest whole number of an attribute without a declared range.
const WIDEST: i64 = 1_000_000_000_000;

/// The most attributes of one block.
const MOST_ATTRIBUTES: usize = 10_000;

/// What items, events and members carry without a declaration.
const BUILT_IN: [&str; 17] = [
    "category", "sku", "brand", "price", "quantity", "channel", "store", "partner", "basket", "date", "time",
    "weekday", "month", "tier", "plan", "age", "tax",
];

/// A declared attribute.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a Name,
    pub(super) field: &'a Field,
    /// Its place in the table of its owner: by name and code point.
    pub(super) place: u16,
    pub(super) kind: Kind<'a>,
    pub(super) used: Cell<bool>,
}

/// The type of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// Whole number, both ends included.
    Integer(i64, i64),
    Decimal,
    Money,
    Percent,
    Date,
    Time,
    Text,
    YesNo,
    Name,
    /// Names by code point.
    OneOf(Vec<&'a str>),
    ListOfName,
}

impl Kind<'_> {
    /// What a reader calls a value of it.
    pub(super) fn called(&self) -> &'static str {
        match self {
            Self::Integer(..) => "a whole number",
            Self::Decimal => "a number",
            Self::Money => "an amount of money",
            Self::Percent => "a percentage",
            Self::Date => "a date",
            Self::Time => "a time of the day",
            Self::Text => "a text",
            Self::YesNo => "`yes` or `no`",
            Self::Name | Self::ListOfName => "a name",
            Self::OneOf(_) => "one of its declared names",
        }
    }
}

/// The attributes of one owner.
#[derive(Debug)]
pub(super) struct Schema<'a> {
    by_name: BTreeMap<&'a str, Attribute<'a>>,
    /// Singular forms and the attributes that they belong to.
    singulars: BTreeMap<&'a str, &'a str>,
    /// The place of the date by which the event is judged.
    pub(super) judged: Option<u16>,
}

impl<'a> Schema<'a> {
    /// Reads a block; no block has no attributes.
    pub(super) fn new(owner: &'static str, block: Option<&'a SchemaBlock>, report: &mut Report) -> Self {
        let mut by_name: BTreeMap<&'a str, Attribute<'a>> = BTreeMap::new();
        let mut judged: Once<&'a Name> = Once::new("judged on");
        for line in block.map_or(&[][..], |block| &block.fields) {
            let field = match &line.kind {
                SchemaLine::Field(field) => field,
                SchemaLine::JudgedOn(name) => {
                    judged.set(name, line.span, report);
                    continue;
                }
            };
            let name = &field.name;
            if let Some(first) = by_name.get(name.text.as_str()) {
                table::twice("attribute", name, first.name.span, report);
                continue;
            }
            if BUILT_IN.contains(&name.text.as_str()) {
                report.say(
                    Code::N107,
                    name.span,
                    format!("`{}` is part of the language itself", name.text),
                    format!("choose another name for this attribute of the {owner}"),
                );
            }
            if by_name.len() >= MOST_ATTRIBUTES {
                let message = format!("a block has at most {MOST_ATTRIBUTES} attributes");
                report.say(Code::L006, name.span, message, "remove attributes that no rule asks for");
                break;
            }
            no_currency("attributes", name, report);
            let kind = kind(field, report);
            let used = Cell::new(false);
            by_name.insert(&name.text, Attribute { name, field, place: 0, kind, used });
        }
        for (attribute, place) in by_name.values_mut().zip(0_u16..) {
            attribute.place = place;
        }
        let singulars = singulars(&by_name, report);
        let mut schema = Self { by_name, singulars, judged: None };
        if let Some(name) = judged.value() {
            schema.judged = schema.judged_on(owner, name, report);
        }
        table::alike("attribute", schema.candidates(), report);
        schema
    }

    /// `judged on D`: the place of the date.
    fn judged_on(&self, owner: &str, name: &Name, report: &mut Report) -> Option<u16> {
        if owner != "event" {
            let message = format!("only an event is judged by a date, and this is of the {owner}");
            report.misplaced(name.span, message, "write `judged on …` into an `event` block");
            return None;
        }
        let Some(attribute) = self.by_name.get(name.text.as_str()) else {
            report.unknown("attribute of the event", &name.text, name.span, self.candidates(), "");
            return None;
        };
        attribute.used.set(true);
        if attribute.kind == Kind::Date && !attribute.field.optional {
            return Some(attribute.place);
        }
        report.push(
            Diagnostic::new(Code::U203, name.span, "an event is judged by a date that it always has")
                .label(format!("`{}` is {}", name.text, attribute.kind.called()))
                .other(attribute.field.kind_span, "declared here")
                .help("name an attribute that is declared as `date`, without `optional`"),
        );
        None
    }

    /// An attribute by its name. Does not count as use.
    pub(super) fn peek(&self, name: &str) -> Option<&Attribute<'a>> {
        self.by_name.get(name)
    }

    /// An attribute by its name or singular form. Does not count as use.
    pub(super) fn counted(&self, name: &str) -> Option<&Attribute<'a>> {
        self.by_name.get(name).or_else(|| self.by_name.get(self.singulars.get(name)?))
    }

    /// All attributes, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Attribute<'a>> {
        self.by_name.values()
    }

    /// Names and places, for "did you mean".
    pub(super) fn candidates(&self) -> impl Iterator<Item = (&str, Option<Span>)> {
        self.by_name.values().map(|attribute| (attribute.name.text.as_str(), Some(attribute.name.span)))
    }

    /// N103 for each attribute that no rule asks.
    pub(super) fn report_unused(&self, report: &mut Report) {
        for attribute in self.by_name.values().filter(|attribute| !attribute.used.get()) {
            table::unused("attribute", attribute.name, "no rule asks for it", report);
        }
    }

    /// The compiled table.
    pub(super) fn lower(&self, symbols: &mut Symbols) -> Box<[program::Attribute]> {
        self.by_name
            .values()
            .map(|attribute| program::Attribute {
                name: attribute.name.text.as_str().into(),
                kind: lowered(&attribute.kind, symbols),
            })
            .collect()
    }
}

/// Singular forms; one that could mean two attributes is a finding.
fn singulars<'a>(
    by_name: &BTreeMap<&'a str, Attribute<'a>>,
    report: &mut Report,
) -> BTreeMap<&'a str, &'a str> {
    let mut found: BTreeMap<&'a str, &'a str> = BTreeMap::new();
    for attribute in by_name.values() {
        let field: &'a Field = attribute.field;
        let Some(singular) = &field.singular else { continue };
        let owner = field.name.text.as_str();
        let other = by_name.get(singular.text.as_str()).map(|other| other.name.text.as_str());
        let first = found.insert(&singular.text, owner).or(other).filter(|other| *other != owner);
        if let Some(first) = first.and_then(|first| by_name.get(first)) {
            table::twice("singular form or attribute", singular, first.name.span, report);
        }
    }
    found
}

fn lowered(kind: &Kind<'_>, symbols: &mut Symbols) -> program::AttributeKind {
    match kind {
        Kind::Integer(from, to) => program::AttributeKind::Integer(*from, *to),
        Kind::Decimal => program::AttributeKind::Decimal,
        Kind::Money => program::AttributeKind::Money,
        Kind::Percent => program::AttributeKind::Percent,
        Kind::Date => program::AttributeKind::Date,
        Kind::Time => program::AttributeKind::Time,
        Kind::Text => program::AttributeKind::Text,
        Kind::YesNo => program::AttributeKind::YesNo,
        Kind::Name => program::AttributeKind::Name,
        Kind::OneOf(names) => {
            let mut found: Vec<_> = names.iter().map(|name| symbols.intern(name)).collect();
            found.sort_unstable();
            program::AttributeKind::OneOf(found.into())
        }
        Kind::ListOfName => program::AttributeKind::ListOfName,
    }
}

fn kind<'a>(field: &'a Field, report: &mut Report) -> Kind<'a> {
    match &field.kind {
        FieldType::Integer(None) => Kind::Integer(-WIDEST, WIDEST),
        FieldType::Integer(Some((from, to))) => {
            let what = "an end of the range";
            let low = numbers::whole(from.value, (-WIDEST, WIDEST), (what, from.span), report);
            let high = numbers::whole(to.value, (-WIDEST, WIDEST), (what, to.span), report);
            match (low, high) {
                (Some(low), Some(high)) if low <= high => Kind::Integer(low, high),
                (Some(_), Some(_)) => {
                    report.outside(
                        field.kind_span,
                        "no number lies in this range",
                        "write the smaller number first",
                    );
                    Kind::Integer(-WIDEST, WIDEST)
                }
                _ => Kind::Integer(-WIDEST, WIDEST),
            }
        }
        FieldType::Decimal => Kind::Decimal,
        FieldType::Money => Kind::Money,
        FieldType::Percent => Kind::Percent,
        FieldType::Date => Kind::Date,
        FieldType::Time => Kind::Time,
        FieldType::Text => Kind::Text,
        FieldType::YesNo => Kind::YesNo,
        FieldType::Name => Kind::Name,
        FieldType::OneOf(names) => Kind::OneOf(one_of(names, report)),
        FieldType::ListOfName => Kind::ListOfName,
    }
}

fn one_of<'a>(names: &'a [Name], report: &mut Report) -> Vec<&'a str> {
    let mut seen: BTreeMap<&'a str, Span> = BTreeMap::new();
    for name in names {
        match seen.get(name.text.as_str()) {
            Some(first) => table::twice("value", name, *first, report),
            None => {
                seen.insert(&name.text, name.span);
            }
        }
    }
    seen.into_keys().collect()
}
