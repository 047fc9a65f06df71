//! Plans and granted levels: fees, terms, what a host is told, late events, versions.

use super::{holds, program};
use crate::rule_files::{compiled, passes};
use loyalty_rules::calendar::{Date, Instant};
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::Event;
use loyalty_rules::syntax::Limits;
use loyalty_rules::{Account, EvaluateError, Evaluator, Outcome, Program};
use serde_json::{Value, json};

const CLUB: &str = "count spend in calendar year\nkeep until end of next calendar year\ntier Basic\n\
    tier Silver {\n  reach 100 EUR spend\n  paid by plan Half\n  on entry give 20 points\n}\n\
    tier Gold {\n  reach 500 EUR spend\n  paid by plan Full\n  on entry give 50 points\n}\n}\n\n\
    plan Half {\n  fee 5 EUR per month\n  renews by itself\n  trial 10 days\n}\n\n\
    plan Full {\n  fee 99.90 EUR per membership year";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Lets something happen; the outcome is posted.
fn happens(program: &Program, account: &mut Account, event: Event) -> Outcome {
    let outcome = Evaluator::new().evaluate(program, account, &event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

fn refused(program: &Program, account: &Account, event: &Event) -> String {
    match Evaluator::new().evaluate(program, account, event) {
        Err(EvaluateError::Rejected(rejection)) => rejection.to_string(),
        other => panic!("{other:?}"),
    }
}

fn runs(program: &Program, account: &mut Account, to: &str) -> Outcome {
    let outcome = Evaluator::new().advance(program, account, at(to)).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

fn joins(id: &str, at: &str, plan: &str) -> Event {
    Event::join_plan(id, "Ann", at, plan).build().unwrap()
}

fn leaves(id: &str, at: &str, plan: &str) -> Event {
    Event::leave_plan(id, "Ann", at, plan).build().unwrap()
}

/// Keys, days and causes of fees.
fn fees(program: &Program, outcome: &Outcome) -> Vec<String> {
    let told = outcome.fees(program);
    let of = |fee: &loyalty_rules::account::DueFee| {
        let cause = serde_json::to_value(fee.cause).unwrap();
        let (plan, amount, due) = (&fee.plan, &fee.amount, fee.due);
        format!(
            "{} {plan} {amount} on {due} for {} to {}: {}",
            fee.key,
            fee.from,
            fee.to,
            cause.as_str().unwrap()
        )
    };
    told.iter().map(of).collect()
}

#[test]
fn fees_fall_due_after_the_trial_and_with_each_renewal() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let joined = happens(program, &mut account, joins("M-1", "2026-03-03T10:00:00+01:00", "Half"));
    assert_eq!(fees(program, &joined), Vec::<String>::new());
    let told = json!({
        // the day of joining is not counted: 3 March + 10 days
        "plan": "Half", "since": "2026-03-03", "from": "2026-03-03", "to": "2026-03-13", "trial": true,
        "secured_until": "2026-03-13", "renews": true,
        "next_fee": { "amount": "5.00", "currency": "EUR", "due": "2026-03-14" },
    });
    assert_eq!(serde_json::to_value(account.plan(program).unwrap()).unwrap(), told);
    assert_eq!(account.next_due(program), Some(at("2026-03-14T00:00:00+01:00")));
    // three starts of terms in one run of the clock: the rest of March, April, May
    let ran = runs(program, &mut account, "2026-05-02T10:00:00+02:00");
    assert_eq!(
        fees(program, &ran),
        [
            "@2026-03-14/plan#1 Half 5.00 on 2026-03-14 for 2026-03-14 to 2026-03-31: trial-over",
            "@2026-04-01/plan#1 Half 5.00 on 2026-04-01 for 2026-04-01 to 2026-04-30: renewal",
            "@2026-05-01/plan#1 Half 5.00 on 2026-05-01 for 2026-05-01 to 2026-05-31: renewal",
        ]
    );
    happens(program, &mut account, leaves("M-2", "2026-05-03T10:00:00+02:00", "Half"));
    let left = account.plan(program).unwrap();
    assert_eq!(
        (left.renews, left.next_fee, left.secured_until),
        (false, None, "2026-05-31".parse().unwrap())
    );
    // taken back before the end: as if nothing had been
    let again = happens(program, &mut account, joins("M-3", "2026-05-04T10:00:00+02:00", "Half"));
    assert_eq!(fees(program, &again), Vec::<String>::new());
    let why = refused(program, &account, &joins("M-4", "2026-05-04T11:00:00+02:00", "Half"));
    assert_eq!(why, "wrong value: `Half` runs and renews by itself");
    happens(program, &mut account, leaves("M-5", "2026-05-05T10:00:00+02:00", "Half"));
    let ran = runs(program, &mut account, "2026-07-01T10:00:00+02:00");
    assert_eq!(fees(program, &ran), Vec::<String>::new());
    assert_eq!(account.plan(program), None);
    // there is one trial
    let anew = happens(program, &mut account, joins("M-6", "2026-07-02T10:00:00+02:00", "Half"));
    assert_eq!(fees(program, &anew), ["M-6#1 Half 5.00 on 2026-07-02 for 2026-07-02 to 2026-07-31: joining"]);
    // the same event again makes nothing due
    let repeated = happens(program, &mut account, joins("M-6", "2026-07-02T10:00:00+02:00", "Half"));
    assert_eq!(fees(program, &repeated), Vec::<String>::new());
}

#[test]
fn a_plan_on_request_and_a_change_of_plan() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    happens(program, &mut account, Event::joining("J", "Ann", "2026-01-05T10:00:00+01:00").build().unwrap());
    let joined = happens(program, &mut account, joins("M-1", "2026-03-03T10:00:00+01:00", "Full"));
    assert_eq!(
        fees(program, &joined),
        ["M-1#1 Full 99.90 on 2026-03-03 for 2026-03-03 to 2027-01-04: joining"]
    );
    // entry gifts of both levels
    assert_eq!(account.balance(program, "points").unwrap().available, "70");
    let next = happens(program, &mut account, joins("M-2", "2026-12-03T10:00:00+01:00", "Full"));
    assert_eq!(
        fees(program, &next),
        ["M-2#1 Full 99.90 on 2026-12-03 for 2027-01-05 to 2028-01-04: next-term"]
    );
    let why = refused(program, &account, &joins("M-3", "2026-12-04T10:00:00+01:00", "Full"));
    assert_eq!(why, "wrong value: `Full` runs and has its next term already");
    // paid already: nothing falls due at the turn of the year
    let ran = runs(program, &mut account, "2027-01-06T10:00:00+01:00");
    assert_eq!(fees(program, &ran), Vec::<String>::new());
    assert_eq!(account.plan(program).unwrap().from, "2027-01-05".parse::<Date>().unwrap());
    let why = refused(program, &account, &leaves("M-4", "2027-02-01T10:00:00+01:00", "Half"));
    assert_eq!(why, "wrong value: the member is not in the plan `Half`");
    let why = refused(program, &account, &leaves("M-4", "2027-02-01T10:00:00+01:00", "Fool"));
    assert_eq!(why, "wrong value: `Fool` is no plan of the program");
    // another plan ends it at once, and its trial begins
    let changed = happens(program, &mut account, joins("M-5", "2027-02-02T10:00:00+01:00", "Half"));
    assert_eq!(fees(program, &changed), Vec::<String>::new());
    let club = account.tier(program, "Club").unwrap();
    assert_eq!((club.level.as_str(), club.until), ("Silver", None));
    runs(program, &mut account, "2027-02-13T00:00:00+01:00");
    assert_eq!(account.plan(program).unwrap().to, "2027-02-28".parse::<Date>().unwrap());
}

#[test]
fn the_standing_tells_plans_and_grants() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let told = |account: &Account, day: &str| {
        let day: Date = day.parse().unwrap();
        serde_json::to_value(account.standing(program, "Club", day).unwrap()).unwrap()
    };
    happens(program, &mut account, joins("M-1", "2026-03-03T10:00:00+01:00", "Half"));
    let paid = told(&account, "2026-03-03");
    assert_eq!(
        (&paid["level"], &paid["why"], &paid["plan"]),
        (&json!("Silver"), &json!("paid"), &json!("Half"))
    );
    assert_eq!((&paid["until"], &paid["at_risk"]), (&Value::Null, &Value::Null));
    let next =
        json!({ "level": "Gold", "missing": [[{ "what": "spend", "amount": "500.00" }]], "plans": ["Full"] });
    assert_eq!(paid["next"], next);
    happens(program, &mut account, leaves("M-2", "2026-03-04T10:00:00+01:00", "Half"));
    let left = told(&account, "2026-03-04");
    assert_eq!(left["until"], "2026-03-13");
    let risk = json!({
        "confirmed": false, "falls_to": "Basic", "missing": [[{ "what": "spend", "amount": "100.00" }]]
    });
    assert_eq!(left["at_risk"], risk);
    let grant = Event::grant_tier_for("G-1", "Ann", "2026-03-05T10:00:00+01:00", "Gold", "5 days");
    happens(program, &mut account, grant.build().unwrap());
    let granted = told(&account, "2026-03-05");
    assert_eq!((&granted["level"], &granted["why"]), (&json!("Gold"), &json!("granted")));
    // behind it lies the plan, which is paid for three days more
    assert_eq!(
        (&granted["until"], &granted["at_risk"]["falls_to"]),
        (&json!("2026-03-10"), &json!("Silver"))
    );
    let bought = Event::purchase("K-1", "Ann", "2026-03-06T10:00:00+01:00").total("120");
    happens(program, &mut account, bought.build().unwrap());
    assert_eq!(told(&account, "2026-03-06")["at_risk"]["falls_to"], "Silver");
    runs(program, &mut account, "2026-03-14T10:00:00+01:00");
    let earned = told(&account, "2026-03-14");
    assert_eq!((&earned["why"], &earned["until"]), (&json!("earned"), &json!("2027-12-31")));
}

