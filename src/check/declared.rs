//! Everything that the blocks of a program declare, by kind and name.

use super::report::Report;
use super::table::{Table, alike, twice};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Limits;
use crate::syntax::ast::{
    AwardBlock, Block, BlockKind, CardBlock, ChallengeBlock, ChallengeLine, ConvertBlock, DonateBlock,
    DrawBlock, File, ListBlock, MilestonesBlock, Name, ParameterBlock, PartnerBlock, PeriodBlock, PlanBlock,
    ProgramBlock, RebateBlock, RedeemBlock, RedeemLine, ReferralBlock, ReturnsBlock, RewardBlock, RuleBlock,
    RuleKind, SchemaBlock, SchemaOf, SharedCap, StreakBlock, Task, TestBlock, TiersBlock, UnitBlock,
    UnitKind, Vocabulary, VocabularyKind, VoucherBlock,
};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Events that are part of the language and cannot be declared.
const BUILT_IN_EVENTS: [&str; 23] = [
    "joining",
    "return",
    "redeem",
    "change",
    "choose",
    "adjust",
    "cancel",
    "transfer",
    // messages between accounts
    "transferred",
    "budget-answered",
    "referral-named",
    "referral-accepted",
    "referral-qualified",
    "referral-settled",
    "referral-reversed",
    // the wire form of `link friend`
    "link-friend",
    // those of `join plan`, `leave plan` and `grant tier`
    "join-plan",
    "leave-plan",
    "grant-tier",
    "announce",
    "clock",
    // `expire after … without` has these words
    "earning",
    "redemption",
];

/// A declared word of a vocabulary: its place, and whether something names it.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) span: Span,
    pub(super) used: Cell<bool>,
}

/// The declared words of one vocabulary.
pub(super) type Words<'a> = BTreeMap<&'a str, Word>;

/// The declarations of a program.
#[derive(Debug)]
pub(super) struct Declared<'a> {
    pub(super) program: Option<(&'a ProgramBlock, &'a Block)>,
    pub(super) member: Option<&'a SchemaBlock>,
    pub(super) item: Option<&'a SchemaBlock>,
    pub(super) purchase: Option<&'a SchemaBlock>,
    pub(super) events: Table<'a, SchemaBlock>,
    pub(super) categories: Words<'a>,
    pub(super) channels: Words<'a>,
    pub(super) stores: Words<'a>,
    pub(super) payments: Words<'a>,
    pub(super) charities: Words<'a>,
    pub(super) partners: Table<'a, PartnerBlock>,
    /// The names of the partners, as a vocabulary of events.
    pub(super) partner_words: Words<'a>,
    pub(super) lists: Table<'a, ListBlock>,
    pub(super) periods: Table<'a, PeriodBlock>,
    pub(super) parameters: Table<'a, ParameterBlock>,
    pub(super) units: Table<'a, UnitBlock>,
    /// Donation units.
    pub(super) gifts: Table<'a, UnitBlock>,
    pub(super) vouchers: Table<'a, VoucherBlock>,
    pub(super) earns: Table<'a, RuleBlock>,
    pub(super) bonuses: Table<'a, RuleBlock>,
    pub(super) cards: Table<'a, CardBlock>,
    pub(super) challenges: Table<'a, ChallengeBlock>,
    pub(super) streaks: Table<'a, StreakBlock>,
    pub(super) draws: Table<'a, DrawBlock>,
    /// The tasks of all challenges.
    pub(super) tasks: Table<'a, Task>,
    pub(super) milestones: Table<'a, MilestonesBlock>,
    pub(super) referrals: Table<'a, ReferralBlock>,
    pub(super) converts: Vec<(&'a ConvertBlock, &'a Block)>,
    pub(super) rewards: Table<'a, RewardBlock>,
    pub(super) redeems: Table<'a, RedeemBlock>,
    /// `redeem … to charity`: beside the one that pays.
    pub(super) given_away: Table<'a, RedeemBlock>,
    pub(super) donates: Table<'a, DonateBlock>,
    pub(super) rebates: Table<'a, RebateBlock>,
    pub(super) awards: Table<'a, AwardBlock>,
    pub(super) caps: Table<'a, SharedCap>,
    pub(super) tiers: Table<'a, TiersBlock>,
    pub(super) plans: Table<'a, PlanBlock>,
    /// The names of the plans.
    pub(super) plan_words: Words<'a>,
    pub(super) returns: Option<(&'a ReturnsBlock, &'a Block)>,
    pub(super) tests: Vec<(&'a TestBlock, &'a Block)>,
    /// All rules of whatever block, because they are one kind.
    rules: BTreeMap<&'a str, Span>,
    /// Blocks that may stand once: what they are and where they stand.
    singles: BTreeMap<&'static str, Span>,
}

