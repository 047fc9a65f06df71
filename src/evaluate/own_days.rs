//! What changes with the day on which periods of a member start.
//!
//! The period that runs takes over what was counted in the one that ran, the one before it what was counted before, and
//! so on: so nothing that was counted is lost, and no cap is opened anew. What is booked keeps its dates.

use super::draft::Draft;
use crate::account::{Change, MeterShare, PassedMark, Receipt, StreakState};
use crate::calendar::{Anchors, Date, Period};
use crate::program::{MeterId, Program, Slots, StreakId, TiersId, each_slot, each_start, each_value};
use std::sync::Arc;

/// Turns a draft to the days that the attributes say which it has changed so far.
pub(super) fn turn(draft: &mut Draft<'_>) {
    // the periods of an account start on the days of its first member
    if draft.program.own_days.is_empty() || draft.account.turned().is_some() {
        return;
    }
    let changes = &draft.postings.changes;
    let days = draft.program.days_of(|place| {
        let changed = changes.iter().rev().find_map(|change| match change {
            Change::Attribute(other, text) if *other == place => Some(text.as_deref()),
            _ => None,
        });
        changed.unwrap_or_else(|| draft.account.attributes.get(usize::from(place))?.as_deref())
    });
    let before = draft.anchors;
    if days == before.days {
        return;
    }
    let today = draft.today();
    let after = Anchors { days, ..before };
    let turned = Turned { today, before, after };
    turned.counters(draft);
    turned.marks(draft);
    turned.receipts(draft);
    turned.levels(draft);
    turned.streaks(draft);
    draft.turn_to(after);
}

/// Two sets of days, and the day on which one follows the other.
struct Turned {
    today: Date,
    before: Anchors,
    after: Anchors,
}

impl Turned {
    /// The start that takes the place of another: as many months away from the period that runs.
    fn start(&self, period: Period, start: Date) -> Option<Date> {
        let Period::Own(place) = period else { return None };
        let day = self.after.own_day(place);
        if day == self.before.own_day(place) {
            return None;
        }
        let month = |anchors| {
            let (year, month, _) = period.start_of(self.today, anchors).ymd();
            12 * i64::from(year) + i64::from(month)
        };
        let (year, month, _) = start.plus_months(month(&self.after) - month(&self.before)).ymd();
        Date::from_ymd(year, month, day)
    }

    fn counters(&self, draft: &mut Draft<'_>) {
        let account = draft.account;
        self.counters_of(draft, account.meters.all());
        for (place, counted) in account.parked_counters() {
            draft.change(Change::Turn(place));
            self.counters_of(draft, counted);
            draft.change(Change::Turn(0));
        }
    }

    fn counters_of(&self, draft: &mut Draft<'_>, counted: &[(MeterId, i64, i64)]) {
        for (meter, slot, value) in counted.iter().copied() {
            let Some(turned) = self.slot(draft.program, meter, slot) else { continue };
            draft.change(Change::Meter(meter, slot, -value));
            draft.change(Change::Meter(meter, turned, value));
        }
    }

    /// The slot that takes the place of another slot of a counter.
    fn slot(&self, program: &Program, meter: MeterId, slot: i64) -> Option<i64> {
        let slots = program.meters.get(meter.index())?.slots;
        let (period, start) = match slots {
            Slots::Period(period) => (period, slot),
            Slots::Each(period) => (period, each_start(slot)),
            _ => return None,
        };
        let start = i32::try_from(start).ok().and_then(Date::from_days)?;
        let turned = i64::from(self.start(period, start)?.days());
        Some(match slots {
            Slots::Each(_) => each_slot(turned, each_value(slot)),
            _ => turned,
        })
    }

    /// Marks go with the count that passed them.
    fn marks(&self, draft: &mut Draft<'_>) {
        let account = draft.account;
        for known in &account.marks {
            let block = draft.program.milestones.get(known.milestones.index());
            let turned = block.and_then(|block| self.slot(draft.program, block.meter, known.slot));
            if let Some(slot) = turned {
                draft.change(Change::Mark(Box::new(*known), false));
                draft.change(Change::Mark(Box::new(PassedMark { slot, ..*known }), true));
            }
        }
    }

    /// What comes back later lowers the count into which it has gone.
    fn receipts(&self, draft: &mut Draft<'_>) {
        let (program, account) = (draft.program, draft.account);
        let slot = |share: &MeterShare| {
            let slots = program.meters.get(share.meter.index())?.slots;
            matches!(slots, Slots::Period(_)).then(|| self.slot(program, share.meter, share.slot))?
        };
        let turns = |receipt: &&Arc<Receipt>| receipt.shares.iter().any(|share| slot(share).is_some());
        let mut found: Vec<&Arc<Receipt>> = account.records.receipts().filter(turns).collect();
        found.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        for receipt in found {
            let mut turned = Receipt::clone(receipt);
            for share in &mut turned.shares {
                share.slot = slot(share).unwrap_or(share.slot);
            }
            draft.change(Change::Returned(Arc::new(turned)));
        }
    }

    /// The period of a run that is played takes the place of the one that was.
    fn streaks(&self, draft: &mut Draft<'_>) {
        let (program, account) = (draft.program, draft.account);
        for (place, (streak, state)) in program.streaks.iter().zip(&account.streaks).enumerate() {
            let first = state.open.and_then(|(first, _)| self.start(streak.per, first));
            if let Some(first) = first {
                let open = Some((first, streak.per.last_day(first, &self.after)));
                draft.change(Change::Streak(StreakId(place as u32), StreakState { open, ..*state }));
            }
        }
    }

    /// Levels remember the window that earned them.
    fn levels(&self, draft: &mut Draft<'_>) {
        let (program, account) = (draft.program, draft.account);
        for (place, (tiers, state)) in program.tiers.iter().zip(&account.tiers).enumerate() {
            let mut next = state.clone();
            let Some(period) = tiers.period() else { continue };
            let turn = |window: &mut Date| {
                if let Some(turned) = self.start(period, *window) {
                    *window = turned;
                }
            };
            next.holds.iter_mut().filter_map(|hold| hold.window.as_mut()).for_each(turn);
            next.carries.iter_mut().for_each(|carry| {
                turn(&mut carry.window);
                turn(&mut carry.into);
            });
            next.kept.iter_mut().for_each(|kept| turn(&mut kept.window));
            next.seen.iter_mut().for_each(|(window, _)| turn(window));
            if next != *state {
                draft.change(Change::Tier(TiersId(place as u32), Box::new(next)));
            }
        }
    }
}

impl Draft<'_> {
    /// Takes from a counter. What a period took over is not in the period of its own date any more, so of a period
    /// that starts on the member's own day no more comes back than it holds.
    #[cold]
    pub(super) fn uncount_own(&mut self, meter: MeterId, slot: i64, by: i64) {
        let slots = self.program.meters.get(meter.index()).map(|meter| meter.slots);
        let by = match slots {
            Some(Slots::Period(Period::Own(_)) | Slots::Each(Period::Own(_))) => {
                by.min(self.meter(meter, slot).max(0))
            }
            _ => by,
        };
        if by != 0 {
            self.change(Change::Meter(meter, slot, -by));
        }
    }
}
