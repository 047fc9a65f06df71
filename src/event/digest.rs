//! A 128-bit digest of an event's content, so that the same id with other content is noticed.
//!
//! Two lanes of multiply-and-fold over 64-bit little-endian words, with fixed keys. It is an identity check between
//! honest parties, not a cryptographic hash; it is the same on every machine.

use super::{Announce, Event, Kind, Return, Tax, Value};

const KEYS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03];

/// Adds up words and texts into a digest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digest {
    lanes: [u64; 2],
}

impl Digest {
    /// An empty digest.
    pub(crate) const fn new() -> Self {
        Self { lanes: [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344] }
    }

    /// Adds a word.
    pub(crate) fn word(&mut self, word: u64) {
        let [first, second] = self.lanes;
        let [key_one, key_two] = KEYS;
        self.lanes = [fold(first ^ word, key_one), fold(second ^ word.rotate_left(32), key_two)];
    }

    /// Adds a signed number.
    pub(crate) fn number(&mut self, number: i64) {
        self.word(number.cast_unsigned());
    }

    /// Adds a text and its length, so that texts do not run into each other.
    pub(crate) fn text(&mut self, text: &str) {
        self.word(text.len() as u64);
        let mut chunks = text.as_bytes().chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(rest) {
                *to = *from;
            }
            self.word(u64::from_le_bytes(word));
        }
    }

    /// The digest.
    pub(crate) fn finish(self) -> u128 {
        let [first, second] = self.lanes;
        (u128::from(first) << 64) | u128::from(second)
    }
}

/// Multiplies to 128 bits and folds both halves; the odd constant keeps zero from sticking.
fn fold(word: u64, key: u64) -> u64 {
    let product = u128::from(word ^ 0xa076_1d64_78bd_642f) * u128::from(key);
    (product as u64) ^ ((product >> 64) as u64).rotate_left(17)
}

pub(super) fn digest_option(digest: &mut Digest, text: Option<&str>) {
    match text {
        Some(text) => digest.text(text),
        None => digest.word(u64::MAX),
    }
}

pub(super) fn digest_attributes(digest: &mut Digest, attributes: &[(Box<str>, Value)]) {
    digest.word(attributes.len() as u64);
    for (name, value) in attributes {
        digest.text(name);
        // a word for the type first: `false`, 1 and a text of one byte must not look the same
        match value {
            Value::Text(text) => {
                digest.word(1);
                digest.text(text);
            }
            Value::Bool(yes) => digest.word(2 + u64::from(*yes)),
            Value::Integer(number) => {
                digest.word(4);
                digest.number(*number);
            }
            Value::List(names) => {
                digest.word(5);
                digest.word(names.len() as u64);
                names.iter().for_each(|name| digest.text(name));
            }
        }
    }
}

fn digest_announced(digest: &mut Digest, announce: &Announce) {
    digest.word(21);
    digest.text(&announce.parameter);
    digest.number(announce.value);
    digest.number(announce.day.map_or(i64::MIN, |day| i64::from(day.days())));
}

fn digest_return(digest: &mut Digest, back: &Return) {
    digest.word(2);
    digest_option(digest, back.of.as_deref());
    digest.word(back.lines.len() as u64);
    for line in &back.lines {
        digest.text(&line.name);
        digest_option(digest, line.sku.as_deref());
        digest.word(u64::from(line.line.unwrap_or(0)));
        digest.number(line.quantity);
        digest_option(digest, line.category.as_deref());
        digest_option(digest, line.brand.as_deref());
        digest.number(line.value.unwrap_or(i64::MIN));
        digest_option(digest, line.of.as_deref());
        digest_attributes(digest, &line.attributes);
        Tax::digest(line.tax, digest);
    }
    for of in &back.all_of {
        digest_option(digest, of.as_deref());
    }
}

/// The digest of everything that an event says.
pub(super) fn of_event(event: &Event) -> u128 {
    let mut digest = Digest::new();
    digest.text(&event.id);
    digest.text(&event.member);
    digest.number(event.at.micros());
    digest_option(&mut digest, event.currency.as_deref());
    digest_attributes(&mut digest, &event.attributes);
    match &event.kind {
        Kind::Named(named) => {
            digest.text(&named.name);
            digest_option(&mut digest, named.channel.as_deref());
            digest_option(&mut digest, named.store.as_deref());
            digest.word(named.payments.len() as u64);
            for (means, amount) in &named.payments {
                digest.text(means);
                digest.number(*amount);
            }
            digest.word(named.items.len() as u64);
            named.items.iter().for_each(|item| item.digest(&mut digest));
            named.requests.iter().for_each(|request| request.digest(&mut digest));
            if let Some(of) = &named.of {
                digest.word(1);
                digest.text(of);
            }
            // an event without a partner is what it always was
            if let Some(partner) = &named.partner {
                digest.word(2);
                digest.text(partner);
            }
        }
        Kind::Return(back) => digest_return(&mut digest, back),
        Kind::Redeem(request) => {
            digest.word(4);
            request.digest(&mut digest);
        }
        Kind::Joining { referrer, account } => {
            digest.word(3);
            digest_option(&mut digest, referrer.as_deref());
            if let Some(account) = account {
                digest.text(account);
            }
        }
        Kind::Choose(choose) => {
            digest.word(4);
            digest.number(choose.amount);
            digest.text(&choose.unit);
        }
        Kind::Adjust(adjust) => {
            digest.word(5);
            digest.number(adjust.amount);
            digest.text(&adjust.unit);
            digest.text(&adjust.reason);
        }
        Kind::Announce(announce) => digest_announced(&mut digest, announce),
        Kind::Change => digest.word(6),
        Kind::Cancel { of } => {
            digest.word(7);
            digest.text(of);
        }
        Kind::Transfer(transfer) => {
            digest.word(8);
            transfer.digest(&mut digest);
        }
        Kind::Membership(membership) => membership.digest(&mut digest),
        Kind::Grant(grant) => grant.digest(&mut digest),
        Kind::Link { referrer } => {
            digest.word(9);
            digest.text(referrer);
        }
        Kind::Message(message) => message.digest(&mut digest),
    }
    digest.finish()
}

#[cfg(test)]
mod tests {
    use super::Digest;

    fn of(texts: &[&str]) -> u128 {
        let mut digest = Digest::new();
        for text in texts {
            digest.text(text);
        }
        digest.finish()
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["", "a"]), of(&["a", ""]));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["12345678"]), of(&["12345679"]));
    }
}
