//! `may change 1 time per quarter`.

use super::{HEAD, holds};
use crate::host::snapshot::{json, restore};
use loyalty_rules::check::{Checks, compile_versions};
use loyalty_rules::evaluate::Refusal;
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Limits, Program, Sources, compile};
use pretty_assertions::assert_eq;

const FAVOURITE: &str = "returns { accept within 60 days }\n\ncategories [Fruit, Cheese, Wine]\n\n\
     member {\n  favourite: one of [Fruit, Cheese, Wine] optional may change 1 time per quarter\n  \
     tags: list of name may change 2 times per lifetime\n  town: text optional\n}\n\n\
     earn Base {\n  on purchase\n  for items where category matches favourite\n  give 1 point per 1 EUR\n}\n\n\
     bonus Tagged {\n  on purchase\n  when tags is Vegan or town is Ulm\n  give 1 point\n  combine add\n}\n\n";

fn favourite(steps: &str) {
    holds(&format!(
        "{FAVOURITE}test \"the test\" {{\n  given member Ann {{\n    joined 2026-01-05\n    favourite: Cheese\n  }}\n{steps}\n}}"
    ));
}

#[test]
fn one_change_a_quarter_and_the_value_at_joining_is_none() {
    favourite(
        "when 2026-03-03 10:00 change \"C-1\" by Ann { favourite: Wine }\n\
         when 2026-03-04 10:00 change \"C-2\" by Ann { favourite: Fruit }\n\
         expect refused \"may not change yet: `favourite` was changed once; it may be changed from 2026-04-01 on\"\n\
         # what it is already is no change, and so is anything else of the member\n\
         when 2026-03-05 10:00 change \"C-3\" by Ann {\n  favourite: Wine\n  town: Bonn\n}\n\
         # the event is refused as a whole\n\
         when 2026-03-06 10:00 change \"C-4\" by Ann {\n  favourite: Cheese\n  town: Ulm\n}\n\
         expect refused \"may not change yet\"\n\
         when 2026-03-07 10:00 purchase \"K-1\" by Ann { item Riesling 1 x 9 EUR, category: Wine }\n\
         expect Ann earns 9 points\n\
         when 2026-04-01 00:00 change \"C-4\" by Ann {\n  favourite: Cheese\n  town: Ulm\n}\n\
         when 2026-04-01 09:00 purchase \"K-2\" by Ann { item Gouda 1 x 5 EUR, category: Cheese }\n\
         expect Ann earns 6 points\n\
         when 2026-06-30 23:59 change \"C-5\" by Ann { favourite: Wine }\n\
         expect refused \"from 2026-07-01 on\"",
    );
}

#[test]
fn a_first_value_behind_the_joining_is_a_change() {
    holds(&format!(
        "{FAVOURITE}test \"the test\" {{\n  given member Bo {{ joined 2026-01-05 }}\n\
         when 2026-02-01 10:00 change \"C-1\" by Bo {{ favourite: Wine }}\n\
         when 2026-02-02 10:00 change \"C-2\" by Bo {{ favourite: Fruit }}\n\
         expect refused \"may not change yet\"\n}}"
    ));
}

#[test]
fn a_late_change_counts_in_the_quarter_of_its_own_day() {
    favourite(
        "when 2026-04-02 10:00 change \"C-1\" by Ann { favourite: Wine }\n\
         when 2026-03-30 10:00 change \"C-2\" by Ann { favourite: Fruit }\n\
         when 2026-03-31 10:00 change \"C-3\" by Ann { favourite: Cheese }\n\
         expect refused \"from 2026-04-01 on\"\n\
         when 2026-04-03 10:00 change \"C-4\" by Ann { favourite: Cheese }\n\
         expect refused \"from 2026-07-01 on\"",
    );
}

#[test]
fn twice_for_ever_and_the_order_of_a_list_is_no_change() {
    favourite(
        "when 2026-03-03 10:00 change \"C-1\" by Ann { tags: [Vegan, Local] }\n\
         when 2026-03-04 10:00 change \"C-2\" by Ann { tags: [Local, Vegan] }\n\
         when 2026-03-05 10:00 change \"C-3\" by Ann { tags: [Local] }\n\
         when 2028-03-06 10:00 change \"C-4\" by Ann { tags: [Vegan] }\n\
         expect refused \"may not change yet: `tags` was changed 2 times; it may not be changed again\"\n\
         when 2028-03-07 10:00 change \"C-5\" by Ann { tags: [Local] }",
    );
}

