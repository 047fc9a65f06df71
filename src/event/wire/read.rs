//! Reading: keys come in any order, so they are gathered first and understood at the end.

use super::moved;
use super::plain::{KEYS_MOST, Key, Place, Plain, Read, refuse_doubles};
use crate::amount::Money;
use crate::calendar::Date;
use crate::event::builder::ITEMS_MOST;
use crate::event::{Ask, Event, EventBuilder, Item, Message, MessageBody, ReturnLine, Tax, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Attributes and their values.
type Shared = Box<[(Box<str>, Box<str>)]>;

/// The fields of requests.
const REQUESTS: [(&str, Ask); 3] =
    [("redeem", Ask::Redeem), ("redeem_up_to", Ask::RedeemUpTo), ("use", Ask::Use)];

/// Fields that mean nothing in a redemption without a purchase, and where they belong.
const NO_REDEMPTION: [(&str, &str); 6] = [
    ("use", "a purchase"),
    ("total", "a purchase"),
    ("payments", "a purchase"),
    ("returns", "a return"),
    ("all_items", "a return"),
    ("referrer", "a joining"),
];

/// Reads one event.
pub(super) fn event<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Event, D::Error> {
    deserializer.deserialize_map(EventVisitor)
}

/// An object whose fields are taken out one by one; what stays is attributes.
#[derive(Default)]
pub(super) struct Fields {
    /// 0 is the event, otherwise the line, counted from 1.
    line: usize,
    /// Sorted by key once all are there.
    entries: Vec<(Box<str>, Plain)>,
}

impl Fields {
    pub(super) fn place<'a>(&self, key: &'a str) -> Place<'a> {
        Place { line: self.line, key }
    }

    pub(super) fn take(&mut self, key: &str) -> Plain {
        let found = self.entries.binary_search_by(|(known, _)| (**known).cmp(key));
        let value = found.ok().and_then(|place| self.entries.get_mut(place)).map(|(_, value)| value);
        // a field that was taken looks like one that was missing
        value.map_or(Plain::Null, |value| std::mem::replace(value, Plain::Null))
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Option<Box<str>>, String> {
        self.take(key).text(self.place(key))
    }

    pub(super) fn needed_text(&mut self, key: &str) -> Result<Box<str>, String> {
        self.text(key)?.ok_or_else(|| format!("{} is missing", self.place(key)))
    }

    fn micros(&mut self, key: &str) -> Result<Option<i64>, String> {
        self.take(key).micros(self.place(key))
    }

    pub(super) fn needed_micros(&mut self, key: &str) -> Result<i64, String> {
        self.micros(key)?.ok_or_else(|| format!("{} is missing", self.place(key)))
    }

    /// Refuses a field that nobody has taken.
    pub(super) fn nothing_else(&self, what: &str) -> Result<(), String> {
        match self.entries.iter().find(|(_, value)| *value != Plain::Null) {
            Some((key, _)) => Err(format!("{} means nothing in {what}", self.place(key))),
            None => Ok(()),
        }
    }

    /// Refuses a field that means something elsewhere only.
    fn refuse(&mut self, key: &str, belongs: &str) -> Result<(), String> {
        match self.take(key) {
            Plain::Null => Ok(()),
            _ => Err(format!(
                "{} belongs to {belongs}; an attribute of this name stands in `attributes`",
                self.place(key)
            )),
        }
    }

    /// All that is left, and what stands in `attributes`.
    fn attributes(mut self) -> Result<Vec<(Box<str>, Value)>, String> {
        let line = self.line;
        let nested = self.take("attributes").object(self.place("attributes"))?;
        let mut attributes = Vec::new();
        for (key, value) in self.entries.into_iter().chain(nested) {
            if let Some(value) = value.attribute(Place { line, key: &key })? {
                attributes.push((key, value));
            }
        }
        refuse_doubles(line, &mut attributes)?;
        Ok(attributes)
    }

    fn item(mut self) -> Result<Item, String> {
        self.refuse("returns", "a line of a return")?;
        self.refuse("line", "a line of a return")?;
        let quantity = self.quantity()?;
        let price = self.needed_micros("unit_price")?;
        let name = self.name()?;
        let mut item = Item::from_micros(&name, quantity, price, None);
        item.sku = self.sku()?;
        item.set_category(self.text("category")?);
        item.brand = self.text("brand")?;
        item.tax = self.tax()?;
        item.attributes = self.attributes()?.into();
        Ok(item)
    }

    fn tax(&mut self) -> Result<Option<Tax>, String> {
        let tax = self.take("tax");
        let text = match tax {
            Plain::Null => return Ok(None),
            Plain::Text(text) => text,
            Plain::Integer(number) => number.to_string().into(),
            Plain::Bool(_) | Plain::List(_) | Plain::Object(_) => "".into(),
        };
        let wrong = |_| format!("{} is money like \"0.52\" or a percentage like \"19%\"", self.place("tax"));
        Tax::read(&text).map(Some).map_err(wrong)
    }

    fn return_line(mut self) -> Result<ReturnLine, String> {
        let quantity = self.quantity()?;
        let name = self.name()?;
        let mut line = ReturnLine::from_micros(&name, quantity);
        if let Some(price) = self.micros("unit_price")? {
            line = line.unit_micros(price);
        }
        line.sku = self.sku()?;
        line.category = self.text("category")?;
        line.brand = self.text("brand")?;
        line.tax = self.tax()?;
        line.of = self.text("returns")?.map(Into::into);
        line.line = match self.take("line").integer(self.place("line"))? {
            None => None,
            Some(number) => match u32::try_from(number) {
                Ok(number) if number > 0 => Some(number),
                _ => return Err(format!("{} is counted from 1", self.place("line"))),
            },
        };
        line.attributes = self.attributes()?.into();
        Ok(line)
    }

    fn quantity(&mut self) -> Result<i64, String> {
        let quantity = self.needed_micros("quantity")?;
        if quantity < 0 { Err(format!("{} is below zero", self.place("quantity"))) } else { Ok(quantity) }
    }

    fn name(&mut self) -> Result<Box<str>, String> {
        Ok(self.take("name").text_or_empty(self.place("name"))?.unwrap_or_default())
    }

    fn sku(&mut self) -> Result<Option<Box<str>>, String> {
        self.take("sku").text_or_empty(self.place("sku"))
    }
}

