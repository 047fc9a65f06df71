//! The terms of lots whose last day may still move, at rest and back.

use super::SnapshotError;
use crate::account::{HeldBy, Idle, OpenEnd, Wait};
use crate::calendar::{Cycle, Date, Duration, DurationUnit, MonthDay, Period, Tail, Weekday};
use crate::program::{Activity, Program};
use serde::{Deserialize, Serialize};

/// The terms of a lot whose last day may still move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TermsState {
    /// The earliest last day that nothing moves.
    pub(crate) fixed: Option<Date>,
    /// What ends without activity.
    pub(crate) idle: Vec<IdleState>,
    /// The day of its booking, where the oldest is spent first.
    pub(crate) earned: Option<Date>,
    /// Whose `no expiry when` may keep it.
    pub(crate) held_by: Option<HolderState>,
    /// The purchase that an event has to name.
    pub(crate) purchase: Option<String>,
    /// What it waits for.
    pub(crate) waits: Option<WaitState>,
}

/// `expire after D without E`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdleState {
    pub(crate) after: LengthState,
    pub(crate) without: Vec<ActivityState>,
    pub(crate) since: Date,
}

/// A length of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LengthState {
    pub(crate) count: u32,
    pub(crate) unit: LengthUnit,
}

/// The units of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LengthUnit {
    Days,
    Weeks,
    Months,
    Quarters,
    Years,
}

/// What keeps a lot alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum ActivityState {
    /// An event of this kind.
    Event(String),
    /// A booking of this unit.
    Earning(String),
    /// A request.
    Redemption,
}

/// When something happened that keeps lots alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActiveState {
    pub(crate) activity: ActivityState,
    pub(crate) day: Date,
}

/// Whose condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HolderState {
    Unit,
    Rule,
}

/// What a lot waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitState {
    pub(crate) event: String,
    pub(crate) until: Date,
    /// How long it lasts from then on.
    pub(crate) then: Vec<ThenState>,
}

/// `expire D after activation [tail]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThenState {
    pub(crate) after: LengthState,
    pub(crate) tail: Option<TailState>,
}

/// What moves a last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum TailState {
    MonthEnd,
    EndOf(PeriodState),
    StartOf(PeriodState),
    Next { month: u8, day: u8 },
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum PeriodState {
    Day,
    Week { starts: String },
    Month,
    Quarter,
    HalfYear,
    CalendarYear,
    MembershipYear,
    Months { count: u16, month: u8, day: u8 },
    Campaign,
    Lifetime,
}

/// The terms at rest.
pub(super) fn taken(program: &Program, open: &OpenEnd) -> TermsState {
    TermsState {
        fixed: open.fixed,
        idle: open
            .idle
            .iter()
            .map(|idle| IdleState {
                after: length(idle.length),
                without: idle.without.iter().map(|activity| activity_taken(program, *activity)).collect(),
                since: idle.since,
            })
            .collect(),
        earned: open.earned,
        held_by: open.hold.map(|hold| match hold {
            HeldBy::Unit => HolderState::Unit,
            HeldBy::Rule => HolderState::Rule,
        }),
        purchase: open.of.as_deref().map(str::to_owned),
        waits: open.wait.as_ref().map(|wait| WaitState {
            event: program.event_name(wait.event).to_owned(),
            until: wait.until,
            then: wait
                .then
                .iter()
                .map(|(after, tail)| ThenState { after: length(*after), tail: tail.map(tail_taken) })
                .collect(),
        }),
    }
}