#[test]
fn late_events_see_the_plan_and_the_level_of_their_time() {
    let text = program(CLUB).replace(
        "\ntiers Club",
        "\nearn Base {\n  on purchase\n  give points by tier [Basic: 1, Silver: 2, Gold: 3] per 1 EUR\n}\n\n\
         bonus Extra {\n  on purchase\n  when plan is in [Half, Full]\n  give 100 points\n  combine add\n}\n\n\
         bonus None {\n  on purchase\n  when plan is unknown\n  give 1_000 points\n  combine add\n}\n\ntiers Club",
    );
    let test = "\ntest \"late\" {\n  given member Ann { joined 2026-01-05 }\n  \
        when 2026-03-03 10:00 join plan Full \"M-1\" by Ann\n  \
        when 2026-03-04 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n  expect Ann earns 130 points\n  \
        when 2026-03-02 10:00 purchase \"K-2\" by Ann { total 10 EUR }\n  expect Ann earns 1_010 points\n  \
        when 2026-03-05 10:00 join plan Half \"M-2\" by Ann\n  \
        when 2026-03-06 10:00 purchase \"K-3\" by Ann { total 10 EUR }\n  expect Ann earns 120 points\n  \
        when 2026-03-04 11:00 purchase \"K-4\" by Ann { total 10 EUR }\n  expect Ann earns 130 points\n  \
        when 2026-03-01 11:00 grant tier Gold for 3 days \"G-1\" to Ann\n  expect Ann tier is Silver\n}\n";
    passes(&format!("{text}{test}"));
}

