//! Restoring an account, with every doubt a reason to refuse.

use super::restore_receipts::receipts;
use super::{ActiveState, terms};
use super::{
    BooksState, EventState, FORMAT, HoldState, LinkState, LotState, Named, PendingState, ProgramState,
    SeenState, SlotState, Snapshot, SnapshotError, SourceState, StageState, TierStateText, VoucherState,
};
use crate::account::{
    Account, CountedEvent, HeldVoucher, Hold, Link, LinkStage, Lot, NO_VALUE, Record, Tenure, TierState,
};
use crate::calendar::{Date, Instant};
use crate::event::check_text;
use crate::ledger::{Book, Source, Thing, Totals};
use crate::program::{MeterId, Program, TiersId, UnitKind};
use crate::wire::parse_amount;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Restores an account.
pub(super) fn account(program: &Program, snapshot: Snapshot) -> Result<Account, SnapshotError> {
    check_head(program, &snapshot)?;
    let mut account = Account::open(program, &snapshot.member);
    account.version = snapshot.version;
    account.tenure = snapshot.joined.map(|joined| Tenure { at: joined.at, day: joined.day });
    account.newest = snapshot.newest.map(|newest| (newest.at, newest.day));
    account.clock = snapshot.clock;
    (account.next_lot, account.next_voucher) = (snapshot.next_lot, snapshot.next_voucher);
    account.next_choice = snapshot.next_choice;
    account.resting = (!snapshot.resting.is_empty()).then(|| Box::new(snapshot.resting));
    let mut state = Restore { program, account, meters: meters_by_name(program) };
    state.attributes(snapshot.attributes)?;
    state.books(&snapshot.books)?;
    state.lots(&snapshot.lots)?;
    state.vouchers(&snapshot.vouchers)?;
    state.choices(&snapshot.choices)?;
    state.donated(&snapshot.donations)?;
    state.pledges(&snapshot.pledges)?;
    state.turnovers(&snapshot.turnovers)?;
    state.closed_turnovers(&snapshot.closed_turnovers)?;
    state.announced(&snapshot.announced)?;
    state.cards(snapshot.cards)?;
    state.streaks(&snapshot.streaks)?;
    state.tiers(snapshot.tiers)?;
    state.plans(snapshot.plans)?;
    state.counters(&snapshot.counters)?;
    state.last_events(&snapshot.last_events)?;
    state.active(&snapshot.active)?;
    state.link(snapshot.referral)?;
    state.marks(&snapshot.marks)?;
    state.claims(&snapshot.claims)?;
    state.follow_ups(&snapshot.follow_ups)?;
    state.birthday_paid(snapshot.birthday_paid)?;
    state.company(snapshot.account, snapshot.others)?;
    state.cap_values(&snapshot.values)?;
    state.seen(snapshot.seen)?;
    state.unsettled(&snapshot.unsettled)?;
    state.void_vouchers(snapshot.void_vouchers)?;
    state.forgiven(&snapshot.receipts)?;
    receipts(&mut state, snapshot.receipts)?;
    state.check_holdings()?;
    state.check_choices()?;
    let asked = state.account.clock_day(state.program);
    state.account.find_due(state.program, asked);
    Ok(state.account)
}

fn check_head(program: &Program, snapshot: &Snapshot) -> Result<(), SnapshotError> {
    if snapshot.format != FORMAT {
        return Err(SnapshotError::Format(snapshot.format));
    }
    let ProgramState { name, version, fingerprint } = &snapshot.program;
    if *fingerprint != program.fingerprint {
        let label =
            |name: &str, version: u32, print: u128| format!("{name} version {version} ({print:032x})");
        return Err(SnapshotError::Program {
            expected: label(&program.name, program.version, program.fingerprint),
            found: label(&name.chars().take(40).collect::<String>(), *version, *fingerprint),
        });
    }
    checked("member", &snapshot.member)?;
    if [snapshot.next_lot, snapshot.next_voucher, snapshot.next_choice].contains(&0) {
        return Err(SnapshotError::value("next number", 0, "lots, vouchers and choices are counted from 1"));
    }
    Ok(())
}

