//! Laws of amounts: nothing is lost, nothing is above its cap, and returns take back what was given.

use super::books::{Books, sums, thing};
use super::draw::{Draw, shuffle};
use super::histories::{Back, Case, Happening, What, Wish, cases, cases_with};
use super::programs::{CapFact, Limit, programs};
use super::world::{Delivery, World};
use super::{cases_per_law, compiled};
use loyalty_rules::calendar::{Anchors, Date, DateRange, Period, Weekday};
use loyalty_rules::evaluate::Refusal;
use loyalty_rules::ledger::{Book, Delta};
use loyalty_rules::{EvaluateError, Event, Program};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

proptest! {
    #![proptest_config(cases_per_law())]

    /// L3: after every event every unit balances, in books that are made of ledger lines alone, and the account says
    /// the same.
    #[test]
    fn ledger_lines_alone_balance(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let mut world = World::new(&compiled.program);
        let mut books = Books::default();
        for happening in &case.history {
            for delivery in world.deliver(&happening.build()) {
                if let Ok(outcome) = &delivery.result {
                    books.book(&compiled.program, outcome)?;
                }
            }
            for account in world.accounts.values() {
                books.agree(&compiled.program, account)?;
            }
        }
        if !case.rules.may_go_negative {
            prop_assert!(books.balances(Book::Debt).iter().all(|debt| *debt == 0));
        }
        let cancels = case.history.iter().any(|happening| matches!(happening.what, What::Cancel { .. }));
        if !case.rules.takes_back && !cancels {
            prop_assert!(books.balances(Book::TakenBack).iter().all(|taken| *taken == 0));
        }
    }

    /// Without returns, what is booked in a window is never above its cap.
    #[test]
    fn caps_hold(case in cases_with(programs(), Wish { events: 25, returns: false, transfers: false })) {
        if case.rules.caps.is_empty() {
            return Ok(());
        }
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let mut world = World::new(&compiled.program);
        let told = world.run(&case.history.iter().map(Happening::build).collect::<Vec<_>>());
        check_caps(&case, &compiled.program, &told, false)?;
    }

    /// With returns, what is booked in a window less what came back of it is never above its cap, where nothing can
    /// expire or be forgiven in between.
    #[test]
    fn caps_hold_net_of_returns(case in cases()) {
        let rules = &case.rules;
        if rules.caps.is_empty() || !rules.for_ever || !rules.may_go_negative || !rules.takes_back {
            return Ok(());
        }
        // what is booked again may find its room used by another purchase
        if rules.blocks.iter().any(|block| block.contains("as if never bought")) {
            return Ok(());
        }
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let mut world = World::new(&compiled.program);
        let told = world.run(&case.history.iter().map(Happening::build).collect::<Vec<_>>());
        check_caps(&case, &compiled.program, &told, true)?;
    }

    /// L5: any partition of a return, in any order, ends where one full return ends, and a full return takes back all
    /// that the purchase had booked.
    #[test]
    fn any_split_of_a_return_ends_where_one_return_ends(
        case in cases_with(programs(), Wish { events: 6, returns: false, transfers: false })
    ) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let mut before = World::new(&compiled.program);
        let mut last = None;
        for happening in &case.history {
            let told = before.deliver(&happening.build());
            let applied = told.first().is_some_and(|delivery| delivery.result.is_ok());
            last = match &happening.what {
                What::Purchase { lines, .. } if lines.iter().any(|line| line.quantity == "0") => None,
                What::Purchase { .. } | What::Stay { .. } if applied => Some((happening, told)),
                _ => None,
            };
        }
        let Some((bought, told)) = last else { return Ok(()) };
        let whole = Happening {
            id: "whole".into(),
            member: bought.member,
            at: bought.at,
            what: What::Return { of: Some(bought.id.clone()), lines: Vec::new(), all: vec![None] },
        };
        let mut steps = split(bought, &case.spare);
        if steps.is_empty() {
            // an event without items is one line, and a total is one as well
            steps.push(whole.clone());
        }
        let mut at_once = World { accounts: before.accounts.clone(), ..World::new(&compiled.program) };
        let mut in_steps = World { accounts: before.accounts.clone(), ..World::new(&compiled.program) };
        let rules = &case.rules.rule_names;
        let with_cards: Vec<String> = rules.iter().cloned().chain(["Karte".to_owned()]).collect();
        let told_once = at_once.deliver(&whole.build());
        let one = taken_of(&compiled.program, &with_cards, &told_once)?;
        let mut all: BTreeMap<String, i64> = BTreeMap::new();
        for step in &steps {
            for (thing, amount) in taken_of(&compiled.program, &with_cards, &in_steps.deliver(&step.build()))? {
                *all.entry(thing).or_insert(0) += amount;
            }
        }
        all.retain(|_, amount| *amount != 0);
        prop_assert_eq!(&one, &all, "in steps {:?}", steps);
        let given = |world: &World<'_>| world.accounts[bought.member].donated(&compiled.program);
        prop_assert_eq!(given(&at_once), given(&in_steps), "in steps {:?}", steps);
        if !case.rules.takes_back {
            prop_assert!(one.is_empty());
            return Ok(());
        }
        // of stamps some may have been dropped, and what a full card gave is not the purchase's
        let one = taken_of(&compiled.program, rules, &told_once)?;
        let outcome = told[0].result.as_ref().expect("it was applied");
        let issued = sums(outcome.deltas(), |delta| {
            let counts = delta.from() == Book::Issued
                && delta.event() == bought.id
                && rules.contains(&delta.source_name(&compiled.program));
            counts.then(|| thing(&compiled.program, delta))
        });
        // what a late event gave and whose last day had passed is gone already
        let gone = sums(outcome.deltas(), |delta| {
            let counts = delta.to() == Book::Expired
                && delta.event() == bought.id
                && rules.contains(&delta.source_name(&compiled.program));
            counts.then(|| thing(&compiled.program, delta))
        });
        // where its own lot was spent, the lot of another source stands in, and the line names that source
        let stood_in = match &told_once[0].result {
            Ok(outcome) => sums(outcome.deltas(), |delta| {
                let source = delta.source_name(&compiled.program);
                let counts = delta.to() == Book::TakenBack && !rules.contains(&source);
                counts.then(|| thing(&compiled.program, delta))
            }),
            Err(_) => BTreeMap::new(),
        };
        // what was converted at once is forgiven where no debt may be made of it
        let converts = case.rules.blocks.iter().any(|block| block.starts_with("convert") && block.contains("at once"));
        let forgives = converts && !case.rules.may_go_negative;
        for (thing, amount) in issued {
            let back = one.get(&thing).copied().unwrap_or(0);
            let held = amount - gone.get(&thing).copied().unwrap_or(0);
            match stood_in.get(&thing) {
                _ if forgives => prop_assert!(back <= held, "{}: more than was booked", thing),
                Some(other) => prop_assert!(back + other >= held, "{}: all that was booked", thing),
                None => prop_assert_eq!(back, held, "{}: all that was booked", thing),
            }
        }
        // nothing is left to come back
        let again = Happening { id: "again".into(), ..whole };
        let refused = at_once.deliver(&again.build());
        prop_assert!(matches!(&refused[0].result, Err(EvaluateError::Rejected(no)) if no.reason == Refusal::MoreThanIsLeft));
        let refused = in_steps.deliver(&again.build());
        prop_assert!(matches!(&refused[0].result, Err(EvaluateError::Rejected(no)) if no.reason == Refusal::MoreThanIsLeft));
    }

    /// Returns never take back more of a purchase's rule than the rule had booked.
    #[test]
    fn no_more_is_taken_back_than_was_booked(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let mut world = World::new(&compiled.program);
        let told = world.run(&case.history.iter().map(Happening::build).collect::<Vec<_>>());
        let by_rule = |from: Option<Book>, to: Option<Book>| {
            let deltas = told.iter().filter_map(|told| told.result.as_ref().ok()).flat_map(|outcome| {
                outcome.deltas().iter().map(|delta| (outcome.member().to_owned(), delta))
            });
            let mut sums: BTreeMap<(String, String, String, String), i64> = BTreeMap::new();
            for (member, delta) in deltas {
                let name = delta.source_name(&compiled.program);
                let fits = from.is_none_or(|book| delta.from() == book) && to.is_none_or(|book| delta.to() == book);
                if fits && case.rules.rule_names.contains(&name) {
                    let key = (member, delta.event().to_owned(), name, thing(&compiled.program, delta));
                    *sums.entry(key).or_insert(0) += delta.amount_scaled();
                }
            }
            sums
        };
        // what is taken from the lot of another purchase names that lot's rule, so sums over all events are compared
        let (issued, taken) = (by_rule(Some(Book::Issued), None), by_rule(None, Some(Book::TakenBack)));
        let mut issued_of: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for ((member, _, _, thing), amount) in &issued {
            *issued_of.entry((member, thing)).or_insert(0) += amount;
        }
        if has_todays_rate(&case) {
            return Ok(());
        }
        let mut taken_of: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for ((member, _, _, thing), amount) in &taken {
            *taken_of.entry((member, thing)).or_insert(0) += amount;
        }
        for (key, amount) in taken_of {
            let booked = issued_of.get(&key).copied().unwrap_or(0);
            prop_assert!(amount <= booked, "{key:?}: {booked} booked, {amount} taken back");
        }
    }
}

