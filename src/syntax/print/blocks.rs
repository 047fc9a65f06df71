//! Blocks of a file, and the lines of those that are no rules and no tests.

use super::conditions::{Chain, dates, parenthesised};
use super::doc::{Doc, words};
use super::literals::{
    counted, date, duration, month_day, name, name_except, number, percent, period, text, time,
};
use super::partners::{at_partner, funded};
use super::rules::{activate, end_of, expire, on, plus, round, side, tail, valid};
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{
    Block, BlockKind, CardLine, CountWindow, DatedNames, Field, FieldType, Grants, ListBlock, ListContent,
    MayChange, Metric, ParameterKind, PeriodBlock, PeriodStarts, ProgramLine, Reach, ReferralLine,
    ReturnsLine, RuleKind, SchemaBlock, SchemaLine, SchemaOf, SharedCap, SpendOrder, TakeBack, TierLine,
    TiersLine, UnitBlock, UnitKind, UnitLine, Unmatched, Vocabulary, VocabularyKind, VoucherLine,
};

/// `period "status year" starts 03-01 every year`
fn declared_period(declared: &PeriodBlock) -> String {
    let starts = match &declared.starts {
        PeriodStarts::EveryYear(from) => format!("{} every year", month_day(from)),
        PeriodStarts::EveryMonths(from, count) => {
            let months = if count.value == rust_decimal::Decimal::ONE { "month" } else { "months" };
            format!("{} every {} {months}", month_day(from), number(count))
        }
        PeriodStarts::OnDay(day) => format!("on day {} of every month", number(day)),
        PeriodStarts::OnAttribute(day) => format!("on day {} of every month", name(day)),
    };
    format!("period {} starts {starts}", name(&declared.name))
}

/// `may change 1 time per quarter`
fn may_change(limit: &MayChange) -> String {
    format!("may change {} per {}", counted(&limit.times, "time"), period(&limit.per))
}

impl<'a> Printer<'a> {
    /// A block without its description.
    pub(super) fn block(&mut self, block: &'a Block) -> String {
        let span = block.span;
        match &block.kind {
            BlockKind::Import(path) => format!("import {}", text(path)),
            BlockKind::Program(program) => {
                self.braced(&format!("program {}", name(&program.name)), &program.lines, span, 0)
            }
            BlockKind::Schema(schema) => self.schema(schema, span),
            BlockKind::Vocabulary(vocabulary) => self.vocabulary(vocabulary, span),
            BlockKind::List(list) => self.list_block(list, span),
            BlockKind::Period(declared) => declared_period(declared),
            BlockKind::Parameter(parameter) => {
                let kind = if parameter.kind == ParameterKind::Percent { "percent" } else { "money" };
                format!("parameter {}: {kind}", name(&parameter.name))
            }
            BlockKind::Unit(unit) => self.unit(unit, span),
            BlockKind::Rule(rule) => {
                let kind = match rule.kind {
                    RuleKind::Earn => "earn",
                    RuleKind::Bonus => "bonus",
                };
                self.braced(&format!("{kind} {}", name(&rule.name)), &rule.lines, span, 0)
            }
            BlockKind::SharedCap(cap) => self.shared_cap(cap, span),
            BlockKind::Tiers(tiers) => {
                self.braced(&format!("tiers {}", name(&tiers.name)), &tiers.lines, span, 0)
            }
            BlockKind::Milestones(block) => {
                self.braced(&format!("milestones {}", name(&block.name)), &block.lines, span, 0)
            }
            BlockKind::Plan(plan) => self.braced(&format!("plan {}", name(&plan.name)), &plan.lines, span, 0),
            BlockKind::Card(card) => self.braced(&format!("card {}", name(&card.name)), &card.lines, span, 0),
            BlockKind::Challenge(challenge) => {
                self.braced(&format!("challenge {}", name(&challenge.name)), &challenge.lines, span, 0)
            }
            BlockKind::Streak(streak) => {
                self.braced(&format!("streak {}", name(&streak.name)), &streak.lines, span, 0)
            }
            BlockKind::Draw(draw) => self.braced(&format!("draw {}", name(&draw.name)), &draw.lines, span, 0),
            BlockKind::Voucher(voucher) => {
                self.braced(&format!("voucher {}", name(&voucher.name)), &voucher.lines, span, 0)
            }
            BlockKind::Convert(convert) => self.convert(convert),
            BlockKind::Reward(reward) => self.reward(reward, span),
            BlockKind::Redeem(redeem) => {
                self.braced(&format!("redeem {}", name(&redeem.name)), &redeem.lines, span, 0)
            }
            BlockKind::Donate(donate) => {
                self.braced(&format!("donate {}", name(&donate.name)), &donate.lines, span, 0)
            }
            BlockKind::Award(award) => {
                self.braced(&format!("award {}", name(&award.name)), &award.lines, span, 0)
            }
            BlockKind::Rebate(rebate) => {
                self.braced(&format!("rebate {}", name(&rebate.name)), &rebate.lines, span, 0)
            }
            BlockKind::Partner(partner) => {
                self.braced(&format!("partner {}", name(&partner.name)), &partner.lines, span, 0)
            }
            BlockKind::Referral(referral) => {
                self.braced(&format!("referral {}", name(&referral.name)), &referral.lines, span, 0)
            }
            BlockKind::Returns(returns) => self.braced("returns", &returns.lines, span, 0),
            BlockKind::Test(test) => self.braced(&format!("test {}", name(&test.name)), &test.lines, span, 0),
        }
    }

