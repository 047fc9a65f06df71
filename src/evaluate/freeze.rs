//! The facts of a purchase's own time: freezing what its rules may ask, and judging it again with what is left of it.

use super::bound::Bound;
use super::judge::Facts;
use super::refuse::Rejection;
use super::rows::Rows;
use super::{step04_match, step08_cap, step08a_everything, tax};
use crate::account::{Account, Frozen, HeldPlan, Meters, Receipt};
use crate::calendar::Date;
use crate::event::{Event, Item, Kind, Named};
use crate::ledger::Thing;
use crate::program::{
    CapId, Effect, EventKindId, Factor, MeterId, NumSubject, Program, Rate, Rule, RuleId, SinceBase,
    SymSubject, TableKey, Test, TiersId, Window,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the rules of an event may ask of account and member.
#[derive(Debug, Default)]
struct Asked {
    windows: Vec<(MeterId, Window)>,
    levels: BTreeSet<TiersId>,
    last: BTreeSet<EventKindId>,
    member: BTreeSet<u16>,
    caps: BTreeSet<CapId>,
    plan: bool,
}

/// Freezes what the rules that could match an event ask. Nothing else of an account can change what it earns.
pub(super) fn freeze(facts: &Facts<'_>, kind: EventKindId, event: &Event) -> Frozen {
    let Kind::Named(named) = &event.kind else { return Frozen::default() };
    let asked = asked(facts, kind);
    let levels = asked.levels.iter().map(|id| (*id, facts.level(*id))).filter(|(_, level)| *level > 0);
    let last = asked.last.iter().filter_map(|kind| {
        let (at, day) = facts.account.last_of.get(kind.index()).copied().flatten()?;
        Some((*kind, at, day))
    });
    let member = asked.member.iter().filter_map(|place| {
        let text = facts.account.attributes.get(usize::from(*place))?.as_ref()?;
        Some((*place, text.clone()))
    });
    let declared = facts.program.events.get(kind.index()).map_or(&[][..], |kind| &kind.attributes);
    let is_declared = |name: &str| declared.iter().any(|attribute| *attribute.name == *name);
    let attributes = event.attributes.iter().filter(|(name, _)| is_declared(name));
    Frozen {
        meters: meters(facts, &asked).all().into(),
        values: values(facts, &asked),
        levels: levels.collect(),
        last: last.collect(),
        member: member.collect(),
        plan: if asked.plan { facts.plan() } else { None },
        channel: named.channel.clone(),
        store: named.store.clone(),
        partner: named.partner.clone(),
        payments: named.payments.clone(),
        presented: facts.event.presented.as_slice().into(),
        attributes: attributes.cloned().collect(),
    }
}

/// The counters as the windows that are asked see them.
fn meters(facts: &Facts<'_>, asked: &Asked) -> Meters {
    let (mut meters, day) = (Meters::default(), facts.event.day);
    let mut put = |meter, slot, value: i64| {
        if meters.get(meter, slot) == 0 {
            meters.add(meter, slot, value);
        }
    };
    let mut lengths: Vec<(MeterId, i64, i64)> = Vec::new();
    for (meter, window) in asked.windows.iter().copied() {
        let value = facts.meter(meter, window);
        match window {
            Window::SoFar => put(meter, 0, value),
            Window::This(period) => put(meter, facts.period_slot(period, day), value),
            Window::Previous(period) => {
                if let Some(start) = period.previous_start(day, &facts.anchors) {
                    put(meter, i64::from(start.days()), value);
                }
            }
            Window::From(first) => lengths.push((meter, i64::from(first.days()), value)),
            Window::Last(duration) => lengths.push((meter, facts.slots_back(duration).0, value)),
        }
    }
    for cap in &asked.caps {
        let Some(cap) = facts.program.caps.get(cap.index()) else { continue };
        // those of values of items go with other returns
        if let (Some(meter), Some(slot), false) = (cap.meter, facts.cap_slot(cap), cap.by_line) {
            put(meter, slot, facts.account.used(cap, meter, slot));
        }
    }
    // the shortest window first: a longer one holds what it has more, where it begins
    lengths.sort_by_key(|(meter, from, _)| (*meter, std::cmp::Reverse(*from)));
    lengths.dedup();
    let mut before: Option<(MeterId, i64)> = None;
    for (meter, from, sum) in lengths {
        let shorter = before.filter(|(known, _)| *known == meter).map_or(0, |(_, sum)| sum);
        put(meter, from, sum.saturating_sub(shorter));
        before = Some((meter, sum));
    }
    meters
}

/// The numbers of the values that an event has for its caps, as far as it is not their first use.
fn values(facts: &Facts<'_>, asked: &Asked) -> Box<[(u32, Box<str>)]> {
    let caps = asked.caps.iter().filter_map(|cap| facts.program.caps.get(cap.index()));
    let mut values: Vec<(u32, Box<str>)> = caps
        .filter_map(|cap| facts.value_of(cap))
        .filter_map(|text| Some((facts.account.values.number(text)?, text.into())))
        .collect();
    values.sort();
    values.dedup();
    values.into()
}

fn asked(facts: &Facts<'_>, kind: EventKindId) -> Asked {
    let mut asked = Asked::default();
    let mut candidates = Vec::new();
    // what is left of a purchase is found under no more than the whole
    step04_match::find_candidates(facts, kind, &mut candidates);
    let rules = candidates.iter().filter_map(|id| facts.program.rules.get(id.index()));
    for rule in rules.filter(|rule| rule.on == kind) {
        asked.rule(facts.program, rule);
    }
    if !(asked.windows.is_empty() && asked.caps.is_empty()) {
        // the day on which a window starts may change
        asked.member.extend(facts.program.own_days.iter().filter_map(|day| day.place));
    }
    asked
}

impl Asked {
    fn rule(&mut self, program: &Program, rule: &Rule) {
        for test in rule.when.iter().chain(&rule.items) {
            self.test(program, test);
        }
        match &rule.effect {
            Effect::Linear { rate: Rate::Table(table), .. } => self.key(program, table.key),
            Effect::FlatTable { table, .. } => self.key(program, table.key),
            Effect::Multiply { factor: Factor::Table(table), .. }
            | Effect::Everything { factor: Factor::Table(table), .. } => self.key(program, table.key),
            _ => {}
        }
        self.caps.extend(rule.caps.iter().chain(&rule.spend_caps));
    }

    fn test(&mut self, program: &Program, test: &Test) {
        match test {
            Test::And(parts) | Test::Or(parts) => parts.iter().for_each(|part| self.test(program, part)),
            Test::Not(part) | Test::AnyItem(part) => self.test(program, part),
            Test::Sym(subject, _) | Test::DatedSym(subject, _) | Test::KnownSym(subject) => {
                self.sym(*subject);
            }
            Test::Num(subject, ..) | Test::NumIn(subject, _) | Test::KnownNum(subject) => {
                self.num(program, *subject);
            }
            Test::Matches(one, two, _) => [one, two].into_iter().for_each(|subject| self.sym(*subject)),
            Test::Since(since) => match since.base {
                // a joining is never moved
                SinceBase::Joining => {}
                SinceBase::Last(kind) => drop(self.last.insert(kind)),
            },
            // what was presented belongs to the event
            Test::Presented(_) => {}
            Test::BirthdayWithin(_) | Test::BirthdayThisMonth => self.birthday(program),
        }
    }

    fn key(&mut self, program: &Program, key: TableKey) {
        match key {
            TableKey::Sym(subject) => self.sym(subject),
            TableKey::Num(subject) => self.num(program, subject),
        }
    }

    fn sym(&mut self, subject: SymSubject) {
        match subject {
            SymSubject::Member(place) => drop(self.member.insert(place)),
            SymSubject::Plan => self.plan = true,
            _ => {}
        }
    }

    fn num(&mut self, program: &Program, subject: NumSubject) {
        match subject {
            NumSubject::Member(place) => drop(self.member.insert(place)),
            NumSubject::Tier(tiers) => drop(self.levels.insert(tiers)),
            NumSubject::Age => self.birthday(program),
            NumSubject::Meter(meter, window) => {
                if !self.windows.contains(&(meter, window)) {
                    self.windows.push((meter, window));
                }
            }
            NumSubject::SpendOn(filter) | NumSubject::QuantityOn(filter) => {
                if let Some(test) = program.filters.get(filter.index()) {
                    self.test(program, test);
                }
            }
            NumSubject::Price
            | NumSubject::Quantity
            | NumSubject::Item(_)
            | NumSubject::Event(_)
            | NumSubject::Basket
            | NumSubject::BasketQuantity
            | NumSubject::Day
            | NumSubject::MonthDay
            | NumSubject::Minute
            | NumSubject::Weekday
            | NumSubject::Month => {}
        }
    }

    fn birthday(&mut self, program: &Program) {
        let place = program.member_attributes.iter().position(|attribute| &*attribute.name == "birthday");
        self.member.extend(place.and_then(|place| u16::try_from(place).ok()));
    }
}

/// What each rule would have booked of units, had only been bought what is left of a purchase.
pub(super) fn judge_again(
    facts: &Facts<'_>,
    rows: &mut Rows,
    receipt: &Receipt,
    frozen: &Frozen,
) -> Result<BTreeMap<(RuleId, Thing), i64>, Rejection> {
    if receipt.is_returned_in_full() {
        return Ok(BTreeMap::new());
    }
    // only events have facts of their time
    let Some(kind_id) = receipt.kind else { return Ok(BTreeMap::new()) };
    let program = facts.program;
    let account = thaw(program, facts.account, frozen);
    let items: Arc<[Item]> = left(receipt, |line| receipt.left(line).1).into();
    let name = program.events.get(kind_id.index()).map_or("", |kind| &kind.name);
    let kind = Kind::Named(Named {
        name: name.into(),
        of: None,
        requests: Box::default(),
        has_basket: true,
        items,
        channel: frozen.channel.clone(),
        store: frozen.store.clone(),
        partner: frozen.partner.clone(),
        payments: frozen.payments.clone(),
    });
    let event = Event {
        id: Arc::clone(&receipt.id),
        member: Arc::clone(&account.member),
        at: receipt.at,
        currency: None,
        kind,
        attributes: frozen.attributes.clone(),
        digest: 0,
    };
    let mut bound = Bound::default();
    bound.bind(program, &event, &account.attributes)?;
    tax::convert(program, &mut bound)?;
    // a means of payment paid the same part of what is left
    bound.paid = bound.paid.max(tax::sum_with_tax(program, &receipt.items));
    bound.presented = frozen.presented.to_vec();
    if receipt.payment.is_some() {
        let mut items = bound.items().to_vec();
        let counted = left(receipt, |line| receipt.counted_left(line));
        for (item, counted) in items.iter_mut().zip(counted) {
            item.value = counted.value;
        }
        bound.count(items.into());
    }
    let mut past = Facts::new(program, &account, &bound);
    if facts.account.turned().is_some() {
        // periods are those of the account
        past.anchors = facts.anchors;
    }
    let facts = past;
    rows.start(bound.items().len());
    step04_match::match_rules(&facts, kind_id, rows, &mut None);
    super::work_out(&facts, rows, &mut None)?;
    step08_cap::cap_rows(&facts, rows, &mut None);
    step08a_everything::multiply_everything(&facts, rows, &mut None)?;
    let given = rows.all().iter().filter(|row| row.amount > 0 && row.thing.is_some());
    Ok(given.filter_map(|row| Some(((row.rule, row.thing?), row.amount))).collect())
}

/// An account of which nothing is known but what was frozen.
fn thaw(program: &Program, account: &Account, frozen: &Frozen) -> Account {
    let mut past = Account::open(program, &account.member);
    past.tenure = account.tenure;
    for (meter, slot, value) in &frozen.meters {
        past.meters.add(*meter, *slot, *value);
    }
    for (number, value) in &frozen.values {
        past.values.put(*number, value);
    }
    for (tiers, level) in &frozen.levels {
        if let Some(state) = past.tiers.get_mut(tiers.index()) {
            state.level = *level;
        }
    }
    past.plans.held = frozen.plan.map(|plan| HeldPlan {
        plan,
        since: Date::MIN,
        paid_from: Date::MIN,
        starts: Date::MIN,
        last: Date::MAX,
        trial: false,
        next: None,
        left: false,
    });
    for (kind, at, day) in &frozen.last {
        if let Some(last) = past.last_of.get_mut(kind.index()) {
            *last = Some((*at, *day));
        }
    }
    for (place, text) in &frozen.member {
        if let Some(attribute) = past.attributes.get_mut(usize::from(*place)) {
            *attribute = Some(text.clone());
        }
    }
    past
}

/// The lines that are left, with what is left of the pieces and the value of each.
fn left(receipt: &Receipt, value: impl Fn(usize) -> i64) -> Vec<Item> {
    let lines = receipt.items.iter().enumerate();
    let left = lines.filter_map(|(line, item)| {
        let (part, whole) = receipt.fraction(line);
        if part == whole {
            return None;
        }
        let mut item = item.clone();
        let value = value(line);
        item.tax = item.tax.map(|tax| tax.part(value, item.value));
        (item.quantity, item.value) = (receipt.left(line).0, value);
        Some(item)
    });
    left.collect()
}
