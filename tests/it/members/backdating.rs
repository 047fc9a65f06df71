//! `counts from start of quarter`.

use super::{HEAD, holds};
use crate::host::snapshot::{json, restore};
use loyalty_rules::check::{Checks, compile_versions};
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use pretty_assertions::assert_eq;

const RULES: &str = "returns {\n  accept within 60 days\n  balance may go negative\n}\n\n\
     member { opted-in: yes-no optional counts from start of quarter }\n\n\
     voucher Coffee {\n  grants 1 item free\n}\n\n\
     earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}\n\n\
     bonus Extra {\n  on purchase\n  when opted-in is yes\n  give 4 points per 1 EUR\n  combine add\n  \
     cap 60 points per quarter\n}\n\n\
     bonus Cup {\n  on purchase\n  when opted-in is yes and basket is at least 5 EUR\n  give 1 Coffee\n  combine add\n  \
     cap 2 times per quarter\n}\n\n";

fn ann(steps: &str) {
    holds(&format!("{RULES}test \"the test\" {{\n  given member Ann {{ joined 2026-01-02 }}\n{steps}\n}}"));
}

#[test]
fn what_was_bought_before_is_paid_with_the_change() {
    ann("when 2026-01-05 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann earns 10 points\n\
         expect Ann has 0 Coffee\n\
         expect cap Extra of Ann has 60 left\n\
         when 2026-03-10 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         expect Ann earns 40 points from Extra\n\
         expect Ann earns 40 points\n\
         expect Ann earns 1 Coffee from Cup\n\
         expect cap Extra of Ann has 20 left\n\
         when 2026-03-11 10:00 purchase \"K-2\" by Ann { total 3 EUR }\n\
         # 3 and 12\n\
         expect Ann earns 15 points\n\
         when 2026-03-12 10:00 purchase \"K-3\" by Ann { total 10 EUR }\n\
         # 10, and 8 of 40 are left\n\
         expect Ann earns 18 points\n\
         expect Ann earns 1 Coffee\n\
         when 2026-03-13 10:00 purchase \"K-4\" by Ann { total 10 EUR }\n\
         # twice a quarter is reached\n\
         expect Ann earns 10 points\n\
         expect Ann has 2 Coffee");
}

#[test]
fn the_quarter_before_is_over() {
    ann("when 2026-03-31 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         when 2026-04-02 10:00 purchase \"K-2\" by Ann { total 2 EUR }\n\
         when 2026-04-03 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         expect Ann earns 8 points\n\
         expect Ann has 20 points");
}

#[test]
fn what_waits_stands_under_the_caps_and_goes_back_with_returns() {
    // of the second purchase the cap leaves 20; when the first comes back, the third has 40 of room
    ann("when 2026-01-05 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         when 2026-01-06 10:00 purchase \"K-2\" by Ann { total 10 EUR }\n\
         when 2026-01-07 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 10 points\n\
         when 2026-01-08 10:00 purchase \"K-3\" by Ann { total 5 EUR }\n\
         when 2026-01-09 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         # 20 of the second and 20 of the third; the times are used by the first two\n\
         expect Ann earns 40 points\n\
         expect Ann earns 1 Coffee\n\
         expect cap Extra of Ann has 20 left\n\
         expect cap Cup of Ann has 0 left");
}

#[test]
fn returns_behind_the_change_take_back_what_it_paid() {
    ann("when 2026-01-05 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         when 2026-01-05 11:00 purchase \"K-2\" by Ann { total 4 EUR }\n\
         # a tenth comes back before: 1 point, and 4 of those that wait\n\
         when 2026-01-06 10:00 return \"R-1\" of \"K-1\" by Ann { total 1 EUR }\n\
         expect Ann loses 1 point\n\
         when 2026-02-01 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         # 36 and 16\n\
         expect Ann earns 52 points\n\
         expect Ann has 1 Coffee\n\
         when 2026-02-02 10:00 return \"R-2\" of \"K-1\" by Ann { total 4 EUR }\n\
         # half of 50 are back, 5 of them before\n\
         expect Ann loses 20 points\n\
         expect cap Extra of Ann has 24 left\n\
         when 2026-02-03 10:00 return \"R-3\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 25 points\n\
         expect Ann has 0 Coffee\n\
         expect Ann has 20 points\n\
         when 2026-02-04 10:00 return \"R-4\" of \"K-2\" by Ann { all items }\n\
         expect Ann has 0 points\n\
         expect cap Extra of Ann has 60 left");
}

