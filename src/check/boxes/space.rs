//! The subjects of conditions, and what values they can have at all.

use super::sets::{NumSet, SymSet};
use crate::program::{
    Attribute, AttributeKind, EventKind, EventKindId, Measure, Meter, NumSubject, Program, SinceBase,
    SymSubject, Symbol, Test, VoucherId, Window,
};

/// Millionths of one.
const ONE: i64 = 1_000_000;

/// A subject, of the item in question (slot 0) or of another item of the same event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Var {
    /// Which item; 0 for everything that is no item.
    pub(crate) slot: u32,
    /// What is asked.
    pub(crate) key: Key,
}

/// What is asked of an item, an event or a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// Something that holds or does not.
    Flag(Flag),
    /// A name.
    Sym(SymSubject),
    /// Whether a list has a name: 1 or 0.
    Has(SymSubject, Symbol),
    /// A number.
    Num(NumKey),
}

/// Something that holds (1) or does not (0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flag {
    /// The event has items or a total.
    HasBasket,
    /// A list attribute is there.
    ListKnown(SymSubject),
    /// The member's birthday is in the month of the event.
    BirthdayThisMonth,
    /// What a duration is counted from is there.
    SinceKnown(Base),
    /// The event asks to use a voucher.
    Presented(VoucherId),
    /// `any item ( … )`, by place: 2 holds, 1 unknown, 0 does not hold.
    AnyItem(u32),
}

/// What a duration is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Base {
    /// Joining.
    Joining,
    /// The newest event of a kind.
    Last(EventKindId),
}

impl From<SinceBase> for Base {
    fn from(base: SinceBase) -> Self {
        match base {
            SinceBase::Joining => Self::Joining,
            SinceBase::Last(kind) => Self::Last(kind),
        }
    }
}

/// In what a duration is measured. Days and months cannot be compared exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Measured {
    /// Microseconds.
    Micros,
    /// Days.
    Days,
    /// Twice the number of full months; odd between two of them.
    Months,
}

/// A number that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NumKey {
    /// Price of a piece.
    Price,
    /// Quantity.
    Quantity,
    /// Attribute of the item.
    Item(u16),
    /// Attribute of the event.
    Event(u16),
    /// Attribute of the member.
    Member(u16),
    /// Sum of the event.
    Basket,
    /// Pieces of the event.
    BasketQuantity,
    /// Sum of some items.
    SpendOn(u32),
    /// Pieces of some items.
    QuantityOn(u32),
    /// Day since 1970-01-01.
    Day,
    /// Month × 100 + day.
    MonthDay,
    /// Minute of the wall clock.
    Minute,
    /// 0 is Monday.
    Weekday,
    /// 1 to 12.
    Month,
    /// Level in a tiers block.
    Tier(u32),
    /// Completed years in millionths.
    Age,
    /// Days until the next birthday, 0 is today.
    BirthdayIn,
    /// A counter in a window, by its place in [`Space::windows`].
    Meter(u32, u32),
    /// How long ago.
    Since(Base, Measured),
}

/// What the program knows of its subjects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vocabulary<'a> {
    /// Declared categories, sorted.
    pub(crate) categories: &'a [Symbol],
    /// Declared channels, sorted.
    pub(crate) channels: &'a [Symbol],
    /// Declared stores, sorted.
    pub(crate) stores: &'a [Symbol],
    /// Declared partners, sorted.
    pub(crate) partners: &'a [Symbol],
    /// Attributes of items.
    pub(crate) item: &'a [Attribute],
    /// Attributes of members.
    pub(crate) member: &'a [Attribute],
    /// Event kinds with their attributes.
    pub(crate) events: &'a [EventKind],
    /// Counters.
    pub(crate) meters: &'a [Meter],
    /// The first day of the program, since 1970-01-01.
    pub(crate) first_day: i32,
}

/// All subjects that the conditions of a program ask.
#[derive(Debug)]
pub(crate) struct Space<'a> {
    vocabulary: Vocabulary<'a>,
    /// How many levels each tiers block has.
    levels: Vec<usize>,
    /// Place of the member attribute `birthday`.
    birthday: Option<u16>,
    /// The names of the plans.
    plans: Vec<Symbol>,
    windows: Vec<Window>,
    any_items: Vec<&'a Test>,
}

