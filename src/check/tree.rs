//! Finds the places of what a check speaks about: blocks by kind and name, and their lines.

use crate::diagnostics::{SourceMap, Span};
use crate::syntax::ast::{
    AwardBlock, AwardLine, Block, BlockKind, CardBlock, CardLine, ChallengeBlock, ChallengeLine, Cond,
    DonateBlock, DonateLine, DrawBlock, Field, File, Line, ListBlock, MilestonesBlock, ParameterBlock,
    PartnerBlock, PlanBlock, ProgramBlock, RebateBlock, RebateLine, ReferralBlock, RuleBlock, RuleLine,
    SchemaLine, SchemaOf, SharedCap, StreakBlock, StreakLine, TierLine, TiersBlock, TiersLine, UnitBlock,
    UnitKind, VocabularyKind, VoucherBlock,
};
use std::collections::BTreeMap;

/// A block with its head.
#[derive(Debug)]
pub(crate) struct Found<'a, T> {
    /// The block.
    pub(crate) node: &'a T,
    /// Its first line, without the brace.
    pub(crate) head: Span,
}

impl<T> Clone for Found<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Found<'_, T> {}

type Named<'a, T> = BTreeMap<&'a str, Found<'a, T>>;

/// The blocks of all files of a program. Of several blocks of one name the first is found.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    map: &'a SourceMap,
    /// The program block.
    pub(crate) program: Option<&'a ProgramBlock>,
    /// Lists, in the order of the files.
    pub(crate) lists: Vec<&'a ListBlock>,
    rules: Named<'a, RuleBlock>,
    shared_caps: Named<'a, SharedCap>,
    tiers: Named<'a, TiersBlock>,
    plans: Named<'a, PlanBlock>,
    cards: Named<'a, CardBlock>,
    challenges: Named<'a, ChallengeBlock>,
    streaks: Named<'a, StreakBlock>,
    milestones: Named<'a, MilestonesBlock>,
    referrals: Named<'a, ReferralBlock>,
    units: Named<'a, UnitBlock>,
    vouchers: Named<'a, VoucherBlock>,
    donations: Named<'a, DonateBlock>,
    rebates: Named<'a, RebateBlock>,
    awards: Named<'a, AwardBlock>,
    partners: Named<'a, PartnerBlock>,
    draws: Named<'a, DrawBlock>,
    parameters: Named<'a, ParameterBlock>,
    /// Attributes of the member.
    fields: Vec<&'a Field>,
    charities: BTreeMap<&'a str, Span>,
}

impl<'a> Tree<'a> {
    /// The tree of all files.
    pub(crate) fn new(map: &'a SourceMap, files: &'a [File]) -> Self {
        let mut tree = Self {
            map,
            program: None,
            lists: Vec::new(),
            rules: BTreeMap::new(),
            shared_caps: BTreeMap::new(),
            tiers: BTreeMap::new(),
            plans: BTreeMap::new(),
            cards: BTreeMap::new(),
            challenges: BTreeMap::new(),
            streaks: BTreeMap::new(),
            milestones: BTreeMap::new(),
            referrals: BTreeMap::new(),
            units: BTreeMap::new(),
            vouchers: BTreeMap::new(),
            donations: BTreeMap::new(),
            rebates: BTreeMap::new(),
            awards: BTreeMap::new(),
            partners: BTreeMap::new(),
            draws: BTreeMap::new(),
            parameters: BTreeMap::new(),
            fields: Vec::new(),
            charities: BTreeMap::new(),
        };
        for block in files.iter().flat_map(|file| &file.blocks) {
            tree.add(block);
        }
        tree
    }

