//! `cap … for each A`: caps with one counter for each value.

use super::attributes::Kind;
use super::caps::{Capped, Read};
use super::lowering::Lowering;
use super::times;
use super::tree::Tree;
use crate::calendar::Period;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    Cap, CapId, CapLimit, CapWindow, EACH_MONTHS, EachBy, EachId, Measure, Program, RuleId, Slots, TakeBack,
};
use crate::syntax::ast::{self, CapPer, Name};

/// What a cap has a counter for each of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Each {
    id: EachId,
    /// Whether its counters begin with the first use of a value.
    first_use: bool,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// Limit and window of a cap on rules, and what it has a counter for each of.
    pub(super) fn read_rule_cap(
        &mut self,
        cap: &ast::Cap,
        span: Span,
        capped: &[Capped],
    ) -> Option<(Read, Option<Each>)> {
        let Some(name) = &cap.each else { return Some((self.read_cap(cap, span, capped)?, None)) };
        let (by, is_finite) = self.each_by(name, capped)?;
        let period = match &cap.per {
            None => None,
            Some(CapPer::Item) => {
                let message = "`per item` counts each piece alone, and has no counters";
                self.report.misplaced(span, message, "write a period, or leave `for each` out");
                return None;
            }
            Some(CapPer::Period(period)) => Some(period.clone()),
        };
        let first_use = period.is_none() && !is_finite;
        let lifetime = ast::Period { kind: ast::PeriodKind::Lifetime, span };
        let per = Some(CapPer::Period(period.clone().unwrap_or(lifetime)));
        let plain = ast::Cap {
            side: cap.side,
            limit: cap.limit.clone(),
            per,
            each: None,
            per_account: cap.per_account,
        };
        let read = self.read_cap(&plain, span, capped)?;
        let at = period.map_or(span, |period| period.span);
        match read {
            Read::Cap(_, CapWindow::Event) => {
                let message = format!("an event has one `{}`", name.text);
                self.report.misplaced(at, message, "write a period, or leave `for each` out");
                return None;
            }
            Read::Cap(_, CapWindow::Period(Period::Own(_))) => {
                let message = "counters for each value do not go with a period that starts on a day of the member's own";
                self.report.later(at, message, "write a period that is the same for all members");
                return None;
            }
            Read::Cap(_, CapWindow::Period(Period::Lifetime | Period::Campaign))
                if !is_finite && !first_use =>
            {
                let message = format!("all values that `{}` ever had would have to be remembered", name.text);
                let help = format!(
                    "write a period, or leave `per` out: then each value counts for {EACH_MONTHS} months from its first use"
                );
                self.report.say(Code::H941, at, message, help);
                return None;
            }
            _ => {}
        }
        let known = self.each.iter().position(|other| *other == by);
        let place = known.unwrap_or_else(|| {
            self.each.push(by);
            self.each.len() - 1
        });
        Some((read, Some(Each { id: EachId(u16::try_from(place).ok()?), first_use })))
    }

    /// What has the values, and whether there are only so many of them.
    fn each_by(&mut self, name: &Name, capped: &[Capped]) -> Option<(EachBy, bool)> {
        match name.text.as_str() {
            "channel" => return Some((EachBy::Channel, true)),
            "store" => return Some((EachBy::Store, true)),
            _ => {}
        }
        let of_items = ["category", "sku", "brand"].contains(&name.text.as_str());
        if of_items || self.facts.item.peek(&name.text).is_some() {
            let message = "this version has no counters for each value of what items carry";
            self.report.later(name.span, message, "name a channel, a store or an attribute of the event");
            return None;
        }
        let mut is_finite = true;
        for rule in capped {
            let schema = rule.on.and_then(|on| self.facts.event(on));
            let Some(attribute) = schema.and_then(|schema| schema.peek(&name.text)) else {
                let candidates = schema.into_iter().flat_map(|schema| schema.candidates());
                let built_in = ["channel", "store"].into_iter().map(|word| (word, None));
                let what = "attribute of the event";
                self.report.unknown(what, &name.text, name.span, candidates.chain(built_in), "");
                return None;
            };
            attribute.used.set(true);
            is_finite &= matches!(attribute.kind, Kind::OneOf(_) | Kind::YesNo);
            if attribute.kind == Kind::ListOfName {
                let message = format!("`{}` can have several values at once", name.text);
                self.report.misplaced(name.span, message, "name something that has one value");
                return None;
            }
        }
        Some((EachBy::Attribute(name.text.as_str().into()), is_finite))
    }

    /// Adds a cap to the table, with its counter or its counters.
    pub(super) fn add_rule_cap(
        &mut self,
        (name, key): (&str, &str),
        text: String,
        (limit, window, each, per_account): (CapLimit, CapWindow, Option<Each>, bool),
        (rules, shared): (&[RuleId], bool),
    ) -> CapId {
        let (Some(each), CapWindow::Period(period)) = (each, window) else {
            return self.add_cap((name, key), text, (limit, window, per_account), Some(rules), shared);
        };
        let id = self.next_cap();
        let by = match self.each.get(usize::from(each.id.0)) {
            Some(EachBy::Attribute(name)) => format!("{name:?}"),
            Some(EachBy::Store) => "store".to_owned(),
            _ => "channel".to_owned(),
        };
        let (slots, back) = if each.first_use {
            (Slots::EachFirst, Some(EACH_MONTHS * 31))
        } else {
            (Slots::Each(period), times::period_days(period))
        };
        let meter = self.counters.meter(
            &format!("{key} for each {by}{}", if per_account { ", per account" } else { "" }),
            Measure::Cap(id),
            slots,
            back,
        );
        self.caps.push(Cap {
            per_account,
            name: name.into(),
            text: text.into(),
            shared,
            limit,
            window,
            meter: Some(meter),
            each: Some(each.id),
            waiting: None,
            rules: rules.into(),
        });
        id
    }

    /// Whether a cap in a block that has no counters for each value asks for none.
    pub(super) fn no_each(&mut self, cap: &ast::Cap) -> Option<()> {
        let Some(name) = &cap.each else { return Some(()) };
        let message = "this version has counters for each value in `earn` and `bonus` only";
        self.report.later(name.span, message, "remove `for each …`");
        None
    }
}

/// L007: what is judged again asks the counters of its own time, and those of values are not kept.
pub(super) fn each(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    if program.returns.take_back != TakeBack::AsIfNeverBought {
        return Vec::new();
    }
    let caps = program.caps.iter().filter(|cap| cap.each.is_some());
    let places = caps.filter_map(|cap| tree.cap(&cap.name, cap.shared, &cap.text));
    let message = "`for each` does not go with returns that take back as if never bought";
    let help = "write `take back earned in proportion`, or remove `for each …`";
    places.map(|span| Diagnostic::new(Code::L007, span, message).help(help)).collect()
}
