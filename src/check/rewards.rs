//! Rewards: what can be had for a price in a unit.

use super::campaigns;
use super::lowering::Lowering;
use super::money;
use super::report::Once;
use super::subjects::Scope;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Award, AwardThing, EventKindId, Reward, UnitId};
use crate::syntax::ast::{self, Amount, Cond, Give, Grants, RewardBlock, RewardLine, Valid};

/// The lines of a reward.
struct Lines<'a> {
    valid: Once<&'a Valid>,
    items: Once<&'a Cond>,
    when: Once<&'a Cond>,
    grants: Once<&'a Grants>,
    gives: Once<&'a Give>,
    worth: Once<&'a Amount>,
    caps: Vec<(&'a ast::Cap, Span)>,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of rewards, by name; nothing if one of them has an error.
    pub(super) fn rewards(&mut self) -> Option<Vec<Reward>> {
        let all = self.all;
        let found: Vec<Option<Reward>> =
            all.rewards.iter().map(|entry| self.reward(entry.node, entry.block.head)).collect();
        found.into_iter().collect()
    }

    fn reward(&mut self, block: &'a RewardBlock, head: Span) -> Option<Reward> {
        let lines = self.reward_lines(block);
        let unit = self.unit(&block.costs.unit);
        let unit = unit.filter(|unit| self.is_spendable(*unit, block.costs.unit.span));
        let price = unit.and_then(|unit| self.amount_in(unit, &block.costs));
        let valid_span = lines.valid.span();
        let valid = self.validity(lines.valid.take());
        let campaign = campaigns::is_campaign(valid_span, valid);
        let (items, _) = self.condition_line(lines.items.value(), EventKindId::PURCHASE, Scope::Items);
        let (when, when_text) = self.condition_line(lines.when.value(), EventKindId::PURCHASE, Scope::Event);
        let caps = self.use_caps("reward", &block.name.text, &lines.caps, (head, campaign));
        let grants = match lines.grants.value() {
            None => Some(None),
            Some(grants) => self.grants(grants).map(|(text, grant)| Some((text.into(), grant))),
        };
        let gives = match lines.gives.take() {
            None => Some(None),
            Some((give, span)) => self.reward_gives(give, span, unit).map(Some),
        };
        let worth = match lines.worth.value() {
            None => Some(None),
            Some(amount) => money::above_zero(amount, self.settings(), &mut self.report).map(Some),
        };
        Some(Reward {
            name: block.name.text.as_str().into(),
            unit: unit?,
            price: price?,
            valid: valid?,
            items: items?,
            when: when?,
            when_text: when_text.into(),
            grants: grants?,
            gives: gives?,
            worth: worth?,
            caps: caps?,
        })
    }

    fn reward_lines(&mut self, block: &'a RewardBlock) -> Lines<'a> {
        let mut lines = Lines {
            valid: Once::new("valid"),
            items: Once::new("for items"),
            when: Once::new("when"),
            grants: Once::new("grants"),
            gives: Once::new("give"),
            worth: Once::new("worth"),
            caps: Vec::new(),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                RewardLine::Valid(valid) => lines.valid.set(valid, span, report),
                RewardLine::ForItems(cond) => lines.items.set(cond, span, report),
                RewardLine::When(cond) => lines.when.set(cond, span, report),
                RewardLine::Grants(grants) => lines.grants.set(grants, span, report),
                RewardLine::Give(give) => lines.gives.set(give, span, report),
                RewardLine::Worth(amount) => lines.worth.set(amount, span, report),
                RewardLine::Cap(cap) => lines.caps.push((cap, span)),
                RewardLine::Funded(_) => {}
            }
        }
        lines
    }

    /// A fixed amount of another unit, or vouchers.
    fn reward_gives(&mut self, give: &Give, span: Span, price: Option<UnitId>) -> Option<Award> {
        let Give::Flat(amount) = give else {
            self.report.misplaced(
                span,
                "a reward gives a fixed amount",
                "write for example `give 1 Welcome`; `redeem 2 …` gives it twice",
            );
            return None;
        };
        let award = self.award(amount)?;
        if let (AwardThing::Unit(unit), Some(price)) = (award.thing, price)
            && unit == price
        {
            let name = self.unit_name(unit);
            let finding = Diagnostic::new(Code::R804, span, "this reward gives the unit it costs")
                .label(format!("its price is in {name} too"))
                .help("name another unit or a voucher, or lower the price");
            self.report.push(finding);
            return None;
        }
        Some(award)
    }
}
