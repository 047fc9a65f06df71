use crate::calendar::Date;
use crate::event::message::Message;
use crate::event::{Event, EventError, Item, MessageBody, ReturnLine, Value};
use pretty_assertions::assert_eq;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::{option, sample};
use std::io::{BufRead, BufReader};

fn read(json: &str) -> Event {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn refusal(json: &str) -> String {
    let error = serde_json::from_str::<Event>(json).expect_err(json).to_string();
    // where in the text is the format's own word
    error.split(" at line ").next().unwrap_or_default().to_owned()
}

fn is_written(event: &Event, json: &str) {
    assert_eq!(serde_json::to_string(event).unwrap(), json);
    assert_eq!(&read(json), event);
}

#[test]
fn a_purchase() {
    let event = Event::purchase("K-1", "007", "2026-03-03T17:45:00+01:00")
        .currency("EUR")
        .item(Item::new("Äpfel", "1.5", "4.98").sku("A\"1").category("Obst").brand("Hof"))
        .item(Item::new("", "6", "-0.25").attribute("deposit", true).attribute("line", "x"))
        .channel("Markt")
        .store("12")
        .payment("gift card", "2")
        .payment("cash", "3.125")
        .payment("cash", "1")
        .attribute("country", "United Kingdom")
        .attribute("visits", 3)
        .attribute("tags", Value::List(["a".into(), "b".into()].into()))
        .attribute("store", false)
        .build()
        .unwrap();
    is_written(
        &event,
        concat!(
            r#"{"id":"K-1","type":"purchase","member":"007","at":"2026-03-03T16:45:00Z","currency":"EUR","items":["#,
            r#"{"sku":"A\"1","name":"Äpfel","category":"Obst","brand":"Hof","quantity":"1.5","unit_price":"4.98"},"#,
            r#"{"quantity":6,"unit_price":"-0.25","deposit":true,"attributes":{"line":"x"}}],"#,
            r#""store":"12","channel":"Markt","payments":{"cash":"4.125","gift card":"2.00"},"#,
            r#""country":"United Kingdom","tags":["a","b"],"visits":3,"attributes":{"store":false}}"#,
        ),
    );
}

#[test]
fn a_total_a_declared_event_and_a_joining() {
    let total = Event::purchase("1", "m", "2026-03-03T00:00:00.25Z").total("1234567.891").build().unwrap();
    is_written(
        &total,
        r#"{"id":"1","type":"purchase","member":"m","at":"2026-03-03T00:00:00.25Z","total":"1234567.891"}"#,
    );
    let review = Event::named("review", "2", "m", "2026-03-03T00:00:00Z").build().unwrap();
    is_written(&review, r#"{"id":"2","type":"review","member":"m","at":"2026-03-03T00:00:00Z"}"#);
    let delivery = Event::named("delivery", "3", "m", "2026-03-03T00:00:00Z").of("K-1").build().unwrap();
    is_written(
        &delivery,
        r#"{"id":"3","type":"delivery","member":"m","at":"2026-03-03T00:00:00Z","of":"K-1"}"#,
    );
    assert_ne!(
        delivery.digest,
        Event::named("delivery", "3", "m", "2026-03-03T00:00:00Z").build().unwrap().digest
    );
    let purchase = Event::purchase("K-2", "m", "2026-03-03T00:00:00Z").of("K-1").build();
    assert_eq!(purchase, Err(EventError::PurchaseOfPurchase));
    let joining = Event::joining("3", "m", "2026-03-03T00:00:00Z")
        .referred_by("anna")
        .attribute("birthday", "1990-02-28")
        .build()
        .unwrap();
    is_written(
        &joining,
        r#"{"id":"3","type":"joining","member":"m","at":"2026-03-03T00:00:00Z","referrer":"anna","birthday":"1990-02-28"}"#,
    );
}

#[test]
fn returns() {
    let event = Event::returned("R-1", "m", "2026-03-03T00:00:00Z")
        .of("K-1")
        .line(ReturnLine::new("Äpfel", "0.5").unit_price("4.98").line(2))
        .line(ReturnLine::new("", "6").sku("22960").of("K-0").category("Obst").attribute("organic", true))
        .build()
        .unwrap();
    is_written(
        &event,
        concat!(
            r#"{"id":"R-1","type":"return","member":"m","at":"2026-03-03T00:00:00Z","items":["#,
            r#"{"name":"Äpfel","quantity":"0.5","unit_price":"4.98","line":2},"#,
            r#"{"sku":"22960","category":"Obst","quantity":6,"returns":"K-0","organic":true}],"#,
            r#""returns":"K-1"}"#,
        ),
    );
    let all = |json: &str| {
        format!(
            r#"{{"id":"R","type":"return","member":"m","at":"2026-03-03T00:00:00Z","returns":"K"{json}}}"#
        )
    };
    let event = || Event::returned("R", "m", "2026-03-03T00:00:00Z").of("K");
    is_written(&event().build().unwrap(), &all(""));
    is_written(&event().all_items(None).build().unwrap(), &all(r#","all_items":true"#));
    let both = event().all_items(None).all_items(Some("L")).build().unwrap();
    is_written(&both, &all(r#","all_items":[null,"L"]"#));
    assert_eq!(read(&all(r#","all_items":false"#)), event().build().unwrap());
    let part = event().total("5.5").build().unwrap();
    is_written(
        &part,
        r#"{"id":"R","type":"return","member":"m","at":"2026-03-03T00:00:00Z","total":"5.50","returns":"K"}"#,
    );
    let two = event().total("5").line(ReturnLine::new("Pears", "1")).build();
    assert_eq!(two.unwrap_err(), EventError::ItemsAndTotal);
    // known at the till, asked by nobody
    let with_till = all(r#","store":"online","channel":"web","payments":{"cash":"2.00"}"#);
    assert_eq!(read(&with_till), event().build().unwrap());
}

#[test]
fn corrections() {
    let adjust = Event::adjust("A-1", "m", "2026-03-03T00:00:00Z", "-7.5", "points", "booked twice");
    is_written(
        &adjust.build().unwrap(),
        concat!(
            r#"{"id":"A-1","type":"adjust","member":"m","at":"2026-03-03T00:00:00Z","amount":"-7.5","#,
            r#""unit":"points","reason":"booked twice"}"#,
        ),
    );
    let nothing = Event::adjust("A-1", "m", "2026-03-03T00:00:00Z", "0", "points", "why").build();
    assert!(matches!(nothing, Err(EventError::Number { what: "what is adjusted", .. })));
    let without = Event::adjust("A-1", "m", "2026-03-03T00:00:00Z", "1", "points", "").build();
    assert_eq!(without.unwrap_err(), EventError::Text("the reason of an adjustment"));
    let change = Event::change("C-1", "m", "2026-03-03T00:00:00Z").attribute("level", "y").build().unwrap();
    is_written(
        &change,
        r#"{"id":"C-1","type":"change","member":"m","at":"2026-03-03T00:00:00Z","level":"y"}"#,
    );
}

#[test]
fn what_was_a_mistake() {
    let cancel = Event::cancel("C-1", "m", "2026-03-03T00:00:00Z", "K-1").build().unwrap();
    is_written(
        &cancel,
        r#"{"id":"C-1","type":"cancel","member":"m","at":"2026-03-03T00:00:00Z","of":"K-1"}"#,
    );
    let nothing = Event::cancel("C-1", "m", "2026-03-03T00:00:00Z", "").build();
    assert_eq!(nothing.unwrap_err(), EventError::Text("what is cancelled"));
    for (json, error) in [
        (r#"{"id":"C-1","type":"cancel","member":"m","at":"2026-03-03T00:00:00Z"}"#, "`of` is missing"),
        (
            r#"{"id":"C-1","type":"cancel","member":"m","at":"2026-03-03T00:00:00Z","of":"K-1","returns":"K-1"}"#,
            "`returns` belongs to a return; an attribute of this name stands in `attributes`",
        ),
    ] {
        assert_eq!(refusal(json), error);
    }
}

fn message(body: MessageBody) -> Message {
    Message {
        id: "referral-named/Freunde/ben".into(),
        from: "ben".into(),
        to: "anna".into(),
        at: "2026-03-03T00:00:00Z".parse().unwrap(),
        rule: "Freunde".into(),
        body,
    }
}

#[test]
fn messages() {
    let head = |kind: &str, more: &str| {
        format!(
            r#"{{"id":"referral-named/Freunde/ben","type":"{kind}","member":"anna","at":"2026-03-03T00:00:00Z","from":"ben","rule":"Freunde"{more}}}"#
        )
    };
    let joined: Date = "2026-02-28".parse().unwrap();
    let shared: Box<[(Box<str>, Box<str>)]> =
        [("zip".into(), "12".into()), ("address".into(), "Weg 1".into())].into();
    let sorted: Box<[(Box<str>, Box<str>)]> =
        [("address".into(), "Weg 1".into()), ("zip".into(), "12".into())].into();
    let named = MessageBody::ReferralNamed { joined, shared };
    let json = head("referral-named", r#","joined":"2026-02-28","shared":{"address":"Weg 1","zip":"12"}"#);
    is_written(&Event::from(message(named)), &json);
    let read_back: Message = serde_json::from_str(&json).unwrap();
    assert_eq!(read_back, message(MessageBody::ReferralNamed { joined, shared: sorted }));
    for (body, kind, more) in [
        (MessageBody::ReferralAccepted, "referral-accepted", ""),
        (qualified(0, 1), "referral-qualified", ""),
        (qualified(4_200_000, 1), "referral-qualified", r#","spend":"4.20""#),
        (qualified(0, 2), "referral-qualified", r#","turn":2"#),
        (MessageBody::ReferralSettled { turn: 1 }, "referral-settled", ""),
        (MessageBody::ReferralSettled { turn: 3 }, "referral-settled", r#","turn":3"#),
        (MessageBody::ReferralReversed { turn: 1 }, "referral-reversed", ""),
    ] {
        let message = message(body);
        assert_eq!(serde_json::from_str::<Message>(&head(kind, more)).unwrap(), message);
        is_written(&Event::from(message), &head(kind, more));
    }
    assert_eq!(refusal(&head("referral-settled", r#","turn":0"#)), "`turn` is counted from 1");
    assert_eq!(
        refusal(&head("referral-settled", r#","joined":"1970-01-01""#)),
        "`joined` means nothing in a message of this type"
    );
    let purchase = r#"{"id":"1","type":"purchase","member":"m","at":"2026-03-03T00:00:00Z"}"#;
    assert!(serde_json::from_str::<Message>(purchase).is_err());
}

fn qualified(spend: i64, turn: u32) -> MessageBody {
    MessageBody::ReferralQualified { shared: Box::default(), spend, turn }
}

#[test]
fn a_friend_is_linked() {
    let json =
        r#"{"id":"L-1","type":"link-friend","member":"tan","at":"2026-03-02T10:00:00Z","referrer":"lee"}"#;
    is_written(&Event::link_friend("L-1", "tan", "2026-03-02T10:00:00Z", "lee").build().unwrap(), json);
    let nobody = r#"{"id":"L-1","type":"link-friend","member":"tan","at":"2026-03-02T10:00:00Z"}"#;
    assert_eq!(refusal(nobody), "`referrer` is missing");
}

#[test]
fn keys_come_in_any_order_and_null_is_missing() {
    let json = r#"{"items":[{"unit_price":"2","returns":null,"colour":null,"sku":"","name":"","quantity":"2.0"}],
        "currency":null,"all_items":null,"returns":null,"total":null,"payments":{"cash":null},"colour":null,
        "attributes":null,"at":"2026-03-03T01:00:00+01:00","member":"m","id":"1","type":"purchase"}"#;
    let event = Event::purchase("1", "m", "2026-03-03T00:00:00Z").item(Item::new("", "2", "2")).build();
    assert_eq!(read(json), event.unwrap());
    let empty = r#"{"id":"1","type":"purchase","member":"m","at":"2026-03-03T00:00:00Z","items":null}"#;
    assert_eq!(read(empty), Event::purchase("1", "m", "2026-03-03T00:00:00Z").build().unwrap());
}

#[test]
fn numbers_that_arrive_as_text_of_a_map() {
    // so serde_json passes numbers on when some other crate switches `arbitrary_precision` on
    let plain = r#"{"id":"1","type":"purchase","member":"m","at":"2026-03-03T00:00:00Z","visits":-3,
        "items":[{"quantity":6,"unit_price":"4.25"}]}"#;
    let number = |digits: &str| format!(r#"{{"$serde_json::private::Number":"{digits}"}}"#);
    let passed_on = plain.replace("-3", &number("-3")).replace(":6", &format!(":{}", number("6")));
    assert_eq!(read(&passed_on), read(plain));
    assert_eq!(
        refusal(&plain.replace("\"4.25\"", &number("4.250"))),
        "item 1: `unit_price`: write the number as a string: \"4.250\""
    );
    assert_eq!(
        refusal(&plain.replace("-3", &number("99999999999999999999"))),
        "`visits` is a number beyond the range of 64 bits"
    );
}

#[test]
fn refusals() {
    let too_deep = (r#""a":{"b":{"c":1}}"#, "`b` holds an object inside another value");
    let with = |more: &str| {
        format!(r#"{{"id":"1","type":"purchase","member":"m","at":"2026-03-03T00:00:00Z",{more}}}"#)
    };
    for (more, error) in [
        (r#""total":4.25"#, "`total`: write the number as a string: \"4.25\""),
        (r#""visits":1e3"#, "`visits`: write the number as a string: \"1000\""),
        (r#""visits":18446744073709551615"#, "`visits` is a number beyond the range of 64 bits"),
        (
            r#""total":"1e3""#,
            "`total` is a number of at most 6 decimals, at most 10^12, written like \"12\" or \"4.25\"",
        ),
        (
            r#""total":"1","items":[{"quantity":1,"unit_price":"1"}]"#,
            "an event carries either `items` or a `total`",
        ),
        (r#""id":"2""#, "`id` is there twice"),
        (r#""a":1,"a":null"#, "`a` is there twice"),
        (r#""a":1,"attributes":{"a":1}"#, "`a` is there twice"),
        (r#""payments":{"cash":"1","cash":"1"}"#, "`cash` is there twice"),
        (r#""items":[{"sku":"1","sku":"1"}]"#, "item 1: `sku` is there twice"),
        (r#""items":[],"items":[]"#, "`items` is there twice"),
        (r#""items":[{"unit_price":"1"}]"#, "item 1: `quantity` is missing"),
        (r#""items":[{"quantity":1}]"#, "item 1: `unit_price` is missing"),
        (r#""items":[{"quantity":-1,"unit_price":"1"}]"#, "item 1: `quantity` is below zero"),
        (
            r#""items":[{"quantity":1,"unit_price":"1","category":""}]"#,
            "item 1: `category` is empty, longer than 4,096 bytes, or contains a NUL character",
        ),
        (
            r#""items":[{"quantity":"0.1","unit_price":"0.000001"}]"#,
            "item 1: quantity times price has more than 6 decimals; pass quantity 1 and the price charged",
        ),
        (
            r#""items":[{"quantity":1,"unit_price":"1","returns":"2"}]"#,
            "item 1: `returns` belongs to a line of a return; an attribute of this name stands in `attributes`",
        ),
        (
            r#""returns":"2""#,
            "`returns` belongs to a return; an attribute of this name stands in `attributes`",
        ),
        (r#""store":12"#, "`store` is a text: write it in quotation marks"),
        (r#""a":{"b":1}"#, "`a` is a text, a whole number, true, false, or a list of texts"),
        too_deep,
        (r#""a":[1]"#, "`a`: a list holds texts"),
        (r#""a":[null]"#, "`a` is a text, a whole number, true, false, or a list of texts"),
        (r#""a":[[]]"#, "`a` holds a list inside another value"),
    ] {
        assert_eq!(refusal(&with(more)), error, "{more}");
    }
}

#[test]
fn refusals_of_other_forms() {
    for (json, error) in [
        (r#"{"id":"1","type":"purchase","at":"2026-03-03T00:00:00Z"}"#, "`member` is missing"),
        (r#"{"id":"1","member":"m","at":"2026-03-03T00:00:00Z"}"#, "`type` is missing"),
        (
            r#"{"id":"1","type":"purchase","member":17,"at":"2026-03-03T00:00:00Z"}"#,
            "`member` is a text: write it in quotation marks",
        ),
        (
            r#"{"id":"1","type":"return","member":"m","at":"2026-03-03T00:00:00Z","items":[{"quantity":1,"line":0}]}"#,
            "item 1: `line` is counted from 1",
        ),
        (
            r#"{"id":"1","type":"joining","member":"m","at":"2026-03-03T00:00:00Z","items":[{}]}"#,
            "`items` belong to a purchase or a return",
        ),
        (
            r#"{"id":"1","type":"purchase","member":"m","at":"2026-03-03"}"#,
            "`2026-03-03` is not a time between 1970 and 2199; write it like 2026-03-03T17:45:00+01:00",
        ),
    ] {
        assert_eq!(refusal(json), error);
    }
    for name in ["return", "joining", "referral-named"] {
        let error = Event::named(name, "1", "m", "2026-03-03T00:00:00Z").build().unwrap_err();
        assert!(error.to_string().contains(name));
    }
    assert!(Event::purchase("@2026-01-01/expire", "m", "2026-03-03T00:00:00Z").build().is_err());
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}", "[^\\x00]{1,12}"]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[^\\x00]{0,8}".prop_map(|text| Value::Text(text.into())),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Integer),
        vec("[a-z]{0,4}", 0..3)
            .prop_map(|names| Value::List(names.into_iter().map(String::into_boxed_str).collect())),
    ]
}

fn attributes() -> impl Strategy<Value = Vec<(String, Value)>> {
    let name = prop_oneof![
        text(),
        sample::select(vec!["id", "items", "store", "quantity", "line", "attributes", "from", "shared"])
            .prop_map(str::to_owned),
    ];
    proptest::collection::btree_map(name, value(), 0..4).prop_map(|map| map.into_iter().collect())
}

fn item() -> impl Strategy<Value = Item> {
    (
        ("[^\\x00]{0,6}", 0_i64..10_000, -99_999_i64..100_000),
        (option::of(text()), option::of(text()), option::of(text())),
        option::of((0_i64..100_000, any::<bool>())),
        attributes(),
    )
        .prop_map(|((name, quantity, price), (sku, category, brand), tax, attributes)| {
            let micros = |number: i64, step: i64| crate::amount::Money::from_micros(number * step).unwrap();
            let quantity = micros(quantity, 1_000).to_string();
            let mut item = Item::new(&name, &quantity, &micros(price, 1_000).to_string());
            if let Some(sku) = sku {
                item = item.sku(&sku);
            }
            if let Some(category) = category {
                item = item.category(&category);
            }
            if let Some(brand) = brand {
                item = item.brand(&brand);
            }
            if let Some((number, rate)) = tax {
                let sign = if rate { "%" } else { "" };
                item = item.tax(&format!("{}{sign}", micros(number, 1_000)));
            }
            attributes.into_iter().fold(item, |item, (name, value)| item.attribute(&name, value))
        })
}

fn line() -> impl Strategy<Value = ReturnLine> {
    (item(), any::<bool>(), option::of(1_u32..), option::of(text())).prop_map(|(item, priced, number, of)| {
        let micros = |number: i64| crate::amount::Money::from_micros(number).unwrap().to_string();
        let mut line = ReturnLine::new(&item.name, &micros(item.quantity));
        if priced {
            line = line.unit_price(&micros(item.price));
        }
        (line.sku, line.category, line.brand) = (item.sku, item.category, item.brand);
        line.tax = item.tax;
        (line.line, line.of, line.attributes) = (number, of.map(Into::into), item.attributes);
        line
    })
}

fn any_event() -> impl Strategy<Value = Event> {
    let id = text().prop_filter("kept for the clock", |id| !id.starts_with('@'));
    let head = (id, text(), 0..=crate::calendar::Instant::MAX.micros(), option::of(text()), attributes());
    let body = (0..5, vec(item(), 0..3), vec(line(), 0..3), option::of(text()), option::of(text()));
    let more = (
        proptest::collection::btree_map(text(), -9_999_i64..10_000, 0..3),
        vec(option::of(text()), 0..3),
        option::of(text()),
        0_i64..1_000_000,
    );
    (head, body, more).prop_map(
        |(
            (id, member, at, currency, attributes),
            (kind, items, lines, one, two),
            (payments, all, of, total),
        )| {
            let at = crate::calendar::Instant::from_micros(at).unwrap().to_string();
            let money = |number: i64| crate::amount::Money::from_micros(number * 1_000).unwrap().to_string();
            let mut event = match kind {
                0 => {
                    items.into_iter().fold(Event::purchase(&id, &member, &at), |event, item| event.item(item))
                }
                1 => Event::named("review it", &id, &member, &at).total(&money(total)),
                2 => Event::joining(&id, &member, &at),
                4 => Event::returned(&id, &member, &at).total(&money(total)),
                3 => Event::choose(&id, &member, &at, &money(total + 1), "Food voucher"),
                _ => {
                    lines.into_iter().fold(Event::returned(&id, &member, &at), |event, line| event.line(line))
                }
            };
            for (means, amount) in payments {
                event = event.payment(&means, &money(amount));
            }
            for of in all {
                event = event.all_items(of.as_deref());
            }
            if let Some(one) = one {
                event = event.channel(&one).referred_by(&one);
            }
            if let Some(two) = two {
                event = event.store(&two);
            }
            // a purchase names no other one
            if let Some(of) = of.filter(|_| kind > 0) {
                event = event.of(&of);
            }
            if let Some(currency) = currency {
                event = event.currency(&currency);
            }
            let event =
                attributes.into_iter().fold(event, |event, (name, value)| event.attribute(&name, value));
            event.build().unwrap()
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(event in any_event()) {
        let json = serde_json::to_string(&event).unwrap();
        let back: Event = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(back.digest, event.digest);
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), json.clone());
        // through a tree of values too, whose keys come in another order
        let tree: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&serde_json::from_value::<Event>(tree).unwrap(), &event);
        prop_assert_eq!(back, event);
    }

    #[test]
    fn nothing_panics(json in r#"\{("(id|type|items|at|x)":("a"|1|1\.5|null|\[\{"quantity":1\}\]|\{\}),?){0,6}\}"#) {
        let _ = serde_json::from_str::<Event>(&json);
    }
}

#[test]
fn real_events() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/online-retail.jsonl.gz");
    let Ok(file) = std::fs::File::open(path) else {
        println!("SKIPPED: the folder of example data is not there");
        return;
    };
    let (mut purchases, mut returns, mut lines) = (0, 0, 0);
    for text in BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
        let event = read(&text.unwrap());
        match &event.kind {
            crate::event::Kind::Named(named) => {
                purchases += 1;
                lines += named.items.len();
            }
            crate::event::Kind::Return(back) => {
                returns += 1;
                lines += back.lines.len();
            }
            _ => panic!("{}", event.id()),
        }
        if purchases % 97 == 0 {
            let again: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
            assert_eq!(again, event);
        }
    }
    // the counts of the description of the data
    assert_eq!((purchases, returns, lines), (14_205, 2_760, 297_183 + 6_563));
}

#[test]
fn plans_and_granted_tiers() {
    let at = "2026-03-03T00:00:00Z";
    is_written(
        &Event::join_plan("M-1", "m", at, "Gold").build().unwrap(),
        r#"{"id":"M-1","type":"join-plan","member":"m","at":"2026-03-03T00:00:00Z","plan":"Gold"}"#,
    );
    is_written(
        &Event::leave_plan("M-1", "m", at, "Gold").build().unwrap(),
        r#"{"id":"M-1","type":"leave-plan","member":"m","at":"2026-03-03T00:00:00Z","plan":"Gold"}"#,
    );
    is_written(
        &Event::grant_tier("G-1", "m", at, "Gold").build().unwrap(),
        r#"{"id":"G-1","type":"grant-tier","member":"m","at":"2026-03-03T00:00:00Z","tier":"Gold"}"#,
    );
    is_written(
        &Event::grant_tier_for("G-1", "m", at, "Gold", "1 month").build().unwrap(),
        r#"{"id":"G-1","type":"grant-tier","member":"m","at":"2026-03-03T00:00:00Z","tier":"Gold","for":"1 month"}"#,
    );
    is_written(
        &Event::grant_tier_until("G-1", "m", at, "Gold", "2026-12-31").build().unwrap(),
        r#"{"id":"G-1","type":"grant-tier","member":"m","at":"2026-03-03T00:00:00Z","tier":"Gold","until":"2026-12-31"}"#,
    );
    for time in ["0 days", "3 hours", "1 months", "soon", ""] {
        assert!(Event::grant_tier_for("G-1", "m", at, "Gold", time).build().is_err(), "{time}");
    }
    assert!(Event::grant_tier_until("G-1", "m", at, "Gold", "2026-02-30").build().is_err());
    assert!(Event::join_plan("M-1", "m", at, "").build().is_err());
    let both = r#"{"id":"G","type":"grant-tier","member":"m","at":"2026-03-03T00:00:00Z","tier":"T","for":"1 day","until":"2026-12-31"}"#;
    assert!(serde_json::from_str::<Event>(both).is_err());
}
