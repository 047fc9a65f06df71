//! From what pest read to the tree: blocks about spending.

use super::ast::{
    ConvertAt, ConvertBlock, DonateBlock, DonateLine, MonthDay, RedeemBlock, RedeemLine, Request,
    RewardBlock, RewardLine, ToCharity,
};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::places::Place;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn convert(&mut self, parts: &mut Parts<'_>) -> Made<ConvertBlock> {
        parts.skip(&[Rule::k_convert]);
        let amount = self.amount(parts)?;
        parts.skip(&[Rule::k_into]);
        let into = self.amount(parts)?;
        let at = if parts.eat(Rule::k_every) {
            if parts.peek() == Some(Rule::duration) {
                ConvertAt::EveryDuration(self.duration(parts)?, self.convert_from(parts)?)
            } else {
                ConvertAt::EveryPeriod(self.period(parts)?, self.convert_from(parts)?)
            }
        } else {
            parts.skip(&[Rule::k_at, Rule::k_once]);
            ConvertAt::Once
        };
        let limited = parts.peek() == Some(Rule::k_from) || parts.peek() == Some(Rule::amount);
        parts.skip(&[Rule::k_from]);
        Ok(ConvertBlock { amount, into, at, from: if limited { Some(self.amount(parts)?) } else { None } })
    }

    /// `from 02-01`, if a day of the year follows. The word itself may belong to what comes behind.
    fn convert_from(&mut self, parts: &mut Parts<'_>) -> Made<Option<MonthDay>> {
        parts.skip(&[Rule::k_from]);
        if parts.peek() == Some(Rule::month_day) { self.month_day(parts).map(Some) } else { Ok(None) }
    }

    pub(super) fn reward(&mut self, parts: &mut Parts<'_>) -> Made<RewardBlock> {
        parts.skip(&[Rule::k_reward]);
        let name = self.name(parts)?;
        parts.skip(&[Rule::k_costs]);
        let costs = self.amount(parts)?;
        let lines = self.body(parts, Rule::reward_body, Place::Reward, Self::reward_line);
        Ok(RewardBlock { name, costs, lines })
    }

    fn reward_line(&mut self, pair: Pair<'_, Rule>) -> Made<RewardLine> {
        let rule = pair.as_rule();
        if rule == Rule::give {
            return Ok(RewardLine::Give(self.give_of(pair)?));
        }
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::valid => RewardLine::Valid(self.valid(&mut parts)?),
            Rule::for_items => RewardLine::ForItems(self.for_items(&mut parts)?),
            Rule::when => RewardLine::When(self.when(&mut parts)?),
            Rule::cap => RewardLine::Cap(self.cap(&mut parts)?),
            Rule::funded => RewardLine::Funded(self.funded(&mut parts)?),
            Rule::grants => RewardLine::Grants(self.grants(&mut parts)?),
            Rule::worth => {
                parts.skip(&[Rule::k_worth]);
                RewardLine::Worth(self.amount(&mut parts)?)
            }
            _ => return Err(parts.fault()),
        })
    }

    pub(super) fn redeem(&mut self, parts: &mut Parts<'_>) -> Made<Option<RedeemBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::redeem_body, Place::Redeem, Self::redeem_line);
        Ok(name.map(|name| RedeemBlock { name, lines }))
    }

    fn redeem_line(&mut self, pair: Pair<'_, Rule>) -> Made<RedeemLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::redeem_rate => {
                let amount = self.amount(&mut parts)?;
                parts.skip(&[Rule::k_for]);
                RedeemLine::Rate { amount, value: self.amount(&mut parts)? }
            }
            Rule::least => {
                parts.skip(&[Rule::k_at, Rule::k_least]);
                RedeemLine::AtLeast(self.amount(&mut parts)?)
            }
            Rule::at_most => {
                parts.skip(&[Rule::k_at, Rule::k_most]);
                if parts.peek() == Some(Rule::percent) {
                    RedeemLine::AtMostOfBasket(self.percent(&mut parts)?)
                } else {
                    RedeemLine::AtMost(self.amount(&mut parts)?)
                }
            }
            Rule::steps => {
                parts.skip(&[Rule::k_in, Rule::k_steps, Rule::k_of]);
                RedeemLine::InStepsOf(self.amount(&mut parts)?)
            }
            Rule::whole_only => RedeemLine::WholeBasketOnly,
            Rule::for_items => RedeemLine::ForItems(self.for_items(&mut parts)?),
            Rule::when => RedeemLine::When(self.when(&mut parts)?),
            Rule::to_charity => RedeemLine::ToCharity(self.receiver(&mut parts)?),
            _ => return Err(parts.fault()),
        })
    }

    fn receiver(&mut self, parts: &mut Parts<'_>) -> Made<ToCharity> {
        parts.skip(&[Rule::k_to, Rule::k_charity]);
        Ok(match parts.eat(Rule::k_matching) {
            true => ToCharity::Matching(self.path(parts)?),
            false => ToCharity::Named(self.name(parts)?),
        })
    }

    pub(super) fn donate(&mut self, parts: &mut Parts<'_>) -> Made<Option<DonateBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::donate_body, Place::Donate, Self::donate_line);
        Ok(name.map(|name| DonateBlock { name, lines }))
    }

    fn donate_line(&mut self, pair: Pair<'_, Rule>) -> Made<DonateLine> {
        let rule = pair.as_rule();
        if rule == Rule::give {
            return Ok(DonateLine::Give(self.give_of(pair)?));
        }
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::valid => DonateLine::Valid(self.valid(&mut parts)?),
            Rule::on => DonateLine::On(self.on(&mut parts)?),
            Rule::at_partner => DonateLine::AtPartner(self.at_partner(&mut parts)?),
            Rule::for_items => DonateLine::ForItems(self.for_items(&mut parts)?),
            Rule::when => DonateLine::When(self.when(&mut parts)?),
            Rule::cap => DonateLine::Cap(self.cap(&mut parts)?),
            Rule::funded => DonateLine::Funded(self.funded(&mut parts)?),
            Rule::budget_cap => DonateLine::Budget(self.cap(&mut parts)?),
            Rule::to_charity => DonateLine::ToCharity(self.receiver(&mut parts)?),
            Rule::round_up => {
                parts.skip(&[Rule::k_round, Rule::k_basket, Rule::k_up, Rule::k_to, Rule::k_next]);
                DonateLine::RoundUp(self.amount(&mut parts)?)
            }
            Rule::whole_amounts => {
                parts.skip(&[Rule::k_whole, Rule::k_amounts, Rule::k_give]);
                DonateLine::WholeAmounts(self.amount(&mut parts)?)
            }
            Rule::multiply_gift => {
                parts.skip(&[Rule::k_multiply, Rule::k_by]);
                DonateLine::Multiply(self.number(&mut parts)?)
            }
            Rule::add_gift => {
                parts.skip(&[Rule::k_add]);
                DonateLine::Add(self.amount(&mut parts)?)
            }
            Rule::pay_every => {
                parts.skip(&[Rule::k_pay, Rule::k_every]);
                DonateLine::PayEvery(self.period(&mut parts)?)
            }
            _ => return Err(parts.fault()),
        })
    }

    /// `redeem 200 punkte`, `redeem up to 200 punkte`
    pub(super) fn request(&mut self, parts: &mut Parts<'_>) -> Made<Request> {
        parts.skip(&[Rule::k_redeem]);
        let up_to = parts.eat(Rule::k_up);
        parts.skip(&[Rule::k_to]);
        Ok(Request { up_to, amount: self.amount(parts)? })
    }
}
