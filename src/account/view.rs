//! What a host may read of an account: balances, lots, vouchers, cards, levels, in names and texts.
//!
//! Everything is told as of the last posted outcome: what became usable or expired since is not seen before the
//! clock has been run. All of it asks the program to which the account belongs.

use super::{Account, Lot};
use crate::amount::format_scaled;
use crate::calendar::Date;
use crate::ledger::{Book, LineKind, Source, SourceKind, Thing};
use crate::program::{Program, UnknownName};
use serde::Serialize;

/// The books of a unit, with exactly the decimals of the unit: `12.50`. All but [`Balance::transferred`] are zero or above.
///
/// Of a status unit, `available` is all that was ever counted and not taken back: its windows are counted by the
/// tiers that ask for them, not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Balance {
    /// Usable.
    pub available: String,
    /// Earned, not usable yet.
    pub pending: String,
    /// Owed, because more was taken back than was left.
    pub debt: String,
    /// All that was ever issued: pending + available + redeemed + expired + taken back + transferred − debt.
    pub issued: String,
    /// Spent.
    pub redeemed: String,
    /// Gone by time.
    pub expired: String,
    /// Taken back by returns.
    pub taken_back: String,
    /// What went to other members, less what came from them.
    pub transferred: String,
}

/// What is left of what one rule gave on the same terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HeldLot {
    /// Its number in the account.
    pub number: u32,
    /// The name of the unit.
    pub unit: String,
    /// What is left, with exactly the decimals of the unit.
    pub amount: String,
    /// Whether it cannot be used yet.
    pub pending: bool,
    /// The first day on which it can be used; nothing if that has come, or if it waits for an event.
    pub usable_from: Option<Date>,
    /// The last day on which it can be used; nothing if it does not expire. Of what waits for an event the last day on
    /// which it waits: with the event it gets the last day that its lines say.
    pub last_day: Option<Date>,
    /// The declared event that makes it usable; nothing if it waits for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// What kind of thing gave it.
    pub source: SourceKind,
    /// The name of the rule, card, tiers block or referral.
    pub rule: String,
}

/// A voucher that the member holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Voucher {
    /// Its number in the account.
    pub number: u32,
    /// The name of the voucher.
    pub voucher: String,
    /// What it grants, as the program says it.
    pub grants: String,
    /// The first day on which it can be used.
    pub usable_from: Date,
    /// The last day on which it can be used; nothing if it does not expire.
    pub last_day: Option<Date>,
    /// The event that gave it; empty where no event did.
    pub event: String,
    /// What kind of thing gave it.
    pub source: SourceKind,
    /// The name of the rule, card, tiers block or referral.
    pub rule: String,
}

/// A choice that the member may still make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HeldChoice {
    /// Its number in the account.
    pub number: u32,
    /// The phrase that gives it: `choice of [400 punkte, 1 Weinhilfe] within 2 months`.
    pub choice: String,
    /// How many entries may still be taken.
    pub left: i64,
    /// What may still be taken, in the order of the text: amount (with exactly the decimals of its unit) and name of the
    /// unit or voucher, as an event `choose` names them.
    pub entries: Vec<(String, String)>,
    /// The last day on which it can be made; nothing only beyond the end of the calendar.
    pub last_day: Option<Date>,
    /// The event that gave it; empty where no event did.
    pub event: String,
    /// What kind of thing gave it.
    pub source: SourceKind,
    /// The name of the rule, tiers block or referral.
    pub rule: String,
}

/// The open stamp card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StampCard {
    /// Which card it is, counted from 1; 0 before the first stamp.
    pub number: u32,
    /// Stamps on it.
    pub stamps: i64,
    /// Stamps of a full card; a cap of rewards may leave more on the open one.
    pub goal: i64,
    /// The day of its first stamp.
    pub opened: Option<Date>,
    /// The last day on which it can be filled; nothing if it does not expire, or is not open.
    pub last_day: Option<Date>,
}

/// The level that a member holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HeldLevel {
    /// Its name.
    pub level: String,
    /// Its place, 0 for the lowest.
    pub place: u32,
    /// The last day of its term; nothing if it has no end.
    pub until: Option<Date>,
}

impl Account {
    /// The books of a unit.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such unit.
    pub fn balance(&self, program: &Program, unit: &str) -> Result<Balance, UnknownName> {
        let id = program.unit_named(unit)?;
        let (totals, decimals) = (self.totals_of(Thing::Unit(id)), program.unit_decimals(id));
        let text = |book| format_scaled(totals.balance(book).saturating_abs(), decimals);
        Ok(Balance {
            available: text(Book::Available),
            pending: text(Book::Pending),
            debt: text(Book::Debt),
            issued: text(Book::Issued),
            redeemed: text(Book::Redeemed),
            expired: text(Book::Expired),
            taken_back: text(Book::TakenBack),
            transferred: format_scaled(totals.balance(Book::Transferred), decimals),
        })
    }