impl<'a> Space<'a> {
    /// The space of a program.
    pub(crate) fn new(program: &'a Program) -> Self {
        let vocabulary = Vocabulary {
            categories: &program.categories,
            channels: &program.channels,
            stores: &program.stores,
            partners: &program.partners,
            item: &program.item_attributes,
            member: &program.member_attributes,
            events: &program.events,
            meters: &program.meters,
            first_day: program.effective_from.days(),
        };
        let levels = program.tiers.iter().map(|tiers| tiers.levels.len()).collect();
        let plans = program.plans.iter().map(|plan| plan.symbol).collect();
        Self { plans, ..Self::of(vocabulary, levels) }
    }

    /// The space of a vocabulary; `levels` says how many levels each tiers block has.
    pub(crate) fn of(vocabulary: Vocabulary<'a>, levels: Vec<usize>) -> Self {
        let birthday = vocabulary.member.iter().position(|attribute| &*attribute.name == "birthday");
        let birthday = birthday.and_then(|place| u16::try_from(place).ok());
        let (plans, windows, any_items) = (Vec::new(), Vec::new(), Vec::new());
        Self { vocabulary, levels, birthday, plans, windows, any_items }
    }

    /// The first day of the program.
    pub(crate) const fn first_day(&self) -> i32 {
        self.vocabulary.first_day
    }

    /// The place of a window, which is added if it is new. There are few different windows.
    pub(super) fn window_place(&mut self, window: Window) -> u32 {
        let place = self.windows.iter().position(|known| *known == window).unwrap_or_else(|| {
            self.windows.push(window);
            self.windows.len() - 1
        });
        place as u32
    }

    /// The place of an `any item ( … )`, which is added if it is new; none after too many of them.
    pub(super) fn any_item_place(&mut self, test: &'a Test) -> Option<u32> {
        const MOST: usize = 1_000;
        let place = self.any_items.iter().position(|known| *known == test);
        if place.is_none() && self.any_items.len() >= MOST {
            return None;
        }
        let place = place.unwrap_or_else(|| {
            self.any_items.push(test);
            self.any_items.len() - 1
        });
        u32::try_from(place).ok()
    }

    /// The birthday of the member, if it is declared.
    pub(super) fn birthday(&self) -> Option<Key> {
        self.birthday.map(|place| Key::Num(NumKey::Member(place)))
    }

    pub(super) fn num_key(&mut self, subject: NumSubject) -> NumKey {
        match subject {
            NumSubject::Price => NumKey::Price,
            NumSubject::Quantity => NumKey::Quantity,
            NumSubject::Item(place) => NumKey::Item(place),
            NumSubject::Event(place) => NumKey::Event(place),
            NumSubject::Member(place) => NumKey::Member(place),
            NumSubject::Basket => NumKey::Basket,
            NumSubject::BasketQuantity => NumKey::BasketQuantity,
            NumSubject::SpendOn(filter) => NumKey::SpendOn(filter.0),
            NumSubject::QuantityOn(filter) => NumKey::QuantityOn(filter.0),
            NumSubject::Day => NumKey::Day,
            NumSubject::MonthDay => NumKey::MonthDay,
            NumSubject::Minute => NumKey::Minute,
            NumSubject::Weekday => NumKey::Weekday,
            NumSubject::Month => NumKey::Month,
            NumSubject::Tier(tiers) => NumKey::Tier(tiers.0),
            NumSubject::Age => NumKey::Age,
            NumSubject::Meter(meter, window) => NumKey::Meter(meter.0, self.window_place(window)),
        }
    }

