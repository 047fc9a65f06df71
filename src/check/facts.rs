//! What is known about the declared things before rules are read: settings, attributes, units, tiers.

use super::attributes::Schema;
use super::declared::Declared;
use super::money::is_currency;
use super::numbers;
use super::periods::Periods;
use super::report::{Once, Report};
use super::table;
use crate::calendar::{Date, Duration, Weekday, Zone};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{EventKindId, OwnDay, TiersId, UnitId, VoucherId};
use crate::syntax::ast::{Name, Number, TiersLine, UnitKind, UnitLine};
use std::collections::BTreeMap;

/// What the `program` block says.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) effective_from: Date,
    pub(super) currency: String,
    pub(super) currency_digits: u32,
    pub(super) zone: Option<Zone>,
    pub(super) week_starts: Weekday,
    pub(super) day_starts: u16,
    pub(super) membership_day: Option<u8>,
    pub(super) late: Option<Duration>,
    pub(super) before_joining: Option<Duration>,
    /// `members join by E`.
    pub(super) join_by: Option<Name>,
    pub(super) prices_with_tax: bool,
    pub(super) spend_with_tax: bool,
    /// `spend … after redemptions`.
    pub(super) after_redemptions: bool,
    pub(super) periods: Periods,
    /// The attributes on which periods of a member start.
    pub(super) own_days: Vec<OwnDay>,
}

impl Settings {
    /// Settings of a program that says nothing.
    pub(super) fn stand_in() -> Self {
        Self {
            name: String::new(),
            version: 1,
            effective_from: Date::MIN,
            currency: "EUR".to_owned(),
            currency_digits: 2,
            zone: None,
            week_starts: Weekday::Monday,
            day_starts: 0,
            membership_day: None,
            late: None,
            before_joining: None,
            join_by: None,
            prices_with_tax: true,
            spend_with_tax: true,
            after_redemptions: true,
            periods: Periods::new(),
            own_days: Vec::new(),
        }
    }
}

/// A unit, as far as rules need it.
#[derive(Debug)]
pub(super) struct UnitFacts<'a> {
    pub(super) id: UnitId,
    pub(super) name: &'a Name,
    pub(super) singular: Option<&'a Name>,
    pub(super) kind: UnitKind,
    /// 0 to 4.
    pub(super) decimals: u32,
    /// Whether `round` or `decimals` is written.
    pub(super) precise: bool,
}

/// What a name behind a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing<'a> {
    /// An amount of a unit.
    Unit(UnitId),
    /// Vouchers.
    Voucher(VoucherId),
    /// An amount of a donation unit, by its name.
    Donation(&'a str),
}

/// A tiers block, as far as rules need it.
#[derive(Debug)]
pub(super) struct TiersFacts<'a> {
    pub(super) id: TiersId,
    pub(super) name: &'a Name,
    /// From lowest to highest.
    pub(super) levels: Vec<&'a Name>,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) settings: Settings,
    pub(super) member: Schema<'a>,
    pub(super) item: Schema<'a>,
    /// By [`EventKindId`].
    pub(super) events: Vec<Schema<'a>>,
    /// Names by [`EventKindId`].
    pub(super) event_names: Vec<&'a str>,
    /// Names by [`VoucherId`].
    pub(super) voucher_names: Vec<&'a str>,
    /// By [`UnitId`].
    pub(super) units: Vec<UnitFacts<'a>>,
    /// Names and singular forms behind numbers.
    things: BTreeMap<&'a str, (Thing<'a>, Span)>,
    /// By [`TiersId`].
    pub(super) tiers: Vec<TiersFacts<'a>>,
    /// Each level with its block and height.
    pub(super) levels: BTreeMap<&'a str, (TiersId, i64)>,
}

impl<'a> Facts<'a> {
    /// Reads them from the declarations.
    pub(super) fn read(all: &Declared<'a>, settings: Settings, report: &mut Report) -> Self {
        let mut events = vec![Schema::new("event", all.purchase, report), Schema::new("event", None, report)];
        events.extend(all.events.iter().map(|event| Schema::new("event", Some(event.node), report)));
        let declared = all.events.iter().map(|event| event.name.text.as_str());
        let event_names = ["purchase", "joining"].into_iter().chain(declared);
        let digits = settings.currency_digits;
        let mut facts = Self {
            settings,
            member: Schema::new("member", all.member, report),
            item: Schema::new("item", all.item, report),
            events,
            event_names: event_names.collect(),
            voucher_names: all.vouchers.iter().map(|voucher| voucher.name.text.as_str()).collect(),
            units: units(all, digits, report),
            things: BTreeMap::new(),
            tiers: Vec::new(),
            levels: BTreeMap::new(),
        };
        facts.name_things(all, report);
        facts.read_tiers(all, report);
        facts
    }

