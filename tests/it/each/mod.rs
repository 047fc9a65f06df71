//! `cap … for each A`: one counter for each value.

mod again;
mod cards;
mod items;
mod uses;

use crate::host::snapshot::{json, restore};
use crate::returns::{ann, holds, program};
use loyalty_rules::check::{Checks, compile_versions};
use loyalty_rules::event::Value;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use pretty_assertions::assert_eq;

const RULES: &str = "channels [App, Shop]\n\nevent purchase {\n  ticket: text optional\n}\n\n\
     event visit {\n  ticket: text optional\n}\n\n\
     earn Miles {\n  on purchase\n  give 5 points per 1 EUR\n  cap 100 points for each ticket\n}\n\n\
     bonus Check {\n  on visit\n  when ticket is known\n  give 10 points\n  combine add\n}\n\n\
     bonus Weekly {\n  on purchase\n  when basket is at most 1 EUR\n  give 7 points\n  combine add\n  \
     cap 1 time per week for each channel\n}\n\n\
     cap Tickets: 30 points per month for each ticket on [Check]";

const RETURNS: &str = "accept within 60 days\nbalance may go negative";

fn buy(id: &str, when: &str, ticket: &str, total: &str) -> String {
    format!("when {when} purchase \"{id}\" by Ann {{\n  ticket: {ticket}\n  total {total} EUR\n}}\n")
}

/// What a new member has in points after each of some events. A snapshot is put back before each of them and goes on alike.
fn points_after_each(program: &Program, events: &[Event]) -> Vec<String> {
    let mut member = Account::open(program, "Ann");
    let mut has = Vec::new();
    for event in events {
        let mut copy = restore(program, &json(program, &member)).unwrap();
        for account in [&mut member, &mut copy] {
            let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
            account.post(program, &outcome).unwrap();
        }
        assert_eq!(copy, member);
        has.push(member.balance(program, "points").unwrap().available);
    }
    has
}

#[test]
fn every_ticket_has_its_own_counter_and_none_is_a_value_too() {
    let steps = [
        buy("K-1", "2026-03-03 10:00", "T-1", "15"),
        "expect Ann earns 75 points\n".into(),
        buy("K-2", "2026-03-04 10:00", "T-2", "30"),
        // a ticket of its own: 150, of which 100 are left
        "expect Ann earns 100 points\n".into(),
        buy("K-3", "2026-04-05 10:00", "T-1", "10"),
        // another month, and still the same ticket: 25 are left
        "expect Ann earns 25 points\n".into(),
        "when 2026-04-06 10:00 purchase \"K-4\" by Ann { total 15 EUR }\nexpect Ann earns 75 points\n".into(),
        "when 2026-04-06 11:00 purchase \"K-5\" by Ann { total 15 EUR }\nexpect Ann earns 25 points\n".into(),
        buy("K-6", "2026-04-07 10:00", "T-2", "10"),
        "expect Ann earns nothing\n".into(),
    ];
    holds(RETURNS, RULES, &ann(&steps.concat()));
}

#[test]
fn a_value_counts_for_two_years_from_its_first_use() {
    let steps = [
        buy("K-1", "2026-03-03 10:00", "T-1", "20"),
        buy("K-2", "2028-03-02 10:00", "T-1", "20"),
        "expect Ann earns nothing\n".into(),
        buy("K-3", "2028-03-03 10:00", "T-1", "20"),
        "expect Ann earns 100 points\n".into(),
        buy("K-4", "2029-01-01 10:00", "T-1", "20"),
        "expect Ann earns nothing\n".into(),
    ];
    holds(RETURNS, RULES, &ann(&steps.concat()));
}