#[test]
fn returns_take_no_gift_that_a_plan_has_given() {
    let lines = "when 2026-03-03 10:00 join plan Half \"M-1\" by Ann\nexpect Ann earns 20 points\n\
        when 2026-03-04 10:00 purchase \"K-1\" by Ann { item Thing 500 x 1 EUR }\n\
        # Silver was held: the gift of Gold alone\nexpect Ann earns 50 points\n\
        when 2026-03-05 10:00 leave plan Half \"M-2\" by Ann\n\
        when 2026-03-20 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
        expect Ann tier is Basic\nexpect Ann has 20 points\n";
    holds(CLUB, lines);
    // and the other way round: what the purchase gave goes, though a grant came after it
    let lines = "when 2026-03-04 10:00 purchase \"K-1\" by Ann { item Thing 100 x 1 EUR }\nexpect Ann earns 20 points\n\
        when 2026-03-05 10:00 grant tier Gold for 5 days \"G-1\" to Ann\nexpect Ann earns 50 points\n\
        when 2026-03-20 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
        expect Ann tier is Basic\nexpect Ann has 50 points\n";
    holds(CLUB, lines);
}

#[test]
fn a_level_drops_to_one_that_can_be_earned() {
    let lines = "count spend in calendar year\nkeep until end of calendar year\nthen drop one level\ntier Basic\n\
        tier Silver { reach 100 EUR spend }\ntier Plus { paid by plan Half }\ntier Gold { reach 500 EUR spend }\n}\n\n\
        plan Half {\n  fee 5 EUR per month";
    let test = "when 2026-03-04 10:00 purchase \"K-1\" by Ann { total 500 EUR }\nexpect Ann tier is Gold until 2026-12-31\n\
        when 2027-01-01 00:00 clock\nexpect Ann tier is Gold until 2027-12-31\n\
        when 2028-01-01 00:00 clock\nexpect Ann tier is Silver until 2028-12-31\n";
    holds(lines, test);
}

