//! Years of a level: a calendar year is counted when it has ended, for who spent its last day in the level or a higher one.

use super::draft::Draft;
use super::step11_tiers;
use crate::calendar::Period;
use crate::ledger::Due;

/// A calendar year begins: the one that has ended is counted, before terms are reviewed that ended with it. What arrives
/// late or comes back afterwards changes no year that is over.
#[cold]
pub(super) fn count(draft: &mut Draft<'_>) {
    let starts = Period::CalendarYear.start_of(draft.day, &draft.anchors) == draft.day;
    if !starts || !draft.is_new_day {
        return;
    }
    draft.due_is(Due::Review);
    for meter in draft.account.years_held(draft.program) {
        draft.count(meter, draft.slot_on(meter, draft.day), 1);
    }
    step11_tiers::recount(draft);
}