impl<'a> Declared<'a> {
    fn empty() -> Self {
        Self {
            program: None,
            member: None,
            item: None,
            purchase: None,
            events: Table::new("event"),
            categories: Words::new(),
            channels: Words::new(),
            stores: Words::new(),
            payments: Words::new(),
            charities: Words::new(),
            partners: Table::new("partner"),
            partner_words: Words::new(),
            lists: Table::new("list"),
            periods: Table::new("period"),
            parameters: Table::new("parameter"),
            units: Table::new("unit"),
            gifts: Table::new("unit"),
            vouchers: Table::new("voucher"),
            earns: Table::new("rule"),
            bonuses: Table::new("rule"),
            cards: Table::new("card"),
            challenges: Table::new("challenge"),
            streaks: Table::new("streak"),
            draws: Table::new("draw"),
            tasks: Table::new("task"),
            milestones: Table::new("milestones"),
            referrals: Table::new("referral"),
            converts: Vec::new(),
            rewards: Table::new("reward"),
            redeems: Table::new("`redeem` of"),
            given_away: Table::new("`redeem` to charity of"),
            donates: Table::new("rule"),
            rebates: Table::new("rule"),
            awards: Table::new("rule"),
            caps: Table::new("shared cap"),
            tiers: Table::new("tiers block"),
            plans: Table::new("plan"),
            plan_words: Words::new(),
            returns: None,
            tests: Vec::new(),
            rules: BTreeMap::new(),
            singles: BTreeMap::new(),
        }
    }

    /// Collects the declarations of all files.
    pub(super) fn collect(files: &'a [File], limits: &Limits, report: &mut Report) -> Self {
        let mut all = Self::empty();
        let mut programs = Vec::new();
        for block in files.iter().flat_map(|file| &file.blocks) {
            match &block.kind {
                BlockKind::Program(program) => programs.push((program, block)),
                _ => all.block(block, report),
            }
        }
        all.program = only_program(&programs, files, report);
        all.number();
        all.check_limits(limits, report);
        all.check_alike(report);
        all
    }

    fn marks(&mut self, node: &'a MilestonesBlock, block: &'a Block, report: &mut Report) {
        if self.rule(&node.name, report) {
            self.milestones.declare(&node.name, node, block, report);
        }
    }

    fn plan(&mut self, plan: &'a PlanBlock, block: &'a Block, report: &mut Report) {
        self.plans.declare(&plan.name, plan, block, report);
        let word = Word { span: plan.name.span, used: Cell::new(false) };
        self.plan_words.entry(&plan.name.text).or_insert(word);
    }

    /// The names of a vocabulary.
    fn words(&mut self, vocabulary: &'a Vocabulary, report: &mut Report) {
        let (what, words) = match vocabulary.kind {
            VocabularyKind::Categories => ("category", &mut self.categories),
            VocabularyKind::Channels => ("channel", &mut self.channels),
            VocabularyKind::Stores => ("store", &mut self.stores),
            VocabularyKind::Payments => ("kind of payment", &mut self.payments),
            VocabularyKind::Charities => ("charity", &mut self.charities),
        };
        for name in &vocabulary.names {
            match words.get(name.text.as_str()) {
                Some(first) => twice(what, name, first.span, report),
                None => {
                    words.insert(&name.text, Word { span: name.span, used: Cell::new(false) });
                }
            }
        }
    }