fn meters_by_name(program: &Program) -> BTreeMap<&str, MeterId> {
    let meters = program.meters.iter().enumerate();
    meters.map(|(place, meter)| (&*meter.name, MeterId(place as u32))).collect()
}

/// A text that an event could carry.
pub(super) fn checked<'a>(what: &'static str, text: &'a str) -> Result<&'a str, SnapshotError> {
    match check_text(what, text) {
        Ok(()) => Ok(text),
        Err(_) => Err(SnapshotError::value(what, text, "it is empty, too long, or contains a NUL character")),
    }
}

/// A text that an event could carry, or an empty one.
pub(super) fn checked_or_empty<'a>(what: &'static str, text: &'a str) -> Result<&'a str, SnapshotError> {
    if text.is_empty() { Ok(text) } else { checked(what, text) }
}

/// Refuses entries that are not strictly in order.
pub(super) fn in_order<T, K: Ord>(
    what: &'static str,
    entries: &[T],
    key: impl Fn(&T) -> K,
    name: impl Fn(&T) -> String,
) -> Result<(), SnapshotError> {
    let mut pairs = entries.iter().zip(entries.iter().skip(1));
    match pairs.find(|(one, two)| key(one) >= key(two)) {
        Some((_, two)) => Err(SnapshotError::Order { what, name: name(two) }),
        None => Ok(()),
    }
}

/// An account in the making.
pub(super) struct Restore<'a> {
    pub(super) program: &'a Program,
    pub(super) account: Account,
    pub(super) meters: BTreeMap<&'a str, MeterId>,
}

