//! An event bound to a program: every text is looked up once, here, and every attribute gets its type.

use super::line_caps::LineValues;
use super::note::Note;
use super::refuse::{Refusal, Rejection};
use crate::account::Lines;
use crate::amount::parse_micros;
use crate::calendar::{Date, Instant, LocalTime};
use crate::event::{Ask, Event, Item, Kind, Named, Value};
use crate::program::{Attribute, AttributeKind, EventKindId, Program, Symbol, TiersId, VoucherId, packed};
use std::sync::Arc;

/// The value of an attribute with its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bind {
    /// Not there.
    Missing,
    /// Money in micro-units, numbers and percent in millionths, dates as days, times as minutes, yes as 1.
    Num(i64),
    /// A name or text.
    Sym(Symbol),
    /// Several names.
    List(Vec<Symbol>),
}

/// The names of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoundItem {
    pub(crate) category: Symbol,
    pub(crate) sku: Symbol,
    pub(crate) brand: Symbol,
    /// Micro-units of the line, and millionths of a piece.
    pub(crate) value: i64,
    pub(crate) quantity: i64,
}

/// An event, bound. Reused from event to event.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// `None` for returns, messages and events that the program does not declare.
    pub(crate) kind: Option<EventKindId>,
    pub(crate) at: Instant,
    /// The local day, from one `day starts at` to the next.
    pub(crate) day: Date,
    pub(crate) local: LocalTime,
    /// The lines, with the values that count as spent.
    pub(crate) items: Option<Arc<[Item]>>,
    /// The lines as charged, where requests have lowered their values.
    pub(crate) before_requests: Option<Arc<[Item]>>,
    /// The lines with the values that their prices say, where these are not what counts: tax.
    pub(crate) as_priced: Option<Arc<[Item]>>,
    /// What is to be paid with money, where that is not what counts as spent.
    pub(crate) to_pay: Option<i64>,
    pub(crate) bound_items: Vec<BoundItem>,
    /// Item by item, all attributes of the program's `item` block.
    pub(crate) item_attributes: Vec<Bind>,
    pub(crate) attributes: Vec<Bind>,
    pub(crate) member_attributes: Vec<Bind>,
    pub(crate) has_basket: bool,
    /// The sum of all lines before requests.
    pub(crate) basket: i64,
    /// What counts as spent of it.
    pub(crate) spend: i64,
    pub(crate) quantity: i64,
    /// All items, those that are worth something, and those of which there is something.
    pub(crate) all: Lines,
    pub(crate) worth: Lines,
    pub(crate) counted: Lines,
    pub(crate) channel: Symbol,
    pub(crate) partner: Symbol,
    pub(crate) store: Symbol,
    pub(crate) payments: Vec<(Symbol, i64)>,
    pub(crate) paid: i64,
    /// The vouchers that the event asks to use.
    pub(crate) presented: Vec<VoucherId>,
    /// What caps have one counter for each of, by [`crate::program::EachId`]; nothing where it is missing.
    pub(crate) each: Vec<Option<Box<str>>>,
    /// The same of what items carry.
    pub(crate) each_lines: Vec<LineValues>,
    /// The levels that the event reaches, where they count for the event itself.
    pub(crate) reached: Vec<(TiersId, u32)>,
    /// The levels that the event passes, each with its part of what the event adds, where tables by tier mix them.
    pub(crate) parts: Vec<(TiersId, u32, i64)>,
    pub(crate) notes: Vec<Note>,
    /// Where the zone's table was looked at last.
    pub(crate) segment: usize,
}

