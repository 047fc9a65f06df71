//! Whole programs and the tables that they give.

use super::*;
use crate::calendar::{Date, Duration, DurationUnit, Period};
use crate::program::{
    AwardThing, Basis, CapId, CapLimit, CapWindow, Effect, EventKindId, Factor, Keep, Measure, MeterId,
    NumSubject, PayOut, Rate, Reach, ReferralGift, RuleId, Since, SinceBase, Slots, StampPer, Steps,
    SymSubject, Test, TiersId, UnitId, Validity, VoucherEnd, VoucherId, Window,
};
use pretty_assertions::assert_eq;

const HEAD: &str = "edition 2026
program Test {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone \"Europe/Berlin\"
}
returns { accept within 60 days }
categories [Fruit, Wine]
unit points is spendable {
  singular point
  round down in total
  expire never
}
";

fn compiled(sources: &Sources) -> Compiled {
    compile(sources, &Limits::default()).unwrap_or_else(|findings| panic!("{findings}"))
}

fn sample(name: &str) -> Compiled {
    let path = format!("{}/tests/samples/{name}.loyalty", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    compiled(&Sources::single(format!("{name}.loyalty"), text))
}

fn program(body: &str) -> Program {
    compiled(&Sources::single("test.loyalty", format!("{HEAD}{body}"))).program
}

/// The codes and messages of a program that is refused.
fn refused_with(body: &str) -> Vec<String> {
    let findings = compile(&Sources::single("test.loyalty", format!("{HEAD}{body}")), &Limits::default());
    let list = findings.err().map(|findings| findings.list).unwrap_or_default();
    list.iter().map(|finding| format!("{} {}", finding.code.id(), finding.message)).collect()
}

fn codes(compiled: &Compiled) -> Vec<&'static str> {
    compiled.findings.iter().map(|finding| finding.code.id()).collect()
}

/// The `when` of the only rule of a program.
fn when(condition: &str) -> (Option<Test>, Program) {
    let body = format!(
        "member {{
  birthday: date optional
  level: one of [a, b, c]
}}
event stay {{ nights: integer 1 to 30 singular night }}
tiers Status {{
  count purchases in calendar year
  tier Basic
  tier Silver {{ reach 5 purchases }}
  tier Gold {{ reach 9 purchases }}
}}
earn Base {{
  on stay
  when {condition}
  give 1 point per 1 EUR
}}
"
    );
    let program = program(&body);
    (program.rules[0].when.clone(), program)
}

fn num(subject: NumSubject, low: i64, high: i64) -> Option<Test> {
    Some(Test::Num(subject, low, high))
}

#[test]
fn samples_compile() {
    // only the supermarket says something about returns, and nobody asks for the stars of a review
    assert_eq!(codes(&sample("supermarket")), [""; 0]);
    for name in ["cafe", "referral", "hotel", "airline"] {
        assert_eq!(codes(&sample(name)), ["U209"], "{name}");
    }
    assert_eq!(codes(&sample("cosmetics")), ["U209", "N103"]);
}

#[test]
fn the_cafe() {
    let Compiled { program, tests, .. } = sample("cafe");
    assert_eq!(program.name(), "Café Käthe");
    assert_eq!(tests.len(), 2);
    let card = &program.cards[0];
    assert_eq!((card.stamps, card.per, card.goal), (1, StampPer::Piece, 10));
    assert_eq!((card.head_start, card.head_start_on_every, card.carry_over), (2, false, true));
    assert_eq!((card.reward.thing, card.reward.amount), (AwardThing::Voucher(VoucherId(0)), 1));
    assert_eq!(card.caps.as_ref(), [CapId(0)]);
    let cap = &program.caps[0];
    assert_eq!((cap.limit, cap.window), (CapLimit::Stamps(3), CapWindow::Period(Period::Day)));
    assert_eq!(&*cap.text, "3 stamps per day");
    // a day, and the day that an event may come late
    let meter = &program.meters[0];
    assert_eq!((meter.measure, meter.slots), (Measure::Cap(CapId(0)), Slots::Period(Period::Day)));
    assert_eq!(meter.keep_days, Some(2));
    let voucher = &program.vouchers[0];
    assert_eq!((&*voucher.grants, voucher.worth), ("1 item free", Some(3_200_000)));
    assert_eq!(voucher.end, VoucherEnd::For(Duration::new(60, DurationUnit::Day), None));
}

