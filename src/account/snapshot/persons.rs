//! The members of an account behind the first, in a snapshot.

use super::moved::ask_anew;
use super::restore::{Restore, checked};
use super::take::{Names, text};
use super::{EventState, FollowUpState, LinkState, Moment, Named, SlotState, Snapshot, SnapshotError};
use crate::account::{Account, Tenure};
use crate::calendar::Date;
use crate::program::Program;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A member of an account behind the first: what belongs to it alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonState {
    member: String,
    joined: Option<Moment>,
    /// By name.
    attributes: Vec<Named>,
    /// By name of the counter.
    counters: Vec<SlotState>,
    /// By name.
    last_events: Vec<EventState>,
    referral: Option<LinkState>,
    /// By day, event and rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    follow_ups: Vec<FollowUpState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    birthday_paid: Option<Date>,
    /// What another version of the program has a place for.
    #[serde(default, skip_serializing_if = "RestingPerson::is_empty")]
    resting: RestingPerson,
}

/// What the version in force has no place for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestingPerson {
    /// By name.
    attributes: Vec<Named>,
    referral: Option<LinkState>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    follow_ups: Vec<FollowUpState>,
}

impl RestingPerson {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Names<'_> {
    /// All members behind the first, as they joined.
    pub(super) fn others(&self, account: &Account) -> Vec<PersonState> {
        let Some(company) = &account.company else { return Vec::new() };
        let mut turned = account.clone();
        let mut states = Vec::with_capacity(company.others());
        for place in 1..=company.others() {
            turned.turn_to(place);
            states.push(PersonState {
                member: text(&turned.member),
                joined: turned.tenure.map(|tenure| Moment { at: tenure.at, day: tenure.day }),
                attributes: self.attributes(&turned),
                counters: self.counters(&turned),
                last_events: self.last_events(&turned.last_of),
                referral: turned.link.as_ref().map(|link| self.link(link)),
                follow_ups: self.follow_ups(&turned),
                birthday_paid: turned.birthday_paid,
                resting: company.resting(place).cloned().unwrap_or_default(),
            });
        }
        states
    }
}

impl Restore<'_> {
    /// The id of the account and the members behind the first. Has to come before anything that names a member.
    pub(super) fn company(
        &mut self,
        id: Option<String>,
        others: Vec<PersonState>,
    ) -> Result<(), SnapshotError> {
        let Some(id) = id else {
            return match others.first() {
                Some(other) => Err(SnapshotError::value("member", &other.member, "the account has no id")),
                None => Ok(()),
            };
        };
        checked("account", &id)?;
        self.account.found(&Arc::from(id));
        for other in others {
            let member = Arc::from(checked("member", &other.member)?);
            if self.account.has_member(&member) {
                return Err(SnapshotError::value("member", &other.member, "it is there twice"));
            }
            self.account.take_in(&member);
            self.account.tenure = other.joined.map(|joined| Tenure { at: joined.at, day: joined.day });
            self.attributes(other.attributes)?;
            self.counters(&other.counters)?;
            self.last_events(&other.last_events)?;
            self.link(other.referral)?;
            self.follow_ups(&other.follow_ups)?;
            self.birthday_paid(other.birthday_paid)?;
            self.account.turn_to(0);
            if let Some(place) = self.account.resting_people().last() {
                *place = (!other.resting.is_empty()).then(|| Box::new(other.resting));
            }
        }
        Ok(())
    }
}

/// The members behind the first under another version of the program.
pub(super) fn moved(snapshot: &mut Snapshot, clock: Option<Date>, to: &Program) {
    let has = |named: &Named| to.member_attributes.iter().any(|attribute| *attribute.name == *named.name);
    for person in &mut snapshot.others {
        let rested = std::mem::take(&mut person.resting);
        person.attributes.extend(rested.attributes);
        person.attributes.sort_by(|one, two| one.name.cmp(&two.name));
        let attributes = std::mem::take(&mut person.attributes).into_iter().partition(has);
        (person.attributes, person.resting.attributes) = attributes;

        let fits = |link: &LinkState| to.referral_named(&link.referral).is_ok();
        let links = person.referral.take().into_iter().chain(rested.referral);
        let (here, away): (Vec<LinkState>, Vec<LinkState>) = links.partition(fits);
        // a member is referred once; the newer of two is the one that was in force
        person.referral = here.into_iter().next();
        person.resting.referral = away.into_iter().next();
        if let Some(link) = &mut person.referral {
            ask_anew(link, to);
        }

        // what was to be asked while its rule was away is not asked any more
        person.follow_ups.extend(rested.follow_ups);
        person.follow_ups.retain(|state| clock.is_some_and(|clock| state.day > clock));
        person.follow_ups.sort();
        person.follow_ups.dedup();
        let follow_ups = std::mem::take(&mut person.follow_ups).into_iter();
        (person.follow_ups, person.resting.follow_ups) = follow_ups.partition(|state| state.fits(to));
    }
}
