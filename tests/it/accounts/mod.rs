//! Accounts of several members, worked out by hand.

use crate::rule_files::{compiled, passes};
use loyalty_rules::account::Snapshot;
use loyalty_rules::check::{Checks, compile_versions};
use loyalty_rules::evaluate::Refusal;
use loyalty_rules::ledger::LedgerLine;
use loyalty_rules::scenario::{World, balances};
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Limits, Program, Sources};
use pretty_assertions::assert_eq;

const EXAMPLE: &str = include_str!("../../../examples/family/family.loyalty");

#[test]
fn a_family_shares_what_is_counted() {
    passes(EXAMPLE);
}

#[test]
fn lines_name_the_member_and_the_account() {
    let program = compiled(EXAMPLE).program;
    let mut world = World::new(&program);
    let mut told: Vec<String> = Vec::new();
    let mut refused: Vec<String> = Vec::new();
    for line in include_str!("../../../examples/family/events.jsonl").lines() {
        let event: Event = serde_json::from_str(line).unwrap();
        // what goes in comes out again
        let again: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
        assert_eq!(again, event);
        match world.deliver(event) {
            Ok(outcomes) => {
                let lines = outcomes.iter().flat_map(|outcome| outcome.lines(&program));
                told.extend(lines.map(|line| {
                    let account = line.account.unwrap_or_else(|| "-".to_owned());
                    format!("{} {account}/{} {} {}", line.key, line.member, line.amount, line.rule)
                }));
            }
            Err(error) => refused.push(error.to_string()),
        }
    }
    assert_eq!(
        told,
        [
            "K-1#1 Meier/Uwe 120 Base",
            "K-1#2 Meier/Uwe 50 Hello",
            // both were born on a 10th of February: by name, and one key for each
            "@2026-02-10/birthday/Ida#1 Meier/Ida 100 Birthday",
            "@2026-02-10/birthday#1 Meier/Uwe 100 Birthday",
            "K-2#1 Meier/Ida 80 Base",
            "K-2#2 Meier/Ida 50 Hello",
            "K-3#1 -/Tom 30 Base",
            "K-3#2 -/Tom 50 Hello",
            "R-1#1 Meier/Uwe 120 Base",
            "R-1#2 Meier/Uwe 50 Hello",
            // what ends first pays first: of the 2nd of February nothing is left, so the birthdays do. They are of one
            // rule and end on one day, so they are one lot
            "Q-1#1 Meier/Ida 200 Birthday",
            // 10 − 2 = 8 EUR count
            "Q-1#2 Meier/Ida 8 Base",
        ]
    );
    assert_eq!(refused, Vec::<String>::new());
    let foreign = Event::returned("R-2", "Ida", "2026-02-15T11:00:00+01:00").of("K-1").all_items(None);
    let refused = world.deliver(foreign.build().unwrap()).unwrap_err();
    assert_eq!(refused.to_string(), "not your purchase: `K-1` is of the first member of the account");
    let meier = world.account("Ida").unwrap();
    assert_eq!((meier.id(), meier.member()), ("Meier", "Uwe"));
    assert_eq!(meier.members().collect::<Vec<_>>(), ["Uwe", "Ida"]);
    assert_eq!(meier.joined_by("Ida").unwrap().to_string(), "2026-01-10");
    // 120 + 50 + 100 + 100 + 80 + 50 − 170 − 200 + 8
    assert_eq!(meier.balance(&program, "points").unwrap().available, "138");
    let rows: Vec<String> =
        balances(&world).map(|row| format!("{} {} {}", row.member, row.available, row.unit)).collect();
    assert_eq!(rows, ["Meier 138 points", "Tom 80 points"]);
}

