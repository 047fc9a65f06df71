//! Building events. Every limit and every number is checked here, once.

use super::digest::of_event;
use super::plan::{Grant, GrantSpan, Membership, length};
use super::request::joined_requests;
use super::{
    Adjust, Announce, Ask, Choose, Event, Item, Kind, Named, Request, Return, ReturnLine, Transfer, Value,
};
use crate::amount::{Money, Quantity, parse_micros};
use crate::calendar::{Date, Instant};
use std::sync::Arc;

/// Items of one event at most.
pub(crate) const ITEMS_MOST: usize = 10_000;
/// Attributes of an event or an item at most.
pub(crate) const ATTRIBUTES_MOST: usize = 256;
/// Bytes of an id, a name or a text at most.
pub(crate) const TEXT_MOST: usize = 4_096;
/// Micro-units of a line, a total or a sum at most: 10^12 of the currency.
pub(crate) const MONEY_MOST: i64 = 1_000_000_000_000_000_000;

/// Why an event cannot be built. The caller passed something that no program could accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// An instant is no RFC 3339 time or lies outside 1970 to 2199.
    #[error("`{0}` is not a time between 1970 and 2199; write it like 2026-03-03T17:45:00+01:00")]
    Instant(String),
    /// A number is not written as a plain decimal, is out of range, or has too many decimals.
    #[error("{what}: `{text}` is not a number of at most {decimals} decimals within range")]
    Number {
        /// Which number.
        what: &'static str,
        /// What was passed.
        text: String,
        /// How many decimals it may have.
        decimals: u32,
    },
    /// Quantity times price needs more than six decimals.
    #[error(
        "item {item}: quantity times price has more than 6 decimals; pass quantity 1 and the price charged"
    )]
    LineValue {
        /// Counted from 1.
        item: usize,
    },
    /// An id, name or text is empty, too long or contains a NUL character.
    #[error("{0} is empty, longer than 4,096 bytes, or contains a NUL character")]
    Text(&'static str),
    /// Too many items or attributes.
    #[error("{what}: {count}, at most {most} are accepted")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many are accepted.
        most: usize,
    },
    /// Both items and a total, or a total on an event that has none.
    #[error("an event carries either items or a total")]
    ItemsAndTotal,
    /// A purchase names another one; only declared events and returns do.
    #[error("a purchase names no other purchase")]
    PurchaseOfPurchase,
    /// An attribute is written twice.
    #[error("the attribute `{0}` is there twice")]
    Twice(String),
    /// The name of an event is a word that the wire form needs: `return`, `redeem`, `joining`, `choose`, `transfer`,
    /// `referral-named`, ….
    #[error("no event can be named `{0}`: that word stands for another form of event")]
    ReservedName(String),
    /// A redemption without a purchase asks for nothing, or for several things.
    #[error("a redemption without a purchase asks for exactly one thing")]
    OneRequest,
    /// A request on something that is neither a purchase nor a declared event nor a redemption.
    #[error("only a purchase, a declared event or a redemption can ask to redeem something")]
    NoRequest,
    /// The id begins like the keys under which the clock books.
    #[error("the id `{0}` begins with @, which is kept for what the clock books")]
    ReservedId(String),
}

/// Builds an [`Event`].
#[derive(Debug, Clone)]
pub struct EventBuilder {
    id: Arc<str>,
    member: Arc<str>,
    at: Result<Instant, EventError>,
    currency: Option<Box<str>>,
    kind: BuilderKind,
    items: Vec<Item>,
    total: Option<Item>,
    channel: Option<Box<str>>,
    store: Option<Box<str>>,
    partner: Option<Box<str>>,
    payments: Vec<(Box<str>, i64)>,
    attributes: Vec<(Box<str>, Value)>,
    of: Option<Arc<str>>,
    lines: Vec<ReturnLine>,
    all_of: Vec<Option<Arc<str>>>,
    referrer: Option<Arc<str>>,
    account: Option<Arc<str>>,
    pub(super) requests: Vec<Request>,
    pub(super) problem: Option<Box<EventError>>,
}

