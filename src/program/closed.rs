//! What other versions of a program have and this one does not.
//!
//! An account may hold what a version gave that is no longer in force, or not yet. So every version of a program knows
//! the names of all others: their units, vouchers, choices, cards, kinds of events and counters stand at the ends of
//! its tables, closed. Nothing gives or takes what is closed, but its books are kept, and it ends by the terms it was
//! given with. What only gave something (rules, rewards, conversions, referrals, levels) is kept as a name.

use super::own_days::OwnPlaces;
use super::{
    Activate, Activity, Award, AwardThing, Card, Choice, EventKind, EventKindId, Expire, Measure, Meter,
    MeterId, ParameterId, Program, Rebate, RebateCounts, RebateKind, RebateSpan, StagePays, Unit, Validity,
    Voucher,
};
use crate::calendar::OWN_DAYS;

/// No event has this kind, so nothing that waits for it ever fires.
const NEVER: EventKindId = EventKindId(u32::MAX);

/// How many entries of each table are the version's own. What is behind them is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Own {
    pub(crate) units: usize,
    pub(crate) vouchers: usize,
    pub(crate) cards: usize,
    pub(crate) events: usize,
    pub(crate) charities: usize,
}

/// What gave something under another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Former {
    pub(crate) kind: FormerKind,
    pub(crate) name: Box<str>,
    /// Of a tiers block, the level.
    pub(crate) level: Option<Box<str>>,
}

/// What can give something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FormerKind {
    /// An `earn` or `bonus`.
    Rule,
    /// The entry gift of a level.
    Tier,
    /// A challenge.
    Challenge,
    /// A streak.
    Streak,
    /// A draw.
    Draw,
    /// A referral.
    Referral,
    /// A reward.
    Reward,
    /// A conversion.
    Convert,
    /// A donation.
    Donation,
    /// Milestones.
    Milestones,
}

/// An activity, by the names of its version.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    /// An event.
    Event(Box<str>),
    /// A booking of a unit.
    Earning(Box<str>),
    /// A request.
    Redemption,
}

/// All that is to be added to a version.
#[derive(Debug, Clone, Default)]
pub(crate) struct Closed {
    units: Vec<Unit>,
    vouchers: Vec<Voucher>,
    cards: Vec<(Card, String)>,
    choices: Vec<(Choice, Vec<String>)>,
    events: Vec<EventKind>,
    meters: Vec<Meter>,
    charities: Vec<Box<str>>,
    /// Rebates of other versions, each with the name of its unit: what they have collected is paid on their terms.
    rebates: Vec<(Rebate, Box<str>)>,
    /// Attributes by which periods start.
    own_days: Vec<Box<str>>,
    /// Parameters by which rebates of other versions pay.
    parameters: Vec<Box<str>>,
    /// What keeps alive what other versions gave, and asks nobody here.
    activities: Vec<Kept>,
    former: Vec<Former>,
}