/// Built in Rust, so that nothing of a world is between.
#[test]
fn an_account_turns_to_whose_event_it_is() {
    let program = compiled(EXAMPLE).program;
    let mut meier = Account::open(&program, "Meier");
    let post = |account: &mut Account, event: &Event| -> Vec<LedgerLine> {
        let outcome = Evaluator::new().evaluate(&program, account, event).unwrap();
        assert_eq!((outcome.account(), outcome.member()), ("Meier", event.member()));
        account.post(&program, &outcome).unwrap();
        outcome.lines(&program).collect()
    };
    for (id, member) in [("J-1", "Uwe"), ("J-2", "Ida")] {
        let event = Event::joining(id, member, "2026-01-05T09:00:00+01:00").account("Meier").build().unwrap();
        assert!(post(&mut meier, &event).is_empty());
    }
    let buys = |id: &str, member: &str, at: &str| {
        Event::purchase(id, member, &format!("{at}+01:00")).total("10").build().unwrap()
    };
    let lines = post(&mut meier, &buys("K-1", "Ida", "2026-02-03T10:00:00"));
    assert_eq!(
        serde_json::to_string(&lines[0]).unwrap(),
        "{\"key\":\"K-1#1\",\"member\":\"Ida\",\"account\":\"Meier\",\"kind\":\"unit\",\"unit\":\"points\",\
         \"amount\":\"10\",\"from\":\"issued\",\"to\":\"available\",\"source\":\"rule\",\"rule\":\"Base\",\
         \"level\":null,\"event\":\"K-1\",\"lot\":1,\"day\":\"2026-02-03\",\"usable_from\":\"2026-02-03\",\
         \"last_day\":\"2027-02-03\",\"reason\":\"earned\"}"
    );
    let refused = |event: &Event| match Evaluator::new().evaluate(&program, &meier, event).unwrap_err() {
        EvaluateError::Rejected(rejection) => (rejection.reason, rejection.to_string()),
        other => panic!("{other}"),
    };
    // the newest event of the account counts, whoever's it is
    let (reason, text) = refused(&buys("K-2", "Uwe", "2026-02-02T10:00:00"));
    assert_eq!(reason, Refusal::TooLate);
    assert_eq!(
        text,
        "too late: the newest event of the account is of 2026-02-03; events are accepted from 2026-02-03 on"
    );
    let (reason, text) = refused(&buys("K-2", "Tom", "2026-02-04T10:00:00"));
    assert_eq!(reason, Refusal::NotMember);
    assert_eq!(
        text,
        "not a member: `Tom` is not on the account `Meier`; a joining that names the account comes first"
    );
    // an id is unique for the account
    assert_eq!(refused(&buys("K-1", "Uwe", "2026-02-04T10:00:00")).0, Refusal::OtherContent);
    // a purchase of Ida is cancelled by Ida
    let cancel = Event::cancel("X-1", "Uwe", "2026-02-04T10:00:00+01:00", "K-1").build().unwrap();
    let (reason, text) = refused(&cancel);
    assert_eq!((reason, &*text), (Refusal::NotYourPurchase, "not your purchase: `K-1` is of `Ida`"));
    let foreign = Event::joining("J-3", "Tom", "2026-02-04T10:00:00+01:00").account("Other").build().unwrap();
    assert_eq!(
        Evaluator::new().evaluate(&program, &meier, &foreign).unwrap_err(),
        EvaluateError::Foreign("account")
    );
}

#[test]
fn snapshots_that_do_not_hold_together_are_refused() {
    let program = compiled(EXAMPLE).program;
    let mut world = World::new(&program);
    for line in include_str!("../../../examples/family/events.jsonl").lines().take(4) {
        world.deliver(serde_json::from_str(line).unwrap()).unwrap();
    }
    let meier = world.account("Meier").unwrap();
    let snapshot = serde_json::to_value(meier.snapshot(&program)).unwrap();
    assert_eq!(snapshot["account"], "Meier");
    assert_eq!((&snapshot["member"], &snapshot["others"][0]["member"]), (&"Uwe".into(), &"Ida".into()));
    let restored = |value: serde_json::Value| {
        let snapshot: Snapshot = serde_json::from_value(value).unwrap();
        Account::restore(&program, snapshot)
    };
    assert_eq!(&restored(snapshot.clone()).unwrap(), meier);
    let wrong = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut value = snapshot.clone();
        change(&mut value);
        restored(value).unwrap_err().to_string()
    };
    let twice = wrong(&|value| value["others"][0]["member"] = "Uwe".into());
    assert_eq!(twice, "member `Uwe`: it is there twice");
    let no_id = wrong(&|value| value["account"] = serde_json::Value::Null);
    assert_eq!(no_id, "member `Ida`: the account has no id");
    let nobody = wrong(&|value| value["receipts"][1]["member"] = "Tom".into());
    assert_eq!(nobody, "receipt `K-2`: it is of nobody behind the first member of the account");
}