#[test]
fn versions_without_a_plan_let_it_rest() {
    let with = program(CLUB);
    let new = |number: u32, from: &str| {
        with.replace("version 1", &format!("version {number}")).replace("2026-01-01", from)
    };
    let without =
        new(2, "2026-04-01").replace("  paid by plan Half\n", "").replace("  paid by plan Full\n", "");
    let without = without.split("\nplan Half").next().unwrap().to_owned();
    let again = new(3, "2026-06-01").replace("5 EUR per month", "6 EUR per month");
    let sources = [with.as_str(), &without, &again].map(|text| Sources::single("club.loyalty", text));
    let compiled = compile_versions(&sources, &Limits::default(), &Checks::default())
        .unwrap_or_else(|it| panic!("{it}"));
    let warned: Vec<String> =
        compiled.findings.iter().filter(|it| it.code.id() == "Y001").map(|it| it.message.clone()).collect();
    assert_eq!(warned, ["the plan `Full` is gone with version 2", "the plan `Half` is gone with version 2"]);
    let versions = &compiled.versions;
    let (mut evaluator, first) = (Evaluator::new(), versions.at(at("2026-03-01T00:00:00+01:00")));
    let mut account = Account::open(first, "Ann");
    evaluator.deliver(versions, &mut account, &joins("M-1", "2026-03-03T10:00:00+01:00", "Full")).unwrap();
    let level = |account: &Account| {
        let program = versions.of(account).unwrap();
        account.tier(program, "Club").unwrap().level
    };
    assert_eq!(level(&account), "Gold");
    evaluator.run_clock(versions, &mut account, at("2026-04-02T10:00:00+02:00")).unwrap();
    assert_eq!((level(&account).as_str(), account.plan(versions.of(&account).unwrap())), ("Basic", None));
    // stored while it rests
    let program = versions.of(&account).unwrap();
    let stored = serde_json::to_string(&account.snapshot(program)).unwrap();
    let mut account = versions.restore(serde_json::from_str(&stored).unwrap()).unwrap();
    let ran = evaluator.run_clock(versions, &mut account, at("2026-06-02T10:00:00+02:00")).unwrap();
    assert!(ran.iter().all(|it| it.outcome.fees(it.program).is_empty()));
    // the membership year that was paid runs to 2 March 2027
    assert_eq!(level(&account), "Gold");
    let ran = evaluator.run_clock(versions, &mut account, at("2027-03-03T10:00:00+01:00")).unwrap();
    assert!(ran.iter().all(|it| it.outcome.fees(it.program).is_empty()));
    assert_eq!(level(&account), "Basic");
}

