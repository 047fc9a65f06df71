//! The boxes of a condition hold exactly the points for which a plain judge says so.

use super::space::{Flag, Vocabulary};
use super::*;
use crate::calendar::{Date, Duration, DurationUnit};
use crate::program::{
    Attribute, AttributeKind, EventKind, EventKindId, NumSubject, Since, SinceBase, SymSubject, Symbol, Test,
    TiersId, Validity,
};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

const ON: EventKindId = EventKindId::PURCHASE;
const CATEGORIES: [Symbol; 3] = [Symbol(0), Symbol(1), Symbol(2)];
/// Colours and categories have names in common, so that they can match.
const COLOURS: [Symbol; 2] = [Symbol(1), Symbol(2)];

struct World {
    item: Vec<Attribute>,
    member: Vec<Attribute>,
    events: Vec<EventKind>,
}

fn attribute(name: &str, kind: AttributeKind) -> Attribute {
    Attribute { name: name.into(), kind }
}

fn world() -> World {
    World {
        item: vec![attribute("size", AttributeKind::Integer(1, 5))],
        member: vec![
            attribute("colour", AttributeKind::OneOf(Box::new(COLOURS))),
            attribute("tags", AttributeKind::ListOfName),
            attribute("birthday", AttributeKind::Date),
        ],
        events: vec![
            EventKind { name: "purchase".into(), attributes: Box::new([]) },
            EventKind { name: "joining".into(), attributes: Box::new([]) },
        ],
    }
}

fn day(text: &str) -> Date {
    Date::from_naive(text.parse().unwrap()).unwrap()
}

fn space(world: &World) -> Space<'_> {
    let vocabulary = Vocabulary {
        categories: &CATEGORIES,
        channels: &[],
        partners: &[],
        stores: &[],
        item: &world.item,
        member: &world.member,
        events: &world.events,
        meters: &[],
        first_day: day("2026-01-01").days(),
    };
    Space::of(vocabulary, vec![3])
}

fn num(subject: NumSubject, low: i64, high: i64) -> Test {
    Test::Num(subject, low, high)
}

fn at_least(subject: NumSubject, low: i64) -> Test {
    num(subject, low, i64::MAX)
}

fn is(subject: SymSubject, name: Symbol) -> Test {
    Test::Sym(subject, Box::new([name]))
}

fn and(parts: Vec<Test>) -> Test {
    Test::And(parts.into())
}

fn or(parts: Vec<Test>) -> Test {
    Test::Or(parts.into())
}

fn not(test: Test) -> Test {
    Test::Not(Box::new(test))
}

fn can(test: &Test, want: Want) -> Meet {
    let world = world();
    let mut space = space(&world);
    let region = space.region(test, ON, 0, want).unwrap();
    space.meeting(&region, ON)
}

#[test]
fn contradictions_are_found() {
    let basket = |low, high| num(NumSubject::Basket, low, high);
    assert_eq!(can(&and(vec![basket(50, i64::MAX), basket(i64::MIN, 49)]), Want::True), Meet::Never);
    assert!(matches!(can(&and(vec![basket(50, i64::MAX), basket(i64::MIN, 50)]), Want::True), Meet::Can(_)));
    let wine = is(SymSubject::Category, Symbol(1));
    assert_eq!(can(&and(vec![wine.clone(), is(SymSubject::Category, Symbol(2))]), Want::True), Meet::Never);
    assert_eq!(can(&and(vec![wine.clone(), not(wine)]), Want::True), Meet::Never);
    // there is no level above the highest
    assert_eq!(can(&at_least(NumSubject::Tier(TiersId(0)), 3), Want::True), Meet::Never);
    // no whole number lies between 3 and 4
    let size = num(NumSubject::Item(0), 3_000_001, 3_999_999);
    assert_eq!(can(&size, Want::True), Meet::Never);
    // a colour is one of two, or missing
    let neither = Test::Sym(SymSubject::Member(0), Box::new(COLOURS));
    assert_eq!(can(&not(neither.clone()), Want::True), Meet::Never);
    assert!(matches!(can(&neither, Want::NotTrue), Meet::Can(_)));
}

#[test]
fn always_true_needs_that_nothing_is_missing() {
    // every member has at least the lowest level
    assert_eq!(can(&at_least(NumSubject::Tier(TiersId(0)), 0), Want::NotTrue), Meet::Never);
    // a size may be missing
    assert!(matches!(can(&at_least(NumSubject::Item(0), 1), Want::NotTrue), Meet::Can(_)));
    assert_eq!(can(&at_least(NumSubject::Item(0), 1), Want::False), Meet::Never);
    let known = or(vec![Test::KnownNum(NumSubject::Item(0)), not(Test::KnownNum(NumSubject::Item(0)))]);
    assert_eq!(can(&known, Want::NotTrue), Meet::Never);
    // nobody is younger than nothing, but a birthday may be missing
    assert!(matches!(can(&at_least(NumSubject::Age, 0), Want::NotTrue), Meet::Can(_)));
}

