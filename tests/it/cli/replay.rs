//! Commands on events: replay, explain.

use super::{GOOD, Ran, folder, loyalty, with_input, with_variable};
use flate2::Compression;
use flate2::write::GzEncoder;
use pretty_assertions::assert_eq;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Ann gets 2 and 5 points and gives the 2 back; Bo gets 10; one line comes twice, one cannot be read, one comes
/// before the program, one returns what nobody bought.
const EVENTS: &str = r#"{"id":"K-1","type":"purchase","member":"Ann","at":"2026-03-03T17:45:00+01:00","items":[{"name":"Äpfel","quantity":1,"unit_price":"4.98"}]}
{"id":"K-2","type":"purchase","member":"Ann","at":"2026-03-04T17:45:00+01:00","total":"11.00"}

{"id":"K-1","type":"purchase","member":"Bo, \"the\" dog","at":"2026-03-04T18:00:00+01:00","total":"20"}
{"id":"K-2","type":"purchase","member":"Ann","at":"2026-03-04T17:45:00+01:00","total":"11.00"}
{"id":"K-3","type":"purchase",
{"id":"K-4","type":"purchase","member":"Zoe","at":"2025-12-31T12:00:00+01:00","total":"9"}
{"id":"R-1","type":"return","member":"Ann","at":"2026-03-05T12:00:00+01:00","returns":"K-1","all_items":true}
{"id":"R-2","type":"return","member":"Ann","at":"2026-03-05T12:00:00+01:00","returns":"K-9","all_items":true}
"#;

/// A folder with rules and events.
fn shop(name: &str) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("kiosk.loyalty"), GOOD).unwrap();
    fs::write(folder.join("events.jsonl"), EVENTS).unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(EVENTS.as_bytes()).unwrap();
    // the name does not have to say that it is compressed
    fs::write(folder.join("packed"), packed.finish().unwrap()).unwrap();
    folder
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn the_summary_in_json() {
    let folder = shop("replay-json");
    let ran = loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl", "--json"]);
    assert_eq!(ran.status, Some(1));
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("events.jsonl:6: "), "{}", lines[0]);
    assert_eq!(lines[1], "events.jsonl:7: too early: the program begins on 2026-01-01");
    assert_eq!(lines[2], "events.jsonl:9: no such purchase: `K-9` is not known");
    let summary = json(&ran);
    let events = &summary["events"];
    assert_eq!((&events["in"], &events["applied"]), (&Value::from(8), &Value::from(4)));
    assert_eq!((&events["repeated"], &events["refused"]), (&Value::from(1), &Value::from(3)));
    for reason in ["unreadable", "too early", "no such purchase"] {
        assert_eq!(events["reasons"][reason], 1, "{reason}");
    }
    assert_eq!(summary["members"], 2);
    let points = &summary["units"]["punkte"];
    assert_eq!(points["issued"], "17");
    assert_eq!(points["available"], "15");
    assert_eq!(points["taken_back"], "2");
    for book in ["pending", "redeemed", "expired", "debt"] {
        assert_eq!(points[book], "0", "{book}");
    }
    assert_eq!(summary["rules"][0]["rule"], "Grundpunkte");
    assert_eq!(summary["rules"][0]["amount"], "17");
    assert_eq!(summary["digest"].as_str().unwrap().len(), 64);
    for key in ["tiers", "cards", "vouchers"] {
        assert_eq!(summary[key], Value::Object(serde_json::Map::new()), "{key}");
    }
}

