//! From program, account and event to an outcome. Pure: no clock, no environment, no hash order, nothing rounded but
//! where the text says so.
//!
//! The folder reads like the step table of the language: accept, clock, freeze (the `judge` file holds the frozen
//! facts), requests, match, base, bonus, round, cap, book, games, tiers, friends, payers, report.

mod announcements;
mod backdating;
mod bound;
mod budgets;
mod cancelling;
mod challenges;
mod charges;
mod choices;
mod corrections;
mod draft;
mod draws;
pub(crate) mod each;
mod expenses;
mod freeze;
pub(crate) mod game_caps;
mod gifts;
pub(crate) mod given;
mod granted;
mod joining;
mod judge;
mod judged;
mod line_caps;
pub(crate) mod lot_terms;
mod lots;
mod matching;
mod moments;
mod note;
mod outcome;
mod own_days;
mod parts;
mod plans;
pub(crate) mod progress;
mod proportion;
mod rebates;
mod refuse;
mod returning;
mod reversal;
mod rows;
mod settlement;
mod so_far;
mod spells;
mod stamp_values;
mod step00_accept;
mod step01_clock;
mod step03_requests;
mod step04_match;
mod step05_base;
mod step06_bonus;
mod step07_round;
mod step08_cap;
mod step08a_everything;
mod step09_book;
mod step10_games;
mod step10_milestones;
mod step11_tiers;
mod step11a_convert;
mod step12_friends;
mod step13_payers;
mod streaks;
mod sums;
mod tax;
mod terms;
mod tier_windows;
pub(crate) mod trace;
mod transfers;
mod unsettled;
mod versions;
mod years;

pub(crate) use bound::{Typed, typed};
pub(crate) use draft::Draft;
use draft::push_with;
pub(crate) use judge::Facts;
pub use note::Note;
pub use outcome::{Outcome, Status};
pub use refuse::{EvaluateError, Largest, Refusal, Rejection};
pub use settlement::{Donation, Redemption};
pub use versions::Judged;

use crate::account::{Account, Change, PostError, Postings, Record, Turnover};
use crate::calendar::{Date, Instant};
use crate::event::{Event, Kind, Message, MessageBody, Named};
use crate::program::{Activity, EventKindId, Program, RoomCut};
use bound::Bound;
use rows::Rows;
use std::borrow::Cow;
use std::sync::Arc;
use step00_accept::Whose;
use step03_requests::Settled;
pub(crate) use step13_payers::Given;
use trace::{Late, Trace};

/// Evaluates events. It holds only memory that it uses again; one evaluator serves any number of programs and
/// accounts, one after another.
///
/// ```
/// # use loyalty_rules::{compile, Account, Evaluator, Event, Limits, Sources};
/// # use loyalty_rules::event::Item;
/// # let rules = r#"edition 2026
/// # program Demo {
/// #   version 1
/// #   effective from 2026-01-01
/// #   currency EUR
/// #   time zone "Europe/Berlin"
/// # }
/// # unit points is spendable {
/// #   round down in total
/// #   expire never
/// # }
/// # earn Base {
/// #   on purchase
/// #   give 1 points per full 2 EUR
/// # }
/// # "#;
/// let program = compile(&Sources::single("demo.loyalty", rules), &Limits::default())?.program;
/// let mut account = Account::open(&program, "Ann");
/// let event = Event::purchase("K-1", "Ann", "2026-03-03T17:45:00+01:00").item(Item::new("Pears", "1", "4.98")).build()?;
/// let outcome = Evaluator::new().evaluate(&program, &account, &event)?;
/// account.post(&program, &outcome)?;
/// assert_eq!(account.balance(&program, "points")?.available, "2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Evaluator {
    bound: Bound,
    rows: Rows,
}

/// Everything that one evaluation collects.
#[derive(Debug, Default)]
struct Gathered {
    postings: Postings,
    messages: Vec<Message>,
    notes: Vec<Note>,
    trace: Option<Box<Trace>>,
    settled: Settled,
    given: Vec<Given>,
    counted: Vec<(Turnover, Option<RoomCut>)>,
}

