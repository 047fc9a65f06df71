//! What events bring and the program does not know is told by the commands.

use super::{folder, loyalty};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

const RULES: &str = r#"edition 2026

program Kiosk {
  version 1
  effective from 2026-01-01
  currency EUR
  time zone "Europe/Berlin"
  accept late events for 30 days
}

categories [Bread]
channels [Counter]

unit points is spendable {
  singular point
  round down in total
  activate on delivery
  expire never
}

event delivery {
}

earn Base {
  on purchase
  for items where category is not Bread
  when channel is not Counter
  give 1 point per 1 EUR
}

returns {
  take back earned in proportion
}
"#;

/// Three items of an unknown category, one of another, an unknown channel twice, a delivery of what nobody bought, and
/// a kind of event that is none. The last purchase is three days late.
const EVENTS: &str = r#"{"id":"K-1","type":"purchase","member":"Ann","at":"2026-03-03T12:00:00+01:00","channel":"Web","items":[{"name":"A","quantity":1,"unit_price":"1.00","category":"Wine"},{"name":"B","quantity":1,"unit_price":"2.00","category":"Wine"},{"name":"C","quantity":1,"unit_price":"3.00","category":"Wine"},{"name":"D","quantity":1,"unit_price":"4.00","category":"Beer","colour":"red"}]}
{"id":"D-1","type":"delivery","member":"Ann","at":"2026-03-04T12:00:00+01:00","of":"K-1"}
{"id":"D-2","type":"delivery","member":"Ann","at":"2026-03-06T12:00:00+01:00","of":"K-7"}
{"id":"X-1","type":"raffle","member":"Ann","at":"2026-03-06T12:00:00+01:00"}
{"id":"K-2","type":"purchase","member":"Ann","at":"2026-03-03T13:00:00+01:00","channel":"Web","total":"5"}
"#;

fn shop(name: &str) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("kiosk.loyalty"), RULES).unwrap();
    fs::write(folder.join("events.jsonl"), EVENTS).unwrap();
    folder
}

#[test]
fn a_replay_counts_them() {
    let folder = shop("notes-replay");
    let ran = loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl", "--json"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    let summary: Value = serde_json::from_str(&ran.out).unwrap();
    let note = |note: &str, times: u64, line: u64, event: &str| json!({"note": note, "times": times, "first_line": line, "first_event": event});
    assert_eq!(
        summary["notes"],
        json!([
            note("unknown category `Wine`", 3, 1, "K-1"),
            note("unknown channel `Web`", 2, 1, "K-1"),
            note("unknown attribute `colour`", 1, 1, "K-1"),
            note("unknown category `Beer`", 1, 1, "K-1"),
            note("names the unknown purchase `K-7`", 1, 3, "D-2"),
            note("unknown kind of event `raffle`", 1, 4, "X-1"),
        ])
    );
    let ran = loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl"]);
    let table: Vec<&str> =
        ran.out.lines().skip_while(|line| !line.starts_with(" to look at")).take(8).collect();
    assert_eq!(
        table.join("\n"),
        "\x20to look at                         first event   times   first line
─────────────────────────────────────────────────────────────────────
 unknown category `Wine`            K-1               3            1
 unknown channel `Web`              K-1               2            1
 unknown attribute `colour`         K-1               1            1
 unknown category `Beer`            K-1               1            1
 names the unknown purchase `K-7`   D-2               1            3
 unknown kind of event `raffle`     X-1               1            4"
    );
}

const FRIENDS: &str = r#"
referral Friends {
  friend qualifies with purchase of at least 5 EUR
  wait 3 days
  on qualifying give 10 points to referrer
  cap referrer 1 times per month
}
"#;

/// Bo and Cy are referred by Ann and buy on one day; the clocks at the end settle both, and Ann is paid for one.
const REFERRED: &str = r#"{"id":"J-1","type":"joining","member":"Ann","at":"2026-03-01T10:00:00+01:00"}
{"id":"J-2","type":"joining","member":"Bo","at":"2026-03-02T10:00:00+01:00","referrer":"Ann"}
{"id":"J-3","type":"joining","member":"Cy","at":"2026-03-02T11:00:00+01:00","referrer":"Ann"}
{"id":"K-1","type":"purchase","member":"Bo","at":"2026-03-03T10:00:00+01:00","channel":"Counter","total":"5"}
{"id":"K-2","type":"purchase","member":"Cy","at":"2026-03-03T11:00:00+01:00","channel":"Counter","total":"5"}
{"id":"J-4","type":"joining","member":"Di","at":"2026-03-20T10:00:00+01:00"}
"#;

