//! `grace`: the old level stays for a while after its term.

use super::{holds, program};
use crate::rule_files::compiled;
use loyalty_rules::account::Snapshot;
use loyalty_rules::event::Event;
use loyalty_rules::{Account, Evaluator};

/// Gold gives 50 points on entry. One year is counted, the next one is kept, and 31 days.
const CLUB: &str = "count spend in calendar year\nkeep until end of next calendar year\nthen drop one level\n\
    grace 31 days\ntier Basic\ntier Silver { reach 100 EUR spend }\n\
    tier Gold {\n  reach 500 EUR spend\n  on entry give 50 points\n}";
const GOLD: &str = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 500 EUR }\n\
    expect Ann tier is Gold until 2027-12-31\n";

#[test]
fn the_term_that_follows_counts_from_the_end_of_the_old_one() {
    // 31 January 2028 is the 31st day of the grace; the next term of one year is that of 2028 all the same
    holds(
        CLUB,
        &format!(
            "{GOLD}when 2028-01-01 00:00 clock\nexpect Ann tier is Gold until 2028-01-31\n\
             when 2028-01-31 23:59 clock\nexpect Ann tier is Gold\n\
             when 2028-02-01 00:00 clock\nexpect Ann tier is Silver until 2028-12-31\n\
             when 2029-01-31 23:59 clock\nexpect Ann tier is Silver until 2029-01-31\n\
             when 2029-02-01 00:00 clock\nexpect Ann tier is Basic"
        ),
    );
}

#[test]
fn reaching_the_level_inside_the_grace_renews_it() {
    // no second entry gift: the level was never lost
    holds(
        CLUB,
        &format!(
            "{GOLD}when 2028-01-31 10:00 purchase \"K-2\" by Ann {{ total 500 EUR }}\n\
             expect Ann tier is Gold until 2029-12-31\nexpect Ann has 50 points"
        ),
    );
    // one day later it is reached anew
    holds(
        CLUB,
        &format!(
            "{GOLD}when 2028-02-01 10:00 purchase \"K-2\" by Ann {{ total 500 EUR }}\n\
             expect Ann tier is Gold until 2029-12-31\nexpect Ann has 100 points"
        ),
    );
}

#[test]
fn a_renewal_that_comes_back_leaves_the_grace() {
    holds(
        CLUB,
        &format!(
            "{GOLD}when 2028-01-10 10:00 purchase \"K-2\" by Ann {{ item Watch 1 x 500 EUR }}\n\
             expect Ann tier is Gold until 2029-12-31\n\
             when 2028-01-20 10:00 return \"R-1\" of \"K-2\" by Ann {{ all items }}\n\
             expect Ann tier is Gold until 2028-01-31\n\
             when 2028-02-01 00:00 clock\nexpect Ann tier is Silver until 2028-12-31"
        ),
    );
}

#[test]
fn what_came_back_ends_the_grace_too() {
    // 2026: 500 of which 450 come back, so 50 are left, and Basic
    holds(
        CLUB,
        "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Watch 1 x 450 EUR\n  item Strap 1 x 50 EUR\n}\n\
         when 2028-01-20 10:00 return \"R-1\" of \"K-1\" by Ann { item Watch 1 }\n\
         expect Ann tier is Silver until 2028-12-31\nexpect Ann has 0 points",
    );
}

#[test]
fn a_confirmed_level_has_no_grace_before_its_next_term_ends() {
    holds(
        CLUB,
        &format!(
            "{GOLD}when 2027-05-05 10:00 purchase \"K-2\" by Ann {{ total 500 EUR }}\n\
             expect Ann tier is Gold until 2028-12-31\nwhen 2028-01-15 00:00 clock\n\
             expect Ann tier is Gold until 2028-12-31\nexpect Ann has 50 points"
        ),
    );
    holds(
        "count spend in calendar year\nkeep for 12 months at month end\ngrace 1 month\ntier Basic\n\
         tier Silver { reach 100 EUR spend }",
        "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 100 EUR }\n\
         expect Ann tier is Silver until 2027-03-31\nwhen 2027-04-30 23:00 clock\n\
         expect Ann tier is Silver until 2028-03-31\nwhen 2028-04-01 00:00 clock\n\
         expect Ann tier is Silver until 2028-04-30\nwhen 2028-05-01 00:00 clock\nexpect Ann tier is Basic",
    );
}

#[test]
fn a_snapshot_taken_inside_the_grace_goes_on_like_the_account() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let mut evaluator = Evaluator::new();
    let event = Event::purchase("K-1", "Ann", "2026-03-03T10:00:00+01:00");
    let event = event.currency("EUR").total("500").build().unwrap();
    let outcome = evaluator.evaluate(program, &account, &event).unwrap();
    account.post(program, &outcome).unwrap();
    let outcome = evaluator.advance(program, &account, "2028-01-10T00:00:00+01:00".parse().unwrap()).unwrap();
    account.post(program, &outcome).unwrap();
    assert_eq!(account.next_due(program).unwrap().to_string(), "2028-01-31T23:00:00Z");
    let text = serde_json::to_string(&account.snapshot(program)).unwrap();
    assert!(text.contains("\"grace\":true"), "{text}");
    let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
    assert_eq!(Account::restore(program, snapshot).unwrap(), account);
}
