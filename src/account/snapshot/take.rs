//! Taking a snapshot.

use super::announcements;
use super::{ActiveState, terms};
use super::{
    AttributeState, AwardState, BooksState, ChosenState, CountedState, EventState, FORMAT, HoldState,
    ItemState, LevelState, LinkState, LotState, Moment, Named, PendingState, ProgramState, REDEMPTION,
    ReceiptState, RecordState, ReturnedState, SeenState, ShareState, SlotState, Snapshot, SourceState,
    StageState, TakenState, TierStateText, ValueState, VoucherState,
};
use crate::account::{
    Account, HeldVoucher, LineRecord, Lines, Link, LinkStage, Lot, Receipt, ReceiptAward, ShareBy, Taken,
    TierState,
};
use crate::amount::{Money, format_scaled};
use crate::calendar::{Date, Instant};
use crate::event::{Item, Value};
use crate::ledger::{Book, Source, Thing, Totals};
use crate::program::{
    Activity, CardId, ChoiceId, EventKindId, MeterId, Program, ReferralId, TiersId, UnitId, VoucherId,
};

/// Takes the snapshot of an account.
pub(super) fn snapshot(account: &Account, program: &Program) -> Snapshot {
    let names = Names(program);
    let records = account.records.sorted();
    let receipts = records.iter().filter_map(|(_, record)| record.receipt.as_ref());
    let seen = records.iter();
    Snapshot {
        format: FORMAT,
        program: ProgramState {
            // what is named by another program can never be restored
            fingerprint: if account.program == program.identity {
                program.fingerprint
            } else {
                account.program
            },
            ..ProgramState::of(program)
        },
        member: account.member.as_ref().into(),
        account: account.company.as_ref().map(|company| text(&company.id)),
        version: account.version,
        joined: account.tenure.map(|tenure| Moment { at: tenure.at, day: tenure.day }),
        attributes: names.attributes(account),
        newest: account.newest.map(|(at, day)| Moment { at, day }),
        clock: account.clock,
        books: names.books(account),
        next_lot: account.next_lot,
        lots: names.lots(account),
        next_voucher: account.next_voucher,
        vouchers: account.vouchers.iter().map(|held| names.voucher(held)).collect(),
        next_choice: account.next_choice,
        choices: account
            .choices
            .iter()
            .map(|open| super::choices::state(program, open, names.source(open.source)))
            .collect(),
        donations: names.donated(account),
        pledges: names.pledges(account),
        turnovers: names.turnovers(account),
        closed_turnovers: names.closed_turnovers(account),
        announced: announcements::taken(account),
        cards: names.cards(&account.cards),
        streaks: names.streaks(&account.streaks),
        tiers: names.tiers(&account.tiers),
        plans: names.plans(&account.plans),
        counters: names.counters(account),
        last_events: names.last_events(&account.last_of),
        active: names.active(&account.active),
        referral: account.link.as_ref().map(|link| names.link(link)),
        unsettled: names.unsettled(account),
        void_vouchers: account.void_vouchers.clone(),
        marks: names.marks(account),
        claims: names.claims(account),
        follow_ups: names.follow_ups(account),
        birthday_paid: account.birthday_paid,
        others: names.others(account),
        values: account.values.all().iter().map(|(number, value)| (*number, text(value))).collect(),
        receipts: receipts.map(|receipt| names.receipt(receipt)).collect(),
        seen: seen
            .map(|(id, record)| SeenState { id: id.as_ref().into(), day: record.day, digest: record.digest })
            .collect(),
        resting: account.resting.as_deref().cloned().unwrap_or_default(),
    }
}

pub(super) fn text(text: &str) -> String {
    text.to_owned()
}

/// A program that names what an account holds by id.
pub(super) struct Names<'a>(pub(super) &'a Program);

