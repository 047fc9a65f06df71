//! Trees of valid files, made from a sequence of bytes: each choice takes one byte, and when none is left the
//! first alternative is taken, so every sequence gives a finite tree and shorter ones give simpler trees.

use chrono::NaiveDate;
use loyalty_rules::diagnostics::Span;
use loyalty_rules::syntax::ast::*;
use rust_decimal::Decimal;

/// Names that are easy, need quotes, or mean something else in some places.
const NAMES: &[&str] = &[
    "punkte",
    "Gemüse",
    "Wein & Sekt",
    "1a",
    "a--b",
    "a.b",
    "spend",
    "purchases",
    "items",
    "item",
    "known",
    "unknown",
    "day",
    "days",
    "month",
    "quarter",
    "half-year",
    "calendar",
    "lifetime",
    "next",
    "account",
    "member",
    "time",
    "times",
    "reward",
    "rewards",
    "refused",
    "joining",
    "birthday",
    "clock",
    "return",
    "change",
    "cancel",
    "line",
    "x",
    "everything",
    "choice",
    "more",
    "card",
    "cap",
    "tier",
    "first",
    "voucher",
    "any",
    "start",
    "between",
    "and",
    "yes",
    "no",
    "is",
    "not",
    "at",
    "EUR",
    "KWD",
    "JPY",
    "years",
    "purchase",
    "room-spend",
    "null",
    "per",
    "in",
];

pub(super) struct Choices {
    bytes: Vec<u8>,
    at: usize,
}

impl Choices {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn pick(&mut self, count: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % count
    }

    pub(super) fn yes(&mut self) -> bool {
        self.pick(2) == 1
    }