impl Default for Bound {
    fn default() -> Self {
        Self {
            kind: None,
            at: Instant::MIN,
            day: Date::MIN,
            local: LocalTime { date: Date::MIN, minute: 0, second: 0 },
            items: None,
            before_requests: None,
            as_priced: None,
            to_pay: None,
            bound_items: Vec::new(),
            item_attributes: Vec::new(),
            attributes: Vec::new(),
            member_attributes: Vec::new(),
            has_basket: false,
            basket: 0,
            spend: 0,
            quantity: 0,
            all: Lines::default(),
            worth: Lines::default(),
            counted: Lines::default(),
            channel: Symbol::NONE,
            partner: Symbol::NONE,
            store: Symbol::NONE,
            payments: Vec::new(),
            paid: 0,
            presented: Vec::new(),
            each: Vec::new(),
            each_lines: Vec::new(),
            reached: Vec::new(),
            parts: Vec::new(),
            notes: Vec::new(),
            segment: 0,
        }
    }
}

impl Bound {
    /// The value of some items.
    pub(crate) fn value_of(&self, lines: &Lines) -> i64 {
        if *lines == self.all {
            return self.spend;
        }
        lines.sum_of(&self.bound_items, |item| item.value)
    }

    /// How many pieces some items are, in millionths.
    pub(crate) fn quantity_of(&self, lines: &Lines) -> i64 {
        if *lines == self.all {
            return self.quantity;
        }
        lines.sum_of(&self.bound_items, |item| item.quantity)
    }

    /// The items of the basket.
    pub(crate) fn items(&self) -> &[Item] {
        self.items.as_deref().unwrap_or(&[])
    }

    /// The items of the basket with the values that were charged, before requests.
    pub(crate) fn charged(&self) -> Option<&Arc<[Item]>> {
        self.before_requests.as_ref().or(self.items.as_ref())
    }

    /// The lines of the basket as their prices say.
    pub(crate) fn priced(&self) -> Option<&Arc<[Item]>> {
        self.as_priced.as_ref().or_else(|| self.charged())
    }

    /// Takes over the lines as they count, where their prices say something else.
    pub(super) fn convert(&mut self, priced: Arc<[Item]>, items: Arc<[Item]>) {
        self.count(items);
        self.basket = self.spend;
        self.before_requests = None;
        self.as_priced = Some(priced);
    }

    /// Takes over what requests left of the values.
    pub(crate) fn count(&mut self, items: Arc<[Item]>) {
        self.spend = items.iter().map(|item| item.value).sum();
        for (bound, item) in self.bound_items.iter_mut().zip(items.iter()) {
            bound.value = item.value;
        }
        self.worth = Lines::with(&self.bound_items, |item| item.value != 0);
        self.before_requests = self.items.replace(items);
    }

    /// Binds instant, attributes of the member, and for purchases and declared events all they carry.
    pub(crate) fn bind(
        &mut self,
        program: &Program,
        event: &Event,
        member: &[Option<Box<str>>],
    ) -> Result<(), Rejection> {
        self.clear();
        self.set_time(program, event.at);
        self.bind_member(program, member);
        if let Some(currency) = &event.currency
            && **currency != *program.currency
        {
            return Err(Rejection::new(
                Refusal::WrongValue,
                format!("the event is in {currency}, the program in {}", program.currency),
            ));
        }
        match &event.kind {
            Kind::Named(named) => self.bind_named(program, event, named),
            Kind::Joining { .. } => {
                self.kind = Some(EventKindId::JOINING);
                Ok(())
            }
            Kind::Return(_)
            | Kind::Redeem(_)
            | Kind::Choose(_)
            | Kind::Announce(_)
            | Kind::Adjust(_)
            | Kind::Change
            | Kind::Cancel { .. }
            | Kind::Membership(_)
            | Kind::Grant(_)
            | Kind::Transfer(_)
            | Kind::Link { .. }
            | Kind::Message(_) => Ok(()),
        }
    }

    fn clear(&mut self) {
        self.kind = None;
        self.items = None;
        self.before_requests = None;
        self.as_priced = None;
        self.to_pay = None;
        self.bound_items.clear();
        self.item_attributes.clear();
        self.attributes.clear();
        self.member_attributes.clear();
        self.has_basket = false;
        self.basket = 0;
        self.spend = 0;
        self.quantity = 0;
        (self.all, self.worth, self.counted) = (Lines::default(), Lines::default(), Lines::default());
        self.channel = Symbol::NONE;
        self.partner = Symbol::NONE;
        self.store = Symbol::NONE;
        self.payments.clear();
        self.paid = 0;
        self.presented.clear();
        self.each.clear();
        self.each_lines.clear();
        self.reached.clear();
        self.parts.clear();
        self.notes.clear();
    }