    fn schema(&mut self, schema: &'a SchemaBlock, span: Span) -> String {
        let head = match &schema.of {
            SchemaOf::Member => "member".to_owned(),
            SchemaOf::Item => "item".to_owned(),
            SchemaOf::Event(event) => format!("event {}", name(event)),
        };
        self.braced(&head, &schema.fields, span, 0)
    }

    fn vocabulary(&mut self, vocabulary: &'a Vocabulary, span: Span) -> String {
        let kind = match vocabulary.kind {
            VocabularyKind::Categories => "categories",
            VocabularyKind::Channels => "channels",
            VocabularyKind::Stores => "stores",
            VocabularyKind::Payments => "payments",
            VocabularyKind::Charities => "charities",
        };
        words![kind, self.names(&vocabulary.names, span)].laid_out(0)
    }

    fn list_block(&mut self, list: &'a ListBlock, span: Span) -> String {
        match &list.content {
            ListContent::Names(names) => {
                words!["list", name(&list.name), self.names(names, span)].laid_out(0)
            }
            ListContent::FromHost => format!("list {} from host", name(&list.name)),
            ListContent::Dated(lines) => self.braced(&format!("list {}", name(&list.name)), lines, span, 0),
        }
    }

    fn unit(&mut self, unit: &'a UnitBlock, span: Span) -> String {
        let kind = match &unit.kind {
            UnitKind::Spendable => "spendable".to_owned(),
            UnitKind::Status => "status".to_owned(),
            UnitKind::Money(currency) => format!("money in {}", name(currency)),
            UnitKind::Tickets => "tickets".to_owned(),
            UnitKind::Donation(currency) => format!("donation in {}", name(currency)),
        };
        let head = format!("unit {} is {kind}", name(&unit.name));
        if unit.lines.is_empty() && !self.trivia.is_in(span) {
            head
        } else {
            self.braced(&head, &unit.lines, span, 0)
        }
    }

    fn shared_cap(&mut self, cap: &'a SharedCap, span: Span) -> String {
        let rules = self.names(&cap.rules, span);
        let across = if cap.across { "across all members" } else { "" };
        words!["cap", format!("{}:", name(&cap.name)), self.cap(&cap.cap), across, "on", rules].laid_out(0)
    }

    pub(super) fn grants(&mut self, grants: &Grants) -> Doc {
        match grants {
            Grants::AmountOff(amount) => words!["grants", self.amount(amount), "off"],
            Grants::PercentOff(rate, most) => {
                let most =
                    most.as_ref().map(|most| format!("up to {}", self.amount(most))).unwrap_or_default();
                words!["grants", percent(rate), "off", most]
            }
            Grants::ItemsFree(count) => words!["grants", counted(count, "item"), "free"],
            Grants::Text(what) => words!["grants", text(what)],
        }
    }

