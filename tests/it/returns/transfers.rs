//! What members give each other: `transfer`.

use super::{ann, holds};
use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::evaluate::Refusal;
use loyalty_rules::event::{EventError, Message};
use loyalty_rules::ledger::{Balances, Book, Delta, LineKind};
use loyalty_rules::scenario::World;
use loyalty_rules::syntax::Limits;
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Outcome, Program, Status};
use pretty_assertions::assert_eq;

const FULL_ONES: &str = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n}";
const BOTH: &str = "  given member Ann { joined 2026-01-05 }\n  given member Bo { joined 2026-01-05 }\n";

/// A program with one unit of whole points on these terms.
fn program(terms: &str, blocks: &str) -> String {
    format!(
        "edition 2026\n\nprogram Gifts {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
         time zone \"Europe/Berlin\"\n}}\n\n{blocks}\n\nunit points is spendable {{\n  singular point\n  \
         round down in total\n{terms}\n}}\n"
    )
}

fn test(lines: &str) -> String {
    format!("\ntest \"the test\" {{\n{BOTH}{lines}\n}}\n")
}

fn bought(id: &str, member: &str, at: &str, total: &str) -> Event {
    Event::purchase(id, member, at).total(total).build().unwrap()
}

fn given(id: &str, at: &str, amount: &str) -> Event {
    Event::transfer(id, "Ann", at, amount, "points", "Bo").build().unwrap()
}

