//! Choices: rights to take some of several awards until a last day.

mod returns;
mod stored;

use loyalty_rules::evaluate::Refusal;
use loyalty_rules::event::Item;
use loyalty_rules::ledger::LedgerLine;
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Limits, Program, Sources, compile};
use pretty_assertions::assert_eq;

const BIG: &str = "choice of [50 points, 1 Upgrade, 2 Drink] within 3 months otherwise give 30 points";
const ALPHA: &str = "choice of 2 from [500 points, 2 Drink, 1 Upgrade] within 3 months";
const MONTHLY: &str =
    "choice of 2 from [1 stays, 1 Upgrade, 10 points] within 1 month otherwise give 1 Drink";

fn compiled(text: &str) -> Program {
    let sources = Sources::single("rules.loyalty", text);
    compile(&sources, &Limits::default()).unwrap_or_else(|findings| panic!("{findings}")).program
}

fn program() -> Program {
    compiled(include_str!("rules.loyalty"))
}

/// A line in short: `K-1#1 +60 points Base`, with the books in place of the sign where nothing is issued.
fn short(line: &LedgerLine) -> String {
    let LedgerLine { key, amount, unit, from, to, rule, reason, .. } = line;
    let last = line.last_day.map_or(String::new(), |last| format!(" until {last}"));
    format!("{key}: {amount} {unit}, {from} > {to}, {rule}, {reason}{last}")
}

fn apply(program: &Program, account: &mut Account, event: &Event) -> Result<Vec<String>, String> {
    let lines = lines(program, account, event).map_err(|error| error.to_string())?;
    Ok(lines.iter().map(short).collect())
}

fn lines(program: &Program, account: &mut Account, event: &Event) -> Result<Vec<LedgerLine>, EvaluateError> {
    let outcome = Evaluator::new().evaluate(program, account, event)?;
    account.post(program, &outcome).unwrap();
    Ok(outcome.deltas().iter().map(|delta| program.ledger_line("Ann", delta)).collect())
}

fn run_to(program: &Program, account: &mut Account, at: &str) -> Vec<String> {
    let outcome = Evaluator::new().advance(program, account, at.parse().unwrap()).unwrap();
    account.post(program, &outcome).unwrap();
    outcome.deltas().iter().map(|delta| short(&program.ledger_line("Ann", delta))).collect()
}

/// Two items of the same price.
fn purchase(id: &str, at: &str, each: &str) -> Event {
    let event = Event::purchase(id, "Ann", at);
    event.item(Item::new("Pears", "1", each)).item(Item::new("Wine", "1", each)).build().unwrap()
}

fn visit(id: &str, at: &str) -> Event {
    Event::named("visit", id, "Ann", at).build().unwrap()
}

fn choose(id: &str, at: &str, amount: &str, unit: &str) -> Event {
    Event::choose(id, "Ann", at, amount, unit).build().unwrap()
}

/// Ann, who bought for 120 EUR on 15 January.
fn ann(program: &Program) -> Account {
    let mut ann = Account::open(program, "Ann");
    apply(program, &mut ann, &purchase("K-1", "2026-01-15T12:00:00+01:00", "60")).unwrap();
    ann
}

#[test]
fn a_choice_is_given_with_a_last_day() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    let lines = apply(&program, &mut ann, &purchase("K-1", "2026-01-15T12:00:00+01:00", "60")).unwrap();
    assert_eq!(
        lines,
        [
            "K-1#1: 60 points, issued > available, Base, earned until 2027-01-15".to_owned(),
            format!("K-1#2: 1 {BIG}, issued > available, Big, earned until 2026-04-15"),
        ]
    );
    // the first instant of 16 April in Berlin
    assert_eq!(ann.next_due(&program).unwrap().to_string(), "2026-04-15T22:00:00Z");
    let open = ann.choices(&program);
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].number, open[0].left, &*open[0].choice), (1, 1, BIG));
    assert_eq!((&*open[0].event, &*open[0].rule), ("K-1", "Big"));
    let entries: Vec<(&str, &str)> =
        open[0].entries.iter().map(|(amount, unit)| (&**amount, &**unit)).collect();
    assert_eq!(entries, [("50", "points"), ("1", "Upgrade"), ("2", "Drink")]);
}