impl Closed {
    /// What a program does not have of all the others.
    pub(crate) fn of<'p>(program: &Program, others: impl Iterator<Item = &'p Program>) -> Self {
        let mut closed = Self::default();
        for other in others {
            closed.add(program, other);
        }
        closed
    }

    /// Where this program has the days on which the other one's own periods start.
    fn own_days(&mut self, program: &Program, other: &Program) -> OwnPlaces {
        let places = other.own_days.iter().map(|day| {
            let all = || program.own_days.iter().map(|day| &day.name).chain(&self.own_days);
            if !all().any(|name| *name == day.name) {
                self.own_days.push(day.name.clone());
            }
            let all = program.own_days.iter().map(|day| &day.name).chain(&self.own_days);
            all.take(OWN_DAYS).position(|name| *name == day.name).and_then(|place| u8::try_from(place).ok())
        });
        OwnPlaces(places.collect())
    }

    fn add(&mut self, program: &Program, other: &Program) {
        let own_days = self.own_days(program, other);
        let units = other.units.iter().filter(|unit| program.unit_named(&unit.name).is_err());
        for unit in units {
            if !self.units.iter().any(|known| known.name == unit.name) {
                // a choice may still give it: on its terms, but for those that ask what the other version knows
                let lines = unit.expire.iter().copied();
                let expire = lines.filter(|line| !matches!(line, Expire::Without(..)));
                let expire = expire.map(|line| own_days.expire(line)).collect();
                let activate = match unit.activate {
                    Activate::On(_) | Activate::OnEvent(_) => Activate::AtOnce,
                    activate => own_days.activate(activate),
                };
                self.units.push(Unit { activate, expire, hold: None, ..unit.clone() });
            }
        }
        let vouchers = other.vouchers.iter().filter(|known| program.voucher_named(&known.name).is_err());
        for voucher in vouchers {
            if !self.vouchers.iter().any(|known| known.name == voucher.name) {
                let activate = match voucher.activate {
                    Activate::On(_) | Activate::OnEvent(_) => Activate::AtOnce,
                    activate => own_days.activate(activate),
                };
                let (items, when, caps) = (None, None, Box::from([]));
                let end = own_days.voucher_end(voucher.end);
                self.vouchers.push(Voucher { items, when, caps, activate, end, ..voucher.clone() });
            }
        }
        for card in other.cards.iter().filter(|card| program.card_named(&card.name).is_err()) {
            if !self.cards.iter().any(|(known, _)| known.name == card.name) {
                let gives = other.thing_called(card.reward.thing).to_owned();
                let (valid, expire, caps) = (Validity::Always, Box::from([]), Box::from([]));
                let (items, when) = (None, None);
                let closed = Card { on: NEVER, valid, items, when, caps, expire, ..card.clone() };
                self.cards.push((closed, gives));
            }
        }
        for choice in other.choices.iter().filter(|choice| program.choice_named(&choice.name).is_err()) {
            if !self.choices.iter().any(|(known, _)| known.name == choice.name) {
                let gives = choice.entries.iter().chain(&choice.otherwise);
                let gives = gives.map(|award| other.thing_called(award.thing).to_owned()).collect();
                self.choices.push((choice.clone(), gives));
            }
        }
        for kind in other.events.iter().filter(|kind| program.any_event_named(&kind.name).is_err()) {
            if !self.events.iter().any(|known| known.name == kind.name) {
                self.events.push(EventKind { name: kind.name.clone(), attributes: Box::from([]) });
            }
        }
        for meter in &other.meters {
            let known = program.meters.iter().chain(&self.meters).any(|known| known.name == meter.name);
            if !known {
                // counts for an event that never comes
                let slots = own_days.slots(meter.slots);
                self.meters.push(Meter { measure: Measure::Events(NEVER), slots, ..meter.clone() });
            }
        }
        for charity in other.charities.iter().filter(|name| program.charity_named(name).is_err()) {
            if !self.charities.contains(charity) {
                self.charities.push(charity.clone());
            }
        }
        self.add_rebates(program, other, &own_days);
        self.add_activities(program, other);
        self.add_sources(program, other);
    }

    /// What one version gave lasts as long as it said, so all of them note what keeps it alive.
    fn add_activities(&mut self, program: &Program, other: &Program) {
        let named = |program: &Program| -> Vec<Kept> {
            let all = program.activities.iter().flat_map(|list| list.iter());
            let named = all.map(|activity| match *activity {
                Activity::Event(kind) => Kept::Event(program.event_name(kind).into()),
                Activity::Earning(unit) => Kept::Earning(program.unit_name(unit).into()),
                Activity::Redemption => Kept::Redemption,
            });
            named.collect()
        };
        let known = named(program);
        for kept in named(other) {
            if !known.contains(&kept) && !self.activities.contains(&kept) {
                self.activities.push(kept);
            }
        }
    }

    fn add_rebates(&mut self, program: &Program, other: &Program, own_days: &OwnPlaces) {
        for rebate in &other.rebates {
            // what a later version says of a rebate that is here as well is not asked here
            let here = program.rebate_named(&rebate.name).is_ok();
            let asks = rebate.kind == RebateKind::Award && rebate.when.is_some();
            let mut rebate = rebate.clone();
            // nobody can judge any more whether a period is paid that is not closed yet
            rebate.is_judged &= here || !asks;
            if !here || other.effective_from < program.effective_from {
                for stage in &mut rebate.terms.stages {
                    stage.pays = self.parameters_of(stage.pays, program, other);
                }
                for cap in &mut rebate.terms.windows {
                    cap.meter = self.meter_of(cap.meter, program, other);
                }
                if let Some(lots) = &mut rebate.terms.lots {
                    lots.activate = lots.activate.map(|activate| own_days.activate(activate));
                    lots.expire.iter_mut().for_each(|line| *line = own_days.expire(*line));
                }
                let gives = other.thing_called(rebate.terms.gives).into();
                let counts = match rebate.counts {
                    // of what is told of it only the decimals are asked
                    RebateCounts::Earned { .. } | RebateCounts::PaidWith(_) | RebateCounts::Spend => {
                        RebateCounts::Spend
                    }
                    RebateCounts::ByCategory => RebateCounts::ByCategory,
                };
                (rebate.span, rebate.items, rebate.when) = (RebateSpan::Closed, None, None);
                self.rebates.push((Rebate { counts, ..rebate }, gives));
            }
        }
        self.rebates.sort_by(|(one, _), (two, _)| (&one.name, one.since).cmp(&(&two.name, two.since)));
    }

    /// The counter of another version by the place that it has here: all of them were added before.
    fn meter_of(&self, meter: MeterId, program: &Program, other: &Program) -> MeterId {
        let name = other.meters.get(meter.index()).map(|meter| &meter.name);
        let mut all = program.meters.iter().chain(&self.meters);
        let place = all.position(|known| Some(&known.name) == name);
        MeterId(place.and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX))
    }

    /// What a stage pays, with the parameter by the place that it has here.
    fn parameters_of(&mut self, pays: StagePays, program: &Program, other: &Program) -> StagePays {
        let Some(id) = pays.parameter() else { return pays };
        let name = other.parameter_name(id);
        if !program.parameters.iter().chain(&self.parameters).any(|known| **known == *name) {
            self.parameters.push(name.into());
        }
        let mut all = program.parameters.iter().chain(&self.parameters);
        let place = all.position(|known| **known == *name);
        let id = ParameterId(place.and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX));
        match pays {
            StagePays::PartOf(rate, _) => StagePays::PartOf(rate, id),
            _ => StagePays::Announced(id),
        }
    }

    fn add_sources(&mut self, program: &Program, other: &Program) {
        let mut add = |kind, name: &str, level: Option<&str>| {
            let former = Former { kind, name: name.into(), level: level.map(Into::into) };
            if !self.former.contains(&former) {
                self.former.push(former);
            }
        };
        for rule in other.rules.iter().filter(|rule| program.rule_named(&rule.name).is_err()) {
            add(FormerKind::Rule, &rule.name, None);
        }
        for referral in other.referrals.iter().filter(|it| program.referral_named(&it.name).is_err()) {
            add(FormerKind::Referral, &referral.name, None);
        }
        for it in other.challenges.iter().filter(|it| program.challenge_named(&it.name).is_err()) {
            add(FormerKind::Challenge, &it.name, None);
        }
        for it in other.streaks.iter().filter(|it| program.streak_named(&it.name).is_err()) {
            add(FormerKind::Streak, &it.name, None);
        }
        for it in other.draws.iter().filter(|it| program.draw_named(&it.name).is_err()) {
            add(FormerKind::Draw, &it.name, None);
        }
        for reward in other.rewards.iter().filter(|it| program.reward_named(&it.name).is_err()) {
            add(FormerKind::Reward, &reward.name, None);
        }
        for convert in other.converts.iter().filter(|it| program.convert_named(&it.name).is_err()) {
            add(FormerKind::Convert, &convert.name, None);
        }
        for donation in other.donations.iter().filter(|it| program.donation_named(&it.name).is_err()) {
            add(FormerKind::Donation, &donation.name, None);
        }
        for block in other.milestones.iter().filter(|it| program.milestones_named(&it.name).is_err()) {
            add(FormerKind::Milestones, &block.name, None);
        }
        for tiers in &other.tiers {
            let here = program.tiers_named(&tiers.name);
            for level in &tiers.levels {
                let known = here.as_ref().is_ok_and(|id| program.level_named(*id, &level.name).is_ok());
                if !known {
                    add(FormerKind::Tier, &tiers.name, Some(&level.name));
                }
            }
        }
    }

    /// Whether there is nothing to add.
    pub(crate) fn is_empty(&self) -> bool {
        self.names().is_empty()
    }

    /// Everything that is added, as a text: what tells two programs apart that are the same but for this.
    pub(crate) fn names(&self) -> String {
        let mut text = String::new();
        let units = self.units.iter().map(|unit| ("unit", &unit.name));
        let vouchers = self.vouchers.iter().map(|voucher| ("voucher", &voucher.name));
        let cards = self.cards.iter().map(|(card, _)| ("card", &card.name));
        let choices = self.choices.iter().map(|(choice, _)| ("choice", &choice.name));
        let events = self.events.iter().map(|kind| ("event", &kind.name));
        let meters = self.meters.iter().map(|meter| ("counter", &meter.name));
        let charities = self.charities.iter().map(|name| ("charity", name));
        let rebates = self.rebates.iter().map(|(rebate, _)| ("rebate", &rebate.name));
        let named = units.chain(vouchers).chain(cards).chain(choices).chain(events).chain(meters);
        let named = named.chain(charities).chain(rebates);
        for (kind, name) in named {
            text.push_str(&format!("{kind} {name:?}\n"));
        }
        for day in &self.own_days {
            text.push_str(&format!("day {day:?}\n"));
        }
        for parameter in &self.parameters {
            text.push_str(&format!("parameter {parameter:?}\n"));
        }
        for kept in &self.activities {
            text.push_str(&format!("activity {kept:?}\n"));
        }
        for former in &self.former {
            text.push_str(&format!("{former:?}\n"));
        }
        text
    }
}

