//! Conditions, and the lists in them.

use super::Printer;
use super::doc::{Doc, words};
use super::literals::{
    DURATIONS, date, duration, moment, month_day, name, name_except, number, percent, period, time,
};
use super::trivia::{split, written};
use crate::diagnostics::Span;
use crate::syntax::ast::{
    Comment, Cond, Date, Fact, Measure, MeasureSpan, Name, NameSet, Op, Path, Subject, Value, Window,
};

/// Words behind `is` that are no names.
const AFTER_IS: &[&str] = &["known", "unknown"];

/// Words that are measures themselves.
const MEASURES: &[&str] = &["spend", "purchases", "items"];

/// A word that joins the parts of a condition or of a threshold, and its parts with their places.
pub(super) struct Chain {
    word: &'static str,
    parts: Vec<(Span, Doc)>,
}

impl Chain {
    pub(super) fn new(word: &'static str, parts: Vec<(Span, Doc)>) -> Self {
        Self { word, parts }
    }
}

impl<'a> Printer<'a> {
    /// A condition behind its leading word; where it is broken, its lines are indented by one step.
    pub(super) fn cond(&mut self, cond: &'a Cond) -> Doc {
        self.cond_inside(cond).group()
    }

    fn cond_inside(&mut self, cond: &'a Cond) -> Doc {
        match cond {
            Cond::And(parts, _) => self.cond_chain("and", parts),
            Cond::Or(parts, _) => self.cond_chain("or", parts),
            Cond::Not(part, _) => words!["not", self.prim(part, true)],
            Cond::Fact(fact, _) => self.fact(fact),
            Cond::Compare { subject, op, .. } => {
                let subject = self.subject(subject);
                words![subject, self.op(op)]
            }
        }
    }

    fn cond_chain(&mut self, word: &'static str, parts: &'a [Cond]) -> Doc {
        let parts = parts.iter().map(|part| (part.span(), self.prim(part, false))).collect();
        self.chain(Chain::new(word, parts))
    }

    /// A part of a condition, in parentheses if it has parts itself, or is a `not` behind a `not`.
    fn prim(&mut self, cond: &'a Cond, behind_not: bool) -> Doc {
        let inside = self.cond_inside(cond);
        match cond {
            Cond::And(..) | Cond::Or(..) => parenthesised(inside),
            Cond::Not(..) if behind_not => parenthesised(inside),
            _ => inside,
        }
    }

    /// Parts joined by a word; if they do not fit into one line, each line is filled and starts with the word.
    pub(super) fn chain(&mut self, chain: Chain) -> Doc {
        let mut all = Vec::new();
        let mut before: Option<Span> = None;
        for (span, part) in chain.parts {
            let Some(last) = before.replace(span) else {
                all.push(part);
                continue;
            };
            let (behind, above) = split(self.trivia.take(last.end, span.start));
            let part = words![chain.word, part];
            if behind.is_none() && above.is_empty() {
                all.push(Doc::join([Doc::Space, part]).fill());
                continue;
            }
            all.extend(behind.map(|comment| Doc::Comment(format!(" {}", written(comment)))));
            for comment in above {
                all.extend([Doc::Hard, Doc::Comment(written(comment))]);
            }
            all.extend([Doc::Hard, part]);
        }
        Doc::Join(all).nest()
    }

    fn fact(&mut self, fact: &'a Fact) -> Doc {
        match fact {
            Fact::FirstPurchase(None) => "first purchase".into(),
            Fact::FirstPurchase(Some(within)) => words!["first purchase this", period(within)],
            Fact::BirthdayToday => "birthday today".into(),
            Fact::BirthdayThisMonth => "birthday this month".into(),
            Fact::BirthdayWithin(within) => words!["birthday within", duration(within)],
            Fact::Presented(voucher) => words!["voucher", name(voucher), "is presented"],
            Fact::AnyItem(cond) => words!["any item", parenthesised(self.cond_inside(cond))],
        }
    }

    fn subject(&mut self, subject: &'a Subject) -> Doc {
        match subject {
            Subject::Path(path) => self::path(path).into(),
            Subject::QuantityOfBasket(_) => "quantity of basket".into(),
            Subject::SpendOn(cond, within, _) => self.filtered("spend on", cond, within.as_ref()),
            Subject::QuantityOn(cond, within, _) => self.filtered("quantity on", cond, within.as_ref()),
            Subject::Measure(measure, MeasureSpan::SoFar, _) => words![self::measure(measure), "so far"],
            Subject::Measure(measure, MeasureSpan::In(within), _) => {
                words![self::measure(measure), "in", window(within)]
            }
            Subject::TimeSinceJoining(_) => "time since joining".into(),
            Subject::TimeSinceLast(event, _) => words!["time since last", name(event)],
            Subject::TierOf(tiers, _) => words!["tier of", name(tiers)],
        }
    }

    fn filtered(&mut self, words: &'static str, cond: &'a Cond, within: Option<&'a Window>) -> Doc {
        let filter = parenthesised(self.cond_inside(cond));
        match within {
            Some(within) => words![words, filter, "in", window(within)],
            None => words![words, filter],
        }
    }