    fn field(&mut self, field: &'a Field) -> Doc {
        let kind: Doc = match &field.kind {
            FieldType::Integer(None) => "integer".into(),
            FieldType::Integer(Some((from, to))) => {
                format!("integer {} to {}", number(from), number(to)).into()
            }
            FieldType::Decimal => "decimal".into(),
            FieldType::Money => "money".into(),
            FieldType::Percent => "percent".into(),
            FieldType::Date => "date".into(),
            FieldType::Time => "time".into(),
            FieldType::Text => "text".into(),
            FieldType::YesNo => "yes-no".into(),
            FieldType::Name => "name".into(),
            FieldType::OneOf(names) => words!["one of", self.names(names, field.kind_span)],
            FieldType::ListOfName => "list of name".into(),
        };
        let optional = if field.optional { "optional" } else { "" };
        let singular =
            field.singular.as_ref().map(|one| format!("singular {}", name(one))).unwrap_or_default();
        let may_change = field.may_change.as_ref().map(may_change).unwrap_or_default();
        let counts_from = field.counts_from.as_ref();
        let counts_from = counts_from.map(|from| format!("counts from start of {}", period(&from.per)));
        let counts_from = counts_from.unwrap_or_default();
        words![format!("{}:", name(&field.name)), kind, optional, singular, may_change, counts_from]
    }

    pub(super) fn metric(&mut self, metric: &'a Metric) -> Doc {
        match metric {
            Metric::Spend(_) => "spend".into(),
            Metric::SpendOn(cond, _) => words!["spend on", parenthesised(self.cond(cond))],
            Metric::YearsOf(tier, _) => words!["years of", name(tier)],
            Metric::Named(unit) => name_except(unit, &["spend"]).into(),
        }
    }

    fn reach(&mut self, reach: &'a Reach) -> Doc {
        let (word, parts) = match reach {
            Reach::And(parts, _) => ("and", parts),
            Reach::Or(parts, _) => ("or", parts),
            Reach::Years { count, tier, .. } => return words![number(count), "years of", name(tier)],
            Reach::Target { amount, spend, .. } => {
                return words![self.amount(amount), if *spend { "spend" } else { "" }];
            }
        };
        let parts = parts.iter().map(|part| {
            let inside = self.reach(part);
            let nested = matches!(part, Reach::And(..) | Reach::Or(..));
            (reach_span(part), if nested { parenthesised(inside) } else { inside })
        });
        let parts = parts.collect();
        self.chain(Chain::new(word, parts))
    }
}

fn reach_span(reach: &Reach) -> Span {
    match reach {
        Reach::And(_, span) | Reach::Or(_, span) | Reach::Target { span, .. } | Reach::Years { span, .. } => {
            *span
        }
    }
}

impl<'a> Statement<'a> for ProgramLine {
    fn rank(&self) -> u8 {
        order::program(self)
    }

    fn write(&'a self, _printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        let with = |with_tax: &bool| if *with_tax { "with" } else { "without" };
        let line = match self {
            Self::Version(version) => format!("version {}", number(version)),
            Self::EffectiveFrom(from) => format!("effective from {}", date(from)),
            Self::Currency(currency) => format!("currency {}", name(currency)),
            Self::TimeZone(zone) => format!("time zone {}", text(zone)),
            Self::WeekStartsOn(day) => format!("week starts on {}", name(day)),
            Self::DayStartsAt(at) => format!("day starts at {}", time(at)),
            Self::MembershipYearStartsOnDay(day) => format!("membership year starts on day {}", number(day)),
            Self::AcceptLate(late) => format!("accept late events for {}", duration(late)),
            Self::AcceptBeforeJoining(early) => {
                format!("accept events from {} before joining", duration(early))
            }
            Self::JoinBy(event) => format!("members join by {}", name(event)),
            Self::Prices { with_tax } => format!("prices {} tax", with(with_tax)),
            Self::Spend { with_tax, after_redemptions } => {
                let side = if *after_redemptions { "after" } else { "before" };
                format!("spend {} tax {side} redemptions", with(with_tax))
            }
        };
        Written::Doc(line.into())
    }
}

impl<'a> Statement<'a> for SchemaLine {
    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::JudgedOn(date) => format!("judged on {}", name(date)).into(),
            Self::Field(field) => printer.field(field),
        })
    }
}