#[test]
fn the_supermarket() {
    let Compiled { program, .. } = sample("supermarket");
    let names: Vec<&str> = program.rules.iter().map(|rule| &*rule.name).collect();
    assert_eq!(names, ["Grundpunkte", "Doppelter Dienstag", "Weinwochen"]);
    // one point for each full step of 2 EUR: a whole number, so the denominator stays 1
    assert_eq!(program.units[0].denominator, 1);
    let Effect::Linear { rate: Rate::Fixed(rate), basis, steps, step, .. } = &program.rules[0].effect else {
        panic!("{:?}", program.rules[0].effect)
    };
    assert_eq!((*rate, *basis, *steps, *step), (1, Basis::Spend, Steps::Full, 2_000_000));
    // categories by code point: Gemüse, Gutscheinkarten, Obst, Pfand, Tabak, Wein & Sekt
    let of = |name| program.symbols.find(name);
    let excluded = [of("Gutscheinkarten"), of("Pfand"), of("Tabak")];
    let items = Test::Not(Box::new(Test::Sym(SymSubject::Category, Box::new(excluded))));
    assert_eq!(program.rules[0].items, Some(items));
    assert_eq!(&*program.rules[0].items_text, "category is not in \"Zählt nicht\"");
    assert_eq!(program.rules[1].when, num(NumSubject::Weekday, 1, 1));
    assert_eq!(program.rules[2].when, num(NumSubject::Basket, 30_000_000, i64::MAX));
    let day = |day| Date::from_ymd(2026, 10, day).unwrap();
    assert_eq!(program.rules[2].valid, Validity::Days(day(1), day(31)));
    assert!(matches!(program.rules[2].effect, Effect::Multiply { factor: Factor::Fixed(2, 1), .. }));
    let cap = &program.caps[0];
    assert_eq!(cap.limit, CapLimit::Amount(AwardThing::Unit(UnitId(0)), 1_000));
    assert_eq!(cap.rules.as_ref(), [RuleId(1), RuleId(2)]);
    assert_eq!(&*cap.text, "1_000 punkte per month");
    assert_eq!(program.rules[2].caps.as_ref(), [CapId(0)]);
    // a month of 31 days and one day late
    assert_eq!(program.meters[0].keep_days, Some(32));
}

#[test]
fn the_cosmetics() {
    let Compiled { program, .. } = sample("cosmetics");
    // a millionth of a euro gives 1, 1.25, 1.5 or 2 millionths: 1/1000000, 1/800000, 3/2000000, 1/500000, of which
    // 4000000 is the common denominator; half as much again makes it 8000000
    assert_eq!(program.units[0].denominator, 8_000_000);
    let rate = |name: &str| match &program.rules.iter().find(|rule| &*rule.name == name).unwrap().effect {
        Effect::Linear { rate: Rate::Table(table), .. } => table.rows.to_vec(),
        Effect::Linear { rate: Rate::Fixed(rate), .. } => vec![(-1, *rate)],
        other => panic!("{other:?}"),
    };
    assert_eq!(rate("Einkauf"), [(0, 8), (1, 10), (2, 12)]);
    assert_eq!(rate("Parfüm"), [(-1, 16)]);
    let perfume = program.rules.iter().find(|rule| &*rule.name == "Parfüm").unwrap();
    assert_eq!(perfume.replaces.as_ref(), [RuleId(1)]);
    assert_eq!(&*perfume.doc, "Perfume has its own flat rate, the same for every tier.");
    let tiers = &program.tiers[0];
    let keep = Keep::UntilEndOf { period: Period::CalendarYear, next: true, plus: None };
    assert_eq!((tiers.period(), tiers.keep, tiers.drop_one_level), (Some(Period::CalendarYear), keep, false));
    assert_eq!(tiers.levels[1].reach, Some(Reach::AtLeast(0, 350_000_000)));
    assert_eq!(tiers.levels[2].entry[0].amount, 250);
    let meter = &program.meters[tiers.metrics[0].meter.index()];
    assert_eq!((meter.measure, meter.slots), (Measure::Spend(None), Slots::Period(Period::CalendarYear)));
    // two windows and a term of two years, 366 days each, and one day late
    assert_eq!(meter.keep_days, Some(4 * 366 + 1));
}

