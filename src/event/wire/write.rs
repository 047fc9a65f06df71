//! Writing: the same event always has the same fields in the same order.

use super::moved;
use crate::amount::Money;
use crate::event::plan::{Grant, GrantSpan, length_text};
use crate::event::{
    Adjust, Announce, Ask, Choose, Event, Item, Kind, Message, MessageBody, Named, Request, Return,
    ReturnLine, Tax, Transfer, Value,
};
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};

/// Fields of every event; an attribute with such a name stands in `attributes`.
const EVENT_FIELDS: [&str; 19] = [
    "id",
    "type",
    "member",
    "at",
    "currency",
    "items",
    "total",
    "store",
    "partner",
    "channel",
    "payments",
    "redeem",
    "redeem_up_to",
    "use",
    "returns",
    "of",
    "all_items",
    "referrer",
    "attributes",
];
/// Fields of what is chosen, beside those of every event.
const CHOOSE_FIELDS: [&str; 2] = ["amount", "unit"];
/// Fields of an announcement, beside those of every event.
const ANNOUNCE_FIELDS: [&str; 3] = ["parameter", "value", "for"];
/// Fields of a joining, beside those of every event.
const JOINING_FIELDS: [&str; 1] = ["account"];
/// Fields of an adjustment, beside those of every event.
const ADJUST_FIELDS: [&str; 3] = ["amount", "unit", "reason"];
/// Fields of joining and leaving a plan, beside those of every event.
const PLAN_FIELDS: [&str; 1] = ["plan"];
/// Fields of a granted level, beside those of every event.
const GRANT_FIELDS: [&str; 3] = ["tier", "for", "until"];
/// Fields of a transfer, beside those of every event.
const TRANSFER_FIELDS: [&str; 3] = ["amount", "unit", "to"];
/// Fields of every line.
const LINE_FIELDS: [&str; 10] =
    ["sku", "name", "category", "brand", "quantity", "unit_price", "tax", "returns", "line", "attributes"];

/// Writes one event.
pub(super) fn event<S: Serializer>(event: &Event, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("id", &*event.id)?;
    map.serialize_entry("type", kind(event))?;
    map.serialize_entry("member", &*event.member)?;
    map.serialize_entry("at", &event.at.to_string())?;
    option(&mut map, "currency", event.currency.as_deref())?;
    match &event.kind {
        Kind::Named(named) => basket(&mut map, named)?,
        Kind::Return(back) => returned(&mut map, back)?,
        Kind::Redeem(request) => requests(&mut map, std::slice::from_ref(request))?,
        Kind::Joining { referrer, account } => {
            option(&mut map, "referrer", referrer.as_deref())?;
            option(&mut map, "account", account.as_deref())?;
        }
        Kind::Choose(choose) => chosen(&mut map, choose)?,
        Kind::Announce(announce) => announced(&mut map, announce)?,
        Kind::Adjust(adjust) => adjusted(&mut map, adjust)?,
        Kind::Change => {}
        Kind::Membership(membership) => map.serialize_entry("plan", &*membership.plan)?,
        Kind::Grant(grant) => granted(&mut map, grant)?,
        Kind::Cancel { of } => map.serialize_entry("of", &**of)?,
        Kind::Transfer(transfer) => given_away(&mut map, transfer)?,
        Kind::Link { referrer } => map.serialize_entry("referrer", &**referrer)?,
        Kind::Message(message) => body(&mut map, message)?,
    }
    let more = match event.kind {
        Kind::Choose(_) => &CHOOSE_FIELDS[..],
        Kind::Announce(_) => &ANNOUNCE_FIELDS[..],
        Kind::Joining { .. } => &JOINING_FIELDS[..],
        Kind::Adjust(_) => &ADJUST_FIELDS[..],
        Kind::Membership(_) => &PLAN_FIELDS[..],
        Kind::Grant(_) => &GRANT_FIELDS[..],
        Kind::Transfer(_) => &TRANSFER_FIELDS[..],
        _ => &[],
    };
    attributes(&mut map, &[&EVENT_FIELDS, more], &event.attributes)?;
    map.end()
}

fn kind(event: &Event) -> &str {
    match &event.kind {
        Kind::Named(named) => &named.name,
        Kind::Return(_) => "return",
        Kind::Redeem(_) => "redeem",
        Kind::Joining { .. } => "joining",
        Kind::Choose(_) => "choose",
        Kind::Announce(_) => "announce",
        Kind::Adjust(_) => "adjust",
        Kind::Change => "change",
        Kind::Membership(membership) => membership.kind(),
        Kind::Grant(_) => "grant-tier",
        Kind::Cancel { .. } => "cancel",
        Kind::Transfer(_) => "transfer",
        Kind::Link { .. } => "link-friend",
        Kind::Message(message) => message.body.kind(),
    }
}