/// An attribute that a version lacks rests with each member, and comes back to each.
#[test]
fn what_a_version_lacks_rests_with_each_member() {
    let rules = |version: u32, from: &str, member: &str| {
        format!(
            "edition 2026\n\nprogram Club {{\n  version {version}\n  effective from {from}\n  currency EUR\n  \
             time zone \"Europe/Berlin\"\n}}\n\nmember {{\n{member}}}\n\n\
             unit points is spendable {{\n  singular point\n  round down in total\n  expire never\n}}\n\n\
             earn Base {{\n  on purchase\n  give 1 point per full 1 EUR\n  cap 15 points per calendar year\n}}\n"
        )
    };
    let texts = [
        rules(1, "2026-01-01", "  town: text optional\n"),
        rules(2, "2027-01-01", "  level: integer 1 to 5 optional\n"),
        rules(3, "2028-01-01", "  town: text optional\n"),
    ];
    let sources: Vec<Sources> = texts
        .iter()
        .enumerate()
        .map(|(place, text)| Sources::single(format!("{place}.loyalty"), text))
        .collect();
    let compiled = compile_versions(&sources, &Limits::default(), &Checks::default())
        .unwrap_or_else(|findings| panic!("{findings}"));
    let versions = &compiled.versions;
    let mut account = Account::open(versions.all().next().unwrap(), "Meier");
    for (member, town) in [("Uwe", "Ulm"), ("Ida", "Bonn")] {
        let joining = Event::joining(&format!("J {member}"), member, "2026-01-05T09:00:00+01:00");
        let joining = joining.account("Meier").attribute("town", town).build().unwrap();
        Evaluator::new().deliver(versions, &mut account, &joining).unwrap();
    }
    let mut buys = |id: &str, member: &str, year: u32| {
        let event = Event::purchase(id, member, &format!("{year}-03-03T12:00:00+01:00")).total("10");
        Evaluator::new().deliver(versions, &mut account, &event.build().unwrap()).unwrap();
        account.snapshot(versions.of(&account).unwrap())
    };
    // each has 15 points a year of its own
    buys("K-1", "Ida", 2026);
    let under_two = serde_json::to_value(buys("K-2", "Ida", 2027)).unwrap();
    assert_eq!(under_two["attributes"], serde_json::json!([]));
    assert_eq!(under_two["others"][0]["attributes"], serde_json::json!([]));
    let town = |town: &str| serde_json::json!([{ "name": "town", "text": town }]);
    assert_eq!(under_two["resting"]["attributes"], town("Ulm"));
    assert_eq!(under_two["others"][0]["resting"]["attributes"], town("Bonn"));
    let under_three = serde_json::to_value(buys("K-3", "Uwe", 2028)).unwrap();
    assert_eq!(under_three["attributes"], town("Ulm"));
    assert_eq!(under_three["others"][0]["attributes"], town("Bonn"));
    assert!(under_three["others"][0].get("resting").is_none());
    let account = versions.restore(serde_json::from_value(under_three).unwrap()).unwrap();
    let program: &Program = versions.of(&account).unwrap();
    assert_eq!(account.balance(program, "points").unwrap().available, "30");
}