#[test]
fn nothing_is_paid_twice() {
    ann("when 2026-01-05 10:00 purchase \"K-1\" by Ann { total 1 EUR }\n\
         when 2026-01-06 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         expect Ann earns 4 points\n\
         when 2026-01-07 10:00 change \"C-2\" by Ann { opted-in: yes }\n\
         expect Ann earns nothing\n\
         when 2026-01-08 10:00 change \"C-3\" by Ann { opted-in: no }\n\
         when 2026-01-09 10:00 purchase \"K-2\" by Ann { total 2 EUR }\n\
         expect Ann earns 2 points\n\
         when 2026-01-10 10:00 change \"C-4\" by Ann { opted-in: yes }\n\
         expect Ann earns 8 points\n\
         when 2026-01-11 10:00 purchase \"K-3\" by Ann { total 3 EUR }\n\
         expect Ann earns 15 points\n\
         expect Ann has 30 points");
}

#[test]
fn late_purchases_and_late_changes() {
    // what comes late waits in the quarter of its own day, and a late change is paid from the start of its quarter
    ann("when 2026-04-02 10:00 purchase \"K-1\" by Ann { total 2 EUR }\n\
         when 2026-03-20 10:00 purchase \"K-2\" by Ann { total 3 EUR }\n\
         when 2026-03-31 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         # 12 of the quarter of the change, 8 of the one behind it\n\
         expect Ann earns 20 points\n\
         expect Ann has 25 points");
}

#[test]
fn a_cancelled_purchase_has_used_no_times() {
    ann("when 2026-01-05 10:00 purchase \"K-1\" by Ann { total 5 EUR }\n\
         when 2026-01-06 10:00 purchase \"K-2\" by Ann { total 5 EUR }\n\
         when 2026-01-07 10:00 cancel \"X-1\" of \"K-1\" by Ann\n\
         when 2026-01-08 10:00 purchase \"K-3\" by Ann { total 5 EUR }\n\
         when 2026-01-09 10:00 change \"C-1\" by Ann { opted-in: yes }\n\
         expect Ann earns 2 Coffee\n\
         expect cap Cup of Ann has 0 left\n\
         when 2026-01-10 10:00 cancel \"X-2\" of \"K-2\" by Ann\n\
         expect Ann has 1 Coffee\n\
         expect cap Cup of Ann has 1 left");
}

