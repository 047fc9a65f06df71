//! Ledger lines: deltas as facts for other systems, with names instead of ids.
//!
//! A line stands for itself: it can be stored, sent, summed up and audited without the program that made it. As JSON
//! it is an object with all fields, always in the same order; what is missing is `null`. As CSV it is a row of
//! [`LedgerLine::CSV_HEADER`].

use super::{Book, Delta, Key, Reason, Source, Thing};
use crate::amount::format_scaled;
use crate::calendar::Date;
use crate::program::{FormerId, FormerKind, Program, RebateKind, UnknownName};
use crate::wire::{parse_amount, read_text};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// What a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LineKind {
    /// Units that the program declares.
    Unit,
    /// Whole vouchers.
    Voucher,
    /// Whole stamps of a card.
    Stamps,
    /// Entries that may be chosen.
    Choice,
    /// Money for a charity.
    Donation,
}

impl LineKind {
    /// The word in ledgers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Voucher => "voucher",
            Self::Stamps => "stamps",
            Self::Choice => "choice",
            Self::Donation => "donation",
        }
    }
}

/// What gave the amount of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SourceKind {
    /// An `earn` or `bonus`.
    Rule,
    /// A stamp card.
    Card,
    /// A challenge.
    Challenge,
    /// A streak.
    Streak,
    /// The free entry of a draw.
    Draw,
    /// The entry gift of a level.
    Tier,
    /// A referral.
    Referral,
    /// A reward: its price, or what it gives.
    Reward,
    /// A conversion: what it takes, or what it gives.
    Convert,
    /// A donation.
    Donation,
    /// A rebate.
    Rebate,
    /// An award.
    Award,
    /// Milestones.
    Milestones,
    /// A unit whose value was given away.
    Redeem,
    /// A voucher that was used; only in what partners are charged.
    Voucher,
    /// No rule: an opening balance, or what was adjusted by hand.
    Given,
}

impl From<FormerKind> for SourceKind {
    fn from(kind: FormerKind) -> Self {
        match kind {
            FormerKind::Rule => Self::Rule,
            FormerKind::Challenge => Self::Challenge,
            FormerKind::Streak => Self::Streak,
            FormerKind::Draw => Self::Draw,
            FormerKind::Tier => Self::Tier,
            FormerKind::Referral => Self::Referral,
            FormerKind::Reward => Self::Reward,
            FormerKind::Convert => Self::Convert,
            FormerKind::Donation => Self::Donation,
            FormerKind::Milestones => Self::Milestones,
        }
    }
}

impl SourceKind {
    /// The word in ledgers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Card => "card",
            Self::Challenge => "challenge",
            Self::Streak => "streak",
            Self::Draw => "draw",
            Self::Tier => "tier",
            Self::Referral => "referral",
            Self::Reward => "reward",
            Self::Convert => "convert",
            Self::Donation => "donation",
            Self::Rebate => "rebate",
            Self::Award => "award",
            Self::Milestones => "milestones",
            Self::Redeem => "redeem",
            Self::Voucher => "voucher",
            Self::Given => "given",
        }
    }
}

/// One booking, in names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerLine {
    /// Unique for the member: the same cause always has the same key.
    pub key: String,
    /// The member.
    pub member: String,
    /// The id of the account, if it is another than that of the member: an account of several members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What is counted.
    pub kind: LineKind,
    /// The name of the unit, voucher, card or charity; of a choice the phrase that gives it.
    pub unit: String,
    /// Above zero, with exactly the decimals of the unit: `12.50`.
    pub amount: String,
    /// The book it leaves.
    pub from: Book,
    /// The book it enters.
    pub to: Book,
    /// What gave it.
    pub source: SourceKind,
    /// The name of the rule, card, tiers block or referral; empty for [`SourceKind::Given`].
    pub rule: String,
    /// The level whose entry gift it is, for [`SourceKind::Tier`] only.
    pub level: Option<String>,
    /// The event that earned it; empty where no event did.
    pub event: String,
    /// The number of the lot, voucher or open choice in the account; 0 for none.
    pub lot: u32,
    /// The local day of the booking.
    pub day: Date,
    /// The first day on which it can be used, where a lot or voucher begins.
    pub usable_from: Option<Date>,
    /// The last day on which it can be used, if it has one.
    pub last_day: Option<Date>,
    /// Why.
    pub reason: Reason,
}

/// Why a line is no delta of a program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// A name that the program does not have.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// A field that does not hold what it should.
    #[error("`{field}` cannot be `{value}`")]
    Value {
        /// The field.
        field: &'static str,
        /// What it holds.
        value: String,
    },
}

impl LineError {
    pub(super) fn value(field: &'static str, value: &str) -> Self {
        Self::Value { field, value: value.chars().take(40).collect() }
    }
}