#[test]
fn a_stored_account_keeps_plans_and_grants() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    happens(program, &mut account, joins("M-1", "2026-03-03T10:00:00+01:00", "Half"));
    let grant = Event::grant_tier("G-1", "Ann", "2026-03-05T10:00:00+01:00", "Gold").build().unwrap();
    happens(program, &mut account, grant);
    let mut stored = serde_json::to_value(account.snapshot(program)).unwrap();
    let plans = json!({
        "held": {
            "plan": "Half", "since": "2026-03-03", "paid_from": "2026-03-14", "starts": "2026-03-03",
            "last_day": "2026-03-13", "trial": true
        },
        "tried": ["Half"],
        "history": [
            { "since": "-290308-12-21T19:59:06.224192Z", "plan": null },
            { "since": "2026-03-03T09:00:00Z", "plan": "Half" },
        ],
    });
    assert_eq!(stored["plans"]["held"], plans["held"]);
    assert_eq!(stored["plans"]["tried"], plans["tried"]);
    assert_eq!(stored["plans"]["history"][1], plans["history"][1]);
    let granted = json!([{
        "level": "Gold", "until": null, "event": "G-1",
        // the plan has given the gift of Silver
        "gave": [{ "level": "Gold", "at": "2026-03-05T09:00:00Z" }],
    }]);
    assert_eq!(stored["tiers"][0]["granted"], granted);
    let restore = |stored: &Value| Account::restore(program, serde_json::from_value(stored.clone()).unwrap());
    assert_eq!(restore(&stored).unwrap(), account);
    for gave in [json!([{ "level": "Basic", "at": "2026-03-05T09:00:00Z" }]), json!([{ "level": "Third" }])] {
        let mut wrong = stored.clone();
        wrong["tiers"][0]["granted"][0]["gave"] = gave;
        assert!(
            serde_json::from_value(wrong).map_or(true, |wrong| Account::restore(program, wrong).is_err())
        );
    }
    // stored before grants knew their events
    let mut old = stored.clone();
    old["tiers"][0]["granted"] = json!([{ "level": "Gold", "until": null }]);
    let mut old = restore(&old).unwrap();
    assert_eq!(old.tier(program, "Club").unwrap().level, "Gold");
    let cancel = Event::cancel("C-1", "Ann", "2026-03-06T10:00:00+01:00", "G-1").build().unwrap();
    assert_eq!(
        refused(program, &old, &cancel),
        "no such event: `G-1` is no purchase, declared event or redemption, and no grant of a tier that still runs; \
         what `join plan` has begun is ended by `leave plan`"
    );
    // the new one says more, and so takes its place
    happens(
        program,
        &mut old,
        Event::grant_tier("G-2", "Ann", "2026-03-06T10:00:00+01:00", "Gold").build().unwrap(),
    );
    let taken = serde_json::to_value(old.snapshot(program)).unwrap();
    assert_eq!(taken["tiers"][0]["granted"], json!([{ "level": "Gold", "until": null, "event": "G-2" }]));
    for (key, value) in
        [("last_day", "2026-03-02"), ("last_day", "2026-03-04"), ("since", "2026-03-04"), ("plan", "Third")]
    {
        let mut wrong = stored.clone();
        wrong["plans"]["held"][key] = value.into();
        assert!(restore(&wrong).is_err(), "{key} {value}");
    }
    stored["plans"]["tried"] = json!(["Half", "Full"]);
    assert!(restore(&stored).is_err());
}

#[test]
fn a_grant_that_was_a_mistake_is_undone() {
    let lines = "when 2026-03-03 10:00 grant tier Gold \"G-1\" to Ann\n\
        # entry gifts of Silver and Gold\nexpect Ann earns 70 points\nexpect Ann tier is Gold\n\
        when 2026-03-04 10:00 cancel \"C-1\" of \"G-1\" by Ann\n\
        expect Ann loses 70 points\nexpect Ann tier is Basic\nexpect Ann has 0 points\n\
        when 2026-03-04 11:00 cancel \"C-2\" of \"G-1\" by Ann\n\
        expect refused \"already cancelled: `G-1` was cancelled\"\n\
        # nothing of it is left: the level is entered anew\n\
        when 2026-03-05 10:00 grant tier Silver for 5 days \"G-2\" to Ann\nexpect Ann earns 20 points\n\
        expect Ann tier is Silver until 2026-03-10\n\
        when 2026-03-11 00:00 clock\nexpect Ann tier is Basic\n\
        # what has ended stays as it was\n\
        when 2026-03-11 10:00 cancel \"C-3\" of \"G-2\" by Ann\n\
        expect refused \"no such event: `G-2` is no purchase, declared event or redemption, and no grant of a tier that still runs\"\n\
        expect Ann has 20 points\n";
    holds(CLUB, lines);
}

