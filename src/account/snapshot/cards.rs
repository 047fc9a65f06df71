//! Stamp cards in a snapshot.

use super::restore::{Restore, in_order};
use super::take::{Names, text};
use super::terms::TermsState;
use super::{CardStateText, FullState, Moment, SnapshotError, terms};
use crate::account::{CardState, FullCard, LapsedStamps, OpenEnd, PastCards, StampValues};
use crate::amount::format_scaled;
use crate::calendar::Date;
use crate::ledger::Thing;
use crate::program::{Award, AwardThing, CardId};
use crate::wire::parse_amount;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Stamps and what they hold in sum, in millionths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StampsState {
    stamps: i64,
    value: String,
}

/// Stamps that were lost with their card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LapsedState {
    /// The first and the last day on which they came onto it.
    pub(super) from: Date,
    pub(super) to: Date,
    pub(super) stamps: i64,
}

/// The most that stamps hold, in millionths.
const MOST_VALUE: i128 = 1_000_000_000_000_000_000_000_000_000;

fn stamps((stamps, value): &(i64, i128)) -> StampsState {
    StampsState { stamps: *stamps, value: value.to_string() }
}

fn whole(text: &str) -> Option<i128> {
    let found: i128 = text.parse().ok()?;
    (found.abs() <= MOST_VALUE && found.to_string() == text).then_some(found)
}

impl Names<'_> {
    pub(super) fn cards(&self, cards: &[CardState]) -> Vec<CardStateText> {
        let begun = cards.iter().enumerate().filter(|(_, state)| **state != CardState::default());
        let mut all: Vec<CardStateText> = begun
            .map(|(place, state)| CardStateText {
                card: text(self.0.card_name(CardId(place as u32))),
                number: state.number,
                stamps: state.stamps,
                values: state.values.runs().iter().map(stamps).collect(),
                opened: state.opened,
                last_day: state.last,
                terms: state.end.as_ref().map(|end| terms::taken(self.0, end)),
                full: state.past.full.iter().map(|full| self.full(full)).collect(),
                lapsed: state
                    .past
                    .lapsed
                    .iter()
                    .map(|LapsedStamps { days: (from, to), stamps }| LapsedState {
                        from: *from,
                        to: *to,
                        stamps: *stamps,
                    })
                    .collect(),
            })
            .collect();
        all.sort_by(|one, two| one.card.cmp(&two.card));
        all
    }

    fn full(&self, full: &FullCard) -> FullState {
        let thing = Thing::from(full.gave.thing);
        let (kind, name) = self.0.thing_words(thing);
        let amount = |steps| format_scaled(steps, self.0.thing_decimals(thing));
        let (at, day) = full.filled;
        FullState {
            number: full.number,
            stamps: full.goal,
            value: if full.value == 0 { String::new() } else { full.value.to_string() },
            kind,
            name: text(name),
            amount: amount(full.gave.amount),
            lot: full.first,
            usable_from: full.start,
            repaid: amount(full.repaid),
            filled: Moment { at, day },
            opened: full.opened,
            last_day: full.last,
            terms: full.end.as_ref().map(|end| terms::taken(self.0, end)),
        }
    }
}