fn has_todays_rate(case: &Case) -> bool {
    case.rules.blocks.iter().any(|block| block.contains("today's rate"))
}

/// What an applied return took back of what rules gave. Gifts of levels are left out: while deposits are still to come
/// back, a level may be lost that would not be lost in the end.
fn taken_of(
    program: &Program,
    rules: &[String],
    told: &[Delivery],
) -> Result<BTreeMap<String, i64>, TestCaseError> {
    match &told[0].result {
        Ok(outcome) => {
            let of = |fits: fn(&Delta) -> bool| {
                sums(outcome.deltas(), |delta| {
                    let counts = fits(delta) && rules.contains(&delta.source_name(program));
                    counts.then(|| thing(program, delta))
                })
            };
            let mut taken = of(|delta| delta.to() == Book::TakenBack);
            // what is booked again after all
            for (thing, amount) in of(|delta| delta.from() == Book::Issued) {
                *taken.entry(thing).or_insert(0) -= amount;
            }
            Ok(taken)
        }
        Err(error) => Err(TestCaseError::fail(format!("refused: {error}: {:?}", told[0].event))),
    }
}

/// Returns of parts of a purchase that together return all of it, in an order that the bytes choose.
fn split(bought: &Happening, spare: &[u8]) -> Vec<Happening> {
    let What::Purchase { lines, .. } = &bought.what else { return Vec::new() };
    let mut draw = Draw::new(&spare[8..]);
    let mut parts: Vec<Back> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let whole = super::programs::scaled(&line.quantity, 3);
        let cut = whole * draw.below(4) as i64 / 4;
        for quantity in [cut, whole - cut] {
            if quantity > 0 || (whole == 0 && parts.iter().all(|part| part.line != Some(place as u32 + 1))) {
                parts.push(Back {
                    name: line.name.to_owned(),
                    quantity: format!("{}.{:03}", quantity / 1_000, quantity % 1_000),
                    line: Some(place as u32 + 1),
                    price: None,
                    of: None,
                });
            }
        }
    }
    shuffle(&mut parts, &spare[16..]);
    let together = 1 + draw.below(3);
    let chunks = parts.chunks(together).enumerate();
    chunks
        .map(|(place, lines)| Happening {
            id: format!("part{place}"),
            member: bought.member,
            at: bought.at,
            what: What::Return { of: Some(bought.id.clone()), lines: lines.to_vec(), all: Vec::new() },
        })
        .collect()
}

