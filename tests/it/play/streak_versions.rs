//! Streaks that ask for something else in a later version: the period that is played, and the run.

use super::stored::{json, restored};
use loyalty_rules::account::StreakProgress;
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::{Account, Evaluator, Event, Limits, Versions};
use pretty_assertions::assert_eq;

/// Two versions with these lines in a streak, the second from a day on.
fn versions(first: &str, second: (&str, &str)) -> Versions {
    let text = |version: u32, from: &str, streak: &str| {
        format!(
            "edition 2026\n\nprogram Play {{\n  version {version}\n  effective from {from}\n  currency EUR\n  \
             time zone \"Europe/Berlin\"\n  accept late events for 40 days\n}}\n\nunit points is spendable {{\n  \
             round down in total\n  expire never\n}}\n\nunit stars is spendable {{\n  round down in total\n  expire never\n}}\n\n\
             earn Base {{\n  on purchase\n  give 1 stars per full 1 EUR\n}}\n\n\
             streak Run {{\n  on purchase\n  {streak}\n}}\n"
        )
    };
    let texts = [text(1, "2026-01-01", first), text(2, second.0, second.1)];
    let sources = texts.each_ref().map(|text| Sources::single("play.loyalty", text.as_str()));
    let compiled = compile_versions(&sources, &Limits::default(), &Checks::default());
    compiled.unwrap_or_else(|findings| panic!("{findings}")).versions
}

/// A member, and how many events came so far.
struct Played {
    versions: Versions,
    ann: Account,
    events: u32,
}

impl Played {
    fn new(first: &str, second: (&str, &str)) -> Self {
        let versions = versions(first, second);
        let ann = Account::open(versions.all().next().unwrap(), "Ann");
        Self { versions, ann, events: 0 }
    }

    /// A purchase at noon of each day, for a sum.
    fn buys(&mut self, bought: &[(&str, &str)]) {
        for (day, total) in bought {
            self.events += 1;
            let id = format!("K-{}", self.events);
            let event = Event::purchase(&id, "Ann", &format!("{day}T12:00:00+01:00")).total(total);
            self.comes(&event.build().unwrap());
        }
    }

    fn cancels(&mut self, of: &str, day: &str) {
        let event = Event::cancel(&format!("C-{of}"), "Ann", &format!("{day}T13:00:00+01:00"), of);
        self.comes(&event.build().unwrap());
    }

    /// An event comes, and a snapshot is what goes on.
    fn comes(&mut self, event: &Event) {
        Evaluator::new().deliver(&self.versions, &mut self.ann, event).unwrap();
        let program = self.versions.of(&self.ann).unwrap();
        let back = restored(program, &json(program, &self.ann)).unwrap();
        assert_eq!(back, self.ann);
        assert_eq!(back.next_due(program), self.ann.next_due(program));
        self.ann = back;
    }

    fn clock(&mut self, day: &str) {
        let to = format!("{day}T12:00:00+01:00").parse().unwrap();
        Evaluator::new().run_clock(&self.versions, &mut self.ann, to).unwrap();
    }

    fn points(&self) -> String {
        self.ann.balance(self.versions.of(&self.ann).unwrap(), "points").unwrap().available
    }

    /// Days, count and need of the period of a day, the length of the run, and what was missed.
    fn run(&self, on: &str) -> String {
        let program = self.versions.of(&self.ann).unwrap();
        let told: StreakProgress = self.ann.streak(program, "Run", on.parse().unwrap()).unwrap();
        let StreakProgress { length, missed, from, to, count, needs, .. } = told;
        format!("{from} to {to}: {count} of {needs}; {length}, {missed} missed")
    }
}

const MONTHS: &str =
    "after 1 month give 5 points\n  after 2 months give 10 points\n  after 3 months give 100 points";