impl Restore<'_> {
    pub(super) fn attributes(&mut self, attributes: Vec<Named>) -> Result<(), SnapshotError> {
        in_order("attributes", &attributes, |named| named.name.clone(), |named| named.name.clone())?;
        for Named { name, text } in attributes {
            let place = self.program.member_attributes.iter().position(|attribute| *attribute.name == *name);
            let slot = place.and_then(|place| self.account.attributes.get_mut(place));
            let Some(slot) = slot else {
                return Err(SnapshotError::value("attribute", name, "the program does not have it"));
            };
            *slot = Some(text.into());
        }
        Ok(())
    }

    fn books(&mut self, books: &[BooksState]) -> Result<(), SnapshotError> {
        in_order("books", books, |books| (books.kind, books.name.clone()), |books| books.name.clone())?;
        for state in books {
            let thing = self.program.thing_of(state.kind, &state.name)?;
            let decimals = self.program.thing_decimals(thing);
            let signed = |text: &str| {
                let wrong = || SnapshotError::value("books", &state.name, "an amount has another form");
                parse_amount(text, decimals).ok_or_else(wrong)
            };
            let amount = |text: &str| match signed(text)? {
                amount if amount >= 0 => Ok(amount),
                _ => Err(SnapshotError::value("books", &state.name, "an amount has another form")),
            };
            let totals = [
                (Book::Issued, -amount(&state.issued)?),
                (Book::Pending, amount(&state.pending)?),
                (Book::Available, amount(&state.available)?),
                (Book::Redeemed, amount(&state.redeemed)?),
                (Book::Expired, amount(&state.expired)?),
                (Book::TakenBack, amount(&state.taken_back)?),
                (Book::Debt, -amount(&state.debt)?),
                (Book::Transferred, signed(&state.transferred)?),
            ];
            let totals = Totals::from_balances(&totals);
            if !totals.is_balanced() || totals == Totals::default() {
                return Err(SnapshotError::Unbalanced {
                    name: state.name.clone(),
                    problem: "what was issued is not what became of it",
                });
            }
            let place = match thing {
                Thing::Unit(unit) => self.account.totals.get_mut(unit.index()),
                Thing::Voucher(voucher) => self.account.voucher_totals.get_mut(voucher.index()),
                Thing::Stamps(card) => self.account.card_totals.get_mut(card.index()),
                Thing::Choice(choice) => self.account.choice_totals.get_mut(choice.index()),
                Thing::Donation(_) => {
                    return Err(SnapshotError::value(
                        "books",
                        &state.name,
                        "donations have a list of their own",
                    ));
                }
            };
            if let Some(place) = place {
                *place = totals;
            }
        }
        Ok(())
    }

    pub(super) fn source(&self, source: &SourceState) -> Result<Source, SnapshotError> {
        Ok(self.program.source_of(source.kind, &source.rule, source.level.as_deref())?)
    }

    fn lots(&mut self, lots: &[LotState]) -> Result<(), SnapshotError> {
        in_order("lots", lots, |lot| lot.number, |lot| lot.number.to_string())?;
        for state in lots {
            let wrong = |problem| SnapshotError::value("lot", state.number, problem);
            let unit = self.program.unit_named(&state.unit)?;
            let kind = self.program.units.get(unit.index()).map(|unit| unit.kind);
            if kind != Some(UnitKind::Spendable) {
                return Err(wrong("its unit is not spendable"));
            }
            if state.number == 0 || state.number >= self.account.next_lot {
                return Err(wrong("its number was never given"));
            }
            let decimals = self.program.unit_decimals(unit);
            let amount = |text: &str| {
                parse_amount(text, decimals)
                    .filter(|amount| *amount >= 0)
                    .ok_or_else(|| wrong("an amount has another form"))
            };
            let (starts, number) =
                (|pending: &PendingState| pending.usable_from, |_: &PendingState| state.number.to_string());
            in_order("pending", &state.pending, starts, number)?;
            let pending: Result<Vec<(Date, i64)>, SnapshotError> = state
                .pending
                .iter()
                .map(|pending| Ok((pending.usable_from, amount(&pending.amount)?)))
                .collect();
            let terms = (unit, self.source(&state.source)?, state.last_day);
            let mut lot = Lot::open(state.number, terms, state.earned);
            (lot.left, lot.pending, lot.lapsed) = (amount(&state.amount)?, pending?, amount(&state.lapsed)?);
            if let Some(terms) = &state.terms {
                lot.set_end(Arc::new(terms::restored(self.program, terms, wrong)?));
            }
            if lot.last != state.last_day {
                return Err(wrong("its last day is not that of its terms"));
            }
            if lot.is_spent() || lot.pending.iter().any(|(_, amount)| *amount == 0) {
                return Err(wrong("there is nothing in it"));
            }
            if !self.account.lots.put(lot) {
                return Err(wrong("another lot has its terms"));
            }
        }
        Ok(())
    }

    fn vouchers(&mut self, vouchers: &[VoucherState]) -> Result<(), SnapshotError> {
        in_order("vouchers", vouchers, |held| held.number, |held| held.number.to_string())?;
        for state in vouchers {
            if state.number == 0 || state.number >= self.account.next_voucher {
                return Err(SnapshotError::value("voucher", state.number, "its number was never given"));
            }
            self.account.vouchers.push(HeldVoucher {
                number: state.number,
                voucher: self.program.voucher_named(&state.voucher)?,
                source: self.source(&state.source)?,
                event: checked_or_empty("event of a voucher", &state.event)?.into(),
                start: state.usable_from,
                last: state.last_day,
            });
        }
        Ok(())
    }

    fn tiers(&mut self, tiers: Vec<TierStateText>) -> Result<(), SnapshotError> {
        in_order("tiers", &tiers, |state| state.tiers.clone(), |state| state.tiers.clone())?;
        for state in tiers {
            let id = self.program.tiers_named(&state.tiers)?;
            let restored = self.tier(id, &state)?;
            if restored == TierState::default() {
                return Err(SnapshotError::value(
                    "tiers",
                    state.tiers,
                    "it has not begun and is left out then",
                ));
            }
            if let Some(place) = self.account.tiers.get_mut(id.index()) {
                *place = restored;
            }
        }
        Ok(())
    }

    fn tier(&self, id: TiersId, state: &TierStateText) -> Result<TierState, SnapshotError> {
        let level = |name: &str| self.program.level_named(id, name);
        let history: Result<Vec<(Instant, u32)>, SnapshotError> =
            state.history.iter().map(|held| Ok((held.since, level(&held.level)?))).collect();
        let hold = |hold: &HoldState| -> Result<Hold, SnapshotError> {
            let level = level(&hold.level)?;
            let (window, reached) = (hold.window, hold.reached);
            let (until, base_until, grace) = (hold.until, hold.base_until, hold.grace);
            let without = super::plans::without_restored(hold, id, self.program)?;
            Ok(Hold { window, spell: hold.spell, reached, level, until, base_until, grace, without })
        };
        Ok(TierState {
            level: level(&state.level)?,
            until: state.until,
            base_until: state.base_until,
            holds: state.holds.iter().map(hold).collect::<Result<_, _>>()?,
            history: history?,
            spells: super::spells::restored(&state.tiers, &state.spells, &level)?,
            kept: super::spells::kept_restored(&state.tiers, &state.kept)?,
            granted: super::plans::granted_restored(&state.tiers, &state.granted, &level)?,
            carries: super::spells::carries_restored(&state.tiers, &state.carries, &level)?,
            seen: match &state.seen {
                Some(seen) => Some((seen.window, level(&seen.level)?)),
                None => None,
            },
        })
    }

    /// The counter with a name.
    pub(super) fn meter(&self, name: &str) -> Result<MeterId, SnapshotError> {
        let known = self.meters.get(name).copied();
        known.ok_or_else(|| SnapshotError::value("counter", name, "the program does not have it"))
    }

    /// The values for which caps have counters: each has one number.
    fn cap_values(&mut self, values: &[(u32, String)]) -> Result<(), SnapshotError> {
        for (number, value) in values {
            if *number == NO_VALUE || !self.account.values.put(*number, value) {
                let problem = "its number is not in order, or it has two";
                return Err(SnapshotError::value("value", value, problem));
            }
        }
        Ok(())
    }

    pub(super) fn counters(&mut self, counters: &[SlotState]) -> Result<(), SnapshotError> {
        let key = |state: &SlotState| (state.counter.clone(), state.slot);
        in_order("counters", counters, key, |state| state.counter.clone())?;
        for state in counters {
            let meter = self.meter(&state.counter)?;
            let value = parse_amount(&state.value, 0).filter(|value| *value != 0);
            let added = value.is_some_and(|value| self.account.meters.add(meter, state.slot, value));
            if !added {
                return Err(SnapshotError::value(
                    "counter",
                    &state.counter,
                    "its value is zero or no number",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn last_events(&mut self, events: &[EventState]) -> Result<(), SnapshotError> {
        in_order("last events", events, |state| state.event.clone(), |state| state.event.clone())?;
        for state in events {
            let kind = self.program.any_event_named(&state.event)?;
            if let Some(place) = self.account.last_of.get_mut(kind.index()) {
                *place = Some((state.at, state.day));
            }
        }
        Ok(())
    }

    fn active(&mut self, active: &[ActiveState]) -> Result<(), SnapshotError> {
        for state in active {
            let activity = terms::activity_restored(self.program, &state.activity)?;
            if self.account.active.last().is_some_and(|(before, _)| *before >= activity) {
                let name = format!("{activity:?}");
                return Err(SnapshotError::Order { what: "active", name });
            }
            self.account.active.push((activity, state.day));
        }
        Ok(())
    }

    pub(super) fn link(&mut self, link: Option<LinkState>) -> Result<(), SnapshotError> {
        let Some(link) = link else { return Ok(()) };
        let mut counted = Vec::with_capacity(link.counted.len());
        for event in link.counted {
            let id = checked("event of a referral", &event.id)?.into();
            counted.push(CountedEvent { id, day: event.day, spend: event.spend });
        }
        let mut due = link.due;
        let stage = match link.stage {
            StageState::Named => LinkStage::Named,
            StageState::Open => LinkStage::Open,
            StageState::Waiting { event, day } => {
                counted.push(CountedEvent {
                    id: checked("event of a referral", &event)?.into(),
                    day,
                    spend: 0,
                });
                due = Some(day);
                LinkStage::Open
            }
            StageState::Told => LinkStage::Told,
            StageState::Settled => LinkStage::Settled,
        };
        let turn = link.turn.unwrap_or(1);
        let referral = self.program.referral_named(&link.referral)?;
        let qualifies = self.program.referrals.get(referral.index()).and_then(|found| found.qualifies);
        let most = qualifies.map_or(0, |qualifies| qualifies.most_counted());
        let doubled = (1..counted.len()).any(|place| {
            let (before, rest) = counted.split_at(place);
            before.iter().any(|event| rest.first().is_some_and(|next| next.id == event.id))
        });
        let problem = if turn == 0 {
            Some("turns are counted from 1")
        } else if doubled || counted.len() > most {
            Some("an event stands there twice, or more events than can count")
        } else if due.is_some() && qualifies.is_none_or(|qualifies| counted.len() < qualifies.times) {
            Some("a pay-out is due, and too few events count")
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(SnapshotError::value("referral", &link.referral, problem));
        }
        let referrer = checked("referrer", &link.referrer)?.into();
        self.account.link = Some(Link { referral: referral.0, referrer, stage, counted, due, turn });
        Ok(())
    }

    fn seen(&mut self, seen: Vec<SeenState>) -> Result<(), SnapshotError> {
        in_order("seen", &seen, |state| state.id.clone(), |state| state.id.clone())?;
        for SeenState { id, day, digest } in seen {
            let id = Arc::from(checked("seen", &id)?);
            self.account.records.put(&id, Record { digest, day, receipt: None });
        }
        Ok(())
    }

    /// Whether lots, vouchers and cards are what the books say.
    fn check_holdings(&self) -> Result<(), SnapshotError> {
        let unbalanced =
            |name: &str, problem| Err(SnapshotError::Unbalanced { name: name.to_owned(), problem });
        let mut lots = vec![(0_i128, 0_i128); self.program.units.len()];
        for lot in self.account.lots.iter() {
            if let Some((pending, available)) = lots.get_mut(lot.unit.index()) {
                *available += i128::from(lot.left);
                *pending += lot.pending.iter().map(|(_, amount)| i128::from(*amount)).sum::<i128>();
            }
        }
        for ((unit, totals), lots) in self.program.units.iter().zip(&self.account.totals).zip(lots) {
            let (pending, available) = (totals.balance(Book::Pending), totals.balance(Book::Available));
            let held = (i128::from(pending), i128::from(available));
            match unit.kind {
                UnitKind::Spendable if held != lots => {
                    return unbalanced(&unit.name, "its lots are not what is pending and available");
                }
                UnitKind::Status if pending != 0 => {
                    return unbalanced(&unit.name, "what is only counted is never pending");
                }
                _ => {}
            }
        }
        let mut vouchers = vec![0_i64; self.program.vouchers.len()];
        for held in &self.account.vouchers {
            if let Some(count) = vouchers.get_mut(held.voucher.index()) {
                *count += 1;
            }
        }
        let books = self.account.voucher_totals.iter();
        for ((voucher, totals), count) in self.program.vouchers.iter().zip(books).zip(vouchers) {
            if totals.balance(Book::Available) != count || totals.balance(Book::Pending) != 0 {
                return unbalanced(&voucher.name, "the vouchers held are not what is available");
            }
        }
        let states = self.account.cards.iter().zip(&self.account.card_totals);
        for (card, (state, totals)) in self.program.cards.iter().zip(states) {
            if totals.balance(Book::Available) != state.stamps || totals.balance(Book::Pending) != 0 {
                return unbalanced(&card.name, "the stamps on the card are not what is available");
            }
        }
        Ok(())
    }
}
