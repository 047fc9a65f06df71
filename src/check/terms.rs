//! The terms of lots: `activate`, `expire`, `no expiry when`.

use super::attributes::{Attribute, Kind};
use super::lowering::Lowering;
use super::subjects::{Place, Scope};
use super::times;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    Activate, ActivitiesId, Activity, DateAttribute, DateId, EventKindId, Expire, ExpireFrom, Test, UnitId,
};
use crate::syntax::ast::{self, Cond, Name};

/// The `expire` lines of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'l, 'a> {
    pub(super) expire: &'l [(&'a ast::Expire, Span)],
    pub(super) of: Expiring,
}

/// What ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expiring {
    /// Lots of a unit; nothing if that could not be found out.
    Lots(Option<UnitId>),
    /// The stamps of a card.
    Card,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// When something earned becomes usable; of a rule with the event that it waits for.
    pub(super) fn activate(
        &mut self,
        written: &'a ast::Activate,
        on: Option<EventKindId>,
    ) -> Option<Activate> {
        let settings = self.settings();
        Some(match written {
            ast::Activate::AtOnce => Activate::AtOnce,
            ast::Activate::After(duration) => Activate::After(times::days(*duration, &mut self.report)?),
            ast::Activate::AtEndOf(period) => {
                Activate::AtEndOf(times::repeating(period, settings, &mut self.report)?)
            }
            ast::Activate::On(name) => self.activate_on(name, on)?,
        })
    }

    /// `activate on E` or `activate on A`.
    fn activate_on(&mut self, name: &'a Name, on: Option<EventKindId>) -> Option<Activate> {
        if matches!(name.text.as_str(), "purchase" | "joining") {
            self.report.misplaced(
                name.span,
                format!("a {} names no purchase whose points it could release", name.text),
                "declare an event that does, for example `event delivery { }`, and write `activate on delivery`",
            );
            return None;
        }
        let event = self.all.events.peek(&name.text).map(|entry| entry.name.span);
        let found = self.attributes_named(name, on);
        match (event, found.as_slice()) {
            (Some(_), []) => self.event(name).map(Activate::OnEvent),
            (None, [_]) => self.date(name, on).map(Activate::On),
            (None, []) => {
                self.no_moment(name, on);
                None
            }
            (event, found) => {
                let places = event.into_iter().chain(found.iter().copied());
                let mut finding =
                    Diagnostic::new(Code::U213, name.span, format!("`{}` can mean two things", name.text));
                for place in places {
                    finding = finding.other(place, "this");
                }
                self.report.push(finding.help("give one of them another name"));
                None
            }
        }
    }

    /// Where attributes of this name are declared that a rule on the event, or a unit, can ask: at most one of the
    /// events, then of the item, then of the member.
    fn attributes_named(&self, name: &Name, on: Option<EventKindId>) -> Vec<Span> {
        let facts = self.facts;
        let of_event = match on {
            Some(on) => facts.event(on).and_then(|schema| schema.peek(&name.text)),
            None => facts.events.iter().find_map(|schema| schema.peek(&name.text)),
        };
        let all = [of_event, facts.item.peek(&name.text), facts.member.peek(&name.text)];
        all.into_iter().flatten().map(|attribute| attribute.name.span).collect()
    }

    /// The date that members, items and events bring under a name.
    fn date(&mut self, name: &'a Name, on: Option<EventKindId>) -> Option<DateId> {
        let facts = self.facts;
        let place = |attribute: Option<&Attribute<'a>>| {
            let attribute = attribute?;
            attribute.used.set(true);
            (attribute.kind == Kind::Date).then_some(attribute.place)
        };
        let member = place(facts.member.peek(&name.text));
        let item = place(facts.item.peek(&name.text));
        let events: Box<[Option<u16>]> =
            facts.events.iter().map(|schema| place(schema.peek(&name.text))).collect();
        let known = match on {
            Some(on) => events.get(on.index()).copied().flatten().is_some(),
            None => events.iter().any(Option::is_some),
        };
        if !known && member.is_none() && item.is_none() {
            let declared = self.attributes_named(name, on);
            let mut finding = Diagnostic::new(Code::U203, name.span, format!("`{}` is no date", name.text))
                .label("a day is needed here");
            for place in declared {
                finding = finding.other(place, "declared here");
            }
            self.report.push(finding.help("name an attribute of type `date`, or an event"));
            return None;
        }
        if let Some(known) = self.dates.iter().position(|date| *date.name == *name.text) {
            return Some(DateId(known as u32));
        }
        let id = DateId(self.dates.len() as u32);
        self.dates.push(DateAttribute { name: name.text.as_str().into(), member, item, events });
        Some(id)
    }

    /// N101, or U204 if another event has the attribute.
    fn no_moment(&mut self, name: &Name, on: Option<EventKindId>) {
        let facts = self.facts;
        let other = facts.events.iter().zip(&facts.event_names);
        let other = other.filter_map(|(schema, event)| Some((*event, schema.peek(&name.text)?))).next();
        if let (Some(on), Some((event, attribute))) = (on, other) {
            attribute.used.set(true);
            let here = self.event_name(on);
            let message = format!("the event {here} has no attribute `{}`", name.text);
            let finding = Diagnostic::new(Code::U204, name.span, message)
                .other(attribute.name.span, format!("`{}` belongs to the event {event}", name.text))
                .help(format!("declare `{}: date` in `event {here}` too", name.text));
            self.report.push(finding);
            return;
        }
        let dates = facts.events.iter().chain([&facts.item, &facts.member]);
        let dates = dates.flat_map(|schema| schema.iter().filter(|attribute| attribute.kind == Kind::Date));
        let dates = dates.map(|attribute| (attribute.name.text.as_str(), Some(attribute.name.span)));
        let candidates = self.all.events.candidates().chain(dates);
        let effect =
            "Points become usable with an event that names their purchase, or on a day that it brings.";
        self.report.unknown("event or date attribute", &name.text, name.span, candidates, effect);
    }

    /// When something earned is gone; the earliest counts.
    pub(super) fn expiries(&mut self, terms: Terms<'_, 'a>) -> Option<Box<[Expire]>> {
        let found: Vec<Option<Expire>> =
            terms.expire.iter().map(|(line, span)| self.expire(line, *span, terms.of)).collect();
        let found = found.into_iter().collect::<Option<Vec<Expire>>>()?;
        if let (true, Some((_, span))) =
            (found.contains(&Expire::Never) && found.len() > 1, terms.expire.first())
        {
            self.report.misplaced(
                *span,
                "it is said to expire never, and also at some time",
                "keep `expire never`, or the other lines",
            );
            return None;
        }
        Some(found.into())
    }

    /// One `expire` line of a unit, a rule or a card.
    fn expire(&mut self, written: &'a ast::Expire, span: Span, of: Expiring) -> Option<Expire> {
        match (written, of) {
            (ast::Expire::After { from: ast::ExpireFrom::FirstStamp, .. }, Expiring::Lots(_)) => {
                let help = "write `after earning` or `after activation`";
                self.report.misplaced(span, "only a card has a first stamp", help);
                None
            }
            (
                ast::Expire::After { from: ast::ExpireFrom::Earning | ast::ExpireFrom::Activation, .. },
                Expiring::Card,
            ) => {
                let help = "write for example `expire 12 months after first stamp`";
                self.report.misplaced(span, "a card counts from its first stamp", help);
                None
            }
            (ast::Expire::Without { duration, events }, _) => {
                let length = times::days(*duration, &mut self.report);
                let activities = self.activities(events, of);
                Some(Expire::Without(length?, activities?))
            }
            _ => self.fixed_expiry(written),
        }
    }

    /// An `expire` line whose day hangs on nothing that happens later.
    pub(super) fn fixed_expiry(&mut self, written: &ast::Expire) -> Option<Expire> {
        let settings = self.settings();
        Some(match written {
            ast::Expire::Never | ast::Expire::Without { .. } => Expire::Never,
            ast::Expire::After { duration, from, tail } => {
                let from = match from {
                    ast::ExpireFrom::Earning => ExpireFrom::Earning,
                    ast::ExpireFrom::Activation => ExpireFrom::Activation,
                    ast::ExpireFrom::FirstStamp => ExpireFrom::FirstStamp,
                };
                let length = times::days(*duration, &mut self.report);
                let tail = times::optional_tail(tail.as_ref(), settings, &mut self.report);
                Expire::After(length?, from, tail?)
            }
            ast::Expire::AtEndOf { period, plus } => {
                let period = times::repeating(period, settings, &mut self.report);
                let plus = times::plus(plus.as_ref(), settings, &mut self.report);
                Expire::AtEndOf(period?, plus?)
            }
            ast::Expire::AtNext(day) => {
                let day = times::month_day(*day, &mut self.report)?;
                Expire::AtNext(day.month(), day.day())
            }
        })
    }

    /// What keeps lots of a unit alive.
    fn activities(&mut self, names: &'a [Name], of: Expiring) -> Option<ActivitiesId> {
        let found: Vec<Option<Activity>> = names.iter().map(|name| self.activity(name, of)).collect();
        let mut found = found.into_iter().collect::<Option<Vec<Activity>>>()?;
        found.sort_unstable();
        found.dedup();
        let known = self.activities.iter().position(|list| **list == *found);
        let place = known.unwrap_or_else(|| {
            self.activities.push(found.into());
            self.activities.len() - 1
        });
        Some(ActivitiesId(place as u32))
    }

    fn activity(&mut self, name: &'a Name, of: Expiring) -> Option<Activity> {
        match (name.text.as_str(), of) {
            ("earning", Expiring::Lots(unit)) => unit.map(Activity::Earning),
            ("earning", Expiring::Card) => {
                let help = "name the event that brings the stamps, or one that keeps them";
                self.report.misplaced(
                    name.span,
                    "a card gets stamps, and earns nothing until it is full",
                    help,
                );
                None
            }
            ("redemption", _) => Some(Activity::Redemption),
            ("joining", _) => {
                self.report.misplaced(
                    name.span,
                    "the joining counts anyway, and happens once",
                    "name an event that can happen again, `earning` or `redemption`",
                );
                None
            }
            _ => self.event(name).map(Activity::Event),
        }
    }

    /// `no expiry when C`. The outer nothing is a finding.
    pub(super) fn hold_line(
        &mut self,
        hold: Option<(&'a Cond, Span)>,
        expire: &[(&ast::Expire, Span)],
    ) -> Option<Option<Test>> {
        let Some((cond, span)) = hold else { return Some(None) };
        if let [(ast::Expire::Never, never)] = expire {
            let finding = Diagnostic::new(Code::N106, span, "what never expires needs no exception")
                .other(*never, "it never expires")
                .help("remove this line, or say when the points expire otherwise");
            self.report.push(finding);
            return None;
        }
        // the clock asks, so there are no attributes of an event
        let place = Place { event: EventKindId::JOINING, scope: Scope::Moment };
        self.condition(cond, place).map(Some)
    }

    /// What only an event brings cannot be asked when the clock runs.
    pub(super) fn no_moment_of(&mut self, what: &str, span: Span, place: Place) -> Option<()> {
        if place.scope != Scope::Moment {
            return Some(());
        }
        self.report.misplaced(
            span,
            format!("`{what}` belongs to an event, and this is asked at the start of a day"),
            "ask the member, for example the tier, an attribute or the history",
        );
        None
    }
}
