//! Every form that this version evaluates, and the tree it gives.

use super::read;

/// The tree of a block whose head is right.
fn tree(head: &str, line: &str) -> String {
    let read = read(&format!("{head} {{\n  {line}\n}}\n"));
    assert_eq!(read.places(), [], "{line}: {:#?}", read.found);
    read.short().trim_end().to_owned()
}

/// Checks the trees of lines of one kind of block. `around` shows the block with `*` in place of its line.
fn lines(head: &str, around: &str, expected: &[(&str, &str)]) {
    for (line, short) in expected {
        assert_eq!(tree(head, line), around.replace('*', short), "{line}");
    }
}

#[test]
fn program() {
    lines(
        "program P",
        "Program(ProgramBlock(P, [*]))",
        &[
            ("version 4", "Version(4)"),
            ("effective from 2026-01-01", "EffectiveFrom(2026-01-01)"),
            ("currency EUR", "Currency(EUR)"),
            ("time zone \"Europe/Berlin\"", "TimeZone(\"Europe/Berlin\")"),
            ("week starts on monday", "WeekStartsOn(monday)"),
            ("day starts at 06:00", "DayStartsAt(minute 360)"),
            ("membership year starts on day 9", "MembershipYearStartsOnDay(9)"),
            ("accept late events for 30 days", "AcceptLate(30 Day)"),
            ("accept events from 90 days before joining", "AcceptBeforeJoining(90 Day)"),
            ("prices with tax", "true"),
            ("prices without tax", "false"),
            ("spend with tax after redemptions", "Spend(true, true)"),
            ("spend without tax before redemptions", "Spend(false, false)"),
        ],
    );
}

#[test]
fn attributes() {
    lines(
        "event stay",
        "Schema(SchemaBlock(Event(stay), [Field(Field(*, None, None))]))",
        &[
            ("stars: integer 1 to 5", "stars, Integer((1, 5)), false, None"),
            ("nights: integer singular night", "nights, Integer(None), false, night"),
            ("fare: money optional", "fare, Money, true, None"),
            ("weight: decimal optional singular kilo", "weight, Decimal, true, kilo"),
            ("share: percent", "share, Percent, false, None"),
            ("\"day of birth\": date", "day of birth, Date, false, None"),
            ("start: time", "start, Time, false, None"),
            ("note: text", "note, Text, false, None"),
            ("photo: yes-no", "photo, YesNo, false, None"),
            ("code: name", "code, Name, false, None"),
            ("tags: list of name", "tags, ListOfName, false, None"),
            ("cabin: one of [economy, \"first class\"]", "cabin, OneOf([economy, first class]), false, None"),
        ],
    );
    assert_eq!(
        tree("member", "birthday: date"),
        "Schema(SchemaBlock(Member, [Field(Field(birthday, Date, false, None, None, None))]))"
    );
    assert_eq!(
        tree("item", "kcal: integer"),
        "Schema(SchemaBlock(Item, [Field(Field(kcal, Integer(None), false, None, None, None))]))"
    );
    assert_eq!(
        tree("member", "town: text may change 2 times per calendar year"),
        "Schema(SchemaBlock(Member, [Field(Field(town, Text, false, None, MayChange(2, CalendarYear), None))]))"
    );
}

#[test]
fn blocks_of_one_line() {
    for (text, short) in [
        ("import \"units.loyalty\"", "Import(\"units.loyalty\")"),
        ("categories [Obst, \"Wein & Sekt\"]", "Vocabulary(Categories, [Obst, Wein & Sekt])"),
        (
            "channels [\n  Markt,\n  Online, # with a comma at the end\n]",
            "Vocabulary(Channels, [Markt, Online])",
        ),
        ("stores [A]", "Vocabulary(Stores, [A])"),
        ("payments [Prepaid]", "Vocabulary(Payments, [Prepaid])"),
        ("list \"Zählt nicht\" [Tabak]", "List(ListBlock(Zählt nicht, Names([Tabak])))"),
        ("unit nights is status", "Unit(UnitBlock(nights, Status, []))"),
        ("period Y starts 03-01 every year", "Period(PeriodBlock(Y, EveryYear(MonthDay(3, 1))))"),
        (
            "period \"statement quarter\" starts 02-01 every 3 months",
            "Period(PeriodBlock(statement quarter, EveryMonths(MonthDay(2, 1), 3)))",
        ),
        ("period S starts on day 9 of every month", "Period(PeriodBlock(S, OnDay(9)))"),
        ("period S starts on day cut-off of every month", "Period(PeriodBlock(S, OnAttribute(cut-off)))"),
        (
            "cap Deckel: 1_000 punkte per month on [A, \"B C\"]",
            "SharedCap(Deckel, Cap(None, Amount(1000 punkte), Period(Month), None, false, false), false, [A, B C])",
        ),
    ] {
        let read = read(text);
        assert_eq!(read.places(), [], "{text}");
        let expected = match short.strip_prefix("Vocabulary") {
            Some(rest) => format!("Vocabulary(Vocabulary{rest})\n"),
            None if short.starts_with("SharedCap") => format!("SharedCap({short})\n"),
            None => format!("{short}\n"),
        };
        assert_eq!(read.short(), expected);
    }
}

