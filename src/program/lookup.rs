//! The table of known names. It is asked, never walked, so its order can reach no result.

use super::ids::Symbol;
use rustc_hash::FxHashMap;

/// All names and texts that a program knows, each with a dense id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Symbols {
    names: Vec<Box<str>>,
    /// Texts of up to 15 bytes, as numbers: comparing them needs no look at the text.
    short: FxHashMap<ShortText, u32>,
    long: FxHashMap<Box<str>, u32>,
}

/// A text of up to 15 bytes as two numbers: its bytes and its length.
pub(crate) type ShortText = (u64, u64);

/// A text as numbers, if it is short enough.
pub(crate) fn packed(text: &str) -> Option<ShortText> {
    let bytes = text.as_bytes();
    if bytes.len() > 15 {
        return None;
    }
    let (start, end) = bytes.split_at(bytes.len().min(8));
    let first = match <[u8; 8]>::try_from(start) {
        Ok(bytes) => u64::from_le_bytes(bytes),
        Err(_) => up_to_seven(start),
    };
    Some((first, up_to_seven(end) | (bytes.len() as u64) << 56))
}

/// Up to seven bytes as a number: with four or more two words that overlap, otherwise byte by byte.
fn up_to_seven(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let shift = 8 * (bytes.len() as u64 - 4);
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift
        }
        _ => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

impl Symbols {
    /// The symbol of a name, which is added if it is new.
    pub(crate) fn intern(&mut self, name: &str) -> Symbol {
        if let Some(known) = self.known(name) {
            return known;
        }
        let id = self.names.len() as u32;
        self.names.push(name.into());
        match packed(name) {
            Some(key) => self.short.insert(key, id),
            None => self.long.insert(name.into(), id),
        };
        Symbol(id)
    }

    /// The symbol of a text, or [`Symbol::OTHER`].
    #[must_use]
    pub(crate) fn find(&self, name: &str) -> Symbol {
        self.known(name).unwrap_or(Symbol::OTHER)
    }

    fn known(&self, name: &str) -> Option<Symbol> {
        let id = match packed(name) {
            Some(key) => self.short.get(&key),
            None => self.long.get(name),
        };
        id.copied().map(Symbol)
    }

    /// The text of a symbol.
    #[must_use]
    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        self.names.get(symbol.index()).map_or("", |name| name)
    }

    /// How many there are.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// The short words of the vocabularies that nearly every event asks.
#[derive(Debug, Clone)]
pub(crate) struct Short {
    pub(crate) categories: ShortWords,
    pub(crate) channels: ShortWords,
}

impl Short {
    pub(crate) fn new(symbols: &Symbols, categories: &[Symbol], channels: &[Symbol]) -> Self {
        let words = |names| ShortWords::new(symbols, names);
        Self { categories: words(categories), channels: words(channels) }
    }
}

/// The declared words of a vocabulary of up to 15 bytes: one multiplication and mostly one look for each item.
#[derive(Debug, Clone)]
pub(crate) struct ShortWords {
    /// A power of two of slots, at least half of them empty; an empty slot has [`Symbol::OTHER`].
    slots: Box<[(ShortText, Symbol)]>,
    mask: usize,
}

impl ShortWords {
    /// The short ones of some names.
    pub(crate) fn new(symbols: &Symbols, names: &[Symbol]) -> Self {
        let size = (names.len() * 4).next_power_of_two();
        let mut slots = vec![((0, 0), Symbol::OTHER); size].into_boxed_slice();
        let mask = size - 1;
        for name in names {
            let Some(key) = packed(symbols.text(*name)) else { continue };
            let places = (0..size).map(|step| (place_of(key) + step) & mask);
            let free = places.into_iter().find(|place| slots.get(*place).is_some_and(is_free));
            if let Some(slot) = free.and_then(|place| slots.get_mut(place)) {
                *slot = (key, *name);
            }
        }
        Self { slots, mask }
    }

    /// The symbol of a text, or [`Symbol::OTHER`].
    #[inline]
    pub(crate) fn find(&self, key: ShortText) -> Symbol {
        let mut place = place_of(key) & self.mask;
        while let Some(slot) = self.slots.get(place) {
            if slot.0 == key || is_free(slot) {
                return slot.1;
            }
            place = (place + 1) & self.mask;
        }
        Symbol::OTHER
    }
}

fn is_free((_, symbol): &(ShortText, Symbol)) -> bool {
    *symbol == Symbol::OTHER
}

/// Where a text is looked for first: the upper bits of a product depend on all bits of the text.
const fn place_of((first, second): ShortText) -> usize {
    let mixed = (first ^ second.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as usize
}

/// Something for each of some symbols.
#[derive(Debug, Clone)]
pub(crate) struct SymbolMap<T> {
    places: FxHashMap<Symbol, T>,
}

impl<T> Default for SymbolMap<T> {
    fn default() -> Self {
        Self { places: FxHashMap::default() }
    }
}

impl<T: Default> SymbolMap<T> {
    /// What a symbol has, made if it has nothing yet.
    pub(crate) fn entry(&mut self, symbol: Symbol) -> &mut T {
        self.places.entry(symbol).or_default()
    }

    /// What a symbol has.
    #[must_use]
    pub(crate) fn get(&self, symbol: Symbol) -> Option<&T> {
        self.places.get(&symbol)
    }
}
