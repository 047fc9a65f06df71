//! The laws of who becomes a member, and of the day by which an event is judged.

use super::cases_per_law;
use loyalty_rules::calendar::Date;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;
use std::sync::LazyLock;

const HEAD: &str = "edition 2026\n\nprogram Members {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"UTC\"\n  accept late events for 20 days\nJOIN}\n\nevent signup {\n}\n\n\
    event stay {\n  arrival: date\n  nights: integer 1 to 60\nJUDGED}\n\n\
    returns {\n  balance may go negative\n}\n\n\
    unit points is spendable {\n  singular point\n  round down in total\n  expire 3 months after earning\n}\n\n\
    earn Nights {\n  on stay\n  give 10 points per 1 nights\n  cap 90 points per month\n}\n\n\
    bonus Weekend {\n  on stay\n  when weekday is in [saturday, sunday] and purchases in this month is at least 1\n  \
    give 7 points\n  combine add\n}\n\n\
    earn Shop {\n  on purchase\n  give 1 point per 1 EUR\n}\n\n\
    bonus Hello {\n  on signup\n  give 5 points\n  combine add\n}\n";

fn program(join: &str, judged: &str) -> Program {
    let text = HEAD.replace("JOIN", join).replace("JUDGED", judged);
    compile(&Sources::single("members.loyalty", text), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .program
}

static PLAIN: LazyLock<Program> = LazyLock::new(|| program("", ""));
static JUDGED: LazyLock<Program> = LazyLock::new(|| program("", "  judged on arrival\n"));
static BY_SIGNUP: LazyLock<Program> = LazyLock::new(|| program("  members join by signup\n", ""));

/// What Ann has then, or why not.
fn post(program: &Program, ann: &mut Account, event: &Event) -> Result<String, String> {
    let outcome = Evaluator::new().evaluate(program, ann, event).map_err(|error| error.to_string())?;
    ann.post(program, &outcome).expect("posted");
    let balance = ann.balance(program, "points").expect("a unit");
    Ok(format!("{} {}", balance.available, balance.debt))
}

fn day(number: u32) -> Date {
    Date::from_ymd(2026, 1, 5).expect("a day").plus_days(number)
}

fn stay(id: &str, on: Date, arrival: Date, nights: u32) -> Event {
    let event = Event::named("stay", id, "Ann", &format!("{on}T12:00:00Z"));
    let event = event.attribute("arrival", arrival.to_string().as_str());
    event.attribute("nights", nights.to_string().as_str()).build().expect("an event")
}

fn buy(id: &str, on: Date, euros: u32) -> Event {
    Event::purchase(id, "Ann", &format!("{on}T12:00:00Z"))
        .total(&euros.to_string())
        .build()
        .expect("an event")
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// A stay that is judged by the day it brings does what a stay would that had come on that day, late or not; so one
    /// that brings its own day does what it would without the line.
    #[test]
    fn judged_on_a_day_is_having_come_on_it(
        steps in proptest::collection::vec((0u32..12, 0u32..30, any::<bool>(), 1u32..6), 1..20),
    ) {
        let (mut judged, mut plain) = (Account::open(&JUDGED, "Ann"), Account::open(&PLAIN, "Ann"));
        let mut today = 30;
        for (place, (days, back, stays, number)) in steps.into_iter().enumerate() {
            today += days;
            let (id, now, then) = (format!("E{place}"), day(today), day(today - back));
            let pair = match stays {
                true => (stay(&id, now, then, number), stay(&id, then, then, number)),
                false => (buy(&id, now, number), buy(&id, now, number)),
            };
            let one = post(&JUDGED, &mut judged, &pair.0);
            prop_assert_eq!(one, post(&PLAIN, &mut plain, &pair.1), "{}", id);
        }
    }

    /// Until somebody joins, all events but those by which members join are refused; from then on it is as if there had
    /// been none before.
    #[test]
    fn members_join_by_one_event_or_a_joining(
        steps in proptest::collection::vec((0u32..6, 0u8..8, 1u32..40), 1..20),
    ) {
        let (mut closed, mut open) = (Account::open(&BY_SIGNUP, "Ann"), Account::open(&PLAIN, "Ann"));
        let (mut today, mut is_member) = (0, false);
        for (place, (days, what, number)) in steps.into_iter().enumerate() {
            today += days;
            let (id, now) = (format!("E{place}"), day(today));
            let at = format!("{now}T12:00:00Z");
            let event = match what {
                0 => Event::named("signup", &id, "Ann", &at).build().expect("an event"),
                1 if !is_member => Event::joining(&id, "Ann", &at).build().expect("an event"),
                2 | 3 => stay(&id, now, now, number.min(60)),
                _ => buy(&id, now, number),
            };
            is_member |= what == 0 || what == 1;
            let one = post(&BY_SIGNUP, &mut closed, &event);
            if is_member {
                prop_assert_eq!(one, post(&PLAIN, &mut open, &event), "{}", id);
            } else {
                prop_assert_eq!(one, Err("not a member: members join by `signup`".to_owned()), "{}", id);
            }
        }
    }
}
