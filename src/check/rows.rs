//! Tables by tier or attribute.

use super::attributes::Kind;
use super::lowering::Lowering;
use super::numbers;
use super::subjects::{Is, Measured, Owner, Place, Scope};
use crate::amount::Ratio;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{EventKindId, NumSubject, Table, TableKey, TiersId};
use crate::syntax::ast::{Cell, CellKey, CellValue, Name, Path};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// A table that was read.
#[derive(Debug)]
pub(super) struct ReadTable {
    pub(super) key: TableKey,
    /// Sorted by key.
    pub(super) rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// A symbol, a level, or millionths of a number.
    pub(super) key: i64,
    pub(super) value: Decimal,
    pub(super) span: Span,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The rows of `multiply … by K [ … ]` as fractions above one.
    pub(super) fn factor_rows(
        &mut self,
        key: &'a Path,
        rows: &'a [Cell],
        on: EventKindId,
    ) -> Option<Table<(i128, i128)>> {
        let table = self.table(key, rows, false, false, on)?;
        self.one_row_an_event(key, table.key)?;
        let mut found = Vec::new();
        for row in &table.rows {
            let number = crate::syntax::ast::Number { value: row.value, span: row.span };
            found.push(self.factor(&number, true).map(|more| (row.key, (more.num(), more.den()))));
        }
        let rows = found.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Table { key: table.key, rows: rows.into() })
    }

    /// The rows of `more … by K [ … ]` as fractions.
    pub(super) fn more_rows(
        &mut self,
        key: &'a Path,
        rows: &'a [Cell],
        on: EventKindId,
    ) -> Option<Table<(i128, i128)>> {
        let table = self.table(key, rows, true, false, on)?;
        self.one_row_an_event(key, table.key)?;
        let mut found = Vec::new();
        for row in &table.rows {
            let percent = Ratio::from_decimal(row.value)?;
            let more = self.times(percent, 1, 100, row.span)?;
            found.push((row.key, (more.num(), more.den())));
        }
        Some(Table { key: table.key, rows: found.into() })
    }

    /// The tiers block that `tier` or `tier of Status` means.
    pub(super) fn tiers_of(&mut self, path: &Path) -> Option<TiersId> {
        match &path.scope {
            Some(name) if path.of_block => self.tiers_block(name),
            _ => self.only_tiers(path.span),
        }
    }

    /// Keys and values of a table, sorted by key. `all` is whether a missing row gives nothing at all.
    pub(super) fn table(
        &mut self,
        path: &'a Path,
        rows: &'a [Cell],
        percent: bool,
        all: bool,
        on: EventKindId,
    ) -> Option<ReadTable> {
        let asked = self.path(path, Place { event: on, scope: Scope::of_items(on) })?;
        let values = self.cell_values(rows, percent);
        let (key, keys) = match asked.is {
            Is::Tier(tiers) => {
                let keys = self.keys(rows, |low, name| low.level_named(tiers, name));
                let levels: Vec<&str> = self.facts.tiers.get(tiers.index()).map_or_else(Vec::new, |block| {
                    block.levels.iter().map(|level| level.text.as_str()).collect()
                });
                self.warn_missing(path, rows, &levels, all);
                (TableKey::Num(NumSubject::Tier(tiers)), keys)
            }
            Is::OneOf(sym, names, declared) => {
                let called = asked.called.clone();
                let keys = self.keys(rows, |low, name| {
                    low.one_of(&called, names, declared, name).map(|symbol| i64::from(symbol.0))
                });
                self.warn_missing(path, rows, names, all);
                (TableKey::Sym(sym), keys)
            }
            Is::Word(sym, what, words) => {
                let keys = self
                    .keys(rows, |low, name| low.word(what, words, name).map(|symbol| i64::from(symbol.0)));
                let names: Vec<&str> = words.keys().copied().collect();
                self.warn_missing(path, rows, &names, all);
                (TableKey::Sym(sym), keys)
            }
            Is::Open(sym) => {
                if self.is_list(path, on) {
                    self.no_key(path);
                    return None;
                }
                let keys = self.keys(rows, |low, name| Some(i64::from(low.symbols.intern(&name.text).0)));
                (TableKey::Sym(sym), keys)
            }
            Is::Number(num, Measured::Whole(..) | Measured::Number) => {
                (TableKey::Num(num), self.number_keys(rows))
            }
            Is::Number(..) | Is::Date | Is::Weekday | Is::Month | Is::Since(_) => {
                self.no_key(path);
                return None;
            }
        };
        let (keys, values) = (keys?, values?);
        self.sorted(rows, keys, values).map(|rows| ReadTable { key, rows })
    }

    fn cell_values(&mut self, rows: &[Cell], percent: bool) -> Option<Vec<Decimal>> {
        let mut found = Vec::new();
        for row in rows {
            let value = match (row.value, percent) {
                (CellValue::Number(number), false) => Some((number.value, number.span)),
                (CellValue::Percent(share), true) => Some((share.value, share.span)),
                (CellValue::Number(number), true) => {
                    let help = format!("write `{}%`", number.value);
                    self.report.mixed(number.span, "a percentage is needed here", help);
                    None
                }
                (CellValue::Percent(share), false) => {
                    let help = "write a number; percentages stand in `more …` and in `… of spend`";
                    self.report.mixed(share.span, "a number is needed here", help);
                    None
                }
            };
            let checked =
                value.and_then(|(value, span)| numbers::micro(value, span, &mut self.report).map(|_| value));
            found.push(checked);
        }
        let found = found.into_iter().collect::<Option<Vec<Decimal>>>()?;
        if found.iter().all(Decimal::is_zero) {
            let span = rows.first().map_or(Span::default(), |row| row.span);
            self.report.zero(
                span,
                "all rows of this table give nothing",
                "write at least one row above zero",
            );
            return None;
        }
        Some(found)
    }

    fn keys(
        &mut self,
        rows: &'a [Cell],
        mut find: impl FnMut(&mut Self, &'a Name) -> Option<i64>,
    ) -> Option<Vec<i64>> {
        // by name, so that the order of the rows changes no symbol
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|index| match rows.get(*index).map(|row| &row.key) {
            Some(CellKey::Name(name)) => name.text.as_str(),
            _ => "",
        });
        let mut found = vec![None; rows.len()];
        for index in order {
            let (Some(row), Some(slot)) = (rows.get(index), found.get_mut(index)) else { continue };
            *slot = match &row.key {
                CellKey::Name(name) => find(self, name),
                CellKey::Number(number) => {
                    self.report.say(
                        Code::U203,
                        number.span,
                        "a name is needed in front of the colon",
                        "write a name",
                    );
                    None
                }
            };
        }
        found.into_iter().collect()
    }

    fn number_keys(&mut self, rows: &[Cell]) -> Option<Vec<i64>> {
        let found: Vec<Option<i64>> = rows
            .iter()
            .map(|row| match &row.key {
                CellKey::Number(number) => numbers::micro(number.value, number.span, &mut self.report),
                CellKey::Name(name) => {
                    let message = "a number is needed in front of the colon";
                    self.report.say(Code::U203, name.span, message, "write a number");
                    None
                }
            })
            .collect();
        found.into_iter().collect()
    }

    fn sorted(&mut self, cells: &[Cell], keys: Vec<i64>, values: Vec<Decimal>) -> Option<Vec<Row>> {
        let cells = cells.iter().zip(keys).zip(values);
        let mut rows: Vec<Row> =
            cells.map(|((cell, key), value)| Row { key, value, span: cell.span }).collect();
        rows.sort_by_key(|row| (row.key, row.span));
        let mut good = true;
        for (one, other) in rows.iter().zip(rows.iter().skip(1)) {
            if one.key == other.key {
                good = false;
                self.report.push(
                    Diagnostic::new(Code::U215, other.span, "this row stands twice")
                        .label("once more here")
                        .other(one.span, "first here")
                        .help("keep one of the two rows"),
                );
            }
        }
        good.then_some(rows)
    }

    /// U206: declared tiers or values without a row. A table that only adds something needs no row for what lies
    /// below its first row: nothing more is what the lowest levels get.
    fn warn_missing(&mut self, path: &Path, rows: &[Cell], declared: &[&str], all: bool) {
        let named = rows.iter().filter_map(|row| match &row.key {
            CellKey::Name(key) => Some(key.text.as_str()),
            CellKey::Number(_) => None,
        });
        let named: BTreeSet<&str> = named.collect();
        let has = |name: &&&str| named.contains(**name);
        let mut missing: Vec<&str> = declared.iter().filter(|name| !has(name)).copied().collect();
        if !all && path.name.text == "tier" {
            let below = declared.iter().take_while(|name| !has(name)).count();
            missing = declared.iter().skip(below).filter(|name| !has(name)).copied().collect();
        } else if !all {
            missing.clear();
        }
        if missing.is_empty() {
            return;
        }
        let first = rows.first().map_or(path.span, |row| row.span);
        let span = rows.last().map_or(first, |row| first.to(row.span));
        let effect = if all { "they get nothing here" } else { "they get nothing more here" };
        self.report.push(
            Diagnostic::new(
                Code::U206,
                span,
                format!("this table has no row for {}", super::times::words(&missing)),
            )
            .label(effect)
            .help("add a row for each, or write 0 to say that it is meant"),
        );
    }

    /// A row for each item goes with what is given for each item alone.
    pub(super) fn one_row_an_event(&mut self, path: &Path, key: TableKey) -> Option<()> {
        if !key.is_of_items() {
            return Some(());
        }
        let name = &path.name.text;
        self.report.misplaced(
            path.span,
            format!("`{name}` differs from item to item, and this is counted for the whole event"),
            format!("write one rule for each value, with `for items where {name} is …`"),
        );
        None
    }

    fn no_key(&mut self, path: &Path) {
        self.report.say(
            Code::U203,
            path.span,
            format!("a table cannot be read by `{}`", path.name.text),
            "name `tier`, or an attribute with names or numbers",
        );
    }

    fn is_list(&mut self, path: &Path, on: EventKindId) -> bool {
        let place = Place { event: on, scope: Scope::of_items(on) };
        matches!(self.attribute(path, place), Some((Owner::Event | Owner::Member, found)) if found.kind == Kind::ListOfName)
    }
}
