//! The working table of one event: a row for each rule that matches, a column for each item and one for the event.
//!
//! A row's shares are whole numerators of the unit's smallest step over (denominator of its unit × [`Row::den`]), so
//! nothing is rounded before
//! step 7. Rows are reused from event to event.

use super::refuse::Rejection;
use super::sums::Sum;
use crate::account::Lines;
use crate::amount::{Sharer, gcd, lcm};
use crate::ledger::Thing;
use crate::program::{CapId, Needs, Rule, RuleId, RuleKind};

/// What the shares of a row are in proportion to: then its line record needs no parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Shape {
    /// The values of the items that have a share.
    #[default]
    Values,
    /// Their quantities.
    Quantities,
    /// The event alone.
    Event,
    /// Something else.
    Mixed,
}

/// What one rule is about to give.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) rule: RuleId,
    pub(crate) thing: Option<Thing>,
    /// Which items pass `for items where` and are not replaced.
    pub(crate) passes: Lines,
    /// Of a multiplier on sums, the items of its base.
    pub(crate) base_passes: Option<Lines>,
    /// Shares by item, and at the end that of the event; one sum where nothing hangs on single items.
    pub(crate) nums: Vec<i128>,
    /// What the shares are divided by, beside the unit's denominator.
    pub(crate) den: i128,
    /// By what the amount is shared out to the lines.
    pub(crate) shape: Shape,
    /// Whether it is an event bonus: flat or by bands.
    pub(crate) flat: bool,
    /// Whether one of its caps has nothing left: an `earn` still is a base then, but gives nothing.
    pub(crate) no_room: bool,
    /// Spend that counts, as a fraction: room / sum, where a cap of spend cuts.
    pub(crate) spend_ratio: Option<(i64, i64)>,
    /// Spend that counts of each line, micro-units, where a cap with counters for values of items cuts; mostly empty.
    pub(crate) spend_parts: Vec<i64>,
    /// What step 7 rounded it to, and what step 8 left of it, in the unit's scale or as a number of vouchers.
    pub(crate) amount: i64,
    /// Amount by item and event, once booked.
    pub(crate) parts: Vec<i128>,
    /// Whether the parts are what caps with counters for values of items have left.
    pub(crate) by_line: bool,
}

impl Row {
    /// The sum of all shares.
    pub(crate) fn total(&self) -> Result<i128, Rejection> {
        let sum = self.nums.iter().try_fold(0_i128, |sum, num| sum.checked_add(*num));
        sum.ok_or_else(Rejection::too_large)
    }

    /// Makes every share zero.
    pub(crate) fn clear(&mut self) {
        self.nums.iter_mut().for_each(|num| *num = 0);
    }

    /// Multiplies every share and the divisor, so that the shares stay what they are.
    pub(crate) fn expand(&mut self, by: i128) -> Result<(), Rejection> {
        if by == 1 {
            return Ok(());
        }
        self.den = self.den.checked_mul(by).ok_or_else(Rejection::too_large)?;
        for num in &mut self.nums {
            *num = num.checked_mul(by).ok_or_else(Rejection::too_large)?;
        }
        Ok(())
    }

    /// Multiplies every share by a fraction.
    pub(crate) fn scale(&mut self, num: i128, den: i128) -> Result<(), Rejection> {
        if den == 1 && num == 1 {
            return Ok(());
        }
        for share in &mut self.nums {
            *share = share.checked_mul(num).ok_or_else(Rejection::too_large)?;
        }
        self.den = self.den.checked_mul(den).ok_or_else(Rejection::too_large)?;
        self.reduce();
        Ok(())
    }

    /// Divides shares and divisor by their common factor: keeps the numbers of later steps small.
    pub(crate) fn reduce(&mut self) {
        // finding the factor costs more than carrying it, while everything is far from 128 bits
        if self.den >> 40 == 0 && self.nums.iter().all(|num| num.unsigned_abs() >> 72 == 0) {
            return;
        }
        let mut common = self.den.unsigned_abs();
        for num in &self.nums {
            if common == 1 {
                return;
            }
            common = gcd(common, num.unsigned_abs());
        }
        let Ok(common) = i128::try_from(common) else { return };
        for num in self.nums.iter_mut().chain([&mut self.den]) {
            *num = num.checked_div(common).unwrap_or(*num);
        }
    }
}