#[test]
fn a_cancelled_grant_leaves_what_others_hold() {
    // Silver is earned under the grant; Gold goes with its gift, the 20 points of Silver stay as those of the purchase
    let lines = "when 2026-03-03 10:00 grant tier Gold \"G-1\" to Ann\nexpect Ann earns 70 points\n\
        when 2026-03-04 10:00 purchase \"K-1\" by Ann { item Thing 100 x 1 EUR }\nexpect Ann earns 0 points\n\
        when 2026-03-05 10:00 cancel \"C-1\" of \"G-1\" by Ann\nexpect Ann loses 50 points\n\
        expect Ann tier is Silver until 2027-12-31\n\
        # and with the purchase they go, as if the grant had never been\n\
        when 2026-03-06 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
        expect Ann loses 20 points\nexpect Ann tier is Basic\nexpect Ann has 0 points\n";
    holds(CLUB, lines);
    // a shorter grant stands behind a longer one, and the same one twice
    let lines = "when 2026-03-03 10:00 grant tier Gold \"G-1\" to Ann\n\
        when 2026-03-03 11:00 grant tier Gold for 5 days \"G-2\" to Ann\nexpect Ann earns 0 points\n\
        when 2026-03-03 12:00 grant tier Gold \"G-3\" to Ann\nexpect Ann tier is Gold\n\
        when 2026-03-04 10:00 cancel \"C-1\" of \"G-1\" by Ann\nexpect Ann loses 0 points\nexpect Ann tier is Gold\n\
        when 2026-03-04 11:00 cancel \"C-3\" of \"G-3\" by Ann\nexpect Ann loses 0 points\n\
        # 3 March and 5 days\nexpect Ann tier is Gold until 2026-03-08\n\
        when 2026-03-04 12:00 cancel \"C-2\" of \"G-2\" by Ann\nexpect Ann loses 70 points\n\
        expect Ann tier is Basic\n";
    holds(CLUB, lines);
    // what a plan pays stays, and what was spent stays spent
    let lines = "when 2026-03-03 10:00 join plan Half \"M-1\" by Ann\nexpect Ann earns 20 points\n\
        when 2026-03-04 10:00 grant tier Gold \"G-1\" to Ann\nexpect Ann earns 50 points\n\
        when 2026-03-05 10:00 adjust minus 30 points \"A-1\" by Ann { reason: \"used\" }\n\
        when 2026-03-06 10:00 cancel \"C-1\" of \"G-1\" by Ann\n\
        expect Ann tier is Silver\n\
        # the 30 were those of Silver, 20, and 10 of Gold: 40 of Gold are left\n\
        expect Ann loses 40 points\nexpect Ann has 0 points\n\
        when 2026-03-07 10:00 cancel \"C-2\" of \"M-1\" by Ann\n\
        expect refused \"what `join plan` has begun is ended by `leave plan`\"\n";
    holds(CLUB, lines);
}

