//! What a host tells a member of a tier.

use super::{holds, program};
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
            "decided": true,
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

/// What is told of a benefit on a day, without what is empty: in the words of the fields.
fn benefit(program: &Program, account: &Account, benefit: &str, day: &str) -> serde_json::Value {
    let told = account.benefit(program, "Club", benefit, day.parse().unwrap()).unwrap();
    serde_json::to_value(told).unwrap()
}

#[test]
fn a_day_after_the_term_has_only_what_holds_longer() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    buys(program, &mut account, "A", "2026-03-03T10:00:00+01:00", "120.50");
    let last = standing(program, &account, "2027-12-31");
    assert_eq!((&last["level"], &last["decided"]), (&"Silver".into(), &true.into()));
    // the review of 1 January has not been: nothing is certain but the lowest level
    let after = standing(program, &account, "2028-01-01");
    assert_eq!((&after["level"], &after["decided"]), (&"Basic".into(), &false.into()));
    assert_eq!((&after["why"], &after["benefits"]), (&"everybody".into(), &serde_json::json!([])));
    assert_eq!(after["at_risk"], serde_json::Value::Null);
    let check_out = benefit(program, &account, "Late check-out", "2028-01-01");
    assert_eq!((&check_out["allowed"], &check_out["decided"]), (&false.into(), &false.into()));
    // a grant that lasts longer holds
    let grant = Event::grant_tier_until("G", "Ann", "2026-04-01T10:00:00+02:00", "Silver", "2028-01-15");
    let outcome = Evaluator::new().evaluate(program, &account, &grant.build().unwrap()).unwrap();
    account.post(program, &outcome).unwrap();
    let after = standing(program, &account, "2028-01-15");
    assert_eq!((&after["level"], &after["why"]), (&"Silver".into(), &"granted".into()));
    assert_eq!(standing(program, &account, "2028-01-16")["level"], "Basic");
    // with the clock it is decided: Silver is in its grace until 31 January
    runs(program, &mut account, "2028-01-16T10:00:00+01:00");
    let grace = standing(program, &account, "2028-01-16");
    assert_eq!((&grace["why"], &grace["decided"]), (&"grace".into(), &true.into()));
    assert_eq!(grace["until"], "2028-01-31");
}

#[test]
fn benefits_are_those_of_the_level_and_of_all_below_it() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    buys(program, &mut account, "A", "2026-03-03T10:00:00+01:00", "400");
    assert_eq!(
        benefit(program, &account, "Late check-out", "2026-03-04"),
        serde_json::json!({
            "benefit": "Late check-out", "allowed": true, "decided": true, "from_level": "Silver",
            "level": "Silver", "why": "earned", "since": "2026-03-03", "until": "2027-12-31",
        })
    );
    assert_eq!(
        benefit(program, &account, "Breakfast", "2026-03-04"),
        serde_json::json!({
            "benefit": "Breakfast", "allowed": false, "decided": true, "from_level": "Gold", "level": "Silver",
            "since": null, "until": null,
            // 500 - 400 and 3 - 1 purchases; or 9 - 1 purchases
            "missing": [
                [{ "what": "spend", "amount": "100.00" }, { "what": "purchases", "amount": "2" }],
                [{ "what": "purchases", "amount": "8" }],
            ],
        })
    );
    let grant = Event::grant_tier_for("G", "Ann", "2026-03-05T10:00:00+01:00", "Gold", "5 days");
    let outcome = Evaluator::new().evaluate(program, &account, &grant.build().unwrap()).unwrap();
    account.post(program, &outcome).unwrap();
    assert_eq!(
        standing(program, &account, "2026-03-06")["benefits"],
        serde_json::json!(["Late check-out", "Breakfast"])
    );
    let breakfast = benefit(program, &account, "Breakfast", "2026-03-10");
    assert_eq!((&breakfast["why"], &breakfast["until"]), (&"granted".into(), &"2026-03-10".into()));
    assert_eq!(breakfast["since"], "2026-03-05");
    // the day after, and the day before
    assert_eq!(benefit(program, &account, "Breakfast", "2026-03-11")["allowed"], false);
    let before = benefit(program, &account, "Breakfast", "2026-03-04");
    assert_eq!((&before["allowed"], &before["level"]), (&false.into(), &"Silver".into()));
    // what is earned lasts longer than what is granted
    let check_out = benefit(program, &account, "Late check-out", "2026-03-06");
    assert_eq!((&check_out["level"], &check_out["until"]), (&"Silver".into(), &"2027-12-31".into()));
    assert_eq!(check_out["since"], "2026-03-03");
    // when the grant is over, its days are still told
    runs(program, &mut account, "2026-03-12T10:00:00+01:00");
    assert_eq!(
        benefit(program, &account, "Breakfast", "2026-03-09"),
        serde_json::json!({
            "benefit": "Breakfast", "allowed": true, "decided": true, "from_level": "Gold", "level": "Gold",
            "since": "2026-03-05", "until": "2026-03-10",
        })
    );
    assert_eq!(benefit(program, &account, "Breakfast", "2026-03-12")["allowed"], false);
    let all = account.benefits(program, "Club", "2026-03-12".parse().unwrap()).unwrap();
    let told: Vec<_> = all.iter().map(|it| (it.benefit.as_str(), it.allowed)).collect();
    assert_eq!(told, [("Late check-out", true), ("Breakfast", false)]);
    let day: Date = "2026-03-12".parse().unwrap();
    let unknown = account.benefit(program, "Club", "Brekfast", day).unwrap_err();
    assert_eq!(unknown.to_string(), "the program has no benefit `Brekfast`; did you mean `Breakfast`?");
    assert!(account.benefit(program, "Other", "Breakfast", day).is_err());
}