    fn add(&mut self, block: &'a Block) {
        let head = block.head;
        match &block.kind {
            BlockKind::Program(node) => self.program = self.program.or(Some(node)),
            BlockKind::List(node) => self.lists.push(node),
            BlockKind::Rule(node) => note(&mut self.rules, &node.name.text, node, head),
            BlockKind::SharedCap(node) => note(&mut self.shared_caps, &node.name.text, node, head),
            BlockKind::Tiers(node) => note(&mut self.tiers, &node.name.text, node, head),
            BlockKind::Milestones(node) => note(&mut self.milestones, &node.name.text, node, head),
            BlockKind::Card(node) => note(&mut self.cards, &node.name.text, node, head),
            BlockKind::Streak(node) => note(&mut self.streaks, &node.name.text, node, head),
            BlockKind::Challenge(node) => note(&mut self.challenges, &node.name.text, node, head),
            BlockKind::Referral(node) => note(&mut self.referrals, &node.name.text, node, head),
            BlockKind::Unit(node) => note(&mut self.units, &node.name.text, node, head),
            BlockKind::Voucher(node) => note(&mut self.vouchers, &node.name.text, node, head),
            BlockKind::Donate(node) => note(&mut self.donations, &node.name.text, node, head),
            BlockKind::Award(node) => note(&mut self.awards, &node.name.text, node, head),
            BlockKind::Rebate(node) => note(&mut self.rebates, &node.name.text, node, head),
            BlockKind::Vocabulary(node) if node.kind == VocabularyKind::Charities => {
                for name in &node.names {
                    self.charities.entry(&name.text).or_insert(name.span);
                }
            }
            BlockKind::Partner(node) => note(&mut self.partners, &node.name.text, node, head),
            BlockKind::Draw(node) => note(&mut self.draws, &node.name.text, node, head),
            BlockKind::Parameter(node) => note(&mut self.parameters, &node.name.text, node, head),
            BlockKind::Schema(node) if node.of == SchemaOf::Member => {
                self.fields.extend(node.fields.iter().filter_map(|line| match &line.kind {
                    SchemaLine::Field(field) => Some(field),
                    SchemaLine::JudgedOn(_) => None,
                }));
            }
            BlockKind::Plan(node) => note(&mut self.plans, &node.name.text, node, head),
            BlockKind::Import(_)
            | BlockKind::Schema(_)
            | BlockKind::Vocabulary(_)
            | BlockKind::Convert(_)
            | BlockKind::Reward(_)
            | BlockKind::Redeem(_)
            | BlockKind::Period(_)
            | BlockKind::Returns(_)
            | BlockKind::Test(_) => {}
        }
    }

