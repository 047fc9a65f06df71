//! What a purchase was judged by, in a snapshot.

use super::restore::{Restore, checked, in_order};
use super::restore_receipts::value;
use super::take::{Names, micros, value_state};
use super::{
    AttributeState, EventState, FrozenLevelState, FrozenState, MeansState, Named, SlotState, SnapshotError,
};
use crate::account::{Frozen, Meters, NO_VALUE, Values};
use crate::event::{Event, Kind};
use crate::wire::parse_amount;
use std::sync::Arc;

/// The state of what was frozen.
pub(super) fn state(names: &Names<'_>, frozen: &Frozen) -> FrozenState {
    let counters = frozen.meters.iter().map(|(meter, slot, value)| SlotState {
        counter: names.meter(*meter).to_owned(),
        slot: *slot,
        value: value.to_string(),
    });
    let last = frozen.last.iter().map(|(kind, at, day)| EventState {
        event: names.0.event_name(*kind).to_owned(),
        at: *at,
        day: *day,
    });
    let member = frozen.member.iter().filter_map(|(place, text)| {
        let attribute = names.0.member_attributes.get(usize::from(*place))?;
        Some(Named { name: attribute.name.as_ref().to_owned(), text: text.as_ref().to_owned() })
    });
    let (mut counters, mut last_events, mut member): (Vec<_>, Vec<_>, Vec<_>) =
        (counters.collect(), last.collect(), member.collect());
    counters.sort_by(|one, two| (&one.counter, one.slot).cmp(&(&two.counter, two.slot)));
    last_events.sort_by(|one, two| one.event.cmp(&two.event));
    member.sort_by(|one, two| one.name.cmp(&two.name));
    let option = |text: &Option<Box<str>>| text.as_deref().map(ToOwned::to_owned);
    FrozenState {
        counters,
        values: frozen.values.iter().map(|(number, value)| (*number, value.as_ref().to_owned())).collect(),
        tiers: frozen
            .levels
            .iter()
            .map(|(tiers, level)| FrozenLevelState {
                tiers: names.0.tiers_name(*tiers).to_owned(),
                level: names.0.level_name(*tiers, *level).to_owned(),
            })
            .collect(),
        last_events,
        member,
        channel: option(&frozen.channel),
        store: option(&frozen.store),
        partner: option(&frozen.partner),
        payments: frozen
            .payments
            .iter()
            .map(|(means, amount)| MeansState { means: means.as_ref().to_owned(), amount: micros(*amount) })
            .collect(),
        presented: frozen.presented.iter().map(|voucher| names.0.voucher_name(*voucher).to_owned()).collect(),
        attributes: frozen
            .attributes
            .iter()
            .map(|(name, value)| AttributeState { name: name.as_ref().to_owned(), value: value_state(value) })
            .collect(),
        plan: frozen.plan.map(|plan| names.0.plan_name(plan).to_owned()),
    }
}

impl Restore<'_> {
    /// What a purchase was judged by.
    pub(super) fn frozen(&self, id: &str, state: FrozenState) -> Result<Arc<Frozen>, SnapshotError> {
        let wrong = |problem| SnapshotError::value("receipt", id, problem);
        let slot = |slot: &SlotState| (slot.counter.clone(), slot.slot);
        in_order("counters of a receipt", &state.counters, slot, |slot| slot.counter.clone())?;
        let mut meters = Meters::default();
        for slot in &state.counters {
            let value = parse_amount(&slot.value, 0).filter(|value| *value != 0);
            let value = value.ok_or_else(|| wrong("a counter is zero or no number"))?;
            meters.add(self.meter(&slot.counter)?, slot.slot, value);
        }
        let mut values = Values::default();
        for (number, value) in &state.values {
            if *number == NO_VALUE || !values.put(*number, value) {
                return Err(wrong("a value of a cap is there twice, or its number is none"));
            }
        }
        let mut levels = Vec::new();
        for held in &state.tiers {
            let tiers = self.program.tiers_named(&held.tiers)?;
            levels.push((tiers, self.program.level_named(tiers, &held.level)?));
        }
        let mut last = Vec::new();
        for event in &state.last_events {
            last.push((self.program.any_event_named(&event.event)?, event.at, event.day));
        }
        let mut member = Vec::new();
        for Named { name, text } in &state.member {
            let place = self.program.member_attributes.iter().position(|attribute| *attribute.name == **name);
            let place = place.and_then(|place| u16::try_from(place).ok());
            let place = place.ok_or_else(|| wrong("an attribute of the member is not known"))?;
            member.push((place, text.as_str().into()));
        }
        levels.sort();
        last.sort();
        member.sort();
        let twice = levels.windows(2).any(|pair| matches!(pair, [one, two] if one.0 == two.0))
            || last.windows(2).any(|pair| matches!(pair, [one, two] if one.0 == two.0))
            || member.windows(2).any(|pair| matches!(pair, [one, two] if one.0 == two.0));
        if twice {
            return Err(wrong("something that it was judged by is there twice"));
        }
        let mut frozen = carried(id, &state).ok_or_else(|| wrong("what its event carried cannot be"))?;
        let presented: Result<Vec<_>, _> =
            state.presented.iter().map(|name| self.program.voucher_named(name)).collect();
        frozen.presented = presented?.into();
        frozen.meters = meters.all().into();
        frozen.values = values.all().into();
        frozen.plan = state.plan.as_ref().map(|name| self.program.plan_named(name)).transpose()?;
        (frozen.levels, frozen.last, frozen.member) = (levels.into(), last.into(), member.into());
        Ok(Arc::new(frozen))
    }
}

/// What the event itself carried, as an event could carry it.
fn carried(id: &str, state: &FrozenState) -> Option<Frozen> {
    checked("receipt", id).ok()?;
    let mut event = Event::named("purchase", id, "member", "2026-01-01T00:00:00Z");
    if let Some(channel) = &state.channel {
        event = event.channel(channel);
    }
    if let Some(store) = &state.store {
        event = event.store(store);
    }
    if let Some(partner) = &state.partner {
        event = event.partner(partner);
    }
    for payment in &state.payments {
        event = event.payment(&payment.means, &payment.amount);
    }
    for attribute in &state.attributes {
        event = event.attribute(&attribute.name, value(attribute.value.clone()));
    }
    let event = event.build().ok()?;
    let Kind::Named(named) = event.kind else { return None };
    Some(Frozen {
        channel: named.channel,
        store: named.store,
        partner: named.partner,
        payments: named.payments,
        attributes: event.attributes,
        ..Frozen::default()
    })
}
