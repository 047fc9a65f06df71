//! What each rule adds for one micro-unit of spend.

use crate::amount::Ratio;
use crate::program::{
    AwardThing, Basis, CapId, CapLimit, Card, CardId, Combine, Effect, EventKindId, Factor, Program,
    Proportion, Rate, Rebate, RebateKind, RebateTerms, Rule, RuleId, RuleKind, SHARE_WHOLE, Stage, StagePays,
    StampPer, Steps, Symbol,
};

/// What a rule does to the amount for each micro-unit of spend, in steps of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Adds {
    /// A base rate.
    Base(Ratio),
    /// An extra in proportion to spend.
    Extra(Ratio),
    /// So many times the base on top of it.
    Times(Ratio),
    /// So many times all that bases and extras give on top of it.
    Everything(Ratio),
}

/// A rule that pays in proportion to spend.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) id: RuleId,
    pub(super) rule: &'a Rule,
    pub(super) adds: Adds,
    /// Only what was paid with this counts.
    pub(super) paid: Option<Symbol>,
}

impl Part<'_> {
    pub(super) fn is_exclusive(&self) -> bool {
        self.rule.kind == RuleKind::Bonus && self.rule.combine == Combine::Exclusive
    }

    /// Whether the two never both count in full for the same item, by what they say of each other.
    pub(super) fn exclude(&self, other: &Self) -> bool {
        let grouped = matches!(
            (self.rule.combine, other.rule.combine),
            (Combine::BestOf(one), Combine::BestOf(two)) if one == two
        );
        let replaced = self.rule.replaces.contains(&other.id) || other.rule.replaces.contains(&self.id);
        // what was paid with one means was not paid with the other
        let means = matches!((self.paid, other.paid), (Some(one), Some(two)) if one != two);
        grouped || replaced || means
    }
}

/// The rules of an event that give a unit in proportion to spend, in the order of ids. Nothing if a number is too
/// large.
pub(super) fn parts(program: &Program, thing: AwardThing, on: EventKindId) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    for (id, rule) in (0..).map(RuleId).zip(&program.rules) {
        if rule.on != on || !rule.effect.gives(thing) {
            continue;
        }
        let Some(adds) = adds(program, rule) else { continue };
        let paid = match &rule.effect {
            Effect::Linear { basis: Basis::SpendPaidWith(means), .. } => Some(*means),
            _ => None,
        };
        parts.push(Part { id, rule, adds: adds?, paid });
    }
    Some(parts)
}

/// Outside nothing if the rule does not pay in proportion to spend, inside nothing if a number is too large.
fn adds(program: &Program, rule: &Rule) -> Option<Option<Adds>> {
    let per_spend = |slope: Option<Ratio>| {
        slope.map(|slope| match rule.kind {
            RuleKind::Earn => Adds::Base(slope),
            RuleKind::Bonus => Adds::Extra(slope),
        })
    };
    match &rule.effect {
        Effect::Linear { unit, rate, basis: Basis::Spend | Basis::SpendPaidWith(_), steps, step } => {
            let rate = match rate {
                Rate::Fixed(rate) => *rate,
                Rate::Table(table) => table.rows.iter().map(|(_, rate)| *rate).max().unwrap_or(0).max(0),
            };
            let den = program.units.get(unit.index()).map_or(1, |unit| unit.denominator);
            let step = if *steps == Steps::Exact { 1 } else { i128::from(*step) };
            Some(per_spend(den.checked_mul(step).and_then(|den| Ratio::new(rate, den))))
        }
        Effect::VouchersPer { count, basis: Basis::Spend | Basis::SpendPaidWith(_), step, .. } => {
            let den = i128::from(*step).checked_mul(1_000_000);
            Some(per_spend(den.and_then(|den| Ratio::new(i128::from(*count), den))))
        }
        Effect::Multiply { factor, .. } | Effect::Everything { factor, .. } => {
            let extra = match factor {
                Factor::Fixed(num, den) => Ratio::new(*num, *den),
                Factor::Table(table) => table
                    .rows
                    .iter()
                    .map(|(_, (num, den))| Ratio::new(*num, *den))
                    .try_fold(Ratio::ZERO, |most, extra| extra.map(|extra| most.max(extra))),
            };
            let everything = matches!(&rule.effect, Effect::Everything { .. });
            Some(extra.map(if everything { Adds::Everything } else { Adds::Times }))
        }
        Effect::Linear { .. }
        | Effect::VouchersPer { .. }
        | Effect::Flat(_)
        | Effect::FlatTable { .. }
        | Effect::Bands { .. } => None,
    }
}