/// The terms that a lot had.
pub(super) fn restored(
    program: &Program,
    state: &TermsState,
    wrong: impl Fn(&'static str) -> SnapshotError,
) -> Result<OpenEnd, SnapshotError> {
    let mut idle = Vec::new();
    for line in &state.idle {
        let without = line.without.iter().map(|activity| activity_restored(program, activity));
        let without: Box<[Activity]> = without.collect::<Result<_, _>>()?;
        if !without.is_sorted_by(|one, other| one < other) {
            return Err(wrong("what keeps it alive is not in order"));
        }
        let length = length_restored(&line.after).ok_or_else(|| wrong("a length of zero"))?;
        idle.push(Idle { length, without, since: line.since });
    }
    let wait = match &state.waits {
        None => None,
        Some(waits) => {
            let then = waits.then.iter().map(|then| {
                let tail = match &then.tail {
                    None => None,
                    Some(tail) => Some(tail_restored(tail)?),
                };
                Some((length_restored(&then.after)?, tail))
            });
            let then = then.collect::<Option<Box<[_]>>>().ok_or_else(|| wrong("an end that cannot be"))?;
            Some(Wait { event: program.any_event_named(&waits.event)?, until: waits.until, then })
        }
    };
    let open = OpenEnd {
        fixed: state.fixed,
        idle,
        earned: state.earned,
        hold: state.held_by.map(|holder| match holder {
            HolderState::Unit => HeldBy::Unit,
            HolderState::Rule => HeldBy::Rule,
        }),
        of: state.purchase.as_deref().map(Into::into),
        wait,
    };
    if open.is_open() { Ok(open) } else { Err(wrong("its terms are settled and are left out then")) }
}

pub(super) fn activity_taken(program: &Program, activity: Activity) -> ActivityState {
    match activity {
        Activity::Event(kind) => ActivityState::Event(program.event_name(kind).to_owned()),
        Activity::Earning(unit) => ActivityState::Earning(program.unit_name(unit).to_owned()),
        Activity::Redemption => ActivityState::Redemption,
    }
}

pub(super) fn activity_restored(program: &Program, state: &ActivityState) -> Result<Activity, SnapshotError> {
    Ok(match state {
        ActivityState::Event(name) => Activity::Event(program.any_event_named(name)?),
        ActivityState::Earning(name) => Activity::Earning(program.unit_named(name)?),
        ActivityState::Redemption => Activity::Redemption,
    })
}

/// Puts what keeps a lot alive into the order of a program.
pub(super) fn sort(program: &Program, state: &mut TermsState) -> Result<(), SnapshotError> {
    for line in &mut state.idle {
        let mut without = Vec::new();
        for activity in std::mem::take(&mut line.without) {
            without.push((activity_restored(program, &activity)?, activity));
        }
        without.sort_by_key(|(activity, _)| *activity);
        line.without = without.into_iter().map(|(_, activity)| activity).collect();
    }
    Ok(())
}

fn length(length: Duration) -> LengthState {
    let unit = match length.unit {
        // no line of terms has minutes or hours
        DurationUnit::Minute | DurationUnit::Hour | DurationUnit::Day => LengthUnit::Days,
        DurationUnit::Week => LengthUnit::Weeks,
        DurationUnit::Month => LengthUnit::Months,
        DurationUnit::Quarter => LengthUnit::Quarters,
        DurationUnit::Year => LengthUnit::Years,
    };
    LengthState { count: length.count, unit }
}

fn length_restored(state: &LengthState) -> Option<Duration> {
    let unit = match state.unit {
        LengthUnit::Days => DurationUnit::Day,
        LengthUnit::Weeks => DurationUnit::Week,
        LengthUnit::Months => DurationUnit::Month,
        LengthUnit::Quarters => DurationUnit::Quarter,
        LengthUnit::Years => DurationUnit::Year,
    };
    (state.count > 0).then_some(Duration::new(state.count, unit))
}

fn tail_taken(tail: Tail) -> TailState {
    match tail {
        Tail::MonthEnd => TailState::MonthEnd,
        Tail::EndOf(period) => TailState::EndOf(period_taken(period)),
        Tail::StartOf(period) => TailState::StartOf(period_taken(period)),
        Tail::Next(next) => TailState::Next { month: next.month(), day: next.day() },
    }
}

fn tail_restored(state: &TailState) -> Option<Tail> {
    Some(match state {
        TailState::MonthEnd => Tail::MonthEnd,
        TailState::EndOf(period) => Tail::EndOf(period_restored(period)?),
        TailState::StartOf(period) => Tail::StartOf(period_restored(period)?),
        TailState::Next { month, day } => Tail::Next(MonthDay::new(*month, *day)?),
    })
}

fn period_taken(period: Period) -> PeriodState {
    match period {
        Period::Day => PeriodState::Day,
        Period::Week { starts } => PeriodState::Week { starts: starts.word().to_owned() },
        // terms that may still move are settled when they are booked, so they hold no day that may change
        Period::Month | Period::Own(_) => PeriodState::Month,
        Period::Quarter => PeriodState::Quarter,
        Period::HalfYear => PeriodState::HalfYear,
        Period::CalendarYear => PeriodState::CalendarYear,
        Period::MembershipYear => PeriodState::MembershipYear,
        Period::Cycle(cycle) => {
            let from = cycle.from();
            PeriodState::Months { count: cycle.months(), month: from.month(), day: from.day() }
        }
        Period::Campaign => PeriodState::Campaign,
        Period::Lifetime => PeriodState::Lifetime,
    }
}

fn period_restored(state: &PeriodState) -> Option<Period> {
    Some(match state {
        PeriodState::Day => Period::Day,
        PeriodState::Week { starts } => Period::Week { starts: Weekday::from_word(starts)? },
        PeriodState::Month => Period::Month,
        PeriodState::Quarter => Period::Quarter,
        PeriodState::HalfYear => Period::HalfYear,
        PeriodState::CalendarYear => Period::CalendarYear,
        PeriodState::MembershipYear => Period::MembershipYear,
        PeriodState::Months { count, month, day } => {
            Period::Cycle(Cycle::new(*count, MonthDay::new(*month, *day)?)?)
        }
        PeriodState::Campaign => Period::Campaign,
        PeriodState::Lifetime => Period::Lifetime,
    })
}