#[test]
fn once_a_week_in_each_channel() {
    let bought = |id: &str, when: &str, channel: &str| {
        format!("when {when} purchase \"{id}\" by Ann {{\n  {channel}total 0.10 EUR\n}}\n")
    };
    let steps = [
        // a Monday
        bought("K-1", "2026-03-02 10:00", "channel: App\n  "),
        "expect Ann earns 7 points\n".into(),
        bought("K-2", "2026-03-03 10:00", "channel: App\n  "),
        "expect Ann earns nothing\n".into(),
        bought("K-3", "2026-03-03 11:00", "channel: Shop\n  "),
        "expect Ann earns 7 points\n".into(),
        bought("K-4", "2026-03-03 12:00", ""),
        "expect Ann earns 7 points\n".into(),
        bought("K-5", "2026-03-04 12:00", ""),
        "expect Ann earns nothing\n".into(),
        // a mistake has used no time, a return has
        "when 2026-03-05 10:00 cancel \"X-1\" of \"K-3\" by Ann\n".into(),
        "when 2026-03-05 11:00 return \"R-1\" of \"K-1\" by Ann { all items }\n".into(),
        bought("K-6", "2026-03-05 12:00", "channel: Shop\n  "),
        "expect Ann earns 7 points\n".into(),
        bought("K-7", "2026-03-05 13:00", "channel: App\n  "),
        "expect Ann earns nothing\n".into(),
        bought("K-8", "2026-03-09 10:00", "channel: App\n  "),
        "expect Ann earns 7 points\n".into(),
    ];
    holds(RETURNS, RULES, &ann(&steps.concat()));
}

#[test]
fn a_return_gives_room_back_to_the_value_it_was_taken_from() {
    let steps = [
        buy("K-1", "2026-03-03 10:00", "T-1", "16"),
        buy("K-2", "2026-03-04 10:00", "T-2", "20"),
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { total 4 EUR }\n".into(),
        // a quarter of 80
        "expect Ann loses 20 points\n".into(),
        buy("K-3", "2026-03-06 10:00", "T-1", "20"),
        // 100 less 60
        "expect Ann earns 40 points\n".into(),
        buy("K-4", "2026-03-07 10:00", "T-2", "20"),
        "expect Ann earns nothing\n".into(),
    ];
    holds(RETURNS, RULES, &ann(&steps.concat()));
    holds("take back earned in full\nbalance may go negative", RULES, &ann(&[
        buy("K-1", "2026-03-03 10:00", "T-1", "16"),
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { total 4 EUR }\nexpect Ann loses 80 points\n".into(),
        buy("K-3", "2026-03-06 10:00", "T-1", "30"),
        "expect Ann earns 100 points\n".into(),
    ].concat()));
}

#[test]
fn a_shared_cap_and_late_events() {
    let visit = |id: &str, when: &str, ticket: &str| {
        format!("when {when} visit \"{id}\" by Ann {{ ticket: {ticket} }}\n")
    };
    let steps = [
        visit("V-1", "2026-03-30 10:00", "A"),
        visit("V-2", "2026-03-30 10:00", "A"),
        visit("V-3", "2026-03-30 10:00", "A"),
        visit("V-4", "2026-03-30 10:00", "A"),
        "expect Ann earns nothing\n".into(),
        visit("V-5", "2026-03-30 11:00", "B"),
        "expect Ann earns 10 points\n".into(),
        visit("V-6", "2026-04-01 10:00", "A"),
        "expect Ann earns 10 points\n".into(),
        "expect Ann has 50 points".into(),
    ];
    holds(RETURNS, RULES, &ann(&steps.concat()));
    let late = [
        visit("V-1", "2026-04-01 10:00", "A"),
        visit("V-2", "2026-03-30 10:00", "A"),
        visit("V-3", "2026-03-31 10:00", "A"),
        visit("V-4", "2026-03-31 11:00", "A"),
        visit("V-5", "2026-03-31 12:00", "A"),
        "expect Ann earns nothing\n".into(),
        visit("V-6", "2026-04-01 11:00", "A"),
        "expect Ann earns 10 points\n".into(),
    ];
    let text = program(RETURNS, RULES).replace(
        "time zone \"Europe/Berlin\"\n",
        "time zone \"Europe/Berlin\"\n  accept late events for 30 days\n",
    );
    let compiled = compile(
        &Sources::single("a.loyalty", format!("{text}\n{}\n", ann(&late.concat()))),
        &Limits::default(),
    );
    let compiled = compiled.unwrap_or_else(|findings| panic!("{findings}"));
    assert!(loyalty_rules::scenario::run_tests(&compiled).iter().all(|result| result.passed));
}