#[derive(Debug, Clone)]
enum BuilderKind {
    Named(Box<str>),
    Return,
    Redeem,
    Joining,
    Choose(Choose),
    Announce(Announce),
    Adjust(Adjust),
    Membership(Membership),
    Grant(Grant),
    Change,
    Cancel,
    Transfer(Transfer),
    Link,
}

impl Event {
    /// A purchase. The instant is RFC 3339 text with its offset.
    #[must_use]
    pub fn purchase(id: &str, member: &str, at: &str) -> EventBuilder {
        Self::named("purchase", id, member, at)
    }

    /// A purchase or an event that the program declares.
    #[must_use]
    pub fn named(name: &str, id: &str, member: &str, at: &str) -> EventBuilder {
        EventBuilder::new(BuilderKind::Named(name.into()), id, member, at)
    }

    /// A return of one or more purchases.
    #[must_use]
    pub fn returned(id: &str, member: &str, at: &str) -> EventBuilder {
        EventBuilder::new(BuilderKind::Return, id, member, at)
    }

    /// Something is redeemed without a purchase: say with [`EventBuilder::redeem`] what and how much.
    #[must_use]
    pub fn redemption(id: &str, member: &str, at: &str) -> EventBuilder {
        EventBuilder::new(BuilderKind::Redeem, id, member, at)
    }

    /// A member joins.
    #[must_use]
    pub fn joining(id: &str, member: &str, at: &str) -> EventBuilder {
        EventBuilder::new(BuilderKind::Joining, id, member, at)
    }

    /// The member takes something from an open choice: one entry of its list with the whole amount of that entry, such
    /// as 500 points or 2 of a voucher. The amount is a plain decimal above zero, and the unit is the name of a unit or
    /// voucher of the program.
    #[must_use]
    pub fn choose(id: &str, member: &str, at: &str, amount: &str, unit: &str) -> EventBuilder {
        let mut problem = None;
        let micros = number("what is chosen", amount, &mut problem);
        if micros <= 0 {
            problem.get_or_insert_with(|| wrong("what is chosen", amount));
        }
        let kind = BuilderKind::Choose(Choose { amount: micros, unit: unit.into() });
        EventBuilder { problem, ..EventBuilder::new(kind, id, member, at) }
    }

    /// The owner of the program says what a parameter is: a percentage or an amount of money, a plain decimal of at least
    /// zero. Every account gets the announcement as an event of its own. Name the period that is meant by a day in it
    /// ([`EventBuilder::for_day`]); without one it is the last closed period, or the running one if that has its value.
    #[must_use]
    pub fn announce(id: &str, member: &str, at: &str, parameter: &str, value: &str) -> EventBuilder {
        let mut problem = None;
        let micros = number("what is announced", value, &mut problem);
        if micros < 0 {
            problem.get_or_insert_with(|| wrong("what is announced", value));
        }
        let kind = BuilderKind::Announce(Announce { parameter: parameter.into(), value: micros, day: None });
        EventBuilder { problem, ..EventBuilder::new(kind, id, member, at) }
    }

    /// A correction by hand: an amount of a unit or voucher is booked, or taken if it is below zero, and why. What is
    /// booked has the terms of its unit. Caps, counters and levels do not see it.
    #[must_use]
    pub fn adjust(id: &str, member: &str, at: &str, amount: &str, unit: &str, reason: &str) -> EventBuilder {
        let mut problem = None;
        let micros = number("what is adjusted", amount, &mut problem);
        if micros == 0 {
            problem.get_or_insert_with(|| wrong("what is adjusted", amount));
        }
        let kind = BuilderKind::Adjust(Adjust { amount: micros, unit: unit.into(), reason: reason.into() });
        EventBuilder { problem, ..EventBuilder::new(kind, id, member, at) }
    }

    /// A member gives an amount of a unit to another. It leaves as messages to the other member; the host must make sure
    /// that there is such a member, because what nobody takes is gone. The amount is a plain decimal above zero.
    #[must_use]
    pub fn transfer(id: &str, member: &str, at: &str, amount: &str, unit: &str, to: &str) -> EventBuilder {
        let mut problem = None;
        let micros = number("what is transferred", amount, &mut problem);
        if micros <= 0 {
            problem.get_or_insert_with(|| wrong("what is transferred", amount));
        }
        let kind = BuilderKind::Transfer(Transfer { amount: micros, unit: unit.into(), to: to.into() });
        EventBuilder { problem, ..EventBuilder::new(kind, id, member, at) }
    }

