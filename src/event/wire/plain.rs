//! Values as they stand on the wire, before anybody knows what they are for.

use crate::amount::parse_micros;
use crate::event::Value;
use crate::event::builder::{ATTRIBUTES_MOST, ITEMS_MOST, check_text};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The key by which `serde_json` passes a number on as text.
const NUMBER_KEY: &str = "$serde_json::private::Number";
/// Keys of one object at most, those without a value included.
pub(super) const KEYS_MOST: usize = 4 * ATTRIBUTES_MOST;

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The line, counted from 1; 0 is the event itself.
    pub(super) line: usize,
    pub(super) key: &'a str,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "item {}: ", self.line)?;
        }
        // a key comes from outside: enough of it to find it
        write!(f, "`{}`", self.key.chars().take(40).collect::<String>())
    }
}

/// A value of which only the form is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    Integer(i64),
    Text(Box<str>),
    /// Texts; `None` is null.
    List(Vec<Option<Box<str>>>),
    Object(Vec<(Box<str>, Plain)>),
}

impl Plain {
    /// A text that is neither empty nor too long; nothing for null.
    pub(super) fn text(self, place: Place<'_>) -> Result<Option<Box<str>>, String> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) if check_text("", &text).is_ok() => Ok(Some(text)),
            Self::Text(_) => {
                Err(format!("{place} is empty, longer than 4,096 bytes, or contains a NUL character"))
            }
            Self::Integer(_) => Err(format!("{place} is a text: write it in quotation marks")),
            Self::Bool(_) | Self::List(_) | Self::Object(_) => Err(format!("{place} is a text")),
        }
    }

    /// Like [`Plain::text`], but an empty text is nothing.
    pub(super) fn text_or_empty(self, place: Place<'_>) -> Result<Option<Box<str>>, String> {
        match self {
            Self::Text(text) if text.is_empty() => Ok(None),
            other => other.text(place),
        }
    }

    /// A number of at most six decimals in millionths; nothing for null.
    pub(super) fn micros(self, place: Place<'_>) -> Result<Option<i64>, String> {
        let micros = match self {
            Self::Null => return Ok(None),
            Self::Text(text) => parse_micros(&text),
            Self::Integer(number) => {
                number.checked_mul(1_000_000).filter(|micros| micros.unsigned_abs() <= MICROS_MOST)
            }
            Self::Bool(_) | Self::List(_) | Self::Object(_) => None,
        };
        let wrong = || {
            format!(
                "{place} is a number of at most 6 decimals, at most 10^12, written like \"12\" or \"4.25\""
            )
        };
        micros.map(Some).ok_or_else(wrong)
    }

    /// A whole number; nothing for null.
    pub(super) fn integer(self, place: Place<'_>) -> Result<Option<i64>, String> {
        match self {
            Self::Null => Ok(None),
            Self::Integer(number) => Ok(Some(number)),
            _ => Err(format!("{place} is a whole number")),
        }
    }

    /// The entries of an object; none for null.
    pub(super) fn object(self, place: Place<'_>) -> Result<Vec<(Box<str>, Self)>, String> {
        match self {
            Self::Null => Ok(Vec::new()),
            Self::Object(entries) => Ok(entries),
            _ => Err(format!("{place} is an object")),
        }
    }

    /// The value of an attribute; nothing for null.
    pub(super) fn attribute(self, place: Place<'_>) -> Result<Option<Value>, String> {
        let value = match self {
            Self::Null => return Ok(None),
            Self::Bool(yes) => Some(Value::Bool(yes)),
            Self::Integer(number) => Some(Value::Integer(number)),
            Self::Text(text) => Some(Value::Text(text)),
            Self::List(names) => names.into_iter().collect::<Option<Box<[_]>>>().map(Value::List),
            Self::Object(_) => None,
        };
        let wrong = || format!("{place} is a text, a whole number, true, false, or a list of texts");
        value.map(Some).ok_or_else(wrong)
    }
}

const MICROS_MOST: u64 = 1_000_000_000_000_000_000;