/// The day of the first member starts the periods of all; when it changes, what each has counted goes along.
#[test]
fn periods_are_those_of_the_first_member() {
    passes(
        "edition 2026\n\nprogram Club {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
         time zone \"Europe/Berlin\"\n}\n\nmember {\n  cut-off: integer 1 to 28 optional\n}\n\n\
         period statement starts on day cut-off of every month\n\n\
         unit points is spendable {\n  singular point\n  round down in total\n  expire never\n}\n\n\
         earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n  cap 50 points per statement\n}\n\n\
         bonus Year {\n  on purchase\n  give 7 points\n  combine add\n  cap 1 time per membership year\n}\n\n\
         test \"statements\" {\n  given member Uwe {\n    joined 2026-01-05\n    account Meier\n    cut-off: 10\n  }\n  \
         given member Ida {\n    joined 2026-02-20\n    account Meier\n    cut-off: 25\n  }\n  \
         # the statement that runs began on 10 February\n  \
         when 2026-03-05 10:00 purchase \"K-1\" by Ida { total 40 EUR }\n  \
         expect Ida earns 40 points from Base\n  \
         expect Ida earns 7 points from Year\n  \
         expect cap Base of Uwe has 50 left\n  \
         # another began on the 10th, not on Ida's 25th\n  \
         when 2026-03-11 10:00 purchase \"K-2\" by Ida { total 40 EUR }\n  \
         expect Ida earns 40 points\n  \
         # her own day changes nothing for the account\n  \
         when 2026-03-12 10:00 change \"C-1\" by Ida { cut-off: 12 }\n  \
         when 2026-03-12 11:00 purchase \"K-3\" by Ida { total 40 EUR }\n  \
         expect Ida earns 10 points\n  \
         # Uwe's does: the statement that runs begins on the 12th, with what each has counted in it\n  \
         when 2026-03-13 10:00 change \"C-2\" by Uwe { cut-off: 12 }\n  \
         expect cap Base of Ida has 0 left\n  \
         expect cap Base of Uwe has 50 left\n  \
         when 2026-04-11 10:00 purchase \"K-4\" by Ida { total 5 EUR }\n  \
         expect Ida earns nothing\n  \
         when 2026-04-12 10:00 purchase \"K-5\" by Ida { total 5 EUR }\n  \
         expect Ida earns 5 points\n  \
         # the membership year of the account began with Uwe on 5 January\n  \
         when 2027-01-06 10:00 purchase \"K-6\" by Ida { total 5 EUR }\n  \
         expect Ida earns 7 points from Year\n}\n",
    );
}

/// Friends are brought by members, whichever account they have.
#[test]
fn members_of_accounts_refer_others_but_not_each_other() {
    passes(
        "edition 2026\n\nprogram Club {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
         time zone \"Europe/Berlin\"\n}\n\n\
         unit points is spendable {\n  singular point\n  round down in total\n  expire never\n}\n\n\
         earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n}\n\n\
         referral Invite {\n  friend qualifies with purchase of at least 10 EUR\n  wait 14 days\n  \
         on qualifying give 500 points to referrer\n  on qualifying give 100 points to friend\n  \
         cap referrer 1 time per calendar year\n}\n\n\
         test \"both on accounts\" {\n  given member Uwe {\n    joined 2026-01-05\n    account Meier\n  }\n  \
         given member Ida {\n    joined 2026-01-06\n    account Meier\n  }\n  \
         given member Tom {\n    joined 2026-01-07\n    account Kurz\n  }\n  \
         given member Eva {\n    joined 2026-02-01\n    account Kurz\n    referred by Ida\n  }\n  \
         given member Max {\n    joined 2026-02-01\n    account Meier\n    referred by Uwe\n  }\n  \
         when 2026-02-02 10:00 purchase \"K-1\" by Eva { total 20 EUR }\n  \
         when 2026-02-02 11:00 purchase \"K-2\" by Max { total 20 EUR }\n  \
         when 2026-02-10 11:00 purchase \"K-3\" by Tom { total 1 EUR }\n  \
         when 2026-02-16 12:00 clock\n  \
         expect Ida earns 500 points\n  \
         expect Eva earns 100 points\n  \
         expect Max earns nothing\n  \
         # 20 of Max and Ida's 500; 20 of Eva, 1 of Tom and her 100\n  \
         expect Uwe has 520 points\n  \
         expect Tom has 121 points\n}\n",
    );
}