#[test]
fn the_referral() {
    let Compiled { program, .. } = sample("referral");
    let referral = &program.referrals[0];
    let qualifies = referral.qualifies.unwrap();
    assert_eq!((qualifies.event, qualifies.at_least), (EventKindId::PURCHASE, 30_000_000));
    assert_eq!(qualifies.within, Some(Duration::new(60, DurationUnit::Day)));
    assert_eq!(referral.gifts.to(PayOut::FriendOnJoining)[0].thing(), AwardThing::Voucher(VoucherId(0)));
    let gift = &referral.gifts.to(PayOut::Referrer)[0];
    assert!(matches!(gift, ReferralGift::Fixed(award) if award.amount == 1_000), "{gift:?}");
    assert_eq!(referral.caps.all().map(|caps| caps.len()).collect::<Vec<_>>(), [0, 0, 1, 0]);
    assert_eq!(referral.not_same.as_ref(), [0]);
    assert_eq!(program.caps[0].limit, CapLimit::Times(10));
}

#[test]
fn the_hotel() {
    let Compiled { program, .. } = sample("hotel");
    let names: Vec<&str> = program.units.iter().map(|unit| &*unit.name).collect();
    assert_eq!(names, ["elite-nights", "elite-stays", "points"]);
    // 10 points for a million millionths is 1/100000; extras of 1/5 and 4/5 make it 500000
    let denominators: Vec<i128> = program.units.iter().map(|unit| unit.denominator).collect();
    assert_eq!(denominators, [1_000_000, 1, 500_000]);
    // attributes by name: nights, rate, room-spend
    let Effect::Linear { rate: Rate::Fixed(rate), basis, .. } = &program.rules[0].effect else { panic!() };
    assert_eq!((*rate, *basis), (5, Basis::Event(2)));
    let reach = Reach::Or(Box::new([Reach::AtLeast(0, 10), Reach::AtLeast(1, 4)]));
    assert_eq!(program.tiers[0].levels[1].reach, Some(reach));
}

#[test]
fn conditions_on_numbers_are_closed_intervals() {
    use NumSubject::{Age, Basket, BasketQuantity, Day, Event, Minute, Month, MonthDay, Tier, Weekday};
    let tier = Tier(TiersId(0));
    let wine = |subject: fn(crate::program::FilterId) -> NumSubject| subject(crate::program::FilterId(0));
    for (text, expected) in [
        ("basket is at least 30 EUR", num(Basket, 30_000_000, i64::MAX)),
        ("basket is more than 30 EUR", num(Basket, 30_000_001, i64::MAX)),
        ("basket is less than 30.01 EUR", num(Basket, i64::MIN, 30_009_999)),
        ("basket is between 20 EUR and 50 EUR", num(Basket, 20_000_000, 50_000_000)),
        ("quantity of basket is at most 3", num(BasketQuantity, i64::MIN, 3_000_000)),
        ("nights is at least 3 nights", num(Event(0), 3_000_000, i64::MAX)),
        ("nights is 1 night", num(Event(0), 1_000_000, 1_000_000)),
        ("weekday is saturday", num(Weekday, 5, 5)),
        ("month is february", num(Month, 2, 2)),
        ("date is at most 2026-01-11", num(Day, i64::MIN, 20_464)),
        ("date is between 04-01 and 04-30", num(MonthDay, 401, 430)),
        // the end is excluded
        ("time is between 14:00 and 17:00", num(Minute, 840, 1_019)),
        ("tier is at least Silver", num(tier, 1, i64::MAX)),
        ("tier of Status is Gold", num(tier, 2, 2)),
        ("age is at least 60", num(Age, 60, i64::MAX)),
        (
            "spend on (category is Wine) is at least 5 EUR",
            num(wine(NumSubject::SpendOn), 5_000_000, i64::MAX),
        ),
        ("quantity on (category is Wine) is 2", num(wine(NumSubject::QuantityOn), 2_000_000, 2_000_000)),
    ] {
        assert_eq!(when(text).0, expected, "{text}");
    }
}

