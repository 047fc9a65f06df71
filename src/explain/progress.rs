//! How far the event brought challenges, streaks, milestones and draws, and which levels change.

use super::{CapExplanation, words};
use crate::account::Account;
use crate::calendar::Date;
use crate::evaluate::game_caps::GiftCut;
use crate::evaluate::progress::Progress;
use crate::ledger::Thing;
use crate::program::{Program, TiersId};
use serde::Serialize;

/// What an explanation tells of one task, streak, row of marks, draw or tiers block in which the event has changed
/// something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgressExplanation {
    /// `tiers`, `challenge`, `streak`, `milestones` or `draw`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The task of a challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// What counted before, as a decimal text; of tiers the level that was held, of draws the tickets that took part.
    pub before: String,
    /// What counts now.
    pub after: String,
    /// What completes a task, wins the period of a streak, or the next mark; nothing where there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// How many periods of a streak are won in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// The last day of the level; nothing where it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Everything that has moved, in the order of the text.
pub(super) fn explain(program: &Program, progress: &Progress) -> Vec<ProgressExplanation> {
    let mut rows = levels(program, progress);
    rows.extend(tasks(program, progress));
    rows.extend(program.streaks.iter().filter_map(|it| streak(program, &it.name, progress)));
    rows.extend(program.milestones.iter().filter_map(|it| milestones(program, &it.name, progress)));
    rows.extend(program.draws.iter().filter_map(|it| draw(program, &it.name, progress)));
    rows
}

impl ProgressExplanation {
    /// Nothing if nothing has moved.
    fn new(kind: &'static str, name: &str, before: String, after: String) -> Option<Self> {
        let (task, goal, length, until) = (None, None, None, None);
        let moved = Self { kind, name: name.to_owned(), task, before, after, goal, length, until };
        (moved.before != moved.after).then_some(moved)
    }
}

fn levels(program: &Program, Progress { before, after, .. }: &Progress) -> Vec<ProgressExplanation> {
    let level = |account: &Account, id| {
        let (place, until) = account.held_with(program, id);
        (program.level_name(id, place).to_owned(), until)
    };
    let ids = (0..).map(TiersId).zip(&*program.tiers);
    let rows = ids.filter_map(|(id, tiers)| {
        let ((was, _), (is, until)) = (level(before, id), level(after, id));
        let moved = ProgressExplanation::new("tiers", &tiers.name, was, is)?;
        Some(ProgressExplanation { until, ..moved })
    });
    rows.collect()
}

fn tasks(program: &Program, Progress { before, after, day }: &Progress) -> Vec<ProgressExplanation> {
    let mut rows = Vec::new();
    for challenge in &program.challenges {
        let told = |account: &Account| account.challenge(program, &challenge.name, *day).ok();
        let (Some(was), Some(is)) = (told(before), told(after)) else { continue };
        for (was, is) in was.tasks.into_iter().zip(is.tasks) {
            let moved = ProgressExplanation::new("challenge", &challenge.name, was.count, is.count);
            let told = |moved| ProgressExplanation { task: Some(is.task), goal: Some(is.goal), ..moved };
            rows.extend(moved.map(told));
        }
    }
    rows
}

fn streak(program: &Program, name: &str, progress: &Progress) -> Option<ProgressExplanation> {
    let was = progress.before.streak(program, name, progress.day).ok()?;
    let is = progress.after.streak(program, name, progress.day).ok()?;
    let moved = ProgressExplanation::new("streak", name, was.count, is.count)?;
    Some(ProgressExplanation { goal: Some(is.needs), length: Some(is.length), ..moved })
}

fn milestones(program: &Program, name: &str, progress: &Progress) -> Option<ProgressExplanation> {
    let was = progress.before.milestones(program, name, progress.day).ok()?;
    let is = progress.after.milestones(program, name, progress.day).ok()?;
    let moved = ProgressExplanation::new("milestones", name, was.count, is.count)?;
    Some(ProgressExplanation { goal: is.next, ..moved })
}

fn draw(program: &Program, name: &str, progress: &Progress) -> Option<ProgressExplanation> {
    let was = progress.before.draw_on(program, name, progress.day).ok()?;
    // its tickets are forgotten some time after it was held
    let is =
        progress.after.draw_on(program, name, progress.day).ok().filter(|draw| draw.held >= progress.day)?;
    ProgressExplanation::new("draw", name, was.tickets, is.tickets)
}

/// A cap that cut a gift.
pub(super) fn cut(program: &Program, cut: &GiftCut) -> Option<CapExplanation> {
    let cap = program.caps.get(cut.cap.index())?;
    let told = |amount| {
        let thing = Thing::from(cut.thing);
        format!("{} {}", super::amount_text(program, thing, amount), words::thing_name(program, thing))
    };
    let (cap, limit) = (cap.name.to_string(), cap.text.to_string());
    Some(CapExplanation { cap, limit, before: told(cut.before), after: told(cut.after) })
}

/// The row of one of these caps.
pub(super) fn cut_row(cut: &CapExplanation) -> [String; 3] {
    let why = format!("cap {} leaves {} of {}", cut.limit, cut.after, cut.before);
    [String::new(), cut.cap.clone(), why]
}

/// The row of one of them.
pub(super) fn row(progress: &ProgressExplanation) -> [String; 3] {
    let task = progress.task.as_ref().map_or_else(String::new, |task| format!("{task}: "));
    let moved = format!("{task}{} → {}", progress.before, progress.after);
    let why = match (progress.kind, &progress.goal) {
        ("tiers", _) => match progress.until {
            Some(until) => format!("{moved}, until {until}"),
            None => moved,
        },
        ("draw", _) => format!("{moved} take part"),
        ("milestones", Some(mark)) => format!("{moved}; the next mark is {mark}"),
        ("milestones", None) => format!("{moved}; no mark is left"),
        (_, Some(goal)) => format!("{moved} of {goal}"),
        (_, None) => moved,
    };
    let run = progress.length.filter(|length| *length > 0);
    let run = run.map_or_else(String::new, |length| format!("; {length} in a row"));
    [String::new(), progress.name.clone(), why + &run]
}