impl Evaluator {
    /// An evaluator without memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges an event. The account is not changed: post the outcome.
    ///
    /// # Errors
    ///
    /// [`EvaluateError::Rejected`] if the event is refused as a whole, [`EvaluateError::Foreign`] if the account
    /// belongs to another program or member, [`EvaluateError::Broken`] if the account does not balance.
    pub fn evaluate(
        &mut self,
        program: &Program,
        account: &Account,
        event: &Event,
    ) -> Result<Outcome, EvaluateError> {
        self.run(program, account, event, None, program.effective_from)
    }

    /// Judges an event and explains every rule: why and why not.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::evaluate`].
    pub fn explain(
        &mut self,
        program: &Program,
        account: &Account,
        event: &Event,
    ) -> Result<Outcome, EvaluateError> {
        self.run(program, account, event, Some(Box::default()), program.effective_from)
    }

    /// Runs the clock of an account up to an instant.
    ///
    /// # Errors
    ///
    /// [`EvaluateError::Foreign`] or [`EvaluateError::Broken`] as above.
    pub fn advance(
        &mut self,
        program: &Program,
        account: &Account,
        to: Instant,
    ) -> Result<Outcome, EvaluateError> {
        if account.program != program.identity {
            return Err(EvaluateError::Foreign("program"));
        }
        let mut gathered = Gathered::default();
        let day = program.zone.business_date(to, program.day_starts);
        let mut working = Cow::Borrowed(account);
        if working.due.is_some_and(|due| due <= day) {
            let Gathered { postings, messages, notes, .. } = &mut gathered;
            step01_clock::run(program, working.to_mut(), day, postings, messages, notes)?;
        }
        gathered.postings.changes.push(Change::Clock(to));
        Ok(Outcome::new(program, account, None, gathered))
    }

    /// `begins` is the first day of which an event is judged.
    fn run(
        &mut self,
        program: &Program,
        account: &Account,
        event: &Event,
        trace: Option<Box<Trace>>,
        begins: Date,
    ) -> Result<Outcome, EvaluateError> {
        let event = judged::on_its_day(program, event)?;
        let event: &Event = &event;
        let whose = step00_accept::whose(program, account, event)?;
        if step00_accept::is_repeated(program, account, event)? {
            let id = Arc::clone(&event.id);
            let mut outcome = Outcome::new(program, account, Some(id), Gathered::default());
            if whose != Whose::OnlyMember {
                outcome.is_of(account, event);
            }
            return Ok(outcome);
        }
        let mut gathered = Gathered { trace, ..Gathered::default() };
        let (attributes, tenure) = match whose {
            Whose::OnlyMember => (&account.attributes[..], account.tenure),
            _ => account.person(&event.member).map_or((&[][..], None), |who| (who.attributes, who.tenure)),
        };
        self.bound.bind(program, event, attributes)?;
        step00_accept::check_dates(program, account, event, (&self.bound, tenure), begins)?;
        if counts(event) && tenure.is_none() {
            step00_accept::may_enrol(program, &self.bound)?;
        }
        tax::convert(program, &mut self.bound)?;
        if let Some(trace) = &mut gathered.trace {
            trace.late = late(account, event, &self.bound);
        }
        if whose != Whose::OnlyMember {
            gathered.postings.turns.push((0, Arc::clone(&account.member)));
        }
        let mut working = Cow::Borrowed(account);
        if working.due.is_some_and(|due| due <= self.bound.day) {
            let Gathered { postings, messages, notes, .. } = &mut gathered;
            step01_clock::run(program, working.to_mut(), self.bound.day, postings, messages, notes)?;
        }
        if whose != Whose::OnlyMember {
            turn_to(whose, &mut working, event, &mut gathered);
        }
        if counts(event) && working.tenure.is_none() && !matches!(event.kind, Kind::Announce(_)) {
            self.enrol(program, &mut working, event, &mut gathered)?;
        }
        self.judge_event(program, &working, event, &mut gathered)?;
        gathered.notes.append(&mut self.bound.notes);
        if matches!(whose, Whose::Member(1..) | Whose::Newcomer) {
            // at rest it is the turn of the first
            gathered.postings.changes.push(Change::Turn(0));
        }
        if let Some(trace) = &mut gathered.trace {
            trace.progress = Some(progress::note(program, account, &gathered.postings, self.bound.day)?);
        }
        let mut outcome = Outcome::new(program, account, None, gathered);
        if whose != Whose::OnlyMember {
            outcome.is_of(account, event);
        }
        Ok(outcome)
    }