#[test]
fn lists_by_dates() {
    lines(
        "list L",
        "List(ListBlock(L, Dated([DatedNames(*)])))",
        &[
            ("from 2026-01-01 to 2026-03-31 [a, b]", "2026-01-01, 2026-03-31, [a, b]"),
            ("from 2026-04-01 [c]", "2026-04-01, None, [c]"),
        ],
    );
}

#[test]
fn units() {
    lines(
        "unit punkte is spendable",
        "Unit(UnitBlock(punkte, Spendable, [*]))",
        &[
            ("singular punkt", "Singular(punkt)"),
            ("decimals 2", "Decimals(2)"),
            ("worth 0.01 EUR", "Worth(0.01 EUR)"),
            ("round down in total", "Round(Round(Down, false))"),
            ("round up in total", "Round(Round(Up, false))"),
            ("round half up per item", "Round(Round(HalfUp, true))"),
            ("round half down in total", "Round(Round(HalfDown, false))"),
            ("round half even in total", "Round(Round(HalfEven, false))"),
            ("activate at once", "Activate(AtOnce)"),
            ("activate after 14 days", "Activate(After(14 Day))"),
            ("activate at end of membership year", "Activate(AtEndOf(MembershipYear))"),
            ("expire never", "Expire(Never)"),
            ("expire 24 months after earning", "Expire(After(24 Month, Earning, None))"),
            ("expire 1 year after activation at month end", "Expire(After(1 Year, Activation, MonthEnd))"),
            (
                "expire 3 weeks after earning at next 09-30",
                "Expire(After(3 Week, Earning, Next(MonthDay(9, 30))))",
            ),
            ("expire 1 day after earning at end of quarter", "Expire(After(1 Day, Earning, EndOf(Quarter)))"),
            (
                "expire 1 quarter after earning at start of month",
                "Expire(After(1 Quarter, Earning, StartOf(Month)))",
            ),
            ("expire at end of calendar year", "Expire(AtEndOf(CalendarYear, None))"),
            (
                "expire at end of half-year plus 48 hours at month end",
                "Expire(AtEndOf(HalfYear, (48 Hour, MonthEnd)))",
            ),
            ("expire at next 06-15", "Expire(AtNext(MonthDay(6, 15)))"),
            ("activate on delivery", "Activate(On(delivery))"),
            ("activate on \"check out\"", "Activate(On(check out))"),
            ("expire after 18 months without purchase", "Expire(Without(18 Month, [purchase]))"),
            (
                "expire after 24 months without stay or redemption",
                "Expire(Without(24 Month, [stay, redemption]))",
            ),
            ("no expiry when a is b", "NoExpiry(Compare(a, Is(Name(b))))"),
            (
                "no expiry when a is b\n    and c is d",
                "NoExpiry(And([Compare(a, Is(Name(b))), Compare(c, Is(Name(d)))]))",
            ),
            ("spend soonest expiry first", "SpendOrder(SoonestExpiry)"),
            ("spend oldest first", "SpendOrder(Oldest)"),
        ],
    );
}

#[test]
fn rules() {
    lines(
        "earn R",
        "Rule(RuleBlock(Earn, R, [*]))",
        &[
            (
                "valid from 2026-10-01 to 2026-10-31",
                "Valid(Span(Moment(2026-10-01, None), Moment(2026-10-31, None)))",
            ),
            ("valid from 2026-10-01 08:00", "Valid(Span(Moment(2026-10-01, minute 480), None))"),
            ("valid to 2026-10-01", "Valid(Span(None, Moment(2026-10-01, None)))"),
            ("valid every year from 12-01 to 12-24", "Valid(EveryYear(MonthDay(12, 1), MonthDay(12, 24)))"),
            ("valid for 60 days at month end", "Valid(For(60 Day, MonthEnd))"),
            ("valid until end of next month", "Valid(UntilEndOf(true, Month))"),
            ("valid until end of \"status year\"", "Valid(UntilEndOf(false, Named(status year)))"),
            ("on purchase", "On(Event(purchase))"),
            ("on joining", "On(Joining)"),
            ("at least 500 miles", "AtLeast(500 miles)"),
            ("replaces \"Base points\"", "Replaces(Base points)"),
            ("combine add", "Combine(Add)"),
            ("combine best of Aktionen", "Combine(BestOf(Aktionen))"),
            ("combine exclusive", "Combine(Exclusive)"),
            ("cap 3 times per month", "Cap(Cap(None, Times(3), Period(Month), None, false, false))"),
            (
                "cap 1 time per purchase",
                "Cap(Cap(None, Times(1), Period(Named(purchase)), None, false, false))",
            ),
            ("cap 100 points per item", "Cap(Cap(None, Amount(100 points), Item, None, false, false))"),
            (
                "cap 1_500 USD of spend per quarter",
                "Cap(Cap(None, Spend(1500 USD), Period(Quarter), None, false, false))",
            ),
            ("cap 5 points", "Cap(Cap(None, Amount(5 points), None, None, false, false))"),
            ("cap 5 points for each store", "Cap(Cap(None, Amount(5 points), None, store, false, false))"),
            ("round half up per item", "Round(Round(HalfUp, true))"),
            ("activate at once", "Activate(AtOnce)"),
            ("expire never", "Expire(Never)"),
        ],
    );
}