fn book(program: &Program, account: &mut Account, event: &Event) -> Outcome {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

/// The messages of an outcome as events that were stored on the way.
fn sent(outcome: &Outcome) -> Vec<Event> {
    let stored = |message: &Message| {
        let text = serde_json::to_string(message).unwrap();
        let event: Event = serde_json::from_str(&text).unwrap();
        assert_eq!(event, Event::from(message.clone()), "{text}");
        assert_eq!(serde_json::to_string(&event).unwrap(), text);
        event
    };
    outcome.messages().iter().map(stored).collect()
}

fn lines(program: &Program, outcome: &Outcome) -> Vec<String> {
    let line = |delta: &Delta| {
        let line = program.ledger_line(outcome.member(), delta);
        let last = line.last_day.map(|day| format!(" until {day}")).unwrap_or_default();
        let (from, to, reason) = (line.from.word(), line.to.word(), line.reason.word());
        format!("{} {} {from} > {to} {} {reason}{last}", line.key, line.amount, line.rule)
    };
    outcome.deltas().iter().map(line).collect()
}

#[test]
fn what_can_be_used_moves_in_spending_order_with_its_dates() {
    let text = program("  activate after 10 days\n  expire 3 months after earning", FULL_ONES);
    let steps = "when 2026-02-01 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
         when 2026-03-01 10:00 purchase \"K-2\" by Ann { total 30 EUR }\n\
         when 2026-03-15 10:00 purchase \"K-3\" by Ann { total 5 EUR }\n\
         when 2026-03-20 10:00 transfer 25 points \"T-1\" from Ann to Bo\n\
         expect Ann loses 25 points\n\
         expect Ann earns nothing\n\
         expect Bo earns nothing\n\
         # 20 of February and 5 of the 30 of March\n\
         expect Ann has 25 points\n\
         expect Ann has 25 points expiring 2026-06-01\n\
         expect Ann has 5 points pending\n\
         expect Bo has 25 points\n\
         expect Bo has 20 points expiring 2026-05-01\n\
         expect Bo has 5 points expiring 2026-06-01\n\
         when 2026-05-02 00:00 clock\n\
         expect 20 points of Bo expire\n\
         expect 0 points of Ann expire";
    passes(&format!("{text}{}", test(steps)));
}

#[test]
fn the_order_of_spending_is_that_of_the_unit() {
    let rules = "earn Winter {\n  valid from 2026-02-01 to 2026-02-28\n  on purchase\n  give 1 point per full 1 EUR\n  \
         expire 12 months after earning\n}\n\n\
         earn Spring {\n  valid from 2026-03-01\n  on purchase\n  give 1 point per full 1 EUR\n  \
         expire 1 month after earning\n}";
    for (order, last) in [("soonest expiry", "2026-04-01"), ("oldest", "2027-02-01")] {
        let text = program(&format!("  expire never\n  spend {order} first"), rules);
        let steps = format!(
            "when 2026-02-01 10:00 purchase \"K-1\" by Ann {{ total 10 EUR }}\n\
             when 2026-03-01 10:00 purchase \"K-2\" by Ann {{ total 10 EUR }}\n\
             when 2026-03-02 10:00 transfer 10 points \"T-1\" from Ann to Bo\n\
             expect Bo has 10 points expiring {last}"
        );
        passes(&format!("{text}{}", test(&steps)));
    }
}

#[test]
fn what_is_pending_stays() {
    let text = program("  activate after 10 days\n  expire never", FULL_ONES);
    let steps = "when 2026-02-01 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
         when 2026-02-15 10:00 purchase \"K-2\" by Ann { total 10 EUR }\n\
         when 2026-02-16 10:00 transfer 21 points \"T-1\" from Ann to Bo\n\
         expect refused \"not enough points: at most 20 points would be accepted\"\n\
         expect Ann has 20 points\n\
         expect Bo has 0 points\n\
         when 2026-02-16 11:00 transfer 20 points \"T-1\" from Ann to Bo\n\
         expect Ann has 0 points\n\
         expect Ann has 10 points pending\n\
         expect Bo has 20 points\n\
         when 2026-02-16 12:00 transfer 1 point \"T-2\" from Ann to Bo\n\
         expect refused \"no points would be accepted\"";
    passes(&format!("{text}{}", test(steps)));
}

#[test]
fn nobody_gives_to_itself_or_to_nobody() {
    let text = program("  expire never", FULL_ONES);
    let steps = "when 2026-02-01 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
         when 2026-02-02 10:00 transfer 5 points \"T-1\" from Ann to Ann\n\
         expect refused \"nobody transfers anything to themselves\"\n\
         when 2026-02-02 10:00 transfer 5 points \"T-1\" from Ann to Zoe\n\
         expect refused \"no such member: `Zoe` has no account\"\n\
         expect Ann has 20 points";
    passes(&format!("{text}{}", test(steps)));
    let to = |to: &str| Event::transfer("T-1", "Ann", "2026-02-02T10:00:00Z", "5", "points", to).build();
    assert_eq!(to(""), Err(EventError::Text("the member who gets it")));
    for amount in ["0", "-5", "many"] {
        let event = Event::transfer("T-1", "Ann", "2026-02-02T10:00:00Z", amount, "points", "Bo").build();
        assert!(matches!(event, Err(EventError::Number { .. })), "{amount}");
    }
}

#[test]
fn what_cannot_be_given_away_is_refused_with_its_reason() {
    let blocks = format!(
        "unit nights is status {{\n  singular night\n}}\n\nvoucher Coffee {{\n  grants 1 item free\n}}\n\n{FULL_ONES}"
    );
    let program = compiled(&program("  expire never", &blocks)).program;
    let mut ann = Account::open(&program, "Ann");
    book(&program, &mut ann, &bought("K-1", "Ann", "2026-02-01T10:00:00Z", "20"));
    let refused = |id: &str, amount: &str, unit: &str| {
        let event = Event::transfer(id, "Ann", "2026-02-02T10:00:00Z", amount, unit, "Bo").build().unwrap();
        match Evaluator::new().evaluate(&program, &ann, &event) {
            Err(EvaluateError::Rejected(rejection)) => rejection,
            other => panic!("{other:?}"),
        }
    };
    for (amount, unit, text) in [
        ("1", "gems", "wrong value: `gems` is no unit that could be transferred"),
        ("1", "Coffee", "wrong value: `Coffee` is no unit that could be transferred"),
        ("1", "night", "wrong value: `night` is only counted and cannot be transferred"),
        ("0.5", "points", "wrong value: `points` have no decimals"),
        ("21", "point", "not enough points: at most 20 points would be accepted"),
    ] {
        assert_eq!(refused("T-1", amount, unit).to_string(), text);
    }
    let most = refused("T-1", "21", "points").largest.unwrap();
    assert_eq!((&*most.name, &*most.amount), ("points", "20"));
    // with `@transferred/Ann/` and `/1` the id of the message would have 4,097 bytes
    let long = refused(&"x".repeat(4_096 - 18), "1", "points");
    assert_eq!(long.reason, Refusal::WrongValue);
    assert_eq!(long.detail, "the ids of the member and of the transfer are too long for a message");
}

#[test]
fn a_debt_of_the_receiver_is_paid_off_first() {
    let steps = "when 2026-02-01 10:00 purchase \"K-1\" by Ann { total 40 EUR }\n\
         when 2026-02-01 10:00 purchase \"K-1\" by Bo { total 10 EUR }\n\
         when 2026-02-02 10:00 adjust minus 30 points \"A-1\" by Bo { reason: \"booked twice\" }\n\
         expect Bo owes 20 points\n\
         when 2026-02-03 10:00 transfer 15 points \"T-1\" from Ann to Bo\n\
         expect Bo owes 5 points\n\
         expect Bo has 0 points\n\
         when 2026-02-04 10:00 transfer 25 points \"T-2\" from Ann to Bo\n\
         expect Bo owes 0 points\n\
         expect Bo has 20 points\n\
         expect Bo earns nothing\n\
         expect Ann has 0 points";
    holds(
        "balance may go negative",
        FULL_ONES,
        &ann(&format!("given member Bo {{ joined 2026-01-05 }}\n{steps}")),
    );
}

#[test]
fn a_gift_is_in_no_cap_no_history_and_no_level() {
    let rules = "tiers Club {\n  count spend in calendar year\n  tier Basic\n  tier Gold { reach 10 EUR spend }\n}\n\n\
         earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n  cap 15 points per month\n}\n\n\
         bonus Loyal {\n  on purchase\n  when points so far is at least 12\n  give 100 points\n  combine add\n}";
    let steps = "given member Bo { joined 2026-01-05 }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 15 EUR }\n\
         expect Ann tier is Gold\n\
         when 2026-03-03 11:00 transfer 15 points \"T-1\" from Ann to Bo\n\
         # Ann has had 15 points, however many are left; Bo has had none\n\
         expect Ann tier is Gold\n\
         expect Bo tier is Basic\n\
         expect cap Base of Ann has 0 left\n\
         expect cap Base of Bo has 15 left\n\
         when 2026-03-04 10:00 purchase \"K-1\" by Bo { total 9 EUR }\n\
         expect Bo earns 9 points\n\
         expect Bo tier is Basic\n\
         expect Bo has 24 points\n\
         when 2026-04-04 10:00 purchase \"K-2\" by Ann { total 1 EUR }\n\
         expect Ann earns 101 points";
    holds("balance stays at zero", rules, &ann(steps));
}

#[test]
fn a_return_takes_what_was_given_away_from_the_one_who_bought() {
    for (debt, loses, owes) in [("balance may go negative", 50, 40), ("balance stays at zero", 10, 0)] {
        let steps = format!(
            "given member Bo {{ joined 2026-01-05 }}\n\
             when 2026-03-03 10:00 purchase \"K-1\" by Ann {{ total 50 EUR }}\n\
             when 2026-03-04 10:00 transfer 40 points \"T-1\" from Ann to Bo\n\
             when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann {{ all items }}\n\
             expect Ann loses {loses} points\n\
             expect Ann owes {owes} points\n\
             expect Ann has 0 points\n\
             expect Bo has 40 points\n\
             expect Bo owes 0 points"
        );
        holds(debt, FULL_ONES, &ann(&steps));
    }
}

#[test]
fn a_transfer_that_was_a_mistake_is_given_back_by_the_other() {
    let steps = "given member Bo { joined 2026-01-05 }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 50 EUR }\n\
         when 2026-03-04 10:00 transfer 40 points \"T-1\" from Ann to Bo\n\
         when 2026-03-04 11:00 cancel \"C-1\" of \"T-1\" by Ann\n\
         expect refused \"`T-1` is no purchase, declared event or redemption\"\n\
         when 2026-03-04 12:00 transfer 40 points \"T-2\" from Bo to Ann\n\
         expect Ann has 50 points\n\
         expect Bo has 0 points\n\
         # what was bought can be cancelled wherever its points are\n\
         when 2026-03-04 13:00 transfer 50 points \"T-3\" from Ann to Bo\n\
         when 2026-03-04 14:00 cancel \"C-2\" of \"K-1\" by Ann\n\
         expect Ann owes 50 points\n\
         expect Bo has 50 points";
    holds("balance may go negative", FULL_ONES, &ann(steps));
}

#[test]
fn what_arrives_is_converted_at_once_like_what_was_earned() {
    let rules = format!(
        "voucher Coffee {{\n  grants 1 item free\n}}\n\nconvert 10 points into 1 Coffee at once\n\n{FULL_ONES}"
    );
    let steps = "given member Bo { joined 2026-01-05 }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 9 EUR }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Bo { total 8 EUR }\n\
         when 2026-03-04 10:00 transfer 5 points \"T-1\" from Ann to Bo\n\
         expect Bo has 1 Coffee\n\
         expect Bo has 3 points\n\
         expect Ann has 4 points";
    holds("balance stays at zero", &rules, &ann(steps));
}

#[test]
fn what_happens_to_the_one_who_has_it_keeps_it_alive_and_giving_does_not() {
    let text = program("  expire after 18 months without purchase or redemption", FULL_ONES);
    let steps = "when 2026-01-31 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         when 2026-02-20 10:00 purchase \"K-1\" by Zoe { total 10 EUR }\n\
         when 2026-03-01 10:00 transfer 6 points \"T-1\" from Ann to Bo\n\
         # 18 months from 31 January 2026, on both sides\n\
         expect Ann has 4 points expiring 2027-07-31\n\
         expect Bo has 6 points expiring 2027-07-31\n\
         when 2026-03-05 10:00 purchase \"K-1\" by Bo { total 5 EUR }\n\
         expect Bo has 11 points expiring 2027-09-05\n\
         # Zoe bought on 20 February: that keeps alive what Zoe has now\n\
         when 2026-03-06 10:00 transfer 4 points \"T-2\" from Ann to Zoe\n\
         expect Zoe has 14 points expiring 2027-08-20";
    passes(&format!("{text}{}", test(steps)));
}

#[test]
fn what_arrives_after_its_last_day_is_gone_at_once() {
    let tiers =
        "tiers Club {\n  count spend in calendar year\n  tier Basic\n  tier Gold { reach 500 EUR spend }\n}";
    for (hold, gone) in [("", true), ("\n  no expiry when tier is Gold", false)] {
        let terms = format!("  expire 3 months after earning{hold}");
        let program = compiled(&program(&terms, &format!("{tiers}\n\n{FULL_ONES}"))).program;
        let (mut ann, mut bo) = (Account::open(&program, "Ann"), Account::open(&program, "Bo"));
        book(&program, &mut ann, &bought("K-1", "Ann", "2026-02-01T10:00:00Z", "20"));
        // Bo is Gold by 600 EUR, whose points last until 1 July, and the clock has come to 10 May
        book(&program, &mut bo, &bought("K-1", "Bo", "2026-04-01T10:00:00Z", "600"));
        book(&program, &mut bo, &bought("K-2", "Bo", "2026-05-10T10:00:00Z", "1"));
        let outcome = book(&program, &mut ann, &given("T-1", "2026-04-30T10:00:00Z", "20"));
        let [message] = &*sent(&outcome) else { panic!("one message") };
        let arrived = book(&program, &mut bo, message);
        let mut expected = vec![
            "@transferred/Ann/T-1/1#1 20 transferred > available Base transferred until 2026-05-01"
                .to_owned(),
        ];
        if gone {
            expected.push("@transferred/Ann/T-1/1#2 20 available > expired Base expired".to_owned());
        }
        assert_eq!(lines(&program, &arrived), expected);
        let available = if gone { "601" } else { "621" };
        assert_eq!(bo.balance(&program, "points").unwrap().available, available);
    }
}

#[test]
fn the_ledgers_of_both_tell_what_was_moved_and_the_message_counts_once() {
    let program = compiled(&program("  expire 3 months after earning", FULL_ONES)).program;
    let (mut ann, mut bo) = (Account::open(&program, "Ann"), Account::open(&program, "Bo"));
    let first = book(&program, &mut ann, &bought("K-1", "Ann", "2026-02-01T10:00:00Z", "20"));
    let gift = given("T-1", "2026-02-02T10:00:00Z", "15");
    let outcome = book(&program, &mut ann, &gift);
    assert_eq!(lines(&program, &outcome), ["T-1#1 15 available > transferred Base transferred"]);
    let again = book(&program, &mut ann, &gift);
    assert_eq!((again.status(), again.messages().len()), (Status::Repeated, 0));
    let [message] = &*sent(&outcome) else { panic!("one message") };
    let arrived = book(&program, &mut bo, message);
    assert_eq!(
        lines(&program, &arrived),
        ["@transferred/Ann/T-1/1#1 15 transferred > available Base transferred until 2026-05-01"]
    );
    assert_eq!(book(&program, &mut bo, message).status(), Status::Repeated);
    let (ann, bo) = (ann.balance(&program, "points").unwrap(), bo.balance(&program, "points").unwrap());
    assert_eq!([&*ann.issued, &*ann.available, &*ann.transferred], ["20", "5", "15"]);
    assert_eq!([&*bo.issued, &*bo.available, &*bo.transferred], ["0", "15", "-15"]);
    let mut balances = Balances::new();
    for outcome in [&first, &outcome, &arrived] {
        for delta in outcome.deltas() {
            balances.book(&program.ledger_line(outcome.member(), delta)).unwrap();
        }
    }
    assert!(balances.is_balanced());
    let sums = balances.sums().unwrap();
    let sum = sums[&(LineKind::Unit, "points")];
    assert_eq!([sum.issued(), sum.balance(Book::Available), sum.balance(Book::Transferred)], [20, 20, 0]);
}

#[test]
fn a_transfer_in_json_says_what_goes_to_whom() {
    let text = r#"{"id":"T-1","type":"transfer","member":"Ann","at":"2026-02-02T10:00:00Z","amount":"15","unit":"points","to":"Bo"}"#;
    let event: Event = serde_json::from_str(text).unwrap();
    assert_eq!(event, given("T-1", "2026-02-02T10:00:00Z", "15"));
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
    let wrong = |from: &str, to: &str| {
        serde_json::from_str::<Event>(&text.replace(from, to)).unwrap_err().to_string()
    };
    assert!(wrong(r#","to":"Bo""#, "").starts_with("`to` is missing"));
    assert!(wrong(r#""to":"Bo""#, r#""to":"Bo","total":"3""#).contains("`total` belongs to a purchase"));
    let name = Event::named("transferred", "E-1", "Ann", "2026-02-02T10:00:00Z").build();
    assert_eq!(name, Err(EventError::ReservedName("transferred".into())));
}

#[test]
fn a_message_that_was_bent_on_the_way_is_no_event() {
    let program = compiled(&program(
        "  expire 3 years after earning\n  expire after 18 months without purchase or redemption\n  spend oldest first",
        FULL_ONES,
    ))
    .program;
    let mut ann = Account::open(&program, "Ann");
    book(&program, &mut ann, &bought("K-1", "Ann", "2026-02-01T10:00:00Z", "20"));
    let outcome = book(&program, &mut ann, &given("T-1", "2026-02-02T10:00:00Z", "15"));
    let text = serde_json::to_string(&outcome.messages()[0]).unwrap();
    let expected = concat!(
        r#"{"id":"@transferred/Ann/T-1/1","type":"transferred","member":"Bo","at":"2026-02-02T10:00:00Z","#,
        r#""from":"Ann","transfer":"T-1","unit":"points","items":[{"amount":"15","earned":"2026-02-01","#,
        r#""last_day":"2027-08-01","source":"rule","rule":"Base","by_age":true,"fixed":"2029-02-01","#,
        r#""idle":["18 months since 2026-02-01","event purchase","redemption"]}]}"#,
    );
    assert_eq!(text, expected);
    for (from, to, error) in [
        (r#""amount":"15""#, r#""amount":"0""#, "item 1: `amount` is not above zero"),
        (r#""earned":"2026-02-01","#, "", "item 1: `earned` is missing"),
        (r#""source":"rule""#, r#""source":"luck""#, "item 1: `source` is no source of a ledger line"),
        (r#""by_age":true,"#, "", "item 1: `by_age` is missing"),
        ("18 months since", "18 month since", "item 1: `idle` is a list like"),
        ("event purchase", "event", "item 1: `idle` is a list like"),
        (r#""rule":"Base""#, r#""rule":"Base","note":"x""#, "item 1: `note` means nothing in what arrives"),
        (r#""items":[{"#, r#""rule":"Base","items":[{"#, "`rule` means nothing in a message of this type"),
    ] {
        assert!(text.contains(from), "{from}");
        let problem = serde_json::from_str::<Event>(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(problem.starts_with(error), "{problem}");
    }
    let other = |from: &str, to: &str| {
        let event: Event = serde_json::from_str(&text.replacen(from, to, 1)).unwrap();
        let bo = Account::open(&program, "Bo");
        match Evaluator::new().evaluate(&program, &bo, &event) {
            Err(EvaluateError::Rejected(rejection)) => rejection.to_string(),
            other => panic!("{other:?}"),
        }
    };
    for (from, to) in
        [("\"Base\"", "\"Other\""), ("event purchase", "event stay"), ("\"points\"", "\"gems\"")]
    {
        assert!(other(from, to).starts_with("wrong value: "), "{to}");
    }
}

#[test]
fn ids_with_slashes_are_no_other_transfers() {
    let program = compiled(&program("  expire never", FULL_ONES)).program;
    let mut world = World::new(&program);
    for member in ["Bo", "A", "A/B", "A%2FB"] {
        world.deliver(bought("K-1", member, "2026-02-01T10:00:00Z", "100")).unwrap();
    }
    let pairs = [("A/B", "C"), ("A", "B/C"), ("A", "B"), ("A", "B/1"), ("A%2FB", "C"), ("A", "B%2FC")];
    for (place, (from, id)) in pairs.into_iter().enumerate() {
        let amount = (1 << place).to_string();
        let event =
            Event::transfer(id, from, "2026-02-02T10:00:00Z", &amount, "points", "Bo").build().unwrap();
        world.deliver(event).unwrap();
    }
    // 100 of its own and 1 + 2 + 4 + 8 + 16 + 32
    assert_eq!(world.account("Bo").unwrap().balance(&program, "points").unwrap().available, "163");
    assert_eq!(world.undelivered(), 0);
    // and no event of Bo's own can take the id of a message
    let id = "@transferred/A/B/2";
    let event = Event::purchase(id, "Bo", "2026-02-01T10:00:00Z").total("1").build();
    assert_eq!(event, Err(EventError::ReservedId(id.into())));
}

#[test]
fn what_has_very_many_dates_leaves_in_several_messages() {
    let program = compiled(&program("  expire 24 months after earning", FULL_ONES)).program;
    let (mut ann, mut bo) = (Account::open(&program, "Ann"), Account::open(&program, "Bo"));
    for day in 0..250 {
        let at = format!("2026-{:02}-{:02}T10:00:00Z", day / 28 + 1, day % 28 + 1);
        book(&program, &mut ann, &bought(&format!("K-{day}"), "Ann", &at, "2"));
    }
    let outcome = book(&program, &mut ann, &given("T-1", "2026-10-01T10:00:00Z", "461"));
    let messages = sent(&outcome);
    let ids: Vec<&str> = messages.iter().map(Event::id).collect();
    assert_eq!(ids, ["@transferred/Ann/T-1/1", "@transferred/Ann/T-1/2", "@transferred/Ann/T-1/3"]);
    // in any order: 200 and 200 of a hundred days each, and 61 of thirty-one days
    let arrived: Vec<usize> =
        messages.iter().rev().map(|message| book(&program, &mut bo, message).deltas().len()).collect();
    assert_eq!(arrived, [31, 100, 100]);
    assert_eq!(bo.balance(&program, "points").unwrap().available, "461");
    assert_eq!(ann.balance(&program, "points").unwrap().available, "39");
    let days: Vec<String> =
        bo.held_lots(&program).iter().filter_map(|lot| lot.last_day.map(|day| day.to_string())).collect();
    assert_eq!(days.len(), 231);
    // the 231st day of months of 28 days: 8 months are 224 days, so 7 September
    assert_eq!(days.iter().max().map(String::as_str), Some("2028-09-07"));
}

#[test]
fn what_arrives_keeps_its_age_and_a_stored_account_knows_it() {
    let redeem = "redeem points {\n  1 point for 0.01 EUR\n}";
    let terms = "  expire 12 months after earning\n  spend oldest first";
    let program = compiled(&program(terms, &format!("{FULL_ONES}\n\n{redeem}"))).program;
    let (mut ann, mut bo) = (Account::open(&program, "Ann"), Account::open(&program, "Bo"));
    book(&program, &mut ann, &bought("K-1", "Ann", "2026-02-01T10:00:00Z", "20"));
    book(&program, &mut bo, &bought("K-1", "Bo", "2026-02-15T10:00:00Z", "20"));
    let outcome = book(&program, &mut ann, &given("T-1", "2026-03-01T10:00:00Z", "15"));
    for message in sent(&outcome) {
        book(&program, &mut bo, &message);
    }
    assert!(json(&program, &ann).contains(r#""debt":"0","transferred":"15"}"#));
    assert!(json(&program, &bo).contains(r#""debt":"0","transferred":"-15"}"#));
    assert_eq!(restore(&program, &json(&program, &ann)).unwrap(), ann);
    let mut stored = restore(&program, &json(&program, &bo)).unwrap();
    assert_eq!(stored, bo);
    // Ann's of 1 February are older than Bo's of the 15th
    let event =
        Event::redemption("E-1", "Bo", "2026-03-02T10:00:00Z").redeem("points", "16").build().unwrap();
    let spent = book(&program, &mut stored, &event);
    let lots: Vec<String> =
        spent.deltas().iter().map(|delta| program.ledger_line("Bo", delta).amount).collect();
    assert_eq!(lots, ["15", "1"]);
    let left: Vec<(String, String)> = stored
        .held_lots(&program)
        .iter()
        .map(|lot| (lot.amount.clone(), lot.last_day.map(|day| day.to_string()).unwrap_or_default()))
        .collect();
    assert_eq!(left, [("19".to_owned(), "2027-02-15".to_owned())]);
    // the message of a stored account counts once, too
    let message = &sent(&outcome)[0];
    assert_eq!(book(&program, &mut stored, message).status(), Status::Repeated);
}

#[test]
fn what_an_older_version_gave_moves_and_what_is_closed_stays() {
    let gems = "unit gems is spendable {\n  singular gem\n  round down in total\n  expire never\n}\n\n\
         earn Gems {\n  on purchase\n  give 1 gem per full 1 EUR\n}";
    let old = program("  expire never", &format!("{gems}\n\n{FULL_ONES}"));
    let new = program("  expire never", &FULL_ONES.replace("Base", "Other"))
        .replace("version 1\n  effective from 2026-01-01", "version 2\n  effective from 2027-01-01");
    let sources = [old, new].map(|text| Sources::single("gifts.loyalty", text));
    let versions = compile_versions(&sources, &Limits::default(), &Checks::default());
    let versions = versions.unwrap_or_else(|findings| panic!("{findings}")).versions;
    let newest = versions.newest();
    let mut world = World::of_versions(&versions);
    world.deliver(bought("K-1", "Ann", "2026-12-01T10:00:00Z", "20")).unwrap();
    let early = Event::transfer("T-0", "Ann", "2026-12-02T10:00:00Z", "5", "gems", "Bo").build().unwrap();
    world.deliver(bought("K-1", "Bo", "2027-01-10T10:00:00Z", "3")).unwrap();
    // Bo is under the second version, where nobody gets gems any more, and still these are kept
    world.deliver(early).unwrap();
    world.deliver(given("T-1", "2027-01-11T10:00:00Z", "15")).unwrap();
    let late = Event::transfer("T-2", "Ann", "2027-01-11T10:00:00Z", "5", "gems", "Bo").build().unwrap();
    match world.deliver(late) {
        Err(EvaluateError::Rejected(rejection)) => {
            assert_eq!(rejection.detail, "`gems` is not in use in this version of the program");
        }
        other => panic!("{other:?}"),
    }
    let of = |member: &str, unit: &str| {
        let balance = world.account(member).unwrap().balance(newest, unit).unwrap();
        (balance.available, balance.transferred)
    };
    assert_eq!(of("Ann", "points"), ("5".to_owned(), "15".to_owned()));
    assert_eq!(of("Bo", "points"), ("18".to_owned(), "-15".to_owned()));
    assert_eq!(of("Ann", "gems"), ("15".to_owned(), "5".to_owned()));
    assert_eq!(of("Bo", "gems"), ("5".to_owned(), "-5".to_owned()));
    let bo = world.account("Bo").unwrap();
    assert_eq!(restore(newest, &json(newest, bo)).as_ref(), Ok(bo));
    let rules: Vec<String> =
        bo.held_lots(newest).iter().map(|lot| format!("{} {}", lot.unit, lot.rule)).collect();
    assert_eq!(rules, ["points Other", "gems Gems", "points Base"]);
}
