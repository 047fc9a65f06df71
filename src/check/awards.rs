//! Awards: what is paid at the close of a period.

use super::award_lots::LotLines;
use super::facts::Thing;
use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::report::Once;
use super::rules::DraftRule;
use super::subjects::{Place, Scope};
use super::times;
use crate::amount::Rounding;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    AwardThing, Basis, EventKindId, Rebate, RebateCounts, RebateKind, RebateSpan, RebateTerms, RuleId, Stage,
    StagePays, Unit, UnitId,
};
use crate::syntax::ast::{
    self, Amount, AwardBlock, AwardGive, AwardLine, Band, Block, Cond, Name, ParameterKind, Per,
};
use std::collections::BTreeSet;

/// The lines of an award.
struct Lines<'a> {
    valid: Once<&'a ast::Valid>,
    items: Once<&'a Cond>,
    when: Once<&'a Cond>,
    every: Once<(&'a ast::Period, &'a AwardGive)>,
    least: Once<&'a Amount>,
    caps: Vec<(&'a ast::Cap, Span)>,
    budgets: Vec<(&'a ast::Cap, Span)>,
    lots: LotLines<'a>,
}

/// What an award adds up, and what it pays for it.
struct Pays {
    gives: AwardThing,
    counts: RebateCounts,
    stages: Box<[Stage]>,
}

impl Pays {
    /// One thing for all that was spent.
    fn once(gives: AwardThing, counts: RebateCounts, pays: StagePays) -> Self {
        Self { gives, counts, stages: [Stage { from: 0, pays }].into() }
    }
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of rebates and awards, each by name; nothing if one of them has an error.
    pub(super) fn rebates_and_awards(
        &mut self,
        units: &[Option<Unit>],
        rules: &[DraftRule<'a>],
    ) -> Option<Box<[Rebate]>> {
        let (rebates, awards) = (self.rebates(units), self.awards(units, rules));
        Some(rebates?.into_iter().chain(awards?).collect())
    }

    fn awards(&mut self, units: &[Option<Unit>], rules: &[DraftRule<'a>]) -> Option<Vec<Rebate>> {
        let all = self.all;
        let found: Vec<Option<Rebate>> =
            all.awards.iter().map(|entry| self.one_award(entry.node, entry.block, (units, rules))).collect();
        found.into_iter().collect()
    }

    fn one_award(
        &mut self,
        block: &'a AwardBlock,
        whole: &'a Block,
        (units, rules): (&[Option<Unit>], &[DraftRule<'a>]),
    ) -> Option<Rebate> {
        let head = whole.head;
        let lines = self.award_lines(block);
        let campaign = lines.valid.span().is_some();
        let valid = self.validity(lines.valid.take());
        let items_span = lines.items.span();
        let (items, _) = self.condition_line(lines.items.value(), EventKindId::PURCHASE, Scope::Items);
        let when = match lines.when.value() {
            // it is judged when the period closes, so there are no attributes of an event
            Some(cond) => {
                let place = Place { event: EventKindId::JOINING, scope: Scope::Moment };
                self.condition(cond, place).map(Some)
            }
            None => Some(None),
        };
        let every_span = lines.every.span();
        let every = match lines.every.value() {
            Some(every) => Some(every),
            None => self.needed(head, "what is given, and at the end of which period", "every month give …"),
        };
        let (period, give) = every?;
        let span = times::repeating(period, &self.facts.settings, &mut self.report).map(RebateSpan::Every);
        let pays = self.award_pays((give, every_span.unwrap_or(head)), items_span, rules);
        let gives = pays.as_ref().map(|pays| pays.gives);
        let least = match (lines.least.value(), gives) {
            (Some(least), Some(gives)) => self.least_paid(least, gives).map(Some),
            _ => Some(None),
        };
        let caps = self.paid_caps(&block.name.text, &lines.caps, (gives, span, valid));
        let of = format!("award {}", block.name.text);
        let budgets = self.paid_budgets(&of, &lines.budgets, (gives, campaign));
        let lots = self.paid_lots(lines.lots, gives);
        let (pays, (mode, lots), (most, windows)) = (pays?, lots?, caps?);
        let (decimals, rounded) = match pays.gives {
            AwardThing::Unit(unit) => {
                let unit = units.get(unit.index())?.as_ref()?;
                (unit.decimals, unit.round.mode)
            }
            AwardThing::Voucher(_) | AwardThing::Choice(_) => (0, Rounding::Down),
        };
        Some(Rebate {
            name: block.name.text.as_str().into(),
            kind: RebateKind::Award,
            doc: Self::doc(whole).into(),
            valid: valid?,
            items: items?,
            when: when?,
            is_judged: true,
            counts: pays.counts,
            span: span?,
            terms: RebateTerms {
                retroactive: true,
                stages: pays.stages,
                gives: pays.gives,
                decimals,
                round: mode.unwrap_or(rounded),
                after: None,
                least: least?.unwrap_or(0),
                most,
                windows,
                lots,
                budgets: budgets?,
            },
            since: self.settings().effective_from,
            earlier: Box::default(),
        })
    }

    fn award_lines(&mut self, block: &'a AwardBlock) -> Lines<'a> {
        let mut lines = Lines {
            valid: Once::new("valid"),
            items: Once::new("for items"),
            when: Once::new("when"),
            every: Once::new("every"),
            least: Once::new("pay nothing below"),
            caps: Vec::new(),
            budgets: Vec::new(),
            lots: LotLines::new(),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                AwardLine::Funded(_) => {}
                AwardLine::Valid(valid) => lines.valid.set(valid, span, report),
                AwardLine::ForItems(cond) => lines.items.set(cond, span, report),
                AwardLine::When(cond) => lines.when.set(cond, span, report),
                AwardLine::Every { period, give } => lines.every.set((period, give), span, report),
                AwardLine::PayNothingBelow(amount) => lines.least.set(amount, span, report),
                AwardLine::Cap(cap) => lines.caps.push((cap, span)),
                AwardLine::Budget(cap) => lines.budgets.push((cap, span)),
                AwardLine::Round(round) => lines.lots.round.set(*round, span, report),
                AwardLine::Activate(activate) => lines.lots.activate.set(activate, span, report),
                AwardLine::Expire(expire) => lines.lots.expire.push((expire, span)),
            }
        }
        lines
    }

    fn award_pays(
        &mut self,
        (give, span): (&'a AwardGive, Span),
        items: Option<Span>,
        drafts: &[DraftRule<'a>],
    ) -> Option<Pays> {
        match give {
            AwardGive::Share { rate, most, paid_with, unit } => {
                let unit = self.unit(unit);
                let found = self.stage_rate(*rate);
                if found == Some(0) {
                    self.report.zero(
                        rate.span,
                        "a share of nothing gives nothing",
                        "write a percentage above zero",
                    );
                    return None;
                }
                let counts = match paid_with {
                    Some(means) => self.counts_paid_with(means)?,
                    None if *most => RebateCounts::ByCategory,
                    None => RebateCounts::Spend,
                };
                Some(Pays::once(AwardThing::Unit(unit?), counts, StagePays::Rate(found?)))
            }
            AwardGive::Announced { parameter, most, unit } => {
                let (unit, parameter) = (self.unit(unit), self.parameter(parameter, ParameterKind::Percent));
                let stages = [Stage { from: 0, pays: StagePays::Announced(parameter?) }].into();
                let counts = if *most { RebateCounts::ByCategory } else { RebateCounts::Spend };
                Some(Pays { gives: AwardThing::Unit(unit?), counts, stages })
            }
            AwardGive::Bands { unit, bands } => {
                let unit = self.unit(unit)?;
                let (gives, counts) = (AwardThing::Unit(unit), RebateCounts::Spend);
                Some(Pays { gives, counts, stages: self.award_bands(unit, bands)? })
            }
            AwardGive::Flat(amount) => {
                let award = self.award(amount)?;
                Some(Pays::once(award.thing, RebateCounts::Spend, StagePays::Amount(award.amount)))
            }
            AwardGive::Choice(choice) => {
                let award = self.choice(choice, span)?;
                Some(Pays::once(award.thing, RebateCounts::Spend, StagePays::Amount(award.amount)))
            }
            AwardGive::Per { amount, per } => self.award_per(amount, per, span),
            AwardGive::Earned { amount, per, rules } => {
                if let Some(span) = items {
                    let help = "remove this line; which items count is said by the rules";
                    self.report.misplaced(span, "what rules have earned is counted here, not items", help);
                }
                let (given, counted) = (self.award_amount(amount), self.award_amount(per));
                let ids = self.earned_rules(rules, counted.map(|(unit, _)| unit), drafts);
                let ((unit, give), (of, per)) = (given?, counted?);
                let counts = RebateCounts::Earned { unit: of, rules: ids? };
                Some(Pays::once(AwardThing::Unit(unit), counts, StagePays::Per(give, per)))
            }
        }
    }

    fn counts_paid_with(&mut self, means: &'a Name) -> Option<RebateCounts> {
        let all = self.all;
        self.word("kind of payment", &all.payments, means).map(RebateCounts::PaidWith)
    }

    /// So much for each step of what was spent in the period.
    fn award_per(&mut self, amount: &'a Amount, per: &'a Per, span: Span) -> Option<Pays> {
        let gives = self.award_thing(amount);
        let of = self.per(per, span, EventKindId::PURCHASE)?;
        let counts = match of.basis {
            Basis::Spend => RebateCounts::Spend,
            Basis::SpendPaidWith(means) => RebateCounts::PaidWith(means),
            Basis::Pieces | Basis::Item(_) | Basis::Event(_) => {
                let help = "give it in an `earn`, and write here `per 1 … earned from [ … ]`";
                self.report.misplaced(span, "at the close of a period only what was spent is known", help);
                return None;
            }
        };
        let give = numbers::micro(amount.number.value, amount.span, &mut self.report)?;
        if give == 0 {
            self.report.zero(amount.span, "this gives nothing", "write an amount above zero");
            return None;
        }
        Some(Pays::once(gives?, counts, StagePays::PerSpend { give, per: of.step, steps: of.steps }))
    }

    fn award_thing(&mut self, amount: &'a Amount) -> Option<AwardThing> {
        match self.thing(&amount.unit)? {
            Thing::Unit(unit) => Some(AwardThing::Unit(unit)),
            Thing::Voucher(voucher) => Some(AwardThing::Voucher(voucher)),
            Thing::Donation(_) => None,
        }
    }

    /// An amount of a unit above zero.
    fn award_amount(&mut self, amount: &'a Amount) -> Option<(UnitId, i64)> {
        let unit = self.unit(&amount.unit)?;
        let found = self.in_scale(unit, &amount.number)?;
        if found <= 0 {
            self.report.zero(amount.span, "this gives nothing", "write an amount above zero");
            return None;
        }
        Some((unit, found))
    }

    fn award_bands(&mut self, unit: UnitId, bands: &'a [Band]) -> Option<Box<[Stage]>> {
        let mut found: Vec<Stage> = Vec::new();
        for band in bands {
            let from = money::money(&band.from, &self.facts.settings, &mut self.report)?;
            let amount = self.in_scale(unit, &band.value)?;
            if found.last().is_some_and(|before| before.from >= from) {
                let finding = Diagnostic::new(Code::U215, band.span, "bands must rise")
                    .help("write the bands from the lowest to the highest, each once");
                self.report.push(finding);
                return None;
            }
            found.push(Stage { from, pays: StagePays::Amount(amount) });
        }
        Some(found.into())
    }

    /// The rules that count, each of which gives the unit.
    fn earned_rules(
        &mut self,
        names: &'a [Name],
        unit: Option<UnitId>,
        drafts: &[DraftRule<'a>],
    ) -> Option<Box<[RuleId]>> {
        let mut found: BTreeSet<RuleId> = BTreeSet::new();
        let mut good = true;
        for name in names {
            let all = self.all;
            let rule = all.earns.peek(&name.text).or_else(|| all.bonuses.peek(&name.text));
            let Some(id) = rule.map(|rule| RuleId(rule.id)) else {
                good = false;
                if all.is_rule(&name.text) {
                    let message = format!("`{}` is no `earn` or `bonus`", name.text);
                    let help = "name rules that book something for purchases or events";
                    self.report.misplaced(name.span, message, help);
                } else {
                    let candidates = all.earns.candidates().chain(all.bonuses.candidates());
                    self.report.unknown("rule", &name.text, name.span, candidates, "");
                }
                continue;
            };
            let gives = drafts.get(id.index()).and_then(|draft| draft.capped.thing);
            if let (Some(unit), Some(gives)) = (unit, gives)
                && gives != AwardThing::Unit(unit)
            {
                good = false;
                let (rule, given, unit) = (&name.text, self.thing_name(gives), self.unit_name(unit));
                let message = format!("`{rule}` gives {given}, not {unit}");
                self.report.mixed(name.span, message, format!("name rules that give {unit}"));
            }
            if !found.insert(id) {
                good = false;
                self.report.twice(&name.text, name.span, name.span);
            }
        }
        good.then(|| found.into_iter().collect())
    }
}
