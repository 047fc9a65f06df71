//! Attributes of the member that count from the start of a period, and what cannot be paid for a time that is over.

use super::attributes::{Attribute, Kind};
use super::lowering::Lowering;
use super::times;
use super::tree::Tree;
use crate::calendar::Period;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    Activate, AwardThing, Backdated, BackdatedRule, CapLimit, CapWindow, Combine, Effect, Factor, Measure,
    NumSubject, Program, Rate, RebateKind, Rule, RuleId, RuleKind, Slots, TableKey, TakeBack, Test, Unit,
};
use crate::syntax::ast::CountsFrom;

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The attributes with `counts from`, by place.
    pub(super) fn backdated(&mut self, rules: &[Rule], units: &[Unit]) -> Option<Box<[Backdated]>> {
        let facts = self.facts;
        for schema in std::iter::once(&facts.item).chain(&facts.events) {
            for from in schema.iter().filter_map(|attribute| attribute.field.counts_from.as_ref()) {
                let message = "only what is known of a member can count from a start";
                let help = "remove `counts from …`, or declare the attribute in `member { … }`";
                self.report.misplaced(from.span, message, help);
            }
        }
        let (mut all, mut is_right) = (Vec::new(), true);
        for attribute in facts.member.iter() {
            let Some(from) = &attribute.field.counts_from else { continue };
            match self.backdated_period(attribute, from) {
                Some(per) => all.push(self.backdated_rules((attribute, from), per, (rules, units))),
                None => is_right = false,
            }
        }
        self.one_attribute_a_unit(&all, rules);
        is_right.then(|| all.into())
    }

    fn backdated_period(&mut self, attribute: &Attribute<'_>, from: &CountsFrom) -> Option<Period> {
        if attribute.kind != Kind::YesNo {
            self.report.push(
                Diagnostic::new(Code::U211, from.span, "only `yes-no` can count from a start")
                    .label(format!("`{}` is {}", attribute.name.text, attribute.kind.called()))
                    .other(attribute.field.kind_span, "declared here")
                    .help("declare it as `yes-no`, or remove `counts from …`"),
            );
            return None;
        }
        match self.period(&from.per)? {
            Period::Campaign | Period::Lifetime => {
                let message = "it is not said since when it counts";
                let help = "write a period that begins anew, for example `counts from start of quarter`";
                self.report.misplaced(from.per.span, message, help);
                None
            }
            Period::Own(_) => {
                let message =
                    "a period that starts on a day of the member's own can begin anew when that day changes";
                self.report.later(from.per.span, message, "write a period that is the same for all members");
                None
            }
            per => Some(per),
        }
    }

    fn backdated_rules(
        &mut self,
        (attribute, from): (&Attribute<'_>, &CountsFrom),
        per: Period,
        (rules, units): (&[Rule], &[Unit]),
    ) -> Backdated {
        let place = attribute.place;
        let mut found = Vec::new();
        let asks = |rule: &Rule| {
            let mut tests = rule.when.iter().chain(&rule.items);
            tests.any(|test| mentions(test, place)) || by_table(rule, place)
        };
        let asking: Vec<RuleId> =
            (0..).map(RuleId).zip(rules).filter(|(_, rule)| asks(rule)).map(|(id, _)| id).collect();
        for (id, rule) in (0..).map(RuleId).zip(rules) {
            if !asking.contains(&id) {
                continue;
            }
            let tests = rule.when.iter().chain(&rule.items);
            let problem = if tests.clone().all(|test| !mentions(test, place) || only_yes(test, place)) {
                self.not_later((rule, &asking), per, (rules, units))
            } else {
                Some(("it asks for more than `is yes`", "ask for it with `… is yes` alone"))
            };
            if let Some((why, help)) = problem {
                let span = self.head_of(id).unwrap_or(from.span);
                let message =
                    format!("this rule cannot be paid for what was before `{}`: {why}", attribute.name.text);
                self.report.push(
                    Diagnostic::new(Code::L007, span, message)
                        .other(from.span, "because it counts from the start of a period")
                        .help(help),
                );
                continue;
            }
            let thing = rule.effect.thing().map_or("", |thing| self.thing_name(thing));
            let what = format!("waiting {:?} of {thing:?}", rule.name);
            let meter = self.counters.window(&what, Measure::Game, per, 1);
            found.push(BackdatedRule { rule: id, meter });
            for cap in rule.caps.iter().chain(&rule.spend_caps) {
                let Some(known) = self.caps.get_mut(cap.index()) else { continue };
                let CapWindow::Period(period) = known.window else { continue };
                let shared = if known.shared { "shared " } else { "" };
                let what = format!("waiting for {shared}cap {:?} {:?}", known.name, known.text);
                // what waits in an earlier period is not paid any more, and must not count in a longer window
                let nested = if lies_in(period, per) { period } else { per };
                if known.waiting.is_none() {
                    known.waiting = Some(match lies_in(period, per) || lies_in(per, period) {
                        true => self.counters.window(&what, Measure::Game, nested, 1),
                        false => {
                            let slots = Slots::Within(period, per);
                            self.counters.meter(&what, Measure::Game, slots, times::period_days(per))
                        }
                    });
                }
            }
        }
        Backdated { place, per, rules: found.into() }
    }

    /// Why a rule cannot be paid later what it would have given, and what to do.
    fn not_later(
        &self,
        (rule, asking): (&Rule, &[RuleId]),
        per: Period,
        (rules, units): (&[Rule], &[Unit]),
    ) -> Option<(&'static str, &'static str)> {
        let same = |other: &&Rule| other.on == rule.on && other.effect.thing() == rule.effect.thing();
        let multiplied = |other: &Rule| matches!(other.effect, Effect::Multiply { .. });
        if rule.on.moment().is_some() || rule.on == crate::program::EventKindId::JOINING {
            return Some(("it waits for no event that can come back", "let it wait for a purchase"));
        }
        if matches!(rule.effect, Effect::Everything { .. }) {
            return Some(("it multiplies everything", "multiply a unit, or give an amount"));
        }
        if matches!(rule.effect.thing(), Some(AwardThing::Choice(_)) | None) {
            return Some(("it gives a choice", "give a unit or a voucher"));
        }
        if !rule.budgets.is_empty() {
            return Some(("a budget of all members pays it", "cap it for each member"));
        }
        if rule.combine != Combine::Add {
            return Some(("it competes with others", "write `combine add`"));
        }
        if !rule.replaces.is_empty() {
            return Some(("it replaces another", "write it as a bonus with `combine add`"));
        }
        if rule.kind == RuleKind::Earn && rules.iter().filter(same).any(multiplied) {
            return Some(("a bonus multiplies it", "write it as a bonus with `combine add`"));
        }
        let everything = |other: &Rule| matches!(&other.effect, Effect::Everything { units, .. } if units.iter().any(|unit| Some(AwardThing::Unit(*unit)) == rule.effect.thing()));
        if rules.iter().any(|other| other.on == rule.on && everything(other)) {
            return Some((
                "a bonus multiplies everything that it gives",
                "multiply units that this rule does not give",
            ));
        }
        let unit = match rule.effect.thing() {
            Some(AwardThing::Unit(unit)) => units.get(unit.index()),
            _ => None,
        };
        let activate = rule.activate.or(unit.map(|unit| unit.activate));
        if matches!(activate, Some(Activate::On(_) | Activate::OnEvent(_))) {
            return Some(("what it gives waits for an event", "write for example `activate at once`"));
        }
        self.caps_not_later(rule, per, asking)
    }

    fn caps_not_later(
        &self,
        rule: &Rule,
        per: Period,
        asking: &[RuleId],
    ) -> Option<(&'static str, &'static str)> {
        for cap in rule.caps.iter().chain(&rule.spend_caps) {
            let Some(cap) = self.caps.get(cap.index()) else { continue };
            if cap.shared && cap.rules.iter().any(|other| !asking.contains(other)) {
                return Some((
                    "it shares a cap with one that is paid at once",
                    "give it a cap of its own, or share it among rules that ask the same",
                ));
            }
            let stamps = matches!(cap.limit, CapLimit::Stamps(_) | CapLimit::Given(_));
            if cap.each.is_some() {
                return Some(("it has a cap for each value", "cap it without `for each`"));
            }
            let CapWindow::Period(window) = cap.window else { continue };
            if stamps || (window != per && matches!(window, Period::Own(_))) {
                return Some((
                    "it has a cap in a time of the member's own, whose day may change",
                    "cap it for example in the period from whose start the attribute counts",
                ));
            }
            if !lies_in(window, per) && self.settings().late.is_some() {
                return Some((
                    "it has a cap in a time that does not lie in that period, and an opting in that comes late would be paid for several periods at once",
                    "cap it in the period from whose start the attribute counts, or accept no late events",
                ));
            }
        }
        None
    }

    /// Where a rule begins.
    fn head_of(&self, id: RuleId) -> Option<Span> {
        let all = self.all;
        let mut rules = all.earns.iter().chain(all.bonuses.iter());
        rules.find(|entry| RuleId(entry.id) == id).map(|entry| entry.block.head)
    }

    /// What two attributes give late would be rounded twice.
    fn one_attribute_a_unit(&mut self, all: &[Backdated], rules: &[Rule]) {
        let thing = |rule: RuleId| rules.get(rule.index()).and_then(|rule| rule.effect.thing());
        for (place, from) in all.iter().enumerate() {
            let before = all.iter().take(place).flat_map(|other| &other.rules);
            let before: Vec<_> = before.map(|known| (known.rule, thing(known.rule))).collect();
            for known in &from.rules {
                let twice =
                    before.iter().any(|(rule, given)| *rule == known.rule || *given == thing(known.rule));
                if let Some(span) = self.head_of(known.rule).filter(|_| twice) {
                    let message = "two attributes that count from a start are asked for one unit";
                    let help = "let all rules of the unit ask one attribute";
                    self.report.later(span, message, help);
                    return;
                }
            }
        }
    }
}

