//! What an event brings and the program does not know.

use std::fmt;

/// What an event brings and the program does not know, and what else a host should read. Reported, never refused.
///
/// One for each place where it stands: an unknown category on three items is there three times. Displayed, it says in
/// a few words what it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Note {
    /// A category, channel, store, partner or means of payment that the program does not declare.
    Undeclared {
        /// Which vocabulary: `category`, `channel`, `store`, `partner`, `payment`.
        what: &'static str,
        /// The value.
        value: Box<str>,
    },
    /// An attribute that the program does not declare.
    UnknownAttribute(Box<str>),
    /// A value outside the `one of` of its attribute; it counts as missing.
    OutsideList {
        /// The attribute.
        attribute: Box<str>,
        /// The value.
        value: Box<str>,
    },
    /// A kind of event that the program does not declare: nothing can match it.
    UnknownEvent(Box<str>),
    /// A declared event names a purchase that is not known: nothing that waits for the event is released.
    UnknownPurchase(Box<str>),
    /// A return line without a purchase was skipped.
    Skipped(Box<str>),
    /// More money was given back for a line than was left of it; the surplus counts for nothing.
    MoreThanPaid(Box<str>),
    /// A referral that cannot count: its reason.
    Referral(&'static str),
    /// A message that is about nothing this account knows.
    Unrelated,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undeclared { what, value } => write!(f, "unknown {what} `{value}`"),
            Self::UnknownAttribute(name) => write!(f, "unknown attribute `{name}`"),
            Self::OutsideList { attribute, value } => write!(f, "`{attribute}` cannot be `{value}`"),
            Self::UnknownEvent(name) => write!(f, "unknown kind of event `{name}`"),
            Self::UnknownPurchase(id) => write!(f, "names the unknown purchase `{id}`"),
            Self::Skipped(name) => write!(f, "return of `{name}` skipped, its purchase is not known"),
            Self::MoreThanPaid(name) => write!(f, "more money came back for `{name}` than was left of it"),
            Self::Referral(reason) => write!(f, "referral without effect: {reason}"),
            Self::Unrelated => f.write_str("a message about nothing that is known here"),
        }
    }
}