impl Program {
    /// A delta of a member's account as a ledger line.
    #[must_use]
    pub fn ledger_line(&self, member: &str, delta: &Delta) -> LedgerLine {
        let (kind, unit) = self.thing_words(delta.thing);
        let (source, rule, level) = self.source_words(delta.source);
        LedgerLine {
            key: delta.key.to_string(),
            member: member.into(),
            account: None,
            kind,
            unit: unit.into(),
            amount: format_scaled(delta.amount, self.thing_decimals(delta.thing)),
            from: delta.from,
            to: delta.to,
            source,
            rule: rule.into(),
            level: level.map(Into::into),
            event: delta.event().into(),
            lot: delta.lot,
            day: delta.day,
            usable_from: delta.usable_from,
            last_day: delta.last_day,
            reason: delta.reason,
        }
    }

    /// The delta that a ledger line of this program means.
    ///
    /// # Errors
    ///
    /// [`LineError`] if a name is not the program's, the key or the amount has another form, or nothing moves.
    pub fn delta(&self, line: &LedgerLine) -> Result<Delta, LineError> {
        let thing = self.thing_of(line.kind, &line.unit)?;
        let amount = parse_amount(&line.amount, self.thing_decimals(thing)).filter(|amount| *amount > 0);
        if line.from == line.to {
            return Err(LineError::value("to", line.to.word()));
        }
        let key: Key = line.key.parse()?;
        // an event is written down in the delta only where the key does not name it
        let named = key.event.as_deref().unwrap_or_default() == line.event;
        Ok(Delta {
            key,
            thing,
            amount: amount.ok_or_else(|| LineError::value("amount", &line.amount))?,
            from: line.from,
            to: line.to,
            source: self.source_of(line.source, &line.rule, line.level.as_deref())?,
            of: (!named).then(|| Arc::from(&*line.event)),
            lot: line.lot,
            day: line.day,
            usable_from: line.usable_from,
            last_day: line.last_day,
            reason: line.reason,
        })
    }

    /// The words for what is counted.
    pub(crate) fn thing_words(&self, thing: Thing) -> (LineKind, &str) {
        match thing {
            Thing::Unit(unit) => (LineKind::Unit, self.unit_name(unit)),
            Thing::Voucher(voucher) => (LineKind::Voucher, self.voucher_name(voucher)),
            Thing::Stamps(card) => (LineKind::Stamps, self.card_name(card)),
            Thing::Choice(choice) => (LineKind::Choice, self.choice_name(choice)),
            Thing::Donation(charity) => (LineKind::Donation, self.charity_name(charity)),
        }
    }

    /// What the words count.
    pub(crate) fn thing_of(&self, kind: LineKind, name: &str) -> Result<Thing, UnknownName> {
        match kind {
            LineKind::Unit => self.unit_named(name).map(Thing::Unit),
            LineKind::Voucher => self.voucher_named(name).map(Thing::Voucher),
            LineKind::Stamps => self.card_named(name).map(Thing::Stamps),
            LineKind::Choice => self.choice_named(name).map(Thing::Choice),
            LineKind::Donation => self.charity_named(name).map(Thing::Donation),
        }
    }

    /// The decimals in which a thing is written.
    pub(crate) fn thing_decimals(&self, thing: Thing) -> u8 {
        match thing {
            Thing::Unit(unit) => self.unit_decimals(unit),
            Thing::Voucher(_) | Thing::Stamps(_) | Thing::Choice(_) => 0,
            Thing::Donation(_) => u8::try_from(self.currency_digits).unwrap_or(2),
        }
    }

    /// The words for a source: kind, rule, level.
    pub(crate) fn source_words(&self, source: Source) -> (SourceKind, &str, Option<&str>) {
        match source {
            Source::Rule(rule) => (SourceKind::Rule, self.rule_name(rule), None),
            Source::Card(card) => (SourceKind::Card, self.card_name(card), None),
            Source::Tier(tiers, level) => {
                (SourceKind::Tier, self.tiers_name(tiers), Some(self.level_name(tiers, level)))
            }
            Source::Referral(referral) => (SourceKind::Referral, self.referral_name(referral), None),
            Source::Challenge(it) => (SourceKind::Challenge, self.challenge_name(it), None),
            Source::Streak(it) => (SourceKind::Streak, self.streak_name(it), None),
            Source::Draw(it) => (SourceKind::Draw, self.draw_name(it), None),
            Source::Convert(convert) => (SourceKind::Convert, self.convert_name(convert), None),
            Source::Reward(reward) => (SourceKind::Reward, self.reward_name(reward), None),
            Source::Donation(donation) => (SourceKind::Donation, self.donation_name(donation), None),
            Source::Rebate(rebate) => {
                let kind = self.rebates.get(rebate.index()).map(|rebate| rebate.kind);
                let award = kind == Some(RebateKind::Award);
                let kind = if award { SourceKind::Award } else { SourceKind::Rebate };
                (kind, self.rebate_name(rebate), None)
            }
            Source::Milestones(id) => (SourceKind::Milestones, self.milestones_name(id), None),
            Source::Redeem(unit) => (SourceKind::Redeem, self.unit_name(unit), None),
            Source::Former(former) => match self.former.get(former.index()) {
                Some(former) => (SourceKind::from(former.kind), &former.name, former.level.as_deref()),
                None => (SourceKind::Given, "", None),
            },
            Source::Given => (SourceKind::Given, "", None),
        }
    }