/// What the matching rules of an event ask for together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked {
    needs: Needs,
    /// How many `earn` rules there are.
    pub(crate) bases: u32,
    /// An `earn` whose cap has nothing left.
    pub(crate) no_room: bool,
}

impl Asked {
    /// Whether any rule asks for one of these.
    pub(crate) const fn for_any(self, needs: Needs) -> bool {
        self.needs.any(needs)
    }

    fn add(&mut self, rule: &Rule) {
        self.needs = self.needs.and(rule.needs);
        self.bases += u32::from(rule.kind == RuleKind::Earn);
    }
}

/// All rows of an event and the memory they use.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pool: Vec<Row>,
    used: usize,
    /// Items of the event.
    pub(crate) width: usize,
    pub(crate) asked: Asked,
    /// Whether the rows have a column for each item.
    pub(crate) by_item: bool,
    /// The sums of the rows, where no row has columns.
    pub(crate) sums: Vec<Sum>,
    /// All things that rows give, each once.
    pub(crate) things: Vec<Thing>,
    /// What this event has already used of caps.
    pub(crate) cap_used: Vec<(CapId, i64)>,
    /// The same of caps with counters for values of items, by the line that stands for the value.
    pub(crate) value_used: Vec<(CapId, usize, i64)>,
    pub(crate) sharer: Sharer,
    pub(crate) weights: Vec<i128>,
    pub(crate) parts: Vec<i128>,
    /// Rows that are rounded together.
    pub(crate) members: Vec<usize>,
    /// Matching bonuses on everything, with the items that pass.
    pub(crate) everything: Vec<(RuleId, Lines)>,
    /// Rules that the index found.
    pub(crate) candidates: Vec<RuleId>,
}

/// Rows that are brought to one divisor have shares of at most so many bits: an amount of 50 bits can be shared out in
/// proportion to them.
const LONGEST: u32 = 76;

/// A divisor of several rows has at most so many bits.
const LONGEST_DIVISOR: u32 = 62;

impl Rows {
    /// Forgets all rows.
    pub(crate) fn start(&mut self, width: usize) {
        self.used = 0;
        self.width = width;
        self.asked = Asked::default();
        self.cap_used.clear();
        self.value_used.clear();
        self.everything.clear();
        self.candidates.clear();
        self.things.clear();
    }

    /// Adds a row for a rule and the items that pass.
    pub(crate) fn add(
        &mut self,
        (id, rule): (RuleId, &Rule),
        thing: Thing,
        passes: Lines,
        flat: bool,
    ) -> Option<&mut Row> {
        self.asked.add(rule);
        if self.used == self.pool.len() {
            self.pool.push(Row::default());
        }
        let row = self.pool.get_mut(self.used)?;
        self.used += 1;
        row.rule = id;
        row.thing = Some(thing);
        row.passes = passes;
        row.base_passes = None;
        row.den = 1;
        row.flat = flat;
        row.shape = Shape::Values;
        row.no_room = false;
        row.spend_ratio = None;
        row.amount = 0;
        row.parts.clear();
        row.spend_parts.clear();
        row.by_line = false;
        Some(row)
    }

    /// All rows, in the order of rule ids.
    pub(crate) fn all(&self) -> &[Row] {
        self.pool.get(..self.used).unwrap_or(&[])
    }

    /// All rows, to change.
    pub(crate) fn all_mut(&mut self) -> &mut [Row] {
        self.pool.get_mut(..self.used).unwrap_or(&mut [])
    }