fn extend<T>(table: &mut Box<[T]>, more: Vec<T>) {
    let mut all = std::mem::take(table).into_vec();
    all.extend(more);
    *table = all.into();
}

impl Program {
    /// Adds what is closed to the ends of the tables.
    pub(crate) fn close(&mut self, closed: Closed) {
        let Closed {
            units,
            vouchers,
            cards,
            choices,
            events,
            meters,
            charities,
            rebates,
            own_days,
            parameters,
            activities,
            former,
        } = closed;
        self.add_own_days(&own_days);
        extend(&mut self.units, units);
        extend(&mut self.vouchers, vouchers);
        extend(&mut self.events, events);
        extend(&mut self.meters, meters);
        extend(&mut self.charities, charities);
        // these give what stands in the other tables; of a choice that is a choice of others, by its whole phrase
        let (choices, entries): (Vec<Choice>, Vec<Vec<String>>) = choices.into_iter().unzip();
        let first = self.choices.len();
        extend(&mut self.choices, choices);
        for (place, names) in entries.into_iter().enumerate() {
            let things: Vec<Option<AwardThing>> = names.iter().map(|name| self.award_thing(name)).collect();
            let Some(choice) = self.choices.get_mut(first + place) else { continue };
            let awards = choice.entries.iter_mut().chain(&mut choice.otherwise);
            for (award, thing) in awards.zip(things) {
                award.thing = thing.unwrap_or(award.thing);
            }
        }
        let cards = cards.into_iter().map(|(card, gives)| {
            let thing = self.award_thing(&gives).unwrap_or(card.reward.thing);
            Card { reward: Award { thing, ..card.reward }, ..card }
        });
        let cards: Vec<Card> = cards.collect();
        extend(&mut self.cards, cards);
        self.former = former.into();
        extend(&mut self.parameters, parameters);
        self.close_rebates(rebates);
        let mut activities: Vec<Activity> =
            activities.iter().filter_map(|kept| self.activity(kept)).collect();
        if !activities.is_empty() {
            activities.sort_unstable();
            extend(&mut self.activities, vec![activities.into()]);
        }
    }