    /// The instant and its place in the program's calendar.
    pub(crate) fn set_time(&mut self, program: &Program, at: Instant) {
        self.at = at;
        (self.day, self.local) =
            program.zone.business_date_and_local(at, program.day_starts, &mut self.segment);
    }

    /// The attributes of the member.
    pub(crate) fn bind_member(&mut self, program: &Program, member: &[Option<Box<str>>]) {
        self.member_attributes.clear();
        for (place, attribute) in program.member_attributes.iter().enumerate() {
            let text = member.get(place).and_then(Option::as_deref);
            // the text was checked when it was set; a text that no longer fits counts as missing
            let bound = text.map(|text| typed(program, attribute, &Value::Text(text.into())));
            self.member_attributes.push(match bound {
                Some(Ok(Typed::Value(bind))) => bind,
                _ => Bind::Missing,
            });
        }
    }

    fn bind_named(&mut self, program: &Program, event: &Event, named: &Named) -> Result<(), Rejection> {
        self.kind = program.event_kind(&named.name);
        match self.kind.and_then(|kind| program.events.get(kind.index())) {
            Some(kind) => self.bind_attributes(program, &event.attributes, &kind.attributes, false)?,
            None => self.notes.push(Note::UnknownEvent(named.name.clone())),
        }
        let short = named.channel.as_deref().and_then(packed);
        self.channel = match short.map_or(Symbol::OTHER, |text| program.short.channels.find(text)) {
            // none, a long one, or one that is not declared
            Symbol::OTHER => self.vocabulary(program, "channel", named.channel.as_deref(), &program.channels),
            known => known,
        };
        self.store = self.vocabulary(program, "store", named.store.as_deref(), &program.stores);
        if named.partner.is_some() {
            self.partner = self.vocabulary(program, "partner", named.partner.as_deref(), &program.partners);
        }
        for (means, amount) in &named.payments {
            let symbol = self.vocabulary(program, "payment", Some(means), &program.payments);
            self.payments.push((symbol, *amount));
            self.paid = self.paid.saturating_add(*amount);
        }
        if !program.each.is_empty() {
            super::each::bind(program, event, named, self);
        }
        for request in named.requests.iter().filter(|request| request.ask == Ask::Use) {
            self.presented.extend(program.voucher_named(&request.name).ok());
        }
        self.bind_items(program, Arc::clone(&named.items), named.has_basket)
    }

    /// Binds a basket alone, at the time and for the member of another event.
    pub(crate) fn bind_basket(
        &mut self,
        program: &Program,
        like: &Self,
        items: Arc<[Item]>,
    ) -> Result<(), Rejection> {
        self.clear();
        self.kind = Some(EventKindId::PURCHASE);
        (self.at, self.day, self.local) = (like.at, like.day, like.local);
        self.member_attributes.clone_from(&like.member_attributes);
        let attributes = program.events.first().map_or(0, |purchase| purchase.attributes.len());
        self.attributes.resize(attributes, Bind::Missing);
        self.bind_items(program, items, true)
    }