#[test]
fn what_counts_now_begins_at_zero_and_the_run_goes_on() {
    let first = format!("each month needs 100 EUR\n  {MONTHS}");
    for (second, of) in [("2 purchase", "2"), ("2 items", "2"), ("2 stars", "2")] {
        let second = format!("each month needs {second}\n  {MONTHS}");
        let mut ann = Played::new(&first, ("2026-03-16", &second));
        ann.buys(&[("2026-02-10", "100"), ("2026-03-03", "99")]);
        assert_eq!(ann.points(), "5");
        ann.clock("2026-03-16");
        assert_eq!(ann.run("2026-03-16"), format!("2026-03-01 to 2026-03-31: 0 of {of}; 1, 0 missed"));
        ann.clock("2026-04-01");
        // nothing was bought since
        assert_eq!(ann.run("2026-04-01"), format!("2026-04-01 to 2026-04-30: 0 of {of}; 0, 0 missed"));
    }
    let second = format!("each month needs 2 purchase\n  {MONTHS}");
    let mut ann = Played::new(&first, ("2026-03-16", &second));
    ann.buys(&[("2026-02-10", "100"), ("2026-03-03", "99"), ("2026-03-16", "1")]);
    assert_eq!((ann.points(), ann.run("2026-03-16").ends_with("1 of 2; 1, 0 missed")), ("5".into(), true));
    ann.buys(&[("2026-03-17", "1")]);
    assert_eq!((ann.points(), ann.run("2026-03-17").ends_with("2 of 2; 2, 0 missed")), ("15".into(), true));
    // a late purchase of before counts for what was asked then: 99 and 1 euro, but the month has paid
    ann.buys(&[("2026-03-15", "1")]);
    assert_eq!((ann.points(), ann.run("2026-03-17").ends_with("2 of 2; 2, 0 missed")), ("15".into(), true));
}

#[test]
fn a_period_that_has_paid_stays_won() {
    let second = format!("each month needs 2 purchase\n  {MONTHS}");
    let mut ann = Played::new(&format!("each month needs 100 EUR\n  {MONTHS}"), ("2026-03-16", &second));
    ann.buys(&[("2026-02-10", "100"), ("2026-03-03", "100")]);
    assert_eq!(ann.points(), "15");
    ann.buys(&[("2026-03-20", "1"), ("2026-03-21", "1")]);
    assert_eq!((ann.points(), ann.run("2026-03-21").ends_with("2, 0 missed")), ("15".into(), true));
    ann.clock("2026-04-01");
    assert_eq!(ann.run("2026-04-01"), "2026-04-01 to 2026-04-30: 0 of 2; 2, 0 missed");
    ann.buys(&[("2026-04-02", "1"), ("2026-04-03", "1")]);
    assert_eq!(ann.points(), "115");
}

#[test]
fn a_period_that_was_won_without_a_gift_is_won_anew() {
    let gifts = "after 1 month give 5 points\n  after 3 months give 100 points";
    let (first, second) =
        (format!("each month needs 100 EUR\n  {gifts}"), format!("each month needs 2 purchase\n  {gifts}"));
    let mut ann = Played::new(&first, ("2026-03-16", &second));
    ann.buys(&[("2026-02-10", "100"), ("2026-03-03", "100")]);
    assert!(ann.run("2026-03-03").ends_with("; 2, 0 missed"));
    ann.buys(&[("2026-03-16", "1")]);
    assert!(ann.run("2026-03-16").ends_with("1 of 2; 1, 0 missed"));
    ann.buys(&[("2026-03-17", "1")]);
    assert!(ann.run("2026-03-17").ends_with("2 of 2; 2, 0 missed"));
}