#[test]
fn awards() {
    lines(
        "bonus R",
        "Rule(RuleBlock(Bonus, R, [*]))",
        &[
            ("give 100 punkte", "Give(Flat(100 punkte))"),
            ("give 1 \"Suite upgrade\"", "Give(Flat(1 Suite upgrade))"),
            ("give 1 punkt per item", "Give(Per(1 punkt, Item))"),
            ("give 1 punkt per 2 EUR", "Give(Per(1 punkt, Amount(Exact, 2 EUR, None)))"),
            ("give 1 punkt per full 2 EUR", "Give(Per(1 punkt, Amount(Full, 2 EUR, None)))"),
            ("give 5 points per started 150 km", "Give(Per(5 points, Amount(Started, 150 km, None)))"),
            (
                "give 10 points per 1 USD of room-spend",
                "Give(Per(10 points, Amount(Exact, 1 USD, Attribute(room-spend))))",
            ),
            (
                "give 2 points per 1 EUR of spend paid with Prepaid",
                "Give(Per(2 points, Amount(Exact, 1 EUR, SpendPaidWith(Prepaid))))",
            ),
            ("give 2% of spend as cashback", "Give(Share(2%, Spend, cashback))"),
            ("give 0.5% of room-spend as cashback", "Give(Share(0.5%, Attribute(room-spend), cashback))"),
            ("give nights as elite-nights", "Give(AsUnit(nights, elite-nights))"),
            (
                "give points by spend bands [from 0 EUR: 2, from 30.01 EUR: 6]",
                "Give(Bands(points, [Band(0 EUR, 2), Band(30.01 EUR, 6)]))",
            ),
            (
                "give miles by tier [Basic: 4, Silver: 5] per 1 EUR of fare",
                "Give(Table(miles, tier, [Cell(Name(Basic), Number(4)), Cell(Name(Silver), Number(5))], \
                 Per(Amount(Exact, 1 EUR, Attribute(fare)))))",
            ),
            (
                "give points by tier of Status [Basic: 1]",
                "Give(Table(points, tier of Status, [Cell(Name(Basic), Number(1))], Flat))",
            ),
            (
                "give points by event.stars [1: 5,2: 10]",
                "Give(Table(points, event.stars, [Cell(Number(1), Number(5)), Cell(Number(2), Number(10))], Flat))",
            ),
            (
                "give reward by tier [Gold: 2%] of spend",
                "Give(Table(reward, tier, [Cell(Name(Gold), 2%)], Of(Spend)))",
            ),
            ("give 50% more points", "Give(More(50%, points))"),
            (
                "give more points by tier [Silver: 20%]",
                "Give(MoreTable(points, tier, [Cell(Name(Silver), 20%)]))",
            ),
            ("multiply punkte by 1.5", "Multiply(Multiply(punkte, Number(1.5)))"),
            ("multiply everything by 1.5", "MultiplyEverything(MultiplyEverything(None, Number(1.5)))"),
            (
                "multiply everything in punkte by tier [Silver: 1.25]",
                "MultiplyEverything(MultiplyEverything(punkte, Table(tier, [Cell(Name(Silver), Number(1.25))])))",
            ),
            ("multiply \"everything\" by 2", "Multiply(Multiply(everything, Number(2)))"),
            (
                "multiply punkte by tier [Silver: 1.25]",
                "Multiply(Multiply(punkte, Table(tier, [Cell(Name(Silver), Number(1.25))])))",
            ),
        ],
    );
}

#[test]
fn comparisons() {
    let value = |text: &str, short: &str| {
        let when = tree("earn R", &format!("when x is {text}"));
        assert_eq!(when, format!("Rule(RuleBlock(Earn, R, [When(Compare(x, {short}))]))"), "{text}");
    };
    value("Gold", "Is(Name(Gold))");
    value("not \"Wein & Sekt\"", "IsNot(Name(Wein & Sekt))");
    value("known", "Known");
    value("unknown", "Unknown");
    value("in [a, b]", "In(Names([a, b]))");
    value("in Liste", "In(List(Liste))");
    value("not in \"Zählt nicht\"", "NotIn(List(Zählt nicht))");
    value("at least 30 EUR", "AtLeast(Amount(30 EUR))");
    value("at most 30 days", "AtMost(Duration(30 Day))");
    value("more than 3", "MoreThan(Number(3))");
    value("less than 5%", "LessThan(5%)");
    value("between 12-24 and 12-26", "Between(MonthDay(MonthDay(12, 24)), MonthDay(MonthDay(12, 26)))");
    value("between 14:00 and 17:00", "Between(minute 840, minute 1020)");
    value("2026-03-01", "Is(Moment(Moment(2026-03-01, None)))");
    value("2026-03-01 08:30", "Is(Moment(Moment(2026-03-01, minute 510)))");
    value("yes", "Is(YesNo(true))");
    value("no", "Is(YesNo(false))");
}

