//! Rebates: stages on the turnover of a period.

use super::award_lots::LotLines;
use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::report::Once;
use super::subjects::Scope;
use super::times;
use crate::calendar::Date;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    AwardThing, EventKindId, Rebate, RebateCounts, RebateKind, RebateSpan, RebateTerms, Stage, StagePays,
    Unit, UnitId, Validity,
};
use crate::syntax::ast::{
    self, Amount, Block, Cond, Duration, Name, ParameterKind, Percent, RebateBlock, RebateLine, StageMode,
};

/// The lines of a rebate.
struct Lines<'a> {
    valid: Once<&'a ast::Valid>,
    items: Once<&'a Cond>,
    when: Once<&'a Cond>,
    period: Once<&'a ast::Period>,
    mode: Once<StageMode>,
    stages: Vec<(&'a Amount, &'a ast::StagePays, Span)>,
    pays: Once<(&'a Name, &'a Duration)>,
    least: Once<&'a Amount>,
    caps: Vec<(&'a ast::Cap, Span)>,
    budgets: Vec<(&'a ast::Cap, Span)>,
    lots: LotLines<'a>,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of rebates, by name; nothing if one of them has an error.
    pub(super) fn rebates(&mut self, units: &[Option<Unit>]) -> Option<Vec<Rebate>> {
        let all = self.all;
        let found: Vec<Option<Rebate>> =
            all.rebates.iter().map(|entry| self.rebate(entry.node, entry.block, units)).collect();
        found.into_iter().collect()
    }

    fn rebate(&mut self, block: &'a RebateBlock, whole: &'a Block, units: &[Option<Unit>]) -> Option<Rebate> {
        let head = whole.head;
        let lines = self.rebate_lines(block);
        let campaign = lines.valid.span().is_some();
        let valid = self.validity(lines.valid.take());
        let (items, _) = self.condition_line(lines.items.value(), EventKindId::PURCHASE, Scope::Items);
        let (when, _) = self.condition_line(lines.when.value(), EventKindId::PURCHASE, Scope::Event);
        let span = match lines.period.value() {
            Some(period) => self.rebate_span(period, valid),
            None => self.needed(head, "over which period turnover is added up", "period calendar year"),
        };
        let stage_mode = match lines.mode.value() {
            Some(mode) => Some(mode),
            None => self.needed(head, "how stages are paid", "stages are retroactive"),
        };
        let paid = match lines.pays.value() {
            Some((unit, after)) => self.paid_in(unit, after),
            None => self.needed(head, "in what it is paid, and when", "pay … 31 days after period end"),
        };
        let least = match (lines.least.value(), paid) {
            (Some(least), Some((unit, _))) => self.least_paid(least, AwardThing::Unit(unit)).map(Some),
            _ => Some(None),
        };
        let unit = paid.map(|(unit, _)| unit);
        let gives = unit.map(AwardThing::Unit);
        let caps = self.paid_caps(&block.name.text, &lines.caps, (gives, span, valid));
        let of = format!("rebate {}", block.name.text);
        let budgets = self.paid_budgets(&of, &lines.budgets, (gives, campaign));
        let lots = self.paid_lots(lines.lots, gives);
        let stages = self.stages(&lines.stages, stage_mode, unit, head);
        let ((unit, after), (mode, lots), (most, windows)) = (paid?, lots?, caps?);
        let rules = units.get(unit.index())?.as_ref()?;
        Some(Rebate {
            name: block.name.text.as_str().into(),
            kind: RebateKind::Rebate,
            counts: RebateCounts::Spend,
            doc: Self::doc(whole).into(),
            valid: valid?,
            items: items?,
            when: when?,
            is_judged: true,
            span: span?,
            terms: RebateTerms {
                retroactive: stage_mode? == StageMode::Retroactive,
                stages: stages?,
                gives: AwardThing::Unit(unit),
                decimals: rules.decimals,
                round: mode.unwrap_or(rules.round.mode),
                after: Some(after),
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

    fn rebate_lines(&mut self, block: &'a RebateBlock) -> Lines<'a> {
        let mut lines = Lines {
            valid: Once::new("valid"),
            items: Once::new("for items"),
            when: Once::new("when"),
            period: Once::new("period"),
            mode: Once::new("stages are"),
            stages: Vec::new(),
            pays: Once::new("pay … after period end"),
            least: Once::new("pay nothing below"),
            caps: Vec::new(),
            budgets: Vec::new(),
            lots: LotLines::new(),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                RebateLine::Funded(_) => {}
                RebateLine::Valid(valid) => lines.valid.set(valid, span, report),
                RebateLine::ForItems(cond) => lines.items.set(cond, span, report),
                RebateLine::When(cond) => lines.when.set(cond, span, report),
                RebateLine::Period(period) => lines.period.set(period, span, report),
                RebateLine::Stages(mode) => lines.mode.set(*mode, span, report),
                RebateLine::Stage { from, pays } => lines.stages.push((from, pays, span)),
                RebateLine::Pays { unit, after } => lines.pays.set((unit, after), span, report),
                RebateLine::PayNothingBelow(amount) => lines.least.set(amount, span, report),
                RebateLine::Cap(cap) => lines.caps.push((cap, span)),
                RebateLine::Budget(cap) => lines.budgets.push((cap, span)),
                RebateLine::Round(round) => lines.lots.round.set(*round, span, report),
                RebateLine::Activate(activate) => lines.lots.activate.set(activate, span, report),
                RebateLine::Expire(expire) => lines.lots.expire.push((expire, span)),
            }
        }
        lines
    }

    fn rebate_span(&mut self, period: &'a ast::Period, valid: Option<Validity>) -> Option<RebateSpan> {
        if period.kind != ast::PeriodKind::Campaign {
            return times::repeating(period, &self.facts.settings, &mut self.report).map(RebateSpan::Every);
        }
        let last = match valid? {
            Validity::Days(_, last) if last < Date::MAX => Some(last),
            Validity::Minutes { to: (last, minute), .. } => {
                // what is over before a day begins was valid up to the day before
                let whole = minute <= self.settings().day_starts;
                Some(if whole { last.minus_days(1) } else { last })
            }
            _ => None,
        };
        if last.is_none_or(|last| last >= Date::MAX.minus_days(1)) {
            let help = "add a line `valid from … to …` to the rebate, or name another period";
            self.report.missing(period.span, "a campaign needs a beginning and an end", help);
            return None;
        }
        last.map(RebateSpan::Campaign)
    }

    fn paid_in(
        &mut self,
        unit: &'a Name,
        after: &'a Duration,
    ) -> Option<(UnitId, crate::calendar::Duration)> {
        let unit = self.unit(unit);
        let after = times::days(*after, &mut self.report);
        Some((unit?, after?))
    }

    /// An amount of what is paid; of program money also in money.
    pub(super) fn least_paid(&mut self, least: &'a Amount, gives: AwardThing) -> Option<i64> {
        let AwardThing::Unit(unit) = gives else { return self.number_paid(least, gives) };
        let facts = self.facts.unit(unit)?;
        let is_money = matches!(facts.kind, ast::UnitKind::Money(_));
        let found = match is_money && least.unit.text == self.settings().currency {
            true => self.in_scale(unit, &least.number),
            false => self.amount_in(unit, least),
        };
        if found == Some(0) {
            self.report.zero(least.span, "zero means nothing here", "write an amount above zero");
            return None;
        }
        found
    }

    /// The same of vouchers; a choice is given whole.
    fn number_paid(&mut self, amount: &'a Amount, gives: AwardThing) -> Option<i64> {
        if matches!(gives, AwardThing::Choice(_)) {
            let message = "a choice is given whole, once for a period";
            self.report.misplaced(amount.span, message, "remove this line");
            return None;
        }
        let found = self.award(amount)?;
        if found.thing != gives {
            let (wanted, given) = (self.thing_name(gives), self.thing_name(found.thing));
            let message = format!("an amount of {wanted} is needed here, not of {given}");
            self.report.mixed(amount.span, message, format!("write a number of {wanted}"));
            return None;
        }
        Some(found.amount)
    }

    fn stages(
        &mut self,
        lines: &[(&'a Amount, &'a ast::StagePays, Span)],
        mode: Option<StageMode>,
        unit: Option<UnitId>,
        head: Span,
    ) -> Option<Box<[Stage]>> {
        if lines.is_empty() {
            return self.needed(head, "what is paid", "stage from 50_000 EUR: 1%");
        }
        let mut found: Vec<Option<Stage>> = Vec::new();
        let mut before: Option<(Stage, Span)> = None;
        for (from, pays, span) in lines {
            let from = money::money(from, &self.facts.settings, &mut self.report);
            let pays = self.stage_pays(pays, mode, unit);
            let stage = from.zip(pays).map(|(from, pays)| Stage { from, pays });
            let good = match (before, stage) {
                (Some(before), Some(stage)) => self.rises(before, (stage, *span)),
                _ => true,
            };
            before = stage.map(|stage| (stage, *span)).or(before);
            found.push(stage.filter(|_| good));
        }
        let found: Option<Box<[Stage]>> = found.into_iter().collect();
        found.filter(|stages| self.one_parameter(stages, lines))
    }

    /// The value of one parameter is kept for a period.
    fn one_parameter(&mut self, stages: &[Stage], lines: &[(&'a Amount, &'a ast::StagePays, Span)]) -> bool {
        let mut asked =
            stages.iter().zip(lines).filter_map(|(stage, line)| Some((stage.pays.parameter()?, line.2)));
        let first = asked.next();
        let other = asked.find(|(parameter, _)| first.is_some_and(|(first, _)| first != *parameter));
        if let Some((_, span)) = other {
            let help = "write the same parameter in all stages, or two rebates";
            self.report.misplaced(span, "a rebate asks for one parameter", help);
        }
        other.is_none()
    }

    fn stage_pays(
        &mut self,
        pays: &'a ast::StagePays,
        mode: Option<StageMode>,
        unit: Option<UnitId>,
    ) -> Option<StagePays> {
        match pays {
            ast::StagePays::Percent(rate) => self.stage_rate(*rate).map(StagePays::Rate),
            ast::StagePays::PercentOf(rate, name) if self.is_fee(name) => {
                let rate = self.stage_rate(*rate);
                self.no_part(mode, name.span)?;
                Some(StagePays::OfFee(rate?))
            }
            ast::StagePays::PercentOf(rate, name) => {
                let parameter = self.parameter(name, ParameterKind::Money);
                let rate = self.stage_rate(*rate);
                self.no_part(mode, name.span)?;
                Some(StagePays::PartOf(rate?, parameter?))
            }
            ast::StagePays::Amount(amount) => {
                self.no_part(mode, amount.span)?;
                let found = self.amount_in(unit?, amount)?;
                if found == 0 {
                    self.report.zero(amount.span, "this pays nothing", "write an amount above zero");
                    return None;
                }
                Some(StagePays::Amount(found))
            }
        }
    }

    /// An amount has no part inside of a stage.
    fn no_part(&mut self, mode: Option<StageMode>, span: Span) -> Option<()> {
        if mode == Some(StageMode::Incremental) {
            let help = "write a percentage, or `stages are retroactive`";
            let message = "an amount cannot be paid on the part inside of a stage";
            self.report.misplaced(span, message, help);
            return None;
        }
        Some(())
    }

    pub(super) fn stage_rate(&mut self, rate: Percent) -> Option<i64> {
        let found = numbers::micro(rate.value, rate.span, &mut self.report)?;
        if found > 100_000_000 {
            self.report.outside(rate.span, "this pays more than was paid", "write at most 100%");
            return None;
        }
        Some(found)
    }

    /// R801 and R802: a stage begins above the one before it, and pays more.
    fn rises(&mut self, (before, first): (Stage, Span), (stage, span): (Stage, Span)) -> bool {
        if stage.from <= before.from {
            let finding =
                Diagnostic::new(Code::R801, span, "this stage does not begin above the one before it")
                    .other(first, "the one before it")
                    .help("write the stages from the lowest to the highest, each once");
            self.report.push(finding);
            return false;
        }
        let falls = match (before.pays, stage.pays) {
            (StagePays::Rate(one), StagePays::Rate(two))
            | (StagePays::Amount(one), StagePays::Amount(two))
            | (StagePays::PartOf(one, _), StagePays::PartOf(two, _))
            | (StagePays::OfFee(one), StagePays::OfFee(two)) => two < one,
            _ => false,
        };
        if falls {
            let finding = Diagnostic::new(Code::R802, span, "who buys more is paid less here")
                .other(first, "this stage pays more")
                .help("raise what this stage pays, or leave it out");
            self.report.push(finding);
        }
        true
    }
}