    fn bind_items(
        &mut self,
        program: &Program,
        items: Arc<[Item]>,
        has_basket: bool,
    ) -> Result<(), Rejection> {
        self.has_basket = has_basket;
        self.all = Lines::all(items.len());
        let (mut worthless, mut uncounted) = (false, false);
        for item in items.iter() {
            worthless |= item.value == 0;
            uncounted |= item.quantity == 0;
            // sums cannot overflow: the door limits every sum of values, and quantities are limited with the items
            self.basket += item.value;
            self.quantity = self.quantity.saturating_add(item.quantity);
            let known =
                item.packed_category.map_or(Symbol::OTHER, |text| program.short.categories.find(text));
            let category = match &item.category {
                Some(_) if known != Symbol::OTHER => known,
                // a long one, or one that is not declared
                Some(text) => self.vocabulary(program, "category", Some(text), &program.categories),
                None => Symbol::NONE,
            };
            self.bound_items.push(BoundItem {
                category,
                sku: if program.asked.sku {
                    open_symbol(program, item.sku.as_deref().or_else(|| sku_of_name(item)))
                } else {
                    Symbol::OTHER
                },
                brand: if program.asked.brand {
                    open_symbol(program, item.brand.as_deref())
                } else {
                    Symbol::OTHER
                },
                value: item.value,
                quantity: item.quantity,
            });
            if !program.item_attributes.is_empty() || !item.attributes.is_empty() {
                self.bind_attributes(program, &item.attributes, &program.item_attributes, true)?;
            }
        }
        self.spend = self.basket;
        // nearly always these are all lines
        let some = |has: fn(&BoundItem) -> bool| Lines::with(&self.bound_items, has);
        self.worth = if worthless { some(|item| item.value != 0) } else { self.all.clone() };
        self.counted = if uncounted { some(|item| item.quantity != 0) } else { self.all.clone() };
        self.items = Some(items);
        if !program.each.is_empty() {
            super::line_caps::bind(program, self);
        }
        Ok(())
    }

    fn vocabulary(
        &mut self,
        program: &Program,
        what: &'static str,
        value: Option<&str>,
        declared: &[Symbol],
    ) -> Symbol {
        let Some(value) = value else { return Symbol::NONE };
        self.declared(program.symbols.find(value), what, value, declared)
    }

    /// The symbol of a text, if its vocabulary has it; otherwise that is noted.
    fn declared(&mut self, symbol: Symbol, what: &'static str, value: &str, declared: &[Symbol]) -> Symbol {
        if symbol != Symbol::OTHER && among(declared, symbol) {
            return symbol;
        }
        if !declared.is_empty() {
            self.notes.push(Note::Undeclared { what, value: value.into() });
        }
        Symbol::OTHER
    }

    fn bind_attributes(
        &mut self,
        program: &Program,
        given: &[(Box<str>, Value)],
        schema: &[Attribute],
        of_item: bool,
    ) -> Result<(), Rejection> {
        for attribute in schema {
            let found = given.binary_search_by(|(name, _)| name.cmp(&attribute.name));
            let value = found.ok().and_then(|place| given.get(place));
            let bind = match value {
                None => Bind::Missing,
                Some((name, value)) => match typed(program, attribute, value)? {
                    Typed::Value(bind) => bind,
                    Typed::Outside(text) => {
                        self.notes.push(Note::OutsideList { attribute: name.clone(), value: text });
                        Bind::Missing
                    }
                },
            };
            if of_item { self.item_attributes.push(bind) } else { self.attributes.push(bind) }
        }
        for (name, _) in given {
            if !schema.iter().any(|attribute| attribute.name == *name) {
                self.notes.push(Note::UnknownAttribute(name.clone()));
            }
        }
        Ok(())
    }
}

/// Whether a sorted list has a symbol. Vocabularies are mostly interned one behind the other.
fn among(declared: &[Symbol], symbol: Symbol) -> bool {
    let guess = declared.first().and_then(|first| symbol.0.checked_sub(first.0));
    match guess.and_then(|place| declared.get(place as usize)) {
        Some(known) if *known == symbol => true,
        _ => declared.binary_search(&symbol).is_ok(),
    }
}

/// Where no article number is given, the item's name stands for it, as tests write it.
fn sku_of_name(item: &Item) -> Option<&str> {
    (!item.name.is_empty()).then_some(&*item.name)
}

fn open_symbol(program: &Program, text: Option<&str>) -> Symbol {
    text.map_or(Symbol::NONE, |text| program.symbols.find(text))
}

/// A value with its type, or one that its list does not hold.
pub(crate) enum Typed {
    /// Fits.
    Value(Bind),
    /// Is not in the attribute's list.
    Outside(Box<str>),
}