/// The version begins on the day behind the period: what was played under the one before is decided by it.
#[test]
fn a_period_that_is_over_is_decided_by_the_version_that_it_was_played_under() {
    let first = format!("each month needs 100 EUR\n  {MONTHS}");
    for second in ["each month needs 2 purchase", "each month needs 150 EUR", "each quarter needs 100 EUR"] {
        let gifts =
            if second.contains("quarter") { MONTHS.replace("month", "quarter") } else { MONTHS.into() };
        let mut ann = Played::new(&first, ("2026-04-01", &format!("{second}\n  {gifts}")));
        ann.buys(&[("2026-02-10", "100"), ("2026-03-03", "100")]);
        ann.clock("2026-04-01");
        assert!(ann.run("2026-04-01").ends_with("; 2, 0 missed"), "{second}: {}", ann.run("2026-04-01"));
        ann.buys(&[("2026-04-02", "100"), ("2026-04-03", "50")]);
        assert_eq!((ann.points(), ann.run("2026-04-03").ends_with("; 3, 0 missed")), ("115".into(), true));
    }
    // 90 are not enough for a month of 100, though they were for one of 50
    let second = format!("each month needs 50 EUR\n  forgive 1 missed month\n  {MONTHS}");
    let mut ann = Played::new(&first, ("2026-04-01", &second));
    ann.buys(&[("2026-02-10", "100"), ("2026-03-03", "90")]);
    ann.clock("2026-04-01");
    // whether it is forgiven, the version says that is in force at its end
    assert_eq!(ann.run("2026-04-01"), "2026-04-01 to 2026-04-30: 0.00 of 50.00; 1, 1 missed");
}

const WEEKS: &str =
    "after 2 weeks give 10 points\n  after 3 weeks give 50 points\n  after 4 weeks give 200 points";

/// 2026-03-02 is a Monday, and 2026-03-18 a Wednesday.
#[test]
fn periods_of_another_length_begin_with_the_version() {
    let months = WEEKS.replace("week", "month");
    let second = format!("each month needs 3 purchase\n  {months}");
    let begun = |third: &[(&str, &str)]| {
        let mut ann = Played::new(&format!("each week needs 2 purchase\n  {WEEKS}"), ("2026-03-18", &second));
        ann.buys(&[("2026-03-02", "1"), ("2026-03-03", "1"), ("2026-03-09", "1"), ("2026-03-10", "1")]);
        ann.buys(third);
        ann
    };
    // a week that is not won is cut short: neither missed nor counted
    let mut ann = begun(&[("2026-03-16", "1")]);
    assert_eq!(ann.points(), "10");
    ann.clock("2026-03-18");
    assert_eq!(ann.run("2026-03-18"), "2026-03-01 to 2026-03-31: 0 of 3; 2, 0 missed");
    ann.buys(&[("2026-03-18", "1"), ("2026-03-19", "1"), ("2026-03-20", "1")]);
    assert_eq!(ann.points(), "60");
    assert_eq!(ann.run("2026-03-20"), "2026-03-01 to 2026-03-31: 3 of 3; 3, 0 missed");
    // a late purchase of that week counts for no run any more
    ann.buys(&[("2026-03-17", "1")]);
    assert_eq!(ann.run("2026-03-20"), "2026-03-01 to 2026-03-31: 3 of 3; 3, 0 missed");
    assert_eq!(ann.points(), "60");
    // a mistake of the month takes back what it gave
    ann.cancels("K-8", "2026-03-21");
    assert_eq!((ann.points(), ann.run("2026-03-21").ends_with("2 of 3; 2, 0 missed")), ("10".into(), true));
    // and one of the week that was cut short changes nothing
    ann.cancels("K-5", "2026-03-21");
    assert!(ann.run("2026-03-21").ends_with("2 of 3; 2, 0 missed"));
    ann.clock("2026-04-01");
    assert!(ann.run("2026-04-01").ends_with("; 0, 0 missed"));

    // a week that is won counts for the run, and its month is another one
    let mut ann = begun(&[("2026-03-16", "1"), ("2026-03-17", "1")]);
    assert_eq!(ann.points(), "60");
    ann.buys(&[("2026-03-18", "1")]);
    assert_eq!(ann.run("2026-03-18"), "2026-03-01 to 2026-03-31: 1 of 3; 3, 0 missed");
    // what the week gave stays, as of any that is decided
    ann.cancels("K-6", "2026-03-18");
    assert_eq!((ann.points(), ann.run("2026-03-18").ends_with("1 of 3; 3, 0 missed")), ("60".into(), true));
    ann.buys(&[("2026-03-19", "1"), ("2026-03-20", "1")]);
    assert_eq!((ann.points(), ann.run("2026-03-20").ends_with("3 of 3; 4, 0 missed")), ("260".into(), true));
}