    /// A member says, later than when joining, by whom that member was brought.
    #[must_use]
    pub fn link_friend(id: &str, member: &str, at: &str, referrer: &str) -> EventBuilder {
        EventBuilder::new(BuilderKind::Link, id, member, at).referred_by(referrer)
    }

    /// A member joins a plan, or asks for its next term.
    #[must_use]
    pub fn join_plan(id: &str, member: &str, at: &str, plan: &str) -> EventBuilder {
        let kind = BuilderKind::Membership(Membership { joins: true, plan: plan.into() });
        EventBuilder::new(kind, id, member, at)
    }

    /// A member leaves a plan: what is paid runs out, and nothing is renewed.
    #[must_use]
    pub fn leave_plan(id: &str, member: &str, at: &str, plan: &str) -> EventBuilder {
        let kind = BuilderKind::Membership(Membership { joins: false, plan: plan.into() });
        EventBuilder::new(kind, id, member, at)
    }

    /// Somebody grants a member a level, for ever: beside what is earned and paid, of which the highest counts.
    #[must_use]
    pub fn grant_tier(id: &str, member: &str, at: &str, tier: &str) -> EventBuilder {
        let kind = BuilderKind::Grant(Grant { tier: tier.into(), span: GrantSpan::Ever });
        EventBuilder::new(kind, id, member, at)
    }

    /// The same for a length of time such as `120 days` or `1 year`; the day of the event is not counted.
    #[must_use]
    pub fn grant_tier_for(id: &str, member: &str, at: &str, tier: &str, time: &str) -> EventBuilder {
        let (span, problem) = match length(time) {
            Some(length) => (GrantSpan::For(length), None),
            None => (GrantSpan::Ever, Some(wrong("how long the tier is granted", time))),
        };
        let kind = BuilderKind::Grant(Grant { tier: tier.into(), span });
        EventBuilder { problem, ..EventBuilder::new(kind, id, member, at) }
    }

    /// The same up to a day such as `2027-12-31`, which is the last one.
    #[must_use]
    pub fn grant_tier_until(id: &str, member: &str, at: &str, tier: &str, last: &str) -> EventBuilder {
        let (span, problem) = match last.parse() {
            Ok(last) => (GrantSpan::Until(last), None),
            Err(_) => (GrantSpan::Ever, Some(wrong("the last day of the tier", last))),
        };
        let kind = BuilderKind::Grant(Grant { tier: tier.into(), span });
        EventBuilder { problem, ..EventBuilder::new(kind, id, member, at) }
    }

    /// Something is new about a member: the attributes of the event are attributes of the member from now on.
    #[must_use]
    pub fn change(id: &str, member: &str, at: &str) -> EventBuilder {
        EventBuilder::new(BuilderKind::Change, id, member, at)
    }

    /// A purchase, a declared event or a redemption was a mistake: it is undone as if it had never been.
    #[must_use]
    pub fn cancel(id: &str, member: &str, at: &str, of: &str) -> EventBuilder {
        EventBuilder::new(BuilderKind::Cancel, id, member, at).of(of)
    }
}

impl EventBuilder {
    fn new(kind: BuilderKind, id: &str, member: &str, at: &str) -> Self {
        Self {
            id: id.into(),
            member: member.into(),
            at: at.parse().map_err(|_| EventError::Instant(at.chars().take(40).collect())),
            currency: None,
            kind,
            items: Vec::new(),
            total: None,
            channel: None,
            store: None,
            partner: None,
            payments: Vec::new(),
            attributes: Vec::new(),
            of: None,
            lines: Vec::new(),
            all_of: Vec::new(),
            referrer: None,
            account: None,
            requests: Vec::new(),
            problem: None,
        }
    }

    /// The ISO code of the event's money. It has to be the program's.
    #[must_use]
    pub fn currency(mut self, code: &str) -> Self {
        self.currency = Some(code.into());
        self
    }

