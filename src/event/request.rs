//! What a member asks to spend.

use super::builder::{ATTRIBUTES_MOST, EventError, MONEY_MOST, check_text, wrong};
use super::{Digest, EventBuilder};
use crate::amount::parse_micros;

/// How something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ask {
    /// So much of a unit, or so many of a reward.
    Redeem,
    /// The largest acceptable amount of a unit up to this.
    RedeemUpTo,
    /// So many vouchers.
    Use,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) ask: Ask,
    /// The name of the unit, in the plural or the singular, or of the voucher.
    pub(crate) name: Box<str>,
    /// Millionths, above zero.
    pub(crate) amount: i64,
}

impl Request {
    /// Adds what the request says to a digest.
    pub(super) fn digest(&self, digest: &mut Digest) {
        digest.word(match self.ask {
            Ask::Redeem => 0,
            Ask::RedeemUpTo => 1,
            Ask::Use => 2,
        });
        digest.text(&self.name);
        digest.number(self.amount);
    }
}

/// Requests by form and name, each once: several amounts of one name add up.
pub(super) fn joined_requests(mut requests: Vec<Request>) -> Result<Box<[Request]>, EventError> {
    if requests.len() > ATTRIBUTES_MOST {
        return Err(EventError::TooMany { what: "requests", count: requests.len(), most: ATTRIBUTES_MOST });
    }
    requests.sort_by(|one, two| (one.ask, &one.name).cmp(&(two.ask, &two.name)));
    let mut joined: Vec<Request> = Vec::with_capacity(requests.len());
    for request in requests {
        check_text("the name of a request", &request.name)?;
        match joined.last_mut().filter(|known| (known.ask, &known.name) == (request.ask, &request.name)) {
            Some(known) => {
                let sum = known.amount.checked_add(request.amount).filter(|sum| *sum <= MONEY_MOST);
                known.amount = sum.ok_or_else(|| *wrong("the amount of a request", "more than 10^12"))?;
            }
            None => joined.push(request),
        }
    }
    Ok(joined.into())
}

impl EventBuilder {
    /// Pays with so much of a unit. The unit is named in the plural or the singular; the amount is a decimal text
    /// above zero. The whole event is refused if the program does not accept exactly this amount.
    #[must_use]
    pub fn redeem(self, name: &str, amount: &str) -> Self {
        self.ask(Ask::Redeem, name, amount)
    }

    /// Pays with as much of a unit as the program accepts, up to an amount.
    #[must_use]
    pub fn redeem_up_to(self, unit: &str, amount: &str) -> Self {
        self.ask(Ask::RedeemUpTo, unit, amount)
    }

    /// Uses so many vouchers of a name. The whole event is refused if the member cannot use all of them here.
    #[must_use]
    pub fn use_vouchers(self, voucher: &str, count: u32) -> Self {
        self.request(Ask::Use, voucher, i64::from(count) * 1_000_000)
    }

    fn ask(mut self, ask: Ask, name: &str, amount: &str) -> Self {
        match parse_micros(amount) {
            Some(micros) => self.request(ask, name, micros),
            None => {
                self.problem.get_or_insert_with(|| wrong("the amount of a request", amount));
                self
            }
        }
    }

    pub(super) fn request(mut self, ask: Ask, name: &str, amount: i64) -> Self {
        let whole = ask != Ask::Use || amount % 1_000_000 == 0;
        if !whole || !(1..=MONEY_MOST).contains(&amount) {
            let text = crate::amount::Money::from_micros(amount).unwrap_or_default().to_string();
            self.problem.get_or_insert_with(|| wrong("the amount of a request", &text));
        }
        self.requests.push(Request { ask, name: name.into(), amount });
        self
    }
}