    fn block(&mut self, block: &'a Block, report: &mut Report) {
        match &block.kind {
            BlockKind::Import(_) | BlockKind::Program(_) => {}
            BlockKind::Schema(schema) => self.schema(schema, block, report),
            BlockKind::Vocabulary(vocabulary) => self.words(vocabulary, report),
            BlockKind::List(list) => self.lists.declare(&list.name, list, block, report),
            BlockKind::Period(period) => self.periods.declare(&period.name, period, block, report),
            BlockKind::Parameter(node) => self.parameters.declare(&node.name, node, block, report),
            BlockKind::Unit(unit) if matches!(unit.kind, UnitKind::Donation(_)) => {
                self.gifts.declare(&unit.name, unit, block, report);
            }
            BlockKind::Unit(unit) => self.units.declare(&unit.name, unit, block, report),
            BlockKind::Rule(rule) => {
                if self.rule(&rule.name, report) {
                    match rule.kind {
                        RuleKind::Earn => self.earns.declare(&rule.name, rule, block, report),
                        RuleKind::Bonus => self.bonuses.declare(&rule.name, rule, block, report),
                    }
                }
            }
            BlockKind::SharedCap(cap) => self.caps.declare(&cap.name, cap, block, report),
            BlockKind::Tiers(tiers) => self.tiers.declare(&tiers.name, tiers, block, report),
            BlockKind::Plan(plan) => self.plan(plan, block, report),
            BlockKind::Milestones(node) => self.marks(node, block, report),
            BlockKind::Card(card) => {
                self.like_a_rule((&card.name, card, block), |all| &mut all.cards, report);
            }
            BlockKind::Challenge(_) | BlockKind::Streak(_) | BlockKind::Draw(_) => self.game(block, report),
            BlockKind::Voucher(voucher) => self.vouchers.declare(&voucher.name, voucher, block, report),
            BlockKind::Referral(referral) => {
                self.like_a_rule((&referral.name, referral, block), |all| &mut all.referrals, report);
            }
            BlockKind::Convert(convert) => self.converts.push((convert, block)),
            BlockKind::Reward(reward) => self.rewards.declare(&reward.name, reward, block, report),
            BlockKind::Redeem(redeem) => {
                let gives = redeem.lines.iter().any(|line| matches!(line.kind, RedeemLine::ToCharity(_)));
                let table = if gives { &mut self.given_away } else { &mut self.redeems };
                table.declare(&redeem.name, redeem, block, report);
            }
            BlockKind::Donate(donate) => {
                self.like_a_rule((&donate.name, donate, block), |all| &mut all.donates, report);
            }
            BlockKind::Award(award) => {
                self.like_a_rule((&award.name, award, block), |all| &mut all.awards, report);
            }
            BlockKind::Rebate(rebate) => {
                self.like_a_rule((&rebate.name, rebate, block), |all| &mut all.rebates, report);
            }
            BlockKind::Partner(partner) => {
                let word = Word { span: partner.name.span, used: Cell::new(false) };
                self.partner_words.entry(&partner.name.text).or_insert(word);
                self.partners.declare(&partner.name, partner, block, report);
            }
            BlockKind::Returns(returns) => {
                if self.single("returns", block.head, report) {
                    self.returns = Some((returns, block));
                }
            }
            BlockKind::Test(test) => self.tests.push((test, block)),
        }
    }