/// Whether every period of a kind lies in one of another.
fn lies_in(one: Period, other: Period) -> bool {
    let length = |period: Period| match period {
        Period::Day => Some(0),
        Period::Month => Some(1),
        Period::Quarter => Some(2),
        Period::HalfYear => Some(3),
        Period::CalendarYear => Some(4),
        Period::Campaign | Period::Lifetime => Some(5),
        _ => None,
    };
    let shorter = matches!((length(one), length(other)), (Some(one), Some(other)) if one <= other);
    one == other || one == Period::Day || shorter
}

/// Whether a condition asks an attribute of the member.
fn mentions(test: &Test, place: u16) -> bool {
    let is_it = |subject: &NumSubject| *subject == NumSubject::Member(place);
    match test {
        Test::And(parts) | Test::Or(parts) => parts.iter().any(|part| mentions(part, place)),
        Test::Not(part) | Test::AnyItem(part) => mentions(part, place),
        Test::Num(subject, ..) | Test::NumIn(subject, _) | Test::KnownNum(subject) => is_it(subject),
        Test::Sym(..)
        | Test::DatedSym(..)
        | Test::Since(_)
        | Test::KnownSym(_)
        | Test::Matches(..)
        | Test::BirthdayWithin(_)
        | Test::BirthdayThisMonth
        | Test::Presented(_) => false,
    }
}

