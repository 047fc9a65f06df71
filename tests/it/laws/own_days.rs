//! The law of periods that start on a day of the member's own.

use super::cases_per_law;
use super::world::{same_but_version, tick};
use loyalty_rules::account::Snapshot;
use loyalty_rules::calendar::{Date, Instant};
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;

const RULES: &str = "edition 2026\n\nprogram Days {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"UTC\"\n}\n\nmember {\n  cut-off: integer 1 to 28 optional\n}\n\n\
    period statement starts on day cut-off of every month\n\n\
    unit crumbs is spendable {\n  singular crumb\n  round down in total\n  expire never\n}\n\n\
    voucher Coffee {\n  grants \"A coffee\"\n  worth 1 EUR\n}\n\n\
    earn Crumbs {\n  on purchase\n  give 1 crumb per full 1 EUR\n  cap 10 crumbs per statement\n}\n\n\
    convert 4 crumbs into 1 Coffee every statement\n";

/// What should be: the room that is taken, the crumbs, and the next start, found by walking from day to day.
struct Model {
    day: u8,
    next: Date,
    used: i64,
    crumbs: i64,
}

impl Model {
    fn after(day: u8, today: Date) -> Date {
        let mut next = today.plus_days(1);
        while next.day() != day {
            next = next.plus_days(1);
        }
        next
    }

    fn go(&mut self, today: Date) {
        while self.next <= today {
            (self.used, self.crumbs) = (0, self.crumbs % 4);
            self.next = Self::after(self.day, self.next);
        }
    }

    fn buys(&mut self, euros: i64) {
        let given = euros.min(10 - self.used);
        (self.used, self.crumbs) = (self.used + given, self.crumbs + given);
    }

    fn changes(&mut self, day: u8, today: Date) {
        (self.day, self.next) = (day, Self::after(day, today));
    }
}

fn noon(day: Date) -> String {
    format!("{day}T12:00:00Z")
}

fn post(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).expect("an outcome");
    account.post(program, &outcome).expect("posted");
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// However often the day changes, no cap has more room than since the last start, the clock converts at the starts
    /// of the day in force and says so before, and ticks and snapshots change nothing.
    #[test]
    fn a_change_of_the_day_opens_nothing_anew(
        steps in proptest::collection::vec((0u32..40, any::<bool>(), 1u8..=28), 1..25),
    ) {
        let compiled = compile(&Sources::single("days.loyalty", RULES), &Limits::default()).expect("a program");
        let program = &compiled.program;
        let (mut ann, mut often) = (Account::open(program, "Ann"), Account::open(program, "Ann"));
        let mut today = Date::from_ymd(2026, 1, 5).expect("a day");
        let mut model = Model { day: 1, next: Model::after(1, today), used: 0, crumbs: 0 };
        for (place, (days, buys, number)) in steps.into_iter().enumerate() {
            today = today.plus_days(days);
            model.go(today);
            let id = format!("E{place}");
            let event = if buys {
                model.buys(i64::from(number));
                Event::purchase(&id, "Ann", &noon(today)).total(&number.to_string()).build()
            } else {
                model.changes(number, today);
                Event::change(&id, "Ann", &noon(today)).attribute("cut-off", i64::from(number)).build()
            };
            let event = event.expect("an event");
            while let Some(due) = often.next_due(program).filter(|due| *due <= event.at()) {
                prop_assert!(!tick(program, &mut often, due).deltas().is_empty());
            }
            post(program, &mut ann, &event);
            post(program, &mut often, &event);
            prop_assert!(same_but_version(program, &ann, &often), "{:?}\n{:?}", ann, often);
            let crumbs = ann.balance(program, "crumbs").expect("a unit").available;
            prop_assert_eq!(crumbs, model.crumbs.to_string());
            let due: Option<Instant> = (model.crumbs >= 4)
                .then(|| format!("{}T00:00:00Z", model.next).parse().expect("an instant"));
            prop_assert_eq!(ann.next_due(program), due);
            let json = serde_json::to_string(&ann.snapshot(program)).expect("JSON");
            let snapshot: Snapshot = serde_json::from_str(&json).expect("a snapshot");
            prop_assert_eq!(&Account::restore(program, snapshot).expect("an account"), &ann);
        }
    }
}

