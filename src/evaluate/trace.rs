//! What an explanation is made of: per rule the verdict and the numbers of each step. Data only; `explain` turns it
//! into text. With explanations off nothing of this is touched.

use super::each::told;
use super::game_caps::GiftCut;
use super::judge::{Facts, Truth};
use super::line_caps;
use super::progress::Progress;
use super::rows::{Row, Rows};
use crate::calendar::Date;
use crate::ledger::Thing;
use crate::program::{CapId, CharityId, DonationId, NumSubject, RuleId, SymSubject, Symbol, Test};

/// Why a rule did or did not take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Outside its dates.
    NotValid,
    /// Its `when` does not hold.
    ConditionNotMet,
    /// Its `when` asks something that is missing.
    ConditionUnknown,
    /// No item passes its `for items`.
    NoItem,
    /// A bonus of which this cap is used up.
    NoRoom(CapId),
    /// A base rate of which this cap is used up: others still build on it.
    BaseWithoutRoom(CapId),
    /// Another rule stands instead.
    Replaced(RuleId),
    /// It takes part.
    Matched,
}

/// One rule in an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuleTrace {
    pub(crate) rule: RuleId,
    /// What a rule gives that multiplies several units; each has a trace of its own.
    pub(crate) thing: Option<Thing>,
    pub(crate) verdict: Verdict,
    /// Spend or other basis that the rule counted, in millionths, and the exact share: numerator and denominator in
    /// whole units.
    pub(crate) basis: i128,
    pub(crate) exact: (i128, i128),
    /// Items that passed.
    pub(crate) items: Vec<usize>,
    /// The exact shares by item, and at the end that of the event, over the divisor of `exact`.
    pub(crate) shares: Vec<i128>,
    /// Columns that a better bonus took.
    pub(crate) lost: Vec<Lost>,
    /// What decided a `when` that does not hold.
    pub(crate) decided: Vec<Found>,
    /// After rounding, in the unit's scale.
    pub(crate) rounded: i64,
    /// Caps that cut: before and after.
    pub(crate) cuts: Vec<(CapId, i64, i64)>,
    /// What was booked.
    pub(crate) booked: i64,
    /// Of caps with one counter for each value, the value of the event.
    pub(crate) values: Vec<(CapId, Box<str>)>,
}

/// Why a donation gave something or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GivingVerdict {
    /// Outside its dates.
    NotValid,
    /// Its `when` does not hold.
    ConditionNotMet,
    /// Its `when` asks something that is missing.
    ConditionUnknown,
    /// No item passes its `for items`.
    NoItem,
    /// The member has not chosen a charity.
    NoCharity,
    /// A round-up where nothing is left to pay.
    NothingToPay,
    /// Another donation has rounded the basket up.
    AlreadyRounded(DonationId),
    /// It comes to nothing: a whole amount, or a share of too little. With what it is worked out from.
    GivesNothing(i64),
    /// This cap is used up, or leaves too little for a round-up.
    NoRoom(CapId),
    /// It gives something.
    Matched,
}

/// One donation in an explanation. Money in micro-units; exact amounts over [`crate::program::SHARE_WHOLE`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DonationTrace {
    pub(crate) donation: DonationId,
    pub(crate) verdict: GivingVerdict,
    /// What decided a `when` that does not hold.
    pub(crate) decided: Vec<Found>,
    pub(crate) charity: Option<CharityId>,
    /// What is left to pay, or the spend that counts.
    pub(crate) basis: i64,
    /// Before rounding and caps.
    pub(crate) exact: i128,
    /// What is given.
    pub(crate) amount: i128,
    /// The cap that cut it.
    pub(crate) cap: Option<CapId>,
}

/// A column that a better rule took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lost {
    /// The item, or the event if it is beyond the last.
    pub(crate) column: usize,
    /// The rule that stays there.
    pub(crate) to: RuleId,
}

/// What a leaf of a condition found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A number, `None` if it is missing.
    Num(NumSubject, Option<i64>),
    /// A name, `None` if it is missing.
    Sym(SymSubject, Option<Symbol>),
    /// Something else that does not hold: time since, birthday, any item.
    Other,
}

/// An event that is older than the newest of its member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Late {
    /// The day of the event itself, by which it is judged.
    pub(crate) day: Date,
    /// The day of the newest event.
    pub(crate) newest: Date,
}

/// The trace of one event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Trace {
    pub(crate) rules: Vec<RuleTrace>,
    /// Names of the items, article numbers where there is no name.
    pub(crate) items: Vec<Box<str>>,
    /// By name.
    pub(crate) donations: Vec<DonationTrace>,
    /// Gifts of challenges and streaks that caps have cut.
    pub(crate) cut_gifts: Vec<GiftCut>,
    /// Whether the event is late.
    pub(crate) late: Option<Late>,
    /// How the account stands before and after.
    pub(crate) progress: Option<Box<Progress>>,
}

impl RuleTrace {
    /// Notes what a row came to in steps 5 to 7.
    fn take(&mut self, facts: &Facts<'_>, row: &Row) {
        let denominator = match row.thing {
            Some(Thing::Unit(unit)) => facts
                .program
                .units
                .get(unit.index())
                .map_or(1, |unit| unit.denominator.saturating_mul(10_i128.pow(unit.decimals))),
            _ => 1,
        };
        self.shares.clone_from(&row.nums);
        self.items = row.passes.iter().collect();
        self.basis = i128::from(facts.event.value_of(&row.passes));
        self.exact = match row.thing {
            Some(Thing::Unit(_)) => (row.total().unwrap_or(0), row.den.saturating_mul(denominator)),
            _ => (i128::from(row.amount), 1),
        };
        self.rounded = row.amount;
    }
}