#[test]
fn weekdays_and_dates_are_solved_together() {
    // 4 to 10 May 2026 is Monday to Sunday; its only Tuesday is 5 May
    let world = world();
    let mut space = space(&world);
    let valid = space.valid_region(Validity::Days(day("2026-05-04"), day("2026-05-10")), 0);
    let from = i64::from(day("2026-05-06").days());
    let late = and(vec![num(NumSubject::Weekday, 1, 1), at_least(NumSubject::Day, from)]);
    let late = space.region(&late, ON, 0, Want::True).unwrap();
    assert_eq!(space.meeting(&valid.meet(&late).unwrap(), ON), Meet::Never);
    let tuesday = num(NumSubject::Weekday, 1, 1);
    let tuesday = space.region(&tuesday, ON, 0, Want::True).unwrap();
    let Meet::Can(example) = space.meeting(&valid.meet(&tuesday).unwrap(), ON) else { panic!("a Tuesday") };
    assert_eq!(example.day, Some(day("2026-05-05")));
    // 30 February never comes; 29 February does, and once in 28 years it is a Sunday
    assert_eq!(can(&num(NumSubject::MonthDay, 230, 230), Want::True), Meet::Never);
    let leap = and(vec![num(NumSubject::MonthDay, 229, 229), num(NumSubject::Weekday, 6, 6)]);
    let Meet::Can(example) = can(&leap, Want::True) else { panic!("a Sunday") };
    assert_eq!(example.day, Some(day("2032-02-29")));
}

#[test]
fn a_time_before_the_program_is_no_time() {
    let world = world();
    let space = space(&world);
    let valid = space.valid_region(Validity::Days(day("2025-05-04"), day("2025-12-31")), 0);
    assert_eq!(space.meeting(&valid, ON), Meet::Never);
    let new_year = space.valid_region(Validity::EveryYear(1_224, 106), 0);
    let Meet::Can(example) = space.meeting(&new_year, ON) else { panic!("every year") };
    assert_eq!(example.day, Some(day("2026-01-01")));
}

#[test]
fn new_and_old_members_are_told_apart() {
    let since = |low, high| Test::Since(Since { base: SinceBase::Joining, low, high });
    let days = |count| Duration::new(count, DurationUnit::Day);
    let new = since(None, Some((days(30), false)));
    let old = since(Some((days(30), true)), None);
    assert_eq!(can(&and(vec![new.clone(), old]), Want::True), Meet::Never);
    let same = since(Some((days(30), false)), None);
    assert!(matches!(can(&and(vec![new.clone(), same]), Want::True), Meet::Can(_)));
    // four weeks are 28 days, and a month may be 28 days
    let weeks = since(Some((Duration::new(5, DurationUnit::Week), false)), None);
    assert_eq!(can(&and(vec![new.clone(), weeks]), Want::True), Meet::Never);
    let months = since(Some((Duration::new(2, DurationUnit::Month), false)), None);
    assert_eq!(can(&and(vec![new, months]), Want::True), Meet::Unsure);
}

#[test]
fn other_items_are_other_items() {
    let wine = is(SymSubject::Category, Symbol(1));
    let beer = is(SymSubject::Category, Symbol(2));
    // an item of one category may lie beside one of another
    let beside = and(vec![wine.clone(), Test::AnyItem(Box::new(beer.clone()))]);
    assert!(matches!(can(&beside, Want::True), Meet::Can(_)));
    let both = Test::AnyItem(Box::new(and(vec![wine, beer])));
    assert_eq!(can(&both, Want::True), Meet::Never);
}

#[test]
fn too_many_boxes_are_not_guessed() {
    // 13 times one of two names of a list, each name a subject of its own: 2^13 boxes
    let either = |place: u32| {
        or(vec![is(SymSubject::Member(1), Symbol(10 + place)), is(SymSubject::Member(1), Symbol(40 + place))])
    };
    let test = and((0..13).map(either).collect());
    let world = world();
    assert_eq!(space(&world).region(&test, ON, 0, Want::True), Err(TooComplex));
}

// ---------------------------------------------------------------------------- a plain judge

#[derive(Debug, Clone, Copy)]
struct Point {
    category: Symbol,
    size: Option<i64>,
    colour: Option<Symbol>,
    /// Which of two names the list has; missing without.
    tags: Option<(bool, bool)>,
    basket: Option<i64>,
    tier: i64,
    day: Date,
}

