//! Corrections by hand: `adjust` and `change`.

use super::{ann, holds};
use loyalty_rules::{Account, Evaluator, Event, Limits, Sources, compile};
use pretty_assertions::assert_eq;

const FULL_ONES: &str = "voucher Coffee {\n  grants 1 item free\n}\n\n\
     member { level: one of [x, y] optional }\n\n\
     unit nights is status {\n  singular night\n}\n\n\
     earn Base {\n  on purchase\n  when level is unknown or level is x\n  give 1 point per full 1 EUR\n  cap 15 points per month\n}\n\n\
     bonus First {\n  on purchase\n  when points so far is at least 15\n  give 100 points\n  combine add\n}";

#[test]
fn an_adjustment_is_in_no_cap_and_no_history() {
    let steps = "when 2026-03-03 10:00 adjust plus 75 points \"A-1\" by Ann { reason: \"opening balance\" }\n\
         expect Ann earns 75 points\n\
         expect Ann has 75 points\n\
         expect cap Base of Ann has 15 left\n\
         when 2026-03-04 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann earns 10 points\n\
         when 2026-03-05 10:00 adjust minus 80 points \"A-2\" by Ann { reason: \"booked twice\" }\n\
         expect Ann loses 80 points\n\
         expect Ann has 5 points\n\
         expect cap Base of Ann has 5 left";
    holds("balance stays at zero", FULL_ONES, &ann(steps));
}

#[test]
fn more_than_there_is_becomes_a_debt_or_is_refused() {
    let steps = |then: &str| {
        ann(&format!(
            "when 2026-03-03 10:00 adjust plus 5 points \"A-1\" by Ann {{ reason: \"a gift\" }}\n\
             when 2026-03-04 10:00 adjust minus 8 points \"A-2\" by Ann {{ reason: \"a mistake\" }}\n{then}"
        ))
    };
    let debt = "expect Ann loses 8 points\nexpect Ann has 0 points\n\
         when 2026-03-05 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann earns 10 points\nexpect Ann has 7 points";
    holds("balance may go negative", FULL_ONES, &steps(debt));
    let refused =
        "expect refused \"not enough points: at most 5 points would be accepted\"\nexpect Ann has 5 points";
    holds("balance stays at zero", FULL_ONES, &steps(refused));
}

#[test]
fn vouchers_are_granted_and_cancelled_by_hand() {
    let steps = "when 2026-03-03 10:00 adjust plus 2 Coffee \"A-1\" by Ann { reason: \"cold coffee\" }\n\
         expect Ann has 2 Coffee\n\
         when 2026-03-04 10:00 adjust minus 1 Coffee \"A-2\" by Ann { reason: \"one was enough\" }\n\
         expect Ann has 1 Coffee\n\
         when 2026-03-05 10:00 adjust minus 2 Coffee \"A-3\" by Ann { reason: \"all of them\" }\n\
         expect refused \"not enough Coffee: at most 1 Coffee would be accepted\"\n\
         when 2026-03-05 10:00 adjust plus 1 night \"A-4\" by Ann { reason: \"a night\" }\n\
         expect refused \"is only counted\"\n\
         when 2026-03-05 10:00 adjust plus 1 point \"A-5\" by Ann\n\
         expect refused \"the reason of an adjustment\"";
    holds("balance stays at zero", FULL_ONES, &ann(steps));
}

#[test]
fn a_change_holds_from_the_next_event() {
    let test = "test \"the test\" {\n  given member Ann {\n    joined 2026-01-05\n    level: x\n  }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann earns 10 points\n\
         when 2026-03-04 10:00 change \"C-1\" by Ann { level: y }\n\
         when 2026-03-05 10:00 purchase \"K-2\" by Ann { total 5 EUR }\n\
         expect Ann earns nothing\n\
         # as if never bought: the level of the purchase counts, not that of today\n\
         when 2026-03-06 10:00 return \"R-1\" of \"K-1\" by Ann { total 4 EUR }\n\
         expect Ann loses 4 points\n}";
    holds("take back earned as if never bought", FULL_ONES, test);
}

#[test]
fn the_ledger_tells_what_was_adjusted() {
    let text = super::program("balance may go negative", FULL_ONES);
    let program = compile(&Sources::single("adjust.loyalty", text.as_str()), &Limits::default());
    let program = program.unwrap_or_else(|findings| panic!("{findings}")).program;
    let mut account = Account::open(&program, "Ann");
    let mut lines = Vec::new();
    for (id, amount, unit) in [("A-1", "3", "points"), ("A-2", "-5", "points"), ("A-3", "6", "points")] {
        let event = Event::adjust(id, "Ann", "2026-03-03T10:00:00Z", amount, unit, "a test").build().unwrap();
        let outcome = Evaluator::new().evaluate(&program, &account, &event).unwrap();
        account.post(&program, &outcome).unwrap();
        lines.extend(outcome.deltas().iter().map(|delta| {
            let line = program.ledger_line("Ann", delta);
            let (from, to) = (line.from.word(), line.to.word());
            format!(
                "{} {} {from} > {to} {} {}",
                line.key,
                line.amount,
                line.source.word(),
                line.reason.word()
            )
        }));
    }
    assert_eq!(
        lines,
        [
            "A-1#1 3 issued > available given adjusted",
            "A-2#1 3 available > taken-back given adjusted",
            "A-2#2 2 debt > taken-back given adjusted",
            "A-3#1 2 issued > debt given repaid",
            "A-3#2 4 issued > available given adjusted",
        ]
    );
}
