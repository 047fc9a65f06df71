//! Laws of accounts of several members.

use super::cases_per_law;
use super::compiled;
use super::draw::Draw;
use super::histories::{Case, Happening, What, cases, instant};
use super::time::{check_due, moments, read, written};
use super::world::{same_but_version, tick};
use loyalty_rules::calendar::Instant;
use loyalty_rules::evaluate::Refusal;
use loyalty_rules::event::Message;
use loyalty_rules::ledger::{Balances, Book, Delta, LineKind};
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;

const MEMBERS: [&str; 3] = ["Ann", "Bo", "Cy"];
const HOME: &str = "Home";

/// Everybody joins one account at the beginning; then happens what the history tells, and what was refused is left out.
fn applied(program: &Program, case: &Case, members: &[&str]) -> Vec<Event> {
    let mut account = Account::open(program, HOME);
    let begin = case.history.iter().map(|happening| happening.at).min().unwrap_or(0);
    let joinings = members.iter().map(|member| joining(member, instant(begin), Some(HOME)));
    let told = case.history.iter().filter(|happening| members.contains(&happening.member));
    let told = told.filter(|happening| !matches!(happening.what, What::Joining { .. }));
    let mut applied = Vec::new();
    for event in joinings.chain(told.map(Happening::build)) {
        match Evaluator::new().evaluate(program, &account, &event) {
            Ok(outcome) => {
                account.post(program, &outcome).expect("posted");
                applied.push(event);
            }
            Err(EvaluateError::Rejected(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    applied
}

fn joining(member: &str, at: Instant, account: Option<&str>) -> Event {
    let event = Event::joining(&format!("joining {member}"), member, &at.to_string());
    let event = account.into_iter().fold(event, |event, id| event.account(id));
    event.build().expect("an event")
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// However often the clock is run before an event, nothing is booked otherwise, nor for another member.
    #[test]
    fn the_clock_of_a_shared_account_may_be_run_at_any_time(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        let events = applied(program, &case, &MEMBERS);
        let (mut seldom, mut often) = (Account::open(program, HOME), Account::open(program, HOME));
        let mut draw = Draw::new(&case.spare);
        let mut last = Instant::MIN;
        for (place, event) in events.iter().enumerate() {
            let to = events[place..].iter().map(Event::at).min().expect("at least this one");
            let plain = Evaluator::new().evaluate(program, &seldom, event).expect("it was applied before");
            let mut deltas: Vec<(Delta, String)> = Vec::new();
            let mut messages: Vec<Message> = Vec::new();
            if often.version() > 0 {
                for moment in moments(&mut draw, last, to) {
                    let ticked = tick(program, &mut often, moment);
                    deltas.extend(told(&ticked));
                    messages.extend_from_slice(ticked.messages());
                }
            }
            let ticked = Evaluator::new().evaluate(program, &often, event).expect("as without ticks");
            deltas.extend(told(&ticked));
            messages.extend_from_slice(ticked.messages());
            prop_assert_eq!(told(&plain), deltas);
            prop_assert_eq!(plain.messages(), &messages[..]);
            seldom.post(program, &plain).expect("posted");
            often.post(program, &ticked).expect("posted");
            prop_assert!(same_but_version(program, &seldom, &often), "after {:?}:\n{:?}\n{:?}", event, seldom, often);
            prop_assert_eq!(seldom.next_due(program), often.next_due(program));
            check_due(program, &seldom)?;
            last = last.max(event.at());
        }
    }

    /// Stored and read at every cut it goes on as if nothing had been; its books are the fold of its ledger lines.
    #[test]
    fn a_shared_account_is_its_snapshot_and_the_fold_of_its_lines(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        let mut account = Account::open(program, HOME);
        let mut balances = Balances::default();
        for event in applied(program, &case, &MEMBERS) {
            let outcome = Evaluator::new().evaluate(program, &account, &event).expect("it was applied before");
            account.post(program, &outcome).expect("posted");
            for line in outcome.lines(program) {
                prop_assert_eq!(line.account.as_deref(), Some(HOME));
                prop_assert!(MEMBERS.contains(&&*line.member));
                balances.book(&line).expect("a line");
            }
            let text = written(program, &account);
            let again = read(program, &text)?;
            prop_assert_eq!(&again, &account);
            prop_assert_eq!(&written(program, &again), &text);
            account = again;
        }
        prop_assert!(balances.is_balanced());
        for (_, kind, name, totals) in balances.iter().filter(|(_, kind, ..)| *kind != LineKind::Donation) {
            let known = account.totals(program, kind, name).expect("known");
            for book in Book::ALL {
                prop_assert_eq!(known.balance(book), totals.balance(book), "{} {:?}", name, book);
            }
        }
    }

    /// Who is alone on an account has what it would have on its own.
    #[test]
    fn a_member_alone_on_an_account_has_what_it_would_have(case in cases()) {
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        let (mut own, mut home) = (Account::open(program, "Ann"), Account::open(program, HOME));
        for event in applied(program, &case, &["Ann"]) {
            let plain = match event.account() {
                Some(_) => joining("Ann", event.at(), None),
                None => event.clone(),
            };
            let alone = Evaluator::new().evaluate(program, &own, &plain).expect("as on the account");
            let shared = Evaluator::new().evaluate(program, &home, &event).expect("it was applied before");
            prop_assert_eq!(told(&alone), told(&shared));
            prop_assert_eq!(alone.messages(), shared.messages());
            own.post(program, &alone).expect("posted");
            home.post(program, &shared).expect("posted");
            prop_assert_eq!(own.next_due(program), home.next_due(program));
            prop_assert_eq!(own.held_lots(program), home.held_lots(program));
        }
    }
}

/// Builds an event for a member.
type Build = Box<dyn Fn(&str) -> Event>;

fn told(outcome: &loyalty_rules::Outcome) -> Vec<(Delta, String)> {
    let deltas = outcome.deltas().iter().enumerate();
    deltas.map(|(place, delta)| (delta.clone(), outcome.member_at(place).to_owned())).collect()
}

/// Nothing of it asks what a member alone has done.
const SHARED: &str = "edition 2026\n\nprogram Shared {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"Europe/Berlin\"\n  accept late events for 20 days\n}\n\ncategories [Red, Blue]\n\n\
    unit points is spendable {\n  singular point\n  round down in total\n  activate after 7 days\n  \
    expire after 60 days without purchase\n}\n\n\
    unit stars is status {\n  singular star\n  round down in total\n}\n\n\
    redeem points {\n  100 points for 1 EUR\n  in steps of 10 points\n}\n\n\
    returns {\n  take back earned in proportion\n  balance may go negative\n  unmatched lines are refused\n}\n\n\
    earn Base {\n  on purchase\n  give points by tier [Low: 1, High: 2] per full 1 EUR\n  \
    cap 300 points per month per account\n}\n\n\
    earn Stars {\n  on purchase\n  give 1 star per full 10 EUR\n}\n\n\
    bonus Reds {\n  on purchase\n  for items where category is Red\n  give 5 points per item\n  combine add\n  \
    cap 3 times per membership year per account\n}\n\n\
    cap Both: 40 points per week per account on [Reds]\n\n\
    tiers House {\n  count stars in membership year\n  upgrade at once\n  keep until end of next membership year\n  \
    then drop to earned tier\n  tier Low\n  tier High {\n    reach 6 stars\n    on entry give 30 points\n  }\n}\n\n\
    card Blues {\n  on purchase\n  for items where category is Blue\n  stamp 1 per item\n  goal 4 stamps\n  \
    cap 3 stamps per day per account\n  carry over\n  expire 3 months after first stamp\n  reward 50 points\n}\n\n\
    streak Weekly {\n  on purchase\n  each week needs 1 purchase\n  forgive 1 missed week\n  after 3 weeks give 20 points\n}\n\n\
    milestones Marks {\n  count spend in calendar year\n  at 100 EUR give 10 points\n  at 400 EUR give 70 points\n}\n";

#[derive(Debug, Clone)]
enum Does {
    Buys { red: u32, blue: u32, pays: bool },
    Returns,
    Cancels,
    Waits,
}

fn does() -> impl Strategy<Value = Does> {
    prop_oneof![
        6 => (0u32..4, 0u32..4, any::<bool>()).prop_map(|(red, blue, pays)| Does::Buys { red, blue, pays }),
        2 => Just(Does::Returns),
        1 => Just(Does::Cancels),
        1 => Just(Does::Waits),
    ]
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// Where nothing asks what a member alone has done, several on one account have what one would have who does all of
    /// it: the same lines with the same keys.
    #[test]
    fn together_they_have_what_one_would_have(
        steps in proptest::collection::vec((does(), 0usize..3, 0i64..(20 * 24), 0i64..200), 1..25),
    ) {
        let compiled = compile(&Sources::single("shared.loyalty", SHARED), &Limits::default());
        let compiled = compiled.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        let program = &compiled.program;
        let (mut one, mut all) = (Account::open(program, "Ann"), Account::open(program, HOME));
        let mut at = Instant::from_micros(1_768_000_000_000_000).expect("2026-01-10");
        deliver(program, &mut one, &joining("Ann", at, None));
        for member in MEMBERS {
            deliver(program, &mut all, &joining(member, at, Some(HOME)));
        }
        let mut bought: Vec<(String, &str)> = Vec::new();
        for (place, (does, who, hours, back)) in steps.into_iter().enumerate() {
            at = at.plus_micros(hours * 3_600_000_000);
            let id = format!("E-{place}");
            let (build, member): (Build, &str) = match does {
                Does::Waits => {
                    let (ticked, shared) = (tick(program, &mut one, at), tick(program, &mut all, at));
                    prop_assert_eq!(ticked.deltas(), shared.deltas());
                    continue;
                }
                Does::Buys { red, blue, pays } => {
                    bought.push((id.clone(), MEMBERS[who]));
                    let late = at.plus_micros(-back * 3_600_000_000);
                    (Box::new(move |member| purchase(&id, member, late, (red, blue, pays))), MEMBERS[who])
                }
                Does::Returns | Does::Cancels => {
                    let Some((of, buyer)) = bought.get(back as usize % bought.len().max(1)).cloned() else { continue };
                    let (moment, cancels) = (at.to_string(), matches!(does, Does::Cancels));
                    let build = move |member: &str| match cancels {
                        true => Event::cancel(&id, member, &moment, &of).build().expect("an event"),
                        false => {
                            let back = Event::returned(&id, member, &moment).of(&of).all_items(None);
                            back.build().expect("an event")
                        }
                    };
                    (Box::new(build), buyer)
                }
            };
            let alone = Evaluator::new().evaluate(program, &one, &build("Ann"));
            let shared = Evaluator::new().evaluate(program, &all, &build(member));
            match (alone, shared) {
                (Ok(alone), Ok(shared)) => {
                    prop_assert_eq!(alone.deltas(), shared.deltas());
                    one.post(program, &alone).expect("posted");
                    all.post(program, &shared).expect("posted");
                }
                (Err(alone), Err(shared)) => prop_assert_eq!(alone.to_string().split(':').next().map(str::to_owned),
                    shared.to_string().split(':').next().map(str::to_owned)),
                (alone, shared) => prop_assert!(false, "{:?}\n{:?}", alone, shared),
            }
            prop_assert_eq!(one.next_due(program), all.next_due(program));
            prop_assert_eq!(one.held_lots(program), all.held_lots(program));
        }
    }
}

fn purchase(id: &str, member: &str, at: Instant, (red, blue, pays): (u32, u32, bool)) -> Event {
    use loyalty_rules::event::Item;
    let mut event = Event::purchase(id, member, &at.to_string());
    event = event.item(Item::new("Plain", "1", "17.50"));
    if red > 0 {
        event = event.item(Item::new("Rose", &red.to_string(), "9").category("Red"));
    }
    if blue > 0 {
        event = event.item(Item::new("Plum", &blue.to_string(), "4").category("Blue"));
    }
    if pays {
        event = event.redeem_up_to("points", "100");
    }
    event.build().expect("an event")
}

fn deliver(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).expect("an outcome");
    account.post(program, &outcome).expect("posted");
}

/// Nobody who is not on the account, and nobody twice.
#[test]
fn who_is_not_on_the_account_is_refused() {
    let compiled =
        compile(&Sources::single("shared.loyalty", SHARED), &Limits::default()).expect("a program");
    let program = &compiled.program;
    let mut home = Account::open(program, HOME);
    let at = Instant::from_micros(1_768_000_000_000_000).expect("2026-01-10");
    deliver(program, &mut home, &joining("Bo", at, Some(HOME)));
    deliver(program, &mut home, &joining("Ann", at, Some(HOME)));
    assert_eq!(home.members().collect::<Vec<_>>(), ["Bo", "Ann"]);
    assert_eq!((home.id(), home.member()), (HOME, "Bo"));
    let reason = |event: &Event| match Evaluator::new().evaluate(program, &home, event) {
        Err(EvaluateError::Rejected(rejection)) => rejection.reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(&purchase("K", "Cy", at, (0, 0, false))), Refusal::NotMember);
    assert_eq!(reason(&joining("Cy", at, None)), Refusal::NotMember);
    let again = Event::joining("J-2", "Ann", &at.to_string()).account(HOME).build().expect("an event");
    assert_eq!(reason(&again), Refusal::AlreadyMember);
    let other = Evaluator::new().evaluate(program, &home, &joining("Cy", at, Some("Elsewhere")));
    assert_eq!(other.unwrap_err().to_string(), "the account belongs to another account");
}