#[test]
fn a_cap_of_spend_has_its_own_room_for_each_store() {
    let rules = "stores [North, South]\n\n\
         earn Base {\n  on purchase\n  give 1 point per 1 EUR\n  cap 50 EUR of spend per month for each store\n}";
    let bought = |id: &str, day: u32, store: &str, total: u32| {
        format!(
            "when 2026-03-{day:02} 10:00 purchase \"{id}\" by Ann {{\n  store: {store}\n  total {total} EUR\n}}\n"
        )
    };
    let steps = [
        bought("K-1", 2, "North", 40),
        bought("K-2", 3, "North", 40),
        "expect Ann earns 10 points\n".into(),
        bought("K-3", 4, "South", 40),
        "expect Ann earns 40 points\n".into(),
        "when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n".into(),
        bought("K-4", 6, "North", 60),
        "expect Ann earns 40 points\n".into(),
        bought("K-5", 7, "South", 60),
        "expect Ann earns 10 points\n".into(),
    ];
    holds(RETURNS, rules, &ann(&steps.concat()));
}

fn compiled(text: &str) -> Program {
    compile(&Sources::single("a.loyalty", text), &Limits::default()).unwrap().program
}

fn bought(id: &str, day: &str, ticket: &str, total: &str) -> Event {
    let event = Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00"));
    event.attribute("ticket", Value::Text(ticket.into())).total(total).build().unwrap()
}

#[test]
fn snapshots_keep_the_values_and_forget_them_with_their_windows() {
    let program = compiled(&program(RETURNS, RULES));
    let mut ann = Account::open(&program, "Ann");
    for (id, day, ticket) in
        [("K-1", "2026-03-03", "T-1"), ("K-2", "2026-03-04", "T-2"), ("K-3", "2026-03-05", "T-1")]
    {
        let event = bought(id, day, ticket, "12");
        let mut copy = restore(&program, &json(&program, &ann)).unwrap();
        for account in [&mut ann, &mut copy] {
            let outcome = Evaluator::new().evaluate(&program, account, &event).unwrap();
            account.post(&program, &outcome).unwrap();
        }
        assert_eq!(copy, ann);
    }
    let stored = json(&program, &ann);
    assert!(stored.contains(r#""values":[[1,"T-1"],[2,"T-2"]]"#), "{stored}");
    assert_eq!(ann.balance(&program, "points").unwrap().available, "160");
    // two years and a day later nothing can ask them
    let event = bought("K-4", "2028-04-20", "T-3", "1");
    let outcome = Evaluator::new().evaluate(&program, &ann, &event).unwrap();
    ann.post(&program, &outcome).unwrap();
    let stored = json(&program, &ann);
    assert!(stored.contains(r#""values":[[3,"T-3"]]"#), "{stored}");
}

#[test]
fn another_version_counts_on() {
    let old = program(RETURNS, RULES);
    let new = old.replace("version 1", "version 2").replace("from 2026-01-01", "from 2026-06-01");
    let new = new.replace("cap 100 points for each", "cap 150 points for each");
    let sources = [Sources::single("1.loyalty", old), Sources::single("2.loyalty", new)];
    let versions = compile_versions(&sources, &Limits::default(), &Checks::default());
    let versions = versions.unwrap_or_else(|findings| panic!("{findings}")).versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    for (id, day) in [("K-1", "2026-03-03"), ("K-2", "2026-06-04")] {
        Evaluator::new().deliver(&versions, &mut ann, &bought(id, day, "T-1", "40")).unwrap();
    }
    assert_eq!(ann.balance(versions.of(&ann).unwrap(), "points").unwrap().available, "150");
}

#[test]
fn the_explanation_names_the_value() {
    let program = compiled(&program(RETURNS, RULES));
    let ann = Account::open(&program, "Ann");
    let event = bought("K-1", "2026-03-03", "T-1", "30");
    let outcome = Evaluator::new().explain(&program, &ann, &event).unwrap();
    let told = outcome.explanation(&program).unwrap();
    let limits: Vec<&str> = told.rules.iter().flat_map(|rule| &rule.caps).map(|cap| &*cap.limit).collect();
    assert_eq!(limits, ["100 points for each ticket (T-1)"]);
}