    /// All lots with something left, in the order in which they were opened; of each what is usable, then what is not
    /// yet, by first usable day.
    #[must_use]
    pub fn held_lots(&self, program: &Program) -> Vec<HeldLot> {
        let mut lots: Vec<&Lot> = self.lots.iter().collect();
        lots.sort_by_key(|lot| lot.number);
        let portions = lots.into_iter().flat_map(|lot| {
            let usable = (lot.left > 0).then_some((None, lot.left));
            let pending = lot.pending.iter().map(|(start, amount)| (Some(*start), *amount));
            usable.into_iter().chain(pending).map(move |portion| (lot, portion))
        });
        let held = portions.map(|(lot, (usable_from, amount))| {
            let (source, rule) = source(program, lot.source);
            HeldLot {
                number: lot.number,
                unit: program.unit_name(lot.unit).into(),
                amount: format_scaled(amount, program.unit_decimals(lot.unit)),
                pending: usable_from.is_some(),
                usable_from: usable_from.filter(|start| *start < Date::MAX),
                last_day: lot.last,
                waits_for: lot
                    .end
                    .as_ref()
                    .and_then(|end| end.wait.as_ref())
                    .map(|wait| program.event_name(wait.event).into()),
                source,
                rule,
            }
        });
        held.collect()
    }

    /// All vouchers that the member holds, in the order in which they were given.
    #[must_use]
    pub fn vouchers(&self, program: &Program) -> Vec<Voucher> {
        let vouchers = self.vouchers.iter().map(|held| {
            let (source, rule) = source(program, held.source);
            let known = program.vouchers.get(held.voucher.index());
            Voucher {
                number: held.number,
                voucher: program.voucher_name(held.voucher).into(),
                grants: known.map_or(String::new(), |voucher| voucher.grants.to_string()),
                usable_from: held.start,
                last_day: held.last,
                event: held.event.as_ref().into(),
                source,
                rule,
            }
        });
        vouchers.collect()
    }

    /// All choices that the member may still make, in the order in which they were given.
    #[must_use]
    pub fn choices(&self, program: &Program) -> Vec<HeldChoice> {
        let choices = self.choices.iter().map(|open| {
            let (source, rule) = source(program, open.source);
            HeldChoice {
                number: open.number,
                choice: program.choice_name(open.choice).into(),
                left: open.left,
                entries: open.free(program).map(|(amount, unit)| (amount, unit.to_owned())).collect(),
                last_day: open.last,
                event: open.event.as_ref().into(),
                source,
                rule,
            }
        });
        choices.collect()
    }

    /// The open card of a stamp card.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such card.
    pub fn card(&self, program: &Program, card: &str) -> Result<StampCard, UnknownName> {
        let id = program.card_named(card)?;
        let state = self.cards.get(id.index()).ok_or_else(|| UnknownName::new("card", card))?;
        Ok(StampCard {
            number: state.number,
            stamps: state.stamps,
            goal: program.cards.get(id.index()).map_or(0, |card| card.goal),
            opened: state.opened,
            last_day: state.last,
        })
    }

    /// The level in a tiers block.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such block.
    pub fn tier(&self, program: &Program, tiers: &str) -> Result<HeldLevel, UnknownName> {
        let id = program.tiers_named(tiers)?;
        let (place, until) = self.held_with(program, id);
        Ok(HeldLevel { level: program.level_name(id, place).into(), place, until })
    }

    /// The local day on which the member joined; nothing before the first event.
    #[must_use]
    pub fn joined(&self) -> Option<Date> {
        self.tenure.map(|tenure| tenure.day)
    }

    /// The text of an attribute of the member, as it was set by the joining.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has no such attribute.
    pub fn attribute(&self, program: &Program, name: &str) -> Result<Option<&str>, UnknownName> {
        let place = program.member_attributes.iter().position(|attribute| *attribute.name == *name);
        let place = place.ok_or_else(|| UnknownName::new("attribute of members", name))?;
        Ok(self.attributes.get(place).and_then(Option::as_deref))
    }

    /// The books of a unit, voucher or card, to compare with a ledger.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the program has none of this name.
    pub fn totals(
        &self,
        program: &Program,
        kind: LineKind,
        name: &str,
    ) -> Result<crate::ledger::Totals, UnknownName> {
        Ok(self.totals_of(program.thing_of(kind, name)?))
    }
}

fn source(program: &Program, source: Source) -> (SourceKind, String) {
    let (kind, rule, _) = program.source_words(source);
    (kind, rule.into())
}