    fn judge_event(
        &mut self,
        program: &Program,
        account: &Account,
        event: &Event,
        gathered: &mut Gathered,
    ) -> Result<(), EvaluateError> {
        let mut draft = start_draft(program, account, Arc::clone(&event.id), &self.bound);
        let mut notes = Vec::new();
        self.settle(&mut draft, event, &mut gathered.settled)?;
        if program.level_needs.at_once {
            tier_windows::reach_by_itself(program, account, &mut self.bound);
        }
        let bound = &self.bound;
        let facts = Facts::anchored(program, account, bound, draft.anchors);
        match &event.kind {
            Kind::Named(Named { of: event_of, .. }) => {
                if let Some(kind) = bound.kind {
                    draft.kind = Some(kind);
                    if let Some(purchase) = event_of {
                        let released = lot_terms::release(&mut draft, kind, purchase);
                        if !released && account.record(program, purchase).is_none() {
                            notes.push(Note::UnknownPurchase((&**purchase).into()));
                        }
                    }
                    let settled = &mut gathered.settled;
                    named(&facts, &mut draft, &mut self.rows, kind, settled, &mut gathered.trace)?;
                    reversal::freeze_receipt(&facts, &mut draft, kind, event);
                }
            }
            Kind::Redeem(_) => {
                let Settled { awards, record, .. } = &mut gathered.settled;
                step09_book::keep_redemption(&facts, &mut draft, std::mem::take(awards), record.take());
            }
            Kind::Cancel { of } => {
                cancelling::cancel(&facts, &mut draft, &mut self.rows, of)?;
                moments::forget_returned(&mut draft);
            }
            Kind::Joining { referrer, .. } => {
                joining::join(
                    &facts,
                    &mut draft,
                    &mut self.rows,
                    event,
                    referrer.as_ref(),
                    gathered,
                    &mut notes,
                )?;
            }
            Kind::Return(back) => {
                let matched = matching::match_lines(program, account, back, bound.day, &mut notes)?;
                returning::take_back(&facts, &mut draft, &mut self.rows, matched)?;
                moments::forget_returned(&mut draft);
            }
            Kind::Choose(choose) => choices::choose(&mut draft, choose)?,
            Kind::Announce(announce) => announcements::announce(&mut draft, announce)?,
            Kind::Adjust(_) | Kind::Membership(_) | Kind::Grant(_) => by_hand(&mut draft, &event.kind)?,
            Kind::Change => corrections::change(&mut draft, event, &mut notes)?,
            Kind::Transfer(transfer) => transfers::give(&mut draft, transfer)?,
            Kind::Link { referrer } => step12_friends::link(&facts, &mut draft, referrer)?,
            Kind::Message(message) => deliver(&facts, &mut draft, &mut self.rows, message)?,
        }
        if !draft.given.is_empty() {
            step13_payers::note_gifts(&mut draft);
        }
        let Draft { mut postings, mut messages, notes: mut said, given, counted, receipt, event: id, .. } =
            draft;
        let record = Record { digest: event.digest, day: counts(event).then_some(bound.day), receipt };
        push_with(&mut postings.changes, || Change::Applied(id, record, event.at));
        gathered.given = given;
        gathered.counted = rebates::with_room(program, account, counted);
        append(&mut gathered.postings, postings);
        gathered.messages.append(&mut messages);
        gathered.notes.append(&mut notes);
        gathered.notes.append(&mut said);
        Ok(())
    }
}

impl Evaluator {
    /// Step 3. An event that asks for nothing passes by.
    fn settle(
        &mut self,
        draft: &mut Draft<'_>,
        event: &Event,
        settled: &mut Settled,
    ) -> Result<(), Rejection> {
        let program = draft.program;
        settled.left = if self.bound.has_basket { tax::to_pay(program, &self.bound) } else { None };
        let requests = event.requests();
        if requests.is_empty() {
            self.bound.to_pay = settled.left.filter(|_| !program.spend_with_tax);
            settled.record = self.bound.as_priced.as_ref().map(|_| step03_requests::record(&self.bound));
            return Ok(());
        }
        if self.bound.kind.is_none() && matches!(event.kind, Kind::Named(_)) {
            let detail = "in an event that the program does not know nothing can be redeemed";
            return Err(Rejection::new(Refusal::WrongValue, detail));
        }
        let facts = Facts::new(draft.program, draft.account, &self.bound);
        *settled = step03_requests::take(&facts, draft, self.bound.kind, requests)?;
        if let Some(items) = settled.counted.take() {
            self.bound.count(items);
        }
        if charges::has_partners(program) {
            expenses::note(draft, event, settled)?;
        }
        self.bound.to_pay = settled.left.filter(|_| !program.spend_with_tax);
        Ok(())
    }
}

