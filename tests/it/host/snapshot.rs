//! Accounts at rest.

use super::{apply, event, history, program, purchase, returned, run_to};
use loyalty_rules::account::Snapshot;
use loyalty_rules::event::Message;
use loyalty_rules::ledger::Balances;
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Limits, Program, Sources, compile};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

pub(crate) fn json(program: &Program, account: &Account) -> String {
    serde_json::to_string(&account.snapshot(program)).unwrap()
}

pub(crate) fn restore(program: &Program, json: &str) -> Result<Account, String> {
    let snapshot: Snapshot = serde_json::from_str(json).map_err(|error| error.to_string())?;
    Account::restore(program, snapshot).map_err(|error| error.to_string())
}

#[test]
fn every_state_of_a_history_comes_back_as_it_was() {
    let program = program();
    history(&program, |account, _| {
        let json = json(&program, account);
        let back = restore(&program, &json).unwrap();
        assert_eq!(&back, account);
        assert_eq!(serde_json::to_string(&back.snapshot(&program)).unwrap(), json);
        // and through a tree of values
        let tree = serde_json::to_value(account.snapshot(&program)).unwrap();
        let snapshot: Snapshot = serde_json::from_value(tree).unwrap();
        assert_eq!(&Account::restore(&program, snapshot).unwrap(), account);
    });
}

#[test]
fn a_restored_account_goes_on_like_the_other() {
    let program = program();
    let mut ann = history(&program, |_, _| {});
    let mut copy = restore(&program, &json(&program, &ann)).unwrap();
    for account in [&mut ann, &mut copy] {
        apply(&program, account, &purchase("K-9", "2026-05-03", &[("Pears", "3", "7", "Obst")]));
        apply(&program, account, &returned("R-9", "K-9", "2026-05-04", "Pears", "2"));
        run_to(&program, account, "2028-01-02");
    }
    assert_eq!(copy, ann);
    assert_eq!(copy.next_due(&program), ann.next_due(&program));
}

#[test]
fn an_empty_account() {
    let program = program();
    let expected = format!(
        concat!(
            r#"{{"format":1,"program":{{"name":"Hof & Laden","version":3,"fingerprint":"{}"}},"member":"Ann","#,
            r#""version":0,"joined":null,"attributes":[],"newest":null,"clock":null,"books":[],"next_lot":1,"#,
            r#""lots":[],"next_voucher":1,"vouchers":[],"next_choice":1,"choices":[],"cards":[],"tiers":[],"counters":[],"last_events":[],"#,
            r#""active":[],"referral":null,"receipts":[],"seen":[]}}"#,
        ),
        program.fingerprint()
    );
    assert_eq!(json(&program, &Account::open(&program, "Ann")), expected);
}

#[test]
fn the_parts_of_a_small_account() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &purchase("K-1", "2026-03-03", &[("Pears", "1.5", "20", "Obst")]));
    apply(&program, &mut ann, &returned("R-1", "K-1", "2026-03-06", "Pears", "0.5"));
    let json = json(&program, &ann);
    for part in [
        r#""joined":{"at":"2026-03-03T11:00:00Z","day":"2026-03-03"}"#,
        r#""newest":{"at":"2026-03-06T11:00:00Z","day":"2026-03-06"}"#,
        concat!(
            r#"{"kind":"unit","name":"punkte","issued":"15.00","pending":"10.00","available":"0.00","#,
            r#""redeemed":"0.00","expired":"0.00","taken_back":"5.00","debt":"0.00","transferred":"0.00"}"#,
        ),
        concat!(
            r#""next_lot":3,"lots":[{"number":1,"unit":"punkte","#,
            r#""source":{"kind":"rule","rule":"Grundpunkte","level":null},"last_day":"2027-12-31","#,
            r#""earned":"2026-03-03","amount":"0.00","#,
            r#""pending":[{"usable_from":"2026-03-17","amount":"10.00"}],"lapsed":"0.00","terms":null},"#,
        ),
        // 2026-03-01 is day 20,513 since 1970; of 30 EUR in that month 10 came back
        r#"{"counter":"spend in month","slot":20513,"value":"20000000"}"#,
        r#""last_events":[{"event":"purchase","at":"2026-03-03T11:00:00Z","day":"2026-03-03"}]"#,
        concat!(
            r#""receipts":[{"id":"K-1","event":"purchase","at":"2026-03-03T11:00:00Z","day":"2026-03-03","#,
            r#""items":[{"name":"Pears","sku":null,"category":"Obst","brand":null,"quantity":"1.5","#,
            r#""unit_price":"20","tax":null,"attributes":[{"name":"organic","value":{"yes-no":true}}]}],"#,
            r#""returned":[{"quantity":"0.5","value":"10"}],"awards":["#,
            r#"{"source":{"kind":"rule","rule":"Grundpunkte","level":null},"kind":"unit","name":"punkte","lot":1,"#,
            r#""usable_from":"2026-03-17","amount":"15.00","repaid":"0.00","by":{"values":[1]}},"#,
        ),
    ] {
        assert!(json.contains(part), "{part}\nis not in\n{json}");
    }
}