#[test]
fn subjects_and_facts() {
    lines(
        "earn R",
        "Rule(RuleBlock(Earn, R, [*]))",
        &[
            ("for items where category is Wein", "ForItems(Compare(category, Is(Name(Wein))))"),
            ("when member.level matches event.cabin", "When(Compare(member.level, Matches(event.cabin)))"),
            ("when quantity of basket is 3", "When(Compare(QuantityOfBasket, Is(Number(3))))"),
            (
                "when spend on (category is Wein) is at least 30 EUR",
                "When(Compare(SpendOn(Compare(category, Is(Name(Wein))), None), AtLeast(Amount(30 EUR))))",
            ),
            (
                "when quantity on (sku is A1) in last 30 days is 1",
                "When(Compare(QuantityOn(Compare(sku, Is(Name(A1))), Last(30 Day)), Is(Number(1))))",
            ),
            ("when purchases so far is 1", "When(Compare(Measure(Purchases, SoFar), Is(Number(1))))"),
            (
                "when spend in previous month is 1 EUR",
                "When(Compare(Measure(Spend, In(Previous(Month))), Is(Amount(1 EUR))))",
            ),
            ("when items in this week is 1", "When(Compare(Measure(Items, In(This(Week))), Is(Number(1))))"),
            (
                "when \"spend\" in this lifetime is 1",
                "When(Compare(Measure(Named(spend), In(This(Lifetime))), Is(Number(1))))",
            ),
            ("when time since joining is 3 days", "When(Compare(TimeSinceJoining, Is(Duration(3 Day))))"),
            (
                "when time since last purchase is 3 minutes",
                "When(Compare(TimeSinceLast(purchase), Is(Duration(3 Minute))))",
            ),
            ("when tier of Status is at least Gold", "When(Compare(TierOf(Status), AtLeast(Name(Gold))))"),
            ("when time is 08:00", "When(Compare(time, Is(minute 480)))"),
            ("when first is yes", "When(Compare(first, Is(YesNo(true))))"),
            ("when first purchase", "When(Fact(FirstPurchase(None)))"),
            ("when first purchase this month", "When(Fact(FirstPurchase(Month)))"),
            ("when birthday today", "When(Fact(BirthdayToday))"),
            ("when birthday this month", "When(Fact(BirthdayThisMonth))"),
            ("when birthday within 7 days", "When(Fact(BirthdayWithin(7 Day)))"),
            ("when any item (brand is X)", "When(Fact(AnyItem(Compare(brand, Is(Name(X))))))"),
        ],
    );
}

#[test]
fn joined_conditions() {
    let fact = |name: &str| format!("Compare({name}, Is(Name({name})))");
    let (a, b, c) = (fact("a"), fact("b"), fact("c"));
    lines(
        "earn R",
        "Rule(RuleBlock(Earn, R, [When(*)]))",
        &[
            ("when a is a and b is b and c is c", &format!("And([{a}, {b}, {c}])")),
            (
                "when a is a # first\n    or b is b\n\n    # second\n    or c is c",
                &format!("Or([{a}, {b}, {c}])"),
            ),
            ("when a is a and (b is b or c is c)", &format!("And([{a}, Or([{b}, {c}])])")),
            ("when (\n a is a\n and b is b\n)\n or c is c", &format!("Or([And([{a}, {b}]), {c}])")),
            ("when not a is a and not (b is b)", &format!("And([Not({a}), Not({b})])")),
        ],
    );
}

