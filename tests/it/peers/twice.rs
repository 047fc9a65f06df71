//! Bugs about what was given twice, and about what happened at the same time.

use super::{BACK, FULL_ONES, with_balance};
use crate::returns::{ann, holds, program};
use crate::rule_files::compiled;
use loyalty_rules::account::PostError;
use loyalty_rules::evaluate::Refusal;
use loyalty_rules::event::Item;
use loyalty_rules::scenario::World;
use loyalty_rules::{Account, EvaluateError, Evaluator, Event};
use pretty_assertions::assert_eq;

/// A till without a line sent a purchase again, and it was awarded again.
#[test]
fn a_retry_after_a_lost_answer_awards_twice() {
    let buy = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pears 2 x 5 EUR }\n";
    let steps =
        format!("{buy}expect Ann earns 10 points\n{buy}expect Ann earns nothing\nexpect Ann has 10 points");
    holds(BACK, FULL_ONES, &ann(&steps));
}

/// Settling an order that was bought on account awarded it again.
#[test]
fn paying_off_an_order_awards_it_again() {
    let rules = format!("event settled {{\n}}\n\n{FULL_ONES}");
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 10 EUR }\nexpect Ann earns 10 points\n\
         when 2026-03-20 10:00 settled \"S-1\" of \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann earns nothing\nexpect Ann has 10 points";
    holds(BACK, &rules, &ann(steps));
}

/// Playing a log again made 1,000 of 500.
#[test]
fn playing_the_log_again_doubles_the_points() {
    let program = compiled(&program(BACK, FULL_ONES)).program;
    let log: Vec<Event> = (1..=5)
        .map(|day| {
            let at = format!("2026-03-0{day}T10:00:00Z");
            Event::purchase(&format!("K-{day}"), "Ann", &at).total("100").build().unwrap()
        })
        .collect();
    let mut world = World::new(&program);
    for event in log.iter().chain(&log) {
        world.deliver(event.clone()).unwrap();
    }
    assert_eq!(world.account("Ann").unwrap().balance(&program, "points").unwrap().available, "500");
}

/// Two offers that needed 100 of 100 points each were confirmed together, and the balance was -100.
#[test]
fn two_requests_that_are_checked_apart_overdraw() {
    let rules = format!("{FULL_ONES}\n\nredeem points {{\n  100 points for 1 EUR\n}}");
    let program = compiled(&program(BACK, &rules)).program;
    let mut ann = Account::open(&program, "Ann");
    let mut evaluator = Evaluator::new();
    let first = Event::purchase("K-1", "Ann", "2026-03-01T10:00:00Z").total("100").build().unwrap();
    let outcome = evaluator.evaluate(&program, &ann, &first).unwrap();
    ann.post(&program, &outcome).unwrap();
    let asks = |id: &str| {
        let event = Event::purchase(id, "Ann", "2026-03-02T10:00:00Z").item(Item::new("Pears", "1", "1"));
        event.redeem("points", "100").build().unwrap()
    };
    let (one, two) = (asks("K-2"), asks("K-3"));
    let judged = [&one, &two].map(|event| evaluator.evaluate(&program, &ann, event).unwrap());
    ann.post(&program, &judged[0]).unwrap();
    assert!(matches!(ann.post(&program, &judged[1]), Err(PostError::Stale { .. })));
    match evaluator.evaluate(&program, &ann, &two) {
        Err(EvaluateError::Rejected(rejection)) => assert_eq!(rejection.reason, Refusal::NotEnough),
        other => panic!("{other:?}"),
    }
    assert_eq!(ann.balance(&program, "points").unwrap().available, "0");
}

/// Twenty gifts of 100 points at once, from a member who had 100, credited 2,000.
#[test]
fn twenty_gifts_at_once_multiply_the_points() {
    let program = compiled(&program(BACK, FULL_ONES)).program;
    let (mut ann, mut evaluator) = (Account::open(&program, "Ann"), Evaluator::new());
    let first = Event::purchase("K-1", "Ann", "2026-03-01T10:00:00Z").total("100").build().unwrap();
    let outcome = evaluator.evaluate(&program, &ann, &first).unwrap();
    ann.post(&program, &outcome).unwrap();
    let gifts: Vec<Event> = (1..=20)
        .map(|number| {
            let (id, to) = (format!("T-{number}"), format!("Friend {number}"));
            Event::transfer(&id, "Ann", "2026-03-02T10:00:00Z", "100", "points", &to).build().unwrap()
        })
        .collect();
    let judged: Vec<_> = gifts.iter().map(|gift| evaluator.evaluate(&program, &ann, gift).unwrap()).collect();
    let posted = judged.iter().filter(|outcome| ann.post(&program, outcome).is_ok()).count();
    assert_eq!(posted, 1);
    let refused = gifts.iter().filter(|gift| evaluator.evaluate(&program, &ann, gift).is_err()).count();
    // the first of them was applied and counts as repeated
    assert_eq!(refused, 19);
    let balance = ann.balance(&program, "points").unwrap();
    assert_eq!((&*balance.available, &*balance.transferred), ("0", "100"));
}

/// Of seven promotions on one line six were applied.
#[test]
fn one_of_seven_bonuses_gets_lost() {
    let bonuses: String = (1..=7)
        .map(|number| {
            format!(
                "bonus B{number} {{\n  on purchase\n  give {number} points per item\n  combine add\n}}\n\n"
            )
        })
        .collect();
    // 10 and 1 + 2 + … + 7 = 28
    let steps =
        "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pears 1 x 10 EUR }\nexpect Ann earns 38 points";
    holds(BACK, &format!("{bonuses}{FULL_ONES}"), &ann(steps));
}

/// Redeeming in another kind of document gave the discount and took no points.
#[test]
fn redeeming_elsewhere_takes_no_points() {
    let rules = format!("event stay {{\n}}\n\n{FULL_ONES}\n\nredeem points {{\n  10 points for 0.10 EUR\n}}");
    let steps = "when 2026-03-03 10:00 stay \"S-1\" by Ann {\n  total 2 EUR\n  redeem 50 points\n}\n\
         expect Ann pays 1.50 EUR\nexpect Ann has 56 points\n\
         when 2026-03-04 10:00 redeem 26 points \"R-1\" by Ann\nexpect Ann has 30 points\n\
         when 2026-03-05 10:00 purchase \"K-1\" by Ann {\n  total 0.50 EUR\n  redeem 31 points\n}\n\
         expect refused \"at most 30 points would be accepted\"";
    with_balance(106, &rules, steps);
}

/// A price that was cleared got a second minus: 2,100 points instead of 700.
#[test]
fn a_cleared_line_counts_with_two_signs() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Sofa 1 x 700 EUR\n  item Chair 1 x 700 EUR\n  \
         item Chair 1 x -700 EUR\n}\nexpect Ann earns 700 points";
    holds(BACK, FULL_ONES, &ann(steps));
}