const TAG_A: Symbol = Symbol(8);
const TAG_B: Symbol = Symbol(9);

fn judge(test: &Test, point: &Point) -> Option<bool> {
    let all = |parts: &[Test], neutral: bool| {
        let truths: Vec<_> = parts.iter().map(|part| judge(part, point)).collect();
        if truths.contains(&Some(!neutral)) {
            Some(!neutral)
        } else if truths.contains(&None) {
            None
        } else {
            Some(neutral)
        }
    };
    match test {
        Test::And(parts) => all(parts, true),
        Test::Or(parts) => all(parts, false),
        Test::Not(inner) => judge(inner, point).map(|holds| !holds),
        Test::Sym(SymSubject::Category, names) => Some(names.contains(&point.category)),
        Test::Sym(SymSubject::Member(0), names) => point.colour.map(|colour| names.contains(&colour)),
        Test::Sym(SymSubject::Member(1), names) => {
            point.tags.map(|(a, b)| (a && names.contains(&TAG_A)) || (b && names.contains(&TAG_B)))
        }
        Test::DatedSym(_, ranges) => {
            let day = point.day.days();
            let names = ranges.iter().find(|(from, to, _)| (*from..=*to).contains(&day));
            Some(names.is_some_and(|(_, _, names)| names.contains(&point.category)))
        }
        Test::Num(subject, low, high) => number(*subject, point).map(|value| *low <= value && value <= *high),
        Test::NumIn(subject, values) => number(*subject, point).map(|value| values.contains(&value)),
        Test::KnownSym(SymSubject::Category) => Some(point.category != Symbol::NONE),
        Test::KnownSym(SymSubject::Member(0)) => Some(point.colour.is_some()),
        Test::KnownSym(SymSubject::Member(1)) => Some(point.tags.is_some()),
        Test::KnownNum(subject) => Some(number(*subject, point).is_some()),
        Test::Matches(_, _, common) => {
            point.colour.map(|colour| colour == point.category && common.contains(&colour))
        }
        _ => panic!("not part of the test: {test:?}"),
    }
}

fn number(subject: NumSubject, point: &Point) -> Option<i64> {
    match subject {
        NumSubject::Item(0) => point.size,
        NumSubject::Basket => point.basket,
        NumSubject::Tier(_) => Some(point.tier),
        NumSubject::Day => Some(i64::from(point.day.days())),
        NumSubject::Weekday => Some(i64::from(point.day.weekday().number())),
        NumSubject::Month => Some(i64::from(point.day.month())),
        _ => panic!("not part of the test: {subject:?}"),
    }
}

/// Whether a point lies in a box.
fn lies_in(bounds: &Bounds, point: &Point) -> bool {
    bounds.iter().all(|(var, set)| match (var.key, set) {
        (Key::Sym(SymSubject::Category), Set::Sym(set)) => set.contains(point.category),
        (Key::Sym(SymSubject::Member(0)), Set::Sym(set)) => {
            point.colour.map_or_else(|| set.may_be_missing(), |colour| set.contains(colour))
        }
        (Key::Flag(Flag::ListKnown(_)), Set::Num(set)) => set.contains(i64::from(point.tags.is_some())),
        (Key::Has(_, name), Set::Num(set)) => {
            let (a, b) = point.tags.unwrap_or((false, false));
            set.contains(i64::from(if name == TAG_A { a } else { b }))
        }
        (Key::Flag(Flag::HasBasket), Set::Num(set)) => set.contains(i64::from(point.basket.is_some())),
        (Key::Num(NumKey::Basket), Set::Num(set)) => point.basket.is_none_or(|value| set.contains(value)),
        (Key::Num(NumKey::Item(0)), Set::Num(set)) => {
            point.size.map_or_else(|| set.may_be_missing(), |value| set.contains(value))
        }
        (Key::Num(NumKey::Tier(_)), Set::Num(set)) => set.contains(point.tier),
        (Key::Num(NumKey::Day), Set::Num(set)) => set.contains(i64::from(point.day.days())),
        (Key::Num(NumKey::Weekday), Set::Num(set)) => set.contains(i64::from(point.day.weekday().number())),
        (Key::Num(NumKey::Month), Set::Num(set)) => set.contains(i64::from(point.day.month())),
        _ => panic!("not part of the test: {var:?}"),
    })
}

