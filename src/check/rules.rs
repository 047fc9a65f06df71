//! `earn` and `bonus`.

use super::campaigns;
use super::caps::{Capped, Read};
use super::everything::{Beside, units_of};
use super::lowering::Lowering;
use super::rates::Draft;
use super::report::Once;
use super::subjects::{Place, Scope};
use super::terms::{Expiring, Terms};
use super::units::rounding;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    AwardThing, Basis, BudgetId, CapId, CapLimit, Combine, Effect, EventKindId, GroupId, Needs, Rule, RuleId,
    RuleKind, Unit,
};
use crate::syntax::ast::{self, Amount, Block, Cond, Name, RuleBlock, RuleLine};
use std::collections::{BTreeMap, BTreeSet};

/// The lines of a rule.
struct Lines<'a> {
    valid: Once<&'a ast::Valid>,
    partner: Once<&'a Name>,
    on: Once<&'a ast::On>,
    items: Once<&'a Cond>,
    when: Once<&'a Cond>,
    gives: Once<Gives<'a>>,
    at_least: Once<&'a Amount>,
    replaces: Vec<&'a Name>,
    combine: Once<&'a ast::Combine>,
    caps: Vec<(&'a ast::Cap, Span)>,
    budgets: Vec<(&'a ast::Cap, Span)>,
    round: Once<ast::Round>,
    activate: Once<&'a ast::Activate>,
    expire: Vec<(&'a ast::Expire, Span)>,
    hold: Once<&'a Cond>,
}

/// `give` or `multiply`.
#[derive(Clone, Copy)]
enum Gives<'a> {
    Give(&'a ast::Give),
    Multiply(&'a ast::Multiply),
    Everything(&'a ast::MultiplyEverything),
}

/// A rule that still lacks its final rate.
pub(super) struct DraftRule<'a> {
    pub(super) id: RuleId,
    pub(super) name: &'a Name,
    pub(super) draft: Option<Draft>,
    pub(super) capped: Capped,
    combine: Option<Combine>,
    group_span: Span,
    rule: Option<Rule>,
}

/// How a rule mixes with others; nothing where that is a finding.
struct Manner {
    combine: Option<Combine>,
    group_span: Span,
    at_least: Option<Option<i64>>,
}

impl Manner {
    /// That of a rule that multiplies everything, and has an error.
    const fn unknown(head: Span) -> Self {
        Self { combine: None, group_span: head, at_least: None }
    }
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// All rules in the order of their ids, without their final rates and without shared caps.
    pub(super) fn rules(&mut self) -> Vec<DraftRule<'a>> {
        let all = self.all;
        let mut found = Vec::new();
        for entry in all.earns.iter().chain(all.bonuses.iter()) {
            if self.report.is_full() {
                break;
            }
            found.push(self.rule(RuleId(entry.id), entry.node, entry.block));
        }
        self.check_groups(&found);
        found
    }

    /// The finished rules; nothing if one of them has an error.
    pub(super) fn finish_rules(
        &mut self,
        drafts: Vec<DraftRule<'a>>,
        units: &[Option<Unit>],
    ) -> Option<Vec<Rule>> {
        let mut found = Vec::new();
        for draft in drafts {
            let effect = draft.draft.and_then(|effect| self.finish(effect, units, draft.capped.gives));
            let rule = draft.rule.zip(effect).map(|(mut rule, effect)| {
                rule.effect = effect;
                rule.needs = Needs::of(&rule);
                if self.has_line_caps(&rule) {
                    rule.needs = rule.needs.and(Needs::LINE_CAPS).and(Needs::BY_ITEM);
                }
                rule
            });
            found.push(rule);
        }
        found.into_iter().collect()
    }

    fn rule(&mut self, id: RuleId, block: &'a RuleBlock, whole: &'a Block) -> DraftRule<'a> {
        let head = whole.head;
        let bonus = block.kind == ast::RuleKind::Bonus;
        let lines = self.rule_lines(block, bonus);
        let valid_span = lines.valid.span();
        let validity = self.validity(lines.valid.take());
        let on = self.on_of_rule(lines.on.take(), (head, &block.name.text), id);
        // without a known event everything else is judged as for a purchase
        let event = on.unwrap_or(EventKindId::PURCHASE);
        self.campaign = valid_span.map(|span| (validity, span));
        let (items, items_text) = self.items_line(lines.items.take(), event);
        let (when, when_text) = self.when_at(lines.when.value(), lines.partner.take(), event);
        self.campaign = None;
        let gives_span = lines.gives.span();
        let of_all = matches!(lines.gives.get(), Some(Gives::Everything(_)));
        let draft = self.gives_line(lines.gives.value(), gives_span, head, event);
        let thing = draft.as_ref().and_then(Self::gives);
        let everything = units_of(draft.as_ref());
        let campaign = campaigns::is_campaign(valid_span, validity);
        let capped = Capped::of(draft.as_ref(), on, campaign, gives_span.unwrap_or(head));
        self.warn_status(draft.as_ref(), thing, capped.gives);
        let lots = [lines.activate.span(), lines.expire.first().map(|line| line.1), lines.hold.span()];
        let beside = Beside { combine: lines.combine.span(), at_least: lines.at_least.span(), terms: lots };
        let manner = match everything {
            // what is wrong with the line is told already
            None if of_all => Manner::unknown(head),
            Some(units) => self.without_manner(units, capped, &beside, head),
            None => self.manner(lines.combine.take(), lines.at_least.take(), bonus, capped, head),
        };
        let replaces = self.replaces(&lines.replaces, id, bonus);
        let own_caps = self.own_caps(&block.name, &lines.caps, capped, id);
        let budgets = self.own_budget(&block.name.text, &lines.budgets, capped);
        let held = self.held((&lines.round, &lines.activate, &lines.hold), &lines.expire, capped);
        let activate = match lines.activate.value() {
            None => Some(None),
            Some(written) => self.activate(written, on).map(Some),
        };
        let of = draft.as_ref().and_then(Draft::unit);
        let expire = self.expiries(Terms { expire: &lines.expire, of: Expiring::Lots(of) });
        let hold = self.hold_line(lines.hold.take(), &lines.expire);
        let rule = (|| {
            let (caps, spend_caps, piece_cap) = own_caps?;
            held?;
            on?;
            Some(Rule {
                name: block.name.text.as_str().into(),
                doc: Self::doc(whole).into(),
                kind: if bonus { RuleKind::Bonus } else { RuleKind::Earn },
                valid: validity?,
                on: event,
                items: items?,
                items_text: items_text.into(),
                when: when?,
                when_text: when_text.into(),
                effect: Effect::Bands { unit: crate::program::UnitId(0), bands: Box::default() },
                at_least: manner.at_least?,
                replaces: replaces?,
                combine: manner.combine?,
                caps: caps.into(),
                spend_caps: spend_caps.into(),
                piece_cap,
                budgets: budgets?.into_iter().collect(),
                round: lines.round.value().map(rounding),
                activate: activate?,
                expire: expire?,
                hold: hold?,
                needs: Needs::default(),
            })
        })();
        let Manner { combine, group_span, .. } = manner;
        DraftRule { id, name: &block.name, draft, capped, combine, group_span, rule }
    }

    /// How the rule mixes with others, and its least amount.
    fn manner(
        &mut self,
        combine: Option<(&'a ast::Combine, Span)>,
        at_least: Option<(&Amount, Span)>,
        bonus: bool,
        capped: Capped,
        head: Span,
    ) -> Manner {
        let (combine, group_span) = self.combine_line(combine, bonus, head);
        Manner { combine, group_span, at_least: self.at_least(at_least, capped.thing) }
    }

    /// What multiplies everything has no manner.
    fn without_manner(&mut self, units: usize, capped: Capped, beside: &Beside, head: Span) -> Manner {
        let good = self.beside_everything(units, capped.gives, beside);
        Manner { combine: good.map(|()| Combine::Add), group_span: head, at_least: good.map(|()| None) }
    }

    fn rule_lines(&mut self, block: &'a RuleBlock, bonus: bool) -> Lines<'a> {
        let mut lines = Lines {
            partner: Once::new("at partner"),
            valid: Once::new("valid"),
            on: Once::new("on"),
            items: Once::new("for items"),
            when: Once::new("when"),
            gives: Once::new("give"),
            at_least: Once::new("at least"),
            replaces: Vec::new(),
            combine: Once::new("combine"),
            caps: Vec::new(),
            budgets: Vec::new(),
            round: Once::new("round"),
            activate: Once::new("activate"),
            expire: Vec::new(),
            hold: Once::new("no expiry when"),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                RuleLine::Valid(valid) => lines.valid.set(valid, span, report),
                RuleLine::On(on) => lines.on.set(on, span, report),
                RuleLine::AtPartner(partner) => lines.partner.set(partner, span, report),
                RuleLine::Funded(_) => {}
                RuleLine::ForItems(cond) => lines.items.set(cond, span, report),
                RuleLine::When(cond) => lines.when.set(cond, span, report),
                RuleLine::Give(give) => {
                    if !bonus && matches!(give, ast::Give::More { .. } | ast::Give::MoreTable { .. }) {
                        no_extra(span, report);
                    }
                    lines.gives.set(Gives::Give(give), span, report);
                }
                RuleLine::Multiply(multiply) => {
                    if !bonus {
                        no_extra(span, report);
                    }
                    lines.gives.set(Gives::Multiply(multiply), span, report);
                }
                RuleLine::MultiplyEverything(everything) => {
                    if !bonus {
                        no_extra(span, report);
                    }
                    lines.gives.set(Gives::Everything(everything), span, report);
                }
                RuleLine::AtLeast(amount) => lines.at_least.set(amount, span, report),
                RuleLine::Replaces(name) => lines.replaces.push(name),
                RuleLine::Combine(combine) => lines.combine.set(combine, span, report),
                RuleLine::Cap(cap) => lines.caps.push((cap, span)),
                RuleLine::Budget(cap) => lines.budgets.push((cap, span)),
                RuleLine::Round(round) => lines.round.set(*round, span, report),
                RuleLine::Activate(activate) => lines.activate.set(activate, span, report),
                RuleLine::Expire(expire) => lines.expire.push((expire, span)),
                RuleLine::NoExpiry(cond) => lines.hold.set(cond, span, report),
            }
        }
        lines
    }

    /// U208 if nothing is said; nothing if the event is not known.
    pub(super) fn on_line(&mut self, on: Option<&ast::On>, head: Span, name: &str) -> Option<EventKindId> {
        match on {
            Some(on) => self.on(on),
            None => {
                self.report.push(
                    Diagnostic::new(Code::U208, head, format!("it is not said what `{name}` waits for"))
                        .help("add a line `on`, for example `on purchase`"),
                );
                None
            }
        }
    }

    /// `for items where …` of an event that has to have items.
    fn items_line(
        &mut self,
        line: Option<(&'a Cond, Span)>,
        event: EventKindId,
    ) -> (Option<Option<crate::program::Test>>, String) {
        let found = self.condition_line(line.map(|(cond, _)| cond), event, Scope::Items);
        if let Some((_, span)) = line {
            self.has_basket(span, event);
        }
        found
    }

    /// A condition that may be left out, and its text. The outer nothing is a finding.
    pub(super) fn condition_line(
        &mut self,
        cond: Option<&'a Cond>,
        event: EventKindId,
        scope: Scope,
    ) -> (Option<Option<crate::program::Test>>, String) {
        match cond {
            None => (Some(None), String::new()),
            Some(cond) => {
                let text = self.text(cond.span());
                (self.condition(cond, Place { event, scope }).map(Some), text)
            }
        }
    }

    fn gives_line(
        &mut self,
        gives: Option<Gives<'a>>,
        span: Option<Span>,
        head: Span,
        event: EventKindId,
    ) -> Option<Draft> {
        let span = span.unwrap_or(head);
        match gives {
            Some(Gives::Give(give)) => self.give(give, span, event),
            Some(Gives::Multiply(multiply)) => self.multiply(multiply, span, event),
            Some(Gives::Everything(everything)) => self.multiply_everything(everything, span, event),
            None => {
                self.report.missing(
                    head,
                    "it is not said what is given",
                    "add a line `give`, for example `give 1 point per 1 EUR`",
                );
                None
            }
        }
    }

    fn combine_line(
        &mut self,
        combine: Option<(&'a ast::Combine, Span)>,
        bonus: bool,
        head: Span,
    ) -> (Option<Combine>, Span) {
        let Some((combine, span)) = combine else {
            if !bonus {
                return (Some(Combine::Add), head);
            }
            self.report.push(
                Diagnostic::new(Code::S301, head, "it is not said how this bonus mixes with others").help(
                    "add one of\n`combine add`          it counts beside all others\n`combine best of …`    only the best of the group counts\n`combine exclusive`    only this one counts",
                ),
            );
            return (None, head);
        };
        let found = match combine {
            ast::Combine::BestOf(name) => Some(Combine::BestOf(self.group(name))),
            ast::Combine::Add | ast::Combine::Exclusive if !bonus => {
                self.report.misplaced(
                    span,
                    "an `earn` can only say `combine best of …`",
                    "remove the line, or make the rule a `bonus`",
                );
                None
            }
            ast::Combine::Add => Some(Combine::Add),
            ast::Combine::Exclusive => Some(Combine::Exclusive),
        };
        (found, span)
    }

    fn group(&mut self, name: &'a Name) -> GroupId {
        let next = GroupId(self.groups.len() as u32);
        *self.groups.entry(name.text.as_str()).or_insert(next)
    }

    /// S304: the rules of a group must be comparable.
    fn check_groups(&mut self, rules: &[DraftRule<'a>]) {
        let mut first: BTreeMap<GroupId, &DraftRule<'a>> = BTreeMap::new();
        for rule in rules {
            let Some(Combine::BestOf(group)) = rule.combine else { continue };
            let Some(other) = first.get(&group) else {
                first.insert(group, rule);
                continue;
            };
            let (Some(one), Some(two)) = (&other.draft, &rule.draft) else { continue };
            let bonus = |rule: &DraftRule<'a>| rule.id.0 >= self.all.earns.len() as u32;
            let (Some(given), Some(given_too)) = (Self::gives(one), Self::gives(two)) else { continue };
            let (this, that) = if given != given_too {
                (format!("gives {}", self.thing_name(given_too)), format!("gives {}", self.thing_name(given)))
            } else if bonus(other) != bonus(rule) {
                ("is a bonus".to_owned(), "is a base rate".to_owned())
            } else if one.is_item_bonus() != two.is_item_bonus() {
                let word = |item| if item { "counts for each item" } else { "counts once for the event" };
                (word(two.is_item_bonus()).to_owned(), word(one.is_item_bonus()).to_owned())
            } else {
                continue;
            };
            let message = "the rules of this group cannot be compared with each other";
            let finding = Diagnostic::new(Code::S304, rule.group_span, message)
                .label(format!("`{}` {this}", rule.name.text))
                .other(other.group_span, format!("but `{}` {that}", other.name.text))
                .help("put them into two groups with different names");
            self.report.push(finding);
        }
    }

    /// U212: fractions of money make a status unit that is rounded down without saying so.
    fn warn_status(&mut self, draft: Option<&Draft>, thing: Option<AwardThing>, span: Span) {
        let (Some(draft), Some(AwardThing::Unit(unit))) = (draft, thing) else { return };
        let Some(facts) = self.facts.unit(unit) else { return };
        let money = match draft {
            Draft::Linear { basis: Basis::Spend | Basis::SpendPaidWith(_), .. } => draft.is_linear(),
            _ => false,
        };
        if facts.kind == ast::UnitKind::Status && money && !facts.precise {
            let name = &facts.name.text;
            self.report.push(
                Diagnostic::new(Code::U212, span, format!("cents can be lost when {name} are counted"))
                    .label("money gives fractions")
                    .other(facts.name.span, "rounded down, because nothing is said")
                    .help("say it in the unit, for example `round down in total` or `decimals 2`"),
            );
        }
    }

    fn at_least(&mut self, line: Option<(&Amount, Span)>, thing: Option<AwardThing>) -> Option<Option<i64>> {
        let Some((amount, span)) = line else { return Some(None) };
        let award = self.award(amount)?;
        match thing {
            Some(thing)
                if thing != award.thing
                    || matches!(thing, AwardThing::Voucher(_) | AwardThing::Choice(_)) =>
            {
                let given = self.thing_name(thing);
                let message = format!("this rule gives {given}");
                let help = match thing {
                    AwardThing::Choice(_) => "remove the line; what can be chosen is given as it is written",
                    _ => "write the least amount in the unit that the rule gives",
                };
                self.report.mixed(span, message, help);
                None
            }
            _ => Some(Some(award.amount)),
        }
    }

    fn replaces(&mut self, names: &[&'a Name], id: RuleId, bonus: bool) -> Option<Box<[RuleId]>> {
        let mut found = Vec::new();
        for name in names {
            if bonus {
                self.report.misplaced(
                    name.span,
                    "only an `earn` can replace a base rate",
                    "remove the line, or make the rule an `earn`",
                );
                found.push(None);
                continue;
            }
            found.push(match self.all.earns.get(&name.text) {
                Some(entry) if entry.id == id.0 => {
                    self.report.misplaced(name.span, "a rule cannot replace itself", "name another rule");
                    None
                }
                Some(entry) => Some(RuleId(entry.id)),
                None if self.all.is_rule(&name.text) => {
                    let message = format!("`{}` is no base rate", name.text);
                    self.report.misplaced(name.span, message, "only an `earn` can be replaced");
                    None
                }
                None => {
                    self.report.unknown("rule", &name.text, name.span, self.all.earns.candidates(), "");
                    None
                }
            });
        }
        let mut found = found.into_iter().collect::<Option<Vec<RuleId>>>()?;
        found.sort_unstable();
        found.dedup();
        Some(found.into())
    }

    fn own_caps(
        &mut self,
        name: &Name,
        lines: &[(&'a ast::Cap, Span)],
        capped: Capped,
        id: RuleId,
    ) -> Option<(Vec<CapId>, Vec<CapId>, Option<i64>)> {
        let (mut caps, mut spend_caps, mut good) = (Vec::new(), Vec::new(), true);
        let mut piece: Once<i64> = Once::new("cap … per item");
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for (cap, span) in lines {
            let Some((read, each)) = self.read_rule_cap(cap, *span, &[capped]) else {
                good = false;
                continue;
            };
            let (limit, window) = match read {
                Read::Piece(_) if !capped.pieces => {
                    let message =
                        "this rule gives nothing for single pieces, so there is nothing to cap for each";
                    self.report.misplaced(*span, message, "cap it by event, or in a period");
                    good = false;
                    continue;
                }
                Read::Piece(most) => {
                    piece.set(most, *span, &mut self.report);
                    continue;
                }
                Read::Cap(limit, window) => (limit, window),
            };
            let key = format!("cap of rule {:?}, {}", name.text, self.limit_word(limit));
            let by = (cap.each.as_ref().map(|each| &each.text), cap.per_account);
            if let Some(first) = seen.insert(format!("{key} {window:?} {by:?}"), *span) {
                self.report.twice("cap", *span, first);
                good = false;
                continue;
            }
            let text = self.cap_text(*span);
            let terms = (limit, window, each, cap.per_account);
            let cap = self.add_rule_cap((&name.text, &key), text, terms, (&[id], false));
            if matches!(limit, CapLimit::Spend(_)) { spend_caps.push(cap) } else { caps.push(cap) }
        }
        good.then(|| (caps, spend_caps, piece.value()))
    }

    /// Vouchers and status units are not held in lots, so their rules say nothing about lots.
    fn held(
        &mut self,
        (round, activate, hold): (&Once<ast::Round>, &Once<&'a ast::Activate>, &Once<&'a Cond>),
        expire: &[(&'a ast::Expire, Span)],
        capped: Capped,
    ) -> Option<()> {
        if capped.several {
            return Some(());
        }
        let (name, rounds, lots) = match capped.thing? {
            AwardThing::Voucher(voucher) => (self.voucher_name(voucher), false, false),
            AwardThing::Choice(_) => ("a choice", false, false),
            AwardThing::Unit(unit) => {
                let facts = self.facts.unit(unit)?;
                (self.unit_name(unit), true, facts.kind.is_spendable())
            }
        };
        let lines = [
            ("round", round.span().filter(|_| !rounds)),
            ("activate", activate.span().filter(|_| !lots)),
            ("expire", expire.first().map(|(_, span)| *span).filter(|_| !lots)),
            ("no expiry", hold.span().filter(|_| !lots)),
        ];
        let mut good = true;
        for (line, span) in lines.into_iter().filter_map(|(line, span)| Some((line, span?))) {
            good = false;
            let message = format!("`{line}` has no meaning here, because this rule gives {name}");
            self.report.misplaced(span, message, "remove the line; only spendable units are held for a time");
        }
        good.then_some(())
    }

    /// Shared caps, by name, into the table and into their rules.
    pub(super) fn shared_caps(&mut self, rules: &mut [DraftRule<'a>]) {
        let all = self.all;
        for entry in all.caps.iter() {
            let mut ids: BTreeSet<RuleId> = BTreeSet::new();
            let mut good = true;
            for name in &entry.node.rules {
                match all.earns.peek(&name.text).or_else(|| all.bonuses.peek(&name.text)) {
                    Some(rule) if !ids.insert(RuleId(rule.id)) => {
                        self.report.twice(&name.text, name.span, entry.name.span);
                    }
                    Some(_) => {}
                    None => {
                        good = false;
                        self.no_capped_rule(name);
                    }
                }
            }
            let ids: Vec<RuleId> = ids.into_iter().collect();
            let capped: Vec<Capped> =
                ids.iter().filter_map(|id| rules.get(id.index())).map(|rule| rule.capped).collect();
            let Some((read, each)) = self.read_rule_cap(&entry.node.cap, entry.block.span, &capped) else {
                continue;
            };
            if entry.node.across {
                if !self.is_for_all(&entry.node.cap, entry.block.span) {
                    continue;
                }
                if good {
                    self.shared_budget(&entry.name.text, (read, entry.block.span), &ids, rules);
                }
                continue;
            }
            let Read::Cap(limit, window) = read else {
                self.report.misplaced(
                    entry.block.span,
                    "a shared cap cannot count single pieces",
                    "write `cap … per item` in each rule",
                );
                continue;
            };
            if !good {
                continue;
            }
            let key = format!("shared cap {:?}, {}", entry.name.text, self.limit_word(limit));
            let text = self.shared_text(entry.block.span);
            let terms = (limit, window, each, entry.node.cap.per_account);
            let cap = self.add_rule_cap((&entry.name.text, &key), text, terms, (&ids, true));
            for id in ids {
                let Some(rule) = rules.get_mut(id.index()).and_then(|draft| draft.rule.as_mut()) else {
                    continue;
                };
                let slot =
                    if matches!(limit, CapLimit::Spend(_)) { &mut rule.spend_caps } else { &mut rule.caps };
                *slot = slot.iter().copied().chain(std::iter::once(cap)).collect();
            }
        }
    }

    /// `1_000 punkte per month` of `cap Deckel: 1_000 punkte per month on [A, B]`.
    fn shared_text(&self, span: Span) -> String {
        let text = self.text(span);
        let limit = text.split_once(": ").map_or(text.as_str(), |(_, limit)| limit);
        limit.split_once(" on [").map_or(limit, |(limit, _)| limit).to_owned()
    }

    fn no_capped_rule(&mut self, name: &Name) {
        if self.all.is_rule(&name.text) {
            let message = format!("`{}` is neither an `earn` nor a `bonus`", name.text);
            self.report.misplaced(name.span, message, "write the cap into that block");
            return;
        }
        self.report.unknown("rule", &name.text, name.span, self.all.rule_candidates(), "");
    }
}

impl DraftRule<'_> {
    /// The rule asks one more budget.
    pub(super) fn ask(&mut self, budget: BudgetId) {
        if let Some(rule) = &mut self.rule {
            rule.budgets = rule.budgets.iter().copied().chain([budget]).collect();
        }
    }
}

/// N106: extras belong into a bonus.
fn no_extra(span: Span, report: &mut super::report::Report) {
    report.misplaced(
        span,
        "an `earn` is a base rate and cannot multiply",
        "make it a `bonus`, which gives something on top of the base rate",
    );
}
