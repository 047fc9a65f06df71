//! What a host may show of a program: units, vouchers, cards, levels.

use super::Program;
use super::rule::{Award, AwardThing};
use super::things::UnitKind;
use crate::amount::{Money, format_scaled};

/// A unit, as the rule file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitInfo {
    /// The plural name.
    pub name: String,
    /// The singular name, if declared.
    pub singular: Option<String>,
    /// Whether it can be spent; otherwise it counts for status only.
    pub spendable: bool,
    /// Decimals of its amounts, 0 to 4.
    pub decimals: u32,
    /// What one unit is worth, as a decimal text in the program's currency.
    pub worth: Option<String>,
}

/// A voucher, as the rule file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherInfo {
    /// Its name.
    pub name: String,
    /// What it grants: `10 EUR off`, `1 item free`, or a text of the shop.
    pub grants: String,
    /// What it is worth, as a decimal text in the program's currency.
    pub worth: Option<String>,
}

/// A reward, as the rule file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardInfo {
    /// Its name.
    pub name: String,
    /// The unit of its price.
    pub unit: String,
    /// Its price, as a decimal text.
    pub price: String,
    /// What it grants: `5 EUR off`, `1 item free`, or a text of the shop.
    pub grants: Option<String>,
    /// What it gives: name and number, in the smallest step of a unit.
    pub gives: Option<(String, i64)>,
    /// What it is worth, as a decimal text in the program's currency.
    pub worth: Option<String>,
    /// The condition on the event, as written; empty without one.
    pub when: String,
}

/// A stamp card, as the rule file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardInfo {
    /// Its name.
    pub name: String,
    /// Stamps of a full card.
    pub goal: i64,
    /// What a full card gives: name and number, in the smallest step of a unit.
    pub reward: (String, i64),
    /// The condition on the event, as written; empty without one.
    pub when: String,
}

/// A level of a tiers block, as the rule file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelInfo {
    /// The tiers block.
    pub block: String,
    /// Its name; levels of a block come from lowest to highest.
    pub name: String,
    /// What the block counts: `spend`, `purchases`, status units.
    pub metrics: Vec<String>,
    /// The benefits that its own lines say; the level has those of all lower levels too.
    pub benefits: Vec<String>,
}

impl Program {
    /// The charities, by name.
    pub fn charities(&self) -> impl Iterator<Item = &str> {
        self.charities.iter().take(self.own.charities).map(|name| &**name)
    }

    /// All units, by name.
    #[must_use]
    pub fn units(&self) -> Vec<UnitInfo> {
        let info = |unit: &super::Unit| UnitInfo {
            name: unit.name.to_string(),
            singular: unit.singular.as_ref().map(ToString::to_string),
            spendable: unit.kind == UnitKind::Spendable,
            decimals: unit.decimals,
            worth: self.worth(unit.worth),
        };
        self.units.iter().take(self.own.units).map(info).collect()
    }

    /// All vouchers, by name.
    #[must_use]
    pub fn vouchers(&self) -> Vec<VoucherInfo> {
        let info = |voucher: &super::Voucher| VoucherInfo {
            name: voucher.name.to_string(),
            grants: voucher.grants.to_string(),
            worth: self.worth(voucher.worth),
        };
        self.vouchers.iter().take(self.own.vouchers).map(info).collect()
    }

    /// All rewards, by name.
    #[must_use]
    pub fn rewards(&self) -> Vec<RewardInfo> {
        let info = |reward: &super::Reward| RewardInfo {
            name: reward.name.to_string(),
            unit: self.unit_name(reward.unit).into(),
            price: format_scaled(reward.price, self.unit_decimals(reward.unit)),
            grants: reward.grants.as_ref().map(|(text, _)| text.to_string()),
            gives: reward.gives.map(|award| (self.award_name(award), award.amount)),
            worth: self.worth(reward.worth),
            when: reward.when_text.to_string(),
        };
        self.rewards.iter().map(info).collect()
    }

    /// All stamp cards, by name.
    #[must_use]
    pub fn cards(&self) -> Vec<CardInfo> {
        let info = |card: &super::Card| CardInfo {
            name: card.name.to_string(),
            goal: card.goal,
            reward: (self.award_name(card.reward), card.reward.amount),
            when: card.when_text.to_string(),
        };
        self.cards.iter().take(self.own.cards).map(info).collect()
    }

    /// The levels of all tiers blocks, blocks by name, levels from lowest to highest.
    #[must_use]
    pub fn levels(&self) -> Vec<LevelInfo> {
        let of = |tiers: &super::Tiers| {
            let metrics: Vec<String> = tiers.metrics.iter().map(|metric| metric.name.to_string()).collect();
            let level = |level: &super::Level| LevelInfo {
                block: tiers.name.to_string(),
                name: level.name.to_string(),
                metrics: metrics.clone(),
                benefits: level.benefits.iter().map(ToString::to_string).collect(),
            };
            tiers.levels.iter().map(level).collect::<Vec<_>>()
        };
        self.tiers.iter().flat_map(of).collect()
    }

    fn worth(&self, micros: Option<i64>) -> Option<String> {
        let digits = u8::try_from(self.currency_digits).unwrap_or(2);
        micros.and_then(Money::from_micros).map(|money| money.display(digits).to_string())
    }

    fn award_name(&self, award: Award) -> String {
        match award.thing {
            AwardThing::Unit(unit) => self.unit_name(unit).into(),
            AwardThing::Voucher(voucher) => self.voucher_name(voucher).into(),
            AwardThing::Choice(choice) => self.choice_name(choice).into(),
        }
    }
}