fn leaf() -> impl Strategy<Value = Test> {
    let first = day("2026-01-01").days();
    let names = prop::collection::btree_set(prop::sample::select(CATEGORIES.to_vec()), 0..3)
        .prop_map(|names| names.into_iter().collect::<Box<[_]>>());
    let range = (-2_i64..8, 0_i64..5).prop_map(|(low, more)| (low, low + more));
    prop_oneof![
        names.clone().prop_map(|names| Test::Sym(SymSubject::Category, names)),
        prop::sample::subsequence(COLOURS.to_vec(), 0..=2)
            .prop_map(|names| Test::Sym(SymSubject::Member(0), names.into())),
        prop::sample::subsequence(vec![TAG_A, TAG_B], 0..=2)
            .prop_map(|names| Test::Sym(SymSubject::Member(1), names.into())),
        (names.clone(), names, 0_i32..20, 0_i32..20).prop_map(move |(one, two, from, more)| {
            let from = first + from;
            Test::DatedSym(
                SymSubject::Category,
                Box::new([(from, from + 5, one), (from + 3, from + more, two)]),
            )
        }),
        range.clone().prop_map(|(low, high)| num(NumSubject::Item(0), low * 500_000, high * 500_000)),
        range.clone().prop_map(|(low, high)| num(NumSubject::Basket, low, high)),
        range.clone().prop_map(|(low, high)| num(NumSubject::Tier(TiersId(0)), low, high)),
        range.clone().prop_map(|(low, high)| num(NumSubject::Weekday, low, high)),
        range.clone().prop_map(|(low, high)| num(NumSubject::Month, low, high)),
        range.prop_map(move |(low, high)| num(
            NumSubject::Day,
            i64::from(first) + low * 5,
            i64::from(first) + high * 5
        )),
        prop::collection::btree_set(-2_i64..8, 0..4)
            .prop_map(|values| Test::NumIn(NumSubject::Weekday, values.into_iter().collect())),
        Just(Test::KnownSym(SymSubject::Category)),
        Just(Test::KnownSym(SymSubject::Member(0))),
        Just(Test::KnownSym(SymSubject::Member(1))),
        Just(Test::KnownNum(NumSubject::Item(0))),
        Just(Test::KnownNum(NumSubject::Basket)),
        Just(Test::KnownNum(NumSubject::Tier(TiersId(0)))),
        Just(Test::Matches(SymSubject::Category, SymSubject::Member(0), Box::new(COLOURS))),
    ]
}

fn condition() -> impl Strategy<Value = Test> {
    leaf().prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(and),
            prop::collection::vec(inner.clone(), 1..4).prop_map(or),
            inner.prop_map(not),
        ]
    })
}

fn point() -> impl Strategy<Value = Point> {
    let categories = vec![Symbol(0), Symbol(1), Symbol(2), Symbol::NONE, Symbol::OTHER];
    (
        prop::sample::select(categories),
        prop::option::of((1_i64..=5).prop_map(|size| size * 1_000_000)),
        prop::option::of(prop::sample::select(COLOURS.to_vec())),
        prop::option::of((any::<bool>(), any::<bool>())),
        prop::option::of(-3_i64..14),
        0_i64..3,
        (0_u32..800).prop_map(|days| day("2026-01-01").plus_days(days)),
    )
        .prop_map(|(category, size, colour, tags, basket, tier, day)| Point {
            category,
            size,
            colour,
            tags,
            basket,
            tier,
            day,
        })
}

proptest! {
    #[test]
    fn boxes_hold_what_a_plain_judge_says(test in condition(), points in prop::collection::vec(point(), 20)) {
        let world = world();
        let mut space = space(&world);
        for (want, accepts) in [
            (Want::True, [true, false, false]),
            (Want::False, [false, true, false]),
            (Want::NotTrue, [false, true, true]),
            (Want::NotFalse, [true, false, true]),
        ] {
            let Ok(region) = space.region(&test, ON, 0, want) else { continue };
            let meeting = space.meeting(&region, ON);
            for point in &points {
                let truth = match judge(&test, point) {
                    Some(true) => 0,
                    Some(false) => 1,
                    None => 2,
                };
                let inside = region.boxes().iter().any(|bounds| lies_in(bounds, point));
                prop_assert_eq!(inside, accepts[truth], "{:?} of {:?} at {:?}", want, &test, point);
                prop_assert!(!inside || meeting != Meet::Never);
            }
        }
    }

    #[test]
    fn overlap_and_containment_follow_from_the_boxes(one in condition(), two in condition(), points in prop::collection::vec(point(), 20)) {
        let world = world();
        let mut space = space(&world);
        let regions = (space.region(&one, ON, 0, Want::True), space.region(&two, ON, 0, Want::NotTrue));
        let (Ok(one_holds), Ok(two_fails)) = regions else { return Ok(()) };
        let Ok(outside) = one_holds.meet(&two_fails) else { return Ok(()) };
        if space.meeting(&outside, ON) == Meet::Never {
            // wherever the first holds, the second holds as well
            for point in &points {
                prop_assert!(judge(&one, point) != Some(true) || judge(&two, point) == Some(true));
            }
        }
    }
}