#[test]
fn the_day_on_which_a_period_starts_is_changed_in_the_period_that_it_makes() {
    // on 10 March the month from the 5th runs; from the 20th on it is the month from 20 February to 19 March
    holds(
        "returns { accept within 60 days }\n\nperiod Statement starts on day pay-day of every month\n\n\
         member {\n  pay-day: integer 1 to 28 may change 1 time per Statement\n}\n\n\
         earn Base {\n  on purchase\n  give 1 point per 1 EUR\n  cap 100 points per Statement\n}\n\n\
         test \"the test\" {\n  given member Ann {\n    joined 2026-01-05\n    pay-day: 5\n  }\n\
         when 2026-03-10 10:00 change \"C-1\" by Ann { pay-day: 20 }\n\
         when 2026-03-19 10:00 change \"C-2\" by Ann { pay-day: 21 }\n\
         expect refused \"it may be changed from 2026-03-20 on\"\n\
         when 2026-03-20 10:00 change \"C-3\" by Ann { pay-day: 21 }\n}",
    );
}

/// Ann changes her favourite on a day of spring.
fn change(id: &str, day: &str, to: &str) -> Event {
    Event::change(id, "Ann", &format!("{day}T12:00:00+02:00")).attribute("favourite", to).build().unwrap()
}

fn apply(program: &Program, account: &mut Account, event: &Event) -> Result<(), EvaluateError> {
    let outcome = Evaluator::new().evaluate(program, account, event)?;
    account.post(program, &outcome).unwrap();
    Ok(())
}

fn reason(result: Result<(), EvaluateError>) -> Refusal {
    match result {
        Err(EvaluateError::Rejected(rejection)) => rejection.reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_snapshot_remembers_the_changes_and_forgets_them_behind_late_events() {
    let text = format!("{HEAD}{FAVOURITE}");
    let program = compile(&Sources::single("a.loyalty", text), &Limits::default()).unwrap().program;
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &change("C-1", "2026-04-10", "Wine")).unwrap();
    let stored = json(&program, &ann);
    let part = r#"{"counter":"changes of \"favourite\" in quarter","slot":20544,"value":"1"}"#;
    assert!(stored.contains(part), "{stored}");
    let mut copy = restore(&program, &stored).unwrap();
    assert_eq!(copy, ann);
    let refused = apply(&program, &mut copy, &change("C-2", "2026-05-10", "Fruit"));
    assert_eq!(reason(refused), Refusal::MayNotChangeYet);
    // the quarter ends with June, and late events reach back 60 days
    apply(&program, &mut copy, &change("C-3", "2026-10-10", "Fruit")).unwrap();
    let left = json(&program, &copy);
    assert_eq!(left.matches("changes of").count(), 1, "{left}");
}

#[test]
fn a_version_with_more_changes_counts_those_of_the_one_before() {
    let old = format!("{HEAD}{FAVOURITE}");
    let new = old
        .replace("version 1", "version 2")
        .replace("effective from 2026-01-01", "effective from 2026-05-01")
        .replace("may change 1 time per quarter", "may change 2 times per quarter");
    let sources = [Sources::single("1.loyalty", old), Sources::single("2.loyalty", new)];
    let versions = compile_versions(&sources, &Limits::default(), &Checks::default());
    let versions = versions.unwrap_or_else(|findings| panic!("{findings}")).versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    let mut deliver = |event: &Event| Evaluator::new().deliver(&versions, &mut ann, event).map(|_| ());
    deliver(&change("C-1", "2026-04-10", "Wine")).unwrap();
    assert_eq!(reason(deliver(&change("C-2", "2026-04-11", "Fruit"))), Refusal::MayNotChangeYet);
    deliver(&change("C-3", "2026-05-01", "Fruit")).unwrap();
    assert_eq!(reason(deliver(&change("C-4", "2026-05-02", "Wine"))), Refusal::MayNotChangeYet);
}