#[test]
fn what_is_cancelled_is_an_applied_event() {
    let folder = folder("replay-cancelled");
    fs::write(folder.join("kiosk.loyalty"), GOOD).unwrap();
    let cancel = r#"{"id":"C-1","type":"cancel","member":"Ann","at":"2026-03-05T13:00:00+01:00","of":"K-2"}"#;
    let again = cancel.replace("C-1", "C-2");
    fs::write(folder.join("events.jsonl"), format!("{EVENTS}{cancel}\n{again}\n")).unwrap();
    let ran = loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl", "--ledger", "l.jsonl", "--json"]);
    assert!(ran.err.contains("events.jsonl:11: already cancelled: `K-2` was cancelled"), "{}", ran.err);
    let summary = json(&ran);
    assert_eq!(summary["events"]["applied"], 5);
    // 2 came back, 5 were a mistake
    assert_eq!(summary["units"]["punkte"]["taken_back"], "7");
    assert_eq!(summary["units"]["punkte"]["available"], "10");
    let ledger = fs::read_to_string(folder.join("l.jsonl")).unwrap();
    let last: Value = serde_json::from_str(ledger.lines().last().unwrap()).unwrap();
    let words = ["key", "amount", "from", "to", "event", "reason"].map(|key| last[key].as_str().unwrap());
    assert_eq!(words, ["C-1#1", "5", "available", "taken-back", "K-2", "cancelled"]);
}

#[test]
fn plain_packed_and_piped_events_are_the_same() {
    let folder = shop("replay-forms");
    let plain = loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl", "--json"]);
    let packed = loyalty(&folder, &["replay", "kiosk.loyalty", "packed", "--json"]);
    let piped = with_input(&folder, &["replay", "kiosk.loyalty", "-", "--json"], EVENTS.as_bytes());
    assert_eq!(plain.out, packed.out);
    assert_eq!(plain.out, piped.out);
    assert!(piped.err.starts_with("standard input:6: "), "{}", piped.err);
    let packed = fs::read(folder.join("packed")).unwrap();
    let cut = with_input(&folder, &["replay", "kiosk.loyalty", "-"], &packed[..packed.len() / 2]);
    assert_eq!(cut.status, Some(2), "a file that breaks off is no success");
}

#[test]
fn ledger_and_balances() {
    let folder = shop("replay-files");
    let arguments =
        ["replay", "kiosk.loyalty", "events.jsonl", "--ledger", "ledger.jsonl", "--balances", "b.csv", "-q"];
    let ran = loyalty(&folder, &arguments);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    let ledger = fs::read_to_string(folder.join("ledger.jsonl")).unwrap();
    let rows: Vec<[String; 5]> = ledger
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            ["key", "member", "amount", "from", "to"].map(|key| line[key].as_str().unwrap().to_owned())
        })
        .collect();
    let texts: Vec<[&str; 5]> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
    assert_eq!(
        texts,
        [
            ["K-1#1", "Ann", "2", "issued", "available"],
            ["K-2#1", "Ann", "5", "issued", "available"],
            ["K-1#1", "Bo, \"the\" dog", "10", "issued", "available"],
            ["R-1#1", "Ann", "2", "available", "taken-back"],
        ]
    );
    let balances = fs::read_to_string(folder.join("b.csv")).unwrap();
    let expected =
        "member,unit,available,pending\r\nAnn,punkte,5,0\r\n\"Bo, \"\"the\"\" dog\",punkte,10,0\r\n";
    assert_eq!(balances, expected);
    loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl", "--ledger", "ledger.csv", "--quiet"]);
    let csv = fs::read_to_string(folder.join("ledger.csv")).unwrap();
    assert!(csv.starts_with("key,member,"), "{csv}");
    assert_eq!(csv.lines().count(), 5);
}

#[test]
fn the_summary_as_text_fits_the_screen() {
    let folder = shop("replay-text");
    let good: Vec<&str> = EVENTS.lines().take(2).collect();
    let ran = with_input(&folder, &["replay", "kiosk.loyalty", "-"], good.join("\n").as_bytes());
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.starts_with("Kiosk version 1\n\nevents in   2\n  applied   2\n"), "{}", ran.out);
    assert!(ran.out.contains("punkte"), "{}", ran.out);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    assert!(ran.out.contains("ledger sha256 "), "{}", ran.out);
}