impl Restore<'_> {
    pub(super) fn cards(&mut self, cards: Vec<CardStateText>) -> Result<(), SnapshotError> {
        in_order("cards", &cards, |state| state.card.clone(), |state| state.card.clone())?;
        for state in cards {
            let id = self.program.card_named(&state.card)?;
            let wrong = |problem| SnapshotError::value("card", &state.card, problem);
            if state.stamps < 0 || state.lapsed.iter().any(|lapsed| lapsed.stamps <= 0) {
                return Err(wrong("it has less than no stamps"));
            }
            let full: Result<Vec<FullCard>, SnapshotError> =
                state.full.iter().map(|full| self.full(&state.card, full)).collect();
            let lapsed = state
                .lapsed
                .iter()
                .map(|lapsed| LapsedStamps { days: (lapsed.from, lapsed.to), stamps: lapsed.stamps });
            let past = PastCards { full: full?, lapsed: lapsed.collect() };
            let restored = CardState {
                number: state.number,
                stamps: state.stamps,
                values: self
                    .values(id, &state)
                    .ok_or_else(|| wrong("its stamps do not hold what they must"))?,
                opened: state.opened,
                last: state.last_day,
                end: self.card_end(&state.card, (state.last_day, state.opened), state.terms.as_ref())?,
                past: Arc::new(past),
            };
            if restored == CardState::default() {
                return Err(wrong("it has not begun and is left out then"));
            }
            if let Some(place) = self.account.cards.get_mut(id.index()) {
                *place = restored;
            }
        }
        Ok(())
    }

    /// What stamps hold: something about each of them where the card asks for it, nothing otherwise.
    fn values(&self, id: CardId, state: &CardStateText) -> Option<StampValues> {
        let runs = state.values.iter().map(|run| Some((run.stamps, whole(&run.value)?)));
        let runs: Vec<(i64, i128)> = runs.collect::<Option<_>>()?;
        let known = runs.iter().enumerate().all(|(place, run)| run.0 > 0 || (run.0 == 0 && place == 0));
        let asks = self.program.cards.get(id.index()).is_some_and(|card| card.average);
        let sum = runs.iter().try_fold(0_i64, |sum, run| sum.checked_add(run.0))?;
        let fits = if asks { sum == state.stamps } else { runs.is_empty() };
        Some(StampValues::of(runs)).filter(|_| known && fits)
    }

    fn full(&self, card: &str, state: &FullState) -> Result<FullCard, SnapshotError> {
        let wrong = |problem| SnapshotError::value("card", card, problem);
        let (thing, given) = match self.program.thing_of(state.kind, &state.name)? {
            Thing::Unit(unit) => (AwardThing::Unit(unit), 0..self.account.next_lot),
            Thing::Voucher(voucher) => (AwardThing::Voucher(voucher), 1..self.account.next_voucher),
            Thing::Choice(_) | Thing::Stamps(_) | Thing::Donation(_) => {
                return Err(wrong("no full card gives that"));
            }
        };
        if !given.contains(&state.lot) {
            return Err(wrong("what a full card gave was never given"));
        }
        let decimals = self.program.thing_decimals(Thing::from(thing));
        let amount = |text: &str| parse_amount(text, decimals).filter(|amount| *amount >= 0);
        let (gave, repaid) = (amount(&state.amount), amount(&state.repaid));
        let value = if state.value.is_empty() { Some(0) } else { whole(&state.value) };
        let amounts = gave.zip(repaid).filter(|(gave, repaid)| repaid <= gave && state.stamps >= 0);
        let (gave, repaid) = amounts.ok_or_else(|| wrong("what a full card gave cannot be"))?;
        Ok(FullCard {
            number: state.number,
            goal: state.stamps,
            value: value.ok_or_else(|| wrong("what the stamps of a full card held is no number"))?,
            gave: Award { thing, amount: gave },
            first: state.lot,
            start: state.usable_from,
            repaid,
            filled: (state.filled.at, state.filled.day),
            opened: state.opened,
            last: state.last_day,
            end: self.card_end(card, (state.last_day, state.opened), state.terms.as_ref())?,
        })
    }

    /// The terms of a card whose last day may still move.
    fn card_end(
        &self,
        card: &str,
        (last, opened): (Option<Date>, Option<Date>),
        state: Option<&TermsState>,
    ) -> Result<Option<Arc<OpenEnd>>, SnapshotError> {
        let Some(state) = state else { return Ok(None) };
        let wrong = |problem| SnapshotError::value("card", card, problem);
        let end = terms::restored(self.program, state, wrong)?;
        let only_idle = OpenEnd { fixed: end.fixed, idle: end.idle.clone(), ..OpenEnd::default() };
        if end.idle.is_empty() || end != only_idle || opened.is_none() {
            return Err(wrong("its terms are not those of a card"));
        }
        if end.last() != last {
            return Err(wrong("its last day is not that of its terms"));
        }
        Ok(Some(Arc::new(end)))
    }
}
