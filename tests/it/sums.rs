//! Where nothing hangs on single items, amounts are worked out on sums. An explanation takes the way of columns, so both
//! ways are asked for what was worked out by hand.

use crate::rule_files::compiled;
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Outcome, Program};
use pretty_assertions::assert_eq;

fn program(rules: &str) -> Program {
    let head = r#"edition 2026
program Shop {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}
channels [web, store]
unit points is spendable {
  singular point
  round half up in total
  expire never
}
"#;
    compiled(&format!("{head}{rules}")).program
}

fn bought(id: &str, price: &str, channel: &str) -> Event {
    let event = Event::purchase(id, "Ann", "2026-03-03T10:00:00Z").channel(channel);
    event.item(Item::new("Pears", "1", price)).build().expect("an event")
}

/// What each rule has booked, on sums and by columns.
fn given(program: &Program, account: &mut Account, event: &Event) -> Vec<(String, String)> {
    let told = |outcome: &Outcome| -> Vec<(String, String)> {
        let lines = outcome.deltas().iter().map(|delta| program.ledger_line("Ann", delta));
        let lines = lines.map(|line| serde_json::to_value(line).expect("a line"));
        let text = |line: &serde_json::Value, field: &str| line[field].as_str().expect("a text").to_owned();
        lines.map(|line| (text(&line, "rule"), text(&line, "amount"))).collect()
    };
    let mut evaluator = Evaluator::new();
    let explained = evaluator.explain(program, account, event).expect("applied");
    let outcome = evaluator.evaluate(program, account, event).expect("applied");
    assert_eq!(told(&explained), told(&outcome));
    account.post(program, &outcome).expect("posted");
    told(&outcome)
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(rule, amount)| ((*rule).to_owned(), (*amount).to_owned())).collect()
}

#[test]
fn the_earlier_name_has_what_is_left_over() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}\n\
                 bonus Half {\n  on purchase\n  multiply points by 1.5\n  combine add\n}\n\
                 bonus Also {\n  on purchase\n  multiply points by 1.5\n  combine add\n}\n";
    let program = program(rules);
    let mut ann = Account::open(&program, "Ann");
    // 3.00: 3 + 1.5 + 1.5 = 6; rests of one half each, and the earlier name has the missing point
    let first = given(&program, &mut ann, &bought("1", "3.00", "web"));
    assert_eq!(first, pairs(&[("Base", "3"), ("Also", "2"), ("Half", "1")]));
    // 1.30: 1.3 + 0.65 + 0.65 = 2.6, rounded to 3; floors 1 + 0 + 0, two are missing, and 0.65 is larger than 0.3
    let second = given(&program, &mut ann, &bought("2", "1.30", "web"));
    assert_eq!(second, pairs(&[("Base", "1"), ("Also", "1"), ("Half", "1")]));
    // 0.10: 0.1 + 0.05 + 0.05 = 0.2, rounded to 0
    assert_eq!(given(&program, &mut ann, &bought("3", "0.10", "web")), pairs(&[]));
}

#[test]
fn a_base_without_room_is_still_multiplied() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per 1 EUR\n  cap 10 points per day\n}\n\
                 bonus Double {\n  on purchase\n  multiply points by 2\n  combine add\n}\n";
    let program = program(rules);
    let mut ann = Account::open(&program, "Ann");
    // the base is cut to 10, the bonus is of the whole 12
    let first = given(&program, &mut ann, &bought("1", "12.00", "web"));
    assert_eq!(first, pairs(&[("Base", "10"), ("Double", "12")]));
    // no room is left: the base gives nothing, and the bonus is of the 7 that it would give
    let second = given(&program, &mut ann, &bought("2", "7.00", "web"));
    assert_eq!(second, pairs(&[("Double", "7")]));
}

#[test]
fn flat_amounts_tables_steps_and_vouchers() {
    let rules = "voucher Cake { grants 1 item free }\n\
                 earn Base {\n  on purchase\n  give 2 points per started 10 EUR\n}\n\
                 bonus Gift {\n  on purchase\n  when channel is web\n  give 1 Cake\n  combine add\n}\n\
                 bonus Web {\n  on purchase\n  give points by channel [web: 5, store: 3]\n  combine add\n}\n";
    let program = program(rules);
    let mut ann = Account::open(&program, "Ann");
    // 20.01 EUR are three begun steps
    let first = given(&program, &mut ann, &bought("1", "20.01", "web"));
    assert_eq!(first, pairs(&[("Base", "6"), ("Gift", "1"), ("Web", "5")]));
    let second = given(&program, &mut ann, &bought("2", "20.00", "store"));
    assert_eq!(second, pairs(&[("Base", "4"), ("Web", "3")]));
}

/// 9e17 millionths of a Euro, of which the bonus multiplies the tenfold by 3, leave 64 bits.
#[test]
fn small_and_large_sums_are_shared_out_alike() {
    let rules = "earn Base {\n  on purchase\n  give 1 point per 1_000 EUR\n}\n\
                 bonus More {\n  on purchase\n  multiply points by 1.3\n  combine add\n}\n";
    let program = program(rules);
    let mut ann = Account::open(&program, "Ann");
    let large = given(&program, &mut ann, &bought("1", "900000000000.00", "web"));
    assert_eq!(large, pairs(&[("Base", "900000000"), ("More", "270000000")]));
    // 1.5 + 0.45 = 1.95, rounded to 2: one is missing, and the base has the larger rest
    let small = given(&program, &mut ann, &bought("2", "1500.00", "web"));
    assert_eq!(small, pairs(&[("Base", "2")]));
}