#[test]
fn it_can_be_made_on_its_last_day() {
    let program = program();
    let mut ann = ann(&program);
    let chosen = choose("W-1", "2026-04-15T23:59:59+02:00", "50", "points");
    let lines = lines(&program, &mut ann, &chosen).unwrap();
    assert_eq!(
        lines.iter().map(short).collect::<Vec<_>>(),
        [
            format!("W-1#1: 1 {BIG}, available > redeemed, Big, chosen"),
            "W-1#2: 50 points, issued > available, Big, earned until 2027-04-15".to_owned(),
        ]
    );
    // both belong to the purchase that gave the choice
    assert_eq!(lines.iter().map(|line| &*line.event).collect::<Vec<_>>(), ["K-1", "K-1"]);
    assert_eq!(ann.choices(&program), []);
    assert_eq!(ann.balance(&program, "points").unwrap().available, "110");
    // the points of the purchase are the next that end
    assert_eq!(ann.next_due(&program).unwrap().to_string(), "2027-01-15T23:00:00Z");
    // the same event again changes nothing
    assert_eq!(apply(&program, &mut ann, &chosen).unwrap(), [""; 0]);
    let other = choose("W-1", "2026-04-15T23:59:59+02:00", "2", "Drink");
    assert_eq!(
        apply(&program, &mut ann, &other).unwrap_err(),
        "other content under this id: `W-1` was applied before with other content; use a new id"
    );
}

#[test]
fn a_day_later_it_is_refused_and_the_clock_gives_something_else() {
    let program = program();
    let mut ann = ann(&program);
    let before = ann.clone();
    let late = choose("W-1", "2026-04-16T00:00:00+02:00", "50", "points");
    let error = Evaluator::new().evaluate(&program, &ann, &late).unwrap_err();
    let EvaluateError::Rejected(rejection) = error else { panic!("{error}") };
    assert_eq!(rejection.reason, Refusal::NoSuchChoice);
    assert_eq!(
        rejection.to_string(),
        "no such choice: no open choice offers 50 points on 2026-04-16; nothing can be chosen"
    );
    assert_eq!(ann, before);
    assert_eq!(run_to(&program, &mut ann, "2026-04-15T23:59:59+02:00"), [""; 0]);
    assert_eq!(
        run_to(&program, &mut ann, "2026-04-16T00:00:00+02:00"),
        [
            format!("@2026-04-16/expire-choice#1: 1 {BIG}, available > expired, Big, expired"),
            "@2026-04-16/otherwise#1: 30 points, issued > available, Big, earned until 2027-04-16".to_owned(),
        ]
    );
    assert_eq!(ann.choices(&program), []);
    assert_eq!(ann.balance(&program, "points").unwrap().available, "90");
}

#[test]
fn parts_of_two_choices_with_the_same_last_day_go_by_name() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    let lines = apply(&program, &mut ann, &purchase("K-1", "2026-01-15T12:00:00+01:00", "150")).unwrap();
    assert_eq!(
        lines,
        [
            "K-1#1: 150 points, issued > available, Base, earned until 2027-01-15".to_owned(),
            format!("K-1#2: 2 {ALPHA}, issued > available, Alpha, earned until 2026-04-15"),
            format!("K-1#3: 1 {BIG}, issued > available, Big, earned until 2026-04-15"),
        ]
    );
    let at = "2026-02-04T13:00:00+01:00";
    assert_eq!(
        apply(&program, &mut ann, &choose("W-1", at, "2", "Drink")).unwrap(),
        [
            format!("W-1#1: 1 {ALPHA}, available > redeemed, Alpha, chosen"),
            "W-1#2: 1 Drink, issued > available, Alpha, earned".to_owned(),
            "W-1#3: 1 Drink, issued > available, Alpha, earned".to_owned(),
        ]
    );
    assert_eq!(ann.choices(&program)[0].left, 1);
    // each entry once: the second time it is that of the other choice
    let second = apply(&program, &mut ann, &choose("W-2", at, "2", "Drink")).unwrap();
    assert_eq!(second[0], format!("W-2#1: 1 {BIG}, available > redeemed, Big, chosen"));
    assert_eq!(
        apply(&program, &mut ann, &choose("W-3", at, "2", "Drink")).unwrap_err(),
        "no such choice: no open choice offers 2 Drink on 2026-02-04; \
         what can be chosen: 500 points until 2026-04-15, 1 Upgrade until 2026-04-15"
    );
    // neither a part of an entry nor a multiple of it
    for (amount, unit) in [("1", "Drink"), ("250", "points"), ("500.5", "points"), ("1", "Sauna")] {
        let refused = apply(&program, &mut ann, &choose("W-3", at, amount, unit)).unwrap_err();
        assert!(refused.starts_with("no such choice: "), "{refused}");
    }
    let third = apply(&program, &mut ann, &choose("W-3", at, "1", "Upgrade")).unwrap();
    assert_eq!(
        third,
        [
            format!("W-3#1: 1 {ALPHA}, available > redeemed, Alpha, chosen"),
            // 30 days from the day on which it was chosen
            "W-3#2: 1 Upgrade, issued > available, Alpha, earned until 2026-03-06".to_owned(),
        ]
    );
    assert_eq!(
        apply(&program, &mut ann, &choose("W-4", at, "500", "points")).unwrap_err(),
        "no such choice: no open choice offers 500 points on 2026-02-04; nothing can be chosen"
    );
}

