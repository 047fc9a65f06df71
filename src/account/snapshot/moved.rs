//! An account goes from one version of a program to another.
//!
//! It goes by names, as a snapshot does, and every book is checked on arrival as that of a snapshot: nothing is lost,
//! and nothing is made. What the other version has no place for rests in the account and comes back with a version
//! that has: attributes of the member, levels of a tiers block, runs of streaks, how the member was referred, and what a purchase was
//! judged by where it asked for one of these.

use super::{
    ActiveState, AnnouncedState, FollowUpState, FrozenState, LevelState, LinkState, MarkState, Named,
    PlansState, ProgramState, ReceiptState, Snapshot, SnapshotError, StreakStateText, TierStateText, restore,
    take, terms,
};
use crate::account::Account;
use crate::program::Program;
use serde::{Deserialize, Serialize};

/// What the version in force has no place for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resting {
    /// By name.
    attributes: Vec<Named>,
    /// By name.
    tiers: Vec<TierStateText>,
    /// By name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    streaks: Vec<StreakStateText>,
    referral: Option<LinkState>,
    /// Tiers blocks of which a level had to become another one.
    changed: Vec<ChangedLevels>,
    /// By id of the receipt.
    judged_by: Vec<JudgedBy>,
    /// Marks that were passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    marks: Vec<MarkState>,
    /// Values of parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    announced: Vec<AnnouncedState>,
    /// Rules that ask later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    follow_ups: Vec<FollowUpState>,
    /// Plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plans: Option<PlansState>,
}

/// The levels of a tiers block before a version that does not have all of them, and under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedLevels {
    was: TierStateText,
    is: TierStateText,
}

/// What a purchase was judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JudgedBy {
    receipt: String,
    facts: FrozenState,
}