#[test]
fn tiers() {
    lines(
        "tiers T",
        "Tiers(TiersBlock(T, [*]))",
        &[
            ("count nights, spend in calendar year", "Count([Named(nights), Spend], Period(CalendarYear))"),
            (
                "count spend on (category is not X), purchases in membership year",
                "Count([SpendOn(Compare(category, IsNot(Name(X)))), Named(purchases)], Period(MembershipYear))",
            ),
            ("upgrade at once", "UpgradeAtOnce"),
            ("keep until end of next calendar year", "KeepUntil(true, CalendarYear, None)"),
            ("keep until end of campaign plus 2 months", "KeepUntil(false, Campaign, (2 Month, None))"),
            ("keep for 12 months at month end", "KeepFor(12 Month, MonthEnd)"),
            ("keep forever", "KeepForever"),
            ("then drop one level", "DropOneLevel"),
            ("then drop to earned tier", "DropToEarned"),
            ("grace 31 days", "Grace(31 Day)"),
            ("count xp in rolling 12 months", "Count([Named(xp)], Rolling(12 Month))"),
            ("count xp in 12 months since reaching the tier", "Count([Named(xp)], Since(12 Month))"),
            ("count years of Gold in lifetime", "Count([YearsOf(Gold)], Period(Lifetime))"),
            ("upgrade at end of month", "UpgradeAtEnd(Month)"),
            ("new tier counts from next purchase", "NewTierFromNext(purchase)"),
            ("new tier counts for this purchase", "NewTierForThis(purchase)"),
            ("new tier counts for the part above the threshold", "NewTierAboveThreshold"),
            ("reaching takes the threshold", "TakesThreshold"),
            ("carry at most 300 xp", "CarryAtMost(300 xp)"),
            ("carry surplus nights over once", "CarrySurplus(nights, None)"),
            ("carry surplus nights over once from tier Gold", "CarrySurplus(nights, Gold)"),
            ("tier Gold { reach 10 years of Gold }", "Tier(Gold, [Reach(Years(10, Gold))])"),
            ("tier Gold { every month give 5 points }", "Tier(Gold, [Every(Month, Flat(5 points))])"),
            ("tier Basic", "Tier(Basic, [])"),
            ("tier Silver { reach 350 EUR spend }", "Tier(Silver, [Reach(Target(350 EUR, true))])"),
            (
                "tier Gold {\n reach 10 nights or 4 stays\n on entry give 5 points\n benefit \"Lounge\"\n}",
                "Tier(Gold, [Reach(Or([Target(10 nights, false), Target(4 stays, false)])), \
                 OnEntry(Flat(5 points)), Benefit(\"Lounge\")])",
            ),
            (
                "tier \"Top Gold\" { reach (10 nights or 20 stays) and 4 flights }",
                "Tier(Top Gold, [Reach(And([Or([Target(10 nights, false), Target(20 stays, false)]), \
                 Target(4 flights, false)]))])",
            ),
        ],
    );
}

#[test]
fn cards() {
    lines(
        "card K",
        "Card(CardBlock(K, [*]))",
        &[
            ("on purchase", "On(Event(purchase))"),
            ("valid to 2026-10-01", "Valid(Span(None, Moment(2026-10-01, None)))"),
            ("when channel is App", "When(Compare(channel, Is(Name(App))))"),
            ("for items where category is K", "ForItems(Compare(category, Is(Name(K))))"),
            ("stamp 1", "Stamp(1, None)"),
            ("stamp 1 per item", "Stamp(1, Item)"),
            ("stamp 2 per full 10 EUR", "Stamp(2, Amount(Full, 10 EUR, None))"),
            ("goal 10 stamps", "Goal(10 stamps)"),
            ("start with 2 stamps", "StartWith(2 stamps, false)"),
            ("start with 2 stamps on every card", "StartWith(2 stamps, true)"),
            ("cap 3 stamps per day", "Cap(Cap(None, Amount(3 stamps), Period(Day), None, false, false))"),
            ("carry over", "Carry(true)"),
            ("no carry over", "Carry(false)"),
            ("expire 12 months after first stamp", "Expire(After(12 Month, FirstStamp, None))"),
            ("reward 1 Gratiskaffee", "Reward(1 Gratiskaffee)"),
        ],
    );
}

#[test]
fn challenges() {
    lines(
        "challenge C",
        "Challenge(ChallengeBlock(C, [*]))",
        &[
            ("valid to 2026-10-01", "Valid(Span(None, Moment(2026-10-01, None)))"),
            ("when channel is App", "When(Compare(channel, Is(Name(App))))"),
            ("task Nights: nights reaches 40", "Task(Task(Nights, nights, Number(40), None))"),
            ("task Money: spend reaches 50 EUR", "Task(Task(Money, spend, Amount(50 EUR), None))"),
            (
                "task Three: items reaches 3 for items where category is K",
                "Task(Task(Three, items, Number(3), ForItems(Compare(category, Is(Name(K))))))",
            ),
            (
                "task App: purchases reaches 1 when channel is App",
                "Task(Task(App, purchases, Number(1), When(Compare(channel, Is(Name(App))))))",
            ),
            ("complete all tasks", "CompleteAll"),
            ("complete any 2 tasks", "CompleteAny(2)"),
            ("complete any 1 task", "CompleteAny(1)"),
            ("once per member", "Once(Member)"),
            ("once per calendar year", "Once(Period(CalendarYear))"),
            ("give 500 punkte", "Give(Flat(500 punkte))"),
            ("cap 5 times per month", "Cap(Cap(None, Times(5), Period(Month), None, false, false))"),
        ],
    );
}

#[test]
fn streaks() {
    lines(
        "streak S",
        "Streak(StreakBlock(S, [*]))",
        &[
            ("on run", "On(Event(run))"),
            ("valid to 2026-10-01", "Valid(Span(None, Moment(2026-10-01, None)))"),
            ("when channel is App", "When(Compare(channel, Is(Name(App))))"),
            ("each week needs 2 run", "Each(Week, 2, run)"),
            ("each calendar year needs 1 stay", "Each(CalendarYear, 1, stay)"),
            ("forgive 1 missed week", "Forgive(Run(1, week))"),
            ("after 4 weeks give 5 lose", "After(Run(4, weeks), Flat(5 lose))"),
            ("restart after 8 weeks", "Restart(Run(8, weeks))"),
            (
                "cap 100 lose per calendar year",
                "Cap(Cap(None, Amount(100 lose), Period(CalendarYear), None, false, false))",
            ),
        ],
    );
}