#[test]
fn a_run_that_is_long_enough_for_a_new_restart_ends() {
    let second = "each month needs 3 purchase\n  after 2 months give 10 points\n  restart after 2 months";
    let mut ann = Played::new(&format!("each week needs 2 purchase\n  {WEEKS}"), ("2026-03-18", second));
    ann.buys(&[("2026-03-02", "1"), ("2026-03-03", "1"), ("2026-03-09", "1"), ("2026-03-10", "1")]);
    ann.clock("2026-03-18");
    assert_eq!(ann.run("2026-03-18"), "2026-03-01 to 2026-03-31: 0 of 3; 0, 0 missed");
}

#[test]
fn another_number_holds_for_the_period_that_is_played() {
    let asks = |euros: &str| format!("each month needs {euros} EUR\n  {MONTHS}");
    // less: what was spent so far is enough, and the next purchase wins
    let mut ann = Played::new(&asks("100"), ("2026-03-16", &asks("50")));
    ann.buys(&[("2026-02-10", "100"), ("2026-03-03", "60")]);
    assert_eq!(ann.points(), "5");
    ann.buys(&[("2026-03-16", "1")]);
    assert_eq!(
        (ann.points(), ann.run("2026-03-16").ends_with("61.00 of 50.00; 2, 0 missed")),
        ("15".into(), true)
    );
    ann.buys(&[("2026-03-17", "1")]);
    assert_eq!(ann.points(), "15");
    // the same where no run has begun
    let mut ann = Played::new(&asks("100"), ("2026-03-16", &asks("50")));
    ann.buys(&[("2026-03-03", "60"), ("2026-03-16", "1"), ("2026-03-17", "1")]);
    assert_eq!(
        (ann.points(), ann.run("2026-03-17").ends_with("62.00 of 50.00; 1, 0 missed")),
        ("5".into(), true)
    );
    // without a purchase it is won at its end, and nothing is given
    let mut ann = Played::new(&asks("100"), ("2026-03-16", &asks("50")));
    ann.buys(&[("2026-02-10", "100"), ("2026-03-03", "60")]);
    ann.clock("2026-04-01");
    assert_eq!((ann.points(), ann.run("2026-04-01").ends_with("; 2, 0 missed")), ("5".into(), true));
    // more: what has paid stays won
    let mut ann = Played::new(&asks("50"), ("2026-03-16", &asks("100")));
    ann.buys(&[("2026-02-10", "100"), ("2026-03-03", "60"), ("2026-03-16", "1")]);
    assert_eq!(
        (ann.points(), ann.run("2026-03-16").ends_with("61.00 of 100.00; 2, 0 missed")),
        ("15".into(), true)
    );
}

/// What was paid in February is taken back in December of the year, and in the next one it stays.
#[test]
fn a_mistake_of_long_ago_is_known_to_snapshots() {
    let year = "each calendar year needs 100 EUR\n  after 1 year give 30 points\n  after 2 years give 70 points\n  \
         cap 40 points per calendar year";
    let mut ann =
        Played::new(year, ("2030-01-01", "each day needs 1 purchase\n  after 9 days give 1 points"));
    ann.buys(&[("2026-01-10", "60"), ("2026-02-10", "40"), ("2026-12-10", "39")]);
    assert_eq!(ann.points(), "30");
    ann.cancels("K-2", "2026-12-11");
    assert_eq!(
        (ann.points(), ann.run("2026-12-11").ends_with("99.00 of 100.00; 0, 0 missed")),
        ("0".into(), true)
    );
    ann.buys(&[("2026-12-12", "1")]);
    assert_eq!(ann.points(), "30");
    ann.buys(&[("2027-01-03", "50")]);
    // of the year that is decided: two events, the second of which won it
    ann.cancels("K-1", "2027-01-04");
    ann.cancels("K-4", "2027-11-04");
    assert_eq!(
        (ann.points(), ann.run("2027-11-04").ends_with("50.00 of 100.00; 1, 0 missed")),
        ("30".into(), true)
    );
    // 40 of 70 in this year
    ann.buys(&[("2027-11-05", "50")]);
    assert_eq!(
        (ann.points(), ann.run("2027-11-05").ends_with("100.00 of 100.00; 2, 0 missed")),
        ("70".into(), true)
    );
}