/// Whether an event is a deed of the member: it enrols one who is not known, and older events are late behind it. What
/// came before a joining has a rule of its own.
const fn counts(event: &Event) -> bool {
    !matches!(event.kind, Kind::Message(_) | Kind::Joining { .. })
}

/// How late an event is. Joinings and messages are never late.
fn late(account: &Account, event: &Event, bound: &Bound) -> Option<Late> {
    let (_, newest) = account.newest.filter(|(at, _)| counts(event) && *at > event.at)?;
    Some(Late { day: bound.day, newest })
}

/// Makes it the turn of the member whose event it is.
#[cold]
fn turn_to(whose: Whose, working: &mut Cow<'_, Account>, event: &Event, gathered: &mut Gathered) {
    let Postings { deltas, changes, turns } = &mut gathered.postings;
    turns.push((deltas.len(), Arc::clone(&event.member)));
    match whose {
        Whose::Member(place @ 1..) => {
            working.to_mut().turn_to(place);
            changes.push(Change::Turn(place));
        }
        Whose::Newcomer => {
            working.to_mut().take_in(&event.member);
            changes.push(Change::TakenIn(Arc::clone(&event.member)));
        }
        Whose::Member(0) | Whose::OnlyMember => {}
    }
}

#[inline]
fn start_draft<'a>(program: &'a Program, account: &'a Account, id: Arc<str>, bound: &Bound) -> Draft<'a> {
    let anchors = Facts::new(program, account, bound).anchors;
    Draft::new(program, account, id, (bound.at, bound.day), anchors)
}

fn append(all: &mut Postings, mut more: Postings) {
    if all.deltas.is_empty() && all.changes.is_empty() && all.turns.is_empty() {
        *all = more;
        return;
    }
    let before = all.deltas.len();
    all.turns.extend(more.turns.into_iter().map(|(from, member)| (before + from, member)));
    all.deltas.append(&mut more.deltas);
    all.changes.append(&mut more.changes);
}

/// Steps 5 to 7: what each row gives, rounded.
fn work_out(facts: &Facts<'_>, rows: &mut Rows, trace: &mut Option<Box<Trace>>) -> Result<(), Rejection> {
    if sums::work_out(facts, rows) {
        return Ok(());
    }
    rows.open_columns();
    step05_base::compute_bases(facts, rows, trace)?;
    step06_bonus::compute_extras(facts, rows, trace)?;
    step07_round::round_rows(facts, rows)
}

/// What a host books or says of a member, beside what the member buys.
#[cold]
fn by_hand(draft: &mut Draft<'_>, kind: &Kind) -> Result<(), Rejection> {
    match kind {
        Kind::Adjust(adjust) => corrections::adjust(draft, adjust),
        Kind::Membership(membership) => plans::change(draft, membership),
        Kind::Grant(grant) => plans::grant(draft, grant),
        _ => Ok(()),
    }
}

/// Steps 4 to 9 for the rules of an event.
fn award(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    kind: EventKindId,
    trace: &mut Option<Box<Trace>>,
) -> Result<Vec<crate::account::ReceiptAward>, Rejection> {
    rows.start(facts.event.items().len());
    step04_match::match_rules(facts, kind, rows, trace);
    book_matched(facts, draft, rows, trace)
}

/// Steps 5 to 9 for the rules that match.
#[inline]
fn book_matched(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    trace: &mut Option<Box<Trace>>,
) -> Result<Vec<crate::account::ReceiptAward>, Rejection> {
    if rows.all().is_empty() {
        return Ok(Vec::new());
    }
    work_out(facts, rows, trace)?;
    if let Some(trace) = trace {
        trace.take_shares(facts, rows);
    }
    step08_cap::cap_rows(facts, rows, trace);
    step08a_everything::multiply_everything(facts, rows, trace)?;
    step09_book::book_rows(facts, draft, rows, trace)
}