/// Whether a condition that asks an attribute can only gain by its being set.
fn only_yes(test: &Test, place: u16) -> bool {
    match test {
        Test::And(parts) | Test::Or(parts) => {
            parts.iter().all(|part| !mentions(part, place) || only_yes(part, place))
        }
        Test::Num(_, low, high) => *low == 1 && *high >= 1,
        _ => false,
    }
}

/// Whether a rule gives by a table of an attribute.
fn by_table(rule: &Rule, place: u16) -> bool {
    let key = match &rule.effect {
        Effect::Linear { rate: Rate::Table(table), .. } => table.key,
        Effect::FlatTable { table, .. } => table.key,
        Effect::Multiply { factor: Factor::Table(table), .. }
        | Effect::Everything { factor: Factor::Table(table), .. } => table.key,
        _ => return false,
    };
    key == TableKey::Num(NumSubject::Member(place))
}

/// Findings about everything but `earn` and `bonus` that asks an attribute with `counts from`, and about returns.
pub(super) fn backdating(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for from in &program.backdated {
        let name = program.member_attributes.get(usize::from(from.place)).map_or("", |it| &*it.name);
        let asks = |test: &Test| mentions(test, from.place);
        let places = asking(program, tree, &asks);
        found.extend(places.into_iter().map(|(span, what)| {
            let message = format!("a {what} cannot be paid for what was before `{name}`");
            Diagnostic::new(Code::L007, span, message)
                .note(format!("`{name}` counts from the start of a period, and only `earn` and `bonus` are paid for what was before"))
                .help("ask another attribute here, or remove `counts from …`")
        }));
    }
    for cap in program.caps.iter().filter(|cap| cap.per_account && cap.waiting.is_some()) {
        let message = "a cap of the account does not go with `counts from`";
        found.extend(tree.cap(&cap.name, cap.shared, &cap.text).map(|span| {
            Diagnostic::new(Code::L007, span, message)
                .note("what waits for one member would have to leave room that the others may use meanwhile")
                .help("remove `per account`, or `counts from …`")
        }));
    }
    let odd = matches!(program.returns.take_back, TakeBack::AsIfNeverBought | TakeBack::InFull);
    if let (true, true, Some(block)) = (odd, !program.backdated.is_empty(), tree.program) {
        let message = "`counts from` goes with returns that take back in proportion, or nothing";
        found.push(
            Diagnostic::new(Code::L007, block.name.span, message)
                .help("write `take back earned in proportion`, or remove `counts from …`"),
        );
    }
    found
}