impl Names<'_> {
    pub(super) fn attributes(&self, account: &Account) -> Vec<Named> {
        let texts = self.0.member_attributes.iter().zip(&account.attributes);
        let set = texts.filter_map(|(attribute, value)| {
            Some(Named { name: text(&attribute.name), text: text(value.as_deref()?) })
        });
        let mut all: Vec<Named> = set.collect();
        all.sort_by(|one, two| one.name.cmp(&two.name));
        all
    }

    fn books(&self, account: &Account) -> Vec<BooksState> {
        let units = (0..self.0.units.len() as u32).map(|id| Thing::Unit(UnitId(id)));
        let vouchers = (0..self.0.vouchers.len() as u32).map(|id| Thing::Voucher(VoucherId(id)));
        let cards = (0..self.0.cards.len() as u32).map(|id| Thing::Stamps(CardId(id)));
        // these have no order of their own
        let mut choices: Vec<ChoiceId> = (0..self.0.choices.len() as u32).map(ChoiceId).collect();
        choices.sort_by_key(|id| self.0.choice_name(*id));
        let choices = choices.into_iter().map(Thing::Choice);
        let all =
            units.chain(vouchers).chain(cards).chain(choices).map(|thing| (thing, account.totals_of(thing)));
        let books = all.filter(|(_, totals)| *totals != Totals::default()).map(|(thing, totals)| {
            let (kind, name) = self.0.thing_words(thing);
            let decimals = self.0.thing_decimals(thing);
            let book = |book| format_scaled(totals.balance(book).saturating_abs(), decimals);
            BooksState {
                kind,
                name: text(name),
                issued: book(Book::Issued),
                pending: book(Book::Pending),
                available: book(Book::Available),
                redeemed: book(Book::Redeemed),
                expired: book(Book::Expired),
                taken_back: book(Book::TakenBack),
                debt: book(Book::Debt),
                transferred: format_scaled(totals.balance(Book::Transferred), decimals),
            }
        });
        let mut books: Vec<BooksState> = books.collect();
        // what is closed stands at the ends of the tables
        books.sort_by(|one, two| (one.kind, &one.name).cmp(&(two.kind, &two.name)));
        books
    }

    pub(super) fn source(&self, source: Source) -> SourceState {
        let (kind, rule, level) = self.0.source_words(source);
        SourceState { kind, rule: text(rule), level: level.map(text) }
    }

    fn lots(&self, account: &Account) -> Vec<LotState> {
        let mut all: Vec<LotState> = account.lots.iter().map(|lot| self.lot(lot)).collect();
        all.sort_by_key(|lot| lot.number);
        all
    }

    fn lot(&self, lot: &Lot) -> LotState {
        let amount = |steps| format_scaled(steps, self.0.unit_decimals(lot.unit));
        let pending = lot.pending.iter();
        LotState {
            number: lot.number,
            unit: text(self.0.unit_name(lot.unit)),
            source: self.source(lot.source),
            last_day: lot.last,
            earned: lot.earned,
            amount: amount(lot.left),
            pending: pending
                .map(|(start, steps)| PendingState { usable_from: *start, amount: amount(*steps) })
                .collect(),
            lapsed: amount(lot.lapsed),
            terms: lot.end.as_ref().map(|end| terms::taken(self.0, end)),
        }
    }

    fn voucher(&self, held: &HeldVoucher) -> VoucherState {
        VoucherState {
            number: held.number,
            voucher: text(self.0.voucher_name(held.voucher)),
            event: text(&held.event),
            source: self.source(held.source),
            usable_from: held.start,
            last_day: held.last,
        }
    }

    fn tiers(&self, tiers: &[TierState]) -> Vec<TierStateText> {
        let begun = tiers.iter().enumerate().filter(|(_, state)| **state != TierState::default());
        begun
            .map(|(place, state)| {
                let id = TiersId(place as u32);
                let level = |level| text(self.0.level_name(id, level));
                let history = state.history.iter();
                TierStateText {
                    tiers: text(self.0.tiers_name(id)),
                    level: level(state.level),
                    until: state.until,
                    base_until: state.base_until,
                    holds: state
                        .holds
                        .iter()
                        .map(|hold| HoldState {
                            window: hold.window,
                            spell: hold.spell,
                            reached: hold.reached,
                            level: level(hold.level),
                            until: hold.until,
                            base_until: hold.base_until,
                            grace: hold.grace,
                            without: super::plans::without_taken(hold, &level),
                        })
                        .collect(),
                    history: history
                        .map(|(since, held)| LevelState { since: *since, level: level(*held) })
                        .collect(),
                    spells: state.spells.iter().map(|spell| super::spells::taken(spell, &level)).collect(),
                    kept: super::spells::kept_taken(&state.kept),
                    granted: super::plans::granted_taken(&state.granted, &level),
                    carries: super::spells::carries_taken(&state.carries, &level),
                    seen: state
                        .seen
                        .map(|(window, reached)| super::SeenLevelState { window, level: level(reached) }),
                }
            })
            .collect()
    }

    pub(super) fn meter(&self, meter: MeterId) -> &str {
        self.0.meters.get(meter.index()).map_or("", |meter| &meter.name)
    }

    pub(super) fn counters(&self, account: &Account) -> Vec<SlotState> {
        let slots = account.meters.all().iter().map(|(meter, slot, value)| SlotState {
            counter: text(self.meter(*meter)),
            slot: *slot,
            value: value.to_string(),
        });
        let mut all: Vec<SlotState> = slots.collect();
        all.sort_by(|one, two| (&one.counter, one.slot).cmp(&(&two.counter, two.slot)));
        all
    }

    pub(super) fn last_events(&self, last: &[Option<(Instant, Date)>]) -> Vec<EventState> {
        let known = last.iter().enumerate().filter_map(|(place, last)| {
            let (at, day) = (*last)?;
            Some(EventState { event: text(self.0.event_name(EventKindId(place as u32))), at, day })
        });
        let mut all: Vec<EventState> = known.collect();
        all.sort_by(|one, two| one.event.cmp(&two.event));
        all
    }

    fn active(&self, active: &[(Activity, Date)]) -> Vec<ActiveState> {
        let state = |(activity, day): &(Activity, Date)| ActiveState {
            activity: terms::activity_taken(self.0, *activity),
            day: *day,
        };
        active.iter().map(state).collect()
    }

    pub(super) fn link(&self, link: &Link) -> LinkState {
        LinkState {
            referral: text(self.0.referral_name(ReferralId(link.referral))),
            referrer: text(&link.referrer),
            stage: match &link.stage {
                LinkStage::Named => StageState::Named,
                LinkStage::Open => StageState::Open,
                LinkStage::Told => StageState::Told,
                LinkStage::Settled => StageState::Settled,
            },
            counted: link
                .counted
                .iter()
                .map(|event| CountedState { id: text(&event.id), day: event.day, spend: event.spend })
                .collect(),
            due: link.due,
            turn: Some(link.turn).filter(|turn| *turn != 1),
        }
    }

    fn receipt(&self, receipt: &Receipt) -> ReceiptState {
        let numbers = |parts: &[i64]| parts.iter().map(ToString::to_string).collect();
        ReceiptState {
            id: text(&receipt.id),
            member: receipt.member.as_deref().map(text),
            event: text(receipt.kind.map_or(REDEMPTION, |kind| self.0.event_name(kind))),
            at: receipt.at,
            day: receipt.day,
            items: receipt.items.iter().map(item).collect(),
            returned: receipt
                .returned
                .iter()
                .map(|(quantity, value)| ReturnedState { quantity: micros(*quantity), value: micros(*value) })
                .collect(),
            awards: receipt.awards.iter().map(|award| self.award(award, receipt.items.len())).collect(),
            chosen: receipt
                .chosen
                .iter()
                .map(|chosen| ChosenState {
                    at: chosen.at,
                    day: chosen.day,
                    award: self.award(&chosen.award, receipt.items.len()),
                })
                .collect(),
            shares: receipt
                .shares
                .iter()
                .map(|share| ShareState {
                    counter: text(self.meter(share.meter)),
                    slot: share.slot,
                    by_quantity: share.by == ShareBy::Quantity,
                    whole: share.by == ShareBy::Whole,
                    award: share.by == ShareBy::Award,
                    by_lines: share.by == ShareBy::Lines,
                    mistake: share.by == ShareBy::Mistake,
                    unit: match share.by {
                        ShareBy::Unit(unit) => Some(text(self.0.unit_name(unit))),
                        _ => None,
                    },
                    parts: numbers(&share.parts),
                })
                .collect(),
            payment: receipt.payment.as_ref().map(|payment| self.payment(payment)),
            gifts: receipt.gifts.iter().map(|gift| self.gift(gift)).collect(),
            pledged: receipt.pledged.iter().map(|pledged| self.pledged(pledged)).collect(),
            turnover: receipt.turnover.iter().map(|share| self.turnover_share(share)).collect(),
            judged_by: receipt.frozen.as_ref().map(|frozen| super::frozen::state(self, frozen)),
            cancelled: receipt.cancelled,
            taken: receipt.taken.as_ref().map(|taken| self.taken(receipt, taken)),
        }
    }

    fn taken(&self, receipt: &Receipt, taken: &Taken) -> TakenState {
        let chosen = receipt.chosen.iter().map(|chosen| &chosen.award);
        let amount = |(award, amount): (&ReceiptAward, &i64)| {
            format_scaled(*amount, self.0.thing_decimals(award.thing))
        };
        TakenState {
            awards: receipt.awards.iter().zip(&taken.awards).map(amount).collect(),
            chosen: chosen.zip(&taken.chosen).map(amount).collect(),
            quantity: micros(taken.counts.0),
            spend: micros(taken.counts.1),
            shares: taken.shares.iter().map(ToString::to_string).collect(),
            lost: taken.lost,
        }
    }

    pub(super) fn award(&self, award: &ReceiptAward, width: usize) -> AwardState {
        let (kind, name) = self.0.thing_words(award.thing);
        let amount = |steps| format_scaled(steps, self.0.thing_decimals(award.thing));
        let numbers = |lines: &Lines| (1..=width).filter(|line| lines.has(line - 1)).collect();
        AwardState {
            source: self.source(award.source),
            kind,
            name: text(name),
            lot: award.lot,
            usable_from: award.start,
            amount: amount(award.amount),
            repaid: amount(award.repaid),
            forgiven: String::new(),
            by: match &award.record {
                LineRecord::Event => RecordState::Event,
                LineRecord::Whole => RecordState::Whole,
                LineRecord::Stays => RecordState::Stays,
                LineRecord::Values(lines) => RecordState::Values(numbers(lines)),
                LineRecord::Quantities(lines) => RecordState::Quantities(numbers(lines)),
                LineRecord::Parts(parts) => {
                    RecordState::Parts(parts.iter().map(|part| amount(*part)).collect())
                }
            },
        }
    }
}

/// Millionths as a decimal text, without zeros at the end. Everything in a receipt is within the limit of amounts.
pub(super) fn micros(micros: i64) -> String {
    Money::from_micros(micros).map_or_else(|| micros.to_string(), |money| money.to_string())
}

fn item(item: &Item) -> ItemState {
    let option = |value: &Option<Box<str>>| value.as_deref().map(text);
    let attributes = item.attributes.iter();
    ItemState {
        name: text(&item.name),
        sku: option(&item.sku),
        category: option(&item.category),
        brand: option(&item.brand),
        quantity: micros(item.quantity),
        unit_price: micros(item.price),
        tax: item.tax.map(|tax| tax.to_string()),
        attributes: attributes
            .map(|(name, value)| AttributeState { name: text(name), value: value_state(value) })
            .collect(),
    }
}

/// The value of an attribute.
pub(super) fn value_state(value: &Value) -> ValueState {
    match value {
        Value::Text(value) => ValueState::Text(text(value)),
        Value::Bool(yes) => ValueState::YesNo(*yes),
        Value::Integer(number) => ValueState::Integer(*number),
        Value::List(names) => ValueState::List(names.iter().map(|name| text(name)).collect()),
    }
}
