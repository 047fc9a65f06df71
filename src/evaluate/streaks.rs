//! Step 10: streaks.
//!
//! A period is won with the event that meets its need, and decided at its end by the clock. What comes back lowers the
//! period that is played; one that has paid stays won, and what is decided stays decided.

use super::challenges::{share_of, take_gifts};
use super::draft::Draft;
use super::game_caps;
use super::judge::{Facts, Truth};
use super::terms::is_valid;
use crate::account::{Change, MeterShare, Receipt, ReceiptAward, StreakState};
use crate::calendar::Date;
use crate::ledger::Source;
use crate::program::{EventKindId, Streak, StreakId};

/// Counts an event for all streaks that wait for it, and pays what its periods win. What it counted and gave is added to
/// what its record keeps.
pub(super) fn count(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    kind: EventKindId,
    awards: &mut Vec<ReceiptAward>,
    shares: &mut Vec<MeterShare>,
) {
    let event = facts.event;
    for (place, streak) in facts.program.streaks.iter().enumerate() {
        let waits = streak.on == kind && is_valid(streak.valid, event.day, event.local);
        let holds = |when| facts.judge(when, None) == Truth::Yes;
        if !waits || !streak.when.as_ref().is_none_or(holds) {
            continue;
        }
        let period = streak.per.range_of(event.day, &draft.anchors);
        if period.last < draft.today() {
            // a late event of a period that is decided
            continue;
        }
        let id = StreakId(place as u32);
        let slot = i64::from(period.first.days());
        let before = state(draft, id);
        if before.open.is_some_and(|open| open != (period.first, period.last)) {
            // a late event of a version that has other periods
            continue;
        }
        let won_before = is_won(draft, streak, before, slot) && !waits_for_gift(streak, before);
        let counted = share_of(facts, draft, (streak.meter, streak.counts), None, awards);
        let Some((share, amount)) = counted else { continue };
        draft.count(streak.meter, slot, amount);
        shares.push(share);
        if !won_before && draft.meter(streak.meter, slot) >= streak.needs {
            win(facts, draft, (id, streak), (period.first, period.last), awards);
        }
    }
}

/// Whether the need of a period was met without that it was won: by a version that asks for less.
fn waits_for_gift(streak: &Streak, state: StreakState) -> bool {
    let length = state.length.saturating_add(1);
    !state.paid && (state.open.is_none() || streak.gifts.iter().any(|(after, _)| *after == length))
}

/// Whether the period of a slot is won.
fn is_won(draft: &Draft<'_>, streak: &Streak, state: StreakState, slot: i64) -> bool {
    state.paid || draft.meter(streak.meter, slot) >= streak.needs
}

/// The need of the period that is played is met: the run has one more.
fn win(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (id, streak): (StreakId, &Streak),
    period: (Date, Date),
    awards: &mut Vec<ReceiptAward>,
) {
    let state = state(draft, id);
    let length = state.length.saturating_add(1);
    let gifts = || streak.gifts.iter().filter(|(after, _)| *after == length).map(|(_, gift)| gift);
    // a length counts as paid though caps may have left nothing
    let paid = gifts().next().is_some();
    game_caps::pay(facts, draft, (Source::Streak(id), &streak.caps), gifts(), awards);
    let open = state.open.or(Some(period));
    draft.change(Change::Streak(id, StreakState { open, paid, ..state }));
}

/// The state of a streak with what this event has done to it.
fn state(draft: &Draft<'_>, id: StreakId) -> StreakState {
    let changed = draft.postings.changes.iter().rev().find_map(|change| match change {
        Change::Streak(other, state) if *other == id => Some(*state),
        _ => None,
    });
    changed.or_else(|| draft.account.streaks.get(id.index()).copied()).unwrap_or_default()
}

/// After something came back, and its counts are gone: a run that had not more than the period which is lost with it never
/// began. Where an event that won a period is cancelled, what the period gave is taken back too.
pub(super) fn recheck(facts: &Facts<'_>, draft: &mut Draft<'_>, receipt: &Receipt) {
    for (place, streak) in facts.program.streaks.iter().enumerate() {
        let id = StreakId(place as u32);
        let mut next = state(draft, id);
        let Some((first, _)) = next.open else {
            resume(draft, (id, streak), receipt);
            continue;
        };
        let slot = i64::from(first.days());
        if draft.meter(streak.meter, slot) >= streak.needs {
            continue;
        }
        let source = Source::Streak(id);
        let gave = receipt.awards.iter().any(|award| award.source == source);
        // its count goes along with a period that starts on another day
        let mine = |share: &MeterShare| share.meter == streak.meter && share.slot == slot;
        let played = receipt.shares.iter().any(mine);
        if next.paid && receipt.cancelled && gave && played {
            next.paid = false;
            take_gifts(facts, draft, receipt, source);
        }
        if next.length == 0 && !next.paid {
            next = StreakState::default();
        }
        if next != state(draft, id) {
            draft.change(Change::Streak(id, next));
        }
    }
}

/// What is booked again after it was taken back may meet the need of a period once more with which its run was lost.
fn resume(draft: &mut Draft<'_>, (id, streak): (StreakId, &Streak), receipt: &Receipt) {
    let share = receipt.shares.iter().find(|share| share.meter == streak.meter);
    let first = share.and_then(|share| Date::from_days(i32::try_from(share.slot).ok()?));
    let period = first.map(|first| (first, streak.per.last_day(first, &draft.anchors)));
    let Some((first, last)) = period.filter(|(_, last)| *last >= draft.today()) else { return };
    if draft.meter(streak.meter, i64::from(first.days())) >= streak.needs {
        let open = Some((first, last));
        draft.change(Change::Streak(id, StreakState { open, ..StreakState::default() }));
    }
}

/// The end of a period has come: it is won or missed, and the next one is played if the run goes on.
pub(super) fn close(draft: &mut Draft<'_>) {
    for (place, streak) in draft.program.streaks.iter().enumerate() {
        let id = StreakId(place as u32);
        let before = state(draft, id);
        let Some((first, _)) = before.open.filter(|(_, last)| *last < draft.day) else { continue };
        let won = is_won(draft, streak, before, i64::from(first.days()));
        let next = before.decided(streak, won, &draft.anchors);
        draft.change(Change::Streak(id, next));
    }
}