/// An event as it stands on the wire.
struct Raw {
    fields: Fields,
    lines: Vec<Fields>,
}

impl Raw {
    fn into_event(mut self) -> Result<Event, String> {
        let kind = self.fields.needed_text("type")?;
        match &*kind {
            "return" => self.returned(),
            "redeem" => self.redeemed(),
            "joining" => self.joining(),
            "choose" => self.choose(),
            "announce" => self.announce(),
            "adjust" => self.adjust(),
            "change" => self.change(),
            "cancel" => self.cancel(),
            "join-plan" | "leave-plan" => self.membership(&kind),
            "grant-tier" => self.grant(),
            "transfer" => self.transfer(),
            "link-friend" => self.link(),
            kind if crate::event::message::KINDS.contains(&kind) => self.message(kind),
            kind => self.named(kind),
        }
    }

    fn head(&mut self) -> Result<[Box<str>; 3], String> {
        let fields = &mut self.fields;
        Ok([fields.needed_text("id")?, fields.needed_text("member")?, fields.needed_text("at")?])
    }

    fn named(mut self, kind: &str) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        let mut event = Event::named(kind, &id, &member, &at);
        let fields = &mut self.fields;
        fields.refuse("returns", "a return")?;
        fields.refuse("all_items", "a return")?;
        fields.refuse("referrer", "a joining")?;
        if let Some(of) = fields.text("of")? {
            event = event.of(&of);
        }
        if let Some(total) = fields.micros("total")? {
            if !self.lines.is_empty() {
                return Err("an event carries either `items` or a `total`".into());
            }
            event = event.item(Item::from_micros("", 1_000_000, total, None));
        }
        for line in std::mem::take(&mut self.lines) {
            event = event.item(line.item()?);
        }
        if let Some(channel) = self.fields.text("channel")? {
            event = event.channel(&channel);
        }
        if let Some(store) = self.fields.text("store")? {
            event = event.store(&store);
        }
        if let Some(partner) = self.fields.text("partner")? {
            event = event.partner(&partner);
        }
        for (means, amount) in self.amounts("payments")? {
            event = event.paid(&means, amount);
        }
        event = self.requests(event)?;
        self.finish(event)
    }

    /// What is asked to be spent.
    fn requests(&mut self, mut event: EventBuilder) -> Result<EventBuilder, String> {
        for (key, ask) in REQUESTS {
            for (name, amount) in self.amounts(key)? {
                event = event.request(ask, &name, amount);
            }
        }
        Ok(event)
    }

    fn redeemed(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        let mut event = Event::redemption(&id, &member, &at);
        for (key, belongs) in NO_REDEMPTION {
            self.fields.refuse(key, belongs)?;
        }
        if !self.lines.is_empty() {
            return Err("`items` belong to a purchase or a return".into());
        }
        self.fields.text("store")?;
        self.fields.text("partner")?;
        self.fields.text("channel")?;
        event = self.requests(event)?;
        self.finish(event)
    }

    /// An object of names and amounts.
    fn amounts(&mut self, key: &str) -> Result<Vec<(Box<str>, i64)>, String> {
        let place = self.fields.place(key);
        let mut amounts = Vec::new();
        for (name, amount) in self.fields.take(key).object(place)? {
            if let Some(micros) = amount.micros(Place { key: &name, ..place })? {
                amounts.push((name, micros));
            }
        }
        Ok(amounts)
    }

    fn returned(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        let mut event = Event::returned(&id, &member, &at);
        self.fields.refuse("of", "a declared event")?;
        self.fields.refuse("referrer", "a joining")?;
        if let Some(total) = self.fields.micros("total")? {
            if !self.lines.is_empty() {
                return Err("an event carries either `items` or a `total`".into());
            }
            event = event.total_micros(total);
        }
        // where and with what money is given back is known, but nothing asks for it
        self.fields.text("store")?;
        self.fields.text("partner")?;
        self.fields.text("channel")?;
        self.amounts("payments")?;
        for (key, _) in REQUESTS {
            self.fields.refuse(key, "a purchase or a redemption")?;
        }
        if let Some(of) = self.fields.text("returns")? {
            event = event.of(&of);
        }
        for line in std::mem::take(&mut self.lines) {
            event = event.line(line.return_line()?);
        }
        match self.fields.take("all_items") {
            Plain::Null | Plain::Bool(false) => {}
            Plain::Bool(true) => event = event.all_items(None),
            Plain::List(purchases) => {
                for of in purchases {
                    event = event.all_items(of.as_deref());
                }
            }
            _ => return Err("`all_items` is `true` or a list of purchases".into()),
        }
        self.finish(event)
    }

    fn joining(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        let mut event = Event::joining(&id, &member, &at);
        for (key, belongs) in [
            ("total", "a purchase"),
            ("payments", "a purchase"),
            ("returns", "a return"),
            ("all_items", "a return"),
            ("redeem", "a purchase or a redemption"),
            ("redeem_up_to", "a purchase or a redemption"),
            ("use", "a purchase"),
            ("of", "a declared event"),
        ] {
            self.fields.refuse(key, belongs)?;
        }
        if !self.lines.is_empty() {
            return Err("`items` belong to a purchase or a return".into());
        }
        self.fields.text("store")?;
        self.fields.text("partner")?;
        self.fields.text("channel")?;
        if let Some(referrer) = self.fields.text("referrer")? {
            event = event.referred_by(&referrer);
        }
        if let Some(account) = self.fields.text("account")? {
            event = event.account(&account);
        }
        self.finish(event)
    }

    /// Refuses what only purchases, returns and joinings carry.
    fn carries_nothing(&mut self) -> Result<(), String> {
        for (key, belongs) in [
            ("total", "a purchase"),
            ("payments", "a purchase"),
            ("returns", "a return"),
            ("all_items", "a return"),
            ("referrer", "a joining"),
            ("of", "a declared event"),
            ("redeem", "a purchase or a redemption"),
            ("redeem_up_to", "a purchase or a redemption"),
            ("use", "a purchase"),
        ] {
            self.fields.refuse(key, belongs)?;
        }
        if !self.lines.is_empty() {
            return Err("`items` belong to a purchase or a return".into());
        }
        self.fields.text("store")?;
        self.fields.text("partner")?;
        self.fields.text("channel")?;
        Ok(())
    }

    fn choose(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        self.carries_nothing()?;
        let (amount, unit) = self.amount()?;
        let event = Event::choose(&id, &member, &at, &amount, &unit);
        self.finish(event)
    }

    fn announce(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        self.carries_nothing()?;
        let parameter = self.fields.needed_text("parameter")?;
        let value = Money::from_micros(self.fields.needed_micros("value")?).unwrap_or_default().to_string();
        let mut event = Event::announce(&id, &member, &at, &parameter, &value);
        if let Some(day) = self.fields.text("for")? {
            let day = day.parse::<Date>();
            let wrong = |_| format!("{} is a day like \"2026-06-30\"", self.fields.place("for"));
            event = event.for_day(day.map_err(wrong)?);
        }
        self.finish(event)
    }

    fn membership(mut self, kind: &str) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        let plan = self.fields.needed_text("plan")?;
        self.carries_nothing()?;
        let made = if kind == "join-plan" { Event::join_plan } else { Event::leave_plan };
        self.finish(made(&id, &member, &at, &plan))
    }

    fn grant(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        let tier = self.fields.needed_text("tier")?;
        self.carries_nothing()?;
        let (time, last) = (self.fields.text("for")?, self.fields.text("until")?);
        let event = match (time, last) {
            (Some(_), Some(_)) => return Err("a tier is granted either `for` a time or `until` a day".into()),
            (Some(time), None) => Event::grant_tier_for(&id, &member, &at, &tier, &time),
            (None, Some(last)) => Event::grant_tier_until(&id, &member, &at, &tier, &last),
            (None, None) => Event::grant_tier(&id, &member, &at, &tier),
        };
        self.finish(event)
    }

    fn adjust(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        self.carries_nothing()?;
        let (amount, unit) = self.amount()?;
        let reason = self.fields.needed_text("reason")?;
        let event = Event::adjust(&id, &member, &at, &amount, &unit, &reason);
        self.finish(event)
    }

    fn change(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        self.carries_nothing()?;
        let event = Event::change(&id, &member, &at);
        self.finish(event)
    }

    fn cancel(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        let of = self.fields.needed_text("of")?;
        self.carries_nothing()?;
        let event = Event::cancel(&id, &member, &at, &of);
        self.finish(event)
    }

    fn transfer(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        self.carries_nothing()?;
        let (amount, unit) = self.amount()?;
        let to = self.fields.needed_text("to")?;
        let event = Event::transfer(&id, &member, &at, &amount, &unit, &to);
        self.finish(event)
    }

    fn link(mut self) -> Result<Event, String> {
        let [id, member, at] = self.head()?;
        let referrer = self.fields.needed_text("referrer")?;
        self.carries_nothing()?;
        self.finish(Event::link_friend(&id, &member, &at, &referrer))
    }

    fn amount(&mut self) -> Result<(String, Box<str>), String> {
        let amount = self.fields.needed_micros("amount")?;
        let unit = self.fields.needed_text("unit")?;
        Ok((Money::from_micros(amount).unwrap_or_default().to_string(), unit))
    }

    fn finish(mut self, mut event: EventBuilder) -> Result<Event, String> {
        if let Some(currency) = self.fields.text("currency")? {
            event = event.currency(&currency);
        }
        for (name, value) in self.fields.attributes()? {
            event = event.attribute(&name, value);
        }
        event.build().map_err(|error| error.to_string())
    }

    fn message(mut self, kind: &str) -> Result<Event, String> {
        let [id, to, at] = self.head()?;
        let at = at.parse().map_err(|error| format!("`at`: {error}"))?;
        let from = self.fields.needed_text("from")?;
        let is_transfer = kind == crate::event::moved::KIND;
        let rule = if is_transfer { Box::default() } else { self.fields.needed_text("rule")? };
        let body = match kind {
            _ if is_transfer => {
                let transfer = self.fields.needed_text("transfer")?.into();
                let unit = self.fields.needed_text("unit")?;
                let lots = moved::read(std::mem::take(&mut self.lines))?;
                MessageBody::Transferred { transfer, unit, lots }
            }
            "referral-named" => {
                let joined = self.fields.needed_text("joined")?;
                let joined = joined.parse().map_err(|error| format!("`joined`: {error}"))?;
                MessageBody::ReferralNamed { joined, shared: self.shared()? }
            }
            "budget-answered" => {
                let event = self.fields.needed_text("event")?.into();
                let place = self.fields.place("granted");
                let granted = self.fields.take("granted").integer(place)?;
                let granted = granted.filter(|granted| *granted >= 0);
                let wrong = || format!("{} is a whole number of steps", self.fields.place("granted"));
                MessageBody::BudgetAnswered { event, granted: granted.ok_or_else(wrong)? }
            }
            "referral-accepted" => MessageBody::ReferralAccepted,
            "referral-qualified" => {
                let spend = self.fields.micros("spend")?.unwrap_or(0);
                MessageBody::ReferralQualified { shared: self.shared()?, spend, turn: self.turn()? }
            }
            "referral-settled" => MessageBody::ReferralSettled { turn: self.turn()? },
            _ => MessageBody::ReferralReversed { turn: self.turn()? },
        };
        self.fields.nothing_else("a message of this type")?;
        if !self.lines.is_empty() {
            return Err("`items` belong to a purchase or a return".into());
        }
        let message =
            Message { id: id.into(), from: from.into(), to: to.into(), at, rule: rule.into(), body };
        Ok(message.into_event())
    }

    /// Which time it is that a friend has qualified; the first where it is not said.
    fn turn(&mut self) -> Result<u32, String> {
        let place = self.fields.place("turn");
        let Some(turn) = self.fields.take("turn").integer(place)? else { return Ok(1) };
        let turn = u32::try_from(turn).ok().filter(|turn| *turn > 0);
        turn.ok_or_else(|| format!("{} is counted from 1", self.fields.place("turn")))
    }

    fn shared(&mut self) -> Result<Shared, String> {
        let place = self.fields.place("shared");
        let entries = self.fields.take("shared").object(place)?;
        let mut shared = Vec::with_capacity(entries.len());
        for (name, value) in entries {
            // an attribute of type text may be empty
            match value {
                Plain::Null => {}
                Plain::Text(text) if text.len() <= crate::event::builder::TEXT_MOST => {
                    shared.push((name, text));
                }
                _ => return Err(format!("{} is a text", Place { key: &name, ..place })),
            }
        }
        Ok(shared.into())
    }
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event, which is an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Event, A::Error> {
        let mut lines = None;
        let fields = read_fields(&mut access, 0, |access, key| {
            if key != "items" {
                return Ok(false);
            }
            if lines.is_some() {
                return Err(A::Error::custom("`items` is there twice"));
            }
            lines = Some(access.next_value_seed(Lines)?);
            Ok(true)
        })?;
        let raw = Raw { fields, lines: lines.unwrap_or_default() };
        raw.into_event().map_err(A::Error::custom)
    }
}

