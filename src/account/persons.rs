//! The members of an account.
//!
//! What is counted belongs to the account. What belongs to a member alone — joining, attributes, history, what caps have
//! used, how it was referred, what its moments ask — stands in the fields of the account for the member whose turn it
//! is, and is put aside for the others. At rest it is the turn of the first member, so the account of one member never
//! turns.

use super::change::{Link, Tenure};
use super::meters::Meters;
use super::moments::FollowUp;
use super::{Account, LinkStage, snapshot};
use crate::calendar::{Anchors, Date, Instant};
use crate::program::{Cap, MeterId, Program};
use std::sync::Arc;

/// What an account of several members has beside that of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Company {
    /// The id of the account.
    pub(crate) id: Arc<str>,
    /// All members but the first, as they joined. In the place of the one whose turn it is stands the first.
    others: Vec<Person>,
    /// Whose turn it is: 0 for the first member, or the place among the others, from 1.
    turn: usize,
}

/// What belongs to one member alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    member: Arc<str>,
    tenure: Option<Tenure>,
    attributes: Vec<Option<Box<str>>>,
    meters: Meters,
    last_of: Vec<Option<(Instant, Date)>>,
    link: Option<Link>,
    follow_ups: Vec<FollowUp>,
    birthday_paid: Option<Date>,
    /// What the version of the program has no place for. It is asked only at rest and stays where it is.
    pub(super) resting: Option<Box<snapshot::RestingPerson>>,
}

/// A member, whoever's turn it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who<'a> {
    /// 0 for the first member.
    pub(crate) place: usize,
    pub(crate) member: &'a Arc<str>,
    pub(crate) tenure: Option<Tenure>,
    pub(crate) attributes: &'a [Option<Box<str>>],
    pub(crate) last_of: &'a [Option<(Instant, Date)>],
    pub(crate) link: Option<&'a Link>,
    pub(crate) follow_ups: &'a [FollowUp],
    pub(crate) birthday_paid: Option<Date>,
}

impl Account {
    /// The id by which a host finds the account: that with which it was opened.
    #[must_use]
    pub fn id(&self) -> &str {
        self.shared_id()
    }

    pub(crate) fn shared_id(&self) -> &Arc<str> {
        self.company.as_ref().map_or(&self.member, |company| &company.id)
    }

