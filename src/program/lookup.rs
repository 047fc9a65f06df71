//! The table of known names. It is asked, never walked, so its order can reach no result.

use super::ids::Symbol;
use rustc_hash::FxHashMap;

/// All names and texts that a program knows, each with a dense id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Symbols {
    names: Vec<Box<str>>,
    index: FxHashMap<Box<str>, u32>,
}

impl Symbols {
    /// The symbol of a name, which is added if it is new.
    pub(crate) fn intern(&mut self, name: &str) -> Symbol {
        if let Some(known) = self.index.get(name) {
            return Symbol(*known);
        }
        let id = self.names.len() as u32;
        self.names.push(name.into());
        self.index.insert(name.into(), id);
        Symbol(id)
    }

    /// The symbol of a text, or [`Symbol::OTHER`].
    #[must_use]
    pub(crate) fn find(&self, name: &str) -> Symbol {
        self.index.get(name).map_or(Symbol::OTHER, |id| Symbol(*id))
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