#[test]
fn the_soonest_last_day_is_used_first() {
    let program = program();
    let mut ann = ann(&program);
    apply(&program, &mut ann, &purchase("K-2", "2026-02-01T12:00:00+01:00", "150")).unwrap();
    // Big of 15 January ends before Alpha and Big of 1 February
    let first =
        lines(&program, &mut ann, &choose("W-1", "2026-02-02T12:00:00+01:00", "1", "Upgrade")).unwrap();
    assert_eq!((&*first[0].rule, &*first[0].event), ("Big", "K-1"));
    let second =
        lines(&program, &mut ann, &choose("W-2", "2026-02-02T12:00:00+01:00", "1", "Upgrade")).unwrap();
    assert_eq!((&*second[0].rule, &*second[0].event), ("Alpha", "K-2"));
}

#[test]
fn what_is_given_otherwise_is_given_for_each_pick_that_was_not_made() {
    let program = program();
    for (chosen, vouchers) in [(false, 2), (true, 1)] {
        let mut ann = Account::open(&program, "Ann");
        let given = apply(&program, &mut ann, &visit("V-1", "2026-01-31T12:00:00+01:00")).unwrap();
        assert_eq!(
            given,
            [
                "V-1#1: 1 stays, issued > available, Stay, earned".to_owned(),
                // the end of February, because it has no 31st
                format!("V-1#2: 2 {MONTHLY}, issued > available, Monthly, earned until 2026-02-28"),
            ]
        );
        // one choice a month
        let again = apply(&program, &mut ann, &visit("V-2", "2026-01-31T13:00:00+01:00")).unwrap();
        assert!(again.iter().all(|line| !line.contains("Monthly")), "{again:?}");
        if chosen {
            let ten = choose("W-1", "2026-02-10T12:00:00+01:00", "10", "points");
            apply(&program, &mut ann, &ten).unwrap();
        }
        let lapsed = run_to(&program, &mut ann, "2026-03-01T00:00:00+01:00");
        let mut expected = vec![format!(
            "@2026-03-01/expire-choice#1: {vouchers} {MONTHLY}, available > expired, Monthly, expired"
        )];
        for number in 1..=vouchers {
            expected.push(format!(
                "@2026-03-01/otherwise-voucher#{number}: 1 Drink, issued > available, Monthly, earned"
            ));
        }
        assert_eq!(lapsed, expected);
    }
}

#[test]
fn what_is_chosen_counts_for_levels_whose_gift_may_be_a_choice() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &visit("V-1", "2026-01-31T12:00:00+01:00")).unwrap();
    let lines = apply(&program, &mut ann, &choose("W-1", "2026-02-01T12:00:00+01:00", "1", "stays")).unwrap();
    assert_eq!(
        lines,
        [
            format!("W-1#1: 1 {MONTHLY}, available > redeemed, Monthly, chosen"),
            "W-1#2: 1 stays, issued > available, Monthly, earned".to_owned(),
            "W-1#3: 1 choice of [100 points, 3 Drink] within 6 months, issued > available, Status, earned \
             until 2026-08-01"
                .to_owned(),
        ]
    );
    assert_eq!(ann.tier(&program, "Status").unwrap().level, "Club");
}

#[test]
fn a_late_event_cannot_choose_what_was_given_after_it() {
    let text = include_str!("rules.loyalty")
        .replace("  currency EUR", "  currency EUR\n  accept late events for 30 days");
    let program = compiled(&text);
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &visit("V-0", "2026-01-02T12:00:00+01:00")).unwrap();
    apply(&program, &mut ann, &purchase("K-1", "2026-01-15T12:00:00+01:00", "60")).unwrap();
    let early = choose("W-1", "2026-01-14T12:00:00+01:00", "50", "points");
    assert_eq!(
        apply(&program, &mut ann, &early).unwrap_err(),
        "no such choice: no open choice offers 50 points on 2026-01-14; what can be chosen: \
         1 stays until 2026-02-02, 1 Upgrade until 2026-02-02, 10 points until 2026-02-02"
    );
}

