//! Counters and filters of the account: each one once, under a canonical name.

use super::canonical;
use super::times;
use crate::calendar::{Duration, Period};
use crate::program::{Challenge, FilterId, ID_DAYS, Measure, Meter, MeterId, OwnDay, Slots, Symbols, Test};
use std::collections::BTreeMap;

/// All counters that the program asks for so far.
#[derive(Debug)]
pub(super) struct Counters {
    /// Days that a late event may lie behind.
    late: u32,
    meters: Vec<Meter>,
    by_name: BTreeMap<String, MeterId>,
    filters: Vec<Test>,
    filters_by_name: BTreeMap<String, FilterId>,
    /// The attributes on which periods of a member start.
    own_days: Vec<OwnDay>,
}

impl Counters {
    /// No counters; `late` is how many days an event may come late, `own_days` on what periods of a member start.
    pub(super) const fn new(late: u32, own_days: Vec<OwnDay>) -> Self {
        Self {
            late,
            meters: Vec::new(),
            by_name: BTreeMap::new(),
            filters: Vec::new(),
            filters_by_name: BTreeMap::new(),
            own_days,
        }
    }

    /// The filter of a condition on items, with its canonical name.
    pub(super) fn filter(
        &mut self,
        test: Test,
        symbols: &Symbols,
        names: &canonical::Names<'_>,
    ) -> (FilterId, String) {
        let name = canonical::test(&test, symbols, names);
        if let Some(known) = self.filters_by_name.get(&name) {
            return (*known, name);
        }
        let id = FilterId(self.filters.len() as u32);
        self.filters.push(test);
        self.filters_by_name.insert(name.clone(), id);
        (id, name)
    }

    /// The counter of a measure. `what` is the canonical name of the measure, `back_days` how far the question looks
    /// back at most; nothing is for ever.
    pub(super) fn meter(
        &mut self,
        what: &str,
        measure: Measure,
        slots: Slots,
        back_days: Option<u32>,
    ) -> MeterId {
        let name = format!("{what} {}", slots_name(slots, &self.own_days)).trim_end().to_owned();
        let keep_days = back_days.map(|days| days.saturating_add(self.late));
        if let Some(known) = self.by_name.get(&name) {
            if let Some(meter) = self.meters.get_mut(known.index()) {
                // nothing is for ever and wins
                meter.keep_days = meter.keep_days.zip(keep_days).map(|(one, other)| one.max(other));
            }
            return *known;
        }
        let id = MeterId(self.meters.len() as u32);
        self.meters.push(Meter { name: name.as_str().into(), measure, slots, keep_days });
        self.by_name.insert(name, id);
        id
    }

    /// The counter of a cap or tier window: one slot a period.
    pub(super) fn window(&mut self, what: &str, measure: Measure, period: Period, windows: u32) -> MeterId {
        let back = times::period_days(period).map(|days| days.saturating_mul(windows));
        self.meter(what, measure, Slots::Period(period), back)
    }

    /// Keeps what a counter has counted: what asks it may come long after.
    pub(super) fn keep_for_ever(&mut self, meter: MeterId) {
        if let Some(meter) = self.meters.get_mut(meter.index()) {
            meter.keep_days = None;
        }
    }

    /// Keeps the rounds of challenges as long as an event of theirs is known and may be cancelled.
    pub(super) fn keep_rounds(&mut self, challenges: &[Challenge], within: Option<Duration>) {
        let asked =
            challenges.iter().flat_map(|it| it.tasks.iter().map(|task| task.meter).chain([it.rounds]));
        for meter in asked {
            let Some(meter) = self.meters.get_mut(meter.index()) else { continue };
            let more = within.map(|within| times::days_at_most(within).saturating_add(ID_DAYS));
            meter.keep_days = meter.keep_days.zip(more).map(|(days, more)| days.saturating_add(more));
        }
    }

    /// The tables, once all is lowered.
    pub(super) fn take_tables(&mut self) -> (Box<[Meter]>, Box<[Test]>) {
        (std::mem::take(&mut self.meters).into(), std::mem::take(&mut self.filters).into())
    }
}

/// The canonical name of slots.
fn slots_name(slots: Slots, own_days: &[OwnDay]) -> String {
    match slots {
        Slots::Ever => "so far".to_owned(),
        Slots::Day => "in day".to_owned(),
        Slots::Minute => "in minute".to_owned(),
        Slots::Since(_) => String::new(),
        Slots::Each(period) => slots_name(Slots::Period(period), own_days),
        Slots::EachFirst => "from first use".to_owned(),
        Slots::Within(one, other) => {
            format!("in {} within {}", period_name(one, own_days), period_name(other, own_days))
        }
        Slots::Period(Period::Day) => "in each day".to_owned(),
        Slots::Period(period) => format!("in {}", period_name(period, own_days)),
    }
}

/// The canonical name of a period.
fn period_name(period: Period, own_days: &[OwnDay]) -> String {
    match period {
        Period::Day => "day".to_owned(),
        Period::Week { starts } => format!("week from {}", starts.word()),
        Period::Month => "month".to_owned(),
        Period::Quarter => "quarter".to_owned(),
        Period::HalfYear => "half-year".to_owned(),
        Period::CalendarYear => "calendar year".to_owned(),
        Period::MembershipYear => "membership year".to_owned(),
        Period::Cycle(cycle) => {
            let from = cycle.from();
            format!("{} months from {:02}-{:02}", cycle.months(), from.month(), from.day())
        }
        Period::Own(place) => {
            let attribute = own_days.get(usize::from(place)).map_or("", |day| &day.name);
            format!("month from {attribute}")
        }
        Period::Campaign => "campaign".to_owned(),
        Period::Lifetime => "lifetime".to_owned(),
    }
}