    fn op(&mut self, op: &'a Op) -> Doc {
        match op {
            Op::Known => "is known".into(),
            Op::Unknown => "is unknown".into(),
            Op::Is(value) => words!["is", self.constant(value)],
            Op::IsNot(value) => words!["is not", self.constant(value)],
            Op::In(set) => words!["is in", self.name_set(set)],
            Op::NotIn(set) => words!["is not in", self.name_set(set)],
            Op::AtLeast(value) => words!["is at least", self.constant(value)],
            Op::AtMost(value) => words!["is at most", self.constant(value)],
            Op::MoreThan(value) => words!["is more than", self.constant(value)],
            Op::LessThan(value) => words!["is less than", self.constant(value)],
            Op::Between(from, to) => {
                let from = self.constant(from);
                words!["is between", from, "and", self.constant(to)]
            }
            Op::Matches(other) => words!["matches", path(other)],
        }
    }

    /// The constant of a comparison.
    fn constant(&mut self, value: &'a Value) -> Doc {
        match value {
            Value::Name(name) => name_except(name, AFTER_IS).into(),
            _ => self.value(value),
        }
    }

    /// The value of an attribute.
    pub(super) fn value(&mut self, value: &'a Value) -> Doc {
        match value {
            Value::Moment(v) => moment(v).into(),
            Value::MonthDay(v) => month_day(v).into(),
            Value::Time(v) => time(v).into(),
            Value::Percent(v) => percent(v).into(),
            Value::Duration(v) => duration(v).into(),
            Value::Amount(v) => self.amount_except(v, DURATIONS).into(),
            Value::Number(v) => number(v).into(),
            Value::YesNo(true, _) => "yes".into(),
            Value::YesNo(false, _) => "no".into(),
            Value::Name(v) => name(v).into(),
            Value::Names(names, span) => self.names(names, *span),
        }
    }

    fn name_set(&mut self, set: &'a NameSet) -> Doc {
        match set {
            NameSet::Names(names, span) => self.names(names, *span),
            NameSet::List(list) => name(list).into(),
        }
    }

    /// `[a, b]`
    pub(super) fn names(&mut self, names: &'a [Name], inside: Span) -> Doc {
        self.list(names.iter().map(|entry| (entry.span, name(entry).into())).collect(), inside)
    }

    /// Entries in brackets: all on one line, or one per line with a comma behind each.
    ///
    /// `inside` holds the list and no other place where comments may stand.
    pub(super) fn list(&mut self, entries: Vec<(Span, Doc)>, inside: Span) -> Doc {
        let mut body = vec![Doc::Soft];
        let mut at = inside.start;
        let count = entries.len();
        for (index, (span, entry)) in entries.into_iter().enumerate() {
            let (behind, above) = split(self.trivia.take(at, span.start));
            if index == 0 {
                // a comment behind the bracket has no line of its own to stay on
                for comment in behind.into_iter().chain(above) {
                    body.extend([Doc::Comment(written(comment)), Doc::Hard]);
                }
            } else {
                end_of_entry(&mut body, behind);
                body.push(Doc::Space);
                for comment in above {
                    body.extend([Doc::Comment(written(comment)), Doc::Hard]);
                }
            }
            body.push(entry);
            body.push(if index + 1 < count { ",".into() } else { Doc::IfBroken(",") });
            at = span.end;
        }
        let (behind, below) = split(self.trivia.take(at, inside.end));
        end_of_entry(&mut body, behind);
        for comment in below {
            body.extend([Doc::Hard, Doc::Comment(written(comment))]);
        }
        Doc::join(["[".into(), Doc::Join(body).nest(), Doc::Soft, "]".into()]).group()
    }
}

/// Puts a comment behind an entry. What follows is a line end, because a comment breaks its list.
fn end_of_entry(body: &mut Vec<Doc>, behind: Option<&Comment>) {
    if let Some(comment) = behind {
        body.push(Doc::Comment(format!(" {}", written(comment))));
        body.push(Doc::Forced);
    }
}

/// A document in parentheses, broken as a whole.
pub(super) fn parenthesised(inside: Doc) -> Doc {
    Doc::join(["(".into(), inside, ")".into()]).group()
}

/// `category`, `member.level`
pub(super) fn path(path: &Path) -> String {
    match &path.scope {
        Some(block) if path.of_block => format!("{} of {}", name(&path.name), name(block)),
        Some(scope) => format!("{}.{}", name(scope), name(&path.name)),
        None => name(&path.name),
    }
}

fn measure(measure: &Measure) -> String {
    match measure {
        Measure::Spend => "spend".to_owned(),
        Measure::Purchases => "purchases".to_owned(),
        Measure::Items => "items".to_owned(),
        Measure::Named(named) => name_except(named, MEASURES),
    }
}

fn window(window: &Window) -> String {
    match window {
        Window::Last(length) => format!("last {}", duration(length)),
        Window::This(within) => format!("this {}", period(within)),
        Window::Previous(within) => format!("previous {}", period(within)),
    }
}

/// `from 2026-01-01 to 2026-03-31`
pub(super) fn dates(from: &Date, to: Option<&Date>) -> String {
    match to {
        Some(to) => format!("from {} to {}", date(from), date(to)),
        None => format!("from {}", date(from)),
    }
}