    pub(super) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.yes().then(|| make(self))
    }

    pub(super) fn some<T>(&mut self, least: usize, make: impl Fn(&mut Self) -> T) -> Vec<T> {
        let count = least + self.pick(4);
        (0..count).map(|_| make(self)).collect()
    }

    pub(super) fn lines<T>(&mut self, make: impl Fn(&mut Self) -> T) -> Vec<Line<T>> {
        self.some(0, |c| Line { kind: make(c), span: Span::default() })
    }

    pub(super) fn name(&mut self) -> Name {
        let text = NAMES[self.pick(NAMES.len())].to_owned();
        Name { text, span: Span::default() }
    }

    pub(super) fn text(&mut self) -> Text {
        let text = ["K-1", "", "Europe/Berlin", "ä # b"][self.pick(4)].to_owned();
        Text { text, span: Span::default() }
    }

    pub(super) fn number(&mut self) -> Number {
        let values = ["1", "0", "2", "999", "1000", "1234567.5", "0.005", "12.25", "1.5"];
        let value: Decimal = values[self.pick(values.len())].parse().unwrap();
        Number { value, span: Span::default() }
    }

    pub(super) fn signed(&mut self) -> Number {
        let mut number = self.number();
        if self.yes() && !number.value.is_zero() {
            number.value.set_sign_negative(true);
        }
        number
    }

    pub(super) fn percent(&mut self) -> Percent {
        Percent { value: self.number().value, span: Span::default() }
    }

    pub(super) fn amount(&mut self) -> Amount {
        Amount { number: self.number(), unit: self.name(), span: Span::default() }
    }

    pub(super) fn signed_amount(&mut self) -> Amount {
        Amount { number: self.signed(), unit: self.name(), span: Span::default() }
    }

    pub(super) fn duration(&mut self) -> Duration {
        use DurationUnit::*;
        let unit = [Minute, Hour, Day, Week, Month, Quarter, Year][self.pick(7)];
        Duration { count: [1, 0, 2, 1200][self.pick(4)], unit, span: Span::default() }
    }

    pub(super) fn date(&mut self) -> Date {
        let date = [(2026, 1, 5), (2024, 2, 29), (1990, 12, 31)][self.pick(3)];
        Date { date: NaiveDate::from_ymd_opt(date.0, date.1, date.2).unwrap(), span: Span::default() }
    }

    pub(super) fn time(&mut self) -> Time {
        Time { minute: [0, 510, 1439][self.pick(3)], span: Span::default() }
    }

    pub(super) fn month_day(&mut self) -> MonthDay {
        MonthDay { month: 12, day: [1, 24, 31][self.pick(3)], span: Span::default() }
    }

    pub(super) fn moment(&mut self) -> Moment {
        Moment { date: self.date(), time: self.maybe(Self::time), span: Span::default() }
    }

    pub(super) fn period(&mut self) -> Period {
        use PeriodKind::*;
        let plain = [Day, Week, Month, Quarter, HalfYear, CalendarYear, MembershipYear, Campaign, Lifetime];
        let kind = match self.pick(12) {
            index if index < plain.len() => plain[index].clone(),
            _ => Named(self.name().text),
        };
        Period { kind, span: Span::default() }
    }

    fn tail(&mut self) -> Tail {
        let kind = match self.pick(4) {
            0 => TailKind::MonthEnd,
            1 => TailKind::EndOf(self.period()),
            2 => TailKind::StartOf(self.period()),
            _ => TailKind::Next(self.month_day()),
        };
        Tail { kind, span: Span::default() }
    }

    fn plus(&mut self) -> Option<(Duration, Option<Tail>)> {
        self.maybe(|c| (c.duration(), c.maybe(Self::tail)))
    }

    pub(super) fn file(&mut self) -> File {
        let edition = self.maybe(|_| Edition { year: 2026, span: Span::default() });
        let blocks = self.some(1, Self::block);
        File { edition, blocks, comments: Vec::new(), span: Span::default() }
    }

    fn block(&mut self) -> Block {
        let doc = if self.pick(4) == 3 {
            self.some(0, |c| Text { text: "Über ‑ alles".into(), ..c.text() })
        } else {
            Vec::new()
        };
        let name = self.name();
        let kind = match self.pick(26) {
            24 => BlockKind::Partner(PartnerBlock { name, lines: self.lines(Self::partner_line) }),
            22 => BlockKind::Award(AwardBlock { name, lines: self.lines(Self::award_line) }),
            21 => BlockKind::Rebate(RebateBlock { name, lines: self.lines(Self::rebate_line) }),
            17 => BlockKind::Donate(DonateBlock { name, lines: self.lines(Self::donate_line) }),
            16 => BlockKind::Convert(self.convert()),
            15 => BlockKind::Reward(RewardBlock {
                name,
                costs: self.amount(),
                lines: self.lines(Self::reward_line),
            }),
            0 => BlockKind::Import(self.text()),
            1 => BlockKind::Program(ProgramBlock { name, lines: self.lines(Self::program_line) }),
            2 => {
                let of = [SchemaOf::Member, SchemaOf::Item, SchemaOf::Event(name)][self.pick(3)].clone();
                BlockKind::Schema(SchemaBlock { of, fields: self.lines(Self::schema_line) })
            }
            3 => {
                use VocabularyKind::*;
                let kind = [Categories, Channels, Stores, Payments, Charities][self.pick(5)];
                let names = if self.yes() {
                    (0..40).map(|_| self.name()).collect()
                } else {
                    self.some(1, Self::name)
                };
                BlockKind::Vocabulary(Vocabulary { kind, names })
            }
            4 => {
                let content = match self.pick(3) {
                    2 => ListContent::FromHost,
                    0 => ListContent::Names(self.some(1, Self::name)),
                    _ => ListContent::Dated(self.lines(|c| DatedNames {
                        from: c.date(),
                        to: c.maybe(Self::date),
                        names: c.some(1, Self::name),
                    })),
                };
                BlockKind::List(ListBlock { name, content })
            }
            5 => {
                let kind = match self.pick(4) {
                    0 => UnitKind::Spendable,
                    1 if self.yes() => UnitKind::Tickets,
                    1 => UnitKind::Status,
                    2 => UnitKind::Money(self.name()),
                    _ => UnitKind::Donation(self.name()),
                };
                let lines = self.lines(Self::unit_line);
                BlockKind::Unit(UnitBlock { name, kind, kind_span: Span::default(), lines })
            }
            6 => BlockKind::SharedCap(SharedCap {
                across: self.yes(),
                name,
                cap: Cap { side: None, ..self.cap() },
                rules: self.some(1, Self::name),
            }),
            13 if self.yes() => BlockKind::Parameter(ParameterBlock {
                name,
                kind: if self.yes() { ParameterKind::Percent } else { ParameterKind::Money },
            }),
            13 => BlockKind::Period(PeriodBlock {
                name,
                starts: match self.pick(4) {
                    0 => PeriodStarts::EveryYear(self.month_day()),
                    1 => PeriodStarts::EveryMonths(self.month_day(), self.number()),
                    2 => PeriodStarts::OnDay(self.number()),
                    _ => PeriodStarts::OnAttribute(self.name()),
                },
            }),
            7 => BlockKind::Tiers(TiersBlock { name, lines: self.lines(Self::tiers_line) }),
            8 => BlockKind::Card(CardBlock { name, lines: self.lines(Self::card_line) }),
            19 => BlockKind::Challenge(ChallengeBlock { name, lines: self.lines(Self::challenge_line) }),
            20 => BlockKind::Streak(StreakBlock { name, lines: self.lines(Self::streak_line) }),
            23 => BlockKind::Draw(DrawBlock { name, lines: self.lines(Self::draw_line) }),
            9 => BlockKind::Voucher(VoucherBlock { name, lines: self.lines(Self::voucher_line) }),
            10 => BlockKind::Referral(ReferralBlock { name, lines: self.lines(Self::referral_line) }),
            11 => BlockKind::Returns(ReturnsBlock { lines: self.lines(Self::returns_line) }),
            14 => BlockKind::Redeem(RedeemBlock { name, lines: self.lines(Self::redeem_line) }),
            12 => BlockKind::Test(TestBlock { name, lines: self.lines(Self::test_line) }),
            _ => {
                let kind = [RuleKind::Earn, RuleKind::Bonus][self.pick(2)];
                BlockKind::Rule(RuleBlock { kind, name, lines: self.lines(Self::rule_line) })
            }
        };
        Block { doc, kind, span: Span::default(), head: Span::default() }
    }

    fn program_line(&mut self) -> ProgramLine {
        match self.pick(12) {
            0 => ProgramLine::Version(self.number()),
            1 => ProgramLine::EffectiveFrom(self.date()),
            2 => ProgramLine::Currency(self.name()),
            3 => ProgramLine::TimeZone(self.text()),
            4 => ProgramLine::WeekStartsOn(self.name()),
            5 => ProgramLine::DayStartsAt(self.time()),
            6 => ProgramLine::MembershipYearStartsOnDay(self.number()),
            7 => ProgramLine::AcceptLate(self.duration()),
            8 => ProgramLine::AcceptBeforeJoining(self.duration()),
            9 => ProgramLine::Prices { with_tax: self.yes() },
            10 => ProgramLine::JoinBy(self.name()),
            _ => ProgramLine::Spend { with_tax: self.yes(), after_redemptions: self.yes() },
        }
    }

    fn schema_line(&mut self) -> SchemaLine {
        match self.pick(6) {
            0 => SchemaLine::JudgedOn(self.name()),
            _ => SchemaLine::Field(self.field()),
        }
    }

    fn field(&mut self) -> Field {
        let kind = match self.pick(11) {
            0 => FieldType::Integer(self.maybe(|c| (c.number(), c.number()))),
            1 => FieldType::Decimal,
            2 => FieldType::Money,
            3 => FieldType::Percent,
            4 => FieldType::Date,
            5 => FieldType::Time,
            6 => FieldType::Text,
            7 => FieldType::YesNo,
            8 => FieldType::Name,
            9 => FieldType::OneOf(self.some(1, Self::name)),
            _ => FieldType::ListOfName,
        };
        let name = self.name();
        Field {
            name,
            kind,
            kind_span: Span::default(),
            optional: self.yes(),
            singular: self.maybe(Self::name),
            may_change: self.maybe(|c| MayChange {
                times: c.number(),
                per: c.period(),
                span: Span::default(),
            }),
            counts_from: self.maybe(|c| CountsFrom { per: c.period(), span: Span::default() }),
        }
    }

    fn unit_line(&mut self) -> UnitLine {
        match self.pick(8) {
            0 => UnitLine::Singular(self.name()),
            1 => UnitLine::Decimals(self.number()),
            2 => UnitLine::Worth(self.amount()),
            3 => UnitLine::Round(self.round()),
            4 => UnitLine::Activate(self.activate()),
            5 => UnitLine::NoExpiry(self.cond(3)),
            6 => UnitLine::SpendOrder([SpendOrder::SoonestExpiry, SpendOrder::Oldest][self.pick(2)]),
            _ => UnitLine::Expire(self.expire()),
        }
    }

    fn round(&mut self) -> Round {
        use RoundMode::*;
        Round { mode: [Down, Up, HalfUp, HalfDown, HalfEven][self.pick(5)], per_item: self.yes() }
    }

    fn activate(&mut self) -> Activate {
        match self.pick(4) {
            0 => Activate::AtOnce,
            1 => Activate::After(self.duration()),
            2 => Activate::On(self.name()),
            _ => Activate::AtEndOf(self.period()),
        }
    }

    fn expire(&mut self) -> Expire {
        match self.pick(5) {
            0 => Expire::Never,
            4 => Expire::Without { duration: self.duration(), events: self.some(1, Self::name) },
            1 => Expire::After {
                duration: self.duration(),
                from: [ExpireFrom::Earning, ExpireFrom::Activation, ExpireFrom::FirstStamp][self.pick(3)],
                tail: self.maybe(Self::tail),
            },
            2 => Expire::AtEndOf { period: self.period(), plus: self.plus() },
            _ => Expire::AtNext(self.month_day()),
        }
    }

    fn rule_line(&mut self) -> RuleLine {
        match self.pick(17) {
            16 => RuleLine::Budget(Cap { side: None, ..self.cap() }),
            14 => RuleLine::AtPartner(self.name()),
            15 => RuleLine::Funded(self.funded()),
            0 => RuleLine::On(self.on()),
            1 => RuleLine::Valid(self.valid()),
            2 => RuleLine::ForItems(self.cond(3)),
            3 => RuleLine::When(self.cond(3)),
            4 => RuleLine::Give(self.give()),
            5 => {
                let by = match self.pick(2) {
                    0 => Factor::Number(self.number()),
                    _ => Factor::Table { key: self.table_key(), rows: self.some(1, Self::cell) },
                };
                match self.pick(3) {
                    0 => RuleLine::Multiply(Multiply { unit: self.name(), by }),
                    1 => RuleLine::MultiplyEverything(MultiplyEverything { unit: None, by }),
                    _ => RuleLine::MultiplyEverything(MultiplyEverything { unit: Some(self.name()), by }),
                }
            }
            6 => RuleLine::AtLeast(self.amount()),
            7 => RuleLine::Replaces(self.name()),
            8 => RuleLine::Combine(
                [Combine::Add, Combine::BestOf(self.name()), Combine::Exclusive][self.pick(3)].clone(),
            ),
            9 => RuleLine::Cap(Cap { side: None, ..self.cap() }),
            10 => RuleLine::Round(self.round()),
            11 => RuleLine::Activate(self.activate()),
            12 => RuleLine::NoExpiry(self.cond(3)),
            _ => RuleLine::Expire(self.expire()),
        }
    }

    pub(super) fn on(&mut self) -> On {
        if self.yes() { On::Joining } else { On::Event(self.name()) }
    }

    pub(super) fn valid(&mut self) -> Valid {
        match self.pick(5) {
            0 => Valid::Span { from: Some(self.moment()), to: self.maybe(Self::moment) },
            1 => Valid::Span { from: None, to: Some(self.moment()) },
            2 => Valid::EveryYear { from: self.month_day(), to: self.month_day() },
            3 => Valid::For { duration: self.duration(), tail: self.maybe(Self::tail) },
            _ => Valid::UntilEndOf { next: self.yes(), period: self.period() },
        }
    }

    pub(super) fn give(&mut self) -> Give {
        match self.pick(9) {
            0 => Give::Flat(self.amount()),
            1 => Give::Per { amount: self.amount(), per: self.per() },
            2 => Give::Share { rate: self.percent(), base: self.base(), unit: self.name() },
            3 => Give::AsUnit { attribute: self.name(), unit: self.name() },
            4 => {
                let bands =
                    self.some(1, |c| Band { from: c.amount(), value: c.number(), span: Span::default() });
                Give::Bands { unit: self.name(), bands }
            }
            5 => {
                let of = match self.pick(3) {
                    0 => TableOf::Flat,
                    1 => TableOf::Of(self.base()),
                    _ => TableOf::Per(self.per()),
                };
                Give::Table { unit: self.name(), key: self.table_key(), rows: self.some(1, Self::cell), of }
            }
            6 => Give::More { percent: self.percent(), unit: self.name() },
            7 => Give::MoreTable { unit: self.name(), key: self.table_key(), rows: self.some(1, Self::cell) },
            _ => Give::Choice(self.choice()),
        }
    }

    pub(super) fn choice(&mut self) -> Choice {
        Choice {
            picks: self.maybe(Self::number),
            entries: self.some(1, Self::amount),
            within: self.duration(),
            otherwise: self.maybe(Self::amount),
        }
    }

    pub(super) fn per(&mut self) -> Per {
        match self.pick(2) {
            0 => Per::Item,
            _ => Per::Amount {
                steps: [Steps::Exact, Steps::Full, Steps::Started][self.pick(3)],
                amount: self.amount(),
                of: self.maybe(Self::base),
            },
        }
    }

    fn base(&mut self) -> Base {
        match self.pick(3) {
            0 => Base::Spend(Span::default()),
            1 => Base::SpendPaidWith(self.name()),
            _ => Base::Attribute(self.name()),
        }
    }

    fn cell(&mut self) -> Cell {
        let key = if self.yes() { CellKey::Name(self.name()) } else { CellKey::Number(self.number()) };
        let value =
            if self.yes() { CellValue::Number(self.number()) } else { CellValue::Percent(self.percent()) };
        Cell { key, value, span: Span::default() }
    }

    pub(super) fn path(&mut self) -> Path {
        let scope = ["item", "event", "member"][self.pick(3)].to_owned();
        let scope = self.maybe(|_| Name { text: scope, span: Span::default() });
        Path { scope, of_block: false, name: self.name(), span: Span::default() }
    }

    fn table_key(&mut self) -> Path {
        let mut path = self.path();
        path.of_block = self.yes();
        if path.of_block {
            path.scope = Some(self.name());
            path.name.text = "tier".to_owned();
        }
        path
    }

    pub(super) fn cap(&mut self) -> Cap {
        let limit = match self.pick(3) {
            0 => CapLimit::Times(self.number()),
            1 => CapLimit::Amount(self.amount()),
            _ => CapLimit::Spend(self.amount()),
        };
        let per = self.maybe(|c| if c.yes() { CapPer::Item } else { CapPer::Period(c.period()) });
        let scope = self.pick(3);
        Cap {
            side: self.maybe(Self::side),
            limit,
            per,
            each: self.maybe(Self::name),
            per_account: scope == 1,
            per_member: scope == 2,
        }
    }

    fn side(&mut self) -> Side {
        if self.yes() { Side::Friend } else { Side::Referrer }
    }

    fn tiers_line(&mut self) -> TiersLine {
        match self.pick(16) {
            0 => TiersLine::UpgradeAtOnce,
            1 => TiersLine::Count { metrics: self.some(1, Self::metric), window: self.count_window() },
            2 => TiersLine::KeepUntil { next: self.yes(), period: self.period(), plus: self.plus() },
            3 => TiersLine::KeepFor { duration: self.duration(), tail: self.maybe(Self::tail) },
            4 => TiersLine::KeepForever,
            5 => TiersLine::DropOneLevel,
            6 => TiersLine::DropToEarned,
            7 => TiersLine::Grace(self.duration()),
            8 => TiersLine::UpgradeAtEnd(self.period()),
            9 => TiersLine::NewTierFromNext(self.name()),
            10 => TiersLine::NewTierForThis(self.name()),
            11 => TiersLine::NewTierAboveThreshold,
            12 => TiersLine::TakesThreshold,
            13 => TiersLine::CarryAtMost(self.amount()),
            14 => TiersLine::CarrySurplus { unit: self.name(), from: self.maybe(Self::name) },
            _ => TiersLine::Tier { name: self.name(), lines: self.lines(Self::tier_line) },
        }
    }

    fn count_window(&mut self) -> CountWindow {
        match self.pick(3) {
            0 => CountWindow::Rolling(self.duration()),
            1 => CountWindow::Since(self.duration()),
            _ => CountWindow::Period(self.period()),
        }
    }

    fn metric(&mut self) -> Metric {
        match self.pick(4) {
            2 => Metric::YearsOf(self.name(), Span::default()),
            0 => Metric::Spend(Span::default()),
            1 => Metric::SpendOn(self.cond(2), Span::default()),
            _ => Metric::Named(self.name()),
        }
    }

    fn tier_line(&mut self) -> TierLine {
        match self.pick(4) {
            2 => TierLine::Every(self.period(), self.give()),
            0 => TierLine::Benefit(self.text()),
            1 => TierLine::Reach(self.reach(2)),
            _ => TierLine::OnEntry(self.give()),
        }
    }

    fn reach(&mut self, depth: usize) -> Reach {
        let span = Span::default();
        match self.pick(if depth == 0 { 2 } else { 4 }) {
            1 => Reach::Years { count: self.number(), tier: self.name(), span },
            0 => Reach::Target { amount: self.amount(), spend: self.yes(), span },
            2 => Reach::And(self.some(2, |c| c.reach(depth - 1)), span),
            _ => Reach::Or(self.some(2, |c| c.reach(depth - 1)), span),
        }
    }

    fn card_line(&mut self) -> CardLine {
        match self.pick(13) {
            11 => CardLine::AtPartner(self.name()),
            12 => CardLine::Funded(self.funded()),
            0 => CardLine::On(self.on()),
            1 => CardLine::Valid(self.valid()),
            2 => CardLine::When(self.cond(2)),
            3 => CardLine::ForItems(self.cond(2)),
            4 => CardLine::Stamp { count: self.number(), per: self.maybe(Self::per) },
            5 => CardLine::Goal(self.amount()),
            6 => CardLine::StartWith { amount: self.amount(), every_card: self.yes() },
            7 => CardLine::Cap(Cap { side: None, ..self.cap() }),
            8 => CardLine::Carry(self.yes()),
            9 => CardLine::Expire(self.expire()),
            10 if self.yes() => CardLine::Average(self.name()),
            _ => CardLine::Reward(self.amount()),
        }
    }

    fn challenge_line(&mut self) -> ChallengeLine {
        match self.pick(8) {
            7 => ChallengeLine::Cap(Cap { side: None, ..self.cap() }),
            0 => ChallengeLine::Valid(self.valid()),
            1 => ChallengeLine::When(self.cond(2)),
            2 => ChallengeLine::CompleteAll,
            3 => ChallengeLine::CompleteAny(self.number()),
            4 if self.yes() => ChallengeLine::Once(OncePer::Member),
            4 => ChallengeLine::Once(OncePer::Period(self.period())),
            5 => ChallengeLine::Give(self.give()),
            _ => ChallengeLine::Task(Task {
                name: self.name(),
                measure: self.name(),
                goal: if self.yes() { Goal::Number(self.number()) } else { Goal::Amount(self.amount()) },
                of: match self.pick(3) {
                    0 => None,
                    1 => Some(TaskItems::ForItems(self.cond(2))),
                    _ => Some(TaskItems::When(self.cond(2))),
                },
            }),
        }
    }

    fn streak_line(&mut self) -> StreakLine {
        match self.pick(8) {
            7 => StreakLine::Cap(Cap { side: None, ..self.cap() }),
            0 => StreakLine::On(self.on()),
            1 => StreakLine::Valid(self.valid()),
            2 => StreakLine::When(self.cond(2)),
            3 => StreakLine::Each { period: self.period(), count: self.number(), of: self.name() },
            4 => StreakLine::After { run: self.run(), give: self.give() },
            5 => StreakLine::Forgive(self.run()),
            _ => StreakLine::Restart(self.run()),
        }
    }

    fn run(&mut self) -> Run {
        Run { count: self.number(), periods: self.name() }
    }

    fn draw_line(&mut self) -> DrawLine {
        match self.pick(5) {
            0 => DrawLine::From(self.name()),
            1 => DrawLine::Valid(self.valid()),
            2 => DrawLine::HeldOn(self.date()),
            3 => DrawLine::Cap(Cap { side: None, ..self.cap() }),
            _ => DrawLine::FreeEntry { event: self.name(), give: self.give() },
        }
    }

    fn voucher_line(&mut self) -> VoucherLine {
        match self.pick(9) {
            8 => VoucherLine::Funded(self.funded()),
            6 => VoucherLine::Activate(self.activate()),
            0 => VoucherLine::Grants(match self.pick(4) {
                0 => Grants::Text(self.text()),
                1 => Grants::AmountOff(self.amount()),
                2 => Grants::PercentOff(self.percent(), self.maybe(Self::amount)),
                _ => Grants::ItemsFree(self.number()),
            }),
            1 => VoucherLine::Worth(self.amount()),
            2 => VoucherLine::Valid(self.valid()),
            3 => VoucherLine::Usable { from: self.date(), to: self.date() },
            4 => VoucherLine::ForItems(self.cond(2)),
            5 => VoucherLine::When(self.cond(2)),
            _ => VoucherLine::Cap(Cap { side: None, ..self.cap() }),
        }
    }

    fn referral_line(&mut self) -> ReferralLine {
        match self.pick(10) {
            7 => ReferralLine::NamedUntil(self.name()),
            8 => ReferralLine::WhenFriend(self.cond(2)),
            9 => ReferralLine::WhenReferrer(self.cond(2)),
            0 => ReferralLine::Wait(self.duration()),
            1 => ReferralLine::Valid(self.valid()),
            2 if self.pick(3) == 0 => ReferralLine::Qualifies {
                times: Some(self.number()),
                event: self.name(),
                at_least: None,
                within: self.maybe(Self::duration),
            },
            2 => ReferralLine::Qualifies {
                times: None,
                event: self.name(),
                at_least: self.maybe(Self::amount),
                within: self.maybe(Self::duration),
            },
            3 => ReferralLine::OnJoining(self.give(), self.side()),
            4 => ReferralLine::OnQualifying(self.give(), self.side()),
            5 if self.yes() => ReferralLine::Budget(self.cap()),
            5 => ReferralLine::Cap(self.cap()),
            _ => ReferralLine::NotWithinSame(self.name()),
        }
    }

    fn returns_line(&mut self) -> ReturnsLine {
        match self.pick(5) {
            3 => ReturnsLine::Balance(self.pick(2) == 0),
            4 => ReturnsLine::GiveBack(self.maybe(Self::duration)),
            0 => ReturnsLine::TakeBack(
                [TakeBack::Nothing, TakeBack::InProportion, TakeBack::AsIfNeverBought, TakeBack::InFull]
                    [self.pick(4)],
            ),
            1 => ReturnsLine::AcceptWithin(self.duration()),
            _ => ReturnsLine::Unmatched(
                [Unmatched::Refused, Unmatched::Skipped, Unmatched::TodaysRate][self.pick(3)],
            ),
        }
    }
}