/// What full cards of an event pay for each micro-unit of spend that they stamp.
pub(super) fn cards(program: &Program, thing: AwardThing, on: EventKindId) -> Option<Ratio> {
    let mut sum = Ratio::ZERO;
    for (_, card) in (0..).map(CardId).zip(&program.cards) {
        if card.on == on && card.reward.thing == thing {
            sum = sum.checked_add(of_card(program, card)?)?;
        }
    }
    Some(sum)
}

fn of_card(program: &Program, card: &Card) -> Option<Ratio> {
    let needed = if card.head_start_on_every { card.goal - card.head_start } else { card.goal };
    if card.average {
        // a stamp holds what was spent on its piece
        let AwardThing::Unit(unit) = card.reward.thing else { return Some(Ratio::ZERO) };
        let scale = 10_i128.checked_pow(program.unit_decimals(unit).into())?;
        let held = i128::from(card.stamps).checked_mul(scale)?;
        return Ratio::new(held, i128::from(needed).checked_mul(1_000_000)?);
    }
    let StampPer::Of(Proportion { basis: Basis::Spend | Basis::SpendPaidWith(_), step, .. }) = card.per
    else {
        return Some(Ratio::ZERO);
    };
    let stamps = Ratio::new(i128::from(card.stamps), i128::from(step))?;
    let paid = Ratio::new(i128::from(card.reward.amount), i128::from(needed))?;
    stamps.checked_mul(paid)
}

/// What rebates pay for each micro-unit of turnover at most, and their names.
pub(super) fn rebates(program: &Program, thing: AwardThing, on: EventKindId) -> Option<(Ratio, Vec<&str>)> {
    let (mut sum, mut names) = (Ratio::ZERO, Vec::new());
    for rebate in &program.rebates {
        if on == EventKindId::PURCHASE && rebate.terms.gives == thing {
            sum = sum.checked_add(of_rebate(&rebate.terms)?)?;
            if !rebate.terms.stages.iter().all(is_announced) {
                names.push(&*rebate.name);
            }
        }
    }
    Some((sum, names))
}

/// The most of all stages. An amount is most for who just reaches its stage; one from zero on has no bound.
fn of_rebate(terms: &RebateTerms) -> Option<Ratio> {
    let scale = 10_i128.checked_pow(terms.decimals)?;
    let mut most = Ratio::ZERO;
    for stage in &terms.stages {
        let stage = match stage.pays {
            StagePays::Rate(rate) => {
                Ratio::new(i128::from(rate).checked_mul(scale)?, SHARE_WHOLE.checked_mul(1_000_000)?)?
            }
            StagePays::Amount(amount) if stage.from > 0 => {
                Ratio::new(i128::from(amount), i128::from(stage.from))?
            }
            // what it pays for what rules earn is told among the others
            StagePays::Amount(_) | StagePays::Per(..) => Ratio::ZERO,
            StagePays::PerSpend { give, per, .. } => {
                let give = i128::from(give).checked_mul(scale)?;
                Ratio::new(give, i128::from(per).checked_mul(1_000_000)?)?
            }
            // nobody knows what will be announced: that is told apart
            StagePays::Announced(_) | StagePays::PartOf(..) => Ratio::ZERO,
            // a fee has no part in spend
            StagePays::OfFee(_) => Ratio::ZERO,
        };
        most = most.max(stage);
    }
    Some(most)
}

