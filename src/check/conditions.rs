//! Conditions: from comparisons in words to three-valued tests.

use super::comparisons::not;
use super::lowering::Lowering;
use super::subjects::{Asked, Is, Place, Scope};
use super::times;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::MONTHS;
use crate::program::{Measure, NumSubject, Slots, SymSubject, Symbol, Test, VoucherId, Window};
use crate::syntax::ast::{Cond, Fact, ListContent, Name, NameSet, Op, Path, Subject, Value};
use std::collections::BTreeSet;

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// A whole condition. Every part is judged, so that all findings come at once.
    pub(super) fn condition(&mut self, cond: &'a Cond, place: Place) -> Option<Test> {
        let guards = known_paths(cond);
        self.part(cond, place, &guards)
    }

    fn part(&mut self, cond: &'a Cond, place: Place, guards: &[&'a str]) -> Option<Test> {
        match cond {
            Cond::And(parts, _) => self.parts(parts, place, guards).map(Test::And),
            Cond::Or(parts, _) => self.parts(parts, place, guards).map(Test::Or),
            Cond::Not(inner, _) => self.part(inner, place, guards).map(|test| Test::Not(Box::new(test))),
            Cond::Fact(fact, span) => self.fact(fact, *span, place),
            Cond::Compare { subject, op, span } => self.compare(subject, op, *span, place, guards),
        }
    }

    fn parts(&mut self, parts: &'a [Cond], place: Place, guards: &[&'a str]) -> Option<Box<[Test]>> {
        let found: Vec<Option<Test>> = parts.iter().map(|part| self.part(part, place, guards)).collect();
        found.into_iter().collect()
    }

    fn fact(&mut self, fact: &'a Fact, span: Span, place: Place) -> Option<Test> {
        if place.scope == Scope::Counter
            || (place.scope == Scope::Filter && !matches!(fact, Fact::AnyItem(_)))
        {
            let message = "this cannot be asked inside of a question about items";
            self.report.misplaced(
                span,
                message,
                "move this part out of the parentheses and join it with `and`",
            );
            return None;
        }
        match fact {
            Fact::FirstPurchase(period) => {
                let (slots, window, back) = match period {
                    None => (Slots::Ever, Window::SoFar, None),
                    Some(written) => {
                        let period = times::repeating(written, self.settings(), &mut self.report)?;
                        (Slots::Period(period), Window::This(period), times::period_days(period))
                    }
                };
                let meter = self.counters.meter("purchases", Measure::Purchases, slots, back);
                Some(Test::Num(NumSubject::Meter(meter, window), 0, 0))
            }
            Fact::BirthdayToday => self.birthday(span).map(|()| Test::BirthdayWithin(0)),
            Fact::BirthdayThisMonth => self.birthday(span).map(|()| Test::BirthdayThisMonth),
            Fact::BirthdayWithin(duration) => {
                self.birthday(span)?;
                let days = times::days(*duration, &mut self.report)?;
                let days = times::days_at_most(days);
                if days > 366 {
                    self.report.outside(
                        duration.span,
                        "a birthday is never further away than a year",
                        "write at most 366 days",
                    );
                    return None;
                }
                Some(Test::BirthdayWithin(days))
            }
            Fact::Presented(name) => match self.all.vouchers.peek(&name.text) {
                Some(entry) => Some(Test::Presented(VoucherId(entry.id))),
                None => {
                    let candidates = self.all.vouchers.candidates();
                    self.report.unknown("voucher", &name.text, name.span, candidates, "");
                    None
                }
            },
            Fact::AnyItem(inner) => {
                self.no_moment_of("any item ( … )", span, place)?;
                if place.scope != Scope::Event {
                    self.report.misplaced(
                        span,
                        "`any item ( … )` asks about the whole event, and this line asks about each item",
                        "write it in a line `when …`",
                    );
                    return None;
                }
                let inner = self.condition(inner, Place { event: place.event, scope: Scope::Filter })?;
                Some(Test::AnyItem(Box::new(inner)))
            }
        }
    }

    fn compare(
        &mut self,
        subject: &'a Subject,
        op: &'a Op,
        span: Span,
        place: Place,
        guards: &[&'a str],
    ) -> Option<Test> {
        if let Op::Matches(other) = op {
            return self.matches(subject, other, span, place);
        }
        let mut asked = self.subject(subject, place)?;
        asked.span = span;
        self.warn_left_out(&asked, op, span, guards);
        match &asked.is {
            Is::Word(sym, what, words) => {
                let (sym, what, words) = (*sym, *what, *words);
                self.names(&asked, sym, op, &mut |low, name| low.word(what, words, name))
            }
            Is::OneOf(sym, values, declared) => {
                let (sym, values, declared) = (*sym, *values, *declared);
                let called = asked.called.clone();
                self.names(&asked, sym, op, &mut |low, name| low.one_of(&called, values, declared, name))
            }
            Is::Open(sym) => {
                self.names(&asked, *sym, op, &mut |low, name| Some(low.symbols.intern(&name.text)))
            }
            Is::Number(num, measured) => self.number_test(&asked, *num, *measured, op),
            Is::Date => self.date_test(&asked, op),
            Is::Weekday => self.cyclic_test(&asked, NumSubject::Weekday, (&super::settings::WEEKDAYS, 0), op),
            Is::Month => self.cyclic_test(&asked, NumSubject::Month, (&MONTHS, 1), op),
            Is::Tier(tiers) => self.tier_test(&asked, *tiers, op),
            Is::Since(base) => self.since_test(&asked, *base, op),
        }
    }

    /// U205: who has no value is left out by `is not`.
    fn warn_left_out(&mut self, asked: &Asked<'f>, op: &Op, span: Span, guards: &[&'a str]) {
        let Some((owner, declared)) = asked.optional else { return };
        if !matches!(op, Op::IsNot(_) | Op::NotIn(_)) || guards.contains(&last_word(&asked.called)) {
            return;
        }
        let name = &asked.called;
        let text = self.text(span);
        self.report.push(
            Diagnostic::new(
                Code::U205,
                span,
                format!("{}s without `{name}` are left out here", owner.word()),
            )
            .label("missing is neither equal nor different")
            .other(declared, "may be missing")
            .help(format!("write `{name} is unknown or {text}` if they should be included")),
        );
    }

    /// U203: the value is of another sort.
    pub(super) fn wrong_value(&mut self, asked: &Asked<'f>, span: Span, wanted: &str, example: &str) {
        let written = self.text(span);
        self.report.push(
            Diagnostic::new(
                Code::U203,
                span,
                format!("`{}` cannot be compared with `{written}`", asked.called),
            )
            .label(format!("{wanted} is needed here"))
            .help(format!("write for example `{} {example}`", asked.called)),
        );
    }

    /// U203: this comparison has no meaning for the subject.
    pub(super) fn wrong_op(&mut self, asked: &Asked<'f>, op: &Op, examples: &[&str]) {
        let words = op_words(op);
        let examples: Vec<String> =
            examples.iter().map(|example| format!("`{} {example}`", asked.called)).collect();
        self.report.push(
            Diagnostic::new(
                Code::U203,
                asked.span,
                format!("`{}` cannot be asked with `{words}`", asked.called),
            )
            .help(format!("write for example {}", examples.join(" or "))),
        );
    }

    /// Comparisons of names.
    fn names(
        &mut self,
        asked: &Asked<'f>,
        sym: SymSubject,
        op: &'a Op,
        resolve: &mut dyn FnMut(&mut Self, &'a Name) -> Option<Symbol>,
    ) -> Option<Test> {
        match op {
            Op::Known => Some(Test::KnownSym(sym)),
            Op::Unknown => Some(not(Test::KnownSym(sym))),
            Op::Is(value) => self.one_name(asked, sym, value, resolve),
            Op::IsNot(value) => self.one_name(asked, sym, value, resolve).map(not),
            Op::In(set) => self.name_set(asked, sym, set, resolve),
            Op::NotIn(set) => self.name_set(asked, sym, set, resolve).map(not),
            _ => {
                self.wrong_op(asked, op, &["is …", "is in [ … ]"]);
                None
            }
        }
    }

    fn one_name(
        &mut self,
        asked: &Asked<'f>,
        sym: SymSubject,
        value: &'a Value,
        resolve: &mut dyn FnMut(&mut Self, &'a Name) -> Option<Symbol>,
    ) -> Option<Test> {
        let Value::Name(name) = value else {
            self.wrong_value(asked, value.span(), "a name", "is \"…\"");
            return None;
        };
        let symbol = resolve(self, name)?;
        Some(Test::Sym(sym, Box::new([symbol])))
    }

    fn name_set(
        &mut self,
        asked: &Asked<'f>,
        sym: SymSubject,
        set: &'a NameSet,
        resolve: &mut dyn FnMut(&mut Self, &'a Name) -> Option<Symbol>,
    ) -> Option<Test> {
        match set {
            NameSet::Names(names, _) => self.resolved(names, resolve).map(|list| Test::Sym(sym, list)),
            NameSet::List(list) => {
                let Some(entry) = self.all.lists.get(&list.text) else {
                    self.no_list(list);
                    return None;
                };
                match &entry.node.content {
                    ListContent::Names(names) => self
                        .resolved_once(names, list_use(asked), entry.name.span, resolve)
                        .map(|list| Test::Sym(sym, list)),
                    // that it is missing was said
                    ListContent::FromHost => None,
                    ListContent::Dated(ranges) => {
                        let mut found = Vec::new();
                        for range in ranges {
                            let from = times::date(range.kind.from, &mut self.report);
                            let to = match range.kind.to {
                                None => Some(i32::MAX),
                                Some(to) => times::date(to, &mut self.report).map(|to| to.days()),
                            };
                            let names =
                                self.resolved_once(&range.kind.names, list_use(asked), range.span, resolve);
                            found.push(
                                from.zip(to).zip(names).map(|((from, to), names)| (from.days(), to, names)),
                            );
                        }
                        let mut found = found.into_iter().collect::<Option<Vec<_>>>()?;
                        found.sort();
                        Some(Test::DatedSym(sym, found.into()))
                    }
                }
            }
        }
    }

    /// N101 for a list.
    pub(super) fn no_list(&mut self, list: &Name) {
        self.report.unknown("list", &list.text, list.span, self.all.lists.candidates(), "");
    }

    fn resolved(
        &mut self,
        names: &'a [Name],
        resolve: &mut dyn FnMut(&mut Self, &'a Name) -> Option<Symbol>,
    ) -> Option<Box<[Symbol]>> {
        // by name, so that the order in the text changes nothing
        let mut sorted: Vec<&'a Name> = names.iter().collect();
        sorted.sort_by(|a, b| a.text.cmp(&b.text));
        let found: Vec<Option<Symbol>> = sorted.into_iter().map(|name| resolve(self, name)).collect();
        let mut found = found.into_iter().collect::<Option<Vec<Symbol>>>()?;
        found.sort_unstable();
        found.dedup();
        Some(found.into())
    }

    /// Like `resolved`, but a list that was found wrong for this subject is reported once.
    fn resolved_once(
        &mut self,
        names: &'a [Name],
        used_for: &'static str,
        place: Span,
        resolve: &mut dyn FnMut(&mut Self, &'a Name) -> Option<Symbol>,
    ) -> Option<Box<[Symbol]>> {
        if self.seen_lists.contains(&(place, used_for)) {
            return None;
        }
        let found = self.resolved(names, resolve);
        if found.is_none() {
            self.seen_lists.insert((place, used_for));
        }
        found
    }

    pub(super) fn one_of(
        &mut self,
        called: &str,
        values: &'f [&'f str],
        declared: Span,
        name: &Name,
    ) -> Option<Symbol> {
        if values.binary_search(&name.text.as_str()).is_ok() {
            return Some(self.symbols.intern(&name.text));
        }
        let mut finding =
            Diagnostic::new(Code::U203, name.span, format!("`{called}` is never `{}`", name.text))
                .label("not one of its declared values")
                .other(declared, "these are its values");
        finding = finding.help(match Self::similar_word(&name.text, values) {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => "write one of its values, or declare this one too".to_owned(),
        });
        self.report.push(finding);
        None
    }

    /// `A matches B`.
    fn matches(&mut self, subject: &'a Subject, other: &'a Path, span: Span, place: Place) -> Option<Test> {
        let one = self.subject(subject, place);
        let other = self.path(other, place);
        let (one, other) = (one?, other?);
        let (Some((first, left)), Some((second, right))) = (finite(&one.is), finite(&other.is)) else {
            let which = if finite(&one.is).is_none() { &one.called } else { &other.called };
            self.report.push(
                Diagnostic::new(Code::U211, span, "these two cannot be compared with each other")
                    .label(format!("`{which}` has no finite list of values"))
                    .help(format!("declare `{which}` as `one of [ … ]`")),
            );
            return None;
        };
        let right: BTreeSet<&str> = right.into_iter().collect();
        let common: Vec<&str> = left.into_iter().filter(|name| right.contains(name)).collect();
        if common.is_empty() {
            self.report.push(
                Diagnostic::new(Code::U211, span, "these two have no value in common")
                    .label("never true")
                    .help(format!(
                        "declare at least one value in both `{}` and `{}`",
                        one.called, other.called
                    )),
            );
            return None;
        }
        let list = self.sorted_symbols(common.into_iter());
        Some(Test::Matches(first, second, list))
    }
}

/// Subject and values of a subject with a finite list.
fn finite<'f>(is: &Is<'f>) -> Option<(SymSubject, Vec<&'f str>)> {
    match is {
        Is::Word(sym, _, words) => Some((*sym, words.keys().copied().collect())),
        Is::OneOf(sym, values, _) => Some((*sym, values.to_vec())),
        _ => None,
    }
}

/// For what a list is used: a key under which it is reported once.
fn list_use(asked: &Asked<'_>) -> &'static str {
    match asked.is {
        Is::Word(_, what, _) => what,
        _ => "value",
    }
}

/// The names of all paths that a condition asks with `is known` or `is unknown`.
fn known_paths(cond: &Cond) -> Vec<&str> {
    match cond {
        Cond::And(parts, _) | Cond::Or(parts, _) => parts.iter().flat_map(known_paths).collect(),
        Cond::Not(inner, _) => known_paths(inner),
        Cond::Compare { subject: Subject::Path(path), op: Op::Known | Op::Unknown, .. } => {
            vec![&path.name.text]
        }
        Cond::Fact(..) | Cond::Compare { .. } => Vec::new(),
    }
}

/// The attribute of `member.level`.
fn last_word(called: &str) -> &str {
    let name = called.rsplit_once('.').map_or(called, |(_, name)| name);
    name.trim_matches('"')
}

const fn op_words(op: &Op) -> &'static str {
    match op {
        Op::Known => "is known",
        Op::Unknown => "is unknown",
        Op::Is(_) => "is",
        Op::IsNot(_) => "is not",
        Op::In(_) => "is in",
        Op::NotIn(_) => "is not in",
        Op::AtLeast(_) => "is at least",
        Op::AtMost(_) => "is at most",
        Op::MoreThan(_) => "is more than",
        Op::LessThan(_) => "is less than",
        Op::Between(..) => "is between",
        Op::Matches(_) => "matches",
    }
}
