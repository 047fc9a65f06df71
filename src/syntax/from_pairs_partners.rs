//! From what pest read to the tree: partners, and who pays for what a rule gives.

use super::ast::{FundedBy, FundedShare, Name, PartnerBlock, PartnerLine, PriceOf};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::places::Place;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn partner(&mut self, parts: &mut Parts<'_>) -> Made<Option<PartnerBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::partner_body, Place::Partner, Self::partner_line);
        Ok(name.map(|name| PartnerBlock { name, lines }))
    }

    fn partner_line(&mut self, pair: Pair<'_, Rule>) -> Made<PartnerLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::pays_for => PartnerLine::Pays(self.price_of(&mut parts)?),
            Rule::gets_for => PartnerLine::Gets(self.price_of(&mut parts)?),
            Rule::settles => {
                parts.skip(&[Rule::k_settles, Rule::k_every]);
                PartnerLine::Settles(self.period(&mut parts)?)
            }
            Rule::budget => {
                parts.skip(&[Rule::k_budget]);
                let amount = self.amount(&mut parts)?;
                parts.skip(&[Rule::k_per]);
                PartnerLine::Budget { amount, per: self.period(&mut parts)? }
            }
            _ => return Err(parts.fault()),
        })
    }

    fn price_of(&mut self, parts: &mut Parts<'_>) -> Made<PriceOf> {
        parts.skip(&[Rule::k_pays, Rule::k_gets]);
        let price = self.amount(parts)?;
        parts.skip(&[Rule::k_per]);
        Ok(PriceOf { price, unit: self.name(parts)? })
    }

    pub(super) fn at_partner(&mut self, parts: &mut Parts<'_>) -> Made<Name> {
        parts.skip(&[Rule::k_at, Rule::k_partner]);
        self.name(parts)
    }

    pub(super) fn funded(&mut self, parts: &mut Parts<'_>) -> Made<FundedBy> {
        parts.skip(&[Rule::k_funded, Rule::k_by]);
        let mut shares = Vec::new();
        loop {
            let partner = self.name(parts)?;
            let share = if parts.peek() == Some(Rule::percent) { Some(self.percent(parts)?) } else { None };
            shares.push(FundedShare { partner, share });
            if !parts.eat(Rule::comma) {
                return Ok(FundedBy { shares });
            }
        }
    }
}
