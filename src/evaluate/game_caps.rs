//! Step 10: caps of challenges and streaks.
//!
//! What a round or a length pays is cut by the room in the windows of the day of the event that finishes it. Where times
//! have no room nothing is paid; the round is finished all the same, and nothing is paid later.

use super::challenges::give;
use super::draft::Draft;
use super::judge::Facts;
use super::step04_match::counts_times;
use crate::account::{Receipt, ReceiptAward};
use crate::calendar::Date;
use crate::ledger::{Source, Thing};
use crate::program::{Award, AwardThing, Cap, CapId, CapLimit, CapWindow, MeterId, Program};

/// A gift that caps have cut, for explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GiftCut {
    pub(crate) source: Source,
    pub(crate) thing: AwardThing,
    /// The cap that left least.
    pub(crate) cap: CapId,
    pub(crate) before: i64,
    pub(crate) after: i64,
}

/// Pays gifts of a game as far as its caps have room. What the record of the event keeps of them is added, also where
/// nothing was left of one: that tells that this event has finished the round.
pub(super) fn pay<'g>(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    (source, caps): (Source, &[CapId]),
    gifts: impl Iterator<Item = &'g Award>,
    awards: &mut Vec<ReceiptAward>,
) {
    let mut times = false;
    for gift in gifts {
        let amount = if caps.is_empty() { gift.amount } else { cut(facts, draft, (source, caps), gift) };
        awards.push(give(draft, gift.thing, amount, source));
        times |= amount > 0;
        count(facts, draft, caps, amount, |limit| speaks_of(limit, gift.thing));
    }
    count(facts, draft, caps, i64::from(times), counts_times);
}

/// What caps leave of a gift. The times of a round are counted behind its last gift.
fn cut(facts: &Facts<'_>, draft: &mut Draft<'_>, (source, caps): (Source, &[CapId]), gift: &Award) -> i64 {
    let (mut amount, mut least) = (gift.amount, None);
    for id in caps.iter().copied() {
        let Some(cap) = known(facts.program, id) else { continue };
        let Some((meter, slot)) = place(facts, cap, facts.event.day) else { continue };
        let room = (cap.limit.most() - draft.used(cap, meter, slot)).max(0);
        let left = match cap.limit {
            limit if counts_times(limit) => {
                if room > 0 {
                    continue;
                }
                0
            }
            limit if speaks_of(limit, gift.thing) => room,
            _ => continue,
        };
        if left < amount {
            (amount, least) = (left, Some(id));
        }
    }
    if let Some(cap) = least {
        let (thing, before) = (gift.thing, gift.amount);
        draft.cut.push(GiftCut { source, thing, cap, before, after: amount });
    }
    amount
}

/// Uses up caps of a kind in the windows of the event.
fn count(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    caps: &[CapId],
    by: i64,
    of_kind: impl Fn(CapLimit) -> bool,
) {
    for cap in caps.iter().filter_map(|id| known(facts.program, *id)).filter(|cap| of_kind(cap.limit)) {
        if let Some((meter, slot)) = place(facts, cap, facts.event.day) {
            draft.count(meter, slot, by);
        }
    }
}

/// A round that an event finished is undone: amounts that were taken back, by what they are of, give room back in the
/// windows of its day, and the time that it was.
pub(super) fn give_back(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    caps: &[CapId],
    (receipt, source): (&Receipt, Source),
    taken: &[(Thing, i64)],
) {
    let paid = receipt.awards.iter().any(|award| award.source == source && award.amount > 0);
    for cap in caps.iter().filter_map(|id| known(facts.program, *id)) {
        let Some((meter, slot)) = place(facts, cap, receipt.day) else { continue };
        let by = match cap.limit {
            CapLimit::Times(_) => i64::from(paid),
            CapLimit::Amount(thing, _) => {
                let of_thing = taken.iter().filter(|(known, _)| *known == Thing::from(thing));
                of_thing.map(|(_, amount)| amount).sum()
            }
            CapLimit::Spend(_) | CapLimit::Stamps(_) | CapLimit::Given(_) => 0,
        };
        // a version without this cap may have paid it
        let by = by.min(draft.used(cap, meter, slot)).max(0);
        draft.count(meter, slot, -by);
    }
}

/// The caps of a game.
pub(super) fn of_source(program: &Program, source: Source) -> &[CapId] {
    match source {
        Source::Challenge(id) => program.challenges.get(id.index()).map_or(&[], |game| &game.caps),
        Source::Streak(id) => program.streaks.get(id.index()).map_or(&[], |game| &game.caps),
        _ => &[],
    }
}

fn known(program: &Program, cap: CapId) -> Option<&Cap> {
    program.caps.get(cap.index())
}

/// The counter of a cap, and its slot on a day.
fn place(facts: &Facts<'_>, cap: &Cap, day: Date) -> Option<(MeterId, i64)> {
    let CapWindow::Period(period) = cap.window else { return None };
    Some((cap.meter?, facts.period_slot(period, day)))
}

fn speaks_of(limit: CapLimit, thing: AwardThing) -> bool {
    matches!(limit, CapLimit::Amount(of, _) if of == thing)
}