    /// A block whose name is a name of rules.
    fn like_a_rule<T>(
        &mut self,
        (name, node, block): (&'a Name, &'a T, &'a Block),
        table: impl Fn(&mut Self) -> &mut Table<'a, T>,
        report: &mut Report,
    ) {
        if self.rule(name, report) {
            table(self).declare(name, node, block, report);
        }
    }

    /// A challenge and its tasks, a streak or a draw.
    fn game(&mut self, block: &'a Block, report: &mut Report) {
        match &block.kind {
            BlockKind::Challenge(challenge) if self.rule(&challenge.name, report) => {
                self.challenges.declare(&challenge.name, challenge, block, report);
                for line in &challenge.lines {
                    if let ChallengeLine::Task(task) = &line.kind {
                        self.tasks.declare(&task.name, task, block, report);
                    }
                }
            }
            BlockKind::Streak(streak) if self.rule(&streak.name, report) => {
                self.streaks.declare(&streak.name, streak, block, report);
            }
            BlockKind::Draw(draw) if self.rule(&draw.name, report) => {
                self.draws.declare(&draw.name, draw, block, report);
            }
            _ => {}
        }
    }

    /// Declares the name of a rule of any kind; false if there is one already.
    fn rule(&mut self, name: &'a Name, report: &mut Report) -> bool {
        if let Some(first) = self.rules.get(name.text.as_str()) {
            twice("rule", name, *first, report);
            return false;
        }
        self.rules.insert(&name.text, name.span);
        true
    }

    fn single(&mut self, what: &'static str, span: Span, report: &mut Report) -> bool {
        if let Some(first) = self.singles.get(what) {
            report.push(
                Diagnostic::new(Code::N102, span, format!("`{what}` stands twice in this program"))
                    .label("once more here")
                    .other(*first, "first here")
                    .help("put all lines into one block"),
            );
            return false;
        }
        self.singles.insert(what, span);
        true
    }

    fn schema(&mut self, schema: &'a SchemaBlock, block: &'a Block, report: &mut Report) {
        match &schema.of {
            SchemaOf::Member => {
                if self.single("member", block.head, report) {
                    self.member = Some(schema);
                }
            }
            SchemaOf::Item => {
                if self.single("item", block.head, report) {
                    self.item = Some(schema);
                }
            }
            SchemaOf::Event(name) if name.text == "purchase" => {
                if self.single("event purchase", block.head, report) {
                    self.purchase = Some(schema);
                }
            }
            SchemaOf::Event(name) if BUILT_IN_EVENTS.contains(&name.text.as_str()) => report.push(
                Diagnostic::new(
                    Code::N107,
                    name.span,
                    format!("`{}` is an event of the language itself", name.text),
                )
                .label("cannot be declared")
                .help(
                    "choose another name; only `event purchase { … }` may add attributes to a built-in event",
                ),
            ),
            SchemaOf::Event(name) => self.events.declare(name, schema, block, report),
        }
    }

    fn number(&mut self) {
        // 0 is `purchase`, 1 is `joining`
        self.events.number(2);
        self.lists.number(0);
        self.units.number(0);
        self.vouchers.number(0);
        self.rewards.number(0);
        self.earns.number(0);
        self.bonuses.number(self.earns.len() as u32);
        self.cards.number(0);
        self.challenges.number(0);
        self.streaks.number(0);
        self.draws.number(0);
        self.milestones.number(0);
        self.referrals.number(0);
        self.caps.number(0);
        self.parameters.number(0);
        self.tiers.number(0);
        self.plans.number(0);
    }

    fn check_limits(&self, limits: &Limits, report: &mut Report) {
        let rules = self.rules.len();
        if rules > limits.rules {
            // the first one too many, in the order of the text
            let mut places: Vec<Span> = self.rules.values().copied().collect();
            places.sort_unstable();
            let place = places.get(limits.rules).copied().unwrap_or_default();
            report.say(
                Code::L006,
                place,
                format!("the program has {rules} rules, and {} are allowed", limits.rules),
                "join rules that differ only in what they name, for example with `is in [ … ]`",
            );
        }
    }

    fn check_alike(&self, report: &mut Report) {
        fn words<'w>(words: &'w Words<'_>) -> impl Iterator<Item = (&'w str, Option<Span>)> {
            words.iter().map(|(name, word)| (*name, Some(word.span)))
        }
        alike("event", self.events.candidates(), report);
        alike("list", self.lists.candidates(), report);
        alike("period", self.periods.candidates(), report);
        alike("unit", self.units.candidates().chain(self.gifts.candidates()), report);
        alike("plan", self.plans.candidates(), report);
        alike("voucher", self.vouchers.candidates(), report);
        alike("reward", self.rewards.candidates(), report);
        alike("rule", self.rules.iter().map(|(name, span)| (*name, Some(*span))), report);
        alike("task", self.tasks.candidates(), report);
        alike("shared cap", self.caps.candidates(), report);
        alike("tiers block", self.tiers.candidates(), report);
        alike("category", words(&self.categories), report);
        alike("channel", words(&self.channels), report);
        alike("store", words(&self.stores), report);
        alike("kind of payment", words(&self.payments), report);
        alike("charity", words(&self.charities), report);
        alike("partner", words(&self.partner_words), report);
    }

    /// Rules of every kind, for "did you mean".
    pub(super) fn rule_candidates(&self) -> impl Iterator<Item = (&str, Option<Span>)> {
        self.rules.iter().map(|(name, span)| (*name, Some(*span)))
    }

    /// Whether a name is a rule of any kind.
    pub(super) fn is_rule(&self, name: &str) -> bool {
        self.rules.contains_key(name)
    }
}

/// L004: exactly one `program`. The first one of several stays.
fn only_program<'a>(
    programs: &[(&'a ProgramBlock, &'a Block)],
    files: &[File],
    report: &mut Report,
) -> Option<(&'a ProgramBlock, &'a Block)> {
    let Some((first, rest)) = programs.split_first() else {
        let start = files.first().map_or(Span::default(), |file| Span::new(file.span.start, file.span.start));
        report.say(
            Code::L004,
            start,
            "there is no `program` block",
            "write one, with `version`, `effective from`, `currency` and `time zone`",
        );
        return None;
    };
    for (_, block) in rest {
        report.push(
            Diagnostic::new(Code::L004, block.head, "there is more than one `program` block")
                .label("once more here")
                .other(first.1.head, "first here")
                .help("exactly one file of a program has a `program` block; remove the others"),
        );
    }
    Some(*first)
}
