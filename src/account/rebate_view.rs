//! How rebates of a member stand: what hosts show.

use super::rebate_room::Room;
use super::{Account, Turnover};
use crate::amount::{Money, format_scaled};
use crate::calendar::{Date, Instant};
use crate::program::{
    Program, Rebate, RebateCounts, RebateId, RebateTerms, RoomCut, Stage, StagePays, Steps,
};
use serde::Serialize;

/// Where a period of a rebate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RebateState {
    /// The period runs.
    Running,
    /// It is over and will be paid.
    Waiting,
    /// It was paid.
    Paid,
    /// A budget was asked, which answers later.
    Asked,
}

/// How a rebate stands in a period, in texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RebateStanding {
    /// The rebate.
    pub rebate: String,
    /// Its description: the `##` lines above it.
    pub description: String,
    /// The category, of an award on the category with most spend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The first day of the period.
    pub from: Date,
    /// The last day of the period.
    pub to: Date,
    /// Whether it runs, waits or was paid.
    pub state: RebateState,
    /// The turnover, net of returns, with at least the digits of the program's currency; of an award for what rules have
    /// earned the amount of that unit.
    pub turnover: String,
    /// The stage that is reached, as `from 50000.00: 1%`.
    pub stage: Option<String>,
    /// The next stage.
    pub next: Option<String>,
    /// The turnover that is missing to the next stage.
    pub missing: Option<String>,
    /// What the turnover comes to, exactly.
    pub exact: String,
    /// What is paid on this turnover, rounded once; 0 where it is below the least that is paid.
    pub pays: String,
    /// The most that is paid for a period, where it is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<String>,
    /// The cap of a longer window that leaves less of it, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_cap: Option<String>,
    /// In what it is paid.
    pub unit: String,
    /// The parameter by which it is paid, as long as it is not announced for the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// The budget that is asked, or was asked for a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<String>,
    /// The day on which it is paid; nothing beyond the end of the calendar.
    pub pays_on: Option<Date>,
}

impl Program {
    /// How a turnover stands.
    pub(crate) fn rebate_standing(
        &self,
        of: &Turnover,
        state: RebateState,
        (value, cut): (Option<i64>, Option<RoomCut>),
    ) -> Option<RebateStanding> {
        let rebate: &Rebate = self.rebates.get(of.rebate.index())?;
        let terms = rebate.terms_on(of.last());
        // an open period of an award that nobody can judge any more is not paid
        let paid = if rebate.is_judged || state != RebateState::Running { of.amount } else { 0 };
        let payable = terms.payable(paid, value);
        let next = payable.stage.map_or(0, |stage| stage + 1);
        let next = terms.stages.get(next).filter(|stage| stage.from > of.amount);
        Some(RebateStanding {
            rebate: rebate.name.to_string(),
            description: rebate.doc.to_string(),
            category: (!of.category.is_empty()).then(|| of.category.to_string()),
            from: of.starts,
            to: of.last(),
            state,
            turnover: self.counted_text(rebate, of.amount),
            stage: payable.stage.and_then(|stage| self.stage_text(rebate, terms, stage)),
            next: next.map(|stage| self.stage_words(rebate, terms, stage)),
            missing: next.map(|stage| self.money_text(stage.from.saturating_sub(of.amount))),
            exact: self.exact_money(payable.exact),
            pays: format_scaled(
                cut.map_or(payable.amount, |cut| cut.amount),
                u8::try_from(terms.decimals).unwrap_or(0),
            ),
            cap: terms
                .most
                .filter(|most| payable.amount == *most)
                .map(|most| format_scaled(most, u8::try_from(terms.decimals).unwrap_or(0))),
            window_cap: cut.and_then(|cut| terms.windows.get(cut.cap)).map(|cap| cap.text.to_string()),
            unit: self.thing_called(terms.gives).to_owned(),
            waits_for: terms
                .asks(of.amount)
                .filter(|_| value.is_none())
                .map(|id| self.parameter_name(id).to_owned()),
            budget: terms.budgets.first().map(|budget| budget.name.to_string()),
            pays_on: terms.pay_day(of.last()),
        })
    }

    fn stage_text(&self, rebate: &Rebate, terms: &RebateTerms, place: usize) -> Option<String> {
        terms.stages.get(place).map(|stage| self.stage_words(rebate, terms, stage))
    }

