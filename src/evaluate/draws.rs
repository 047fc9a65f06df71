//! Step 10: tickets that an event gives for nothing.

use super::draft::{Booked, Draft, Terms};
use super::judge::Facts;
use crate::account::{LineRecord, ReceiptAward};
use crate::ledger::Source;
use crate::program::{DrawId, EventKindId};

/// Gives what the draws of an event's day give for it. It comes back with the event.
pub(super) fn enter(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    kind: EventKindId,
    awards: &mut Vec<ReceiptAward>,
) {
    for (place, draw) in facts.program.draws.iter().enumerate() {
        if draw.free.is_empty() || !draw.days.has(facts.event.day) {
            continue;
        }
        let source = Source::Draw(DrawId(place as u32));
        for (_, gift) in draw.free.iter().filter(|(on, _)| *on == kind) {
            let Booked { lot, start, repaid } = draft.give(gift.thing, gift.amount, source, Terms::default());
            let (thing, amount, record) = (gift.thing.into(), gift.amount, LineRecord::Event);
            awards.push(ReceiptAward { source, thing, lot, start, amount, repaid, record });
        }
    }
}