/// Gives a value the type of its attribute.
pub(crate) fn typed(program: &Program, attribute: &Attribute, value: &Value) -> Result<Typed, Rejection> {
    let bind = match (&attribute.kind, value) {
        (AttributeKind::Integer(low, high), _) => whole(value)
            .filter(|number| (*low..=*high).contains(number))
            .and_then(|number| number.checked_mul(1_000_000))
            .map(Bind::Num),
        (AttributeKind::Decimal | AttributeKind::Money | AttributeKind::Percent, Value::Text(text)) => {
            parse_micros(text).map(Bind::Num)
        }
        (AttributeKind::Decimal | AttributeKind::Money | AttributeKind::Percent, Value::Integer(number)) => {
            number.checked_mul(1_000_000).map(Bind::Num)
        }
        (AttributeKind::Date, Value::Text(text)) => {
            text.parse::<Date>().ok().map(|date| Bind::Num(i64::from(date.days())))
        }
        (AttributeKind::Time, Value::Text(text)) => minute(text).map(Bind::Num),
        (AttributeKind::YesNo, Value::Bool(yes)) => Some(Bind::Num(i64::from(*yes))),
        (AttributeKind::YesNo, Value::Text(text)) => match &**text {
            "yes" => Some(Bind::Num(1)),
            "no" => Some(Bind::Num(0)),
            _ => None,
        },
        (AttributeKind::Text | AttributeKind::Name, Value::Text(text)) => {
            Some(Bind::Sym(program.symbols.find(text)))
        }
        (AttributeKind::OneOf(names), Value::Text(text)) => {
            let symbol = program.symbols.find(text);
            if names.binary_search(&symbol).is_err() {
                return Ok(Typed::Outside(text.clone()));
            }
            Some(Bind::Sym(symbol))
        }
        // how a member's list is kept
        (AttributeKind::ListOfName, Value::Text(names)) => {
            Some(Bind::List(names.lines().map(|name| program.symbols.find(name)).collect()))
        }
        (AttributeKind::ListOfName, Value::List(names)) => {
            Some(Bind::List(names.iter().map(|name| program.symbols.find(name)).collect()))
        }
        _ => None,
    };
    bind.map(Typed::Value).ok_or_else(|| {
        Rejection::new(
            Refusal::WrongValue,
            format!("`{}` must be {}", attribute.name, kind_words(&attribute.kind)),
        )
    })
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Text(text) => {
            parse_micros(text).filter(|micros| micros % 1_000_000 == 0).map(|m| m / 1_000_000)
        }
        Value::Bool(_) | Value::List(_) => None,
    }
}

fn minute(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
    (hours < 24 && minutes < 60).then(|| i64::from(hours) * 60 + i64::from(minutes))
}

fn kind_words(kind: &AttributeKind) -> String {
    match kind {
        AttributeKind::Integer(low, high) if *low == i64::MIN || *high == i64::MAX => "a whole number".into(),
        AttributeKind::Integer(low, high) => format!("a whole number from {low} to {high}"),
        AttributeKind::Decimal => "a number of at most six decimals, as text".into(),
        AttributeKind::Money => "an amount of money, as text".into(),
        AttributeKind::Percent => "a percentage, as text without the sign".into(),
        AttributeKind::Date => "a date like 2026-03-31".into(),
        AttributeKind::Time => "a time like 08:30".into(),
        AttributeKind::YesNo => "yes or no".into(),
        AttributeKind::Text | AttributeKind::Name | AttributeKind::OneOf(_) => "a text".into(),
        AttributeKind::ListOfName => "a list of names".into(),
    }
}

impl Program {
    /// The kind of event with a name.
    pub(crate) fn event_kind(&self, name: &str) -> Option<EventKindId> {
        if name == "purchase" {
            return Some(EventKindId::PURCHASE);
        }
        // joining has its own form and is no name that an event may carry
        let own = self.events.iter().take(self.own.events).skip(2);
        let place = own.clone().position(|kind| *kind.name == *name)?;
        Some(EventKindId(place as u32 + 2))
    }
}