/// Ann earns 10 and gives 4 of them to Bo, who earns 1. 7 more are too many, and nobody is called Cy.
#[test]
fn what_members_give_each_other_is_in_the_books_of_the_one_who_has_it() {
    let folder = shop("replay-transfers");
    let transfer = |id: &str, amount: &str, to: &str| {
        format!(
            r#"{{"id":"{id}","type":"transfer","member":"Ann","at":"2026-03-04T12:00:00Z","amount":"{amount}","unit":"punkte","to":"{to}"}}"#
        )
    };
    let bought = |member: &str, total: &str| {
        format!(
            r#"{{"id":"K-1","type":"purchase","member":"{member}","at":"2026-03-03T12:00:00Z","total":"{total}"}}"#
        )
    };
    let events = [
        bought("Ann", "20"),
        bought("Bo", "2"),
        transfer("T-1", "4", "Bo"),
        transfer("T-1", "4", "Bo"),
        transfer("T-2", "7", "Bo"),
        transfer("T-3", "1", "Cy"),
    ];
    let arguments = ["replay", "kiosk.loyalty", "-", "--json", "--ledger", "l.csv", "--balances", "b.csv"];
    let ran = with_input(&folder, &arguments, events.join("\n").as_bytes());
    let problems: Vec<&str> = ran.err.lines().collect();
    assert_eq!(
        problems,
        [
            "standard input:5: not enough punkte: at most 6 punkte would be accepted",
            "standard input:6: no such member: `Cy` has no account to which anything could go",
        ]
    );
    let summary = json(&ran);
    let points = &summary["units"]["punkte"];
    for (book, amount) in [("issued", "11"), ("available", "11"), ("on_the_way", "0"), ("redeemed", "0")] {
        assert_eq!(points[book], amount, "{book}");
    }
    assert_eq!(summary["undelivered_messages"], 0);
    assert_eq!((&summary["members"], &summary["rules"][0]["amount"]), (&Value::from(2), &Value::from("11")));
    let balances = fs::read_to_string(folder.join("b.csv")).unwrap();
    assert_eq!(balances, "member,unit,available,pending\r\nAnn,punkte,6,0\r\nBo,punkte,5,0\r\n");
    let ledger = fs::read_to_string(folder.join("l.csv")).unwrap();
    let moved: Vec<&str> = ledger.lines().filter(|line| line.contains("transferred")).collect();
    assert_eq!(
        moved,
        [
            "T-1#1,Ann,unit,punkte,4,available,transferred,rule,Grundpunkte,,T-1,1,2026-03-04,,,transferred",
            "@transferred/Ann/T-1/1#1,Bo,unit,punkte,4,transferred,available,rule,Grundpunkte,,\
             @transferred/Ann/T-1/1,1,2026-03-04,2026-03-03,,transferred",
        ]
    );
    let text = with_input(&folder, &["replay", "kiosk.loyalty", "-"], events.join("\n").as_bytes());
    assert!(!text.out.contains("on the way"), "{}", text.out);
}

#[test]
fn many_bad_lines_are_counted() {
    let folder = shop("replay-bad");
    let bad = "{}\n".repeat(30);
    let ran = with_input(&folder, &["replay", "kiosk.loyalty", "-", "-q"], bad.as_bytes());
    assert_eq!(ran.status, Some(1));
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines.len(), 21);
    assert_eq!(lines[20], "standard input: and 10 more: 10 unreadable");
    let nothing = loyalty(&folder, &["replay", "kiosk.loyalty", "none.jsonl"]);
    assert_eq!(nothing.status, Some(2));
    let broken = loyalty(&folder, &["replay", "events.jsonl", "events.jsonl"]);
    assert_eq!(broken.status, Some(1), "rules that are none");
}