/// Reads all keys of an object; `first` may take one for itself.
fn read_fields<'de, A: MapAccess<'de>>(
    access: &mut A,
    line: usize,
    mut first: impl FnMut(&mut A, &str) -> Result<bool, A::Error>,
) -> Result<Fields, A::Error> {
    let mut fields = Fields { line, entries: Vec::with_capacity(8) };
    while let Some(key) = access.next_key_seed(Key)? {
        if first(access, &key)? {
            continue;
        }
        if fields.entries.len() == KEYS_MOST {
            return Err(A::Error::custom("too many keys"));
        }
        let place = fields.place(&key);
        let value = access.next_value_seed(Read { place, outside: true })?;
        fields.entries.push((key.into(), value));
    }
    refuse_doubles(line, &mut fields.entries).map_err(A::Error::custom)?;
    Ok(fields)
}

/// Reads `items`.
struct Lines;

impl<'de> DeserializeSeed<'de> for Lines {
    type Value = Vec<Fields>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Lines {
    type Value = Vec<Fields>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`items`, a list of objects")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut lines = Vec::new();
        while let Some(line) = access.next_element_seed(Line(lines.len() + 1))? {
            if lines.len() == ITEMS_MOST {
                return Err(A::Error::custom("`items`: at most 10,000 are accepted"));
            }
            lines.push(line);
        }
        Ok(lines)
    }
}

/// Reads one line, counted from 1.
struct Line(usize);

impl<'de> DeserializeSeed<'de> for Line {
    type Value = Fields;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Line {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {}, an object", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Fields, A::Error> {
        read_fields(&mut access, self.0, |_, _| Ok(false))
    }
}