    /// Adds a line to the basket.
    #[must_use]
    pub fn item(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    /// The sum of a basket of which no lines are known; of a return, how much of such a sum is given back.
    #[must_use]
    pub fn total(mut self, total: &str) -> Self {
        self.total = Some(Item::new("", "1", total));
        self
    }

    pub(super) fn total_micros(mut self, total: i64) -> Self {
        self.total = Some(Item::from_micros("", 1_000_000, total, None));
        self
    }

    /// Where it was bought: a channel of the program.
    #[must_use]
    pub fn channel(mut self, channel: &str) -> Self {
        self.channel = Some(channel.into());
        self
    }

    /// Where it was bought: a store of the program.
    #[must_use]
    pub fn store(mut self, store: &str) -> Self {
        self.store = Some(store.into());
        self
    }

    /// At which partner of a coalition it happened: a partner of the program.
    #[must_use]
    pub fn partner(mut self, partner: &str) -> Self {
        self.partner = Some(partner.into());
        self
    }

    /// How much was paid with a means that the program declares. Several amounts of one means add up.
    #[must_use]
    pub fn payment(mut self, means: &str, amount: &str) -> Self {
        let micros = number("payment", amount, &mut self.problem);
        self.paid(means, micros)
    }

    pub(super) fn paid(mut self, means: &str, micros: i64) -> Self {
        self.payments.push((means.into(), micros));
        self
    }

    /// An attribute that the program declares for this event, or for the member if the member joins.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// The purchase that comes back, or that a declared event is about.
    #[must_use]
    pub fn of(mut self, purchase: &str) -> Self {
        self.of = Some(purchase.into());
        self
    }

    /// Adds a line of a return.
    #[must_use]
    pub fn line(mut self, line: ReturnLine) -> Self {
        self.lines.push(line);
        self
    }

    /// All that is left of a purchase comes back; without a name, of the purchase that the return names.
    #[must_use]
    pub fn all_items(mut self, of: Option<&str>) -> Self {
        self.all_of.push(of.map(Into::into));
        self
    }

    /// Who invited the member that joins.
    #[must_use]
    pub fn referred_by(mut self, member: &str) -> Self {
        self.referrer = Some(member.into());
        self
    }

    /// The id of the account to which the member that joins comes: it shares all that is counted with the other members
    /// of the account.
    #[must_use]
    pub fn account(mut self, id: &str) -> Self {
        self.account = Some(id.into());
        self
    }

    /// Checks everything and builds the event.
    ///
    /// # Errors
    ///
    /// [`EventError`] names the first thing that is wrong.
    pub fn build(mut self) -> Result<Event, EventError> {
        if let Some(problem) = self.problem.take() {
            return Err(*problem);
        }
        let at = self.at.clone()?;
        check_text("the id", &self.id)?;
        if self.id.starts_with('@') {
            return Err(EventError::ReservedId(self.id.chars().take(40).collect()));
        }
        check_text("the member", &self.member)?;
        limit("items", self.items.len().max(self.lines.len()), ITEMS_MOST)?;
        limit("attributes", self.attributes.len(), ATTRIBUTES_MOST)?;
        for text in [&self.currency, &self.channel, &self.store, &self.partner].into_iter().flatten() {
            check_text("a text of the event", text)?;
        }
        let mut attributes: Box<[(Box<str>, Value)]> = std::mem::take(&mut self.attributes).into();
        sort_attributes(&mut attributes)?;
        let (id, member, currency) = (Arc::clone(&self.id), Arc::clone(&self.member), self.currency.take());
        let kind = self.kind()?;
        let mut event = Event { id, member, at, currency, kind, attributes, digest: 0 };
        event.digest = of_event(&event);
        Ok(event)
    }

    /// A day in the period for which something is announced. Has a meaning for announcements only.
    #[must_use]
    pub fn for_day(mut self, day: Date) -> Self {
        if let BuilderKind::Announce(announce) = &mut self.kind {
            announce.day = Some(day);
        }
        self
    }

    fn kind(mut self) -> Result<Kind, EventError> {
        let has_requests =
            matches!(self.kind, BuilderKind::Named(_) | BuilderKind::Redeem | BuilderKind::Choose(_));
        if !has_requests && !self.requests.is_empty() {
            return Err(EventError::NoRequest);
        }
        match std::mem::replace(&mut self.kind, BuilderKind::Return) {
            BuilderKind::Named(name) => self.named_kind(name),
            BuilderKind::Return => self.return_kind(),
            BuilderKind::Redeem => match <[Request; 1]>::try_from(joined_requests(self.requests)?.into_vec())
            {
                Ok([request]) if request.ask != Ask::Use => Ok(Kind::Redeem(request)),
                _ => Err(EventError::OneRequest),
            },
            BuilderKind::Choose(choose) => {
                check_text("what is chosen", &choose.unit)?;
                Ok(Kind::Choose(choose))
            }
            BuilderKind::Announce(announce) => {
                check_text("the parameter", &announce.parameter)?;
                Ok(Kind::Announce(announce))
            }
            BuilderKind::Adjust(adjust) => {
                check_text("what is adjusted", &adjust.unit)?;
                check_text("the reason of an adjustment", &adjust.reason)?;
                Ok(Kind::Adjust(adjust))
            }
            BuilderKind::Membership(membership) => {
                check_text("the plan", &membership.plan)?;
                Ok(Kind::Membership(membership))
            }
            BuilderKind::Grant(grant) => {
                check_text("the tier", &grant.tier)?;
                Ok(Kind::Grant(grant))
            }
            BuilderKind::Change => Ok(Kind::Change),
            BuilderKind::Cancel => {
                let of = self.of.ok_or(EventError::Text("what is cancelled"))?;
                check_text("what is cancelled", &of)?;
                Ok(Kind::Cancel { of })
            }
            BuilderKind::Transfer(transfer) => {
                check_text("what is transferred", &transfer.unit)?;
                check_text("the member who gets it", &transfer.to)?;
                Ok(Kind::Transfer(transfer))
            }
            BuilderKind::Link => {
                let referrer = self.referrer.ok_or(EventError::Text("the referrer"))?;
                check_text("the referrer", &referrer)?;
                Ok(Kind::Link { referrer })
            }
            BuilderKind::Joining => {
                if let Some(referrer) = &self.referrer {
                    check_text("the referrer", referrer)?;
                }
                if let Some(account) = &self.account {
                    check_text("the account", account)?;
                }
                Ok(Kind::Joining { referrer: self.referrer, account: self.account })
            }
        }
    }

    fn named_kind(self, name: Box<str>) -> Result<Kind, EventError> {
        check_text("the kind of event", &name)?;
        if is_reserved_kind(&name) {
            return Err(EventError::ReservedName(name.into()));
        }
        if self.total.is_some() && !self.items.is_empty() {
            return Err(EventError::ItemsAndTotal);
        }
        let mut items = self.items;
        items.extend(self.total);
        check_items(&mut items)?;
        let has_basket = !items.is_empty();
        let payments = joined_payments(self.payments)?;
        let requests = joined_requests(self.requests)?;
        if let Some(of) = &self.of {
            check_text("the purchase that the event names", of)?;
            if &*name == "purchase" {
                return Err(EventError::PurchaseOfPurchase);
            }
        }
        Ok(Kind::Named(Named {
            name,
            items: items.into(),
            has_basket,
            channel: self.channel,
            store: self.store,
            partner: self.partner,
            payments,
            requests,
            of: self.of,
        }))
    }

    fn return_kind(mut self) -> Result<Kind, EventError> {
        if let Some(total) = self.total {
            if !self.lines.is_empty() {
                return Err(EventError::ItemsAndTotal);
            }
            self.lines.push(ReturnLine::of_total(total)?);
        }
        for (place, line) in self.lines.iter_mut().enumerate() {
            line.finish(place)?;
        }
        limit("purchases of which all comes back", self.all_of.len(), ITEMS_MOST)?;
        for of in self.of.iter().chain(self.all_of.iter().flatten()) {
            check_text("the purchase that comes back", of)?;
        }
        Ok(Kind::Return(Return { of: self.of, lines: self.lines.into(), all_of: self.all_of.into() }))
    }
}

/// A means and micro-units.
type Payment = (Box<str>, i64);

/// Payments by means, each means once.
fn joined_payments(mut payments: Vec<Payment>) -> Result<Box<[Payment]>, EventError> {
    limit("payments", payments.len(), ATTRIBUTES_MOST)?;
    payments.sort();
    let mut joined: Vec<Payment> = Vec::with_capacity(payments.len());
    for (means, amount) in payments {
        check_text("the means of a payment", &means)?;
        match joined.last_mut().filter(|(known, _)| *known == means) {
            Some((_, sum)) => *sum = sum.checked_add(amount).ok_or_else(|| too_much("payment"))?,
            None => joined.push((means, amount)),
        }
    }
    joined.iter().try_for_each(|(_, amount)| limit_money("payment", *amount))?;
    Ok(joined.into())
}

/// Checks each item, and what they come to together.
fn check_items(items: &mut [Item]) -> Result<(), EventError> {
    let mut sum: i64 = 0;
    for (place, item) in items.iter_mut().enumerate() {
        item.finish(place)?;
        sum = sum.checked_add(item.value).ok_or_else(|| too_much("sum of the items"))?;
        limit_money("sum of the items", sum)?;
    }
    Ok(())
}

/// Words that stand for another form of event in the wire form.
fn is_reserved_kind(name: &str) -> bool {
    matches!(
        name,
        "return" | "redeem" | "joining" | "choose" | "announce" | "adjust" | "change" | "cancel" | "transfer"
    ) || matches!(name, "link-friend" | "join-plan" | "leave-plan" | "grant-tier")
        || super::message::KINDS.contains(&name)
}

/// Quantity times price in micro-units, if six decimals hold it.
pub(super) fn line_value(quantity: i64, price: i64) -> Option<i64> {
    crate::amount::line_value(Quantity::from_micros(quantity)?, Money::from_micros(price)?).map(Money::micros)
}

pub(super) fn number(what: &'static str, text: &str, problem: &mut Option<Box<EventError>>) -> i64 {
    match parse_micros(text) {
        Some(micros) if micros.abs() <= MONEY_MOST => micros,
        _ => {
            problem.get_or_insert_with(|| wrong(what, text));
            0
        }
    }
}

pub(super) fn wrong(what: &'static str, text: &str) -> Box<EventError> {
    Box::new(EventError::Number { what, text: text.chars().take(40).collect(), decimals: 6 })
}

fn too_much(what: &'static str) -> EventError {
    EventError::Number { what, text: "more than 10^12".into(), decimals: 6 }
}

pub(super) fn limit_money(what: &'static str, micros: i64) -> Result<(), EventError> {
    if micros.abs() > MONEY_MOST { Err(too_much(what)) } else { Ok(()) }
}

fn limit(what: &'static str, count: usize, most: usize) -> Result<(), EventError> {
    if count > most { Err(EventError::TooMany { what, count, most }) } else { Ok(()) }
}

pub(crate) fn check_text(what: &'static str, text: &str) -> Result<(), EventError> {
    if text.is_empty() || text.len() > TEXT_MOST || text.contains('\0') {
        return Err(EventError::Text(what));
    }
    Ok(())
}

pub(super) fn sort_attributes(attributes: &mut [(Box<str>, Value)]) -> Result<(), EventError> {
    limit("attributes", attributes.len(), ATTRIBUTES_MOST)?;
    for (name, value) in attributes.iter() {
        check_text("the name of an attribute", name)?;
        let longest = match value {
            Value::Text(text) => text.len(),
            Value::List(names) => names.iter().map(|name| name.len()).sum(),
            Value::Bool(_) | Value::Integer(_) => 0,
        };
        if longest > TEXT_MOST {
            return Err(EventError::Text("the value of an attribute"));
        }
    }
    attributes.sort_by(|one, two| one.0.cmp(&two.0));
    let mut pairs = attributes.iter().zip(attributes.iter().skip(1));
    match pairs.find(|(one, two)| one.0 == two.0) {
        Some((one, _)) => Err(EventError::Twice(one.0.to_string())),
        None => Ok(()),
    }
}