/// What a cap counts of one window.
#[derive(Debug, Default)]
struct Used {
    amount: i64,
    times: i64,
}

fn check_caps(case: &Case, program: &Program, told: &[Delivery], net: bool) -> Result<(), TestCaseError> {
    let applied: Vec<_> = told.iter().filter_map(|told| told.result.as_ref().ok()).collect();
    let days = days_of_events(case, told);
    let cancelled = cancelled(case, told);
    for cap in &case.rules.caps {
        let mut used: BTreeMap<(String, String), Used> = BTreeMap::new();
        for outcome in &applied {
            let joined = days.joined.get(outcome.member()).copied().unwrap_or(Date::MIN);
            let mut fired: BTreeMap<(String, String), i64> = BTreeMap::new();
            for delta in outcome.deltas() {
                let name = delta.source_name(program);
                let event = (outcome.member().to_owned(), delta.event().to_owned());
                if !cap.rules.contains(&name) || cancelled.contains(&event) {
                    continue;
                }
                if delta.from() == Book::Issued {
                    let window = window(cap, delta.event(), delta.day(), joined, case);
                    let used = used.entry((outcome.member().to_owned(), window.clone())).or_default();
                    used.amount += delta.amount_scaled();
                    *fired.entry((name, window)).or_insert(0) += 1;
                } else if net && delta.to() == Book::TakenBack {
                    let key = (outcome.member().to_owned(), delta.event().to_owned());
                    let Some(day) = days.of.get(&key) else { continue };
                    let window = window(cap, delta.event(), *day, joined, case);
                    used.entry((outcome.member().to_owned(), window)).or_default().amount -=
                        delta.amount_scaled();
                }
            }
            for (_, window) in fired.into_keys() {
                used.entry((outcome.member().to_owned(), window)).or_default().times += 1;
            }
        }
        for (window, used) in used {
            match cap.limit {
                Limit::Times(times) => prop_assert!(used.times <= times, "{cap:?} in {window:?}: {used:?}"),
                Limit::Amount(most) => prop_assert!(used.amount <= most, "{cap:?} in {window:?}: {used:?}"),
            }
        }
    }
    Ok(())
}

