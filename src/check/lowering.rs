//! What is common to lowering all blocks.

use super::counters::Counters;
use super::declared::{Declared, Words};
use super::facts::{Facts, Settings, Thing};
use super::numbers::{self, Misfit};
use super::report::Report;
use super::times;
use crate::calendar::Period;
use crate::diagnostics::{SourceMap, Span};
use crate::program::{
    Activity, Award, AwardThing, Budget, Cap, CapId, Choice, ChoiceId, DateAttribute, EachBy, EventKindId,
    GroupId, Moment, ReferralBudgets, Symbol, Symbols, UnitId, Validity, VoucherId,
};
use crate::syntax::ast::{self, Amount, Block, Name, Number};
use std::collections::{BTreeMap, BTreeSet};

/// The state of lowering.
pub(super) struct Lowering<'f, 'a> {
    pub(super) map: &'f SourceMap,
    pub(super) all: &'f Declared<'a>,
    pub(super) facts: &'f Facts<'a>,
    pub(super) report: Report,
    pub(super) symbols: Symbols,
    pub(super) counters: Counters,
    pub(super) caps: Vec<Cap>,
    /// By what caps have one counter for each value.
    pub(super) each: Vec<EachBy>,
    /// Budgets across all members.
    pub(super) budgets: Vec<Budget>,
    /// Those of referrals, one entry for each referral.
    pub(super) referral_budgets: Vec<ReferralBudgets>,
    pub(super) choices: Vec<Choice>,
    /// By the phrase that names them.
    pub(super) choice_ids: BTreeMap<Box<str>, ChoiceId>,
    /// The dates that `activate on` names.
    pub(super) dates: Vec<DateAttribute>,
    /// What `expire after … without` names.
    pub(super) activities: Vec<Box<[Activity]>>,
    /// Moments that the clock brings and a rule waits for.
    pub(super) moments: Vec<Moment>,
    /// Names of `best of` groups.
    pub(super) groups: BTreeMap<&'a str, GroupId>,
    /// The `valid` line of the rule whose conditions are read.
    pub(super) campaign: Option<(Option<Validity>, Span)>,
    /// Lists whose names were compared with a vocabulary already: place of the list and of the vocabulary.
    pub(super) seen_lists: BTreeSet<(Span, &'static str)>,
}

impl<'f, 'a> Lowering<'f, 'a> {
    /// Nothing is lowered yet.
    pub(super) fn new(
        map: &'f SourceMap,
        all: &'f Declared<'a>,
        facts: &'f Facts<'a>,
        report: Report,
    ) -> Self {
        let late = facts.settings.late.map_or(1, times::days_at_most);
        Self {
            map,
            all,
            facts,
            report,
            symbols: Symbols::default(),
            counters: Counters::new(late, facts.settings.own_days.clone()),
            caps: Vec::new(),
            each: Vec::new(),
            budgets: Vec::new(),
            referral_budgets: Vec::new(),
            choices: Vec::new(),
            choice_ids: BTreeMap::new(),
            dates: Vec::new(),
            activities: Vec::new(),
            moments: Vec::new(),
            groups: BTreeMap::new(),
            campaign: None,
            seen_lists: BTreeSet::new(),
        }
    }

    /// The `program` block.
    pub(super) fn settings(&self) -> &'f Settings {
        &self.facts.settings
    }

    /// The `##` lines above a block, as one text.
    pub(super) fn doc(block: &Block) -> String {
        let lines: Vec<&str> = block.doc.iter().map(|line| line.text.trim()).collect();
        lines.join("\n")
    }

    /// The text of a condition or limit with its white space folded, for explanations.
    pub(super) fn text(&self, span: Span) -> String {
        let words: Vec<&str> = self.map.text(span).split_whitespace().collect();
        words.join(" ")
    }

    /// A unit by its name or singular form. A voucher or an unknown name is a finding.
    pub(super) fn unit(&mut self, name: &Name) -> Option<UnitId> {
        match self.thing(name)? {
            Thing::Unit(unit) => Some(unit),
            Thing::Voucher(_) => {
                self.report.mixed(
                    name.span,
                    format!("`{}` is a voucher, and a unit is needed here", name.text),
                    "name a unit; vouchers are given in whole numbers, for example `give 1 …`",
                );
                None
            }
            Thing::Donation(_) => None,
        }
    }

