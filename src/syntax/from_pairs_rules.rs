//! From what pest read to the tree: `earn`, `bonus`, shared caps, and the lines that other blocks borrow.

use super::ast::{
    Activate, Amount, Band, Base, Cap, CapLimit, CapPer, Cell, CellKey, CellValue, Choice, Combine, Cond,
    Expire, ExpireFrom, Factor, Give, Multiply, MultiplyEverything, Name, On, Per, Round, RoundMode,
    RuleBlock, RuleKind, RuleLine, SharedCap, Side, Steps, TableOf, Valid,
};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::places::Place;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn rule(&mut self, parts: &mut Parts<'_>, kind: RuleKind) -> Made<Option<RuleBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::rule_body, Place::Rule, Self::rule_line);
        Ok(name.map(|name| RuleBlock { kind, name, lines }))
    }

    fn rule_line(&mut self, pair: Pair<'_, Rule>) -> Made<RuleLine> {
        if pair.as_rule() == Rule::give {
            return Ok(RuleLine::Give(self.give_of(pair)?));
        }
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::valid => RuleLine::Valid(self.valid(&mut parts)?),
            Rule::on_rule => RuleLine::On(self.on_rule(&mut parts)?),
            Rule::at_partner => RuleLine::AtPartner(self.at_partner(&mut parts)?),
            Rule::funded => RuleLine::Funded(self.funded(&mut parts)?),
            Rule::for_items => RuleLine::ForItems(self.for_items(&mut parts)?),
            Rule::when => RuleLine::When(self.when(&mut parts)?),
            Rule::multiply => self.multiply(&mut parts)?,
            Rule::least => {
                parts.skip(&[Rule::k_at, Rule::k_least]);
                RuleLine::AtLeast(self.amount(&mut parts)?)
            }
            Rule::replaces => {
                parts.skip(&[Rule::k_replaces]);
                RuleLine::Replaces(self.name(&mut parts)?)
            }
            Rule::combine => {
                parts.skip(&[Rule::k_combine]);
                RuleLine::Combine(match parts.any()?.as_rule() {
                    Rule::k_add => Combine::Add,
                    Rule::k_exclusive => Combine::Exclusive,
                    _ => {
                        parts.skip(&[Rule::k_of]);
                        Combine::BestOf(self.name(&mut parts)?)
                    }
                })
            }
            Rule::cap => RuleLine::Cap(self.cap(&mut parts)?),
            Rule::budget_cap => RuleLine::Budget(self.cap(&mut parts)?),
            Rule::round => RuleLine::Round(self.round(&mut parts)?),
            Rule::activate => RuleLine::Activate(self.activate(&mut parts)?),
            Rule::expire => RuleLine::Expire(self.expire(&mut parts)?),
            Rule::hold => RuleLine::NoExpiry(self.hold(&mut parts)?),
            _ => return Err(parts.fault()),
        })
    }

    pub(super) fn valid(&mut self, parts: &mut Parts<'_>) -> Made<Valid> {
        parts.skip(&[Rule::k_valid]);
        Ok(match parts.any()?.as_rule() {
            Rule::k_from => {
                let from = Some(self.moment(parts)?);
                let to = if parts.eat(Rule::k_to) { Some(self.moment(parts)?) } else { None };
                Valid::Span { from, to }
            }
            Rule::k_to => Valid::Span { from: None, to: Some(self.moment(parts)?) },
            Rule::k_every => {
                parts.skip(&[Rule::k_year, Rule::k_from]);
                let from = self.month_day(parts)?;
                parts.skip(&[Rule::k_to]);
                Valid::EveryYear { from, to: self.month_day(parts)? }
            }
            Rule::k_for => Valid::For { duration: self.duration(parts)?, tail: self.tail(parts)? },
            Rule::k_until => {
                parts.skip(&[Rule::k_end, Rule::k_of]);
                let next = parts.eat(Rule::k_next);
                Valid::UntilEndOf { next, period: self.period(parts)? }
            }
            _ => return Err(parts.fault()),
        })
    }

    pub(super) fn on(&mut self, parts: &mut Parts<'_>) -> Made<On> {
        parts.skip(&[Rule::k_on]);
        if parts.eat(Rule::k_joining) { Ok(On::Joining) } else { Ok(On::Event(self.name(parts)?)) }
    }

    /// What a rule waits for, which may be a moment that the clock brings.
    fn on_rule(&mut self, parts: &mut Parts<'_>) -> Made<On> {
        parts.skip(&[Rule::k_on]);
        match parts.peek() {
            Some(Rule::on_after) => {
                let (_, mut inner) = self.enter(parts, Rule::on_after)?;
                let duration = self.duration(&mut inner)?;
                inner.skip(&[Rule::k_after]);
                let event = self.name(&mut inner)?;
                let goes_on = inner.eat(Rule::k_of);
                inner.skip(&[Rule::k_items, Rule::k_where]);
                let items = if goes_on { Some(Box::new(self.cond(&mut inner)?)) } else { None };
                Ok(On::After { duration, event, items })
            }
            Some(Rule::on_without) => {
                let (_, mut inner) = self.enter(parts, Rule::on_without)?;
                let duration = self.duration(&mut inner)?;
                inner.skip(&[Rule::k_without]);
                Ok(On::Without { duration, events: self.names_or(&mut inner)? })
            }
            Some(Rule::k_start) => {
                parts.skip(&[Rule::k_start, Rule::k_of]);
                Ok(On::StartOf(self.period(parts)?))
            }
            _ if parts.eat(Rule::k_birthday) => Ok(On::Birthday),
            _ => self.on(parts),
        }
    }

    pub(super) fn when(&mut self, parts: &mut Parts<'_>) -> Made<Cond> {
        parts.skip(&[Rule::k_when]);
        self.cond(parts)
    }

    pub(super) fn for_items(&mut self, parts: &mut Parts<'_>) -> Made<Cond> {
        parts.skip(&[Rule::k_for, Rule::k_items, Rule::k_where]);
        self.cond(parts)
    }

    /// Takes a whole `give …`.
    pub(super) fn give(&mut self, parts: &mut Parts<'_>) -> Made<Give> {
        let pair = parts.need(Rule::give)?;
        self.give_of(pair)
    }

    pub(super) fn give_of(&mut self, pair: Pair<'_, Rule>) -> Made<Give> {
        let mut parts = self.parts(pair);
        parts.skip(&[Rule::k_give]);
        let what = parts.any()?;
        let rule = what.as_rule();
        let mut inner = self.parts(what);
        match rule {
            Rule::give_more_by => {
                inner.skip(&[Rule::k_more]);
                let unit = self.name(&mut inner)?;
                inner.skip(&[Rule::k_by]);
                Ok(Give::MoreTable { unit, key: self.table_key(&mut inner)?, rows: self.table(&mut inner)? })
            }
            Rule::give_percent => {
                let rate = self.percent(&mut inner)?;
                if inner.eat(Rule::k_more) {
                    return Ok(Give::More { percent: rate, unit: self.name(&mut inner)? });
                }
                inner.skip(&[Rule::k_of]);
                let base = self.base(&mut inner)?;
                inner.skip(&[Rule::k_as]);
                Ok(Give::Share { rate, base, unit: self.name(&mut inner)? })
            }
            Rule::give_choice => self.choice(&mut inner).map(Give::Choice),
            Rule::give_named => self.give_named(&mut inner),
            Rule::give_amount => {
                let amount = self.amount(&mut inner)?;
                Ok(match self.maybe_per(&mut inner)? {
                    Some(per) => Give::Per { amount, per },
                    None => Give::Flat(amount),
                })
            }
            _ => Err(inner.fault()),
        }
    }

    /// `choice of 2 from […] within 3 months otherwise give …`
    pub(super) fn choice(&mut self, inner: &mut Parts<'_>) -> Made<Choice> {
        inner.skip(&[Rule::k_choice, Rule::k_of]);
        let picks = if inner.peek() == Some(Rule::number) { Some(self.number(inner)?) } else { None };
        inner.skip(&[Rule::k_from]);
        let entries = self.amounts(inner)?;
        inner.skip(&[Rule::k_within]);
        let within = self.duration(inner)?;
        let goes_on = inner.eat(Rule::k_otherwise);
        inner.skip(&[Rule::k_give]);
        let otherwise = if goes_on { Some(self.amount(inner)?) } else { None };
        Ok(Choice { picks, entries, within, otherwise })
    }

    /// `[400 punkte, 1 Weinhilfe]`
    fn amounts(&mut self, parts: &mut Parts<'_>) -> Made<Vec<Amount>> {
        let (_, mut inner) = self.enter(parts, Rule::amounts_lit)?;
        let mut amounts = Vec::new();
        while inner.peek().is_some() {
            if inner.peek() == Some(Rule::amount) {
                amounts.push(self.amount(&mut inner)?);
            } else {
                inner.any()?;
            }
        }
        Ok(amounts)
    }

    fn give_named(&mut self, inner: &mut Parts<'_>) -> Made<Give> {
        let name = self.name(inner)?;
        if inner.eat(Rule::k_as) {
            return Ok(Give::AsUnit { attribute: name, unit: self.name(inner)? });
        }
        inner.skip(&[Rule::k_by]);
        if inner.eat(Rule::k_spend) {
            inner.skip(&[Rule::k_bands]);
            return Ok(Give::Bands { unit: name, bands: self.bands(inner)? });
        }
        let key = self.table_key(inner)?;
        let rows = self.table(inner)?;
        let of = if inner.eat(Rule::k_of) {
            TableOf::Of(self.base(inner)?)
        } else {
            self.maybe_per(inner)?.map_or(TableOf::Flat, TableOf::Per)
        };
        Ok(Give::Table { unit: name, key, rows, of })
    }

    /// Takes `per …` if it stands next.
    pub(super) fn maybe_per(&mut self, parts: &mut Parts<'_>) -> Made<Option<Per>> {
        if parts.peek() != Some(Rule::per) {
            return Ok(None);
        }
        let (_, mut inner) = self.enter(parts, Rule::per)?;
        inner.skip(&[Rule::k_per]);
        if inner.eat(Rule::k_item) {
            return Ok(Some(Per::Item));
        }
        let steps = if inner.eat(Rule::k_full) {
            Steps::Full
        } else if inner.eat(Rule::k_started) {
            Steps::Started
        } else {
            Steps::Exact
        };
        let amount = self.amount(&mut inner)?;
        let of = if inner.eat(Rule::k_of) { Some(self.base(&mut inner)?) } else { None };
        Ok(Some(Per::Amount { steps, amount, of }))
    }

    fn base(&mut self, parts: &mut Parts<'_>) -> Made<Base> {
        let (span, mut inner) = self.enter(parts, Rule::base)?;
        if !inner.eat(Rule::k_spend) {
            return Ok(Base::Attribute(self.name(&mut inner)?));
        }
        inner.skip(&[Rule::k_paid, Rule::k_with]);
        Ok(self.maybe_name(&mut inner)?.map_or(Base::Spend(span), Base::SpendPaidWith))
    }

    fn table(&mut self, parts: &mut Parts<'_>) -> Made<Vec<Cell>> {
        let (_, mut inner) = self.enter(parts, Rule::table)?;
        let mut rows = Vec::new();
        while inner.peek().is_some() {
            if inner.peek() != Some(Rule::cell) {
                inner.any()?;
                continue;
            }
            let (span, mut cell) = self.enter(&mut inner, Rule::cell)?;
            let key = match self.maybe_name(&mut cell)? {
                Some(name) => CellKey::Name(name),
                None => CellKey::Number(self.number_key(&mut cell)?),
            };
            cell.skip(&[Rule::colon]);
            let value = if cell.peek() == Some(Rule::percent) {
                CellValue::Percent(self.percent(&mut cell)?)
            } else {
                CellValue::Number(self.number(&mut cell)?)
            };
            rows.push(Cell { key, value, span });
        }
        Ok(rows)
    }

    pub(super) fn bands(&mut self, parts: &mut Parts<'_>) -> Made<Vec<Band>> {
        let (_, mut inner) = self.enter(parts, Rule::bands)?;
        let mut bands = Vec::new();
        while inner.peek().is_some() {
            if inner.peek() != Some(Rule::band) {
                inner.any()?;
                continue;
            }
            let (span, mut band) = self.enter(&mut inner, Rule::band)?;
            band.skip(&[Rule::k_from]);
            let from = self.amount(&mut band)?;
            band.skip(&[Rule::colon]);
            bands.push(Band { from, value: self.number(&mut band)?, span });
        }
        Ok(bands)
    }

    fn multiply(&mut self, parts: &mut Parts<'_>) -> Made<RuleLine> {
        parts.skip(&[Rule::k_multiply]);
        if !parts.eat(Rule::k_everything) {
            let unit = self.name(parts)?;
            return Ok(RuleLine::Multiply(Multiply { unit, by: self.multiplier(parts)? }));
        }
        let unit = if parts.eat(Rule::k_in) { Some(self.name(parts)?) } else { None };
        Ok(RuleLine::MultiplyEverything(MultiplyEverything { unit, by: self.multiplier(parts)? }))
    }

    /// `by 2`, `by tier [Silver: 1.5]`
    fn multiplier(&mut self, parts: &mut Parts<'_>) -> Made<Factor> {
        parts.skip(&[Rule::k_by]);
        Ok(if parts.peek() == Some(Rule::number) {
            Factor::Number(self.number(parts)?)
        } else {
            Factor::Table { key: self.table_key(parts)?, rows: self.table(parts)? }
        })
    }

    /// A `cap` line; also with the side of a referral.
    pub(super) fn cap(&mut self, parts: &mut Parts<'_>) -> Made<Cap> {
        parts.skip(&[Rule::k_cap]);
        let side = if parts.eat(Rule::k_friend) {
            Some(Side::Friend)
        } else if parts.eat(Rule::k_referrer) {
            Some(Side::Referrer)
        } else {
            None
        };
        self.cap_terms(parts, side)
    }

    fn cap_terms(&mut self, parts: &mut Parts<'_>, side: Option<Side>) -> Made<Cap> {
        let (_, mut inner) = self.enter(parts, Rule::cap_limit)?;
        let limit = if inner.peek() == Some(Rule::number) {
            CapLimit::Times(self.number(&mut inner)?)
        } else {
            let amount = self.amount(&mut inner)?;
            if inner.eat(Rule::k_of) { CapLimit::Spend(amount) } else { CapLimit::Amount(amount) }
        };
        let mut per = None;
        if parts.peek() == Some(Rule::cap_per) {
            let (_, mut inner) = self.enter(parts, Rule::cap_per)?;
            inner.skip(&[Rule::k_per]);
            per = Some(if inner.eat(Rule::k_item) {
                CapPer::Item
            } else {
                CapPer::Period(self.period(&mut inner)?)
            });
        }
        let each = match parts.take(Rule::cap_each) {
            Some(pair) => {
                let mut inner = self.parts(pair);
                inner.skip(&[Rule::k_for, Rule::k_each]);
                Some(self.name(&mut inner)?)
            }
            None => None,
        };
        let scope = match parts.take(Rule::cap_account) {
            Some(pair) => {
                let mut inner = self.parts(pair);
                inner.skip(&[Rule::k_per]);
                Some(inner.eat(Rule::k_account))
            }
            None => None,
        };
        let (per_account, per_member) = (scope == Some(true), scope == Some(false));
        Ok(Cap { side, limit, per, each, per_account, per_member })
    }

    pub(super) fn shared_cap(&mut self, parts: &mut Parts<'_>) -> Made<SharedCap> {
        parts.skip(&[Rule::k_cap]);
        let name = self.name(parts)?;
        parts.skip(&[Rule::colon]);
        let cap = self.cap_terms(parts, None)?;
        let across = parts.eat(Rule::across);
        parts.skip(&[Rule::k_on]);
        Ok(SharedCap { name, cap, across, rules: self.names(parts)?.0 })
    }

    pub(super) fn round(&mut self, parts: &mut Parts<'_>) -> Made<Round> {
        parts.skip(&[Rule::k_round]);
        let mode = match parts.any()?.as_rule() {
            Rule::k_down => RoundMode::Down,
            Rule::k_up => RoundMode::Up,
            _ => match parts.any()?.as_rule() {
                Rule::k_up => RoundMode::HalfUp,
                Rule::k_down => RoundMode::HalfDown,
                _ => RoundMode::HalfEven,
            },
        };
        Ok(Round { mode, per_item: parts.eat(Rule::k_per) })
    }

    pub(super) fn activate(&mut self, parts: &mut Parts<'_>) -> Made<Activate> {
        parts.skip(&[Rule::k_activate]);
        if parts.eat(Rule::k_after) {
            return Ok(Activate::After(self.duration(parts)?));
        }
        if parts.eat(Rule::k_on) {
            return Ok(Activate::On(self.name(parts)?));
        }
        parts.skip(&[Rule::k_at]);
        if parts.eat(Rule::k_once) {
            return Ok(Activate::AtOnce);
        }
        parts.skip(&[Rule::k_end, Rule::k_of]);
        Ok(Activate::AtEndOf(self.period(parts)?))
    }

    /// `stay or redemption`
    fn names_or(&mut self, parts: &mut Parts<'_>) -> Made<Vec<Name>> {
        let (_, mut inner) = self.enter(parts, Rule::names_or)?;
        let mut names = vec![self.name(&mut inner)?];
        while inner.eat(Rule::k_or) {
            names.push(self.name(&mut inner)?);
        }
        Ok(names)
    }

    /// `no expiry when tier is Gold`
    pub(super) fn hold(&mut self, parts: &mut Parts<'_>) -> Made<Cond> {
        parts.skip(&[Rule::k_no, Rule::k_expiry]);
        self.when(parts)
    }

    pub(super) fn expire(&mut self, parts: &mut Parts<'_>) -> Made<Expire> {
        parts.skip(&[Rule::k_expire]);
        if parts.eat(Rule::k_never) {
            return Ok(Expire::Never);
        }
        if parts.eat(Rule::k_after) {
            let duration = self.duration(parts)?;
            parts.skip(&[Rule::k_without]);
            return Ok(Expire::Without { duration, events: self.names_or(parts)? });
        }
        if parts.eat(Rule::k_at) {
            if parts.eat(Rule::k_next) {
                return Ok(Expire::AtNext(self.month_day(parts)?));
            }
            parts.skip(&[Rule::k_end, Rule::k_of]);
            return Ok(Expire::AtEndOf { period: self.period(parts)?, plus: self.plus(parts)? });
        }
        let duration = self.duration(parts)?;
        parts.skip(&[Rule::k_after]);
        let from = match parts.any()?.as_rule() {
            Rule::k_earning => ExpireFrom::Earning,
            Rule::k_activation => ExpireFrom::Activation,
            _ => {
                parts.skip(&[Rule::k_stamp]);
                ExpireFrom::FirstStamp
            }
        };
        Ok(Expire::After { duration, from, tail: self.tail(parts)? })
    }
}
