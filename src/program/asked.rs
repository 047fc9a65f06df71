//! Which open vocabularies of items a program asks at all: what nobody asks is not looked up.

use super::rule::{Effect, Factor, Rate, Rule, TableKey};
use super::test::{SymSubject, Test};
use super::things::Card;

/// Open vocabularies that some condition or table asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) sku: bool,
    pub(crate) brand: bool,
}

impl Asked {
    /// What rules, cards, filters and other conditions ask.
    pub(crate) fn of<'t>(
        rules: &[Rule],
        cards: &[Card],
        filters: &[Test],
        others: impl Iterator<Item = &'t Test>,
    ) -> Self {
        let mut asked = Self::default();
        let of_rules = rules.iter().flat_map(|rule| [&rule.items, &rule.when]);
        let of_cards = cards.iter().flat_map(|card| [&card.items, &card.when]);
        for test in of_rules.chain(of_cards).flatten().chain(filters) {
            asked.add(test);
        }
        for test in others {
            asked.add(test);
        }
        for rule in rules {
            let key = match &rule.effect {
                Effect::Linear { rate: Rate::Table(table), .. } => table.key,
                Effect::FlatTable { table, .. } => table.key,
                Effect::Multiply { factor: Factor::Table(table), .. }
                | Effect::Everything { factor: Factor::Table(table), .. } => table.key,
                _ => continue,
            };
            if let TableKey::Sym(subject) = key {
                asked.subject(subject);
            }
        }
        asked
    }

    /// What tables of donations ask too.
    pub(crate) fn with_tables(mut self, tables: impl Iterator<Item = TableKey>) -> Self {
        for key in tables {
            if let TableKey::Sym(subject) = key {
                self.subject(subject);
            }
        }
        self
    }

    fn add(&mut self, test: &Test) {
        match test {
            Test::And(parts) | Test::Or(parts) => parts.iter().for_each(|part| self.add(part)),
            Test::Not(part) | Test::AnyItem(part) => self.add(part),
            Test::Sym(subject, _) | Test::DatedSym(subject, _) | Test::KnownSym(subject) => {
                self.subject(*subject)
            }
            Test::Matches(one, two, _) => {
                self.subject(*one);
                self.subject(*two);
            }
            Test::Num(..)
            | Test::NumIn(..)
            | Test::Since(_)
            | Test::KnownNum(_)
            | Test::BirthdayWithin(_)
            | Test::BirthdayThisMonth
            | Test::Presented(_) => {}
        }
    }

    const fn subject(&mut self, subject: SymSubject) {
        match subject {
            SymSubject::Sku => self.sku = true,
            SymSubject::Brand => self.brand = true,
            _ => {}
        }
    }
}