#[test]
fn ranges_that_go_round_are_two_intervals() {
    let or =
        |one: Option<Test>, other: Option<Test>| Some(Test::Or(Box::new([one.unwrap(), other.unwrap()])));
    let subject = NumSubject::MonthDay;
    let new_year = or(num(subject, 1_224, i64::MAX), num(subject, i64::MIN, 106));
    assert_eq!(when("date is between 12-24 and 01-06").0, new_year);
    let night = or(num(NumSubject::Minute, 1_320, i64::MAX), num(NumSubject::Minute, i64::MIN, 119));
    assert_eq!(when("time is between 22:00 and 02:00").0, night);
    assert_eq!(when("time is between 22:00 and 00:00").0, num(NumSubject::Minute, 1_320, 1_439));
    let weekend = or(num(NumSubject::Weekday, 5, i64::MAX), num(NumSubject::Weekday, i64::MIN, 0));
    assert_eq!(when("weekday is between saturday and monday").0, weekend);
}

#[test]
fn conditions_on_names_and_facts() {
    let not = |test: Test| Some(Test::Not(Box::new(test)));
    let (found, program) = when("level is in [c, a] and not birthday today");
    let list = Box::new([program.symbols.find("a"), program.symbols.find("c")]);
    let expected = Test::And(Box::new([
        Test::Sym(SymSubject::Member(1), list),
        Test::Not(Box::new(Test::BirthdayWithin(0))),
    ]));
    assert_eq!(found, Some(expected));
    assert_eq!(when("birthday is unknown").0, not(Test::KnownNum(NumSubject::Member(0))));
    assert_eq!(when("channel is known").0, Some(Test::KnownSym(SymSubject::Channel)));
    assert_eq!(when("birthday this month").0, Some(Test::BirthdayThisMonth));
    assert_eq!(
        when("tier is in [Gold, Basic]").0,
        Some(Test::NumIn(NumSubject::Tier(TiersId(0)), Box::new([0, 2])))
    );
    let (found, program) = when("any item (category is Wine)");
    let wine = Test::Sym(SymSubject::Category, Box::new([program.symbols.find("Wine")]));
    assert_eq!(found, Some(Test::AnyItem(Box::new(wine))));
    let since = |base, low, high| Some(Test::Since(Since { base, low, high }));
    let days = |count| Duration::new(count, DurationUnit::Day);
    assert_eq!(
        when("time since joining is at least 30 days").0,
        since(SinceBase::Joining, Some((days(30), false)), None)
    );
    assert_eq!(
        when("time since last purchase is less than 90 days").0,
        since(SinceBase::Last(EventKindId::PURCHASE), None, Some((days(90), true)))
    );
}

#[test]
fn questions_about_the_past_are_counters() {
    let last = Window::Last(Duration::new(30, DurationUnit::Day));
    let hours = Window::Last(Duration::new(48, DurationUnit::Hour));
    for (text, name, slots, window, keep, low) in [
        ("spend so far is at least 9 EUR", "spend so far", Slots::Ever, Window::SoFar, None, 9_000_000),
        ("purchases in last 30 days is at least 3", "purchases in day", Slots::Day, last, Some(31), 3),
        ("items in last 48 hours is at least 3", "items in minute", Slots::Minute, hours, Some(4), 3_000_000),
        (
            "stay in this month is at least 2",
            "events \"stay\" in month",
            Slots::Period(Period::Month),
            Window::This(Period::Month),
            Some(32),
            2,
        ),
        (
            "points in previous quarter is at least 200 points",
            "unit \"points\" in quarter",
            Slots::Period(Period::Quarter),
            Window::Previous(Period::Quarter),
            Some(185),
            200,
        ),
        (
            "spend on (category is Wine) in this month is at least 5 EUR",
            "spend on category is \"Wine\" in month",
            Slots::Period(Period::Month),
            Window::This(Period::Month),
            Some(32),
            5_000_000,
        ),
    ] {
        let (found, program) = when(text);
        assert_eq!(found, num(NumSubject::Meter(MeterId(0), window), low, i64::MAX), "{text}");
        let meter = &program.meters[0];
        assert_eq!((&*meter.name, meter.slots, meter.keep_days), (name, slots, keep), "{text}");
    }
    // never bought: zero purchases before this one
    let meter = NumSubject::Meter(MeterId(0), Window::SoFar);
    assert_eq!(when("first purchase").0, num(meter, 0, 0));
}

#[test]
fn a_counter_is_kept_for_the_widest_window() {
    let (_, program) =
        when("spend in last 7 days is at least 5 EUR or spend in last 2 months is at least 9 EUR");
    // the second meter is that of the tiers
    assert_eq!(program.meters.len(), 2);
    assert_eq!(program.meters[0].keep_days, Some(63));
}

