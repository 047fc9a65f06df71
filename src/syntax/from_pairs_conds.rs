//! From what pest read to the tree: conditions.

use super::ast::{Cond, Fact, Measure, MeasureSpan, Name, NameSet, Op, Path, Subject, Value, Window};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::joined::{Joined, join};
use crate::diagnostics::{Code, Diagnostic, Span};
use pest::iterators::Pair;

impl Builder<'_> {
    /// Takes a condition.
    pub(super) fn cond(&mut self, parts: &mut Parts<'_>) -> Made<Cond> {
        let (span, mut inner) = self.enter(parts, Rule::cond)?;
        let mut joined = Joined::default();
        loop {
            let text = inner.peek_text();
            joined.parts.push((self.unary(&mut inner)?, text));
            if inner.eat(Rule::k_and) {
                joined.ors.push(false);
            } else if inner.eat(Rule::k_or) {
                joined.ors.push(true);
            } else {
                break;
            }
        }
        if joined.is_mixed() {
            let shorter = shorter(&joined);
            self.found.push(joined.finding(span, shorter));
        }
        join(joined, span, Cond::And, Cond::Or, Cond::span).ok_or_else(|| inner.fault())
    }

    fn unary(&mut self, parts: &mut Parts<'_>) -> Made<Cond> {
        let (span, mut inner) = self.enter(parts, Rule::unary)?;
        let negated = inner.eat(Rule::k_not);
        let cond = match inner.peek() {
            Some(Rule::group) => self.group(&mut inner)?,
            Some(Rule::fact) => self.fact(&mut inner)?,
            _ => self.compare(&mut inner)?,
        };
        Ok(if negated { Cond::Not(Box::new(cond), span) } else { cond })
    }

    /// `( … )`: the parentheses leave no trace in the tree.
    pub(super) fn group(&mut self, parts: &mut Parts<'_>) -> Made<Cond> {
        let (_, mut inner) = self.enter(parts, Rule::group)?;
        inner.skip(&[Rule::lparen]);
        self.cond(&mut inner)
    }

    fn fact(&mut self, parts: &mut Parts<'_>) -> Made<Cond> {
        let (span, mut outer) = self.enter(parts, Rule::fact)?;
        let which = outer.any()?;
        let rule = which.as_rule();
        let mut inner = self.parts(which);
        let fact = match rule {
            Rule::first_purchase => {
                inner.skip(&[Rule::k_first, Rule::k_purchase]);
                let this = inner.eat(Rule::k_this);
                Fact::FirstPurchase(if this { Some(self.period(&mut inner)?) } else { None })
            }
            Rule::birthday_fact => {
                inner.skip(&[Rule::k_birthday]);
                if inner.eat(Rule::k_today) {
                    Fact::BirthdayToday
                } else if inner.eat(Rule::k_this) {
                    Fact::BirthdayThisMonth
                } else {
                    inner.skip(&[Rule::k_within]);
                    Fact::BirthdayWithin(self.duration(&mut inner)?)
                }
            }
            Rule::any_item => {
                inner.skip(&[Rule::k_any, Rule::k_item]);
                Fact::AnyItem(Box::new(self.group(&mut inner)?))
            }
            Rule::presented => {
                inner.skip(&[Rule::k_voucher]);
                Fact::Presented(self.name(&mut inner)?)
            }
            _ => return Err(inner.fault()),
        };
        Ok(Cond::Fact(fact, span))
    }

    fn compare(&mut self, parts: &mut Parts<'_>) -> Made<Cond> {
        let (span, mut inner) = self.enter(parts, Rule::compare)?;
        let asked = inner.peek_text();
        let subject = self.subject(&mut inner)?;
        let op = if inner.eat(Rule::k_matches) {
            Op::Matches(self.path(&mut inner)?)
        } else if let Some(symbol) = inner.take(Rule::symbol) {
            self.symbol(&symbol, asked, &mut inner)?
        } else {
            inner.skip(&[Rule::k_is]);
            self.op(&mut inner)?
        };
        Ok(Cond::Compare { subject, op, span })
    }

    /// A sign in place of words: what it means is clear, so the tree is built and the sign is refused.
    fn symbol(&mut self, symbol: &Pair<'_, Rule>, asked: &str, parts: &mut Parts<'_>) -> Made<Op> {
        let against = parts.peek_text();
        let value = self.value(parts)?;
        let (words, op) = match symbol.as_str() {
            ">=" | "=>" | "≥" => ("is at least", Op::AtLeast(value)),
            "<=" | "=<" | "≤" => ("is at most", Op::AtMost(value)),
            "<>" | "!=" | "≠" => ("is not", Op::IsNot(value)),
            ">" => ("is more than", Op::MoreThan(value)),
            "<" => ("is less than", Op::LessThan(value)),
            _ => ("is", Op::Is(value)),
        };
        self.found.push(
            Diagnostic::new(Code::L003, self.span(symbol), "comparisons are written in words")
                .label("here")
                .help(format!("write `{asked} {words} {against}`"))
                .fix(words),
        );
        Ok(op)
    }

    fn op(&mut self, parts: &mut Parts<'_>) -> Made<Op> {
        let (_, mut inner) = self.enter(parts, Rule::op)?;
        let first = match inner.peek() {
            Some(Rule::value) => return Ok(Op::Is(self.value(&mut inner)?)),
            _ => inner.any()?,
        };
        Ok(match first.as_rule() {
            Rule::k_known => Op::Known,
            Rule::k_unknown => Op::Unknown,
            Rule::k_not if inner.eat(Rule::k_in) => Op::NotIn(self.name_set(&mut inner)?),
            Rule::k_not => Op::IsNot(self.value(&mut inner)?),
            Rule::k_in => Op::In(self.name_set(&mut inner)?),
            Rule::k_at if inner.eat(Rule::k_least) => Op::AtLeast(self.value(&mut inner)?),
            Rule::k_at => {
                inner.skip(&[Rule::k_most]);
                Op::AtMost(self.value(&mut inner)?)
            }
            Rule::k_more => {
                inner.skip(&[Rule::k_than]);
                Op::MoreThan(self.value(&mut inner)?)
            }
            Rule::k_less => {
                inner.skip(&[Rule::k_than]);
                Op::LessThan(self.value(&mut inner)?)
            }
            Rule::k_between => {
                let low = self.value(&mut inner)?;
                inner.skip(&[Rule::k_and]);
                Op::Between(low, self.value(&mut inner)?)
            }
            _ => return Err(inner.fault()),
        })
    }

    fn name_set(&mut self, parts: &mut Parts<'_>) -> Made<NameSet> {
        let (_, mut inner) = self.enter(parts, Rule::name_set)?;
        if inner.peek() == Some(Rule::name) {
            return Ok(NameSet::List(self.name(&mut inner)?));
        }
        let (names, span) = self.names(&mut inner)?;
        Ok(NameSet::Names(names, span))
    }

    fn subject(&mut self, parts: &mut Parts<'_>) -> Made<Subject> {
        let (span, mut outer) = self.enter(parts, Rule::subject)?;
        if outer.peek() == Some(Rule::path) {
            return Ok(Subject::Path(self.path(&mut outer)?));
        }
        let which = outer.any()?;
        let rule = which.as_rule();
        let mut inner = self.parts(which);
        Ok(match rule {
            Rule::basket_part => {
                let spend = inner.eat(Rule::k_spend);
                inner.skip(&[Rule::k_quantity, Rule::k_on]);
                let cond = Box::new(self.group(&mut inner)?);
                let within = if inner.eat(Rule::k_in) { Some(self.window(&mut inner)?) } else { None };
                if spend {
                    Subject::SpendOn(cond, within, span)
                } else {
                    Subject::QuantityOn(cond, within, span)
                }
            }
            Rule::quantity_of => Subject::QuantityOfBasket(span),
            Rule::time_since => {
                inner.skip(&[Rule::k_time, Rule::k_since]);
                if inner.eat(Rule::k_joining) {
                    Subject::TimeSinceJoining(span)
                } else {
                    inner.skip(&[Rule::k_last]);
                    Subject::TimeSinceLast(self.name(&mut inner)?, span)
                }
            }
            Rule::tier_of => {
                inner.skip(&[Rule::k_tier, Rule::k_of]);
                Subject::TierOf(self.name(&mut inner)?, span)
            }
            Rule::measured => self.measured(&mut inner, span)?,
            _ => return Err(inner.fault()),
        })
    }

    fn measured(&mut self, inner: &mut Parts<'_>, span: Span) -> Made<Subject> {
        let quoted = inner.peek_text().starts_with('"');
        let name = self.name(inner)?;
        let measure = match name.text.as_str() {
            _ if quoted => Measure::Named(name),
            "spend" => Measure::Spend,
            "purchases" => Measure::Purchases,
            "items" => Measure::Items,
            _ => Measure::Named(name),
        };
        let window =
            if inner.eat(Rule::k_in) { MeasureSpan::In(self.window(inner)?) } else { MeasureSpan::SoFar };
        Ok(Subject::Measure(measure, window, span))
    }

    fn window(&mut self, parts: &mut Parts<'_>) -> Made<Window> {
        let (_, mut inner) = self.enter(parts, Rule::window)?;
        if inner.eat(Rule::k_last) {
            Ok(Window::Last(self.duration(&mut inner)?))
        } else if inner.eat(Rule::k_this) {
            Ok(Window::This(self.period(&mut inner)?))
        } else {
            inner.skip(&[Rule::k_previous]);
            Ok(Window::Previous(self.period(&mut inner)?))
        }
    }

    /// Takes `category` or `member.level`.
    pub(super) fn path(&mut self, parts: &mut Parts<'_>) -> Made<Path> {
        let (span, mut inner) = self.enter(parts, Rule::path)?;
        let first: Name = self.name(&mut inner)?;
        Ok(match self.maybe_name(&mut inner)? {
            Some(name) => Path { scope: Some(first), of_block: false, name, span },
            None => Path { scope: None, of_block: false, name: first, span },
        })
    }

    /// Takes `category`, `member.level` or `tier of Status`.
    pub(super) fn table_key(&mut self, parts: &mut Parts<'_>) -> Made<Path> {
        if parts.peek() != Some(Rule::tier_of) {
            return self.path(parts);
        }
        let (span, mut inner) = self.enter(parts, Rule::tier_of)?;
        inner.skip(&[Rule::k_tier, Rule::k_of]);
        let scope = Some(self.name(&mut inner)?);
        Ok(Path { scope, of_block: true, name: Name { text: "tier".to_owned(), span }, span })
    }

    /// Takes a constant.
    pub(super) fn value(&mut self, parts: &mut Parts<'_>) -> Made<Value> {
        let (span, mut inner) = self.enter(parts, Rule::value)?;
        Ok(match inner.peek() {
            Some(Rule::moment) => Value::Moment(self.moment(&mut inner)?),
            Some(Rule::month_day) => Value::MonthDay(self.month_day(&mut inner)?),
            Some(Rule::time) => Value::Time(self.time(&mut inner)?),
            Some(Rule::percent) => Value::Percent(self.percent(&mut inner)?),
            Some(Rule::duration) => Value::Duration(self.duration(&mut inner)?),
            Some(Rule::amount) => Value::Amount(self.amount(&mut inner)?),
            Some(Rule::number) => Value::Number(self.number(&mut inner)?),
            Some(Rule::k_yes) => Value::YesNo(true, span),
            Some(Rule::k_no) => Value::YesNo(false, span),
            _ => Value::Name(self.name(&mut inner)?),
        })
    }

    /// Takes a constant below zero.
    pub(super) fn signed_value(&mut self, parts: &mut Parts<'_>) -> Made<Value> {
        let (span, mut inner) = self.enter(parts, Rule::signed_value)?;
        inner.skip(&[Rule::minus]);
        Ok(match inner.peek() {
            Some(Rule::percent) => {
                let mut percent = self.percent(&mut inner)?;
                (percent.value, percent.span) = (-percent.value, span);
                Value::Percent(percent)
            }
            Some(Rule::amount) => {
                let mut amount = self.amount(&mut inner)?;
                amount.number.value = -amount.number.value;
                amount.number.span.start = span.start;
                amount.span = span;
                Value::Amount(amount)
            }
            _ => {
                let mut number = self.number(&mut inner)?;
                (number.value, number.span) = (-number.value, span);
                Value::Number(number)
            }
        })
    }
}

/// `tier is Gold or tier is Silver` as `tier is in [Gold, Silver]`, where the last parts of a mixed condition
/// allow it.
fn shorter(joined: &Joined<'_, Cond>) -> Option<String> {
    joined.with_ors_grouped(|group| {
        let mut asked = None;
        let mut names = Vec::new();
        for (cond, text) in group {
            let Cond::Compare { subject: Subject::Path(_), op: Op::Is(Value::Name(_)), .. } = cond else {
                return None;
            };
            let (subject, name) = text.split_once(" is ")?;
            if *asked.get_or_insert(subject) != subject {
                return None;
            }
            names.push(name);
        }
        Some(format!("{} is in [{}]", asked?, names.join(", ")))
    })
}