#[test]
fn what_does_not_hold_together_is_refused() {
    let program = program();
    let ann = history(&program, |_, _| {});
    let good = json(&program, &ann);
    let refused = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}\nis not in\n{good}");
        restore(&program, &good.replacen(from, to, 1)).expect_err(from)
    };
    for (from, to, error) in [
        (r#""format":1"#, r#""format":2"#, "format 2 of snapshots is not known, only format 1"),
        (
            r#""issued":"37.12""#,
            r#""issued":"37.13""#,
            "the books of `punkte` do not balance: what was issued is not what became of it",
        ),
        (r#""issued":"37.12""#, r#""issued":"37.1""#, "books `punkte`: an amount has another form"),
        (r#""issued":"37.12""#, r#""issued":"-37.12""#, "books `punkte`: an amount has another form"),
        (
            r#""lots":[{"number":1,"#,
            r#""lots":[{"number":9,"#,
            "the entries of `lots` are not in order at `4`, or one is there twice",
        ),
        (r#""next_lot":5"#, r#""next_lot":4"#, "lot `4`: its number was never given"),
        (
            r#""amount":"22.12","pending":[]"#,
            r#""amount":"22.13","pending":[]"#,
            "the books of `punkte` do not balance: its lots are not what is pending and available",
        ),
        (
            r#""amount":"22.12","pending":[]"#,
            r#""amount":"0.12","pending":[{"usable_from":"2026-06-01","amount":"22.00"}]"#,
            "the books of `punkte` do not balance: its lots are not what is pending and available",
        ),
        (
            r#""amount":"22.12","pending":[]"#,
            r#""amount":"22.12","pending":[{"usable_from":"2026-06-01","amount":"0.00"}]"#,
            "lot `1`: there is nothing in it",
        ),
        (
            r#""vouchers":[{"number":2"#,
            r#""vouchers":[{"number":3"#,
            "voucher `3`: its number was never given",
        ),
        (
            r#""stamps":1"#,
            r#""stamps":2"#,
            "the books of `Kaffeekarte` do not balance: the stamps on the card are not what is available",
        ),
        (r#""level":"Freund","until""#, r#""level":"Feind","until""#, "the program has no level `Feind`"),
        (
            r#""counter":"unit \"sterne\" in calendar year""#,
            r#""counter":"spend in may""#,
            "counter `spend in may`: the program does not have it",
        ),
        (r#""referral":"Freunde""#, r#""referral":"Feinde""#, "the program has no referral `Feinde`"),
        (
            r#""name":"household""#,
            r#""name":"zoo""#,
            "the entries of `attributes` are not in order at `newsletter`, or one is there twice",
        ),
        (
            r#""returned":[{"quantity":"1.5""#,
            r#""returned":[{"quantity":"1.6""#,
            "receipt `K-1`: more came back than was bought",
        ),
        (
            r#""values":[1,2]"#,
            r#""values":[1,3]"#,
            "receipt `K-1`: what a rule gave is not what its lines gave",
        ),
        (
            r#""member":"Ann""#,
            r#""member":"""#,
            "member ``: it is empty, too long, or contains a NUL character",
        ),
    ] {
        assert_eq!(refused(from, to), error, "{from} {to}");
    }
    assert!(refused(r#""clock""#, r#""watch""#).starts_with("unknown field `watch`"));
    assert!(
        refused(r#""day":"2026-03-01""#, r#""day":"2026-02-29""#).starts_with("`2026-02-29` is not a date")
    );
}

#[test]
fn another_program_does_not_take_it() {
    let program = program();
    let text = include_str!("rules.loyalty").replace("per 2 EUR", "per 4 EUR");
    let other = compile(&Sources::single("rules.loyalty", text), &Limits::default()).unwrap().program;
    let snapshot = Account::open(&program, "Ann").snapshot(&program);
    let error = Account::restore(&other, snapshot).unwrap_err().to_string();
    assert!(error.starts_with("the snapshot belongs to program `Hof & Laden version 3 ("), "{error}");
}

#[test]
fn messages_travel_as_json_between_accounts_at_rest() {
    let program = program();
    let mut evaluator = Evaluator::new();
    let mut at_rest =
        [json(&program, &Account::open(&program, "Ann")), json(&program, &Account::open(&program, "Bob"))];
    let joining = |member: &str, at: &str, more: &str| {
        format!(r#"{{"id":"J","type":"joining","member":"{member}","at":"{at}T09:00:00+01:00"{more}}}"#)
    };
    let mut post = vec![
        joining("Bob", "2026-02-01", ""),
        joining("Ann", "2026-03-01", r#","referrer":"Bob""#),
        r#"{"id":"K-1","type":"purchase","member":"Ann","at":"2026-03-03T12:00:00+01:00","total":"30"}"#
            .to_owned(),
        // long after the waiting time: it runs the clock, which tells Bob
        r#"{"id":"K-2","type":"purchase","member":"Ann","at":"2026-03-20T12:00:00+01:00","total":"1"}"#
            .to_owned(),
    ];
    post.reverse();
    let mut delivered = Vec::new();
    while let Some(text) = post.pop() {
        let event = event(&text);
        let place = usize::from(event.member() == "Bob");
        let mut account = restore(&program, &at_rest[place]).unwrap();
        let outcome = evaluator.evaluate(&program, &account, &event).unwrap();
        account.post(&program, &outcome).unwrap();
        at_rest[place] = json(&program, &account);
        for message in outcome.messages() {
            let text = serde_json::to_string(message).unwrap();
            assert_eq!(&serde_json::from_str::<Message>(&text).unwrap(), message);
            delivered.push(message.body().kind());
            post.push(text);
        }
    }
    assert_eq!(delivered, ["referral-named", "referral-accepted", "referral-qualified", "referral-settled"]);
    let [ann, bob] = at_rest.map(|text| restore(&program, &text).unwrap());
    assert_eq!(bob.balance(&program, "perlen").unwrap().available, "100");
    assert_eq!(ann.vouchers(&program).len(), 1);
}

/// What may happen to Ann: a purchase, a return of some purchase, or only time.
fn step(number: usize, (kind, day, quantity, price): (u8, u8, u8, u16)) -> Event {
    let date = format!("2026-{:02}-{:02}", 3 + day / 28, 1 + day % 28);
    let quantity = quantity.to_string();
    match kind {
        0..4 => {
            let price = format!("{}.{:02}", price / 100, price % 100);
            let items = [("Pears", &*quantity, &*price, "Obst"), ("Coffee", &*quantity, "2.50", "Kaffee")];
            purchase(&format!("K-{number}"), &date, &items)
        }
        _ => {
            let of = format!("K-{}", usize::from(price) % (number + 1));
            returned(
                &format!("R-{number}"),
                &of,
                &date,
                if kind == 4 { "Pears" } else { "Coffee" },
                &quantity,
            )
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_history_is_restored_and_agrees_with_its_ledger(
        mut steps in prop::collection::vec((0_u8..6, 0_u8..112, 0_u8..5, 0_u16..4_000), 1..14),
    ) {
        let program = program();
        steps.sort_by_key(|step| step.1);
        let mut ann = Account::open(&program, "Ann");
        let mut balances = Balances::new();
        for (number, step_of) in steps.into_iter().enumerate() {
            let event = step(number, step_of);
            let outcome = match Evaluator::new().evaluate(&program, &ann, &event) {
                Ok(outcome) => outcome,
                Err(EvaluateError::Rejected(_)) => continue,
                Err(error) => panic!("{error}"),
            };
            ann.post(&program, &outcome).unwrap();
            for delta in outcome.deltas() {
                let line = program.ledger_line("Ann", delta);
                prop_assert_eq!(&program.delta(&line).unwrap(), delta);
                balances.book(&line).unwrap();
            }
            let text = json(&program, &ann);
            prop_assert_eq!(&restore(&program, &text).unwrap(), &ann);
        }
        prop_assert!(balances.is_balanced());
        for (_, kind, name, totals) in balances.iter() {
            prop_assert_eq!(&ann.totals(&program, kind, name).unwrap(), totals);
        }
    }
}