#[test]
fn draws() {
    lines(
        "draw D",
        "Draw(DrawBlock(D, [*]))",
        &[
            ("draws from lose", "From(lose)"),
            ("valid to 2026-10-01", "Valid(Span(None, Moment(2026-10-01, None)))"),
            ("held on 2026-08-07", "HeldOn(2026-08-07)"),
            (
                "cap 100 lose per campaign",
                "Cap(Cap(None, Amount(100 lose), Period(Campaign), None, false, false))",
            ),
            ("free entry on postcard give 5 lose", "FreeEntry(postcard, Flat(5 lose))"),
        ],
    );
}

#[test]
fn vouchers() {
    lines(
        "voucher V",
        "Voucher(VoucherBlock(V, [*]))",
        &[
            ("grants 10 EUR off", "Grants(AmountOff(10 EUR))"),
            ("grants 10% off", "Grants(PercentOff(10%, None))"),
            ("grants 10% off up to 20 EUR", "Grants(PercentOff(10%, 20 EUR))"),
            ("grants 1 item free", "Grants(ItemsFree(1))"),
            ("grants 2 items free", "Grants(ItemsFree(2))"),
            ("grants \"One upgrade\"", "Grants(\"One upgrade\")"),
            ("worth 3.20 EUR", "Worth(3.2 EUR)"),
            ("valid for 60 days", "Valid(For(60 Day, None))"),
            ("usable from 2026-12-01 to 2026-12-07", "Usable(2026-12-01, 2026-12-07)"),
            ("for items where category is K", "ForItems(Compare(category, Is(Name(K))))"),
            ("when basket is at least 50 EUR", "When(Compare(basket, AtLeast(Amount(50 EUR))))"),
            (
                "cap 1 time per purchase",
                "Cap(Cap(None, Times(1), Period(Named(purchase)), None, false, false))",
            ),
        ],
    );
}

#[test]
fn friends_and_returns() {
    lines(
        "referral R",
        "Referral(ReferralBlock(R, [*]))",
        &[
            ("valid to 2026-12-31", "Valid(Span(None, Moment(2026-12-31, None)))"),
            ("friend qualifies with purchase", "Qualifies(None, purchase, None, None)"),
            (
                "friend qualifies with purchase of at least 30 EUR within 60 days of joining",
                "Qualifies(None, purchase, 30 EUR, 60 Day)",
            ),
            ("friend qualifies with 3 trip", "Qualifies(3, trip, None, None)"),
            ("friend may be named until first trip", "NamedUntil(trip)"),
            ("when friend age is at least 18", "WhenFriend(Compare(age, AtLeast(Number(18))))"),
            ("when referrer tier is Gold", "WhenReferrer(Compare(tier, Is(Name(Gold))))"),
            ("wait 14 days", "Wait(14 Day)"),
            ("on joining give 1 Willkommen to friend", "OnJoining(Flat(1 Willkommen), Friend)"),
            ("on qualifying give 1_000 punkte to referrer", "OnQualifying(Flat(1000 punkte), Referrer)"),
            (
                "cap referrer 10 times per calendar year",
                "Cap(Cap(Referrer, Times(10), Period(CalendarYear), None, false, false))",
            ),
            (
                "cap friend 1 time per lifetime",
                "Cap(Cap(Friend, Times(1), Period(Lifetime), None, false, false))",
            ),
            ("cap 1 time per lifetime", "Cap(Cap(None, Times(1), Period(Lifetime), None, false, false))"),
            ("not within same household", "NotWithinSame(household)"),
        ],
    );
    for (line, short) in [
        ("take back nothing", "TakeBack(Nothing)"),
        ("take back earned in proportion", "TakeBack(InProportion)"),
        ("take back earned as if never bought", "TakeBack(AsIfNeverBought)"),
        ("take back earned in full", "TakeBack(InFull)"),
        ("accept within 60 days", "AcceptWithin(60 Day)"),
        ("unmatched lines are refused", "Unmatched(Refused)"),
        ("unmatched lines are skipped", "Unmatched(Skipped)"),
        ("unmatched lines take back today's rate", "Unmatched(TodaysRate)"),
    ] {
        assert_eq!(tree("returns", line), format!("Returns([{short}])"));
    }
}

