//! From what pest read to the tree: names, numbers, dates and what is made of them.

use super::ast::{
    Amount, Date, Duration, DurationUnit, Moment, MonthDay, Name, Number, Percent, Period, PeriodKind, Tail,
    TailKind, Text, Time,
};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::numbers::{Written, read};
use crate::diagnostics::{Code, Diagnostic, Span};
use chrono::NaiveDate;
use pest::iterators::Pair;
use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

/// A name without its quotes, in the one form in which names are compared.
pub(super) fn unquoted(written: &str) -> String {
    without_quotes(written).nfc().collect()
}

fn without_quotes(written: &str) -> &str {
    written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(written)
}

fn wrong(span: Span, message: impl Into<String>, help: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Code::L001, span, message).help(help))
}

impl Builder<'_> {
    pub(super) fn name(&mut self, parts: &mut Parts<'_>) -> Made<Name> {
        let pair = parts.need(Rule::name)?;
        Ok(self.name_of(&pair))
    }

    pub(super) fn name_of(&mut self, pair: &Pair<'_, Rule>) -> Name {
        let name = Name { text: unquoted(pair.as_str()), span: self.span(pair) };
        if name.text.trim().is_empty() {
            self.found.push(
                Diagnostic::new(Code::L001, name.span, "a name is empty")
                    .help("write at least one letter or digit between the quotes"),
            );
        }
        name
    }

    /// Takes a name if one stands next.
    pub(super) fn maybe_name(&mut self, parts: &mut Parts<'_>) -> Made<Option<Name>> {
        if parts.peek() == Some(Rule::name) { self.name(parts).map(Some) } else { Ok(None) }
    }

    pub(super) fn text(&mut self, parts: &mut Parts<'_>) -> Made<Text> {
        let pair = parts.need(Rule::string)?;
        Ok(Text { text: without_quotes(pair.as_str()).to_owned(), span: self.span(&pair) })
    }

    /// Takes a quoted text if one stands next.
    pub(super) fn maybe_text(&mut self, parts: &mut Parts<'_>) -> Made<Option<Text>> {
        if parts.peek() == Some(Rule::string) { self.text(parts).map(Some) } else { Ok(None) }
    }

    /// `[a, b]`
    pub(super) fn names(&mut self, parts: &mut Parts<'_>) -> Made<(Vec<Name>, Span)> {
        let (span, inner) = self.enter(parts, Rule::names_lit)?;
        Ok((self.names_in(inner)?, span))
    }

    fn names_in(&mut self, mut inner: Parts<'_>) -> Made<Vec<Name>> {
        let mut names = Vec::new();
        while inner.peek().is_some() {
            if inner.peek() == Some(Rule::name) {
                names.push(self.name(&mut inner)?);
            } else {
                inner.any()?;
            }
        }
        Ok(names)
    }

    /// The value of a number; `behind` is what it counts, for the help of a finding.
    fn value_of(&mut self, digits: &str, span: Span, behind: &str) -> Made<Decimal> {
        match read(digits) {
            Written::Good(value) => Ok(value),
            Written::TooLong => {
                let message = "this number is beyond a limit: more than 28 digits";
                Err(Box::new(Diagnostic::new(Code::L006, span, message)))
            }
            Written::Odd { message, value, instead } => {
                let forms: Vec<String> = instead.iter().map(|text| format!("`{text}{behind}`")).collect();
                let mut finding = Diagnostic::new(Code::L003, span, message)
                    .label("here")
                    .help(format!("write {}", forms.join("\nor    ")));
                if let [only] = instead.as_slice() {
                    let percent = if behind.starts_with('%') { "%" } else { "" };
                    finding = finding.fix(format!("{only}{percent}"));
                }
                self.found.push(finding);
                Ok(value)
            }
        }
    }

    pub(super) fn number(&mut self, parts: &mut Parts<'_>) -> Made<Number> {
        let behind = match parts.text_behind() {
            Some(text) if text.starts_with(|c: char| c.is_alphabetic() || c == '"') => format!(" {text}"),
            _ => String::new(),
        };
        let pair = parts.need(Rule::number)?;
        let span = self.span(&pair);
        Ok(Number { value: self.value_of(pair.as_str(), span, &behind)?, span })
    }

    /// A number before a colon.
    pub(super) fn number_key(&mut self, parts: &mut Parts<'_>) -> Made<Number> {
        let pair = parts.need(Rule::number_key)?;
        let span = self.span(&pair);
        Ok(Number { value: self.value_of(pair.as_str(), span, "")?, span })
    }

    pub(super) fn percent(&mut self, parts: &mut Parts<'_>) -> Made<Percent> {
        let pair = parts.need(Rule::percent)?;
        let span = self.span(&pair);
        let digits = pair.as_str().trim_end_matches('%');
        Ok(Percent { value: self.value_of(digits, span, "%")?, span })
    }

    pub(super) fn amount(&mut self, parts: &mut Parts<'_>) -> Made<Amount> {
        let (span, mut inner) = self.enter(parts, Rule::amount)?;
        Ok(Amount { number: self.number(&mut inner)?, unit: self.name(&mut inner)?, span })
    }

    /// `-0.25 EUR`: the sign belongs to the number.
    pub(super) fn signed_amount(&mut self, parts: &mut Parts<'_>) -> Made<Amount> {
        let (span, mut inner) = self.enter(parts, Rule::signed_amount)?;
        let minus = inner.take(Rule::minus).map(|pair| self.span(&pair));
        let mut amount = self.amount(&mut inner)?;
        if let Some(minus) = minus {
            amount.number.value = -amount.number.value;
            amount.number.span = amount.number.span.to(minus);
        }
        amount.span = span;
        Ok(amount)
    }

    pub(super) fn duration(&mut self, parts: &mut Parts<'_>) -> Made<Duration> {
        let (span, mut inner) = self.enter(parts, Rule::duration)?;
        let number = self.number(&mut inner)?;
        let pair = inner.need(Rule::duration_unit)?;
        let unit = match pair.as_str().trim_end_matches('s') {
            "minute" => DurationUnit::Minute,
            "hour" => DurationUnit::Hour,
            "day" => DurationUnit::Day,
            "week" => DurationUnit::Week,
            "month" => DurationUnit::Month,
            "quarter" => DurationUnit::Quarter,
            "year" => DurationUnit::Year,
            _ => return Err(inner.fault()),
        };
        let count = u32::try_from(number.value).ok().filter(|_| number.value.fract().is_zero());
        match count {
            Some(count) => Ok(Duration { count, unit, span }),
            None => Err(Box::new(
                Diagnostic::new(Code::L001, number.span, "a length of time is a whole number")
                    .help("choose a smaller unit, for example `36 hours` for one and a half days"),
            )),
        }
    }

    pub(super) fn date(&mut self, parts: &mut Parts<'_>) -> Made<Date> {
        let pair = parts.need(Rule::date)?;
        let span = self.span(&pair);
        NaiveDate::parse_from_str(pair.as_str(), "%Y-%m-%d")
            .map(|date| Date { date, span })
            .map_err(|_| no_day(span, pair.as_str()))
    }

    pub(super) fn time(&mut self, parts: &mut Parts<'_>) -> Made<Time> {
        let pair = parts.need(Rule::time)?;
        let span = self.span(&pair);
        let numbers = pair
            .as_str()
            .split_once(':')
            .and_then(|(hour, minute)| Some((hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?)));
        match numbers {
            Some((hour, minute)) if hour < 24 && minute < 60 => Ok(Time { minute: hour * 60 + minute, span }),
            _ => {
                let message = format!("`{}` is no time of a day", pair.as_str());
                Err(Box::new(
                    Diagnostic::new(Code::L001, span, message).help("times go from `00:00` to `23:59`"),
                ))
            }
        }
    }

    pub(super) fn month_day(&mut self, parts: &mut Parts<'_>) -> Made<MonthDay> {
        let pair = parts.need(Rule::month_day)?;
        let span = self.span(&pair);
        // 2024 is a leap year, so that 29 February passes.
        let date = NaiveDate::parse_from_str(&format!("2024-{}", pair.as_str()), "%Y-%m-%d");
        let numbers = pair
            .as_str()
            .split_once('-')
            .and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
        match (date, numbers) {
            (Ok(_), Some((month, day))) => Ok(MonthDay { month, day, span }),
            _ => Err(no_day(span, pair.as_str())),
        }
    }

    pub(super) fn moment(&mut self, parts: &mut Parts<'_>) -> Made<Moment> {
        let (span, mut inner) = self.enter(parts, Rule::moment)?;
        let date = self.date(&mut inner)?;
        let time = if inner.peek() == Some(Rule::time) { Some(self.time(&mut inner)?) } else { None };
        Ok(Moment { date, time, span })
    }

    /// Takes `word D` if the word stands next.
    pub(super) fn maybe_date(&mut self, parts: &mut Parts<'_>, word: Rule) -> Made<Option<Date>> {
        if parts.eat(word) { self.date(parts).map(Some) } else { Ok(None) }
    }

    pub(super) fn period(&mut self, parts: &mut Parts<'_>) -> Made<Period> {
        let (span, mut inner) = self.enter(parts, Rule::period)?;
        let first = inner.any()?;
        let kind = match first.as_rule() {
            Rule::k_day => PeriodKind::Day,
            Rule::k_week => PeriodKind::Week,
            Rule::k_month => PeriodKind::Month,
            Rule::k_quarter => PeriodKind::Quarter,
            Rule::k_half_year => PeriodKind::HalfYear,
            Rule::k_calendar => PeriodKind::CalendarYear,
            Rule::k_membership => PeriodKind::MembershipYear,
            Rule::k_campaign => PeriodKind::Campaign,
            Rule::k_lifetime => PeriodKind::Lifetime,
            Rule::name => PeriodKind::Named(self.name_of(&first).text),
            _ => return Err(inner.fault()),
        };
        Ok(Period { kind, span })
    }

    /// Takes a tail if one stands next.
    pub(super) fn tail(&mut self, parts: &mut Parts<'_>) -> Made<Option<Tail>> {
        if parts.peek() != Some(Rule::tail) {
            return Ok(None);
        }
        let (span, mut inner) = self.enter(parts, Rule::tail)?;
        inner.skip(&[Rule::k_at]);
        let kind = if inner.eat(Rule::k_month) {
            TailKind::MonthEnd
        } else if inner.eat(Rule::k_end) {
            inner.skip(&[Rule::k_of]);
            TailKind::EndOf(self.period(&mut inner)?)
        } else if inner.eat(Rule::k_start) {
            inner.skip(&[Rule::k_of]);
            TailKind::StartOf(self.period(&mut inner)?)
        } else {
            inner.skip(&[Rule::k_next]);
            TailKind::Next(self.month_day(&mut inner)?)
        };
        Ok(Some(Tail { kind, span }))
    }

    /// Takes `plus D` with its tail if it stands next.
    pub(super) fn plus(&mut self, parts: &mut Parts<'_>) -> Made<Option<(Duration, Option<Tail>)>> {
        if parts.peek() != Some(Rule::plus) {
            return Ok(None);
        }
        let (_, mut inner) = self.enter(parts, Rule::plus)?;
        inner.skip(&[Rule::k_plus]);
        Ok(Some((self.duration(&mut inner)?, self.tail(&mut inner)?)))
    }
}

fn no_day(span: Span, written: &str) -> Box<Diagnostic> {
    wrong(
        span,
        format!("`{written}` is no day of the calendar"),
        "write a day that this month has in this year",
    )
}