#[test]
fn benefits_of_the_lowest_level_and_of_plans() {
    let lines = "tier Basic { benefit \"Member prices\" }\ntier Plus {\n  paid by plan Half\n  benefit \"Member prices\"\n  \
        benefit \"Free delivery\"\n}\n}\n\nplan Half {\n  fee 5 EUR per month";
    let compiled = compiled(&program(lines));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let everybody = serde_json::json!({
        "benefit": "Member prices", "allowed": true, "decided": true, "from_level": "Basic", "level": "Basic",
        "why": "everybody", "since": null, "until": null,
    });
    assert_eq!(benefit(program, &account, "Member prices", "2026-03-01"), everybody);
    let delivery = benefit(program, &account, "Free delivery", "2026-03-01");
    assert_eq!((&delivery["allowed"], &delivery["plans"]), (&false.into(), &serde_json::json!(["Half"])));
    let joins = Event::join_plan("M", "Ann", "2026-03-03T10:00:00+01:00", "Half").build().unwrap();
    let outcome = Evaluator::new().evaluate(program, &account, &joins).unwrap();
    account.post(program, &outcome).unwrap();
    assert_eq!(
        benefit(program, &account, "Free delivery", "2026-03-31"),
        serde_json::json!({
            "benefit": "Free delivery", "allowed": true, "decided": true, "from_level": "Plus", "level": "Plus",
            "why": "paid", "plan": "Half", "since": "2026-03-03", "until": "2026-03-31",
        })
    );
    assert_eq!(benefit(program, &account, "Free delivery", "2026-04-01")["allowed"], false);
    assert_eq!(benefit(program, &account, "Free delivery", "2026-03-02")["allowed"], false);
    assert_eq!(benefit(program, &account, "Member prices", "2026-04-01"), {
        let mut later = everybody;
        // the term of the plan ends before it, which the clock has to see
        later["decided"] = false.into();
        later
    });
    // each text once
    assert_eq!(account.benefits(program, "Club", "2026-03-03".parse().unwrap()).unwrap().len(), 2);
}

#[test]
fn tests_expect_benefits() {
    let lines = "expect Ann has no benefit \"Late check-out\"\n\
        when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 150 EUR }\n\
        expect Ann has benefit \"Late check-out\"\nexpect Ann has benefit \"Late check-out\" until 2027-12-31\n\
        expect Ann has no benefit \"Breakfast\"\n\
        when 2026-03-04 10:00 grant tier Gold for 5 days \"G-1\" to Ann\n\
        expect Ann has benefit \"Breakfast\" until 2026-03-09\n\
        when 2026-03-10 00:00 clock\nexpect Ann has no benefit \"Breakfast\"\n";
    holds(CLUB, lines);
}