/// A purchase or declared event: steps 4 to 13.
fn named(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    kind: EventKindId,
    settled: &mut Settled,
    trace: &mut Option<Box<Trace>>,
) -> Result<(), Rejection> {
    push_with(&mut draft.postings.changes, || Change::LastOf(kind, facts.event.at, facts.event.day));
    draft.note_activity(Activity::Event(kind));
    let mut awards = award(facts, draft, rows, kind, trace)?;
    awards.append(&mut settled.awards);
    let mut shares = step09_book::count_event(facts, draft, kind);
    shares.append(&mut step09_book::count_spend(facts, draft, rows));
    if !facts.program.each.is_empty() {
        shares.append(&mut each::marks(facts, draft, rows, settled.record.as_deref()));
        if let Some(trace) = trace {
            trace.take_values(facts);
        }
    }
    step10_games::stamp_cards(facts, draft, kind, &mut awards, &mut shares)?;
    if !facts.program.challenges.is_empty() {
        challenges::count(facts, draft, kind, &mut awards, &mut shares);
    }
    if !facts.program.streaks.is_empty() {
        streaks::count(facts, draft, kind, &mut awards, &mut shares);
    }
    if let Some(trace) = trace {
        trace.cut_gifts = std::mem::take(&mut draft.cut);
    }
    if !facts.program.draws.is_empty() {
        draws::enter(facts, draft, kind, &mut awards);
    }
    step09_book::keep_receipt(facts, draft, kind, awards, shares, settled.record.take());
    if !facts.program.backdated.is_empty() {
        backdating::wait(facts, draft, rows, kind)?;
    }
    if !facts.program.milestones.is_empty() {
        step10_milestones::count(facts, draft, kind, &[])?;
    }
    step11_tiers::recount(draft);
    step11a_convert::at_once(draft);
    step12_friends::qualify(facts, draft, kind);
    if !facts.program.moments.is_empty() {
        moments::follow(facts, draft, kind);
    }
    if !facts.program.donations.is_empty() {
        step13_payers::give(facts, draft, kind, &mut settled.left, trace)?;
    }
    if !facts.program.rebates.is_empty() {
        rebates::count(facts, draft, kind)?;
    }
    Ok(())
}

/// A message from another account, or from the book of a budget.
#[cold]
fn deliver(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    rows: &mut Rows,
    message: &Message,
) -> Result<(), Rejection> {
    match message.body() {
        MessageBody::BudgetAnswered { event, granted } => {
            budgets::receive(facts, draft, message, (event, *granted))?;
        }
        MessageBody::Transferred { unit, lots, .. } => transfers::receive(facts, draft, unit, lots)?,
        _ => step12_friends::receive(facts, draft, rows, message)?,
    }
    step11_tiers::recount(draft);
    step11a_convert::at_once(draft);
    Ok(())
}

impl Account {
    /// Books an outcome that was computed from exactly this state.
    ///
    /// # Errors
    ///
    /// [`PostError`]; nothing has been booked then.
    pub fn post(&mut self, program: &Program, outcome: &Outcome) -> Result<(), PostError> {
        if self.program != program.identity
            || outcome.program != self.program
            || outcome.account.as_ref().unwrap_or(&outcome.member) != self.shared_id()
        {
            return Err(PostError::Foreign);
        }
        if outcome.base != self.version {
            return Err(PostError::Stale { expected: outcome.base, found: self.version });
        }
        if outcome.status() == Status::Repeated {
            return Ok(());
        }
        self.book(program, &outcome.postings)
    }

    /// The instant at which the clock next has work for this account: nothing happens before it, something happens
    /// at it.
    #[must_use]
    pub fn next_due(&self, program: &Program) -> Option<Instant> {
        self.due.map(|day| program.zone.start_of_day(day, program.day_starts))
    }

    /// The local day to which the clock was run.
    pub(crate) fn clock_day(&self, program: &Program) -> Option<Date> {
        self.clock.map(|clock| program.zone.business_date(clock, program.day_starts))
    }
}