#[test]
fn lists_with_dates() {
    let program = program(
        "list Rotating {
  from 2026-04-01 [Wine]
  from 2026-01-01 to 2026-03-31 [Wine, Fruit]
}
earn Base {
  on purchase
  for items where category is in Rotating
  give 2% of spend as points
}
",
    );
    let of = |name| program.symbols.find(name);
    let day = |text: &str| text.parse::<Date>().unwrap().days();
    let ranges = Box::new([
        (day("2026-01-01"), day("2026-03-31"), Box::from([of("Fruit"), of("Wine")])),
        (day("2026-04-01"), i32::MAX, Box::from([of("Wine")])),
    ]);
    assert_eq!(program.rules[0].items, Some(Test::DatedSym(SymSubject::Category, ranges)));
    // 2% of a millionth of a euro: 1/50000000
    assert_eq!(program.units[0].denominator, 50_000_000);
}

#[test]
fn imports_are_read_once_and_the_order_of_blocks_means_nothing() {
    let (units, rules) = HEAD.split_at(HEAD.find("unit").unwrap());
    let earn = "earn Base {\n  on purchase\n  for items where category is in [Wine, Fruit]\n  give 1 point per 1 EUR\n}\n";
    let one = format!("{units}{rules}{earn}");
    let two = format!("{units}import \"a/rules.loyalty\"\nimport \"./a/rules.loyalty\"\n");
    // another order, another layout, a comment, a description
    let part =
        format!("{}\nimport \"../units.loyalty\"\n", earn.replace("[Wine, Fruit]", "[ Fruit,Wine ] # why"));
    let part = format!("## What everybody gets.\n{part}");
    let split =
        Sources::single("main.loyalty", two).with("a/rules.loyalty", part).with("units.loyalty", rules);
    let (one, two) = (compiled(&Sources::single("main.loyalty", one)), compiled(&split));
    assert_eq!(two.sources.files().len(), 3);
    assert_eq!(one.program.fingerprint(), two.program.fingerprint());
    let other = program(&earn.replace("1 EUR", "2 EUR"));
    assert!(other.fingerprint() != one.program.fingerprint());
}

#[test]
fn circles_of_files_are_refused() {
    let sources = Sources::single("a.loyalty", format!("{HEAD}import \"b.loyalty\"\n"))
        .with("b.loyalty", "import \"c.loyalty\"\n")
        .with("c.loyalty", "import \"b.loyalty\"\n");
    let findings = compile(&sources, &Limits::default()).unwrap_err();
    let expected = "error L008: these files import each other
 --> c.loyalty:1:8
  |
1 | import \"b.loyalty\"
  |        ^^^^^^^^^^^
  = help: break the circle b.loyalty → c.loyalty → b.loyalty

1 error
";
    assert_eq!(findings.to_string(), expected);
}

#[test]
fn tests_are_checked_too() {
    let body = "earn Base {
  on purchase
  give 1 point per 1 EUR
}
test \"wrong names\" {
  given member Ann {
    tier Gold
    card Coffee at 3 stamps
    shoe-size: 40
  }
  when 2026-02-01 10:00 purchase \"K-1\" by Ann {
    channel: App
    item Brot 1 x 4 USD, category: Bread
  }
  when 2026-02-01 10:00 stay \"S-1\" by Ann
  expect Ann earns 1.5 points from Bonus
}
";
    assert_eq!(
        refused_with(body),
        [
            "N101 the tier `Gold` is not declared",
            "N101 the card `Coffee` is not declared",
            "N101 the attribute of the member `shoe-size` is not declared",
            "N101 the channel `App` is not declared",
            "U202 `USD` is not the currency of this program",
            "N101 the category `Bread` is not declared",
            "N101 the event `stay` is not declared",
            "U201 `points` have no decimals",
            "N101 the rule `Bonus` is not declared",
        ]
    );
}

#[test]
fn findings_are_cut_but_errors_are_seen() {
    let mut body = String::new();
    for number in 0..5 {
        body.push_str(&format!("list L{number} [x]\n"));
    }
    body.push_str("earn A {\n  give 1 point\n}\nearn B {\n  give 1 point\n}\n");
    let limits = Limits { findings: 1, ..Limits::default() };
    let findings = compile(&Sources::single("test.loyalty", format!("{HEAD}{body}")), &limits).unwrap_err();
    assert_eq!(findings.list[0].code.id(), "U208");
    assert_eq!((findings.list.len(), findings.more), (1, 1));
}