    /// A unit or voucher by its name or singular form, which is used by this. A donation unit is a finding.
    pub(super) fn thing(&mut self, name: &Name) -> Option<Thing<'a>> {
        let found = self.facts.thing(&name.text);
        match found {
            Some(Thing::Donation(unit)) => {
                self.report.mixed(
                    name.span,
                    format!("`{unit}` is a donation unit: charities get it, members do not"),
                    "name another unit, or write a `donate`",
                );
                return None;
            }
            Some(thing) => self.use_thing(thing),
            None => self.report.unknown(
                "unit or voucher",
                &name.text,
                name.span,
                self.facts.thing_candidates(),
                "",
            ),
        }
        found
    }

    fn use_thing(&self, thing: Thing<'_>) {
        match thing {
            Thing::Unit(unit) => {
                if let Some(facts) = self.facts.unit(unit) {
                    self.all.units.get(&facts.name.text);
                }
            }
            Thing::Voucher(voucher) => {
                self.all.vouchers.get(self.voucher_name(voucher));
            }
            Thing::Donation(unit) => {
                self.all.gifts.get(unit);
            }
        }
    }

    /// The plural name of a unit.
    pub(super) fn unit_name(&self, unit: UnitId) -> &'f str {
        self.facts.unit(unit).map_or("", |facts| facts.name.text.as_str())
    }

    /// The name of a voucher.
    pub(super) fn voucher_name(&self, voucher: VoucherId) -> &'f str {
        self.facts.voucher_names.get(voucher.index()).copied().unwrap_or_default()
    }

    /// The name of a unit or voucher; a choice is called so.
    pub(super) fn thing_name(&self, thing: AwardThing) -> &'f str {
        match thing {
            AwardThing::Unit(unit) => self.unit_name(unit),
            AwardThing::Voucher(voucher) => self.voucher_name(voucher),
            AwardThing::Choice(_) => "a choice",
        }
    }

    /// A number in the scale of a unit, or a finding that says why not.
    pub(super) fn in_scale(&mut self, unit: UnitId, number: &Number) -> Option<i64> {
        let decimals = self.facts.unit(unit)?.decimals;
        let name = self.unit_name(unit);
        match numbers::scaled(number.value, decimals) {
            Ok(scaled) => Some(scaled),
            Err(Misfit::TooLarge) => {
                self.report.outside(
                    number.span,
                    format!("{} is too large", number.value),
                    "amounts may be at most 1_000_000_000_000",
                );
                None
            }
            Err(Misfit::TooFine) if decimals == 0 => {
                self.report.mixed(
                    number.span,
                    format!("`{name}` have no decimals"),
                    format!("write a whole number, or declare `decimals 2` in the unit {name}"),
                );
                None
            }
            Err(Misfit::TooFine) => {
                let digits = if decimals == 1 { "one decimal" } else { "fewer decimals" };
                self.report.mixed(
                    number.span,
                    format!("`{name}` have {digits} than {}", number.value),
                    format!("write at most {decimals} digits behind the dot, or raise `decimals` in the unit {name}"),
                );
                None
            }
        }
    }

    /// `100 punkte`, `1 Willkommen`: an amount above zero of a unit or of vouchers.
    pub(super) fn award(&mut self, amount: &Amount) -> Option<Award> {
        let thing = self.thing(&amount.unit)?;
        let (thing, found) = match thing {
            Thing::Unit(unit) => (AwardThing::Unit(unit), self.in_scale(unit, &amount.number)?),
            Thing::Voucher(voucher) => {
                let what = ("a number of vouchers", amount.number.span);
                let found = numbers::whole(amount.number.value, (0, 1_000_000), what, &mut self.report)?;
                (AwardThing::Voucher(voucher), found)
            }
            Thing::Donation(_) => return None,
        };
        if found <= 0 {
            self.report.zero(
                amount.span,
                "this gives nothing",
                "write a number above zero, or leave the line out",
            );
            return None;
        }
        Some(Award { thing, amount: found })
    }

    /// The event that something waits for.
    pub(super) fn on(&mut self, on: &ast::On) -> Option<EventKindId> {
        match on {
            ast::On::Joining => Some(EventKindId::JOINING),
            ast::On::Event(name) => self.event(name),
            // the grammar has these in rules only
            ast::On::Birthday | ast::On::StartOf(_) | ast::On::After { .. } | ast::On::Without { .. } => None,
        }
    }

    /// An event by its name, which is used by this.
    pub(super) fn event(&mut self, name: &Name) -> Option<EventKindId> {
        match name.text.as_str() {
            "purchase" => return Some(EventKindId::PURCHASE),
            "joining" => return Some(EventKindId::JOINING),
            _ => {}
        }
        if let Some(entry) = self.all.events.get(&name.text) {
            return Some(EventKindId(entry.id));
        }
        if matches!(name.text.as_str(), "birthday" | "return") {
            self.report.later(
                name.span,
                format!("this version does not evaluate rules on `{}`", name.text),
                "a rule can wait for `purchase`, `joining` or a declared event",
            );
            return None;
        }
        let built_in = ["purchase", "joining"].into_iter().map(|event| (event, None));
        let candidates = self.all.events.candidates().chain(built_in);
        self.report.unknown("event", &name.text, name.span, candidates, "");
        None
    }

    /// The name of an event.
    pub(super) fn event_name(&self, event: EventKindId) -> &'f str {
        self.facts.event_names.get(event.index()).copied().unwrap_or_default()
    }

    /// When something is in force.
    pub(super) fn validity(&mut self, valid: Option<(&ast::Valid, Span)>) -> Option<Validity> {
        match valid {
            None => Some(Validity::Always),
            Some((valid, span)) => times::validity(valid, span, self.settings(), &mut self.report),
        }
    }

    /// A period of the calendar.
    pub(super) fn period(&mut self, period: &ast::Period) -> Option<Period> {
        times::period(period, self.settings(), &mut self.report)
    }

    /// The id that the next cap will have.
    pub(super) fn next_cap(&self) -> CapId {
        CapId(self.caps.len() as u32)
    }

    /// A word of a vocabulary, which is used by this; an undeclared one is a finding.
    pub(super) fn word(&mut self, what: &str, words: &Words<'_>, name: &Name) -> Option<Symbol> {
        match words.get(name.text.as_str()) {
            Some(word) => {
                word.used.set(true);
                Some(self.symbols.intern(&name.text))
            }
            None => {
                let candidates = words.iter().map(|(word, place)| (*word, Some(place.span)));
                let effect = format!("A rule with an unknown {what} would never give anybody anything.");
                self.report.unknown(what, &name.text, name.span, candidates, &effect);
                None
            }
        }
    }

    /// The symbols of names, sorted and without doubles. Interned by code point, so that the order in which they are
    /// written changes nothing.
    pub(super) fn sorted_symbols<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Box<[Symbol]> {
        let names: BTreeSet<&str> = names.collect();
        let mut found: Vec<Symbol> = names.into_iter().map(|name| self.symbols.intern(name)).collect();
        found.sort_unstable();
        found.into()
    }
}