impl Resting {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Another version may ask for more events of a friend, or remember fewer: what is not enough any more is not due.
pub(super) fn ask_anew(link: &mut LinkState, to: &Program) {
    let referral = to.referral_named(&link.referral).ok().and_then(|id| to.referrals.get(id.index()));
    let qualifies = referral.and_then(|referral| referral.qualifies);
    link.counted.truncate(qualifies.map_or(0, |qualifies| qualifies.most_counted()));
    if qualifies.is_none_or(|qualifies| link.counted.len() < qualifies.times) {
        link.due = None;
    }
}

/// The account under another version of its program.
pub(super) fn moved(account: &Account, from: &Program, to: &Program) -> Result<Account, SnapshotError> {
    let mut snapshot = take::snapshot(account, from);
    snapshot.program = ProgramState::of(to);
    let rested = std::mem::take(&mut snapshot.resting);
    let mut resting = Resting::default();

    snapshot.attributes.extend(rested.attributes);
    snapshot.attributes.sort_by(|one, two| one.name.cmp(&two.name));
    let has = |named: &Named| to.member_attributes.iter().any(|attribute| *attribute.name == *named.name);
    (snapshot.attributes, resting.attributes) = snapshot.attributes.into_iter().partition(has);

    snapshot.streaks.extend(rested.streaks);
    snapshot.streaks.sort_by(|one, two| one.streak.cmp(&two.streak));
    let has = |state: &StreakStateText| to.streak_named(&state.streak).is_ok();
    (snapshot.streaks, resting.streaks) = snapshot.streaks.into_iter().partition(has);

    snapshot.tiers.extend(rested.tiers);
    resting.changed = change_back(&mut snapshot.tiers, rested.changed, from, to);
    snapshot.tiers.sort_by(|one, two| one.tiers.cmp(&two.tiers));
    let has = |state: &TierStateText| to.tiers_named(&state.tiers).is_ok();
    (snapshot.tiers, resting.tiers) = snapshot.tiers.into_iter().partition(has);
    for state in &mut snapshot.tiers {
        let was = state.clone();
        levels(state, from, to);
        if was != *state {
            resting.changed.retain(|known| known.is != was);
            resting.changed.push(ChangedLevels { was, is: state.clone() });
        }
    }
    snapshot.tiers.retain(|state| !is_at_the_beginning(state, to));

    let clock = account.clock_day(to);
    (snapshot.plans, resting.plans) = PlansState::moved(snapshot.plans, rested.plans, (to, clock));

    let has = |link: &LinkState| to.referral_named(&link.referral).is_ok();
    let links = snapshot.referral.into_iter().chain(rested.referral);
    let (mut here, mut away): (Vec<LinkState>, Vec<LinkState>) = links.partition(has);
    // a member is referred once; the newer of two is the one that was in force
    (snapshot.referral, resting.referral) = (here.drain(..).next(), away.drain(..).next());
    if let Some(link) = &mut snapshot.referral {
        ask_anew(link, to);
    }
    snapshot.marks.extend(rested.marks);
    snapshot.marks.sort_by_key(MarkState::key);
    (snapshot.marks, resting.marks) =
        snapshot.marks.into_iter().partition(|state| to.milestones_named(&state.milestones).is_ok());

    snapshot.announced.extend(rested.announced);
    snapshot.announced.sort_by(|one, two| (&one.parameter, one.day).cmp(&(&two.parameter, two.day)));
    (snapshot.announced, resting.announced) =
        snapshot.announced.into_iter().partition(|state| to.parameter_named(&state.parameter).is_ok());

    // what was to be asked while its rule was away is not asked any more
    snapshot.follow_ups.extend(rested.follow_ups);
    snapshot.follow_ups.retain(|state| clock.is_some_and(|clock| state.day > clock));
    snapshot.follow_ups.sort();
    snapshot.follow_ups.dedup();
    (snapshot.follow_ups, resting.follow_ups) =
        snapshot.follow_ups.into_iter().partition(|state| state.fits(to));

    super::persons::moved(&mut snapshot, clock, to);
    resting.judged_by = judged_by(&mut snapshot.receipts, rested.judged_by, to);
    snapshot.resting = resting;

    sort(&mut snapshot, to)?;
    let mut there = restore::account(to, snapshot)?;
    if !to.streaks.is_empty() {
        there.follow_streaks((account, from), to);
        there.find_due(to, there.clock_day(to));
    }
    Ok(there)
}

/// Puts what purchases were judged by where the other version knows all of it, and returns the rest.
fn judged_by(receipts: &mut [ReceiptState], rested: Vec<JudgedBy>, to: &Program) -> Vec<JudgedBy> {
    for JudgedBy { receipt, facts } in rested {
        if let Some(found) = receipts.iter_mut().find(|known| known.id == receipt) {
            found.judged_by = Some(facts);
        }
    }
    let knows = |facts: &FrozenState| {
        let mut members = facts.member.iter();
        let has = |named: &Named| to.member_attributes.iter().any(|attribute| *attribute.name == *named.name);
        let mut levels = facts.tiers.iter();
        facts.plan.as_ref().is_none_or(|plan| to.plan_named(plan).is_ok())
            && members.all(has)
            && levels.all(|held| {
                to.tiers_named(&held.tiers).is_ok_and(|id| to.level_named(id, &held.level).is_ok())
            })
    };
    let mut rest = Vec::new();
    for receipt in receipts {
        if let Some(facts) = receipt.judged_by.take_if(|facts| !knows(facts)) {
            rest.push(JudgedBy { receipt: receipt.id.clone(), facts });
        }
    }
    rest
}

/// Where nothing has happened to levels that had to become others, they become what they were. Returns what still has
/// to wait for a version that has them.
fn change_back(
    tiers: &mut Vec<TierStateText>,
    rested: Vec<ChangedLevels>,
    from: &Program,
    to: &Program,
) -> Vec<ChangedLevels> {
    let mut rest = Vec::new();
    for ChangedLevels { was, is } in rested {
        let now = tiers.iter().position(|state| state.tiers == is.tiers);
        let same = match now.and_then(|place| tiers.get(place)) {
            Some(state) => *state == is,
            None => is_at_the_beginning(&is, from),
        };
        let mut fitted = was.clone();
        levels(&mut fitted, from, to);
        if same && fitted == was {
            tiers.retain(|state| state.tiers != was.tiers);
            tiers.push(was);
        } else if same {
            rest.push(ChangedLevels { was, is });
        }
    }
    rest
}

/// Names of levels that the other version does not have become the next lower one that it has.
fn levels(state: &mut TierStateText, from: &Program, to: &Program) {
    let Ok(there) = to.tiers_named(&state.tiers) else { return };
    let before: Vec<&str> = match from.tiers_named(&state.tiers) {
        Ok(id) => from
            .tiers
            .get(id.index())
            .map_or(Vec::new(), |tiers| tiers.levels.iter().map(|level| &*level.name).collect()),
        Err(_) => Vec::new(),
    };
    let lowest = to.level_name(there, 0);
    let fit = |name: &mut String| {
        if to.level_named(there, name).is_ok() {
            return;
        }
        let place = before.iter().position(|level| *level == *name).unwrap_or(0);
        let lower = before.iter().take(place).rev().find(|level| to.level_named(there, level).is_ok());
        *name = lower.map_or(lowest, |level| *level).to_owned();
    };
    fit(&mut state.level);
    for hold in &mut state.holds {
        fit(&mut hold.level);
        hold.without.retain(|level| to.level_named(there, level).is_ok());
    }
    super::plans::fit_granted(&mut state.granted, lowest, fit, &|level| {
        to.level_named(there, level).unwrap_or(0)
    });
    state.carries.iter_mut().for_each(|carry| fit(&mut carry.level));
    if let Some(seen) = &mut state.seen {
        fit(&mut seen.level);
    }
    for end in state.spells.iter_mut().filter_map(|spell| spell.end.as_mut()) {
        fit(&mut end.from);
        fit(&mut end.earned);
    }
    state.history.iter_mut().for_each(|held: &mut LevelState| fit(&mut held.level));
}

/// Whether there is nothing to keep of a tiers block.
fn is_at_the_beginning(state: &TierStateText, to: &Program) -> bool {
    let lowest = to.tiers_named(&state.tiers).map_or("", |id| to.level_name(id, 0));
    state.level == lowest
        && state.until.is_none()
        && state.base_until.is_none()
        && state.holds.is_empty()
        && state.history.is_empty()
        && state.spells.is_empty()
        && state.carries.is_empty()
        && state.seen.is_none()
        && state.kept.is_empty()
        && state.granted.is_empty()
}

/// What stands in the order of ids gets that of the other version.
fn sort(snapshot: &mut Snapshot, to: &Program) -> Result<(), SnapshotError> {
    let mut active = Vec::new();
    for state in std::mem::take(&mut snapshot.active) {
        active.push((terms::activity_restored(to, &state.activity)?, state));
    }
    active.sort_by_key(|(activity, _)| *activity);
    snapshot.active = active.into_iter().map(|(_, state): (_, ActiveState)| state).collect();
    let lots = snapshot.lots.iter_mut().filter_map(|lot| lot.terms.as_mut());
    let payments = snapshot.receipts.iter_mut().filter_map(|receipt| receipt.payment.as_mut());
    let spent = payments.flat_map(|payment| &mut payment.spent).flat_map(|spent| &mut spent.lots);
    let covers = snapshot.unsettled.iter_mut().flat_map(|open| &mut open.covers).map(|cover| &mut cover.lot);
    let cards = snapshot.cards.iter_mut().flat_map(|card| {
        card.terms.iter_mut().chain(card.full.iter_mut().filter_map(|full| full.terms.as_mut()))
    });
    for terms in lots.chain(cards).chain(spent.chain(covers).filter_map(|lot| lot.terms.as_mut())) {
        terms::sort(to, terms)?;
    }
    Ok(())
}
