//! What a comparison asks: from the words to a subject of the compiled program.

use super::attributes::{Attribute, Kind};
use super::canonical;
use super::challenges::ANY_EVENT;
use super::declared::Words;
use super::facts::Thing;
use super::lowering::Lowering;
use super::times;
use crate::calendar::{DurationUnit, Period};
use crate::diagnostics::Similar;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    EventKindId, Measure, NumSubject, SinceBase, Slots, SymSubject, TiersId, UnitId, Window,
};
use crate::syntax::ast::{self, Cond, MeasureSpan, Name, Path, Subject};

/// Subjects of the language, for "did you mean".
const BUILT_IN: [&str; 16] = [
    "category", "sku", "brand", "price", "quantity", "channel", "store", "partner", "basket", "date", "time",
    "weekday", "month", "tier", "plan", "age",
];

/// Where a condition stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The event whose attributes it may ask.
    pub(super) event: EventKindId,
    /// What it judges.
    pub(super) scope: Scope,
}

/// What a condition judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// `when`: the event.
    Event,
    /// `for items where`: each item.
    Items,
    /// `any item ( … )`, `spend on ( … )`: each item, inside of a condition.
    Filter,
    /// `no expiry when`: a moment of the clock, without an event.
    Moment,
    /// The items that a counter counts. It is judged when the event is booked and must mean the same for ever.
    Counter,
}

impl Scope {
    /// That of what is asked of an event, or of a moment that the clock brings.
    pub(super) const fn of_event(on: EventKindId) -> Self {
        if on.moment().is_some() { Self::Moment } else { Self::Event }
    }

    /// The same where an item may be asked too.
    pub(super) const fn of_items(on: EventKindId) -> Self {
        if on.moment().is_some() { Self::Moment } else { Self::Items }
    }
}

/// A subject that was found.
#[derive(Debug)]
pub(super) struct Asked<'f> {
    /// What it is.
    pub(super) is: Is<'f>,
    /// How it is written.
    pub(super) called: String,
    /// An attribute that may be missing: whose it is and its type as written, for U205.
    pub(super) optional: Option<(Owner, Span)>,
    /// Where it is asked.
    pub(super) span: Span,
}