    /// All rows to change, with the memory for sharing out.
    pub(crate) fn with_sharer(&mut self) -> (&mut [Row], &mut Sharer, &mut Vec<i128>, &mut Vec<i128>) {
        let rows = self.pool.get_mut(..self.used).unwrap_or(&mut []);
        (rows, &mut self.sharer, &mut self.weights, &mut self.parts)
    }

    /// Brings all rows of a thing to one divisor, unless numbers would become long: many rules that count whole steps
    /// have a divisor each.
    pub(crate) fn align(&mut self, thing: Thing) -> Result<(), Rejection> {
        self.align_from(thing, 0)
    }

    /// Brings the rows of a thing from one on to one divisor, unless numbers would become long.
    pub(crate) fn align_from(&mut self, thing: Thing, first: usize) -> Result<(), Rejection> {
        let rows = self.pool.get_mut(first..self.used).unwrap_or(&mut []);
        let mut same = rows.iter().filter(|row| row.thing == Some(thing)).map(|row| row.den);
        let mut common = same.next().unwrap_or(1);
        if same.all(|den| den == common) {
            return Ok(());
        }
        for row in rows.iter().filter(|row| row.thing == Some(thing)) {
            if common == 1 {
                common = row.den;
            } else if row.den != common && row.den != 1 {
                match lcm(common, row.den).filter(|common| *common >> LONGEST_DIVISOR == 0) {
                    Some(all) => common = all,
                    None => return Ok(()),
                }
            }
        }
        let too_long = |row: &Row| {
            let by = common.checked_div(row.den).unwrap_or(1);
            let fits = |num: &i128| num.checked_mul(by).is_some_and(|num| num.unsigned_abs() >> LONGEST == 0);
            row.thing == Some(thing) && row.den != common && !row.nums.iter().all(fits)
        };
        if rows.iter().any(too_long) {
            return Ok(());
        }
        for row in rows.iter_mut().filter(|row| row.thing == Some(thing) && row.den != common) {
            let by = common.checked_div(row.den).ok_or_else(Rejection::too_large)?;
            row.expand(by)?;
        }
        Ok(())
    }

    /// Lists what the rows give.
    pub(crate) fn list_things(&mut self) {
        self.things.clear();
        for thing in self.pool.iter().take(self.used).filter_map(|row| row.thing) {
            if !self.things.contains(&thing) {
                self.things.push(thing);
            }
        }
    }

    /// Gives every row its columns, all zero: one for each item and one for the event, or one for the sum. What was
    /// worked out before is forgotten, but not what matched.
    pub(crate) fn open_columns(&mut self) {
        let columns = if self.by_item { self.width + 1 } else { 1 };
        for row in self.pool.iter_mut().take(self.used) {
            row.nums.clear();
            row.nums.resize(columns, 0);
            (row.den, row.amount, row.shape, row.base_passes) = (1, 0, Shape::Values, None);
        }
    }

    /// What this event has used of a cap so far.
    pub(crate) fn used_of(&self, cap: CapId) -> i64 {
        self.cap_used.iter().find(|(known, _)| *known == cap).map_or(0, |(_, used)| *used)
    }

    /// Uses a cap.
    pub(crate) fn use_cap(&mut self, cap: CapId, by: i64) {
        match self.cap_used.iter_mut().find(|(known, _)| *known == cap) {
            Some((_, used)) => *used = used.saturating_add(by),
            None => self.cap_used.push((cap, by)),
        }
    }

    /// What this event has used of a cap for a value so far.
    pub(crate) fn used_of_value(&self, cap: CapId, value: usize) -> i64 {
        let known = self.value_used.iter().find(|(known, at, _)| (*known, *at) == (cap, value));
        known.map_or(0, |(_, _, used)| *used)
    }

    /// Uses a cap for a value.
    pub(crate) fn use_value(&mut self, cap: CapId, value: usize, by: i64) {
        match self.value_used.iter_mut().find(|(known, at, _)| (*known, *at) == (cap, value)) {
            Some((_, _, used)) => *used = used.saturating_add(by),
            None => self.value_used.push((cap, value, by)),
        }
    }
}
