//! Events and the clock under the versions of a program.

use super::{EvaluateError, Evaluator, Outcome, judged};
use crate::account::{Account, PostError};
use crate::calendar::{Date, Instant};
use crate::event::{Event, Kind};
use crate::program::{Program, Versions};

/// What one version made of an event, or of the clock. It is booked already.
#[derive(Debug, Clone)]
pub struct Judged<'v> {
    /// The version that judged; its names stand in the outcome.
    pub program: &'v Program,
    /// What came of it.
    pub outcome: Outcome,
}

/// An account on its way through the versions.
struct Way<'v> {
    versions: &'v Versions,
    program: &'v Program,
    account: Account,
    done: Vec<Judged<'v>>,
}

impl Evaluator {
    /// Judges an event by the versions of a program, and books what comes of it.
    ///
    /// An event belongs to the version of its local date. A return belongs to the version that gave: that of the
    /// newest purchase that it names. If the account still stands under an earlier version than the event, its clock
    /// runs to the end of that version first; what came of it stands before the event. An event of an earlier version
    /// than that of the account is judged by its own version, and the account stays where it was. The last outcome is
    /// that of the event.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::evaluate`]; the account is not changed then.
    pub fn deliver<'v>(
        &mut self,
        versions: &'v Versions,
        account: &mut Account,
        event: &Event,
    ) -> Result<Vec<Judged<'v>>, EvaluateError> {
        self.deliver_with(versions, account, event, false)
    }

    pub(crate) fn deliver_with<'v>(
        &mut self,
        versions: &'v Versions,
        account: &mut Account,
        event: &Event,
        explains: bool,
    ) -> Result<Vec<Judged<'v>>, EvaluateError> {
        let stands = versions.of(account).ok_or(EvaluateError::Foreign("program"))?;
        if versions.is_one() {
            return self.here(stands, account, event, explains);
        }
        // which day an event is judged by, the version of its own day says
        let event = judged::on_its_day(versions.at(event.at), event)?;
        let event: &Event = &event;
        let by_date = versions.at(event.at);
        let judge = judge(versions, stands, account, event).unwrap_or(by_date);
        let known = account.record(stands, &event.id).is_some();
        if known || (by_date.identity == stands.identity && judge.identity == stands.identity) {
            return self.here(stands, account, event, explains);
        }
        let mut way = Way { versions, program: stands, account: account.clone(), done: Vec::new() };
        way.forward(self, event.at)?;
        let stays = way.program;
        if judge.identity != stays.identity {
            // what is due is the work of the version in force
            way.tick_if_due(self, event.at)?;
            way.go(judge)?;
        }
        // a return of something that a later version gave may be dated before that version begins
        let begins = judge.effective_from.min(by_date.effective_from);
        let outcome = self.judged(way.program, &way.account, event, (explains, begins))?;
        way.post(outcome)?;
        way.go(stays)?;
        *account = way.account;
        Ok(way.done)
    }

    /// Judges and books under the version under which the account stands.
    fn here<'v>(
        &mut self,
        program: &'v Program,
        account: &mut Account,
        event: &Event,
        explains: bool,
    ) -> Result<Vec<Judged<'v>>, EvaluateError> {
        let outcome = self.judged(program, account, event, (explains, program.effective_from))?;
        account.post(program, &outcome)?;
        Ok(vec![Judged { program, outcome }])
    }

    fn judged(
        &mut self,
        program: &Program,
        account: &Account,
        event: &Event,
        (explains, begins): (bool, Date),
    ) -> Result<Outcome, EvaluateError> {
        self.run(program, account, event, explains.then(Box::default), begins)
    }

    /// Runs the clock of an account up to an instant, each version its own days, and books what comes of it. Where a
    /// version comes into force in between, the account stands under it afterwards.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::advance`]; the account is not changed then.
    pub fn run_clock<'v>(
        &mut self,
        versions: &'v Versions,
        account: &mut Account,
        to: Instant,
    ) -> Result<Vec<Judged<'v>>, EvaluateError> {
        let stands = versions.of(account).ok_or(EvaluateError::Foreign("program"))?;
        if versions.is_one() || versions.at(to).identity == stands.identity {
            let outcome = self.advance(stands, account, to)?;
            account.post(stands, &outcome)?;
            return Ok(vec![Judged { program: stands, outcome }]);
        }
        let mut way = Way { versions, program: stands, account: account.clone(), done: Vec::new() };
        way.forward(self, to)?;
        way.tick(self, to)?;
        *account = way.account;
        Ok(way.done)
    }
}

/// The version that gave what comes back or is cancelled.
fn judge<'v>(
    versions: &'v Versions,
    stands: &Program,
    account: &Account,
    event: &Event,
) -> Option<&'v Program> {
    if let Kind::Cancel { of } = &event.kind {
        return account.receipt(stands, of).map(|receipt| versions.at(receipt.at));
    }
    let Kind::Return(back) = &event.kind else { return None };
    let named = back.lines.iter().map(|line| &line.of).chain(&back.all_of).flatten().chain(&back.of);
    let bought = named.filter_map(|id| account.receipt(stands, id)).map(|receipt| receipt.at);
    bought.max().map(|at| versions.at(at))
}

impl<'v> Way<'v> {
    /// Goes to the version that is in force at an instant, through all in between. Never back.
    fn forward(&mut self, evaluator: &mut Evaluator, to: Instant) -> Result<(), EvaluateError> {
        let versions = self.versions;
        let target = versions.at(to);
        let mut next = versions.from(self.program.identity).skip(1);
        if !versions.from(self.program.identity).any(|program| program.identity == target.identity) {
            return Ok(());
        }
        while self.program.identity != target.identity {
            let Some(program) = next.next() else { break };
            // the last moment before the version comes into force
            let end = Versions::start_of(program).plus_micros(-1);
            self.tick_if_due(evaluator, end)?;
            self.go(program)?;
        }
        Ok(())
    }

    fn tick_if_due(&mut self, evaluator: &mut Evaluator, to: Instant) -> Result<(), EvaluateError> {
        if self.account.next_due(self.program).is_some_and(|due| due <= to) {
            self.tick(evaluator, to)?;
        }
        Ok(())
    }

    fn tick(&mut self, evaluator: &mut Evaluator, to: Instant) -> Result<(), EvaluateError> {
        let outcome = evaluator.advance(self.program, &self.account, to)?;
        self.post(outcome)
    }

    fn post(&mut self, outcome: Outcome) -> Result<(), EvaluateError> {
        self.account.post(self.program, &outcome)?;
        self.done.push(Judged { program: self.program, outcome });
        Ok(())
    }

    fn go(&mut self, to: &'v Program) -> Result<(), EvaluateError> {
        if to.identity != self.program.identity {
            let moved = self.account.moved(self.program, to);
            self.account = moved.map_err(|error| PostError::Unbalanced(error.to_string()))?;
            self.program = to;
        }
        Ok(())
    }
}

impl Versions {
    /// The version that made an outcome: its names stand in it. Nothing for an outcome of another program.
    #[must_use]
    pub fn made(&self, outcome: &Outcome) -> Option<&Program> {
        self.from(outcome.program).next()
    }

    /// The instant at which the clock next has work for an account: as [`Account::next_due`], or that at which the next
    /// version comes into force. Nothing for an account of another program.
    #[must_use]
    pub fn next_due(&self, account: &Account) -> Option<Instant> {
        let mut programs = self.from(account.program);
        let due = account.next_due(programs.next()?);
        let next = programs.next().map(Self::start_of);
        due.into_iter().chain(next).min()
    }
}