/// The heads of the blocks that ask something, and what they are.
fn asking(program: &Program, tree: &Tree<'_>, asks: &dyn Fn(&Test) -> bool) -> Vec<(Span, &'static str)> {
    let mut found = Vec::new();
    let mut add = |span: Option<Span>, what| found.extend(span.map(|span| (span, what)));
    for card in program.cards.iter().filter(|it| it.items.iter().chain(&it.when).any(asks)) {
        add(tree.card(&card.name).map(|it| it.head), "card");
    }
    for challenge in &program.challenges {
        let mut tests = challenge.tasks.iter().flat_map(|task| task.when.iter().chain(&task.items));
        if tests.any(asks) {
            add(tree.challenge(&challenge.name).map(|it| it.head), "challenge");
        }
    }
    let waiting = program.moments.iter().flat_map(|moment| moment.rules.iter());
    for waiting in waiting.filter(|waiting| waiting.items.iter().any(asks)) {
        let rule = program.rules.get(waiting.rule.index()).and_then(|rule| tree.rule(&rule.name));
        add(rule.map(|it| it.head), "later moment");
    }
    for streak in program.streaks.iter().filter(|it| it.when.iter().any(asks)) {
        add(tree.streak(&streak.name).map(|it| it.head), "streak");
    }
    for block in program.milestones.iter().filter(|it| it.items.iter().chain(&it.when).any(asks)) {
        add(tree.milestones(&block.name).map(|it| it.head), "mark");
    }
    for donation in program.donations.iter().filter(|it| it.items.iter().chain(&it.when).any(asks)) {
        add(tree.donation(&donation.name).map(|it| it.head), "donation");
    }
    for rebate in program.rebates.iter().filter(|it| it.kind == RebateKind::Rebate) {
        if rebate.items.iter().chain(&rebate.when).any(asks) {
            add(tree.rebate(&rebate.name).map(|it| it.head), "rebate");
        }
    }
    for referral in &program.referrals {
        let sides = [&referral.when_friend, &referral.when_referrer];
        if sides.into_iter().flatten().any(|(test, _)| asks(test)) {
            add(tree.referral(&referral.name).map(|it| it.head), "referral");
        }
    }
    found
}