#[test]
fn late_purchases_are_judged_by_the_level_that_a_cancelled_grant_gave() {
    let text = program(CLUB).replace(
        "\ntiers Club",
        "\nearn Base {\n  on purchase\n  give points by tier [Basic: 1, Silver: 2, Gold: 3] per 1 EUR\n}\n\ntiers Club",
    );
    let test = "\ntest \"late\" {\n  given member Ann { joined 2026-01-05 }\n  \
        when 2026-03-03 10:00 grant tier Gold \"G-1\" to Ann\n  \
        when 2026-03-05 10:00 cancel \"C-1\" of \"G-1\" by Ann\n  \
        when 2026-03-06 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n  expect Ann earns 10 points\n  \
        when 2026-03-04 10:00 purchase \"K-2\" by Ann { total 10 EUR }\n  expect Ann earns 30 points\n  \
        # a cancelling that comes late holds from the day of the newest event\n  \
        when 2026-03-07 10:00 grant tier Silver \"G-2\" to Ann\n  \
        when 2026-03-08 10:00 purchase \"K-3\" by Ann { total 10 EUR }\n  expect Ann earns 20 points\n  \
        when 2026-03-07 12:00 cancel \"C-2\" of \"G-2\" by Ann\n  expect Ann tier is Basic\n  \
        when 2026-03-08 09:00 purchase \"K-4\" by Ann { total 10 EUR }\n  expect Ann earns 20 points\n  \
        when 2026-03-08 11:00 purchase \"K-5\" by Ann { total 10 EUR }\n  expect Ann earns 10 points\n}\n";
    passes(&format!("{text}{test}"));
}

#[test]
fn a_grant_can_be_cancelled_after_its_account_was_stored() {
    let compiled = compiled(&program(CLUB));
    let program = &compiled.program;
    let mut account = Account::open(program, "Ann");
    let grant = Event::grant_tier("G-1", "Ann", "2026-03-05T10:00:00+01:00", "Gold").build().unwrap();
    happens(program, &mut account, grant);
    let stored = |account: &Account| {
        let text = serde_json::to_string(&account.snapshot(program)).unwrap();
        Account::restore(program, serde_json::from_str(&text).unwrap()).unwrap()
    };
    let mut account = stored(&account);
    let cancel = Event::cancel("C-1", "Ann", "2026-03-06T10:00:00+01:00", "G-1").build().unwrap();
    happens(program, &mut account, cancel);
    assert_eq!(account.tier(program, "Club").unwrap().level, "Basic");
    assert_eq!(account.balance(program, "points").unwrap().taken_back, "70");
    let account = stored(&account);
    let again = Event::cancel("C-2", "Ann", "2026-03-06T11:00:00+01:00", "G-1").build().unwrap();
    assert_eq!(refused(program, &account, &again), "already cancelled: `G-1` was cancelled");
}

#[test]
fn a_grant_is_cancelled_under_a_later_version() {
    let with = program(CLUB);
    let new = |number: u32, from: &str| {
        with.replace("version 1", &format!("version {number}")).replace("2026-01-01", from)
    };
    // the second version knows no Gold: who held it holds Silver, by the same grant
    let second = new(2, "2026-04-01");
    let start = second.find("tier Gold").unwrap();
    let end = second.find("plan Half {").unwrap();
    let second = format!("{}}}\n\n{}", &second[..start], &second[end..]);
    let sources = [with.as_str(), &second].map(|text| Sources::single("club.loyalty", text));
    let compiled = compile_versions(&sources, &Limits::default(), &Checks::default())
        .unwrap_or_else(|it| panic!("{it}"));
    let versions = &compiled.versions;
    let (mut evaluator, first) = (Evaluator::new(), versions.at(at("2026-03-01T00:00:00+01:00")));
    let mut account = Account::open(first, "Ann");
    let grant = Event::grant_tier("G-1", "Ann", "2026-03-05T10:00:00+01:00", "Gold").build().unwrap();
    evaluator.deliver(versions, &mut account, &grant).unwrap();
    evaluator.run_clock(versions, &mut account, at("2026-04-02T10:00:00+02:00")).unwrap();
    let program = versions.of(&account).unwrap();
    assert_eq!(account.tier(program, "Club").unwrap().level, "Silver");
    assert_eq!(account.balance(program, "points").unwrap().available, "70");
    let cancel = Event::cancel("C-1", "Ann", "2026-04-03T10:00:00+02:00", "G-1").build().unwrap();
    evaluator.deliver(versions, &mut account, &cancel).unwrap();
    let program = versions.of(&account).unwrap();
    assert_eq!(account.tier(program, "Club").unwrap().level, "Basic");
    // the gift of Silver goes; of that of Gold this version knows nothing
    assert_eq!(account.balance(program, "points").unwrap().available, "50");
}

