//! What a host tells a member of a tier.

use super::program;
use crate::rule_files::compiled;
use loyalty_rules::calendar::Date;
use loyalty_rules::event::Event;
use loyalty_rules::{Account, Evaluator, Program};

const CLUB: &str = "count spend, purchases in calendar year\nkeep until end of next calendar year\nthen drop one level\n\
    grace 31 days\ntier Basic\ntier Silver {\n  reach 100 EUR spend\n  benefit \"Late check-out\"\n}\n\
    tier Gold {\n  reach (500 EUR spend or 9 purchases) and 3 purchases\n  benefit \"Breakfast\"\n}";

fn buys(program: &Program, account: &mut Account, id: &str, at: &str, euros: &str) {
    let event = Event::purchase(id, "Ann", at).currency("EUR").total(euros).build().unwrap();
    let outcome = Evaluator::new().evaluate(program, account, &event).unwrap();
    account.post(program, &outcome).unwrap();
}

fn runs(program: &Program, account: &mut Account, to: &str) {
    let outcome = Evaluator::new().advance(program, account, to.parse().unwrap()).unwrap();
    account.post(program, &outcome).unwrap();
}

/// The standing on a day, as JSON.
fn standing(program: &Program, account: &Account, day: &str) -> serde_json::Value {
    let day: Date = day.parse().unwrap();
    serde_json::to_value(account.standing(program, "Club", day).unwrap()).unwrap()
}

#[test]
fn what_is_held_what_is_next_and_what_is_at_risk() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let none = standing(program, &account, "2026-03-01");
    assert_eq!(none["level"], "Basic");
    assert_eq!(none["why"], "everybody");
    assert_eq!(none["at_risk"], serde_json::Value::Null);
    assert_eq!(
        none["next"],
        serde_json::json!({
            "level": "Silver", "missing": [[{ "what": "spend", "amount": "100.00" }]]
        })
    );
    buys(program, &mut account, "A", "2026-03-03T10:00:00+01:00", "120.50");
    let silver = standing(program, &account, "2026-03-03");
    assert_eq!(
        silver,
        serde_json::json!({
            "level": "Silver",
            "place": 1,
            "benefits": ["Late check-out"],
            "why": "earned",
            "until": "2027-12-31",
            "counted": [{ "what": "spend", "amount": "120.50" }, { "what": "purchases", "amount": "1" }],
            "window_ends": "2026-12-31",
            "next": {
                "level": "Gold",
                // 500 - 120.50 and 3 - 1 purchases; or 9 - 1 purchases
                "missing": [
                    [{ "what": "spend", "amount": "379.50" }, { "what": "purchases", "amount": "2" }],
                    [{ "what": "purchases", "amount": "8" }],
                ],
            },
            // 2027 decides, and has not begun
            "at_risk": { "confirmed": false, "falls_to": "Basic", "missing": [[{ "what": "spend", "amount": "100.00" }]] },
        })
    );
    buys(program, &mut account, "B", "2027-05-05T10:00:00+02:00", "30");
    let later = standing(program, &account, "2027-05-05");
    assert_eq!(later["at_risk"]["missing"], serde_json::json!([[{ "what": "spend", "amount": "70.00" }]]));
    let mut kept = account.clone();
    buys(program, &mut kept, "C", "2027-06-05T10:00:00+02:00", "70");
    // renewed until the end of 2028, which 2028 decides
    let kept = standing(program, &kept, "2027-06-05");
    assert_eq!((&kept["until"], &kept["at_risk"]["confirmed"]), (&"2028-12-31".into(), &false.into()));
    runs(program, &mut account, "2028-01-05T10:00:00+01:00");
    let grace = standing(program, &account, "2028-01-05");
    assert_eq!((&grace["why"], &grace["until"]), (&"grace".into(), &"2028-01-31".into()));
    assert_eq!(grace["benefits"], serde_json::json!(["Late check-out"]));
    assert_eq!(grace["at_risk"]["falls_to"], "Basic");
    // only what is reached inside the grace helps now
    assert_eq!(grace["at_risk"]["missing"], serde_json::json!([[{ "what": "spend", "amount": "100.00" }]]));
    assert!(account.standing(program, "Other", "2028-01-05".parse().unwrap()).is_err());
}

#[test]
fn where_reaching_takes_the_threshold() {
    let lines = "count spend in 12 months since reaching the tier\nkeep for 12 months\nthen drop one level\n\
        reaching takes the threshold\ntier Basic\ntier Silver { reach 100 EUR spend }\ntier Gold { reach 180 EUR spend }";
    let compiled = compiled(&program(lines));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    buys(program, &mut account, "A", "2026-03-03T10:00:00+01:00", "150");
    let told = standing(program, &account, "2026-03-03");
    // 50 are left over: 130 more are Gold, 50 more keep Silver
    assert_eq!(told["counted"], serde_json::json!([{ "what": "spend", "amount": "50.00" }]));
    assert_eq!(told["window_ends"], "2027-03-03");
    assert_eq!(told["next"]["missing"], serde_json::json!([[{ "what": "spend", "amount": "130.00" }]]));
    let risk = serde_json::json!({
        "confirmed": false, "falls_to": "Basic", "missing": [[{ "what": "spend", "amount": "50.00" }]]
    });
    assert_eq!(told["at_risk"], risk);
}