/// The sorts of subject.
#[derive(Debug)]
pub(super) enum Is<'f> {
    /// A name of a vocabulary.
    Word(SymSubject, &'static str, &'f Words<'f>),
    /// A name of a declared list; its names are sorted.
    OneOf(SymSubject, &'f [&'f str], Span),
    /// Any name or text.
    Open(SymSubject),
    /// A number.
    Number(NumSubject, Measured),
    /// The local day.
    Date,
    /// Monday is 0.
    Weekday,
    /// 1 to 12.
    Month,
    /// A level.
    Tier(TiersId),
    /// How long ago.
    Since(SinceBase),
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measured {
    /// Money of the program's currency, micro-units.
    Money,
    /// A number, millionths.
    Number,
    /// A whole number between two ends, millionths.
    Whole(i64, i64),
    /// A whole number from 0, itself.
    Count,
    /// An amount in the unit's scale.
    Unit(UnitId),
    /// A percentage, millionths of a percent.
    Percent,
    /// A date, days since 1970-01-01.
    Date,
    /// Minutes of the wall clock.
    Time,
    /// 1 or 0.
    YesNo,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The subject of a comparison, or a finding.
    pub(super) fn subject(&mut self, subject: &'a Subject, place: Place) -> Option<Asked<'f>> {
        let called = self.text(subject.span());
        let is = match subject {
            Subject::Path(path) => return self.path(path, place),
            Subject::QuantityOfBasket(span) => {
                self.event_only("quantity of basket", *span, place)?;
                Is::Number(NumSubject::BasketQuantity, Measured::Number)
            }
            Subject::SpendOn(cond, window, span) => {
                let number = self.items_that_pass(true, cond, window.as_ref(), *span, place)?;
                Is::Number(number, Measured::Money)
            }
            Subject::QuantityOn(cond, window, span) => {
                let number = self.items_that_pass(false, cond, window.as_ref(), *span, place)?;
                Is::Number(number, Measured::Number)
            }
            Subject::Measure(measure, within, span) => return self.measure(measure, within, *span, place),
            Subject::TimeSinceJoining(span) => {
                self.history(*span, place)?;
                Is::Since(SinceBase::Joining)
            }
            Subject::TimeSinceLast(name, span) => {
                self.history(*span, place)?;
                Is::Since(SinceBase::Last(self.event(name)?))
            }
            Subject::TierOf(name, span) => {
                self.no_counter(*span, place)?;
                Is::Tier(self.tiers_block(name)?)
            }
        };
        Some(Asked { is, called, optional: None, span: subject.span() })
    }

    /// A path: a built-in subject or an attribute.
    pub(super) fn path(&mut self, path: &Path, place: Place) -> Option<Asked<'f>> {
        if path.scope.is_none() || self.built_in_owner(path) {
            match self.built_in(path, place) {
                Ok(Some(is)) => {
                    return Some(Asked {
                        is,
                        called: path.name.text.clone(),
                        optional: None,
                        span: path.span,
                    });
                }
                Ok(None) => {}
                Err(()) => return None,
            }
        }
        let (owner, attribute) = self.attribute(path, place)?;
        attribute.used.set(true);
        let is = match owner {
            Owner::Item => typed(attribute, SymSubject::Item, NumSubject::Item),
            Owner::Event => typed(attribute, SymSubject::Event, NumSubject::Event),
            Owner::Member => typed(attribute, SymSubject::Member, NumSubject::Member),
        };
        let optional = attribute.field.optional.then_some((owner, attribute.field.kind_span));
        Some(Asked { is, called: self.text(path.span), optional, span: path.span })
    }

    /// Whether a path like `item.category` names a built-in subject of its owner.
    fn built_in_owner(&self, path: &Path) -> bool {
        let owner = match path.name.text.as_str() {
            "category" | "sku" | "brand" | "price" | "quantity" => "item",
            "channel" | "store" | "partner" | "basket" | "date" | "time" | "weekday" | "month" => "event",
            "tier" | "plan" | "age" => "member",
            _ => return false,
        };
        path.of_block || path.scope.as_ref().is_some_and(|scope| scope.text == owner)
    }

    fn built_in(&mut self, path: &Path, place: Place) -> Result<Option<Is<'f>>, ()> {
        let all = self.all;
        let name = path.name.text.as_str();
        match name {
            "category" | "sku" | "brand" | "price" | "quantity" => self.item_only(path, place).ok_or(())?,
            "channel" | "store" | "partner" | "time" => self.no_moment_of(name, path.span, place).ok_or(())?,
            "basket" => self.event_only(name, path.span, place).ok_or(())?,
            "tier" | "plan" | "age" => self.no_counter(path.span, place).ok_or(())?,
            _ => {}
        }
        Ok(Some(match name {
            "category" => Is::Word(SymSubject::Category, "category", &all.categories),
            "sku" => Is::Open(SymSubject::Sku),
            "brand" => Is::Open(SymSubject::Brand),
            "price" => Is::Number(NumSubject::Price, Measured::Money),
            "quantity" => Is::Number(NumSubject::Quantity, Measured::Number),
            "channel" => Is::Word(SymSubject::Channel, "channel", &all.channels),
            "store" => Is::Word(SymSubject::Store, "store", &all.stores),
            "basket" => Is::Number(NumSubject::Basket, Measured::Money),
            "date" => Is::Date,
            "time" => Is::Number(NumSubject::Minute, Measured::Time),
            "weekday" => Is::Weekday,
            "month" => Is::Month,
            "tier" => Is::Tier(self.tiers_of(path).ok_or(())?),
            "age" => {
                self.birthday(path.span).ok_or(())?;
                Is::Number(NumSubject::Age, Measured::Count)
            }
            "partner" => Is::Word(SymSubject::Partner, "partner", &all.partner_words),
            "plan" => {
                self.plans_declared(path.span).ok_or(())?;
                Is::Word(SymSubject::Plan, "plan", &all.plan_words)
            }
            _ => return Ok(None),
        }))
    }

    /// U213: `age` and `birthday …` need `birthday: date`.
    pub(super) fn birthday(&mut self, span: Span) -> Option<()> {
        self.birthday_place(span).map(|_| ())
    }

    /// The place of the birthday among the attributes of members, or the same finding.
    pub(super) fn birthday_place(&mut self, span: Span) -> Option<u16> {
        match self.facts.member.peek("birthday") {
            Some(attribute) if attribute.kind == Kind::Date => {
                attribute.used.set(true);
                Some(attribute.place)
            }
            found => {
                let mut finding = Diagnostic::new(Code::U213, span, "nobody's birthday is known")
                    .label("needs the date of birth")
                    .help("declare `birthday: date` in the block `member`");
                if let Some(attribute) = found {
                    finding = finding.other(attribute.field.kind_span, "this is no date");
                }
                self.report.push(finding);
                None
            }
        }
    }

    /// The one tiers block that `tier` means.
    pub(super) fn only_tiers(&mut self, span: Span) -> Option<TiersId> {
        match self.facts.tiers.as_slice() {
            [only] => {
                self.all.tiers.get(&only.name.text);
                Some(only.id)
            }
            [] => {
                self.report.say(
                    Code::N101,
                    span,
                    "no tiers are declared",
                    "write a `tiers` block, or leave this condition out",
                );
                None
            }
            [first, ..] => {
                let help = format!("say which one, for example `tier of {}`", first.name.text);
                let count = self.facts.tiers.len();
                self.report.say(Code::U213, span, format!("`tier` can mean {count} tiers blocks"), help);
                None
            }
        }
    }

    /// A tiers block by its name.
    pub(super) fn tiers_block(&mut self, name: &Name) -> Option<TiersId> {
        match self.all.tiers.get(&name.text) {
            Some(entry) => Some(TiersId(entry.id)),
            None => {
                self.report.unknown("tiers block", &name.text, name.span, self.all.tiers.candidates(), "");
                None
            }
        }
    }

    /// The attribute that a path means, or a finding.
    pub(super) fn attribute(&mut self, path: &Path, place: Place) -> Option<(Owner, &'f Attribute<'a>)> {
        let facts = self.facts;
        let name = path.name.text.as_str();
        let (asks_item, asks_event, asks_member) = match path.scope.as_ref().map(|scope| scope.text.as_str())
        {
            None => (true, true, true),
            Some("item") => (true, false, false),
            Some("event") => (false, true, false),
            Some("member") => (false, false, true),
            Some(_) => {
                let message = format!("`{}` has no attributes", self.text(path.span));
                self.report.say(Code::N101, path.span, message, "write `item.x`, `event.x` or `member.x`");
                return None;
            }
        };
        let found = [
            (Owner::Item, asks_item.then(|| facts.item.peek(name)).flatten()),
            (Owner::Event, asks_event.then(|| facts.event(place.event)?.peek(name)).flatten()),
            (Owner::Member, asks_member.then(|| facts.member.peek(name)).flatten()),
        ];
        let mut found = found.into_iter().filter_map(|(owner, attribute)| Some((owner, attribute?)));
        match (found.next(), found.next()) {
            (Some((owner, attribute)), None) => {
                attribute.used.set(true);
                self.allowed(owner, path, place)?;
                Some((owner, attribute))
            }
            (Some((one, first)), Some((other, second))) => {
                let finding = Diagnostic::new(Code::U213, path.span, format!("`{name}` can mean two things"))
                    .other(first.name.span, format!("the attribute of the {}", one.word()))
                    .other(second.name.span, format!("the attribute of the {}", other.word()))
                    .help(format!("write `{}.{name}` or `{}.{name}`", one.word(), other.word()));
                self.report.push(finding);
                None
            }
            (None, _) => {
                self.no_such_attribute(path, place);
                None
            }
        }
    }

    fn allowed(&mut self, owner: Owner, path: &Path, place: Place) -> Option<()> {
        match owner {
            Owner::Item => self.item_only(path, place),
            Owner::Member => self.no_counter(path.span, place),
            Owner::Event => {
                self.no_moment_of(&path.name.text, path.span, place)?;
                self.no_counter(path.span, place)
            }
        }
    }

    /// U204 if another event has the attribute, else N101.
    fn no_such_attribute(&mut self, path: &Path, place: Place) {
        let facts = self.facts;
        let name = path.name.text.as_str();
        let other =
            (0_u32..).zip(&facts.events).find_map(|(id, schema)| Some((EventKindId(id), schema.peek(name)?)));
        if let Some((event, attribute)) = other {
            attribute.used.set(true);
            if self.no_moment_of(name, path.span, place).is_none() {
                return;
            }
            let (here, there) = (self.event_name(place.event), self.event_name(event));
            if place.event == ANY_EVENT {
                let message = format!("`{name}` belongs to the event {there}, and here every event counts");
                let finding = Diagnostic::new(Code::U204, path.span, message)
                    .other(attribute.name.span, "declared here")
                    .help(format!(
                        "count the event {there}, for example `task … : {there} reaches 3 when …`"
                    ));
                self.report.push(finding);
                return;
            }
            let finding =
                Diagnostic::new(Code::U204, path.span, format!("the event {here} has no attribute `{name}`"))
                    .other(attribute.name.span, format!("`{name}` belongs to the event {there}"))
                    .help(format!("write a rule `on {there}`, or declare `{name}` in `event {here}` too"));
            self.report.push(finding);
            return;
        }
        let declared = facts.item.candidates().chain(facts.member.candidates());
        let declared =
            declared.chain(facts.event(place.event).into_iter().flat_map(|schema| schema.candidates()));
        let candidates = declared.chain(BUILT_IN.iter().map(|name| (*name, None)));
        self.report.unknown("attribute", name, path.span, candidates, "");
    }

    /// Item subjects have no place in `when`.
    fn item_only(&mut self, path: &Path, place: Place) -> Option<()> {
        self.no_moment_of(&path.name.text, path.span, place)?;
        if place.scope != Scope::Event {
            return Some(());
        }
        let name = &path.name.text;
        self.report.misplaced(
            path.span,
            format!("`{name}` belongs to an item, and `when` asks about the whole event"),
            format!("write `for items where {name} …`, or `when any item ({name} …)`"),
        );
        None
    }

    /// Sums of the basket cannot be asked inside of an item's filter of a counter.
    fn event_only(&mut self, what: &str, span: Span, place: Place) -> Option<()> {
        if matches!(what, "basket" | "quantity of basket" | "spend on") {
            self.no_moment_of(what, span, place)?;
        }
        if place.scope != Scope::Counter {
            return Some(());
        }
        self.report.later(
            span,
            format!("`{what}` cannot choose what is counted over time"),
            "inside `… on ( … )` with a window ask the item only, for example its category",
        );
        None
    }

    /// Member and event attributes cannot be asked by a filter of a counter.
    fn no_counter(&mut self, span: Span, place: Place) -> Option<()> {
        let what = self.text(span);
        self.event_only(&what, span, place)
    }

    /// History cannot be asked inside of parentheses about items.
    fn history(&mut self, span: Span, place: Place) -> Option<()> {
        if matches!(place.scope, Scope::Event | Scope::Items | Scope::Moment) {
            return Some(());
        }
        self.report.misplaced(
            span,
            "the past cannot be asked inside of a question about items",
            "move this part out of the parentheses and join it with `and`",
        );
        None
    }

    /// `spend on ( … )`, `quantity on ( … )`, with or without a window.
    fn items_that_pass(
        &mut self,
        spend: bool,
        cond: &'a Cond,
        window: Option<&ast::Window>,
        span: Span,
        place: Place,
    ) -> Option<NumSubject> {
        let Some(window) = window else {
            self.event_only("spend on", span, place)?;
            let inner = Place { event: place.event, scope: Scope::Filter };
            let (filter, _) = self.filter(cond, inner)?;
            return Some(if spend { NumSubject::SpendOn(filter) } else { NumSubject::QuantityOn(filter) });
        };
        self.history(span, place)?;
        let (filter, name) = self.filter(cond, Place { event: place.event, scope: Scope::Counter })?;
        let (what, measure) = if spend {
            (format!("spend on {name}"), Measure::Spend(Some(filter)))
        } else {
            (format!("quantity on {name}"), Measure::Quantity(Some(filter)))
        };
        self.windowed(&what, measure, window)
    }

    /// A filter on items, with its canonical name.
    pub(super) fn filter(
        &mut self,
        cond: &'a Cond,
        place: Place,
    ) -> Option<(crate::program::FilterId, String)> {
        let test = self.condition(cond, place)?;
        let names: Vec<&str> = self.facts.item.iter().map(|attribute| attribute.name.text.as_str()).collect();
        Some(self.counters.filter(test, &self.symbols, &canonical::Names(&names)))
    }

    /// `M in W`, `M so far`.
    fn measure(
        &mut self,
        measure: &ast::Measure,
        within: &MeasureSpan,
        span: Span,
        place: Place,
    ) -> Option<Asked<'f>> {
        self.history(span, place)?;
        let (what, counted, measured) = match measure {
            ast::Measure::Spend => ("spend".to_owned(), Measure::Spend(None), Measured::Money),
            ast::Measure::Purchases => ("purchases".to_owned(), Measure::Purchases, Measured::Count),
            ast::Measure::Items => ("items".to_owned(), Measure::Quantity(None), Measured::Number),
            ast::Measure::Named(name) => self.named_measure(name)?,
        };
        let number = match within {
            MeasureSpan::SoFar => {
                let meter = self.counters.meter(&what, counted, Slots::Ever, None);
                NumSubject::Meter(meter, Window::SoFar)
            }
            MeasureSpan::In(window) => self.windowed(&what, counted, window)?,
        };
        Some(Asked { is: Is::Number(number, measured), called: self.text(span), optional: None, span })
    }

    /// An event or a unit that is counted.
    pub(super) fn named_measure(&mut self, name: &Name) -> Option<(String, Measure, Measured)> {
        let event = self.all.events.peek(&name.text).map(|entry| EventKindId(entry.id));
        let unit = match self.facts.thing(&name.text) {
            Some(Thing::Unit(unit)) => Some(unit),
            Some(Thing::Voucher(_) | Thing::Donation(_)) | None => None,
        };
        match (event, unit) {
            (Some(event), None) => {
                self.all.events.get(&name.text);
                let what = format!("events {:?}", self.event_name(event));
                Some((what, Measure::Events(event), Measured::Count))
            }
            (None, Some(unit)) => {
                self.thing(name);
                Some((format!("unit {:?}", self.unit_name(unit)), Measure::Unit(unit), Measured::Unit(unit)))
            }
            (Some(_), Some(_)) => {
                let message = format!("`{}` is an event and a unit", name.text);
                self.report.say(Code::U213, name.span, message, "give one of them another name");
                None
            }
            (None, None) => {
                let built_in = ["spend", "purchases", "items"].into_iter().map(|word| (word, None));
                let things = self.facts.thing_candidates().chain(self.all.events.candidates());
                self.report.unknown("measure", &name.text, name.span, things.chain(built_in), "");
                None
            }
        }
    }

    /// A counter read through a window.
    fn windowed(&mut self, what: &str, measure: Measure, window: &ast::Window) -> Option<NumSubject> {
        let (slots, window, back) = match window {
            ast::Window::This(period) => match self.period(period)? {
                Period::Lifetime => (Slots::Ever, Window::SoFar, None),
                Period::Campaign => {
                    let (first, days) = self.campaign_days(period.span)?;
                    (Slots::Day, Window::From(first), Some(days))
                }
                found => (Slots::Period(found), Window::This(found), times::period_days(found)),
            },
            ast::Window::Previous(period) => {
                let found = times::repeating(period, self.settings(), &mut self.report)?;
                let back = times::period_days(found).map(|days| days.saturating_mul(2));
                (Slots::Period(found), Window::Previous(found), back)
            }
            ast::Window::Last(written) => {
                let last = times::duration(*written, &mut self.report)?;
                self.bounded(last, written.span)?;
                let slots = if last.is_calendar() { Slots::Day } else { Slots::Minute };
                (slots, Window::Last(last), Some(times::days_at_most(last)))
            }
        };
        let meter = self.counters.meter(what, measure, slots, back);
        Some(NumSubject::Meter(meter, window))
    }

    /// H941: `last` above 36 months, or above 72 hours in hours.
    fn bounded(&mut self, last: crate::calendar::Duration, span: Span) -> Option<()> {
        let (too_long, slot, help) = match last.unit {
            DurationUnit::Minute | DurationUnit::Hour => {
                let hours =
                    if last.unit == DurationUnit::Hour { last.count } else { last.count.div_ceil(60) };
                (hours > 72, "minute", "ask at most the last 72 hours, or ask in days")
            }
            _ => (
                times::above_36_months(last),
                "day",
                "ask at most the last 36 months, or a period such as `this calendar year`",
            ),
        };
        if !too_long {
            return Some(());
        }
        self.report.push(
            Diagnostic::new(Code::H941, span, "this looks too far back")
                .label(format!("each {slot} of it would have to be remembered for every member"))
                .help(help),
        );
        None
    }

    /// The nearest built-in word, for findings of other files.
    pub(super) fn similar_word(name: &str, words: &[&str]) -> Option<String> {
        Similar::find(name, words.iter().map(|word| (*word, None))).map(|found| found.name)
    }
}

/// Whose attribute it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Item,
    Event,
    Member,
}

impl Owner {
    /// The word in front of the dot.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Event => "event",
            Self::Member => "member",
        }
    }
}

fn typed<'f>(
    attribute: &'f Attribute<'_>,
    sym: impl Fn(u16) -> SymSubject,
    num: impl Fn(u16) -> NumSubject,
) -> Is<'f> {
    let place = attribute.place;
    let measured = match &attribute.kind {
        Kind::OneOf(names) => return Is::OneOf(sym(place), names, attribute.field.kind_span),
        Kind::Text | Kind::Name | Kind::ListOfName => return Is::Open(sym(place)),
        Kind::Integer(from, to) => Measured::Whole(*from, *to),
        Kind::Decimal => Measured::Number,
        Kind::Money => Measured::Money,
        Kind::Percent => Measured::Percent,
        Kind::Date => Measured::Date,
        Kind::Time => Measured::Time,
        Kind::YesNo => Measured::YesNo,
    };
    Is::Number(num(place), measured)
}