#[test]
fn a_replay_counts_those_of_the_clocks_at_the_end() {
    let folder = folder("notes-end");
    fs::write(folder.join("kiosk.loyalty"), format!("{RULES}{FRIENDS}")).unwrap();
    fs::write(folder.join("events.jsonl"), REFERRED).unwrap();
    let ran = loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl", "--json"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    let summary: Value = serde_json::from_str(&ran.out).unwrap();
    let [note] = summary["notes"].as_array().unwrap().as_slice() else { panic!("{}", summary["notes"]) };
    assert_eq!(note["note"], "referral without effect: the referrer's cap is used up");
    assert_eq!((&note["times"], &note["first_line"]), (&json!(1), &Value::Null));
    let ran = loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl"]);
    let first = ran.out.lines().find(|line| line.contains("referral without effect:")).unwrap();
    assert!(first.trim_end().ends_with("1   at the end"), "{first}");
}

#[test]
fn a_replay_of_what_is_known_has_no_such_table() {
    let folder = shop("notes-none");
    let good = EVENTS.lines().nth(4).unwrap().replace("Web", "Counter");
    fs::write(folder.join("events.jsonl"), good).unwrap();
    let ran = loyalty(&folder, &["replay", "kiosk.loyalty", "events.jsonl"]);
    assert_eq!(ran.status, Some(0));
    assert!(!ran.out.contains("to look at"), "{}", ran.out);
}

#[test]
fn an_explanation_shows_them() {
    let folder = shop("notes-explain");
    let explained =
        |event: &str| loyalty(&folder, &["explain", "kiosk.loyalty", "events.jsonl", "--event", event]).out;
    let lines: Vec<String> = explained("K-1").lines().map(str::to_owned).collect();
    // 1 + 2 + 3 + 4 EUR, none of them bread; below it stands that they wait for the delivery
    assert!(lines[0].starts_with("+10 points  Base"), "{lines:?}");
    assert_eq!(
        lines[2..],
        [
            "note: unknown channel `Web`",
            "note: unknown category `Wine` (3 times)",
            "note: unknown category `Beer`",
            "note: unknown attribute `colour`",
        ]
    );
    assert_eq!(
        explained("X-1"),
        "no rule waits for this event, and nothing was booked\nnote: unknown kind of event `raffle`\n"
    );
    assert_eq!(
        explained("D-2"),
        "no rule waits for this event, and nothing was booked\nnote: names the unknown purchase `K-7`\n"
    );
    // a purchase that is known
    assert!(!explained("D-1").contains("note"), "{}", explained("D-1"));
}

#[test]
fn an_explanation_tells_that_an_event_is_late() {
    let folder = shop("notes-late");
    let explain = ["explain", "kiosk.loyalty", "events.jsonl", "--event"];
    let ran = loyalty(&folder, &[&explain[..], &["K-2"]].concat());
    // from 3 to 6 March
    assert!(
        ran.out.starts_with(
            "late by 3 days: an event of 2026-03-06 was there before; this one is judged by its own day,\n\
             2026-03-03, and its caps and counters contain what has come since\n+5 points"
        ),
        "{}",
        ran.out
    );
    let ran = loyalty(&folder, &[&explain[..], &["K-2", "--json"]].concat());
    let explanation: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(explanation["late"], json!({"days": 3, "day": "2026-03-03", "newest": "2026-03-06"}));
    // one more hour makes no day
    let late = EVENTS.replace("K-2", "K-3").replace("03T13", "06T11");
    fs::write(folder.join("events.jsonl"), late).unwrap();
    let ran = loyalty(&folder, &[&explain[..], &["K-3"]].concat());
    assert!(ran.out.starts_with("late on the same day: "), "{}", ran.out);
    // in time
    let ran = loyalty(&folder, &[&explain[..], &["K-1", "--json"]].concat());
    let explanation: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(explanation["late"], Value::Null);
}
