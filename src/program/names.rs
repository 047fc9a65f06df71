//! From names to ids and back: what hosts, ledgers and snapshots say against what the tables hold.

use super::rule::RuleKind;
use super::{
    CardId, ChallengeId, ChoiceId, ConvertId, DrawId, EventKindId, Program, ReferralId, RewardId, RuleId,
    StreakId, TiersId, UnitId, VoucherId,
};
use crate::diagnostics::Similar;

/// A name that the program does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the program has no {what} `{name}`{}", meant(.near.as_deref()))]
pub struct UnknownName {
    /// What was looked for: `unit`, `voucher`, `choice`, `card`, `challenge`, `streak`, `draw`, `conversion`, `reward`, `tiers block`, `level`, `benefit`, `rule`, `referral`,
    /// `charity`, `donation`.
    pub what: &'static str,
    /// The name.
    pub name: String,
    /// A similar name that the program has. It is looked for only where a text is asked that somebody types: a benefit.
    pub near: Option<String>,
}

fn meant(near: Option<&str>) -> String {
    near.map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

impl UnknownName {
    pub(crate) fn new(what: &'static str, name: &str) -> Self {
        Self { what, name: name.into(), near: None }
    }

    /// The same with the most similar of the names that there are.
    pub(crate) fn among<'n>(what: &'static str, name: &str, names: impl Iterator<Item = &'n str>) -> Self {
        let near = Similar::find(name, names.map(|name| (name, None))).map(|similar| similar.name);
        Self { near, ..Self::new(what, name) }
    }
}

/// The place of a name in a table of which the first entries are sorted by name. Behind them is what is closed.
fn place_or_closed<'a, T>(
    table: &'a [T],
    own: usize,
    wanted: &str,
    name: impl Fn(&'a T) -> &'a str,
) -> Option<u32> {
    let (mine, closed) = table.split_at_checked(own).unwrap_or((table, &[]));
    let found = place(mine, wanted, &name);
    found.or_else(|| {
        let found = closed.iter().position(|row| name(row) == wanted)?;
        u32::try_from(mine.len() + found).ok()
    })
}

/// The place of a name in a table that is sorted by name.
fn place<'a, T>(table: &'a [T], wanted: &str, name: impl Fn(&'a T) -> &'a str) -> Option<u32> {
    let found = table.binary_search_by(|row| name(row).cmp(wanted));
    found.ok().and_then(|place| u32::try_from(place).ok())
}

impl Program {
    /// The unit with a name.
    pub(crate) fn unit_named(&self, name: &str) -> Result<UnitId, UnknownName> {
        let found = place_or_closed(&self.units, self.own.units, name, |unit| &unit.name).map(UnitId);
        found.ok_or_else(|| UnknownName::new("unit", name))
    }

    /// The voucher with a name.
    pub(crate) fn voucher_named(&self, name: &str) -> Result<VoucherId, UnknownName> {
        let found =
            place_or_closed(&self.vouchers, self.own.vouchers, name, |voucher| &voucher.name).map(VoucherId);
        found.ok_or_else(|| UnknownName::new("voucher", name))
    }

    /// The choice with a name.
    pub(crate) fn choice_named(&self, name: &str) -> Result<ChoiceId, UnknownName> {
        let found = self.choices.iter().position(|choice| *choice.name == *name);
        found.map(|place| ChoiceId(place as u32)).ok_or_else(|| UnknownName::new("choice", name))
    }

    /// The card with a name.
    pub(crate) fn card_named(&self, name: &str) -> Result<CardId, UnknownName> {
        let found = place_or_closed(&self.cards, self.own.cards, name, |card| &card.name).map(CardId);
        found.ok_or_else(|| UnknownName::new("card", name))
    }

    /// The challenge with a name.
    pub(crate) fn challenge_named(&self, name: &str) -> Result<ChallengeId, UnknownName> {
        let found = place(&self.challenges, name, |challenge| &challenge.name).map(ChallengeId);
        found.ok_or_else(|| UnknownName::new("challenge", name))
    }

    /// The streak with a name.
    pub(crate) fn streak_named(&self, name: &str) -> Result<StreakId, UnknownName> {
        let found = place(&self.streaks, name, |streak| &streak.name).map(StreakId);
        found.ok_or_else(|| UnknownName::new("streak", name))
    }

    /// The draw with a name.
    pub(crate) fn draw_named(&self, name: &str) -> Result<DrawId, UnknownName> {
        let found = place(&self.draws, name, |draw| &draw.name).map(DrawId);
        found.ok_or_else(|| UnknownName::new("draw", name))
    }

    /// The conversion with a name.
    pub(crate) fn convert_named(&self, name: &str) -> Result<ConvertId, UnknownName> {
        let found = self.converts.iter().position(|convert| *convert.name == *name);
        found.map(|place| ConvertId(place as u32)).ok_or_else(|| UnknownName::new("conversion", name))
    }

    /// The reward with a name.
    pub(crate) fn reward_named(&self, name: &str) -> Result<RewardId, UnknownName> {
        let found = place(&self.rewards, name, |reward| &reward.name).map(RewardId);
        found.ok_or_else(|| UnknownName::new("reward", name))
    }