/// Members and ids of events that were cancelled: nothing of them counts.
fn cancelled(case: &Case, told: &[Delivery]) -> BTreeSet<(String, String)> {
    let applied = told.iter().filter(|told| told.result.is_ok());
    let cancels = applied.filter_map(|told| {
        let happening = case.history.iter().find(|happening| happening.build() == told.event)?;
        let What::Cancel { of } = &happening.what else { return None };
        Some((told.event.member().to_owned(), of.clone()))
    });
    cancels.collect()
}

/// The local days of all applied events, and of the joining of each member.
struct Days {
    of: BTreeMap<(String, String), Date>,
    joined: BTreeMap<String, Date>,
}

fn days_of_events(case: &Case, told: &[Delivery]) -> Days {
    let zone = loyalty_rules::calendar::Zone::from_name(case.rules.zone).expect("a zone");
    let starts = u16::try_from(case.rules.day_starts * 60).expect("minutes of a day");
    let (mut of, mut joined) = (BTreeMap::new(), BTreeMap::new());
    for told in told.iter().filter(|told| told.result.is_ok() && !told.event.is_message()) {
        let event: &Event = &told.event;
        let day = zone.business_date(event.at(), starts);
        of.entry((event.member().to_owned(), event.id().to_owned())).or_insert(day);
        joined.entry(event.member().to_owned()).or_insert(day);
    }
    Days { of, joined }
}

/// A name for the window of a cap on a day.
fn window(cap: &CapFact, event: &str, day: Date, joined: Date, case: &Case) -> String {
    let membership_day = case.rules.blocks[0].contains("membership year starts on day 9").then_some(9);
    let anchors = Anchors { joined, membership_day, days: [1; 4], campaign: DateRange::EVER };
    let starts = if case.rules.blocks[0].contains("sunday") { Weekday::Sunday } else { Weekday::Monday };
    let period = match cap.window.as_str() {
        "purchase" | "stay" | "joining" => return event.to_owned(),
        "lifetime" | "campaign" => return String::new(),
        "day" => Period::Day,
        "week" => Period::Week { starts },
        "month" => Period::Month,
        "quarter" => Period::Quarter,
        "half-year" => Period::HalfYear,
        "calendar year" => Period::CalendarYear,
        "membership year" => Period::MembershipYear,
        other => panic!("no window {other}"),
    };
    period.start_of(day, &anchors).to_string()
}
