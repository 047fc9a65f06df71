//! Judging conditions, three-valued, against facts that do not change during an event.

use super::bound::{Bind, Bound};
use super::terms;
use crate::account::{Account, Lines};
use crate::calendar::{Anchors, Date, Duration, Period};
use crate::program::{
    FilterId, MeterId, NumSubject, PlanId, Program, Since, SinceBase, Slots, SymSubject, Symbol, Table,
    TableKey, Test, TiersId, Window,
};

/// Three-valued truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Truth {
    /// It does not hold.
    No,
    /// Something it asks is missing.
    Unknown,
    /// It holds.
    Yes,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// Everything that a condition may ask, frozen for the whole event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) program: &'a Program,
    pub(crate) account: &'a Account,
    pub(crate) event: &'a Bound,
    pub(crate) anchors: Anchors,
    pub(crate) room: Room,
}

/// How much room caps have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// What is left of them.
    Left,
    /// All there is: what something would earn without them.
    Endless,
    /// What is left of them after what waits for an attribute to be set.
    Waiting,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(program: &'a Program, account: &'a Account, event: &'a Bound) -> Self {
        Self::anchored(program, account, event, account.anchors(program, event.day))
    }

    /// With the anchors that are known already.
    pub(super) const fn anchored(
        program: &'a Program,
        account: &'a Account,
        event: &'a Bound,
        anchors: Anchors,
    ) -> Self {
        Self { program, account, event, anchors, room: Room::Left }
    }

    /// Judges a condition; `item` is the item in question, if it is one of `for items where`.
    pub(crate) fn judge(&self, test: &Test, item: Option<usize>) -> Truth {
        match test {
            Test::And(parts) => parts.iter().map(|part| self.judge(part, item)).min().unwrap_or(Truth::Yes),
            Test::Or(parts) => parts.iter().map(|part| self.judge(part, item)).max().unwrap_or(Truth::No),
            Test::Not(part) => match self.judge(part, item) {
                Truth::No => Truth::Yes,
                Truth::Unknown => Truth::Unknown,
                Truth::Yes => Truth::No,
            },
            Test::Sym(subject, names) => self.judge_sym(*subject, item, names),
            Test::DatedSym(subject, ranges) => {
                let day = self.event.day.days();
                let names = ranges.iter().find(|(from, to, _)| (*from..=*to).contains(&day));
                self.judge_sym(*subject, item, names.map_or(&[], |(_, _, names)| names))
            }
            Test::Num(subject, low, high) => match self.num(*subject, item) {
                Some(value) => Truth::from((*low..=*high).contains(&value)),
                None => Truth::Unknown,
            },
            Test::NumIn(subject, values) => match self.num(*subject, item) {
                Some(value) => Truth::from(values.binary_search(&value).is_ok()),
                None => Truth::Unknown,
            },
            Test::Since(since) => self.judge_since(since),
            Test::KnownSym(subject) => Truth::from(self.is_known(*subject, item)),
            Test::KnownNum(subject) => Truth::from(self.num(*subject, item).is_some()),
            Test::Matches(one, two, common) => match (self.sym(*one, item), self.sym(*two, item)) {
                (Some(one), Some(two)) => Truth::from(one == two && common.binary_search(&one).is_ok()),
                _ => Truth::Unknown,
            },
            Test::BirthdayWithin(days) => self.judge_birthday(|birthday, today| {
                let year = today.year();
                [year, year + 1].into_iter().any(|year| {
                    birthday.anniversary_in(year).is_some_and(|day| {
                        let away = day.days_since(today);
                        away >= 0 && away.unsigned_abs() <= *days
                    })
                })
            }),
            Test::BirthdayThisMonth => self.judge_birthday(|birthday, today| {
                birthday.anniversary_in(today.year()).is_some_and(|day| day.month() == today.month())
            }),
            Test::Presented(voucher) => Truth::from(self.event.presented.contains(voucher)),
            Test::AnyItem(inner) => (0..self.event.items().len())
                .map(|place| self.judge(inner, Some(place)))
                .max()
                .unwrap_or(Truth::No),
        }
    }

    /// The items for which a condition holds.
    pub(crate) fn judge_items(&self, test: &Test) -> Lines {
        let (inner, wanted) = match test {
            Test::Not(inner) => (&**inner, false),
            other => (other, true),
        };
        // category, article and brand are never unknown: most rules ask just one of them
        if let Test::Sym(SymSubject::Category, names) = inner {
            return match **names {
                [one] => Lines::with(&self.event.bound_items, |item| (item.category == one) == wanted),
                [one, two] => Lines::with(&self.event.bound_items, |item| {
                    ((item.category == one) | (item.category == two)) == wanted
                }),
                _ => Lines::with(&self.event.bound_items, |item| names.contains(&item.category) == wanted),
            };
        }
        Lines::of(self.event.bound_items.len(), |place| self.judge(test, Some(place)) == Truth::Yes)
    }

    fn judge_sym(&self, subject: SymSubject, item: Option<usize>, names: &[Symbol]) -> Truth {
        let among = |name: Symbol| {
            Truth::from(if names.len() < 9 { names.contains(&name) } else { is_among(names, name) })
        };
        let bound = || item.and_then(|item| self.event.bound_items.get(item));
        match subject {
            SymSubject::Category => return bound().map_or(Truth::Unknown, |item| among(item.category)),
            SymSubject::Sku => return bound().map_or(Truth::Unknown, |item| among(item.sku)),
            SymSubject::Brand => return bound().map_or(Truth::Unknown, |item| among(item.brand)),
            SymSubject::Channel => return among(self.event.channel),
            SymSubject::Store => return among(self.event.store),
            SymSubject::Partner => return among(self.event.partner),
            SymSubject::Plan => return among(self.plan_name()),
            SymSubject::Item(_) | SymSubject::Event(_) | SymSubject::Member(_) => {}
        }
        match self.list(subject, item) {
            Some(Bind::List(values)) => {
                Truth::from(values.iter().any(|value| names.binary_search(value).is_ok()))
            }
            Some(_) => Truth::Unknown,
            None => match self.sym(subject, item) {
                Some(value) => Truth::from(names.binary_search(&value).is_ok()),
                None => Truth::Unknown,
            },
        }
    }

    /// The value of a list attribute; `None` if the subject is no list.
    fn list(&self, subject: SymSubject, item: Option<usize>) -> Option<&Bind> {
        let bind = self.bind(subject, item)?;
        matches!(bind, Bind::List(_)).then_some(bind)
    }

    fn bind(&self, subject: SymSubject, item: Option<usize>) -> Option<&Bind> {
        match subject {
            SymSubject::Item(place) => self.item_attribute(place, item),
            SymSubject::Event(place) => self.event.attributes.get(usize::from(place)),
            SymSubject::Member(place) => self.event.member_attributes.get(usize::from(place)),
            _ => None,
        }
    }

    fn item_attribute(&self, place: u16, item: Option<usize>) -> Option<&Bind> {
        let width = self.program.item_attributes.len();
        self.event.item_attributes.get(item? * width + usize::from(place))
    }

    /// The name a subject has, none included; `None` if it is missing.
    pub(crate) fn sym(&self, subject: SymSubject, item: Option<usize>) -> Option<Symbol> {
        let bound = || item.and_then(|item| self.event.bound_items.get(item));
        match subject {
            SymSubject::Category => bound().map(|item| item.category),
            SymSubject::Sku => bound().map(|item| item.sku),
            SymSubject::Brand => bound().map(|item| item.brand),
            SymSubject::Channel => Some(self.event.channel),
            SymSubject::Store => Some(self.event.store),
            SymSubject::Partner => Some(self.event.partner),
            SymSubject::Plan => Some(self.plan_name()),
            SymSubject::Item(_) | SymSubject::Event(_) | SymSubject::Member(_) => {
                match self.bind(subject, item)? {
                    Bind::Sym(symbol) => Some(*symbol),
                    _ => None,
                }
            }
        }
    }

    fn is_known(&self, subject: SymSubject, item: Option<usize>) -> bool {
        match self.bind(subject, item) {
            Some(bind) => *bind != Bind::Missing,
            None => self.sym(subject, item).is_some_and(|symbol| symbol != Symbol::NONE),
        }
    }

    /// The number a subject has; `None` if it is missing.
    pub(crate) fn num(&self, subject: NumSubject, item: Option<usize>) -> Option<i64> {
        let line = || item.and_then(|item| self.event.items().get(item));
        let bind = |bind: Option<&Bind>| match bind {
            Some(Bind::Num(value)) => Some(*value),
            _ => None,
        };
        let event = self.event;
        match subject {
            NumSubject::Price => line().map(|item| item.price),
            NumSubject::Quantity => line().map(|item| item.quantity),
            NumSubject::Item(place) => bind(self.item_attribute(place, item)),
            NumSubject::Event(place) => bind(event.attributes.get(usize::from(place))),
            NumSubject::Member(place) => bind(event.member_attributes.get(usize::from(place))),
            NumSubject::Basket => event.has_basket.then_some(event.basket),
            NumSubject::BasketQuantity => event.has_basket.then_some(event.quantity),
            NumSubject::SpendOn(filter) => self.sum_on(filter, |item| item.value),
            NumSubject::QuantityOn(filter) => self.sum_on(filter, |item| item.quantity),
            NumSubject::Day => Some(i64::from(event.day.days())),
            NumSubject::MonthDay => {
                let (_, month, day) = event.day.ymd();
                Some(i64::from(month) * 100 + i64::from(day))
            }
            NumSubject::Minute => Some(i64::from(event.local.minute)),
            NumSubject::Weekday => Some(i64::from(event.day.weekday().number())),
            NumSubject::Month => Some(i64::from(event.day.month())),
            NumSubject::Tier(tiers) => Some(i64::from(self.level(tiers))),
            NumSubject::Age => {
                let birthday = self.birthday()?;
                Some(i64::from(birthday.completed_years(event.day)))
            }
            NumSubject::Meter(meter, window) => Some(self.meter(meter, window)),
        }
    }

    fn sum_on(&self, filter: FilterId, of: impl Fn(&crate::event::Item) -> i64) -> Option<i64> {
        if !self.event.has_basket {
            return None;
        }
        let mut sum: i64 = 0;
        for (place, item) in self.event.charged().into_iter().flat_map(|items| items.iter()).enumerate() {
            if self.passes(filter, place) {
                sum = sum.saturating_add(of(item));
            }
        }
        Some(sum)
    }

    /// Whether an item passes a filter.
    pub(crate) fn passes(&self, filter: FilterId, item: usize) -> bool {
        let test = self.program.filters.get(filter.index());
        test.is_some_and(|test| self.judge(test, Some(item)) == Truth::Yes)
    }

    /// The level the member has, or had at the instant of a late event.
    pub(crate) fn level(&self, tiers: TiersId) -> u32 {
        let held = self.held_level(tiers);
        if self.event.reached.is_empty() {
            return held;
        }
        let reached = self.event.reached.iter().find(|(block, _)| *block == tiers);
        reached.map_or(held, |(_, level)| held.max(*level))
    }

    /// The level without what the event itself reaches.
    fn held_level(&self, tiers: TiersId) -> u32 {
        let Some(state) = self.account.tiers.get(tiers.index()) else { return 0 };
        let level = self.account.level_held(self.program, tiers);
        match self.account.newest {
            Some((newest, _)) if self.event.at < newest => {
                let known = state.history.iter().rev().find(|(since, _)| *since <= self.event.at);
                known.map_or_else(|| state.history.first().map_or(level, |_| 0), |(_, level)| *level)
            }
            _ => level,
        }
    }

    /// The plan in which the member is, or was at the instant of a late event.
    pub(crate) fn plan(&self) -> Option<PlanId> {
        let plans = &self.account.plans;
        let held = plans.held.map(|held| held.plan);
        match self.account.newest {
            Some((newest, _)) if self.event.at < newest => {
                let known = plans.history.iter().rev().find(|(since, _)| *since <= self.event.at);
                known.map_or(if plans.history.is_empty() { held } else { None }, |(_, plan)| *plan)
            }
            _ => held,
        }
    }

    fn plan_name(&self) -> Symbol {
        let plan = self.plan().and_then(|plan| self.program.plans.get(plan.index()));
        plan.map_or(Symbol::NONE, |plan| plan.symbol)
    }

    /// What a counter holds in a window, of the member.
    pub(crate) fn meter(&self, meter: MeterId, window: Window) -> i64 {
        let meters = &self.account.meters;
        let day = self.event.day;
        match window {
            Window::SoFar => meters.get(meter, 0),
            Window::This(period) => meters.get(meter, self.period_slot(period, day)),
            Window::Previous(period) => period
                .previous_start(day, &self.anchors)
                .map_or(0, |start| meters.get(meter, i64::from(start.days()))),
            Window::From(first) => meters.sum(meter, i64::from(first.days()), i64::from(day.days())),
            Window::Last(duration) => {
                let (from, to) = self.slots_back(duration);
                meters.sum(meter, from, to)
            }
        }
    }

    /// The first and the last slot of the time that ends with the event, by day or by minute.
    pub(crate) fn slots_back(&self, duration: Duration) -> (i64, i64) {
        let day = self.event.day;
        match duration.window_start(day) {
            Some(start) => (i64::from(start.days()), i64::from(day.days())),
            None => {
                let now = minute_slot(self.event.at);
                (now - duration.micros().unwrap_or(0) / MINUTE, now)
            }
        }
    }

    /// The key of the slot in which something on a day is counted.
    pub(crate) fn slot(&self, slots: Slots, day: Date) -> i64 {
        terms::slot(slots, day, self.event.at, &self.anchors)
    }

    /// The key of the slot of a period.
    pub(crate) fn period_slot(&self, period: Period, day: Date) -> i64 {
        self.slot(Slots::Period(period), day)
    }

    fn birthday(&self) -> Option<Date> {
        let place =
            self.program.member_attributes.iter().position(|attribute| &*attribute.name == "birthday")?;
        match self.event.member_attributes.get(place)? {
            Bind::Num(days) => i32::try_from(*days).ok().and_then(Date::from_days),
            _ => None,
        }
    }

    fn judge_birthday(&self, holds: impl Fn(Date, Date) -> bool) -> Truth {
        match self.birthday() {
            Some(birthday) => Truth::from(holds(birthday, self.event.day)),
            None => Truth::Unknown,
        }
    }

    fn judge_since(&self, since: &Since) -> Truth {
        let base = match since.base {
            SinceBase::Joining => self.account.tenure.map(|tenure| (tenure.at, tenure.day)),
            SinceBase::Last(kind) => self.account.last_of.get(kind.index()).copied().flatten(),
        };
        let Some((at, day)) = base else { return Truth::Unknown };
        // dates are compared with dates, hours and minutes with instants
        let passed = |duration: Duration| match duration.add_to_date(day) {
            Some(then) => self.event.day.cmp(&then),
            None => self.event.at.cmp(&at.plus_micros(duration.micros().unwrap_or(0))),
        };
        let low = since.low.is_none_or(|(duration, strict)| {
            let order = passed(duration);
            order.is_gt() || (order.is_eq() && !strict)
        });
        let high = since.high.is_none_or(|(duration, strict)| {
            let order = passed(duration);
            order.is_lt() || (order.is_eq() && !strict)
        });
        Truth::from(low && high)
    }

    /// The row of a table that holds for the event; `None` if there is none.
    pub(crate) fn row<'t, T>(&self, table: &'t Table<T>) -> Option<&'t T> {
        self.row_of(table, None)
    }

    /// The row of a table that an item has, if one is meant.
    pub(crate) fn row_of<'t, T>(&self, table: &'t Table<T>, item: Option<usize>) -> Option<&'t T> {
        let key = match table.key {
            TableKey::Sym(subject) => i64::from(self.sym(subject, item)?.0),
            TableKey::Num(subject) => self.num(subject, item)?,
        };
        let place = table.rows.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        table.rows.get(place).map(|(_, value)| value)
    }
}

const MINUTE: i64 = 60_000_000;

/// The minute of an instant, counted from 1970-01-01 00:00 UTC.
pub(crate) fn minute_slot(at: crate::calendar::Instant) -> i64 {
    at.micros().div_euclid(MINUTE)
}

/// Whether a name is among many, which are in the order of their ids. The names of a list get their ids in a row, so
/// nearly always one stands as far before the last as its id does.
fn is_among(names: &[Symbol], name: Symbol) -> bool {
    let Some(last) = names.last() else { return false };
    let Some(back) = last.0.checked_sub(name.0).and_then(|back| usize::try_from(back).ok()) else {
        return false;
    };
    let guess = (names.len() - 1).checked_sub(back).and_then(|place| names.get(place));
    guess == Some(&name) || names.binary_search(&name).is_ok()
}
