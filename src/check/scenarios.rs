//! Test blocks: their names and values. They are run elsewhere.
//!
//! Members are free names. What a test brings in an event may be unknown to the program on purpose, so undeclared
//! categories, channels and stores are warnings only.

use super::TestCase;
use super::declared::Words;
use super::facts::Thing;
use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::times;
use crate::diagnostics::{Severity, Span};
use crate::program::EventKindId;
use crate::syntax::ast::{
    Amount, CardLine, ChallengeLine, Expect, GivenFact, GrantSpan, ItemLine, Metric, Name, Number, Request,
    RewardLine, RuleLine, Step, StepFact, StreakLine, TestBlock, TestLine, Text, TierLine, TiersLine, Value,
    VoucherLine,
};

/// Attributes that every item carries.
const ITEM: [&str; 3] = ["category", "brand", "sku"];
/// Attributes that every event carries.
const EVENT: [&str; 3] = ["channel", "store", "partner"];

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// All tests, in the order of the files.
    pub(super) fn scenarios(&mut self) -> Vec<TestCase> {
        let all = self.all;
        for (test, _) in &all.tests {
            if self.report.is_full() {
                break;
            }
            self.scenario(test);
        }
        all.tests
            .iter()
            .map(|(test, block)| TestCase { test: (*test).clone(), doc: Self::doc(block), span: block.head })
            .collect()
    }

    fn scenario(&mut self, test: &'a TestBlock) {
        for line in &test.lines {
            match &line.kind {
                TestLine::Given { facts, .. } => facts.iter().for_each(|fact| self.given(&fact.kind)),
                TestLine::When { at, step, facts } => {
                    times::date(at.date, &mut self.report);
                    let facts = facts.iter().filter(|fact| !names_account(step, &fact.kind));
                    self.step(step, facts.map(|fact| (&fact.kind, fact.span)));
                }
                TestLine::Expect(expect) => self.expect(expect),
            }
        }
    }

    fn given(&mut self, fact: &GivenFact) {
        match fact {
            GivenFact::Joined(at) => {
                times::date(at.date, &mut self.report);
            }
            GivenFact::Tier(name, _) => self.any_tier(name),
            GivenFact::Plan(name, _) => self.plan_of_test(name),
            GivenFact::Card(name, stamps) => {
                self.card_at(name, stamps);
                self.holds_nothing(name);
            }
            GivenFact::Streak(name, number) => self.streak_at(name, number),
            GivenFact::Task(name, number) => self.task_at(name, number),
            GivenFact::Milestones(name, number) => self.milestones_at(name, number),
            GivenFact::CapUsed(name, number, value) => self.capped(name, number, value.as_ref()),
            GivenFact::ReferredBy(_) | GivenFact::Account(_) => {}
            GivenFact::Balance(amount, _) => self.amount_of_unit(amount),
            GivenFact::Has(amount, _) => self.vouchers_of(amount),
            GivenFact::Spent(amount, _) => {
                money::money(amount, self.settings(), &mut self.report);
            }
            GivenFact::Purchased(number, _) => self.count_of("purchases", number),
            GivenFact::Years(tier, number) => self.years_at(tier, number),
            GivenFact::Attribute(name, value) => self.member_fact(name, value),
        }
    }

    fn request_alone<'s>(&mut self, request: &Request, facts: impl Iterator<Item = (&'s StepFact, Span)>) {
        self.request(request);
        let help = "remove this line, or write the request in a purchase";
        facts.for_each(|(_, span)| {
            self.report.misplaced(span, "a request of its own brings nothing with it", help);
        });
    }

    fn step<'s>(&mut self, step: &Step, facts: impl Iterator<Item = (&'s StepFact, Span)>) {
        if let Some(why) = self.brings_nothing(step) {
            return self.nothing(facts, why);
        }
        let event = match step {
            Step::Adjust { amount, .. } => {
                self.award(amount);
                return self.only_a_reason(facts);
            }
            Step::Return { .. } => None,
            Step::Redeem { request, .. } => return self.request_alone(request, facts),
            Step::Joining { .. } | Step::Change { .. } => Some(EventKindId::JOINING),
            Step::Event { event, of, .. } => match self.event(event) {
                Some(event) => {
                    if let (EventKindId::PURCHASE, Some(of)) = (event, of) {
                        let help = "remove it; a declared event names a purchase, and a return does";
                        self.report.misplaced(of.span, "a purchase names no other purchase", help);
                    }
                    Some(event)
                }
                None => return,
            },
            _ => return,
        };
        let mut invited = None;
        for (fact, span) in facts {
            match fact {
                StepFact::Item(item) => self.item(item),
                StepFact::Total(amount) => {
                    money::money(amount, self.settings(), &mut self.report);
                }
                StepFact::Payment(kind, amount) => {
                    self.payment(kind);
                    money::money(amount, self.settings(), &mut self.report);
                }
                StepFact::Redeem(_) | StepFact::Use(_)
                    if matches!(event, None | Some(EventKindId::JOINING)) =>
                {
                    let help = "write it in a purchase, or as `redeem …` of its own";
                    self.report.misplaced(span, "nothing can be spent here", help);
                }
                StepFact::Redeem(request) => self.request(request),
                StepFact::Use(amount) => self.vouchers_used(amount),
                StepFact::AllItems(_) if event.is_some() => {
                    let help = "list the items, for example `item Brot 1 x 4 EUR`";
                    self.report.misplaced(span, "only a return gives back all items", help);
                }
                StepFact::AllItems(_) => {}
                StepFact::ReferredBy(_) => {
                    if !matches!(step, Step::Joining { .. }) {
                        let help = "write it in a `joining`, or `link friend A to B \"L-1\"`";
                        self.report.misplaced(span, "only who joins says who invited", help);
                    } else if let Some(first) = invited.replace(span) {
                        self.report.twice("referred by", span, first);
                    }
                }
                StepFact::Attribute(name, value) => match event {
                    Some(EventKindId::JOINING) => self.member_fact(name, value),
                    Some(event) => self.event_fact(event, name, value),
                    None => {
                        let help = "remove this line; a return takes everything from its purchase";
                        self.report.misplaced(name.span, "a return has no attributes", help);
                    }
                },
            }
        }
    }

    /// What a step says that brings nothing with it.
    fn brings_nothing(&mut self, step: &Step) -> Option<&'static str> {
        Some(match step {
            Step::Clock => "the clock brings nothing with it",
            Step::Choose { amount, .. } => {
                self.award(amount);
                "what is chosen brings nothing with it"
            }
            Step::Announce { parameter, value, .. } => {
                self.announced(parameter, value);
                "an announcement brings nothing with it"
            }
            Step::Transfer { amount, .. } => {
                self.amount_of_unit(amount);
                "a transfer brings nothing with it"
            }
            Step::Link { .. } => "a naming brings nothing with it",
            Step::Plan { plan, .. } => {
                self.plan_of_test(plan);
                "joining or leaving a plan brings nothing with it"
            }
            Step::Grant { tier, span, .. } => {
                self.any_tier(tier);
                match span {
                    GrantSpan::Ever => {}
                    GrantSpan::For(length) => drop(times::days(*length, &mut self.report)),
                    GrantSpan::Until(last) => drop(times::date(*last, &mut self.report)),
                }
                "a granted tier brings nothing with it"
            }
            Step::Cancel { .. } => "what is cancelled brings nothing with it",
            _ => return None,
        })
    }

    fn nothing<'s>(&mut self, facts: impl Iterator<Item = (&'s StepFact, Span)>, why: &str) {
        for (_, span) in facts {
            self.report.misplaced(span, why, "remove this line");
        }
    }

    fn amount_of_unit(&mut self, amount: &Amount) {
        if let Some(unit) = self.unit(&amount.unit) {
            self.in_scale(unit, &amount.number);
        }
    }

    fn only_a_reason<'s>(&mut self, facts: impl Iterator<Item = (&'s StepFact, Span)>) {
        for (fact, span) in facts {
            if !matches!(fact, StepFact::Attribute(name, _) if name.text == "reason") {
                let help = "an adjustment brings its reason: `reason: \"opening balance\"`";
                self.report.misplaced(span, "an adjustment brings nothing but its reason", help);
            }
        }
    }

    fn item(&mut self, item: &ItemLine) {
        if let Some(price) = &item.price {
            money::money(price, self.settings(), &mut self.report);
        }
        if let Some(quantity) = &item.quantity {
            numbers::micro(quantity.value, quantity.span, &mut self.report);
        }
        for (name, value) in &item.attributes {
            let facts = self.facts;
            match (name.text.as_str(), facts.item.peek(&name.text)) {
                ("category", _) => {
                    let words = &self.all.categories;
                    self.fact_word("category", words, value);
                }
                ("brand" | "sku", _) => self.fact_text(name, value),
                ("tax", _) => self.tax(name, value),
                (_, Some(attribute)) => {
                    self.fits(attribute, value);
                }
                (_, None) => {
                    let candidates = facts.item.candidates().chain(ITEM.iter().map(|word| (*word, None)));
                    self.report.unknown("attribute of the item", &name.text, name.span, candidates, "");
                }
            }
        }
    }

    fn tax(&mut self, name: &Name, value: &Value) {
        match value {
            Value::Amount(amount) if money::is_currency(&amount.unit.text) => {
                money::money(amount, self.settings(), &mut self.report);
            }
            Value::Percent(percent) => drop(numbers::micro(percent.value, percent.span, &mut self.report)),
            _ => {
                let help = "write for example `tax: 0.52 EUR` or `tax: 19%`";
                self.report.mixed(name.span, "the tax of an item is money or a percentage", help);
            }
        }
    }

    fn event_fact(&mut self, event: EventKindId, name: &Name, value: &Value) {
        let Some(schema) = self.facts.event(event) else { return };
        match (name.text.as_str(), schema.peek(&name.text)) {
            ("channel", _) => {
                let words = &self.all.channels;
                self.fact_word("channel", words, value);
            }
            ("store", _) => {
                let words = &self.all.stores;
                self.fact_word("store", words, value);
            }
            ("partner", _) => {
                let words = &self.all.partner_words;
                self.fact_word("partner", words, value);
            }
            (_, Some(attribute)) => {
                self.fits(attribute, value);
            }
            (_, None) => {
                let what = format!("attribute of the event {}", self.event_name(event));
                let candidates = schema.candidates().chain(EVENT.iter().map(|word| (*word, None)));
                self.report.unknown(&what, &name.text, name.span, candidates, "");
            }
        }
    }

    fn member_fact(&mut self, name: &Name, value: &Value) {
        let facts = self.facts;
        match facts.member.peek(&name.text) {
            Some(attribute) => {
                self.fits(attribute, value);
            }
            None => {
                let candidates = facts.member.candidates();
                self.report.unknown("attribute of the member", &name.text, name.span, candidates, "");
            }
        }
    }

    /// A category, channel or store of an event.
    fn fact_word(&mut self, what: &str, words: &Words<'_>, value: &Value) {
        let Value::Name(name) = value else {
            let help = format!("write its name, for example `{what}: …`");
            let written = self.text(value.span());
            self.report.say(
                crate::diagnostics::Code::U203,
                value.span(),
                format!("a {what} cannot be `{written}`"),
                help,
            );
            return;
        };
        if !words.contains_key(name.text.as_str()) {
            let candidates = words.iter().map(|(word, place)| (*word, Some(place.span)));
            let effect = "An event may bring it all the same; no rule can ask for it.";
            let place = (what, name.text.as_str(), name.span);
            self.report.unknown_as(Severity::Warning, place, candidates, effect);
        }
    }

    fn fact_text(&mut self, name: &Name, value: &Value) {
        if !matches!(value, Value::Name(_)) {
            let message = format!("`{}` is a name", name.text);
            self.report.say(
                crate::diagnostics::Code::U203,
                value.span(),
                message,
                "write a name, in quotes if it is no single word",
            );
        }
    }

    fn payment(&mut self, kind: &Name) {
        let words = &self.all.payments;
        if !words.contains_key(kind.text.as_str()) {
            let candidates = words.iter().map(|(word, place)| (*word, Some(place.span)));
            self.report.unknown("kind of payment", &kind.text, kind.span, candidates, "");
        }
    }

    fn expect(&mut self, expect: &Expect) {
        match expect {
            Expect::Refused(_) => {}
            Expect::Card(card, _, stamps) => self.card_at(card, stamps),
            Expect::Challenge(name, _, number) => {
                if self.all.challenges.peek(&name.text).is_none() {
                    let known = self.all.challenges.candidates();
                    self.report.unknown("challenge", &name.text, name.span, known, "");
                }
                numbers::whole(
                    number.value,
                    (0, 1_000_000),
                    ("a number of tasks", number.span),
                    &mut self.report,
                );
            }
            Expect::Streak(name, _, number) => self.streak_at(name, number),
            Expect::Task(name, _, number) => self.task_at(name, number),
            Expect::Milestones(name, _, number) => self.milestones_at(name, number),
            Expect::CapLeft(name, _, number, value) => self.capped(name, number, value.as_ref()),
            Expect::Charity(charity, amount) => {
                self.charity(charity);
                money::money(amount, self.settings(), &mut self.report);
            }
            Expect::PartnerOwes(partner, amount) | Expect::PartnerGets(partner, amount) => {
                self.known_partner(partner);
                money::money(amount, self.settings(), &mut self.report);
            }
            Expect::Expire(amount, _) => self.amount_of(amount),
            Expect::EarnsNothing(_) => {}
            Expect::Earns(_, amount, from) => {
                self.amount_of(amount);
                if let Some(rule) = from.as_ref().filter(|rule| !self.all.is_rule(&rule.text)) {
                    self.report.unknown("rule", &rule.text, rule.span, self.all.rule_candidates(), "");
                }
            }
            Expect::Has(_, amount, _) | Expect::Loses(_, amount) | Expect::Owes(_, amount) => {
                self.amount_of(amount);
            }
            Expect::Benefit(_, benefit, _) | Expect::NoBenefit(_, benefit) => self.known_benefit(benefit),
            Expect::Pays(_, amount) => {
                money::money(amount, self.settings(), &mut self.report);
            }
            Expect::PaysFees(_, amount, plan) => {
                money::money(amount, self.settings(), &mut self.report);
                self.plan_of_test(plan);
            }
            Expect::Tier { of, tier, .. } => match of {
                None => self.any_tier(tier),
                Some(block) => {
                    if let Some(block) = self.tiers_block(block) {
                        self.level_named(block, tier);
                    }
                }
            },
        }
    }

    /// A tier of any block; names of tiers are unique.
    fn any_tier(&mut self, name: &Name) {
        if !self.facts.levels.contains_key(name.text.as_str()) {
            self.report.unknown("tier", &name.text, name.span, self.facts.tier_candidates(), "");
        }
    }

    /// A benefit of any tier.
    fn known_benefit(&mut self, wanted: &Text) {
        let lines = self.all.tiers.iter().flat_map(|entry| &entry.node.lines);
        let levels = lines.filter_map(|line| match &line.kind {
            TiersLine::Tier { lines, .. } => Some(lines),
            _ => None,
        });
        let benefits: Vec<&Text> = levels
            .flatten()
            .filter_map(|line| match &line.kind {
                TierLine::Benefit(benefit) => Some(benefit),
                _ => None,
            })
            .collect();
        if !benefits.iter().any(|benefit| benefit.text == wanted.text) {
            let known = benefits.iter().map(|benefit| (benefit.text.as_str(), Some(benefit.span)));
            self.report.unknown("benefit", &wanted.text, wanted.span, known, "");
        }
    }

    /// Years that some tiers block counts.
    fn years_at(&mut self, tier: &Name, number: &Number) {
        self.any_tier(tier);
        let mut lines = self.all.tiers.iter().flat_map(|entry| &entry.node.lines);
        let counted = |metric: &Metric| matches!(metric, Metric::YearsOf(name, _) if name.text == tier.text);
        if !lines
            .any(|line| matches!(&line.kind, TiersLine::Count { metrics, .. } if metrics.iter().any(counted)))
        {
            let message = format!("no tiers count years of {}", tier.text);
            let help = "write a line `count years of … in lifetime`, or remove this one";
            self.report.misplaced(tier.span, message, help);
        }
        let what = ("a number of years", number.span);
        numbers::whole(number.value, (0, 1_000), what, &mut self.report);
    }

    fn streak_at(&mut self, name: &Name, number: &Number) {
        if self.all.streaks.peek(&name.text).is_none() {
            self.report.unknown("streak", &name.text, name.span, self.all.streaks.candidates(), "");
        }
        let what = ("a number of periods", number.span);
        numbers::whole(number.value, (0, 1_000_000), what, &mut self.report);
    }

    fn task_at(&mut self, name: &Name, number: &Number) {
        if self.all.tasks.peek(&name.text).is_none() {
            self.report.unknown("task", &name.text, name.span, self.all.tasks.candidates(), "");
        }
        numbers::micro(number.value, number.span, &mut self.report);
    }

    fn milestones_at(&mut self, name: &Name, number: &Number) {
        if self.all.milestones.peek(&name.text).is_none() {
            let known = self.all.milestones.candidates();
            self.report.unknown("milestones block", &name.text, name.span, known, "");
        }
        numbers::micro(number.value, number.span, &mut self.report);
    }

    fn card_at(&mut self, card: &Name, stamps: &Amount) {
        if self.all.cards.peek(&card.text).is_none() {
            self.report.unknown("card", &card.text, card.span, self.all.cards.candidates(), "");
        }
        self.stamps(stamps, false);
    }

    /// Stamps that hold what was paid cannot be given without it.
    fn holds_nothing(&mut self, card: &Name) {
        let lines = self.all.cards.peek(&card.text).into_iter().flat_map(|card| &card.node.lines);
        if lines.into_iter().any(|line| matches!(line.kind, CardLine::Average(_))) {
            let message = format!("stamps of `{}` hold what was paid for them", card.text);
            let help = "let the member buy them in the test, with `when … purchase`";
            self.report.misplaced(card.span, message, help);
        }
    }

    /// A shared cap, or the rule whose own cap is meant.
    fn capped(&mut self, name: &Name, number: &Number, value: Option<&Value>) {
        numbers::micro(number.value, number.span, &mut self.report);
        if let Some(shared) = self.all.caps.peek(&name.text) {
            self.counters(name, value, &[&shared.node.cap]);
            return;
        }
        let rules = [&self.all.earns, &self.all.bonuses];
        let Some(rule) = rules.iter().find_map(|rules| rules.peek(&name.text)) else {
            if let Some(voucher) = self.all.vouchers.peek(&name.text)
                && voucher.node.lines.iter().any(|line| matches!(line.kind, VoucherLine::Cap(_)))
            {
                return;
            }
            if let Some(reward) = self.all.rewards.peek(&name.text)
                && reward.node.lines.iter().any(|line| matches!(line.kind, RewardLine::Cap(_)))
            {
                return;
            }
            if let Some(game) = self.all.challenges.peek(&name.text)
                && game.node.lines.iter().any(|line| matches!(line.kind, ChallengeLine::Cap(_)))
            {
                return self.counters(name, value, &[]);
            }
            if let Some(game) = self.all.streaks.peek(&name.text)
                && game.node.lines.iter().any(|line| matches!(line.kind, StreakLine::Cap(_)))
            {
                return self.counters(name, value, &[]);
            }
            if self.all.partners.peek(&name.text).is_some() {
                return;
            }
            if !self.all.is_rule(&name.text) {
                let candidates = self.all.caps.candidates().chain(self.all.rule_candidates());
                self.report.unknown("cap", &name.text, name.span, candidates, "");
            }
            return;
        };
        let has_cap =
            rule.node.lines.iter().any(|line| matches!(line.kind, RuleLine::Cap(_) | RuleLine::Budget(_)));
        if !has_cap {
            let message = format!("the rule `{}` has no cap of its own", name.text);
            self.report.misplaced(name.span, message, "name the shared cap that is meant");
        }
        let caps = rule.node.lines.iter().filter_map(|line| match &line.kind {
            RuleLine::Cap(cap) => Some(cap),
            _ => None,
        });
        let caps: Vec<&crate::syntax::ast::Cap> = caps.collect();
        self.counters(name, value, &caps);
    }

    /// What is said of a cap with a counter for each value is said of one of them.
    fn counters(&mut self, name: &Name, value: Option<&Value>, caps: &[&crate::syntax::ast::Cap]) {
        let each = caps.iter().find_map(|cap| cap.each.as_ref());
        let plain = caps.is_empty() || caps.iter().any(|cap| cap.each.is_none());
        match (each, value) {
            (Some(each), None) if !plain => {
                let message = format!("`{}` has a counter for each `{}`", name.text, each.text);
                let help =
                    format!("say of which, for example `… for none` where the `{}` is missing", each.text);
                self.report.misplaced(name.span, message, help);
            }
            (None, Some(value)) => {
                let message = format!("`{}` has no cap with a counter for each value", name.text);
                self.report.misplaced(value.span(), message, "remove `for …`");
            }
            _ => {}
        }
    }

    /// An amount of a unit or a number of vouchers; zero is allowed.
    fn amount_of(&mut self, amount: &Amount) {
        match self.thing(&amount.unit) {
            Some(Thing::Unit(unit)) => {
                self.in_scale(unit, &amount.number);
            }
            Some(Thing::Voucher(_)) => self.count_of("vouchers", &amount.number),
            Some(Thing::Donation(_)) | None => {}
        }
    }

    fn vouchers_of(&mut self, amount: &Amount) {
        match self.thing(&amount.unit) {
            Some(Thing::Voucher(_)) => self.count_of("vouchers", &amount.number),
            Some(Thing::Unit(_)) => {
                let text = self.text(amount.span);
                let help = format!("write `balance {text}`; `has` gives vouchers");
                self.report.mixed(amount.span, format!("`{}` is a unit", amount.unit.text), help);
            }
            Some(Thing::Donation(_)) | None => {}
        }
    }

    fn vouchers_used(&mut self, amount: &Amount) {
        match self.thing(&amount.unit) {
            Some(Thing::Voucher(_)) => self.count_of("vouchers", &amount.number),
            Some(Thing::Unit(_)) => {
                let text = self.text(amount.span);
                let help = format!("write `redeem {text}`; `use` is for vouchers");
                self.report.mixed(amount.span, format!("`{}` is a unit", amount.unit.text), help);
            }
            Some(Thing::Donation(_)) | None => {}
        }
    }

    fn count_of(&mut self, what: &str, number: &Number) {
        let what = format!("a number of {what}");
        numbers::whole(number.value, (0, 1_000_000_000), (&what, number.span), &mut self.report);
    }
}

/// Whether a line of a joining names the account to which the member comes.
fn names_account(step: &Step, fact: &StepFact) -> bool {
    match fact {
        StepFact::Attribute(name, Value::Name(_)) => {
            matches!(step, Step::Joining { .. }) && name.text == "account"
        }
        _ => false,
    }
}