impl Trace {
    fn of(&mut self, rule: RuleId) -> Option<&mut RuleTrace> {
        self.rules.iter_mut().find(|known| known.rule == rule)
    }

    fn of_thing(&mut self, (rule, thing): (RuleId, Option<Thing>)) -> Option<&mut RuleTrace> {
        let fits =
            |known: &&mut RuleTrace| known.rule == rule && (known.thing.is_none() || known.thing == thing);
        self.rules.iter_mut().find(fits)
    }

    pub(crate) fn verdict(&mut self, rule: RuleId, verdict: Verdict) {
        if let Some(known) = self.of(rule) {
            known.verdict = verdict;
            return;
        }
        self.rules.push(RuleTrace {
            rule,
            thing: None,
            verdict,
            basis: 0,
            exact: (0, 1),
            items: Vec::new(),
            shares: Vec::new(),
            lost: Vec::new(),
            decided: Vec::new(),
            rounded: 0,
            cuts: Vec::new(),
            booked: 0,
            values: Vec::new(),
        });
    }

    /// Notes the values of the event for which caps have counters of their own.
    pub(crate) fn take_values(&mut self, facts: &Facts<'_>) {
        for known in &mut self.rules {
            let Some(rule) = facts.program.rules.get(known.rule.index()) else { continue };
            for id in rule.caps.iter().chain(&rule.spend_caps) {
                let cap = facts.program.caps.get(id.index()).filter(|cap| cap.each.is_some());
                known.values.extend(cap.map(|cap| match cap.by_line {
                    true => (*id, line_caps::told_values(facts, cap).into()),
                    false => (*id, told(facts.value_of(cap)).into()),
                }));
            }
        }
    }

    pub(crate) fn lost(&mut self, rule: RuleId, column: usize, to: RuleId) {
        if let Some(known) = self.of(rule) {
            known.lost.push(Lost { column, to });
        }
    }

    /// Notes which leaves of a `when` decided that it does not hold.
    pub(crate) fn decide(&mut self, rule: RuleId, facts: &Facts<'_>, when: &Test) {
        let Some(known) = self.of(rule) else { return };
        collect(facts, when, false, &mut known.decided);
    }

    /// Notes what every row came to in steps 5 to 7.
    pub(crate) fn take_shares(&mut self, facts: &Facts<'_>, rows: &Rows) {
        let name = |item: &crate::event::Item| match (&item.sku, item.name.is_empty()) {
            (Some(sku), true) => sku.clone(),
            _ => item.name.clone(),
        };
        self.items = facts.event.items().iter().map(name).collect();
        for row in rows.all() {
            if let Some(known) = self.of(row.rule) {
                known.take(facts, row);
            }
        }
    }

    /// Notes what a bonus on everything adds in one unit. Further units have a trace of their own.
    pub(crate) fn take_extra(&mut self, facts: &Facts<'_>, row: &Row) {
        let key = (row.rule, row.thing);
        if self.of_thing(key).is_none() {
            let of_rule = self.rules.iter().find(|known| known.rule == row.rule).cloned();
            self.rules.extend(of_rule.map(|known| RuleTrace { thing: row.thing, ..known }));
        }
        if let Some(known) = self.of_thing(key) {
            known.thing = row.thing;
            known.take(facts, row);
        }
    }

    pub(crate) fn cut(&mut self, key: (RuleId, Option<Thing>), cap: CapId, before: i64, after: i64) {
        if let Some(known) = self.of_thing(key) {
            known.cuts.push((cap, before, after));
        }
    }

    pub(crate) fn booked(&mut self, key: (RuleId, Option<Thing>), amount: i64) {
        if let Some(known) = self.of_thing(key) {
            known.booked = amount;
        }
    }
}

/// The leaves that keep a condition from holding.
pub(super) fn decided(facts: &Facts<'_>, when: &Test) -> Vec<Found> {
    let mut found = Vec::new();
    collect(facts, when, false, &mut found);
    found
}

/// Collects the leaves that keep a condition from holding; `negated` inside `not`.
fn collect(facts: &Facts<'_>, test: &Test, negated: bool, into: &mut Vec<Found>) {
    let wanted = if negated { Truth::No } else { Truth::Yes };
    if facts.judge(test, None) == wanted {
        return;
    }
    match test {
        Test::And(parts) | Test::Or(parts) => {
            parts.iter().for_each(|part| collect(facts, part, negated, into));
        }
        Test::Not(part) => collect(facts, part, !negated, into),
        Test::Num(subject, ..) | Test::NumIn(subject, _) | Test::KnownNum(subject) => {
            into.push(Found::Num(*subject, facts.num(*subject, None)));
        }
        Test::Sym(subject, _)
        | Test::DatedSym(subject, _)
        | Test::KnownSym(subject)
        | Test::Matches(subject, ..) => into.push(Found::Sym(*subject, facts.sym(*subject, None))),
        Test::Since(_)
        | Test::BirthdayWithin(_)
        | Test::BirthdayThisMonth
        | Test::AnyItem(_)
        | Test::Presented(_) => {
            into.push(Found::Other);
        }
    }
}