    fn stage_words(&self, rebate: &Rebate, terms: &RebateTerms, stage: &Stage) -> String {
        let from = self.money_text(stage.from);
        match stage.pays {
            StagePays::Rate(rate) => {
                let rate = Money::from_micros(rate).map_or_else(String::new, |rate| rate.to_string());
                format!("from {from}: {rate}%")
            }
            StagePays::Per(give, per) => {
                let give = format_scaled(give, u8::try_from(terms.decimals).unwrap_or(0));
                let counted = match rebate.counts {
                    RebateCounts::Earned { unit, .. } => self.unit_name(unit),
                    RebateCounts::Spend | RebateCounts::PaidWith(_) | RebateCounts::ByCategory => {
                        &self.currency
                    }
                };
                format!(
                    "{give} {} per {} {counted}",
                    self.thing_called(terms.gives),
                    self.counted_text(rebate, per)
                )
            }
            StagePays::PerSpend { give, per, steps } => {
                let give = Money::from_micros(give).map_or_else(String::new, |give| give.to_string());
                let step = match steps {
                    Steps::Exact => "",
                    Steps::Full => "full ",
                    Steps::Started => "started ",
                };
                let (per, name) = (self.money_text(per), self.thing_called(terms.gives));
                format!("{give} {name} per {step}{per} {}", self.currency)
            }
            StagePays::Announced(parameter) => format!("from {from}: {}", self.parameter_name(parameter)),
            StagePays::PartOf(rate, parameter) => {
                let rate = Money::from_micros(rate).map_or_else(String::new, |rate| rate.to_string());
                format!("from {from}: {rate}% of {}", self.parameter_name(parameter))
            }
            StagePays::OfFee(rate) => {
                let rate = Money::from_micros(rate).map_or_else(String::new, |rate| rate.to_string());
                format!("from {from}: {rate}% of the fee")
            }
            StagePays::Amount(amount) => {
                let amount = format_scaled(amount, u8::try_from(terms.decimals).unwrap_or(0));
                format!("from {from}: {amount} {}", self.thing_called(terms.gives))
            }
        }
    }

    fn counted_text(&self, rebate: &Rebate, amount: i64) -> String {
        match rebate.counts {
            RebateCounts::Earned { unit, .. } => format_scaled(amount, self.unit_decimals(unit)),
            RebateCounts::Spend | RebateCounts::PaidWith(_) | RebateCounts::ByCategory => {
                self.money_text(amount)
            }
        }
    }

    fn money_text(&self, micros: i64) -> String {
        let digits = u8::try_from(self.currency_digits).unwrap_or(2);
        Money::from_micros(micros)
            .map_or_else(|| micros.to_string(), |money| money.display(digits).to_string())
    }
}

impl Account {
    /// How the rebates of the program stand for this member, by name: the period that runs, with what it would pay on
    /// the turnover so far, and periods that wait for their payment.
    #[must_use]
    pub fn rebates(&self, program: &Program) -> Vec<RebateStanding> {
        let today = self.clock_day(program).max(self.newest.map(|(_, day)| day));
        let mut found = Vec::new();
        for (place, rebate) in program.rebates.iter().enumerate() {
            let id = RebateId(place as u32);
            let waiting = self.closed_turnovers.iter().filter(|closed| closed.of.rebate == id);
            found.extend(waiting.map(|closed| (closed.of.clone(), RebateState::Waiting, closed.value)));
            let Some(today) = today else { continue };
            let running = rebate.running(today, &self.anchors(program, today));
            let before = found.len();
            let open = self.open_turnovers(id, today).cloned();
            let carried = self.turnovers.iter().filter(|it| it.rebate == id && it.is_carried());
            // what is carried stands in the period that runs
            let carried = carried.filter_map(|it| {
                let (starts, closes) = running?;
                Some(Turnover { starts, closes, ..it.clone() })
            });
            let mut now: Vec<Turnover> = Vec::new();
            for turnover in open.chain(carried) {
                match now.iter_mut().find(|known| known.category == turnover.category) {
                    Some(known) => known.amount = known.amount.saturating_add(turnover.amount),
                    None => now.push(turnover),
                }
            }
            let value = |of: &Turnover| {
                let terms = rebate.terms_on(of.last());
                if terms.asks_fee(of.amount) {
                    // as if the period ended now
                    return Some(self.fee_at(program, Instant::MAX));
                }
                self.announced_for(program, terms, of)
            };
            found.extend(now.into_iter().map(|of| (of.clone(), RebateState::Running, value(&of))));
            if found.len() == before
                && let Some((starts, closes)) = running
            {
                let (category, amount) = (std::sync::Arc::default(), 0);
                let nothing = Turnover { closes, rebate: id, category, starts, amount };
                let value = value(&nothing);
                found.push((nothing, RebateState::Running, value));
            }
        }
        let mut room = Room::default();
        let standings = found.iter().filter_map(|(of, state, value)| {
            let cut = self.cut_of(program, of, (*state, *value), &mut room);
            program.rebate_standing(of, *state, (*value, cut))
        });
        standings.collect()
    }
}
