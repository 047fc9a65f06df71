//! Events: what the host tells the engine.
//!
//! An [`Event`] is built once, at the door, through an [`EventBuilder`] or from the wire form; a wrong number, an
//! instant out of range or too many items never get further. It knows no program: names are bound to a program when
//! the event is evaluated.

mod budget;
mod builder;
mod digest;
mod item;
mod message;
mod moved;
mod plan;
mod request;
mod tax;
mod wire;

pub(crate) use budget::answer_id;
pub use budget::{Budget, BudgetError, BudgetLine, Claim, Release};
pub(crate) use builder::ITEMS_MOST;
pub use builder::{EventBuilder, EventError};
pub(crate) use builder::{TEXT_MOST, check_text};
pub(crate) use digest::Digest;
pub use item::{Item, ReturnLine};
pub use message::{Message, MessageBody};
pub use moved::Moved;
pub(crate) use moved::{Holder, Keeper, MOVED_MOST, MovedIdle, MovedTerms, Transfer, message_id};
pub(crate) use plan::{Grant, GrantSpan, Membership};
pub(crate) use request::{Ask, Request};
pub(crate) use tax::Tax;

use crate::calendar::{Date, Instant};
use std::sync::Arc;

/// Something that happened to a member.
///
/// ```
/// use loyalty_rules::event::{Event, Item};
///
/// let event = Event::purchase("K-1", "Jörg", "2026-03-03T17:45:00+01:00")
///     .channel("Markt")
///     .item(Item::new("Äpfel", "1", "4.98").category("Obst"))
///     .build()?;
/// assert_eq!(event.id(), "K-1");
/// # Ok::<(), loyalty_rules::event::EventError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub(crate) id: Arc<str>,
    pub(crate) member: Arc<str>,
    pub(crate) at: Instant,
    pub(crate) currency: Option<Box<str>>,
    pub(crate) kind: Kind,
    /// Sorted by name.
    pub(crate) attributes: Box<[(Box<str>, Value)]>,
    pub(crate) digest: u128,
}

/// What kind of event it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `purchase` or a declared event.
    Named(Named),
    /// Something comes back.
    Return(Return),
    /// Something is redeemed without a purchase.
    Redeem(Request),
    /// The member joins, perhaps invited by another.
    Joining {
        /// Who invited.
        referrer: Option<Arc<str>>,
        /// The account to which the member comes; nothing for one of its own.
        account: Option<Arc<str>>,
    },
    /// The member takes something from an open choice.
    Choose(Choose),
    /// Somebody corrects a balance.
    Adjust(Adjust),
    /// The owner of the program says what a parameter is.
    Announce(Announce),
    /// Something is new about the member.
    Change,
    /// An event was a mistake.
    Cancel {
        /// Which.
        of: Arc<str>,
    },
    /// The member joins or leaves a plan.
    Membership(Membership),
    /// Somebody grants the member a level.
    Grant(Grant),
    /// The member gives something to another.
    Transfer(Transfer),
    /// The member says who has brought it.
    Link {
        /// Who.
        referrer: Arc<str>,
    },
    /// A message from another account.
    Message(Message),
}

/// A purchase or a declared event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// `purchase`, or the name of the event.
    pub(crate) name: Box<str>,
    /// What was bought; a total is one item without a name.
    pub(crate) items: Arc<[Item]>,
    /// Whether there is anything to sum up: items or a total.
    pub(crate) has_basket: bool,
    pub(crate) channel: Option<Box<str>>,
    pub(crate) store: Option<Box<str>>,
    pub(crate) partner: Option<Box<str>>,
    /// How money was paid: means and micro-units.
    pub(crate) payments: Box<[(Box<str>, i64)]>,
    /// What the member asks to pay with, each thing once.
    pub(crate) requests: Box<[Request]>,
    /// The purchase that a declared event is about.
    pub(crate) of: Option<Arc<str>>,
}

/// A return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Return {
    /// The purchase, if all lines belong to one.
    pub(crate) of: Option<Arc<str>>,
    pub(crate) lines: Box<[ReturnLine]>,
    /// Purchases of which everything that is left comes back; `None` is `of`.
    pub(crate) all_of: Box<[Option<Arc<str>>]>,
}

/// What a member takes from an open choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choose {
    /// Above zero, in millionths.
    pub(crate) amount: i64,
    /// The name of the unit or voucher.
    pub(crate) unit: Box<str>,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announce {
    pub(crate) parameter: Box<str>,
    /// Zero or above: millionths of a percent, or of money.
    pub(crate) value: i64,
    /// A day in the period that is meant.
    pub(crate) day: Option<Date>,
}

/// A correction by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Adjust {
    /// In millionths, not zero: above it is booked, below it is taken.
    pub(crate) amount: i64,
    /// The name of the unit or voucher.
    pub(crate) unit: Box<str>,
    /// Why; for those who read the events.
    pub(crate) reason: Box<str>,
}

/// The value of an attribute, still without its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, a name, or a number, date or time as text.
    Text(Box<str>),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Several names.
    List(Box<[Box<str>]>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl Event {
    /// The id of the event, unique for its member.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The member to whom it happened.
    #[must_use]
    pub fn member(&self) -> &str {
        &self.member
    }

    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> Instant {
        self.at
    }

    /// The account that a joining names. A host opens an account of this id if there is none yet, and from then on
    /// delivers all events of the member to it.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match &self.kind {
            Kind::Joining { account, .. } => account.as_deref(),
            _ => None,
        }
    }

    /// The member to whom a transfer gives something. A host asks it to refuse transfers to nobody.
    #[must_use]
    pub fn receiver(&self) -> Option<&str> {
        match &self.kind {
            Kind::Transfer(transfer) => Some(&transfer.to),
            _ => None,
        }
    }

    /// What the member asks to spend.
    pub(crate) fn requests(&self) -> &[Request] {
        match &self.kind {
            Kind::Named(named) => &named.requests,
            Kind::Redeem(request) => std::slice::from_ref(request),
            Kind::Return(_) | Kind::Joining { .. } | Kind::Choose(_) | Kind::Announce(_) => &[],
            Kind::Adjust(_) | Kind::Change | Kind::Cancel { .. } | Kind::Transfer(_) => &[],
            Kind::Membership(_) | Kind::Grant(_) => &[],
            Kind::Link { .. } | Kind::Message(_) => &[],
        }
    }

    /// Whether it is a message from another account. A message never enrols a member.
    #[must_use]
    pub const fn is_message(&self) -> bool {
        matches!(self.kind, Kind::Message(_))
    }
}

impl From<Message> for Event {
    fn from(message: Message) -> Self {
        message.into_event()
    }
}
