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

    /// The symbol of a text of which the numbers are known, or [`Symbol::OTHER`].
    #[must_use]
    pub(crate) fn find_packed(&self, name: &str, packed: Option<ShortText>) -> Symbol {
        match packed {
            Some(key) => self.short.get(&key).map_or(Symbol::OTHER, |id| Symbol(*id)),
            None => self.find(name),
        }
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

    /// Whether no symbol has anything.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}
