//! What caps over longer windows leave of rebates and awards, for what hosts show.

use super::{Account, RebateState, Turnover};
use crate::program::{MeterId, Program, RoomCut, cut_to_room};

/// What periods that wait for their payment will use of windows.
#[derive(Debug, Default)]
pub(super) struct Room {
    taken: Vec<(MeterId, i64, i64)>,
}

impl Room {
    fn taken(&self, meter: MeterId, slot: i64) -> i64 {
        let same = self.taken.iter().filter(|(known, at, _)| (*known, *at) == (meter, slot));
        same.fold(0, |sum, (_, _, by)| sum.saturating_add(*by))
    }
}

impl Account {
    /// What caps leave of what a period would pay as it stands now, if that is less. What waits takes its room first.
    pub(super) fn cut_of(
        &self,
        program: &Program,
        of: &Turnover,
        (state, value): (RebateState, Option<i64>),
        room: &mut Room,
    ) -> Option<RoomCut> {
        let rebate = program.rebates.get(of.rebate.index())?;
        let terms = rebate.terms_on(of.last());
        let is_open = state == RebateState::Running;
        if terms.windows.is_empty() || (is_open && !rebate.is_judged) {
            return None;
        }
        let amount = terms.payable(of.amount, value).amount;
        let cut = cut_to_room(&terms.windows, (of.last(), amount), |meter, slot| {
            self.counted(meter, slot).saturating_add(room.taken(meter, slot))
        });
        let paid = cut.map_or(amount, |cut| cut.amount);
        if !is_open && paid > 0 {
            room.taken.extend(terms.windows.iter().map(|cap| (cap.meter, cap.slot(of.last()), paid)));
        }
        cut
    }

    /// The same of a period that runs, behind all that wait.
    pub(crate) fn cut_of_running(&self, program: &Program, of: &Turnover) -> Option<RoomCut> {
        if program.rebates.get(of.rebate.index())?.terms_on(of.last()).windows.is_empty() {
            return None;
        }
        let mut room = Room::default();
        for closed in self.closed_turnovers.iter().filter(|closed| closed.of.rebate == of.rebate) {
            self.cut_of(program, &closed.of, (RebateState::Waiting, closed.value), &mut room);
        }
        self.cut_of(program, of, (RebateState::Running, None), &mut room)
    }
}