fn basket<M: SerializeMap>(map: &mut M, named: &Named) -> Result<(), M::Error> {
    option(map, "of", named.of.as_deref())?;
    match &*named.items {
        [] => {}
        [item] if is_total(item) => map.serialize_entry("total", &money(item.value))?,
        items => map.serialize_entry("items", &Lines(items))?,
    }
    option(map, "store", named.store.as_deref())?;
    option(map, "partner", named.partner.as_deref())?;
    option(map, "channel", named.channel.as_deref())?;
    if !named.payments.is_empty() {
        map.serialize_entry("payments", &Payments(&named.payments))?;
    }
    requests(map, &named.requests)
}

fn requests<M: SerializeMap>(map: &mut M, requests: &[Request]) -> Result<(), M::Error> {
    for (key, ask) in [("redeem", Ask::Redeem), ("redeem_up_to", Ask::RedeemUpTo), ("use", Ask::Use)] {
        let asked = Asked { requests, ask };
        if asked.all().next().is_some() {
            map.serialize_entry(key, &asked)?;
        }
    }
    Ok(())
}

/// The requests of one form.
struct Asked<'a> {
    requests: &'a [Request],
    ask: Ask,
}

impl<'a> Asked<'a> {
    fn all(&self) -> impl Iterator<Item = &'a Request> {
        let ask = self.ask;
        self.requests.iter().filter(move |request| request.ask == ask)
    }
}

impl Serialize for Asked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.all().map(|request| (&*request.name, Quantity(request.amount))))
    }
}

/// A sum of which no lines are known is kept as one piece without a name.
fn is_total(item: &Item) -> bool {
    item.quantity == 1_000_000
        && item.name.is_empty()
        && item.sku.is_none()
        && item.category.is_none()
        && item.brand.is_none()
        && item.tax.is_none()
        && item.attributes.is_empty()
}

fn returned<M: SerializeMap>(map: &mut M, back: &Return) -> Result<(), M::Error> {
    match &*back.lines {
        [] => {}
        [line] if line.total().is_some() => {
            map.serialize_entry("total", &money(line.total().unwrap_or_default()))?;
        }
        lines => map.serialize_entry("items", &Lines(lines))?,
    }
    option(map, "returns", back.of.as_deref())?;
    match &*back.all_of {
        [] => Ok(()),
        [None] => map.serialize_entry("all_items", &true),
        purchases => {
            map.serialize_entry("all_items", &purchases.iter().map(Option::as_deref).collect::<Vec<_>>())
        }
    }
}

fn chosen<M: SerializeMap>(map: &mut M, choose: &Choose) -> Result<(), M::Error> {
    // 10^12 bounds every amount of an event
    map.serialize_entry("amount", &Money::from_micros(choose.amount).unwrap_or_default().to_string())?;
    map.serialize_entry("unit", &*choose.unit)
}

fn announced<M: SerializeMap>(map: &mut M, announce: &Announce) -> Result<(), M::Error> {
    map.serialize_entry("parameter", &*announce.parameter)?;
    map.serialize_entry("value", &Money::from_micros(announce.value).unwrap_or_default().to_string())?;
    match announce.day {
        Some(day) => map.serialize_entry("for", &day.to_string()),
        None => Ok(()),
    }
}

fn granted<M: SerializeMap>(map: &mut M, grant: &Grant) -> Result<(), M::Error> {
    map.serialize_entry("tier", &*grant.tier)?;
    match grant.span {
        GrantSpan::Ever => Ok(()),
        GrantSpan::For(length) => map.serialize_entry("for", &length_text(length)),
        GrantSpan::Until(last) => map.serialize_entry("until", &last.to_string()),
    }
}

fn adjusted<M: SerializeMap>(map: &mut M, adjust: &Adjust) -> Result<(), M::Error> {
    map.serialize_entry("amount", &Money::from_micros(adjust.amount).unwrap_or_default().to_string())?;
    map.serialize_entry("unit", &*adjust.unit)?;
    map.serialize_entry("reason", &*adjust.reason)
}

fn given_away<M: SerializeMap>(map: &mut M, transfer: &Transfer) -> Result<(), M::Error> {
    map.serialize_entry("amount", &Money::from_micros(transfer.amount).unwrap_or_default().to_string())?;
    map.serialize_entry("unit", &*transfer.unit)?;
    map.serialize_entry("to", &*transfer.to)
}

fn body<M: SerializeMap>(map: &mut M, message: &Message) -> Result<(), M::Error> {
    map.serialize_entry("from", &*message.from)?;
    if !message.rule.is_empty() {
        map.serialize_entry("rule", &*message.rule)?;
    }
    let shared = match &message.body {
        MessageBody::ReferralNamed { joined, shared } => {
            map.serialize_entry("joined", &joined.to_string())?;
            shared
        }
        MessageBody::ReferralQualified { shared, spend, .. } => {
            if *spend != 0 {
                map.serialize_entry("spend", &money(*spend))?;
            }
            shared
        }
        MessageBody::ReferralAccepted => return Ok(()),
        MessageBody::ReferralSettled { .. } | MessageBody::ReferralReversed { .. } => &Box::default(),
        MessageBody::BudgetAnswered { event, granted } => {
            map.serialize_entry("event", &**event)?;
            return map.serialize_entry("granted", granted);
        }
        MessageBody::Transferred { transfer, unit, lots } => {
            map.serialize_entry("transfer", &**transfer)?;
            map.serialize_entry("unit", &**unit)?;
            return map.serialize_entry("items", &moved::Lines(lots));
        }
    };
    if !shared.is_empty() {
        map.serialize_entry("shared", &Texts(shared))?;
    }
    match message.body.turn() {
        1 => Ok(()),
        turn => map.serialize_entry("turn", &turn),
    }
}