    /// The source that the words mean.
    pub(crate) fn source_of(
        &self,
        kind: SourceKind,
        rule: &str,
        level: Option<&str>,
    ) -> Result<Source, LineError> {
        if let Some(level) = level.filter(|_| kind != SourceKind::Tier) {
            return Err(LineError::value("level", level));
        }
        let former = self.former.iter().position(|former| {
            SourceKind::from(former.kind) == kind && *former.name == *rule && former.level.as_deref() == level
        });
        if let Some(former) = former {
            return Ok(Source::Former(FormerId(former as u32)));
        }
        match kind {
            SourceKind::Rule => Ok(Source::Rule(self.rule_named(rule)?)),
            SourceKind::Card => Ok(Source::Card(self.card_named(rule)?)),
            SourceKind::Referral => Ok(Source::Referral(self.referral_named(rule)?)),
            SourceKind::Challenge => Ok(Source::Challenge(self.challenge_named(rule)?)),
            SourceKind::Streak => Ok(Source::Streak(self.streak_named(rule)?)),
            SourceKind::Draw => Ok(Source::Draw(self.draw_named(rule)?)),
            SourceKind::Convert => Ok(Source::Convert(self.convert_named(rule)?)),
            SourceKind::Reward => Ok(Source::Reward(self.reward_named(rule)?)),
            SourceKind::Donation => Ok(Source::Donation(self.donation_named(rule)?)),
            SourceKind::Rebate | SourceKind::Award => Ok(Source::Rebate(self.rebate_named(rule)?)),
            SourceKind::Milestones => Ok(Source::Milestones(self.milestones_named(rule)?)),
            SourceKind::Redeem => Ok(Source::Redeem(self.unit_named(rule)?)),
            SourceKind::Tier => {
                let tiers = self.tiers_named(rule)?;
                Ok(Source::Tier(tiers, self.level_named(tiers, level.unwrap_or_default())?))
            }
            SourceKind::Given if rule.is_empty() => Ok(Source::Given),
            SourceKind::Given => Err(LineError::value("rule", rule)),
            SourceKind::Voucher => Err(LineError::value("source", kind.word())),
        }
    }
}

impl LedgerLine {
    /// The names of the columns, in order, with the end of the line (CR LF).
    pub const CSV_HEADER: &str = "key,member,kind,unit,amount,from,to,source,rule,level,event,lot,day,\
                                  usable_from,last_day,reason\r\n";

    /// The same with a last column for the account, for ledgers of accounts of several members.
    pub const CSV_HEADER_WITH_ACCOUNT: &str = "key,member,kind,unit,amount,from,to,source,rule,level,event,lot,day,\
                                               usable_from,last_day,reason,account\r\n";

    /// The line as a row of RFC 4180, with its end (CR LF). A missing value is an empty column.
    ///
    /// Texts are written as they are, so that a row can be read back. A spreadsheet takes a text that begins with
    /// `=`, `+`, `-` or `@` for a formula (the keys of the clock begin with `@`): a host that hands rows to
    /// spreadsheets has to import these columns as text, or to mark them.
    #[must_use]
    pub fn csv_row(&self) -> String {
        let mut row = self.columns();
        row.push_str("\r\n");
        row
    }

    /// The same with a last column for the account, which is empty where it is that of the member.
    #[must_use]
    pub fn csv_row_with_account(&self) -> String {
        let mut row = self.columns();
        row.push(',');
        push_csv(&mut row, self.account.as_deref().unwrap_or_default());
        row.push_str("\r\n");
        row
    }

    fn columns(&self) -> String {
        let (lot, day) = (self.lot.to_string(), self.day.to_string());
        let date = |date: Option<Date>| date.map_or(String::new(), |date| date.to_string());
        let (usable_from, last_day) = (date(self.usable_from), date(self.last_day));
        let columns: [&str; 16] = [
            &self.key,
            &self.member,
            self.kind.word(),
            &self.unit,
            &self.amount,
            self.from.word(),
            self.to.word(),
            self.source.word(),
            &self.rule,
            self.level.as_deref().unwrap_or_default(),
            &self.event,
            &lot,
            &day,
            &usable_from,
            &last_day,
            self.reason.word(),
        ];
        let mut row = String::new();
        for (place, column) in columns.into_iter().enumerate() {
            if place > 0 {
                row.push(',');
            }
            push_csv(&mut row, column);
        }
        row
    }
}

/// Adds a column, in quotation marks if it needs them.
fn push_csv(row: &mut String, text: &str) {
    if !text.contains(['"', ',', '\r', '\n']) {
        row.push_str(text);
        return;
    }
    row.push('"');
    row.push_str(&text.replace('"', "\"\""));
    row.push('"');
}

macro_rules! as_word {
    ($type:ty, $expected:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read_text(deserializer, $expected, |text| {
                    Self::ALL.into_iter().find(|known| known.word() == text)
                })
            }
        }
    };
}

as_word!(Book, "the name of a book");
as_word!(Reason, "the reason of a booking");