impl<'a> Statement<'a> for DatedNames {
    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        Written::Doc(words![dates(&self.from, self.to.as_ref()), printer.names(&self.names, span)])
    }
}

impl<'a> Statement<'a> for UnitLine {
    fn rank(&self) -> u8 {
        order::unit(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        let line = match self {
            Self::Singular(one) => format!("singular {}", name(one)),
            Self::Decimals(digits) => format!("decimals {}", number(digits)),
            Self::Worth(amount) => format!("worth {}", printer.amount(amount)),
            Self::Round(line) => round(line),
            Self::Activate(line) => activate(line),
            Self::Expire(line) => expire(line),
            Self::NoExpiry(cond) => return Written::Doc(printer.no_expiry(cond)),
            Self::SpendOrder(SpendOrder::SoonestExpiry) => "spend soonest expiry first".to_owned(),
            Self::SpendOrder(SpendOrder::Oldest) => "spend oldest first".to_owned(),
        };
        Written::Doc(line.into())
    }
}

impl<'a> Statement<'a> for TiersLine {
    fn rank(&self) -> u8 {
        order::tiers(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, indent: usize) -> Written {
        let line = match self {
            Self::Count { metrics, window } => {
                let mut all = Vec::new();
                for (index, metric) in metrics.iter().enumerate() {
                    let comma = if index + 1 < metrics.len() { "," } else { "" };
                    all.push(Doc::join([printer.metric(metric), comma.into()]));
                }
                return Written::Doc(words!["count", Doc::words(all), "in", count_window(window)]);
            }
            Self::UpgradeAtOnce => "upgrade at once".to_owned(),
            Self::UpgradeAtEnd(at) => format!("upgrade at end of {}", period(at)),
            Self::NewTierFromNext(event) => format!("new tier counts from next {}", name(event)),
            Self::NewTierForThis(event) => format!("new tier counts for this {}", name(event)),
            Self::NewTierAboveThreshold => "new tier counts for the part above the threshold".to_owned(),
            Self::KeepUntil { next, period, plus: more } => {
                format!("keep until {}{}", end_of(*next, period), plus(more.as_ref()))
            }
            Self::KeepFor { duration: length, tail: behind } => {
                format!("keep for {}{}", duration(length), tail(behind.as_ref()))
            }
            Self::KeepForever => "keep forever".to_owned(),
            Self::DropOneLevel => "then drop one level".to_owned(),
            Self::DropToEarned => "then drop to earned tier".to_owned(),
            Self::Grace(length) => format!("grace {}", duration(length)),
            Self::TakesThreshold => "reaching takes the threshold".to_owned(),
            Self::CarryAtMost(amount) => format!("carry at most {}", printer.amount(amount)),
            Self::CarrySurplus { unit, from } => {
                let from = from.as_ref().map(|from| format!(" from tier {}", name(from)));
                format!("carry surplus {} over once{}", name(unit), from.unwrap_or_default())
            }
            Self::Tier { name: level, lines } => {
                return Written::Text(printer.nested(&format!("tier {}", name(level)), lines, span, indent));
            }
        };
        Written::Doc(line.into())
    }
}

fn count_window(window: &CountWindow) -> String {
    match window {
        CountWindow::Period(window) => period(window),
        CountWindow::Rolling(length) => format!("rolling {}", duration(length)),
        CountWindow::Since(length) => format!("{} since reaching the tier", duration(length)),
    }
}

impl<'a> Statement<'a> for TierLine {
    fn rank(&self) -> u8 {
        order::tier(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Reach(reach) => words!["reach", printer.reach(reach).group()],
            Self::PaidBy(plan) => words!["paid by plan", name(plan)],
            Self::OnEntry(give) => words!["on entry", printer.give(give, span)],
            Self::Every(every, give) => words!["every", period(every), printer.give(give, span)],
            Self::Benefit(what) => words!["benefit", text(what)],
        })
    }
}

impl<'a> Statement<'a> for CardLine {
    fn rank(&self) -> u8 {
        order::card(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::On(line) => on(line).into(),
            Self::Valid(line) => valid(line).into(),
            Self::When(cond) => printer.when(cond),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::Stamp { count, per } => {
                let per = per.as_ref().map(|per| printer.per(per)).unwrap_or_default();
                words!["stamp", number(count), per]
            }
            Self::Goal(amount) => words!["goal", printer.amount(amount)],
            Self::StartWith { amount, every_card } => {
                let every = if *every_card { "on every card" } else { "" };
                words!["start with", printer.amount(amount), every]
            }
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::Carry(true) => "carry over".into(),
            Self::Carry(false) => "no carry over".into(),
            Self::Expire(line) => expire(line).into(),
            Self::Reward(amount) => words!["reward", printer.amount(amount)],
            Self::Average(unit) => words!["reward worth the average of its stamps as", name(unit)],
            Self::AtPartner(partner) => at_partner(partner).into(),
            Self::Funded(by) => funded(by).into(),
        })
    }
}

