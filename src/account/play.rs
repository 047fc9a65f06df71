//! What a host may read of games: how far challenges are, how long streaks, and how many
//! tickets take part in a draw.

use super::Account;
use crate::amount::{Money, format_scaled};
use crate::calendar::{Date, Period};
use crate::program::{Challenge, Counts, Draw, DrawRound, Program, Streak, Task, UnknownName};
use serde::Serialize;

/// How far a member is in the round of a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChallengeProgress {
    /// The first day of the round; nothing if the challenge is completed once ever.
    pub from: Option<Date>,
    /// The last day of the round; nothing if the challenge is completed once ever.
    pub to: Option<Date>,
    /// Whether the round is finished and has paid. Returns do not change that.
    pub finished: bool,
    /// How many tasks are complete; of a finished round at least as many as it needed.
    pub complete: usize,
    /// How many tasks complete the challenge.
    pub needs: usize,
    /// All tasks, in the order of the text.
    pub tasks: Vec<TaskProgress>,
}

/// How far a member is with a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TaskProgress {
    /// Its name.
    pub task: String,
    /// What counts so far, less what came back: money with the digits of the currency, a unit with its decimals.
    pub count: String,
    /// What completes it.
    pub goal: String,
    /// Whether it is complete.
    pub complete: bool,
}

/// The run of a member in a streak, and the period of a day in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StreakProgress {
    /// How many periods of the run are won, the one that is played included.
    pub length: u32,
    /// How many missed periods of the run were forgiven.
    pub missed: u32,
    /// How many more would be forgiven.
    pub forgives: u32,
    /// First day of the period of the day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// What counts in it, less what came back: events, money with the digits of the currency, a unit with its decimals.
    pub count: String,
    /// What wins it.
    pub needs: String,
    /// Whether it is won.
    pub won: bool,
    /// The last day on which the run can still be kept: nothing while there is no run, while the period is won, or
    /// while missing it would be forgiven.
    pub kept_until: Option<Date>,
    /// The shortest run above this one that gets something; nothing if there is none.
    pub next_gift: Option<u32>,
}

/// How many tickets of a member take part in a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DrawTickets {
    /// The unit of the tickets.
    pub unit: String,
    /// First day of the tickets that take part.
    pub from: Date,
    /// Their last day.
    pub to: Date,
    /// The day of the draw.
    pub held: Date,
    /// What the member got of them on these days, less what was taken back.
    pub issued: String,
    /// How many of these take part.
    pub tickets: String,
}

impl Account {
    /// How many tickets of a member take part in a draw, as of now. They are counted until a year after the draw. Of a
    /// draw that comes every year this is the one that runs, or the last one that began.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such draw.
    pub fn draw(&self, program: &Program, draw: &str) -> Result<DrawTickets, UnknownName> {
        let today = self.clock_day(program).max(self.newest.map(|(_, day)| day));
        self.draw_on(program, draw, today.unwrap_or(program.effective_from))
    }

    /// The same of the draw that runs on a day, or of the last one that began before it.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such draw.
    pub fn draw_on(&self, program: &Program, draw: &str, on: Date) -> Result<DrawTickets, UnknownName> {
        let id = program.draw_named(draw)?;
        let rules = program.draws.get(id.index()).ok_or_else(|| UnknownName::new("draw", draw))?;
        let DrawRound { first: from, last: to, held } = rules.days.round(on);
        let issued = self.counted_in(rules.meter, i64::from(from.days()), i64::from(to.days()));
        let part =
            if rules.caps.is_empty() { issued } else { self.capped_tickets(program, rules, (from, to)) };
        let tickets = rules.cap.map_or(part, |cap| part.min(cap)).max(0);
        let text = |amount| format_scaled(amount, program.unit_decimals(rules.unit));
        Ok(DrawTickets {
            unit: program.unit_name(rules.unit).into(),
            from,
            to,
            held,
            issued: text(issued),
            tickets: text(tickets),
        })
    }

    /// The tickets for which there is room in each period, day by day from the first one on.
    fn capped_tickets(&self, program: &Program, rules: &Draw, (first, last): (Date, Date)) -> i64 {
        let anchors = self.anchors(program, first);
        let mut used: Vec<(Date, i64)> = vec![(Date::MIN, 0); rules.caps.len()];
        let mut sum = 0_i64;
        for day in first.days()..=last.days() {
            let mut part = self.counted_in(rules.meter, i64::from(day), i64::from(day)).max(0);
            let Some(day) = Date::from_days(day).filter(|_| part > 0) else { continue };
            for ((period, most), (begins, used)) in rules.caps.iter().zip(&mut used) {
                let start = period.start_of(day, &anchors);
                if *begins != start {
                    (*begins, *used) = (start, 0);
                }
                part = part.min(most.saturating_sub(*used));
            }
            used.iter_mut().for_each(|(_, used)| *used = used.saturating_add(part));
            sum = sum.saturating_add(part);
        }
        sum
    }