    fn name_things(&mut self, all: &Declared<'a>, report: &mut Report) {
        let mut things: BTreeMap<&'a str, (Thing<'a>, Span)> = BTreeMap::new();
        let named = self.units.iter().flat_map(|unit| {
            let singular = unit.singular.filter(|singular| singular.text != unit.name.text);
            std::iter::once(unit.name).chain(singular).map(|name| (name, Thing::Unit(unit.id)))
        });
        let vouchers =
            all.vouchers.iter().map(|voucher| (voucher.name, Thing::Voucher(VoucherId(voucher.id))));
        let gifts = all.gifts.iter().flat_map(|gift| {
            let singular = gift.node.lines.iter().find_map(|line| match &line.kind {
                UnitLine::Singular(name) if name.text != gift.name.text => Some(name),
                _ => None,
            });
            let thing = Thing::Donation(&gift.name.text);
            std::iter::once(gift.name).chain(singular).map(move |name| (name, thing))
        });
        for (name, thing) in named.chain(vouchers).chain(gifts) {
            no_currency("units and vouchers", name, report);
            match things.get(name.text.as_str()) {
                Some((_, first)) => report.push(
                    Diagnostic::new(
                        Code::N102,
                        name.span,
                        format!("`{}` would mean two things behind a number", name.text),
                    )
                    .label("once more here")
                    .other(*first, "first here")
                    .help("units, their singular forms and vouchers need different names"),
                ),
                None => {
                    things.insert(&name.text, (thing, name.span));
                }
            }
        }
        for reward in all.rewards.iter() {
            no_currency("rewards", reward.name, report);
            if let Some((_, first)) = things.get(reward.name.text.as_str()) {
                let message = format!("`{}` would mean two things behind a number", reward.name.text);
                report.push(
                    Diagnostic::new(Code::N102, reward.name.span, message)
                        .label("once more here")
                        .other(*first, "first here")
                        .help("units, their singular forms, vouchers and rewards need different names"),
                );
            }
        }
        self.things = things;
    }

    fn read_tiers(&mut self, all: &Declared<'a>, report: &mut Report) {
        let mut spans: BTreeMap<&'a str, Span> = BTreeMap::new();
        for block in all.tiers.iter() {
            let id = TiersId(block.id);
            let mut levels = Vec::new();
            for line in &block.node.lines {
                let TiersLine::Tier { name, .. } = &line.kind else { continue };
                if let Some(first) = spans.get(name.text.as_str()) {
                    table::twice("tier", name, *first, report);
                    continue;
                }
                spans.insert(&name.text, name.span);
                self.levels.insert(&name.text, (id, levels.len() as i64));
                levels.push(name);
            }
            self.tiers.push(TiersFacts { id, name: block.name, levels });
        }
        table::alike("tier", spans.iter().map(|(name, span)| (*name, Some(*span))), report);
    }

    /// What a name behind a number means. Does not count as use.
    /// All units that can be spent, by id.
    pub(super) fn spendable_units(&self) -> impl Iterator<Item = UnitId> {
        let units = self.units.iter().filter(|unit| unit.kind.is_spendable());
        units.map(|unit| unit.id)
    }

    pub(super) fn thing(&self, name: &str) -> Option<Thing<'a>> {
        self.things.get(name).map(|(thing, _)| *thing)
    }

    /// Names that can stand behind a number, for "did you mean".
    pub(super) fn thing_candidates(&self) -> impl Iterator<Item = (&str, Option<Span>)> {
        self.things.iter().map(|(name, (_, span))| (*name, Some(*span)))
    }

    /// A unit.
    pub(super) fn unit(&self, id: UnitId) -> Option<&UnitFacts<'a>> {
        self.units.get(id.index())
    }

    /// The attributes of an event.
    pub(super) fn event(&self, id: EventKindId) -> Option<&Schema<'a>> {
        self.events.get(id.index())
    }

    /// Names of tiers, for "did you mean".
    pub(super) fn tier_candidates(&self) -> impl Iterator<Item = (&str, Option<Span>)> {
        self.tiers
            .iter()
            .flat_map(|tiers| tiers.levels.iter().map(|name| (name.text.as_str(), Some(name.span))))
    }
}

/// N107: three capital letters are always a currency.
pub(super) fn no_currency(what: &str, name: &Name, report: &mut Report) {
    if is_currency(&name.text) {
        report.say(
            Code::N107,
            name.span,
            format!("`{}` would be read as a currency", name.text),
            format!("three capital letters are always a currency; {what} need another name"),
        );
    }
}

/// Names, singulars and decimals of all units, by id.
fn units<'a>(all: &Declared<'a>, currency_digits: u32, report: &mut Report) -> Vec<UnitFacts<'a>> {
    all.units
        .iter()
        .map(|entry| {
            let mut singular: Once<&'a Name> = Once::new("singular");
            let mut decimals: Once<Number> = Once::new("decimals");
            let mut precise = false;
            for line in &entry.node.lines {
                match &line.kind {
                    UnitLine::Singular(name) => singular.set(name, line.span, report),
                    UnitLine::Decimals(number) => {
                        precise = true;
                        decimals.set(*number, line.span, report);
                    }
                    UnitLine::Round(_) => precise = true,
                    UnitLine::Worth(_)
                    | UnitLine::Activate(_)
                    | UnitLine::Expire(_)
                    | UnitLine::NoExpiry(_)
                    | UnitLine::SpendOrder(_) => {}
                }
            }
            let digits = decimals.value().and_then(|number| {
                numbers::whole(number.value, (0, 4), ("the number of decimals", number.span), report)
            });
            let digits = match &entry.node.kind {
                // money has the coins of its currency
                UnitKind::Money(_) => Some(currency_digits.min(4)),
                _ => digits.and_then(|digits| u32::try_from(digits).ok()),
            };
            UnitFacts {
                id: UnitId(entry.id),
                name: entry.name,
                singular: singular.value(),
                kind: entry.node.kind.clone(),
                decimals: digits.unwrap_or(0),
                precise,
            }
        })
        .collect()
}