    /// The type of an attribute that is a name.
    pub(super) fn sym_kind(&self, on: EventKindId, subject: SymSubject) -> Option<&'a AttributeKind> {
        let attribute = match subject {
            SymSubject::Item(place) => self.vocabulary.item.get(usize::from(place)),
            SymSubject::Member(place) => self.vocabulary.member.get(usize::from(place)),
            SymSubject::Event(place) => {
                let kind = self.vocabulary.events.get(on.index());
                kind.and_then(|kind| kind.attributes.get(usize::from(place)))
            }
            _ => None,
        };
        attribute.map(|attribute| &attribute.kind)
    }

    fn num_kind(&self, on: EventKindId, key: NumKey) -> Option<&'a AttributeKind> {
        match key {
            NumKey::Item(place) => self.sym_kind(on, SymSubject::Item(place)),
            NumKey::Member(place) => self.sym_kind(on, SymSubject::Member(place)),
            NumKey::Event(place) => self.sym_kind(on, SymSubject::Event(place)),
            _ => None,
        }
    }

    /// All numbers that a subject can be, and their step.
    pub(super) fn numbers(&self, on: EventKindId, key: NumKey) -> (NumSet, i64) {
        let (low, high, step) = match key {
            NumKey::Day => (i64::from(self.vocabulary.first_day), i64::MAX, 1),
            NumKey::MonthDay => (101, 1_231, 1),
            NumKey::Minute => (0, 1_439, 1),
            NumKey::Weekday => (0, 6, 1),
            NumKey::Month => (1, 12, 1),
            NumKey::BirthdayIn => (0, 366, 1),
            NumKey::Age => (0, i64::MAX, ONE),
            NumKey::Tier(tiers) => {
                let levels = self.levels.get(tiers as usize).copied().unwrap_or(usize::MAX);
                (0, i64::try_from(levels).unwrap_or(i64::MAX) - 1, 1)
            }
            NumKey::Meter(meter, _) => match self.vocabulary.meters.get(meter as usize) {
                Some(Meter { measure: Measure::Purchases | Measure::PurchasesKept, .. }) => (0, i64::MAX, 1),
                Some(Meter { measure: Measure::Events(_), .. }) => (0, i64::MAX, 1),
                // returns and negative lines may bring the others below zero
                _ => (i64::MIN, i64::MAX, 1),
            },
            NumKey::Item(_) | NumKey::Event(_) | NumKey::Member(_) => match self.num_kind(on, key) {
                Some(AttributeKind::Integer(low, high)) => {
                    (low.saturating_mul(ONE), high.saturating_mul(ONE), ONE)
                }
                Some(AttributeKind::Time) => (0, 1_439, 1),
                Some(AttributeKind::YesNo) => (0, 1, 1),
                _ => (i64::MIN, i64::MAX, 1),
            },
            _ => (i64::MIN, i64::MAX, 1),
        };
        (NumSet::range(low, high), step)
    }

    /// Whether a number can be missing on its own.
    pub(super) const fn number_can_be_missing(key: NumKey) -> bool {
        matches!(key, NumKey::Item(_) | NumKey::Event(_) | NumKey::Member(_))
    }

    /// Whether any name at all is in a set.
    pub(super) fn has_name(&self, on: EventKindId, subject: SymSubject, set: &SymSet) -> bool {
        let none_or_other = || set.contains(Symbol::NONE) || set.contains(Symbol::OTHER);
        let any = |names: &[Symbol]| names.iter().any(|name| set.contains(*name));
        match subject {
            SymSubject::Category => none_or_other() || any(self.vocabulary.categories),
            SymSubject::Channel => none_or_other() || any(self.vocabulary.channels),
            SymSubject::Store => none_or_other() || any(self.vocabulary.stores),
            SymSubject::Partner => none_or_other() || any(self.vocabulary.partners),
            // no plan has a name that the program does not know
            SymSubject::Plan => set.contains(Symbol::NONE) || any(&self.plans),
            SymSubject::Sku | SymSubject::Brand => set.names().is_none_or(|names| !names.is_empty()),
            SymSubject::Item(_) | SymSubject::Event(_) | SymSubject::Member(_) => {
                match self.sym_kind(on, subject) {
                    Some(AttributeKind::OneOf(names)) => any(names),
                    _ => set.names().is_none_or(|names| !names.is_empty()),
                }
            }
        }
    }
}

/// Whether a subject is one of an item.
pub(super) const fn is_of_item(key: Key) -> bool {
    matches!(
        key,
        Key::Num(NumKey::Price | NumKey::Quantity | NumKey::Item(_))
            | Key::Flag(Flag::ListKnown(SymSubject::Item(_)))
            | Key::Sym(SymSubject::Category | SymSubject::Sku | SymSubject::Brand | SymSubject::Item(_))
            | Key::Has(SymSubject::Item(_), _)
    )
}