    /// An `earn` or `bonus`.
    pub(crate) fn rule(&self, name: &str) -> Option<Found<'a, RuleBlock>> {
        self.rules.get(name).copied()
    }

    /// A shared cap.
    pub(crate) fn shared_cap(&self, name: &str) -> Option<Found<'a, SharedCap>> {
        self.shared_caps.get(name).copied()
    }

    /// A tiers block.
    pub(crate) fn tiers(&self, name: &str) -> Option<Found<'a, TiersBlock>> {
        self.tiers.get(name).copied()
    }

    /// A plan.
    pub(crate) fn plan(&self, name: &str) -> Option<Found<'a, PlanBlock>> {
        self.plans.get(name).copied()
    }

    /// Milestones.
    pub(crate) fn milestones(&self, name: &str) -> Option<Found<'a, MilestonesBlock>> {
        self.milestones.get(name).copied()
    }

    /// A stamp card.
    pub(crate) fn card(&self, name: &str) -> Option<Found<'a, CardBlock>> {
        self.cards.get(name).copied()
    }

    /// A challenge.
    pub(crate) fn challenge(&self, name: &str) -> Option<Found<'a, ChallengeBlock>> {
        self.challenges.get(name).copied()
    }

    /// A streak.
    pub(crate) fn streak(&self, name: &str) -> Option<Found<'a, StreakBlock>> {
        self.streaks.get(name).copied()
    }

    /// All streaks.
    pub(crate) fn streaks(&self) -> impl Iterator<Item = &'a StreakBlock> {
        self.streaks.values().map(|found| found.node)
    }

    /// All challenges.
    pub(crate) fn challenges(&self) -> impl Iterator<Item = &'a ChallengeBlock> {
        self.challenges.values().map(|found| found.node)
    }

    /// A referral.
    pub(crate) fn referral(&self, name: &str) -> Option<Found<'a, ReferralBlock>> {
        self.referrals.get(name).copied()
    }

    /// A unit.
    pub(crate) fn unit(&self, name: &str) -> Option<Found<'a, UnitBlock>> {
        self.units.get(name).copied()
    }

    /// A voucher.
    pub(crate) fn voucher(&self, name: &str) -> Option<Found<'a, VoucherBlock>> {
        self.vouchers.get(name).copied()
    }

    /// A donation.
    pub(crate) fn donation(&self, name: &str) -> Option<Found<'a, DonateBlock>> {
        self.donations.get(name).copied()
    }

    /// A rebate.
    pub(crate) fn rebate(&self, name: &str) -> Option<Found<'a, RebateBlock>> {
        self.rebates.get(name).copied()
    }

    /// An award.
    pub(crate) fn award(&self, name: &str) -> Option<Found<'a, AwardBlock>> {
        self.awards.get(name).copied()
    }

    /// A partner.
    pub(crate) fn partner(&self, name: &str) -> Option<Found<'a, PartnerBlock>> {
        self.partners.get(name).copied()
    }

    /// A draw.
    pub(crate) fn draw(&self, name: &str) -> Option<Found<'a, DrawBlock>> {
        self.draws.get(name).copied()
    }

    /// A parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<Found<'a, ParameterBlock>> {
        self.parameters.get(name).copied()
    }

    /// An attribute of the member.
    pub(crate) fn field(&self, name: &str) -> Option<&'a Field> {
        self.fields.iter().find(|field| field.name.text == name).copied()
    }

    /// Where a charity is declared.
    pub(crate) fn charity(&self, name: &str) -> Option<Span> {
        self.charities.get(name).copied()
    }

    /// All units of donations.
    pub(crate) fn gift_units(&self) -> impl Iterator<Item = Found<'a, UnitBlock>> {
        self.units.values().copied().filter(|found| matches!(found.node.kind, UnitKind::Donation(_)))
    }

    /// All rules.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &'a RuleBlock> {
        self.rules.values().map(|found| found.node)
    }

    /// All cards.
    pub(crate) fn cards(&self) -> impl Iterator<Item = &'a CardBlock> {
        self.cards.values().map(|found| found.node)
    }

    /// All vouchers.
    pub(crate) fn vouchers(&self) -> impl Iterator<Item = &'a VoucherBlock> {
        self.vouchers.values().map(|found| found.node)
    }

    /// What is written at a place, its white space folded.
    pub(crate) fn text(&self, span: Span) -> String {
        self.map.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Where a cap is written: the line of the rule, card, donation, challenge or streak, or the head of a shared cap.
    pub(crate) fn cap(&self, owner: &str, shared: bool, text: &str) -> Option<Span> {
        if shared {
            return self.shared_cap(owner).map(|found| found.head);
        }
        let is_it = |span: &Span| self.text(*span).trim_start_matches("cap ") == text;
        let of_rule = self.rule(owner).and_then(|rule| {
            rule.lines(|line| matches!(line, RuleLine::Cap(_))).map(|line| line.span).find(is_it)
        });
        let of_card = || {
            let card = self.card(owner)?;
            card.lines(|line| matches!(line, CardLine::Cap(_))).map(|line| line.span).find(is_it)
        };
        let of_donation = || {
            let donation = self.donation(owner)?;
            donation.lines(|line| matches!(line, DonateLine::Cap(_))).map(|line| line.span).find(is_it)
        };
        let of_challenge = || {
            let lines = self.challenge(owner)?.node.lines.iter();
            let caps = lines.filter(|line| matches!(line.kind, ChallengeLine::Cap(_)));
            caps.map(|line| line.span).find(is_it)
        };
        let of_streak = || {
            let lines = self.streak(owner)?.node.lines.iter();
            let caps = lines.filter(|line| matches!(line.kind, StreakLine::Cap(_)));
            caps.map(|line| line.span).find(is_it)
        };
        of_rule.or_else(of_card).or_else(of_donation).or_else(of_challenge).or_else(of_streak)
    }
}

fn note<'a, T>(blocks: &mut Named<'a, T>, name: &'a str, node: &'a T, head: Span) {
    blocks.entry(name).or_insert(Found { node, head });
}

impl<'a> Found<'a, RuleBlock> {
    /// The lines that are wanted.
    pub(crate) fn lines(
        self,
        wanted: impl Fn(&RuleLine) -> bool,
    ) -> impl Iterator<Item = &'a Line<RuleLine>> {
        self.node.lines.iter().filter(move |line| wanted(&line.kind))
    }

    /// The first line that is wanted, or the head.
    pub(crate) fn place(self, wanted: impl Fn(&RuleLine) -> bool) -> Span {
        self.lines(wanted).next().map_or(self.head, |line| line.span)
    }

    /// The `give` or `multiply` line, or the head.
    pub(crate) fn gives(self) -> Span {
        self.place(|line| {
            matches!(line, RuleLine::Give(_) | RuleLine::Multiply(_) | RuleLine::MultiplyEverything(_))
        })
    }

    /// The `valid` line.
    pub(crate) fn valid(self) -> Option<Span> {
        self.lines(|line| matches!(line, RuleLine::Valid(_))).next().map(|line| line.span)
    }

    /// The condition of the `when` line.
    pub(crate) fn when(self) -> Option<&'a Cond> {
        self.node.lines.iter().find_map(|line| match &line.kind {
            RuleLine::When(cond) => Some(cond),
            _ => None,
        })
    }

    /// The condition of the `for items where` line.
    pub(crate) fn items(self) -> Option<&'a Cond> {
        self.node.lines.iter().find_map(|line| match &line.kind {
            RuleLine::ForItems(cond) => Some(cond),
            _ => None,
        })
    }
}