    /// The tiers block with a name.
    pub(crate) fn tiers_named(&self, name: &str) -> Result<TiersId, UnknownName> {
        let found = place(&self.tiers, name, |tiers| &tiers.name).map(TiersId);
        found.ok_or_else(|| UnknownName::new("tiers block", name))
    }

    /// The level of a tiers block with a name.
    pub(crate) fn level_named(&self, tiers: TiersId, name: &str) -> Result<u32, UnknownName> {
        let levels = self.tiers.get(tiers.index()).map_or(&[][..], |tiers| &tiers.levels);
        let found = levels.iter().position(|level| *level.name == *name);
        found.map(|place| place as u32).ok_or_else(|| UnknownName::new("level", name))
    }

    /// The referral with a name.
    pub(crate) fn referral_named(&self, name: &str) -> Result<ReferralId, UnknownName> {
        let found = place(&self.referrals, name, |referral| &referral.name).map(ReferralId);
        found.ok_or_else(|| UnknownName::new("referral", name))
    }

    /// The `earn` or `bonus` with a name: the table holds first the ones, then the others, each by name.
    pub(crate) fn rule_named(&self, name: &str) -> Result<RuleId, UnknownName> {
        let earns = self.rules.partition_point(|rule| rule.kind == RuleKind::Earn);
        let (earn, bonus) = self.rules.split_at_checked(earns).unwrap_or_default();
        let found = place(earn, name, |rule| &rule.name)
            .or_else(|| Some(place(bonus, name, |rule| &rule.name)? + earns as u32));
        found.map(RuleId).ok_or_else(|| UnknownName::new("rule", name))
    }

    /// The kind of event with a name, `joining` included.
    pub(crate) fn any_event_named(&self, name: &str) -> Result<EventKindId, UnknownName> {
        let found = self.events.iter().position(|kind| *kind.name == *name);
        found.map(|place| EventKindId(place as u32)).ok_or_else(|| UnknownName::new("event", name))
    }

    /// The name of a unit; empty if the id is of another program.
    pub(crate) fn unit_name(&self, id: UnitId) -> &str {
        self.units.get(id.index()).map_or("", |unit| &unit.name)
    }

    /// The name of a voucher.
    pub(crate) fn voucher_name(&self, id: VoucherId) -> &str {
        self.vouchers.get(id.index()).map_or("", |voucher| &voucher.name)
    }

    /// The name of a choice.
    pub(crate) fn choice_name(&self, id: ChoiceId) -> &str {
        self.choices.get(id.index()).map_or("", |choice| &choice.name)
    }

    /// The name of a card.
    pub(crate) fn card_name(&self, id: CardId) -> &str {
        self.cards.get(id.index()).map_or("", |card| &card.name)
    }

    /// The name of a challenge.
    pub(crate) fn challenge_name(&self, id: ChallengeId) -> &str {
        self.challenges.get(id.index()).map_or("", |challenge| &challenge.name)
    }

    /// The name of a streak.
    pub(crate) fn streak_name(&self, id: StreakId) -> &str {
        self.streaks.get(id.index()).map_or("", |streak| &streak.name)
    }

    /// The name of a draw.
    pub(crate) fn draw_name(&self, id: DrawId) -> &str {
        self.draws.get(id.index()).map_or("", |draw| &draw.name)
    }

    /// The name of a conversion.
    pub(crate) fn convert_name(&self, id: ConvertId) -> &str {
        self.converts.get(id.index()).map_or("", |convert| &convert.name)
    }

    /// The name of a reward.
    pub(crate) fn reward_name(&self, id: RewardId) -> &str {
        self.rewards.get(id.index()).map_or("", |reward| &reward.name)
    }

    /// The name of a tiers block.
    pub(crate) fn tiers_name(&self, id: TiersId) -> &str {
        self.tiers.get(id.index()).map_or("", |tiers| &tiers.name)
    }

    /// The name of a level.
    pub(crate) fn level_name(&self, id: TiersId, level: u32) -> &str {
        let level = self.tiers.get(id.index()).and_then(|tiers| tiers.levels.get(level as usize));
        level.map_or("", |level| &level.name)
    }

    /// The name of a referral.
    pub(crate) fn referral_name(&self, id: ReferralId) -> &str {
        self.referrals.get(id.index()).map_or("", |referral| &referral.name)
    }

    /// The name of an `earn` or `bonus`.
    pub(crate) fn rule_name(&self, id: RuleId) -> &str {
        self.rules.get(id.index()).map_or("", |rule| &rule.name)
    }

    /// The name of a kind of event.
    pub(crate) fn event_name(&self, id: EventKindId) -> &str {
        self.events.get(id.index()).map_or("", |kind| &kind.name)
    }

    /// The decimals of a unit, 0 to 4.
    pub(crate) fn unit_decimals(&self, id: UnitId) -> u8 {
        let decimals = self.units.get(id.index()).map_or(0, |unit| unit.decimals);
        u8::try_from(decimals).unwrap_or(0)
    }
}
