//! The wire form of events: one flat object for each event.
//!
//! ```json
//! {"id":"C536506","type":"return","member":"17897","at":"2010-12-01T12:38:00Z","currency":"GBP",
//!  "items":[{"sku":"22960","name":"JAM MAKING SET WITH JARS","quantity":6,"unit_price":"4.25","returns":"536488"}],
//!  "returns":"536488","country":"United Kingdom"}
//! ```
//!
//! | field | of | meaning |
//! |---|---|---|
//! | `id`, `member` | all | texts; leading zeros count |
//! | `type` | all | `purchase`, `return`, `redeem`, `joining`, `choose`, `announce`, `adjust`, `change`, `cancel`, `transfer`, `link-friend`, a kind of message, or the name of a declared event |
//! | `at` | all | RFC 3339; written in UTC |
//! | `currency` | all but messages | ISO 4217 |
//! | `items` | purchases, declared events, returns | the lines, see below |
//! | `total` | purchases, declared events | the sum of a basket of which no lines are known |
//! | `store`, `channel` | purchases, declared events | texts; read but not kept elsewhere |
//! | `payments` | purchases, declared events | object of means and amounts; read but not kept in a return |
//! | `redeem` | purchases, declared events, redemptions | object of units and amounts that pay; in a `redeem` exactly one |
//! | `redeem_up_to` | the same | the same, but as much as is accepted, up to the amount |
//! | `use` | purchases, declared events | object of vouchers and how many of each are used |
//! | `returns` | returns | id of the purchase that comes back |
//! | `of` | declared events, `cancel` | id of the purchase that the event is about, or of the event that was a mistake |
//! | `all_items` | returns | `true`: all that is left of that purchase comes back; or a list of ids of purchases of which all that is left comes back, where `null` stands for the purchase in `returns` |
//! | `referrer` | joinings, `link-friend` | member who invited |
//! | `parameter`, `value`, `for` | `announce` | the parameter, its value as a plain number (10 is 10%), and if wanted a day in the period that is meant |
//! | `account` | joinings | the account to which the member comes |
//! | `amount`, `unit` | `choose` | what is taken from an open choice: a number above zero, and the name of a unit or voucher |
//! | `amount`, `unit`, `to` | `transfer` | what is given to whom |
//! | `from` | messages | who sends it; `member` is the receiver |
//! | `rule` | `referral-…` | the referral it is about |
//! | `joined` | `referral-named` | the day on which the friend joined |
//! | `shared` | `referral-named`, `referral-qualified` | object of the friend's attributes that both must not share |
//! | `spend` | `referral-qualified` | money that the friend paid in the event that qualified, where the referral asks it |
//! | `turn` | `referral-qualified`, `referral-settled`, `referral-reversed` | which time it is that the friend qualified, if not the first |
//! | `transfer`, `unit`, `items` | `transferred` | the transfer, and what arrives: a line for each part of a lot, with its dates |
//!
//! A line has `sku`, `name`, `category`, `brand`, `quantity` (a whole number, or a text with decimals) and
//! `unit_price`, and may have `tax`: money for the line (`"0.52"`) or a percentage of its price without tax
//! (`"19%"`). In a return a line has also `returns` (its purchase) and `line` (which line of it, counted from 1), and
//! `unit_price` may be missing.
//!
//! Every other key of an event or a line is an attribute: a text, a whole number, yes or no as `true` or `false`, or
//! a list of texts. Messages have none. An attribute with the name of a field stands in the object `attributes`.
//!
//! `null` is the same as a missing key, and so is an empty `sku` or `name`. The same key twice is refused. Money is
//! text (`"4.25"`), never a number with a point: on its way through other software such a number may already have
//! been changed.
//!
//! The code is written by hand: it looks the same whatever features of other crates are switched on, and it also
//! reads numbers that `serde_json` passes on as text (`arbitrary_precision`). Only self-describing formats can be
//! read.

mod moved;
mod plain;
mod read;
#[cfg(test)]
mod tests;
mod write;

use super::{Event, Kind, Message};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write::event(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::event(deserializer)
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write::event(&Event::from(self.clone()), serializer)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match read::event(deserializer)?.kind {
            Kind::Message(message) => Ok(message),
            _ => Err(de::Error::custom("`type` is no kind of message")),
        }
    }
}
