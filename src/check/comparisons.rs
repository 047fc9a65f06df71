//! Comparisons of numbers, dates, days of the week, tiers and durations.

use super::lowering::Lowering;
use super::subjects::{Asked, Measured};
use super::times;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{EventKindId, Measure, NumSubject, Since, SinceBase, Slots, Test, TiersId, Window};
use crate::syntax::ast::{ListContent, Name, NameSet, Op, Value};

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    pub(super) fn number_test(
        &mut self,
        asked: &Asked<'f>,
        num: NumSubject,
        measured: Measured,
        op: &Op,
    ) -> Option<Test> {
        if measured == Measured::YesNo && !matches!(op, Op::Known | Op::Unknown | Op::Is(_) | Op::IsNot(_)) {
            self.wrong_op(asked, op, &["is yes"]);
            return None;
        }
        if let (Measured::Time, Op::Between(low, high)) = (measured, op) {
            let low = self.number(asked, measured, low);
            let high = self.number(asked, measured, high);
            // clock times exclude the end; 00:00 as an end is the midnight at which the day is over
            let (low, high) = (low?, high?);
            let last = if high == 0 { 1_439 } else { high - 1 };
            return Some(wrapping(num, low, last, low > last));
        }
        self.interval(asked, num, op, &mut |this, value| this.number(asked, measured, value))
    }

    /// A comparison with closed intervals of whole numbers.
    fn interval(
        &mut self,
        asked: &Asked<'f>,
        num: NumSubject,
        op: &Op,
        value: &mut dyn FnMut(&mut Self, &Value) -> Option<i64>,
    ) -> Option<Test> {
        Some(match op {
            Op::Known => Test::KnownNum(num),
            Op::Unknown => not(Test::KnownNum(num)),
            Op::Is(one) => {
                let one = value(self, one)?;
                Test::Num(num, one, one)
            }
            Op::IsNot(one) => {
                let one = value(self, one)?;
                not(Test::Num(num, one, one))
            }
            Op::AtLeast(low) => Test::Num(num, value(self, low)?, i64::MAX),
            Op::MoreThan(low) => Test::Num(num, value(self, low)?.saturating_add(1), i64::MAX),
            Op::AtMost(high) => Test::Num(num, i64::MIN, value(self, high)?),
            Op::LessThan(high) => Test::Num(num, i64::MIN, value(self, high)?.saturating_sub(1)),
            Op::Between(low, high) => {
                let (first, last) = (value(self, low), value(self, high));
                let (first, last) = (first?, last?);
                if first > last {
                    self.report.push(
                        Diagnostic::new(
                            Code::U203,
                            low.span().to(high.span()),
                            format!("nothing lies between these two values of `{}`", asked.called),
                        )
                        .help("write the smaller value first"),
                    );
                    return None;
                }
                Test::Num(num, first, last)
            }
            Op::In(_) | Op::NotIn(_) | Op::Matches(_) => {
                self.wrong_op(asked, op, &["is …", "is between … and …"]);
                return None;
            }
        })
    }

    pub(super) fn date_test(&mut self, asked: &Asked<'f>, op: &Op) -> Option<Test> {
        let yearly = |value: &Value| matches!(value, Value::MonthDay(_));
        match op {
            Op::Between(low, high) if yearly(low) && yearly(high) => {
                let low = self.month_day(low);
                let high = self.month_day(high);
                let (low, high) = (low?, high?);
                // from December to January is over new year
                Some(wrapping(NumSubject::MonthDay, low, high, low > high))
            }
            Op::Is(value) if yearly(value) => {
                let day = self.month_day(value)?;
                Some(Test::Num(NumSubject::MonthDay, day, day))
            }
            Op::IsNot(value) if yearly(value) => {
                let day = self.month_day(value)?;
                Some(not(Test::Num(NumSubject::MonthDay, day, day)))
            }
            _ => self.interval(asked, NumSubject::Day, op, &mut |this, value| {
                this.number(asked, Measured::Date, value)
            }),
        }
    }

    fn month_day(&mut self, value: &Value) -> Option<i64> {
        let Value::MonthDay(day) = value else { return None };
        times::month_day(*day, &mut self.report).map(|day| i64::from(times::day_number(day)))
    }

    /// Days of the week and months: named values that go round.
    pub(super) fn cyclic_test(
        &mut self,
        asked: &Asked<'f>,
        num: NumSubject,
        (words, first): (&[&str], i64),
        op: &'a Op,
    ) -> Option<Test> {
        let example = words.first().map_or_else(String::new, |word| format!("is {word}"));
        match op {
            Op::Is(value) => {
                let one = self.cyclic(asked, value, words, first)?;
                Some(Test::Num(num, one, one))
            }
            Op::IsNot(value) => {
                let one = self.cyclic(asked, value, words, first)?;
                Some(not(Test::Num(num, one, one)))
            }
            Op::Between(low, high) => {
                let low = self.cyclic(asked, low, words, first);
                let high = self.cyclic(asked, high, words, first);
                let (low, high) = (low?, high?);
                Some(wrapping(num, low, high, low > high))
            }
            Op::In(NameSet::Names(names, _)) => self.cyclic_set(asked, num, names, words, first),
            Op::NotIn(NameSet::Names(names, _)) => self.cyclic_set(asked, num, names, words, first).map(not),
            _ => {
                self.wrong_op(asked, op, &[&example]);
                None
            }
        }
    }

    fn cyclic_set(
        &mut self,
        asked: &Asked<'f>,
        num: NumSubject,
        names: &[Name],
        words: &[&str],
        first: i64,
    ) -> Option<Test> {
        let found: Vec<Option<i64>> =
            names.iter().map(|name| self.cyclic_word(asked, &name.text, name.span, words, first)).collect();
        number_set(num, found)
    }

    fn cyclic(&mut self, asked: &Asked<'f>, value: &Value, words: &[&str], first: i64) -> Option<i64> {
        match value {
            Value::Name(name) => self.cyclic_word(asked, &name.text, name.span, words, first),
            Value::Number(number) if first == 1 => {
                let what = ("a month", number.span);
                super::numbers::whole(number.value, (1, 12), what, &mut self.report)
            }
            _ => {
                let example = words.first().map_or_else(String::new, |word| format!("is {word}"));
                self.wrong_value(asked, value.span(), "an English word in lower case", &example);
                None
            }
        }
    }

    fn cyclic_word(
        &mut self,
        asked: &Asked<'f>,
        word: &str,
        span: Span,
        words: &[&str],
        first: i64,
    ) -> Option<i64> {
        if let Some(index) = words.iter().position(|known| *known == word) {
            return i64::try_from(index).ok().map(|index| index + first);
        }
        self.report.unknown(&asked.called, word, span, words.iter().map(|known| (*known, None)), "");
        None
    }

    pub(super) fn tier_test(&mut self, asked: &Asked<'f>, tiers: TiersId, op: &'a Op) -> Option<Test> {
        let num = NumSubject::Tier(tiers);
        let set = match op {
            Op::In(set) | Op::NotIn(set) => set,
            _ => return self.interval(asked, num, op, &mut |this, value| this.level(asked, tiers, value)),
        };
        let names: &'a [Name] = match set {
            NameSet::Names(names, _) => names,
            NameSet::List(list) => match self.all.lists.get(&list.text).map(|entry| &entry.node.content) {
                Some(ListContent::Names(names)) => names,
                Some(ListContent::FromHost) => return None,
                Some(ListContent::Dated(_)) => {
                    self.wrong_op(asked, op, &["is in [ … ]"]);
                    return None;
                }
                None => {
                    self.no_list(list);
                    return None;
                }
            },
        };
        let found: Vec<Option<i64>> = names.iter().map(|name| self.level_named(tiers, name)).collect();
        let test = number_set(num, found)?;
        Some(if matches!(op, Op::NotIn(_)) { not(test) } else { test })
    }

    fn level(&mut self, asked: &Asked<'f>, tiers: TiersId, value: &Value) -> Option<i64> {
        match value {
            Value::Name(name) => self.level_named(tiers, name),
            _ => {
                self.wrong_value(asked, value.span(), "a tier", "is at least …");
                None
            }
        }
    }

    /// The height of a level in a tiers block.
    pub(super) fn level_named(&mut self, tiers: TiersId, name: &Name) -> Option<i64> {
        let facts = self.facts;
        match facts.levels.get(name.text.as_str()) {
            Some((block, level)) if *block == tiers => Some(*level),
            _ => {
                let candidates = facts.tiers.get(tiers.index()).into_iter().flat_map(|block| &block.levels);
                let candidates = candidates.map(|level| (level.text.as_str(), Some(level.span)));
                self.report.unknown("tier", &name.text, name.span, candidates, "");
                None
            }
        }
    }

    pub(super) fn since_test(&mut self, asked: &Asked<'f>, base: SinceBase, op: &Op) -> Option<Test> {
        let (low, high) = match op {
            Op::AtLeast(low) => (Some((low, false)), None),
            Op::MoreThan(low) => (Some((low, true)), None),
            Op::AtMost(high) => (None, Some((high, false))),
            Op::LessThan(high) => (None, Some((high, true))),
            Op::Between(low, high) => (Some((low, false)), Some((high, false))),
            Op::Known | Op::Unknown => return self.since_known(asked, base, op),
            Op::Is(_) | Op::IsNot(_) | Op::In(_) | Op::NotIn(_) | Op::Matches(_) => {
                self.wrong_op(asked, op, &["is at least 30 days"]);
                return None;
            }
        };
        let mut end = |written: Option<(&Value, bool)>| match written {
            None => Some(None),
            Some((Value::Duration(duration), strict)) => {
                times::duration(*duration, &mut self.report).map(|duration| Some((duration, strict)))
            }
            Some((value, _)) => {
                self.wrong_value(asked, value.span(), "a duration", "is at least 30 days");
                None
            }
        };
        let (low, high) = (end(low), end(high));
        Some(Test::Since(Since { base, low: low?, high: high? }))
    }

    /// The last event is known if there was one.
    fn since_known(&mut self, asked: &Asked<'f>, base: SinceBase, op: &Op) -> Option<Test> {
        let SinceBase::Last(event) = base else {
            self.wrong_op(asked, op, &["is at least 30 days"]);
            return None;
        };
        let (what, measure) = if event == EventKindId::PURCHASE {
            ("purchases".to_owned(), Measure::Purchases)
        } else {
            (format!("events {:?}", self.event_name(event)), Measure::Events(event))
        };
        let meter = self.counters.meter(&what, measure, Slots::Ever, None);
        let num = NumSubject::Meter(meter, Window::SoFar);
        let was = if matches!(op, Op::Known) { (1, i64::MAX) } else { (0, 0) };
        Some(Test::Num(num, was.0, was.1))
    }
}

pub(super) fn not(test: Test) -> Test {
    Test::Not(Box::new(test))
}

/// An interval, or what lies outside of the gap if it goes round.
fn wrapping(num: NumSubject, low: i64, high: i64, around: bool) -> Test {
    if around {
        Test::Or(Box::new([Test::Num(num, low, i64::MAX), Test::Num(num, i64::MIN, high)]))
    } else {
        Test::Num(num, low, high)
    }
}

fn number_set(num: NumSubject, found: Vec<Option<i64>>) -> Option<Test> {
    let mut found = found.into_iter().collect::<Option<Vec<i64>>>()?;
    found.sort_unstable();
    found.dedup();
    Some(Test::NumIn(num, found.into()))
}