#[test]
fn a_cap_of_spend_and_one_rounding() {
    let rules = "returns {\n  accept within 60 days\n  balance may go negative\n}\n\n\
         member { opted-in: yes-no optional counts from start of quarter }\n\n\
         unit cash is spendable {\n  decimals 2\n  worth 1 EUR\n  round half up in total\n  expire never\n}\n\n\
         earn Base {\n  on purchase\n  give 1% of spend as cash\n}\n\n\
         bonus Extra {\n  on purchase\n  when opted-in is yes\n  give 4% of spend as cash\n  combine add\n  \
         cap 15 EUR of spend per quarter\n}\n\n\
         bonus Point {\n  on purchase\n  give 1 point\n  combine add\n}\n\n";
    holds(&format!(
        "{rules}test \"the test\" {{\n  given member Ann {{ joined 2026-01-02 }}\n\
         # 0.0051 is 0.01, and with 0.0204 more it were 0.0255 or 0.03\n\
         when 2026-01-05 10:00 purchase \"K-1\" by Ann {{ total 0.51 EUR }}\n\
         expect Ann earns 0.01 cash\n\
         when 2026-01-06 10:00 purchase \"K-2\" by Ann {{ total 10 EUR }}\n\
         # of 20 EUR 4.49 still count: 0.1796 and 0.2 are 0.38\n\
         when 2026-01-07 10:00 purchase \"K-3\" by Ann {{ total 20 EUR }}\n\
         expect Ann earns 0.20 cash\n\
         when 2026-02-01 10:00 change \"C-1\" by Ann {{ opted-in: yes }}\n\
         # 0.02 and 0.40 and 0.18\n\
         expect Ann earns 0.60 cash from Extra\n\
         expect cap Extra of Ann has 0 left\n\
         # what comes back gives its room back: 10 EUR\n\
         when 2026-02-02 10:00 return \"R-1\" of \"K-2\" by Ann {{ all items }}\n\
         expect Ann loses 0.50 cash\n\
         expect cap Extra of Ann has 10 left\n}}"
    ));
}

fn program(text: &str) -> Program {
    compile(&Sources::single("a.loyalty", text), &Limits::default()).unwrap().program
}

fn buy(id: &str, day: &str, total: &str) -> Event {
    Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00")).total(total).build().unwrap()
}

fn opt_in(id: &str, day: &str) -> Event {
    Event::change(id, "Ann", &format!("{day}T12:00:00+01:00")).attribute("opted-in", true).build().unwrap()
}

fn give_back(id: &str, day: &str, of: &str, total: &str) -> Event {
    let back = Event::returned(id, "Ann", &format!("{day}T12:00:00+01:00"));
    back.of(of).total(total).build().unwrap()
}

fn apply(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
}

#[test]
fn an_account_goes_on_from_its_snapshot_before_and_behind_the_change() {
    let program = program(&format!("{HEAD}{RULES}"));
    let mut ann = Account::open(&program, "Ann");
    let events = [
        buy("K-1", "2026-01-05", "10"),
        buy("K-2", "2026-01-06", "6"),
        give_back("R-1", "2026-01-07", "K-1", "5"),
        opt_in("C-1", "2026-01-08"),
        give_back("R-2", "2026-01-09", "K-1", "5"),
        give_back("R-3", "2026-01-09", "K-2", "3"),
    ];
    for event in events {
        let mut copy = restore(&program, &json(&program, &ann)).unwrap();
        assert_eq!(copy, ann);
        apply(&program, &mut copy, &event);
        apply(&program, &mut ann, &event);
        assert_eq!(copy, ann);
    }
    // 6 + 20 of the second purchase, whose 24 the cap has cut, and half of it is back
    assert_eq!(ann.balance(&program, "points").unwrap().available, "13");
    assert_eq!(ann.vouchers(&program).len(), 1);
}

#[test]
fn a_version_pays_what_waits_from_the_one_before() {
    let old = format!("{HEAD}{RULES}");
    let new = old.replace("version 1", "version 2").replace("from 2026-01-01", "from 2026-02-01");
    let new = new.replace("give 4 points", "give 3 points");
    let sources = [Sources::single("1.loyalty", old), Sources::single("2.loyalty", new)];
    let versions = compile_versions(&sources, &Limits::default(), &Checks::default());
    let versions = versions.unwrap_or_else(|findings| panic!("{findings}")).versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    for event in [
        buy("K-1", "2026-01-05", "3"),
        buy("K-2", "2026-02-05", "2"),
        opt_in("C-1", "2026-02-08"),
        give_back("R-1", "2026-02-09", "K-1", "1"),
    ] {
        Evaluator::new().deliver(&versions, &mut ann, &event).unwrap();
    }
    // 3 + 12 at the rate of January and 2 + 6 at that of February; a third of the first is back
    assert_eq!(ann.balance(versions.of(&ann).unwrap(), "points").unwrap().available, "18");
}
