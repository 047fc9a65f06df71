//! Accounts as a host shows them.

use super::{apply, history, program, purchase, run_to};
use loyalty_rules::Account;
use pretty_assertions::assert_eq;

#[test]
fn an_account_in_names_and_texts() {
    let program = program();
    let ann = history(&program, |_, _| {});
    // K-1 20.10 + K-2 1.85 + K-3 6.17 + K-4 9.00 (50 EUR of spend are reached after it only); pears back 15.00
    let punkte = ann.balance(&program, "punkte").unwrap();
    assert_eq!(
        serde_json::to_string(&punkte).unwrap(),
        r#"{"available":"22.12","pending":"0.00","debt":"0.00","issued":"37.12","redeemed":"0.00","expired":"0.00","taken_back":"15.00","transferred":"0.00"}"#
    );
    // 30 for pears, 5 for the level, 10 for apples (the fruit cap had 10 left in March); 10 taken back, the rest over
    let perlen = ann.balance(&program, "perlen").unwrap();
    assert_eq!((&*perlen.issued, &*perlen.taken_back, &*perlen.expired), ("45", "10", "35"));
    assert_eq!((&*perlen.available, &*perlen.debt), ("0", "0"));
    assert_eq!(ann.balance(&program, "sterne").unwrap().available, "3");

    let card = ann.card(&program, "Kaffeekarte").unwrap();
    assert_eq!((card.number, card.stamps, card.goal), (2, 1, 4));
    assert_eq!(card.opened.unwrap().to_string(), "2026-03-04");
    assert_eq!(card.last_day.unwrap().to_string(), "2027-03-04");

    let tier = ann.tier(&program, "Status").unwrap();
    assert_eq!((&*tier.level, tier.place), ("Freund", 1));
    assert_eq!(tier.until.unwrap().to_string(), "2027-12-31");

    assert_eq!(ann.joined().unwrap().to_string(), "2026-03-01");
    assert_eq!(ann.attribute(&program, "household"), Ok(Some("Weg 1")));
    assert_eq!(ann.attribute(&program, "newsletter"), Ok(Some("yes")));
}

#[test]
fn lots_and_vouchers() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    assert_eq!(ann.joined(), None);
    let items = [("Pears", "1", "3.10", "Obst"), ("Coffee", "4", "1", "Kaffee")];
    apply(&program, &mut ann, &purchase("K-1", "2026-03-03", &items));
    let lots = || {
        concat!(
            r#"[{"number":1,"unit":"punkte","amount":"3.55","pending":true,"usable_from":"2026-03-17","#,
            r#""last_day":"2027-12-31","source":"rule","rule":"Grundpunkte"},"#,
            r#"{"number":2,"unit":"perlen","amount":"3","pending":false,"usable_from":null,"#,
            r#""last_day":"2026-04-02","source":"rule","rule":"Obstperlen"}]"#,
        )
        .to_owned()
    };
    assert_eq!(serde_json::to_string(&ann.held_lots(&program)).unwrap(), lots());
    run_to(&program, &mut ann, "2026-03-17");
    let usable = lots().replace(r#"true,"usable_from":"2026-03-17""#, r#"false,"usable_from":null"#);
    assert_eq!(serde_json::to_string(&ann.held_lots(&program)).unwrap(), usable);
    assert_eq!(
        serde_json::to_string(&ann.vouchers(&program)).unwrap(),
        concat!(
            r#"[{"number":1,"voucher":"Gratiskaffee","grants":"1 item free","usable_from":"2026-03-03","#,
            r#""last_day":"2026-05-02","event":"K-1","source":"card","rule":"Kaffeekarte"}]"#,
        )
    );
}

#[test]
fn unknown_names_are_told() {
    let program = program();
    let ann = Account::open(&program, "Ann");
    for (error, text) in [
        (ann.balance(&program, "punkt").map(drop), "the program has no unit `punkt`"),
        (ann.card(&program, "Karte").map(drop), "the program has no card `Karte`"),
        (ann.tier(&program, "Stufen").map(drop), "the program has no tiers block `Stufen`"),
        (ann.attribute(&program, "age").map(drop), "the program has no attribute of members `age`"),
    ] {
        assert_eq!(error.unwrap_err().to_string(), text);
    }
}