#[test]
fn one_event_is_explained() {
    let folder = shop("explain");
    let ran = loyalty(&folder, &["explain", "kiosk.loyalty", "events.jsonl", "--event", "K-2"]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.out.starts_with("+5 punkte  Grundpunkte"), "{}", ran.out);
    let member =
        ["explain", "kiosk.loyalty", "packed", "--event", "K-1", "--member", "Bo, \"the\" dog", "--json"];
    let ran = loyalty(&folder, &member);
    assert_eq!(ran.status, Some(0));
    assert_eq!(json(&ran)["event"], "K-1");
    assert_eq!(json(&ran)["rules"][0]["booked"], "10");
    let ran = loyalty(&folder, &["explain", "kiosk.loyalty", "events.jsonl", "--event", "K-4"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.err, "`K-4` was refused: too early: the program begins on 2026-01-01\n");
    let ran = loyalty(&folder, &["explain", "kiosk.loyalty", "events.jsonl", "--event", "K-7"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(1), "there is no event `K-7`\n"));
}

/// The zone of the machine has no influence: the same bytes, wherever the command runs.
#[test]
fn the_zone_of_the_process_does_not_matter() {
    let rules = GOOD.replace("  expire never\n", "  activate after 1 day\n  expire at end of month\n");
    let rules =
        rules.replace("  expect Ann earns 2 punkte\n", "  expect Ann has 2 punkte expiring 2026-03-31\n");
    let folder = shop("replay-zone");
    fs::write(folder.join("kiosk.loyalty"), rules).unwrap();
    let commands: [&[&str]; 3] = [
        &["test", "kiosk.loyalty"],
        &["replay", "kiosk.loyalty", "events.jsonl", "--ledger", "ledger.csv", "--balances", "balances.csv"],
        &["explain", "kiosk.loyalty", "events.jsonl", "--event", "K-2"],
    ];
    let mut seen: Vec<Vec<String>> = Vec::new();
    for zone in ["Pacific/Apia", "America/Havana", "Europe/Berlin", ":/no/such/file", ""] {
        let mut bytes = Vec::new();
        for command in commands {
            let ran = with_variable(&folder, ("TZ", zone), command);
            bytes.extend([format!("{:?}", ran.status), ran.out, ran.err]);
        }
        for file in ["ledger.csv", "balances.csv"] {
            bytes.push(fs::read_to_string(folder.join(file)).unwrap());
        }
        seen.push(bytes);
    }
    assert!(seen[0][9].contains("2026-03-31"), "{}", seen[0][9]);
    for other in &seen[1..] {
        assert_eq!(other, &seen[0]);
    }
}

#[test]
fn several_rule_files_are_versions() {
    let folder = folder("replay-versions");
    for (name, text) in [
        ("old.loyalty", include_str!("../../../examples/versions/corner-2026.loyalty")),
        ("new.loyalty", include_str!("../../../examples/versions/corner-2027.loyalty")),
        ("events.jsonl", include_str!("../../../examples/versions/events.jsonl")),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    // five and two points of the old version, ten of the new one; the first five come back
    let ran = loyalty(&folder, &["replay", "new.loyalty", "old.loyalty", "events.jsonl", "--json"]);
    assert_eq!((ran.status, &*ran.err), (Some(0), ""));
    let summary = json(&ran);
    let points = &summary["units"]["points"];
    assert_eq!((&points["issued"], &points["available"]), (&Value::from("17"), &Value::from("12")));
    assert_eq!(points["taken_back"], "5");
    // both versions call it `Base`
    assert_eq!((&summary["rules"][0]["rule"], &summary["rules"][0]["times"]), (&"Base".into(), &3.into()));
    let ran = loyalty(&folder, &["check", "--versions", "old.loyalty", "new.loyalty", "--deny-warnings"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.err.matches("warning Y001").count(), 2, "{}", ran.err);
    let ran = loyalty(&folder, &["check", "--versions", "old.loyalty", "old.loyalty"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("error Y002"), "{}", ran.err);
}

/// Uwe earns 10 points on the account Meier, after Bo has earned 10 on his own.
#[test]
fn ledgers_of_accounts_of_several_members_have_a_column_for_the_account() {
    let folder = folder("replay-accounts");
    fs::write(folder.join("kiosk.loyalty"), GOOD).unwrap();
    let events = r#"{"id":"K-1","type":"purchase","member":"Bo, \"the\" dog","at":"2026-03-04T18:00:00+01:00","total":"20"}
{"id":"J-1","type":"joining","member":"Uwe","at":"2026-03-05T18:00:00+01:00","account":"Meier"}
{"id":"K-2","type":"purchase","member":"Uwe","at":"2026-03-06T18:00:00+01:00","total":"20"}
"#;
    fs::write(folder.join("events.jsonl"), events).unwrap();
    let ran = loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl", "--ledger", "l.csv", "--quiet"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    let csv = fs::read_to_string(folder.join("l.csv")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    let [head, bo, uwe] = lines[..] else { panic!("{csv}") };
    assert!(head.ends_with(",last_day,reason,account"), "{head}");
    assert!(
        bo.starts_with("K-1#1,\"Bo, \"\"the\"\" dog\",unit,punkte,10,") && bo.ends_with(",earned,"),
        "{bo}"
    );
    assert!(uwe.starts_with("K-2#1,Uwe,unit,punkte,10,") && uwe.ends_with(",earned,Meier"), "{uwe}");
}

const GIVES: &str = r#"edition 2026

program Giving {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
}

charities [Forests]

unit gift is donation in EUR {
  round half up in total
}

plan Plus {
  fee 5 EUR per month
  renews by itself
}

donate Share {
  on purchase
  give 1% of spend as gift
  to charity Forests
}

donate Up {
  on purchase
  round basket up to next 1 EUR
  to charity Forests
}

returns { accept within 60 days }
"#;

/// What charities are owed month by month, and what fees fall due.
#[test]
fn what_charities_are_owed_and_what_fees_fall_due() {
    let folder = folder("replay-giving");
    fs::write(folder.join("gives.loyalty"), GIVES).unwrap();
    let events = r#"{"id":"K-1","type":"purchase","member":"Ann","at":"2026-03-04T18:00:00+01:00","total":"9.50"}
{"id":"K-1","type":"purchase","member":"Bo","at":"2026-03-20T18:00:00+01:00","total":"20"}
{"id":"M-1","type":"join-plan","member":"Bo","at":"2026-03-21T18:00:00+01:00","plan":"Plus"}
{"id":"K-2","type":"purchase","member":"Ann","at":"2026-05-04T18:00:00+02:00","total":"9.50"}
"#;
    fs::write(folder.join("events.jsonl"), events).unwrap();
    let files = ["--charities", "charities.jsonl", "--fees", "fees.jsonl", "--quiet"];
    let ran = loyalty(&folder, &[&["replay", "gives.loyalty", "events.jsonl"], &files[..]].concat());
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    let read = |file: &str| -> Vec<Value> {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let words = |value: &Value, names: &[&str]| {
        names.iter().map(|name| value[*name].as_str().unwrap_or("-").to_owned()).collect::<Vec<_>>().join(" ")
    };
    // March: 1% of 9.50 EUR is 0.095 EUR, rounded 0.10 EUR, and 0.20 EUR; Ann gives 0.50 EUR up to 10 EUR
    let names = ["charity", "from", "to", "of_members", "of_owner", "owed"];
    let owed: Vec<String> = read("charities.jsonl").iter().map(|it| words(it, &names)).collect();
    assert_eq!(owed, ["Forests - 2026-03-31 0.50 0.30 0.80", "Forests 2026-04-01 2026-05-31 0.50 0.10 0.60"]);
    let fees: Vec<String> =
        read("fees.jsonl").iter().map(|it| words(it, &["key", "member", "amount", "cause"])).collect();
    assert_eq!(
        fees,
        ["M-1#1 Bo 5.00 joining", "@2026-04-01/plan#1 Bo 5.00 renewal", "@2026-05-01/plan#1 Bo 5.00 renewal",]
    );
}
