//! From what pest read to the tree: tests.

use super::ast::{
    Expect, GivenFact, HasKind, ItemLine, Line, Name, Number, Step, StepFact, TestBlock, TestLine, Value,
};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::places::Place;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn test(&mut self, parts: &mut Parts<'_>) -> Made<Option<TestBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::test_body, Place::Test, Self::test_line);
        // A `given member` without a name was reported and is left out.
        let lines = lines.into_iter().filter_map(|line| Some(Line { kind: line.kind?, span: line.span }));
        let lines = lines.collect();
        Ok(name.map(|name| TestBlock { name, lines }))
    }

    fn test_line(&mut self, pair: Pair<'_, Rule>) -> Made<Option<TestLine>> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::given => {
                parts.skip(&[Rule::k_given]);
                let member = self.head(&mut parts)?;
                let facts = self.body(&mut parts, Rule::given_body, Place::Given, Self::given_fact);
                member.map(|member| TestLine::Given { member, facts })
            }
            Rule::step => {
                parts.skip(&[Rule::k_when]);
                let at = self.moment(&mut parts)?;
                let step = self.step(&mut parts)?;
                let facts = self.body(&mut parts, Rule::step_body, Place::Step, Self::step_fact);
                Some(TestLine::When { at, step, facts })
            }
            Rule::expect => {
                parts.skip(&[Rule::k_expect]);
                let pair = parts.any()?;
                Some(TestLine::Expect(self.expect(pair)?))
            }
            _ => return Err(parts.fault()),
        })
    }

    fn given_fact(&mut self, pair: Pair<'_, Rule>) -> Made<GivenFact> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        if rule == Rule::attr {
            let (name, value) = self.attribute(&mut parts)?;
            return Ok(GivenFact::Attribute(name, value));
        }
        parts.any()?;
        Ok(match rule {
            Rule::g_joined => GivenFact::Joined(self.moment(&mut parts)?),
            Rule::g_tier => {
                GivenFact::Tier(self.name(&mut parts)?, self.maybe_date(&mut parts, Rule::k_until)?)
            }
            Rule::g_plan => {
                let plan = self.name(&mut parts)?;
                parts.skip(&[Rule::k_since]);
                GivenFact::Plan(plan, self.date(&mut parts)?)
            }
            Rule::g_card => {
                let card = self.name(&mut parts)?;
                parts.skip(&[Rule::k_at]);
                GivenFact::Card(card, self.amount(&mut parts)?)
            }
            Rule::g_streak | Rule::g_task | Rule::g_milestones => {
                let name = self.name(&mut parts)?;
                parts.skip(&[Rule::k_at]);
                let at = self.number(&mut parts)?;
                match rule {
                    Rule::g_streak => GivenFact::Streak(name, at),
                    Rule::g_task => GivenFact::Task(name, at),
                    _ => GivenFact::Milestones(name, at),
                }
            }
            Rule::g_years => {
                parts.skip(&[Rule::k_of]);
                let tier = self.name(&mut parts)?;
                parts.skip(&[Rule::k_at]);
                GivenFact::Years(tier, self.number(&mut parts)?)
            }
            Rule::g_cap => {
                let cap = self.name(&mut parts)?;
                parts.skip(&[Rule::k_used]);
                let used = self.number(&mut parts)?;
                GivenFact::CapUsed(cap, used, self.of_value(&mut parts)?)
            }
            Rule::g_referred => {
                parts.skip(&[Rule::k_by]);
                GivenFact::ReferredBy(self.name(&mut parts)?)
            }
            Rule::g_account => GivenFact::Account(self.name(&mut parts)?),
            Rule::g_balance => {
                GivenFact::Balance(self.amount(&mut parts)?, self.maybe_date(&mut parts, Rule::k_expiring)?)
            }
            Rule::g_has => {
                GivenFact::Has(self.amount(&mut parts)?, self.maybe_date(&mut parts, Rule::k_until)?)
            }
            Rule::g_spent => {
                let amount = self.amount(&mut parts)?;
                parts.skip(&[Rule::k_on]);
                GivenFact::Spent(amount, self.date(&mut parts)?)
            }
            Rule::g_purchased => {
                let times = self.number(&mut parts)?;
                parts.skip(&[Rule::k_times, Rule::k_time, Rule::k_on]);
                GivenFact::Purchased(times, self.date(&mut parts)?)
            }
            _ => return Err(parts.fault()),
        })
    }

    fn step(&mut self, parts: &mut Parts<'_>) -> Made<Step> {
        let pair = parts.any()?;
        let rule = pair.as_rule();
        let mut inner = self.parts(pair);
        Ok(match rule {
            Rule::k_clock => Step::Clock,
            Rule::s_return => {
                inner.skip(&[Rule::k_return]);
                let id = self.text(&mut inner)?;
                inner.skip(&[Rule::k_of]);
                let of = self.maybe_text(&mut inner)?;
                inner.skip(&[Rule::k_by]);
                Step::Return { id, of, by: self.name(&mut inner)? }
            }
            Rule::s_redeem => {
                let request = self.request(&mut inner)?;
                let id = self.text(&mut inner)?;
                inner.skip(&[Rule::k_by]);
                Step::Redeem { request, id, by: self.name(&mut inner)? }
            }
            Rule::s_joining => {
                inner.skip(&[Rule::k_joining]);
                let id = self.text(&mut inner)?;
                inner.skip(&[Rule::k_by]);
                Step::Joining { id, by: self.name(&mut inner)? }
            }
            Rule::s_choose => {
                inner.skip(&[Rule::k_choose]);
                let amount = self.amount(&mut inner)?;
                let id = self.text(&mut inner)?;
                inner.skip(&[Rule::k_by]);
                Step::Choose { amount, id, by: self.name(&mut inner)? }
            }
            Rule::s_announce => self.announce(&mut inner)?,
            Rule::s_adjust | Rule::s_transfer | Rule::s_change | Rule::s_cancel => {
                self.correction(rule, &mut inner)?
            }
            Rule::s_link => {
                inner.skip(&[Rule::k_link, Rule::k_friend]);
                let friend = self.name(&mut inner)?;
                inner.skip(&[Rule::k_to]);
                let referrer = self.name(&mut inner)?;
                Step::Link { friend, referrer, id: self.text(&mut inner)? }
            }
            Rule::s_plan => self.plan_step(&mut inner)?,
            Rule::s_grant => self.grant_step(&mut inner)?,
            Rule::s_event => {
                let event = self.name(&mut inner)?;
                let id = self.text(&mut inner)?;
                inner.skip(&[Rule::k_of]);
                let of = self.maybe_text(&mut inner)?;
                inner.skip(&[Rule::k_by]);
                Step::Event { event, id, of, by: self.name(&mut inner)? }
            }
            _ => return Err(inner.fault()),
        })
    }

    fn correction(&mut self, rule: Rule, inner: &mut Parts<'_>) -> Made<Step> {
        Ok(match rule {
            Rule::s_adjust => {
                inner.skip(&[Rule::k_adjust]);
                let plus = inner.eat(Rule::k_plus);
                inner.skip(&[Rule::k_minus]);
                let amount = self.amount(inner)?;
                let id = self.text(inner)?;
                inner.skip(&[Rule::k_by]);
                Step::Adjust { plus, amount, id, by: self.name(inner)? }
            }
            Rule::s_transfer => {
                inner.skip(&[Rule::k_transfer]);
                let amount = self.amount(inner)?;
                let id = self.text(inner)?;
                inner.skip(&[Rule::k_from]);
                let from = self.name(inner)?;
                inner.skip(&[Rule::k_to]);
                Step::Transfer { amount, id, from, to: self.name(inner)? }
            }
            Rule::s_change => {
                inner.skip(&[Rule::k_change]);
                let id = self.text(inner)?;
                inner.skip(&[Rule::k_by]);
                Step::Change { id, by: self.name(inner)? }
            }
            Rule::s_cancel => {
                inner.skip(&[Rule::k_cancel]);
                let id = self.text(inner)?;
                inner.skip(&[Rule::k_of]);
                let of = self.text(inner)?;
                inner.skip(&[Rule::k_by]);
                Step::Cancel { id, of, by: self.name(inner)? }
            }
            _ => return Err(inner.fault()),
        })
    }

    fn step_fact(&mut self, pair: Pair<'_, Rule>) -> Made<StepFact> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::line_item => StepFact::Item(self.line_item(&mut parts)?),
            Rule::payment => {
                parts.skip(&[Rule::k_payment]);
                let kind = self.name(&mut parts)?;
                parts.skip(&[Rule::colon]);
                StepFact::Payment(kind, self.amount(&mut parts)?)
            }
            Rule::total => {
                parts.skip(&[Rule::k_total]);
                StepFact::Total(self.signed_amount(&mut parts)?)
            }
            Rule::all_items => {
                parts.skip(&[Rule::k_all, Rule::k_items, Rule::k_of]);
                StepFact::AllItems(self.maybe_text(&mut parts)?)
            }
            Rule::request => StepFact::Redeem(self.request(&mut parts)?),
            Rule::use_voucher => {
                parts.skip(&[Rule::k_use]);
                StepFact::Use(self.amount(&mut parts)?)
            }
            Rule::g_referred => {
                parts.skip(&[Rule::k_referred, Rule::k_by]);
                StepFact::ReferredBy(self.name(&mut parts)?)
            }
            Rule::attr => {
                let (name, value) = self.attribute(&mut parts)?;
                StepFact::Attribute(name, value)
            }
            _ => return Err(parts.fault()),
        })
    }

    fn line_item(&mut self, parts: &mut Parts<'_>) -> Made<ItemLine> {
        parts.skip(&[Rule::k_item]);
        let name = self.name(parts)?;
        let line = if parts.eat(Rule::k_line) { Some(self.number(parts)?) } else { None };
        let mut quantity: Option<Number> = None;
        if parts.peek() == Some(Rule::number) {
            quantity = Some(self.number(parts)?);
            parts.skip(&[Rule::k_x]);
        }
        let priced = parts.peek() == Some(Rule::signed_amount);
        let price = if priced { Some(self.signed_amount(parts)?) } else { None };
        parts.skip(&[Rule::k_of]);
        let of = self.maybe_text(parts)?;
        let mut attributes = Vec::new();
        while parts.eat(Rule::comma) {
            let (_, mut inner) = self.enter(parts, Rule::attr)?;
            attributes.push(self.attribute(&mut inner)?);
        }
        Ok(ItemLine { name, line, quantity, price, of, attributes })
    }

    fn attribute(&mut self, parts: &mut Parts<'_>) -> Made<(Name, Value)> {
        let name = self.name(parts)?;
        parts.skip(&[Rule::colon]);
        let value = match parts.peek() {
            Some(Rule::names_lit) => {
                let (names, span) = self.names(parts)?;
                Value::Names(names, span)
            }
            Some(Rule::signed_value) => self.signed_value(parts)?,
            _ => self.value(parts)?,
        };
        Ok((name, value))
    }

    /// `for T-1`: the value of which a cap has a counter.
    fn of_value(&mut self, parts: &mut Parts<'_>) -> Made<Option<Value>> {
        if parts.eat(Rule::k_for) { self.value(parts).map(Some) } else { Ok(None) }
    }

    fn expect(&mut self, pair: Pair<'_, Rule>) -> Made<Expect> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::e_refused => {
                parts.skip(&[Rule::k_refused]);
                Expect::Refused(self.maybe_text(&mut parts)?)
            }
            Rule::e_challenge | Rule::e_streak | Rule::e_task | Rule::e_milestones => {
                parts.skip(&[Rule::k_challenge, Rule::k_streak, Rule::k_task, Rule::k_milestones]);
                let name = self.name(&mut parts)?;
                parts.skip(&[Rule::k_of]);
                let member = self.name(&mut parts)?;
                parts.skip(&[Rule::k_at]);
                let at = self.number(&mut parts)?;
                match rule {
                    Rule::e_task => Expect::Task(name, member, at),
                    Rule::e_streak => Expect::Streak(name, member, at),
                    Rule::e_milestones => Expect::Milestones(name, member, at),
                    _ => Expect::Challenge(name, member, at),
                }
            }
            Rule::e_card => {
                parts.skip(&[Rule::k_card]);
                let card = self.name(&mut parts)?;
                parts.skip(&[Rule::k_of]);
                let member = self.name(&mut parts)?;
                parts.skip(&[Rule::k_at]);
                Expect::Card(card, member, self.amount(&mut parts)?)
            }
            Rule::e_cap => {
                parts.skip(&[Rule::k_cap]);
                let cap = self.name(&mut parts)?;
                parts.skip(&[Rule::k_of]);
                let member = self.maybe_name(&mut parts)?;
                parts.skip(&[Rule::k_has]);
                let left = self.number(&mut parts)?;
                parts.skip(&[Rule::k_left]);
                Expect::CapLeft(cap, member, left, self.of_value(&mut parts)?)
            }
            Rule::e_charity => {
                parts.skip(&[Rule::k_charity]);
                let charity = self.name(&mut parts)?;
                parts.skip(&[Rule::k_gets]);
                Expect::Charity(charity, self.signed_amount(&mut parts)?)
            }
            Rule::e_partner => {
                parts.skip(&[Rule::k_partner]);
                let partner = self.name(&mut parts)?;
                let owes = parts.eat(Rule::k_owes);
                parts.skip(&[Rule::k_gets]);
                let amount = self.signed_amount(&mut parts)?;
                if owes { Expect::PartnerOwes(partner, amount) } else { Expect::PartnerGets(partner, amount) }
            }
            Rule::e_expire => {
                let amount = self.amount(&mut parts)?;
                parts.skip(&[Rule::k_of]);
                Expect::Expire(amount, self.maybe_name(&mut parts)?)
            }
            Rule::e_member => self.expect_of_member(&mut parts)?,
            _ => return Err(parts.fault()),
        })
    }

    fn expect_of_member(&mut self, parts: &mut Parts<'_>) -> Made<Expect> {
        let member = self.name(parts)?;
        let pair = parts.any()?;
        let rule = pair.as_rule();
        let mut inner = self.parts(pair);
        inner.any()?;
        Ok(match rule {
            Rule::e_earns if inner.eat(Rule::k_nothing) => Expect::EarnsNothing(member),
            Rule::e_earns => {
                let amount = self.signed_amount(&mut inner)?;
                inner.skip(&[Rule::k_from]);
                Expect::Earns(member, amount, self.maybe_name(&mut inner)?)
            }
            Rule::e_has => {
                let amount = self.amount(&mut inner)?;
                let kind = if inner.eat(Rule::k_pending) {
                    HasKind::Pending
                } else if inner.eat(Rule::k_expiring) {
                    HasKind::Expiring(self.date(&mut inner)?)
                } else {
                    self.maybe_date(&mut inner, Rule::k_until)?.map_or(HasKind::Usable, HasKind::Until)
                };
                Expect::Has(member, amount, kind)
            }
            Rule::e_benefit => {
                inner.skip(&[Rule::k_has]);
                let is_missing = inner.eat(Rule::k_no);
                inner.skip(&[Rule::k_benefit]);
                let benefit = self.text(&mut inner)?;
                match is_missing {
                    true => Expect::NoBenefit(member, benefit),
                    false => Expect::Benefit(member, benefit, self.maybe_date(&mut inner, Rule::k_until)?),
                }
            }
            Rule::e_loses => Expect::Loses(member, self.amount(&mut inner)?),
            Rule::e_pays => {
                let amount = self.amount(&mut inner)?;
                inner.skip(&[Rule::k_for, Rule::k_plan]);
                match self.maybe_name(&mut inner)? {
                    Some(plan) => Expect::PaysFees(member, amount, plan),
                    None => Expect::Pays(member, amount),
                }
            }
            Rule::e_owes => Expect::Owes(member, self.amount(&mut inner)?),
            Rule::e_tier => {
                let of = if inner.eat(Rule::k_of) { Some(self.name(&mut inner)?) } else { None };
                inner.skip(&[Rule::k_is]);
                let tier = self.name(&mut inner)?;
                Expect::Tier { member, of, tier, until: self.maybe_date(&mut inner, Rule::k_until)? }
            }
            _ => return Err(inner.fault()),
        })
    }
}