#[test]
fn members_of_an_account_cancel_a_grant_together() {
    let test = "test \"two\" {\n  given member Ann {\n    account Family\n    joined 2026-01-05\n  }\n  \
        given member Ben {\n    account Family\n    joined 2026-01-06\n  }\n  \
        when 2026-03-03 10:00 grant tier Gold \"G-1\" to Ann\n  expect Ben tier is Gold\n  \
        when 2026-03-04 10:00 cancel \"C-1\" of \"G-1\" by Ben\n  expect Ann tier is Basic\n  \
        expect Ann has 0 points\n  \
        when 2026-03-04 11:00 cancel \"C-2\" of \"G-1\" by Ann\n  expect refused \"already cancelled\"\n}\n";
    passes(&format!("{}\n{test}", program(CLUB)));
}

#[test]
fn gifts_that_are_vouchers_and_choices_go_with_their_grant() {
    let lines = "count spend in calendar year\nkeep until end of next calendar year\ntier Basic\n\
        tier Silver {\n  reach 100 EUR spend\n  on entry give 2 Coffee\n  \
        on entry give choice of [40 points, 1 Coffee] within 2 months otherwise give 40 points\n}\n}\n\n\
        voucher Coffee {\n  grants \"A coffee\"\n  worth 2 EUR\n  valid for 60 days";
    let test = "when 2026-03-03 10:00 grant tier Silver \"G-1\" to Ann\nexpect Ann has 2 Coffee\n\
        when 2026-03-04 10:00 cancel \"C-1\" of \"G-1\" by Ann\nexpect Ann has 0 Coffee\n\
        when 2026-05-10 00:00 clock\nexpect Ann has 0 points\n";
    holds(lines, test);
}

#[test]
fn a_grant_that_runs_is_cancelled_when_its_event_is_long_forgotten() {
    let lines = "when 2026-03-03 10:00 grant tier Gold \"G-1\" to Ann\n\
        when 2029-03-03 10:00 purchase \"K-1\" by Ann { total 1 EUR }\nexpect Ann tier is Gold\n\
        when 2029-03-04 10:00 cancel \"C-1\" of \"G-1\" by Ann\nexpect Ann tier is Basic\nexpect Ann has 0 points\n\
        when 2029-03-04 11:00 cancel \"C-2\" of \"G-1\" by Ann\nexpect refused \"no such event: `G-1` is not known\"\n";
    holds(CLUB, lines);
}

/// A test tells what falls due: nothing in the trial of ten days, then each month.
#[test]
fn tests_expect_fees() {
    let lines = "when 2026-03-10 10:00 join plan Half \"M-1\" by Ann\n\
        expect Ann pays 0 EUR for plan Half\n\
        when 2026-03-21 00:00 clock\n\
        expect Ann pays 5 EUR for plan Half\n\
        when 2026-05-31 00:00 clock\n\
        expect Ann pays 10 EUR for plan Half\n\
        expect Ann pays 0 EUR for plan Full\n\
        when 2026-05-31 10:00 join plan Full \"M-2\" by Ann\n\
        expect Ann pays 99.90 EUR for plan Full\n";
    holds(CLUB, lines);
}

#[test]
fn terms_of_a_length_begin_with_the_joining() {
    passes(include_str!("plan_terms.loyalty"));
}

/// The first day with a fee goes with a snapshot, where a trial came before it.
#[test]
fn the_first_day_with_a_fee_is_in_a_snapshot() {
    use crate::host::snapshot::{json, restore};
    let program = compiled(include_str!("plan_terms.loyalty")).program;
    let mut ann = Account::open(&program, "Ann");
    let join = Event::join_plan("M-1", "Ann", "2026-03-03T10:00:00Z", "Fast");
    let outcome = Evaluator::new().evaluate(&program, &ann, &join.build().unwrap()).unwrap();
    ann.post(&program, &outcome).unwrap();
    let text = json(&program, &ann);
    assert!(text.contains(r#""since":"2026-03-03","paid_from":"2026-04-03""#), "{text}");
    assert_eq!(restore(&program, &text).unwrap(), ann);
}