#[test]
fn what_tests_are_given() {
    lines(
        "test T",
        "Test(TestBlock(T, [Given(Ann, [*])]))",
        &[
            ("given member Ann", ""),
            ("given member Ann { joined 2026-01-05 }", "Joined(Moment(2026-01-05, None))"),
            ("given member Ann { tier Gold }", "Tier(Gold, None)"),
            ("given member Ann { tier Gold until 2027-12-31 }", "Tier(Gold, 2027-12-31)"),
            ("given member Ann { card K at 9 stamps }", "Card(K, 9 stamps)"),
            ("given member Ann { task Nights at 12 }", "Task(Nights, 12)"),
            ("given member Ann { milestones Year at 480 }", "Milestones(Year, 480)"),
            ("given member Ann { streak Weekly at 3 }", "Streak(Weekly, 3)"),
            ("given member Ann { cap Deckel used 950 }", "CapUsed(Deckel, 950, None)"),
            ("given member Ann { cap K used 95 for 3 }", "CapUsed(K, 95, Number(3))"),
            ("given member Ann { referred by Rosa }", "ReferredBy(Rosa)"),
            ("given member Ann { account Firma }", "Account(Firma)"),
            ("given member Ann { balance 24 nights }", "Balance(24 nights, None)"),
            ("given member Ann { balance 24 nights expiring 2027-12-31 }", "Balance(24 nights, 2027-12-31)"),
            ("given member Ann { has 1 Upgrade until 2026-04-30 }", "Has(1 Upgrade, 2026-04-30)"),
            ("given member Ann { spent 400 EUR on 2026-01-10 }", "Spent(400 EUR, 2026-01-10)"),
            ("given member Ann { purchased 3 times on 2026-01-10 }", "Purchased(3, 2026-01-10)"),
            ("given member Ann { household: \"A-12\" }", "Attribute(household, Name(A-12))"),
            ("given member Ann { tags: [a, b] }", "Attribute(tags, Names([a, b]))"),
        ],
    );
}

#[test]
fn what_happens_in_tests() {
    lines(
        "test T",
        "Test(TestBlock(T, [When(Moment(2026-03-03, minute 60), *)]))",
        &[
            ("when 2026-03-03 01:00 clock", "Clock, []"),
            ("when 2026-03-03 01:00 return \"RT-1\" by Ann", "Return(\"RT-1\", None, Ann), []"),
            (
                "when 2026-03-03 01:00 return \"RT-1\" of \"K-1\" by Ann { all items }",
                "Return(\"RT-1\", \"K-1\", Ann), [AllItems(None)]",
            ),
            ("when 2026-03-03 01:00 joining \"J-1\" by Ann", "Joining(\"J-1\", Ann), []"),
            (
                "when 2026-03-03 01:00 joining \"J-1\" by Finn { referred by Rosa }",
                "Joining(\"J-1\", Finn), [ReferredBy(Rosa)]",
            ),
            ("when 2026-03-03 01:00 review \"R-1\" by Ann", "Event(review, \"R-1\", None, Ann), []"),
            (
                "when 2026-03-03 01:00 delivery \"D-1\" of \"K-1\" by Ann",
                "Event(delivery, \"D-1\", \"K-1\", Ann), []",
            ),
        ],
    );
    lines(
        "test T",
        "Test(TestBlock(T, [When(Moment(2026-03-03, None), Event(purchase, \"K-1\", None, Ann), [*])]))",
        &[
            (
                "when 2026-03-03 purchase \"K-1\" by Ann {\n item Äpfel 2 x 4.98 EUR, category: Obst\n}",
                "Item(ItemLine(Äpfel, None, 2, 4.98 EUR, None, [(category, Name(Obst))]))",
            ),
            (
                "when 2026-03-03 purchase \"K-1\" by Ann { item Pfand 1 x -0.25 EUR }",
                "Item(ItemLine(Pfand, None, 1, -0.25 EUR, None, []))",
            ),
            (
                "when 2026-03-03 purchase \"K-1\" by Ann { item Brot line 1 2 x 4 EUR of \"P-1\" }",
                "Item(ItemLine(Brot, 1, 2, 4 EUR, \"P-1\", []))",
            ),
            (
                "when 2026-03-03 purchase \"K-1\" by Ann { item Brot 3 }",
                "Item(ItemLine(Brot, None, 3, None, None, []))",
            ),
            (
                "when 2026-03-03 purchase \"K-1\" by Ann { item Brot 4 EUR, tax: 0.52 EUR, bio: yes }",
                "Item(ItemLine(Brot, None, None, 4 EUR, None, [(tax, Amount(0.52 EUR)), (bio, YesNo(true))]))",
            ),
            ("when 2026-03-03 purchase \"K-1\" by Ann { total 19.99 EUR }", "Total(19.99 EUR)"),
            ("when 2026-03-03 purchase \"K-1\" by Ann { payment Prepaid: 5 EUR }", "Payment(Prepaid, 5 EUR)"),
            ("when 2026-03-03 purchase \"K-1\" by Ann { all items of \"P-2\" }", "AllItems(\"P-2\")"),
            ("when 2026-03-03 purchase \"K-1\" by Ann { level: -5 }", "Attribute(level, Number(-5))"),
            ("when 2026-03-03 purchase \"K-1\" by Ann { item: Brot }", "Attribute(item, Name(Brot))"),
            ("when 2026-03-03 purchase \"K-1\" by Ann { fix: -5% }", "Attribute(fix, -5%)"),
        ],
    );
}

