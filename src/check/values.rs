//! Values: from what is written to the whole numbers of the compiled program.

use super::attributes::{Attribute, Kind};
use super::facts::Thing;
use super::lowering::Lowering;
use super::money;
use super::numbers::{self, MICRO, Misfit};
use super::subjects::{Asked, Is, Measured};
use super::times;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{NumSubject, SymSubject};
use crate::syntax::ast::{Number, Value};
use rust_decimal::Decimal;

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The number of a value, in the measure of its subject, or a finding.
    pub(super) fn number(&mut self, asked: &Asked<'f>, measured: Measured, value: &Value) -> Option<i64> {
        let span = value.span();
        match (measured, value) {
            (Measured::Money, Value::Amount(amount)) => {
                money::money(amount, self.settings(), &mut self.report)
            }
            (Measured::Number, Value::Number(number)) => numbers::micro(number.value, span, &mut self.report),
            (Measured::Whole(low, high), Value::Number(number)) => {
                self.whole_number(asked, (low, high), number.value, span)
            }
            // `nights is at least 3 nights`
            (Measured::Number, Value::Amount(amount)) if self.counts(asked, &amount.unit.text) => {
                numbers::micro(amount.number.value, span, &mut self.report)
            }
            (Measured::Whole(low, high), Value::Amount(amount)) if self.counts(asked, &amount.unit.text) => {
                self.whole_number(asked, (low, high), amount.number.value, span)
            }
            (Measured::Count, Value::Number(number)) => self.count(number),
            (Measured::Count, Value::Amount(amount)) if is_plural_of(&amount.unit.text, &asked.called) => {
                self.count(&amount.number)
            }
            (Measured::Unit(unit), Value::Number(number)) => self.in_scale(unit, number),
            (Measured::Unit(unit), Value::Amount(amount)) => match self.thing(&amount.unit)? {
                Thing::Unit(other) if other == unit => self.in_scale(unit, &amount.number),
                Thing::Unit(_) | Thing::Voucher(_) | Thing::Donation(_) => {
                    let name = self.unit_name(unit);
                    let message = format!("`{}` counts {name}, not {}", asked.called, amount.unit.text);
                    self.report.mixed(span, message, format!("write a number of {name}"));
                    None
                }
            },
            (Measured::Percent, Value::Percent(percent)) => {
                numbers::micro(percent.value, span, &mut self.report)
            }
            (Measured::Date, Value::Moment(moment)) if moment.time.is_none() => {
                times::date(moment.date, &mut self.report).map(|date| i64::from(date.days()))
            }
            (Measured::Time, Value::Time(time)) => Some(i64::from(time.minute)),
            (Measured::YesNo, Value::YesNo(yes, _)) => Some(i64::from(*yes)),
            _ => {
                let (wanted, example) = self.example(measured);
                self.wrong_value(asked, span, wanted, &example);
                None
            }
        }
    }

    fn example(&self, measured: Measured) -> (&'static str, String) {
        match measured {
            Measured::Money => ("an amount of money", format!("is at least 30 {}", self.settings().currency)),
            Measured::Number | Measured::Whole(..) | Measured::Count => {
                ("a number", "is at least 3".to_owned())
            }
            Measured::Unit(unit) => {
                ("a number of this unit", format!("is at least 100 {}", self.unit_name(unit)))
            }
            Measured::Percent => ("a percentage", "is at least 5%".to_owned()),
            Measured::Date => ("a day", "is at least 2026-03-01".to_owned()),
            Measured::Time => ("a time of the day", "is between 08:00 and 12:00".to_owned()),
            Measured::YesNo => ("`yes` or `no`", "is yes".to_owned()),
        }
    }

    /// Whether a word behind a number is the attribute itself, its singular, or how the subject is called.
    fn counts(&self, asked: &Asked<'f>, unit: &str) -> bool {
        let Is::Number(number, _) = asked.is else { return false };
        match number {
            NumSubject::Item(place) => {
                self.facts.item.counted(unit).is_some_and(|found| found.place == place)
            }
            NumSubject::Member(place) => {
                self.facts.member.counted(unit).is_some_and(|found| found.place == place)
            }
            NumSubject::Event(place) => {
                let mut events = self.facts.events.iter();
                events.any(|schema| schema.counted(unit).is_some_and(|found| found.place == place))
            }
            NumSubject::Meter(..) => is_plural_of(unit, &asked.called),
            _ => false,
        }
    }

    fn count(&mut self, number: &Number) -> Option<i64> {
        numbers::whole(number.value, (0, 1_000_000_000), ("this", number.span), &mut self.report)
    }

    /// A whole number in millionths; outside of the declared range it could never be met.
    fn whole_number(
        &mut self,
        asked: &Asked<'f>,
        ends: (i64, i64),
        value: Decimal,
        span: Span,
    ) -> Option<i64> {
        match numbers::scaled(value, 0) {
            Ok(number) if (ends.0..=ends.1).contains(&number) => numbers::scaled(value, MICRO).ok(),
            found => {
                let message = if found == Err(Misfit::TooFine) {
                    format!("`{}` is a whole number", asked.called)
                } else {
                    format!("`{}` is never {value}", asked.called)
                };
                let finding = Diagnostic::new(Code::U203, span, message)
                    .label(format!("its values are from {} to {}", ends.0, ends.1))
                    .help("write one of its values, or declare more of them");
                self.report.push(finding);
                None
            }
        }
    }

    /// Whether a value fits an attribute; used for events and members of tests.
    pub(super) fn fits(&mut self, attribute: &'f Attribute<'a>, value: &Value) -> bool {
        let called = attribute.name.text.clone();
        let span = value.span();
        let asked = |is| Asked { is, called: called.clone(), optional: None, span };
        let measured = match &attribute.kind {
            Kind::OneOf(values) => {
                let Value::Name(name) = value else {
                    self.wrong_fact(&called, span, &attribute.kind);
                    return false;
                };
                let place = SymSubject::Item(attribute.place);
                let known = asked(Is::OneOf(place, values, attribute.field.kind_span));
                return self.one_of(&known.called, values, attribute.field.kind_span, name).is_some();
            }
            Kind::Text | Kind::Name => {
                let fits = matches!(value, Value::Name(_));
                if !fits {
                    self.wrong_fact(&called, span, &attribute.kind);
                }
                return fits;
            }
            Kind::ListOfName => {
                let fits = matches!(value, Value::Name(_) | Value::Names(..));
                if !fits {
                    self.wrong_fact(&called, span, &attribute.kind);
                }
                return fits;
            }
            Kind::Integer(from, to) => Measured::Whole(*from, *to),
            Kind::Decimal => Measured::Number,
            Kind::Money => Measured::Money,
            Kind::Percent => Measured::Percent,
            Kind::Date => Measured::Date,
            Kind::Time => Measured::Time,
            Kind::YesNo => Measured::YesNo,
        };
        let sort_fits = matches!(
            (measured, value),
            (Measured::Whole(..) | Measured::Number, Value::Number(_))
                | (Measured::Money, Value::Amount(_))
                | (Measured::Percent, Value::Percent(_))
                | (Measured::Date, Value::Moment(_))
                | (Measured::Time, Value::Time(_))
                | (Measured::YesNo, Value::YesNo(..))
        );
        if !sort_fits {
            self.wrong_fact(&called, span, &attribute.kind);
            return false;
        }
        let known = asked(Is::Number(NumSubject::Item(attribute.place), measured));
        self.number(&known, measured, value).is_some()
    }

    /// U203: an attribute in a test has a value of another sort.
    fn wrong_fact(&mut self, called: &str, span: Span, kind: &Kind<'_>) {
        let written = self.text(span);
        self.report.push(
            Diagnostic::new(Code::U203, span, format!("`{called}` cannot be `{written}`"))
                .label(format!("{} is needed here", kind.called()))
                .help(format!("write {}, or declare `{called}` with another type", kind.called())),
        );
    }
}

/// Whether a word behind a number is the subject or its plural: `3 purchases` for `purchases in this month`.
fn is_plural_of(unit: &str, called: &str) -> bool {
    let first = called.split_whitespace().next().unwrap_or("");
    unit == first || first.strip_suffix('s') == Some(unit) || unit.strip_suffix('s') == Some(first)
}