/// Refuses an object in which a key stands twice.
pub(super) fn refuse_doubles<T>(line: usize, entries: &mut [(Box<str>, T)]) -> Result<(), String> {
    entries.sort_by(|one, two| one.0.cmp(&two.0));
    let mut pairs = entries.iter().zip(entries.iter().skip(1));
    match pairs.find(|(one, two)| one.0 == two.0) {
        Some((one, _)) => Err(format!("{} is there twice", Place { line, key: &one.0 })),
        None => Ok(()),
    }
}

/// A key, borrowed where the format allows it.
pub(super) struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }

    fn visit_string<E: Error>(self, key: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key))
    }
}

/// Reads a value at a place.
#[derive(Clone, Copy)]
pub(super) struct Read<'a> {
    pub(super) place: Place<'a>,
    /// Whether it may be a list or an object; what stands inside one may not.
    pub(super) outside: bool,
}

impl<'de> DeserializeSeed<'de> for Read<'_> {
    type Value = Plain;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Plain, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Read<'_> {
    fn number<E: Error>(self, text: &str) -> Result<Plain, E> {
        match text.parse() {
            Ok(number) => Ok(Plain::Integer(number)),
            Err(_) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => Err(self.too_large()),
            Err(_) => Err(self.fraction(&text)),
        }
    }

    fn fraction<E: Error>(self, number: &dyn fmt::Display) -> E {
        E::custom(format_args!("{}: write the number as a string: \"{number}\"", self.place))
    }

    fn too_large<E: Error>(self) -> E {
        E::custom(format_args!("{} is a number beyond the range of 64 bits", self.place))
    }
}

impl<'de> Visitor<'de> for Read<'_> {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a plain value at {}", self.place)
    }

    fn visit_unit<E: Error>(self) -> Result<Plain, E> {
        Ok(Plain::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Plain, E> {
        Ok(Plain::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Plain, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Plain, E> {
        Ok(Plain::Bool(yes))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Plain, E> {
        Ok(Plain::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Plain, E> {
        i64::try_from(number).map(Plain::Integer).map_err(|_| self.too_large())
    }

    #[expect(clippy::disallowed_types, reason = "only to say that such a number is refused")]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Plain, E> {
        Err(self.fraction(&number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Plain, E> {
        Ok(Plain::Text(text.into()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Plain, E> {
        Ok(Plain::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Plain, A::Error> {
        if !self.outside {
            return Err(A::Error::custom(format_args!("{} holds a list inside another value", self.place)));
        }
        let inside = Self { outside: false, ..self };
        let mut list = Vec::new();
        while let Some(entry) = access.next_element_seed(inside)? {
            if list.len() == ITEMS_MOST {
                return Err(A::Error::custom(format_args!("{}: at most 10,000 entries", self.place)));
            }
            list.push(match entry {
                Plain::Text(text) => Some(text),
                Plain::Null => None,
                _ => return Err(A::Error::custom(format_args!("{}: a list holds texts", self.place))),
            });
        }
        Ok(Plain::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Plain, A::Error> {
        let mut entries: Vec<(Box<str>, Plain)> = Vec::new();
        while let Some(key) = access.next_key_seed(Key)? {
            if entries.is_empty() && key == NUMBER_KEY {
                let Plain::Text(digits) = access.next_value_seed(Self { outside: false, ..self })? else {
                    return Err(A::Error::custom(format_args!("{} is a number", self.place)));
                };
                return self.number(&digits);
            }
            if !self.outside {
                return Err(A::Error::custom(format_args!(
                    "{} holds an object inside another value",
                    self.place
                )));
            }
            if entries.len() == KEYS_MOST {
                return Err(A::Error::custom(format_args!("{} has too many keys", self.place)));
            }
            let place = Place { key: &key, ..self.place };
            // an attribute that stands in `attributes` may be a list
            let outside = self.place.key == "attributes";
            let value = access.next_value_seed(Nested { place, outside })?;
            entries.push((key.into(), value));
        }
        refuse_doubles(self.place.line, &mut entries).map_err(A::Error::custom)?;
        Ok(Plain::Object(entries))
    }
}

/// Reads a value inside an object: a list perhaps, an object never.
struct Nested<'a> {
    place: Place<'a>,
    outside: bool,
}

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = Plain;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Plain, D::Error> {
        let Self { place, outside } = self;
        deserializer.deserialize_any(Read { place, outside })
    }
}