#[test]
fn it_is_explained() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    let bought = purchase("K-1", "2026-01-15T12:00:00+01:00", "60");
    let outcome = Evaluator::new().explain(&program, &ann, &bought).unwrap();
    let text = loyalty_rules::explain::text(&program, &outcome);
    assert!(text.contains(&format!("+a {BIG}  Big")), "{text}");
    assert!(text.contains("to be chosen until 2026-04-15"), "{text}");
    ann.post(&program, &outcome).unwrap();
    let chosen = choose("W-1", "2026-02-01T12:00:00+01:00", "50", "points");
    let outcome = Evaluator::new().explain(&program, &ann, &chosen).unwrap();
    let text = loyalty_rules::explain::text(&program, &outcome);
    assert!(text.contains(&format!("-1 of the {BIG}")), "{text}");
    assert!(text.contains("chosen: available → redeemed"), "{text}");
    assert!(text.contains("+50 points"), "{text}");
}

#[test]
fn choices_compete_like_vouchers() {
    // two bonuses that give the same choice are one thing, of which an exclusive one is left
    let exclusive = include_str!("rules.loyalty")
        .replace("bonus Big {", "bonus Small {\n  on purchase\n  give choice of [50 points, 1 Upgrade, 2 Drink] within 3 months otherwise give 30 points\n  combine exclusive\n}\n\nbonus Big {");
    let program = compiled(&exclusive);
    let mut ann = Account::open(&program, "Ann");
    let lines = apply(&program, &mut ann, &purchase("K-1", "2026-01-15T12:00:00+01:00", "150")).unwrap();
    let rules: Vec<&str> =
        lines.iter().filter_map(|line| line.split(", ").nth(line.matches(", ").count() - 1)).collect();
    assert_eq!(rules, ["Base", "Alpha", "Small"]);
}

#[test]
fn the_clock_may_reach_a_level_and_end_the_choice_that_it_gives() {
    let text = r#"edition 2026

program Laws {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "UTC"
}

unit points is spendable {
  round down in total
  expire never
}

unit stars is status

earn Stay {
  on purchase
  when basket is at least 1_000 EUR
  give 1 stars
}

bonus Wahl {
  on purchase
  give choice of [2 stars, 2 points] within 1 month otherwise give 2 stars
  combine add
}

tiers Status {
  count stars in calendar year
  tier Basic
  tier Silver {
    reach 3 stars
    on entry give choice of [3 points, 7 points] within 20 days otherwise give 1 points
  }
}
"#;
    let program = compiled(text);
    let mut ann = Account::open(&program, "Ann");
    for id in ["K-1", "K-2"] {
        apply(&program, &mut ann, &purchase(id, "2026-01-05T12:00:00Z", "1")).unwrap();
    }
    let outcome = Evaluator::new().advance(&program, &ann, "2026-03-01T00:00:00Z".parse().unwrap()).unwrap();
    let lines: Vec<LedgerLine> =
        outcome.deltas().iter().map(|delta| program.ledger_line("Ann", delta)).collect();
    let first = "choice of [2 stars, 2 points] within 1 month otherwise give 2 stars";
    let gift = "choice of [3 points, 7 points] within 20 days otherwise give 1 points";
    assert_eq!(
        lines.iter().map(short).collect::<Vec<_>>(),
        [
            format!("@2026-02-06/expire-choice#1: 1 {first}, available > expired, Wahl, expired"),
            "@2026-02-06/otherwise#1: 2 stars, issued > available, Wahl, earned".to_owned(),
            format!("@2026-02-06/expire-choice#2: 1 {first}, available > expired, Wahl, expired"),
            "@2026-02-06/otherwise#3: 2 stars, issued > available, Wahl, earned".to_owned(),
            format!("@2026-02-06/entry#1000: 1 {gift}, issued > available, Status, earned until 2026-02-26"),
            format!("@2026-02-27/expire-choice#3: 1 {gift}, available > expired, Status, expired"),
            "@2026-02-27/otherwise#5: 1 points, issued > available, Status, earned".to_owned(),
        ]
    );
    // no event gave the gift, and its lines can be read back
    assert_eq!(
        lines.iter().map(|line| &*line.event).collect::<Vec<_>>(),
        ["K-1", "K-1", "K-2", "K-2", "", "", ""]
    );
    for (line, delta) in lines.iter().zip(outcome.deltas()) {
        assert_eq!(program.delta(line).as_ref(), Ok(delta));
    }
    ann.post(&program, &outcome).unwrap();
    assert_eq!(ann.next_due(&program), None);
}