fn option<M: SerializeMap>(map: &mut M, key: &str, text: Option<&str>) -> Result<(), M::Error> {
    text.map_or(Ok(()), |text| map.serialize_entry(key, text))
}

fn attributes<M: SerializeMap>(
    map: &mut M,
    fields: &[&[&str]],
    attributes: &[(Box<str>, Value)],
) -> Result<(), M::Error> {
    let is_field = |entry: &&(Box<str>, Value)| fields.iter().any(|fields| fields.contains(&&*entry.0));
    for (name, value) in attributes.iter().filter(|entry| !is_field(entry)) {
        map.serialize_entry(name, &Plain(value))?;
    }
    let nested: Vec<_> = attributes.iter().filter(is_field).collect();
    if nested.is_empty() { Ok(()) } else { map.serialize_entry("attributes", &Nested(&nested)) }
}

/// Money as text, with at least two decimals.
fn money(micros: i64) -> String {
    // 10^12 bounds every amount of an event
    Money::from_micros(micros).unwrap_or_default().display(2).to_string()
}

struct Payments<'a>(&'a [(Box<str>, i64)]);

impl Serialize for Payments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(means, amount)| (means, money(*amount))))
    }
}

struct Texts<'a>(&'a [(Box<str>, Box<str>)]);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

struct Nested<'a>(&'a [&'a (Box<str>, Value)]);

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Plain(value))))
    }
}

struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bool(yes) => serializer.serialize_bool(*yes),
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::List(names) => serializer.collect_seq(names.iter()),
        }
    }
}

/// A whole number, or a text with decimals.
struct Quantity(i64);

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1_000_000 == 0 {
            return serializer.serialize_i64(self.0 / 1_000_000);
        }
        let quantity = crate::amount::Quantity::from_micros(self.0).unwrap_or_default();
        serializer.collect_str(&quantity)
    }
}

struct Lines<'a, T>(&'a [T]);

impl<T> Serialize for Lines<'_, T>
where
    for<'b> Line<'b, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for line in self.0 {
            seq.serialize_element(&Line(line))?;
        }
        seq.end()
    }
}

struct Line<'a, T>(&'a T);

impl Serialize for Line<'_, Item> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let item = self.0;
        let mut map = serializer.serialize_map(None)?;
        texts(&mut map, &item.name, [&item.sku, &item.category, &item.brand])?;
        map.serialize_entry("quantity", &Quantity(item.quantity))?;
        map.serialize_entry("unit_price", &money(item.price))?;
        tax(&mut map, item.tax)?;
        attributes(&mut map, &[&LINE_FIELDS], &item.attributes)?;
        map.end()
    }
}

impl Serialize for Line<'_, ReturnLine> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = self.0;
        let mut map = serializer.serialize_map(None)?;
        texts(&mut map, &line.name, [&line.sku, &line.category, &line.brand])?;
        map.serialize_entry("quantity", &Quantity(line.quantity))?;
        if let Some(value) = line.value {
            let price = unit_price(line.quantity, value);
            map.serialize_entry(
                "unit_price",
                &money(price.ok_or_else(|| S::Error::custom("no unit price"))?),
            )?;
        }
        tax(&mut map, line.tax)?;
        option(&mut map, "returns", line.of.as_deref())?;
        if let Some(number) = line.line {
            map.serialize_entry("line", &number)?;
        }
        attributes(&mut map, &[&LINE_FIELDS], &line.attributes)?;
        map.end()
    }
}

fn texts<M: SerializeMap>(
    map: &mut M,
    name: &str,
    [sku, category, brand]: [&Option<Box<str>>; 3],
) -> Result<(), M::Error> {
    option(map, "sku", sku.as_deref())?;
    option(map, "name", Some(name).filter(|name| !name.is_empty()))?;
    option(map, "category", category.as_deref())?;
    option(map, "brand", brand.as_deref())
}

fn tax<M: SerializeMap>(map: &mut M, tax: Option<Tax>) -> Result<(), M::Error> {
    match tax {
        Some(Tax::Amount(micros)) => map.serialize_entry("tax", &money(micros)),
        Some(tax) => map.serialize_entry("tax", &tax.to_string()),
        None => Ok(()),
    }
}

/// The price of one piece, from which the value was made: always exact.
fn unit_price(quantity: i64, value: i64) -> Option<i64> {
    let micros = i128::from(value) * 1_000_000;
    match quantity {
        0 => (value == 0).then_some(0),
        _ if micros % i128::from(quantity) == 0 => i64::try_from(micros / i128::from(quantity)).ok(),
        _ => None,
    }
}
