//! Moments that the clock brings: what a rule may wait for besides events.

use super::lowering::Lowering;
use super::say;
use super::subjects::{Place, Scope};
use super::times;
use crate::calendar::{self, Date};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{EventKindId, Moment, MomentKind, Rule, RuleId, Test, Waiting, days_in_force};
use crate::syntax::ast::{Cond, Duration, Name, On, PeriodKind};

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// What an `earn` or `bonus` waits for: an event, or a moment that the clock brings.
    pub(super) fn on_of_rule(
        &mut self,
        on: Option<(&'a On, Span)>,
        (head, called): (Span, &str),
        rule: RuleId,
    ) -> Option<EventKindId> {
        let Some((on, span)) = on else { return self.on_line(None, head, called) };
        let (name, kind, items) = match on {
            On::Joining | On::Event(_) => return self.on(on),
            On::Birthday => ("birthday".to_owned(), MomentKind::Birthday(self.birthday_place(span)?), None),
            On::StartOf(period) => {
                let found = times::repeating(period, self.settings(), &mut self.report)?;
                let called = match &period.kind {
                    PeriodKind::Named(name) => say::written(name),
                    _ => self.text(period.span),
                };
                (format!("start of {called}"), MomentKind::StartOf(found), None)
            }
            On::After { duration, event, items } => self.after(*duration, event, items.as_deref())?,
            On::Without { duration, events } => {
                let kinds: Option<Vec<EventKindId>> =
                    events.iter().map(|event| self.repeated(event)).collect();
                let length = times::days(*duration, &mut self.report);
                let (mut kinds, length) = (kinds?, length?);
                kinds.sort_unstable();
                kinds.dedup();
                let names: Vec<String> =
                    kinds.iter().map(|kind| say::written(self.event_name(*kind))).collect();
                let name = format!("{} without {}", words(length), names.join(" or "));
                (name, MomentKind::Without(length, kinds.into()), None)
            }
        };
        let known = self.moments.iter().position(|moment| moment.kind == kind);
        let place = known.unwrap_or_else(|| {
            let (rules, days) = (Vec::new(), (Date::MAX, Date::MIN));
            self.moments.push(Moment { name: name.into(), kind, rules, days });
            self.moments.len() - 1
        });
        if let Some(moment) = self.moments.get_mut(place) {
            moment.rules.push(Waiting { rule, items });
        }
        Some(EventKindId::of_moment(u32::try_from(place).ok()?))
    }

    /// All moments, with the days on which any of their rules may be in force.
    pub(super) fn moments_of(&mut self, rules: &[Rule]) -> Box<[Moment]> {
        let mut moments = std::mem::take(&mut self.moments);
        for moment in &mut moments {
            let waiting = moment.rules.iter().filter_map(|waiting| rules.get(waiting.rule.index()));
            let days = waiting.map(|rule| days_in_force(rule.valid));
            let all = days.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)));
            moment.days = all.unwrap_or((Date::MAX, Date::MIN));
        }
        moments.into()
    }

    /// `60 days after purchase of items where C`
    fn after(
        &mut self,
        duration: Duration,
        event: &Name,
        items: Option<&'a Cond>,
    ) -> Option<(String, MomentKind, Option<Test>)> {
        let length = times::days(duration, &mut self.report);
        let kind = self.event(event);
        let name = length.map_or(String::new(), words);
        let name = format!("{name} after {}", say::written(&event.text));
        if kind == Some(EventKindId::JOINING) {
            if let Some(cond) = items {
                self.has_basket(cond.span(), EventKindId::JOINING)?;
            }
            // nothing has to be remembered for that: the day of joining is known
            return Some((name, MomentKind::Without(length?, Box::default()), None));
        }
        if length.is_some_and(times::above_36_months) {
            self.report.push(
                Diagnostic::new(Code::H941, duration.span, "this looks too far ahead")
                    .label("each event would have to be remembered for so long")
                    .help("wait at most 36 months"),
            );
            return None;
        }
        let items = match items {
            None => None,
            Some(cond) => Some(self.condition(cond, Place { event: kind?, scope: Scope::Items })?),
        };
        Some((name, MomentKind::After(length?, kind?), items))
    }

    /// An event that can come again.
    fn repeated(&mut self, event: &Name) -> Option<EventKindId> {
        let kind = self.event(event)?;
        if kind == EventKindId::JOINING {
            self.report.misplaced(
                event.span,
                "the joining counts anyway, and happens once",
                "name an event that can happen again, for example `purchase`",
            );
            return None;
        }
        Some(kind)
    }
}

/// `60 days`
fn words(length: calendar::Duration) -> String {
    let (count, plural) = (length.count, if length.count == 1 { "" } else { "s" });
    format!("{count} {}{plural}", length.unit.word())
}