impl<'a> Found<'a, CardBlock> {
    /// The lines that are wanted.
    pub(crate) fn lines(
        self,
        wanted: impl Fn(&CardLine) -> bool,
    ) -> impl Iterator<Item = &'a Line<CardLine>> {
        self.node.lines.iter().filter(move |line| wanted(&line.kind))
    }

    /// The first line that is wanted, or the head.
    pub(crate) fn place(self, wanted: impl Fn(&CardLine) -> bool) -> Span {
        self.lines(wanted).next().map_or(self.head, |line| line.span)
    }
}

impl<'a> Found<'a, DonateBlock> {
    /// The lines that are wanted.
    pub(crate) fn lines(
        self,
        wanted: impl Fn(&DonateLine) -> bool,
    ) -> impl Iterator<Item = &'a Line<DonateLine>> {
        self.node.lines.iter().filter(move |line| wanted(&line.kind))
    }

    /// The `valid` line.
    pub(crate) fn valid(self) -> Option<Span> {
        self.lines(|line| matches!(line, DonateLine::Valid(_))).next().map(|line| line.span)
    }

    /// The condition of the `when` line.
    pub(crate) fn when(self) -> Option<&'a Cond> {
        self.node.lines.iter().find_map(|line| match &line.kind {
            DonateLine::When(cond) => Some(cond),
            _ => None,
        })
    }

    /// The condition of the `for items where` line.
    pub(crate) fn items(self) -> Option<&'a Cond> {
        self.node.lines.iter().find_map(|line| match &line.kind {
            DonateLine::ForItems(cond) => Some(cond),
            _ => None,
        })
    }
}

impl<'a> Found<'a, AwardBlock> {
    /// The `valid` line.
    pub(crate) fn valid(self) -> Option<Span> {
        let mut lines = self.node.lines.iter();
        lines.find(|line| matches!(line.kind, AwardLine::Valid(_))).map(|line| line.span)
    }

    /// The condition of the `for items where` line.
    pub(crate) fn items(self) -> Option<&'a Cond> {
        self.node.lines.iter().find_map(|line| match &line.kind {
            AwardLine::ForItems(cond) => Some(cond),
            _ => None,
        })
    }
}

impl<'a> Found<'a, RebateBlock> {
    /// The `valid` line.
    pub(crate) fn valid(self) -> Option<Span> {
        let mut lines = self.node.lines.iter();
        lines.find(|line| matches!(line.kind, RebateLine::Valid(_))).map(|line| line.span)
    }

    /// The condition of the `when` line.
    pub(crate) fn when(self) -> Option<&'a Cond> {
        self.node.lines.iter().find_map(|line| match &line.kind {
            RebateLine::When(cond) => Some(cond),
            _ => None,
        })
    }

    /// The condition of the `for items where` line.
    pub(crate) fn items(self) -> Option<&'a Cond> {
        self.node.lines.iter().find_map(|line| match &line.kind {
            RebateLine::ForItems(cond) => Some(cond),
            _ => None,
        })
    }
}

impl<'a> Found<'a, TiersBlock> {
    /// The lines of a level.
    pub(crate) fn level(self, name: &str) -> Option<&'a [Line<TierLine>]> {
        self.node.lines.iter().find_map(|line| match &line.kind {
            TiersLine::Tier { name: level, lines } if level.text == name => Some(lines.as_slice()),
            _ => None,
        })
    }

    /// Where a level says how it is reached, or the head of the block.
    pub(crate) fn reach(self, name: &str) -> Span {
        let lines = self.level(name).unwrap_or_default();
        lines.iter().find(|line| matches!(line.kind, TierLine::Reach(_))).map_or(self.head, |line| line.span)
    }

    /// The first line that is wanted, or the head.
    pub(crate) fn place(self, wanted: impl Fn(&TiersLine) -> bool) -> Span {
        self.node.lines.iter().find(|line| wanted(&line.kind)).map_or(self.head, |line| line.span)
    }
}