const PLAYED: &str = "edition 2026\n\nprogram Days {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"UTC\"\n}\n\nmember {\n  cut-off: integer 1 to 28 optional\n}\n\n\
    period statement starts on day cut-off of every month\n\n\
    voucher Coffee {\n  grants \"A coffee\"\n  worth 1 EUR\n}\n\n\
    streak Often {\n  on purchase\n  each statement needs 20 EUR\n  after 2 statements give 1 Coffee\n}\n";

/// What should be of a run.
struct Run {
    next: Date,
    day: u8,
    /// What was spent in the period that runs.
    spent: i64,
    /// How many periods are won and decided.
    length: u32,
    /// Whether a period is played.
    open: bool,
    coffees: usize,
}

impl Run {
    fn go(&mut self, today: Date) {
        while self.next <= today {
            (self.length, self.open) = match self.open && self.spent >= 20 {
                true => (self.length + 1, true),
                false => (0, false),
            };
            self.spent = 0;
            self.next = Model::after(self.day, self.next);
        }
    }

    fn buys(&mut self, euros: i64) {
        let before = self.spent;
        self.spent += euros;
        if before < 20 && self.spent >= 20 {
            self.open = true;
            self.coffees += usize::from(self.length + 1 == 2);
        }
    }

    fn all(&self) -> u32 {
        self.length + u32::from(self.open && self.spent >= 20)
    }
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// However often the day changes, the period of a run that is played takes its count along: none is won twice, and none is missed
    /// before the next start.
    #[test]
    fn a_change_of_the_day_takes_a_run_along(
        steps in proptest::collection::vec((0u32..25, 0u8..4, 1u8..=28), 1..25),
    ) {
        let compiled = compile(&Sources::single("days.loyalty", PLAYED), &Limits::default()).expect("a program");
        let program = &compiled.program;
        let (mut ann, mut often) = (Account::open(program, "Ann"), Account::open(program, "Ann"));
        let mut today = Date::from_ymd(2026, 1, 5).expect("a day");
        let next = Model::after(1, today);
        let mut model = Run { day: 1, next, spent: 0, length: 0, open: false, coffees: 0 };
        for (place, (days, buys, number)) in steps.into_iter().enumerate() {
            today = today.plus_days(days);
            model.go(today);
            let id = format!("E{place}");
            let event = if buys > 0 {
                model.buys(i64::from(number));
                Event::purchase(&id, "Ann", &noon(today)).total(&number.to_string()).build()
            } else {
                (model.day, model.next) = (number, Model::after(number, today));
                Event::change(&id, "Ann", &noon(today)).attribute("cut-off", i64::from(number)).build()
            };
            let event = event.expect("an event");
            while let Some(due) = often.next_due(program).filter(|due| *due <= event.at()) {
                tick(program, &mut often, due);
            }
            post(program, &mut ann, &event);
            post(program, &mut often, &event);
            prop_assert!(same_but_version(program, &ann, &often), "{:?}\n{:?}", ann, often);
            let told = ann.streak(program, "Often", today).expect("a streak");
            prop_assert_eq!((told.length, told.count), (model.all(), format!("{}.00", model.spent)));
            prop_assert_eq!(ann.vouchers(program).len(), model.coffees);
            let due: Option<Instant> =
                model.open.then(|| format!("{}T00:00:00Z", model.next).parse().expect("an instant"));
            prop_assert_eq!(ann.next_due(program), due);
            let json = serde_json::to_string(&ann.snapshot(program)).expect("JSON");
            let snapshot: Snapshot = serde_json::from_str(&json).expect("a snapshot");
            prop_assert_eq!(&Account::restore(program, snapshot).expect("an account"), &ann);
        }
    }
}
