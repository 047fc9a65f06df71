//! Step 11a: conversions. Once for each event, the largest whole number of lots; the rest stays with its dates.

use super::draft::{Draft, Portion, Terms, Transfer};
use crate::ledger::{Book, Reason, Source, Thing};
use crate::program::{Convert, ConvertId, UnitId};

/// Converts what is converted at once.
pub(crate) fn at_once(draft: &mut Draft<'_>) {
    if draft.program.converts.is_empty() {
        return;
    }
    convert(draft, |rules| rules.every.is_none());
}

/// Converts what is converted at the start of a period that begins on this day.
pub(crate) fn at_start(draft: &mut Draft<'_>) {
    let (day, anchors) = (draft.day, draft.anchors);
    convert(draft, |rules| rules.every.is_some_and(|period| period.start_of(day, &anchors) == day));
}

fn convert(draft: &mut Draft<'_>, is_due: impl Fn(&Convert) -> bool) {
    let program = draft.program;
    for (place, rules) in program.converts.iter().enumerate().filter(|(_, rules)| is_due(rules)) {
        let balance = draft.balance(Thing::Unit(rules.unit), Book::Available);
        if balance < rules.from {
            continue;
        }
        let times = balance.checked_div(rules.amount).unwrap_or(0);
        let Some(given) = rules.into.amount.checked_mul(times) else { continue };
        let source = Source::Convert(ConvertId(place as u32));
        take(draft, rules.unit, times * rules.amount, source);
        draft.give(rules.into.thing, given, source, Terms::default());
    }
}

/// Takes an amount that is there from usable lots in spending order.
fn take(draft: &mut Draft<'_>, unit: UnitId, amount: i64, source: Source) {
    let mut rest = amount;
    for lot in draft.usable_lots(unit) {
        let part = rest.min(draft.left_of(&lot, Portion::Usable));
        if part <= 0 {
            continue;
        }
        rest -= part;
        let thing = Thing::Unit(unit);
        let booking = Transfer::new(thing, part, Book::Available, Book::Redeemed, source, Reason::Converted);
        draft.transfer(booking.lot(lot.number));
    }
}
