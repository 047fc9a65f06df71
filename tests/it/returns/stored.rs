//! What a purchase was judged by survives storing.

use loyalty_rules::account::Snapshot;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use pretty_assertions::assert_eq;

fn post(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
}

#[test]
fn a_restored_account_judges_a_purchase_again_by_the_facts_of_its_time() {
    let rules = "channels [Web, Shop]\n\nmember { level: one of [x, y] optional }\n\n\
         event purchase { code: text optional }\n\n\
         earn Base {\n  on purchase\n  when channel is Web\n  give 1 point per full 1 EUR\n  cap 100 points per month\n}\n\n\
         bonus Level {\n  on purchase\n  when level is x and code is \"A\" and spend in last 30 days is at least 5 EUR and time since last purchase is at most 9 days\n  \
         multiply points by tier [Gold: 2]\n  combine add\n}\n\n\
         tiers Club {\n  count spend in calendar year\n  tier Basic\n  tier Gold { reach 10 EUR spend }\n}";
    let text = super::program("take back earned as if never bought", rules);
    let program = compile(&Sources::single("stored.loyalty", text.as_str()), &Limits::default());
    let program = program.unwrap_or_else(|findings| panic!("{findings}")).program;
    let mut account = Account::open(&program, "Ann");
    let joining = Event::joining("J-1", "Ann", "2026-01-05T00:00:00Z").attribute("level", "x");
    post(&program, &mut account, &joining.build().unwrap());
    for (id, at) in [("K-1", "2026-03-01T10:00:00Z"), ("K-2", "2026-03-05T10:00:00Z")] {
        let event = Event::purchase(id, "Ann", at).total("10.50").channel("Web").attribute("code", "A");
        post(&program, &mut account, &event.build().unwrap());
    }
    // 10, and 10 doubled
    assert_eq!(account.balance(&program, "points").unwrap().available, "30");
    let json = serde_json::to_string(&account.snapshot(&program)).unwrap();
    let expected = concat!(
        r#""judged_by":{"counters":[{"counter":"cap of rule \"Base\", \"points\" in month","slot":20513,"value":"10"},"#,
        r#"{"counter":"spend in day","slot":20488,"value":"10500000"}],"tiers":[{"tiers":"Club","level":"Gold"}],"#,
        r#""last_events":[{"event":"purchase","at":"2026-03-01T10:00:00Z","day":"2026-03-01"}],"#,
        r#""member":[{"name":"level","text":"x"}],"channel":"Web","store":null,"payments":[],"presented":[],"#,
        r#""attributes":[{"name":"code","value":{"text":"A"}}]}"#,
    );
    assert!(json.contains(expected), "{json}");
    let snapshot: Snapshot = serde_json::from_str(&json).unwrap();
    let mut copy = Account::restore(&program, snapshot).unwrap();
    assert_eq!(copy, account);
    let back = Event::returned("R-1", "Ann", "2026-04-20T10:00:00Z").of("K-2").total("4").build().unwrap();
    for account in [&mut account, &mut copy] {
        post(&program, account, &back);
        // 6.50 EUR are left: 6, doubled
        assert_eq!(account.balance(&program, "points").unwrap().available, "22");
    }
    assert_eq!(copy, account);
}
