//! The turnover of rebates, in a snapshot.

use super::restore::{Restore, checked_or_empty, in_order};
use super::take::{Names, micros, text};
use super::{ClosedTurnoverState, SnapshotError, TurnoverShareState, TurnoverState};
use crate::account::{Account, ClosedTurnover, MOST_TURNOVER, Turnover, TurnoverShare};
use crate::amount::parse_micros;
use crate::calendar::Date;

impl Names<'_> {
    pub(super) fn turnovers(&self, account: &Account) -> Vec<TurnoverState> {
        let mut all: Vec<TurnoverState> = account.turnovers.iter().map(|of| self.turnover(of)).collect();
        all.sort_by_key(key);
        all
    }

    pub(super) fn closed_turnovers(&self, account: &Account) -> Vec<ClosedTurnoverState> {
        let all = account.closed_turnovers.iter();
        let mut all: Vec<ClosedTurnoverState> = all
            .map(|closed| ClosedTurnoverState {
                pays: closed.pays,
                of: self.turnover(&closed.of),
                value: closed.value.map_or_else(String::new, micros),
            })
            .collect();
        all.sort_by_key(closed_key);
        all
    }

    fn turnover(&self, of: &Turnover) -> TurnoverState {
        TurnoverState {
            closes: of.closes,
            rebate: text(self.0.rebate_name(of.rebate)),
            category: text(&of.category),
            starts: of.starts,
            amount: micros(of.amount),
        }
    }

    pub(super) fn turnover_share(&self, share: &TurnoverShare) -> TurnoverShareState {
        TurnoverShareState {
            rebate: text(self.0.rebate_name(share.rebate)),
            category: text(&share.category),
            parts: share.parts.iter().map(|part| micros(*part)).collect(),
        }
    }
}

fn key(state: &TurnoverState) -> (Date, String, String) {
    (state.closes, state.rebate.clone(), state.category.clone())
}

fn closed_key(state: &ClosedTurnoverState) -> (Date, Date, String) {
    (state.pays, state.of.closes, state.of.rebate.clone())
}

/// An amount that a period can have.
fn amount(written: &str) -> Option<i64> {
    let amount = parse_micros(written).filter(|amount| micros(*amount) == written);
    amount.filter(|amount| (-MOST_TURNOVER..=MOST_TURNOVER).contains(amount))
}

impl Restore<'_> {
    pub(super) fn turnovers(&mut self, states: &[TurnoverState]) -> Result<(), SnapshotError> {
        in_order("turnovers", states, key, |state| state.rebate.clone())?;
        for state in states {
            let turnover = self.turnover(state)?;
            self.account.book_turnover(&turnover);
        }
        Ok(())
    }

    pub(super) fn closed_turnovers(&mut self, states: &[ClosedTurnoverState]) -> Result<(), SnapshotError> {
        in_order("closed turnovers", states, closed_key, |state| state.of.rebate.clone())?;
        for state in states {
            let of = self.turnover(&state.of)?;
            if state.pays < of.closes || of.amount <= 0 {
                let problem = "it is paid before its period ends, or there is nothing to pay";
                return Err(SnapshotError::value("closed turnovers", &state.of.rebate, problem));
            }
            let wrong = || {
                SnapshotError::value(
                    "closed turnovers",
                    &state.of.rebate,
                    "it is not known by what it is paid",
                )
            };
            let value = match &*state.value {
                "" => None,
                written => Some(amount(written).filter(|value| *value >= 0).ok_or_else(wrong)?),
            };
            let rebate = self.program.rebates.get(of.rebate.index());
            let terms = rebate.map(|rebate| rebate.terms_on(of.last()));
            let asks = terms.is_some_and(|terms| terms.asks(of.amount).is_some());
            let known = asks && state.pays < Date::MAX;
            if (known || terms.is_some_and(|terms| terms.asks_fee(of.amount))) != value.is_some() {
                return Err(wrong());
            }
            self.account.book_closed(&ClosedTurnover { pays: state.pays, of, value, cut: None }, true);
        }
        Ok(())
    }

    fn turnover(&self, state: &TurnoverState) -> Result<Turnover, SnapshotError> {
        let wrong = |problem| SnapshotError::value("turnovers", &state.rebate, problem);
        if state.starts >= state.closes {
            return Err(wrong("its period ends before it starts"));
        }
        let carried = state.closes == Date::MAX;
        let amount = amount(&state.amount).filter(|amount| *amount != 0 && (!carried || *amount < 0));
        Ok(Turnover {
            closes: state.closes,
            rebate: self.program.rebate_named(&state.rebate)?,
            category: checked_or_empty("turnovers", &state.category)?.into(),
            starts: state.starts,
            amount: amount.ok_or_else(|| wrong("it is nothing, too large, or has another form"))?,
        })
    }

    pub(super) fn turnover_share(
        &self,
        id: &str,
        lines: usize,
        state: &TurnoverShareState,
    ) -> Result<TurnoverShare, SnapshotError> {
        let wrong =
            || SnapshotError::value("receipt", id, "what counted for a rebate is not what its lines are");
        let parts: Option<Box<[i64]>> = state.parts.iter().map(|part| amount(part)).collect();
        let parts = parts.filter(|parts| parts.len() == lines).ok_or_else(wrong)?;
        Ok(TurnoverShare {
            rebate: self.program.rebate_named(&state.rebate)?,
            category: checked_or_empty("receipt", &state.category)?.into(),
            parts,
        })
    }
}
