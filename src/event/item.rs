//! Lines of baskets and of returns.

use super::builder::{
    EventError, TEXT_MOST, check_text, limit_money, line_value, number, sort_attributes, wrong,
};
use super::digest::{digest_attributes, digest_option};
use super::{Digest, Tax, Value};
use crate::program::{ShortText, packed};
use std::sync::Arc;

/// One line of a basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub(crate) name: Box<str>,
    pub(crate) sku: Option<Box<str>>,
    pub(crate) category: Option<Box<str>>,
    pub(crate) brand: Option<Box<str>>,
    /// The category as numbers: looking it up then needs no look at the text.
    pub(crate) packed_category: Option<ShortText>,
    /// Millionths of a piece.
    pub(crate) quantity: i64,
    /// Micro-units of one piece.
    pub(crate) price: i64,
    /// Micro-units of the line.
    pub(crate) value: i64,
    /// Asked only where what counts as spent, or what is to be paid, is not what the prices say.
    pub(crate) tax: Option<Tax>,
    /// Sorted by name once the event is built.
    pub(crate) attributes: Box<[(Box<str>, Value)]>,
    problem: Option<Box<EventError>>,
}

impl Item {
    /// A line: its name, how many pieces, and the price of one piece as decimal texts. A price may be negative (a
    /// deposit that is paid back), a quantity may not.
    #[must_use]
    pub fn new(name: &str, quantity: &str, price: &str) -> Self {
        let mut problem = None;
        let quantity_micros = number("quantity", quantity, &mut problem);
        if quantity_micros < 0 {
            problem.get_or_insert_with(|| wrong("quantity", quantity));
        }
        let price_micros = number("unit_price", price, &mut problem);
        Self::from_micros(name, quantity_micros, price_micros, problem)
    }

    pub(crate) fn from_micros(
        name: &str,
        quantity: i64,
        price: i64,
        problem: Option<Box<EventError>>,
    ) -> Self {
        let mut problem = problem;
        let value = line_value(quantity, price).unwrap_or_else(|| {
            problem.get_or_insert_with(|| Box::new(EventError::LineValue { item: 0 }));
            0
        });
        Self {
            name: name.into(),
            sku: None,
            category: None,
            packed_category: None,
            brand: None,
            quantity,
            price,
            value,
            tax: None,
            attributes: Box::default(),
            problem,
        }
    }

    /// The article number.
    #[must_use]
    pub fn sku(mut self, sku: &str) -> Self {
        self.sku = Some(sku.into());
        self
    }

    /// The category.
    #[must_use]
    pub fn category(mut self, category: &str) -> Self {
        self.set_category(Some(category.into()));
        self
    }

    /// The category, or none.
    pub(super) fn set_category(&mut self, category: Option<Box<str>>) {
        self.packed_category = category.as_deref().and_then(packed);
        self.category = category;
    }

    /// The brand.
    #[must_use]
    pub fn brand(mut self, brand: &str) -> Self {
        self.brand = Some(brand.into());
        self
    }

    /// The tax of the whole line as a decimal text (`0.52`), or as a percentage of its price without tax (`19%`). With
    /// `prices with tax` it is contained in the price, with `prices without tax` it is due on top of it.
    #[must_use]
    pub fn tax(mut self, tax: &str) -> Self {
        match Tax::read(tax) {
            Ok(tax) => self.tax = Some(tax),
            Err(problem) => drop(self.problem.get_or_insert(problem)),
        }
        self
    }

    /// An attribute that the program declares in `item { … }`.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        let mut attributes = std::mem::take(&mut self.attributes).into_vec();
        attributes.push((name.into(), value.into()));
        self.attributes = attributes.into();
        self
    }

    /// The item as the one line of an event.
    pub(crate) fn checked(mut self) -> Result<Self, EventError> {
        self.finish(0)?;
        Ok(self)
    }

    pub(super) fn finish(&mut self, place: usize) -> Result<(), EventError> {
        match self.problem.take().map(|problem| *problem) {
            Some(EventError::LineValue { .. }) => return Err(EventError::LineValue { item: place + 1 }),
            Some(problem) => return Err(problem),
            None => {}
        }
        limit_money("line value", self.value)?;
        if self.name.len() > TEXT_MOST || self.name.contains('\0') {
            return Err(EventError::Text("the name of an item"));
        }
        for text in [&self.sku, &self.category, &self.brand].into_iter().flatten() {
            check_text("a text of an item", text)?;
        }
        sort_attributes(&mut self.attributes)
    }

    pub(super) fn digest(&self, digest: &mut Digest) {
        digest.text(&self.name);
        for text in [&self.sku, &self.category, &self.brand] {
            digest_option(digest, text.as_deref());
        }
        digest.number(self.quantity);
        digest.number(self.price);
        digest_attributes(digest, &self.attributes);
        Tax::digest(self.tax, digest);
    }
}