    fn activity(&self, kept: &Kept) -> Option<Activity> {
        Some(match kept {
            Kept::Event(name) => Activity::Event(self.any_event_named(name).ok()?),
            Kept::Earning(name) => Activity::Earning(self.unit_named(name).ok()?),
            Kept::Redemption => Activity::Redemption,
        })
    }

    /// Adds what other versions said under the names of rebates, the oldest first.
    fn close_rebates(&mut self, closed: Vec<(Rebate, Box<str>)>) {
        let mut all = std::mem::take(&mut self.rebates).into_vec();
        for (mut rebate, gives) in closed {
            let Some(gives) = self.award_thing(&gives) else { continue };
            rebate.terms.gives = gives;
            let Some(known) = all.iter_mut().find(|known| known.name == rebate.name) else {
                all.push(rebate);
                continue;
            };
            let mut earlier = std::mem::take(&mut known.earlier).into_vec();
            if known.span == RebateSpan::Closed {
                // the newest stands for all days on which no version has it
                earlier.push((known.since, std::mem::replace(&mut known.terms, rebate.terms)));
                known.since = rebate.since;
            } else {
                earlier.push((rebate.since, rebate.terms));
            }
            known.earlier = earlier.into();
        }
        self.rebates = all.into();
    }

    /// Whether a unit or voucher is of another version only.
    pub(crate) fn is_closed(&self, thing: AwardThing) -> bool {
        match thing {
            AwardThing::Unit(unit) => unit.index() >= self.own.units,
            AwardThing::Voucher(voucher) => voucher.index() >= self.own.vouchers,
            AwardThing::Choice(_) => false,
        }
    }

    /// The name of a unit or voucher, or the phrase of a choice.
    pub(crate) fn thing_called(&self, thing: AwardThing) -> &str {
        match thing {
            AwardThing::Unit(unit) => self.unit_name(unit),
            AwardThing::Voucher(voucher) => self.voucher_name(voucher),
            AwardThing::Choice(choice) => self.choice_name(choice),
        }
    }

    /// Units and vouchers have one space of names, and no choice is called like one of them.
    fn award_thing(&self, name: &str) -> Option<AwardThing> {
        let unit = self.unit_named(name).map(AwardThing::Unit);
        let thing = unit.or_else(|_| self.voucher_named(name).map(AwardThing::Voucher));
        thing.or_else(|_| self.choice_named(name).map(AwardThing::Choice)).ok()
    }
}