/// What gives a thing out of proportion to spend: fixed awards, awards for pieces and attributes, begun steps,
/// amounts raised by `at least`, cards, levels, referrals, choices. Named as in a sentence, without doubles.
pub(super) fn others(program: &Program, thing: AwardThing) -> Vec<String> {
    let gives = |award: &crate::program::Award| award.thing == thing;
    let mut named: Vec<String> = Vec::new();
    for rule in &program.rules {
        let of_spend = adds(program, rule).is_some();
        let begun = matches!(
            &rule.effect,
            Effect::Linear { steps: Steps::Started, .. } | Effect::VouchersPer { steps: Steps::Started, .. }
        );
        if rule.effect.gives(thing) && (!of_spend || begun || rule.at_least.is_some()) {
            named.push(format!("`{}`", rule.name));
        }
    }
    for card in program.cards.iter().filter(|card| gives(&card.reward)) {
        // a begun step has no bound, because a purchase may be as small as one likes
        let of_spend = match card.per {
            StampPer::Of(Proportion { basis: Basis::Spend | Basis::SpendPaidWith(_), steps, .. }) => {
                steps != Steps::Started
            }
            StampPer::Of(_) | StampPer::Event | StampPer::Piece => card.average,
        };
        if !of_spend || card.head_start > 0 {
            named.push(format!("card `{}`", card.name));
        }
    }
    let challenges = program.challenges.iter().filter(|challenge| challenge.gifts.iter().any(gives));
    let held = |caps: &[CapId]| held_by(program, caps, thing);
    named.extend(challenges.map(|it| format!("challenge `{}`{}", it.name, held(&it.caps))));
    let pays = |streak: &&crate::program::Streak| streak.gifts.iter().any(|(_, gift)| gives(gift));
    let streaks = program.streaks.iter().filter(pays);
    named.extend(streaks.map(|it| format!("streak `{}`{}", it.name, held(&it.caps))));
    for tiers in &program.tiers {
        let levels = tiers.levels.iter().filter(|level| level.gifts().any(gives));
        named.extend(levels.map(|level| format!("tier `{}`", level.name)));
    }
    for rebate in program.rebates.iter().filter(|it| it.terms.gives == thing) {
        let mut stages = rebate.terms.stages.iter();
        let free = |stage: &Stage| match stage.pays {
            StagePays::Amount(_) => stage.from == 0,
            StagePays::Per(..) | StagePays::OfFee(_) => true,
            StagePays::PerSpend { steps, .. } => steps == Steps::Started,
            StagePays::Announced(_) | StagePays::PartOf(..) | StagePays::Rate(_) => false,
        };
        if stages.any(free) {
            named.push(rebate_name(rebate));
        }
    }
    for referral in &program.referrals {
        if referral.gives(thing) {
            named.push(format!("referral `{}`", referral.name));
        }
    }
    for block in &program.milestones {
        if block.marks.iter().map(|marks| &marks.gives).any(gives) {
            named.push(format!("milestones `{}`", block.name));
        }
    }
    if program.choices.iter().any(|choice| choice.offers(thing)) {
        named.push("choices".to_owned());
    }
    let into = program.converts.iter().map(|convert| &convert.into);
    let rewards = program.rewards.iter().filter_map(|reward| reward.gives.as_ref());
    if into.chain(rewards).any(gives) {
        named.push("what other units become".to_owned());
    }
    named
}

/// Which caps of a game hold a thing down, behind its name.
fn held_by(program: &Program, caps: &[CapId], thing: AwardThing) -> String {
    let caps = caps.iter().filter_map(|id| program.caps.get(id.index()));
    let caps = caps.filter(|cap| match cap.limit {
        CapLimit::Amount(of, _) => of == thing,
        _ => true,
    });
    let texts: Vec<String> = caps.map(|cap| format!("`{}`", cap.text)).collect();
    if texts.is_empty() { String::new() } else { format!(" (at most {})", texts.join(", ")) }
}

const fn is_announced(stage: &Stage) -> bool {
    matches!(stage.pays, StagePays::Announced(_) | StagePays::PartOf(..))
}

fn rebate_name(rebate: &Rebate) -> String {
    let kind = if rebate.kind == RebateKind::Award { "award" } else { "rebate" };
    format!("{kind} `{}`", rebate.name)
}

/// What pays by numbers that somebody announces later, so that no bound can be told.
pub(super) fn announced(program: &Program, thing: AwardThing) -> Vec<String> {
    let gives = program.rebates.iter().filter(|it| it.terms.gives == thing);
    gives.filter(|it| it.terms.stages.iter().any(is_announced)).map(rebate_name).collect()
}