#[test]
fn what_tests_expect() {
    lines(
        "test T",
        "Test(TestBlock(T, [Expect(*)]))",
        &[
            ("expect refused", "Refused(None)"),
            ("expect refused \"not enough\"", "Refused(\"not enough\")"),
            ("expect card K of Emil at 3 stamps", "Card(K, Emil, 3 stamps)"),
            ("expect challenge C of Emil at 1", "Challenge(C, Emil, 1)"),
            ("expect task Nights of Emil at 12", "Task(Nights, Emil, 12)"),
            ("expect milestones Year of Emil at 480", "Milestones(Year, Emil, 480)"),
            ("expect streak Weekly of Emil at 3", "Streak(Weekly, Emil, 3)"),
            ("expect cap Deckel has 20 left", "CapLeft(Deckel, None, 20, None)"),
            ("expect cap Deckel of Ann has 20 left", "CapLeft(Deckel, Ann, 20, None)"),
            ("expect cap K has 5 left for T-1", "CapLeft(K, None, 5, Name(T-1))"),
            ("expect 100 punkte expire", "Expire(100 punkte, None)"),
            ("expect 100 punkte of Ann expire", "Expire(100 punkte, Ann)"),
            ("expect Ann earns nothing", "EarnsNothing(Ann)"),
            ("expect Ann earns 14 punkte", "Earns(Ann, 14 punkte, None)"),
            ("expect Ann earns -1.5 punkte from R", "Earns(Ann, -1.5 punkte, R)"),
            ("expect Ann has 14 punkte", "Has(Ann, 14 punkte, Usable)"),
            ("expect Ann has 14 punkte pending", "Has(Ann, 14 punkte, Pending)"),
            ("expect Ann has 14 punkte expiring 2026-01-01", "Has(Ann, 14 punkte, Expiring(2026-01-01))"),
            ("expect Ann has 1 V until 2026-01-01", "Has(Ann, 1 V, Until(2026-01-01))"),
            ("expect Ann has benefit \"Lounge\"", "Benefit(Ann, \"Lounge\", None)"),
            ("expect Ann has benefit \"Lounge\" until 2026-01-01", "Benefit(Ann, \"Lounge\", 2026-01-01)"),
            ("expect Ann has no benefit \"Lounge\"", "NoBenefit(Ann, \"Lounge\")"),
            ("expect Ann loses 10 punkte", "Loses(Ann, 10 punkte)"),
            ("expect Ann tier is Gold", "Tier(Ann, None, Gold, None)"),
            ("expect Ann tier of Status is Gold until 2027-12-31", "Tier(Ann, Status, Gold, 2027-12-31)"),
        ],
    );
}

#[test]
fn statement_words_remain_free_as_names() {
    let read = read(
        "earn earn { on cap }\nunit give is status\ncap cap: 1 time per tier on [earn]\n\
         test test {\n  given member card\n  expect card earns nothing\n  expect card has 3 cap\n}\n",
    );
    assert_eq!(read.places(), []);
    assert_eq!(read.file.blocks.len(), 4);
}

#[test]
fn spaces_comments_and_line_ends_do_not_matter() {
    let text = "edition 2026\r\n\r\n\tearn  R{\r\nwhen a is b#c\r\n# d\r\n}# e\r\n";
    let read = read(text);
    assert_eq!(read.places(), []);
    assert_eq!(read.short(), "Rule(RuleBlock(Earn, R, [When(Compare(a, Is(Name(b))))]))\n");
    let comments: Vec<_> = read.file.comments.iter().map(|c| (c.text.as_str(), c.own_line)).collect();
    assert_eq!(comments, [("c", false), (" d", true), (" e", false)]);
    assert_eq!(read.map.text(read.file.blocks[0].span), "earn  R{\r\nwhen a is b#c\r\n# d\r\n}");
}

#[test]
fn a_line_ends_with_its_last_word() {
    let read = read("earn R {\n  give 1 punkt    # one\n  cap 3 punkte   \n}\n");
    let loyalty_rules::syntax::ast::BlockKind::Rule(rule) = &read.file.blocks[0].kind else { panic!() };
    let lines: Vec<&str> = rule.lines.iter().map(|line| read.map.text(line.span)).collect();
    assert_eq!(lines, ["give 1 punkt", "cap 3 punkte"]);
}

#[test]
fn names_are_compared_in_one_form() {
    let read = read("unit ge\u{308}ld is status\nunit \"g\u{eb}ld\" is status\n");
    assert_eq!(read.short(), "Unit(UnitBlock(gëld, Status, []))\nUnit(UnitBlock(gëld, Status, []))\n");
    assert_eq!(read.places(), []);
}

#[test]
fn descriptions_belong_to_the_block_below() {
    let read = read("##  One.\n##Two. # not a comment \nunit x is status\n");
    assert_eq!(read.places(), []);
    let doc: Vec<&str> = read.file.blocks[0].doc.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(doc, ["One.", "Two. # not a comment"]);
    assert_eq!(read.map.text(read.file.blocks[0].span), "unit x is status");
}