impl<'a> Statement<'a> for VoucherLine {
    fn rank(&self) -> u8 {
        order::voucher(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Grants(grants) => printer.grants(grants),
            Self::Worth(amount) => words!["worth", printer.amount(amount)],
            Self::Valid(line) => valid(line).into(),
            Self::Usable { from, to } => words!["usable", dates(from, Some(to))],
            Self::Activate(line) => activate(line).into(),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::When(cond) => printer.when(cond),
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::Funded(by) => funded(by).into(),
        })
    }
}

impl<'a> Statement<'a> for ReferralLine {
    fn rank(&self) -> u8 {
        order::referral(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Valid(line) => valid(line).into(),
            Self::Qualifies { times, event, at_least, within } => {
                let times = times.as_ref().map(number);
                let least = at_least.as_ref().map(|least| format!("of at least {}", printer.amount(least)));
                let within = within.as_ref().map(|within| format!("within {} of joining", duration(within)));
                words![
                    "friend qualifies with",
                    times.unwrap_or_default(),
                    name(event),
                    least.unwrap_or_default(),
                    within.unwrap_or_default()
                ]
            }
            Self::NamedUntil(event) => words!["friend may be named until first", name(event)],
            Self::WhenFriend(cond) => words!["when friend", printer.cond(cond)],
            Self::WhenReferrer(cond) => words!["when referrer", printer.cond(cond)],
            Self::Wait(length) => words!["wait", duration(length)],
            Self::OnJoining(give, to) => words!["on joining", printer.give(give, span), "to", side(*to)],
            Self::OnQualifying(give, to) => {
                words!["on qualifying", printer.give(give, span), "to", side(*to)]
            }
            Self::Cap(cap) => words!["cap", printer.cap(cap)],
            Self::Budget(cap) => words!["cap", printer.cap(cap), "across all members"],
            Self::NotWithinSame(attribute) => words!["not within same", name(attribute)],
            Self::Funded(by) => funded(by).into(),
        })
    }
}

impl<'a> Statement<'a> for ReturnsLine {
    fn rank(&self) -> u8 {
        order::returns(self)
    }

    fn write(&'a self, _printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        let line = match self {
            Self::TakeBack(TakeBack::Nothing) => "take back nothing".to_owned(),
            Self::TakeBack(TakeBack::InProportion) => "take back earned in proportion".to_owned(),
            Self::TakeBack(TakeBack::AsIfNeverBought) => "take back earned as if never bought".to_owned(),
            Self::TakeBack(TakeBack::InFull) => "take back earned in full".to_owned(),
            Self::GiveBack(None) => "give back redeemed to original lots".to_owned(),
            Self::GiveBack(Some(least)) => {
                format!("give back redeemed to original lots with at least {}", duration(least))
            }
            Self::Balance(true) => "balance may go negative".to_owned(),
            Self::Balance(false) => "balance stays at zero".to_owned(),
            Self::AcceptWithin(length) => format!("accept within {}", duration(length)),
            Self::Unmatched(Unmatched::Refused) => "unmatched lines are refused".to_owned(),
            Self::Unmatched(Unmatched::Skipped) => "unmatched lines are skipped".to_owned(),
            Self::Unmatched(Unmatched::TodaysRate) => "unmatched lines take back today's rate".to_owned(),
        };
        Written::Doc(line.into())
    }
}