/// A line of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnLine {
    /// Name of the item; empty if only the article number is known.
    pub(crate) name: Box<str>,
    pub(crate) sku: Option<Box<str>>,
    /// Line of the purchase, counted from 1.
    pub(crate) line: Option<u32>,
    /// Millionths of a piece.
    pub(crate) quantity: i64,
    /// Micro-units of the line; `None` counts at the purchase's price.
    pub(crate) value: Option<i64>,
    /// The purchase, if it is not the one the return names.
    pub(crate) of: Option<Arc<str>>,
    /// Asked only where an unmatched line takes back today's rate.
    pub(crate) category: Option<Box<str>>,
    pub(crate) brand: Option<Box<str>>,
    pub(crate) tax: Option<Tax>,
    /// Asked only there, too. Sorted by name once the event is built.
    pub(crate) attributes: Box<[(Box<str>, Value)]>,
    problem: Option<Box<EventError>>,
}

impl ReturnLine {
    /// So many pieces of an item, at the price at which it was bought.
    #[must_use]
    pub fn new(name: &str, quantity: &str) -> Self {
        let mut problem = None;
        let micros = number("quantity", quantity, &mut problem);
        if micros < 0 {
            problem.get_or_insert_with(|| wrong("quantity", quantity));
        }
        Self { problem, ..Self::from_micros(name, micros) }
    }

    pub(super) fn from_micros(name: &str, quantity: i64) -> Self {
        Self {
            name: name.into(),
            sku: None,
            line: None,
            quantity,
            value: None,
            of: None,
            category: None,
            brand: None,
            tax: None,
            attributes: Box::default(),
            problem: None,
        }
    }

    /// The money that is given back for one piece.
    #[must_use]
    pub fn unit_price(mut self, price: &str) -> Self {
        let micros = number("unit_price", price, &mut self.problem);
        self.unit_micros(micros)
    }

    pub(super) fn unit_micros(mut self, price: i64) -> Self {
        match line_value(self.quantity, price) {
            Some(value) => self.value = Some(value),
            None => {
                self.problem.get_or_insert_with(|| Box::new(EventError::LineValue { item: 0 }));
            }
        }
        self
    }

    /// The article number; where it is given it finds the line, not the name.
    #[must_use]
    pub fn sku(mut self, sku: &str) -> Self {
        self.sku = Some(sku.into());
        self
    }

    /// The category, for lines that no purchase is known of.
    #[must_use]
    pub fn category(mut self, category: &str) -> Self {
        self.category = Some(category.into());
        self
    }

    /// The brand, for lines that no purchase is known of.
    #[must_use]
    pub fn brand(mut self, brand: &str) -> Self {
        self.brand = Some(brand.into());
        self
    }

    /// The tax as in [`Item::tax`], for lines that no purchase is known of.
    #[must_use]
    pub fn tax(mut self, tax: &str) -> Self {
        match Tax::read(tax) {
            Ok(tax) => self.tax = Some(tax),
            Err(problem) => drop(self.problem.get_or_insert(problem)),
        }
        self
    }

    /// The line of the purchase, counted from 1.
    #[must_use]
    pub const fn line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// The purchase of this line.
    #[must_use]
    pub fn of(mut self, purchase: &str) -> Self {
        self.of = Some(purchase.into());
        self
    }

    /// An attribute that the program declares in `item { … }`, for lines that no purchase is known of.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        let mut attributes = std::mem::take(&mut self.attributes).into_vec();
        attributes.push((name.into(), value.into()));
        self.attributes = attributes.into();
        self
    }

    pub(super) fn finish(&mut self, place: usize) -> Result<(), EventError> {
        match self.problem.take().map(|problem| *problem) {
            Some(EventError::LineValue { .. }) => return Err(EventError::LineValue { item: place + 1 }),
            Some(problem) => return Err(problem),
            None => limit_money("line value", self.value.unwrap_or(0))?,
        }
        if self.name.len() > TEXT_MOST || self.name.contains('\0') {
            return Err(EventError::Text("the name of an item"));
        }
        for text in [&self.sku, &self.category, &self.brand].into_iter().flatten() {
            check_text("a text of an item", text)?;
        }
        if let Some(of) = &self.of {
            check_text("the purchase of a line", of)?;
        }
        sort_attributes(&mut self.attributes)
    }
}

impl ReturnLine {
    /// A part of a purchase of which only the sum is known.
    pub(super) fn of_total(total: Item) -> Result<Self, EventError> {
        let total = total.checked()?;
        Ok(Self { value: Some(total.value), ..Self::from_micros("", 0) })
    }

    /// What comes back of a purchase of which only the sum is known, in micro-units.
    pub(crate) fn total(&self) -> Option<i64> {
        let texts = [&self.sku, &self.category, &self.brand];
        let named = !self.name.is_empty() || texts.iter().any(|text| text.is_some());
        let placed = self.line.is_some() || self.of.is_some() || !self.attributes.is_empty();
        self.value.filter(|_| self.quantity == 0 && !named && !placed)
    }

    /// The line as something bought now.
    pub(crate) fn as_item(&self) -> Item {
        let mut item = Item::from_micros(&self.name, self.quantity, 0, None);
        item.sku.clone_from(&self.sku);
        item.set_category(self.category.clone());
        item.brand.clone_from(&self.brand);
        item.tax = self.tax;
        item.attributes.clone_from(&self.attributes);
        item.value = self.value.unwrap_or(0);
        item.price = i64::try_from(
            (i128::from(item.value) * 1_000_000).checked_div(i128::from(self.quantity)).unwrap_or(0),
        )
        .unwrap_or(0);
        item
    }
}