    /// The run of a member in a streak, as of the period of a day.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such streak.
    pub fn streak(&self, program: &Program, streak: &str, on: Date) -> Result<StreakProgress, UnknownName> {
        let id = program.streak_named(streak)?;
        let unknown = || UnknownName::new("streak", streak);
        let rules = program.streaks.get(id.index()).ok_or_else(unknown)?;
        let state = self.streaks.get(id.index()).copied().unwrap_or_default();
        let anchors = self.anchors(program, on);
        let range = rules.per.range_of(on, &anchors);
        let plays = state.open.is_some_and(|(first, last)| first <= on && on <= last);
        let count = self.counted(rules.meter, i64::from(range.first.days()));
        let won = count >= rules.needs || (plays && state.paid);
        let length = self.run_length(rules, id.index());
        let forgives = rules.forgive.saturating_sub(state.missed);
        let at_risk = plays && !won && forgives == 0;
        Ok(StreakProgress {
            length,
            missed: state.missed,
            forgives,
            from: range.first,
            to: range.last,
            count: rules.counts.written(program, count),
            needs: rules.counts.written(program, rules.needs),
            won,
            kept_until: at_risk.then_some(range.last),
            next_gift: rules.gifts.iter().map(|(after, _)| *after).filter(|after| *after > length).min(),
        })
    }

    /// How many periods of a run are won, the open one included.
    pub(crate) fn run_length(&self, rules: &Streak, place: usize) -> u32 {
        let state = self.streaks.get(place).copied().unwrap_or_default();
        let Some((first, _)) = state.open else { return 0 };
        let won = state.paid || self.counted(rules.meter, i64::from(first.days())) >= rules.needs;
        state.length + u32::from(won)
    }

    /// How far a member is in the round of a challenge that runs on a day.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such challenge.
    pub fn challenge(
        &self,
        program: &Program,
        challenge: &str,
        on: Date,
    ) -> Result<ChallengeProgress, UnknownName> {
        let id = program.challenge_named(challenge)?;
        let rules = program.challenges.get(id.index());
        let rules = rules.ok_or_else(|| UnknownName::new("challenge", challenge))?;
        let anchors = self.anchors(program, on);
        let start = rules.per.start_of(on, &anchors);
        let round = (!matches!(rules.per, Period::Campaign | Period::Lifetime))
            .then(|| (start, rules.per.last_day(on, &anchors)));
        let slot = round.map_or(0, |(first, _)| i64::from(first.days()));
        let (complete, finished) = self.challenge_at(rules, slot);
        let told = |task: &Task| {
            let count = self.counted(task.meter, slot);
            TaskProgress {
                task: task.name.to_string(),
                count: task.written(program, count),
                goal: task.written(program, task.goal),
                complete: count >= task.goal,
            }
        };
        Ok(ChallengeProgress {
            from: round.map(|(first, _)| first),
            to: round.map(|(_, last)| last),
            finished,
            complete,
            needs: rules.needs,
            tasks: rules.tasks.iter().map(told).collect(),
        })
    }

    /// How many tasks of a round are complete, and whether it is finished.
    pub(crate) fn challenge_at(&self, rules: &Challenge, slot: i64) -> (usize, bool) {
        let finished = self.counted(rules.rounds, slot) > 0;
        let done = |task: &&Task| self.counted(task.meter, slot) >= task.goal;
        let complete = rules.tasks.iter().filter(done).count();
        (if finished { complete.max(rules.needs) } else { complete }, finished)
    }
}

impl Task {
    /// A number of its counter as the text writes it.
    pub(crate) fn written(&self, program: &Program, number: i64) -> String {
        self.counts.written(program, number)
    }
}

impl Counts {
    /// A number that is counted, as the text writes it.
    pub(crate) fn written(self, program: &Program, number: i64) -> String {
        let decimal = |digits: u8| {
            let shown = Money::from_micros(number).map(|amount| amount.display(digits).to_string());
            shown.unwrap_or_else(|| number.to_string())
        };
        match self {
            Self::Spend => decimal(u8::try_from(program.currency_digits).unwrap_or(2)),
            Self::Items => decimal(0),
            Self::Events(_) => number.to_string(),
            Self::Unit(unit) => format_scaled(number, program.unit_decimals(unit)),
        }
    }
}
