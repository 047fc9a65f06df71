//! `cap … for each A`: caps with one counter for each value.

use super::attributes::Kind;
use super::caps::{Capped, Read};
use super::lowering::Lowering;
use super::rates::FallsTo;
use super::times;
use super::tree::Tree;
use crate::calendar::Period;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    AwardThing, Cap, CapId, CapLimit, CapWindow, EACH_MONTHS, EachBy, EachId, EventKindId, Measure, Program,
    Rule, RuleId, Slots, TakeBack,
};
use crate::syntax::ast::{self, CapPer, Name};

/// What a cap has a counter for each of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Each {
    id: EachId,
    /// Whether its counters begin with the first use of a value.
    first_use: bool,
    /// Whether each item has a value of its own.
    by_line: bool,
}

/// What has the values of which a cap has a counter each, and whether there are only so many of them.
#[derive(Debug)]
pub(super) struct Values {
    by: EachBy,
    is_finite: bool,
}

impl Values {
    /// Whether each item has a value of its own.
    pub(super) const fn of_items(&self) -> bool {
        self.by.of_items()
    }
}

/// What items carry beside their attributes.
const OF_ITEMS: [&str; 3] = ["category", "sku", "brand"];

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// Limit and window of a cap on rules, and what it has a counter for each of.
    pub(super) fn read_rule_cap(
        &mut self,
        cap: &ast::Cap,
        span: Span,
        capped: &[Capped],
    ) -> Option<(Read, Option<Each>)> {
        let Some((plain, by)) = self.without_each(cap, span, capped)? else {
            return Some((self.read_cap(cap, span, capped)?, None));
        };
        let read = self.read_cap(&plain, span, capped)?;
        let Read::Cap(limit, window) = read else { return Some((read, None)) };
        if by.by.of_items() {
            self.falls_to_lines(limit, span, capped)?;
        }
        Some((read, Some(self.each_in(cap, by, window, span)?)))
    }

    /// A cap as it would be without counters for each value, and what has the values; inside nothing if it has none.
    pub(super) fn without_each(
        &mut self,
        cap: &ast::Cap,
        span: Span,
        capped: &[Capped],
    ) -> Option<Option<(ast::Cap, Values)>> {
        let Some(name) = &cap.each else { return Some(None) };
        let (by, is_finite) = self.each_by(name, capped)?;
        if matches!(cap.per, Some(CapPer::Item)) {
            let message = "`per item` counts each piece alone, and has no counters";
            self.report.misplaced(span, message, "write a period, or leave `for each` out");
            return None;
        }
        let lifetime = ast::Period { kind: ast::PeriodKind::Lifetime, span };
        let per = cap.per.clone().unwrap_or(CapPer::Period(lifetime));
        let limit = cap.limit.clone();
        let (side, per_account, per_member) = (cap.side, cap.per_account, cap.per_member);
        Some(Some((
            ast::Cap { side, limit, per: Some(per), each: None, per_account, per_member },
            Values { by, is_finite },
        )))
    }

    /// The counters of a cap in its window.
    pub(super) fn each_in(
        &mut self,
        cap: &ast::Cap,
        Values { by, is_finite }: Values,
        window: CapWindow,
        span: Span,
    ) -> Option<Each> {
        let name = cap.each.as_ref()?;
        let at = match &cap.per {
            Some(CapPer::Period(period)) => period.span,
            _ => span,
        };
        let first_use = cap.per.is_none() && !is_finite;
        match window {
            CapWindow::Event if !by.of_items() => {
                let message = format!("an event has one `{}`", name.text);
                self.report.misplaced(at, message, "write a period, or leave `for each` out");
                return None;
            }
            CapWindow::Period(Period::Lifetime | Period::Campaign) if !is_finite && !first_use => {
                let message = format!("all values that `{}` ever had would have to be remembered", name.text);
                let help = format!(
                    "write a period, or leave `per` out: then each value counts for {EACH_MONTHS} months from its first use"
                );
                self.report.say(Code::H941, at, message, help);
                return None;
            }
            _ => {}
        }
        let by_line = by.of_items();
        let known = self.each.iter().position(|other| *other == by);
        let place = known.unwrap_or_else(|| {
            self.each.push(by);
            self.each.len() - 1
        });
        Some(Each { id: EachId(u16::try_from(place).ok()?), first_use, by_line })
    }

    /// Whether what a cap with counters for values of items counts falls to single lines.
    fn falls_to_lines(&mut self, limit: CapLimit, span: Span, capped: &[Capped]) -> Option<()> {
        for rule in capped {
            let no_items =
                rule.on == Some(EventKindId::JOINING) || rule.on.is_some_and(|on| on.moment().is_some());
            let vouchers = matches!(rule.thing, Some(AwardThing::Voucher(_) | AwardThing::Choice(_)));
            let (message, help) = if no_items {
                ("what is capped here waits for no event with items", "leave `for each` out")
            } else if rule.falls_to == FallsTo::Event {
                (
                    "what is capped here is in proportion to the event and falls to no item",
                    "name something that the event carries, or leave `for each` out",
                )
            } else if rule.falls_to == FallsTo::Everything
                || (rule.falls_to == FallsTo::Multiplied && matches!(limit, CapLimit::Spend(_)))
            {
                (
                    "this multiplies what others give, and its caps cannot part it by values of items",
                    "cap the rules that it multiplies, or leave `for each` out",
                )
            } else if vouchers && matches!(limit, CapLimit::Amount(..)) {
                (
                    "a voucher falls to no item",
                    "cap the number of times, for example `cap 1 time per month …`",
                )
            } else {
                continue;
            };
            self.report.misplaced(span, message, help);
            return None;
        }
        Some(())
    }

    /// What has the values, and whether there are only so many of them.
    fn each_by(&mut self, name: &Name, capped: &[Capped]) -> Option<(EachBy, bool)> {
        match name.text.as_str() {
            "channel" => return Some((EachBy::Channel, true)),
            "store" => return Some((EachBy::Store, true)),
            "category" => return Some((EachBy::Category, true)),
            "sku" => return Some((EachBy::Sku, false)),
            "brand" => return Some((EachBy::Brand, false)),
            _ => {}
        }
        let facts = self.facts;
        if let Some(attribute) = facts.item.peek(&name.text) {
            let of_event = |rule: &Capped| facts.event(rule.on?)?.peek(&name.text);
            if let Some(other) = capped.iter().find_map(of_event) {
                let message = format!("`{}` can mean two things", name.text);
                let finding = Diagnostic::new(Code::U213, name.span, message)
                    .other(attribute.name.span, "what each item carries")
                    .other(other.name.span, "what the event carries")
                    .help("give one of them another name");
                self.report.push(finding);
                return None;
            }
            attribute.used.set(true);
            let is_finite = self.one_value(name, &attribute.kind)?;
            return Some((EachBy::Item(name.text.as_str().into()), is_finite));
        }
        let mut is_finite = true;
        for rule in capped {
            let schema = rule.on.and_then(|on| facts.event(on));
            let Some(attribute) = schema.and_then(|schema| schema.peek(&name.text)) else {
                let of_items = facts.item.candidates();
                let candidates = schema.into_iter().flat_map(|schema| schema.candidates()).chain(of_items);
                let built_in = ["channel", "store"].into_iter().chain(OF_ITEMS).map(|word| (word, None));
                let what = "attribute of the event or its items";
                self.report.unknown(what, &name.text, name.span, candidates.chain(built_in), "");
                return None;
            };
            attribute.used.set(true);
            is_finite &= self.one_value(name, &attribute.kind)?;
        }
        Some((EachBy::Attribute(name.text.as_str().into()), is_finite))
    }

    /// Whether an attribute has only so many values; nothing if it can have several at once.
    fn one_value(&mut self, name: &Name, kind: &Kind) -> Option<bool> {
        if *kind == Kind::ListOfName {
            let message = format!("`{}` can have several values at once", name.text);
            self.report.misplaced(name.span, message, "name something that has one value");
            return None;
        }
        Some(matches!(kind, Kind::OneOf(_) | Kind::YesNo))
    }

    /// Adds a cap to the table, with its counter or its counters.
    pub(super) fn add_rule_cap(
        &mut self,
        (name, key): (&str, &str),
        text: String,
        (limit, window, each, per_account): (CapLimit, CapWindow, Option<Each>, bool),
        (rules, shared): (&[RuleId], bool),
    ) -> CapId {
        let id = self.next_cap();
        let Some(each) = each else {
            return self.add_cap((name, key), text, (limit, window, per_account), Some(rules), shared);
        };
        let by = match self.each.get(usize::from(each.id.0)) {
            Some(EachBy::Attribute(name)) => format!("{name:?}"),
            Some(EachBy::Item(name)) => format!("{name:?} of items"),
            Some(EachBy::Store) => "store".to_owned(),
            Some(EachBy::Category) => "category".to_owned(),
            Some(EachBy::Sku) => "sku".to_owned(),
            Some(EachBy::Brand) => "brand".to_owned(),
            Some(EachBy::Channel) | None => "channel".to_owned(),
        };
        let meter = match window {
            CapWindow::Event => None,
            CapWindow::Period(period) => {
                let (slots, back) = if each.first_use {
                    (Slots::EachFirst, Some(EACH_MONTHS * 31))
                } else {
                    (Slots::Each(period), times::period_days(period))
                };
                let account = if per_account { ", per account" } else { "" };
                let key = format!("{key} for each {by}{account}");
                Some(self.counters.meter(&key, Measure::Cap(id), slots, back))
            }
        };
        self.caps.push(Cap {
            per_account,
            name: name.into(),
            text: text.into(),
            shared,
            limit,
            window,
            meter,
            each: Some(each.id),
            by_line: each.by_line,
            waiting: None,
            rules: rules.into(),
        });
        id
    }

    /// Whether a rule has a cap with counters for values of items.
    pub(super) fn has_line_caps(&self, rule: &Rule) -> bool {
        let mut caps = rule.caps.iter().chain(&rule.spend_caps);
        caps.any(|id| self.caps.get(id.index()).is_some_and(|cap| cap.by_line))
    }

    /// A cap of a block that can have counters for each value of the event, and not of its items: `how` says why, and what to
    /// write. `read` judges the cap as it is without them.
    pub(super) fn each_of_event(
        &mut self,
        cap: &ast::Cap,
        span: Span,
        capped: Capped,
        (why, help): (&str, &str),
        read: impl FnOnce(&mut Self, &ast::Cap) -> Option<(CapLimit, CapWindow)>,
    ) -> Option<(CapLimit, CapWindow, Option<Each>)> {
        let Some((plain, values)) = self.without_each(cap, span, &[capped])? else {
            let (limit, window) = read(self, cap)?;
            return Some((limit, window, None));
        };
        if let Some(name) = cap.each.as_ref().filter(|_| values.of_items()) {
            self.report.misplaced(name.span, why, help);
            return None;
        }
        let (limit, window) = read(self, &plain)?;
        Some((limit, window, Some(self.each_in(cap, values, window, span)?)))
    }

    /// Whether a cap asks for no counters for each value, where counters for each value have no meaning.
    pub(super) fn never_each(&mut self, cap: &ast::Cap, why: &str) -> Option<()> {
        let Some(name) = &cap.each else { return Some(()) };
        self.report.misplaced(name.span, why, "remove `for each …`");
        None
    }
}

/// L007: what is judged again asks the counters of its own time, and those of values of items are not kept.
pub(super) fn each(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    if program.returns.take_back != TakeBack::AsIfNeverBought {
        return Vec::new();
    }
    let caps = program.caps.iter().filter(|cap| cap.by_line);
    let places = caps.filter_map(|cap| tree.cap(&cap.name, cap.shared, &cap.text));
    let message =
        "`for each` over what items carry does not go with returns that take back as if never bought";
    let help = "write `take back earned in proportion`, or name something that the event carries";
    places.map(|span| Diagnostic::new(Code::L007, span, message).help(help)).collect()
}