    /// The members, in the order in which they came to the account.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.people().map(|who| &**who.member)
    }

    /// The local day on which a member joined; nothing before its first event, or if it is not on the account.
    #[must_use]
    pub fn joined_by(&self, member: &str) -> Option<Date> {
        self.person(member)?.tenure.map(|tenure| tenure.day)
    }

    /// All members, in the order in which they came.
    pub(crate) fn people(&self) -> impl Iterator<Item = Who<'_>> {
        let turn = self.company.as_ref().map_or(0, |company| company.turn);
        let others = self.company.iter().flat_map(|company| company.others.iter());
        let parked = |place: usize| self.company.as_ref().and_then(|company| company.others.get(place - 1));
        (0..=others.count()).map(move |place| match place {
            _ if place == turn => self.who(place),
            // the first stands in the place of the one whose turn it is
            0 => parked(turn).map_or_else(|| self.who(0), |person| person.who(0)),
            _ => parked(place).map_or_else(|| self.who(place), |person| person.who(place)),
        })
    }

    /// All members, by name.
    pub(crate) fn people_by_name(&self) -> Vec<Who<'_>> {
        let mut people: Vec<Who<'_>> = self.people().collect();
        people.sort_by_key(|who| who.member);
        people
    }

    /// The member whose turn it is.
    fn who(&self, place: usize) -> Who<'_> {
        Who {
            place,
            member: &self.member,
            tenure: self.tenure,
            attributes: &self.attributes,
            last_of: &self.last_of,
            link: self.link.as_ref(),
            follow_ups: &self.follow_ups,
            birthday_paid: self.birthday_paid,
        }
    }

    /// A member by name.
    pub(crate) fn person(&self, member: &str) -> Option<Who<'_>> {
        self.people().find(|who| **who.member == *member)
    }

    /// Whether somebody is on the account.
    pub(crate) fn has_member(&self, member: &str) -> bool {
        self.person(member).is_some()
    }

    /// The first member: the periods of the account are counted from its joining and by its attributes.
    fn first(&self) -> Who<'_> {
        let parked = self.company.as_ref().filter(|company| company.turn > 0);
        let parked = parked.and_then(|company| company.others.get(company.turn - 1));
        parked.map_or_else(|| self.who(0), |person| person.who(0))
    }

    /// When the first member joined.
    pub(crate) fn founded(&self) -> Option<Tenure> {
        if self.company.is_none() { self.tenure } else { self.first().tenure }
    }

    /// What the periods of the account are counted from; as long as nobody has joined, from a day.
    #[inline]
    pub(crate) fn anchors(&self, program: &Program, day: Date) -> Anchors {
        if self.company.is_none() {
            return program.anchors(self.tenure.map_or(day, |tenure| tenure.day), &self.attributes);
        }
        let first = self.first();
        program.anchors(first.tenure.map_or(day, |tenure| tenure.day), first.attributes)
    }

    /// The member whose turn it is, if it is not the first.
    pub(crate) fn turned(&self) -> Option<&Arc<str>> {
        let company = self.company.as_ref()?;
        (company.turn > 0).then_some(&self.member)
    }

    /// What a slot of a counter holds of all members.
    #[inline]
    pub(crate) fn counted(&self, meter: MeterId, slot: i64) -> i64 {
        let own = self.meters.get(meter, slot);
        if self.company.is_none() { own } else { own + self.parked(|meters| meters.get(meter, slot)) }
    }

    /// The sum of all slots of a counter between two keys, both included, of all members.
    #[inline]
    pub(crate) fn counted_in(&self, meter: MeterId, from: i64, to: i64) -> i64 {
        let own = self.meters.sum(meter, from, to);
        if self.company.is_none() { own } else { own + self.parked(|meters| meters.sum(meter, from, to)) }
    }

    /// What is used of a cap: by all members together if it is one of the account.
    pub(crate) fn used(&self, cap: &Cap, meter: MeterId, slot: i64) -> i64 {
        if cap.per_account { self.counted(meter, slot) } else { self.meters.get(meter, slot) }
    }

    #[cold]
    fn parked(&self, value: impl Fn(&Meters) -> i64) -> i64 {
        self.company.iter().flat_map(|company| &company.others).map(|person| value(&person.meters)).sum()
    }

    /// All counters of all members, each member's for itself.
    pub(crate) fn all_counted(&self) -> impl Iterator<Item = &(MeterId, i64, i64)> {
        let parked = self.company.iter().flat_map(|company| &company.others);
        self.meters.all().iter().chain(parked.flat_map(|person| person.meters.all()))
    }

    /// The counters that a cap asks: of all members if it is one of the account.
    pub(crate) fn counted_for(&self, cap: &Cap) -> impl Iterator<Item = &(MeterId, i64, i64)> {
        let parked = self.company.iter().filter(|_| cap.per_account).flat_map(|company| &company.others);
        self.meters.all().iter().chain(parked.flat_map(|person| person.meters.all()))
    }

    /// The counters of the members whose turn it is not, while it is that of the first, with their places.
    pub(crate) fn parked_counters(&self) -> impl Iterator<Item = (usize, &[(MeterId, i64, i64)])> {
        let parked = self.company.iter().flat_map(|company| &company.others);
        parked.enumerate().map(|(place, person)| (place + 1, person.meters.all()))
    }

    /// Drops counters of the members whose turn it is not.
    #[cold]
    pub(super) fn forget_parked(&mut self, program: &Program, newest: Date) {
        let parked = self.company.iter_mut().flat_map(|company| &mut company.others);
        parked.for_each(|person| person.meters.forget(program, newest));
    }

    /// Drops values that no counter of any member knows.
    pub(super) fn forget_values(&mut self, program: &Program) {
        let mut values = std::mem::take(&mut self.values);
        values.forget(program, self.all_counted());
        self.values = values;
    }

    /// The day of the last event of a kind, of any member.
    pub(super) fn last_day_of(&self, kind: usize) -> Option<Date> {
        let own = |last: &[Option<(Instant, Date)>]| last.get(kind).copied().flatten().map(|(_, day)| day);
        let parked = self.company.iter().flat_map(|company| &company.others);
        parked.map(|person| own(&person.last_of)).fold(own(&self.last_of), Option::max)
    }

    /// The days on which friends whose turn it is not are to be paid.
    pub(super) fn parked_links(&self) -> impl Iterator<Item = Option<Date>> {
        let parked = self.company.iter().flat_map(|company| &company.others);
        let links = parked.filter_map(|person| person.link.as_ref());
        links.map(|link| link.due.filter(|_| link.stage == LinkStage::Open))
    }

    /// Makes it the turn of the member at a place; 0 is the first.
    pub(crate) fn turn_to(&mut self, place: usize) {
        let turn = self.company.as_ref().map_or(0, |company| company.turn);
        if turn == place {
            return;
        }
        // back to the first, and from there to the other
        for place in [turn, place] {
            if let Some(at) = place.checked_sub(1) {
                self.swap(at);
            }
        }
        if let Some(company) = &mut self.company {
            company.turn = place;
        }
    }

    fn swap(&mut self, at: usize) {
        let Some(company) = &mut self.company else { return };
        let Some(person) = company.others.get_mut(at) else { return };
        std::mem::swap(&mut self.member, &mut person.member);
        std::mem::swap(&mut self.tenure, &mut person.tenure);
        std::mem::swap(&mut self.attributes, &mut person.attributes);
        std::mem::swap(&mut self.meters, &mut person.meters);
        std::mem::swap(&mut self.last_of, &mut person.last_of);
        std::mem::swap(&mut self.link, &mut person.link);
        std::mem::swap(&mut self.follow_ups, &mut person.follow_ups);
        std::mem::swap(&mut self.birthday_paid, &mut person.birthday_paid);
    }

    /// Makes it an account of several members.
    pub(super) fn found(&mut self, id: &Arc<str>) {
        self.company = Some(Box::new(Company { id: Arc::clone(id), others: Vec::new(), turn: 0 }));
    }

    /// Takes a member in, whose turn it is then. The first who comes to an account that nobody has joined is its first
    /// member.
    pub(crate) fn take_in(&mut self, member: &Arc<str>) {
        let is_free = self.company.is_none() && self.tenure.is_none();
        if self.company.is_none() {
            let id = Arc::clone(&self.member);
            self.found(&id);
        }
        if is_free {
            self.member = Arc::clone(member);
            return;
        }
        let (attributes, events) = (self.attributes.len(), self.last_of.len());
        let Some(company) = &mut self.company else { return };
        company.others.push(Person {
            member: Arc::clone(member),
            tenure: None,
            attributes: vec![None; attributes],
            meters: Meters::default(),
            last_of: vec![None; events],
            link: None,
            follow_ups: Vec::new(),
            birthday_paid: None,
            resting: None,
        });
        let place = company.others.len();
        self.turn_to(place);
    }

    /// What rests of the members behind the first, as they joined.
    pub(super) fn resting_people(
        &mut self,
    ) -> impl Iterator<Item = &mut Option<Box<snapshot::RestingPerson>>> {
        self.company.iter_mut().flat_map(|company| &mut company.others).map(|person| &mut person.resting)
    }
}

impl Company {
    /// How many members come behind the first.
    pub(super) const fn others(&self) -> usize {
        self.others.len()
    }

    /// What rests of the one at a place behind the first, from 1.
    pub(super) fn resting(&self, place: usize) -> Option<&snapshot::RestingPerson> {
        self.others.get(place.checked_sub(1)?)?.resting.as_deref()
    }
}

impl Person {
    fn who(&self, place: usize) -> Who<'_> {
        Who {
            place,
            member: &self.member,
            tenure: self.tenure,
            attributes: &self.attributes,
            last_of: &self.last_of,
            link: self.link.as_ref(),
            follow_ups: &self.follow_ups,
            birthday_paid: self.birthday_paid,
        }
    }
}
